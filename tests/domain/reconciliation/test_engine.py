"""The whole form: order, verdict, what the carrier compares, secrets, and what earlier releases kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from portolan.domain.carrier import AccountData, CsrRecord
from portolan.domain.reconciliation import SECRET_FIELDS, Category, Difference, Severity, Verdict, reconcile, report
from portolan.domain.reconciliation.model import RULES, rank
from tests.domain.reconciliation.forms import CSR, LOA, NUMBERS, only

WRONG = {
    "entity_name": "Acme UK Ltd",
    "authorized_person": "Robert Jones",
    "service_address": "9 Elm Road, Springfield, IL",
    "postal_code": "62704",
    "account_number": "00482-1973",
    "btn": "(217) 555-0100",
    "numbers": NUMBERS[:2],
}


def test_an_equal_form_is_clean() -> None:
    found = report(LOA, CSR)
    assert (found.differences, found.verdict) == ([], Verdict.CLEAN)


def test_differences_come_in_the_order_of_the_form() -> None:
    found = reconcile(dict(reversed(WRONG.items())), dict(reversed(CSR.items())))
    assert [one.field for one in found] == list(WRONG)


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        ([], "clean"),
        (["btn"], "clean"),
        (["numbers"], "review"),
        (["btn", "numbers"], "review"),
        (["postal_code"], "blocked"),
        (list(WRONG), "blocked"),
    ],
)
def test_the_worst_difference_is_the_verdict(wrong: list[str], verdict: str) -> None:
    assert report({**LOA, **{field: WRONG[field] for field in wrong}}, CSR).verdict == verdict


def test_models_and_mappings_are_compared_alike() -> None:
    fields = {field: value for field, value in WRONG.items() if field != "numbers"}
    found = reconcile(AccountData(**fields), CsrRecord(**CSR))  # type: ignore[arg-type]  # every field is a text
    assert [one.field for one in found] == list(fields)
    assert found == reconcile(fields, CSR)


def test_a_model_with_other_fields_is_compared_whole() -> None:
    class Form(BaseModel):
        model_config = ConfigDict(extra="allow")
        city: str

    found = reconcile(Form(city="Bonn", cupid="12"), Form(city="Bern", cupid="21"))  # type: ignore[call-arg]
    assert [(one.field, one.category) for one in found] == [("city", "DIFFERENT"), ("cupid", "TRANSPOSITION")]


@pytest.mark.parametrize(
    "field", ["entity_name", "authorized_person", "service_address", "postal_code", "account_number"]
)
@pytest.mark.parametrize("empty", ["", "  ", "\u200b", None])
def test_what_every_loa_needs_may_not_be_empty(field: str, empty: str | None) -> None:
    found = only(field, empty, CSR[field])
    assert (found.category, found.severity, found.suggestion) == ("TOKEN_MISSING", "blocking", CSR[field])
    assert (found.loa_span, found.csr_span) == ((0, 0), (0, len(CSR[field])))


@pytest.mark.parametrize("field", [field for field in CSR if field not in {"billing_address", "numbers"}])
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_what_the_record_leaves_empty_is_not_compared(field: str, empty: str | None) -> None:
    assert reconcile(LOA, {**CSR, field: empty}) == []
    assert reconcile(LOA, {name: value for name, value in CSR.items() if name != field}) == []


def test_numbers_in_a_mapping_are_their_text() -> None:
    assert reconcile({"postal_code": 62701}, {"postal_code": "62701"}) == []
    assert [one.category for one in reconcile({"postal_code": 2110}, {"postal_code": "02110"})] == ["LEADING_ZERO"]


# -- what the losing carrier compares -----------------------------------------------------------------------------


def test_fields_the_carrier_does_not_compare_stop_nothing() -> None:
    simple = ["numbers", "account_number", "postal_code", "pin"]
    found = {one.field: one for one in reconcile(WRONG, CSR, compared=simple)}
    assert found["entity_name"].severity is Severity.WARN
    assert found["entity_name"].explanation.endswith("this losing carrier is not known to compare this field")
    assert found["account_number"].severity is Severity.BLOCKING
    assert "not known to compare" not in found["account_number"].explanation
    assert found["btn"].severity is Severity.INFO
    assert report({**LOA, "entity_name": "Globex"}, CSR, compared=simple).verdict is Verdict.REVIEW
    assert report({**LOA, "entity_name": "Globex"}, CSR).verdict is Verdict.BLOCKED


def test_nothing_else_in_such_a_field_stops_the_order_either() -> None:
    mangled = {"entity_name": "ACME, Ltd"}, {"entity_name": "Acme Limited"}
    for compared, severities in (([], ["blocking", "blocking", "info"]), (["numbers"], ["warn", "warn", "info"])):
        (found,) = reconcile(*mangled, compared=compared)
        assert [found.severity, *(other.severity for other in found.also)] == severities


def test_a_box_stops_the_order_whatever_the_carrier_compares() -> None:
    (found,) = reconcile({**LOA, "service_address": "PO Box 7"}, CSR, compared=["numbers"])
    assert (found.category, found.severity) == ("PO_BOX", "blocking")


@pytest.mark.parametrize(("compared", "severity"), [(["pin"], "blocking"), (["numbers"], "warn"), ([], "blocking")])
def test_a_secret_is_compared_under_any_of_its_names(compared: list[str], severity: str) -> None:
    (found,) = reconcile({"passcode": "1"}, {"passcode": "2"}, compared=compared)
    assert found.severity == severity


# -- the age of the letter ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "stale"), [(date(2026, 11, 30), False), (date(2026, 12, 1), True)])
def test_a_letter_grows_too_old(sent: date, stale: bool) -> None:
    found = reconcile(LOA, CSR, loa_signed_on=date(2026, 10, 31), sending_on=sent)
    assert [(one.field, one.category, one.severity) for one in found] == (
        [("loa_signed_on", "LOA_STALE", "blocking")] if stale else []
    )
    assert reconcile(LOA, CSR, loa_signed_on=date(2026, 10, 31)) == []
    assert bool(reconcile(LOA, CSR, loa_signed_on=date(2026, 10, 31), sending_on=sent, loa_max_age_days=31)) is False


def test_an_old_letter_is_told_whatever_the_carrier_compares() -> None:
    (found,) = reconcile(
        LOA, CSR, compared=["numbers"], loa_signed_on=date(2026, 1, 1), sending_on=date(2026, 3, 1), loa_max_age_days=30
    )
    assert found.blocking
    assert "59 days" in found.explanation


# -- secrets ------------------------------------------------------------------------------------------------------

SECRET_NAMES = [
    "pin",
    "PIN",
    "port-out PIN",
    "transferPin",
    "account_password",
    "ssn4",
    "passcode",
    "carrier_pin",
    "pac",
    "rio",
]


@pytest.mark.parametrize("field", [*SECRET_NAMES, *sorted(SECRET_FIELDS)])
@pytest.mark.parametrize(("loa", "category"), [("731946", "DIFFERENT"), ("", "TOKEN_MISSING"), (None, "TOKEN_MISSING")])
def test_of_a_secret_only_is_told_that_it_differs(field: str, loa: str | None, category: str) -> None:
    (found,) = reconcile({field: loa}, {field: "582037"})
    assert (found.field, found.category, found.severity) == (field, category, "blocking")
    assert (found.loa_span, found.csr_span, found.loa_value, found.csr_value) == ((0, 0), (0, 0), "", "")
    assert found.suggestion is None
    (longer,) = reconcile({field: loa and f"{loa}1"}, {field: "58203799"})
    assert longer == found
    assert found.in_words() == f"{field}: {found.explanation}"


@pytest.mark.parametrize(
    ("loa", "csr"), [("1234", "1234"), (" 1234", "1234 "), ("1234", ""), ("1234", None), (1234, "1234")]
)
def test_a_secret_that_is_right_or_not_on_record_is_not_told(loa: object, csr: object) -> None:
    assert reconcile({"pin": loa}, {"pin": csr}) == []


def test_a_secret_the_form_leaves_out_is_missed() -> None:
    (found,) = reconcile({}, {"pin": "1234"})
    assert (found.field, found.category) == ("pin", "TOKEN_MISSING")


# -- what is said and kept ----------------------------------------------------------------------------------------


def test_every_category_has_its_rank_and_its_words() -> None:
    assert set(RULES) == set(Category)
    assert all(rule.meaning for rule in RULES.values())
    first = [Category.CONFUSABLE, Category.INVISIBLE_CHAR, Category.COMPANY_SUFFIX_DIFFERENT, Category.DIFFERENT]
    ranks = [rank(category) for category in (*first, Category.TRANSPOSITION, Category.CASE_ONLY)]
    assert ranks == sorted(ranks)
    assert all(
        rank(Category.CASE_ONLY) > rank(one) for one in Category if one not in {Category.CASE_ONLY, Category.EXACT}
    )


def test_a_difference_in_words_says_what_where_and_what_to_do() -> None:
    words = only("entity_name", "Acme UK Ltd", "Acme UK Limited").in_words()
    assert words.startswith("entity_name: the LOA would say 'Acme UK Ltd', the record says 'Acme UK Limited'")
    assert "(characters 9 to 11)" in words
    assert words.endswith("Write it exactly as the record has it.")


def test_where_nothing_has_to_be_done_nothing_is_asked_for() -> None:
    found = only("entity_name", "ACME UK LIMITED", "Acme UK Limited")
    assert found.remedy == ""
    assert "Write" not in found.in_words()


OLD: dict[str, Any] = {
    "field": "entity_name",
    "category": "DIFFERENT",
    "blocking": True,
    "loa_value": "Acme Ltd",
    "csr_value": "Acme Limited",
    "span": [5, 8],
}


def test_what_earlier_releases_kept_is_read() -> None:
    read = Difference.model_validate(OLD)
    assert (read.severity, read.blocking, read.loa_span, read.span) == ("blocking", True, (5, 8), (5, 8))
    assert (read.suggestion, read.csr_span, read.also) == ("Acme Limited", (0, 12), [])
    assert "(characters 6 to 8)" in read.in_words()
    assert not Difference.model_validate({**OLD, "blocking": False, "category": "CASE_ONLY"}).blocking


def test_a_difference_survives_being_kept() -> None:
    found = reconcile({**WRONG, "entity_name": "ACME, UK Ltd"}, CSR)
    assert any(one.also for one in found)
    for one in found:
        assert Difference.model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize("text", ["Acme \ud800 Ltd", "\udfff"])
def test_half_a_character_breaks_nothing(text: str) -> None:
    found = only("entity_name", text, "Acme Ltd")
    assert "\ufffd" in found.loa_value
    found.model_dump_json()
    assert only("entity_name", "Acme Ltd", text).suggestion is None
    assert reconcile({"entity_name": text}, {"entity_name": text}) == []
    assert [one.field for one in reconcile({"a\ud800": "x"}, {"a\ud800": "y"})] == ["a\ufffd"]
    assert [one.field for one in reconcile({}, {"pin_\ud800": "y"})] == ["pin_\ufffd"]
