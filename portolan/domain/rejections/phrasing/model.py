"""How carriers word rejections: a thing (a subject), and what is said to be wrong with it (a fault); or a set phrase.

The words of each language are regular expressions over folded text: lower case, no accents, straight quotes, one
character for each of the original (`ß` is `s`). Precision goes before recall: what is not clear goes to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto
from textwrap import dedent
from types import MappingProxyType
from typing import NamedTuple


class Fault(StrEnum):
    """What is said of a thing; FINE says that nothing is wrong with it."""

    FINE = auto()
    WRONG = auto()
    MISSING = auto()
    INACTIVE = auto()
    NOT_OURS = auto()
    NOT_PORTABLE = auto()
    LOCKED = auto()
    EXPIRED = auto()
    TOO_OLD = auto()
    UNREADABLE = auto()
    UNAUTHORISED = auto()
    REFUSED = auto()
    TOO_SOON = auto()
    TOO_FAR = auto()
    PASSED = auto()


class Words(NamedTuple):
    """How a fault is said: `after` its subject only (a verb), or `bare` (an adjective or noun on either side)."""

    after: str = ""
    bare: str = ""


class Language(NamedTuple):
    """The words of one language.

    Attributes:
        subjects: By the names in `MEANS`; `nothing` are things that only look like one of the others.
        faults: How each fault is said.
        phrases: Canonical codes with what says them by itself.
        denials: Words before a phrase that deny it.
        settled: Words after a phrase that say it is over.
        not_yet: Words before a phrase after which `settled` does not count: "until the lock is lifted".
        conditions: Words from which a clause only supposes something, or tells of what was.
        contrasts: Words that start a clause of their own.
        quoting: Words before what a carrier's record says.
        knotty: Words that carry a fault over to other things ("nor does the address"), further than can be told.
    """

    subjects: Mapping[str, str]
    faults: Mapping[Fault, Words]
    phrases: tuple[tuple[str, str], ...]
    denials: str
    settled: str
    not_yet: str
    conditions: str
    contrasts: str
    quoting: str
    knotty: str


#: What a fault of a subject means. A pair that is not here means nothing.
MEANS: MappingProxyType[str, Mapping[Fault, str]] = MappingProxyType(
    {
        "nothing": {},
        "account": {Fault.INACTIVE: "TN_INACTIVE", Fault.LOCKED: "PORT_LOCK"},
        "account number": {Fault.WRONG: "ACCOUNT_NUMBER_MISMATCH", Fault.MISSING: "ACCOUNT_NUMBER_MISMATCH"},
        "address": {Fault.WRONG: "ADDRESS_MISMATCH"},
        "bill": {Fault.MISSING: "BILL_COPY_REQUIRED", Fault.TOO_OLD: "BILL_COPY_REQUIRED"},
        "btn": {Fault.WRONG: "BTN_MISMATCH", Fault.MISSING: "BTN_MISMATCH", Fault.INACTIVE: "BTN_MISMATCH"},
        "customer type": {Fault.WRONG: "CUSTOMER_TYPE"},
        "date": {
            Fault.WRONG: "FOC_REJECTED",
            Fault.REFUSED: "FOC_REJECTED",
            Fault.TOO_SOON: "FOC_TOO_SOON",
            Fault.TOO_FAR: "FOC_TOO_FAR",
            Fault.PASSED: "FOC_EXPIRED",
            Fault.EXPIRED: "FOC_EXPIRED",
        },
        "loa": {
            Fault.MISSING: "LOA_REQUIRED",
            Fault.EXPIRED: "LOA_STALE",
            Fault.TOO_OLD: "LOA_STALE",
            Fault.UNREADABLE: "LOA_ILLEGIBLE",
        },
        "name": {Fault.WRONG: "NAME_MISMATCH"},
        "number": {
            Fault.INACTIVE: "TN_INACTIVE",
            Fault.NOT_OURS: "TN_NOT_ON_ACCOUNT",
            Fault.NOT_PORTABLE: "TN_NOT_PORTABLE",
            Fault.LOCKED: "PORT_LOCK",
        },
        "pac": {
            Fault.WRONG: "PAC_INVALID",
            Fault.MISSING: "PAC_INVALID",
            Fault.EXPIRED: "PAC_EXPIRED",
            Fault.TOO_OLD: "PAC_EXPIRED",
        },
        "pin": {Fault.WRONG: "PIN_INVALID", Fault.MISSING: "PIN_MISSING", Fault.EXPIRED: "PIN_INVALID"},
        "postcode": {Fault.WRONG: "POSTCODE_MISMATCH", Fault.MISSING: "POSTCODE_MISMATCH"},
        "resporg": {Fault.WRONG: "RESPORG_UNKNOWN", Fault.MISSING: "RESPORG_UNKNOWN"},
        "rio": {Fault.WRONG: "RIO_INVALID", Fault.MISSING: "RIO_INVALID", Fault.EXPIRED: "RIO_INVALID"},
        "signature": {
            Fault.MISSING: "LOA_ILLEGIBLE",
            Fault.UNREADABLE: "LOA_ILLEGIBLE",
            Fault.REFUSED: "BAD_SIGNATURE",
            Fault.EXPIRED: "LOA_STALE",
            Fault.TOO_OLD: "LOA_STALE",
            Fault.UNAUTHORISED: "AUTH_PERSON_MISMATCH",
        },
        "signer": {
            Fault.WRONG: "AUTH_PERSON_MISMATCH",
            Fault.MISSING: "AUTH_PERSON_MISMATCH",
            Fault.UNAUTHORISED: "AUTH_PERSON_MISMATCH",
            Fault.NOT_OURS: "AUTH_PERSON_MISMATCH",
        },
        "tax id": {Fault.WRONG: "SSN_TAX_ID", Fault.MISSING: "SSN_TAX_ID"},
    }
)


def lines(text: str) -> str:
    """A pattern of alternatives, written one a line; a line that is indented further continues the one above."""
    alternatives: list[str] = []
    for line in filter(None, dedent(text).splitlines()):
        if line.startswith(" "):
            alternatives[-1] += line.strip()
        else:
            alternatives.append(line)
    return "|".join(alternatives)
