"""What can go wrong on the way to a person, grouped by what a caller does about it.

PortolanError
├── DeliveryFailed            it may work later: try again
├── DeliveryRefused           it will never work for this recipient: a person corrects the address
└── NotificationFailed        some recipients of a notice got nothing: send the notice again, only those are tried
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from portolan.domain.errors import PortolanError


class DeliveryFailed(PortolanError):
    """A mail did not get through now: no connection, a time-out, a temporary refusal, a full disk."""

    code: ClassVar[str] = "delivery_failed"


class DeliveryRefused(PortolanError):
    """A mail will never get through to this recipient: no such mailbox, or no valid address."""

    code: ClassVar[str] = "delivery_refused"


class NotificationFailed(PortolanError):
    """A notice did not reach all of its recipients; the others have it, and do not get it again.

    Args:
        key: The notice's key.
        failures: Why, by recipient. The text names no recipient, because it ends up in workflow histories.
    """

    code: ClassVar[str] = "notification_failed"

    def __init__(self, key: str, failures: Mapping[str, PortolanError]) -> None:
        self.key = key
        self.failures = dict(failures)
        reasons = "; ".join(sorted({failure.message for failure in self.failures.values()}))
        super().__init__(
            f"{len(self.failures)} mail(s) of notice {key} were not delivered: {reasons}",
            "Send the notice again; whoever has it is left out.",
        )
