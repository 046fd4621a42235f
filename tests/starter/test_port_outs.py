"""The port-out commands: what they print, what they refuse, and how they say so."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client

from portolan.domain.errors import RequestInvalid
from portolan.domain.port_out.policy import Compared
from portolan.domain.port_out.states import PortOutState
from portolan.records.port_outs import Code, port_out_id
from starter.port_out_files import OLDEST, load
from starter.port_out_rehearsal import port_out_scripts, rehearse_port_outs
from tests.starter.commands import Home
from tests.world import World, make_world, world

EXAMPLE = Path(__file__).parents[2] / "examples" / "port-outs.yaml"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
_references = (f"OT-{number}" for number in itertools.count(1))

FILE = """\
carrier: Our Telco
port_outs:
  - requesting_carrier: Other Telco
    reference: {reference}
    country: US
    numbers: [617-555-0170]
    account: {{account_number: 0048-1937, postal_code: 02110}}
    customer: Acme Manufacturing
    contacts:
      customer: {{name: Ada Byron, email: ada@acme.example}}
      coordinator: {{name: Charles Babbage, email: charles@our-telco.example}}
    on_file: {{account_number: 0048-1937, postal_code: 02110}}
"""


def written(folder: Path, reference: str = "OT-1", **changes: str) -> Path:
    """A file with one request; keywords replace parts of it."""
    text = FILE.format(reference=reference)
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "port-outs.yaml"
    path.write_text(text)
    return path


def faults(folder: Path, changes: dict[str, str]) -> list[str]:
    with pytest.raises(RequestInvalid) as caught:
        load(written(folder, **changes), NOW)
    return list(map(str, caught.value.faults))


def test_a_request_is_read_as_it_was_typed(tmp_path: Path) -> None:
    (one,) = load(written(tmp_path), NOW)
    request = one.request
    assert request.port_out_id == port_out_id("Other Telco", "OT-1")
    assert (request.numbers, request.country, request.number_class) == (["+16175550170"], "US", "geographic")
    assert (request.account_number, request.postal_code) == ("0048-1937", "02110")
    assert (request.requested_at, request.policy.playbook) == (NOW, "US-LOCAL")
    assert request.carrier == "Our Telco"
    assert one.codes == []
    assert request.on_file.lock is None


@pytest.mark.parametrize(
    ("service", "playbook"),
    [
        ("lines_on_account: 1", "US-LOCAL-SIMPLE"),
        ("wireless: true", "US-WIRELESS"),
        ("lines_on_account: 2", "US-LOCAL"),
    ],
)
def test_the_service_decides_by_which_rules(tmp_path: Path, service: str, playbook: str) -> None:
    path = written(tmp_path, **{"    customer: Acme": f"    service: {{{service}}}\n    customer: Acme"})
    assert load(path)[0].request.policy.playbook == playbook


def test_codes_are_kept_apart_and_protections_are_not(tmp_path: Path) -> None:
    on_file = "code: 4711, code_expires_at: 2026-12-01, lock: {until: 2026-12-02T09:00Z}"
    changes = {
        "02110}\n    customer": '02110, code: 4711, codes: {"617 555 0170": 99}}\n    customer',
        "on_file: {account_number: 0048-1937, postal_code: 02110}": f"on_file: {{{on_file}}}",
    }
    path = written(tmp_path, **changes)
    (one,) = load(path, NOW)
    assert one.codes == [Code(False, "", "4711"), Code(False, "+16175550170", "99"), Code(True, "", "4711")]
    assert "4711" not in one.request.model_dump_json()
    assert one.request.on_file.code_expires_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert one.request.on_file.lock
    assert one.request.on_file.lock.until == datetime(2026, 12, 2, 9, tzinfo=UTC)
    assert one.request.policy.code is Compared.PIN


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"617-555-0170": "617-555-01"},
            "line 6, port_outs[0].numbers[0]: '617-555-01', read as +161755501, is too short",
        ),
        ({"[617-555-0170]": "[617-555-0170, 6175550170]"}, "port_outs[0].numbers[1]: +16175550170 is there already"),
        ({"[617-555-0170]": "[617-555-0170, 800-555-0170]"}, "are of several kinds (US geographic, US toll-free)"),
        ({"country: US": "country: ZZ"}, "line 5, port_outs[0].country: 'ZZ' is not the ISO 3166 code of a country"),
        ({"country: US": "country: UK"}, "did you mean 'GB'?"),
        ({"country: US": "county: US"}, "'county' is not a known key: did you mean 'country'?"),
        ({"[617-555-0170]": "[+81 3 1234 5678]"}, "there is no playbook for JP geographic numbers"),
        ({"ada@acme.example": "ada"}, "'ada' is not an e-mail address"),
        (
            {"on_file: {": "on_file: {inactive: [617-555-0199], "},
            "port_outs[0].on_file.inactive[0]: +16175550199 is no number of the request",
        ),
        ({"    customer: Acme": "    requested_at: 2026-11-25\n    customer: Acme"}, "a moment of the last 30 days"),
        ({"carrier: Our Telco\n": ""}, "carrier: is missing or empty"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    assert any(told in fault for fault in faults(tmp_path, changes)), faults(tmp_path, changes)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, {"ada@acme.example": "ada", "country: US": "county: US"})) == 3


def test_a_code_where_none_is_compared_is_a_fault(tmp_path: Path) -> None:
    changes = {"617-555-0170": "020 7946 0170", "country: US": "country: GB", "postal_code: 02110}": "code: 1}"}
    assert any("UK-GEO compares no code" in fault for fault in faults(tmp_path, changes))


def test_a_reference_is_used_once_in_a_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text() + path.read_text().split("port_outs:\n")[1])
    with pytest.raises(RequestInvalid, match=r"port_outs\[1\].reference: Other Telco has used 'OT-1' above"):
        load(path)


@pytest.mark.parametrize(("before", "fine"), [(OLDEST, True), (OLDEST + timedelta(seconds=1), False)])
def test_a_request_may_have_lain_around_for_a_while(tmp_path: Path, before: timedelta, fine: bool) -> None:
    at = (NOW - before).isoformat()
    changes = {"    customer: Acme": f"    requested_at: {at}\n    customer: Acme"}
    if fine:
        assert load(written(tmp_path, **changes), NOW)[0].request.requested_at == NOW - before
    else:
        assert faults(tmp_path, changes)


@pytest.mark.parametrize(("text", "told"), [("", "is empty"), ("- a\n", "must be"), ("a: [", "cannot be read as YAML")])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "port-outs.yaml"
    path.write_text(text)
    with pytest.raises(RequestInvalid, match=told):
        load(path)
    with pytest.raises(RequestInvalid, match="does not exist"):
        load(tmp_path / "nothing.yaml")


@pytest_asyncio.fixture
async def own_world(client: Client, tmp_path: Path) -> AsyncIterator[World]:
    """A world for one test, with a worker."""
    async with world(client, tmp_path / "world") as made:
        yield made


@pytest.fixture
def home(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Commands that find the suite's server, on a task queue that nobody serves; they wait only briefly."""
    monkeypatch.setattr("starter.port_outs.ANSWER_WITHIN", timedelta(seconds=0.5))
    made = Home(tmp_path, client.service_client.config.target_host, f"q-{uuid.uuid4().hex[:8]}")
    made.ok("migrate")
    return made


