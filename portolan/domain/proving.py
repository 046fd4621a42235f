"""Proof that the numbers are in service: the carrier's word is not enough, and what is proven can be lost again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from portolan.domain import half_ported
from portolan.domain.carrier import NumberStatus
from portolan.domain.effects import Look
from portolan.domain.foc import in_words
from portolan.domain.order import Cause, Order
from portolan.domain.settling import close_window, messaging_open
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from portolan.domain.testcalls import (
    MESSAGING_CHECKS,
    CallResult,
    Check,
    Slot,
    calls_prove,
    checks_for,
    fail_streak,
    pass_streak,
    slots,
)
from portolan.domain.undo import snapback_ends

#: Proof that a number is in service is looked for after these waits: closely first, then hourly.
PROOF_WAITS = (timedelta(minutes=15),) * 8 + (timedelta(hours=1),) * 6
PROOF_WAIT_LATER = timedelta(hours=6)
#: No order needs more results of test calls than this.
MOST_CALLS = 600


def next_wait(order: Order) -> timedelta:
    """How long until the next look: closely at first, then hourly, then four times a day."""
    return PROOF_WAITS[order.tries] if order.tries < len(PROOF_WAITS) else PROOF_WAIT_LATER


def slots_of(order: Order, now: datetime) -> list[Slot]:
    """The order's slots for test calls; none before the numbers moved."""
    if order.activated_at is None:
        return []
    return slots(order.activated_at, order.policy.test_slots, _about_voice(order), now)


def _messaging_aside(order: Order) -> bool:
    """Whether what calls find of messaging says nothing of the port: it has a clock of its own, or nobody waits."""
    return messaging_open(order) or bool(order.without_messaging)


def _own_calls(order: Order) -> list[CallResult]:
    """The test calls to the order's numbers; those that were split out are another order's affair."""
    return [call for call in order.calls if call.number in order.request.numbers]


def _about_voice(order: Order) -> list[CallResult]:
    """The test calls, without what they tried of messaging that has not settled yet and has a clock of its own."""
    calls = _own_calls(order)
    if not _messaging_aside(order):
        return calls
    heard = [
        (call, {check: how for check, how in call.checks.items() if check not in MESSAGING_CHECKS}) for call in calls
    ]
    return [call.model_copy(update={"checks": checks}) for call, checks in heard if checks]


def checks_now(order: Order) -> list[Check]:
    """What a test call tries at present: messaging only where somebody asked for it, and once it has settled."""
    asked = order.request.messaging is not None or not order.policy.messaging_separate
    return checks_for(order.policy.test_checks, asked and not _messaging_aside(order))


def calls_missing(order: Order, now: datetime) -> list[str]:
    """What is still missing before test calls prove that the numbers are in service."""
    policy = order.policy
    return calls_prove(
        slots_of(order, now),
        streak=policy.test_pass_streak,
        origins=policy.test_least_origins,
        checks=[check for check in checks_now(order) if check not in MESSAGING_CHECKS],
    )


def routed(order: Order) -> bool:
    """Whether an independent look-up has every number at the gaining carrier."""
    return all(n in order.routing and order.routing[n].at_gaining for n in order.request.numbers)


def not_active(order: Order) -> list[str]:
    """The numbers that the gaining carrier does not have in service."""
    return [n for n in order.request.numbers if order.number_status.get(n) is not NumberStatus.ACTIVE]


def missing(order: Order, now: datetime) -> list[str]:
    """What stands between the order and the proof that its policy asks for; empty: proven."""
    count, found, asked = len(order.request.numbers), [], order.policy.proof
    if dead := not_active(order):
        found.append(f"{len(dead)} of {count} numbers are not proven in service")
    if failing(order, now):
        found.append(f"test calls fail in {fail_streak(slots_of(order, now))} slots in a row")
    if not order.policy.independent:
        return found
    astray = [n for n in order.request.numbers if n in order.routing and order.routing[n].at_gaining is False]
    if astray:
        found.append(f"{len(astray)} of {count} numbers are still routed to another carrier")
    calls = calls_missing(order, now)
    if "calls" in asked and calls:
        found.append(f"test calls: {', '.join(calls)}")
    elif "independent" in asked and calls and not routed(order) and not astray:
        found.append(f"no routing look-up says so, and test calls lack {', '.join(calls)}")
    return found


def failing(order: Order, now: datetime) -> bool:
    """Whether the policy's fail criterion is met."""
    return bool(order.calls) and fail_streak(slots_of(order, now)) >= order.policy.test_fail_streak


def shown(order: Order, now: datetime) -> list[str]:
    """What proves it, in words."""
    count = len(order.request.numbers)
    found = [f"the carrier has all {count} in service ({in_words(now)})"]
    if routed(order):
        found.append(f"routing look-up: all {count} at {order.request.gaining_carrier} ({in_words(now)})")
    if not calls_missing(order, now) and order.policy.test_slots:
        found.append(f"test calls: {pass_streak(slots_of(order, now))} slots in a row passed")
    return found


def failures(order: Order, now: datetime) -> list[str]:
    """What shows that the port went wrong, for whoever has to take the numbers back."""
    found = [
        f"{in_words(call.at)} from {call.origin.replace('_', ' ')} to {call.number}: "
        + ", ".join(f"{check} {heard}" for check, heard in call.checks.items() if heard != "passed")
        for call in _own_calls(order)
        if not call.passed
    ]
    found = found[-20:]
    if dead := not_active(order):
        found.append(f"not in service at the gaining carrier: {', '.join(dead[:20])}")
    return found


