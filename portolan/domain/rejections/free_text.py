"""Reading why an order came back from what a carrier wrote in its own words.

A mail is read clause by clause (`reading`). What cannot be read for certain is OTHER, with the carrier's words:
precision goes before recall, because a person reads those.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from portolan.domain.rejections.reading import (
    NUMBER,
    Clause,
    Finding,
    any_of,
    clauses,
    fold,
    knotty,
    read,
    silent,
    unread_point,
    without_quotes,
)
from portolan.domain.rejections.reasons import reason
from portolan.domain.rejections.rejection import PRINTED, Rejection

#: So much of a text is read, in characters; of a longer one a person reads the rest.
READ = 10_000
_TOKEN = re.compile(r"[\w\-/]*\d[\w\-/]*")
_BEHIND = re.compile(
    r"\s*(:?)\s*(?:\"([^\"\n]{1,200})\"|[“„«]\s?([^“”„«»\n]{1,200}?)\s?[“”»]|'([^'\n]{1,200})'(?!\w))?"
)
_WITH_DIGITS = frozenset({"postal_code", "account_number", "btn"})


def from_text(text: str) -> list[Rejection]:
    """Every reason that a text clearly gives, in the order it gives them; one OTHER where it gives none clearly.

    A point of a list that cannot be read beside others that can adds an OTHER, so that nothing is passed over. Each
    keeps the whole text. Numbers count only as they are written in E.164, and only where a reason can be about
    single numbers; a suggestion only where it is plain which field it is for.
    """
    raw = unicodedata.normalize("NFC", text)[:READ]
    folded = fold(raw)
    masked = without_quotes(folded)
    found: dict[str, Rejection] = {}
    unclear: list[str] = []
    unread = len(text) > READ
    last: list[str] = []
    for clause in clauses(masked):
        findings, open_ones = read(masked, clause)
        unclear += open_ones
        unread = unread or knotty(masked, clause)
        numbers = numbers_in(raw[clause.start : clause.end])
        if not findings and not open_ones:
            if numbers and silent(masked, clause):
                _add(found, last, numbers)
            unread = unread or unread_point(masked, clause)
            continue
        codes = list(dict.fromkeys(finding.code for finding in findings))
        found.update({code: Rejection(code=code, text=text) for code in codes if code not in found})
        last = [code for code in codes if reason(code).per_number]
        for code in last:
            _add(found, [code], _numbers_of(code, findings, raw, clause))
        for code, suggestion in _suggestions(raw, folded, clause, findings):
            found[code].suggestion = found[code].suggestion or suggestion
    _lone_suggestion(raw, list(found.values()))
    if unclear or unread or not found:
        candidates = list(dict.fromkeys(code for code in unclear if code not in found))
        found["OTHER"] = Rejection(code="OTHER", text=text, candidates=candidates)
    return list(found.values())


def _add(found: Mapping[str, Rejection], codes: Sequence[str], numbers: Sequence[str]) -> None:
    """Add numbers to reasons, once each."""
    for code in codes:
        rejection = found[code]
        rejection.numbers += [number for number in numbers if number not in rejection.numbers]


def numbers_in(text: str) -> list[str]:
    """The numbers a text names in E.164, once each. National writing is left to whoever knows the country."""
    found = ("+" + re.sub(r"\D", "", match.group()) for match in NUMBER.finditer(text))
    return list(dict.fromkeys(number for number in found if 9 <= len(number) <= 16))


def suggestion_in(text: str, field: str | None) -> str | None:
    """What a text says the losing carrier's record has, where it says one such thing and it fits the field."""
    raw = unicodedata.normalize("NFC", text)
    leads = any_of("quoting").finditer(fold(raw))
    found = [words for words in (_record_at(raw, lead.end(), field) for lead in leads) if words]
    return found[0] if len(found) == 1 else None


def _numbers_of(code: str, findings: Sequence[Finding], raw: str, clause: Clause) -> list[str]:
    """The numbers a clause names for one of its reasons."""
    named = [
        number
        for finding in findings
        if finding.code == code and finding.thing == "number"
        for number in numbers_in(raw[finding.start : finding.end])
    ]
    others = {finding.code for finding in findings if reason(finding.code).per_number} - {code}
    if named:
        return named
    if not others:
        return numbers_in(raw[clause.start : clause.end])
    start, found = clause.start, []
    for finding in findings:
        if finding.code == code:
            found += numbers_in(raw[start : finding.until])
        start = finding.until
    return found


def _suggestions(raw: str, folded: str, clause: Clause, findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """What a clause says the record has, for the one printed field it speaks of just before."""
    since = clause.start
    for lead in any_of("quoting").finditer(folded, clause.start, clause.end):
        spoken_of = {finding.code for finding in findings if since <= finding.start < lead.start()}
        printed = [code for code in spoken_of if reason(code).field in PRINTED]
        if len(printed) == 1 and (words := _record_at(raw, lead.end(), reason(printed[0]).field)):
            yield printed[0], words
        since = lead.end()


def _lone_suggestion(raw: str, found: Sequence[Rejection]) -> None:
    """A record quoted in a sentence of its own belongs to the only field that the text complains of."""
    printed = [rejection for rejection in found if rejection.reason.field in PRINTED]
    if len(printed) == 1 and printed[0].suggestion is None:
        printed[0].suggestion = suggestion_in(raw, printed[0].reason.field)


def _record_at(raw: str, place: int, field: str | None) -> str:
    """The record's own words at a place where they are quoted, as they are written; empty where they are not."""
    behind = _BEHIND.match(raw, place)
    colon, *quoted = behind.groups() if behind else ("",)
    words = next(filter(None, quoted), "") or (_rest_of_line(raw, behind.end()) if behind and colon else "")
    if field in _WITH_DIGITS:
        token = _TOKEN.match(raw, behind.end()) if behind and not words else None
        words = token.group() if token else words
        return words.strip() if any(char.isdigit() for char in words) else ""
    return words.strip()


def _rest_of_line(raw: str, start: int) -> str:
    """What follows a colon, if it is one short piece; a full stop at its end may be part of it, so then nothing is."""
    line = raw[start:].split("\n", 1)[0].strip()
    return line if len(line) <= 80 and not re.search(r"[.;!?](?:\s|$)", line) else ""
