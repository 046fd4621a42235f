"""Every table there is: what migrations are compared with."""

from portolan.records import carrier_tables, desk_tables, port_out_tables
from portolan.records.tables import TABLES

__all__ = ["TABLES", "carrier_tables", "desk_tables", "port_out_tables"]
