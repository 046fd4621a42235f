"""Which receiver verifies and reads the messages of an account; vendors that send none have none."""

from __future__ import annotations

from portolan.carriers.accounts import Account, BandwidthAccount, TelnyxAccount, TwilioAccount
from portolan.carriers.webhooks import Receiver


def receiver(account: Account) -> Receiver | None:
    """What verifies and reads the messages of an account; None where its vendor sends none.

    Each vendor's adapter is loaded only where an account of it is set up.
    """
    match account:
        case TelnyxAccount():
            from portolan.carriers.telnyx import TelnyxReceiver

            return TelnyxReceiver(account)
        case TwilioAccount():
            from portolan.carriers.twilio import TwilioReceiver

            return TwilioReceiver(account)
        case BandwidthAccount():
            from portolan.carriers.bandwidth import BandwidthReceiver

            return BandwidthReceiver(account)
    return None
