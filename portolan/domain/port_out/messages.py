"""The messages a port-out understands: from the customer, from people here, and from the requesting carrier.

As with a port order each comes as a lenient signal or as the validated update `submit_event`, with one meaning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, TypeAdapter

from portolan.domain.messages import Message, Moment
from portolan.domain.port_out.grounds import Ground
from portolan.domain.text import Plain

Who = Annotated[Plain, Field(min_length=1)]


class Confirm(Message):
    """The customer wants the port: it is released without waiting for the deadline.

    Attributes:
        verified: How they were recognised as the account holder; saying yes too early helps whoever poses as them.
    """

    kind: Literal["confirm"] = "confirm"
    by: Who
    verified: Who


class Deny(Message):
    """The customer did not ask for this. Taken from anybody who says so: a person looks into it next.

    Attributes:
        verified: How they were recognised as the account holder. Where they were not, it is a ground only once they
            are, or once another person says the same.
    """

    kind: Literal["deny"] = "deny"
    by: Who
    verified: Plain = ""


class Unlock(Message):
    """The customer lifts the lock. `verified` as for `Confirm`."""

    kind: Literal["unlock"] = "unlock"
    by: Who
    verified: Who


class FraudSign(StrEnum):
    """What may make a person hold a request for fraud; a feeling, a debt or a lost customer is none of them."""

    RECENT_SIM_CHANGE = "recent_sim_change"
    RECENT_PASSWORD_CHANGE = "recent_password_change"  # noqa: S105 - a name
    RECENT_CONTACT_CHANGE = "recent_contact_change"
    ACCOUNT_TAKEOVER_REPORTED = "account_takeover_reported"
    REPEATED_WRONG_CODES = "repeated_wrong_codes"
    FORGED_AUTHORITY = "forged_authority"
    KNOWN_FRAUD_PATTERN = "known_fraud_pattern"


class HoldForFraud(Message):
    """A person takes the request for fraud, and wants time to find out.

    Attributes:
        sign: What gave rise to it.
        reason: What was seen, in words.
        evidence: Where it can be looked up: a ticket, a log, the SHA-256 of a document.
    """

    kind: Literal["hold_for_fraud"] = "hold_for_fraud"
    by: Who
    sign: FraudSign
    reason: Who
    evidence: Who


class ReleaseHold(Message):
    """The suspicion did not hold."""

    kind: Literal["release_hold"] = "release_hold"
    by: Who
    reason: Who


class Refuse(Message):
    """A person refuses; the ground has to be on record already, fraud by somebody else than the one who refuses."""

    kind: Literal["refuse"] = "refuse"
    by: Who
    ground: Ground


class Withdrawn(Message):
    """The requesting carrier takes its request back."""

    kind: Literal["withdrawn"] = "withdrawn"
    reason: Plain = ""


class Ported(Message):
    """The numbers moved to the requesting carrier, at `ported_at` or when this was said."""

    kind: Literal["ported"] = "ported"
    ported_at: Moment | None = None


PortOutEvent = Annotated[
    Confirm | Deny | Unlock | HoldForFraud | ReleaseHold | Refuse | Withdrawn | Ported, Field(discriminator="kind")
]
EVENT: TypeAdapter[PortOutEvent] = TypeAdapter(PortOutEvent)
KINDS: tuple[str, ...] = tuple(member.model_fields["kind"].default for member in get_args(get_args(PortOutEvent)[0]))


def read(kind: str, payload: Any) -> PortOutEvent:
    """Read a message: nothing, a mapping, or a JSON text of one.

    Raises:
        ValueError: It cannot be read; `messages.problem` says what is missing.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no message of a port-out: there are {', '.join(KINDS)}")
    if isinstance(payload, str) and payload.lstrip().startswith("{"):
        payload = json.loads(payload)
    if not (payload is None or payload == "" or isinstance(payload, Mapping)):
        raise ValueError(f"{kind} takes a JSON object, not {type(payload).__name__}")
    return EVENT.validate_python({**(payload or {}), "kind": kind})
