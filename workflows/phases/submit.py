"""Submit: the gaining carrier holds the order exactly once, and what it answers is looked up there."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from portolan.domain import cures, outcomes
from portolan.domain.carrier import SendKind
from portolan.domain.effects import Failure
from portolan.domain.order import Order
from workflows import calls
from workflows.phases import cutover


async def send(order: Order, now: datetime) -> None:
    """Send the order, unless the LOA has grown too old."""
    if order.send is not SendKind.NEW_DATE and not order.loa_valid_at(now):
        outcomes.too_stale_to_send(order, now)
        return
    try:
        at_carrier = await calls.submit_order(order)
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind == Failure.LOA_STALE:
            outcomes.too_stale_to_send(order, workflow.now())
        elif kind == Failure.REFUSED and (reasons := calls.reasons_of(error)):
            outcomes.rejected_at_once(order, reasons, workflow.now())
        elif kind == Failure.REFUSED:
            outcomes.refused(order, why, workflow.now())
        elif kind == Failure.ON_HOLD:
            outcomes.on_hold_there(order, why, workflow.now())
        else:
            raise
    else:
        outcomes.sent(order, at_carrier, workflow.now())


async def cure(order: Order, now: datetime) -> None:
    """Find out what a rejection calls for, and do what needs no person."""
    plan, asked = None, order.rejections
    if calls.knows():
        try:
            plan = await calls.judge_rejection(order)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("the rejection was not judged", extra={"why": calls.failure_of(error)[1]})
    if order.unjudged and order.rejections is asked:  # else a newer one came meanwhile, and is judged next
        cures.judged(order, plan, workflow.now())


async def split(order: Order, now: datetime) -> None:
    """Let numbers that hold up the others go on in an order of their own."""
    assert order.split_off is not None  # noqa: S101 - the step is taken where it is set
    try:
        await calls.split_order(order, cures.split_request(order, order.split_off))
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind != Failure.NUMBER_TAKEN:
            raise
        cures.split_failed(order, why, workflow.now())
    else:
        cures.split_done(order, workflow.now())


async def look(order: Order, now: datetime) -> None:
    """Follow a hint: ask the carrier how the order stands, and take its word."""
    order.refetch = False
    try:
        at_carrier = await calls.fetch_order(order)
    except ActivityError:
        order.refetch = True
        raise
    outcomes.observed(order, at_carrier, workflow.now())


async def cancel(order: Order, now: datetime) -> None:
    """Withdraw the order at the carrier first; without an attempt there is nothing there."""
    if order.attempt:
        try:
            await calls.cancel_order(order)
        except ActivityError as error:
            kind, why = calls.failure_of(error)
            if kind != Failure.REFUSED:
                raise
            outcomes.not_cancelled(order, why, workflow.now())
            return
    await cutover.take_down(order)
    outcomes.cancelled(order, workflow.now())
