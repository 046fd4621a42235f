"""Firm order commitments: whether a date can be honoured, which dates to ask for, and whether the LOA lasts.

Days are those at the losing carrier's desk. A cutover is best on a weekday with working days after it: what fails after
a port is put right by people at two desks. So the last business day before a long weekend is avoided (the founding
migration playbook: nobody at the desk for four days), as is the eve of any holiday, and a Tuesday, Wednesday or
Thursday morning is preferred to a Monday or Friday where that costs only days. The preferences are defaults of ours
(provenance S and U); lead, cut-off, notice and horizon come from the policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile

from portolan.domain.calendars import (
    ONE_DAY,
    BusinessCalendar,
    calendar_of,
    closed_reason,
    end_of,
    local,
    moment_at,
    wall_time,
)
from portolan.domain.playbooks.model import Policy

#: Tuesday to Thursday: the desk was there the day before, and will be there the day after.
PREFERRED_WEEKDAYS = frozenset({1, 2, 3})
MID_MORNING = time(10)
#: So many closed days in a row are a long weekend.
LONG_WEEKEND_DAYS = 3
#: How far past the recommended day avoided ones are listed.
SHOWN_BUSINESS_DAYS = 10
#: A resubmission takes so long once the carrier has answered (seed: 3 to 5 business days each; the longer).
RESUBMISSION_BUSINESS_DAYS = 5
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Freeze:
    """Days on which the customer wants no cutover, both included: a campaign in print, a product launch."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True)
class Avoided:
    """A day better not asked for, and why."""

    day: date
    reason: str


@dataclass(frozen=True)
class FocProposals:
    """Dates to ask for.

    Attributes:
        earliest: The first business day that the losing carrier can be asked for.
        recommended: The day to ask for: a business day, within the policy's horizon wherever `earliest` is.
        recommended_at: The moment on that day, UTC, within the activation window.
        avoid: Days not to ask for, from the earliest to ten business days past the recommended one. Weekends are
            not named.
        reasons: Why these days, in words.
    """

    earliest: date
    recommended: date
    recommended_at: datetime
    avoid: list[Avoided]
    reasons: list[str]


@dataclass(frozen=True)
class LoaPlan:
    """A letter of authorization has to be signed again.

    Attributes:
        sign_by: The last business day on which a new letter comes before the old one is too old; today's or the
            next business day where it is too old already.
        sign_from: A letter signed before this day would itself be too old at the expected date. It may lie after
            `sign_by`: then one more letter does not reach, and the words say so.
        reason: Why, and until when, for a person.
    """

    sign_by: date
    sign_from: date
    reason: str


