"""Which items an order goes through, who signs them off, which gates are red, and what overrides them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portolan.domain import outcomes, readiness
from portolan.domain.carrier import CarrierStatus, NumberConfiguration
from portolan.domain.clocks import Clock, acts, configures, lapse
from portolan.domain.order import Order
from portolan.domain.runbook import BEFORE_CUTOVER, ITEMS, LEADS, Stage
from portolan.domain.states import State, Turn
from portolan.domain.tasks import TASKS, TaskKind
from portolan.domain.telling import NoticeKind
from tests.domain.builders import (
    ADA,
    BOSS,
    COORDINATOR,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    NOW,
    answer,
    bridged,
    confirmed,
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
WEEK, DAY_BEFORE = FOC - 7 * DAY, FOC - DAY
#: What Portolan itself shows or signs, where nothing speaks against the date.
BY_ITSELF = ["foc", "rollback_letter", "calendar"]
GATES_OF_THE_WEEK = ["reconciliation", "window_booked", "emergency_desk"]
GATES_OF_THE_DAY = ["legacy_test", "walkthrough", "desk_staffed", "configuration", "go"]


def booked(foc_at: datetime = FOC, now: datetime = NOW, **given: Any) -> Order:
    """An order by the book whose date is confirmed."""
    order = submitted(new(by_the_book=True, **given))
    say(order, "foc_confirmed", now, foc_at=foc_at)
    return order


def sign_off(order: Order, *items: str, now: datetime | None = None, **fields: Any) -> None:
    """Each item by whoever it belongs to, as early as it can be done."""
    for item in items:
        at = now or readiness.earliest(order, item) or NOW
        say(order, "sign_off", at, **{"by": BY[ITEMS[item].owner], "items": [item], **fields})


def asked(order: Order) -> dict[str, Any]:
    """The open sign-off tasks, by item."""
    return {task.item: task for task in order.open_tasks if task.kind is TaskKind.SIGN_OFF}


def moved(**given: Any) -> Order:
    """An order by the book whose numbers have moved."""
    order = booked(**given)
    sign_off(order, *readiness.barred(order))
    at = let_pass(order, Clock.CUTOVER)
    outcomes.activated(order, held(order, CarrierStatus.PORTED), at)
    return order


# -- items and their times ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "item", "applies"),
    [
        ({}, "rollback_letter", True),
        ({"policy": {"rollback_hours": 0}}, "rollback_letter", False),
        ({}, "fallback", False),
        ({"fallback": True}, "fallback", True),
        ({}, "campaign", False),
        ({"messaging": {}}, "campaign", False),
        ({"messaging": {"campaign": "C-1"}}, "campaign", True),
        ({"messaging": {"campaign": "C-1"}}, "hosted_messaging", False),
        ({"messaging": {"mode": "hosted_first"}}, "hosted_messaging", True),
        ({"policy": {"runbook": ["foc"], "gates": []}}, "go", False),
    ],
)
def test_some_items_only_some_orders_have(given: dict[str, Any], item: str, applies: bool) -> None:
    assert (item in readiness.items(new(by_the_book=True, **given))) is applies


def test_whoever_bridges_has_a_fallback_to_test() -> None:
    assert "fallback" in readiness.items(bridged(new(by_the_book=True)))


def test_each_item_is_due_its_stages_time_before_the_foc() -> None:
    order = booked()
    for item in readiness.items(order):
        stage = ITEMS[item].stage
        assert readiness.due_at(order, item) == (FOC + LEADS[stage] if stage in BEFORE_CUTOVER else None)
    assert readiness.due_at(submitted(new(by_the_book=True)), "go") is None


@pytest.mark.parametrize(
    ("settled", "week", "day"),
    [
        (FOC - 8 * DAY, WEEK, DAY_BEFORE),
        (FOC - 8 * DAY + INSTANT, WEEK + INSTANT, DAY_BEFORE),
        (FOC - 3 * DAY, FOC - 2 * DAY, DAY_BEFORE),
        (FOC - 2 * DAY, FOC - DAY, DAY_BEFORE),
        (FOC - 40 * HOUR, FOC - 20 * HOUR, FOC - 20 * HOUR),
        (FOC - 10 * HOUR, FOC - 5 * HOUR, FOC - 5 * HOUR),
        (FOC, WEEK, DAY_BEFORE),
    ],
)
def test_a_date_settled_late_leaves_a_day_or_half_of_what_is_left(
    settled: datetime, week: datetime, day: datetime
) -> None:
    order = booked()
    order.foc_settled_at = settled
    assert readiness.due_at(order, "window_booked") == week
    assert readiness.due_at(order, "go") == day
    assert readiness.due_at(order, "watch") == FOC


@pytest.mark.parametrize(("hours", "closing"), [(72, 72 * HOUR), (48, 48 * HOUR), (0, 72 * HOUR)])
def test_after_the_activation_items_are_due_by_it_or_by_the_windows_end(hours: int, closing: timedelta) -> None:
    order = moved(policy={"rollback_hours": hours})
    assert readiness.due_at(order, "volumes") == FOC + 2 * HOUR
    assert readiness.due_at(order, "closing") == FOC + closing
    assert set(asked(order)) == {"volumes", "closing"}
    assert asked(order)["volumes"].due_at == FOC + 2 * HOUR


@pytest.mark.parametrize(
    ("foc", "freeze", "day"),
    [
        ("2027-03-15T14:00:00Z", "2027-03-14T14:00:00Z", "03-14 10:00"),  # the freeze begins after clocks went forward
        ("2027-03-14T14:00:00Z", "2027-03-13T14:00:00Z", "03-13 09:00"),  # on the night itself
        ("2027-11-07T15:00:00Z", "2027-11-06T15:00:00Z", "11-06 11:00"),
        ("2027-11-08T15:00:00Z", "2027-11-07T15:00:00Z", "11-07 10:00"),
    ],
)
def test_a_day_before_is_24_hours_on_nights_when_clocks_change_too(foc: str, freeze: str, day: str) -> None:

    order, at = booked(), datetime.fromisoformat(foc)
    order.set_foc(at, at - 20 * DAY)
    due = readiness.due_at(order, "go")
    assert due == datetime.fromisoformat(freeze)
    assert f"{due.astimezone(ZoneInfo('America/New_York')):%m-%d %H:%M}" == day
    assert deadline(order).at == at - 7 * DAY


# -- sign-offs ------------------------------------------------------------------------------------------------------


def test_what_shows_by_itself_is_green_and_asked_of_nobody() -> None:
    order = booked()
    assert order.signoffs["calendar"].by == "portolan"
    assert order.signoffs["calendar"].note.startswith("no closed day of the losing carrier")
    assert readiness.shown(order, "foc") == "FOC 2026-11-17 16:00 UTC"
    assert readiness.shown(order, "rollback_letter") == f"letter sha256 {'ab' * 32}"
    assert all(readiness.green(order, item) for item in BY_ITSELF)
    assert readiness.red_gates(order) == GATES_OF_THE_WEEK + GATES_OF_THE_DAY
    assert set(asked(order)) == {*GATES_OF_THE_WEEK, *GATES_OF_THE_DAY, "watch"}


def test_a_letter_that_was_not_rendered_is_a_persons_to_make() -> None:
    order = submitted(new(by_the_book=True))
    assert readiness.shown(order, "rollback_letter") == readiness.shown(order, "foc") == ""
    assert not readiness.green(order, "rollback_letter")


def test_a_task_says_what_is_to_be_noted_who_does_it_and_until_when() -> None:
    order = booked()
    go, watch = asked(order)["go"], asked(order)["watch"]
    assert (go.turn, go.title, go.due_at) == (
        Turn.DECISION_MAKER,
        "Sign off: Go, by the decision-maker",
        DAY_BEFORE,
    )
    assert go.detail == "Go, by the decision-maker. Note: go or no-go"
    assert " (no gate). Note: who" in watch.detail
    assert asked(order)["reconciliation"].turn is Turn.CUSTOMER


def test_a_sign_off_is_kept_with_who_when_what_and_for_which_date() -> None:
    order = booked()
    at = FOC - 2 * DAY
    say(order, "sign_off", at, by=PERSON, items=["desk_staffed", "walkthrough"], note="Bo", document="cd" * 32)
    done = order.signoffs["desk_staffed"]
    assert (done.by, done.at, done.note, done.document) == (PERSON, at, "Bo", "cd" * 32)
    assert done.foc_at == FOC
    assert last(order).detail == f"signed off: desk_staffed, walkthrough (Bo), document sha256 {'cd' * 32}"
    assert not {"desk_staffed", "walkthrough"} & set(asked(order))
    assert "legacy_test" in asked(order)
    assert order.state is State.FOC_CONFIRMED


def test_the_answer_done_is_the_same_sign_off() -> None:
    by_task, by_message = booked(), booked()
    name = asked(by_task)["desk_staffed"].task_id
    say(by_task, "complete_task", DAY_BEFORE, by=PERSON, task_id=name, answer="done", note="Bo is on duty")
    sign_off(by_message, "desk_staffed", now=DAY_BEFORE, note="Bo is on duty")
    assert by_task.signoffs == by_message.signoffs
    assert last(by_task).detail == last(by_message).detail
    go = asked(by_task)["go"].task_id
    refused = try_to_say(by_task, "complete_task", DAY_BEFORE, by=PERSON, task_id=go, answer="done")
    assert refused.reason == "Charles is not the decision-maker of this order."


def test_with_another_date_what_is_dated_is_to_be_done_again_and_the_rest_holds() -> None:
    order = booked()
    sign_off(order, "emergency_desk", "reconciliation", "desk_staffed", "window_booked")
    say(order, "foc_confirmed", FOC - 2 * DAY, foc_at=FOC + 2 * DAY)
    assert readiness.green(order, "emergency_desk")
    assert readiness.green(order, "reconciliation")
    assert readiness.signed(order, "desk_staffed") is None
    assert {"desk_staffed", "window_booked"} < set(asked(order))
    assert not {"emergency_desk", "reconciliation"} & set(asked(order))
    assert readiness.signed(order, "calendar").foc_at == FOC + 2 * DAY  # type: ignore[union-attr]
    # What was asked for already is due by the new date.
    assert asked(order)["go"].due_at == FOC + DAY
    assert [task.item for task in order.open_tasks].count("go") == 1


def test_a_date_that_comes_back_is_signed_off_anew() -> None:
    order = booked()
    sign_off(order, "desk_staffed", "emergency_desk")
    say(order, "foc_confirmed", FOC - 2 * DAY, foc_at=FOC + 2 * DAY)
    say(order, "foc_confirmed", FOC - 2 * DAY + HOUR, foc_at=FOC)
    assert not readiness.green(order, "desk_staffed")
    assert readiness.green(order, "emergency_desk")
    assert readiness.green(order, "calendar")  # looked at again


def test_after_the_activation_a_sign_off_holds_whatever_the_date() -> None:
    order = moved()
    sign_off(order, "volumes", now=FOC + HOUR)
    assert readiness.green(order, "volumes")
    assert set(asked(order)) == {"closing"}


@pytest.mark.parametrize(
    ("by", "items", "reason", "instead"),
    [
        ("", ["desk_staffed"], "A sign-off needs somebody who vouches for it.", "Say who signs it off (by)."),
        (PERSON, ["desk", "go"], "desk is not in the runbook of this order.", "Its items: reconciliation, foc"),
        (PERSON, ["fallback"], "fallback is not in the runbook of this order.", "Its items:"),
        (PERSON, ["volumes"], "volumes is signed off after the numbers moved; the order is foc confirmed.", ""),
        (PERSON, ["go"], "Charles is not the decision-maker of this order.", "Only Grace Hopper can sign off go."),
        (
            PERSON,
            ["reconciliation"],
            "Charles is not the legal-entity contact of this order.",
            "Ada Byron or Ada Byron signs off reconciliation.",
        ),
        (PERSON, ["desk_staffed", "go"], "Charles is not the decision-maker of this order.", "Only Grace Hopper"),
    ],
)
def test_a_sign_off_by_nobody_of_nothing_or_by_another_is_refused(
    by: str, items: list[str], reason: str, instead: str
) -> None:
    order = booked()
    before = dict(order.signoffs)
    answer = try_to_say(order, "sign_off", FOC - 2 * DAY, by=by, items=items)
    assert (answer.accepted, answer.reason) == (False, reason)
    assert answer.instead.startswith(instead)
    assert order.signoffs == before


def test_before_is_too_late_after_the_numbers_moved() -> None:
    refused = try_to_say(moved(), "sign_off", FOC + HOUR, by=PERSON, items=["desk_staffed"])
    assert refused.reason == "desk_staffed is signed off before the numbers move; the order is verifying."


@pytest.mark.parametrize("by", [BOSS.name, BOSS.email.upper(), f" {COORDINATOR.name} "])
def test_either_of_two_deciders_says_go(by: str) -> None:
    order = booked(second_person=COORDINATOR)
    say(order, "sign_off", DAY_BEFORE, by=by, items=["go"])
    assert readiness.green(order, "go")


@pytest.mark.parametrize("by", [ADA.email, "grandfather clock"])
def test_the_customer_or_whoever_may_sign_for_the_account_vouches_for_the_letter(by: str) -> None:
    order = booked()
    order.account = order.account.model_copy(update={"authorized_person": "Grandfather Clock"})
    say(order, "sign_off", by=by, items=["reconciliation"])
    assert readiness.green(order, "reconciliation")


def test_before_a_date_is_settled_only_what_holds_for_any_is_signed_off() -> None:
    order = submitted(new(by_the_book=True))
    sign_off(order, "emergency_desk", "reconciliation")
    refused = try_to_say(order, "sign_off", by=PERSON, items=["window_booked"])
    assert refused.reason == "window_booked is signed off for a date, and there is none yet."
    assert refused.instead == "Sign it off once the FOC is confirmed."
    say(order, "foc_confirmed", foc_at=FOC)
    assert not {"emergency_desk", "reconciliation"} & {*asked(order), *readiness.red_gates(order)}


@pytest.mark.parametrize(("early", "accepted"), [(INSTANT, False), (timedelta(0), True)])
@pytest.mark.parametrize("item", GATES_OF_THE_DAY)
def test_what_the_last_day_asks_for_is_done_within_three_days_of_it(
    item: str, early: timedelta, accepted: bool
) -> None:
    order, at = booked(), FOC - 72 * HOUR
    answer = try_to_say(order, "sign_off", at - early, by=BY[ITEMS[item].owner], items=[item])
    assert (answer.accepted, readiness.green(order, item)) == (accepted, accepted)
    if not accepted:
        assert answer.reason == f"{item} cannot be signed off before 2026-11-14 16:00 UTC."


@pytest.mark.parametrize(("early", "accepted"), [(INSTANT, False), (timedelta(0), True)])
def test_that_the_window_closed_clean_is_said_on_its_last_day(early: timedelta, accepted: bool) -> None:
    order = moved()
    assert order.rollback_until is not None
    at = order.rollback_until - DAY - early
    assert try_to_say(order, "sign_off", at, by=PERSON, items=["closing"]).accepted is accepted


def test_a_document_is_named_by_its_hash() -> None:
    refused = try_to_say(booked(), "sign_off", by=PERSON, items=["emergency_desk"], document="desk.pdf")
    assert refused.reason == "The document is named by something that is no SHA-256."


# -- red gates ------------------------------------------------------------------------------------------------------


def test_gates_are_overdue_from_their_very_moment() -> None:
    order = booked()
    assert readiness.overdue(order, WEEK - INSTANT) == []
    assert readiness.overdue(order, WEEK) == GATES_OF_THE_WEEK
    sign_off(order, "emergency_desk", now=WEEK)
    assert readiness.overdue(order, DAY_BEFORE - INSTANT) == ["reconciliation", "window_booked"]
    assert readiness.overdue(order, DAY_BEFORE) == ["reconciliation", "window_booked", *GATES_OF_THE_DAY]
    assert readiness.barred(order) == readiness.red_gates(order) == readiness.overdue(order, DAY_BEFORE)
    assert "watch" not in readiness.red_gates(order)


def test_red_gates_are_told_once_a_stage_and_until_when_another_way_is_left() -> None:
    order = booked()
    assert let_pass(order, Clock.RED_GATES) == WEEK
    told = task(order, TaskKind.RED_GATES)
    assert told.detail == (
        f"3 gates are red: {readiness.titles(GATES_OF_THE_WEEK)}. FOC 2026-11-17 16:00 UTC; "
        "until 2026-11-16 16:00 UTC another date can be asked for (`portolan reschedule order-1`)"
    )
    assert (told.due_at, told.turn) == (FOC, Turn.DECISION_MAKER)
    assert order.unsent[-1].kind is NoticeKind.RED_GATES
    assert order.unsent[-1].facts["stage"] == "T-7 d"
    assert let_pass(order, Clock.RED_GATES) == DAY_BEFORE
    assert task(order, TaskKind.RED_GATES).detail.startswith("8 gates are red: ")
    assert task(order, TaskKind.RED_GATES).detail.endswith("; the change freeze has begun")
    assert notices(order).count(NoticeKind.RED_GATES) == 2
    assert let_pass(order, Clock.CUTOVER) == FOC
    assert notices(order).count(NoticeKind.RED_GATES) == 3  # that of the window itself


def test_green_gates_are_not_told_and_a_single_one_is_told_as_one() -> None:
    order = booked()
    sign_off(order, *GATES_OF_THE_WEEK, *GATES_OF_THE_DAY[1:])
    assert let_pass(order, Clock.RED_GATES) == DAY_BEFORE
    assert task(order, TaskKind.RED_GATES).detail.startswith("1 gate is red: Last test call on the losing carrier. ")
    sign_off(order, "legacy_test", now=DAY_BEFORE)
    assert TaskKind.RED_GATES not in open_kinds(order)


def test_both_stages_that_passed_with_no_worker_are_told_at_once() -> None:
    order = booked()
    order.foc_settled_at = NOW - 20 * DAY
    due = deadline(order)
    readiness_now = DAY_BEFORE + HOUR

    lapse(order, due, readiness_now)
    assert set(order.red_told) == {Stage.WEEK_BEFORE, Stage.DAY_BEFORE}


def test_another_date_is_told_of_anew_and_the_old_words_are_gone() -> None:
    order = booked()
    let_pass(order, Clock.RED_GATES)
    say(order, "foc_confirmed", WEEK + HOUR, foc_at=FOC + 14 * DAY)
    assert TaskKind.RED_GATES not in open_kinds(order)
    assert let_pass(order, Clock.RED_GATES) == FOC + 7 * DAY


@pytest.mark.parametrize("by", ["clock", "carrier"])
def test_tasks_of_the_time_before_are_closed_once_the_numbers_have_moved(by: str) -> None:
    order = booked()
    let_pass(order, Clock.RED_GATES)
    if by == "carrier":  # it moved them by itself
        outcomes.observed(order, held(order, CarrierStatus.PORTED), WEEK + HOUR)
    else:
        sign_off(order, *readiness.barred(order))
        assert set(asked(order)) == {"watch"}
        at = let_pass(order, Clock.CUTOVER)
        outcomes.activated(order, held(order, CarrierStatus.PORTED), at)
    assert order.state is State.VERIFYING
    assert set(asked(order)) == {"volumes", "closing"}
    assert TaskKind.RED_GATES not in open_kinds(order)
    closed = next(task for task in order.tasks if task.item == "watch")
    assert (closed.closed_by, closed.answer) == (by, "")


# -- overrides ------------------------------------------------------------------------------------------------------


def override(order: Order, now: datetime, **fields: Any) -> None:
    say(order, "override_gates", now, **{"decided_by": BOSS.name, "reason": "tested by hand", **fields})


def test_an_override_covers_exactly_what_is_overdue_and_only_for_this_date() -> None:
    order = booked()
    override(order, WEEK)
    assert order.override is not None
    assert (order.override.items, order.override.by) == (GATES_OF_THE_WEEK, BOSS.name)
    assert (order.override.reason, order.override.at, order.override.foc_at) == ("tested by hand", WEEK, FOC)
    assert readiness.red_gates(order) == GATES_OF_THE_WEEK + GATES_OF_THE_DAY
    assert readiness.barred(order) == GATES_OF_THE_DAY
    assert last(order).detail == (
        f"red gates overridden by {BOSS.name}: {', '.join(GATES_OF_THE_WEEK)}. tested by hand"
    )
    override(order, DAY_BEFORE)
    assert order.override.items == GATES_OF_THE_WEEK + GATES_OF_THE_DAY
    assert readiness.barred(order) == []
    say(order, "foc_confirmed", DAY_BEFORE, foc_at=FOC + 14 * DAY)
    assert readiness.barred(order) == GATES_OF_THE_WEEK + GATES_OF_THE_DAY
    override(order, FOC + 7 * DAY)
    assert order.override.items == GATES_OF_THE_WEEK


@pytest.mark.parametrize(
    ("now", "reason", "instead"),
    [
        (WEEK - INSTANT, f"No gate is overdue. Red, but not due yet: {', '.join(GATES_OF_THE_WEEK)}", "Have the"),
        (WEEK, None, ""),
    ],
)
def test_what_is_not_due_yet_cannot_be_overridden(now: datetime, reason: str | None, instead: str) -> None:
    order = booked()
    answer = try_to_say(order, "override_gates", now, decided_by=BOSS.name, reason="tested by hand")
    assert answer.accepted is (reason is None)
    assert answer.reason.startswith(reason or "")
    assert answer.instead.startswith(instead)
    assert (order.override is None) is not answer.accepted


def test_only_a_decider_overrides_and_gates_that_are_green_need_none() -> None:
    order = booked()
    refused = try_to_say(order, "override_gates", WEEK, decided_by=PERSON, reason="tested by hand")
    assert refused.reason == "Charles is not the decision-maker of this order."
    assert refused.instead == "Only Grace Hopper can override a gate."
    sign_off(order, *readiness.barred(order))
    assert try_to_say(order, "override_gates", WEEK, decided_by=BOSS.name, reason="x").reason == "No gate is overdue."


def test_an_override_counts_for_what_was_overdue_when_it_was_decided() -> None:
    order = booked()
    override(order, DAY_BEFORE + HOUR, occurred_at=DAY_BEFORE - INSTANT)
    assert order.override is not None
    assert order.override.items == GATES_OF_THE_WEEK


def test_two_persons_override_together_what_was_overdue_for_the_first() -> None:
    order = booked(second_person=COORDINATOR)
    override(order, WEEK)
    assert order.override is None
    asks = task(order, TaskKind.SECOND_PERSON)
    assert asks.due_at == FOC
    assert asks.detail == (
        f"An override of red gates was decided by {BOSS.name}: tested by hand. "
        f"It counts when {COORDINATOR.name} confirms it (`portolan confirm order-1`)."
    )
    alone = try_to_say(order, "confirm", WEEK, by=BOSS.email)
    assert alone.reason == f"{BOSS.email} made this decision; the second person has to be another one."
    assert (
        try_to_say(order, "confirm", WEEK, by=ADA.name).reason == "Ada Byron is not the decision-maker of this order."
    )
    say(order, "confirm", DAY_BEFORE, by=COORDINATOR.name)
    assert order.override is not None
    assert order.override.items == GATES_OF_THE_WEEK  # those of the day came later, and nobody has decided on them
    assert order.override.by == f"{BOSS.name} and {COORDINATOR.name}"
    assert (order.proposal, TaskKind.SECOND_PERSON in open_kinds(order)) == (None, False)
    assert try_to_say(order, "confirm", DAY_BEFORE, by=COORDINATOR.name).reason == (
        "No decision waits for a second person."
    )


@pytest.mark.parametrize("what", ["signed off", "another date", "an earlier date"])
def test_a_decision_that_lost_its_subject_is_not_confirmed(what: str) -> None:
    order = booked(second_person=COORDINATOR)
    override(order, WEEK)
    if what == "signed off":
        sign_off(order, *GATES_OF_THE_WEEK, now=WEEK)
    else:
        days = 7 if what == "another date" else -1
        say(order, "foc_confirmed", WEEK + HOUR, foc_at=FOC + days * DAY)
    late = try_to_say(order, "confirm", FOC - 2 * DAY - HOUR, by=COORDINATOR.name)
    assert late.reason == "None of the gates that were overdue on 2026-11-10 16:00 UTC is red any more."
    assert order.override is None


# -- the date guard -------------------------------------------------------------------------------------------------

#: The Wednesday before Thanksgiving, a day after FOC's Tuesday a week on.
EVE = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
CLOSED = {"policy": {"closed_days": ["2026-11-26"]}}


def risky(foc_at: datetime = EVE, now: datetime = NOW, **given: Any) -> Order:
    return booked(foc_at, now, **{**CLOSED, **given})


def test_a_risky_date_raises_a_task_that_ends_with_the_freeze_and_says_what_is_possible() -> None:
    order = risky()
    guard = task(order, TaskKind.CHECK_DATE)
    assert guard.due_at == EVE - DAY
    assert "Wednesday 2026-11-25 is the eve of" in guard.detail
    assert "Until 2026-11-24 16:00 UTC another date can be asked for, or the order cancelled." in guard.detail
    assert guard.detail.endswith("A good day to ask for: Tuesday 2026-12-01.")
    assert "calendar" in readiness.red_gates(order)
    assert "calendar" not in asked(order)
    assert [entry.kind for entry in order.unpublished].count("date_at_risk") == 1
    assert NoticeKind.ACTION_NEEDED in notices(order)


def test_accepting_the_date_signs_it_off() -> None:
    order = risky()
    answer(order, TaskKind.CHECK_DATE, "accept", note="the desk works that day")
    assert (order.state, readiness.green(order, "calendar")) == (State.FOC_CONFIRMED, True)
    assert (order.signoffs["calendar"].by, order.signoffs["calendar"].note) == (PERSON, "the desk works that day")
    assert TaskKind.CHECK_DATE not in open_kinds(order)


def test_signing_the_calendar_off_accepts_it_too() -> None:
    order = risky()
    sign_off(order, "calendar")
    assert TaskKind.CHECK_DATE not in open_kinds(order)
    assert "calendar" not in readiness.red_gates(order)


def test_another_date_is_asked_for_after_the_risky_day_unless_one_is_named() -> None:
    order = risky()
    answer(order, TaskKind.CHECK_DATE, "request_new_date")
    assert (order.state, order.attempt, str(order.requested_foc_on)) == (State.SUBMITTING, 2, "2026-12-01")
    order = risky()
    answer(order, TaskKind.CHECK_DATE, "request_new_date", foc_at=FOC)
    assert str(order.requested_foc_on) == "2026-11-17"


def test_where_the_carrier_takes_no_supplement_another_date_is_not_offered() -> None:
    order = risky(policy={**CLOSED["policy"], "supplements": False})
    name = task(order, TaskKind.CHECK_DATE).task_id
    refused = try_to_say(order, "complete_task", task_id=name, answer="request_new_date", by=PERSON)
    assert refused.reason == "The gaining carrier takes no other date for an order that it holds."
    assert refused.instead == "Accept the date, or cancel the order and start it again."
    assert order.state is State.FOC_CONFIRMED
    say(order, "cancel", reason="too risky", by=PERSON)
    assert (order.state, open_kinds(order)) == (State.CANCELLING, [])


@pytest.mark.parametrize(
    ("left", "guarded"), [(DAY + INSTANT, True), (DAY, False), (5 * HOUR, False)], ids=["before", "at", "inside"]
)
def test_inside_the_freeze_no_task_offers_what_the_carrier_no_longer_allows(left: timedelta, guarded: bool) -> None:
    order = submitted(new(by_the_book=True, **CLOSED))
    say(order, "foc_confirmed", EVE - left, foc_at=EVE)
    assert (TaskKind.CHECK_DATE in open_kinds(order)) is guarded
    assert ("calendar" in asked(order)) is not guarded
    why = next(n for n in order.unsent if n.kind is NoticeKind.ACTION_NEEDED).facts["why"]
    assert ("The change freeze began on 2026-11-24 16:00 UTC" in why) is not guarded


def test_when_the_freeze_begins_the_date_is_signed_off_instead() -> None:
    order = risky()
    let_pass(order, Clock.FREEZE)
    assert order.state is State.READY
    assert TaskKind.CHECK_DATE not in open_kinds(order)
    assert asked(order)["calendar"].due_at == EVE - 7 * DAY
    say(order, "complete_task", EVE - HOUR, task_id=asked(order)["calendar"].task_id, answer="done", by=PERSON)
    assert readiness.green(order, "calendar")


def test_a_better_date_ends_the_task_and_the_first_one_again_is_asked_about_again() -> None:
    order = risky()
    say(order, "foc_confirmed", NOW + HOUR, foc_at=FOC)
    assert TaskKind.CHECK_DATE not in open_kinds(order)
    assert readiness.green(order, "calendar")
    say(order, "foc_confirmed", NOW + 2 * HOUR, foc_at=EVE)
    assert TaskKind.CHECK_DATE in open_kinds(order)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"freezes": [{"first": "2026-11-16", "last": "2026-11-18", "reason": "launch"}]}, "launch"),
        ({"policy": {"activation_until": "10:00"}}, "is outside the hours in which the gaining carrier moves numbers"),
        ({"policy": {"loa_max_age_days": 10}}, "The LOA is good until 2026-11-13 05:00 UTC only"),
    ],
)
def test_each_kind_of_concern_reaches_people(given: dict[str, Any], words: str) -> None:
    assert words in task(booked(**given), TaskKind.CHECK_DATE).detail


def test_hosted_messaging_ordered_too_late_speaks_against_the_next_date() -> None:
    order = booked(messaging={"mode": "hosted_first"})
    sign_off(order, "hosted_messaging", now=FOC - 5 * DAY)
    say(order, "foc_confirmed", FOC - 5 * DAY, foc_at=FOC + DAY)
    assert TaskKind.CHECK_DATE not in open_kinds(order)  # four business days ahead
    say(order, "foc_confirmed", FOC - 5 * DAY + HOUR, foc_at=FOC - 3 * HOUR)
    assert "is too soon after the hosted messaging order" in task(order, TaskKind.CHECK_DATE).detail


@pytest.mark.parametrize("accepted", [True, False])
def test_a_carrier_that_would_not_cancel_brings_back_the_tasks_but_no_settled_question(accepted: bool) -> None:
    order = risky()
    sign_off(order, "desk_staffed", *(["calendar"] if accepted else []))
    say(order, "cancel", reason="too risky", by=PERSON)
    outcomes.not_cancelled(order, "too late", NOW)
    assert order.state is State.FOC_CONFIRMED
    assert (TaskKind.CHECK_DATE in open_kinds(order)) is not accepted
    assert {"go", "walkthrough"} < set(asked(order))
    assert not {"desk_staffed", "calendar"} & set(asked(order))


def test_without_a_runbook_nobody_is_asked_anything() -> None:
    order = confirmed(new(policy={"closed_days": ["2026-11-18"]}))
    assert (open_kinds(order), order.signoffs) == ([], {})


# -- configuration --------------------------------------------------------------------------------------------------

FLOW = NumberConfiguration(contact_flow="main", emergency_address="ea-1")


def due_for_configuration(**given: Any) -> Order:
    order = booked(configuration=FLOW, **given)
    let_pass(order, Clock.CONFIGURE)
    return order


def test_numbers_are_configured_a_day_before_and_that_signs_it_off() -> None:

    order = booked(configuration=FLOW)
    assert "configuration" not in asked(order)
    assert not acts(order)
    assert let_pass(order, Clock.CONFIGURE) == DAY_BEFORE
    assert (acts(order), order.configured_for) == (True, FOC)
    outcomes.configured(order, DAY_BEFORE)
    done = order.signoffs["configuration"]
    assert (done.by, done.note) == ("portolan", "contact flow main, emergency address ea-1")
    assert (acts(order), order.configured) == (False, True)
    let_pass(order, Clock.CUTOVER)
    assert order.configured_for == FOC  # once for one date


def test_with_another_date_it_is_configured_again() -> None:
    order = due_for_configuration()
    outcomes.configured(order, DAY_BEFORE)
    say(order, "foc_confirmed", DAY_BEFORE + HOUR, foc_at=FOC + 7 * DAY)
    assert not readiness.green(order, "configuration")
    assert let_pass(order, Clock.CONFIGURE) == FOC + 6 * DAY


def test_refused_a_person_is_asked_for_it() -> None:
    order = due_for_configuration()
    outcomes.not_configured(order, "no such flow", DAY_BEFORE)
    assert (acts(order), order.configured) == (False, False)
    assert asked(order)["configuration"].detail.endswith("Portolan could not: no such flow")
    assert order.unsent[-1].facts["why"] == "The numbers could not be configured: no such flow"
    assert "configuration" in readiness.barred(order)
    sign_off(order, "configuration", now=DAY_BEFORE + HOUR)
    assert readiness.green(order, "configuration")


@pytest.mark.parametrize("why", ["cancel", "rejected", "hold", "override"])
def test_a_try_that_has_not_come_through_holds_nothing_else_up(why: str) -> None:
    order = due_for_configuration()
    outcomes.unreachable(order, "HTTP 503", DAY_BEFORE)
    if why == "cancel":
        say(order, "cancel", DAY_BEFORE, reason="moved", by=PERSON)
        assert acts(order)
        assert order.configure  # what may have come through is taken down with it
        outcomes.cancelled(order, DAY_BEFORE)
        assert order.state is State.CANCELLED
    elif why == "rejected":
        say(order, "carrier_rejected", DAY_BEFORE, reasons=["NAME_MISMATCH"])
        assert not acts(order)
    elif why == "hold":
        let_pass(order, Clock.FREEZE)
        assert configures(order)
        say(order, "hold", DAY_BEFORE + HOUR, reason="in print", by=PERSON)
        assert not acts(order)
        say(order, "release", DAY_BEFORE + 2 * HOUR, by=PERSON)
        assert configures(order)
        return
    else:
        let_pass(order, Clock.CUTOVER)
        override(order, FOC + HOUR)
        assert (order.state, acts(order)) == (State.CUTTING_OVER, True)
        outcomes.activated(order, held(order, CarrierStatus.PORTED), FOC + HOUR)
        assert order.configured  # of a lost answer nobody knows: a return takes it down
    assert not configures(order)


def test_a_pending_try_does_not_run_early_for_a_later_date() -> None:
    order = due_for_configuration()
    say(order, "foc_confirmed", DAY_BEFORE, foc_at=FOC + 7 * DAY)
    assert not configures(order)
    assert let_pass(order, Clock.CONFIGURE) == FOC + 6 * DAY
    assert configures(order)


def test_configured_after_it_was_rejected_it_is_no_sign_off() -> None:
    order = due_for_configuration()
    say(order, "carrier_rejected", DAY_BEFORE, reasons=["NAME_MISMATCH"])
    outcomes.configured(order, DAY_BEFORE)
    assert (order.configured, "configuration" in order.signoffs) == (True, False)


def test_every_item_has_an_owner_who_can_sign_it_off() -> None:
    assert {facts.owner for facts in ITEMS.values()} == set(BY)
    assert TASKS[TaskKind.SIGN_OFF].answers == ("done",)
