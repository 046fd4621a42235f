"""How Twilio shows a request and each of its numbers: computed from the order, its behaviour and the time.

Twilio follows each number by itself. A request's own state is what its numbers amount to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portolan.carriers.simulated import standing
from portolan.domain.carrier import CarrierStatus, NumberStatus
from portolan.domain.rejections import Rejection
from portolan.simulator.behaviour import Behaviour, alike, narrowed, vendor_code, worded
from portolan.simulator.orders import PortOrder
from portolan.simulator.steps import SIGNED, Rules, moves
from portolan.simulator.twilio.words import MISSING, REASONS, Kind, kind_of, moment, sid

VENDOR = "twilio"
REVIEW, SIGNING, PROGRESS, ACTION, COMPLETED, EXPIRED, CANCELED = (
    "In review", "Waiting for Signature", "In progress", "Action Required", "Completed", "Expired", "Canceled",
)  # fmt: skip
REQUEST_STATES = (REVIEW, SIGNING, PROGRESS, ACTION, COMPLETED, EXPIRED, CANCELED)
IN_REVIEW, WAITING, SUBMITTED, PENDING, REJECTED, DONE, CANCELING, GONE = (
    "in_review", "waiting_for_signature", "port_submitted", "port_pending", "port_rejected", "completed", "canceling",
    "canceled",
)  # fmt: skip
SAID: Mapping[CarrierStatus, str] = {
    CarrierStatus.RECEIVED: SUBMITTED,
    CarrierStatus.ACCEPTED: PENDING,
    CarrierStatus.FOC_CONFIRMED: PENDING,
    CarrierStatus.REJECTED: REJECTED,
}
#: What it says where a reason has no code of its own, or a number does not come into service.
SUPPORT = "CONTACT_SUPPORT_REQUIRED"
_RULES = Rules(lambda foc_at: None, None, by_number=True)


class Where(NamedTuple):
    """Where a number is.

    Attributes:
        port_date: When it moves, or did.
        code: Why it was rejected; `reason` in words.
        updated: Since when it is there.
    """

    status: str
    port_date: datetime | None = None
    code: str = ""
    reason: str = ""
    updated: datetime | None = None


class Stand(NamedTuple):
    """A request at a moment: its state, and its numbers in the order they were given in."""

    order: PortOrder
    status: str
    numbers: dict[str, Where]


def stand(order: PortOrder, behaviour: Behaviour, now: datetime, fresh: bool = False) -> Stand:
    """A request as it stands.

    Args:
        fresh: As the answer to its creation has it, before anybody looked at it.
    """
    gone = {number: datetime.fromisoformat(at) for number, at in order.fields["gone"].items()}
    said = {number: where for group in alike(behaviour, order) for number, where in _said(order, behaviour, now, group)}
    found: dict[str, Where] = {}
    for number in order.fields["numbers"]:
        if number in gone:
            found[number] = Where(GONE, updated=gone[number])
        elif number in said and said[number].status == DONE:
            found[number] = said[number]
        elif order.held.cancelled_at:
            found[number] = Where(GONE, updated=order.held.cancelled_at)
        elif order.cancel_asked:
            found[number] = Where(CANCELING, updated=order.cancel_asked)
        elif fresh or unfit(order, number):
            found[number] = Where(IN_REVIEW, updated=order.created_at)
        elif SIGNED not in order.told:
            found[number] = Where(WAITING, updated=order.created_at)
        else:
            found[number] = said[number]
    return Stand(order, _status(order, found, fresh), found)


def unfit(order: PortOrder, number: str) -> int:
    """Why a number cannot be moved to Twilio, as its code; 0: it can be."""
    return int(order.fields["unfit"].get(number, 0))


def _said(order: PortOrder, behaviour: Behaviour, now: datetime, group: Sequence[str]) -> Iterator[tuple[str, Where]]:
    """What the losing carrier has said to numbers that went to it, and to which it says the same."""
    if SIGNED not in order.told:
        return
    script = narrowed(behaviour, order, list(group))
    clear = {"activated_at": None, "cancelled_at": None, "returned_at": None}
    until = min(now, order.held.cancelled_at or now)
    stands = standing.order(order.held.model_copy(update=clear), script, until)
    moved_at = moves(order, script, _RULES)
    reason = stands.rejections[0] if stands.rejections else None
    where = Where(
        SAID.get(stands.status, stands.raw_status),
        stands.foc_at if stands.status is CarrierStatus.FOC_CONFIRMED else None,
        _code(reason) if reason else "",
        worded(reason) if reason else "",
        stands.updated_at,
    )
    dead = set[str]()
    if moved_at and moved_at <= until:
        where = Where(DONE, stands.foc_at or moved_at, updated=moved_at)
        dead = {each for each, at in standing.numbers(order.held, behaviour, now) if at is NumberStatus.FAILED}
    for each in group:
        failed = Where(REJECTED, None, SUPPORT, "The number did not come into service.", moved_at)
        yield each, failed if each in dead else where


def _code(reason: Rejection) -> str:
    code = vendor_code(VENDOR, reason.code)
    return SUPPORT if not code or code.isdecimal() else code


def _status(order: PortOrder, numbers: Mapping[str, Where], fresh: bool) -> str:
    live = {number: where.status for number, where in numbers.items() if where.status != GONE}
    if not live or (order.held.cancelled_at and DONE not in live.values()):
        return CANCELED
    if order.deleted_at:
        return EXPIRED
    if fresh:
        return REVIEW
    if all(status == DONE for status in live.values()):
        return COMPLETED
    if REJECTED in live.values() or any(unfit(order, number) for number in live):
        return ACTION
    return SIGNING if SIGNED not in order.told else PROGRESS


def kind(order: PortOrder, behaviour: Behaviour, number: str) -> Kind:
    """Country and type of one of its numbers."""
    return kind_of(number, number in behaviour.wireless)


def number_sid(order: PortOrder, number: str) -> str:
    """The id of a number in a request."""
    return sid("PU", order.id, number)


def request(found: Stand, behaviour: Behaviour, base: str) -> dict[str, Any]:
    """A request, with all its numbers."""
    order, fields = found.order, found.order.fields
    waits = found.status == SIGNING
    return {
        "port_in_request_sid": order.id,
        "url": f"{base}/v1/Porting/PortIn/{order.id}",
        "account_sid": fields["account_sid"],
        "notification_emails": fields["emails"],
        "target_port_in_date": fields["target_date"],
        "target_port_in_time_range_start": fields["target_from"],
        "target_port_in_time_range_end": fields["target_until"],
        "port_in_request_status": found.status,
        "support_ticket_id": fields["ticket"],
        "order_cancellation_reason": cancellation(found),
        "losing_carrier_information": fields["losing"],
        "phone_numbers": [_result(found, behaviour, number) for number in found.numbers],
        "bundle_sid": fields["bundle"],
        "portability_advance_carrier": None,
        "auto_cancel_approval_numbers": None,
        "documents": fields["documents"],
        "date_created": moment(order.created_at),
        "signature_request_url": f"https://simulator.invalid/sign/{order.id}" if waits else None,
    }


def cancellation(found: Stand) -> str | None:
    """Why it was cancelled, if it was."""
    return "Canceled by the customer." if found.status == CANCELED else None


def _result(found: Stand, behaviour: Behaviour, number: str) -> dict[str, Any]:
    order, where = found.order, found.numbers[number]
    code = unfit(order, number)
    return {
        "phone_number": number,
        "number_type": kind(order, behaviour, number).type,
        "rejection_reason": where.reason or None,
        "rejection_reason_code": where.code or None,
        "status_last_time_updated_timestamp": moment(where.updated),
        "portable": not code,
        "not_portability_reason": REASONS.get(code) if code else None,
        "not_portability_reason_code": code or None,
        "port_in_phone_number_sid": number_sid(order, number),
        "port_in_phone_number_status": where.status,
        "port_date": moment(where.port_date),
        "external_porting_vendor_phone_number_id": None,
    }


def number(found: Stand, behaviour: Behaviour, one: str, base: str) -> dict[str, Any]:
    """A number of a request by itself; its document has the code of a rejection as a number here, and names none."""
    order, where = found.order, found.numbers[one]
    code, pin = unfit(order, one), order.fields["pins"].get(one, "")
    known = kind(order, behaviour, one)
    return {
        "port_in_request_sid": order.id,
        "phone_number_sid": number_sid(order, one),
        "url": f"{base}/v1/Porting/PortIn/{order.id}/PhoneNumber/{number_sid(order, one)}",
        "account_sid": order.fields["account_sid"],
        "phone_number_type": known.type,
        "date_created": moment(order.created_at),
        "country": known.country or None,
        "missing_required_fields": code == MISSING,
        "last_updated": moment(where.updated),
        "phone_number": one,
        "portable": not code,
        "not_portability_reason": REASONS.get(code) if code else None,
        "not_portability_reason_code": code or None,
        "port_in_phone_number_status": where.status,
        "port_out_pin": int(pin) if pin.isascii() and pin.isdecimal() else None,
        "rejection_reason": where.code or None,
        "rejection_reason_code": None,
        "port_date": moment(where.port_date),
    }


def listed(found: Stand) -> dict[str, Any]:
    """A request in the list of all; its document shows the moment of a change as a day."""
    statuses = [where.status for where in found.numbers.values()]
    return {
        "port_in_request_sid": found.order.id,
        "port_in_request_status": found.status,
        "status_last_updated_timestamp": found.order.updated_at.date().isoformat(),
        "phone_numbers_requested": len(statuses),
        "phone_numbers_ported": statuses.count(DONE),
        "suggested_action": None,
    }
