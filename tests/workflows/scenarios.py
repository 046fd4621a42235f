"""Whole lives of orders: played with and without the workflow cache, and recorded as histories to be replayed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from portolan.carriers.simulated import Fault, Saying, Script
from portolan.domain.carrier import NumberConfiguration, split_id
from portolan.domain.messaging import MessagingWanted
from portolan.domain.order import Order
from portolan.domain.readiness import EARLIEST, signable
from portolan.domain.runbook import ITEMS
from portolan.domain.states import State, Turn
from portolan.domain.tasks import TaskKind
from tests.world import ACCOUNT, ADA, BOSS, COORDINATOR, DAY, FOC, HOUR, SILENT, Port, World, fresh_number

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
#: The playbook's proof with nothing to sign off.
UNGATED: dict[str, Any] = {"runbook": [], "gates": []}
CONFIGURATION = NumberConfiguration(contact_flow="main", routing="queue-1")
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


async def gated(world: World, order_id: str = "") -> Port:
    """By the book: every item is signed off by its owner, the numbers are configured, a dialer makes the calls."""
    policy = {"test_slots": [15, 30, 45, 60]}
    port = await world.port(
        order_id=order_id, by_the_book=True, policy=policy, configuration=CONFIGURATION, call_tester="simulated"
    )
    await port.submitted()
    await port.clock.past(2 * DAY)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    for moment in (await port.clock.now(), foc_at - EARLIEST, foc_at):
        await port.clock.to(moment)
        await sign_off(port)
    await port.ended()
    return port


async def sign_off(port: Port) -> None:
    """Whoever owns an item that is due by now signs it off, one message each."""
    order = await port.order()
    owners = {Turn.CUSTOMER: ADA.name, Turn.DECISION_MAKER: BOSS.name}
    due = signable(order, await port.clock.now())
    for owner in dict.fromkeys(ITEMS[item].owner for item in due):
        theirs = [item for item in due if ITEMS[item].owner is owner and item != "configuration"]
        if theirs:
            await port.decide("sign_off", by=owners.get(owner, "Charles"), items=theirs, note="done")


async def half_ported(world: World, order_id: str = "") -> Port:
    """One number is dead and activated again; the look-up still names the losing carrier for a while."""
    script = FOC.model_copy(update={"dead_numbers": 1, "activate_again": True, "routing_hours": 1})
    numbers = [fresh_number(), fresh_number()]
    port = await world.port(script, order_id=order_id, by_the_book=True, policy=UNGATED, numbers=numbers)
    await port.activated()
    await port.answer(TaskKind.FINISH_ACTIVATION, "activate_again")
    await port.clock.past(2 * HOUR)
    await port.ended()
    return port


async def bridged(world: World, order_id: str = "") -> Port:
    """Forwarded first, ported when it is released; the bridge comes down at the end."""
    script = FOC.model_copy(update={"bridge_hours": 1})
    port = await world.port(script, order_id=order_id, by_the_book=True, policy=UNGATED, strategy="bridge_then_port")
    await port.clock.past(2 * HOUR)
    await port.decide("release", by="Charles")
    await port.activated()
    await port.ended()
    return port


async def refused_return(world: World, order_id: str = "") -> Port:
    """Two people order a snapback, which is refused, then a win-back: nobody answers, and the port stands."""
    script = FOC.model_copy(update={"consent_by_stage": {"snapback": "refused", "win_back": "silent"}})
    policy = {"runbook": ["rollback_letter"], "gates": [], "port_back_hours": 1}
    port = await world.port(script, order_id=order_id, by_the_book=True, policy=policy, second_person=COORDINATOR)
    await port.activated()
    await port.signal("test_calls", {"by": "Ada", "results": [silent_call(await port.order())]})
    until = (await port.order()).rollback_until
    assert until is not None
    for moment in (await port.clock.now(), until - HOUR / 2):
        await port.clock.to(moment)
        await port.decide("rollback", decided_by=BOSS.name, reason="no inbound calls")
        await port.decide("confirm", by=COORDINATOR.name)
    await port.ended()
    return port


def silent_call(order: Order) -> dict[str, object]:
    """A test call in which nothing was heard."""
    return {"number": order.request.numbers[0], "origin": "mobile", "checks": {"two_way_audio": "silence"}}


async def messaging(world: World, order_id: str = "") -> Port:
    """Messaging outlasts the window and fails; it is tried again, and settles."""
    script = FOC.model_copy(update={"messaging_fails": True, "messaging_hours": 30})
    wanted = MessagingWanted(campaign="C-1")
    port = await world.port(script, order_id=order_id, by_the_book=True, policy=UNGATED, messaging=wanted)
    order = await port.activated()
    assert order.rollback_until is not None
    await port.clock.to(order.rollback_until + HOUR)
    world.carrier.give_script(port.order_id, FOC)
    await port.answer(TaskKind.MESSAGING_LATE, "retry")
    await port.result()
    return port


async def hinted_cancel(world: World, order_id: str = "") -> Port:
    """The carrier cannot be reached when the order is withdrawn, and sends a hint while that is waited for."""
    faults = [Fault(call="cancel", kind="outage", times=8)]
    port = await world.port(SILENT.model_copy(update={"faults": faults}), order_id=order_id)
    await port.submitted()
    await port.decide("cancel", by="Charles", reason="campaign moved")
    await port.signal("carrier_activity", {"event_id": "e1"})
    await port.clock.past(HOUR)
    await port.result()
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
    "gated": Scenario(gated, State.COMPLETED, [1]),
    "half_ported": Scenario(half_ported, State.COMPLETED, [1]),
    "bridged": Scenario(bridged, State.COMPLETED, [1]),
    "refused_return": Scenario(refused_return, State.COMPLETED, [1]),
    "messaging": Scenario(messaging, State.COMPLETED, [1]),
    "hinted_cancel": Scenario(hinted_cancel, State.CANCELLED, [1]),
}
