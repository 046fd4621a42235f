"""How an order, as the workflow carries it, becomes rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from sqlmodel import Session, select

from portolan.domain.carrier import NumberStatus
from portolan.domain.clocks import next_deadline
from portolan.domain.order import Order
from portolan.domain.refusals import possible_answers
from portolan.domain.states import STATES
from portolan.records.tables import NumberRow, OrderRow, TaskRow


def order_row(order: Order, project_id: str, workflow_id: str, updated_at: datetime) -> OrderRow:
    """The order's own row."""
    request, deadline = order.request, next_deadline(order)
    return OrderRow(
        order_id=order.order_id,
        project_id=project_id,
        workflow_id=workflow_id,
        reference=request.reference,
        customer=request.customer,
        state=order.state,
        phase=STATES[order.state].phase,
        turn=order.turn,
        deadline_at=deadline.at if deadline else None,
        deadline_why=str(deadline.clock) if deadline else "",
        country=request.country,
        number_class=request.number_class,
        losing_carrier=request.losing_carrier,
        gaining_carrier=request.gaining_carrier,
        foc_at=order.foc_at,
        loa_expires_at=order.loa.expires_at if order.loa else None,
        rollback_until=order.rollback_until,
        attempt=order.attempt,
        carrier_order_id=order.carrier_order_id,
        carrier_raw_status=order.carrier_raw_status,
        on_hold=order.hold.reason if order.hold else None,
        outcome=order.outcome,
        sequence=order.sequence,
        created_at=order.created_at,
        updated_at=updated_at,
        document=order.model_dump(mode="json"),
    )


def number_rows(order: Order) -> list[NumberRow]:
    """A row for each number, live until the order has ended."""
    return [
        NumberRow(
            order_id=order.order_id,
            e164=number,
            status=order.number_status.get(number, NumberStatus.PENDING),
            live=not order.ended,
        )
        for number in order.request.numbers
    ]


def task_rows(order: Order) -> list[TaskRow]:
    """A row for each task, open or closed."""
    return [
        TaskRow(
            order_id=order.order_id,
            task_id=task.task_id,
            kind=task.kind,
            turn=task.turn,
            title=task.title,
            detail=task.detail,
            answers=possible_answers(order, task),
            opened_at=task.opened_at,
            due_at=task.due_at,
            closed_at=task.closed_at,
            closed_by=task.closed_by,
            answer=task.answer,
        )
        for task in order.tasks
    ]


def insert_orders(session: Session, orders: Iterable[OrderRow], numbers: Iterable[NumberRow]) -> None:
    """Put new orders on record and take their numbers.

    Raises:
        sqlalchemy.exc.IntegrityError: An order is on record already, or a number is live in another one.
    """
    # Without relationships the session does not know which rows need which, so they are written step by step.
    session.flush()
    session.add_all(orders)
    session.flush()
    # Everybody takes numbers in the same order: two who want the same ones wait for each other and never deadlock.
    session.add_all(sorted(numbers, key=attrgetter("e164")))
    session.flush()


def put_numbers(session: Session, order: Order) -> None:
    """Bring the numbers of an order on record up to date; those it gave up are no longer live in it."""
    on_record = {row.e164: row for row in session.exec(select(NumberRow).where(NumberRow.order_id == order.order_id))}
    for row in number_rows(order):
        known = on_record.pop(row.e164, None)
        if known is None:
            session.add(row)
        else:
            # A number that has left for another order does not come back.
            known.status, known.live = row.status, row.live and known.live
    for split_out in on_record.values():
        split_out.live = False


def put_tasks(session: Session, order: Order) -> None:
    """Bring the tasks of an order on record up to date; those of a decision that was overruled disappear."""
    on_record = {row.task_id: row for row in session.exec(select(TaskRow).where(TaskRow.order_id == order.order_id))}
    for row in task_rows(order):
        on_record.pop(row.task_id, None)
        session.merge(row)
    for row in on_record.values():
        session.delete(row)
