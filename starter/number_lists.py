"""Lists of numbers in CSV files, as spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from starter.text_files import read_text

#: What the column of numbers is called, in lower case without spaces, dashes and underscores.
_NUMBER_COLUMNS = frozenset(
    {"number", "numbers", "phone", "phones", "phonenumber", "phonenumbers", "telephone", "telephonenumber", "tel"}
    | {"tn", "tns", "btn", "did", "dids", "ddi", "ddis", "e164", "msisdn", "mdn"}
    | {"rufnummer", "rufnummern", "telefonnummer", "numero", "numéro", "téléphone"}
)
_DELIMITERS = ",;\t|"
_ENOUGH_DIGITS = 5


@dataclass(frozen=True)
class Cell:
    """One number of a list as written, with its row (from 1, the header included) and column."""

    text: str
    row: int
    column: str

    @property
    def place(self) -> str:
        """For a fault: `row 3, column 'phone'`."""
        return f"row {self.row}, column {self.column}"


def read(path: Path) -> list[Cell]:
    """The numbers of a CSV file: the column with a telling name, else the first. Empty rows are passed over.

    Comma, semicolon, tab and bar separate; the header is optional; UTF-8, UTF-16 and Windows-1252 are read.

    Raises:
        ValueError: The file cannot be read or holds no numbers.
    """
    text = read_text(path, fallback="cp1252")
    first_line = next(filter(str.strip, text.splitlines()))
    delimiter = max(_DELIMITERS, key=first_line.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ValueError(f"is not a CSV file: {error}") from None
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(map(str.strip, row))]
    if not filled:
        raise ValueError("holds no numbers, only separators")
    index, column, has_header = _column(filled[0][1])
    cells = [
        Cell(row[index].strip() if index < len(row) else "", number, column) for number, row in filled[has_header:]
    ]
    if not cells:
        raise ValueError("holds no numbers below its header")
    return cells


def _column(first: list[str]) -> tuple[int, str, bool]:
    """The index and name of the number column, and whether the first row is a header."""
    for index, name in enumerate(first):
        if re.sub(r"[\s_.-]", "", name).lower() in _NUMBER_COLUMNS:
            return index, repr(name.strip()), True
    has_header = not any(len(re.findall(r"\d", cell)) >= _ENOUGH_DIGITS for cell in first)
    return 0, repr(first[0].strip()) if has_header else "1", has_header
