"""What carriers say and do not say: silence, repetitions, disorder, losses, and words nobody knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portolan.carriers.simulated import Fault, Saying, Script
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.scenarios import LOCKED, SLIPPING
from tests.world import DAY, FOC, HOUR, SILENT, World

ACCEPTED = [Saying(says="approve", after_hours=24), Saying(says="foc", after_hours=48, foc_business_days=3)]


async def test_silence_is_chased_once_per_interval_and_is_never_a_failure(shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    sent_at = (await port.submitted()).since
    chase_at = (await port.order()).chase_at
    assert chase_at is not None
    assert 5 * DAY <= chase_at - sent_at <= 9 * DAY  # five business days
    await port.clock.to(chase_at - HOUR)
    assert await port.tasks() == []
    for chases in (1, 2, 3):
        await port.clock.to(chase_at + HOUR)
        order = await port.order()
        assert sum(task.kind is TaskKind.CHASE_CARRIER for task in order.tasks) == chases
        assert await port.tasks() == [TaskKind.CHASE_CARRIER]
        assert order.state is State.SUBMITTED
        assert order.chase_at is not None
        assert order.chase_at - chase_at >= 5 * DAY
        chase_at = order.chase_at
        await port.clock.to(chase_at - HOUR)
        assert len((await port.order()).tasks) == len(order.tasks)
    await port.answer(TaskKind.CHASE_CARRIER, "chased", note="desk says Thursday")
    assert await port.tasks() == []


async def test_an_acceptance_restarts_the_silence(shared_world: World) -> None:
    port = await shared_world.port(Script(sendings=[[Saying(says="approve", after_hours=96)]]))
    first = (await port.submitted()).chase_at
    await port.clock.past(4 * DAY + HOUR)
    order = await port.order()
    assert order.carrier_approved_at is not None
    assert first is not None
    assert order.chase_at is not None
    # What the carrier says counts from when it received the order, a moment before Portolan knew that it did.
    assert order.chase_at - first >= 3 * DAY - timedelta(seconds=10)
    await port.clock.to(first + HOUR)
    assert await port.tasks() == []
    await port.clock.to(order.chase_at)
    assert await port.tasks() == [TaskKind.CHASE_CARRIER]


@pytest.mark.parametrize("how", ["twice", "reversed", "lost"])
@pytest.mark.parametrize("case", ["confirmed", "slipping", "rejected"])
async def test_however_messages_arrive_the_order_ends_up_where_the_carrier_is(
    how: str, case: str, shared_world: World
) -> None:
    script = {"confirmed": Script(sendings=[ACCEPTED]), "slipping": SLIPPING, "rejected": LOCKED}[case]
    port = await shared_world.port(script.model_copy(update={"messages": how}))
    await port.submitted()
    await port.clock.past(3 * DAY + HOUR)
    if how != "twice":
        # The polling or webhook layer hints that something happened; the carrier's own GET is the truth.
        await port.signal("carrier_activity", {"event_id": f"hint-{port.order_id}"})
    order = await port.order()
    truth = shared_world.carrier.script(port.order_id)
    sending = port.held().sendings[-1]
    last = truth.sendings[0][-1]
    if case == "rejected":
        assert order.state is State.ACTION_REQUIRED
        assert [r.code for r in order.rejections] == ["PORT_LOCK"]
        assert sum(task.kind is TaskKind.FIX_REJECTION for task in order.tasks) == 1
        assert port.mails().count("rejected") == 1
    else:
        said_at = sending.at + last.after_hours * HOUR
        assert order.state in {State.FOC_CONFIRMED, State.READY}
        assert order.foc_at == shared_world.carrier.foc(last, said_at, truth)
        assert port.mails().count("foc_confirmed") == 1
    assert port.sent() == [1]


async def test_the_hint_is_followed_even_through_an_outage(shared_world: World) -> None:
    faults = [Fault(call="get", kind="outage", times=5)]
    port = await shared_world.port(FOC.model_copy(update={"messages": "lost", "faults": faults}))
    await port.submitted()
    await port.clock.past(2 * DAY + HOUR)
    assert await port.state() is State.SUBMITTED
    order = await port.signal("carrier_activity")
    assert (order.state, order.refetch) == (State.SUBMITTED, True)
    assert TaskKind.CARRIER_UNREACHABLE in await port.tasks()
    await port.clock.past(HOUR / 6)
    order = await port.order()
    assert (order.state, order.refetch) == (State.FOC_CONFIRMED, False)


async def test_words_nobody_knows_become_a_task_with_the_words(shared_world: World) -> None:
    puzzle = Saying(says="puzzle", after_hours=10, raw="PARKED-IN-LIMBO")
    foc = Saying(says="foc", after_hours=60, foc_business_days=3)
    port = await shared_world.port(Script(sendings=[[puzzle, foc]]))
    await port.submitted()
    await port.clock.past(DAY)
    assert await port.state() is State.ACTION_REQUIRED
    assert "PARKED-IN-LIMBO" in (await port.task(TaskKind.READ_CARRIER)).detail
    await port.answer(TaskKind.READ_CARRIER, "dealt_with", note="desk: still in work")
    assert await port.state() is State.SUBMITTED
    await port.clock.past(2 * DAY)
    assert await port.state() is State.FOC_CONFIRMED


async def test_an_answer_to_an_earlier_sending_changes_nothing(shared_world: World) -> None:
    port = await shared_world.port(LOCKED)
    await port.submitted()
    await port.clock.past(DAY)
    await port.decide("resubmit", by="Charles")
    order = await port.order()
    await port.signal("carrier_rejected", {"attempt": 1, "reasons": ["NAME_MISMATCH"], "event_id": "late"})
    after = await port.order()
    assert (after.state, after.rejections) == (State.SUBMITTED, [])
    assert after.sequence == order.sequence + 1


async def test_a_rejection_after_the_date_was_confirmed_stops_the_cutover(shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    await port.submitted()
    foc_at = await port.clock.now() + 8 * DAY
    foc_at += max(0, 7 - foc_at.isoweekday() + 1) * DAY if foc_at.isoweekday() > 5 else 0 * DAY
    await port.decide("foc_confirmed", foc_at=foc_at.isoformat())
    assert await port.state() is State.FOC_CONFIRMED
    await port.decide("carrier_rejected", reasons=[{"code": "PORT_LOCK"}])
    await port.clock.to(foc_at + DAY)
    assert await port.state() is State.ACTION_REQUIRED
    assert port.calls("activate") == 0


async def test_the_carrier_would_not_activate_and_another_date_is_needed(shared_world: World) -> None:
    faults = [Fault(call="activate", kind="refuse", text="losing carrier has not released")]
    port = await shared_world.port(FOC.model_copy(update={"faults": faults}))
    order = await port.activated()
    assert order.state is State.ACTION_REQUIRED
    assert "not released" in (await port.task(TaskKind.CHOOSE_DATE)).detail
    await port.answer(TaskKind.CHOOSE_DATE, "request_new_date")
    await port.clock.past(3 * DAY)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at)
    assert await port.state() is State.ROLLBACK_WINDOW
    assert port.held().activations == 1
