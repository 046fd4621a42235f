"""Twilio's numbers before and after the port, its settings, and the shapes of all answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portolan.simulator.testing import Running, running
from tests.simulator.twilio_customer import HOOKS, MONDAY, NUMBERS, PORT_IN, SID, Customer

SPEC = Path(__file__).parents[3] / "shared" / "specs" / "twilio-porting.openapi.json"
FAST = {"sendings": [[{"says": "foc", "after_hours": 1, "foc_hours": 10}]]}
BASE = f"/api/2010-04-01/Accounts/{SID}/IncomingPhoneNumbers"
PORTABILITY = "/numbers/v1/Porting/Portability/PhoneNumber"
SIGNING = "/numbers/v1/SigningRequest/Configuration"
SERVICES = "/messaging/v1/Services"


@pytest.fixture
def simulator() -> Iterator[Running]:
    with running(start=MONDAY) as made:
        yield made


@pytest.fixture
def client(simulator: Running) -> Customer:
    return Customer(simulator.url)


@pytest.fixture
def arrived(simulator: Running, client: Customer) -> dict[str, Any]:
    """A number that has come."""
    simulator.script("o1", FAST | {"messaging_hours": 2})
    client.create()
    simulator.advance(12.1)
    found: dict[str, Any] = client.call("GET", f"{BASE}.json", params={"PhoneNumber": NUMBERS[0]})
    (line,) = found["incoming_phone_numbers"]
    return dict(line)


@pytest.mark.parametrize(
    ("number", "code", "kind"),
    [
        (NUMBERS[0], None, "LOCAL"),
        ("+18005550123", 22133, "TOLL-FREE"),
        ("+442079460123", 22130, "LOCAL"),
    ],
)
def test_portability(client: Customer, number: str, code: int | None, kind: str) -> None:
    answer = client.call("GET", f"{PORTABILITY}/{number}")
    told = (answer["portable"], answer["not_portable_reason_code"], answer["number_type"])
    assert told == (code is None, code, kind)


def test_portability_of_what_is_no_number(client: Customer) -> None:
    assert client.code("GET", f"{PORTABILITY}/12125550001") == 22102


def test_portability_of_numbers_at_twilio(simulator: Running, client: Customer, arrived: dict[str, Any]) -> None:
    def code(who: Customer, **params: str) -> int:
        return int(who.call("GET", f"{PORTABILITY}/{NUMBERS[0]}", params=params)["not_portable_reason_code"])

    assert code(client) == 22131
    assert code(client, TargetAccountSid="AC" + "c" * 32) == 22136
    assert code(Customer(simulator.url, "AC" + "b" * 32)) == 22132


def test_settings_of_a_number(simulator: Running, client: Customer, arrived: dict[str, Any]) -> None:
    assert arrived["capabilities"] == {"voice": True, "sms": False, "mms": False, "fax": False}
    path = f"{BASE}/{arrived['sid']}.json"
    trunk, address = "TK" + "1" * 32, "AD" + "2" * 32
    changed = client.call("POST", path, data={"TrunkSid": trunk, "EmergencyAddressSid": address, "Nonsense": "1"})
    assert (changed["trunk_sid"], changed["emergency_address_sid"]) == (trunk, address)
    assert changed["emergency_status"] == "Active"
    assert "nonsense" not in str(changed).lower()
    assert client.call("POST", path, data={"TrunkSid": ""})["trunk_sid"] is None
    assert client.call("GET", path)["emergency_address_sid"] == address
    assert client.code("POST", path, data={"VoiceApplicationSid": trunk}) == 20001
    assert client.code("GET", f"{BASE}/PN{'0' * 32}.json", 404) == 20404
    simulator.advance(2)
    assert client.call("GET", path)["capabilities"]["sms"] is True


def test_a_number_that_went_back_is_in_no_inventory(
    simulator: Running, client: Customer, arrived: dict[str, Any]
) -> None:
    simulator.say(simulator.orders("o1")[0]["id"], "returned")
    assert client.call("GET", f"{BASE}.json")["incoming_phone_numbers"] == []
    assert client.call("GET", f"{PORTABILITY}/{NUMBERS[0]}")["portable"] is True


def test_numbers_go_to_the_sub_account_that_was_named(simulator: Running, client: Customer) -> None:
    simulator.script("o1", FAST)
    sub = "AC" + "d" * 32
    client.create(account_sid=sub)
    simulator.advance(12.1)
    assert client.call("GET", f"{BASE}.json")["incoming_phone_numbers"] == []
    theirs = client.call("GET", f"/api/2010-04-01/Accounts/{sub}/IncomingPhoneNumbers.json")
    assert len(theirs["incoming_phone_numbers"]) == 2


def test_messaging_services(client: Customer, arrived: dict[str, Any]) -> None:
    service, line = "MG" + "1" * 32, arrived["sid"]
    members = f"{SERVICES}/{service}/PhoneNumbers"
    client.call("GET", f"{members}/{line}", 404)
    assert client.call("POST", members, 201, data={"PhoneNumberSid": line})["phone_number"] == NUMBERS[0]
    assert client.code("POST", members, 409, data={"PhoneNumberSid": line}) == 21710
    assert [row["sid"] for row in client.call("GET", SERVICES)["services"]] == [service]
    assert client.call("GET", f"{members}/{line}")["service_sid"] == service
    client.call("DELETE", f"{members}/{line}", 204)
    client.call("DELETE", f"{members}/{line}", 404)
    client.call("POST", members, 404, data={"PhoneNumberSid": "PN" + "0" * 32})


def test_look_ups_name_who_serves_a_number(simulator: Running, client: Customer) -> None:
    def carrier() -> Any:
        params = {"Fields": "line_type_intelligence"}
        return client.call("GET", f"/lookups/v2/PhoneNumbers/{NUMBERS[0]}", params=params)["line_type_intelligence"]

    simulator.script("o1", FAST | {"routing_hours": 3})
    client.create()
    assert "Losing" in carrier()["carrier_name"]
    simulator.advance(12.1)
    assert "Losing" in carrier()["carrier_name"]
    simulator.advance(3)
    assert "Twilio" in carrier()["carrier_name"]
    simulator.script("o1", FAST | {"routing": "unknown"})
    assert carrier()["carrier_name"] is None
    assert client.call("GET", f"/lookups/v2/PhoneNumbers/{NUMBERS[0]}")["line_type_intelligence"] is None


def test_documents_are_bills_on_paper(client: Customer) -> None:
    def upload(**given: Any) -> int:
        return client.code("POST", "/upload/v1/Documents", **given)

    file = ("bill.pdf", b"%PDF", "application/pdf")
    assert upload(data={"document_type": "utility_bill"}) == 20001
    assert upload(files={"File": file}) == 20001
    assert (
        upload(data={"document_type": "utility_bill"}, files={"File": ("a.doc", b"a", "application/msword")}) == 20001
    )
    large = ("bill.pdf", b"%" * (10 * 1024 * 1024 + 1), "application/pdf")
    assert upload(data={"document_type": "utility_bill"}, files={"File": large}) == 20001


def test_where_messages_go(client: Customer) -> None:
    assert client.code("GET", HOOKS, 404) == 20404
    assert client.code("POST", HOOKS, json={}) == 20001
    assert client.code("POST", HOOKS, json={"port_in_target_url": "ftp://x"}) == 20001
    assert client.code("POST", HOOKS, json={"port_in_target_url": "https://x", "notifications_of": ["Gossip"]}) == 20001
    client.call("POST", HOOKS, 201, json={"port_in_target_url": "https://x.example/in"})
    client.call("POST", HOOKS, 201, json={"port_out_target_url": "https://x.example/out"})
    held = client.call("GET", HOOKS)
    assert (held["port_in_target_url"], held["notifications_of"]) == ("https://x.example/in", [])
    client.call("DELETE", f"{HOOKS}/PORT_IN", 204)
    client.call("DELETE", f"{HOOKS}/PORT_IN", 404)
    assert client.call("GET", HOOKS)["port_in_target_url"] is None
    client.call("DELETE", f"{HOOKS}/PORT_OUT", 204)
    assert client.code("GET", HOOKS, 404) == 20404


def test_how_letters_look(client: Customer) -> None:
    wanted = {"product": "Porting", "country": "US", "email_subject": "Please sign"}
    client.call("POST", SIGNING, 201, json=wanted)
    client.call("POST", SIGNING, 201, json=wanted | {"country": "MX"})
    found = client.call("GET", SIGNING, params={"Country": "US"})["configurations"]
    assert [row["email_subject"] for row in found] == ["Please sign"]
    assert client.code("POST", SIGNING, json=wanted | {"email_subject": "x" * 256}) == 20001
    assert client.code("POST", SIGNING, json={"country": "US"}) == 22171


def keys(example: Any, answer: Any, where: str) -> list[str]:
    """Where an answer has other names than an example in the vendor's document; null may stand for anything."""
    if isinstance(example, dict) and isinstance(answer, dict):
        unlike = [f"{where}.{name}" for name in example.keys() ^ answer.keys()]
        return unlike + [f for n in example.keys() & answer.keys() for f in keys(example[n], answer[n], f"{where}.{n}")]
    if isinstance(example, list) and isinstance(answer, list) and example and answer:
        return keys(example[0], answer[0], f"{where}[]")
    same = example is None or answer is None or isinstance(answer, type(example))
    return [] if same else [f"{where}: {type(answer).__name__}"]


