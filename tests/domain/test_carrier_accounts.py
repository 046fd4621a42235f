"""An order at a carrier account on hold, at one that asks for something, and at one that moves the numbers itself."""

from __future__ import annotations

from typing import Any

import pytest

from portolan.domain import outcomes
from portolan.domain.carrier import CarrierStatus, NumberConfiguration, NumberStatus
from portolan.domain.clocks import Clock, acts, configures, next_deadline
from portolan.domain.order import Order
from portolan.domain.rejections import Rejection
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from tests.domain.builders import (
    FOC,
    HOUR,
    NOW,
    answer,
    aside,
    cancelling,
    confirmed,
    cutting_over,
    held,
    last,
    let_pass,
    new,
    notices,
    open_kinds,
    say,
    submitted,
    submitting,
    task,
)

WAITING = "telnyx is on hold: migration freeze (Ada)"
ASKS = "Sign the letter that Twilio mailed to ada@customer.example."
PENDING, ACTIVE, FAILED = NumberStatus.PENDING, NumberStatus.ACTIVE, NumberStatus.FAILED


def at_hold() -> Order:
    order = submitting(new())
    outcomes.on_hold_there(order, WAITING, NOW)
    return order


def test_an_order_waits_at_a_hold_with_a_task_and_looks_again_after_an_hour() -> None:
    order = at_hold()
    assert (order.state, order.attempt, acts(order)) == (State.SUBMITTING, 1, False)
    assert task(order, TaskKind.CARRIER_ON_HOLD).detail == WAITING
    assert last(order).detail.startswith(WAITING)
    deadline = next_deadline(order)
    assert deadline is not None
    assert (deadline.at, deadline.clock) == (NOW + HOUR, Clock.RETRY)
    recorded = order.sequence
    outcomes.on_hold_there(order, "other words", NOW + HOUR)
    assert order.sequence == recorded
    assert task(order, TaskKind.CARRIER_ON_HOLD).detail == WAITING


@pytest.mark.parametrize("told", ["hint", "answer"])
def test_its_turn_comes_when_it_hears_from_there_or_a_person_says_so(told: str) -> None:
    order = at_hold()
    if told == "hint":
        say(order, "carrier_activity", NOW + HOUR / 2)
    else:
        answer(order, TaskKind.CARRIER_ON_HOLD, "retry", NOW + HOUR / 2)
    assert acts(order)
    assert order.retry_at is None
    outcomes.sent(order, held(order), NOW + HOUR)
    assert TaskKind.CARRIER_ON_HOLD not in open_kinds(order)


def test_a_hint_does_not_shorten_the_wait_for_a_carrier_that_cannot_be_reached() -> None:
    order = submitting(new())
    outcomes.unreachable(order, "no answer", NOW)
    waits = order.retry_at
    say(order, "carrier_activity")
    assert order.retry_at == waits


def test_what_the_desk_wrote_is_recorded_and_told() -> None:
    order = submitted(new())
    say(order, "carrier_activity", said="We need a newer bill.")
    assert "simulated writes: We need a newer bill." in [entry.detail for entry in order.unpublished]
    assert notices(order)[-1] is NoticeKind.ACTION_NEEDED
    assert order.refetch


def test_what_a_carrier_waits_for_is_one_task_until_it_waits_no_longer() -> None:
    order = submitted(new())
    for _ in range(2):
        outcomes.observed(order, held(order, asks=ASKS), NOW)
    asked = task(order, TaskKind.CARRIER_ASKS)
    assert asked.detail == ASKS
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 1
    outcomes.observed(order, held(order, asks="Upload the bill."), NOW)
    assert task(order, TaskKind.CARRIER_ASKS).detail == "Upload the bill."
    outcomes.observed(order, held(order), NOW)
    assert TaskKind.CARRIER_ASKS not in open_kinds(order)


def test_what_a_person_says_is_done_is_asked_for_again_while_the_carrier_still_waits() -> None:
    order = submitted(new())
    outcomes.observed(order, held(order, asks=ASKS), NOW)
    answer(order, TaskKind.CARRIER_ASKS, "done_at_carrier")
    assert order.refetch
    assert TaskKind.CARRIER_ASKS not in open_kinds(order)
    outcomes.observed(order, held(order, asks=ASKS), NOW)
    assert TaskKind.CARRIER_ASKS in open_kinds(order)


@pytest.mark.parametrize(
    ("status", "numbers", "moved"),
    [
        (CarrierStatus.FOC_CONFIRMED, {"+1": PENDING}, False),
        (CarrierStatus.FOC_CONFIRMED, {}, False),
        (CarrierStatus.FOC_CONFIRMED, {"+1": PENDING, "+2": ACTIVE}, True),
        (CarrierStatus.FOC_CONFIRMED, {"+1": PENDING, "+2": FAILED}, True),
        (CarrierStatus.PORTED, {"+1": PENDING}, True),
        (CarrierStatus.PORTED_BACK, {}, True),
        (CarrierStatus.RECEIVED, {"+1": PENDING}, False),
        (CarrierStatus.ACCEPTED, {"+1": PENDING}, False),
        (CarrierStatus.REJECTED, {"+1": PENDING}, False),
        (CarrierStatus.CANCELLED, {}, False),
        (CarrierStatus.UNKNOWN, {}, False),
        (CarrierStatus.UNKNOWN, {"+1": ACTIVE}, True),
    ],
)
def test_whether_a_carrier_has_begun_to_move_the_numbers(
    status: CarrierStatus, numbers: dict[str, NumberStatus], moved: bool
) -> None:
    assert outcomes.has_moved(held(submitted(new()), status, numbers=numbers)) is moved


