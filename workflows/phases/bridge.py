"""Bridge: the legacy numbers stay where they are and are forwarded, until a port is wanted as a second step."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

from portolan.domain import bridging
from portolan.domain.effects import Failure
from portolan.domain.order import Order
from workflows import calls


async def build(order: Order, now: datetime) -> None:
    """Claim the numbers, then look whether a call to each legacy one comes through."""
    try:
        answer = await calls.build_bridge(order)
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind != Failure.REFUSED:
            raise
        bridging.not_built(order, why, workflow.now())
    else:
        bridging.built(order, answer, workflow.now())
