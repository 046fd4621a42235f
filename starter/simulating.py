"""A whole port against a simulated vendor: the real adapter, the vendor's protocol and its signed messages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

import yaml
from temporalio.client import Client

from portolan.carriers.accounts import VENDORS_BY_NAME
from portolan.carriers.registry import accounts, simulated
from portolan.carriers.simulated import Script
from portolan.domain.errors import ConfigurationError, PortolanError
from portolan.domain.order import Order
from portolan.records.store import Records
from portolan.settings import Settings
from starter.clock import LOOK_EVERY_SECONDS, OrderClock

#: Where the simulator listens, unless another port is given.
PORT = 8234
#: The vendors whose protocols are simulated.
SPOKEN = ("telnyx", "twilio", "bandwidth")
CONTROL = "/_simulator"
#: The first line of a file of accounts that Portolan wrote itself, and may write again.
OURS = "# Written by `portolan up --simulated`, for simulated vendors only.\n"
#: How often it is looked whether a message that was sent has been handed on.
LOOKS = 250


class SimulatorClock(OrderClock):
    """Moves an order through time together with the simulator that plays its carrier.

    Args:
        url: The simulator's address.
        records: Where its messages arrive: time goes on when the order has heard them.
    """

    def __init__(self, client: Client, settings: Settings, records: Records, order_id: str, url: str) -> None:
        super().__init__(client, simulated(settings), order_id)
        self._url, self._records = url.rstrip("/") + CONTROL, records

    async def speaks_at(self) -> datetime | None:
        """When the simulated vendor sends its next message about the order."""
        due = (await self._control("GET", f"/due?reference={self.order_id}"))["due"]
        return datetime.fromisoformat(due) if due else None

    async def hear(self, now: datetime) -> None:
        """Have the messages sent that are due by now, and wait until the order has heard them."""
        await self._control("POST", "/clock", {"to": now.isoformat(), "reference": self.order_id})
        for _ in range(LOOKS):
            waiting = await asyncio.to_thread(self._records.unhandled_messages)
            if not any(message.order_id == self.order_id for message in waiting):
                break
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        if await self.running():
            await self.settled()

    async def _control(self, method: str, path: str, body: Any = None) -> Any:
        import httpx2

        try:
            async with httpx2.AsyncClient(timeout=60) as client:
                response = await client.request(method, self._url + path, json=body)
                response.raise_for_status()
                return response.json()
        except httpx2.HTTPError as error:
            raise PortolanError(
                f"The simulator at {self._url.removesuffix(CONTROL)} does not answer: {type(error).__name__}.",
                "Start it: `portolan up --carrier VENDOR --simulated`, or `portolan simulator`.",
            ) from error


def clock_of(client: Client, settings: Settings, records: Records, order: Order) -> OrderClock:
    """The clock of an order, with whatever plays its carrier."""
    account = accounts(settings).get(order.request.gaining_carrier)
    if account and account.simulator:
        return SimulatorClock(client, settings, records, order.order_id, account.simulator)
    return OrderClock(client, simulated(settings), order.order_id)


def give_script(url: str, order_id: str, script: Script) -> None:
    """Tell a simulator how an order will fare.

    Raises:
        ConfigurationError: The simulator does not answer.
    """
    import httpx2

    body = script.model_dump(mode="json")
    try:
        response = httpx2.put(f"{url.rstrip('/')}{CONTROL}/scripts/{order_id}", json=body, timeout=10)
        response.raise_for_status()
    except httpx2.HTTPError as error:
        raise ConfigurationError(
            f"The simulator at {url} does not answer: {type(error).__name__}.",
            "Start it: `portolan up --carrier VENDOR --simulated`, or `portolan simulator`.",
        ) from error


def write_account(folder: Path, vendor: str, simulator: str, ingress: str) -> Path:
    """Put an account at a simulated vendor into the data folder's file of accounts, beside those put there so before.

    Raises:
        ConfigurationError: Nobody simulates that vendor, or the file is somebody's own.
    """
    if vendor not in SPOKEN:
        raise ConfigurationError(
            f"Nobody simulates {vendor!r}.",
            f"There is: {', '.join(SPOKEN)}; {VENDORS_BY_NAME[0]!r} needs no --carrier.",
        )
    path = folder / "carriers.yaml"
    kept: dict[str, Any] = {}
    if path.exists():
        text = path.read_text(encoding="utf-8")
        if not text.startswith(OURS):
            raise ConfigurationError(
                f"{path} holds accounts of your own.",
                f"Add one there with `vendor: {vendor}` and `simulator: {simulator}`, or use another data folder.",
            )
        kept = yaml.safe_load(text)["accounts"]
    kept[vendor] = {"vendor": vendor, "simulator": simulator, "webhook_url": f"{ingress}/carriers/{vendor}"}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(OURS + yaml.safe_dump({"accounts": kept}), encoding="utf-8")
    return path


@contextmanager
def simulator(state: Path, port: int, seed: str = "") -> Iterator[str]:
    """A simulator in a thread of this process, with its state in a file; its address.

    Raises:
        ConfigurationError: The port is in use.
    """
    import uvicorn

    from portolan.simulator import ServerSettings, app
    from portolan.simulator.server import configuration, listening

    try:
        ear = listening(port=port)
    except OSError as error:
        raise ConfigurationError(
            f"The simulator cannot have port {port}: {error.strerror}.", "Choose another: --simulator-port."
        ) from error
    server = uvicorn.Server(configuration(app(ServerSettings(seed=seed), path=state)))
    thread = Thread(target=server.run, kwargs={"sockets": [ear]}, name="simulator", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{ear.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        ear.close()
