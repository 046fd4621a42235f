"""Business days of a losing carrier, from data alone: weekends, and the closed days an order carries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def closed_reason(day: date, closed_days: Collection[date]) -> str | None:
    """Why no port can happen on this day, or None on a business day."""
    if day.weekday() >= SATURDAY:
        return f"{day:%A} {day} is not a business day"
    if day in closed_days:
        return f"{day} is a closed day of the losing carrier"
    return None


def business_days_from(day: date, closed_days: Collection[date]) -> Iterator[date]:
    """Each business day on or after `day`."""
    while True:
        if closed_reason(day, closed_days) is None:
            yield day
        day += timedelta(days=1)


def add_business_days(day: date, count: int, closed_days: Collection[date]) -> date:
    """The business day `count` business days after `day` (0: the first on or after it)."""
    days = business_days_from(day if count == 0 else day + timedelta(days=1), closed_days)
    for _ in range(max(count - 1, 0)):
        next(days)
    return next(days)


def local(moment: datetime, zone: str) -> datetime:
    """The moment on the clocks of `zone`, an IANA name."""
    return moment.astimezone(ZoneInfo(zone))


def at(day: date, hour: int, zone: str) -> datetime:
    """The UTC moment at which clocks in `zone` show that hour of that day."""
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The UTC moment at which `day` ends in `zone` (exclusive)."""
    return at(day + timedelta(days=1), 0, zone)
