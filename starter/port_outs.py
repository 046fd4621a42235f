"""Starting port-outs, and telling them things: what every way in does."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from portolan.domain.messages import problem
from portolan.domain.port_out.case import Case, PortOutRequest
from portolan.domain.port_out.decisions import Reply
from portolan.domain.port_out.messages import read
from portolan.domain.port_out.objections import Objection, objection
from portolan.domain.port_out.states import ENDED
from portolan.domain.port_out.words import summary
from portolan.records.port_out_tables import PortOutSummary
from portolan.records.port_outs import Code, NoSuchPortOut
from portolan.records.store import Records
from starter.orders import ANSWER_WITHIN, Unreadable
from workflows.port_out import PortOut, PortOutStart, port_out_attributes


class StartedPortOut(NamedTuple):
    """A port-out on record; `new` where this call started it."""

    row: PortOutSummary
    new: bool


def workflow_id(port_out_id: str) -> str:
    """The workflow of a port-out."""
    return f"port-out-{port_out_id}"


async def receive(
    client: Client, task_queue: str, records: Records, request: PortOutRequest, codes: Iterable[Code] = ()
) -> StartedPortOut:
    """Put a request on record and start its workflow; a second time changes nothing.

    Raises:
        ReferenceReused: The carrier used its reference for a different request.
    """
    now = datetime.now(UTC)
    row = records.receive_port_out(request, codes, workflow_id(request.port_out_id), now)
    if row.state in ENDED or row.port_out_id != request.port_out_id:
        return StartedPortOut(row, False)
    # What came first stands: the deadline counts from the first receipt.
    request = records.port_out(row.port_out_id).request
    try:
        await client.start_workflow(
            PortOut.run,
            PortOutStart(request=request),
            id=workflow_id(request.port_out_id),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=port_out_attributes(Case.new(request, now)),
            static_summary=summary(request),
        )
    except WorkflowAlreadyStartedError:
        return StartedPortOut(row, False)
    return StartedPortOut(row, True)


async def tell(client: Client, records: Records, port_out_id: str, event: Mapping[str, Any]) -> Reply:
    """Put a message to a port-out, and tell whether it counts; where no worker answers, it is left with the server.

    Raises:
        Unreadable: The message lacks something or has it in the wrong form.
        NoSuchPortOut: There is none, or it does not run.
    """
    payload = {"event_id": str(uuid.uuid4()), **event}
    kind = str(payload.get("kind", ""))
    try:
        parsed = read(kind, payload)
    except ValueError as error:
        raise Unreadable(f"{kind}: {problem(error)}") from error
    handle = client.get_workflow_handle_for(PortOut.run, workflow_id(port_out_id))
    try:
        return await handle.execute_update(
            PortOut.submit_event, payload, id=payload["event_id"], rpc_timeout=ANSWER_WITHIN
        )
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type == "decision_refused":
            return Reply.refused(records.port_out(port_out_id), Objection.model_validate(cause.details[0]))
        raise Unreadable(str(cause)) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        made_at = payload.get("occurred_at") or datetime.now(UTC).isoformat()
        await handle.signal(kind, {**payload, "occurred_at": made_at})
        waits = "No worker answered; the message waits at the server and is applied when one is up."
        return Reply(accepted=True, status="promised", reason=waits)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    case = records.port_out(port_out_id)
    why = objection(case, parsed, parsed.occurred_at or datetime.now(UTC)) if case.ended else None
    if why is None:
        raise NoSuchPortOut(port_out_id)
    return Reply.refused(case, why)
