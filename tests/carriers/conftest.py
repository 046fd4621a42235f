from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portolan.carriers.simulated import Script, SimulatedCarrier
from tests.carriers.scene import Clock
from tests.world import ACCOUNT


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(tmp_path: Path, clock: Clock) -> Callable[..., SimulatedCarrier]:
    """The carrier; made again it is another process's on the same store."""

    def made(**script: object) -> SimulatedCarrier:
        carrier = SimulatedCarrier(tmp_path / "carrier.db", clock)
        if script:
            carrier.give_script("o1", Script.model_validate(script))
        carrier.give_account("o1", ACCOUNT)
        return carrier

    return made
