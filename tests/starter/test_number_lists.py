"""Lists of numbers: CSV files and workbooks of every usual kind, and what is wrong with them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from portolan.numbering import parse
from starter import list_rows, number_lists
from starter.number_lists import Cell, read, stream
from tests.bench import numbers as bench


def csv_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def workbook(folder: Path, *rows: list[Any], change: Callable[[Workbook, Worksheet], Any] | None = None) -> Path:
    """A workbook of one sheet called Numbers, changed before it is saved."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Numbers"
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    path = folder / "list.xlsx"
    book.save(path)
    return path


def texts(path: Path) -> list[str]:
    return [cell.text for cell in read(path)]


# -- CSV ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "column", "row"),
    [
        ("number\n+1\n+2\n", "'number'", 2),
        ("+1212555\n+2212555\n", "1", 1),
        ("Site;Rufnummer\nA;+1\nB;+2\n", "'Rufnummer'", 2),
        ("Site\tTN\nA\t+1\n\n\t\nB\t+2\n".encode("utf-16"), "'TN'", 2),
        (b"Stra\xdfe|Phone_Number\nA|+1\nB|+2\n", "'Phone_Number'", 2),
        ("\ufeffPhone-Number\r\n+1\r\n+2\r\n", "'Phone-Number'", 2),
        ("Acme Ltd\n\nNumbers of 2026\nSite,DID\nA,+1\nB,+2\n", "'DID'", 5),
        ('site,phone\n"A, 1",+1\n"B\nC",+2\n', "'phone'", 2),
        ("BTN\n+1\n+2\n", "'BTN'", 2),
        ("BTN,TN\n9,+1\n9,+2\n", "'TN'", 2),
        ("What,Site\n+1,A\n+2,B\n", "'What'", 2),
    ],
)
def test_csv_files_of_every_usual_kind(tmp_path: Path, content: str | bytes, column: str, row: int) -> None:
    cells = read(csv_file(tmp_path, content))
    assert [cell.text.removesuffix("212555") for cell in cells] == ["+1", "+2"]
    assert {cell.column for cell in cells} == {column}
    assert cells[0].row == row
    assert cells[0].place == f"row {row}, column {column}"
    assert all((cell.fault, cell.note, cell.sheet) == ("", "", "") for cell in cells)


def test_what_stands_beside_a_number_comes_with_it(tmp_path: Path) -> None:
    content = (
        "Site,RIO,Number,PAC code,Resp Org ID,BTN\n"
        "A, 01P 1 ,+1,abc123456,ZAZ01,+9\n"
        "B,,+2,,,\n"
        "C,02P2,+3\n"
    )  # fmt: skip
    assert [cell.extras for cell in read(csv_file(tmp_path, content))] == [
        {"rio": "01P 1", "pac": "abc123456", "resp_org": "ZAZ01", "btn": "+9"},
        {},
        {"rio": "02P2"},
    ]


def test_an_empty_cell_beside_others_is_given_out_and_an_empty_row_is_not(tmp_path: Path) -> None:
    cells = read(csv_file(tmp_path, "site,phone\nA,+1\n,\nB,\nC\n\nD, +2 \n"))
    assert [(cell.row, cell.text) for cell in cells] == [(2, "+1"), (4, ""), (5, ""), (7, "+2")]


def test_every_faulty_row_of_a_long_list_is_found(tmp_path: Path) -> None:
    lines = [f"+1212555{number:04}" if number % 10 else f"bad{number}" for number in range(2000)]
    refused = []
    for cell in stream(csv_file(tmp_path, "\n".join(["phone", *lines]))):
        try:
            parse(cell.text)
        except ValueError:
            refused.append(cell.row)
    assert refused == list(range(2, 2002, 10))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        (",,\n,,\n", "holds no numbers, only separators"),
        ("number\n", "holds no numbers below its header"),
        ("Phone,DID\n+1,+2\n", "has two columns of numbers, 'Phone' and 'DID': rename or remove the wrong one"),
        ("Phone,RIO,Code RIO\n+1,,\n", "has two columns of rio, 'RIO' and 'Code RIO'"),
        (b"a\0b", "is not a text file: export it as text first"),
        (b"PK\x03\x04\0\0", "if it is a workbook, call it list.xlsx; else export it as text first"),
        (b"n\n+1\n\x81\n", "is not UTF-8 text (byte 0x81 in line 3): save it as UTF-8"),
        (b"\n\x81\n", "is not UTF-8 text (byte 0x81 in line 2)"),
        (b"\xff\xfe+", "is not UTF-16 text (byte 0x2b in line 1): save it as UTF-8"),
        ('site,phone\n"Boston,+1\nNew York,+2\n', "is not a CSV file: unexpected end of data (line 3)"),
        ('site,phone\n"Main" St,+1\n', "double the mark"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "is in Excel's old format: save it as .xlsx or as CSV"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password: save it without one",
        ),
    ],
)
def test_a_csv_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read(csv_file(tmp_path, content))


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not exist: check the path"):
        read(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="is a folder: name a file in it"):
        read(tmp_path)
    with pytest.raises(ValueError, match="does not exist: check the path"):
        read(tmp_path / "none.xlsx")


