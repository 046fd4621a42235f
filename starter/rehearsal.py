"""A rehearsal: a whole request lived through in skipped time, with scripted people and the simulated carrier."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from temporalio.client import Client

from portolan.carriers.registry import simulated
from portolan.domain.clocks import next_deadline
from portolan.domain.decisions import Answer
from portolan.domain.errors import Fault, RequestInvalid
from portolan.domain.messages import KINDS
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.states import State
from portolan.records.store import Records
from portolan.records.tables import AuditEvent
from portolan.settings import Settings
from starter.clock import OrderClock
from starter.orders import decide
from starter.projects import start_project
from starter.rehearsed_people import Act, Runbook, next_habit
from starter.request_files import Prepared

#: A rehearsed order that stands still for so long has been forgotten by its script.
PATIENCE = timedelta(days=60)
#: So many orders live at once: each has a clock of its own, and much of their time is waiting for the server.
AT_ONCE = 3
#: No order of a rehearsal needs more turns of the clock than this.
MOST_TURNS = 400


class Rehearsed(BaseModel):
    """The `rehearsal` part of an account: what the simulated carrier does, and what people do.

    Attributes:
        carrier: The simulated carrier's script.
        runbook: Who signs off the runbook; left out, everybody does, each in time.
        people: What else they do, in this order.
        ends: The state in which the order ends.
    """

    model_config = ConfigDict(extra="forbid")
    carrier: dict[str, Any] = Field(default_factory=dict)
    runbook: Runbook = Runbook()
    people: list[Act] = Field(default_factory=list)
    ends: State

    @property
    def leave(self) -> list[str]:
        """What nobody does by habit: items of the runbook, and the word to move where an act of the script gives it."""
        return self.runbook.leave + (["cut_over"] if any(act.do == "cut_over" for act in self.people) else [])


class Ending(BaseModel):
    """How one order of a rehearsal ended, against what its script says."""

    order_id: str
    label: str
    state: State
    expected: State
    outcome: str
    days: float
    surprises: list[str] = Field(default_factory=list)

    @property
    def as_scripted(self) -> bool:
        """Whether everything went as the script says."""
        return self.state is self.expected and not self.surprises


Listener = Callable[[OrderRequest, AuditEvent], None]


def scripts(prepared: Prepared) -> dict[str, Rehearsed]:
    """The script of each order.

    Raises:
        RequestInvalid: With every fault of all scripts.
    """
    faults: list[Fault] = []
    found: dict[str, Rehearsed] = {}
    for order_id, index in prepared.split.accounts.items():
        where = f"accounts[{index}].rehearsal"
        try:
            found[order_id] = Rehearsed.model_validate(prepared.request.accounts[index].rehearsal)
            unknown = [act.do for act in found[order_id].people if act.do not in KINDS]
            faults += [Fault(f"{where}.people", f"{do!r} is none of {', '.join(KINDS)}") for do in unknown]
        except ValidationError as error:
            faults += [Fault(f"{where}.{'.'.join(map(str, fault['loc']))}", fault["msg"]) for fault in error.errors()]
    if faults:
        raise RequestInvalid(faults)
    return found


async def rehearse(
    client: Client, settings: Settings, records: Records, prepared: Prepared, on_event: Listener
) -> list[Ending]:
    """Start the request and live each order through, a few at once; a worker has to be running.

    Args:
        on_event: Told each line of the audit trail: of the first order as it is written, then of the next one.
    """
    told = scripts(prepared)
    started = [request for request, _ in await start_project(client, settings, records, prepared)]
    few, in_turn = asyncio.Semaphore(AT_ONCE), _InTurn(on_event, [request.order_id for request in started])

    async def live(request: OrderRequest) -> Ending:
        async with few:
            clock = OrderClock(client, simulated(settings), request.order_id)
            label = prepared.request.accounts[prepared.split.accounts[request.order_id]].label or request.order_id
            life = _Life(client, records, clock, request, label, in_turn.tell)
            ending = await life.live(told[request.order_id])
        in_turn.over(request.order_id)
        return ending

    try:
        async with asyncio.TaskGroup() as lives:
            lived = [lives.create_task(live(request)) for request in started]
    except ExceptionGroup as group:
        raise group.exceptions[0] from group
    return [one.result() for one in lived]


class _InTurn:
    """Tells the events of several lives one order after the other; those of later ones wait."""

    def __init__(self, on_event: Listener, order_ids: Sequence[str]) -> None:
        self.on_event = on_event
        self.untold: dict[str, list[tuple[OrderRequest, AuditEvent]]] = {order_id: [] for order_id in order_ids}
        self.ended: set[str] = set()

    def tell(self, request: OrderRequest, entry: AuditEvent) -> None:
        """An event, at once where its order has the turn."""
        if request.order_id == next(iter(self.untold)):
            self.on_event(request, entry)
        else:
            self.untold[request.order_id].append((request, entry))

    def over(self, order_id: str) -> None:
        """An order has ended; the next one that has not gets the turn, after all that was waiting before it."""
        self.ended.add(order_id)
        while self.untold and (first := next(iter(self.untold))) in self.ended:
            del self.untold[first]
            for request, entry in self._waiting():
                self.on_event(request, entry)

    def _waiting(self) -> list[tuple[OrderRequest, AuditEvent]]:
        first = next(iter(self.untold), None)
        if first is None:
            return []
        waiting, self.untold[first] = self.untold[first], []
        return waiting


class _Life:
    """One order's life."""

    def __init__(
        self,
        client: Client,
        records: Records,
        clock: OrderClock,
        request: OrderRequest,
        label: str,
        on_event: Listener,
    ) -> None:
        self.client, self.records, self.clock = client, records, clock
        self.request, self.label, self.on_event = request, label, on_event
        self.told = 0
        self.turns = 0
        self.leave: list[str] = []
        self.done: set[str] = set()
        self.surprises: list[str] = []

    async def live(self, script: Rehearsed) -> Ending:
        """Through all acts, then to the end."""
        self.leave = script.leave
        for act in script.people:
            order = await self._reach(act.when)
            if order.state is not act.when:
                self.surprises.append(f"never got to {act.when} to {act.do}")
                break
            await self._perform(order, act)
        order = await self._reach(None)
        return Ending(
            order_id=self.request.order_id,
            label=self.label,
            state=order.state,
            expected=script.ends,
            outcome=order.outcome,
            days=(order.since - order.created_at) / timedelta(days=1),
            surprises=self.surprises,
        )

    async def _reach(self, state: State | None) -> Order:
        """Let time pass until the order is in that state, or has ended."""
        order = await self._look()
        while not (order.ended or order.state is state):
            if self.clock.next_message() is None and await self.clock.now() - order.since > PATIENCE:
                open_tasks = ", ".join(task.task_id for task in order.open_tasks)
                self.surprises.append(f"nobody answered {open_tasks or 'for a long time'}")
                break
            order = await self._turn(order)
        return order

    async def _turn(self, order: Order, until: datetime | None = None) -> Order:
        """To the next thing that happens: a habit, a message of the carrier, a deadline, or `until`."""
        self.turns += 1
        if self.turns > MOST_TURNS:
            raise TimeoutError(f"{self.request.order_id} does not come to an end")
        deadline, message = next_deadline(order), self.clock.next_message()
        habit = next_habit(order, self.leave, self.done)
        moments = [deadline and deadline.at, message and message.due_at, habit and habit.at, until]
        moment = min(filter(None, moments))
        found = await self.clock.to(moment)
        if found and habit and habit.at <= moment:
            self.done.update(habit.tasks)
            answer = await decide(self.client, self.records, order.order_id, habit.event)
            if not answer.accepted:
                self.surprises.append(f"{habit.event['kind']} was {answer.status}: {answer.reason}")
            found = None
        return await self._look(found)

    async def _perform(self, order: Order, act: Act) -> None:
        moment = act.moment(order)
        if moment is None:
            self.surprises.append(f"{act.do} counts from a moment that the order does not have")
            return
        if not order.ended:
            moment = max(moment, await self.clock.now())
            while not order.ended and await self.clock.now() < moment:
                order = await self._turn(order, moment)
        answer = await decide(self.client, self.records, order.order_id, act.event(order, moment))
        if answer.accepted is act.refused:
            self.surprises.append(f"{act.do} was {answer.status}: {answer.reason}")
        if order.ended:
            self._tell_refusal(order, act, moment, answer)

    def _tell_refusal(self, order: Order, act: Act, moment: datetime, answer: Answer) -> None:
        """An order that has ended writes no more; what it answers is told all the same."""
        self.on_event(
            self.request,
            AuditEvent(
                order_id=order.order_id,
                sequence=order.sequence + 1,
                revision=0,
                event_id="",
                kind=f"{act.do}_{answer.status}",
                by=str(act.event(order, moment)["by"]),
                occurred_at=moment,
                recorded_at=moment,
                state_before=order.state,
                state_after=order.state,
                detail=f"{answer.reason} {answer.instead}".strip(),
                build="",
                digest="",
            ),
        )

    async def _look(self, order: Order | None = None) -> Order:
        """The order as it stands, or as it was just found; what is new in its audit trail is told."""
        if order is None or order.unpublished:
            running = await self.clock.running()
            order = await self.clock.settled() if running else self.records.order(self.request.order_id)
        for entry in self.records.timeline(self.request.order_id):
            if entry.sequence > self.told:
                self.told = entry.sequence
                self.on_event(self.request, entry)
        return order
