"""Texts cut into atoms (words and signs) and tokens (words, and phrases that count as one)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from portolan.domain.reconciliation.characters import invisible, key, shape
from portolan.domain.reconciliation.lexicon import COMPANY, Families, Lexicon, Phrase
from portolan.domain.reconciliation.model import Category, Span

#: A range of house numbers is one word; a full stop belongs to the word before it, as the slash of "C/ Mayor" does.
_ATOM = re.compile(
    r"(?P<word>\d+[a-z]?(?:[-‐-―−/]\d+[a-z]?)+(?![^\W_])|(?<![^\W_])c/(?=\s*[^\W\d_])(?!o\b)|[^\W_]+\.?|[&+#])|\S",
    re.IGNORECASE,
)
_WITHIN_A_PHRASE = frozenset(".,/()-'’")
_RANGE = re.compile(r"[-‐-―−/]")
_SHORT = 2
_FORM = Category.COMPANY_SUFFIX_FORM


class Atom(NamedTuple):
    """A word with its full stop, or a sign; [start, end) in the visible text."""

    start: int
    end: int
    text: str
    is_word: bool


@dataclass(slots=True)
class Token:
    """A word, or several that count as one ("Limited Liability Company").

    Attributes:
        first, last: Its atoms [first, last).
        text: As written.
        bare: Without the full stop at its end, with single spaces.
        key: What counterparts share.
        families: The families it may be of.
        signs: The signs between it and the word before.
        role: What it is in its text: `form`, `unit`, `unit number`, `house`, `postal`; mostly nothing.
    """

    first: int
    last: int
    text: str
    bare: str
    key: str
    families: Families
    signs: str = ""
    role: str = ""


class Hidden(NamedTuple):
    """A run of invisible characters: its place in the visible text, and where it is in the whole text."""

    place: int
    chars: str
    span: Span


@dataclass(slots=True)
class Text:
    """A text without what nobody sees, in pieces.

    Attributes:
        text: The visible text.
        places: For each of its characters, and its end, the offset in the whole text; None where nothing is hidden.
        hidden: The runs of invisible characters.
    """

    text: str
    places: list[int] | None = None
    hidden: list[Hidden] = field(default_factory=list)
    atoms: list[Atom] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)

    def gap(self, index: int) -> str:
        """What stands between token `index - 1` and token `index`."""
        start = self.atoms[self.tokens[index - 1].last - 1].end if index else 0
        end = self.atoms[self.tokens[index].first].start if index < len(self.tokens) else len(self.text)
        return self.text[start:end]

    def gap_atoms(self, index: int) -> Span:
        """The atoms between token `index - 1` and token `index`."""
        first = self.tokens[index - 1].last if index else 0
        last = self.tokens[index].first if index < len(self.tokens) else len(self.atoms)
        return first, last

    def gap_span(self, index: int) -> Span:
        """The characters between token `index - 1` and token `index`."""
        start = self.atoms[self.tokens[index - 1].last - 1].end if index else 0
        return start, start + len(self.gap(index))

    def span(self, first: int, last: int) -> Span:
        """The characters of some atoms; for none, the place after the atom before them."""
        if first < last:
            return self.atoms[first].start, self.atoms[last - 1].end
        place = self.atoms[first - 1].end if first else 0
        return place, place

    def place_of(self, at: int, other: Text) -> Span:
        """The place in the whole text that answers to a place in another visible text; else where the texts part."""
        if not self.text.startswith(other.text[:at]):
            tail = len(other.text) - at
            same_end = self.text.endswith(other.text[at:])
            at = len(self.text) - tail if same_end else self._parting(other)
        return self.whole((at, at))

    def _parting(self, other: Text) -> int:
        pairs = enumerate(zip(self.text, other.text, strict=False))
        return next((at for at, (mine, its) in pairs if mine != its), min(len(self.text), len(other.text)))

    def whole(self, span: Span) -> Span:
        """A span of the visible text in the whole text."""
        if self.places is None:
            return span
        start, end = span
        return self.places[start], (self.places[end - 1] + 1 if end > start else self.places[start])


def visible(text: str) -> Text:
    """The text without invisible characters."""
    if (text.isascii() and text.isprintable()) or not any(map(invisible, text)):
        return Text(text)
    kept: list[int] = []
    hidden: list[Hidden] = []
    at = 0
    for unseen, run in groupby(text, invisible):
        length = len(chars := "".join(run))
        if unseen:
            hidden.append(Hidden(len(kept), chars, (at, at + length)))
        else:
            kept.extend(range(at, at + length))
        at += length
    return Text("".join(text[place] for place in kept), [*kept, len(text)], hidden)


def tokenise(found: Text, lexicon: Lexicon, split: Callable[[str], int] | None = None) -> Text:
    """Cut a text into atoms and tokens, in place.

    Args:
        found: The visible text.
        lexicon: Which phrases count as one, and as what.
        split: Where a compound word falls into two, 0 where it does not.
    """
    whole = found.text
    shadow = whole if whole.isascii() else "".join(map(shape, whole))
    for match in _ATOM.finditer(shadow):
        start, end = match.span()
        text, is_word = whole[start:end], match.lastindex is not None
        cut = split(text) if split and is_word else 0
        if cut:
            found.atoms.append(Atom(start, start + cut, text[:cut], True))
            start, text = start + cut, text[cut:]
        found.atoms.append(Atom(start, end, text, is_word))
    words = [index for index, atom in enumerate(found.atoms) if atom.is_word]
    keys = [_word_key(found.atoms[index].text) for index in words]
    lengths = _company_forms(found, words, keys) if lexicon is COMPANY else _phrases(found, words, keys, lexicon)
    at = 0
    while at < len(words):
        until = at + lengths.get(at, 1)
        is_form = lexicon is COMPANY and at in lengths
        found.tokens.append(_token(found, words[at:until], tuple(keys[at:until]), lexicon, is_form))
        at = until
    return found


def _word_key(word: str) -> str:
    found = key(word.rstrip("./"))
    return _RANGE.sub("-", found) if found[:1].isdigit() else found


def _token(found: Text, words: list[int], phrase: Phrase, lexicon: Lexicon, is_form: bool) -> Token:
    first, last = words[0], words[-1] + 1
    atoms = found.atoms
    text = atoms[first].text if len(words) == 1 else found.text[atoms[first].start : atoms[last - 1].end]
    if "(" in text and text.count("(") > text.count(")") and last < len(atoms) and atoms[last].text == ")":
        last += 1
        text = found.text[slice(*found.span(first, last))]
    bare = text.removesuffix(".") if len(words) == 1 else " ".join(text.removesuffix(".").split())
    families = lexicon.families(phrase)
    shared = lexicon.root(phrase) if families else phrase[0]
    if lexicon is COMPANY:
        families = {name: category for name, category in families.items() if is_form is (category is _FORM)}
    after = found.tokens[-1].last if found.tokens else 0
    signs = "".join([atom.text for atom in atoms[after:first]]) if after < first else ""
    return Token(first, last, text, bare, shared, families, signs, "form" if is_form else "")


def _phrases(found: Text, words: list[int], keys: list[str], lexicon: Lexicon) -> dict[int, int]:
    """Where phrases of several words start, and how many words each has."""
    lengths: dict[int, int] = {}
    at = 0
    while at < len(words):
        longest = lexicon.longest if lexicon.opens_phrase(keys[at]) else 1
        length = next((n for n in range(longest, 1, -1) if _is_phrase(found, words, keys, at, n, lexicon)), 1)
        if length > 1:
            lengths[at] = length
        at += length
    return lengths


def _is_phrase(found: Text, words: list[int], keys: list[str], at: int, length: int, lexicon: Lexicon) -> bool:
    end = at + length
    if end > len(words) or not lexicon.families(tuple(keys[at:end])):
        return False
    return all(atom.is_word or atom.text in _WITHIN_A_PHRASE for atom in found.atoms[words[at] : words[end - 1]])


def _company_forms(found: Text, words: list[int], keys: list[str]) -> dict[int, int]:
    """The company forms at the end of a name, and the unmistakable ones within it; the first word is never one.

    Two letters within a name ("Co", "AG", "SE") may be anything.
    """
    lengths: dict[int, int] = {}
    end = len(words)
    at_the_end = True
    while end > 1:
        longest = range(min(COMPANY.longest, end - 1), 0, -1)
        length = next((n for n in longest if _is_form(found, words, keys, end - n, n)), 0)
        if length and not at_the_end and len("".join(keys[end - length : end])) <= _SHORT:
            length = 0
        if length:
            lengths[end - length] = length
        at_the_end = at_the_end and length > 0
        end -= length or 1
    return lengths


def _is_form(found: Text, words: list[int], keys: list[str], at: int, length: int) -> bool:
    families = COMPANY.families(tuple(keys[at : at + length]))
    return _FORM in families.values() and _is_phrase(found, words, keys, at, length, COMPANY)
