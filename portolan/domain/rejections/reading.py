"""Finding the reasons in one clause of a carrier's words: things an order is made of, and what is said of each.

What is said stands in front of a thing ("invalid account number"), or behind it ("the account number does not match").
What is said to be fine, what is denied, asked, or only supposed ("if the name differs ...") counts for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from portolan.domain.rejections.phrasing import LANGUAGES, MEANS, Fault

#: Characters that are written in several ways, one for one.
_SAME = str.maketrans({**dict.fromkeys("’‘‚`´", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("–—‐‑", "-")})
_ABBREVIATED = re.compile(r"\b(no|nr|acct|ltd|inc|st|ave|str|co|corp|tel|e\.g|i\.e|z\.b|approx|ref)\.")
_QUOTED = re.compile(r'"[^"\n]{1,200}"')
_POINT = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s")
_SENTENCE_END = re.compile(rf"(?<!\n\d)(?<!^\d)(?<!\n\d\d)[.!;?](?=\s|$)|\n\s*\n|\n(?={_POINT.pattern})")
#: A number in E.164.
NUMBER = re.compile(r"\+\d[\d ().\-/]{6,20}\d")
_LETTER = re.compile(r"[a-z]")
#: What may stand between a word such as "invalid" and the things it is about.
_FILLER = re.compile(
    r"(?:[\s,/&():\-\"'#]|\b(?:or|and|the|an?|of|in|on|for|with|your|this|provided|supplied|given|customer"
    r"|losing carrier|der|die|das|den|dem|und|oder|bei|im|zur?|le|la|les|du|des?|et|ou|el|los|las|del|y|o|en|l'"
    r"|d')(?![a-z0-9]))*"
)
#: So far after a thing its fault is looked for, in characters.
_REACH = 90
_CLOSE = re.compile(r"[\s:(\-]*")
_LIKE_A_LIST = re.compile(
    r"(?:[\s,/&]|\b(?:and|or|the|und|oder|der|die|das|et|ou|le|la|les|y|o|el|los|las)(?![a-z0-9]))*"
)
_DENIED = re.compile(r"\b(?:no|kein|keine|keinen|aucune?|ningun|ninguna)\s+$")


class _Said(NamedTuple):
    """A place in the folded text, and what is said there: the name of a thing, a fault, or a canonical code."""

    start: int
    end: int
    what: str
    bare: bool = False


class Finding(NamedTuple):
    """One reason found: its code, where its thing or phrase stands, where the whole ends, and the thing's name."""

    code: str
    start: int
    end: int
    until: int
    thing: str = ""


class Clause(NamedTuple):
    """A stretch of the text; whether it is a question, and whether a "but" follows."""

    start: int
    end: int
    asked: bool
    goes_on: bool = False


def fold(text: str) -> str:
    """Lower case, without accents, with straight quotes and hyphens; as many characters as before."""
    plain = ((unicodedata.normalize("NFKD", char)[:1].lower() or char)[:1] for char in text.translate(_SAME))
    folded = "".join("s" if char == "ß" else char for char in plain)
    return _ABBREVIATED.sub(lambda found: found.group().replace(".", " "), folded)


def without_quotes(folded: str) -> str:
    """The text with what it quotes blotted out: a company's name says nothing."""
    return _QUOTED.sub(lambda quoted: '"' + "·" * (len(quoted.group()) - 2) + '"', folded)


def clauses(masked: str) -> Iterator[Clause]:
    """Sentences, points of a list, and what stands on either side of "but"."""
    contrasts, conditions = any_of("contrasts"), any_of("conditions")
    start = 0
    ends = [(found.start(), found.end(), found.group() == "?") for found in _SENTENCE_END.finditer(masked)]
    for sentence_end, after, asked in (*ends, (len(masked), len(masked), False)):
        supposed = conditions.match(masked, _first_word(masked, start), sentence_end)
        for contrast in contrasts.finditer(masked, start, sentence_end):
            if not supposed and _speaks(masked, contrast.end(), sentence_end):
                yield Clause(start, contrast.start(), asked, goes_on=True)
                start = contrast.end()
        yield Clause(start, sentence_end, asked)
        start = after


