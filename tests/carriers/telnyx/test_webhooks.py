from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from portolan.carriers.telnyx import TelnyxReceiver
from portolan.carriers.webhooks import Forged, Incoming, Unreadable
from tests.carriers.scene import START
from tests.carriers.telnyx.conftest import account

KEY = Ed25519PrivateKey.from_private_bytes(b"p" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"q" * 32)
STAMP = str(int(START.timestamp()))


def shown(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def signed(body: object, stamp: str = STAMP, key: Ed25519PrivateKey = KEY) -> Incoming:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = base64.b64encode(key.sign(stamp.encode() + b"|" + raw)).decode()
    headers = {"telnyx-signature-ed25519": signature, "telnyx-timestamp": stamp}
    return Incoming("https://in.example/telnyx", headers, raw)


@pytest.fixture
def receiver() -> TelnyxReceiver:
    made = account()
    made.public_key = shown(KEY)
    return TelnyxReceiver(made)


STATUS: dict[str, Any] = {
    "data": {
        "event_type": "porting_order.status_changed",
        "id": "e1",
        "occurred_at": "2026-03-02T09:00:00.5Z",
        "payload": {"id": "p1", "customer_reference": "o1:1", "status": {"value": "exception"}},
    },
    "meta": {"attempt": 2},
}
FLAT: dict[str, Any] = {
    "event_type": "porting_order.messaging_changed",
    "id": "e2",
    "porting_order_id": "p1",
    "payload": {"id": "p1", "messaging": {"messaging_port_status": "ported"}},
}
COMMENT: dict[str, Any] = {
    "data": {
        "event_type": "porting_order.new_comment",
        "id": "e3",
        "payload": {"porting_order_id": "p1", "comment": {"id": "c1", "body": "Call us", "user_type": "admin"}},
    }
}
SPLIT: dict[str, Any] = {
    "data": {"event_type": "porting_order.split", "id": "e4", "payload": {"from": {"id": "p1"}, "to": {"id": "p2"}}}
}


@pytest.mark.parametrize("body", [STATUS, FLAT, COMMENT, SPLIT])
def test_both_envelopes_name_message_order_and_kind(receiver: TelnyxReceiver, body: dict[str, Any]) -> None:
    event = body.get("data", body)
    told = receiver.receive(signed(body), START)
    assert (told.message_id, told.carrier_order_id, told.kind) == (event["id"], "p1", event["event_type"])
    assert told.body == body
    assert told.said == ("Call us" if body is COMMENT else "")
    assert told.reference == ("o1:1" if body is STATUS else "")


def test_what_we_said_ourselves_is_not_the_desk(receiver: TelnyxReceiver) -> None:
    body = json.loads(json.dumps(COMMENT).replace("admin", "user"))
    assert receiver.receive(signed(body), START).said == ""


def test_a_message_without_an_id_is_named_by_its_content(receiver: TelnyxReceiver) -> None:
    one, same, other = (receiver.receive(signed(body), START).message_id for body in ({"a": 1}, {"a": 1}, {"a": 2}))
    assert one == same != other


def tampered() -> Incoming:
    incoming = signed(STATUS)
    return incoming._replace(body=incoming.body.replace(b"p1", b"p2"))


def restamped() -> Incoming:
    incoming = signed(STATUS)
    return incoming._replace(headers={**incoming.headers, "telnyx-timestamp": str(int(STAMP) + 1)})


@pytest.mark.parametrize(
    "incoming",
    [
        tampered(),
        restamped(),
        signed(STATUS, key=OTHER),
        signed(STATUS, stamp="yesterday"),
        signed(STATUS, stamp=""),
        signed(STATUS, stamp="9" * 30),
        signed(STATUS)._replace(headers={}),
        signed(STATUS)._replace(headers={"telnyx-signature-ed25519": "äö", "telnyx-timestamp": STAMP}),
        signed(STATUS)._replace(headers={"telnyx-signature-ed25519": "AAAA", "telnyx-timestamp": "١٢"}),
    ],
)
def test_what_telnyx_did_not_sign_for_this_account_is_forged(receiver: TelnyxReceiver, incoming: Incoming) -> None:
    with pytest.raises(Forged):
        receiver.receive(incoming, START)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_message_counts_for_five_minutes(receiver: TelnyxReceiver, sign: int) -> None:
    receiver.receive(signed(STATUS), START + sign * timedelta(seconds=300))
    with pytest.raises(Forged):
        receiver.receive(signed(STATUS), START + sign * timedelta(seconds=301))


@pytest.mark.parametrize("key", ["", "no base64!", base64.b64encode(b"short").decode()])
def test_without_a_key_nothing_is_believed(key: str) -> None:
    made = account()
    made.public_key = key
    with pytest.raises(Forged, match="no public key"):
        TelnyxReceiver(made).receive(signed(STATUS), START)


def test_a_forged_message_is_never_parsed(receiver: TelnyxReceiver) -> None:
    with pytest.raises(Forged):
        receiver.receive(signed(b"{not json", key=OTHER), START)


@given(st.one_of(st.binary(max_size=60), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)))
def test_a_genuine_message_is_read_or_unreadable(raw: bytes | str) -> None:
    made = account()
    made.public_key = shown(KEY)
    body = raw.encode() if isinstance(raw, str) else raw
    try:
        TelnyxReceiver(made).receive(signed(body), START)
    except Unreadable:
        return
    assert isinstance(json.loads(body), dict)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5) | st.floats(),
        lambda inner: st.dictionaries(
            st.sampled_from(["data", "payload", "id", "from", "comment", "body", "event_type", "occurred_at"]), inner
        ),
    )
)
def test_a_genuine_object_of_any_shape_is_a_message(tree: object) -> None:
    made = account()
    made.public_key = shown(KEY)
    try:
        told = TelnyxReceiver(made).receive(signed(tree), START)
    except Unreadable:
        # Lone surrogates are no text, and what is no object is no message.
        assert not isinstance(tree, dict) or "\\ud" in json.dumps(tree)
        return
    assert told.message_id
