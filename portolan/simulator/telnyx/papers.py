"""Telnyx's documents, requirements, comments and events."""

from __future__ import annotations

import base64
import binascii
import hashlib
import mimetypes
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from portolan.domain.rejections import REASONS
from portolan.domain.rejections.vendors import VENDORS
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Change, Note, Operation, Uploaded
from portolan.simulator.orders import PortOrder
from portolan.simulator.telnyx import requests, views
from portolan.simulator.telnyx.orders import VENDOR, Orders
from portolan.simulator.telnyx.words import filters, missing, moment, named, page, read, refuse

DOCUMENT, EVENT = "telnyx.document", "telnyx.event"
STATUS, SPLIT, COMMENT = "porting_order.status_changed", "porting_order.split", "porting_order.new_comment"
MESSAGING, DELETED = "porting_order.messaging_changed", "porting_order.deleted"
#: Codes of its older interface and of port-outs, which its list of exceptions leaves out.
NOT_LISTED = frozenset(
    {
        "1001", "1002", "ACCOUNT_NUMBER_REQUIRED", "AUTH_NAME_MISMATCH", "BUSINESS_NAME_MISMATCH", "ILLEGIBLE_LOA",
        "LOA_ILLEGIBLE", "INVALID_RESELLER", "DIFFERENT_ACCOUNTS", "DIFFERENT_RATE_CENTERS",
    }
)  # fmt: skip


