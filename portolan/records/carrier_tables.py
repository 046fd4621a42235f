"""The tables of the carrier accounts: whose order is whose, how far each has been listed, and what is held back."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from portolan.records.tables import Record


class CarrierLinkRow(Record, table=True):
    """An order of a carrier, and the sending of ours (`key`) that it answers; several may answer one."""

    __tablename__ = "carrier_links"

    carrier: str = Field(primary_key=True)
    carrier_order_id: str = Field(primary_key=True)
    key: str = Field(index=True)
    order_id: str = Field(index=True)


class CarrierCursorRow(Record, table=True):
    """How far the changes of an account have been listed, in the carrier's own terms."""

    __tablename__ = "carrier_cursors"

    carrier: str = Field(primary_key=True)
    cursor: str
    listed_at: datetime


class CarrierHoldRow(Record, table=True):
    """An account to which nothing is sent for now."""

    __tablename__ = "carrier_holds"

    carrier: str = Field(primary_key=True)
    by: str
    reason: str
    since: datetime


class WaitingSubmissionRow(Record, table=True):
    """An order that was ready to be sent while its account was on hold; the lowest `turn` goes first."""

    __tablename__ = "waiting_submissions"

    turn: int = Field(default=None, primary_key=True)
    order_id: str = Field(unique=True)
    carrier: str = Field(index=True)
    since: datetime
