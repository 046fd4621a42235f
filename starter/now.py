"""What time it is for an order, for whoever only looks at it."""

from __future__ import annotations

from datetime import UTC, datetime

from temporalio.service import RPCError

from portolan.carriers.registry import simulated
from portolan.domain.errors import ConfigurationError
from portolan.domain.order import Order
from portolan.settings import Settings
from starter.clock import OrderClock
from worker.host import connect_temporal


async def now_of(deployment: Settings, order: Order) -> datetime:
    """Now, by the order's own clock, which `skip` may have moved; by this machine's where nobody answers.

    An order is never looked at before its newest change.
    """
    try:
        clock = OrderClock(await connect_temporal(deployment), simulated(deployment), order.order_id)
        now = await clock.now()
    except (ConfigurationError, RPCError):
        now = datetime.now(UTC)
    return max(now, order.since)
