"""Carrier accounts on record: whose order is whose, how far changes were listed, what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portolan.domain.carrier import read_key
from portolan.domain.states import ENDED, State
from portolan.records.carrier_tables import CarrierCursorRow, CarrierHoldRow, CarrierLinkRow, WaitingSubmissionRow
from portolan.records.session import Database, insert_if_absent
from portolan.records.tables import OrderRow

#: Orders in these states are not on their way to a carrier, whatever they once waited for.
_NOT_SENDING = frozenset({State.AWAITING_SIGNATURE, State.CANCELLING, *ENDED})


class CarrierAccounts(Database):
    """What is kept for each carrier account."""

    def link(self, carrier: str, carrier_order_id: str, key: str) -> None:
        """An order of the carrier is the sending with this key; the newest key counts."""
        known = read_key(key)
        order_id = known[0] if known else ""
        with self.writing() as session:
            session.merge(
                CarrierLinkRow(carrier=carrier, carrier_order_id=carrier_order_id, key=key, order_id=order_id)
            )

    def linked_key(self, carrier: str, carrier_order_id: str) -> str | None:
        """The key of the sending that an order of the carrier answers."""
        with self.reading() as session:
            row = session.get(CarrierLinkRow, (carrier, carrier_order_id))
            return row.key if row else None

    def linked_ids(self, carrier: str, key: str) -> list[str]:
        """The carrier's orders that answer a sending."""
        query = select(CarrierLinkRow.carrier_order_id).where(CarrierLinkRow.carrier == carrier)
        with self.reading() as session:
            return sorted(session.exec(query.where(CarrierLinkRow.key == key)))

    def order_for(self, carrier: str, carrier_order_id: str = "", reference: str = "") -> str | None:
        """Our order that a carrier's order, or a reference of ours, stands for; None where there is none.

        A reference that names an order at another account is not this account's to tell.
        """
        known = read_key(reference) if reference else None
        with self.reading() as session:
            named = session.get(OrderRow, known[0]) if known else None
            if named and named.gaining_carrier == carrier:
                return named.order_id
            if not carrier_order_id:
                return None
            row = session.get(CarrierLinkRow, (carrier, carrier_order_id))
            if row and row.order_id:
                return row.order_id
            query = select(OrderRow.order_id).where(
                OrderRow.carrier_order_id == carrier_order_id, OrderRow.gaining_carrier == carrier
            )
            return session.exec(query.order_by(col(OrderRow.created_at).desc())).first()

    def accounts_in_use(self) -> set[str]:
        """The gaining carriers that live orders name."""
        query = select(OrderRow.gaining_carrier).where(col(OrderRow.state).not_in(ENDED)).distinct()
        with self.reading() as session:
            return set(session.exec(query))

    def cursor(self, carrier: str) -> str:
        """How far the account's changes were listed; empty at first."""
        with self.reading() as session:
            row = session.get(CarrierCursorRow, carrier)
            return row.cursor if row else ""

    def move_cursor(self, carrier: str, cursor: str, now: datetime) -> None:
        """The account's changes were listed so far, and handed on."""
        with self.writing() as session:
            session.merge(CarrierCursorRow(carrier=carrier, cursor=cursor, listed_at=now))

    def hold_carrier(self, carrier: str, by: str, reason: str, now: datetime) -> bool:
        """Send nothing to an account for now; False where it is on hold already."""
        with self.writing() as session:
            return insert_if_absent(session, CarrierHoldRow, carrier=carrier, by=by, reason=reason, since=now)

    def release_carrier(self, carrier: str) -> bool:
        """Send again; False where it was not on hold."""
        with self.writing() as session:
            row = session.get(CarrierHoldRow, carrier)
            if row:
                session.delete(row)
            return row is not None

    def carrier_holds(self) -> list[CarrierHoldRow]:
        """The accounts that are on hold."""
        with self.reading() as session:
            return list(session.exec(select(CarrierHoldRow).order_by(CarrierHoldRow.carrier)))

    def may_send(self, carrier: str, order_id: str, now: datetime) -> str:
        """Whether an order may be sent now; else it takes its place among those that wait.

        Orders go in the order in which they became ready. One that ended or was taken back meanwhile keeps nobody
        waiting.

        Returns:
            Empty, or why it has to wait.
        """
        with self.writing() as session:
            hold = session.get(CarrierHoldRow, carrier)
            ahead = next(iter(_waiting(session, carrier)), None)
            if hold is None and (ahead is None or ahead == order_id):
                return ""
            insert_if_absent(session, WaitingSubmissionRow, order_id=order_id, carrier=carrier, since=now)
            if hold:
                return f"{carrier} is on hold: {hold.reason} ({hold.by})"
            return f"{ahead} was ready for {carrier} before it, and goes first"

    def was_sent(self, carrier: str, order_id: str) -> str | None:
        """An order waits no longer; which one is next, if one is and the account is not on hold."""
        with self.writing() as session:
            session.exec(delete(WaitingSubmissionRow).where(col(WaitingSubmissionRow.order_id) == order_id))
            if session.get(CarrierHoldRow, carrier):
                return None
            return next(iter(_waiting(session, carrier)), None)

    def waiting(self, carrier: str) -> Sequence[str]:
        """The orders that wait to be sent, first come first."""
        with self.reading() as session:
            return _waiting(session, carrier)


def _waiting(session: Session, carrier: str) -> list[str]:
    query = (
        select(WaitingSubmissionRow.order_id)
        .join(OrderRow, col(OrderRow.order_id) == col(WaitingSubmissionRow.order_id))
        .where(WaitingSubmissionRow.carrier == carrier, col(OrderRow.on_hold).is_(None))
        .where(col(OrderRow.state).not_in(_NOT_SENDING))
        .order_by(col(WaitingSubmissionRow.turn))
    )
    return list(session.exec(query))
