"""The attachment: every number as text, in order, and the same bytes for the same form."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest
from openpyxl import load_workbook

from portolan.documents.letters.render import render
from portolan.documents.letters.spreadsheet import spreadsheet
from portolan.documents.store import OWN, XLSX, Documents
from tests.documents.letters import NUMBERS, form, squeezed, text_of


def rows(content: bytes) -> list[tuple[Any, ...]]:
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def test_numbers_stand_below_each_other_as_text() -> None:
    content = spreadsheet(form())
    assert rows(content) == [("Number",), *((number,) for number in NUMBERS)]
    cells = load_workbook(BytesIO(content)).worksheets[0]["A"]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def test_what_is_known_beside_the_number_has_its_column() -> None:
    asked = form("us_toll_free", losing_resp_org="JYT01", gaining_resp_org="QIT02")
    assert rows(spreadsheet(asked))[:2] == [
        ("Number", "Its RespOrg ID", "Port to RespOrg"),
        (NUMBERS[0], "JYT01", "QIT02"),
    ]
    asked = form("fr_mandat", identifiers={NUMBERS[1]: "=1+1"})
    assert rows(spreadsheet(asked))[:3] == [("Numéro", "RIO"), (NUMBERS[0], None), (NUMBERS[1], "=1+1")]
    cell = load_workbook(BytesIO(spreadsheet(asked))).worksheets[0]["B3"]
    assert cell.data_type == "s", "a value that looks like a formula must stay text"


def test_nothing_in_the_file_tells_when_it_was_made() -> None:
    content = spreadsheet(form())
    assert content == spreadsheet(form())
    with ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in archive.infolist()} == {ZIP_STORED}, "compressors differ"
        core = archive.read("docProps/core.xml").decode()
    assert core.count("1980-01-01T00:00:00Z") == 2
    assert "acme-boston-1" in core


def test_the_letter_names_the_file_by_its_hash() -> None:
    letter = render(form(attach_over=2))
    assert letter.attachment is not None
    text = text_of(letter.pdf)
    assert sha256(letter.attachment).hexdigest() in squeezed(text)
    assert letter.attachment_name in squeezed(text)
    assert NUMBERS[1] not in text
    assert [row[0] for row in rows(letter.attachment)[1:]] == list(NUMBERS)


def test_the_store_takes_it_from_us(tmp_path: Path) -> None:
    stored = Documents(tmp_path).put_bytes(spreadsheet(form()), kinds=OWN)
    assert stored.media_type == XLSX


@pytest.mark.parametrize("count", [1, 1000])
def test_any_length(count: int) -> None:
    numbers = tuple(f"+1212{index:07d}" for index in range(5_550_000, 5_550_000 + count))
    assert len(rows(spreadsheet(form(numbers=numbers)))) == count + 1
