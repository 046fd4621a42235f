"""Both sides of every deadline: the moment before, the moment itself, the moment after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from portolan.domain import outcomes, returning
from portolan.domain.carrier import CarrierStatus, NumberStatus
from portolan.domain.clocks import Clock, acts, business_deadline, lapse, next_deadline
from portolan.domain.order import Order
from portolan.domain.states import ACTING, ENDED, State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from tests.domain.builders import (
    ACCOUNT,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    NOW,
    SECOND,
    answer,
    approvable,
    aside,
    check,
    confirmed,
    cutting_over,
    deadline,
    differs,
    held,
    in_window,
    last,
    let_pass,
    looked,
    new,
    notices,
    open_kinds,
    order_in,
    ready,
    rejected,
    roll_back,
    rolling_back,
    say,
    sign,
    submitted,
    submitting,
    task,
    verifying,
)

#: The LOA of `approvable` is dated 2 November; it may be sent up to the end of 2 December in New York.
LOA_ENDS = datetime(2026, 12, 3, 5, 0, tzinfo=UTC)


def due(order: Order, clock: Clock) -> datetime | None:
    """When that clock would strike, if it is the next."""
    found = next_deadline(order)
    return found.at if found and found.clock is clock else None


def strike(order: Order, clock: Clock, now: datetime | None = None) -> datetime:
    """Let the next deadline pass, which has to be of that kind."""
    found = deadline(order)
    assert found.clock is clock
    lapse(order, found, now or found.at)
    return found.at


@pytest.mark.parametrize("state", State)
def test_a_state_acts_or_waits_for_a_moment_or_is_the_end(state: State) -> None:
    order = order_in(state)
    assert acts(order) is (state in ACTING)
    found = next_deadline(order)
    waits_while_acting = {
        State.SUBMITTING,
        State.PARTIALLY_ACTIVE,
        State.VERIFYING,
    }  # for the LOA's end, and to tell of the window's
    assert (found is None) is (state in ENDED or state in ACTING - waits_while_acting)
    assert found is None or found.at > order.since
    assert found is None or found.in_words().endswith(f"UTC: {found.clock}")


@pytest.mark.parametrize(
    ("zone", "signed_on", "expires_at"),
    [
        ("America/New_York", date(2026, 11, 2), "2026-12-03T05:00Z"),
        # Into and out of daylight-saving time: the day ends at local midnight, whatever its length.
        ("America/New_York", date(2026, 10, 2), "2026-11-02T05:00Z"),
        ("America/New_York", date(2026, 2, 6), "2026-03-09T04:00Z"),
        ("America/New_York", date(2026, 10, 15), "2026-11-15T05:00Z"),
        ("Europe/London", date(2026, 2, 27), "2026-03-29T23:00Z"),
        ("Europe/London", date(2026, 9, 25), "2026-10-26T00:00Z"),
        ("Europe/Berlin", date(2026, 2, 26), "2026-03-28T23:00Z"),
        ("Africa/Lagos", date(2026, 11, 2), "2026-12-02T23:00Z"),
        ("Europe/Paris", date(2028, 1, 31), "2028-03-01T23:00Z"),
    ],
)
def test_an_loa_is_good_to_the_end_of_its_last_day_at_the_losing_carriers_desk(
    zone: str, signed_on: date, expires_at: str
) -> None:
    expires = datetime.fromisoformat(expires_at)
    order = check(new(now=expires - DAY, policy={"time_zone": zone}), now=expires - DAY)
    say(order, "loa_signed", expires - SECOND, signed_by="Ada Byron", signed_on=signed_on)
    assert order.loa is not None
    assert order.loa.expires_at == expires
    assert order.loa_valid_at(expires - INSTANT)
    assert not order.loa_valid_at(expires)


def test_an_loa_is_too_old_to_be_signed_in_from_the_end_of_its_last_day() -> None:
    late = sign_at(LOA_ENDS - INSTANT)
    assert late.state is State.AWAITING_APPROVAL
    with pytest.raises(AssertionError, match="at most 30 days old"):
        sign_at(LOA_ENDS)


def sign_at(now: datetime) -> Order:
    return sign(check(new(now=now), now=now), now, signed_on="2026-11-02")


def test_the_warning_comes_five_days_before_and_once() -> None:
    order = approvable(new())
    let_pass(order, Clock.REMINDER)
    while due(order, Clock.REMINDER):
        strike(order, Clock.REMINDER)
    assert strike(order, Clock.LOA_WARNING) == LOA_ENDS - 5 * DAY
    assert notices(order)[-1] is NoticeKind.LOA_EXPIRING
    assert order.unsent[-1].facts["until"] == "2026-12-03 05:00 UTC"
    assert order.state is State.AWAITING_APPROVAL
    let_pass(order, Clock.LOA_EXPIRY)
    assert notices(order).count(NoticeKind.LOA_EXPIRING) == 1


def test_a_warning_that_comes_after_the_end_is_not_given() -> None:
    """Rejected long after the LOA grew old: what matters is the new signature."""
    order = submitted(new())
    late = LOA_ENDS + 10 * DAY
    say(order, "carrier_rejected", late, reasons=["PORT_LOCK"])
    strike(order, Clock.LOA_WARNING, late)
    strike(order, Clock.LOA_EXPIRY, late)
    assert NoticeKind.LOA_EXPIRING not in notices(order)
    assert notices(order)[-1] is NoticeKind.SIGNATURE_NEEDED
    assert TaskKind.SIGN_LOA in open_kinds(order)


def test_at_its_end_an_unapproved_loa_has_to_be_signed_again() -> None:
    order = approvable(new())
    assert let_pass(order, Clock.LOA_EXPIRY) == LOA_ENDS
    assert (order.state, order.loa) == (State.AWAITING_SIGNATURE, None)
    assert open_kinds(order) == [TaskKind.SIGN_LOA]


def test_at_its_end_an_loa_not_yet_sent_keeps_its_attempt_number() -> None:
    order = submitting(new())
    outcomes.unreachable(order, "no answer in time", LOA_ENDS - HOUR)
    assert let_pass(order, Clock.LOA_EXPIRY) == LOA_ENDS
    assert (order.state, order.attempt, order.send_again) == (State.AWAITING_SIGNATURE, 1, True)
    sign(order, LOA_ENDS + HOUR)
    assert (order.state, order.attempt, order.send_again) == (State.SUBMITTING, 1, False)


def test_at_its_end_an_order_that_needs_action_asks_for_a_signature_and_stays() -> None:
    order = rejected(new())
    assert let_pass(order, Clock.LOA_EXPIRY) == LOA_ENDS
    assert (order.state, order.loa) == (State.ACTION_REQUIRED, None)
    assert open_kinds(order) == [TaskKind.FIX_REJECTION, TaskKind.SIGN_LOA]
    say(order, "resubmit", LOA_ENDS + HOUR)
    assert order.state is State.AWAITING_SIGNATURE


def test_at_its_end_in_the_middle_of_corrections_nobody_is_asked_yet() -> None:
    order = new(policy={"loa_max_age_days": 10})
    order.loa = approvable(new(policy={"loa_max_age_days": 10})).loa
    differs(order)
    assert let_pass(order, Clock.LOA_EXPIRY) == LOA_ENDS - 20 * DAY
    assert (order.state, order.loa, open_kinds(order)) == (
        State.AWAITING_INFORMATION,
        None,
        [TaskKind.CORRECT_DATA],
    )


@pytest.mark.parametrize("state", [State.SUBMITTED, State.FOC_CONFIRMED, State.READY, State.ROLLBACK_WINDOW])
def test_once_sent_the_loa_may_grow_old(state: State) -> None:
    order = order_in(state, policy={"loa_max_age_days": 1})
    assert deadline(order).clock not in {Clock.LOA_WARNING, Clock.LOA_EXPIRY}


def test_a_date_change_needs_no_loa() -> None:
    order = cutting_over(new())
    outcomes.not_activated(order, "not released", FOC)
    answer(order, TaskKind.CHOOSE_DATE, "request_new_date", FOC)
    assert (order.state, next_deadline(order)) == (State.SUBMITTING, None)


@pytest.mark.parametrize("build", [check, differs])
def test_silence_of_thirty_days_ends_an_order_that_was_never_sent(build: object) -> None:
    order = build(new())  # type: ignore[operator]
    assert let_pass(order, Clock.CUSTOMER_SILENCE) == NOW + 30 * DAY
    assert order.state is State.EXPIRED
    assert notices(order)[-1] is NoticeKind.EXPIRED
    assert len(notices(order)) == 1 + 4 + 1, "asked once, reminded four times, told the end"


def test_a_signature_in_the_last_second_starts_the_silence_anew() -> None:
    order = check(new())
    for _ in range(4):
        strike(order, Clock.REMINDER)
    at = NOW + 30 * DAY - SECOND
    assert due(order, Clock.CUSTOMER_SILENCE) == at + SECOND
    sign(order, at)
    assert order.state is State.AWAITING_APPROVAL
    assert due(order, Clock.REMINDER) == at + 7 * DAY


def test_silence_never_ends_an_order_that_was_sent() -> None:
    order = rejected(new())
    say(order, "resubmit", corrections={"postal_code": "02111"})
    check(order, ACCOUNT.model_copy(update={"postal_code": "02111"}))
    assert order.state is State.AWAITING_SIGNATURE
    for week in range(1, 20):
        assert strike(order, Clock.REMINDER) == NOW + week * 7 * DAY


@pytest.mark.parametrize(
    "state", [State.AWAITING_INFORMATION, State.AWAITING_SIGNATURE, State.AWAITING_APPROVAL, State.ACTION_REQUIRED]
)
def test_whoever_has_to_move_is_reminded_every_week(state: State) -> None:
    order = order_in(state)
    assert strike(order, Clock.REMINDER) == NOW + 7 * DAY
    assert due(order, Clock.REMINDER) == NOW + 14 * DAY
    assert (last(order).kind, last(order).by) == ("reminder", "clock")
    asked = NoticeKind.SIGNATURE_NEEDED if state is State.AWAITING_SIGNATURE else NoticeKind.ACTION_NEEDED
    assert notices(order)[-1] is asked
    assert "waiting for the" in order.unsent[-1].facts["why"] or "still waited for" in order.unsent[-1].facts["why"]
    assert order.state is state


def test_the_losing_carrier_is_chased_once_an_interval() -> None:
    """Five business days are a week."""
    order = submitted(new())
    assert strike(order, Clock.CHASE) == NOW + 7 * DAY
    first = task(order, TaskKind.CHASE_CARRIER)
    order.refetch = False
    assert strike(order, Clock.CHASE) == NOW + 14 * DAY
    second = task(order, TaskKind.CHASE_CARRIER)
    assert first.task_id != second.task_id
    assert (first.closed_by, second.due_at) == ("superseded", NOW + 21 * DAY)
    assert "Old Telco has been silent past its usual 5 business days (order C-1)" in second.detail
    assert order.state is State.SUBMITTED


def test_each_chase_asks_the_carrier_too() -> None:
    order = submitted(new())
    assert not acts(order)
    strike(order, Clock.CHASE)
    assert (order.refetch, acts(order)) == (True, True)
    order.refetch = False
    outcomes.observed(order, held(order, CarrierStatus.FOC_CONFIRMED, foc_at=FOC), NOW + 7 * DAY)
    assert (order.state, open_kinds(order)) == (State.FOC_CONFIRMED, [])


@pytest.mark.parametrize(
    ("zone", "closed", "sent_at", "days", "chase_at"),
    [
        ("America/New_York", [], "2026-11-02T15:00Z", 1, "2026-11-03T15:00Z"),
        ("America/New_York", [], "2026-11-06T15:00Z", 1, "2026-11-09T15:00Z"),
        ("America/New_York", [], "2026-11-07T15:00Z", 1, "2026-11-09T15:00Z"),
        ("America/New_York", ["2026-11-03"], "2026-11-02T15:00Z", 1, "2026-11-04T15:00Z"),
        ("America/New_York", ["2026-11-26", "2026-11-27"], "2026-11-25T15:00Z", 2, "2026-12-01T15:00Z"),
        # The day is the desk's: late on Friday in New York it is Saturday in UTC, and in Lagos already Monday.
        ("America/New_York", [], "2026-11-07T04:30Z", 1, "2026-11-10T04:30Z"),
        ("Africa/Lagos", [], "2026-11-08T23:30Z", 1, "2026-11-09T23:30Z"),
        # The same wall time on the other side of a change of the clocks.
        ("America/New_York", [], "2026-10-30T14:00Z", 1, "2026-11-02T15:00Z"),
        ("America/New_York", [], "2027-03-12T15:00Z", 1, "2027-03-15T14:00Z"),
    ],
)
def test_silence_is_counted_in_business_days_at_the_losing_carriers_desk(
    zone: str, closed: list[str], sent_at: str, days: int, chase_at: str
) -> None:
    now = datetime.fromisoformat(sent_at)
    closed_days = [date.fromisoformat(day) for day in closed]
    order = submitting(new(policy={"time_zone": zone, "closed_days": closed_days, "carrier_silence_days": days}))
    outcomes.sent(order, held(order), now)
    assert due(order, Clock.CHASE) == datetime.fromisoformat(chase_at)


def test_an_answer_of_the_carrier_starts_its_silence_anew() -> None:
    order = submitted(new())
    say(order, "carrier_approved", NOW + 5 * DAY - SECOND)
    assert due(order, Clock.CHASE) == NOW + 11 * DAY - SECOND, "from Saturday on, the fifth business day is a Friday"


def test_freeze_and_cutover_come_when_the_foc_says() -> None:
    order = confirmed(new())
    assert strike(order, Clock.FREEZE) == FOC - 24 * HOUR
    assert order.state is State.READY
    assert strike(order, Clock.CUTOVER) == FOC
    assert order.state is State.CUTTING_OVER


@pytest.mark.parametrize(
    ("hours", "late", "state"),
    [
        (4, timedelta(0), State.CUTTING_OVER),
        (4, INSTANT, State.ACTION_REQUIRED),
        (1, HOUR, State.CUTTING_OVER),
        (1, 2 * HOUR, State.ACTION_REQUIRED),
        (0, timedelta(0), State.CUTTING_OVER),
        (0, INSTANT, State.ACTION_REQUIRED),
    ],
)
def test_an_foc_that_passed_unattended_is_not_cut_over_late(hours: int, late: timedelta, state: State) -> None:
    order = ready(new(policy={"cutover_hours": hours}))
    at = FOC + (4 * HOUR if hours == 4 else timedelta(0)) + late
    strike(order, Clock.CUTOVER, at)
    assert order.state is state
    if state is State.CUTTING_OVER:
        assert (order.refetch, open_kinds(order)) == (False, [])
        return
    assert (order.refetch, open_kinds(order)) == (True, [TaskKind.CHOOSE_DATE])
    assert "The FOC 2026-11-17 16:00 UTC passed unattended" in task(order, TaskKind.CHOOSE_DATE).detail
    assert notices(order)[-1] is NoticeKind.ACTION_NEEDED
    assert acts(order)
    answer(order, TaskKind.CHOOSE_DATE, "request_new_date", at)
    assert order.state is State.SUBMITTING


@pytest.mark.parametrize(
    ("before", "state"), [(SECOND, State.READY), (timedelta(0), State.READY), (-SECOND, State.FOC_CONFIRMED)]
)
def test_an_foc_inside_the_freeze_leaves_the_freeze_alone(before: timedelta, state: State) -> None:
    """Moved in the freeze: to a date whose own freeze has begun, or not."""
    order = ready(new())
    now = FOC - 5 * HOUR
    say(order, "foc_confirmed", now, foc_at=now + 24 * HOUR - before)
    assert order.state is state


@pytest.mark.parametrize("state", [State.FOC_CONFIRMED, State.READY])
def test_an_foc_missed_on_hold_needs_a_new_date(state: State) -> None:
    order = order_in(state)
    say(order, "hold", order.since, by="Charles", reason="in print")
    assert let_pass(order, Clock.FOC_MISSED) == FOC
    assert order.state is State.ACTION_REQUIRED
    assert TaskKind.CHOOSE_DATE in open_kinds(order)
    assert order.hold is not None


def test_a_hold_that_ends_with_the_foc_lets_it_happen() -> None:
    order = ready(new())
    say(order, "hold", order.since, reason="in print", until=FOC)
    assert strike(order, Clock.HOLD_ENDS) == FOC
    assert strike(order, Clock.CUTOVER) == FOC


def test_tries_come_after_2_5_15_30_and_then_every_60_minutes() -> None:
    order = submitting(new())
    now, waits = NOW, []
    for _ in range(7):
        outcomes.unreachable(order, "HTTP 503", now)
        assert not acts(order)
        at = strike(order, Clock.RETRY)
        assert acts(order)
        waits.append((at - now) // timedelta(minutes=1))
        now = at
    assert waits == [2, 5, 15, 30, 60, 60, 60]
    assert open_kinds(order) == [TaskKind.CARRIER_UNREACHABLE]
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 1
    outcomes.sent(order, held(order), now)
    assert (order.tries, order.retry_at, open_kinds(order)) == (0, None, [])


def test_the_window_closes_after_72_hours_and_says_so_a_day_ahead() -> None:
    order = in_window(new())
    assert strike(order, Clock.CLOSING_NOTICE) == FOC + 48 * HOUR
    assert notices(order)[-1] is NoticeKind.WINDOW_CLOSING
    assert order.state is State.ROLLBACK_WINDOW
    assert strike(order, Clock.WINDOW_CLOSES) == FOC + 72 * HOUR
    assert (order.state, notices(order)[-1]) == (State.COMPLETED, NoticeKind.COMPLETED)
    assert next_deadline(order) is None


@pytest.mark.parametrize(("hours", "notice_after"), [(72, 48), (49, 25), (48, 24), (24, 12), (2, 1), (1, 0.5)])
def test_the_notice_of_a_short_window_comes_halfway(hours: int, notice_after: float) -> None:
    order = in_window(new(policy={"rollback_hours": hours}))
    assert due(order, Clock.CLOSING_NOTICE) == FOC + notice_after * HOUR
    business = business_deadline(order)
    assert business is not None
    assert business == (FOC + hours * HOUR, Clock.WINDOW_CLOSES)


@pytest.mark.parametrize(
    ("decided", "accepted"),
    [(-SECOND, True), (-INSTANT, True), (timedelta(0), False), (INSTANT, False)],
)
def test_a_rollback_counts_by_when_it_was_decided(decided: timedelta, accepted: bool) -> None:
    order = in_window(new())
    end = FOC + 72 * HOUR
    if accepted:
        roll_back(order, end + SECOND, occurred_at=end + decided)
        assert order.state is State.ROLLING_BACK
    else:
        with pytest.raises(AssertionError, match="The rollback window closed"):
            roll_back(order, end + SECOND, occurred_at=end + decided)


def test_a_port_back_is_tried_for_as_long_as_nobody_has_said_yes_or_no() -> None:
    """No clock ends it: only the carrier's word, or the refusal of a step that looked there and came too late."""
    order = rolling_back(new())
    assert acts(order)
    now = FOC + 70 * HOUR
    for _ in range(20):
        outcomes.unreachable(order, "no answer", now)
        assert order.retry_at
        assert not acts(order)
        now = strike(order, Clock.RETRY)
        assert (order.state, acts(order)) == (State.ROLLING_BACK, True)
    assert now > FOC + 76 * HOUR


