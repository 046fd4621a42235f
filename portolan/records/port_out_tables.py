"""The tables of port-outs: what the workflow said of each, its audit trail, and the codes that are compared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from portolan.domain.port_out.states import PortOutState
from portolan.domain.states import Turn
from portolan.records.tables import Record, stored_by_value


class PortOutSummary(Record):
    """A port-out as lists show it: everything but the document.

    Attributes:
        request_digest: Tells a repeated request from another one under the same reference; empty where the workflow
            was started by hand.
        deadline_at: The nearest deadline; `deadline_why` says what happens then.
        answer: `released` or `refused`, as soon as it is decided; `grounds` of a refusal.
        sequence: The newest change on record; 0 until the workflow has spoken.
    """

    port_out_id: str = Field(primary_key=True)
    workflow_id: str
    requesting_carrier: str
    carrier_reference: str
    request_digest: str
    customer: str
    state: PortOutState = Field(sa_type=stored_by_value(PortOutState), index=True)
    turn: Turn = Field(sa_type=stored_by_value(Turn))
    deadline_at: datetime | None
    deadline_why: str
    answer_by: datetime
    country: str
    number_class: str
    answer: str
    grounds: list[str] = Field(sa_type=JSON)
    outcome: str
    sequence: int
    created_at: datetime = Field(index=True)
    updated_at: datetime


class PortOutRow(PortOutSummary, table=True):
    """One port-out; `document` is the whole `Case` as JSON."""

    __tablename__ = "port_outs"
    __table_args__ = (UniqueConstraint("requesting_carrier", "carrier_reference"),)

    document: dict[str, Any] = Field(sa_type=JSON)


class PortOutNumberRow(Record, table=True):
    """One number that somebody asks for; two requests for the same number may be open at once."""

    __tablename__ = "port_out_numbers"

    port_out_id: str = Field(primary_key=True, foreign_key="port_outs.port_out_id")
    e164: str = Field(primary_key=True, index=True)


class PortOutCodeRow(Record, table=True):
    """A PIN, PAC or RIO: `on_file` with us or as it was given; wiped when the port-out has ended.

    `number` is the one it belongs to (E.164), empty: the account.
    """

    __tablename__ = "port_out_codes"

    port_out_id: str = Field(primary_key=True, foreign_key="port_outs.port_out_id")
    on_file: bool = Field(primary_key=True)
    number: str = Field(primary_key=True)
    value: str


class PortOutEvent(Record, table=True):
    """One line of the audit trail, which the database itself refuses to change; `revision` as in `AuditEvent`."""

    __tablename__ = "port_out_events"

    port_out_id: str = Field(primary_key=True, foreign_key="port_outs.port_out_id")
    sequence: int = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    event_id: str
    kind: str
    by: str
    occurred_at: datetime
    recorded_at: datetime
    state_before: PortOutState = Field(sa_type=stored_by_value(PortOutState))
    state_after: PortOutState = Field(sa_type=stored_by_value(PortOutState))
    detail: str
    build: str
    digest: str
