"""What the values of a policy may be: the vocabularies, and the forms of times and zones, for whoever types them."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from portolan.domain.testcalls import Check, Origin

__all__ = [
    "Check",
    "ClockTime",
    "ComparedField",
    "Document",
    "Identifier",
    "LoaTemplate",
    "NoticeHours",
    "Origin",
    "Proof",
    "RollbackBasis",
    "RunbookItem",
    "SignatureMode",
    "Slots",
    "Zone",
]

_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

SignatureMode = Literal["wet", "electronic"]
Document = Literal["loa", "bill", "csr", "cloa", "mandate"]
Identifier = Literal["account_number", "pin", "rio", "pac", "resp_org", "nif", "migration_code", "operator_code", "btn"]
ComparedField = Literal[
    "entity_name",
    "authorized_person",
    "service_address",
    "postal_code",
    "account_number",
    "btn",
    "numbers",
    "pin",
]
LoaTemplate = Literal["us_local", "us_toll_free", "uk_cloa", "de_auftrag", "fr_mandat", "generic"]
RollbackBasis = Literal["snapback", "new_port", "none"]
#: The keys of `runbook.ITEMS`.
RunbookItem = Literal[
    "reconciliation",
    "foc",
    "window_booked",
    "rollback_letter",
    "emergency_desk",
    "fallback",
    "calendar",
    "campaign",
    "hosted_messaging",
    "legacy_test",
    "walkthrough",
    "desk_staffed",
    "configuration",
    "go",
    "watch",
    "volumes",
    "closing",
]
Proof = Literal["service", "independent", "calls"]


def _clock_time(text: str) -> str:
    if not _CLOCK_TIME.fullmatch(text):
        raise ValueError(f"{text!r} is not a time of day: write it like 08:30")
    return text


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is not an IANA time zone: write it like America/Chicago") from None


def _several(typed: object) -> object:
    """One number stands for a list of it."""
    return typed if isinstance(typed, list) else [typed]


def _falling(hours: list[int]) -> list[int]:
    return sorted(set(hours), reverse=True)


def _rising(minutes: list[int]) -> list[int]:
    return sorted(set(minutes))


#: A local time of day, `HH:MM`, 24 hours.
ClockTime = Annotated[str, AfterValidator(_clock_time)]
#: An IANA time zone that exists on this machine.
Zone = Annotated[str, AfterValidator(_zone)]
#: Hours before something, the earliest notice first; one number alone will do.
NoticeHours = Annotated[
    list[Annotated[int, Field(ge=1, le=24 * 365)]], BeforeValidator(_several), AfterValidator(_falling)
]
#: Minutes after something, in order; a week at most.
Slots = Annotated[list[Annotated[int, Field(ge=1, le=7 * 24 * 60)]], AfterValidator(_rising)]
