"""A whole Portolan for tests: server, worker, simulated carrier and records, and orders to play with."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from activities.carrier import server_clock
from portolan.carriers.registry import simulated
from portolan.carriers.simulated import Saying, Script, SimulatedCarrier
from portolan.carriers.simulated.store import HeldOrder
from portolan.domain.carrier import AccountData
from portolan.domain.decisions import Answer
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.states import State
from portolan.domain.tasks import Task, TaskKind
from portolan.domain.telling import Contact
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.store import NewProject, Records
from portolan.records.tables import AuditEvent, NoticeStatus, NotificationRow
from portolan.settings import Settings
from starter.clock import OrderClock
from starter.orders import decide, start_order, workflow_id
from worker.host import Workers, build_worker

ADA = Contact(name="Ada Byron", email="ada@customer.example")
COORDINATOR = Contact(name="Charles Babbage", email="charles@coordinator.example")
BOSS = Contact(name="Grace Hopper", email="grace@boss.example")
ACCOUNT = AccountData(
    entity_name="Acme Manufacturing Limited",
    authorized_person="Ada Byron",
    service_address="12 Harbor Street, Boston, MA",
    postal_code="02110",
    account_number="0048-1937",
)
#: An FOC two days after the sending, in the middle of that day's third business day: what most tests want.
FOC = Script(sendings=[[Saying(says="foc", after_hours=48, foc_business_days=3)]])
SILENT = Script(sendings=[[]])
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_numbers = itertools.count()


def fresh_number() -> str:
    """A number no other test of this process uses."""
    return f"+1212{5550000 + next(_numbers):07d}"


#: What the cutover day asks of people. Most tests are about something else, and leave it out.
PLAIN: dict[str, Any] = {"runbook": [], "gates": [], "proof": ["service"], "test_slots": []}


def request(order_id: str = "", *, playbook: str = "US-LOCAL", by_the_book: bool = False, **given: Any) -> OrderRequest:
    """A request for one order; keywords replace its fields, `policy` values of its playbook.

    `by_the_book`: with the runbook, the gates and the proof that the playbook asks for.
    """
    overrides = given.pop("policy", {})
    policy = PLAYBOOKS[playbook].policy(overrides=overrides)
    if not by_the_book:
        policy = policy.model_copy(update={**PLAIN, "closing_notice_hours": [24]} | overrides)
    order_id = order_id or f"t-{uuid.uuid4().hex[:10]}"
    fields: dict[str, Any] = {
        "order_id": order_id,
        "project_id": order_id,
        "reference": order_id,
        "customer": "Acme Manufacturing",
        "account": ACCOUNT,
        "numbers": [fresh_number()],
        "country": "US",
        "number_class": "geographic",
        "losing_carrier": "Old Telco",
        "gaining_carrier": "simulated",
        "customer_contact": ADA,
        "coordinator": COORDINATOR,
        "decision_maker": BOSS,
        "policy": policy,
    }
    return OrderRequest(**{**fields, **given})


@dataclass
class World:
    """What runs; `port` starts an order in it."""

    client: Client
    settings: Settings
    records: Records
    carrier: SimulatedCarrier
    options: dict[str, Any] = field(default_factory=dict)

    def worker(self, **options: Any) -> Workers:
        """A worker on this world's task queue, for `async with`."""
        return build_worker(self.client, self.settings, self.records, **{**self.options, **options})

    def reserve(self, script: Script = FOC, **given: Any) -> OrderRequest:
        """Put an order on record whose carrier follows the script; nothing is started."""
        asked = request(**given)
        self.carrier.give_account(asked.order_id, asked.account)
        self.carrier.give_script(asked.order_id, script)
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        ids = {asked.order_id: workflow_id(asked.order_id)}
        self.records.reserve(project, [asked], ids, datetime.now(UTC))
        return asked

    async def port(self, script: Script = FOC, **given: Any) -> Port:
        """Reserve and start an order whose carrier follows the script; it settles before this returns."""
        asked = self.reserve(script, **given)
        await start_order(self.client, self.settings.task_queue, asked)
        port = Port(self, asked.order_id)
        await port.clock.settled()
        return port

    def mailbox(self, order_id: str) -> list[str]:
        """The names of the mails written for an order, oldest first."""
        return sorted(path.name for path in self.settings.mailbox.glob(f"*-{order_id}-*.eml"))


