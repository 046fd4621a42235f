"""The clocks of an order: which deadline comes next, and what happens when it passes.

Each deadline is an absolute moment kept in the order; the workflow waits for the nearest with one durable timer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from portolan.domain.carrier import SendKind
from portolan.domain.foc import in_words
from portolan.domain.moves import correct_and_go_on, need_signature, release, restart_chase
from portolan.domain.order import Cause, Order
from portolan.domain.readiness import ask, barred, due_at, foc_came, foc_lapsed, move_until, tell_red
from portolan.domain.runbook import ITEMS, Stage
from portolan.domain.settling import bridge_open, close_window, messaging_late, messaging_open
from portolan.domain.states import ACTING, AFTER_ACTIVATION, State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from portolan.domain.undo import next_closing


class Clock(StrEnum):
    """The kinds of deadline, named by what happens when they pass."""

    REMINDER = "remind whoever has to move"
    CUSTOMER_SILENCE = "expire: nobody answered"
    LOA_WARNING = "warn that the LOA grows too old"
    LOA_EXPIRY = "ask for a new signature: the LOA is too old"
    CHASE = "chase the losing carrier"
    RED_GATES = "tell which gates are red"
    CONFIGURE = "configure the numbers"
    FREEZE = "begin the change freeze"
    CUTOVER = "cut over"
    FOC_MISSED = "the FOC passes while on hold"
    FOC_LAPSES = "the carrier's window closes, and the numbers have not moved"
    RETRY = "try again"
    CURE = "send again what only needed time"
    TEST_CALLS = "make the test calls of the next slot"
    MESSAGING = "ask how the messaging stands"
    MESSAGING_LATE = "messaging should have settled"
    CLOSING_NOTICE = "tell that the rollback window is closing"
    WINDOW_CLOSES = "close the rollback window"
    HOLD_ENDS = "end the hold"
    HOLD_REVIEW = "review the hold"


class Deadline(NamedTuple):
    """When what happens."""

    at: datetime
    clock: Clock

    def in_words(self) -> str:
        """For people, such as `2026-12-01 15:00 UTC: cut over`."""
        return f"{in_words(self.at)}: {self.clock}"


#: While on hold nothing is sent or moved from these states.
HELD = frozenset({State.BRIDGING, State.SUBMITTING, State.FOC_CONFIRMED, State.READY})


def acts(order: Order) -> bool:
    """Whether Portolan itself has something to do now, rather than wait."""
    if order.ended:
        return False
    if order.call_slot is not None or order.ask_messaging:
        return True
    if order.retry_at:
        return False
    if configures(order) or order.unjudged or order.split_off or order.letter_wanted or takes_down(order):
        return True
    supplements = order.hold and order.hold.supplements and order.send is SendKind.NEW_DATE
    held = order.hold and order.state in HELD and not supplements
    return order.refetch or (order.state in ACTING and not held)


def configures(order: Order) -> bool:
    """Whether the numbers are configured now: before they move, so that it never holds up what comes after."""
    if order.configure_on_arrival:
        return order.configure and order.state in AFTER_ACTIVATION - {State.ROLLING_BACK}
    settled = order.state in {State.FOC_CONFIRMED, State.READY} and order.configured_for == order.foc_at
    return order.configure and settled and not order.hold


def takes_down(order: Order) -> bool:
    """Whether the bridge comes down now: everything else is over."""
    return order.state is State.SETTLING and bridge_open(order)


def next_deadline(order: Order) -> Deadline | None:
    """The nearest deadline, or None where the order has ended."""
    return min(_deadlines(order), key=lambda deadline: deadline.at, default=None)


def business_deadline(order: Order) -> Deadline | None:
    """The deadline that people plan by: the end of the rollback window even while a notice comes before it."""
    if order.state in {State.PARTIALLY_ACTIVE, State.ROLLBACK_WINDOW} and order.rollback_until:
        return Deadline(order.rollback_until, Clock.WINDOW_CLOSES)
    return next_deadline(order)


def _deadlines(order: Order) -> Iterator[Deadline]:
    policy, state = order.policy, order.state
    if order.hold:
        yield (
            Deadline(order.hold.until, Clock.HOLD_ENDS)
            if order.hold.until
            else Deadline(order.hold.review_at, Clock.HOLD_REVIEW)
        )
    if order.retry_at:
        yield Deadline(order.retry_at, Clock.RETRY)
    if order.cure_at and not order.hold:
        yield Deadline(order.cure_at, Clock.CURE)
    if order.remind_at and not order.hold:
        yield Deadline(order.remind_at, Clock.REMINDER)
    if order.silence_ends_at and state in {State.AWAITING_INFORMATION, State.AWAITING_SIGNATURE} and not order.hold:
        yield Deadline(order.silence_ends_at, Clock.CUSTOMER_SILENCE)
    if order.loa and _loa_still_needed(order):
        if not order.loa.warned:
            yield Deadline(order.loa.expires_at - timedelta(days=policy.loa_warning_days), Clock.LOA_WARNING)
        yield Deadline(order.loa.expires_at, Clock.LOA_EXPIRY)
    if state is State.SUBMITTED and order.chase_at:
        yield Deadline(order.chase_at, Clock.CHASE)
    if state in {State.FOC_CONFIRMED, State.READY} and order.foc_at:
        if order.hold:
            yield Deadline(order.foc_at, Clock.FOC_MISSED)
        else:
            yield from _before_cutover(order, order.foc_at)
    if order.activated_at and state in AFTER_ACTIVATION:
        yield from _after_cutover(order, order.activated_at)


def _before_cutover(order: Order, foc_at: datetime) -> Iterator[Deadline]:
    policy = order.policy
    if order.request.configuration and order.configured_for != foc_at:
        yield Deadline(foc_at - timedelta(hours=policy.configure_hours), Clock.CONFIGURE)
    for stage in (Stage.WEEK_BEFORE, Stage.DAY_BEFORE):
        red = [item for item in barred(order) if ITEMS[item].stage is stage]
        if red and stage not in order.red_told:
            yield Deadline(due_at(order, red[0]) or foc_at, Clock.RED_GATES)
    if order.state is State.FOC_CONFIRMED:
        yield Deadline(foc_at - timedelta(hours=policy.freeze_hours), Clock.FREEZE)
    elif order.held_since:
        yield Deadline(move_until(order), Clock.FOC_LAPSES)
    else:
        yield Deadline(foc_at, Clock.CUTOVER)


def _after_cutover(order: Order, activated_at: datetime) -> Iterator[Deadline]:
    policy, state = order.policy, order.state
    if state in {State.PARTIALLY_ACTIVE, State.VERIFYING, State.ROLLBACK_WINDOW} and order.rollback_until:
        notices = closing_notices(order)
        if order.closing_notices < len(notices):
            yield Deadline(notices[order.closing_notices], Clock.CLOSING_NOTICE)
        if state is State.ROLLBACK_WINDOW:
            yield Deadline(order.rollback_until, Clock.WINDOW_CLOSES)
        if order.request.call_tester and order.slots_called < len(policy.test_slots):
            minutes = policy.test_slots[order.slots_called]
            yield Deadline(activated_at + timedelta(minutes=minutes), Clock.TEST_CALLS)
    if state is not State.ROLLING_BACK and messaging_open(order):
        if order.messaging_at:
            yield Deadline(order.messaging_at, Clock.MESSAGING)
        if order.messaging_until:
            yield Deadline(order.messaging_until, Clock.MESSAGING_LATE)


def closing_notices(order: Order) -> list[datetime]:
    """When people are told that the rollback window is closing, none more than half of it before its end."""
    if order.rollback_until is None or not order.policy.rollback_hours:
        return []
    before = {min(hours, order.policy.rollback_hours / 2) for hours in order.policy.closing_notice_hours}
    return [order.rollback_until - timedelta(hours=hours) for hours in sorted(before, reverse=True)]


def _loa_still_needed(order: Order) -> bool:
    if order.state is State.SUBMITTING:
        return order.send is not SendKind.NEW_DATE
    return order.state in {State.AWAITING_INFORMATION, State.AWAITING_APPROVAL, State.ACTION_REQUIRED}


def lapse(order: Order, deadline: Deadline, now: datetime) -> None:
    """What happens when a deadline passes."""
    cause = Cause(deadline.clock.name.lower(), "clock", deadline.at)
    _LAPSES[deadline.clock](order, cause, now)


def _remind(order: Order, cause: Cause, now: datetime) -> None:
    order.remind_at = now + timedelta(days=order.policy.reminder_days)
    todo = "; ".join(task.title for task in order.open_tasks) or "see the order"
    order.record(cause, now, f"reminder to the {order.turn}: {todo}")
    if order.state is State.AWAITING_SIGNATURE:
        order.notify(NoticeKind.SIGNATURE_NEEDED, why="it is still waited for", signer=order.account.authorized_person)
    else:
        order.notify(NoticeKind.ACTION_NEEDED, why=f"Still waiting for the {order.turn}: {todo}.")


def _customer_silent(order: Order, cause: Cause, now: datetime) -> None:
    if bridge_open(order):
        order.cancel_reason = f"no answer for {order.policy.customer_silence_days} days; the bridge is removed"
        order.cancelled_in = order.state
        order.move(State.CANCELLING, cause, now, order.cancel_reason)
        return
    order.outcome = f"No answer for {order.policy.customer_silence_days} days; nothing was sent to any carrier."
    order.move(State.EXPIRED, cause, now, order.outcome)
    order.notify(NoticeKind.EXPIRED, why=order.outcome)


def _warn_loa(order: Order, cause: Cause, now: datetime) -> None:
    assert order.loa is not None  # noqa: S101 - the deadline comes from it
    order.loa.warned = True
    if now >= order.loa.expires_at:
        return
    order.record(cause, now, f"the LOA may be sent only until {in_words(order.loa.expires_at)}")
    order.notify(NoticeKind.LOA_EXPIRING, until=in_words(order.loa.expires_at))


def _expire_loa(order: Order, cause: Cause, now: datetime) -> None:
    assert order.loa is not None  # noqa: S101 - the deadline comes from it
    words = f"the LOA dated {order.loa.signed_on} is more than {order.policy.loa_max_age_days} days old"
    if order.state in {State.AWAITING_APPROVAL, State.SUBMITTING}:
        order.send_again = order.state is State.SUBMITTING
        need_signature(order, cause, now, words)
        return
    order.loa = None
    order.record(cause, now, f"{words}; a new one is needed before the order can be sent again")
    if order.state is State.ACTION_REQUIRED:
        order.open_task(TaskKind.SIGN_LOA, f"Sign the letter of authorization again: {words}", now)
        order.notify(NoticeKind.SIGNATURE_NEEDED, why=words, signer=order.account.authorized_person)


def _chase(order: Order, cause: Cause, now: datetime) -> None:
    restart_chase(order, now)
    order.refetch = order.carrier_order_id is not None
    days = order.policy.carrier_silence_days
    words = f"{order.request.losing_carrier} has been silent past its usual {days} business days"
    words += f" (order {order.carrier_order_id})"
    order.record(cause, now, words)
    order.open_task(TaskKind.CHASE_CARRIER, words, now, order.chase_at)
    order.notify(NoticeKind.ACTION_NEEDED, why=words + ".")


def _freeze(order: Order, cause: Cause, now: datetime) -> None:
    order.move(State.READY, cause, now, f"change freeze until the FOC {in_words(order.foc_at)}")
    ask(order, now)


def _cut_over(order: Order, cause: Cause, now: datetime) -> None:
    if order.foc_at and now > move_until(order):
        words = f"The FOC {in_words(order.foc_at)} passed unattended. Find out whether the numbers have moved."
        order.move(State.ACTION_REQUIRED, cause, now, words)
        order.open_task(TaskKind.CHOOSE_DATE, words, now)
        order.notify(NoticeKind.ACTION_NEEDED, why=words)
        order.refetch = True
        return
    foc_came(order, cause, now)


def _foc_missed(order: Order, cause: Cause, now: datetime) -> None:
    words = f"The FOC {in_words(order.foc_at)} passed while the order was on hold."
    if order.state is State.FOC_CONFIRMED or order.state is State.READY:
        order.move(State.ACTION_REQUIRED, cause, now, words)
    order.open_task(TaskKind.CHOOSE_DATE, words, now)
    order.notify(NoticeKind.ACTION_NEEDED, why=words)
    order.refetch = bool(order.policy.runbook)


def _retry(order: Order, cause: Cause, now: datetime) -> None:
    order.retry_at = None


def _cure(order: Order, cause: Cause, now: datetime) -> None:
    order.cure_at = None
    order.cures += 1
    if any(reason.reason.resend for reason in order.rejections):
        correct_and_go_on(order, {}, cause, now)
    else:
        order.refetch = True
        order.record(cause, now, "the carrier said it would settle this; it is asked")


def _window_closing(order: Order, cause: Cause, now: datetime) -> None:
    # Those whose time has passed too, because no worker was there, are not told one after the other.
    order.closing_notices = sum(at <= now for at in closing_notices(order))
    if order.rollback_until is None or now >= order.rollback_until:
        return
    time_left = order.rollback_until - now
    hours = time_left / timedelta(hours=1)
    left = f"{round(hours)} h" if hours >= 1 else f"{round(hours * 60)} min"
    order.record(cause, now, f"{left} left: the rollback window closes {in_words(order.rollback_until)}")
    way = next_closing(order, now)
    undo = way.in_words(now) if way else ""
    order.notify(NoticeKind.WINDOW_CLOSING, until=in_words(order.rollback_until), left=left, undo=undo)


def _window_closes(order: Order, cause: Cause, now: datetime) -> None:
    close_window(order, cause, now, f"the rollback window closed on {in_words(order.rollback_until)}.")


def _red_gates(order: Order, cause: Cause, now: datetime) -> None:
    for stage in (Stage.WEEK_BEFORE, Stage.DAY_BEFORE):
        due = [due_at(order, item) for item in barred(order) if ITEMS[item].stage is stage]
        if stage not in order.red_told and any(at and at <= now for at in due):
            tell_red(order, cause, now, stage)


def _configure(order: Order, cause: Cause, now: datetime) -> None:
    order.configure, order.configured_for = True, order.foc_at


def _make_calls(order: Order, cause: Cause, now: datetime) -> None:
    assert order.activated_at is not None  # noqa: S101 - the deadline comes from it
    minutes = (now - order.activated_at) / timedelta(minutes=1)
    # Slots that passed while no worker was there are missed, not caught up with.
    order.slots_called = sum(slot <= minutes for slot in order.policy.test_slots)
    order.call_slot = order.slots_called - 1


def _ask_messaging(order: Order, cause: Cause, now: datetime) -> None:
    order.ask_messaging, order.messaging_at = True, None


def _hold_ends(order: Order, cause: Cause, now: datetime) -> None:
    release(order, cause, now)


def _review_hold(order: Order, cause: Cause, now: datetime) -> None:
    assert order.hold is not None  # noqa: S101 - the deadline comes from it
    order.hold.review_at = now + timedelta(days=order.policy.reminder_days)
    words = f"On hold since {in_words(order.hold.since)}: {order.hold.reason}"
    order.record(cause, now, f"hold reviewed: {order.hold.reason}")
    order.open_task(TaskKind.REVIEW_HOLD, words, now, order.hold.review_at)
    order.notify(NoticeKind.ACTION_NEEDED, why=words)


_LAPSES: dict[Clock, Callable[[Order, Cause, datetime], None]] = {
    Clock.REMINDER: _remind,
    Clock.CUSTOMER_SILENCE: _customer_silent,
    Clock.LOA_WARNING: _warn_loa,
    Clock.LOA_EXPIRY: _expire_loa,
    Clock.CHASE: _chase,
    Clock.RED_GATES: _red_gates,
    Clock.CONFIGURE: _configure,
    Clock.FREEZE: _freeze,
    Clock.CUTOVER: _cut_over,
    Clock.FOC_MISSED: _foc_missed,
    Clock.FOC_LAPSES: foc_lapsed,
    Clock.TEST_CALLS: _make_calls,
    Clock.MESSAGING: _ask_messaging,
    Clock.MESSAGING_LATE: messaging_late,
    Clock.RETRY: _retry,
    Clock.CURE: _cure,
    Clock.CLOSING_NOTICE: _window_closing,
    Clock.WINDOW_CLOSES: _window_closes,
    Clock.HOLD_ENDS: _hold_ends,
    Clock.HOLD_REVIEW: _review_hold,
}
