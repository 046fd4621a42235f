"""What a playbook's facts are made of: a value, the letter that says how far it binds, and its source."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

#: What each letter of a provenance stands for.
PROVENANCE: Mapping[str, str] = MappingProxyType(
    {
        "L": "law or regulator",
        "I": "industry body",
        "R": "verified by running code",
        "S": "founding material",
        "C": "carrier's own document",
        "P": "practitioner",
        "U": "unsourced, Portolan's own choice",
    }
)

#: The letters of rules. A rule may be tightened where it is a limit, and is replaced by nobody; the rest are defaults.
RULES = frozenset("LIR")

_UNITS = frozenset({"business hours", "clock hours", "business days", "calendar days"})


class Value(NamedTuple):
    """One fact: its value, the letter of its provenance (a key of `PROVENANCE`), and the source in words."""

    value: Any
    provenance: str
    source: str

    @property
    def is_rule(self) -> bool:
        """Whether nobody may replace it."""
        return self.provenance in RULES

    @property
    def origin(self) -> str:
        """Provenance spelled out, and the source."""
        return f"{PROVENANCE[self.provenance]}: {self.source}"


class Change(NamedTuple):
    """A value that a person decided on: who, why, and where that is written."""

    value: Any
    by: str
    reason: str = ""
    where: str = ""

    @property
    def source(self) -> str:
        """The reason with its place, as an order keeps it."""
        return f"{self.reason} ({self.where})" if self.reason and self.where else self.reason or self.where


class Interval(NamedTuple):
    """A stretch of time as rules put it: `4 business hours`."""

    amount: float
    unit: str

    def __str__(self) -> str:
        unit = self.unit.removesuffix("s") if self.amount == 1 else self.unit
        return f"{self.amount:g} {unit}"


def hours(amount: float, of: str = "business") -> Interval:
    """So many business hours, or `clock` hours."""
    return _interval(amount, f"{of} hours")


def days(amount: float, of: str = "business") -> Interval:
    """So many business days, or `calendar` days."""
    return _interval(amount, f"{of} days")


def _interval(amount: float, unit: str) -> Interval:
    if unit not in _UNITS:
        raise ValueError(f"{unit!r} is no unit of an interval: use {', '.join(sorted(_UNITS))}")
    return Interval(amount, unit)


def unknown(what: str) -> Value:
    """A fact that was looked for and not found; its value is None."""
    return Value(None, "U", f"{what}: none found in public sources")


def in_words(value: Any) -> str:
    """A value for people, on one line; None and empty ones are `-`, named tuples say themselves how they look."""
    if value is None or value == "" or value == [] or value == {}:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {in_words(item)}" for key, item in value.items())
    if type(value) in (list, tuple):
        return ", ".join(in_words(item) for item in value)
    return str(value)
