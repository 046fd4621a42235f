"""Lists of numbers in CSV files and Excel workbooks, read row by row; what cannot be a number keeps its place.

The first row that names a column of numbers is the header; without one the first column holds the numbers. Columns
named RIO, PAC, Resp Org or BTN beside it belong to the number of their row. Hidden rows of a sheet are read like any
other, and noted: a filter hides numbers from view, not from the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from starter.list_rows import WORKBOOKS, Row, Sheet, csv_rows, judge_file, opened

#: What a column of numbers is called, in lower case without spaces, dashes and underscores.
_NUMBER_COLUMNS = frozenset(
    {"number", "numbers", "phone", "phones", "phonenumber", "phonenumbers", "telephone", "telephonenumber", "tel"}
    | {"tn", "tns", "btn", "did", "dids", "ddi", "ddis", "e164", "msisdn", "mdn"}
    | {"rufnummer", "rufnummern", "telefonnummer", "numero", "numéro", "téléphone"}
)
#: What the columns beside it are called, and what they hold.
_EXTRA_COLUMNS = (
    dict.fromkeys(("rio", "coderio"), "rio")
    | dict.fromkeys(("pac", "paccode"), "pac")
    | dict.fromkeys(("resporg", "resporgid"), "resp_org")
    | dict.fromkeys(("migrationcode", "codicedimigrazione", "codicemigrazione"), "migration_code")
    | dict.fromkeys(("btn", "billingnumber", "billingtelephonenumber", "mainbillingnumber"), "btn")
)
_ENOUGH_DIGITS = 5
#: A header stands within so many rows; titles may stand above it.
_HEADER_WITHIN = 10
_PROGRESS_EVERY = 1000
_NO_EXTRAS: Mapping[str, str] = MappingProxyType({})

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a list as written, with its row (from 1, the header included) and column.

    Attributes:
        extras: What the same row has in the columns `rio`, `pac`, `resp_org` and `btn`; empty ones are left out.
        fault: Why the row cannot be taken at its word (a formula, an error, a date), and what to do; else empty. Where
            it is the number's own cell, `text` is no number either.
        note: What a person should know of the row; else empty.
        sheet: The sheet of a workbook.
    """

    text: str
    row: int
    column: str
    extras: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    note: str = ""
    sheet: str = ""

    @property
    def place(self) -> str:
        """For a fault: `row 3, column 'phone'`."""
        return f"{f'sheet {self.sheet!r}, ' if self.sheet else ''}row {self.row}, column {self.column}"


def read(path: Path, progress: Progress | None = None) -> list[Cell]:
    """The numbers of a list, all of them; arguments and errors as for `stream`."""
    return list(stream(path, progress))


def stream(path: Path, progress: Progress | None = None) -> Iterator[Cell]:
    """The numbers of a CSV file or an Excel workbook (.xlsx, .xlsm), one at a time. Empty rows are passed over.

    In CSV files comma, semicolon, tab and bar separate; UTF-8, UTF-16 and Windows-1252 are read. Of a workbook the
    first visible sheet that names a column of numbers is read, else the first that holds anything; the first cell notes
    other sheets that name one. An empty cell in a row that is not empty is given out as it is: it is a fault.

    Args:
        path: The file.
        progress: Called with the number of rows read so far, every thousand rows and at the end.

    Raises:
        ValueError: The file cannot be read, or holds no numbers; the message says what to do. A damaged file may give
            some numbers out before.
    """
    judge_file(path)
    told = 0
    cell = None
    for cell in _workbook_cells(path) if path.suffix.lower() in WORKBOOKS else _csv_cells(path):
        yield cell
        if progress and cell.row - told >= _PROGRESS_EVERY:
            told = cell.row
            progress(told)
    if cell is None:
        raise ValueError("holds no numbers below its header")
    if progress and cell.row > told:
        progress(cell.row)


def _csv_cells(path: Path) -> Iterator[Cell]:
    rows = csv_rows(path)
    first = list(islice(rows, _HEADER_WITHIN))
    if not first:
        raise ValueError("holds no numbers, only separators")
    columns = _columns(first, "1")
    return _cells(columns, chain(first[columns.rows_above :], rows))


