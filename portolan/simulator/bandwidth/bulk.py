"""Bandwidth's bulk orders: numbers divided into port-ins by what can go together, sent at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lxml import etree
from starlette.responses import Response

from portolan.carriers.bandwidth import xml
from portolan.simulator.bandwidth.checks import NOT_NANP, Checks
from portolan.simulator.bandwidth.orders import Orders
from portolan.simulator.bandwidth.views import CANCELLED, COMPLETE, DRAFTS, EXCEPTION
from portolan.simulator.bandwidth.words import (
    NANP,
    VENDOR,
    Fault,
    answer,
    e164,
    missing,
    moment,
    national,
    page,
    read,
    refuse,
)
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Operation
from portolan.simulator.orders import PortOrder

KIND, ROOT = "bandwidth.bulk", "BulkPortinResponse"
EMPTY, FIT, UNFIT = "DRAFT", "VALID_DRAFT_TNS", "INVALID_DRAFT_TNS"
GOING, PARTIAL, NEEDY, DONE, GIVEN_UP = "IN_PROGRESS", "PARTIAL", "NEEDS_ATTENTION", "COMPLETED", "CANCELLED"
NOT_DRAFT, NO_CHILDREN, MALFORMED = "7709", "7711", "7339"
MOST = 20_000


class Bulk:
    """The calls about bulk orders."""

    def __init__(self, simulator: Simulator, orders: Orders, checks: Checks) -> None:
        self._simulator, self._orders, self._checks = simulator, orders, checks

    def operations(self) -> list[Operation]:
        """All of them."""
        base, one = "/accounts/{account}/bulkPortins", "/accounts/{account}/bulkPortins/{bulk}"
        return [
            Operation("ListBulkPortins", "GET", base, self.listed),
            Operation("CreateBulkPortin", "POST", base, self.create, "submit"),
            Operation("GetBulkPortin", "GET", one, self.get),
            Operation("PatchBulkPortin", "PATCH", one, self.change, "submit"),
            Operation("UpdateBulkPortin", "PUT", one, self.change, "submit"),
            Operation("DeleteBulkPortin", "DELETE", one, self.delete),
            Operation("GetBulkPortinTnList", "GET", f"{one}/tnList", self.numbers),
            Operation("UpdateBulkPortinTnList", "PUT", f"{one}/tnList", self.divide),
            Operation("GetBulkPortinList", "GET", f"{one}/portinList", self.members),
            Operation("UpdateBulkPortinList", "PUT", f"{one}/portinList", self.set_members),
        ]

    def create(self, call: Call) -> Response:
        """An empty draft, with what its port-ins are to have."""
        body = read(call, "BulkPortin")
        bulk = {
            "id": self._simulator.new_id(KIND),
            "body": etree.tostring(body, encoding="unicode"),
            "reference": xml.words(body, "CustomerOrderId"),
            "sent": False,
            "unfit": [],
            "portable": [],
            "at": moment(call.now),
        }
        self._keep(call, bulk)
        return answer(ROOT, {"BulkPortin": self._shown(call, bulk)}, 201)

    def get(self, call: Call) -> Response:
        """One bulk order."""
        return answer(ROOT, {"BulkPortin": self._shown(call, self._found(call))})

    def listed(self, call: Call) -> Response:
        """The account's bulk orders, in a state or in all; drafts count as `draft`."""
        wanted, rows = call.asked("status").upper(), []
        for bulk in self._simulator.store.all_kept(KIND, call.account):
            state = self._state(call, bulk)
            if not wanted or state == wanted or (wanted == EMPTY and state in {EMPTY, FIT, UNFIT}):
                children: xml.Value = {"PortinOrderId": [child.id for child in self._children(call, bulk)]}
                rows.append((bulk["id"], self._shown(call, bulk) | {"PortinList": children}))
        return page(call, rows, "BulkPortinResponses", ROOT) if rows else Response(status_code=204)

    def change(self, call: Call) -> Response:
        """Hand changes down to its port-ins, or send them all."""
        bulk, body = self._found(call), read(call, "BulkPortin")
        state, children = self._state(call, bulk), self._children(call, bulk)
        if xml.words(body, "ProcessingStatus").upper() == GOING:
            if state != FIT or not children:
                raise refuse(NO_CHILDREN, "The bulk order has no port-ins that can be sent.", ROOT)
            self._send(call, children)
            bulk["sent"] = True
            self._keep(call, bulk)
        elif bulk["sent"]:
            raise refuse(NOT_DRAFT, "The bulk order is no draft: change its port-ins.", ROOT)
        else:
            for child in children:
                self._orders.take(child, body)
                self._simulator.save(child)
            bulk["body"] = etree.tostring(body, encoding="unicode")
            self._keep(call, bulk)
        return answer(ROOT, {"BulkPortin": self._shown(call, bulk)})

    def delete(self, call: Call) -> Response:
        """Throw a draft away, with its port-ins."""
        bulk = self._found(call)
        if bulk["sent"]:
            raise refuse(NOT_DRAFT, f"Bulk port-in with id {bulk['id']} is not in draft status.", ROOT)
        for child in self._children(call, bulk):
            self._simulator.delete(child, call.now)
        self._simulator.store.drop(KIND, bulk["id"], call.account)
        return Response(status_code=200)

    def divide(self, call: Call) -> Response:
        """Take its numbers, and draft a port-in for each group of them that can go together."""
        bulk, body = self._found(call), read(call, "TnList")
        given = [text.removeprefix("+1") for text in xml.texts(body, "Tn", "TN")]
        if bulk["sent"]:
            raise refuse(NOT_DRAFT, "The bulk order is no draft.", "TnListResponse")
        strange = [text for text in given if not NANP.fullmatch(text)]
        if strange or not 0 < len(given) <= MOST:
            words = f"Telephone numbers '[{', '.join(strange)}]' are not valid" if strange else "1 to 20,000 numbers"
            raise refuse(MALFORMED, words, "TnListResponse")
        for child in self._children(call, bulk):
            self._simulator.delete(child, call.now)
        numbers = list(dict.fromkeys(map(e164, given)))
        unfit = self._unfit(numbers, call)
        stuck = {number for fault in unfit for number in fault.numbers}
        bulk |= {
            "unfit": [list(fault) for fault in unfit],
            "portable": [national(number) for number in numbers if number not in stuck],
        }
        for group in [] if unfit else self._checks.groups(numbers):
            child = self._orders.drafted(call, xml.read(bulk["body"].encode()), bulk["id"], group)
            child.first_name = group[0]
            self._simulator.save(child)
        self._keep(call, bulk)
        return answer("TnListResponse", {"OrderId": bulk["id"], "ProcessingStatus": "VALIDATE_DRAFT_TNS"}, 202)

    def numbers(self, call: Call) -> Response:
        """What became of its numbers."""
        bulk = self._found(call)
        state = self._state(call, bulk)
        values: dict[str, xml.Value] = {"ProcessingStatus": state, "OrderId": bulk["id"]}
        if state in {EMPTY, UNFIT}:
            values["PortableTnList"] = {"TN": bulk["portable"] if state == UNFIT else []}
        if state == UNFIT:
            found = [Fault(*fault) for fault in bulk["unfit"]]
            listed: list[xml.Value] = [
                {"Code": each.code, "Description": each.words, "TnList": {"Tn": list(map(national, each.numbers))}}
                for each in found
            ]
            values["ErrorList"] = {"Error": listed}
        elif state != EMPTY:
            children: list[xml.Value] = [
                {"OrderId": child.id, "TnList": {"Tn": [national(number) for number in child.numbers]}}
                for child in self._children(call, bulk)
            ]
            values["ChildPortinOrderList"] = {"ChildPortinOrder": children}
        return answer("TnListResponse", values)

    def members(self, call: Call) -> Response:
        """Its port-ins."""
        children = [child.id for child in self._children(call, self._found(call))]
        return answer("PortinListResponse", {"PortinList": {"PortinOrderId": children}})

    def set_members(self, call: Call) -> Response:
        """Keep these port-ins only; drafts may join as long as it is one."""
        bulk, wanted = self._found(call), xml.texts(read(call, "PortinList"), "PortinOrderId")
        children = self._children(call, bulk)
        joining = []
        for name in wanted:
            if name in {child.id for child in children}:
                continue
            order = self._simulator.order(name, call.now, call.account)
            fits = order and order.vendor == VENDOR and order.draft and not order.deleted_at and not bulk["sent"]
            if order is None or not fits:
                raise refuse(NOT_DRAFT, f"Port-in {name} cannot be part of the bulk order.", "PortinListResponse")
            joining.append(order)
        for child in [*children, *joining]:
            child.fields["bulk"] = bulk["id"] if child.id in wanted else ""
            self._simulator.save(child)
        return self.members(call)

    def _send(self, call: Call, children: list[PortOrder]) -> None:
        """Send every port-in; nothing is sent where one of them is not complete."""
        for child in children:
            if lacking := self._checks.lacking(child) or self._checks.faults(child, call.now, child.numbers):
                raise refuse(lacking[0].code, f"{child.id}: {lacking[0].words}", ROOT)
        for child in children:
            self._orders.send(child, call, [])

    def _unfit(self, numbers: list[str], call: Call) -> list[Fault]:
        alone = [number for number in numbers if not NANP.fullmatch(national(number))]
        found = [Fault(NOT_NANP, "is not a valid NANP telephone number.", [number]) for number in alone]
        return found + self._checks.unportable(numbers) + self._checks.taken(numbers)

    def _found(self, call: Call) -> dict[str, Any]:
        bulk: dict[str, Any] | None = self._simulator.store.kept(KIND, call.path["bulk"], call.account)
        if bulk is None:
            raise missing(ROOT)
        return bulk

    def _keep(self, call: Call, bulk: dict[str, Any]) -> None:
        self._simulator.store.keep(KIND, bulk["id"], bulk, call.account)

    def _children(self, call: Call, bulk: dict[str, Any]) -> list[PortOrder]:
        orders = self._simulator.store.orders(VENDOR, call.account)
        found = [self._simulator.settle(each, call.now) for each in orders if each.fields.get("bulk") == bulk["id"]]
        return [each for each in found if not each.deleted_at]

    def _state(self, call: Call, bulk: dict[str, Any]) -> str:
        if bulk["unfit"]:
            return UNFIT
        states = Counter(self._orders.stand(child).state for child in self._children(call, bulk))
        if not states:
            return EMPTY
        if set(states) & DRAFTS and not bulk["sent"]:
            return FIT
        if set(states) == {CANCELLED}:
            return GIVEN_UP
        if set(states) <= {COMPLETE, CANCELLED}:
            return DONE
        if EXCEPTION in states:
            return NEEDY
        return PARTIAL if COMPLETE in states else GOING

    def _shown(self, call: Call, bulk: dict[str, Any]) -> dict[str, xml.Value]:
        body = xml.read(bulk["body"].encode())
        own = {"ProcessingStatus"}
        given: dict[str, xml.Value] = {
            xml.name_of(each): each for each in body if isinstance(each.tag, str) and xml.name_of(each) not in own
        }
        return {
            **given,
            "ProcessingStatus": self._state(call, bulk),
            "AccountId": call.account,
            "LastModifiedDate": bulk["at"],
            "OrderCreateDate": bulk["at"],
            "OrderId": bulk["id"],
        }
