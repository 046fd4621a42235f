"""When numbers count as in service, how that is lost again, and what people are asked meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portolan.domain import cures, outcomes, proving
from portolan.domain.carrier import CarrierStatus, MessagingStatus, NumberStatus
from portolan.domain.clocks import Clock, acts, configures, lapse
from portolan.domain.messaging import MessagingWanted
from portolan.domain.order import Cause, Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from portolan.domain.testcalls import CallResult, SlotStatus
from tests.domain.builders import (
    BOSS,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    answer,
    confirmed,
    deadline,
    held,
    last,
    let_pass,
    new,
    notices,
    open_kinds,
    ready,
    rejected,
    roll_back,
    say,
    submitted,
    task,
    try_to_say,
)
from tests.domain.cutover import MINUTE, before, look, moved, proven, result, slot, status, tasks

FIRST, SECOND = "+12125550143", "+12125550144"
QUARTERS = [FOC + n * 15 * MINUTE for n in range(1, 9)]
MESSAGING = MessagingWanted(campaign="C-1")


def called(order: Order, count: int = 3) -> None:
    for at in QUARTERS[:count]:
        slot(order, at)


# What proves it


@pytest.mark.parametrize(
    ("proof", "at_gaining", "slots", "good"),
    [
        (["service"], False, 0, True),
        (["service", "independent"], None, 0, False),
        (["service", "independent"], True, 0, True),
        (["service", "independent"], None, 2, False),
        (["service", "independent"], None, 3, True),
        (["service", "independent"], False, 3, False),
        (["service", "calls"], True, 0, False),
        (["service", "calls"], True, 2, False),
        (["service", "calls"], None, 3, True),
        (["service", "calls"], False, 3, False),
        (["service", "independent", "calls"], True, 0, False),
        (["service", "independent", "calls"], True, 3, True),
    ],
)
def test_each_policys_proof(proof: list[str], at_gaining: bool | None, slots: int, good: bool) -> None:
    order = moved({"proof": proof})
    look(order, FOC, at_gaining)
    called(order, slots)
    assert order.state is (State.ROLLBACK_WINDOW if good else State.VERIFYING)
    assert bool(order.proven_at) is good
    assert bool(order.proof) is good


@pytest.mark.parametrize("proof", [["service"], ["service", "independent"], ["service", "calls"]])
def test_whatever_else_is_shown_the_carriers_word_for_each_number_is_needed(proof: list[str]) -> None:
    order = moved({"proof": proof})
    look(order, FOC, dead=[SECOND])
    called(order)
    assert order.state is State.VERIFYING
    assert "1 of 2 numbers are not proven in service" in task(order, TaskKind.PROVE_NUMBERS).detail


def test_one_number_that_the_look_up_does_not_know_is_enough_to_doubt() -> None:
    order = moved()
    order.routing = {}
    look(order, FOC)
    assert proving.routed(order)
    order.routing.pop(SECOND)
    assert not proving.routed(order)


def test_calls_prove_when_the_last_one_needed_comes_in() -> None:
    order = moved()
    look(order, FOC, at_gaining=None)
    called(order, 2)
    assert order.state is State.VERIFYING
    slot(order, QUARTERS[2])
    assert order.state is State.ROLLBACK_WINDOW
    assert order.proof[-1] == "test calls: 3 slots in a row passed"
    assert TaskKind.PROVE_NUMBERS not in open_kinds(order)
    assert notices(order)[-1] is NoticeKind.CUTOVER_DONE


@pytest.mark.parametrize("origins", [("mobile", "landline"), ("mobile",)])
def test_calls_from_too_few_networks_prove_nothing(origins: tuple[str, ...]) -> None:
    order = moved()
    look(order, FOC, at_gaining=None)
    for at in QUARTERS[:4]:
        slot(order, at, origins=origins)
    assert order.state is State.VERIFYING
    assert "more network" in proving.missing(order, QUARTERS[4])[0]


def test_every_check_has_to_have_been_tried() -> None:
    order = moved()
    look(order, FOC, at_gaining=None)
    for at in QUARTERS[:4]:
        calls = [result(FIRST, origin, ringback="passed") for origin in ("mobile", "landline", "voip")]
        say(order, "test_calls", at, by="Charles", results=calls)
    assert order.state is State.VERIFYING
    assert "no call has tried dtmf" in proving.missing(order, QUARTERS[4])[0]


def test_a_failed_slot_sends_the_row_back_to_the_start() -> None:
    order = moved()
    look(order, FOC, at_gaining=None)
    called(order, 2)
    slot(order, QUARTERS[2], "silence")
    for at in QUARTERS[3:5]:
        slot(order, at)
    assert order.state is State.VERIFYING
    slot(order, QUARTERS[5])
    assert order.state is State.ROLLBACK_WINDOW


def test_failing_calls_outweigh_carrier_and_look_up() -> None:
    order = moved()
    for at in QUARTERS[:2]:
        slot(order, at, "silence")
    look(order, QUARTERS[2])
    assert order.state is State.VERIFYING
    assert "test calls fail in 2 slots in a row" in last(order).detail


@pytest.mark.parametrize("proof", [["service"], ["service", "independent"]])
def test_proof_lost_is_not_found_again_by_asking_the_carrier(proof: list[str]) -> None:
    order = proven({"proof": proof})
    for at in QUARTERS[:2]:
        slot(order, at, "silence")
    look(order, QUARTERS[2])
    assert (order.state, order.proven_at) == (State.VERIFYING, None)


# Proof that is lost


def test_proof_is_lost_by_a_row_of_failed_slots_and_not_by_one() -> None:
    order = proven()
    slot(order, QUARTERS[0], "silence")
    assert (order.state, order.proven_at) == (State.ROLLBACK_WINDOW, FOC)
    slot(order, QUARTERS[1], "silence")
    assert (order.state, order.proven_at, order.proof) == (State.VERIFYING, None, [])
    assert set(open_kinds(order)) == {TaskKind.TESTS_FAIL, TaskKind.HALF_PORTED}
    assert "2 slots in a row" in task(order, TaskKind.TESTS_FAIL).detail
    assert task(order, TaskKind.TESTS_FAIL).due_at == order.rollback_until
    assert acts(order)


def test_failed_slots_with_a_good_one_between_them_lose_nothing() -> None:
    order = proven()
    for at, heard in zip(QUARTERS, ["silence", "passed"] * 3, strict=False):
        slot(order, at, heard)
    assert order.state is State.ROLLBACK_WINDOW


def test_the_decision_maker_is_asked_once_until_somebody_answers() -> None:
    order = proven()
    for at in QUARTERS[:4]:
        slot(order, at, "silence")
    look(order, QUARTERS[4])
    assert open_kinds(order).count(TaskKind.TESTS_FAIL) == 1
    assert [entry.kind for entry in order.unpublished].count("tests_fail") == 1
    answer(order, TaskKind.TESTS_FAIL, "fix_forward", QUARTERS[4], note="trunk mended")
    assert order.state is State.VERIFYING
    assert acts(order)
    slot(order, QUARTERS[5], "silence")
    assert open_kinds(order).count(TaskKind.TESTS_FAIL) == 1


def test_found_again_the_tasks_about_it_are_closed() -> None:
    order = proven()
    for at in QUARTERS[:2]:
        slot(order, at, "silence")
    slot(order, QUARTERS[2])
    assert (order.state, order.proven_at) == (State.ROLLBACK_WINDOW, QUARTERS[2])
    assert not order.open_tasks


def test_lost_while_messaging_settles_nothing_completes_until_it_is_found_again() -> None:
    order = proven(messaging=MESSAGING)
    order.messaging_at = FOC + 90 * DAY
    ended = let_pass(order, Clock.WINDOW_CLOSES)
    for n in range(1, 3):
        slot(order, ended + n * HOUR, "silence")
    assert (order.state, order.proven_at) == (State.VERIFYING, None)
    slot(order, ended + 3 * HOUR)
    assert order.state is State.SETTLING


def test_lost_after_the_windows_end_nobody_is_told_of_a_return() -> None:
    order = moved({"rollback_hours": 1})
    look(order, FOC, at_gaining=False)
    for at in (FOC + 2 * HOUR, FOC + 3 * HOUR):
        slot(order, at, "silence")
    assert "return" not in task(order, TaskKind.TESTS_FAIL).detail
    look(order, FOC + 4 * HOUR, at_gaining=True)
    assert order.state is State.VERIFYING
    slot(order, FOC + 4 * HOUR)
    assert order.state is State.COMPLETED


@pytest.mark.parametrize("state", [State.PARTIALLY_ACTIVE, State.ROLLING_BACK])
def test_calls_while_something_else_is_under_way_are_kept_and_decide_nothing(state: State) -> None:
    order = moved(dead=[SECOND]) if state is State.PARTIALLY_ACTIVE else roll_back(proven())
    kinds = open_kinds(order)
    for at in (FOC + HOUR, FOC + 2 * HOUR):
        slot(order, at + MINUTE, "silence")
    assert (order.state, len(order.calls)) == (state, 6)
    assert open_kinds(order) == kinds


@pytest.mark.parametrize(("late", "accepted"), [(-INSTANT, False), (timedelta(0), True)])
def test_a_call_made_before_the_numbers_moved_is_none_of_theirs(late: timedelta, accepted: bool) -> None:
    order = moved()
    fields = {"by": "Charles", "results": [result(FIRST)]}
    said = try_to_say(order, "test_calls", FOC + HOUR, occurred_at=FOC + late, **fields)
    assert said.accepted is accepted
    assert len(order.calls) == int(accepted)


# Messaging has a clock of its own


def test_while_messaging_is_open_its_checks_prove_and_disprove_nothing_about_voice() -> None:
    order = moved(messaging=MESSAGING)
    look(order, FOC, at_gaining=None)
    assert not {"sms_in", "sms_out"} & set(proving.checks_now(order))
    for at in QUARTERS[:3]:
        calls = [result(FIRST, origin) for origin in ("mobile", "landline", "voip")]
        calls.append(result(FIRST, "mobile", sms_in="not_delivered", sms_out="not_delivered"))
        say(order, "test_calls", at, by="Charles", results=calls)
    assert order.state is State.ROLLBACK_WINDOW
    assert tasks(order, TaskKind.HALF_PORTED) == []


def test_once_it_has_settled_its_checks_are_tried_and_count() -> None:
    order = proven(messaging=MESSAGING)
    order.messaging = dict.fromkeys(order.request.numbers, MessagingStatus.SETTLED)
    assert {"sms_in", "sms_out"} <= set(proving.checks_now(order))
    for at in QUARTERS[:2]:
        calls = [result(FIRST, origin) for origin in ("mobile", "landline", "voip")]
        calls.append(result(FIRST, "mobile", sms_in="not_delivered"))
        say(order, "test_calls", at, by="Charles", results=calls)
    assert order.state is State.VERIFYING
    assert tasks(order, TaskKind.HALF_PORTED) == ["nnid_at_losing"]


def test_where_somebody_decided_not_to_wait_for_messaging_it_never_costs_the_proof_of_voice() -> None:
    order = proven(messaging=MESSAGING)
    order.without_messaging = "voice only"
    assert not {"sms_in", "sms_out"} & set(proving.checks_now(order))
    for at in QUARTERS[:3]:
        say(order, "test_calls", at, by="Charles", results=[result(FIRST, sms_in="not_delivered")])
    assert order.state is State.ROLLBACK_WINDOW


@pytest.mark.parametrize(
    ("playbook", "messaging", "tried"),
    [("US-LOCAL", None, False), ("UK-GEO", None, True), ("US-LOCAL", MESSAGING, True)],
)
def test_messages_are_tried_where_somebody_asked_for_them_or_they_move_with_voice(
    playbook: str, messaging: MessagingWanted | None, tried: bool
) -> None:
    order = new(by_the_book=True, playbook=playbook, messaging=messaging)
    assert ("sms_in" in proving.checks_now(order)) is tried


# Half ported


def test_diagnoses_open_and_close_with_what_is_seen() -> None:
    order = moved()
    look(order, FOC, at_gaining=False)
    assert tasks(order, TaskKind.HALF_PORTED) == ["version_not_active"]
    assert "rollback window closes" in task(order, TaskKind.HALF_PORTED).detail
    assert notices(order).count(NoticeKind.HALF_PORTED) == 1
    look(order, FOC + HOUR, at_gaining=False)
    assert tasks(order, TaskKind.HALF_PORTED) == ["version_not_active"]
    assert notices(order).count(NoticeKind.HALF_PORTED) == 1
    look(order, FOC + 2 * HOUR, dead=[FIRST])
    assert tasks(order, TaskKind.HALF_PORTED) == ["not_activated"]
    assert notices(order).count(NoticeKind.HALF_PORTED) == 2
    look(order, FOC + 3 * HOUR)
    assert (order.state, order.open_tasks) == (State.ROLLBACK_WINDOW, [])


def test_a_cause_that_is_still_seen_stays_although_the_numbers_are_proven() -> None:
    """One carrier's own subscribers do not get through: the look-up proves the port, and its switch is still wrong."""
    order = moved()
    slot(order, QUARTERS[0], origins=("mobile", "landline"))
    say(order, "test_calls", QUARTERS[0], by="Ada", results=[result(FIRST, "losing_carrier", "old_carrier")])
    look(order, QUARTERS[0] + MINUTE, at_gaining=None)
    assert tasks(order, TaskKind.HALF_PORTED) == ["losing_switch"]
    look(order, QUARTERS[1])
    assert order.state is State.ROLLBACK_WINDOW
    assert tasks(order, TaskKind.HALF_PORTED) == ["losing_switch"]


