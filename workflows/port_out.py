"""One request of another carrier for our numbers, from receipt to port, refusal or withdrawal.

Built like `workflows.port_order`: one serialisable state, one loop, and the rules in `portolan.domain.port_out`. The
answer goes out inside its deadline by one durable timer, whether or not anybody acts.
"""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RawValue, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from portolan.domain.messages import problem
from portolan.domain.port_out import words
from portolan.domain.port_out.case import Case, PortOutRequest
from portolan.domain.port_out.clocks import acts, lapse, next_deadline
from portolan.domain.port_out.decisions import Reply, take, take_unreadable
from portolan.domain.port_out.messages import PortOutEvent, read
from portolan.domain.port_out.objections import objection
from portolan.domain.port_out.outcomes import answered, not_cancelled, not_done, validated
from portolan.domain.port_out.states import PortOutState
from workflows import calls, port_out_calls
from workflows.port_order import NOTHING, lenient_signal
from workflows.search_attributes import (
    COUNTRY,
    DEADLINE,
    FOC_AT,
    GAINING_CARRIER,
    KEYWORD_LENGTH,
    LOSING_CARRIER,
    PORT_STATE,
    WHOSE_TURN,
)
from workflows.telling import Telling

NAME = "PortOut"


class PortOutStart(BaseModel):
    """The workflow's input: a request, and the whole case where an earlier run continues."""

    request: PortOutRequest
    case: Case | None = None


class PortOutOutcome(BaseModel):
    """How a port-out ended, in words."""

    port_out_id: str
    state: PortOutState
    outcome: str


def port_out_attributes(case: Case) -> TypedSearchAttributes:
    """What the Temporal UI can filter and sort port-outs by: the attributes of port orders, from the other side."""
    request, deadline = case.request, next_deadline(case)
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(PORT_STATE, str(case.state)),
        SearchAttributePair(WHOSE_TURN, str(case.turn)),
        SearchAttributePair(COUNTRY, request.country),
        SearchAttributePair(LOSING_CARRIER, request.carrier[:KEYWORD_LENGTH]),
        SearchAttributePair(GAINING_CARRIER, request.requesting_carrier[:KEYWORD_LENGTH]),
    ]
    if deadline:
        pairs.append(SearchAttributePair(DEADLINE, deadline.at))
    if request.requested_foc:
        pairs.append(SearchAttributePair(FOC_AT, request.requested_foc))
    return TypedSearchAttributes(pairs)


