"""The day the numbers move, on a server that skips time: in part, half-ported, by a dialer's calls, unasked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portolan.carriers.simulated import CallFailure, Fault, Script
from portolan.domain.carrier import NumberStatus, split_id
from portolan.domain.order import Order
from portolan.domain.proving import slots_of
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.testcalls import SlotStatus
from tests.world import DAY, FOC, HOUR, Port, World, fresh_number

MINUTE = timedelta(minutes=1)
#: The playbook's proof with nothing to sign off.
OPEN: dict[str, Any] = {"runbook": [], "gates": []}
#: The same, with a window that is soon over.
SHORT: dict[str, Any] = {**OPEN, "rollback_hours": 2}


def scripted(**given: Any) -> Script:
    """An FOC as most tests want it, with more besides."""
    return FOC.model_copy(update=given)


async def on_the_day(world: World, script: Script, **given: Any) -> tuple[Port, Order]:
    """An order just after its FOC."""
    port = await world.port(script, by_the_book=True, **{"policy": OPEN, **given})
    return port, await port.activated()


async def test_activated_in_part_the_rest_is_activated_again_and_the_order_completes(shared_world: World) -> None:
    numbers = [fresh_number(), fresh_number()]
    port, order = await on_the_day(
        shared_world, scripted(dead_numbers=1, activate_again=True, dead_hours=1), numbers=numbers, policy=SHORT
    )
    assert (order.state, order.number_status[numbers[0]]) == (State.PARTIALLY_ACTIVE, NumberStatus.FAILED)
    await port.clock.past(20 * MINUTE)
    assert await port.state() is State.PARTIALLY_ACTIVE
    await port.answer(TaskKind.FINISH_ACTIVATION, "activate_again")
    after = await port.order()
    assert (after.state, after.activated_at, after.open_tasks) == (State.ROLLBACK_WINDOW, order.activated_at, [])
    assert port.held().activations == 2
    assert (await port.ended()).state is State.COMPLETED


async def test_a_dead_number_is_split_out_and_the_others_are_proven(shared_world: World) -> None:
    dead, good = fresh_number(), fresh_number()
    port, order = await on_the_day(
        shared_world, scripted(dead_numbers=1, activate_again=True), numbers=[dead, good], policy=SHORT
    )
    await port.answer(TaskKind.FINISH_ACTIVATION, "split_out")
    after = await port.order()
    assert (after.state, after.request.numbers) == (State.ROLLBACK_WINDOW, [good])
    assert after.rollback_until == order.rollback_until
    child = Port(shared_world, split_id(port.order_id, 1))
    assert (await child.order()).request.numbers == [dead]
    await child.decide("cancel", by="Charles", reason="kept at the old carrier")
    assert (await port.ended()).state is State.COMPLETED


async def test_a_half_ported_order_is_diagnosed_and_then_proven(shared_world: World) -> None:
    """The carrier says ported, and the look-up names the losing carrier for forty minutes."""
    port, order = await on_the_day(shared_world, scripted(routing="gaining", routing_hours=0.7))
    assert order.state is State.VERIFYING
    assert set(await port.tasks()) == {TaskKind.HALF_PORTED, TaskKind.PROVE_NUMBERS}
    task = await port.task(TaskKind.HALF_PORTED)
    assert task.item == "version_not_active"
    assert "rollback window closes" in task.detail
    await port.clock.past(46 * MINUTE)
    after = await port.order()
    assert (after.state, after.open_tasks) == (State.ROLLBACK_WINDOW, [])
    assert any("routing look-up" in line for line in after.proof)
    assert port.mails().count("half_ported") == 1


async def test_without_proof_the_window_passes_and_nothing_completes(shared_world: World) -> None:
    policy = {**OPEN, "rollback_hours": 1}
    port, order = await on_the_day(shared_world, scripted(routing="unknown"), policy=policy)
    assert order.rollback_until
    await port.clock.to(order.rollback_until + 10 * MINUTE)
    assert await port.state() is State.VERIFYING
    assert port.mails().count("window_closing") == 1
    assert "completed" not in port.mails()
    shared_world.carrier.give_script(port.order_id, FOC)
    await port.answer(TaskKind.PROVE_NUMBERS, "retry")
    await port.result()
    assert port.recorded().state is State.COMPLETED


async def test_a_dialers_calls_prove_what_no_look_up_tells(shared_world: World) -> None:
    port, order = await on_the_day(shared_world, scripted(routing="unknown"), call_tester="simulated")
    assert order.state is State.VERIFYING
    await port.clock.past(31 * MINUTE)
    assert await port.state() is State.VERIFYING
    await port.clock.past(15 * MINUTE)
    after = await port.order()
    assert (after.state, len(after.calls)) == (State.ROLLBACK_WINDOW, 15)
    assert {call.by for call in after.calls} == {"simulated"}


async def test_proof_lost_in_the_window_is_found_again(shared_world: World) -> None:
    failing = CallFailure(after_hours=0.4, until_hours=0.9, heard="silence")
    port, order = await on_the_day(shared_world, scripted(call_failures=[failing]), call_tester="simulated")
    assert order.state is State.ROLLBACK_WINDOW
    await port.clock.past(46 * MINUTE)
    lost = await port.order()
    assert (lost.state, lost.proven_at) == (State.VERIFYING, None)
    assert TaskKind.TESTS_FAIL in await port.tasks()
    assert lost.rollback_until == order.rollback_until
    await port.clock.past(15 * MINUTE)
    after = await port.order()
    assert (after.state, after.open_tasks) == (State.ROLLBACK_WINDOW, [])
    assert port.audit().count("tests_fail") == port.audit().count("proof_lost") == 1


async def test_a_dialer_that_fails_misses_a_slot_and_nothing_else(shared_world: World) -> None:
    faults = [Fault(call="call", kind="refuse", text="no line free")]
    port, order = await on_the_day(shared_world, scripted(faults=faults), call_tester="simulated")
    await port.clock.past(31 * MINUTE)
    after = await port.order()
    assert (after.state, after.open_tasks) == (State.ROLLBACK_WINDOW, [])
    assert [slot.status for slot in slots_of(after, await port.clock.now())[:2]] == [
        SlotStatus.MISSED,
        SlotStatus.PASSED,
    ]
    (missed,) = [entry.detail for entry in port.trail() if entry.kind == "test_calls_missed"]
    assert "no line free" in missed
    assert order.rollback_until == after.rollback_until


async def test_a_carrier_that_moved_the_numbers_by_itself_is_followed(shared_world: World) -> None:
    """Nobody told it to; the rollback clock runs from the moment it names."""
    port = await shared_world.port(by_the_book=True, policy=OPEN)
    await port.submitted()
    await port.clock.past(2 * DAY + HOUR)
    assert await port.state() is State.FOC_CONFIRMED
    with shared_world.carrier.store.changing(port.held().carrier_order_id) as held:
        held.activated_at = moved_at = (await port.clock.now()) - HOUR
    await port.signal("carrier_activity", {})
    order = await port.order()
    assert (order.state, order.activated_at) == (State.ROLLBACK_WINDOW, moved_at)
    assert order.rollback_until == moved_at + 72 * HOUR
    assert port.calls("activate") == 0
    assert "action_needed" in port.mails()
