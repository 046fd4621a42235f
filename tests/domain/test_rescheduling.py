"""Another day: asked for while the carrier takes one, and the day that stands where it takes none."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from portolan.domain import outcomes
from portolan.domain.carrier import SendKind
from portolan.domain.clocks import Clock, acts
from portolan.domain.messages import read
from portolan.domain.order import Order
from portolan.domain.refusals import refusal
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.domain.builders import (
    DAY,
    FOC,
    HOUR,
    NOW,
    answer,
    confirmed,
    held,
    let_pass,
    new,
    open_kinds,
    order_in,
    say,
    submitted,
    task,
    try_to_say,
)

WANTED = date(2026, 11, 24)


def dated() -> Order:
    """Its runbook has one item, which its people have not signed off."""
    return confirmed(new(policy={"runbook": ["desk_staffed"], "gates": ["desk_staffed"]}))


@pytest.mark.parametrize("build", [submitted, confirmed])
def test_another_day_goes_out_as_a_supplement(build: object) -> None:
    order = build(new())  # type: ignore[operator]
    say(order, "reschedule", by="Charles", reason="in print", foc_on=WANTED)
    assert (order.state, order.send, order.requested_foc_on) == (State.SUBMITTING, SendKind.NEW_DATE, WANTED)
    assert order.foc_at is None


def test_where_no_day_is_named_a_good_one_after_the_present_one_is_asked_for() -> None:
    order = confirmed(new())
    say(order, "reschedule", by="Charles", reason="in print")
    assert order.requested_foc_on is not None
    assert order.requested_foc_on > FOC.date()


@pytest.mark.parametrize(
    ("given", "policy", "why"),
    [
        ({"foc_on": NOW.date()}, {}, "has passed or is today"),
        ({"foc_on": NOW.date() + DAY}, {}, None),
        ({"foc_on": date(2026, 11, 26)}, {"closed_days": [date(2026, 11, 26)]}, "ports nothing that day"),
        ({}, {"supplements": False}, "takes no other date"),
    ],
)
def test_a_day_that_cannot_be_asked_for_is_refused(
    given: dict[str, date], policy: dict[str, object], why: str | None
) -> None:
    order = submitted(new())
    order.request.policy = order.policy.model_copy(update=policy)
    found = refusal(order, read("reschedule", {"by": "Charles", "reason": "in print", **given}), NOW)
    assert (found.reason if found else None) is None if why is None else why in (found.reason if found else "")


def test_inside_the_change_freeze_no_other_day_is_asked_for() -> None:
    order = order_in(State.READY)
    assert not try_to_say(order, "reschedule", order.since, by="Charles", reason="in print").accepted


def test_the_day_that_stands_is_kept_where_another_one_is_refused() -> None:
    order = confirmed(new())
    say(order, "reschedule", by="Charles", reason="in print", foc_on=WANTED)
    outcomes.refused(order, "the desk takes no supplements", NOW + HOUR)
    assert (order.state, order.foc_at) == (State.ACTION_REQUIRED, FOC)
    assert {TaskKind.CARRIER_REFUSED, TaskKind.CHOOSE_DATE} <= set(open_kinds(order))
    answer(order, TaskKind.CHOOSE_DATE, "accept", NOW + HOUR)
    assert (order.state, order.foc_at) == (State.FOC_CONFIRMED, FOC)


def test_a_day_that_has_passed_meanwhile_does_not_stand_any_more() -> None:
    order = confirmed(new())
    say(order, "reschedule", by="Charles", reason="in print", foc_on=WANTED)
    outcomes.refused(order, "no", FOC)
    assert order.foc_at is None
    assert TaskKind.CHOOSE_DATE not in open_kinds(order)


def test_a_day_the_carrier_took_back_does_not_come_back() -> None:
    order = confirmed(new())
    say(order, "carrier_rejected", reasons=["PORT_LOCK"])
    say(order, "resubmit", by="Charles")
    outcomes.refused(order, "no", NOW + HOUR)
    assert order.foc_at is None


def test_letting_a_held_order_port_keeps_the_day_that_stands() -> None:
    order = dated()
    say(order, "hold", by="Charles", reason="in print", until=FOC + 3 * DAY)
    assert order.state is State.SUBMITTING
    outcomes.refused(order, "no", NOW + HOUR)
    answer(order, TaskKind.CHOOSE_BRIDGE, "let_it_port", NOW + 2 * HOUR)
    assert (order.state, order.foc_at, order.hold) == (State.FOC_CONFIRMED, FOC, None)


def test_a_hold_made_longer_before_its_date_went_out_asks_for_the_later_one() -> None:
    order = dated()
    say(order, "hold", by="Charles", reason="in print", until=FOC + 3 * DAY)
    first = order.requested_foc_on
    order.in_flight = False
    say(order, "hold", by="Charles", reason="longer", until=FOC + 9 * DAY)
    assert order.state is State.SUBMITTING
    assert acts(order), "the supplement is what the hold needs"
    assert first is not None
    assert order.requested_foc_on is not None
    assert order.requested_foc_on > first
    assert order.requested_foc_on > (FOC + 9 * DAY).date() - timedelta(days=1)


def test_once_its_date_went_out_a_hold_holds_everything_else() -> None:
    order = dated()
    say(order, "hold", by="Charles", reason="in print", until=FOC + 3 * DAY)
    outcomes.sent(order, held(order), NOW + HOUR)
    say(order, "carrier_rejected", NOW + 2 * HOUR, reasons=["PORT_LOCK"])
    say(order, "resubmit", NOW + 3 * HOUR, by="Charles")
    assert order.state is State.SUBMITTING
    assert not acts(order)


@pytest.mark.parametrize(("until", "proposed"), [(FOC, False), (FOC + HOUR, True)])
def test_a_date_confirmed_inside_the_hold_after_it_was_asked_for_offers_the_bridge(
    until: datetime, proposed: bool
) -> None:
    order = submitted(new(policy={"runbook": ["desk_staffed"], "gates": []}))
    say(order, "hold", by="Charles", reason="in print", until=until)
    outcomes.sent(order, held(order), NOW)
    say(order, "foc_confirmed", NOW + HOUR, foc_at=FOC)
    assert (TaskKind.CHOOSE_BRIDGE in open_kinds(order)) is proposed


def test_the_date_missed_on_hold_is_asked_about_at_the_carrier() -> None:
    order = dated()
    say(order, "hold", by="Charles", reason="in print")
    let_pass(order, Clock.FOC_MISSED)
    assert order.refetch
    assert task(order, TaskKind.CHOOSE_DATE)


@pytest.mark.parametrize(("day", "told"), [(WANTED - DAY, True), (WANTED, False)])
def test_a_date_before_the_day_that_was_asked_for_is_told(day: date, told: bool) -> None:
    order = dated()
    say(order, "reschedule", by="Charles", reason="the site is closed", foc_on=WANTED)
    outcomes.sent(order, held(order), NOW)
    say(order, "foc_confirmed", NOW + HOUR, foc_at=FOC + (day - FOC.date()))
    found = [task.detail for task in order.open_tasks if task.kind is TaskKind.CHECK_DATE]
    assert any("is earlier than Tuesday 2026-11-24, which was asked for." in words for words in found) is told
