"""An ingress with records of its own, and a carrier that signs its messages as real ones do."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text
from temporalio.client import Client

from portolan.carriers.webhooks import REPLAY_WINDOW, Forged, Incoming, Message, Unreadable
from portolan.domain.effects import Publication
from portolan.domain.errors import ConfigurationError
from portolan.domain.states import State
from portolan.records.engine import connect
from portolan.records.inbox import Kept
from portolan.records.migrate import upgrade
from portolan.records.store import NewProject, Records
from portolan.records.tables import CarrierMessageRow
from starter.ingress.app import Ingress
from starter.ingress.hand_on import HandingOn
from starter.ingress.metrics import Metrics
from starter.ingress.receivers import Door
from tests.world import request

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
LIMIT = 4096


class Signer:
    """Signs moment and body with the account's key, and is the account's receiver, too."""

    def __init__(self, account: str) -> None:
        self.account, self.key = account, f"key of {account}".encode()

    def sign(self, body: bytes, at: datetime) -> dict[str, str]:
        moment = str(int(at.timestamp()))
        signature = hmac.new(self.key, moment.encode() + b"|" + body, hashlib.sha256).hexdigest()
        return {"X-Moment": moment, "X-Signature": signature}

    def receive(self, incoming: Incoming, now: datetime) -> Message:
        moment, given = incoming.headers.get("x-moment", "0"), incoming.headers.get("x-signature", "")
        at = datetime.fromtimestamp(int(moment), UTC)
        expected = self.sign(incoming.body, at)["X-Signature"]
        if not hmac.compare_digest(given, expected):
            raise Forged("The signature is wrong.", "Basic realm=portolan" if not given else "")
        if abs(now - at) > REPLAY_WINDOW:
            raise Forged("The message is too old.")
        try:
            return Message.model_validate(json.loads(incoming.body))
        except ValueError as error:
            raise Unreadable("No JSON.") from error


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


async def no_temporal() -> Client:
    """What connecting comes to while Temporal is away."""
    raise ConfigurationError("No Temporal server answers.")


class Office:
    """Two accounts, `one` and `two`, and whatever was kept of their messages."""

    def __init__(self, folder: Path, records: Records | None = None, answer: int = 204) -> None:
        self.clock, self.metrics = Clock(), Metrics()
        if records is None:
            url = f"sqlite:///{folder / 'records.db'}"
            upgrade(url)
            self.engine = connect(url)
            records = Records(self.engine)
        self.records = records
        self.signers = {name: Signer(name) for name in ("one", "two", "simulated")}
        self.doors = {name: Door(name, signer, answer=answer) for name, signer in self.signers.items()}
        self.handing_on = self.process()

    def process(self, connect: Callable[[], Awaitable[Client]] = no_temporal) -> HandingOn:
        """A process that hands messages on, and knows nothing of others."""
        return HandingOn(self.records, connect, self.metrics, self.clock)

    def app(self) -> Any:
        return Ingress(self.doors, self.records, self.handing_on, self.metrics, self.clock, LIMIT).app()

    def http(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app()), base_url="http://ingress")

    async def post(
        self,
        body: bytes,
        account: str = "one",
        headers: dict[str, str] | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
    ) -> httpx2.Response:
        """Send a body, signed unless other headers are given."""
        signed = self.signers[account].sign(body, self.clock()) if headers is None else headers
        async with self.http() as http:
            return await http.post(f"/carriers/{account}", content=content or body, headers=signed)

    async def say(self, account: str = "one", **fields: Any) -> httpx2.Response:
        """Send a signed message with these fields."""
        return await self.post(a_message(**fields), account)

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """The table cannot be found for as long as the block runs."""

        def rename(old: str, new: str) -> None:
            with self.engine.begin() as connection:
                connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

        rename("carrier_messages", "elsewhere")
        yield
        rename("elsewhere", "carrier_messages")

    def kept(self) -> list[CarrierMessageRow]:
        return self.records.unhandled_messages()

    def open(self) -> list[Kept]:
        return self.records.open_messages()

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"portolan_ingress_{name}_total", labels) or 0.0

    def order(self, state: State = State.SUBMITTED, at_carrier: str | None = "C-1", account: str = "one") -> str:
        """An order on record that stands so, and whose workflow nobody started; its id."""
        asked = request(gaining_carrier=account)
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        self.records.reserve(project, [asked], {asked.order_id: f"port-{asked.order_id}"}, NOW)
        self.stands(asked.order_id, state, at_carrier)
        return asked.order_id

    def stands(self, order_id: str, state: State, at_carrier: str | None) -> None:
        """Put on record how an order stands now."""
        changed = {"state": state, "carrier_order_id": at_carrier}
        order = self.records.order(order_id).model_copy(update=changed)
        self.records.publish(Publication(order=order, entries=[]), "test")


def a_message(message_id: str = "", **fields: Any) -> bytes:
    return json.dumps({"message_id": message_id or uuid.uuid4().hex, "kind": "status_changed", **fields}).encode()


async def in_parts(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    """A body of which nobody says how long it is."""
    for part in parts:
        yield part
