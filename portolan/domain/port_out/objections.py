"""What a port-out does not accept, and why: one pure table for the update's validator, the signals and the console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from portolan.domain.foc import in_words
from portolan.domain.port_out.case import Case, Denial
from portolan.domain.port_out.grounds import Ground, Released
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
)
from portolan.domain.port_out.states import ENDED, OPEN, PortOutState
from portolan.domain.typed import alike

CLOCK_SKEW = timedelta(minutes=5)
NOT_RELEASED = "The numbers were not released, so they cannot have moved by our leave."
UNRECOGNISED = (
    "Enter it again with how they were recognised as the account holder (verified), or another person says the same."
)
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
    said = case.denied
    if said is None or (not said.counts and _adds(said, event)):
        return None
    return Objection(reason=f"{said.by} has said so already.", instead="" if said.counts else UNRECOGNISED)


def _adds(said: Denial, event: Deny) -> bool:
    return bool(event.verified) or alike(said.by) != alike(event.by)


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
    if event.ground is Ground.CUSTOMER_DENIES and case.denied and not case.denied.counts:
        return Objection(
            reason=f"Nobody recognised {case.denied.by} as the account holder, and one person's word is not enough.",
            instead=UNRECOGNISED,
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
    if alike(case.hold.said.by) == alike(event.by):
        return Objection(
            reason=f"{event.by} holds it for fraud, and one person's word is not enough.",
            instead="A second person confirms it.",
        )
    return None


def _ported_unasked(case: Case, event: Ported, now: datetime) -> Objection | None:
    released = isinstance(case.answer, Released)
    return None if released else Objection(reason=NOT_RELEASED, instead=ASK_BACK)


_OBJECTIONS: dict[type, Callable[[Case, Any, datetime], Objection | None]] = {
    Confirm: _confirm,
    Deny: _deny,
    Unlock: _unlock,
    HoldForFraud: _hold,
    ReleaseHold: _release_hold,
    Refuse: _refuse,
    Ported: _ported_unasked,
}
