"""What the people of a rehearsal do: what is usual without a word in the script, and acts with what they leave out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from portolan.domain.order import Order
from portolan.domain.readiness import barred, earliest
from portolan.domain.runbook import ITEMS
from portolan.domain.states import State, Turn
from portolan.domain.tasks import Task, TaskKind
from portolan.domain.telling import Contact

#: An item of the runbook is signed off so long before it is due, or at once.
BEFORE_DUE = timedelta(hours=1)
#: A risky date is accepted so long after people were asked.
DATE_AFTER = timedelta(hours=1)
#: The word to move the numbers is given so long after the carrier's window opened.
WORD_AFTER = timedelta(minutes=30)
#: Fields in which a number stands for hours from the moment of the act.
FROM_THEN = frozenset({"until", "foc_at"})


class Runbook(BaseModel):
    """Who signs the runbook of a rehearsed order: everybody, but for the items to `leave`.

    `signed` and `left` are short for leaving nothing and everything. To leave `calendar` is to leave a risky date
    unanswered as well.
    """

    model_config = ConfigDict(extra="forbid")
    leave: list[str] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _in_a_word(cls, given: Any) -> Any:
        if isinstance(given, str):
            words: Mapping[str, list[str]] = {"signed": [], "left": list(ITEMS)}
            if given not in words:
                raise ValueError(f"{given!r} is none of: signed, left, {{leave: [items]}}")
            return {"leave": words[given]}
        return given

    @field_validator("leave")
    @classmethod
    def _known(cls, items: list[str]) -> list[str]:
        if unknown := [item for item in items if item not in ITEMS]:
            raise ValueError(f"{', '.join(unknown)}: no item of the runbook; its items: {', '.join(ITEMS)}")
        return items


class Act(BaseModel):
    """What a person does: in which state of the order, when, and whether that will be accepted.

    Attributes:
        after_hours: Counted from the moment the order got into that state.
        hours_after_activation: Instead: from the moment the numbers moved.
        hours_after_foc, hours_before_foc: Instead: from the FOC, or back from it.
        do: The kind of decision, with its fields; who and when are filled in where they are left out. A number in
            `until` or `foc_at` is hours from then.
    """

    model_config = ConfigDict(extra="forbid")
    when: State
    after_hours: float = Field(default=2, ge=0)
    hours_after_activation: float | None = Field(default=None, ge=0)
    hours_after_foc: float | None = Field(default=None, ge=0)
    hours_before_foc: float | None = Field(default=None, ge=0)
    do: str
    fields: dict[str, Any] = Field(default_factory=dict, alias="with")
    refused: bool = False

    @model_validator(mode="after")
    def _one_time(self) -> Act:
        times = {"after_hours", "hours_after_activation", "hours_after_foc", "hours_before_foc"}
        if len(given := sorted(times & self.model_fields_set)) > 1:
            raise ValueError(f"{' and '.join(given)} are {len(given)} times for one act: give one of them")
        return self

    def moment(self, order: Order) -> datetime | None:
        """When it is done (UTC); None where the order has nothing to count from."""
        for start, hours in (
            (order.activated_at, self.hours_after_activation),
            (order.foc_at, self.hours_after_foc),
            (order.foc_at, None if self.hours_before_foc is None else -self.hours_before_foc),
        ):
            if hours is not None:
                return start and start + timedelta(hours=hours)
        return order.since + timedelta(hours=self.after_hours)

    def event(self, order: Order, moment: datetime) -> dict[str, Any]:
        """The message it comes to."""
        fields = {
            name: (moment + timedelta(hours=value)).isoformat() if name in FROM_THEN and _is_number(value) else value
            for name, value in self.fields.items()
        }
        return {"kind": self.do, "occurred_at": moment.isoformat(), **_usual(self.do, order, moment, fields), **fields}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _usual(kind: str, order: Order, moment: datetime, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Who usually says it, and what else follows from the order."""
    request = order.request
    second = request.second_person or request.decision_maker
    match kind:
        case "loa_signed":
            signer = order.account.authorized_person
            return {"by": request.customer_contact.name, "signed_by": signer, "signed_on": str(moment.date())}
        case "rollback" | "override_gates":
            return {"by": request.decision_maker.name, "decided_by": request.decision_maker.name}
        case "cut_over":
            return {"by": request.decision_maker.name}
        case "confirm":
            return {"by": second.name}
        case "sign_off":
            owners = [ITEMS[item].owner for item in fields.get("items", []) if item in ITEMS]
            return {"by": person(order, owners[0] if owners else Turn.COORDINATOR).name}
        case "complete_task":
            answer = fields.get("answer")
            task = next((task for task in order.open_tasks if answer in task.facts.answers), None)
            return {"by": person(order, task.turn if task else Turn.COORDINATOR).name, "task_id": _id(task)}
        case _:
            return {"by": request.coordinator.name}


def _id(task: Task | None) -> str:
    return task.task_id if task else "none"


def person(order: Order, turn: Turn) -> Contact:
    """Who does what it is somebody's turn to do."""
    request = order.request
    people = {Turn.CUSTOMER: request.customer_contact, Turn.DECISION_MAKER: request.decision_maker}
    return people.get(turn, request.coordinator)


class Habit(NamedTuple):
    """What somebody does without being told: the tasks it is about, when, and the message."""

    tasks: tuple[str, ...]
    at: datetime
    event: dict[str, Any]


def next_habit(order: Order, leave: Collection[str], done: Collection[str]) -> Habit | None:
    """What people do next without a word in the script; None where nothing is.

    Items of the runbook are signed off by their owners, several at once where they fall together; a risky date is
    accepted; the numbers of an order on demand are moved, once no gate is red.

    Args:
        order: The order as it stands.
        leave: Items nobody signs off; `cut_over` is the word to move.
        done: Tasks that were tried already.
    """
    moments = {
        task.task_id: (_moment(order, task), task)
        for task in order.open_tasks
        if task.task_id not in done and _is_habit(order, task, leave)
    }
    if not moments:
        return None
    at, first = min(moments.values(), key=lambda found: found[0])
    together = [task for when, task in moments.values() if (when, task.kind, task.turn) == (at, first.kind, first.turn)]
    event: dict[str, Any] = {"by": person(order, first.turn).name, "occurred_at": at.isoformat(), "note": "rehearsed"}
    match first.kind:
        case TaskKind.SIGN_OFF:
            event |= {"kind": "sign_off", "items": [task.item for task in together]}
        case TaskKind.CHECK_DATE:
            event |= {"kind": "complete_task", "task_id": first.task_id, "answer": "accept"}
        case _:
            event |= {"kind": "cut_over"}
    return Habit(tuple(task.task_id for task in together), at, event)


def _is_habit(order: Order, task: Task, leave: Collection[str]) -> bool:
    if task.kind is TaskKind.SIGN_OFF:
        return task.item not in leave
    if task.kind is TaskKind.CHECK_DATE:
        return "calendar" not in leave
    word = task.kind is TaskKind.CUT_OVER and "cut_over" not in leave
    return word and not barred(order) and not order.hold


def _moment(order: Order, task: Task) -> datetime:
    if task.kind is TaskKind.SIGN_OFF and task.due_at:
        return max(task.opened_at, task.due_at - BEFORE_DUE, earliest(order, task.item) or task.opened_at)
    after = {TaskKind.CHECK_DATE: DATE_AFTER, TaskKind.CUT_OVER: WORD_AFTER}.get(task.kind, timedelta(0))
    return task.opened_at + after
