"""The gaining carrier, as Portolan needs it.

Implementations never retry: that is Temporal's work. They raise the errors of `portolan.domain.errors`:
`CarrierUnavailable` when nothing happened, `OutcomeUnknown` when something may have, `CarrierRefused` when the
answer was no. They answer in canonical words and keep the carrier's own beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from portolan.domain.carrier import (
    BridgeAnswer,
    BridgeWanted,
    CarrierOrder,
    Changes,
    Check,
    Comment,
    CsrAnswer,
    FocWindow,
    MessagingStatus,
    NumberConfiguration,
    Portability,
    PortBack,
    Routing,
    Submission,
)
from portolan.domain.testcalls import CallResult, CallsWanted


class GainingCarrier(Protocol):
    """A carrier that numbers are moved to."""

    def check_portability(self, order_id: str, numbers: Sequence[str]) -> list[Portability]:
        """Whether it can take each number (E.164)."""
        ...

    def request_csr(self, order_id: str, losing_carrier: str, account_number: str) -> CsrAnswer:
        """The losing carrier's record of the account, where it supplies one."""
        ...

    def find(self, key: str, numbers: Sequence[str] = ()) -> CarrierOrder | None:
        """The order that holds the sending with this key: what is looked for before anything is sent.

        Args:
            key: Our reference, as it was sent along.
            numbers: The order's numbers, by which it is found at a carrier that keeps no reference of ours. Without
                them whatever was sent counts, be it only a part: that is what is withdrawn.
        """
        ...

    def submit(self, submission: Submission) -> CarrierOrder:
        """Create an order, or supplement the one named in the submission. Not idempotent at most carriers.

        Raises:
            CarrierRejected: The carrier takes no such order, and says why; it holds nothing.
            CarrierInvalid: Something about the submission is not as the carrier wants it; it holds nothing.
        """
        ...

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the order stands: the truth, of which any message is only a hint."""
        ...

    def changes(self, cursor: str) -> Changes:
        """Which orders have changed since the cursor of the last time; an empty one reaches back as far as is useful.

        What changed and is named twice does no harm; what is left out would be lost.
        """
        ...

    def listen(self) -> None:
        """See to it that the carrier sends its messages here, where that has to be asked for; again and again."""
        ...

    def foc_windows(self, carrier_order_id: str) -> list[FocWindow]:
        """When the carrier lets the order's numbers move; empty where it does not say."""
        ...

    def comment(self, carrier_order_id: str, text: str) -> None:
        """Say something to the carrier's desk; the same text on the same order is said once.

        Raises:
            CarrierRefused: The carrier takes no comments.
        """
        ...

    def comments(self, carrier_order_id: str) -> list[Comment]:
        """What was said about the order, oldest first; empty where the carrier keeps nothing of the kind."""
        ...

    def verify(self) -> list[Check]:
        """Whether credentials and permissions suffice, without creating or changing anything."""
        ...

    def cancel(self, carrier_order_id: str, reason: str) -> CarrierOrder:
        """Withdraw the order; one that is cancelled already stays so.

        Raises:
            CarrierRefused: It can no longer be withdrawn; a carrier's freeze is looked at before it is asked.
        """
        ...

    def configure(self, carrier_order_id: str, configuration: NumberConfiguration) -> bool:
        """Give the order's numbers this configuration; a second time changes nothing.

        Returns:
            False where the carrier configures numbers only once they have arrived, and they have not: nothing was
            done, and it has to be asked again then.
        """
        ...

    def unconfigure(self, carrier_order_id: str) -> None:
        """Take their configuration and their campaign from them again; numbers without stay so."""
        ...

    def activate(self, carrier_order_id: str) -> CarrierOrder:
        """Move the numbers; those that are active already stay so, and some may fail: `numbers` says which.

        A carrier that moves them by itself at the FOC is not told to: the order is answered as it stands.
        """
        ...

    def routing(self, carrier_order_id: str, numbers: Sequence[str]) -> list[Routing]:
        """Where the network sends calls to each number, by an independent look-up; empty where there is none."""
        ...

    def messaging(self, carrier_order_id: str, campaign: str) -> dict[str, MessagingStatus]:
        """Where each number's messaging is; those that have arrived join the campaign, if one is named, once."""
        ...

    def port_back(self, request: PortBack) -> CarrierOrder:
        """Ask the losing carrier to take the numbers back, or learn what it said: `consent` tells.

        The same key asks once. Where it consents, the numbers go back; numbers returned already stay so.

        Raises:
            CarrierRefused: The losing carrier, or the gaining one, will not.
        """
        ...

    def build_bridge(self, wanted: BridgeWanted) -> BridgeAnswer:
        """Claim a number for each legacy one, once for each key, and say where calls are to be forwarded to."""
        ...

    def bridge(self, key: str) -> BridgeAnswer | None:
        """The bridge with this key, and whether calls come through it; None where there is none."""
        ...

    def remove_bridge(self, key: str) -> None:
        """Release what was claimed for the bridge with this key; none there is fine."""
        ...


class Returns(Protocol):
    """Port-backs at carriers that have no call for them: a person asks the desk, and enters what it says."""

    def ask(self, request: PortBack, tell: Callable[[str], None]) -> None:
        """Open the request, once for each key; `tell` is given the words in which the carrier's desk is asked."""
        ...

    def seen(self, order: CarrierOrder) -> CarrierOrder:
        """The order with the consent that was entered for it, and ported back where that was."""
        ...


class CallTester(Protocol):
    """A dialer that makes test calls from networks of its own. It never dials anything but the numbers it is given."""

    def call(self, wanted: CallsWanted) -> list[CallResult]:
        """Make the calls of one slot; those that could not be made are left out.

        Raises:
            CarrierUnavailable: No call could be made.
        """
        ...
