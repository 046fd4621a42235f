"""The tables of the cases that people carry on with carriers' desks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from portolan.records.tables import Record


class DeskCaseRow(Record, table=True):
    """A case; `document` is the whole of it as JSON.

    `order_id` is no foreign key: a case is kept whatever order it names. `about` is the carrier's order whose numbers a
    port-back is for.
    """

    __tablename__ = "desk_cases"

    case_id: str = Field(primary_key=True)
    carrier: str = Field(index=True)
    order_id: str = Field(index=True)
    kind: str
    about: str = Field(index=True)
    opened_at: datetime
    closed_at: datetime | None
    document: dict[str, Any] = Field(sa_type=JSON)


class DeskSendingRow(Record, table=True):
    """Which case holds the sending with a key."""

    __tablename__ = "desk_sendings"

    key: str = Field(primary_key=True)
    case_id: str = Field(index=True)


class DeskEntryRow(Record, table=True):
    """Something that was said in a case; the lowest `number` was kept first."""

    __tablename__ = "desk_entries"
    __table_args__ = (UniqueConstraint("case_id", "entry_id"),)

    number: int = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="desk_cases.case_id")
    entry_id: str
    at: datetime
    from_carrier: bool
    author: str
    text: str
    waits: bool
