"""A gaining carrier that needs no network: deterministic, scriptable per order, and stateful across processes."""

from portolan.carriers.simulated.carrier import CarrierMessage, SimulatedCarrier
from portolan.carriers.simulated.script import Fault, Saying, Script, seeded

__all__ = ["CarrierMessage", "Fault", "Saying", "Script", "SimulatedCarrier", "seeded"]
