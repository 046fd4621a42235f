"""The moment at which the numbers move: at the FOC, when the last gate turns green, on a person's word, or never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portolan.domain import outcomes, readiness
from portolan.domain.carrier import CarrierStatus, NumberStatus
from portolan.domain.clocks import Clock, acts, lapse
from portolan.domain.order import Cause, Order
from portolan.domain.refusals import allowed
from portolan.domain.runbook import ITEMS
from portolan.domain.states import State, Turn
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from tests.domain.builders import (
    ADA,
    BOSS,
    COORDINATOR,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    deadline,
    held,
    last,
    let_pass,
    new,
    notices,
    open_kinds,
    say,
    submitted,
    task,
    try_to_say,
)

PERSON = "Charles"
BY = {Turn.CUSTOMER: ADA.name, Turn.DECISION_MAKER: BOSS.name, Turn.COORDINATOR: PERSON}
UNTIL = FOC + 4 * HOUR
#: The end of FOC's day in New York, at 23:59.
WINDOW_END = datetime(2026, 11, 18, 4, 59, tzinfo=UTC)
ON_DEMAND: dict[str, Any] = {"activation": "on_demand"}


def booked(foc_at: datetime = FOC, **given: Any) -> Order:
    order = submitted(new(by_the_book=True, **given))
    say(order, "foc_confirmed", foc_at=foc_at)
    return order


def green(order: Order, *but: str, now: datetime = FOC - 2 * DAY) -> Order:
    """Every gate but these is signed off."""
    for item in readiness.barred(order):
        if item not in but:
            say(order, "sign_off", now, by=BY[ITEMS[item].owner], items=[item])
    return order


def waiting(*red: str, **given: Any) -> Order:
    """The FOC has come."""
    order = green(booked(**given), *red)
    assert let_pass(order, Clock.CUTOVER) == FOC
    return order


def sign_go(order: Order, now: datetime, **fields: Any) -> None:
    say(order, "sign_off", now, by=BOSS.name, items=["go"], **fields)


# -- the FOC --------------------------------------------------------------------------------------------------------


def test_at_green_gates_the_numbers_move_at_the_foc() -> None:
    order = waiting()
    assert (order.state, last(order).detail) == (State.CUTTING_OVER, "FOC 2026-11-17 16:00 UTC")
    assert order.held_since is None


def test_at_a_red_gate_they_wait_and_people_learn_for_what_and_how_long() -> None:
    order = waiting("go")
    assert (order.state, order.held_since, acts(order)) == (State.READY, FOC, False)
    red = task(order, TaskKind.RED_GATES)
    assert red.detail == (
        "The FOC has come, and the numbers wait: Go, by the decision-maker. "
        "Until 2026-11-17 20:00 UTC they can still move."
    )
    assert red.due_at == UNTIL
    told = order.unsent[-1]
    assert (told.kind, told.facts["stage"]) == (NoticeKind.RED_GATES, "window")
    assert (deadline(order).at, deadline(order).clock) == (UNTIL, Clock.FOC_LAPSES)


@pytest.mark.parametrize(
    ("signed_at", "heard_at", "moves"),
    [
        (FOC - INSTANT, FOC - INSTANT, False),
        (FOC, FOC, True),
        (UNTIL - INSTANT, UNTIL - INSTANT, True),
        (UNTIL, UNTIL, True),
        (UNTIL - INSTANT, UNTIL + INSTANT, False),
        (UNTIL + INSTANT, UNTIL + INSTANT, False),
    ],
)
def test_the_last_sign_off_moves_them_as_long_as_they_may_move(
    signed_at: datetime, heard_at: datetime, moves: bool
) -> None:
    if heard_at < FOC:
        order = green(booked(), "go")
        let_pass(order, Clock.FREEZE)
    else:
        order = waiting("go")
    sign_go(order, heard_at, occurred_at=signed_at, note="go")
    assert (order.state is State.CUTTING_OVER) is moves
    assert last(order).detail == "signed off: go (go)"
    if moves:
        assert TaskKind.RED_GATES not in open_kinds(order)
    elif heard_at < FOC:
        let_pass(order, Clock.CUTOVER)
        assert order.state is State.CUTTING_OVER


def test_one_sign_off_of_two_moves_nothing() -> None:
    order = waiting("go", "desk_staffed")
    sign_go(order, FOC + HOUR)
    assert (order.state, TaskKind.RED_GATES in open_kinds(order)) == (State.READY, True)
    say(order, "sign_off", FOC + 2 * HOUR, by=PERSON, items=["desk_staffed"])
    assert order.state is State.CUTTING_OVER


@pytest.mark.parametrize(
    ("now", "moves"), [(FOC, True), (UNTIL, True), (UNTIL + INSTANT, False)], ids=["at the FOC", "at the end", "past"]
)
def test_an_override_moves_them_with_the_reason_on_record(now: datetime, moves: bool) -> None:
    order = waiting("go", "desk_staffed")
    say(order, "override_gates", now, decided_by=BOSS.name, reason="tested by hand")
    assert (order.state is State.CUTTING_OVER) is moves
    assert last(order).detail == "red gates overridden by Grace Hopper: desk_staffed, go. tested by hand"


def test_overridden_before_the_foc_they_move_at_it_and_the_trail_says_so() -> None:
    order = green(booked(), "go")
    let_pass(order, Clock.FREEZE)
    say(order, "override_gates", FOC - HOUR, decided_by=BOSS.name, reason="away, agreed by phone")
    assert order.state is State.READY
    let_pass(order, Clock.CUTOVER)
    assert order.state is State.CUTTING_OVER
    assert last(order).detail == "FOC 2026-11-17 16:00 UTC, overridden by Grace Hopper: go"


def test_two_persons_override_and_the_second_word_moves_them() -> None:
    order = waiting("go", second_person=COORDINATOR)
    say(order, "override_gates", FOC + HOUR, decided_by=BOSS.name, reason="tested by hand")
    assert order.state is State.READY
    assert not try_to_say(order, "confirm", FOC + HOUR, by=BOSS.name).accepted
    say(order, "confirm", UNTIL, by=COORDINATOR.email)
    assert order.state is State.CUTTING_OVER


# -- their time passes ----------------------------------------------------------------------------------------------


def test_at_a_gate_red_to_the_end_another_date_is_needed_and_the_carrier_is_asked() -> None:
    order = waiting("go")
    assert let_pass(order, Clock.FOC_LAPSES) == UNTIL
    assert (order.state, order.refetch) == (State.ACTION_REQUIRED, True)
    words = "The FOC 2026-11-17 16:00 UTC passed at red gates: Go, by the decision-maker."
    assert (task(order, TaskKind.CHOOSE_DATE).detail, last(order).detail) == (words, words)
    assert order.unsent[-1].facts["why"] == words.rstrip(".")
    late = try_to_say(order, "sign_off", UNTIL, by=BOSS.name, items=["go"])
    assert not late.accepted


def test_a_word_heard_too_late_is_not_called_a_red_gate() -> None:
    order = waiting("go")
    sign_go(order, UNTIL + INSTANT, occurred_at=UNTIL - HOUR)
    lapse(order, deadline(order), UNTIL + INSTANT)
    assert order.state is State.ACTION_REQUIRED
    assert last(order).detail == "The FOC 2026-11-17 16:00 UTC passed before the last word that was waited for."


def test_unattended_past_the_end_nothing_moves_whatever_the_gates_say() -> None:
    for late, state in ((timedelta(0), State.CUTTING_OVER), (INSTANT, State.ACTION_REQUIRED)):
        order = green(booked())
        let_pass(order, Clock.FREEZE)
        lapse(order, deadline(order), UNTIL + late)
        assert order.state is state


@pytest.mark.parametrize("red", [False, True])
@pytest.mark.parametrize("itself", [False, True])
def test_a_carrier_that_moves_numbers_itself_at_the_windows_end_is_asked_once_more(itself: bool, red: bool) -> None:
    order = waiting(*(["go"] if red else []), policy={"activates_itself": itself}, **ON_DEMAND)
    assert let_pass(order, Clock.FOC_LAPSES) == WINDOW_END
    assert (order.state, order.refetch) == (State.ACTION_REQUIRED, True)
    why = "at red gates: Go, by the decision-maker" if red else "with nobody's word to move the numbers"
    assert last(order).detail == f"The FOC 2026-11-17 16:00 UTC passed {why}."
    order.refetch = False
    assert order.cure_at == (WINDOW_END + HOUR if itself else None)
    if itself:
        assert let_pass(order, Clock.CURE) == WINDOW_END + HOUR
        assert order.refetch
        outcomes.observed(order, held(order, CarrierStatus.PORTED, activated_at=WINDOW_END), WINDOW_END + HOUR)
        assert (order.state, order.activated_at) == (State.VERIFYING, WINDOW_END)


# -- on demand ------------------------------------------------------------------------------------------------------


def test_on_demand_they_wait_for_a_word_inside_the_carriers_window() -> None:
    order = waiting(**ON_DEMAND)
    assert (order.state, order.held_since) == (State.READY, FOC)
    asks = task(order, TaskKind.CUT_OVER)
    assert (asks.detail, asks.due_at) == ("Say when the numbers move: until 2026-11-18 04:59 UTC.", WINDOW_END)
    assert asks.turn is Turn.DECISION_MAKER
    assert TaskKind.RED_GATES not in open_kinds(order)
    assert notices(order)[-1] is NoticeKind.ACTION_NEEDED
    say(order, "cut_over", FOC + 3 * HOUR, by=BOSS.name)
    assert (order.state, order.go_by) == (State.CUTTING_OVER, BOSS.name)
    assert last(order).detail == "moved on demand by Grace Hopper"
    assert TaskKind.CUT_OVER not in open_kinds(order)


@pytest.mark.parametrize(
    ("said_at", "reason", "instead"),
    [
        (FOC - INSTANT, "The carrier's window opens at the FOC, 2026-11-17 16:00 UTC.", "Say so then."),
        (FOC, "", ""),
        (WINDOW_END - INSTANT, "", ""),
        (WINDOW_END, "The carrier's window closed on 2026-11-18 04:59 UTC.", "Ask for a new date."),
    ],
)
def test_a_word_counts_inside_the_window_and_says_why_outside(said_at: datetime, reason: str, instead: str) -> None:
    if said_at < FOC:
        order = green(booked(**ON_DEMAND))
        let_pass(order, Clock.FREEZE)
    else:
        order = waiting(**ON_DEMAND)
    assert ("cut_over" in allowed(order, said_at)) is not reason
    answer = try_to_say(order, "cut_over", said_at, by=BOSS.name)
    assert (answer.reason, answer.instead, answer.accepted) == (reason, instead, not reason)
    assert (order.state is State.CUTTING_OVER) is not reason


@pytest.mark.parametrize(
    ("heard_at", "moves"),
    [(WINDOW_END + INSTANT, True), (WINDOW_END + 4 * HOUR, True), (WINDOW_END + 4 * HOUR + INSTANT, False)],
)
def test_a_word_given_inside_the_window_counts_as_long_as_the_carrier_is_told(heard_at: datetime, moves: bool) -> None:
    order = waiting(**ON_DEMAND)
    say(order, "cut_over", heard_at, by=BOSS.name, occurred_at=WINDOW_END - INSTANT)
    assert (order.state is State.CUTTING_OVER) is moves
    if not moves:
        lapse(order, deadline(order), heard_at)
        assert last(order).detail.endswith("passed before the last word that was waited for.")


def test_a_word_heard_together_with_the_foc_counts() -> None:
    """No worker was up when the FOC came: the message is read before the timer."""
    order = green(booked(**ON_DEMAND))
    let_pass(order, Clock.FREEZE)
    say(order, "cut_over", FOC + HOUR, by=BOSS.name, occurred_at=FOC)
    assert order.state is State.READY
    lapse(order, deadline(order), FOC + HOUR)
    assert order.state is State.CUTTING_OVER


def test_a_red_gate_refuses_the_word_and_is_named_and_the_word_is_waited_for_after_it() -> None:
    order = waiting("go", **ON_DEMAND)
    assert {TaskKind.RED_GATES, TaskKind.CUT_OVER} <= set(open_kinds(order))
    refused = try_to_say(order, "cut_over", FOC + HOUR, by=BOSS.name)
    assert (refused.reason, refused.instead) == (
        "Red gates: go.",
        "Have them signed off, or overridden by the decision-maker.",
    )
    assert "cut_over" not in refused.allowed
    sign_go(order, FOC + HOUR)
    assert order.state is State.READY
    assert "cut_over" in allowed(order, FOC + HOUR)
    say(order, "cut_over", FOC + HOUR, by=BOSS.name)
    assert order.state is State.CUTTING_OVER


@pytest.mark.parametrize(("by", "counts"), [("Ada", False), (BOSS.email, True), (COORDINATOR.name, True)])
def test_the_word_is_one_of_the_orders_people(by: str, counts: bool) -> None:
    order = waiting(**ON_DEMAND)
    answer = try_to_say(order, "cut_over", FOC, by=by)
    assert (answer.accepted, order.state is State.CUTTING_OVER) == (counts, counts)
    assert answer.instead == ("" if counts else "Grace Hopper, or Charles Babbage.")


def test_numbers_that_move_on_schedule_need_no_word() -> None:
    refused = try_to_say(waiting("go"), "cut_over", FOC + HOUR, by=BOSS.name)
    assert refused.reason == "The numbers of this order move at the FOC by themselves."


def test_another_date_voids_the_time_that_had_come() -> None:
    order = waiting(**ON_DEMAND)
    say(order, "foc_confirmed", FOC + HOUR, foc_at=FOC + 10 * HOUR)
    assert (order.state, order.held_since, order.go_by) == (State.READY, None, "")
    assert TaskKind.CUT_OVER not in open_kinds(order)
    assert not try_to_say(order, "cut_over", FOC + 2 * HOUR, by=BOSS.name).accepted


def test_on_hold_no_word_moves_them() -> None:
    order = green(booked(**ON_DEMAND))
    let_pass(order, Clock.FREEZE)
    say(order, "hold", FOC - HOUR, reason="in print", by=PERSON)
    refused = try_to_say(order, "cut_over", FOC, by=BOSS.name)
    assert (refused.reason, refused.instead) == ("The order is on hold: in print.", "Release it first.")
    lapse(order, deadline(order), FOC)
    assert (order.state, last(order).kind) == (State.ACTION_REQUIRED, "foc_missed")


def test_put_on_hold_while_they_wait_the_date_is_missed() -> None:
    order = waiting("go")
    say(order, "hold", FOC + HOUR, reason="in print", by=PERSON)
    refused = try_to_say(order, "sign_off", FOC + HOUR, by=PERSON, items=["volumes"])
    assert not refused.accepted
    lapse(order, deadline(order), FOC + HOUR)
    assert order.state is State.ACTION_REQUIRED
    assert last(order).kind == "foc_missed"


# -- windows on nights when clocks change ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "foc", "opens", "closes", "hours"),
    [
        ("America/New_York", "2027-03-14T00:30", "00:00", "08:00", 6.5),  # one hour is left out
        ("America/New_York", "2027-11-07T00:30", "00:00", "08:00", 8.5),  # one hour comes twice
        ("Europe/Berlin", "2027-03-28T00:30", "00:00", "08:00", 6.5),
        ("Europe/Berlin", "2027-10-31T00:30", "00:00", "08:00", 8.5),
        ("Europe/Berlin", "2027-10-30T00:30", "00:00", "08:00", 7.5),
    ],
)
def test_the_window_ends_by_the_carriers_clocks(zone: str, foc: str, opens: str, closes: str, hours: float) -> None:
    foc_at = datetime.fromisoformat(foc).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    policy = {"activation_from": opens, "activation_until": closes, "activation_zone": zone, "time_zone": zone}
    order = green(booked(policy={**policy, "foc_horizon_days": 400}, **ON_DEMAND))
    order.set_foc(foc_at, foc_at - 20 * DAY)
    order.move(State.READY, Cause("freeze", "clock", foc_at - DAY), foc_at - DAY)
    for item in readiness.barred(order):
        say(order, "sign_off", foc_at - DAY, by=BY[ITEMS[item].owner], items=[item])
    end = foc_at + timedelta(hours=hours)
    assert readiness.move_until(order) == end
    lapse(order, deadline(order), foc_at)
    assert not try_to_say(order, "cut_over", end, by=BOSS.name).accepted
    say(order, "cut_over", end - INSTANT, by=BOSS.name)
    assert order.state is State.CUTTING_OVER


# -- the carrier moved them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["submitted", "foc_confirmed", "ready", "waiting", "action_required", "on hold"])
def test_numbers_that_the_carrier_moved_by_itself_have_moved(state: str) -> None:
    at = FOC + HOUR
    if state == "submitted":
        order = submitted(new(by_the_book=True))
    elif state == "waiting":
        order = waiting("go")
    else:
        order = booked()
        if state == "action_required":
            say(order, "carrier_rejected", reasons=["NAME_MISMATCH"])
        elif state != "foc_confirmed":
            let_pass(order, Clock.FREEZE)
        if state == "on hold":
            say(order, "hold", FOC, reason="in print", by=PERSON)
    ported = held(order, CarrierStatus.PORTED, activated_at=FOC + HOUR / 2)
    outcomes.observed(order, ported, at)
    assert order.state is State.VERIFYING
    assert (order.activated_at, order.rollback_until) == (FOC + HOUR / 2, FOC + HOUR / 2 + 72 * HOUR)
    assert last(order).occurred_at == FOC + HOUR / 2
    assert last(order).detail.startswith("simulated moved the numbers by itself on 2026-11-17 16:30 UTC")
    assert order.unsent[-1].facts["why"].startswith("simulated moved the numbers by itself")
    assert order.hold is None
    assert not {TaskKind.REVIEW_HOLD, TaskKind.RED_GATES} & set(open_kinds(order))
    outcomes.observed(order, ported, at)  # the same again is nothing new
    assert order.rollback_until == FOC + HOUR / 2 + 72 * HOUR


def test_a_carrier_whose_clock_is_ahead_moved_them_now_and_some_may_have_stayed() -> None:
    order = booked()
    one, two = order.request.numbers
    numbers = {one: NumberStatus.ACTIVE, two: NumberStatus.FAILED}
    outcomes.observed(order, held(order, CarrierStatus.PORTED, activated_at=FOC + INSTANT, numbers=numbers), FOC)
    assert (order.state, order.activated_at) == (State.PARTIALLY_ACTIVE, FOC)
    assert task(order, TaskKind.FINISH_ACTIVATION).detail.startswith("1 of 2 numbers did not move; simulated moved")
