"""An order in words."""

from __future__ import annotations

import pytest

from portolan.domain import outcomes
from portolan.domain.clocks import business_deadline
from portolan.domain.foc import in_words
from portolan.domain.playbooks.model import Override
from portolan.domain.states import ENDED, STATES, State
from portolan.domain.tasks import TaskKind
from portolan.domain.words import details, summary
from tests.domain.builders import (
    DAY,
    FOC,
    HOUR,
    NOW,
    approvable,
    confirmed,
    in_window,
    last,
    new,
    order_in,
    rejected,
    say,
    submitting,
    task,
    try_to_say,
)
from tests.world import request


def test_the_summary_never_changes_and_names_nobody() -> None:
    assert summary(new().request) == "2 US geographic numbers, Old Telco to simulated"
    one = request(numbers=["+18005550143"], number_class="toll_free", losing_carrier="O" * 300)
    assert summary(one).startswith("1 US toll-free number, OOO")
    assert len(summary(one)) == 200


@pytest.mark.parametrize("state", State)
def test_every_state_is_told_with_whose_turn_it_is_and_what_comes_next(state: State) -> None:
    order = order_in(state)
    told = details(order)
    assert f"**{state.replace('_', ' ')}**: {STATES[state].meaning}." in told
    assert f"Whose turn: **{order.turn}**." in told
    due = business_deadline(order)
    assert (due.in_words() if due else "nothing more") in told
    assert (order.outcome in told and bool(order.outcome)) is (state in ENDED)
    assert "None" not in told
    assert ".." not in told


def test_the_details_begin_with_the_order_in_one_line() -> None:
    assert details(new()).split("\n\n")[0] == "2 US geographic numbers, Old Telco to simulated."


@pytest.mark.parametrize(("count", "length"), [(163, 199), (164, 200), (165, 200), (300, 200)])
def test_the_summary_is_cut_to_what_temporal_takes(count: int, length: int) -> None:
    told = summary(request(numbers=["+18005550143"], number_class="toll_free", losing_carrier="O" * count))
    assert len(told.encode()) == length


def test_the_summary_is_counted_in_bytes_and_cut_between_characters() -> None:
    told = summary(request(losing_carrier="É" * 300))
    assert 199 <= len(told.encode()) <= 200
    assert told.endswith("É")


def test_the_details_are_cut() -> None:
    order = rejected(new())
    short = len(details(order))
    order.last_refusal = "x" * (5000 - short - len("\n\nLast refused: "))
    assert len(details(order)) == 5000
    assert details(order).endswith("x")
    order.last_refusal += "y"
    assert details(order) == details(order)[:5000] + " ..."


def test_the_dates_that_count_are_told() -> None:
    told = details(confirmed(new()))
    assert "FOC: 2026-11-17 16:00 UTC." in told
    assert "LOA signed 2026-11-02, may be sent until 2026-12-03 05:00 UTC." in told


def test_the_end_of_the_window_is_what_people_plan_by() -> None:
    told = details(in_window(new()))
    assert "Next: 2026-11-20 16:00 UTC: close the rollback window." in told
    assert "Rollback can be asked for until 2026-11-20 16:00 UTC; the losing carrier may refuse." in told
    assert "Rollback can be asked for" not in details(order_in(State.COMPLETED))


def test_open_tasks_are_told_with_their_answers() -> None:
    order = rejected(new(), suggestion="Acme Ltd")
    told = details(order)
    assert "- task `fix-rejection-1` (coordinator): NAME_MISMATCH" in told
    assert "Answers: accept_suggestions." in told
    order.close_task(task(order, TaskKind.FIX_REJECTION), "Ada", NOW)
    assert "fix-rejection-1" not in details(order)


def test_a_hold_is_told_with_its_end() -> None:
    order = approvable(new())
    say(order, "hold", by="Charles", reason="in print")
    assert "**On hold** by Charles: in print." in details(order)
    say(order, "hold", by="Charles", reason="in print", until=NOW + DAY)
    assert "**On hold** by Charles until 2026-11-03 15:00 UTC: in print." in details(order)
    assert "Whose turn: **coordinator**" in details(order)


