"""Sending a request, so that a call whose outcome was lost can be repeated: never two requests for the same numbers.

Twilio takes no reference of ours and changes no request. Which request answers which sending is in the ledger; one
whose creation was not answered is found again by its numbers. Anything but leaving numbers out is a request cancelled
and another one created, in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from portolan.carriers.http import HttpRefused
from portolan.carriers.ledger import Ledger
from portolan.carriers.twilio import mapping, requesting
from portolan.carriers.twilio.api import Api, each
from portolan.carriers.twilio.wire import Fault, Listed, PortIn, PortInNumber
from portolan.domain.carrier import CarrierStatus, Submission, send_key, split_id
from portolan.domain.errors import CarrierInvalid, CarrierRefused, CarrierRejected
from portolan.domain.foc import in_words
from portolan.domain.rejections.vendors import from_vendor, meanings

#: Requests created earlier are not looked through for one that answers a lost call.
LOOK_BACK = timedelta(days=14)
#: So many sendings of an order are looked for in the ledger.
ATTEMPTS = 40
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
        """The request that answers a sending: the ledger's, else a live one of nobody's with exactly these numbers."""
        if known := self._ledger.ids_of(key):
            return self._api.request(known[-1])
        found = self._unclaimed(frozenset(numbers)) if numbers else None
        if found:
            self._ledger.remember(key, found.sid)
        return found

    def send(self, submission: Submission) -> PortIn:
        """Create a request, or bring the one that the submission names up to date."""
        requesting.check(submission)
        made = requesting.body(submission, self._api.owner, self._clock())
        if submission.carrier_order_id:
            held = self._api.request(submission.carrier_order_id)
            if not mapping.is_over(held):
                return self._renew(submission, made, held)
        self._free(submission)
        return self._create(submission, made, self._upload(submission))

    def cancel(self, sid: str) -> PortIn:
        """Cancel a request, unless it is over, its numbers have moved, or will before long."""
        held = self._api.request(sid)
        if mapping.is_over(held):
            return held
        self._refuse_to_touch(held, mapping.live(held))
        self._api.cancel(sid)
        return self._api.request(sid)

    def ours(self, order_id: str) -> Iterator[PortIn]:
        """The live requests of an order, and of those it was split out of."""
        for relative in (order_id, *_ancestors(order_id)):
            for attempt in range(1, ATTEMPTS + 1):
                for sid in self._ledger.ids_of(send_key(relative, attempt)):
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
        extra = [n for n in going if n.phone_number not in wanted and mapping.state(n) != mapping.COMPLETED]
        if any(mapping.state(number) == mapping.COMPLETED for number in kept):
            raise CarrierRefused(
                f"Nothing was sent: numbers of the request {held.sid} have moved to Twilio already.",
                "Split the others out into an order of their own.",
            )
        if len(kept) == len(wanted) and self._nothing_else(submission, made, held, kept):
            self._leave_out(held, extra)
            self._ledger.remember(submission.key, held.sid)
            return self._api.request(held.sid)
        self._refuse_to_touch(held, [*kept, *extra])
        self._free(submission, besides=held.sid)
        documents = self._upload(submission)
        self._api.cancel(held.sid)
        return self._create(submission, made, documents)

    def _nothing_else(
        self, submission: Submission, made: dict[str, Any], held: PortIn, kept: Sequence[PortInNumber]
    ) -> bool:
        """Whether the numbers that stay may go on as they are: none refused, and nothing about them changed."""
        if any(map(mapping.is_refused, kept)) or not requesting.says_the_same(made, held, submission):
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
                there = [number for number in mapping.live(held) if number.phone_number in submission.numbers]
                self._leave_out(held, [one for one in there if mapping.state(one) != mapping.COMPLETED])

    def _leave_out(self, held: PortIn, numbers: Sequence[PortInNumber]) -> None:
        self._refuse_to_touch(held, numbers)
        for number in numbers:
            if not number.sid:
                raise CarrierRefused(
                    f"Twilio names no id for {number.phone_number} in the request {held.sid}: it cannot be left out.",
                    "Leave it out in Twilio's console, then retry.",
                )
            self._api.leave_out(held.sid, number.sid)

    def _upload(self, submission: Submission) -> list[str]:
        """Upload the bills. One whose answer is lost lies at Twilio unused; it moves nothing."""
        return [self._api.upload(bill, f"{submission.key} {bill.sha256[:8]}") for bill in requesting.bills(submission)]

    def _create(self, submission: Submission, made: dict[str, Any], documents: list[str]) -> PortIn:
        try:
            created = self._api.create(made | {"documents": documents})
        except HttpRefused as refused:
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


def _reasons(refused: HttpRefused, submission: Submission) -> CarrierRefused:
    """Why Twilio did not take a request, without any secret: canonical reasons where its code is known."""
    try:
        fault = Fault.model_validate_json(refused.body)
    except (ValueError, RecursionError):
        fault = Fault(message=refused.body)
    words = requesting.without_secrets(fault.message, submission)
    code = requesting.without_secrets(fault.code, submission)
    if code and meanings(mapping.VENDOR, code):
        return CarrierRejected([from_vendor(mapping.VENDOR, code, words)])
    said = " ".join(filter(None, (code, words))) or "nothing more"
    if refused.status in {400, 422}:
        return CarrierInvalid(f"Twilio cannot take the request ({refused.status}): {said}.", "Correct it, then retry.")
    return CarrierRefused(f"Twilio did not take the request ({refused.status}): {said}.")
