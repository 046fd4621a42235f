"""What people of a rehearsal do by habit, and what an act of a script comes to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from portolan.domain.clocks import lapse
from portolan.domain.messages import EVENT
from portolan.domain.order import Order
from portolan.domain.readiness import EARLIEST
from portolan.domain.refusals import refusal
from portolan.domain.runbook import ITEMS
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import Contact
from starter.rehearsed_people import Act, Habit, Runbook, next_habit
from tests.domain.builders import DAY, FOC, HOUR, NOW, confirmed, deadline, in_window, new, ready, say, task
from tests.world import ADA, BOSS, COORDINATOR

SECOND = Contact(name="Alan Turing", email="alan@boss.example")


def dated(**given: Any) -> Order:
    """A date is confirmed, two weeks ahead."""
    return confirmed(new(by_the_book=True, **given))


def habits(order: Order, leave: list[str], upto: Any) -> list[Habit]:
    """Everything that is done by habit until a moment, applied as the order would."""
    found: list[Habit] = []
    done: set[str] = set()
    while (habit := next_habit(order, leave, done)) and habit.at < upto:
        event = EVENT.validate_python(habit.event)
        assert refusal(order, event, habit.at) is None
        found.append(habit)
        done.update(habit.tasks)
    return found


def test_each_item_is_signed_by_its_owner_an_hour_before_it_is_due() -> None:
    told = [(habit.at, habit.event["by"], habit.event["items"]) for habit in habits(dated(), [], FOC)]
    assert told == [
        (FOC - 7 * DAY - HOUR, ADA.name, ["reconciliation"]),
        (FOC - 7 * DAY - HOUR, COORDINATOR.name, ["window_booked", "emergency_desk"]),
        (FOC - DAY - HOUR, COORDINATOR.name, ["legacy_test", "walkthrough", "desk_staffed", "configuration"]),
        (FOC - DAY - HOUR, BOSS.name, ["go"]),
        (FOC - HOUR, COORDINATOR.name, ["watch"]),
    ]


def test_what_is_due_sooner_is_signed_at_once() -> None:
    order = dated()
    for one in order.open_tasks:
        one.due_at = one.opened_at + HOUR / 2
    told = {item: habit.at for habit in habits(order, [], FOC) for item in habit.event["items"]}
    assert {told[item] for item in ("reconciliation", "window_booked", "emergency_desk", "watch")} == {NOW}
    # What belongs to the last day is signed as soon as that can be.
    assert {told[item] for item in ("legacy_test", "go")} == {FOC - EARLIEST}


def test_what_is_left_is_not_signed_and_nothing_is_tried_twice() -> None:
    order = dated()
    signed = [item for habit in habits(order, ["go", "walkthrough"], FOC) for item in habit.event["items"]]
    assert sorted(signed) == sorted(
        ["reconciliation", "window_booked", "emergency_desk", "legacy_test", "desk_staffed", "configuration", "watch"]
    )
    assert next_habit(order, list(ITEMS), []) is None


@pytest.mark.parametrize(("leave", "answered"), [([], True), (["calendar"], False)])
def test_a_risky_date_is_accepted_unless_the_calendar_is_left(leave: list[str], answered: bool) -> None:
    order = dated()
    order.open_task(TaskKind.CHECK_DATE, "the day before Thanksgiving", NOW, FOC - DAY)
    habit = next_habit(order, leave, [])
    assert habit is not None
    assert (habit.event["kind"] == "complete_task") is answered
    if answered:
        assert habit.at == NOW + HOUR
        assert (habit.event["answer"], habit.event["by"]) == ("accept", COORDINATOR.name)


def on_demand(*, green: bool = True) -> Order:
    """The carrier's window is open, and the numbers wait for a word."""
    order = ready(new(activation="on_demand", policy={"runbook": ["go"], "gates": ["go"]}))
    if green:
        say(order, "sign_off", FOC - DAY, by=BOSS.name, items=["go"])
    lapse(order, deadline(order), FOC)
    return order


def test_the_word_to_move_comes_half_an_hour_into_the_window() -> None:
    habit = next_habit(on_demand(), [], [])
    assert habit is not None
    assert (habit.at, habit.event["kind"], habit.event["by"]) == (FOC + HOUR / 2, "cut_over", BOSS.name)


