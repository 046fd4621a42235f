"""Telnyx's numbers: portability, look-ups, numbers to come and numbers that have arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from starlette.responses import JSONResponse, Response

from portolan.carriers.simulated import standing
from portolan.domain.carrier import CarrierStatus, NumberStatus, Routing
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Operation, Refused
from portolan.simulator.orders import PortOrder
from portolan.simulator.telnyx import requests, views
from portolan.simulator.telnyx.orders import VENDOR, Orders
from portolan.simulator.telnyx.words import E164, error, filters, missing, moment, page, read, refuse

LINE = "telnyx.line"
#: SPID, LRN and name by which the number registry knows whoever serves a number.
GAINING = ("073H", "3129450001", "Telnyx/4")
LOSING = ("9999", "3129450002", "Simulated Losing Carrier")
LINES: Mapping[NumberStatus, str] = MappingProxyType(
    {NumberStatus.ACTIVE: "active", NumberStatus.FAILED: "port-failed", NumberStatus.RETURNED: "ported-out"}
)
MESSAGING_TYPES: Mapping[str, str] = MappingProxyType({"toll_free": "toll-free"})


class Numbers:
    """The calls about numbers."""

    def __init__(self, simulator: Simulator, orders: Orders) -> None:
        self._simulator, self._orders = simulator, orders

    def operations(self) -> list[Operation]:
        """All of them."""
        one, bundles = "/phone_numbers/{line}", "/porting_orders/phone_number_configurations"
        return [
            Operation("ListPhoneNumberConfigurations", "GET", bundles, self.bundles),
            Operation("CreatePhoneNumberConfigurations", "POST", bundles, self.bundle),
            Operation("PostPortabilityCheck", "POST", "/portability_checks", self.check, "check_portability"),
            Operation("ListPortingPhoneNumbers", "GET", "/porting_phone_numbers", self.coming),
            Operation("LookupNumber", "GET", "/number_lookup/{number}", self.look_up, "routing"),
            Operation("ListPhoneNumbersWithVoiceSettings", "GET", "/phone_numbers/voice", self.list_voice),
            Operation("ListPhoneNumbersWithMessagingSettings", "GET", "/phone_numbers/messaging", self.list_messaging),
            Operation("ListPhoneNumbers", "GET", "/phone_numbers", self.lines),
            Operation("RetrievePhoneNumber", "GET", one, self.get),
            Operation("UpdatePhoneNumber", "PATCH", one, self.update, "configure"),
            Operation("GetPhoneNumberVoiceSettings", "GET", f"{one}/voice", self.voice),
            Operation("UpdatePhoneNumberVoiceSettings", "PATCH", f"{one}/voice", self.update_voice, "configure"),
            Operation("GetPhoneNumberMessagingSettings", "GET", f"{one}/messaging", self.messaging),
            Operation("UpdatePhoneNumberMessagingSettings", "PATCH", f"{one}/messaging", self.update_messaging),
            Operation("EnablePhoneNumberEmergency", "POST", f"{one}/actions/enable_emergency", self.emergency),
        ]

    def arrived(self, order: PortOrder) -> None:
        """The numbers of an order are in the account's inventory from now on, configured as the order says."""
        configuration = {name: value for name, value in order.fields.get("configuration", {}).items() if value}
        for number in order.numbers:
            line = {"id": str(1_000_000 + self._simulator.store.count(LINE)), "number": number, "order": order.id}
            self._simulator.store.keep(LINE, number, line | configuration, order.account)

    # Before the port

    def check(self, call: Call) -> Response:
        """Whether numbers can be taken."""
        stuck: dict[str, str] = {}
        for script in self._simulator.store.scripts().values():
            stuck |= script.not_portable
        return JSONResponse(
            {
                "data": [
                    {
                        "record_type": "portability_check_result",
                        "phone_number": number,
                        "portable": number not in stuck,
                        "fast_portable": number not in stuck and views.kind_of(number) in views.FAST,
                        "not_portable_reason": stuck.get(number, ""),
                    }
                    for number in read(call, requests.Check).phone_numbers
                ]
            },
            201,
        )

    def coming(self, call: Call) -> Response:
        """The numbers of the account's orders."""
        by = filters(call)
        rows = []
        for order in self._simulator.orders(VENDOR, call.account):
            stand = self._orders.stand(order)
            if by.get("porting_order_status", stand.status) == stand.status:
                rows += views.phone_numbers(stand)
        rows = [row for row in rows if by.get("porting_order_id", row["porting_order_id"]) == row["porting_order_id"]]
        return page(call, rows)

    def bundles(self, call: Call) -> Response:
        """What numbers to come are bundled with."""
        return page(call, self._simulator.store.all_kept("telnyx.bundle", call.account))

    def bundle(self, call: Call) -> Response:
        """Bundle numbers to come with something."""
        made = []
        for each in read(call, requests.Bundles).phone_number_configurations:
            kept = {
                "id": views.named_id("telnyx.bundle", each.porting_phone_number_id),
                "record_type": "porting_phone_number_configuration",
                "porting_phone_number_id": each.porting_phone_number_id,
                "user_bundle_id": each.user_bundle_id,
                "created_at": moment(call.now),
            }
            self._simulator.store.keep("telnyx.bundle", kept["id"] or "", kept, call.account)
            made.append(kept)
        return JSONResponse({"data": made}, 201)

    def look_up(self, call: Call) -> Response:
        """Who serves a number, by the number registry."""
        number = f"+{call.path['number'].strip().lstrip('+')}"
        if not E164.fullmatch(number):
            raise Refused(error(422, "is no number in E.164", "/phone_number"))
        found = self._routing(number, call)
        spid, lrn, name = ("", "", "")
        if found is not None and found.at_gaining is not None:
            spid, lrn, name = GAINING if found.at_gaining else LOSING
        country, kind = views.kind_of(number)
        since = self._order_with(number, call)
        ported_at = since.held.activated_at if since and found and found.at_gaining else None
        line = "mobile" if kind == "mobile" else "fixed line"
        return JSONResponse(
            {
                "data": {
                    "record_type": "number_lookup",
                    "phone_number": number,
                    "country_code": country,
                    "national_format": number,
                    "fraud": None,
                    "caller_name": {"caller_name": "", "error_code": ""},
                    "carrier": {
                        "name": name,
                        "normalized_carrier": name,
                        "type": line,
                        "error_code": None,
                        "mobile_country_code": "",
                        "mobile_network_code": "",
                    },
                    "portability": {
                        "spid": spid,
                        "spid_carrier_name": name,
                        "spid_carrier_type": "",
                        "ocn": spid,
                        "lrn": lrn,
                        "line_type": line,
                        "ported_status": ("Y" if ported_at else "N") if spid else "",
                        "ported_date": ported_at.date().isoformat() if ported_at else "",
                        "city": "",
                        "state": "",
                        "altspid": "",
                        "altspid_carrier_name": "",
                        "altspid_carrier_type": "",
                    },
                }
            }
        )

    def _routing(self, number: str, call: Call) -> Routing | None:
        order = self._order_with(number, call)
        if order is None:
            return Routing(number=number, at_gaining=False)
        script = self._simulator.script(order)
        return standing.routing(order.held, script, self._simulator.time_of(order), number)

    def _order_with(self, number: str, call: Call) -> PortOrder | None:
        """The newest order with a number, whoever's it is."""
        with_it = [order for order in self._simulator.store.orders(VENDOR) if number in order.numbers]
        best = max(with_it, key=lambda order: (order.held.activated_at is not None, order.number), default=None)
        return self._simulator.settle(best, call.now) if best else None

    # After it

    def lines(self, call: Call) -> Response:
        """The inventory, by filter."""
        by = filters(call)
        wanted = by.get("phone_number", "").strip().lstrip("+")
        rows = [line for line in self._lines(call) if wanted in line["number"]]
        for name, key in {"connection_id": "connection_id", "customer_reference": "customer_reference"}.items():
            if name in by:
                rows = [line for line in rows if line.get(key) == by[name]]
        if "tag" in by:
            rows = [line for line in rows if by["tag"] in line.get("tags", [])]
        shown = [_line(line) for line in rows]
        return page(call, [row for row in shown if by.get("status", row["status"]) == row["status"]])

    def list_voice(self, call: Call) -> Response:
        """The same, with what the numbers do with calls."""
        wanted = filters(call).get("phone_number", "").strip().lstrip("+")
        return page(call, [line for line in self._lines(call) if wanted in line["number"]], _voice)

    def list_messaging(self, call: Call) -> Response:
        """The same, with what the numbers do with messages."""
        by = filters(call)
        wanted = by.get("phone_number", by.get("phone_number.contains", "")).strip().lstrip("+")
        rows = [line for line in self._lines(call) if wanted in line["number"]]
        if "messaging_profile_id" in by:
            rows = [line for line in rows if line.get("messaging_profile_id") == by["messaging_profile_id"]]
        return page(call, rows, _messaging)

    def get(self, call: Call) -> Response:
        """One number."""
        return JSONResponse({"data": _line(self._found(call))})

    def update(self, call: Call) -> Response:
        """Change a number."""
        return JSONResponse(
            {"data": _line(self._changed(call, read(call, requests.Line).model_dump(exclude_unset=True)))}
        )

    def voice(self, call: Call) -> Response:
        """What a number does with calls."""
        return JSONResponse({"data": _voice(self._found(call))})

    def update_voice(self, call: Call) -> Response:
        """Change that."""
        given = call.json()
        if not isinstance(given, dict):
            raise refuse("has to be an object")
        return JSONResponse({"data": _voice(self._changed(call, {"voice": given}))})

    def messaging(self, call: Call) -> Response:
        """What a number does with messages."""
        return JSONResponse({"data": _messaging(self._found(call))})

    def update_messaging(self, call: Call) -> Response:
        """Change that; an empty profile takes it away."""
        given = read(call, requests.LineMessaging).model_dump(exclude_unset=True)
        line = self._changed(call, {key: value for key, value in given.items() if key != "tags"})
        return JSONResponse({"data": _messaging(line)})

    def emergency(self, call: Call) -> Response:
        """Switch emergency calling on or off."""
        given = read(call, requests.Emergency).model_dump()
        return JSONResponse({"data": _voice(self._changed(call, given))})

    def _lines(self, call: Call) -> list[dict[str, Any]]:
        self._simulator.orders(VENDOR, call.account)
        return [self._now(line, call.now) for line in self._simulator.store.all_kept(LINE, call.account)]

    def _now(self, line: dict[str, Any], now: datetime) -> dict[str, Any]:
        """A number of the inventory, with where it is by now."""
        order = self._simulator.order(line["order"])
        if order is None:
            return line | {"status": "active", "moved": None}
        stands = self._simulator.standing(order, max(now, self._simulator.time_of(order)))
        where = stands.numbers.get(line["number"], NumberStatus.ACTIVE)
        if stands.status is CarrierStatus.PORTED_BACK:
            where = NumberStatus.RETURNED
        return line | {"status": LINES.get(where, "port-pending"), "moved": moment(order.held.activated_at)}

    def _found(self, call: Call) -> dict[str, Any]:
        named = call.path["line"].lstrip("+")
        line = next((one for one in self._lines(call) if named in {one["id"], one["number"].lstrip("+")}), None)
        if line is None:
            raise missing("phone number")
        return line

    def _changed(self, call: Call, changes: dict[str, Any]) -> dict[str, Any]:
        line = self._found(call) | changes
        self._simulator.store.keep(LINE, line["number"], line, call.account)
        return line


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    country, kind = views.kind_of(line["number"])
    enabled = bool(line.get("emergency_enabled"))
    return {
        "id": line["id"],
        "record_type": "phone_number",
        "phone_number": line["number"],
        "country_iso_alpha2": country,
        "phone_number_type": kind,
        "status": line["status"],
        "source_type": "port_request",
        "purchased_at": line["moved"] or "",
        "created_at": line["moved"] or "",
        "activated_at": line["moved"],
        "updated_at": line["moved"] or "",
        "connection_id": line.get("connection_id"),
        "connection_name": None,
        "customer_reference": line.get("customer_reference"),
        "billing_group_id": line.get("billing_group_id"),
        "messaging_profile_id": line.get("messaging_profile_id"),
        "messaging_profile_name": None,
        "emergency_address_id": line.get("emergency_address_id"),
        "emergency_enabled": enabled,
        "emergency_status": "active" if enabled else "disabled",
        "external_pin": line.get("external_pin"),
        "deletion_lock_enabled": False,
        "hd_voice_enabled": bool(line.get("hd_voice_enabled")),
        "tags": line.get("tags") or [],
    }


