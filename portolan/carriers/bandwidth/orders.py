"""Orders as they stand at Bandwidth: found by reference or number, the port-ins of a bulk order as parts of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from portolan.carriers.bandwidth import references, xml
from portolan.carriers.bandwidth.bulk import Bulk
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.reading import Portin, e164
from portolan.carriers.bandwidth.states import CANCELLED, COMPLETE, DRAFTS, FOC, OVER, STATES, ZONE
from portolan.carriers.bandwidth.submission import national
from portolan.carriers.http import HttpRefused
from portolan.carriers.ledger import Ledger
from portolan.domain.carrier import CarrierOrder, CarrierStatus, read_key, root_id, send_key
from portolan.domain.errors import CarrierRefused
from portolan.domain.rejections import Rejection, from_vendor

#: Begins our name for a bulk order.
BULK = "bulk:"
#: Bandwidth changes and cancels nothing so near to the FOC.
FREEZE = timedelta(hours=24)
#: Before that, parts whose days differ are told apart while there is still time to act on it.
LAST_CALL = FREEZE * 2
#: So many sendings later than the one that was kept are looked for.
_ATTEMPTS = 20
#: An order in such a state keeps its numbers from no other one; one whose withdrawal is under review still does.
_FREE = DRAFTS | {CANCELLED, COMPLETE}


class Entry(NamedTuple):
    """An order in a list."""

    order_id: str
    state: str
    reference: str


class Orders:
    """The orders of one account."""

    def __init__(self, calls: Calls, bulk: Bulk, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._calls, self._bulk, self._ledger, self._clock = calls, bulk, ledger, clock

    def find(self, key: str, numbers: Sequence[str]) -> CarrierOrder | None:
        """The order of a sending; None for one that was begun, or changed in some of its port-ins only."""
        reference = references.reference(key)
        sent = self.sent(reference)
        if not sent:
            return None
        everyone = self._with_siblings(self._calls.portin(sent[0]))
        known = read_key(key)
        for one in everyone:
            theirs = read_key(self.key_of(one.order_id, one.reference))
            behind = one.reference != reference and theirs and known and theirs[0] == known[0]
            if behind and one.state not in OVER and set(one.numbers) & set(numbers):
                return None
        same = [one for one in everyone if one.reference == reference]
        for one in same:
            self.remember(key, one)
        return self._as_one(same) if same else None

    def remember(self, key: str, held: Portin) -> None:
        """Keep that a port-in is the sending with this key."""
        if self._ledger.key_of(held.order_id) != key:
            self._ledger.remember(key, held.order_id)

    def order(self, carrier_order_id: str) -> CarrierOrder:
        """How an order stands, all its port-ins taken together; it asks about those that nobody has any more."""
        parts = self.parts(carrier_order_id)
        found, left = self._as_one(parts), self.left(parts)
        if not left:
            return found
        if found.status is CarrierStatus.CANCELLED:
            raw = ", ".join(dict.fromkeys([found.raw_status, *(one.raw_status for one in left)]))
            found = found.model_copy(update={"status": CarrierStatus.UNKNOWN, "raw_status": raw})
        return found.model_copy(update={"asks": found.asks or _unclaimed(left)})

    def parts(self, carrier_order_id: str) -> list[Portin]:
        """The port-ins of an order by its newest sending; those that were left out of it are not among them."""
        everyone = self.family(carrier_order_id)
        newest = max(everyone, key=self._attempt)
        return [one for one in everyone if one.reference == newest.reference]

    def left(self, parts: Sequence[Portin]) -> list[Portin]:
        """What still moves numbers of a bulk order beside its parts: left out of a later sending, or let go by the bulk
        order, and taken over by no other order, whose reference it would have.
        """
        key = read_key(self.key_of(parts[0].order_id, parts[0].reference))
        if not parts[0].bulk or key is None:
            return []
        known = {one.order_id for one in parts}
        references_so_far = [references.reference(send_key(key[0], attempt)) for attempt in range(1, key[1] + 1)]
        sent = dict.fromkeys(order_id for one in references_so_far for order_id in self.sent(one))
        found = [self._calls.portin(order_id) for order_id in sent if order_id not in known]
        return [one for one in found if one.state not in _FREE]

    def family(self, carrier_order_id: str) -> list[Portin]:
        """The port-ins of an order by all its sendings; there is at least one."""
        if carrier_order_id.startswith(BULK):
            bulk_id = carrier_order_id.removeprefix(BULK)
            return [self._calls.portin(one) for one in sorted(self._bulk.members(bulk_id))]
        return self._with_siblings(self._calls.portin(carrier_order_id))

    def ids(self, carrier_order_id: str) -> list[str]:
        """The ids of an order's port-ins."""
        if not carrier_order_id.startswith(BULK):
            return [carrier_order_id]
        return [one.order_id for one in self.parts(carrier_order_id)]

    def sent(self, reference: str) -> list[str]:
        """The orders with a reference that have gone out: those that are alive first."""
        found = [
            entry
            for entry in self._listed({"customerOrderId": reference})
            if entry.state not in DRAFTS and self._carries(entry, reference)
        ]
        return [entry.order_id for entry in sorted(found, key=lambda one: (one.state in OVER, one.order_id))]

    def with_reference(self, reference: str, state: str) -> list[str]:
        """The orders in a state that carry a reference."""
        params = {"customerOrderId": reference, "status": state}
        return sorted(one.order_id for one in self._listed(params) if self._carries(one, reference))

    def with_number(self, number: str) -> list[Entry]:
        """The orders that move a number, but for drafts."""
        return list(self._listed({"orderTn": national(number) or number}))

    def of_family(self, order_id: str, number: str) -> list[Portin]:
        """The port-ins that hold a number for our order, or for one that it was split out of the other way round."""
        found = []
        for entry in self.with_number(number):
            known = read_key(self.key_of(entry.order_id, entry.reference))
            if known and root_id(known[0]) == root_id(order_id) and entry.state not in _FREE:
                found.append(self._calls.portin(entry.order_id))
        return [one for one in found if one.state not in _FREE]

    def key_of(self, order_id: str, reference: str) -> str:
        """Our key for an order: by its reference, else as we remember; empty where it is not ours."""
        return references.key(reference) or self._remembered(order_id, reference)

    def refuse_in_freeze(self, held: Portin, done: str) -> None:
        """Refuse what Bandwidth does not do any more, by the date it confirmed, whatever has come between.

        A date that has passed over an order that came back binds nobody.

        Raises:
            CarrierRefused: The FOC is less than 24 hours away.
        """
        if held.foc_at is None or held.state in OVER:
            return
        ahead = held.foc_at - self._clock()
        came_back = STATES.get(held.state) is CarrierStatus.REJECTED
        if ahead < FREEZE and not (came_back and ahead < timedelta(0)):
            at = held.foc_at.astimezone(ZONE)
            raise CarrierRefused(
                f"Order {held.order_id} has its FOC at {at:%Y-%m-%d %H:%M} New York, less than "
                f"{FREEZE // timedelta(hours=1)} h away: Bandwidth lets it be {done} no more.",
                "Let the numbers move, or ask Bandwidth's desk by telephone.",
            )

    def _listed(self, params: Mapping[str, str]) -> Iterator[Entry]:
        for element in self._calls.listed("portins", "lnpPortInfoForGivenStatus", params):
            order_id = xml.words(element, "OrderId")
            if order_id:
                state = xml.words(element, "ProcessingStatus").upper()
                yield Entry(order_id, state, xml.words(element, "CustomerOrderId"))

    def _remembered(self, order_id: str, reference: str) -> str:
        """The key that was kept for an order, or the later one of the same order that its reference is a digest of."""
        kept = self._ledger.key_of(order_id) or ""
        known = read_key(kept)
        if known is None or references.reference(kept) == reference:
            return kept
        later = (send_key(known[0], known[1] + more) for more in range(1, _ATTEMPTS))
        return next((key for key in later if references.reference(key) == reference), kept)

    def _carries(self, entry: Entry, reference: str) -> bool:
        """Whether an order carries a reference; one that is listed without any is looked at."""
        return (entry.reference or self._calls.portin(entry.order_id).reference) == reference

    def _with_siblings(self, held: Portin) -> list[Portin]:
        """A port-in with the others of its bulk order."""
        members = sorted(self._bulk.members(held.bulk)) if held.bulk else [held.order_id]
        return [held if one == held.order_id else self._calls.portin(one) for one in members]

    def _attempt(self, held: Portin) -> int:
        known = read_key(self.key_of(held.order_id, held.reference))
        return known[1] if known else 0

    def _as_one(self, parts: Sequence[Portin]) -> CarrierOrder:
        first = parts[0]
        key = self.key_of(first.order_id, first.reference) or first.reference
        looked_at = [self._looked_at(one) for one in parts]
        return together(looked_at, key, self._attempt(first), self._clock())

    def _looked_at(self, held: Portin) -> Portin:
        """It with the numbers that were moved on demand already; Bandwidth tells them on the FOC day only."""
        day_has_come = held.foc_at and held.foc_at.astimezone(ZONE).date() <= self._clock().astimezone(ZONE).date()
        if held.state != FOC or not held.triggered or not day_has_come:
            return held
        try:
            answer = self._calls.get(f"portins/{quote(held.order_id, safe='')}/activationStatus")
        except HttpRefused:
            return held
        found = xml.child(answer, "ActivationStatus", "ActivatedTelephoneNumbersList") if answer is not None else None
        moved = {e164(text) for text in xml.texts(found, "TelephoneNumber")} if found is not None else set()
        return replace(held, activated=frozenset(moved & set(held.numbers)))