def received(home: Home) -> str:
    """A request that nobody works on; its name."""
    reference = f"{next(_references)}-{uuid.uuid4().hex[:6]}"
    told = home.told("port-out", "receive", written(home.folder, reference))
    name: str = told["port_outs"][0]["port_out"]
    return name


def test_receiving_tells_when_the_answer_is_due_and_again_changes_nothing(home: Home) -> None:
    path = written(home.folder, f"R-{uuid.uuid4().hex[:6]}")
    first = home.ok("port-out", "receive", path)
    assert first.startswith("received: p")
    assert "of Other Telco, answer due 20" in first
    assert home.ok("port-out", "receive", path).startswith("known already, validating: p")
    path.write_text(path.read_text().replace("617-555-0170", "617-555-0171"))
    assert "for a different request" in home.refused("port-out", "receive", path)


def test_lists_and_one_shown(home: Home) -> None:
    assert "No port-outs" in home.ok("port-out", "list")
    name = received(home)
    assert name in home.ok("port-out", "list", "--live")
    assert [row["port_out_id"] for row in home.told("port-out", "list", "--state", "validating")] == [name]
    assert home.told("port-out", "list", "--state", "refused") == []
    shown = home.ok("port-out", "show", name)
    assert "Acme Manufacturing, asked for by Other Telco" in shown
    assert "by itself: released" in shown
    assert f"/workflows/port-out-{name}" in shown
    told = home.told("port-out", "show", name)
    assert (told["state"], told["timeline"]) == ("validating", [])
    assert "seen" not in told


