"""Telnyx's porting orders: drafting, changing, confirming, cancelling, activating."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import JSONResponse, Response

from portolan.domain.calendars import add_business_days, at, local
from portolan.domain.carrier import NumberStatus, SendKind
from portolan.simulator.engine import Simulator, grouped
from portolan.simulator.facade import Call, Operation
from portolan.simulator.orders import PortOrder
from portolan.simulator.steps import Window
from portolan.simulator.telnyx import requests, views
from portolan.simulator.telnyx.views import Stand
from portolan.simulator.telnyx.words import errors, filters, missing, moment, page, read, refuse

VENDOR = "telnyx"
CENTRAL = "America/Chicago"
#: From and until when, in Central time, FastPort numbers move, by country.
HOURS: Mapping[str, tuple[int, int]] = MappingProxyType({"US": (6, 20), "CA": (8, 15)})
#: How soon, and until how long ahead, in business days and days, a FOC may be asked for.
SOONEST, LATEST = 1, 30
#: What may be changed in each status; anything in the first two groups counts as a supplement.
DATA = frozenset({"end_user", "documents", "misc", "requirements", "requirement_group_id"})
DATE = frozenset({"activation_settings"})
WIRING = frozenset({"phone_number_configuration", "messaging"})
FREE = frozenset({"customer_reference", "customer_group_reference", "webhook_url", "user_feedback"})
CHANGEABLE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(("draft", "in-process", "submitted", "exception"), DATA | DATE | WIRING | FREE),
        "foc-date-confirmed": DATE | WIRING | FREE,
    }
)
#: Where a change of data or date goes to the losing carrier at once; in an exception it waits for the confirmation.
SENT_AT_ONCE = frozenset({"in-process", "submitted", "foc-date-confirmed"})
CONFIRMABLE = frozenset({"draft", "exception"})
CANCELLABLE = frozenset({"in-process", "submitted", "exception", "foc-date-confirmed"})


class Orders:
    """The calls about porting orders."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def operations(self) -> list[Operation]:
        """All of them."""
        base, one = "/porting_orders", "/porting_orders/{id}"
        return [
            Operation("CreatePortingOrder", "POST", base, self.create, "submit"),
            Operation("ListPortingOrders", "GET", base, self.filtered, "find"),
            Operation("GetPortingOrder", "GET", one, self.get, "get"),
            Operation("UpdatePortingOrder", "PATCH", one, self.update, "configure"),
            Operation("DeletePortingOrder", "DELETE", one, self.delete),
            Operation("ConfirmPortingOrder", "POST", f"{one}/actions/confirm", self.confirm, "submit"),
            Operation("CancelPortingOrder", "POST", f"{one}/actions/cancel", self.cancel, "cancel"),
            Operation("ActivatePortingOrder", "POST", f"{one}/actions/activate", self.activate, "activate"),
            Operation("ListAllowedFocWindows", "GET", f"{one}/allowed_foc_windows", self.windows),
            Operation("ListPortingOrderActivationJobs", "GET", f"{one}/activation_jobs", self.jobs),
            Operation("GetPortingOrdersActivationJob", "GET", f"{one}/activation_jobs/{{job}}", self.job),
        ]

    def stand(self, order: PortOrder, then: datetime | None = None) -> Stand:
        """An order as it stands, now or at a moment."""
        now = then or self._simulator.time_of(order)
        canonical = None if order.draft else self._simulator.standing(order, now)
        return Stand(order, self._simulator.script(order), canonical, now)

    def found(self, call: Call) -> PortOrder:
        """The order the path names.

        Raises:
            Refused: There is none, or it is somebody else's, or it was deleted.
        """
        order = self._simulator.order(call.path["id"], call.now, call.account)
        if order is None or order.vendor != VENDOR or order.deleted_at:
            raise missing("porting order")
        return order

    def create(self, call: Call) -> Response:
        """Draft an order, or one each for what does not belong together: country, type, and what its script says."""
        wanted = read(call, requests.Create)
        reference = wanted.customer_reference or ""
        numbers = list(dict.fromkeys(wanted.phone_numbers))
        planned = self._simulator.planned(reference)
        parts = grouped(planned.split, numbers) if planned.split_after_hours is None else [numbers]
        parts = [alike for part in parts for alike in _alike(part)]
        made = [self._simulator.draft(VENDOR, call.account, reference, part, call.now) for part in parts]
        for order in made:
            order.fields["group"] = wanted.customer_group_reference or ""
            order.fields["parent_key"] = f"pr_{made[0].id.replace('-', '')[:6]}"
            self._simulator.save(order)
        return JSONResponse({"data": [self._view(order) for order in made]}, 201)

    def filtered(self, call: Call) -> Response:
        """The account's orders, by filter."""
        by = filters(call)
        orders = self._simulator.orders(VENDOR, call.account, call.now, by.get("customer_reference", ""))
        number = by.get("phone_numbers.phone_number.contains", "").strip().lstrip("+")
        compared: dict[str, Callable[[PortOrder], Any]] = {
            "customer_group_reference": lambda order: order.fields.get("group"),
            "parent_support_key": lambda order: None if order.draft else order.fields.get("parent_key"),
            "misc.type": lambda order: (order.fields.get("misc") or {}).get("type"),
            "end_user.admin.entity_name": lambda order: order.fields.get("admin", {}).get("entity_name"),
            "end_user.admin.auth_person_name": lambda order: order.fields.get("admin", {}).get("auth_person_name"),
        }
        for name, value_of in compared.items():
            if name in by:
                orders = [order for order in orders if value_of(order) == by[name]]
        if number:
            orders = [order for order in orders if any(number in each for each in order.numbers)]
        if call.asked("sort[value]", "-created_at").startswith("-"):
            orders = orders[::-1]
        whole = call.asked("include_phone_numbers", "true") != "false"
        return page(call, orders, lambda order: self._view(order, whole))

    def get(self, call: Call) -> Response:
        """One order."""
        return self._answer(self.found(call), call.asked("include_phone_numbers", "true") != "false")

    def update(self, call: Call) -> Response:
        """Change an order, as far as its status allows."""
        order, change = self.found(call), read(call, requests.Update)
        stand = self.stand(order)
        given = change.model_dump(exclude_unset=True)
        fixed = sorted(set(given) - CHANGEABLE.get(stand.status, FREE))
        if fixed:
            raise refuse(f"cannot be changed while the order is {stand.status}", f"/{fixed[0]}")
        self._check(order, change, call)
        before = _sent_parts(order)
        _apply(order, change)
        if "customer_reference" in given:
            self._simulator.refer(order, change.customer_reference or "")
        if stand.status in SENT_AT_ONCE and _sent_parts(order) != before:
            only_date = before["fields"] == _sent_parts(order)["fields"]
            self._simulator.send(order, call.now, SendKind.NEW_DATE if only_date else SendKind.SUPPLEMENT)
            self._simulator.settle(order)
        elif given:
            order.updated_at = max(order.updated_at, call.now)
            self._simulator.save(order)
        return self._answer(order)

    def delete(self, call: Call) -> Response:
        """Delete a draft."""
        order = self.found(call)
        if not order.draft:
            raise refuse("Only drafts can be deleted; this order can be cancelled.")
        self._simulator.delete(order, call.now)
        return Response(status_code=204)

    def confirm(self, call: Call) -> Response:
        """Hand a draft in, or an exception again."""
        order = self.found(call)
        stand = self.stand(order)
        if stand.status not in CONFIRMABLE:
            raise refuse(f"An order that is {stand.status} cannot be confirmed.", "/status")
        lacking = views.lacking(stand)
        if lacking:
            return errors(422, [(pointer, "can't be blank") for pointer in lacking])
        self._simulator.send(order, call.now)
        self._simulator.settle(order)
        return self._answer(order)

    def cancel(self, call: Call) -> Response:
        """Withdraw an order; not in the last 48 hours."""
        order = self.found(call)
        status = self.stand(order).status
        if status not in CANCELLABLE:
            raise refuse(f"An order that is {status} cannot be cancelled.", "/status")
        if self._simulator.frozen(order, call.now):
            raise refuse("An order cannot be cancelled less than 48 hours before its FOC date.", "/status")
        self._simulator.cancel(order, call.now)
        return self._answer(self._simulator.settle(order))

    def activate(self, call: Call) -> Response:
        """Move the numbers now, where they wait to be told to; those that failed again."""
        order = self.found(call)
        stand = self.stand(order)
        numbers = stand.canonical.numbers if stand.canonical else {}
        again = stand.status == "ported" and NumberStatus.FAILED in numbers.values()
        if stand.status != "foc-date-confirmed" and not again:
            raise refuse(f"The numbers of an order that is {stand.status} cannot be activated.", "/status")
        if not order.on_demand or not views.fast(order):
            raise refuse("Only FastPort orders on demand can be activated.", "/activation_settings/activation_type")
        span = window(order, stand.canonical.foc_at) if stand.canonical and stand.canonical.foc_at else None
        if not again and span and not span.starts_at <= call.now <= span.ends_at:
            raise refuse(
                f"The numbers can be activated from {moment(span.starts_at)} to {moment(span.ends_at)}.", "/activate_at"
            )
        job = {"id": self._simulator.new_id("telnyx.job"), "at": call.now.isoformat(), "again": again}
        order.fields.setdefault("jobs", []).append(job)
        shown = self._job(stand, job) | {"status": "in-process"}
        self._simulator.activate(order, call.now)
        return JSONResponse({"data": shown}, 202)

    def windows(self, call: Call) -> Response:
        """When the numbers may move."""
        order = self.found(call)
        return page_of_all(
            {
                "record_type": "porting_orders_allowed_foc_window",
                "started_at": moment(each.starts_at),
                "ended_at": moment(each.ends_at),
            }
            for each in allowed(order, call.now)
        )

    def jobs(self, call: Call) -> Response:
        """The activations of an order: the one of its FOC, and those that were asked for."""
        return page(call, list(self._jobs(self.stand(self.found(call)))))

    def job(self, call: Call) -> Response:
        """One of them."""
        jobs = self._jobs(self.stand(self.found(call)))
        job = next((job for job in jobs if job["id"] == call.path["job"]), None)
        if job is None:
            raise missing("activation job")
        return JSONResponse({"data": job})

    def _jobs(self, stand: Stand) -> Iterator[dict[str, Any]]:
        asked = stand.order.fields.get("jobs", [])
        if (
            not asked
            and stand.canonical
            and stand.canonical.foc_at
            and stand.status in {"foc-date-confirmed", "ported"}
        ):
            job = views.named_id("telnyx.job", stand.order.id)
            yield self._job(stand, {"id": job, "at": stand.canonical.foc_at.isoformat()})
        for job in asked:
            yield self._job(stand, job)

    def _job(self, stand: Stand, job: Mapping[str, Any]) -> dict[str, Any]:
        order, begins_at = stand.order, datetime.fromisoformat(job["at"])
        foc_at = stand.canonical.foc_at if stand.canonical else None
        spans = [window(order, foc_at)] if foc_at else []
        where = set(stand.canonical.numbers.values()) if stand.canonical else set()
        moved = order.held.activated_at is not None
        return {
            "id": job["id"],
            "record_type": "porting_activation_job",
            "activation_type": "on-demand" if order.on_demand else "scheduled",
            "activate_at": moment(begins_at),
            "activation_windows": [
                {"start_at": moment(span.starts_at), "end_at": moment(span.ends_at)} for span in spans
            ],
            "status": ("failed" if where == {NumberStatus.FAILED} else "completed") if moved else "created",
            "created_at": moment(begins_at if "again" in job else order.updated_at),
            "updated_at": moment(order.held.activated_at or order.updated_at),
        }

    def _check(self, order: PortOrder, change: requests.Update, call: Call) -> None:
        settings, documents = change.activation_settings, change.documents
        asked = settings.foc_datetime_requested if settings else None
        if asked and asked != order.requested_foc:
            spans = allowed(order, call.now)
            if not any(span.starts_at <= asked <= span.ends_at for span in spans):
                raise refuse("is not in an allowed FOC window", "/activation_settings/foc_datetime_requested")
        for kind, document in documents.model_dump(exclude_unset=True).items() if documents else ():
            if document and self._simulator.store.kept("telnyx.document", document, call.account) is None:
                raise refuse("is no uploaded document", f"/documents/{kind}")

    def _view(self, order: PortOrder, whole: bool = True) -> dict[str, Any]:
        return views.order(self.stand(order), whole)

    def _answer(self, order: PortOrder, whole: bool = True) -> Response:
        meta = {"phone_numbers_url": f"/v2/porting_phone_numbers?filter[porting_order_id]={order.id}"}
        return JSONResponse({"data": self._view(order, whole), "meta": meta})


