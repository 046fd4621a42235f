"""Telnyx's answers, read: whatever has another shape raises what `Http.understanding` turns into an error of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from portolan.domain.carrier import Comment, FocWindow, read_key
from portolan.domain.text import clean

_DIGITS = re.compile(r"\+?(\d{3,15})")


class HeldNumber(NamedTuple):
    """One number of an order: what the number registry says of it, and what its requirements lack."""

    activation: str
    requirements: str


@dataclass(frozen=True)
class Held:
    """A porting order at Telnyx.

    Attributes:
        reference: Ours (`customer_reference`), or what somebody else wrote there.
        raw: Telnyx's own word for where it stands.
        exceptions: Codes and words of what has to be put right.
        numbers: By number (E.164).
        count: How many numbers it has; more than `numbers` where the answer left some out.
        foc_at: What the losing carrier confirmed; `asked_for` is what was asked for.
        activation_type: `on-demand` or `scheduled`; empty where the answer does not say.
        body: The answer as it came; it may hold a PIN.
    """

    carrier_order_id: str
    reference: str
    group: str
    raw: str
    exceptions: tuple[tuple[str, str], ...]
    numbers: Mapping[str, HeldNumber]
    count: int
    foc_at: datetime | None
    asked_for: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
    parent_key: str
    fast_port: bool
    activation_type: str
    requirements_met: bool
    steps: tuple[str, ...]
    messaging: str
    messaging_capable: bool
    body: Mapping[str, Any] = field(repr=False)

    @property
    def order_id(self) -> str:
        """Which of our orders its reference names; empty where it names none."""
        read = read_key(self.reference)
        return read[0] if read else ""


class Job(NamedTuple):
    """An activation of an order's numbers: `created`, `in-process`, `completed` or `failed`."""

    status: str
    kind: str
    created_at: datetime | None


class Requirement(NamedTuple):
    """What a country wants with an order: a document or a text; `value` is what was given."""

    type_id: str
    name: str
    kind: str
    value: str


class Document(NamedTuple):
    """A document that was uploaded."""

    document_id: str
    sha256: str
    created_at: datetime | None
    infected: bool


class Line(NamedTuple):
    """A number in the account's inventory, with what it is configured to."""

    line_id: str
    number: str
    connection: str
    messaging_profile: str
    emergency_address: str
    emergency: bool
    tags: tuple[str, ...]


def order(body: Mapping[str, Any]) -> Held:
    """A porting order."""
    status, settings = _part(body, "status"), _part(body, "activation_settings")
    messaging = _part(body, "messaging")
    numbers = {number(each["phone_number"]): _number(each) for each in body.get("phone_numbers") or []}
    return Held(
        carrier_order_id=_named(body, "id"),
        reference=text(body.get("customer_reference")),
        group=text(body.get("customer_group_reference")),
        raw=_named(status, "value"),
        exceptions=tuple((text(one.get("code")), text(one.get("description"))) for one in status.get("details") or []),
        numbers=numbers,
        count=max(whole(body.get("porting_phone_numbers_count")), len(numbers)),
        foc_at=moment(settings.get("foc_datetime_actual")),
        asked_for=moment(settings.get("foc_datetime_requested")),
        created_at=moment(body.get("created_at")),
        updated_at=moment(body.get("updated_at")),
        parent_key=text(body.get("parent_support_key")),
        fast_port=settings.get("fast_port_eligible") is True,
        activation_type=text(settings.get("activation_type")),
        requirements_met=body.get("requirements_met") is not False,
        steps=tuple(text(step) for step in body.get("additional_steps") or []),
        messaging=text(messaging.get("messaging_port_status")),
        messaging_capable=messaging.get("messaging_capable") is True,
        body=body,
    )


def _number(body: Mapping[str, Any]) -> HeldNumber:
    return HeldNumber(text(body.get("activation_status")), text(body.get("requirements_status")))


def held_number(body: Mapping[str, Any]) -> tuple[str, str, HeldNumber]:
    """A row of the list of porting numbers: the order it is in, the number, and how it stands."""
    return text(body.get("porting_order_id")), number(body["phone_number"]), _number(body)


def window(body: Mapping[str, Any]) -> FocWindow:
    """A span in which numbers may move; guides and older samples call its ends by other names than the document."""
    starts = moment(body.get("started_at") or body.get("start_time"))
    ends = moment(body.get("ended_at") or body.get("end_time"))
    if starts is None or ends is None:
        raise ValueError("a window without two ends")
    return FocWindow(starts_at=starts, ends_at=ends)


def job(body: Mapping[str, Any]) -> Job:
    """An activation job."""
    return Job(text(body.get("status")), text(body.get("activation_type")), moment(body.get("created_at")))


def requirement(body: Mapping[str, Any]) -> Requirement:
    """A requirement of an order."""
    kind = _part(body, "requirement_type")
    name = text(kind.get("name")) or text(kind.get("description"))
    return Requirement(text(kind.get("id")), name, text(body.get("field_type")), text(body.get("field_value")))


def document(body: Mapping[str, Any]) -> Document:
    """An uploaded document."""
    infected = text(body.get("av_scan_status")) == "infected"
    created_at = moment_if_any(body.get("created_at"))
    return Document(_named(body, "id"), text(body.get("sha256")).lower(), created_at, infected)


def comment(body: Mapping[str, Any]) -> Comment:
    """Something said about an order."""
    at = moment(body.get("created_at"))
    if at is None:
        raise ValueError("a comment without its moment")
    author = text(body.get("user_type"))
    words = text(body.get("body"))
    return Comment(comment_id=_named(body, "id"), at=at, from_carrier=author != "user", author=author, text=words)


def line(body: Mapping[str, Any]) -> Line:
    """A number in the account's inventory."""
    return Line(
        line_id=_named(body, "id"),
        number=number(body["phone_number"]),
        connection=text(body.get("connection_id")),
        messaging_profile=text(body.get("messaging_profile_id")),
        emergency_address=text(body.get("emergency_address_id")),
        emergency=body.get("emergency_enabled") is True,
        tags=tuple(text(tag) for tag in body.get("tags") or []),
    )


def number(value: object) -> str:
    """A number in E.164; Telnyx leaves the plus out in places."""
    found = _DIGITS.fullmatch(text(value).strip())
    if not found:
        raise ValueError("no telephone number")
    return f"+{found[1]}"


def moment(value: object) -> datetime | None:
    """A moment, aware; None where none is given. Without a zone it is UTC."""
    if value is None or value == "":
        return None
    read = datetime.fromisoformat(text(value))
    try:
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no moment in our era") from error


def moment_if_any(value: object) -> datetime | None:
    """A moment, where it is one: for what the document describes as any text."""
    try:
        return moment(value)
    except (ValueError, TypeError):
        return None


def whole(value: object) -> int:
    """A count; 0 for what is none."""
    return value if isinstance(value, int) else 0


def text(value: object) -> str:
    """A text as it may be kept; empty for null."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise TypeError("no text")
    return clean(str(value))


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise TypeError(f"{name} is no object")
    return found


def _named(body: Mapping[str, Any], name: str) -> str:
    found = text(body[name])
    if not found:
        raise ValueError(f"{name} is empty")
    return found
