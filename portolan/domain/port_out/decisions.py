"""Taking a message: judge it, apply it once, and keep a line of it in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from portolan.domain.foc import in_words
from portolan.domain.port_out.case import Case, Cause, Denial, FraudHold
from portolan.domain.port_out.grounds import Finding, Ground, Refused, Released
from portolan.domain.port_out.judging import standing
from portolan.domain.port_out.messages import (
    Confirm,
    Deny,
    HoldForFraud,
    Ported,
    PortOutEvent,
    Refuse,
    ReleaseHold,
    Unlock,
    Withdrawn,
)
from portolan.domain.port_out.objections import Objection, objection
from portolan.domain.port_out.states import PortOutState
from portolan.domain.telling import NoticeKind

DENIED = "the account holder says that they did not ask for this"
DENIED_BY_SOMEBODY = "somebody says that the account holder did not ask for this, and nobody has checked who they are"


class Reply(BaseModel):
    """What became of a message: `status` is `applied`, `duplicate`, `refused`, or the starter's `promised`."""

    accepted: bool
    status: str
    state: PortOutState | None = None
    reason: str = ""
    instead: str = ""
    allowed: list[str] = Field(default_factory=list)

    @classmethod
    def refused(cls, case: Case, why: Objection) -> Reply:
        """An objection as a reply."""
        return cls(accepted=False, status="refused", state=case.state, **why.model_dump())


def take(case: Case, event: PortOutEvent, now: datetime) -> Reply:
    """Apply a message once; a refused one changes nothing but leaves a line in the audit trail."""
    if event.event_id and event.event_id in case.seen:
        status = case.seen[event.event_id]
        return Reply(accepted=status != "refused", status="duplicate", state=case.state, reason=f"Already {status}.")
    why = objection(case, event, now)
    status = "refused" if why else "applied"
    if event.event_id:
        case.seen[event.event_id] = status
    cause = _cause(case, event, now)
    if why:
        case.last_refusal = f"{event.kind} by {cause.by}: {why.in_words()}"
        case.record(cause.model_copy(update={"kind": "refused"}), now, case.last_refusal)
        return Reply.refused(case, why)
    _APPLY[type(event)](case, event, cause, now)
    return Reply(accepted=True, status="applied", state=case.state)


def take_unreadable(case: Case, kind: str, problem: str, now: datetime) -> None:
    """Keep a message nobody could read, and tell the coordinator."""
    case.record(Cause(kind="unreadable", by="unknown", occurred_at=now), now, f"{kind}: {problem}")
    if not case.ended:
        case.notify(NoticeKind.PORT_OUT_ATTENTION, why=f"a {kind} message could not be read: {problem}")


def _cause(case: Case, event: PortOutEvent, now: datetime) -> Cause:
    by = event.by or (case.request.requesting_carrier if isinstance(event, Withdrawn | Ported) else "unknown")
    return Cause(kind=event.kind, by=by, occurred_at=event.occurred_at or now, event_id=event.event_id)


def _confirmed(case: Case, event: Confirm, cause: Cause, now: datetime) -> None:
    case.confirmed_by, case.denied = event.by, None
    settle(case, cause, now, f"the customer wants the port; recognised by {event.verified}")


def _denied(case: Case, event: Deny, cause: Cause, now: datetime) -> None:
    said = case.denied
    if said is None or event.verified:
        said = Denial(by=event.by, at=cause.occurred_at, verified=event.verified)
    else:
        said = said.model_copy(update={"seconded_by": event.by})
    case.denied, words = said, DENIED if said.counts else DENIED_BY_SOMEBODY
    if case.state is PortOutState.RELEASED:
        case.record(cause, now, f"{words}, after the release")
        case.notify(NoticeKind.PORT_OUT_ATTENTION, why=f"{words}, and the numbers are released; stop it by telephone")
        return
    case.confirmed_by = ""
    if said.verified:
        why = f"recognised by {said.verified}"
    else:
        why = f"{said.seconded_by} says so, too" if said.seconded_by else "no ground until they are recognised"
    settle(case, cause, now, f"{words}; {why}")
    until = in_words(case.decide_by)
    case.notify(NoticeKind.PORT_OUT_HELD, why=words, until=until, by_itself=case.by_itself(now))


