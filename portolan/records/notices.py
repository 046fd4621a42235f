"""Notices already given: nobody is told the same thing twice, and nobody is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from portolan.domain.errors import PortolanError
from portolan.domain.telling import NoticeKind
from portolan.records.session import Database, insert_if_absent
from portolan.records.tables import NoticeStatus, NotificationRow

#: A worker that has not said for this long how its sending went is taken for dead.
CLAIM_LASTS = timedelta(minutes=2)


class NoticeInFlight(PortolanError):
    """Another worker is sending this notice at this moment: try again in `CLAIM_LASTS`, for it may die."""

    code = "notice_in_flight"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"Another worker is sending the notice {key}.", "It is tried again by itself.")


class Notices(Database):
    """Who was told what; a notice is named by its key and its recipient."""

    def claim_notice(self, key: str, recipient: str, order_id: str, kind: NoticeKind, now: datetime) -> bool:
        """Ask for the right to send a notice; follow it with `notice_sent` or `notice_failed`.

        Returns:
            True if the caller must send it now, False if it has been sent already.

        Raises:
            NoticeInFlight: Another worker claimed it less than `CLAIM_LASTS` ago. This is not False, because a caller
                who took it for sent would lose the notice if that worker dies.
        """
        with self.writing() as session:
            insert_if_absent(
                session,
                NotificationRow,
                key=key,
                recipient=recipient,
                order_id=order_id,
                kind=kind,
                status=NoticeStatus.PENDING,
                attempts=0,
                last_error="",
                first_tried_at=now,
            )
            row = session.get_one(NotificationRow, (key, recipient), with_for_update=True)
            if row.status is NoticeStatus.SENT:
                return False
            if row.status is NoticeStatus.SENDING and row.claimed_at and now - row.claimed_at < CLAIM_LASTS:
                raise NoticeInFlight(key)
            row.status, row.claimed_at, row.attempts = NoticeStatus.SENDING, now, row.attempts + 1
            return True

    def notices(self, order_id: str) -> list[NotificationRow]:
        """Who was told what of an order, or is still to be, in the order of the first tries."""
        with self.reading() as session:
            return list(
                session.exec(
                    select(NotificationRow)
                    .where(NotificationRow.order_id == order_id)
                    .order_by(
                        col(NotificationRow.first_tried_at), col(NotificationRow.key), col(NotificationRow.recipient)
                    )
                )
            )

    def notice_sent(self, key: str, recipient: str, now: datetime) -> None:
        """The channel has taken the notice; this is final."""
        with self.writing() as session:
            row = session.get_one(NotificationRow, (key, recipient), with_for_update=True)
            row.status, row.sent_at, row.last_error = NoticeStatus.SENT, row.sent_at or now, ""

    def notice_failed(self, key: str, recipient: str, error: str) -> None:
        """The channel has not taken the notice; it may be claimed again at once. One that was sent stays sent."""
        with self.writing() as session:
            row = session.get_one(NotificationRow, (key, recipient), with_for_update=True)
            if row.status is not NoticeStatus.SENT:
                row.status, row.last_error = NoticeStatus.FAILED, error
