"""Handing messages on: from the inbox to the order each is about, however often that takes.

The inbox is the queue. A message that has just been kept is handed on at once; whatever is left, by a crash, because
its order is not known yet or because Temporal is away, is taken up by a sweep. Handing on twice does no harm: the event
id is made of the account and the message's own id, and an order takes each once. So several processes may sweep.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import structlog
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from portolan.domain.errors import ConfigurationError
from portolan.records.inbox import GIVE_UP, Kept
from portolan.records.store import Records
from starter.ingress.metrics import Metrics
from starter.orders import workflow_id

SWEEP = timedelta(seconds=2)
#: A message waits as long again as it has waited already before it is tried anew, within these.
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)
#: How long nothing is tried where Temporal does not answer.
AWAY = timedelta(seconds=5)
RPC_WITHIN = timedelta(seconds=5)
#: Fresh messages beyond that are left for the sweep.
AT_ONCE = 1000
#: So many of the messages that wait for their order are looked at in one sweep.
AT_A_TIME = 100
_NO_ANSWER = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.UNAUTHENTICATED,
        RPCStatusCode.PERMISSION_DENIED,
    }
)

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of a try to hand a message on."""

    SIGNALLED = "signalled"
    ENDED = "ended"
    EARLY = "early"
    UNKNOWN = "unknown"
    FAILED = "failed"


DONE = frozenset({Outcome.SIGNALLED, Outcome.ENDED})


class TemporalAway(Exception):
    """Temporal does not answer: nothing can be handed on for now."""


class _Next(NamedTuple):
    """When a message is tried next; what it waits for may arrive before that."""

    at: datetime
    arrived: bool


def event_id(carrier: str, message_id: str) -> str:
    """What names a carrier's message to an order."""
    return f"{carrier}:{message_id}"


class HandingOn:
    """Hands kept messages on.

    Args:
        records: Where they are kept.
        connect: A client of the deployment's Temporal; asked for when it is needed, until there is one.
        metrics: What is counted.
        clock: Aware UTC.
    """

    def __init__(
        self,
        records: Records,
        connect: Callable[[], Awaitable[Client]],
        metrics: Metrics,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._records, self._connect, self._metrics, self._clock = records, connect, metrics, clock
        self._client: Client | None = None
        self._fresh: asyncio.Queue[Kept] = asyncio.Queue(AT_ONCE)
        self._next: dict[int, _Next] = {}
        self._busy: set[int] = set()
        self._done: set[int] = set()
        self._swept = 0
        self._away_until: datetime | None = None

    def soon(self, message: Kept) -> None:
        """Hand a message on that was kept just now; returns at once."""
        if not self._fresh.full():
            self._fresh.put_nowait(message)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hand messages on for as long as the block runs, beginning with all that earlier processes left."""
        tasks = [asyncio.create_task(self._hand_on_fresh()), asyncio.create_task(self._sweep_for_ever())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def sweep(self) -> None:
        """Try the messages whose time has come, once: all whose order is there, and some of those that wait for it.

        However many messages there are of orders that are not ours, a sweep is soon over; the next goes on from there.
        """
        now = self._clock()
        self._done.clear()
        arrived = await asyncio.to_thread(self._records.arrived_messages)
        others = await asyncio.to_thread(self._records.messages_to_hand_on, now - GIVE_UP, self._swept, AT_A_TIME)
        self._forget(others)
        for message in {message.id: message for message in (*arrived, *others)}.values():
            if self._away(now):
                return
            if message.id not in self._busy | self._done and self._due(message, now):
                await self._try(message)

    def _forget(self, swept: list[Kept]) -> None:
        """Go on behind these the next time; what lay between them and is gone needs no plan any more."""
        after, full = self._swept, len(swept) == AT_A_TIME
        until = swept[-1].id if full else None
        left = {message.id for message in swept}
        self._next = {
            message: when
            for message, when in self._next.items()
            if message <= after or message in left or (until is not None and message > until)
        }
        self._swept = until or 0
        self._metrics.planned.set(len(self._next))

    async def _hand_on_fresh(self) -> None:
        while True:
            message = await self._fresh.get()
            if not self._away(self._clock()) and message.addressed:
                await self._try(message)

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:
                log.warning("messages wait for the database", error=type(error).__name__)
            await asyncio.sleep(SWEEP.total_seconds())

    def _away(self, now: datetime) -> bool:
        return self._away_until is not None and now < self._away_until

    def _due(self, message: Kept, now: datetime) -> bool:
        planned = self._next.get(message.id)
        return planned is None or planned.at <= now or (message.arrived and not planned.arrived)

    async def _try(self, message: Kept) -> None:
        about = {"account": message.carrier, "message": message.id}
        self._busy.add(message.id)
        try:
            outcome = await self._hand_on(message)
            self._away_until = None
        except TemporalAway as error:
            outcome = Outcome.FAILED
            self._away_until = self._clock() + AWAY
            log.warning("messages wait for Temporal", error=str(error), **about)
        except Exception as error:
            outcome = Outcome.FAILED
            log.warning("a message could not be handed on", error=type(error).__name__, **about)
        finally:
            self._busy.discard(message.id)
        self._metrics.handed_on.labels(outcome).inc()
        now = self._clock()
        pause = min(max(now - message.received_at, SHORTEST_PAUSE), LONGEST_PAUSE)
        if outcome in DONE:
            self._done.add(message.id)
            self._next.pop(message.id, None)
        else:
            self._next[message.id] = _Next(now + pause, message.arrived)

    async def _hand_on(self, message: Kept) -> Outcome:
        """Find the order and tell it, unless it has ended.

        It waits where the order does not know its own id at the carrier yet: it could not ask the carrier.
        """
        records = self._records
        order_id = message.order_id
        if order_id is None:
            names = (message.carrier, message.carrier_order_id, message.reference)
            order_id = await asyncio.to_thread(records.order_for, *names)
            if order_id is None:
                return Outcome.UNKNOWN
            await asyncio.to_thread(records.message_found_order, message.id, order_id)
        standing = await asyncio.to_thread(records.addressee, order_id)
        if standing is None:
            return Outcome.UNKNOWN
        if not standing.ended and not standing.at_carrier:
            return Outcome.EARLY
        outcome = Outcome.ENDED if standing.ended else await self._signal(order_id, message)
        if outcome in DONE:
            await asyncio.to_thread(records.message_handled, message.id, self._clock())
        return outcome

    async def _signal(self, order_id: str, message: Kept) -> Outcome:
        event = {"event_id": event_id(message.carrier, message.message_id), "note": message.kind, "said": message.said}
        try:
            handle = (await self._temporal()).get_workflow_handle(workflow_id(order_id))
            await handle.signal(
                "carrier_activity", {name: value for name, value in event.items() if value}, rpc_timeout=RPC_WITHIN
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return await self._without(order_id)
            if error.status in _NO_ANSWER:
                raise TemporalAway(error.status.name) from error
            raise
        return Outcome.SIGNALLED

    async def _without(self, order_id: str) -> Outcome:
        """No workflow takes signals: it has ended, or is not started yet."""
        try:
            client = await self._temporal()
            found = await client.get_workflow_handle(workflow_id(order_id)).describe(rpc_timeout=RPC_WITHIN)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return Outcome.EARLY
            raise TemporalAway(error.status.name) from error
        return Outcome.EARLY if found.status is WorkflowExecutionStatus.RUNNING else Outcome.ENDED

    async def _temporal(self) -> Client:
        if self._client is None:
            try:
                self._client = await self._connect()
            except ConfigurationError as error:
                raise TemporalAway(error.message) from error
        return self._client
