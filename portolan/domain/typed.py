"""What people type into a request file: text in forms that can be right, numbers within limits."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from portolan.domain.identifiers import check

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_ISO = MappingProxyType({"UK": "GB", "EL": "GR", "EN": "GB", "SP": "ES"})
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MAIL_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])")


def _one_line(text: str) -> str:
    for position, character in enumerate(text, 1):
        if not character.isprintable():
            raise ValueError(f"has {character!r} at character {position}: write it on one line, with plain spaces")
    return text


def alike(text: str) -> str:
    """A name or address without what does not tell people apart."""
    return " ".join(text.casefold().split())


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise ValueError("may hold A-Z, a-z, 0-9, '-', '_' and '.', and starts with a letter or digit")
    return text


def _country(text: str) -> str:
    code = text.upper()
    if code in _NOT_ISO:
        raise ValueError(f"{text!r} is not an ISO 3166 code: did you mean {_NOT_ISO[code]!r}?")
    if not _COUNTRY.fullmatch(code):
        raise ValueError(f"{text!r} is not an ISO 3166 code: write two letters such as US")
    return code


def _email(text: str) -> str:
    mailbox, _, domain = text.rpartition("@")
    if not (_MAILBOX.fullmatch(mailbox) and _MAIL_DOMAIN.fullmatch(domain) and len(mailbox) <= 64 and len(text) <= 254):
        raise ValueError(f"{text!r} is not an e-mail address: write it like ana@example.com")
    return text


def _pin(text: str) -> str:
    checked = check("pin", text) if text else None
    if checked and not checked.valid:
        raise ValueError(checked.reason)
    return text


def _tax_id(text: str) -> str:
    checked = [check(kind, text) for kind in ("nif", "cif")] if text else []
    if checked and not any(one.valid for one in checked):
        raise ValueError(checked[0].reason)
    return text


#: Words on one line, 1 to 200 characters.
Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
#: The same, or nothing.
OptionalWords = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
ShortWords = Annotated[str, Field(max_length=40), AfterValidator(_one_line)]
#: A name for files and ids.
Reference = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_reference)]
#: ISO 3166, two letters.
Country = Annotated[str, AfterValidator(_country)]
Email = Annotated[str, AfterValidator(_email)]
Pin = Annotated[str, Field(max_length=40), AfterValidator(_pin)]
TaxId = Annotated[str, Field(max_length=20), AfterValidator(_tax_id)]
Days = Annotated[int, Field(ge=1, le=365)]
Hours = Annotated[int, Field(ge=0, le=24 * 365)]
Streak = Annotated[int, Field(ge=1, le=100)]


class Typed(BaseModel):
    """What a person typed: unknown keys are faults, white space around a value means nothing."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)