def test_answers_have_the_names_and_types_of_the_document(simulator: Running, client: Customer) -> None:
    if not SPEC.exists():
        pytest.skip("the vendor's document is not beside the project")
    paths = json.loads(SPEC.read_text())["paths"]

    def example(path: str, method: str, status: str) -> Any:
        content = paths[f"/v1{path}"][method]["responses"][status]["content"]["application/json"]
        return next(iter(content["examples"].values()))["value"]

    simulator.script("o1", {"sendings": [[{"says": "reject", "after_hours": 1, "text": "no"}]]})
    created = client.call("POST", PORT_IN, 202, json=client.body(target_port_in_date="2099-01-01"))
    simulator.advance(3)
    sid = created["port_in_request_sid"]
    shown = client.get(sid)
    number = shown["phone_numbers"][0]["port_in_phone_number_sid"]
    hooks = {"port_in_target_url": "https://x.example", "port_out_target_url": "https://y.example"}
    one = "/Porting/PortIn/{PortInRequestSid}"
    checked = [
        (one, "get", "200", shown),
        ("/Porting/PortIn/PortInRequests", "get", "200", client.call("GET", f"{PORT_IN}/PortInRequests")),
        (f"{one}/PhoneNumber/{{PhoneNumberSid}}", "get", "200",
         client.call("GET", f"{PORT_IN}/{sid}/PhoneNumber/{number}")),
        ("/Porting/Portability/PhoneNumber/{PhoneNumber}", "get", "200",
         client.call("GET", f"{PORTABILITY}/{NUMBERS[0]}")),
        ("/Porting/Configuration/Webhook", "post", "201", client.call("POST", HOOKS, 201, json=hooks)),
        ("/Porting/Configuration/Webhook", "get", "200", client.call("GET", HOOKS)),
        ("/SigningRequest/Configuration", "post", "201",
         client.call("POST", SIGNING, 201, json={"product": "Porting", "country": "US"})),
        ("/SigningRequest/Configuration", "get", "200", client.call("GET", SIGNING)),
    ]  # fmt: skip
    unlike = [fault for path, method, status, answer in checked
              for fault in keys(example(path, method, status), answer, path)]  # fmt: skip
    assert unlike == []
    properties = json.loads(SPEC.read_text())["components"]["schemas"]["numbers.v1.porting_port_in"]["properties"]
    assert set(created) == set(properties)
