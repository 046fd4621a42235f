"""What is told of an order: lines of its audit trail, and notices to its people."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel

from portolan.domain.states import State


class Contact(BaseModel):
    """A person to be told things."""

    name: str
    email: str


class AuditEntry(BaseModel):
    """One line of the audit trail: who, what, when it happened and was recorded, the state before and after."""

    sequence: int
    kind: str
    by: str
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    state_before: State
    state_after: State
    detail: str = ""
    event_id: str = ""


class NoticeKind(StrEnum):
    """What people are told of."""

    SIGNATURE_NEEDED = "signature_needed"
    LOA_EXPIRING = "loa_expiring"
    ACTION_NEEDED = "action_needed"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    FOC_CONFIRMED = "foc_confirmed"
    FOC_CHANGED = "foc_changed"
    RED_GATES = "red_gates"
    HALF_PORTED = "half_ported"
    UNPROVEN = "unproven"
    CUTOVER_DONE = "cutover_done"
    WINDOW_CLOSING = "window_closing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ROLLBACK_ORDERED = "rollback_ordered"
    ROLLBACK_REFUSED = "rollback_refused"
    BRIDGED = "bridged"
    ROLLED_BACK = "rolled_back"
    SPLIT_OUT = "split_out"
    NOT_PORTABLE = "not_portable"
    EXPIRED = "expired"
    PORT_OUT_REQUESTED = "port_out_requested"
    PORT_OUT_HELD = "port_out_held"
    PORT_OUT_RELEASED = "port_out_released"
    PORT_OUT_REFUSED = "port_out_refused"
    PORT_OUT_CLOSED = "port_out_closed"
    PORT_OUT_ATTENTION = "port_out_attention"


class Notice(BaseModel):
    """Something to tell the people of an order; `sequence` and `kind` name it once and for all."""

    order_id: str
    sequence: int
    kind: NoticeKind
    facts: dict[str, str]
    contacts: dict[str, Contact]

    @property
    def key(self) -> str:
        """Never sent twice under the same key."""
        return f"{self.order_id}:{self.sequence}:{self.kind}"
