"""A Twilio in memory: it takes whatever it is sent, as the real one would, and loses answers where a test says so."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx2
from pydantic import SecretStr

from portolan.carriers.accounts import TwilioAccount
from portolan.carriers.ledger import MemoryLedger
from portolan.carriers.twilio import Twilio
from portolan.domain.carrier import AccountData, CarrierOrder, Consent, Paper, PortBack, SendKind, Submission

ACCOUNT_SID = "AC" + "a" * 32
TOKEN = "the-token-nobody-may-see"
HOOK = "https://portolan.example/carriers/twilio"
NUMBERS = ["+12125550001", "+12125550002", "+12125550003"]
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FOC = datetime(2026, 3, 16, 15, 30, tzinfo=UTC)
MG, AD, AP, TK = ("MG" + "1" * 32, "AD" + "2" * 32, "AP" + "3" * 32, "TK" + "4" * 32)
BILL = Paper(kind="bill", filename="bill.pdf", media_type="application/pdf", sha256="b" * 64, content=b"%PDF-1.7 bill")
LETTER = Paper(kind="loa", filename="loa.pdf", media_type="application/pdf", sha256="c" * 64, content=b"%PDF-1.7 loa")
ACCOUNT = AccountData(
    entity_name="Acme Manufacturing Limited",
    authorized_person="Ada Byron",
    service_address="12 Harbor Street, Suite 4, Boston, MA",
    postal_code="02110",
    account_number="0048-1937",
)
LIVE = frozenset({"In Review", "Waiting for Signature", "In Progress", "Action Required"})


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class NoReturns:
    """Returns that keep what was asked, and add a consent where one was entered."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.consent: Consent | None = None

    def ask(self, request: PortBack, tell: Callable[[str], None]) -> None:
        if request.key not in self.asked:
            self.asked.append(request.key)
            tell("Please return the numbers.")

    def seen(self, order: CarrierOrder) -> CarrierOrder:
        return order.model_copy(update={"consent": self.consent})


