"""The way back: which stage a decision reaches, who may order it, what the losing carrier's word does to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from portolan.domain import outcomes, returning
from portolan.domain.carrier import CarrierStatus, Consent, MessagingStatus, NumberStatus
from portolan.domain.clocks import Clock, acts
from portolan.domain.messaging import MessagingWanted
from portolan.domain.order import Order
from portolan.domain.port_backs import ReturnStage
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from tests.domain.builders import (
    BOSS,
    COORDINATOR,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    held,
    last,
    let_pass,
    notices,
    open_kinds,
    roll_back,
    say,
    task,
    try_to_say,
)
from tests.domain.cutover import MINUTE, before, look, moved, proven, slot, status

FIRST, SECOND = "+12125550143", "+12125550144"
SNAPBACK_ENDS, WINDOW_ENDS = FOC + 24 * HOUR, FOC + 72 * HOUR
WHY: dict[str, Any] = {"decided_by": BOSS.name, "reason": "no inbound calls"}
NOTHING = timedelta(0)


def stages(order: Order) -> list[tuple[ReturnStage, Consent | None]]:
    return [(asked.stage, asked.consent) for asked in order.returns]


def says(order: Order, now: datetime, consent: Consent | None = None, back: bool = False, why: str = "") -> bool:
    """The losing carrier's word, as the gaining carrier tells it."""
    at_carrier = CarrierStatus.PORTED_BACK if back else CarrierStatus.PORTED
    return returning.answered(order, held(order, at_carrier, consent=consent, consent_why=why), now)


def refuse(order: Order, now: datetime, why: str = "we keep them out") -> None:
    assert not says(order, now, Consent.REFUSED, why=why)


# Which stage


@pytest.mark.parametrize(
    ("decided", "stage"),
    [
        (FOC, ReturnStage.SNAPBACK),
        (SNAPBACK_ENDS - INSTANT, ReturnStage.SNAPBACK),
        (SNAPBACK_ENDS, ReturnStage.WIN_BACK),
        (SNAPBACK_ENDS + INSTANT, ReturnStage.WIN_BACK),
        (WINDOW_ENDS - INSTANT, ReturnStage.WIN_BACK),
        (WINDOW_ENDS, ReturnStage.NEW_PORT),
        (WINDOW_ENDS + INSTANT, ReturnStage.NEW_PORT),
    ],
)
def test_the_moment_of_the_decision_says_what_a_return_is(decided: datetime, stage: ReturnStage) -> None:
    order = proven()
    assert returning.next_stage(order, decided) is stage
    if stage is not ReturnStage.NEW_PORT:
        roll_back(order, WINDOW_ENDS + DAY, occurred_at=decided)
        assert stages(order) == [(stage, None)]
    else:
        answer = try_to_say(order, "rollback", WINDOW_ENDS + DAY, occurred_at=decided, **WHY)
        assert (answer.accepted, order.returns) == (False, [])
        assert "The rollback window closed" in answer.reason
        assert "portolan new-port order-1" in answer.instead


@pytest.mark.parametrize(
    ("snapback", "rollback", "stage"),
    [(24, 12, ReturnStage.SNAPBACK), (0, 12, ReturnStage.WIN_BACK), (12, 12, ReturnStage.SNAPBACK)],
)
def test_a_snapback_ends_with_the_window_at_the_latest(snapback: int, rollback: int, stage: ReturnStage) -> None:
    order = proven({"snapback_hours": snapback, "rollback_hours": rollback})
    assert returning.next_stage(order, FOC + 12 * HOUR - INSTANT) is stage
    assert returning.next_stage(order, FOC + 12 * HOUR) is ReturnStage.NEW_PORT


def test_before_the_numbers_moved_there_is_no_stage() -> None:
    order = before()
    assert [returning.stage_until(order, stage) for stage in ReturnStage] == [None, None, None]
    assert returning.next_stage(order, FOC) is ReturnStage.NEW_PORT


@pytest.mark.parametrize("inadvertent", [True, False])
def test_where_there_is_no_return_a_wanted_port_stays_and_an_unwanted_one_is_undone(inadvertent: bool) -> None:
    """A window of no hours: only the rule about ports that nobody wanted is left, where the playbook has it."""
    order = moved({"rollback_hours": 0})
    answer = try_to_say(order, "rollback", FOC, inadvertent=inadvertent, **WHY)
    assert answer.accepted is inadvertent
    if inadvertent:
        assert stages(order) == [(ReturnStage.WIN_BACK, None)]
    else:
        assert "no return in this jurisdiction" in answer.reason


