from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from portolan.carriers.twilio import TwilioReceiver
from portolan.carriers.webhooks import Forged, Incoming, Unreadable
from tests.carriers.twilio.fake import HOOK, TOKEN, account

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SAID = {
    "port_in_request_sid": "KW1",
    "port_in_phone_number_sid": "PU1",
    "phone_number": "+12125550001",
    "status": "PortInPhoneNumberRejected",
    "last_date_updated": "2026-03-02T14:00:00Z",
    "rejection_reason": "Nom invalide: É & ü = ?",
    "port_date": "",
}
FORM = "application/x-www-form-urlencoded"
validator = RequestValidator(TOKEN)


def form(fields: dict[str, Any] = SAID, url: str = HOOK, called: str = "", token: str = TOKEN) -> Incoming:
    signature = RequestValidator(token).compute_signature(url, fields)
    headers = {"x-twilio-signature": signature, "content-type": FORM}
    return Incoming(called or url, headers, urlencode(fields).encode())


def as_json(body: Any = SAID, url: str = HOOK, token: str = TOKEN) -> Incoming:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    called = f"{url}{'&' if '?' in url else '?'}bodySHA256={hashlib.sha256(raw).hexdigest()}"
    signature = RequestValidator(token).compute_signature(called, {})
    return Incoming(called, {"x-twilio-signature": signature, "content-type": "application/json"}, raw)


def received(incoming: Incoming, **fields: Any) -> Any:
    return TwilioReceiver(account(**fields)).receive(incoming, NOW)


@pytest.mark.parametrize("incoming", [form(), as_json()])
def test_a_message_is_read_as_far_as_its_request(incoming: Incoming) -> None:
    message = received(incoming)
    assert (message.carrier_order_id, message.kind, message.reference) == ("KW1", "PortInPhoneNumberRejected", "")
    assert message.occurred_at == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    assert message.body == SAID
    assert message.message_id.startswith("KW1:PU1:portinphonenumberrejected:2026-03-02T14:00:00Z:")


def test_the_same_message_has_the_same_name_and_another_has_another() -> None:
    again = received(form(dict(reversed(SAID.items()))))
    assert again.message_id == received(form()).message_id == received(as_json()).message_id
    others = [{"status": "completed"}, {"last_date_updated": "2026-03-02T15:00:00Z"}, {"rejection_reason": "other"}]
    assert len({received(form(SAID | other)).message_id for other in [{}, *others]}) == 4


def test_fields_in_the_other_spelling_are_read() -> None:
    said = {"portInRequestSid": "KW2", "status": "completed", "lastDateUpdated": "soon", "eventType": "PortInCompleted"}
    message = received(as_json(said))
    assert (message.carrier_order_id, message.kind, message.occurred_at) == ("KW2", "PortInCompleted", None)


@pytest.mark.parametrize(
    ("known", "signed"),
    [
        (HOOK, HOOK),
        (HOOK, HOOK.replace(".example", ".example:443")),
        (HOOK.replace(".example", ".example:443"), HOOK),
        (HOOK.replace(".example", ".example:8443"), HOOK),
        (f"{HOOK}?a=1&b=%20x", f"{HOOK}?a=1&b=%20x"),
        ("https://[::1]:443/in", "https://[::1]/in"),
        ("https://user:pass@portolan.example/in", "https://user:pass@portolan.example/in"),
    ],
)
@pytest.mark.parametrize("make", [form, as_json])
def test_the_address_is_the_one_twilio_was_given_in_any_of_its_spellings(known: str, signed: str, make: Any) -> None:
    sent = make(url=signed)
    behind_a_proxy = f"http://10.0.0.7:8000/carriers/twilio?{sent.url.partition('?')[2]}".rstrip("?")
    assert received(sent._replace(url=behind_a_proxy), webhook_url=known).carrier_order_id == "KW1"


