"""What each answer to a task does to the order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from portolan.domain import bridging, outcomes, returning
from portolan.domain.carrier import BridgeAnswer, CsrRecord, MessagingStatus, NumberStatus, Routing, SendKind
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
    held,
    independently,
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

MINUTE = HOUR / 60
ONE, TWO, THIRD = "+12125550143", "+12125550144", "+12125550145"
PERSON = "Charles"


def partial(**given: Any) -> Order:
    record = CsrRecord.model_validate(ACCOUNT.model_dump() | {"numbers": [ONE, TWO, THIRD], **given})
    return check(new(), record)


def split_from_another() -> Order:
    return check(new(because=[Rejection(code="TN_INACTIVE", numbers=[ONE])], split_from="acme-1"))


def came_back(**rejection: Any) -> Order:
    return rejected(new(), **rejection)


def at_hold() -> Order:
    order = submitting(new())
    outcomes.on_hold_there(order, "telnyx is on hold", NOW)
    return order


def asked_by_carrier() -> Order:
    order = submitted(new())
    outcomes.observed(order, held(order, asks="Sign the letter."), NOW)
    return order


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


GATED: dict[str, Any] = {"runbook": ["emergency_desk"], "gates": ["emergency_desk"]}


def risky() -> Order:
    """The day after the FOC is a closed one."""
    return confirmed(new(policy={"runbook": ["calendar"], "gates": ["calendar"], "closed_days": [date(2026, 11, 18)]}))


def stuck() -> Order:
    """On hold, and the carrier cannot pause it."""
    order = submitted(new(policy={**GATED, "supplements": False}))
    say(order, "hold", by=PERSON, reason="in print")
    return order


def not_forwarded() -> Order:
    order = order_in(State.BRIDGING)
    claimed = dict.fromkeys(order.request.numbers, "+99900000001")
    bridging.built(order, BridgeAnswer(claimed=claimed, forward_to="sip:order-1@bridge.example"), NOW)
    return order


def waiting_for_the_rest() -> Order:
    order = order_in(State.PARTIALLY_ACTIVE)
    outcomes.looked_at_rest(order, {}, FOC)
    return order


def half_ported() -> Order:
    """Half of the network still routes the calls to the losing carrier."""
    order = verifying(independently(new()))
    routing = [Routing(number=ONE, at_gaining=True), Routing(number=TWO, at_gaining=False)]
    looked(order, dict.fromkeys(order.request.numbers, NumberStatus.ACTIVE), FOC, routing)
    return order


def no_ringback() -> Order:
    order = verifying(new(policy={"test_slots": [15, 30], "test_checks": ["ringback"]}))
    for minutes in (16, 31):
        result = {"number": ONE, "origin": "mobile", "checks": {"ringback": "silence"}}
        say(order, "test_calls", FOC + minutes * MINUTE, by=PERSON, results=[result])
    return order


def messaging_late(until: Clock = Clock.MESSAGING_LATE) -> Order:
    order = order_in(State.ROLLBACK_WINDOW)
    order.messaging = dict.fromkeys(order.request.numbers, MessagingStatus.ACTIVATING)
    order.messaging_until = FOC + 71 * HOUR
    order.messaging_at = FOC + 90 * HOUR
    let_pass(order, until)
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
    Case(
        at_hold,
        T.CARRIER_ON_HOLD,
        "retry",
        A.SUBMITTING,
        "trying again now",
        lambda order: order.retry_at is None and order.attempt == 1,
    ),
    Case(
        asked_by_carrier,
        T.CARRIER_ASKS,
        "done_at_carrier",
        A.SUBMITTED,
        "done; the carrier is asked whether it has what it wants",
        lambda order: order.refetch,
    ),
    Case(unproven, T.PROVE_NUMBERS, "retry", A.VERIFYING, "trying again now", lambda order: order.retry_at is None),
    Case(chased, T.CHASE_CARRIER, "chased", A.SUBMITTED, "they promise Monday", said={"note": "they promise Monday"}),
    Case(held_long, T.REVIEW_HOLD, "keep", A.SUBMITTED, "keep", lambda order: order.hold is not None),
    Case(not_cancelled, T.CANCEL_REFUSED, "acknowledged", A.SUBMITTED, "acknowledged"),
    Case(not_returned, T.PORT_BACK_REFUSED, "acknowledged", A.ROLLBACK_WINDOW, "acknowledged"),
    Case(unread, T.READ_MESSAGE, "acknowledged", A.SUBMITTED, "acknowledged"),
    Case(
        lambda: confirmed(new(policy=GATED)),
        T.SIGN_OFF,
        "done",
        A.FOC_CONFIRMED,
        "signed off: emergency_desk (Bo, at any hour)",
        lambda order: order.signoffs["emergency_desk"].by == PERSON,
        {"note": "Bo, at any hour"},
    ),
    Case(
        risky,
        T.CHECK_DATE,
        "accept",
        A.FOC_CONFIRMED,
        "signed off: calendar (the date stands)",
        lambda order: order.signoffs["calendar"].foc_at == FOC,
    ),
    Case(
        risky,
        T.CHECK_DATE,
        "request_new_date",
        A.SUBMITTING,
        "asking for 2026-11-19",
        lambda order: order.send is SendKind.NEW_DATE,
    ),
    Case(
        not_forwarded,
        T.FORWARD_CALLS,
        "retry",
        A.BRIDGING,
        "trying again now",
        lambda order: order.retry_at is None,
    ),
    Case(
        stuck,
        T.CHOOSE_BRIDGE,
        "bridge",
        A.CANCELLING,
        "bridged first: in print",
        lambda order: order.bridge_next and order.hold is not None,
    ),
    Case(
        stuck,
        T.CHOOSE_BRIDGE,
        "let_it_port",
        A.SUBMITTED,
        "no longer on hold",
        lambda order: (order.hold, order.bridge) == (None, None),
    ),
    Case(
        lambda: order_in(State.BRIDGED), T.RELEASE_BRIDGE, "keep", A.BRIDGED, "until June", said={"note": "until June"}
    ),
    Case(
        lambda: order_in(State.PARTIALLY_ACTIVE),
        T.FINISH_ACTIVATION,
        "activate_again",
        A.CUTTING_OVER,
        "the others are activated again",
        lambda order: order.activated_at == FOC,
    ),
    Case(
        waiting_for_the_rest,
        T.FINISH_ACTIVATION,
        "retry",
        A.PARTIALLY_ACTIVE,
        "trying again now",
        lambda order: order.retry_at is None,
    ),
    Case(
        lambda: order_in(State.PARTIALLY_ACTIVE),
        T.FINISH_ACTIVATION,
        "split_out",
        A.VERIFYING,
        "split into order-1-split-1 (1) and what stays here (1)",
        lambda order: (order.request.numbers, order.splits) == ([TWO], ["order-1-split-1"]),
    ),
    Case(
        half_ported,
        T.HALF_PORTED,
        "retry",
        A.VERIFYING,
        "trying again now",
        lambda order: order.retry_at is None,
    ),
    Case(
        no_ringback,
        T.TESTS_FAIL,
        "fix_forward",
        A.VERIFYING,
        "put right on the new side; no return is ordered",
        lambda order: order.retry_at is None and not order.returns,
    ),
    Case(
        messaging_late,
        T.MESSAGING_LATE,
        "retry",
        A.ROLLBACK_WINDOW,
        "trying again now",
        lambda order: order.ask_messaging,
    ),
    Case(
        messaging_late,
        T.MESSAGING_LATE,
        "without_messaging",
        A.ROLLBACK_WINDOW,
        "messaging: not waited for, says Charles",
        lambda order: order.without_messaging != "" and order.messaging_at is None,
    ),
    Case(
        lambda: messaging_late(Clock.WINDOW_CLOSES),
        T.MESSAGING_LATE,
        "without_messaging",
        A.COMPLETED,
        "Ported on 2026-11-17 16:00 UTC; the rollback window closed on 2026-11-20 16:00 UTC.",
        lambda order: order.without_messaging == "by mail from now on",
        {"note": "by mail from now on"},
    ),
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
