"""The gaining carrier, as Portolan needs it.

Implementations never retry: that is Temporal's work. They raise the errors of `portolan.domain.errors`:
`CarrierUnavailable` when nothing happened, `OutcomeUnknown` when something may have, `CarrierRefused` when the
answer was no. They answer in canonical words and keep the carrier's own beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from portolan.domain.carrier import CarrierOrder, CsrAnswer, Portability, PortBack, Submission


class GainingCarrier(Protocol):
    """A carrier that numbers are moved to."""

    def check_portability(self, order_id: str, numbers: Sequence[str]) -> list[Portability]:
        """Whether it can take each number (E.164)."""
        ...

    def request_csr(self, order_id: str, losing_carrier: str, account_number: str) -> CsrAnswer:
        """The losing carrier's record of the account, where it supplies one."""
        ...

    def find(self, key: str) -> CarrierOrder | None:
        """The order that holds the sending with this key: what is looked for before anything is sent."""
        ...

    def submit(self, submission: Submission) -> CarrierOrder:
        """Create an order, or supplement the one named in the submission. Not idempotent at most carriers."""
        ...

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the order stands: the truth, of which any message is only a hint."""
        ...

    def cancel(self, carrier_order_id: str, reason: str) -> CarrierOrder:
        """Withdraw the order; one that is cancelled already stays so."""
        ...

    def activate(self, carrier_order_id: str) -> CarrierOrder:
        """Move the numbers; numbers that are active already stay so."""
        ...

    def port_back(self, request: PortBack) -> CarrierOrder:
        """Return the numbers to the losing carrier, which may refuse; numbers returned already stay so."""
        ...
