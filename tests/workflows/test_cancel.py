"""Giving up: before cutover at the carrier first, after it not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from portolan.carriers.simulated import Fault, Script
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.scenarios import LOCKED, LTD
from tests.world import DAY, FOC, HOUR, SILENT, Port, World


def with_fault(fault: Fault, script: Script = FOC) -> Script:
    return script.model_copy(update={"faults": [fault]})


async def _informed(world: World) -> Port:
    return await world.port(LTD)


async def _checking(world: World) -> Port:
    return await world.port(with_fault(Fault(call="check_portability", kind="outage", times=4)))


async def _unsigned(world: World) -> Port:
    return await world.port()


async def _unapproved(world: World) -> Port:
    port = await world.port()
    await port.sign()
    return port


async def _submitting(world: World) -> Port:
    port = await world.port(with_fault(Fault(call="find", kind="outage", times=4)))
    await port.submitted()
    return port


async def _answer_lost(world: World) -> Port:
    """The carrier holds the order, and Portolan does not know: the answer and every look afterwards fail."""
    faults = [Fault(call="submit", kind="lost_answer"), Fault(call="find", kind="refuse", times=0)]
    port = await world.port(FOC.model_copy(update={"faults": faults}))
    await port.sign()
    return port


async def _submitted(world: World) -> Port:
    port = await world.port(SILENT)
    await port.submitted()
    return port


async def _rejected(world: World) -> Port:
    port = await world.port(LOCKED)
    await port.submitted()
    await port.clock.past(DAY)
    return port


async def _confirmed(world: World) -> Port:
    port = await world.port()
    await port.submitted()
    await port.clock.past(2 * DAY + HOUR)
    return port


async def _ready(world: World) -> Port:
    port = await _confirmed(world)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at - HOUR)
    return port


BEFORE: dict[State, tuple[Callable[[World], Awaitable[Port]], int]] = {
    State.CHECKING: (_checking, 0),
    State.AWAITING_INFORMATION: (_informed, 0),
    State.AWAITING_SIGNATURE: (_unsigned, 0),
    State.AWAITING_APPROVAL: (_unapproved, 0),
    State.SUBMITTING: (_submitting, 0),
    State.SUBMITTED: (_submitted, 1),
    State.ACTION_REQUIRED: (_rejected, 1),
    State.FOC_CONFIRMED: (_confirmed, 1),
    State.READY: (_ready, 1),
}


@pytest.mark.parametrize("state", BEFORE, ids=str)
async def test_before_cutover_the_carrier_is_told_first(state: State, shared_world: World) -> None:
    reach, sent = BEFORE[state]
    port = await reach(shared_world)
    assert await port.state() is state
    answer = await port.decide("cancel", by="Charles", reason="campaign moved")
    assert answer.accepted
    await port.result()
    order = port.recorded()
    assert (order.state, order.open_tasks) == (State.CANCELLED, [])
    assert "campaign moved" in order.outcome
    assert port.mails()[-1] == "cancelled"
    assert len(port.sent()) == sent
    if sent:
        cancelled_at = port.held().cancelled_at
        (ended,) = [entry for entry in port.trail() if entry.state_after is State.CANCELLED]
        assert cancelled_at is not None
        assert cancelled_at <= ended.recorded_at
    assert port.calls("activate") == 0
    assert port.calls("cancel") == sent


async def test_on_hold_it_can_be_cancelled(shared_world: World) -> None:
    port = await _confirmed(shared_world)
    await port.decide("hold", by="Charles", reason="in print")
    await port.decide("cancel", by="Charles", reason="campaign moved")
    await port.result()
    assert port.recorded().state is State.CANCELLED
    assert port.held().cancelled_at


async def test_after_cutover_it_is_refused_with_the_way_out(shared_world: World) -> None:
    port = await shared_world.port()
    await port.activated()
    answer = await port.decide("cancel", by="Charles", reason="too late")
    assert (answer.accepted, answer.status) == (False, "refused")
    assert "after cutover" in answer.reason
    assert "rollback" in answer.instead
    assert "cancel" not in answer.allowed
    assert await port.state() is State.ROLLBACK_WINDOW
    assert port.calls("cancel") == 0


async def test_while_the_numbers_are_moving_it_is_refused(shared_world: World) -> None:
    port = await shared_world.port(with_fault(Fault(call="activate", kind="outage", times=4)))
    await port.activated()
    assert await port.state() is State.CUTTING_OVER
    assert not (await port.decide("cancel", by="Charles", reason="too late")).accepted
    await port.clock.past(HOUR)
    assert await port.state() is State.ROLLBACK_WINDOW


async def test_of_an_ended_order_it_is_refused_by_the_read_model(shared_world: World) -> None:
    port = await shared_world.port()
    await port.decide("cancel", by="Charles", reason="campaign moved")
    await port.result()
    again = await port.decide("cancel", by="Charles", reason="again")
    assert (again.accepted, again.state) == (False, State.CANCELLED)


async def test_the_carrier_would_not_cancel_and_the_port_goes_on(shared_world: World) -> None:
    port = await shared_world.port(with_fault(Fault(call="cancel", kind="refuse", text="too close to the FOC")))
    await port.submitted()
    await port.decide("cancel", by="Charles", reason="campaign moved")
    assert await port.state() is State.SUBMITTED
    assert "too close" in (await port.task(TaskKind.CANCEL_REFUSED)).detail
    await port.answer(TaskKind.CANCEL_REFUSED, "acknowledged")
    await port.clock.past(3 * DAY)
    assert await port.state() is State.FOC_CONFIRMED
    assert port.held().cancelled_at is None


async def test_a_cancel_outlives_an_outage(shared_world: World) -> None:
    port = await shared_world.port(with_fault(Fault(call="cancel", kind="outage", times=5), SILENT))
    await port.submitted()
    await port.decide("cancel", by="Charles", reason="campaign moved")
    assert await port.state() is State.CANCELLING
    assert port.held().cancelled_at is None
    await port.clock.past(HOUR)
    await port.result()
    assert port.recorded().state is State.CANCELLED
    assert port.held().cancelled_at
