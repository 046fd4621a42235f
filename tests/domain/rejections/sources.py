"""The collected reject codes of the carriers, read from the folder beside the repository, where there is one."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / ".." / "shared" / "reference"
COLUMNS = {
    "telnyx": "telnyx",
    "twilio": "twilio",
    "bandwidth": "bandwidth 7xxx (carrier J-code)",
    "level3": "level3/off-net LNP code",
}


def rows() -> list[dict[str, str]]:
    """The rows of the collection, by canonical name."""
    path = SHARED / "rejection_codes.csv"
    if not path.exists():
        pytest.skip("the collected reject codes are not beside the repository")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def taxonomy() -> list[str]:
    """The codes of the table of canonical rejections, each name of a line that has several."""
    path = SHARED / "domain.md"
    if not path.exists():
        pytest.skip("the collected domain facts are not beside the repository")
    section = path.read_text().split("### 2.2 ")[1].split("\n### ")[0]
    cells = re.findall(r"^\| ([A-Z][A-Z0-9_ /]+) \|", section, re.MULTILINE)
    return [name for cell in cells for name in cell.split(" / ")]


def codes_of(vendor: str) -> dict[str, set[str]]:
    """For each code of a vendor in the collection, the canonical names that list it."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        for code in _CODES[vendor](row[COLUMNS[vendor]]):
            found[code].add(row["canonical"])
    return found


def inner_codes() -> list[tuple[str, str, str]]:
    """Bandwidth's codes with a losing carrier's own code: `7402`, `E1`, `ADDRESS`."""
    return [
        (code, inner, row["canonical"])
        for row in rows()
        for code, inside in re.findall(r"(\d{4}) \(?([A-Z0-9][A-Za-z0-9,]*)\)?(?=;|$| )", row[COLUMNS["bandwidth"]])
        for inner in inside.split(",")
    ]


def _named(cell: str) -> list[str]:
    return re.findall(r"\b(?:[A-Z0-9]+_[A-Z0-9_]+|OTHER|\d{5})\b", cell)


def _numbered(cell: str) -> list[str]:
    found = []
    for first, last in re.findall(r"(?<![\w-])(\d{4})(?:-(\d{4}))?(?![\w-])", cell):
        found += [str(number) for number in range(int(first), int(last or first) + 1)]
    return found


def _off_net(cell: str) -> list[str]:
    cell = re.sub(r"\(not [^)]*\)", "", cell)
    found = []
    pattern = r"(?<![\w-])(?:LNP)?(\d{3,5})(?:-(\d{3,5}))?([JSW](?:/[JSW])*)?(?![\w])"
    for first, last, letters in re.findall(pattern, cell):
        if len(first) == 3 and not letters:
            continue
        for number in range(int(first), int(last or first) + 1):
            digits = f"{number:0{len(first)}}"
            found += [f"LNP{digits}{letter}" for letter in letters.split("/")] if letters else [digits]
    return found


_CODES = {"telnyx": _named, "twilio": _named, "bandwidth": _numbered, "level3": _off_net}
