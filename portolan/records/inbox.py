"""What carriers sent, kept before it is acted upon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, select, update

from portolan.domain.errors import NotFound
from portolan.records.session import Database, insert_if_absent
from portolan.records.tables import CarrierMessageRow


class Inbox(Database):
    """Carrier messages, each kept once."""

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

    def messages(self, order_id: str) -> list[CarrierMessageRow]:
        """Every message that names an order, in the order of their arrival."""
        with self.reading() as session:
            return list(
                session.exec(
                    select(CarrierMessageRow)
                    .where(CarrierMessageRow.order_id == order_id)
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
