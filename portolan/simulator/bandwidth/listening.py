"""Bandwidth's subscriptions, which end, what is sent to them, and its records of accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

from portolan.carriers.bandwidth import references, xml
from portolan.domain.carrier import NumberStatus
from portolan.simulator.bandwidth.orders import Orders
from portolan.simulator.bandwidth.views import CANCELLED, CANCELLING, COMPLETE, EXCEPTION, Stand
from portolan.simulator.bandwidth.words import Fault, answer, base, error, errors, missing, moment, national, page, read
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Change, Note, Operation, Refused
from portolan.simulator.orders import PortOrder

SUBSCRIPTION, RECORD = "bandwidth.subscription", "bandwidth.csr"
LASTS, LONGEST = 86_400, 10_000_000_000
#: Fields of a scripted record, by its element.
OF_RECORDS: Mapping[str, str] = MappingProxyType(
    {
        "entity_name": "CustomerName",
        "authorized_person": "AuthorizingUserName",
        "account_number": "AccountNumber",
        "btn": "BillingTelephoneNumber",
    }
)
NOTES_OF = MappingProxyType(
    {
        "PENDING_DOCUMENTS": "LOA required",
        "SUBMITTED": "Order has been submitted",
        "REQUESTED_SUPP": "A change was sent to the losing carrier",
        "FOC": "Order waiting for activation",
        "COMPLETE": "Order is complete",
        "REQUESTED_CANCEL": "A cancellation was asked for",
        "CANCELLED": "Order has been cancelled",
    }
)


class Listening:
    """The calls about subscriptions and records, and the messages."""

    def __init__(self, simulator: Simulator, orders: Orders) -> None:
        self._simulator, self._orders = simulator, orders

    def operations(self) -> list[Operation]:
        """All of them."""
        base, one = "/accounts/{account}/subscriptions", "/accounts/{account}/subscriptions/{subscription}"
        records = "/accounts/{account}/csrs"
        return [
            Operation("ListSubscriptions", "GET", base, self.subscriptions),
            Operation("CreateSubscription", "POST", base, self.subscribe),
            Operation("GetSubscription", "GET", one, self.subscription),
            Operation("UpdateSubscription", "PUT", one, self.renew),
            Operation("DeleteSubscription", "DELETE", one, self.unsubscribe),
            Operation("ListCsrs", "GET", records, self.records),
            Operation("CreateCsr", "POST", records, self.ask, "request_csr"),
            Operation("GetCsr", "GET", f"{records}/{{csr}}", self.record),
        ]

    # Subscriptions

    def subscriptions(self, call: Call) -> Response:
        """Those that live."""
        rows: list[xml.Value] = [_subscription(each, call.now) for each in self.living(call.account, call.now)]
        return answer("SubscriptionsResponse", {"Subscriptions": {"Subscription": rows}})

    def subscription(self, call: Call) -> Response:
        """One of them."""
        return answer("SubscriptionsResponse", {"Subscription": _subscription(self._found(call), call.now)})

    def subscribe(self, call: Call) -> Response:
        """Subscribe to orders of a type, or to one order, for a day unless it says for how long."""
        made = self._read(call) | {"id": self._simulator.new_id(SUBSCRIPTION)}
        target = ("url", "type", "order")
        if any(all(each[name] == made[name] for name in target) for each in self.living(call.account, call.now)):
            raise Refused(error(409, "There is such a subscription."))
        self._simulator.store.keep(SUBSCRIPTION, made["id"], made, call.account)
        return Response(status_code=201, headers={"location": f"{base(call)}/subscriptions/{made['id']}"})

    def renew(self, call: Call) -> Response:
        """Change a subscription; it lasts from now on as long as it says."""
        held = self._found(call)
        self._simulator.store.keep(SUBSCRIPTION, held["id"], held | self._read(call), call.account)
        return Response(status_code=200)

    def unsubscribe(self, call: Call) -> Response:
        """End a subscription."""
        self._simulator.store.drop(SUBSCRIPTION, self._found(call)["id"], call.account)
        return Response(status_code=200)

    def living(self, account: str, now: datetime) -> list[dict[str, Any]]:
        """The subscriptions of an account that have not ended."""
        kept = self._simulator.store.all_kept(SUBSCRIPTION, account)
        return [each for each in kept if datetime.fromisoformat(each["ends_at"]) > now]

    def _found(self, call: Call) -> dict[str, Any]:
        named = call.path["subscription"]
        found = next((each for each in self.living(call.account, call.now) if each["id"] == named), None)
        if found is None:
            raise missing("SubscriptionsResponse")
        return found

    @staticmethod
    def _read(call: Call) -> dict[str, Any]:
        body = read(call, "Subscription")
        url = xml.words(body, "CallbackSubscription", "URL").strip('"')
        seconds = xml.words(body, "CallbackSubscription", "Expiry") or str(LASTS)
        credentials = ("CallbackSubscription", "CallbackCredentials", "BasicAuthentication")
        if not url.startswith(("http://", "https://")) or not seconds.isdecimal() or not 0 < int(seconds) <= LONGEST:
            raise Refused(error(404, "The URL or the expiry of the subscription is not valid."))
        return {
            "url": url,
            "type": xml.words(body, "OrderType"),
            "order": xml.words(body, "OrderId"),
            "user": xml.words(body, *credentials, "Username"),
            "password": xml.words(body, *credentials, "Password"),
            "ends_at": (call.now + timedelta(seconds=int(seconds))).isoformat(),
        }

    # Messages

    def notes(self, order: PortOrder, change: Change) -> Iterator[Note]:
        """Messages about a state that is another than it was, and about notes of the desk; history is kept of both."""
        if order.draft or change.kind in {"expired", "deleted"}:
            return
        if change.kind == "remark" and change.remark and change.remark.from_carrier:
            yield from self._notes(order, {"Note": change.remark.text}, change.at, "note")
        found = self._orders.stand(order, change.at)
        told = [found.state]
        if found.state == CANCELLED and order.fields.get("told") not in {CANCELLING, CANCELLED}:
            told = [CANCELLING, CANCELLED]
        news = f"{found.state} {moment(found.foc_at)}"
        if order.fields.get("news") == news:
            return
        order.fields |= {"news": news, "told": found.state}
        for state in told:
            words = "; ".join(f"{fault.code}: {fault.words}" for fault in found.faults) if state == EXCEPTION else ""
            row = {"at": moment(change.at), "state": state, "note": words or NOTES_OF.get(state, state)}
            order.fields["history"].append(row)
        self._simulator.save(order)
        for state in told:
            yield from self._notes(order, {"Status": state, **_numbers(found)}, change.at, state)

    def _notes(self, order: PortOrder, what: Mapping[str, xml.Value], at: datetime, kind: str) -> Iterator[Note]:
        for each in self.living(order.account, at):
            if each["type"] not in {"portins", ""} or each["order"] not in {"", order.id}:
                continue
            values: dict[str, xml.Value] = {
                "SubscriptionId": each["id"],
                "OrderType": "portins",
                "OrderId": order.id,
                "CustomerOrderId": order.fields["reference"],
                "LastModifiedDate": moment(at),
                **what,
            }
            body = {"xml": xml.write("Notification", values).decode(), "subscription": each["id"]}
            yield Note(kind, body, each["url"])

    # Records of accounts

    def ask(self, call: Call) -> Response:
        """Ask the losing carrier for the record of an account."""
        body = read(call, "Csr")
        number = xml.words(body, "WorkingOrBillingTelephoneNumber")
        if not number:
            fault = Fault("7100", "WorkingOrBillingTelephoneNumber is missing.")
            return answer("CsrOrderResponse", {"Errors": {"Error": errors([fault])}}, 400)
        kept = {
            "id": self._simulator.new_id(RECORD),
            "reference": xml.words(body, "CustomerOrderId"),
            "number": number,
            "account_number": xml.words(body, "AccountNumber"),
            "at": moment(call.now),
        }
        self._simulator.store.keep(RECORD, kept["id"], kept, call.account)
        return answer("CsrResponse", {"OrderId": kept["id"], "Status": "RECEIVED"}, 201)

    def record(self, call: Call) -> Response:
        """The record that was asked for."""
        kept = self._simulator.store.kept(RECORD, call.path["csr"], call.account)
        if kept is None:
            raise missing("CsrResponse")
        return answer("CsrResponse", self._record(kept, call.account))

    def records(self, call: Call) -> Response:
        """Every record that was asked for, those asked for since a moment alone where it is given."""
        since = call.asked("modifiedDateFrom")
        rows = [each for each in self._simulator.store.all_kept(RECORD, call.account) if each["at"] >= since]
        shown = [(each["id"], self._record(each, call.account)) for each in rows]
        return page(call, shown, "CsrResponses", "CsrResponse")

    def _record(self, kept: Mapping[str, str], account: str) -> dict[str, xml.Value]:
        """By the script of its reference; a losing carrier whose record the script does not have supplies none."""
        key = references.key(f"{kept['reference']} 1")
        given = self._simulator.planned(key or kept["reference"]).csr
        told: dict[str, xml.Value] = {
            "CustomerOrderId": kept["reference"],
            "OrderCreateDate": kept["at"],
            "AccountId": account,
            "OrderId": kept["id"],
            "LastModifiedDate": kept["at"],
            "Status": "COMPLETE" if given else "FAILED",
            "AccountNumber": kept["account_number"],
            "AccountTelephoneNumber": kept["number"],
        }
        if not given:
            return told
        fields = {name: value if isinstance(value, str) else ", ".join(value) for name, value in given.items()}
        street, *place = [part.strip() for part in fields.get("service_address", "").split(",")]
        address: dict[str, xml.Value] = {
            "UnparsedAddress": street,
            "AddressLine2": ", ".join(place[:-2]),
            "City": place[-2] if len(place) > 1 else "",
            "State": place[-1] if place else "",
            "Zip": fields.get("postal_code", ""),
        }
        numbers = [national(each) for each in given.get("numbers", []) if each]
        data: dict[str, xml.Value] = {element: fields.get(name, "") for name, element in OF_RECORDS.items()}
        data |= {
            "BillingTelephoneNumber": national(fields.get("btn", "")),
            "ServiceAddress": address,
            "WorkingTelephoneNumber": kept["number"],
            "WorkingTelephoneNumbersOnAccount": {"TelephoneNumber": numbers},
        }
        return told | {"CsrData": data}


def _numbers(found: Stand) -> dict[str, xml.Value]:
    if found.state != COMPLETE or found.canonical is None:
        return {}
    here = [national(number) for number, where in found.canonical.numbers.items() if where is NumberStatus.ACTIVE]
    return {"CompletedTelephoneNumbers": {"TelephoneNumber": here}}


def _subscription(kept: Mapping[str, Any], now: datetime) -> dict[str, xml.Value]:
    left = int((datetime.fromisoformat(kept["ends_at"]) - now).total_seconds())
    credentials: dict[str, xml.Value] = {"CallbackCredentials": {"BasicAuthentication": {"Username": kept["user"]}}}
    callback = {"URL": kept["url"], "Expiry": left, **(credentials if kept["user"] else {})}
    return {
        "SubscriptionId": kept["id"],
        "OrderType": kept["type"],
        "OrderId": kept["order"],
        "CallbackSubscription": callback,
    }
