"""The life of a port order: its states, what each means, and which moves are allowed.

The tables here are the only definition: the workflow, the console, the read model and the diagram in
docs/architecture.md are all drawn from them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Where a port order stands."""

    CHECKING = "checking"
    AWAITING_INFORMATION = "awaiting_information"
    BRIDGING = "bridging"
    BRIDGED = "bridged"
    AWAITING_SIGNATURE = "awaiting_signature"
    AWAITING_APPROVAL = "awaiting_approval"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    ACTION_REQUIRED = "action_required"
    FOC_CONFIRMED = "foc_confirmed"
    READY = "ready"
    CUTTING_OVER = "cutting_over"
    PARTIALLY_ACTIVE = "partially_active"
    VERIFYING = "verifying"
    ROLLBACK_WINDOW = "rollback_window"
    ROLLING_BACK = "rolling_back"
    SETTLING = "settling"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled_back"
    NOT_PORTABLE = "not_portable"
    EXPIRED = "expired"


class Phase(StrEnum):
    """The five stretches of an order's life, and its end."""

    DISCOVER = "discover"
    AUTHORIZE = "authorize"
    SUBMIT = "submit"
    CUTOVER = "cutover"
    ASSURE = "assure"
    ENDED = "ended"


class Turn(StrEnum):
    """Who has to move next."""

    PORTOLAN = "portolan"
    CUSTOMER = "customer"
    COORDINATOR = "coordinator"
    APPROVER = "approver"
    DECISION_MAKER = "decision-maker"
    LOSING_CARRIER = "losing carrier"
    CLOCK = "clock"
    NOBODY = "nobody"


class StateFacts(NamedTuple):
    """What a state means to a person."""

    phase: Phase
    turn: Turn
    meaning: str


STATES: dict[State, StateFacts] = {
    State.CHECKING: StateFacts(
        Phase.DISCOVER, Turn.PORTOLAN, "Checking portability and comparing the account data with the CSR"
    ),
    State.AWAITING_INFORMATION: StateFacts(
        Phase.DISCOVER,
        Turn.COORDINATOR,
        "The account data would be rejected as it stands; it needs correcting",
    ),
    State.BRIDGING: StateFacts(
        Phase.DISCOVER, Turn.PORTOLAN, "Building the bridge: the legacy numbers stay and are forwarded"
    ),
    State.BRIDGED: StateFacts(
        Phase.DISCOVER, Turn.COORDINATOR, "The bridge carries the calls; the port begins when it is released"
    ),
    State.AWAITING_SIGNATURE: StateFacts(
        Phase.AUTHORIZE, Turn.CUSTOMER, "The letter of authorization needs a signature"
    ),
    State.AWAITING_APPROVAL: StateFacts(
        Phase.SUBMIT, Turn.APPROVER, "Signed and complete; a person has to approve sending it"
    ),
    State.SUBMITTING: StateFacts(Phase.SUBMIT, Turn.PORTOLAN, "Sending the order to the gaining carrier"),
    State.SUBMITTED: StateFacts(
        Phase.SUBMIT, Turn.LOSING_CARRIER, "The losing carrier has the order; its answer is awaited"
    ),
    State.ACTION_REQUIRED: StateFacts(Phase.SUBMIT, Turn.COORDINATOR, "The order cannot go on until a person acts"),
    State.FOC_CONFIRMED: StateFacts(Phase.CUTOVER, Turn.CLOCK, "The losing carrier has confirmed a date (FOC)"),
    State.READY: StateFacts(Phase.CUTOVER, Turn.CLOCK, "Inside the change freeze; the numbers move at the FOC"),
    State.CUTTING_OVER: StateFacts(Phase.CUTOVER, Turn.PORTOLAN, "The numbers are moving"),
    State.PARTIALLY_ACTIVE: StateFacts(
        Phase.CUTOVER, Turn.PORTOLAN, "Some numbers moved and some did not; the others are looked after"
    ),
    State.VERIFYING: StateFacts(
        Phase.ASSURE, Turn.PORTOLAN, "The numbers moved; looking for proof that each is in service"
    ),
    State.ROLLBACK_WINDOW: StateFacts(Phase.ASSURE, Turn.CLOCK, "In service; a port-back can still be asked for"),
    State.ROLLING_BACK: StateFacts(Phase.ASSURE, Turn.PORTOLAN, "Returning the numbers to the losing carrier"),
    State.SETTLING: StateFacts(
        Phase.ASSURE, Turn.CLOCK, "The rollback window has closed; messaging or the bridge is not settled yet"
    ),
    State.CANCELLING: StateFacts(Phase.SUBMIT, Turn.PORTOLAN, "Withdrawing the order from the gaining carrier"),
    State.COMPLETED: StateFacts(Phase.ENDED, Turn.NOBODY, "The numbers moved and the rollback window has closed"),
    State.CANCELLED: StateFacts(Phase.ENDED, Turn.NOBODY, "Cancelled before any number moved"),
    State.ROLLED_BACK: StateFacts(Phase.ENDED, Turn.NOBODY, "The numbers are back at the losing carrier"),
    State.NOT_PORTABLE: StateFacts(Phase.ENDED, Turn.NOBODY, "The gaining carrier cannot take these numbers"),
    State.EXPIRED: StateFacts(Phase.ENDED, Turn.NOBODY, "Nobody answered in time; nothing was sent"),
}

