"""A whole life by command line, on a server started by `portolan up`, which keeps its state when it is stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from hashlib import sha256

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from starter.orders import workflow_id
from starter.server import in_use
from tests.starter.commands import Up, until


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    made = Up(tmp_path_factory.mktemp("up"))
    try:
        made.start()
        yield made
    finally:
        made.end()


async def known(up: Up, workflow: str) -> bool:
    client = await Client.connect(f"127.0.0.1:{up.port}")
    try:
        await client.get_workflow_handle(workflow).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def state(up: Up, order: str) -> str:
    return str(up.home.told("show", order)["state"])


@pytest.mark.xdist_group("up")
def test_a_whole_life_with_a_pause_in_its_middle(up: Up) -> None:
    home = up.home
    started = home.told("start", home.request("life-1", "+16175550171"))
    order = started["orders"][0]["order_id"]
    until(lambda: state(up, order) == "awaiting_signature")
    assert [task["kind"] for task in home.told("tasks", order)] == ["sign_loa"]

    written = home.told("letter", order, "--to", home.folder / "letters")
    assert "is the form itself" in home.refused(
        "sign", order, "--by", "Ada Byron", "--on", "2026-11-23", "--file", written["files"][0]
    )
    signed = home.told("sign", order, "--by", "Ada Byron", "--electronic", "--agree")
    assert (signed["status"], signed["state"]) == ("applied", "awaiting_approval")
    kinds = {document["kind"]: document["sha256"] for document in home.told("documents", order)}
    assert kinds["port_letter"] == written["sha256"]
    for digest in kinds.values():
        assert any(digest in entry["detail"] for entry in home.told("timeline", order))
        kept = (home.folder / "data" / "documents" / digest[:2] / digest).read_bytes()
        assert sha256(kept).hexdigest() == digest

    assert "refused: " in home.run("rollback", order, "--by", "Grace Hopper", "--reason", "too early").err
    assert home.told("approve", order, "--by", "Charles Babbage")["accepted"]
    until(lambda: state(up, order) == "submitted")
    assert "has no FOC yet" in home.refused("skip", order, "foc")
    assert home.told("skip", order, "3d")["state"] == "foc_confirmed"
    shown = home.ok("show", order)
    assert "Old Telco to simulated" in shown

    # Everything is stopped and started again, and the order is where it was.
    before = home.told("show", order)
    assert up.stop() == 0
    assert not in_use(up.port)
    assert "No Temporal server answers" in home.refused("approve", order, "--by", "Charles Babbage")
    up.start()
    assert home.told("show", order) == before
    assert home.told("start", home.folder / "request.yaml")["orders"][0]["new"] is False

    # The FOC finds the gates red; the last sign-off moves the numbers.
    assert "go cannot be signed off before" in home.refused("sign-off", order, "go", "--by", "Grace Hopper")
    assert home.told("skip", order, "foc")["state"] == "ready"
    assert "has passed" in home.refused("skip", order, "foc")
    assert home.told("sign-off", order, "reconciliation", "--by", "Ada Byron")["accepted"]
    for items in (
        ["window-booked", "emergency-desk", "calendar"],
        ["legacy-test", "walkthrough", "desk-staffed", "configuration"],
    ):
        assert home.told("sign-off", order, *items, "--by", "Charles Babbage")["state"] == "ready"
    assert home.told("sign-off", order, "go", "--by", "Grace Hopper")["accepted"]
    until(lambda: state(up, order) == "rollback_window")
    asked = ("rollback", order, "--reason", "calls drop")
    assert "is not the decision-maker" in home.refused(*asked, "--by", "Charles Babbage")
    assert home.told(*asked, "--by", "Grace Hopper", "--event-id", "back-1")["accepted"]
    until(lambda: state(up, order) == "rolled_back")
    assert "The order has ended" in home.refused("cancel", order, "--by", "Charles", "--reason", "again")
    kinds = [entry["kind"] for entry in home.told("timeline", order)]
    assert [kind for kind in kinds if kind in {"requested", "loa_signed", "approve", "rollback", "ported_back"}] == [
        "requested",
        "loa_signed",
        "approve",
        "rollback",
        "ported_back",
    ]
    assert [entry["sequence"] for entry in home.told("timeline", order)] == list(range(1, len(kinds) + 1))
    assert home.told("tasks", order) == []
    assert home.told("tasks", order, "--all")
    assert list((home.folder / "data" / "mail").glob(f"*-{order}-*rolled_back*.eml"))

    # Starting it again changes nothing, also when Temporal has forgotten the workflow: its retention is limited.
    assert home.told("start", home.folder / "request.yaml")["orders"][0]["new"] is False
    assert asyncio.run(known(up, workflow_id(order)))
    assert up.stop() == 0
    for path in (home.folder / "data").glob("temporal.db*"):
        path.unlink()
    up.start()
    assert home.told("start", home.folder / "request.yaml")["orders"][0]["new"] is False
    assert not asyncio.run(known(up, workflow_id(order)))


@pytest.mark.xdist_group("up")
def test_a_second_one_is_refused_by_port(up: Up) -> None:
    done = up.home.run("up", "--port", up.port, "--ui-port", up.ui_port)
    assert done.code == 1
    assert done.err.startswith(f"error: Port {up.port} is in use")
    assert done.err.count("\n") == 1


@pytest.mark.xdist_group("up")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order_when_its_whole_group_is_told_to(up: Up, how: signal.Signals) -> None:
    """Ctrl-C reaches the server too; that it goes away first must not matter."""
    assert up.stop(how, whole_group=True) == 0
    until(lambda: not in_use(up.port))
    up.start()
