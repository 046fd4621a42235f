"""What happens to an order of itself, and when: computed from its behaviour, carried out by the engine in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from portolan.carriers.simulated.sayings import foc
from portolan.simulator.behaviour import Behaviour, alike, due, narrowed
from portolan.simulator.orders import PortOrder

StepKind = Literal["said", "moved", "split", "remark", "cancelled", "messaging", "signed", "expired"]


#: Marks an order whose letter was signed.
SIGNED = "signed"


class Window(NamedTuple):
    """A span in which numbers may move; both ends aware."""

    starts_at: datetime
    ends_at: datetime


class Step(NamedTuple):
    """Something that will happen; `name` marks that it has, `text` is what the desk writes."""

    at: datetime
    kind: StepKind
    name: str
    text: str = ""


class Rules(NamedTuple):
    """What a vendor has settled for its orders.

    Attributes:
        window: In which numbers may move whose FOC is given; None: they move at the FOC.
        draft_hours: How long a draft lives without being touched; None: for ever.
        letter_hours: How long an order waits for the letter that the vendor mails to be signed; None: no such letter.
        by_number: Whether each number moves on its own date.
        held: Whether the order waits at the vendor: until it goes on nothing is said to it.
    """

    window: Callable[[datetime], Window | None]
    draft_hours: float | None
    letter_hours: float | None = None
    by_number: bool = False
    held: bool = False


def steps(order: PortOrder, behaviour: Behaviour, rules: Rules) -> list[Step]:
    """Everything that is still to happen to an order by itself, in order, as things stand."""
    found = [step for step in _all(order, behaviour, rules) if step.name not in order.told]
    return sorted(found, key=lambda step: step.at)


def _all(order: PortOrder, behaviour: Behaviour, rules: Rules) -> Iterator[Step]:
    if order.over:
        return
    if order.draft:
        if rules.draft_hours is not None:
            yield Step(order.updated_at + timedelta(hours=rules.draft_hours), "expired", "expired")
        return
    first, held = order.held.sendings[0].at, order.held
    for index, words in enumerate(behaviour.desk):
        yield Step(first + timedelta(hours=words.after_hours), "remark", f"desk:{index}", words.text)
    if held.activated_at:
        moved = held.activated_at + timedelta(hours=behaviour.messaging_hours)
        yield Step(moved, "messaging", f"messaging:{held.activations}")
        if not rules.by_number:
            return
    if behaviour.split_after_hours is not None and behaviour.split and not order.parent:
        yield Step(first + timedelta(hours=behaviour.split_after_hours), "split", "split")
    if order.cancel_asked:
        yield Step(order.cancel_asked + timedelta(hours=behaviour.cancel_hours), "cancelled", "cancelled")
        return
    if rules.letter_hours is not None and SIGNED not in order.told:
        if behaviour.signs_after_hours is not None:
            yield Step(first + timedelta(hours=behaviour.signs_after_hours), "signed", SIGNED)
        yield Step(first + timedelta(hours=rules.letter_hours), "expired", "expired")
        return
    if rules.held:
        return
    script = narrowed(behaviour, order)
    sending = len(held.sendings)
    for saying in script.sendings[0]:
        at = due(order, saying)
        yield Step(at, "said", f"said:{sending}:{saying.says}:{at.isoformat()}")
    if rules.by_number:
        for group in alike(behaviour, order):
            moves_at = moves(order, narrowed(behaviour, order, group), rules)
            if moves_at:
                yield Step(moves_at, "moved", f"moved:{sending}:{group[0]}:{moves_at.isoformat()}")
        return
    moves_at = moves(order, script, rules)
    if moves_at:
        yield Step(moves_at, "moved", f"moved:{sending}")


def moves(order: PortOrder, script: Behaviour, rules: Rules) -> datetime | None:
    """When the numbers move by themselves: at the FOC, or at the end of its window where they wait to be told.

    Args:
        script: As `narrowed` to the order's newest sending.
    """
    decisive = [saying for saying in script.sendings[0] if saying.says in {"foc", "reject"}]
    for index, saying in enumerate(decisive):
        if saying.says == "reject":
            continue
        said_at = due(order, saying)
        at = foc(saying, said_at, script)
        window = rules.window(at) if order.on_demand else None
        at = max(said_at, window.ends_at if window else at)
        following = decisive[index + 1 : index + 2]
        if not following or at < due(order, following[0]):
            return at
    return None
