"""The taxonomy and the vendors' codes as Markdown tables, for docs/rejections.md."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from portolan.domain.rejections.model import Reason
from portolan.domain.rejections.reasons import ALIASES, REASONS
from portolan.domain.rejections.vendors import VENDORS

_HEADS = (
    "code",
    "meaning",
    "to do",
    "field",
    "who",
    "what happens",
    "new LOA",
    "single numbers",
    "usually takes",
    "source",
)
_COUNTED = re.compile(r"(\D*)(\d+)(\D?)")


def table() -> str:
    """Every canonical reason, a line each."""
    return _rows(_HEADS, map(_row, REASONS.values()))


def alias_table() -> str:
    """Other names for the reasons."""
    return _rows(("name", "stands for"), ((f"`{name}`", f"`{code}`") for name, code in sorted(ALIASES.items())))


def vendor_table(vendor: str) -> str:
    """What a vendor's codes stand for; a code in several lines is settled by its text, one in brackets only by it."""
    codes = VENDORS[vendor]
    told: dict[str, list[str]] = {}
    for code, found in codes.whole.items():
        for each in found:
            told.setdefault(each, []).append(code)
    for code, found in codes.hinted.items():
        for each in found:
            told.setdefault(each, []).append(f"({code})")
    rows = ((f"`{each}`", " ".join(_shortened(told[each]))) for each in REASONS if each in told)
    return _rows(("reason", f"{vendor} codes"), rows)


def _row(reason: Reason) -> tuple[str, ...]:
    return (
        f"`{reason.code}`",
        reason.meaning,
        reason.cure,
        f"`{reason.field}`" if reason.field else "",
        reason.fixer,
        reason.disposition,
        "yes" if reason.new_loa else "",
        "yes" if reason.per_number else "",
        reason.wait.in_words() if reason.wait else "",
        f"{reason.provenance}: {reason.source}",
    )


def _rows(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _shortened(codes: Iterable[str]) -> Iterator[str]:
    """Codes in a row as one: `7207-7210`."""
    parts = [(code, _COUNTED.fullmatch(code)) for code in sorted(codes)]
    numbered = [(code, (found[1], len(found[2]), found[3], int(found[2])) if found else None) for code, found in parts]
    places = itertools.count()
    for _, group in itertools.groupby(
        numbered, lambda each: (*each[1][:3], each[1][3] - next(places)) if each[1] else each[0]
    ):
        run = [code for code, _ in group]
        yield f"{run[0]}-{run[-1]}" if len(run) > 2 else " ".join(run)
