"""The tables of words, made ready for looking up: which families a word or a phrase belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from portolan.domain.reconciliation import street_words, unit_words
from portolan.domain.reconciliation.characters import key
from portolan.domain.reconciliation.company_forms import FORMS
from portolan.domain.reconciliation.model import Category

#: By family, what it is called that two words of it differ.
Families = Mapping[str, Category]
#: The words of a phrase, as `characters.key` has them.
Phrase = tuple[str, ...]

#: Words and signs for "and"; single letters are words of their own as well.
AND = {"and": "and", "und": "und u", "et": "et", "y": "y e", "en": "en", "og": "og", "och": "och", "i": "i", "n": "n"}
AND_SIGNS = frozenset("&+")

_WORDS = re.compile(r"[^\W_]+|[&+#]")
_NONE: Families = {}


class Lexicon:
    """Phrases and their families.

    Families overlap ("st" is a street and a saint), so a phrase has several; `root` is one name for everything that is
    connected by overlaps, so that counterparts can be found before it is known which family is meant.
    """

    def __init__(self, entries: Iterable[tuple[Phrase, str, Category]]) -> None:
        self._families: dict[Phrase, dict[str, Category]] = {}
        for phrase, family, category in entries:
            self._families.setdefault(phrase, {})[family] = category
        self._roots = _connected(self._families)
        self.longest = max(map(len, self._families))
        self._starts = {phrase[0] for phrase in self._families if len(phrase) > 1}

    def families(self, phrase: Phrase) -> Families:
        """The families of a phrase; none where it is in no table."""
        return self._families.get(phrase, _NONE)

    def root(self, phrase: Phrase) -> str:
        """One name for a phrase and everything it may stand for."""
        return self._roots[phrase]

    def opens_phrase(self, word: str) -> bool:
        """Whether a phrase of several words starts with it."""
        return word in self._starts


def _connected(families: Mapping[Phrase, Mapping[str, Category]]) -> dict[Phrase, str]:
    """For each phrase, the name of its group of families."""
    leader: dict[str, str] = {}

    def lead(family: str) -> str:
        while leader.setdefault(family, family) != family:
            family = leader[family]
        return family

    for named in families.values():
        first, *others = (lead(family) for family in named)
        leader.update(dict.fromkeys((other for other in others if other != first), first))
    return {phrase: f"~{lead(next(iter(named)))}" for phrase, named in families.items()}


def phrase_of(text: str) -> Phrase:
    """The words of a text as they are looked up: `G.m.b.H.` is four."""
    return tuple(key(word) for word in _WORDS.findall(text))


def _lines(table: str, kind: str, category: Category) -> Iterable[tuple[Phrase, str, Category]]:
    for line in table.strip().splitlines():
        words = line.split()
        for word in words:
            yield phrase_of(word), f"{kind}:{words[0]}", category


def _and_words() -> Iterable[tuple[Phrase, str, Category]]:
    for family, words in AND.items():
        for word in (*words.split(), *AND_SIGNS):
            yield (word,), f"and:{family}", Category.AMPERSAND_AND


def _forms() -> Iterable[tuple[Phrase, str, Category]]:
    for country, classes in FORMS.items():
        for number, line in enumerate(classes):
            for form in line.split("|"):
                for phrase in _writings(form):
                    yield phrase, f"form:{country}{number}", Category.COMPANY_SUFFIX_FORM


def _writings(form: str) -> Iterable[Phrase]:
    """A form as it stands, letter by letter where it is an abbreviation, and with every word for its `&`."""
    plain = phrase_of(form)
    if len(plain) == 1 and len(form) <= 5 and form[1:].lower() != form[1:]:
        yield tuple(plain[0])
    for and_word in ("&", "+", "und", "u", "et") if "&" in plain else ("",):
        yield tuple(and_word if word == "&" else word for word in plain)


def _directions() -> Iterable[tuple[Phrase, str, Category]]:
    yield from _lines(street_words.DIRECTIONALS, "direction", Category.ABBREVIATION_DIRECTIONAL)
    for one in ("north", "south"):
        for other in ("east", "west"):
            for first in street_words.HALVES[one]:
                for second in street_words.HALVES[other]:
                    yield (first, second), f"direction:{one}{other}", Category.ABBREVIATION_DIRECTIONAL


def _ordinals() -> Iterable[tuple[Phrase, str, Category]]:
    for number, word in enumerate(street_words.ORDINALS.split(), 1):
        ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
        for written in (word, f"{number}{ending}"):
            yield (written,), f"ordinal:{number}", Category.ABBREVIATION_STREET


def _units() -> Iterable[tuple[Phrase, str, Category]]:
    yield from _lines(unit_words.UNITS, "unit", Category.ABBREVIATION_UNIT)
    for line in unit_words.UNITS.strip().splitlines():
        for word in unit_words.ANY_UNIT:
            yield (word,), f"unit:{line.split()[0]}", Category.ABBREVIATION_UNIT


def _streets() -> Iterable[tuple[Phrase, str, Category]]:
    for number, table in enumerate(street_words.STREETS):
        yield from _lines(table, f"street{number}", Category.ABBREVIATION_STREET)


PLAIN = Lexicon(_and_words())
COMPANY = Lexicon([*_and_words(), *_forms()])
ADDRESS = Lexicon([*_and_words(), *_streets(), *_directions(), *_ordinals(), *_units()])
