"""The process that hosts the workflow and its activities."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NoReturn

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import Runtime
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from activities.carrier import CarrierActivities, server_clock
from activities.documents import DocumentActivities
from activities.knowledge import KnowledgeActivities
from activities.notifications import NotificationActivities
from activities.port_outs import PortOutActivities
from activities.records import RecordActivities
from portolan import __version__
from portolan.carriers.port_out_desk import SimulatedDesk
from portolan.carriers.registry import carriers, testers
from portolan.documents.registry import letters
from portolan.domain.errors import ConfigurationError
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


def activities(settings: Settings, records: Records) -> list[Callable[..., Any]]:
    """All activities of this deployment."""
    notifications = NotificationActivities(records, channel(settings), settings.mail_from)
    return [
        *CarrierActivities(carriers(settings, server_clock), records.secrets, testers(settings, server_clock)).all,
        *KnowledgeActivities().all,
        *DocumentActivities(letters(settings, records)).all,
        *RecordActivities(records, settings.build_id or __version__, notifications).all,
        *PortOutActivities(
            records, SimulatedDesk(settings.simulated_carrier), settings.build_id or __version__, notifications
        ).all,
        *notifications.all,
    ]


def build_worker(client: Client, settings: Settings, records: Records, **options: Any) -> Worker:
    """A worker on the deployment's task queue; with a build id it takes part in worker versioning."""
    if settings.build_id:
        options["deployment_config"] = WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name="portolan", build_id=settings.build_id),
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        )
    return Worker(
        client,
        task_queue=settings.task_queue,
        activities=activities(settings, records),
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
