"""kill -9 of a server that keeps its state in a file, with orders in every state in which they wait, and at work.

One worker lives through it. What it was doing when the server went away is let go on while there is no server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from portolan.carriers.simulated import Saying, Script
from portolan.domain.order import Order
from portolan.domain.states import State
from tests.faults.deployment import Deployment, live_on, nothing_lost_or_doubled, settled
from tests.faults.gated import reached
from tests.faults.processes import until
from tests.faults.test_worker_killed import (
    POLICY,
    SOON,
    approve,
    asked_to_sign,
    cancel,
    confirmed,
    moved,
    reach_foc,
    roll_back,
    signed,
    submitted,
)
from tests.world import Port

# The whole disaster is the first test's setup.
pytestmark = [pytest.mark.xdist_group("faults-server"), pytest.mark.timeout(300)]

NO_RECORD = SOON.model_copy(update={"csr": None})
REJECTED = Script(sendings=[[Saying(says="reject", after_hours=1, reason="PORT_LOCK")], *SOON.sendings])


async def rejected(port: Port) -> None:
    await submitted(port)
    await port.clock.past(timedelta(hours=2))


async def frozen(port: Port) -> None:
    await confirmed(port)
    order = await port.order()
    assert order.foc_at is not None
    await port.clock.to(order.foc_at - timedelta(hours=order.policy.freeze_hours))


async def held(port: Port) -> None:
    await confirmed(port)
    await port.decide("hold", by="Charles", reason="campaign in print")


class Wait(NamedTuple):
    bring: Callable[[Port], Awaitable[None]]
    state: State
    script: Script = SOON


class Work(NamedTuple):
    bring: Callable[[Port], Awaitable[None]]
    trigger: Callable[[Port], Awaitable[None]]
    effect: str
    ends: State = State.COMPLETED


WAITS = {
    "information": Wait(asked_to_sign, State.AWAITING_INFORMATION, NO_RECORD),
    "signature": Wait(asked_to_sign, State.AWAITING_SIGNATURE),
    "approval": Wait(signed, State.AWAITING_APPROVAL),
    "carrier": Wait(submitted, State.SUBMITTED),
    "coordinator": Wait(rejected, State.ACTION_REQUIRED, REJECTED),
    "freeze": Wait(confirmed, State.FOC_CONFIRMED),
    "foc": Wait(frozen, State.READY),
    "hold": Wait(held, State.FOC_CONFIRMED),
    "window": Wait(moved, State.ROLLBACK_WINDOW),
}
WORKS = {
    "sending": Work(signed, approve, "submit"),
    "cutting-over": Work(confirmed, reach_foc, "activate"),
    "rolling-back": Work(moved, roll_back, "port_back", State.ROLLED_BACK),
    "cancelling": Work(submitted, cancel, "cancel", State.CANCELLED),
}


class Life(NamedTuple):
    """An order and its clock right before the server died and right after it was back, and its life until the end."""

    port: Port
    before: Order
    then: datetime
    after: Order
    now: datetime


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lives(deployment: Deployment) -> dict[str, Any]:
    """By name: a `Life`, for those at work a `Port`, or what went wrong."""
    worker = await deployment.gated_worker()
    world, names = deployment.world, [*WAITS, *WORKS]
    scripts = {name: wait.script for name, wait in WAITS.items()}
    for name in names:
        world.reserve(scripts.get(name, SOON), order_id=name, policy=POLICY)
    ports = {name: deployment.port(name) for name in names}
    await asyncio.gather(*(each.bring(ports[name]) for name, each in {**WAITS, **WORKS}.items()))
    before = {name: (await ports[name].order(), await ports[name].clock.now()) for name in WAITS}
    gates = {name: deployment.gates.close(name, work.effect, "after") for name, work in WORKS.items()}
    await asyncio.gather(*(work.trigger(ports[name]) for name, work in WORKS.items()))
    await until(lambda: all(reached(gate).exists() for gate in gates.values()))

    deployment.kill_server()
    for gate in gates.values():
        gate.unlink()
    await deployment.restart_server()

    async def life(name: str) -> Life | Port:
        port = deployment.port(name)
        after = await settled(port)
        if name in WORKS:
            await live_on(port, WORKS[name].ends)
            return port
        now = await port.clock.now()
        await live_on(port, State.COMPLETED)
        return Life(port, *before[name], after, now)

    found = await asyncio.gather(*(life(name) for name in names), return_exceptions=True)
    assert worker.process.exitcode is None
    return dict(zip(names, found, strict=True))


@pytest.mark.parametrize("name", WAITS)
def test_a_waiting_order_is_where_it_was_and_goes_on(lives: dict[str, Any], name: str) -> None:
    life = lives[name]
    if isinstance(life, BaseException):
        raise life
    assert life.before.state is WAITS[name].state
    assert life.after == life.before
    # Skipped time is kept too: the order's clock goes on from where it was.
    assert timedelta(0) < life.now - life.then < timedelta(minutes=2)
    nothing_lost_or_doubled(life.port, State.COMPLETED)


@pytest.mark.parametrize("name", WORKS)
def test_what_was_done_while_the_server_was_gone_is_not_done_again(lives: dict[str, Any], name: str) -> None:
    if isinstance(lives[name], BaseException):
        raise lives[name]
    nothing_lost_or_doubled(lives[name], WORKS[name].ends)
