"""Account numbers, postal codes, billing numbers: to the character."""

from __future__ import annotations

import pytest

from tests.domain.reconciliation.forms import beside, differences, marked, only, told

BLOCKING, WARN, INFO = "blocking", "warn", "info"
ACCOUNT = "00482-1937"
BTN = "+12175550100"


@pytest.mark.parametrize(
    ("loa", "category", "severity", "spans"),
    [
        ("00482-1973", "TRANSPOSITION", BLOCKING, ("73", "37")),
        ("04082-1937", "TRANSPOSITION", BLOCKING, ("40", "04")),
        ("00481-2937", "TRANSPOSITION", BLOCKING, ("1-2", "2-1")),
        ("004821973", "TRANSPOSITION", BLOCKING, ("1973", "-1937")),
        ("482-1937", "LEADING_ZERO", BLOCKING, ("", "00")),
        ("0482-1937", "LEADING_ZERO", BLOCKING, ("", "0")),
        ("000482-1937", "LEADING_ZERO", BLOCKING, ("0", "")),
        ("4821937", "LEADING_ZERO", BLOCKING, ("482", "00482-")),
        ("004821937", "SEPARATOR", BLOCKING, ("", "-")),
        ("00482 1937", "SEPARATOR", BLOCKING, (" ", "-")),
        ("00482–1937", "SEPARATOR", BLOCKING, ("–", "-")),
        ("00482/1937", "SEPARATOR", BLOCKING, ("/", "-")),
        ("0048-21937", "SEPARATOR", BLOCKING, ("-2", "2-")),
        ("00482 - 1937", "SEPARATOR", BLOCKING, (" - ", "-")),
        ("00482-1938", "DIGIT_SUBSTITUTION", BLOCKING, ("8", "7")),
        ("00482-193T", "DIGIT_SUBSTITUTION", BLOCKING, ("T", "7")),
        ("O0482-1937", "DIGIT_SUBSTITUTION", BLOCKING, ("O", "0")),
        ("OO482-1937", "DIGIT_SUBSTITUTION", BLOCKING, ("OO", "00")),
        ("00482-l937", "DIGIT_SUBSTITUTION", BLOCKING, ("l", "1")),
        ("00482-I937", "DIGIT_SUBSTITUTION", BLOCKING, ("I", "1")),
        ("00482-193", "DIFFERENT", BLOCKING, ("", "7")),
        ("00482-19937", "DIFFERENT", BLOCKING, ("9", "")),
        ("00482-7319", "DIFFERENT", BLOCKING, ("7319", "1937")),
        ("99", "DIFFERENT", BLOCKING, ("99", ACCOUNT)),
        ("00482", "TOKEN_MISSING", BLOCKING, ("", "-1937")),
        ("1937", "TOKEN_MISSING", BLOCKING, ("", "00482-")),
        ("00482-1937-01", "TOKEN_EXTRA", BLOCKING, ("-01", "")),
        (" 00482-1937", "WHITESPACE_ONLY", INFO, (" 00482-1937", ACCOUNT)),
        ("00482\u200b-1937", "INVISIBLE_CHAR", WARN, ("\u200b", "")),
        ("０0482-1937", "CONFUSABLE", BLOCKING, ("０", "0")),
        ("", "TOKEN_MISSING", BLOCKING, ("", ACCOUNT)),
    ],
)
def test_account_numbers(loa: str, category: str, severity: str, spans: tuple[str, str]) -> None:
    found = only("account_number", loa, ACCOUNT)
    assert (found.category, found.severity) == (category, severity)
    assert marked(found) == spans
    assert found.suggestion == ACCOUNT