class Port:
    """One order under test."""

    def __init__(self, world: World, order_id: str) -> None:
        self.world = world
        self.order_id = order_id
        self.clock = OrderClock(world.client, world.carrier, order_id)
        self.handle = self.clock.handle

    async def order(self) -> Order:
        """The order as its workflow has it."""
        return await self.clock.settled()

    async def state(self) -> State:
        """Where it stands."""
        return (await self.order()).state

    async def decide(self, kind: str, **fields: Any) -> Answer:
        """A decision through the validated update."""
        answer = await decide(self.world.client, self.world.records, self.order_id, {"kind": kind, **fields})
        if await self.clock.running():
            await self.clock.settled()
        return answer

    async def signal(self, kind: str, *payload: Any) -> Order:
        """A decision through the lenient signal."""
        await self.handle.signal(kind, args=list(payload))
        return await self.clock.settled()

    async def sign(self, **fields: Any) -> Answer:
        """Sign the LOA today, by the order's clock."""
        today = (await self.clock.now()).date()
        return await self.decide("loa_signed", **{"signed_by": ADA.name, "signed_on": str(today), **fields})

    async def submitted(self) -> Order:
        """Sign and approve, so that the carrier holds the order."""
        await self.sign()
        await self.decide("approve", by="Charles")
        return await self.order()

    async def activated(self) -> Order:
        """Through submission and FOC to the rollback window."""
        await self.submitted()
        await self.clock.past(3 * DAY)
        foc_at = (await self.order()).foc_at
        assert foc_at is not None
        await self.clock.to(foc_at)
        return await self.order()

    async def ended(self) -> Order:
        """Let time run until the order has ended, by its own clocks alone; its final record."""
        for _ in range(60):
            if not await self.clock.running():
                break
            await self.clock.past(DAY)
        else:
            lines = [f"{entry.recorded_at:%m-%d %H:%M:%S} {entry.kind}: {entry.detail}" for entry in self.trail()]
            raise AssertionError("\n".join(["two months on, the order still runs", *lines]))
        await self.result()
        return self.recorded()

    async def result(self) -> Any:
        """What the workflow returns, which it must do soon now."""
        return await asyncio.wait_for(self.handle.result(), 20)

    async def to_timer(self, moment: datetime) -> None:
        """Let time pass until a timer has just fired, with no worker to see it: the server can skip no further."""
        left = moment - timedelta(milliseconds=500) - await self.clock.now()
        await asyncio.wait_for(TimeSkipper(self.world.client).fast_forward(self.handle, left), 20)
        while await self.clock.now() <= moment:
            await asyncio.sleep(0.02)

    async def task(self, kind: TaskKind) -> Task:
        """The one open task of that kind."""
        (found,) = [task for task in (await self.order()).open_tasks if task.kind is kind]
        return found

    async def tasks(self) -> list[TaskKind]:
        """The kinds of the open tasks."""
        return [task.kind for task in (await self.order()).open_tasks]

    async def answer(self, kind: TaskKind, answer: str, **fields: Any) -> Answer:
        """Answer the one open task of that kind."""
        task = await self.task(kind)
        return await self.decide("complete_task", task_id=task.task_id, answer=answer, by="Charles", **fields)

    def held(self) -> HeldOrder:
        """The one order that the carrier holds for this one."""
        (found,) = self.world.carrier.store.orders(self.order_id)
        return found

    def calls(self, call: str) -> int:
        """How often the carrier was called."""
        return self.world.carrier.store.calls(call, self.order_id)

    def sent(self) -> list[int]:
        """The attempts that reached the carrier, in order."""
        held = self.world.carrier.store.orders(self.order_id)
        return [sending.attempt for order in held for sending in order.sendings]

    def recorded(self) -> Order:
        """The order as the read model has it."""
        return self.world.records.order(self.order_id)

    def trail(self) -> list[AuditEvent]:
        """The audit trail, in order."""
        return self.world.records.timeline(self.order_id)

    def audit(self) -> list[str]:
        """The kinds of the audit trail's entries, in order."""
        return [str(entry.kind) for entry in self.trail()]

    def mails(self) -> list[str]:
        """The kinds of the notices sent, in order, without repeats for several recipients."""
        with self.world.records.reading() as session:
            rows = session.exec(select(NotificationRow).where(NotificationRow.order_id == self.order_id)).all()
        sent = {row.key for row in rows if row.status is NoticeStatus.SENT}
        return [key.rsplit(":", 1)[1] for key in sorted(sent, key=lambda key: int(key.rsplit(":", 2)[1]))]


def make_world(client: Client, folder: Path, **options: Any) -> World:
    """A world of its own on a shared server: own records, carrier and task queue; nobody works in it yet."""
    settings = Settings(data_dir=folder, task_queue=f"q-{uuid.uuid4().hex[:8]}")
    upgrade(settings.records_url)
    return World(client, settings, Records(connect(settings.records_url)), simulated(settings, server_clock), options)


@asynccontextmanager
async def world(client: Client, folder: Path, **options: Any) -> AsyncIterator[World]:
    """A world of its own, with a worker running; options are the worker's."""
    made = make_world(client, folder, **options)
    async with made.worker():
        yield made
