"""A gaining carrier that needs no network, with a dialer: deterministic, scriptable per order, and stateful across
processes.
"""

from portolan.carriers.simulated.carrier import SimulatedCarrier
from portolan.carriers.simulated.sayings import CarrierMessage
from portolan.carriers.simulated.script import CallFailure, Fault, Saying, Script, seeded
from portolan.carriers.simulated.tester import SimulatedTester

__all__ = [
    "CallFailure",
    "CarrierMessage",
    "Fault",
    "Saying",
    "Script",
    "SimulatedCarrier",
    "SimulatedTester",
    "seeded",
]
