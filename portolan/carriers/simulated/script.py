"""What the simulated carrier will do with an order: what it says when, and what goes wrong."""

from __future__ import annotations

import random
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from portolan.domain.rejections import REASONS, Disposition

Call = Literal["check_portability", "request_csr", "find", "submit", "get", "cancel", "activate", "port_back"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Saying(_Strict):
    """One thing the losing carrier says, some hours after it received a sending.

    Attributes:
        foc_business_days: For `foc`: the date named, counted in business days from the moment of saying so.
        foc_hours: For `foc`: the date named, in hours from the moment of saying so; may be negative.
        numbers: For `reject`: the numbers it is about (E.164); empty: the whole order.
        raw: For `puzzle`: words that nobody knows.
    """

    says: Literal["approve", "reject", "foc", "puzzle"]
    after_hours: float = Field(default=24, ge=0)
    reason: str = "OTHER"
    text: str = ""
    suggestion: str | None = None
    numbers: list[str] = Field(default_factory=list)
    foc_business_days: int = 5
    foc_hours: float | None = None
    raw: str = "HELD-BY-GNOMES"


class Fault(_Strict):
    """A call that goes wrong, a number of times.

    `outage`: nothing happens. `lost_request`: no answer, and nothing happened. `lost_answer`: no answer, though it
    happened. `refuse`: the carrier says no.
    """

    call: Call
    kind: Literal["outage", "lost_request", "lost_answer", "refuse"]
    times: int = 1
    text: str = "simulated fault"


class Script(_Strict):
    """The whole behaviour for one order.

    Attributes:
        sendings: What is said to the first sending, the second, and so on; the last list serves all later ones.
        csr: Fields in which the losing carrier's record differs from what was requested; None: it supplies none.
        not_portable: Numbers that cannot be taken, with the reason.
        dead_numbers: How many numbers are not in service after activation, for `dead_hours`.
        messages: How its messages arrive: each twice, or each pair in the wrong order, or not at all.
    """

    sendings: list[list[Saying]] = Field(
        default_factory=lambda: [[Saying(says="approve", after_hours=24), Saying(says="foc", after_hours=48)]]
    )
    csr: dict[str, str | list[str]] | None = Field(default_factory=dict)
    not_portable: dict[str, str] = Field(default_factory=dict)
    faults: list[Fault] = Field(default_factory=list)
    dead_numbers: int = 0
    dead_hours: float = 0
    messages: Literal["once", "twice", "reversed", "lost"] = "once"
    time_zone: str = "UTC"
    closed_days: list[date] = Field(default_factory=list)


def seeded(seed: str, order_id: str) -> Script:
    """A script drawn from a seed: the same for the same order, in any process."""
    draw = random.Random(f"{seed}:{order_id}")  # noqa: S311 - not a secret
    foc = Saying(says="foc", after_hours=draw.randint(24, 96), foc_business_days=draw.randint(2, 8))
    fate = draw.choice(["clean", "clean", "reject", "slip", "quiet"])
    if fate == "reject":
        reason = draw.choice([code for code in sorted(REASONS) if REASONS[code].disposition is not Disposition.LOG])
        return Script(sendings=[[Saying(says="reject", after_hours=draw.randint(8, 72), reason=reason)], [foc]])
    if fate == "slip":
        later = foc.model_copy(update={"after_hours": foc.after_hours + 24, "foc_business_days": 9})
        return Script(sendings=[[foc, later]])
    if fate == "quiet":
        return Script(sendings=[[foc.model_copy(update={"after_hours": 24 * 9.0})]])
    return Script(sendings=[[foc]])
