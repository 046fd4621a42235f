"""Whole lives with a bridge: built once, proven, released or removed; and where the carrier cannot pause an order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portolan.carriers.simulated import Fault, Script
from portolan.carriers.simulated.store import HeldBridge
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.histories import failures
from tests.world import BOSS, DAY, FOC, HOUR, Port, World, fresh_number

MINUTE = timedelta(minutes=1)
FIRST: dict[str, Any] = {"strategy": "bridge_then_port"}
#: A carrier that takes no other date for an order that it holds.
STUCK = {"policy": {"runbook": ["emergency_desk"], "gates": [], "supplements": False}}


def bridge_at(port: Port) -> HeldBridge | None:
    """The bridge as the carrier has it, removed or not."""
    return port.world.carrier.store.bridge(f"{port.order_id}:bridge")


def standing(port: Port) -> HeldBridge:
    held = bridge_at(port)
    assert held is not None
    assert held.removed_at is None
    return held


def removed(port: Port) -> bool:
    held = bridge_at(port)
    return held is not None and held.removed_at is not None


async def in_window(port: Port) -> None:
    """From a sending to the rollback window."""
    await port.clock.past(2 * DAY + HOUR)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at)
    assert await port.state() is State.ROLLBACK_WINDOW


def troubled(*faults: tuple[str, str], **given: Any) -> Script:
    told = [Fault.model_validate({"call": call, "kind": kind}) for call, kind in faults]
    return FOC.model_copy(update={"faults": told, **given})


async def test_bridged_released_and_ported_with_one_claim_however_answers_get_lost(shared_world: World) -> None:
    lost = [("build_bridge", "lost_answer"), ("bridge", "outage"), ("remove_bridge", "lost_answer")]
    numbers = [fresh_number(), fresh_number()]
    port = await shared_world.port(troubled(*lost, bridge_hours=1), numbers=numbers, **FIRST)
    order = await port.order()
    assert (order.state, await port.tasks()) == (State.BRIDGING, [TaskKind.FORWARD_CALLS])
    claimed = standing(port).claimed
    assert (list(claimed), port.calls("build_bridge")) == (numbers, 1)

    await port.clock.past(HOUR + 16 * MINUTE)
    order = await port.order()
    assert (order.state, await port.tasks()) == (State.BRIDGED, [TaskKind.RELEASE_BRIDGE])
    assert order.bridge is not None
    assert (order.bridge.claimed, port.mails()[-1]) == (claimed, "bridged")
    await port.clock.past(8 * DAY)
    assert (await port.state(), port.calls("submit")) == (State.BRIDGED, 0)

    assert (await port.decide("release", by="Charles")).accepted
    await port.submitted()
    await in_window(port)
    assert standing(port)
    assert (await port.ended()).state is State.COMPLETED
    assert (removed(port), port.calls("build_bridge"), port.sent()) == (True, 1, [1])
    audit = port.audit()
    assert audit.index("activated") < audit.index("bridge_removed") < audit.index("settled")
    assert not failures(await port.handle.fetch_history())


@pytest.mark.parametrize("by", ["cancel", "rollback", "silence"])
async def test_it_is_removed_with_everything_that_was_claimed(by: str, shared_world: World) -> None:
    port = await shared_world.port(troubled(("remove_bridge", "outage")), **FIRST)
    assert await port.state() is State.BRIDGED
    if by == "cancel":
        await port.decide("cancel", by="Charles", reason="dead air")
    elif by == "rollback":
        assert not (await port.decide("rollback", decided_by="Charles", reason="dead air")).accepted
        await port.decide("rollback", decided_by=BOSS.name, reason="dead air")
    else:
        await port.decide("release", by="Charles")
        await port.clock.past(30 * DAY + MINUTE)
    await port.result()
    order = port.recorded()
    assert order.state is State.CANCELLED
    assert "bridge is removed" in order.outcome if by == "silence" else order.outcome == "Cancelled: dead air"
    assert removed(port)
    assert port.calls("submit") == port.calls("cancel") == 0


async def test_an_order_the_carrier_cannot_pause_is_withdrawn_bridged_and_sent_anew(shared_world: World) -> None:
    port = await shared_world.port(troubled(("cancel", "lost_answer"), ("build_bridge", "lost_request")), **STUCK)
    await port.submitted()
    until = await port.clock.now() + 9 * DAY
    await port.decide("hold", by="Charles", reason="in print", until=until.isoformat())
    assert TaskKind.CHOOSE_BRIDGE in await port.tasks()
    await port.answer(TaskKind.CHOOSE_BRIDGE, "bridge")
    order = await port.order()
    assert (order.state, order.hold, order.foc_at) == (State.BRIDGED, None, None)
    assert order.bridge is not None
    assert (order.bridge.reason, order.bridge.until) == ("in print", until)
    assert port.held().cancelled_at is not None
    assert list(standing(port).claimed) == port.recorded().request.numbers

    await port.clock.to(until + HOUR)
    assert (await port.state(), port.sent()) == (State.BRIDGED, [1])
    await port.decide("release", by="Charles")
    assert (await port.state(), port.sent()) == (State.SUBMITTED, [1, 2])
    await in_window(port)
    assert (await port.ended()).state is State.COMPLETED
    first, second = shared_world.carrier.store.orders(port.order_id)
    assert (first.activated_at, first.activations) == (None, 0)
    assert (second.activations, second.cancelled_at) == (1, None)
    assert removed(port)
    assert not failures(await port.handle.fetch_history())


async def test_a_carrier_that_will_not_withdraw_it_keeps_the_order_and_nothing_is_bridged(shared_world: World) -> None:
    port = await shared_world.port(troubled(("cancel", "refuse")), **STUCK)
    await port.submitted()
    await port.decide("hold", by="Charles", reason="in print")
    await port.answer(TaskKind.CHOOSE_BRIDGE, "bridge")
    order = await port.order()
    assert (order.state, order.hold is not None, order.bridge) == (State.SUBMITTED, True, None)
    assert TaskKind.CANCEL_REFUSED in await port.tasks()
    assert bridge_at(port) is None
    await port.decide("release", by="Charles")
    await in_window(port)
    assert port.calls("build_bridge") == 0
