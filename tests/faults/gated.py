"""A worker like any other, but for gates: at a closed one it stands still, right before or right after an effect.

A gate is a file in the data folder's `gates`, named ORDER.EFFECT.before or ORDER.EFFECT.after; whoever stands at it
makes a file of the same name with `.reached`, and goes on when the gate's file is gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from portolan.carriers.base import GainingCarrier
from portolan.carriers.registry import carriers
from portolan.domain.effects import Publication
from portolan.notifications.channels import Channel, channel
from portolan.notifications.mail import KIND_HEADER, ORDER_HEADER
from portolan.records.engine import connect
from portolan.records.store import Records
from portolan.settings import Settings
from worker import host
from worker.logs import configure, runtime

#: What is noticed of a dead worker is that its activity does not end in time; a minute of that is too long for a test.
PATIENCE = timedelta(seconds=3)


class Gates:
    def __init__(self, settings: Settings) -> None:
        self.folder = settings.data_dir / "gates"

    @contextmanager
    def around(self, order_id: str, effect: str) -> Iterator[None]:
        self._pass(order_id, effect, "before")
        yield
        self._pass(order_id, effect, "after")

    def _pass(self, order_id: str, effect: str, when: str) -> None:
        gate = self.gate(order_id, effect, when)
        while gate.exists():
            reached(gate).touch()
            time.sleep(0.02)

    def gate(self, order_id: str, effect: str, when: str) -> Path:
        return self.folder / f"{order_id}.{effect}.{when}"

    def close(self, order_id: str, effect: str, when: str) -> Path:
        self.folder.mkdir(exist_ok=True)
        gate = self.gate(order_id, effect, when)
        gate.touch()
        return gate


def reached(gate: Path) -> Path:
    return gate.with_name(f"{gate.name}.reached")


class GatedCarrier:
    """Any call of a carrier, between its gates."""

    def __init__(self, carrier: Any, gates: Gates) -> None:
        self._carrier, self._gates = carrier, gates

    def __getattr__(self, name: str) -> Any:
        call: Callable[..., Any] = getattr(self._carrier, name)

        def gated(subject: Any, *more: Any) -> Any:
            order_id = getattr(subject, "order_id", None) or self._order_of(name, subject)
            effect = name
            if name == "get" and self._carrier.store.order(subject).activated_at:
                effect = "prove"
            with self._gates.around(order_id, effect):
                return call(subject, *more)

        return gated

    def _order_of(self, name: str, subject: str) -> str:
        if name in {"check_portability", "request_csr"}:
            return subject
        if name == "find":
            return subject.rpartition(":")[0]
        held = self._carrier.store.order(subject)
        return str(held.order_id)


class GatedRecords(Records):
    gates: Gates

    def publish(self, publication: Publication, build: str, workflow_id: str = "") -> None:
        with self.gates.around(publication.order.order_id, f"publish_{publication.order.state}"):
            super().publish(publication, build, workflow_id)


class GatedChannel:
    def __init__(self, out: Channel, gates: Gates) -> None:
        self._out, self._gates = out, gates

    def deliver(self, message: EmailMessage) -> None:
        with self._gates.around(str(message[ORDER_HEADER]), f"mail_{message[KIND_HEADER]}"):
            self._out.deliver(message)


class Impatient(Interceptor):
    """Gives activities less time."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        return ImpatientInbound


class ImpatientInbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(ImpatientOutbound(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        return await super().execute_workflow(input)


class ImpatientOutbound(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
        input.start_to_close_timeout = PATIENCE
        return super().start_activity(input)


def run() -> None:
    """The process: like `portolan worker`, with gates."""
    settings = Settings()
    configure(settings)
    gates = Gates(settings)

    def gated_carriers(
        settings: Settings, memory: Records, clock: Callable[[], datetime]
    ) -> Mapping[str, GainingCarrier]:
        return {name: GatedCarrier(carrier, gates) for name, carrier in carriers(settings, memory, clock).items()}

    host.carriers = gated_carriers  # type: ignore[assignment]
    host.channel = lambda settings: GatedChannel(channel(settings), gates)
    records = GatedRecords(connect(settings.records_url))
    records.gates = gates
    asyncio.run(_host(settings, records))


async def _host(settings: Settings, records: Records) -> None:
    client = await host.connect_temporal(settings, runtime())
    async with host.build_worker(client, settings, records, interceptors=[Impatient()]):
        print("gated worker started", flush=True)
        await asyncio.Event().wait()