class Papers:
    """The calls about everything that goes with an order."""

    def __init__(self, simulator: Simulator, orders: Orders) -> None:
        self._simulator, self._orders = simulator, orders

    def operations(self) -> list[Operation]:
        """All of them."""
        one = "/porting_orders/{id}"
        return [
            Operation("ListExceptionTypes", "GET", "/porting_orders/exception_types", self.exception_types),
            Operation("CreateDocument", "POST", "/documents", self.upload),
            Operation("ListDocuments", "GET", "/documents", self.documents),
            Operation("RetrieveDocument", "GET", "/documents/{document}", self.document),
            Operation("DeleteDocument", "DELETE", "/documents/{document}", self.drop_document),
            Operation("ListAdditionalDocuments", "GET", f"{one}/additional_documents", self.further),
            Operation("CreateAdditionalDocuments", "POST", f"{one}/additional_documents", self.add),
            Operation("DeleteAdditionalDocument", "DELETE", f"{one}/additional_documents/{{document}}", self.remove),
            Operation("ListPortingOrderRequirements", "GET", f"{one}/requirements", self.requirements),
            Operation("ListPortingOrderComments", "GET", f"{one}/comments", self.comments),
            Operation("CreatePortingOrderComment", "POST", f"{one}/comments", self.comment),
            Operation("listPortingEvents", "GET", "/porting/events", self.events),
            Operation("showPortingEvent", "GET", "/porting/events/{event}", self.event),
            Operation("republishPortingEvent", "POST", "/porting/events/{event}/republish", self.republish),
        ]

    def exception_types(self, call: Call) -> Response:
        """The codes exceptions have."""
        codes = VENDORS[VENDOR].whole.items()
        return JSONResponse(
            {
                "data": [
                    {"code": code, "description": REASONS[reasons[0]].meaning}
                    for code, reasons in sorted(codes)
                    if code not in NOT_LISTED
                ]
            }
        )

    # Documents

    def upload(self, call: Call) -> Response:
        """Take a document: base64 or an address in JSON, or a form."""
        given = read(call, requests.Upload) if not call.form else None
        file = call.form.get("file")
        if isinstance(file, Uploaded):
            content, filename, reference = file.content, file.filename, str(call.form.get("customer_reference", ""))
        elif given and given.file is not None:
            try:
                content = base64.b64decode(given.file, validate=True)
            except (binascii.Error, ValueError):
                raise refuse("is no base64", "/file") from None
            filename, reference = given.filename or "document", given.customer_reference or ""
        elif given and given.url:
            content, filename, reference = (
                given.url.encode(),
                given.url.rpartition("/")[2],
                given.customer_reference or "",
            )
        else:
            raise refuse("can't be blank", "/file")
        if not content:
            raise refuse("is empty", "/file")
        kept = {
            "id": self._simulator.new_id(DOCUMENT),
            "record_type": "document",
            "filename": filename,
            "content_type": mimetypes.guess_type(filename)[0] or "application/octet-stream",
            "customer_reference": reference,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": {"amount": len(content), "unit": "bytes"},
            "status": "pending",
            "av_scan_status": "scanned",
            "created_at": moment(call.now),
            "updated_at": moment(call.now),
        }
        self._simulator.store.keep(DOCUMENT, str(kept["id"]), kept, call.account)
        return JSONResponse({"data": kept})

    def documents(self, call: Call) -> Response:
        """The account's documents, the newest first."""
        by = filters(call)
        references = named(call, ("customer_reference.eq", "customer_reference.in", "customer_reference"))
        rows = self._simulator.store.all_kept(DOCUMENT, call.account)[::-1]
        if references:
            rows = [row for row in rows if row["customer_reference"] in references.split(",")]
        if "filename.contains" in by:
            rows = [row for row in rows if by["filename.contains"] in row["filename"]]
        return page(call, rows)

    def document(self, call: Call) -> Response:
        """One document."""
        return JSONResponse({"data": self._document(call.path["document"], call)})

    def drop_document(self, call: Call) -> Response:
        """Forget a document."""
        kept = self._document(call.path["document"], call)
        self._simulator.store.drop(DOCUMENT, kept["id"], call.account)
        return JSONResponse({"data": kept})

    def _document(self, document_id: str, call: Call) -> dict[str, Any]:
        kept: dict[str, Any] | None = self._simulator.store.kept(DOCUMENT, document_id, call.account)
        if kept is None:
            raise missing("document")
        return kept

    def further(self, call: Call) -> Response:
        """What else is attached to an order."""
        rows = self._orders.found(call).fields.get("additional", [])
        kinds = filters(call).get("document_type", "")
        return page(call, [row for row in rows if not kinds or row["document_type"] in kinds.split(",")])

    def add(self, call: Call) -> Response:
        """Attach more."""
        order = self._orders.found(call)
        added = []
        for index, each in enumerate(read(call, requests.FurtherDocuments).additional_documents):
            kept = self._simulator.store.kept(DOCUMENT, each.document_id, call.account)
            if kept is None:
                raise refuse("is no uploaded document", f"/additional_documents/{index}/document_id")
            added.append(
                {
                    "id": self._simulator.new_id("telnyx.additional"),
                    "record_type": "porting_additional_document",
                    "porting_order_id": order.id,
                    "document_id": each.document_id,
                    "document_type": each.document_type,
                    "filename": kept["filename"],
                    "content_type": kept["content_type"],
                    "created_at": moment(call.now),
                    "updated_at": moment(call.now),
                }
            )
        order.fields["additional"] = order.fields.get("additional", []) + added
        self._simulator.save(order)
        return JSONResponse({"data": added}, 201)

    def remove(self, call: Call) -> Response:
        """Take one away again."""
        order = self._orders.found(call)
        rows = order.fields.get("additional", [])
        kept = [row for row in rows if row["id"] != call.path["document"]]
        if len(kept) == len(rows):
            raise missing("additional document")
        order.fields["additional"] = kept
        self._simulator.save(order)
        return Response(status_code=204)

    def requirements(self, call: Call) -> Response:
        """What the order needs: the documents its behaviour asks for."""
        stand = self._orders.stand(self._orders.found(call))
        documents = stand.order.fields.get("documents", {})
        names = {"loa": "Letter of Authorization", "invoice": "Recent invoice"}
        return page(
            call,
            [
                {
                    "field_type": "document",
                    "field_value": documents.get(kind) or "",
                    "record_type": "porting_requirement",
                    "requirement_status": "approved" if documents.get(kind) else "unapproved",
                    "requirement_type": {
                        "id": views.named_id("telnyx.requirement", kind),
                        "name": names[kind],
                        "type": "document",
                        "description": names[kind],
                        "example": "",
                        "acceptance_criteria": {},
                    },
                }
                for kind in stand.behaviour.documents
            ],
        )

    # Comments and events

    def comments(self, call: Call) -> Response:
        """What was said about an order, oldest first."""
        order = self._orders.found(call)
        return page(call, order.remarks, lambda remark: views.comment(order, remark))

    def comment(self, call: Call) -> Response:
        """Say something."""
        order, said = self._orders.found(call), read(call, requests.Words)
        remark = self._simulator.remark(order, said.body, False, call.now)
        return JSONResponse({"data": views.comment(order, remark)}, 201)

    def events(self, call: Call) -> Response:
        """What happened to the account's orders, the newest first."""
        self._simulator.orders(VENDOR, call.account)
        by = filters(call)
        rows = sorted(self._simulator.store.all_kept(EVENT, call.account), key=_created, reverse=True)
        for name, key in {"type": "event_type", "porting_order_id": "porting_order_id"}.items():
            if name in by:
                rows = [row for row in rows if row[key] == by[name]]
        if "created_at.gte" in by:
            rows = [row for row in rows if _created(row) >= _moment(by["created_at.gte"])]
        if "created_at.lte" in by:
            rows = [row for row in rows if _created(row) <= _moment(by["created_at.lte"])]
        return page(call, rows)

    def event(self, call: Call) -> Response:
        """One event."""
        return JSONResponse({"data": self._event(call)})

    def republish(self, call: Call) -> Response:
        """Send an event's message again."""
        event = self._event(call)
        order = self._simulator.store.order(event["porting_order_id"])
        if order:
            self._simulator.post(order, Note(event["event_type"], event), call.now)
        return Response(status_code=204)

    def _event(self, call: Call) -> dict[str, Any]:
        kept: dict[str, Any] | None = self._simulator.store.kept(EVENT, call.path["event"], call.account)
        if kept is None:
            raise missing("event")
        return kept

    def notes(self, order: PortOrder, change: Change) -> Iterator[Note]:
        """What happened, as events on record and messages."""
        for kind, payload in self._payloads(order, change):
            event: dict[str, Any] = {
                "id": self._simulator.new_id(EVENT),
                "record_type": "porting_event",
                "event_type": kind,
                "porting_order_id": order.id,
                "available_notification_methods": ["email", "webhook"],
                "payload": payload,
                "payload_status": "completed",
                "created_at": moment(change.at),
                "updated_at": moment(change.at),
            }
            self._simulator.store.keep(EVENT, event["id"], event, order.account)
            yield Note(kind, event)

    def _payloads(self, order: PortOrder, change: Change) -> Iterator[tuple[str, dict[str, Any]]]:
        stand = self._orders.stand(order, change.at)
        whose = {"id": order.id, "customer_reference": order.reference}
        if change.kind in {"sent", "said", "moved", "cancel_asked", "cancelled"}:
            yield (
                STATUS,
                whose
                | {
                    "status": views.status(stand),
                    "support_key": views.support_key(order),
                    "updated_at": moment(change.at),
                    "webhook_url": order.webhook_url,
                },
            )
        if change.kind == "messaging" and order.fields.get("enable_messaging"):
            yield MESSAGING, whose | {"messaging": views.messaging(stand), "support_key": views.support_key(order)}
        if change.kind == "remark" and change.remark and change.remark.from_carrier:
            said = change.remark
            yield (
                COMMENT,
                {
                    "porting_order_id": order.id,
                    "support_key": views.support_key(order),
                    "comment": {
                        "id": said.id,
                        "body": said.text,
                        "inserted_at": moment(said.at),
                        "user_id": views.named_id("telnyx.desk"),
                        "user_type": "admin",
                    },
                },
            )
        if change.kind == "split" and change.into:
            for number in change.into.numbers:
                yield (
                    SPLIT,
                    {
                        "from": {"id": order.id},
                        "to": {"id": change.into.id},
                        "porting_phone_numbers": [{"id": views.named_id("telnyx.number", change.into.id, number)}],
                    },
                )
        if change.kind in {"expired", "deleted"}:
            yield (
                DELETED,
                whose
                | {
                    "record_type": "porting_order",
                    "created_at": moment(order.created_at),
                    "updated_at": moment(change.at),
                    "deleted_at": moment(change.at),
                },
            )


def _created(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["created_at"])


def _moment(said: str) -> datetime:
    """A moment in a filter; a plus that a form turned into a blank is one again."""
    try:
        at = datetime.fromisoformat(said.strip().replace(" ", "+"))
    except ValueError:
        raise refuse("is no moment", "/filter[created_at]") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
