"""A deployment in a folder: a server that keeps its state in a file, records, carrier, mails, and workers to kill."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

from sqlmodel import col, select
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from portolan.domain.clocks import next_deadline
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.notifications.mail import KIND_HEADER, SEQUENCE_HEADER
from portolan.records.notices import CLAIM_LASTS
from portolan.records.tables import NoticeStatus, NotificationRow
from portolan.settings import Settings
from starter.server import free_port, launch, ready
from tests.faults import gated
from tests.faults.gated import Gates
from tests.faults.processes import Child
from tests.world import Port, World, make_world
from worker.host import connect_temporal

WITHIN_SECONDS = 60
#: How a query fails while a worker or a server is coming up: nobody answers, or the worker that took the order over
#: drops it once from its cache and begins again (`Missing associated machine`).
NOT_YET = (RPCError, WorkflowQueryFailedError)


class Deployment:
    """Start the server with `start`; `end` leaves nothing running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(data_dir=folder, temporal_address=f"127.0.0.1:{free_port()}")
        self.gates = Gates(self.settings)
        self.server: subprocess.Popen[bytes] | None = None
        self.children: list[Child] = []
        self.world: World

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PORTOLAN_DATA_DIR": str(self.folder),
            "PORTOLAN_TEMPORAL_ADDRESS": self.settings.temporal_address,
            "PORTOLAN_TASK_QUEUE": self.settings.task_queue,
            "PORTOLAN_LOG_LEVEL": "info",
        }

    async def start(self) -> None:
        made = make_world(await self.start_server(), self.folder)
        self.settings = made.settings.model_copy(update={"temporal_address": self.settings.temporal_address})
        made.settings = self.settings
        self.world = made

    async def start_server(self) -> Client:
        port = int(self.settings.temporal_address.rpartition(":")[2])
        self.server = launch(self.settings, port, database=self.folder / "temporal.db")
        return await ready(self.settings, self.server)

    def kill_server(self) -> None:
        assert self.server is not None
        self.server.kill()
        self.server.wait()

    async def restart_server(self) -> None:
        self.world.client = await self.start_server()

    async def connect(self) -> Client:
        return await connect_temporal(self.settings)

    def child(self, *words: str) -> Child:
        """A command of ours, in a process of its own."""
        number = len(self.children)
        self.children.append(Child(self.environment, self.folder / f"child-{number}.log", *words))
        return self.children[-1]

    async def worker(self) -> Child:
        """A `portolan worker` that has begun."""
        child = self.child("worker")
        await child.says("worker started")
        return child

    async def gated_worker(self) -> Child:
        """A worker that stands still at closed gates."""
        child = Child(self.environment, self.folder / f"gated-{len(self.children)}.log", run=gated.run)
        self.children.append(child)
        await child.says("gated worker started")
        return child

    async def end(self) -> None:
        for child in self.children:
            if child.process.exitcode is None:
                await child.killed()
        if self.server and self.server.poll() is None:
            self.kill_server()

    def port(self, order_id: str) -> Port:
        """An order, through the client that is connected now."""
        return Port(self.world, order_id)


async def settled(port: Port) -> Order:
    """The order, once a worker has taken it over: until then queries fail and nothing moves."""
    for _ in range(WITHIN_SECONDS):
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                return await port.clock.settled() if await port.clock.running() else port.recorded()
        except NOT_YET:
            await asyncio.sleep(0.5)
    raise TimeoutError(f"{port.order_id} is not taken over")


async def live_on(port: Port, ends: State) -> Order:
    """From wherever it stands to that end: people do what they are asked for, and time passes."""
    for _ in range(60):
        order = await settled(port)
        with suppress(*NOT_YET):
            if not order.ended:
                await _next_thing(port, order, ends)
            elif await port.clock.running():
                # A mail of which nobody knows whether it went out is waited for.
                claims_grow_old(port)
                await port.clock.past(timedelta(hours=1))
            else:
                await port.result()
                return port.recorded()
    raise AssertionError(f"{port.order_id} does not end: {order.state}")


async def _next_thing(port: Port, order: Order, ends: State) -> None:
    if ends is State.CANCELLED:
        await port.decide("cancel", by="Charles", reason="enough seen")
    elif order.hold:
        await port.decide("release", by="Charles")
    elif order.state is State.AWAITING_INFORMATION:
        await port.decide("complete_task", task_id=order.open_tasks[0].task_id, answer="attest", by="Charles")
    elif order.state is State.AWAITING_SIGNATURE:
        await port.sign()
    elif order.state is State.AWAITING_APPROVAL:
        await port.decide("approve", by="Charles")
    elif order.state is State.ACTION_REQUIRED:
        await port.decide("resubmit", by="Charles")
    else:
        deadline, message = next_deadline(order), port.clock.next_message()
        moments = [moment for moment in (deadline and deadline.at, message and message.due_at) if moment]
        await port.clock.to(min(moments))


def nothing_lost_or_doubled(port: Port, ends: State) -> None:
    """What must be true of an order that has ended, whatever was killed on the way."""
    order, trail = port.recorded(), port.trail()
    assert order.state is ends
    # The audit trail: every sequence once, without a gap, each line beginning where the one before it ended.
    assert [entry.sequence for entry in trail] == list(range(1, order.sequence + 1))
    for earlier, later in itertools.pairwise(trail):
        assert later.state_before is earlier.state_after, (earlier, later)
    assert trail[-1].state_after is ends
    # The carrier: one order, one sending for each attempt, moved once, returned once.
    held = port.world.carrier.store.orders(port.order_id)
    assert len(held) == (order.attempt > 0)
    assert [sending.attempt for each in held for sending in each.sendings] == list(range(1, order.attempt + 1))
    assert port.calls("submit") == order.attempt
    moved = ends in {State.COMPLETED, State.ROLLED_BACK}
    assert [each.activations for each in held] == [moved] * len(held)
    assert port.calls("activate") == moved
    assert port.calls("port_back") == (ends is State.ROLLED_BACK)
    assert port.calls("cancel") == (ends is State.CANCELLED and order.attempt > 0)
    # The mails: one kind of mail for each notice and recipient, and no notice forgotten.
    rows = notices_of(port)
    assert {row.status for row in rows} == {NoticeStatus.SENT}
    assert len(rows) == len(set(mails_of(port)))
    assert all(not live for live in (row.live for row in port.world.records.numbers(port.order_id)))


def mails_of(port: Port) -> list[tuple[str, str, str, str]]:
    """Sequence, kind, recipient and Message-ID of each mail in the mailbox folder."""
    found = []
    for path in port.world.settings.mailbox.glob(f"*-{port.order_id}-*.eml"):
        mail = message_from_bytes(path.read_bytes())
        found.append(tuple(str(mail[name]) for name in (SEQUENCE_HEADER, KIND_HEADER, "To", "Message-ID")))
    return found  # type: ignore[return-value]


def notices_of(port: Port) -> list[NotificationRow]:
    with port.world.records.reading() as session:
        return list(session.exec(select(NotificationRow).where(NotificationRow.order_id == port.order_id)))


def claims_grow_old(port: Port) -> None:
    """As if the two minutes in which a dead worker's mail may still be on its way had passed."""
    with port.world.records.writing() as session:
        query = select(NotificationRow).where(
            NotificationRow.order_id == port.order_id, col(NotificationRow.status) == NoticeStatus.SENDING
        )
        for row in session.exec(query):
            assert row.claimed_at is not None
            row.claimed_at -= CLAIM_LASTS + timedelta(seconds=1)
