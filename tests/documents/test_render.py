"""The printed letter: the same bytes everywhere, every character as it was given, nothing read as markup."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ContentStream

from portolan.documents.letters.render import LetterUnprintable, render
from tests.documents.letters import CONSENT, TEMPLATES, every_form, form, png, signature_for, squeezed, text_of
from tests.documents.printed import hashes

ROOT = Path(__file__).parents[2]
LABELS_EN = ("Name on the account", "Authorized person")
SQUEEZED_EN = ("Nameontheaccount", "Authorizedperson")

#: What typst would do something with, if it were read as markup or code.
HOSTILE = [
    "A#B Holdings #panic() #import",
    "Dollars $x^2$ & Cents",
    "at@label <label> @label",
    "[brackets] {braces} (parens)",
    "*bold* _emph_ `raw` ~ tie",
    "back\\slash \\n \\u{41} \\",
    "\"double\" 'single' “curly” ‘curly’",
    "<script>alert(1)</script> &amp; &#65;",
    "= Heading",
    "- item",
    "+ item",
    "/ term: x",
    "// comment /* comment */",
    "https://example.com/a?b=c#d",
    "en -- em --- dots ... minus -1",
    "office ffi ffl fi fl",
    "two  spaces   three",
    "Cafe\u0301 Zoe\u0308",
    "Café Zoë Straße Łódź Ñandú Việt",
    "Ελλάδα ΑΕ",
    "ООО Привет",
    "no\u00a0break",
    "0O 1lI rn/m",
    "{{sheet}} %s {0}",
]


def shown(text: str, labels: tuple[str, str] = LABELS_EN) -> str:
    """What stands between two labels."""
    return text.partition(labels[0])[2].partition(labels[1])[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_printed_code_point_for_code_point(name: str) -> None:
    text = text_of(render(form(account={"entity_name": name})).pdf)
    assert shown(text).strip() == name


@pytest.mark.parametrize("name", HOSTILE)
def test_carriers_and_references_are_data_too(name: str) -> None:
    asked = form("us_toll_free", losing_carrier=name, gaining_carrier=name, reference=name)
    assert squeezed(text_of(render(asked).pdf)).count(squeezed(name)) >= 6


def visible(text: str) -> str:
    return "".join(char for char in squeezed(text) if unicodedata.category(char) != "Cf")


@pytest.mark.parametrize("name", ["שלום עולם Ltd", "شركة المثال", "A\u202egnp.exe\u202c B", "zero\u200bwidth\u00ad"])
def test_right_to_left_names_and_invisible_characters_lose_no_letter(name: str) -> None:
    printed = shown(visible(text_of(render(form(account={"entity_name": name})).pdf)), SQUEEZED_EN)
    assert sorted(printed) == sorted(visible(name))


def test_a_letter_drawn_with_its_mark_apart_is_named_as_it_was_given() -> None:
    reader = PdfReader(BytesIO(render(form(account={"entity_name": "Ṣẹ\u0301gun"})).pdf))
    operations = ContentStream(reader.pages[0].get_contents(), reader).operations
    named = [
        operands[1]["/ActualText"]
        for operands, operator in operations
        if operator == b"BDC" and "/ActualText" in operands[1]
    ]
    assert "ẹ\u0301" in named


PRINTABLE = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc", "Cf", "Zs"]),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40, derandomize=True, database=None, deadline=None)
@given(name=PRINTABLE, address=PRINTABLE, number=PRINTABLE)
def test_any_latin_text_is_printed_verbatim(name: str, address: str, number: str) -> None:
    account = {"entity_name": name, "service_address": address, "account_number": number}
    text = text_of(render(form(account=account)).pdf)
    assert shown(text).strip() == name
    assert squeezed(shown(text, ("Service address", "Postal code"))) == address
    assert squeezed(shown(text, ("Account number", "Telephone numbers"))) == number


@pytest.mark.parametrize(
    ("given_account", "words"),
    [
        ({"entity_name": "東京 Acme"}, r"Name on the account has 東 \(U\+6771\), 京 \(U\+4EAC\), for which"),
        ({"service_address": "1 Main 😀"}, r"Service address has 😀 \(U\+1F600\)"),
        ({"authorized_person": "bell\x07"}, r"Authorized person has U\+0007, for"),
        ({"entity_name": "lone \ud800"}, r"Name on the account has U\+D800"),
        ({"entity_name": "ไ", "postal_code": "ย"}, r"Name on the account has ไ .*; Postal code has ย"),
    ],
)
def test_what_has_no_type_is_refused_by_field_and_character(given_account: dict[str, str], words: str) -> None:
    with pytest.raises(LetterUnprintable, match=words) as refused:
        render(form(account=given_account))
    assert "own form" in refused.value.remedy


@pytest.mark.parametrize("environment", [{"TZ": "Asia/Tokyo", "LC_ALL": "C"}, {"SOURCE_DATE_EPOCH": "99", "TZ": "UTC"}])
def test_another_process_on_another_day_prints_the_same_bytes(environment: dict[str, str]) -> None:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    run = subprocess.run(
        [sys.executable, "-m", "tests.documents.printed"],
        cwd=ROOT,
        env=kept | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        check=True,
    )
    assert json.loads(run.stdout) == hashes()


def test_every_part_of_a_form_makes_a_difference() -> None:
    found = hashes()
    assert len({pdf for pdf, _ in found.values()}) == len(found)


@pytest.mark.parametrize(("name", "asked"), every_form().items())
def test_a_letter_says_everything_its_form_has(name: str, asked: Any) -> None:
    letter = render(asked)
    text = squeezed(text_of(letter.pdf))
    said = [asked.title, asked.void, asked.opening, *asked.statements, asked.contract_question, asked.signature_rule]
    said += [asked.losing_carrier, asked.gaining_carrier, asked.losing_resp_org, asked.gaining_resp_org]
    said += [*asked.account.model_dump().values(), *asked.kept_numbers, *asked.ceased_numbers]
    said += [asked.porting_code, *asked.identifiers.values(), asked.order_id, asked.reference]
    said += [asked.labels[key] for key in ("signature", "printed_name", "job_title", "signed_on")]
    said += [asked.first, asked.last] if asked.attached else list(asked.numbers)
    assert [part for part in said if squeezed(part) not in text] == []
    assert text.count(squeezed(asked.labels["signed_on"])) == asked.wording.holders
    assert (asked.labels["see_attached"].replace(" ", "") in text) is asked.attached
    assert (letter.attachment is not None) is asked.attached
    assert letter.attachment_name == ("acme-boston-1-numbers.xlsx" if asked.attached else "")


def test_a_billing_address_is_printed_where_it_differs() -> None:
    service = form().account.service_address
    assert "Billing address" not in text_of(render(form(billing_address=service)).pdf)
    text = text_of(render(form(billing_address="PO Box 7, Salem")).pdf)
    assert re.search(r"Billing address\s+PO Box 7, Salem", text)


@pytest.mark.parametrize(
    ("template", "label"),
    [("us_toll_free", "Port to RespOrg"), ("uk_cloa", "that are ceased"), ("fr_mandat", "Numéro RIO")],
)
def test_what_the_order_does_not_know_is_left_to_be_written(template: str, label: str) -> None:
    assert label in text_of(render(form(template)).pdf)
    assert label not in text_of(render(form("generic")).pdf)


def test_the_return_of_numbers_asks_nothing_about_numbers_left_behind() -> None:
    assert "that are ceased" not in text_of(render(form("uk_cloa", kind="rollback")).pdf)


def test_a_thousand_numbers_fit_in_the_letter() -> None:
    numbers = tuple(f"+1212{index:07d}" for index in range(5_550_000, 5_551_000))
    text = text_of(render(form(numbers=numbers)).pdf)
    assert re.findall(r"\+1212\d{7}", text) == list(numbers)


@pytest.mark.parametrize("value", ["W" * 200, "Wolfeschlegelsteinhausenbergerdorff & Co. " * 4, "i" * 36])
def test_long_values_stay_on_the_page(value: str) -> None:
    reader = PdfReader(BytesIO(render(form(account={"entity_name": value}, losing_carrier=value)).pdf))
    right: list[float] = []

    def visit(text: str, ctm: list[float], matrix: list[float], font: Any, size: float) -> None:
        # The least any letter takes; what runs off the page goes on in one piece, so its length counts.
        right.append(matrix[4] * ctm[0] + ctm[4] + 0.2 * size * len(text.strip()))

    page = reader.pages[0]
    text = page.extract_text(visitor_text=visit)
    assert squeezed(value) in squeezed(text)
    assert max(right) < float(page.mediabox.width)


@pytest.mark.parametrize("template", TEMPLATES)
def test_paper_language_and_archive_standard(template: str) -> None:
    reader = PdfReader(BytesIO(render(form(template)).pdf))
    width, height = map(round, reader.pages[0].mediabox[2:])
    assert (width, height) == ((612, 792) if template.startswith("us_") else (595, 842))
    language = {"de_auftrag": "de-DE", "fr_mandat": "fr-FR"}.get(template, "en")
    assert str(reader.root_object["/Lang"]).startswith(language)
    assert reader.metadata is not None
    assert reader.metadata.title == form(template).title
    assert b"<pdfaid:part>2</pdfaid:part>" in reader.root_object["/Metadata"].get_data()
    assert reader.root_object["/MarkInfo"]["/Marked"]


def test_a_typed_signature_fills_the_block_and_adds_the_evidence() -> None:
    asked = form()
    tokyo = datetime(2026, 11, 23, 0, 4, 5, tzinfo=timezone(timedelta(hours=9)))
    signed = signature_for(asked, signer="Ada #Byron", signed_at=tokyo)
    reader = PdfReader(BytesIO(render(asked, signed).pdf))
    first, last = reader.pages[0].extract_text(), reader.pages[-1].extract_text()
    assert len(reader.pages) == 2
    assert first.count("Ada #Byron") == 2
    assert "2026-11-22" in first
    for fact in ("Ada #Byron", "2026-11-22T15:04:05+00:00", "203.0.113.7", "name typed", signed.form_sha256, CONSENT):
        assert squeezed(fact) in squeezed(last)
    assert "2026-11-22" not in text_of(render(asked).pdf)


def test_a_drawn_signature_is_on_the_page_as_a_picture() -> None:
    asked = form("de_auftrag")
    drawn = PdfReader(BytesIO(render(asked, signature_for(asked, method="drawn", drawing=png())).pdf))
    typed = PdfReader(BytesIO(render(asked, signature_for(asked)).pdf))
    assert [len(page.images) for page in drawn.pages] == [1, 0]
    assert [len(page.images) for page in typed.pages] == [0, 0]
    assert "Unterschrift gezeichnet" in drawn.pages[-1].extract_text()


def test_consent_that_cannot_be_printed_is_refused() -> None:
    asked = form()
    with pytest.raises(LetterUnprintable, match=r"Text agreed to has 同 \(U\+540C\)"):
        render(asked, signature_for(asked, consent="I agree 同"))


@pytest.mark.parametrize(("cancels", "bold"), [(True, {"ja"}), (False, {"nein"}), (None, set())])
def test_the_end_of_the_contract_is_ticked_as_the_order_says(cancels: bool | None, bold: set[str]) -> None:
    found: dict[str, str] = {}

    def visit(text: str, ctm: list[float], matrix: list[float], font: Any, size: float) -> None:
        if text.strip() in {"ja", "nein"}:
            found[text.strip()] = font["/BaseFont"]

    page = PdfReader(BytesIO(render(form("de_auftrag", cancels_contract=cancels)).pdf)).pages[0]
    page.extract_text(visitor_text=visit)
    assert found.keys() == {"ja", "nein"}
    assert {answer for answer, font in found.items() if "Bold" in font} == bold


def test_there_is_a_template_for_each_wording() -> None:
    folder = files("portolan.documents.letters") / "templates"
    assert sorted(Path(entry.name).stem for entry in folder.iterdir()) == sorted([*TEMPLATES, "base", "probe"])
