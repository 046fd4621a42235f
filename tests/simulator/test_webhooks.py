"""Messages: signed, in order, by each order's clock; and every way in which they can go wrong."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portolan.carriers.accounts import TelnyxAccount
from portolan.simulator import PUBLIC_KEY
from portolan.simulator.testing import Running, running
from tests.simulator.customer import Customer
from tests.simulator.inbox import Arrived, Inbox, receiving

SCRIPT = {
    "sendings": [[{"says": "approve", "after_hours": 1}, {"says": "foc", "after_hours": 2, "foc_hours": 72}]],
    "messaging_hours": 1,
}
ALL = ["in-process", "submitted", "foc-date-confirmed", "ported"]


def verify(arrived: Arrived) -> None:
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(PUBLIC_KEY))
    signed = f"{arrived.headers['telnyx-timestamp']}|".encode() + arrived.content
    key.verify(base64.b64decode(arrived.headers["telnyx-signature-ed25519"]), signed)


def test_the_accounts_file_knows_the_key(simulator: Running) -> None:
    assert TelnyxAccount.AT_SIMULATOR["public_key"] == PUBLIC_KEY
    assert simulator.control("GET", "/keys")["telnyx"]["public_key"] == PUBLIC_KEY


def test_every_change_is_told_in_order_and_signed(simulator: Running, customer: Customer, inbox: Inbox) -> None:
    simulator.script("o1", SCRIPT)
    (order,) = customer.sent()
    assert simulator.advance(200) == 4
    assert inbox.statuses() == ALL
    for arrived in inbox.arrived:
        verify(arrived)
    told = inbox.arrived[2].body
    assert told["data"]["payload"]["id"] == order
    assert told["data"]["payload"]["customer_reference"] == "o1:1"
    assert told["meta"] == {"attempt": 1, "delivered_to": inbox.url}
    moments = [arrived.body["data"]["occurred_at"] for arrived in inbox.arrived]
    assert moments == sorted(moments)
    assert len({arrived.body["data"]["id"] for arrived in inbox.arrived}) == 4


def test_messages_of_several_orders_arrive_in_the_order_of_time(
    simulator: Running, customer: Customer, inbox: Inbox
) -> None:
    simulator.script("late", {"sendings": [[{"says": "approve", "after_hours": 3}]]})
    simulator.script(
        "early", {"sendings": [[{"says": "approve", "after_hours": 1}, {"says": "reject", "after_hours": 5}]]}
    )
    customer.sent("late:1")
    customer.sent("early:1")
    simulator.advance(6)
    told = [arrived.body["data"]["payload"] for arrived in inbox.arrived]
    assert [(each["customer_reference"], each["status"]["value"]) for each in told] == [
        ("late:1", "in-process"),
        ("early:1", "in-process"),
        ("early:1", "submitted"),
        ("late:1", "submitted"),
        ("early:1", "exception"),
    ]


def test_messaging_and_deletion_come_without_the_envelope(simulator: Running, customer: Customer, inbox: Inbox) -> None:
    simulator.script("o1", SCRIPT)
    customer.sent(messaging={"enable_messaging": True})
    (draft,) = customer.draft("o2:1")
    customer.call("DELETE", f"/porting_orders/{draft}", 204)
    simulator.advance(80)
    flat = {arrived.body["event_type"]: arrived for arrived in inbox.arrived if "data" not in arrived.body}
    assert set(flat) == {"porting_order.messaging_changed", "porting_order.deleted"}
    assert flat["porting_order.messaging_changed"].body["payload"]["messaging"]["messaging_port_status"] == "ported"
    for arrived in flat.values():
        verify(arrived)


def test_an_orders_own_address_counts_before_the_general_one(
    simulator: Running, customer: Customer, inbox: Inbox
) -> None:
    with receiving() as other:
        customer.sent(webhook_url=other.url)
        simulator.advance(1)
        assert other.statuses() == ["in-process"]
        assert inbox.arrived == []


def test_without_an_address_nothing_is_sent() -> None:
    with running() as simulator:
        Customer(simulator.url).sent()
        assert simulator.advance(48) == 0
        assert simulator.messages() == []


def test_a_receiver_that_fails_gets_it_again_and_then_no_more(
    simulator: Running, customer: Customer, inbox: Inbox
) -> None:
    customer.sent()
    inbox.answers = [500, 503]
    simulator.advance(0)
    assert simulator.advance(1) == 2
    assert [arrived.body["meta"]["attempt"] for arrived in inbox.arrived] == [1, 2, 3]
    assert len({arrived.body["data"]["id"] for arrived in inbox.arrived}) == 1
    inbox.answers = [500] * 4
    simulator.say("o1", "approve")
    simulator.advance(1)
    assert [message["outcome"] for message in simulator.messages()] == ["200", "500"]


@pytest.mark.parametrize(
    ("kind", "skip", "told"),
    [
        ("dropped", 1, ["in-process", "foc-date-confirmed", "ported"]),
        ("duplicated", 1, ["in-process", "submitted", "submitted", "foc-date-confirmed", "ported"]),
        ("swapped", 1, ["in-process", "foc-date-confirmed", "submitted", "ported"]),
        ("late", 0, ["submitted", "foc-date-confirmed", "in-process", "ported"]),
    ],
)
def test_messages_go_wrong_on_demand(
    simulator: Running, customer: Customer, inbox: Inbox, kind: str, skip: int, told: list[str]
) -> None:
    simulator.script("o1", SCRIPT)
    simulator.fault(kind, skip=skip, hours=10, reference="o1")
    (order,) = customer.sent()
    simulator.advance(80)
    assert inbox.statuses() == told
    assert customer.status(order) == "ported", "the truth is another matter"


def test_a_duplicate_is_the_same_message(simulator: Running, customer: Customer, inbox: Inbox) -> None:
    simulator.fault("duplicated")
    customer.sent()
    simulator.advance(0)
    first, second = inbox.arrived
    assert first.content == second.content


@pytest.mark.parametrize("habit", ["twice", "reversed", "lost"])
def test_scripts_say_how_messages_arrive(simulator: Running, customer: Customer, inbox: Inbox, habit: str) -> None:
    simulator.script("o1", {**SCRIPT, "messages": habit})
    customer.sent()
    simulator.advance(80)
    assert (
        inbox.statuses()
        == {
            "twice": [status for status in ALL for _ in (1, 2)],
            "reversed": ["submitted", "in-process", "ported", "foc-date-confirmed"],
            "lost": [],
        }[habit]
    )


def test_a_message_that_waits_for_one_that_never_comes_is_sent_all_the_same(
    simulator: Running, customer: Customer, inbox: Inbox
) -> None:
    simulator.script("o1", {"sendings": [[]]})
    simulator.fault("swapped")
    customer.sent()
    simulator.advance(23)
    assert inbox.arrived == []
    simulator.advance(2)
    assert inbox.statuses() == ["in-process"]


def test_unsigned_and_wrongly_signed(simulator: Running, customer: Customer, inbox: Inbox) -> None:
    simulator.fault("unsigned")
    simulator.fault("wrongly_signed")
    customer.sent()
    simulator.say("o1", "approve")
    simulator.say("o1", "foc", foc_hours=72)
    unsigned, wrong, good = inbox.arrived
    assert "telnyx-signature-ed25519" not in unsigned.headers
    with pytest.raises(InvalidSignature):
        verify(wrong)
    verify(good)


def test_events_are_on_record_and_sent_again(simulator: Running, customer: Customer, inbox: Inbox) -> None:
    simulator.script("o1", SCRIPT)
    start = simulator.now()
    (order,) = customer.sent()
    simulator.advance(2)
    events = customer.call("GET", "/porting/events", params={"filter[porting_order_id]": order})
    assert [event["payload"]["status"]["value"] for event in events] == ALL[2::-1]
    until = (start + timedelta(minutes=90)).isoformat()
    early = customer.call("GET", "/porting/events", params={"filter[created_at][lte]": until})
    assert [event["id"] for event in early] == [event["id"] for event in events[1:]]
    late = customer.call("GET", "/porting/events", params={"filter[created_at][gte]": until})
    assert [event["id"] for event in late] == [events[0]["id"]]
    customer.call("POST", f"/porting/events/{events[2]['id']}/republish", 204)
    simulator.advance(0)
    assert inbox.arrived[-1].body["data"]["id"] == events[2]["id"]
    assert customer.errors("POST", "/porting/events/nothing/republish", 404)