def test_a_port_back_that_came_too_late_ends_with_the_window() -> None:
    order = rolling_back(new())
    late = FOC + 76 * HOUR
    returning.refused(order, "the time in which the numbers could be returned has passed", late)
    assert (order.state, open_kinds(order)) == (State.ROLLBACK_WINDOW, [TaskKind.PORT_BACK_REFUSED])
    assert notices(order)[-1] is NoticeKind.ROLLBACK_REFUSED
    strike(order, Clock.CLOSING_NOTICE, late)
    strike(order, Clock.WINDOW_CLOSES, late)
    assert (order.state, open_kinds(order)) == (State.COMPLETED, [])
    assert notices(order)[-2:] == [NoticeKind.ROLLBACK_REFUSED, NoticeKind.COMPLETED], "no last chance after the end"


def test_while_numbers_are_unproven_the_end_of_the_window_is_told_but_closes_nothing() -> None:
    order = verifying(new())
    looked(order, {}, FOC + 47 * HOUR + timedelta(minutes=50))
    assert strike(order, Clock.CLOSING_NOTICE) == FOC + 48 * HOUR
    assert (order.state, notices(order)[-1]) == (State.VERIFYING, NoticeKind.WINDOW_CLOSING)
    now = FOC + 71 * HOUR
    for _ in range(20):
        looked(order, {}, now)
        now = strike(order, Clock.RETRY)
    assert now > FOC + 72 * HOUR
    assert order.state is State.VERIFYING
    looked(order, dict.fromkeys(order.request.numbers, NumberStatus.ACTIVE), now)
    assert order.state is State.COMPLETED
    assert notices(order).count(NoticeKind.WINDOW_CLOSING) == 1


