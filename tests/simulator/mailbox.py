"""Where webhooks arrive in tests that have to see how they came: address, headers, and whether a challenge was met."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Letter(NamedTuple):
    path: str
    headers: dict[str, str]
    content: bytes


class Mailbox:
    """What arrived, in order; asks for `credentials` by a challenge where they are set."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.url = self.base = ""
        self.credentials = ""
        self.status = 200


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            box.letters.append(Letter(self.path, {n.lower(): v for n, v in self.headers.items()}, content))
            refused = box.credentials and self.headers.get("authorization") != box.credentials
            self.send_response(401 if refused else box.status)
            if refused:
                self.send_header("www-authenticate", 'Basic realm="messages"')
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box.base = f"http://127.0.0.1:{server.server_port}"
    box.url = f"{box.base}/hooks?who=me"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
