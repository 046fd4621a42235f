"""Business days and desk hours of a losing carrier, from data alone: weekends, closed days, the clocks of its zone.

All moments that come out are UTC; days and times of day are those at the desk. Where clocks go back and show a time
twice, the first counts; where they go forward past it, the moment they do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from portolan.domain.playbooks.model import Policy

SATURDAY = 5
ONE_DAY = timedelta(days=1)
WEEKEND = frozenset({SATURDAY, SATURDAY + 1})
UNNAMED = "a closed day of the losing carrier"


def closed_reason(day: date, closed_days: Collection[date]) -> str | None:
    """Why no port can happen on this day, or None on a business day."""
    if day.weekday() >= SATURDAY:
        return f"{day:%A} {day} is not a business day"
    if day in closed_days:
        return f"{day} is {UNNAMED}"
    return None


def business_days_from(day: date, closed_days: Collection[date]) -> Iterator[date]:
    """Each business day on or after `day`."""
    while True:
        if closed_reason(day, closed_days) is None:
            yield day
        day += ONE_DAY


def add_business_days(day: date, count: int, closed_days: Collection[date]) -> date:
    """The business day `count` business days after `day` (0: the first on or after it)."""
    days = business_days_from(day if count == 0 else day + ONE_DAY, closed_days)
    for _ in range(max(count - 1, 0)):
        next(days)
    return next(days)


def local(moment: datetime, zone: str) -> datetime:
    """The moment on the clocks of `zone`, an IANA name."""
    return moment.astimezone(ZoneInfo(zone))


def at(day: date, hour: int, zone: str) -> datetime:
    """The UTC moment at which clocks in `zone` show that hour of that day."""
    return moment_at(day, time(hour), zone)


def end_of(day: date, zone: str) -> datetime:
    """The UTC moment at which `day` ends in `zone` (exclusive)."""
    return at(day + ONE_DAY, 0, zone)


def moment_at(day: date, wall: time, zone: str) -> datetime:
    """The first UTC moment at which clocks in `zone` show that time of that day, or go past it without showing it."""
    there = ZoneInfo(zone)
    written = datetime.combine(day, wall, there)
    moment = written.astimezone(UTC)
    if moment.astimezone(there).replace(tzinfo=None) == written.replace(tzinfo=None):
        return moment
    # The clocks skip it: the skip lies between what the offsets after and before it make of the time written.
    written = written.replace(microsecond=0)
    before, after = written.replace(fold=1).astimezone(UTC), written.astimezone(UTC)
    offset = after.astimezone(there).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(there).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def wall_time(text: str, name: str) -> time:
    """A time of day such as `17:00`.

    Raises:
        ValueError: It is none; the message calls it `name`.
    """
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone of its own
    except ValueError:
        raise ValueError(f"{name} {text!r} is not a time of day: write it like 17:00") from None


@dataclass(frozen=True)
class BusinessCalendar:
    """When a losing carrier's porting desk works.

    Attributes:
        zone: IANA zone of the desk.
        closed_days: Days without work, weekends aside, each with its name (`Christmas Day`) or an empty string.
        weekend: Days of the week without work, Monday 0.
        desk_opens, desk_closes: The desk's hours, local; the closing time is no longer part of them.
        cutoff: What is sent after this local time counts as the next business day's.

    Raises:
        ValueError: The desk would never be open.
    """

    zone: str
    closed_days: Mapping[date, str] = field(default_factory=dict)
    weekend: frozenset[int] = WEEKEND
    desk_opens: time = time(8)
    desk_closes: time = time(17)
    cutoff: time = time(17)

    def __post_init__(self) -> None:
        if self.desk_opens >= self.desk_closes:
            raise ValueError(
                f"desk_opens {self.desk_opens:%H:%M} is not before desk_closes {self.desk_closes:%H:%M}: "
                "give the desk's hours on one day"
            )
        if self.weekend >= frozenset(range(7)):
            raise ValueError("the weekend takes all seven days: leave at least one to work on")

    def closed_reason(self, day: date) -> str | None:
        """Why the desk is closed on this day, or None on a business day."""
        if day in self.closed_days:
            return f"{day:%A} {day} is {self.closed_days[day] or UNNAMED}"
        if day.weekday() in self.weekend:
            return f"{day:%A} {day} is not a business day"
        return None

    def is_open(self, day: date) -> bool:
        """Whether it is a business day."""
        return day not in self.closed_days and day.weekday() not in self.weekend

    def business_days_from(self, day: date) -> Iterator[date]:
        """Each business day on or after `day`."""
        while True:
            if self.is_open(day):
                yield day
            day += ONE_DAY

    def next_business_day(self, day: date) -> date:
        """The first business day after `day`."""
        return next(self.business_days_from(day + ONE_DAY))

    def last_business_day(self, day: date) -> date:
        """The last business day on or before `day`."""
        while not self.is_open(day):
            day -= ONE_DAY
        return day

    def add_business_days(self, day: date, count: int) -> date:
        """The business day `count` business days after `day` (0: the first on or after it).

        Raises:
            ValueError: `count` is negative.
        """
        _not_negative(count)
        days = self.business_days_from(day if count == 0 else day + ONE_DAY)
        for _ in range(count - 1):
            next(days)
        return next(days)

    def add_business_hours(self, moment: datetime, hours: float) -> datetime:
        """The moment by which the desk has been open for `hours` more; 0: the next moment at which it is open.

        Raises:
            ValueError: `hours` is negative.
        """
        return self._elapse(self.next_desk_moment(moment), hours, self._desk)

    def add_clock_hours(self, moment: datetime, hours: float) -> datetime:
        """The moment `hours` later when all 24 hours of business days count and no others.

        So are intervals meant such as "24 hours excluding weekends" (NANC flow for non-simple ports, FOC or reject).

        Raises:
            ValueError: `hours` is negative.
        """
        return self._elapse(moment.astimezone(UTC), hours, self._whole_day)

    def add_business_intervals(self, moment: datetime, days: int, count: int = 1) -> datetime:
        """The moment `count` intervals of `days` business days later, at the same time of day at the desk.

        Raises:
            ValueError: `days` or `count` is negative.
        """
        _not_negative(days)
        _not_negative(count)
        here = local(moment, self.zone)
        if days * count == 0 and self.is_open(here.date()):
            return moment.astimezone(UTC)
        return moment_at(self.add_business_days(here.date(), days * count), here.time(), self.zone)

    def received_on(self, moment: datetime) -> date:
        """The business day for which something sent at this moment counts; at the cut-off itself it is in time.

        For US simple ports the rule is law: received by 13:00 local it counts that day, later the next
        (47 CFR 52.35). Elsewhere the cut-off is the carrier's custom.
        """
        day = local(moment, self.zone).date()
        if self.is_open(day) and moment <= moment_at(day, self.cutoff, self.zone):
            return day
        return self.next_business_day(day)

    def next_desk_moment(self, moment: datetime) -> datetime:
        """The moment itself if somebody is at the desk, else the next opening."""
        day = local(moment, self.zone).date()
        if self.is_open(day):
            opens, closes = self._desk(day)
            if moment < closes:
                return max(opens, moment.astimezone(UTC))
        return self._desk(self.next_business_day(day))[0]

    def closed_days_after(self, day: date) -> list[date]:
        """The closed days that follow `day` without a business day between."""
        return [day + ONE_DAY * count for count in range(1, (self.next_business_day(day) - day).days)]

    def _desk(self, day: date) -> tuple[datetime, datetime]:
        return moment_at(day, self.desk_opens, self.zone), moment_at(day, self.desk_closes, self.zone)

    def _whole_day(self, day: date) -> tuple[datetime, datetime]:
        return at(day, 0, self.zone), end_of(day, self.zone)

    def _elapse(
        self, moment: datetime, hours: float, counting: Callable[[date], tuple[datetime, datetime]]
    ) -> datetime:
        """The moment by which `hours` have passed within the span that counts of each business day."""
        _not_negative(hours)
        left = timedelta(hours=hours)
        for day in self.business_days_from(local(moment, self.zone).date()):
            begins, ends = counting(day)
            begins = max(begins, moment)
            if ends - begins >= left:
                break
            left -= max(ends - begins, timedelta())
        return begins + left


def calendar_of(policy: Policy, names: Mapping[date, str] | None = None) -> BusinessCalendar:
    """The desk's calendar as an order's policy has it; `names` are those of its closed days, where they are known.

    Raises:
        ValueError: A time of the policy is no time of day, or the desk closes before it opens.
    """
    named = names or {}
    return BusinessCalendar(
        zone=policy.time_zone,
        closed_days={day: named.get(day, "") for day in policy.closed_days},
        desk_opens=wall_time(policy.desk_opens, "desk_opens"),
        desk_closes=wall_time(policy.desk_closes, "desk_closes"),
        cutoff=wall_time(policy.cutoff, "cutoff"),
    )


def _not_negative(count: float) -> None:
    if count < 0:
        raise ValueError(f"{count} is negative: count forward from an earlier moment")
