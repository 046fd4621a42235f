"""Twilio's words in canonical ones: how a request and each of its numbers stand, and why they were refused.

States are compared without case, blanks and marks: Twilio's pages, examples and messages spell them differently.
Source: the documents of Twilio's Porting API and its pages on requests, numbers and webhooks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType

from portolan.carriers.twilio.wire import PortIn, PortInNumber, moment
from portolan.domain.carrier import CarrierOrder, CarrierStatus, NumberStatus, read_key
from portolan.domain.rejections import Rejection
from portolan.domain.rejections.vendors import from_vendor, meanings

VENDOR = "twilio"
#: A state of a number, as what it means for the request.
REVIEWED, SIGNING, SENT, PENDING, REJECTED, COMPLETED, LEAVING, GONE = (
    "in review",
    "waiting for signature",
    "submitted",
    "pending",
    "rejected",
    "completed",
    "being cancelled",
    "cancelled",
)
NUMBER_STATES = MappingProxyType(
    {
        "inreview": REVIEWED,
        "waitingforsignature": SIGNING,
        "portsubmitted": SENT,
        "submitted": SENT,
        "portpending": PENDING,
        "pending": PENDING,
        "portrejected": REJECTED,
        "rejected": REJECTED,
        "completed": COMPLETED,
        "canceling": LEAVING,
        "cancelling": LEAVING,
        "canceled": GONE,
        "cancelled": GONE,
    }
)
#: What a request's own state says, where its numbers say no more. `pending` stands in Twilio's examples only.
REQUEST_STATES = MappingProxyType(
    {
        "pending": CarrierStatus.RECEIVED,
        "inreview": CarrierStatus.RECEIVED,
        "waitingforsignature": CarrierStatus.RECEIVED,
        "inprogress": CarrierStatus.RECEIVED,
        "actionrequired": CarrierStatus.REJECTED,
        "completed": CarrierStatus.PORTED,
        "expired": CarrierStatus.REJECTED,
        "canceled": CarrierStatus.CANCELLED,
        "cancelled": CarrierStatus.CANCELLED,
    }
)
_EXPIRED = "expired"
_ENDED = frozenset({_EXPIRED, *(word for word, said in REQUEST_STATES.items() if said is CarrierStatus.CANCELLED)})
#: Twilio writes a port date without a time as midnight UTC. Noon UTC is on that day everywhere in the United States.
_NO_TIME, _NOON = time(0), timedelta(hours=12)
#: Numbers still without a date when others move so soon are not waited for any more.
SETTLE_WITHIN = timedelta(hours=72)


def folded(text: str) -> str:
    """A state without case, blanks and marks."""
    return re.sub(r"[\s_-]+", "", text).casefold()


def state(number: PortInNumber) -> str | None:
    """What a number's state means; None for one that nobody knows."""
    return NUMBER_STATES.get(folded(number.status)) if number.status else REVIEWED


def live(request: PortIn) -> list[PortInNumber]:
    """The numbers of a request that were not cancelled and are not being cancelled."""
    return [number for number in request.numbers if state(number) not in {LEAVING, GONE}]


def leaving(request: PortIn) -> list[PortInNumber]:
    """The numbers that are being cancelled: nobody knows yet whether they will be."""
    return [number for number in request.numbers if state(number) == LEAVING]


def moved(request: PortIn) -> list[PortInNumber]:
    """The numbers that have moved, whatever became of the others."""
    return [number for number in request.numbers if state(number) == COMPLETED]


def is_over(request: PortIn) -> bool:
    """Whether a request is withdrawn or expired: those of its numbers that have not moved may go into another one."""
    if leaving(request):
        return False
    return folded(request.status) in _ENDED or (bool(request.numbers) and not live(request))


def port_date(number: PortInNumber) -> datetime | None:
    """When a number moves, where that is agreed."""
    at = moment(number.port_date) if number.port_date else None
    return at + _NOON if at and at.time() == _NO_TIME else at


def first_date(numbers: Iterable[PortInNumber]) -> datetime | None:
    """When the first of these numbers moves; the date of one that was refused, or is not agreed, says nothing."""
    return min(filter(None, (port_date(number) for number in numbers if state(number) == PENDING)), default=None)


def order(request: PortIn, key: str, now: datetime) -> CarrierOrder:
    """The request as a carrier's order.

    Args:
        request: As Twilio's GET tells it.
        key: The sending it stands for; empty for one that is not known to be ours.
        now: Aware UTC.
    """
    status, rejections, foc_at = _standing(request, now)
    going, here, read = live(request), moved(request), read_key(key)
    updated = [at for number in request.numbers if (at := moment(number.updated))]
    return CarrierOrder(
        carrier_order_id=request.sid,
        key=key,
        attempt=read[1] if read else 0,
        status=status,
        raw_status=raw(request),
        rejections=rejections,
        foc_at=foc_at,
        numbers={number.phone_number: _where(number, request) for number in (request.numbers if here else going)},
        activated_at=max((at for number in here if (at := moment(number.updated))), default=None),
        updated_at=max(updated, default=moment(request.created)),
        asks=_asks(request),
    )


