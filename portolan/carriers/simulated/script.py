"""What the simulated carrier will do with an order: what it says when, and what goes wrong."""

from __future__ import annotations

import random
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from portolan.domain.rejections import REASONS, Disposition
from portolan.domain.testcalls import Check, Heard, Origin

Call = Literal[
    "check_portability",
    "request_csr",
    "find",
    "submit",
    "get",
    "cancel",
    "configure",
    "unconfigure",
    "activate",
    "routing",
    "messaging",
    "port_back",
    "build_bridge",
    "bridge",
    "remove_bridge",
    "call",
]
ConsentAnswer = Literal["consented", "refused", "silent"]


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


class CallFailure(_Strict):
    """Test calls that fail for a while; of several that fit a call, the first counts.

    Attributes:
        after_hours: Since the activation, from when.
        until_hours: Since the activation, until just before when; None: for ever.
        origin: Where the calls come from; None: wherever.
        check: Which check fails; None: every one.
        heard: What comes of it.
    """

    after_hours: float = Field(default=0, ge=0)
    until_hours: float | None = None
    origin: Origin | None = None
    check: Check | None = None
    heard: Heard = "silence"

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.until_hours is not None and self.until_hours <= self.after_hours:
            raise ValueError(f"`until_hours` has to be more than `after_hours`, which is {self.after_hours:g}")
        return self


class Script(_Strict):
    """The whole behaviour for one order; hours count from the activation where nothing else is said.

    Attributes:
        sendings: What is said to the first sending, the second, and so on; the last list serves all later ones.
        csr: Fields in which the losing carrier's record differs from what was requested; None: it supplies none.
        not_portable: Numbers that cannot be taken, with the reason.
        dead_numbers: How many numbers, the first ones, fail at the activation and come into service after `dead_hours`.
        activate_again: Those come into service when they are activated a second time, and not with the hours.
        messages: How its messages arrive: each twice, or each pair in the wrong order, or not at all.
        routing: Whom the independent look-up names once the numbers have moved; `unknown`: it never names anybody.
        routing_hours: Until when it still names the losing carrier.
        messaging_hours: When the messaging has moved, or with `messaging_fails` has failed to.
        consent: What the losing carrier answers to a port-back, `consent_hours` after that stage was first asked for.
        consent_by_stage: The same for one stage alone, by its name: `snapback` or `win_back`.
        bridge_hours: When calls come through a bridge, since it was built.
        call_failures: Test calls that fail.
    """

    sendings: list[list[Saying]] = Field(
        default_factory=lambda: [[Saying(says="approve", after_hours=24), Saying(says="foc", after_hours=48)]]
    )
    csr: dict[str, str | list[str]] | None = Field(default_factory=dict)
    not_portable: dict[str, str] = Field(default_factory=dict)
    faults: list[Fault] = Field(default_factory=list)
    dead_numbers: int = 0
    dead_hours: float = 0
    activate_again: bool = False
    messages: Literal["once", "twice", "reversed", "lost"] = "once"
    routing: Literal["gaining", "losing", "unknown"] = "gaining"
    routing_hours: float = Field(default=0, ge=0)
    messaging_hours: float = Field(default=0, ge=0)
    messaging_fails: bool = False
    consent: ConsentAnswer = "consented"
    consent_hours: float = Field(default=0, ge=0)
    consent_by_stage: dict[Annotated[str, Field(pattern="^(snapback|win_back)$")], ConsentAnswer] = Field(
        default_factory=dict
    )
    bridge_hours: float = Field(default=0, ge=0)
    call_failures: list[CallFailure] = Field(default_factory=list)
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
