"""What is let in, what is kept of it, and what the carrier is told. Nothing here is handed on."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from portolan.carriers.accounts import Account, BandwidthAccount, SimulatedAccount, TelnyxAccount, TwilioAccount
from portolan.carriers.webhooks import REPLAY_WINDOW, Incoming, Message
from starter.ingress.receivers import Door, doors
from tests.starter.ingress.office import LIMIT, NOW, Office, Signer, a_message, in_parts

SECOND = timedelta(seconds=1)


async def test_a_genuine_message_is_kept_as_it_came(office: Office) -> None:
    body = a_message("m-1", carrier_order_id="C-9", reference="o1:2", said="call us", occurred_at="2026-11-02T09:00Z")
    answer = await office.post(body)
    assert (answer.status_code, answer.content) == (204, b"")
    (row,) = office.kept()
    assert (row.carrier, row.message_id, row.received_at, row.raw) == ("one", "m-1", NOW, body.decode())
    assert (row.carrier_order_id, row.reference, row.kind, row.said) == ("C-9", "o1:2", "status_changed", "call us")
    assert row.order_id is None
    assert office.counted("messages", account="one", outcome="new") == 1


async def test_a_replayed_message_is_kept_once_and_answered_well(office: Office) -> None:
    answers = [await office.say(message_id="m-1", kind=kind) for kind in ("first", "second")]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert [row.kind for row in office.kept()] == ["first"]
    assert office.counted("messages", account="one", outcome="duplicate") == 1


async def test_the_same_id_of_another_account_is_another_message(office: Office) -> None:
    for account in ("one", "two"):
        await office.say(account, message_id="m-1")
    assert [row.carrier for row in office.kept()] == ["one", "two"]


async def test_what_is_tampered_with_leaves_nothing_but_a_count(office: Office) -> None:
    body = a_message("m-1", said="a secret word")
    headers = office.signers["one"].sign(body, NOW)
    with capture_logs() as logs:
        answer = await office.post(body.replace(b"secret", b"public"), headers=headers)
    assert answer.status_code == 401
    assert office.kept() == []
    assert office.counted("refused", account="one", reason="forged") == 1
    assert [(line["account"], line["reason"]) for line in logs] == [("one", "forged")]
    assert "public word" not in str(logs)


async def test_a_message_for_another_account_is_forged(office: Office) -> None:
    body = a_message()
    answer = await office.post(body, "two", office.signers["one"].sign(body, NOW))
    assert answer.status_code == 401
    assert office.kept() == []


@pytest.mark.parametrize(
    ("age", "status"),
    [(REPLAY_WINDOW, 204), (REPLAY_WINDOW + SECOND, 401), (-REPLAY_WINDOW, 204), (-REPLAY_WINDOW - SECOND, 401)],
)
async def test_a_stale_message_is_not_let_in(office: Office, age: timedelta, status: int) -> None:
    body = a_message()
    answer = await office.post(body, headers=office.signers["one"].sign(body, NOW - age))
    assert answer.status_code == status
    assert len(office.kept()) == (status == 204)


async def test_who_shows_no_credentials_is_asked_for_them(office: Office) -> None:
    answer = await office.post(a_message(), headers={})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Basic realm=portolan")
    assert office.counted("refused", account="one", reason="challenged") == 1
    again = await office.post(a_message(), headers={"Authorization": "Basic " + base64.b64encode(b"a:b").decode()})
    assert again.status_code == 401
    assert office.counted("refused", account="one", reason="forged") == 1
    assert office.kept() == []


async def test_an_account_that_does_not_exist_is_not_there(office: Office) -> None:
    async with office.http() as http:
        answers = [
            await http.post("/carriers/three", content=b"x" * 2 * LIMIT),
            await http.post("/carriers/one/more", content=b"x"),
            await http.get("/carriers/one"),
        ]
    assert [answer.status_code for answer in answers] == [404, 404, 405]
    assert office.counted("refused", account="", reason="unknown_account") == 1
    assert b"three" not in (await figures(office))


@pytest.mark.parametrize("said", [True, False], ids=["with its length", "in parts"])
@pytest.mark.parametrize(("size", "status"), [(LIMIT, 204), (LIMIT + 1, 413)])
async def test_the_body_has_a_limit(office: Office, said: bool, size: int, status: int) -> None:
    frame = a_message("m-1", said="")
    body = a_message("m-1", said="x" * (size - len(frame)))
    assert len(body) == size
    parts = in_parts(body[start : start + 1000] for start in range(0, size, 1000))
    answer = await office.post(body, content=None if said else parts)
    assert answer.status_code == status
    assert len(office.kept()) == (status == 204)
    assert office.counted("refused", account="one", reason="too_large") == (status == 413)


async def test_an_endless_body_is_not_read_to_its_end(office: Office) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1024

    answer = await office.post(b"", content=endless())
    assert answer.status_code == 413
    assert taken * 1024 <= LIMIT + 2048


async def test_a_lie_about_the_length_is_found_out(office: Office) -> None:
    body = a_message(said="x" * 2 * LIMIT)
    signed = office.signers["one"].sign(body, NOW) | {"Content-Length": "10"}
    answer = await office.post(body, headers=signed, content=in_parts([body]))
    assert answer.status_code == 413
    assert office.kept() == []


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b"{}", b"\xff\x00\xfe", b'{"message_id": 7}'])
async def test_what_is_genuine_and_unreadable_is_kept_for_people(office: Office, body: bytes) -> None:
    for _ in range(2):
        assert (await office.post(body)).status_code == 204
    (row,) = office.kept()
    assert (row.kind, row.carrier_order_id) == ("unreadable", "")
    assert row.raw == body.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    assert office.counted("messages", account="one", outcome="unreadable") == 1


async def test_nothing_is_answered_well_while_the_database_is_away(office: Office) -> None:
    with office.database_away():
        answer = await office.say(message_id="m-1")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert office.counted("not_kept", account="one") == 1
    assert office.kept() == []
    assert (await office.say(message_id="m-1")).status_code == 204
    assert len(office.kept()) == 1


async def test_who_takes_too_long_is_let_go(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dawdling() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    monkeypatch.setattr("starter.ingress.app.BODY_WITHIN", 0.01)
    answer = await office.post(b"{", content=dawdling())
    assert answer.status_code == 408
    assert office.kept() == []


async def test_a_database_that_hangs_is_not_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    back = threading.Event()
    monkeypatch.setattr("starter.ingress.app.KEPT_WITHIN", 0.01)
    monkeypatch.setattr(office.records, "keep_message", lambda *_, **__: back.wait(10))
    try:
        assert (await office.say()).status_code == 503
    finally:
        back.set()


async def test_a_message_is_not_lost_on_a_receiver_with_a_defect(office: Office) -> None:
    class Defect:
        def receive(self, incoming: Incoming, now: object) -> Message:
            raise KeyError(incoming.body.decode())

    office.doors["one"] = Door("one", Defect())
    with capture_logs() as logs:
        answer = await office.say(said="a secret word")
    assert answer.status_code == 503
    assert "secret" not in str(logs)


async def figures(office: Office) -> bytes:
    async with office.http() as http:
        return (await http.get("/metrics")).content


async def test_figures_and_health_are_told(office: Office) -> None:
    await office.say()
    async with office.http() as http:
        alive = await http.get("/healthz")
    assert alive.status_code == 200
    told = await figures(office)
    assert b'portolan_ingress_messages_total{account="one",outcome="new"} 1.0' in told
    assert b"portolan_ingress_answer_seconds_count 1.0" in told
    assert b"process_cpu" not in told


async def test_headers_reach_the_receiver_in_lower_case_and_whole(office: Office) -> None:
    seen: list[Incoming] = []

    class Listener:
        def receive(self, incoming: Incoming, now: object) -> Message:
            seen.append(incoming)
            return Message(message_id="m")

    office.doors["one"] = Door("one", Listener(), answer=200)
    async with office.http() as http:
        url = "/carriers/one?check=1"
        answer = await http.post(url, content=b"body", headers=[("X-Twice", "a"), ("X-Twice", "b")])
    assert answer.status_code == 200
    (incoming,) = seen
    assert (incoming.url, incoming.body) == ("http://ingress/carriers/one?check=1", b"body")
    assert incoming.headers["x-twice"] == "a, b"


@pytest.mark.parametrize(
    ("url", "asked", "signed"),
    [
        ("", "http://inside:8400/carriers/one?a=1", "http://inside:8400/carriers/one?a=1"),
        ("https://port.example/one", "http://inside/carriers/one?a=1", "https://port.example/one?a=1"),
        ("https://port.example/one", "http://inside/carriers/one", "https://port.example/one"),
        ("https://port.example/one?k=2", "http://inside/carriers/one", "https://port.example/one?k=2"),
        ("https://port.example/one?k=2", "http://inside/carriers/one?k=2&b=1", "https://port.example/one?k=2&b=1"),
    ],
)
def test_the_address_is_the_one_the_vendor_has(url: str, asked: str, signed: str) -> None:
    assert Door("one", Signer("one"), url).address(asked) == signed


def test_only_vendors_that_send_messages_have_a_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "secret")
    secret = {"api_key": "env:KEY"}
    bandwidth = {"account_id": "1", "username": "u", "password": "env:KEY", "site_id": "1"}
    accounts: dict[str, Account] = {
        "simulated": SimulatedAccount(name="simulated"),
        "telnyx": TelnyxAccount.model_validate(
            {"name": "telnyx", "vendor": "telnyx", "webhook_url": "https://x/t", **secret}
        ),
        "twilio": TwilioAccount.model_validate(
            {"name": "twilio", "vendor": "twilio", "account_sid": "AC" + "0" * 32, "auth_token": "env:KEY"}
        ),
        "bandwidth-eu": BandwidthAccount.model_validate({"name": "bandwidth-eu", "vendor": "bandwidth", **bandwidth}),
    }
    found = doors(accounts)
    assert {name: (door.account, door.url, door.answer) for name, door in found.items()} == {
        "telnyx": ("telnyx", "https://x/t", 204),
        "twilio": ("twilio", "", 200),
        "bandwidth-eu": ("bandwidth-eu", "", 200),
    }
