"""The clocks of a port-out: which deadline comes next, and what happens when it passes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from portolan.domain.foc import in_words
from portolan.domain.port_out.case import Case, Cause
from portolan.domain.port_out.outcomes import PORTOLAN, decide_by_default, end_hold
from portolan.domain.port_out.states import ACTING, OPEN, PortOutState
from portolan.domain.telling import NoticeKind


class PortOutClock(StrEnum):
    """The kinds of deadline, named by what happens when they pass."""

    DECIDE = "the answer goes out by itself"
    HOLD_ENDS = "the fraud hold ends"
    RETRY = "try again"
    CLOSE = "close it: no word of a port"


class PortOutDeadline(NamedTuple):
    """When what happens."""

    at: datetime
    clock: PortOutClock

    def in_words(self) -> str:
        """For people, such as `2026-12-01 15:00 UTC: the answer goes out by itself`."""
        return f"{in_words(self.at)}: {self.clock}"


def acts(case: Case) -> bool:
    """Whether Portolan itself has something to do now, rather than wait."""
    return case.state in ACTING and case.retry_at is None


def next_deadline(case: Case) -> PortOutDeadline | None:
    """The nearest deadline, or None where it has ended; of two at one moment the one that decides more."""
    return min(_deadlines(case), key=lambda deadline: deadline.at, default=None)


def _deadlines(case: Case) -> Iterator[PortOutDeadline]:
    if case.state in OPEN:
        yield PortOutDeadline(case.decide_by, PortOutClock.DECIDE)
    if case.hold and case.state is PortOutState.ON_FRAUD_HOLD:
        yield PortOutDeadline(case.hold.until, PortOutClock.HOLD_ENDS)
    if case.retry_at and case.state in ACTING:
        yield PortOutDeadline(case.retry_at, PortOutClock.RETRY)
    if case.state is PortOutState.RELEASED and case.closes_at:
        yield PortOutDeadline(case.closes_at, PortOutClock.CLOSE)


def lapse(case: Case, deadline: PortOutDeadline, now: datetime) -> None:
    """A deadline has passed with nobody acting."""
    match deadline.clock:
        case PortOutClock.DECIDE:
            decide_by_default(case, now)
        case PortOutClock.RETRY:
            case.retry_at = None
        case PortOutClock.HOLD_ENDS:
            end_hold(case, now)
        case PortOutClock.CLOSE:
            case.outcome = f"Released to {case.request.requesting_carrier}, and no word of a port came."
            cause = Cause(kind="closed", by=PORTOLAN, occurred_at=now)
            case.move(PortOutState.LAPSED, cause, now, case.outcome)
            case.notify(NoticeKind.PORT_OUT_CLOSED, why=case.outcome)
