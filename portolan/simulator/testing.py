"""A simulator for tests: in a thread of its own, on a free port, with its controls at hand.

with running() as simulator:
simulator.script("order-1", {"sendings": [[{"says": "foc", "after_hours": 1}]]})
...
simulator.advance(hours=48)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from portolan.carriers.simulated.scripted import wall_clock
from portolan.simulator.control import PREFIX
from portolan.simulator.facade import ServerSettings
from portolan.simulator.server import app, configuration, listening

#: Long enough that nothing becomes due by itself in the middle of a test.
NEVER = 3600.0
START_WITHIN_SECONDS = 10


class Running:
    """A simulator that runs, and its controls.

    Attributes:
        url: Its address, as accounts name it with `simulator:`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx2.Client(base_url=url, timeout=60)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call a control endpoint; what it answers.

        Raises:
            ValueError: It refused.
        """
        response = self._client.request(method, PREFIX + path, json=body)
        if response.is_error:
            raise ValueError(f"{method} {path}: {response.status_code} {response.text}")
        return response.json() if response.content else None

    def script(self, name: str, behaviour: Mapping[str, Any]) -> None:
        """Decide how an order fares, by its order id or reference."""
        self.control("PUT", f"/scripts/{name}", behaviour)

    def fault(self, kind: str, **fields: Any) -> None:
        """Something is to go wrong; fields as `portolan.simulator.faults.Fault` has them."""
        self.control("POST", "/faults", {"kind": kind, **fields})

    def advance(self, hours: float, reference: str = "") -> int:
        """Move time, of everything or of one order; how many messages were sent on the way."""
        moved = self.control("POST", "/clock", {"advance_hours": hours, "reference": reference})
        return int(moved["messages"])

    def move(self, to: datetime, reference: str = "") -> int:
        """The same, to a moment."""
        moved = self.control("POST", "/clock", {"to": to.isoformat(), "reference": reference})
        return int(moved["messages"])

    def now(self) -> datetime:
        """What time it is there."""
        return datetime.fromisoformat(self.control("GET", "/clock")["now"])

    def due(self, reference: str) -> datetime | None:
        """When the next message about an order leaves."""
        moment = self.control("GET", f"/due?reference={reference}")["due"]
        return datetime.fromisoformat(moment) if moment else None

    def orders(self, reference: str = "") -> list[dict[str, Any]]:
        """The orders it holds, of all accounts or of one reference."""
        found: list[dict[str, Any]] = self.control("GET", f"/orders?reference={reference}")
        return found

    def say(self, order: str, says: str, **words: Any) -> dict[str, Any]:
        """Let the losing carrier, the vendor or its desk say something about an order now."""
        shown: dict[str, Any] = self.control("POST", f"/orders/{order}/say", {"says": says, **words})
        return shown

    def calls(self) -> list[dict[str, Any]]:
        """The newest requests that came."""
        found: list[dict[str, Any]] = self.control("GET", "/calls")
        return found

    def messages(self) -> list[dict[str, Any]]:
        """Messages sent, given up and to be sent."""
        found: list[dict[str, Any]] = self.control("GET", "/messages")
        return found

    def forget(self) -> None:
        """Forget everything."""
        self.control("DELETE", "")


@contextmanager
def running(
    *,
    seed: str = "",
    webhooks: str = "",
    strict: bool = False,
    forms: bool = False,
    path: Path | None = None,
    tick_seconds: float = NEVER,
    start: datetime | None = None,
) -> Iterator[Running]:
    """A simulator on a free port of this machine, for as long as the block lasts.

    Args:
        forms: Messages that may be JSON or a form go out as forms.
        tick_seconds: How often what is due in real time is looked for; by default only when time is moved.
        start: Where its clock stands until it is moved; left out, it runs with the real one.
    """
    made = app(
        ServerSettings(seed=seed, webhooks=webhooks, strict=strict, forms=forms),
        path=path,
        tick_seconds=tick_seconds,
        clock=wall_clock if start is None else lambda: start,
    )
    ear = listening()
    server = uvicorn.Server(configuration(made))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [ear]}, daemon=True)
    thread.start()
    try:
        _wait(server, thread)
        yield Running(f"http://127.0.0.1:{ear.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(START_WITHIN_SECONDS)
        ear.close()


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + START_WITHIN_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the simulator did not start")
        time.sleep(0.005)