def test_after_the_window_a_diagnosis_speaks_of_no_window() -> None:
    order = moved({"rollback_hours": 1})
    look(order, FOC + HOUR, at_gaining=False)
    assert "window" not in task(order, TaskKind.HALF_PORTED).detail


def test_where_the_carriers_word_is_all_that_was_asked_for_nothing_is_diagnosed() -> None:
    order = moved({"proof": ["service"]})
    look(order, FOC, at_gaining=False, dead=[FIRST])
    assert open_kinds(order) == [TaskKind.PROVE_NUMBERS]


# The dialer


def test_the_dialers_turn_comes_with_each_slot() -> None:
    order = proven(call_tester="simulated")
    assert deadline(order) == (QUARTERS[0], Clock.TEST_CALLS)
    at = let_pass(order, Clock.TEST_CALLS)
    assert (at, order.call_slot, order.slots_called) == (QUARTERS[0], 0, 1)
    assert acts(order)
    order.call_slot = None
    assert not acts(order)
    assert deadline(order) == (QUARTERS[1], Clock.TEST_CALLS)


def test_without_a_dialer_no_slot_is_waited_for() -> None:
    assert deadline(proven()).clock is Clock.CLOSING_NOTICE


def test_slots_that_passed_in_an_absence_are_missed_and_not_caught_up_with() -> None:
    order = proven(call_tester="simulated")
    lapse(order, deadline(order), FOC + 50 * MINUTE)
    assert (order.call_slot, order.slots_called) == (2, 3)
    order.call_slot = None
    assert deadline(order).at == QUARTERS[3]
    seen = [one.status for one in proving.slots_of(order, FOC + 50 * MINUTE)[:4]]
    assert seen == [SlotStatus.MISSED, SlotStatus.MISSED, SlotStatus.DUE, SlotStatus.LATER]


