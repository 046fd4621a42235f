"""A second look at a confirmed FOC: what speaks against a date that could be honoured, and when its window ends.

`foc.foc_problem` says which dates nobody can keep; here are those better not kept. Closed days within three days of the
FOC take away days on which something could be put right (the founding migration playbook, S): they are named, and speak
against a date only where they follow on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from portolan.domain.calendars import ONE_DAY, WEEKEND, BusinessCalendar, calendar_of, local, moment_at
from portolan.domain.foc import Freeze, activation_window, activation_zone, day_concerns, day_in_words, in_words
from portolan.domain.playbooks.model import Policy

#: Closed days so near to the FOC are named.
DAYS_AROUND = 3


def concerns(
    foc_at: datetime,
    policy: Policy,
    *,
    freezes: Sequence[Freeze] = (),
    loa_expires_at: datetime | None = None,
    names: Mapping[date, str] | None = None,
    hosted_messaging_since: datetime | None = None,
) -> list[str]:
    """What speaks against a confirmed FOC, a sentence each; empty where nothing does.

    Args:
        foc_at: The FOC.
        policy: The order's.
        freezes: Days on which the customer wants no cutover.
        loa_expires_at: When the signed letter grows too old.
        names: The names of closed days, where they are known.
        hosted_messaging_since: When hosted messaging was ordered; None where it was not.

    Raises:
        ValueError: A time of the policy is no time of day, or one of its windows ends before it begins.
    """
    calendar = calendar_of(policy, names)
    day = local(foc_at, policy.time_zone).date()
    found = [*day_concerns(day, calendar, freezes), *_outside_window(foc_at, policy)]
    if loa_expires_at is not None and foc_at >= loa_expires_at:
        found.append(f"The LOA is good until {in_words(loa_expires_at)} only, and the FOC is {in_words(foc_at)}")
    if hosted_messaging_since is not None:
        found += _hosted_too_late(day, hosted_messaging_since, policy, calendar)
    return [f"{words.rstrip('.')}." for words in found]


def surroundings(foc_at: datetime, policy: Policy, names: Mapping[date, str] | None = None) -> str:
    """The losing carrier's closed days within three days of the FOC, weekends aside, or that there are none."""
    calendar = calendar_of(policy, names)
    day = local(foc_at, policy.time_zone).date()
    closed = _closed_around(day, calendar)
    span = f"from {day - ONE_DAY * DAYS_AROUND} to {day + ONE_DAY * DAYS_AROUND}"
    if not closed:
        return f"no closed day of the losing carrier {span}"
    listed = ", ".join(_named(one, calendar) for one in closed)
    return f"{len(closed)} closed day{'s' if len(closed) > 1 else ''} of the losing carrier {span}: {listed}"


def window_end(foc_at: datetime, policy: Policy) -> datetime:
    """When the gaining carrier's activation window ends on the FOC's own day, UTC.

    Where that is not after the FOC, the numbers are awaited `cutover_hours` from the FOC on.

    Raises:
        ValueError: A time of the window is no time of day, or it ends before it begins.
    """
    zone = activation_zone(policy)
    _, closes = activation_window(policy)
    end = moment_at(local(foc_at, zone).date(), closes, zone)
    return end if end > foc_at else foc_at.astimezone(UTC) + timedelta(hours=policy.cutover_hours)


def _closed_around(day: date, calendar: BusinessCalendar) -> list[date]:
    """The closed days near a day that would be business days otherwise; the day itself is among them."""
    around = (day + ONE_DAY * count for count in range(-DAYS_AROUND, DAYS_AROUND + 1))
    return [one for one in around if one in calendar.closed_days and one.weekday() not in calendar.weekend]


def _named(day: date, calendar: BusinessCalendar) -> str:
    name = calendar.closed_days[day]
    return f"{day_in_words(day)}{f' ({name})' if name else ''}"


def _outside_window(foc_at: datetime, policy: Policy) -> Iterator[str]:
    """The gaining carrier's clocks may show another day than the desk's."""
    zone = activation_zone(policy)
    opens, closes = activation_window(policy)
    there = local(foc_at, zone)
    if there.weekday() in WEEKEND and there.date() != local(foc_at, policy.time_zone).date():
        yield f"{day_in_words(there.date())}, as the gaining carrier's clocks show it ({zone}), is not a business day"
    if not opens <= there.time().replace(second=0, microsecond=0) <= closes:
        yield (
            f"{day_in_words(there.date())} {there:%H:%M} {zone} is outside the hours in which the gaining carrier "
            f"moves numbers ({opens:%H:%M} to {closes:%H:%M})"
        )


def _hosted_too_late(day: date, since: datetime, policy: Policy, calendar: BusinessCalendar) -> Iterator[str]:
    ordered = local(since, policy.time_zone).date()
    first = calendar.add_business_days(ordered, policy.hosted_messaging_days)
    if day < first:
        yield (
            f"{day_in_words(day)} is too soon after the hosted messaging order of {day_in_words(ordered)}: "
            f"it takes {policy.hosted_messaging_days} business days, until {day_in_words(first)}"
        )
