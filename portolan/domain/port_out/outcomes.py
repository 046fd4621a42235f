"""What Portolan's own work and the passing of time bring."""

from __future__ import annotations

from datetime import datetime, timedelta

from portolan.domain.foc import in_words
from portolan.domain.port_out.case import Case, Cause, Validation
from portolan.domain.port_out.decisions import DENIED_BY_SOMEBODY, decide, settle
from portolan.domain.port_out.grounds import Refused, Released
from portolan.domain.port_out.judging import findings, standing
from portolan.domain.port_out.states import PortOutState
from portolan.domain.telling import NoticeKind

#: Between two tries of what Portolan does itself.
RETRY_AFTER = timedelta(minutes=5)
PORTOLAN = "Portolan"


def end_hold(case: Case, now: datetime) -> None:
    """Nobody confirmed a person's suspicion in its time; what the customer said stands."""
    case.hold = None
    settle(case, Cause(kind="hold_ended", by=PORTOLAN, occurred_at=now), now, "nobody confirmed the suspicion")


def decide_by_default(case: Case, now: datetime) -> None:
    """The time is up: silence would be consent, so it is a release, unless a ground stands on record."""
    found = standing(case, now)
    cause = Cause(kind="default", by=PORTOLAN, occurred_at=now)
    unchecked = "" if case.validation else f"our record could not be read: {case.trouble}"
    if found:
        decide(case, Refused.of(case.policy, found), cause, now, unchecked)
    else:
        decide(case, Released(by_default=True), cause, now, unchecked)
        if case.denied:
            why = (
                f"{DENIED_BY_SOMEBODY}; the numbers are released, so if it was the account holder stop it by telephone"
            )
            case.notify(NoticeKind.PORT_OUT_ATTENTION, why=why)


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
