"""Twilio's porting protocol at the simulator."""

from portolan.simulator.twilio.protocol import TwilioFacade

__all__ = ["TwilioFacade"]
