"""The cutover runbook: what people do before and after the numbers move, each item with its owner and its time.

Which items an order goes through, and which of them are gates, is in its policy (`runbook`, `gates`); what an item is
stands here. The stages and their items are those of the founding migration playbook (S) and of carriers' cutover
guides (C).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from portolan.domain.states import Turn


class Stage(StrEnum):
    """When an item is due."""

    WEEK_BEFORE = "T-7 d"
    DAY_BEFORE = "T-24 h"
    WINDOW = "window"
    HOURS_AFTER = "T+2 h"
    WINDOW_END = "T+72 h"


#: Before the FOC, where it is negative or zero; after the activation, where it is positive. The last stage is due when
#: the rollback window ends, where there is one.
LEADS: Mapping[Stage, timedelta] = MappingProxyType(
    {
        Stage.WEEK_BEFORE: -timedelta(days=7),
        Stage.DAY_BEFORE: -timedelta(hours=24),
        Stage.WINDOW: timedelta(0),
        Stage.HOURS_AFTER: timedelta(hours=2),
        Stage.WINDOW_END: timedelta(hours=72),
    }
)
BEFORE_CUTOVER = frozenset({Stage.WEEK_BEFORE, Stage.DAY_BEFORE, Stage.WINDOW})


class Item(NamedTuple):
    """One thing to be done.

    Attributes:
        owner: Who does it and signs it off.
        evidence: What should be noted with it.
        dated: A sign-off holds for one FOC only; when the date moves, it is to be done again.
    """

    stage: Stage
    owner: Turn
    title: str
    evidence: str
    dated: bool = True


ITEMS: Mapping[str, Item] = MappingProxyType(
    {
        "reconciliation": Item(
            Stage.WEEK_BEFORE,
            Turn.CUSTOMER,
            "The legal-entity contact signs off that the letter says what the record says",
            "who compared what",
            dated=False,
        ),
        "foc": Item(Stage.WEEK_BEFORE, Turn.COORDINATOR, "The FOC is confirmed", "the date"),
        "window_booked": Item(
            Stage.WEEK_BEFORE,
            Turn.COORDINATOR,
            "The cutover window is booked with operations, at the quietest hour that can be defended",
            "who is on the call",
        ),
        "rollback_letter": Item(
            Stage.WEEK_BEFORE,
            Turn.COORDINATOR,
            "The letter of return is pre-filled and unsigned",
            "its SHA-256",
            dated=False,
        ),
        "emergency_desk": Item(
            Stage.WEEK_BEFORE,
            Turn.COORDINATOR,
            "The losing carrier's emergency porting desk is verified by phone",
            "name, number, hours",
            dated=False,
        ),
        "fallback": Item(
            Stage.WEEK_BEFORE,
            Turn.COORDINATOR,
            "The SIP fallback is tested",
            "which calls went through",
            dated=False,
        ),
        "calendar": Item(
            Stage.WEEK_BEFORE,
            Turn.COORDINATOR,
            "The carriers' calendars around the FOC leave days to put things right",
            "why the date stands",
        ),
        "campaign": Item(
            Stage.WEEK_BEFORE,
            Turn.COORDINATOR,
            "The messaging brand and campaign are registered; the numbers are added only after the port",
            "the campaign's id",
            dated=False,
        ),
        "hosted_messaging": Item(
            Stage.WEEK_BEFORE,
            Turn.COORDINATOR,
            "Hosted messaging was ordered, at least four business days ahead of the FOC",
            "the order's id",
            dated=False,
        ),
        "legacy_test": Item(
            Stage.DAY_BEFORE,
            Turn.COORDINATOR,
            "Last test call on the losing carrier",
            "time and result",
        ),
        "walkthrough": Item(
            Stage.DAY_BEFORE,
            Turn.COORDINATOR,
            "The call flow is walked through with operations, down to CRM and function permissions",
            "who walked through it",
        ),
        "desk_staffed": Item(
            Stage.DAY_BEFORE,
            Turn.COORDINATOR,
            "The losing carrier's porting desk confirmed by phone the FOC and that somebody is on duty",
            "who said so",
        ),
        "configuration": Item(
            Stage.DAY_BEFORE,
            Turn.COORDINATOR,
            "The configuration is applied to the inactive numbers",
            "flow, routing, emergency address",
        ),
        "go": Item(Stage.DAY_BEFORE, Turn.DECISION_MAKER, "Go, by the decision-maker", "go or no-go"),
        "watch": Item(
            Stage.WINDOW,
            Turn.COORDINATOR,
            "Somebody watches the inbound volume, with a test phone of another carrier at hand",
            "who",
        ),
        "volumes": Item(
            Stage.HOURS_AFTER,
            Turn.COORDINATOR,
            "The legacy system's last hour and the new one's first are reconciled",
            "both counts",
        ),
        "closing": Item(
            Stage.WINDOW_END,
            Turn.COORDINATOR,
            "The window closed clean: letters archived, desks told",
            "what is left to do",
        ),
    }
)


class SignOff(BaseModel):
    """Somebody vouches that an item is done, for the FOC of that moment; `document` is a SHA-256.

    `round` tells FOCs apart: a date that comes back after another one is a new one.
    """

    item: str
    by: str
    at: AwareDatetime
    note: str = ""
    document: str = ""
    foc_at: AwareDatetime | None = None
    round: int = 0


class Override(BaseModel):
    """The decision-maker's word that the numbers move at this FOC although these gates are red."""

    items: list[str]
    by: str
    reason: str
    at: AwareDatetime
    foc_at: AwareDatetime
    round: int = 0