def test_after_the_last_slot_the_dialer_is_left_alone() -> None:
    order = proven(call_tester="simulated")
    lapse(order, deadline(order), FOC + 12 * HOUR)
    assert order.slots_called == len(order.policy.test_slots)
    order.call_slot = None
    assert deadline(order).clock is Clock.CLOSING_NOTICE


def test_a_dialer_that_fails_misses_its_slot_which_is_seen_and_stops_nothing() -> None:
    order = proven(call_tester="simulated")
    at = let_pass(order, Clock.TEST_CALLS)
    order.call_slot = None
    proving.no_calls(order, 0, "the dialer is away", at)
    assert last(order).detail == "slot 1: the dialer is away"
    assert (order.state, order.open_tasks) == (State.ROLLBACK_WINDOW, [])
    assert deadline(order) == (QUARTERS[1], Clock.TEST_CALLS)


def test_what_a_dialer_heard_counts_like_what_people_heard() -> None:
    order = moved(call_tester="simulated")
    look(order, FOC, at_gaining=None)
    checks = proving.checks_now(order)
    for at in QUARTERS[:3]:
        calls = [
            CallResult(number=FIRST, origin=origin, checks=dict.fromkeys(checks, "passed"), at=at, by="simulated")
            for origin in ("mobile", "landline", "voip")
        ]
        proving.heard(order, calls, Cause("test_calls", "simulated", at), at)
    assert order.state is State.ROLLBACK_WINDOW


