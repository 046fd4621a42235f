"""The messages an order understands: decisions of people, and answers of carriers.

Each comes in two forms with one meaning: a signal (lenient: `read` makes the best of what was typed into the
Temporal UI) and the validated update `submit_event`. `event_id` makes a repeated message have no second effect.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from portolan.domain.carrier import CsrRecord
from portolan.domain.rejections import Rejection
from portolan.domain.testcalls import Check, Heard, Origin
from portolan.domain.text import Plain


def _aware(value: Any) -> Any:
    """A time without a zone is read as UTC; nobody's own zone is guessed."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        except ValueError:
            return value
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def _in_this_age(value: datetime) -> datetime:
    """Arithmetic with the very first and last moments a datetime can hold overflows."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"the year has to lie between {FIRST_YEAR} and {LAST_YEAR}")
    return value


FIRST_YEAR, LAST_YEAR = 1990, 2200
Moment = Annotated[AwareDatetime, BeforeValidator(_aware), AfterValidator(_in_this_age)]


class Message(BaseModel):
    """What every message carries.

    Attributes:
        event_id: Names this message once and for all; a second one with the same id changes nothing.
        by: Who said it. Free text; sign-in fills it in where there is one.
        occurred_at: When the decision was made or the answer given; the time of arrival if left out.
        note: Anything else worth keeping in the audit trail.
    """

    event_id: Plain = ""
    by: Plain = ""
    occurred_at: Moment | None = None
    note: Plain = ""


class LoaSigned(Message):
    """The letter of authorization was signed.

    Attributes:
        signed_on: The date written on it.
        document: SHA-256 of the signed copy in the document store.
        mode: How it was signed, `wet` or `electronic`; empty where nobody says.
    """

    kind: Literal["loa_signed"] = "loa_signed"
    signed_by: Plain = Field(min_length=1)
    signed_on: date
    document: Plain | None = None
    mode: Literal["", "wet", "electronic"] = ""


EvidenceKind = Literal["csr", "bill", "portal_screenshot", "attestation"]


class GiveEvidence(Message):
    """What shows that the account data is right, where the carrier supplied no record or one that is wrong.

    Attributes:
        evidence: What it is. A `csr` comes with its `record`; a `bill` with its date.
        record: What it says, typed off: the account data is compared with it, as with a record of the carrier's own.
        dated_on: The date on it.
        document: SHA-256 of a copy in the document store.
    """

    kind: Literal["give_evidence"] = "give_evidence"
    evidence: EvidenceKind
    record: CsrRecord | None = None
    dated_on: date | None = None
    document: Plain | None = None


class CarrierMessage(Message):
    """A carrier's answer; `attempt` names the sending it answers, where the carrier says so."""

    attempt: int | None = None


class CarrierApproved(CarrierMessage):
    """The losing carrier accepted the order; the date may follow."""

    kind: Literal["carrier_approved"] = "carrier_approved"


class CarrierRejected(CarrierMessage):
    """The losing carrier sent the order back."""

    kind: Literal["carrier_rejected"] = "carrier_rejected"
    reasons: list[Rejection] = Field(default_factory=list)


class FocConfirmed(CarrierMessage):
    """A firm order commitment: the moment at which the numbers will move."""

    kind: Literal["foc_confirmed"] = "foc_confirmed"
    foc_at: Moment


class CarrierActivity(CarrierMessage):
    """A hint that something changed at the carrier: look there. `said`: what its desk wrote, if it did."""

    kind: Literal["carrier_activity"] = "carrier_activity"
    said: Plain = ""


class CarrierPuzzle(CarrierMessage):
    """The carrier gave an answer that Portolan does not know; a person has to read it."""

    kind: Literal["carrier_puzzle"] = "carrier_puzzle"
    raw: Plain


class Approve(Message):
    """A person approves sending the order."""

    kind: Literal["approve"] = "approve"


class Resubmit(Message):
    """Send again, with corrections by LOA field; `{}` sends it unchanged."""

    kind: Literal["resubmit"] = "resubmit"
    corrections: dict[Plain, Plain] = Field(default_factory=dict)


class SignOffItems(Message):
    """Items of the runbook are done; `by` vouches for them, `document` is the SHA-256 of what shows it."""

    kind: Literal["sign_off"] = "sign_off"
    items: list[Plain] = Field(min_length=1)
    document: Plain = ""


class OverrideGates(Message):
    """The numbers are to move at this FOC although gates are red."""

    kind: Literal["override_gates"] = "override_gates"
    decided_by: Plain = Field(min_length=1)
    reason: Plain = Field(min_length=1)


class CutOver(Message):
    """Move the numbers now, inside the carrier's window."""

    kind: Literal["cut_over"] = "cut_over"
    by: Plain = Field(min_length=1)


class CallTold(BaseModel):
    """A test call as somebody tells it: `CallResult` but for the caller, and the time where it is the message's."""

    number: Plain
    origin: Origin
    checks: dict[Check, Heard] = Field(min_length=1)
    at: Moment | None = None
    reference: Plain = ""
    note: Plain = ""


class TestCalls(Message):
    """Results of test calls that `by` made."""

    __test__ = False
    kind: Literal["test_calls"] = "test_calls"
    results: list[CallTold] = Field(min_length=1, max_length=200)


