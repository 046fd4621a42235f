"""What a carrier sends of its own accord: verified, then read just far enough to find the order it is about.

A message is only a hint: the workflow asks the carrier how the order stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from pydantic import AwareDatetime, BaseModel, Field

from portolan.domain.errors import PortolanError
from portolan.domain.text import Plain

#: How far a signed moment may be from ours.
REPLAY_WINDOW = timedelta(seconds=300)


class Incoming(NamedTuple):
    """A request as it came: the address the carrier called, header names in lower case, the raw body."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Message(BaseModel):
    """A carrier's message.

    Attributes:
        message_id: Names it once among those of the account; made from what it says where the carrier gives none.
        carrier_order_id: The carrier's order it is about; empty where it names none.
        reference: Our reference, where the message carries it.
        kind: The carrier's own word for what happened.
        said: What its desk wrote, where the message is a comment.
        body: All of it.
    """

    message_id: str
    carrier_order_id: str = ""
    reference: str = ""
    kind: Plain = ""
    said: Plain = ""
    occurred_at: AwareDatetime | None = None
    body: dict[str, Any] = Field(default_factory=dict)


class Forged(PortolanError):
    """A message that does not come from the carrier, or comes too late; `challenge` asks for credentials."""

    code = "forged"

    def __init__(self, message: str, challenge: str = "") -> None:
        self.challenge = challenge
        super().__init__(message)


class Unreadable(PortolanError):
    """A message that comes from the carrier and that nobody can read."""

    code = "unreadable"


class Receiver(Protocol):
    """Verifies and reads the messages of one account."""

    def receive(self, incoming: Incoming, now: datetime) -> Message:
        """The message.

        Raises:
            Forged: Signature, credentials or moment are wrong, or it is for another account.
            Unreadable: It is genuine, and not understood.
        """
        ...
