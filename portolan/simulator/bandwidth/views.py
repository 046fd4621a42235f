"""How Bandwidth shows a port-in: its state, its errors, its dates, and what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from portolan.carriers.bandwidth import xml
from portolan.domain.carrier import CarrierOrder, CarrierStatus, NumberStatus
from portolan.simulator.bandwidth.words import Fault, errors, is_free, moment, national, rejected
from portolan.simulator.behaviour import Behaviour
from portolan.simulator.orders import PortOrder
from portolan.simulator.steps import Window

ZONE = ZoneInfo("America/New_York")
#: When all numbers move that are not triggered, and from and until when those may.
FOC_CLOCK, OPENS, CLOSES = "11:30 America/New_York", time(5), time(22)
DRAFT, VALID, INVALID, PENDING, SUBMITTED, SUPP, EXCEPTION, FOC, CANCELLING, CANCELLED, COMPLETE = (
    "DRAFT", "VALID_DRAFT_TFNS", "INVALID_DRAFT_TFNS", "PENDING_DOCUMENTS", "SUBMITTED", "REQUESTED_SUPP", "EXCEPTION",
    "FOC", "REQUESTED_CANCEL", "CANCELLED", "COMPLETE",
)  # fmt: skip
DRAFTS = frozenset({DRAFT, VALID, INVALID})
ENDED = frozenset({CANCELLED, CANCELLING, COMPLETE})
STATES: Mapping[CarrierStatus, str] = {
    CarrierStatus.RECEIVED: SUBMITTED,
    CarrierStatus.ACCEPTED: SUBMITTED,
    CarrierStatus.REJECTED: EXCEPTION,
    CarrierStatus.FOC_CONFIRMED: FOC,
    CarrierStatus.PORTED: COMPLETE,
    CarrierStatus.PORTED_BACK: COMPLETE,
    CarrierStatus.CANCELLED: CANCELLED,
}
#: The elements of an order as it shows them, in order; the others it adds itself.
GIVEN = (
    "RequestedFocDate", "AlternateSpid", "LoaAuthorizingPerson", "Subscriber", "WirelessInfo", "TnAttributes",
    "BillingTelephoneNumber", "NewBillingTelephoneNumber", "SiteId", "PeerId", "TargetRespOrgId", "PartialPort",
    "Triggered", "Immediately",
)  # fmt: skip
LOSING_SPID, LOSING = "9999", "Simulated Losing Carrier"


class Stand(NamedTuple):
    """A port-in at a moment; `canonical` is None for a draft."""

    order: PortOrder
    state: str
    faults: list[Fault]
    canonical: CarrierOrder | None

    @property
    def foc_at(self) -> datetime | None:
        """When it moves, or did, once that is agreed."""
        agreed = self.canonical and self.state in {FOC, COMPLETE}
        return self.canonical.foc_at if self.canonical and agreed else None


def stand(order: PortOrder, canonical: CarrierOrder | None) -> Stand:
    """A port-in as it stands."""
    faults = [Fault(*fault) for fault in order.fields.get("faults", [])]
    if canonical is None:
        state = INVALID if faults else VALID if any(map(is_free, order.numbers)) else DRAFT
        return Stand(order, state, faults, None)
    state = STATES.get(canonical.status, canonical.raw_status)
    if order.cancel_asked and canonical.status is not CarrierStatus.CANCELLED:
        state = CANCELLING
    elif canonical.status is CarrierStatus.CANCELLED:
        state = CANCELLED
    elif faults:
        state = EXCEPTION
    elif order.fields.get("pending"):
        state = PENDING
    elif state == SUBMITTED and len(order.held.sendings) > 1:
        state = SUPP
    elif NumberStatus.FAILED in canonical.numbers.values():
        state = FOC
    told = [rejected(reason) for reason in canonical.rejections] if state == EXCEPTION else []
    return Stand(order, state, faults or told, canonical)


def lacks_letter(order: PortOrder, behaviour: Behaviour) -> bool:
    """Whether it waits for the signed letter."""
    return "loa" in behaviour.documents and not any(file["type"] == "LOA" for file in order.fields.get("files", []))


def portin(found: Stand) -> dict[str, xml.Value]:
    """A port-in, as its GET answers."""
    order, fields = found.order, found.order.fields
    values: dict[str, xml.Value] = {
        "Errors": errors(found.faults),
        "ProcessingStatus": found.state,
        "BulkPortinOrderId": fields.get("bulk", ""),
        "CustomerOrderId": fields.get("reference", ""),
        **given(order),
        "ListOfPhoneNumbers": {"PhoneNumber": [national(number) for number in order.numbers]},
        "ActualFocDate": moment(found.foc_at),
        "AccountId": order.account,
        "LosingCarrierSPID": LOSING_SPID,
        "LosingCarrierName": LOSING,
        "LosingCarrierIsWireless": False,
        "VendorName": "Bandwidth CLEC",
        "OrderCreateDate": moment(order.created_at),
        "LastModifiedDate": moment(order.updated_at),
        "userId": fields.get("user", ""),
        "LastModifiedBy": "System",
        "PortType": "AUTOMATED",
    }
    return {"PartialPort": False, "Triggered": False} | values


def given(order: PortOrder) -> dict[str, xml.Value]:
    """What it was given, as elements."""
    held: Mapping[str, str] = order.fields.get("given", {})
    return {name: xml.read(held[name].encode()) for name in GIVEN if name in held}


def row(found: Stand) -> dict[str, xml.Value]:
    """A port-in in a list."""
    order = found.order
    return {
        "accountId": order.account,
        "CountOfTNs": len(order.numbers),
        "userId": order.fields.get("user", ""),
        "lastModifiedDate": moment(order.updated_at),
        "OrderDate": moment(order.created_at),
        "OrderId": order.id,
        "OrderType": "port_in",
        "CustomerOrderId": order.fields.get("reference", ""),
        "ActualFOCDate": moment(found.foc_at),
        "LNPLosingCarrierId": LOSING_SPID,
        "LNPLosingCarrierName": LOSING,
        "ProcessingStatus": found.state,
        "RequestedFOCDate": moment(order.requested_foc),
        "VendorId": "49",
        "VendorName": "Bandwidth CLEC",
        "PON": order.id.replace("-", "")[:16].upper(),
    }


def window(order: PortOrder, foc_at: datetime) -> Window:
    """The span of the FOC day in which triggered numbers may be moved; they move by themselves at its end."""
    day = foc_at.astimezone(ZONE).date()
    ends_at = datetime.combine(day, CLOSES, ZONE)
    if wanted := order.fields.get("auto_at"):
        ends_at = min(ends_at, datetime.fromisoformat(wanted))
    return Window(datetime.combine(day, OPENS, ZONE), ends_at)
