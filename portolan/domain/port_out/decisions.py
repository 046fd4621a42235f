"""Taking a message, deciding the answer, and what Portolan's own work brought: every change of a port-out.

Two tables in one: `objection` says what is not accepted and why; nothing else decides that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from portolan.domain.foc import in_words
from portolan.domain.port_out.case import Case, Cause, Denial, FraudHold, Validation
from portolan.domain.port_out.grounds import Finding, Ground, Refused, Released
from portolan.domain.port_out.judging import findings, standing
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
from portolan.domain.port_out.states import ENDED, OPEN, PortOutState
from portolan.domain.telling import NoticeKind

CLOCK_SKEW = timedelta(minutes=5)
#: Between two tries of what Portolan does itself.
RETRY_AFTER = timedelta(minutes=5)
PORTOLAN = "Portolan"
NOT_RELEASED = "The numbers were not released, so they cannot have moved by our leave."
ASK_BACK = "If they did move, ask for them back at once as a port that nobody authorised."

#: In which states each message is accepted.
ALLOWED: dict[str, frozenset[PortOutState]] = {
    "confirm": OPEN,
    "deny": OPEN | {PortOutState.RELEASED},
    "unlock": OPEN,
    "hold_for_fraud": OPEN,
    "release_hold": OPEN,
    "refuse": OPEN,
    "withdrawn": frozenset(PortOutState) - ENDED,
    "ported": frozenset({PortOutState.RELEASED, PortOutState.ANSWERING}),
}


class Objection(BaseModel):
    """Why a message is not accepted, what to do instead, and what is allowed now."""

    reason: str
    instead: str = ""
    allowed: list[str] = Field(default_factory=list)

    def in_words(self) -> str:
        """One line for a person."""
        return f"{self.reason} {self.instead}".strip()


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


def objection(case: Case, event: PortOutEvent, now: datetime) -> Objection | None:
    """Why this message cannot be accepted now, or None."""
    allowed = [kind for kind, states in ALLOWED.items() if case.state in states]
    if event.occurred_at and event.occurred_at > now + CLOCK_SKEW:
        return Objection(reason=f"It is dated {in_words(event.occurred_at)}, which is still to come.", allowed=allowed)
    if case.state not in ALLOWED[event.kind]:
        return Objection(reason=_too_late(case, event), instead=_instead(case, event), allowed=allowed)
    said = _OBJECTIONS.get(type(event))
    why = said(case, event, now) if said else None
    return why.model_copy(update={"allowed": allowed}) if why else None


def _too_late(case: Case, event: PortOutEvent) -> str:
    if case.ended:
        return f"It has ended. {case.outcome}"
    if isinstance(event, Ported):
        return NOT_RELEASED
    if case.state is PortOutState.ANSWERING:
        return "The answer is decided and on its way."
    return f"It is {case.state.replace('_', ' ')} since {in_words(case.since)}."


def _instead(case: Case, event: PortOutEvent) -> str:
    if isinstance(event, Ported) and case.state is not PortOutState.PORTED:
        return ASK_BACK
    return ""


def _confirm(case: Case, event: Confirm, now: datetime) -> Objection | None:
    if case.locked(now) and case.policy.locks_hold:
        return Objection(reason="The numbers are locked.", instead="The customer lifts the lock first (unlock).")
    return None


def _deny(case: Case, event: Deny, now: datetime) -> Objection | None:
    return Objection(reason=f"{case.denied.by} has said so already.") if case.denied else None


def _unlock(case: Case, event: Unlock, now: datetime) -> Objection | None:
    return None if case.locked(now) else Objection(reason="There is no lock on the numbers.")


def _hold(case: Case, event: HoldForFraud, now: datetime) -> Objection | None:
    if case.hold:
        until = in_words(case.hold.until)
        return Objection(reason=f"It is on hold already, by {case.hold.said.by}, until {until}.")
    return None


def _release_hold(case: Case, event: ReleaseHold, now: datetime) -> Objection | None:
    if case.hold:
        return None
    if case.denied:
        return Objection(
            reason=f"It waits because {case.denied.by} denies it.",
            instead="Only the customer's confirmation ends that.",
        )
    return Objection(reason="There is no hold.")


def _refuse(case: Case, event: Refuse, now: datetime) -> Objection | None:
    found = [finding.ground for finding in standing(case, now)]
    possible = ", ".join(found) or "none"
    if event.ground not in case.policy.grounds:
        return Objection(
            reason=f"{case.policy.playbook} has no rule by which a port may be refused as {event.ground}.",
            instead=f"On record is: {possible}.",
        )
    if event.ground is not Ground.FRAUD_CONFIRMED:
        wrong = event.ground not in found
        return (
            Objection(reason=f"{event.ground} was not found.", instead=f"On record is: {possible}.") if wrong else None
        )
    if case.hold is None:
        return Objection(
            reason="Nobody holds it for fraud.", instead="Hold it first, with what was seen (hold_for_fraud)."
        )
    if _same_person(case.hold.said.by, event.by):
        return Objection(
            reason=f"{event.by} holds it for fraud, and one person's word is not enough.",
            instead="A second person confirms it.",
        )
    return None


_OBJECTIONS: dict[type, Callable[[Case, Any, datetime], Objection | None]] = {
    Confirm: _confirm,
    Deny: _deny,
    Unlock: _unlock,
    HoldForFraud: _hold,
    ReleaseHold: _release_hold,
    Refuse: _refuse,
    Ported: _ported_unasked,
}


def _ported_unasked(case: Case, event: Ported, now: datetime) -> Objection | None:
    released = isinstance(case.answer, Released)
    return None if released else Objection(reason=NOT_RELEASED, instead=ASK_BACK)


def _same_person(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


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
    _settle(case, cause, now, f"the customer wants the port; recognised by {event.verified}")


def _denied(case: Case, event: Deny, cause: Cause, now: datetime) -> None:
    words = "the account holder says that they did not ask for this"
    case.denied = Denial(by=event.by, at=cause.occurred_at, verified=event.verified)
    if case.state is PortOutState.RELEASED:
        case.record(cause, now, f"{words}, after the release")
        case.notify(NoticeKind.PORT_OUT_ATTENTION, why=f"{words}, and the numbers are released; stop it by telephone")
        return
    case.confirmed_by = ""
    recognised = f"; recognised by {event.verified}" if event.verified else "; nobody has checked who says so"
    _settle(case, cause, now, words + recognised)
    case.notify(NoticeKind.PORT_OUT_HELD, why=words, until=in_words(case.decide_by), by_itself="refused for that")


def _unlocked(case: Case, event: Unlock, cause: Cause, now: datetime) -> None:
    case.unlocked_at = now
    _settle(case, cause, now, f"the lock is lifted; recognised by {event.verified}")


def _held(case: Case, event: HoldForFraud, cause: Cause, now: datetime) -> None:
    until = case.end_hold_by(case.policy.fraud_hold_hours, now)
    case.hold = FraudHold(said=event, until=until)
    words = f"{event.sign.replace('_', ' ')}: {event.reason}"
    _settle(case, cause, now, f"{words} (evidence: {event.evidence}), until {in_words(until)}")
    at_the_end = "refused for what the customer said" if case.denied else case.by_itself(now)
    case.notify(NoticeKind.PORT_OUT_HELD, why=words, until=in_words(until), by_itself=at_the_end)


def _hold_released(case: Case, event: ReleaseHold, cause: Cause, now: datetime) -> None:
    case.hold = None
    _settle(case, cause, now, event.reason)


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


def end_hold(case: Case, now: datetime) -> None:
    """Nobody confirmed a person's suspicion in its time; what the customer said stands."""
    case.hold = None
    _settle(case, Cause(kind="hold_ended", by=PORTOLAN, occurred_at=now), now, "nobody confirmed the suspicion")


