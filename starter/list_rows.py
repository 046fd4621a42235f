"""The rows of CSV files and Excel workbooks, one at a time, as texts with their places."""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, NamedTuple, TypeVar
from xml.parsers import expat

from openpyxl import load_workbook

LARGEST_BYTES = 50_000_000
LARGEST_UNPACKED_BYTES = 400_000_000
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_DELIMITERS = ",;\t|"
_CHUNK = 1 << 20
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Old workbooks, and new ones behind a password.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ONLY_ZEROS = re.compile(r"0{2,}")
_NO_FAULTS: Mapping[int, str] = MappingProxyType({})

T = TypeVar("T")


class Row(NamedTuple):
    """A row that holds anything.

    Attributes:
        number: Its place from 1, empty rows included.
        texts: Its cells as a person sees them.
        faults: By index: why a cell cannot be taken at its word. Its text is no number then.
    """

    number: int
    texts: list[str]
    faults: Mapping[int, str] = _NO_FAULTS


def judge_file(path: Path) -> None:
    """Whether a file can be read at all.

    Raises:
        ValueError: It cannot; the message says why and what to do.
    """
    try:
        if path.is_dir():
            raise ValueError("is a folder: name a file in it")
        size = path.stat().st_size
        with path.open("rb") as file:
            old = file.read(len(_OLE)) == _OLE
            encrypted = old and _ENCRYPTED in file.read(LARGEST_BYTES)
    except FileNotFoundError:
        raise ValueError("does not exist: check the path") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from None
    if not size:
        raise ValueError("is empty")
    if size > LARGEST_BYTES:
        raise ValueError(f"is larger than {LARGEST_BYTES // 1_000_000} MB: split it into several lists")
    if encrypted:
        raise ValueError("is protected by a password: save it without one")
    if old:
        raise ValueError("is in Excel's old format: save it as .xlsx or as CSV")


# -- CSV ------------------------------------------------------------------------------------------------------------


def csv_rows(path: Path) -> Iterator[Row]:
    """The rows of a CSV file: comma, semicolon, tab or bar separate; UTF-8, UTF-16 or Windows-1252.

    Raises:
        ValueError: It is no text, or its quotation marks do not match.
    """
    with path.open(encoding=_encoding(path), newline="") as file:
        first_line = next((line for line in file if line.strip()), "")
        if not first_line:
            raise ValueError("is empty")
        file.seek(0)
        # Strictly, because a quotation mark left open would otherwise swallow all the rows that follow.
        reader = csv.reader(file, delimiter=max(_DELIMITERS, key=first_line.count), strict=True)
        try:
            for number, texts in enumerate(reader, 1):
                if any(map(str.strip, texts)):
                    yield Row(number, texts)
        except csv.Error as error:
            raise ValueError(
                f"is not a CSV file: {error} (line {reader.line_num}); "
                'put a field that holds a quotation mark in quotation marks, and double the mark: "19"" rack"'
            ) from None


def _encoding(path: Path) -> str:
    """How a text file is encoded."""
    with path.open("rb") as file:
        start = file.read(_CHUNK)
        if start.startswith(_BYTE_ORDER_MARKS):
            candidates = {"utf-16": "UTF-16"}
        elif b"\0" in start:
            hint = f"if it is a workbook, call it {path.stem}.xlsx; else " if start.startswith(b"PK") else ""
            raise ValueError(f"is not a text file: {hint}export it as text first")
        else:
            candidates = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
        problems = []
        for encoding, name in candidates.items():
            problem = _undecodable(file, encoding)
            if not problem:
                return encoding
            problems.append(f"is not {name} text ({problem})")
    raise ValueError(f"{problems[0]}: save it as UTF-8")


def _undecodable(file: IO[bytes], encoding: str) -> str:
    """The first byte that is not in an encoding, in words; empty where all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, chunk = 1, b"\n"
    file.seek(0)
    while chunk:
        chunk = file.read(_CHUNK)
        try:
            line += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            line += error.object.count(b"\n", 0, error.start)
            return f"byte {error.object[error.start]:#04x} in line {line}"
    return ""


# -- workbooks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """A visible sheet of a workbook, read row by row."""

    name: str
    _sheet: Any  # what openpyxl reads row by row is not what its stubs say
    _path: Path

    def rows(self) -> Iterator[Row]:
        """Its rows that hold anything.

        Raises:
            ValueError: The sheet is damaged.
        """
        # What a sheet says of its own size is often wrong.
        self._sheet.reset_dimensions()
        cells = self._sheet.iter_rows()
        number = 0
        while (row := _careful(lambda: next(cells, None))) is not None:
            number += 1
            texts = [_text(cell) for cell in row]
            if any(texts):
                faults = {index: _FAULTS[cell.data_type] for index, cell in enumerate(row) if _is_faulty(cell)}
                yield Row(number, texts, faults or _NO_FAULTS)

    def hidden_rows(self) -> frozenset[int]:
        """The places of rows that the sheet hides, by a filter or by hand.

        Raises:
            ValueError: The sheet is damaged.
        """
        return _careful(self._hidden_rows)

    def _hidden_rows(self) -> frozenset[int]:
        # openpyxl keeps nothing of this where it reads row by row.
        hidden: set[int] = set()
        number = 0

        def begin(tag: str, attributes: dict[str, str]) -> None:
            nonlocal number
            if tag.rpartition(":")[2] == "row":
                number = int(attributes.get("r", number + 1))
                if attributes.get("hidden") in {"1", "true"}:
                    hidden.add(number)

        parser = expat.ParserCreate()
        parser.StartElementHandler = begin
        with zipfile.ZipFile(self._path) as archive, archive.open(self._sheet._worksheet_path) as source:
            parser.ParseFile(source)
        return frozenset(hidden)


@contextmanager
def opened(path: Path) -> Iterator[list[Sheet]]:
    """The visible sheets of a workbook, to be read while it is open.

    Raises:
        ValueError: It is no workbook, or damaged.
    """
    unpacked = _careful(lambda: _unpacked_bytes(path))
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise ValueError(f"unpacks to more than {LARGEST_UNPACKED_BYTES // 1_000_000} MB: split it into several lists")
    workbook = _careful(lambda: load_workbook(path, read_only=True, keep_links=False))
    with closing(workbook):
        yield [Sheet(sheet.title, sheet, path) for sheet in workbook.worksheets if sheet.sheet_state == "visible"]


def _unpacked_bytes(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(part.file_size for part in archive.infolist())


def _careful(step: Callable[[], T]) -> T:
    """What a step of reading a workbook gives; whatever it raises, in words."""
    try:
        return step()
    except Exception as error:
        # openpyxl lets through whatever its readers of archives and XML raise; there is no list of it.
        raise ValueError(
            f"is no Excel workbook, or a damaged one ({type(error).__name__}): open it and save it again as .xlsx"
        ) from None


def _text(cell: Any) -> str:
    """What a cell holds, in full: a number without the zeros after the point, and with those its format shows first."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{value} ({type(value).__name__})"
    shown = str(value)
    return shown.zfill(len(cell.number_format)) if _ONLY_ZEROS.fullmatch(cell.number_format) else shown


_FAULTS = {
    "f": "holds a formula: copy the column and paste it as values",
    "e": "holds an error of the spreadsheet: write the value itself",
    "b": "holds true or false: write the value itself",
    "d": "was made a date by the spreadsheet: format the column as text and write the value again",
}


def _is_faulty(cell: Any) -> bool:
    return cell.value is not None and cell.data_type in _FAULTS
