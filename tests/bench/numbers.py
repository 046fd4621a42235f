"""How fast lists of numbers are read: rows per second, from the file to parsed numbers."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

from portolan.numbering import parse
from starter import number_lists

ROWS = 100_000
GOAL_ROWS_PER_SECOND = 15_000
_AREAS = ("212", "617", "415", "312", "416", "604", "800", "888")


def numbers(count: int = ROWS) -> list[str]:
    """Valid numbers of the North American plan, the same every time."""
    chance = random.Random(1)  # noqa: S311 - nothing secret
    return [f"+1{chance.choice(_AREAS)}{chance.randint(2_000_000, 9_999_999)}" for _ in range(count)]


def write_csv(path: Path, written: list[str]) -> None:
    """A list as spreadsheets export it."""
    lines = [f"Site {index % 50},{number}" for index, number in enumerate(written)]
    path.write_text("\n".join(["Site,Phone number", *lines]))


def write_workbook(path: Path, written: list[str]) -> None:
    """The same list as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Numbers")
    sheet.append(["Site", "Phone number"])
    for index, number in enumerate(written):
        sheet.append([f"Site {index % 50}", number])
    book.save(path)


def rate(path: Path) -> float:
    """Rows read and parsed per second of one core."""
    began = time.process_time()
    found = [parse(cell.text, "US") for cell in number_lists.read(path)]
    return len(found) / (time.process_time() - began)


def measure() -> list[tuple[str, float, str]]:
    """Name, value and unit of each figure."""
    kinds: tuple[tuple[str, Callable[[Path, list[str]], None]], ...] = (
        ("csv", write_csv),
        ("xlsx", write_workbook),
    )
    written = numbers()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in kinds:
            path = Path(folder) / f"numbers.{kind}"
            write(path, written)
            found.append((f"{kind} of {ROWS} numbers, read and parsed", rate(path), "rows/s"))
    return found
