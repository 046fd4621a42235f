"""The ingress as a process, and what the command line tells of messages. No Temporal runs."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from portolan.records.inbox import GIVE_UP
from portolan.records.store import Records
from portolan.settings import Settings
from starter.server import free_port
from starter.up import open_records
from tests.starter.commands import Home

NOTE = b"""<?xml version="1.0"?><Notification><SubscriptionId>s-1</SubscriptionId><Status>FOC</Status>
<OrderId>b-1</OrderId><OrderType>portins</OrderType><Message>The order has an FOC.</Message>
<CustomerOrderId>acme-1:1</CustomerOrderId></Notification>"""
ACCOUNTS = """
accounts:
  bandwidth-east:
    vendor: bandwidth
    account_id: "1"
    username: api
    password: env:BW_API
    site_id: "2"
    webhook_username: carrier
    webhook_password: env:BW_HOOK
"""
SECRETS = {"BW_API": "api-secret", "BW_HOOK": "hook-secret"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path, "127.0.0.1:1")
    made.ok("migrate")
    return made


@pytest.fixture
def records(home: Home) -> Records:
    return open_records(Settings(data_dir=home.folder / "data"))


@pytest.fixture
def address(home: Home) -> Iterator[str]:
    """An ingress that listens, in a process of its own; it has to end well when it is asked to."""
    (home.folder / "data" / "carriers.yaml").write_text(ACCOUNTS)
    port = free_port()
    running = home.process("ingress", "--port", port, "--json", PYTHONUNBUFFERED="1", **SECRETS)
    assert running.stdout is not None
    try:
        told = ""
        while "}\n}" not in told:
            line = running.stdout.readline()
            assert line, running.communicate()
            told += line
        yield json.loads(told)["accounts"]["bandwidth-east"]
        running.send_signal(signal.SIGTERM)
        _, logs = running.communicate(timeout=30)
        assert running.returncode == 0, logs
        assert not any(secret in logs for secret in SECRETS.values())
    finally:
        running.kill()
        running.communicate()


def test_a_carrier_is_heard_by_the_scheme_of_its_vendor(home: Home, records: Records, address: str) -> None:
    assert httpx2.get(address.replace("/carriers/bandwidth-east", "/healthz")).status_code == 200
    asked = httpx2.post(address, content=NOTE)
    assert (asked.status_code, asked.headers["www-authenticate"].split()[0]) == (401, "Basic")
    assert httpx2.post(address, content=NOTE, auth=("carrier", "guessed")).status_code == 401
    assert records.open_messages() == []
    for _ in range(2):
        assert httpx2.post(address, content=NOTE, auth=("carrier", SECRETS["BW_HOOK"])).status_code == 200
    (row,) = records.open_messages()
    assert (row.carrier, row.carrier_order_id) == ("bandwidth-east", "b-1")
    assert "waits for its order" in home.ok("messages")


def test_a_port_in_use_is_named(home: Home, address: str) -> None:
    port = address.split(":")[2].split("/")[0]
    assert f"port {port}" in home.refused("ingress", "--port", port, **SECRETS)


def keep(records: Records, name: str, age: timedelta = timedelta(), **fields: str) -> None:
    raw = b'{"said": "[bold]call us"}'
    records.keep_message("telnyx", name, None, {}, datetime.now(UTC) - age, raw=raw, **fields)


def test_messages_that_found_no_order_are_listed(home: Home, records: Records) -> None:
    assert "No message waits" in home.ok("messages")
    keep(records, "old", GIVE_UP + timedelta(hours=1), carrier_order_id="C-1")
    keep(records, "early", timedelta(hours=2), carrier_order_id="C-2")
    keep(records, "nameless", timedelta(hours=1), kind="account.changed")
    keep(records, "odd", kind="unreadable")
    told = home.told("messages")
    assert [(row["message_id"], row["stands"].split(":")[0]) for row in told] == [
        ("old", "unknown"),
        ("early", "waits for its order"),
        ("nameless", "unknown"),
        ("odd", "unreadable"),
    ]
    lines = home.ok("messages", "--limit", 3).splitlines()
    assert [line.split()[1] for line in lines] == ["ACCOUNT", "telnyx", "telnyx", "telnyx"]
    assert "no order of ours in 7 days" in lines[1]


def test_one_message_is_shown_whole_and_seen_to(home: Home, records: Records) -> None:
    keep(records, "odd", kind="unreadable")
    (row,) = home.told("messages")
    assert '{"said": "[bold]call us"}' in home.ok("messages", row["id"])
    assert "has been seen to" in home.ok("messages", row["id"], "--done")
    assert home.told("messages") == []
    assert home.told("messages", row["id"])["handled_at"]


def test_what_cannot_be_shown_is_refused(home: Home) -> None:
    assert "'7'" in home.refused("messages", 7)
    assert "'7'" in home.refused("messages", 7, "--done")
    assert "Which message" in home.refused("messages", "--done")
