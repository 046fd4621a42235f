"""How an order of ours stands, from the orders that Telnyx has made of it: computed, never asked.

Telnyx divides by country, type, carrier and FastPort on creation, and may divide again later. Orders that belong
together carry the same reference of ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from portolan.carriers.telnyx.reading import Held, HeldNumber
from portolan.carriers.telnyx.refusing import VENDOR
from portolan.domain.carrier import (
    CarrierOrder,
    CarrierPart,
    CarrierStatus,
    MessagingStatus,
    NumberStatus,
    read_key,
)
from portolan.domain.foc import in_words
from portolan.domain.rejections import Rejection
from portolan.domain.rejections.vendors import from_vendor

DRAFT, EXCEPTION, DATED, PORTED = "draft", "exception", "foc-date-confirmed", "ported"
CANCELLED, CANCELLING = "cancelled", "cancel-pending"
#: Orders that hold no number any more.
OVER = frozenset({CANCELLED, PORTED})

#: Telnyx's word for an order in ours; any other is unknown. A withdrawal under review may still be denied, so that a
#: person has to know of it; `submitted` says that the losing carrier has the order, not that it agrees.
STATUSES: Mapping[str, CarrierStatus] = MappingProxyType(
    {
        DRAFT: CarrierStatus.RECEIVED,
        "in-process": CarrierStatus.RECEIVED,
        "submitted": CarrierStatus.RECEIVED,
        EXCEPTION: CarrierStatus.REJECTED,
        DATED: CarrierStatus.FOC_CONFIRMED,
        PORTED: CarrierStatus.PORTED,
        CANCELLED: CarrierStatus.CANCELLED,
        CANCELLING: CarrierStatus.UNKNOWN,
    }
)
#: The number registry's word for one number; any other, and none, leaves it to the order.
NUMBERS: Mapping[str, NumberStatus] = MappingProxyType(
    {
        "Active": NumberStatus.ACTIVE,
        "Failed": NumberStatus.FAILED,
        "Old": NumberStatus.RETURNED,
        "New": NumberStatus.PENDING,
        "Pending": NumberStatus.PENDING,
        "Conflict": NumberStatus.PENDING,
        "Cancel Pending": NumberStatus.PENDING,
        "Concurred": NumberStatus.PENDING,
        "Activate RDY": NumberStatus.PENDING,
        "Concurrence Sent": NumberStatus.PENDING,
        "Sending": NumberStatus.PENDING,
        "Disconnect Pending": NumberStatus.ACTIVE,
        "Cancelled": NumberStatus.PENDING,
    }
)
MESSAGING: Mapping[str, MessagingStatus] = MappingProxyType(
    {
        "not_applicable": MessagingStatus.SETTLED,
        "pending": MessagingStatus.PENDING,
        "activating": MessagingStatus.ACTIVATING,
        "partial_port_complete": MessagingStatus.ACTIVATING,
        "ported": MessagingStatus.PORTED,
        "exception": MessagingStatus.FAILED,
        "canceled": MessagingStatus.FAILED,
    }
)
#: What a country still wants for a number, in words.
_WANTED = MappingProxyType(
    {
        "requirement-info-pending": "documents or data that the country wants",
        "requirement-info-exception": "other documents or data than those it was given",
    }
)
#: So long before the FOC of one part, another without a date counts as one that moves apart.
APART = timedelta(hours=72)
_MOVING = frozenset({CarrierStatus.FOC_CONFIRMED, CarrierStatus.PORTED})


def aggregated(parts: Sequence[Held], key: str, now: datetime) -> CarrierOrder:
    """Our order as its parts stand.

    Args:
        parts: The orders Telnyx made of it, the one we know it by first; at least one.
        key: The sending it stands for.
        now: Decides whether a part without a date will still move with the others.
    """
    read = read_key(key)
    status, rejections = _status(parts, now)
    updated = [part.updated_at for part in parts if part.updated_at]
    dates = [part.foc_at or part.asked_for for part in parts if STATUSES.get(part.raw) in _MOVING]
    return CarrierOrder(
        carrier_order_id=parts[0].carrier_order_id,
        key=key,
        attempt=read[1] if read else 0,
        status=status,
        raw_status=", ".join(dict.fromkeys(part.raw for part in parts)),
        rejections=rejections,
        foc_at=dates[0] if status in _MOVING and dates else None,
        numbers=numbers(parts),
        activated_at=max(updated, default=None) if status is CarrierStatus.PORTED else None,
        updated_at=max(updated, default=None),
        asks="; ".join(_asks(parts)),
        parts=[_part(part) for part in parts] if len(parts) > 1 else [],
    )


def beside(told: CarrierOrder, left: Sequence[Held]) -> CarrierOrder:
    """Our order with what was left behind of it, which is what a person has to know; it is not withdrawn as long.

    Args:
        left: Orders there that have numbers which our order has let go of, and that no other of ours has taken over.
    """
    if not left:
        return told
    words = "; ".join(
        f"Telnyx's order {held.carrier_order_id} still has {_some(list(held.numbers))}, which no order here has taken"
        " over: hand in the one that was split out for them, or withdraw it in Telnyx's portal"
        for held in left
    )
    changes: dict[str, object] = {"asks": "; ".join(filter(None, (told.asks, words)))}
    if told.status is CarrierStatus.CANCELLED:
        changes["status"] = CarrierStatus.UNKNOWN
        changes["raw_status"] = ", ".join(dict.fromkeys([told.raw_status, *(held.raw for held in left)]))
    return told.model_copy(update=changes)


def current(parts: Sequence[Held]) -> list[Held]:
    """The parts without drafts, and without those that were withdrawn so that others take their numbers."""
    told = [part for part in parts if part.raw != DRAFT] or list(parts)
    held = {number for part in told if part.raw != CANCELLED for number in part.numbers}
    return [part for part in told if part.raw != CANCELLED or not held & set(part.numbers)]


def numbers(parts: Sequence[Held]) -> dict[str, NumberStatus]:
    """Where each number is."""
    return {number: _number(part, held) for part in parts for number, held in part.numbers.items()}


def messaging(part: Held) -> MessagingStatus:
    """Where the messaging of an order's numbers is; a word nobody knows counts as on its way."""
    return MESSAGING.get(part.messaging, MessagingStatus.PENDING)


