"""The rollback window: inside it the numbers go back, after it the answer says what to do instead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portolan.carriers.simulated import Fault, Script
from portolan.domain.carrier import NumberStatus
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.histories import failures, scheduled
from tests.world import BOSS, DAY, FOC, HOUR, Port, World

MINUTE = timedelta(minutes=1)
WHY = {"decided_by": BOSS.name, "reason": "no inbound calls"}


async def in_window(world: World, *faults: Fault) -> tuple[Port, datetime, datetime]:
    """An order in its rollback window, when it was activated and when the window closes."""
    port = await world.port(FOC.model_copy(update={"faults": list(faults)}))
    order = await port.activated()
    assert order.state is State.ROLLBACK_WINDOW
    assert order.activated_at is not None
    assert order.rollback_until is not None
    return port, order.activated_at, order.rollback_until


async def stages(port: Port) -> list[str]:
    """The stage named in each port-back that was ordered."""
    return [back["stage"] for _, back in scheduled(await port.handle.fetch_history(), "port_back_order")]


def returned(port: Port) -> bool:
    return port.held().returned_at is not None


@pytest.mark.parametrize(
    ("after", "stage"),
    [
        (10 * HOUR, "snapback"),
        (24 * HOUR + MINUTE, "win_back"),
        (50 * HOUR, "win_back"),
        (72 * HOUR - MINUTE, "win_back"),
    ],
    ids=["10:00", "24:01", "50:00", "71:59"],
)
async def test_inside_the_window_the_numbers_go_back(after: timedelta, stage: str, shared_world: World) -> None:
    port, activated_at, until = await in_window(shared_world)
    assert until - activated_at == 72 * HOUR
    await port.clock.to(activated_at + after)
    answer = await port.decide("rollback", **WHY)
    assert (answer.accepted, answer.status) == (True, "applied")
    await port.result()
    order = port.recorded()
    assert order.state is State.ROLLED_BACK
    assert set(order.number_status.values()) == {NumberStatus.RETURNED}
    assert BOSS.name in order.outcome
    assert await stages(port) == [stage]
    assert returned(port)
    assert port.mails()[-1] == "rolled_back"


async def test_after_the_window_the_refusal_says_what_to_do_instead(shared_world: World) -> None:
    port, activated_at, _ = await in_window(shared_world)
    await port.clock.to(activated_at + 72 * HOUR + MINUTE)
    await port.result()
    answer = await port.decide("rollback", **WHY)
    assert (answer.accepted, answer.status, answer.state) == (False, "refused", State.COMPLETED)
    assert "window closed" in answer.reason
    assert "Old Telco" in answer.instead
    assert not returned(port)
    assert {"window_closing", "completed"} <= set(port.mails())


@pytest.mark.parametrize("early", [True, False], ids=["before the end", "after the end"])
async def test_decision_and_closing_timer_in_one_task_are_settled_by_when_it_was_decided(
    early: bool, idle_world: World
) -> None:
    async with idle_world.worker():
        port, _, until = await in_window(idle_world)
        await port.clock.to(until - HOUR)
        await port.order()
    await port.to_timer(until)
    decided_at = until - timedelta(seconds=1) if early else until
    await port.handle.signal("rollback", {**WHY, "occurred_at": decided_at.isoformat()})
    async with idle_world.worker():
        await port.result()
    assert port.recorded().state is (State.ROLLED_BACK if early else State.COMPLETED)
    assert returned(port) is early
    heard = next(entry for entry in port.trail() if entry.kind.startswith("rollback"))
    assert heard.occurred_at == decided_at
    assert heard.recorded_at >= until
    assert not failures(await port.handle.fetch_history())


async def test_the_losing_carrier_may_refuse_and_the_port_stands(shared_world: World) -> None:
    port, _, _ = await in_window(shared_world, Fault(call="port_back", kind="refuse", text="number reassigned"))
    await port.decide("rollback", **WHY)
    assert await port.state() is State.ROLLBACK_WINDOW
    task = await port.task(TaskKind.PORT_BACK_REFUSED)
    assert "number reassigned" in task.detail
    assert (await port.ended()).state is State.COMPLETED
    assert not returned(port)
    assert port.calls("port_back") == 1


async def test_decided_in_the_last_minute_it_outlives_an_outage(shared_world: World) -> None:
    port, _, until = await in_window(shared_world, Fault(call="port_back", kind="outage", times=9))
    await port.clock.to(until - MINUTE)
    await port.decide("rollback", **WHY)
    order = await port.order()
    assert (order.state, order.retry_at is not None) == (State.ROLLING_BACK, True)
    await port.clock.to(until + 2 * HOUR)
    await port.result()
    assert port.recorded().state is State.ROLLED_BACK
    back = port.held().returned_at
    assert back is not None
    assert back > until
    assert port.calls("port_back") == 10


async def test_after_the_last_moment_for_it_nothing_goes_back_any_more(shared_world: World) -> None:
    """The carrier is away until it is too late: then the port stands, and a person is told."""
    outage = Fault(call="port_back", kind="outage", times=1000)
    port = await shared_world.port(FOC.model_copy(update={"faults": [outage]}), policy={"port_back_hours": 1})
    order = await port.activated()
    assert order.rollback_until is not None
    await port.clock.to(order.rollback_until - MINUTE)
    await port.decide("rollback", **WHY)
    await port.clock.to(order.rollback_until + HOUR + MINUTE)
    assert await port.state() is State.ROLLING_BACK
    assert TaskKind.CARRIER_UNREACHABLE in await port.tasks()
    shared_world.carrier.give_script(port.order_id, FOC)
    assert (await port.ended()).state is State.COMPLETED
    assert not returned(port)
    assert any(task.kind is TaskKind.PORT_BACK_REFUSED for task in port.recorded().tasks)


async def test_only_the_named_decision_maker_can_order_it(shared_world: World) -> None:
    port, _, _ = await in_window(shared_world)
    answer = await port.decide("rollback", decided_by="Mallory", reason="because")
    assert not answer.accepted
    assert BOSS.name in answer.instead
    assert await port.state() is State.ROLLBACK_WINDOW
    assert port.calls("port_back") == 0


async def test_before_cutover_there_is_nothing_to_roll_back(shared_world: World) -> None:
    port = await shared_world.port()
    await port.submitted()
    answer = await port.decide("rollback", **WHY)
    assert not answer.accepted
    assert "ancel" in answer.instead


async def test_numbers_out_of_service_are_told_and_looked_at_until_they_live(shared_world: World) -> None:
    port = await shared_world.port(FOC.model_copy(update={"dead_numbers": 1, "dead_hours": 1}))
    order: Order = await port.activated()
    assert order.state is State.VERIFYING
    assert await port.tasks() == [TaskKind.PROVE_NUMBERS]
    assert order.activated_at is not None
    await port.clock.to(order.activated_at + HOUR + 20 * MINUTE)
    assert await port.state() is State.ROLLBACK_WINDOW
    assert await port.tasks() == []


async def test_a_rollback_while_numbers_are_being_proven_counts(shared_world: World) -> None:
    port = await shared_world.port(FOC.model_copy(update={"dead_numbers": 1, "dead_hours": 200}))
    await port.activated()
    await port.clock.past(3 * HOUR)
    await port.decide("rollback", **WHY)
    await port.result()
    assert port.recorded().state is State.ROLLED_BACK
    assert await stages(port) == ["snapback"]


async def test_where_there_is_no_window_the_order_completes_and_a_rollback_is_refused(shared_world: World) -> None:
    port = await shared_world.port(Script(sendings=FOC.sendings), policy={"rollback_hours": 0})
    await port.submitted()
    await port.clock.past(3 * DAY)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at + MINUTE)
    await port.result()
    assert port.recorded().state is State.COMPLETED
    assert "no return" in (await port.decide("rollback", **WHY)).reason
