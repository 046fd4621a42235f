"""Twilio's protocol: Basic authentication, JSON, its hosts under one prefix, X-Twilio-Signature.

Whether Twilio's messages about ports are JSON or forms is not documented: they are JSON here, and forms where the
simulator is set to send forms.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode

from starlette.responses import Response

from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Change, Facade, Note, Operation, Outgoing, Wire
from portolan.simulator.orders import PortOrder
from portolan.simulator.twilio.lines import Lines
from portolan.simulator.twilio.orders import Orders, named
from portolan.simulator.twilio.settings import Settings
from portolan.simulator.twilio.words import error, is_sid

ACCOUNT_SID, AUTH_TOKEN = "AC" + "0" * 32, "simulator"


class TwilioFacade(Facade):
    """Twilio."""

    vendor: ClassVar[str] = "twilio"
    prefix: ClassVar[str] = "/twilio"
    well_known: ClassVar[frozenset[str]] = frozenset({f"{ACCOUNT_SID}:{AUTH_TOKEN}"})
    #: Twilio does not say when a letter that nobody signs expires.
    letter_hours: ClassVar[float | None] = 30 * 24
    by_number: ClassVar[bool] = True

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        #: Auth tokens seen, by account; in no file.
        self._tokens: dict[str, str] = {}
        self._lines = Lines(simulator)
        self._orders = Orders(simulator, self._lines)
        self._settings = Settings(simulator, self._orders)

    def operations(self) -> Sequence[Operation]:
        """Every call it answers."""
        return [*self._settings.operations(), *self._lines.operations(), *self._orders.operations()]

    def credential(self, call: Call) -> str:
        """Account SID and auth token, with a colon between them."""
        scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return ""
        account_sid, _, token = given.partition(":")
        return given if scheme.lower() == "basic" and is_sid("AC", account_sid) and token else ""

    def account(self, credential: str, call: Call) -> str:
        """The account SID."""
        account_sid, _, token = credential.partition(":")
        self._tokens[account_sid] = token
        return account_sid

    def refusal(self, status: int, detail: str = "") -> Response:
        """An error of its kind."""
        return error(status, detail)

    def order_id(self) -> str:
        """A SID of a request."""
        return f"KW{super().order_id().replace('-', '')}"

    def reference(self, call: Call) -> str:
        """The request of the path; of a new one the reference its bill was named by, or its first number."""
        if call.path.get("id"):
            return str(call.path["id"])
        if isinstance(name := call.form.get("friendly_name"), str):
            return named(name)
        try:
            given = call.json() if call.method == "POST" and not call.form else None
        except ValueError:
            return ""
        if not isinstance(given, dict) or "phone_numbers" not in given:
            return ""
        numbers = given["phone_numbers"]
        first = numbers[0] if isinstance(numbers, list) and numbers else None
        number = first.get("phone_number") if isinstance(first, dict) else None
        return self._orders.reference(call.account, given.get("documents")) or str(number or "")

    def notes(self, order: PortOrder, change: Change) -> Iterator[Note]:
        """Messages about a request and its numbers."""
        yield from self._settings.notes(order, change)

    def wire(self, message: Outgoing, moment: datetime) -> Wire:
        """JSON with its hash in the address, or a form; signed with the auth token of the account, without a moment."""
        headers = {"user-agent": "portolan-simulator"}
        signed, url = "", message.url
        if self.simulator.settings.forms:
            fields = {name: _plain(value) for name, value in message.body.items() if value is not None}
            content = urlencode(fields).encode()
            signed = "".join(name + fields[name] for name in sorted(fields))
            headers["content-type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        else:
            content = json.dumps(message.body).encode()
            url += f"{'&' if '?' in url else '?'}bodySHA256={hashlib.sha256(content).hexdigest()}"
            headers["content-type"] = "application/json; charset=UTF-8"
        if message.flaw != "unsigned":
            token = "somebody else's" if message.flaw else self._tokens.get(message.account, AUTH_TOKEN)
            mac = hmac.new(token.encode(), (url + signed).encode(), hashlib.sha1).digest()
            headers["x-twilio-signature"] = base64.b64encode(mac).decode()
        return Wire(headers, content, url)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
