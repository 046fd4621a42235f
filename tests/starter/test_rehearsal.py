"""The demo does what its script says, and can tell when it does not."""

from __future__ import annotations

import json
import subprocess
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import yaml

from portolan.domain.errors import RequestInvalid
from portolan.domain.order import OrderRequest
from portolan.records.tables import AuditEvent
from starter.commands.running import EXAMPLE
from starter.rehearsal import Ending, rehearse, scripts
from starter.request_files import Prepared, prepare
from tests.starter.commands import PORTOLAN
from tests.world import World

pytestmark = pytest.mark.xdist_group("rehearsal")

SIGN = {"when": "awaiting_signature", "do": "loa_signed"}
APPROVE = {"when": "awaiting_approval", "do": "approve"}
CANCEL = {"when": "awaiting_signature", "do": "cancel", "with": {"reason": "the office stays"}}


def script(folder: Path, **rehearsal: Any) -> Path:
    """The example's first account with another rehearsal, in a request of its own."""
    request = yaml.safe_load(EXAMPLE.read_text())
    (account, *_) = request["accounts"]
    account["numbers"] = ["+16175550198"]
    account["account"]["postal_code"] = "02110"
    account["rehearsal"] = rehearsal
    path = folder / "script.yaml"
    path.write_text(yaml.safe_dump({**request, "reference": f"r-{uuid.uuid4().hex[:8]}", "accounts": [account]}))
    return path


async def play(world: World, path: Path) -> Ending:
    """The one ending of a script."""
    (ending,) = await rehearse(world.client, world.settings, world.records, prepare(path), lambda *_: None)
    return ending


def test_the_example_ends_as_scripted_in_time(tmp_path: Path) -> None:
    began = monotonic()
    done = subprocess.run(
        [PORTOLAN, "demo", "--json"], cwd=tmp_path, capture_output=True, text=True, timeout=110, check=False
    )
    seconds = monotonic() - began
    assert done.returncode == 0, done.stderr
    orders = json.loads(done.stdout)["orders"]
    accounts = yaml.safe_load(EXAMPLE.read_text())["accounts"]
    assert [order["label"] for order in orders] == [account["label"] for account in accounts]
    assert [order["state"] for order in orders] == [account["rehearsal"]["ends"] for account in accounts]
    assert {order["as_scripted"] for order in orders} == {True}
    assert len(orders) >= 8
    assert list(tmp_path.iterdir()) == []
    assert seconds < 60


async def test_each_event_is_told_once_in_order(shared_world: World, tmp_path: Path) -> None:
    told: list[AuditEvent] = []

    def listen(request: OrderRequest, entry: AuditEvent) -> None:
        assert entry.order_id == request.order_id
        told.append(entry)

    prepared = prepare(script(tmp_path, people=[SIGN, CANCEL | {"when": "awaiting_approval"}], ends="cancelled"))
    (ending,) = await rehearse(shared_world.client, shared_world.settings, shared_world.records, prepared, listen)
    assert ending.as_scripted
    assert [entry.sequence for entry in told] == list(range(1, len(told) + 1))
    kinds = ["requested", "checked", "letter_rendered", "loa_signed", "cancel", "cancelled"]
    assert [entry.kind for entry in told] == kinds


@pytest.mark.parametrize(
    ("rehearsal", "surprise"),
    [
        ({"people": [CANCEL], "ends": "completed"}, None),
        ({"people": [CANCEL | {"refused": True}], "ends": "cancelled"}, "cancel was applied: "),
        (
            {"people": [{"when": "awaiting_signature", "do": "approve"}, CANCEL], "ends": "cancelled"},
            "approve was refused: ",
        ),
        ({"people": [CANCEL, APPROVE], "ends": "cancelled"}, "never got to awaiting"),
    ],
    ids=["another end", "accepted", "refused", "never reached"],
)
async def test_what_goes_otherwise_than_scripted_is_told(
    shared_world: World, tmp_path: Path, rehearsal: dict[str, Any], surprise: str | None
) -> None:
    ending = await play(shared_world, script(tmp_path, **rehearsal))
    assert ending.state == "cancelled"
    assert not ending.as_scripted
    assert len(ending.surprises) == (surprise is not None)
    assert all(each.startswith(surprise) for each in ending.surprises if surprise)


async def test_the_same_script_without_a_mistake_ends_well(shared_world: World, tmp_path: Path) -> None:
    assert (await play(shared_world, script(tmp_path, people=[CANCEL], ends="cancelled"))).as_scripted


def test_a_demo_that_ends_otherwise_ends_with_one(tmp_path: Path) -> None:
    path = script(tmp_path, people=[CANCEL], ends="completed")
    done = subprocess.run(
        [PORTOLAN, "demo", path], cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "expected completed" in done.stdout
    assert "0 of 1 orders ended as their scripts say" in done.stdout


@pytest.mark.parametrize(
    ("rehearsal", "where", "said"),
    [
        ({}, ".ends", "required"),
        ({"ends": "asleep"}, ".ends", "'completed'"),
        ({"ends": "completed", "people": [{"when": "checking", "do": "dance"}]}, ".people", "'dance' is none of"),
        ({"ends": "completed", "people": [{"when": "asleep", "do": "approve"}]}, ".people[0].when", "'checking'"),
        ({"ends": "completed", "peple": []}, ".peple", "not permitted"),
    ],
    ids=["no end", "no such end", "no such act", "no such state", "misspelt"],
)
def test_a_script_that_makes_no_sense_is_refused(
    tmp_path: Path, rehearsal: dict[str, Any], where: str, said: str
) -> None:
    prepared: Prepared = prepare(script(tmp_path, **rehearsal))
    with pytest.raises(RequestInvalid) as caught:
        scripts(prepared)
    (fault,) = caught.value.faults
    assert fault.where.startswith("accounts[0].rehearsal")
    assert fault.where.replace(".0.", "[0].").endswith(where)
    assert said in fault.what
