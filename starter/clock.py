"""The clock of one workflow on a server that can move it ahead; of an order, with the simulated carrier speaking."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from portolan.carriers.simulated import CarrierMessage, SimulatedCarrier
from portolan.domain.clocks import acts, next_deadline
from portolan.domain.order import Order
from starter.orders import workflow_id
from workflows.port_order import PortOrder

LOOKS = 1000
LOOK_EVERY_SECONDS = 0.02
#: Looking costs server and worker more than waiting does.
LONGEST_LOOK_SECONDS = 0.1
QUESTIONS = 100
ANSWER_WITHIN = timedelta(seconds=5)
UNANSWERED = frozenset({RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED})
SHORT = timedelta(milliseconds=50)


class WorkflowClock(ABC):
    """Moves one workflow through time; what it waits for is for the subclasses to know."""

    def __init__(self, client: Client, handle: WorkflowHandle[Any, Any]) -> None:
        self.handle = handle
        self._skipper = TimeSkipper(client)

    async def now(self) -> datetime:
        """What time it is for the workflow."""
        return await self._skipper.get_current_time(self.handle)

    async def running(self) -> bool:
        """Whether the workflow still runs."""
        return (await self.handle.describe()).status is WorkflowExecutionStatus.RUNNING

    @abstractmethod
    async def to(self, moment: datetime) -> object:
        """Let time pass until a moment."""

    async def past(self, duration: timedelta) -> None:
        """Let that much time pass."""
        await self.to(await self.now() + duration)

    async def asked(self, question: Callable[..., Any]) -> Any:
        """What the workflow answers to a query.

        A new run cannot tell before its first workflow task, and a question that comes while a worker forgets the
        workflow may be lost; it is asked again.
        """
        for tries_left in reversed(range(QUESTIONS)):
            try:
                return await self.handle.query(question, rpc_timeout=ANSWER_WITHIN)
            except RPCError as error:
                if error.status not in UNANSWERED or not tries_left:
                    raise
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        raise AssertionError("the last try returns or raises")

    async def _pause(self, now: datetime) -> timedelta | None:
        """How long until the next try of a call to a carrier; zero while one runs, None where there is none."""
        pending = [
            activity
            for activity in (await self.handle.describe()).raw_description.pending_activities
            if activity.activity_type.name != "send_notice"
        ]
        if not pending:
            return None
        next_try = min(
            (
                activity.next_attempt_schedule_time.ToDatetime(UTC)
                for activity in pending
                if activity.HasField("next_attempt_schedule_time")
            ),
            default=now,
        )
        return max(next_try - now, timedelta(0))

    async def _skip(self, duration: timedelta, since: float) -> None:
        """Let that much time pass from a moment of the monotonic clock, the last bit of it at its real pace.

        Where something is under way just when the time to be reached comes, the server runs on to the next timer.
        """
        left = duration - timedelta(seconds=monotonic() - since)
        if left > 2 * SHORT:
            try:
                await self._skipper.fast_forward(self.handle, left - SHORT)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                return  # it has ended meanwhile
            left = SHORT
        await asyncio.sleep(max(left.total_seconds(), 0))


class OrderClock(WorkflowClock):
    """Moves one order through time: `to` a moment, `past` a duration, or until it has `settled`."""

    def __init__(self, client: Client, carrier: SimulatedCarrier, order_id: str) -> None:
        super().__init__(client, client.get_workflow_handle_for(PortOrder.run, workflow_id(order_id)))
        self.order_id = order_id
        self.carrier = carrier

    async def order(self) -> Order:
        """The order as its workflow has it now."""
        return Order.model_validate(await self.asked(PortOrder.show))

    async def settled(self) -> Order:
        """The order, once Portolan has done what it can do by itself; the pauses between its tries are skipped.

        A timer fires some milliseconds after its moment, so a deadline that has come is waited for too.
        """
        for looks in range(1, LOOKS + 1):
            order, since, now = await self.order(), monotonic(), await self.now()
            deadline = next_deadline(order)
            quiet = not acts(order) and not order.unpublished and (deadline is None or deadline.at > now)
            pause = await self._pause(now)
            if quiet and pause is None:
                return order
            if pause:
                await self._skip(pause, since)
            else:
                await asyncio.sleep(min(looks * LOOK_EVERY_SECONDS, LONGEST_LOOK_SECONDS))
        raise TimeoutError(f"{self.order_id} is still {order.state}")

    async def to(self, moment: datetime) -> Order | None:
        """Let time pass until a moment; what the carrier says meanwhile is delivered when it says it.

        It goes from one deadline of the order to the next. That is also kinder to the server, which now and then
        skips twice where a timer fires while time is being skipped.

        Returns:
            The order as it stands then; None where it has ended.
        """
        order: Order | None = None
        while await self.running():
            since, now = monotonic(), await self.now()
            order, speaks_at = order or await self.order(), await self.speaks_at()
            deadline = next_deadline(order)
            due = deadline.at if deadline else moment
            speaks = speaks_at or moment
            if acts(order) or due <= min(now, speaks):
                order = await self.settled()
            elif speaks_at and speaks <= min(now, moment):
                await self.hear(now)
                order = None
            elif moment > now:
                coming = min(moment, due, speaks)
                await self._skip(coming - now, since)
                order = await self.settled() if deadline and coming == deadline.at else None
            else:
                return order
        return None

    async def speaks_at(self) -> datetime | None:
        """When the carrier says something next."""
        message = self.next_message()
        return message.due_at if message else None

    async def hear(self, now: datetime) -> None:
        """Hand what the carrier says by now to the order."""
        message = self.next_message()
        if message and message.due_at <= now:
            await self.deliver(message)

    def next_message(self) -> CarrierMessage | None:
        """What the carrier says next."""
        heard = self.carrier.store.delivered()
        unheard = (message for message in self.carrier.messages(self.order_id) if message.message_id not in heard)
        return min(unheard, key=lambda message: message.due_at, default=None)

    async def deliver(self, message: CarrierMessage) -> None:
        """Hand a message of the carrier to the order; one to an order that has ended is lost, as it would be."""
        event = {"event_id": message.message_id, **message.event}
        with contextlib.suppress(RPCError):
            await self.handle.signal(event["kind"], event)
        self.carrier.store.mark_delivered(message.message_id)
        if await self.running():
            await self.settled()