@workflow.defn(name=NAME)
class PortOut:
    """A port-out. Messages are signals (lenient) or the update `submit_event` (validated); same effect."""

    @workflow.init
    def __init__(self, start: PortOutStart) -> None:
        """Messages may arrive before `run` begins, so the state is built here."""
        self.case = start.case or Case.new(start.request, workflow.now())
        self.telling = Telling(self.case, port_out_attributes(self.case), continued=start.case is not None)

    @workflow.run
    async def run(self, start: PortOutStart) -> PortOutOutcome:
        """Live until it has ended and everybody has been told."""
        case = self.case
        if start.case:
            workflow.set_current_details(words.details(case, workflow.now()))
        finished = False
        while not finished:
            try:
                await self._step()
            except asyncio.CancelledError:
                self._cancelled_by_operator()
            finished = await self.telling.finished()
        return PortOutOutcome(port_out_id=case.port_out_id, state=case.state, outcome=case.outcome)

    async def _step(self) -> None:
        """Tell what changed, the customer first of all; then act, or wait."""
        case = self.case
        await self._publish()
        if self.telling.may_continue_as_new:
            workflow.continue_as_new(PortOutStart(request=case.request, case=case))
        if case.ended:
            return
        if acts(case):
            await self._act()
        else:
            await self._wait()

    async def _act(self) -> None:
        """Validate, or answer; failing all its tries, it is tried again and people are told."""
        case = self.case
        validating = case.state is PortOutState.VALIDATING
        try:
            if validating:
                validated(case, await port_out_calls.validate(case), workflow.now())
            else:
                await port_out_calls.answer(case)
                answered(case, workflow.now())
        except FailureError as error:
            if is_cancelled_exception(error):
                raise asyncio.CancelledError from error
            _, why = calls.failure_of(error)
            not_done(case, why, workflow.now())

    async def _wait(self) -> None:
        """Wait for a message or for the nearest deadline, with one durable timer."""
        case = self.case
        deadline = next_deadline(case)
        if deadline is None:
            raise RuntimeError(f"{case.state} has no deadline")  # A defect: the task waits for a release that mends it.
        await self.telling.wait(deadline.at, deadline.clock, lambda: acts(case))
        # A message in the same workflow task as the timer has been taken by now: look at the deadline anew.
        if next_deadline(case) == deadline and deadline.at <= workflow.now() and not self.telling.changed:
            lapse(case, deadline, workflow.now())

    async def _publish(self) -> None:
        """Tell what changed; where the records are away the answer is still worked out and given."""
        case = self.case
        if case.unpublished:
            details = words.details(case, workflow.now())
            await self.telling.tell(details, port_out_attributes(case), lambda: port_out_calls.publish(case))

    def _cancelled_by_operator(self) -> None:
        """Temporal's own cancellation ends nothing: an answer is owed, and none at all would be a consent."""
        not_cancelled(self.case, workflow.now())

    @workflow.update(name="submit_event")
    def submit_event(self, payload: dict[str, Any]) -> Reply:
        """Say something, and learn at once whether it counts: {"kind": "deny", "by": "Ada"}."""
        return take(self.case, _read_update(payload), workflow.now())

    @submit_event.validator
    def validate_event(self, payload: dict[str, Any]) -> None:
        """Refuse before anything is written; the failure carries the reason and what is allowed instead."""
        event = _read_update(payload)
        if event.event_id in self.case.seen:
            return
        why = objection(self.case, event, workflow.now())
        if why:
            raise ApplicationError(why.in_words(), why.model_dump(), type="decision_refused")

    @workflow.query(name="port_out")
    def show(self) -> dict[str, Any]:
        """Where it stands, for an operator; programs read the read model instead."""
        return self.case.model_dump(mode="json", exclude={"seen", "unsent"})

    @lenient_signal(name="confirm", description='{"by": "Ada", "verified": "called back on the number on file"}')
    def confirm(self, payload: RawValue = NOTHING) -> None:
        """The customer wants the port."""
        self._signal("confirm", payload)

    @lenient_signal(name="deny", description='{"by": "Ada", "verified": "called back on the number on file"}')
    def deny(self, payload: RawValue = NOTHING) -> None:
        """The customer did not ask for this."""
        self._signal("deny", payload)

    @lenient_signal(name="unlock", description='{"by": "Ada", "verified": "called back on the number on file"}')
    def unlock(self, payload: RawValue = NOTHING) -> None:
        """The customer lifts the lock."""
        self._signal("unlock", payload)

    @lenient_signal(
        name="hold_for_fraud",
        description='{"by": "Cy", "sign": "recent_sim_change", "reason": "an hour ago", "evidence": "ticket 4711"}',
    )
    def hold_for_fraud(self, payload: RawValue = NOTHING) -> None:
        """A person takes it for fraud."""
        self._signal("hold_for_fraud", payload)

    @lenient_signal(name="release_hold", description='{"by": "Cy", "reason": "the customer explained it"}')
    def release_hold(self, payload: RawValue = NOTHING) -> None:
        """The suspicion did not hold."""
        self._signal("release_hold", payload)

    @lenient_signal(name="refuse", description='{"by": "Dee", "ground": "fraud_confirmed"}')
    def refuse(self, payload: RawValue = NOTHING) -> None:
        """A person refuses, on a ground that is on record."""
        self._signal("refuse", payload)

    @lenient_signal(name="withdrawn", description='{"reason": "the customer stays"}')
    def withdrawn(self, payload: RawValue = NOTHING) -> None:
        """The requesting carrier takes its request back."""
        self._signal("withdrawn", payload)

    @lenient_signal(name="ported", description='{"ported_at": "2026-12-01T15:00:00Z"}')
    def ported(self, payload: RawValue = NOTHING) -> None:
        """The numbers moved."""
        self._signal("ported", payload)

    def take_unreadable(self, kind: str, why: str) -> None:
        """Keep a signal that nobody can read, and tell the coordinator."""
        take_unreadable(self.case, kind, why, workflow.now())

    def _signal(self, kind: str, payload: RawValue) -> None:
        """Never raise, and keep what cannot be read."""
        now = workflow.now()
        try:
            sent = None if payload is NOTHING else workflow.payload_converter().from_payload(payload.payload)
            event = read(kind, sent)
        except Exception as error:
            take_unreadable(self.case, kind, problem(error), now)
        else:
            take(self.case, event, now)


def _read_update(payload: dict[str, Any]) -> PortOutEvent:
    try:
        event = read(str(payload.get("kind", "")), payload)
    except ValueError as error:
        raise ApplicationError(problem(error), type="unreadable") from error
    info = workflow.current_update_info()
    return event if event.event_id or info is None else event.model_copy(update={"event_id": info.id})
