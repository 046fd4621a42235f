"""Rejected orders: cured, signed again where the data changed, and sent again."""

from __future__ import annotations

from portolan.carriers.simulated import Fault, Saying, Script
from portolan.domain.carrier import SendKind
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.scenarios import LOCKED, REJECTED
from tests.world import DAY, FOC, World


async def test_new_data_needs_a_new_signature(shared_world: World) -> None:
    port = await shared_world.port(REJECTED)
    first = await port.submitted()
    await port.clock.past(DAY)
    order = await port.order()
    assert order.state is State.ACTION_REQUIRED
    task = await port.task(TaskKind.FIX_REJECTION)
    assert "NAME_MISMATCH" in task.detail
    assert "Acme Manufacturing Ltd" in task.detail
    assert port.mails()[-1] == "rejected"

    await port.answer(TaskKind.FIX_REJECTION, "accept_suggestions")
    order = await port.order()
    assert (order.account.entity_name, order.loa) == ("Acme Manufacturing Ltd", None)
    # The record still says what it said at first, so the correction is asked about before it is signed.
    if order.state is State.AWAITING_INFORMATION:
        await port.answer(TaskKind.CORRECT_DATA, "attest")
    assert await port.state() is State.AWAITING_SIGNATURE
    assert port.sent() == [1]

    await port.sign()
    assert await port.state() is State.SUBMITTED
    held = port.held()
    assert [s.kind for s in held.sendings] == [SendKind.NEW, SendKind.SUPPLEMENT]
    assert held.carrier_order_id == first.carrier_order_id
    await port.clock.past(2 * DAY)
    assert await port.state() is State.FOC_CONFIRMED


async def test_unchanged_data_goes_out_under_the_same_signature(shared_world: World) -> None:
    port = await shared_world.port(LOCKED)
    signed = (await port.submitted()).loa
    await port.clock.past(DAY)
    assert await port.state() is State.ACTION_REQUIRED
    await port.decide("resubmit", by="Charles", corrections={"entity_name": "Acme Manufacturing Limited"})
    order = await port.order()
    assert (order.state, order.loa) == (State.SUBMITTED, signed)
    assert port.sent() == [1, 2]
    assert {s.loa_signed_on for s in port.held().sendings} == {signed.signed_on if signed else None}


async def test_three_rejections_in_a_row_are_three_sendings_of_one_carrier_order(shared_world: World) -> None:
    rejection = [Saying(says="reject", after_hours=20, reason="PENDING_ORDER")]
    port = await shared_world.port(Script(sendings=[rejection] * 3 + FOC.sendings))
    await port.submitted()
    for attempt in (1, 2, 3):
        await port.clock.past(DAY)
        assert (await port.order()).attempt == attempt
        await port.decide("resubmit", by="Charles")
    await port.clock.past(3 * DAY)
    assert await port.state() is State.FOC_CONFIRMED
    assert [s.attempt for s in port.held().sendings] == [1, 2, 3, 4]


async def test_an_order_that_the_gaining_carrier_refuses_becomes_a_task_and_is_sent_again(shared_world: World) -> None:
    faults = [Fault(call="submit", kind="refuse", text="unknown customer")]
    port = await shared_world.port(FOC.model_copy(update={"faults": faults}))
    await port.submitted()
    assert await port.state() is State.ACTION_REQUIRED
    assert "unknown customer" in (await port.task(TaskKind.CARRIER_REFUSED)).detail
    assert (port.sent(), port.calls("submit")) == ([], 1)
    await port.answer(TaskKind.CARRIER_REFUSED, "retry")
    assert await port.state() is State.SUBMITTED
    assert len(port.sent()) == 1
