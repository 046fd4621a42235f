"""Taking messages: each counts once, late ones and repeated ones change nothing, and all of them are on record."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain import outcomes
from portolan.domain.carrier import CarrierOrder, CarrierStatus, SendKind
from portolan.domain.clocks import Clock, acts
from portolan.domain.decisions import take, take_deferred, take_unreadable
from portolan.domain.messages import KINDS, FocConfirmed, problem, read
from portolan.domain.order import Order
from portolan.domain.refusals import refusal
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from portolan.domain.text import clean
from tests.domain.builders import (
    ACCOUNT,
    BOSS,
    COORDINATOR,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    NOW,
    answer,
    approvable,
    check,
    confirmed,
    cutting_over,
    differs,
    fit,
    good,
    held,
    judge,
    last,
    let_pass,
    new,
    notices,
    open_kinds,
    order_in,
    ready,
    rejected,
    say,
    sign,
    submitted,
    submitting,
    task,
    try_to_say,
    verifying,
)


def shape(order: Order) -> dict[str, Any]:
    """All that a message may change but the record of it."""
    return order.model_dump(
        exclude={"seen", "sequence", "unpublished", "last_refusal", "carrier_said", "carrier_said_at"}
    )


# -- once ---------------------------------------------------------------------------------------------------------


#: Where each kind of message is accepted; the others are in `submitted`.
HOME = {
    "loa_signed": State.AWAITING_SIGNATURE,
    "give_evidence": State.AWAITING_INFORMATION,
    "approve": State.AWAITING_APPROVAL,
    "resubmit": State.ACTION_REQUIRED,
    "rollback": State.ROLLBACK_WINDOW,
    "sign_off": State.FOC_CONFIRMED,
    "override_gates": State.FOC_CONFIRMED,
    "cut_over": State.READY,
    "test_calls": State.ROLLBACK_WINDOW,
    "confirm": State.ROLLBACK_WINDOW,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_id_counts_once_where_it_was_applied(kind: str) -> None:
    order = fit(kind, order_in(HOME.get(kind, State.SUBMITTED)))
    now = order.since
    if kind == "release":
        say(order, "hold", now, reason="x")
    take_unreadable(order, "approve", "not JSON", now)
    assert take(order, good(kind, order, now), now).status == "applied"
    before = order.model_dump()
    again = take(order, good(kind, order, now), now + DAY)
    assert (again.accepted, again.status, again.reason) == (True, "duplicate", "Already applied.")
    assert order.model_dump() == before


def test_an_event_id_counts_once_where_it_was_refused_even_if_it_would_fit_now() -> None:
    order = check(new())
    assert not try_to_say(order, "approve", by="Charles", event_id="a1").accepted
    sign(order)
    again = try_to_say(order, "approve", by="Charles", event_id="a1")
    assert (again.accepted, again.status, order.state) == (False, "duplicate", State.AWAITING_APPROVAL)
    assert say(order, "approve", by="Charles", event_id="a2").state is State.SUBMITTING


@pytest.mark.parametrize("kind", ["carrier_approved", "carrier_rejected", "foc_confirmed", "carrier_puzzle"])
def test_an_answer_of_the_carrier_that_was_refused_counts_when_it_is_repeated_and_fits(kind: str) -> None:
    order = approvable(new())
    assert take(order, good(kind, order, NOW), NOW).status == "refused"
    assert take(order, good(kind, order, NOW), NOW).status == "refused", "not a duplicate"
    say(order, "approve", by="Charles")
    outcomes.sent(order, held(order), NOW)
    assert take(order, good(kind, order, NOW), NOW).status == "applied"
    assert take(order, good(kind, order, NOW), NOW).status == "duplicate"


def test_an_answer_of_the_carrier_that_was_kept_and_then_refused_counts_when_it_is_repeated_and_fits() -> None:
    order = submitting(new())
    event = good("foc_confirmed", order, NOW)
    assert take(order, event, NOW).status == "deferred"
    outcomes.refused(order, "desk closed", NOW)
    take_deferred(order, NOW)
    assert (last(order).kind, order.seen) == ("foc_confirmed_refused", {})
    answer(order, TaskKind.CARRIER_REFUSED, "retry")
    outcomes.sent(order, held(order), NOW)
    assert take(order, event, NOW).status == "applied"
    assert order.state is State.FOC_CONFIRMED


def test_an_event_id_counts_once_where_it_was_deferred_and_then_says_what_became_of_it() -> None:
    order = submitting(new())
    order.in_flight = True
    say(order, "cancel", reason="moved", event_id="c1")
    assert try_to_say(order, "cancel", reason="moved", event_id="c1").reason == "Already deferred."
    assert len(order.deferred) == 1
    order.in_flight = False
    outcomes.sent(order, held(order), NOW)
    take_deferred(order, NOW)
    assert order.state is State.CANCELLING
    assert try_to_say(order, "cancel", reason="moved", event_id="c1").reason == "Already applied."


def test_messages_without_id_are_not_taken_for_one_another() -> None:
    order = submitted(new())
    say(order, "hold", reason="one")
    say(order, "hold", reason="two")
    assert order.hold is not None
    assert order.hold.reason == "two"
    assert "" not in order.seen


# -- deferred -----------------------------------------------------------------------------------------------------


def test_a_message_kept_is_applied_with_its_own_time_once_the_step_has_ended() -> None:
    order = cutting_over(new())
    order.in_flight = True
    decided = FOC - HOUR
    say(order, "rollback", FOC, decided_by=BOSS.name, reason="wrong day", occurred_at=decided, event_id="r1")
    assert (last(order).kind, last(order).event_id) == ("rollback_kept", "r1")
    take_deferred(order, FOC)
    assert len(order.deferred) == 1, "still cutting over"
    order.in_flight = False
    take_deferred(order, FOC)
    assert len(order.deferred) == 1, "the call came to nothing; the numbers have not moved"
    outcomes.activated(order, held(order), FOC)
    take_deferred(order, FOC)
    assert (order.state, order.deferred) == (State.ROLLING_BACK, [])
    assert order.rollback_decided_at == decided
    assert (last(order).kind, last(order).occurred_at, last(order).recorded_at) == ("rollback", decided, FOC)


def test_a_message_kept_that_no_longer_fits_is_refused_on_record() -> None:
    order = new()
    order.in_flight = True
    say(order, "cancel", by="Charles", reason="moved", event_id="c1")
    order.in_flight = False
    check(order, stuck="rate centre closed")
    take_deferred(order, NOW)
    assert (order.state, order.deferred) == (State.NOT_PORTABLE, [])
    assert (last(order).kind, last(order).by, last(order).event_id) == ("cancel_refused", "Charles", "c1")
    assert order.last_refusal.startswith("cancel by Charles: The order has ended: not portable.")
    assert try_to_say(order, "cancel", reason="moved", event_id="c1").accepted is False


def test_a_rollback_kept_past_the_windows_end_counts_by_when_it_was_decided() -> None:
    for decided, state in ((FOC + 72 * HOUR - INSTANT, State.ROLLING_BACK), (FOC + 72 * HOUR, State.VERIFYING)):
        order = verifying(new())
        order.in_flight = True
        answered = try_to_say(order, "rollback", decided, decided_by=BOSS.name, reason="dead")
        assert answered.status == ("deferred" if state is State.ROLLING_BACK else "refused")
        order.in_flight = False
        take_deferred(order, FOC + 80 * HOUR)
        assert order.state is state


def test_answers_of_the_carrier_that_overtake_the_sending_wait_for_it() -> None:
    order = submitting(new())
    say(order, "carrier_approved", attempt=1, occurred_at=NOW)
    say(order, "foc_confirmed", attempt=1, foc_at=FOC, occurred_at=NOW + INSTANT)
    assert order.state is State.SUBMITTING
    outcomes.sent(order, held(order), NOW)
    take_deferred(order, NOW)
    assert (order.state, order.foc_at, order.carrier_approved_at) == (State.FOC_CONFIRMED, FOC, NOW)


def test_a_puzzle_that_overtakes_the_sending_is_not_lost() -> None:
    order = submitting(new())
    say(order, "carrier_puzzle", raw="JEOPARDY")
    outcomes.sent(order, held(order), NOW)
    take_deferred(order, NOW)
    assert open_kinds(order) == [TaskKind.READ_CARRIER]


# -- repeated and out of order ------------------------------------------------------------------------------------

ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "approved": ("carrier_approved", {}),
    "rejected": ("carrier_rejected", {"reasons": ["NAME_MISMATCH"]}),
    "date": ("foc_confirmed", {"foc_at": FOC}),
    "bad date": ("foc_confirmed", {"foc_at": NOW + 400 * DAY}),
    "puzzle": ("carrier_puzzle", {"raw": "JEOPARDY"}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_same_answer_again_under_another_id_changes_nothing(name: str) -> None:
    kind, fields = ANSWERS[name]
    order = submitted(new())
    say(order, kind, NOW + HOUR, **fields, occurred_at=NOW, event_id="webhook")
    before = shape(order)
    say(order, kind, NOW + 2 * HOUR, **fields, occurred_at=NOW, event_id="poll", note="other words", by="desk")
    assert shape(order) == before
    assert last(order).detail == "nothing changes: the same answer again"


@pytest.mark.parametrize("late", ANSWERS)
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_overtaken_by_a_later_one_changes_nothing(name: str, late: str) -> None:
    order = submitted(new())
    kind, fields = ANSWERS[name]
    say(order, kind, NOW + HOUR, **fields, occurred_at=NOW + HOUR)
    before = shape(order)
    kind, fields = ANSWERS[late]
    say(order, kind, NOW + 2 * HOUR, **fields, occurred_at=NOW + HOUR - INSTANT)
    assert shape(order) == before
    assert last(order).detail == "nothing changes: overtaken by what the carrier said later"


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_an_earlier_sending_changes_nothing(name: str) -> None:
    order = rejected(new())
    say(order, "resubmit", NOW + HOUR)
    outcomes.sent(order, held(order), NOW + HOUR)
    assert order.attempt == 2
    before = shape(order)
    kind, fields = ANSWERS[name]
    say(order, kind, NOW + 2 * HOUR, **fields, attempt=1)
    assert shape(order) == before
    assert last(order).detail == "nothing changes: it answers sending 1, and 2 is the newest"
    say(order, kind, NOW + 2 * HOUR, **fields, attempt=2)
    assert shape(order) != before


def test_an_approval_after_the_date_changes_nothing() -> None:
    order = confirmed(new())
    before = shape(order)
    say(order, "carrier_approved", NOW + HOUR)
    assert shape(order) == before


def test_a_second_rejection_replaces_the_first_ones_task() -> None:
    order = rejected(new())
    say(order, "carrier_rejected", NOW + HOUR, reasons=["PORT_LOCK"])
    assert open_kinds(order) == [TaskKind.FIX_REJECTION]
    assert "locked" in task(order, TaskKind.FIX_REJECTION).detail
    assert notices(order).count(NoticeKind.REJECTED) == 2


# -- dates --------------------------------------------------------------------------------------------------------

MONDAY = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("foc_at", [FOC - DAY, FOC + DAY, FOC + HOUR, FOC - HOUR])
def test_a_date_may_move_earlier_and_later(foc_at: datetime) -> None:
    order = confirmed(new())
    say(order, "foc_confirmed", NOW + DAY, foc_at=foc_at)
    assert (order.state, order.foc_at, order.foc_moves) == (State.FOC_CONFIRMED, foc_at, 1)
    assert notices(order)[-1] is NoticeKind.FOC_CHANGED
    assert order.unsent[-1].facts["before"] == "2026-11-17 16:00 UTC"


def test_the_same_date_again_changes_nothing() -> None:
    order = confirmed(new())
    before = shape(order)
    say(order, "foc_confirmed", NOW + DAY, foc_at=FOC)
    assert shape(order) == before


def test_a_date_may_move_any_number_of_times() -> None:
    order = confirmed(new())
    for days in range(1, 8):
        say(order, "foc_confirmed", NOW + days * HOUR, foc_at=FOC + (days % 3) * DAY)
    assert order.state is State.FOC_CONFIRMED
    assert order.foc_moves == 7
    assert notices(order).count(NoticeKind.FOC_CHANGED) == 7


@pytest.mark.parametrize(
    ("foc_at", "words"),
    [
        (NOW - DAY, "lies in the past"),
        (NOW, "lies in the past"),
        (NOW + INSTANT, "less than 4 h away"),
        (NOW + 4 * HOUR - INSTANT, "less than 4 h away"),
        (NOW + 30 * DAY + INSTANT, "more than 30 days away"),
        (datetime(2026, 11, 14, 16, 0, tzinfo=UTC), "Saturday 2026-11-14 is not a business day"),
        (datetime(2026, 11, 15, 16, 0, tzinfo=UTC), "Sunday 2026-11-15 is not a business day"),
        (datetime(2026, 11, 26, 16, 0, tzinfo=UTC), "2026-11-26 is a closed day of the losing carrier"),
        # Where the losing carrier's desk is, it is already Saturday, or still Sunday.
        (datetime(2026, 11, 14, 5, 0, tzinfo=UTC), "Saturday 2026-11-14"),
        (datetime(2026, 11, 16, 4, 59, tzinfo=UTC), "Sunday 2026-11-15"),
    ],
)
@pytest.mark.parametrize("build", [submitted, confirmed, rejected])
def test_a_date_nobody_could_honour_becomes_a_task(build: Any, foc_at: datetime, words: str) -> None:
    order = build(new(policy={"closed_days": [date(2026, 11, 26)]}))
    say(order, "foc_confirmed", foc_at=foc_at)
    assert order.state is State.ACTION_REQUIRED
    assert open_kinds(order) == [TaskKind.CHOOSE_DATE]
    found = task(order, TaskKind.CHOOSE_DATE).detail
    assert words in found
    assert found.startswith("The confirmed date")
    assert notices(order)[-1] is NoticeKind.ACTION_NEEDED


@pytest.mark.parametrize(
    "foc_at",
    [
        NOW + 4 * HOUR,
        NOW + 30 * DAY,
        datetime(2026, 11, 14, 4, 59, tzinfo=UTC),
        datetime(2026, 11, 16, 5, 0, tzinfo=UTC),
    ],
)
def test_the_last_dates_that_can_be_honoured(foc_at: datetime) -> None:
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=foc_at)
    assert (order.state, order.foc_at) == (State.FOC_CONFIRMED, foc_at)


def test_a_date_moved_later_in_the_freeze_ends_it() -> None:
    order = ready(new())
    say(order, "foc_confirmed", order.since, foc_at=FOC + 7 * DAY)
    assert order.state is State.FOC_CONFIRMED
    assert let_pass(order, Clock.CUTOVER) == FOC + 7 * DAY


def test_a_bad_date_may_be_accepted_as_it_is() -> None:
    saturday = datetime(2026, 11, 14, 16, 0, tzinfo=UTC)
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=saturday)
    answer(order, TaskKind.CHOOSE_DATE, "accept")
    assert (order.state, order.foc_at, open_kinds(order)) == (State.FOC_CONFIRMED, saturday, [])
    assert notices(order)[-1] is NoticeKind.FOC_CONFIRMED


@pytest.mark.parametrize(
    ("wanted", "asked_for"),
    [
        (None, date(2026, 11, 10)),  # the Tuesday after five business days' lead
        ("2026-11-24T16:00Z", date(2026, 11, 24)),
        ("2026-11-24T04:59Z", date(2026, 11, 23)),  # still Monday at the losing carrier's desk
    ],
)
def test_a_new_date_is_asked_for_by_a_supplement_that_needs_no_loa(wanted: str | None, asked_for: date) -> None:
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=NOW + 400 * DAY)
    order.loa = None
    answer(order, TaskKind.CHOOSE_DATE, "request_new_date", foc_at=wanted)
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.NEW_DATE, 2)
    assert (order.requested_foc_on, order.foc_at) == (asked_for, None)
    assert acts(order)


def test_a_date_change_the_carrier_refused_is_tried_again_as_a_date_change() -> None:
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=NOW + 400 * DAY)
    answer(order, TaskKind.CHOOSE_DATE, "request_new_date")
    outcomes.refused(order, "desk closed", NOW)
    answer(order, TaskKind.CARRIER_REFUSED, "retry")
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.NEW_DATE, 2)


# -- corrections --------------------------------------------------------------------------------------------------


def test_resubmitted_unchanged_it_is_a_supplement_under_the_same_loa() -> None:
    order = rejected(new())
    say(order, "resubmit", by="Charles", corrections={"entity_name": ACCOUNT.entity_name})
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.SUPPLEMENT, 2)
    assert order.loa is not None


def test_resubmitted_changed_it_is_checked_and_signed_again_and_needs_no_second_approval() -> None:
    order = rejected(new())
    say(order, "resubmit", by="Charles", corrections={"entity_name": "Acme Ltd", "postal_code": "02110"})
    assert (order.state, order.loa, order.attempt) == (State.CHECKING, None, 1)
    assert last(order).detail == "entity_name: 'Acme Manufacturing Limited' becomes 'Acme Ltd'"
    check(order, ACCOUNT.model_copy(update={"entity_name": "Acme Ltd"}))
    assert order.state is State.AWAITING_SIGNATURE
    sign(order)
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.SUPPLEMENT, 2)
    assert order.account.entity_name == "Acme Ltd"


def test_resubmitted_with_a_stale_loa_it_needs_a_signature_first() -> None:
    order = rejected(new())
    assert order.loa is not None
    late = order.loa.expires_at
    say(order, "resubmit", late)
    assert (order.state, order.loa, order.attempt) == (State.AWAITING_SIGNATURE, None, 1)
    assert notices(order)[-1] is NoticeKind.SIGNATURE_NEEDED
    sign(order, late)
    assert (order.state, order.attempt) == (State.SUBMITTING, 2)


def test_resubmitted_in_the_last_instant_of_its_loa_it_goes_out() -> None:
    order = rejected(new())
    assert order.loa is not None
    say(order, "resubmit", order.loa.expires_at - INSTANT)
    assert order.state is State.SUBMITTING


def test_a_refused_first_sending_is_sent_again_as_a_new_order_under_its_number() -> None:
    order = submitting(new())
    outcomes.refused(order, "unknown rate centre", NOW)
    answer(order, TaskKind.CARRIER_REFUSED, "retry")
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.NEW, 1)
    outcomes.sent(order, held(order), NOW)
    say(order, "carrier_rejected", reasons=["PORT_LOCK"])
    say(order, "resubmit")
    assert (order.attempt, order.send) == (2, SendKind.SUPPLEMENT)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(CarrierStatus.CANCELLED, SendKind.NEW), (CarrierStatus.UNKNOWN, SendKind.SUPPLEMENT)],
)
@pytest.mark.parametrize("corrections", [{}, {"postal_code": "02111"}])
def test_an_order_that_the_carrier_cancelled_is_not_supplemented(
    corrections: dict[str, str], status: CarrierStatus, kind: SendKind
) -> None:
    order = submitted(new())
    outcomes.observed(order, held(order, status), NOW)
    assert order.state is State.ACTION_REQUIRED
    say(order, "resubmit", corrections=corrections)
    if corrections:
        sign(check(order, order.account))
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, kind, 2)


def test_sending_again_forgets_the_date() -> None:
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=NOW + 400 * DAY)
    assert order.foc_at
    say(order, "resubmit")
    assert (order.state, order.foc_at) == (State.SUBMITTING, None)
    outcomes.sent(order, held(order), NOW)
    say(order, "foc_confirmed", NOW + HOUR, foc_at=FOC)
    assert notices(order)[-1] is NoticeKind.FOC_CONFIRMED, "not a change of the date that no longer counts"


def test_retry_because_the_carrier_was_not_reached_sends_nothing() -> None:
    """A hint could not be followed; the order still needs its correction, not another sending."""
    order = rejected(new())
    say(order, "carrier_activity")
    outcomes.unreachable(order, "HTTP 503", NOW)
    assert not acts(order)
    answer(order, TaskKind.CARRIER_UNREACHABLE, "retry")
    assert (order.state, order.attempt) == (State.ACTION_REQUIRED, 1)
    assert acts(order)


def test_the_records_own_characters_are_accepted() -> None:
    order = differs(new())
    answer(order, TaskKind.CORRECT_DATA, "accept_suggestions")
    assert (order.state, order.account.entity_name) == (State.CHECKING, "Acme Manufacturing Ltd")
    judge(order)
    assert order.state is State.AWAITING_SIGNATURE


def test_the_carriers_suggestion_is_accepted() -> None:
    order = rejected(new(), suggestion="ACME MANUFACTURING LTD")
    answer(order, TaskKind.FIX_REJECTION, "accept_suggestions")
    assert (order.state, order.account.entity_name) == (State.CHECKING, "ACME MANUFACTURING LTD")


def test_the_record_is_accepted_even_after_the_carrier_suggested_something_else() -> None:
    order = rejected(new(), suggestion="Acme Holding")
    answer(order, TaskKind.FIX_REJECTION, "accept_suggestions")
    judge(order)
    assert order.state is State.AWAITING_INFORMATION
    answer(order, TaskKind.CORRECT_DATA, "accept_suggestions")
    judge(order)
    assert (order.state, order.account.entity_name) == (State.AWAITING_SIGNATURE, ACCOUNT.entity_name)


@pytest.mark.parametrize(
    ("note", "evidence"), [("bill of 1 October", "bill of 1 October"), ("", "attested by Charles")]
)
@pytest.mark.parametrize("csr", [None, ACCOUNT.model_copy(update={"postal_code": "99999"})])
def test_attesting_takes_the_place_of_the_record(csr: Any, note: str, evidence: str) -> None:
    order = check(new(), csr)
    assert order.state is State.AWAITING_INFORMATION
    answer(order, TaskKind.GIVE_EVIDENCE if csr is None else TaskKind.CORRECT_DATA, "attest", note=note)
    assert (order.state, order.evidence) == (State.CHECKING, evidence)
    judge(order)
    assert order.state is State.AWAITING_SIGNATURE


def test_changed_data_needs_evidence_of_its_own() -> None:
    order = check(new(), None)
    answer(order, TaskKind.GIVE_EVIDENCE, "attest")
    judge(order)
    sign(order)
    say(order, "approve", by="Charles")
    outcomes.sent(order, held(order), NOW)
    say(order, "carrier_rejected", reasons=["NAME_MISMATCH"])
    say(order, "resubmit", corrections={"entity_name": "Acme"})
    judge(order)
    assert (order.state, open_kinds(order)) == (State.AWAITING_INFORMATION, [TaskKind.GIVE_EVIDENCE])


def test_a_puzzle_dealt_with_is_the_carriers_turn_again() -> None:
    order = submitted(new())
    say(order, "carrier_puzzle", raw="JEOPARDY 7")
    assert "'JEOPARDY 7'" in task(order, TaskKind.READ_CARRIER).detail
    answer(order, TaskKind.READ_CARRIER, "dealt_with", NOW + DAY, note="a typo at their end")
    assert (order.state, order.chase_at, open_kinds(order)) == (State.SUBMITTED, NOW + 8 * DAY, [])


def test_a_puzzle_dealt_with_leaves_the_rejection_to_be_cured() -> None:
    order = rejected(new())
    say(order, "carrier_puzzle", raw="JEOPARDY")
    answer(order, TaskKind.READ_CARRIER, "dealt_with", note="a typo at their end")
    assert (order.state, open_kinds(order)) == (State.ACTION_REQUIRED, [TaskKind.FIX_REJECTION])
    assert last(order).detail == "a typo at their end; the rejection stands"
    say(order, "resubmit")
    assert order.state is State.SUBMITTING


@pytest.mark.parametrize("build", [confirmed, ready])
@pytest.mark.parametrize(
    ("left", "state"),
    [
        (4 * HOUR, State.FOC_CONFIRMED),
        (4 * HOUR - INSTANT, State.ACTION_REQUIRED),
        (timedelta(0), State.ACTION_REQUIRED),
    ],
)
def test_a_puzzle_dealt_with_lets_a_date_that_is_still_good_stand(build: Any, left: timedelta, state: State) -> None:
    order = build(new())
    say(order, "carrier_puzzle", order.since, raw="JEOPARDY")
    assert order.state is State.ACTION_REQUIRED
    answer(order, TaskKind.READ_CARRIER, "dealt_with", FOC - left)
    assert (order.state, order.foc_at) == (state, FOC)
    assert open_kinds(order) == ([] if state is State.FOC_CONFIRMED else [TaskKind.CHOOSE_DATE])


def test_a_puzzle_dealt_with_leaves_a_bad_date_to_be_settled() -> None:
    order = submitted(new())
    say(order, "foc_confirmed", foc_at=NOW + 400 * DAY)
    say(order, "carrier_puzzle", raw="JEOPARDY")
    answer(order, TaskKind.READ_CARRIER, "dealt_with")
    assert (order.state, open_kinds(order)) == (State.ACTION_REQUIRED, [TaskKind.CHOOSE_DATE])
    assert "more than 30 days away" in task(order, TaskKind.CHOOSE_DATE).detail


def test_an_loa_that_the_carrier_found_too_old_has_to_be_signed_again() -> None:
    order = rejected(new(), code="LOA_STALE")
    assert order.loa is None
    assert (order.state, open_kinds(order)) == (State.AWAITING_SIGNATURE, [TaskKind.SIGN_LOA])
    assert rejected(new(), code="PORT_LOCK").loa is not None


# -- hold ---------------------------------------------------------------------------------------------------------


def test_a_hold_lies_over_the_state_and_is_lifted_again() -> None:
    order = approvable(new())
    turn = order.turn
    say(order, "hold", by="Charles", reason="in print")
    assert order.hold is not None
    assert (order.state, order.hold.by, order.hold.since) == (State.AWAITING_APPROVAL, "Charles", NOW)
    assert order.turn != turn
    say(order, "approve", by="Charles")
    assert order.state is State.SUBMITTING
    assert not acts(order)
    say(order, "release", by="Charles")
    assert (order.hold, open_kinds(order)) == (None, [])
    assert acts(order)


def test_what_is_decided_on_hold_is_told_that_it_waits() -> None:
    order = approvable(new())
    assert say(order, "hold", by="Charles", reason="x", until=NOW + DAY).reason == (
        "On hold until 2026-11-03 15:00 UTC: nothing is sent and nothing is moved."
    )
    say(order, "hold", by="Charles", reason="x")
    assert say(order, "approve", by="Charles").reason == "On hold: nothing is sent and nothing is moved."
    assert say(order, "release").reason == ""


def test_a_second_hold_replaces_the_first_but_not_its_beginning() -> None:
    order = submitted(new())
    say(order, "hold", by="Charles", reason="in print")
    say(order, "hold", NOW + DAY, by="Ada", reason="holiday", until=NOW + 9 * DAY)
    assert order.hold is not None
    assert (order.hold.by, order.hold.since, order.hold.until) == ("Ada", NOW, NOW + 9 * DAY)
    assert open_kinds(order) == [TaskKind.REVIEW_HOLD]


def test_a_hold_ends_with_the_order() -> None:
    order = submitted(new())
    say(order, "hold", by="Charles", reason="in print")
    say(order, "cancel", by="Charles", reason="moved")
    assert order.hold is not None
    assert acts(order)
    outcomes.cancelled(order, NOW)
    assert order.hold is None


# -- on record ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_accepted_decision_leaves_one_line_with_who_when_and_what_changed(kind: str) -> None:
    order = fit(kind, order_in(HOME.get(kind, State.SUBMITTED)))
    now = order.since + HOUR
    if kind == "release":
        say(order, "hold", order.since, reason="x")
    take_unreadable(order, "approve", "not JSON", now)
    before, sequence = order.state, order.sequence
    said = order.since + timedelta(minutes=30)
    order.carrier_said_at = None
    by = COORDINATOR.email if kind in {"confirm", "cut_over"} else "Charles"
    take(order, good(kind, order, now, by=by, occurred_at=said), now)
    (line,) = [entry for entry in order.unpublished if entry.sequence > sequence]
    assert line.sequence == sequence + 1
    assert (line.kind, line.event_id) == (kind, f"e-{kind}")
    assert line.by == (BOSS.email if kind in {"rollback", "override_gates"} else by)
    assert (line.occurred_at, line.recorded_at) == (said, now)
    assert (line.state_before, line.state_after) == (before, order.state)


def test_a_decision_without_a_time_happened_when_it_was_taken() -> None:
    order = approvable(new())
    say(order, "approve", NOW + HOUR)
    assert (last(order).occurred_at, last(order).by) == (NOW + HOUR, "unnamed")


@pytest.mark.parametrize(
    ("kind", "fields", "who"),
    [
        ("carrier_rejected", {}, "carrier"),
        ("carrier_rejected", {"by": "Old Telco desk"}, "Old Telco desk"),
        ("hold", {"reason": "x"}, "unnamed"),
    ],
)
def test_who_is_on_record_when_nobody_is_named(kind: str, fields: dict[str, Any], who: str) -> None:
    order = submitted(new())
    say(order, kind, **fields)
    assert last(order).by == who


def test_the_signer_is_on_record_unless_somebody_else_says_so() -> None:
    order = sign(check(new()), document="ab12")
    assert last(order).by == "Ada Byron"
    assert "document sha256 ab12" in last(order).detail
    assert sign(check(new()), by="Charles").unpublished[-1].by == "Charles"


def test_what_nobody_could_read_is_a_task_unless_the_order_has_ended() -> None:
    order = submitted(new())
    take_unreadable(order, "foc_confirmed", "foc_at: Field required", NOW)
    assert last(order).kind == "unreadable"
    assert "foc_confirmed message could not be read: foc_at" in task(order, TaskKind.READ_MESSAGE).detail
    assert order.turn == submitted(new()).turn
    ended = order_in(State.COMPLETED)
    take_unreadable(ended, "foc_confirmed", "foc_at: Field required", ended.since)
    assert (last(ended).kind, ended.open_tasks) == ("unreadable", [])


# -- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        ("foc_confirmed", "2026-11-17T16:00Z", {"foc_at": FOC}),
        ("foc_confirmed", " 2026-11-17 17:00+01:00 ", {"foc_at": FOC}),
        ("foc_confirmed", {"foc_at": "2026-11-17T16:00"}, {"foc_at": FOC}),
        ("foc_confirmed", {"foc_at": datetime(2026, 11, 17, 16)}, {"foc_at": FOC}),  # noqa: DTZ001
        ("foc_confirmed", {"foc_at": FOC.timestamp()}, {"foc_at": FOC}),
        ("foc_confirmed", ' {"foc_at": "2026-11-17T16:00Z", "attempt": 2}', {"foc_at": FOC, "attempt": 2}),
        ("cancel", "moved", {"reason": "moved"}),
        ("hold", "in print", {"reason": "in print", "until": None}),
        ("hold", {"reason": "x", "until": "2026-11-17T16:00"}, {"until": FOC}),
        ("approve", "Charles", {"by": "Charles"}),
        ("release", "Charles", {"by": "Charles"}),
        ("approve", None, {"by": "", "event_id": "", "occurred_at": None}),
        ("approve", "", {"by": ""}),
        ("approve", {"kind": "cancel", "colour": "red", "occurred_at": "2026-11-17T16:00"}, {"occurred_at": FOC}),
        ("resubmit", "{}", {"corrections": {}}),
        ("loa_signed", {"signed_by": "Ada", "signed_on": "2026-11-02"}, {"signed_on": date(2026, 11, 2)}),
    ],
)  # fmt: skip
def test_messages_are_read_leniently(kind: str, payload: Any, expected: dict[str, Any]) -> None:
    event = read(kind, payload)
    assert event.kind == kind
    assert {name: getattr(event, name) for name in expected} == expected


NAME = {"code": "NAME_MISMATCH"}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (None, []),
        ({}, []),
        ("NAME_MISMATCH", [NAME]),
        (["NAME_MISMATCH"], [NAME]),
        ('["NAME_MISMATCH"]', [NAME]),
        ({"reason": "NAME_MISMATCH"}, [NAME]),
        ({"reasons": "NAME_MISMATCH"}, [NAME]),
        ({"reasons": ["NAME_MISMATCH", {"code": "PORT_LOCK"}]}, [NAME, {**NAME, "code": "PORT_LOCK"}]),
        ({"reason": {"code": "NAME_MISMATCH"}}, [NAME]),
        ({"code": "NAME_MISMATCH", "suggestion": "Acme"}, [{**NAME, "suggestion": "Acme"}]),
        ('{"reasons": ["NAME_MISMATCH"]}', [NAME]),
        ("wrong name", [{**NAME, "code": "OTHER", "text": "wrong name"}]),
        ("WRONG NAME", [{**NAME, "code": "OTHER", "text": "WRONG NAME"}]),
    ],
)  # fmt: skip
def test_rejections_are_read_in_every_usual_shape(payload: Any, expected: list[dict[str, Any]]) -> None:
    event = read("carrier_rejected", payload)
    assert event.model_dump(exclude_defaults=True).get("reasons", []) == expected


@pytest.mark.parametrize(
    ("kind", "payload", "words"),
    [
        ("foc_confirmed", None, "foc_at is missing"),
        ("foc_confirmed", "next Tuesday", "foc_at has to be a moment, written like 2026-12-01T09:00Z"),
        ("foc_confirmed", {"foc_at": 5.5e15}, "foc_at has to be a moment"),
        ("loa_signed", {"signed_by": "Ada", "signed_on": "soon"}, "signed_on has to be a date, written like"),
        ("foc_confirmed", "9999-12-31T23:59:59-05:00", "year has to lie between"),
        ("hold", {"reason": "x", "until": "0001-01-01T00:00:00+05:00"}, "year has to lie between"),
        ("approve", {"occurred_at": "0001-01-01"}, "year has to lie between"),
        ("approve", ["Charles"], "approve takes a JSON object, not list"),
        ("approve", 5, "approve takes a JSON object, not int"),
        ("resubmit", "again", "resubmit takes a JSON object, not str"),
        ("resubmit", {"corrections": {"entity_name": 5}}, "corrections.entity_name"),
        ("cancel", {}, "reason is missing"),
        ("cancel", {"reason": ""}, "reason is empty"),
        ("cancel", {"reason": "\x00\x1b\ud800"}, "reason is empty"),
        ("cancel", {"reason": 5}, "reason has to be a text"),
        ("rollback", {"reason": "x"}, "decided_by is missing"),
        ("carrier_rejected", 7, "carrier_rejected takes a JSON object, not int"),
        ("carrier_rejected", {"reasons": 7}, "reasons"),
        ("cancel", "{not json", "Expecting property name"),
        ("launch", {}, "kind"),
        ("", {}, "kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(kind: str, payload: Any, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read(kind, payload)
    assert words in problem(caught.value)


def test_a_problem_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read("loa_signed", {"signed_by": "Ada", "signed_on": "account 0048-1937"})
    assert "0048-1937" not in problem(caught.value)


texts = st.text(max_size=8) | st.text(st.sampled_from("a \n\x00\x1b\ud800\udfff\u2028"), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    payload=json_values
    | st.dictionaries(
        st.sampled_from(["occurred_at", "foc_at", "until", "reason", "reasons", "corrections", "signed_on", "signed_by",
                         "attempt", "task_id", "answer", "decided_by", "raw", "event_id", "code"]),
        json_values | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
        max_size=5,
    ),
    as_text=st.booleans(),
)  # fmt: skip
def test_whatever_is_sent_is_read_and_judged_or_a_value_error(kind: str, payload: Any, as_text: bool) -> None:
    """No signal may break a workflow task."""
    order = submitted(new())
    event = None
    with contextlib.suppress(ValueError):
        event = read(kind, json.dumps(payload) if as_text else payload)
    if event:
        assert take(order, event, NOW).accepted is (refusal(submitted(new()), event, NOW) is None)
        assert Order.model_validate_json(order.model_dump_json()) == order


# -- text from outside --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("plain Ünïcödé 号码 🙂", "plain Ünïcödé 号码 🙂"),
        ("a\r\nb\tc", "a  b c"),
        ("a\x00b\x1b[31mc\x7fd\x85e", "ab[31mcde"),
        ("a\ud800b\udfffc", "abc"),
        ("x" * 2000, "x" * 2000),
        ("x" * 2001, "x" * 2000),
        ("\x00" * 5 + "x" * 2000, "x" * 2000),
        ("", ""),
    ],
)
def test_text_from_outside_keeps_only_what_everything_can_take(said: str, kept: str) -> None:
    assert clean(said) == kept
    note = {"note": said, "event_id": said, "by": said}
    event = read("resubmit", {**note, "corrections": {"entity_name": said}})
    assert (event.note, event.event_id, event.by) == (kept, kept, kept)
    assert event.model_dump()["corrections"] == {"entity_name": kept}
    assert read("carrier_puzzle", {"raw": said}).model_dump()["raw"] == kept
    rejection = read("carrier_rejected", {"reasons": [{"code": "OTHER", "text": said, "suggestion": said}]})
    assert [(one.code, one.text, one.suggestion) for one in rejection.reasons] == [("OTHER", kept, kept)]
    told = CarrierOrder(carrier_order_id="C-1", key="k", attempt=1, status=CarrierStatus.UNKNOWN, raw_status=said)
    assert told.raw_status == kept


def test_the_names_of_fields_are_text_from_outside_too() -> None:
    order = rejected(new())
    refused = try_to_say(order, "resubmit", corrections={"zip\ud800\x00": "x"})
    assert refused.reason == "Unknown field(s) in corrections: zip."


# -- the carrier's own word ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [-DAY, DAY])
@pytest.mark.parametrize("from_carrier", [True, False])
def test_what_is_read_from_the_carrier_is_not_overtaken_by_what_anybody_said(
    from_carrier: bool, later: timedelta
) -> None:
    order = submitted(new())
    heard = NOW + 2 * DAY
    say(order, "foc_confirmed", heard, foc_at=FOC, occurred_at=heard, by="Charles")
    event = read("foc_confirmed", {"foc_at": FOC + DAY, "occurred_at": heard + later})
    take(order, event, NOW + 4 * DAY, from_carrier=from_carrier)
    assert (order.foc_at == FOC + DAY) is (from_carrier or later == DAY)
    assert order.carrier_said_at == max(heard, heard + later), "never goes backwards"


def test_what_is_read_from_the_carrier_again_still_changes_nothing() -> None:
    order = submitted(new())
    say(order, "carrier_rejected", NOW + DAY, reasons=["PORT_LOCK"], by="Charles")
    event = read("carrier_rejected", {"reasons": ["ADDRESS_MISMATCH"], "occurred_at": NOW})
    take(order, event, NOW + DAY, from_carrier=True)
    assert [rejection.code for rejection in order.rejections] == ["ADDRESS_MISMATCH"]
    before = shape(order)
    take(order, event, NOW + 2 * DAY, from_carrier=True)
    assert shape(order) == before
    assert last(order).detail == "nothing changes: the same answer again"


def test_what_is_read_from_the_carrier_of_an_earlier_sending_changes_nothing() -> None:
    order = rejected(new())
    say(order, "resubmit")
    outcomes.sent(order, held(order), NOW)
    take(order, read("foc_confirmed", {"foc_at": FOC, "attempt": 1}), NOW, from_carrier=True)
    assert order.state is State.SUBMITTED


def test_moments_keep_their_instant_whatever_their_zone() -> None:
    event = read("foc_confirmed", "2026-11-17T11:00:00-05:00")
    assert isinstance(event, FocConfirmed)
    assert event.foc_at == FOC
