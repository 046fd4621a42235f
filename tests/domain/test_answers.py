"""What each answer to a task does to the order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from portolan.domain import outcomes, returning
from portolan.domain.carrier import CsrRecord, SendKind
from portolan.domain.clocks import Clock
from portolan.domain.order import Order
from portolan.domain.rejections import Rejection
from portolan.domain.states import State
from portolan.domain.tasks import TASKS, TaskKind
from tests.domain.builders import (
    ACCOUNT,
    DAY,
    FOC,
    HOUR,
    NOW,
    check,
    confirmed,
    differs,
    last,
    let_pass,
    looked,
    new,
    order_in,
    rejected,
    say,
    submitted,
    submitting,
    task,
    verifying,
)

ONE, TWO, THIRD = "+12125550143", "+12125550144", "+12125550145"
PERSON = "Charles"


def partial(**given: Any) -> Order:
    record = CsrRecord.model_validate(ACCOUNT.model_dump() | {"numbers": [ONE, TWO, THIRD], **given})
    return check(new(), record)


def split_from_another() -> Order:
    return check(new(because=[Rejection(code="TN_INACTIVE", numbers=[ONE])], split_from="acme-1"))


def came_back(**rejection: Any) -> Order:
    return rejected(new(), **rejection)


def cancelling(order: Order) -> Order:
    say(order, "cancel", by=PERSON, reason="moved")
    return order


def missed() -> Order:
    order = confirmed(new())
    say(order, "hold", by=PERSON, reason="in print")
    let_pass(order, Clock.FOC_MISSED)
    say(order, "release", FOC, by=PERSON)
    return order


def far_date() -> Order:
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=NOW + 100 * DAY)
    return order


def refused() -> Order:
    order = submitting(new())
    outcomes.refused(order, "no such customer", NOW)
    return order


def unreachable() -> Order:
    order = submitting(new())
    outcomes.unreachable(order, "HTTP 503", NOW)
    return order


def puzzled() -> Order:
    order = submitted(new())
    say(order, "carrier_puzzle", raw="JEOPARDY")
    return order


def held_long() -> Order:
    order = submitted(new())
    say(order, "hold", by=PERSON, reason="in print")
    return order


def unproven() -> Order:
    order = verifying(new())
    looked(order, {}, FOC)
    return order


def not_returned() -> Order:
    order = order_in(State.ROLLING_BACK)
    returning.refused(order, "reassigned", FOC + HOUR)
    return order


def not_cancelled() -> Order:
    order = cancelling(submitted(new()))
    outcomes.not_cancelled(order, "too late", NOW)
    return order


def chased() -> Order:
    order = submitted(new())
    let_pass(order, Clock.CHASE)
    return order


def unread() -> Order:
    order = submitted(new())
    order.open_task(TaskKind.READ_MESSAGE, "an approve message could not be read", NOW)
    return order


class Case(NamedTuple):
    """An answer: to what, what else is said, where the order stands then, what is on record, and what holds."""

    build: Callable[[], Order]
    kind: TaskKind
    answer: str
    state: State
    words: str
    holds: Callable[[Order], bool] = lambda order: True
    said: Mapping[str, Any] = MappingProxyType({})


A, T = State, TaskKind
CASES = [
    Case(
        lambda: differs(new()),
        T.CORRECT_DATA,
        "accept_suggestions",
        A.CHECKING,
        "entity_name: 'Acme Manufacturing Limited' becomes 'Acme Manufacturing Ltd'",
        lambda order: order.account.entity_name == "Acme Manufacturing Ltd",
    ),
    Case(
        lambda: differs(new()),
        T.CORRECT_DATA,
        "attest",
        A.CHECKING,
        "evidence: attested by Charles",
        lambda order: order.evidence == "attested by Charles",
    ),
    Case(
        lambda: check(new(), None),
        T.GIVE_EVIDENCE,
        "attest",
        A.CHECKING,
        "evidence: seen in the portal",
        lambda order: order.evidence == "seen in the portal",
        {"note": "seen in the portal"},
    ),
    Case(
        lambda: check(new(), CsrRecord.model_validate(ACCOUNT.model_dump() | {"numbers": [ONE]})),
        T.CORRECT_DATA,
        "split_out",
        A.CHECKING,
        "split into order-1-split-1 (1) and what stays here (1)",
        lambda order: order.request.numbers == [ONE],
    ),
    Case(
        partial,
        T.CONFIRM_REMAINING,
        "keep_remaining",
        A.CHECKING,
        "the numbers that stay on the account: keep",
        lambda order: (order.remaining, order.new_btn) == ("keep", ""),
    ),
    Case(
        lambda: partial(btn="2125550143"),
        T.CONFIRM_REMAINING,
        "keep_remaining",
        A.CHECKING,
        f"the numbers that stay on the account: keep, new billing number {THIRD}",
        lambda order: (order.remaining, order.new_btn) == ("keep", THIRD),
        {"note": THIRD},
    ),
    Case(
        lambda: partial(btn="2125550143"),
        T.CONFIRM_REMAINING,
        "cease_remaining",
        A.CHECKING,
        "the numbers that stay on the account: cease",
        lambda order: (order.remaining, order.new_btn) == ("cease", ""),
        {"note": "all of them"},
    ),
    Case(
        split_from_another,
        T.CURE_NUMBERS,
        "cured",
        A.CHECKING,
        "cured at the losing carrier",
        lambda order: order.cured,
    ),
    Case(
        split_from_another,
        T.CURE_NUMBERS,
        "give_up",
        A.CANCELLING,
        "a number is not in service at the losing carrier",
        lambda order: order.gave_up and order.cancelled_in is State.AWAITING_INFORMATION,
    ),
    Case(
        lambda: came_back(suggestion="Acme Ltd"),
        T.FIX_REJECTION,
        "accept_suggestions",
        A.CHECKING,
        "entity_name: 'Acme Manufacturing Limited' becomes 'Acme Ltd'",
        lambda order: (order.loa, order.send) == (None, SendKind.SUPPLEMENT),
    ),
    Case(
        lambda: came_back(code="NAME_MISMATCH", numbers=[TWO]),
        T.FIX_REJECTION,
        "split_out",
        A.SUBMITTING,
        "split into order-1-split-1 (1) and what stays here (1)",
        lambda order: (order.request.numbers, order.attempt) == ([ONE], 2),
    ),
    Case(
        lambda: came_back(code="UNPAID"),
        T.DISPUTE_REJECTION,
        "disputed",
        A.SUBMITTING,
        "the rejection was disputed; the order goes out again unchanged",
        lambda order: (order.attempt, order.send) == (2, SendKind.SUPPLEMENT),
    ),
    Case(
        lambda: came_back(code="UNPAID"),
        T.DISPUTE_REJECTION,
        "cured",
        A.SUBMITTING,
        "the customer paid",
        lambda order: order.attempt == 2,
        {"note": "the customer paid"},
    ),
    Case(
        lambda: came_back(code="TN_NOT_PORTABLE"),
        T.GIVE_UP,
        "give_up",
        A.CANCELLING,
        "the number stays where it is",
        lambda order: order.gave_up,
        {"note": "the number stays where it is"},
    ),
    Case(
        missed,
        T.CHOOSE_DATE,
        "request_new_date",
        A.SUBMITTING,
        "asking for 2026-12-03",
        lambda order: (order.send, str(order.requested_foc_on)) == (SendKind.NEW_DATE, "2026-12-03"),
        {"foc_at": datetime.fromisoformat("2026-12-04T03:00Z")},  # still the third in New York
    ),
    Case(
        missed,
        T.CHOOSE_DATE,
        "request_new_date",
        A.SUBMITTING,
        "asking for ",
        lambda order: order.requested_foc_on is not None and order.requested_foc_on > FOC.date(),
    ),
    Case(far_date, T.CHOOSE_DATE, "accept", A.FOC_CONFIRMED, "accepted as it is", lambda order: bool(order.foc_at)),
    Case(puzzled, T.READ_CARRIER, "dealt_with", A.SUBMITTED, "dealt with", lambda order: order.chase_at is not None),
    Case(refused, T.CARRIER_REFUSED, "retry", A.SUBMITTING, "sent again as it is", lambda order: order.attempt == 1),
    Case(
        unreachable,
        T.CARRIER_UNREACHABLE,
        "retry",
        A.SUBMITTING,
        "trying again now",
        lambda order: order.retry_at is None and order.attempt == 1,
    ),
    Case(unproven, T.PROVE_NUMBERS, "retry", A.VERIFYING, "trying again now", lambda order: order.retry_at is None),
    Case(chased, T.CHASE_CARRIER, "chased", A.SUBMITTED, "they promise Monday", said={"note": "they promise Monday"}),
    Case(held_long, T.REVIEW_HOLD, "keep", A.SUBMITTED, "keep", lambda order: order.hold is not None),
    Case(not_cancelled, T.CANCEL_REFUSED, "acknowledged", A.SUBMITTED, "acknowledged"),
    Case(not_returned, T.PORT_BACK_REFUSED, "acknowledged", A.ROLLBACK_WINDOW, "acknowledged"),
    Case(unread, T.READ_MESSAGE, "acknowledged", A.SUBMITTED, "acknowledged"),
]


def test_every_answer_to_every_task_is_covered() -> None:
    offered = {(kind, answer) for kind, facts in TASKS.items() for answer in facts.answers}
    assert {(case.kind, case.answer) for case in CASES} == offered


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.answer}-{case.state}")
def test_an_answer(case: Case) -> None:
    order = case.build()
    asked, now = task(order, case.kind), max(order.since, NOW)
    fields = {"task_id": asked.task_id, "answer": case.answer, "by": PERSON, "event_id": "answer-1"}
    say(order, "complete_task", now, **fields, **case.said)
    assert order.state is case.state
    assert (asked.closed_by, asked.answer, asked.closed_at) == (PERSON, case.answer, now)
    assert case.words in last(order).detail
    told = [entry for entry in order.unpublished if entry.event_id == "answer-1"]
    assert [(entry.by, entry.kind) for entry in told] == [(PERSON, "complete_task")]
    assert case.holds(order)


def test_a_dispute_whose_letter_grew_old_meanwhile_needs_a_signature_first() -> None:
    order = came_back(code="UNPAID")
    assert order.loa is not None
    late = order.loa.expires_at
    say(order, "complete_task", late, task_id="dispute-rejection-1", answer="disputed", by=PERSON, note="sent by mail")
    assert order.state is State.AWAITING_SIGNATURE
    assert "sent by mail; the signature on the LOA is missing or too old" in task(order, T.SIGN_LOA).detail


def test_giving_up_says_why_in_the_words_of_whoever_did() -> None:
    order = came_back(code="TN_NOT_PORTABLE")
    say(order, "complete_task", task_id="give-up-1", answer="give_up", by=PERSON, note="kept as it is")
    outcomes.cancelled(order, NOW)
    assert order.outcome == "Cannot be ported: kept as it is"


def test_split_out_before_anything_was_sent_does_not_blame_an_earlier_rejection() -> None:
    """A rejection that is being corrected is no reason for which a number is not on the record."""
    order = came_back(code="NAME_MISMATCH")
    say(order, "resubmit", corrections={"entity_name": "Acme Ltd"}, by=PERSON)
    record = CsrRecord.model_validate(ACCOUNT.model_dump() | {"entity_name": "Acme Ltd", "numbers": [ONE]})
    check(order, record)
    say(order, "complete_task", task_id=task(order, T.CORRECT_DATA).task_id, answer="split_out", by=PERSON)
    assert order.unsent[-1].facts["why"] == "not on the record"