#: (from, to, because). Every move of an order is one of these.
TRANSITIONS: tuple[tuple[State, State, str], ...] = (
    (State.CHECKING, State.AWAITING_INFORMATION, "the account data differs from the CSR, or there is no CSR"),
    (State.CHECKING, State.AWAITING_SIGNATURE, "portable, and the data matches"),
    (State.CHECKING, State.AWAITING_APPROVAL, "corrected, and the signature still covers it"),
    (State.CHECKING, State.SUBMITTING, "corrected, already approved, and the signature still covers it"),
    (State.CHECKING, State.NOT_PORTABLE, "a number cannot be ported"),
    (State.CHECKING, State.CANCELLING, "cancel"),
    (State.CHECKING, State.BRIDGING, "the bridge comes first"),
    (State.BRIDGING, State.BRIDGED, "a call to every number came through the bridge"),
    (State.BRIDGING, State.CANCELLING, "cancel, or the bridge is removed"),
    (State.BRIDGED, State.AWAITING_SIGNATURE, "released: the port begins"),
    (State.BRIDGED, State.AWAITING_APPROVAL, "released, and the signature still covers it"),
    (State.BRIDGED, State.SUBMITTING, "released, already approved, and the signature still covers it"),
    (State.BRIDGED, State.CANCELLING, "cancel, or the bridge is removed"),
    (State.AWAITING_INFORMATION, State.CHECKING, "resubmit with corrections, or evidence given"),
    (State.AWAITING_INFORMATION, State.CANCELLING, "cancel"),
    (State.AWAITING_INFORMATION, State.EXPIRED, "customer silence"),
    (State.AWAITING_SIGNATURE, State.AWAITING_APPROVAL, "LOA signed"),
    (State.AWAITING_SIGNATURE, State.SUBMITTING, "LOA signed again, already approved"),
    (State.AWAITING_SIGNATURE, State.CANCELLING, "cancel, or customer silence while a bridge stands"),
    (State.AWAITING_SIGNATURE, State.EXPIRED, "customer silence, nothing sent yet"),
    (State.AWAITING_APPROVAL, State.SUBMITTING, "approve"),
    (State.AWAITING_APPROVAL, State.AWAITING_SIGNATURE, "the LOA grew too old"),
    (State.AWAITING_APPROVAL, State.CANCELLING, "cancel"),
    (State.SUBMITTING, State.SUBMITTED, "the carrier holds the order"),
    (State.SUBMITTING, State.AWAITING_SIGNATURE, "the LOA grew too old before it could be sent"),
    (State.SUBMITTING, State.ACTION_REQUIRED, "the carrier will not take it"),
    (State.SUBMITTING, State.CANCELLING, "cancel"),
    (State.SUBMITTED, State.FOC_CONFIRMED, "FOC confirmed"),
    (State.SUBMITTED, State.ACTION_REQUIRED, "rejected, a date nobody can honour, or an answer nobody knows"),
    (State.SUBMITTED, State.SUBMITTING, "another date is asked for"),
    (State.SUBMITTED, State.CANCELLING, "cancel"),
    (State.ACTION_REQUIRED, State.CHECKING, "resubmit with corrections"),
    (State.ACTION_REQUIRED, State.SUBMITTING, "resubmit, ask for a new date, or send again what only needed time"),
    (State.ACTION_REQUIRED, State.AWAITING_SIGNATURE, "resubmit, and a new signature is needed"),
    (State.ACTION_REQUIRED, State.FOC_CONFIRMED, "FOC confirmed or accepted"),
    (State.ACTION_REQUIRED, State.SUBMITTED, "dealt with, or nothing to deal with; the losing carrier moves next"),
    (State.ACTION_REQUIRED, State.CANCELLING, "cancel"),
    (State.FOC_CONFIRMED, State.READY, "the change freeze begins"),
    (State.FOC_CONFIRMED, State.ACTION_REQUIRED, "rejected after all, or moved to a date nobody can honour"),
    (State.FOC_CONFIRMED, State.SUBMITTING, "another date is asked for"),
    (State.FOC_CONFIRMED, State.CANCELLING, "cancel"),
    (State.READY, State.CUTTING_OVER, "the FOC has come, and every gate is green or overridden"),
    (State.READY, State.FOC_CONFIRMED, "FOC moved later"),
    (State.SUBMITTED, State.VERIFYING, "the carrier moved the numbers by itself"),
    (State.ACTION_REQUIRED, State.VERIFYING, "the carrier moved the numbers by itself"),
    (State.FOC_CONFIRMED, State.VERIFYING, "the carrier moved the numbers by itself"),
    (State.READY, State.VERIFYING, "the carrier moved the numbers by itself"),
    (State.SUBMITTED, State.PARTIALLY_ACTIVE, "the carrier moved some numbers by itself"),
    (State.ACTION_REQUIRED, State.PARTIALLY_ACTIVE, "the carrier moved some numbers by itself"),
    (State.FOC_CONFIRMED, State.PARTIALLY_ACTIVE, "the carrier moved some numbers by itself"),
    (State.READY, State.PARTIALLY_ACTIVE, "the carrier moved some numbers by itself"),
    (State.READY, State.ACTION_REQUIRED, "rejected after all, moved, or passed on hold or at a red gate"),
    (State.READY, State.CANCELLING, "cancel"),
    (State.CUTTING_OVER, State.VERIFYING, "activated"),
    (State.CUTTING_OVER, State.ACTION_REQUIRED, "the carrier would not activate"),
    (State.CUTTING_OVER, State.PARTIALLY_ACTIVE, "activated, but not every number"),
    (State.PARTIALLY_ACTIVE, State.CUTTING_OVER, "the others are activated again"),
    (State.PARTIALLY_ACTIVE, State.VERIFYING, "the others followed, or got an order of their own"),
    (State.PARTIALLY_ACTIVE, State.ROLLING_BACK, "rollback, decided inside the window"),
    (State.VERIFYING, State.ROLLBACK_WINDOW, "every number proven in service"),
    (State.VERIFYING, State.SETTLING, "proven in service, and no window is left; messaging or the bridge is"),
    (State.VERIFYING, State.COMPLETED, "proven in service, and no window is left"),
    (State.VERIFYING, State.ROLLING_BACK, "rollback, decided inside the window"),
    (State.ROLLBACK_WINDOW, State.ROLLING_BACK, "rollback, decided inside the window"),
    (State.ROLLBACK_WINDOW, State.VERIFYING, "test calls fail: it is no longer proven"),
    (State.ROLLBACK_WINDOW, State.SETTLING, "the window closed; messaging or the bridge is not settled"),
    (State.ROLLBACK_WINDOW, State.COMPLETED, "the window closed"),
    (State.SETTLING, State.COMPLETED, "messaging and bridge are settled"),
    (State.SETTLING, State.VERIFYING, "test calls fail: it is no longer proven"),
    (State.SETTLING, State.ROLLING_BACK, "rollback of a port that nobody wanted"),
    (State.ROLLING_BACK, State.ROLLED_BACK, "ported back"),
    (State.ROLLING_BACK, State.VERIFYING, "the losing carrier refused; not proven in service yet"),
    (State.ROLLING_BACK, State.PARTIALLY_ACTIVE, "the losing carrier refused; not every number moved"),
    (State.ROLLING_BACK, State.SETTLING, "the losing carrier refused"),
    (State.ROLLING_BACK, State.ROLLBACK_WINDOW, "the losing carrier refused"),
    (State.CANCELLING, State.CANCELLED, "withdrawn at the carrier"),
    (State.CANCELLING, State.BRIDGING, "withdrawn at the carrier, to be bridged first"),
    (State.CANCELLING, State.NOT_PORTABLE, "given up: the losing carrier says the numbers cannot be ported"),
    (State.CANCELLING, State.SUBMITTING, "the carrier would not cancel, and what was sent last is not known"),
    (State.CANCELLING, State.SUBMITTED, "the carrier would not cancel"),
    (State.CANCELLING, State.ACTION_REQUIRED, "the carrier would not cancel"),
    (State.CANCELLING, State.FOC_CONFIRMED, "the carrier would not cancel"),
    (State.CANCELLING, State.READY, "the carrier would not cancel"),
)

