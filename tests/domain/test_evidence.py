"""What shows that the account data is right where the carrier's record does not: taken, kept, and judged by."""

from __future__ import annotations

from typing import Any

import pytest

from portolan.domain.carrier import AccountData
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.domain.builders import (
    ACCOUNT,
    HOUR,
    NOW,
    answer,
    check,
    differs,
    judge,
    last,
    new,
    notices,
    on_file,
    open_kinds,
    rejected,
    say,
)

DIGEST = "c0" * 32
TYPED_OFF = ACCOUNT.model_dump() | {"entity_name": "Acme Ltd"}


def give(order: Order, evidence: str, **fields: Any) -> Order:
    say(order, "give_evidence", NOW + HOUR, by="Charles", evidence=evidence, **fields)
    return judge(order, NOW + HOUR) if order.state is State.CHECKING else order


def without_record() -> Order:
    return check(new(), None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"evidence": "bill", "dated_on": "2026-10-20"}, "evidence: bill dated 2026-10-20"),
        (
            {"evidence": "bill", "dated_on": "2026-10-20", "document": DIGEST},
            f"evidence: bill dated 2026-10-20, document sha256 {DIGEST}",
        ),
        ({"evidence": "portal_screenshot"}, "evidence: portal screenshot"),
        (
            {"evidence": "portal_screenshot", "dated_on": "2026-11-01", "document": DIGEST},
            f"evidence: portal screenshot dated 2026-11-01, document sha256 {DIGEST}",
        ),
        ({"evidence": "attestation", "note": "by telephone"}, "evidence: attestation"),
    ],
)
@pytest.mark.parametrize("csr", [None, ACCOUNT.model_copy(update={"entity_name": "Acme Ltd"})], ids=["none", "wrong"])
def test_evidence_takes_the_place_of_a_record(csr: AccountData | None, fields: dict[str, Any], words: str) -> None:
    order = check(new(), csr)
    say(order, "give_evidence", NOW + HOUR, by="Charles", **fields)
    assert (order.state, order.evidence, last(order).detail) == (State.CHECKING, words, words)
    (kept,) = order.evidences
    assert (kept.kind, kept.by, kept.given_at) == (fields["evidence"], "Charles", NOW + HOUR)
    assert kept.dated_on == (None if "dated_on" not in fields else kept.dated_on)
    assert str(kept.dated_on or "") == fields.get("dated_on", "")
    assert (kept.document or "", kept.note) == (fields.get("document", ""), fields.get("note", ""))
    judge(order, NOW + HOUR)
    assert (order.state, order.differences, order.csr) == (State.AWAITING_SIGNATURE, [], on_file(csr))


@pytest.mark.parametrize("build", [without_record, lambda: differs(new())], ids=["none", "another"])
def test_a_record_typed_off_is_compared_like_the_carriers_own(build: Any) -> None:
    order = give(build(), "csr", record=TYPED_OFF)
    assert (order.state, open_kinds(order)) == (State.AWAITING_INFORMATION, [TaskKind.CORRECT_DATA])
    assert [difference.suggestion for difference in order.differences] == ["Acme Ltd"]
    assert (order.evidence, order.csr_unavailable) == ("", "")
    answer(order, TaskKind.CORRECT_DATA, "accept_suggestions")
    judge(order)
    assert (order.state, order.account.entity_name) == (State.AWAITING_SIGNATURE, "Acme Ltd")
    assert [kept.kind for kept in order.evidences] == ["csr"]


def test_a_record_that_agrees_lets_the_order_go_on() -> None:
    order = give(without_record(), "csr", record=ACCOUNT.model_dump())
    assert order.state is State.AWAITING_SIGNATURE
    assert "its data is taken as the record" in order.unpublished[2].detail


def test_a_record_ends_what_stood_in_for_it() -> None:
    order = check(new(), None)
    say(order, "give_evidence", by="Charles", evidence="attestation")
    order.state = State.AWAITING_INFORMATION  # another question was open
    give(order, "csr", record=TYPED_OFF)
    assert (order.evidence, open_kinds(order)) == ("", [TaskKind.CORRECT_DATA])
    assert [kept.kind for kept in order.evidences] == ["attestation", "csr"]


def test_corrected_data_needs_evidence_of_its_own() -> None:
    order = give(without_record(), "bill", dated_on="2026-10-20")
    assert order.state is State.AWAITING_SIGNATURE
    order.state = State.AWAITING_INFORMATION
    say(order, "resubmit", by="Charles", corrections={"postal_code": "02111"})
    judge(order)
    assert open_kinds(order) == [TaskKind.GIVE_EVIDENCE]


def test_given_after_a_rejection_it_is_kept_and_a_record_is_what_is_suggested_then() -> None:
    order = rejected(new(), code="POSTCODE_MISMATCH")
    give(order, "csr", record=ACCOUNT.model_dump() | {"postal_code": "02111"})
    assert order.state is State.ACTION_REQUIRED
    answer(order, TaskKind.FIX_REJECTION, "accept_suggestions", NOW + HOUR)
    assert order.account.postal_code == "02111"
    judge(order, NOW + HOUR)
    assert order.state is State.AWAITING_SIGNATURE


def test_evidence_given_after_a_rejection_moves_nothing_by_itself() -> None:
    order = rejected(new())
    before = notices(order)
    give(order, "bill", dated_on="2026-10-20")
    assert (order.state, order.attempt, order.evidence) == (
        State.ACTION_REQUIRED,
        1,
        "evidence: bill dated 2026-10-20",
    )
    assert (open_kinds(order), notices(order)) == ([TaskKind.FIX_REJECTION], before)
