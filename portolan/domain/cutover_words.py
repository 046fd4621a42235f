"""The cutover day of an order in words: what its numbers wait for, what shows that they work, how they would go back.

Nothing here knows what time it is: it tells the moments that an order holds, and leaves the counting to its reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from portolan.domain.cutover_checks import deciders, is_person
from portolan.domain.foc import in_words
from portolan.domain.order import Order
from portolan.domain.port_backs import Asked, ReturnStage
from portolan.domain.proving import calls_missing, not_active, slots_of
from portolan.domain.readiness import barred, due_at, move_until, overdue, override_of, titles
from portolan.domain.returning import next_stage, stage_until
from portolan.domain.settling import bridge_open, messaging_open
from portolan.domain.states import AFTER_ACTIVATION, State
from portolan.domain.testcalls import fail_streak, pass_streak

_AHEAD = frozenset({State.FOC_CONFIRMED, State.READY})
#: So many numbers are named; of more, how many there are.
_NAMED = 5


def cutover_lines(order: Order) -> list[str]:
    """What there is to tell about the cutover day, a Markdown line each; nothing where the day is not in sight."""
    lines = [*_bridge(order), *_waiting(order)]
    if not order.ended:
        lines += [*_proof(order), *_messaging(order)]
    lines += [_return(asked) for asked in order.returns]
    if order.proposal and not order.ended:
        lines.append(_proposal(order))
    return lines


def _bridge(order: Order) -> Iterator[str]:
    bridge = order.bridge
    if bridge is None or order.ended or not bridge_open(order):
        return
    if not bridge.forward_to:
        yield "The bridge is not built yet."
    elif bridge.carries_since:
        yield f"Bridge: calls forwarded to {bridge.forward_to} come through since {in_words(bridge.carries_since)}."
    else:
        yield f"Bridge: forward the legacy numbers to {bridge.forward_to}; calls do not come through yet."


def _waiting(order: Order) -> Iterator[str]:
    """Gates, and the word to move the numbers."""
    if order.state not in {*_AHEAD, State.CUTTING_OVER} or order.foc_at is None:
        return
    ahead = order.state in _AHEAD
    if ahead and (red := barred(order)):
        waiting = f" The numbers wait for them; until {in_words(move_until(order))} they can still move."
        yield f"Red gates: {_dated(order, red)}.{waiting if order.held_since else ''}"
    if override := override_of(order):
        reason = override.reason.rstrip(". ")
        yield f"Red gates overridden by {override.by}: {', '.join(override.items)}. Reason: {reason}."
    if ahead and order.request.activation == "on_demand":
        window = f"from {in_words(order.foc_at)} until {in_words(move_until(order))}"
        said = f"{order.go_by} said that the numbers move" if order.go_by else "The numbers move on somebody's word"
        yield f"{said}, {window}{'' if order.go_by else f' (`portolan cut-over {order.order_id}`)'}."


def _dated(order: Order, gates: Sequence[str]) -> str:
    """Gates with the moment they are due, said once for those that share it."""
    groups = [(due, list(those)) for due, those in groupby(gates, lambda gate: due_at(order, gate))]
    return "; ".join(f"{', '.join(those)} (due {in_words(due)})" for due, those in groups)


def _proof(order: Order) -> Iterator[str]:
    if order.state not in AFTER_ACTIVATION - {State.ROLLING_BACK}:
        return
    if order.state is State.PARTIALLY_ACTIVE:
        stuck = not_active(order)
        named = ", ".join(stuck[:_NAMED]) + (" ..." if len(stuck) > _NAMED else "")
        yield f"Not moved yet: {len(stuck)} of {len(order.request.numbers)} numbers ({named})."
    if order.proven_at:
        yield f"Proven in service on {in_words(order.proven_at)}: {'; '.join(order.proof)}."
    else:
        yield "Not proven in service yet."
    if order.calls:
        yield _calls(order)


def _calls(order: Order) -> str:
    """How the test calls went; only slots with calls count, so that it is the same at every moment."""
    made, bad = len(order.calls), sum(not call.passed for call in order.calls)
    told = f"Test calls: {made} made, {bad or 'none'} failed"
    slots = slots_of(order, order.since)
    if lost := fail_streak(slots):
        told += f"; {lost} slot{'s' if lost > 1 else ''} in a row failed"
    elif won := pass_streak(slots):
        told += f"; {won} slot{'s' if won > 1 else ''} in a row passed"
    lacking = calls_missing(order, order.since) if slots else []
    return f"{told}. Proof by calls still lacks: {', '.join(lacking)}." if lacking else f"{told}."


def _messaging(order: Order) -> Iterator[str]:
    if not order.messaging or order.state not in AFTER_ACTIVATION:
        return
    found = list(order.messaging.values())
    counts = ", ".join(f"{found.count(status)} {status}" for status in dict.fromkeys(found))
    told = f"Messaging of {len(found)} number{'s' if len(found) > 1 else ''}: {counts}"
    if order.without_messaging:
        yield f"{told}. It is not waited for: {order.without_messaging.rstrip('. ')}."
    elif order.messaging_until and messaging_open(order):
        yield f"{told}; it should have settled by {in_words(order.messaging_until)}. Voice does not wait for it."
    else:
        yield f"{told}."


def _return(asked: Asked) -> str:
    who = asked.by + (f" and {asked.second}" if asked.second else "")
    unwanted = " of a port that nobody wanted" if asked.inadvertent else ""
    stands = asked.consent or "not asked for yet"
    why = f" ({asked.why.rstrip('. ')})" if asked.why else ""
    what = _stage(asked.stage)
    return f"{what[0].upper()}{what[1:]}{unwanted}, decided by {who} on {in_words(asked.decided_at)}: {stands}{why}."


def _stage(stage: ReturnStage) -> str:
    return stage.replace("_", "-")


def _proposal(order: Order) -> str:
    proposal = order.proposal
    assert proposal is not None  # noqa: S101 - the caller has looked
    what = "A rollback" if proposal.kind == "rollback" else "An override of red gates"
    return (
        f"{what}, decided by {proposal.by} on {in_words(proposal.at)}, waits for {_others(order, proposal.by)}: "
        f"{proposal.reason.rstrip('. ')}."
    )


def override_in_words(order: Order, by: str, now: datetime) -> str:
    """What an override decided at that moment would cover: for the decision-maker, before the decision."""
    covered = overdue(order, now)
    ahead = [gate for gate in barred(order) if gate not in covered]
    told = f"This lets the numbers move at the FOC {in_words(order.foc_at)} without: {titles(covered)}."
    if ahead:
        told += f" It does not cover what is not due yet: {_dated(order, ahead)}."
    return told + _second(order, by)


def rollback_in_words(order: Order, by: str, now: datetime, inadvertent: bool = False) -> str:
    """What a rollback decided at that moment would be: for the decision-maker, before the decision.

    Nothing is promised: the losing carrier may refuse every stage. Ask for it only where `refusal` has none.
    """
    losing = order.request.losing_carrier
    if order.state is State.BRIDGED:
        return f"The bridge is removed at once: the numbers never left {losing}. The forwarding there has to end, too."
    stage = next_stage(order, now, inadvertent)
    until = stage_until(order, stage)
    ends = f", which can be asked for until {in_words(until)}" if until and now < until else ""
    told = f"This asks {losing} for a {_stage(stage)}{ends}; {losing} may refuse."
    told += _second(order, by)
    if "rollback_letter" in order.policy.runbook:
        told += f" With it {by} signs the letter of return that was prepared."
    return told


def _second(order: Order, by: str) -> str:
    if order.request.second_person is None:
        return ""
    return f" It counts from the moment at which {_others(order, by)} confirms it."


def _others(order: Order, by: str) -> str:
    """Who can be the second person."""
    return " or ".join(one.name for one in deciders(order) if not is_person(by, one)) or "a second person"
