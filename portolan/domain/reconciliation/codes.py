"""Identifiers and postal codes: compared character by character, with what a slip of the pen or a spreadsheet does."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from portolan.domain.reconciliation.characters import same_but_case, writing
from portolan.domain.reconciliation.findings import Finding
from portolan.domain.reconciliation.lexing import Atom, Text, visible
from portolan.domain.reconciliation.model import Category, Severity, rank
from portolan.domain.reconciliation.wording import hidden, trimmed
from portolan.domain.reconciliation.words import Judgement, slip, swapped

_CHARACTER = re.compile(r"\s+|\S")
_ZIP = re.compile(r"(\d{5})(\d{4})?")
#: `D-10115`, `NL-1012 AB`: the old codes of motor vehicles, or ISO 3166, before a postal code.
_COUNTRY = re.compile(
    r"[A-Z]{1,3}[-‐-― ]\s*(\d[\d\s-]*(?:[A-Z]{2})?)|(?:D|A|CH|DE|AT|F|FR|I|IT|E|ES|L|LU|B|BE)(\d{4,5})",
    re.IGNORECASE,
)
#: Where zeros at the start may be lost: each run of digits, and the letters between them.
_RUN = re.compile(r"\d+|[^\W\d_]+")
_DIVIDING = re.compile(r"[\W_]+")
_ZIP_DIGITS = 5


def compare_codes(loa: str, csr: str) -> list[Finding]:
    """Everything that differs between two identifiers in composed form. Zeros and hyphens count."""
    return _compare(loa, csr, _judge_code)


def compare_postal_codes(loa: str, csr: str) -> list[Finding]:
    """Everything that differs between two postal codes in composed form."""
    return _compare(loa, csr, _judge_postal_code)


def _compare(loa: str, csr: str, judge: Callable[[str, str], list[Judgement]]) -> list[Finding]:
    if loa == csr:
        return []
    ours, theirs = _characters(loa), _characters(csr)
    unseen = hidden(ours, theirs)
    if ours.text == theirs.text:
        return unseen
    one, other = ("".join(atom.text for atom in text.atoms) for text in (ours, theirs))
    written = writing(one, other)
    alike = operator.eq if written == [Category.CASE_ONLY] else same_but_case
    spans = trimmed(ours, (0, len(ours.atoms)), theirs, (0, len(theirs.atoms)), alike)
    if written is None:
        judged = judge(one, other)
    elif not written:
        judged, spans = [Judgement(Category.WHITESPACE_ONLY)], ((0, len(ours.text)), (0, len(theirs.text)))
    else:
        top = min(written, key=rank)
        judged = [Judgement(top, "", Severity.WARN if top is Category.UNICODE_NORMALISATION else None)]
    mine, its = ours.whole(spans[0]), theirs.whole(spans[1])
    return unseen + [Finding(what.category, mine, its, what.severity, what.note) for what in judged]


def _characters(text: str) -> Text:
    """Each character an atom, each run of spaces one, those at the ends none."""
    found = visible(text)
    end = len(found.text.rstrip())
    start = end - len(found.text[:end].lstrip())
    found.atoms = [
        Atom(match.start(), match.end(), " " if match[0].isspace() else match[0], True)
        for match in _CHARACTER.finditer(found.text, start, end)
    ]
    return found


def judge_digits(one: str, other: str) -> Judgement:
    """What tells two runs of letters and digits apart, as written; letter case only counts for what looks alike."""
    mine, its = one.upper(), other.upper()
    if swapped(mine, its):
        return Judgement(Category.TRANSPOSITION)
    if mine.lstrip("0") == its.lstrip("0"):
        return Judgement(Category.LEADING_ZERO)
    hint = slip(one, other)
    pairs = [pair for pair in zip(mine, its, strict=False) if pair[0] != pair[1]]
    digits = all(char.isdigit() or its_char.isdigit() for char, its_char in pairs)
    if len(one) == len(other) and digits and (len(pairs) == 1 or hint):
        return Judgement(Category.DIGIT_SUBSTITUTION, hint if hint.startswith("easily") else "")
    return Judgement(Category.DIFFERENT, hint)


def _judge_code(one: str, other: str) -> list[Judgement]:
    mine, its = _compact(one), _compact(other)
    divided = [Judgement(Category.SEPARATOR)] if _signs(one) != _signs(other) else []
    if mine.upper() == its.upper():
        return [Judgement(Category.SEPARATOR)]
    parts, their_parts = _parts(one), _parts(other)
    for category, short, long in (
        (Category.TOKEN_MISSING, parts, their_parts),
        (Category.TOKEN_EXTRA, their_parts, parts),
    ):
        if short and len(short) < len(long) and short in (long[: len(short)], long[-len(short) :]):
            return [Judgement(category)]
    judged = judge_digits(mine, its)
    if judged.category is not Category.TRANSPOSITION and _without_zeros_at_parts(one) == _without_zeros_at_parts(other):
        same = _DIVIDING.findall(one) == _DIVIDING.findall(other)
        return [Judgement(Category.LEADING_ZERO), *([] if same else [Judgement(Category.SEPARATOR)])]
    same_length = len(mine) == len(its)
    return [judged, *(divided if same_length or judged.category is Category.LEADING_ZERO else [])]


def _judge_postal_code(one: str, other: str) -> list[Judgement]:
    if _compact(one).upper() == _compact(other).upper():
        return [Judgement(Category.POSTCODE_FORMAT)]
    mine, its = _without_country(one), _without_country(other)
    if mine.upper() == its.upper():
        return [Judgement(Category.POSTCODE_FORMAT, "one side names the country, or names it otherwise")]
    zips = _ZIP.fullmatch(mine), _ZIP.fullmatch(its)
    if zips[0] and zips[1] and bool(zips[0][2]) != bool(zips[1][2]):
        mine, its = zips[0][1], zips[1][1]
    if mine == its:
        return [Judgement(Category.POSTCODE_FORMAT, "one side has ZIP+4", Severity.INFO)]
    if mine.isdigit() and its.isdigit() and (mine.lstrip("0") == its.lstrip("0") or _without_zeros(mine, its)):
        return [Judgement(Category.LEADING_ZERO)]
    if swapped(mine.upper(), its.upper()):
        return [Judgement(Category.TRANSPOSITION)]
    return [Judgement(Category.POSTCODE_DIFFERENT, slip(mine, its))]


def _without_zeros(one: str, other: str) -> bool:
    """Whether a spreadsheet took the zeros at the start of a ZIP code, with or without its last four digits."""
    short, long = sorted((one, other), key=len)
    return len(short) < _ZIP_DIGITS <= len(long) and short.zfill(_ZIP_DIGITS) == long[:_ZIP_DIGITS]


def _without_country(text: str) -> str:
    """The code without the country before it; the code itself where there is none."""
    found = _COUNTRY.fullmatch(text)
    return _compact((found[1] or found[2]) if found else text)


def _compact(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _without_zeros_at_parts(text: str) -> list[str]:
    return [run.lstrip("0") for run in _RUN.findall(text.upper())]


def _signs(text: str) -> str:
    """The separators and where they stand, counted from the end."""
    return "".join("0" if char.isalnum() else char for char in text).lstrip("0")


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[\W_]+", text.upper()) if part]
