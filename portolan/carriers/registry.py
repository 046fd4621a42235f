"""Which carriers this deployment can move numbers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from portolan.carriers.base import GainingCarrier
from portolan.carriers.simulated import Script, SimulatedCarrier, seeded
from portolan.carriers.simulated.carrier import wall_clock
from portolan.settings import Settings

SIMULATED = "simulated"


def simulated(settings: Settings, clock: Callable[[], datetime] = wall_clock) -> SimulatedCarrier:
    """The simulated carrier, as every process of the deployment sees it."""
    seed = settings.simulated_seed
    script_for = (lambda order_id: seeded(seed, order_id)) if seed else (lambda order_id: Script())
    return SimulatedCarrier(settings.simulated_carrier, clock, script_for)


def carriers(settings: Settings, clock: Callable[[], datetime] = wall_clock) -> Mapping[str, GainingCarrier]:
    """By the name a request gives."""
    return {SIMULATED: simulated(settings, clock)}
