"""Messages: two forms with one meaning, counted once, and never able to break an order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from portolan.carriers.simulated import Saying, Script
from portolan.domain.messages import KINDS
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from starter import orders
from starter.orders import Unreadable, decide
from tests.workflows.histories import failures
from tests.workflows.scenarios import LOCKED, LTD
from tests.world import ADA, BOSS, COORDINATOR, DAY, FOC, HOUR, SILENT, Port, World


async def _fresh(world: World) -> Port:
    return await world.port(SILENT)


async def _signed(world: World) -> Port:
    port = await world.port(SILENT)
    await port.sign()
    return port


async def _submitted(world: World) -> Port:
    port = await world.port(SILENT)
    await port.submitted()
    return port


async def _rejected(world: World) -> Port:
    port = await world.port(LOCKED)
    await port.submitted()
    await port.clock.past(DAY)
    return port


async def _quiet(world: World) -> Port:
    port = await world.port(FOC.model_copy(update={"messages": "lost"}))
    await port.submitted()
    await port.clock.past(2 * DAY + HOUR)
    return port


async def _active(world: World) -> Port:
    port = await world.port()
    await port.activated()
    return port


async def _held(world: World) -> Port:
    port = await _submitted(world)
    await port.decide("hold", by="Charles", reason="in print")
    return port


async def _dated(world: World, **given: Any) -> Port:
    """The date is settled; one gate is red."""
    port = await world.port(policy={"runbook": ["emergency_desk"], "gates": ["emergency_desk"]}, **given)
    await port.submitted()
    await port.clock.past(2 * DAY + HOUR)
    return port


async def _overdue(world: World) -> Port:
    port = await _dated(world)
    await port.clock.past(25 * HOUR)
    return port


async def _open_window(world: World) -> Port:
    port = await world.port(activation="on_demand")
    await port.activated()
    return port


async def _proposed(world: World) -> Port:
    port = await world.port(second_person=COORDINATOR)
    await port.activated()
    await port.decide("rollback", decided_by=BOSS.name, reason="dead air")
    return port


async def _differing(world: World) -> Port:
    return await world.port(LTD)


class Case(NamedTuple):
    """One kind of message: where it fits, what it says, and what it changes."""

    reach: Callable[[World], Awaitable[Port]]
    payload: Callable[[Order], dict[str, Any]]
    holds: Callable[[Order], bool]


def _foc(order: Order) -> dict[str, Any]:
    foc_at = order.since + 7 * DAY
    return {"foc_at": (foc_at + max(0, foc_at.isoweekday() - 5) * DAY).isoformat()}


CASES: dict[str, Case] = {
    "loa_signed": Case(
        _fresh,
        lambda order: {"signed_by": ADA.name, "signed_on": str(order.since.date())},
        lambda order: order.state is State.AWAITING_APPROVAL,
    ),
    "give_evidence": Case(
        _differing,
        lambda _: {"by": "Charles", "evidence": "portal_screenshot"},
        lambda order: order.state is State.AWAITING_SIGNATURE,
    ),
    "approve": Case(_signed, lambda _: {"by": "Charles"}, lambda order: order.state is State.SUBMITTED),
    "carrier_approved": Case(_submitted, lambda _: {}, lambda order: order.carrier_approved_at is not None),
    "carrier_rejected": Case(
        _submitted, lambda _: {"reasons": ["PORT_LOCK"]}, lambda order: order.state is State.ACTION_REQUIRED
    ),
    "foc_confirmed": Case(_submitted, _foc, lambda order: order.state is State.FOC_CONFIRMED),
    "carrier_activity": Case(_quiet, lambda _: {}, lambda order: order.state is State.FOC_CONFIRMED),
    "resubmit": Case(_rejected, lambda _: {"corrections": {}}, lambda order: order.attempt == 2),
    "sign_off": Case(
        _dated,
        lambda _: {"by": "Charles", "items": ["emergency_desk"]},
        lambda order: "emergency_desk" in order.signoffs,
    ),
    "override_gates": Case(
        _overdue,
        lambda _: {"decided_by": BOSS.name, "reason": "tested by hand"},
        lambda order: order.override is not None,
    ),
    "cut_over": Case(_open_window, lambda _: {"by": BOSS.name}, lambda order: order.state is State.ROLLBACK_WINDOW),
    "test_calls": Case(
        _active,
        lambda order: {
            "by": "Charles",
            "results": [{"number": order.request.numbers[0], "origin": "voip", "checks": {"dtmf": "passed"}}],
        },
        lambda order: len(order.calls) == 1,
    ),
    "confirm": Case(_proposed, lambda _: {"by": COORDINATOR.name}, lambda order: order.state is State.ROLLED_BACK),
    "reschedule": Case(_submitted, lambda _: {"by": "Charles", "reason": "in print"}, lambda order: order.attempt == 2),
    "rollback": Case(
        _active,
        lambda _: {"decided_by": BOSS.name, "reason": "dead air"},
        lambda order: order.state is State.ROLLED_BACK,
    ),
    "cancel": Case(_submitted, lambda _: {"reason": "moved"}, lambda order: order.state is State.CANCELLED),
    "hold": Case(_submitted, lambda _: {"reason": "in print"}, lambda order: order.hold is not None),
    "release": Case(_held, lambda _: {"by": "Charles"}, lambda order: order.hold is None),
    "complete_task": Case(
        _differing,
        lambda order: {"task_id": order.open_tasks[0].task_id, "answer": "attest", "note": "bill"},
        lambda order: order.state is State.AWAITING_SIGNATURE,
    ),
}


def test_every_message_is_covered() -> None:
    assert set(CASES) == set(KINDS) - {"carrier_puzzle"}


async def _deliver(port: Port, way: str, kind: str, payload: dict[str, Any]) -> None:
    if way == "signal":
        await port.handle.signal(kind, payload)
    else:
        await decide(port.world.client, port.world.records, port.order_id, {"kind": kind, **payload})
    if await port.clock.running():
        await port.clock.settled()


@pytest.mark.parametrize("kind", CASES)
async def test_signal_and_update_have_one_effect_and_an_id_counts_once(kind: str, shared_world: World) -> None:
    """Two orders hear the same, one by signal first and one by update first, and each hears it again the other way."""

    async def lived(ways: tuple[str, str]) -> tuple[Order, list[str]]:
        port = await CASES[kind].reach(shared_world)
        order = await port.order()
        assert not CASES[kind].holds(order)
        payload = {**CASES[kind].payload(order), "event_id": f"{kind}-{port.order_id}"}
        for way in ways:
            if await port.clock.running():
                await _deliver(port, way, kind, payload)
        assert sum(entry.event_id == payload["event_id"] for entry in port.trail()) == 1
        return port.recorded(), port.audit()

    (by_signal, heard), (by_update, told) = await asyncio.gather(
        lived(("signal", "update")), lived(("update", "signal"))
    )
    assert CASES[kind].holds(by_signal)
    assert CASES[kind].holds(by_update)
    assert heard == told
    assert by_signal.attempt == by_update.attempt


GARBAGE: dict[str, list[Any]] = {
    "not even JSON": [RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"\xff{"))],
    "an unknown encoding": [RawValue(Payload(metadata={"encoding": b"binary/strange"}, data=b"x"))],
    "no metadata": [RawValue(Payload(data=b"x"))],
    "a number": [42],
    "a list": [[1, 2]],
    "a text": ["surely yes"],
    "wrong types": [
        {"signed_by": 7, "signed_on": {"day": 1}, "task_id": [], "foc_at": "tomorrow", "reasons": 3, "corrections": []}
    ],
    "unknown fields only": [{"nonsense": True}],
    "nothing": [],
    "null": [None],
    "too many arguments": [{}, {}],
}


async def test_no_signal_whatsoever_breaks_an_order(shared_world: World) -> None:
    """Each kind with each sort of garbage: the order stands where it stood, and asks what was meant."""
    port = await _submitted(shared_world)
    kinds = [kind for kind in CASES if kind not in {"approve", "release", "carrier_approved", "carrier_activity"}]
    harmless = {("hold", "a text"), ("cancel", "a text"), ("carrier_rejected", "a text"), ("resubmit", "nothing")}
    harmless |= {
        (kind, what) for kind in ("carrier_rejected", "resubmit") for what in ("nothing", "null", "unknown fields only")
    }
    sent = 0
    for kind in kinds:
        for what, args in GARBAGE.items():
            if (kind, what) not in harmless:
                await port.handle.signal(kind, args=args)
                sent += 1
    order = await port.order()
    assert order.state is State.SUBMITTED
    assert TaskKind.READ_MESSAGE in await port.tasks()
    told = port.audit()
    assert told.count("unreadable") + sum(kind.endswith("_refused") for kind in told) == sent
    assert not failures(await port.handle.fetch_history())
    await port.answer(TaskKind.READ_MESSAGE, "acknowledged")
    assert TaskKind.READ_MESSAGE not in await port.tasks()
    await port.decide("cancel", reason="enough")
    await port.result()


@pytest.mark.parametrize(
    ("kind", "payload", "field"),
    [
        ("rollback", {"reason": "x"}, "decided_by"),
        ("loa_signed", {"signed_by": "Ada", "signed_on": "yesterday"}, "signed_on"),
        ("complete_task", {"answer": "accept"}, "task_id"),
        ("foc_confirmed", {}, "foc_at"),
        ("cancel", {"reason": ""}, "reason"),
    ],
)
async def test_an_unreadable_update_is_refused_with_the_field_named(
    kind: str, payload: dict[str, Any], field: str, shared_world: World
) -> None:
    port = await _fresh(shared_world)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await port.handle.execute_update("submit_event", {"kind": kind, **payload})
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "unreadable"
    assert field in refused.value.cause.message
    with pytest.raises(Unreadable, match=field):
        await port.decide(kind, **payload)
    assert port.audit() == ["requested", "checked", "letter_rendered"]


@pytest.mark.parametrize("payload", ["garbage", 7, None, {"kind": "dance"}, {}], ids=repr)
async def test_an_update_that_is_no_message_is_refused_and_the_order_lives(payload: Any, shared_world: World) -> None:
    port = await _fresh(shared_world)
    with pytest.raises(WorkflowUpdateFailedError):
        await asyncio.wait_for(port.handle.execute_update("submit_event", payload), 10)
    await port.sign()
    assert await port.state() is State.AWAITING_APPROVAL
    assert not failures(await port.handle.fetch_history())


async def test_a_refused_decision_names_what_is_allowed_and_is_on_record_when_it_came_as_a_signal(
    shared_world: World,
) -> None:
    port = await _fresh(shared_world)
    answer = await port.decide("approve", by="Charles")
    assert (answer.accepted, answer.status) == (False, "refused")
    assert {"loa_signed", "cancel", "hold"} <= set(answer.allowed)
    before = port.audit()
    order = await port.signal("approve", {"by": "Charles"})
    assert order.state is State.AWAITING_SIGNATURE
    assert port.audit() == [*before, "approve_refused"]
    assert "approve" in order.last_refusal


async def test_a_decision_from_the_future_is_refused(shared_world: World) -> None:
    port = await _signed(shared_world)
    later = await port.clock.now() + timedelta(hours=1)
    assert not (await port.decide("approve", by="Charles", occurred_at=later.isoformat())).accepted
    assert await port.state() is State.AWAITING_APPROVAL


async def test_a_decision_with_no_worker_up_is_promised_and_applied_once(
    idle_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "ANSWER_WITHIN", timedelta(milliseconds=400))
    async with idle_world.worker():
        port = await idle_world.port(Script(sendings=[[Saying(says="foc", after_hours=48)]]))
        await port.sign()
    event = {"kind": "approve", "by": "Charles", "event_id": "approve-once"}
    promises = [await decide(idle_world.client, idle_world.records, port.order_id, event) for _ in range(2)]
    assert [(answer.accepted, answer.status) for answer in promises] == [(True, "promised")] * 2
    assert port.sent() == []
    async with idle_world.worker():
        assert await port.state() is State.SUBMITTED
        assert port.sent() == [1]
        assert port.audit().count("approve") == 1
        again = await decide(idle_world.client, idle_world.records, port.order_id, event)
        assert (again.accepted, again.status) == (True, "duplicate")
        assert port.sent() == [1]


async def test_an_event_id_seen_as_refused_stays_refused(shared_world: World) -> None:
    port = await _fresh(shared_world)
    await port.signal("approve", {"by": "Charles", "event_id": "early"})
    await port.sign()
    answer = await port.decide("approve", by="Charles", event_id="early")
    assert (answer.accepted, answer.status) == (False, "duplicate")
    assert await port.state() is State.AWAITING_APPROVAL
