"""Sending an order to Bandwidth: look, begin a draft, give it its papers, send it; at any point it can be gone on with.

Numbers that Bandwidth cannot port together go as a bulk order, whose port-ins it keeps to one day as far as it can.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import papers, reading, references, xml
from portolan.carriers.bandwidth import submission as sending
from portolan.carriers.bandwidth.bulk import Bulk
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.orders import Orders
from portolan.carriers.bandwidth.portability import Checker
from portolan.carriers.bandwidth.reading import Portin
from portolan.carriers.bandwidth.states import CANCELLING, CHECKING, COMPLETE, DRAFTS, EXCEPTION, OVER, UNFIT
from portolan.carriers.http import HttpRefused
from portolan.domain.carrier import SendKind, Submission, root_id
from portolan.domain.errors import CarrierInvalid, CarrierRefused, CarrierRejected, CarrierUnavailable

#: So many numbers of an order that was split out are looked for in others; they are let go of together.
_LOOKED_AT = 20
_REGULAR_DRAFTS, _ALL_DRAFTS = ("draft",), tuple(state.lower() for state in sorted(DRAFTS))


class Sender:
    """Sends orders of one account."""

    def __init__(self, calls: Calls, orders: Orders, account: BandwidthAccount, clock: Callable[[], datetime]) -> None:
        self._calls, self._orders, self._account, self._clock = calls, orders, account, clock
        self._bulk, self._checker = Bulk(calls, account), Checker(calls)

    def send(self, submission: Submission) -> str:
        """Send it once, and go on with what an earlier try has begun; the id of a port-in that holds it."""
        sending.faults(submission, self._clock())
        if submission.kind is SendKind.NEW or not submission.carrier_order_id:
            return self._new(submission)
        return self._change(submission, submission.carrier_order_id)

    def _new(self, submission: Submission) -> str:
        reference = references.reference(submission.key)
        sent = self._orders.sent(reference)
        if sent:
            return sent[0]
        begun = self._begun(submission, reference)
        if begun and begun.bulk:
            return self._bulk.go_on(submission, begun.bulk)
        if begun:
            return self._finish(submission, begun)
        adopted = self._adopted(submission)
        if adopted:
            return adopted
        if self._together(submission):
            return self._begin(submission)
        return self._bulk.go_on(submission, self._bulk.begun(reference) or self._bulk.begin(submission))

    def _begun(self, submission: Submission, reference: str) -> Portin | None:
        """A draft with our reference."""
        states = _ALL_DRAFTS if sending.is_toll_free(submission.numbers[0]) else _REGULAR_DRAFTS
        for state in states:
            for order_id in self._orders.with_reference(reference, state):
                return self._calls.portin(order_id)
        return None

    def _begin(self, submission: Submission) -> str:
        values = sending.order(submission, self._account) | {"ProcessingStatus": "DRAFT"}
        try:
            answer = self._calls.send("POST", "portins", "LnpOrder", values)
        except HttpRefused as error:
            raise self._calls.refusal(error) from error
        with self._calls.http.understanding("a new order", changes=True):
            if answer is None or not xml.words(answer, "OrderId"):
                raise ValueError("a new order without an id")
            order_id = xml.words(answer, "OrderId")
        return self._finish(submission, self._calls.portin(order_id))

    def _finish(self, submission: Submission, begun: Portin) -> str:
        """Send a draft: with all its papers, and all its fields again."""
        if begun.state == CHECKING:
            raise CarrierUnavailable(
                f"Bandwidth is still checking the toll-free numbers of {begun.order_id}; nothing has gone out yet."
            )
        if begun.state == UNFIT:
            self._discard(begun.order_id)
            raise CarrierRejected(begun.errors or [reading.rejection("", UNFIT, [])])
        papers.upload(self._calls, begun.order_id, submission.papers)
        if begun.state not in DRAFTS:
            return begun.order_id
        values = sending.order(submission, self._account) | {"ProcessingStatus": "SUBMITTED"}
        try:
            self._calls.send("PUT", f"portins/{quote(begun.order_id, safe='')}", "LnpOrderSupp", values)
        except HttpRefused as error:
            if self._calls.portin(begun.order_id).state in DRAFTS:
                self._discard(begun.order_id)
                raise self._calls.refusal(error) from error
        return begun.order_id

    def _discard(self, order_id: str) -> None:
        """Take a draft away, which would keep its numbers from any other order."""
        self._calls.delete(f"portins/{quote(order_id, safe='')}")

    def _adopted(self, submission: Submission) -> str | None:
        """The part of the order this one was split out of that has exactly its numbers: it changes its reference.

        Raises:
            CarrierUnavailable: That order has not let go of all of them yet.
            CarrierRefused: Several of its parts hold them.
        """
        wanted = set(submission.numbers)
        if root_id(submission.order_id) == submission.order_id:
            return None
        for number in submission.numbers[:_LOOKED_AT]:
            for held in self._orders.of_family(submission.order_id, number):
                if held.state == CANCELLING or not set(held.numbers) <= wanted:
                    raise CarrierUnavailable(f"{number} is still in {held.order_id}, which has to let go of it first.")
                if set(held.numbers) < wanted:
                    raise CarrierRefused(
                        f"Nothing was sent: {held.order_id} holds {number} and not all of the numbers, and Bandwidth "
                        "makes no port-in of several.",
                        "Split the order by its port-ins there.",
                    )
                self._bulk.let_go(held)
                self._put(submission, held, moved_only=held.state != EXCEPTION)
                return held.order_id
        return None

    def _together(self, submission: Submission) -> bool:
        """Whether the numbers go in one port-in, as far as can be known before."""
        if len(submission.numbers) == 1 or sending.is_toll_free(submission.numbers[0]):
            return True
        try:
            found = self._checker.groups(submission.numbers)
        except HttpRefused as error:
            raise self._calls.refusal(error) from error
        if found.automatic_on_net and len(submission.numbers) > sending.MOST_ON_NET:
            raise CarrierInvalid(
                f"Nothing was sent: {len(submission.numbers)} numbers on Bandwidth's own network in one order, and it "
                f"takes {sending.MOST_ON_NET}.",
                "Split some of them out, or ask Bandwidth to make it a project.",
            )
        return found.port_ins <= 1

    def _change(self, submission: Submission, carrier_order_id: str) -> str:
        """Supplement every port-in of the order that has numbers of the sending."""
        reference = references.reference(submission.key)
        wanted = set(submission.numbers)
        concerned = [held for held in self._orders.family(carrier_order_id) if wanted & set(held.numbers)]
        if any(held.state == COMPLETE for held in concerned):
            raise CarrierRefused(f"Bandwidth has order {carrier_order_id} as complete: it cannot be changed any more.")
        changing = [held for held in concerned if held.state not in OVER and held.reference != reference]
        for held in changing:
            self._orders.refuse_in_freeze(held, "changed")
        for held in changing:
            if submission.kind is SendKind.SUPPLEMENT:
                papers.upload(self._calls, held.order_id, submission.papers)
            self._put(submission, held)
        if not [held for held in concerned if held.state not in OVER]:
            raise CarrierRefused(
                f"Bandwidth has order {carrier_order_id} as cancelled: it cannot be changed.", "Send a new order."
            )
        return carrier_order_id

    def _put(self, submission: Submission, held: Portin, moved_only: bool = False) -> None:
        if moved_only:
            values = sending.repeated(held) | {"CustomerOrderId": references.reference(submission.key)}
        else:
            values = sending.supplement(submission, held, self._account)
        try:
            self._calls.send("PUT", f"portins/{quote(held.order_id, safe='')}", "LnpOrderSupp", values)
        except HttpRefused as error:
            raise self._calls.refusal(error) from error
