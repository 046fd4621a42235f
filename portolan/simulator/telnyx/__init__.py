"""Telnyx's porting protocol at the simulator."""

from portolan.simulator.telnyx.protocol import TelnyxFacade

__all__ = ["TelnyxFacade"]
