"""Carrier accounts by command line: what there is, whether it works, holds, and words with desks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from portolan.simulator.testing import Running, running
from starter.simulating import OURS, write_account
from tests.starter.commands import Home


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running(strict=True) as made:
        yield made


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, "127.0.0.1:1")


def write(home: Home, **accounts: object) -> None:
    folder = home.folder / "data"
    folder.mkdir(exist_ok=True)
    (folder / "carriers.yaml").write_text(yaml.safe_dump({"accounts": accounts}))


def test_the_accounts_and_what_is_held(home: Home) -> None:
    write(home, otherco={"vendor": "email", "carrier": "Other Co", "desk": "lnp@other.example"})
    assert [row["account"] for row in home.told("carrier", "list")] == ["simulated", "otherco"]
    held = home.told("carrier", "hold", "otherco", "--by", "Ada", "--reason", "freeze")
    assert held == {"account": "otherco", "on_hold": True, "new": True}
    assert not home.told("carrier", "hold", "otherco", "--by", "Bob", "--reason", "other")["new"]
    (row,) = [row for row in home.told("carrier", "list") if row["account"] == "otherco"]
    assert (row["hold"]["by"], row["hold"]["reason"], row["waiting"]) == ("Ada", "freeze", [])
    assert "freeze (Ada)" in home.ok("carrier", "list")
    released = home.told("carrier", "release", "otherco")
    assert (released["was_on_hold"], released["waiting"]) == (True, [])
    assert "otherco was not on hold." in home.ok("carrier", "release", "otherco")


def test_a_hold_outlives_its_account_and_can_be_released(home: Home) -> None:
    write(home, otherco={"vendor": "email", "carrier": "Other Co", "desk": "lnp@other.example"})
    home.ok("carrier", "hold", "otherco", "--by", "Ada", "--reason", "freeze")
    (home.folder / "data" / "carriers.yaml").unlink()
    assert home.told("carrier", "release", "otherco")["was_on_hold"]
    assert "There is no carrier account 'otherco'" in home.refused("carrier", "release", "otherco")


@pytest.mark.parametrize("command", ["verify", "release"])
def test_an_account_that_is_not_there(command: str, home: Home) -> None:
    assert "There is no carrier account 'telnyx'. There is: simulated." in home.refused("carrier", command, "telnyx")


def test_a_wrong_file_of_accounts_is_one_clear_error(home: Home) -> None:
    write(home, telnyx={"vendor": "telnyx", "api_key": "written-here"})
    done = home.run("carrier", "list")
    assert done.code == 1
    assert "telnyx.api_key" in done.err
    assert "written-here" not in done.err


@pytest.mark.parametrize("vendor", ["telnyx", "twilio", "bandwidth"])
def test_an_account_is_verified_without_changing_anything(vendor: str, home: Home, simulator: Running) -> None:
    simulator.forget()
    fields = {"vendor": vendor, "simulator": simulator.url, "webhook_url": f"https://in.example/carriers/{vendor}"}
    write(home, **{vendor: fields})
    told = home.told("carrier", "verify", vendor)
    assert told["passed"]
    assert {check["passed"] for check in told["checks"]} >= {True}
    assert simulator.calls()
    assert simulator.messages() == []
    assert simulator.orders() == []


def test_wrong_credentials_are_found(home: Home, simulator: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRONG", "n0t-the-key")
    write(home, telnyx={"vendor": "telnyx", "base_url": f"{simulator.url}/telnyx/v2", "api_key": "env:WRONG"})
    done = home.run("carrier", "verify", "telnyx")
    assert done.code == 1
    assert "FAILED" in done.out
    assert "n0t-the-key" not in done.out + done.err


@pytest.mark.parametrize("command", ["windows", "comments"])
def test_an_order_that_nobody_knows(command: str, home: Home) -> None:
    home.ok("carrier", "list")
    assert "There is no order 'acme-1'" in home.refused("carrier", command, "acme-1")


def test_simulated_vendors_share_a_file_and_nobodys_own_is_touched(tmp_path: Path) -> None:
    for vendor in ("telnyx", "twilio", "telnyx"):
        path = write_account(tmp_path, vendor, "http://127.0.0.1:8234", "http://127.0.0.1:8400")
    assert path.read_text().startswith(OURS)
    assert list(yaml.safe_load(path.read_text())["accounts"]) == ["telnyx", "twilio"]


def test_up_says_what_it_cannot_simulate(home: Home) -> None:
    assert "go together" in home.refused("up", "--carrier", "telnyx")
    assert "go together" in home.refused("up", "--simulated")
    given = ("--simulated", "--simulator-port", "0")
    assert "Nobody simulates 'sinch'" in home.run("up", "--carrier", "sinch", *given).err
    write(home, telnyx={"vendor": "telnyx", "simulator": "http://127.0.0.1:1"})
    assert "holds accounts of your own" in home.run("up", "--carrier", "telnyx", *given).err


def test_up_does_not_write_an_account_where_nobody_reads_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    own = home.folder / "own.yaml"
    own.write_text("accounts: {}\n")
    monkeypatch.setenv("PORTOLAN_CARRIER_ACCOUNTS", str(own))
    said = home.run("up", "--carrier", "telnyx", "--simulated", "--simulator-port", "0").err
    assert f"PORTOLAN_CARRIER_ACCOUNTS names {own}" in said
    assert not (home.folder / "data" / "carriers.yaml").exists()
