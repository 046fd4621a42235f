"""The way out for messages: in order, each by the clock of its order, sent again where the vendor would."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta

import httpx2

from portolan.carriers.simulated.scripted import wall_clock
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Outgoing

SECONDS = 10.0


class Sender:
    """Sends what is due.

    Args:
        transport: Another way to send, for tests.
    """

    def __init__(self, simulator: Simulator, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._simulator = simulator
        self._transport = transport
        self._made: httpx2.AsyncClient | None = None
        self._one_at_a_time = asyncio.Lock()

    async def deliver(self, order_ids: Collection[str] | None = None) -> int:
        """Send every message that is due, of some orders or of all; how many were sent."""
        sent = 0
        async with self._one_at_a_time:
            while due := self._due(order_ids):
                await self._send(*due)
                sent += 1
        return sent

    async def close(self) -> None:
        """Let go of connections."""
        if self._made:
            await self._made.aclose()
            self._made = None

    def _client(self) -> httpx2.AsyncClient:
        """Made when it is needed first, in the loop that sends: making one is slow."""
        if self._made is None:
            self._made = httpx2.AsyncClient(timeout=SECONDS, transport=self._transport, follow_redirects=False)
        return self._made

    def _due(self, order_ids: Collection[str] | None) -> tuple[int, Outgoing] | None:
        for number, message in self._simulator.pending():
            order = self._simulator.store.order(message.order_id)
            if order is None or (order_ids is not None and order.id not in order_ids):
                continue
            if message.due_at <= self._simulator.time_of(order):
                return number, message
        return None

    async def _send(self, number: int, message: Outgoing) -> None:
        simulator, client = self._simulator, self._client()
        facade = simulator.facades[message.vendor]
        try:
            wire = facade.wire(message, wall_clock())
            url = wire.url or message.url
            opening = b"" if wire.opens_empty else wire.content
            response = await client.post(url, headers=wire.headers, content=opening)
            more = facade.challenged(message, response.status_code, response.headers)
            if more is not None:
                response = await client.post(url, headers={**wire.headers, **more}, content=wire.content)
            told = more is not None or not wire.opens_empty
            outcome, taken = str(response.status_code), told and response.is_success
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            outcome, taken = type(error).__name__, False
        with simulator.store.transaction():
            if not taken and message.attempt <= len(facade.retry_hours):
                message.due_at += timedelta(hours=facade.retry_hours[message.attempt - 1])
                message.attempt += 1
                simulator.store.put_row("outbox", number, message)
            else:
                message.outcome = outcome
                simulator.store.put_row("outbox", number, message, sent="1")
