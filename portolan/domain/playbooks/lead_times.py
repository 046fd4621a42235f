"""The earliest date to ask for, where it depends on the kind and count of numbers."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from portolan.domain.playbooks.model import Playbook
from portolan.domain.playbooks.values import Value


class LeadTime(NamedTuple):
    """One row of a table: business days from the order to the earliest date.

    Attributes:
        lines: What the numbers are on: `single` lines, a `multi`-line installation, a whole `range` of direct
            dial-in numbers, or `part_of_range`; `any` where the table does not tell them apart.
        over: The row holds for more numbers than this, until the next row of the same lines.
        days: Where the losing carrier also holds the number range, so that this is the numbers' first port.
        days_again: Where it does not, so that the numbers were ported before.
        acknowledged_hours: Clock hours until the losing carrier acknowledges the order.
    """

    lines: str
    over: int
    days: int
    days_again: int
    acknowledged_hours: int

    def __str__(self) -> str:
        count = f" over {self.over}" if self.over else ""
        return f"{self.lines.replace('_', ' ')}{count} {self.days} ({self.days_again} if ported before)"


LINES = ("single", "multi", "range", "part_of_range")


def lead_days(playbook: Playbook, numbers: int, *, lines: str = "", ported_before: bool | None = None) -> int:
    """The business days after sending at which a cutover can be asked for, at the earliest.

    Args:
        playbook: Its table is read; without one its `lead_business_days` is the answer for any count.
        numbers: How many are ported.
        lines: One of `LINES`; by default single for one number and a multi-line installation for more.
        ported_before: Whether the losing carrier is not the holder of the range; None: not known, so the slower.

    Raises:
        ValueError: There are no numbers, or no such lines.
    """
    if numbers < 1:
        raise ValueError(f"{numbers} numbers cannot be ported: count at least one")
    if lines and lines not in LINES:
        raise ValueError(f"{lines!r} is none of the kinds of lines: {', '.join(LINES)}")
    table: tuple[LeadTime, ...] = playbook.facts["lead_times"].value or ()
    on = lines or ("single" if numbers == 1 else "multi")
    rows = [row for row in table if row.lines in (on, "any") and numbers > row.over]
    if not rows:
        days: int = playbook.values["lead_business_days"].value
        return days
    row = max(rows, key=lambda row: row.over)
    return row.days if ported_before is False else row.days_again


def for_count(playbook: Playbook, numbers: int) -> Playbook:
    """The playbook with the lead time of so many numbers; the same one where it has no table."""
    table = playbook.facts["lead_times"]
    if not table.value:
        return playbook
    days = Value(lead_days(playbook, numbers), table.provenance, table.source)
    return replace(playbook, values=MappingProxyType({**playbook.values, "lead_business_days": days}))
