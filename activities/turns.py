"""After a hold: telling the order whose turn it is, for whoever notices that it has come."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from portolan.domain.effects import workflow_id
from portolan.records.store import Records

RPC_WITHIN = timedelta(seconds=10)


async def tell(client: Client, order_id: str, event_id: str = "") -> bool:
    """Give an order the hint to look at its carrier.

    Returns:
        Whether it could be told; one whose workflow has ended, or has not begun, has nothing to look for.

    Raises:
        RPCError: Temporal does not answer.
    """
    event = {"event_id": event_id} if event_id else {"by": "portolan"}
    try:
        await client.get_workflow_handle(workflow_id(order_id)).signal(
            "carrier_activity", event, rpc_timeout=RPC_WITHIN
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def tell_first(client: Client, records: Records, account: str, event_id: str = "") -> list[str]:
    """Tell the first of those that wait to be sent that its turn has come; one whose workflow is gone waits no longer.

    Returns:
        Those that wait, the one that was told first.

    Raises:
        RPCError: Temporal does not answer.
    """
    while waiting := list(await asyncio.to_thread(records.waiting, account)):
        if await tell(client, waiting[0], event_id):
            break
        await asyncio.to_thread(records.was_sent, account, waiting[0])
    return waiting