def _workbook_cells(path: Path) -> Iterator[Cell]:
    with opened(path) as sheets:
        columns, rows, sheet, others = _chosen(sheets)
        hidden = sheet.hidden_rows()
        note = f"not read, though there are numbers too: sheet {', '.join(others)}" if others else ""
        for cell in _cells(columns, rows, sheet.name):
            notes = (note, "the sheet hides this row" if cell.row in hidden else "")
            yield replace(cell, note="; ".join(filter(None, notes))) if any(notes) else cell
            note = ""


def _chosen(sheets: Sequence[Sheet]) -> tuple[_Columns, Iterator[Row], Sheet, list[str]]:
    """The sheet to read with its columns and rows, and the names of others that name a column of numbers."""
    chosen: tuple[_Columns, Iterator[Row], Sheet] | None = None
    others = []
    for sheet in sheets:
        rows = sheet.rows()
        first = list(islice(rows, _HEADER_WITHIN))
        if not first:
            continue
        columns = _columns(first, "A")
        if chosen is None or (columns.telling and not chosen[0].telling):
            chosen = columns, chain(first[columns.rows_above :], rows), sheet
        elif columns.telling:
            others.append(repr(sheet.name))
    if chosen is None:
        raise ValueError("holds no numbers: its visible sheets are empty")
    return *chosen, others


def _cells(columns: _Columns, rows: Iterator[Row], sheet: str = "") -> Iterator[Cell]:
    """The numbers of rows below the header."""
    index = columns.at
    for number, texts, faults in rows:
        extras = {name: text for at, name in columns.extras if at < len(texts) and (text := texts[at].strip())}
        yield Cell(
            texts[index].strip() if index < len(texts) else "",
            number,
            columns.name,
            extras or _NO_EXTRAS,
            columns.fault_of(faults) if faults else "",
            sheet=sheet,
        )


class _Columns(NamedTuple):
    """Where the numbers stand.

    Attributes:
        at: The column of numbers, from 0.
        name: What a fault calls it.
        extras: The columns beside it, each with what it holds.
        rows_above: How many filled rows stand above the first number.
        telling: Whether a header named it.
    """

    at: int
    name: str
    extras: tuple[tuple[int, str], ...] = ()
    rows_above: int = 0
    telling: bool = False

    def fault_of(self, faults: Mapping[int, str]) -> str:
        """The fault of a row: of its number, else of what stands beside it."""
        if self.at in faults:
            return faults[self.at]
        return next((f"its {name} {faults[index]}" for index, name in self.extras if index in faults), "")


def _columns(rows: Sequence[Row], unnamed: str) -> _Columns:
    """The columns, from the first filled rows of a list; without a header the first is called `unnamed`.

    Raises:
        ValueError: Two columns claim to be the same.
    """
    for above, row in enumerate(rows, 1):
        named = _named(row.texts, above)
        if named:
            return named
        if _has_number(row.texts):
            break
    first = rows[0].texts
    return _Columns(0, unnamed) if _has_number(first) else _Columns(0, repr(first[0].strip()), rows_above=1)


def _has_number(texts: Sequence[str]) -> bool:
    return any(len(re.findall(r"\d", text)) >= _ENOUGH_DIGITS for text in texts)


def _named(texts: Sequence[str], rows_above: int) -> _Columns | None:
    """The columns that a header names, or None where it names none of numbers."""
    names = [re.sub(r"[\s_.-]", "", text).lower() for text in texts]
    numbers = [index for index, name in enumerate(names) if name in _NUMBER_COLUMNS]
    # A billing number beside other numbers belongs to them; alone it is the list.
    telling = [index for index in numbers if names[index] not in _EXTRA_COLUMNS] or numbers[:1]
    if not telling:
        return None
    extras = [
        (index, _EXTRA_COLUMNS[name])
        for index, name in enumerate(names)
        if name in _EXTRA_COLUMNS and index != telling[0]
    ]
    _once([(index, "numbers") for index in telling] + extras, texts)
    return _Columns(telling[0], repr(texts[telling[0]].strip()), tuple(extras), rows_above, telling=True)


def _once(columns: Sequence[tuple[int, str]], texts: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for index, name in columns:
        if name in seen:
            first, second = repr(texts[seen[name]].strip()), repr(texts[index].strip())
            raise ValueError(f"has two columns of {name}, {first} and {second}: rename or remove the wrong one")
        seen[name] = index
