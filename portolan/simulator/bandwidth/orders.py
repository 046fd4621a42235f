"""Bandwidth's port-ins: drafted, sent, supplemented, cancelled, activated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from lxml import etree
from starlette.responses import Response

from portolan.carriers.bandwidth import references, xml
from portolan.domain.carrier import NumberStatus, SendKind, read_key
from portolan.simulator.bandwidth import views
from portolan.simulator.bandwidth.checks import Checks
from portolan.simulator.bandwidth.views import (
    CANCELLED,
    CANCELLING,
    COMPLETE,
    DRAFTS,
    ENDED,
    EXCEPTION,
    FOC,
    FOC_CLOCK,
    GIVEN,
    ZONE,
    Stand,
)
from portolan.simulator.bandwidth.words import (
    DETAILS,
    VENDOR,
    Fault,
    answer,
    e164,
    error,
    errors,
    is_free,
    missing,
    national,
    page,
    read,
    refuse,
)
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Operation, Refused
from portolan.simulator.orders import PortOrder

ROOT, ACTIVATION = "LnpOrderResponse", "ActivationStatusResponse"
#: What of an order the losing carrier is told; the rest is changed without asking it.
TOLD = frozenset(GIVEN) - {"SiteId", "PeerId", "TnAttributes"}
TOO_LATE, OVER, WAITS = "7635", "7304", "7300"
NOT_YET, ALREADY, IN_BULK, OTHER_CARRIER = "7342", "7348", "7717", "7495"
USUAL_TIME = time(11, 30)


class Orders:
    """The calls about port-ins."""

    def __init__(self, simulator: Simulator, checks: Checks) -> None:
        self._simulator, self._checks = simulator, checks

    def operations(self) -> list[Operation]:
        """All of them."""
        base, one = "/accounts/{account}/portins", "/accounts/{account}/portins/{id}"
        return [
            Operation("PortinsTotals", "GET", f"{base}/totals", self.all_totals),
            Operation("ListPortins", "GET", base, self.listed, "find"),
            Operation("ListPortinsOfSite", "GET", "/accounts/{account}/sites/{site}/portins", self.of_site),
            Operation("CreatePortin", "POST", base, self.create, "submit"),
            Operation("GetPortin", "GET", one, self.get, "get"),
            Operation("UpdatePortin", "PUT", one, self.update, "submit"),
            Operation("DeletePortin", "DELETE", one, self.delete, "cancel"),
            Operation("GetActivationStatus", "GET", f"{one}/activationStatus", self.activation),
            Operation("UpdateActivationStatus", "PUT", f"{one}/activationStatus", self.activate, "activate"),
            Operation("GetPortinTns", "GET", f"{one}/tns", self.tns),
            Operation("GetPortinTotals", "GET", f"{one}/totals", self.totals),
        ]

    def stand(self, order: PortOrder, at: datetime | None = None) -> Stand:
        """A port-in as it stands, now or at a moment."""
        return views.stand(order, None if order.draft else self._simulator.standing(order, at))

    def found(self, call: Call, root: str = ROOT) -> PortOrder:
        """The port-in the path names.

        Raises:
            Refused: There is none, or it is somebody else's, or a draft that was deleted.
        """
        order = self._simulator.order(call.path["id"], call.now, call.account)
        if order is None or order.vendor != VENDOR or order.deleted_at:
            raise missing(root)
        return order

    def create(self, call: Call) -> Response:
        """Take an order; one whose numbers turn out wrong is there all the same, as an exception."""
        body = read(call, "LnpOrder")
        order = self.drafted(call, body)
        if xml.words(body, "ProcessingStatus").upper() == views.DRAFT:
            self._simulator.save(order)
            return self._told(order, 201)
        if lacking := self._checks.lacking(order):
            return answer(ROOT, self._refused(order, lacking), 400)
        self.send(order, call, self._checks.faults(order, call.now))
        return self._told(order, 201)

    def drafted(self, call: Call, body: xml.Element, bulk: str = "", numbers: Sequence[str] = ()) -> PortOrder:
        """A draft, not kept yet, with what a body gives it."""
        order = self._simulator.draft(VENDOR, call.account, "", numbers, call.now)
        order.fields = {"given": {}, "files": [], "history": [], "user": "customer", "bulk": bulk}
        self.take(order, body)
        order.first_name = order.numbers[0] if order.numbers else order.first_name
        if order.draft and any(map(is_free, order.numbers)):
            order.fields["faults"] = [list(fault) for fault in self._checks.unportable(order.numbers)]
        return order

    def get(self, call: Call) -> Response:
        """One port-in."""
        return answer(ROOT, views.portin(self.stand(self.found(call))))

    def update(self, call: Call) -> Response:
        """Change a draft, send it, or supplement what was sent."""
        order, body = self.found(call), read(call, "LnpOrderSupp")
        before = self.stand(order)
        sends = xml.words(body, "ProcessingStatus").upper() == views.SUBMITTED
        if before.state in DRAFTS:
            return self._update_draft(order, body, call) if sends else self._kept(order, body, call)
        if before.state in ENDED:
            return answer(ROOT, self._refused(order, [Fault(OVER, "The order has ended and cannot be changed.")]), 400)
        changed = order.model_copy(deep=True)
        self.take(changed, body)
        kind = _difference(order, changed, before.state)
        if kind is None:
            return self._kept(order, body, call)
        if self._simulator.frozen(order, call.now):
            late = [Fault(TOO_LATE, "The order cannot be changed less than 24 hours before its FOC.")]
            return answer(ROOT, self._refused(order, late), 400)
        if faults := self._checks.faults(changed, call.now, order.numbers):
            return answer(ROOT, self._refused(order, faults), 400)
        self.send(changed, call, [], kind)
        return self._told(changed, 200)

    def send(self, order: PortOrder, call: Call, faults: Sequence[Fault], kind: SendKind | None = None) -> None:
        """Send an order, or hold it: for what is wrong with it, or until its letter is there."""
        order.fields["faults"] = [list(fault) for fault in faults]
        order.fields["pending"] = views.lacks_letter(order, self._simulator.behaviour(order))
        self._simulator.send(order, call.now, kind)
        self._simulator.settle(order)

    def delete(self, call: Call) -> Response:
        """Throw a draft away, or cancel what was sent."""
        order = self.found(call)
        state = self.stand(order).state
        if state in DRAFTS:
            self._simulator.delete(order, call.now)
        elif state == COMPLETE:
            done = [Fault(OVER, "The order is complete and cannot be cancelled.")]
            return answer(ROOT, self._refused(order, done), 400)
        elif state not in {CANCELLED, CANCELLING}:
            if self._simulator.frozen(order, call.now):
                late = [Fault(TOO_LATE, "The order cannot be cancelled less than 24 hours before its FOC.")]
                return answer(ROOT, self._refused(order, late), 400)
            self._simulator.cancel(order, call.now)
        return Response(status_code=200)

    def listed(self, call: Call) -> Response:
        """The account's port-ins by filter, the oldest first; drafts where their state is asked for only."""
        exact = [name for name in ("customerOrderId", "orderTn", "tn") if call.asked(name)]
        dates = [name for name in ("startdate", "enddate", "date") if call.asked(name)]
        if (exact and dates) or ("startdate" in dates) != ("enddate" in dates):
            raise Refused(error(400, f"These filters cannot be combined: {', '.join(exact + dates)}."))
        rows = list(self._filtered(call))
        return page(call, [(found.order.id, views.row(found)) for found in rows], "LNPResponseWrapper", ENTRY)

    def of_site(self, call: Call) -> Response:
        """The port-ins of a site."""
        found = [each for each in self._filtered(call) if _given(each.order, "SiteId") == call.path["site"]]
        return page(call, [(each.order.id, views.row(each)) for each in found], "LNPResponseWrapper", ENTRY)

    def all_totals(self, call: Call) -> Response:
        """How many port-ins there are, in a state or in all."""
        return answer("Quantity", {"Count": len(list(self._filtered(call)))})

    def tns(self, call: Call) -> Response:
        """The numbers of a port-in."""
        numbers = [national(number) for number in self.found(call).numbers]
        return answer("TelephoneNumbers", {"Count": len(numbers), "TelephoneNumber": numbers})

    def totals(self, call: Call) -> Response:
        """How many they are."""
        return answer("Quantity", {"Count": len(self.found(call).numbers)})

    def activation(self, call: Call) -> Response:
        """Which numbers have been moved on demand, on the FOC day."""
        order = self.found(call, ACTIVATION)
        return answer(ACTIVATION, self._activation(self._activating(order, call, looks=True)))

    def activate(self, call: Call) -> Response:
        """Move the numbers now, where the time given is past; or later that day by themselves."""
        order = self.found(call, ACTIVATION)
        said = xml.words(read(call, "ActivationStatus"), "AutoActivationDate")
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise refuse(NOT_YET, "AutoActivationDate has to be a moment with its zone.", ACTIVATION)
        found = self._activating(order, call)
        if at <= call.now:
            self._simulator.activate(order, call.now)
        else:
            span = found.foc_at and views.window(order, found.foc_at)
            if not span or not span.starts_at <= at <= span.ends_at:
                raise refuse(NOT_YET, "That is outside the hours of the FOC day.", ACTIVATION)
            order.fields["auto_at"] = at.isoformat()
            self._simulator.save(order)
        return answer(ACTIVATION, {"ActivationStatus": {"AutoActivationDate": said}})

    def take(self, order: PortOrder, body: xml.Element) -> None:
        """Lay what a body gives over what an order has."""
        held: dict[str, str] = order.fields["given"]
        for element in body:
            name = xml.name_of(element) if isinstance(element.tag, str) else ""
            if name in GIVEN:
                if name == "Subscriber":
                    for reset in list(xml.everywhere(element, "ResetAddressFields")):
                        parent = reset.getparent()
                        if parent is not None:
                            parent.remove(reset)
                held[name] = etree.tostring(element, encoding="unicode", with_tail=False)
        if (listed := xml.child(body, "ListOfPhoneNumbers")) is not None:
            order.held.numbers = list(dict.fromkeys(map(e164, xml.texts(listed, "PhoneNumber"))))
        reference = xml.words(body, "CustomerOrderId")
        order.fields["reference"] = reference
        order.reference = references.key(reference) or reference or next(iter(order.numbers), "")
        order.on_demand = _given(order, "Triggered").lower() == "true"
        order.foc_clock = "" if order.on_demand else FOC_CLOCK
        order.requested_foc = requested(_given(order, "RequestedFocDate"))

    def _update_draft(self, order: PortOrder, body: xml.Element, call: Call) -> Response:
        if order.fields.get("bulk"):
            held = [Fault(IN_BULK, "The order is part of a draft bulk order: submit that, or detach this one.")]
            return answer(ROOT, self._refused(order, held), 409)
        self.take(order, body)
        faults = self._checks.lacking(order) or self._checks.faults(order, call.now)
        if faults:
            return answer(ROOT, self._refused(order, faults), 400)
        self.send(order, call, [])
        return self._told(order, 200)

    def _kept(self, order: PortOrder, body: xml.Element, call: Call) -> Response:
        """Keep what nobody has to be told."""
        self.take(order, body)
        order.updated_at = max(order.updated_at, call.now)
        self._simulator.save(order)
        return self._told(order, 200)

    def _told(self, order: PortOrder, status: int) -> Response:
        found = self.stand(order)
        words = "Order request received." if status == 201 else "Supp request received."
        told: dict[str, xml.Value] = {
            "OrderId": order.id,
            "Status": {"Code": status, "Description": words},
            "Errors": errors(found.faults),
            "ProcessingStatus": found.state,
            **views.given(order),
            "CustomerOrderId": order.fields["reference"],
            "ListOfPhoneNumbers": {"PhoneNumber": [national(number) for number in order.numbers]},
        }
        return answer(ROOT, told, status)

    def _refused(self, order: PortOrder, faults: Sequence[Fault]) -> dict[str, xml.Value]:
        told: dict[str, xml.Value] = {"Code": 400, "Description": DETAILS[400]}
        return {"OrderId": order.id, "Status": told, "Errors": errors(faults), "ProcessingStatus": EXCEPTION}

    def _filtered(self, call: Call) -> Iterator[Stand]:
        status, number = call.asked("status").upper(), call.asked("orderTn")
        first = _day(call, "startdate") or _day(call, "date")
        last = _day(call, "enddate") or _day(call, "date")
        for order in self._simulator.store.orders(VENDOR, call.account):
            found = self.stand(self._simulator.settle(order, call.now))
            changed = order.updated_at.date()
            if (
                order.deleted_at
                or (status and found.state != status)
                or (not status and found.state in DRAFTS)
                or (number and e164(number) not in order.numbers)
                or call.asked("customerOrderId", order.fields["reference"]) != order.fields["reference"]
                or (call.asked("tn") and call.asked("tn") != _given(order, "BillingTelephoneNumber"))
                or (first and changed < first)
                or (last and changed > last)
            ):
                continue
            yield found

    def _activating(self, order: PortOrder, call: Call, looks: bool = False) -> Stand:
        found = self.stand(order)
        if found.state == COMPLETE and not looks:
            raise refuse(ALREADY, "The order is already complete", ACTIVATION, 404)
        span = views.window(order, found.foc_at) if found.foc_at else None
        if found.state not in {FOC, COMPLETE} or not order.on_demand or span is None:
            raise refuse(NOT_YET, "On demand port-in activation not yet allowed.", ACTIVATION)
        closes = datetime.combine(span.starts_at.date(), views.CLOSES, ZONE)
        if found.state == FOC and not looks and not span.starts_at <= call.now <= closes:
            raise refuse(NOT_YET, "On demand port-in activation not yet allowed.", ACTIVATION)
        return found

    def _activation(self, found: Stand) -> dict[str, xml.Value]:
        where = found.canonical.numbers if found.canonical else {}
        moved = [national(number) for number, at in where.items() if at is NumberStatus.ACTIVE]
        waits = [national(number) for number, at in where.items() if at is not NumberStatus.ACTIVE]
        at = views.window(found.order, found.foc_at).ends_at.isoformat() if found.foc_at else ""
        return {
            "ActivationStatus": {
                "AutoActivationDate": at,
                "ActivatedTelephoneNumbersList": {"TelephoneNumber": moved},
                "NotYetActivatedTelephoneNumbersList": {"TelephoneNumber": waits},
            }
        }


