"""Port-outs on a real server, in skipped time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import Replayer

from portolan.carriers.port_out_desk import SimulatedDesk
from portolan.domain.errors import CarrierUnavailable
from portolan.domain.port_out.case import Case
from portolan.domain.port_out.clocks import next_deadline
from portolan.domain.port_out.decisions import Reply
from portolan.domain.port_out.effects import DeskAnswer
from portolan.domain.port_out.grounds import Ground
from portolan.domain.port_out.states import PortOutState
from portolan.records.port_outs import Code
from starter.port_out_clock import PortOutClock
from starter.port_outs import receive, tell, workflow_id
from tests.domain.port_out.builders import HOUR, LOCKED, SAID, request
from tests.world import World, fresh_number, make_world
from worker.plugin import plugin
from workflows.port_out import PortOut, PortOutStart

S = PortOutState
HELD = [Code(False, "", "4711"), Code(True, "", "4711")]


class Out:
    """One port-out under test."""

    def __init__(self, world: World, port_out_id: str) -> None:
        self.world, self.port_out_id = world, port_out_id
        self.clock = PortOutClock(world.client, port_out_id)
        self.handle = self.clock.handle

    @classmethod
    async def begin(cls, world: World, codes: list[Code] | None = None, **given: Any) -> Out:
        """A request that comes in now."""
        name = f"p{uuid.uuid4().hex[:10]}"
        fields = {"requested_at": datetime.now(UTC), "numbers": [fresh_number()], **given}
        asked = request(port_out_id=name, carrier_reference=name, **fields)
        await receive(world.client, world.settings.task_queue, world.records, asked, codes or [])
        return cls(world, name)

    async def say(self, kind: str, **fields: Any) -> Reply:
        """A message through the validated update."""
        event = {"kind": kind, **SAID[kind], **fields}
        reply = await tell(self.world.client, self.world.records, self.port_out_id, event)
        await self.clock.settled()
        return reply

    async def passes(self) -> Case:
        """Let the next deadline pass."""
        deadline = next_deadline(await self.clock.settled())
        assert deadline
        await self.clock.to(deadline.at)
        return await self.clock.settled()

    def answer(self) -> DeskAnswer | None:
        """What the requesting carrier was told."""
        return SimulatedDesk(self.world.settings.simulated_carrier).find(self.port_out_id)

    def trail(self) -> list[str]:
        """The kinds of the audit trail's entries."""
        return [entry.kind for entry in self.world.records.port_out_trail(self.port_out_id)]

    def mails(self) -> list[str]:
        """The kinds of the mails written, in order, without repeats for several people."""
        kinds = [
            path.name.split("-")[3] for path in sorted(self.world.settings.mailbox.glob(f"*-{self.port_out_id}-*"))
        ]
        return list(dict.fromkeys(kinds))


async def test_nobody_says_anything_and_the_answer_goes_out_in_time(shared_world: World) -> None:
    out = await Out.begin(shared_world)
    case = await out.clock.settled()
    assert case.state is S.AWAITING_CUSTOMER
    assert out.mails() == ["port_out_requested"]
    assert out.answer() is None
    await out.clock.to(case.decide_by - timedelta(seconds=2))
    assert (await out.clock.settled()).state is S.AWAITING_CUSTOMER
    case = await out.passes()
    assert case.state is S.RELEASED
    assert case.answered_at
    assert case.decide_by <= case.answered_at < case.answer_by
    answer = out.answer()
    assert answer
    assert answer.answer.kind == "released"
    await out.say("ported")
    assert (await out.handle.result()).state is S.PORTED
    assert out.trail() == ["received", "validated", "default", "answered", "ported"]
    assert out.mails() == ["port_out_requested", "port_out_released", "port_out_closed"]


async def test_a_wrong_code_is_refused_at_once_and_the_code_is_nowhere(shared_world: World) -> None:
    out = await Out.begin(shared_world, [Code(False, "", "s3cr3t99"), Code(True, "", "0th3r42x")])
    result = await out.handle.result()
    assert result.state is S.REFUSED
    assert result.outcome.startswith("Refused to Other Telco: the code that protects the number is wrong")
    answer = out.answer()
    assert answer
    assert answer.answer.kind == "refused"
    assert list(answer.answer.basis) == [Ground.CODE_WRONG]
    history = (await out.handle.fetch_history()).to_json()
    assert "s3cr3t99" not in history
    assert "0th3r42x" not in history
    assert shared_world.records.port_out_codes(out.port_out_id) == []


async def test_the_right_code_goes_through_and_a_yes_does_not_wait(shared_world: World) -> None:
    out = await Out.begin(shared_world, HELD)
    await out.clock.settled()
    reply = await out.say("confirm")
    assert reply.accepted
    assert (await out.clock.settled()).state is S.RELEASED
    assert out.trail() == ["received", "validated", "confirm", "answered"]
    case = await out.passes()
    assert case.state is S.LAPSED
    assert (await out.handle.result()).state is S.LAPSED


