"""A copy that somebody gave: what makes it useless, and what only a person can see."""

from __future__ import annotations

import struct
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from portolan.documents import inspection
from portolan.documents.inspection import LEAST_TEXT, MOST_PAGES, inspect
from portolan.documents.letters.render import render
from portolan.documents.sealing import SealingKey, sign_electronically
from tests.documents.letters import NUMBERS, form, png, signature_for

PERSON = "Whether it is signed and dated, a person has to see."
FILLER = (
    "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna"
)


def saved(writer: PdfWriter) -> bytes:
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def pages(*contents: str) -> bytes:
    """A PDF with these content streams, one a page; Helvetica is `/F`."""
    writer = PdfWriter()
    for content in contents:
        page = writer.add_blank_page(612, 792)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = DictionaryObject({NameObject("/F"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        if content:
            stream = DecodedStreamObject()
            stream.set_data(content.encode("latin-1"))
            page[NameObject("/Contents")] = writer._add_object(stream)
    return saved(writer)


def written(*lines: str, mode: int = 0) -> str:
    """A content stream with lines of text; mode 3 is invisible, as scanners write what they read."""
    escaped = [line.replace("(", "\\(").replace(")", "\\)") for line in lines]
    shown = " ".join(f"({line}) Tj T*" for line in escaped)
    return f"BT {mode} Tr /F 10 Tf 12 TL 50 700 Td {shown} ET"


def letter_in(*numbers: str, name: str = "Acme Manufacturing Limited", mode: int = 0) -> bytes:
    """A carrier's own form, filled in."""
    return pages(written(FILLER, f"Company: {name}", "Signed by: Ada Byron", *numbers, mode=mode))


def printed_again(content: bytes, change: Callable[[PdfWriter], object] = lambda _: None) -> bytes:
    """The same pages out of another program."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    change(writer)
    return saved(writer)


LETTER = render(form()).pdf


def test_a_signed_copy_of_the_letter_is_fine() -> None:
    found = inspect(printed_again(LETTER), form())
    assert found == ("application/pdf", 1, True, [], [PERSON])


@pytest.mark.parametrize("template", ["us_toll_free", "uk_cloa", "de_auftrag", "fr_mandat", "generic"])
@pytest.mark.parametrize("attach_over", [None, 2])
def test_copies_of_every_letter_are_fine(template: str, attach_over: int | None) -> None:
    asked = form(template, attach_over=attach_over, kind="rollback")
    assert inspect(printed_again(render(asked).pdf), asked).faults == []


@pytest.mark.parametrize("name", ["Ṣẹ\u0301gun & Fils", "שלום עולם Ltd", "zero\u200bwidth Inc", "W" * 120])
def test_names_that_pdf_readers_garble_are_still_found(name: str) -> None:
    asked = form(account={"entity_name": name})
    assert inspect(printed_again(render(asked).pdf), asked).faults == []
    other = form(account={"entity_name": "Ọlá שלום Ltd"})
    assert len(inspect(printed_again(render(asked).pdf), other).faults) == 1


def test_the_form_itself_is_not_a_signed_copy(tmp_path: Path) -> None:
    assert inspect(LETTER, form()).faults == [
        "This is the form itself, unsigned: give the copy with signature and date."
    ]
    assert inspect(LETTER, form(account={"postal_code": "02111"})).faults == []
    old = sha256(LETTER).hexdigest()
    assert len(inspect(LETTER, form(account={"postal_code": "02111"}), [old]).faults) == 1
    assert len(inspect(LETTER, None, {old}).faults) == 1


def test_a_form_that_cannot_be_printed_can_still_be_compared_with() -> None:
    faults = inspect(letter_in(*NUMBERS), form(account={"entity_name": "東京"})).faults
    assert faults == [
        "Name on the account is not '東京' in its text: check that this is the right letter, as it stands now."
    ]


def test_a_sealed_letter_is_fine_and_says_that_it_is_sealed(tmp_path: Path) -> None:
    asked = form()
    sealed = sign_electronically(asked, signature_for(asked), SealingKey.generate(tmp_path))
    assert inspect(sealed, asked) == (
        "application/pdf",
        2,
        True,
        [],
        ["It has 1 digital signature(s): a PDF reader shows whose."],
    )


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ({"entity_name": "Acme Manufacturing Ltd"}, "Name on the account is not 'Acme Manufacturing Ltd'"),
        ({"entity_name": "Acme Manufacturing Limite"}, "Name on the account"),
        ({"entity_name": "cme Manufacturing Limited"}, "Name on the account"),
        ({"authorized_person": "Ada Lovelace"}, "Authorized person is not 'Ada Lovelace'"),
    ],
)
def test_another_name_is_a_fault(account: dict[str, str], words: str) -> None:
    faults = inspect(printed_again(LETTER), form(account=account)).faults
    assert len(faults) == 1
    assert words in faults[0]


def test_case_and_an_unknown_signer_are_none() -> None:
    account = {"entity_name": "ACME MANUFACTURING LIMITED", "authorized_person": ""}
    assert inspect(printed_again(LETTER), form(account=account)).faults == []


def test_missing_numbers_are_named_and_counted() -> None:
    def absent(count: int) -> str:
        more = tuple(f"+1617555{index:04d}" for index in range(count))
        (fault,) = inspect(printed_again(LETTER), form(numbers=(*NUMBERS, *more))).faults
        return fault

    assert absent(1).startswith("Not in its text: +16175550000: check")
    assert absent(5).startswith(
        "Not in its text: +16175550000, +16175550001, +16175550002, +16175550003, +16175550004: "
    )
    assert "+16175550004 and 1 more: check" in absent(6)


@pytest.mark.parametrize(
    ("country", "number", "shown", "found"),
    [
        ("US", "+12125550100", "(212) 555-0100 (212) 555-0101", True),
        ("US", "+12125550101", "(212) 555-0100 (212) 555-0101", True),
        ("US", "+12125550100", "1-212-555-0100", True),
        ("US", "+12125550100", "212.555.0100", True),
        ("US", "+12125550100", "(312) 555-0100", False),
        ("US", "+12125550100", "212 555 01001", False),
        ("US", "+12125550100", "9212 555 0100", False),
        ("GB", "+442079460001", "020 7946 0001", True),
        ("GB", "+442079460001", "+44 (0)20 7946 0001", True),
        ("GB", "+442079460001", "0020 7946 0001", False),
        ("DE", "+493023125123", "030/23125-123", True),
        ("FR", "+33123456789", "01 23 45 67 89", True),
        ("FR", "+33123456789", "01 23 45 67 98", False),
        ("BE", "+3225550101", "+32 2 555 01 01", True),
        ("BE", "+3225550101", "02 555 01 01", False),
    ],
)
def test_numbers_on_a_carriers_own_form_are_read_in_national_writing(
    country: str, number: str, shown: str, found: bool
) -> None:
    faults = inspect(letter_in(shown), form(numbers=(number,), country=country)).faults
    assert [fault.split(":")[0] for fault in faults] == ([] if found else ["Not in its text"])


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (["See Attached", NUMBERS[0], NUMBERS[-1]], []),
        (["SEE ATTACHED", NUMBERS[0], NUMBERS[-1]], []),
        ([*NUMBERS], []),
        (["See Attached", NUMBERS[0]], [f"Not in its text: {NUMBERS[-1]}: "]),
        (["See Attached", NUMBERS[-1]], [f"Not in its text: {NUMBERS[0]}: "]),
        ([NUMBERS[0], NUMBERS[-1]], ["'See Attached' is not in its text, nor are all numbers: "]),
    ],
)
def test_an_attached_list_needs_its_reference_and_its_ends(lines: list[str], faults: list[str]) -> None:
    found = inspect(letter_in(*lines), form(attach_over=2)).faults
    assert len(found) == len(faults)
    assert all(one.startswith(start) for one, start in zip(found, faults, strict=True))


def test_what_a_scanner_misread_is_for_a_person() -> None:
    misread = letter_in(*NUMBERS, name="Acme Manufacturlng Limited", mode=3)
    found = inspect(misread, form())
    assert found.faults == []
    assert found.notes[0].endswith("compare it on the scan.")
    assert len(inspect(letter_in(*NUMBERS, name="Acme Manufacturlng Limited"), form()).faults) == 1


def test_a_scan_without_text_is_for_a_person() -> None:
    line = "x" * (LEAST_TEXT - 1)
    found = inspect(pages(written(line)), form())
    assert (found.has_text, found.faults) == (False, [])
    assert found.notes == ["It has no text: a person has to compare name, address, numbers, signature and date."]
    assert inspect(pages(written(line + "x")), form()).has_text


@pytest.mark.parametrize("marks", ["0 0 m 9 9 l S", "0 0 9 9 re f", "0 0 9 9 re W n", "q Q", ""])
def test_blank_pages_are_told_from_drawn_ones(marks: str) -> None:
    blank = marks in {"q Q", "", "0 0 9 9 re W n"}
    assert inspect(pages(marks, marks)).faults == (["It is blank: give the signed letter."] if blank else [])
    notes = inspect(pages(written(FILLER, FILLER), marks, "0 0 m 9 9 l S", marks)).notes
    assert notes == (["Blank: page 2, 4."] if blank else []) + [PERSON]


@pytest.mark.parametrize(
    ("content", "media_type", "words"),
    [
        (b"", "", "neither a PDF nor"),
        (b"PK\x03\x04 a spreadsheet", "", "neither a PDF nor"),
        (b"%PDF-1.7\n", "application/pdf", "is not a readable PDF"),
        (LETTER[: len(LETTER) // 2], "application/pdf", "is not a readable PDF"),
        (saved(PdfWriter()), "application/pdf", "has no pages"),
        (png()[:-20], "image/png", "cut off"),
        (b"\xff\xd8\xff\xe1 \xff\xd9" + bytes(50), "image/jpeg", "cut off"),
        (b"II*\x00" + bytes(4), "image/tiff", "cannot be read"),
        (b"MM\x00*" + b"\x00\x00\x10\x00", "image/tiff", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_fault(content: bytes, media_type: str, words: str) -> None:
    found = inspect(content, form())
    assert (found.media_type, found.pages, found.has_text) == (media_type, 0, False)
    assert len(found.faults) == 1
    assert words in found.faults[0]


def tiff(count: int, order: str = "<", around: bool = False) -> bytes:
    """A TIFF of so many empty pages; `around`: the last leads back to the first."""
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    content = mark + struct.pack(f"{order}I", 8)
    for page in range(count):
        last = page == count - 1
        following = (8 if around else 0) if last else 8 + 18 * (page + 1)
        content += struct.pack(f"{order}H12sI", 1, bytes(12), following)
    return content


def test_pictures_are_for_a_person() -> None:
    for content, media_type, count in (
        (png(), "image/png", 1),
        (b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9", "image/jpeg", 1),
        (tiff(3), "image/tiff", 3),
        (tiff(2, ">"), "image/tiff", 2),
    ):
        found = inspect(content, form())
        assert (found.media_type, found.pages, found.has_text, found.faults) == (media_type, count, False, [])
        assert found.notes == ["It is a picture: a person has to compare name, address, numbers, signature and date."]
    assert inspect(tiff(2, around=True)).pages == 0


def test_the_most_pages_are_taken_and_no_more() -> None:
    line = "0 0 m 9 9 l S"
    for more, fault in ((0, []), (1, [f"It has {MOST_PAGES + 1} pages: give the letter alone, at most {MOST_PAGES}."])):
        assert inspect(pages(*[line] * (MOST_PAGES + more))).faults == fault
        assert inspect(tiff(MOST_PAGES + more)).faults == fault
    assert inspect(pages(*[""] * MOST_PAGES)).faults == ["It is blank: give the signed letter."]


def test_the_largest_file_is_taken_and_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "LARGEST", len(LETTER))
    assert inspect(LETTER).faults == []
    assert "larger than" in inspect(LETTER + b"\n").faults[0]


@pytest.mark.parametrize("password", ["", "secret"])
def test_an_encrypted_file_is_a_fault(password: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(LETTER)))
    writer.encrypt(password, "owner")
    faults = inspect(saved(writer), form()).faults
    assert faults == ["It is encrypted: give it without a password and without restrictions."]


def _dictionary(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def _opens_with(kind: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        action = _dictionary(S=NameObject(kind), F=TextStringObject("calc.exe"))
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)

    return change


def _page_has(key: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        deep = ArrayObject([_dictionary(X=ArrayObject([_dictionary(**{key: TextStringObject("x")})]))])
        writer.pages[0][NameObject("/PieceInfo")] = deep

    return change


ACTIVE = {
    "script": (_opens_with("/JavaScript"), "It has JavaScript: print it to PDF again"),
    "file": (lambda writer: writer.add_attachment("a.exe", b"MZ"), "It has embedded files: "),
    "program": (_opens_with("/Launch"), "It has an action that starts a program: "),
    "data": (_opens_with("/SubmitForm"), "It has an action that sends data: "),
    "hidden action": (_page_has("AA"), "It has actions that run by themselves: "),
    "hidden form": (_page_has("XFA"), "It has an XFA form: "),
    "unreachable": (lambda writer: writer._add_object(_dictionary(JS=TextStringObject("x"))), "It has JavaScript: "),
}


@pytest.mark.parametrize(("change", "words"), ACTIVE.values(), ids=ACTIVE)
def test_active_content_is_a_fault(change: Callable[[PdfWriter], object], words: str) -> None:
    faults = inspect(printed_again(LETTER, change), form()).faults
    assert len(faults) == 1
    assert faults[0].startswith(words)


def test_active_content_in_an_object_stream_is_a_fault() -> None:
    writer = copy_into_new_writer(PdfFileReader(BytesIO(LETTER)), {"stream_xrefs": True})
    stream = writer.prepare_object_stream()
    writer.add_object(generic.DictionaryObject({generic.pdf_name("/JS"): generic.pdf_string("x")}), obj_stream=stream)
    made = BytesIO()
    writer.write(made)
    assert b"/JS" not in made.getvalue(), "it has to lie in the stream, compressed"
    assert inspect(made.getvalue(), form()).faults[0].startswith("It has JavaScript: ")


def test_links_and_other_actions_that_only_show_something_are_none() -> None:
    assert inspect(printed_again(LETTER, _opens_with("/URI")), form()).faults == []


def test_a_file_of_countless_objects_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "_MOST_OBJECTS", 3)
    assert inspect(printed_again(LETTER)).faults[0].startswith("It has more than 3 objects: ")
