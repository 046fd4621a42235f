"""How the runbook of an order stands, item by item, for people and programs that look at it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel

from portolan.domain.foc import in_words
from portolan.domain.order import Order
from portolan.domain.readiness import barred, due_at, items, red_gates, shown, signed
from portolan.domain.runbook import BEFORE_CUTOVER, ITEMS, Stage
from portolan.domain.states import Turn


class ItemStatus(StrEnum):
    """Where an item stands.

    `not_due`: its time is still ahead. `red_gate` and `open`: its time has come, and it is a gate or none. `not_done`:
    the numbers moved without it.
    """

    GREEN = "green"
    RED_GATE = "red_gate"
    OVERRIDDEN = "overridden"
    OPEN = "open"
    NOT_DUE = "not_due"
    NOT_DONE = "not_done"


class ItemRow(BaseModel):
    """One item of an order's runbook.

    Attributes:
        due_at: When it is due (UTC); None while there is no FOC, or no activation, to count from.
        signed_by, signed_at: Who vouches for it and since when; empty where it shows by itself.
        note: What was noted with it, or what shows by itself that it is done, or the reason of the override.
        document: SHA-256 of what shows it; of the letter of return itself.
    """

    item: str
    stage: Stage
    title: str
    owner: Turn
    gate: bool
    due_at: AwareDatetime | None
    status: ItemStatus
    signed_by: str = ""
    signed_at: AwareDatetime | None = None
    note: str = ""
    document: str = ""


def runbook_rows(order: Order, now: datetime) -> list[ItemRow]:
    """Every item of an order's runbook as it stands at that moment, by stage."""
    stages = list(Stage)
    return [_row(order, item, now) for item in sorted(items(order), key=lambda item: stages.index(ITEMS[item].stage))]


def _row(order: Order, item: str, now: datetime) -> ItemRow:
    facts, done = ITEMS[item], signed(order, item)
    row = ItemRow(
        item=item,
        stage=facts.stage,
        title=facts.title,
        owner=facts.owner,
        gate=item in order.policy.gates,
        due_at=due_at(order, item),
        status=_status(order, item, now),
    )
    if done:
        row.signed_by, row.signed_at, row.note, row.document = done.by, done.at, done.note, done.document
    elif row.status is ItemStatus.OVERRIDDEN and order.override:
        row.signed_by, row.signed_at, row.note = order.override.by, order.override.at, order.override.reason
    elif item == "rollback_letter":
        row.document = order.letters.get("rollback", "")
    else:
        row.note = _by_itself(order, item)
    return row


def _by_itself(order: Order, item: str) -> str:
    """What shows that an item is done; that there was an FOC is still so once the numbers have moved on it."""
    moved_on_it = item == "foc" and order.activated_at and order.foc_at
    return shown(order, item) or (f"FOC {in_words(order.foc_at)}" if moved_on_it else "")


def _status(order: Order, item: str, now: datetime) -> ItemStatus:
    if signed(order, item) or _by_itself(order, item):
        return ItemStatus.GREEN
    gate = item in red_gates(order)
    if gate and item not in barred(order):
        return ItemStatus.OVERRIDDEN
    if ITEMS[item].stage in BEFORE_CUTOVER and order.activated_at:
        return ItemStatus.NOT_DONE
    due = due_at(order, item)
    if due is None or now < due:
        return ItemStatus.NOT_DUE
    return ItemStatus.RED_GATE if gate else ItemStatus.OPEN
