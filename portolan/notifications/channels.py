"""The ways a mail leaves: a folder of files, for development and rehearsals, or an SMTP server.

Both are plain blocking code: activities that send notices run in a thread pool.
"""

from __future__ import annotations

import contextlib
import os
import re
import smtplib
import ssl
import tempfile
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from portolan.domain.errors import ConfigurationError
from portolan.notifications.errors import DeliveryFailed, DeliveryRefused
from portolan.notifications.mail import KIND_HEADER, ORDER_HEADER, SEQUENCE_HEADER, sender
from portolan.settings import Settings


class Channel(Protocol):
    """A way to deliver mails."""

    def deliver(self, message: EmailMessage) -> None:
        """Deliver to the one recipient in `To`.

        Raises:
            DeliveryFailed: Not now; trying again makes sense.
            DeliveryRefused: Never to this recipient.
        """


@dataclass(frozen=True)
class MailboxFolder:
    """Writes each mail as one `.eml` file, which appears whole or not at all; names sort by time.

    Files are readable by their owner only: mails name people.
    """

    path: Path

    def deliver(self, message: EmailMessage) -> None:
        """Write the mail; the same mail of the same second is written over."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(dir=self.path, prefix=".", suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(message.as_bytes())
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(unfinished, self.path / self._name(message))
            except BaseException:
                os.unlink(unfinished)
                raise
        except OSError as error:
            raise DeliveryFailed(f"The mail could not be written ({type(error).__name__}).") from error

    def _name(self, message: EmailMessage) -> str:
        moment = parsedate_to_datetime(message["Date"])
        order, kind = (
            re.sub(r"[^A-Za-z0-9_-]+", "_", message[name] or "")[:60] for name in (ORDER_HEADER, KIND_HEADER)
        )
        sequence = int(message[SEQUENCE_HEADER] or 0)
        digest = sha256(message["Message-ID"].encode()).hexdigest()[:8]
        return f"{moment:%Y%m%dT%H%M%SZ}-{order}-{sequence:04d}-{kind}-{digest}.eml"


class Security(StrEnum):
    """How the connection to an SMTP server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True)
class Smtp:
    """Hands each mail to an SMTP server, over a connection of its own.

    With `starttls` and `tls` the server's certificate is checked, and a server that offers no encryption gets
    nothing. `timeout` is in seconds and holds for each step of the conversation.

    Raises:
        ConfigurationError: A password would travel unprotected.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    security: Security = Security.STARTTLS
    timeout: float = 10.0

    def __post_init__(self) -> None:
        if self.username and self.security is Security.NONE:
            raise ConfigurationError(
                "The SMTP password would travel unprotected.",
                "Set PORTOLAN_SMTP_SECURITY to starttls or tls, or leave the user name out.",
            )

    def deliver(self, message: EmailMessage) -> None:
        """Send the mail; what is refused before the recipient is named is our own trouble, and worth a retry."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryFailed(f"No connection to the mail server ({_reason(error)}).") from error
        try:
            server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            if _is_final(error):
                raise DeliveryRefused(f"The mail server refuses this mail ({_reason(error)}).") from error
            raise DeliveryFailed(f"The mail server did not take the mail ({_reason(error)}).") from error
        finally:
            # The mail is accepted or not by now; a bad farewell must not have it sent again.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        server: smtplib.SMTP
        if self.security is Security.TLS:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security is Security.STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if self.username:
                server.login(self.username, self.password)
        except BaseException:
            server.close()
            raise
        return server


def channel(settings: Settings) -> Channel:
    """The channel of this deployment: its mail server, or a folder where there is none.

    Raises:
        ConfigurationError: The sender's address is none, or a password would travel unprotected.
    """
    sender(settings.mail_from)
    if not settings.smtp_host:
        return MailboxFolder(settings.mailbox)
    return Smtp(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_username,
        settings.smtp_password.get_secret_value(),
        Security(settings.smtp_security),
    )


def _code(error: Exception) -> int | None:
    """The SMTP reply code; servers' texts are left out, because they repeat addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def _reason(error: Exception) -> str:
    code = _code(error)
    if code:
        return f"SMTP {code}"
    timed_out = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return "no answer in time" if timed_out else type(error).__name__


def _is_final(error: Exception) -> bool:
    """Whether the recipient or the mail itself is refused for good; a refused sender is for an operator to settle."""
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        code = _code(error)
        return code is not None and 500 <= code < 600
    return False
