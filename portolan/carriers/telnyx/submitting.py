"""One sending to Telnyx: drafted, filled in and handed in, so that it can stop anywhere and be gone on with.

Three things make that safe. Drafts carry our reference from their creation, so that a lost answer loses none of them.
Every step looks at what is there and does only what is lacking. An order that is supplemented, or taken over from the
order its numbers were split out of, gets the new reference last, so that it is found by it only when all is done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from portolan.carriers.addresses import read_address
from portolan.carriers.telnyx import documents, fields
from portolan.carriers.telnyx.calls import Calls
from portolan.carriers.telnyx.documents import Papers
from portolan.carriers.telnyx.reading import Held
from portolan.carriers.telnyx.refusing import Missing
from portolan.carriers.telnyx.standing import CANCELLING, DATED, DRAFT, EXCEPTION, OVER, PORTED
from portolan.domain.carrier import SendKind, Submission, root_id
from portolan.domain.errors import CarrierRefused, CarrierUnavailable

#: Orders that can be handed in, for the first time or again.
_TO_CONFIRM = frozenset({DRAFT, EXCEPTION})
#: Orders whose papers and PIN the losing carrier has agreed to: sending them again adds nothing.
_SETTLED = frozenset({DATED, PORTED})


class Sending:
    """One sending; made for it, used once."""

    def __init__(
        self, calls: Calls, submission: Submission, clock: Callable[[], datetime], webhook_url: str = ""
    ) -> None:
        self._calls, self._submission, self._webhook_url = calls, submission, webhook_url
        self._papers = Papers(calls, submission.papers, clock)
        self._root = root_id(submission.order_id)
        self._data: dict[str, Any] = {}

    def run(self) -> list[Held]:
        """Bring it about that Telnyx holds these numbers under this key, handed in; the orders it made of them."""
        submission = self._submission
        documents.check(submission)
        if submission.kind is not SendKind.NEW_DATE:
            account = submission.account
            address = read_address(account.service_address, account.postal_code, submission.country)
            self._data = fields.wanted(submission, address, self._webhook_url)
        return [self._finished(held) for held in self._gathered()]

    # -- which orders hold the numbers --------------------------------------------------------------------------------

    def _gathered(self) -> list[Held]:
        """The orders that hold our numbers: begun, sent before, left to us by a split, and drafted for the rest."""
        wanted = set(self._submission.numbers)
        family = self._family()
        whole = [held for held in family if held.numbers and set(held.numbers) <= wanted and self._counts(held)]
        for held in family:
            if held not in whole and held.raw not in OVER and wanted & set(held.numbers):
                self._take_apart(held)
        rest = [number for number in self._submission.numbers if number not in numbers_of(whole)]
        if not rest:
            return whole
        made = self._calls.create(rest, self._submission.key, self._root)
        left = [number for number in rest if number not in numbers_of(made)]
        if left:
            raise CarrierRefused(
                f"Telnyx left {', '.join(left[:3])}{' and others' if len(left) > 3 else ''} out of its draft.",
                "Ask its desk why, or take the numbers out of the order; then answer retry.",
            )
        return [*whole, *made]

    def _family(self) -> list[Held]:
        """Every order there that is, or may be, about our order or one that it was split out of; ours first."""
        submission = self._submission
        found = {held.carrier_order_id: held for held in self._calls.orders("customer_group_reference", self._root)}
        more = self._calls.orders("customer_reference", submission.key)
        base = submission.carrier_order_id
        if base and base not in found:
            with suppress(Missing):
                more.append(self._calls.order(base))
        if not {*submission.numbers} <= numbers_of([*found.values(), *more]):
            for held in [*found.values(), *more]:
                if held.order_id == submission.order_id and held.raw != DRAFT:
                    more += divided_off(self._calls, held)
        if self._root != submission.order_id and not {*submission.numbers} <= numbers_of([*found.values(), *more]):
            more += self._calls.orders("phone_numbers.phone_number.contains", submission.numbers[0].removeprefix("+"))
        found |= {held.carrier_order_id: held for held in more}
        keys = {held.parent_key for held in found.values() if root_id(held.order_id) == self._root} - {""}
        ours = [held for held in found.values() if self._is_ours(held, keys)]
        return sorted(ours, key=lambda held: (held.carrier_order_id != base, age(held)))

    def _counts(self, held: Held) -> bool:
        """Whether an order that holds numbers of ours and no others is to be gone on with."""
        if held.raw not in OVER or self._is_done(held):
            return True
        supplements = self._submission.kind is not SendKind.NEW
        return held.raw == PORTED and supplements and held.order_id == self._submission.order_id

    def _is_ours(self, held: Held, keys: Collection[str]) -> bool:
        """By its reference; one without, that Telnyx divided off, by the key it has in common with an order of ours."""
        return root_id(held.order_id) == self._root or (not held.reference and held.parent_key in keys)

    def _is_done(self, held: Held) -> bool:
        return held.reference == self._submission.key and held.raw != DRAFT

    def _take_apart(self, held: Held) -> None:
        """See to an order that holds numbers of ours and others beside them: Telnyx has no call to take some out."""
        order_id, name = self._submission.order_id, held.carrier_order_id
        ours = [number for number in held.numbers if number in self._submission.numbers]
        if held.raw == DRAFT:
            self._calls.delete(name)
            return
        if held.order_id != order_id:
            raise CarrierUnavailable(
                f"{ours[0]} is still in order {name} of {held.order_id}, which has to let go of it first."
            )
        if held.raw == CANCELLING:
            raise _under_review(held)
        if held.raw == DATED:
            others = [number for number in held.numbers if number not in self._submission.numbers]
            self._calls.comment(name, f"Please move these numbers to an order of their own: {', '.join(others)}.")
            raise CarrierRefused(
                f"Order {name} has a date, and numbers that are to go on apart from it: its desk was asked for that.",
                "Answer retry when they do.",
            )
        # Without a date nothing is lost: it is withdrawn, and its other numbers are sent anew.
        self._calls.cancel(name)
        if self._calls.order(name).raw == CANCELLING:
            raise _under_review(held)

    # -- one order, from what it is to handed in ----------------------------------------------------------------------

    def _finished(self, held: Held) -> Held:
        if self._is_done(held):
            return held
        if held.raw == CANCELLING:
            raise _under_review(held)
        name, to_confirm = held.carrier_order_id, held.raw in _TO_CONFIRM
        if held.raw != PORTED:
            held = self._filled(held)
        if held.raw not in _SETTLED:
            self._papers.attach_others(held)
        if to_confirm:
            if not held.requirements_met:
                requirements = self._papers.requirements(held)
                held = self._changed(held, requirements)
            self._confirm(held)
        reference = {"customer_reference": self._submission.key, "customer_group_reference": self._root}
        self._changed(held, fields.lacking(reference, held.body))
        return self._calls.order(name)

    def _filled(self, held: Held) -> Held:
        """The order with everything it has to say."""
        submission = self._submission
        body: dict[str, Any] = {}
        if self._data:
            wanted = self._data | fields.messaging_wanted(submission, held)
            body = fields.lacking(wanted, held.body, agreed=held.raw in _SETTLED)
            if held.raw not in _TO_CONFIRM:
                body.pop("activation_settings", None)
            if held.raw not in _SETTLED:
                body |= self._papers.fields(held)
        if held.raw in _TO_CONFIRM or submission.kind is SendKind.NEW_DATE:
            day, country, order_id = submission.requested_foc_on, submission.country, submission.order_id
            windows = self._calls.windows(held.carrier_order_id)
            at = fields.moment_of_day(day, windows, country, held, order_id)
            if at and at != held.asked_for:
                settings = {"foc_datetime_requested": at.isoformat()}
                body["activation_settings"] = {**body.get("activation_settings", {}), **settings}
        return self._changed(held, body)

    def _confirm(self, held: Held) -> None:
        try:
            self._calls.confirm(held.carrier_order_id)
        except CarrierRefused as refused:
            if not held.steps:
                raise
            steps = ", ".join(step.replace("_", " ") for step in held.steps)
            raise CarrierRefused(
                f"{refused.message} Telnyx wants more steps before it is handed in: {steps}.",
                f"Take them in Telnyx's portal for order {held.carrier_order_id}, then answer retry.",
            ) from None

    def _changed(self, held: Held, body: dict[str, Any]) -> Held:
        return self._calls.change(held.carrier_order_id, body, fields.secrets(self._submission)) if body else held


def divided_off(calls: Calls, held: Held) -> list[Held]:
    """Orders that Telnyx divided off from one later on, and that carry no reference: found by their common key."""
    if not held.parent_key:
        return []
    siblings = calls.orders("parent_support_key", held.parent_key)
    return [
        one
        for one in siblings
        if one.parent_key == held.parent_key
        and not one.reference
        and one.carrier_order_id != held.carrier_order_id
        and one.raw != DRAFT
    ]


def left_behind(calls: Calls, parts: Sequence[Held]) -> list[Held]:
    """What Telnyx holds of an order of ours beside its parts: under the reference of another attempt.

    A supplement without some numbers leaves them there, until the order they were split out for takes them over.

    Args:
        parts: The order's parts, at least one.
    """
    order_id = parts[0].order_id
    if not order_id:
        return []
    group = calls.orders("customer_group_reference", root_id(order_id))
    others = [held for held in group if held.order_id == order_id]
    known = {part.carrier_order_id for part in parts}
    found = {held.carrier_order_id: held for other in others for held in (other, *divided_off(calls, other))}
    return [held for name, held in found.items() if name not in known and held.raw not in OVER]


def numbers_of(orders: Iterable[Held]) -> set[str]:
    """Every number of some orders."""
    return {number for held in orders for number in held.numbers}


def age(held: Held) -> tuple[str, str]:
    """What orders are sorted by to have the oldest first."""
    return (held.created_at.isoformat() if held.created_at else "", held.carrier_order_id)


def _under_review(held: Held) -> CarrierUnavailable:
    return CarrierUnavailable(f"Telnyx has the withdrawal of order {held.carrier_order_id} under review.")
