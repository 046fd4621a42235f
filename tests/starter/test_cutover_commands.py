"""The cutover day on the command line: runbook, gates, test calls, and what a decision says before it is taken."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from portolan.documents.keeping import RETURN_CONSENT
from portolan.domain.bridge import TRADE_OFFS
from portolan.domain.order import Order
from portolan.domain.readiness import barred
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.domain.builders import FOC
from tests.domain.standing import eventful, proven, standing
from tests.starter.commands import Home, Said
from tests.starter.test_papers import PDF, Office
from tests.world import ADA, BOSS, COORDINATOR, DAY, HOUR, Port, World

SOON = timedelta(minutes=1)
#: A runbook that is quickly gone through: two gates a day before, one item after.
SHORT = {"runbook": ["desk_staffed", "go", "volumes"], "gates": ["desk_staffed", "go"]}
DESK = "The losing carrier's porting desk confirmed by phone the FOC and that somebody is on duty"


class Day:
    """An order with a date, and the command line of its deployment."""

    def __init__(self, port: Port, folder: Path) -> None:
        self.port, self.folder, self.order_id = port, folder, port.order_id
        world = port.world
        self.home = Home(folder, world.client.service_client.config.target_host, world.settings.task_queue)
        self.home.environment["PORTOLAN_DATA_DIR"] = str(world.settings.data_dir)

    async def run(self, name: str, *words: object) -> Said:
        return await asyncio.to_thread(self.home.run, name, self.order_id, *words)

    async def ok(self, name: str, *words: object) -> str:
        return await asyncio.to_thread(self.home.ok, name, self.order_id, *words)

    async def told(self, name: str, *words: object) -> Any:
        return await asyncio.to_thread(self.home.told, name, self.order_id, *words)

    async def refused(self, name: str, *words: object) -> str:
        return await asyncio.to_thread(self.home.refused, name, self.order_id, *words)

    async def item(self, item: str) -> dict[str, Any]:
        """A row of the runbook."""
        (found,) = [row for row in (await self.told("runbook"))["items"] if row["item"] == item]
        return dict(found)

    async def foc(self) -> datetime:
        foc_at = (await self.port.order()).foc_at
        assert foc_at is not None
        return foc_at

    async def before_foc(self, by: timedelta = SOON) -> None:
        """Let time pass until shortly before the FOC, past the time of every gate."""
        await self.port.clock.to(await self.foc() - by)

    async def moved(self) -> None:
        """Go past the FOC, every gate signed off by whoever can."""
        for who in (ADA, BOSS, COORDINATOR):
            for item in barred(await self.port.order()):
                await self.port.decide("sign_off", items=[item], by=who.name)
        await self.port.clock.to(await self.foc())
        assert await self.port.state() is State.ROLLBACK_WINDOW


async def day(world: World, folder: Path, **given: Any) -> Day:
    """An order by the book whose date was confirmed, two days before it."""
    port = await world.port(by_the_book=True, **given)
    await port.submitted()
    await port.clock.past(3 * DAY)
    assert await port.state() is State.FOC_CONFIRMED
    found = Day(port, folder)
    await port.clock.to(await found.foc() - 2 * DAY)
    return found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def on_record(office: Office, order: Order) -> str:
    """Put an order on record as it is."""
    office.order(order.order_id, numbers=order.request.numbers)
    office.publish(order)
    return order.order_id


async def test_the_runbook_is_shown_by_stage_with_its_red_gates(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path)
    told = await at.told("runbook")
    assert (told["order"], told["state"], told["override"]) == (at.order_id, "foc_confirmed", None)
    assert datetime.fromisoformat(told["foc_at"]) == await at.foc()
    stages = list(dict.fromkeys(row["stage"] for row in told["items"]))
    assert stages == ["T-7 d", "T-24 h", "window", "T+2 h", "T+72 h"]
    status = {row["item"]: row["status"] for row in told["items"]}
    assert (status["foc"], status["rollback_letter"], status["calendar"]) == ("green",) * 3
    assert (status["reconciliation"], status["desk_staffed"], status["closing"]) == ("red_gate", "not_due", "not_due")

    shown = await at.ok("runbook")
    assert f"{at.order_id} at 20" in shown
    assert "Red gates: reconciliation, window_booked, emergency_desk. Next: `portolan sign-off" in shown
    assert "T-24 h" in shown
    await at.before_foc()
    assert (await at.item("desk_staffed"))["status"] == "red_gate"
    shown = await at.ok("runbook")
    assert "desk_staffed" in shown.split("Red gates: ")[1]
    assert "23 h 59 min overdue" in shown
    assert "1 min left" in shown


def test_without_a_server_the_runbook_is_read_from_the_record(office: Office) -> None:
    office.order("acme-1")
    assert office.home.ok("runbook", "acme-1") == "acme-1 goes through no runbook.\n"
    on_record(office, standing(State.READY, policy=SHORT))
    told = office.home.told("runbook", "order-1")
    assert [row["item"] for row in told["items"]] == SHORT["runbook"]
    assert told["foc_at"] == "2026-11-17T16:00:00Z"


@pytest.mark.parametrize(
    ("since_due", "left", "status"),
    [(-5 * SOON, "5 min left", "not due"), (0 * SOON, "now", "red gate"), (5 * SOON, "5 min overdue", "red gate")],
)
def test_how_far_off_an_item_is_shows_on_both_sides_of_its_time(
    office: Office, since_due: timedelta, left: str, status: str
) -> None:
    """An order is never looked at before its newest change, which here lies far ahead."""
    foc_at = datetime(2099, 11, 17, 16, 0, tzinfo=UTC)
    order = standing(State.READY, policy=SHORT, foc_at=foc_at, since=foc_at - DAY + since_due)
    shown = office.home.ok("runbook", on_record(office, order))
    (line,) = [line for line in shown.splitlines() if " desk_staffed " in line and line.startswith("T-24 h")]
    assert f"2099-11-16 16:00 UTC  {left} " in line
    assert status in line


async def test_items_are_signed_off_with_what_shows_it(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    scan = tmp_path / "call.pdf"
    scan.write_bytes(PDF)
    said = await at.ok("sign-off", "desk-staffed", "--by", "Charles", "--note", "Bo is on duty", "--file", scan)
    assert said == "applied; the order is now foc confirmed.\n"
    digest = sha256(PDF).hexdigest()
    row = await at.item("desk_staffed")
    assert (row["status"], row["signed_by"], row["note"], row["document"]) == (
        "green",
        "Charles",
        "Bo is on duty",
        digest,
    )
    documents = at.port.world.records.documents(at.order_id)
    assert [row.sha256 for row in documents if row.kind == "evidence"] == [digest]
    shown = await at.ok("runbook")
    assert "Charles, 20" in shown
    assert digest[:12] in shown


async def test_several_items_are_signed_off_at_once(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    told = await at.told("sign-off", "desk_staffed", "go", "--by", BOSS.name)
    assert (told["accepted"], told["status"]) == (True, "applied")
    assert barred(await at.port.order()) == []


async def test_a_sign_off_that_does_not_count_keeps_no_document(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    scan = tmp_path / "call.pdf"
    scan.write_bytes(PDF)
    by_charles = ("go", "--by", "Charles")
    assert await at.refused("sign-off", *by_charles, "--file", scan) == (
        "error: Charles is not the decision-maker of this order. Only Grace Hopper can sign off go.\n"
    )
    assert await at.refused("sign-off", *by_charles) == (
        "refused: Charles is not the decision-maker of this order. Only Grace Hopper can sign off go.\n"
    )
    assert "lunch is not in the runbook" in await at.refused("sign-off", "lunch", "--by", "Charles")
    assert "volumes is signed off after the numbers moved" in await at.refused("sign-off", "volumes", "--by", "Ada")
    text = tmp_path / "call.txt"
    text.write_text("Bo is on duty")
    assert "Give a PDF or a scan" in await at.refused("sign-off", "desk_staffed", "--by", "C", "--file", text)
    assert not [row for row in at.port.world.records.documents(at.order_id) if row.kind == "evidence"]
    done = await at.run("sign-off", *by_charles, "--json")
    assert (done.code, done.json["accepted"], done.json["status"]) == (1, False, "refused")
    assert (await at.port.order()).signoffs == {}


async def test_an_override_says_what_it_covers_and_the_numbers_move(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    words = ("--reason", "tested by hand")
    assert await at.refused("override", "--by", BOSS.name, *words) == (
        "refused: No gate is overdue. Red, but not due yet: desk_staffed, go. "
        "Have the items signed off in their time.\n"
    )
    await at.before_foc()
    assert "Charles is not the decision-maker" in await at.refused("override", "--by", "Charles", *words)
    said = await at.ok("override", "--by", BOSS.name, *words)
    covers, answer = said.splitlines()
    assert covers.endswith(f"without: {DESK}; Go, by the decision-maker.")
    assert answer == "applied; the order is now ready."
    told = await at.told("runbook")
    assert told["override"]["reason"] == "tested by hand"
    assert {row["item"]: row["status"] for row in told["items"]} == {
        "desk_staffed": "overridden",
        "go": "overridden",
        "volumes": "not_due",
    }
    await at.port.clock.to(await at.foc())
    assert await at.port.state() is State.ROLLBACK_WINDOW


async def test_an_override_in_json_is_the_answer_alone(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    await at.before_foc()
    told = await at.told("override", "--by", BOSS.name, "--reason", "tested by hand")
    assert (told["order"], told["status"], told["state"]) == (at.order_id, "applied", "ready")


async def test_a_second_person_has_to_confirm(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT, second_person=COORDINATOR)
    assert "No decision waits for a second person" in await at.refused("confirm", "--by", COORDINATOR.name)
    await at.before_foc()
    said = await at.ok("override", "--by", BOSS.name, "--reason", "tested by hand")
    assert f"It counts from the moment at which {COORDINATOR.name} confirms it." in said
    assert (await at.port.order()).override is None
    assert "the second person has to be another one" in await at.refused("confirm", "--by", BOSS.name)
    assert "Ada Byron is not the decision-maker" in await at.refused("confirm", "--by", ADA.name)
    assert await at.ok("confirm", "--by", COORDINATOR.email) == "applied; the order is now ready.\n"
    override = (await at.port.order()).override
    assert override is not None
    assert override.by == f"{BOSS.name} and {COORDINATOR.email}"


async def test_on_demand_the_numbers_move_on_somebody_s_word(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, activation="on_demand", policy={"runbook": ["volumes"], "gates": []})
    await at.before_foc()
    assert "window opens at the FOC" in await at.refused("cut-over", "--by", BOSS.name)
    await at.port.clock.to(await at.foc())
    assert await at.port.tasks() == [TaskKind.CUT_OVER]
    told = await at.told("cut-over", "--by", BOSS.name)
    assert told["status"] == "applied"
    order = await at.port.order()
    assert (order.state, order.go_by) == (State.ROLLBACK_WINDOW, BOSS.name)


async def test_numbers_that_move_by_themselves_wait_for_no_word(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    await at.before_foc()
    assert "move at the FOC by themselves" in await at.refused("cut-over", "--by", BOSS.name)


async def test_test_calls_are_taken_and_shown_slot_by_slot(shared_world: World, tmp_path: Path) -> None:
    policy = SHORT | {"proof": ["service", "calls"], "test_slots": [0, 15, 30], "test_checks": ["ringback", "dtmf"]}
    policy |= {"test_origins": ["mobile", "voip"], "test_least_origins": 1, "test_pass_streak": 2}
    at = await day(shared_world, tmp_path, policy=policy)
    not_yet = f"The numbers of {at.order_id} have not moved yet; test calls begin when they have.\n"
    assert await at.ok("test-calls") == not_yet
    by = ("--by", "Charles")
    early = await at.refused("test-call", *by, "--from", "mobile", "--passed", "ringback")
    assert early.startswith("refused: Test calls is not possible while the order is foc confirmed")
    for item in SHORT["gates"]:
        await at.port.decide("sign_off", items=[item], by=BOSS.name)
    await at.port.clock.to(await at.foc())
    assert await at.port.state() is State.VERIFYING

    said = await at.ok("test-call", *by, "--from", "mobile", "--passed", "ringback", "--failed", "dtmf=silence")
    assert said.startswith("applied; the order is now verifying.")
    shown = await at.ok("test-calls")
    for words in (
        "dtmf: silence",
        "VOIP",
        "Failed in a row: 1; from 2 on the decision-maker is asked.",
        "Not proven: test calls: 2 more slots in a row",
    ):
        assert words in shown, shown

    await at.port.clock.past(timedelta(minutes=31))
    (first, second, third) = (await at.told("test-calls"))["slots"]
    assert (first["status"], second["status"], third["status"]) == ("failed", "missed", "due")
    assert "Missed: 1. Due now, until " in await at.ok("test-calls")
    activated = (await at.port.order()).activated_at
    assert activated is not None
    number = at.port.recorded().request.numbers[0]
    calls = [
        {"number": number[2:], "origin": "voip", "checks": {"ringback": "passed", "dtmf": "passed"}, "at": str(moment)}
        for moment in (activated + 16 * SOON, activated + 30 * SOON)
    ]
    results = tmp_path / "results.json"
    results.write_text(json.dumps(calls))
    told = await at.told("test-call", "--by", "dialer-7", "--file", results)
    assert (told["status"], told["state"]) == ("applied", "rollback_window")
    shown = await at.told("test-calls")
    assert (shown["passed_in_a_row"], shown["calls_lack"], shown["missing"]) == (2, [], [])
    assert [slot["status"] for slot in shown["slots"]] == ["failed", "passed", "passed"]
    assert shown["slots"][1]["calls"][0]["by"] == "dialer-7"
    assert shown["proven_at"]
    assert "Proven in service on " in await at.ok("test-calls")


async def test_only_the_order_s_own_numbers_are_called(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT | {"test_slots": [15]})
    await at.moved()
    call = ("test-call", "--by", "Charles", "--from", "mobile", "--passed", "ringback")
    assert "Only numbers of the order are called." in await at.refused(*call, "--number", "911")
    strange = await at.refused(*call, "--number", "+1 617 555 0199")
    assert strange.startswith("refused: +16175550199 is not a number of this order.")
    assert "lies in the future" in await at.refused(*call, "--at", str(await at.foc() + DAY))
    assert "made before the numbers moved" in await at.refused(*call, "--at", str(await at.foc() - DAY))
    assert "at has to be a moment" in await at.refused(*call, "--at", "noon")
    no_origin = await at.refused("test-call", "--by", "Charles", "--passed", "ringback")
    assert no_origin.startswith("error: --from is missing. Say which network it came from: mobile, landline,")
    assert (await at.port.order()).calls == []
    own = at.port.recorded().request.numbers[0]
    written = f"({own[2:5]}) {own[5:8]}-{own[8:]}"
    words = ("--number", written, "--reference", "call-7", "--note", "clear", "--at", str(await at.port.clock.now()))
    await at.ok(*call, *words)
    (kept,) = (await at.port.order()).calls
    assert (kept.number, kept.by, kept.reference, kept.note) == (own, "Charles", "call-7", "clear")


async def test_calls_that_fail_ask_the_decision_maker_and_that_is_shown(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT | {"test_slots": [15, 30], "test_fail_streak": 2})
    await at.moved()
    call = ("test-call", "--by", "Charles", "--from", "mobile", "--failed", "ringback=silence")
    for _ in range(2):
        await at.port.clock.past(16 * SOON)
        await at.ok(*call)
    assert await at.port.state() is State.VERIFYING
    told = await at.told("test-calls")
    assert (told["failed_in_a_row"], told["proven_at"]) == (2, None)
    assert any("fail in 2 slots in a row" in words for words in told["missing"])
    assert told["tasks"][0]["kind"] in {"tests_fail", "half_ported"}
    shown = await at.ok("test-calls")
    assert "tests-fail-1: Test calls fail in 2 slots in a row." in shown


def test_calls_from_a_network_nobody_asked_for_are_shown_too(office: Office) -> None:
    order = eventful()
    order.request.policy = order.policy.model_copy(update={"test_origins": ["mobile"]})
    shown = office.home.ok("test-calls", on_record(office, order))
    (head,) = [line for line in shown.splitlines() if line.startswith("SLOT")]
    assert head.split() == ["SLOT", "(UTC)", "STATUS", "MOBILE", "VOIP"]
    assert "ringback: busy" in shown


def test_where_no_test_calls_are_asked_for_that_is_said(office: Office) -> None:
    shown = office.home.ok("test-calls", on_record(office, proven(State.COMPLETED, since=FOC + 80 * HOUR)))
    assert "No test calls are asked for; 0 were made." in shown


async def test_a_rollback_says_first_what_it_asks_for(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy={"runbook": ["rollback_letter"], "gates": []})
    await at.before_foc()
    words = ("--reason", "no calls")
    assert "No number has moved yet" in await at.refused("rollback", "--by", BOSS.name, *words)
    await at.moved()
    assert "Charles is not the decision-maker" in await at.refused("rollback", "--by", "Charles", *words)
    said = (await at.ok("rollback", "--by", BOSS.name, *words)).splitlines()
    until = f"{await at.foc() + DAY:%Y-%m-%d %H:%M} UTC"
    assert said[0] == (
        f"This asks Old Telco for a snapback, which can be asked for until {until}; Old Telco may refuse. "
        "With it Grace Hopper signs the letter of return that was prepared."
    )
    assert said[1] == RETURN_CONSENT
    assert said[2:] == ["applied; the order is now rolling back."]


async def test_a_rollback_in_json_is_the_answer_alone(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy={"runbook": [], "gates": []})
    await at.moved()
    told = await at.told("rollback", "--by", BOSS.name, "--reason", "no calls", "--inadvertent")
    assert (told["order"], told["accepted"]) == (at.order_id, True)
    (asked,) = (await at.port.order()).returns
    assert asked.inadvertent


async def test_where_no_letter_is_prepared_none_is_signed(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy={"runbook": [], "gates": []})
    await at.moved()
    said = (await at.ok("rollback", "--by", BOSS.name, "--reason", "no calls")).splitlines()
    assert len(said) == 2
    assert said[0].endswith("Old Telco may refuse.")
    (asked,) = (await at.port.order()).returns
    assert not asked.inadvertent


async def test_a_hold_that_the_carrier_cannot_honour_offers_the_bridge(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    await at.before_foc()
    said = await at.ok("hold", "--by", "Charles", "--reason", "in print")
    assert "simulated cannot pause this order. What a bridge would mean:" in said
    assert all(line in said for line in TRADE_OFFS)
    task = await at.port.task(TaskKind.CHOOSE_BRIDGE)
    assert f"`portolan complete {at.order_id} {task.task_id} ANSWER --by NAME`, bridge or let_it_port." in said


async def test_a_hold_in_json_offers_nothing_beside_the_answer(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    await at.before_foc()
    assert (await at.told("hold", "--by", "Charles", "--reason", "in print"))["status"] == "applied"


async def test_a_hold_that_can_be_honoured_offers_no_bridge(shared_world: World, tmp_path: Path) -> None:
    at = await day(shared_world, tmp_path, policy=SHORT)
    until = (await at.foc() + 3 * DAY).isoformat()
    said = await at.ok("hold", "--by", "Charles", "--reason", "in print", "--until", until)
    assert said.startswith("applied; the order is now submitting. On hold until ")
    assert TRADE_OFFS[0] not in said


def test_what_release_means_for_a_bridged_order_is_in_its_help(office: Office) -> None:
    assert "of a bridged order, begin the port" in office.home.ok("release", "--help")
