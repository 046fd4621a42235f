"""Looking things up: orders, tasks, projects, numbers, the audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, or_, select

from portolan.domain.errors import NotFound
from portolan.domain.order import Order
from portolan.domain.states import ENDED, State, Turn
from portolan.records import audit
from portolan.records.session import Database
from portolan.records.tables import AuditEvent, NumberRow, OrderRow, OrderSummary, ProjectRow, TaskRow

#: The columns of a list of orders; documents are large and hold the customer's data.
SUMMARY: list[Any] = [getattr(OrderRow, name) for name in OrderSummary.model_fields]


class Queries(Database):
    """Everything that only reads."""

    def order(self, order_id: str) -> Order:
        """An order as it was last published.

        Raises:
            NotFound: There is no such order.
        """
        with self.reading() as session:
            return Order.model_validate(_found(session, order_id).document)

    def list_orders(
        self,
        state: State | None = None,
        turn: Turn | None = None,
        project: str | None = None,
        number: str | None = None,
        live: bool | None = None,
        limit: int = 100,
    ) -> list[OrderSummary]:
        """Orders that match everything given, the youngest first, at most `limit` of them.

        Args:
            state: Where they stand.
            turn: Who has to move next.
            project: The id or the reference of their project.
            number: In E.164; ended orders that had it count too, unless `live` says otherwise.
            live: True for orders that have not ended, False for those that have.
            limit: The most to return.
        """
        query = select(*SUMMARY)
        if state is not None:
            query = query.where(OrderRow.state == state)
        if turn is not None:
            query = query.where(OrderRow.turn == turn)
        if project is not None:
            query = query.where(or_(OrderRow.project_id == project, OrderRow.reference == project))
        if number is not None:
            query = query.where(col(OrderRow.order_id).in_(select(NumberRow.order_id).where(NumberRow.e164 == number)))
        if live is not None:
            ended = col(OrderRow.state).in_(ENDED)
            query = query.where(~ended if live else ended)
        query = query.order_by(col(OrderRow.created_at).desc(), col(OrderRow.order_id)).limit(limit)
        with self.reading() as session:
            return summaries(session.exec(query))

    def find_live_order(self, e164: str) -> OrderSummary | None:
        """The one order that is moving this number now, if any."""
        query = select(*SUMMARY).join(NumberRow).where(NumberRow.e164 == e164, col(NumberRow.live))
        with self.reading() as session:
            return next(iter(summaries(session.exec(query))), None)

    def numbers(self, order_id: str) -> list[NumberRow]:
        """The numbers of an order, sorted; empty where there is no such order."""
        with self.reading() as session:
            return list(
                session.exec(select(NumberRow).where(NumberRow.order_id == order_id).order_by(col(NumberRow.e164)))
            )

    def timeline(self, order_id: str, every_revision: bool = False) -> list[AuditEvent]:
        """The audit trail of an order, oldest first: each entry as it counts, or with what was overruled.

        Raises:
            NotFound: There is no such order.
        """
        with self.reading() as session:
            _found(session, order_id)
            return audit.timeline(session, order_id, every_revision)

    def tasks(self, open_only: bool = True, order_id: str | None = None) -> list[TaskRow]:
        """Tasks of one or all orders, the most urgent first; those without a due time come last."""
        query = select(TaskRow).order_by(
            col(TaskRow.due_at).asc().nulls_last(), col(TaskRow.opened_at), col(TaskRow.order_id), col(TaskRow.task_id)
        )
        if open_only:
            query = query.where(col(TaskRow.closed_at).is_(None))
        if order_id is not None:
            query = query.where(TaskRow.order_id == order_id)
        with self.reading() as session:
            return list(session.exec(query))

    def projects(self) -> list[ProjectRow]:
        """All projects, the youngest first."""
        with self.reading() as session:
            return list(
                session.exec(select(ProjectRow).order_by(col(ProjectRow.created_at).desc(), col(ProjectRow.project_id)))
            )


def summaries(rows: Iterable[Any]) -> list[OrderSummary]:
    """Rows of the columns `SUMMARY`, as validated objects."""
    return [OrderSummary.model_validate(row) for row in rows]


def _found(session: Session, order_id: str) -> OrderRow:
    row = session.get(OrderRow, order_id)
    if row is None:
        raise NotFound("order", order_id)
    return row
