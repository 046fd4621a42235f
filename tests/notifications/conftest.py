"""A real SMTP server in the test's own process, a record of what was sent, and a certificate."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Post:
    """An SMTP server's handler: keeps mails, and answers as told.

    `refuse` gives the reply for a recipient, `data_reply` the one for a mail; `pauses` are seconds of silence before
    the reply to DATA and to QUIT.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refuse: dict[str, str] = {}
        self.data_reply = "250 OK"
        self.pauses: dict[str, float] = {}
        self.logins: list[tuple[bytes, bytes]] = []
        self.was_encrypted: list[bool] = []
        self.port = 0

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if "MAIL" in self.refuse:
            return self.refuse["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.pauses.get("DATA", 0))
        if self.data_reply.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
            self.was_encrypted.append(session.ssl is not None)
        return self.data_reply

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.pauses.get("QUIT", 0))
        return "221 Bye"

    def authenticate(self, server, session, envelope, mechanism, data: LoginPassword) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret", handled=False)

    @property
    def receivers(self) -> list[str]:
        return sorted(address for _, to in self.envelopes for address in to)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serve() -> Iterator[Callable[..., Post]]:
    """Start SMTP servers; the arguments are aiosmtpd's own."""
    running: list[Controller] = []

    def start(**options: Any) -> Post:
        post = Post()
        post.port = free_port()
        controller = Controller(post, hostname="127.0.0.1", port=post.port, authenticator=post.authenticate, **options)
        controller.start()
        running.append(controller)
        return post

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def post(serve: Callable[..., Post]) -> Post:
    return serve()


@pytest.fixture
def server_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1, which clients in this test trust."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}".split(),
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


class Log:
    """A `NoticeLog` in memory, with the meaning the protocol gives it; safe among threads."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], str] = {}
        self.errors: dict[str, str] = {}
        self._lock = threading.Lock()

    def claim_notice(self, key: str, recipient: str, order_id: str, kind: str, now: datetime) -> bool:
        with self._lock:
            if self.rows.get((key, recipient), "failed") != "failed":
                return False
            self.rows[key, recipient] = "claimed"
            return True

    def notice_sent(self, key: str, recipient: str, now: datetime) -> None:
        self.rows[key, recipient] = "sent"

    def notice_failed(self, key: str, recipient: str, error: str) -> None:
        self.rows[key, recipient] = "failed"
        self.errors[recipient] = error

    @property
    def by_recipient(self) -> dict[str, str]:
        return {recipient: status for (_, recipient), status in self.rows.items()}


@pytest.fixture
def log() -> Log:
    return Log()