@pytest.mark.parametrize(
    ("loa", "csr", "category", "severity"),
    [
        ("ab-12", "AB-12", "CASE_ONLY", INFO),
        ("ab-13", "AB-12", "DIGIT_SUBSTITUTION", BLOCKING),
        ("ab-21", "AB-12", "TRANSPOSITION", BLOCKING),
        ("АB-12", "AB-12", "CONFUSABLE", BLOCKING),
        ("AB-13", "AC-12", "DIFFERENT", BLOCKING),
        ("AC-12", "AB-12", "DIFFERENT", BLOCKING),
        ("KD 5590127", "KD-5590127", "SEPARATOR", BLOCKING),
        ("A  1", "A 1", "WHITESPACE_ONLY", INFO),
        ("---", "***", "SEPARATOR", BLOCKING),
        ("AC-12345", "AC-0012345", "LEADING_ZERO", BLOCKING),
        ("AC-0012345", "AC-12345", "LEADING_ZERO", BLOCKING),
        ("ac-12345", "AC-0012345", "LEADING_ZERO", BLOCKING),
        ("AC12345", "AC0012345", "LEADING_ZERO", BLOCKING),
        ("12-7", "12-007", "LEADING_ZERO", BLOCKING),
        ("12-70", "12-7", "DIFFERENT", BLOCKING),
        ("AD-12345", "AC-0012345", "DIFFERENT", BLOCKING),
        ("1-01", "01-1", "TRANSPOSITION", BLOCKING),
    ],
)
def test_other_account_numbers(loa: str, csr: str, category: str, severity: str) -> None:
    assert told("account_number", loa, csr) == (category, severity)


@pytest.mark.parametrize(
    ("loa", "spans", "also"),
    [
        ("AC-12345", ("", "00"), []),
        ("AC 12345", (" ", "-00"), [("SEPARATOR", " ", "-00")]),
        ("AC12345", ("", "-00"), [("SEPARATOR", "", "-00")]),
    ],
)
def test_zeros_within_a_number_are_marked(loa: str, spans: tuple[str, str], also: list[tuple[str, str, str]]) -> None:
    found = only("account_number", loa, "AC-0012345")
    assert (found.category, marked(found), beside(found)) == ("LEADING_ZERO", spans, also)


@pytest.mark.parametrize(
    ("field", "loa", "csr", "misread"),
    [
        ("account_number", "l2345", "12345", True),
        ("account_number", "I2345", "12345", True),
        ("account_number", "L2345", "12345", False),
        ("account_number", "ll345", "11345", True),
        ("account_number", "ab-l2", "AB-12", True),
        ("postal_code", "6270l", "62701", True),
        ("postal_code", "6270L", "62701", False),
        ("postal_code", "D-1011S", "10115", False),
    ],
)
def test_what_is_misread_is_judged_as_written(field: str, loa: str, csr: str, misread: bool) -> None:
    found = only(field, loa, csr)
    assert found.category == ("DIGIT_SUBSTITUTION" if field == "account_number" else "POSTCODE_DIFFERENT")
    assert ("I, l and 1" in found.explanation) is misread


def test_letters_that_are_misread_are_hinted_at() -> None:
    assert "O and 0" in only("account_number", "O0482-1937", ACCOUNT).explanation
    assert "O and 0" not in only("account_number", "90482-1937", ACCOUNT).explanation
    assert "rn and m" in only("account_number", "ROrnAN", "ROmAN").explanation
    assert "divided otherwise" in only("account_number", "004821973", ACCOUNT).explanation


