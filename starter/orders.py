"""Starting port orders, and deciding about them: the two things every way in does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from portolan.domain.decisions import Answer
from portolan.domain.effects import workflow_id as workflow_id
from portolan.domain.errors import NotFound, PortolanError
from portolan.domain.messages import problem, read
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.refusals import Refusal, refusal
from portolan.domain.words import summary
from portolan.records.store import Records
from workflows.port_order import PortOrder, Start
from workflows.search_attributes import attributes

#: How long a decision waits for a worker before it is left with the server as a signal.
ANSWER_WITHIN = timedelta(seconds=5)


class Unreadable(PortolanError):
    """The decision cannot be read; the message names the field."""

    code = "unreadable"


async def start_order(client: Client, task_queue: str, request: OrderRequest) -> bool:
    """Start the workflow of a reserved order; starting it again changes nothing.

    Returns:
        Whether it was started by this call.
    """
    first = Order.new(request, datetime.now(UTC))
    try:
        await client.start_workflow(
            PortOrder.run,
            Start(request=request),
            id=workflow_id(request.order_id),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=attributes(first),
            static_summary=summary(request),
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


async def decide(client: Client, records: Records, order_id: str, event: Mapping[str, Any]) -> Answer:
    """Put a decision to an order, and tell whether it counts.

    Where no worker answers in time, the decision is left with the server under the same event id and the answer's
    status is `promised`: it will be applied once, by the rules of the moment it was made.

    Raises:
        Unreadable: The decision lacks something or has it in the wrong form.
        NotFound: There is no such order.
    """
    payload = {
        "event_id": str(uuid.uuid4()),
        **event,
    }
    kind = str(payload.get("kind", ""))
    try:
        parsed = read(kind, payload)
    except ValueError as error:
        raise Unreadable(f"{kind}: {problem(error)}") from error
    handle = client.get_workflow_handle_for(PortOrder.run, workflow_id(order_id))
    try:
        return await handle.execute_update(
            PortOrder.submit_event, payload, id=payload["event_id"], rpc_timeout=ANSWER_WITHIN
        )
    except WorkflowUpdateFailedError as error:
        return _refused(records.order(order_id), error)
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        return await _promise(handle, kind, payload)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    order = records.order(order_id)
    why = refusal(order, parsed, parsed.occurred_at or datetime.now(UTC)) if order.ended else None
    if why is None:
        raise NotFound("running order", order_id)
    return Answer.refused(order, why)


def _refused(order: Order, error: WorkflowUpdateFailedError) -> Answer:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == "decision_refused":
        return Answer.refused(order, Refusal.model_validate(cause.details[0]))
    raise Unreadable(str(cause)) from error


async def _promise(handle: WorkflowHandle[Any, Any], kind: str, payload: Mapping[str, Any]) -> Answer:
    made_at = payload.get("occurred_at") or datetime.now(UTC).isoformat()
    await handle.signal(kind, {**payload, "occurred_at": made_at})
    return Answer(
        accepted=True,
        status="promised",
        reason="No worker answered; the decision waits at the server and is applied when one is up.",
    )
