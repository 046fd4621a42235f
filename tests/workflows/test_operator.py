"""What an operator sees and does in Temporal's own UI, without our code."""

from __future__ import annotations

import asyncio
import threading

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecutionStatus

from portolan.carriers.simulated import SimulatedCarrier
from portolan.domain.carrier import CarrierOrder, Submission
from portolan.domain.clocks import business_deadline
from portolan.domain.foc import in_words
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.histories import decoded, events, failures
from tests.world import DAY, HOUR, SILENT, Port, World
from workflows import search_attributes

#: What the server and the SDK keep for themselves.
TEMPORALS_OWN = {"BuildIds", "TemporalChangeVersion"}


async def shown(port: Port) -> str:
    """The current details, as the UI and `temporal workflow metadata` get them."""
    metadata: WorkflowMetadata = await port.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return metadata.current_details


async def attribute(port: Port, name: str) -> object:
    pairs = (await port.handle.describe()).typed_search_attributes
    return {pair.key.name: pair.value for pair in pairs}.get(name)


async def test_state_turn_and_deadline_are_told_in_words_all_along(shared_world: World) -> None:
    port = await shared_world.port(losing_carrier="Old Telco")
    assert await (await port.handle.describe()).static_summary() == "1 US geographic number, Old Telco to simulated"

    async def agrees(turn: str) -> None:
        order = await port.order()
        deadline = business_deadline(order)
        assert deadline is not None
        assert await attribute(port, "PortState") == order.state
        assert await attribute(port, "PortTurn") == turn
        assert await attribute(port, "PortDeadline") == deadline.at
        assert await attribute(port, "PortFoc") == order.foc_at
        text = await shown(port)
        assert order.state.replace("_", " ") in text
        assert f"Whose turn: **{turn}**" in text
        assert in_words(deadline.at) in text

    await agrees("customer")
    assert "Sign the letter of authorization" in await shown(port)
    await port.sign()
    await agrees("approver")
    await port.decide("approve", by="Charles")
    await agrees("losing carrier")
    await port.clock.past(2 * DAY + HOUR)
    await agrees("clock")
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    assert in_words(foc_at) in await shown(port)
    await port.decide("hold", by="Charles", reason="in print")
    assert await attribute(port, "PortState") == "foc_confirmed (on hold)"
    assert "in print" in await shown(port)
    await port.decide("release", by="Charles")
    await port.decide("carrier_rejected", reasons=[{"code": "PORT_LOCK"}])
    assert await attribute(port, "PortFoc") is None
    await agrees("coordinator")


async def test_orders_can_be_filtered_by_state_turn_and_project(shared_world: World) -> None:
    port = await shared_world.port(SILENT, project_id="p-filter")
    query = "PortProject = 'p-filter' AND PortState = 'awaiting_signature' AND PortTurn = 'customer'"
    async with asyncio.timeout(20):
        while (await shared_world.client.count_workflows(query)).count != 1:
            await asyncio.sleep(0.05)
    assert [found.id async for found in shared_world.client.list_workflows(query)] == [port.handle.id]


async def test_no_personal_data_is_in_what_temporal_keeps_in_clear(shared_world: World) -> None:
    port = await shared_world.port()
    await port.submitted()
    order = await port.order()
    described = await port.handle.describe()
    clear = str([(pair.key.name, pair.value) for pair in described.typed_search_attributes]) + described.id
    for personal in (order.request.numbers[0], order.account.entity_name, order.account.account_number, "Ada"):
        assert personal not in clear
    registered = {key.name for key in search_attributes.ALL}
    assert {pair.key.name for pair in described.typed_search_attributes} <= registered | {
        "BuildIds",
        "TemporalChangeVersion",
    }


async def test_every_timer_and_activity_says_what_it_is_for(shared_world: World) -> None:
    port = await shared_world.port()
    await port.activated()
    await port.ended()
    history = await port.handle.fetch_history()
    timers = events(history, EventType.EVENT_TYPE_TIMER_STARTED)
    activities = events(history, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    assert timers
    assert activities
    assert all(event.user_metadata.summary.data for event in timers + activities)
    summaries = {decoded(event.user_metadata.summary) for event in timers}
    assert {"cut over", "close the rollback window"} <= summaries
    assert "send to simulated, attempt 1" in {decoded(event.user_metadata.summary) for event in activities}
    markers = [
        event
        for event in events(history, EventType.EVENT_TYPE_MARKER_RECORDED)
        if event.marker_recorded_event_attributes.marker_name == "core_local_activity"
    ]
    assert markers
    assert all(event.user_metadata.summary.data for event in markers)


@pytest.mark.parametrize("when", ["unsigned", "submitted"])
async def test_temporals_own_cancel_withdraws_the_order_at_the_carrier(when: str, shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    if when == "submitted":
        await port.submitted()
    await port.handle.cancel()
    await port.result()
    order = port.recorded()
    assert order.state is State.CANCELLED
    assert "Temporal" in order.outcome
    assert [held.cancelled_at is not None for held in shared_world.carrier.store.orders(port.order_id)] == [True] * (
        when == "submitted"
    )
    assert (await port.handle.describe()).status is WorkflowExecutionStatus.COMPLETED


async def test_temporals_own_cancel_after_cutover_is_refused_on_record(shared_world: World) -> None:
    port = await shared_world.port()
    await port.activated()
    await port.handle.cancel()
    order = await port.order()
    assert order.state is State.ROLLBACK_WINDOW
    assert port.audit()[-1] == "cancel_refused"
    assert "after cutover" in order.last_refusal
    assert (await port.ended()).state is State.COMPLETED


async def test_temporals_own_cancel_while_an_order_is_being_sent_leaves_none_behind(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The carrier has the request in hand when the operator cancels; what it makes of it is withdrawn."""
    arrived, go_on = threading.Event(), threading.Event()
    submit = SimulatedCarrier.submit

    def slowly(self: SimulatedCarrier, submission: Submission) -> CarrierOrder:
        arrived.set()
        go_on.wait(30)
        return submit(self, submission)

    monkeypatch.setattr(SimulatedCarrier, "submit", slowly)
    port = await own_world.port(SILENT)
    await port.sign()
    await port.handle.signal("approve", {"by": "Charles"})
    assert await asyncio.to_thread(arrived.wait, 20)
    await port.handle.cancel()
    async with asyncio.timeout(20):
        while not events(await port.handle.fetch_history(), EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED):
            await asyncio.sleep(0.02)
        await port.clock.order()  # answered only after the workflow has taken the cancellation
    go_on.set()
    await port.result()
    assert port.recorded().state is State.CANCELLED
    held = own_world.carrier.store.orders(port.order_id)
    assert [order.cancelled_at is not None for order in held] == [True]
    assert not failures(await port.handle.fetch_history())


async def test_a_carrier_that_is_not_set_up_is_a_task_and_no_crash(shared_world: World) -> None:
    port = await shared_world.port(SILENT, gaining_carrier="nobody")
    assert TaskKind.CARRIER_UNREACHABLE in await port.tasks()
    assert await port.state() is State.CHECKING
    assert not failures(await port.handle.fetch_history())
    await port.decide("cancel", reason="no such carrier")
    await port.result()
