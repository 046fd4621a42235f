"""What a Twilio account has beside its requests: documents, the look of letters, and where messages go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import JSONResponse, Response

from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Change, Note, Operation, Uploaded
from portolan.simulator.orders import PortOrder
from portolan.simulator.twilio import requests, views
from portolan.simulator.twilio.orders import DOCUMENT, Orders
from portolan.simulator.twilio.views import (
    ACTION,
    CANCELED,
    COMPLETED,
    DONE,
    EXPIRED,
    GONE,
    PENDING,
    PROGRESS,
    REJECTED,
    SIGNING,
    SUBMITTED,
    WAITING,
)
from portolan.simulator.twilio.words import REASONS, base, missing, moment, page_of, refuse, sid

HOOKS, SIGNED_BY = "twilio.hooks", "twilio.signing"
LARGEST = 10 * 1024 * 1024
MEDIA_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})
#: Its messages, by what they tell of a request and of a number.
OF_REQUESTS = {
    SIGNING: "PortInWaitingForSignature",
    PROGRESS: "PortInInProgress",
    COMPLETED: "PortInCompleted",
    ACTION: "PortInActionRequired",
    CANCELED: "PortInCanceled",
    EXPIRED: "PortInExpired",
}
OF_NUMBERS = {
    WAITING: "PortInPhoneNumberWaitingForSignature",
    SUBMITTED: "PortInPhoneNumberSubmitted",
    PENDING: "PortInPhoneNumberPending",
    DONE: "PortInPhoneNumberCompleted",
    REJECTED: "PortInPhoneNumberRejected",
    GONE: "PortInPhoneNumberCanceled",
}
LEFT = "PortOutPhoneNumberCompleted"
KINDS = frozenset({*OF_REQUESTS.values(), *OF_NUMBERS.values(), LEFT})


class Settings:
    """The calls about an account."""

    def __init__(self, simulator: Simulator, orders: Orders) -> None:
        self._simulator, self._orders = simulator, orders

    def operations(self) -> list[Operation]:
        """All of them."""
        hooks, signing = "/numbers/v1/Porting/Configuration/Webhook", "/numbers/v1/SigningRequest/Configuration"
        return [
            Operation("CreatePortingWebhookConfiguration", "POST", hooks, self.set_hooks),
            Operation("FetchPortingWebhookConfigurationFetch", "GET", hooks, self.hooks),
            Operation("DeletePortingWebhookConfigurationDelete", "DELETE", f"{hooks}/{{type}}", self.drop_hooks),
            Operation("CreateSigningRequestConfiguration", "POST", signing, self.set_signing),
            Operation("ListSigningRequestConfiguration", "GET", signing, self.signing),
            Operation("CreateDocument", "POST", "/upload/v1/Documents", self.upload),
            Operation("FetchAccount", "GET", "/api/2010-04-01/Accounts/{account}.json", self.account),
        ]

    def account(self, call: Call) -> Response:
        """The account."""
        name = call.path["account"]
        if name != call.account:
            raise missing(f"/2010-04-01/Accounts/{name}.json")
        return JSONResponse({"sid": name, "friendly_name": "Simulated account", "status": "active", "type": "Full"})

    def upload(self, call: Call) -> Response:
        """Take a document: a form with a file."""
        file = next((value for value in call.form.values() if isinstance(value, Uploaded)), None)
        kind, name = (str(call.form.get(field, "")) for field in ("document_type", "friendly_name"))
        if file is None or not file.content or not kind:
            raise refuse("A document needs a document_type and a File.")
        if len(file.content) > LARGEST or file.media_type not in MEDIA_TYPES:
            raise refuse("A document is a PDF, JPEG or PNG of at most 10 MB.")
        kept = {
            "sid": sid("RD", self._simulator.new_id(DOCUMENT)),
            "account_sid": call.account,
            "friendly_name": name,
            "document_type": kind,
            "mime_type": file.media_type,
            "status": "pending-review",
            "failure_reason": None,
            "date_created": moment(call.now),
            "date_updated": moment(call.now),
        }
        self._simulator.store.keep(DOCUMENT, str(kept["sid"]), kept, call.account)
        return JSONResponse(kept, 201)

    def set_signing(self, call: Call) -> Response:
        """Have the letters look like this, for a product and country."""
        wanted = requests.read(call, requests.Signing)
        url = f"{base(call)}/numbers/v1/SigningRequest/Configuration"
        row = wanted.model_dump() | {"url": url}
        self._simulator.store.keep(SIGNED_BY, f"{wanted.product}:{wanted.country}", row, call.account)
        return JSONResponse(row, 201)

    def signing(self, call: Call) -> Response:
        """How the letters look."""
        rows = self._simulator.store.all_kept(SIGNED_BY, call.account)
        for name in ("Country", "Product"):
            if wanted := call.asked(name):
                rows = [row for row in rows if row[name.lower()] == wanted]
        return JSONResponse(page_of(rows, "configurations", 50))

    def set_hooks(self, call: Call) -> Response:
        """Have messages sent there; what is left out stays."""
        wanted = requests.read(call, requests.Hooks)
        if not (wanted.port_in_target_url or wanted.port_out_target_url):
            raise refuse("A webhook configuration needs port_in_target_url or port_out_target_url.")
        kinds = wanted.notifications_of or []
        if strange := sorted(set(kinds) - KINDS):
            raise refuse(f"notifications_of: there is no {strange[0]}.")
        row = self._hooks(call.account)
        for way in ("in", "out"):
            if target := getattr(wanted, f"port_{way}_target_url"):
                row |= {f"port_{way}_target_url": target, f"port_{way}_target_date_created": moment(call.now)}
        row["notifications_of"] = kinds
        self._simulator.store.keep(HOOKS, "", row, call.account)
        shown = {name: value for name, value in row.items() if not name.endswith("date_created")}
        return JSONResponse(shown | {"url": _url(call)}, 201)

    def hooks(self, call: Call) -> Response:
        """Where messages go."""
        row = self._simulator.store.kept(HOOKS, "", call.account)
        if not row:
            raise missing("/v1/Porting/Configuration/Webhook")
        return JSONResponse(row | {"url": _url(call)})

    def drop_hooks(self, call: Call) -> Response:
        """Send no more there: messages about numbers that come (`PORT_IN`) or leave (`PORT_OUT`)."""
        way = {"PORT_IN": "in", "PORT_OUT": "out"}.get(call.path["type"])
        row = self._hooks(call.account)
        if way is None or not row[f"port_{way}_target_url"]:
            raise missing(f"/v1/Porting/Configuration/Webhook/{call.path['type']}")
        row |= {f"port_{way}_target_url": None, f"port_{way}_target_date_created": None}
        if row["port_in_target_url"] or row["port_out_target_url"]:
            self._simulator.store.keep(HOOKS, "", row, call.account)
        else:
            self._simulator.store.drop(HOOKS, "", call.account)
        return Response(status_code=204)

    def notes(self, order: PortOrder, change: Change) -> Iterator[Note]:
        """Messages about everything that is not as it was told last: the request first, then its numbers."""
        if change.kind == "returned":
            yield from self._left(order, change)
            return
        found = self._orders.stand(order, change.at)
        told: dict[str, str] = order.fields["told"]
        at = moment(change.at)
        if told.get("") != found.status and found.status in OF_REQUESTS:
            body: dict[str, Any] = {
                "port_in_request_sid": order.id,
                "status": found.status,
                "last_date_updated": at,
                "order_cancellation_reason": views.cancellation(found),
            }
            yield from self._note(order, OF_REQUESTS[found.status], body)
        told[""] = found.status
        for number, where in found.numbers.items():
            news = f"{where.status} {where.code} {moment(where.port_date)}"
            if told.get(number) != news and where.status in OF_NUMBERS:
                code = views.unfit(order, number)
                body = {
                    "port_in_request_sid": order.id,
                    "port_in_phone_number_sid": views.number_sid(order, number),
                    "phone_number": number,
                    "status": where.status,
                    "last_date_updated": at,
                    "portable": not code,
                    "not_portable_reason": REASONS.get(code) if code else None,
                    "not_portable_reason_code": code or None,
                    "rejection_reason": where.reason or None,
                    "rejection_reason_code": where.code or None,
                    "port_date": moment(where.port_date),
                }
                yield from self._note(order, OF_NUMBERS[where.status], body)
            told[number] = news
        self._simulator.save(order)

    def _left(self, order: PortOrder, change: Change) -> Iterator[Note]:
        for number in order.held.numbers:
            body = {"phone_number": number, "status": "completed", "last_date_updated": moment(change.at)}
            yield from self._note(order, LEFT, body, "port_out_target_url")

    def _note(
        self, order: PortOrder, kind: str, body: dict[str, Any], target: str = "port_in_target_url"
    ) -> Iterator[Note]:
        hooks = self._hooks(order.account)
        if not hooks["notifications_of"] or kind in hooks["notifications_of"]:
            yield Note(kind, body, hooks[target] or "")

    def _hooks(self, account: str) -> dict[str, Any]:
        names = ("port_in_target_url", "port_out_target_url", "port_in_target_date_created",
                 "port_out_target_date_created")  # fmt: skip
        row: dict[str, Any] = dict.fromkeys(names) | {"notifications_of": []}
        return row | (self._simulator.store.kept(HOOKS, "", account) or {})


def _url(call: Call) -> str:
    return f"{base(call)}/numbers/v1/Porting/Configuration/Webhook"
