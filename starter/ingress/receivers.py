"""The doors of the ingress: one for each carrier account whose vendor sends messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from portolan.carriers.accounts import Account
from portolan.carriers.receivers import receiver
from portolan.carriers.webhooks import Receiver

#: What a kept message is answered with, where a vendor wants something other than 204.
_ANSWERS = {"twilio": 200, "bandwidth": 200}


class Door(NamedTuple):
    """Where the messages of one account come in.

    Attributes:
        url: The address as the vendor has it, where it differs from the one a request names: it may be signed.
        answer: The status of the answer to a message that was kept.
    """

    account: str
    receiver: Receiver
    url: str = ""
    answer: int = 204

    def address(self, asked: str) -> str:
        """The address the carrier called, with the query it came with, whatever stands in front of the ingress."""
        if not self.url:
            return asked
        base, _, own = self.url.partition("?")
        query = asked.partition("?")[2] or own
        return f"{base}?{query}" if query else base


def doors(accounts: Mapping[str, Account]) -> dict[str, Door]:
    """By the name of their account."""
    found = {}
    for name, account in accounts.items():
        reader = receiver(account)
        if reader is not None:
            answer = _ANSWERS.get(getattr(account, "vendor", ""), 204)
            found[name] = Door(name, reader, account.webhook_url, answer)
    return found
