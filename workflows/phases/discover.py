"""Discover: can the numbers be ported, and would the losing carrier accept what we would send?"""

from __future__ import annotations

import asyncio
from datetime import datetime

from temporalio import workflow

from workflows import calls

with workflow.unsafe.imports_passed_through():
    from portolan.domain import outcomes
    from portolan.domain.order import Order


async def check(order: Order, now: datetime) -> None:
    """Look both up once, then judge; corrections are judged against what was found."""
    if order.csr is None and not order.csr_unavailable and order.policy.portable:
        portability, csr = await asyncio.gather(calls.check_portability(order), calls.request_csr(order))
        outcomes.looked_up(order, portability, csr)
    outcomes.checked(order, workflow.now())
