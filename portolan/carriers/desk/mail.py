"""Mails to desks, on the deployment's own channel: with attachments, and in the thread of the first request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from portolan.carriers.desk.email import DeskMail
from portolan.notifications.channels import Channel
from portolan.notifications.mail import KIND_HEADER, ORDER_HEADER, SEQUENCE_HEADER, address, message_id, sender
from portolan.notifications.rendering import one_line

KIND = "desk_mail"


def post(channel: Channel, sender_address: str) -> Callable[[DeskMail], None]:
    """A way for mails to desks.

    Args:
        channel: The way out.
        sender_address: Where they come from, and answers go to: `porting@example.com` or `Name <porting@example.com>`.

    Raises:
        ConfigurationError: The sender's address is none.
    """
    come_from = sender(sender_address)

    def deliver(mail: DeskMail) -> None:
        message = EmailMessage(policy=SMTP if mail.to.isascii() else SMTPUTF8)
        message["From"] = come_from
        message["To"] = address("", mail.to)
        message["Subject"] = one_line(mail.subject)
        message["Date"] = format_datetime(mail.at.astimezone(UTC))
        message["Message-ID"] = message_id(mail.mail_id, mail.to, come_from.domain)
        if mail.follows:
            first = message_id(mail.follows, mail.to, come_from.domain)
            message["In-Reply-To"] = first
            message["References"] = first
        message[ORDER_HEADER] = one_line(mail.order_id)
        message[SEQUENCE_HEADER] = "0"
        message[KIND_HEADER] = KIND
        message.set_content(mail.text, cte="quoted-printable")
        for paper in mail.papers:
            main, _, sub = paper.media_type.partition("/")
            message.add_attachment(
                paper.content,
                maintype=main if sub else "application",
                subtype=sub or "octet-stream",
                filename=one_line(paper.filename),
            )
        channel.deliver(message)

    return deliver