# Partial activation


def test_a_partial_activation_is_a_state_of_its_own_with_the_clock_running() -> None:
    order = moved(dead=[SECOND])
    assert (order.state, order.activated_at) == (State.PARTIALLY_ACTIVE, FOC)
    assert order.rollback_until == FOC + 72 * HOUR
    assert "1 of 2 numbers did not move" in task(order, TaskKind.FINISH_ACTIVATION).detail
    assert notices(order)[-1] is NoticeKind.ACTION_NEEDED
    assert acts(order)


def test_the_rest_is_looked_at_like_proof_until_it_follows() -> None:
    order, now, waits = moved(dead=[SECOND]), FOC, []
    for _ in range(15):
        outcomes.looked_at_rest(order, status(order, [SECOND]), now)
        assert order.retry_at is not None
        waits.append(order.retry_at - now)
        now = order.retry_at
    assert waits == [15 * MINUTE] * 8 + [HOUR] * 6 + [6 * HOUR]
    assert order.state is State.PARTIALLY_ACTIVE
    outcomes.looked_at_rest(order, status(order), now)
    assert (order.state, order.tries, order.activated_at) == (State.VERIFYING, 0, FOC)
    look(order, now)
    assert (order.state, order.open_tasks) == (State.ROLLBACK_WINDOW, [])


