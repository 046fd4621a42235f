"""Which dates are asked for, why, and whether the letter lasts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.calendars import calendar_of, end_of, local
from portolan.domain.foc import (
    PREFERRED_WEEKDAYS,
    SHOWN_BUSINESS_DAYS,
    Freeze,
    foc_problem,
    in_words,
    loa_plan,
    proposals,
    resign_by,
)
from portolan.domain.playbooks import Policy

HOLIDAYS = {
    date(2026, 11, 26): "Thanksgiving Day",
    date(2026, 12, 25): "Christmas Day",
    date(2027, 1, 1): "New Year's Day",
    date(2027, 1, 18): "Martin Luther King Jr. Day",
    date(2027, 2, 10): "",  # a Wednesday nobody named
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def policy(**values: Any) -> Policy:
    usual = {"playbook": "US-LOCAL", "time_zone": "America/New_York", "closed_days": list(HOLIDAYS)}
    return Policy.model_validate(usual | values)


MONDAY = utc("2026-12-07T15:00")  # 10:00 in New York; the third business day after it is Thursday 10 December


# -- one date -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("foc_at", "words"),
    [
        ("2026-12-10T15:00", None),
        ("2026-12-07T19:00", None),
        ("2026-12-07T18:59", "less than 4 h away"),
        ("2026-12-07T15:00", "lies in the past"),
        ("2027-06-05T15:00", "is not a business day"),
        ("2027-06-06T15:00", "more than 180 days away"),
        ("2026-12-25T15:00", "2026-12-25 is a closed day of the losing carrier"),
        ("2026-12-12T04:59", None),  # still Friday at the desk
        ("2026-12-12T05:00", "Saturday 2026-12-12 is not a business day"),
    ],
)
def test_whether_a_date_can_be_honoured(foc_at: str, words: str | None) -> None:
    problem = foc_problem(utc(foc_at), MONDAY, policy())
    assert problem is None if words is None else words in str(problem)


def test_moments_in_words() -> None:
    assert in_words(utc("2026-12-01T15:00")) == "2026-12-01 15:00 UTC"
    assert in_words(None) == "no date"


# -- the earliest day -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "values", "earliest"),
    [
        ("2026-12-07T15:00", {}, date(2026, 12, 10)),
        ("2026-12-07T22:00", {}, date(2026, 12, 10)),  # 17:00, the cut-off, is in time
        ("2026-12-07T22:01", {}, date(2026, 12, 11)),
        ("2026-12-07T22:01", {"cutoff": "18:00"}, date(2026, 12, 10)),
        ("2026-12-07T18:01", {"cutoff": "13:00"}, date(2026, 12, 11)),
        ("2026-12-05T15:00", {}, date(2026, 12, 10)),  # Saturday counts as Monday
        ("2026-12-23T15:00", {}, date(2026, 12, 29)),
        ("2026-12-07T15:00", {"lead_business_days": 0}, date(2026, 12, 7)),
        ("2026-12-07T15:00", {"lead_business_days": 1}, date(2026, 12, 8)),
        ("2026-12-07T15:00", {"lead_business_days": 1, "foc_notice_hours": 48}, date(2026, 12, 9)),
        ("2026-12-07T15:00", {"lead_business_days": 0, "activation_until": "14:01"}, date(2026, 12, 7)),
        ("2026-12-07T15:00", {"lead_business_days": 0, "activation_until": "14:00"}, date(2026, 12, 8)),
        ("2026-12-07T15:00", {"time_zone": "Pacific/Auckland"}, date(2026, 12, 11)),  # already Tuesday there
    ],
)
def test_the_earliest_day(now: str, values: dict[str, Any], earliest: date) -> None:
    assert proposals(utc(now), policy(**values)).earliest == earliest


# -- the recommended day --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "recommended"),
    [
        ("2026-12-07T15:00", date(2026, 12, 10)),  # a Thursday
        ("2026-12-08T15:00", date(2026, 12, 15)),  # not the Friday, not the Monday after
        ("2026-11-30T15:00", date(2026, 12, 3)),
        ("2026-11-19T15:00", date(2026, 11, 24)),
        ("2026-11-20T15:00", date(2026, 12, 1)),  # not on the eve of Thanksgiving
        ("2026-12-21T15:00", date(2026, 12, 29)),  # Christmas Eve begins a long weekend
        ("2026-12-24T15:00", date(2026, 12, 30)),
        ("2026-12-28T15:00", date(2027, 1, 5)),
        ("2027-01-12T15:00", date(2027, 1, 19)),  # the Friday before a Monday's holiday
        ("2027-02-04T15:00", date(2027, 2, 11)),  # the eve of a closed day without a name
    ],
)
def test_the_recommended_day(now: str, recommended: date) -> None:
    found = proposals(utc(now), policy(), names=HOLIDAYS)
    assert found.recommended == recommended
    assert proposals(utc(now), policy()).recommended == recommended


@pytest.mark.parametrize(
    ("freezes", "recommended"),
    [
        ([Freeze(date(2026, 12, 1), date(2026, 12, 9), "print")], date(2026, 12, 10)),
        ([Freeze(date(2026, 12, 10), date(2026, 12, 10), "print")], date(2026, 12, 15)),
        ([Freeze(date(2026, 12, 10), date(2026, 12, 17), "print")], date(2026, 12, 22)),
        (
            [
                Freeze(date(2026, 12, 10), date(2026, 12, 17), "print"),
                Freeze(date(2026, 12, 21), date(2027, 1, 3), "sale"),
            ],
            date(2027, 1, 5),
        ),
        # No Tuesday to Thursday is left within 30 days, so a Friday is taken, though it is not loved.
        ([Freeze(date(2026, 12, 12), date(2027, 2, 1), "sale"), Freeze(MONDAY.date(), date(2026, 12, 10), "fair")],
         date(2026, 12, 11)),
        # Nothing at all is left: the first day there is, and the reasons say so.
        ([Freeze(date(2026, 12, 1), date(2027, 3, 1), "sale")], date(2026, 12, 10)),
    ],
)  # fmt: skip
def test_freezes_are_avoided(freezes: list[Freeze], recommended: date) -> None:
    found = proposals(MONDAY, policy(foc_horizon_days=30), freezes=freezes)
    assert found.recommended == recommended


@pytest.mark.parametrize(
    ("wanted", "recommended", "words"),
    [
        (date(2026, 12, 8), date(2026, 12, 10), "Tuesday 2026-12-08, as wanted, is too soon."),
        (date(2026, 12, 10), date(2026, 12, 10), "Thursday 2026-12-10 is recommended, as wanted."),
        (date(2026, 12, 11), date(2026, 12, 11), "Friday 2026-12-11 is recommended, as wanted."),
        (date(2026, 12, 12), date(2026, 12, 15), "Saturday 2026-12-12 is not a business day, though it is wanted."),
        (date(2026, 12, 24), date(2026, 12, 29), "nobody would be at the desk to put things right, though it is"),
        (date(2026, 12, 25), date(2026, 12, 29), "Friday 2026-12-25 is Christmas Day, though it is wanted."),
        (date(2027, 1, 5), date(2027, 1, 5), "Tuesday 2027-01-05 is recommended, as wanted."),
        (
            date(2027, 1, 6),
            date(2027, 1, 6),
            "Wednesday 2027-01-06 is recommended, as wanted.",
        ),  # 30 days, to the minute
        (date(2027, 1, 7), date(2026, 12, 10), "Thursday 2027-01-07, as wanted, is more than 30 days away."),
    ],
)
def test_a_wanted_day_is_kept_where_it_is_good(wanted: date, recommended: date, words: str) -> None:
    found = proposals(MONDAY, policy(foc_horizon_days=30), wanted=wanted, names=HOLIDAYS)
    assert found.recommended == recommended
    assert words in " ".join(found.reasons)


@pytest.mark.parametrize(
    ("loa_expires", "recommended"),
    [
        ("2026-12-18T05:00", date(2026, 12, 15)),  # the Tuesday is in time
        ("2026-12-15T15:00", date(2026, 12, 11)),  # it is not: the Friday before is better than a stale letter
        ("2026-12-15T15:01", date(2026, 12, 15)),
        ("2026-12-10T05:00", date(2026, 12, 15)),  # nothing is in time
    ],
)
def test_a_day_before_the_letter_ends_is_worth_more_than_a_better_weekday(loa_expires: str, recommended: date) -> None:
    found = proposals(utc("2026-12-08T15:00"), policy(), loa_expires_at=utc(loa_expires))
    assert found.recommended == recommended


def test_a_bad_day_before_the_letter_ends_is_not_worth_more_than_a_good_one_after_it() -> None:
    found = proposals(utc("2026-11-20T15:00"), policy(), loa_expires_at=utc("2026-11-26T05:00"))
    assert (found.earliest, found.recommended) == (date(2026, 11, 25), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("values", "moment"),
    [
        ({}, "2026-12-10T15:00"),  # 10:00 in New York
        ({"activation_from": "11:30", "activation_until": "11:30"}, "2026-12-10T16:30"),
        ({"activation_from": "06:00", "activation_until": "09:00"}, "2026-12-10T14:00"),
        ({"time_zone": "Asia/Kathmandu"}, "2026-12-15T04:15"),
        ({"lead_business_days": 0, "foc_notice_hours": 0, "cutoff": "18:00"}, "2026-12-08T15:00"),
    ],
)
def test_the_moment_is_mid_morning_or_as_near_as_can_be(values: dict[str, Any], moment: str) -> None:
    assert proposals(MONDAY, policy(**values)).recommended_at == utc(moment)


def test_where_the_morning_is_too_soon_the_next_quarter_of_an_hour_is_taken() -> None:
    tuesday = utc("2026-12-08T15:01")
    soon = policy(lead_business_days=0)
    assert proposals(tuesday, soon).recommended_at == utc("2026-12-08T19:15")
    assert proposals(utc("2026-12-08T15:00"), soon).recommended_at == utc("2026-12-08T19:15")
    assert proposals(utc("2026-12-08T14:59"), soon).recommended_at == utc("2026-12-08T19:00")
    at_once = policy(lead_business_days=0, foc_notice_hours=0)
    assert proposals(utc("2026-12-08T14:59"), at_once).recommended_at == utc("2026-12-08T15:00")
    assert proposals(utc("2026-12-08T15:00"), at_once).recommended_at == utc("2026-12-08T15:15")
    closing = policy(lead_business_days=0, activation_until="14:10")
    assert proposals(tuesday, closing).recommended_at == utc("2026-12-08T19:10")


@pytest.mark.parametrize(
    ("now", "moment"), [("2027-03-08T15:00", "2027-03-11T15:00"), ("2027-03-10T15:00", "2027-03-16T14:00")]
)
def test_mid_morning_moves_with_the_clocks(now: str, moment: str) -> None:
    assert proposals(utc(now), policy()).recommended_at == utc(moment)


def test_without_a_day_inside_the_horizon_the_first_is_named_and_the_reasons_say_so() -> None:
    found = proposals(MONDAY, policy(foc_horizon_days=2))
    assert found.recommended == found.earliest == date(2026, 12, 10)
    assert found.reasons[-1].startswith("No business day within 2 days can be had")


# -- the reasons ----------------------------------------------------------------------------------------------------


def test_each_avoided_day_has_its_reason() -> None:
    freezes = [Freeze(date(2027, 1, 5), date(2027, 1, 5), "campaign in print")]
    found = proposals(utc("2026-12-21T15:00"), policy(), freezes=freezes, names=HOLIDAYS)
    assert (found.earliest, found.recommended) == (date(2026, 12, 24), date(2026, 12, 29))
    assert {avoided.day: avoided.reason for avoided in found.avoid} == {
        date(2026, 12, 24): "Thursday 2026-12-24 is the last business day before 3 closed days (Christmas Day): "
        "nobody would be at the desk to put things right",
        date(2026, 12, 25): "Friday 2026-12-25 is Christmas Day",
        date(2026, 12, 31): "Thursday 2026-12-31 is the last business day before 3 closed days (New Year's Day): "
        "nobody would be at the desk to put things right",
        date(2027, 1, 1): "Friday 2027-01-01 is New Year's Day",
        date(2027, 1, 5): "Tuesday 2027-01-05 lies in a freeze (2027-01-05 to 2027-01-05): campaign in print",
    }
    assert [avoided.day for avoided in found.avoid] == sorted(avoided.day for avoided in found.avoid)


def test_avoided_days_are_listed_ten_business_days_past_the_recommended_one() -> None:
    for last, listed in ((date(2026, 12, 24), True), (date(2026, 12, 28), False)):
        freeze = Freeze(last, last, "sale")
        days = [avoided.day for avoided in proposals(MONDAY, policy(), freezes=[freeze]).avoid]
        assert (last in days) is listed


def test_eves_are_told_from_long_weekends() -> None:
    reasons = {found.day: found.reason for found in proposals(utc("2026-11-19T15:00"), policy(), names=HOLIDAYS).avoid}
    assert reasons[date(2026, 11, 25)] == "Wednesday 2026-11-25 is the eve of Thanksgiving Day"
    assert date(2026, 11, 27) not in reasons  # a plain Friday is possible
    unnamed = {found.day: found.reason for found in proposals(utc("2027-02-01T15:00"), policy(), names=HOLIDAYS).avoid}
    assert unnamed[date(2027, 2, 9)] == "Tuesday 2027-02-09 is the eve of a closed day of the losing carrier"


def test_the_reasons_tell_how_the_days_come_about() -> None:
    earliest, recommended = proposals(utc("2026-12-08T22:01"), policy()).reasons
    assert earliest == (
        "Sent now, the order counts for Wednesday 2026-12-09 (cut-off 17:00 America/New_York); with 3 business days' "
        "lead and 4 h notice Monday 2026-12-14 is the earliest day."
    )
    assert recommended == (
        "Tuesday 2026-12-15 is recommended: a Tuesday to Thursday morning leaves working days on both sides to put "
        "things right."
    )
    frozen = [Freeze(date(2026, 12, 12), date(2027, 9, 1), "sale")]
    assert proposals(utc("2026-12-08T15:00"), policy(), freezes=frozen).reasons[-1] == (
        "Friday 2026-12-11 is recommended: no Tuesday, Wednesday or Thursday fits as well."
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"activation_from": "12:00", "activation_until": "11:00"}, "activation_from 12:00 is after activation_until"),
        ({"activation_from": "noon"}, "activation_from 'noon' is not a time of day"),
        ({"activation_until": "24:00"}, "activation_until '24:00' is not a time of day"),
    ],
)
def test_a_window_that_is_none_is_refused(values: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        proposals(MONDAY, policy(**values))


# -- what always holds ----------------------------------------------------------------------------------------------

MOMENTS = st.integers(0, 2 * 365 * 24 * 4).map(
    lambda quarters: utc("2026-01-01T00:00") + timedelta(minutes=15) * quarters
)
DAYS = st.dates(date(2026, 1, 1), date(2028, 6, 30))
POLICIES = st.builds(
    policy,
    time_zone=st.sampled_from(
        ["America/New_York", "Europe/London", "Africa/Lagos", "Pacific/Auckland", "Asia/Kathmandu"]
    ),
    closed_days=st.sets(DAYS, max_size=40).map(sorted),
    lead_business_days=st.integers(0, 12),
    foc_notice_hours=st.integers(0, 72),
    foc_horizon_days=st.integers(1, 180),
    cutoff=st.sampled_from(["00:00", "13:00", "17:00", "23:59"]),
    activation_from=st.sampled_from(["00:00", "06:00", "11:30"]),
    activation_until=st.sampled_from(["11:30", "20:00", "23:59"]),
)
FREEZES = st.lists(
    st.builds(lambda first, days: Freeze(first, first + timedelta(days=days), "sale"), DAYS, st.integers(0, 90)),
    max_size=3,
)


@settings(derandomize=True, database=None, deadline=None, max_examples=120)
@given(MOMENTS, POLICIES, FREEZES, st.none() | DAYS, st.none() | MOMENTS)
def test_what_is_proposed_can_be_honoured(
    now: datetime, asked: Policy, freezes: list[Freeze], wanted: date | None, loa_expires_at: datetime | None
) -> None:
    found = proposals(now, asked, freezes=freezes, wanted=wanted, loa_expires_at=loa_expires_at)
    calendar = calendar_of(asked)
    assert calendar.is_open(found.earliest)
    assert calendar.is_open(found.recommended)
    assert found.earliest <= found.recommended
    shown = local(found.recommended_at, asked.time_zone)
    assert shown.date() == found.recommended
    assert time.fromisoformat(asked.activation_from) <= shown.time() <= time.fromisoformat(asked.activation_until)
    problem = foc_problem(found.recommended_at, now, asked)
    assert problem is None or ("days away" in problem and found.recommended == found.earliest)
    assert all(found.earliest <= avoided.day and avoided.reason for avoided in found.avoid)
    last_shown = calendar.add_business_days(found.recommended, SHOWN_BUSINESS_DAYS)
    assert all(avoided.day <= last_shown for avoided in found.avoid)
    assert all(reason.endswith(".") for reason in found.reasons)


@settings(derandomize=True, database=None, deadline=None, max_examples=120)
@given(MOMENTS, MOMENTS, POLICIES, FREEZES, st.none() | DAYS, st.none() | MOMENTS)
def test_sending_later_never_brings_an_earlier_day(
    one: datetime,
    other: datetime,
    asked: Policy,
    freezes: list[Freeze],
    wanted: date | None,
    loa_expires_at: datetime | None,
) -> None:
    first, second = (
        proposals(now, asked, freezes=freezes, wanted=wanted, loa_expires_at=loa_expires_at)
        for now in sorted((one, other))
    )
    assert first.earliest <= second.earliest
    assert first.recommended <= second.recommended
    assert first.recommended_at <= second.recommended_at


@settings(derandomize=True, database=None, deadline=None, max_examples=60)
@given(MOMENTS, POLICIES)
def test_on_a_long_horizon_neither_eves_nor_the_ends_of_the_week_are_proposed(now: datetime, asked: Policy) -> None:
    asked = asked.model_copy(update={"foc_horizon_days": 180})
    found = proposals(now, asked)
    assert found.recommended.weekday() in PREFERRED_WEEKDAYS
    assert found.recommended + timedelta(days=1) not in asked.closed_days
    assert found.recommended not in [avoided.day for avoided in found.avoid]


# -- the letter -----------------------------------------------------------------------------------------------------


def test_the_last_day_for_a_new_signature() -> None:
    assert resign_by(utc("2026-12-09T05:00"), policy()) == date(2026, 12, 8)  # midnight at the desk: Tuesday is good
    assert resign_by(utc("2026-12-09T05:01"), policy()) == date(2026, 12, 9)
    assert resign_by(utc("2026-12-14T05:00"), policy()) == date(2026, 12, 11)  # Sunday: the Friday before
    assert resign_by(utc("2026-12-28T05:00"), policy()) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("signed_on", "expected_foc", "sign_by", "words"),
    [
        # Signed on 8 November it is good through 8 December.
        (
            date(2026, 11, 8),
            "2026-12-10T15:00",
            date(2026, 12, 8),
            "the FOC is expected on Thursday 2026-12-10: re-sign",
        ),
        (date(2026, 11, 8), None, date(2026, 12, 8), "it is sent again by about Monday 2026-12-21: re-sign by Tuesday"),
        (date(2026, 11, 20), "2026-12-10T15:00", date(2026, 12, 18), "Sunday 2026-12-20; if the carrier rejects"),
        (date(2026, 11, 21), "2026-12-10T15:00", None, ""),
        (date(2026, 11, 21), "2026-12-22T04:59", None, ""),
        (date(2026, 11, 21), "2026-12-22T05:00", date(2026, 12, 21), "the FOC is expected on Tuesday 2026-12-22"),
        (date(2026, 11, 6), None, date(2026, 12, 7), "The LOA was good until Sunday 2026-12-06: re-sign by Monday"),
    ],
)
def test_when_the_letter_has_to_be_signed_again(
    signed_on: date, expected_foc: str | None, sign_by: date | None, words: str
) -> None:
    foc = utc(expected_foc) if expected_foc else None
    plan = loa_plan(policy(), MONDAY, signed_on=signed_on, expected_foc=foc)
    assert (plan and plan.sign_by) == sign_by
    assert words in (plan.reason if plan else "")
    expires = end_of(signed_on + timedelta(days=30), "America/New_York")
    assert loa_plan(policy(), MONDAY, expires_at=expires, expected_foc=foc) == plan


def test_a_date_too_far_away_for_one_more_letter_is_told() -> None:
    plan = loa_plan(policy(), MONDAY, signed_on=date(2026, 12, 1), expected_foc=utc("2027-03-01T15:00"))
    assert plan is not None
    assert (plan.sign_by, plan.sign_from) == (date(2026, 12, 31), date(2027, 1, 30))
    assert plan.reason.endswith(
        "re-sign by Thursday 2026-12-31, and again on or after Saturday 2027-01-30, because a letter lasts 30 days."
    )


def test_the_proposals_say_when_to_sign_again() -> None:
    found = proposals(MONDAY, policy(), loa_expires_at=utc("2026-12-09T05:00"))
    assert found.reasons[-1].endswith("re-sign by Tuesday 2026-12-08.")
    assert len(proposals(MONDAY, policy(), loa_expires_at=utc("2027-01-09T05:00")).reasons) == 2


@pytest.mark.parametrize("letter", [{}, {"signed_on": date(2026, 12, 1), "expires_at": MONDAY}])
def test_a_letter_has_one_date(letter: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either signed_on or expires_at"):
        loa_plan(policy(), MONDAY, **letter)


@settings(derandomize=True, database=None, deadline=None, max_examples=100)
@given(MOMENTS, POLICIES, MOMENTS, st.none() | MOMENTS)
def test_a_new_letter_is_due_on_a_business_day_while_the_old_one_is_good(
    now: datetime, asked: Policy, expires_at: datetime, expected_foc: datetime | None
) -> None:
    plan = loa_plan(asked, now, expires_at=expires_at, expected_foc=expected_foc)
    if plan is None:
        assert expires_at > now
        assert expected_foc is None or expires_at > expected_foc
        return
    calendar = calendar_of(asked)
    assert calendar.is_open(plan.sign_by)
    today = local(now, asked.time_zone).date()
    assert plan.sign_by >= today
    assert plan.sign_by < local(expires_at, asked.time_zone).date() + timedelta(days=1) or plan.sign_by == (
        calendar.add_business_days(today, 0)
    )
    assert f"re-sign by {plan.sign_by:%A} {plan.sign_by}" in plan.reason
