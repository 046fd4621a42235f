"""What Portolan knows, asked under Temporal's activity environment: accounts and rejections judged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.knowledge import KnowledgeActivities, reader
from portolan.domain.carrier import CsrRecord
from portolan.domain.effects import Cure, Judgement, Judging, Rejected
from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.reconciliation import Severity
from portolan.domain.rejections import Action, Rejection
from tests.world import ACCOUNT

NUMBERS = ["+12125550101", "+12125550102", "+12125550103"]
KNOWN = KnowledgeActivities()


def judged(csr: dict[str, Any] | None, **given: Any) -> Judgement:
    record = None if csr is None else CsrRecord(**{**ACCOUNT.model_dump(), **csr})
    fields = {"account": ACCOUNT, "numbers": NUMBERS[:2], "country": "US", "csr": record}
    judgement: Judgement = ActivityEnvironment().run(KNOWN.judge_account, Judging(**{**fields, **given}))
    return judgement


def cured(*rejections: Rejection, playbook: str = "US-LOCAL", **given: Any) -> Cure:
    fields: dict[str, Any] = {
        "rejections": list(rejections),
        "policy": PLAYBOOKS[playbook].policy(),
        "order_id": "acme-1",
        "losing_carrier": "Old Telco",
        "gaining_carrier": "Bright Voice",
        "numbers": NUMBERS,
        "btn": NUMBERS[0],
        "rejected_on": date(2026, 11, 20),
    }
    cure: Cure = ActivityEnvironment().run(KNOWN.judge_rejection, Rejected(**{**fields, **given}))
    return cure


def test_what_is_registered_is_what_the_workflow_calls() -> None:
    assert [each.__name__ for each in KNOWN.all] == ["judge_account", "judge_rejection"]


def test_without_a_record_nothing_differs() -> None:
    assert judged(None) == Judgement()


def test_a_record_that_lists_no_numbers_says_nothing_about_them() -> None:
    assert judged({}) == Judgement()


@pytest.mark.parametrize("written", [NUMBERS[:2], ["(212) 555-0101", "212.555.0102"], ["1 212 5550101", NUMBERS[1]]])
def test_numbers_are_the_same_in_any_writing(written: list[str]) -> None:
    found = judged({"numbers": written})
    assert (found.left, found.unknown) == ([], [])
    assert {difference.severity for difference in found.differences} <= {Severity.INFO}


def test_a_difference_has_its_field_and_the_records_own_characters() -> None:
    found = judged({"entity_name": "ACME Manufacturing Ltd"})
    (difference,) = found.differences
    assert (difference.field, difference.suggestion) == ("entity_name", "ACME Manufacturing Ltd")
    assert difference.blocking


def test_only_what_the_carrier_compares_stands_in_the_way() -> None:
    csr = {"entity_name": "Bell Works", "postal_code": "99999"}
    assert {one.field for one in judged(csr).differences if one.blocking} == {"entity_name", "postal_code"}
    found = {one.field: one.severity for one in judged(csr, compared=["postal_code"]).differences}
    assert found == {"entity_name": Severity.WARN, "postal_code": Severity.BLOCKING}


@pytest.mark.parametrize(
    ("on_record", "siblings", "left", "unknown"),
    [
        (NUMBERS, [], [NUMBERS[2]], []),
        (NUMBERS, [NUMBERS[2]], [], []),
        (NUMBERS[:1], [], [], [NUMBERS[1]]),
        ([NUMBERS[0], "(212) 555-0109"], [], ["+12125550109"], [NUMBERS[1]]),
        ([*NUMBERS[:2], "extension 7"], [], ["extension 7"], []),
    ],
    ids=["one stays", "a sibling leaves too", "one is not on it", "one stays, one is not on it", "no number"],
)
def test_who_stays_and_who_is_not_on_the_record(
    on_record: list[str], siblings: list[str], left: list[str], unknown: list[str]
) -> None:
    found = judged({"numbers": on_record}, siblings=siblings)
    assert (found.left, found.unknown) == (left, unknown)
    assert ("TN_MISSING" in {one.category for one in found.differences}) is bool(left)
    assert any(one.blocking for one in found.differences) is bool(unknown)


@pytest.mark.parametrize(
    ("country", "text", "e164"),
    [
        ("US", "(212) 555-0101", "+12125550101"),
        ("GB", "020 7946 0110", "+442079460110"),
        ("US", "+44 20 7946 0110", "+442079460110"),
        ("US", "extension 7", None),
        ("US", "", None),
    ],
)
def test_the_reader_reads_as_the_country_writes(country: str, text: str, e164: str | None) -> None:
    assert reader(country)(text) == e164


def test_a_rejection_says_what_to_change_and_drafts_nothing() -> None:
    cure = cured(Rejection(code="NAME_MISMATCH", text="name", suggestion="Acme Inc."))
    assert (cure.plan.fields, cure.dispute) == (("entity_name",), "")
    assert cure.rejections == [Rejection(code="NAME_MISMATCH", text="name", suggestion="Acme Inc.")]


def test_an_unlawful_ground_is_disputed_with_facts_and_rule() -> None:
    cure = cured(Rejection(code="UNPAID", text="Outstanding balance"))
    assert cure.plan.action is Action.DISPUTE
    for words in ("Old Telco", "Bright Voice", "acme-1", *NUMBERS, "FCC 03-237", "2026-11-20"):
        assert words in cure.dispute


def test_a_ground_that_is_lawful_elsewhere_is_not_disputed_there() -> None:
    grounds = {
        code: cured(Rejection(code="UNPAID", text="Outstanding balance"), playbook=code).dispute != ""
        for code in PLAYBOOKS
    }
    assert grounds["US-LOCAL"]
    unlawful = {code for code, book in PLAYBOOKS.items() if "UNPAID" in book.policy().unlawful_refusals}
    assert {code for code, disputed in grounds.items() if disputed} == unlawful


def test_beside_a_lawful_ground_nothing_is_disputed() -> None:
    cure = cured(Rejection(code="UNPAID", text="owes"), Rejection(code="NAME_MISMATCH", text="name"))
    assert (cure.plan.action is Action.DISPUTE, cure.dispute) == (False, "")


def test_one_bad_number_of_several_is_split_out() -> None:
    cure = cured(Rejection(code="TN_INACTIVE", text="dead", numbers=[NUMBERS[1]]))
    assert (cure.plan.action, cure.plan.numbers) == (Action.SPLIT_OUT, (NUMBERS[1],))


def test_the_main_number_is_never_split_out() -> None:
    cure = cured(Rejection(code="TN_INACTIVE", text="dead", numbers=[NUMBERS[0]]))
    assert cure.plan.action is not Action.SPLIT_OUT


def test_words_alone_are_read_where_they_are_clear_and_kept_as_they_were() -> None:
    text = "Service address does not match our records"
    cure = cured(Rejection(code="OTHER", text=text, numbers=[NUMBERS[1]], suggestion="12 Harbor St"))
    (reason,) = cure.rejections
    assert (reason.code, reason.text) == ("ADDRESS_MISMATCH", text)
    assert (reason.numbers, reason.suggestion) == ([NUMBERS[1]], "12 Harbor St")
    assert cure.plan.fields == ("service_address",)


@pytest.mark.parametrize(
    "told",
    [
        Rejection(code="OTHER", text="HELD BY GNOMES"),
        Rejection(code="OTHER", text="Service address does not match our records", vendor_code="ZZ-9"),
        Rejection(code="OTHER", text=""),
        Rejection(code="PIN_INVALID", text="Service address does not match our records"),
    ],
    ids=["unclear", "an unknown code", "no words", "a known code"],
)
def test_what_is_not_clear_or_has_a_code_stays_as_told(told: Rejection) -> None:
    (reason,) = cured(told).rejections
    assert (reason.code, reason.text) == (told.code, told.text)


def test_a_carrier_that_gives_no_reason_is_a_persons_task() -> None:
    assert cured().plan.action is Action.PERSON
