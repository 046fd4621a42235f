"""Assure: proof that each number is in service, and the return of the numbers where it was ordered in time."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

from portolan.domain import outcomes
from portolan.domain.effects import Failure
from portolan.domain.order import Order
from workflows import calls


async def prove(order: Order, now: datetime) -> None:
    """Look whether each number is in service; the carrier's word "ported" alone is not proof."""
    at_carrier = await calls.fetch_order(order)
    outcomes.looked_for_proof(order, at_carrier.numbers, workflow.now())


async def port_back(order: Order, now: datetime) -> None:
    """Carry out the port-back that was decided inside the window."""
    try:
        await calls.port_back_order(order)
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind not in {Failure.REFUSED, Failure.TOO_LATE}:
            raise
        outcomes.port_back_refused(order, why, workflow.now())
    else:
        outcomes.ported_back(order, workflow.now())