def _first_word(masked: str, start: int) -> int:
    found = _LETTER.search(masked, start)
    return found.start() if found else start


def _speaks(masked: str, start: int, end: int) -> bool:
    """Whether a stretch of text is about anything by itself: "but is active now" is not."""
    return any(True for _ in _things(masked, start, end)) or any(True for _ in _phrases(masked, start, end))


def silent(masked: str, clause: Clause) -> bool:
    """Whether a clause has no words at all, such as a list of numbers."""
    return not _LETTER.search(masked, clause.start, clause.end)


def knotty(masked: str, clause: Clause) -> bool:
    """Whether a clause carries a fault over to other things: "and neither does the address"."""
    return any_of("knotty").search(masked, clause.start, clause.end) is not None


def unread_point(masked: str, clause: Clause) -> bool:
    """Whether a clause is a point of a list with words that neither find fault with anything nor rule it out."""
    start = clause.start
    if (
        clause.goes_on
        or (start and masked[start - 1] != "\n")
        or silent(masked, clause)
        or not _POINT.match(masked, start, clause.end)
    ):
        return False
    fine = any(fault.what == Fault.FINE for fault in _faults(masked, start, clause.end))
    return not fine and not any(True for _ in _phrases(masked, start, clause.end, denied_too=True))


def read(masked: str, clause: Clause) -> tuple[list[Finding], list[str]]:
    """What a clause says, and the codes of places that can be read in two ways."""
    supposed = any_of("conditions").search(masked, clause.start, clause.end)
    start, end = clause.start, supposed.start() if supposed else clause.end
    if clause.asked or start >= end:
        return [], []
    things = _longest(_things(masked, start, end))
    faults = _longest(_faults(masked, start, end))
    phrases = _longest(_phrases(masked, start, end))
    findings = [Finding(each.what, each.start, each.end, each.end) for each in phrases]
    for finding in _judged(masked, things, faults):
        if not any(phrase.start <= finding.start and finding.end <= phrase.end for phrase in phrases):
            findings.append(finding)
    findings.sort(key=lambda finding: (finding.start, finding.end))
    unclear = [
        code
        for one, other in pairwise(findings)
        if one.end > other.start and one.code != other.code
        for code in (one.code, other.code)
    ]
    return [finding for finding in findings if finding.code not in unclear], unclear


def _judged(masked: str, things: Sequence[_Said], faults: Sequence[_Said]) -> Iterator[Finding]:
    """Each thing with what is said of it, where that means something."""
    before = [fault for fault in faults if fault.bare and not _follows(masked, fault, things)]
    for thing in things:
        said = _said_of(masked, thing, things, faults, before)
        if said is None:
            continue
        same = {each.what for each in faults if (each.start, each.end) == (said.start, said.end)}
        codes = {MEANS[thing.what].get(Fault(what), "") for what in same} - {""}
        for code in sorted(codes):
            yield Finding(code, thing.start, thing.end, max(thing.end, said.end), thing.what)


def _said_of(
    masked: str, thing: _Said, things: Sequence[_Said], faults: Sequence[_Said], before: Sequence[_Said]
) -> _Said | None:
    """The fault that belongs to a thing: one right behind it, else one in front of it, else one further behind."""
    if _DENIED.search(masked, max(0, thing.start - 10), thing.start):
        return None
    after = [fault for fault in faults if 0 <= fault.start - thing.end <= _REACH]
    after = [fault for fault in after if _reaches(masked, thing, fault, things, before)]
    if after and _CLOSE.fullmatch(masked, thing.end, after[0].start):
        return _unless_mended(after[0], thing, things, faults)
    for fault in reversed([fault for fault in before if fault.end <= thing.start]):
        if _leads_to(masked, fault, thing, things):
            return fault
    return _unless_mended(after[0], thing, things, faults) if after else None