async def test_a_locked_number_is_not_let_go_and_the_answer_is_in_time(shared_world: World) -> None:
    out = await Out.begin(shared_world, on_file=LOCKED)
    await out.clock.settled()
    refused = await out.say("confirm")
    assert (refused.status, refused.instead) == ("refused", "The customer lifts the lock first (unlock).")
    case = await out.passes()
    assert case.state is S.REFUSED
    assert not case.late
    answer = out.answer()
    assert answer
    assert answer.answer.kind == "refused"


async def test_a_hold_ends_by_itself_before_the_answer_is_due(shared_world: World) -> None:
    out = await Out.begin(shared_world, policy={"fraud_hold_hours": 2})
    await out.clock.settled()
    await out.say("hold_for_fraud")
    assert not (await out.say("refuse", by="Cora Dean")).accepted
    case = await out.passes()
    assert (case.state, out.trail()[-1]) == (S.AWAITING_CUSTOMER, "hold_ended")
    await out.say("deny")
    case = await out.passes()
    assert case.state is S.REFUSED
    assert out.mails() == ["port_out_requested", "port_out_held", "port_out_refused"]


async def test_signals_are_lenient_and_what_nobody_can_read_is_kept(shared_world: World) -> None:
    out = await Out.begin(shared_world)
    await out.clock.settled()
    await out.handle.signal("deny", {"by": ""})
    await out.handle.signal("deny", args=["one", "two"])
    await out.handle.signal("ported", "now")
    await out.handle.signal("refuse", {"by": "Cora", "ground": "unpaid"})
    case = await out.clock.settled()
    assert case.state is S.AWAITING_CUSTOMER
    assert out.trail()[2:] == ["unreadable"] * 4
    await out.handle.signal("deny", {"by": "Ada Byron", "event_id": "once"})
    await out.handle.signal("deny", {"by": "Ada Byron", "event_id": "once"})
    assert (await out.clock.settled()).state is S.ON_FRAUD_HOLD
    await out.handle.signal("withdrawn")
    assert (await out.handle.result()).state is S.WITHDRAWN
    assert out.trail()[6:] == ["deny", "withdrawn"]
    assert out.answer() is None


async def test_cancelling_the_workflow_does_not_spare_the_answer(shared_world: World) -> None:
    out = await Out.begin(shared_world)
    await out.clock.settled()
    await out.handle.cancel()
    case = await out.clock.settled()
    while "cancel_ignored" not in out.trail():
        case = await out.clock.settled()
    assert case.state is S.AWAITING_CUSTOMER
    assert (await out.passes()).state is S.RELEASED


async def test_receiving_again_changes_nothing(shared_world: World) -> None:
    out = await Out.begin(shared_world)
    asked = shared_world.records.port_out(out.port_out_id).request
    again = asked.model_copy(update={"requested_at": datetime.now(UTC)})
    row, new = await receive(shared_world.client, shared_world.settings.task_queue, shared_world.records, again)
    assert (row.port_out_id, new) == (out.port_out_id, False)


class Desk(SimulatedDesk):
    """A desk that cannot be reached for some calls."""

    away = 0

    def answer(self, answer: DeskAnswer) -> None:
        if type(self).away:
            type(self).away -= 1
            raise CarrierUnavailable("no line")
        super().answer(answer)


async def test_an_unreachable_desk_is_tried_again_and_people_are_told(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.host.SimulatedDesk", Desk)
    monkeypatch.setattr(Desk, "away", 6)
    world = make_world(client, tmp_path)
    async with world.worker():
        out = await Out.begin(world)
        await out.clock.settled()
        await out.clock.to((await out.clock.case()).decide_by)
        for _ in range(5):
            case = await out.clock.settled()
            if case.state is S.RELEASED:
                break
            assert case.trouble == "no line"
            await out.passes()
        assert case.state is S.RELEASED
        assert not case.late
        assert "port_out_attention" in out.mails()
        assert out.trail() == ["received", "validated", "default", "not_done", "answered"]


async def test_messages_wait_for_a_worker_and_the_deadline_is_kept_when_it_comes(
    client: Client, tmp_path: Path
) -> None:
    world = make_world(client, tmp_path, max_cached_workflows=0)  # every task replays what came before
    out = await Out.begin(world)
    event = {"kind": "deny", **SAID["deny"]}
    reply = await tell(world.client, world.records, out.port_out_id, event)
    assert reply.status == "promised"
    async with world.worker():
        assert (await out.clock.settled()).state is S.ON_FRAUD_HOLD
        case = await out.passes()
        assert case.state is S.REFUSED
    history = await out.handle.fetch_history()
    await Replayer(workflows=[], plugins=[plugin()]).replay_workflow(history)


async def test_a_workflow_that_was_started_by_hand_is_put_on_record(shared_world: World) -> None:
    name = f"p{uuid.uuid4().hex[:10]}"
    asked = request(port_out_id=name, carrier_reference=name, requested_at=datetime.now(UTC) - HOUR)
    await shared_world.client.start_workflow(
        PortOut.run,
        PortOutStart(request=asked),
        id=workflow_id(name),
        task_queue=shared_world.settings.task_queue,
    )
    out = Out(shared_world, name)
    case = await out.clock.settled()
    assert shared_world.records.port_out(name).state is case.state is S.AWAITING_CUSTOMER
