"""Twilio's messages: which, to whom, and signed as the vendor's own library verifies them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from portolan.carriers.accounts import TwilioAccount
from portolan.carriers.twilio import TwilioReceiver
from portolan.carriers.webhooks import Forged, Incoming
from portolan.simulator.testing import Running, running
from tests.simulator.mailbox import Letter, Mailbox, open_mailbox
from tests.simulator.twilio_customer import HOOKS, MONDAY, NUMBERS, PORT_IN, SID, TOKEN, Customer

SCRIPT = {"sendings": [[{"says": "foc", "after_hours": 5, "foc_hours": 100}]]}


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with open_mailbox() as made:
        yield made


@pytest.fixture
def bare() -> Iterator[Running]:
    """A simulator that sends only where it is told to."""
    with running(start=MONDAY) as made:
        yield made


def listener(simulator: Running, box: Mailbox, **more: object) -> Customer:
    client = Customer(simulator.url)
    client.call("POST", HOOKS, 201, json={"port_in_target_url": box.url, **more})
    return client


def told(box: Mailbox) -> list[tuple[str, str]]:
    """Number (empty: the request) and status of each message."""
    bodies = [json.loads(letter.content) for letter in box.letters]
    return [(body.get("phone_number", ""), body["status"]) for body in bodies]


def valid(box: Mailbox, letter: Letter, token: str = TOKEN) -> bool:
    """Whether the vendor's library takes it."""
    url, signature = f"{box.base}{letter.path}", letter.headers["x-twilio-signature"]
    given: object = letter.content.decode()
    if "json" not in letter.headers["content-type"]:
        given = dict(parse_qsl(letter.content.decode(), keep_blank_values=True))
    return bool(RequestValidator(token).validate(url, given, signature))


def test_every_change_of_a_request_and_its_numbers_is_told(bare: Running, box: Mailbox) -> None:
    bare.script("o1", SCRIPT)
    client = listener(bare, box)
    sid = client.create()
    bare.advance(200)
    assert told(box) == [
        ("", "Waiting for Signature"),
        *((number, "waiting_for_signature") for number in NUMBERS),
        ("", "In progress"),
        *((number, "port_submitted") for number in NUMBERS),
        *((number, "port_pending") for number in NUMBERS),
        ("", "Completed"),
        *((number, "completed") for number in NUMBERS),
    ]
    body = json.loads(box.letters[-1].content)
    assert body["port_in_request_sid"] == sid
    assert body["port_in_phone_number_sid"].startswith("PU")
    assert body["last_date_updated"] == body["port_date"]


def test_json_is_signed_with_the_hash_of_the_body_in_the_address(bare: Running, box: Mailbox) -> None:
    client = listener(bare, box)
    client.create()
    bare.advance(2)
    assert len(box.letters) == 6
    for letter in box.letters:
        assert "who=me&bodySHA256=" in letter.path
        assert valid(box, letter)
        assert not valid(box, letter, "another")
        assert not valid(box, letter._replace(content=letter.content + b" "))


def test_forms_are_signed_field_by_field(box: Mailbox) -> None:
    with running(forms=True) as simulator:
        listener(simulator, box).create()
        simulator.advance(2)
    assert len(box.letters) == 6
    for letter in box.letters:
        assert "bodySHA256" not in letter.path
        assert valid(box, letter)
        assert not valid(box, letter._replace(content=letter.content + b"&more=1"))


@pytest.mark.parametrize("forms", [False, True])
def test_the_adapter_takes_them(box: Mailbox, forms: bool) -> None:
    with running(forms=forms) as simulator:
        account = TwilioAccount.model_validate({"name": "twilio", "vendor": "twilio", "simulator": simulator.url})
        client = Customer(simulator.url, account.account_sid, account.auth_token.get_secret_value())
        client.call("POST", HOOKS, 201, json={"port_in_target_url": box.url})
        sid = client.create()
        simulator.advance(2)
        now = simulator.now()
    for letter in box.letters:
        incoming = Incoming(headers=letter.headers, body=letter.content, url=f"{box.base}{letter.path}")
        message = TwilioReceiver(account).receive(incoming, now)
        assert message.carrier_order_id == sid


@pytest.mark.parametrize("kind", ["unsigned", "wrongly_signed"])
def test_flawed_messages_are_not_believed(bare: Running, box: Mailbox, kind: str) -> None:
    account = TwilioAccount.model_validate({"name": "twilio", "vendor": "twilio", "simulator": bare.url})
    bare.fault(kind, vendor="twilio", times=3)
    client = Customer(bare.url, account.account_sid, account.auth_token.get_secret_value())
    client.call("POST", HOOKS, 201, json={"port_in_target_url": box.url})
    client.create()
    bare.advance(0.1)
    assert len(box.letters) == 3
    for letter in box.letters:
        with pytest.raises(Forged):
            TwilioReceiver(account).receive(
                Incoming(headers=letter.headers, body=letter.content, url=f"{box.base}{letter.path}"), bare.now()
            )


def test_only_the_kinds_asked_for_are_sent(bare: Running, box: Mailbox) -> None:
    bare.script("o1", SCRIPT)
    listener(bare, box, notifications_of=["PortInCompleted", "PortInPhoneNumberPending"]).create()
    bare.advance(200)
    assert told(box) == [*((number, "port_pending") for number in NUMBERS), ("", "Completed")]


def test_nothing_is_sent_where_nobody_asked_for_it_and_nothing_twice(bare: Running, box: Mailbox) -> None:
    client = Customer(bare.url)
    client.create()
    bare.advance(2)
    assert bare.messages() == []
    client.call("POST", HOOKS, 201, json={"port_in_target_url": box.url})
    box.status = 500
    client.call("DELETE", f"{PORT_IN}/{bare.orders('o1')[0]['id']}", 204)
    bare.advance(0.1)
    sent = len(box.letters)
    bare.advance(100)
    assert sent == len(box.letters) == 3


def test_a_rejection_a_withdrawal_and_a_return_are_told(bare: Running, box: Mailbox) -> None:
    no = {"says": "reject", "after_hours": 5, "reason": "PIN_INVALID", "numbers": NUMBERS[:1]}
    bare.script("o1", {"sendings": [[{"says": "foc", "after_hours": 4, "foc_hours": 100}, no]]})
    client = listener(bare, box, port_out_target_url=box.url)
    sid = client.create()
    bare.advance(7)
    bodies = [json.loads(letter.content) for letter in box.letters]
    assert [body.get("rejection_reason_code") for body in bodies[-2:]] == [None, "INVALID_PIN"]
    assert bodies[-2]["status"] == "Action Required"
    number = client.get(sid)["phone_numbers"][0]["port_in_phone_number_sid"]
    client.call("DELETE", f"{PORT_IN}/{sid}/PhoneNumber/{number}", 204)
    bare.advance(200)
    assert told(box)[-4:] == [
        ("", "In progress"),
        (NUMBERS[0], "canceled"),
        ("", "Completed"),
        (NUMBERS[1], "completed"),
    ]
    bare.say(sid, "returned")
    assert told(box)[-1] == (NUMBERS[1], "completed")
    assert "port_in_request_sid" not in json.loads(box.letters[-1].content)


def test_sub_accounts_report_to_the_account(bare: Running, box: Mailbox) -> None:
    listener(bare, box).create(account_sid="AC" + "e" * 32)
    bare.advance(0.1)
    assert len(box.letters) == 3
    assert valid(box, box.letters[0])
    assert all(message["account"] == SID for message in bare.messages())