def _reaches(masked: str, thing: _Said, fault: _Said, things: Sequence[_Said], before: Sequence[_Said]) -> bool:
    """Whether a fault further behind can be one of this thing."""
    between = _without(masked, things, thing.end, fault.start)
    if thing.what == "number" and masked[thing.start] == "+":
        return _LIKE_A_LIST.fullmatch(between) is not None
    if not fault.bare:
        return True
    leads = fault in before and any(_leads_to(masked, fault, other, things) for other in things)
    return not leads and _FILLER.fullmatch(between) is not None


def _unless_mended(fault: _Said, thing: _Said, things: Sequence[_Said], faults: Sequence[_Said]) -> _Said | None:
    """The fault, unless the same breath says that it is one no longer: "was missing and has now been received"."""
    following = min((other.start for other in things if other.start > fault.start), default=fault.end + _REACH)
    mended = any(each.what == Fault.FINE and fault.end <= each.start < following for each in faults)
    return None if mended and fault.what != Fault.FINE else fault


def _leads_to(masked: str, fault: _Said, thing: _Said, things: Sequence[_Said]) -> bool:
    """Whether a bare word stands in front of a thing, or of a list that the thing is in: "invalid PIN and name"."""
    listed = [other for other in things if fault.end <= other.start and other.end <= thing.start]
    if not listed:
        return thing.start >= fault.end and _FILLER.fullmatch(masked, fault.end, thing.start) is not None
    last = listed[-1]
    return _LIKE_A_LIST.fullmatch(masked, last.end, thing.start) is not None and _leads_to(masked, fault, last, things)


def _follows(masked: str, fault: _Said, things: Sequence[_Said]) -> bool:
    """Whether a bare word stands right behind its thing: "name mismatch"."""
    return any(thing.end <= fault.start and _CLOSE.fullmatch(masked, thing.end, fault.start) for thing in things)


def _without(masked: str, things: Sequence[_Said], start: int, end: int) -> str:
    """A stretch of text without the things named in it."""
    cut = list(masked[start:end])
    for thing in things:
        for place in range(max(thing.start, start), min(thing.end, end)):
            cut[place - start] = " "
    return "".join(cut)


def _things(masked: str, start: int, end: int) -> Iterator[_Said]:
    for language in LANGUAGES:
        for name, words in language.subjects.items():
            for found in _words(words).finditer(masked, start, end):
                yield _Said(found.start(), found.end(), name)


def _faults(masked: str, start: int, end: int) -> Iterator[_Said]:
    for language in LANGUAGES:
        for fault, (after, bare) in language.faults.items():
            for words, is_bare in ((after, False), (bare, True)):
                if words:
                    for found in _words(words).finditer(masked, start, end):
                        yield _Said(found.start(), found.end(), fault, is_bare)


def _phrases(masked: str, start: int, end: int, denied_too: bool = False) -> Iterator[_Said]:
    clause = masked[start:end]
    for language in LANGUAGES:
        denied, over = _ending(language.denials), _starting(language.settled)
        for code, words in language.phrases:
            for found in _words(words).finditer(clause):
                lead = clause[: found.start()]
                settled = over.match(clause, found.end()) and not _words(language.not_yet).search(lead)
                if denied_too or not (settled or denied.search(lead)):
                    yield _Said(start + found.start(), start + found.end(), code)


def _longest(found: Iterator[_Said]) -> list[_Said]:
    """In order of place; where one stands within another, only the longer counts."""
    kept: list[_Said] = []
    for each in sorted(set(found), key=lambda said: (said.start - said.end, *said)):
        around = [other for other in kept if other.start <= each.start and each.end <= other.end]
        if all((other.start, other.end) == (each.start, each.end) for other in around):
            kept.append(each)
    return sorted(kept)


@cache
def _words(pattern: str) -> re.Pattern[str]:
    """A pattern that matches whole words only."""
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


@cache
def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\W*$")


@cache
def _starting(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{pattern})")


@cache
def any_of(words: str) -> re.Pattern[str]:
    """What any of the languages says, by the name of the words."""
    return _words("|".join(getattr(language, words) for language in LANGUAGES))
