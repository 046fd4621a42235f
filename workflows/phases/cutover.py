"""Cutover: the numbers move. Before it an order can be cancelled, after it only ported back."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

from portolan.domain import outcomes
from portolan.domain.effects import Failure
from portolan.domain.order import Order
from workflows import calls


async def activate(order: Order, now: datetime) -> None:
    """Activate at the gaining carrier; from here the rollback clock runs."""
    try:
        at_carrier = await calls.activate_order(order)
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind not in {Failure.REFUSED, Failure.TOO_LATE}:
            raise
        outcomes.not_activated(order, why, workflow.now())
    else:
        outcomes.activated(order, at_carrier, workflow.now())
