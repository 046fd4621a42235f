"""Bandwidth's protocol: XML, Basic authentication, subscriptions that end, messages by Basic challenge, sent once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from portolan.carriers.bandwidth import references, xml
from portolan.simulator.bandwidth import views
from portolan.simulator.bandwidth.bulk import Bulk
from portolan.simulator.bandwidth.checks import Checks
from portolan.simulator.bandwidth.listening import SUBSCRIPTION, Listening
from portolan.simulator.bandwidth.orders import Orders
from portolan.simulator.bandwidth.papers import Papers
from portolan.simulator.bandwidth.words import error
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Change, Facade, Note, Operation, Outgoing, Wire
from portolan.simulator.orders import PortOrder
from portolan.simulator.steps import Window

USER, PASSWORD = "simulator", "simulator"


class BandwidthFacade(Facade):
    """Bandwidth."""

    vendor: ClassVar[str] = "bandwidth"
    prefix: ClassVar[str] = "/bandwidth/api"
    well_known: ClassVar[frozenset[str]] = frozenset({f"{USER}:{PASSWORD}"})
    draft_hours: ClassVar[float | None] = 48
    frozen_hours: ClassVar[float] = 24

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        self._checks = Checks(simulator)
        self._orders = Orders(simulator, self._checks)
        self._papers = Papers(simulator, self._orders)
        self._listening = Listening(simulator, self._orders)
        self._bulk = Bulk(simulator, self._orders, self._checks)

    def operations(self) -> Sequence[Operation]:
        """Every call it answers."""
        parts = (self._checks, self._listening, self._bulk, self._papers, self._orders)
        return [operation for part in parts for operation in part.operations()]

    def credential(self, call: Call) -> str:
        """User and password, with a colon between them."""
        scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return ""
        user, _, password = given.partition(":")
        return given if scheme.lower() == "basic" and user and password else ""

    def account(self, credential: str, call: Call) -> str:
        """The account of the path; its users share it."""
        return str(call.path.get("account", ""))

    def refusal(self, status: int, detail: str = "") -> Response:
        """An error of its kind."""
        return error(status, detail)

    def reference(self, call: Call) -> str:
        """The order of the path; a new one's reference; or the one a list is asked for."""
        if call.path.get("id"):
            return str(call.path["id"])
        written = call.asked("customerOrderId")
        if call.method == "POST":
            try:
                written = xml.words(xml.read(call.body), "CustomerOrderId")
            except ValueError:
                return ""
        return references.key(written) or written

    def window(self, order: PortOrder, foc_at: datetime) -> Window | None:
        """The hours of the FOC's day."""
        return views.window(order, foc_at)

    def holds(self, order: PortOrder) -> bool:
        """While its letter is missing, or something is wrong with it."""
        return bool(order.fields.get("pending") or order.fields.get("faults"))

    def notes(self, order: PortOrder, change: Change) -> Iterator[Note]:
        """Messages to whoever is subscribed at that moment."""
        yield from self._listening.notes(order, change)

    def wire(self, message: Outgoing, moment: datetime) -> Wire:
        """XML without any signature; it comes only once the receiver has asked for credentials, where there are any."""
        headers = {"content-type": xml.MEDIA_TYPE, "user-agent": "portolan-simulator"}
        return Wire(headers, str(message.body["xml"]).encode(), opens_empty=bool(self._credentials(message)))

    def challenged(self, message: Outgoing, status: int, headers: Mapping[str, str]) -> dict[str, str] | None:
        """User and password of the subscription, where the receiver answers 401 and wants them."""
        given = self._credentials(message)
        basic = headers.get("www-authenticate", "").strip().lower().startswith("basic")
        if status != 401 or not basic or not given or message.flaw == "unsigned":
            return None
        given += "-wrong" if message.flaw == "wrongly_signed" else ""
        return {"authorization": f"Basic {base64.b64encode(given.encode()).decode()}"}

    def _credentials(self, message: Outgoing) -> str:
        kept = self.simulator.store.kept(SUBSCRIPTION, str(message.body["subscription"]), message.account)
        return f"{kept['user']}:{kept['password']}" if kept and kept["user"] else ""