@pytest.mark.parametrize(
    ("loa", "csr", "category", "severity"),
    [
        ("62701-1234", "62701", "POSTCODE_FORMAT", INFO),
        ("62701", "62701-1234", "POSTCODE_FORMAT", INFO),
        ("627011234", "62701", "POSTCODE_FORMAT", INFO),
        ("627011234", "62701-1234", "POSTCODE_FORMAT", WARN),
        ("62701 1234", "62701-1234", "POSTCODE_FORMAT", WARN),
        ("EC1A1BB", "EC1A 1BB", "POSTCODE_FORMAT", WARN),
        ("EC1A 1BB", "EC1A1BB", "POSTCODE_FORMAT", WARN),
        ("EC1A-1BB", "EC1A 1BB", "POSTCODE_FORMAT", WARN),
        ("ec1a1bb", "EC1A 1BB", "POSTCODE_FORMAT", WARN),
        ("K1A0B1", "K1A 0B1", "POSTCODE_FORMAT", WARN),
        ("1012AB", "1012 AB", "POSTCODE_FORMAT", WARN),
        ("00950", "00-950", "POSTCODE_FORMAT", WARN),
        ("D-10115", "10115", "POSTCODE_FORMAT", WARN),
        ("10115", "D-10115", "POSTCODE_FORMAT", WARN),
        ("DE-10115", "D-10115", "POSTCODE_FORMAT", WARN),
        ("D 10115", "10115", "POSTCODE_FORMAT", WARN),
        ("D10115", "10115", "POSTCODE_FORMAT", WARN),
        ("d-10115", "10115", "POSTCODE_FORMAT", WARN),
        ("F-75001", "75001", "POSTCODE_FORMAT", WARN),
        ("CH-8001", "8001", "POSTCODE_FORMAT", WARN),
        ("NL-1012 AB", "1012 AB", "POSTCODE_FORMAT", WARN),
        ("ec1a 1bb", "EC1A 1BB", "CASE_ONLY", INFO),
        ("EC1A  1BB ", "EC1A 1BB", "WHITESPACE_ONLY", INFO),
        ("62701\u200b", "62701", "INVISIBLE_CHAR", WARN),
        ("６2701", "62701", "CONFUSABLE", BLOCKING),
        ("62704", "62701", "POSTCODE_DIFFERENT", BLOCKING),
        ("62701-5678", "62701-1234", "POSTCODE_DIFFERENT", BLOCKING),
        ("62704-1234", "62701", "POSTCODE_DIFFERENT", BLOCKING),
        ("EC1A 1BC", "EC1A 1BB", "POSTCODE_DIFFERENT", BLOCKING),
        ("6270l", "62701", "POSTCODE_DIFFERENT", BLOCKING),
        ("SW1A OAA", "SW1A 0AA", "POSTCODE_DIFFERENT", BLOCKING),
        ("D-10117", "10115", "POSTCODE_DIFFERENT", BLOCKING),
        ("1011", "10115", "POSTCODE_DIFFERENT", BLOCKING),
        ("2110", "02139", "POSTCODE_DIFFERENT", BLOCKING),
        ("62710", "62701", "TRANSPOSITION", BLOCKING),
        ("62710-1234", "62701", "TRANSPOSITION", BLOCKING),
        ("62701-1243", "62701-1234", "TRANSPOSITION", BLOCKING),
        ("D-10151", "10115", "TRANSPOSITION", BLOCKING),
        ("CE1A 1BB", "EC1A 1BB", "TRANSPOSITION", BLOCKING),
        ("2110", "02110", "LEADING_ZERO", BLOCKING),
        ("02110", "2110", "LEADING_ZERO", BLOCKING),
        ("2110-1234", "02110-1234", "LEADING_ZERO", BLOCKING),
        ("2110", "02110-1234", "LEADING_ZERO", BLOCKING),
        ("501", "00501", "LEADING_ZERO", BLOCKING),
        ("", "62701", "TOKEN_MISSING", BLOCKING),
    ],
)
def test_postal_codes(loa: str, csr: str, category: str, severity: str) -> None:
    assert told("postal_code", loa, csr) == (category, severity)


@pytest.mark.parametrize(
    ("loa", "csr", "spans"),
    [
        ("EC1A1BB", "EC1A 1BB", ("", " ")),
        ("62704", "62701", ("4", "1")),
        ("62701-1234", "62701", ("-1234", "")),
        ("D-10115", "10115", ("D-", "")),
        ("2110", "02110", ("", "0")),
        ("ec1a 1bb", "EC1A 1BB", ("ec1a 1bb", "EC1A 1BB")),
    ],
)
def test_the_spans_of_a_postal_code_are_exact(loa: str, csr: str, spans: tuple[str, str]) -> None:
    assert marked(only("postal_code", loa, csr)) == spans


