"""Port-outs while something is away: the answer goes out in time, and nothing spins."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import TimeSkipper
from temporalio.worker import Replayer

from portolan.domain.port_out.case import Case
from portolan.domain.port_out.effects import PortOutPublication
from portolan.domain.port_out.states import PortOutState
from portolan.records.engine import connect
from portolan.records.port_outs import Code
from portolan.records.store import Records
from tests.workflows.test_port_out import Out
from tests.world import make_world
from worker.plugin import plugin
from workflows.port_out_calls import DESK_PATIENCE

S = PortOutState
#: Half an hour, so that it is decided a quarter of an hour before the answer is due, as for US simple ports.
SOON = {"answer_within": 0.5, "answer_unit": "clock hours"}
STEP = timedelta(seconds=30)


class AwayRecords(Records):
    """Records that take requests in, and then do nothing more until they are back."""

    away = True

    def publish_port_out(self, publication: PortOutPublication, build: str, workflow_id: str = "") -> None:
        if self.away:
            raise OSError("the database is away")
        super().publish_port_out(publication, build, workflow_id)

    def port_out_codes(self, port_out_id: str) -> list[Code]:
        if self.away:
            raise OSError("the database is away")
        return super().port_out_codes(port_out_id)


async def passing(out: Out, moment: datetime) -> Case:
    """The case at that moment; time passes in small steps, because with the records away nothing settles."""
    skipper = TimeSkipper(out.world.client)
    async with asyncio.timeout(60):
        while await out.clock.now() < moment:
            await skipper.fast_forward(out.handle, STEP)
            await asyncio.sleep(0.02)
        return await out.clock.case()


async def events(out: Out) -> Counter[int]:
    """How many events of each type the history has."""
    return Counter([event.event_type async for event in out.handle.fetch_history_events()])


async def test_records_that_are_away_from_the_receipt_on_keep_no_answer_back(client: Client, tmp_path: Path) -> None:
    world = make_world(client, tmp_path)
    records = AwayRecords(connect(world.settings.records_url))
    world.records = records
    async with world.worker():
        out = await Out.begin(world, policy=SOON)
        first = await out.clock.case()
        case = await passing(out, first.answer_by + timedelta(minutes=5))
        assert case.state is S.RELEASED
        assert case.answered_at
        assert case.decide_by <= case.answered_at < case.answer_by
        answer = out.answer()
        assert answer
        assert answer.answer.kind == "released"
        assert out.trail() == []
        counted = await events(out)
        assert counted[EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED] == 0
        assert counted[EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT] == 0
        assert counted[EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED] < 60
        records.away = False
        await passing(out, await out.clock.now() + timedelta(hours=1))
        assert out.trail() == ["received", "not_done", "default", "answered"]
        assert out.mails() == ["port_out_requested", "port_out_attention", "port_out_released"]
    history = await out.handle.fetch_history()
    await Replayer(workflows=[], plugins=[plugin()]).replay_workflow(history)


async def bounds(out: Out) -> dict[str, list[tuple[datetime, timedelta]]]:
    """By activity: when each call of it was scheduled, and how long it may take with all its tries."""
    found: dict[str, list[tuple[datetime, timedelta]]] = defaultdict(list)
    async for event in out.handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            given = event.activity_task_scheduled_event_attributes
            bound = given.schedule_to_close_timeout.ToTimedelta()
            found[given.activity_type.name].append((event.event_time.ToDatetime(UTC), bound))
    return found


async def test_no_worker_for_activities_keeps_no_decision_back(client: Client, tmp_path: Path) -> None:
    world = make_world(client, tmp_path)
    async with world.worker(no_remote_activities=True):
        early = await Out.begin(world)
        # Time cannot be skipped while a call waits, so this one came in a quarter of an hour ago.
        out = await Out.begin(world, policy=SOON, requested_at=datetime.now(UTC) - timedelta(minutes=15))
        async with asyncio.timeout(40):
            while "default" not in out.trail() or "answer_port_out" not in await bounds(out):
                await asyncio.sleep(0.2)
        case = await out.clock.case()
        assert case.state is S.ANSWERING
        assert case.decided_at
        assert case.decided_at < case.decide_by + timedelta(minutes=1) < case.answer_by
        assert out.trail() == ["received", "not_done", "default"]
        assert "port_out_attention" in out.mails()
        assert [bound for _, bound in (await bounds(out))["answer_port_out"]] == [DESK_PATIENCE]
        ((at, bound),) = (await bounds(early))["validate_port_out"]
        decide_by = (await early.clock.case()).decide_by
        assert abs(at + bound - decide_by) < timedelta(seconds=5)
    async with world.worker():
        case = await out.clock.settled()
        assert case.state is S.RELEASED
        assert not case.late
        assert (await early.clock.settled()).state is S.AWAITING_CUSTOMER
