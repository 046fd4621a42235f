from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from _pytest.nodeid import coerce_node_id
from temporalio.client import Client

from portolan.settings import Settings
from starter.server import embedded, free_port
from tests.world import World, world


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """One embedded server for each process of the suite."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("server"), temporal_address=f"127.0.0.1:{free_port()}")
    async with embedded(settings) as connected:
        yield connected
        await asyncio.sleep(0.2)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_world(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One worker with records and carrier for each process of the suite; every test uses orders of its own."""
    folder: Path = tmp_path_factory.mktemp("world")
    async with world(client, folder) as made:
        yield made


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let `xdist_group` have its effect: pytest 9.2 no longer keeps ids where pytest-xdist 3.8 writes the group."""
    if getattr(config.option, "loadgroup", False):
        for item in items:
            mark = item.get_closest_marker("xdist_group")
            if mark and not item.nodeid.endswith(f"@{mark.args[0]}"):
                item._id = coerce_node_id(f"{item.nodeid}@{mark.args[0]}")
