"""When the old service may be cancelled: said only on proof, and never while the numbers may have to go back to it."""

from __future__ import annotations

from datetime import datetime

from portolan.domain.foc import in_words
from portolan.domain.order import Order
from portolan.domain.states import BEFORE_CUTOVER, State
from portolan.domain.undo import countdown

_SAFE_IN = frozenset({State.COMPLETED, State.SETTLING})
#: Where no number is at the gaining carrier, or soon will not be: why the old service is needed.
_NEEDED: dict[State, str] = {
    State.CUTTING_OVER: "the numbers are moving",
    State.ROLLING_BACK: "{losing} is being asked to take the numbers back",
    State.ROLLED_BACK: "the numbers are back at {losing}",
    State.CANCELLED: "no number has moved",
    State.NOT_PORTABLE: "no number has moved",
    State.EXPIRED: "no number has moved",
    **dict.fromkeys(BEFORE_CUTOVER, "no number has moved yet"),
}


def old_service(order: Order, now: datetime) -> tuple[bool, str]:
    """Whether the old service of the order's numbers may be cancelled at that moment, and the sentence that says so.

    It may where every number is proven in service, the rollback window has closed (or there is none) and nothing of
    the move is open but messaging or a bridge. Everything that is missing is named.
    """
    losing = order.request.losing_carrier
    needed = _NEEDED.get(order.state)
    missing = [needed.format(losing=losing)] if needed else _missing(order, now)
    if missing:
        return False, f"Do not cancel the old service: {'; '.join(missing)}."
    window = f", and the rollback window closed on {in_words(order.rollback_until)}" if _has_window(order) else ""
    said = f"The old service of these numbers at {losing} may be cancelled: "
    said += f"every number was proven in service on {in_words(order.proven_at)}{window}."
    return True, f"{said} {_others(order)}".strip()


def _missing(order: Order, now: datetime) -> list[str]:
    found = []
    if order.state is State.PARTIALLY_ACTIVE:
        found.append("not every number has moved")
    if order.proven_at is None:
        found.append("not every number is proven in service")
    if _has_window(order) and (order.rollback_until is None or now < order.rollback_until):
        left = f" ({countdown(order.rollback_until, now)})" if order.rollback_until else ""
        found.append(f"the numbers may have to go back until {in_words(order.rollback_until)}{left}")
    if not found and order.state not in _SAFE_IN:
        found.append("the order is not settled yet")
    return found


def _has_window(order: Order) -> bool:
    return order.policy.rollback_hours > 0


def _others(order: Order) -> str:
    """What of the account is not of this order, and must not go with it."""
    if order.left or order.request.siblings or order.splits or order.request.split_from:
        return "Other numbers of the account are not part of this: leave their service as it is."
    return ""
