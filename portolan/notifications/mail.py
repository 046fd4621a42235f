"""A notice as an e-mail: addresses, headers and a Message-ID that stays the same when it is sent again."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import NamedTuple

from portolan.domain.errors import ConfigurationError
from portolan.domain.telling import Contact, Notice
from portolan.notifications.errors import DeliveryRefused
from portolan.notifications.rendering import one_line, render
from portolan.notifications.templates import TEMPLATES, Audience

ORDER_HEADER = "X-Portolan-Order"
SEQUENCE_HEADER = "X-Portolan-Sequence"
KIND_HEADER = "X-Portolan-Kind"

#: Nothing that could end an address or a header; quoted local parts and address literals are not taken.
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f\ud800-\udfff]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


class Recipient(NamedTuple):
    """A person to whom one mail goes, in all the roles that person has; `name` identifies the mailbox."""

    name: str
    contact: Contact
    roles: tuple[Audience, ...]


def recipients(notice: Notice) -> list[Recipient]:
    """Whom a notice goes to: one entry for each mailbox, upper and lower case aside."""
    found: dict[str, Recipient] = {}
    for role in TEMPLATES[notice.kind].audiences:
        contact = notice.contacts.get(role)
        if contact is None:
            continue
        name = contact.email.strip().casefold()
        earlier = found.get(name)
        found[name] = Recipient(
            name, earlier.contact if earlier else contact, (*(earlier.roles if earlier else ()), role)
        )
    return list(found.values())


def address(name: str, email: str) -> Address:
    """An address for a header; international domains in their ASCII form.

    Raises:
        DeliveryRefused: It is not one e-mail address.
    """
    local, _, domain = email.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise DeliveryRefused("The contact has no valid e-mail address.", "Correct the contact.")
    return Address(display_name=one_line(name), username=local, domain=ascii_domain)


def sender(setting: str) -> Address:
    """Where mails come from: `porting@example.com` or `Porting desk <porting@example.com>`.

    Raises:
        ConfigurationError: It is not one e-mail address.
    """
    name, email = parseaddr(setting)
    try:
        return address(name or "Portolan", email)
    except DeliveryRefused as error:
        raise ConfigurationError(
            f"The sender of mails, {setting!r}, is not an e-mail address.", "Correct PORTOLAN_MAIL_FROM."
        ) from error


def message_id(key: str, recipient: str, domain: str) -> str:
    """The same for the same notice and recipient, so that a mail server or program can spot a repeat."""
    return f"<{sha256(f'{key}|{recipient}'.encode()).hexdigest()[:32]}@{domain}>"


def compose(notice: Notice, recipient: Recipient, come_from: Address, now: datetime) -> EmailMessage:
    """The mail of a notice to one recipient.

    Args:
        notice: What is to be told.
        recipient: One of `recipients(notice)`.
        come_from: Where it comes from, as `sender` reads it.
        now: The moment of sending, time-zone aware.

    Raises:
        DeliveryRefused: The recipient has no valid address.
    """
    text = render(notice, recipient.contact, recipient.roles)
    to = address(recipient.contact.name, recipient.contact.email)
    message = EmailMessage(policy=SMTP if to.addr_spec.isascii() else SMTPUTF8)
    message["From"] = come_from
    message["To"] = to
    message["Subject"] = one_line(text.subject)
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = message_id(notice.key, recipient.name, come_from.domain)
    message["Auto-Submitted"] = "auto-generated"
    reply_to = _reply_to(notice, recipient.roles)
    if reply_to:
        message["Reply-To"] = reply_to
    message[ORDER_HEADER] = one_line(notice.order_id)
    message[SEQUENCE_HEADER] = str(notice.sequence)
    message[KIND_HEADER] = notice.kind.value
    message.set_content(text.body, cte="quoted-printable")
    return message


def _reply_to(notice: Notice, roles: Collection[Audience]) -> Address | None:
    """Answers go to the coordinator, a person."""
    coordinator = notice.contacts.get(Audience.COORDINATOR)
    if coordinator is None or Audience.COORDINATOR in roles:
        return None
    try:
        return address(coordinator.name, coordinator.email)
    except DeliveryRefused:
        return None
