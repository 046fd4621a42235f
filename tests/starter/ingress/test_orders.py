"""Messages on their way to real orders: whatever comes, however often and in whatever order, the carrier is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portolan.domain.carrier import send_key
from portolan.domain.states import State
from portolan.records.inbox import Kept
from starter.ingress.hand_on import HandingOn
from tests.starter.ingress.office import Office
from tests.world import DAY, FOC, Port, World


class Street:
    """The ingress of a world's deployment, before which the simulated carrier stands like a real one."""

    def __init__(self, world: World, folder: Path) -> None:
        self.office = Office(folder, world.records)
        self.office.clock.now = datetime.now(UTC)
        self.world = world

    def process(self) -> HandingOn:
        async def connect() -> Any:
            return self.world.client

        return self.office.process(connect)

    async def post(self, message_id: str, **fields: Any) -> None:
        answer = await self.office.say("simulated", message_id=message_id, **fields)
        assert answer.status_code == 204

    def waiting(self, *message_ids: str) -> list[Kept]:
        return [row for row in self.office.open() if row.message_id in message_ids]


async def on_the_way(world: World) -> Port:
    """An order whose carrier has confirmed the FOC meanwhile, of which the order has heard nothing."""
    port = await world.port(FOC)
    await port.submitted()
    await port.clock._skipper.fast_forward(port.handle, 3 * DAY)
    assert (await port.order()).state is State.SUBMITTED
    return port


def heard(port: Port) -> list[str]:
    return [str(entry.event_id) for entry in port.trail() if entry.kind == "carrier_activity"]


async def test_a_message_makes_the_order_ask_and_the_carriers_answer_counts(
    shared_world: World, tmp_path: Path
) -> None:
    port, street = await on_the_way(shared_world), Street(shared_world, tmp_path)
    name = f"m-{port.order_id}"
    await street.post(name, carrier_order_id=port.held().carrier_order_id, kind="order.rejected")
    await street.process().sweep()
    order = await port.order()
    assert order.state is State.FOC_CONFIRMED  # what the message said does not count
    assert heard(port) == [f"simulated:{name}"]
    assert street.waiting(name) == []


async def test_duplicates_and_disorder_change_nothing_twice(shared_world: World, tmp_path: Path) -> None:
    port, street = await on_the_way(shared_world), Street(shared_world, tmp_path)
    at_carrier = port.held().carrier_order_id
    names = [f"{number}-{port.order_id}" for number in (3, 1, 3, 2, 1)]
    for name in names:
        await street.post(name, carrier_order_id=at_carrier, kind=f"status {name[0]}")
        for process in (street.process(), street.process()):
            await process.sweep()
    for name in set(names):  # and all of it again, past the inbox
        event = {"event_id": f"simulated:{name}", "note": "again"}
        await port.signal("carrier_activity", event)
    order = await port.order()
    assert order.state is State.FOC_CONFIRMED
    assert sorted(heard(port)) == sorted(f"simulated:{name}" for name in set(names))
    assert port.audit().count("foc_confirmed") == 1
    assert port.sent() == [1]
    assert len(shared_world.records.messages(port.order_id)) == len(set(names))


async def test_a_message_before_the_order_is_known_waits_for_it(shared_world: World, tmp_path: Path) -> None:
    street = Street(shared_world, tmp_path)
    port = await shared_world.port(FOC)
    by_reference = f"r-{port.order_id}"
    await street.post(by_reference, reference=send_key(port.order_id, 1))
    process = street.process()
    await process.sweep()
    assert heard(port) == []
    await port.submitted()
    by_id = f"i-{port.order_id}"
    await street.post(by_id, carrier_order_id=port.held().carrier_order_id)
    await process.sweep()
    await port.order()
    assert sorted(heard(port)) == [f"simulated:{by_id}", f"simulated:{by_reference}"]
    assert street.waiting(by_id, by_reference) == []


async def test_what_the_desk_writes_is_on_record(shared_world: World, tmp_path: Path) -> None:
    port, street = await on_the_way(shared_world), Street(shared_world, tmp_path)
    await street.post(
        f"c-{port.order_id}", carrier_order_id=port.held().carrier_order_id, said="The address is illegible."
    )
    await street.process().sweep()
    await port.order()
    assert any("The address is illegible." in entry.detail for entry in port.trail())


async def test_a_message_to_an_order_that_has_ended_is_done_with(shared_world: World, tmp_path: Path) -> None:
    port, street = await shared_world.port(FOC), Street(shared_world, tmp_path)
    await port.submitted()
    await port.decide("cancel", by="Charles", reason="the office stays")
    await port.result()
    name = f"m-{port.order_id}"
    await street.post(name, carrier_order_id=port.held().carrier_order_id)
    await street.process().sweep()
    assert street.waiting(name) == []
    assert heard(port) == []
