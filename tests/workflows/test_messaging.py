"""Messaging after a port, on a server that skips time: it settles in its own time and never holds up voice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portolan.carriers.simulated import Fault, Script
from portolan.domain.carrier import MessagingStatus
from portolan.domain.messaging import MessagingWanted
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.world import FOC, HOUR, Port, World

MINUTE = timedelta(minutes=1)
CAMPAIGN = MessagingWanted(campaign="C-1")
#: A window so short that messaging outlasts it.
POLICY: dict[str, Any] = {"runbook": [], "gates": [], "rollback_hours": 2}


async def activated(world: World, script: Script, **given: Any) -> tuple[Port, Order]:
    """An order just after its FOC that asked for messaging."""
    port = await world.port(script, by_the_book=True, **{"messaging": CAMPAIGN, "policy": POLICY, **given})
    order = await port.activated()
    assert (order.state, order.activated_at is not None) == (State.ROLLBACK_WINDOW, True)
    return port, order


def scripted(**given: Any) -> Script:
    """An FOC as most tests want it, with more besides."""
    return FOC.model_copy(update=given)


async def test_it_settles_with_the_first_look_and_its_number_joins_the_campaign(shared_world: World) -> None:
    port, order = await activated(shared_world, FOC)
    assert set(order.messaging.values()) == {MessagingStatus.PENDING}
    await port.clock.past(11 * MINUTE)
    order = await port.order()
    assert set(order.messaging.values()) == {MessagingStatus.SETTLED}
    assert (port.held().joins, port.held().campaign) == (1, {order.request.numbers[0]: "C-1"})
    assert (await port.ended()).state is State.COMPLETED
    assert port.calls("messaging") == 1


async def test_the_window_closes_without_it_and_completion_waits(shared_world: World) -> None:
    port, order = await activated(shared_world, scripted(messaging_hours=5))
    assert order.rollback_until
    await port.clock.to(order.rollback_until + MINUTE)
    assert await port.state() is State.SETTLING
    assert "completed" not in port.mails()
    assert port.calls("messaging") == 2
    await port.clock.past(4 * HOUR)
    await port.result()
    assert port.recorded().state is State.COMPLETED
    assert port.mails()[-1] == "completed"
    assert port.calls("messaging") == 3


async def test_a_carrier_that_cannot_say_is_asked_at_the_next_time_and_nobody_is_troubled(shared_world: World) -> None:
    faults = [Fault(call="messaging", kind="outage", times=4)]
    port, _ = await activated(shared_world, scripted(faults=faults))
    await port.clock.past(30 * MINUTE)
    order = await port.order()
    assert (order.state, order.open_tasks, order.retry_at) == (State.ROLLBACK_WINDOW, [], None)
    await port.clock.past(31 * MINUTE)
    assert set((await port.order()).messaging.values()) == {MessagingStatus.SETTLED}


async def test_failed_it_is_retried_or_not_waited_for(shared_world: World) -> None:
    port, order = await activated(shared_world, scripted(messaging_fails=True))
    await port.clock.past(11 * MINUTE)
    assert await port.tasks() == [TaskKind.MESSAGING_LATE]
    await port.answer(TaskKind.MESSAGING_LATE, "retry")
    assert await port.tasks() == [TaskKind.MESSAGING_LATE]
    assert port.calls("messaging") == 2
    assert order.rollback_until
    await port.clock.to(order.rollback_until + MINUTE)
    assert await port.state() is State.SETTLING
    await port.answer(TaskKind.MESSAGING_LATE, "without_messaging", note="voice only")
    await port.result()
    ended = port.recorded()
    assert (ended.state, ended.without_messaging) == (State.COMPLETED, "voice only")


async def test_late_it_is_a_task_and_then_it_settles(shared_world: World) -> None:
    policy = {**POLICY, "messaging_business_days": 1}
    port, order = await activated(shared_world, scripted(messaging_hours=70), policy=policy)
    assert order.messaging_until
    await port.clock.to(order.messaging_until - MINUTE)
    assert await port.tasks() == []
    await port.clock.to(order.messaging_until + MINUTE)
    assert await port.tasks() == [TaskKind.MESSAGING_LATE]
    shared_world.carrier.give_script(port.order_id, FOC)
    await port.answer(TaskKind.MESSAGING_LATE, "retry")
    await port.result()
    assert (port.recorded().state, port.recorded().open_tasks) == (State.COMPLETED, [])
