"""What speaks against a confirmed date, and when its window ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.calendars import calendar_of, local
from portolan.domain.foc import Freeze, activation_window, activation_zone, day_concerns, foc_problem
from portolan.domain.foc_guard import DAYS_AROUND, concerns, surroundings, window_end
from portolan.domain.playbooks import Policy

HOLIDAYS = {
    date(2026, 11, 26): "Thanksgiving Day",
    date(2026, 12, 25): "Christmas Day",
    date(2027, 1, 1): "New Year's Day",
    date(2027, 1, 18): "Martin Luther King Jr. Day",
    date(2027, 2, 10): "",  # a Wednesday nobody named
    date(2027, 2, 20): "Founders' Day",  # a Saturday
}
INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def there(text: str, zone: str = "America/New_York", fold: int = 0) -> datetime:
    """The moment at which clocks there show this; `fold` 1: for the second time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def policy(**values: Any) -> Policy:
    usual = {"playbook": "US-LOCAL", "time_zone": "America/New_York", "closed_days": list(HOLIDAYS)}
    return Policy.model_validate(usual | values)


def against(foc_at: str | datetime, asked: Policy | None = None, **given: Any) -> list[str]:
    moment = there(foc_at) if isinstance(foc_at, str) else foc_at
    return concerns(moment, asked or policy(), names=HOLIDAYS, **given)


# -- the day --------------------------------------------------------------------------------------------------------


def test_nothing_speaks_against_a_plain_tuesday() -> None:
    assert against("2026-12-08T10:00") == []


@pytest.mark.parametrize(
    ("foc_at", "told"),
    [
        (
            "2026-12-24T10:00",
            [
                "Thursday 2026-12-24 is the last business day before 3 closed days (Christmas Day): nobody would be at "
                "the desk to put things right."
            ],
        ),
        ("2026-11-25T10:00", ["Wednesday 2026-11-25 is the eve of Thanksgiving Day."]),
        ("2027-02-09T10:00", ["Tuesday 2027-02-09 is the eve of a closed day of the losing carrier."]),
        (
            "2027-01-15T10:00",
            [
                "Friday 2027-01-15 is the last business day before 3 closed days (Martin Luther King Jr. Day): nobody "
                "would be at the desk to put things right."
            ],
        ),
        ("2026-12-25T10:00", ["Friday 2026-12-25 is Christmas Day."]),
        ("2026-12-12T10:00", ["Saturday 2026-12-12 is not a business day."]),
        ("2026-12-11T23:59", []),  # a plain Friday, to its last minute at the desk
        ("2026-12-12T00:00", ["Saturday 2026-12-12 is not a business day."]),
    ],
)
def test_the_day_itself(foc_at: str, told: list[str]) -> None:
    assert against(foc_at) == told


@pytest.mark.parametrize(
    ("foc_at", "told"),
    [
        ("2026-11-22T10:00", ["Sunday 2026-11-22 is not a business day."]),  # four days before
        ("2026-11-23T10:00", []),  # Thanksgiving three days after it
        ("2026-11-27T10:00", []),  # and the day before it
        ("2026-11-30T10:00", []),  # four days after
        ("2027-02-12T10:00", []),
        ("2027-02-18T10:00", []),  # what is closed on a Saturday takes no day away
    ],
)
def test_closed_days_nearby_speak_against_a_date_only_where_they_follow_on_it(foc_at: str, told: list[str]) -> None:
    assert against(foc_at) == told


@pytest.mark.parametrize(
    ("first", "last", "lies_in"),
    [
        (date(2026, 12, 8), date(2026, 12, 8), True),
        (date(2026, 12, 1), date(2026, 12, 8), True),
        (date(2026, 12, 8), date(2026, 12, 9), True),
        (date(2026, 12, 1), date(2026, 12, 7), False),
        (date(2026, 12, 9), date(2026, 12, 20), False),
    ],
)
def test_freezes(first: date, last: date, lies_in: bool) -> None:
    told = against("2026-12-08T23:59", freezes=[Freeze(first, last, "campaign in print.")])
    assert told == ([f"Tuesday 2026-12-08 lies in a freeze ({first} to {last}): campaign in print."] if lies_in else [])


