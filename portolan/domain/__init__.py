"""The rules of number porting: pure, without clock, network, database or Temporal."""
