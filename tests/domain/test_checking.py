"""Judging an order before anything is sent: everything that a person has to settle is asked at once."""

from __future__ import annotations

from typing import Any

import pytest

from portolan.domain import checking
from portolan.domain.carrier import CsrAnswer, CsrRecord, NumberStatus, Portability
from portolan.domain.checking import NAMED
from portolan.domain.effects import Judgement, LookUp
from portolan.domain.order import Order
from portolan.domain.reconciliation import Severity
from portolan.domain.rejections import Rejection
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.domain.builders import (
    ACCOUNT,
    COORDINATOR,
    NOW,
    answer,
    check,
    judge,
    last,
    new,
    notices,
    open_kinds,
    say,
    sign,
    task,
)

ONE, TWO, THIRD = "+12125550143", "+12125550144", "+12125550145"
CURE = [Rejection(code="TN_INACTIVE", numbers=[ONE])]


def record(**given: Any) -> CsrRecord:
    """The account as we have it, but for what is given."""
    return CsrRecord.model_validate(ACCOUNT.model_dump() | given)


def look_up(order: Order, csr: CsrRecord | None, reason: str = "") -> None:
    found = [Portability(number=number, portable=True) for number in order.request.numbers]
    checking.looked_up(order, LookUp(portability=found, csr=CsrAnswer(record=csr, reason=reason)))


PARTIAL = {"numbers": ["212-555-0143", "(212) 555-0144", "2125550145"]}
C, E, R, N = TaskKind.CORRECT_DATA, TaskKind.GIVE_EVIDENCE, TaskKind.CONFIRM_REMAINING, TaskKind.CURE_NUMBERS
LEFT = "A partial port: 1 more on the account (+12125550145). Are they kept or do they cease?"
MAIN = f"{LEFT} +12125550143 is the account's main number: name the new one in the note if they are kept."


@pytest.mark.parametrize(
    ("csr", "asked", "given"),
    [
        (record(), {}, {}),
        (record(entity_name="ACME Manufacturing Limited"), {}, {}),
        (record(authorized_person="Grace Hopper", authorized_persons=["Ada Byron"]), {}, {}),
        (record(numbers=[ONE, TWO]), {}, {}),
        (record(entity_name="Acme Ltd"), {C: "Would be rejected as it stands. entity_name: "}, {}),
        (record(authorized_person="Grace Hopper"), {C: "Would be rejected as it stands. authorized_person: "}, {}),
        (record(numbers=["2125550143"]), {C: "Would be rejected as it stands. numbers: "}, {}),
        (None, {E: "No customer service record: it is not supplied"}, {}),
        (record(**PARTIAL), {R: LEFT}, {}),
        (record(**PARTIAL, btn="2125550145"), {R: LEFT}, {}),
        (record(**PARTIAL, btn="212 555 0143"), {R: MAIN}, {}),
        (record(**PARTIAL), {}, {"remaining": "keep"}),
        (record(**PARTIAL, btn="2125550143"), {}, {"remaining": "cease"}),
        (record(**PARTIAL, btn="2125550143"), {R: MAIN}, {"remaining": "keep"}),
        (record(**PARTIAL, btn="2125550143"), {}, {"remaining": "keep", "new_btn": THIRD}),
        (record(**PARTIAL), {}, {"siblings": [THIRD]}),
        (
            record(),
            {N: "Split out of acme-1. TN_INACTIVE: a number is not in service"},
            {"because": CURE, "split_from": "acme-1"},
        ),
        (
            record(**PARTIAL, postal_code="02111"),
            {C: "Would be rejected as it stands. postal_code: ", R: LEFT, N: "Split out of acme-1."},
            {"because": CURE, "split_from": "acme-1"},
        ),
        (None, {E: "No customer service record", N: "Split out of a."}, {"because": CURE, "split_from": "a"}),
    ],
)
def test_what_has_to_be_settled_is_asked_at_once_each_as_a_task(
    csr: CsrRecord | None, asked: dict[TaskKind, str], given: dict[str, Any]
) -> None:
    order = new(**given)
    look_up(order, csr, "it is not supplied")
    judge(order)
    if not asked:
        assert (order.state, open_kinds(order)) == (State.AWAITING_SIGNATURE, [TaskKind.SIGN_LOA])
        return
    assert (order.state, open_kinds(order)) == (State.AWAITING_INFORMATION, list(asked))
    for kind, words in asked.items():
        assert task(order, kind).detail.startswith(words)
        assert task(order, kind).detail in last(order).detail
    assert notices(order) == ["action_needed"]
    assert order.unsent[0].facts["why"] == last(order).detail.rstrip(".")


