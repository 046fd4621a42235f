"""Where webhooks arrive in tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Arrived(NamedTuple):
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)


class Inbox:
    """What arrived, in order; `answers` are given first, then 200."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.answers: list[int] = []
        self.url = ""

    def statuses(self) -> list[str]:
        """The order statuses told, in order."""
        bodies = [each.body.get("data", each.body) for each in self.arrived]
        told = [body for body in bodies if body["event_type"] == "porting_order.status_changed"]
        return [body["payload"]["status"]["value"] for body in told]

    def kinds(self) -> list[str]:
        return [each.body.get("data", each.body)["event_type"] for each in self.arrived]


@contextmanager
def receiving() -> Iterator[Inbox]:
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            inbox.arrived.append(Arrived({name.lower(): value for name, value in self.headers.items()}, content))
            self.send_response(inbox.answers.pop(0) if inbox.answers else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox.url = f"http://127.0.0.1:{server.server_port}/in"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield inbox
    finally:
        server.shutdown()
        server.server_close()
