from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from _pytest.nodeid import coerce_node_id

from starter import clock
from tests.faults.deployment import Deployment


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def deployment(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """A deployment with a server of its own, for the tests of one module."""
    made = Deployment(tmp_path_factory.mktemp("deployment"))
    with pytest.MonkeyPatch.context() as patch:
        # Many orders are watched at once, some for long.
        patch.setattr(clock, "LOOK_EVERY_SECONDS", 0.045)
        try:
            await made.start()
            yield made
        finally:
            await made.end()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let `xdist_group` have its effect: pytest 9.2 no longer keeps ids where pytest-xdist 3.8 writes the group."""
    if getattr(config.option, "loadgroup", False):
        for item in items:
            mark = item.get_closest_marker("xdist_group")
            if mark and not item.nodeid.endswith(f"@{mark.args[0]}"):
                item._id = coerce_node_id(f"{item.nodeid}@{mark.args[0]}")
