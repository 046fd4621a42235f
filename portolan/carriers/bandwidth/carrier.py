"""Bandwidth as a gaining carrier: port-ins and bulk orders of its numbers API.

What the porting document does not reach is left to people: emergency addresses, campaigns, look-ups, bridges.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

import httpx2

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import secrecy
from portolan.carriers.bandwidth import submission as sending
from portolan.carriers.bandwidth.bulk import Bulk
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.csr import Records
from portolan.carriers.bandwidth.listening import Listening
from portolan.carriers.bandwidth.notes import Notes
from portolan.carriers.bandwidth.orders import Orders
from portolan.carriers.bandwidth.portability import Checker
from portolan.carriers.bandwidth.reading import Portin
from portolan.carriers.bandwidth.states import (
    CANCELLED,
    CANCELLING,
    CLOSES,
    COMPLETE,
    DRAFTS,
    FOC,
    OVER,
    ZONE,
    eastern,
    opens,
)
from portolan.carriers.bandwidth.submitting import Sender
from portolan.carriers.base import Returns
from portolan.carriers.by_hand import BridgesByHand
from portolan.carriers.http import HttpRefused
from portolan.carriers.ledger import Ledger
from portolan.domain.carrier import (
    CarrierOrder,
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
)
from portolan.domain.errors import CarrierError, CarrierInvalid, CarrierRefused, CarrierUnavailable

#: Orders whose numbers are remembered between a portability check and the request for their record.
_REMEMBERED = 1000
#: How far in the past an activation is put to happen at once.
_AT_ONCE = timedelta(hours=1)


class Bandwidth(BridgesByHand):
    """Implements `GainingCarrier`.

    Args:
        ledger: Which order of the carrier is which sending, for references too long to be kept there.
        returns: Port-backs, for which there is no call.
        clock: The time, with its zone.
        transport: Another way to send, for tests.
    """

    NO_BRIDGE = (
        "Bandwidth's porting interface claims no numbers for a bridge.",
        "Order numbers in its Dashboard and forward to them, or choose the strategy `port`.",
    )

    def __init__(
        self,
        account: BandwidthAccount,
        *,
        ledger: Ledger,
        returns: Returns,
        clock: Callable[[], datetime],
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._account, self._ledger, self._returns, self._clock = account, ledger, returns, clock
        self._calls = Calls(account, clock, transport)
        self._orders = Orders(self._calls, Bulk(self._calls, account), ledger, clock)
        self._sender = Sender(self._calls, self._orders, account, clock)
        self._listening = Listening(self._calls, account, clock)
        self._notes, self._records = Notes(self._calls, account), Records(self._calls, clock)
        self._asked_about: OrderedDict[str, str] = OrderedDict()

    def check_portability(self, order_id: str, numbers: Sequence[str]) -> list[Portability]:
        """Whether it can take each number."""
        if numbers:
            self._asked_about[order_id] = numbers[0]
            while len(self._asked_about) > _REMEMBERED:
                self._asked_about.popitem(last=False)
        return Checker(self._calls).check(numbers, lambda number: self._beside(order_id, number))

    def request_csr(self, order_id: str, losing_carrier: str, account_number: str) -> CsrAnswer:
        """The record of the account that the numbers checked last for the order are on; it comes some time later."""
        number = self._asked_about.get(order_id)
        if number is None:
            return CsrAnswer(reason="Bandwidth finds a record by a number of the account: check portability first")
        return self._records.request(order_id, number, account_number)

    def find(self, key: str, numbers: Sequence[str] = ()) -> CarrierOrder | None:
        """The order that holds the sending with this key."""
        found = self._orders.find(key, numbers)
        return self._returns.seen(found) if found else None

    def submit(self, submission: Submission) -> CarrierOrder:
        """Send it, or go on with what was begun under its key."""
        with secrecy.keeping(submission.secrets.values()):
            carrier_order_id = self._sender.send(submission)
            for part in self._orders.parts(carrier_order_id):
                self._orders.remember(submission.key, part)
            return self.get(carrier_order_id)

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the order stands, with all its port-ins."""
        return self._returns.seen(self._orders.order(carrier_order_id))

    def changes(self, cursor: str) -> Changes:
        """Which orders were modified since."""
        return self._listening.changes(cursor)

    def listen(self) -> None:
        """Create or renew the subscription to port-ins."""
        self._listening.subscribe()

    def foc_windows(self, carrier_order_id: str) -> list[FocWindow]:
        """On its FOC day, when an order may be moved on demand; empty for others, which move at their FOC."""
        found: dict[tuple[datetime, datetime], FocWindow] = {}
        for part in self._orders.parts(carrier_order_id):
            if part.state == FOC and part.triggered and part.foc_at:
                day = part.foc_at.astimezone(ZONE).date()
                span = eastern(day, opens(part.port_type, part.vendor)), eastern(day, CLOSES)
                found[span] = FocWindow(starts_at=span[0], ends_at=span[1])
        return [found[span] for span in sorted(found)]

    def comment(self, carrier_order_id: str, text: str) -> None:
        """Add a note for Bandwidth's porting desk."""
        self._notes.say(self._orders.ids(carrier_order_id), text)

    def comments(self, carrier_order_id: str) -> list[Comment]:
        """The notes on the order."""
        return self._notes.all(self._orders.ids(carrier_order_id))

    def verify(self) -> list[Check]:
        """Look at what an order would need, and change nothing."""
        return list(self._verified())

    def cancel(self, carrier_order_id: str, reason: str) -> CarrierOrder:
        """Withdraw every port-in of the order, and what was left of it to no other; a draft is deleted.

        Raises:
            CarrierRefused: It is complete, or its FOC too near.
            CarrierUnavailable: The losing carrier has to agree, and has not yet (REQUESTED_CANCEL).
        """
        own = self._orders.parts(carrier_order_id)
        parts = [*own, *self._orders.left(own)]
        if any(part.state == COMPLETE for part in parts):
            raise CarrierRefused(f"Bandwidth has order {carrier_order_id} as complete: it can no longer be cancelled.")
        live = [part for part in parts if part.state not in {CANCELLED, CANCELLING}]
        for part in live:
            self._orders.refuse_in_freeze(part, "cancelled")
        for part in live:
            try:
                self._calls.change("DELETE", f"portins/{quote(part.order_id, safe='')}")
            except HttpRefused as error:
                refused = self._calls.refusal(error)
                raise CarrierRefused(f"Bandwidth does not cancel {part.order_id}. {refused.message}") from error
        if live and all(part.state in DRAFTS for part in parts):
            return _deleted(parts[0], self._orders.key_of(parts[0].order_id, parts[0].reference))
        withdrawn = [self._calls.portin(part.order_id) for part in parts if part.state not in DRAFTS]
        waiting = [part.order_id for part in withdrawn if part.state == CANCELLING]
        if waiting:
            raise CarrierUnavailable(
                f"Bandwidth has {', '.join(waiting)} as {CANCELLING}: the losing carrier has yet to agree."
            )
        return self.get(carrier_order_id)

    def configure(self, carrier_order_id: str, configuration: NumberConfiguration) -> bool:
        """Put the numbers into a location (`contact_flow`) and a site (`routing`), each by its number at Bandwidth.

        Emergency address and messaging belong to the location there; they are set up with it, not with an order.

        Returns:
            False where a port-in has its FOC, which a change would lose it: a person moves its numbers when they have
            arrived.

        Raises:
            CarrierInvalid: It names no location or site.
            CarrierRefused: The numbers are here already, and somewhere else.
        """
        for name, text in (("contact_flow", configuration.contact_flow), ("routing", configuration.routing)):
            if text and not sending.is_place(text):
                raise CarrierInvalid(
                    f"Bandwidth knows no {name} {text!r}: it has locations and sites, which are numbers.",
                    f"Give the number of a {'location' if name == 'contact_flow' else 'site'} of the account.",
                )
        return self._place(carrier_order_id, configuration.routing, configuration.contact_flow)

    def unconfigure(self, carrier_order_id: str) -> None:
        """Put the numbers back to the account's own site and location, as long as they are to come without a FOC.

        An account that names no location has none to go back to: the numbers stay in the one they were given.
        """
        if not any(part.state == COMPLETE for part in self._orders.parts(carrier_order_id)):
            self._place(carrier_order_id, self._account.site_id, self._account.peer_id)

    def activate(self, carrier_order_id: str) -> CarrierOrder:
        """Move the numbers of an order that is activated on demand; all others move by themselves at the FOC."""
        held = self.get(carrier_order_id)
        pending = {number for number, where in held.numbers.items() if where is not NumberStatus.ACTIVE}
        for part in self._orders.parts(carrier_order_id):
            if part.state == FOC and part.triggered and pending & set(part.numbers):
                self._trigger(part)
        return self.get(carrier_order_id)

    def routing(self, carrier_order_id: str, numbers: Sequence[str]) -> list[Routing]:
        """The porting interface has no look-up."""
        return []

    def messaging(self, carrier_order_id: str, campaign: str) -> dict[str, MessagingStatus]:
        """As the numbers themselves: it says nothing of messaging, and joins no campaign, which people do."""
        arrived = MessagingStatus.PORTED if campaign else MessagingStatus.SETTLED
        return {
            number: arrived if where is NumberStatus.ACTIVE else MessagingStatus.PENDING
            for number, where in self.get(carrier_order_id).numbers.items()
        }

    def port_back(self, request: PortBack) -> CarrierOrder:
        """Ask the desk by a note; what it says a person enters."""
        self._returns.ask(request, lambda text: self.comment(request.carrier_order_id, text))
        return self.get(request.carrier_order_id)

    def _beside(self, order_id: str, number: str) -> frozenset[str]:
        """The numbers that a live order of the same origin as ours holds together with a number."""
        return frozenset(one for held in self._orders.of_family(order_id, number) for one in held.numbers)

    def _place(self, carrier_order_id: str, site: str, peer: str) -> bool:
        """Put the numbers into a site and a location (peer) where that costs nothing; whether all are there."""
        done = True
        wanted = {name: text for name, text in (("SiteId", site), ("PeerId", peer)) if text}
        for part in self._orders.parts(carrier_order_id):
            now = {"SiteId": part.site, "PeerId": part.peer}
            if all(now[name] == text for name, text in wanted.items()) or part.state in {CANCELLED, CANCELLING}:
                continue
            if part.state == COMPLETE:
                raise CarrierRefused(
                    f"The numbers of {part.order_id} have arrived: Bandwidth moves them by its Dashboard only.",
                    f"Move them to {', '.join(f'{name} {text}' for name, text in wanted.items())} there.",
                )
            if part.foc_at:
                done = False
                continue
            path = f"portins/{quote(part.order_id, safe='')}"
            try:
                self._calls.send("PUT", path, "LnpOrderSupp", sending.repeated(part) | wanted)
            except HttpRefused as error:
                raise self._calls.refusal(error) from error
        return done

    def _trigger(self, part: Portin) -> None:
        at = (self._clock() - _AT_ONCE).astimezone(ZONE).isoformat(timespec="seconds")
        path = f"portins/{quote(part.order_id, safe='')}/activationStatus"
        try:
            self._calls.send("PUT", path, "ActivationStatus", {"AutoActivationDate": at})
        except HttpRefused as error:
            if self._calls.portin(part.order_id).state in OVER:
                return
            said = "; ".join(reason.text for reason in self._calls.reasons(error)) or error.message
            raise CarrierRefused(
                f"Bandwidth does not activate {part.order_id}: {said}", "It does so on the FOC day, in its window."
            ) from error

    def _verified(self) -> Iterator[Check]:
        one = {"page": "1", "size": "1"}
        site = f"sites/{quote(self._account.site_id, safe='')}/portins"
        for name, path, params, words in (
            ("credentials", "portins", one, "port-ins can be listed"),
            ("site", site, one, f"site {self._account.site_id} is there"),
            ("records", "csrs", one, "customer service records can be asked for"),
            ("messages", "subscriptions", {}, "subscriptions can be looked at"),
        ):
            try:
                self._calls.get(path, params)
            except CarrierError as error:
                yield Check(name=name, passed=False, words=error.message)
            else:
                yield Check(name=name, passed=True, words=words)
        heard = self._account.client_certificate or (self._account.webhook_username and self._account.webhook_password)
        if self._account.webhook_url:
            words = "messages are verified" if heard else "set webhook_username and webhook_password, or a certificate"
            yield Check(name="webhook", passed=bool(heard), words=words)
        yield Check(name="porting", passed=None, words="whether orders are taken shows with the first one only")


def _deleted(draft: Portin, key: str) -> CarrierOrder:
    """A draft that is no longer there, as the cancelled order it amounts to."""
    held = Portin(draft.order_id, CANCELLED, draft.reference, draft.numbers)
    return held.as_order(key or draft.reference, 0)