@pytest.mark.parametrize("unlimited", [True, False])
def test_a_port_that_nobody_wanted_has_no_limit_where_the_playbook_says_so(unlimited: bool) -> None:
    order = settling_order()
    order.request.policy = order.policy.model_copy(update={"inadvertent_unlimited": unlimited})
    answer = try_to_say(order, "rollback", WINDOW_ENDS + 9 * DAY, inadvertent=True, **WHY)
    assert answer.accepted is unlimited
    assert ("--inadvertent" in answer.instead) is False
    if unlimited:
        assert (stages(order), order.returns[-1].inadvertent) == ([(ReturnStage.WIN_BACK, None)], True)
        assert returning.give_up_at(order, order.returns[-1]) == WINDOW_ENDS + 39 * DAY
    wanted = try_to_say(settling_order(), "rollback", WINDOW_ENDS + 9 * DAY, **WHY)
    assert not wanted.accepted
    assert "--inadvertent" in wanted.instead


def settling_order(policy: dict[str, Any] | None = None) -> Order:
    """The window is over, and messaging is not."""
    order = proven(policy, messaging=MessagingWanted(campaign="C-1"))
    order.messaging_at, order.messaging_until = FOC + 90 * DAY, None
    let_pass(order, Clock.WINDOW_CLOSES)
    assert order.state is State.SETTLING
    return order


def test_in_its_time_an_unwanted_port_goes_the_usual_way() -> None:
    assert stages(roll_back(proven(), FOC + HOUR, inadvertent=True)) == [(ReturnStage.SNAPBACK, None)]


# What is ordered


@pytest.mark.parametrize("said", [BOSS.name, BOSS.email, " GRACE hopper "])
def test_it_is_on_record_under_the_deciders_name(said: str) -> None:
    order = roll_back(proven(), decided_by=said)
    assert (order.returns[-1].by, order.rollback_by) == (BOSS.name, BOSS.name)


def test_it_says_who_why_when_and_what_failed() -> None:
    order = proven()
    slot(order, FOC + 15 * MINUTE, "silence", origins=("mobile",))
    roll_back(order, FOC + 2 * HOUR, occurred_at=FOC + HOUR)
    (asked,) = order.returns
    assert (asked.by, asked.second, asked.reason) == (BOSS.name, "", "no inbound calls")
    assert (asked.decided_at, asked.told_at, asked.letter) == (FOC + HOUR, None, "")
    (evidence,) = asked.evidence
    assert evidence.startswith("2026-11-17 16:15 UTC from mobile to +12125550143: ringback silence")
    assert (order.rollback_by, order.rollback_decided_at) == (BOSS.name, FOC + HOUR)


def test_numbers_that_did_not_move_are_evidence_too() -> None:
    order = roll_back(moved(dead=[SECOND]))
    assert order.returns[-1].evidence == [f"not in service at the gaining carrier: {SECOND}"]


def test_of_many_failed_calls_the_newest_are_attached() -> None:
    order = proven({"test_fail_streak": 90})
    for n in range(30):
        slot(order, FOC + n * MINUTE, "silence", origins=("mobile",))
    evidence = roll_back(order).returns[-1].evidence
    assert len(evidence) == 20
    assert evidence[0].startswith("2026-11-17 16:10")


def test_everybody_is_told_where_there_is_a_runbook() -> None:
    assert NoticeKind.ROLLBACK_ORDERED in notices(roll_back(proven({"runbook": ["watch"]})))
    assert NoticeKind.ROLLBACK_ORDERED not in notices(roll_back(proven()))


def test_what_was_about_to_be_done_for_the_port_is_left() -> None:
    order = proven(messaging=MessagingWanted(), call_tester="simulated")
    order.call_slot, order.ask_messaging = 0, True
    roll_back(order)
    assert (order.call_slot, order.ask_messaging) == (None, False)


@pytest.mark.parametrize("signed", [True, False])
def test_the_letter_is_signed_or_follows_on_paper(signed: bool) -> None:
    order = roll_back(proven())
    if signed:
        returning.signed(order, "cd" * 32, FOC + 2 * HOUR)
        assert order.returns[-1].letter == "cd" * 32
        assert (last(order).by, last(order).occurred_at) == (BOSS.name, FOC + HOUR)
    else:
        returning.not_signed(order, "no certificate", FOC + 2 * HOUR)
        assert order.returns[-1].letter == returning.NO_LETTER
        assert "send it signed by hand" in last(order).detail
        assert notices(order)[-1] is NoticeKind.ACTION_NEEDED
    assert order.state is State.ROLLING_BACK


