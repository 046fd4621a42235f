"""No number moves at a red gate; sign-offs, overrides and words count by when they were given."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portolan.carriers.simulated import Fault, Script
from portolan.domain.carrier import NumberConfiguration
from portolan.domain.order import Order
from portolan.domain.readiness import barred, move_until
from portolan.domain.runbook import ITEMS
from portolan.domain.states import State, Turn
from portolan.domain.tasks import TaskKind
from tests.workflows.histories import failures
from tests.world import ADA, BOSS, COORDINATOR, DAY, FOC, HOUR, Port, World

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BY = {Turn.CUSTOMER: ADA.name, Turn.DECISION_MAKER: BOSS.name, Turn.COORDINATOR: "Charles"}
GATED: dict[str, Any] = {"runbook": ["desk_staffed", "go"], "gates": ["desk_staffed", "go"]}
FLOW = NumberConfiguration(contact_flow="main", emergency_address="ea-1")
OVERRIDE = {"decided_by": BOSS.name, "reason": "tested by hand"}


async def dated(world: World, script: Script = FOC, **given: Any) -> tuple[Port, datetime]:
    """An order whose date is confirmed and at most two days ahead, and the date."""
    port = await world.port(script, **given)
    await port.submitted()
    await port.clock.past(2 * DAY + MINUTE)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at - 2 * DAY)
    return port, foc_at


async def sign_off(port: Port, *but: str) -> None:
    """Whoever it belongs to signs each red gate off, except these."""
    red = [item for item in barred(await port.order()) if item not in but]
    for owner, by in BY.items():
        if mine := [item for item in red if ITEMS[item].owner is owner]:
            assert (await port.decide("sign_off", by=by, items=mine)).accepted


def moved(port: Port) -> datetime | None:
    return port.held().activated_at


async def test_by_the_book_the_numbers_wait_for_the_last_gate_and_are_configured_once(shared_world: World) -> None:
    faults = [Fault(call="configure", kind="lost_answer"), Fault(call="configure", kind="outage", times=5)]
    script = FOC.model_copy(update={"faults": faults})
    port, foc_at = await dated(shared_world, script, by_the_book=True, configuration=FLOW)
    order = await port.order()
    assert {"go", "desk_staffed"} < {task.item for task in order.open_tasks}
    assert "configuration" not in {task.item for task in order.open_tasks}
    await sign_off(port, "go", "desk_staffed", "configuration")
    desk = next(task for task in order.open_tasks if task.item == "desk_staffed")
    done = await port.decide("complete_task", task_id=desk.task_id, answer="done", by="Charles", note="Bo")
    assert done.accepted

    await port.clock.to(foc_at - 20 * HOUR)
    order = await port.order()
    assert (order.state, barred(order)) == (State.READY, ["go"])
    assert order.signoffs["configuration"].by == "portolan"
    assert (port.held().configuration, port.held().configured_times) == (FLOW, 1)

    await port.clock.to(foc_at + HOUR)
    order = await port.order()
    assert (order.state, order.held_since is not None) == (State.READY, True)
    assert port.calls("activate") == 0
    assert "red_gates" in port.mails()
    assert "Go, by the decision-maker" in (await port.task(TaskKind.RED_GATES)).detail
    refused = await port.decide("sign_off", by="Charles", items=["go"])
    assert (refused.accepted, refused.instead) == (False, "Only Grace Hopper can sign off go.")
    assert (await port.decide("sign_off", by=BOSS.name, items=["go"], note="go")).accepted
    order = await port.order()
    assert order.state is State.ROLLBACK_WINDOW
    at = moved(port)
    assert at is not None
    assert foc_at + HOUR <= at < foc_at + HOUR + MINUTE
    assert {task.item for task in order.open_tasks} == {"volumes", "closing"}
    assert not failures(await port.handle.fetch_history())


@pytest.mark.parametrize(
    ("kind", "at"),
    [("sign_off", -MINUTE), ("sign_off", MINUTE), ("override_gates", -MINUTE), ("override_gates", MINUTE)],
)
async def test_a_minute_before_the_foc_and_a_minute_after_it(kind: str, at: timedelta, shared_world: World) -> None:
    two = {"second_person": COORDINATOR} if kind == "override_gates" else {}
    port, foc_at = await dated(shared_world, policy=GATED, **two)
    await sign_off(port, "go")
    await port.clock.to(foc_at + at)
    assert (await port.order()).state is State.READY
    if kind == "sign_off":
        await sign_off(port)
    else:
        await port.decide("override_gates", **OVERRIDE)
        assert not (await port.decide("confirm", by=BOSS.email)).accepted
        assert (moved(port), barred(await port.order())) == (None, ["go"])
        await port.decide("confirm", by=COORDINATOR.name)
    assert (moved(port) is None) is (at < timedelta(0))
    await port.clock.to(foc_at + 2 * MINUTE)
    order = await port.order()
    assert order.state is State.ROLLBACK_WINDOW
    assert port.held().activations == 1
    if order.override:
        assert (order.override.items, order.override.by) == (["go"], f"{BOSS.name} and {COORDINATOR.name}")
        assert order.override.reason == "tested by hand"


@pytest.mark.parametrize("early", [True, False], ids=["in the last minute", "a minute late"])
async def test_the_last_moment_for_the_last_gate(early: bool, shared_world: World) -> None:
    port, foc_at = await dated(shared_world, policy=GATED)
    await sign_off(port, "desk_staffed")
    until = move_until(await port.order())
    assert until == foc_at + 4 * HOUR
    await port.clock.to(until + (-MINUTE if early else MINUTE))
    answer = await port.decide("sign_off", by="Charles", items=["desk_staffed"])
    assert answer.accepted is early
    assert await port.state() is (State.ROLLBACK_WINDOW if early else State.ACTION_REQUIRED)
    assert (moved(port) is not None) is early
    if not early:
        assert "passed at red gates" in (await port.task(TaskKind.CHOOSE_DATE)).detail
        await port.answer(TaskKind.CHOOSE_DATE, "request_new_date")
        assert port.sent() == [1, 2]


@pytest.mark.parametrize("early", [True, False], ids=["inside the window", "at its end"])
async def test_a_word_and_the_windows_end_in_one_task_are_settled_by_when_it_was_given(
    early: bool, idle_world: World
) -> None:
    policy = {**GATED, "activation_until": "08:00"}
    async with idle_world.worker():
        port, foc_at = await dated(idle_world, policy=policy, activation="on_demand")
        await sign_off(port)
        await port.clock.to(foc_at - MINUTE)
        before = await port.decide("cut_over", by=BOSS.name)
        assert (before.accepted, before.instead) == (False, "Say so then.")
        await port.clock.to(foc_at + MINUTE)
        order = await port.order()
        assert (order.state, await port.tasks()) == (State.READY, [TaskKind.CUT_OVER])
        until = move_until(order)
    await port.to_timer(until)
    said_at = until - SECOND if early else until
    await port.handle.signal("cut_over", {"by": BOSS.name, "occurred_at": said_at.isoformat()})
    async with idle_world.worker():
        order = await port.order()
    assert order.state is (State.ROLLBACK_WINDOW if early else State.ACTION_REQUIRED)
    assert (moved(port) is not None) is early
    heard = next(entry for entry in port.trail() if entry.kind.startswith("cut_over"))
    assert (heard.kind, heard.occurred_at) == ("cut_over" if early else "cut_over_refused", said_at)
    assert not failures(await port.handle.fetch_history())


@pytest.mark.parametrize("what", ["the last gate", "the word"])
async def test_given_at_the_foc_and_heard_with_its_timer_it_moves_the_numbers(what: str, idle_world: World) -> None:
    on_demand = {"activation": "on_demand"} if what == "the word" else {}
    async with idle_world.worker():
        port, foc_at = await dated(idle_world, policy=GATED, **on_demand)
        await sign_off(port, *([] if on_demand else ["go"]))
        await port.clock.to(foc_at - MINUTE)
        assert await port.state() is State.READY
    await port.to_timer(foc_at)
    said = {"occurred_at": foc_at.isoformat(), "by": BOSS.name, "items": ["go"]}
    await port.handle.signal("cut_over" if on_demand else "sign_off", said)
    async with idle_world.worker():
        assert await port.state() is State.ROLLBACK_WINDOW
    assert port.held().activations == 1


async def test_a_date_that_moves_after_everything_was_signed_off_is_signed_off_again(shared_world: World) -> None:
    port, foc_at = await dated(shared_world, policy=GATED)
    await sign_off(port)
    later = foc_at + 7 * DAY
    await port.decide("foc_confirmed", foc_at=later.isoformat(), by="carrier")
    assert barred(await port.order()) == ["desk_staffed", "go"]
    await port.clock.to(foc_at + HOUR)
    assert (await port.state(), port.calls("activate")) == (State.FOC_CONFIRMED, 0)
    none_due = await port.decide("override_gates", **OVERRIDE)
    assert "not due yet: desk_staffed, go" in none_due.reason
    await port.clock.to(later - HOUR)
    assert (await port.decide("override_gates", **OVERRIDE)).accepted
    await port.clock.to(later)
    assert await port.state() is State.ROLLBACK_WINDOW
    assert port.held().activations == 1


@pytest.mark.parametrize("kind", ["lost_answer", "refuse"])
async def test_what_was_configured_without_anybody_knowing_is_taken_down_with_the_order(
    kind: str, shared_world: World
) -> None:
    fault = Fault.model_validate({"call": "configure", "kind": kind, "times": 500, "text": "no such flow"})
    policy = {"runbook": ["configuration"], "gates": ["configuration"]}
    script = FOC.model_copy(update={"faults": [fault]})
    port, foc_at = await dated(shared_world, script, policy=policy, configuration=FLOW)
    await port.clock.to(foc_at - DAY + MINUTE)
    order = await port.order()
    assert (order.state, order.configured) == (State.READY, False)
    assert (port.held().configuration is None) is (kind == "refuse")
    if kind == "refuse":
        task = await port.task(TaskKind.SIGN_OFF)
        assert "Portolan could not: no such flow" in task.detail
        await port.answer(TaskKind.SIGN_OFF, "done")
        await port.clock.to(foc_at)
        assert await port.state() is State.ROLLBACK_WINDOW
    else:
        assert TaskKind.CARRIER_UNREACHABLE in await port.tasks()
        await port.decide("cancel", by="Charles", reason="moved")
        await port.result()
        assert port.recorded().state is State.CANCELLED
        assert port.held().configuration is None


def next_change(zone: ZoneInfo, after: datetime) -> datetime:
    """Half past midnight there on the next night on which clocks change."""
    day = after.astimezone(zone).date() + timedelta(days=3)
    while True:
        begins, ends = (datetime.combine(day + timedelta(days=n), time(0), zone) for n in (0, 1))
        if begins.utcoffset() != ends.utcoffset():
            return begins.replace(minute=30).astimezone(UTC)
        day += timedelta(days=1)


async def test_on_a_night_when_clocks_change_the_window_ends_by_the_carriers_clocks(shared_world: World) -> None:
    zone = ZoneInfo("Europe/Berlin")
    policy = {**GATED, "time_zone": "Europe/Berlin", "activation_until": "08:00", "foc_horizon_days": 400}
    port = await shared_world.port(Script(sendings=[[]]), policy=policy, activation="on_demand")
    await port.submitted()
    foc_at = next_change(zone, await port.clock.now())
    await port.decide("foc_confirmed", foc_at=foc_at.isoformat(), by="carrier")
    await port.answer(TaskKind.CHOOSE_DATE, "accept")  # it is a Sunday
    await port.clock.to(foc_at + MINUTE)
    order: Order = await port.order()
    until = move_until(order)
    assert until - foc_at in {6.5 * HOUR, 8.5 * HOUR}
    assert until.astimezone(zone).time() == time(8)
    await port.clock.to(until - MINUTE)
    assert await port.state() is State.READY
    await sign_off(port)
    assert (await port.decide("cut_over", by=BOSS.name)).accepted
    assert await port.state() is State.ROLLBACK_WINDOW