def test_a_character_may_lie_across_what_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_rows, "_CHUNK", 3)
    assert texts(csv_file(tmp_path, "é é,phone\nä,+1\n")) == ["+1"]
    with pytest.raises(ValueError, match=re.escape("byte 0x81 in line 2")):
        read(csv_file(tmp_path, b"phone\n+1212\x81\n"))


def test_a_list_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_file(tmp_path, "phone\n+1\n")
    monkeypatch.setattr(list_rows, "LARGEST_BYTES", 9)
    assert texts(path) == ["+1"]
    monkeypatch.setattr(list_rows, "LARGEST_BYTES", 8)
    with pytest.raises(ValueError, match="split it into several lists"):
        read(path)


# -- progress, and one at a time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "told"), [(1, [2]), (999, [1000]), (1000, [1000, 1001]), (2500, [1000, 2000, 2501])])
def test_the_progress_is_told_every_thousand_rows_and_at_the_end(tmp_path: Path, rows: int, told: list[int]) -> None:
    seen: list[int] = []
    path = csv_file(tmp_path, "phone\n" + "+12125550123\n" * rows)
    assert len(read(path, seen.append)) == rows
    assert seen == told


def test_a_list_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    broken_far_below = "phone\n" + "+12125550123\n" * 200_000 + '"'
    cells = stream(csv_file(tmp_path, broken_far_below))
    assert next(cells) == Cell("+12125550123", 2, "'phone'")


# -- workbooks ------------------------------------------------------------------------------------------------------


def test_numbers_are_read_however_a_workbook_stores_them(tmp_path: Path) -> None:
    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet["A6"].number_format = "00000000000"
        sheet["A7"].number_format = "0"

    path = workbook(
        tmp_path,
        ["Phone"],
        ["+1 212 555 0123"],
        [12125550123],
        [12125550123.0],
        [1.2125550123e10],
        [2079460958],
        [2079460958],
        [" 212 555 0123 "],
        ["1.21256E+10"],
        [12.5],
        change=change,
    )
    assert texts(path) == [
        "+1 212 555 0123",
        "12125550123",
        "12125550123",
        "12125550123",
        "02079460958",
        "2079460958",
        "212 555 0123",
        "1.21256E+10",
        "12.5",
    ]


def test_a_cell_of_a_workbook_names_its_sheet(tmp_path: Path) -> None:
    (cell,) = read(workbook(tmp_path, ["Site", "Phone", "Resp Org"], ["A", "+1 212", "ZAZ01"]))
    assert cell == Cell("+1 212", 2, "'Phone'", {"resp_org": "ZAZ01"}, sheet="Numbers")
    assert cell.place == "sheet 'Numbers', row 2, column 'Phone'"


def test_without_a_header_the_first_column_of_a_workbook_is_read(tmp_path: Path) -> None:
    cells = read(workbook(tmp_path, [12125550123, "A"], [None, "B"]))
    assert [(cell.text, cell.row, cell.column) for cell in cells] == [("12125550123", 1, "A"), ("", 2, "A")]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("=B2&C2", "holds a formula: copy the column and paste it as values"),
        ("=2125550123", "holds a formula"),
        (date(2026, 12, 1), "was made a date by the spreadsheet: format the column as text"),
        (True, "holds true or false"),
        ("#N/A", "holds an error of the spreadsheet: write the value itself"),
    ],
)
def test_a_cell_that_cannot_be_taken_at_its_word_is_a_fault(tmp_path: Path, value: object, words: str) -> None:
    path = workbook(tmp_path, ["Phone", "RIO"], [value, None], ["+12125550123", value], ["+12125550124", "01P"])
    own, beside, good = read(path)
    assert own.fault.startswith(words)
    assert beside.fault.startswith(f"its rio {words}")
    assert (good.fault, good.row) == ("", 4)
    for country in ("US", "DE", "GB", "IT"):  # and its text is a number nowhere
        with pytest.raises(ValueError, match=r"\w"):
            parse(own.text, country)


