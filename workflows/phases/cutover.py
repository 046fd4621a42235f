"""Cutover: the numbers move. Before it an order can be cancelled, after it only ported back."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

from portolan.domain import outcomes, settling
from portolan.domain.effects import Failure
from portolan.domain.order import Order
from workflows import calls

_NO = {Failure.REFUSED, Failure.UNAUTHORISED, Failure.TOO_LATE}


async def configure(order: Order, now: datetime) -> None:
    """Give the numbers their flow, routing and emergency address about a day before they arrive."""
    configuration = order.request.configuration
    assert configuration is not None  # noqa: S101 - the step is taken where there is one
    try:
        done = await calls.configure_numbers(order, configuration)
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind not in _NO:
            raise
        outcomes.not_configured(order, why, workflow.now())
    else:
        (outcomes.configured if done else outcomes.configures_on_arrival)(order, workflow.now())


async def take_down(order: Order) -> None:
    """Take down at the carrier what was set up for the order; what it refuses to take down does not hold it up."""
    # Of a try to configure whose answer was lost nobody knows.
    if order.configured or order.configure or settling.joined(order):
        await _unless_refused(order, "The configuration", calls.unconfigure_numbers(order))
        order.configured = False
    if settling.bridge_open(order) and not order.bridge_next:
        await _unless_refused(order, "The bridge", calls.remove_bridge(order))
        settling.bridge_removed(order, workflow.now())


async def _unless_refused(order: Order, what: str, work: Awaitable[None]) -> None:
    try:
        await work
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind != Failure.REFUSED:
            raise
        outcomes.left_behind(order, what, why, workflow.now())


async def activate(order: Order, now: datetime) -> None:
    """Activate at the gaining carrier, or see it moved by it; from here the rollback clock runs."""
    try:
        at_carrier = await calls.activate_order(order)
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind not in {Failure.REFUSED, Failure.TOO_LATE}:
            raise
        outcomes.not_activated(order, why, workflow.now())
    else:
        told = outcomes.activated if outcomes.has_moved(at_carrier) else outcomes.not_moved_yet
        told(order, at_carrier, workflow.now())


async def look_at_rest(order: Order, now: datetime) -> None:
    """Some numbers moved and some did not: have the others followed?"""
    at_carrier = await calls.fetch_order(order)
    outcomes.looked_at_rest(order, at_carrier.numbers, workflow.now())
