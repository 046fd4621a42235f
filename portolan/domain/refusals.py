"""What an order allows, and why not: one pure table for the update's validator, the signals and the buttons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from portolan.domain import readiness
from portolan.domain.calendars import local
from portolan.domain.carrier import AccountData
from portolan.domain.cutover_checks import (
    AHEAD,
    after_window,
    check_confirm,
    check_cut_over,
    check_override,
    check_reschedule,
    check_rollback,
    check_sign_off,
    check_stage,
    check_test_calls,
    new_port,
    window_shut,
)
from portolan.domain.foc import in_words
from portolan.domain.messages import (
    KINDS,
    CompleteTask,
    CutOver,
    Event,
    GiveEvidence,
    Hold,
    LoaSigned,
    Resubmit,
    Rollback,
    SignOffItems,
)
from portolan.domain.order import Order
from portolan.domain.proving import not_active
from portolan.domain.settling import bridge_open
from portolan.domain.states import ACTING, AFTER_ACTIVATION, BEFORE_CUTOVER, ENDED, MOVED, STATES, State
from portolan.domain.tasks import Task, TaskKind


class Refusal(BaseModel):
    """Why a message is not accepted, what to do instead, and what is allowed now."""

    reason: str
    instead: str = ""
    allowed: list[str] = Field(default_factory=list)

    def in_words(self) -> str:
        """One line for a person."""
        return f"{self.reason} {self.instead}".strip()


_WITH_CARRIER = frozenset({State.SUBMITTED, State.ACTION_REQUIRED, State.FOC_CONFIRMED, State.READY})
_CANCELLABLE = BEFORE_CUTOVER - {State.CANCELLING}
_DATED = frozenset({State.FOC_CONFIRMED, State.READY})

#: In which states each message is accepted.
ALLOWED: dict[str, frozenset[State]] = {
    "loa_signed": frozenset({State.AWAITING_SIGNATURE, State.AWAITING_APPROVAL, State.ACTION_REQUIRED}),
    "give_evidence": frozenset(
        {State.AWAITING_INFORMATION, State.AWAITING_SIGNATURE, State.AWAITING_APPROVAL, State.ACTION_REQUIRED}
    ),
    "carrier_approved": _WITH_CARRIER,
    "carrier_rejected": _WITH_CARRIER,
    "foc_confirmed": _WITH_CARRIER,
    "carrier_puzzle": _WITH_CARRIER,
    "carrier_activity": frozenset(State) - ENDED,
    "approve": frozenset({State.AWAITING_APPROVAL}),
    "resubmit": frozenset({State.AWAITING_INFORMATION, State.ACTION_REQUIRED}),
    "sign_off": AHEAD | _DATED | AFTER_ACTIVATION,
    "override_gates": _DATED,
    "cut_over": frozenset({State.READY}),
    "test_calls": AFTER_ACTIVATION,
    "rollback": frozenset(
        {State.BRIDGED, State.PARTIALLY_ACTIVE, State.VERIFYING, State.ROLLBACK_WINDOW, State.SETTLING}
    ),
    "confirm": _DATED | AFTER_ACTIVATION - {State.ROLLING_BACK},
    "cancel": _CANCELLABLE,
    "reschedule": frozenset({State.SUBMITTED, State.FOC_CONFIRMED}),
    "hold": _CANCELLABLE - {State.BRIDGED},
    "release": frozenset(State) - ENDED,
    "complete_task": frozenset(State) - ENDED,
}

#: Where numbers are split out.
_SPLITTING = frozenset({State.AWAITING_INFORMATION, State.ACTION_REQUIRED})
#: What Portolan does after the pivot: a decision waits until it has ended.
_MOVING = frozenset({State.CUTTING_OVER, State.PARTIALLY_ACTIVE, State.VERIFYING})
#: In which states a message is kept until what Portolan is doing has ended, and applied then.
DEFERRED: dict[str, frozenset[State]] = {
    "cancel": frozenset({State.CHECKING, State.BRIDGING, State.SUBMITTING, *_SPLITTING}),
    "loa_signed": frozenset({State.ACTION_REQUIRED}),
    "give_evidence": _SPLITTING,
    "resubmit": _SPLITTING,
    "carrier_approved": frozenset({State.SUBMITTING, State.ACTION_REQUIRED}),
    "carrier_rejected": frozenset({State.SUBMITTING, State.ACTION_REQUIRED}),
    "foc_confirmed": frozenset({State.SUBMITTING, State.ACTION_REQUIRED}),
    "carrier_puzzle": frozenset({State.SUBMITTING, State.ACTION_REQUIRED}),
    "rollback": _MOVING,
    "test_calls": _MOVING,
    "confirm": _MOVING,
    "complete_task": ACTING | _SPLITTING,
}

#: So many digits tell a number from another one.
SHORTEST_NUMBER = 7
CLOCK_SKEW = timedelta(minutes=5)


def deferrable(order: Order, kind: str) -> bool:
    """Whether such a message has to wait for what is running now."""
    if order.state not in DEFERRED.get(kind, frozenset()):
        return False
    return order.in_flight or order.state not in ALLOWED[kind]


#: Kinds that are offered only where more than the state allows them.
_OFFERED: dict[str, Callable[[Order, datetime], bool]] = {
    "release": lambda order, now: bool(order.hold) or order.state is State.BRIDGED,
    "complete_task": lambda order, now: any(possible_answers(order, task) for task in order.open_tasks),
    "sign_off": lambda order, now: bool(readiness.signable(order, now)),
    "override_gates": lambda order, now: bool(readiness.overdue(order, now)),
    "cut_over": lambda order, now: check_cut_over(order, CutOver(by=order.request.coordinator.name), now) is None,
    "confirm": lambda order, now: order.proposal is not None,
    "reschedule": lambda order, now: order.policy.supplements,
    "rollback": lambda order, now: (
        order.state is State.BRIDGED or check_stage(order, now, order.state is State.SETTLING) is None
    ),
}


def allowed(order: Order, now: datetime) -> list[str]:
    """The kinds of decision a person may take now, for buttons and error texts."""
    kinds = [kind for kind in KINDS if order.state in ALLOWED[kind] and not kind.startswith(("carrier", "foc"))]
    return [kind for kind in kinds if kind not in _OFFERED or _OFFERED[kind](order, now)]


def refusal(order: Order, event: Event, now: datetime) -> Refusal | None:
    """Why the order does not take this message now, or None where it does.

    Args:
        order: The order, in the workflow or as the read model has it.
        event: The message; `occurred_at` is when the decision was made, and counts against every deadline.
        now: The moment of judging.
    """
    made_at = event.occurred_at or now
    if made_at > now + CLOCK_SKEW:
        return _refused(
            order,
            now,
            f"occurred_at {in_words(made_at)} lies in the future.",
            "Leave it out, or correct the clock.",
        )
    if order.state not in ALLOWED[event.kind] and not deferrable(order, event.kind):
        reason, instead = _why_not(order, event, made_at)
        return _refused(order, now, reason, instead)
    check = _CHECKS.get(event.kind)
    found = check(order, event, made_at) if check else None
    return _refused(order, now, *found) if found else None


def _refused(order: Order, now: datetime, reason: str, instead: str) -> Refusal:
    options = allowed(order, now)
    if not instead:
        instead = f"Possible now: {', '.join(options)}." if options else ""
    return Refusal(reason=reason, instead=instead, allowed=options)


def _why_not(order: Order, event: Event, made_at: datetime) -> tuple[str, str]:
    state, what = order.state, event.kind.replace("_", " ")
    if isinstance(event, Rollback) and order.activated_at:
        return (
            after_window(order)
            if state is State.COMPLETED
            else (f"A rollback is not possible while the order is {state.replace('_', ' ')}.", "")
        )
    if isinstance(event, Rollback) and state not in ENDED:
        return "No number has moved yet, so there is nothing to roll back.", "Cancel the order instead."
    if event.kind == "cancel" and (state in MOVED or state is State.COMPLETED):
        until = order.rollback_until
        way = (
            f"Ask for a rollback, until {in_words(until)}." if until else "Ask for a rollback once the cutover is done."
        )
        if state is State.ROLLING_BACK:
            way = "They are being returned."
        elif window_shut(order, made_at):
            way = new_port(order)
        return "The numbers have moved or are moving; after cutover an order cannot be cancelled.", way
    if state in ENDED:
        return (
            f"The order has ended: {state.replace('_', ' ')}. {order.outcome}".strip(" .") + ".",
            "Start a new order if it is still wanted.",
        )
    return (
        f"{what.capitalize()} is not possible while the order is {state.replace('_', ' ')}: {STATES[state].meaning}.",
        "",
    )


def _check_at_carrier(order: Order, event: Event, made_at: datetime) -> tuple[str, str] | None:
    if order.carrier_order_id is None and order.state is not State.SUBMITTING:
        return "The carrier holds no order of ours that it could have answered.", ""
    return None


def _check_loa(order: Order, event: LoaSigned, made_at: datetime) -> tuple[str, str] | None:
    signer = order.account.authorized_person
    if event.signed_by.casefold().split() != signer.casefold().split():
        return f"{event.signed_by} is not the person authorized on the account.", f"{signer} has to sign."
    modes = order.policy.signature_modes
    if event.mode and event.mode not in modes:
        return (
            f"{order.request.losing_carrier} does not take an LOA signed this way ({event.mode}).",
            f"Have it signed: {' or '.join(modes)}.",
        )
    today = local(made_at, order.policy.time_zone).date()
    if event.signed_on > today + timedelta(days=1):
        return (
            f"The LOA is dated {event.signed_on}, which lies in the future.",
            "Give the date written on the LOA.",
        )
    if made_at >= order.loa_expiry(event.signed_on):
        limit = order.policy.loa_max_age_days
        return (
            f"The LOA is dated {event.signed_on}; it may be at most {limit} days old.",
            "Have it signed again with today's date.",
        )
    return None


def _check_evidence(order: Order, event: GiveEvidence, made_at: datetime) -> tuple[str, str] | None:
    if not event.by:
        return "Evidence needs somebody who vouches for it.", "Say who gives it (by)."
    if event.record and order.state in {State.AWAITING_SIGNATURE, State.AWAITING_APPROVAL}:
        return (
            "The account was compared already, and the letter is made of it; another record comes too late for that.",
            "Leave the record out, or cancel the order and start it again with the right data.",
        )
    if event.evidence == "csr" and event.record is None:
        return "A customer service record was named, and not what it says.", "Give its `record`, field by field."
    if event.evidence == "bill" and event.dated_on is None:
        return "A bill counts by its date, and none was given.", "Give the date on it (dated_on)."
    if event.dated_on is None:
        return None
    age = (local(made_at, order.policy.time_zone).date() - event.dated_on).days
    limit = order.policy.bill_max_age_days
    if age < -1:
        return f"The {event.evidence} is dated {event.dated_on}, which lies in the future.", "Give the date on it."
    if age > limit:
        return (
            f"The {event.evidence} is dated {event.dated_on}; it may be at most {limit} days old.",
            "Give a newer one.",
        )
    return None


def _check_corrections(order: Order, event: Resubmit, made_at: datetime) -> tuple[str, str] | None:
    unknown = [field for field in event.corrections if field not in AccountData.model_fields]
    if unknown:
        return (
            f"Unknown field(s) in corrections: {', '.join(unknown)}.",
            f"Fields: {', '.join(AccountData.model_fields)}.",
        )
    empty = [field for field, value in event.corrections.items() if not value.strip()]
    return (f"Empty correction for {', '.join(empty)}.", "Give the new text.") if empty else None


def _check_hold(order: Order, event: Hold, made_at: datetime) -> tuple[str, str] | None:
    if event.until and event.until <= made_at:
        return f"The hold would end on {in_words(event.until)}, which is past.", "Give a later date, or none."
    return None


def _check_release(order: Order, event: Event, made_at: datetime) -> tuple[str, str] | None:
    return None if order.hold or order.state is State.BRIDGED else ("The order is not on hold.", "")


def find_task(order: Order, task_id: str) -> Task | None:
    """The open task of that name."""
    return next((task for task in order.open_tasks if task.task_id == task_id), None)


def suggestions(order: Order) -> dict[str, str]:
    """What the record, or the carrier that rejected the order, says instead of our text, by field."""
    found = {difference.field: difference.suggestion for difference in order.differences}
    if order.state is State.ACTION_REQUIRED:
        found |= {r.reason.field or "": r.suggestion or on_record(order, r.reason.field) for r in order.rejections}
    return {
        field: text
        for field, text in found.items()
        if text and field in AccountData.model_fields and getattr(order.account, field) != text
    }


def on_record(order: Order, field: str | None) -> str:
    """What the losing carrier's record says in a field of the account; empty where there is none."""
    known = order.csr is not None and field in AccountData.model_fields
    return str(getattr(order.csr, field or "")) if known else ""


