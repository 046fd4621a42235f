"""Telnyx's protocol: bearer keys, its API v2, Ed25519 webhooks in two envelopes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Change, Facade, Note, Operation, Outgoing, Wire
from portolan.simulator.keys import signature
from portolan.simulator.orders import PortOrder
from portolan.simulator.steps import Window
from portolan.simulator.telnyx.numbers import Numbers
from portolan.simulator.telnyx.orders import Orders, window
from portolan.simulator.telnyx.papers import DELETED, MESSAGING, Papers
from portolan.simulator.telnyx.words import error

API_KEY = "KEY-simulator"
#: These events come without the usual envelope.
FLAT = frozenset({MESSAGING, DELETED})


class TelnyxFacade(Facade):
    """Telnyx."""

    vendor: ClassVar[str] = "telnyx"
    prefix: ClassVar[str] = "/telnyx/v2"
    well_known: ClassVar[frozenset[str]] = frozenset({API_KEY})
    draft_hours: ClassVar[float | None] = 30 * 24
    frozen_hours: ClassVar[float] = 48
    retry_hours: ClassVar[tuple[float, ...]] = (1 / 60, 5 / 60, 0.5)

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        self._orders = Orders(simulator)
        self._numbers = Numbers(simulator, self._orders)
        self._papers = Papers(simulator, self._orders)

    def operations(self) -> Sequence[Operation]:
        """Every call it answers."""
        return [*self._numbers.operations(), *self._papers.operations(), *self._orders.operations()]

    def credential(self, call: Call) -> str:
        """The API key."""
        scheme, _, key = call.headers.get("authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""

    def account(self, credential: str, call: Call) -> str:
        """A name made of the key, from which the key cannot be told."""
        return f"telnyx-{hashlib.sha256(credential.encode()).hexdigest()[:8]}"

    def refusal(self, status: int, detail: str = "") -> Response:
        """An error of its kind."""
        return error(status, detail)

    def reference(self, call: Call) -> str:
        """The order of the path; a new one's reference; or the one a list is asked for."""
        if "id" in call.path:
            return str(call.path["id"])
        if call.method == "POST":
            try:
                given = call.json()
            except ValueError:
                return ""
            return str(given.get("customer_reference") or "") if isinstance(given, dict) else ""
        return call.asked("filter[customer_reference]")

    def window(self, order: PortOrder, foc_at: datetime) -> Window | None:
        """The hours of the FOC's day."""
        return window(order, foc_at)

    def notes(self, order: PortOrder, change: Change) -> Iterator[Note]:
        """Events and their messages; numbers that have moved are in the inventory."""
        if change.kind == "moved":
            self._numbers.arrived(order)
        yield from self._papers.notes(order, change)

    def wire(self, message: Outgoing, moment: datetime) -> Wire:
        """The envelope that belongs to the kind of message, signed."""
        event = message.body
        if message.kind in FLAT:
            told = event
        else:
            told = {
                "data": {
                    "event_type": event["event_type"],
                    "id": event["id"],
                    "occurred_at": event["created_at"],
                    "payload": event["payload"],
                    "record_type": "event",
                },
                "meta": {"attempt": message.attempt, "delivered_to": message.url},
            }
        content = json.dumps(told).encode()
        headers = {"content-type": "application/json", "user-agent": "portolan-simulator"}
        if message.flaw != "unsigned":
            stamp = str(int(moment.timestamp()))
            signed = signature(f"{stamp}|".encode() + content, message.flaw == "wrongly_signed")
            headers |= {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": signed}
        return Wire(headers, content)
