"""The bridge: the legacy carrier keeps the numbers and forwards them, until a port is wanted as a clean second step."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

Strategy = Literal["port", "bridge_then_port"]

#: What choosing it means, for whoever chooses (the founding migration playbook, S).
TRADE_OFFS = (
    "Both carriers are paid while it stands.",
    "A session border controller has to be operated.",
    "Each call takes one more SIP hop.",
    "It can be removed at once, because the numbers never leave the legacy carrier.",
    "The numbers move later, on a day of your choosing, once the new side is proven.",
)


class Bridge(BaseModel):
    """A bridge of an order.

    Attributes:
        reason: Why it is wanted; `until`: when that ends, where somebody said so.
        claimed: For each legacy number (E.164) the one claimed at the gaining carrier.
        forward_to: Where the legacy side sends the calls.
        carries_since: When a call to every legacy number had come through.
        removed_at: When it was taken down.
    """

    reason: str
    until: AwareDatetime | None = None
    claimed: dict[str, str] = Field(default_factory=dict)
    forward_to: str = ""
    carries_since: AwareDatetime | None = None
    removed_at: AwareDatetime | None = None

    @property
    def stands(self) -> bool:
        """Whether there is something to take down."""
        return bool(self.claimed) and self.removed_at is None