# The losing carrier's word


def test_consent_is_a_state_and_the_numbers_are_back_when_they_are() -> None:
    order = roll_back(proven())
    assert not says(order, FOC + HOUR)
    assert stages(order) == [(ReturnStage.SNAPBACK, Consent.REQUESTED)]
    assert order.returns[-1].told_at == FOC + HOUR
    assert "snapback requested at Old Telco" in last(order).detail
    assert not says(order, FOC + 2 * HOUR, Consent.CONSENTED)
    assert stages(order) == [(ReturnStage.SNAPBACK, Consent.CONSENTED)]
    assert order.state is State.ROLLING_BACK
    assert says(order, FOC + 3 * HOUR, back=True)
    returning.returned(order, FOC + 3 * HOUR)
    assert order.state is State.ROLLED_BACK
    assert set(order.number_status.values()) == {NumberStatus.RETURNED}
    assert order.returns[-1].told_at == FOC + HOUR


def test_the_same_word_again_is_recorded_once() -> None:
    order = roll_back(proven())
    for n in range(3):
        says(order, FOC + (1 + n) * HOUR, Consent.REQUESTED)
    assert [entry.kind for entry in order.unpublished].count("port_back") == 1


def test_it_is_asked_again_closely_then_hourly_and_at_the_snapbacks_end() -> None:
    order, now, waits = roll_back(proven()), FOC + HOUR, []
    while stages(order)[-1][0] is ReturnStage.SNAPBACK:
        says(order, now)
        if order.retry_at:
            waits.append(order.retry_at - now)
            now, order.retry_at = order.retry_at, None
    assert waits[:14] == [15 * MINUTE] * 8 + [HOUR] * 6
    assert now == SNAPBACK_ENDS


@pytest.mark.parametrize(("late", "stage"), [(-INSTANT, ReturnStage.SNAPBACK), (NOTHING, ReturnStage.WIN_BACK)])
def test_silence_turns_a_snapback_into_a_win_back_on_the_same_decision(late: timedelta, stage: ReturnStage) -> None:
    order = roll_back(proven())
    returning.signed(order, "cd" * 32, FOC + HOUR)
    says(order, FOC + HOUR)
    order.retry_at = None
    says(order, SNAPBACK_ENDS + late)
    assert (order.returns[-1].stage, order.state) == (stage, State.ROLLING_BACK)
    if stage is ReturnStage.WIN_BACK:
        assert stages(order) == [(ReturnStage.SNAPBACK, Consent.REFUSED), (ReturnStage.WIN_BACK, None)]
        newest = order.returns[-1]
        assert (newest.decided_at, newest.by, newest.letter) == (FOC + HOUR, BOSS.name, "cd" * 32)
        assert (newest.told_at, order.retry_at) == (None, None)
        assert acts(order)


def test_a_snapback_that_was_agreed_to_is_waited_for_past_its_time() -> None:
    order = roll_back(proven())
    says(order, FOC + HOUR, Consent.CONSENTED)
    says(order, SNAPBACK_ENDS + HOUR, Consent.CONSENTED)
    assert stages(order) == [(ReturnStage.SNAPBACK, Consent.CONSENTED)]


@pytest.mark.parametrize(("late", "given_up"), [(-INSTANT, False), (NOTHING, True)])
def test_a_win_back_without_an_answer_ends_when_it_can_no_longer_be_carried_out(
    late: timedelta, given_up: bool
) -> None:
    order = roll_back(proven(), SNAPBACK_ENDS)
    until = returning.give_up_at(order, order.returns[-1])
    assert until == WINDOW_ENDS + timedelta(hours=order.policy.port_back_hours)
    says(order, until + late)
    assert (order.state is not State.ROLLING_BACK) is given_up
    if given_up:
        assert "no answer in the time" in task(order, TaskKind.PORT_BACK_REFUSED).detail
    else:
        assert order.retry_at == until


def test_an_answer_ends_the_outage() -> None:
    order = roll_back(proven())
    outcomes.unreachable(order, "503", FOC + HOUR)
    says(order, FOC + 2 * HOUR)
    assert order.open_tasks == []


