"""What came in from outside: carriers' messages and documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, select, update

from portolan.domain.errors import NotFound
from portolan.records.session import Database, insert_if_absent
from portolan.records.tables import CarrierMessageRow, DocumentRow, OrderRow


class Inbox(Database):
    """Carrier messages are kept before they are acted upon; documents are named by what is in them."""

    def keep_message(
        self, carrier: str, message_id: str, order_id: str | None, body: Mapping[str, Any], received_at: datetime
    ) -> bool:
        """Keep a carrier's message; False if that carrier's message of this id is known already."""
        with self.writing() as session:
            return insert_if_absent(
                session,
                CarrierMessageRow,
                carrier=carrier,
                message_id=message_id,
                order_id=order_id,
                body=dict(body),
                received_at=received_at,
            )

    def unhandled_messages(self) -> list[CarrierMessageRow]:
        """Messages nobody has acted upon yet, in the order of their arrival."""
        with self.reading() as session:
            return list(
                session.exec(
                    select(CarrierMessageRow)
                    .where(col(CarrierMessageRow.handled_at).is_(None))
                    .order_by(col(CarrierMessageRow.received_at), col(CarrierMessageRow.id))
                )
            )

    def message_handled(self, message: int, now: datetime) -> None:
        """Note that a message (by its row's id) was acted upon; the first time counts.

        Raises:
            NotFound: There is no such message.
        """
        with self.writing() as session:
            if session.get(CarrierMessageRow, message) is None:
                raise NotFound("carrier message", str(message))
            session.exec(
                update(CarrierMessageRow)
                .where(col(CarrierMessageRow.id) == message, col(CarrierMessageRow.handled_at).is_(None))
                .values(handled_at=now)
            )

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
            if session.get(OrderRow, order_id) is None:
                raise NotFound("order", order_id)
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
