"""When the old service may be cancelled: on proof, after the window, and never before."""

from __future__ import annotations

import pytest

from portolan.domain.old_service import old_service
from portolan.domain.states import State
from tests.domain.builders import FOC, HOUR, INSTANT
from tests.domain.standing import proven, standing

WINDOW_ENDS = FOC + 72 * HOUR
SAFE = {State.COMPLETED, State.SETTLING}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("in_service", [True, False])
@pytest.mark.parametrize("now", [FOC, WINDOW_ENDS - INSTANT, WINDOW_ENDS])
def test_it_may_be_cancelled_only_when_everything_holds(state, in_service, now):
    order = proven(state) if in_service else standing(state)
    safe, said = old_service(order, now)
    assert safe is (state in SAFE and in_service and now >= WINDOW_ENDS)
    assert said.startswith("Do not cancel the old service: ") is not safe
    assert "  " not in said
    assert ".." not in said


@pytest.mark.parametrize(
    ("order", "now", "missing"),
    [
        (standing(State.CHECKING), FOC, "no number has moved yet."),
        (standing(State.READY), FOC, "no number has moved yet."),
        (standing(State.CANCELLED), FOC, "no number has moved."),
        (standing(State.CUTTING_OVER), FOC, "the numbers are moving."),
        (standing(State.ROLLING_BACK), FOC, "Old Telco is being asked to take the numbers back."),
        (standing(State.ROLLED_BACK), WINDOW_ENDS, "the numbers are back at Old Telco."),
        (
            standing(State.PARTIALLY_ACTIVE),
            FOC,
            "not every number has moved; not every number is proven in service; the numbers may have to go back until "
            "2026-11-20 16:00 UTC (3 d left).",
        ),
        (
            proven(State.ROLLBACK_WINDOW),
            WINDOW_ENDS - HOUR,
            "the numbers may have to go back until 2026-11-20 16:00 UTC (1 h left).",
        ),
        (proven(State.ROLLBACK_WINDOW), WINDOW_ENDS, "the order is not settled yet."),
        (standing(State.COMPLETED), WINDOW_ENDS, "not every number is proven in service."),
    ],
)
def test_what_is_missing_is_named(order, now, missing):
    assert old_service(order, now) == (False, f"Do not cancel the old service: {missing}")


def test_the_sentence_names_the_proof_and_the_window():
    assert old_service(proven(State.SETTLING), WINDOW_ENDS) == (
        True,
        "The old service of these numbers at Old Telco may be cancelled: every number was proven in service on "
        "2026-11-17 17:00 UTC, and the rollback window closed on 2026-11-20 16:00 UTC.",
    )


def test_where_there_is_no_window_none_is_named_or_waited_for():
    safe, said = old_service(proven(State.COMPLETED, policy={"rollback_hours": 0}), FOC + HOUR)
    assert (safe, "window" in said) == (True, False)


def test_an_order_whose_window_nobody_knows_is_not_safe():
    safe, said = old_service(proven(State.COMPLETED, rollback_until=None), WINDOW_ENDS)
    assert (safe, "may have to go back until no date" in said) == (False, True)


@pytest.mark.parametrize(
    "others",
    [
        {"left": ["+12125550199"]},
        {"splits": ["order-1-split-1"]},
        {"request": {"siblings": ["+12125550198"]}},
        {"request": {"split_from": "order-0"}},
    ],
)
def test_other_numbers_of_the_account_are_not_cancelled_with_it(others):
    _, said = old_service(proven(State.COMPLETED, **others), WINDOW_ENDS)
    assert said.endswith("Other numbers of the account are not part of this: leave their service as it is.")
