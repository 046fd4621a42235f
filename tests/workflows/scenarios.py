"""Whole lives of orders: played with and without the workflow cache, and recorded as histories to be replayed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from portolan.carriers.simulated import Fault, Saying, Script
from portolan.domain.carrier import split_id
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.world import ACCOUNT, BOSS, DAY, FOC, HOUR, Port, World, fresh_number

REJECTED = Script(
    sendings=[
        [Saying(says="reject", after_hours=20, reason="NAME_MISMATCH", suggestion="Acme Manufacturing Ltd")],
        [Saying(says="foc", after_hours=30, foc_business_days=3)],
    ]
)
LOCKED = Script(
    sendings=[
        [Saying(says="reject", after_hours=20, reason="PORT_LOCK")],
        [Saying(says="foc", after_hours=30, foc_business_days=3)],
    ]
)
#: Confirmed 24 h after the sending, then moved later, then earlier.
SLIPPING = Script(
    sendings=[
        [
            Saying(says="foc", after_hours=24, foc_business_days=6),
            Saying(says="foc", after_hours=48, foc_business_days=9),
            Saying(says="foc", after_hours=72, foc_business_days=4),
        ]
    ]
)
#: The date is refused, then the debt is named, then a date is given.
UNWILLING = Script(
    sendings=[
        [Saying(says="reject", after_hours=20, reason="FOC_TOO_SOON")],
        [Saying(says="reject", after_hours=20, reason="UNPAID")],
        [Saying(says="foc", after_hours=30, foc_business_days=3)],
    ]
)
#: No record is to be had, and the first letter cannot be read.
ILLEGIBLE = Script(
    sendings=[
        [Saying(says="reject", after_hours=20, reason="LOA_ILLEGIBLE")],
        [Saying(says="foc", after_hours=30, foc_business_days=3)],
    ],
    csr=None,
)
LTD = FOC.model_copy(update={"csr": {"entity_name": "Acme Manufacturing Ltd"}})


async def clean(world: World, order_id: str = "") -> Port:
    """Nothing goes wrong."""
    port = await world.port(order_id=order_id)
    await port.activated()
    await port.ended()
    return port


async def corrected(world: World, order_id: str = "") -> Port:
    """The LOA would differ from the record; it is corrected before anything is sent."""
    port = await world.port(LTD, order_id=order_id)
    await port.answer(TaskKind.CORRECT_DATA, "accept_suggestions")
    await port.activated()
    await port.ended()
    return port


async def resubmitted(world: World, order_id: str = "") -> Port:
    """Rejected for its name, corrected, signed again."""
    port = await world.port(REJECTED, order_id=order_id)
    await port.submitted()
    await port.clock.past(DAY)
    await port.decide("resubmit", by="Charles", corrections={"entity_name": "Acme Manufacturing Ltd"})
    await port.answer(TaskKind.CORRECT_DATA, "attest", note="the carrier's own suggestion")
    await port.sign()
    await port.clock.past(2 * DAY)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at)
    await port.ended()
    return port


async def rolled_back(world: World, order_id: str = "") -> Port:
    """The numbers go back at hour 50."""
    port = await world.port(order_id=order_id)
    order = await port.activated()
    assert order.activated_at is not None
    await port.clock.to(order.activated_at + 50 * HOUR)
    await port.signal("rollback", {"decided_by": BOSS.name, "reason": "no inbound calls"})
    await port.result()
    return port


async def cancelled(world: World, order_id: str = "") -> Port:
    """Held, released and given up after submission."""
    port = await world.port(order_id=order_id)
    await port.submitted()
    await port.decide("hold", by="Charles", reason="campaign in print")
    await port.clock.past(8 * DAY)
    await port.decide("release", by="Charles")
    await port.decide("cancel", by="Charles", reason="campaign moved")
    await port.result()
    return port


async def troubled(world: World, order_id: str = "") -> Port:
    """The carrier cannot be reached, loses answers and moves the date twice; the LOA grows too old meanwhile."""
    faults = [
        Fault(call="find", kind="outage", times=200),
        Fault(call="submit", kind="lost_answer"),
        Fault(call="activate", kind="lost_answer"),
    ]
    port = await world.port(SLIPPING.model_copy(update={"faults": faults}), order_id=order_id)
    await port.sign()
    loa = (await port.order()).loa
    assert loa is not None
    await port.clock.to(loa.expires_at - HOUR / 6)
    await port.decide("approve", by="Charles")
    await port.clock.past(HOUR)
    recovered = [faults[0].model_copy(update={"times": 0}), *faults[1:]]
    world.carrier.give_script(port.order_id, SLIPPING.model_copy(update={"faults": recovered}))
    await port.sign()
    await port.clock.past(5 * DAY)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at)
    await port.ended()
    return port


def inactive(*numbers: str) -> Script:
    """These numbers are not in service; without them a date is given."""
    rejection = Saying(says="reject", after_hours=20, reason="TN_INACTIVE", numbers=list(numbers))
    return Script(sendings=[[rejection], [Saying(says="foc", after_hours=30, foc_business_days=3)]])


async def to_the_end(port: Port) -> None:
    """From a date that comes within two days through the cutover."""
    await port.clock.past(2 * DAY)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at)
    await port.ended()


async def split(world: World, order_id: str = "") -> Port:
    """One number is not in service: it goes on alone and is given up there; the other keeps its date."""
    good, bad = fresh_number(), fresh_number()
    port = await world.port(inactive(bad), order_id=order_id, numbers=[good, bad])
    await port.submitted()
    await port.clock.past(DAY)
    await Port(world, split_id(port.order_id, 1)).answer(TaskKind.CURE_NUMBERS, "give_up")
    await to_the_end(port)
    return port


async def disputed(world: World, order_id: str = "") -> Port:
    """Another date is asked for by itself; a debt is no lawful ground."""
    port = await world.port(UNWILLING, order_id=order_id)
    await port.submitted()
    await port.clock.past(2 * DAY)
    await port.answer(TaskKind.DISPUTE_REJECTION, "disputed")
    await to_the_end(port)
    return port


async def evidenced(world: World, order_id: str = "") -> Port:
    """Nobody supplies a record, so one is typed off a bill; it differs. The letter is signed twice."""
    port = await world.port(ILLEGIBLE, order_id=order_id)
    record = {**ACCOUNT.model_dump(), "entity_name": "Acme Manufacturing Ltd"}
    await port.decide("give_evidence", by="Charles", evidence="csr", record=record)
    await port.answer(TaskKind.CORRECT_DATA, "accept_suggestions")
    await port.submitted()
    await port.clock.past(DAY)
    await port.sign()
    await to_the_end(port)
    return port


class Scenario(NamedTuple):
    """How to play it, and how it ends."""

    play: Callable[[World, str], Awaitable[Port]]
    ends: State
    attempts: list[int]


SCENARIOS: dict[str, Scenario] = {
    "clean": Scenario(clean, State.COMPLETED, [1]),
    "corrected": Scenario(corrected, State.COMPLETED, [1]),
    "resubmitted": Scenario(resubmitted, State.COMPLETED, [1, 2]),
    "rolled_back": Scenario(rolled_back, State.ROLLED_BACK, [1]),
    "cancelled": Scenario(cancelled, State.CANCELLED, [1]),
    "troubled": Scenario(troubled, State.COMPLETED, [1]),
    "split": Scenario(split, State.COMPLETED, [1, 2]),
    "disputed": Scenario(disputed, State.COMPLETED, [1, 2, 3]),
    "evidenced": Scenario(evidenced, State.COMPLETED, [1, 2]),
}
