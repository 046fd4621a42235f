"""What carriers sent, kept before it is acted upon; and which orders of an account are to be looked at closely."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func
from sqlmodel import and_, col, or_, select, update

from portolan.domain.errors import NotFound
from portolan.domain.states import ENDED
from portolan.records.carrier_tables import CarrierLinkRow
from portolan.records.session import Database, insert_if_absent
from portolan.records.tables import CarrierMessageRow, OrderRow

#: In bytes; what names a message or an order is indexed, and an index takes no more than this with ease.
LONGEST_NAME = 500
#: After that a message whose order is not known is left for people.
GIVE_UP = timedelta(days=7)
#: The kind of messages that are genuine, and that nobody can read.
UNREADABLE = "unreadable"


class Kept(NamedTuple):
    """A message nobody has acted upon yet, without its content.

    Attributes:
        order_id: Our order it is about, once that has been found.
        arrived: Whether what it waits for is there: its order, and that order's id at the carrier.
    """

    id: int
    carrier: str
    message_id: str
    order_id: str | None
    carrier_order_id: str
    reference: str
    kind: str
    said: str
    received_at: datetime
    arrived: bool = False

    @property
    def addressed(self) -> bool:
        """Whether it names any order at all."""
        return bool(self.order_id or self.carrier_order_id or self.reference)


class Addressee(NamedTuple):
    """How far an order is: whether the carrier's id of it is on record, and whether it has ended."""

    at_carrier: bool
    ended: bool


class Inbox(Database):
    """Carrier messages, each kept once."""

    def keep_message(
        self,
        carrier: str,
        message_id: str,
        order_id: str | None,
        body: Mapping[str, Any],
        received_at: datetime,
        *,
        carrier_order_id: str = "",
        reference: str = "",
        kind: str = "",
        said: str = "",
        raw: bytes = b"",
    ) -> Kept | None:
        """Keep a carrier's message, whatever is in it; None if that carrier's message of this id is known already."""
        row = CarrierMessageRow
        name = _name(message_id)
        with self.writing() as session:
            new = insert_if_absent(
                session,
                row,
                carrier=carrier,
                message_id=name,
                order_id=order_id,
                carrier_order_id=_name(carrier_order_id),
                reference=_name(reference),
                kind=_text(kind),
                said=_text(said),
                body=_json(body),
                raw=_text(raw.decode("utf-8", "backslashreplace")),
                received_at=received_at,
            )
            query = select(*_columns()).where(row.carrier == carrier, row.message_id == name)
            return Kept(*session.exec(query).one()) if new else None

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

    def messages_to_hand_on(self, since: datetime, after: int = 0, limit: int | None = None) -> list[Kept]:
        """Messages that somebody has to hand on, by the ids of their rows, from the one after `after`.

        One that names no order is none of them; nor is one that came before `since` and whose order is not known.
        """
        row = CarrierMessageRow
        named = or_(col(row.carrier_order_id) != "", col(row.reference) != "")
        wanted = or_(col(row.order_id).is_not(None), and_(named, col(row.received_at) >= since))
        return self._kept(wanted, col(row.id) > after, by=(col(row.id),), limit=limit)

    def arrived_messages(self) -> list[Kept]:
        """Messages nobody has acted upon yet, and for which all that they wait for is there."""
        return self._kept(_arrived())

    def open_messages(self, limit: int | None = None) -> list[Kept]:
        """Messages nobody has acted upon yet, in the order of their arrival, at most so many."""
        return self._kept(limit=limit)

    def _kept(self, *conditions: ColumnElement[bool], by: Sequence[Any] = (), limit: int | None = None) -> list[Kept]:
        row = CarrierMessageRow
        query = select(*[*_columns(), _arrived()]).where(col(row.handled_at).is_(None), *conditions)
        with self.reading() as session:
            found = session.exec(query.order_by(*(by or (col(row.received_at), col(row.id)))).limit(limit))
            return [Kept(*one) for one in found]

    def message(self, message: int) -> CarrierMessageRow:
        """One message, by its row's id.

        Raises:
            NotFound: There is no such message.
        """
        with self.reading() as session:
            row = session.get(CarrierMessageRow, message)
        if row is None:
            raise NotFound("carrier message", str(message))
        return row

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

    def message_found_order(self, message: int, order_id: str) -> None:
        """Note which order of ours a message (by its row's id) is about."""
        with self.writing() as session:
            session.exec(
                update(CarrierMessageRow).where(col(CarrierMessageRow.id) == message).values(order_id=order_id)
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

    def addressee(self, order_id: str) -> Addressee | None:
        """How far an order is, as its row has it; None where there is none."""
        query = select(OrderRow.carrier_order_id, OrderRow.state).where(OrderRow.order_id == order_id)
        with self.reading() as session:
            found = session.exec(query).first()
        return Addressee(at_carrier=found[0] is not None, ended=found[1] in ENDED) if found else None

    def foc_between(self, carrier: str, since: datetime, until: datetime) -> bool:
        """Whether a live order of an account has its FOC in that span."""
        query = select(OrderRow.order_id).where(
            OrderRow.gaining_carrier == carrier,
            col(OrderRow.state).not_in(ENDED),
            col(OrderRow.foc_at).between(since, until),
        )
        with self.reading() as session:
            return session.exec(query.limit(1)).first() is not None


def _columns() -> list[Any]:
    return [getattr(CarrierMessageRow, name) for name in Kept._fields[:-1]]


def _arrived() -> ColumnElement[bool]:
    """Whether a message's order is known, and knows its own id at the carrier."""
    row, link = CarrierMessageRow, CarrierLinkRow
    linked = select(link.order_id).where(
        col(link.carrier) == col(row.carrier), col(link.carrier_order_id) == col(row.carrier_order_id)
    )
    order_id = func.coalesce(col(row.order_id), linked.correlate(row).scalar_subquery())
    at_carrier = (col(OrderRow.order_id) == order_id, col(OrderRow.carrier_order_id).is_not(None))
    return select(OrderRow.order_id).where(*at_carrier).correlate(row).exists()


def _text(text: str) -> str:
    """Text as both databases take it: PostgreSQL keeps no NUL, and neither of them a lone surrogate."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _name(text: str) -> str:
    """A name as it is indexed; one that is too long is known by its digest."""
    kept = _text(text)
    return kept if len(kept.encode()) <= LONGEST_NAME else sha256(kept.encode()).hexdigest()


def _json(body: Mapping[str, Any]) -> Any:
    """A body as JSON proper: what has no place there is kept as text."""
    return json.loads(json.dumps(dict(body), default=str), parse_constant=str)
