"""Telnyx's porting API in a few lines, as far as the adapter uses it: keeps orders, and loses answers on demand."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx2

from tests.carriers.scene import START, Clock

JSON = dict[str, Any]
_LIVE = ("in-process", "submitted", "exception", "foc-date-confirmed", "cancel-pending")


class Refusal(Exception):
    def __init__(self, status: int, **error: Any) -> None:
        self.status, self.error = status, error


class FakeTelnyx:
    """The carrier.

    Attributes:
        divide: How creation divides numbers; by default it does not.
        calls: Every call, as `METHOD path`.
        lose: The number (from 0) of the changing call whose answer is lost after it took effect.
        refuse: By `METHOD path-end`: the error it is answered with, instead of doing anything.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.orders: dict[str, JSON] = {}
        self.documents: dict[str, JSON] = {}
        self.additional: dict[str, list[JSON]] = {}
        self.comments: dict[str, list[JSON]] = {}
        self.jobs: dict[str, list[JSON]] = {}
        self.lines: dict[str, JSON] = {}
        self.events: list[JSON] = []
        self.requirements: list[JSON] = []
        self.steps: list[str] = []
        self.divide: Callable[[list[str]], Sequence[list[str]]] = lambda numbers: [numbers]
        self.calls: list[str] = []
        self.bodies: list[JSON] = []
        self.changes = 0
        self.lose: int | None = None
        self.refuse: dict[str, Refusal] = {}
        self.cancels_to = "cancelled"
        self.windows = [(START + timedelta(days=7, hours=4.5), START + timedelta(days=7, hours=14))]

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self.handle)

    def live(self) -> list[JSON]:
        return [order for order in self.orders.values() if order["status"]["value"] in _LIVE]

    def stand(self, order_id: str, raw: str, foc: datetime | None = None, *details: tuple[str, str]) -> None:
        """Let an order stand like this."""
        order = self.orders[order_id]
        order["status"] = {"value": raw, "details": [{"code": code, "description": said} for code, said in details]}
        order["activation_settings"]["foc_datetime_actual"] = foc.isoformat() if foc else None
        order["updated_at"] = self.clock().isoformat()
        if raw == "ported":
            self.activation(order_id, "Active")

    def activation(self, order_id: str, word: str, number: str = "") -> None:
        for each in self.orders[order_id]["phone_numbers"]:
            if number in {"", each["phone_number"]}:
                each["activation_status"] = word

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/v2/")
        self.calls.append(f"{request.method} {path}")
        body = json.loads(request.content) if request.content else {}
        self.bodies.append(body)
        try:
            for end, refusal in self.refuse.items():
                if re.fullmatch(end, f"{request.method} {path}"):
                    raise refusal
            answer = self.answer(request.method, path, dict(request.url.params), body)
        except Refusal as refused:
            return httpx2.Response(refused.status, json={"errors": [refused.error]})
        if request.method != "GET" and path != "portability_checks":
            self.changes += 1
            if self.lose == self.changes - 1:
                raise httpx2.ReadTimeout("lost", request=request)
        return httpx2.Response(204) if answer is None else httpx2.Response(200, json=copy.deepcopy(answer))

    def answer(self, method: str, path: str, query: dict[str, str], body: JSON) -> JSON | None:
        parts = path.split("/")
        match method, parts:
            case "POST", ["porting_orders"]:
                return {"data": [self._new(numbers, body) for numbers in self.divide(body["phone_numbers"])]}
            case "GET", ["porting_orders"]:
                return self._page([order for order in self.orders.values() if _fits(order, query)], query)
            case "GET", ["porting_phone_numbers"]:
                wanted = query.get("filter[porting_order_id]")
                rows = [(order["id"], n) for order in self.orders.values() for n in order["all_numbers"]]
                return self._page([n | {"porting_order_id": name} for name, n in rows if wanted in {None, name}], query)
            case "GET", ["porting", "events"]:
                return self._page(self.events, query)
            case "POST", ["portability_checks"]:
                rows = [{"phone_number": n, "portable": n[-1] != "9", "not_portable_reason": "no coverage"} for n in
                        body["phone_numbers"]]  # fmt: skip
                return {"data": rows}
            case "POST", ["documents"]:
                return {"data": self._document(body)}
            case "GET", ["documents"]:
                wanted = query.get("filter[customer_reference][eq]")
                return self._page([d for d in self.documents.values() if d["customer_reference"] == wanted], query)
            case "GET", ["documents", document_id]:
                return {"data": _there(self.documents, document_id)}
            case "GET", ["number_lookup", number]:
                telnyx = self.lines.get(number)
                name = "Telnyx/4" if telnyx else "Old Telco/2"
                return {"data": {"portability": {"spid": "073H", "lrn": "2125550000", "spid_carrier_name": name}}}
            case "GET", ["phone_numbers"]:
                digits = query.get("filter[phone_number]", "")
                return self._page([line for n, line in self.lines.items() if digits in n], query)
            case _, ["phone_numbers", line_id, *rest]:
                line = next(line for line in self.lines.values() if line["id"] == line_id)
                line |= {"emergency_enabled": body["emergency_enabled"]} if rest[:1] == ["actions"] else {}
                line |= {name: value for name, value in body.items() if name in line}
                return {"data": line}
            case _, ["porting_orders", order_id, *rest]:
                return self._about(method, _there(self.orders, order_id), rest, body, query)
        raise AssertionError(f"the fake knows no {method} {path}")

    def _about(self, method: str, order: JSON, rest: list[str], body: JSON, query: dict[str, str]) -> JSON | None:
        order_id, raw = order["id"], order["status"]["value"]
        match method, rest:
            case "GET", []:
                return {"data": order}
            case "PATCH", []:
                for document in body.get("documents", {}).values():
                    _there(self.documents, document)
                _merge(order, body)
                order["requirements_met"] = bool(order["documents"]["loa"])
                for given in body.get("requirements", []):
                    for known in self.requirements:
                        if known["requirement_type"]["id"] == given["requirement_type_id"]:
                            known["field_value"] = given["field_value"]
                return {"data": order}
            case "DELETE", []:
                if raw != "draft":
                    raise Refusal(422, code="10015", title="Bad request", detail="not a draft")
                del self.orders[order_id]
                return None
            case "POST", ["actions", "confirm"]:
                lacks = not order["documents"]["loa"] or not order["activation_settings"]["foc_datetime_requested"]
                if raw not in {"draft", "exception"} or lacks:
                    raise Refusal(422, code="10015", title="Bad request", detail="cannot be confirmed")
                self.stand(order_id, "in-process")
                return {"data": order}
            case "POST", ["actions", "cancel"]:
                self.stand(order_id, self.cancels_to)
                return {"data": order}
            case "POST", ["actions", "activate"]:
                job = {"status": "created", "activation_type": "on-demand", "created_at": self.clock().isoformat()}
                self.jobs.setdefault(order_id, []).append(job)
                return {"data": job}
            case "GET", ["activation_jobs"]:
                return self._page(self.jobs.get(order_id, []), query)
            case "GET", ["allowed_foc_windows"]:
                return {"data": [{"started_at": a.isoformat(), "ended_at": b.isoformat()} for a, b in self.windows]}
            case "GET", ["requirements"]:
                return self._page(self.requirements, query)
            case "GET", ["comments"]:
                return self._page(self.comments.get(order_id, []), query)
            case "POST", ["comments"]:
                self.comments.setdefault(order_id, []).append(self.said("user", body["body"]))
                return {"data": self.comments[order_id][-1]}
            case "GET", ["additional_documents"]:
                return self._page(self.additional.get(order_id, []), query)
            case "POST", ["additional_documents"]:
                for given in body["additional_documents"]:
                    filename = _there(self.documents, given["document_id"])["filename"]
                    self.additional.setdefault(order_id, []).append({**given, "filename": filename})
                return {"data": self.additional[order_id]}
        raise AssertionError(f"the fake knows no {method} of an order's {rest}")

    def said(self, who: str, words: str) -> JSON:
        return {"id": str(uuid.uuid4()), "body": words, "user_type": who, "created_at": self.clock().isoformat()}

    def _new(self, numbers: list[str], body: JSON) -> JSON:
        taken = {each["phone_number"] for order in self.live() for each in order["phone_numbers"]}
        if taken & set(numbers):
            raise Refusal(422, code="10015", title="Bad request", detail="a number is in another order")
        rows = [{"phone_number": n, "activation_status": "New", "requirements_status": "approved"} for n in numbers]
        order_id = str(uuid.UUID(int=len(self.orders) + 1 + 100 * len(self.calls)))
        for row in rows:
            row["porting_order_id"] = order_id
        order = {
            "id": order_id,
            "status": {"value": "draft", "details": []},
            "customer_reference": body.get("customer_reference"),
            "customer_group_reference": body.get("customer_group_reference"),
            "phone_numbers": rows,
            "all_numbers": rows,
            "porting_phone_numbers_count": len(rows),
            "activation_settings": {
                "fast_port_eligible": True,
                "foc_datetime_requested": None,
                "foc_datetime_actual": None,
            },
            "documents": {"loa": None, "invoice": None},
            "end_user": {"admin": {}, "location": {}},
            "messaging": {"messaging_port_status": "pending", "messaging_capable": True, "enable_messaging": False},
            "misc": None,
            "phone_number_configuration": {},
            "requirements_met": False,
            "additional_steps": self.steps,
            "parent_support_key": None,
            "created_at": self.clock().isoformat(),
            "updated_at": self.clock().isoformat(),
        }
        self.orders[order_id] = order
        return order

    def split(self, order_id: str, numbers: list[str], keeps_reference: bool = True) -> str:
        """Move numbers to an order of their own, as Telnyx does later on."""
        order = self.orders[order_id]
        order["parent_support_key"] = "pr_1"
        other = copy.deepcopy(order)
        other["id"] = str(uuid.UUID(int=999_000 + len(self.orders)))
        if not keeps_reference:
            other["customer_reference"] = None
        for one, kept in ((order, False), (other, True)):
            rows = [row for row in one["phone_numbers"] if (row["phone_number"] in numbers) is kept]
            one["phone_numbers"] = one["all_numbers"] = rows
            one["porting_phone_numbers_count"] = len(rows)
        self.orders[other["id"]] = other
        return str(other["id"])

    def arrive(self, number: str) -> JSON:
        """A number of the inventory."""
        self.lines[number] = {
            "id": f"line{number[1:]}",
            "phone_number": number,
            "connection_id": None,
            "messaging_profile_id": None,
            "emergency_address_id": None,
            "emergency_enabled": False,
            "tags": [],
        }
        return self.lines[number]

    def _document(self, body: JSON) -> JSON:
        content = base64.b64decode(body["file"])
        document_id = str(uuid.UUID(int=7_000 + len(self.documents)))
        self.documents[document_id] = {
            "id": document_id,
            "sha256": hashlib.sha256(content).hexdigest(),
            "filename": body["filename"],
            "customer_reference": body["customer_reference"],
            "av_scan_status": "scanned",
            "created_at": self.clock().isoformat(),
        }
        return self.documents[document_id]

    def _page(self, rows: list[JSON], query: dict[str, str]) -> JSON:
        page, size = int(query.get("page[number]", 1)), int(query.get("page[size]", 20))
        pages = -(-len(rows) // size)
        return {"data": rows[(page - 1) * size : page * size], "meta": {"total_pages": pages}}


def _fits(order: JSON, query: dict[str, str]) -> bool:
    fields = ("customer_reference", "customer_group_reference", "parent_support_key")
    digits = query.get("filter[phone_numbers][phone_number][contains]", "")
    return all(query.get(f"filter[{name}]", order[name]) == order[name] for name in fields) and any(
        digits in each["phone_number"] for each in order["all_numbers"]
    )


def _there(rows: dict[str, JSON], name: str) -> JSON:
    if name not in rows:
        raise Refusal(404, code="10005", title="Resource not found")
    return rows[name]


def _merge(there: JSON, given: JSON) -> None:
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(there.get(name), dict):
            _merge(there[name], value)
        else:
            there[name] = value
