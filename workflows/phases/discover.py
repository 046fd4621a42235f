"""Discover: can the numbers be ported, and would the losing carrier accept what we would send?"""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow

from portolan.domain import outcomes
from portolan.domain.order import Order
from workflows import calls


async def check(order: Order, now: datetime) -> None:
    """Look both up once, then judge; corrections are judged against what was found."""
    if order.csr is None and not order.csr_unavailable and order.policy.portable:
        outcomes.looked_up(order, await calls.look_up_numbers(order))
    outcomes.checked(order, workflow.now())