def test_the_last_refusal_is_told_with_what_to_do_instead() -> None:
    order = in_window(new())
    assert not try_to_say(order, "cancel", FOC + HOUR, by="Ada", reason="x").accepted
    assert "Last refused: cancel by Ada: The numbers have moved" in details(order)
    assert "Ask for a rollback, until 2026-11-20 16:00 UTC." in details(order)
    assert last(order).detail in details(order)


def test_an_outage_is_told_with_the_next_try() -> None:
    order = submitting(new())
    outcomes.unreachable(order, "HTTP 503", NOW)
    assert "Next: 2026-11-02 15:02 UTC: try again." in details(order)
    assert "simulated: HTTP 503" in details(order)


def test_moments_are_told_in_utc() -> None:
    assert in_words(FOC) == "2026-11-17 16:00 UTC"
    assert in_words(FOC.astimezone(tz=None)) == "2026-11-17 16:00 UTC"
    assert in_words(None) == "no date"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "Overridden by Grace Hopper: rollback_hours is 48, the playbook says 72."),
        (
            "overrides.yaml, line 4",
            "Overridden by Grace Hopper (overrides.yaml, line 4): rollback_hours is 48, the playbook says 72.",
        ),
    ],
)
def test_a_value_that_an_operator_replaced_is_told_with_who_and_where(source: str, told: str) -> None:
    order = new()
    assert "Overridden" not in details(order)
    changed = Override(name="rollback_hours", was="72", became="48", by="Grace Hopper", source=source)
    other = changed.model_copy(update={"name": "portable", "was": "True", "became": "False", "by": "Ada"})
    order.request.policy.overridden = [changed, other]
    assert told in details(order)
    assert "Overridden by Ada" in details(order)


def test_letters_are_told_with_how_to_get_them_and_what_they_are_known_by() -> None:
    order = approvable(new())
    assert "The port letter, unsigned: `portolan letter order-1` (sha256 abababababab)." in details(order)
    assert "rollback letter" not in details(order)
    assert "The rollback letter, unsigned: `portolan letter order-1" in details(confirmed(new()))


def test_orders_that_numbers_were_split_out_into_are_told() -> None:
    order = rejected(new(), code="TN_INACTIVE", numbers=["+12125550143"])
    assert "Numbers were split out into order-1-split-1." in details(order)
    assert details(order).startswith("1 US geographic number, ")


def test_advice_is_told_until_the_order_has_ended() -> None:
    advice = ["High risk: these are vanity numbers.", "High risk: these stand in a campaign."]
    order = in_window(new(advice=advice))
    assert all(line in details(order) for line in advice)
    ended = order_in(State.COMPLETED, advice=advice)
    assert not any(line in details(ended) for line in advice)


def test_when_to_sign_again_is_told_until_there_is_a_date() -> None:
    order = new(policy={"loa_max_age_days": 5})
    approvable(order)
    assert order.loa is not None
    assert order.loa.advice
    assert order.loa.advice in details(order)
    order.foc_at = FOC
    assert order.loa.advice not in details(order)


def test_only_answers_that_make_sense_now_are_told() -> None:
    whole = rejected(new(), code="PORT_LOCK", numbers=[])
    assert "Answers:" not in details(whole)
    one = rejected(new(), code="NAME_MISMATCH", numbers=["+12125550143"], suggestion="Acme Ltd")
    assert "Answers: accept_suggestions, split_out." in details(one)


def test_the_desk_of_the_losing_carrier_is_told_while_it_may_be_called() -> None:
    desk = {"desk_contact": "port desk, +1 800 555 0100", "desk_opens": "08:00", "desk_closes": "17:00"}
    told = "The losing carrier's desk (08:00 to 17:00, America/New_York): port desk, +1 800 555 0100."
    assert told in details(approvable(new(policy=desk)))
    assert told not in details(order_in(State.COMPLETED, policy=desk))
    assert "desk (" not in details(approvable(new()))
