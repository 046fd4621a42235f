"""Random lives of an order: a pure model of the workflow's loop, a carrier in memory, and what must always hold.

Each rule is one thing that can happen to the workflow: Portolan's own step begins, its call ends one way or another,
a message arrives, or time passes. What must hold is asked of the order, of the audit trail and of the carrier.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from activities.knowledge import judge_rejection
from portolan.domain import bridging, cures, outcomes, proving, returning, settling, words
from portolan.domain.carrier import (
    AccountData,
    CarrierStatus,
    Consent,
    MessagingStatus,
    NumberConfiguration,
    Routing,
    SendKind,
)
from portolan.domain.clocks import acts, configures, lapse, next_deadline, takes_down
from portolan.domain.cures import MOST_CURES
from portolan.domain.decisions import Answer, take, take_deferred, take_unreadable
from portolan.domain.effects import Rejected
from portolan.domain.messages import KINDS, CarrierMessage, Event, read
from portolan.domain.messaging import MessagingWanted
from portolan.domain.order import Cause, Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.readiness import barred, items, red_gates, waits_for_word
from portolan.domain.refusals import allowed, refusal
from portolan.domain.rejections import Action, Rejection
from portolan.domain.returning import stage_until
from portolan.domain.runbook import ITEMS
from portolan.domain.states import MOVES, State, Turn
from portolan.domain.tasks import TASK_STATES, TASKS
from portolan.domain.telling import AuditEntry
from portolan.domain.testcalls import CallResult, Heard
from tests.domain.builders import (
    ACCOUNT,
    ADA,
    BOSS,
    COORDINATOR,
    DAY,
    HOUR,
    INSTANT,
    NOW,
    check,
    judge,
    looked,
    new,
    say,
    sign,
)
from tests.domain.memory_carrier import Carrier, Refused, Unreachable

#: More lives: PORTOLAN_EXAMPLES=3000 pytest tests/domain/test_order_properties.py
EXAMPLES = int(os.environ.get("PORTOLAN_EXAMPLES", "70"))
STEPS = 60

NUMBERS = ("+12125550143", "+12125550144", "+12125550145")
#: A reason for each thing that is done about reasons.
CODES = ["NAME_MISMATCH", "PORT_LOCK", "PENDING_ORDER", "FOC_TOO_SOON", "VENDOR_ERROR", "VENDOR_WORKING", "INFO_ONLY"]
CODES += ["UNPAID", "LOA_STALE", "TN_INACTIVE", "TN_NOT_PORTABLE", "OTHER"]
rejections = st.builds(dict, code=st.sampled_from(CODES), suggestion=st.sampled_from([None, "Acme Ltd"]))

WAYS = ["", "", "", "", "down", "lost_request", "lost_answer", "refuse"]
#: How far an order has come when the random part of its life begins, and what the losing carrier has on file.
fates = st.sampled_from(
    [
        ("submitted", "same"),
        ("in_window", "same"),
        ("", "same"),
        ("confirmed", "same"),
        ("", "differs"),
        ("", "none"),
        ("in_window", "same"),
        ("confirmed", "same"),
        ("", "stuck"),
        ("TN_INACTIVE", "same"),
        ("PENDING_ORDER", "same"),
        ("FOC_TOO_SOON", "same"),
    ]
)
CSRS = {"none": None, "differs": ACCOUNT.model_copy(update={"entity_name": "Acme Ltd"})}
#: What is usually said in a state.
USUAL = {
    State.AWAITING_INFORMATION: ["complete_task"],
    State.AWAITING_SIGNATURE: ["loa_signed"],
    State.AWAITING_APPROVAL: ["approve"],
    State.SUBMITTED: ["foc_confirmed", "foc_confirmed", "carrier_rejected", "carrier_approved"],
    State.ACTION_REQUIRED: ["complete_task", "complete_task", "resubmit", "loa_signed", "carrier_rejected"],
    State.BRIDGED: ["release", "release", "cancel", "rollback"],
    State.PARTIALLY_ACTIVE: ["complete_task", "rollback"],
    State.ROLLBACK_WINDOW: ["rollback", "carrier_activity", "test_calls"],
    State.VERIFYING: ["test_calls"],
    State.SETTLING: ["complete_task"],
}
SENT_STATES = {State.SUBMITTED, State.ACTION_REQUIRED, State.FOC_CONFIRMED, State.READY}
DECISIONS = [
    CarrierStatus.ACCEPTED,
    CarrierStatus.REJECTED,
    CarrierStatus.FOC_CONFIRMED,
    CarrierStatus.FOC_CONFIRMED,
    CarrierStatus.CANCELLED,
]
fields = st.sampled_from(list(AccountData.model_fields))
texts = st.sampled_from(["Acme Ltd", ACCOUNT.entity_name, ACCOUNT.postal_code, "02111", "Ada Byron"])
attempts = st.sampled_from([None, None, 0, -1])
#: How the cutover day is lived: by the playbook's whole book, or with the carrier's word alone.
days = st.fixed_dictionaries(
    {
        "by_the_book": st.sampled_from([True, True, False]),
        "activation": st.sampled_from(["scheduled", "scheduled", "on_demand"]),
        "strategy": st.sampled_from(["port", "port", "port", "bridge_then_port"]),
        "second_person": st.sampled_from([None, None, COORDINATOR]),
        "configuration": st.sampled_from([None, NumberConfiguration(contact_flow="main")]),
        "messaging": st.sampled_from([None, MessagingWanted(campaign="C-1")]),
        "call_tester": st.sampled_from(["", "simulated"]),
    }
)
ORIGINS = ["mobile", "landline", "voip", "losing_carrier"]
policies = st.fixed_dictionaries(
    {
        "rollback_hours": st.sampled_from([72, 72, 2, 0]),
        "loa_max_age_days": st.sampled_from([30, 3]),
        "customer_silence_days": st.sampled_from([30, 10]),
    }
)


class Life(RuleBasedStateMachine):
    """One order."""

    @initialize(policy=policies, fate=fates, day=days)
    def begin(self, policy: dict[str, int], fate: tuple[str, str], day: dict[str, Any]) -> None:
        far, csr = fate
        self.now = NOW
        self.order = new(policy=policy, numbers=list(NUMBERS), **day)
        self.children: list[OrderRequest] = []
        self.sent_after_giving_up: set[str] = set()
        self.carrier = Carrier(self.order.request.numbers)
        self.csr = CSRS.get(csr, ACCOUNT)
        self.stuck = "rate centre closed" if csr == "stuck" else ""
        self.trail: list[AuditEntry] = []
        self.accepted: list[str] = []
        self.events: list[Event] = []
        self.step: Callable[[str], None] | None = None
        self.final: str | None = None
        self.said_at: datetime | None = None
        self.moved_on_hold = False
        if far:
            self._skip_ahead(far)

    @precondition(lambda self: self.order.ended)
    @rule(policy=policies, fate=fates, day=days)
    def another_order_begins(self, policy: dict[str, int], fate: tuple[str, str], day: dict[str, Any]) -> None:
        self.begin(policy, fate, day)

    def _skip_ahead(self, far: str) -> None:
        """Lives that begin at the beginning seldom get far."""
        order = self.order
        order.bridge_first = False
        sign(check(order), self.now)
        say(order, "approve", self.now, by="Charles", event_id="skip-1")
        self.accepted.append("skip-1")
        self._end_step(self._begin_step(), "")
        if far == "submitted":
            return
        if far.isupper():
            numbers = NUMBERS[:1] if far == "TN_INACTIVE" else ()
            self._say_now("carrier_rejected", reasons=[{"code": far, "numbers": numbers}])
            return
        say(order, "foc_confirmed", self.now, foc_at=NOW + 8 * DAY, event_id="skip-2")
        self.accepted.append("skip-2")
        if far != "in_window":
            return
        self._sign_all()
        for _ in range(30):
            if order.state is State.ROLLBACK_WINDOW or order.ended:
                break
            if acts(order):
                self._end_step(self._begin_step(), "")
            elif order.held_since and not barred(order) and waits_for_word(order):
                self._say_now("cut_over", by=BOSS.name)
            else:
                self.now = max(self.now, self._due())
                self._lapse()

    def _sign_all(self) -> None:
        """Everybody signs off what is theirs."""
        order = self.order
        for by, owner in ((ADA.name, Turn.CUSTOMER), (BOSS.name, Turn.DECISION_MAKER), ("Charles", Turn.COORDINATOR)):
            mine = [item for item in barred(order) if ITEMS[item].owner is owner]
            if mine and order.state in {State.FOC_CONFIRMED, State.READY}:
                self._say_now("sign_off", by=by, items=mine)

    def _due(self) -> datetime:
        due = next_deadline(self.order)
        assert due is not None, f"{self.order.state} has no deadline"
        return due.at

    # -- Portolan's own steps -------------------------------------------------------------------------------------

    def _begin_step(self) -> Callable[[str], None]:
        """As `PortOrder._act`: what the state calls for; the call's end is given later."""
        order = self.order
        if order.call_slot is not None:
            order.call_slot = None
            return self._call
        if order.ask_messaging:
            order.ask_messaging = False
            return self._messaging
        if takes_down(order):
            return self._take_down
        if order.unjudged:
            return functools.partial(self._cure, order.rejections)
        if order.split_off:
            return self._split
        if order.letter_wanted:
            return self._render
        if configures(order):
            return self._configure
        if order.refetch:
            order.refetch = False
            return self._look
        order.in_flight = True
        if order.hold and not order.hold.supplements:
            self.moved_on_hold |= order.state in {State.CUTTING_OVER, State.SUBMITTING}
        step: Callable[[str], None] = getattr(self, f"_{order.state}")
        return step

    def _end_step(self, step: Callable[[str], None], way: str) -> None:
        try:
            step(way)
        except Unreachable as error:
            if step == self._look:
                self.order.refetch = True
            outcomes.unreachable(self.order, str(error), self.now)
        finally:
            self.order.in_flight = False

    def _call(self, way: str) -> None:
        if way in {"down", "lost_request", "lost_answer"}:
            proving.no_calls(self.order, 0, "no line", self.now)
            return
        heard: Heard = "silence" if way == "refuse" else "passed"
        number = self.order.request.numbers[0]
        checks = dict.fromkeys(self.order.policy.test_checks, heard)
        results = [CallResult(number=number, origin=o, checks=checks, at=self.now) for o in ORIGINS]  # type: ignore[arg-type]
        proving.heard(self.order, results, Cause("test_calls", "simulated", self.now), self.now)

    def _messaging(self, way: str) -> None:
        if way in {"down", "lost_request", "lost_answer"}:
            self.order.messaging_at = self.now + 12 * HOUR
            return
        status = MessagingStatus.FAILED if way == "refuse" else MessagingStatus.SETTLED
        settling.messaging_found(self.order, dict.fromkeys(self.order.request.numbers, status), self.now)

    def _take_down(self, way: str) -> None:
        self.carrier.remove_bridge(way)
        settling.bridge_removed(self.order, self.now)

    def _configure(self, way: str) -> None:
        try:
            self.carrier.configure(way)
        except Refused as error:
            outcomes.not_configured(self.order, str(error), self.now)
        else:
            outcomes.configured(self.order, self.now)

    def _bridging(self, way: str) -> None:
        try:
            answer = self.carrier.build_bridge(self.order, way)
        except Refused as error:
            bridging.not_built(self.order, str(error), self.now)
        else:
            bridging.built(self.order, answer, self.now)

    def _partially_active(self, way: str) -> None:
        outcomes.looked_at_rest(self.order, self.carrier.get(way).numbers, self.now)

    def _cure(self, asked: list[Rejection], way: str) -> None:
        """A rejection that came meanwhile is judged next."""
        order = self.order
        cure = None if way == "down" else judge_rejection(Rejected.of(order, self.now))
        if order.unjudged and order.rejections is asked:
            cures.judged(order, cure, self.now)

    def _split(self, way: str) -> None:
        assert self.order.split_off is not None
        self.children.append(cures.split_request(self.order, self.order.split_off))
        cures.split_done(self.order, self.now)

    def _render(self, way: str) -> None:
        if way == "down":
            outcomes.not_rendered(self.order, "no type for a character", self.now)
        else:
            outcomes.rendered(self.order, f"{len(self.trail):064x}", self.now)

    def _checking(self, way: str) -> None:
        if self.order.csr is None and not self.order.csr_unavailable:
            if way:
                raise Unreachable("no answer")
            check(self.order, self.csr, self.now, self.stuck)
        else:
            judge(self.order, self.now)

    def _submitting(self, way: str) -> None:
        order = self.order
        self.sent_after_giving_up |= self._gone() & set(order.request.numbers)
        self.carrier.numbers = order.request.numbers
        needs_loa = order.send is not SendKind.NEW_DATE
        if needs_loa and not order.loa_valid_at(self.now):
            outcomes.too_stale_to_send(order, self.now)
            return
        try:
            found = self.carrier.submit(order, self.now, way)
        except Refused as error:
            outcomes.refused(order, str(error), self.now)
        else:
            outcomes.sent(order, found, self.now)

    def _cutting_over(self, way: str) -> None:
        try:
            found = self.carrier.activate(self.order, self.now, way)
        except Refused as error:
            outcomes.not_activated(self.order, str(error), self.now)
        else:
            outcomes.activated(self.order, found, self.now)

    def _verifying(self, way: str) -> None:
        found = self.carrier.get(way)
        dead = way == "refuse"
        at_gaining = None if self.now.minute % 2 else not dead
        routing = [Routing(number=number, at_gaining=at_gaining) for number in self.order.request.numbers]
        looked(self.order, found.numbers if not dead else {}, self.now, routing)

    def _rolling_back(self, way: str) -> None:
        try:
            found = self.carrier.port_back(self.order, self.now, way)
        except Refused as error:
            returning.refused(self.order, str(error), self.now)
            return
        if returning.answered(self.order, found, self.now):
            self._undo(way)
            returning.returned(self.order, self.now)

    def _cancelling(self, way: str) -> None:
        if self.order.attempt:
            try:
                self.carrier.cancel(self.order, way)
            except Refused as error:
                outcomes.not_cancelled(self.order, str(error), self.now)
                return
        self._undo(way)
        outcomes.cancelled(self.order, self.now)

    def _undo(self, way: str) -> None:
        if self.order.configured or self.order.configure:
            self.carrier.unconfigure(way)
            self.order.configured = self.order.configure = False
        if settling.bridge_open(self.order) and not self.order.bridge_next:
            self.carrier.remove_bridge(way)
            settling.bridge_removed(self.order, self.now)

    def _look(self, way: str) -> None:
        outcomes.observed(self.order, self.carrier.get(way), self.now)

    @precondition(lambda self: self.step is None and acts(self.order))
    @rule()
    def portolan_begins_a_step(self) -> None:
        self.step = self._begin_step()

    @precondition(lambda self: self.step is not None)
    @rule(way=st.sampled_from(WAYS))
    def the_step_ends(self, way: str) -> None:
        assert self.step is not None
        self._end_step(self.step, way)
        self.step = None

    def _gone(self) -> set[str]:
        return {number for child in self.children for number in child.numbers}

    # -- what others say ------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> Answer:
        known = event.event_id in self.order.seen
        promised = refusal(self.order, event, self.now)
        answer = take(self.order, event, self.now)
        if known:
            assert answer.status == "duplicate"
            return answer
        assert answer.accepted is (promised is None), "the validator and the handler disagree"
        if answer.status == "applied":
            self.accepted.append(event.event_id)
        remembered = not isinstance(event, CarrierMessage) if answer.status == "refused" else True
        assert (event.event_id in self.order.seen) is remembered
        return answer

    @rule(kind=st.sampled_from(KINDS), data=st.data(), ago=st.sampled_from([None, 0, 1, 50, 80, 400]))
    def somebody_says(self, kind: str, data: st.DataObject, ago: int | None) -> None:
        if kind != "cancel" or data.draw(st.booleans()):
            self._say(kind, data, self.now - ago * HOUR if ago is not None else None)

    @precondition(lambda self: allowed(self.order, self.now))
    @rule(data=st.data())
    def somebody_presses_a_button(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(allowed(self.order, self.now)))
        if kind != "cancel" or data.draw(st.booleans()):
            self._say(kind, data, None)

    @precondition(lambda self: self.order.open_tasks)
    @rule(data=st.data())
    def somebody_answers_a_task(self, data: st.DataObject) -> None:
        self._say("complete_task", data, None)

    @precondition(lambda self: self.order.rollback_until is not None)
    @rule(ago=st.sampled_from([-INSTANT, timedelta(0), INSTANT]), data=st.data())
    def a_rollback_is_decided_around_the_windows_end(self, ago: timedelta, data: st.DataObject) -> None:
        assert self.order.rollback_until is not None
        decided = self.order.rollback_until - ago
        if self.order.state is State.ROLLBACK_WINDOW:
            self.now = max(self.now, decided)
        if decided <= self.now:
            self._say("rollback", data, decided)

    def _say_now(self, kind: str, **payload: Any) -> None:
        event = read(kind, {**payload, "event_id": f"e{len(self.events)}"})
        self.events.append(event)
        self._take(event)

    def _say(self, kind: str, data: st.DataObject, at: datetime | None) -> None:
        payload = self._payload(kind, data) | {"event_id": f"e{len(self.events)}", "occurred_at": at}
        event = read(kind, payload)
        self.events.append(event)
        self._take(event)

    def _payload(self, kind: str, data: st.DataObject) -> dict[str, Any]:
        order, draw = self.order, data.draw
        attempt = draw(attempts)
        answered = None if attempt is None else order.attempt + attempt
        match kind:
            case "loa_signed":
                return {
                    "signed_by": draw(st.sampled_from([order.account.authorized_person] * 3 + ["Ada Byron"])),
                    "signed_on": (self.now - draw(st.sampled_from([0, 0, 2, 29, 31])) * DAY).date(),
                }
            case "carrier_rejected":
                reasons = draw(st.lists(rejections, min_size=1, max_size=2))
                if draw(st.booleans()):
                    reasons[0]["numbers"] = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True))
                return {"reasons": reasons, "attempt": answered}
            case "foc_confirmed":
                hours = draw(st.sampled_from([48, 30, 72, 96, 120, 200, 2, -1, 24 * 40]))
                return {"foc_at": self.now + hours * HOUR, "attempt": answered}
            case "give_evidence":
                kind = draw(st.sampled_from(["portal_screenshot", "attestation", "csr", "bill"]))
                age = draw(st.sampled_from([0, 29, 30, 31]))
                record = self.csr.model_dump() if self.csr and kind == "csr" else None
                return {"by": "Charles", "evidence": kind, "dated_on": (self.now - age * DAY).date(), "record": record}
            case "carrier_approved":
                return {"attempt": answered}
            case "carrier_puzzle":
                return {"raw": "JEOPARDY", "attempt": answered}
            case "resubmit":
                return {"corrections": draw(st.dictionaries(fields, texts, max_size=2))}
            case "rollback":
                decider = draw(st.sampled_from([BOSS.name, BOSS.name, COORDINATOR.name, "Ada"]))
                unwanted = draw(st.sampled_from([False, False, True]))
                return {"decided_by": decider, "reason": "no calls", "inadvertent": unwanted}
            case "override_gates":
                return {"decided_by": draw(st.sampled_from([BOSS.name, BOSS.name, "Ada"])), "reason": "by hand"}
            case "reschedule":
                day = draw(st.sampled_from([None, (self.now + 6 * DAY).date()]))
                return {"by": "Charles", "reason": "in print", "foc_on": day}
            case "confirm" | "cut_over":
                return {"by": draw(st.sampled_from([BOSS.name, COORDINATOR.name]))}
            case "sign_off":
                known = items(order) or ["go"]
                some = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
                return {"by": draw(st.sampled_from([BOSS.name, "Charles", ADA.name])), "items": some}
            case "test_calls":
                heard = draw(st.sampled_from(["passed", "passed", "silence", "not_in_service"]))
                checks = dict.fromkeys(order.policy.test_checks or ["ringback"], heard)
                number = order.request.numbers[-1]
                return {"by": "Ada", "results": [{"number": number, "origin": o, "checks": checks} for o in ORIGINS]}
            case "cancel":
                return {"reason": "moved"}
            case "hold":
                hours = draw(st.sampled_from([None, 1, 100]))
                return {"reason": "in print", "until": self.now + hours * HOUR if hours else None}
            case "complete_task":
                return self._answer(data)
            case _:
                return {}

    def _answer(self, data: st.DataObject) -> dict[str, Any]:
        tasks = [task for task in self.order.open_tasks if task.facts.answers]
        if not tasks:
            return {"task_id": "nothing-1", "answer": "retry"}
        task = data.draw(st.sampled_from(tasks))
        wanted = data.draw(st.sampled_from([None, self.now + 5 * DAY]))
        return {
            "task_id": task.task_id,
            "answer": data.draw(st.sampled_from(TASKS[task.kind].answers)),
            "foc_at": wanted,
        }

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def a_message_is_repeated_or_cannot_be_read(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from(self.events))
        before = self.order.model_dump_json()
        if event.event_id in self.order.seen:
            assert self._take(event).status == "duplicate"
            assert self.order.model_dump_json() == before
        else:
            take_unreadable(self.order, "approve", "not JSON", self.now)

    @precondition(lambda self: self.carrier.orders and self.order.state in SENT_STATES | {State.SUBMITTING})
    @rule(status=st.sampled_from(DECISIONS), hint=st.sampled_from([True, True, False]), code=st.sampled_from(CODES))
    def the_carrier_decides(self, status: CarrierStatus, hint: bool, code: str) -> None:
        """Also while nobody knows whether the order arrived; and it does not always say so."""
        if self.carrier.activated_at or self.carrier.cancelled:
            return
        self.carrier.decide(status, self.now, code)
        if hint:
            self._take(read("carrier_activity", {"event_id": f"hint-{self.order.sequence}"}))

    # -- the usual way --------------------------------------------------------------------------------------------

    def _usual(self, data: st.DataObject) -> None:
        """What would happen next in most lives, so that random ones get everywhere."""
        state, draw = self.order.state, data.draw
        if self.order.hold and draw(st.booleans()):
            self._say("release", data, None)
        elif self.step or acts(self.order):
            self._end_step(self.step or self._begin_step(), draw(st.sampled_from(WAYS)))
            self.step = None
        elif barred(self.order) and draw(st.booleans()):
            self._sign_all()
        elif state in USUAL and not self.order.retry_at:
            self._say(draw(st.sampled_from(USUAL[state])), data, None)
        elif not self.order.ended:
            self.now = max(self.now, self._due())
            self._lapse()

    @rule(data=st.data())
    def life_goes_on(self, data: st.DataObject) -> None:
        self._usual(data)

    @rule(data=st.data())
    def life_goes_on_and_on(self, data: st.DataObject) -> None:
        for _ in range(data.draw(st.integers(2, 6))):
            self._usual(data)
            self.deferred_messages_are_taken_between_steps()

    # -- time -----------------------------------------------------------------------------------------------------

    def _lapse(self) -> None:
        """As the end of `PortOrder._wait`: let the nearest deadline pass, if it is due and there is nothing to do."""
        take_deferred(self.order, self.now)
        due = next_deadline(self.order)
        if self.order.ended or acts(self.order):
            return
        assert due is not None, f"{self.order.state} has no deadline"
        if due.at <= self.now:
            lapse(self.order, due, self.now)

    @precondition(lambda self: self.step is None and not acts(self.order) and not self.order.ended)
    @rule(
        past=st.sampled_from([timedelta(0), timedelta(0), -INSTANT, INSTANT, HOUR, 3 * DAY]),
        message_first=st.booleans(),
    )
    def time_passes_to_around_the_next_deadline(self, past: timedelta, message_first: bool) -> None:
        """A message that comes together with the timer is taken before it."""
        self.now = max(self.now, self._due() + past)
        if not message_first:
            self._lapse()

    @precondition(lambda self: self.step is not None)
    @rule(hours=st.sampled_from([1, 5, 24 * 35]))
    def a_call_takes_long(self, hours: int) -> None:
        self.now += hours * HOUR

    # -- what must hold -------------------------------------------------------------------------------------------

    @invariant()
    def deferred_messages_are_taken_between_steps(self) -> None:
        if self.step is None:
            waiting = {event.event_id for event in self.order.deferred}
            take_deferred(self.order, self.now)
            still = {event.event_id for event in self.order.deferred}
            for event_id in waiting - still:
                if self.order.seen.get(event_id) == "applied" and not event_id.startswith("get:"):
                    self.accepted.append(event_id)

    @invariant()
    def it_acts_or_has_a_deadline(self) -> None:
        order = self.order
        if order.ended:
            assert not acts(order)
            assert next_deadline(order) is None
            assert not order.open_tasks
            assert not order.hold
        else:
            assert self.step or acts(order) or next_deadline(order) is not None or order.open_tasks

    @invariant()
    def a_return_under_way_is_tried_until_the_carrier_has_said_yes_or_no(self) -> None:
        if self.order.state is State.ROLLING_BACK:
            assert self.step or acts(self.order) or self.order.retry_at

    @invariant()
    def what_the_carrier_said_last_never_goes_back_in_time(self) -> None:
        said_at = self.order.carrier_said_at
        assert self.said_at is None or (said_at is not None and said_at >= self.said_at)
        self.said_at = said_at

    @invariant()
    def the_rollback_clock_runs_from_the_moment_the_numbers_moved(self) -> None:
        order = self.order
        if order.activated_at:
            assert order.activated_at == self.carrier.activated_at
            assert order.rollback_until == order.activated_at + order.policy.rollback_hours * HOUR

    @invariant()
    def none_completes_without_proof(self) -> None:
        order = self.order
        if order.state in {State.COMPLETED, State.SETTLING}:
            assert order.proven_at
            assert order.proof
        if order.proven_at:
            assert order.state in {State.ROLLBACK_WINDOW, State.ROLLING_BACK, State.SETTLING} or order.ended

    @invariant()
    def nothing_moves_at_a_red_gate_that_nobody_overrode(self) -> None:
        order = self.order
        if order.state is State.CUTTING_OVER and not order.activated_at:
            assert not barred(order)
            for item in red_gates(order):
                assert order.override
                assert item in order.override.items
                assert order.override.by.split(" and ")[0] in {BOSS.name, COORDINATOR.name}

    @invariant()
    def a_return_was_ordered_by_whom_it_takes_and_at_a_stage_that_was_open(self) -> None:
        order = self.order
        for asked in order.returns:
            pair = {BOSS.name, COORDINATOR.name} if order.request.second_person else {BOSS.name, ""}
            assert {asked.by, asked.second} == pair
            until = stage_until(order, asked.stage)
            assert until
            assert asked.decided_at < until or asked.inadvertent
        refused = [asked.stage for asked in order.returns if asked.consent is Consent.REFUSED]
        assert len(refused) == len(set(refused))

    @invariant()
    def a_sending_has_no_date_yet(self) -> None:
        assert self.order.state is not State.SUBMITTING or self.order.foc_at is None

    @invariant()
    def the_carrier_has_it_as_the_order_ended(self) -> None:
        carrier = self.carrier
        match self.order.state:
            case State.CANCELLED:
                assert carrier.cancelled or not carrier.orders
                assert not carrier.configured
                assert not carrier.bridged
            case State.COMPLETED:
                assert carrier.activated_at
                assert not carrier.returned
                assert not carrier.bridged
            case State.ROLLED_BACK:
                assert carrier.returned
                assert not carrier.configured
                assert not carrier.bridged
            case State.NOT_PORTABLE if self.order.gave_up:
                assert carrier.cancelled or not carrier.orders
            case State.NOT_PORTABLE | State.EXPIRED:
                assert not carrier.orders

    @invariant()
    def an_order_that_needs_action_says_which(self) -> None:
        order = self.order
        if order.state is State.ACTION_REQUIRED:
            assert "resubmit" in allowed(order, self.now)
            pending = order.unjudged or order.split_off or self.step
            assert not order.rejections or pending or order.open_tasks

    def _publish(self) -> list[AuditEntry]:
        self.trail += self.order.unpublished
        self.order.unpublished = []
        return self.trail

    @invariant()
    def the_audit_trail_has_no_gap_and_every_line_follows_on_the_one_before(self) -> None:
        self._publish()
        assert [entry.sequence for entry in self.trail] == list(range(1, self.order.sequence + 1))
        state = State.CHECKING
        for entry in self.trail:
            assert entry.state_before is state
            assert entry.state_after is state or (state, entry.state_after) in MOVES
            state = entry.state_after
        assert state is self.order.state

    @invariant()
    def every_accepted_decision_is_in_the_audit_trail_once(self) -> None:
        taken = [entry for entry in self._publish() if not entry.kind.endswith(("_refused", "_kept"))]
        told = [entry.event_id for entry in taken if entry.event_id and not entry.event_id.startswith("get:")]
        assert sorted(told) == sorted(self.accepted)

    @invariant()
    def it_survives_continue_as_new(self) -> None:
        again = Order.model_validate_json(self.order.model_dump_json())
        assert again == self.order
        if self.step is None:
            self.order = again

    @invariant()
    def tasks_fit_the_state(self) -> None:
        for task in self.order.open_tasks:
            assert self.order.state in TASK_STATES[task.kind] or task.kind.value == "carrier_unreachable", task
        names = [task.task_id for task in self.order.tasks]
        assert len(names) == len(set(names))
        about = [(task.kind, task.item) for task in self.order.open_tasks]
        assert len(about) == len(set(about))

    @invariant()
    def no_number_is_lost_and_none_is_in_two_orders(self) -> None:
        """What was split out and what stayed is what was asked for, once each; something always stays."""
        orders = [self.order.request, *self.children]
        assert sorted(number for one in orders for number in one.numbers) == sorted(NUMBERS)
        assert all(one.numbers for one in orders)
        assert self.order.splits == [child.order_id for child in self.children]
        assert len({one.order_id for one in orders}) == len(orders)
        assert set(self.order.number_status) <= set(self.order.request.numbers)

    @invariant()
    def what_was_given_up_is_never_sent_again(self) -> None:
        assert not self.sent_after_giving_up

    @invariant()
    def nobody_but_a_person_goes_on_where_one_is_wanted(self) -> None:
        """What is taken up again by itself only needs time, and not for ever."""
        order = self.order
        assert order.cures <= MOST_CURES
        if order.cure_at and not order.unjudged:
            assert order.state is State.ACTION_REQUIRED
            assert judge_rejection(Rejected.of(order, self.now)).plan.action in {Action.WAIT, Action.RETRY}

    @invariant()
    def no_notice_is_given_twice(self) -> None:
        keys = [notice.key for notice in self.order.unsent]
        assert len(keys) == len(set(keys))

    @invariant()
    def nothing_goes_out_or_moves_on_hold(self) -> None:
        assert not self.moved_on_hold

    @invariant()
    def the_carrier_was_asked_for_nothing_forbidden(self) -> None:
        assert self.carrier.broken == []

    @invariant()
    def an_ended_order_stays_as_it_is(self) -> None:
        order = self.order
        if order.ended:
            kept = order.model_dump_json(exclude={"seen", "sequence", "unpublished", "last_refusal", "deferred"})
            assert self.final in {None, kept}
            self.final = kept

    @invariant()
    def it_can_be_told_in_words(self) -> None:
        assert self.order.state.replace("_", " ") in words.details(self.order)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    derandomize="PORTOLAN_EXAMPLES" not in os.environ,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
