"""What each call to a carrier came to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portolan.domain import checking, outcomes, returning
from portolan.domain.carrier import CarrierStatus, CsrAnswer, NumberStatus, Portability, SendKind
from portolan.domain.clocks import Clock, acts, next_deadline
from portolan.domain.decisions import take_deferred
from portolan.domain.effects import LookUp
from portolan.domain.order import Order
from portolan.domain.rejections import Rejection
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from tests.domain.builders import (
    ACCOUNT,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    NOW,
    answer,
    approvable,
    aside,
    cancelling,
    check,
    confirmed,
    cutting_over,
    held,
    in_window,
    judge,
    last,
    let_pass,
    looked,
    new,
    notices,
    on_file,
    open_kinds,
    ready,
    rejected,
    rolling_back,
    say,
    sign,
    submitted,
    submitting,
    task,
    verifying,
)

PENDING, ACTIVE = NumberStatus.PENDING, NumberStatus.ACTIVE


# -- checking -----------------------------------------------------------------------------------------------------


def test_numbers_that_cannot_be_ported_end_the_order_and_are_all_named() -> None:
    order = new()
    found = [
        Portability(number="+12125550143", portable=False, reason="rate centre closed"),
        Portability(number="+12125550144", portable=False),
    ]
    checking.looked_up(order, LookUp(portability=found, csr=CsrAnswer(record=on_file(ACCOUNT))))
    judge(order)
    assert order.state is State.NOT_PORTABLE
    assert order.outcome == "+12125550143: rate centre closed; +12125550144: not portable"
    assert notices(order) == [NoticeKind.NOT_PORTABLE]
    assert order.number_status["+12125550143"] is NumberStatus.FAILED


@pytest.mark.parametrize(("stuck", "words"), [(5, "+1212555000"), (6, "6 of 7 numbers, the first being +1212555000")])
def test_of_many_numbers_that_cannot_be_ported_five_are_named(stuck: int, words: str) -> None:
    numbers = [f"+1212555{number:04d}" for number in range(1, 8)]
    order = new(numbers=numbers)
    found = [Portability(number=number, portable=number not in numbers[:stuck]) for number in numbers]
    checking.looked_up(order, LookUp(portability=found, csr=CsrAnswer(record=on_file(ACCOUNT))))
    assert order.outcome.startswith(words)
    assert [number in order.outcome for number in numbers] == [True] * 5 + [False] * 2
    assert list(order.number_status.values()).count(NumberStatus.FAILED) == stuck


def test_one_number_that_cannot_be_ported_is_enough() -> None:
    order = new()
    found = [Portability(number="+12125550143", portable=True), Portability(number="+12125550144", portable=False)]
    checking.looked_up(order, LookUp(portability=found, csr=CsrAnswer(record=on_file(ACCOUNT))))
    assert order.number_status["+12125550143"] is PENDING
    judge(order)
    assert order.state is State.NOT_PORTABLE


def test_where_the_playbook_says_no_it_says_why() -> None:
    order = new(playbook="NG-MOB", country="NG", number_class="mobile")
    judge(order)
    assert order.state is State.NOT_PORTABLE
    assert "licensed Nigerian mobile operator" in order.outcome


def test_all_differences_are_told_at_once() -> None:
    order = check(new(), ACCOUNT.model_copy(update={"entity_name": "Acme Manufacturing Ltd", "postal_code": "02111"}))
    assert order.state is State.AWAITING_INFORMATION
    detail = task(order, TaskKind.CORRECT_DATA).detail
    assert "entity_name: the LOA would say 'Acme Manufacturing Limited'" in detail
    assert "(characters 20 to 26)" in detail
    assert "postal_code" in detail
    assert [difference.field for difference in order.differences] == ["entity_name", "postal_code"]


@pytest.mark.parametrize("name", ["ACME manufacturing LIMITED", " Acme  Manufacturing Limited "])
def test_case_and_spaces_are_told_but_do_not_stop_an_order(name: str) -> None:
    order = check(new(), ACCOUNT.model_copy(update={"entity_name": name}))
    assert order.state is State.AWAITING_SIGNATURE
    assert [difference.blocking for difference in order.differences] == [False]


@pytest.mark.parametrize(("reason", "words"), [("none kept", "none kept"), ("", "the losing carrier supplies none")])
def test_without_a_record_evidence_is_asked_for(reason: str, words: str) -> None:
    order = new()
    found = [Portability(number=number, portable=True) for number in order.request.numbers]
    checking.looked_up(order, LookUp(portability=found, csr=CsrAnswer(reason=reason)))
    judge(order)
    assert order.state is State.AWAITING_INFORMATION
    assert words in task(order, TaskKind.GIVE_EVIDENCE).detail


@pytest.mark.parametrize(("approved", "state"), [("", State.AWAITING_APPROVAL), ("Charles", State.SUBMITTING)])
def test_with_a_signature_that_still_covers_it_no_new_one_is_asked_for(approved: str, state: State) -> None:
    order = new()
    order.loa, order.approved_by = approvable(new()).loa, approved
    assert check(order).state is state
    assert NoticeKind.SIGNATURE_NEEDED not in notices(order)


def test_with_a_signature_too_old_a_new_one_is_asked_for() -> None:
    order = new()
    order.loa, order.approved_by = approvable(new()).loa, "Charles"
    assert order.loa is not None
    assert check(order, now=order.loa.expires_at).state is State.AWAITING_SIGNATURE
    assert order.loa is None


# -- sending ------------------------------------------------------------------------------------------------------


def test_sent_the_carriers_silence_counts_from_now() -> None:
    order = submitting(new())
    outcomes.unreachable(order, "HTTP 503", NOW)
    outcomes.sent(order, held(order), NOW + HOUR)
    assert (order.state, order.carrier_order_id, order.chase_at) == (State.SUBMITTED, "C-1", NOW + HOUR + 7 * DAY)
    assert (order.retry_at, order.tries, open_kinds(order)) == (None, 0, [])
    assert notices(order)[-1] is NoticeKind.SUBMITTED
    assert last(order).detail == "new, sending 1, carrier order C-1"


def test_every_sending_has_a_number_of_its_own() -> None:
    order = submitted(new())
    numbers = [order.attempt]
    for day in range(1, 4):
        say(order, "carrier_rejected", NOW + day * DAY, reasons=["PORT_LOCK"])
        say(order, "resubmit", NOW + day * DAY)
        outcomes.sent(order, held(order), NOW + day * DAY)
        numbers.append(order.attempt)
    assert numbers == [1, 2, 3, 4]
    assert order.rejections == []


def test_too_stale_to_send_it_keeps_its_number_for_the_next_try() -> None:
    order = submitting(new())
    outcomes.too_stale_to_send(order, NOW)
    assert (order.state, order.loa, order.attempt) == (State.AWAITING_SIGNATURE, None, 1)
    sign(order)
    assert (order.state, order.attempt, order.send) == (State.SUBMITTING, 1, SendKind.NEW)
    outcomes.sent(order, held(order), NOW)
    say(order, "carrier_rejected", reasons=["PORT_LOCK"])
    say(order, "resubmit")
    assert order.attempt == 2


def test_refused_it_is_for_a_person_to_settle() -> None:
    order = submitting(new())
    outcomes.refused(order, "unknown rate centre", NOW)
    assert (order.state, open_kinds(order)) == (State.ACTION_REQUIRED, [TaskKind.CARRIER_REFUSED])
    assert order.send_again


def test_refused_the_next_sending_looks_for_it_under_the_same_number_once() -> None:
    """An earlier try may have landed although the last one was refused."""
    order = submitting(new())
    outcomes.refused(order, "unknown rate centre", NOW)
    say(order, "resubmit", corrections={"postal_code": "02111"})
    sign(check(order, order.account))
    assert (order.state, order.attempt, order.send, order.send_again) == (State.SUBMITTING, 1, SendKind.NEW, False)


@pytest.mark.parametrize(
    ("status", "given", "state", "task_kind"),
    [
        (CarrierStatus.RECEIVED, {}, State.SUBMITTED, None),
        (CarrierStatus.ACCEPTED, {}, State.SUBMITTED, None),
        (
            CarrierStatus.REJECTED,
            {"rejections": [Rejection(code="PORT_LOCK")]},
            State.ACTION_REQUIRED,
            TaskKind.FIX_REJECTION,
        ),
        (CarrierStatus.FOC_CONFIRMED, {"foc_at": FOC}, State.FOC_CONFIRMED, None),
        (
            CarrierStatus.FOC_CONFIRMED,
            {"foc_at": NOW - HOUR},
            State.ACTION_REQUIRED,
            TaskKind.CHOOSE_DATE,
        ),
        (CarrierStatus.CANCELLED, {}, State.ACTION_REQUIRED, TaskKind.READ_CARRIER),
    ],
)
def test_an_order_found_at_the_carrier_is_taken_as_it_stands_there(
    status: CarrierStatus, given: dict[str, Any], state: State, task_kind: TaskKind | None
) -> None:
    order = submitting(new())
    outcomes.unreachable(order, "no answer in time", NOW)
    outcomes.sent(order, held(order, status, updated_at=NOW, **given), NOW + DAY)
    aside(order, NOW + DAY)
    assert (order.state, open_kinds(order)) == (state, [task_kind] if task_kind else [])
    assert (order.rejections, order.carrier_status) == (given.get("rejections", []), status)
    assert NoticeKind.SUBMITTED in notices(order)
    assert (order.carrier_approved_at is not None) is (status is CarrierStatus.ACCEPTED)


def test_unreachable_tells_people_once_until_somebody_answers() -> None:
    order = submitting(new())
    for minutes in (0, 2, 7):
        outcomes.unreachable(order, "HTTP 503", NOW + timedelta(minutes=minutes))
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 1
    answer(order, TaskKind.CARRIER_UNREACHABLE, "retry", NOW + HOUR)
    assert order.retry_at is None
    outcomes.unreachable(order, "HTTP 503", NOW + HOUR)
    assert order.retry_at == NOW + HOUR + timedelta(minutes=30), "the waits go on where they were"
    assert open_kinds(order) == [TaskKind.CARRIER_UNREACHABLE]
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 2


# -- cancelling ---------------------------------------------------------------------------------------------------


def test_cancelled_it_says_why() -> None:
    order = cancelling(new())
    outcomes.cancelled(order, NOW)
    assert (order.state, order.outcome) == (State.CANCELLED, "Cancelled: campaign moved")
    assert notices(order)[-1] is NoticeKind.CANCELLED


@pytest.mark.parametrize(
    ("build", "state"),
    [
        (submitted, State.SUBMITTED),
        (rejected, State.ACTION_REQUIRED),
        (confirmed, State.FOC_CONFIRMED),
        (ready, State.READY),
    ],
)
def test_not_cancelled_it_stands_as_it_stood(build: Any, state: State) -> None:
    order = build(new())
    foc_at = order.foc_at
    say(order, "cancel", order.since, reason="moved")
    outcomes.not_cancelled(order, "too late", order.since)
    aside(order, order.since)
    assert (order.state, order.foc_at) == (state, foc_at)
    again = [TaskKind.FIX_REJECTION] if state is State.ACTION_REQUIRED else []
    assert open_kinds(order) == [TaskKind.CANCEL_REFUSED, *again]
    assert (order.refetch, acts(order)) == (True, True)
    answer(order, TaskKind.CANCEL_REFUSED, "acknowledged", order.since)
    assert next_deadline(order) is not None


def test_not_cancelled_the_rejection_is_told_again_as_it_was() -> None:
    order = rejected(new(), suggestion="Acme Ltd")
    detail = task(order, TaskKind.FIX_REJECTION).detail
    say(order, "cancel", reason="moved")
    outcomes.not_cancelled(order, "too late", NOW)
    aside(order, NOW)
    assert task(order, TaskKind.FIX_REJECTION).detail == detail
    answer(order, TaskKind.FIX_REJECTION, "accept_suggestions")
    assert order.state is State.CHECKING


@pytest.mark.parametrize("reply", ["request_new_date", "accept"])
def test_not_cancelled_a_date_nobody_could_honour_is_still_to_be_settled(reply: str) -> None:
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=NOW + 400 * DAY)
    say(order, "cancel", reason="moved")
    outcomes.not_cancelled(order, "too late", NOW)
    assert (order.state, open_kinds(order)) == (
        State.ACTION_REQUIRED,
        [TaskKind.CANCEL_REFUSED, TaskKind.CHOOSE_DATE],
    )
    answer(order, TaskKind.CHOOSE_DATE, reply)


@pytest.mark.parametrize("build", [confirmed, ready])
@pytest.mark.parametrize("late", [-INSTANT, timedelta(0), HOUR])
def test_not_cancelled_after_the_foc_another_date_has_to_be_found(build: Any, late: timedelta) -> None:
    order = build(new())
    stood = order.state
    say(order, "cancel", order.since, reason="moved")
    outcomes.not_cancelled(order, "too late", FOC + late)
    assert order.refetch
    if late < timedelta(0):
        assert (order.state, open_kinds(order)) == (stood, [TaskKind.CANCEL_REFUSED])
        return
    assert (order.state, open_kinds(order)) == (
        State.ACTION_REQUIRED,
        [TaskKind.CANCEL_REFUSED, TaskKind.CHOOSE_DATE],
    )
    assert "2026-11-17 16:00 UTC passed while the order was to be cancelled" in order.open_tasks[1].detail


def test_not_cancelled_where_nothing_of_ours_is_known_nobody_is_asked() -> None:
    order = submitting(new())
    outcomes.refused(order, "no such rate centre", NOW)
    say(order, "cancel", reason="moved")
    outcomes.not_cancelled(order, "too late", NOW)
    assert (order.state, order.refetch, order.attempt) == (State.SUBMITTING, False, 1)


def test_not_cancelled_a_date_confirmed_after_a_refused_sending_stands() -> None:
    """And the sending that was refused is not made again."""
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=NOW + 400 * DAY)
    answer(order, TaskKind.CHOOSE_DATE, "request_new_date")
    outcomes.refused(order, "desk closed", NOW)
    say(order, "foc_confirmed", foc_at=FOC)
    say(order, "cancel", reason="moved")
    outcomes.not_cancelled(order, "too late", NOW)
    assert (order.state, order.foc_at, order.send_again) == (State.FOC_CONFIRMED, FOC, True)


def test_not_cancelled_while_nobody_knows_what_landed_that_is_found_out_under_the_same_number() -> None:
    """Or else the next sending would make a second order, or its corrections would be lost under an old number."""
    order = submitting(new())
    outcomes.unreachable(order, "no answer in time", NOW)
    say(order, "cancel", reason="moved")
    outcomes.not_cancelled(order, "too late", NOW)
    assert (order.state, order.attempt, order.send, order.send_again) == (State.SUBMITTING, 1, SendKind.NEW, False)
    assert acts(order)
    outcomes.sent(order, held(order), NOW)
    assert open_kinds(order) == [TaskKind.CANCEL_REFUSED]


def test_not_cancelled_while_a_new_signature_was_awaited_for_a_sending_that_may_have_landed() -> None:
    order = submitting(new())
    outcomes.unreachable(order, "no answer in time", NOW)
    at = let_pass(order, Clock.LOA_EXPIRY)
    say(order, "cancel", at, reason="moved")
    outcomes.not_cancelled(order, "too late", at)
    assert (order.state, order.attempt) == (State.SUBMITTING, 1)
    outcomes.too_stale_to_send(order, at)
    sign(order, at)
    assert (order.state, order.attempt) == (State.SUBMITTING, 1)


# -- cutting over and back ----------------------------------------------------------------------------------------


def test_activated_the_rollback_clock_starts() -> None:
    order = verifying(new())
    assert (order.activated_at, order.rollback_until) == (FOC, FOC + 72 * HOUR)
    assert set(order.number_status.values()) == {ACTIVE}
    assert last(order).detail == "rollback window: 2026-11-20 16:00 UTC"


@pytest.mark.parametrize(
    ("moved", "runs_from"),
    [
        (None, 2 * HOUR),
        (HOUR, HOUR),
        (timedelta(0), timedelta(0)),
        (-timedelta(minutes=5), -timedelta(minutes=5)),
        (-timedelta(minutes=5) - INSTANT, 2 * HOUR),
        (2 * HOUR, 2 * HOUR),
        (2 * HOUR + INSTANT, 2 * HOUR),
        (-400 * DAY, 2 * HOUR),
    ],
)
def test_the_rollback_clock_runs_from_the_moment_the_carrier_names_if_that_can_be(
    moved: timedelta | None, runs_from: timedelta
) -> None:
    """The call that moved the numbers came to nothing, and two hours later they are found moved."""
    order = cutting_over(new())
    assert order.since == FOC
    at = None if moved is None else FOC + moved
    outcomes.activated(order, held(order, CarrierStatus.PORTED, activated_at=at), FOC + 2 * HOUR)
    assert order.activated_at == FOC + runs_from
    assert order.rollback_until == FOC + runs_from + 72 * HOUR
    assert order.since == FOC + 2 * HOUR


def test_not_activated_another_date_has_to_be_found() -> None:
    order = cutting_over(new())
    outcomes.not_activated(order, "the losing carrier holds the numbers", FOC)
    assert (order.state, open_kinds(order)) == (State.ACTION_REQUIRED, [TaskKind.CHOOSE_DATE])
    assert "did not move" in order.unsent[-1].facts["why"]
    assert (order.refetch, acts(order)) == (True, True)


@pytest.mark.parametrize("status", [status for status in NumberStatus if status is not ACTIVE] + [None])
def test_one_number_not_in_service_keeps_the_order_verifying(status: NumberStatus | None) -> None:
    order = verifying(new())
    first, second = order.request.numbers
    seen = {first: ACTIVE, second: status} if status else {first: ACTIVE}
    looked(order, seen, FOC)
    assert order.state is State.VERIFYING
    assert task(order, TaskKind.PROVE_NUMBERS).detail == "1 of 2 numbers are not proven in service"
    assert task(order, TaskKind.PROVE_NUMBERS).due_at == order.rollback_until


def test_numbers_that_are_not_proven_are_told_once_to_those_who_can_act() -> None:
    order = verifying(new())
    for hours in (0, 1, 2):
        looked(order, {}, FOC + hours * HOUR)
    assert notices(order)[-1] is NoticeKind.UNPROVEN
    assert notices(order).count(NoticeKind.UNPROVEN) == 1
    assert NoticeKind.ACTION_NEEDED not in notices(order)
    facts = order.unsent[-1].facts
    assert (facts["why"], facts["until"]) == ("2 of 2 numbers are not proven in service", "2026-11-20 16:00 UTC")


@pytest.mark.parametrize(
    ("hours", "at", "kind"),
    [
        (72, FOC + 72 * HOUR - INSTANT, NoticeKind.UNPROVEN),
        (72, FOC + 72 * HOUR, NoticeKind.ACTION_NEEDED),
        (0, FOC, NoticeKind.ACTION_NEEDED),
    ],
)
def test_where_no_return_is_left_nobody_is_told_to_decide_on_one(hours: int, at: datetime, kind: NoticeKind) -> None:
    order = verifying(new(policy={"rollback_hours": hours}))
    looked(order, {}, at)
    assert notices(order)[-1] is kind


def test_a_number_out_of_service_is_told_even_if_the_first_look_found_the_carrier_down() -> None:
    order = verifying(new())
    outcomes.unreachable(order, "HTTP 503", FOC)
    assert open_kinds(order) == [TaskKind.CARRIER_UNREACHABLE]
    looked(order, {}, FOC + HOUR)
    assert open_kinds(order) == [TaskKind.PROVE_NUMBERS]
    outcomes.unreachable(order, "HTTP 503", FOC + 2 * HOUR)
    assert open_kinds(order) == [TaskKind.PROVE_NUMBERS, TaskKind.CARRIER_UNREACHABLE]


def test_proven_people_learn_until_when_they_may_go_back() -> None:
    order = in_window(new())
    assert notices(order)[-1] is NoticeKind.CUTOVER_DONE
    facts = order.unsent[-1].facts
    assert (facts["snapback"], facts["until"]) == ("2026-11-18 16:00 UTC", "2026-11-20 16:00 UTC")
    short = in_window(new(policy={"rollback_hours": 2}))
    assert short.unsent[-1].facts["snapback"] == short.unsent[-1].facts["until"] == "2026-11-17 18:00 UTC"


@pytest.mark.parametrize(("late", "state"), [(INSTANT, State.ROLLBACK_WINDOW), (timedelta(0), State.COMPLETED)])
def test_proven_at_the_windows_end_there_is_no_window_left(late: timedelta, state: State) -> None:
    order = verifying(new())
    looked(order, dict.fromkeys(order.request.numbers, ACTIVE), FOC + 72 * HOUR - late)
    assert order.state is state


def test_where_there_is_no_return_a_proven_order_is_completed_at_once() -> None:
    order = in_window(new(policy={"rollback_hours": 0}))
    assert (order.state, notices(order)[-1]) == (State.COMPLETED, NoticeKind.COMPLETED)
    assert "no rollback window is left" in order.outcome


def test_ported_back_it_says_who_decided_and_why() -> None:
    order = rolling_back(new())
    returning.returned(order, FOC + 2 * HOUR)
    assert (order.state, order.outcome) == (
        State.ROLLED_BACK,
        "Ported back: no inbound calls (decided by Grace Hopper).",
    )
    assert set(order.number_status.values()) == {NumberStatus.RETURNED}


def test_a_refused_port_back_leaves_the_window_open_for_another() -> None:
    order = rolling_back(new())
    returning.refused(order, "Old Telco says no", FOC + 2 * HOUR)
    assert (order.state, open_kinds(order)) == (State.ROLLBACK_WINDOW, [TaskKind.PORT_BACK_REFUSED])
    answer(order, TaskKind.PORT_BACK_REFUSED, "acknowledged", FOC + 3 * HOUR)
    assert let_pass(order, Clock.WINDOW_CLOSES) == FOC + 72 * HOUR


# -- the carrier's own account --------------------------------------------------------------------------------------


def observe(order: Order, status: CarrierStatus, now: datetime = NOW, **given: Any) -> None:
    outcomes.observed(order, held(order, status, **{"updated_at": NOW, **given}), now)


@pytest.mark.parametrize(
    ("status", "given", "state"),
    [
        (CarrierStatus.RECEIVED, {}, State.SUBMITTED),
        (CarrierStatus.ACCEPTED, {}, State.SUBMITTED),
        (CarrierStatus.REJECTED, {"rejections": [Rejection(code="PORT_LOCK")]}, State.ACTION_REQUIRED),
        (CarrierStatus.FOC_CONFIRMED, {"foc_at": FOC}, State.FOC_CONFIRMED),
        (CarrierStatus.UNKNOWN, {"raw_status": "JEOPARDY"}, State.ACTION_REQUIRED),
        (CarrierStatus.CANCELLED, {}, State.ACTION_REQUIRED),
        (CarrierStatus.PORTED, {}, State.VERIFYING),
        (CarrierStatus.PORTED_BACK, {}, State.SUBMITTED),
    ],
)
def test_the_carriers_account_is_taken_as_the_message_it_amounts_to_once(
    status: CarrierStatus, given: dict[str, Any], state: State
) -> None:
    order = submitted(new())
    observe(order, status, **given)
    assert (order.state, order.carrier_status) == (state, status)
    before = order.model_dump()
    observe(order, status, NOW + HOUR, **given)
    assert order.model_dump() == before


def test_every_status_of_a_carrier_is_understood() -> None:
    for status in CarrierStatus:
        observe(submitted(new()), status, foc_at=FOC)


def test_what_a_message_said_already_the_account_does_not_say_again() -> None:
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=FOC, attempt=1, occurred_at=NOW)
    before = (order.state, list(order.tasks), len(order.unsent))
    observe(order, CarrierStatus.FOC_CONFIRMED, foc_at=FOC)
    assert (order.state, order.tasks, len(order.unsent)) == before


def test_a_carrier_that_gives_no_times_may_still_move_its_date() -> None:
    order = submitted(new())
    observe(order, CarrierStatus.FOC_CONFIRMED, foc_at=FOC, updated_at=None)
    observe(order, CarrierStatus.FOC_CONFIRMED, foc_at=FOC + DAY, updated_at=None)
    assert order.foc_at == FOC + DAY


def test_a_carrier_whose_clock_is_ahead_is_heard_now() -> None:
    order = submitted(new())
    observe(order, CarrierStatus.FOC_CONFIRMED, foc_at=FOC, updated_at=NOW + HOUR)
    assert (order.state, order.carrier_said_at) == (State.FOC_CONFIRMED, NOW)


def test_what_came_while_cancelling_is_heard_when_it_is_asked_for_again() -> None:
    order = cancelling(new())
    observe(order, CarrierStatus.FOC_CONFIRMED, foc_at=FOC)
    assert order.state is State.CANCELLING
    outcomes.not_cancelled(order, "too late", NOW)
    observe(order, CarrierStatus.FOC_CONFIRMED, NOW + HOUR, foc_at=FOC)
    assert (order.state, order.foc_at) == (State.FOC_CONFIRMED, FOC)


@pytest.mark.parametrize(
    ("status", "given", "words"),
    [
        (CarrierStatus.FOC_CONFIRMED, {"foc_at": None}, "foc_at"),
        (CarrierStatus.FOC_CONFIRMED, {"foc_at": datetime(9999, 12, 31, tzinfo=UTC)}, "year has to lie between"),
        (CarrierStatus.FOC_CONFIRMED, {"foc_at": FOC, "updated_at": datetime(1, 1, 1, tzinfo=UTC)}, "occurred_at"),
        (CarrierStatus.ACCEPTED, {"updated_at": datetime(1, 1, 1, tzinfo=UTC)}, "occurred_at"),
        (CarrierStatus.REJECTED, {"updated_at": datetime(1, 1, 1, tzinfo=UTC)}, "occurred_at"),
    ],
)
@pytest.mark.parametrize("finding", [True, False])
def test_an_account_that_cannot_be_is_for_a_person_to_read_once(
    finding: bool, status: CarrierStatus, given: dict[str, Any], words: str
) -> None:
    order = submitting(new()) if finding else submitted(new())
    told = held(order, status, raw_status="COMMITTED", **given)
    if finding:
        outcomes.sent(order, told, NOW)
    else:
        outcomes.observed(order, told, NOW)
    assert (order.state, open_kinds(order)) == (State.ACTION_REQUIRED, [TaskKind.READ_CARRIER])
    detail = task(order, TaskKind.READ_CARRIER).detail
    assert "COMMITTED: " in detail
    assert words in detail
    before = order.model_dump()
    outcomes.observed(order, told, NOW + DAY)
    assert order.model_dump() == before


def test_a_look_that_succeeds_ends_the_outage() -> None:
    order = submitted(new())
    say(order, "carrier_activity")
    outcomes.unreachable(order, "HTTP 503", NOW)
    observe(order, CarrierStatus.RECEIVED, NOW + HOUR)
    assert (order.tries, open_kinds(order)) == (0, [])
    take_deferred(order, NOW + HOUR)
    outcomes.unreachable(order, "HTTP 503", NOW + 2 * HOUR)
    assert order.retry_at == NOW + 2 * HOUR + timedelta(minutes=2)
    assert notices(order).count(NoticeKind.ACTION_NEEDED) == 2
