"""The protocols spoken."""

from __future__ import annotations

from portolan.simulator.bandwidth import BandwidthFacade
from portolan.simulator.facade import Facade
from portolan.simulator.telnyx import TelnyxFacade
from portolan.simulator.twilio import TwilioFacade

FACADES: tuple[type[Facade], ...] = (TelnyxFacade, TwilioFacade, BandwidthFacade)
