"""Publishing and telling under Temporal's activity environment."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.notifications import NotificationActivities
from activities.records import RecordActivities
from portolan.domain.effects import Delivery, Publication
from portolan.domain.order import Order
from portolan.domain.telling import Notice, NoticeKind
from portolan.notifications.channels import MailboxFolder
from portolan.notifications.errors import DeliveryFailed
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.store import NewProject, Records
from tests.world import request

#: The customer's contact and the coordinator.
RECIPIENTS = 2
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Mailbox:
    """A folder that can be switched off."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.down = MailboxFolder(folder), False

    def deliver(self, message: EmailMessage) -> None:
        if self.down:
            raise DeliveryFailed("away")
        self.folder.deliver(message)

    @property
    def count(self) -> int:
        return len(list(self.folder.path.glob("*.eml")))


class Office:
    """Records, a mailbox and the activities on them, with one reserved order that has something to tell."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'records.db'}"
        upgrade(url)
        self.records = Records(connect(url))
        self.mailbox = Mailbox(folder / "mail")
        self.notifications = NotificationActivities(self.records, self.mailbox, "desk@portolan.example")
        self.activities = RecordActivities(self.records, "build-7", self.notifications)
        asked = request()
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        self.records.reserve(project, [asked], {asked.order_id: f"port-{asked.order_id}"}, NOW)
        self.order = Order.new(asked, NOW)
        self.order.notify(NoticeKind.SIGNATURE_NEEDED, why="portable", signer="Ada Byron")

    @property
    def publication(self) -> Publication:
        return Publication(order=self.order, entries=self.order.unpublished, notices=self.order.unsent)

    @property
    def notice(self) -> Notice:
        return self.order.unsent[0]

    def publish(self) -> list[str]:
        undelivered: list[str] = ActivityEnvironment().run(self.activities.publish_order, self.publication)
        return undelivered


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_rows_audit_and_mail_are_written_once_however_often_it_is_called(office: Office) -> None:
    assert [office.publish() for _ in range(3)] == [[], [], []]
    (entry,) = office.records.timeline(office.order.order_id, every_revision=True)
    assert (entry.sequence, entry.kind, entry.build) == (1, "requested", "build-7")
    assert office.records.order(office.order.order_id).sequence == 1
    assert office.mailbox.count == RECIPIENTS


def test_a_mail_that_cannot_go_out_does_not_hold_up_the_records(office: Office) -> None:
    office.mailbox.down = True
    assert office.publish() == [office.notice.key]
    assert len(office.records.timeline(office.order.order_id)) == 1
    office.mailbox.down = False
    assert office.publish() == []
    assert office.mailbox.count == RECIPIENTS


def test_a_notice_is_retried_until_it_is_out_and_then_not_sent_again(office: Office) -> None:
    office.mailbox.down = True
    env, delivery = ActivityEnvironment(), Delivery(notice=office.notice)
    with pytest.raises(ApplicationError) as failed:
        env.run(office.notifications.send_notice, delivery)
    assert failed.value.non_retryable is False
    office.mailbox.down = False
    for _ in range(2):
        env.run(office.notifications.send_notice, delivery)
    assert office.mailbox.count == RECIPIENTS


def test_a_number_of_another_live_order_is_reported_by_type(office: Office) -> None:
    """An order that nobody reserved, started by hand for a number that is taken."""
    thief = Order.new(request(numbers=office.order.request.numbers), NOW)
    publication = Publication(order=thief, entries=thief.unpublished)
    with pytest.raises(ApplicationError) as failed:
        ActivityEnvironment().run(office.activities.publish_order, publication)
    assert failed.value.type == "number_taken"
    assert office.order.order_id in failed.value.message
