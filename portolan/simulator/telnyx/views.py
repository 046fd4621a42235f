"""How Telnyx shows an order, its numbers and what happened to it: computed from order, behaviour and time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from portolan.carriers.simulated import standing
from portolan.domain.carrier import CarrierOrder, CarrierStatus, MessagingStatus, NumberStatus
from portolan.domain.errors import PortolanError
from portolan.domain.rejections import Rejection
from portolan.numbering import parse
from portolan.simulator.behaviour import Behaviour, vendor_code, worded
from portolan.simulator.orders import PortOrder, Remark
from portolan.simulator.store import NAMES
from portolan.simulator.telnyx.words import moment

STATUSES: Mapping[CarrierStatus, str] = {
    CarrierStatus.RECEIVED: "in-process",
    CarrierStatus.ACCEPTED: "submitted",
    CarrierStatus.REJECTED: "exception",
    CarrierStatus.FOC_CONFIRMED: "foc-date-confirmed",
    CarrierStatus.PORTED: "ported",
    CarrierStatus.CANCELLED: "cancelled",
    CarrierStatus.PORTED_BACK: "ported",
}
ACTIVATION: Mapping[NumberStatus, str] = {
    NumberStatus.ACTIVE: "Active",
    NumberStatus.FAILED: "Failed",
    NumberStatus.RETURNED: "Old",
}
#: Before a number moves, by the order's status.
WAITING: Mapping[str, str] = {
    "submitted": "Pending",
    "exception": "Pending",
    "foc-date-confirmed": "Concurred",
    "cancel-pending": "Cancel Pending",
    "cancelled": "Cancelled",
}
TYPES: Mapping[str, str] = {
    "mobile": "mobile",
    "toll_free": "toll_free",
    "non_geographic": "national",
    "special_rate": "shared_cost",
    "premium": "shared_cost",
}
FAST = frozenset({("US", "local"), ("CA", "local")})


class Stand(NamedTuple):
    """An order at a moment; `canonical` is None for a draft."""

    order: PortOrder
    behaviour: Behaviour
    canonical: CarrierOrder | None
    now: datetime

    @property
    def status(self) -> str:
        """The order's status in Telnyx's words, or in those of a script that nobody knows."""
        if self.canonical is None:
            return "draft"
        if self.order.cancel_asked and self.canonical.status is not CarrierStatus.CANCELLED:
            return "cancel-pending"
        return STATUSES.get(self.canonical.status, self.canonical.raw_status)


def kind_of(number: str) -> tuple[str, str]:
    """Country and type of a number."""
    try:
        known = parse(number)
    except PortolanError:
        return "US", "local"
    return known.country, TYPES.get(known.number_class, "local")


def named_id(*names: str) -> str:
    """The id of something that belongs to something else."""
    return str(uuid.uuid5(NAMES, ":".join(names)))


def status(stand: Stand) -> dict[str, Any]:
    """Status and, of an exception, what is wrong."""
    reasons = stand.canonical.rejections if stand.canonical and stand.status == "exception" else []
    return {"value": stand.status, "details": [_exception(reason) for reason in reasons]}


def _exception(reason: Rejection) -> dict[str, str]:
    code = vendor_code("telnyx", reason.code) or "OTHER"
    return {"code": code, "description": worded(reason)}


def order(stand: Stand, with_numbers: bool = True) -> dict[str, Any]:
    """An order."""
    held, fields, canonical = stand.order, stand.order.fields, stand.canonical
    _, kind = kind_of(held.numbers[0])
    dated = canonical and canonical.status in {CarrierStatus.FOC_CONFIRMED, CarrierStatus.PORTED}
    numbers = phone_numbers(stand)
    return {
        "id": held.id,
        "record_type": "porting_order",
        "created_at": moment(held.created_at),
        "updated_at": moment(held.updated_at),
        "customer_reference": held.reference or None,
        "customer_group_reference": fields.get("group") or None,
        "description": f"Simulated {kind} port",
        "status": status(stand),
        "activation_settings": {
            "activation_status": numbers[0]["activation_status"] if canonical else None,
            "activation_type": "on-demand" if held.on_demand else "scheduled",
            "fast_port_eligible": fast(held),
            "foc_datetime_requested": moment(held.requested_foc),
            "foc_datetime_actual": moment(canonical.foc_at) if canonical and dated else None,
        },
        "additional_steps": [],
        "documents": {"loa": None, "invoice": None} | fields.get("documents", {}),
        "end_user": {
            "admin": dict.fromkeys(ADMIN) | fields.get("admin", {}),
            "location": dict.fromkeys(LOCATION) | fields.get("location", {}),
        },
        "messaging": messaging(stand),
        "misc": fields.get("misc"),
        "old_service_provider_ocn": "Simulated Losing Carrier",
        "parent_support_key": fields.get("parent_key") if canonical else None,
        "support_key": support_key(held) if canonical else None,
        "phone_number_configuration": dict.fromkeys(CONFIGURATION) | {"tags": []} | fields.get("configuration", {}),
        "phone_number_type": kind,
        "phone_numbers": numbers if with_numbers else [],
        "porting_phone_numbers_count": len(numbers),
        "requirements": [
            {
                "field_type": "document",
                "field_value": each["field_value"],
                "record_type": "porting_requirement",
                "requirement_type_id": each["requirement_type_id"],
            }
            for each in fields.get("requirements", [])
        ],
        "requirements_met": not lacking(stand),
        "user_feedback": {"user_comment": None, "user_rating": None} | fields.get("feedback", {}),
        "user_id": named_id("telnyx.user", held.account),
        "webhook_url": held.webhook_url or None,
    }


ADMIN = (
    "account_number", "auth_person_name", "billing_phone_number", "business_identifier", "entity_name",
    "pin_passcode", "tax_identifier",
)  # fmt: skip
LOCATION = ("administrative_area", "country_code", "extended_address", "locality", "postal_code", "street_address")
CONFIGURATION = ("billing_group_id", "connection_id", "emergency_address_id", "messaging_profile_id")
#: Without which an order is not confirmed.
NEEDED = {
    "admin": ("entity_name", "auth_person_name", "account_number"),
    "location": ("street_address", "locality", "postal_code"),
}


def lacking(stand: Stand) -> list[str]:
    """What an order needs and does not have, as pointers."""
    fields = stand.order.fields
    found = [
        f"/end_user/{part}/{name}"
        for part, names in NEEDED.items()
        for name in names
        if not fields.get(part, {}).get(name)
    ]
    documents = fields.get("documents", {})
    return found + [f"/documents/{kind}" for kind in stand.behaviour.documents if not documents.get(kind)]


def fast(held: PortOrder) -> bool:
    """Whether it is a FastPort order."""
    return all(kind_of(number) in FAST for number in held.numbers)


def support_key(held: PortOrder) -> str:
    """What its desk calls the order."""
    return f"sr_{held.id.replace('-', '')[:6]}"


def phone_numbers(stand: Stand) -> list[dict[str, Any]]:
    """The order's numbers, each with where it is."""
    held = stand.order
    where = dict(standing.numbers(held.held, stand.behaviour, stand.now))
    return [
        {
            "id": named_id("telnyx.number", held.id, number),
            "record_type": "porting_phone_number",
            "phone_number": number,
            "phone_number_type": kind_of(number)[1],
            "porting_order_id": held.id,
            "porting_order_status": stand.status,
            "support_key": support_key(held) if stand.canonical else "",
            "activation_status": ACTIVATION.get(where[number]) or WAITING.get(stand.status, "New"),
            "portability_status": "confirmed",
            "requirements_status": "requirement-info-pending" if lacking(stand) else "approved",
        }
        for number in held.numbers
    ]


def messaging(stand: Stand) -> dict[str, Any]:
    """Where the order's messaging is."""
    wanted = stand.order.fields.get("enable_messaging", False)
    found = set(standing.messaging(stand.order.held, stand.behaviour, stand.now).values())
    if not wanted:
        where = "not_applicable"
    elif MessagingStatus.FAILED in found:
        where = "exception"
    elif MessagingStatus.ACTIVATING in found:
        where = "activating"
    elif MessagingStatus.PORTED in found:
        where = "ported" if found == {MessagingStatus.PORTED} else "partial_port_complete"
    else:
        where = "canceled" if stand.status == "cancelled" else "pending"
    return {
        "enable_messaging": wanted,
        "messaging_capable": fast(stand.order),
        "messaging_port_completed": where == "ported",
        "messaging_port_status": where,
    }


def comment(held: PortOrder, remark: Remark) -> dict[str, Any]:
    """A comment."""
    return {
        "id": remark.id,
        "record_type": "porting_comment",
        "porting_order_id": held.id,
        "body": remark.text,
        "user_type": "admin" if remark.from_carrier else "user",
        "created_at": moment(remark.at),
    }
