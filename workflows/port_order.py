"""One port order, from request to closed rollback window.

The workflow is a loop over one serialisable state: tell what changed, then either do what the state calls for, or
wait for a message or the next deadline. The rules are in `portolan.domain`; nothing here decides anything.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from pydantic import BaseModel
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, FailureError

from portolan.domain import outcomes, words
from portolan.domain.clocks import acts, configures, lapse, next_deadline, takes_down
from portolan.domain.decisions import Answer, take, take_deferred, take_unreadable
from portolan.domain.effects import Failure
from portolan.domain.messages import Cancel, Event, problem, read
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.refusals import refusal
from portolan.domain.states import State
from workflows import calls
from workflows.phases import assure, authorize, bridge, cutover, discover, submit
from workflows.search_attributes import attributes
from workflows.telling import Telling

NAME = "PortOrder"
#: What a signal without a payload carries.
NOTHING = RawValue(Payload())
Handler = TypeVar("Handler", bound=Callable[..., None])

#: What Portolan does in the states in which it is its own turn.
STEPS: dict[State, Callable[[Order, datetime], Awaitable[None]]] = {
    State.CHECKING: discover.check,
    State.BRIDGING: bridge.build,
    State.SUBMITTING: submit.send,
    State.CUTTING_OVER: cutover.activate,
    State.PARTIALLY_ACTIVE: cutover.look_at_rest,
    State.VERIFYING: assure.prove,
    State.ROLLING_BACK: assure.port_back,
    State.CANCELLING: submit.cancel,
}
#: What comes before that, in any state.
ASIDE: tuple[tuple[Callable[[Order], bool], Callable[[Order, datetime], Awaitable[None]]], ...] = (
    (lambda order: order.call_slot is not None, assure.call),
    (lambda order: order.ask_messaging, assure.messaging),
    (takes_down, lambda order, now: cutover.take_down(order)),
    (lambda order: order.unjudged, submit.cure),
    (lambda order: order.split_off is not None, submit.split),
    (lambda order: bool(order.letter_wanted), authorize.render),
    (configures, cutover.configure),
    (lambda order: order.refetch, submit.look),
)


class Start(BaseModel):
    """The workflow's input: a request, and the whole order where an earlier run continues."""

    request: OrderRequest
    order: Order | None = None


class Outcome(BaseModel):
    """How an order ended, in words."""

    order_id: str
    state: State
    outcome: str


def lenient_signal(name: str, description: str) -> Callable[[Handler], Handler]:
    """A signal that takes any number of arguments: where they do not fit, Temporal would retry the task for ever."""

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def lenient(self: PortOrder, *payloads: RawValue) -> None:
            if len(payloads) > 1:
                self.take_unreadable(name, f"it takes one argument, and {len(payloads)} were sent")
            else:
                handler(self, *payloads)

        return cast(Handler, workflow.signal(name=name, description=description)(lenient))

    return decorate


