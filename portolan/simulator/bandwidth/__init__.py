"""Bandwidth's porting protocol at the simulator."""

from portolan.simulator.bandwidth.protocol import BandwidthFacade

__all__ = ["BandwidthFacade"]