def test_told_in_verifying_the_end_of_the_window_is_not_told_again() -> None:
    order = verifying(new())
    strike(order, Clock.CLOSING_NOTICE)
    looked(order, dict.fromkeys(order.request.numbers, NumberStatus.ACTIVE), FOC + 49 * HOUR)
    assert strike(order, Clock.WINDOW_CLOSES) == FOC + 72 * HOUR
    assert notices(order).count(NoticeKind.WINDOW_CLOSING) == 1


@pytest.mark.parametrize(("late", "told"), [(-INSTANT, True), (timedelta(0), False), (INSTANT, False)])
def test_a_last_chance_that_has_passed_is_not_told(late: timedelta, told: bool) -> None:
    order = in_window(new())
    strike(order, Clock.CLOSING_NOTICE, FOC + 72 * HOUR + late)
    assert (NoticeKind.WINDOW_CLOSING in notices(order)) is told
    assert due(order, Clock.WINDOW_CLOSES) == FOC + 72 * HOUR


def test_where_there_is_no_window_nobody_is_told_that_it_closes() -> None:
    assert next_deadline(verifying(new(policy={"rollback_hours": 0}))) is None


def test_a_hold_ends_when_it_said() -> None:
    order = submitted(new())
    say(order, "hold", by="Charles", reason="in print", until=NOW + 3 * DAY)
    assert task(order, TaskKind.REVIEW_HOLD).due_at == NOW + 3 * DAY
    assert strike(order, Clock.HOLD_ENDS) == NOW + 3 * DAY
    assert (order.hold, open_kinds(order)) == (None, [])


