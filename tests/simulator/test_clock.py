"""Time: the simulator's, each order's own, and what is due by when; and the state that outlives the process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portolan.carriers.http import SIMULATED_NOW
from portolan.simulator.behaviour import drawn
from portolan.simulator.testing import Running, running
from tests.simulator.customer import Customer
from tests.simulator.inbox import Inbox

SCRIPT = {"sendings": [[{"says": "approve", "after_hours": 24}, {"says": "foc", "after_hours": 48, "foc_hours": 72}]]}


def test_a_request_moves_the_order_it_is_about_and_no_other(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", SCRIPT)
    simulator.script("o2", SCRIPT)
    (first,), (second,) = customer.sent("o1:1"), customer.sent("o2:1")
    later = {SIMULATED_NOW: (simulator.now() + timedelta(hours=49)).isoformat()}
    told = customer.call("GET", f"/porting_orders/{first}", headers=later)
    assert told["status"]["value"] == "foc-date-confirmed"
    assert customer.status(first) == "foc-date-confirmed", "never back"
    earlier = {SIMULATED_NOW: (simulator.now() - timedelta(hours=49)).isoformat()}
    told = customer.call("GET", f"/porting_orders/{first}", headers=earlier)
    assert told["status"]["value"] == "foc-date-confirmed"
    assert customer.status(second) == "in-process"
    (listed,) = customer.call("GET", "/porting_orders", headers=later, params={"filter[customer_reference]": "o2:1"})
    assert listed["status"]["value"] == "foc-date-confirmed", "a look by reference moves it, too"


def test_an_order_created_in_the_future_begins_there(simulator: Running, customer: Customer) -> None:
    then = simulator.now() + timedelta(days=400)
    (order,) = customer.draft(headers={SIMULATED_NOW: then.isoformat()})
    assert customer.get(order)["created_at"].startswith(f"{then:%Y-%m-%dT%H:%M}")


@pytest.mark.parametrize("nonsense", ["", "yesterday", "9999-99-99", "0001-01-01T00:00:00+14:00"])
def test_a_moment_nobody_can_read_is_no_moment(customer: Customer, nonsense: str) -> None:
    customer.draft(headers={SIMULATED_NOW: nonsense})


def test_one_orders_clock_moves_alone_and_its_messages_are_sent(
    simulator: Running, customer: Customer, inbox: Inbox
) -> None:
    simulator.script("o1", SCRIPT)
    simulator.script("o2", SCRIPT)
    customer.sent("o1:1")
    customer.sent("o2:1")
    before = simulator.now()
    assert simulator.move(before + timedelta(hours=30), reference="o1") == 2
    assert inbox.statuses() == ["in-process", "submitted"]
    assert simulator.now() - before < timedelta(hours=1)
    statuses = {each["reference"]: each["status"] for each in simulator.orders()}
    assert statuses == {"o1:1": "accepted", "o2:1": "received"}


def test_due_is_the_next_messages_moment(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", SCRIPT)
    assert simulator.due("o1") is None
    (order,) = customer.sent()
    simulator.advance(0)
    sent = simulator.due("o1")
    assert sent is not None
    for hours in (24, 24, 72):
        due = simulator.due("o1")
        assert due is not None
        assert due == simulator.due("o1:1") == simulator.due(order)
        assert simulator.move(due - timedelta(seconds=5), "o1") == 0
        assert simulator.move(due, "o1") == 1
        assert due - sent in {timedelta(0), timedelta(hours=24), timedelta(hours=96)}, hours
    simulator.advance(1)
    assert simulator.due("o1") is None


def test_the_clock_does_not_go_back(simulator: Running) -> None:
    simulator.advance(10)
    before = simulator.now()
    simulator.move(before - timedelta(days=3))
    assert simulator.now() >= before


@pytest.mark.parametrize("body", [{}, {"to": "2030-01-01T00:00:00Z", "advance_hours": 1}, {"advance_hours": -1}])
def test_a_move_that_says_nothing_is_refused(simulator: Running, body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="422"):
        simulator.control("POST", "/clock", body)


def test_in_real_time_it_looks_by_itself(inbox: Inbox) -> None:
    with running(webhooks=inbox.url, tick_seconds=0.01) as simulator:
        Customer(simulator.url).sent()
        for _ in range(500):
            if inbox.arrived or simulator.now() is None:
                break
        assert inbox.statuses() == ["in-process"]


def test_the_state_outlives_the_process(tmp_path: Path, inbox: Inbox) -> None:
    path = tmp_path / "deep" / "simulator.db"
    with running(path=path, webhooks=inbox.url) as simulator:
        simulator.script("o1", SCRIPT)
        (order,) = Customer(simulator.url).sent()
        simulator.advance(25)
        simulator.fault("internal", operation="GetPortingOrder")
        moved = simulator.now()
    with running(path=path, webhooks=inbox.url) as simulator:
        assert simulator.now() >= moved
        customer = Customer(simulator.url)
        customer.errors("GET", f"/porting_orders/{order}", 500)
        assert customer.status(order) == "submitted"
        simulator.advance(24)
        assert inbox.statuses() == ["in-process", "submitted", "foc-date-confirmed"]
        simulator.forget()
        assert simulator.orders() == []
        assert simulator.now() < moved


def walked(seed: str) -> list[tuple[object, ...]]:
    """What becomes of eight orders in forty days."""
    with running(seed=seed) as simulator:
        customer = Customer(simulator.url)
        start = datetime(2040, 3, 5, 9, tzinfo=UTC)
        for number in range(8):
            (order,) = customer.draft(f"s{number}:1", headers={SIMULATED_NOW: start.isoformat()})
            customer.complete(order)
            customer.confirm(order)
        seen = []
        for day in (3, 10, 40):
            simulator.move(start + timedelta(days=day))
            seen += [(each["id"], each["status"], each["foc_at"]) for each in simulator.orders()]
        return seen


def test_a_seed_decides_everything() -> None:
    first, again, other = walked("a"), walked("a"), walked("b")
    assert first == again
    assert [each[1:] for each in first] != [each[1:] for each in other]
    assert {status for _, status, _ in first} >= {"rejected", "ported"}


def test_without_a_seed_all_goes_well() -> None:
    assert [[saying.says for saying in sending] for sending in drawn("", "x").sendings] == [["approve", "foc"]]
