"""Two texts compared word by word: names, addresses, and whatever else people write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from portolan.domain.reconciliation.characters import key, named, same_but_case, sign
from portolan.domain.reconciliation.findings import Finding, hull
from portolan.domain.reconciliation.lexicon import COMPANY, PLAIN, Lexicon
from portolan.domain.reconciliation.lexing import Text, Token, tokenise, visible
from portolan.domain.reconciliation.model import Category, Severity, Span, rank
from portolan.domain.reconciliation.words import (
    SPACE_AT_A_SIGN,
    Judgement,
    categories,
    judge_company,
    judge_pair,
    judge_words,
)

#: What words amount to that have no counterpart: those of the LOA, those of the record, and how many others have one.
Judge = Callable[[Sequence[Token], Sequence[Token], int], Judgement]
#: Signs that belong to a word or are one.
_SIGNS = frozenset(".&+#/")
_Block = tuple[str, int, int, int, int]


class Language(NamedTuple):
    """How a kind of text is read: its phrases, the judge of its words, its compounds, the roles of its words."""

    lexicon: Lexicon
    judge: Judge
    split: Callable[[str], int] | None = None
    name_roles: Callable[[Text], None] | None = None

    def read(self, text: str) -> Text:
        """A text in words."""
        found = tokenise(visible(text), self.lexicon, self.split)
        if self.name_roles:
            self.name_roles(found)
        return found


COMPANY_NAME = Language(COMPANY, judge_company)
PLAIN_TEXT = Language(PLAIN, judge_words)


def compare(loa: str, csr: str, language: Language) -> list[Finding]:
    """Everything that differs between two texts in composed form (NFC)."""
    if loa == csr:
        return []
    ours, theirs = language.read(loa), language.read(csr)
    found = _words(ours, theirs, language.judge) if ours.text != theirs.text else []
    return [
        *hidden(ours, theirs),
        *(one._replace(loa_span=ours.whole(one.loa_span), csr_span=theirs.whole(one.csr_span)) for one in found),
    ]


def hidden(ours: Text, theirs: Text) -> list[Finding]:
    """The invisible characters that only one side has."""
    runs, its_runs = ({(run.place, run.chars): run.span for run in text.hidden} for text in (ours, theirs))
    if runs.keys() == its_runs.keys():
        return []
    chars, its_chars = ("".join(run.chars for run in text.hidden) for text in (ours, theirs))
    if chars == its_chars and ours.text != theirs.text:
        return []
    found = []
    for place, group in groupby(sorted(runs.keys() ^ its_runs.keys()), key=itemgetter(0)):
        here = list(group)
        note = ", ".join(named(char) for char in sorted({char for _, chars in here for char in chars}))
        mine, its = (
            next((have[run] for run in here if run in have), None) or text.place_of(place, other)
            for text, have, other in ((ours, runs, theirs), (theirs, its_runs, ours))
        )
        found.append(Finding(Category.INVISIBLE_CHAR, mine, its, note=note))
    return found


def _words(ours: Text, theirs: Text, judge: Judge) -> list[Finding]:
    keys, its_keys = ([token.key for token in text.tokens] for text in (ours, theirs))
    blocks = SequenceMatcher(None, keys, its_keys, autojunk=False).get_opcodes()
    found = _unmatched([block for block in blocks if block[0] != "equal"], ours, theirs, judge)
    for kind, start, end, other, _ in blocks:
        if kind == "equal":
            for step in range(end - start):
                found += _pair(ours, start + step, theirs, other + step)
                found += _gap(ours, start + step, theirs, other + step) if step else []
    if not blocks or blocks[0][0] == "equal":
        found += _gap(ours, 0, theirs, 0)
    if blocks and blocks[-1][0] == "equal":
        found += _gap(ours, len(keys), theirs, len(its_keys))
    return found


# -- words that have no counterpart -------------------------------------------------------------------------------


def _unmatched(blocks: Sequence[_Block], ours: Text, theirs: Text, judge: Judge) -> list[Finding]:
    extra = [token for _, start, end, _, _ in blocks for token in ours.tokens[start:end]]
    missing = [token for _, _, _, start, end in blocks for token in theirs.tokens[start:end]]
    matched = sum(len(key(token.bare)) > 1 for token in ours.tokens) - sum(len(key(token.bare)) > 1 for token in extra)
    regions = [_region(block, ours, theirs) for block in blocks]
    moved = Counter(token.key for token in extra) & Counter(token.key for token in missing)
    left, lacking = _without(extra, moved), _without(missing, moved)
    if any(len(word) > 1 for word in moved) and not (left and lacking):
        spans = hull([mine for mine, _ in regions]), hull([its for _, its in regions])
        found = [Finding(Category.TOKEN_ORDER, *spans)]
        if left or lacking:
            one = judge(left, lacking, matched + len(moved))
            mine = _around(ours, left) if left else _missing_at(ours, lacking[0], theirs)
            its = _around(theirs, lacking) if lacking else _missing_at(theirs, left[0], ours)
            found.append(Finding(one.category, mine, its, one.severity, one.note))
        return found
    found = []
    for (_, start, end, other, until), (mine, its) in zip(blocks, regions, strict=True):
        if mine[0] < mine[1] or its[0] < its[1]:
            judged = judge(ours.tokens[start:end], theirs.tokens[other:until], matched)
            found.append(Finding(judged.category, mine, its, judged.severity, judged.note))
    return found


def _without(tokens: Sequence[Token], moved: Counter[str]) -> list[Token]:
    left, kept = Counter(moved), []
    for token in tokens:
        if left[token.key]:
            left[token.key] -= 1
        else:
            kept.append(token)
    return kept


def _around(text: Text, tokens: Sequence[Token]) -> Span:
    return hull([text.span(token.first, token.last) for token in tokens])


def _missing_at(text: Text, token: Token, other: Text) -> Span:
    """Where a word of another text is missing: after the word that it follows there; else at the start."""
    before = other.tokens[max(other.tokens.index(token) - 1, 0)]
    follows = next((one.last for one in text.tokens if before is not token and one.key == before.key), 0)
    return text.span(follows, follows)


def _region(block: _Block, ours: Text, theirs: Text) -> tuple[Span, Span]:
    """What differs around unmatched words, with the signs about them that differ, too."""
    _, start, end, other, until = block
    mine = ours.gap_atoms(start)[0], ours.gap_atoms(end)[1]
    its = theirs.gap_atoms(other)[0], theirs.gap_atoms(until)[1]
    return trimmed(ours, mine, theirs, its)


def trimmed(
    ours: Text, mine: Span, theirs: Text, its: Span, alike: Callable[[str, str], bool] = same_but_case
) -> tuple[Span, Span]:
    """Two runs of atoms without what they share at both ends, as spans of the visible texts."""
    (start, end), (its_start, its_end) = mine, its
    while start < end and its_start < its_end and alike(ours.atoms[start].text, theirs.atoms[its_start].text):
        start, its_start = start + 1, its_start + 1
    while start < end and its_start < its_end and alike(ours.atoms[end - 1].text, theirs.atoms[its_end - 1].text):
        end, its_end = end - 1, its_end - 1
    return ours.span(start, end), theirs.span(its_start, its_end)


# -- words that have one ------------------------------------------------------------------------------------------


def _pair(ours: Text, index: int, theirs: Text, other: int) -> list[Finding]:
    mine, its = ours.tokens[index], theirs.tokens[other]
    if mine.text == its.text:
        return []
    found = categories(mine, its)
    spans = _token_spans(ours, mine, theirs, its)
    if found is None:
        judged = judge_pair(mine, its)
        return [Finding(judged.category, *spans, judged.severity, judged.note)]
    if found and set(found) <= {Category.CONFUSABLE, Category.CASE_ONLY} and Category.CONFUSABLE in found:
        return [_masked(mine.text, its.text, ours.atoms[mine.first].start, theirs.atoms[its.first].start)]
    top = min(found, key=rank, default=Category.WHITESPACE_ONLY)
    if top is Category.UNICODE_NORMALISATION:
        # The composed form loses nothing; what goes beyond it (ligatures, superscripts) is not what the record has.
        return [Finding(top, *spans, Severity.WARN, "a joined, raised or otherwise formed letter")]
    return [Finding(top, *spans)]


def _token_spans(ours: Text, mine: Token, theirs: Text, its: Token) -> tuple[Span, Span]:
    """The two words; where both are parts of compounds, the whole compounds."""
    before = int(_within_a_word(ours, mine.first) and _within_a_word(theirs, its.first))
    after = int(_within_a_word(ours, mine.last) and _within_a_word(theirs, its.last))
    return ours.span(mine.first - before, mine.last + after), theirs.span(its.first - before, its.last + after)


def _within_a_word(text: Text, index: int) -> bool:
    """Whether an atom and the one before it are one word."""
    if not 0 < index < len(text.atoms):
        return False
    before, atom = text.atoms[index - 1], text.atoms[index]
    return before.end == atom.start and before.text[-1].isalpha() and atom.text[0].isalpha()


def _masked(mine: str, its: str, start: int, its_start: int) -> Finding:
    """A look-alike, to the character."""
    shorter, lead, tail = min(len(mine), len(its)), 0, 0
    while lead < shorter and same_but_case(mine[lead], its[lead]):
        lead += 1
    while tail < shorter - lead and same_but_case(mine[-1 - tail], its[-1 - tail]):
        tail += 1
    spans = (start + lead, start + len(mine) - tail), (its_start + lead, its_start + len(its) - tail)
    return Finding(Category.CONFUSABLE, *spans, note=f"{named(mine[lead])} for {named(its[lead])}")


# -- what stands between words ------------------------------------------------------------------------------------


def _gap(ours: Text, index: int, theirs: Text, other: int) -> list[Finding]:
    mine, its = ours.gap(index), theirs.gap(other)
    if mine == its:
        return []
    spans = trimmed(ours, ours.gap_atoms(index), theirs, theirs.gap_atoms(other))
    signs, its_signs = ours.text[slice(*spans[0])], theirs.text[slice(*spans[1])]
    if signs or its_signs:
        kind = sign(signs, its_signs) if len(signs) == len(its_signs) == 1 else ""
        return [Finding(Category.PUNCTUATION, *spans, note=f"another kind of {kind}" if kind else "")]
    place = ours.gap_span(index), theirs.gap_span(other)
    inner = 0 < index < len(ours.tokens) and 0 < other < len(theirs.tokens)
    if not inner or _collapsed(mine) == _collapsed(its):
        return [Finding(Category.WHITESPACE_ONLY, *place)]
    divided = mine.strip() or ours.tokens[index - 1].text[-1] in _SIGNS or ours.tokens[index].text[0] in _SIGNS
    judged = SPACE_AT_A_SIGN if divided else Judgement(Category.SEPARATOR)
    return [Finding(judged.category, *place, judged.severity, judged.note)]


def _collapsed(gap: str) -> str:
    return " ".join(f"[{gap}]".split())