def _settle(case: Case, cause: Cause, now: datetime, detail: str) -> None:
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


def decide_by_default(case: Case, now: datetime) -> None:
    """The time is up: silence would be consent, so it is a release, unless a ground stands on record."""
    found = standing(case, now)
    cause = Cause(kind="default", by=PORTOLAN, occurred_at=now)
    unchecked = "" if case.validation else f"our record could not be read: {case.trouble}"
    if found:
        decide(case, Refused.of(case.policy, found), cause, now, unchecked)
    else:
        decide(case, Released(by_default=True), cause, now, unchecked)


def validated(case: Case, validation: Validation, now: datetime) -> None:
    """Our record was compared. What is wrong is answered at once and whole; else the customer has the word."""
    if case.state is not PortOutState.VALIDATING:
        return
    case.validation, case.findings = validation, findings(case.request, validation)
    cause = Cause(kind="validated", by=PORTOLAN, occurred_at=now)
    if case.findings:
        decide(case, Refused.of(case.policy, standing(case, now)), cause, now)
    elif case.confirmed_by and not (case.denied or case.hold):
        decide(case, Released(), cause, now, f"{case.confirmed_by} confirmed it")
    else:
        waits = case.denied or case.hold
        target = PortOutState.ON_FRAUD_HOLD if waits else PortOutState.AWAITING_CUSTOMER
        hold = case.hold
        case.move(target, cause, now, "nothing was found against it")
        case.hold = hold if waits else None
    if validation.notes:
        case.notify(NoticeKind.PORT_OUT_ATTENTION, why="; ".join(validation.notes))


