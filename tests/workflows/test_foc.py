"""Firm order commitments: moved, and those that nobody could honour."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portolan.domain.carrier import SendKind
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.scenarios import SLIPPING
from tests.world import DAY, HOUR, SILENT, Port, World


async def waiting(world: World) -> Port:
    """An order that the carrier holds and says nothing about."""
    port = await world.port(SILENT)
    await port.submitted()
    return port


def business(moment: datetime, days: int) -> datetime:
    """At 15:00 UTC, that many business days later."""
    while days:
        moment += DAY
        days -= moment.weekday() < 5
    return moment.replace(hour=15, minute=0, second=0, microsecond=0)


async def test_a_date_moves_later_then_earlier_and_the_numbers_move_at_the_last_one(shared_world: World) -> None:
    port = await shared_world.port(SLIPPING)
    await port.submitted()
    dates = []
    for _ in range(3):
        await port.clock.past(DAY)
        dates.append((await port.order()).foc_at)
    first, later, earlier = dates
    assert first is not None
    assert later is not None
    assert earlier is not None
    assert first < later
    assert earlier < later
    assert (await port.order()).foc_moves == 2
    assert port.mails()[-3:] == ["foc_confirmed", "foc_changed", "foc_changed"]

    await port.clock.to(earlier - HOUR)
    assert await port.state() is State.READY
    assert port.calls("activate") == 0
    await port.clock.to(earlier)
    order = await port.order()
    assert order.state is State.ROLLBACK_WINDOW
    activated = port.held().activated_at
    assert activated is not None
    assert earlier <= activated < earlier + timedelta(minutes=1)


async def test_a_later_date_inside_the_freeze_lifts_it(shared_world: World) -> None:
    port = await waiting(shared_world)
    now = await port.clock.now()
    await port.decide("foc_confirmed", foc_at=business(now, 3).isoformat(), by="carrier")
    await port.clock.to(business(now, 3) - HOUR)
    assert await port.state() is State.READY
    await port.decide("foc_confirmed", foc_at=business(now, 9).isoformat(), by="carrier")
    assert await port.state() is State.FOC_CONFIRMED
    await port.clock.to(business(now, 9))
    assert await port.state() is State.ROLLBACK_WINDOW
    assert port.held().activations == 1


async def test_an_earlier_date_inside_the_freeze_keeps_it(shared_world: World) -> None:
    port = await waiting(shared_world)
    now = await port.clock.now()
    foc_at = business(now, 3)
    await port.decide("foc_confirmed", foc_at=foc_at.isoformat())
    await port.clock.to(foc_at - 10 * HOUR)
    await port.decide("foc_confirmed", foc_at=(foc_at - 2 * HOUR).isoformat())
    assert await port.state() is State.READY
    await port.clock.to(foc_at - 2 * HOUR)
    assert await port.state() is State.ROLLBACK_WINDOW


BAD_DATES = {
    "past": (timedelta(days=-1), "lies in the past"),
    "too soon": (timedelta(hours=1), "less than 4 h away"),
    "too far": (timedelta(days=400), "days away"),
}


@pytest.mark.parametrize("why", [*BAD_DATES, "closed day"])
async def test_a_date_nobody_can_honour_is_a_task_and_another_is_asked_for(why: str, shared_world: World) -> None:
    port = await waiting(shared_world)
    now = await port.clock.now()
    if why == "closed day":
        bad, words = now + timedelta(days=7 + 5 - now.weekday()), "not a business day"
    else:
        bad, words = now + BAD_DATES[why][0], BAD_DATES[why][1]
    answer = await port.decide("foc_confirmed", foc_at=bad.isoformat(), by="carrier")
    assert answer.accepted
    assert await port.state() is State.ACTION_REQUIRED
    assert words in (await port.task(TaskKind.CHOOSE_DATE)).detail

    wanted = business(now, 6)
    await port.answer(TaskKind.CHOOSE_DATE, "request_new_date", foc_at=wanted.isoformat())
    order = await port.order()
    assert (order.state, order.foc_at, order.requested_foc_on) == (State.SUBMITTED, None, wanted.date())
    assert [s.kind for s in port.held().sendings] == [SendKind.NEW, SendKind.NEW_DATE]
    await port.decide("foc_confirmed", foc_at=wanted.isoformat(), by="carrier")
    assert await port.state() is State.FOC_CONFIRMED


async def test_a_new_date_is_asked_for_even_when_the_signature_is_too_old(shared_world: World) -> None:
    """Only a sending that relies on the LOA needs a fresh one: a supplement for the date alone does not."""
    port = await waiting(shared_world)
    await port.clock.past(32 * DAY)
    now = await port.clock.now()
    await port.decide("foc_confirmed", foc_at=(now - DAY).isoformat())
    await port.answer(TaskKind.CHOOSE_DATE, "request_new_date")
    assert await port.state() is State.SUBMITTED
    assert port.sent() == [1, 2]


async def test_a_closed_day_may_be_accepted_by_a_person(shared_world: World) -> None:
    port = await waiting(shared_world)
    now = await port.clock.now()
    sunday = now + timedelta(days=7 + 6 - now.weekday())
    await port.decide("foc_confirmed", foc_at=sunday.isoformat())
    await port.answer(TaskKind.CHOOSE_DATE, "accept")
    assert await port.state() is State.FOC_CONFIRMED
    await port.clock.to(sunday)
    assert await port.state() is State.ROLLBACK_WINDOW


async def test_a_date_that_has_passed_cannot_be_accepted(shared_world: World) -> None:
    port = await waiting(shared_world)
    now = await port.clock.now()
    await port.decide("foc_confirmed", foc_at=(now - DAY).isoformat())
    answer = await port.answer(TaskKind.CHOOSE_DATE, "accept")
    assert not answer.accepted
    assert "request_new_date" in answer.instead
    assert await port.state() is State.ACTION_REQUIRED