def test_hidden_rows_are_read_and_noted(tmp_path: Path) -> None:
    def hide(_: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    cells = read(workbook(tmp_path, ["Phone"], ["+1"], ["+2"], ["+3"], change=hide))
    assert [(cell.text, cell.note) for cell in cells] == [("+1", ""), ("+2", "the sheet hides this row"), ("+3", "")]


def test_the_first_visible_sheet_that_names_a_column_of_numbers_is_read(tmp_path: Path) -> None:
    def change(book: Workbook, sheet: Worksheet) -> None:
        sheet.title = "Read me"
        for name, state in (("Secret", "hidden"), ("US", "visible"), ("Empty", "visible"), ("DE", "visible")):
            other = book.create_sheet(name)
            other.sheet_state = state
            if name != "Empty":
                other.append(["Site", "Phone"])
                other.append(["A", f"+1 {name}"])
                other.append(["B", f"+2 {name}"])

    first, second = read(workbook(tmp_path, ["These are our numbers of 2026"], change=change))
    assert (first.text, first.sheet, first.note) == (
        "+1 US", "US", "not read, though there are numbers too: sheet 'DE'",
    )  # fmt: skip
    assert (second.text, second.note) == ("+2 US", "")


def test_without_a_telling_header_the_first_sheet_that_holds_anything_is_read(tmp_path: Path) -> None:
    def change(book: Workbook, _: Worksheet) -> None:
        for name in ("One", "Two"):
            book.create_sheet(name).append([12125550123])

    (cell,) = read(workbook(tmp_path, change=change))
    assert (cell.sheet, cell.text) == ("One", "12125550123")


def rewritten(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_sheet_that_is_wrong_about_its_size_is_read_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Site", "Phone"], ["A", "+1"], ["B", "+2"])
    rewritten(path, SHEET, lambda xml: re.sub(rb'ref="A1:B3"', b'ref="A1:A1"', xml))
    assert texts(path) == ["+1", "+2"]


def test_rows_need_no_place_of_their_own(tmp_path: Path) -> None:
    def hide(_: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    path = workbook(tmp_path, ["Phone"], ["+1"], ["+2"], ["+3"], change=hide)
    rewritten(path, SHEET, lambda xml: re.sub(rb'(<row|<c) r="\w+"', rb"\1", xml))
    assert [(cell.row, bool(cell.note)) for cell in read(path)] == [(2, False), (3, True), (4, False)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda _: b"",
        lambda xml: xml.replace(b'r="2"', b'r="x"'),
        lambda xml: xml.replace(b't="inlineStr"><is><t>+1</t></is>', b't="s"><v>999</v>'),
    ],
)
def test_a_damaged_workbook_is_told(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = rewritten(workbook(tmp_path, ["Phone"], ["+1"]), SHEET, damage)
    with pytest.raises(ValueError, match=r"open it and save it again as \.xlsx"):
        read(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"phone\n+1\n", "is no Excel workbook, or a damaged one (BadZipFile)"),
        (b"PK\x03\x04 and no more", "is no Excel workbook, or a damaged one"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_workbook_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(words)):
        read(path)


def test_a_workbook_without_numbers_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="its visible sheets are empty"):
        read(workbook(tmp_path))
    with pytest.raises(ValueError, match="holds no numbers below its header"):
        read(workbook(tmp_path, ["Phone"]))


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, ["Phone"], ["+1"])
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    monkeypatch.setattr(list_rows, "LARGEST_UNPACKED_BYTES", unpacked)
    assert texts(path) == ["+1"]
    monkeypatch.setattr(list_rows, "LARGEST_UNPACKED_BYTES", unpacked - 1)
    with pytest.raises(ValueError, match="unpacks to more than"):
        read(path)


@settings(derandomize=True, database=None, deadline=None, max_examples=40)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=40))
def test_a_workbook_damaged_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, position: int, noise: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    raw = bytearray(workbook(folder, ["Phone"], ["+1 212"], [2.5]).read_bytes())
    raw[position : position + len(noise)] = noise
    path = folder / "damaged.xlsx"
    path.write_bytes(raw)
    try:
        cells = read(path)
    except ValueError:
        return
    assert cells


@settings(derandomize=True, database=None, deadline=None, max_examples=80)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), min_size=1, max_size=4)))
def test_both_kinds_of_file_say_the_same(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    folder = tmp_path_factory.getbasetemp()
    plain = [["Phone", "RIO"], *[[cell.strip(" '\"=#").lstrip("=") for cell in row] for row in rows], ["+1", "01P"]]
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in plain)
    from_csv = read(csv_file(folder, quoted))
    from_workbook = read(workbook(folder, *plain))
    assert [(cell.text, cell.row, cell.extras) for cell in from_csv] == [
        (cell.text, cell.row, cell.extras) for cell in from_workbook
    ]


# -- the benchmark --------------------------------------------------------------------------------------------------


def test_the_benchmark_measures_valid_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = bench.numbers(500)
    for number in written:
        assert parse(number).e164 == number
    bench.write_csv(tmp_path / "numbers.csv", written)
    bench.write_workbook(tmp_path / "numbers.xlsx", written)
    for name in ("numbers.csv", "numbers.xlsx"):
        assert texts(tmp_path / name) == written
        assert bench.rate(tmp_path / name) > 0
    monkeypatch.setattr(bench, "numbers", lambda: written)
    figures = bench.measure()
    assert [unit for _, _, unit in figures] == ["rows/s", "rows/s"]
    assert number_lists.read(tmp_path / "numbers.csv")[0].row == 2
