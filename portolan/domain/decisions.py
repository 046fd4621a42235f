"""Taking a message: judge it, apply it once, and keep a line of it in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from portolan.domain import bridging, cutover_decisions, readiness
from portolan.domain.answers import complete
from portolan.domain.calendars import local
from portolan.domain.carrier import SendKind
from portolan.domain.foc import foc_problem, in_words, loa_plan, proposals
from portolan.domain.messages import (
    Approve,
    Cancel,
    CarrierActivity,
    CarrierApproved,
    CarrierMessage,
    CarrierPuzzle,
    CarrierRejected,
    Event,
    FocConfirmed,
    GiveEvidence,
    Hold,
    LoaSigned,
    OverrideGates,
    Release,
    Reschedule,
    Resubmit,
    Rollback,
)
from portolan.domain.moves import (
    ask_for_date,
    correct_and_go_on,
    go_on_signed,
    good_day,
    rejected_in_words,
    release,
    restart_chase,
    send,
)
from portolan.domain.order import Cause, Evidence, Loa, OnHold, Order
from portolan.domain.refusals import Refusal, deferrable, refusal
from portolan.domain.states import ACTING, AFTER_ACTIVATION, State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind


class Answer(BaseModel):
    """What became of a message.

    Attributes:
        accepted: Whether it counts. A repeated message is answered as the first one was.
        status: `applied`, `deferred` (kept until the running step ends), `duplicate`, `refused`; the starter
            adds `promised` where no worker could answer and the message waits at the server.
        state: The order's state afterwards.
    """

    accepted: bool
    status: str
    state: State | None = None
    reason: str = ""
    instead: str = ""
    allowed: list[str] = Field(default_factory=list)

    @classmethod
    def refused(cls, order: Order, why: Refusal) -> Answer:
        """A refusal as an answer."""
        return cls(
            accepted=False,
            status="refused",
            state=order.state,
            reason=why.reason,
            instead=why.instead,
            allowed=why.allowed,
        )


def take(order: Order, event: Event, now: datetime, from_carrier: bool = False) -> Answer:
    """Apply a message once.

    A refused one changes nothing but leaves a line in the audit trail; one that has to wait is kept. What was read
    `from_carrier` itself is never older than what anybody said of it.
    """
    if event.event_id and event.event_id in order.seen:
        status = order.seen[event.event_id]
        return Answer(accepted=status != "refused", status="duplicate", state=order.state, reason=f"Already {status}.")
    if event.occurred_at is None:
        event = event.model_copy(update={"occurred_at": now})
    why = refusal(order, event, now)
    if why:
        _refuse(order, event, why, now)
        return Answer.refused(order, why)
    if deferrable(order, event.kind):
        _remember(order, event, "deferred")
        order.deferred.append(event)
        order.record(_cause(event, "kept"), now, "applied as soon as the running step has ended")
        return Answer(accepted=True, status="deferred", state=order.state)
    _remember(order, event, "applied")
    _apply(order, event, now, from_carrier)
    until = f" until {in_words(order.hold.until)}" if order.hold and order.hold.until else ""
    reason = f"On hold{until}: nothing is sent and nothing is moved." if order.hold else ""
    return Answer(accepted=True, status="applied", state=order.state, reason=reason)


def take_deferred(order: Order, now: datetime) -> None:
    """Apply the messages that waited, now that nothing is running; one that no longer fits is refused on record."""
    waiting, order.deferred = order.deferred, []
    for event in waiting:
        if deferrable(order, event.kind):
            order.deferred.append(event)
        elif why := refusal(order, event, now):
            _refuse(order, event, why, now)
        else:
            _remember(order, event, "applied")
            _apply(order, event, now)


def take_unreadable(order: Order, kind: str, problem: str, now: datetime) -> None:
    """Keep a message nobody could read: on record, and as a task, so that its sender is asked."""
    order.record(Cause("unreadable", "unknown", now), now, f"{kind}: {problem}")
    if not order.ended:
        order.open_task(TaskKind.READ_MESSAGE, f"A {kind} message could not be read: {problem}", now)


def _refuse(order: Order, event: Event, why: Refusal, now: datetime) -> None:
    if isinstance(event, CarrierMessage):
        # A carrier repeats its message until it is taken; by then it may fit.
        order.seen.pop(event.event_id, None)
    else:
        _remember(order, event, "refused")
    order.last_refusal = f"{event.kind} by {_who(event)}: {why.in_words()}"
    order.record(_cause(event, "refused"), now, order.last_refusal)


def _remember(order: Order, event: Event, status: str) -> None:
    if event.event_id:
        order.seen[event.event_id] = status


def _who(event: Event) -> str:
    if isinstance(event, Rollback | OverrideGates):
        return event.decided_by
    if isinstance(event, LoaSigned):
        return event.by or event.signed_by
    return event.by or ("carrier" if isinstance(event, CarrierMessage) else "unnamed")


def _cause(event: Event, suffix: str = "") -> Cause:
    assert event.occurred_at is not None  # noqa: S101 - `take` fills it in
    kind = f"{event.kind}_{suffix}" if suffix else event.kind
    return Cause(kind, _who(event), event.occurred_at, event.event_id)


def _apply(order: Order, event: Event, now: datetime, from_carrier: bool = False) -> None:
    cause = _cause(event)
    if isinstance(event, CarrierMessage) and not isinstance(event, CarrierActivity):
        why = _nothing_new(order, event, now, from_carrier)
        if why:
            order.record(cause, now, f"nothing changes: {why}")
            return
    _HANDLERS[event.kind](order, event, cause, now)


def _nothing_new(order: Order, event: CarrierMessage, now: datetime, from_carrier: bool) -> str | None:
    """Why an answer of the carrier changes nothing: an earlier sending, an older answer, or the same one again.

    Where the newest sending was refused, the carrier still answers the one before it.
    """
    said_at = event.occurred_at or now
    said = event.model_dump_json(exclude={"event_id", "note", "by"})
    unsent = from_carrier and order.send_again
    if event.attempt is not None and event.attempt != order.attempt and not unsent:
        return f"it answers sending {event.attempt}, and {order.attempt} is the newest"
    if order.carrier_said_at and said_at < order.carrier_said_at and not from_carrier:
        return "overtaken by what the carrier said later"
    if said == order.carrier_said:
        return "the same answer again"
    order.carrier_said, order.carrier_said_at = said, max(said_at, order.carrier_said_at or said_at)
    return None


def _loa_signed(order: Order, event: LoaSigned, cause: Cause, now: datetime) -> None:
    order.loa = Loa(
        signed_by=event.signed_by,
        signed_on=event.signed_on,
        expires_at=order.loa_expiry(event.signed_on),
        document=event.document,
    )
    detail = f"signed by {event.signed_by}, dated {event.signed_on}, good until {in_words(order.loa.expires_at)}"
    if event.document:
        detail += f", document sha256 {event.document}"
    expected = order.foc_at or proposals(now, order.policy, freezes=order.request.freezes).recommended_at
    plan = loa_plan(order.policy, now, expires_at=order.loa.expires_at, expected_foc=expected)
    if plan:
        order.loa.advice = plan.reason
        detail += f". {plan.reason}"
    order.close_tasks(TaskKind.SIGN_LOA, _who(event), now)
    if order.state is not State.AWAITING_SIGNATURE:
        order.record(cause, now, detail)
    else:
        go_on_signed(order, cause, now, detail)


def _give_evidence(order: Order, event: GiveEvidence, cause: Cause, now: datetime) -> None:
    given = Evidence(
        kind=event.evidence,
        by=cause.by,
        given_at=cause.occurred_at,
        dated_on=event.dated_on,
        document=event.document,
        note=event.note,
    )
    order.evidences.append(given)
    words = f"evidence: {event.evidence.replace('_', ' ')}"
    words += f" dated {event.dated_on}" if event.dated_on else ""
    words += f", document sha256 {event.document}" if event.document else ""
    if event.record:
        order.csr, order.csr_given, order.csr_unavailable, order.evidence = event.record, None, "", ""
        words += "; its data is taken as the record"
    elif order.state in {State.AWAITING_INFORMATION, State.ACTION_REQUIRED}:
        order.evidence = words
    if order.state is State.AWAITING_INFORMATION:
        order.move(State.CHECKING, cause, now, words)
    else:
        order.record(cause, now, words)


def _approve(order: Order, event: Approve, cause: Cause, now: datetime) -> None:
    order.approved_by = _who(event)
    send(order, SendKind.NEW, cause, now, f"approved by {order.approved_by}")


def _carrier_approved(order: Order, event: CarrierApproved, cause: Cause, now: datetime) -> None:
    if order.state is not State.SUBMITTED:
        order.record(cause, now, "already past that; nothing changes")
        return
    order.carrier_approved_at = event.occurred_at
    restart_chase(order, now)
    order.record(cause, now, "the losing carrier accepted the order; the date is awaited")


def _carrier_rejected(order: Order, event: CarrierRejected, cause: Cause, now: datetime) -> None:
    order.rejections = event.reasons
    order.set_foc(None, now)
    if any(reason.code == "LOA_STALE" for reason in event.reasons):
        order.loa = None
    words = rejected_in_words(event.reasons)
    if order.state is State.ACTION_REQUIRED:
        order.record(cause, now, words)
    else:
        order.move(State.ACTION_REQUIRED, cause, now, words)
    order.close_tasks(TaskKind.CHOOSE_DATE, "superseded", now)
    order.unjudged = True


def _foc_confirmed(order: Order, event: FocConfirmed, cause: Cause, now: datetime) -> None:
    settled = order.state in {State.FOC_CONFIRMED, State.READY}
    if settled and event.foc_at == order.foc_at:
        order.record(cause, now, "the same date again; nothing changes")
        return
    was = order.foc_at
    order.set_foc(event.foc_at, now)
    order.foc_moves += was is not None
    order.cures = 0
    order.rejections = []
    problem = foc_problem(event.foc_at, now, order.policy)
    if problem:
        ask_for_date(order, cause, now, problem[0].upper() + problem[1:] + ".")
    else:
        _settle_foc(order, cause, now, was)


def _settle_foc(order: Order, cause: Cause, now: datetime, was: datetime | None) -> None:
    assert order.foc_at is not None  # noqa: S101 - the caller has just set it
    detail = f"FOC {in_words(order.foc_at)}" + (f", before {in_words(was)}" if was else "")
    in_freeze = order.foc_at - timedelta(hours=order.policy.freeze_hours) <= now
    if order.state is State.FOC_CONFIRMED or (order.state is State.READY and in_freeze):
        order.record(cause, now, detail)
    else:
        order.move(State.FOC_CONFIRMED, cause, now, detail)
    if order.policy.rollback_hours and "rollback" not in order.letters:
        order.letter_wanted = "rollback"
    readiness.date_stands(order, now)
    if was:
        order.notify(NoticeKind.FOC_CHANGED, foc=in_words(order.foc_at), before=in_words(was))
    else:
        order.notify(NoticeKind.FOC_CONFIRMED, foc=in_words(order.foc_at))
    _pause(order, now)


def _carrier_activity(order: Order, event: CarrierActivity, cause: Cause, now: datetime) -> None:
    if event.said:
        order.record(cause, now, f"{order.request.gaining_carrier} writes: {event.said}")
        order.notify(NoticeKind.ACTION_NEEDED, why=f"{order.request.gaining_carrier} writes: {event.said}")
    order.heard = order.in_flight
    if order.hint_ends_wait:
        order.retry_at, order.hint_ends_wait = None, False
        order.record(cause, now, "the carrier is asked again")
        return
    if order.policy.independent and order.state in ACTING & AFTER_ACTIVATION:
        # What Portolan does there is to ask the carrier: it does so now.
        order.retry_at = None
        order.record(cause, now, "the carrier is asked")
        return
    order.refetch = order.carrier_order_id is not None
    order.record(cause, now, "the carrier will be asked" if order.refetch else "nothing at the carrier yet")


def _carrier_puzzle(order: Order, event: CarrierPuzzle, cause: Cause, now: datetime) -> None:
    detail = f"The carrier says {event.raw!r}, which Portolan does not know."
    if order.state is State.ACTION_REQUIRED:
        order.record(cause, now, detail)
    else:
        order.move(State.ACTION_REQUIRED, cause, now, detail)
    order.open_task(TaskKind.READ_CARRIER, detail, now)
    order.notify(NoticeKind.ACTION_NEEDED, why=detail)


def _resubmit(order: Order, event: Resubmit, cause: Cause, now: datetime) -> None:
    correct_and_go_on(order, event.corrections, cause, now)


def _cancel(order: Order, event: Cancel, cause: Cause, now: datetime) -> None:
    order.cancel_reason, order.cancelled_in = event.reason, order.state
    order.split_off = None
    order.move(State.CANCELLING, cause, now, event.reason)


def _hold(order: Order, event: Hold, cause: Cause, now: datetime) -> None:
    review_at = now + timedelta(days=order.policy.reminder_days)
    before, since = order.hold, order.hold.since if order.hold else now
    order.hold = OnHold(by=_who(event), reason=event.reason, since=since, until=event.until, review_at=review_at)
    order.record(cause, now, event.reason + (f", until {in_words(event.until)}" if event.until else ""))
    order.open_task(
        TaskKind.REVIEW_HOLD, f"On hold since {in_words(since)}: {event.reason}", now, event.until or review_at
    )
    if before and before.supplements and order.state is State.SUBMITTING:
        order.hold.supplements = order.hold.asked = True
        order.requested_foc_on = _day_after(order, order.hold, now) or order.requested_foc_on
    else:
        _pause(order, now)


def _pause(order: Order, now: datetime) -> None:
    """The carrier has the order already: ask for a date after the hold, or offer the bridge where it cannot pause."""
    hold, carrier, dated = order.hold, order.request.gaining_carrier, order.foc_at is not None
    with_carrier = order.state in {State.SUBMITTED, State.FOC_CONFIRMED, State.READY}
    if not (hold and with_carrier and order.policy.runbook):
        return
    if hold.until and order.foc_at and order.foc_at >= hold.until:
        return
    day = _day_after(order, hold, now)
    if order.state is State.READY:
        bridging.propose(order, now, f"Inside the change freeze {carrier} pauses nothing.")
    elif not order.policy.supplements:
        bridging.propose(order, now, f"{carrier} takes no other date for an order that it holds.")
    elif hold.asked and dated:
        bridging.propose(order, now, f"{order.request.losing_carrier} confirmed a date before the end of the hold.")
    elif hold.until is None and dated:
        bridging.propose(order, now, "A hold without an end names no date that could be asked for instead.")
    elif hold.until and day is None:
        horizon = order.policy.foc_horizon_days
        bridging.propose(order, now, f"Within {horizon} days, as far ahead as a date can lie, the hold does not end.")
    elif day and not hold.asked:
        order.requested_foc_on, hold.supplements, hold.asked = day, True, True
        send(order, SendKind.NEW_DATE, Cause("paused", "portolan", now), now, f"on hold: asking for {day}")


def _day_after(order: Order, hold: OnHold, now: datetime) -> date | None:
    """The day to ask for after a hold; None where it has no end, or ends too far ahead."""
    if hold.until is None:
        return None
    last = local(hold.until - timedelta(microseconds=1), order.policy.time_zone).date()
    day = good_day(order, now, last)
    return day if day > last else None


def _reschedule(order: Order, event: Reschedule, cause: Cause, now: datetime) -> None:
    was = local(order.foc_at, order.policy.time_zone).date() if order.foc_at else None
    order.requested_foc_on = event.foc_on or good_day(order, now, was)
    send(order, SendKind.NEW_DATE, cause, now, f"{event.reason}: asking for {order.requested_foc_on}")


def _release(order: Order, event: Release, cause: Cause, now: datetime) -> None:
    if order.hold:
        release(order, cause, now)
    else:
        bridging.released(order, cause, now)


_HANDLERS: dict[str, Callable[[Order, Any, Cause, datetime], None]] = {
    **cutover_decisions.HANDLERS,
    "loa_signed": _loa_signed,
    "give_evidence": _give_evidence,
    "carrier_approved": _carrier_approved,
    "carrier_rejected": _carrier_rejected,
    "foc_confirmed": _foc_confirmed,
    "carrier_activity": _carrier_activity,
    "carrier_puzzle": _carrier_puzzle,
    "approve": _approve,
    "resubmit": _resubmit,
    "cancel": _cancel,
    "reschedule": _reschedule,
    "hold": _hold,
    "release": _release,
    "complete_task": complete,
}
