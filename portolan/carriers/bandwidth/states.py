"""What Bandwidth's states of an order mean, and the moments at which it moves numbers.

Sources: Bandwidth's OpenAPI document of the numbers API (port-ins); its guide to stand-alone port-ins.
"""

from __future__ import annotations

from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from portolan.domain.carrier import CarrierStatus

#: Not sent to anyone yet: such an order is a beginning, and Bandwidth deletes it after 48 hours without a change.
DRAFTS = frozenset({"DRAFT", "VALIDATE_DRAFT_TFNS", "VALID_DRAFT_TFNS", "INVALID_DRAFT_TFNS"})
#: What a draft is waiting for before it can be sent, and what says that it cannot.
CHECKING, UNFIT = "VALIDATE_DRAFT_TFNS", "INVALID_DRAFT_TFNS"
CANCELLED, CANCELLING, COMPLETE, EXCEPTION, FOC = "CANCELLED", "REQUESTED_CANCEL", "COMPLETE", "EXCEPTION", "FOC"
#: Nothing happens to such an order any more.
OVER = frozenset({CANCELLED, CANCELLING, COMPLETE})

#: Any other state is for a person.
STATES: MappingProxyType[str, CarrierStatus] = MappingProxyType(
    {
        **dict.fromkeys(DRAFTS, CarrierStatus.RECEIVED),
        "VALIDATE_TFNS": CarrierStatus.RECEIVED,
        "INVALID_TFNS": CarrierStatus.REJECTED,
        "PENDING_DOCUMENTS": CarrierStatus.RECEIVED,
        "SUBMITTED": CarrierStatus.RECEIVED,
        "REQUESTED_SUPP": CarrierStatus.RECEIVED,
        EXCEPTION: CarrierStatus.REJECTED,
        FOC: CarrierStatus.FOC_CONFIRMED,
        COMPLETE: CarrierStatus.PORTED,
        CANCELLED: CarrierStatus.CANCELLED,
        # May be undone by the losing carrier, and may still be moving: nobody should count on either.
        CANCELLING: CarrierStatus.UNKNOWN,
    }
)
#: What Bandwidth waits for in a state.
ASKS: MappingProxyType[str, str] = MappingProxyType(
    {"PENDING_DOCUMENTS": "Bandwidth waits for the signed letter (toll-free: as PDF or TIFF) before it goes on"}
)

ZONE = ZoneInfo("America/New_York")
#: When manual ports move, and all others that ask for no other time.
DEFAULT_TIME = time(11, 30)
#: From when numbers may be moved on demand, by type of port, and until when.
OPENS: MappingProxyType[str, time] = MappingProxyType(
    {"AUTOMATEDOFFNET": time(6), "AUTOMATED": time(5), "INTERNAL": time(5)}
)
CLOSES = time(22)
_STRICTEST = time(6)
_YEARS = range(1970, 2200)


def eastern(day: date, at: time) -> datetime:
    """That moment on the clocks of New York, where Bandwidth keeps its hours."""
    return datetime.combine(day, at, ZONE)


def opens(port_type: str, vendor: str) -> time:
    """From when a port of this type may be moved on the FOC day; by its stricter rule where the type is not plain."""
    off_net = vendor and not vendor.upper().startswith("BANDWIDTH")
    return _STRICTEST if off_net else OPENS.get(port_type.upper(), _STRICTEST)


def moment(text: str) -> datetime | None:
    """A moment as Bandwidth writes one, with its zone; None for an empty one.

    Raises:
        ValueError: It is no moment, or says nothing of its zone.
    """
    if not text:
        return None
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a moment without a zone")
    _plausible(read)
    return read


def foc(text: str, port_type: str) -> datetime | None:
    """The moment of a FOC: a bare day is at 11:30 New York, as is every manual port whatever time is written.

    Raises:
        ValueError: It is no moment.
    """
    if not text:
        return None
    if "T" not in text:
        return eastern(_plausible(date.fromisoformat(text[:10])), DEFAULT_TIME)
    at = moment(text)
    if at is None:
        return None
    if at.time() == time(0):
        return eastern(at.date(), DEFAULT_TIME)
    if port_type.upper().startswith("MANUAL"):
        return eastern(at.astimezone(ZONE).date(), DEFAULT_TIME)
    return at


def _plausible(day: date) -> date:
    """The day, if it can be reckoned with in any zone."""
    if day.year not in _YEARS:
        raise ValueError("a day of another age")
    return day
