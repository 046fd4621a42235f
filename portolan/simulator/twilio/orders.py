"""Twilio's port-in requests: created, looked at, listed, withdrawn as a whole or number by number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import JSONResponse, Response

from portolan.domain.carrier import read_key
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Operation
from portolan.simulator.orders import PortOrder
from portolan.simulator.twilio import requests, views
from portolan.simulator.twilio.lines import Lines
from portolan.simulator.twilio.views import CANCELED, COMPLETED, DONE, EXPIRED, GONE, VENDOR, Stand
from portolan.simulator.twilio.words import COUNTRIES, E164, MISSING, NOT_E164, base, kind_of, missing, refuse

DOCUMENT, BILL = "twilio.document", "utility_bill"
MOST_NUMBERS, PAGE, LARGEST_PAGE = 1000, 20, 100
#: How many days ahead a date has to be, by country; where it says none, as in the United States.
DAYS_AHEAD, DAYS_AHEAD_IN = 7, {"JP": 10}
ZONE, USUAL_TIME = ZoneInfo("America/New_York"), time(11, 30)
OVER = frozenset({CANCELED, COMPLETED, EXPIRED})


class Orders:
    """The calls about port-in requests."""

    def __init__(self, simulator: Simulator, lines: Lines) -> None:
        self._simulator, self._lines = simulator, lines

    def operations(self) -> list[Operation]:
        """All of them."""
        base = "/numbers/v1/Porting/PortIn"
        one, number = f"{base}/{{id}}", f"{base}/{{id}}/PhoneNumber/{{number}}"
        return [
            Operation("ListPortInRequests", "GET", f"{base}/PortInRequests", self.listed, "find"),
            Operation("CreatePortingPortIn", "POST", base, self.create, "submit"),
            Operation("FetchPortingPortIn", "GET", one, self.get, "get"),
            Operation("DeletePortingPortIn", "DELETE", one, self.cancel, "cancel"),
            Operation("FetchPortingPortInPhoneNumber", "GET", number, self.number),
            Operation("DeletePortingPortInPhoneNumber", "DELETE", number, self.leave_out, "cancel"),
        ]

    def stand(self, order: PortOrder, at: datetime | None = None) -> Stand:
        """A request as it stands, now or at a moment."""
        return views.stand(order, self._simulator.behaviour(order), at or self._simulator.time_of(order))

    def create(self, call: Call) -> Response:
        """Take a request. Numbers that cannot be moved are in it all the same, and named in the answer."""
        wanted = requests.read(call, requests.Create)
        numbers = {each.phone_number: each.pin or "" for each in wanted.phone_numbers}
        self._check(wanted, list(numbers), call)
        reference = self.reference(call.account, wanted.documents) or next(iter(numbers))
        earlier = sum(order.reference == reference for order in self._simulator.store.orders(VENDOR, call.account))
        order = self._simulator.draft(VENDOR, call.account, reference, list(numbers), call.now)
        order.first_name = next(iter(numbers))
        behaviour = self._simulator.behaviour(order)
        day, start = wanted.target_port_in_date, wanted.target_port_in_time_range_start
        if day:
            at = start if start and start.tzinfo else USUAL_TIME.replace(tzinfo=ZONE)
            order.requested_foc = datetime.combine(day, at)
        losing = wanted.losing_carrier_information
        order.fields = {
            "account_sid": wanted.account_sid,
            "numbers": list(numbers),
            "pins": {number: pin for number, pin in numbers.items() if pin},
            "gone": {},
            "told": {},
            "losing": losing.model_dump(),
            "emails": wanted.notification_emails,
            "documents": wanted.documents,
            "bundle": wanted.bundle_sid,
            "target_date": day.isoformat() if day else None,
            "target_from": _time(wanted.target_port_in_time_range_start),
            "target_until": _time(wanted.target_port_in_time_range_end),
            "ticket": self._simulator.store.count("twilio.ticket"),
        }
        unfit = {} if losing.account_number else dict.fromkeys(numbers, MISSING)
        unfit |= {number: MISSING for number, pin in numbers.items() if not pin}
        unfit = {number: code for number, code in unfit.items() if number in behaviour.wireless}
        order.fields["unfit"] = unfit | self._lines.unfit(numbers, call.account, wanted.account_sid)
        self._simulator.send(order, call.now)
        if read_key(reference) is None:
            order.held.sendings[-1].attempt = earlier + 1
        shown = views.request(views.stand(order, behaviour, call.now, fresh=True), behaviour, f"{base(call)}/numbers")
        self._simulator.settle(order)
        return JSONResponse(shown, 202)

    def get(self, call: Call) -> Response:
        """One request."""
        order = self.found(call)
        return JSONResponse(views.request(self.stand(order), self._simulator.behaviour(order), f"{base(call)}/numbers"))

    def listed(self, call: Call) -> Response:
        """The account's requests, the oldest first; `Token` is where a page begins."""
        size = call.asked("Size", str(PAGE))
        if not (size.isascii() and size.isdecimal() and 1 <= int(size[:6]) <= LARGEST_PAGE):
            raise refuse(f"Size has to be from 1 to {LARGEST_PAGE}.")
        rows = list(self._filtered(call))
        token = call.asked("Token")
        starts = [index for index, row in enumerate(rows) if row["port_in_request_sid"] == token]
        if token and not starts:
            raise refuse("Token is none that was given.")
        start = starts[0] if starts else 0
        end = start + int(size)
        meta = {
            "previous_token": rows[max(0, start - int(size))]["port_in_request_sid"] if start else None,
            "next_token": rows[end]["port_in_request_sid"] if end < len(rows) else None,
        }
        return JSONResponse({"port_in_requests": rows[start:end], "meta": meta})

    def cancel(self, call: Call) -> Response:
        """Withdraw a request, with all its numbers that have not moved."""
        order = self.found(call)
        found = self.stand(order)
        self._changeable(order, found, call)
        self._simulator.cancel(order, call.now)
        return Response(status_code=204)

    def number(self, call: Call) -> Response:
        """One number of a request."""
        order = self.found(call)
        one = self._number(order, call)
        shown = views.number(self.stand(order), self._simulator.behaviour(order), one, f"{base(call)}/numbers")
        return JSONResponse(shown)

    def leave_out(self, call: Call) -> Response:
        """Withdraw one number of a request; with the last one the request is cancelled."""
        order = self.found(call)
        one, found = self._number(order, call), self.stand(order)
        self._changeable(order, found, call)
        if found.numbers[one].status in {DONE, GONE}:
            raise refuse(f"The number is {found.numbers[one].status}: it cannot be canceled.")
        order.fields["gone"][one] = call.now.isoformat()
        left = [number for number in order.held.numbers if number != one]
        if left:
            order.held.numbers = left
        else:
            order.held.cancelled_at = call.now
        self._simulator.changed(order, "cancelled", call.now)
        return Response(status_code=204)

    def found(self, call: Call) -> PortOrder:
        """The request the path names.

        Raises:
            Refused: There is none, or it is somebody else's.
        """
        order = self._simulator.order(call.path["id"], call.now, call.account)
        if order is None or order.vendor != VENDOR:
            raise missing(f"/v1/Porting/PortIn/{call.path['id']}")
        return order

    def reference(self, account: str, documents: Any) -> str:
        """The reference of an order of Portolan's, by which a bill of the request was named; empty if by none."""
        for document in documents if isinstance(documents, list) else ():
            kept = self._simulator.store.kept(DOCUMENT, str(document), account)
            if kept and (found := named(kept["friendly_name"])):
                return found
        return ""

    def _filtered(self, call: Call) -> Iterator[dict[str, Any]]:
        sids = {each.strip() for each in call.asked("PortInRequestSid").split(",") if each.strip()}
        status = call.asked("PortInRequestStatus").casefold()
        after, before = _day(call, "CreatedAfter"), _day(call, "CreatedBefore")
        for order in self._simulator.store.orders(VENDOR, call.account):
            created = order.created_at.date()
            if (sids and order.id not in sids) or (after and created < after) or (before and created > before):
                continue
            row = views.listed(self.stand(self._simulator.settle(order, call.now)))
            if not status or str(row["port_in_request_status"]).casefold() == status:
                yield row

    def _check(self, wanted: requests.Create, numbers: list[str], call: Call) -> None:
        if strange := [number for number in numbers if not E164.fullmatch(number)]:
            raise refuse(f"Phone numbers have to be in E.164 format: {len(strange)} are not.", NOT_E164)
        if len(numbers) > MOST_NUMBERS:
            raise refuse(f"A request has at most {MOST_NUMBERS} phone numbers.")
        countries = {kind_of(number).country for number in numbers}
        if len(countries) > 1:
            raise refuse("All phone numbers of a request have to be of one country.", COUNTRIES)
        kept = [self._simulator.store.kept(DOCUMENT, document, call.account) for document in wanted.documents]
        if None in kept:
            raise refuse("documents: there is no document with that SID.")
        if not any(document["document_type"] == BILL for document in kept):
            raise refuse("documents: at least one has to be a utility bill.", MISSING)
        losing = wanted.losing_carrier_information
        if losing.address is None and not losing.address_sid:
            raise refuse("Missing required fields: losing_carrier_information.address", MISSING)
        days = DAYS_AHEAD_IN.get(countries.pop(), DAYS_AHEAD)
        day = wanted.target_port_in_date
        if day and day < (call.now + timedelta(days=days)).date():
            raise refuse(f"target_port_in_date has to be at least {days} days in the future.")

    def _changeable(self, order: PortOrder, found: Stand, call: Call) -> None:
        if found.status in OVER or order.cancel_asked:
            raise refuse(f"A request that is {found.status} cannot be canceled.")
        if self._simulator.frozen(order, call.now):
            raise refuse("The port date is too near: the request cannot be canceled.")

    @staticmethod
    def _number(order: PortOrder, call: Call) -> str:
        named = call.path["number"]
        one = next((each for each in order.fields["numbers"] if views.number_sid(order, each) == named), None)
        if one is None:
            raise missing(f"/v1/Porting/PortIn/{order.id}/PhoneNumber/{named}")
        return str(one)


def named(friendly_name: str) -> str:
    """The reference that the name of a document begins with; empty if none."""
    first = friendly_name.strip().partition(" ")[0]
    return first if read_key(first) else ""


def _day(call: Call, name: str) -> date | None:
    said = call.asked(name)
    try:
        return date.fromisoformat(said[:10]) if said else None
    except ValueError:
        raise refuse(f"{name} is no date.") from None


def _time(at: time | None) -> str | None:
    return at.isoformat() if at else None