def test_numbers_that_are_still_moving_are_waited_for_before_anybody_is_asked() -> None:
    order = before()
    on_the_way = {FIRST: NumberStatus.ACTIVE, SECOND: NumberStatus.PENDING}
    outcomes.activated(order, held(order, CarrierStatus.PORTED, numbers=on_the_way), FOC)
    for n in range(outcomes.PATIENT_LOOKS):
        outcomes.looked_at_rest(order, on_the_way, FOC + n * 15 * MINUTE)
    assert (order.state, order.open_tasks) == (State.PARTIALLY_ACTIVE, [])
    for n in range(2):
        outcomes.looked_at_rest(order, on_the_way, FOC + HOUR + n * 15 * MINUTE)
    assert open_kinds(order) == [TaskKind.FINISH_ACTIVATION, TaskKind.HALF_PORTED]
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 1


def test_a_number_that_failed_meanwhile_is_not_waited_for() -> None:
    order = before()
    outcomes.activated(
        order,
        held(order, CarrierStatus.PORTED, numbers={FIRST: NumberStatus.ACTIVE, SECOND: NumberStatus.PENDING}),
        FOC,
    )
    outcomes.looked_at_rest(order, status(order, [SECOND]), FOC)
    assert TaskKind.FINISH_ACTIVATION in open_kinds(order)