def looked(order: Order, look: Look, now: datetime) -> None:
    """What the carrier and the look-up say; where that does not prove it, people are told and it is looked at again."""
    order.number_status = {}
    order.take_status(look.numbers)
    order.routing = {one.number: one for one in look.routing if one.number in order.number_status}
    lacking = missing(order, now)
    if not lacking:
        proven(order, now)
        return
    wait = next_wait(order)
    order.tries += 1
    order.retry_at = now + wait
    words = "; ".join(lacking)
    order.record(Cause("unproven", "portolan", now), now, words)
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    if order.policy.independent:
        diagnose(order, now)
    if not order.has_task(TaskKind.PROVE_NUMBERS):
        order.open_task(TaskKind.PROVE_NUMBERS, words, now, order.rollback_until)
        if order.rollback_until and now < order.rollback_until:
            order.notify(NoticeKind.UNPROVEN, why=words, until=in_words(order.rollback_until))
        else:
            order.notify(NoticeKind.ACTION_NEEDED, why=words + ".")


def diagnose(order: Order, now: datetime) -> None:
    """Open a task for each probable cause, and close those of causes that are gone."""
    until, causes = order.rollback_until, _close_gone(order, now)
    fresh = [cause for key, cause in causes.items() if not order.has_task(TaskKind.HALF_PORTED, key)]
    clock = f" The rollback window closes {in_words(until)}." if until and now < until else ""
    for cause in fresh:
        words = f"{cause.cause}. {cause.action} To act: {cause.owner}; usually {cause.expected}.{clock}"
        order.open_task(TaskKind.HALF_PORTED, words, now, until, cause.key)
    if fresh:
        told = " ".join(f"{cause.cause}: {cause.action}" for cause in fresh)
        order.record(Cause("diagnosed", "portolan", now), now, told)
        order.notify(NoticeKind.HALF_PORTED, why=told, until=in_words(until) if until else "")


def _close_gone(order: Order, now: datetime) -> dict[str, half_ported.Diagnosis]:
    """The probable causes of what is seen now; the tasks of others are closed."""
    country, status, routing = order.request.country, order.number_status, order.routing
    seen = half_ported.observe(order.request.numbers, status, routing, _about_voice(order), country)
    causes = {one.key: one for one in half_ported.diagnose(seen, country)}
    for task in order.open_tasks:
        if task.kind is TaskKind.HALF_PORTED and task.item not in causes:
            order.close_task(task, "portolan", now)
    return causes


def proven(order: Order, now: datetime) -> None:
    """Every number is in service, as the policy wants it shown."""
    assert order.rollback_until is not None  # noqa: S101 - set on activation
    cause = Cause("proven", "portolan", now)
    order.proven_at, order.proof = now, shown(order, now)
    _close_gone(order, now)
    order.close_tasks(TaskKind.TESTS_FAIL, "portolan", now)
    if now >= order.rollback_until:
        close_window(order, cause, now, "proven in service; no rollback window is left.")
        return
    order.move(State.ROLLBACK_WINDOW, cause, now, "every number is in service")
    order.notify(
        NoticeKind.CUTOVER_DONE,
        activated=in_words(order.activated_at),
        until=in_words(order.rollback_until),
        snapback=in_words(snapback_ends(order)),
    )


def heard(order: Order, results: Sequence[CallResult], cause: Cause, now: datetime) -> None:
    """Test calls were made: keep them, and see what they prove or disprove."""
    order.calls += results
    bad = sum(not call.passed for call in results)
    words = f"{len(results)} test call{'s' if len(results) != 1 else ''}, {bad or 'none'} failed"
    order.record(cause, now, words)
    if order.state is State.VERIFYING:
        if failing(order, now):
            diagnose(order, now)
            _ask_decision_maker(order, now)
        elif not missing(order, now):
            proven(order, now)
    elif order.state in {State.ROLLBACK_WINDOW, State.SETTLING} and failing(order, now):
        lost = "test calls fail: the port is no longer proven"
        order.proven_at, order.proof = None, []
        order.move(State.VERIFYING, Cause("proof_lost", "portolan", now), now, lost)
        diagnose(order, now)
        _ask_decision_maker(order, now)


def _ask_decision_maker(order: Order, now: datetime) -> None:
    if order.has_task(TaskKind.TESTS_FAIL):
        return
    until = order.rollback_until
    window = f" A return can be ordered until {in_words(until)}." if until and now < until else ""
    words = f"Test calls fail in {fail_streak(slots_of(order, now))} slots in a row.{window}"
    order.record(Cause("tests_fail", "portolan", now), now, words)
    order.open_task(TaskKind.TESTS_FAIL, words, now, until)
    order.notify(NoticeKind.HALF_PORTED, why=words, until=in_words(until) if until else "")


def no_calls(order: Order, slot: int, why: str, now: datetime) -> None:
    """The dialer made no call in a slot: it is missed, which is seen and holds nothing up."""
    order.record(Cause("test_calls_missed", "portolan", now), now, f"slot {slot + 1}: {why}")
