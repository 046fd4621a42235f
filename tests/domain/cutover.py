"""Orders on and after the day the numbers move, by the playbook's proof; nothing has to be signed off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from portolan.domain import outcomes, proving
from portolan.domain.carrier import CarrierStatus, NumberStatus, Routing
from portolan.domain.effects import Look
from portolan.domain.order import Order
from portolan.domain.tasks import TaskKind
from tests.domain.builders import FOC, cutting_over, held, new, say

MINUTE = timedelta(minutes=1)
#: The playbook's proof, test calls and stages of return, with no runbook to go through.
OPEN: dict[str, Any] = {"runbook": [], "gates": []}
#: From so many networks a test slot is called.
NETWORKS = ("mobile", "landline", "voip")


def before(policy: dict[str, Any] | None = None, **given: Any) -> Order:
    """An order that is about to be activated."""
    return cutting_over(new(by_the_book=True, policy={**OPEN, **(policy or {})}, **given))


def moved(policy: dict[str, Any] | None = None, dead: Sequence[str] = (), **given: Any) -> Order:
    """Activated at the FOC; the `dead` numbers failed."""
    order = before(policy, **given)
    outcomes.activated(order, held(order, CarrierStatus.PORTED, numbers=status(order, dead)), FOC)
    return order


def proven(policy: dict[str, Any] | None = None, **given: Any) -> Order:
    """Activated and proven at the FOC, by the carrier's word and a routing look-up."""
    order = moved(policy, **given)
    look(order, FOC)
    return order


def status(order: Order, dead: Sequence[str] = ()) -> dict[str, NumberStatus]:
    """All numbers in service but these."""
    return {n: NumberStatus.FAILED if n in dead else NumberStatus.ACTIVE for n in order.request.numbers}


def routing(order: Order, at_gaining: bool | None = True, but: Sequence[str] = ()) -> list[Routing]:
    """An independent look at every number; nothing is found of those in `but`."""
    return [Routing(number=n, at_gaining=at_gaining) for n in order.request.numbers if n not in but]


def look(order: Order, now: datetime, at_gaining: bool | None = True, dead: Sequence[str] = ()) -> None:
    """Proof is looked for, and this is found."""
    proving.looked(order, Look(numbers=status(order, dead), routing=routing(order, at_gaining)), now)


def result(number: str, origin: str = "mobile", heard: str = "passed", **checks: str) -> dict[str, Any]:
    """A test call as somebody tells it; without `checks` everything about voice was tried."""
    tried = checks or dict.fromkeys(("ringback", "ivr_audio", "dtmf", "agent_answer"), heard)
    tried = checks or tried | dict.fromkeys(("two_way_audio", "hang_up", "caller_id"), heard)
    return {"number": number, "origin": origin, "checks": tried}


def slot(order: Order, at: datetime, heard: str = "passed", origins: Sequence[str] = NETWORKS) -> None:
    """One test slot: a call from each network to the first number, all with the same end."""
    results = [result(order.request.numbers[0], origin, heard) for origin in origins]
    say(order, "test_calls", at, by="Charles", results=results)


def tasks(order: Order, kind: TaskKind) -> list[str]:
    """What the open tasks of a kind are about."""
    return [task.item for task in order.open_tasks if task.kind is kind]
