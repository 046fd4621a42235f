"""Whether a firm order commitment can be honoured."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from portolan.domain.calendars import add_business_days, closed_reason, local
from portolan.domain.playbooks.model import Policy


def in_words(moment: datetime | None) -> str:
    """A moment for people, such as `2026-12-01 15:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "no date"


def foc_problem(foc_at: datetime, now: datetime, policy: Policy) -> str | None:
    """Why nobody could honour this date, or None where it is good."""
    if foc_at <= now:
        return f"the confirmed date {in_words(foc_at)} lies in the past"
    if foc_at < now + timedelta(hours=policy.foc_notice_hours):
        return f"the confirmed date {in_words(foc_at)} is less than {policy.foc_notice_hours} h away"
    if foc_at > now + timedelta(days=policy.foc_horizon_days):
        return f"the confirmed date {in_words(foc_at)} is more than {policy.foc_horizon_days} days away"
    closed = closed_reason(local(foc_at, policy.time_zone).date(), policy.closed_days)
    return f"the confirmed date {in_words(foc_at)} cannot be kept: {closed}" if closed else None


def next_good_day(now: datetime, policy: Policy) -> date:
    """A cutover day to ask for: three business days ahead at the losing carrier's desk."""
    return add_business_days(local(now, policy.time_zone).date(), 3, policy.closed_days)