def test_refused_a_snapback_leaves_the_win_back_and_then_a_new_port() -> None:
    order = roll_back(proven())
    refuse(order, FOC + 2 * HOUR)
    assert order.state is State.ROLLBACK_WINDOW
    detail = task(order, TaskKind.PORT_BACK_REFUSED).detail
    assert "a win-back can be ordered until 2026-11-20 16:00 UTC" in detail
    assert "`portolan new-port order-1`" in detail
    roll_back(order, FOC + 3 * HOUR)
    assert order.returns[-1].stage is ReturnStage.WIN_BACK
    refuse(order, FOC + 4 * HOUR)
    detail = task(order, TaskKind.PORT_BACK_REFUSED).detail
    assert "can be ordered" not in detail
    assert "`portolan new-port order-1`" in detail
    answer = try_to_say(order, "rollback", FOC + 5 * HOUR, **WHY)
    assert not answer.accepted
    assert "Old Telco has refused" in answer.reason
    assert "new-port" in answer.instead
    assert notices(order).count(NoticeKind.ROLLBACK_REFUSED) == 2


def test_refused_without_a_reason_it_says_so_anyway() -> None:
    order = roll_back(proven())
    refuse(order, FOC + 2 * HOUR, why="")
    assert order.returns[-1].why == "the losing carrier says no"


# Where the order stands when the numbers stay


def test_refused_while_test_calls_fail_it_is_not_proven_any_more() -> None:
    order = roll_back(proven())
    for at in (FOC + 75 * MINUTE, FOC + 90 * MINUTE):
        slot(order, at, "silence")
    refuse(order, FOC + 2 * HOUR)
    assert (order.state, order.proven_at, order.proof) == (State.VERIFYING, None, [])


def test_refused_it_stands_where_it_stood() -> None:
    order = roll_back(proven())
    refuse(order, FOC + 2 * HOUR)
    assert (order.state, order.proven_at) == (State.ROLLBACK_WINDOW, FOC)


def test_refused_unproven_numbers_are_proven_first() -> None:
    order = roll_back(moved())
    refuse(order, FOC + 2 * HOUR)
    assert order.state is State.VERIFYING
    assert acts(order)
    look(order, FOC + 2 * HOUR)
    assert order.state is State.ROLLBACK_WINDOW


def test_refused_numbers_that_did_not_move_can_still_be_activated_or_split_out() -> None:
    order = roll_back(moved(dead=[SECOND]))
    refuse(order, FOC + 2 * HOUR)
    assert order.state is State.PARTIALLY_ACTIVE
    assert set(open_kinds(order)) == {TaskKind.PORT_BACK_REFUSED, TaskKind.FINISH_ACTIVATION}
    assert "1 of 2 numbers did not move" in task(order, TaskKind.FINISH_ACTIVATION).detail
    outcomes.looked_at_rest(order, status(order), FOC + 3 * HOUR)
    assert order.state is State.VERIFYING


@pytest.mark.parametrize("messaging", [True, False])
def test_refused_after_the_window_it_settles_or_completes(messaging: bool) -> None:
    order = roll_back(proven(messaging=MessagingWanted()), WINDOW_ENDS - MINUTE)
    if not messaging:
        order.messaging = dict.fromkeys(order.request.numbers, MessagingStatus.SETTLED)
    refuse(order, WINDOW_ENDS)
    assert order.state is (State.SETTLING if messaging else State.ROLLBACK_WINDOW)
    if not messaging:
        assert let_pass(order, Clock.WINDOW_CLOSES) == WINDOW_ENDS
        assert order.state is State.COMPLETED


def test_refused_an_unwanted_port_settles_on() -> None:
    order = settling_order()
    roll_back(order, WINDOW_ENDS + DAY, inadvertent=True)
    refuse(order, WINDOW_ENDS + 2 * DAY)
    assert order.state is State.SETTLING
    assert not try_to_say(order, "rollback", WINDOW_ENDS + 3 * DAY, inadvertent=True, **WHY).accepted


# Two persons


def two(**given: Any) -> Order:
    """In its window, with two people who have to agree."""
    return proven(second_person=COORDINATOR, **given)


def propose(order: Order, now: datetime = FOC + HOUR, **fields: Any) -> Order:
    say(order, "rollback", now, **{**WHY, **fields})
    return order


def test_the_first_word_moves_nothing_and_the_second_one_does() -> None:
    order = propose(two())
    assert (order.state, order.returns) == (State.ROLLBACK_WINDOW, [])
    asked = task(order, TaskKind.SECOND_PERSON)
    assert "It counts when Charles Babbage confirms it" in asked.detail
    assert asked.due_at == WINDOW_ENDS
    say(order, "confirm", FOC + 2 * HOUR, by=COORDINATOR.email)
    (found,) = order.returns
    assert (found.by, found.second, found.decided_at) == (BOSS.name, COORDINATOR.name, FOC + 2 * HOUR)
    assert (order.state, order.proposal) == (State.ROLLING_BACK, None)
    assert TaskKind.SECOND_PERSON not in open_kinds(order)
    assert "decided by Grace Hopper and Charles Babbage" in last(order).detail