def test_what_only_some_carriers_mind_is_asked_too_and_said_so() -> None:
    order = new()
    look_up(order, record(numbers=[ONE, TWO, THIRD], features=[]))
    found = judge(order).differences
    warned = found[0].model_copy(update={"category": "ABBREVIATION_STREET", "severity": Severity.WARN})
    order = new()
    look_up(order, record())
    checking.checked(order, Judgement(differences=[warned]), NOW)
    assert task(order, C).detail.startswith("May be rejected. ")
    both = [warned, warned.model_copy(update={"severity": Severity.BLOCKING})]
    order = new()
    look_up(order, record())
    checking.checked(order, Judgement(differences=both), NOW)
    assert task(order, C).detail.startswith("Would be rejected as it stands. ")


@pytest.mark.parametrize(("more", "named"), [(NAMED, NAMED), (NAMED + 1, NAMED)])
def test_of_many_numbers_that_stay_the_first_are_named(more: int, named: int) -> None:
    stay = [f"+1212555{9000 + index}" for index in range(more)]
    order = check(new(), record(numbers=[ONE, TWO, *stay]))
    detail = task(order, R).detail
    assert order.left == stay
    assert f"{more} more on the account" in detail
    assert sum(number in detail for number in stay) == named
    assert (", ..." in detail) is (more > named)


def test_the_answers_to_one_question_leave_the_others_open() -> None:
    order = new(because=CURE, split_from="acme-1")
    look_up(order, record(**PARTIAL, postal_code="02111"))
    judge(order)
    for kind, reply, still in [
        (R, "keep_remaining", [C, N]),
        (N, "cured", [C]),
        (C, "attest", []),
    ]:
        say(order, "complete_task", task_id=task(order, kind).task_id, answer=reply, by="Charles")
        assert order.state is State.CHECKING
        judge(order)
        assert open_kinds(order) == (still or [TaskKind.SIGN_LOA])


@pytest.mark.parametrize(
    ("by_carrier", "by_request", "kept", "evidences"),
    [
        (record(), None, record(), []),
        (record(), record(postal_code="1"), record(), []),
        (None, record(postal_code="1"), record(postal_code="1"), ["csr"]),
        (None, None, None, []),
    ],
)
def test_the_carriers_record_counts_for_more_than_one_that_came_along(
    by_carrier: CsrRecord | None, by_request: CsrRecord | None, kept: CsrRecord | None, evidences: list[str]
) -> None:
    order = new(csr=by_request)
    look_up(order, by_carrier, "closed on Mondays")
    assert order.csr == kept
    assert order.csr_unavailable == ("" if by_carrier else "closed on Mondays")
    assert [given.kind for given in order.evidences] == evidences
    if evidences:
        (given,) = order.evidences
        assert (given.by, given.given_at, given.note) == (COORDINATOR.name, NOW, "with the request")


def test_a_carrier_that_says_nothing_of_why_is_said_to_supply_none() -> None:
    order = new()
    look_up(order, None)
    assert order.csr_unavailable == "the losing carrier supplies none"


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [("", "212-555-0143", "212-555-0143"), ("2125550144", "2125550143", "2125550144"), ("", "", "")],
)
def test_a_billing_number_that_was_left_out_is_the_records(ours: str, theirs: str, kept: str) -> None:
    order = new(account=ACCOUNT.model_copy(update={"btn": ours}))
    look_up(order, record(btn=theirs))
    assert order.account == ACCOUNT.model_copy(update={"btn": kept})


def test_nothing_is_asked_twice_and_a_correction_is_judged_by_the_same_record() -> None:
    order = check(new(), record(entity_name="Acme Ltd"))
    say(order, "resubmit", by="Charles", corrections={"entity_name": "Acme Ltd"})
    judge(order)
    assert (order.state, order.differences) == (State.AWAITING_SIGNATURE, [])
    assert order.account.entity_name == "Acme Ltd"


def test_with_evidence_in_place_of_the_record_differences_are_not_told_again() -> None:
    order = check(new(), record(entity_name="Acme Ltd"))
    answer(order, C, "attest", note="the carrier's desk, by telephone")
    judge(order)
    assert (order.state, order.differences) == (State.AWAITING_SIGNATURE, [])


def test_one_number_that_cannot_be_taken_ends_the_order_before_anything_is_asked() -> None:
    order = new(because=CURE, split_from="acme-1")
    found = [
        Portability(number=ONE, portable=True),
        Portability(number=TWO, portable=False),
    ]
    checking.looked_up(order, LookUp(portability=found, csr=CsrAnswer()))
    judge(order)
    assert (order.state, order.outcome, open_kinds(order)) == (State.NOT_PORTABLE, f"{TWO}: not portable", [])
    assert order.number_status == {ONE: NumberStatus.PENDING, TWO: NumberStatus.FAILED}


def test_a_signature_that_covers_it_is_not_asked_for_again() -> None:
    order = sign(check(new(), record(numbers=[ONE, TWO])))
    order.state = State.CHECKING
    judge(order)
    assert (order.state, last(order).detail) == (
        State.AWAITING_APPROVAL,
        "the signed LOA still covers the order",
    )