def test_a_freeze_hides_no_eve() -> None:
    freezes = [Freeze(date(2026, 12, 24), date(2026, 12, 24), reason) for reason in ("sale", "fair")]
    told = against("2026-12-24T10:00", freezes=freezes)
    assert [words.split()[-1] for words in told] == ["sale.", "fair.", "right."]


# -- the hour -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("foc_at", "fits"),
    [
        ("2026-12-08T05:59:59.999999", False),
        ("2026-12-08T06:00", True),
        ("2026-12-08T20:00:59.999999", True),  # the last minute is part of it
        ("2026-12-08T20:01", False),
    ],
)
def test_the_gaining_carriers_hours(foc_at: str, fits: bool) -> None:
    told = against(foc_at, policy(activation_from="06:00", activation_until="20:00"))
    shown = foc_at.split("T")[1][:5]
    assert told == (
        []
        if fits
        else [
            f"Tuesday 2026-12-08 {shown} America/New_York is outside the hours in which the gaining carrier moves "
            "numbers (06:00 to 20:00)."
        ]
    )


def test_those_hours_are_in_the_zone_of_the_window() -> None:
    central = policy(activation_from="06:00", activation_until="20:00", activation_zone="America/Chicago")
    assert against("2026-12-08T20:30", central) == []
    (told,) = against("2026-12-08T06:30", central)
    assert told.startswith("Tuesday 2026-12-08 05:30 America/Chicago is outside")


def test_without_a_window_every_moment_of_a_day_will_do() -> None:
    for fold in (0, 1):
        assert against(there("2026-12-08T23:59:59")) == []
        assert against(there("2026-12-08T00:00", fold=fold)) == []


def test_a_weekend_on_the_gaining_carriers_clocks_alone() -> None:
    abroad = policy(activation_zone="Europe/London")
    assert against("2026-12-11T18:59", abroad) == []
    assert against("2026-12-11T19:00", abroad) == [
        "Saturday 2026-12-12, as the gaining carrier's clocks show it (Europe/London), is not a business day."
    ]
    assert against("2026-12-12T12:00", abroad) == ["Saturday 2026-12-12 is not a business day."]  # once is enough


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"activation_from": "12:00", "activation_until": "11:00"}, "activation_from 12:00 is after activation_until"),
        ({"activation_until": "24:00"}, "activation_until '24:00' is not a time of day"),
    ],
)
def test_a_window_that_is_none_is_refused(values: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        concerns(there("2026-12-08T10:00"), policy(**values))
    with pytest.raises(ValueError, match=words):
        window_end(there("2026-12-08T10:00"), policy(**values))


# -- letter and messaging -------------------------------------------------------------------------------------------


def test_the_letter_has_to_outlast_the_foc() -> None:
    foc_at = there("2026-12-08T10:00")
    assert against(foc_at, loa_expires_at=foc_at + INSTANT) == []
    assert against(foc_at, loa_expires_at=foc_at) == [
        "The LOA is good until 2026-12-08 15:00 UTC only, and the FOC is 2026-12-08 15:00 UTC."
    ]
    assert len(against(foc_at, loa_expires_at=foc_at - INSTANT)) == 1


@pytest.mark.parametrize(
    ("ordered", "told"),
    [
        ("2026-12-02T23:59", None),  # Wednesday: Thursday, Friday, Monday, Tuesday
        (
            "2026-12-03T00:00",
            "Tuesday 2026-12-08 is too soon after the hosted messaging order of Thursday 2026-12-03: it takes 4 "
            "business days, until Wednesday 2026-12-09.",
        ),
        ("2026-12-09T10:00", "Tuesday 2026-12-08 is too soon after the hosted messaging order of Wednesday 2026-12-09"),
    ],
)
def test_hosted_messaging_comes_business_days_before(ordered: str, told: str | None) -> None:
    found = against("2026-12-08T10:00", hosted_messaging_since=there(ordered))
    assert [words[: len(told or "")] for words in found] == ([told] if told else [])


def test_closed_days_do_not_count_for_hosted_messaging() -> None:
    monday = there("2026-11-23T10:00")
    assert against("2026-12-01T10:00", hosted_messaging_since=monday) == []
    assert "until Monday 2026-11-30" in against("2026-11-27T10:00", hosted_messaging_since=monday)[-1]
    assert against("2026-11-30T10:00", hosted_messaging_since=monday) == []
    three = policy(hosted_messaging_days=3)
    assert against("2026-11-27T10:00", three, hosted_messaging_since=monday) == []


# -- around it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("foc_at", "told"),
    [
        ("2026-12-08T10:00", "no closed day of the losing carrier from 2026-12-05 to 2026-12-11"),
        ("2026-11-22T10:00", "no closed day of the losing carrier from 2026-11-19 to 2026-11-25"),
        (
            "2026-11-23T10:00",
            "1 closed day of the losing carrier from 2026-11-20 to 2026-11-26: Thursday 2026-11-26 (Thanksgiving Day)",
        ),
        (
            "2026-12-28T23:59",
            "2 closed days of the losing carrier from 2026-12-25 to 2026-12-31: Friday 2026-12-25 (Christmas Day), "
            "Tuesday 2026-12-29",
        ),
    ],
)
def test_the_days_around_in_words(foc_at: str, told: str) -> None:
    asked = policy(closed_days=[*HOLIDAYS, date(2026, 12, 29)])
    assert surroundings(there(foc_at), asked, HOLIDAYS) == told


