"""Telnyx as a gaining carrier.

The document of its API is version 2.0.0; where its guides say more than the document, the place says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import httpx2

from portolan.carriers.accounts import TelnyxAccount
from portolan.carriers.base import Returns
from portolan.carriers.by_hand import BridgesByHand
from portolan.carriers.http import Http
from portolan.carriers.ledger import Ledger
from portolan.carriers.telnyx import lines, looking, standing
from portolan.carriers.telnyx.calls import Calls
from portolan.carriers.telnyx.reading import Held
from portolan.carriers.telnyx.refusing import Missing
from portolan.carriers.telnyx.standing import CANCELLED, CANCELLING, DATED, DRAFT, PORTED
from portolan.carriers.telnyx.submitting import Sending, age, divided_off, left_behind, numbers_of
from portolan.domain.carrier import (
    CarrierOrder,
    CarrierStatus,
    Changes,
    Check,
    Comment,
    CsrAnswer,
    FocWindow,
    MessagingStatus,
    NumberConfiguration,
    NumberStatus,
    Portability,
    PortBack,
    Routing,
    Submission,
    read_key,
)
from portolan.domain.errors import CarrierRefused, CarrierUnavailable
from portolan.domain.foc import in_words

#: So long before the FOC nothing is withdrawn by API any more (Telnyx's porting guide).
FREEZE = timedelta(hours=48)


class Telnyx(BridgesByHand):
    """Implements `GainingCarrier` for one account at Telnyx.

    Args:
        account: Which account, and its credentials.
        ledger: Remembers which of Telnyx's orders are ours.
        returns: Port-backs, which Telnyx has no call for: a person asks its desk.
        clock: The moment, aware, in UTC.
        transport: Another way to send, for tests.
    """

    NO_BRIDGE = (
        "Telnyx forwards nothing for numbers that are not there yet.",
        "Order numbers in its portal, have the old carrier forward to them, and go on without a bridge here.",
    )

    def __init__(
        self,
        account: TelnyxAccount,
        *,
        ledger: Ledger,
        returns: Returns,
        clock: Callable[[], datetime],
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._account, self._ledger, self._returns, self._clock = account, ledger, returns, clock
        self._calls = Calls(
            Http(
                account.name,
                account.base_url,
                headers={"authorization": f"Bearer {account.api_key.get_secret_value()}"},
                simulated_clock=clock if account.simulator else None,
                transport=transport,
            )
        )

    def check_portability(self, order_id: str, numbers: Sequence[str]) -> list[Portability]:
        """What its portability check says, and why not."""
        found = self._calls.portability(numbers)
        silent = (False, f"{self._account.name}'s portability check does not mention it")
        told = [(number, *found.get(number, silent)) for number in dict.fromkeys(numbers)]
        return [Portability(number=number, portable=can, reason="" if can else why) for number, can, why in told]

    def request_csr(self, order_id: str, losing_carrier: str, account_number: str) -> CsrAnswer:
        """None: it has no service for that."""
        return CsrAnswer(reason="Telnyx does not supply customer service records")

    def find(self, key: str, numbers: Sequence[str] = ()) -> CarrierOrder | None:
        """The order handed in under this key; what is only begun, for all or some of the numbers, is none yet.

        Without numbers, whatever part of it was handed in counts.
        """
        found = [held for held in self._calls.orders("customer_reference", key) if held.reference == key]
        parts = [held for held in standing.current(found) if held.raw != DRAFT]
        if parts and not set(numbers) <= numbers_of(parts):
            parts += divided_off(self._calls, parts[0])
        if not parts or not set(numbers) <= numbers_of(parts):
            return None
        return self._told(sorted(parts, key=age), key)

    def submit(self, submission: Submission) -> CarrierOrder:
        """Draft, fill in and hand in; supplement; or take over what a split has left to us, as it is needed.

        Raises:
            CarrierRejected, CarrierInvalid, CarrierRefused: As their names say; what was begun is gone on with by the
                next sending, or deleted by Telnyx after 30 days.
        """
        sending = Sending(self._calls, submission, self._clock, self._account.webhook_url)
        return self._told(standing.current(sending.run()), submission.key)

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the order stands: all the orders Telnyx has made of it together, and what was left behind of it."""
        parts = self._parts(carrier_order_id)
        reference = parts[0].reference
        known = reference if read_key(reference) else self._ledger.key_of(carrier_order_id)
        told = standing.aggregated(parts, known or reference, self._clock())
        left = [held for held in left_behind(self._calls, parts) if held.raw != DRAFT]
        return self._returns.seen(standing.beside(told, left))

    def changes(self, cursor: str) -> Changes:
        """Every order with an event since the cursor, and a little before it, as events may come late."""
        return looking.changes(self._calls, cursor, self._clock())

    def listen(self) -> None:
        """Nothing to ask for: each order carries the address that messages about it go to."""

    def foc_windows(self, carrier_order_id: str) -> list[FocWindow]:
        """The spans that suit every part of the order."""
        live = [part for part in self._parts(carrier_order_id) if part.raw not in standing.OVER]
        return looking.common([self._calls.windows(part.carrier_order_id) for part in live])

    def comment(self, carrier_order_id: str, text: str) -> None:
        """Say it on every part, once, also of an order that is over."""
        for part in self._parts(carrier_order_id):
            self._calls.comment(part.carrier_order_id, text)

    def comments(self, carrier_order_id: str) -> list[Comment]:
        """What was said about any part, oldest first."""
        parts = self._parts(carrier_order_id)
        said = [comment for part in parts for comment in self._calls.comments(part.carrier_order_id)]
        return sorted(said, key=lambda comment: (comment.at, comment.comment_id))

    def verify(self) -> list[Check]:
        """Whether the key may see orders, documents and numbers, and messages can come back."""
        return looking.verified(self._calls, self._account)

    def cancel(self, carrier_order_id: str, reason: str) -> CarrierOrder:
        """Withdraw every part, and what was left behind that no other order of ours has taken over; drafts are deleted.

        Raises:
            CarrierRefused: Its numbers have moved, or move within 48 hours; nothing was withdrawn.
            CarrierUnavailable: Telnyx has it under review; whether it is withdrawn shows later.
        """
        known = self._parts(carrier_order_id, drafts=True)
        parts = [part for part in known if part.raw != CANCELLED] + left_behind(self._calls, known)
        for part in parts:
            self._refuse_late(part)
        for part in parts:
            if part.raw == DRAFT:
                self._calls.delete(part.carrier_order_id)
            elif part.raw != CANCELLING:
                self._calls.cancel(part.carrier_order_id)
        for part in parts:
            if part.raw != DRAFT and self._calls.order(part.carrier_order_id).raw == CANCELLING:
                raise CarrierUnavailable(f"Telnyx has the withdrawal of order {part.carrier_order_id} under review.")
        try:
            return self.get(carrier_order_id)
        except Missing:
            return self._deleted(carrier_order_id, parts)

    def configure(self, carrier_order_id: str, configuration: NumberConfiguration) -> bool:
        """On the order before the numbers arrive, on each number after.

        `contact_flow` is the id of a connection, `emergency_address` and `messaging_profile` are ids as well; `routing`
        becomes a tag.
        """
        return lines.configure(self._calls, self._parts(carrier_order_id), configuration)

    def unconfigure(self, carrier_order_id: str) -> None:
        """Take connection, emergency address and messaging profile from the numbers, and the tags of their order."""
        lines.unconfigure(self._calls, self._parts(carrier_order_id))

    def activate(self, carrier_order_id: str) -> CarrierOrder:
        """Start the activation of each part that waits for it; the numbers move by and by."""
        for part in self._parts(carrier_order_id):
            if part.raw in {DATED, PORTED} and set(standing.numbers([part]).values()) != {NumberStatus.ACTIVE}:
                looking.activate(self._calls, part)
        return self.get(carrier_order_id)

    def routing(self, carrier_order_id: str, numbers: Sequence[str]) -> list[Routing]:
        """By its number look-up, which is billed for each number."""
        return [looking.routing(self._calls, number) for number in numbers]

    def messaging(self, carrier_order_id: str, campaign: str) -> dict[str, MessagingStatus]:
        """Where each number's messaging is; `campaign` is the id of the messaging profile that is in the campaign."""
        return lines.settle(self._calls, self._parts(carrier_order_id), campaign)

    def port_back(self, request: PortBack) -> CarrierOrder:
        """Have its desk asked, in a comment, and learn what a person entered of its answer."""
        self._returns.ask(request, lambda words: self.comment(request.carrier_order_id, words))
        return self.get(request.carrier_order_id)

    def _parts(self, carrier_order_id: str, drafts: bool = False) -> list[Held]:
        """The orders of our reference, the one by whose id they are asked for first."""
        first = self._calls.order(carrier_order_id)
        others: list[Held] = []
        if first.reference:
            listed = self._calls.orders("customer_reference", first.reference)
            others = [held for held in listed if held.reference == first.reference] + divided_off(self._calls, first)
        found = {held.carrier_order_id: held for held in [*others, first]}
        ordered = sorted(found.values(), key=lambda held: (held.carrier_order_id != carrier_order_id, age(held)))
        return ordered if drafts else standing.current(ordered)

    def _told(self, parts: Sequence[Held], key: str) -> CarrierOrder:
        for part in parts:
            self._ledger.remember(key, part.carrier_order_id)
        return self._returns.seen(standing.aggregated(parts, key, self._clock()))

    def _refuse_late(self, part: Held) -> None:
        name = part.carrier_order_id
        if part.raw == PORTED:
            raise CarrierRefused(f"The numbers of order {name} have moved; it can no longer be withdrawn.")
        if part.raw == DATED and part.foc_at and part.foc_at - self._clock() < FREEZE:
            raise CarrierRefused(
                f"Order {name} moves {in_words(part.foc_at)}: Telnyx withdraws nothing within 48 hours of that.",
                f"Call its porting desk, and name order {name}.",
            )

    def _deleted(self, carrier_order_id: str, parts: Sequence[Held]) -> CarrierOrder:
        key = parts[0].reference if parts else ""
        read = read_key(key)
        return CarrierOrder(
            carrier_order_id=carrier_order_id,
            key=key,
            attempt=read[1] if read else 0,
            status=CarrierStatus.CANCELLED,
            raw_status="draft deleted",
        )
