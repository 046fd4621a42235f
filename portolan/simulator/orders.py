"""The one order model behind every protocol: a held order of the simulated carrier, with the vendor's fields."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from portolan.carriers.simulated import Saying
from portolan.carriers.simulated.store import HeldOrder


class Said(BaseModel):
    """Something said by command, to the sending of that number (from 1)."""

    saying: Saying
    at: AwareDatetime
    sending: int


class Remark(BaseModel):
    """A comment or note on an order."""

    id: str
    at: AwareDatetime
    from_carrier: bool
    text: str


class PortOrder(BaseModel):
    """An order at a vendor.

    Attributes:
        id: As the vendor names it; `number` counts all orders of the simulator.
        account: Whose it is, as the façade names accounts.
        reference: The customer's own reference.
        first_name: The name of its script when it was sent first; stays when the reference changes.
        held: Numbers, sendings and what came of them; without a sending the order is a draft.
        fields: Whatever else the vendor keeps with an order; each façade's own.
        on_demand: Whether the numbers wait to be told to move.
        requested_foc: The moment asked for.
        foc_clock: At what local time its FOCs are whatever day they are on, as `11:30 America/New_York`; empty: at any.
        webhook_url: Where its messages go; empty: where the account's go.
        ahead: How far its own clock has been moved; it may be ahead of the simulator's.
        told: What has happened, by name: nothing happens twice.
        cancel_asked: When a cancellation was asked for that is under review.
        deleted_at: When a draft was thrown away.
        parent: The order it was split out of.
    """

    id: str
    number: int = 0
    vendor: str
    account: str
    reference: str = ""
    first_name: str = ""
    held: HeldOrder
    fields: dict[str, Any] = Field(default_factory=dict)
    on_demand: bool = False
    requested_foc: AwareDatetime | None = None
    foc_clock: str = ""
    webhook_url: str = ""
    created_at: AwareDatetime
    updated_at: AwareDatetime
    ahead: AwareDatetime
    told: list[str] = Field(default_factory=list)
    said: list[Said] = Field(default_factory=list)
    remarks: list[Remark] = Field(default_factory=list)
    cancel_asked: AwareDatetime | None = None
    deleted_at: AwareDatetime | None = None
    parent: str = ""

    @property
    def numbers(self) -> list[str]:
        """Its numbers (E.164)."""
        return self.held.numbers

    @property
    def draft(self) -> bool:
        """Whether nothing has been sent to the losing carrier."""
        return not self.held.sendings

    @property
    def over(self) -> bool:
        """Whether it was withdrawn or thrown away."""
        return self.held.cancelled_at is not None or self.deleted_at is not None
