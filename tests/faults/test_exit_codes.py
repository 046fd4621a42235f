"""Processes end with exit code 0, every time: the SDK's threads must not abort them on their way out.

temporalio/sdk-python issue 300: where a call was cancelled shortly before the end, one process in five aborted (134).
"""

from __future__ import annotations

import asyncio

import pytest

from starter.orders import start_order
from tests.faults.deployment import Deployment
from tests.faults.processes import Child

pytestmark = pytest.mark.xdist_group("faults-exit")

TIMES = 10


async def test_workers_end_in_order_on_sigterm(deployment: Deployment) -> None:
    workers = [deployment.child("worker") for _ in range(TIMES)]
    await asyncio.gather(*(worker.says("worker started") for worker in workers))
    codes = await asyncio.gather(*(worker.asked_to_stop() for worker in workers))
    assert codes == [0] * TIMES, [worker.output for worker in workers]
    assert all("worker stopped" in worker.output for worker in workers)


async def test_a_worker_whose_server_is_gone_ends_in_order_on_sigterm(deployment: Deployment) -> None:
    worker = await deployment.worker()
    deployment.kill_server()
    try:
        assert await worker.asked_to_stop() == 0, worker.output
    finally:
        await deployment.restart_server()


async def test_clients_whose_call_was_given_up_end_in_order(deployment: Deployment) -> None:
    """No worker runs, so each command's update is cancelled when it has waited long enough, right before its end."""
    asked = deployment.world.reserve(order_id="nobody-works")
    await start_order(deployment.world.client, deployment.settings.task_queue, asked)
    clients: list[Child] = [
        deployment.child("hold", "nobody-works", "--by", "Charles", "--reason", f"reason {n}") for n in range(TIMES)
    ]
    codes = await asyncio.gather(*(client.ends() for client in clients))
    assert codes == [0] * TIMES, [client.output for client in clients]
    assert all("promised" in client.output for client in clients)