def _unlocked(case: Case, event: Unlock, cause: Cause, now: datetime) -> None:
    case.unlocked_at = now
    settle(case, cause, now, f"the lock is lifted; recognised by {event.verified}")


def _held(case: Case, event: HoldForFraud, cause: Cause, now: datetime) -> None:
    until = case.end_hold_by(case.policy.fraud_hold_hours, now)
    case.hold = FraudHold(said=event, until=until)
    words = f"{event.sign.replace('_', ' ')}: {event.reason}"
    settle(case, cause, now, f"{words} (evidence: {event.evidence}), until {in_words(until)}")
    case.notify(NoticeKind.PORT_OUT_HELD, why=words, until=in_words(until), by_itself=case.by_itself(now))


def _hold_released(case: Case, event: ReleaseHold, cause: Cause, now: datetime) -> None:
    case.hold = None
    settle(case, cause, now, event.reason)


def _refused(case: Case, event: Refuse, cause: Cause, now: datetime) -> None:
    if event.ground is Ground.FRAUD_CONFIRMED and case.hold:
        said = case.hold.said
        detail = f"{said.by} saw {said.sign.replace('_', ' ')}: {said.reason} (evidence: {said.evidence})"
        decide(
            case, Refused.of(case.policy, [Finding(ground=event.ground)]), cause, now, f"{detail}; {event.by} agrees"
        )
        return
    decide(case, Refused.of(case.policy, standing(case, now)), cause, now)


def _withdrawn(case: Case, event: Withdrawn, cause: Cause, now: datetime) -> None:
    why = f": {event.reason}" if event.reason else ""
    case.outcome = f"{case.request.requesting_carrier} took its request back; the numbers stay{why}."
    case.move(PortOutState.WITHDRAWN, cause, now, case.outcome)
    case.notify(NoticeKind.PORT_OUT_CLOSED, why=case.outcome)


def _ported(case: Case, event: Ported, cause: Cause, now: datetime) -> None:
    case.ported_at = event.ported_at or cause.occurred_at
    case.outcome = f"The numbers moved to {case.request.requesting_carrier} on {in_words(case.ported_at)}."
    case.move(PortOutState.PORTED, cause, now, case.outcome)
    case.notify(NoticeKind.PORT_OUT_CLOSED, why=case.outcome)


_APPLY: dict[type, Callable[[Case, Any, Cause, datetime], None]] = {
    Confirm: _confirmed,
    Deny: _denied,
    Unlock: _unlocked,
    HoldForFraud: _held,
    ReleaseHold: _hold_released,
    Refuse: _refused,
    Withdrawn: _withdrawn,
    Ported: _ported,
}


def settle(case: Case, cause: Cause, now: datetime, detail: str) -> None:
    """Go where what is on record leads; while validating, it is only kept in mind."""
    if case.state is PortOutState.VALIDATING:
        case.record(cause, now, detail)
        return
    if case.denied or case.hold:
        target = PortOutState.ON_FRAUD_HOLD
    elif case.confirmed_by and not (case.locked(now) and case.policy.locks_hold):
        decide(case, Released(), cause, now, detail)
        return
    else:
        target = PortOutState.AWAITING_CUSTOMER
    if case.state is target:
        case.record(cause, now, detail)
    else:
        case.move(target, cause, now, detail)


def decide(case: Case, answer: Released | Refused, cause: Cause, now: datetime, detail: str = "") -> None:
    """Fix the answer; it goes out next."""
    case.answer, case.decided_at, case.decided_by = answer, now, cause.by
    words = f"{answer.kind}: {answer.in_words()}"
    case.move(PortOutState.ANSWERING, cause, now, "; ".join(filter(None, (words, detail))))
