"""What an order does to the world outside: each effect, what names it once, and how it is undone.

The workflow calls these by name; activities/ carries them out; one parametrised test fails, repeats and undoes each.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from portolan.domain.carrier import CsrAnswer, Portability
from portolan.domain.order import AuditEntry, Notice, Order


class Effect(NamedTuple):
    """An external effect.

    Attributes:
        name: The activity's name.
        changes: Whether it changes anything outside; the others only look.
        key: What makes repeating it harmless.
        undo: The effect that takes it back, where one exists.
    """

    name: str
    changes: bool
    key: str
    undo: str | None = None


EFFECTS: dict[str, Effect] = {
    effect.name: effect
    for effect in (
        Effect("look_up_numbers", False, "read only"),
        Effect("fetch_order", False, "read only"),
        Effect("submit_order", True, "order and attempt, looked for before sending", "cancel_order"),
        Effect("cancel_order", True, "the carrier's order; a cancelled one stays cancelled"),
        Effect("activate_order", True, "the carrier's order; an active one stays active", "port_back_order"),
        Effect("port_back_order", True, "the carrier's order; a returned one stays returned"),
        Effect("publish_order", True, "order and sequence of each audit entry"),
        Effect("send_notice", True, "order, sequence and kind of the notice, for each recipient"),
    )
}


class Failure(StrEnum):
    """The types under which activities report what went wrong; the workflow acts on these, never on texts."""

    REFUSED = "carrier_refused"
    UNAUTHORISED = "carrier_unauthorised"
    UNAVAILABLE = "carrier_unavailable"
    OUTCOME_UNKNOWN = "outcome_unknown"
    LOA_STALE = "loa_stale"
    TOO_LATE = "too_late"
    NUMBER_TAKEN = "number_taken"


class CarrierCall(BaseModel):
    """Which order at which carrier; `key` is our newest reference, for where the carrier's id is not known."""

    carrier: str
    order_id: str
    carrier_order_id: str | None = None
    key: str = ""
    numbers: list[str] = []
    losing_carrier: str = ""
    account_number: str = ""
    reason: str = ""
    not_after: AwareDatetime | None = None


class LookUp(BaseModel):
    """What is known of the numbers before anything is sent."""

    portability: list[Portability]
    csr: CsrAnswer


class Publication(BaseModel):
    """The order as it stands, the audit entries not yet on record, and the notices nobody has yet."""

    order: Order
    entries: list[AuditEntry]
    notices: list[Notice] = []


class Delivery(BaseModel):
    """One notice to be sent."""

    notice: Notice
