"""Every clock of an order: each deadline it has or had, as a moment, and the values of its policy they come from.

Unlike `clocks`, which tells what the order waits for next, this is the whole list, for people who look back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portolan.domain import readiness
from portolan.domain.order import Order
from portolan.domain.playbooks.model import Policy
from portolan.domain.testcalls import slots
from portolan.domain.undo import freeze_begins, snapback_ends

#: How the names of a policy's clocks end, and those that end otherwise.
_UNITS = ("_days", "_hours", "_minutes")
_TIMES = (
    "time_zone",
    "cutoff",
    "desk_opens",
    "desk_closes",
    "activation_from",
    "activation_until",
    "activation_zone",
    "test_slots",
)


class Moment(NamedTuple):
    """A deadline: what happens, when (UTC), and which value of the policy or whose decision sets it."""

    what: str
    at: datetime
    rule: str


def moments(order: Order) -> list[Moment]:
    """Every deadline of an order, past ones included, the earliest first."""
    found = [*_waiting(order), *_papers(order), *_cutover(order), *_after(order), *_tasks(order)]
    return sorted(found, key=lambda one: (one.at, one.what))


def policy_clocks(policy: Policy) -> dict[str, Any]:
    """The values of a policy that clocks are made of, by name; a name says its unit."""
    return {
        name: getattr(policy, name) for name in sorted(Policy.model_fields) if name.endswith(_UNITS) or name in _TIMES
    }


def _some(what: str, at: datetime | None, rule: str) -> Iterator[Moment]:
    if at is not None:
        yield Moment(what, at, rule)


def _waiting(order: Order) -> Iterator[Moment]:
    yield from _some("whoever has to move is reminded", order.remind_at, "reminder_days")
    yield from _some("the order expires: nobody answered", order.silence_ends_at, "customer_silence_days")
    yield from _some("the losing carrier is chased", order.chase_at, "carrier_silence_days")
    yield from _some("the carrier is tried again", order.retry_at, "retry_minutes")
    yield from _some("what only needed time is sent again", order.cure_at, "the reason it came back for")
    if order.hold:
        yield from _some("the hold ends", order.hold.until, f"hold by {order.hold.by}")
        yield from _some("the hold is reviewed", order.hold.review_at, "reminder_days")
    if order.bridge:
        yield from _some("the bridge is to end", order.bridge.until, "the request for it")


def _papers(order: Order) -> Iterator[Moment]:
    if order.loa:
        warned = order.loa.expires_at - timedelta(days=order.policy.loa_warning_days)
        yield Moment("people are warned that the LOA grows too old", warned, "loa_warning_days")
        yield Moment("the LOA is too old to be sent", order.loa.expires_at, "loa_max_age_days")
    if order.ended:
        kept = order.since + timedelta(days=order.policy.retention_days)
        yield Moment("documents have been kept long enough", kept, "retention_days")


def _cutover(order: Order) -> Iterator[Moment]:
    policy, foc = order.policy, order.foc_at
    if foc is None:
        return
    yield from _some("the change freeze begins", freeze_begins(order), "freeze_hours")
    if order.request.configuration:
        yield Moment("the numbers are configured", foc - timedelta(hours=policy.configure_hours), "configure_hours")
    yield Moment("the FOC", foc, "the losing carrier")
    yield Moment(
        "the numbers move no more without a person", foc + timedelta(hours=policy.cutover_hours), "cutover_hours"
    )
    for item in readiness.items(order):
        yield from _some(f"sign-off due: {item}", readiness.due_at(order, item), "runbook")


def _after(order: Order) -> Iterator[Moment]:
    policy, until = order.policy, order.rollback_until
    if order.activated_at is None:
        return
    for slot in slots(order.activated_at, policy.test_slots, [], order.activated_at):
        yield Moment(f"test call slot {slot.index} begins", slot.at, "test_slots")
    yield from _some("messaging is asked for", order.messaging_at, "the carrier's usual times")
    yield from _some("messaging should have settled", order.messaging_until, "messaging_business_days")
    if not policy.rollback_hours or until is None:
        return
    yield from _some("the time of a snapback ends", snapback_ends(order), "snapback_hours")
    for hours in policy.closing_notice_hours:
        yield Moment(
            f"{hours} h are left of the rollback window", until - timedelta(hours=hours), "closing_notice_hours"
        )
    yield Moment("the rollback window closes", until, "rollback_hours")
    given_up = until + timedelta(hours=policy.port_back_hours)
    yield Moment("a return that was ordered is given up", given_up, "port_back_hours")


def _tasks(order: Order) -> Iterator[Moment]:
    for task in order.tasks:
        yield from _some(f"task due: {task.task_id}", task.due_at, "the task")
