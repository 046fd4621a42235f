"""What each answer to a task does to the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from portolan.domain import bridging, readiness, settling
from portolan.domain.calendars import local
from portolan.domain.carrier import SendKind
from portolan.domain.cutover_decisions import sign_off
from portolan.domain.foc import foc_problem, in_words
from portolan.domain.messages import CompleteTask
from portolan.domain.moves import (
    ask_for_date,
    correct_and_go_on,
    give_up,
    good_day,
    release,
    restart_chase,
    send,
    split_out,
)
from portolan.domain.order import Cause, Evidence, Order
from portolan.domain.refusals import find_task, separable, suggestions
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind


def complete(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    """Close the task and do what its answer calls for."""
    task = find_task(order, event.task_id)
    assert task is not None  # noqa: S101 - `refusal` has looked
    order.close_task(task, cause.by, now, event.answer)
    _ANSWERS[event.answer](order, event, cause, now)


def _accept_suggestions(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    correct_and_go_on(order, suggestions(order), cause, now)


def _attest(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    order.evidence = event.note or f"attested by {cause.by}"
    order.evidences.append(Evidence(kind="attestation", by=cause.by, given_at=cause.occurred_at, note=event.note))
    order.move(State.CHECKING, cause, now, f"evidence: {order.evidence}")


def _accept_date(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    if order.state is State.FOC_CONFIRMED:
        sign_off(order, ["calendar"], event.note or "the date stands", "", cause, now)
        return
    order.move(State.FOC_CONFIRMED, cause, now, f"FOC {in_words(order.foc_at)} accepted as it is")
    readiness.sign(order, "calendar", cause.by, cause.occurred_at, event.note or "the date was accepted")
    readiness.date_stands(order, now)
    order.notify(NoticeKind.FOC_CONFIRMED, foc=in_words(order.foc_at))


def _request_new_date(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    zone = order.policy.time_zone
    risky = local(order.foc_at, zone).date() if order.foc_at and order.state is State.FOC_CONFIRMED else None
    wanted: date = local(event.foc_at, zone).date() if event.foc_at else good_day(order, now, risky)
    order.requested_foc_on = wanted
    send(order, SendKind.NEW_DATE, cause, now, f"asking for {wanted}")


def _dealt_with(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    words = event.note or "dealt with"
    if order.rejections:
        order.record(cause, now, f"{words}; the rejection stands")
    elif order.foc_at is None:
        order.move(State.SUBMITTED, cause, now, words)
        restart_chase(order, now)
    elif trouble := foc_problem(order.foc_at, now, order.policy):
        ask_for_date(order, cause, now, trouble[0].upper() + trouble[1:] + ".")
    else:
        order.move(State.FOC_CONFIRMED, cause, now, f"{words}; FOC {in_words(order.foc_at)}")
        readiness.date_stands(order, now)


def _retry(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    refused = any(task.task_id == event.task_id and task.kind is TaskKind.CARRIER_REFUSED for task in order.tasks)
    if refused and order.send is SendKind.NEW_DATE:
        send(order, order.send, cause, now, f"asking again for {order.requested_foc_on}")
    elif refused:
        correct_and_go_on(order, {}, cause, now)
    else:
        order.retry_at = None
        order.ask_messaging = settling.messaging_open(order) and order.state is not State.ROLLING_BACK
        order.record(cause, now, "trying again now")


def _done_at_carrier(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    order.refetch = True
    order.record(cause, now, event.note or "done; the carrier is asked whether it has what it wants")


def _done(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    item = next(task.item for task in order.tasks if task.task_id == event.task_id)
    sign_off(order, [item], event.note, "", cause, now)


def _activate_again(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    order.move(State.CUTTING_OVER, cause, now, event.note or "the others are activated again")


def _bridge(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    bridging.choose(order, cause, now)


def _let_it_port(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    release(order, cause, now)
    if order.state is State.ACTION_REQUIRED and order.foc_at and not foc_problem(order.foc_at, now, order.policy):
        order.move(
            State.FOC_CONFIRMED, Cause("date_kept", "portolan", now), now, f"FOC {in_words(order.foc_at)} stands"
        )
        readiness.date_stands(order, now)


def _fix_forward(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    order.retry_at = None
    order.record(cause, now, event.note or "put right on the new side; no return is ordered")


def _without_messaging(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    order.without_messaging = event.note or f"not waited for, says {cause.by}"
    order.messaging_at = None
    order.record(cause, now, f"messaging: {order.without_messaging}")
    settling.settle(order, Cause("settled", "portolan", now), now)


def _noted(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    order.record(cause, now, event.note or event.answer)


def _split_out(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    because = order.rejections if order.state is State.ACTION_REQUIRED else []
    split_out(order, separable(order, event.note), because, cause, now)


def _remaining(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    order.remaining = event.answer.removesuffix("_remaining")
    order.new_btn = event.note if order.remaining == "keep" else ""
    words = f"the numbers that stay on the account: {order.remaining}"
    words += f", new billing number {order.new_btn}" if order.new_btn else ""
    order.move(State.CHECKING, cause, now, words)


def _cured(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    words = event.note or "cured at the losing carrier"
    if order.state is State.AWAITING_INFORMATION:
        order.cured = True
        order.move(State.CHECKING, cause, now, words)
    else:
        correct_and_go_on(order, {}, cause, now, words)


def _disputed(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    words = event.note or "the rejection was disputed; the order goes out again unchanged"
    correct_and_go_on(order, {}, cause, now, words)


def _give_up(order: Order, event: CompleteTask, cause: Cause, now: datetime) -> None:
    give_up(order, event.note, cause, now)


_ANSWERS: dict[str, Callable[[Order, CompleteTask, Cause, datetime], None]] = {
    "done_at_carrier": _done_at_carrier,
    "accept_suggestions": _accept_suggestions,
    "attest": _attest,
    "accept": _accept_date,
    "request_new_date": _request_new_date,
    "dealt_with": _dealt_with,
    "retry": _retry,
    "chased": _noted,
    "done": _done,
    "activate_again": _activate_again,
    "bridge": _bridge,
    "let_it_port": _let_it_port,
    "fix_forward": _fix_forward,
    "without_messaging": _without_messaging,
    "keep": _noted,
    "split_out": _split_out,
    "keep_remaining": _remaining,
    "cease_remaining": _remaining,
    "cured": _cured,
    "disputed": _disputed,
    "give_up": _give_up,
    "acknowledged": _noted,
}