def main_ports(order: Order) -> bool:
    """Whether the account's main number leaves while other numbers stay."""
    return bool(order.left) and order.main_number in order.request.numbers


def _leaves(order: Order, text: str) -> bool:
    """Whether a text, in whatever writing, is one of the order's numbers."""
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    return len(digits) >= SHORTEST_NUMBER and any(number.endswith(digits) for number in order.request.numbers)


def separable(order: Order, note: str = "") -> list[str]:
    """The numbers that could go on in an order of their own: those a note names, a rejection, or no record knows.

    Where some numbers moved and some did not, those that did not.

    Empty where that would be all of them, or none, or where one of them is the account's main number.
    """
    if order.state is State.PARTIALLY_ACTIVE:
        stuck = not_active(order)
        return stuck if len(stuck) < len(order.request.numbers) and not bridge_open(order) else []
    noted = {number for number in order.request.numbers if number in note}
    named = noted or {number for reason in order.rejections for number in reason.numbers}
    if order.state is State.AWAITING_INFORMATION and not noted:
        named = set(order.unknown)
    found = [number for number in order.request.numbers if number in named]
    # Numbers that stay behind on the account need its main number there, or a new one.
    if bridge_open(order):  # it carries all of them, and comes down with this order
        return []
    headless = order.main_number in order.request.numbers and not order.new_btn
    whole = len(found) == len(order.request.numbers) or headless
    return [] if whole else found


