"""Business days, desk hours and cut-offs, across changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.calendars import (
    BusinessCalendar,
    add_business_days,
    at,
    business_days_from,
    calendar_of,
    closed_reason,
    end_of,
    local,
    moment_at,
    wall_time,
)
from portolan.domain.playbooks import Policy

ZONES = ("America/New_York", "Europe/London", "Africa/Lagos", "Pacific/Auckland", "Asia/Kathmandu")
CHRISTMAS = {date(2026, 12, 25): "Christmas Day", date(2026, 12, 28): "Boxing Day (observed)"}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def calendar(**given_values: Any) -> BusinessCalendar:
    return BusinessCalendar(**{"zone": "America/New_York", "closed_days": CHRISTMAS, **given_values})


# -- clocks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "wall", "zone", "moment"),
    [
        (date(2027, 3, 14), time(1, 59), "America/New_York", "2027-03-14T06:59"),
        (date(2027, 3, 14), time(2, 0), "America/New_York", "2027-03-14T07:00"),  # skipped: when the clocks go forward
        (date(2027, 3, 14), time(2, 30), "America/New_York", "2027-03-14T07:00"),
        (date(2027, 3, 14), time(2, 59, 59, 5), "America/New_York", "2027-03-14T07:00"),
        (date(2027, 3, 14), time(3, 0), "America/New_York", "2027-03-14T07:00"),
        (date(2027, 3, 14), time(3, 1), "America/New_York", "2027-03-14T07:01"),
        (date(2026, 11, 1), time(0, 59), "America/New_York", "2026-11-01T04:59"),
        (date(2026, 11, 1), time(1, 30), "America/New_York", "2026-11-01T05:30"),  # shown twice: the first
        (date(2026, 11, 1), time(2, 0), "America/New_York", "2026-11-01T07:00"),
        (date(2027, 3, 28), time(1, 30), "Europe/London", "2027-03-28T01:00"),
        (date(2026, 10, 25), time(1, 30), "Europe/London", "2026-10-25T00:30"),
        (date(2026, 9, 27), time(2, 30), "Pacific/Auckland", "2026-09-26T14:00"),
        (date(2027, 4, 4), time(2, 30), "Pacific/Auckland", "2027-04-03T13:30"),
        (date(2026, 7, 1), time(9), "Africa/Lagos", "2026-07-01T08:00"),
        (date(2026, 7, 1), time(9), "Asia/Kathmandu", "2026-07-01T03:15"),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-03T15:30"),  # half an hour is skipped
        (date(2026, 4, 24), time(0, 0), "Africa/Cairo", "2026-04-23T22:00"),  # midnight itself is skipped
    ],
)
def test_the_moment_of_a_time_of_day(day: date, wall: time, zone: str, moment: str) -> None:
    assert moment_at(day, wall, zone) == utc(moment)
    if wall.minute == 0:
        assert at(day, wall.hour, zone) == utc(moment)


def test_every_skipped_time_is_the_moment_of_the_skip() -> None:
    for seconds in range(0, 3600, 7):
        wall = time(2, seconds // 60, seconds % 60)
        assert moment_at(date(2027, 3, 14), wall, "America/New_York") == utc("2027-03-14T07:00")


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2027, 3, 14), "America/New_York", 23),
        (date(2026, 11, 1), "America/New_York", 25),
        (date(2026, 9, 27), "Pacific/Auckland", 23),
        (date(2026, 10, 4), "Australia/Lord_Howe", 23.5),
        (date(2026, 7, 1), "Asia/Kathmandu", 24),
    ],
)
def test_days_have_as_many_hours_as_their_clocks_show(day: date, zone: str, hours: float) -> None:
    assert end_of(day, zone) - at(day, 0, zone) == timedelta(hours=hours)


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    st.times(),
    st.times(),
    st.sampled_from((*ZONES, "Australia/Lord_Howe", "Africa/Cairo")),
)
def test_times_of_day_keep_their_order(day: date, one: time, other: time, zone: str) -> None:
    first, second = sorted((one, other))
    assert moment_at(day, first, zone) <= moment_at(day, second, zone)
    assert moment_at(day, first, zone) >= at(day, 0, zone)
    shown = local(moment_at(day, first, zone), zone)
    assert shown.replace(tzinfo=None) >= datetime.combine(day, first).replace(microsecond=0)


@pytest.mark.parametrize("text", ["", "24:00", "8", "08:60", "8am", "08:00:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"cutoff .* is not a time of day: write it like 17:00"):
        wall_time(text, "cutoff")
    assert wall_time("08:05", "cutoff") == time(8, 5)


# -- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 12, 24), None),
        (date(2026, 12, 25), "Friday 2026-12-25 is Christmas Day"),
        (date(2026, 12, 26), "Saturday 2026-12-26 is not a business day"),
        (date(2026, 12, 27), "Sunday 2026-12-27 is not a business day"),
        (date(2026, 12, 28), "Monday 2026-12-28 is Boxing Day (observed)"),
        (date(2026, 12, 29), None),
    ],
)
def test_a_closed_day_says_why(day: date, reason: str | None) -> None:
    assert calendar().closed_reason(day) == reason
    assert calendar().is_open(day) is (reason is None)
    assert (closed_reason(day, CHRISTMAS) is None) is (reason is None)


def test_a_closed_day_without_a_name_is_told_too() -> None:
    unnamed = calendar(closed_days={date(2026, 12, 24): ""})
    assert unnamed.closed_reason(date(2026, 12, 24)) == "Thursday 2026-12-24 is a closed day of the losing carrier"
    assert closed_reason(date(2026, 12, 24), [date(2026, 12, 24)]) == "2026-12-24 is a closed day of the losing carrier"


def test_the_neighbours_of_a_long_weekend() -> None:
    assert calendar().next_business_day(date(2026, 12, 23)) == date(2026, 12, 24)
    assert calendar().next_business_day(date(2026, 12, 24)) == date(2026, 12, 29)
    assert calendar().last_business_day(date(2026, 12, 28)) == date(2026, 12, 24)
    assert calendar().last_business_day(date(2026, 12, 24)) == date(2026, 12, 24)
    assert calendar().closed_days_after(date(2026, 12, 24)) == [date(2026, 12, day) for day in (25, 26, 27, 28)]
    assert calendar().closed_days_after(date(2026, 12, 23)) == []


def test_another_weekend() -> None:
    gulf = calendar(weekend=frozenset({4, 5}))
    assert [day.weekday() for day, _ in zip(gulf.business_days_from(date(2026, 12, 3)), range(4), strict=False)] == [
        3, 6, 0, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "day"),
    [(0, date(2026, 12, 24)), (1, date(2026, 12, 29)), (2, date(2026, 12, 30)), (3, date(2026, 12, 31))],
)
def test_business_days_are_counted_past_closed_ones(count: int, day: date) -> None:
    assert calendar().add_business_days(date(2026, 12, 24), count) == day
    assert add_business_days(date(2026, 12, 24), count, CHRISTMAS) == day


DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(DAYS, st.integers(0, 40), st.sets(DAYS, max_size=60))
def test_counting_is_the_same_in_both_forms_and_never_ends_on_a_closed_day(
    day: date, count: int, closed: set[date]
) -> None:
    made = calendar(closed_days=dict.fromkeys(closed, ""))
    result = made.add_business_days(day, count)
    assert made.is_open(result)
    assert result == add_business_days(day, count, closed)
    passed = sum(made.is_open(day + timedelta(days=offset)) for offset in range(1, (result - day).days + 1))
    assert passed == (count or int(result > day))
    assert next(business_days_from(result, closed)) == result


# -- hours ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-12-23T14:00", 0, "2026-12-23T14:00"),
        ("2026-12-23T12:59", 0, "2026-12-23T13:00"),  # the desk opens
        ("2026-12-23T13:00", 9, "2026-12-23T22:00"),  # a whole day at the desk
        ("2026-12-23T13:00", 9.5, "2026-12-24T13:30"),
        ("2026-12-24T21:30", 0.5, "2026-12-24T22:00"),
        ("2026-12-24T21:30", 1, "2026-12-29T13:30"),  # four closed days between
        ("2026-12-24T22:00", 0, "2026-12-29T13:00"),  # at the closing time it is closed
        ("2026-12-26T15:00", 2.5, "2026-12-29T15:30"),
    ],
)
def test_business_hours_pass_at_the_desk_alone(moment: str, hours: float, expected: str) -> None:
    assert calendar().add_business_hours(utc(moment), hours) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("America/New_York", "2027-03-12T21:00", "2027-03-15T13:00"),  # Friday 16:00 EST to Monday 09:00 EDT
        ("America/New_York", "2026-10-30T20:00", "2026-11-02T14:00"),  # Friday 16:00 EDT to Monday 09:00 EST
        ("Pacific/Auckland", "2026-09-25T04:00", "2026-09-27T20:00"),  # Friday 16:00 NZST to Monday 09:00 NZDT
        ("Europe/London", "2027-03-26T16:00", "2027-03-29T08:00"),
        ("Africa/Lagos", "2027-03-26T15:00", "2027-03-29T08:00"),
        ("Asia/Kathmandu", "2027-03-26T10:15", "2027-03-29T03:15"),
    ],
)
def test_two_desk_hours_over_a_weekend(zone: str, moment: str, expected: str) -> None:
    assert calendar(zone=zone, closed_days={}).add_business_hours(utc(moment), 2) == utc(expected)


def test_a_desk_that_works_while_the_clocks_change_counts_real_hours() -> None:
    night = calendar(closed_days={}, weekend=frozenset(), desk_opens=time(0), desk_closes=time(8))
    assert night.add_business_hours(utc("2027-03-14T05:00"), 7) == utc("2027-03-14T12:00")  # seven hours, all there are
    assert night.add_business_hours(utc("2027-03-14T05:00"), 7.5) == utc("2027-03-15T04:30")
    assert night.add_business_hours(utc("2026-11-01T04:00"), 9) == utc("2026-11-01T13:00")  # nine, one of them twice


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-12-23T15:00", 24, "2026-12-24T15:00"),
        ("2026-12-24T15:00", 24, "2026-12-29T15:00"),
        ("2026-12-24T05:00", 24, "2026-12-25T05:00"),  # the end of Thursday
        ("2026-12-26T15:00", 1, "2026-12-29T06:00"),
    ],
)
def test_clock_hours_pass_on_business_days_alone(moment: str, hours: float, expected: str) -> None:
    assert calendar().add_clock_hours(utc(moment), hours) == utc(expected)


@pytest.mark.parametrize(
    ("moment", "days", "count", "expected"),
    [
        ("2027-03-12T15:00", 1, 1, "2027-03-15T14:00"),  # ten in the morning, in winter and in summer
        ("2026-12-23T15:00", 2, 2, "2026-12-31T15:00"),
        ("2026-12-26T15:00", 1, 1, "2026-12-29T15:00"),
        ("2026-12-26T15:00", 0, 1, "2026-12-29T15:00"),
        ("2026-12-23T15:00", 5, 0, "2026-12-23T15:00"),
    ],
)
def test_intervals_keep_the_time_of_day(moment: str, days: int, count: int, expected: str) -> None:
    assert calendar().add_business_intervals(utc(moment), days, count) == utc(expected)
    if count == 1:
        assert calendar().add_business_intervals(utc(moment), days) == utc(expected)


MOMENTS = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: utc("2026-01-01T00:00") + timedelta(minutes=minutes))


@settings(derandomize=True, database=None, deadline=None, max_examples=120)
@given(st.sampled_from(ZONES), MOMENTS, MOMENTS, st.floats(0, 60), st.sets(DAYS, max_size=40))
def test_time_at_a_desk(zone: str, one: datetime, other: datetime, hours: float, closed: set[date]) -> None:
    made = calendar(zone=zone, closed_days=dict.fromkeys(closed, ""))
    first, second = sorted((one, other))
    for add in (made.add_business_hours, made.add_clock_hours):
        assert first <= add(first, hours) <= add(second, hours)
        assert add(first, hours) <= add(first, hours + 1)
    opened = made.next_desk_moment(first)
    assert made.add_business_hours(first, 0) == opened
    assert made.is_open(local(opened, zone).date())
    assert made.desk_opens <= local(opened, zone).time() < made.desk_closes
    assert made.next_desk_moment(opened) == opened
    assert made.received_on(first) <= made.received_on(second)
    assert made.is_open(made.received_on(first))


# -- the cut-off ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "sent", "day"),
    [
        ("America/New_York", "2026-12-23T13:00", date(2026, 12, 23)),  # 08:00 local
        ("America/New_York", "2026-12-23T05:00", date(2026, 12, 23)),  # midnight: the desk will find it
        ("America/New_York", "2026-12-23T18:00", date(2026, 12, 23)),  # 13:00 local, in time
        ("America/New_York", "2026-12-23T18:00:01", date(2026, 12, 24)),
        ("America/New_York", "2026-12-24T18:01", date(2026, 12, 29)),
        ("America/New_York", "2026-12-27T15:00", date(2026, 12, 29)),
        ("America/New_York", "2026-07-01T17:00", date(2026, 7, 1)),  # in summer an hour earlier in UTC
        ("America/New_York", "2026-07-01T17:01", date(2026, 7, 2)),
        ("America/Los_Angeles", "2026-07-01T17:01", date(2026, 7, 1)),
        ("Pacific/Auckland", "2026-07-01T01:00", date(2026, 7, 1)),
        ("Pacific/Auckland", "2026-07-01T12:00", date(2026, 7, 2)),  # already the next day there
        ("Asia/Kathmandu", "2026-07-01T07:15", date(2026, 7, 1)),
        ("Asia/Kathmandu", "2026-07-01T07:16", date(2026, 7, 2)),
    ],
)
def test_a_simple_us_order_counts_until_one_in_the_afternoon_local(zone: str, sent: str, day: date) -> None:
    assert calendar(zone=zone, cutoff=time(13)).received_on(utc(sent)) == day


def test_a_cut_off_shown_twice_is_the_first() -> None:
    made = calendar(closed_days={}, weekend=frozenset(), cutoff=time(1, 30))
    assert made.received_on(utc("2026-11-01T05:30")) == date(2026, 11, 1)
    assert made.received_on(utc("2026-11-01T06:15")) == date(2026, 11, 2)


# -- from a policy --------------------------------------------------------------------------------------------------


def policy(**values: Any) -> Policy:
    return Policy.model_validate({"playbook": "US-LOCAL", "time_zone": "America/New_York", **values})


def test_the_calendar_of_a_policy() -> None:
    given_policy = policy(
        time_zone="Europe/London",
        closed_days=[date(2026, 12, 25), date(2026, 12, 24)],
        desk_opens="09:00",
        desk_closes="17:30",
        cutoff="15:00",
    )
    made = calendar_of(given_policy, {date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): "New Year's Day"})
    assert made == BusinessCalendar(
        "Europe/London",
        {date(2026, 12, 25): "Christmas Day", date(2026, 12, 24): ""},
        desk_opens=time(9),
        desk_closes=time(17, 30),
        cutoff=time(15),
    )
    assert made.is_open(date(2027, 1, 1))  # a name alone closes nothing


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cutoff": "25:00"}, "cutoff '25:00' is not a time of day"),
        ({"desk_opens": "nine"}, "desk_opens 'nine' is not a time of day"),
        ({"desk_opens": "17:00"}, "desk_opens 17:00 is not before desk_closes 17:00"),
    ],
)
def test_a_policy_that_names_no_desk_hours_is_refused(values: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        calendar_of(policy(**values))


def test_what_could_never_end_is_refused() -> None:
    with pytest.raises(ValueError, match="all seven days"):
        calendar(weekend=frozenset(range(7)))
    for call in (
        lambda: calendar().add_business_days(date(2026, 1, 1), -1),
        lambda: calendar().add_business_hours(utc("2026-01-01T00:00"), -0.5),
        lambda: calendar().add_clock_hours(utc("2026-01-01T00:00"), -0.5),
        lambda: calendar().add_business_intervals(utc("2026-01-01T00:00"), 1, -1),
        lambda: calendar().add_business_intervals(utc("2026-01-01T00:00"), -1),
    ):
        with pytest.raises(ValueError, match="is negative"):
            call()


def test_moments_that_come_out_are_utc() -> None:
    there = datetime(2026, 12, 23, 10, tzinfo=ZoneInfo("America/New_York"))
    made = calendar()
    for moment in (
        made.next_desk_moment(there),
        made.add_business_hours(there, 1),
        made.add_clock_hours(there, 1),
        made.add_business_intervals(there, 0),
        made.add_business_intervals(there, 1),
    ):
        assert moment.tzinfo is UTC
