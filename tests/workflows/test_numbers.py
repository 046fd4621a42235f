"""A number is in one live order at most."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from portolan.domain.errors import NumberTaken
from portolan.domain.states import State
from portolan.records.store import NewProject
from starter.orders import start_order, workflow_id
from tests.world import SILENT, World, fresh_number, request


async def test_a_second_order_for_it_is_refused_by_name_until_the_first_has_ended(shared_world: World) -> None:
    number = fresh_number()
    first = await shared_world.port(SILENT, numbers=[fresh_number(), number])
    with pytest.raises(NumberTaken) as refused:
        await shared_world.port(SILENT, numbers=[number])
    assert (refused.value.number, refused.value.order_id) == (number, first.order_id)
    assert first.order_id in str(refused.value)

    await first.decide("cancel", reason="wrong number")
    await first.result()
    second = await shared_world.port(SILENT, numbers=[number])
    assert await second.state() is State.AWAITING_SIGNATURE


async def test_of_orders_started_at_the_same_instant_one_gets_it(shared_world: World) -> None:
    number = fresh_number()

    async def attempt() -> bool:
        asked = request(numbers=[number])
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        ids = {asked.order_id: workflow_id(asked.order_id)}
        try:
            await asyncio.to_thread(shared_world.records.reserve, project, [asked], ids, datetime.now(UTC))
        except NumberTaken:
            return False
        return True

    assert sorted(await asyncio.gather(*(attempt() for _ in range(6)))) == [False] * 5 + [True]


async def test_starting_an_order_again_changes_nothing(shared_world: World) -> None:
    port = await shared_world.port(SILENT)
    asked = (await port.order()).request
    assert await start_order(shared_world.client, shared_world.settings.task_queue, asked) is False
    await port.decide("cancel", reason="done")
    await port.result()
    assert await start_order(shared_world.client, shared_world.settings.task_queue, asked) is False
    assert port.recorded().state is State.CANCELLED
