"""Discover: can the numbers be ported, and would the losing carrier accept what we would send?"""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow

from portolan.domain import checking
from portolan.domain.effects import Judgement
from portolan.domain.order import Order
from portolan.domain.reconciliation import reconcile
from workflows import calls


async def check(order: Order, now: datetime) -> None:
    """Look both up once, then judge; corrections are judged against what was found."""
    if order.csr is None and not order.csr_unavailable and order.policy.portable:
        checking.looked_up(order, await calls.look_up_numbers(order))
    checking.checked(order, await _judged(order), workflow.now())


async def _judged(order: Order) -> Judgement:
    if calls.knows():
        return await calls.judge_account(order)
    return Judgement(differences=reconcile(order.account, order.csr) if order.csr else [])