def raw(request: PortIn) -> str:
    """Twilio's own words: the request's state, and how many numbers are in which."""
    counts = Counter(number.status for number in request.numbers if number.status)
    numbers = ", ".join(f"{count} {status}" for status, count in counts.items())
    odd = [n.port_date for n in request.numbers if n.port_date and port_date(n) is None]
    return f"{request.status}{f' ({numbers})' if numbers else ''}{f', port date {odd[0]!r}' if odd else ''}"


def rejection(number: PortInNumber) -> Rejection:
    """Why a number was refused, by the losing carrier or by Twilio itself."""
    if state(number) == REJECTED:
        known = next(filter(_known, (number.rejection_code, _name(number.rejection))), number.rejection_code)
        return from_vendor(VENDOR, known, number.rejection, [number.phone_number])
    return from_vendor(VENDOR, number.not_portable_code, number.not_portable, [number.phone_number])


def is_refused(number: PortInNumber) -> bool:
    """Whether a number was rejected, or cannot be moved to Twilio at all."""
    return state(number) == REJECTED or (number.portable is False and state(number) not in {COMPLETED, LEAVING, GONE})


def _known(code: str) -> bool:
    return bool(code and meanings(VENDOR, code))


def _name(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip()).upper()


def _standing(request: PortIn, now: datetime) -> tuple[CarrierStatus, list[Rejection], datetime | None]:
    """Status, reasons and FOC; what Twilio says of single numbers goes before what it says of the request."""
    said, going = REQUEST_STATES.get(folded(request.status)), live(request)
    expired = folded(request.status) == _EXPIRED
    if moved(request):
        return CarrierStatus.PORTED, [], _common_date(going)
    if is_over(request) and not expired:
        return CarrierStatus.CANCELLED, [], None
    withdrawing = bool(leaving(request)) and not going
    if (
        withdrawing
        or said in {None, CarrierStatus.CANCELLED}
        or any(state(n) is None or (n.port_date and port_date(n) is None) for n in going)
    ):
        return CarrierStatus.UNKNOWN, [], None
    if expired:
        words = "The request expired: the letter that Twilio e-mailed was not signed in time."
        return CarrierStatus.REJECTED, [Rejection(code="LOA_STALE", text=words, vendor_code=request.status)], None
    if refused := [number for number in going if is_refused(number)]:
        return CarrierStatus.REJECTED, _together(map(rejection, refused)), None
    if said is CarrierStatus.REJECTED:
        return CarrierStatus.REJECTED, [from_vendor(VENDOR, "", request.cancelled_because or request.status)], None
    if said is CarrierStatus.PORTED or not going:
        return said, [], None
    return _dated(going, now)


def _dated(going: Sequence[PortInNumber], now: datetime) -> tuple[CarrierStatus, list[Rejection], datetime | None]:
    """Where nothing was refused: how far the losing carrier has come with the numbers."""
    dates = {number.phone_number: port_date(number) if state(number) == PENDING else None for number in going}
    first = min(filter(None, dates.values()), default=None)
    late = [number for number, at in dates.items() if at != first]
    pressing = first is not None and first - now < SETTLE_WITHIN
    if first and late and (pressing or None not in dates.values()):
        words = f"{len(dates) - len(late)} of {len(dates)} numbers move on {first:%Y-%m-%d %H:%M} UTC, these do not."
        return CarrierStatus.REJECTED, [Rejection(code="SPLIT_REQUIRED", text=words, numbers=late)], None
    if any(state(number) != PENDING for number in going):
        return CarrierStatus.RECEIVED, [], None
    return (CarrierStatus.FOC_CONFIRMED, [], first) if first and not late else (CarrierStatus.ACCEPTED, [], None)


def _common_date(numbers: Sequence[PortInNumber]) -> datetime | None:
    dates = {port_date(number) for number in numbers}
    return dates.pop() if len(dates) == 1 else None


def _where(number: PortInNumber, request: PortIn) -> NumberStatus:
    """Where a number is; before any has moved, nothing has failed to."""
    if state(number) == COMPLETED:
        return NumberStatus.ACTIVE
    stopped = is_over(request) or is_refused(number) or state(number) == GONE
    return NumberStatus.FAILED if moved(request) and stopped else NumberStatus.PENDING


def _together(rejections: Iterable[Rejection]) -> list[Rejection]:
    """One reason for all numbers that have the same."""
    found: dict[tuple[str, str], Rejection] = {}
    for one in rejections:
        same = found.setdefault((one.vendor_code, one.text), one)
        if same is not one:
            same.numbers.extend(one.numbers)
    return list(found.values())


def _asks(request: PortIn) -> str:
    """Who has to sign where, while Twilio waits for that."""
    waits = folded(request.status) == "waitingforsignature" or any(state(n) == SIGNING for n in live(request))
    if not waits or is_over(request):
        return ""
    losing = request.losing
    who = str(losing.get("authorized_representative") or "the authorized representative")
    mail = str(losing.get("authorized_representative_email") or "")
    where = f": {request.signature_url}" if request.signature_url else ""
    return f"{who} has to sign the letter that Twilio sent{f' to {mail}' if mail else ' by e-mail'}{where}"
