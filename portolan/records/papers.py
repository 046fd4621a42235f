"""Documents and secrets of an order: what is kept, for how long, and when it is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, delete, select, update

from portolan.domain.errors import NotFound
from portolan.domain.order import Order
from portolan.records.session import Database, insert_if_absent
from portolan.records.tables import DocumentRow, OrderRow, SecretRow


class Secret(NamedTuple):
    """Something only the customer and the carriers may know, such as a PIN, a RIO or a PAC.

    `number` is the number it belongs to (E.164), empty where it is the account's.
    """

    number: str
    kind: str
    value: str


class Papers(Database):
    """Documents are named by what is in them; secrets never leave these records but for a carrier or a letter."""

    def add_document(
        self,
        order_id: str,
        sha256: str,
        kind: str,
        filename: str,
        size: int,
        media_type: str,
        stored_at: datetime,
        stored_by: str,
    ) -> bool:
        """Attach a stored document to an order; False if the order has it already, as that kind.

        Args:
            order_id: Whose document it is.
            sha256: Of the content, hexadecimal.
            kind: What it is: `loa`, `bill`, ...
            filename: What people call it.
            size: In bytes.
            media_type: Such as `application/pdf`.
            stored_at: When it was put into the document store.
            stored_by: Who gave it.

        Raises:
            NotFound: There is no such order.
        """
        with self.writing() as session:
            row = session.get(OrderRow, order_id)
            if row is None:
                raise NotFound("order", order_id)
            order = Order.model_validate(row.document)
            return insert_if_absent(
                session,
                DocumentRow,
                order_id=order_id,
                sha256=sha256,
                kind=kind,
                filename=filename,
                size=size,
                media_type=media_type,
                stored_at=stored_at,
                stored_by=stored_by,
                retain_until=kept_until(order) if order.ended else None,
            )

    def documents(self, order_id: str) -> list[DocumentRow]:
        """The documents of an order, oldest first."""
        with self.reading() as session:
            return list(
                session.exec(
                    select(DocumentRow)
                    .where(DocumentRow.order_id == order_id)
                    .order_by(col(DocumentRow.stored_at), col(DocumentRow.sha256))
                )
            )

    def documents_to_forget(self, now: datetime) -> list[DocumentRow]:
        """The documents whose time is over, and that no other order still has to keep."""
        kept = select(DocumentRow.sha256).where(
            col(DocumentRow.retain_until).is_(None) | (col(DocumentRow.retain_until) > now)
        )
        query = select(DocumentRow).where(col(DocumentRow.retain_until) <= now, col(DocumentRow.sha256).not_in(kept))
        with self.reading() as session:
            return list(session.exec(query.order_by(col(DocumentRow.order_id), col(DocumentRow.sha256))))

    def forget_document(self, sha256: str, now: datetime) -> bool:
        """Take a document off the records, unless an order still has to keep it; whether it is off."""
        with self.writing() as session:
            rows = session.exec(select(DocumentRow).where(DocumentRow.sha256 == sha256)).all()
            if any(row.retain_until is None or row.retain_until > now for row in rows):
                return False
            session.exec(delete(DocumentRow).where(col(DocumentRow.sha256) == sha256))
            return True

    def give_secret(self, order_id: str, secret: Secret) -> None:
        """Keep a secret of an order, in place of an earlier one of the same kind.

        Raises:
            NotFound: There is no such order.
        """
        with self.writing() as session:
            if session.get(OrderRow, order_id) is None:
                raise NotFound("order", order_id)
            put_secrets(session, order_id, [secret])

    def secrets(self, order_id: str) -> list[Secret]:
        """The secrets of an order; none once it has ended."""
        query = select(SecretRow).where(SecretRow.order_id == order_id)
        query = query.order_by(col(SecretRow.number), col(SecretRow.kind))
        with self.reading() as session:
            return [Secret(row.number, row.kind, row.value) for row in session.exec(query)]


def put_secrets(session: Session, order_id: str, secrets: Iterable[Secret]) -> None:
    """Keep the secrets of an order that is on record."""
    for secret in secrets:
        session.merge(SecretRow(order_id=order_id, **secret._asdict()))


def move_secrets(session: Session, parent: str, child: str, numbers: Iterable[str]) -> None:
    """An order split out of another one takes its numbers' secrets with it, and knows the account's."""
    rows = session.exec(select(SecretRow).where(SecretRow.order_id == parent)).all()
    moved = set(numbers)
    put_secrets(session, child, [Secret(row.number, row.kind, row.value) for row in rows if row.number in moved | {""}])
    session.exec(delete(SecretRow).where(col(SecretRow.order_id) == parent, col(SecretRow.number).in_(moved)))


def kept_until(order: Order) -> datetime:
    """Until when the documents of an order that has ended are kept."""
    return order.since + timedelta(days=order.policy.retention_days)


def close_papers(session: Session, order: Order) -> None:
    """An order has ended: its secrets are wiped, and its documents are kept for their time."""
    order_id = order.order_id
    session.exec(delete(SecretRow).where(col(SecretRow.order_id) == order_id))
    session.exec(
        update(DocumentRow)
        .where(col(DocumentRow.order_id) == order_id, col(DocumentRow.retain_until).is_(None))
        .values(retain_until=kept_until(order))
    )