def test_without_names_the_days_are_told_alone() -> None:
    assert surroundings(there("2026-11-23T10:00"), policy()).endswith(": Thursday 2026-11-26")


# -- when the window ends -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("foc_at", "end"),
    [
        ("2026-12-08T10:00", "2026-12-08T20:00"),
        ("2026-12-08T00:00", "2026-12-08T20:00"),  # before it opens, it ends on the same day
        ("2026-12-08T19:59:59.999999", "2026-12-08T20:00"),
        ("2026-12-08T20:00", "2026-12-09T00:00"),  # over: four hours from then
        ("2026-12-08T23:59", "2026-12-09T03:59"),
    ],
)
def test_the_window_ends_on_the_day_of_the_foc(foc_at: str, end: str) -> None:
    asked = policy(activation_from="06:00", activation_until="20:00", cutover_hours=4)
    assert window_end(there(foc_at), asked) == there(end)


def test_the_day_is_the_gaining_carriers() -> None:
    pacific = policy(activation_from="06:00", activation_until="20:00", activation_zone="America/Los_Angeles")
    los_angeles = "America/Los_Angeles"
    assert window_end(there("2026-12-08T22:00"), pacific) == there("2026-12-08T20:00", los_angeles)
    late = there("2026-12-09T03:00") - INSTANT
    assert window_end(late, pacific) == late + 4 * HOUR
    assert window_end(late + INSTANT, pacific) == there("2026-12-09T20:00", los_angeles)


NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (NEW_YORK, "2026-10-31", 20),
        (NEW_YORK, "2026-11-01", 21),  # the night has an hour more
        (NEW_YORK, "2026-11-02", 20),
        (NEW_YORK, "2027-03-13", 20),
        (NEW_YORK, "2027-03-14", 19),  # and here one less
        (NEW_YORK, "2027-03-15", 20),
        (BERLIN, "2026-10-24", 20),
        (BERLIN, "2026-10-25", 21),
        (BERLIN, "2026-10-26", 20),
        (BERLIN, "2027-03-27", 20),
        (BERLIN, "2027-03-28", 19),
        (BERLIN, "2027-03-29", 20),
    ],
)
def test_from_midnight_to_the_end_across_nights_on_which_the_clocks_change(zone: str, day: str, hours: int) -> None:
    asked = policy(time_zone=zone, activation_from="06:00", activation_until="20:00")
    midnight = there(f"{day}T00:00", zone)
    assert window_end(midnight, asked) == midnight + hours * HOUR
    assert window_end(midnight, asked).tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "foc_at", "end"),
    [
        # 20:00 in New York on 1 November and on 31 October; in Berlin a week before.
        (NEW_YORK, "2026-11-01T03:59:59.999999", "2026-11-01T00:00+4"),
        (NEW_YORK, "2026-11-01T04:00", "2026-11-02T01:00"),
        (NEW_YORK, "2027-03-14T04:59:59.999999", "2027-03-14T00:00+4"),
        (NEW_YORK, "2027-03-14T05:00", "2027-03-15T00:00"),
        (BERLIN, "2026-10-24T21:59:59.999999", "2026-10-24T18:00+4"),
        (BERLIN, "2026-10-24T22:00", "2026-10-25T19:00"),
        (BERLIN, "2027-03-27T22:59:59.999999", "2027-03-27T19:00+4"),
        (BERLIN, "2027-03-27T23:00", "2027-03-28T18:00"),
    ],
)
def test_midnight_before_such_a_night_takes_the_next_window(zone: str, foc_at: str, end: str) -> None:
    """Just before midnight the day's window is over, and hours count from the FOC; from midnight on the next counts."""
    asked = policy(time_zone=zone, activation_from="06:00", activation_until="20:00", cutover_hours=4)
    moment = utc(foc_at)
    assert window_end(moment, asked) == (moment + 4 * HOUR if end.endswith("+4") else utc(end))


