"""Vendor code tables as the carriers' documents write them, and how they are read.

A table names for each canonical code the vendor's codes, separated by blanks. `7207-7210` are four codes and
`LNP101J/S/W` three. `7434:E6h` is the code 7434 where a text carries the losing carrier's own code E6h, and
`7435:E42PWA,E42PWB` both of those. A code ending with `?` counts only where the text says so. A code that stands
under several canonical codes is open: the text decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

Key = TypeVar("Key")

_RANGE = re.compile(r"([A-Z]*)(\d+)-(\d+)([A-Z]?)")
_SUFFIXES = re.compile(r"([A-Z0-9]+)((?:/[A-Z])+)")


class Codes(NamedTuple):
    """The codes of one vendor, all in upper case.

    Attributes:
        whole: For each code, the canonical codes it may stand for, the table's order kept.
        inner: For a code and a losing carrier's own code in its text, the canonical codes both together stand for.
        hinted: For each code, canonical codes it stands for only where the text says so.
    """

    whole: Mapping[str, tuple[str, ...]]
    inner: Mapping[tuple[str, str], tuple[str, ...]]
    hinted: Mapping[str, tuple[str, ...]]

    def __or__(self, other: Codes) -> Codes:
        """Both vendors' codes; where both have one, ours counts."""
        return Codes({**other.whole, **self.whole}, {**other.inner, **self.inner}, {**other.hinted, **self.hinted})


def read(table: Mapping[str, str]) -> Codes:
    """Read a table of canonical code to vendor codes.

    A code with inner ones stands, without them, for everything its inner codes stand for, unless the table also
    names it alone.
    """
    alone: dict[str, dict[str, None]] = {}
    within: dict[tuple[str, str], dict[str, None]] = {}
    hinted: dict[str, dict[str, None]] = {}
    for canonical, text in table.items():
        for word in text.upper().split():
            if word.endswith("?"):
                hinted.setdefault(word[:-1], {})[canonical] = None
                continue
            code, _, inner = word.partition(":")
            for each in filter(None, inner.split(",")):
                within.setdefault((code, each), {})[canonical] = None
            if not inner:
                for each in spelled_out(code):
                    alone.setdefault(each, {})[canonical] = None
    united: dict[str, dict[str, None]] = {}
    for (code, inner), found in within.items():
        united.setdefault(inner, {}).update(found)
        if code not in alone:
            united.setdefault(code, {}).update(found)
    return Codes(_frozen(united | alone), _frozen(within), _frozen(hinted))


def _frozen(table: Mapping[Key, Iterable[str]]) -> dict[Key, tuple[str, ...]]:
    return {key: tuple(found) for key, found in table.items()}


def spelled_out(word: str) -> Iterator[str]:
    """The codes a word stands for: `7207-7209` is three, `LNP101J/S` two, anything else is itself."""
    if numbered := _RANGE.fullmatch(word):
        prefix, first, last, suffix = numbered.groups()
        for number in range(int(first), int(last) + 1):
            yield f"{prefix}{number:0{len(first)}}{suffix}"
    elif lettered := _SUFFIXES.fullmatch(word):
        code, letters = lettered.groups()
        yield code
        for letter in letters.strip("/").split("/"):
            yield code[:-1] + letter
    else:
        yield word
