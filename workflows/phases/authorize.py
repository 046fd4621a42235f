"""Authorize: the letter that the customer signs, made of the record's own characters."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from portolan.domain import outcomes
from portolan.domain.order import Order
from workflows import calls


async def render(order: Order, now: datetime) -> None:
    """Have the letter ready before anybody is told to sign it; where that fails, it is made when somebody asks."""
    if not calls.knows():
        outcomes.rendered(order, "", now)
        return
    try:
        digest = await calls.render_letter(order)
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        outcomes.not_rendered(order, calls.failure_of(error)[1], workflow.now())
    else:
        outcomes.rendered(order, digest, workflow.now())
