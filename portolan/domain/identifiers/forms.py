"""Identifiers of which only the form is public: a table of forms, and the few that need a rule of their own.

Sources: PAC and STAC, Transatel's UK documentation; Resp Org ID, Bandwidth (7527, 7528, 7627); Portierungskennung,
BNetzA's list as carriers show it; CUPID, the UK industry's process manual; codice di migrazione, AGCOM 274/07/CONS as
practitioners describe it. ZIP codes and postcodes have the shapes their posts publish.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from portolan.domain.identifiers.model import Checked, ambiguous, compact, did_you_mean, misfits, told


class Form(NamedTuple):
    """One form: what it is called, its places (see `PLACES`), how it looks in words, what to do, what to know."""

    title: str
    places: str
    words: str
    remedy: str
    note: str = ""


_FROM_BILL = "Copy it from the bill."
_THIRTY_DAYS = "it is good for 30 calendar days from its issue, which it does not show"

FORMS = {
    "pac": Form(
        "PAC",
        "AAA999999",
        "three letters and six digits, such as ABC123456",
        "Text PAC to 65075 from the line, or ask the losing provider.",
        _THIRTY_DAYS,
    ),
    "stac": Form(
        "STAC",
        "999999AAA",
        "six digits and three letters, such as 123456ABC",
        "Text STAC to 75075 from the line, or ask the losing provider.",
        f"{_THIRTY_DAYS}; it ends the service and moves no number: to move one, get a PAC",
    ),
    "resporg": Form(
        "Resp Org ID",
        "AA***",
        "two letters and three letters or digits, such as ZAZ01",
        "Ask the toll-free provider for the ID that controls the number.",
    ),
    "operator_code": Form(
        "Portierungskennung",
        "D999",
        "the letter D and three digits, such as D001",
        "Ask the gaining carrier; customers do not need it.",
    ),
    "cupid": Form("CUPID", "999", "three digits, such as 001", "Ask the losing or gaining provider."),
}
_TWINS = {"pac": "stac", "stac": "pac"}


def check_form(kind: str, value: str) -> Checked:
    """Whether a value has the form of its kind, a key of `FORMS`."""
    form, text = FORMS[kind], compact(value)
    wrong = misfits(text, form.places)
    if wrong:
        hint = did_you_mean(text, lambda other: not misfits(other, form.places))
        twin = FORMS.get(_TWINS.get(kind, ""))
        if twin and not misfits(text, twin.places):
            hint = f"It has the form of a {twin.title}."
        return Checked(False, told(f"This is not a {form.title} ({form.words}): {wrong}.", hint, form.remedy), text)
    reason = f"It has the form of a {form.title}{f'; {form.note}' if form.note else ''}."
    return Checked(True, reason, text, ambiguous(text) if "*" in form.places else ())


def check_resporg(value: str) -> Checked:
    """A Resp Org ID; one that ends in 99 marks numbers that cannot be ported (Bandwidth 7627)."""
    checked = check_form("resporg", value)
    if checked.valid and checked.normalized.endswith("99"):
        reason = (
            "A Resp Org ID that ends in 99 (characters 4 and 5) is not portable: "
            "ask the toll-free provider to move the number to a working Resp Org first."
        )
        return Checked(False, reason, checked.normalized)
    return checked


_COR = (8, 12)
_COS = re.compile(r"0(?:0[1-9]|1[0-7])|222|999")
_USUAL_LENGTH = 18


def check_migration_code(value: str) -> Checked:
    """An Italian codice di migrazione: operator (COW), line (COR), service (COS), check letter.

    How the check letter is reckoned is not public, so a code that passes may still be wrong.
    """
    text = compact(value)
    wrong = _not_migration(text)
    if wrong:
        hint = did_you_mean(text, lambda other: not _not_migration(other))
        remedy = "Copy it from the line's bill; it looks like WIN0612345678001H."
        return Checked(False, told(f"This is not a codice di migrazione: {wrong}.", hint, remedy), text)
    warnings = (
        (f"it has {len(text)} characters, most have at most {_USUAL_LENGTH}.",) if len(text) > _USUAL_LENGTH else ()
    )
    reason = "It has the form of a codice di migrazione; the check letter at its end cannot be checked (not public)."
    return Checked(True, reason, text, warnings)


def _not_migration(text: str) -> str:
    shortest, longest = (3 + cor + 3 + 1 for cor in _COR)
    if not shortest <= len(text) <= longest:
        return f"it has {len(text)} characters (spaces and hyphens aside) instead of {shortest} to {longest}"
    wrong = misfits(text, "AAA" + "*" * (len(text) - 7) + "999" + "A")
    if wrong or _COS.fullmatch(text[-4:-1]):
        return wrong
    return (
        f"characters {len(text) - 3} to {len(text) - 1}, the service, are {text[-4:-1]} and not 001 to 017, 222 or 999"
    )


_ZIP_FORMS = ("99999", "999999999")


def check_zip(value: str) -> Checked:
    """A US ZIP code of five or nine digits."""
    text = compact(value)
    form = _ZIP_FORMS[len(text) > len(_ZIP_FORMS[0])]
    wrong = misfits(text, form)
    if not wrong:
        return Checked(True, "It has the form of a ZIP code.", "-".join(filter(None, (text[:5], text[5:]))))
    hint = did_you_mean(text, lambda other: not misfits(other, form))
    if not misfits(f"0{text}", form) and not text.startswith("0"):
        hint = f"Did you mean 0{text}? Spreadsheets drop a zero at the start."
    return Checked(False, told(f"This is not a ZIP code (02110 or 02110-1234): {wrong}.", hint, _FROM_BILL), text)


_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?|GIR")
_INWARD = "9AA"
_NEVER_LAST = frozenset("CIKMOV")


def check_postcode(value: str) -> Checked:
    """A UK postcode, with or without its space."""
    text = compact(value)
    outward, inward = text[:-3], text[-3:]
    wrong = _not_postcode(text)
    if wrong:
        hint = did_you_mean(text, lambda other: not _not_postcode(other))
        return Checked(False, told(f"This is not a UK postcode (EC1A 1BB): {wrong}.", hint, _FROM_BILL), text)
    odd = [letter for letter in inward[1:] if letter in _NEVER_LAST]
    warnings = tuple(f"{letter!r} does not occur among the last two letters of a postcode." for letter in odd)
    return Checked(True, "It has the form of a UK postcode.", f"{outward} {inward}", warnings)


def _not_postcode(text: str) -> str:
    outward, inward = text[:-3], text[-3:]
    if not 5 <= len(text) <= 7:
        return f"it has {len(text)} characters (the space aside) instead of 5 to 7"
    wrong = misfits("0" * len(outward) + inward, "9" * len(outward) + _INWARD)
    if wrong or _OUTWARD.fullmatch(outward):
        return wrong
    return f"characters 1 to {len(outward)} are not one or two letters, a digit, and at most one letter or digit more"
