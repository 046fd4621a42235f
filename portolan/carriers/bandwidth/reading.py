"""Bandwidth's orders, read: one port-in as its GET tells it, and what its errors mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from portolan.carriers.bandwidth import secrecy, xml
from portolan.carriers.bandwidth.states import ASKS, CANCELLED, COMPLETE, EXCEPTION, FOC, STATES, foc, moment
from portolan.domain.carrier import CarrierOrder, CarrierPart, CarrierStatus, NumberStatus
from portolan.domain.rejections import Rejection, from_vendor, meanings

#: The off-net vendor's own code in the words of an error; its last letter counts.
_OFF_NET = re.compile(r"\bLNP[0-9]{3}[JSW]\b")
#: Codes that say no more than that something went wrong elsewhere.
_VAGUE = frozenset({"VENDOR_ERROR", "OTHER"})
#: A change that Bandwidth took and its vendor never got: the order stands as it did (seen at orders with a FOC).
_CHANGE_LOST = "7300"
_NATIONAL = re.compile(r"[2-9][0-9]{9}")


@dataclass(frozen=True)
class Portin:
    """One port-in.

    Attributes:
        reference: Its CustomerOrderId.
        numbers: In E.164.
        bulk: The bulk order that it is part of.
        activated: Numbers that were moved on demand already, as far as somebody looked.
        source: The answer, from which values are copied that a change has to repeat.
    """

    order_id: str
    state: str
    reference: str = ""
    numbers: tuple[str, ...] = ()
    errors: tuple[Rejection, ...] = ()
    foc_at: datetime | None = None
    updated_at: datetime | None = None
    port_type: str = ""
    vendor: str = ""
    triggered: bool = False
    bulk: str = ""
    site: str = ""
    peer: str = ""
    activated: frozenset[str] = frozenset()
    source: xml.Element | None = field(default=None, repr=False, compare=False)

    @property
    def status(self) -> CarrierStatus:
        """Where it stands, in canonical words."""
        found = STATES.get(self.state, CarrierStatus.UNKNOWN)
        if self.state == FOC and self.activated:
            return CarrierStatus.PORTED
        if self.state == FOC and any(error.vendor_code == _CHANGE_LOST for error in self.errors):
            return CarrierStatus.REJECTED
        return found

    @property
    def raw_status(self) -> str:
        """Bandwidth's word; where it gave an order up, with the reasons it gave."""
        if self.state == CANCELLED and self.errors:
            return f"{self.state}: {'; '.join(f'{error.vendor_code} {error.text}' for error in self.errors)}"
        return self.state

    @property
    def rejections(self) -> list[Rejection]:
        """Why it came back; an order that came back without a reason has one that says so."""
        if self.status is CarrierStatus.REJECTED and not self.errors:
            return [from_vendor("bandwidth", "", f"{self.state}, and no reason was given")]
        return list(self.errors) if self.status in {CarrierStatus.REJECTED, CarrierStatus.CANCELLED} else []

    @property
    def where(self) -> dict[str, NumberStatus]:
        """Where each number is."""
        here = set(self.numbers) if self.state == COMPLETE else self.activated
        return {number: NumberStatus.ACTIVE if number in here else NumberStatus.PENDING for number in self.numbers}

    @property
    def activated_at(self) -> datetime | None:
        """When the numbers moved: at the FOC, or on demand before the order was last changed."""
        if self.state != COMPLETE:
            return None
        at_foc = self.foc_at and self.updated_at and not self.triggered and self.foc_at <= self.updated_at
        return self.foc_at if at_foc else self.updated_at

    def as_part(self) -> CarrierPart:
        """It as one of several."""
        return CarrierPart(
            carrier_order_id=self.order_id,
            status=self.status,
            raw_status=self.raw_status,
            numbers=list(self.numbers),
            foc_at=self.foc_at,
        )

    def as_order(self, key: str, attempt: int) -> CarrierOrder:
        """It as the carrier's order for a sending of ours."""
        return CarrierOrder(
            carrier_order_id=self.order_id,
            key=key,
            attempt=attempt,
            status=self.status,
            raw_status=self.raw_status,
            rejections=self.rejections,
            foc_at=self.foc_at,
            numbers=self.where,
            activated_at=self.activated_at,
            updated_at=self.updated_at,
            asks=ASKS.get(self.state, ""),
        )


def portin(order_id: str, answer: xml.Element) -> Portin:
    """A port-in from the answer to a GET.

    Raises:
        ValueError: Something in it is not what it should be.
    """
    state = xml.words(answer, "ProcessingStatus").upper()
    if not state:
        raise ValueError("an order without a state")
    port_type = xml.words(answer, "PortType")
    listed = xml.child(answer, "ListOfPhoneNumbers")
    return Portin(
        order_id=order_id,
        state=state,
        reference=xml.words(answer, "CustomerOrderId"),
        numbers=tuple(dict.fromkeys(e164(one) for one in xml.texts(listed, "PhoneNumber")))
        if listed is not None
        else (),
        errors=tuple(errors(answer)),
        foc_at=foc(xml.words(answer, "ActualFocDate"), port_type),
        updated_at=moment(xml.words(answer, "LastModifiedDate")),
        port_type=port_type,
        vendor=xml.words(answer, "VendorName"),
        triggered=xml.words(answer, "Triggered").lower() == "true",
        bulk=xml.words(answer, "BulkPortinOrderId"),
        site=xml.words(answer, "SiteId"),
        peer=xml.words(answer, "PeerId"),
        source=answer,
    )


def errors(answer: xml.Element) -> Iterator[Rejection]:
    """Every error in an answer, in canonical words, wherever Bandwidth puts it: it has five ways of saying one."""
    secrets = xml.texts(answer, *secrecy.ELEMENTS)
    for element in answer.iter():
        if not isinstance(element.tag, str):
            continue
        code = xml.words(element, "Code") or xml.words(element, "ErrorCode")
        said = secrecy.masked(xml.words(element, "Description"), secrets)
        is_http = xml.name_of(element) == "Status" and len(code) <= len("404")
        if code and not is_http:
            numbers = [e164(one) for one in xml.texts(element, "Tn", "TN", "TelephoneNumber")]
            yield rejection(code, said, [one for one in numbers if one])


def rejection(code: str, text: str, numbers: list[str]) -> Rejection:
    """One error in canonical words; the off-net vendor's own code counts where Bandwidth's says nothing more."""
    found = _OFF_NET.search(text.upper())
    if found and set(meanings("bandwidth", code)) <= _VAGUE and meanings("level3", found[0]):
        return from_vendor("level3", found[0], text, numbers)
    return from_vendor("bandwidth", code, text, numbers)


def e164(national: str) -> str:
    """A number as Bandwidth writes it, in E.164; others as they are."""
    digits = national.strip()
    return f"+1{digits}" if _NATIONAL.fullmatch(digits) else digits


def state_after(answer: xml.Element) -> str:
    """The state that the answer to a change names; it may be out of date already."""
    return xml.words(answer, "ProcessingStatus").upper()


__all__ = ["EXCEPTION", "Portin", "e164", "errors", "portin", "rejection", "state_after"]
