from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text

from portolan.domain.carrier import NumberStatus
from portolan.domain.errors import NotFound, NumberTaken
from portolan.domain.order import Loa, OnHold, Order
from portolan.domain.states import Phase, State, Turn
from portolan.domain.tasks import TaskKind
from portolan.records import audit, store
from portolan.records.store import Records
from tests.records.builders import (
    BUILD,
    MINUTE,
    NOW,
    PROJECT,
    a_request,
    an_order,
    by,
    cancelled,
    elsewhere,
    publication,
)

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all

NUMBER = "+12125550100"


@pytest.fixture
def order(records: Records) -> Order:
    """A reserved order that has not spoken yet."""
    records.reserve(PROJECT, [a_request()], {"acme-1": "port-acme-1"}, NOW)
    return an_order()


def awaiting_signature(order: Order) -> Order:
    later = NOW + MINUTE
    order.move(State.AWAITING_SIGNATURE, by("checked", later), later, "all well")
    order.open_task(TaskKind.SIGN_LOA, "Sign it", later)
    return order


def test_the_rows_say_what_the_workflow_says(records: Records, order: Order) -> None:
    awaiting_signature(order)
    order.number_status = {NUMBER: NumberStatus.ACTIVE}
    order.attempt, order.carrier_order_id, order.carrier_raw_status = 2, "SIM-7", "foc-received"
    order.foc_at = datetime(2026, 12, 1, 16, tzinfo=timezone(timedelta(hours=1)))
    order.rollback_until = NOW + timedelta(days=3)
    order.loa = Loa(signed_by="Ada", signed_on=date(2026, 11, 2), expires_at=NOW + timedelta(days=30))
    published = publication(order)
    records.publish(published, BUILD)

    [row] = records.list_orders()
    assert (row.state, row.phase, row.turn) == (State.AWAITING_SIGNATURE, Phase.AUTHORIZE, Turn.CUSTOMER)
    assert (row.workflow_id, row.sequence, row.attempt) == ("port-acme-1", 2, 2)
    assert (row.carrier_order_id, row.carrier_raw_status) == ("SIM-7", "foc-received")
    assert (row.foc_at, row.foc_at.tzinfo) == (order.foc_at, UTC)
    assert (row.loa_expires_at, row.rollback_until) == (order.loa.expires_at, order.rollback_until)
    assert (row.deadline_at, row.deadline_why) == (NOW + MINUTE + timedelta(days=7), "remind whoever has to move")
    assert (row.created_at, row.updated_at) == (NOW, NOW + MINUTE)
    assert (row.on_hold, row.outcome) == (None, "")
    assert [(number.e164, number.status) for number in records.numbers("acme-1")] == [(NUMBER, NumberStatus.ACTIVE)]
    assert records.order("acme-1") == published.order

    [task] = records.tasks()
    assert (task.order_id, task.task_id, task.kind) == ("acme-1", "sign-loa-1", TaskKind.SIGN_LOA)
    assert (task.turn, task.title, task.answers) == (Turn.CUSTOMER, "Sign the letter of authorization", [])
    assert (task.detail, task.opened_at, task.due_at) == ("Sign it", NOW + MINUTE, order.remind_at)


def test_enums_and_moments_are_stored_as_people_read_them(records: Records, order: Order, engine: Engine) -> None:
    order.foc_at = datetime(2026, 12, 1, 16, tzinfo=timezone(timedelta(hours=1)))
    records.publish(publication(awaiting_signature(order)), BUILD)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT state, turn FROM orders")).one() == ("awaiting_signature", "customer")
        shown = connection.scalar(text("SELECT CAST(foc_at AS TEXT) FROM orders"))
    assert shown.startswith("2026-12-01 15:00:00" if engine.dialect.name == "sqlite" else "2026-12-01")


def test_a_hold_is_shown_with_its_reason_and_the_coordinators_turn(records: Records, order: Order) -> None:
    order.hold = OnHold(by="Ada", reason="merger", since=NOW, review_at=NOW + timedelta(days=7))
    records.publish(publication(order), BUILD)
    [row] = records.list_orders(turn=Turn.COORDINATOR)
    assert (row.on_hold, row.deadline_why) == ("merger", "review the hold")


def test_the_end_frees_the_numbers_and_closes_the_tasks(records: Records, order: Order) -> None:
    records.publish(publication(awaiting_signature(order)), BUILD)
    records.publish(publication(cancelled(order)), BUILD)
    assert [number.live for number in records.numbers("acme-1")] == [False]
    assert records.tasks() == []
    [task] = records.tasks(open_only=False)
    assert (task.closed_by, task.closed_at) == ("Ada", NOW)
    assert [row.order_id for row in records.list_orders(live=False)] == ["acme-1"]
    assert records.list_orders(live=True) == []
    assert records.list_orders()[0].deadline_at is None


