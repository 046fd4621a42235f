"""What decisions about the cutover day do to an order: sign-offs, overrides, test calls, rollbacks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portolan.domain import proving, readiness, returning
from portolan.domain.cutover_checks import deciders, is_person
from portolan.domain.messages import Confirm, CutOver, OverrideGates, Rollback, SignOffItems, TestCalls
from portolan.domain.order import Cause, Order
from portolan.domain.port_backs import Asked, Proposal
from portolan.domain.runbook import Override
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from portolan.domain.testcalls import CallResult


def _sign_off(order: Order, event: SignOffItems, cause: Cause, now: datetime) -> None:
    sign_off(order, event.items, event.note, event.document, cause, now)


def sign_off(order: Order, items: list[str], note: str, document: str, cause: Cause, now: datetime) -> None:
    """Items are done; where the numbers wait for nothing else, they move."""
    for item in items:
        readiness.sign(order, item, cause.by, cause.occurred_at, note, document)
    left = readiness.red_gates(order)
    if not left:
        order.close_tasks(TaskKind.RED_GATES, cause.by, now)
    words = f"signed off: {', '.join(items)}" + (f" ({note})" if note else "")
    words += f", document sha256 {document}" if document else ""
    readiness.try_to_go(order, cause, now, words)


def _override_gates(order: Order, event: OverrideGates, cause: Cause, now: datetime) -> None:
    if order.request.second_person:
        _propose(order, "override_gates", event.decided_by, event.reason, cause, now)
    else:
        _override(order, event.decided_by, event.reason, cause.occurred_at, cause, now)


def _override(order: Order, by: str, reason: str, decided_at: datetime, cause: Cause, now: datetime) -> None:
    """The gates that were overdue when this was decided; what has become so since needs a word of its own."""
    assert order.foc_at is not None  # noqa: S101 - gates are overdue only where there is one
    red = readiness.overdue(order, decided_at)
    earlier = readiness.override_of(order)
    order.override = Override(
        items=[*(earlier.items if earlier else []), *red],
        by=by,
        reason=reason,
        at=cause.occurred_at,
        foc_at=order.foc_at,
        round=order.foc_round,
    )
    order.proposal = None
    order.close_tasks(TaskKind.RED_GATES, by, now)
    readiness.try_to_go(order, cause, now, f"red gates overridden by {by}: {', '.join(red)}. {reason}")


def _cut_over(order: Order, event: CutOver, cause: Cause, now: datetime) -> None:
    order.go_by = cause.by
    readiness.try_to_go(order, cause, now, f"moved on demand by {cause.by}")


def _test_calls(order: Order, event: TestCalls, cause: Cause, now: datetime) -> None:
    results = [
        CallResult(by=cause.by, **told.model_dump(exclude={"at"}), at=told.at or cause.occurred_at)
        for told in event.results
    ]
    proving.heard(order, results, cause, now)


def _rollback(order: Order, event: Rollback, cause: Cause, now: datetime) -> None:
    if order.state is State.BRIDGED:
        order.cancel_reason, order.cancelled_in = event.reason, order.state
        order.move(State.CANCELLING, cause, now, f"the bridge is removed: {event.reason}")
    elif order.request.second_person:
        _propose(order, "rollback", event.decided_by, event.reason, cause, now, event.inadvertent)
    else:
        _return(order, event.decided_by, "", event.reason, event.inadvertent, cause, now)


def _return(order: Order, by: str, second: str, reason: str, inadvertent: bool, cause: Cause, now: datetime) -> None:
    asked = Asked(
        stage=returning.next_stage(order, cause.occurred_at, inadvertent),
        by=_name(order, by),
        second=_name(order, second),
        reason=reason,
        decided_at=cause.occurred_at,
        inadvertent=inadvertent,
    )
    returning.order_return(order, asked, cause, now)


def _name(order: Order, said: str) -> str:
    """The name of a decider who may have been told by address; it stands under the letter of return."""
    return next((one.name for one in deciders(order) if is_person(said, one)), said)


def _propose(
    order: Order, kind: str, by: str, reason: str, cause: Cause, now: datetime, inadvertent: bool = False
) -> None:
    """Keep a decision until the second person confirms it; a newer one takes its place."""
    order.proposal = Proposal(kind=kind, by=by, reason=reason, at=cause.occurred_at, inadvertent=inadvertent)
    other = next((one.name for one in deciders(order) if not is_person(by, one)), "the second person")
    until = order.rollback_until if kind == "rollback" else order.foc_at
    what = "A rollback" if kind == "rollback" else "An override of red gates"
    words = f"{what} was decided by {by}: {reason}. It counts when {other} confirms it"
    order.record(cause, now, words)
    order.open_task(TaskKind.SECOND_PERSON, f"{words} (`portolan confirm {order.order_id}`).", now, until)
    order.notify(NoticeKind.ACTION_NEEDED, why=words)


def _confirm(order: Order, event: Confirm, cause: Cause, now: datetime) -> None:
    proposal = order.proposal
    assert proposal is not None  # noqa: S101 - `refusal` has looked
    order.close_tasks(TaskKind.SECOND_PERSON, cause.by, now)
    if proposal.kind == "rollback":
        _return(order, proposal.by, event.by, proposal.reason, proposal.inadvertent, cause, now)
    else:
        _override(order, f"{proposal.by} and {event.by}", proposal.reason, proposal.at, cause, now)


HANDLERS: dict[str, Callable[[Order, Any, Cause, datetime], None]] = {
    "sign_off": _sign_off,
    "override_gates": _override_gates,
    "cut_over": _cut_over,
    "test_calls": _test_calls,
    "rollback": _rollback,
    "confirm": _confirm,
}
