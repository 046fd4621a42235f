"""Sending a request, so that a call whose outcome was lost can be repeated: never two requests for the same numbers.

Twilio takes no reference of ours and changes no request. Which request answers which sending is in the ledger; one
whose creation was not answered is found again by its numbers, and goes on only if it holds what is sent now. Anything
but leaving numbers out is a request cancelled and another one created, in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from portolan.carriers.ledger import Ledger
from portolan.carriers.twilio import mapping, requesting
from portolan.carriers.twilio.api import Api, Refused, each
from portolan.carriers.twilio.wire import Listed, PortIn, PortInNumber
from portolan.domain.carrier import CarrierStatus, Submission, read_key, send_key, split_id
from portolan.domain.errors import CarrierInvalid, CarrierRefused, CarrierRejected, CarrierUnavailable
from portolan.domain.foc import in_words
from portolan.domain.rejections.vendors import from_vendor, meanings

#: Requests created earlier are not looked through for one that answers a lost call.
LOOK_BACK = timedelta(days=14)
#: So many sendings of an order are looked for in the ledger.
ATTEMPTS = 40
#: The attempt under which a request is kept that may be of any attempt of its order.
UNDECIDED = 0
#: Twilio advises against cancelling so near to the port date: let it port, and port back.
FREEZE = timedelta(hours=48)
_SPLIT = split_id("", 0).removesuffix("0")


class Sending:
    """What is created, cancelled and found again at Twilio.

    Args:
        api: Its calls.
        ledger: Which request answers which sending.
        clock: Aware UTC.
    """

    def __init__(self, api: Api, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._api, self._ledger, self._clock = api, ledger, clock

    def find(self, key: str, numbers: Sequence[str]) -> PortIn | None:
        """The request that answers a sending: the ledger's, else a live one of nobody's with exactly these numbers.

        What a later attempt finds may be of an earlier one. It is kept as one of the order's, and told only where no
        numbers are named: that is what is withdrawn.
        """
        if known := self._ledger.ids_of(key):
            return self._api.request(known[-1])
        order_id, attempt = read_key(key) or (key, 1)
        if not numbers:
            return next(self._undecided(order_id), None)
        found = self._unclaimed(frozenset(numbers))
        if found:
            self._ledger.remember(key if attempt == 1 else send_key(order_id, UNDECIDED), found.sid)
        return found if attempt == 1 else None

    def send(self, submission: Submission) -> PortIn:
        """Create a request, or bring the one that the submission names up to date."""
        try:
            return self._sent(submission)
        except Refused as refused:
            words = requesting.without_secrets(refused.body, submission) or "nothing more"
            raise CarrierRefused(f"Twilio refused {refused.call} ({refused.status}): {words}.") from None

    def _sent(self, submission: Submission) -> PortIn:
        requesting.check(submission)
        made = requesting.body(submission, self._api.owner, self._clock())
        if submission.carrier_order_id:
            held = self._api.request(submission.carrier_order_id)
            _refuse_moved(submission, held)
            if not mapping.is_over(held):
                return self._renew(submission, made, held)
        for held in self._undecided(submission.order_id):
            there = [number for number in held.numbers if mapping.state(number) != mapping.GONE]
            if {number.phone_number for number in there} == set(submission.numbers):
                if mapping.leaving(held) or not self._says_the_same(submission, made, held, there):
                    return self._renew(submission, made, held)
                self._ledger.remember(submission.key, held.sid)
                return held
        self._free(submission)
        return self._create(submission, made, self._upload(submission))

    def cancel(self, sid: str) -> PortIn:
        """Cancel a request, unless it is over, its numbers have moved, or will before long."""
        held = self._api.request(sid)
        if mapping.is_over(held) and not mapping.moved(held):
            return held
        self._refuse_to_touch(held, mapping.live(held))
        return self._cancel(held)

    def ours(self, order_id: str) -> Iterator[PortIn]:
        """The live requests of an order, and of those it was split out of."""
        for relative in (order_id, *_ancestors(order_id)):
            for attempt in range(UNDECIDED, ATTEMPTS + 1):
                yield from self._known(send_key(relative, attempt))

    def _undecided(self, order_id: str) -> Iterator[PortIn]:
        """The live requests that are an order's, and nobody knows of which attempt."""
        return self._known(send_key(order_id, UNDECIDED))

    def _known(self, key: str) -> Iterator[PortIn]:
        for sid in self._ledger.ids_of(key):
            held = self._api.request(sid)
            if not mapping.is_over(held):
                yield held

    def _unclaimed(self, numbers: frozenset[str]) -> PortIn | None:
        """The newest live request with exactly these numbers that answers no other sending."""

        def fits(listed: Listed) -> bool:
            over = mapping.REQUEST_STATES.get(mapping.folded(listed.status)) in _OVER
            enough = listed.numbers is None or listed.numbers >= len(numbers)
            return enough and not over and self._ledger.key_of(listed.sid) is None

        since = (self._clock() - LOOK_BACK).date()
        fitting = [listed.sid for listed in self._api.listed(since) if fits(listed)]
        requests = each(self._api.request, list(dict.fromkeys(fitting)))
        same = [
            request
            for request in requests
            if not mapping.is_over(request) and {one.phone_number for one in mapping.live(request)} == numbers
        ]
        return max(same, key=lambda request: request.created, default=None)

    def _renew(self, submission: Submission, made: dict[str, Any], held: PortIn) -> PortIn:
        wanted, going = set(submission.numbers), mapping.live(held)
        kept = [number for number in going if number.phone_number in wanted]
        extra = [
            n
            for n in held.numbers
            if n.phone_number not in wanted and mapping.state(n) not in {mapping.COMPLETED, mapping.GONE}
        ]
        unharmed = len(kept) == len(wanted) and not any(map(mapping.is_refused, kept))
        if unharmed and self._says_the_same(submission, made, held, kept):
            left = self._leave_out(held, extra)
            self._ledger.remember(submission.key, held.sid)
            return left
        self._refuse_to_touch(held, [*kept, *extra])
        self._free(submission, besides=held.sid)
        documents = self._upload(submission) if going else []
        self._cancel(held)
        documents = documents or self._upload(submission)
        return self._create(submission, made, documents)

    def _says_the_same(
        self, submission: Submission, made: dict[str, Any], held: PortIn, kept: Sequence[PortInNumber]
    ) -> bool:
        """Whether a request holds what is sent now: the account, the date and the PINs of the numbers that stay."""
        if not requesting.says_the_same(made, held, submission):
            return False
        with_pin = [number for number in kept if submission.secret("pin", number.phone_number)]
        shown = each(lambda number: self._api.number(held.sid, number.sid).pin, with_pin)
        return all(
            pin == submission.secret("pin", number.phone_number).lstrip("0")
            for pin, number in zip((pin.lstrip("0") for pin in shown), with_pin, strict=True)
        )

    def _free(self, submission: Submission, besides: str = "") -> None:
        """Take the numbers out of the requests of the orders that this one was split out of."""
        if not _ancestors(submission.order_id):
            return
        for held in self.ours(submission.order_id):
            if held.sid != besides and self._ledger.key_of(held.sid) != submission.key:
                _refuse_moved(submission, held)
                there = [number for number in held.numbers if number.phone_number in submission.numbers]
                if out := [number for number in there if mapping.state(number) != mapping.GONE]:
                    self._leave_out(held, out)

    def _leave_out(self, held: PortIn, numbers: Sequence[PortInNumber]) -> PortIn:
        """Cancel these numbers of a request; the request, once they are gone."""
        self._refuse_to_touch(held, numbers)
        for number in numbers:
            if mapping.state(number) == mapping.LEAVING:
                continue
            if not number.sid:
                raise CarrierRefused(
                    f"Twilio names no id for {number.phone_number} in the request {held.sid}: it cannot be left out.",
                    "Leave it out in Twilio's console, then retry.",
                )
            self._api.leave_out(held.sid, number.sid)
        return self._gone(held.sid, {number.phone_number for number in numbers})

    def _cancel(self, held: PortIn) -> PortIn:
        """Cancel a request, where that was not asked for yet; the request, once it is over."""
        if mapping.live(held) or not mapping.leaving(held):
            self._api.cancel(held.sid)
        return self._gone(held.sid, {number.phone_number for number in held.numbers})

    def _gone(self, sid: str, numbers: Container[str]) -> PortIn:
        """A request of which these numbers are cancelled.

        Raises:
            CarrierUnavailable: They are not yet, and may still move.
        """
        held = self._api.request(sid)
        there = [one for one in held.numbers if one.phone_number in numbers and mapping.state(one) != mapping.GONE]
        if there and not mapping.is_over(held):
            raise CarrierUnavailable(f"Twilio has not cancelled {len(there)} numbers of the request {sid} yet.")
        return held

    def _upload(self, submission: Submission) -> list[str]:
        """Upload the bills. One whose answer is lost lies at Twilio unused; it moves nothing."""
        return [self._api.upload(bill, f"{submission.key} {bill.sha256[:8]}") for bill in requesting.bills(submission)]

    def _create(self, submission: Submission, made: dict[str, Any], documents: list[str]) -> PortIn:
        try:
            created = self._api.create(made | {"documents": documents})
        except Refused as refused:
            raise _reasons(refused, submission) from None  # what it says may repeat a PIN
        self._ledger.remember(submission.key, created.sid)
        return created

    def _refuse_to_touch(self, held: PortIn, numbers: Sequence[PortInNumber]) -> None:
        """Refuse what Twilio advises against, or can no longer do.

        Raises:
            CarrierRefused: Numbers have moved, or the port date is less than 48 hours away.
        """
        if any(mapping.state(number) == mapping.COMPLETED for number in numbers):
            raise CarrierRefused(
                f"Numbers of the request {held.sid} have moved to Twilio: it can no longer be withdrawn.",
                "Port the numbers back.",
            )
        first = mapping.first_date(numbers)
        if first and first - self._clock() < FREEZE:
            raise CarrierRefused(
                f"The numbers move on {in_words(first)}, in less than 48 hours: Twilio advises against withdrawing.",
                "Let them port in, then port them back.",
            )


