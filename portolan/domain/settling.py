"""After the window: messaging settles in its own time, the bridge comes down, and the order is complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portolan.domain.carrier import MessagingStatus
from portolan.domain.foc import in_words
from portolan.domain.messaging import LATER, LOOKS
from portolan.domain.moves import business_days_later
from portolan.domain.old_service import old_service as may_cancel_old_service
from portolan.domain.order import Cause, Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind


def begin_messaging(order: Order, now: datetime) -> None:
    """Voice has moved: from here messaging has its own clock."""
    if not (order.request.messaging and order.policy.messaging_separate) or order.messaging:
        return
    assert order.activated_at is not None  # noqa: S101 - the caller has just set it
    order.messaging = dict.fromkeys(order.request.numbers, MessagingStatus.PENDING)
    order.messaging_at = order.activated_at + LOOKS[0]
    order.messaging_until = business_days_later(order, now, order.policy.messaging_business_days)


def messaging_open(order: Order) -> bool:
    """Whether messaging is still waited for."""
    settled = all(status is MessagingStatus.SETTLED for status in order.messaging.values())
    return bool(order.messaging) and not settled and not order.without_messaging


def joined(order: Order) -> bool:
    """Whether numbers have joined a campaign, which they leave when they go back."""
    wanted = order.request.messaging
    return bool(wanted and wanted.campaign) and MessagingStatus.SETTLED in order.messaging.values()


def bridge_open(order: Order) -> bool:
    """Whether a bridge is still to be taken down."""
    return order.bridge is not None and order.bridge.removed_at is None


def messaging_found(order: Order, found: Mapping[str, MessagingStatus], now: datetime) -> None:
    """Where the messaging of each number is, as the carrier tells it."""
    before = order.messaging
    order.messaging = {
        number: found.get(number, before.get(number, MessagingStatus.PENDING)) for number in order.request.numbers
    }
    if order.messaging != before:
        counts = {status: list(order.messaging.values()).count(status) for status in MessagingStatus}
        words = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        order.record(Cause("messaging", "portolan", now), now, words)
    if not messaging_open(order):
        order.messaging_at = None
        order.close_tasks(TaskKind.MESSAGING_LATE, "portolan", now)
        settle(order, Cause("messaging_settled", "portolan", now), now)
        return
    ask_later(order, now)
    failed = [number for number, status in order.messaging.items() if status is MessagingStatus.FAILED]
    if order.has_task(TaskKind.MESSAGING_LATE):
        return
    if failed:
        words = f"Messaging of {', '.join(failed[:5])} failed at {order.request.gaining_carrier}."
        _ask(order, Cause("messaging_failed", "portolan", now), words, now)
    elif order.messaging_until is None:
        messaging_late(order, Cause("messaging_late", "portolan", now), now)


def ask_later(order: Order, now: datetime) -> None:
    """The carrier is asked again at its usual times, after them every twelve hours."""
    assert order.activated_at is not None  # noqa: S101 - messaging begins at the activation
    looks = [order.activated_at + look for look in LOOKS]
    order.messaging_at = next((look for look in looks if look > now), now + LATER)


def messaging_late(order: Order, cause: Cause, now: datetime) -> None:
    """It should have settled by now; the window and the numbers' voice are not touched by that."""
    order.messaging_until = None
    waiting = [number for number, status in order.messaging.items() if status is not MessagingStatus.SETTLED]
    count, days = len(order.messaging), order.policy.messaging_business_days
    words = f"Messaging has not settled in {days} business days: {len(waiting)} of {count} numbers still wait."
    _ask(
        order,
        cause,
        f"{words} Have {order.request.gaining_carrier} escalate the owner of the messaging routes (NNID).",
        now,
    )


def _ask(order: Order, cause: Cause, words: str, now: datetime) -> None:
    order.record(cause, now, words)
    order.open_task(TaskKind.MESSAGING_LATE, words, now)
    order.notify(NoticeKind.ACTION_NEEDED, why=words.rstrip("."))


def close_window(order: Order, cause: Cause, now: datetime, words: str) -> None:
    """No return is left: the order is complete, but for messaging and bridge where they are not settled."""
    order.outcome = f"Ported on {in_words(order.activated_at)}; {words}"
    order.proposal = None
    order.close_tasks(TaskKind.SECOND_PERSON, cause.by, now)
    if messaging_open(order) or bridge_open(order):
        what = "messaging" if messaging_open(order) else "the bridge"
        order.move(State.SETTLING, cause, now, f"{words} {what[0].upper()}{what[1:]} is not settled yet")
    else:
        _complete(order, cause, now)


def settle(order: Order, cause: Cause, now: datetime) -> None:
    """Complete the order if nothing is left to settle."""
    if order.state is State.SETTLING and not messaging_open(order) and not bridge_open(order):
        _complete(order, cause, now)


def _complete(order: Order, cause: Cause, now: datetime) -> None:
    order.move(State.COMPLETED, cause, now, order.outcome)
    _, old_service = may_cancel_old_service(order, now)
    order.notify(NoticeKind.COMPLETED, why=order.outcome, old_service=old_service)


def bridge_removed(order: Order, now: datetime) -> None:
    """What was claimed for the bridge is released."""
    assert order.bridge is not None  # noqa: S101 - the caller has looked
    order.bridge.removed_at = now
    order.record(Cause("bridge_removed", "portolan", now), now, "the numbers claimed for the bridge are released")
    settle(order, Cause("settled", "portolan", now), now)
