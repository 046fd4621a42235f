"""After the proof: messaging's own clocks, the notices before the window closes, the bridge, and completion."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portolan.domain import settling
from portolan.domain.bridge import Bridge
from portolan.domain.carrier import MessagingStatus
from portolan.domain.clocks import Clock, acts, closing_notices, lapse, next_deadline, takes_down
from portolan.domain.messaging import MessagingWanted
from portolan.domain.old_service import old_service
from portolan.domain.order import Cause, Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from tests.domain.builders import (
    BOSS,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    answer,
    deadline,
    last,
    let_pass,
    notices,
    open_kinds,
    roll_back,
    task,
    try_to_say,
)
from tests.domain.cutover import MINUTE, look, moved, proven, slot

WINDOW_ENDS = FOC + 72 * HOUR
WANTED = MessagingWanted(campaign="C-1")
SETTLED, FAILED, PENDING = MessagingStatus.SETTLED, MessagingStatus.FAILED, MessagingStatus.PENDING


def found(order: Order, now: datetime, *statuses: MessagingStatus) -> None:
    """The carrier was asked how the messaging stands."""
    order.ask_messaging = False
    told = dict(zip(order.request.numbers, statuses * 2, strict=False))
    settling.messaging_found(order, told, now)


def ask(order: Order) -> datetime:
    """Let time pass until the carrier is asked."""
    at = let_pass(order, Clock.MESSAGING)
    assert order.ask_messaging
    assert acts(order)
    return at


def bridged(order: Order) -> Order:
    order.bridge = Bridge(
        reason="in print", claimed={"+12125550143": "+99900000001"}, forward_to="sip:order-1@x.example"
    )
    return order


# Messaging's own clock


def test_the_carrier_is_asked_after_ten_minutes_an_hour_six_hours_and_then_every_twelve() -> None:
    order, asked = proven(messaging=WANTED), []
    order.messaging_until = None
    for _ in range(5):
        at = ask(order)
        asked.append(at - FOC)
        found(order, at, PENDING)
        order.close_tasks(TaskKind.MESSAGING_LATE, "test", at)
    assert asked == [10 * MINUTE, HOUR, 6 * HOUR, 18 * HOUR, 30 * HOUR]


@pytest.mark.parametrize(
    ("now", "next_look"),
    [
        (FOC + HOUR - INSTANT, FOC + HOUR),
        (FOC + HOUR, FOC + 6 * HOUR),
        (FOC + 6 * HOUR, FOC + 18 * HOUR),
        (FOC + 50 * HOUR, FOC + 62 * HOUR),
    ],
)
def test_looks_missed_in_an_absence_or_an_outage_are_not_caught_up_with(now: datetime, next_look: datetime) -> None:
    order = proven(messaging=WANTED)
    settling.ask_later(order, now)
    assert order.messaging_at == next_look


def test_it_begins_with_the_numbers_and_where_some_have_not_moved_too() -> None:
    order = moved(dead=["+12125550144"], messaging=WANTED)
    assert order.messaging == dict.fromkeys(order.request.numbers, PENDING)
    assert ask(order) == FOC + 10 * MINUTE
    assert order.state is State.PARTIALLY_ACTIVE


@pytest.mark.parametrize(("playbook", "wanted"), [("US-LOCAL", None), ("UK-GEO", WANTED)])
def test_where_nobody_asked_or_it_moves_with_voice_there_is_no_such_clock(
    playbook: str, wanted: MessagingWanted | None
) -> None:
    order = moved(playbook=playbook, messaging=wanted)
    assert (order.messaging, order.messaging_at, order.messaging_until) == ({}, None, None)
    assert not settling.messaging_open(order)


def test_settled_in_time_nobody_is_asked_anything() -> None:
    order = proven(messaging=WANTED)
    found(order, ask(order), SETTLED)
    assert (order.messaging_at, order.open_tasks, order.state) == (None, [], State.ROLLBACK_WINDOW)
    assert last(order).detail == "2 settled"
    assert all(clock not in {Clock.MESSAGING, Clock.MESSAGING_LATE} for clock in clocks(order))


def clocks(order: Order) -> list[Clock]:
    """What still comes, in order, to the end."""
    seen = []
    while not order.ended:
        due = deadline(order)
        seen.append(due.clock)
        lapse(order, due, due.at)
    return seen


def test_what_has_not_changed_is_not_told_again() -> None:
    order = proven(messaging=WANTED)
    found(order, FOC + HOUR, SETTLED, PENDING)
    sequence = order.sequence
    found(order, FOC + 2 * HOUR, SETTLED, PENDING)
    assert order.sequence == sequence
    settling.messaging_found(order, {"+12125550199": SETTLED}, FOC + 3 * HOUR)
    assert order.sequence == sequence
    assert settling.messaging_open(order)


def test_late_it_is_a_task_and_voice_goes_on() -> None:
    order = proven(messaging=WANTED)
    until = order.messaging_until
    assert until is not None
    assert until > FOC + 2 * DAY
    order.messaging_at = until + HOUR
    assert let_pass(order, Clock.MESSAGING_LATE) == until
    assert "not settled in 3 business days: 2 of 2 numbers" in task(order, TaskKind.MESSAGING_LATE).detail
    assert order.proven_at == FOC
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 1
    found(order, until + HOUR, SETTLED, PENDING)
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 1
    found(order, until + 2 * HOUR, SETTLED)
    assert TaskKind.MESSAGING_LATE not in open_kinds(order)


def test_a_retry_asks_at_once_and_what_is_late_still_is_asked_about_again() -> None:
    order = proven(messaging=WANTED)
    settling.messaging_late(order, deadline_cause(order), FOC + 4 * DAY)
    answer(order, TaskKind.MESSAGING_LATE, "retry", FOC + 4 * DAY)
    assert order.ask_messaging
    found(order, FOC + 4 * DAY, PENDING)
    assert open_kinds(order) == [TaskKind.MESSAGING_LATE]


def deadline_cause(order: Order) -> Cause:
    return Cause("messaging_late", "clock", order.messaging_until or FOC)


def test_failed_it_is_a_task_at_once_and_once() -> None:
    order = proven(messaging=WANTED)
    for n in range(1, 4):
        found(order, FOC + n * HOUR, SETTLED, FAILED)
    assert "+12125550144 failed at simulated" in task(order, TaskKind.MESSAGING_LATE).detail
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 1
    answer(order, TaskKind.MESSAGING_LATE, "retry", FOC + 5 * HOUR)
    found(order, FOC + 5 * HOUR, SETTLED, FAILED)
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 2


@pytest.mark.parametrize("state", [State.ROLLBACK_WINDOW, State.SETTLING])
def test_somebody_may_decide_not_to_wait_for_it(state: State) -> None:
    order = proven(messaging=WANTED)
    order.messaging_until = None
    now = FOC + HOUR
    if state is State.SETTLING:
        order.messaging_at = FOC + 90 * DAY
        now = let_pass(order, Clock.WINDOW_CLOSES)
    found(order, now, FAILED)
    assert order.state is state
    answer(order, TaskKind.MESSAGING_LATE, "without_messaging", now + HOUR, note="voice only")
    assert (order.without_messaging, order.messaging_at) == ("voice only", None)
    assert order.state is (State.COMPLETED if state is State.SETTLING else State.ROLLBACK_WINDOW)


# Completion


def test_messaging_holds_up_completion_and_not_the_window() -> None:
    order = proven(messaging=WANTED)
    order.messaging_at = FOC + 80 * HOUR
    assert let_pass(order, Clock.WINDOW_CLOSES) == WINDOW_ENDS
    assert order.state is State.SETTLING
    assert NoticeKind.COMPLETED not in notices(order)
    assert ask(order) == FOC + 80 * HOUR
    found(order, FOC + 80 * HOUR, SETTLED)
    assert order.state is State.COMPLETED


def test_the_old_service_is_only_spoken_of_at_completion() -> None:
    order = proven(messaging=WANTED)
    order.messaging_at = FOC + 80 * HOUR
    let_pass(order, Clock.WINDOW_CLOSES)
    assert not any("old_service" in notice.facts for notice in order.unsent)
    found(order, FOC + 80 * HOUR, SETTLED)
    (notice,) = [notice for notice in order.unsent if "old_service" in notice.facts]
    assert notice.kind is NoticeKind.COMPLETED
    assert "may be cancelled" in notice.facts["old_service"]


@pytest.mark.parametrize("kind", ["rolled back", "lost"])
def test_without_completion_it_is_not_spoken_of_at_all(kind: str) -> None:
    order = proven()
    if kind == "rolled back":
        roll_back(order)
    else:
        for at in (FOC + 15 * MINUTE, FOC + 30 * MINUTE):
            slot(order, at, "silence")
    assert not any("old_service" in notice.facts for notice in order.unsent)


def test_the_bridge_comes_down_when_the_window_has_closed() -> None:
    order = bridged(proven())
    assert not takes_down(order)
    let_pass(order, Clock.WINDOW_CLOSES)
    assert (order.state, acts(order), takes_down(order)) == (State.SETTLING, True, True)
    settling.bridge_removed(order, WINDOW_ENDS + MINUTE)
    assert order.bridge
    assert (order.state, order.bridge.removed_at) == (State.COMPLETED, WINDOW_ENDS + MINUTE)


def test_bridge_and_messaging_are_both_waited_for() -> None:
    order = bridged(proven(messaging=WANTED))
    order.messaging_at = FOC + 80 * HOUR
    let_pass(order, Clock.WINDOW_CLOSES)
    settling.bridge_removed(order, WINDOW_ENDS + MINUTE)
    assert (order.state, acts(order)) == (State.SETTLING, False)
    found(order, FOC + 80 * HOUR, SETTLED)
    assert order.state is State.COMPLETED


@pytest.mark.parametrize(("early", "state"), [(INSTANT, State.ROLLBACK_WINDOW), (timedelta(0), State.COMPLETED)])
def test_proven_at_the_windows_end_it_is_over(early: timedelta, state: State) -> None:
    order = moved({"rollback_hours": 1})
    look(order, FOC + HOUR - early)
    assert order.state is state


def test_while_the_numbers_go_back_nobody_asks_after_their_messaging() -> None:
    order = roll_back(proven(messaging=WANTED))
    assert next_deadline(order) is None
    assert acts(order)


def test_proven_after_the_window_it_completes_or_settles() -> None:
    order = moved({"rollback_hours": 1}, messaging=WANTED)
    look(order, FOC + 2 * HOUR)
    assert order.state is State.SETTLING
    order = moved({"rollback_hours": 1})
    look(order, FOC + 2 * HOUR)
    assert order.state is State.COMPLETED


# The notices before the window closes


@pytest.mark.parametrize(
    ("hours", "before"),
    [(72, [24, 6, 1]), (48, [24, 6, 1]), (24, [12, 6, 1]), (12, [6, 1]), (10, [5, 1]), (2, [1]), (1, [0.5]), (0, [])],
)
def test_notices_come_24_6_and_1_hours_before_the_end_and_none_in_the_first_half(
    hours: int, before: list[float]
) -> None:
    order = moved({"rollback_hours": hours})
    end = FOC + timedelta(hours=hours)
    assert closing_notices(order) == [end - timedelta(hours=h) for h in before]


def test_each_is_told_once_with_what_is_left() -> None:
    order = proven()
    for _ in range(3):
        let_pass(order, Clock.CLOSING_NOTICE)
    told = [notice.facts["left"] for notice in order.unsent if notice.kind is NoticeKind.WINDOW_CLOSING]
    assert told == ["24 h", "6 h", "1 h"]
    assert deadline(order) == (WINDOW_ENDS, Clock.WINDOW_CLOSES)


def test_less_than_an_hour_is_told_in_minutes() -> None:
    order = proven({"rollback_hours": 1})
    let_pass(order, Clock.CLOSING_NOTICE)
    assert order.unsent[-1].facts["left"] == "30 min"


@pytest.mark.parametrize(
    ("back", "told", "left"),
    [
        (WINDOW_ENDS - 24 * HOUR, 1, "24 h"),
        (WINDOW_ENDS - 10 * HOUR, 1, "10 h"),
        (WINDOW_ENDS - 6 * HOUR, 1, "6 h"),
        (WINDOW_ENDS - 30 * MINUTE, 1, "30 min"),
        (WINDOW_ENDS, 0, ""),
        (WINDOW_ENDS + HOUR, 0, ""),
    ],
)
def test_after_an_absence_those_that_were_missed_are_not_told_one_after_the_other(
    back: datetime, told: int, left: str
) -> None:
    order = proven()
    while deadline(order).at <= back and deadline(order).clock is Clock.CLOSING_NOTICE:
        lapse(order, deadline(order), back)
    notes = [notice.facts["left"] for notice in order.unsent if notice.kind is NoticeKind.WINDOW_CLOSING]
    assert notes == [left] * told
    assert deadline(order).at > back or deadline(order).clock is Clock.WINDOW_CLOSES


def test_they_come_while_the_numbers_are_unproven_too() -> None:
    order = moved()
    look(order, FOC, at_gaining=False)
    order.retry_at = WINDOW_ENDS + DAY
    for left in (24, 6, 1):
        assert deadline(order) == (WINDOW_ENDS - left * HOUR, Clock.CLOSING_NOTICE)
        lapse(order, deadline(order), deadline(order).at)
    assert deadline(order).clock is Clock.RETRY


# After the window


def settling_on() -> Order:
    """The window has closed on proven numbers; their messaging is waited for."""
    order = proven(messaging=WANTED)
    let_pass(order, Clock.WINDOW_CLOSES)
    assert order.state is State.SETTLING
    return order


def test_calls_that_fail_after_the_window_take_the_proof_back() -> None:
    order = settling_on()
    for hours in (73, 74):
        slot(order, FOC + hours * HOUR, "silence")
    assert (order.state, order.proven_at) == (State.VERIFYING, None)
    assert not old_service(order, FOC + 75 * HOUR)[0]
    look(order, FOC + 75 * HOUR)
    assert order.state is State.VERIFYING, "a routing look-up does not outweigh calls that fail"
    slot(order, FOC + 76 * HOUR)
    assert (order.state, order.proven_at) == (State.SETTLING, FOC + 76 * HOUR)


def test_one_failed_call_after_the_window_takes_nothing_back() -> None:
    order = settling_on()
    slot(order, FOC + 73 * HOUR, "silence")
    assert order.state is State.SETTLING


@pytest.mark.parametrize(("inadvertent", "accepted"), [(False, False), (True, True)])
def test_a_decision_dated_back_into_the_window_returns_nothing_that_was_wanted(
    inadvertent: bool, accepted: bool
) -> None:
    order = settling_on()
    said = try_to_say(
        order,
        "rollback",
        FOC + 80 * HOUR,
        decided_by=BOSS.name,
        reason="no calls",
        occurred_at=FOC + HOUR,
        inadvertent=inadvertent,
    )
    assert said.accepted is accepted
    assert order.state is (State.ROLLING_BACK if accepted else State.SETTLING)