def page_of_all(rows: Iterator[dict[str, Any]]) -> Response:
    """A list that comes whole."""
    data = list(rows)
    meta = {"page_number": 1, "page_size": max(len(data), 1), "total_pages": 1, "total_results": len(data)}
    return JSONResponse({"data": data, "meta": meta})


def _alike(numbers: list[str]) -> list[list[str]]:
    """Numbers of one country and type together."""
    found: dict[tuple[str, str], list[str]] = {}
    for number in numbers:
        found.setdefault(views.kind_of(number), []).append(number)
    return list(found.values())


def _hours(order: PortOrder) -> tuple[int, int]:
    return HOURS.get(views.kind_of(order.numbers[0])[0], HOURS["US"])


def window(order: PortOrder, foc_at: datetime) -> Window:
    """The span on the day of the FOC in which numbers may be activated; never without the FOC itself."""
    first, last = _hours(order)
    day = foc_at.astimezone(ZoneInfo(CENTRAL)).date()
    starts_at, ends_at = at(day, first, CENTRAL), at(day, last, CENTRAL)
    return Window(min(starts_at, foc_at), max(ends_at, foc_at + timedelta(hours=1)))


def allowed(order: PortOrder, now: datetime) -> list[Window]:
    """The spans for which a FOC may be asked: one on each business day."""
    today = local(now, CENTRAL).date()
    first, last = _hours(order)
    found, day, count = [], today, SOONEST
    while (day := add_business_days(today, count, ())) <= today + timedelta(days=LATEST):
        found.append(Window(at(day, first, CENTRAL), at(day, last, CENTRAL)))
        count += 1
    return found


