"""The bridge of an order: built before the port, proven by calls, kept until it is released, removed at once."""

from __future__ import annotations

from datetime import datetime

from portolan.domain.bridge import TRADE_OFFS, Bridge
from portolan.domain.carrier import BridgeAnswer, SendKind
from portolan.domain.foc import in_words
from portolan.domain.moves import go_on_signed, need_signature
from portolan.domain.order import Cause, Order
from portolan.domain.proving import PROOF_WAIT_LATER, next_wait
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind

#: What the task is about where the carrier builds no bridge.
REFUSED = "bridge_refused"


def begin(order: Order, cause: Cause, now: datetime, why: str) -> None:
    """Build the bridge next; the trade-offs are on record with it."""
    order.bridge = order.bridge or Bridge(reason=why)
    order.move(State.BRIDGING, cause, now, f"{why}. {' '.join(TRADE_OFFS)}")


def built(order: Order, answer: BridgeAnswer, now: datetime) -> None:
    """The numbers are claimed; whether calls come through is looked at until they do."""
    assert order.bridge is not None  # noqa: S101 - set where it was begun
    bridge = order.bridge
    bridge.claimed, bridge.forward_to = answer.claimed, answer.forward_to
    order.close_tasks(TaskKind.FORWARD_CALLS, "portolan", now, REFUSED)
    if answer.carries:
        bridge.carries_since = now
        words = f"a call to each of {len(answer.claimed)} numbers came through the bridge"
        order.move(State.BRIDGED, Cause("bridged", "portolan", now), now, words)
        order.remind_at = bridge.until or order.remind_at
        until = f" It is wanted until {in_words(bridge.until)}." if bridge.until else ""
        detail = f"{bridge.reason}.{until} Release begins the port; cancel removes the bridge at once."
        order.open_task(TaskKind.RELEASE_BRIDGE, detail, now, bridge.until)
        order.notify(NoticeKind.BRIDGED, why=bridge.reason, forward_to=bridge.forward_to)
        return
    order.retry_at = now + next_wait(order)
    order.tries += 1
    if not order.has_task(TaskKind.FORWARD_CALLS):
        words = f"Forward the legacy numbers to {bridge.forward_to}; it is looked for a call to each of them"
        order.record(Cause("bridge_built", "portolan", now), now, words)
        order.open_task(TaskKind.FORWARD_CALLS, f"{words}. {' '.join(TRADE_OFFS)}", now)
        order.notify(NoticeKind.ACTION_NEEDED, why=words)


def not_built(order: Order, why: str, now: datetime) -> None:
    """The gaining carrier will not: a person settles it, or cancels."""
    order.retry_at = now + PROOF_WAIT_LATER
    if order.has_task(TaskKind.FORWARD_CALLS, REFUSED):
        return
    order.record(Cause("bridge_refused", "portolan", now), now, why)
    order.open_task(TaskKind.FORWARD_CALLS, f"The gaining carrier builds no bridge: {why}", now, item=REFUSED)
    order.notify(NoticeKind.ACTION_NEEDED, why=f"The bridge was not built: {why}")


def released(order: Order, cause: Cause, now: datetime) -> None:
    """The port begins, as a clean second step; the bridge stays until it is done."""
    order.bridge_first = False
    order.send = SendKind.NEW
    if order.loa_valid_at(now):
        go_on_signed(order, cause, now, "released: the port begins")
    else:
        need_signature(order, cause, now, "released: the port begins")


def choose(order: Order, cause: Cause, now: datetime) -> None:
    """Bridge an order that the carrier cannot pause: it is withdrawn there first."""
    hold = order.hold
    reason = hold.reason if hold else "the carrier cannot pause the order"
    order.bridge_first = order.bridge_next = True
    order.bridge = order.bridge or Bridge(reason=reason)
    order.bridge.reason, order.bridge.until = reason, hold.until if hold else None
    order.cancel_reason, order.cancelled_in = f"bridged first: {reason}", order.state
    order.move(State.CANCELLING, cause, now, order.cancel_reason)


def withdrawn(order: Order, cause: Cause, now: datetime) -> None:
    """The carrier no longer holds the order: the bridge comes next, then a new sending."""
    order.bridge_next = order.send_again = False
    order.carrier_order_id, order.carrier_status, order.rejections = None, None, []
    order.set_foc(None, now)
    order.hold = None
    order.close_tasks(TaskKind.REVIEW_HOLD, cause.by, now)
    begin(order, cause, now, order.bridge.reason if order.bridge else order.cancel_reason)


def propose(order: Order, now: datetime, why: str) -> None:
    """The carrier cannot pause this order: offer the bridge, with what it means."""
    words = f"{why} A bridge keeps the calls on the legacy carrier: {' '.join(TRADE_OFFS)}"
    order.record(Cause("bridge_proposed", "portolan", now), now, why)
    order.open_task(TaskKind.CHOOSE_BRIDGE, words, now, order.hold.until if order.hold else None)
    order.notify(NoticeKind.ACTION_NEEDED, why=words.rstrip("."))