MOVES = frozenset((source, target) for source, target, _ in TRANSITIONS)
ENDED = frozenset(state for state, facts in STATES.items() if facts.phase is Phase.ENDED)
#: States in which Portolan itself is at work; decisions made meanwhile are kept and applied right after.
ACTING = frozenset(
    {
        State.CHECKING,
        State.BRIDGING,
        State.SUBMITTING,
        State.CUTTING_OVER,
        State.PARTIALLY_ACTIVE,
        State.VERIFYING,
        State.ROLLING_BACK,
        State.CANCELLING,
    }
)
#: Past the pivot: a number may have moved, so cancelling is no longer possible.
MOVED = frozenset(
    {
        State.CUTTING_OVER,
        State.PARTIALLY_ACTIVE,
        State.VERIFYING,
        State.ROLLBACK_WINDOW,
        State.ROLLING_BACK,
        State.SETTLING,
    }
)
BEFORE_CUTOVER = frozenset(State) - MOVED - ENDED
#: The numbers have moved, or some of them.
AFTER_ACTIVATION = frozenset(
    {State.PARTIALLY_ACTIVE, State.VERIFYING, State.ROLLBACK_WINDOW, State.ROLLING_BACK, State.SETTLING}
)

#: States that wait for a person, who is reminded.
WAITS_FOR_PEOPLE = frozenset(
    {
        State.AWAITING_INFORMATION,
        State.BRIDGED,
        State.AWAITING_SIGNATURE,
        State.AWAITING_APPROVAL,
        State.ACTION_REQUIRED,
    }
)


def diagram() -> str:
    """The transition table as a Mermaid state diagram, grouped by phase."""
    lines = ["stateDiagram-v2", "    [*] --> checking"]
    for phase in Phase:
        members = [state for state, facts in STATES.items() if facts.phase is phase]
        if phase is not Phase.ENDED:
            lines += [f"    state {phase} {{", *(f"        {state}" for state in members), "    }"]
    lines += [f"    {source} --> {target}: {why}" for source, target, why in TRANSITIONS]
    lines += [f"    {state} --> [*]" for state in STATES if state in ENDED]
    return "\n".join(lines)