def test_a_repeated_publication_changes_nothing(records: Records, order: Order) -> None:
    published = publication(awaiting_signature(order))
    records.publish(published, BUILD)
    before = (records.list_orders(), records.tasks(), records.timeline("acme-1"))
    records.publish(published, "another-build")
    assert (records.list_orders(), records.tasks(), records.timeline("acme-1")) == before


def test_an_old_publication_does_not_undo_a_newer_one(records: Records, order: Order) -> None:
    first = publication(order)
    second = publication(awaiting_signature(order))
    third = publication(cancelled(order))
    for late in (third, first, second):
        records.publish(late, BUILD)
    [row] = records.list_orders()
    assert (row.state, row.sequence) == (State.CANCELLED, 4)
    assert records.order("acme-1") == third.order
    assert [number.live for number in records.numbers("acme-1")] == [False]
    assert records.tasks() == []
    assert [event.sequence for event in records.timeline("acme-1")] == [1, 2, 3, 4]


def test_another_decision_under_the_same_sequence_replaces_the_rows(records: Records, order: Order) -> None:
    other = order.model_copy(deep=True)
    records.publish(publication(awaiting_signature(order)), BUILD)
    other.move(State.AWAITING_INFORMATION, by("checked", NOW + 2 * MINUTE), NOW + 2 * MINUTE)
    other.open_task(TaskKind.CORRECT_DATA, "Correct it", NOW + 2 * MINUTE)
    records.publish(publication(other), BUILD)
    assert records.list_orders()[0].state is State.AWAITING_INFORMATION
    assert [task.task_id for task in records.tasks(open_only=False)] == ["correct-data-1"]


def test_an_order_started_by_hand_is_put_on_record(records: Records) -> None:
    order = awaiting_signature(an_order())
    records.publish(publication(order), BUILD, "by-hand")
    [row] = records.list_orders(project="ACME 2026")
    assert (row.project_id, row.workflow_id, row.state) == ("acme", "by-hand", State.AWAITING_SIGNATURE)
    assert records.find_live_order(NUMBER) == row
    assert len(records.tasks()) == 1
    assert len(records.timeline("acme-1")) == 2
    assert [project.reference for project in records.projects()] == ["ACME 2026"]


def test_an_order_started_by_hand_joins_the_project_of_its_reference(records: Records, order: Order) -> None:
    other = an_order("acme-9", ("+12125550109",), project_id="typed-by-hand")
    records.publish(publication(other), BUILD)
    assert {row.project_id for row in records.list_orders()} == {"acme"}
    assert len(records.projects()) == 1


def test_an_order_started_by_hand_cannot_take_a_live_number(records: Records, order: Order) -> None:
    _, request = elsewhere("bell", (NUMBER,))
    with pytest.raises(NumberTaken) as caught:
        records.publish(publication(Order.new(request, NOW)), BUILD)
    assert (caught.value.number, caught.value.order_id) == (NUMBER, "acme-1")
    with pytest.raises(NotFound):
        records.timeline("bell-1")
    assert [project.project_id for project in records.projects()] == ["acme"]


def test_threads_publish_an_unknown_order_at_the_same_instant(records: Records) -> None:
    published = publication(awaiting_signature(an_order()))
    start = threading.Barrier(4)

    def publish(_: int) -> None:
        start.wait(10)
        records.publish(published, BUILD)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(publish, range(4)))
    assert [event.revision for event in records.timeline("acme-1", every_revision=True)] == [1, 1]
    assert len(records.list_orders()) == 1


def test_threads_publish_different_moments_of_one_order(records: Records, order: Order) -> None:
    told = [publication(order)]
    for _ in range(7):
        order.record(by("note"), NOW)
        told.append(publication(order))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: records.publish(one, BUILD), reversed(told)))
    assert records.list_orders()[0].sequence == 8
    assert [event.sequence for event in records.timeline("acme-1", every_revision=True)] == list(range(1, 9))


@pytest.mark.parametrize(
    ("where", "step"),
    [(store, "put_numbers"), (store, "put_tasks"), (audit, "append"), (audit, "digest")],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_while_publishing_leaves_nothing_half_written(
    records: Records, order: Order, monkeypatch: pytest.MonkeyPatch, where: object, step: str, when: str
) -> None:
    before = (records.list_orders(), records.numbers("acme-1"), records.tasks(), records.timeline("acme-1"))
    real = getattr(where, step)

    def dies(*args: object) -> object:
        if when == "after":
            real(*args)
        raise ZeroDivisionError("killed")

    published = publication(cancelled(awaiting_signature(order)))
    with monkeypatch.context() as patch:
        patch.setattr(where, step, dies)
        with pytest.raises(ZeroDivisionError):
            records.publish(published, BUILD)
    now = (records.list_orders(), records.numbers("acme-1"), records.tasks(), records.timeline("acme-1"))
    assert now == before
    records.publish(published, BUILD)
    assert records.list_orders()[0].state is State.CANCELLED
    assert len(records.timeline("acme-1")) == 4
