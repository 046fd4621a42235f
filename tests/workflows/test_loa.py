"""The age of the signature: nothing goes out with a stale LOA, ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from portolan.carriers.simulated import Fault
from portolan.domain.calendars import end_of
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.scenarios import LOCKED
from tests.world import DAY, FOC, HOUR, Port, World

SECOND = timedelta(seconds=1)


async def signed(world: World) -> tuple[Port, datetime]:
    """An order that awaits approval, and when its LOA grows too old."""
    port = await world.port()
    await port.sign()
    loa = (await port.order()).loa
    assert loa is not None
    return port, loa.expires_at


async def test_the_limit_is_the_end_of_the_thirtieth_day_at_the_losing_carriers_desk(shared_world: World) -> None:
    port, expires_at = await signed(shared_world)
    loa = (await port.order()).loa
    assert loa is not None
    assert expires_at == end_of(loa.signed_on + timedelta(days=30), "America/New_York")


async def test_approved_just_before_the_limit_it_is_sent(shared_world: World) -> None:
    port, expires_at = await signed(shared_world)
    await port.clock.to(expires_at - 10 * SECOND)
    assert await port.state() is State.AWAITING_APPROVAL
    assert (await port.decide("approve", by="Charles")).accepted
    assert await port.state() is State.SUBMITTED
    (sending,) = port.held().sendings
    assert sending.at < expires_at


async def test_at_the_limit_a_new_signature_is_asked_for_and_nothing_is_sent(shared_world: World) -> None:
    port, expires_at = await signed(shared_world)
    await port.clock.to(expires_at)
    assert await port.state() is State.AWAITING_SIGNATURE
    lapsed = port.trail()[-1]
    assert (lapsed.state_before, lapsed.state_after) == (State.AWAITING_APPROVAL, State.AWAITING_SIGNATURE)
    assert timedelta(0) <= lapsed.recorded_at - expires_at < timedelta(minutes=1)
    assert not (await port.decide("approve", by="Charles")).accepted
    assert port.calls("submit") == 0

    await port.submitted()
    assert port.sent() == [1]


async def test_an_approval_made_in_time_but_heard_too_late_sends_nothing(idle_world: World) -> None:
    """With no worker up, the approval and the expiry land in the same workflow task."""
    async with idle_world.worker():
        port, expires_at = await signed(idle_world)
        await port.clock.to(expires_at - HOUR)
        assert await port.state() is State.AWAITING_APPROVAL
    await port.to_timer(expires_at)
    made_at = expires_at - 60 * SECOND
    await port.handle.signal("approve", {"by": "Charles", "occurred_at": made_at.isoformat()})
    async with idle_world.worker():
        assert await port.state() is State.AWAITING_SIGNATURE
        assert port.calls("submit") == 0
        await port.sign()
        if await port.state() is State.AWAITING_APPROVAL:
            await port.decide("approve", by="Charles")
        assert await port.state() is State.SUBMITTED
        assert port.sent() == [1]


async def test_during_an_outage_the_tries_go_on_but_a_stale_loa_is_not_sent(shared_world: World) -> None:
    outage = Fault(call="find", kind="outage", times=1000)
    port = await shared_world.port(FOC.model_copy(update={"faults": [outage]}), policy={"retry_minutes": 30})
    await port.sign()
    loa = (await port.order()).loa
    assert loa is not None
    await port.clock.to(loa.expires_at - HOUR / 2)
    await port.decide("approve", by="Charles")
    await port.clock.to(loa.expires_at - timedelta(minutes=1))
    assert await port.state() is State.SUBMITTING
    assert TaskKind.CARRIER_UNREACHABLE in await port.tasks()
    assert port.calls("find") == 16
    await port.clock.to(loa.expires_at)
    assert await port.state() is State.AWAITING_SIGNATURE
    await port.clock.past(DAY)
    assert port.calls("submit") == 0

    shared_world.carrier.give_script(
        port.order_id, FOC.model_copy(update={"faults": [outage.model_copy(update={"times": 0})]})
    )
    await port.sign()
    assert await port.state() is State.SUBMITTED
    assert port.sent() == [1]
    assert await port.tasks() == []


async def test_between_rejection_and_resubmission_a_new_signature_becomes_necessary(shared_world: World) -> None:
    port = await shared_world.port(LOCKED)
    loa = (await port.submitted()).loa
    assert loa is not None
    await port.clock.to(loa.expires_at + HOUR)
    order = await port.order()
    assert (order.state, order.loa) == (State.ACTION_REQUIRED, None)
    assert TaskKind.SIGN_LOA in await port.tasks()
    await port.decide("resubmit", by="Charles")
    assert await port.state() is State.AWAITING_SIGNATURE
    assert port.sent() == [1]
    await port.sign()
    assert await port.state() is State.SUBMITTED
    assert port.sent() == [1, 2]
    assert port.held().sendings[1].loa_signed_on == (await port.clock.now()).date()


async def test_signed_again_while_the_rejection_is_open_it_is_sent_at_once(shared_world: World) -> None:
    port = await shared_world.port(LOCKED)
    loa = (await port.submitted()).loa
    assert loa is not None
    await port.clock.to(loa.expires_at + HOUR)
    await port.sign()
    assert await port.state() is State.ACTION_REQUIRED
    await port.decide("resubmit", by="Charles")
    assert await port.state() is State.SUBMITTED
    assert port.sent() == [1, 2]


async def test_people_are_warned_once_five_days_before(shared_world: World) -> None:
    port, expires_at = await signed(shared_world)
    await port.clock.to(expires_at - 5 * DAY - HOUR)
    assert "loa_expiring" not in port.mails()
    await port.clock.to(expires_at - 5 * DAY + HOUR)
    await port.order()
    assert port.mails().count("loa_expiring") == 1
    await port.clock.to(expires_at - HOUR)
    await port.order()
    assert port.mails().count("loa_expiring") == 1


async def test_an_old_or_future_date_on_the_loa_is_refused(shared_world: World) -> None:
    port = await shared_world.port()
    today = (await port.clock.now()).date()
    old = await port.sign(signed_on=str(today - timedelta(days=32)))
    future = await port.sign(signed_on=str(today + timedelta(days=3)))
    assert (old.accepted, future.accepted) == (False, False)
    assert "30 days" in old.reason
    assert "future" in future.reason
    assert await port.state() is State.AWAITING_SIGNATURE
