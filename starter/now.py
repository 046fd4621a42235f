"""What time it is for an order, for whoever looks at it or decides about it."""

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
    """Now, by the order's own clock, which `skip` may have moved; by this machine's where no server answers.

    An order is never looked at before its newest change.
    """
    try:
        return await now_at_server(deployment, order)
    except ConfigurationError:
        return max(datetime.now(UTC), order.since)


async def now_at_server(deployment: Settings, order: Order) -> datetime:
    """The same, for whoever decides next: nothing is kept or told for a decision that no server would take.

    Raises:
        ConfigurationError: No server answers.
    """
    clock = OrderClock(await connect_temporal(deployment), simulated(deployment), order.order_id)
    try:
        now = await clock.now()
    except RPCError:
        now = datetime.now(UTC)
    return max(now, order.since)
