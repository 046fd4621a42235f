"""Bandwidth's port-ins: drafts, letters, states, supplements, freezes, activation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from portolan.carriers.accounts import BandwidthAccount
from portolan.simulator.bandwidth.protocol import PASSWORD, USER
from portolan.simulator.testing import Running, running
from tests.simulator.bandwidth_customer import MONDAY, NUMBERS, SUBSCRIBER, Customer, digits, tns

NEW_YORK = ZoneInfo("America/New_York")
SCRIPT: dict[str, Any] = {
    "sendings": [[{"says": "approve", "after_hours": 10}, {"says": "foc", "after_hours": 20, "foc_hours": 96}]]
}
PIN = "<WirelessInfo><AccountNumber>4711</AccountNumber><PinNumber>42</PinNumber></WirelessInfo>"


@pytest.fixture
def simulator() -> Iterator[Running]:
    with running(start=MONDAY) as made:
        yield made


@pytest.fixture
def client(simulator: Running) -> Customer:
    return Customer(simulator.url)


def foc(client: Customer, order: str) -> datetime:
    return datetime.fromisoformat(client.get(order)["ActualFocDate"])


def test_the_well_known_user_is_taken_by_a_strict_simulator_and_no_other() -> None:
    filled = BandwidthAccount.AT_SIMULATOR
    assert (filled["username"], filled["password"].get_secret_value()) == (USER, PASSWORD)
    with running(strict=True) as simulator:
        Customer(simulator.url, "1", USER, PASSWORD).call("GET", "/portins")
        Customer(simulator.url, "1", USER, "guess").call("GET", "/portins", 401)
        response = httpx2.get(f"{simulator.url}/bandwidth/api/accounts/1/portins")
        assert response.status_code == 401


def test_an_order_goes_from_its_letter_to_arrival(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT)
    order = client.create()
    assert client.state(order) == "PENDING_DOCUMENTS"
    simulator.advance(50)
    assert client.state(order) == "PENDING_DOCUMENTS"
    client.letter(order)
    assert client.state(order) == "SUBMITTED"
    simulator.advance(19)
    assert client.state(order) == "SUBMITTED"
    simulator.advance(1.1)
    assert client.state(order) == "FOC"
    at = foc(client, order).astimezone(NEW_YORK)
    assert (at.hour, at.minute) == (11, 30)
    simulator.move(at - timedelta(minutes=1))
    assert client.state(order) == "FOC"
    simulator.move(at)
    assert client.state(order) == "COMPLETE"
    states = client.call("GET", f"/portins/{order}/history").all("Status")
    assert states == ["PENDING_DOCUMENTS", "SUBMITTED", "FOC", "COMPLETE"]


def test_a_draft_is_deleted_after_48_hours_untouched(simulator: Running, client: Customer) -> None:
    draft = "<ProcessingStatus>DRAFT</ProcessingStatus>"
    order = client.create(more=draft)
    simulator.advance(47)
    client.change(order, more=PIN)
    simulator.advance(47)
    assert client.state(order) == "DRAFT"
    assert client.call("GET", f"/portins/{order}/history")["Code"] == "7710"
    simulator.advance(1.1)
    client.call("GET", f"/portins/{order}", 404)


def test_drafts_are_listed_where_they_are_asked_for(client: Customer) -> None:
    draft = client.create(more="<ProcessingStatus>DRAFT</ProcessingStatus>")
    assert client.call("GET", "/portins?customerOrderId=o1 1").all("OrderId") == []
    assert client.call("GET", "/portins?customerOrderId=o1 1&status=draft").all("OrderId") == [draft]
    client.letter(draft)
    sent = client.change(draft, more="<ProcessingStatus>SUBMITTED</ProcessingStatus>")
    assert sent["ProcessingStatus"] == "SUBMITTED"
    assert client.call("GET", "/portins?customerOrderId=o1 1").all("OrderId") == [draft]


def test_a_rejection_and_its_supplement(simulator: Running, client: Customer) -> None:
    no = {"says": "reject", "after_hours": 5, "reason": "PIN_INVALID", "text": "the PIN", "numbers": NUMBERS[:1]}
    simulator.script("o1", {"sendings": [[no], [{"says": "foc", "after_hours": 5, "foc_hours": 96}]]})
    order = client.sent()
    simulator.advance(6)
    shown = client.get(order)
    assert (shown["ProcessingStatus"], shown["Code"], shown["Description"]) == ("EXCEPTION", "7435", "the PIN")
    assert shown.all("Tn") == [digits(NUMBERS[0])]
    answer = client.change(order, reference="o1 2", more=PIN)
    assert (answer["Code"], answer["ProcessingStatus"]) == ("200", "REQUESTED_SUPP")
    simulator.advance(6)
    shown = client.get(order)
    assert (shown["ProcessingStatus"], shown["PinNumber"], shown["CustomerOrderId"]) == ("FOC", "42", "o1 2")
    assert shown.all("Errors") == []


def test_reasons_bandwidth_has_no_code_for_come_from_its_vendor_or_as_other(
    simulator: Running, client: Customer
) -> None:
    told = {}
    for index, reason in enumerate(("LOA_ILLEGIBLE", "JEOPARDY")):
        simulator.script(f"o{index}", {"sendings": [[{"says": "reject", "after_hours": 0, "reason": reason}]]})
        shown = client.get(client.sent(f"o{index} 1", [f"+1212555010{index}"]))
        told[reason] = (shown["Code"], shown["Description"].split()[0].startswith("LNP"))
    assert told == {"LOA_ILLEGIBLE": ("7999", True), "JEOPARDY": ("7417", False)}


def test_words_nobody_knows_are_shown_as_they_are(simulator: Running, client: Customer) -> None:
    simulator.script("o1", {"sendings": [[{"says": "puzzle", "after_hours": 1, "raw": "MOONSTRUCK"}]]})
    order = client.sent()
    simulator.advance(2)
    assert client.state(order) == "MOONSTRUCK"


def test_what_is_created_may_be_an_exception_already(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT | {"not_portable": {NUMBERS[1]: "RATE_CENTER"}})
    answer = client.call("POST", "/portins", 201, client.order())
    assert (answer["ProcessingStatus"], answer.all("Code")[-1]) == ("EXCEPTION", "7004")
    assert answer.all("Tn") == [digits(NUMBERS[1])]
    client.letter(answer["OrderId"])
    simulator.advance(30)
    assert client.state(answer["OrderId"]) == "EXCEPTION"
    assert client.change(answer["OrderId"], numbers=NUMBERS[:1])["ProcessingStatus"] == "REQUESTED_SUPP"
    simulator.advance(30)
    assert client.state(answer["OrderId"]) == "FOC"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda body: body.replace("<SiteId>743</SiteId>", ""), "7309"),
        (lambda body: body.replace(SUBSCRIBER, ""), "7100"),
        (lambda body: body.replace(tns(NUMBERS, "PhoneNumber"), ""), "7100"),
        (lambda body: body.replace("<LoaAuthorizingPerson>Ada</LoaAuthorizingPerson>", ""), "7100"),
    ],
)
def test_an_order_has_to_name_some_things(client: Customer, wrong: Any, code: str) -> None:
    answer = client.call("POST", "/portins", 400, wrong(client.order()))
    assert answer.all("Code") == ["400", code]
    assert client.call("GET", "/portins")["TotalCount"] == "0"


@pytest.mark.parametrize("body", ["", "{}", "<LnpOrder>", "<Other/>", '<!DOCTYPE x [<!ENTITY a "b">]><LnpOrder/>'])
def test_what_is_no_order_is_refused(client: Customer, body: str) -> None:
    client.call("POST", "/portins", 400, body)


def test_a_number_is_in_one_order_only(simulator: Running, client: Customer) -> None:
    first = client.sent()
    draft = client.create("o2 1", NUMBERS[:1], "<ProcessingStatus>DRAFT</ProcessingStatus>")
    given: dict[str, Any] = {"reference": "o2 1", "numbers": NUMBERS[:1]}
    refused = client.change(draft, 400, "<ProcessingStatus>SUBMITTED</ProcessingStatus>", **given)
    assert refused.all("Code")[-1] == "7205"
    client.call("DELETE", f"/portins/{first}")
    client.change(draft, 200, "<ProcessingStatus>SUBMITTED</ProcessingStatus>", **given)


@pytest.mark.parametrize(("days", "code"), [(0, ""), (30, ""), (31, "7210"), (-1, "7209"), (5, "7207")])
def test_the_date_asked_for(client: Customer, days: int, code: str) -> None:
    day = (MONDAY + timedelta(days=days)).date().isoformat()
    answer = client.call("POST", "/portins", 201, client.order(more=f"<RequestedFocDate>{day}</RequestedFocDate>"))
    assert [answer.all("Code")[-1] if answer.all("Errors") else ""] == [code]


def test_nothing_is_changed_in_the_last_24_hours(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT)
    order = client.sent()
    simulator.advance(21)
    at = foc(client, order)
    simulator.move(at - timedelta(hours=24, minutes=1))
    assert client.change(order, more=PIN)["ProcessingStatus"] == "REQUESTED_SUPP"
    simulator.advance(21)
    at = foc(client, order)
    simulator.move(at - timedelta(hours=23, minutes=59))
    assert client.change(order, 400, more=PIN.replace("42", "43")).all("Code")[-1] == "7635"
    assert client.call("DELETE", f"/portins/{order}", 400).all("Code")[-1] == "7635"
    assert client.change(order, more="<PeerId>9</PeerId>" + PIN)["ProcessingStatus"] == "FOC"
    simulator.move(at)
    assert client.call("DELETE", f"/portins/{order}", 400).all("Code")[-1] == "7304"
    assert client.change(order, 400, more=PIN).all("Code")[-1] == "7304"


def test_a_change_the_losing_carrier_need_not_know_leaves_the_foc(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT)
    order = client.sent()
    simulator.advance(21)
    at = foc(client, order)
    client.change(order, more="<PeerId>9</PeerId>")
    assert (client.state(order), foc(client, order), client.get(order)["PeerId"]) == ("FOC", at, "9")


def test_cancelling(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT | {"cancel_hours": 3})
    order = client.sent()
    client.call("DELETE", f"/portins/{order}")
    assert client.state(order) == "REQUESTED_CANCEL"
    simulator.advance(3.1)
    assert client.state(order) == "CANCELLED"
    client.call("DELETE", f"/portins/{order}")
    draft = client.create("o2 1", more="<ProcessingStatus>DRAFT</ProcessingStatus>")
    client.call("DELETE", f"/portins/{draft}")
    client.call("GET", f"/portins/{draft}", 404)


def on_demand(simulator: Running, client: Customer) -> tuple[str, datetime]:
    """An order whose numbers wait for the 14th, with the moment the window opens."""
    simulator.script("o1", {"foc_as_requested": True, "sendings": [[{"says": "foc", "after_hours": 2}]]})
    more = "<Triggered>true</Triggered><RequestedFocDate>2030-03-14T22:00:00-04:00</RequestedFocDate>"
    order = client.sent(more=more)
    simulator.advance(3)
    return order, datetime(2030, 3, 14, 5, tzinfo=NEW_YORK)


def trigger(client: Customer, order: str, status: int, at: datetime) -> str:
    body = f"<ActivationStatus><AutoActivationDate>{at.isoformat()}</AutoActivationDate></ActivationStatus>"
    return client.call("PUT", f"/portins/{order}/activationStatus", status, body)["ErrorCode"]


def test_activation_on_demand_has_its_hours(simulator: Running, client: Customer) -> None:
    order, opens = on_demand(simulator, client)
    simulator.move(opens - timedelta(minutes=1))
    assert trigger(client, order, 400, opens - timedelta(hours=1)) == "7342"
    simulator.move(opens + timedelta(minutes=1))
    waiting = client.call("GET", f"/portins/{order}/activationStatus")
    assert waiting.root.find(".//ActivatedTelephoneNumbersList/TelephoneNumber") is None
    assert trigger(client, order, 200, opens) == ""
    assert client.state(order) == "COMPLETE"
    moved = client.call("GET", f"/portins/{order}/activationStatus")
    assert moved.all("TelephoneNumber") == [digits(number) for number in NUMBERS]
    assert trigger(client, order, 404, opens) == "7348"


def test_numbers_nobody_triggers_move_at_the_end_or_at_the_time_given(simulator: Running, client: Customer) -> None:
    order, opens = on_demand(simulator, client)
    simulator.move(opens + timedelta(hours=16, minutes=50))
    assert client.state(order) == "FOC"
    simulator.move(opens + timedelta(hours=17))
    assert client.state(order) == "COMPLETE"
    simulator.forget()
    order, opens = on_demand(simulator, client)
    simulator.move(opens)
    assert trigger(client, order, 400, opens + timedelta(hours=18)) == "7342"
    trigger(client, order, 200, opens + timedelta(hours=4))
    simulator.move(opens + timedelta(hours=4, minutes=1))
    assert client.state(order) == "COMPLETE"


def test_an_order_at_1130_is_not_triggered(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SCRIPT)
    order = client.sent()
    simulator.advance(21)
    assert trigger(client, order, 400, MONDAY) == "7342"


def test_lists_by_number_date_and_page(simulator: Running, client: Customer) -> None:
    orders = [client.create(f"o{n} 1", [f"+1212555020{n}"]) for n in range(5)]
    seen, page = [], "1"
    while page:
        answer = client.call("GET", f"/portins?page={page}&size=2")
        seen += answer.all("OrderId")
        page = answer["next"].partition("page=")[2].partition("&")[0]
    assert seen == orders
    assert client.call("GET", "/portins?orderTn=2125550203").all("OrderId") == [orders[3]]
    today, later = MONDAY.date().isoformat(), (MONDAY + timedelta(days=1)).date().isoformat()
    assert client.call("GET", f"/portins?startdate={today}&enddate={today}")["TotalCount"] == "5"
    assert client.call("GET", f"/portins?startdate={later}&enddate={later}")["TotalCount"] == "0"
    assert client.call("GET", "/portins/totals?status=pending_documents")["Count"] == "5"
    assert client.call("GET", "/sites/743/portins")["TotalCount"] == "5"
    assert client.call("GET", "/sites/744/portins")["TotalCount"] == "0"
    for bad in (f"startdate={today}", f"customerOrderId=o1&date={today}", "size=0", "size=1001", "date=then"):
        client.call("GET", f"/portins?{bad}", 400)


def test_an_account_sees_its_own_orders_only(simulator: Running, client: Customer) -> None:
    order = client.sent()
    other = Customer(simulator.url, "777")
    other.call("GET", f"/portins/{order}", 404)
    other.call("DELETE", f"/portins/{order}", 404)
    assert other.call("GET", "/portins")["TotalCount"] == "0"


def test_a_lost_answer_leaves_the_order_and_a_fault_none(simulator: Running, client: Customer) -> None:
    simulator.fault("unavailable", operation="CreatePortin", reference="o1")
    client.call("POST", "/portins", 503, client.order())
    simulator.fault("rate_limited", operation="CreatePortin")
    assert client.call("POST", "/portins", 429, client.order()).headers["retry-after"] == "30"
    assert simulator.orders("o1") == []
    simulator.fault("no_answer", operation="CreatePortin")
    with pytest.raises(httpx2.HTTPError):
        client.create()
    assert len(client.call("GET", "/portins?customerOrderId=o1 1").all("OrderId")) == 1