def together(parts: Sequence[Portin], key: str, attempt: int, now: datetime) -> CarrierOrder:
    """Port-ins as one order; several have the name of their bulk order, which stays when one of them leaves it.

    It came back where one of them did; it has its FOC where all have, and at the same moment. Parts that will not meet
    on one day are to be split off: all whose day is later than the first.
    """
    first = parts[0]
    name = f"{BULK}{first.bulk}" if first.bulk else first.order_id
    if len(parts) == 1:
        return first.as_order(key, attempt).model_copy(update={"carrier_order_id": name})
    alive = [one for one in parts if one.status is not CarrierStatus.CANCELLED]
    statuses = {one.status for one in alive}
    rejections = [_about(one, each) for one in alive for each in one.rejections]
    if alive and len(alive) < len(parts):
        rejections += [_about(one, each) for one in parts if one not in alive for each in _given_up(one)]
    apart = _apart(alive, now) if statuses & {CarrierStatus.FOC_CONFIRMED} else []
    foc_at = first.foc_at
    if not alive:
        status = CarrierStatus.CANCELLED
    elif CarrierStatus.UNKNOWN in statuses:
        status = CarrierStatus.UNKNOWN
    elif statuses & {CarrierStatus.PORTED}:
        status = CarrierStatus.PORTED
    elif rejections:
        status = CarrierStatus.REJECTED
    elif apart:
        status, rejections = CarrierStatus.REJECTED, [_split(apart)]
    elif statuses == {CarrierStatus.FOC_CONFIRMED}:
        status = CarrierStatus.FOC_CONFIRMED
    else:
        status, foc_at = CarrierStatus.RECEIVED, None
    updates = [one.updated_at for one in parts if one.updated_at]
    moved = [one.activated_at for one in parts if one.activated_at]
    return CarrierOrder(
        carrier_order_id=name,
        key=key,
        attempt=attempt,
        status=status,
        raw_status=", ".join(dict.fromkeys(one.raw_status for one in parts)),
        rejections=rejections if status in {CarrierStatus.REJECTED, CarrierStatus.CANCELLED} else [],
        foc_at=foc_at,
        numbers={number: where for one in parts for number, where in one.where.items()},
        activated_at=max(moved) if moved else None,
        updated_at=max(updates) if updates else None,
        asks=next((asks for one in alive if (asks := one.as_order(key, attempt).asks)), ""),
        parts=[one.as_part() for one in parts],
    )


