"""Both sides of every deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portolan.domain.port_out.case import Case, Validation
from portolan.domain.port_out.clocks import PortOutClock, PortOutDeadline, acts, lapse, next_deadline
from portolan.domain.port_out.grounds import Ground, Released
from portolan.domain.port_out.outcomes import RETRY_AFTER, not_done, validated
from portolan.domain.port_out.states import PortOutState
from portolan.domain.telling import NoticeKind
from tests.domain.port_out.builders import (
    CLEAN,
    HOUR,
    LOCKED,
    NOW,
    SECOND,
    UNRECOGNISED,
    awaiting,
    grounds,
    in_state,
    new,
    say,
    told,
)

S = PortOutState


def passes(case: Case) -> PortOutDeadline:
    """Let the next deadline pass."""
    deadline = next_deadline(case)
    assert deadline is not None
    lapse(case, deadline, deadline.at)
    return deadline


@pytest.mark.parametrize(
    ("state", "clock"),
    [
        (S.VALIDATING, PortOutClock.DECIDE),
        (S.AWAITING_CUSTOMER, PortOutClock.DECIDE),
        (S.ON_FRAUD_HOLD, PortOutClock.DECIDE),
        (S.RELEASED, PortOutClock.CLOSE),
        (S.ANSWERING, None),
        (S.PORTED, None),
        (S.REFUSED, None),
        (S.WITHDRAWN, None),
        (S.LAPSED, None),
    ],
)
def test_what_each_state_waits_for(state: PortOutState, clock: PortOutClock | None) -> None:
    deadline = next_deadline(in_state(state))
    assert (deadline.clock if deadline else None) == clock
    assert acts(in_state(state)) is (state in {S.VALIDATING, S.ANSWERING})


def test_silence_releases_before_the_answer_is_due() -> None:
    case = awaiting()
    deadline = passes(case)
    assert deadline.at == case.answer_by - HOUR
    assert case.state is S.ANSWERING
    assert case.answer == Released(by_default=True)
    assert (case.decided_by, case.decided_at) == ("Portolan", deadline.at)
    assert case.unpublished[-1].detail == "released: no ground against it was on record in time"


def test_a_lock_that_nobody_lifts_keeps_the_numbers() -> None:
    case = awaiting(on_file=LOCKED)
    passes(case)
    assert grounds(case) == [Ground.LOCKED]


def test_a_lock_that_is_lifted_does_not() -> None:
    case = awaiting(on_file=LOCKED)
    say(case, "unlock", NOW)
    passes(case)
    assert grounds(case) == []


def test_a_lock_where_no_rule_knows_it_gives_way_at_the_deadline() -> None:
    case = awaiting(playbook="UK-MOB", on_file=LOCKED)
    passes(case)
    assert grounds(case) == []


@pytest.mark.parametrize("locked", [False, True])
def test_a_denial_keeps_the_numbers_if_nobody_looks_at_it(locked: bool) -> None:
    case = awaiting(**({"on_file": LOCKED} if locked else {}))
    say(case, "deny", NOW + HOUR)
    passes(case)
    assert grounds(case) == [Ground.CUSTOMER_DENIES, *([Ground.LOCKED] if locked else [])]


@pytest.mark.parametrize("after", [timedelta(), HOUR])
def test_a_denial_of_nobody_recognised_keeps_no_number(after: timedelta) -> None:
    case = awaiting()
    say(case, "deny", NOW + after, **UNRECOGNISED)
    assert case.state is S.ON_FRAUD_HOLD
    assert passes(case).at == case.decide_by
    assert case.answer == Released(by_default=True)
    assert told(case)[-2:] == [NoticeKind.PORT_OUT_HELD, NoticeKind.PORT_OUT_ATTENTION]
    assert "the numbers are released, so if it was the account holder stop it" in case.unsent[-1].facts["why"]


def test_a_denial_of_nobody_recognised_adds_nothing_to_a_lock() -> None:
    case = awaiting(on_file=LOCKED)
    say(case, "deny", NOW, **UNRECOGNISED)
    passes(case)
    assert grounds(case) == [Ground.LOCKED]
    assert told(case)[-1] is NoticeKind.PORT_OUT_HELD


@pytest.mark.parametrize("in_time", [True, False])
@pytest.mark.parametrize("more", [{"by": "Cora Dean", **UNRECOGNISED}, {}], ids=["another person", "recognised"])
def test_a_denial_can_be_borne_out_until_the_answer_is_decided(more: dict[str, str], in_time: bool) -> None:
    case = awaiting()
    say(case, "deny", NOW, **UNRECOGNISED)
    if not in_time:
        passes(case)
    assert say(case, "deny", case.decide_by, **more).accepted is in_time
    if in_time:
        passes(case)
    assert grounds(case) == ([Ground.CUSTOMER_DENIES] if in_time else [])


@pytest.mark.parametrize("last_moment", [False, True])
def test_a_denial_counts_until_the_answer_is_decided(last_moment: bool) -> None:
    case = awaiting()
    if last_moment:
        assert say(case, "deny", case.decide_by).accepted
        passes(case)
        assert grounds(case) == [Ground.CUSTOMER_DENIES]
    else:
        passes(case)
        assert not say(case, "deny", case.decide_by).accepted
        assert grounds(case) == []


@pytest.mark.parametrize(
    ("hours", "until"),
    [(2, NOW + 2 * HOUR), (22, NOW + 22 * HOUR), (23, NOW + 23 * HOUR), (24, NOW + 23 * HOUR), (240, NOW + 23 * HOUR)],
)
def test_a_hold_lasts_its_time_and_never_past_the_decision(hours: int, until: object) -> None:
    case = awaiting(policy={"fraud_hold_hours": hours})
    assert case.decide_by == NOW + 23 * HOUR
    say(case, "hold_for_fraud", NOW)
    assert case.hold
    assert case.hold.until == until


def test_a_hold_that_nobody_confirms_ends_and_the_customer_has_the_word_again() -> None:
    case = awaiting(policy={"fraud_hold_hours": 2})
    say(case, "hold_for_fraud", NOW)
    assert passes(case).clock is PortOutClock.HOLD_ENDS
    assert (case.state, case.hold) == (S.AWAITING_CUSTOMER, None)
    assert passes(case).clock is PortOutClock.DECIDE
    assert grounds(case) == []


def test_a_hold_that_ends_leaves_what_the_customer_said() -> None:
    for said, state in (("deny", S.ON_FRAUD_HOLD), ("confirm", S.ANSWERING)):
        case = awaiting(policy={"fraud_hold_hours": 2})
        say(case, "hold_for_fraud", NOW)
        say(case, said, NOW)
        assert passes(case).clock is PortOutClock.HOLD_ENDS
        assert case.state is state


def test_a_hold_up_to_the_decision_ends_in_a_release() -> None:
    case = awaiting()
    say(case, "hold_for_fraud", NOW)
    assert passes(case).clock is PortOutClock.DECIDE
    assert grounds(case) == []


def test_what_cannot_be_compared_in_time_is_released_and_says_so() -> None:
    case = new()
    not_done(case, "the database is away", NOW)
    assert not acts(case)
    assert passes(case) == PortOutDeadline(NOW + RETRY_AFTER, PortOutClock.RETRY)
    assert acts(case)
    not_done(case, "the database is away", case.decide_by - SECOND)
    assert passes(case).clock is PortOutClock.DECIDE
    assert grounds(case) == []
    assert case.unpublished[-1].detail.endswith("our record could not be read: the database is away")


def test_what_needs_no_record_is_refused_even_then() -> None:
    case = new(on_file=LOCKED)
    not_done(case, "the database is away", case.decide_by - SECOND)
    passes(case)
    assert grounds(case) == [Ground.LOCKED]


def test_an_answer_is_tried_until_it_is_across() -> None:
    case = in_state(S.ANSWERING)
    not_done(case, "no line", case.answer_by)
    assert passes(case) == PortOutDeadline(case.answer_by + RETRY_AFTER, PortOutClock.RETRY)
    assert acts(case)


def test_a_release_without_word_of_a_port_is_closed() -> None:
    case = in_state(S.RELEASED)
    deadline = passes(case)
    assert deadline.at == NOW + timedelta(days=30)
    assert case.state is S.LAPSED
    assert told(case)[-1] is NoticeKind.PORT_OUT_CLOSED
    assert deadline.in_words() == "2026-12-24 15:00 UTC: close it: no word of a port"


def test_a_request_that_was_entered_late_is_decided_at_once() -> None:
    case = Case.new(new().request.model_copy(update={"requested_at": NOW - timedelta(days=4)}), NOW)
    validated(case, CLEAN, NOW)
    deadline = next_deadline(case)
    assert deadline
    assert deadline.at < NOW
    lapse(case, deadline, NOW)
    assert case.state is S.ANSWERING


def test_validation_comes_back_whole_after_a_failure() -> None:
    case = new()
    not_done(case, "the database is away", NOW)
    passes(case)
    validated(case, Validation(), NOW + RETRY_AFTER)
    assert (case.state, case.trouble, case.tries) == (S.AWAITING_CUSTOMER, "", 0)