def test_a_look_at_the_rest_that_succeeds_ends_the_outage() -> None:
    order = moved(dead=[SECOND])
    outcomes.unreachable(order, "503", FOC)
    outcomes.looked_at_rest(order, status(order, [SECOND]), FOC + MINUTE)
    assert open_kinds(order) == [TaskKind.FINISH_ACTIVATION, TaskKind.HALF_PORTED]


def test_activated_again_the_rest_moves_and_the_clock_does_not_start_anew() -> None:
    order = moved(dead=[SECOND])
    answer(order, TaskKind.FINISH_ACTIVATION, "activate_again", FOC + HOUR)
    assert order.state is State.CUTTING_OVER
    outcomes.activated(order, held(order, CarrierStatus.PORTED, activated_at=FOC + HOUR), FOC + HOUR)
    assert (order.state, order.activated_at) == (State.VERIFYING, FOC)
    assert order.rollback_until == FOC + 72 * HOUR


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "still dead"])
def test_activated_again_in_vain_it_is_asked_about_again(refused: bool) -> None:
    order = moved(dead=[SECOND])
    answer(order, TaskKind.FINISH_ACTIVATION, "activate_again", FOC + HOUR)
    if refused:
        outcomes.not_activated(order, "the number is locked", FOC + HOUR)
    else:
        again = held(order, CarrierStatus.PORTED, numbers=status(order, [SECOND]))
        outcomes.activated(order, again, FOC + HOUR)
    assert (order.state, order.activated_at) == (State.PARTIALLY_ACTIVE, FOC)
    asked = task(order, TaskKind.FINISH_ACTIVATION)
    assert asked.task_id == "finish-activation-2"
    assert ("locked" in asked.detail) is refused


def test_split_out_what_moved_is_proven_without_what_did_not() -> None:
    order = moved(dead=[SECOND], messaging=MESSAGING)
    for at in QUARTERS[:2]:
        say(order, "test_calls", at, by="Charles", results=[result(SECOND, "mobile", "not_in_service")])
    outcomes.looked_at_rest(order, status(order, [SECOND]), QUARTERS[1])
    fields = {"task_id": task(order, TaskKind.FINISH_ACTIVATION).task_id, "answer": "split_out", "by": "Charles"}
    assert try_to_say(order, "complete_task", QUARTERS[2], **fields).accepted
    assert acts(order)
    assert order.split_off
    assert (order.split_off.numbers, order.split_off.why) == ([SECOND], "did not move")
    child = cures.split_request(order, order.split_off)
    assert (child.numbers, child.siblings) == ([SECOND], [FIRST])
    cures.split_done(order, QUARTERS[2])
    assert (order.state, order.request.numbers) == (State.VERIFYING, [FIRST])
    assert list(order.messaging) == [FIRST]
    look(order, QUARTERS[2])
    assert order.state is State.ROLLBACK_WINDOW
    assert proving.failures(order, QUARTERS[2]) == []


def test_where_no_number_moved_none_is_split_out() -> None:
    order = moved(dead=[FIRST, SECOND])
    said = try_to_say(
        order,
        "complete_task",
        FOC + HOUR,
        task_id=task(order, TaskKind.FINISH_ACTIVATION).task_id,
        answer="split_out",
        by="Charles",
    )
    assert not said.accepted


def test_where_the_carriers_word_is_all_that_was_asked_for_there_is_no_partial_state() -> None:
    assert moved({"proof": ["service"]}, dead=[SECOND]).state is State.VERIFYING


def test_the_windows_end_is_told_and_closes_nothing_while_some_numbers_have_not_moved() -> None:
    order = moved(dead=[SECOND])
    order.retry_at = FOC + 10 * DAY
    for _ in range(3):
        assert deadline(order).clock is Clock.CLOSING_NOTICE
        lapse(order, deadline(order), deadline(order).at)
    assert deadline(order).clock is Clock.RETRY
    assert order.state is State.PARTIALLY_ACTIVE


# The carrier moves the numbers by itself


