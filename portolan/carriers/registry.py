"""Which carriers this deployment can move numbers to, and which dialers can call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from portolan.carriers.base import CallTester, GainingCarrier
from portolan.carriers.simulated import Script, SimulatedCarrier, SimulatedTester, seeded
from portolan.carriers.simulated.scripted import wall_clock
from portolan.settings import Settings

SIMULATED = "simulated"


def simulated(settings: Settings, clock: Callable[[], datetime] = wall_clock) -> SimulatedCarrier:
    """The simulated carrier, as every process of the deployment sees it."""
    return SimulatedCarrier(settings.simulated_carrier, clock, _script_for(settings))


def carriers(settings: Settings, clock: Callable[[], datetime] = wall_clock) -> Mapping[str, GainingCarrier]:
    """By the name a request gives."""
    return {SIMULATED: simulated(settings, clock)}


def testers(settings: Settings, clock: Callable[[], datetime]) -> Mapping[str, CallTester]:
    """By the name that test calls are asked for."""
    return {SIMULATED: SimulatedTester(settings.simulated_carrier, clock, _script_for(settings))}


def _script_for(settings: Settings) -> Callable[[str], Script]:
    seed = settings.simulated_seed
    return (lambda order_id: seeded(seed, order_id)) if seed else (lambda order_id: Script())
