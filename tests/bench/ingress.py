"""How soon a carrier has its answer from the ingress: a process of its own, at a load it never sees in life."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from starter.server import free_port
from tests.starter.commands import PORTOLAN

#: Milliseconds at the 95th percentile.
GOAL = 50.0
#: Messages a second, and how many.
LOAD, COUNT = 100, 1000
ACCOUNTS = """
accounts:
  telnyx:
    vendor: telnyx
    api_key: env:BENCH_KEY
    public_key: {key}
"""


@contextmanager
def _ingress(folder: Path, key: Ed25519PrivateKey) -> Iterator[str]:
    port, data = free_port(), folder / "data"
    data.mkdir()
    public = base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    (data / "carriers.yaml").write_text(ACCOUNTS.format(key=public))
    environment = os.environ | {
        "PORTOLAN_DATA_DIR": str(data),
        "PORTOLAN_TEMPORAL_ADDRESS": "127.0.0.1:1",
        "BENCH_KEY": "none",
    }
    words = [PORTOLAN, "ingress", "--port", str(port)]
    running = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(30)


def _message(key: Ed25519PrivateKey, index: int) -> tuple[bytes, dict[str, str]]:
    """A signed message about an order that nobody knows."""
    payload = {"id": f"order-{index}", "customer_reference": f"bench-{index}:1", "status": {"value": "submitted"}}
    event = {"id": f"event-{index}", "event_type": "porting_order.status_changed", "payload": payload}
    body = json.dumps({"data": {**event, "occurred_at": "2026-11-02T09:30:00Z"}, "meta": {"attempt": 1}}).encode()
    moment = str(int(time.time()))
    signature = base64.b64encode(key.sign(moment.encode() + b"|" + body)).decode()
    return body, {"telnyx-timestamp": moment, "telnyx-signature-ed25519": signature}


async def _answers(address: str, key: Ed25519PrivateKey) -> list[float]:
    """Milliseconds until each answer; messages come at their pace, whether or not earlier ones have been answered."""
    spent: list[float] = []
    async with httpx2.AsyncClient(base_url=address) as http:
        for _ in range(200):
            try:
                await http.get("/healthz")
            except httpx2.ConnectError:
                await asyncio.sleep(0.1)
            else:
                break

        async def post(index: int) -> None:
            body, headers = _message(key, index)
            began = time.perf_counter()
            answer = await http.post("/carriers/telnyx", content=body, headers=headers)
            spent.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 204:
                raise RuntimeError(answer.status_code)

        began = time.perf_counter()
        async with asyncio.TaskGroup() as posts:
            for index in range(COUNT):
                await asyncio.sleep(max(began + index / LOAD - time.perf_counter(), 0))
                posts.create_task(post(index))
    return spent


def measure() -> list[tuple[str, float, str]]:
    """Name, value and unit of each figure."""
    key = Ed25519PrivateKey.generate()
    with tempfile.TemporaryDirectory() as folder, _ingress(Path(folder), key) as address:
        spent = asyncio.run(_answers(address, key))
    percentiles = statistics.quantiles(spent, n=100)
    words = f"ingress at {LOAD} messages a second"
    return [
        (f"{words}, p95", percentiles[94], "ms"),
        (f"{words}, p50", percentiles[49], "ms"),
        (f"{words}, longest", max(spent), "ms"),
    ]


if __name__ == "__main__":
    for figure in measure():
        print(*figure)
