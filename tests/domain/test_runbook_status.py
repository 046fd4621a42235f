"""Where each item of the runbook stands, on both sides of its time."""

from __future__ import annotations

from datetime import datetime

import pytest

from portolan.domain.order import Order
from portolan.domain.runbook import Override, SignOff, Stage
from portolan.domain.runbook_status import ItemRow, ItemStatus, runbook_rows
from portolan.domain.states import State, Turn
from tests.domain.builders import DAY, FOC, HOUR, INSTANT, NOW, new, order_in, say
from tests.domain.standing import standing

RUNBOOK = ["foc", "rollback_letter", "desk_staffed", "go", "watch", "volumes", "closing"]
GATES = ["foc", "rollback_letter", "desk_staffed", "go"]
POLICY = {"runbook": RUNBOOK, "gates": GATES}


def dated(state: State = State.READY, **given: object) -> Order:
    """An order with a date settled long before, so that items are due at their usual time."""
    return standing(state, policy=POLICY, letters={"rollback": "ab" * 32}, **given)


def row(order: Order, item: str, now: datetime) -> ItemRow:
    (found,) = [row for row in runbook_rows(order, now) if row.item == item]
    return found


def status(order: Order, item: str, now: datetime) -> ItemStatus:
    return row(order, item, now).status


def test_every_item_has_its_row_by_stage() -> None:
    shuffled = ["closing", "go", "foc", "watch", "volumes", "desk_staffed", "rollback_letter"]
    order = standing(State.READY, policy={"runbook": shuffled, "gates": ["go"]})
    rows = runbook_rows(order, NOW)
    assert [row.stage for row in rows] == sorted((row.stage for row in rows), key=list(Stage).index)
    assert {row.item: row.gate for row in rows} == {item: item == "go" for item in shuffled}
    assert row(order, "go", NOW).owner is Turn.DECISION_MAKER


def test_an_order_without_a_runbook_has_no_rows() -> None:
    assert runbook_rows(order_in(State.READY), NOW) == []


@pytest.mark.parametrize(
    ("item", "due_at", "after"),
    [
        ("desk_staffed", FOC - DAY, ItemStatus.RED_GATE),
        ("go", FOC - DAY, ItemStatus.RED_GATE),
        ("watch", FOC, ItemStatus.OPEN),
    ],
)
def test_an_item_is_not_due_until_its_very_moment(item: str, due_at: datetime, after: ItemStatus) -> None:
    order = dated()
    assert row(order, item, NOW).due_at == due_at
    assert status(order, item, due_at - INSTANT) is ItemStatus.NOT_DUE
    assert status(order, item, due_at) is after


@pytest.mark.parametrize(("item", "due_at"), [("volumes", FOC + 2 * HOUR), ("closing", FOC + 72 * HOUR)])
def test_what_is_due_after_the_cutover_is_counted_from_there(item: str, due_at: datetime) -> None:
    ahead = row(dated(), item, FOC + 100 * HOUR)
    assert (ahead.due_at, ahead.status) == (None, ItemStatus.NOT_DUE)
    order = dated(State.ROLLBACK_WINDOW)
    assert row(order, item, FOC).due_at == due_at
    assert status(order, item, due_at - INSTANT) is ItemStatus.NOT_DUE
    assert status(order, item, due_at) is ItemStatus.OPEN


def test_without_a_date_nothing_is_due() -> None:
    order = standing(State.SUBMITTED, policy=POLICY)
    assert {row.status for row in runbook_rows(order, FOC + 9 * DAY)} == {ItemStatus.NOT_DUE}


def test_a_sign_off_shows_who_vouches_for_it_and_with_what() -> None:
    order = dated()
    order.signoffs["desk_staffed"] = SignOff(
        item="desk_staffed", by="Charles", at=FOC - 30 * HOUR, note="Bo is on duty", document="cd" * 32, foc_at=FOC
    )
    done = row(order, "desk_staffed", FOC)
    assert done.status is ItemStatus.GREEN
    assert (done.signed_by, done.signed_at) == ("Charles", FOC - 30 * HOUR)
    assert (done.note, done.document) == ("Bo is on duty", "cd" * 32)


def test_a_sign_off_for_another_date_does_not_count_any_more() -> None:
    order = dated()
    order.signoffs["go"] = SignOff(
        item="go", by="Grace Hopper", at=NOW, foc_at=FOC - 7 * DAY, round=order.foc_round - 1
    )
    gone = row(order, "go", FOC)
    assert gone.status is ItemStatus.RED_GATE
    assert (gone.signed_by, gone.signed_at) == ("", None)


def test_what_shows_by_itself_needs_nobody() -> None:
    order = dated()
    foc, letter = row(order, "foc", FOC), row(order, "rollback_letter", FOC)
    assert (foc.status, foc.note, foc.signed_by) == (ItemStatus.GREEN, "FOC 2026-11-17 16:00 UTC", "")
    assert (letter.status, letter.document, letter.note) == (ItemStatus.GREEN, "ab" * 32, "")
    order.letters = {}
    assert row(order, "rollback_letter", FOC).status is ItemStatus.RED_GATE
    assert row(order, "rollback_letter", FOC).document == ""


def test_the_date_stays_green_once_the_numbers_moved_on_it() -> None:
    assert status(dated(State.ROLLBACK_WINDOW), "foc", FOC + HOUR) is ItemStatus.GREEN
    by_itself = dated(State.ROLLBACK_WINDOW, foc_at=None)
    assert status(by_itself, "foc", FOC + HOUR) is ItemStatus.NOT_DONE


def test_an_override_covers_its_gates_for_its_date_only() -> None:
    order = dated()
    order.override = Override(items=["go"], by="Grace Hopper", reason="line is dead", at=FOC - HOUR, foc_at=FOC)
    covered = row(order, "go", FOC)
    assert (covered.status, covered.signed_by, covered.note) == (ItemStatus.OVERRIDDEN, "Grace Hopper", "line is dead")
    assert status(order, "desk_staffed", FOC) is ItemStatus.RED_GATE
    order.override.round -= 1
    assert status(order, "go", FOC) is ItemStatus.RED_GATE


def test_once_the_numbers_moved_what_was_left_out_is_not_asked_for_any_more() -> None:
    order = dated(State.ROLLBACK_WINDOW)
    order.override = Override(items=["go"], by="Grace Hopper", reason="line is dead", at=FOC - HOUR, foc_at=FOC)
    assert status(order, "go", FOC + HOUR) is ItemStatus.OVERRIDDEN
    assert status(order, "desk_staffed", FOC + HOUR) is ItemStatus.NOT_DONE
    assert status(order, "watch", FOC + HOUR) is ItemStatus.NOT_DONE


def test_the_rows_follow_the_messages() -> None:
    order = order_in(State.FOC_CONFIRMED, policy=POLICY)
    assert status(order, "desk_staffed", FOC - DAY) is ItemStatus.RED_GATE
    say(order, "sign_off", FOC - 2 * DAY, by="Charles", items=["desk_staffed"], note="Bo is on duty")
    assert status(order, "desk_staffed", FOC - DAY) is ItemStatus.GREEN
    say(order, "foc_confirmed", FOC - 2 * DAY, foc_at=FOC + 7 * DAY)
    assert status(order, "desk_staffed", FOC - DAY) is ItemStatus.NOT_DUE


def test_an_order_fresh_from_its_request_has_its_runbook_ahead() -> None:
    rows = runbook_rows(new(policy=POLICY), NOW)
    assert {row.status for row in rows} == {ItemStatus.NOT_DUE}
