"""Vendors' codes: each read whole, each as the carriers' documents have it, and nothing guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.rejections import REASONS, VENDORS, canonical, from_vendor, meanings
from portolan.domain.rejections.vendors.notation import read, spelled_out
from tests.domain.rejections import sources

#: Canonical names of the collection that the taxonomy tells apart more finely.
FINER = {
    "CONTRACT_OR_DEBT": {"UNPAID", "CONTRACT_TERM"},
    "FOC_DATE_REFUSED": {"FOC_REJECTED", "FOC_TOO_SOON", "FOC_TOO_FAR"},
    "LOA_REJECTED": {"LOA_ILLEGIBLE", "LOA_STALE", "BAD_SIGNATURE"},
    "PIN": {"PIN_INVALID", "PIN_MISSING"},
    "TFN_STATUS": {"TFN_STATUS", "TFN_SPARE", "TFN_TRANSITIONAL", "RESPORG_99"},
}
#: Codes that do not stand for every canonical name that lists them, and why.
EXCEPTIONS = {
    ("telnyx", "OTHER"): "says nothing by itself: its text may give any reason",
    ("twilio", "CONTACT_SUPPORT_REQUIRED"): "says nothing by itself: its text may give any reason",
}
TELNYX = [
    "ACCOUNT_NUMBER_MISMATCH",
    "AUTH_PERSON_MISMATCH",
    "BTN_ATN_MISMATCH",
    "ENTITY_NAME_MISMATCH",
    "FOC_EXPIRED",
    "FOC_REJECTED",
    "LOCATION_MISMATCH",
    "LSR_PENDING",
    "MAIN_BTN_PORTING",
    "OSP_IRRESPONSIVE",
    "OTHER",
    "PASSCODE_PIN_INVALID",
    "PHONE_NUMBER_HAS_SPECIAL_FEATURE",
    "PHONE_NUMBER_MISMATCH",
    "PHONE_NUMBER_NOT_PORTABLE",
    "PORT_TYPE_INCORRECT",
    "PORTING_ORDER_SPLIT_REQUIRED",
    "POSTAL_CODE_MISMATCH",
    "RATE_CENTER_NOT_PORTABLE",
    "SV_CONFLICT",
    "SV_UNKNOWN_FAILURE",
]


@pytest.mark.parametrize("vendor", sources.COLUMNS)
def test_every_collected_code_stands_for_what_the_collection_says_and_nothing_else(vendor: str) -> None:
    wrong = {}
    codes = sources.codes_of(vendor)
    assert len(codes) > 15
    for code, names in codes.items():
        if (vendor, code) in EXCEPTIONS:
            assert meanings(vendor, code) == ("OTHER",)
            continue
        wanted = [FINER.get(name, {canonical(name)}) for name in names]
        found = set(meanings(vendor, code))
        missing = [family for family in wanted if not family & found]
        beyond = found - {each for family in wanted for each in family}
        if missing or beyond:
            wrong[code] = (names, found)
    assert wrong == {}


def test_every_collected_inner_code_settles_its_code() -> None:
    found = sources.inner_codes()
    assert len(found) > 60
    for code, inner, name in found:
        both = {each for outer, other, each in found if (outer, other) == (code, inner)}
        got = from_vendor("bandwidth", code, f"{inner} as the losing carrier has it")
        if len(both) == 1:
            assert got.code in FINER.get(name, {canonical(name)}), (code, inner)
        else:
            assert (got.code, set(got.candidates)) == ("OTHER", {canonical(each) for each in both})


def test_all_exceptions_of_telnyx_are_known() -> None:
    assert len(TELNYX) == 21
    assert [code for code in TELNYX if not meanings("telnyx", code)] == []


@pytest.mark.parametrize(
    ("vendor", "code", "expected"),
    [
        ("bandwidth", "7401", "ACCOUNT_NUMBER_MISMATCH"),
        ("bandwidth", "74010", "OTHER"),
        ("bandwidth", "740", "OTHER"),
        ("bandwidth", "07401", "OTHER"),
        ("bandwidth", "7212", "ACCOUNT_NUMBER_MISMATCH"),
        ("bandwidth", "7213", "PIN_INVALID"),
        ("bandwidth", "7512", "PIN_MISSING"),
        ("bandwidth", "7209", "FOC_TOO_SOON"),
        ("bandwidth", "7210", "FOC_TOO_FAR"),
        ("bandwidth", "7301", "TOO_LATE_TO_CHANGE"),
        ("bandwidth", "7530", "RESPORG_UNKNOWN"),
        ("bandwidth", "7536", "OTHER"),
        ("bandwidth", "7526", "OTHER"),
        ("bandwidth", "7627", "RESPORG_99"),
        ("bandwidth", "7642", "TFN_SPARE"),
        ("bandwidth", "7657", "TFN_TRANSITIONAL"),
        ("bandwidth", "E42PWA", "PIN_MISSING"),
        ("bandwidth", "E42PWB", "PIN_INVALID"),
        ("bandwidth", "E420", "TN_NOT_PORTABLE"),
        ("bandwidth", "E42O", "TN_NOT_PORTABLE"),
        ("bandwidth", "E10", "NAME_MISMATCH"),
        ("bandwidth", "E10a", "AUTH_PERSON_MISMATCH"),
        ("bandwidth", "LNP107S", "WIRELESS_MIX"),
        ("level3", "LNP107S", "WIRELESS_MIX"),
        ("level3", "LNP107J", "NO_INTERCONNECT"),
        ("level3", "LNP107W", "NO_INTERCONNECT"),
        ("level3", "LNP107", "OTHER"),
        ("level3", "107J", "OTHER"),
        ("level3", "LNP137J", "SV_CONFLICT"),
        ("level3", "LNP997J", "SV_CONFLICT"),
        ("level3", "LNP997W", "INTERNAL_PORT"),
        ("level3", "LNP105S", "TN_NOT_ON_ACCOUNT"),
        ("level3", "LNP105J", "SPECIAL_FEATURE"),
        ("level3", "LNP106S", "BTN_MISMATCH"),
        ("level3", "LNP017J", "SPECIAL_FEATURE"),
        ("level3", "LNP018J", "OTHER"),
        ("level3", "LNP101W", "ADDRESS_MISMATCH"),
        ("level3", "LNP555W", "OTHER"),
        ("level3", "01113", "RATE_CENTER"),
        ("level3", "01114", "OTHER"),
        ("level3", "lnp107j", "NO_INTERCONNECT"),
        ("Telnyx", " LSR_PENDING ", "PENDING_ORDER"),
        ("uk-npor", "06", "BTN_MISMATCH"),
        ("uk_npor", "6", "OTHER"),
        ("uk_npor", "03", "MISSING_FIELDS"),
        ("uk_npor", "26", "PORT_TYPE_INCORRECT"),
        ("wbci", "RNG", "TN_INACTIVE"),
        ("wbci", "WAI", "OTHER_HOLDERS_MISSING"),
        ("wbci", "KNI", "ALL_DATA"),
        ("wbci", "VAE", "PENDING_ORDER"),
        ("wbci", "SON", "OTHER"),
        ("pli_cbd", "8", "FOC_TOO_FAR"),
        ("pli_cbd", "4", "OTHER"),
        ("pli_cbd", "10", "OTHER"),
        ("somos", "05", "LOA_STALE"),
        ("npac", "50", "SV_CONFLICT"),
        ("npac", "55", "OTHER"),
        ("sinch", "desiredPortDate", "FOC_REJECTED"),
        ("nobody", "7401", "OTHER"),
    ],
)
def test_codes_count_whole(vendor: str, code: str, expected: str) -> None:
    got = from_vendor(vendor, code, "x")
    assert (got.code, got.vendor_code, got.text) == (expected, code.strip(), "x")


@pytest.mark.parametrize(
    ("vendor", "code", "text", "expected", "candidates"),
    [
        ("bandwidth", "7402", "", "OTHER", ["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"]),
        ("bandwidth", "7402", "E1", "ADDRESS_MISMATCH", []),
        ("bandwidth", "7402", "(8D) zip", "POSTCODE_MISMATCH", []),
        ("bandwidth", "7402", "E1, 8D", "OTHER", ["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"]),
        ("bandwidth", "7402", "LINE1", "OTHER", ["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"]),
        ("bandwidth", "7402", "E10", "OTHER", ["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"]),
        ("bandwidth", "7402", "The zip code does not match", "POSTCODE_MISMATCH", []),
        ("bandwidth", "7402", "The name does not match", "OTHER", ["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"]),
        ("bandwidth", "7435", "", "PIN_INVALID", []),
        ("bandwidth", "7435", "E42PWA", "PIN_MISSING", []),
        ("bandwidth", "7435", "e42pwb", "PIN_INVALID", []),
        ("bandwidth", "7401", "Please provide a copy of a recent bill", "BILL_COPY_REQUIRED", []),
        ("bandwidth", "7401", "Invalid account number. Bill copy required.", "ACCOUNT_NUMBER_MISMATCH", []),
        ("bandwidth", "7485", "E9999", "OTHER", ["SPLIT_REQUIRED", "VENDOR_WORKING"]),
        ("bandwidth", "7348", "", "OTHER", ["CARRIER_DELAY", "VENDOR_ERROR"]),
        ("bandwidth", "7113", "", "OTHER", ["MISSING_FIELDS", "WIRELESS_MIX"]),
        ("level3", "LNP003J", "", "OTHER", ["CONTRACT_TERM", "SPECIAL_FEATURE", "UNPAID"]),
        ("level3", "LNP003J", "The customer is under contract", "CONTRACT_TERM", []),
        ("level3", "LNP003J", "There is DSL on the line", "SPECIAL_FEATURE", []),
        ("level3", "LNP141J", "Invalid PIN", "PIN_INVALID", []),
        ("level3", "LNP141J", "", "OTHER", ["ACCOUNT_NUMBER_MISMATCH", "PIN_INVALID"]),
        ("level3", "LNP109J", "", "LOA_ILLEGIBLE", []),
        ("level3", "LNP109J", "The LOA has expired.", "LOA_STALE", []),
        ("level3", "LNP998J", "", "OTHER", ["SPECIAL_FEATURE"]),
        ("level3", "01161", "", "OTHER", ["SPLIT_REQUIRED", "WIRELESS_MIX"]),
        ("telnyx", "PHONE_NUMBER_MISMATCH", "", "OTHER", ["TN_INACTIVE", "TN_NOT_ON_ACCOUNT"]),
        ("telnyx", "PHONE_NUMBER_MISMATCH", "Number is inactive", "TN_INACTIVE", []),
        ("telnyx", "PHONE_NUMBER_HAS_SPECIAL_FEATURE", "Port freeze on the line", "PORT_LOCK", []),
        ("telnyx", "OTHER", "Customer has an outstanding balance.", "UNPAID", []),
        ("telnyx", "OTHER", "Wrong PIN. Wrong zip.", "OTHER", []),
        ("telnyx", "ENTITY_NAME_MISMATCH", "Wrong PIN", "NAME_MISMATCH", []),
        ("twilio", "INVALID_ADDRESS", "", "OTHER", ["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"]),
        ("twilio", "22130", "", "OTHER", ["NO_INTERCONNECT", "RATE_CENTER", "TN_NOT_PORTABLE"]),
        ("wbci", "SON", "Termin liegt mehr als 180 Tage in der Zukunft", "FOC_TOO_FAR", []),
        ("sinch", "", "Invalid account number", "ACCOUNT_NUMBER_MISMATCH", []),
        ("sinch", "", "Wrong PIN. Wrong zip.", "OTHER", ["PIN_INVALID", "POSTCODE_MISMATCH"]),
        ("sinch", "", "", "OTHER", []),
        ("telnyx", "BRAND_NEW_CODE", "Wrong PIN", "OTHER", []),
    ],
)  # fmt: skip
def test_the_text_settles_what_the_code_leaves_open(
    vendor: str, code: str, text: str, expected: str, candidates: list[str]
) -> None:
    got = from_vendor(vendor, code, text)
    assert (got.code, sorted(got.candidates), got.text, got.vendor_code) == (expected, candidates, text, code)


def test_numbers_and_the_records_words_are_kept() -> None:
    got = from_vendor("telnyx", "PHONE_NUMBER_NOT_PORTABLE", "Cannot take +1 617 555 0101", ["+16175550102"])
    assert got.numbers == ["+16175550102"], "what the vendor names apart from its words counts for more"
    assert from_vendor("telnyx", "PHONE_NUMBER_NOT_PORTABLE", "not: +1 617 555 0101").numbers == ["+16175550101"]
    assert from_vendor("telnyx", "LSR_PENDING", "617-555-0101").numbers == [], "nobody said of which country"
    assert from_vendor("telnyx", "ENTITY_NAME_MISMATCH", "on +1 617 555 0101").numbers == []
    assert from_vendor("telnyx", "ENTITY_NAME_MISMATCH", 'Should be "ACME, Inc."').suggestion == "ACME, Inc."
    assert from_vendor("telnyx", "PASSCODE_PIN_INVALID", 'Should be "1234"').suggestion is None, "a PIN is not kept"


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("7401", ["7401"]),
        ("7207-7209", ["7207", "7208", "7209"]),
        ("LNP002-004J", ["LNP002J", "LNP003J", "LNP004J"]),
        ("LNP101J/S/W", ["LNP101J", "LNP101S", "LNP101W"]),
        ("01109-01110", ["01109", "01110"]),
        ("FOC_EXPIRED", ["FOC_EXPIRED"]),
        ("E42PWA", ["E42PWA"]),
    ],
)
def test_the_notation_of_code_tables(word: str, codes: list[str]) -> None:
    assert list(spelled_out(word)) == codes


def test_a_table_is_turned_round() -> None:
    codes = read({"A": "1 2:X,Y", "B": "1 2:Z 3?", "C": "2 4:Q"})
    assert codes.whole == {
        "1": ("A", "B"),
        "2": ("C",),
        "4": ("C",),
        "X": ("A",),
        "Y": ("A",),
        "Z": ("B",),
        "Q": ("C",),
    }
    assert codes.inner == {("2", "X"): ("A",), ("2", "Y"): ("A",), ("2", "Z"): ("B",), ("4", "Q"): ("C",)}
    assert codes.hinted == {"3": ("B",)}


def test_tables_name_only_reasons() -> None:
    for vendor, codes in VENDORS.items():
        named = {each for part in codes for found in part.values() for each in found}
        assert named <= set(REASONS), vendor
        assert set(codes.hinted) <= set(codes.whole), vendor


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(
    vendor=st.sampled_from([*VENDORS, "nobody"]),
    code=st.sampled_from([code for codes in VENDORS.values() for code in codes.whole])
    | st.text(st.sampled_from("0127JSWELNP_A "), max_size=7),
    text=st.text(max_size=30) | st.sampled_from(["E1", "8D", "Wrong PIN", "Number is inactive"]),
)
def test_any_code_gives_one_reason_and_keeps_what_was_said(vendor: str, code: str, text: str) -> None:
    got = from_vendor(vendor, code, text)
    assert got.code in REASONS
    assert set(got.candidates) <= set(REASONS)
    assert got.code == "OTHER" or not got.candidates
    assert got.vendor_code == code.strip()
    if code.strip() and vendor in VENDORS and not meanings(vendor, code):
        assert got.code == "OTHER", "an unknown code is nobody's guess"