@pytest.mark.parametrize("build", [submitted, rejected, confirmed, ready], ids=lambda build: build.__name__)
@pytest.mark.parametrize("dead", [0, 1])
def test_a_carrier_that_moved_the_numbers_by_itself_is_followed(build: Callable[[Order], Order], dead: int) -> None:
    order = build(new(by_the_book=True, policy={"runbook": [], "gates": []}))
    asked = held(order, CarrierStatus.PORTED, activated_at=FOC - HOUR, numbers=status(order, [FIRST] * dead))
    outcomes.observed(order, asked, FOC)
    assert order.state is (State.PARTIALLY_ACTIVE if dead else State.VERIFYING)
    assert order.activated_at == FOC - HOUR
    assert order.rollback_until == FOC + 71 * HOUR
    assert NoticeKind.ACTION_NEEDED in notices(order)
    assert open_kinds(order) == [TaskKind.FINISH_ACTIVATION, TaskKind.HALF_PORTED][: 2 * dead]


def test_moved_while_on_hold_the_hold_and_its_task_are_over() -> None:
    order = confirmed(new(by_the_book=True, policy={"runbook": [], "gates": []}))
    say(order, "hold", FOC - 2 * DAY, by="Charles", reason="in print", until=FOC + DAY)
    outcomes.observed(order, held(order, CarrierStatus.PORTED), FOC)
    assert (order.state, order.hold, order.open_tasks) == (State.VERIFYING, None, [])


def test_a_moment_in_the_future_is_now() -> None:
    order = confirmed(new())
    outcomes.observed(order, held(order, CarrierStatus.PORTED, activated_at=FOC + HOUR), FOC)
    assert order.activated_at == FOC


def test_an_override_that_waited_for_its_second_person_is_void_once_the_numbers_have_moved() -> None:
    order = confirmed(new(by_the_book=True, policy={"gates": ["desk_staffed"], "runbook": ["desk_staffed"]}))
    order.request.second_person = order.request.coordinator
    say(order, "override_gates", FOC - HOUR, decided_by=BOSS.name, reason="tested by hand")
    assert open_kinds(order).count(TaskKind.SECOND_PERSON) == 1
    outcomes.observed(order, held(order, CarrierStatus.PORTED), FOC)
    assert order.proposal is None
    assert TaskKind.SECOND_PERSON not in open_kinds(order)


# Configuration


@pytest.mark.parametrize(
    ("build", "now"), [(confirmed, True), (ready, True), (submitted, False), (before, False), (moved, False)]
)
def test_numbers_are_configured_before_they_move_and_it_holds_up_nothing_later(
    build: Callable[..., Order], now: bool
) -> None:
    order = build() if build in {before, moved} else build(new())
    order.configure, order.configured_for = True, order.foc_at
    assert configures(order) is now


def test_what_was_not_configured_in_time_is_not_configured_after_the_cutover() -> None:
    order = before()
    order.configure = True
    outcomes.activated(order, held(order, CarrierStatus.PORTED), FOC)
    assert not order.configure


@pytest.mark.parametrize("runbook", [["configuration"], []])
def test_a_configuration_that_is_refused_is_a_persons_where_the_runbook_has_it(runbook: list[str]) -> None:
    order = confirmed(new(by_the_book=True, policy={"runbook": runbook, "gates": runbook}))
    order.configure = True
    outcomes.not_configured(order, "no such flow", FOC - DAY)
    assert tasks(order, TaskKind.SIGN_OFF) == runbook
    assert notices(order)[-1] is NoticeKind.ACTION_NEEDED
    assert "no such flow" in order.unsent[-1].facts["why"]
    assert not order.configure


def test_an_outage_that_ends_with_the_configuration_is_over() -> None:
    order = confirmed(new())
    order.configure = True
    outcomes.unreachable(order, "503", FOC - DAY)
    outcomes.configured(order, FOC - DAY + MINUTE)
    assert (order.open_tasks, order.configured) == ([], True)
