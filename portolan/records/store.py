"""The records of a deployment: what the workflows said, who may have which number, and what came in.

Every method is one transaction: it happens entirely or not at all. Methods block, so async code calls them in threads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select, update

from portolan.domain.effects import Publication
from portolan.domain.errors import Fault, NumberTaken, PortolanError, RequestInvalid
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.records import audit
from portolan.records.accounts import CarrierAccounts
from portolan.records.audit import Standing
from portolan.records.desk import Desk
from portolan.records.inbox import Inbox
from portolan.records.notices import Notices
from portolan.records.papers import Papers, Secret, close_papers, move_secrets, put_secrets
from portolan.records.port_outs import PortOuts
from portolan.records.projection import insert_orders, number_rows, order_row, put_numbers, put_tasks
from portolan.records.queries import SUMMARY, Queries, summaries
from portolan.records.tables import NumberRow, OrderRow, OrderSummary, ProjectRow

T = TypeVar("T")
#: How often a write is begun again because somebody else inserted the same row at the same instant.
TRIES = 3


class NewProject(NamedTuple):
    """The project that orders are reserved for; each of its requests names the same id and reference."""

    project_id: str
    reference: str
    customer: str


class ReferenceTaken(PortolanError):
    """The reference, or an id made from it, belongs to a different request."""

    code = "reference_taken"

    def __init__(self, reference: str, project_id: str) -> None:
        self.reference = reference
        self.project_id = project_id
        super().__init__(
            f"The reference {reference!r} is already used for a different request (project {project_id}).",
            "Give this request a reference of its own, or send the earlier one unchanged.",
        )


class Records(Queries, Inbox, Notices, Papers, PortOuts, CarrierAccounts, Desk):
    """All records, on an engine made by `connect` and a database brought up to date by `upgrade`."""

    def reserve(
        self,
        project: NewProject,
        requests: Sequence[OrderRequest],
        workflow_ids: Mapping[str, str],
        now: datetime,
        digest: str = "",
        secrets: Mapping[str, Sequence[Secret]] = MappingProxyType({}),
    ) -> list[OrderSummary]:
        """Put a project and its orders on record and take their numbers, before any workflow is started.

        The same request under the same reference changes nothing and returns the orders of the first time; ids, and
        the closed days that were looked up for it, do not make a request a different one.

        Args:
            project: What the orders belong to.
            requests: One for each order.
            workflow_ids: By order id, the workflow that will carry it.
            now: The time of the reservation, timezone-aware.
            digest: Names what was asked for; by default everything the requests say, rules of the day included.
            secrets: By order id; kept with the orders, or not at all.

        Returns:
            The project's orders, by order id.

        Raises:
            NumberTaken: A number is in another live order; nothing was put on record.
            RequestInvalid: A number occurs twice in the request.
            ReferenceTaken: The reference is used for a different request.
        """
        _refuse_repeated_numbers(requests)
        asked = digest or _request_digest(requests)

        def work(session: Session) -> list[OrderSummary]:
            known = _clash(session, project, requests)
            if known is None:
                session.add(ProjectRow(**project._asdict(), request_digest=asked, created_at=now))
                orders = [_as_reserved(request, now) for request in requests]
                rows = [order_row(order, project.project_id, workflow_ids[order.order_id], now) for order in orders]
                insert_orders(session, rows, [row for order in orders for row in number_rows(order)])
                for order_id, kept in secrets.items():
                    put_secrets(session, order_id, kept)
            elif (known.reference, known.request_digest) != (project.reference, asked):
                raise ReferenceTaken(project.reference, known.project_id)
            project_id = known.project_id if known else project.project_id
            query = select(*SUMMARY).where(OrderRow.project_id == project_id).order_by(col(OrderRow.order_id))
            return summaries(session.exec(query))

        numbers = [number for request in requests for number in request.numbers]
        return self._claiming(numbers, {request.order_id for request in requests}, work)

    def publish(self, publication: Publication, build: str, workflow_id: str = "") -> None:
        """Make the rows say what the workflow says, and append the audit entries.

        A publication older than what is on record adds its audit entries and changes nothing else, unless it overrules
        what a dead worker wrote: then the order stands where the publication says. An order nobody
        reserved (its workflow was started by hand) is put on record with its numbers, under the project of its
        reference if there is one.

        Args:
            publication: The order and its new audit entries.
            build: The version of the program that speaks, kept with each entry.
            workflow_id: Kept where the order was not reserved; empty if unknown.

        Raises:
            NumberTaken: The order was not reserved, and a number is in another live order; nothing was written.
        """
        order, entries = publication.order, publication.entries
        updated_at = entries[-1].recorded_at if entries else order.since

        def work(session: Session) -> None:
            known = session.get(OrderRow, order.order_id, with_for_update=True)
            if known is None:
                project_id = _project_by_hand(session, order)
                row = order_row(order, project_id, workflow_id, updated_at)
                insert_orders(session, [row], number_rows(order))
                put_tasks(session, order)
                audit.append(session, order.order_id, entries, build)
                return
            standing = audit.append(session, order.order_id, entries, build)
            newer = known.sequence <= order.sequence and standing is not Standing.OVERRULED
            if newer or standing is Standing.OVERRULES:
                session.merge(order_row(order, known.project_id, known.workflow_id, updated_at))
                put_numbers(session, order)
                put_tasks(session, order)
                if order.ended:
                    close_papers(session, order)

        self._claiming(order.request.numbers, {order.order_id}, work)

    def split(self, parent: str, request: OrderRequest, workflow_id: str, now: datetime) -> None:
        """Put an order on record for numbers that another order gives up; a second time changes nothing.

        Args:
            parent: The order that gives the numbers up.
            request: The new order's.
            workflow_id: The workflow that will carry it.
            now: The time of the reservation, timezone-aware.

        Raises:
            NumberTaken: A number is in yet another live order; nothing was changed.
        """
        new = _as_reserved(request, now)

        def work(session: Session) -> None:
            if session.get(OrderRow, request.order_id):
                return
            known = session.get(OrderRow, parent, with_for_update=True)
            project_id = known.project_id if known else _project_by_hand(session, new)
            session.exec(
                update(NumberRow)
                .where(col(NumberRow.order_id) == parent, col(NumberRow.e164).in_(request.numbers))
                .values(live=False)
            )
            insert_orders(session, [order_row(new, project_id, workflow_id, now)], number_rows(new))
            move_secrets(session, parent, request.order_id, request.numbers)

        self._claiming(request.numbers, {request.order_id, parent}, work)

    def _claiming(self, numbers: Sequence[str], order_ids: Collection[str], work: Callable[[Session], T]) -> T:
        """Do work that inserts numbers for these orders; the unique index on live numbers decides who may have them."""
        for tries_left in reversed(range(TRIES)):
            try:
                with self.writing() as session:
                    return work(session)
            except IntegrityError:
                self._refuse_taken(numbers, order_ids)
                # No number was in the way, or none is any more. Somebody inserted the same project or order at the same
                # instant, and the next try finds it.
                if not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _refuse_taken(self, numbers: Sequence[str], order_ids: Collection[str]) -> None:
        with self.reading() as session:
            taken = session.exec(
                select(NumberRow)
                .where(
                    col(NumberRow.e164).in_(numbers),
                    col(NumberRow.live),
                    col(NumberRow.order_id).not_in(order_ids),
                )
                .order_by(col(NumberRow.e164))
            ).first()
        if taken:
            raise NumberTaken(taken.e164, taken.order_id)


def _refuse_repeated_numbers(requests: Sequence[OrderRequest]) -> None:
    first: dict[str, str] = {}
    faults: list[Fault] = []
    for i, request in enumerate(requests):
        for j, number in enumerate(request.numbers):
            where = f"orders[{i}].numbers[{j}]"
            if number in first:
                faults.append(Fault(where, f"{number} is already at {first[number]}"))
            first.setdefault(number, where)
    if faults:
        raise RequestInvalid(faults)


def _request_digest(requests: Sequence[OrderRequest]) -> str:
    """Names what was asked for, apart from what Portolan itself made up or looked up on the day."""
    return audit.digest(
        [
            request.model_dump(mode="json", exclude={"order_id": True, "project_id": True, "policy": {"closed_days"}})
            for request in requests
        ]
    )


def _clash(session: Session, project: NewProject, requests: Sequence[OrderRequest]) -> ProjectRow | None:
    """The project that has this reference, or else one that has the project's id or one of the orders' ids."""
    owners = select(OrderRow.project_id).where(col(OrderRow.order_id).in_([request.order_id for request in requests]))
    return session.exec(
        select(ProjectRow)
        .where(
            or_(
                ProjectRow.reference == project.reference,
                ProjectRow.project_id == project.project_id,
                col(ProjectRow.project_id).in_(owners),
            )
        )
        .order_by(col(ProjectRow.reference) != project.reference)
    ).first()


def _as_reserved(request: OrderRequest, now: datetime) -> Order:
    """The order before its workflow has spoken: nothing is on record yet, and anything it says is newer."""
    order = Order.new(request, now)
    order.sequence = 0
    order.unpublished = []
    return order


def _project_by_hand(session: Session, order: Order) -> str:
    request = order.request
    known = session.exec(
        select(ProjectRow)
        .where(or_(ProjectRow.project_id == request.project_id, ProjectRow.reference == request.reference))
        .order_by(col(ProjectRow.project_id) != request.project_id)
    ).first()
    if known:
        return known.project_id
    session.add(
        ProjectRow(
            project_id=request.project_id,
            reference=request.reference,
            customer=request.customer,
            request_digest="",
            created_at=order.created_at,
        )
    )
    # Without relationships the session does not know which row needs which, so it is told to write this one now.
    session.flush()
    return request.project_id
