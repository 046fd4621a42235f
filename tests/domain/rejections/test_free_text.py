"""What carriers write, read for what it clearly says: precision before recall."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.rejections import PRINTED, REASONS, from_text
from portolan.domain.rejections.free_text import READ, numbers_in, suggestion_in
from portolan.domain.rejections.phrasing import LANGUAGES, MEANS, Fault
from portolan.domain.rejections.phrasing.model import lines
from portolan.domain.rejections.reading import fold
from portolan.domain.text import clean
from tests.domain.rejections.sentences import SENTENCES


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=[text[:40] or "nothing" for text, _ in SENTENCES])
def test_no_sentence_is_assigned_wrongly(text: str, expected: tuple[str, ...]) -> None:
    found = from_text(text)
    assert tuple(rejection.code for rejection in found) == expected
    assert {rejection.text for rejection in found} == {clean(text)}, "the carrier's words are kept in each"


def test_the_sentences_are_many_and_of_every_kind() -> None:
    codes = {code for _, expected in SENTENCES for code in expected}
    assert len(SENTENCES) >= 60
    assert len(codes) > 45
    assert len({text for text, _ in SENTENCES}) == len(SENTENCES)


PLAIN = [text for text, expected in SENTENCES if "OTHER" not in expected and not re.search(r"[.;!?]\s|\n", text)]


@pytest.mark.parametrize("frame", ["Hello. {}. Regards", "{}.\n\nThank you.", "- {}", "\n\n{}"])
def test_courtesies_change_nothing(frame: str) -> None:
    for text in PLAIN:
        framed = frame.format(text.rstrip("."))
        assert [each.code for each in from_text(framed)] == [each.code for each in from_text(text)], framed


@pytest.mark.parametrize("condition", ["If", "Wenn", "Si", "In case"])
def test_what_is_only_supposed_counts_for_nothing(condition: str) -> None:
    for text in PLAIN:
        supposed = f"{condition} {text[0].lower()}{text[1:]}"
        assert [each.code for each in from_text(supposed)] == ["OTHER"], supposed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TN +1 (617) 555-0101 is not in service", {"TN_INACTIVE": ["+16175550101"]}),
        ("+16175550101 and +16175550102 are inactive", {"TN_INACTIVE": ["+16175550101", "+16175550102"]}),
        ("617-555-0101 is not in service", {"OTHER": []}),
        ("Number 617-555-0101 is not in service", {"TN_INACTIVE": []}),
        ("Port of +16175550101 and +16175550102: +16175550102 is not in service", {"TN_INACTIVE": ["+16175550102"]}),
        (
            "Order for +16175550101, +16175550102. +16175550102 is not in service.",
            {"TN_INACTIVE": ["+16175550102"]},
        ),
        (
            "+16175550101 is inactive and +16175550102 has a port freeze.",
            {"TN_INACTIVE": ["+16175550101"], "PORT_LOCK": ["+16175550102"]},
        ),
        ("+16175550101 is active but +16175550102 is not in service.", {"TN_INACTIVE": ["+16175550102"]}),
        (
            "The following numbers are inactive:\n- +16175550101\n- +16175550102\n\nThe name is wrong.",
            {"TN_INACTIVE": ["+16175550101", "+16175550102"], "NAME_MISMATCH": []},
        ),
        ("The account number of +16175550101 is wrong", {"ACCOUNT_NUMBER_MISMATCH": []}),
        ("Number is inactive. Call us at +16175559999.", {"TN_INACTIVE": []}),
    ],
)
def test_numbers_belong_to_the_reason_that_names_them(text: str, expected: dict[str, list[str]]) -> None:
    assert {rejection.code: rejection.numbers for rejection in from_text(text)} == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("+1 (617) 555-0101", ["+16175550101"]),
        ("+44 20 7946 0001 +44 20 7946 0001", ["+442079460001"]),
        ("+1234567", []),
        ("+1 617 555 0101 0101 0101 0101", []),
        ("0044 20 7946 0001, 617-555-0101", []),
        ("", []),
    ],
)
def test_only_e164_is_taken_for_a_number(text: str, numbers: list[str]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The name should be "Acme Limited".', {"NAME_MISMATCH": "Acme Limited"}),
        ("The name should be “ACME,  Inc.”", {"NAME_MISMATCH": "ACME,  Inc."}),
        ("Name mismatch. Our records show: Acme Limited", {"NAME_MISMATCH": "Acme Limited"}),
        ("Name mismatch. Our records show: Acme Inc. Please correct.", {"NAME_MISMATCH": None}),
        ("Name mismatch. Our records show Acme Limited", {"NAME_MISMATCH": None}),
        ("Anschlussinhaber falsch, lautet richtig „Müller & Söhne GmbH“", {"NAME_MISMATCH": "Müller & Söhne GmbH"}),
        ("Le nom est incorrect, doit être « Société Générale »", {"NAME_MISMATCH": "Société Générale"}),
        ('El nombre del titular no coincide; debe ser "Acme S.L."', {"NAME_MISMATCH": "Acme S.L."}),
        ("The zip code should be 02110.", {"POSTCODE_MISMATCH": "02110"}),
        ("The zip code should be corrected.", {"POSTCODE_MISMATCH": None}),
        ("Wrong account number, the correct account number is 0048-1937", {"ACCOUNT_NUMBER_MISMATCH": "0048-1937"}),
        ('Wrong PIN, should be "1234"', {"PIN_INVALID": None}),
        (
            'The name should be "Acme Ltd" and the zip should be "02110"',
            {"NAME_MISMATCH": "Acme Ltd", "POSTCODE_MISMATCH": "02110"},
        ),
        (
            'Name and address mismatch. Our records show: "12 Main Street"',
            {"NAME_MISMATCH": None, "ADDRESS_MISMATCH": None},
        ),
        ('Name and address mismatch, should be "Acme"', {"NAME_MISMATCH": None, "ADDRESS_MISMATCH": None}),
    ],
)
def test_what_the_record_says_goes_to_the_field_it_is_said_of(text: str, expected: dict[str, str | None]) -> None:
    assert {rejection.code: rejection.suggestion for rejection in from_text(text)} == expected


def test_a_suggestion_is_kept_code_point_for_code_point() -> None:
    name = "Ångström\u00a0& Co"
    assert suggestion_in(f'should be "{name}"', "entity_name") == name
    assert suggestion_in('should be "a", should be "b"', "entity_name") is None
    assert suggestion_in('should be "a"', "postal_code") is None


def test_what_can_be_read_in_two_ways_goes_to_a_person_with_both() -> None:
    (found,) = from_text("The due date is invalid: less than 3 business days.")
    assert (found.code, sorted(found.candidates)) == ("OTHER", ["FOC_REJECTED", "FOC_TOO_SOON"])


def test_a_point_of_a_list_that_cannot_be_read_is_not_passed_over() -> None:
    listed = "- Name mismatch\n- Frobnicator twisted\n- Address: ok"
    assert [rejection.code for rejection in from_text(listed)] == ["NAME_MISMATCH", "OTHER"]
    assert [rejection.code for rejection in from_text(listed.replace("Frobnicator twisted", "PIN ok"))] == [
        "NAME_MISMATCH"
    ]


def test_what_is_too_long_to_be_read_goes_to_a_person() -> None:
    assert [rejection.code for rejection in from_text("Wrong PIN. " + "x " * READ)] == ["PIN_INVALID", "OTHER"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "strase"),
        ("Łódź Ñandú", "łodz nandu"),
        ("don’t", "don't"),
        ("„x“ – y", '"x" - y'),
        ("No. 5", "no  5"),
    ],
)
def test_folding_keeps_every_place(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


def test_the_tables_of_words_hold_together() -> None:
    codes = {code for means in MEANS.values() for code in means.values()}
    codes |= {code for language in LANGUAGES for code, _ in language.phrases}
    assert codes <= set(REASONS)
    for language in LANGUAGES:
        said = (part for pair in language.faults.values() for part in pair)
        assert set(language.subjects) <= set(MEANS)
        for words in (*language.subjects.values(), *said, *(words for _, words in language.phrases)):
            assert words.isascii()
            assert re.sub(r"\\.", "", words).lower() == re.sub(r"\\.", "", words), "words are written folded"
    assert all(Fault.FINE not in means for means in MEANS.values())
    assert lines("\n    a b\n    c\n        |d\n    ") == "a b|c|d"


words = st.sampled_from(
    ["the name", "account number", "PIN", "is not", "does not match", "wrong", "+16175550101", "but", "if", "\n- ",
     ". ", '"', "no", "pending order", "inactive", "should be", ":", "é", "ß", "\ud800", "İ", "RIO", "falsch", "?"]
)  # fmt: skip


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(text=st.lists(words | st.text(max_size=4), max_size=25).map(" ".join))
def test_any_text_is_read_without_fault(text: str) -> None:
    found = from_text(text)
    codes = [rejection.code for rejection in found]
    assert codes
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(REASONS)
    raw = unicodedata.normalize("NFC", text)
    for rejection in found:
        assert not rejection.numbers or rejection.reason.per_number
        assert set(rejection.numbers) <= {"+16175550101"} | set(numbers_in(raw))
        if rejection.suggestion is not None:
            assert rejection.reason.field in PRINTED
            assert rejection.suggestion in "".join(char for char in raw if char != "\ud800")


@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(text=st.text(max_size=60))
def test_folding_any_text_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