def test_either_of_the_two_may_begin() -> None:
    order = propose(two(), decided_by=COORDINATOR.name)
    assert "when Grace Hopper confirms it" in task(order, TaskKind.SECOND_PERSON).detail
    say(order, "confirm", FOC + 2 * HOUR, by=BOSS.name)
    assert (order.returns[-1].by, order.returns[-1].second) == (COORDINATOR.name, BOSS.name)


@pytest.mark.parametrize("by", [BOSS.name, BOSS.email, BOSS.email.upper(), f" {BOSS.name.lower()} "])
def test_nobody_confirms_a_decision_of_their_own_under_any_name(by: str) -> None:
    order = propose(two())
    answer = try_to_say(order, "confirm", FOC + 2 * HOUR, by=by)
    assert not answer.accepted
    assert "has to be another one" in answer.reason
    assert order.returns == []


@pytest.mark.parametrize("by", ["Mallory", "Ada Byron"])
def test_nobody_else_confirms_it(by: str) -> None:
    order = propose(two())
    answer = try_to_say(order, "confirm", FOC + 2 * HOUR, by=by)
    assert (answer.accepted, order.returns) == (False, [])
    assert "Grace Hopper or Charles Babbage" in answer.instead


def test_where_nothing_waits_nothing_is_confirmed() -> None:
    answer = try_to_say(two(), "confirm", FOC + HOUR, by=COORDINATOR.name)
    assert (answer.accepted, answer.reason) == (False, "No decision waits for a second person.")


@pytest.mark.parametrize(
    ("confirmed", "stage"),
    [
        (SNAPBACK_ENDS - INSTANT, ReturnStage.SNAPBACK),
        (SNAPBACK_ENDS, ReturnStage.WIN_BACK),
        (WINDOW_ENDS - INSTANT, ReturnStage.WIN_BACK),
        (WINDOW_ENDS, None),
    ],
)
def test_the_second_word_is_the_decision_and_says_which_stage_it_reaches(
    confirmed: datetime, stage: ReturnStage | None
) -> None:
    order = propose(two(), SNAPBACK_ENDS - HOUR)
    answer = try_to_say(order, "confirm", confirmed, by=COORDINATOR.name)
    assert answer.accepted is (stage is not None)
    assert [asked.stage for asked in order.returns] == ([stage] if stage else [])
    if not stage:
        assert "The rollback window closed" in answer.reason


def test_a_newer_proposal_takes_the_place_of_the_one_before() -> None:
    order = propose(two())
    propose(order, FOC + 2 * HOUR, decided_by=COORDINATOR.name, reason="half the calls are lost")
    assert open_kinds(order).count(TaskKind.SECOND_PERSON) == 1
    answer = try_to_say(order, "confirm", FOC + 3 * HOUR, by=COORDINATOR.name)
    assert not answer.accepted
    say(order, "confirm", FOC + 3 * HOUR, by=BOSS.name)
    assert order.returns[-1].reason == "half the calls are lost"


def test_confirmed_after_the_stage_was_refused_it_reaches_the_next_one() -> None:
    order = two()
    propose(order)
    say(order, "confirm", FOC + 2 * HOUR, by=COORDINATOR.name)
    refuse(order, FOC + 3 * HOUR)
    propose(order, FOC + 4 * HOUR)
    say(order, "confirm", FOC + 5 * HOUR, by=COORDINATOR.name)
    assert stages(order) == [(ReturnStage.SNAPBACK, Consent.REFUSED), (ReturnStage.WIN_BACK, None)]


def test_an_unwanted_port_needs_two_as_well_and_stays_unwanted() -> None:
    order = propose(two(), inadvertent=True)
    say(order, "confirm", WINDOW_ENDS + HOUR, by=COORDINATOR.name)
    assert (order.returns[-1].stage, order.returns[-1].inadvertent) == (ReturnStage.WIN_BACK, True)


def test_a_window_that_closes_on_an_unconfirmed_decision_closes() -> None:
    order = propose(two())
    let_pass(order, Clock.WINDOW_CLOSES)
    assert (order.state, order.open_tasks, order.returns) == (State.COMPLETED, [], [])