def test_a_hold_without_end_is_reviewed_every_week() -> None:
    order = check(new())
    say(order, "hold", by="Charles", reason="in print")
    assert strike(order, Clock.HOLD_REVIEW) == NOW + 7 * DAY
    assert strike(order, Clock.HOLD_REVIEW) == NOW + 14 * DAY
    assert task(order, TaskKind.REVIEW_HOLD).due_at == NOW + 21 * DAY
    answer(order, TaskKind.REVIEW_HOLD, "keep", NOW + 15 * DAY)
    assert order.hold is not None


def test_the_time_on_hold_is_not_silence() -> None:
    order = check(new())
    say(order, "hold", NOW + DAY, by="Charles", reason="in print")
    say(order, "hold", NOW + 20 * DAY, by="Charles", reason="still in print", until=NOW + 41 * DAY)
    assert strike(order, Clock.HOLD_ENDS) == NOW + 41 * DAY
    assert due(order, Clock.REMINDER) == NOW + 47 * DAY
    assert order.silence_ends_at == NOW + 70 * DAY
    let_pass(order, Clock.CUSTOMER_SILENCE)
    assert (order.state, order.since) == (State.EXPIRED, NOW + 70 * DAY)


def test_only_the_time_since_the_last_move_is_given_back() -> None:
    order = check(new())
    say(order, "hold", by="Charles", reason="in print")
    sign(order, NOW + 10 * DAY)
    say(order, "release", NOW + 12 * DAY, by="Charles")
    assert order.remind_at == NOW + 19 * DAY