def _voice(line: Mapping[str, Any]) -> dict[str, Any]:
    enabled = bool(line.get("emergency_enabled"))
    settings: dict[str, Any] = {
        "id": line["id"],
        "record_type": "voice_settings",
        "phone_number": line["number"],
        "connection_id": line.get("connection_id") or "",
        "customer_reference": line.get("customer_reference") or "",
        "emergency": {
            "emergency_enabled": enabled,
            "emergency_address_id": line.get("emergency_address_id") or "",
            "emergency_status": "active" if enabled else "disabled",
        },
        "usage_payment_method": "pay-per-minute",
        "tech_prefix_enabled": False,
        "translated_number": "",
    }
    return settings | dict(line.get("voice", {}))


def _messaging(line: Mapping[str, Any]) -> dict[str, Any]:
    country, kind = views.kind_of(line["number"])
    here = {"domestic_two_way": True, "international_inbound": False, "international_outbound": False}
    return {
        "id": line["id"],
        "record_type": "messaging_settings",
        "phone_number": line["number"],
        "country_code": country,
        "type": MESSAGING_TYPES.get(kind, "long-code"),
        "messaging_profile_id": line.get("messaging_profile_id") or None,
        "messaging_product": line.get("messaging_product") or "A2P",
        "eligible_messaging_products": ["A2P"],
        "traffic_type": "A2P",
        "features": {"sms": here, "mms": None},
        "tags": line.get("tags") or [],
        "created_at": line["moved"],
        "updated_at": line["moved"],
    }
