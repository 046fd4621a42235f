"""What Telnyx's numbers are configured to: on the order before they arrive, on each number after."""

from __future__ import annotations

from collections.abc import Sequence

from portolan.carriers.telnyx import fields
from portolan.carriers.telnyx.calls import Calls
from portolan.carriers.telnyx.reading import Held, Line
from portolan.carriers.telnyx.standing import CANCELLED, PORTED, messaging, numbers
from portolan.domain.carrier import MessagingStatus, NumberConfiguration, NumberStatus
from portolan.domain.errors import CarrierRefused

#: Takes the configuration from an order whose numbers have not arrived.
_NOTHING: dict[str, object] = {
    **dict.fromkeys(("connection_id", "emergency_address_id", "messaging_profile_id")),
    "tags": [],
}


def configure(calls: Calls, parts: Sequence[Held], configuration: NumberConfiguration) -> bool:
    """Give the numbers this configuration; False where some have not arrived yet, by the registry or the inventory.

    Raises:
        CarrierRefused: The order was cancelled.
    """
    live = [part for part in parts if part.raw != CANCELLED]
    if not live:
        raise CarrierRefused(f"Order {parts[0].carrier_order_id} was cancelled: its numbers are not coming here.")
    wanted = {"phone_number_configuration": fields.configured(configuration)}
    done = True
    for part in live:
        if part.raw != PORTED:
            _change_order(calls, part, fields.lacking(wanted, part.body))
            continue
        for number, where in numbers([part]).items():
            if where is NumberStatus.RETURNED:
                continue
            line = calls.line(number) if where is NumberStatus.ACTIVE else None
            if line:
                _configure_line(calls, line, configuration)
            done = done and line is not None
    return done


def unconfigure(calls: Calls, parts: Sequence[Held]) -> None:
    """Take the configuration from the numbers; those without stay so.

    Tags that the numbers' order does not name were set by others, or not through the order, and stay.
    """
    for part in parts:
        if part.raw == CANCELLED:
            continue
        found = part.body.get("phone_number_configuration")
        there = found if isinstance(found, dict) else {}
        if part.raw != PORTED:
            if any(there.get(name) for name in _NOTHING):
                _change_order(calls, part, {"phone_number_configuration": _NOTHING})
            continue
        for number in part.numbers:
            line = calls.line(number)
            if line:
                _unconfigure_line(calls, line, there.get("tags"))


def settle(calls: Calls, parts: Sequence[Held], campaign: str) -> dict[str, MessagingStatus]:
    """Where the messaging of each number is; those whose messaging has moved join the campaign's messaging profile.

    Args:
        campaign: The id of the messaging profile that is in the campaign; empty: nothing is to be joined.
    """
    found: dict[str, MessagingStatus] = {}
    for part in parts:
        for number, where in numbers([part]).items():
            found[number] = messaging(part) if where is NumberStatus.ACTIVE else MessagingStatus.PENDING
            if found[number] is MessagingStatus.PORTED and (not campaign or _joined(calls, number, campaign)):
                found[number] = MessagingStatus.SETTLED
    return found


def _joined(calls: Calls, number: str, profile: str) -> bool:
    line = calls.line(number)
    if line and line.messaging_profile != profile:
        calls.change_messaging(line, profile)
    return line is not None


def _change_order(calls: Calls, part: Held, body: dict[str, object]) -> None:
    if body:
        calls.change(part.carrier_order_id, body)


def _configure_line(calls: Calls, line: Line, wanted: NumberConfiguration) -> None:
    body: dict[str, object] = {}
    if wanted.contact_flow and wanted.contact_flow != line.connection:
        body["connection_id"] = wanted.contact_flow
    if wanted.routing and wanted.routing not in line.tags:
        body["tags"] = [*line.tags, wanted.routing]
    if body:
        calls.change_line(line, body)
    if wanted.messaging_profile and wanted.messaging_profile != line.messaging_profile:
        calls.change_messaging(line, wanted.messaging_profile)
    if wanted.emergency_address and (not line.emergency or wanted.emergency_address != line.emergency_address):
        calls.change_emergency(line, wanted.emergency_address, True)


def _unconfigure_line(calls: Calls, line: Line, given: object) -> None:
    """Take from a number what it has; of its tags those that its order gave it."""
    kept = [tag for tag in line.tags if not (isinstance(given, list) and tag in given)]
    body: dict[str, object] = {"connection_id": ""} if line.connection else {}
    if len(kept) < len(line.tags):
        body["tags"] = kept
    if body:
        calls.change_line(line, body)
    if line.messaging_profile:
        calls.change_messaging(line, "")
    if line.emergency:
        calls.change_emergency(line, line.emergency_address, False)