@pytest.mark.parametrize("state", [State.SUBMITTING, State.FOC_CONFIRMED, State.READY])
def test_on_hold_nothing_is_sent_or_moved(state: State) -> None:
    order = order_in(state)
    say(order, "hold", order.since, by="Charles", reason="in print")
    assert not acts(order)
    for _ in range(20):
        if order.state is not state:
            break
        found = deadline(order)
        assert found.clock not in {Clock.FREEZE, Clock.CUTOVER}
        lapse(order, found, found.at)
        assert not acts(aside(order, found.at))
    assert order.state in {State.SUBMITTING, State.ACTION_REQUIRED, State.AWAITING_SIGNATURE}
    assert order.attempt == 1


def test_on_hold_the_carrier_may_still_be_asked_and_chased() -> None:
    order = submitted(new())
    say(order, "hold", by="Charles", reason="in print")
    assert due(order, Clock.HOLD_REVIEW) == NOW + 7 * DAY
    assert order.chase_at == NOW + 7 * DAY
    say(order, "carrier_activity")
    assert acts(order)


def test_an_order_that_ended_while_a_hint_came_in_does_nothing_more() -> None:
    """A hint during the last call: nobody would ever look, and the workflow would spin."""
    order = order_in(State.CANCELLING)
    order.in_flight = True
    say(order, "carrier_activity")
    order.in_flight = False
    outcomes.cancelled(order, NOW)
    assert order.state is State.CANCELLED
    assert not acts(order)
    order.refetch = True
    assert not acts(order)