def test_an_end_that_the_clocks_skip_or_show_twice() -> None:
    night = policy(activation_from="00:00", activation_until="02:30")
    assert window_end(there("2027-03-14T01:00"), night) == there("2027-03-14T03:00")  # 02:30 is skipped
    twice = policy(activation_from="00:00", activation_until="01:30", cutover_hours=4)
    first, second = there("2026-11-01T01:30"), there("2026-11-01T01:30", fold=1)
    assert second - first == HOUR
    assert window_end(first - INSTANT, twice) == first
    assert window_end(first, twice) == first + 4 * HOUR
    assert window_end(second - INSTANT, twice) == second - INSTANT + 4 * HOUR


def test_hours_from_the_foc_are_hours_whatever_its_zone() -> None:
    zoned = datetime(2026, 10, 31, 23, tzinfo=ZoneInfo("America/New_York"))
    asked = policy(activation_until="20:00", cutover_hours=4)
    assert window_end(zoned, asked) - zoned.astimezone(UTC) == 4 * HOUR
    assert window_end(zoned, asked) == there("2026-11-01T02:00")


# -- what always holds ----------------------------------------------------------------------------------------------

MOMENTS = st.integers(0, 2 * 365 * 24 * 12).map(lambda steps: utc("2026-01-01T00:00") + timedelta(minutes=5) * steps)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
POLICIES = st.builds(
    policy,
    time_zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Africa/Lagos", "Pacific/Auckland"]),
    activation_zone=st.sampled_from(["", "America/Chicago", "Europe/London"]),
    closed_days=st.sets(DAYS, max_size=60).map(sorted),
    activation_from=st.sampled_from(["00:00", "06:00", "11:30"]),
    activation_until=st.sampled_from(["11:30", "20:00", "23:59"]),
    cutover_hours=st.integers(1, 12),
)


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(MOMENTS, POLICIES)
def test_the_window_ends_after_the_foc(foc_at: datetime, asked: Policy) -> None:
    end = window_end(foc_at, asked)
    assert foc_at < end <= foc_at + timedelta(hours=25)
    zone = activation_zone(asked)
    if end != foc_at + timedelta(hours=asked.cutover_hours):
        assert local(end, zone).date() == local(foc_at, zone).date()
        assert local(end, zone).time() == activation_window(asked)[1]


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(MOMENTS, POLICIES)
def test_what_nobody_can_keep_is_a_concern_and_every_concern_has_its_date(foc_at: datetime, asked: Policy) -> None:
    found = concerns(foc_at, asked)
    assert all(words[0].isupper() and words.endswith(".") for words in found)
    days = {str(local(foc_at, zone).date()) for zone in (asked.time_zone, activation_zone(asked))}
    assert all(any(day in words for day in days) for words in found)
    assert len(set(found)) == len(found)
    if foc_problem(foc_at, foc_at - timedelta(days=10), asked):
        assert found


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(MOMENTS, POLICIES)
def test_whatever_is_closed_around_it_is_told(foc_at: datetime, asked: Policy) -> None:
    day = local(foc_at, asked.time_zone).date()
    around = [day + timedelta(days=count) for count in range(-DAYS_AROUND, DAYS_AROUND + 1)]
    closed = [one for one in around if one in asked.closed_days and one.weekday() < 5]
    words = surroundings(foc_at, asked)
    assert words.startswith(f"{len(closed)} closed day" if closed else "no closed day")
    assert all(str(one) in words for one in closed)
    for one in day_concerns(day, calendar_of(asked)):
        assert f"{one}." in concerns(foc_at, asked)
