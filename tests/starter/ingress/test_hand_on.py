"""Handing messages on, with a Temporal that does what a test says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from portolan.domain.carrier import send_key
from portolan.domain.states import State
from portolan.records.inbox import GIVE_UP
from starter.commands.ingress import stands
from starter.ingress.hand_on import AWAY, LONGEST_PAUSE, SHORTEST_PAUSE, HandingOn
from tests.starter.ingress.office import NOW, Office, no_temporal

SECOND = timedelta(seconds=1)


class Temporal:
    """Takes signals, or refuses them."""

    def __init__(self) -> None:
        self.signals: list[tuple[str, dict[str, Any]]] = []
        self.refuses: dict[str, RPCStatusCode] = {}
        self.status: dict[str, WorkflowExecutionStatus] = {}
        self.away = False

    async def connect(self) -> Client:
        return cast(Client, self)

    def get_workflow_handle(self, workflow: str) -> Any:
        async def signal(name: str, payload: dict[str, Any], rpc_timeout: timedelta) -> None:
            assert name == "carrier_activity"
            self._check(workflow)
            self.signals.append((workflow, payload))

        async def describe(rpc_timeout: timedelta) -> Any:
            if workflow not in self.status:
                raise RPCError("no such workflow", RPCStatusCode.NOT_FOUND, b"")
            return SimpleNamespace(status=self.status[workflow])

        return SimpleNamespace(signal=signal, describe=describe)

    def _check(self, workflow: str) -> None:
        status = RPCStatusCode.UNAVAILABLE if self.away else self.refuses.get(workflow)
        if status is not None:
            raise RPCError("refused", status, b"")

    @property
    def told(self) -> list[str]:
        return [payload["event_id"] for _, payload in self.signals]


@pytest.fixture
def temporal() -> Temporal:
    return Temporal()


@pytest.fixture
def handing_on(office: Office, temporal: Temporal) -> HandingOn:
    return office.process(temporal.connect)


async def test_a_message_is_told_to_its_order_once(office: Office, temporal: Temporal, handing_on: HandingOn) -> None:
    order_id = office.order()
    for _ in range(2):
        await office.say(message_id="m-1", carrier_order_id="C-1", said="call us")
        await handing_on.sweep()
    event = {"event_id": "one:m-1", "note": "status_changed", "said": "call us"}
    assert temporal.signals == [(f"port-{order_id}", event)]
    assert office.open() == []
    assert [row.message_id for row in office.records.messages(order_id)] == ["m-1"]
    assert office.counted("handed_on", outcome="signalled") == 1


async def test_what_says_nothing_is_a_bare_hint(office: Office, temporal: Temporal, handing_on: HandingOn) -> None:
    office.order()
    await office.say(message_id="m-1", carrier_order_id="C-1", kind="")
    await handing_on.sweep()
    assert temporal.signals[0][1] == {"event_id": "one:m-1"}


async def test_an_order_of_another_account_is_not_told(
    office: Office, temporal: Temporal, handing_on: HandingOn
) -> None:
    office.order(account="one")
    await office.say("two", carrier_order_id="C-1")
    await handing_on.sweep()
    assert temporal.signals == []
    assert len(office.open()) == 1


async def test_an_early_message_waits_for_its_order(office: Office, temporal: Temporal, handing_on: HandingOn) -> None:
    order_id = office.order(State.SUBMITTING, at_carrier=None)
    await office.say(message_id="m-1", carrier_order_id="C-7")
    for _ in range(3):
        await handing_on.sweep()
        office.clock.pass_by(timedelta(minutes=1))
    assert temporal.signals == []
    office.records.link("one", "C-7", send_key(order_id, 1))
    await handing_on.sweep()
    assert temporal.signals == []  # the order could not ask yet: it does not know what the carrier calls it
    office.stands(order_id, State.SUBMITTED, "C-7")
    await handing_on.sweep()
    assert temporal.told == ["one:m-1"]
    assert office.open() == []


async def test_a_message_that_names_our_reference_waits_until_the_order_can_ask(
    office: Office, temporal: Temporal, handing_on: HandingOn
) -> None:
    order_id = office.order(State.SUBMITTING, at_carrier=None)
    await office.say(reference=send_key(order_id, 1))
    await handing_on.sweep()
    assert temporal.signals == []
    (waiting,) = office.open()
    assert waiting.order_id == order_id
    assert stands(waiting, NOW) == f"waits for {order_id}"
    office.stands(order_id, State.SUBMITTED, "C-1")
    await handing_on.sweep()
    assert len(temporal.signals) == 1


async def test_what_waits_is_tried_less_and_less_often(office: Office, handing_on: HandingOn) -> None:
    await office.say(carrier_order_id="C-nobody")
    at: list[timedelta] = []
    tries = 0.0
    while office.clock() < NOW + timedelta(minutes=30):
        await handing_on.sweep()
        if office.counted("handed_on", outcome="unknown") > tries:
            tries += 1
            at.append(office.clock() - NOW)
        office.clock.pass_by(SECOND)
    pauses = [after - before for before, after in pairwise(at)]
    assert at[0] == timedelta()
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (SHORTEST_PAUSE, LONGEST_PAUSE)


@pytest.mark.parametrize(("age", "tried"), [(GIVE_UP, True), (GIVE_UP + SECOND, False)])
async def test_after_a_week_an_unknown_order_is_left_to_people(
    office: Office, handing_on: HandingOn, age: timedelta, tried: bool
) -> None:
    await office.say(carrier_order_id="C-nobody")
    office.clock.pass_by(age)
    await handing_on.sweep()
    assert office.counted("handed_on", outcome="unknown") == tried
    (left,) = office.open()
    expected = "waits for its order" if tried else "unknown: no order of ours in 7 days"
    assert stands(left, office.clock()) == expected


async def test_what_names_no_order_is_never_tried_and_listed(office: Office, handing_on: HandingOn) -> None:
    await office.say()
    await office.post(b"gibberish")
    await handing_on.sweep()
    assert office.counted("handed_on", outcome="unknown") == 0
    assert [stands(row, NOW).split(":")[0] for row in office.open()] == ["unknown", "unreadable"]


async def test_while_temporal_is_away_everything_stays(
    office: Office, temporal: Temporal, handing_on: HandingOn
) -> None:
    office.order()
    for name in ("m-1", "m-2"):
        await office.say(message_id=name, carrier_order_id="C-1")
    temporal.away = True
    await handing_on.sweep()
    assert office.counted("handed_on", outcome="failed") == 1  # the second is not even tried
    assert len(office.open()) == 2
    temporal.away = False
    await handing_on.sweep()
    assert temporal.told == []
    office.clock.pass_by(AWAY)
    await handing_on.sweep()
    assert sorted(temporal.told) == ["one:m-1", "one:m-2"]


async def test_a_temporal_that_cannot_be_reached_at_the_start_is_asked_again(
    office: Office, temporal: Temporal
) -> None:
    answers = [no_temporal, temporal.connect]

    async def connect() -> Client:
        return await answers.pop(0)()

    handing_on = office.process(connect)
    office.order()
    await office.say(carrier_order_id="C-1")
    await handing_on.sweep()
    assert len(office.open()) == 1
    office.clock.pass_by(AWAY)
    await handing_on.sweep()
    assert office.open() == []


async def test_one_order_that_cannot_be_told_keeps_nobody_waiting(
    office: Office, temporal: Temporal, handing_on: HandingOn
) -> None:
    bad, good = office.order(at_carrier="C-1"), office.order(at_carrier="C-2")
    temporal.refuses[f"port-{bad}"] = RPCStatusCode.INVALID_ARGUMENT
    for number in (1, 2):
        await office.say(message_id=f"m-{number}", carrier_order_id=f"C-{number}")
    await handing_on.sweep()
    assert [workflow for workflow, _ in temporal.signals] == [f"port-{good}"]
    assert [row.message_id for row in office.open()] == ["m-1"]


@pytest.mark.parametrize("state", [State.COMPLETED, State.CANCELLED])
async def test_an_order_that_has_ended_needs_not_be_told(
    office: Office, temporal: Temporal, handing_on: HandingOn, state: State
) -> None:
    order_id = office.order(state)
    await office.say(carrier_order_id="C-1")
    await handing_on.sweep()
    assert (temporal.signals, office.open()) == ([], [])
    assert len(office.records.messages(order_id)) == 1


@pytest.mark.parametrize(
    ("status", "left"),
    [(None, 1), (WorkflowExecutionStatus.RUNNING, 1), (WorkflowExecutionStatus.TERMINATED, 0)],
    ids=["not started", "started just now", "ended"],
)
async def test_a_workflow_that_takes_no_signal_has_ended_or_not_begun(
    office: Office, temporal: Temporal, handing_on: HandingOn, status: WorkflowExecutionStatus | None, left: int
) -> None:
    workflow = f"port-{office.order()}"
    temporal.refuses[workflow] = RPCStatusCode.NOT_FOUND
    if status is not None:
        temporal.status[workflow] = status
    await office.say(carrier_order_id="C-1")
    await handing_on.sweep()
    assert len(office.open()) == left


async def test_a_crash_after_storing_loses_nothing(office: Office, temporal: Temporal) -> None:
    office.order()
    async with office.handing_on.running():  # it never gets to Temporal, and dies
        await office.say(message_id="m-1", carrier_order_id="C-1")
        await asyncio.sleep(0.01)
    assert temporal.signals == []
    await office.process(temporal.connect).sweep()
    assert temporal.told == ["one:m-1"]


async def test_a_crash_after_telling_tells_again_under_the_same_name(
    office: Office, temporal: Temporal, handing_on: HandingOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("gone")

    office.order()
    await office.say(message_id="m-1", carrier_order_id="C-1")
    with monkeypatch.context() as patched:
        patched.setattr(office.records, "message_handled", crash)
        await handing_on.sweep()
    await office.process(temporal.connect).sweep()
    assert temporal.told == ["one:m-1"] * 2
    assert office.open() == []


async def test_a_long_name_is_the_same_at_every_try(office: Office, temporal: Temporal, handing_on: HandingOn) -> None:
    office.order()
    async with office.handing_on.running():
        await office.say(message_id="m" * 3000, carrier_order_id="C-1")
    office.handing_on = handing_on
    await handing_on.sweep()
    (told,) = temporal.told
    assert len(told) < 100


async def test_several_processes_at_once_tell_the_same(office: Office, temporal: Temporal) -> None:
    office.order()
    for number in range(5):
        await office.say(message_id=f"m-{number}", carrier_order_id="C-1")
    await asyncio.gather(*(office.process(temporal.connect).sweep() for _ in range(3)))
    assert set(temporal.told) == {f"one:m-{number}" for number in range(5)}
    assert office.open() == []


async def test_what_is_kept_is_handed_on_at_once_and_what_was_left_too(office: Office, temporal: Temporal) -> None:
    office.order()
    await office.say(message_id="left", carrier_order_id="C-1")
    office.handing_on = office.process(temporal.connect)
    async with office.handing_on.running(), asyncio.timeout(20):
        while temporal.told != ["one:left"]:
            await asyncio.sleep(0.01)
        await office.say(message_id="fresh", carrier_order_id="C-1")
        while office.open():
            await asyncio.sleep(0.01)
    assert temporal.told == ["one:left", "one:fresh"]


async def test_a_sweep_outlives_a_database_that_is_away(
    office: Office, temporal: Temporal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept, failures = office.records.messages_to_hand_on, iter([OSError("gone")])

    def flaky(*args: Any) -> Any:
        for failure in failures:
            raise failure
        return kept(*args)

    monkeypatch.setattr(office.records, "messages_to_hand_on", flaky)
    monkeypatch.setattr("starter.ingress.hand_on.SWEEP", timedelta(milliseconds=10))
    office.order()
    await office.say(carrier_order_id="C-1")
    async with office.process(temporal.connect).running(), asyncio.timeout(20):
        while office.open():
            await asyncio.sleep(0.01)
    assert len(temporal.signals) == 1


async def test_many_messages_of_nobody_keep_no_order_waiting(
    office: Office, temporal: Temporal, handing_on: HandingOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.ingress.hand_on.AT_A_TIME", 2)
    order_id = office.order(at_carrier=None)
    for number in range(5):
        await office.say(message_id=f"m-{number}", carrier_order_id=f"C-nobody-{number}")
    await office.say(message_id="ours", carrier_order_id="C-7")
    tried = []
    for _ in range(3):
        await handing_on.sweep()
        tried.append(office.counted("handed_on", outcome="unknown"))
    assert tried == [2, 4, 6]
    office.records.link("one", "C-7", send_key(order_id, 1))
    office.stands(order_id, State.SUBMITTED, "C-7")
    await handing_on.sweep()
    assert temporal.told == ["one:ours"]


async def test_plans_of_what_others_did_are_forgotten(office: Office, handing_on: HandingOn) -> None:
    def planned() -> float | None:
        return office.metrics.registry.get_sample_value("portolan_ingress_waiting")

    for number in range(5):
        await office.say(carrier_order_id=f"C-nobody-{number}")
    for _ in range(2):
        await handing_on.sweep()
    assert planned() == 5
    for row in office.open()[:3]:
        office.records.message_handled(row.id, NOW)
    await handing_on.sweep()
    assert planned() == 2
