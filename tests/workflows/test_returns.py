"""The way back on a server that skips time: consent by stage, two persons, and what is taken down with the numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from portolan.carriers.simulated import Fault, Script
from portolan.domain.carrier import Consent, NumberConfiguration
from portolan.domain.messaging import MessagingWanted
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.histories import failures, scheduled
from tests.world import BOSS, COORDINATOR, FOC, HOUR, Port, World

MINUTE = timedelta(minutes=1)
#: The playbook's proof with nothing to sign off.
OPEN: dict[str, Any] = {"runbook": [], "gates": []}
#: The same, and the letter of return is prepared and signed.
WITH_LETTER: dict[str, Any] = {"runbook": ["rollback_letter"], "gates": []}
WHY = {"decided_by": BOSS.name, "reason": "no inbound calls"}


def scripted(**given: Any) -> Script:
    """An FOC as most tests want it, with more besides."""
    return FOC.model_copy(update=given)


async def in_window(world: World, script: Script = FOC, **given: Any) -> tuple[Port, datetime]:
    """An order in its rollback window, and when it was activated."""
    port = await world.port(script, by_the_book=True, **{"policy": OPEN, **given})
    order = await port.activated()
    assert (order.state, order.activated_at is not None) == (State.ROLLBACK_WINDOW, True)
    return port, order.activated_at or order.since


def stages(order: Order) -> list[tuple[str, Consent | None]]:
    return [(asked.stage.value, asked.consent) for asked in order.returns]


def asked(port: Port) -> list[str]:
    """The stages that the losing carrier was asked for."""
    return [one.stage for one in port.held().asked_back]


async def test_consent_is_waited_for_and_seen(shared_world: World) -> None:
    port, _ = await in_window(shared_world, scripted(consent_hours=0.4))
    await port.decide("rollback", **WHY)
    order = await port.order()
    assert (order.state, stages(order)) == (State.ROLLING_BACK, [("snapback", Consent.REQUESTED)])
    await port.clock.past(31 * MINUTE)
    await port.result()
    order = port.recorded()
    assert (order.state, stages(order)) == (State.ROLLED_BACK, [("snapback", Consent.CONSENTED)])
    assert asked(port) == ["snapback"]
    assert port.mails()[-1] == "rolled_back"


async def test_refused_at_every_stage_a_new_port_is_left(shared_world: World) -> None:
    port, _ = await in_window(shared_world, scripted(consent="refused"))
    await port.decide("rollback", **WHY)
    assert await port.state() is State.ROLLBACK_WINDOW
    assert "a win-back can be ordered until" in (await port.task(TaskKind.PORT_BACK_REFUSED)).detail
    await port.decide("rollback", **WHY)
    order = await port.order()
    assert stages(order) == [("snapback", Consent.REFUSED), ("win_back", Consent.REFUSED)]
    answer = await port.decide("rollback", **WHY)
    assert not answer.accepted
    assert f"portolan new-port {port.order_id}" in answer.instead
    assert (port.held().returned_at, asked(port)) == (None, ["snapback", "win_back"])
    assert await port.state() is State.ROLLBACK_WINDOW


async def test_silence_turns_a_snapback_into_a_win_back_when_its_time_is_over(shared_world: World) -> None:
    script = scripted(consent_by_stage={"snapback": "silent"})
    port, activated_at = await in_window(shared_world, script)
    await port.clock.to(activated_at + 23 * HOUR)
    await port.decide("rollback", **WHY)
    await port.clock.to(activated_at + 24 * HOUR - MINUTE)
    assert await port.state() is State.ROLLING_BACK
    await port.clock.to(activated_at + 24 * HOUR + MINUTE)
    await port.result()
    order = port.recorded()
    assert (order.state, stages(order)) == (
        State.ROLLED_BACK,
        [("snapback", Consent.REFUSED), ("win_back", Consent.CONSENTED)],
    )
    assert {one.decided_at for one in order.returns} == {order.rollback_decided_at}
    assert asked(port) == ["snapback", "win_back"]


async def test_a_win_back_that_nobody_answers_is_given_up(shared_world: World) -> None:
    policy = {**OPEN, "port_back_hours": 1, "rollback_hours": 26}
    port, activated_at = await in_window(shared_world, scripted(consent="silent"), policy=policy)
    await port.clock.to(activated_at + 26 * HOUR - MINUTE)
    await port.decide("rollback", **WHY)
    await port.clock.to(activated_at + 27 * HOUR - MINUTE)
    assert await port.state() is State.ROLLING_BACK
    await port.clock.to(activated_at + 27 * HOUR + MINUTE)
    await port.result()
    order = port.recorded()
    assert (order.state, stages(order)) == (State.COMPLETED, [("win_back", Consent.REFUSED)])
    assert "rollback_refused" in port.mails()


@pytest.mark.parametrize("early", [True, False], ids=["23:59", "24:01"])
async def test_the_stage_counts_by_when_it_was_decided_however_late_it_is_heard(early: bool, idle_world: World) -> None:
    async with idle_world.worker():
        port, activated_at = await in_window(idle_world)
        await port.clock.to(activated_at + 23 * HOUR)
    edge = activated_at + 24 * HOUR
    await port.to_timer(activated_at + 48 * HOUR)
    decided_at = edge - MINUTE if early else edge + MINUTE
    await port.handle.signal("rollback", {**WHY, "occurred_at": decided_at.isoformat()})
    async with idle_world.worker():
        await port.result()
    assert port.recorded().state is State.ROLLED_BACK
    assert asked(port) == ["snapback" if early else "win_back"]
    assert not failures(await port.handle.fetch_history())


@pytest.mark.parametrize("early", [True, False], ids=["71:59", "72:01"])
async def test_a_second_word_and_the_closing_timer_in_one_task_are_settled_by_when_it_was_said(
    early: bool, idle_world: World
) -> None:
    async with idle_world.worker():
        port, activated_at = await in_window(idle_world, second_person=COORDINATOR)
        until = activated_at + 72 * HOUR
        await port.clock.to(until - HOUR / 2)
        await port.decide("rollback", **WHY)
    await port.to_timer(until)
    said_at = until - MINUTE if early else until + MINUTE
    await port.handle.signal("confirm", {"by": COORDINATOR.name, "occurred_at": said_at.isoformat()})
    async with idle_world.worker():
        await port.result()
    order = port.recorded()
    assert order.state is (State.ROLLED_BACK if early else State.COMPLETED)
    assert asked(port) == (["win_back"] if early else [])
    assert not failures(await port.handle.fetch_history())


async def test_two_persons_decide_together(shared_world: World) -> None:
    port, _ = await in_window(shared_world, second_person=COORDINATOR)
    await port.decide("rollback", **WHY)
    assert await port.state() is State.ROLLBACK_WINDOW
    assert await port.tasks() == [TaskKind.SECOND_PERSON]
    for by in (BOSS.email, "Mallory"):
        assert not (await port.decide("confirm", by=by)).accepted
    assert port.calls("port_back") == 0
    await port.decide("confirm", by=COORDINATOR.email)
    await port.result()
    ((_, back),) = scheduled(await port.handle.fetch_history(), "port_back_order")
    assert back["decided_by"] == f"{BOSS.name} and {COORDINATOR.name}"
    assert port.recorded().state is State.ROLLED_BACK


async def test_what_was_set_up_is_taken_down_and_the_letter_signed(shared_world: World) -> None:
    """A bridged and configured order goes back: nothing of it is left at the gaining carrier."""
    port = await shared_world.port(
        by_the_book=True,
        policy=WITH_LETTER,
        strategy="bridge_then_port",
        configuration=NumberConfiguration(contact_flow="main"),
    )
    assert await port.state() is State.BRIDGED
    await port.decide("release", by="Charles")
    order = await port.activated()
    assert (order.state, order.configured) == (State.ROLLBACK_WINDOW, True)
    assert port.held().configuration == NumberConfiguration(contact_flow="main")
    key = f"{port.order_id}:bridge"
    assert shared_world.carrier.bridge(key)
    await port.decide("rollback", **WHY)
    await port.result()
    order = port.recorded()
    assert order.state is State.ROLLED_BACK
    assert (port.held().configuration, order.configured) == (None, False)
    assert shared_world.carrier.bridge(key) is None
    assert order.bridge
    assert order.bridge.removed_at
    (letter,) = [row for row in shared_world.records.documents(port.order_id) if row.kind == "rollback_loa"]
    assert (letter.sha256, letter.stored_by) == (order.returns[-1].letter, BOSS.name)
    ((_, back),) = scheduled(await port.handle.fetch_history(), "port_back_order")
    assert (back["letter"], back["stage"]) == (letter.sha256, "snapback")
    assert "rollback_ordered" in port.mails()


async def test_what_the_carrier_does_not_take_down_holds_up_no_return(shared_world: World) -> None:
    refuse = [
        Fault(call=call, kind="refuse", times=99, text="ask the desk") for call in ("unconfigure", "remove_bridge")
    ]
    port = await shared_world.port(
        FOC.model_copy(update={"faults": refuse}),
        by_the_book=True,
        policy=WITH_LETTER,
        strategy="bridge_then_port",
        configuration=NumberConfiguration(contact_flow="main"),
    )
    await port.decide("release", by="Charles")
    await port.activated()
    await port.decide("rollback", **WHY)
    await port.result()
    assert port.recorded().state is State.ROLLED_BACK
    left = [entry.detail for entry in port.trail() if entry.kind == "left_behind"]
    assert [words.split(" was left")[0] for words in left] == ["The configuration", "The bridge"]
    assert port.mails().count("action_needed") >= 2


async def test_a_port_that_nobody_wanted_is_undone_after_the_window(shared_world: World) -> None:
    port, activated_at = await in_window(
        shared_world, scripted(messaging_hours=500), messaging=MessagingWanted(), policy={**OPEN, "rollback_hours": 2}
    )
    await port.clock.to(activated_at + 3 * HOUR)
    assert await port.state() is State.SETTLING
    answer = await port.decide("rollback", **WHY)
    assert not answer.accepted
    assert "--inadvertent" in answer.instead
    assert (await port.decide("rollback", **WHY, inadvertent=True)).accepted
    await port.result()
    order = port.recorded()
    assert (order.state, stages(order)) == (State.ROLLED_BACK, [("win_back", Consent.CONSENTED)])
