"""Single characters: which are invisible, which look alike, what is left of them when one looks past such things."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from portolan.domain.reconciliation.model import Category

Fold = Callable[[str], str]

#: Latin letters, and characters of other scripts that look the same in print (the idea of Unicode TR 39, the choice
#: ours: the alphabets that turn up in European names, as both cases are printed). Carriers print in capitals, so a
#: small letter also counts whose capital looks the same.
_LOOKING_LIKE = {
    "A": "АΑᎪ",
    "B": "ВΒᏴ",
    "C": "СϹᏟ",
    "D": "Ꭰ",
    "E": "ЕΕᎬ",
    "F": "Ϝ",
    "G": "ԌᏀ",
    "H": "НΗᎻ",
    "I": "ІΙӀ",
    "J": "ЈͿᎫ",
    "K": "КΚᏦ",
    "L": "ԼᏞ",
    "M": "МΜᎷ",
    "N": "Ν",
    "O": "ОΟՕ",
    "P": "РΡᏢ",
    "Q": "Ԛ",
    "R": "ᎡᏒ",
    "S": "ЅՏᏚ",
    "T": "ТΤᎢ",
    "U": "ՍႮ",
    "V": "ѴᏙ",
    "W": "ԜᎳ",
    "X": "ХΧ",
    "Y": "УҮΥᎩ",
    "Z": "ΖᏃ",
    "a": "аαɑ",
    "b": "вЬь",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еєε",
    "f": "ք",
    "g": "ցɡ",
    "h": "нһհ",
    "i": "іι",
    "j": "јϳ",
    "k": "кκ",
    "l": "ӏ",
    "m": "м",
    "n": "ոռη",
    "o": "оοօ",
    "p": "рρ",
    "q": "ԛզ",
    "r": "г",
    "s": "ѕ",
    "t": "тτ",
    "u": "սυ",
    "v": "ѵν",
    "w": "ԝѡաω",
    "x": "хχ",
    "y": "уүγ",
    "z": "ᴢ",
}
_LOOKALIKES = {other: latin for latin, others in _LOOKING_LIKE.items() for other in others}

#: Letters that no decomposition takes apart, and what is written for them where they cannot be.
_PLAIN = {
    **{"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D"},
    **{"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n"},
}
#: Letters that German and Nordic writers spell with two where they have to.
_SPELLED_OUT = {
    **{"ä": "ae", "Ä": "AE", "ö": "oe", "Ö": "OE", "ü": "ue", "Ü": "UE"},
    **{"å": "aa", "Å": "AA", "ø": "oe", "Ø": "OE"},
}

#: Letters and digits that are taken for each other when read off paper: a hint, no category of their own.
_MISREAD = (frozenset("0oO"), frozenset("1lIi|"))

_INVISIBLE_MARKS = frozenset("\u034f\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
_APOSTROPHES = frozenset("'’‘‛ʼʻʹʾʿˈ′`´＇")
_DASHES = frozenset("-‐‑‒–—―−⁃﹣－")
_KINDS = ((_APOSTROPHES, "apostrophe"), (_DASHES, "dash"), (frozenset('"“”„‟«»″'), "quotation mark"))
_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "GEORGIAN"})
_LONGEST_QUOTED = 60


def words(text: str) -> frozenset[str]:
    """A set of words, for the tables."""
    return frozenset(text.split())


@lru_cache(maxsize=4096)
def invisible(char: str) -> bool:
    """Whether nobody sees it: zero width, direction marks, soft hyphens, control characters that are no space."""
    if char.isspace():
        return False
    category = unicodedata.category(char)
    return (
        category in {"Cf", "Cc"} or char in _INVISIBLE_MARKS or unicodedata.name(char, "").startswith("VARIATION SEL")
    )


@lru_cache(maxsize=4096)
def shape(char: str) -> str:
    """What it is to the reader of words: itself, `a` for a mark on a letter, `'` for a letter that is an apostrophe."""
    if char in _APOSTROPHES:
        return "'"
    return "a" if unicodedata.category(char).startswith("M") else char


@lru_cache(maxsize=4096)
def _latin_looking(char: str) -> str:
    if char in _LOOKALIKES:
        return _LOOKALIKES[char]
    if unicodedata.decomposition(char).startswith(("<wide>", "<font>")):
        return unicodedata.normalize("NFKC", char)
    apart = unicodedata.normalize("NFD", char)
    if apart[0] in _LOOKALIKES:
        return unicodedata.normalize("NFC", _LOOKALIKES[apart[0]] + apart[1:])
    return char


def unmasked(text: str) -> str:
    """The text with Latin letters for characters that look like them (full-width and mathematical ones, too)."""
    return text if text.isascii() else "".join(map(_latin_looking, text))


def _unjoined(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _without_marks(text: str) -> str:
    plain = "".join(_PLAIN.get(char, char) for char in text)
    return "".join(char for char in unicodedata.normalize("NFD", plain) if unicodedata.category(char) != "Mn")


def _spelled_out(text: str) -> str:
    return _without_marks("".join(_SPELLED_OUT.get(char, char) for char in text))


_FOLDS: dict[Category, Fold] = {Category.CONFUSABLE: unmasked, Category.UNICODE_NORMALISATION: _unjoined}
_PLAINER = (_without_marks, _spelled_out)
_SPARED_FIRST = (Category.UNICODE_NORMALISATION, Category.CONFUSABLE, Category.DIACRITIC)


@lru_cache(maxsize=8192)
def key(word: str) -> str:
    """What is left of a word for finding its counterpart: small, unaccented, in Latin letters where it looks so."""
    return word.lower() if word.isascii() else _without_marks(_unjoined(unmasked(word))).lower()


def same_but_case(one: str, other: str) -> bool:
    """Whether only letter case tells them apart; `STRASSE` is `Straße` in capitals, `Strasse` is not."""
    if one == other or one.lower() == other.lower():
        return True
    return one.upper() == other.upper() and (one.isupper() or other.isupper())


def writing(one: str, other: str) -> list[Category] | None:
    """Which differences of writing tell two words apart, as few as explain it; None where they are other words."""
    if same_but_case(one, other):
        return [] if one == other else [Category.CASE_ONLY]
    if one.isascii() and other.isascii():
        return None
    return next(filter(None, (_fewest(one, other, _FOLDS | {Category.DIACRITIC: plain}) for plain in _PLAINER)), None)


def _fewest(one: str, other: str, folds: dict[Category, Fold]) -> list[Category] | None:
    """The fewest folds that make two words the same, with letter case; None where all of them do not."""
    if not same_but_case(_folded(one, folds), _folded(other, folds)):
        return None
    for category in _SPARED_FIRST:
        without = {kept: fold for kept, fold in folds.items() if kept is not category}
        if same_but_case(_folded(one, without), _folded(other, without)):
            folds = without
    case = [] if _folded(one, folds) == _folded(other, folds) else [Category.CASE_ONLY]
    return [*folds, *case]


def _folded(text: str, folds: dict[Category, Fold]) -> str:
    for fold in folds.values():
        text = fold(text)
    return text


def misread(one: str, other: str) -> bool:
    """Whether two characters are easily taken for each other on paper: O and 0; I, l and 1."""
    return any(one in alike and other in alike for alike in _MISREAD)


def sign(one: str, other: str) -> str:
    """What two differing signs both are: `dash`, `apostrophe`, `quotation mark`; empty where they are not the same."""
    return next((name for kind, name in _KINDS if one in kind and other in kind), "")


def mixed_scripts(word: str) -> bool:
    """Whether a word mixes alphabets that look alike, as no word of a language does."""
    return not word.isascii() and len({_script(char) for char in word if char.isalpha()} & _SCRIPTS) > 1


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]


def quoted(text: str) -> str:
    """A text for a sentence: short, in quotation marks, with a name for what nobody sees or a terminal acts on."""
    shown = text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]}…"
    return f'"{shown_plainly(shown)}"'


def shown_plainly(text: str) -> str:
    """The text with `<U+200B>` for a character that cannot be seen or would do something."""
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    return char if char.isprintable() and not invisible(char) else f"<U+{ord(char):04X}>"


def named(char: str) -> str:
    """The name Unicode gives a character, with its number."""
    return f"{unicodedata.name(char, 'a character without a name')} (U+{ord(char):04X})"