def test_without_a_known_address_the_requests_own_counts() -> None:
    assert received(form(url="https://here.example/x?y=1"), webhook_url="").carrier_order_id == "KW1"
    with pytest.raises(Forged):
        received(form(called="https://there.example/x"), webhook_url="")


def test_it_agrees_with_twilios_own_validator() -> None:
    for incoming in (form(), form({"a": "", "port_in_request_sid": "KW1", "Z": "ä"})):
        fields = dict(SAID if incoming == form() else {"a": "", "port_in_request_sid": "KW1", "Z": "ä"})
        assert validator.validate(HOOK, fields, incoming.headers["x-twilio-signature"])
        assert received(incoming)
    sent = as_json()
    assert validator.validate(sent.url, sent.body.decode(), sent.headers["x-twilio-signature"])


def test_a_name_that_comes_twice_is_signed_with_both_values() -> None:
    body = b"port_in_request_sid=KW1&x=2&x=1&x=2"
    text = f"{HOOK}port_in_request_sidKW1x1x2"
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()
    assert received(Incoming(HOOK, {"x-twilio-signature": signature, "content-type": FORM}, body))


def _with(incoming: Incoming, **headers: str | None) -> Incoming:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {**incoming.headers, **named}
    return incoming._replace(headers={name: value for name, value in kept.items() if value is not None})


@pytest.mark.parametrize(
    "incoming",
    [
        _with(form(), x_twilio_signature=None),
        _with(form(), x_twilio_signature=""),
        _with(form(), x_twilio_signature="ümlaut\udcff"),
        form(token="another account's"),
        form()._replace(body=urlencode(SAID | {"status": "completed"}).encode()),
        form()._replace(body=form().body + b"&extra=1"),
        form()._replace(body=b"\xff\xfe"),
        form()._replace(body=b""),
        form()._replace(url=f"{HOOK}?extra=1"),
        form(url="https://other.example/carriers/twilio"),
        _with(form(), content_type="application/json"),
        as_json()._replace(body=json.dumps(SAID | {"status": "completed"}).encode()),
        as_json()._replace(url=HOOK),
        as_json()._replace(url=f"{HOOK}?bodySHA256="),
        as_json(token="another account's"),
        _with(form(), x_twilio_webhooks_signature_settings="key=k,algorithm=HMAC_SHA256"),
    ],
)
def test_what_is_not_signed_with_the_accounts_token_is_forged(incoming: Incoming) -> None:
    with pytest.raises(Forged):
        received(incoming)


def test_a_body_of_another_hash_cannot_be_passed_off_under_a_signature_of_ours() -> None:
    genuine = as_json()
    fake = json.dumps(SAID | {"port_in_request_sid": "KW9"}).encode()
    query = f"bodySHA256={hashlib.sha256(fake).hexdigest()}"
    for url in (f"{genuine.url}&{query}", f"{HOOK}?{query}"):
        with pytest.raises(Forged):
            received(genuine._replace(url=url, body=fake))


def test_an_address_that_nobody_can_read_is_no_address_of_ours() -> None:
    with pytest.raises(Forged):
        received(form(), webhook_url="https://[::1/in")


@pytest.mark.parametrize(
    "body",
    [b"no json", b"[1]", b"null", b"{}", b'{"status": "completed"}', b"[" * 100_000, b"\xff", b'{"a": "\\ud800"}'],
)
def test_what_is_genuine_and_names_no_request_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        received(as_json(body))
    with pytest.raises(Unreadable):
        received(form({"status": "completed"}))


def test_the_same_message_later_is_genuine_still() -> None:
    receiver = TwilioReceiver(account())
    first = receiver.receive(form(), NOW)
    assert receiver.receive(form(), NOW.replace(year=2027)).message_id == first.message_id


def test_the_token_of_the_account_counts() -> None:
    other = account().model_copy(update={"auth_token": SecretStr("other")})
    with pytest.raises(Forged):
        TwilioReceiver(other).receive(form(), NOW)
    assert TwilioReceiver(other).receive(form(token="other"), NOW)
