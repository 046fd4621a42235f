"""The demo does what its script says, and can tell when it does not."""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import yaml

from portolan.domain.errors import RequestInvalid
from portolan.domain.order_request import OrderRequest
from portolan.records.tables import AuditEvent
from starter.commands.rehearsing import EXAMPLE, PORT_OUTS
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


@pytest.mark.timeout(200)
def test_the_example_ends_as_scripted_in_time(tmp_path: Path) -> None:
    began = monotonic()
    done = subprocess.run(
        [PORTOLAN, "demo", "--json"], cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False
    )
    seconds = monotonic() - began
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    orders, port_outs = told["orders"], told["port_outs"]
    accounts = yaml.safe_load(EXAMPLE.read_text())["accounts"]
    requests = yaml.safe_load(PORT_OUTS.read_text())["port_outs"]
    assert [order["label"] for order in orders] == [account["label"] for account in accounts]
    assert [order["state"] for order in orders] == [account["rehearsal"]["ends"] for account in accounts]
    assert [port_out["state"] for port_out in port_outs] == [request["rehearsal"]["ends"] for request in requests]
    assert {each["as_scripted"] for each in (*orders, *port_outs)} == {True}
    assert len(orders) >= 17
    assert list(tmp_path.iterdir()) == []
    assert seconds < 150  # alone on a machine it is some forty; here it shares one


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


async def test_events_of_orders_that_live_at_once_are_told_order_by_order(shared_world: World, tmp_path: Path) -> None:
    path = script(tmp_path, people=[SIGN, CANCEL | {"when": "awaiting_approval"}], ends="cancelled")
    asked = yaml.safe_load(path.read_text())
    (first,) = asked["accounts"]
    asked["accounts"] = [
        {
            **first,
            "account": {**first["account"], "account_number": f"0050-{index}"},
            "numbers": [f"+1617555018{index}"],
        }
        for index in range(4)
    ]
    path.write_text(yaml.safe_dump(asked))
    told: list[tuple[str, int]] = []

    def listen(request: OrderRequest, entry: AuditEvent) -> None:
        told.append((request.order_id, entry.sequence))

    world = shared_world
    endings = await rehearse(world.client, world.settings, world.records, prepare(path), listen)
    assert [ending.as_scripted for ending in endings] == [True] * 4
    each = max(sequence for _, sequence in told)
    assert told == [(ending.order_id, sequence) for ending in endings for sequence in range(1, each + 1)]


async def trail(world: World, path: Path) -> tuple[Ending, list[AuditEvent]]:
    """The one ending of a script, and what was told on the way."""
    told: list[AuditEvent] = []
    (ending,) = await rehearse(
        world.client, world.settings, world.records, prepare(path), lambda _, entry: told.append(entry)
    )
    return ending, told


def signed(told: list[AuditEvent]) -> str:
    """What was signed off, in words."""
    return "; ".join(entry.detail for entry in told if entry.kind == "sign_off")


async def test_people_sign_the_runbook_without_a_word_in_the_script(shared_world: World, tmp_path: Path) -> None:
    ending, told = await trail(shared_world, script(tmp_path, people=[SIGN, APPROVE], ends="completed"))
    assert ending.surprises == []
    assert ending.as_scripted
    for item in ("reconciliation", "emergency_desk", "legacy_test", "go", "watch", "volumes", "closing"):
        assert item in signed(told)
    assert "red_gates" not in {entry.kind for entry in told}


async def test_an_item_that_is_left_holds_the_numbers_until_the_override(shared_world: World, tmp_path: Path) -> None:
    override = {
        "when": "ready",
        "hours_after_foc": 1,
        "do": "override_gates",
        "with": {"reason": "ready all the same"},
    }
    path = script(tmp_path, runbook={"leave": ["go"]}, people=[SIGN, APPROVE, override], ends="completed")
    ending, told = await trail(shared_world, path)
    assert ending.as_scripted
    assert "go" not in signed(told).replace(",", "").split()
    (held,) = [entry for entry in told if entry.kind == "cutover"]
    (moved,) = [entry for entry in told if entry.kind == "override_gates"]
    assert (held.state_after, moved.state_after) == ("ready", "cutting_over")
    assert moved.occurred_at - held.occurred_at == timedelta(hours=1)


async def test_where_everything_is_left_the_date_passes_at_red_gates(shared_world: World, tmp_path: Path) -> None:
    cancel = CANCEL | {"when": "action_required"}
    path = script(tmp_path, runbook="left", people=[SIGN, APPROVE, cancel], ends="cancelled")
    ending, told = await trail(shared_world, path)
    assert ending.as_scripted
    assert signed(told) == ""
    assert [entry.state_after for entry in told if entry.kind == "foc_lapses"] == ["action_required"]


async def test_an_act_before_the_date_is_done_then(shared_world: World, tmp_path: Path) -> None:
    cancel = CANCEL | {"when": "ready", "hours_before_foc": 3}
    ending, told = await trail(shared_world, script(tmp_path, people=[SIGN, APPROVE, cancel], ends="cancelled"))
    assert ending.as_scripted
    (frozen,) = [entry for entry in told if entry.kind == "freeze"]
    (cancelled,) = [entry for entry in told if entry.kind == "cancel"]
    assert cancelled.occurred_at - frozen.occurred_at == timedelta(hours=21)


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
        (
            {"people": [CANCEL | {"hours_before_foc": 3}, CANCEL], "ends": "cancelled"},
            "cancel counts from a moment that the order does not have",
        ),
    ],
    ids=["another end", "accepted", "refused", "never reached", "no such moment"],
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
        ({"ends": "completed", "runbook": {"leave": ["tea"]}}, ".runbook.leave", "tea: no item of the runbook"),
        ({"ends": "completed", "runbook": "perhaps"}, ".runbook", "none of: signed, left"),
        (
            {"ends": "completed", "people": [APPROVE | {"hours_before_foc": 1, "after_hours": 1}]},
            ".people[0]",
            "give one of them",
        ),
    ],
    ids=["no end", "no such end", "no such act", "no such state", "misspelt", "no item", "no word", "two times"],
)
def test_a_script_that_makes_no_sense_is_refused(
    tmp_path: Path, rehearsal: dict[str, Any], where: str, said: str
) -> None:
    prepared: Prepared = prepare(script(tmp_path, **rehearsal))
    with pytest.raises(RequestInvalid) as caught:
        scripts(prepared)
    (fault,) = caught.value.faults
    assert fault.where.startswith("accounts[0].rehearsal")
    assert re.sub(r"\.0(?=\.|$)", "[0]", fault.where).endswith(where)
    assert said in fault.what
