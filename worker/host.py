"""The process that hosts the workflow and its activities."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, NoReturn

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import Runtime
from temporalio.service import RPCError
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from activities.carrier import CarrierActivities, server_clock
from activities.documents import DocumentActivities
from activities.knowledge import KnowledgeActivities
from activities.notifications import NotificationActivities
from activities.port_outs import PortOutActivities
from activities.reconcile import ReconcileActivities
from activities.records import RecordActivities
from activities.turns import tell_first
from portolan import __version__
from portolan.carriers.accounts import Account
from portolan.carriers.port_out_desk import SimulatedDesk
from portolan.carriers.registry import SIMULATED, accounts, carriers, testers
from portolan.documents.enclosing import enclosed
from portolan.documents.registry import letters
from portolan.documents.store import Documents
from portolan.domain.effects import carrier_queue
from portolan.domain.errors import ConfigurationError, PortolanError
from portolan.notifications.channels import channel
from portolan.records.store import Records
from portolan.settings import Settings
from worker.plugin import plugin

ACTIVITY_THREADS = 20
GRACE = timedelta(seconds=10)

log = structlog.get_logger(__name__)


async def connect_temporal(settings: Settings, runtime: Runtime | None = None) -> Client:
    """A client of the deployment's Temporal.

    Raises:
        ConfigurationError: Nobody answers there, or there is no such place.
    """
    try:
        return await Client.connect(
            settings.temporal_address, namespace=settings.temporal_namespace, plugins=[plugin()], runtime=runtime
        )
    except ValueError as error:
        raise ConfigurationError(
            f"{settings.temporal_address!r} is no address of a Temporal server.",
            "Set PORTOLAN_TEMPORAL_ADDRESS to host:port.",
        ) from error
    except RuntimeError as error:
        raise ConfigurationError(
            f"No Temporal server answers at {settings.temporal_address}.",
            "Start one with `portolan up`, or set PORTOLAN_TEMPORAL_ADDRESS.",
        ) from error


def carrier_activities(settings: Settings, records: Records, client: Client) -> list[Callable[..., Any]]:
    """What is asked of carriers; those with an account of their own are also asked on its task queue."""
    known = carriers(settings, records, server_clock)
    store = Documents(settings.documents)
    calls = CarrierActivities(
        known,
        records.secrets,
        testers(settings, server_clock),
        papers=lambda submission: enclosed(records, store, submission),
        gate=records,
        nudge=nudging(client, records),
    )
    return [*calls.all, *ReconcileActivities(known, records, client).all]


def nudging(client: Client, records: Records) -> Callable[[str], None]:
    """A way to tell an order from a thread that its turn has come; it looks by itself if the word gets lost."""
    loop = asyncio.get_running_loop()

    async def tell_next(order_id: str) -> None:
        try:
            carrier = (await asyncio.to_thread(records.order, order_id)).request.gaining_carrier
            await tell_first(client, records, carrier)
        except (RPCError, PortolanError) as error:
            log.warning("the next order was not told", order_id=order_id, error=str(error))

    def nudge(order_id: str) -> None:
        asyncio.run_coroutine_threadsafe(tell_next(order_id), loop)

    return nudge


def activities(settings: Settings, records: Records, client: Client) -> list[Callable[..., Any]]:
    """All activities of this deployment."""
    return [*carrier_activities(settings, records, client), *own_activities(settings, records)]


def own_activities(settings: Settings, records: Records) -> list[Callable[..., Any]]:
    """What no carrier is asked for."""
    notifications = NotificationActivities(records, channel(settings), settings.mail_from)
    return [
        *KnowledgeActivities().all,
        *DocumentActivities(letters(settings, records)).all,
        *RecordActivities(records, settings.build_id or __version__, notifications).all,
        *PortOutActivities(
            records, SimulatedDesk(settings.simulated_carrier), settings.build_id or __version__, notifications
        ).all,
        *notifications.all,
    ]


class Workers:
    """The workers of a process: one for the deployment's task queue, one for each carrier account's."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers

    async def run(self) -> None:
        """Work until cancelled; where one of them cannot, none does.

        Raises:
            Exception: What keeps a worker from working.
        """
        running = [asyncio.create_task(worker.run()) for worker in self._workers]
        try:
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    async def __aenter__(self) -> Workers:
        """Work as long as the block runs; where one of them cannot begin, those that did end."""
        async with AsyncExitStack() as begun:
            for worker in self._workers:
                await begun.enter_async_context(worker)
            self._stack = begun.pop_all()
        return self

    async def __aexit__(self, *raised: Any) -> None:
        """End gracefully."""
        await self._stack.__aexit__(*raised)