def in_words(moment: datetime | None) -> str:
    """A moment for people, such as `2026-12-01 15:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "no date"


def day_in_words(day: date) -> str:
    """A day for people, such as `Tuesday 2026-12-08`."""
    return f"{day:%A} {day}"


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


def activation_window(policy: Policy) -> tuple[time, time]:
    """Between which times of day the gaining carrier moves numbers, both included, on the clocks of `activation_zone`.

    Raises:
        ValueError: One of them is no time of day, or the window ends before it begins.
    """
    opens = wall_time(policy.activation_from, "activation_from")
    closes = wall_time(policy.activation_until, "activation_until")
    if opens > closes:
        raise ValueError(
            f"activation_from {policy.activation_from} is after activation_until {policy.activation_until}: "
            "give a window on one day"
        )
    return opens, closes


def activation_zone(policy: Policy) -> str:
    """The IANA zone of the activation window."""
    return policy.activation_zone or policy.time_zone


def day_concerns(day: date, calendar: BusinessCalendar, freezes: Sequence[Freeze] = ()) -> list[str]:
    """All that speaks against a cutover on this day at the desk, each in words without a full stop.

    A day on which the desk is closed, a freeze, and the eve of closed days: three of them are a long weekend.
    """
    closed_today = calendar.closed_reason(day)
    found = [closed_today] if closed_today else []
    found += [
        f"{day_in_words(day)} lies in a freeze ({freeze.first} to {freeze.last}): {freeze.reason}"
        for freeze in freezes
        if freeze.first <= day <= freeze.last
    ]
    closed = [] if closed_today else calendar.closed_days_after(day)
    named = ", ".join(dict.fromkeys(name for one in closed if (name := calendar.closed_days.get(one))))
    if len(closed) >= LONG_WEEKEND_DAYS:
        around = f" ({named})" if named else ""
        found.append(
            f"{day_in_words(day)} is the last business day before {len(closed)} closed days{around}: "
            "nobody would be at the desk to put things right"
        )
    elif closed and day + ONE_DAY in calendar.closed_days:
        found.append(f"{day_in_words(day)} is the eve of {named or 'a closed day of the losing carrier'}")
    return found


def proposals(
    now: datetime,
    policy: Policy,
    *,
    freezes: Sequence[Freeze] = (),
    loa_expires_at: datetime | None = None,
    wanted: date | None = None,
    names: Mapping[date, str] | None = None,
) -> FocProposals:
    """The dates to ask a losing carrier for, if the order were sent now.

    Args:
        now: The moment of sending.
        policy: The order's.
        freezes: Days on which the customer wants no cutover.
        loa_expires_at: When the signed letter grows too old; a good day before it is worth more than a better weekday.
        wanted: The day the customer would like; no earlier one is recommended where one from then on can be.
        names: The names of closed days, for the reasons.

    Raises:
        ValueError: A time of the policy is no time of day, or one of its windows ends before it begins.
    """
    search = _Search(now, policy, calendar_of(policy, names), freezes)
    recommended = search.best(wanted, loa_expires_at)
    moment = search.moment_on(recommended)
    shown_until = search.calendar.add_business_days(recommended, SHOWN_BUSINESS_DAYS)
    days = ((shown_until - search.earliest) // ONE_DAY) + 1
    avoid = [
        Avoided(day, reason)
        for day in (search.earliest + ONE_DAY * count for count in range(days))
        if (reason := search.why_not(day))
    ]
    reasons = [search.why_earliest(), *search.why_not_wanted(wanted), *search.why_recommended(recommended, wanted)]
    if loa_expires_at is not None:
        plan = loa_plan(policy, now, expires_at=loa_expires_at, expected_foc=moment)
        reasons += [plan.reason] if plan else []
    return FocProposals(search.earliest, recommended, moment, avoid, reasons)


def resign_by(expires_at: datetime, policy: Policy) -> date:
    """The last business day at the desk on which a letter that grows too old at `expires_at` is still good."""
    return calendar_of(policy).last_business_day(_last_good_day(expires_at, policy))


def loa_plan(
    policy: Policy,
    now: datetime,
    *,
    signed_on: date | None = None,
    expires_at: datetime | None = None,
    expected_foc: datetime | None = None,
) -> LoaPlan | None:
    """Whether the letter has to be signed again, and until when; None where it outlasts all that is likely.

    It should outlast the FOC (toll-free letters are dated against the change, and a date that slips is asked for
    again) and, because many orders come back once, the sending after a rejection: the carrier's usual silence and a
    resubmission from now.

    Args:
        policy: The order's.
        now: The moment from which is reckoned.
        signed_on: The date on the letter; or
        expires_at: the moment from which it may no longer be sent. One of the two.
        expected_foc: The FOC, or the date to be asked for; None while there is none.

    Raises:
        ValueError: Neither or both of `signed_on` and `expires_at` are given.
    """
    if signed_on is not None and expires_at is None:
        good_until = end_of(signed_on + timedelta(days=policy.loa_max_age_days), policy.time_zone)
    elif expires_at is not None and signed_on is None:
        good_until = expires_at
    else:
        raise ValueError("give either signed_on or expires_at")
    calendar = calendar_of(policy)
    last_good = _last_good_day(good_until, policy)
    answered = calendar.add_business_days(calendar.received_on(now), policy.carrier_silence_days)
    again = calendar.add_business_days(answered, RESUBMISSION_BUSINESS_DAYS)
    foc_day = local(expected_foc, policy.time_zone).date() if expected_foc else None
    if good_until <= now:
        why = f"The LOA was good until {day_in_words(last_good)}"
    elif expected_foc and foc_day and good_until <= expected_foc:
        why = f"The LOA is good until {day_in_words(last_good)}, the FOC is expected on {day_in_words(foc_day)}"
    elif last_good < again:
        why = (
            f"The LOA is good until {day_in_words(last_good)}; if the carrier rejects the order, "
            f"it is sent again by about {day_in_words(again)}"
        )
    else:
        return None
    today = calendar.add_business_days(local(now, policy.time_zone).date(), 0)
    sign_by = max(resign_by(good_until, policy), today)
    sign_from = max(again, foc_day or again) - timedelta(days=policy.loa_max_age_days)
    return LoaPlan(sign_by, sign_from, f"{why}: {_sign_in_words(sign_by, sign_from, policy)}.")


def _last_good_day(expires_at: datetime, policy: Policy) -> date:
    return local(expires_at - timedelta(microseconds=1), policy.time_zone).date()


def _sign_in_words(sign_by: date, sign_from: date, policy: Policy) -> str:
    if sign_from <= sign_by:
        return f"re-sign by {day_in_words(sign_by)}"
    return (
        f"re-sign by {day_in_words(sign_by)}, and again on or after {day_in_words(sign_from)}, "
        f"because a letter lasts {policy.loa_max_age_days} days"
    )


class _Search:
    """The days that can be asked for, and what speaks against each."""

    def __init__(self, now: datetime, policy: Policy, calendar: BusinessCalendar, freezes: Sequence[Freeze]) -> None:
        self.calendar = calendar
        self._policy = policy
        self._freezes = freezes
        self._opens, self._closes = activation_window(policy)
        self._zone = activation_zone(policy)
        self._soonest = (now + timedelta(hours=policy.foc_notice_hours)).astimezone(UTC)
        self._latest = now + timedelta(days=policy.foc_horizon_days)
        self.counted_on = calendar.received_on(now)
        lead = calendar.add_business_days(self.counted_on, policy.lead_business_days)
        self.earliest = next(
            day for day in calendar.business_days_from(lead) if moment_at(day, self._closes, self._zone) > self._soonest
        )

    def moment_on(self, day: date) -> datetime:
        """Mid-morning, or as near to it as the activation window and the notice allow."""
        wall = min(max(MID_MORNING, self._opens), self._closes)
        moment = moment_at(day, wall, self._zone)
        if moment <= self._soonest:
            quarters = (self._soonest - moment) // _QUARTER + 1
            moment = min(moment + quarters * _QUARTER, moment_at(day, self._closes, self._zone))
        return moment

    def best(self, wanted: date | None, loa_expires_at: datetime | None) -> date:
        """The first day that meets the most; what is asked of it grows less from one try to the next."""
        days = list(
            takewhile(lambda day: self.moment_on(day) <= self._latest, self.calendar.business_days_from(self.earliest))
        )
        good = [day for day in days if not self.why_not(day)]
        preferred = [day for day in good if day.weekday() in PREFERRED_WEEKDAYS or day == wanted]
        tries = [preferred, good, days]
        if loa_expires_at is not None:
            tries = [[day for day in few if self.moment_on(day) < loa_expires_at] for few in tries[:2]] + tries
        if wanted is not None:
            tries = [[day for day in few if day >= wanted] for few in tries] + tries
        return next((few[0] for few in tries if few), self.earliest)

    def why_not(self, day: date) -> str | None:
        """What speaks against a day of the week, or None; of weekends nothing needs to be said."""
        if day.weekday() in self.calendar.weekend:
            return None
        return next(iter(day_concerns(day, self.calendar, self._freezes)), None)

    def why_earliest(self) -> str:
        """How the earliest day comes about."""
        return (
            f"Sent now, the order counts for {day_in_words(self.counted_on)} "
            f"(cut-off {self._policy.cutoff} {self.calendar.zone}); with {self._policy.lead_business_days} business "
            f"days' lead and {self._policy.foc_notice_hours} h notice {day_in_words(self.earliest)} is the earliest day"
        ) + "."

    def why_not_wanted(self, wanted: date | None) -> list[str]:
        """What speaks against the day the customer would like."""
        if wanted is None:
            return []
        if wanted < self.earliest:
            return [f"{day_in_words(wanted)}, as wanted, is too soon."]
        if self.moment_on(wanted) > self._latest:
            return [f"{day_in_words(wanted)}, as wanted, is more than {self._policy.foc_horizon_days} days away."]
        reason = self.why_not(wanted) or self.calendar.closed_reason(wanted)
        return [f"{reason}, though it is wanted."] if reason else []

    def why_recommended(self, recommended: date, wanted: date | None) -> list[str]:
        """What speaks for the recommended day, or that nothing better is left."""
        words = f"{day_in_words(recommended)} is recommended"
        if self.moment_on(recommended) > self._latest:
            return [
                f"No business day within {self._policy.foc_horizon_days} days can be had: "
                f"{day_in_words(recommended)} is the first there is."
            ]
        if self.why_not(recommended):
            return [f"{words}, because no better day lies within {self._policy.foc_horizon_days} days."]
        if recommended == wanted:
            return [f"{words}, as wanted."]
        if recommended.weekday() in PREFERRED_WEEKDAYS:
            return [f"{words}: a Tuesday to Thursday morning leaves working days on both sides to put things right."]
        return [f"{words}: no Tuesday, Wednesday or Thursday fits as well."]
