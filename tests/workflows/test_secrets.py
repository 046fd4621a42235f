"""Secrets reach the carrier with each sending, and nobody else: no history, no record beside their own, no mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select
from temporalio.client import Client

from activities.carrier import server_clock
from portolan.carriers.simulated import Fault, SimulatedCarrier
from portolan.domain.carrier import CarrierOrder, SendKind, Submission
from portolan.domain.states import State
from portolan.records.papers import Secret
from portolan.records.store import NewProject
from portolan.records.tables import TABLES
from starter.orders import start_order, workflow_id
from tests.workflows.scenarios import LOCKED
from tests.world import DAY, Port, World, make_world, request
from worker import host

NUMBERS = ["+33199001210", "+33199001211"]
SECRETS = [
    Secret("", "pin", "pin4711geheim"),
    Secret(NUMBERS[0], "rio", "44FACME12OZH"),
    Secret(NUMBERS[1], "rio", "44FACME13ABC"),
]
TOLD = {(secret.number, secret.kind): secret.value for secret in SECRETS}


class Attentive(SimulatedCarrier):
    """Remembers what it was told with each sending, lost answers included."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, server_clock)
        self.told: list[tuple[str, dict[tuple[str, str], str]]] = []

    def submit(self, submission: Submission) -> CarrierOrder:
        self.told.append((submission.key, dict(submission.secrets)))
        return super().submit(submission)


@pytest_asyncio.fixture
async def attended(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A world whose carrier is attentive."""
    world = make_world(client, tmp_path)
    world.carrier = Attentive(world.settings.simulated_carrier)
    monkeypatch.setattr(host, "carriers", lambda settings, memory, clock: {"simulated": world.carrier})
    async with world.worker():
        yield world


async def submitted(world: World) -> Port:
    """A French order with a PIN and a RIO for each number; its carrier is away for a moment, then rejects once."""
    asked = request(playbook="FR-FIX", country="FR", numbers=NUMBERS)
    away = Fault(call="submit", kind="outage", times=1)
    world.carrier.give_account(asked.order_id, asked.account)
    world.carrier.give_script(asked.order_id, LOCKED.model_copy(update={"faults": [away]}))
    project = NewProject(asked.project_id, asked.reference, asked.customer)
    ids, kept = {asked.order_id: workflow_id(asked.order_id)}, {asked.order_id: SECRETS}
    world.records.reserve(project, [asked], ids, datetime.now(UTC), secrets=kept)
    await start_order(world.client, world.settings.task_queue, asked)
    port = Port(world, asked.order_id)
    await port.clock.settled()
    await port.submitted()
    return port


async def history(port: Port) -> str:
    """Everything in the order's history, the payloads as they are."""
    fetched = await port.handle.fetch_history()
    return "\n".join(event.SerializeToString().decode("utf-8", "replace") for event in fetched.events)


def found_in(text: str) -> list[str]:
    return [secret.value for secret in SECRETS if secret.value in text]


async def test_the_carrier_is_told_with_each_sending_and_no_history_says_so(attended: World) -> None:
    port = await submitted(attended)
    await port.clock.past(DAY)
    await port.decide("resubmit", by="Charles")
    key = port.order_id
    assert isinstance(attended.carrier, Attentive)
    assert attended.carrier.told == [(f"{key}:1", TOLD), (f"{key}:1", TOLD), (f"{key}:2", TOLD)]

    await port.decide("cancel", reason="enough", by="Charles")
    await port.result()
    everything = await history(port)
    for known in ("submit_order", port.held().sendings[1].key, NUMBERS[1], "0048-1937"):
        assert known in everything
    assert found_in(everything) == []


async def test_while_it_lives_only_its_own_records_have_them_and_afterwards_none(attended: World) -> None:
    port = await submitted(attended)

    def tables_that_tell() -> list[str]:
        with attended.records.reading() as session:
            rows = {
                name: repr(session.connection().execute(select(table)).all()) for name, table in TABLES.tables.items()
            }
        return [name for name, told in rows.items() if found_in(told)]

    assert tables_that_tell() == ["secrets"]
    assert sorted(attended.records.secrets(port.order_id)) == sorted(SECRETS)
    mails = "".join(path.read_text() for path in attended.settings.mailbox.glob("*.eml"))
    assert port.order_id in mails
    assert found_in(mails) == []

    await port.decide("cancel", reason="enough", by="Charles")
    await port.result()
    assert port.recorded().state is State.CANCELLED
    assert tables_that_tell() == []


def test_a_sending_that_knows_them_neither_shows_nor_serialises_them() -> None:
    asked = request(numbers=NUMBERS)
    sending = Submission(
        key="o-1:1",
        order_id="o-1",
        attempt=1,
        kind=SendKind.NEW,
        numbers=NUMBERS,
        account=asked.account,
        losing_carrier=asked.losing_carrier,
        secrets=TOLD,
    )
    assert sending.secrets == TOLD
    for text in (repr(sending), str(sending), sending.model_dump_json(), repr(sending.model_dump())):
        assert NUMBERS[0] in text
        assert found_in(text) == []
