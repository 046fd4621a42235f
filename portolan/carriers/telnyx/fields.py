"""What of an order is sent to Telnyx, and what of it an order there lacks: computed, never asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from portolan.carriers.addresses import Address
from portolan.carriers.telnyx.reading import Held, Requirement
from portolan.domain.carrier import FocWindow, NumberConfiguration, Submission
from portolan.domain.errors import CarrierInvalid, CarrierRefused
from portolan.domain.foc import in_words

#: What becomes of the numbers that stay, by our word for it.
_REMAINING = MappingProxyType({"keep": "keep", "cease": "disconnect"})
#: Where a day begins for Telnyx's windows: they are those of Central Time in North America.
_ZONES = MappingProxyType(dict.fromkeys(("US", "CA", "PR", ""), ZoneInfo("America/Chicago")))
_UTC = ZoneInfo("UTC")
#: What a requirement's name says it is satisfied by; the first that fits counts.
_SATISFIED_BY = (
    ("loa", ("letter of authori", "loa", "porting form", "port form", "mandate")),
    ("bill", ("invoice", "bill", "statement")),
    ("csr", ("customer service record", "csr")),
)
_WINDOWS_NAMED = 5


def wanted(submission: Submission, address: Address, webhook_url: str) -> dict[str, Any]:
    """Everything of the account and the numbers that the order has to say there.

    Raises:
        CarrierRefused: The numbers have different PINs, and an order takes one.
    """
    account = submission.account
    told: dict[str, Any] = {
        "end_user": {
            "admin": _given(
                entity_name=account.entity_name,
                auth_person_name=account.authorized_person,
                account_number=account.account_number,
                billing_phone_number=account.btn,
                pin_passcode=_pin(submission),
                tax_identifier=submission.secret("nif"),
            ),
            "location": {
                "street_address": address.street,
                "extended_address": address.extended or None,
                "locality": address.locality,
                "administrative_area": address.region or None,
                "postal_code": address.postal_code,
                "country_code": address.country,
            },
        },
        **_given(webhook_url=webhook_url),
    }
    if submission.remaining in _REMAINING:
        action = _REMAINING[submission.remaining]
        told["misc"] = {"type": "partial", "remaining_numbers_action": action}
        told["misc"] |= _given(new_billing_phone_number=submission.new_btn)
    if submission.configuration:
        told["phone_number_configuration"] = configured(submission.configuration)
    if submission.activation == "on_demand":
        # Its guide names the field; the document leaves it out.
        told["activation_settings"] = {"activation_type": "on-demand"}
    return told


def messaging_wanted(submission: Submission, held: Held) -> dict[str, Any]:
    """Have the messaging moved along where numbers have a profile for it and can."""
    profile = submission.configuration.messaging_profile if submission.configuration else ""
    return {"messaging": {"enable_messaging": True}} if profile and held.messaging_capable else {}


def secrets(submission: Submission) -> list[str]:
    """What must never be in a message."""
    return list(submission.secrets.values())


def configured(configuration: NumberConfiguration) -> dict[str, Any]:
    """What the numbers get on arrival, in Telnyx's words; what is not said stays as it is there."""
    tags = {"tags": [configuration.routing]} if configuration.routing else {}
    return tags | _given(
        connection_id=configuration.contact_flow,
        emergency_address_id=configuration.emergency_address,
        messaging_profile_id=configuration.messaging_profile,
    )


def lacking(want: Mapping[str, Any], has: object, agreed: bool = False) -> dict[str, Any]:
    """Of what is wanted, what is not there yet; nothing and null are the same.

    Args:
        agreed: Whether the losing carrier has agreed to what it was told: then a PIN that is not shown is the right
            one. Before, it may be the old one, and is sent.
    """
    there = has if isinstance(has, Mapping) else {}
    found: dict[str, Any] = {}
    for name, value in want.items():
        if isinstance(value, Mapping):
            deeper = lacking(value, there.get(name), agreed)
            if deeper:
                found[name] = deeper
        elif (there.get(name) or None) != (value or None) and not (agreed and _hidden(name, there.get(name))):
            found[name] = value
    # What becomes of the remaining numbers is one thing said in several fields.
    return found | ({"misc": dict(want["misc"])} if "misc" in found else {})


def moment_of_day(
    day: date | None, windows: Sequence[FocWindow], country: str, held: Held, order_id: str
) -> datetime | None:
    """When to ask the numbers to move: in the first window on the day, or the first of all where no day is asked for.

    None where neither we nor Telnyx name a day.

    Args:
        day: The day the customer wants, by the calendar where the numbers are.
        windows: What Telnyx allows, earliest first; none where it does not say.
        country: ISO 3166 alpha-2.
        held: The order there; a date it has in a window of the day stays.

    Raises:
        CarrierInvalid: No window is on that day; the message names those there are.
    """
    zone = _ZONES.get(country.upper(), _UTC)
    if not windows:
        return datetime.combine(day, time(12), zone) if day else None
    fitting = [one for one in windows if day is None or one.starts_at.astimezone(zone).date() == day]
    if not fitting:
        named = "; ".join(f"{in_words(one.starts_at)} to {in_words(one.ends_at)}" for one in windows[:_WINDOWS_NAMED])
        raise CarrierInvalid(
            f"The order was not handed in: Telnyx lets no number move on {day}. It allows: {named or 'none'}.",
            f"Ask for another day: `portolan reschedule {order_id} --on DAY --by NAME --reason WHY`.",
        )
    asked = held.asked_for
    return asked if asked and any(one.starts_at <= asked <= one.ends_at for one in fitting) else fitting[0].starts_at


def requirement_papers(requirements: Sequence[Requirement]) -> dict[str, str]:
    """Which kind of paper satisfies each open requirement for a document, by the requirement's id."""
    found: dict[str, str] = {}
    for one in requirements:
        name = one.name.lower()
        kind = next((kind for kind, words in _SATISFIED_BY if any(word in name for word in words)), "")
        if kind and one.type_id and one.kind == "document" and not one.value:
            found[one.type_id] = kind
    return found


def _pin(submission: Submission) -> str:
    """The one PIN of the order: the account's, or the one that all its numbers have."""
    pins = {submission.secret("pin", number) for number in submission.numbers}
    if len(pins) > 1:
        raise CarrierRefused(
            "Nothing was sent: Telnyx takes one PIN for the whole order, and its numbers have different ones or none.",
            f"Give each the same with `portolan secret {submission.order_id} pin VALUE NUMBER`, then answer retry.",
        )
    return pins.pop() if pins else ""


def _hidden(name: str, there: object) -> bool:
    """Whether a PIN is there that Telnyx does not show."""
    return name == "pin_passcode" and isinstance(there, str) and bool(there) and not there.strip("*")


def _given(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
