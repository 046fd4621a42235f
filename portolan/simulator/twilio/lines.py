"""Twilio's numbers: whether they can come, and what they do once they are in the inventory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any

from starlette.responses import JSONResponse, Response

from portolan.carriers.simulated import standing
from portolan.domain.carrier import MessagingStatus
from portolan.simulator.behaviour import vendor_code
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Operation
from portolan.simulator.orders import PortOrder
from portolan.simulator.twilio import views
from portolan.simulator.twilio.views import DONE, VENDOR
from portolan.simulator.twilio.words import (
    E164,
    IN_PROGRESS,
    IN_TARGET,
    MANUAL,
    NOT_E164,
    OTHER_OWNER,
    OWN,
    REASONS,
    UNSUPPORTED,
    base,
    error,
    is_sid,
    kind_of,
    missing,
    page_of,
    refuse,
    sid,
)

LINE, SERVICE, MEMBER = "twilio.line", "twilio.service", "twilio.member"
#: What a number can be given, by parameter: its field in an answer, and of which kind of id it has to be.
SETTINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "FriendlyName": ("friendly_name", ""),
        "VoiceUrl": ("voice_url", ""),
        "VoiceApplicationSid": ("voice_application_sid", "AP"),
        "TrunkSid": ("trunk_sid", "TK"),
        "SmsUrl": ("sms_url", ""),
        "SmsApplicationSid": ("sms_application_sid", "AP"),
        "AddressSid": ("address_sid", "AD"),
        "EmergencyAddressSid": ("emergency_address_sid", "AD"),
    }
)
PORTED_TYPES = frozenset({"LOCAL", "MOBILE"})
ALREADY_MEMBER = 21710
GAINING, LOSING = "Twilio - simulated", "Simulated Losing Carrier"


class Lines:
    """The calls about numbers."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def operations(self) -> list[Operation]:
        """All of them."""
        inventory = "/api/2010-04-01/Accounts/{account}/IncomingPhoneNumbers"
        services, members = "/messaging/v1/Services", "/messaging/v1/Services/{service}/PhoneNumbers"
        portability = "/numbers/v1/Porting/Portability/PhoneNumber/{number}"
        return [
            Operation("FetchPortingPortability", "GET", portability, self.portability, "check_portability"),
            Operation("ListIncomingPhoneNumber", "GET", f"{inventory}.json", self.inventory),
            Operation("FetchIncomingPhoneNumber", "GET", f"{inventory}/{{line}}.json", self.line),
            Operation("UpdateIncomingPhoneNumber", "POST", f"{inventory}/{{line}}.json", self.update, "configure"),
            Operation("ListService", "GET", services, self.services),
            Operation("CreateService", "POST", services, self.create_service),
            Operation("CreatePhoneNumber", "POST", members, self.join, "messaging"),
            Operation("ListPhoneNumber", "GET", members, self.members),
            Operation("FetchPhoneNumber", "GET", f"{members}/{{line}}", self.member),
            Operation("DeletePhoneNumber", "DELETE", f"{members}/{{line}}", self.leave, "messaging"),
            Operation("FetchLookup", "GET", "/lookups/v2/PhoneNumbers/{number}", self.look_up, "routing"),
        ]

    # Before the port

    def portability(self, call: Call) -> Response:
        """Whether a number can be moved by the Porting API."""
        number, target = call.path["number"].strip(), call.asked("TargetAccountSid", call.account)
        if not E164.fullmatch(number):
            raise refuse("The phone number has to be in E.164 format.", NOT_E164)
        code = self.unfit({number}, call.account, target).get(number, 0)
        wireless = any(number in script.wireless for script in self._simulator.store.scripts().values())
        known = kind_of(number, wireless)
        return JSONResponse(
            {
                "phone_number": number,
                "account_sid": target if code in {IN_TARGET, OWN} else None,
                "portable": not code,
                "pin_and_account_number_required": wireless,
                "not_portable_reason": REASONS.get(code) if code else None,
                "not_portable_reason_code": code or None,
                "number_type": known.type,
                "country": known.country or None,
                "url": f"{base(call)}/numbers/v1/Porting/Portability/PhoneNumber/{number}",
            }
        )

    def unfit(self, numbers: Collection[str], account: str, target: str) -> dict[str, int]:
        """The numbers that cannot be moved, each with the code of why.

        Args:
            numbers: E.164.
            account: Who asks; `target` is the account they are to go to.
        """
        found = self._taken(numbers, account, target)
        for number in numbers:
            known = kind_of(number)
            if known.type == "TOLL-FREE":
                found[number] = MANUAL
            elif known.country != "US" or known.type not in PORTED_TYPES:
                found[number] = UNSUPPORTED
        for script in self._simulator.store.scripts().values():
            for number, reason in script.not_portable.items():
                if number in numbers:
                    code = vendor_code(VENDOR, reason)
                    found[number] = int(code) if code.isdecimal() else UNSUPPORTED
        return found

    def _taken(self, numbers: Collection[str], account: str, target: str) -> dict[str, int]:
        """Those that are at Twilio, or on their way there."""
        found: dict[str, int] = {}
        for order in self._simulator.store.orders(VENDOR):
            concerned = [number for number in order.held.numbers if number in numbers]
            if not concerned or order.over or order.held.returned_at:
                continue
            stand = self._stand(order)
            for number in concerned:
                if stand.numbers[number].status != DONE:
                    found[number] = IN_PROGRESS
                elif order.account != account:
                    found[number] = OTHER_OWNER
                else:
                    found[number] = IN_TARGET if order.fields["account_sid"] == target else OWN
        return found

    def look_up(self, call: Call) -> Response:
        """Who serves a number, as far as `Fields` asks for that; each such look-up is billed."""
        number = call.path["number"].strip()
        valid = E164.fullmatch(number) is not None
        known = kind_of(number)
        line = None
        if valid and "line_type_intelligence" in call.asked("Fields").split(","):
            line = {
                "mobile_country_code": None,
                "mobile_network_code": None,
                "carrier_name": self._carrier(number, call),
                "type": {"LOCAL": "landline", "MOBILE": "mobile", "TOLL-FREE": "tollFree"}.get(known.type),
                "error_code": None,
            }
        return JSONResponse(
            {
                "calling_country_code": "1" if known.country == "US" else None,
                "country_code": known.country or None,
                "phone_number": number,
                "national_format": number,
                "valid": valid,
                "validation_errors": None if valid else ["NOT_A_NUMBER"],
                "caller_name": None,
                "line_type_intelligence": line,
                "url": f"{base(call)}/lookups/v2/PhoneNumbers/{number}",
            }
        )

    def _carrier(self, number: str, call: Call) -> str | None:
        with_it = [order for order in self._simulator.store.orders(VENDOR) if number in order.held.numbers]
        best = max(with_it, key=lambda order: (order.held.activated_at is not None, order.number), default=None)
        if best is None:
            return LOSING
        best = self._simulator.settle(best, call.now)
        if self._stand(best).numbers[number].status != DONE:
            return LOSING
        script = self._simulator.script(best)
        found = standing.routing(best.held, script, self._simulator.time_of(best), number)
        return {True: GAINING, False: LOSING}.get(found.at_gaining) if found.at_gaining is not None else None

    # After it

    def inventory(self, call: Call) -> Response:
        """The numbers of an account."""
        wanted = call.asked("PhoneNumber").strip().lstrip("+")
        rows = [line for line in self._owned(call) if wanted in line["phone_number"]]
        uri = f"/2010-04-01/Accounts/{call.path['account']}/IncomingPhoneNumbers.json"
        return JSONResponse(
            {
                "incoming_phone_numbers": rows,
                "page": 0,
                "page_size": max(len(rows), 50),
                "start": 0,
                "end": max(len(rows) - 1, 0),
                "uri": uri,
                "first_page_uri": uri,
                "next_page_uri": None,
                "previous_page_uri": None,
            }
        )

    def line(self, call: Call) -> Response:
        """One number."""
        return JSONResponse(self._line(call, call.path["line"]))

    def update(self, call: Call) -> Response:
        """Give a number other settings; empty ones are taken away."""
        line = self._line(call, call.path["line"])
        kept = self._simulator.store.kept(LINE, line["phone_number"], call.account) or {}
        for name, value in call.form.items():
            if name not in SETTINGS:
                continue
            field, kind = SETTINGS[name]
            if not isinstance(value, str) or (value and kind and not is_sid(kind, value)):
                raise refuse(f"{name} is not valid.")
            kept[field] = value or None
        self._simulator.store.keep(LINE, line["phone_number"], kept, call.account)
        return self.line(call)

    def _owned(self, call: Call) -> list[dict[str, Any]]:
        owner = call.path["account"]
        orders = [
            self._simulator.settle(order, call.now) for order in self._simulator.store.orders(VENDOR, call.account)
        ]
        found: dict[str, dict[str, Any]] = {}
        for order in orders:
            if order.fields["account_sid"] == owner and not order.held.returned_at:
                for number, where in self._stand(order).numbers.items():
                    if where.status == DONE:
                        found[number] = self._shown(order, number, where.updated)
        return list(found.values())

    def _shown(self, order: PortOrder, number: str, since: datetime | None) -> dict[str, Any]:
        kept = self._simulator.store.kept(LINE, number, order.account) or {}
        owner, name = order.fields["account_sid"], sid("PN", order.account, number)
        texts = standing.messaging(order.held, self._simulator.script(order), self._simulator.time_of(order))
        can_text = texts.get(number) is MessagingStatus.PORTED
        at = format_datetime(since) if since else None
        blank: dict[str, Any] = dict.fromkeys(field for field, _ in SETTINGS.values())
        return {
            "sid": name,
            "account_sid": owner,
            "phone_number": number,
            "status": "in-use",
            "origin": "twilio",
            "api_version": "2010-04-01",
            "beta": False,
            "address_requirements": "none",
            "capabilities": {"voice": True, "sms": can_text, "mms": can_text, "fax": False},
            "date_created": at,
            "date_updated": at,
            **blank,
            "friendly_name": number,
            "voice_url": "",
            "sms_url": "",
            **{field: value for field, value in kept.items() if value is not None},
            "voice_method": "POST",
            "emergency_status": "Active" if kept.get("emergency_address_sid") else "Inactive",
            "uri": f"/2010-04-01/Accounts/{owner}/IncomingPhoneNumbers/{name}.json",
        }

    def _line(self, call: Call, name: str) -> dict[str, Any]:
        line = next((each for each in self._owned(call) if each["sid"] == name), None)
        if line is None:
            raise missing(f"/IncomingPhoneNumbers/{name}.json")
        return line

    def _stand(self, order: PortOrder) -> views.Stand:
        return views.stand(order, self._simulator.behaviour(order), self._simulator.time_of(order))

    # Messaging services

    def services(self, call: Call) -> Response:
        """The account's messaging services: those that were created, and those a number was put into."""
        rows = self._simulator.store.all_kept(SERVICE, call.account)
        return JSONResponse(page_of(rows, "services", 50))

    def create_service(self, call: Call) -> Response:
        """Create a messaging service."""
        name = sid("MG", call.account, self._simulator.new_id(SERVICE))
        return JSONResponse(self._service(call, name, str(call.form.get("FriendlyName", ""))), 201)

    def members(self, call: Call) -> Response:
        """The numbers of a messaging service."""
        service = call.path["service"]
        rows = [row for row in self._simulator.store.all_kept(MEMBER, call.account) if row["service_sid"] == service]
        return JSONResponse(page_of(rows, "phone_numbers", 50))

    def join(self, call: Call) -> Response:
        """Put a number into a messaging service; one that nobody created comes into being."""
        service, line = call.path["service"], str(call.form.get("PhoneNumberSid", ""))
        if not is_sid("MG", service):
            raise missing(f"/v1/Services/{service}")
        if not is_sid("PN", line):
            raise refuse("PhoneNumberSid is missing or not valid.")
        number = self._number(call, line)
        if self._simulator.store.kept(MEMBER, f"{service}:{line}", call.account):
            raise refuse("The phone number is in the messaging service already.", ALREADY_MEMBER, 409)
        self._service(call, service)
        row = {"sid": line, "account_sid": call.account, "service_sid": service, "phone_number": number}
        self._simulator.store.keep(MEMBER, f"{service}:{line}", row, call.account)
        return JSONResponse(row, 201)

    def member(self, call: Call) -> Response:
        """One number of a messaging service."""
        row = self._simulator.store.kept(MEMBER, f"{call.path['service']}:{call.path['line']}", call.account)
        return JSONResponse(row) if row else error(404)

    def leave(self, call: Call) -> Response:
        """Take a number out of a messaging service."""
        there = self._simulator.store.drop(MEMBER, f"{call.path['service']}:{call.path['line']}", call.account)
        return Response(status_code=204) if there else error(404)

    def _service(self, call: Call, name: str, friendly_name: str = "") -> dict[str, Any]:
        row: dict[str, Any] | None = self._simulator.store.kept(SERVICE, name, call.account)
        if row is None:
            row = {"sid": name, "account_sid": call.account, "friendly_name": friendly_name or name}
            self._simulator.store.keep(SERVICE, name, row, call.account)
        return row

    def _number(self, call: Call, line: str) -> str:
        for order in self._simulator.store.orders(VENDOR, call.account):
            settled = self._simulator.settle(order, call.now)
            for number, where in self._stand(settled).numbers.items():
                if where.status == DONE and sid("PN", order.account, number) == line:
                    return number
        raise missing(f"/IncomingPhoneNumbers/{line}")