class Confirm(Message):
    """The second person agrees to the decision that waits."""

    kind: Literal["confirm"] = "confirm"
    by: Plain = Field(min_length=1)


class Rollback(Message):
    """Return the numbers: the named decision-maker and the reason are part of the order.

    Attributes:
        inadvertent: Nobody wanted this port at all: a wrong number, a forged letter.
    """

    kind: Literal["rollback"] = "rollback"
    decided_by: Plain = Field(min_length=1)
    reason: Plain = Field(min_length=1)
    inadvertent: bool = False


class Cancel(Message):
    """Give up the port before the numbers move."""

    kind: Literal["cancel"] = "cancel"
    reason: Plain = Field(min_length=1)


class Reschedule(Message):
    """Ask for another cutover day (supplement 2): `foc_on`, or the next good one."""

    kind: Literal["reschedule"] = "reschedule"
    by: Plain = Field(min_length=1)
    reason: Plain = Field(min_length=1)
    foc_on: date | None = None


class Hold(Message):
    """Let nothing be sent and nothing be moved until `until`, or until released."""

    kind: Literal["hold"] = "hold"
    reason: Plain = Field(min_length=1)
    until: Moment | None = None


class Release(Message):
    """End a hold."""

    kind: Literal["release"] = "release"


class CompleteTask(Message):
    """An answer to a task, one of those it offers; `foc_at` goes with a request for a new date."""

    kind: Literal["complete_task"] = "complete_task"
    task_id: Plain = Field(min_length=1)
    answer: Plain = Field(min_length=1)
    foc_at: Moment | None = None


Event = Annotated[
    LoaSigned
    | GiveEvidence
    | CarrierApproved
    | CarrierRejected
    | FocConfirmed
    | CarrierActivity
    | CarrierPuzzle
    | Approve
    | Resubmit
    | SignOffItems
    | OverrideGates
    | CutOver
    | TestCalls
    | Confirm
    | Rollback
    | Cancel
    | Reschedule
    | Hold
    | Release
    | CompleteTask,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
KINDS: tuple[str, ...] = tuple(member.model_fields["kind"].default for member in get_args(get_args(Event)[0]))

#: The field that a bare string stands for, so that `"2026-12-01T15:00Z"` is a whole FOC message.
BARE_FIELD = {
    "foc_confirmed": "foc_at",
    "cancel": "reason",
    "hold": "reason",
    "approve": "by",
    "release": "by",
    "cut_over": "by",
    "confirm": "by",
}


def read(kind: str, payload: Any) -> Event:
    """Read a signal as leniently as its meaning allows.

    Args:
        kind: The signal's name, which is the message's kind.
        payload: Whatever was sent: nothing, a mapping, a JSON text, or a bare value for the main field.

    Raises:
        ValueError: It cannot be read; the text says what is missing (a pydantic error is a ValueError).
    """
    if isinstance(payload, str) and payload.lstrip().startswith(("{", "[")):
        payload = json.loads(payload)
    if payload is None or payload == "":
        payload = {}
    if isinstance(payload, str) and kind in BARE_FIELD:
        payload = {BARE_FIELD[kind]: payload}
    if kind == "carrier_rejected":
        payload = _rejection(payload)
    if not isinstance(payload, Mapping):
        raise ValueError(f"{kind} takes a JSON object, not {type(payload).__name__}")
    return EVENT.validate_python({**payload, "kind": kind})


def _rejection(payload: Any) -> Any:
    """`"NAME_MISMATCH"`, `["..."]`, `{"code": "..."}`, `{"reason": "..."}` and `{"reasons": ["..."]}` all say it."""
    if isinstance(payload, str | list):
        payload = {"reasons": payload}
    if isinstance(payload, Mapping) and "code" in payload and "reasons" not in payload:
        payload = {**payload, "reasons": [dict(payload)]}
    if not isinstance(payload, Mapping):
        return payload
    given = dict(payload)
    reasons = given.pop("reason", None) if "reasons" not in given else given["reasons"]
    reasons = [reasons] if isinstance(reasons, str | Mapping) else reasons or []
    given["reasons"] = [_coded(reason) for reason in reasons] if isinstance(reasons, list) else reasons
    return given


def _coded(reason: Any) -> Any:
    if not isinstance(reason, str):
        return reason
    return {"code": reason} if reason.isupper() and " " not in reason else {"code": "OTHER", "text": reason}


_DATE = "has to be a date, written like 2026-12-01"
_MOMENT = "has to be a moment, written like 2026-12-01T09:00Z"
#: pydantic's error types in words of ours.
_SAID = {
    "missing": "is missing",
    "string_too_short": "is empty",
    "string_type": "has to be a text",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
}


def _field(path: tuple[int | str, ...]) -> str:
    named = path[1:] if path and path[0] in KINDS else path
    return ".".join(str(part) for part in named) or "the message"


def problem(error: Exception) -> str:
    """What could not be read, in one line and without repeating what was sent."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{_field(fault['loc'])} {_SAID.get(fault['type'], fault['msg'])}" for fault in error.errors())
    return str(error) or type(error).__name__