def _unclaimed(left: Sequence[Portin]) -> str:
    numbers = [number for one in left for number in one.numbers]
    return (
        f"Bandwidth still has {', '.join(one.order_id for one in left)} for {', '.join(numbers[:3])}"
        f"{' and others' if len(numbers) > 3 else ''}, which no order here has any more: send one that takes it over, "
        "or withdraw it in the Dashboard"
    )


def _apart(alive: Sequence[Portin], now: datetime) -> list[Portin]:
    """The parts whose day is not the earliest, once all have one or the earliest is too near to wait."""
    days = [one.foc_at for one in alive if one.status is CarrierStatus.FOC_CONFIRMED and one.foc_at]
    settled = len(days) == len(alive) or (days and min(days) - now < LAST_CALL)
    return [one for one in alive if one.foc_at != min(days)] if settled else []


def _about(one: Portin, reason: Rejection) -> Rejection:
    """A reason, about the numbers of its part where it names none."""
    return reason if reason.numbers else reason.model_copy(update={"numbers": list(one.numbers)})


def _given_up(one: Portin) -> list[Rejection]:
    return list(one.errors) or [from_vendor("bandwidth", "", f"part {one.order_id} was cancelled", one.numbers)]


def _split(apart: Sequence[Portin]) -> Rejection:
    days = ", ".join(
        f"{one.order_id} {one.foc_at.astimezone(ZONE):%Y-%m-%d %H:%M}" if one.foc_at else f"{one.order_id} has none yet"
        for one in apart
    )
    numbers = [number for one in apart for number in one.numbers]
    return Rejection(code="SPLIT_REQUIRED", text=f"the parts have different FOC dates: {days}", numbers=numbers)
