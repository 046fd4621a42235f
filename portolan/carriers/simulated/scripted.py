"""What the simulated carrier and dialer share: the script of each order, and calls that go wrong by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from portolan.carriers.simulated.script import Call, Fault, Script
from portolan.carriers.simulated.store import Store
from portolan.domain.errors import CarrierRefused, CarrierUnavailable, OutcomeUnknown

_FAULTS = {"outage": CarrierUnavailable, "refuse": CarrierRefused, "lost_request": OutcomeUnknown}


def wall_clock() -> datetime:
    """The moment now."""
    return datetime.now(UTC)


class Scripted:
    """Acts by the script of the order in hand and the clock.

    Args:
        path: A SQLite file, shared by the processes that use it.
        clock: What time it is; rehearsals give the clock of the order in hand.
        script_for: The script of an order that was not given one.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime] = wall_clock,
        script_for: Callable[[str], Script] = lambda order_id: Script(),
    ) -> None:
        self.store = Store(path)
        self._clock = clock
        self._script_for = script_for

    def give_script(self, order_id: str, script: Script) -> None:
        """Decide how an order will fare; it may be changed while the order lives."""
        self.store.put_script(order_id, script)

    def script(self, order_id: str) -> Script:
        """How the order will fare."""
        return self.store.script(order_id) or self._script_for(order_id)

    def _call(self, call: Call, order_id: str) -> Fault | None:
        """Log the call; an outage, a lost request or a refusal stops it here. A fault returned strikes afterwards."""
        fault = self.store.log_call(call, order_id, self._clock(), self.script(order_id).faults)
        if fault and fault.kind in _FAULTS:
            raise _FAULTS[fault.kind](fault.text)
        return fault

    @contextmanager
    def _effect(self, call: Call, order_id: str) -> Iterator[None]:
        """A call that changes something: after it has, the answer may still be lost."""
        fault = self._call(call, order_id)
        yield
        if fault:
            raise OutcomeUnknown(fault.text)
