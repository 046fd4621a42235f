"""Whole ports through the real adapters: vendors' protocols, signed messages, the ingress, the schedule's look."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from portolan.carriers.registry import accounts
from portolan.documents.store import Documents
from portolan.domain.carrier import NumberStatus
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.watching import Watch
from portolan.simulator.testing import Running, running
from starter.ingress.receivers import doors
from starter.ingress.serve import beside, listening
from starter.orders import start_order
from starter.simulating import SimulatorClock
from tests.world import DAY, HOUR, Port, World, make_world
from workflows.carrier_watch import CarrierWatch

VENDORS = ["telnyx", "twilio", "bandwidth"]
#: An answer after two days, and a date some days after it.
ANSWERED = {"sendings": [[{"says": "foc", "after_hours": 48, "foc_business_days": 3}]]}
PDF = b"%PDF-1.4\n%%EOF\n"

pytestmark = pytest.mark.xdist_group("real_adapters")


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running() as made:
        yield made


class Deployment:
    """A world whose accounts are played by a simulator, with an ingress for what it sends."""

    def __init__(self, world: World, simulator: Running) -> None:
        self.world, self.simulator = world, simulator

    async def port(self, vendor: str, script: dict[str, object], **given: object) -> Port:
        """An order that has been sent, with its papers."""
        world = self.world
        asked = world.reserve(gaining_carrier=vendor, own_queue=True, **given)
        self.simulator.script(asked.order_id, script)
        await start_order(world.client, world.settings.task_queue, asked)
        port = Port(world, asked.order_id)
        port.clock = SimulatorClock(world.client, world.settings, world.records, asked.order_id, self.simulator.url)
        if await port.state() is State.AWAITING_INFORMATION:
            await port.answer(TaskKind.GIVE_EVIDENCE, "attest", note="compared with the bill")
        store = Documents(world.settings.documents)
        (world.settings.data_dir / "paper.pdf").write_bytes(PDF)
        stored = store.put(world.settings.data_dir / "paper.pdf")
        now = datetime.now(UTC)
        for kind in ("loa", "bill"):
            world.records.add_document(
                asked.order_id, stored.sha256, kind, f"{kind}.pdf", stored.size, stored.media_type, now, "Ada"
            )
        await port.sign(document=stored.sha256)
        await port.decide("approve", by="Charles")
        return port


@pytest.fixture
async def deployment(client: Client, tmp_path: Path, simulator: Running) -> AsyncIterator[Deployment]:
    async with deployed(client, tmp_path, simulator) as made:
        yield made


@asynccontextmanager
async def deployed(client: Client, folder: Path, simulator: Running) -> AsyncIterator[Deployment]:
    simulator.forget()
    listener = listening("127.0.0.1", 0)
    ingress = f"http://127.0.0.1:{listener.getsockname()[1]}"
    fields = {
        vendor: {"vendor": vendor, "simulator": simulator.url, "webhook_url": f"{ingress}/carriers/{vendor}"}
        for vendor in VENDORS
    }
    (folder / "carriers.yaml").write_text(yaml.safe_dump({"accounts": fields}))
    world = make_world(client, folder)
    world.settings.temporal_address = client.service_client.config.target_host
    opened = doors(accounts(world.settings))
    async with world.worker(), beside(world.settings, world.records, opened, listener):
        yield Deployment(world, simulator)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_whole_port(vendor: str, deployment: Deployment) -> None:
    await look(deployment, vendor)  # asks for messages where that has to be asked for
    port = await deployment.port(vendor, ANSWERED)
    order = await port.order()
    assert (order.state, order.carrier_order_id is None) == (State.SUBMITTED, False), port.audit()
    assert order.carrier_raw_status

    await port.clock.past(3 * DAY)
    order = await port.order()
    assert order.state is State.FOC_CONFIRMED, [(entry.kind, entry.detail) for entry in port.trail()]
    assert "carrier_activity" in port.audit()
    assert order.foc_at is not None
    await port.clock.to(order.foc_at + HOUR)
    order = await port.order()
    assert order.state is State.ROLLBACK_WINDOW, [(entry.kind, entry.detail) for entry in port.trail()]
    assert set(order.number_status.values()) == {NumberStatus.ACTIVE}
    assert deployment.world.records.unhandled_messages() == []
    assert len(deployment.simulator.orders(port.order_id)) == 1
    assert (await port.ended()).state is State.COMPLETED


async def look(deployment: Deployment, vendor: str, ahead: timedelta = timedelta(0)) -> None:
    """What the schedule does every hour; `ahead`: so much later, as it is for an order whose time was skipped."""
    client = deployment.world.client
    handle = await client.start_workflow(
        CarrierWatch.run,
        Watch(account=vendor),
        id=f"watch-{uuid.uuid4().hex}",
        task_queue=deployment.world.settings.task_queue,
        start_delay=ahead,
    )
    if ahead:
        await TimeSkipper(client).fast_forward(handle, ahead)
    await handle.result()


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_port_whose_messages_are_lost(vendor: str, deployment: Deployment) -> None:
    await look(deployment, vendor)
    port = await deployment.port(vendor, ANSWERED)
    deployment.simulator.fault("dropped", vendor=vendor, times=100)
    await port.clock.past(3 * DAY)
    assert await port.state() is State.SUBMITTED
    await look(deployment, vendor, 3 * DAY)
    assert await port.state() is State.FOC_CONFIRMED, [(entry.kind, entry.detail) for entry in port.trail()]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_an_order_that_is_sent_back_is_corrected_and_sent_again(vendor: str, deployment: Deployment) -> None:
    await look(deployment, vendor)
    rejected = {"says": "reject", "after_hours": 24, "reason": "POSTAL_CODE_MISMATCH"}
    port = await deployment.port(vendor, {"sendings": [[rejected], *ANSWERED["sendings"]]})
    await port.clock.past(timedelta(hours=25))
    order = await port.order()
    assert order.state is State.ACTION_REQUIRED, [(entry.kind, entry.detail) for entry in port.trail()]
    assert order.rejections[0].vendor_code
    await port.decide("resubmit", by="Charles", corrections={"postal_code": "02111"})
    assert order.loa
    if await port.state() is State.AWAITING_INFORMATION:
        await port.answer(TaskKind.GIVE_EVIDENCE, "attest", note="the customer says so")
    if await port.state() is State.AWAITING_SIGNATURE:
        await port.sign(document=order.loa.document)
    order = await port.order()
    assert (order.state, order.attempt) == (State.SUBMITTED, 2), [(e.kind, e.detail) for e in port.trail()]
    await port.clock.past(3 * DAY)
    assert await port.state() is State.FOC_CONFIRMED
    live = [held for held in deployment.simulator.orders(port.order_id) if held["status"] != "cancelled"]
    assert len(live) == 1
