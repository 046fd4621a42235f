"""The calls to Telnyx's API: one method each, answers read, pages turned, refusals in our words."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2

from portolan.carriers.http import Http, HttpRefused
from portolan.carriers.telnyx import reading
from portolan.carriers.telnyx.reading import Document, Held, HeldNumber, Job, Line, Requirement
from portolan.carriers.telnyx.refusing import Missing, refusal
from portolan.domain.carrier import Comment, FocWindow, Paper
from portolan.domain.errors import CarrierUnavailable
from portolan.domain.text import clean

T = TypeVar("T")

#: Rows on a page, which is the most Telnyx gives; and how many pages are turned before something must be wrong.
PAGE_SIZE, MOST_PAGES = 250, 100
#: How many numbers are asked about in one portability check; Telnyx states no limit.
CHECKED_AT_ONCE = 100
JSON = Mapping[str, Any]


class Calls:
    """Calls to one account. Each raises the errors of `portolan.domain.errors` and no other."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.carrier = http.carrier

    # -- orders ---------------------------------------------------------------------------------------------------

    def order(self, carrier_order_id: str) -> Held:
        """An order with all its numbers; raises `Missing` where there is none by that id."""
        return self._whole(self._one("GET", f"porting_orders/{_id(carrier_order_id)}", reading.order))

    def orders(self, by: str, value: str) -> list[Held]:
        """The orders with a reference, group or parent key, or with a number: `by` names the filter, with dots."""
        filters = {"filter" + "".join(f"[{step}]" for step in by.split(".")): value, "sort[value]": "created_at"}
        return [self._whole(held) for held in self._pages("porting_orders", reading.order, filters)]

    def numbers(self, carrier_order_id: str) -> Iterator[tuple[str, HeldNumber]]:
        """Every number of an order, and how it stands.

        The filter is the one in the link that Telnyx answers with an order; its list of filters leaves it out.
        """
        by = {"filter[porting_order_id]": carrier_order_id}
        rows = self._pages("porting_phone_numbers", reading.held_number, by)
        return ((number, found) for order_id, number, found in rows if order_id == carrier_order_id)

    def create(self, numbers: Sequence[str], reference: str, group: str) -> list[Held]:
        """Draft an order for the numbers; Telnyx may make several of it."""
        body = {"phone_numbers": list(numbers), "customer_reference": reference, "customer_group_reference": group}
        response = self._send("POST", "porting_orders", body)
        with self._http.understanding("POST /porting_orders", changes=True):
            made = [reading.order(each) for each in _rows(response.json())]
        return [self._whole(held) for held in made]

    def change(self, carrier_order_id: str, body: JSON, secrets: Collection[str] = ()) -> Held:
        """Change fields of an order; what is left out stays. What is secret is not in any error."""
        path = f"porting_orders/{_id(carrier_order_id)}"
        return self._whole(self._one("PATCH", path, reading.order, body, secrets))

    def delete(self, carrier_order_id: str) -> None:
        """Delete a draft; one that is gone already is fine."""
        try:
            self._send("DELETE", f"porting_orders/{_id(carrier_order_id)}")
        except Missing:
            return

    def confirm(self, carrier_order_id: str) -> None:
        """Hand a draft, or one with an exception, in."""
        self._send("POST", f"porting_orders/{_id(carrier_order_id)}/actions/confirm")

    def cancel(self, carrier_order_id: str) -> None:
        """Withdraw an order."""
        self._send("POST", f"porting_orders/{_id(carrier_order_id)}/actions/cancel")

    def activate(self, carrier_order_id: str) -> None:
        """Move the numbers of an order now; it happens by and by."""
        self._send("POST", f"porting_orders/{_id(carrier_order_id)}/actions/activate")

    def windows(self, carrier_order_id: str) -> list[FocWindow]:
        """When the order's numbers may move, earliest first."""
        found = self._once(f"porting_orders/{_id(carrier_order_id)}/allowed_foc_windows", reading.window)
        return sorted(found, key=lambda window: window.starts_at)

    def jobs(self, carrier_order_id: str) -> list[Job]:
        """The activation jobs of an order."""
        return list(self._pages(f"porting_orders/{_id(carrier_order_id)}/activation_jobs", reading.job))

    def requirements(self, carrier_order_id: str) -> list[Requirement]:
        """What the country wants with the order."""
        return list(self._pages(f"porting_orders/{_id(carrier_order_id)}/requirements", reading.requirement))

    def comments(self, carrier_order_id: str) -> list[Comment]:
        """What was said about an order, as it comes."""
        return list(self._pages(f"porting_orders/{_id(carrier_order_id)}/comments", reading.comment))

    def comment(self, carrier_order_id: str, words: str) -> None:
        """Say something to the desk, unless it was said of this order already."""
        said = {comment.text for comment in self.comments(carrier_order_id) if not comment.from_carrier}
        if clean(words) not in said:
            self._send("POST", f"porting_orders/{_id(carrier_order_id)}/comments", {"body": words})

    def events(self, since: datetime, until: datetime) -> Iterator[tuple[str, ...]]:
        """The ids of the orders that each event of the time is about."""
        span = {"filter[created_at][gte]": since.isoformat(), "filter[created_at][lte]": until.isoformat()}
        return self._pages("porting/events", _named_in_event, span)

    # -- documents ------------------------------------------------------------------------------------------------

    def document(self, document_id: str) -> Document | None:
        """A document by its id, unless it is gone."""
        try:
            return self._one("GET", f"documents/{_id(document_id)}", reading.document)
        except Missing:
            return None

    def documents(self, reference: str) -> list[Document]:
        """The documents uploaded with a reference."""
        by = {"filter[customer_reference][eq]": reference}
        return list(self._pages("documents", reading.document, by))

    def upload(self, paper: Paper) -> Document:
        """Upload a paper; its digest is its reference, so that it is found again."""
        file = base64.b64encode(paper.content).decode()
        body = {"file": file, "filename": uploaded_name(paper), "customer_reference": paper.sha256}
        return self._one("POST", "documents", reading.document, body)

    def additional(self, carrier_order_id: str) -> set[str]:
        """The file names of an order's further documents."""
        path = f"porting_orders/{_id(carrier_order_id)}/additional_documents"
        return set(self._pages(path, lambda body: reading.text(body.get("filename"))))

    def add(self, carrier_order_id: str, documents: Sequence[tuple[str, str]]) -> None:
        """Attach further documents: id and type (`loa`, `invoice`, `csr`, `other`) of each."""
        body = {"additional_documents": [{"document_id": one, "document_type": kind} for one, kind in documents]}
        self._send("POST", f"porting_orders/{_id(carrier_order_id)}/additional_documents", body)

    # -- numbers --------------------------------------------------------------------------------------------------

    def portability(self, numbers: Sequence[str]) -> dict[str, tuple[bool, str]]:
        """Whether each number can be taken, and why not."""
        found: dict[str, tuple[bool, str]] = {}
        for start in range(0, len(numbers), CHECKED_AT_ONCE):
            body = {"phone_numbers": list(numbers[start : start + CHECKED_AT_ONCE])}
            try:
                response = self._http.ask("POST", "portability_checks", json=body)
            except HttpRefused as error:
                raise refusal(error, self.carrier) from None
            with self._http.understanding("POST /portability_checks"):
                for row in _rows(response.json()):
                    why = reading.text(row.get("not_portable_reason"))
                    found[reading.number(row["phone_number"])] = (row["portable"] is True, why)
        return found

    def look_up(self, number: str) -> JSON | None:
        """Who serves a number by the number registry; None where it is not in there."""
        try:
            return self._one("GET", f"number_lookup/{_id(number)}", dict, query={"type": "carrier"})
        except Missing:
            return None

    def line(self, number: str) -> Line | None:
        """A number in the account's inventory, once it is there."""
        by = {"filter[phone_number]": number.removeprefix("+")}
        found = self._pages("phone_numbers", reading.line, by)
        return next((line for line in found if line.number == number), None)

    def change_line(self, line: Line, body: JSON) -> None:
        """Change connection or tags of a number."""
        self._send("PATCH", f"phone_numbers/{_id(line.line_id)}", body)

    def change_messaging(self, line: Line, profile: str) -> None:
        """Put a number under a messaging profile; an empty one takes it from the one it is under."""
        self._send("PATCH", f"phone_numbers/{_id(line.line_id)}/messaging", {"messaging_profile_id": profile})

    def change_emergency(self, line: Line, address: str, enabled: bool) -> None:
        """Switch emergency calling for a number on, with an address, or off."""
        body = {"emergency_enabled": enabled, "emergency_address_id": address}
        self._send("POST", f"phone_numbers/{_id(line.line_id)}/actions/enable_emergency", body)

    def reachable(self, path: str) -> None:
        """Look at the first row of a list: it shows that the key may."""
        self._get(path, {"page[size]": "1"})

    # -- the ways of calling --------------------------------------------------------------------------------------

    def _whole(self, held: Held) -> Held:
        """The order with the numbers that the answer left out: it has the first 50 at most.

        Raises:
            CarrierUnavailable: Some are told nowhere; without them it would look as if nobody had ordered them.
        """
        if held.count <= len(held.numbers):
            return held
        numbers = {**dict(islice(self.numbers(held.carrier_order_id), held.count)), **held.numbers}
        if len(numbers) < held.count:
            told = f"{len(numbers)} of the {held.count} numbers of order {held.carrier_order_id}"
            raise CarrierUnavailable(f"{self.carrier} tells {told}.")
        return replace(held, numbers=numbers)

    def _one(
        self,
        method: str,
        path: str,
        read: Callable[[Any], T],
        body: JSON | None = None,
        secrets: Collection[str] = (),
        query: Mapping[str, str] | None = None,
    ) -> T:
        changes = method != "GET"
        response = self._send(method, path, body, secrets) if changes else self._get(path, query or {})
        with self._http.understanding(f"{method} /{path}", changes):
            return read(response.json()["data"])

    def _once(self, path: str, read: Callable[[Any], T]) -> list[T]:
        response = self._get(path, {})
        with self._http.understanding(f"GET /{path}"):
            return [read(row) for row in _rows(response.json())]

    def _pages(self, path: str, read: Callable[[Any], T], query: Mapping[str, str] | None = None) -> Iterator[T]:
        for page in range(1, MOST_PAGES + 1):
            paged = {**(query or {}), "page[number]": str(page), "page[size]": str(PAGE_SIZE)}
            response = self._get(path, paged)
            with self._http.understanding(f"GET /{path}"):
                answer = response.json()
                rows = [read(row) for row in _rows(answer)]
                pages = reading.whole((answer.get("meta") or {}).get("total_pages"))
            yield from rows
            if not rows or page >= pages:
                return
        raise CarrierUnavailable(f"{self.carrier} answers GET /{path} with more than {MOST_PAGES} pages.")

    def _get(self, path: str, query: Mapping[str, str]) -> httpx2.Response:
        try:
            return self._http.get(path, params=dict(query))
        except HttpRefused as error:
            raise refusal(error, self.carrier) from None

    def _send(self, method: str, path: str, body: JSON | None = None, secrets: Collection[str] = ()) -> httpx2.Response:
        try:
            return self._http.send(method, path, **({} if body is None else {"json": body}))
        except HttpRefused as error:
            raise refusal(error, self.carrier, secrets) from None


def uploaded_name(paper: Paper) -> str:
    """What a paper is called at Telnyx: its content is in the name, so that it is attached once."""
    return f"{paper.sha256[:12]}-{paper.filename}"


def _rows(answer: Any) -> list[JSON]:
    rows = answer["data"]
    if not isinstance(rows, list):
        raise TypeError("no list")
    return rows


def _named_in_event(body: JSON) -> tuple[str, ...]:
    named = [body.get("porting_order_id")]
    payload = body.get("payload")
    if isinstance(payload, dict):
        named += [end.get("id") for end in (payload.get("from"), payload.get("to")) if isinstance(end, dict)]
    return tuple(dict.fromkeys(reading.text(one) for one in named if one))


def _id(given: str) -> str:
    return quote(given, safe="")