def test_a_carrier_that_moves_numbers_itself_is_asked_until_it_has() -> None:
    order = cutting_over(new())
    still = held(order, CarrierStatus.FOC_CONFIRMED, numbers={})
    outcomes.not_moved_yet(order, still, FOC)
    assert (order.state, order.activated_at, acts(order)) == (State.CUTTING_OVER, None, False)
    assert order.retry_at == FOC + outcomes.LOOK_FOR_MOVE
    recorded = order.sequence
    let_pass(order, Clock.RETRY)
    assert acts(order)
    outcomes.not_moved_yet(order, still, FOC + outcomes.LOOK_FOR_MOVE)
    assert order.sequence == recorded
    say(order, "carrier_activity", FOC + HOUR / 2)
    assert acts(order)
    outcomes.activated(order, held(order, CarrierStatus.PORTED), FOC + HOUR / 2)
    assert (order.state, order.activated_at, order.hint_ends_wait) == (State.VERIFYING, FOC + HOUR / 2, False)


def on_arrival() -> Order:
    """An order at a carrier that configures numbers only when they are there."""
    order = confirmed(new(configuration=NumberConfiguration(contact_flow="main")))
    let_pass(order, Clock.CONFIGURE)
    assert configures(order)
    outcomes.configures_on_arrival(order, NOW)
    return order


def arrived(**given: Any) -> Order:
    order = on_arrival()
    let_pass(order, Clock.CUTOVER)
    outcomes.activated(order, held(order, CarrierStatus.PORTED, **given), FOC)
    return order


def test_what_can_be_configured_only_on_arrival_is_configured_then() -> None:
    order = on_arrival()
    assert not configures(order)
    order = arrived()
    assert configures(order)
    assert acts(order)
    outcomes.configured(order, FOC)
    assert (order.configured, order.configure, order.configure_on_arrival) == (True, False, False)
    assert last(order).detail == "contact flow main"
    assert not configures(order)


def test_numbers_that_are_not_in_the_inventory_yet_are_waited_for_and_then_left_to_a_person() -> None:
    order = arrived()
    for _ in range(outcomes.PATIENT_LOOKS):
        outcomes.configures_on_arrival(order, FOC)
        assert order.retry_at == FOC + outcomes.ARRIVES_SOON
        order.retry_at = None
        assert configures(order)
    outcomes.configures_on_arrival(order, FOC)
    assert not configures(order)
    assert not order.configure_on_arrival
    assert "does not have the numbers yet" in last(order).detail


def test_the_runbook_does_not_wait_for_a_configuration_that_comes_on_arrival() -> None:
    order = on_arrival()
    let_pass(order, Clock.CUTOVER)
    assert order.state is State.CUTTING_OVER


@pytest.mark.parametrize(
    "status", [CarrierStatus.RECEIVED, CarrierStatus.ACCEPTED, CarrierStatus.REJECTED, CarrierStatus.CANCELLED]
)
def test_a_carrier_that_has_no_date_any_more_at_the_foc_is_a_task(status: CarrierStatus) -> None:
    order = cutting_over(new())
    outcomes.not_moved_yet(order, held(order, status, numbers={}, raw_status="back to start"), FOC)
    assert (order.state, order.activated_at, order.refetch) == (State.ACTION_REQUIRED, None, True)
    assert "the carrier has the order as back to start" in task(order, TaskKind.CHOOSE_DATE).detail


def test_what_is_heard_while_the_carrier_is_asked_ends_the_wait_that_follows() -> None:
    order = submitting(new())
    order.in_flight = True
    say(order, "carrier_activity")
    order.in_flight = False
    outcomes.on_hold_there(order, WAITING, NOW)
    assert acts(order)
    outcomes.on_hold_there(order, WAITING, NOW)
    assert not acts(order)


def test_reasons_given_at_once_are_cured_like_those_of_an_order_sent_back() -> None:
    order = submitting(new())
    outcomes.rejected_at_once(order, [Rejection(code="NAME_MISMATCH", text="no such name")], NOW)
    assert (order.state, order.unjudged, order.send_again) == (State.ACTION_REQUIRED, True, True)
    assert [reason.code for reason in order.rejections] == ["NAME_MISMATCH"]
    aside(order, NOW)
    assert TaskKind.FIX_REJECTION in open_kinds(order)
    say(order, "resubmit", by="Charles", corrections={})
    assert (order.state, order.attempt) == (State.SUBMITTING, 1)


@pytest.mark.parametrize(("own_queue", "ends"), [(True, True), (False, False)])
def test_what_people_withdraw_is_done_when_they_say_so(own_queue: bool, ends: bool) -> None:
    order = cancelling(new(own_queue=own_queue))
    outcomes.unreachable(order, "nobody has entered yet that it is withdrawn", NOW)
    say(order, "carrier_activity")
    assert (order.retry_at is None) is ends
