"""Sending a notice: once to each of its recipients, whatever happens to the others."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from portolan.domain.errors import PortolanError
from portolan.domain.telling import Notice, NoticeKind
from portolan.notifications.channels import Channel
from portolan.notifications.errors import DeliveryFailed, DeliveryRefused, NotificationFailed
from portolan.notifications.mail import compose, recipients, sender


class NoticeLog(Protocol):
    """What has been told to whom; kept where it outlives the process."""

    def claim_notice(self, key: str, recipient: str, order_id: str, kind: NoticeKind, now: datetime) -> bool:
        """Reserve one mail; False where it has been sent.

        Raises:
            PortolanError: Somebody else is sending it at this moment, with an outcome nobody knows yet.
        """

    def notice_sent(self, key: str, recipient: str, now: datetime) -> None:
        """The mail is on its way; it is never claimed again."""

    def notice_failed(self, key: str, recipient: str, error: str) -> None:
        """The mail did not go out; it may be claimed again."""


def send(notice: Notice, records: NoticeLog, channel: Channel, sender_address: str, now: datetime) -> None:
    """Send a notice to everybody it is for: claim, deliver, mark as sent.

    A person in two roles gets one mail. Calling it again leaves out whoever has it. A recipient whom the mail
    server refuses for good (5xx), or whose address is none, is recorded as failed and raises nothing: retrying is
    pointless, and somebody has to correct the contact.

    Args:
        notice: What is to be told.
        records: Remembers what was sent.
        channel: The way out.
        sender_address: Where mails come from: `porting@example.com` or `Porting desk <porting@example.com>`.
        now: The moment of sending, time-zone aware.

    Raises:
        NotificationFailed: Somebody got nothing for a reason that may pass; the others have been served.
        ConfigurationError: The sender address is none.
    """
    come_from = sender(sender_address)
    failures: dict[str, PortolanError] = {}
    for recipient in recipients(notice):
        try:
            mine = records.claim_notice(notice.key, recipient.name, notice.order_id, notice.kind, now)
        except PortolanError as taken:
            failures[recipient.name] = taken
            continue
        if not mine:
            continue
        try:
            channel.deliver(compose(notice, recipient, come_from, now))
        except DeliveryRefused as refused:
            records.notice_failed(notice.key, recipient.name, str(refused))
        except DeliveryFailed as failed:
            records.notice_failed(notice.key, recipient.name, str(failed))
            failures[recipient.name] = failed
        else:
            records.notice_sent(notice.key, recipient.name, now)
    if failures:
        raise NotificationFailed(notice.key, failures)
