"""Bandwidth: its numbers API for port-ins, in XML."""

from portolan.carriers.bandwidth.carrier import Bandwidth
from portolan.carriers.bandwidth.webhooks import BandwidthReceiver

__all__ = ["Bandwidth", "BandwidthReceiver"]
