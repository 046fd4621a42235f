"""Requests that go wrong on demand: what happened, and what did not."""

from __future__ import annotations

import httpx2
import pytest

from portolan.simulator.testing import Running
from tests.simulator.customer import NUMBERS, Customer

CREATE = "CreatePortingOrder"
BODY = {"phone_numbers": NUMBERS, "customer_reference": "o1:1"}


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("rate_limited", 429, "10011"),
        ("internal", 500, "10007"),
        ("bad_gateway", 502, "10007"),
        ("unavailable", 503, "10007"),
        ("refused", 422, "10015"),
    ],
)
def test_a_fault_with_a_status_has_no_effect(
    simulator: Running, customer: Customer, kind: str, status: int, code: str
) -> None:
    simulator.fault(kind, operation=CREATE, retry_after=7)
    response = customer.http.post("/porting_orders", json=BODY)
    assert response.status_code == status
    assert response.json()["errors"][0]["code"] == code
    assert response.headers.get("retry-after") == ("7" if status in {429, 503} else None)
    assert simulator.orders() == []
    customer.draft()
    assert len(simulator.orders()) == 1, "it strikes once"


@pytest.mark.parametrize(("kind", "made"), [("no_answer", 1), ("not_received", 0), ("reset", 0)])
def test_a_request_without_an_answer(simulator: Running, customer: Customer, kind: str, made: int) -> None:
    simulator.fault(kind)
    with pytest.raises(httpx2.TransportError):
        customer.http.post("/porting_orders", json=BODY)
    assert len(simulator.orders()) == made
    assert simulator.calls()[-1]["outcome"] == kind
    customer.call("GET", "/porting_orders")


def test_a_reset_is_a_reset(simulator: Running, customer: Customer) -> None:
    simulator.fault("reset")
    with pytest.raises(httpx2.ReadError):
        customer.http.get("/porting_orders")


def test_a_refusal_after_effect_is_nothing_but_the_answer_lost(simulator: Running, customer: Customer) -> None:
    (order,) = customer.draft()
    simulator.fault("no_answer", operation="ConfirmPortingOrder")
    with pytest.raises(httpx2.RemoteProtocolError):
        customer.confirm(order)
    assert customer.status(order) == "draft", "it would have been refused"


def test_faults_are_by_account_operation_reference_and_count(simulator: Running, customer: Customer) -> None:
    other = Customer(simulator.url, "KEY-2")
    (order,) = customer.draft("o1:1")
    account = simulator.orders()[0]["account"]
    simulator.fault("internal", account=account, operation="GetPortingOrder", reference="o1", skip=1, times=2)
    other_order = other.draft("o1:1")[0]
    other.get(other_order)
    customer.get(customer.draft("o2:1")[0])
    customer.call("GET", "/porting_orders")
    customer.get(order)
    customer.errors("GET", f"/porting_orders/{order}", 500)
    customer.errors("GET", f"/porting_orders/{order}", 500)
    customer.get(order)
    assert simulator.control("GET", "/faults") == []


def test_a_scripts_faults_strike_its_order(simulator: Running, customer: Customer) -> None:
    faults = [
        {"call": "submit", "kind": "lost_answer"},
        {"call": "get", "kind": "outage", "times": 2},
        {"call": "cancel", "kind": "refuse"},
        {"call": "find", "kind": "lost_request"},
    ]
    simulator.script("o1", {"faults": faults})
    with pytest.raises(httpx2.RemoteProtocolError):
        customer.draft()
    assert [each["reference"] for each in simulator.orders()] == ["o1:1"]
    with pytest.raises(httpx2.RemoteProtocolError):
        customer.call("GET", "/porting_orders", params={"filter[customer_reference]": "o1:1"})
    (held,) = customer.call("GET", "/porting_orders", params={"filter[customer_reference]": "o1:1"})
    for _ in range(2):
        assert customer.errors("GET", f"/porting_orders/{held['id']}", 503)
    customer.get(held["id"])
    customer.complete(held["id"])
    customer.confirm(held["id"])
    assert customer.errors("POST", f"/porting_orders/{held['id']}/actions/cancel", 422)
    customer.call("POST", f"/porting_orders/{held['id']}/actions/cancel")


def test_faults_can_be_taken_back(simulator: Running, customer: Customer) -> None:
    simulator.control("POST", "/faults", [{"kind": "internal", "times": 9}, {"kind": "late"}])
    simulator.control("DELETE", "/faults")
    customer.draft()


@pytest.mark.parametrize("fault", [{"kind": "sulks"}, {"kind": "internal", "times": 0}, {"kind": "late", "who": "x"}])
def test_a_fault_nobody_knows_is_refused(simulator: Running, fault: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="422"):
        simulator.control("POST", "/faults", fault)
