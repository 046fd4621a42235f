"""The undo ledger: what of an order can be taken back now, until when, at what cost, and who has to agree.

Every order has the same six rows in the same order, from the cheapest way back to the dearest. A row says what may be
asked for, never that it will be granted: a carrier may refuse. The spans are the policy's, which has the sources.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from portolan.domain.carrier import Consent
from portolan.domain.foc import in_words
from portolan.domain.order import Order
from portolan.domain.port_backs import ReturnStage
from portolan.domain.states import BEFORE_CUTOVER, ENDED, State

UndoKind = Literal["cancel", "supplement", "remove_bridge", "snapback", "win_back", "new_port"]

#: What each is called in a sentence.
TITLES: MappingProxyType[UndoKind, str] = MappingProxyType(
    {
        "cancel": "cancel the order",
        "supplement": "ask for another date",
        "remove_bridge": "remove the bridge",
        "snapback": "snapback",
        "win_back": "win-back",
        "new_port": "new port back",
    }
)
NOBODY, GAINING, LOSING = "nobody", "gaining carrier", "losing carrier, which may refuse"
FREE, UNKNOWN_COST = "free", "not known: ask before"
#: From so long on a countdown is in days.
_DAYS_FROM = timedelta(hours=48)


class Undo(BaseModel):
    """One way back.

    Attributes:
        available: Whether it can be asked for now.
        until: When that ends, exclusive (UTC); None where nothing ends it, or where it is not available.
        cost: What it costs, in words.
        who: Who has to agree.
        note: Why it is not available, or what to know about it.
    """

    kind: UndoKind
    available: bool
    until: AwareDatetime | None = None
    cost: str
    who: str
    note: str = ""

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        return TITLES[self.kind]

    def in_words(self, now: datetime) -> str:
        """One line for people: what, until when, at what cost, and who has to agree."""
        if not self.available:
            return f"{self.title}: not available. {self.note}".strip()
        until = f"until {in_words(self.until)} ({countdown(self.until, now)}); " if self.until else ""
        return f"{self.title}: {until}cost: {self.cost}; has to agree: {self.who}. {self.note}".strip()


def ledger(order: Order, now: datetime) -> list[Undo]:
    """Every way back of an order at that moment, available or not, always all of them in the same order."""
    return [row(order, now) for row in _ROWS]


def next_closing(order: Order, now: datetime) -> Undo | None:
    """The way back that is lost next, or None where none has an end."""
    closing = [undo for undo in ledger(order, now) if undo.available and undo.until]
    return min(closing, key=lambda undo: undo.until or now, default=None)


def countdown(until: datetime | None, now: datetime) -> str:
    """How long is left, rounded down, such as `2 d 3 h left`, `5 h 20 min left`, `45 min left`; `over` at the end."""
    if until is None:
        return "no limit"
    left = until - now
    if left <= timedelta(0):
        return "over"
    minutes = left // timedelta(minutes=1)
    if not minutes:
        return "less than 1 min left"
    if left >= _DAYS_FROM:
        parts = (minutes // 1440, "d"), (minutes % 1440 // 60, "h")
    else:
        parts = (minutes // 60, "h"), (minutes % 60, "min")
    return " ".join(f"{count} {unit}" for count, unit in parts if count) + " left"


def freeze_begins(order: Order) -> datetime | None:
    """When the change freeze before the FOC begins; None while no date is confirmed."""
    return order.foc_at - timedelta(hours=order.policy.freeze_hours) if order.foc_at else None


def snapback_ends(order: Order) -> datetime | None:
    """When the losing carrier can no longer simply take the numbers back; None before the cutover."""
    if order.activated_at is None:
        return None
    policy = order.policy
    return order.activated_at + timedelta(hours=min(policy.snapback_hours, policy.rollback_hours))


def _cancel(order: Order, now: datetime) -> Undo:
    why = _past_changing(order)
    freeze, foc = freeze_begins(order), order.foc_at
    if why or freeze is None or foc is None or now < freeze:
        sent = order.carrier_order_id is not None or order.state is State.SUBMITTING
        note = why or ("Once the change freeze begins, the carrier decides." if freeze else "")
        until = None if why else freeze
        return Undo(
            kind="cancel", available=not why, until=until, cost=FREE, who=GAINING if sent else NOBODY, note=note
        )
    return Undo(
        kind="cancel",
        available=True,
        until=foc if now < foc else None,
        cost=FREE,
        who=GAINING,
        note=f"The change freeze began on {in_words(freeze)}: the carrier decides whether it still cancels.",
    )


def _supplement(order: Order, now: datetime) -> Undo:
    freeze, gaining = freeze_begins(order), order.request.gaining_carrier
    why = _past_changing(order)
    if not why and order.carrier_order_id is None:
        why = f"{gaining} does not hold the order yet, so there is no date to change."
    if not why and not order.policy.supplements:
        why = f"{gaining} takes no other date for an order that it holds."
    if not why and freeze and now >= freeze:
        why = f"The change freeze began on {in_words(freeze)}."
    note = why or f"{order.request.losing_carrier} may confirm the date asked for, or another one."
    until = None if why else freeze
    return Undo(kind="supplement", available=not why, until=until, cost=UNKNOWN_COST, who=LOSING, note=note)


def _remove_bridge(order: Order, now: datetime) -> Undo:
    bridge = order.bridge
    if bridge is None:
        note = "There is no bridge."
    elif bridge.removed_at:
        note = f"It was removed on {in_words(bridge.removed_at)}."
    elif not bridge.stands:
        note = "It is not built yet."
    elif order.activated_at:
        note = "At once; the numbers have moved and no longer need it."
    else:
        note = f"At once: the numbers never left {order.request.losing_carrier}. The forwarding there has to end, too."
    return Undo(kind="remove_bridge", available=bridge is not None and bridge.stands, cost=FREE, who=NOBODY, note=note)


def _snapback(order: Order, now: datetime) -> Undo:
    cost = order.policy.snapback_cost or UNKNOWN_COST
    until = snapback_ends(order)
    why = _no_return(order, ReturnStage.SNAPBACK, until, now)
    note = why or "The losing carrier can still simply take the numbers back, if it wants to."
    return Undo(kind="snapback", available=not why, until=None if why else until, cost=cost, who=LOSING, note=note)


def _win_back(order: Order, now: datetime) -> Undo:
    cost, until = order.policy.win_back_cost or UNKNOWN_COST, order.rollback_until
    why = _no_return(order, ReturnStage.WIN_BACK, until, now)
    first = (
        "" if _no_return(order, ReturnStage.SNAPBACK, snapback_ends(order), now) else "A snapback is asked for first."
    )
    note = f"{why or first} {_inadvertent(order)}".strip()
    return Undo(kind="win_back", available=not why, until=None if why else until, cost=cost, who=LOSING, note=note)


def _new_port(order: Order, now: datetime) -> Undo:
    losing = order.request.losing_carrier
    if order.state is State.ROLLED_BACK:
        available, note = False, f"The numbers are back at {losing}."
    elif order.activated_at is None:
        available, note = False, "" if order.state in ENDED else "From the cutover."
        note = note or "No number moved."
    else:
        available, note = True, f"A new port to {losing}: usual time and paperwork. {_inadvertent(order)}".strip()
    return Undo(kind="new_port", available=available, cost=UNKNOWN_COST, who=LOSING, note=note)


def _past_changing(order: Order) -> str:
    """Why the order can no longer be changed at the carrier; empty where it can."""
    if order.state in ENDED:
        return "The order has ended."
    if order.state is State.CANCELLING:
        return "It is being cancelled."
    return "" if order.state in BEFORE_CUTOVER else "The numbers have moved or are moving."


def _no_return(order: Order, stage: ReturnStage, until: datetime | None, now: datetime) -> str:
    """Why a return of that stage cannot be asked for; empty where it can."""
    losing = order.request.losing_carrier
    if order.state is State.ROLLED_BACK:
        return f"The numbers are back at {losing}."
    if order.policy.rollback_hours == 0:
        return "There is none here once the numbers have moved."
    if order.activated_at is None or until is None:
        return "No number moved." if order.state in ENDED else "From the cutover."
    refused = next((one for one in order.returns if one.stage is stage and one.consent is Consent.REFUSED), None)
    if refused:
        return f"{losing} refused it: {refused.why.rstrip('. ') or 'no reason given'}."
    if order.state is State.ROLLING_BACK:
        return f"{losing} is being asked to take the numbers back."
    if until <= order.activated_at:
        return "There is no such stage here."
    return f"Over since {in_words(until)}." if now >= until or order.state in ENDED else ""


def _inadvertent(order: Order) -> str:
    if order.activated_at is None or order.state is State.ROLLED_BACK or not order.policy.inadvertent_unlimited:
        return ""
    return "Where nobody wanted this port, both carriers should restore service however long ago it was."


_ROWS: tuple[Callable[[Order, datetime], Undo], ...] = (
    _cancel,
    _supplement,
    _remove_bridge,
    _snapback,
    _win_back,
    _new_port,
)
