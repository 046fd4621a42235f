"""What a check of an identifier comes to, and how its characters are read and told about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product
from string import ascii_uppercase as LETTERS  # noqa: N812 - a constant under the name of what it holds
from string import digits as DIGITS  # noqa: N812

#: Longer than any identifier; what is longer is not looked at character by character.
LONGEST = 100
_LONGEST_SHOWN = 3
_MOST_SWAPS = 4

#: Characters that people take for each other; the case of letters is lost before.
_AMBIGUOUS = {"O": "0", "0": "O", "I": "1", "L": "1", "1": "I"}
#: Capitals of other alphabets that look like Latin ones on any screen.
_LOOKALIKES = dict(zip("АВЕІЈКМНОРЅТУХ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEIJKMHOPSTYX" + "ABEZHIKMNOPTYX", strict=True))
_BESIDE_DIGITS = re.compile(r"[OIl]+(?=[0-9])|(?<=[0-9])[OIl]+")
_UPPER = {ord(letter.lower()): letter for letter in LETTERS}

#: What may stand in a place of a form, by the character that stands for it there.
PLACES = {
    "A": ("a letter A to Z", frozenset(LETTERS)),
    "9": ("a digit", frozenset(DIGITS)),
    "*": ("a letter or digit", frozenset(LETTERS + DIGITS)),
    "+": ("a letter, digit or +", frozenset(LETTERS + DIGITS + "+")),
    "D": ("the letter D", frozenset("D")),
}


@dataclass(frozen=True)
class Checked:
    """What can be said of an identifier without asking anybody.

    Attributes:
        valid: Whether it may be sent. A good form does not prove that it was ever issued.
        reason: Why, in words: what, where and what to do.
        normalized: As carriers' systems want it; empty for a PIN, which is never repeated.
        warnings: What a person should look at all the same.
    """

    valid: bool
    reason: str
    normalized: str
    warnings: tuple[str, ...] = ()


def compact(value: str) -> str:
    """The value in capitals without spaces, hyphens and invisible characters."""
    return "".join(_plain(char) for char in value).translate(_UPPER)


def _plain(char: str) -> str:
    if char.isspace() or unicodedata.category(char) in {"Pd", "Cf"} or char == "−":
        return ""
    return unicodedata.normalize("NFKC", char) if unicodedata.east_asian_width(char) == "F" else char


def described(char: str) -> str:
    """A character for a fault: quoted, named where it is not what it seems, and harmless to a terminal."""
    if char.isascii():
        return repr(char)
    looks_like = _LOOKALIKES.get(char.upper()) or str(unicodedata.decimal(char, ""))
    resembles = f", which looks like {looks_like}" if looks_like else ""
    return f"{char!a} ({unicodedata.name(char, 'a character without a name')}{resembles})"


def ambiguous(text: str) -> tuple[str, ...]:
    """A warning for each run of letters beside a digit that may be misread digits."""
    return tuple(
        f"{found[0]!r} from character {found.start() + 1} on stands beside a digit: is it {_as_digits(found[0])}?"
        for found in _BESIDE_DIGITS.finditer(text)
    )


def _as_digits(letters: str) -> str:
    return letters.replace("O", "0").replace("I", "1").replace("l", "1")


def told(*sentences: str) -> str:
    """Sentences one after the other; empty ones are left out."""
    return " ".join(filter(None, sentences))


def misfits(text: str, form: str, places: dict[str, tuple[str, frozenset[str]]] = PLACES) -> str:
    """What keeps the text from having the form, with the place of each character; empty where it has it.

    Args:
        text: The value, compact. Places are counted in it from 1.
        form: One character of `places` for each character of the text.
        places: What may stand where, in words and as a set.
    """
    if len(text) != len(form):
        return f"it has {len(text)} characters (spaces and hyphens aside) instead of {len(form)}"
    wrong = [
        f"character {position} is {described(char)} where {words} belongs"
        for position, (char, (words, allowed)) in enumerate(zip(text, map(places.__getitem__, form), strict=True), 1)
        if char not in allowed
    ]
    more = f"; {len(wrong) - _LONGEST_SHOWN} more are wrong" if len(wrong) > _LONGEST_SHOWN else ""
    return "; ".join(wrong[:_LONGEST_SHOWN]) + more


def did_you_mean(text: str, fits: Callable[[str], bool]) -> str:
    """`Did you mean ...?` where one reading of O, 0, I, L and 1 fits, and fits alone; else nothing."""
    places = [place for place, char in enumerate(text) if char in _AMBIGUOUS]
    if len(text) > LONGEST or not places:
        return ""
    for swaps in range(1, min(_MOST_SWAPS, len(places)) + 1):
        found = {
            "".join(swapped.get(place, char) for place, char in enumerate(text))
            for chosen in combinations(places[:12], swaps)
            for other in product(*(_AMBIGUOUS[text[place]] for place in chosen))
            for swapped in [dict(zip(chosen, other, strict=True))]
        }
        fitting = sorted(filter(fits, found))
        if fitting:
            return f"Did you mean {fitting[0]}?" if len(fitting) == 1 else ""
    return ""