class FakeTwilio:
    """Twilio's hosts in one.

    `lost` holds operations whose next answer is lost after they took effect; where it `reviews` cancellations, numbers
    are `canceling` until it has `decided`.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.requests: dict[str, dict[str, Any]] = {}
        self.documents: list[bytes] = []
        self.inventory: dict[str, dict[str, Any]] = {}
        self.services: dict[str, set[str]] = {MG: set()}
        self.hooks: dict[str, Any] | None = None
        self.unportable: dict[str, tuple[int, str]] = {}
        self.carriers: dict[str, str] = {}
        self.refusals: dict[str, tuple[int, dict[str, Any]]] = {}
        self.lost: list[str] = []
        self.reviews = False
        self.calls: list[str] = []
        self.bodies: list[Any] = []
        self._ids = itertools.count(1)

    def transport(self) -> httpx2.BaseTransport:
        return httpx2.MockTransport(self._handle)

    def live(self) -> list[dict[str, Any]]:
        """The requests that go on."""
        return [one for one in self.requests.values() if one["port_in_request_status"] in LIVE]

    def states(self, sid: str) -> dict[str, str]:
        return {n["phone_number"]: n["port_in_phone_number_status"] for n in self.requests[sid]["phone_numbers"]}

    def say(self, sid: str, status: str = "", numbers: dict[str, dict[str, Any]] | None = None, **fields: Any) -> None:
        """Let Twilio say something of a request and its numbers."""
        request = self.requests[sid]
        request |= fields | ({"port_in_request_status": status} if status else {})
        request["_updated"] = self.clock().isoformat()
        for number in request["phone_numbers"]:
            number |= (numbers or {}).get(number["phone_number"], {})

    def decided(self, sid: str) -> None:
        """Let what is being cancelled be cancelled."""
        gone = [number for number, status in self.states(sid).items() if status == "canceling"]
        self.say(sid, numbers={number: {"port_in_phone_number_status": "canceled"} for number in gone})

    def arrive(self, number: str, messaging: bool = True) -> str:
        sid = f"PN{next(self._ids):032x}"
        self.inventory[sid] = {
            "sid": sid,
            "phone_number": number,
            "voice_url": "",
            "voice_application_sid": None,
            "trunk_sid": None,
            "emergency_address_sid": None,
            "capabilities": {"voice": True, "sms": messaging},
        }
        return sid

    def create(self, body: dict[str, Any], created: datetime | None = None) -> dict[str, Any]:
        sid = f"KW{next(self._ids):032x}"
        self.requests[sid] = {
            "port_in_request_sid": sid,
            "account_sid": body.get("account_sid"),
            "port_in_request_status": "In Review",
            "date_created": (created or self.clock()).isoformat(),
            "losing_carrier_information": body["losing_carrier_information"],
            "target_port_in_date": body.get("target_port_in_date"),
            "documents": body["documents"],
            "signature_request_url": None,
            "_updated": (created or self.clock()).isoformat(),
            "phone_numbers": [
                {
                    "phone_number": number["phone_number"],
                    "port_in_phone_number_sid": f"PU{next(self._ids):032x}",
                    "port_in_phone_number_status": "in_review",
                    "portable": True,
                    "not_portability_reason": "string",
                    "not_portability_reason_code": 0,
                    "rejection_reason": None,
                    "rejection_reason_code": None,
                    "port_date": None,
                    "status_last_time_updated_timestamp": self.clock().isoformat(),
                    "_pin": number.get("pin"),
                }
                for number in body["phone_numbers"]
            ],
        }
        return self.requests[sid]

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        for (method, pattern), (name, answer) in _ROUTES.items():
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                self.calls.append(name)
                if name in self.refusals:
                    status, body = self.refusals[name]
                    return httpx2.Response(status, json=body)
                response = answer(self, request, *found.groups())
                if name in self.lost:
                    self.lost.remove(name)
                    raise httpx2.ReadTimeout("lost", request=request)
                return response
        raise AssertionError(f"nothing answers {request.method} {path}")

    def _upload(self, request: httpx2.Request) -> httpx2.Response:
        assert b'name="document_type"\r\n\r\nutility_bill' in request.content
        assert b'name="File"; filename=' in request.content
        self.documents.append(request.content)
        return httpx2.Response(201, json={"sid": f"RD{next(self._ids):032x}"})

    def _create(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(json.loads(request.content))
        return httpx2.Response(202, json=self.create(self.bodies[-1]))

    def _get(self, request: httpx2.Request, sid: str) -> httpx2.Response:
        held = self.requests.get(sid)
        return httpx2.Response(200, json=held) if held else httpx2.Response(404, json={"code": 20404})

    def _delete(self, request: httpx2.Request, sid: str) -> httpx2.Response:
        if self.reviews:
            self.say(sid, numbers={number: {"port_in_phone_number_status": "canceling"} for number in self.states(sid)})
        else:
            self.say(sid, "Canceled")
        return httpx2.Response(204)

    def _number(self, request: httpx2.Request, sid: str, number_sid: str) -> httpx2.Response:
        number = next(n for n in self.requests[sid]["phone_numbers"] if n["port_in_phone_number_sid"] == number_sid)
        return httpx2.Response(200, json={"port_out_pin": int(number["_pin"]) if number["_pin"] else None})

    def _delete_number(self, request: httpx2.Request, sid: str, number_sid: str) -> httpx2.Response:
        number = next(n for n in self.requests[sid]["phone_numbers"] if n["port_in_phone_number_sid"] == number_sid)
        number["port_in_phone_number_status"] = "canceling" if self.reviews else "canceled"
        return httpx2.Response(204)

    def _list(self, request: httpx2.Request) -> httpx2.Response:
        params = request.url.params
        since = date.fromisoformat(params.get("CreatedAfter", "2000-01-01"))
        found = [r for r in self.requests.values() if datetime.fromisoformat(r["date_created"]).date() >= since]
        start, size = int(params.get("Token", "0")), int(params["Size"])
        page = [
            {
                "port_in_request_sid": r["port_in_request_sid"],
                "port_in_request_status": r["port_in_request_status"],
                "status_last_updated_timestamp": r["_updated"],
                "phone_numbers_requested": len(r["phone_numbers"]),
            }
            for r in found[start : start + size]
        ]
        token = str(start + size) if start + size < len(found) else None
        return httpx2.Response(200, json={"port_in_requests": page, "meta": {"next_token": token}})

    def _portability(self, request: httpx2.Request, number: str) -> httpx2.Response:
        if number in self.unportable:
            code, why = self.unportable[number]
            return httpx2.Response(
                200, json={"portable": False, "not_portable_reason": why, "not_portable_reason_code": code}
            )
        return httpx2.Response(200, json={"portable": True, "not_portable_reason": None})

    def _hooks(self, request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=self.hooks) if self.hooks else httpx2.Response(404, json={"code": 20404})

    def _set_hooks(self, request: httpx2.Request) -> httpx2.Response:
        self.hooks = json.loads(request.content)
        return httpx2.Response(201, json=self.hooks)

    def _account(self, request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"status": "active"})

    def _incoming(self, request: httpx2.Request) -> httpx2.Response:
        wanted = request.url.params.get("PhoneNumber")
        found = [n for n in self.inventory.values() if wanted is None or wanted in n["phone_number"]]
        return httpx2.Response(200, json={"incoming_phone_numbers": found})

    def _update(self, request: httpx2.Request, sid: str) -> httpx2.Response:
        names = {
            "VoiceUrl": "voice_url",
            "VoiceApplicationSid": "voice_application_sid",
            "TrunkSid": "trunk_sid",
            "EmergencyAddressSid": "emergency_address_sid",
        }
        for name, (text,) in parse_qs(request.content.decode(), keep_blank_values=True).items():
            self.inventory[sid][names[name]] = text or None
        return httpx2.Response(200, json=self.inventory[sid])

    def _services(self, request: httpx2.Request) -> httpx2.Response:
        start, size = int(request.url.params.get("PageToken", "0")), int(request.url.params["PageSize"])
        end, more = start + size, start + size < len(self.services)
        following = f"https://elsewhere.example/v1/Services?PageSize={size}&PageToken={end}" if more else None
        page = [{"sid": sid} for sid in list(self.services)[start:end]]
        return httpx2.Response(200, json={"services": page, "meta": {"next_page_url": following}})

    def _member(self, request: httpx2.Request, service: str, sid: str) -> httpx2.Response:
        there = sid in self.services[service]
        return httpx2.Response(200, json={"sid": sid}) if there else httpx2.Response(404, json={"code": 20404})

    def _join(self, request: httpx2.Request, service: str) -> httpx2.Response:
        self.services[service].add(parse_qs(request.content.decode())["PhoneNumberSid"][0])
        return httpx2.Response(201, json={})

    def _leave(self, request: httpx2.Request, service: str, sid: str) -> httpx2.Response:
        self.services[service].remove(sid)
        return httpx2.Response(204)

    def _lookup(self, request: httpx2.Request, number: str) -> httpx2.Response:
        name = self.carriers.get(number)
        return httpx2.Response(200, json={"line_type_intelligence": {"carrier_name": name} if name else None})


_PORT_IN = "/v1/Porting/PortIn"
_MAIN = r"/2010-04-01/Accounts/AC[0-9a-f]{32}"
_ROUTES: dict[tuple[str, str], tuple[str, Callable[..., httpx2.Response]]] = {
    ("POST", "/v1/Documents"): ("upload", FakeTwilio._upload),
    ("POST", _PORT_IN): ("create", FakeTwilio._create),
    ("GET", f"{_PORT_IN}/PortInRequests"): ("list", FakeTwilio._list),
    ("GET", f"{_PORT_IN}/([^/]+)"): ("get", FakeTwilio._get),
    ("DELETE", f"{_PORT_IN}/([^/]+)"): ("cancel", FakeTwilio._delete),
    ("GET", f"{_PORT_IN}/([^/]+)/PhoneNumber/([^/]+)"): ("number", FakeTwilio._number),
    ("DELETE", f"{_PORT_IN}/([^/]+)/PhoneNumber/([^/]+)"): ("leave_out", FakeTwilio._delete_number),
    ("GET", "/v1/Porting/Portability/PhoneNumber/([^/]+)"): ("portability", FakeTwilio._portability),
    ("GET", "/v1/Porting/Configuration/Webhook"): ("hooks", FakeTwilio._hooks),
    ("POST", "/v1/Porting/Configuration/Webhook"): ("set_hooks", FakeTwilio._set_hooks),
    ("GET", f"{_MAIN}.json"): ("account", FakeTwilio._account),
    ("GET", f"{_MAIN}/IncomingPhoneNumbers.json"): ("incoming", FakeTwilio._incoming),
    ("POST", f"{_MAIN}/IncomingPhoneNumbers/([^/]+).json"): ("update", FakeTwilio._update),
    ("GET", "/v1/Services"): ("services", FakeTwilio._services),
    ("POST", "/v1/Services/([^/]+)/PhoneNumbers"): ("join", FakeTwilio._join),
    ("GET", "/v1/Services/([^/]+)/PhoneNumbers/([^/]+)"): ("member", FakeTwilio._member),
    ("DELETE", "/v1/Services/([^/]+)/PhoneNumbers/([^/]+)"): ("leave", FakeTwilio._leave),
    ("GET", "/v2/PhoneNumbers/([^/]+)"): ("lookup", FakeTwilio._lookup),
}


def account(**fields: Any) -> TwilioAccount:
    given = {"name": "twilio", "vendor": "twilio", "account_sid": ACCOUNT_SID, "webhook_url": HOOK}
    return TwilioAccount.model_validate({**given, "auth_token": SecretStr(TOKEN), **fields})


def submission(attempt: int = 1, order_id: str = "o1", **fields: Any) -> Submission:
    given: dict[str, Any] = {
        "key": f"{order_id}:{attempt}",
        "order_id": order_id,
        "attempt": attempt,
        "kind": SendKind.NEW if attempt == 1 else SendKind.SUPPLEMENT,
        "numbers": NUMBERS,
        "account": ACCOUNT,
        "losing_carrier": "Old Telco",
        "country": "US",
        "number_class": "geographic",
        "signer_email": "ada@customer.example",
        "papers": [LETTER, BILL],
    }
    made = Submission.model_validate(given | fields)
    return made.model_copy(update={"papers": (given | fields)["papers"], "secrets": fields.get("secrets", {})})


class Scene:
    """A carrier on a fake Twilio, with its ledger."""

    def __init__(self, **fields: Any) -> None:
        self.clock = Clock()
        self.twilio = FakeTwilio(self.clock)
        self.ledger, self.returns = MemoryLedger(), NoReturns()
        self.carrier = Twilio(
            account(**fields),
            ledger=self.ledger,
            returns=self.returns,
            clock=self.clock,
            transport=self.twilio.transport(),
        )

    def sent(self, wanted: Submission) -> CarrierOrder:
        """As the activity sends: it looks first."""
        return self.carrier.find(wanted.key, wanted.numbers) or self.carrier.submit(wanted)

    def dated(self, sid: str, *numbers: str, at: datetime = FOC) -> None:
        """Let the losing carrier agree to a date for these numbers; for all where none is named."""
        named = numbers or tuple(self.twilio.states(sid))
        said = {"port_in_phone_number_status": "port_pending", "port_date": at.isoformat()}
        self.twilio.say(sid, "In Progress", dict.fromkeys(named, said))

    def completed(self, sid: str, *numbers: str) -> None:
        """Let these numbers move; all where none is named."""
        said = {
            "port_in_phone_number_status": "completed",
            "status_last_time_updated_timestamp": self.clock().isoformat(),
        }
        self.twilio.say(sid, "In Progress", dict.fromkeys(numbers or tuple(self.twilio.states(sid)), said))


HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
