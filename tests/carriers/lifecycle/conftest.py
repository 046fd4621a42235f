from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.store import Records
from portolan.simulator.testing import Running, running
from tests.carriers.lifecycle.desks import ConnectStage, EmailStage
from tests.carriers.lifecycle.over_http import BandwidthStage, HttpStage, TelnyxStage, TwilioStage
from tests.carriers.lifecycle.stages import SimulatedStage, Stage
from tests.carriers.scene import START

OVER_HTTP: dict[str, type[HttpStage]] = {"telnyx": TelnyxStage, "twilio": TwilioStage, "bandwidth": BandwidthStage}
DESKS: dict[str, Callable[[Records], Stage]] = {"email": EmailStage, "amazon_connect": ConnectStage}
ADAPTERS = ("simulated", *OVER_HTTP, *DESKS)

SetUp = Callable[..., Stage]


@pytest.fixture(scope="session")
def world() -> Iterator[Running]:
    """The simulator, whose clock stands at the beginning until it is moved."""
    with running(start=START) as made:
        yield made


@pytest.fixture(scope="session")
def strict_world() -> Iterator[Running]:
    """One that takes no credentials but the well-known ones."""
    with running(start=START, strict=True) as made:
        yield made


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records with nothing in them."""
    path = tmp_path_factory.mktemp("lifecycle") / "blank.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def set_up(world: Running, blank: Path, tmp_path: Path) -> Iterator[SetUp]:
    """Makes a stage for an adapter, as often as it is called, each with nothing on it yet."""
    count, engines = 0, []

    def make(name: str, **given: Any) -> Stage:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        shutil.copy(blank, folder / "records.db")
        engines.append(connect(f"sqlite:///{folder / 'records.db'}"))
        records = Records(engines[-1])
        if name in OVER_HTTP:
            return OVER_HTTP[name](records, given.pop("world", world), **given)
        return SimulatedStage(records, folder) if name == "simulated" else DESKS[name](records)

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture(params=ADAPTERS)
def stage(request: pytest.FixtureRequest, set_up: SetUp) -> Stage:
    return set_up(request.param)