_OVER = frozenset({CarrierStatus.CANCELLED, CarrierStatus.PORTED})


def _ancestors(order_id: str) -> list[str]:
    """The orders that an order was split out of, the nearest first."""
    found = []
    while _SPLIT in order_id:
        order_id = order_id.rpartition(_SPLIT)[0]
        found.append(order_id)
    return found


def _refuse_moved(submission: Submission, held: PortIn) -> None:
    """Refuse to send again what has moved.

    Raises:
        CarrierRefused: Numbers that are sent have moved by this request.
    """
    if any(number.phone_number in submission.numbers for number in mapping.moved(held)):
        raise CarrierRefused(
            f"Nothing was sent: numbers of the request {held.sid} have moved to Twilio already.",
            "Split the others out into an order of their own.",
        )


def _reasons(refused: Refused, submission: Submission) -> CarrierRefused:
    """Why Twilio did not take a request, without any secret: canonical reasons where its code is known."""
    fault = refused.fault
    words = requesting.without_secrets(fault.message, submission)
    if fault.code and meanings(mapping.VENDOR, fault.code):
        return CarrierRejected([from_vendor(mapping.VENDOR, fault.code, words)])
    code = requesting.without_secrets(fault.code, submission)
    said = " ".join(filter(None, (code, words))) or "nothing more"
    if refused.status in {400, 422}:
        return CarrierInvalid(f"Twilio cannot take the request ({refused.status}): {said}.", "Correct it, then retry.")
    return CarrierRefused(f"Twilio did not take the request ({refused.status}): {said}.")