def _part(part: Held) -> CarrierPart:
    return CarrierPart(
        carrier_order_id=part.carrier_order_id,
        status=_of(part),
        raw_status=part.raw,
        numbers=list(part.numbers),
        foc_at=part.foc_at,
    )


def _of(part: Held) -> CarrierStatus:
    return STATUSES.get(part.raw, CarrierStatus.UNKNOWN)


def _number(part: Held, held: HeldNumber) -> NumberStatus:
    """By the registry's word; outside North America there is none, and the order's counts."""
    if part.raw == PORTED and not held.activation:
        return NumberStatus.ACTIVE
    found = NUMBERS.get(held.activation, NumberStatus.PENDING)
    # Before the port the registry may still tell of an earlier one.
    return NumberStatus.PENDING if found is NumberStatus.RETURNED and part.raw != PORTED else found


def _status(parts: Sequence[Held], now: datetime) -> tuple[CarrierStatus, list[Rejection]]:
    found = {_of(part) for part in parts}
    if CarrierStatus.UNKNOWN in found or (CarrierStatus.CANCELLED in found and len(found) > 1):
        return CarrierStatus.UNKNOWN, []
    if CarrierStatus.REJECTED in found:
        return CarrierStatus.REJECTED, list(_rejections(parts))
    apart = _apart(parts, now)
    if apart:
        return CarrierStatus.REJECTED, [_split(parts, apart)]
    for status in (CarrierStatus.RECEIVED, CarrierStatus.FOC_CONFIRMED):
        if status in found:
            return status, []
    return found.pop(), []


def _rejections(parts: Sequence[Held]) -> Iterator[Rejection]:
    """Why parts came back; of several, each reason is about the numbers of its part."""
    for part in parts:
        if part.raw == EXCEPTION:
            about = list(part.numbers) if len(parts) > 1 else []
            for code, words in part.exceptions or (("", ""),):
                yield from_vendor(VENDOR, code, words, about)


def _apart(parts: Sequence[Held], now: datetime) -> list[Held]:
    """The parts that move later than the first one; those without a date count once the first is near."""
    first = min((part.foc_at for part in parts if _of(part) in _MOVING and part.foc_at), default=None)
    near = (first is not None and first - now <= APART) or any(part.raw == PORTED for part in parts)
    later = [part for part in parts if part.raw == DATED and part.foc_at and part.foc_at != first]
    return later + [part for part in parts if near and _of(part) is CarrierStatus.RECEIVED]


def _split(parts: Sequence[Held], apart: Collection[Held]) -> Rejection:
    words = "; ".join(
        f"{len(part.numbers)} number(s) {in_words(part.foc_at) if part.foc_at else 'without a date'}" for part in parts
    )
    about = [number for part in apart for number in part.numbers]
    return from_vendor(VENDOR, "PORTING_ORDER_SPLIT_REQUIRED", f"Divided by Telnyx, and moved apart: {words}.", about)


def _asks(parts: Sequence[Held]) -> Iterator[str]:
    for state, words in _WANTED.items():
        open_for = [
            number
            for part in parts
            if part.raw not in OVER and part.raw != DRAFT
            for number, held in part.numbers.items()
            if held.requirements == state
        ]
        if open_for:
            yield f"Telnyx waits for {words}: {_some(open_for)}"


def _some(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f"{', '.join(numbers[:3])}{more}"
