"""The bridge: from the start, or where the carrier cannot pause; released, removed, refused, left alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from portolan.domain import bridging, outcomes, proving, settling
from portolan.domain.bridge import TRADE_OFFS, Bridge
from portolan.domain.carrier import BridgeAnswer, CarrierStatus, SendKind
from portolan.domain.clocks import Clock, acts, takes_down
from portolan.domain.order import Cause, Order
from portolan.domain.refusals import allowed
from portolan.domain.states import State, Turn
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from tests.domain.builders import (
    ACCOUNT,
    BOSS,
    COORDINATOR,
    DAY,
    FOC,
    INSTANT,
    NOW,
    answer,
    bridged,
    check,
    confirmed,
    deadline,
    differs,
    held,
    last,
    let_pass,
    new,
    notices,
    open_kinds,
    say,
    sign,
    submitted,
    task,
    try_to_say,
)

PERSON = "Charles"
FIRST: dict[str, Any] = {"strategy": "bridge_then_port"}
RUNBOOK = ["emergency_desk"]
#: The carrier takes another date, or does not.
PAUSES: dict[str, Any] = {"policy": {"runbook": RUNBOOK, "gates": []}}
STUCK: dict[str, Any] = {"policy": {"runbook": RUNBOOK, "gates": [], "supplements": False}}
UNTIL = datetime.fromisoformat("2026-12-01T14:00Z")  # a Tuesday morning in New York
HOLD: dict[str, Any] = {"reason": "in print", "by": PERSON}


def bridge_answer(order: Order, carries: bool = True) -> BridgeAnswer:
    claimed = {number: f"+9990000000{index}" for index, number in enumerate(order.request.numbers)}
    return BridgeAnswer(claimed=claimed, forward_to="sip:order-1@bridge.example", carries=carries)


def bridge_of(order: Order) -> Bridge:
    assert order.bridge is not None
    return order.bridge


def kinds(order: Order) -> list[str]:
    return [str(entry.kind) for entry in order.unpublished]


# -- from the start -------------------------------------------------------------------------------------------------


def test_it_is_built_before_anybody_signs_and_what_it_means_is_on_record() -> None:
    order = check(new(**FIRST))
    assert (order.state, order.turn, acts(order)) == (State.BRIDGING, Turn.PORTOLAN, True)
    assert not bridge_of(order).stands
    assert last(order).detail == (f"the bridge comes first, the port is a second step. {' '.join(TRADE_OFFS)}")
    assert NoticeKind.SIGNATURE_NEEDED not in notices(order)
    assert check(new()).state is State.AWAITING_SIGNATURE


def test_data_that_would_be_rejected_is_corrected_before_anything_is_claimed() -> None:
    order = differs(new(**FIRST))
    assert (order.state, order.bridge) == (State.AWAITING_INFORMATION, None)
    answer(order, TaskKind.CORRECT_DATA, "accept_suggestions")
    check(order, ACCOUNT.model_copy(update={"entity_name": "Acme Manufacturing Ltd"}))
    assert order.state is State.BRIDGING


def test_until_calls_come_through_the_customer_forwards_and_it_is_looked_again() -> None:
    order = check(new(**FIRST))
    bridging.built(order, bridge_answer(order, carries=False), NOW)
    assert (order.state, bridge_of(order).stands, bridge_of(order).carries_since) == (State.BRIDGING, True, None)
    asks = task(order, TaskKind.FORWARD_CALLS)
    assert asks.detail.startswith("Forward the legacy numbers to sip:order-1@bridge.example; it is looked for a call")
    assert TRADE_OFFS[0] in asks.detail
    assert (asks.turn, acts(order)) == (Turn.CUSTOMER, False)
    for count, wait in enumerate([*proving.PROOF_WAITS[1:], proving.PROOF_WAIT_LATER], 1):
        at = let_pass(order, Clock.RETRY)
        assert acts(order)
        bridging.built(order, bridge_answer(order, carries=False), at)
        assert (order.tries, order.retry_at) == (count + 1, at + wait)
    assert [kinds(order).count(kind) for kind in ("bridge_built", "retry")] == [1, 0]
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 1
    answer(order, TaskKind.FORWARD_CALLS, "retry", NOW + 2 * DAY)
    assert acts(order)
    bridging.built(order, bridge_answer(order), NOW + 2 * DAY)
    assert (order.state, bridge_of(order).carries_since) == (State.BRIDGED, NOW + 2 * DAY)
    assert TaskKind.FORWARD_CALLS not in open_kinds(order)
    assert last(order).detail == "a call to each of 2 numbers came through the bridge"
    assert order.unsent[-1].facts["forward_to"] == "sip:order-1@bridge.example"


def test_a_carrier_that_builds_none_is_a_persons_to_settle_and_asked_again() -> None:
    order = check(new(**FIRST))
    bridging.not_built(order, "no numbers in this rate centre", NOW)
    assert order.state is State.BRIDGING
    assert task(order, TaskKind.FORWARD_CALLS).detail == (
        "The gaining carrier builds no bridge: no numbers in this rate centre"
    )
    assert order.unsent[-1].facts["why"] == "The bridge was not built: no numbers in this rate centre"
    assert (deadline(order).clock, deadline(order).at) == (Clock.RETRY, NOW + proving.PROOF_WAIT_LATER)
    say(order, "cancel", reason="no bridge", by=PERSON)
    assert order.state is State.CANCELLING


def test_while_it_stands_people_are_reminded_and_silence_ends_nothing() -> None:
    order = bridged(new(**FIRST))
    assert task(order, TaskKind.RELEASE_BRIDGE).detail.endswith(
        "Release begins the port; cancel removes the bridge at once."
    )
    for week in (1, 2, 3, 4, 5, 6):
        assert let_pass(order, Clock.REMINDER) == NOW + 7 * week * DAY
    assert order.state is State.BRIDGED
    answer(order, TaskKind.RELEASE_BRIDGE, "keep", NOW + 42 * DAY, note="the campaign runs")
    assert (order.state, last(order).detail) == (State.BRIDGED, "the campaign runs")


def test_released_the_port_begins_and_the_bridge_stays_until_it_is_done() -> None:
    order = bridged(new(**FIRST))
    assert "release" in allowed(order, NOW)
    assert "hold" not in allowed(order, NOW)
    say(order, "release", by=PERSON)
    assert (order.state, order.bridge_first) == (State.AWAITING_SIGNATURE, False)
    assert task(order, TaskKind.SIGN_LOA).detail.endswith("released: the port begins")
    say(sign(order), "approve", by=PERSON)
    outcomes.sent(order, held(order), NOW)
    say(order, "foc_confirmed", foc_at=FOC)
    let_pass(order, Clock.CUTOVER)
    outcomes.activated(order, held(order, CarrierStatus.PORTED), FOC)
    proving.proven(order, FOC)
    assert not takes_down(order)
    at = let_pass(order, Clock.WINDOW_CLOSES)
    assert (order.state, takes_down(order), acts(order)) == (State.SETTLING, True, True)
    assert "The bridge is not settled yet" in last(order).detail
    settling.bridge_removed(order, at)
    assert (order.state, bridge_of(order).stands, bridge_of(order).removed_at) == (State.COMPLETED, False, at)


def test_rejected_and_corrected_it_is_not_bridged_a_second_time() -> None:
    order = bridged(new(**FIRST))
    say(order, "release", by=PERSON)
    say(sign(order), "approve", by=PERSON)
    outcomes.sent(order, held(order), NOW)
    say(order, "carrier_rejected", reasons=["NAME_MISMATCH"])
    say(order, "resubmit", corrections={"entity_name": "Acme Ltd"}, by=PERSON)
    check(order, ACCOUNT.model_copy(update={"entity_name": "Acme Ltd"}))
    assert order.state is State.AWAITING_SIGNATURE


@pytest.mark.parametrize("by", ["cancel", "rollback"])
@pytest.mark.parametrize("stands", [False, True], ids=["being built", "standing"])
def test_it_is_removed_at_once(by: str, stands: bool) -> None:
    order = bridged(new(**FIRST)) if stands else check(new(**FIRST))
    if by == "rollback" and not stands:
        assert not try_to_say(order, "rollback", decided_by=BOSS.name, reason="dead air").accepted
        return
    fields = {"by": PERSON} if by == "cancel" else {"decided_by": BOSS.email}
    say(order, by, reason="dead air", **fields)
    assert (order.state, settling.bridge_open(order)) == (State.CANCELLING, True)
    settling.bridge_removed(order, NOW)
    outcomes.cancelled(order, NOW)
    assert (order.state, order.outcome) == (State.CANCELLED, "Cancelled: dead air")
    assert not settling.bridge_open(order)


def test_only_a_decider_rolls_it_back_and_alone_where_two_decide_on_a_port() -> None:
    order = bridged(new(second_person=COORDINATOR, **FIRST))
    refused = try_to_say(order, "rollback", decided_by=PERSON, reason="dead air")
    assert refused.reason == "Charles is not the decision-maker of this order."
    assert refused.instead == "Only Grace Hopper or Charles Babbage can have the bridge removed."
    say(order, "rollback", decided_by=BOSS.name, reason="dead air")
    assert (order.state, order.proposal, order.returns) == (State.CANCELLING, None, [])
    assert last(order).detail == "the bridge is removed: dead air"


@pytest.mark.parametrize("released", [True, False])
def test_silence_after_the_release_removes_the_bridge_instead_of_forgetting_it(released: bool) -> None:
    order = bridged(new(**FIRST)) if released else check(new())
    if released:
        say(order, "release", by=PERSON)
    at = let_pass(order, Clock.CUSTOMER_SILENCE)
    assert at == NOW + 30 * DAY
    assert order.state is (State.CANCELLING if released else State.EXPIRED)
    if released:
        assert order.cancel_reason == "no answer for 30 days; the bridge is removed"
        settling.bridge_removed(order, at)
        outcomes.cancelled(order, at)
        assert order.outcome == "Cancelled: no answer for 30 days; the bridge is removed"


# -- on hold after the sending --------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [submitted, confirmed], ids=["no date yet", "a date before its end"])
def test_a_hold_with_an_end_asks_for_a_day_of_which_no_part_is_on_hold(build: Any) -> None:
    order = build(new(**PAUSES))
    say(order, "hold", until=UNTIL, **HOLD)
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.NEW_DATE, 2)
    assert str(order.requested_foc_on) == "2026-12-02"
    assert last(order).detail == "on hold: asking for 2026-12-02"
    assert order.hold is not None
    assert (order.hold.supplements, acts(order)) == (True, True)
    outcomes.sent(order, held(order), NOW)
    say(order, "foc_confirmed", NOW + DAY, foc_at=UNTIL + DAY)
    assert (order.state, order.hold is not None) == (State.FOC_CONFIRMED, True)
    assert let_pass(order, Clock.HOLD_ENDS) == UNTIL
    assert order.hold is None
    assert let_pass(order, Clock.CUTOVER) == UNTIL + DAY


@pytest.mark.parametrize(
    ("until", "day"),
    [
        ("2026-12-01T05:00:00Z", "2026-12-01"),  # midnight in New York: that day is free
        ("2026-12-01T05:00:00.000001Z", "2026-12-02"),
        ("2026-11-27T14:00:00Z", "2026-12-01"),  # a Friday; then a Tuesday is the first good day
    ],
)
def test_the_day_to_ask_for_is_the_first_good_one_after_the_hold(until: str, day: str) -> None:
    order = submitted(new(**PAUSES))
    say(order, "hold", until=until, **HOLD)
    assert str(order.requested_foc_on) == day


@pytest.mark.parametrize(("horizon", "until"), [(30, UNTIL + 2 * DAY), (8, NOW + 8 * DAY)])
def test_where_no_date_lies_so_far_ahead_none_inside_the_hold_is_asked_for(horizon: int, until: datetime) -> None:
    order = submitted(new(policy={**PAUSES["policy"], "foc_horizon_days": horizon}))
    say(order, "hold", until=until, **HOLD)
    assert (order.state, order.attempt) == (State.SUBMITTED, 1)
    assert task(order, TaskKind.CHOOSE_BRIDGE).detail.startswith(
        f"Within {horizon} days, as far ahead as a date can lie, the hold does not end. A bridge"
    )


@pytest.mark.parametrize(("until", "asks"), [(FOC, False), (FOC + INSTANT, True)])
def test_a_date_after_the_hold_stands(until: datetime, asks: bool) -> None:
    order = confirmed(new(**PAUSES))
    say(order, "hold", until=until, **HOLD)
    assert (order.state is State.SUBMITTING) is asks
    assert (order.attempt == 2) is asks


def test_a_hold_without_an_end_has_no_date_to_ask_for_and_offers_the_bridge_once_there_is_one() -> None:
    order = submitted(new(**PAUSES))
    say(order, "hold", **HOLD)
    assert TaskKind.CHOOSE_BRIDGE not in open_kinds(order)
    say(order, "foc_confirmed", foc_at=FOC)
    assert (order.state, order.attempt) == (State.FOC_CONFIRMED, 1)
    assert task(order, TaskKind.CHOOSE_BRIDGE).detail.startswith(
        "A hold without an end names no date that could be asked for instead. "
    )


def test_another_date_inside_the_hold_after_asking_offers_the_bridge_and_is_not_asked_about_again() -> None:
    order = submitted(new(**PAUSES))
    say(order, "hold", until=UNTIL, **HOLD)
    outcomes.sent(order, held(order), NOW)
    say(order, "foc_confirmed", foc_at=UNTIL - INSTANT)
    assert (order.state, order.attempt) == (State.FOC_CONFIRMED, 2)
    assert task(order, TaskKind.CHOOSE_BRIDGE).detail.startswith(
        "Old Telco confirmed a date before the end of the hold. "
    )


def test_where_nothing_is_asked_of_people_the_carrier_is_asked_for_nothing_either() -> None:
    plain = confirmed(new())
    say(plain, "hold", until=UNTIL, **HOLD)
    assert (plain.state, TaskKind.CHOOSE_BRIDGE in open_kinds(plain)) == (State.FOC_CONFIRMED, False)


def test_before_the_sending_it_just_waits() -> None:
    order = sign(check(new(**PAUSES)))
    say(order, "hold", until=UNTIL, **HOLD)
    say(order, "approve", by=PERSON)
    assert (order.state, acts(order)) == (State.SUBMITTING, False)
    say(order, "release", by=PERSON)
    assert (acts(order), order.send, order.attempt) == (True, SendKind.NEW, 1)


def test_only_the_date_goes_out_on_hold_corrections_wait() -> None:
    order = submitted(new(**PAUSES))
    say(order, "hold", until=UNTIL, **HOLD)
    outcomes.sent(order, held(order), NOW)
    say(order, "carrier_rejected", reasons=["NAME_MISMATCH"])
    say(order, "resubmit", corrections={}, by=PERSON)
    assert (order.state, order.send, acts(order)) == (State.SUBMITTING, SendKind.SUPPLEMENT, False)
    say(order, "release", by=PERSON)
    assert acts(order)


def test_released_before_its_end_the_later_date_stands() -> None:
    order = submitted(new(**PAUSES))
    say(order, "hold", until=UNTIL, **HOLD)
    outcomes.sent(order, held(order), NOW)
    say(order, "release", by=PERSON)
    assert (order.state, order.hold, str(order.requested_foc_on)) == (State.SUBMITTED, None, "2026-12-02")
    assert TaskKind.REVIEW_HOLD not in open_kinds(order)


# -- where the carrier cannot pause ---------------------------------------------------------------------------------


def in_freeze(order: Order) -> Order:
    let_pass(confirmed(order), Clock.FREEZE)
    return order


@pytest.mark.parametrize(
    ("build", "given", "why"),
    [
        (submitted, STUCK, "simulated takes no other date for an order that it holds."),
        (confirmed, STUCK, "simulated takes no other date for an order that it holds."),
        (in_freeze, PAUSES, "Inside the change freeze simulated pauses nothing."),
        (in_freeze, STUCK, "Inside the change freeze simulated pauses nothing."),
    ],
)
def test_the_bridge_is_proposed_with_what_it_means(build: Any, given: dict[str, Any], why: str) -> None:
    order = build(new(**given))
    now = order.since
    until = max(UNTIL, now + DAY)
    say(order, "hold", now, until=until, **HOLD)
    asks = task(order, TaskKind.CHOOSE_BRIDGE)
    assert asks.detail == f"{why} A bridge keeps the calls on the legacy carrier: {' '.join(TRADE_OFFS)}"
    assert asks.due_at == until
    assert last(order).detail == why
    assert order.attempt == 1


def test_let_it_port_ends_the_hold_and_the_date_stands() -> None:
    order = confirmed(new(**STUCK))
    say(order, "hold", **HOLD)
    answer(order, TaskKind.CHOOSE_BRIDGE, "let_it_port")
    assert (order.state, order.hold, order.bridge) == (State.FOC_CONFIRMED, None, None)
    assert let_pass(order, Clock.CUTOVER) == FOC


@pytest.mark.parametrize("build", [submitted, confirmed, in_freeze])
def test_chosen_it_is_withdrawn_at_the_carrier_first_then_bridged_then_sent_anew(build: Any) -> None:
    order = build(new(**STUCK))
    now = order.since
    until = max(UNTIL, now + DAY)
    say(order, "hold", now, until=until, **HOLD)
    answer(order, TaskKind.CHOOSE_BRIDGE, "bridge", now)
    assert (order.state, order.cancel_reason, order.bridge_next) == (State.CANCELLING, "bridged first: in print", True)
    outcomes.cancelled(order, now)
    assert (order.state, order.foc_at, order.hold, order.carrier_order_id) == (State.BRIDGING, None, None, None)
    assert TaskKind.REVIEW_HOLD not in open_kinds(order)
    assert (bridge_of(order).reason, bridge_of(order).until) == ("in print", until)
    assert order.outcome == ""
    bridging.built(order, bridge_answer(order), now)
    asks = task(order, TaskKind.RELEASE_BRIDGE)
    assert (asks.due_at, order.remind_at) == (until, until)
    assert f"It is wanted until {until:%Y-%m-%d %H:%M} UTC" in asks.detail
    say(order, "release", now, by=PERSON)
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.NEW, 2)


def test_released_with_a_letter_too_old_it_is_signed_first() -> None:
    order = submitted(new(**STUCK))
    say(order, "hold", **HOLD)
    answer(order, TaskKind.CHOOSE_BRIDGE, "bridge")
    outcomes.cancelled(order, NOW)
    bridging.built(order, bridge_answer(order), NOW)
    assert order.loa is not None
    say(order, "release", order.loa.expires_at, by=PERSON)
    assert order.state is State.AWAITING_SIGNATURE


@pytest.mark.parametrize("build", [submitted, confirmed])
def test_a_carrier_that_does_not_withdraw_leaves_everything_as_it_was(build: Any) -> None:
    order = build(new(**STUCK))
    before = order.state
    say(order, "hold", **HOLD)
    answer(order, TaskKind.CHOOSE_BRIDGE, "bridge")
    outcomes.not_cancelled(order, "too late", NOW)
    assert (order.state, order.bridge, order.bridge_first, order.bridge_next) == (before, None, False, False)
    assert (order.hold is not None, TaskKind.CANCEL_REFUSED in open_kinds(order)) == (True, True)
    say(order, "release", by=PERSON)
    say(order, "cancel", reason="moved", by=PERSON)
    outcomes.cancelled(order, NOW)
    assert order.state is State.CANCELLED


def test_a_bridge_that_stands_already_is_kept_whatever_the_carrier_says() -> None:
    for refused in (True, False):
        order = bridged(new(**FIRST, **STUCK))
        say(order, "release", by=PERSON)
        say(sign(order), "approve", by=PERSON)
        outcomes.sent(order, held(order), NOW)
        claimed = dict(bridge_of(order).claimed)
        say(order, "hold", until=UNTIL, **HOLD)
        answer(order, TaskKind.CHOOSE_BRIDGE, "bridge")
        if refused:
            outcomes.not_cancelled(order, "too late", NOW)
        else:
            outcomes.cancelled(order, NOW)
            assert (order.state, bridge_of(order).until) == (State.BRIDGING, UNTIL)
        assert bridge_of(order).claimed == claimed
        assert settling.bridge_open(order)


def test_a_date_that_the_carrier_refuses_on_hold_offers_the_bridge_and_the_next_sending_is_a_new_one() -> None:
    order = confirmed(new(**PAUSES))
    say(order, "hold", until=UNTIL, **HOLD)
    outcomes.refused(order, "no more changes", NOW)
    assert task(order, TaskKind.CHOOSE_BRIDGE).detail.startswith(
        "The date after the hold was refused: no more changes. "
    )
    answer(order, TaskKind.CHOOSE_BRIDGE, "bridge")
    outcomes.cancelled(order, NOW)
    bridging.built(order, bridge_answer(order), NOW)
    say(order, "release", by=PERSON)
    # Under the key of the refused one the carrier would only find what was withdrawn.
    assert (order.state, order.attempt, order.send_again) == (State.SUBMITTING, 3, False)
    assert order.send is SendKind.NEW


def test_a_refused_date_without_a_hold_offers_none() -> None:
    order = confirmed(new(**PAUSES))
    order.hold = None
    order.move(State.ACTION_REQUIRED, Cause("test", "clock", NOW), NOW)
    order.open_task(TaskKind.CHOOSE_DATE, "settle it", NOW)
    answer(order, TaskKind.CHOOSE_DATE, "request_new_date")
    outcomes.refused(order, "no more changes", NOW)
    assert TaskKind.CHOOSE_BRIDGE not in open_kinds(order)