SAYINGS: list[tuple[str, ...]] = [
    ("confirm", "--by", "Ada", "--verified", "called back"),
    ("deny", "--by", "Ada"),
    ("unlock", "--by", "Ada", "--verified", "called back"),
    ("hold", "--by", "Cy", "--sign", "recent_sim_change", "--reason", "seen", "--evidence", "ticket 1"),
    ("release", "--by", "Cy", "--reason", "explained"),
    ("refuse", "--by", "Dee", "--ground", "customer_denies"),
    ("withdraw",),
    ("done", "--at", "2026-11-20T09:00+01:00"),
]


@pytest.mark.parametrize("words", SAYINGS, ids=lambda words: words[0])
def test_what_is_said_waits_for_a_worker(home: Home, words: tuple[str, ...]) -> None:
    name = received(home)
    said = home.told("port-out", words[0], name, *words[1:])
    assert (said["accepted"], said["status"]) == (True, "promised")


@pytest.mark.parametrize("words", [("show",), *SAYINGS], ids=lambda words: words[0])
def test_what_is_not_there_is_said_so(home: Home, words: tuple[str, ...]) -> None:
    line = home.refused("port-out", words[0], "p0", *words[1:])
    assert line == "error: There is no port-out 'p0'. `portolan port-out list` shows those there are.\n"


def test_a_ground_about_money_cannot_be_typed(home: Home) -> None:
    done = home.run("port-out", "refuse", "p0", "--by", "Dee", "--ground", "unpaid")
    assert done.code == 2
    assert "unpaid" in done.err


async def test_decisions_are_answered_by_the_rules(client: Client, tmp_path: Path) -> None:
    made = make_world(client, tmp_path / "data")
    home = Home(tmp_path, client.service_client.config.target_host, made.settings.task_queue)
    async with made.worker():
        name = await _thread(received, home)
        line = await _thread(home.refused, "port-out", "refuse", name, "--by", "Dee", "--ground", "locked")
        assert line == "refused: locked was not found. On record is: none.\n"
        said = await _thread(home.ok, "port-out", "confirm", name, "--by", "Ada", "--verified", "called back")
        assert said.startswith("applied; it is now ")
        line = await _thread(home.refused, "port-out", "confirm", name, "--by", "", "--verified", "x")
        assert line == "error: confirm: by is missing\n"


async def _thread(work: Any, *words: Any) -> Any:
    return await asyncio.to_thread(work, *words)


def test_the_example_has_a_script_for_each_request() -> None:
    scripts = port_out_scripts(load(EXAMPLE))
    assert [script.ends for script in scripts] == ["ported", "refused", "refused", "refused"]


@pytest.mark.parametrize(
    ("rehearsal", "told"),
    [
        ("{ends: nowhere}", "rehearsal.ends"),
        ("{ends: refused, people: [{when: released, do: approve}]}", "'approve' is none of confirm, deny"),
        ("{}", "rehearsal.ends"),
    ],
)
def test_a_script_that_makes_no_sense_is_refused(tmp_path: Path, rehearsal: str, told: str) -> None:
    path = written(tmp_path, **{"    customer: Acme": f"    rehearsal: {rehearsal}\n    customer: Acme"})
    with pytest.raises(RequestInvalid, match=told):
        port_out_scripts(load(path))


async def test_the_example_is_lived_through_as_scripted(own_world: World) -> None:
    lines: list[str] = []
    endings = await rehearse_port_outs(
        own_world.client,
        own_world.settings,
        own_world.records,
        EXAMPLE,
        lambda request, entry: lines.append(f"{request.carrier_reference} {entry.kind}"),
    )
    assert [(ending.state, ending.surprises) for ending in endings] == [
        (PortOutState.PORTED, []),
        (PortOutState.REFUSED, []),
        (PortOutState.REFUSED, []),
        (PortOutState.REFUSED, []),
    ]
    assert all(ending.as_scripted for ending in endings)
    assert lines.index("OT-1001 received") < lines.index("OT-1002 received")
    assert "OT-1003 deny" in lines


async def test_a_rehearsal_that_goes_otherwise_is_noticed(own_world: World, tmp_path: Path) -> None:
    script = "{ends: refused, people: [{when: awaiting_customer, do: release_hold, with: {by: Cy, reason: none}}]}"
    path = written(tmp_path, **{"    customer: Acme": f"    rehearsal: {script}\n    customer: Acme"})
    (ending,) = await rehearse_port_outs(own_world.client, own_world.settings, own_world.records, path, lambda *_: None)
    assert not ending.as_scripted
    assert ending.state is PortOutState.LAPSED
    assert ending.surprises == ["release_hold was refused: There is no hold."]
