from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

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
