"""Messages: credentials first, then the body; a replay is the same message, whatever is wrong is told apart."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from portolan.carriers.bandwidth import BandwidthReceiver
from portolan.carriers.bandwidth.webhooks import CHALLENGE
from portolan.carriers.webhooks import Forged, Incoming, Message, Unreadable
from tests.carriers.bandwidth.fake import NOW, account

NOTIFICATION = b"""<?xml version="1.0"?>
<Notification>
  <SubscriptionId>sub-1</SubscriptionId>
  <OrderType>portins</OrderType>
  <OrderId>order-1</OrderId>
  <CustomerOrderId>acme-1 2</CustomerOrderId>
  <Status>FOC</Status>
  <LastModifiedDate>2026-03-02T14:00:00.000Z</LastModifiedDate>
  <CompletedTelephoneNumbers><TelephoneNumber>2125550101</TelephoneNumber>
  <TelephoneNumber>2125550102</TelephoneNumber></CompletedTelephoneNumbers>
</Notification>"""
SECRET = "open sesame"
FINGERPRINT = "0f" * 32


def basic(user: str = "bw", password: str = SECRET) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def receive(body: bytes = NOTIFICATION, headers: dict[str, str] | None = None, **changed: Any) -> Message:
    given = basic() if headers is None else headers
    return BandwidthReceiver(account(**changed)).receive(Incoming("https://hooks.example", given, body), NOW)


def test_a_notification_names_the_order_and_our_reference() -> None:
    found = receive()
    assert (found.carrier_order_id, found.reference, found.kind) == ("order-1", "acme-1:2", "FOC")
    assert found.occurred_at == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert found.message_id.startswith("sub-1:order-1:FOC:2026-03-02T14:00:00.000Z:")
    assert found.body["CompletedTelephoneNumbers"] == {"TelephoneNumber": ["2125550101", "2125550102"]}


def test_a_note_is_what_the_desk_said() -> None:
    found = receive(NOTIFICATION.replace(b"<Status>FOC</Status>", b"<Note>We called the carrier.</Note>"))
    assert (found.kind, found.said) == ("note", "We called the carrier.")


def test_a_replay_is_the_same_message_and_a_change_another() -> None:
    assert receive().message_id == receive().message_id
    assert receive().message_id != receive(NOTIFICATION.replace(b"FOC", b"COMPLETE")).message_id
    assert receive().message_id != receive(NOTIFICATION.replace(b"2125550101", b"2125550103")).message_id


def test_without_credentials_they_are_asked_for_before_anything_is_read() -> None:
    with pytest.raises(Forged, match="no credentials") as refused:
        receive(b"", headers={})
    assert refused.value.challenge == CHALLENGE
    assert CHALLENGE.startswith('Basic realm="')


@pytest.mark.parametrize(
    "headers",
    [
        basic(password="wrong"),
        basic(user="wrong"),
        basic(user="bw", password=""),
        {"authorization": "Basic !!!"},
        {"authorization": "Bearer " + base64.b64encode(b"bw:open sesame").decode()},
        {"authorization": "Basic " + base64.b64encode(b"bw").decode()},
        {"authorization": ""},
        {"authorization": "Basic \u00e9"},
    ],
)
def test_wrong_credentials_are_forged(headers: dict[str, str]) -> None:
    with pytest.raises(Forged, match="credentials"):
        receive(headers=headers)


def test_a_password_may_have_a_colon() -> None:
    assert receive(headers=basic(password="a:b:c"), webhook_password=_secret("a:b:c")).kind == "FOC"


def _secret(text: str) -> SecretStr:
    return SecretStr(text)


def test_a_client_certificate_is_enough_and_another_is_not() -> None:
    only = {"client_certificate": FINGERPRINT.upper(), "webhook_username": "", "webhook_password": None}
    assert receive(headers={"x-client-cert-sha256": FINGERPRINT}, **only).kind == "FOC"
    for headers in ({"x-client-cert-sha256": "0e" * 32}, {"x-client-cert-sha256": ""}, {}, basic()):
        with pytest.raises(Forged) as refused:
            receive(headers=headers, **only)
        assert refused.value.challenge == ""
    both = only | {"webhook_username": "bw", "webhook_password": _secret("open sesame")}
    assert receive(headers=basic(), **both).kind == "FOC"


def test_an_account_without_any_believes_nobody() -> None:
    nothing = {"webhook_username": "", "webhook_password": None}
    for headers in ({}, basic(user="", password=""), {"x-client-cert-sha256": ""}):
        with pytest.raises(Forged):
            receive(headers=headers, **nothing)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<Other/>",
        b"<Notification>",
        b'<!DOCTYPE n SYSTEM "http://evil.example/x.dtd"><Notification/>',
        b'<!DOCTYPE n [<!ENTITY x SYSTEM "file:///etc/passwd">]><Notification><Note>&x;</Note></Notification>',
        b'<!DOCTYPE n [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Notification><Note>&b;</Note></Notification>',
        b"<Notification>" * 5000,
        b"<Notification><Note>&undefined;</Note></Notification>",
        b"<Notification>\xff</Notification>",
        b'<?xml version="1.0" encoding="klingon"?><Notification/>',
    ],
)
def test_what_is_no_notification_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        receive(body)


def test_a_notification_that_says_nothing_is_still_one() -> None:
    found = receive(b"<Notification/>")
    assert (found.carrier_order_id, found.reference, found.kind, found.occurred_at) == ("", "", "", None)


@given(st.binary(max_size=300))
@example(b"<Notification><LastModifiedDate>yesterday</LastModifiedDate></Notification>")
@example(b"<Notification><?target data?><!-- said --><Status><Deep>x</Deep></Status></Notification>")
@example("<Notification><Status>\u0085\u2028\x7f</Status></Notification>".encode())
@example(b'<n:Notification xmlns:n="urn:x"><n:OrderId>order-1</n:OrderId></n:Notification>')
def test_no_body_does_more_than_be_unreadable(body: bytes) -> None:
    try:
        found = receive(body)
    except Unreadable:
        return
    assert len(found.message_id) <= 4 * 41 + 16


def test_no_error_shows_a_secret() -> None:
    with pytest.raises(Forged) as refused:
        receive(headers=basic(password="wrong-guess"))
    assert "open sesame" not in f"{refused.value!r}{vars(refused.value)}"
    assert "wrong-guess" not in f"{refused.value!r}{vars(refused.value)}"
