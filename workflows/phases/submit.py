"""Submit: the gaining carrier holds the order exactly once, and what it answers is looked up there."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

from portolan.domain import outcomes
from portolan.domain.carrier import SendKind
from portolan.domain.effects import Failure
from portolan.domain.order import Order
from workflows import calls


async def send(order: Order, now: datetime) -> None:
    """Send the order, unless the LOA has grown too old."""
    if order.send is not SendKind.NEW_DATE and not order.loa_valid_at(now):
        outcomes.too_stale_to_send(order, now)
        return
    try:
        at_carrier = await calls.submit_order(order)
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind == Failure.LOA_STALE:
            outcomes.too_stale_to_send(order, workflow.now())
        elif kind == Failure.REFUSED:
            outcomes.refused(order, why, workflow.now())
        else:
            raise
    else:
        outcomes.sent(order, at_carrier, workflow.now())


async def look(order: Order, now: datetime) -> None:
    """Follow a hint: ask the carrier how the order stands, and take its word."""
    order.refetch = False
    try:
        at_carrier = await calls.fetch_order(order)
    except ActivityError:
        order.refetch = True
        raise
    outcomes.observed(order, at_carrier, workflow.now())


async def cancel(order: Order, now: datetime) -> None:
    """Withdraw the order at the carrier first; without an attempt there is nothing there."""
    if order.attempt:
        try:
            await calls.cancel_order(order)
        except ActivityError as error:
            kind, why = calls.failure_of(error)
            if kind != Failure.REFUSED:
                raise
            outcomes.not_cancelled(order, why, workflow.now())
            return
    outcomes.cancelled(order, workflow.now())
