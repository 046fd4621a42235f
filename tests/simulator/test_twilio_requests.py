"""Twilio's port-in requests: what is taken, how they and their numbers go on, and what can still be withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from portolan.carriers.accounts import TwilioAccount
from portolan.simulator.testing import Running, running
from portolan.simulator.twilio.protocol import ACCOUNT_SID, AUTH_TOKEN
from tests.simulator.twilio_customer import LOSING, MONDAY, NUMBERS, PORT_IN, SID, Customer

SCRIPT: dict[str, Any] = {
    "sendings": [[{"says": "approve", "after_hours": 10}, {"says": "foc", "after_hours": 20, "foc_hours": 100}]]
}
INVENTORY = f"/api/2010-04-01/Accounts/{SID}/IncomingPhoneNumbers.json"


@pytest.fixture
def simulator() -> Iterator[Running]:
    with running(start=MONDAY) as made:
        yield made


@pytest.fixture
def client(simulator: Running) -> Customer:
    return Customer(simulator.url)


def test_the_well_known_account_is_taken_by_a_strict_simulator_and_no_other() -> None:
    filled = TwilioAccount.AT_SIMULATOR
    assert (filled["account_sid"], filled["auth_token"].get_secret_value()) == (ACCOUNT_SID, AUTH_TOKEN)
    with running(strict=True) as simulator:
        path = f"/api/2010-04-01/Accounts/{ACCOUNT_SID}.json"
        assert Customer(simulator.url, ACCOUNT_SID, AUTH_TOKEN).call("GET", path)["sid"] == ACCOUNT_SID
        assert Customer(simulator.url).code("GET", path, 401) == 20003
        assert Customer(simulator.url, ACCOUNT_SID, "guess").code("GET", path, 401) == 20003


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic !!"}, {"authorization": "Bearer abc"}])
def test_without_basic_credentials_nobody_comes_in(simulator: Running, headers: dict[str, str]) -> None:
    response = httpx2.get(f"{simulator.url}/twilio{PORT_IN}/PortInRequests", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, 20003)


def test_a_request_goes_from_signature_to_arrival(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT)
    answer = client.call("POST", PORT_IN, 202, json=client.body())
    sid = answer["port_in_request_sid"]
    assert (answer["port_in_request_status"], answer["signature_request_url"]) == ("In review", None)
    assert client.stands(sid) == ("Waiting for Signature", ["waiting_for_signature"] * 2)
    assert client.get(sid)["signature_request_url"]
    simulator.advance(0.9)
    assert client.stands(sid)[0] == "Waiting for Signature"
    simulator.advance(0.1)
    assert client.stands(sid) == ("In progress", ["port_submitted"] * 2)
    simulator.advance(10)
    assert client.stands(sid) == ("In progress", ["port_pending"] * 2)
    assert client.get(sid)["phone_numbers"][0]["port_date"] is None
    simulator.advance(10)
    date = datetime.fromisoformat(client.get(sid)["phone_numbers"][0]["port_date"])
    assert abs(date - simulator.now() - timedelta(hours=100)) < timedelta(minutes=1)
    simulator.advance(99.9)
    assert client.stands(sid)[0] == "In progress"
    assert client.call("GET", INVENTORY)["incoming_phone_numbers"] == []
    simulator.advance(0.2)
    assert client.stands(sid) == ("Completed", ["completed"] * 2)
    numbers = [each["phone_number"] for each in client.call("GET", INVENTORY)["incoming_phone_numbers"]]
    assert numbers == NUMBERS


def test_nothing_goes_on_until_the_letter_is_signed(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT | {"signs_after_hours": None})
    sid = client.create()
    simulator.advance(200)
    assert client.stands(sid)[0] == "Waiting for Signature"
    simulator.say(sid, "signed")
    assert client.stands(sid)[0] == "In progress"
    with pytest.raises(ValueError, match="no letter"):
        simulator.say(sid, "signed")
    simulator.advance(10.1)
    assert client.stands(sid)[1] == ["port_pending"] * 2


def test_a_letter_nobody_signs_expires_and_stays_in_the_list(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT | {"signs_after_hours": None})
    sid = client.create()
    simulator.advance(30 * 24 + 1)
    assert client.stands(sid)[0] == "Expired"
    rows = client.call("GET", f"{PORT_IN}/PortInRequests")["port_in_requests"]
    assert [row["port_in_request_status"] for row in rows] == ["Expired"]
    assert client.code("DELETE", f"{PORT_IN}/{sid}") == 20001
    assert client.call("GET", f"/numbers/v1/Porting/Portability/PhoneNumber/{NUMBERS[0]}")["portable"] is True


def test_numbers_fare_apart(simulator: Running, client: Customer) -> None:
    later = {"says": "foc", "after_hours": 20, "foc_hours": 124, "numbers": NUMBERS[1:]}
    simulator.script("o1", {"sendings": [[*SCRIPT["sendings"][0], later]]})
    sid = client.create()
    simulator.advance(22)
    dates = [datetime.fromisoformat(n["port_date"]) for n in client.get(sid)["phone_numbers"]]
    assert dates[1] - dates[0] == timedelta(hours=24)
    simulator.advance(100)
    assert client.stands(sid) == ("In progress", ["completed", "port_pending"])
    simulator.advance(24)
    assert client.stands(sid) == ("Completed", ["completed"] * 2)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("PIN_INVALID", "INVALID_PIN"),
        ("NAME_MISMATCH", "INVALID_END_USER_NAME"),
        ("JEOPARDY", "CONTACT_SUPPORT_REQUIRED"),
    ],
)
def test_a_rejection_is_of_its_number_alone(simulator: Running, client: Customer, reason: str, code: str) -> None:
    no = {"says": "reject", "after_hours": 20, "reason": reason, "text": "no", "numbers": NUMBERS[:1]}
    simulator.script("o1", {"sendings": [[{"says": "foc", "after_hours": 15, "foc_hours": 100}, no]]})
    sid = client.create()
    simulator.advance(22)
    assert client.stands(sid) == ("Action Required", ["port_rejected", "port_pending"])
    bad = client.get(sid)["phone_numbers"][0]
    assert (bad["rejection_reason_code"], bad["rejection_reason"]) == (code, "no")
    simulator.advance(100)
    assert client.stands(sid) == ("Action Required", ["port_rejected", "completed"])


def test_words_nobody_knows_are_shown_as_they_are(simulator: Running, client: Customer) -> None:
    simulator.script("o1", {"sendings": [[{"says": "puzzle", "after_hours": 2, "raw": "port_pondered"}]]})
    sid = client.create()
    simulator.advance(4)
    assert client.stands(sid) == ("In progress", ["port_pondered"] * 2)


def test_what_is_not_portable_is_taken_and_named(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT | {"not_portable": {NUMBERS[0]: "RATE_CENTER"}})
    sid = client.create()
    first = client.get(sid)["phone_numbers"][0]
    assert (first["portable"], first["not_portability_reason_code"]) == (False, 22130)
    assert client.stands(sid) == ("Action Required", ["in_review", "waiting_for_signature"])


def test_a_mobile_number_needs_pin_and_account_number(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT | {"wireless": NUMBERS})
    given: list[dict[str, Any]] = [{"phone_number": NUMBERS[0], "pin": "0042"}, {"phone_number": NUMBERS[1]}]
    sid = client.create(phone_numbers=given)
    shown = client.get(sid)["phone_numbers"]
    assert [each["not_portability_reason_code"] for each in shown] == [None, 22171]
    assert "0042" not in str(client.get(sid))
    path = f"{PORT_IN}/{sid}/PhoneNumber/{shown[0]['port_in_phone_number_sid']}"
    detail = client.call("GET", path)
    assert (detail["port_out_pin"], detail["missing_required_fields"], detail["phone_number_type"]) == (
        42,
        False,
        "MOBILE",
    )
    portable = client.call("GET", f"/numbers/v1/Porting/Portability/PhoneNumber/{NUMBERS[0]}")
    assert (portable["pin_and_account_number_required"], portable["not_portable_reason_code"]) == (True, 22137)


def test_one_country_in_a_request(client: Customer) -> None:
    assert client.code("POST", PORT_IN, json=client.body([NUMBERS[0], "+442079460123"])) == 22172


def test_a_thousand_numbers_and_no_more(simulator: Running, client: Customer) -> None:
    numbers = [f"+1212556{n:04d}" for n in range(1001)]
    assert client.code("POST", PORT_IN, json=client.body(numbers)) == 20001
    sid = client.create(numbers[:1000])
    assert client.stands(sid)[1] == ["waiting_for_signature"] * 1000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"phone_numbers": []}, 22171),
        ({"phone_numbers": [{"phone_number": "2125550001"}]}, 22102),
        ({"documents": ["RD" + "0" * 32]}, 20001),
        ({"documents": []}, 22171),
        ({"account_sid": "me"}, 20001),
        ({"losing_carrier_information": {"customer_name": "Acme"}}, 22171),
        ({"losing_carrier_information": {name: v for name, v in LOSING.items() if name != "address"}}, 22171),
        ({"losing_carrier_information": LOSING | {"customer_type": "Friend"}}, 20001),
        ({"losing_carrier_information": LOSING | {"authorized_representative_email": "ada"}}, 20001),
    ],
)
def test_what_a_request_needs(client: Customer, change: dict[str, Any], code: int) -> None:
    assert client.code("POST", PORT_IN, json=client.body() | change) == code
    assert client.call("GET", f"{PORT_IN}/PortInRequests")["port_in_requests"] == []


def test_a_bill_is_mandatory_and_another_document_none(client: Customer) -> None:
    letter = client.document(kind="letter_of_authorization")
    assert client.code("POST", PORT_IN, json=client.body() | {"documents": [letter]}) == 22171


def test_a_body_that_is_no_json_is_refused(client: Customer) -> None:
    assert client.code("POST", PORT_IN, content=b"{", headers={"content-type": "application/json"}) == 20001


def test_a_date_is_seven_days_ahead(simulator: Running, client: Customer) -> None:
    today = simulator.now().date()
    soon = (today + timedelta(days=6)).isoformat()
    assert client.code("POST", PORT_IN, json=client.body(target_port_in_date=soon)) == 20001
    simulator.script("o1", {"foc_as_requested": True, "sendings": [[{"says": "foc", "after_hours": 5}]]})
    day = (today + timedelta(days=7)).isoformat()
    sid = client.create(target_port_in_date=day, target_port_in_time_range_start="09:00:00-05:00")
    simulator.advance(7)
    assert client.get(sid)["phone_numbers"][0]["port_date"] == f"{day}T14:00:00Z"
    assert client.get(sid)["target_port_in_date"] == day


def test_cancelling(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT)
    sid = client.create()
    simulator.advance(30)
    client.call("DELETE", f"{PORT_IN}/{sid}", 204)
    assert client.stands(sid) == ("Canceled", ["canceled"] * 2)
    assert client.get(sid)["order_cancellation_reason"]
    assert client.code("DELETE", f"{PORT_IN}/{sid}") == 20001
    simulator.advance(200)
    assert client.stands(sid)[0] == "Canceled"


def test_a_cancellation_under_review(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT | {"cancel_hours": 3})
    sid = client.create()
    client.call("DELETE", f"{PORT_IN}/{sid}", 204)
    assert client.stands(sid)[1] == ["canceling"] * 2
    simulator.advance(3.1)
    assert client.stands(sid) == ("Canceled", ["canceled"] * 2)


def test_what_has_moved_cannot_be_withdrawn_and_a_script_may_freeze_sooner(
    simulator: Running, client: Customer
) -> None:
    simulator.script("o1", SCRIPT | {"frozen_hours": 48})
    sid = client.create()
    simulator.advance(21.5 + 52.1)
    assert client.code("DELETE", f"{PORT_IN}/{sid}") == 20001
    simulator.advance(60)
    assert client.stands(sid)[0] == "Completed"
    assert client.code("DELETE", f"{PORT_IN}/{sid}") == 20001


def test_leaving_numbers_out_ends_with_a_cancelled_request(simulator: Running, client: Customer) -> None:
    sid = client.create()
    first, second = (n["port_in_phone_number_sid"] for n in client.get(sid)["phone_numbers"])
    client.call("DELETE", f"{PORT_IN}/{sid}/PhoneNumber/{first}", 204)
    assert client.stands(sid) == ("Waiting for Signature", ["canceled", "waiting_for_signature"])
    assert client.code("DELETE", f"{PORT_IN}/{sid}/PhoneNumber/{first}") == 20001
    assert client.call("GET", f"/numbers/v1/Porting/Portability/PhoneNumber/{NUMBERS[0]}")["portable"] is True
    client.call("DELETE", f"{PORT_IN}/{sid}/PhoneNumber/{second}", 204)
    assert client.stands(sid) == ("Canceled", ["canceled"] * 2)
    client.call("DELETE", f"{PORT_IN}/{sid}/PhoneNumber/PU{'0' * 32}", 404)


def test_the_vendor_divides_no_request(simulator: Running, client: Customer) -> None:
    sid = client.create()
    with pytest.raises(ValueError, match="split"):
        simulator.say(sid, "split", numbers=NUMBERS[:1])
    simulator.script("o2", {"split": [NUMBERS[:1], NUMBERS[1:]], "split_after_hours": 2})
    client.call("DELETE", f"{PORT_IN}/{sid}", 204)
    other = client.create(name="o2:1")
    simulator.advance(3)
    assert [order["id"] for order in simulator.orders("o2")] == [other]


def test_pages_and_filters(simulator: Running, client: Customer) -> None:
    sids = [client.create([f"+1212555{n:04d}"], f"o{n}:1") for n in range(5)]
    client.call("DELETE", f"{PORT_IN}/{sids[3]}", 204)
    path = f"{PORT_IN}/PortInRequests"
    seen, token = [], ""
    while True:
        page = client.call("GET", path, params={"Size": 2, **({"Token": token} if token else {})})
        seen += [row["port_in_request_sid"] for row in page["port_in_requests"]]
        if not (token := page["meta"]["next_token"] or ""):
            break
    assert seen == sids

    def found(**params: str) -> list[str]:
        return [row["port_in_request_sid"] for row in client.call("GET", path, params=params)["port_in_requests"]]

    today = simulator.now().date()
    assert found(PortInRequestStatus="canceled") == [sids[3]]
    assert found(PortInRequestSid=f"{sids[0]},{sids[4]}") == [sids[0], sids[4]]
    assert found(CreatedAfter=today.isoformat()) == sids
    assert found(CreatedAfter=(today + timedelta(days=1)).isoformat()) == []
    assert found(CreatedBefore=(today - timedelta(days=1)).isoformat()) == []
    for bad in ({"Size": "0"}, {"Size": "101"}, {"Size": "x"}, {"Token": "KW0"}, {"CreatedAfter": "then"}):
        assert client.code("GET", path, params=bad) == 20001


def test_an_account_sees_its_own_requests_only(simulator: Running, client: Customer) -> None:
    sid = client.create()
    other = Customer(simulator.url, "AC" + "b" * 32)
    assert other.code("GET", f"{PORT_IN}/{sid}", 404) == 20404
    assert other.code("DELETE", f"{PORT_IN}/{sid}", 404) == 20404
    assert other.call("GET", f"{PORT_IN}/PortInRequests")["port_in_requests"] == []
    assert other.code("POST", PORT_IN, json=other.body() | {"documents": [client.document()]}) == 20001


def test_a_second_request_is_told_what_is_said_to_a_second_sending(simulator: Running, client: Customer) -> None:
    no, yes = {"says": "reject", "after_hours": 5}, {"says": "foc", "after_hours": 5, "foc_hours": 100}
    simulator.script(NUMBERS[0], {"sendings": [[no], [yes]]})
    sid = client.create(name="my bill")
    simulator.advance(7)
    assert client.stands(sid)[0] == "Action Required"
    client.call("DELETE", f"{PORT_IN}/{sid}", 204)
    again = client.create(name="my bill")
    simulator.advance(7)
    assert client.stands(again)[1] == ["port_pending"] * 2


@pytest.mark.parametrize(
    ("kind", "status"), [("rate_limited", 429), ("internal", 500), ("unavailable", 503), ("refused", 422)]
)
def test_faults_answer_in_its_words_and_change_nothing(
    simulator: Running, client: Customer, kind: str, status: int
) -> None:
    body = client.body()
    simulator.fault(kind, operation="CreatePortingPortIn", reference="o1")
    response = client.http.post(PORT_IN, json=body)
    assert response.status_code == response.json()["status"] == status
    assert simulator.orders("o1") == []
    client.call("POST", PORT_IN, 202, json=body)


def test_a_lost_answer_leaves_the_request(simulator: Running, client: Customer) -> None:
    body = client.body()
    simulator.fault("no_answer", operation="CreatePortingPortIn")
    with pytest.raises(httpx2.HTTPError):
        client.http.post(PORT_IN, json=body)
    (order,) = simulator.orders("o1")
    assert client.stands(order["id"])[0] == "Waiting for Signature"


def test_numbers_that_do_not_come_into_service(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT | {"dead_numbers": 1, "dead_hours": 5})
    sid = client.create()
    simulator.advance(122)
    assert client.stands(sid) == ("Action Required", ["port_rejected", "completed"])
    simulator.advance(6)
    assert client.stands(sid) == ("Completed", ["completed"] * 2)
