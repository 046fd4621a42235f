"""Twilio as the gaining carrier: port-in requests, letters signed by e-mail, states and rejections by number."""

from portolan.carriers.twilio.carrier import Twilio
from portolan.carriers.twilio.webhooks import TwilioReceiver

__all__ = ["Twilio", "TwilioReceiver"]
