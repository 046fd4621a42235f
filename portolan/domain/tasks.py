"""Tasks: what a person must do, until when, and which answers are allowed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from portolan.domain.states import Turn


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
    CANCEL_REFUSED = "cancel_refused"
    PROVE_NUMBERS = "prove_numbers"
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
    TaskKind.CANCEL_REFUSED: TaskFacts(
        Turn.COORDINATOR, "The gaining carrier would not cancel; the port goes on", ("acknowledged",)
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


class Task(BaseModel):
    """One task of one order.

    Attributes:
        task_id: Unique within the order: the kind and a counter.
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

    @property
    def facts(self) -> TaskFacts:
        """Title, owner and allowed answers."""
        return TASKS[self.kind]