def build_worker(client: Client, settings: Settings, records: Records, **options: Any) -> Workers:
    """Workers on the deployment's task queues; with a build id they take part in worker versioning.

    Raises:
        ConfigurationError: The file of carrier accounts is missing or wrong.
    """
    if settings.build_id:
        options["deployment_config"] = WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name="portolan", build_id=settings.build_id),
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        )
    own = [account for account in accounts(settings).values() if account.name != SIMULATED]
    asked = carrier_activities(settings, records, client)
    # Without the plugin: no order lives on the queue of an account.
    bare = Client(client.service_client, namespace=client.namespace, data_converter=client.data_converter)
    working = [_worker(client, settings, [*asked, *own_activities(settings, records)], options)]
    working += [_of(account, bare, settings, asked, options) for account in own]
    return Workers(working)


def _of(
    account: Account, client: Client, settings: Settings, asked: Sequence[Callable[..., Any]], options: dict[str, Any]
) -> Worker:
    """The worker of a carrier account: the server lets through so many calls a second, over all workers together."""
    return Worker(
        client,
        task_queue=carrier_queue(settings.task_queue, account.name),
        activities=asked,
        activity_executor=ThreadPoolExecutor(account.at_once, account.name),
        max_concurrent_activities=account.at_once,
        max_task_queue_activities_per_second=account.per_second,
        graceful_shutdown_timeout=GRACE,
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        **{name: options[name] for name in ("deployment_config", "interceptors") if name in options},
    )


def _worker(
    client: Client, settings: Settings, hosted: Sequence[Callable[..., Any]], options: dict[str, Any]
) -> Worker:
    return Worker(
        client,
        task_queue=settings.task_queue,
        activities=hosted,
        activity_executor=ThreadPoolExecutor(ACTIVITY_THREADS, "activity"),
        max_concurrent_activities=ACTIVITY_THREADS // 2,
        max_concurrent_local_activities=ACTIVITY_THREADS // 2,
        graceful_shutdown_timeout=GRACE,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        **options,
    )


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and Ctrl-C ask for a graceful end."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)


async def serve(
    settings: Settings,
    records: Records,
    runtime: Runtime | None = None,
    beside: Callable[[Client, Settings, Records], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Host workflows and activities until asked to stop; `beside` runs as long as they do.

    Raises:
        ConfigurationError: There is no server, it went away while this began, or it does not let this worker work.
    """
    stop = asyncio.Event()
    stop_on_signals(stop)
    client = await connect_temporal(settings, runtime)
    # `async with` would hand a worker that fails on to its caller as a cancellation, without the reason.
    working = asyncio.create_task(build_worker(client, settings, records).run())
    asked = asyncio.create_task(stop.wait())
    log.info("worker started", task_queue=settings.task_queue, build=settings.build_id or __version__)
    companion = asyncio.create_task(beside(client, settings, records)) if beside else None
    await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
    failure = working.exception() if working.done() else None
    for task in filter(None, (companion, asked, working)):
        task.cancel()
    await asyncio.wait({working})
    if failure:
        raise ConfigurationError(f"The worker cannot work: {failure}.", "See to the Temporal server.") from failure
    log.info("worker stopped")


def leave(code: int) -> NoReturn:
    """End the process with this code, now.

    The interpreter's own way out can abort while the SDK's threads still run (temporalio/sdk-python issue 300).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
