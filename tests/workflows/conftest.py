from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.world import World, make_world, world


@pytest_asyncio.fixture
async def own_world(client: Client, tmp_path: Path) -> AsyncIterator[World]:
    """A world for one test, with a worker."""
    async with world(client, tmp_path) as made:
        yield made


@pytest.fixture
def idle_world(client: Client, tmp_path: Path) -> World:
    """A world for one test, in which no worker runs until the test starts one."""
    return make_world(client, tmp_path)