def not_done(case: Case, why: str, now: datetime) -> None:
    """What Portolan does itself did not succeed: it is tried again, and the coordinator is told the first time."""
    if case.state is PortOutState.VALIDATING:
        what = "our record cannot be read"
    elif case.state is PortOutState.ANSWERING:
        what = f"the answer cannot be got across; call {case.request.requesting_carrier} before it is due"
    else:
        return
    case.tries += 1
    case.retry_at = now + RETRY_AFTER
    if not case.trouble:
        case.trouble = why
        case.record(Cause(kind="not_done", by=PORTOLAN, occurred_at=now), now, f"{what}: {why}")
        case.notify(NoticeKind.PORT_OUT_ATTENTION, why=f"{what} ({why}); the answer is due {in_words(case.answer_by)}")


def not_cancelled(case: Case, now: datetime) -> None:
    """Somebody cancelled the workflow, which is no answer; what they may have meant is told to the coordinator."""
    words = "the workflow was cancelled in Temporal, which ends nothing here; if the request is gone, enter `withdrawn`"
    case.record(Cause(kind="cancel_ignored", by="Temporal operator", occurred_at=now), now, words)
    if not case.ended:
        case.notify(NoticeKind.PORT_OUT_ATTENTION, why=words)


def answered(case: Case, now: datetime) -> None:
    """The requesting carrier has the answer."""
    cause = Cause(kind="answered", by=PORTOLAN, occurred_at=now)
    if case.state is not PortOutState.ANSWERING or case.answer is None:
        case.record(cause, now, "the answer had gone out by then")
        return
    case.answered_at = now
    late = f", after it was due ({in_words(case.answer_by)})" if case.late else ""
    requester = case.request.requesting_carrier
    if isinstance(case.answer, Refused):
        words = case.answer.in_words()
        case.outcome = f"Refused to {requester}{late}: {words}. The numbers stay."
        case.move(PortOutState.REFUSED, cause, now, f"{requester} has it{late}")
        case.notify(NoticeKind.PORT_OUT_REFUSED, why=words)
        if case.late:
            case.notify(NoticeKind.PORT_OUT_ATTENTION, why=f"{requester} may take the late refusal for a consent; call")
    else:
        how = case.answer.in_words()
        case.outcome = f"Released to {requester}{late}: {how}."
        case.closes_at = max(now, case.request.requested_foc or now) + timedelta(days=case.policy.close_after_days)
        case.move(PortOutState.RELEASED, cause, now, f"{requester} has it{late}")
        foc = in_words(case.request.requested_foc) if case.request.requested_foc else "a day it has not named yet"
        case.notify(NoticeKind.PORT_OUT_RELEASED, why=how, foc=foc)
