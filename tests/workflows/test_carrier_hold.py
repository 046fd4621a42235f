"""An account on hold: nothing is sent, and afterwards the orders go in the order in which they became ready."""

from __future__ import annotations

from datetime import UTC, datetime

from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.world import FOC, HOUR, Port, World


async def ready(world: World) -> Port:
    port = await world.port(FOC)
    await port.sign()
    await port.decide("approve", by="Charles")
    return port


async def until(port: Port, state: State) -> None:
    for _ in range(100):
        if await port.state() is state:
            return
        await port.clock.settled()
    raise AssertionError(f"still {await port.state()}")


async def test_a_hold_stops_what_is_sent_and_its_end_lets_it_go_in_order(idle_world: World) -> None:
    world = idle_world
    async with world.worker():
        world.records.hold_carrier("simulated", "Ada", "migration freeze", datetime.now(UTC))
        first, second = await ready(world), await ready(world)
        for port in (first, second):
            assert await port.state() is State.SUBMITTING
            assert TaskKind.CARRIER_ON_HOLD in await port.tasks()
            assert world.carrier.store.orders(port.order_id) == []
        assert list(world.records.waiting("simulated")) == [first.order_id, second.order_id]

        await second.decide("carrier_activity")
        assert await second.state() is State.SUBMITTING
        world.records.release_carrier("simulated")
        # The second looks by itself before the first does, and waits for it all the same.
        await second.clock.past(HOUR)
        assert world.carrier.store.orders(second.order_id) == []
        await first.decide("carrier_activity")
        await until(first, State.SUBMITTED)
        await until(second, State.SUBMITTED)
        sent = [world.carrier.store.orders(port.order_id)[0].carrier_order_id for port in (first, second)]
        assert sent == sorted(sent)
        assert list(world.records.waiting("simulated")) == []


async def test_an_order_cancelled_while_it_waits_lets_the_next_one_go(idle_world: World) -> None:
    world = idle_world
    async with world.worker():
        world.records.hold_carrier("simulated", "Ada", "migration freeze", datetime.now(UTC))
        first, second = await ready(world), await ready(world)
        world.records.release_carrier("simulated")
        await first.decide("cancel", by="Charles", reason="campaign moved")
        assert await first.result()
        await until(second, State.SUBMITTED)
        assert world.carrier.store.orders(first.order_id) == []


async def test_the_account_on_hold_is_one_of_many(idle_world: World) -> None:
    world = idle_world
    async with world.worker():
        world.records.hold_carrier("telnyx", "Ada", "migration freeze", datetime.now(UTC))
        port = await ready(world)
        assert await port.state() is State.SUBMITTED
