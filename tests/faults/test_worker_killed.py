"""kill -9 of the worker at every point of an order's life at once: each order goes on, nothing is lost or doubled.

Each order is brought to its point by an ordinary worker, then given its trigger under a worker that stands still right
before or right after one effect. When every order stands, that process is killed, and `portolan worker` takes over.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
import pytest_asyncio
from temporalio.testing import TimeSkipper

from portolan.carriers.simulated import Saying, Script
from portolan.domain.states import State
from portolan.records.tables import NoticeStatus
from starter.orders import start_order
from tests.faults.deployment import (
    Deployment,
    claims_grow_old,
    live_on,
    mails_of,
    nothing_lost_or_doubled,
    notices_of,
    settled,
)
from tests.faults.gated import reached
from tests.faults.processes import until
from tests.world import BOSS, Port

# The whole disaster is the first test's setup.
pytestmark = [pytest.mark.xdist_group("faults-worker"), pytest.mark.timeout(300)]

#: The carrier confirms a date three business days ahead, an hour after it received the order.
SOON = Script(sendings=[[Saying(says="foc", after_hours=1, foc_business_days=3)]])
POLICY = {"closed_days": []}


async def untouched(port: Port) -> None:
    """Reserved; started by the trigger."""


async def asked_to_sign(port: Port) -> None:
    await start_order(port.world.client, port.world.settings.task_queue, port.recorded().request)
    await port.clock.settled()


async def signed(port: Port) -> None:
    await asked_to_sign(port)
    await port.sign()


async def submitted(port: Port) -> None:
    await signed(port)
    await port.decide("approve", by="Charles")


async def confirmed(port: Port) -> None:
    await submitted(port)
    await port.clock.past(timedelta(hours=2))
    assert await port.state() is State.FOC_CONFIRMED


async def moved(port: Port) -> None:
    await confirmed(port)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at)
    assert await port.state() is State.ROLLBACK_WINDOW


async def start(port: Port) -> None:
    await start_order(port.world.client, port.world.settings.task_queue, port.recorded().request)


async def sign(port: Port) -> None:
    today = (await port.clock.now()).date()
    await port.handle.signal("loa_signed", {"signed_by": "Ada Byron", "signed_on": str(today)})


async def approve(port: Port) -> None:
    await port.handle.signal("approve", {"by": "Charles"})


async def hint(port: Port) -> None:
    await port.handle.signal("carrier_activity")


async def cancel(port: Port) -> None:
    await port.handle.signal("cancel", {"by": "Charles", "reason": "the office stays"})


async def roll_back(port: Port) -> None:
    await port.handle.signal("rollback", {"decided_by": BOSS.name, "reason": "calls drop"})


async def reach_foc(port: Port) -> None:
    foc_at = port.recorded().foc_at
    assert foc_at is not None
    await let_pass(port, foc_at)


async def reach_freeze(port: Port) -> None:
    order = port.recorded()
    assert order.foc_at is not None
    await let_pass(port, order.foc_at - timedelta(hours=order.policy.freeze_hours))


async def let_pass(port: Port, moment: datetime) -> None:
    """Until a moment has come, whether or not somebody can do anything about it: then the clock cannot go further."""
    left = moment - await port.clock.now()
    skipping = asyncio.create_task(TimeSkipper(port.world.client).fast_forward(port.handle, left))
    async with asyncio.timeout(30):
        while await port.clock.now() < moment:
            await asyncio.sleep(0.05)
    skipping.cancel()
    await asyncio.wait([skipping])


class Point(NamedTuple):
    """Where an order stands when its worker dies.

    Attributes:
        effect: What its worker was doing, and `when`: about to, or having just done it. Empty: nothing, it waited.
        trigger: What makes the worker do it; where it waited, what happens while there is no worker.
        ends: What becomes of the order; some are given up once they have gone on, to save time.
    """

    bring: Callable[[Port], Awaitable[None]]
    trigger: Callable[[Port], Awaitable[None]]
    effect: str = ""
    when: str = ""
    ends: State = State.COMPLETED


BOTH = ("before", "after")
POINTS = {
    "checking": Point(untouched, start, "request_csr", "after", State.CANCELLED),
    **{f"sending-{when}": Point(signed, approve, "submit", when) for when in BOTH},
    "recording": Point(signed, approve, "publish_submitted", "after", State.CANCELLED),
    "looking": Point(submitted, hint, "get", "after", State.CANCELLED),
    **{f"cutting-over-{when}": Point(confirmed, reach_foc, "activate", when) for when in BOTH},
    "verifying": Point(confirmed, reach_foc, "prove", "after"),
    **{f"rolling-back-{when}": Point(moved, roll_back, "port_back", when, State.ROLLED_BACK) for when in BOTH},
    **{f"cancelling-{when}": Point(submitted, cancel, "cancel", when, State.CANCELLED) for when in BOTH},
    "ending": Point(submitted, cancel, "publish_cancelled", "after", State.CANCELLED),
    "mailing-before": Point(untouched, start, "mail_signature_needed", "before", State.CANCELLED),
    # A mail server that took a mail from a worker that died before it could note it: nobody can know, so the mail goes
    # out again, with the same Message-ID.
    "mailing-after": Point(untouched, start, "mail_signature_needed", "after", State.CANCELLED),
    "waiting-for-a-signature": Point(asked_to_sign, sign),
    "waiting-for-approval": Point(signed, approve, ends=State.CANCELLED),
    "waiting-for-the-carrier": Point(submitted, cancel, ends=State.CANCELLED),
    "waiting-for-the-foc": Point(confirmed, reach_freeze),
    "waiting-for-the-window": Point(moved, roll_back, ends=State.ROLLED_BACK),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lives(deployment: Deployment) -> dict[str, Port | BaseException]:
    """The orders by point after their lives, or what went wrong with them."""
    world = deployment.world
    ports = {name: Port(world, world.reserve(SOON, order_id=name, policy=POLICY).order_id) for name in POINTS}
    async with world.worker():
        await asyncio.gather(*(point.bring(ports[name]) for name, point in POINTS.items()))
    doomed = await deployment.gated_worker()
    gates = {
        name: deployment.gates.close(name, point.effect, point.when) for name, point in POINTS.items() if point.effect
    }
    await asyncio.gather(*(POINTS[name].trigger(ports[name]) for name in gates))
    try:
        await until(lambda: all(reached(gate).exists() for gate in gates.values()))
    except TimeoutError:
        missing = [name for name, gate in gates.items() if not reached(gate).exists()]
        raise AssertionError(f"not at their gates: {missing}; {doomed.output}") from None
    await doomed.killed()
    for gate in gates.values():
        gate.unlink()
    await asyncio.gather(*(point.trigger(ports[name]) for name, point in POINTS.items() if not point.effect))
    await deployment.worker()
    few = asyncio.Semaphore(6)
    found = await asyncio.gather(*(go_on(ports[name], few) for name in POINTS), return_exceptions=True)
    return dict(zip(POINTS, found, strict=True))


async def go_on(port: Port, few: asyncio.Semaphore) -> Port:
    order = await settled(port)
    if port.order_id.startswith("mailing"):
        # The order does not wait for a mail that may or may not be on its way; the mail waits for the claim.
        assert order.state is State.AWAITING_SIGNATURE
        assert NoticeStatus.SENDING in {row.status for row in notices_of(port)}
        claims_grow_old(port)
    async with few:
        await live_on(port, POINTS[port.order_id].ends)
    return port


@pytest.mark.parametrize("name", POINTS)
def test_an_order_survives_its_worker(lives: dict[str, Port | BaseException], name: str) -> None:
    life, point = lives[name], POINTS[name]
    if isinstance(life, BaseException):
        raise life
    nothing_lost_or_doubled(life, point.ends)
    mails = Counter(message_id for *_, message_id in mails_of(life))
    assert set(mails.values()) == ({1, 2} if name == "mailing-after" else {1})


async def test_the_worker_that_took_over_ends_in_order(lives: object, deployment: Deployment) -> None:
    assert await deployment.children[-1].asked_to_stop() == 0
