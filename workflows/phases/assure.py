"""Assure: proof that each number is in service, and the return of the numbers where it was ordered in time."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from portolan.domain import proving, returning, settling
from portolan.domain.effects import Failure, Look
from portolan.domain.order import Cause, Order
from portolan.domain.testcalls import calls_wanted
from workflows import calls
from workflows.phases import cutover


async def prove(order: Order, now: datetime) -> None:
    """Look whether each number is in service; the carrier's word "ported" alone is not proof."""
    if not order.policy.independent:
        look = Look(numbers=(await calls.fetch_order(order)).numbers)
    else:
        look = await calls.look_for_proof(order)
    proving.looked(order, look, workflow.now())


async def call(order: Order, now: datetime) -> None:
    """Have the dialer make the calls of the slot that is due; where it cannot, the slot is missed."""
    slot, order.call_slot = order.call_slot or 0, None
    request, origins = order.request, order.policy.test_origins
    checks = proving.checks_now(order)
    wanted = calls_wanted(order.order_id, request.call_tester, slot, request.numbers, origins, checks)
    try:
        results = await calls.make_test_calls(order, wanted)
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        proving.no_calls(order, slot, calls.failure_of(error)[1], workflow.now())
    else:
        proving.heard(order, results, Cause("test_calls", request.call_tester, workflow.now()), workflow.now())


async def messaging(order: Order, now: datetime) -> None:
    """Ask the carrier how the messaging stands; voice does not wait for it."""
    order.ask_messaging = False
    try:
        found = await calls.settle_messaging(order)
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        settling.ask_later(order, workflow.now())
        workflow.logger.warning("messaging was not asked for", extra={"why": calls.failure_of(error)[1]})
    else:
        settling.messaging_found(order, found, workflow.now())


async def port_back(order: Order, now: datetime) -> None:
    """Carry out the port-back that was decided inside the window: the letter, the request, then what was set up."""
    await _sign(order)
    try:
        at_carrier = await calls.port_back_order(order)
    except ActivityError as error:
        kind, why = calls.failure_of(error)
        if kind not in {Failure.REFUSED, Failure.TOO_LATE}:
            raise
        returning.refused(order, why, workflow.now())
        return
    if not returning.answered(order, at_carrier, workflow.now()):
        return
    await cutover.take_down(order)
    returning.returned(order, workflow.now())


async def _sign(order: Order) -> None:
    """The pre-filled letter is signed with the decision; where that fails, the request goes out without it."""
    asked = order.returns[-1]
    if "rollback_letter" not in order.policy.runbook or asked.letter:
        return
    try:
        letter = await calls.sign_return(order, asked)
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        returning.not_signed(order, calls.failure_of(error)[1], workflow.now())
    else:
        returning.signed(order, letter, workflow.now())
