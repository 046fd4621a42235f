"""Every message in every state, and what follows from each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portolan.domain.port_out.case import Cause, CodeCheck, IllegalMove, Validation
from portolan.domain.port_out.decisions import take_unreadable
from portolan.domain.port_out.grounds import Ground
from portolan.domain.port_out.messages import KINDS, read
from portolan.domain.port_out.objections import ALLOWED, CLOCK_SKEW, objection
from portolan.domain.port_out.outcomes import answered, not_cancelled, not_done, validated
from portolan.domain.port_out.states import ENDED, OPEN, STATES, TRANSITIONS, PortOutState, diagram
from portolan.domain.port_out.words import details, summary, to_do
from portolan.domain.states import Turn
from portolan.domain.telling import NoticeKind
from tests.domain.port_out.builders import (
    CLEAN,
    HOUR,
    LOCKED,
    NOW,
    NUMBERS,
    SAID,
    SECOND,
    UNRECOGNISED,
    awaiting,
    grounds,
    in_state,
    message,
    new,
    request,
    say,
    told,
)

S = PortOutState
WRONG = Validation(codes=dict.fromkeys(NUMBERS, CodeCheck.DIFFERENT))

#: Where a whole message leads from each state in which it is accepted.
LEADS: dict[str, dict[PortOutState, PortOutState]] = {
    "confirm": {S.VALIDATING: S.VALIDATING, S.AWAITING_CUSTOMER: S.ANSWERING, S.ON_FRAUD_HOLD: S.ON_FRAUD_HOLD},
    "deny": {
        S.VALIDATING: S.VALIDATING,
        S.AWAITING_CUSTOMER: S.ON_FRAUD_HOLD,
        S.ON_FRAUD_HOLD: S.ON_FRAUD_HOLD,
        S.RELEASED: S.RELEASED,
    },
    "hold_for_fraud": {S.VALIDATING: S.VALIDATING, S.AWAITING_CUSTOMER: S.ON_FRAUD_HOLD},
    "release_hold": {S.ON_FRAUD_HOLD: S.AWAITING_CUSTOMER},
    "refuse": {S.ON_FRAUD_HOLD: S.ANSWERING},
    "withdrawn": {state: S.WITHDRAWN for state in S if state not in ENDED},
    "ported": {S.RELEASED: S.PORTED, S.ANSWERING: S.PORTED},
    "unlock": {},
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("kind", KINDS)
def test_every_message_in_every_state(kind: str, state: PortOutState) -> None:
    case = in_state(state)
    before = case.model_copy(deep=True)
    why = objection(case, message(kind), NOW)
    reply = say(case, kind, NOW)
    target = LEADS[kind].get(state)
    assert reply.accepted is (why is None) is (target is not None), reply
    assert case.state is (target or state)
    if why:
        assert case.state in why.allowed or state is case.state
        assert [entry.kind for entry in case.unpublished[len(before.unpublished) :]] == ["refused"]
        assert case.model_dump(exclude={"unpublished", "sequence", "last_refusal"}) == before.model_dump(
            exclude={"unpublished", "sequence", "last_refusal"}
        )
    if state not in ALLOWED[kind]:
        assert why


def test_the_table_of_moves_is_drawn_and_has_no_way_out_of_an_end() -> None:
    assert {source for source, _, _ in TRANSITIONS} == set(S) - ENDED
    assert {target for _, target, _ in TRANSITIONS} == set(S) - {S.VALIDATING}
    assert "answering --> refused" in diagram()
    assert set(STATES) == set(S)
    case = in_state(S.REFUSED)
    with pytest.raises(IllegalMove, match="refused to ported"):
        case.move(S.PORTED, Cause(kind="test", by="test", occurred_at=NOW), NOW)


def test_the_customer_is_told_at_once_with_the_deadline() -> None:
    case = new()
    (notice,) = case.unsent
    assert notice.kind is NoticeKind.PORT_OUT_REQUESTED
    assert notice.facts["until"] == "2026-11-25 14:00 UTC"
    assert notice.facts["by_itself"] == "released"
    assert notice.contacts["customer"].email == "ada@customer.example"
    assert case.unpublished[0].detail == "2 number(s), the answer is due 2026-11-25 15:00 UTC"


def test_what_is_wrong_is_refused_at_once_and_whole() -> None:
    case = new(account_number="")
    validated(case, WRONG, NOW)
    assert case.state is S.ANSWERING
    assert grounds(case) == [Ground.ACCOUNT_NUMBER_MISSING, Ground.CODE_WRONG]
    answered(case, NOW + SECOND)
    assert case.state is S.REFUSED
    assert case.outcome.startswith("Refused to Other Telco: the account number is missing; the code that protects")
    assert told(case)[-1] is NoticeKind.PORT_OUT_REFUSED


def test_notes_are_told_to_the_coordinator_and_are_no_ground() -> None:
    case = new()
    validated(case, Validation(notes=["it was ported in yesterday"]), NOW)
    assert case.state is S.AWAITING_CUSTOMER
    assert told(case)[-1] is NoticeKind.PORT_OUT_ATTENTION
    assert "Note: it was ported in yesterday." in details(case, NOW)


@pytest.mark.parametrize(
    ("said", "state", "answer"),
    [
        (["confirm"], S.ANSWERING, "released"),
        (["deny"], S.ON_FRAUD_HOLD, None),
        (["hold_for_fraud"], S.ON_FRAUD_HOLD, None),
        (["confirm", "hold_for_fraud"], S.ON_FRAUD_HOLD, None),
        (["deny", "confirm"], S.ANSWERING, "released"),
        (["confirm", "deny"], S.ON_FRAUD_HOLD, None),
        (["hold_for_fraud", "release_hold"], S.AWAITING_CUSTOMER, None),
    ],
)
def test_what_is_said_while_validating_counts_right_after(
    said: list[str], state: PortOutState, answer: str | None
) -> None:
    case = new()
    for kind in said:
        assert say(case, kind, NOW).accepted
    validated(case, CLEAN, NOW + SECOND)
    assert case.state is state
    assert (case.answer.kind if case.answer else None) == answer
    if state is S.ON_FRAUD_HOLD:
        assert case.hold or case.denied
    if said[-1] == "deny":
        assert case.confirmed_by == ""


def test_what_comes_back_after_a_withdrawal_changes_nothing() -> None:
    case = new()
    say(case, "withdrawn", NOW)
    validated(case, WRONG, NOW)
    not_done(case, "too late", NOW)
    assert (case.state, case.findings, case.trouble) == (S.WITHDRAWN, [], "")
    case = in_state(S.ANSWERING)
    say(case, "withdrawn", NOW)
    answered(case, NOW)
    assert (case.state, case.answered_at) == (S.WITHDRAWN, None)
    assert case.unpublished[-1].detail == "the answer had gone out by then"


def test_a_lock_keeps_the_customers_own_yes_waiting_until_it_is_lifted() -> None:
    case = awaiting(on_file=LOCKED)
    assert "refused because of your lock" in case.unsent[0].facts["by_itself"]
    reply = say(case, "confirm", NOW)
    assert (reply.accepted, reply.reason) == (False, "The numbers are locked.")
    assert say(case, "unlock", NOW).accepted
    assert case.state is S.AWAITING_CUSTOMER
    assert say(case, "confirm", NOW).accepted
    assert case.answer
    assert case.answer.kind == "released"


def test_a_lock_is_a_ground_that_a_person_may_use_before_the_deadline() -> None:
    case = awaiting(on_file=LOCKED)
    assert say(case, "refuse", NOW, ground="locked").accepted
    assert grounds(case) == [Ground.LOCKED]


def test_a_denial_is_a_ground_and_only_the_customer_takes_it_back() -> None:
    case = awaiting()
    say(case, "deny", NOW)
    assert told(case)[-1] is NoticeKind.PORT_OUT_HELD
    reply = say(case, "release_hold", NOW)
    assert reply.instead == "Only the customer's confirmation ends that."
    assert say(case, "deny", NOW).reason == "Ada Byron has said so already."
    assert say(case, "refuse", NOW, ground="customer_denies").accepted
    assert grounds(case) == [Ground.CUSTOMER_DENIES]


def test_one_who_is_not_recognised_is_looked_into_and_is_no_ground() -> None:
    case = awaiting()
    assert say(case, "deny", NOW, **UNRECOGNISED).accepted
    assert case.state is S.ON_FRAUD_HOLD
    assert told(case)[-1] is NoticeKind.PORT_OUT_HELD
    assert case.unsent[-1].facts["by_itself"] == "released"
    assert "nobody has checked who they are" in case.unsent[-1].facts["why"]
    (todo,) = to_do(case, NOW)
    assert (todo.turn, todo.until) == (Turn.COORDINATOR, case.decide_by)
    assert "port-out deny p1 --verified" in todo.what
    assert "by itself: released" in details(case, NOW)
    refused = say(case, "refuse", NOW, ground="customer_denies")
    assert refused.reason.startswith("Nobody recognised Ada Byron as the account holder")
    assert refused.instead.startswith("Enter it again with how they were recognised")


@pytest.mark.parametrize("same", ["Ada Byron", " ada  byron"])
def test_saying_it_again_bears_no_denial_out(same: str) -> None:
    case = awaiting()
    say(case, "deny", NOW, **UNRECOGNISED)
    reply = say(case, "deny", NOW, by=same, **UNRECOGNISED)
    assert (reply.accepted, reply.reason) == (False, "Ada Byron has said so already.")
    assert "another person says the same" in reply.instead
    assert not say(case, "refuse", NOW, ground="customer_denies").accepted


@pytest.mark.parametrize(
    ("more", "detail"),
    [
        ({"by": "Cora Dean", **UNRECOGNISED}, "did not ask for this; Cora Dean says so, too"),
        ({"by": "Cora Dean"}, "did not ask for this; recognised by called back"),
        ({}, "did not ask for this; recognised by called back"),
    ],
)
def test_a_denial_is_borne_out_by_recognising_them_or_by_another_person(more: dict[str, str], detail: str) -> None:
    case = awaiting()
    say(case, "deny", NOW, **UNRECOGNISED)
    assert say(case, "deny", NOW, **more).accepted
    assert case.unpublished[-1].detail.endswith(detail)
    assert case.unsent[-1].facts["by_itself"] == "refused for what the customer said"
    assert not say(case, "deny", NOW, by="Dee Ess").accepted
    assert say(case, "refuse", NOW, ground="customer_denies").accepted
    assert grounds(case) == [Ground.CUSTOMER_DENIES]


def test_a_denial_taken_back_has_to_be_borne_out_anew() -> None:
    case = awaiting()
    say(case, "deny", NOW, **UNRECOGNISED)
    say(case, "hold_for_fraud", NOW)
    say(case, "confirm", NOW)
    assert say(case, "deny", NOW, by="Dee Ess", **UNRECOGNISED).accepted
    assert not say(case, "refuse", NOW, by="Cora Dean", ground="customer_denies").accepted


def test_a_denial_taken_back_releases_unless_a_person_holds_it_too() -> None:
    case = awaiting()
    say(case, "deny", NOW)
    say(case, "hold_for_fraud", NOW)
    assert say(case, "confirm", NOW).accepted
    assert case.state is S.ON_FRAUD_HOLD
    assert say(case, "release_hold", NOW).accepted
    assert case.state is S.ANSWERING
    assert grounds(case) == []


def test_a_denial_after_the_release_alarms_the_coordinator() -> None:
    case = in_state(S.RELEASED)
    assert say(case, "deny", NOW).accepted
    assert case.state is S.RELEASED
    assert told(case)[-1] is NoticeKind.PORT_OUT_ATTENTION
    assert "stop it by telephone" in case.unsent[-1].facts["why"]


def test_fraud_takes_two_people() -> None:
    case = awaiting()
    assert say(case, "refuse", NOW).reason == "Nobody holds it for fraud."
    say(case, "hold_for_fraud", NOW, by="Cora Dean")
    for same in ("Cora Dean", " cora  dean"):
        assert "one person's word is not enough" in say(case, "refuse", NOW, by=same).reason
    assert say(case, "refuse", NOW, by="Dee Ess").accepted
    assert grounds(case) == [Ground.FRAUD_CONFIRMED]
    assert "evidence: ticket 4711" in case.unpublished[-1].detail


def test_fraud_is_no_ground_where_the_rules_do_not_have_it() -> None:
    case = awaiting(playbook="UK-MOB")
    assert say(case, "hold_for_fraud", NOW).accepted
    reply = say(case, "refuse", NOW)
    assert reply.reason == "UK-MOB has no rule by which a port may be refused as fraud_confirmed."
    assert reply.instead == "On record is: none."
    say(case, "deny", NOW)
    assert say(case, "refuse", NOW).instead == "On record is: customer_denies."


@pytest.mark.parametrize("ground", [one for one in Ground if one is not Ground.FRAUD_CONFIRMED])
def test_a_ground_that_was_not_found_cannot_be_used(ground: Ground) -> None:
    case = awaiting()
    reply = say(case, "refuse", NOW, ground=ground)
    assert not reply.accepted
    assert reply.reason == f"{ground} was not found."
    assert case.answer is None


def test_numbers_that_move_without_our_leave_are_not_called_ported() -> None:
    for state in (S.AWAITING_CUSTOMER, S.REFUSED):
        reply = say(in_state(state), "ported", NOW)
        assert not reply.accepted
        assert "ask for them back at once" in reply.instead


def test_a_port_that_overtakes_the_answer_is_taken_only_after_a_yes() -> None:
    case = in_state(S.ANSWERING)
    assert say(case, "ported", NOW, ported_at=NOW - HOUR).accepted
    assert case.ported_at == NOW - HOUR
    refusing = new()
    validated(refusing, WRONG, NOW)
    assert not say(refusing, "ported", NOW).accepted
    assert refusing.state is S.ANSWERING


def test_a_message_counts_once() -> None:
    case = awaiting()
    first = say(case, "deny", NOW, event_id="e1")
    again = say(case, "deny", NOW, event_id="e1")
    assert (first.status, again.status, again.accepted) == ("applied", "duplicate", True)
    refused = say(case, "release_hold", NOW, event_id="e2")
    assert (refused.accepted, say(case, "release_hold", NOW, event_id="e2").accepted) == (False, False)


@pytest.mark.parametrize(("ahead", "fine"), [(CLOCK_SKEW, True), (CLOCK_SKEW + SECOND, False)])
def test_a_message_from_the_future_is_refused(ahead: timedelta, fine: bool) -> None:
    assert say(awaiting(), "deny", NOW, occurred_at=NOW + ahead).accepted is fine


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [(kind, name) for kind in ("confirm", "unlock", "hold_for_fraud", "refuse") for name in SAID[kind]]
    + [("deny", "by")],
)
def test_a_message_that_lacks_something_cannot_be_read(kind: str, lacking: str) -> None:
    whole = SAID[kind]
    with pytest.raises(ValueError, match=lacking):
        read(kind, {name: value for name, value in whole.items() if name != lacking})
    if lacking in {"by", "verified", "evidence"}:
        with pytest.raises(ValueError, match=lacking):
            read(kind, {**whole, lacking: ""})


def test_messages_are_read_as_leniently_as_they_can_be() -> None:
    assert read("withdrawn", None).kind == "withdrawn"
    assert read("ported", '{"by": "Ada"}').by == "Ada"
    with pytest.raises(ValueError, match="takes a JSON object, not list"):
        read("ported", ["now"])
    with pytest.raises(ValueError, match="'approve' is no message of a port-out"):
        read("approve", {})
    with pytest.raises(ValueError, match="sign"):
        read("hold_for_fraud", {**SAID["hold_for_fraud"], "sign": "unpaid bill"})


def test_what_nobody_can_read_is_kept_and_told() -> None:
    case = awaiting()
    take_unreadable(case, "deny", "by is missing", NOW)
    assert case.unpublished[-1].detail == "deny: by is missing"
    assert told(case)[-1] is NoticeKind.PORT_OUT_ATTENTION
    ended = in_state(S.REFUSED)
    count = len(ended.unsent)
    take_unreadable(ended, "deny", "by is missing", NOW)
    assert len(ended.unsent) == count


def test_a_cancelled_workflow_still_owes_an_answer() -> None:
    case = awaiting()
    not_cancelled(case, NOW)
    assert case.state is S.AWAITING_CUSTOMER
    assert told(case)[-1] is NoticeKind.PORT_OUT_ATTENTION


def test_the_coordinator_hears_once_of_an_answer_that_cannot_be_got_across() -> None:
    case = in_state(S.ANSWERING)
    for _ in range(3):
        not_done(case, "no line", NOW)
        assert case.turn is Turn.COORDINATOR
    assert told(case).count(NoticeKind.PORT_OUT_ATTENTION) == 1
    assert "call Other Telco before it is due" in case.unsent[-1].facts["why"]
    assert [todo.what for todo in to_do(case, NOW)] == ["Portolan cannot do its part by itself: no line"]
    answered(case, NOW)
    assert (case.trouble, case.retry_at, case.turn) == ("", None, Turn.CLOCK)


@pytest.mark.parametrize(("after", "late"), [(timedelta(), False), (SECOND, True)])
def test_a_late_answer_says_so(after: timedelta, late: bool) -> None:
    case = new()
    validated(case, WRONG, NOW)
    answered(case, case.answer_by + after)
    assert case.late is late
    assert ("after it was due" in case.outcome) is late
    assert (told(case)[-1] is NoticeKind.PORT_OUT_ATTENTION) is late


def test_a_release_by_word_of_the_customer_names_when_they_want_to_port() -> None:
    foc = NOW + timedelta(days=3)
    case = awaiting(requested_foc=foc)
    say(case, "confirm", NOW)
    answered(case, NOW)
    assert case.unsent[-1].facts["foc"] == "2026-11-27 15:00 UTC"
    assert case.closes_at == foc + timedelta(days=30)
    assert in_state(S.RELEASED).closes_at == NOW + timedelta(days=30)


@pytest.mark.parametrize("state", S)
def test_details_say_where_it_stands_and_what_can_be_done(state: PortOutState) -> None:
    case = in_state(state)
    text = details(case, NOW)
    assert f"**{state.replace('_', ' ')}**" in text
    assert ("Messages it takes now" in text) is not case.ended if case.ended else "withdrawn" in text
    if state in OPEN:
        assert "by itself: released" in text


def test_details_name_the_rule_of_a_refusal() -> None:
    assert "Ground code_wrong: FCC 03-237" in details(in_state(S.REFUSED), NOW)


def test_what_people_can_do_is_told_with_its_end() -> None:
    case = awaiting(on_file=LOCKED)
    assert to_do(case, NOW)[0].what.startswith("Lift the lock (portolan port-out unlock p1), then say yes")
    say(case, "hold_for_fraud", NOW)
    say(case, "deny", NOW)
    hold, denial = to_do(case, NOW)
    assert "--ground fraud_confirmed" in hold.what
    assert (hold.turn, denial.turn) == (Turn.COORDINATOR, Turn.COORDINATOR)
    assert denial.until == case.decide_by


def test_a_summary_names_no_number() -> None:
    assert summary(request()) == "2 US geographic numbers, asked for by Other Telco"
    assert len(summary(request(requesting_carrier="é" * 300)).encode()) <= 200