def _sent_parts(order: PortOrder) -> dict[str, Any]:
    """What of an order the losing carrier is told."""
    names = ("admin", "location", "documents", "misc", "requirements")
    return {"fields": {name: order.fields.get(name) for name in names}, "foc": order.requested_foc}


def _apply(order: PortOrder, change: requests.Update) -> None:
    """Lay what was given over what there is."""
    given = change.model_dump(exclude_unset=True)
    fields = order.fields
    end_user = given.get("end_user") or {}
    deeper = {
        "admin": end_user.get("admin"),
        "location": end_user.get("location"),
        "documents": given.get("documents"),
        "configuration": given.get("phone_number_configuration"),
        "feedback": given.get("user_feedback"),
    }
    for name, told in deeper.items():
        if told:
            fields[name] = fields.get(name, {}) | told
    if "misc" in given:
        fields["misc"] = None if given["misc"] is None else (fields.get("misc") or {"type": "full"}) | given["misc"]
    if given.get("requirements") is not None:
        fields["requirements"] = given["requirements"]
    if "customer_group_reference" in given:
        fields["group"] = given["customer_group_reference"] or ""
    if given.get("messaging") and given["messaging"].get("enable_messaging") is not None:
        fields["enable_messaging"] = given["messaging"]["enable_messaging"]
    if "webhook_url" in given:
        order.webhook_url = given["webhook_url"] or ""
    settings = given.get("activation_settings") or {}
    if "foc_datetime_requested" in settings:
        order.requested_foc = settings["foc_datetime_requested"]
    if settings.get("activation_type"):
        order.on_demand = settings["activation_type"] == "on-demand"
