"""The worker's process: how it connects, what it hosts, and how it takes part in worker versioning."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentVersionRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

from activities.carrier import CarrierActivities
from portolan.domain.effects import EFFECTS
from portolan.domain.errors import ConfigurationError
from portolan.domain.port_out.effects import PORT_OUT_EFFECTS
from portolan.domain.states import State
from portolan.settings import Settings
from starter.orders import start_order
from starter.server import free_port
from tests.world import Port, World, make_world
from worker import host
from worker.host import activities, connect_temporal


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nowhere.invalid:7233", "No Temporal server answers at nowhere.invalid:7233."),
        ("127.0.0.1", "No Temporal server answers at 127.0.0.1."),
        ("not an address", "'not an address' is no address of a Temporal server."),
        ("", "'' is no address of a Temporal server."),
    ],
)
async def test_a_server_that_is_not_there_is_one_clear_error(address: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await connect_temporal(Settings(temporal_address=address))
    assert caught.value.message == said
    assert "PORTOLAN_TEMPORAL_ADDRESS" in caught.value.remedy
    assert "\n" not in str(caught.value)


async def test_a_port_where_nobody_listens_is_one_clear_error() -> None:
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(ConfigurationError, match=f"No Temporal server answers at {address}"):
        await connect_temporal(Settings(temporal_address=address))


async def test_every_effect_is_hosted_and_nothing_else(client: Client, tmp_path: Path) -> None:
    world = make_world(client, tmp_path)
    hosted = activities(world.settings, world.records, client)
    names = [method.__temporal_activity_definition.name for method in hosted]
    assert sorted(names) == sorted([*EFFECTS, *PORT_OUT_EFFECTS, "reconcile_account"])
    assert any(isinstance(getattr(method, "__self__", None), CarrierActivities) for method in hosted)


class Hosting:
    """`serve`, with a worker of the test's own; `stop` is what a signal does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, run: Callable[[], Awaitable[None]]) -> None:
        class Own:
            def run(self) -> Awaitable[None]:
                return run()

        async def connect(settings: Settings, runtime: object) -> None:
            """Nobody asks it anything."""

        monkeypatch.setattr(host, "connect_temporal", connect)
        monkeypatch.setattr(host, "build_worker", lambda *_: Own())
        monkeypatch.setattr(host, "stop_on_signals", self._keep)

    def _keep(self, stop: asyncio.Event) -> None:
        self.stop = stop.set

    async def serve(self, beside: Any = None) -> None:
        await asyncio.wait_for(host.serve(Settings(), cast(Any, None), None, beside), 10)


async def test_a_worker_that_fails_tells_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where its server goes away while it asks about the namespace: not a cancellation without a reason."""

    async def run() -> None:
        raise RuntimeError("Worker validation failed")

    with pytest.raises(ConfigurationError, match="The worker cannot work: Worker validation failed"):
        await Hosting(monkeypatch, run).serve()


async def test_a_worker_can_be_stopped_before_it_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[str] = []

    async def run() -> None:
        hosting.stop()
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("worker")

    async def beside(*_: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("beside")

    hosting = Hosting(monkeypatch, run)
    await hosting.serve(beside)
    assert sorted(ends) == ["beside", "worker"]


def of_build(client: Client, folder: Path, build: str) -> World:
    world = make_world(client, folder)
    world.settings = world.settings.model_copy(update={"build_id": build})
    return world


async def started(world: World) -> Port:
    """An order that nobody serves yet."""
    asked = world.reserve()
    await start_order(world.client, world.settings.task_queue, asked)
    return Port(world, asked.order_id)


async def make_current(client: Client, deployment: str, build: str) -> None:
    """What `temporal worker deployment set-current-version` does; the version is known soon after its worker polls."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace="default", deployment_name=deployment, build_id=build, ignore_missing_task_queues=True
    )
    async with asyncio.timeout(30):
        while True:
            try:
                await client.workflow_service.set_worker_deployment_current_version(request)
            except RPCError:
                await asyncio.sleep(0.1)
            else:
                return


async def test_a_build_serves_orders_once_it_is_made_the_current_one(client: Client, tmp_path: Path) -> None:
    build = f"b-{uuid.uuid4().hex[:8]}"
    world = of_build(client, tmp_path, build)
    async with world.worker():
        port = await started(world)
        # Until an operator decides so, a new build gets nothing to do: that is the point of it.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(port.clock.settled(), 2)
        assert (await history_kinds(port)).count("WORKFLOW_TASK_STARTED") == 0

        await make_current(client, "portolan", build)
        async with asyncio.timeout(30):
            order = await port.clock.settled()
        assert order.state is State.AWAITING_SIGNATURE
        answer = await port.sign()
        assert answer.state is State.AWAITING_APPROVAL
        assert {entry.build for entry in port.trail()} == {build}
        info = (await port.handle.describe()).raw_description.workflow_execution_info.versioning_info
        assert (info.deployment_version.deployment_name, info.deployment_version.build_id) == ("portolan", build)
        await port.decide("cancel", by="Charles", reason="seen enough")
        await port.result()
        version = await client.workflow_service.describe_worker_deployment_version(
            DescribeWorkerDeploymentVersionRequest(namespace="default", version=f"portolan.{build}")
        )
        assert version.worker_deployment_version_info.deployment_version.build_id == build


async def test_orders_move_to_a_new_build_by_themselves(client: Client, tmp_path: Path) -> None:
    """Ports outlive deploys: an order that began under one build goes on under the next one that is made current."""
    first, second = (f"b-{uuid.uuid4().hex[:8]}" for _ in range(2))
    world = of_build(client, tmp_path, first)
    async with world.worker():
        await make_current(client, "portolan", first)
        port = await started(world)
        async with asyncio.timeout(30):
            await port.clock.settled()
    world.settings = world.settings.model_copy(update={"build_id": second})
    async with world.worker():
        await make_current(client, "portolan", second)
        async with asyncio.timeout(30):
            await port.sign()
            await port.decide("cancel", by="Charles", reason="seen enough")
            await port.result()
    builds = [entry.build for entry in port.trail()]
    assert builds[0] == first
    assert builds[-1] == second


async def test_without_a_build_id_there_is_no_versioning(client: Client, tmp_path: Path) -> None:
    world = make_world(client, tmp_path)
    async with world.worker():
        port = await world.port()
        info = (await port.handle.describe()).raw_description.workflow_execution_info
        assert not info.versioning_info.deployment_version.build_id
        assert {entry.build for entry in port.trail()} == {host.__version__}
        await port.handle.terminate()


async def history_kinds(port: Port) -> list[str]:
    history = await port.handle.fetch_history()
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


async def test_workers_that_began_end_where_a_later_one_cannot_begin() -> None:
    events: list[str] = []

    class One:
        def __init__(self, name: str) -> None:
            self.name = name

        async def __aenter__(self) -> None:
            if self.name == "third":
                raise RuntimeError("cannot")
            events.append(f"{self.name} began")

        async def __aexit__(self, *raised: object) -> None:
            events.append(f"{self.name} ended")

    workers = host.Workers([cast(Any, One(name)) for name in ("first", "second", "third")])
    with pytest.raises(RuntimeError):
        async with workers:
            pass
    assert events == ["first began", "second began", "second ended", "first ended"]
