"""When test calls are due, what each slot comes to, and what the calls prove."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from portolan.domain.testcalls import (
    CHECKS,
    LONE_SLOT,
    MESSAGING_CHECKS,
    ORIGINS,
    CallResult,
    Check,
    Heard,
    Origin,
    Slot,
    SlotStatus,
    calls_prove,
    calls_wanted,
    checks_for,
    fail_streak,
    grid,
    pass_streak,
    slots,
)

ACTIVATED = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
MINUTE, INSTANT = timedelta(minutes=1), timedelta(microseconds=1)
#: Every quarter of an hour for two hours, every hour for six.
SCHEDULE = [*range(15, 121, 15), *range(180, 481, 60)]
NUMBER = "+12125550143"
BEGUN = ACTIVATED + 1000 * MINUTE


def call(
    minutes: float, heard: Heard = "passed", origin: Origin = "mobile", check: Check = "ringback", **checks: Heard
) -> CallResult:
    given: dict[Any, Heard] = {check: heard, **checks}
    return CallResult(number=NUMBER, origin=origin, checks=given, at=ACTIVATED + minutes * MINUTE)


def of(calls: Sequence[CallResult], now: datetime = BEGUN, minutes: Sequence[int] = SCHEDULE) -> list[Slot]:
    return slots(ACTIVATED, minutes, calls, now)


def row(pattern: str) -> list[Slot]:
    """Slots that passed (`p`), failed (`f`) or had no call (`-`)."""
    schedule = [15 * (index + 1) for index in range(len(pattern))]
    heard: dict[str, Heard] = {"p": "passed", "f": "silence"}
    return of([call(at, heard[one]) for at, one in zip(schedule, pattern, strict=True) if one != "-"], minutes=schedule)


# -- slots ----------------------------------------------------------------------------------------------------------


def test_the_schedule_has_no_gaps_and_its_last_slot_is_as_long_as_the_one_before() -> None:
    found = of([])
    assert [slot.index for slot in found] == list(range(14))
    assert [slot.at for slot in found] == [ACTIVATED + minutes * MINUTE for minutes in SCHEDULE]
    assert [slot.until for slot in found[:-1]] == [slot.at for slot in found[1:]]
    assert found[-1].until - found[-1].at == 60 * MINUTE


@pytest.mark.parametrize(("minutes", "until"), [([30], 60 * MINUTE), ([0], LONE_SLOT)])
def test_a_single_slot_is_as_long_as_the_time_before_it(minutes: list[int], until: timedelta) -> None:
    (slot,) = of([], minutes=minutes)
    assert slot.until == ACTIVATED + until


def test_without_a_schedule_there_are_no_slots() -> None:
    assert of([call(20)], minutes=[]) == []


def test_the_order_of_a_schedule_does_not_matter() -> None:
    assert of([call(20)], minutes=[30, 15, 15, 45]) == of([call(20)], minutes=[15, 30, 45])


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (15 * MINUTE - INSTANT, SlotStatus.LATER),
        (15 * MINUTE, SlotStatus.DUE),
        (30 * MINUTE - INSTANT, SlotStatus.DUE),
        (30 * MINUTE, SlotStatus.MISSED),
    ],
)
def test_a_slot_without_a_call(now: timedelta, status: SlotStatus) -> None:
    assert of([], ACTIVATED + now)[0].status is status


def test_the_last_slot_is_missed_when_its_time_has_ended() -> None:
    assert of([], ACTIVATED + 540 * MINUTE - INSTANT)[-1].status is SlotStatus.DUE
    assert of([], ACTIVATED + 540 * MINUTE)[-1].status is SlotStatus.MISSED


@pytest.mark.parametrize("now", [15 * MINUTE, 600 * MINUTE])
@pytest.mark.parametrize(
    ("calls", "status"),
    [
        ([call(15)], SlotStatus.PASSED),
        ([call(15), call(20, dtmf="passed")], SlotStatus.PASSED),
        ([call(15, "silence")], SlotStatus.FAILED),
        ([call(15, dtmf="silence")], SlotStatus.FAILED),  # one check of one call is enough
        ([call(15, "silence"), call(20), call(25)], SlotStatus.FAILED),
        ([call(15), call(20, "busy", "voip")], SlotStatus.FAILED),
    ],
)
def test_a_slot_with_calls(calls: list[CallResult], status: SlotStatus, now: timedelta) -> None:
    first = of(calls, ACTIVATED + now)[0]
    assert (first.status, first.results) == (status, tuple(calls))


@pytest.mark.parametrize(
    ("at", "index"),
    [
        (-15 * MINUTE, 0),  # before the activation even
        (timedelta(), 0),
        (30 * MINUTE - INSTANT, 0),
        (30 * MINUTE, 1),
        (120 * MINUTE, 7),
        (180 * MINUTE - INSTANT, 7),
        (480 * MINUTE, 13),
        (540 * MINUTE - INSTANT, 13),
        (540 * MINUTE, 14),  # the schedule has ended, and the call makes a slot more
        (timedelta(days=2), 14),
    ],
)
def test_in_which_slot_a_call_counts(at: timedelta, index: int) -> None:
    made = CallResult(number=NUMBER, origin="voip", checks={"dtmf": "passed"}, at=ACTIVATED + at)
    found = of([made])
    assert [slot.index for slot in found if slot.results] == [index]
    assert found[index].status is SlotStatus.PASSED


def test_a_call_that_tried_nothing_is_no_call() -> None:
    with pytest.raises(ValidationError, match="checks"):
        CallResult(number=NUMBER, origin="voip", checks={}, at=ACTIVATED)


CALLS = st.lists(
    st.builds(
        call,
        st.integers(-60, 900),
        st.sampled_from(["passed", "passed", "silence"]),
        st.sampled_from(ORIGINS),
        st.sampled_from(CHECKS),
    ),
    max_size=30,
)
SCHEDULES = st.lists(st.integers(1, 600), min_size=1, max_size=20)
NOWS = st.integers(-60, 1500).map(lambda minutes: ACTIVATED + minutes * MINUTE)


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(CALLS, SCHEDULES, NOWS)
def test_every_call_counts_once_and_every_slot_is_something(
    calls: list[CallResult], schedule: list[int], now: datetime
) -> None:
    found = of(calls, now, schedule)
    assert sorted((one for slot in found for one in slot.results), key=repr) == sorted(calls, key=repr)
    for slot in found:
        assert slot.at < slot.until
        assert bool(slot.results) == (slot.status in {SlotStatus.PASSED, SlotStatus.FAILED})
        inside = [one for one in slot.results if slot.at <= one.at < slot.until]
        assert slot in (found[0], found[-1]) or len(inside) == len(slot.results)
    assert pass_streak(found) == 0 or fail_streak(found) == 0
    assert bool(pass_streak(found) + fail_streak(found)) == bool(calls)


# -- streaks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "passed", "failed"),
    [
        ("", 0, 0),
        ("---", 0, 0),
        ("p", 1, 0),
        ("ppp", 3, 0),
        ("fpp", 2, 0),
        ("ppf", 0, 1),
        ("pff", 0, 2),
        ("p-p", 2, 0),  # a slot nobody called in neither counts nor breaks
        ("f--f-", 0, 2),
        ("pfp--", 1, 0),
    ],
)
def test_streaks_run_backwards_from_the_newest_slot_with_a_call(pattern: str, passed: int, failed: int) -> None:
    assert (pass_streak(row(pattern)), fail_streak(row(pattern))) == (passed, failed)


# -- proof ----------------------------------------------------------------------------------------------------------


def test_without_a_call_everything_is_missing() -> None:
    assert calls_prove(of([]), streak=3, origins=2, checks=["ringback", "dtmf"]) == [
        "3 more slots in a row",
        "calls from 2 more networks",
        "no call has tried ringback",
        "no call has tried dtmf",
    ]


@pytest.mark.parametrize(
    ("calls", "missing"),
    [
        ([call(15), call(30, origin="voip"), call(45, check="dtmf")], []),
        ([call(15), call(31, origin="voip", check="dtmf")], ["1 more slot in a row"]),
        ([call(15), call(20, origin="voip", check="dtmf")], ["2 more slots in a row"]),
        ([call(15), call(30), call(45, check="dtmf")], ["a call from 1 more network"]),
        ([call(15), call(30, origin="voip"), call(45)], ["no call has tried dtmf"]),
        # What was tried before a failure counts no more.
        (
            [call(15, origin="voip", check="dtmf"), call(30, "silence"), call(45), call(60), call(75)],
            ["a call from 1 more network", "no call has tried dtmf"],
        ),
        ([call(15, origin="voip", check="dtmf"), call(60), call(120)], []),  # missed slots between
        (
            [call(15), call(30, origin="voip"), call(45, check="dtmf"), call(60, "silence")],
            [
                "3 more slots in a row",
                "calls from 2 more networks",
                "no call has tried ringback",
                "no call has tried dtmf",
            ],
        ),
    ],
)
def test_what_is_still_missing(calls: list[CallResult], missing: list[str]) -> None:
    assert calls_prove(of(calls), streak=3, origins=2, checks=["ringback", "dtmf"]) == missing


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(CALLS, st.integers(0, 4), st.integers(0, 5), st.sets(st.sampled_from(CHECKS)))
def test_nothing_is_missing_exactly_when_the_row_has_it_all(
    calls: list[CallResult], streak: int, origins: int, checks: set[Check]
) -> None:
    found = of(calls)
    length = pass_streak(found)
    called = [slot for slot in found if slot.results]
    heard = [one for slot in called[len(called) - length :] for one in slot.results]
    has_all = (
        length >= streak
        and len({one.origin for one in heard}) >= origins
        and checks <= {check for one in heard for check in one.checks}
    )
    assert (calls_prove(found, streak=streak, origins=origins, checks=checks) == []) == has_all


# -- what is asked for ----------------------------------------------------------------------------------------------


def test_checks_of_messaging_only_where_it_was_asked_for() -> None:
    assert checks_for(["sms_in", "dtmf", "ringback"], True) == ["ringback", "dtmf", "sms_in"]
    assert checks_for(["sms_in", "dtmf", "ringback"], False) == ["ringback", "dtmf"]
    assert set(checks_for(CHECKS, True)) - set(checks_for(CHECKS, False)) == MESSAGING_CHECKS
    assert checks_for(["telepathy"], True) == []


def test_what_a_dialer_is_asked_for() -> None:
    wanted = calls_wanted("order-1", "dialer", 0, ["+1", "+2"], ["voip", "mobile", "landline"], ["dtmf", "ringback"])
    assert (wanted.key, wanted.order_id, wanted.tester) == ("order-1:calls:0", "order-1", "dialer")
    assert wanted.calls == {"mobile": "+1", "landline": "+2", "voip": "+1"}
    assert wanted.checks == ["dtmf", "ringback"]
    later = calls_wanted("order-1", "dialer", 1, ["+1", "+2"], ["mobile", "landline", "voip"], ["dtmf"])
    assert later.key == "order-1:calls:1"
    assert later.calls == {"mobile": "+2", "landline": "+1", "voip": "+2"}


def test_names_that_are_no_network_are_left_out() -> None:
    assert calls_wanted("order-1", "dialer", 0, ["+1"], ["pigeon"], ["dtmf"]).calls == {}
    assert calls_wanted("order-1", "dialer", 3, ["+1"], [], ["dtmf"]).calls == {}


@settings(derandomize=True, database=None, deadline=None, max_examples=100)
@given(st.integers(1, 40), st.sets(st.sampled_from(ORIGINS), min_size=1), st.integers(0, 30))
def test_all_numbers_come_up_in_turn(count: int, origins: set[Origin], index: int) -> None:
    numbers = [f"+{number}" for number in range(count)]
    once_round = -(-count // len(origins))
    called = [
        number
        for slot in range(once_round)
        for number in calls_wanted("order-1", "dialer", slot, numbers, origins, ["dtmf"]).calls.values()
    ]
    assert set(called) == set(numbers)
    assert called[:count] == numbers
    assert set(calls_wanted("order-1", "dialer", index, numbers, origins, ["dtmf"]).calls) == origins


@settings(derandomize=True, database=None, deadline=None, max_examples=60)
@given(st.integers(1, 12), st.sets(st.sampled_from(ORIGINS), min_size=1))
def test_every_number_is_called_from_every_network(count: int, origins: set[Origin]) -> None:
    numbers = [f"+{number}" for number in range(count)]
    pairs = {
        pair
        for slot in range(count)
        for pair in calls_wanted("order-1", "dialer", slot, numbers, origins, ["dtmf"]).calls.items()
    }
    assert pairs == {(origin, number) for origin in origins for number in numbers}


# -- the grid -------------------------------------------------------------------------------------------------------


def test_the_schedule_as_rows() -> None:
    made = [
        call(15),
        call(30, "silence", "voip", "dtmf"),
        call(31, "wrong", "voip", "caller_id", ringback="passed"),
        call(32, "silence", "voip", "dtmf"),
        call(33, origin="mobile"),
    ]
    assert grid(of(made, ACTIVATED + 61 * MINUTE, [15, 30, 45, 60, 75]), ["mobile", "voip"]) == [
        ["2026-11-17 16:15", "passed", "passed", "-"],
        ["2026-11-17 16:30", "failed", "passed", "dtmf: silence, caller_id: wrong"],
        ["2026-11-17 16:45", "missed", "-", "-"],
        ["2026-11-17 17:00", "due", "-", "-"],
        ["2026-11-17 17:15", "later", "-", "-"],
    ]


def test_slots_are_in_utc_and_minutes_are_minutes_though_the_clocks_change() -> None:
    there = datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo("America/New_York"))
    found = slots(there, [15, 120, 180], [], there)
    assert [one[0] for one in grid(found, [])] == ["2026-11-01 04:45", "2026-11-01 06:30", "2026-11-01 07:30"]
    assert [slot.at - there.astimezone(UTC) for slot in found] == [15 * MINUTE, 120 * MINUTE, 180 * MINUTE]