ENTRY = "lnpPortInfoForGivenStatus"


def requested(said: str) -> datetime | None:
    """The moment asked for; a day alone is at 11:30 New York.

    Raises:
        Refused: It is none.
    """
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise refuse("7207", "RequestedFocDate is no date.", ROOT) from None
    if at.tzinfo:
        return at
    return datetime.combine(at.date(), at.time() if "T" in said else USUAL_TIME, ZONE)


def _difference(order: PortOrder, changed: PortOrder, state: str) -> SendKind | None:
    """What a change amounts to for the losing carrier; None: it need not know."""
    old, new = order.fields["given"], changed.fields["given"]
    unlike = {name for name in TOLD if _plain(old.get(name)) != _plain(new.get(name))}
    if unlike == {"RequestedFocDate"} and order.numbers == changed.numbers and state != EXCEPTION:
        return SendKind.NEW_DATE
    before, after = read_key(order.reference), read_key(changed.reference)
    again = bool(before and after and before[0] == after[0] and before[1] != after[1])
    if unlike or order.numbers != changed.numbers or state == EXCEPTION or again:
        return SendKind.SUPPLEMENT
    return None


def _plain(element: str | None) -> str:
    """Its words; a switch that is off says as much as none."""
    words = " ".join(" ".join(map(str, etree.fromstring(element).itertext())).split()) if element else ""
    return "" if words == "false" else words


def _given(order: PortOrder, name: str) -> str:
    held: dict[str, Any] = order.fields["given"]
    return (xml.read(held[name].encode()).text or "").strip() if name in held else ""


def _day(call: Call, name: str) -> date | None:
    said = call.asked(name)
    try:
        return date.fromisoformat(said[:10]) if said else None
    except ValueError:
        raise Refused(error(400, f"{name} is no date.")) from None
