"""On hold nothing is sent and nothing is moved."""

from __future__ import annotations

from typing import Any

from portolan.carriers.simulated import Saying, Script
from portolan.domain.carrier import SendKind
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.world import DAY, FOC, HOUR, SILENT, World

#: An order by a runbook, whose carrier names a date two days after each sending, the second time one far ahead.
PAUSING: dict[str, Any] = {"policy": {"runbook": ["emergency_desk"], "gates": []}}
SLOWER = Script(sendings=[*FOC.sendings, [Saying(says="foc", after_hours=24, foc_business_days=12)]])


async def test_before_submission_nothing_is_sent_until_released(shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    await port.sign()
    await port.decide("hold", by="Charles", reason="in print")
    await port.decide("approve", by="Charles")
    await port.clock.past(3 * DAY)
    order = await port.order()
    assert (order.state, order.hold is not None) == (State.SUBMITTING, True)
    assert port.calls("submit") == 0
    await port.decide("release", by="Charles")
    order = await port.order()
    assert (order.state, order.hold) == (State.SUBMITTED, None)
    assert port.sent() == [1]


async def test_on_hold_a_stale_loa_is_noticed_and_not_sent(shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    await port.sign()
    loa = (await port.order()).loa
    assert loa is not None
    await port.decide("hold", by="Charles", reason="in print")
    await port.decide("approve", by="Charles")
    await port.clock.to(loa.expires_at + HOUR)
    await port.decide("release", by="Charles")
    assert await port.state() is State.AWAITING_SIGNATURE
    assert port.calls("submit") == 0


async def test_after_submission_answers_are_heard_and_the_cutover_waits(shared_world: World) -> None:
    port = await shared_world.port()
    await port.submitted()
    await port.decide("hold", by="Charles", reason="in print")
    await port.clock.past(2 * DAY + HOUR)
    order = await port.order()
    assert order.state is State.FOC_CONFIRMED
    assert order.foc_at is not None
    await port.clock.to(order.foc_at - HOUR)
    assert await port.state() is State.FOC_CONFIRMED
    await port.decide("release", by="Charles")
    await port.clock.to(order.foc_at)
    assert await port.state() is State.ROLLBACK_WINDOW


async def test_a_date_missed_on_hold_asks_for_another(shared_world: World) -> None:
    port = await shared_world.port()
    await port.submitted()
    await port.decide("hold", by="Charles", reason="in print")
    await port.clock.past(2 * DAY + HOUR)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at + HOUR)
    assert await port.state() is State.ACTION_REQUIRED
    assert "on hold" in (await port.task(TaskKind.CHOOSE_DATE)).detail
    assert port.calls("activate") == 0
    await port.decide("release", by="Charles")
    await port.answer(TaskKind.CHOOSE_DATE, "request_new_date")
    assert await port.state() is State.SUBMITTED
    assert port.sent() == [1, 2]


async def test_it_ends_by_itself_when_it_was_to(shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    await port.sign()
    until = await port.clock.now() + 2 * DAY
    await port.decide("hold", by="Charles", reason="in print", until=until.isoformat())
    await port.decide("approve", by="Charles")
    await port.clock.to(until - HOUR)
    assert (await port.order()).hold is not None
    assert port.calls("submit") == 0
    await port.clock.to(until)
    assert (await port.order()).hold is None
    assert await port.state() is State.SUBMITTED


async def test_without_an_end_it_is_reviewed_every_week(shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    await port.submitted()
    await port.decide("hold", by="Charles", reason="in print")
    for week in (1, 2):
        await port.clock.past(7 * DAY + HOUR)
        order = await port.order()
        assert sum(task.kind is TaskKind.REVIEW_HOLD for task in order.tasks) == week + 1
        assert [t.kind for t in order.open_tasks].count(TaskKind.REVIEW_HOLD) == 1
    await port.answer(TaskKind.REVIEW_HOLD, "keep")
    assert (await port.order()).hold is not None
    refused = await port.decide("hold", by="Charles", reason="x", until="2020-01-01T00:00:00Z")
    assert not refused.accepted
    await port.decide("release", by="Charles")
    assert not (await port.decide("release", by="Charles")).accepted


async def test_with_the_date_inside_it_another_one_is_asked_for_while_nothing_moves(shared_world: World) -> None:
    port = await shared_world.port(SLOWER, **PAUSING)
    await port.submitted()
    await port.clock.past(2 * DAY + HOUR)
    first = (await port.order()).foc_at
    assert first is not None
    until = first + 7 * DAY
    await port.decide("hold", by="Charles", reason="in print", until=until.isoformat())
    order = await port.order()
    assert (order.state, order.hold is not None, order.foc_at) == (State.SUBMITTED, True, None)
    assert [sending.kind for sending in port.held().sendings] == [SendKind.NEW, SendKind.NEW_DATE]
    assert order.requested_foc_on is not None
    assert order.requested_foc_on > until.date()

    await port.clock.past(DAY + HOUR)
    order = await port.order()
    assert (order.state, order.hold is not None) == (State.FOC_CONFIRMED, True)
    second = order.foc_at
    assert second is not None
    assert second > until
    await port.clock.to(until)
    assert (await port.order()).hold is None
    assert port.calls("activate") == 0
    await port.clock.to(second)
    assert await port.state() is State.ROLLBACK_WINDOW
    assert port.sent() == [1, 2]


async def test_inside_the_freeze_it_proposes_the_bridge_and_letting_it_port_ends_it(shared_world: World) -> None:
    port = await shared_world.port(**PAUSING)
    await port.submitted()
    await port.clock.past(2 * DAY + HOUR)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at - 20 * HOUR)
    await port.decide("hold", by="Charles", reason="in print")
    asks = await port.task(TaskKind.CHOOSE_BRIDGE)
    assert "Inside the change freeze simulated pauses nothing." in asks.detail
    assert "Both carriers are paid while it stands." in asks.detail
    await port.answer(TaskKind.CHOOSE_BRIDGE, "let_it_port")
    assert (await port.order()).hold is None
    await port.clock.to(foc_at)
    assert await port.state() is State.ROLLBACK_WINDOW
    assert port.sent() == [1]
