"""Every kind of message in every state, and the words in which an order says no."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from portolan.domain import outcomes
from portolan.domain.carrier import AccountData, CsrRecord
from portolan.domain.clocks import Clock
from portolan.domain.decisions import take, take_unreadable
from portolan.domain.messages import KINDS, CarrierMessage, read
from portolan.domain.order import Order
from portolan.domain.refusals import (
    ALLOWED,
    CLOCK_SKEW,
    Refusal,
    allowed,
    on_record,
    possible_answers,
    refusal,
    separable,
    suggestions,
)
from portolan.domain.states import ACTING, ENDED, State
from portolan.domain.tasks import TASKS, TaskKind
from tests.domain.builders import (
    ACCOUNT,
    DAY,
    FOC,
    HOUR,
    INSTANT,
    NOW,
    SECOND,
    WAYS,
    check,
    differs,
    fit,
    good,
    in_window,
    last,
    let_pass,
    new,
    order_in,
    rejected,
    say,
    task,
    try_to_say,
    verifying,
)
from tests.world import BOSS

#: a: applied; r: refused; d: kept until the running step has ended; w: applied, but kept while a call is under way.
#: Columns in the order of `State`: to the sending, to the cutover, after it, and the ends.
EXPECTED: dict[str, str] = {
    "loa_signed":       "rrrraar rwrr rrrrrrr rrrrr",
    "give_evidence":    "rwrraar rwrr rrrrrrr rrrrr",
    "carrier_approved": "rrrrrrd awaa rrrrrrr rrrrr",
    "carrier_rejected": "rrrrrrd awaa rrrrrrr rrrrr",
    "foc_confirmed":    "rrrrrrd awaa rrrrrrr rrrrr",
    "carrier_activity": "aaaaaaa aaaa aaaaaaa rrrrr",
    "carrier_puzzle":   "rrrrrrd awaa rrrrrrr rrrrr",
    "approve":          "rrrrrar rrrr rrrrrrr rrrrr",
    "resubmit":         "rwrrrrr rwrr rrrrrrr rrrrr",
    "sign_off":         "rrrrrrr rraa raaaaar rrrrr",
    "override_gates":   "rrrrrrr rraa rrrrrrr rrrrr",
    "cut_over":         "rrrrrrr rrra rrrrrrr rrrrr",
    "test_calls":       "rrrrrrr rrrr dwwaaar rrrrr",
    "confirm":          "rrrrrrr rraa dwwarrr rrrrr",
    "rollback":         "rrrarrr rrrr dwwarar rrrrr",
    "cancel":           "wawaaaw awaa rrrrrrr rrrrr",
    "reschedule":       "rrrrrrr arar rrrrrrr rrrrr",
    "hold":             "aaaraaa aaaa rrrrrrr rrrrr",
    "release":          "aaaaaaa aaaa rrrrrrr rrrrr",
    "complete_task":    "wwwaaaw awaa wwwawaw rrrrr",
}  # fmt: skip

CELLS = [
    pytest.param(kind, state, cell, id=f"{kind}-{state}")
    for kind, row in EXPECTED.items()
    for state, cell in zip(State, row.replace(" ", ""), strict=True)
]
#: What a refusal may change.
ON_RECORD = {"seen", "sequence", "unpublished", "last_refusal"}


def prepared(kind: str, state: State) -> Order:
    """An order in that state in which the good message of that kind has all it needs but, maybe, the state."""
    order = fit(kind, order_in(state))
    if kind == "release" and state in ALLOWED["hold"]:
        say(order, "hold", order.since, by="Charles", reason="in print")
    if kind == "complete_task" and state not in ENDED:
        take_unreadable(order, "approve", "not JSON", order.since)
    return order


def assert_refused(order: Order, kind: str, now: datetime, **fields: Any) -> Refusal:
    """The message is refused, in words; only the record of it remains."""
    event = read(kind, {"event_id": "refused-1", **fields})
    why = refusal(order, event, now)
    assert why is not None
    assert why.reason
    assert why.reason.endswith(".")
    assert why.instead or not why.allowed
    assert kind not in why.allowed or order.state in ALLOWED[kind]
    before = order.model_copy(deep=True)
    answer = take(order, event, now)
    assert (answer.accepted, answer.status, answer.reason, answer.instead) == (
        False,
        "refused",
        why.reason,
        why.instead,
    )
    assert order.model_dump(exclude=ON_RECORD) == before.model_dump(exclude=ON_RECORD)
    assert order.sequence == before.sequence + 1
    assert order.unpublished[:-1] == before.unpublished
    assert (last(order).kind, last(order).event_id) == (f"{kind}_refused", "refused-1")
    assert why.in_words() in order.last_refusal
    # A carrier repeats its message until it is taken; a person who was told no asks anew.
    remembered = {} if isinstance(event, CarrierMessage) else {"refused-1": "refused"}
    assert order.seen == before.seen | remembered
    return why


def test_the_table_is_complete() -> None:
    assert set(EXPECTED) == set(KINDS)
    assert set(WAYS) == set(State)
    assert {row.count(" ") for row in EXPECTED.values()} == {3}


@pytest.mark.parametrize(("kind", "state", "cell"), CELLS)
def test_a_message_in_a_state(kind: str, state: State, cell: str) -> None:
    order = prepared(kind, state)
    now = order.since
    if cell == "r":
        assert_refused(order, kind, now, **good(kind, order, now).model_dump(exclude={"event_id", "kind"}))
        return
    sequence = order.sequence
    answer = take(order, good(kind, order, now), now)
    assert (answer.accepted, answer.status) == (True, "deferred" if cell == "d" else "applied")
    assert order.seen[f"e-{kind}"] == answer.status
    assert [e.event_id for e in order.unpublished if e.sequence > sequence].count(f"e-{kind}") == 1


@pytest.mark.parametrize(
    ("kind", "state", "cell"), [cell for cell in CELLS if cell.values[1] in ACTING and cell.values[2] != "r"]
)
def test_a_message_while_a_call_is_under_way(kind: str, state: State, cell: str) -> None:
    order = prepared(kind, state)
    order.in_flight = True
    status = take(order, good(kind, order, order.since), order.since).status
    assert status == ("applied" if cell == "a" else "deferred")
    assert [event.event_id for event in order.deferred] == ([] if cell == "a" else [f"e-{kind}"])
    assert order.state is state or cell == "a"


@pytest.mark.parametrize("state", State)
def test_the_buttons_are_what_would_be_accepted(state: State) -> None:
    order = order_in(state)
    now = order.since
    accepted = {
        kind
        for kind in KINDS
        if not kind.startswith(("carrier", "foc"))
        and kind != "complete_task"
        and refusal(order, good(kind, order, now), now) is None
    }
    kept = {"rollback", "test_calls"} if state is State.CUTTING_OVER else set()
    offered = set(allowed(order, now))
    assert offered - {"complete_task"} == accepted - kept
    assert ("complete_task" in offered) == any(possible_answers(order, task) for task in order.open_tasks)


def test_cancel_after_cutover_says_that_a_rollback_is_the_way_and_until_when() -> None:
    why = assert_refused(in_window(new()), "cancel", FOC + HOUR, reason="changed our mind")
    assert why.reason == "The numbers have moved or are moving; after cutover an order cannot be cancelled."
    assert why.instead == "Ask for a rollback, until 2026-11-20 16:00 UTC."
    why = assert_refused(order_in(State.CUTTING_OVER), "cancel", FOC, reason="changed our mind")
    assert why.instead == "Ask for a rollback once the cutover is done."


@pytest.mark.parametrize(
    ("order", "now"),
    [
        (order_in(State.COMPLETED), FOC + 4 * DAY),
        (order_in(State.VERIFYING), FOC + 3 * DAY),
        (order_in(State.VERIFYING, policy={"rollback_hours": 0}), FOC),
    ],
    ids=["completed", "not proven until the window's end", "no window in this jurisdiction"],
)
def test_cancel_when_no_rollback_is_left_names_the_new_port(order: Order, now: datetime) -> None:
    assert assert_refused(order, "cancel", now, reason="x").instead.startswith(
        "Order a new port of the numbers to Old Telco; it takes the usual time"
    )


def test_cancel_while_the_numbers_are_being_returned_does_not_ask_for_a_rollback() -> None:
    assert assert_refused(order_in(State.ROLLING_BACK), "cancel", FOC + HOUR, reason="x").instead == (
        "They are being returned."
    )


@pytest.mark.parametrize("state", [State.CHECKING, State.SUBMITTED, State.READY])
def test_rollback_before_activation_says_to_cancel(state: State) -> None:
    order = order_in(state)
    why = assert_refused(order, "rollback", order.since, decided_by=BOSS.name, reason="x")
    assert why.reason == "No number has moved yet, so there is nothing to roll back."
    assert why.instead == "Cancel the order instead."


def test_rollback_in_time_is_told_by_when_it_was_decided_not_by_when_it_arrives() -> None:
    end = FOC + 72 * HOUR
    order = in_window(new())
    given = {"decided_by": BOSS.name, "reason": "no inbound calls"}
    why = assert_refused(order, "rollback", end + HOUR, **given, occurred_at=end)
    assert why.reason == "The rollback window closed on 2026-11-20 16:00 UTC."
    assert why.instead == (
        "Order a new port of the numbers to Old Telco; it takes the usual time (`portolan new-port order-1` prepares "
        "it). If nobody wanted this port: `portolan new-port order-1 --inadvertent`."
    )
    say(order, "rollback", end + HOUR, **given, occurred_at=end - INSTANT)
    assert order.state is State.ROLLING_BACK
    assert order.rollback_decided_at == end - INSTANT


def test_rollback_of_a_completed_order_says_when_the_window_closed_and_what_to_do_instead() -> None:
    order = order_in(State.COMPLETED)
    why = assert_refused(order, "rollback", FOC + 73 * HOUR, decided_by=BOSS.name, reason="x")
    assert "2026-11-20 16:00 UTC" in why.reason
    assert "new port" in why.instead


@pytest.mark.parametrize("state", [State.CUTTING_OVER, State.VERIFYING, State.ROLLBACK_WINDOW])
def test_where_there_is_no_return_a_rollback_is_refused_however_early_it_was_decided(state: State) -> None:
    order = order_in(State.VERIFYING if state is State.ROLLBACK_WINDOW else state, policy={"rollback_hours": 0})
    order.state = state
    fields = {"decided_by": BOSS.name, "reason": "x", "occurred_at": FOC - HOUR}
    why = assert_refused(order, "rollback", FOC + HOUR, **fields)
    assert why.reason == "There is no return in this jurisdiction once the numbers have moved."


@pytest.mark.parametrize("who", ["Ada Byron", "grace", "Grace Hopper Jr.", "boss.example"])
def test_rollback_by_somebody_else(who: str) -> None:
    why = assert_refused(in_window(new()), "rollback", FOC + HOUR, decided_by=who, reason="x")
    assert why.reason == f"{who} is not the decision-maker of this order."
    assert why.instead == "Only Grace Hopper can order a rollback."


@pytest.mark.parametrize("who", ["Grace Hopper", " grace hopper ", "GRACE@boss.example"])
def test_rollback_by_the_decision_maker(who: str) -> None:
    order = in_window(new())
    say(order, "rollback", FOC + HOUR, decided_by=who, reason="x")
    assert order.state is State.ROLLING_BACK


@pytest.mark.parametrize(
    ("signed_on", "problem"),
    [
        ("2026-11-04", "which lies in the future"),
        ("2026-11-03", None),  # where the signer lives it may be tomorrow already
        ("2026-11-02", None),
        ("2026-10-03", None),  # 30 days old
        ("2026-10-02", "it may be at most 30 days old"),
        ("0001-01-01", "it may be at most 30 days old"),
        ("9999-12-31", "which lies in the future"),
    ],
)
def test_the_date_on_the_loa(signed_on: str, problem: str | None) -> None:
    order = check(new())
    if problem is None:
        say(order, "loa_signed", signed_by="Ada Byron", signed_on=signed_on)
        assert order.state is State.AWAITING_APPROVAL
    else:
        why = assert_refused(order, "loa_signed", NOW, signed_by="Ada Byron", signed_on=signed_on)
        assert why.reason.startswith(f"The LOA is dated {signed_on}")
        assert problem in why.reason
        assert why.instead


@pytest.mark.parametrize(
    ("signed_by", "good"),
    [
        ("Ada Byron", True),
        ("  ada   BYRON ", True),
        ("Ada Byron-King", False),
        ("Ada", False),
        ("Charles Babbage", False),
        ("AdaByron", False),
    ],
)
def test_the_loa_is_signed_by_the_person_authorized_on_the_account(signed_by: str, good: bool) -> None:
    order = check(new())
    if good:
        say(order, "loa_signed", signed_by=signed_by, signed_on="2026-11-02")
        assert order.state is State.AWAITING_APPROVAL
        return
    why = assert_refused(order, "loa_signed", NOW, signed_by=signed_by, signed_on="2026-11-02")
    assert why.reason == f"{signed_by} is not the person authorized on the account."
    assert why.instead == "Ada Byron has to sign."


def test_who_is_authorized_is_read_from_the_account_as_corrected() -> None:
    order = differs(new())
    say(order, "resubmit", corrections={"authorized_person": "Mary Somerville"})
    check(order, order.account)
    fields = {"signed_on": "2026-11-02"}
    assert_refused(order, "loa_signed", NOW, signed_by="Ada Byron", **fields)
    say(order, "loa_signed", signed_by="Mary Somerville", **fields)
    assert order.state is State.AWAITING_APPROVAL


@pytest.mark.parametrize(
    "rejection",
    [{}, {"suggestion": ""}, {"suggestion": "Acme Manufacturing Limited"}, {"code": "PORT_LOCK", "suggestion": "x"}],
    ids=["none", "empty", "the text we sent", "for no field"],
)
def test_suggestions_nobody_made_cannot_be_accepted(rejection: dict[str, str]) -> None:
    order = rejected(new(), **rejection)
    fields = {"task_id": "fix-rejection-1", "answer": "accept_suggestions"}
    why = assert_refused(order, "complete_task", NOW, **fields)
    assert why.reason == "Nobody suggested a text that differs."
    assert why.instead == "Resubmit with corrections."
    say(rejected(new(), suggestion="Acme Ltd"), "complete_task", **fields)


def test_an_loa_date_is_read_at_the_losing_carriers_desk() -> None:
    """At 04:30 UTC it is still the day before in New York."""
    early = datetime.fromisoformat("2026-11-02T04:30:00+00:00")
    order = check(new(now=early), now=early)
    assert_refused(order, "loa_signed", early, signed_by="Ada Byron", signed_on="2026-11-03")
    say(order, "loa_signed", early, signed_by="Ada Byron", signed_on="2026-10-02", event_id="2")
    assert order.loa is not None
    assert order.loa.signed_on == date(2026, 10, 2)


def test_occurred_at_in_the_future() -> None:
    order = check(new())
    late = NOW + CLOCK_SKEW
    why = assert_refused(order, "cancel", NOW, reason="x", occurred_at=late + INSTANT)
    assert why.reason == "occurred_at 2026-11-02 15:05 UTC lies in the future."
    assert why.instead == "Leave it out, or correct the clock."
    say(order, "cancel", reason="x", occurred_at=late)


def test_an_unknown_task_names_the_open_ones() -> None:
    why = assert_refused(rejected(new()), "complete_task", NOW, task_id="fix-rejection-9", answer="retry")
    assert why.reason == "There is no open task 'fix-rejection-9'."
    assert why.instead == "Open tasks: fix-rejection-1."


def test_a_closed_task_cannot_be_answered_again() -> None:
    order = differs(new())
    name = task(order, TaskKind.CORRECT_DATA).task_id
    say(order, "complete_task", task_id=name, answer="attest")
    assert "no open task" in assert_refused(order, "complete_task", NOW, task_id=name, answer="attest").reason


@pytest.mark.parametrize("kind", TaskKind)
def test_a_wrong_answer_names_the_right_ones(kind: TaskKind) -> None:
    order = differs(new())
    name = order.open_task(kind, "something", NOW).task_id
    why = assert_refused(order, "complete_task", NOW, task_id=name, answer="whatever")
    assert why.reason == f"'whatever' is not an answer to {name}."
    offered = TASKS[kind].answers
    assert why.instead == f"Answers: {', '.join(offered)}." if offered else "closes by itself" in why.instead


@pytest.mark.parametrize(
    ("corrections", "reason"),
    [
        ({"company": "X", "zip": "1"}, "Unknown field(s) in corrections: company, zip."),
        ({"entity_name": "  "}, "Empty correction for entity_name."),
        ({"entity_name": "", "postal_code": "1"}, "Empty correction for entity_name."),
    ],
)
def test_corrections_nobody_can_use(corrections: dict[str, str], reason: str) -> None:
    why = assert_refused(rejected(new()), "resubmit", NOW, corrections=corrections)
    assert why.reason == reason
    assert "Unknown" not in reason or all(field in why.instead for field in AccountData.model_fields)


@pytest.mark.parametrize(("until", "refused"), [(NOW - SECOND, True), (NOW, True), (NOW + INSTANT, False)])
def test_a_hold_has_to_end_later(until: datetime, refused: bool) -> None:
    order = order_in(State.SUBMITTED)
    if refused:
        why = assert_refused(order, "hold", NOW, reason="x", until=until)
        assert why.instead == "Give a later date, or none."
    else:
        say(order, "hold", reason="x", until=until)


def test_release_without_hold_says_what_is_possible() -> None:
    why = assert_refused(order_in(State.SUBMITTED), "release", NOW)
    assert why.reason == "The order is not on hold."
    assert why.instead == "Possible now: cancel, reschedule, hold."


def test_a_date_that_has_passed_cannot_be_accepted() -> None:
    order = order_in(State.CUTTING_OVER)
    outcomes.not_activated(order, "the losing carrier holds the numbers", FOC)
    name = task(order, TaskKind.CHOOSE_DATE).task_id
    why = assert_refused(order, "complete_task", FOC, task_id=name, answer="accept")
    assert why.reason == "The confirmed date 2026-11-17 16:00 UTC has passed."
    assert "request_new_date" in why.instead


@pytest.mark.parametrize(("foc_at", "refused"), [(FOC, True), (FOC + INSTANT, False)])
def test_a_new_date_has_to_lie_ahead(foc_at: datetime, refused: bool) -> None:
    order = order_in(State.CUTTING_OVER)
    outcomes.not_activated(order, "the losing carrier holds the numbers", FOC)
    fields = {"task_id": "choose-date-1", "answer": "request_new_date", "foc_at": foc_at}
    assert try_to_say(order, "complete_task", FOC, **fields).accepted is not refused


@pytest.mark.parametrize("kind", ["carrier_approved", "carrier_rejected", "foc_confirmed", "carrier_puzzle"])
def test_a_carrier_that_holds_no_order_cannot_have_answered(kind: str) -> None:
    """Or else a date for nothing could be asked anew, which needs no LOA and would create the order."""
    order = order_in(State.SUBMITTING)
    outcomes.refused(order, "no such rate centre", NOW)
    why = assert_refused(order, kind, NOW, **good(kind, order, NOW).model_dump(exclude={"event_id", "kind"}))
    assert why.reason == "The carrier holds no order of ours that it could have answered."
    assert "resubmit" in why.instead


def test_an_ended_order_says_how_it_ended() -> None:
    order = order_in(State.CANCELLED)
    why = assert_refused(order, "approve", NOW, by="Charles")
    assert why.reason == "The order has ended: cancelled. Cancelled: campaign moved."
    assert why.instead == "Start a new order if it is still wanted."


def test_a_state_without_choices_offers_none() -> None:
    why = refusal(order_in(State.CANCELLING), read("approve", {}), NOW)
    assert why is not None
    assert (why.instead, why.allowed) == ("", [])
    assert why.in_words() == why.reason


def test_after_the_window_the_button_is_gone() -> None:
    order = in_window(new())
    assert "rollback" in allowed(order, FOC + 72 * HOUR - INSTANT)
    assert "rollback" not in allowed(order, FOC + 72 * HOUR)


def test_a_window_of_another_length() -> None:
    order = verifying(new(policy={"rollback_hours": 24}))
    fields = {"decided_by": BOSS.name, "reason": "x"}
    assert not try_to_say(order, "rollback", FOC + 25 * HOUR, **fields).accepted
    let_pass(in_window(order := new(policy={"rollback_hours": 24})), Clock.WINDOW_CLOSES)
    assert order.since == FOC + timedelta(hours=24)


# -- evidence ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"evidence": "bill", "dated_on": "2026-10-03"}, None),  # 30 days old
        (
            {"evidence": "bill", "dated_on": "2026-10-02"},
            "The bill is dated 2026-10-02; it may be at most 30 days old.",
        ),
        ({"evidence": "bill", "dated_on": "2026-11-03"}, None),  # where it was printed it may be tomorrow already
        ({"evidence": "bill", "dated_on": "2026-11-04"}, "The bill is dated 2026-11-04, which lies in the future."),
        ({"evidence": "bill"}, "A bill counts by its date, and none was given."),
        ({"evidence": "portal_screenshot"}, None),
        (
            {"evidence": "portal_screenshot", "dated_on": "2026-09-01"},
            "The portal_screenshot is dated 2026-09-01; it may be at most 30 days old.",
        ),
        ({"evidence": "attestation"}, None),
        ({"evidence": "csr"}, "A customer service record was named, and not what it says."),
        ({"evidence": "csr", "record": ACCOUNT.model_dump()}, None),
        (
            {"evidence": "csr", "record": ACCOUNT.model_dump(), "dated_on": "2026-09-01"},
            "The csr is dated 2026-09-01; it may be at most 30 days old.",
        ),
        ({"evidence": "attestation", "by": ""}, "Evidence needs somebody who vouches for it."),
        ({"evidence": "csr", "by": ""}, "Evidence needs somebody who vouches for it."),
    ],
)
def test_evidence_has_a_date_a_content_and_somebody_who_vouches_for_it(
    given: dict[str, Any], reason: str | None
) -> None:
    order, fields = differs(new()), {"by": "Charles", **given}
    if reason is None:
        say(order, "give_evidence", **fields)
        assert order.state is State.CHECKING
        return
    why = assert_refused(order, "give_evidence", NOW, **fields)
    assert why.reason == reason
    assert why.instead
    assert order.evidences == []


@pytest.mark.parametrize(("days", "accepted"), [(90, True), (91, False)])
def test_how_old_a_bill_may_be_is_the_policys(days: int, accepted: bool) -> None:
    order = differs(new(playbook="US-TF", number_class="toll_free"))
    fields = {"by": "Charles", "evidence": "bill", "dated_on": (NOW - days * DAY).date()}
    assert try_to_say(order, "give_evidence", NOW, **fields).accepted is accepted


@pytest.mark.parametrize(("late", "accepted"), [(timedelta(0), False), (-SECOND, True)])
def test_a_bill_ages_at_midnight_of_the_losing_carriers_desk(late: timedelta, accepted: bool) -> None:
    midnight = datetime.fromisoformat("2026-11-03T05:00:00+00:00")
    order = check(new(now=midnight - HOUR), None, now=midnight - HOUR)
    fields = {"by": "Charles", "evidence": "bill", "dated_on": date(2026, 10, 3)}
    assert try_to_say(order, "give_evidence", midnight + late, **fields).accepted is accepted


def test_a_bill_counts_by_the_day_on_which_it_was_given() -> None:
    order = differs(new())
    fields = {"by": "Charles", "evidence": "bill", "dated_on": date(2026, 10, 3)}
    say(order, "give_evidence", NOW + 2 * DAY, **fields, occurred_at=NOW)
    assert order.evidences[0].given_at == NOW


# -- letters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modes", "mode", "refused"),
    [
        (["wet", "electronic"], "electronic", False),
        (["wet", "electronic"], "", False),
        (["wet"], "wet", False),
        (["wet"], "", False),  # nobody says how
        (["wet"], "electronic", True),
        (["electronic"], "wet", True),
    ],
)
def test_a_letter_is_signed_in_a_way_that_the_losing_carrier_takes(modes: list[str], mode: str, refused: bool) -> None:
    order = check(new(policy={"signature_modes": modes}))
    fields = {"signed_by": "Ada Byron", "signed_on": "2026-11-02", "mode": mode}
    if not refused:
        say(order, "loa_signed", **fields)
        assert order.state is State.AWAITING_APPROVAL
        return
    why = assert_refused(order, "loa_signed", NOW, **fields)
    assert why.reason == f"Old Telco does not take an LOA signed this way ({mode})."
    assert why.instead == f"Have it signed: {' or '.join(modes)}."


# -- numbers that stay, numbers that are split out -----------------------------------------------------------------

ONE, TWO, THIRD = "+12125550143", "+12125550144", "+12125550145"


def partial(btn: str) -> Order:
    """An account of three numbers, two of which are ported."""
    return check(new(), CsrRecord.model_validate(ACCOUNT.model_dump() | {"numbers": [ONE, TWO, THIRD], "btn": btn}))


@pytest.mark.parametrize(
    ("btn", "reply", "note", "refused"),
    [
        (ONE, "keep_remaining", "", True),
        (ONE, "keep_remaining", THIRD, False),
        (ONE, "cease_remaining", "", False),
        (THIRD, "keep_remaining", "", False),
        ("", "keep_remaining", "", False),
    ],
)
def test_where_the_main_number_leaves_and_others_stay_the_new_one_is_named(
    btn: str, reply: str, note: str, refused: bool
) -> None:
    order = partial(btn)
    fields = {"task_id": "confirm-remaining-1", "answer": reply, "note": note}
    if not refused:
        say(order, "complete_task", **fields)
        assert order.state is State.CHECKING
        return
    why = assert_refused(order, "complete_task", NOW, **fields)
    assert why.reason == f"The main number {ONE} is ported while other numbers stay."
    assert why.instead == "Name the account's new billing number in the note."


@pytest.mark.parametrize(
    ("numbers", "btn", "found"),
    [
        ([], "", []),
        ([ONE], "", [ONE]),
        ([TWO, ONE], "", []),  # all of them
        ([THIRD], "", []),  # none of ours
        ([ONE, THIRD], "", [ONE]),
        ([ONE], ONE, []),
        ([TWO], ONE, []),  # it would stay behind without a main number
    ],
)
def test_numbers_are_split_out_where_some_stay_and_the_main_number_with_them(
    numbers: list[str], btn: str, found: list[str]
) -> None:
    """With a reason for which Portolan splits nothing out by itself."""
    order = rejected(new(account=ACCOUNT.model_copy(update={"btn": btn})), numbers=numbers)
    asked = task(order, TaskKind.FIX_REJECTION)
    assert separable(order) == found
    assert ("split_out" in possible_answers(order, asked)) is bool(found)
    if found:
        say(order, "complete_task", task_id=asked.task_id, answer="split_out")
        assert order.request.numbers == [number for number in (ONE, TWO) if number not in found]
        return
    why = assert_refused(order, "complete_task", NOW, task_id=asked.task_id, answer="split_out")
    assert why.reason == "There are no single numbers that could be split out while others stay."
    assert why.instead.endswith("esubmit with corrections.")


@pytest.mark.parametrize(
    ("listed", "found"), [([ONE], [TWO]), ([], []), ([THIRD], []), ([ONE, TWO], []), (["212-555-0144"], [ONE])]
)
def test_numbers_that_the_record_does_not_list_are_split_out_before_anything_is_sent(
    listed: list[str], found: list[str]
) -> None:
    record = ACCOUNT.model_dump() | {"numbers": listed, "postal_code": "02111"}
    order = check(new(), CsrRecord.model_validate(record))
    asked = task(order, TaskKind.CORRECT_DATA)
    assert separable(order) == found
    offered = ["accept_suggestions", "attest", *(["split_out"] if found else [])]
    assert possible_answers(order, asked) == offered


@pytest.mark.parametrize(
    ("rejection", "csr", "found"),
    [
        ({"suggestion": "Acme Ltd"}, {}, {"entity_name": "Acme Ltd"}),
        ({}, {"entity_name": "Acme Limited"}, {"entity_name": "Acme Limited"}),
        ({"suggestion": "Acme Ltd"}, {"entity_name": "Acme Limited"}, {"entity_name": "Acme Ltd"}),
        ({"code": "PORT_LOCK", "suggestion": "Acme Ltd"}, {}, {}),
        ({"code": "PIN_INVALID", "suggestion": "4711"}, {}, {}),
        ({"code": "BTN_MISMATCH"}, {"btn": "2125550143"}, {"btn": "2125550143"}),
    ],
)
def test_what_is_suggested_is_the_carriers_or_the_records_for_a_field_of_the_letter(
    rejection: dict[str, str], csr: dict[str, str], found: dict[str, str]
) -> None:
    order = rejected(new(), **rejection)
    assert order.csr is not None
    order.csr = order.csr.model_copy(update=csr)
    assert suggestions(order) == found
    offered = possible_answers(order, task(order, TaskKind.FIX_REJECTION))
    assert ("accept_suggestions" in offered) is bool(found)


def test_without_a_record_nothing_is_on_it() -> None:
    order = check(new(), None)
    assert (on_record(order, "entity_name"), on_record(order, None)) == ("", "")
    assert on_record(check(new()), "entity_name") == ACCOUNT.entity_name
    assert on_record(check(new()), "no_such_field") == ""