def test_the_word_is_not_given_at_red_gates_on_hold_or_where_the_script_gives_it() -> None:
    assert next_habit(on_demand(green=False), ["go"], []) is None
    assert next_habit(on_demand(), ["cut_over"], []) is None
    on_hold = on_demand()
    say(on_hold, "hold", FOC, reason="a storm")
    assert next_habit(on_hold, [], []) is None


@pytest.mark.parametrize(
    ("given", "leave"),
    [("signed", []), ("left", list(ITEMS)), ({"leave": ["go"]}, ["go"]), ({}, [])],
)
def test_the_runbook_is_signed_left_or_left_in_part(given: Any, leave: list[str]) -> None:
    assert Runbook.model_validate(given).leave == leave


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("sometimes", "'sometimes' is none of: signed, left, {leave: [items]}"),
        ({"leave": ["tea"]}, "tea: no item of the runbook; its items: reconciliation"),
        ({"leve": []}, "not permitted"),
    ],
)
def test_another_word_about_the_runbook_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace("[", r"\[").replace("{", r"\{")):
        Runbook.model_validate(given)


def act(do: str = "cancel", **given: Any) -> Act:
    """An act of a script."""
    return Act.model_validate({"when": "ready", "do": do, **given})


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({}, FOC - DAY + 2 * HOUR),
        ({"after_hours": 5}, FOC - DAY + 5 * HOUR),
        ({"hours_before_foc": 3}, FOC - 3 * HOUR),
        ({"hours_after_foc": 1.5}, FOC + 1.5 * HOUR),
        ({"hours_after_activation": 1}, None),
    ],
)
def test_an_act_counts_from_state_foc_or_activation(given: dict[str, Any], at: Any) -> None:
    assert act(**given).moment(ready(new())) == at


def test_hours_after_the_activation_count_once_there_is_one() -> None:
    assert act(hours_after_activation=50).moment(in_window(new())) == FOC + 50 * HOUR


def test_an_order_without_a_date_has_no_moment_before_it() -> None:
    assert act(hours_before_foc=3).moment(new()) is None


def test_two_times_for_one_act_are_refused() -> None:
    with pytest.raises(ValidationError, match="hours_after_foc and hours_before_foc are 2 times for one act"):
        act(hours_before_foc=3, hours_after_foc=1)


@pytest.mark.parametrize(
    ("do", "given", "by"),
    [
        ("loa_signed", {}, ADA.name),
        ("approve", {}, COORDINATOR.name),
        ("rollback", {"reason": "no calls"}, BOSS.name),
        ("override_gates", {"reason": "ready all the same"}, BOSS.name),
        ("confirm", {}, SECOND.name),
        ("cut_over", {}, BOSS.name),
        ("sign_off", {"items": ["go"]}, BOSS.name),
        ("sign_off", {"items": ["reconciliation"]}, ADA.name),
        ("sign_off", {"items": ["watch"]}, COORDINATOR.name),
        ("approve", {"by": "Somebody Else"}, "Somebody Else"),
    ],
)
def test_who_says_it_is_filled_in(do: str, given: dict[str, Any], by: str) -> None:
    order = ready(new(second_person=SECOND))
    event = act(do, **{"with": given}).event(order, FOC)
    assert event["by"] == by
    assert EVENT.validate_python(event).occurred_at == FOC


def test_an_answer_goes_to_the_open_task_that_has_it() -> None:
    order = dated()
    order.open_task(TaskKind.CHASE_CARRIER, "silent", NOW)
    order.open_task(TaskKind.TESTS_FAIL, "two slots", NOW)
    chased = act("complete_task", **{"with": {"answer": "chased"}}).event(order, NOW)
    assert (chased["task_id"], chased["by"]) == (task(order, TaskKind.CHASE_CARRIER).task_id, COORDINATOR.name)
    mended = act("complete_task", **{"with": {"answer": "fix_forward"}}).event(order, NOW)
    assert (mended["task_id"], mended["by"]) == (task(order, TaskKind.TESTS_FAIL).task_id, BOSS.name)


def test_a_number_stands_for_hours_from_then() -> None:
    event = act("hold", **{"with": {"reason": "in print", "until": 36}}).event(ready(new()), FOC - DAY)
    assert event["until"] == (FOC + 12 * HOUR).isoformat()
    exact = (FOC + timedelta(minutes=1)).isoformat()
    assert act("hold", **{"with": {"reason": "x", "until": exact}}).event(ready(new()), FOC)["until"] == exact


def test_the_states_of_an_act_are_the_orders() -> None:
    assert act(when="bridged").when is State.BRIDGED