@workflow.defn(name=NAME)
class PortOrder:
    """A port order. Messages are signals (lenient) or the update `submit_event` (validated); same effect."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        """Messages may arrive before `run` begins, so the state is built here."""
        calls.knows()
        self.order = start.order or Order.new(start.request, workflow.now())
        self.telling = Telling(self.order, attributes(self.order), continued=start.order is not None)

    @workflow.run
    async def run(self, start: Start) -> Outcome:
        """Live until the order has ended and everybody has been told."""
        if start.order:
            workflow.set_current_details(words.details(self.order))
        finished = False
        while not finished:
            try:
                await self._step()
            except asyncio.CancelledError:
                self._cancelled_by_operator()
            finished = await self.telling.finished()
        return Outcome(order_id=self.order.order_id, state=self.order.state, outcome=self.order.outcome)

    async def _step(self) -> None:
        """Act, if it is Portolan's turn; else tell what changed, and wait."""
        order = self.order
        take_deferred(order, workflow.now())
        if not acts(order):
            await self._publish()
        if self.telling.may_continue_as_new:
            workflow.continue_as_new(Start(request=order.request, order=order))
        if order.ended:
            return
        if acts(order):
            await self._act()
        else:
            await self._wait()

    async def _act(self) -> None:
        """One call to a carrier. Failing all its tries is not the end of it: people are told, and it is tried again."""
        order = self.order
        step = next((work for wanted, work in ASIDE if wanted(order)), None) or STEPS[order.state]
        order.heard = False
        order.in_flight = step is submit.split or (order.state in STEPS and step is STEPS[order.state])
        try:
            await self._undisturbed(step(order, workflow.now()))
        except FailureError as error:  # not only an ActivityError: a local activity's failure arrives without one
            _, why = calls.failure_of(error)
            outcomes.unreachable(order, why, workflow.now())
        finally:
            order.in_flight = False

    async def _undisturbed(self, work: Awaitable[None]) -> None:
        """Let a call to a carrier end even if Temporal cancels the workflow meanwhile: half of it may have happened."""
        task = asyncio.ensure_future(work)
        while not task.done():
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                self._cancelled_by_operator()
        task.result()

    async def _wait(self) -> None:
        """Wait for a message or for the nearest deadline, with one durable timer."""
        order = self.order
        deadline = next_deadline(order)
        if deadline is None:
            raise RuntimeError(
                f"{order.state} has no deadline"
            )  # A defect: the task waits for a release that mends it.
        await self.telling.wait(deadline.at, deadline.clock, lambda: acts(order))
        # A message in the same workflow task as the timer has been taken by now: look at the deadline anew.
        if next_deadline(order) == deadline and deadline.at <= workflow.now() and not self.telling.changed:
            lapse(order, deadline, workflow.now())

    async def _publish(self) -> None:
        """Tell what changed. What cannot be put on record stops nothing, unless the order itself cannot be."""
        order = self.order
        if not order.unpublished:
            return
        failure = await self.telling.tell(words.details(order), attributes(order), lambda: calls.publish(order))
        if failure is None:
            return
        kind, why = calls.failure_of(failure)
        if kind == Failure.NUMBER_TAKEN and not order.attempt:
            # Only an order that nobody reserved gets here, before anything was sent for it.
            raise ApplicationError(why, type=kind, non_retryable=True) from failure

    def _cancelled_by_operator(self) -> None:
        """Temporal's own cancellation means the business's: withdraw at the carrier, if that is still possible."""
        take(
            self.order,
            Cancel(by="Temporal operator", reason="workflow cancelled in Temporal"),
            workflow.now(),
        )

    @workflow.update(name="submit_event")
    def submit_event(self, payload: dict[str, Any]) -> Answer:
        """Decide something, and learn at once whether it counts: {"kind": "approve", "by": "Ada"}."""
        return take(self.order, _read_update(payload), workflow.now())

    @submit_event.validator
    def validate_event(self, payload: dict[str, Any]) -> None:
        """Refuse before anything is written; the failure carries the reason and what is allowed instead."""
        event = _read_update(payload)
        if event.event_id in self.order.seen:
            return
        why = refusal(self.order, event, workflow.now())
        if why:
            raise ApplicationError(why.in_words(), why.model_dump(), type="decision_refused")

    @workflow.query(name="order")
    def show(self) -> dict[str, Any]:
        """Where the order stands, for an operator; programs read the read model instead."""
        return self.order.model_dump(mode="json", exclude={"seen", "unsent"})

    @lenient_signal(name="loa_signed", description='{"signed_by": "Ada", "signed_on": "2026-12-01"}')
    def loa_signed(self, payload: RawValue = NOTHING) -> None:
        """The letter of authorization was signed."""
        self._signal("loa_signed", payload)

    @lenient_signal(name="give_evidence", description='{"by": "Ada", "evidence": "bill", "dated_on": "2026-12-01"}')
    def give_evidence(self, payload: RawValue = NOTHING) -> None:
        """A record, bill, screenshot or attestation shows that the account data is right."""
        self._signal("give_evidence", payload)

    @lenient_signal(name="carrier_approved", description="{}")
    def carrier_approved(self, payload: RawValue = NOTHING) -> None:
        """The losing carrier accepted the order."""
        self._signal("carrier_approved", payload)

    @lenient_signal(name="carrier_rejected", description='{"reasons": ["NAME_MISMATCH"]}')
    def carrier_rejected(self, payload: RawValue = NOTHING) -> None:
        """The losing carrier sent the order back."""
        self._signal("carrier_rejected", payload)

    @lenient_signal(name="foc_confirmed", description='"2026-12-01T15:00:00Z"')
    def foc_confirmed(self, payload: RawValue = NOTHING) -> None:
        """The losing carrier confirmed a date."""
        self._signal("foc_confirmed", payload)

    @lenient_signal(name="carrier_activity", description="{}: look at the carrier")
    def carrier_activity(self, payload: RawValue = NOTHING) -> None:
        """Something changed at the carrier."""
        self._signal("carrier_activity", payload)

    @lenient_signal(name="approve", description='{"by": "Ada"}')
    def approve(self, payload: RawValue = NOTHING) -> None:
        """A person approves sending the order."""
        self._signal("approve", payload)

    @lenient_signal(name="resubmit", description='{"by": "Ada", "corrections": {"entity_name": "Acme Limited"}}')
    def resubmit(self, payload: RawValue = NOTHING) -> None:
        """Send again, with corrections."""
        self._signal("resubmit", payload)

    @lenient_signal(name="rollback", description='{"decided_by": "Ada", "reason": "no inbound calls"}')
    def rollback(self, payload: RawValue = NOTHING) -> None:
        """Return the numbers."""
        self._signal("rollback", payload)

    @lenient_signal(name="confirm", description='{"by": "Ada"}')
    def confirm(self, payload: RawValue = NOTHING) -> None:
        """A second person confirms a decision."""
        self._signal("confirm", payload)

    @lenient_signal(name="sign_off", description='{"by": "Ada", "items": ["desk_staffed"], "note": "Bo is on duty"}')
    def sign_off(self, payload: RawValue = NOTHING) -> None:
        """Items of the runbook are done."""
        self._signal("sign_off", payload)

    @lenient_signal(name="override_gates", description='{"decided_by": "Ada", "reason": "tested by hand"}')
    def override_gates(self, payload: RawValue = NOTHING) -> None:
        """The numbers move at this FOC although gates are red."""
        self._signal("override_gates", payload)

    @lenient_signal(name="cut_over", description='{"by": "Ada"}')
    def cut_over(self, payload: RawValue = NOTHING) -> None:
        """Move the numbers now, inside the carrier's window."""
        self._signal("cut_over", payload)

    @lenient_signal(
        name="test_calls",
        description='{"by": "Ada", "results": [{"number": "+1...", "origin": "mobile", "checks": {"dtmf": "passed"}}]}',
    )
    def test_calls(self, payload: RawValue = NOTHING) -> None:
        """Results of test calls."""
        self._signal("test_calls", payload)

    @lenient_signal(name="cancel", description='{"by": "Ada", "reason": "campaign moved"}')
    def cancel(self, payload: RawValue = NOTHING) -> None:
        """Give up the port before the numbers move."""
        self._signal("cancel", payload)

    @lenient_signal(name="reschedule", description='{"by": "Ada", "reason": "in print", "foc_on": "2026-12-01"}')
    def reschedule(self, payload: RawValue = NOTHING) -> None:
        """Ask for another cutover day."""
        self._signal("reschedule", payload)

    @lenient_signal(name="hold", description='{"by": "Ada", "reason": "in print", "until": "2026-12-01T09:00:00Z"}')
    def hold(self, payload: RawValue = NOTHING) -> None:
        """Let nothing be sent or moved for now."""
        self._signal("hold", payload)

    @lenient_signal(name="release", description='{"by": "Ada"}')
    def release(self, payload: RawValue = NOTHING) -> None:
        """End a hold."""
        self._signal("release", payload)

    @lenient_signal(name="complete_task", description='{"by": "Ada", "task_id": "choose-date-1", "answer": "accept"}')
    def complete_task(self, payload: RawValue = NOTHING) -> None:
        """Answer a task."""
        self._signal("complete_task", payload)

    def take_unreadable(self, kind: str, why: str) -> None:
        """Keep a signal that nobody can read, and ask a person about it."""
        take_unreadable(self.order, kind, why, workflow.now())

    def _signal(self, kind: str, payload: RawValue) -> None:
        """Take a signal as leniently as its meaning allows: never raise, and keep what cannot be read."""
        now = workflow.now()
        try:
            sent = None if payload is NOTHING else workflow.payload_converter().from_payload(payload.payload)
            event = read(kind, sent)
        except Exception as error:
            take_unreadable(self.order, kind, problem(error), now)
        else:
            take(self.order, event, now)


def _read_update(payload: dict[str, Any]) -> Event:
    try:
        event = read(str(payload.get("kind", "")), payload)
    except ValueError as error:
        raise ApplicationError(problem(error), type="unreadable") from error
    info = workflow.current_update_info()
    return event if event.event_id or info is None else event.model_copy(update={"event_id": info.id})
