"""Whole lives, each with the workflow kept in the worker's cache and replayed from its history at every task."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.workflows.scenarios import SCENARIOS
from tests.world import World, world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def uncached_world(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A worker that forgets every workflow after every task."""
    async with world(client, tmp_path_factory.mktemp("uncached"), max_cached_workflows=0) as made:
        yield made


#: Replaying at every task is slow: these show it, and `test_replay` replays all of them.
UNCACHED = ("clean", "resubmitted", "rolled_back")


@pytest.mark.parametrize(
    ("name", "cache"), [*((name, "cached") for name in SCENARIOS), *((name, "uncached") for name in UNCACHED)]
)
async def test_an_order_lives_its_life(name: str, cache: str, shared_world: World, uncached_world: World) -> None:
    scenario = SCENARIOS[name]
    port = await scenario.play(uncached_world if cache == "uncached" else shared_world, "")
    order = port.recorded()
    assert order.state is scenario.ends
    assert port.sent() == scenario.attempts
    assert not order.open_tasks
    sequences = [entry.sequence for entry in port.trail()]
    assert sequences == list(range(1, order.sequence + 1))
    assert {entry.revision for entry in port.trail()} == {1}