#: Answers that make sense only where there is something to do: what to say where there is nothing.
_NOTHING_TO_ANSWER = {
    "accept_suggestions": "Nobody suggested a text that differs.",
    "split_out": "There are no single numbers that could be split out while others stay.",
    "request_new_date": "The gaining carrier takes no other date for an order that it holds.",
}


_DO_INSTEAD = {
    "split_out": "Name some of the order's numbers in the note, as +E.164, or resubmit with corrections.",
    "request_new_date": "Accept the date, or cancel the order and start it again.",
}


def possible_answers(order: Order, task: Task) -> list[str]:
    """The answers a task allows as the order stands."""
    dated = order.state is not State.FOC_CONFIRMED or order.policy.supplements
    nothing = {
        answer
        for answer, something in (
            ("accept_suggestions", suggestions(order)),
            ("split_out", separable(order)),
            ("request_new_date", dated),
        )
        if not something
    }
    return [answer for answer in task.facts.answers if answer not in nothing]


def _check_task(order: Order, event: CompleteTask, made_at: datetime) -> tuple[str, str] | None:
    task = find_task(order, event.task_id)
    if task is None:
        names = ", ".join(task.task_id for task in order.open_tasks if task.facts.answers) or "none"
        return f"There is no open task {event.task_id!r}.", f"Open tasks: {names}."
    if event.answer not in task.facts.answers:
        answers = ", ".join(task.facts.answers) or "none; it closes by itself when its subject is settled"
        return f"{event.answer!r} is not an answer to {task.task_id}.", f"Answers: {answers}."
    if task.kind is TaskKind.SIGN_OFF:
        return check_sign_off(order, SignOffItems(items=[task.item], by=event.by), made_at)
    if event.answer == "split_out" and separable(order, event.note):
        return None
    if event.answer not in possible_answers(order, task):
        return _NOTHING_TO_ANSWER[event.answer], _DO_INSTEAD.get(event.answer, "Resubmit with corrections.")
    if event.answer == "keep_remaining" and main_ports(order) and not event.note:
        return (
            f"The main number {order.main_number} is ported while other numbers stay.",
            "Name the account's new billing number in the note.",
        )
    if event.answer == "keep_remaining" and event.note and _leaves(order, event.note):
        return f"{event.note} is among the numbers that leave.", "Name a number that stays on the account."
    if event.answer == "accept" and (order.foc_at is None or order.foc_at <= made_at):
        return (
            f"The confirmed date {in_words(order.foc_at)} has passed.",
            "Ask for a new date: answer request_new_date.",
        )
    if event.foc_at and event.foc_at <= made_at:
        return f"The date asked for, {in_words(event.foc_at)}, has passed.", "Give a later one."
    return None


_CHECKS: dict[str, Callable[[Order, Any, datetime], tuple[str, str] | None]] = {
    "carrier_approved": _check_at_carrier,
    "carrier_rejected": _check_at_carrier,
    "foc_confirmed": _check_at_carrier,
    "carrier_puzzle": _check_at_carrier,
    "sign_off": check_sign_off,
    "override_gates": check_override,
    "cut_over": check_cut_over,
    "test_calls": check_test_calls,
    "confirm": check_confirm,
    "rollback": check_rollback,
    "loa_signed": _check_loa,
    "give_evidence": _check_evidence,
    "resubmit": _check_corrections,
    "reschedule": check_reschedule,
    "hold": _check_hold,
    "release": _check_release,
    "complete_task": _check_task,
}
