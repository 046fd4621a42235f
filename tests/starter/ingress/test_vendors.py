"""The vendors' own schemes at the door: the receivers of the adapters, behind a proxy, as the settings have them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from twilio.request_validator import RequestValidator

from portolan.carriers.accounts import Account, load
from starter.ingress.receivers import doors
from tests.starter.ingress.office import NOW, Office

KEY, OTHER_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([fill]) * 32) for fill in (1, 2))
ACCOUNTS = """
accounts:
  telnyx: {vendor: telnyx, api_key: "env:SECRET", public_key: "KEY"}
  twilio:
    vendor: twilio
    account_sid: AC00000000000000000000000000000000
    auth_token: env:SECRET
    webhook_url: https://ports.example/hooks/twilio
  bandwidth:
    {vendor: bandwidth, account_id: "1", username: u, password: "env:SECRET", site_id: "1", webhook_username: carrier,
     webhook_password: "env:SECRET"}
"""
SECRET = "a secret"
TELNYX = json.dumps(
    {
        "data": {
            "id": "event-1",
            "event_type": "porting_order.status_changed",
            "payload": {"id": "order-1", "customer_reference": "acme-1:1", "status": {"value": "submitted"}},
        }
    }
).encode()
TWILIO = b"port_in_request_sid=KW1&status=completed&last_date_updated=2026-11-02T09%3A29%3A00Z"
BANDWIDTH = b"<Notification><Status>FOC</Status><OrderId>order-1</OrderId></Notification>"


class Sent(NamedTuple):
    """A genuine message: what it is signed with, and what it is about."""

    account: str
    body: bytes
    about: str
    status: int


SENT = [
    Sent("telnyx", TELNYX, "order-1", 204),
    Sent("twilio", TWILIO, "KW1", 200),
    Sent("bandwidth", BANDWIDTH, "order-1", 200),
]


def signed(account: str, body: bytes, right: bool = True, at: datetime = NOW) -> dict[str, str]:
    """Headers as the vendor sends them; with `right` false, from somebody who does not know the secret."""
    if account == "telnyx":
        moment = str(int(at.timestamp()))
        signature = (KEY if right else OTHER_KEY).sign(moment.encode() + b"|" + body)
        return {"Telnyx-Timestamp": moment, "Telnyx-Signature-Ed25519": base64.b64encode(signature).decode()}
    if account == "twilio":
        form = dict(part.split("=") for part in body.decode().replace("%3A", ":").split("&"))
        validator = RequestValidator(SECRET if right else "another")
        signature = validator.compute_signature("https://ports.example/hooks/twilio", form)
        return {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    word = f"carrier:{SECRET if right else 'another'}".encode()
    return {"Authorization": "Basic " + base64.b64encode(word).decode(), "Content-Type": "application/xml"}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An ingress of the three vendors."""
    monkeypatch.setenv("SECRET", SECRET)
    public = base64.b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    path = tmp_path / "carriers.yaml"
    path.write_text(ACCOUNTS.replace("KEY", public))
    accounts: Mapping[str, Account] = load(path)
    made = Office(tmp_path)
    made.doors = doors(accounts)
    return made


async def post(office: Office, account: str, body: bytes, headers: dict[str, str]) -> Any:
    async with office.http() as http:
        return await http.post(f"/carriers/{account}", content=body, headers=headers)


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.account)
async def test_what_a_vendor_sends_is_kept_once(office: Office, sent: Sent) -> None:
    for _ in range(2):
        answer = await post(office, sent.account, sent.body, signed(sent.account, sent.body))
        assert answer.status_code == sent.status
    (row,) = office.kept()
    assert (row.carrier, row.carrier_order_id, row.raw) == (sent.account, sent.about, sent.body.decode())


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.account)
async def test_who_does_not_know_the_secret_is_not_heard(office: Office, sent: Sent) -> None:
    forged = signed(sent.account, sent.body, right=False)
    for headers in (forged, {}):
        assert (await post(office, sent.account, sent.body, headers)).status_code == 401
    assert office.kept() == []


@pytest.mark.parametrize("sent", SENT[:2], ids=lambda sent: sent.account)
async def test_a_signature_is_of_one_body(office: Office, sent: Sent) -> None:
    headers = signed(sent.account, sent.body)
    other = sent.body.replace(b"1", b"2", 1)
    assert (await post(office, sent.account, other, headers)).status_code == 401
    assert office.kept() == []


async def test_a_stale_signature_does_not_count(office: Office) -> None:
    headers = signed("telnyx", TELNYX, at=NOW - timedelta(seconds=301))
    assert (await post(office, "telnyx", TELNYX, headers)).status_code == 401
