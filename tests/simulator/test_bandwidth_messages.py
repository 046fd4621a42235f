"""Bandwidth's messages: by subscription while it lives, by Basic challenge, and never twice."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from lxml import etree

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import BandwidthReceiver
from portolan.carriers.webhooks import Forged, Incoming
from portolan.simulator.testing import Running, running
from tests.simulator.bandwidth_customer import MONDAY, Customer
from tests.simulator.mailbox import Mailbox, open_mailbox

SCRIPT = {"sendings": [[{"says": "foc", "after_hours": 5, "foc_hours": 96}]]}
BASIC = f"Basic {base64.b64encode(b'simulator:simulator').decode()}"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with open_mailbox() as made:
        yield made


@pytest.fixture
def simulator() -> Iterator[Running]:
    with running(start=MONDAY) as made:
        yield made


@pytest.fixture
def client(simulator: Running) -> Customer:
    return Customer(simulator.url)


def subscription(url: str, seconds: int | None = None, order: str = "", credentials: bool = False) -> str:
    expiry = f"<Expiry>{seconds}</Expiry>" if seconds else ""
    basic = "<BasicAuthentication><Username>simulator</Username><Password>simulator</Password></BasicAuthentication>"
    given = f"<CallbackCredentials>{basic}</CallbackCredentials>" if credentials else ""
    one = f"<OrderId>{order}</OrderId>" if order else ""
    callback = f"<CallbackSubscription><URL>{url}</URL>{expiry}{given}</CallbackSubscription>"
    return f"<Subscription><OrderType>portins</OrderType>{one}{callback}</Subscription>"


def told(box: Mailbox) -> list[str]:
    roots = [etree.fromstring(letter.content) for letter in box.letters if letter.content]
    return [root.findtext("Status") or f"note: {root.findtext('Note')}" for root in roots]


def test_states_and_notes_of_the_desk_are_told(simulator: Running, client: Customer, box: Mailbox) -> None:
    simulator.script("o1", SCRIPT)
    client.call("POST", "/subscriptions", 201, subscription(box.url, 10_000_000))
    order = client.create()
    client.letter(order)
    simulator.advance(6)
    simulator.say(order, "comment", text="Nearly there")
    simulator.advance(150)
    assert told(box) == ["PENDING_DOCUMENTS", "SUBMITTED", "FOC", "note: Nearly there", "COMPLETE"]
    last = etree.fromstring(box.letters[-1].content)
    assert (last.tag, last.findtext("OrderId"), last.findtext("CustomerOrderId")) == ("Notification", order, "o1 1")
    assert len(last.findall("CompletedTelephoneNumbers/TelephoneNumber")) == 2


def test_a_cancellation_is_told_as_asked_for_and_as_done(simulator: Running, client: Customer, box: Mailbox) -> None:
    client.call("POST", "/subscriptions", 201, subscription(box.url))
    client.call("DELETE", f"/portins/{client.sent()}")
    simulator.advance(0.1)
    assert told(box)[-2:] == ["REQUESTED_CANCEL", "CANCELLED"]


def test_a_subscription_ends_after_a_day_unless_it_is_renewed(
    simulator: Running, client: Customer, box: Mailbox
) -> None:
    where = client.call("POST", "/subscriptions", 201, subscription(box.url)).headers["location"]
    name = where.rpartition("/")[2]
    assert 86_390 <= int(client.call("GET", f"/subscriptions/{name}")["Expiry"]) <= 86_400
    order = client.create()
    simulator.advance(23)
    client.call("PUT", f"/subscriptions/{name}", 200, subscription(box.url, 7200))
    simulator.advance(1.5)
    client.letter(order)
    simulator.advance(0.4)
    assert told(box) == ["PENDING_DOCUMENTS", "SUBMITTED"]
    simulator.advance(0.2)
    client.call("GET", f"/subscriptions/{name}", 404)
    assert client.call("GET", "/subscriptions").all("SubscriptionId") == []
    client.call("DELETE", f"/portins/{order}")
    simulator.advance(1)
    assert len(told(box)) == 2


def test_one_subscription_for_a_target_and_each_can_be_ended(client: Customer, box: Mailbox) -> None:
    name = client.call("POST", "/subscriptions", 201, subscription(box.url)).headers["location"].rpartition("/")[2]
    client.call("POST", "/subscriptions", 409, subscription(box.url))
    client.call("POST", "/subscriptions", 201, subscription(box.url, order="some-order"))
    client.call("POST", "/subscriptions", 404, subscription("nowhere"))
    client.call("DELETE", f"/subscriptions/{name}")
    assert client.call("GET", "/subscriptions").all("OrderId") == ["some-order"]


def test_a_subscription_to_one_order_hears_of_no_other(simulator: Running, client: Customer, box: Mailbox) -> None:
    first = client.create()
    client.call("POST", "/subscriptions", 201, subscription(box.url, order=first))
    client.sent("o2 1", ["+12125550199"])
    client.letter(first)
    simulator.advance(0.1)
    assert told(box) == ["SUBMITTED"]


def test_nobody_hears_anything_without_a_subscription(simulator: Running, client: Customer, box: Mailbox) -> None:
    client.sent()
    Customer(simulator.url, "777").call("POST", "/subscriptions", 201, subscription(box.url))
    client.sent("o2 1", ["+12125550199"])
    simulator.advance(1)
    assert box.letters == []
    assert simulator.messages() == []


def test_the_message_comes_once_credentials_were_asked_for(simulator: Running, client: Customer, box: Mailbox) -> None:
    box.credentials = BASIC
    client.call("POST", "/subscriptions", 201, subscription(box.url, credentials=True))
    client.create()
    simulator.advance(0.1)
    opening, message = box.letters
    assert (opening.content, "authorization" in opening.headers) == (b"", False)
    assert message.headers["authorization"] == BASIC
    account = BandwidthAccount.model_validate({"name": "bandwidth", "vendor": "bandwidth", "simulator": simulator.url})
    receiver = BandwidthReceiver(account)
    with pytest.raises(Forged):
        receiver.receive(Incoming(headers=opening.headers, body=opening.content, url=box.url), simulator.now())
    read = receiver.receive(Incoming(headers=message.headers, body=message.content, url=box.url), simulator.now())
    assert (read.kind, read.reference) == ("PENDING_DOCUMENTS", "o1:1")
    assert "simulator:simulator" not in str(simulator.messages())
    assert client.call("GET", "/subscriptions").all("Password") == []


def test_who_does_not_ask_for_credentials_gets_no_message(simulator: Running, client: Customer, box: Mailbox) -> None:
    client.call("POST", "/subscriptions", 201, subscription(box.url, credentials=True))
    client.create()
    simulator.advance(1)
    assert [letter.content for letter in box.letters] == [b""]


@pytest.mark.parametrize(("kind", "seen"), [("unsigned", [None]), ("wrongly_signed", [None, "wrong"])])
def test_flawed_messages_have_no_credentials_or_wrong_ones(
    simulator: Running, client: Customer, box: Mailbox, kind: str, seen: list[str | None]
) -> None:
    box.credentials = BASIC
    simulator.fault(kind, vendor="bandwidth")
    client.call("POST", "/subscriptions", 201, subscription(box.url, credentials=True))
    client.create()
    simulator.advance(1)
    given = [letter.headers.get("authorization") for letter in box.letters]
    assert [None if each is None else "wrong" for each in given] == seen
    assert BASIC not in given


def test_a_message_that_is_not_taken_is_not_sent_again(simulator: Running, client: Customer, box: Mailbox) -> None:
    box.status = 500
    client.call("POST", "/subscriptions", 201, subscription(box.url, 10_000_000))
    client.create()
    simulator.advance(100)
    assert told(box) == ["PENDING_DOCUMENTS"]
    assert [message["outcome"] for message in simulator.messages()] == ["500"]