@pytest.mark.parametrize(
    ("loa", "csr", "category", "severity"),
    [
        ("(217) 555-0100", BTN, "TN_FORMAT", INFO),
        ("217-555-0100", BTN, "TN_FORMAT", INFO),
        ("1-217-555-0100", BTN, "TN_FORMAT", INFO),
        ("12175550100", BTN, "TN_FORMAT", INFO),
        ("0012175550100", BTN, "TN_FORMAT", INFO),
        ("+1 217 555 0100", BTN, "TN_FORMAT", INFO),
        ("217-555-0100", "217.555.0100", "TN_FORMAT", INFO),
        ("0117 496 0123", "+441174960123", "TN_FORMAT", INFO),
        ("+44 (0)117 496 0123", "+441174960123", "TN_FORMAT", INFO),
        ("06 1234 5678", "+390612345678", "TN_FORMAT", INFO),
        ("030/23125-123", "+49 30 23125123", "TN_FORMAT", INFO),
        ("+１２１７５５５０１００", BTN, "TN_FORMAT", INFO),
        (" +12175550100", BTN, "WHITESPACE_ONLY", INFO),
        ("+12175550100\u200b", BTN, "INVISIBLE_CHAR", WARN),
        ("(217) 555-0100\u200b", BTN, "INVISIBLE_CHAR", WARN),
        ("", BTN, "TOKEN_MISSING", INFO),
        (None, BTN, "TOKEN_MISSING", INFO),
        ("+12175550010", BTN, "TRANSPOSITION", BLOCKING),
        ("217-555-0010", BTN, "TRANSPOSITION", BLOCKING),
        ("+12175550101", BTN, "DIGIT_SUBSTITUTION", BLOCKING),
        ("(217) 555-0190", BTN, "DIGIT_SUBSTITUTION", BLOCKING),
        ("+1217555010", BTN, "DIFFERENT", BLOCKING),
        ("+442175550100", BTN, "DIFFERENT", BLOCKING),
        ("555-0100", BTN, "DIFFERENT", BLOCKING),
        ("see attached", BTN, "DIFFERENT", BLOCKING),
        ("MBN 12-34", "MBN 1234", "SEPARATOR", BLOCKING),
    ],
)
def test_billing_numbers(loa: str | None, csr: str, category: str, severity: str) -> None:
    found = [one for one in differences("btn", loa, csr) if one.field == "btn"]
    assert [(one.category, one.severity) for one in found] == [(category, severity)]


@pytest.mark.parametrize(
    ("field", "loa", "csr", "category"),
    [
        ("cupid", "132", "123", "TRANSPOSITION"),
        ("nif", "B-1234567", "B1234567", "SEPARATOR"),
        ("customer_number", "12", "012", "LEADING_ZERO"),
        ("customerNumber", "12", "012", "LEADING_ZERO"),
        ("address_line_2", "Ste 4", "Suite 4", "ABBREVIATION_UNIT"),
        ("service-zip", "EC1A1BB", "EC1A 1BB", "POSTCODE_FORMAT"),
        ("mbn", "0117 496 0123", "+441174960123", "TN_FORMAT"),
        ("account_holder", "Acme Ltd", "Acme Limited", "COMPANY_SUFFIX_FORM"),
        ("city", "Koln", "Köln", "DIACRITIC"),
        ("city", "Springfeild", "Springfield", "TRANSPOSITION"),
        ("installation", "SL", "ML", "DIFFERENT"),
    ],
)
def test_other_fields_are_compared_by_what_their_name_says(field: str, loa: str, csr: str, category: str) -> None:
    assert only(field, loa, csr).category == category


@pytest.mark.parametrize("loa", ["", None, ["a"], {"b": 1}])
def test_other_fields_are_only_compared_where_both_have_a_text(loa: object) -> None:
    assert told("city", loa, "Köln") is None
    assert told("city", "Köln", loa) is None
