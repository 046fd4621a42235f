"""The life of a port-out: its states, what each means, and which moves are allowed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from portolan.domain.states import Turn


class PortOutState(StrEnum):
    """Where a request to release numbers stands."""

    VALIDATING = "validating"
    AWAITING_CUSTOMER = "awaiting_customer"
    ON_FRAUD_HOLD = "on_fraud_hold"
    ANSWERING = "answering"
    RELEASED = "released"
    REFUSED = "refused"
    PORTED = "ported"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class PortOutFacts(NamedTuple):
    """What a state means to a person."""

    turn: Turn
    meaning: str


STATES: dict[PortOutState, PortOutFacts] = {
    PortOutState.VALIDATING: PortOutFacts(
        Turn.PORTOLAN, "Comparing the request with our record, in the fields that the rules allow"
    ),
    PortOutState.AWAITING_CUSTOMER: PortOutFacts(
        Turn.CUSTOMER, "Nothing stands against it; the customer can say yes or no until the answer goes out by itself"
    ),
    PortOutState.ON_FRAUD_HOLD: PortOutFacts(
        Turn.COORDINATOR, "Somebody takes it for fraud; a person looks into it before the answer is due"
    ),
    PortOutState.ANSWERING: PortOutFacts(Turn.PORTOLAN, "The answer is decided and on its way to the other carrier"),
    PortOutState.RELEASED: PortOutFacts(Turn.CLOCK, "Released; the other carrier moves the numbers"),
    PortOutState.REFUSED: PortOutFacts(Turn.NOBODY, "Refused on a lawful ground; the numbers stay"),
    PortOutState.PORTED: PortOutFacts(Turn.NOBODY, "The numbers have moved to the other carrier"),
    PortOutState.WITHDRAWN: PortOutFacts(Turn.NOBODY, "The other carrier took its request back"),
    PortOutState.LAPSED: PortOutFacts(Turn.NOBODY, "Released, and no word of a port came"),
}

#: (from, to, because). Every move is one of these.
TRANSITIONS: tuple[tuple[PortOutState, PortOutState, str], ...] = (
    (PortOutState.VALIDATING, PortOutState.AWAITING_CUSTOMER, "nothing was found"),
    (PortOutState.VALIDATING, PortOutState.ON_FRAUD_HOLD, "denied, or held by a person, meanwhile"),
    (PortOutState.VALIDATING, PortOutState.ANSWERING, "something was found, confirmed meanwhile, or the time was up"),
    (PortOutState.VALIDATING, PortOutState.WITHDRAWN, "withdrawn"),
    (PortOutState.AWAITING_CUSTOMER, PortOutState.ON_FRAUD_HOLD, "denied by the customer, or held by a person"),
    (PortOutState.AWAITING_CUSTOMER, PortOutState.ANSWERING, "confirmed, refused on a ground, or the time was up"),
    (PortOutState.AWAITING_CUSTOMER, PortOutState.WITHDRAWN, "withdrawn"),
    (PortOutState.ON_FRAUD_HOLD, PortOutState.AWAITING_CUSTOMER, "the hold ended and nothing was confirmed"),
    (PortOutState.ON_FRAUD_HOLD, PortOutState.ANSWERING, "confirmed either way, or the time was up"),
    (PortOutState.ON_FRAUD_HOLD, PortOutState.WITHDRAWN, "withdrawn"),
    (PortOutState.ANSWERING, PortOutState.RELEASED, "the other carrier has the answer yes"),
    (PortOutState.ANSWERING, PortOutState.REFUSED, "the other carrier has the answer no"),
    (PortOutState.ANSWERING, PortOutState.WITHDRAWN, "withdrawn"),
    (PortOutState.ANSWERING, PortOutState.PORTED, "the numbers moved, so the answer yes had arrived after all"),
    (PortOutState.RELEASED, PortOutState.PORTED, "the numbers moved"),
    (PortOutState.RELEASED, PortOutState.WITHDRAWN, "withdrawn"),
    (PortOutState.RELEASED, PortOutState.LAPSED, "no word of a port"),
)

MOVES = frozenset((source, target) for source, target, _ in TRANSITIONS)
ENDED = frozenset(state for state, facts in STATES.items() if facts.turn is Turn.NOBODY)
#: The answer is still open.
OPEN = frozenset({PortOutState.VALIDATING, PortOutState.AWAITING_CUSTOMER, PortOutState.ON_FRAUD_HOLD})
#: Portolan itself is at work.
ACTING = frozenset({PortOutState.VALIDATING, PortOutState.ANSWERING})


def diagram() -> str:
    """The transition table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> validating"]
    lines += [f"    {source} --> {target}: {why}" for source, target, why in TRANSITIONS]
    lines += [f"    {state} --> [*]" for state in STATES if state in ENDED]
    return "\n".join(lines)
