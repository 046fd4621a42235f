"""The undo ledger: what is possible in each state, on both sides of every deadline."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from portolan.domain.bridge import Bridge
from portolan.domain.carrier import Consent
from portolan.domain.order import Order
from portolan.domain.port_backs import ReturnStage
from portolan.domain.refusals import ALLOWED
from portolan.domain.returning import next_stage
from portolan.domain.states import ENDED, State
from portolan.domain.undo import Undo, UndoKind, countdown, ledger, next_closing
from tests.domain.builders import DAY, FOC, HOUR, INSTANT, NOW
from tests.domain.standing import DATED, MINUTE, MOVED, UNSENT, refused, standing

KINDS = get_args(UndoKind)
FREEZE = FOC - 24 * HOUR
SNAPBACK_ENDS, WINDOW_ENDS = FOC + 24 * HOUR, FOC + 72 * HOUR
BUILT = Bridge(reason="campaign", claimed={"+12125550143": "+12125559999"}, forward_to="sip:bridge@example")


def row(order: Order, kind: UndoKind, now=NOW) -> Undo:
    (found,) = [undo for undo in ledger(order, now) if undo.kind == kind]
    return found


def possible(order: Order, now=NOW) -> list[str]:
    return [undo.kind for undo in ledger(order, now) if undo.available]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("now", [NOW, FREEZE, FOC + HOUR, SNAPBACK_ENDS, WINDOW_ENDS, WINDOW_ENDS + 100 * DAY])
def test_every_order_has_all_six_rows_at_every_moment(state, now):
    rows = ledger(standing(state), now)
    assert [undo.kind for undo in rows] == list(KINDS)
    for undo in rows:
        assert undo.cost
        assert undo.who
        assert undo.note or undo.kind == "cancel"
        assert undo.until is None or (undo.available and undo.until > now)


@pytest.mark.parametrize("state", State)
def test_cancelling_is_possible_exactly_where_the_order_takes_it(state):
    undo = row(standing(state), "cancel")
    assert undo.available is (state in ALLOWED["cancel"])
    assert undo.cost == "free"


@pytest.mark.parametrize("state", sorted(UNSENT - ENDED))
def test_nobody_has_to_agree_to_a_cancellation_before_the_order_is_sent(state):
    undo = row(standing(state), "cancel")
    assert (undo.available, undo.who, undo.until) == (True, "nobody", None)


@pytest.mark.parametrize("state", [State.SUBMITTING, State.SUBMITTED, State.ACTION_REQUIRED])
def test_once_it_is_sent_the_gaining_carrier_has_to_agree(state):
    order = standing(state, carrier_order_id=None if state is State.SUBMITTING else "C-1")
    assert row(order, "cancel").who == "gaining carrier"


@pytest.mark.parametrize("state", [State.FOC_CONFIRMED, State.READY])
def test_cancelling_is_free_until_the_freeze_and_then_the_carriers_to_decide(state):
    before, after = (row(standing(state), "cancel", now) for now in (FREEZE - INSTANT, FREEZE))
    assert (before.available, before.until) == (True, FREEZE)
    assert (after.available, after.until) == (True, FOC)
    assert "carrier decides" in after.note
    assert "began" not in before.note


def test_an_order_that_waits_past_its_date_can_still_be_cancelled_without_a_limit():
    assert row(standing(State.READY), "cancel", FOC - INSTANT).until == FOC
    undo = row(standing(State.READY), "cancel", FOC)
    assert (undo.available, undo.until) == (True, None)


def test_the_freeze_is_the_policys():
    order = standing(State.FOC_CONFIRMED, policy={"freeze_hours": 48})
    assert row(order, "cancel", FOC - 48 * HOUR - INSTANT).until == FOC - 48 * HOUR
    assert not row(order, "supplement", FOC - 48 * HOUR).available


@pytest.mark.parametrize(
    ("order", "now", "available", "note"),
    [
        (standing(State.SUBMITTED), NOW, True, "may confirm the date asked for, or another one"),
        (standing(State.FOC_CONFIRMED), FREEZE - INSTANT, True, "may confirm the date asked for"),
        (standing(State.FOC_CONFIRMED), FREEZE, False, "The change freeze began on 2026-11-16 16:00 UTC."),
        (standing(State.AWAITING_APPROVAL), NOW, False, "does not hold the order yet"),
        (standing(State.SUBMITTED).model_copy(update={"carrier_order_id": None}), NOW, False, "does not hold"),
        (standing(State.CANCELLING), NOW, False, "being cancelled"),
        (standing(State.CUTTING_OVER), FOC, False, "have moved or are moving"),
        (standing(State.COMPLETED), WINDOW_ENDS, False, "has ended"),
    ],
)
def test_another_date_can_be_asked_for_while_the_carrier_holds_the_order_until_the_freeze(order, now, available, note):
    undo = row(order, "supplement", now)
    assert undo.available is available
    assert note in undo.note
    assert undo.until == (FREEZE if available and order.foc_at else None)


def test_no_other_date_where_the_carrier_takes_none():
    order = standing(State.SUBMITTED)
    order.request.policy.supplements = False
    undo = row(order, "supplement")
    assert (undo.available, "takes no other date" in undo.note) == (False, True)


@pytest.mark.parametrize(
    ("bridge", "available", "note"),
    [
        (None, False, "no bridge"),
        (Bridge(reason="campaign"), False, "not built yet"),
        (BUILT, True, "never left Old Telco"),
        (BUILT.model_copy(update={"removed_at": NOW}), False, "removed on 2026-11-02 15:00 UTC"),
    ],
)
def test_a_bridge_can_be_removed_while_it_stands(bridge, available, note):
    undo = row(standing(State.BRIDGED, bridge=bridge), "remove_bridge")
    assert (undo.available, undo.until, undo.who) == (available, None, "nobody")
    assert note in undo.note


def test_a_bridge_that_stands_after_the_port_is_not_said_to_hold_the_numbers():
    note = row(standing(State.SETTLING, bridge=BUILT), "remove_bridge").note
    assert "never left" not in note


@pytest.mark.parametrize("state", sorted(set(State) - MOVED - ENDED))
def test_returns_are_announced_before_the_cutover_and_not_available(state):
    for kind in ("snapback", "win_back", "new_port"):
        undo = row(standing(state), kind, FOC)
        assert (undo.available, undo.until, undo.note) == (False, None, "From the cutover.")


@pytest.mark.parametrize("state", [State.CANCELLED, State.NOT_PORTABLE, State.EXPIRED])
def test_what_ended_without_moving_has_nothing_to_undo(state):
    assert possible(standing(state)) == []
    assert row(standing(state), "win_back").note == "No number moved."


@pytest.mark.parametrize("state", [State.PARTIALLY_ACTIVE, State.VERIFYING, State.ROLLBACK_WINDOW])
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (FOC, ["snapback", "win_back", "new_port"]),
        (SNAPBACK_ENDS - INSTANT, ["snapback", "win_back", "new_port"]),
        (SNAPBACK_ENDS, ["win_back", "new_port"]),
        (WINDOW_ENDS - INSTANT, ["win_back", "new_port"]),
        (WINDOW_ENDS, ["new_port"]),
    ],
)
def test_the_stages_of_a_return_end_one_after_the_other(state, now, expected):
    order = standing(state)
    assert possible(order, now) == expected
    assert next_stage(order, now) == expected[0]


def test_each_stage_says_until_when_and_that_the_carrier_may_refuse():
    order = standing(State.ROLLBACK_WINDOW)
    snapback, win_back = row(order, "snapback", FOC), row(order, "win_back", FOC)
    assert (snapback.until, win_back.until) == (SNAPBACK_ENDS, WINDOW_ENDS)
    assert snapback.who == win_back.who == "losing carrier, which may refuse"
    assert "A snapback is asked for first." in win_back.note
    assert "asked for first" not in row(order, "win_back", SNAPBACK_ENDS).note
    assert row(order, "snapback", SNAPBACK_ENDS).note == "Over since 2026-11-18 16:00 UTC."


def test_a_short_window_ends_the_snapback_too():
    order = standing(State.ROLLBACK_WINDOW, policy={"rollback_hours": 6})
    assert row(order, "snapback", FOC).until == FOC + 6 * HOUR
    assert possible(order, FOC + 6 * HOUR) == ["new_port"]


def test_without_a_snapback_the_win_back_is_what_there_is():
    order = standing(State.ROLLBACK_WINDOW, policy={"snapback_hours": 0})
    assert possible(order, FOC) == ["win_back", "new_port"]
    assert row(order, "snapback", FOC).note == "There is no such stage here."


def test_where_there_is_no_return_a_new_port_is_left():
    order = standing(State.SETTLING, policy={"rollback_hours": 0})
    assert possible(order, FOC) == ["new_port"]
    assert "none here" in row(order, "win_back", FOC).note
    assert "none here" in row(standing(State.CHECKING, policy={"rollback_hours": 0}), "win_back").note


def test_what_the_losing_carrier_refused_is_not_offered_again():
    order = standing(State.ROLLBACK_WINDOW, returns=[refused(ReturnStage.SNAPBACK)])
    assert possible(order, FOC + 2 * HOUR) == ["win_back", "new_port"]
    note = row(order, "snapback", FOC + 2 * HOUR).note
    assert note == "Old Telco refused it: the number was given to somebody else."
    assert "asked for first" not in row(order, "win_back", FOC + 2 * HOUR).note
    order.returns.append(refused(ReturnStage.WIN_BACK, why=""))
    assert possible(order, FOC + 3 * HOUR) == ["new_port"]
    assert "no reason given" in row(order, "win_back", FOC + 3 * HOUR).note


@pytest.mark.parametrize("consent", [None, Consent.REQUESTED, Consent.CONSENTED])
def test_an_answer_that_is_no_refusal_takes_nothing_away(consent):
    order = standing(State.ROLLBACK_WINDOW, returns=[refused(ReturnStage.SNAPBACK, consent=consent)])
    assert "snapback" in possible(order, FOC + HOUR)


def test_while_the_numbers_are_asked_back_no_second_return_is_offered():
    order = standing(State.ROLLING_BACK)
    assert possible(order, FOC + HOUR) == ["new_port"]
    assert "is being asked to take the numbers back" in row(order, "snapback", FOC + HOUR).note


def test_numbers_that_are_back_have_nothing_to_undo():
    assert possible(standing(State.ROLLED_BACK), FOC + HOUR) == []


@pytest.mark.parametrize("state", sorted(MOVED - {State.ROLLED_BACK}))
def test_a_new_port_is_always_left_once_the_numbers_moved_and_nothing_is_promised(state):
    order = standing(state)
    order.request.policy.inadvertent_unlimited = False
    undo = row(order, "new_port", WINDOW_ENDS + 365 * DAY)
    assert (undo.available, undo.until) == (True, None)
    assert undo.note == "A new port to Old Telco: usual time and paperwork."
    assert undo.who == "losing carrier, which may refuse"


def test_a_port_nobody_wanted_has_no_limit_where_the_policy_says_so():
    words = "however long ago it was"
    order = standing(State.COMPLETED)
    order.request.policy.inadvertent_unlimited = False
    assert not any(words in undo.note for undo in ledger(order, WINDOW_ENDS))
    order.request.policy.inadvertent_unlimited = True
    noted = [undo.kind for undo in ledger(order, WINDOW_ENDS) if words in undo.note]
    assert noted == ["win_back", "new_port"]
    early = standing(State.FOC_CONFIRMED)
    early.request.policy.inadvertent_unlimited = True
    assert not any(words in undo.note for undo in ledger(early, NOW))


def test_costs_are_the_policys_or_not_known():
    order = standing(State.ROLLBACK_WINDOW)
    order.request.policy.snapback_cost, order.request.policy.win_back_cost = "", ""
    assert {row(order, kind, FOC).cost for kind in ("snapback", "win_back")} == {"not known: ask before"}
    order.request.policy.snapback_cost, order.request.policy.win_back_cost = "none", "50 USD a number"
    assert [row(order, kind, FOC).cost for kind in ("snapback", "win_back")] == ["none", "50 USD a number"]


@pytest.mark.parametrize(
    ("state", "now", "kind", "until"),
    [
        (State.SUBMITTED, NOW, None, None),
        (State.FOC_CONFIRMED, NOW, "cancel", FREEZE),
        (State.READY, FREEZE, "cancel", FOC),
        (State.ROLLBACK_WINDOW, FOC, "snapback", SNAPBACK_ENDS),
        (State.ROLLBACK_WINDOW, SNAPBACK_ENDS, "win_back", WINDOW_ENDS),
        (State.ROLLBACK_WINDOW, WINDOW_ENDS, None, None),
        (State.COMPLETED, WINDOW_ENDS, None, None),
    ],
)
def test_the_next_to_close_is_the_nearest_that_has_an_end(state, now, kind, until):
    undo = next_closing(standing(state), now)
    assert (undo and undo.kind, undo and undo.until) == (kind, until)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=2, hours=3, minutes=59), "2 d 3 h left"),
        (timedelta(days=2), "2 d left"),
        (timedelta(days=2) - INSTANT, "47 h 59 min left"),
        (timedelta(hours=24), "24 h left"),
        (timedelta(hours=1), "1 h left"),
        (timedelta(hours=1) - INSTANT, "59 min left"),
        (45 * MINUTE, "45 min left"),
        (MINUTE, "1 min left"),
        (MINUTE - INSTANT, "less than 1 min left"),
        (INSTANT, "less than 1 min left"),
        (timedelta(0), "over"),
        (-DAY, "over"),
    ],
)
def test_a_countdown_is_rounded_down_and_ends(left, said):
    assert countdown(NOW + left, NOW) == said


def test_what_has_no_end_counts_nothing_down():
    assert countdown(None, NOW) == "no limit"


def test_a_row_in_words_names_the_end_the_cost_and_who_has_to_agree():
    order = standing(State.ROLLBACK_WINDOW, policy={"snapback_cost": "none"})
    assert row(order, "snapback", FOC + HOUR).in_words(FOC + HOUR) == (
        "snapback: until 2026-11-18 16:00 UTC (23 h left); cost: none; has to agree: losing carrier, which may refuse. "
        "The losing carrier can still simply take the numbers back, if it wants to."
    )
    assert row(order, "cancel", FOC).in_words(FOC) == (
        "cancel the order: not available. The numbers have moved or are moving."
    )


@pytest.mark.parametrize("state", sorted(DATED))
def test_no_row_promises_what_a_carrier_may_refuse(state):
    for now in (FREEZE, FOC + HOUR, SNAPBACK_ENDS, WINDOW_ENDS):
        for undo in ledger(standing(state), now):
            words = f"{undo.note} {undo.cost}".lower()
            assert not any(word in words for word in ("will be", "guarantee", "certain", "must"))
