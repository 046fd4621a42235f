"""The tables of states: complete, consistent, and all that the diagram is drawn from."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from portolan.domain.clocks import HELD
from portolan.domain.order import Cause, IllegalMove
from portolan.domain.refusals import ALLOWED, DEFERRED
from portolan.domain.states import (
    ACTING,
    BEFORE_CUTOVER,
    ENDED,
    MOVED,
    MOVES,
    STATES,
    TRANSITIONS,
    WAITS_FOR_PEOPLE,
    Phase,
    State,
    Turn,
    diagram,
)
from portolan.domain.tasks import TASK_STATES, TASKS, TaskKind
from tests.domain.builders import NOW, order_in


def reachable_from(start: State, moves: frozenset[tuple[State, State]]) -> set[State]:
    found, edge = {start}, {start}
    while edge:
        edge = {target for source, target in moves if source in edge} - found
        found |= edge
    return found


def test_every_state_has_facts_a_person_can_read() -> None:
    assert set(STATES) == set(State)
    for state, facts in STATES.items():
        assert len(facts.meaning) > 15, state
        assert (facts.turn is Turn.NOBODY) == (facts.phase is Phase.ENDED) == (state in ENDED)
    assert len({facts.meaning for facts in STATES.values()}) == len(State)


def test_each_move_is_in_the_table_once_with_its_reason() -> None:
    assert [
        move for move, count in Counter((source, target) for source, target, _ in TRANSITIONS).items() if count > 1
    ] == []
    assert all(why for _, _, why in TRANSITIONS)
    assert all(source is not target for source, target in MOVES)


def test_every_state_can_be_reached_and_every_life_can_end() -> None:
    assert reachable_from(State.CHECKING, MOVES) == set(State)
    for state in set(State) - ENDED:
        assert reachable_from(state, MOVES) & ENDED, state


def test_an_ended_order_never_moves() -> None:
    assert {source for source, _ in MOVES} & ENDED == set()
    assert {source for source, _ in MOVES} == set(State) - ENDED


def test_behind_the_pivot_no_way_leads_back_but_the_activation_that_did_not_happen() -> None:
    back = {(source, target) for source, target in MOVES if source in MOVED and target in BEFORE_CUTOVER}
    assert back == {(State.CUTTING_OVER, State.ACTION_REQUIRED)}
    assert {source for source, target in MOVES if target is State.CUTTING_OVER} == {
        State.READY,
        State.PARTIALLY_ACTIVE,
    }
    # A carrier may move numbers by itself.
    unasked = {State.SUBMITTED, State.ACTION_REQUIRED, State.FOC_CONFIRMED, State.READY}
    assert {source for source, target in MOVES if target in MOVED and source in BEFORE_CUTOVER} == unasked
    assert set(State) == MOVED | BEFORE_CUTOVER | ENDED
    assert State.CANCELLING not in {target for source, target in MOVES if source in MOVED}


def test_whose_turn_portolan_acts() -> None:
    assert {state for state, facts in STATES.items() if facts.turn is Turn.PORTOLAN} == ACTING


def test_who_is_reminded_is_whose_turn_it_is() -> None:
    people = {Turn.CUSTOMER, Turn.COORDINATOR, Turn.APPROVER}
    assert {state for state, facts in STATES.items() if facts.turn in people} == WAITS_FOR_PEOPLE


def test_the_other_tables_speak_of_the_same_states() -> None:
    assert set(TASK_STATES) == set(TaskKind) == set(TASKS)
    assert all(not states & ENDED for states in TASK_STATES.values())
    assert all(not states & ENDED for states in (*ALLOWED.values(), *DEFERRED.values()))
    assert set(DEFERRED) <= set(ALLOWED)
    splitting = {State.AWAITING_INFORMATION, State.ACTION_REQUIRED}
    assert all(states <= ACTING | splitting for states in DEFERRED.values())
    assert ALLOWED["hold"] >= HELD


@pytest.mark.parametrize("state", State)
def test_the_diagram_shows_every_state(state: State) -> None:
    assert re.search(rf"\b{state}\b", diagram())
    assert (f"    {state} --> [*]" in diagram().splitlines()) == (state in ENDED)


def test_the_diagram_shows_every_move_and_no_other() -> None:
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    drawn = {tuple(re.findall(r"(\w+) --> (\w+): ", line)[0]) for line in lines if re.search(r"\w+ --> \w+: ", line)}
    assert drawn == {(str(source), str(target)) for source, target in MOVES}
    assert diagram().count("{") == diagram().count("}") == len(Phase) - 1


@pytest.mark.parametrize("source", State)
def test_a_move_the_table_does_not_know_is_a_defect_and_changes_nothing(source: State) -> None:
    order = order_in(source)
    for target in set(State) - {target for origin, target in MOVES if origin is source}:
        before = order.model_dump()
        with pytest.raises(IllegalMove, match=f"order-1: {source} to {target} because of test"):
            order.move(target, Cause("test", "nobody", NOW), NOW)
        assert order.model_dump() == before
