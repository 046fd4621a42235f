"""Starting a whole request: its orders reserved together, then started one by one, as often as it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import ValidationError
from temporalio.client import Client

from portolan.carriers.registry import SIMULATED, accounts, simulated
from portolan.carriers.simulated import Script, seeded
from portolan.domain.errors import Fault, RequestInvalid
from portolan.domain.order_request import OrderRequest
from portolan.domain.states import ENDED
from portolan.records.store import NewProject, Records
from portolan.settings import Settings
from starter.orders import start_order, workflow_id
from starter.request_files import Prepared
from starter.simulating import give_script


class Started(NamedTuple):
    """An order of the request; `new` where this call started it."""

    request: OrderRequest
    new: bool


def script_of(prepared: Prepared, request: OrderRequest, seed: str) -> Script:
    """How the simulated carrier will treat an order: as its account's `rehearsal.carrier` says, or as the seed draws.

    Raises:
        RequestInvalid: It says something the simulated carrier does not know.
    """
    index = prepared.split.accounts[request.order_id]
    told = prepared.request.accounts[index].rehearsal.get("carrier", {})
    try:
        script = Script.model_validate(told) if told or not seed else seeded(seed, request.order_id)
    except ValidationError as error:
        where = f"accounts[{index}].rehearsal.carrier"
        faults = [Fault(f"{where}.{'.'.join(map(str, fault['loc']))}", fault["msg"]) for fault in error.errors()]
        raise RequestInvalid(faults) from error
    policy = request.policy
    return script.model_copy(update={"time_zone": policy.time_zone, "closed_days": policy.closed_days})


async def start_project(
    client: Client,
    settings: Settings,
    records: Records,
    prepared: Prepared,
    progress: Callable[[str], None] = lambda words: None,
) -> list[Started]:
    """Reserve all numbers of a request, then start its orders; starting it again completes or changes nothing.

    Raises:
        RequestInvalid: Its gaining carrier is not set up.
        NumberTaken: A number is in another live order; nothing was started.
    """
    asked = prepared.request
    own_queue = asked.gaining_carrier != SIMULATED
    orders = [order.model_copy(update={"own_queue": own_queue}) for order in prepared.split.orders]
    known = accounts(settings)
    if asked.gaining_carrier not in known:
        words = f"no gaining carrier {asked.gaining_carrier!r} is set up; there is: {', '.join(known)}"
        raise RequestInvalid([Fault("gaining_carrier", words)])
    scripts = {request.order_id: script_of(prepared, request, settings.simulated_seed) for request in orders}
    project = NewProject(prepared.split.project_id, asked.reference, asked.customer)
    ids = {request.order_id: workflow_id(request.order_id) for request in orders}
    reserved = records.reserve(project, orders, ids, datetime.now(UTC), prepared.digest, prepared.secrets)
    ended = {row.order_id for row in reserved if row.state in ENDED}
    started = []
    for request in orders:
        if request.order_id in ended:
            # Temporal forgets a workflow some time after its end, and would start it a second time.
            started.append(Started(request, False))
            continue
        progress(f"starting {request.order_id}")
        simulator = known[request.gaining_carrier].simulator
        if simulator:
            await asyncio.to_thread(give_script, simulator, request.order_id, scripts[request.order_id])
        if request.gaining_carrier == SIMULATED:
            carrier = simulated(settings)
            if carrier.store.script(request.order_id) is None:
                carrier.give_account(request.order_id, request.account)
                carrier.give_script(request.order_id, scripts[request.order_id])
        started.append(Started(request, await start_order(client, settings.task_queue, request)))
    return started
