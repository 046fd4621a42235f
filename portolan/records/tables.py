"""The tables: what people and programs look up about orders, and what must not be done or written down twice.

The workflow owns an order; these rows only repeat what it said (`publish`), except for the inbox of carrier messages,
the documents and the notices already sent. All moments are timezone-aware and come back as UTC on both databases.
Table models do not validate: rows are built from validated objects only.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, Enum, Index, MetaData, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portolan.domain.carrier import NumberStatus
from portolan.domain.states import Phase, State, Turn
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind


def stored_by_value(kind: type[StrEnum]) -> Enum:
    """A column that holds an enum's value as plain text; SQLAlchemy's own choice would be its name."""
    return Enum(
        kind, values_callable=lambda members: [member.value for member in members], native_enum=False, length=32
    )


class Record(SQLModel):
    """Base of all tables; every constraint has a name, so that a migration can change it."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )


class ProjectRow(Record, table=True):
    """What a customer asked for at once.

    `request_digest` tells a repeated request from another one under the same reference; it is empty for a project
    that nobody reserved, because its first workflow was started by hand.
    """

    __tablename__ = "projects"

    project_id: str = Field(primary_key=True)
    reference: str = Field(unique=True)
    customer: str
    request_digest: str
    created_at: datetime


class OrderSummary(Record):
    """An order as lists show it: everything but the document.

    Attributes:
        deadline_at: The nearest deadline; `deadline_why` says what happens then.
        on_hold: The reason of the hold, or None.
        sequence: The newest change on record; 0 until the workflow has spoken.
    """

    order_id: str = Field(primary_key=True)
    project_id: str = Field(foreign_key="projects.project_id", index=True)
    workflow_id: str
    reference: str = Field(index=True)
    customer: str
    state: State = Field(sa_type=stored_by_value(State), index=True)
    phase: Phase = Field(sa_type=stored_by_value(Phase))
    turn: Turn = Field(sa_type=stored_by_value(Turn), index=True)
    deadline_at: datetime | None
    deadline_why: str
    country: str
    number_class: str
    losing_carrier: str
    gaining_carrier: str
    foc_at: datetime | None
    loa_expires_at: datetime | None
    rollback_until: datetime | None
    attempt: int
    carrier_order_id: str | None
    carrier_raw_status: str
    on_hold: str | None
    outcome: str
    sequence: int
    created_at: datetime = Field(index=True)
    updated_at: datetime


class OrderRow(OrderSummary, table=True):
    """One port order; `document` is the whole `Order` as JSON."""

    __tablename__ = "orders"

    document: dict[str, Any] = Field(sa_type=JSON)


class NumberRow(Record, table=True):
    """One number of one order; it is `live` until the order has ended, and live in one order only."""

    __tablename__ = "numbers"
    __table_args__ = (
        UniqueConstraint("order_id", "e164"),
        Index("ix_numbers_e164", "e164"),
        Index("uq_numbers_live", "e164", unique=True, sqlite_where=text("live"), postgresql_where=text("live")),
    )

    id: int = Field(default=None, primary_key=True)
    order_id: str = Field(foreign_key="orders.order_id")
    e164: str
    status: NumberStatus = Field(sa_type=stored_by_value(NumberStatus))
    live: bool


class TaskRow(Record, table=True):
    """Something a person has or had to do for an order."""

    __tablename__ = "tasks"

    order_id: str = Field(primary_key=True, foreign_key="orders.order_id")
    task_id: str = Field(primary_key=True)
    kind: TaskKind = Field(sa_type=stored_by_value(TaskKind))
    turn: Turn = Field(sa_type=stored_by_value(Turn))
    title: str
    detail: str
    answers: list[str] = Field(sa_type=JSON)
    opened_at: datetime
    due_at: datetime | None = Field(index=True)
    closed_at: datetime | None
    closed_by: str
    answer: str


class DocumentRow(Record, table=True):
    """A document of an order, named by the SHA-256 of its content, which lies in the document store; size in bytes.

    `retain_until` is set when the order has ended: not before, and no longer than that, it is kept.
    """

    __tablename__ = "documents"

    order_id: str = Field(primary_key=True, foreign_key="orders.order_id")
    sha256: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    filename: str
    size: int
    media_type: str
    stored_at: datetime
    stored_by: str
    retain_until: datetime | None = None


class SecretRow(Record, table=True):
    """A secret of an order, or of one of its numbers (empty: of the account); wiped when the order has ended."""

    __tablename__ = "secrets"

    order_id: str = Field(primary_key=True, foreign_key="orders.order_id")
    number: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    value: str


class AuditEvent(Record, table=True):
    """One line of the audit trail; the database itself refuses to change or delete it.

    A Temporal local activity may write an entry before its workflow task is durably completed. If that worker dies,
    the replayed task may decide otherwise: its entry is then kept as the next `revision` of the same sequence, and
    the newest revision is the one that counts.

    Attributes:
        build: The version of the program that wrote it.
        digest: SHA-256 of the entry; the build is no part of it.
    """

    __tablename__ = "audit_events"

    order_id: str = Field(primary_key=True, foreign_key="orders.order_id")
    sequence: int = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    event_id: str
    kind: str
    by: str
    occurred_at: datetime
    recorded_at: datetime
    state_before: State = Field(sa_type=stored_by_value(State))
    state_after: State = Field(sa_type=stored_by_value(State))
    detail: str
    build: str
    digest: str


class CarrierMessageRow(Record, table=True):
    """What a carrier sent us, kept before anything is done about it.

    `order_id` is no foreign key: a message is kept whatever order it names, also where that one is not ours.

    Attributes:
        carrier_order_id: The carrier's order it is about; `reference` is our key, where the message carries it.
        kind: The carrier's own word for what happened; `said`: what its desk wrote, in a comment.
        raw: The message as it came.
    """

    __tablename__ = "carrier_messages"
    __table_args__ = (UniqueConstraint("carrier", "message_id"),)

    id: int = Field(default=None, primary_key=True)
    carrier: str
    message_id: str
    order_id: str | None = Field(index=True)
    carrier_order_id: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    reference: str = Field(default="", sa_column_kwargs={"server_default": ""})
    kind: str = Field(default="", sa_column_kwargs={"server_default": ""})
    said: str = Field(default="", sa_column_kwargs={"server_default": ""})
    received_at: datetime
    handled_at: datetime | None = Field(default=None, index=True)
    body: dict[str, Any] = Field(sa_type=JSON)
    raw: str = Field(default="", sa_column_kwargs={"server_default": ""})


class NoticeStatus(StrEnum):
    """How far a notice has come on its way to one recipient."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class NotificationRow(Record, table=True):
    """A notice for one recipient: sent once, however often it is tried.

    `order_id` is no foreign key: people are told also while the records lag behind the order.
    """

    __tablename__ = "notifications"

    key: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    kind: NoticeKind = Field(sa_type=stored_by_value(NoticeKind))
    status: NoticeStatus = Field(sa_type=stored_by_value(NoticeStatus))
    attempts: int
    last_error: str
    first_tried_at: datetime | None
    claimed_at: datetime | None
    sent_at: datetime | None


TABLES = Record.metadata
