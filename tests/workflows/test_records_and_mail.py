"""The read model and the mails follow the port; neither can stop it, and nothing is lost or said twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from temporalio.client import Client

from portolan.domain.effects import Publication
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.notifications.channels import MailboxFolder
from portolan.notifications.errors import DeliveryFailed
from portolan.records.engine import connect
from portolan.records.store import Records
from tests.world import ADA, DAY, FOC, SILENT, Port, World, make_world
from worker import host


class FlakyRecords(Records):
    """Records that can be switched off: for some tries, or until switched on again."""

    down = False
    blips = 0
    refused = 0

    def publish(self, publication: Publication, build: str, workflow_id: str = "") -> None:
        if self.down or self.blips:
            self.refused += 1
            self.blips = max(0, self.blips - 1)
            raise OSError("the database is away")
        super().publish(publication, build, workflow_id)


class FlakyChannel:
    """A mailbox that can be switched off."""

    def __init__(self, path: Path) -> None:
        self.folder = MailboxFolder(path)
        self.down = False
        self.refused = 0

    def deliver(self, message: EmailMessage) -> None:
        if self.down:
            self.refused += 1
            raise DeliveryFailed("the mail server is away")
        self.folder.deliver(message)


async def become(port: Port, state: State) -> Order:
    """The order, once it has come to that state, whether or not the records know."""
    async with asyncio.timeout(30):
        while (order := await port.clock.order()).state is not state:
            await asyncio.sleep(0.02)
    return order


async def test_records_that_fail_for_a_while_stop_nothing_and_miss_nothing(client: Client, tmp_path: Path) -> None:
    world = make_world(client, tmp_path)
    records = FlakyRecords(connect(world.settings.records_url))
    world.records = records
    async with world.worker():
        port = await world.port(SILENT)
        known = len(port.trail())
        records.down = True
        today = str((await port.clock.now()).date())
        await port.handle.signal("loa_signed", {"signed_by": ADA.name, "signed_on": today})
        await port.handle.signal("approve", {"by": "Charles"})
        order = await become(port, State.SUBMITTED)
        assert port.sent() == [1]
        assert len(port.trail()) == known
        async with asyncio.timeout(20):
            while records.refused < 3:
                await asyncio.sleep(0.02)
        records.down = False
        await port.clock.past(timedelta(minutes=2))
        settled = await port.clock.settled()
        assert settled.sequence >= order.sequence
        assert [entry.sequence for entry in port.trail()] == list(range(1, settled.sequence + 1))
        assert port.recorded().state is State.SUBMITTED
        assert {"loa_signed", "approve", "submitted"} <= set(port.audit())
        assert port.mails().count("submitted") == 1


async def test_a_short_failure_of_the_records_is_retried_at_once(client: Client, tmp_path: Path) -> None:
    world = make_world(client, tmp_path)
    records = FlakyRecords(connect(world.settings.records_url))
    world.records = records
    async with world.worker():
        port = await world.port(SILENT)
        records.blips = 1
        await port.sign()
        assert records.refused == 1
        assert port.audit() == ["requested", "checked", "letter_rendered", "loa_signed"]


async def test_mails_that_cannot_be_sent_stop_nothing_and_arrive_later_once(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = FlakyChannel(tmp_path / "mail")
    mailbox.down = True
    monkeypatch.setattr(host, "channel", lambda settings: mailbox)
    world = make_world(client, tmp_path)
    async with world.worker():
        port = await world.port(FOC)
        await port.submitted()
        await port.clock.past(2 * DAY)
        order = await port.order()
        assert order.state is State.FOC_CONFIRMED
        assert mailbox.refused > 0
        assert port.mails() == []
        mailbox.down = False
        await port.clock.past(DAY / 12)
        async with asyncio.timeout(20):
            while "foc_confirmed" not in port.mails():
                await asyncio.sleep(0.05)
        # What was a day old by then was given up; what is sent, is sent once to each recipient.
        names = [path.name for path in mailbox.folder.path.glob("*.eml")]
        told = [message["Message-ID"] for message in map(_read, mailbox.folder.path.glob("*.eml"))]
        assert len(told) == len(set(told)) == len(names)
        await port.decide("cancel", reason="enough")
        await port.result()
        assert port.mails().count("cancelled") == 1


def _read(path: Path) -> EmailMessage:
    from email import message_from_bytes
    from email.policy import default

    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


async def test_the_read_model_says_what_the_workflow_says(shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    for _ in range(2):
        order = await port.order()
        kept = port.recorded()
        assert kept.model_dump(exclude={"seen", "unsent", "unpublished"}) == order.model_dump(
            exclude={"seen", "unsent", "unpublished"}
        )
        assert {task.task_id for task in shared_world.records.tasks(order_id=port.order_id)} == {
            task.task_id for task in order.open_tasks
        }
        await port.sign()


async def test_every_mail_of_a_clean_port_comes_once_and_in_order(shared_world: World) -> None:
    port = await shared_world.port()
    await port.activated()
    await port.ended()
    assert port.mails() == [
        "signature_needed",
        "submitted",
        "foc_confirmed",
        "cutover_done",
        "window_closing",
        "completed",
    ]
    assert len(shared_world.mailbox(port.order_id)) == len(set(shared_world.mailbox(port.order_id))) >= 6
