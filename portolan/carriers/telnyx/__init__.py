"""Telnyx: porting orders over its API v2, and its signed webhooks."""

from portolan.carriers.telnyx.carrier import Telnyx
from portolan.carriers.telnyx.webhooks import TelnyxReceiver

__all__ = ["Telnyx", "TelnyxReceiver"]