def test_proof_is_looked_for_every_quarter_of_an_hour_for_two_hours_then_hourly_for_six() -> None:
    order = verifying(new())
    now, waits = FOC, []
    for _ in range(16):
        looked(order, dict.fromkeys(order.request.numbers, NumberStatus.PENDING), now)
        at = strike(order, Clock.RETRY)
        waits.append((at - now) // timedelta(minutes=1))
        now = at
    assert waits == [15] * 8 + [60] * 6 + [360] * 2
    assert open_kinds(order) == [TaskKind.PROVE_NUMBERS]
    looked(order, held(order, CarrierStatus.PORTED).numbers, now)
    assert (order.state, open_kinds(order)) == (State.ROLLBACK_WINDOW, [])


#: Rejected on Monday for what a business day cures.
CURED_AT = NOW + DAY


def waiting(code: str = "PENDING_ORDER") -> Order:
    return rejected(new(), code=code)


@pytest.mark.parametrize(
    ("late", "state"),
    [
        (-INSTANT, State.ACTION_REQUIRED),
        (timedelta(0), State.SUBMITTING),
        (INSTANT, State.SUBMITTING),
        (3 * DAY, State.SUBMITTING),
    ],
)
def test_what_only_needed_time_is_sent_again_at_its_moment_and_not_before(late: timedelta, state: State) -> None:
    order = waiting()
    found = deadline(order)
    assert (found.at, found.clock) == (CURED_AT, Clock.CURE)
    if found.at <= CURED_AT + late:  # as the workflow asks
        lapse(order, found, CURED_AT + late)
    assert order.state is state
    assert order.attempt == (1 if state is State.ACTION_REQUIRED else 2)
    assert (due(order, Clock.CURE) is None) is (state is State.SUBMITTING)


def test_on_hold_nothing_is_sent_again_until_the_hold_ends() -> None:
    order = waiting()
    say(order, "hold", by="Charles", reason="in print", until=CURED_AT + 5 * DAY)
    assert due(order, Clock.CURE) is None
    assert strike(order, Clock.HOLD_ENDS) == CURED_AT + 5 * DAY
    assert due(order, Clock.CURE) == CURED_AT
    strike(order, Clock.CURE, CURED_AT + 5 * DAY)
    assert (order.state, order.attempt) == (State.SUBMITTING, 2)


@pytest.mark.parametrize(
    "supersede",
    [
        lambda order: say(order, "resubmit", NOW + HOUR, by="Charles"),
        lambda order: say(order, "resubmit", NOW + HOUR, by="Charles", corrections={"postal_code": "02111"}),
        lambda order: say(order, "cancel", NOW + HOUR, by="Charles", reason="moved"),
        lambda order: say(order, "foc_confirmed", NOW + HOUR, foc_at=FOC),
        lambda order: say(order, "foc_confirmed", NOW + HOUR, foc_at=NOW + 100 * DAY),
        lambda order: say(order, "carrier_rejected", NOW + HOUR, reasons=["NAME_MISMATCH"]),
        lambda order: say(order, "carrier_rejected", NOW + HOUR, reasons=["PENDING_ORDER", "PORT_LOCK"]),
        lambda order: say(order, "carrier_rejected", NOW + HOUR, reasons=["LOA_ILLEGIBLE"]),
    ],
    ids=[
        "resubmitted",
        "corrected",
        "cancelled",
        "confirmed",
        "a date nobody can honour",
        "rejected for another reason",
        "rejected for one more reason",
        "the letter rejected",
    ],
)
def test_what_comes_before_that_moment_takes_its_place(supersede: Callable[[Order], object]) -> None:
    order = waiting()
    supersede(order)
    assert order.cure_at is None
    assert due(order, Clock.CURE) is None


def test_a_second_rejection_that_needs_time_too_starts_it_anew() -> None:
    order = waiting()
    say(order, "carrier_rejected", NOW + 5 * HOUR, reasons=["PENDING_ORDER"])
    assert due(order, Clock.CURE) == CURED_AT + 5 * HOUR
    assert order.cures == 0


def test_evidence_and_an_early_signature_do_not_stop_it() -> None:
    order = waiting()
    say(order, "give_evidence", by="Charles", evidence="attestation")
    sign(order, NOW + HOUR)
    assert due(order, Clock.CURE) == CURED_AT


def test_sent_again_with_a_letter_too_old_it_is_signed_first() -> None:
    order = waiting()
    assert order.loa is not None
    order.loa.expires_at = CURED_AT
    strike(order, Clock.LOA_WARNING, CURED_AT)
    assert strike(order, Clock.CURE) == CURED_AT
    assert (order.state, order.attempt, order.cures) == (State.AWAITING_SIGNATURE, 1, 1)


def test_the_end_of_a_letter_and_the_cure_at_one_instant_ask_for_one_signature() -> None:
    order = waiting()
    assert order.loa is not None
    order.loa.expires_at, order.loa.warned = CURED_AT, True
    strike(order, deadline(order).clock)
    strike(order, deadline(order).clock)
    assert (order.state, open_kinds(order)) == (State.AWAITING_SIGNATURE, [TaskKind.SIGN_LOA])


def test_what_the_carrier_settles_itself_is_asked_about_and_not_sent_again() -> None:
    order = waiting("CARRIER_DELAY")
    assert strike(order, Clock.CURE) == NOW + 2 * DAY
    assert (order.state, order.attempt, order.refetch, acts(order)) == (State.ACTION_REQUIRED, 1, True, True)
    assert due(order, Clock.CURE) is None


def test_what_waits_for_its_own_step_is_done_on_hold_too_but_not_while_the_carrier_is_away() -> None:
    order = submitted(new())
    say(order, "hold", by="Charles", reason="in print")
    assert not acts(order)
    order.letter_wanted = "rollback"
    assert acts(order)
    outcomes.unreachable(order, "HTTP 503", NOW)
    assert not acts(order)
