"""`portolan simulator`, as a process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from portolan.carriers.accounts import load
from portolan.simulator import PUBLIC_KEY
from tests.simulator.customer import Customer

COMMAND = [sys.executable, "-c", "from starter.cli import main; main()", "simulator"]


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def announced(process: subprocess.Popen[str]) -> dict[str, object]:
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if line.rstrip() == "}":
            break
    told: dict[str, object] = json.loads("".join(lines))
    return told


def test_it_tells_its_addresses_serves_and_ends_cleanly(tmp_path: Path) -> None:
    state = tmp_path / "simulator.db"
    process = started("--port", "0", "--json", "--strict", "--state", str(state))
    try:
        told = announced(process)
        url = str(told["url"])
        assert told["public_key"] == PUBLIC_KEY
        accounts = tmp_path / "accounts.yaml"
        accounts.write_text(f"accounts:\n  telnyx:\n    vendor: telnyx\n    simulator: {url}\n")
        account = load(accounts)["telnyx"]
        listed = told["accounts"]
        assert isinstance(listed, dict)
        assert account.model_dump()["base_url"] == listed["telnyx"]["base_url"]
        transport = httpx2.HTTPTransport(retries=5)
        with httpx2.Client(transport=transport) as client:
            assert client.get(f"{url}/").json()["control"] == "/_simulator"
        Customer(url, listed["telnyx"]["api_key"]).draft()
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors == ""
    assert state.exists()


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = started("--port", str(taken.getsockname()[1]))
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Choose another --port" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_does_not_exist_is_refused(port: str) -> None:
    process = started("--port", port)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "--port" in errors
