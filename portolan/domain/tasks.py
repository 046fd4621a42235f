"""Tasks: what a person must do, until when, and which answers are allowed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from portolan.domain.runbook import ITEMS
from portolan.domain.states import AFTER_ACTIVATION, ENDED, State, Turn


class TaskKind(StrEnum):
    """What a task asks for."""

    CORRECT_DATA = "correct_data"
    GIVE_EVIDENCE = "give_evidence"
    CONFIRM_REMAINING = "confirm_remaining"
    CURE_NUMBERS = "cure_numbers"
    SIGN_LOA = "sign_loa"
    APPROVE = "approve"
    FIX_REJECTION = "fix_rejection"
    DISPUTE_REJECTION = "dispute_rejection"
    GIVE_UP = "give_up"
    CHOOSE_DATE = "choose_date"
    CHASE_CARRIER = "chase_carrier"
    READ_CARRIER = "read_carrier"
    CARRIER_UNREACHABLE = "carrier_unreachable"
    CARRIER_REFUSED = "carrier_refused"
    CARRIER_ASKS = "carrier_asks"
    CARRIER_ON_HOLD = "carrier_on_hold"
    CANCEL_REFUSED = "cancel_refused"
    SIGN_OFF = "sign_off"
    CHECK_DATE = "check_date"
    RED_GATES = "red_gates"
    CUT_OVER = "cut_over"
    FORWARD_CALLS = "forward_calls"
    CHOOSE_BRIDGE = "choose_bridge"
    RELEASE_BRIDGE = "release_bridge"
    FINISH_ACTIVATION = "finish_activation"
    PROVE_NUMBERS = "prove_numbers"
    HALF_PORTED = "half_ported"
    TESTS_FAIL = "tests_fail"
    MESSAGING_LATE = "messaging_late"
    SECOND_PERSON = "second_person"
    PORT_BACK_REFUSED = "port_back_refused"
    REVIEW_HOLD = "review_hold"
    READ_MESSAGE = "read_message"


class TaskFacts(NamedTuple):
    """Who does it, what it is called, and the answers `complete_task` may give.

    A task without answers is closed by a message of its own (`loa_signed`, `approve`, `resubmit`, ...).
    """

    turn: Turn
    title: str
    answers: tuple[str, ...]


TASKS: dict[TaskKind, TaskFacts] = {
    TaskKind.CORRECT_DATA: TaskFacts(
        Turn.COORDINATOR,
        "Correct the account data (resubmit with corrections)",
        ("accept_suggestions", "attest", "split_out"),
    ),
    TaskKind.GIVE_EVIDENCE: TaskFacts(
        Turn.COORDINATOR,
        "No CSR is to be had: give evidence from a bill, a portal or the customer",
        ("attest",),
    ),
    TaskKind.CONFIRM_REMAINING: TaskFacts(
        Turn.CUSTOMER,
        "Say what becomes of the numbers that stay on the account",
        ("keep_remaining", "cease_remaining"),
    ),
    TaskKind.CURE_NUMBERS: TaskFacts(
        Turn.CUSTOMER, "Cure what the losing carrier found wrong with these numbers", ("cured", "give_up")
    ),
    TaskKind.SIGN_LOA: TaskFacts(Turn.CUSTOMER, "Sign the letter of authorization", ()),
    TaskKind.APPROVE: TaskFacts(Turn.APPROVER, "Approve sending the order", ()),
    TaskKind.FIX_REJECTION: TaskFacts(
        Turn.COORDINATOR, "Cure the rejection (resubmit with corrections)", ("accept_suggestions", "split_out")
    ),
    TaskKind.DISPUTE_REJECTION: TaskFacts(
        Turn.COORDINATOR,
        "Dispute the rejection: its ground is no lawful one here (`portolan dispute` prints the letter)",
        ("disputed", "cured"),
    ),
    TaskKind.GIVE_UP: TaskFacts(
        Turn.COORDINATOR, "The losing carrier says these numbers cannot be ported: give up or resubmit", ("give_up",)
    ),
    TaskKind.CHOOSE_DATE: TaskFacts(
        Turn.COORDINATOR, "Settle the cutover date with the carrier", ("accept", "request_new_date")
    ),
    TaskKind.CHASE_CARRIER: TaskFacts(
        Turn.COORDINATOR, "Chase the losing carrier: it is silent past its usual time", ("chased",)
    ),
    TaskKind.READ_CARRIER: TaskFacts(
        Turn.COORDINATOR, "Read the carrier's answer: it is not one Portolan knows", ("dealt_with",)
    ),
    TaskKind.CARRIER_UNREACHABLE: TaskFacts(Turn.COORDINATOR, "The gaining carrier cannot be reached", ("retry",)),
    TaskKind.CARRIER_REFUSED: TaskFacts(
        Turn.COORDINATOR, "The gaining carrier refuses; settle it with its desk", ("retry",)
    ),
    TaskKind.CARRIER_ASKS: TaskFacts(Turn.COORDINATOR, "The gaining carrier waits for something", ("done_at_carrier",)),
    TaskKind.CARRIER_ON_HOLD: TaskFacts(
        Turn.COORDINATOR, "Nothing is sent to this carrier account for now (`portolan carrier release`)", ("retry",)
    ),
    TaskKind.CANCEL_REFUSED: TaskFacts(
        Turn.COORDINATOR, "The gaining carrier would not cancel; the port goes on", ("acknowledged",)
    ),
    TaskKind.SIGN_OFF: TaskFacts(Turn.COORDINATOR, "Sign off an item of the runbook (`portolan sign-off`)", ("done",)),
    TaskKind.CHECK_DATE: TaskFacts(
        Turn.COORDINATOR,
        "The confirmed date is a risky one: keep it, or ask for another",
        ("accept", "request_new_date"),
    ),
    TaskKind.RED_GATES: TaskFacts(
        Turn.DECISION_MAKER, "Gates are red: have them signed off, or override them (`portolan override`)", ()
    ),
    TaskKind.CUT_OVER: TaskFacts(
        Turn.DECISION_MAKER, "The carrier's window is open: say when the numbers move (`portolan cut-over`)", ()
    ),
    TaskKind.FORWARD_CALLS: TaskFacts(Turn.CUSTOMER, "Forward the legacy numbers into the bridge", ("retry",)),
    TaskKind.CHOOSE_BRIDGE: TaskFacts(
        Turn.COORDINATOR, "The carrier cannot pause this order: bridge it, or let it port", ("bridge", "let_it_port")
    ),
    TaskKind.RELEASE_BRIDGE: TaskFacts(
        Turn.COORDINATOR, "The bridge carries the calls: release the port when it is wanted", ("keep",)
    ),
    TaskKind.FINISH_ACTIVATION: TaskFacts(
        Turn.COORDINATOR, "Not every number moved", ("activate_again", "retry", "split_out")
    ),
    TaskKind.HALF_PORTED: TaskFacts(Turn.COORDINATOR, "The port is half done: call whoever has to act", ("retry",)),
    TaskKind.TESTS_FAIL: TaskFacts(
        Turn.DECISION_MAKER, "Test calls fail: roll back, or have it put right", ("fix_forward",)
    ),
    TaskKind.MESSAGING_LATE: TaskFacts(
        Turn.COORDINATOR, "Messaging has not settled in its time", ("retry", "without_messaging")
    ),
    TaskKind.SECOND_PERSON: TaskFacts(
        Turn.DECISION_MAKER, "A second person has to confirm this decision (`portolan confirm`)", ()
    ),
    TaskKind.PROVE_NUMBERS: TaskFacts(Turn.COORDINATOR, "Not every number is proven in service", ("retry",)),
    TaskKind.PORT_BACK_REFUSED: TaskFacts(
        Turn.COORDINATOR,
        "The port-back was not carried out; prepare a new port to the losing carrier",
        ("acknowledged",),
    ),
    TaskKind.REVIEW_HOLD: TaskFacts(Turn.COORDINATOR, "On hold: release it or say why not", ("keep",)),
    TaskKind.READ_MESSAGE: TaskFacts(
        Turn.COORDINATOR, "A message to this order could not be read or was refused", ("acknowledged",)
    ),
}

#: Where a task of each kind makes sense; it is closed when the order moves anywhere else.
TASK_STATES: dict[TaskKind, frozenset[State]] = {
    TaskKind.CORRECT_DATA: frozenset({State.AWAITING_INFORMATION}),
    TaskKind.GIVE_EVIDENCE: frozenset({State.AWAITING_INFORMATION}),
    TaskKind.CONFIRM_REMAINING: frozenset({State.AWAITING_INFORMATION}),
    TaskKind.CURE_NUMBERS: frozenset({State.AWAITING_INFORMATION}),
    TaskKind.SIGN_LOA: frozenset({State.AWAITING_SIGNATURE, State.ACTION_REQUIRED}),
    TaskKind.APPROVE: frozenset({State.AWAITING_APPROVAL}),
    TaskKind.FIX_REJECTION: frozenset({State.ACTION_REQUIRED}),
    TaskKind.DISPUTE_REJECTION: frozenset({State.ACTION_REQUIRED}),
    TaskKind.GIVE_UP: frozenset({State.ACTION_REQUIRED}),
    TaskKind.CHOOSE_DATE: frozenset({State.ACTION_REQUIRED}),
    TaskKind.CHASE_CARRIER: frozenset({State.SUBMITTED}),
    TaskKind.READ_CARRIER: frozenset({State.ACTION_REQUIRED}),
    TaskKind.CARRIER_REFUSED: frozenset({State.ACTION_REQUIRED}),
    TaskKind.CARRIER_ASKS: frozenset({State.SUBMITTED, State.ACTION_REQUIRED, State.FOC_CONFIRMED, State.READY}),
    TaskKind.CARRIER_ON_HOLD: frozenset({State.SUBMITTING}),
    TaskKind.CANCEL_REFUSED: frozenset(
        {State.SUBMITTING, State.SUBMITTED, State.ACTION_REQUIRED, State.FOC_CONFIRMED, State.READY}
    ),
    TaskKind.CARRIER_UNREACHABLE: frozenset(),
    TaskKind.SIGN_OFF: frozenset({State.FOC_CONFIRMED, State.READY, *AFTER_ACTIVATION}),
    TaskKind.CHECK_DATE: frozenset({State.FOC_CONFIRMED}),
    TaskKind.RED_GATES: frozenset({State.FOC_CONFIRMED, State.READY}),
    TaskKind.CUT_OVER: frozenset({State.READY}),
    TaskKind.FORWARD_CALLS: frozenset({State.BRIDGING}),
    TaskKind.CHOOSE_BRIDGE: frozenset({State.SUBMITTED, State.ACTION_REQUIRED, State.FOC_CONFIRMED, State.READY}),
    TaskKind.RELEASE_BRIDGE: frozenset({State.BRIDGED}),
    TaskKind.FINISH_ACTIVATION: frozenset({State.PARTIALLY_ACTIVE}),
    TaskKind.PROVE_NUMBERS: frozenset({State.VERIFYING}),
    TaskKind.HALF_PORTED: frozenset({State.PARTIALLY_ACTIVE, State.VERIFYING, State.ROLLBACK_WINDOW}),
    TaskKind.TESTS_FAIL: frozenset({State.VERIFYING, State.ROLLBACK_WINDOW}),
    TaskKind.MESSAGING_LATE: AFTER_ACTIVATION,
    TaskKind.SECOND_PERSON: frozenset({State.FOC_CONFIRMED, State.READY, *AFTER_ACTIVATION}),
    TaskKind.PORT_BACK_REFUSED: AFTER_ACTIVATION - {State.ROLLING_BACK},
    TaskKind.REVIEW_HOLD: frozenset(State) - ENDED,
    TaskKind.READ_MESSAGE: frozenset(State) - ENDED,
}


class Task(BaseModel):
    """One task of one order.

    Attributes:
        task_id: Unique within the order: the kind, or the item, and a counter.
        item: What it is about, where several tasks of a kind may be open: an item of the runbook, a cause.
        due_at: When it should be done; passing it makes it overdue, nothing else.
        closed_at: When and `closed_by` by whom; open tasks have neither.
    """

    task_id: str
    kind: TaskKind
    detail: str
    opened_at: AwareDatetime
    due_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    closed_by: str = ""
    answer: str = ""
    item: str = ""

    @property
    def facts(self) -> TaskFacts:
        """Title, owner and allowed answers of its kind."""
        return TASKS[self.kind]

    @property
    def turn(self) -> Turn:
        """Who does it: for an item of the runbook, its owner."""
        return ITEMS[self.item].owner if self.kind is TaskKind.SIGN_OFF else self.facts.turn

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Sign off: {ITEMS[self.item].title}" if self.kind is TaskKind.SIGN_OFF else self.facts.title
