"""A dialer that needs no network: what its calls find follows from the script and from how the order stands."""

from __future__ import annotations

from portolan.carriers.simulated.scripted import Scripted
from portolan.carriers.simulated.standing import NAME, heard
from portolan.domain.testcalls import CallResult, CallsWanted, Origin


class SimulatedTester(Scripted):
    """Implements `CallTester` on the store of the simulated carrier.

    Each call is made once: asked for again under the same key, it is told as it was found then. A script's fault of
    `call` strikes the whole slot.
    """

    def call(self, wanted: CallsWanted) -> list[CallResult]:
        """Make the calls of one slot."""
        with self._effect("call", wanted.order_id):
            return [self._made(wanted, origin, number) for origin, number in wanted.calls.items()]

    def _made(self, wanted: CallsWanted, origin: Origin, number: str) -> CallResult:
        reference = f"{wanted.key}:{origin}"
        earlier = self.store.test_call(reference)
        if earlier:
            return earlier
        now, script = self._clock(), self.script(wanted.order_id)
        orders = [held for held in self.store.orders(wanted.order_id) if number in held.numbers]
        held = orders[-1] if orders else None
        result = CallResult(
            number=number,
            origin=origin,
            checks={check: heard(held, script, now, number, origin, check) for check in wanted.checks},
            at=now,
            by=NAME,
            reference=reference,
        )
        self.store.keep_test_call(reference, result)
        return result
