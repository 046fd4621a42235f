"""What the losing carrier says to an order, by its script: as messages, and as the dates and reasons they name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portolan.carriers.simulated.script import Saying, Script
from portolan.carriers.simulated.store import HeldOrder
from portolan.domain.calendars import add_business_days, at, local
from portolan.domain.rejections import Rejection

CUTOVER_HOUR = 11


class CarrierMessage(NamedTuple):
    """A message the carrier sends of its own accord; `event` is what it amounts to for the order."""

    message_id: str
    order_id: str
    due_at: datetime
    event: dict[str, Any]


def sayings(script: Script, attempt: int) -> list[Saying]:
    """What is said to the sending of this attempt."""
    return script.sendings[min(attempt, len(script.sendings)) - 1] if script.sendings else []


def foc(saying: Saying, said_at: datetime, script: Script) -> datetime:
    """The date a saying names."""
    if saying.foc_hours is not None:
        return said_at + timedelta(hours=saying.foc_hours)
    day = add_business_days(local(said_at, script.time_zone).date(), saying.foc_business_days, script.closed_days)
    return at(day, CUTOVER_HOUR, script.time_zone)


def rejection(saying: Saying) -> Rejection:
    """The reason a saying gives."""
    return Rejection(code=saying.reason, text=saying.text, suggestion=saying.suggestion, numbers=saying.numbers)


def messages(orders: list[HeldOrder], script: Script) -> list[CarrierMessage]:
    """Every message about these orders so far and to come, in the order of arrival.

    The newest sending silences what was still to be said to earlier ones.
    """
    if script.messages == "lost":
        return []
    found = [message for held in orders for message in _said(held, script)]
    if script.messages == "reversed":
        dues = [message.due_at for message in found]
        found = [m._replace(due_at=due) for m, due in zip(reversed(found), dues, strict=True)]
    if script.messages == "twice":
        found = [m._replace(message_id=f"{m.message_id}:{n}") for m in found for n in (1, 2)]
    return found


def _said(held: HeldOrder, script: Script) -> Iterator[CarrierMessage]:
    for number, sending in enumerate(held.sendings, 1):
        following = held.sendings[number].at if number < len(held.sendings) else held.cancelled_at
        for index, saying in enumerate(sayings(script, sending.attempt)):
            due_at = sending.at + timedelta(hours=saying.after_hours)
            if following is None or due_at < following:
                event = {
                    "attempt": sending.attempt,
                    "occurred_at": due_at.isoformat(),
                    **_event(saying, due_at, script),
                }
                yield CarrierMessage(f"{sending.key}:{index}", held.order_id, due_at, event)


def _event(saying: Saying, said_at: datetime, script: Script) -> dict[str, Any]:
    match saying.says:
        case "approve":
            return {"kind": "carrier_approved"}
        case "reject":
            return {"kind": "carrier_rejected", "reasons": [rejection(saying).model_dump()]}
        case "foc":
            return {"kind": "foc_confirmed", "foc_at": foc(saying, said_at, script).isoformat()}
        case _:
            return {"kind": "carrier_activity"}
