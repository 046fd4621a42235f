"""A long order goes on as a new run: on a server of its own that suggests it after a handful of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus

from portolan.domain.states import State
from portolan.settings import Settings
from starter import server
from tests.workflows.histories import events, failures
from tests.workflows.test_operator import attribute, shown
from tests.world import HOUR, SILENT, Port, World, world

SUGGEST_AFTER = 60


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def short_lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world on a server that suggests to continue as new very early."""
    folder: Path = tmp_path_factory.mktemp("short")
    settings = Settings(data_dir=folder / "server", temporal_address=f"127.0.0.1:{server.free_port()}")
    with pytest.MonkeyPatch.context() as patch:
        early = f"limit.historyCount.suggestContinueAsNew={SUGGEST_AFTER}"
        patch.setattr(server, "TIME_SKIPPING", (*server.TIME_SKIPPING, early))
        async with server.embedded(settings) as client, world(client, folder) as made:
            yield made
            await asyncio.sleep(0.2)


async def runs(client: Client, port: Port) -> list[str]:
    """The runs of an order, oldest first."""
    found, run_id = [], (await port.handle.describe()).run_id
    while run_id:
        found.append(run_id)
        history = await client.get_workflow_handle(port.handle.id, run_id=run_id).fetch_history()
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found[::-1]


async def talked(port: Port, rounds: int, prefix: str) -> None:
    """Messages without end: each leaves a line in the audit trail."""
    for number in range(rounds):
        await port.handle.signal("carrier_approved", {"event_id": f"{prefix}-{number}", "attempt": 99})
        if number % 5 == 0:
            await port.order()


async def test_nothing_is_lost_or_counted_twice_across_runs(short_lived: World) -> None:
    port = await short_lived.port(SILENT)
    await port.submitted()
    order = await port.order()
    await asyncio.gather(talked(port, 40, "a"), talked(port, 40, "b"))
    await port.order()
    lived = await runs(short_lived.client, port)
    assert len(lived) >= 2
    heard = [entry.event_id for entry in port.trail() if entry.event_id[:2] in {"a-", "b-"}]
    assert sorted(heard) == sorted(f"{way}-{number}" for way in "ab" for number in range(40))

    again = await port.decide("carrier_approved", event_id="a-0", attempt=99)
    assert (again.accepted, again.status) == (True, "duplicate")
    later = await port.order()
    assert (later.state, later.attempt, later.loa) == (State.SUBMITTED, 1, order.loa)
    assert [entry.sequence for entry in port.trail()] == list(range(1, later.sequence + 1))
    assert port.sent() == [1]
    for run_id in lived:
        history = await short_lived.client.get_workflow_handle(port.handle.id, run_id=run_id).fetch_history()
        assert set(failures(history)) <= {"UnhandledCommand"}  # how the server makes room for a late message
    assert not events(history, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)


async def test_clocks_attributes_and_details_go_on_in_the_new_run(short_lived: World) -> None:
    port = await short_lived.port(SILENT)
    await port.sign()
    loa = (await port.order()).loa
    assert loa is not None
    number = 0
    while len(await runs(short_lived.client, port)) < 2:
        await port.handle.signal("carrier_approved", {"event_id": f"x-{number}"})
        await port.order()
        number += 1
        assert number < 200
    order = await port.order()
    assert (order.state, order.loa) == (State.AWAITING_APPROVAL, loa)
    assert await attribute(port, "PortState") == "awaiting_approval"
    assert await attribute(port, "PortDeadline") is not None
    assert "awaiting approval" in await shown(port)

    await port.clock.to(loa.expires_at - HOUR)
    assert await port.state() is State.AWAITING_APPROVAL
    await port.clock.to(loa.expires_at)
    assert await port.state() is State.AWAITING_SIGNATURE
    assert port.sent() == []


async def test_a_whole_life_over_many_runs_ends_as_it_should(short_lived: World) -> None:
    port = await short_lived.port()
    await talked(port, 30, "early")
    await port.activated()
    await talked(port, 30, "late")
    order = await port.ended()
    assert order.state is State.COMPLETED
    assert len(await runs(short_lived.client, port)) >= 2
    assert (await port.handle.describe()).status is WorkflowExecutionStatus.COMPLETED
    assert port.held().activations == 1
    assert port.mails().count("completed") == 1
