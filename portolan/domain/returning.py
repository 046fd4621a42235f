"""The way back: in stages, each with the losing carrier's consent, which nobody can promise.

A snapback is the old carrier taking its numbers back within a day; a win-back is a port of its own that it makes in a
hurry; after that a new port is left. A port that nobody wanted is undone however long ago it was, where the industry
has that rule (LNPA best practice 42 in North America).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portolan.domain.carrier import CarrierOrder, CarrierStatus, Consent, NumberStatus
from portolan.domain.foc import in_words
from portolan.domain.order import Cause, Order
from portolan.domain.port_backs import Asked, ReturnStage
from portolan.domain.proving import failing, failures, next_wait, not_active
from portolan.domain.settling import bridge_open, messaging_open
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind
from portolan.domain.undo import snapback_ends

#: In place of a letter that could not be signed here.
NO_LETTER = "none"
#: A return of a port that nobody wanted is tried for so long.
INADVERTENT_PATIENCE = timedelta(days=30)


def stage_until(order: Order, stage: ReturnStage) -> datetime | None:
    """Until when a stage can be asked for; None before the numbers have moved."""
    return snapback_ends(order) if stage is ReturnStage.SNAPBACK else order.rollback_until


def refused_at(order: Order, stage: ReturnStage) -> bool:
    """Whether the losing carrier has refused that stage."""
    return any(asked.stage is stage and asked.consent is Consent.REFUSED for asked in order.returns)


def next_stage(order: Order, decided_at: datetime, inadvertent: bool = False) -> ReturnStage:
    """What a return decided at that moment would be."""
    for stage in (ReturnStage.SNAPBACK, ReturnStage.WIN_BACK):
        until = stage_until(order, stage)
        if until and decided_at < until and not refused_at(order, stage):
            return stage
    unlimited = inadvertent and order.policy.inadvertent_unlimited and not refused_at(order, ReturnStage.WIN_BACK)
    return ReturnStage.WIN_BACK if unlimited and order.activated_at else ReturnStage.NEW_PORT


def order_return(order: Order, asked: Asked, cause: Cause, now: datetime) -> None:
    """Begin the return; everybody is told."""
    asked = asked.model_copy(update={"evidence": failures(order, now)})
    order.returns.append(asked)
    order.rollback_by, order.rollback_reason, order.rollback_decided_at = asked.by, asked.reason, asked.decided_at
    order.proposal = None
    order.call_slot, order.ask_messaging, order.split_off = None, False, None
    who = f"decided by {asked.by}" + (f" and {asked.second}" if asked.second else "")
    order.move(State.ROLLING_BACK, cause, now, f"{asked.reason} ({who})")
    if order.policy.runbook:
        stage = asked.stage.replace("_", "-")
        order.notify(NoticeKind.ROLLBACK_ORDERED, why=f"{asked.reason} ({who})", stage=stage)


def signed(order: Order, letter: str, now: datetime) -> None:
    """The letter of return carries the decision-maker's signature."""
    asked = order.returns[-1]
    asked.letter = letter
    words = f"letter of return, signed by {asked.by}, document sha256 {letter}"
    order.record(Cause("return_signed", asked.by, asked.decided_at), now, words)


def not_signed(order: Order, why: str, now: datetime) -> None:
    """Nobody waits for the letter: the losing carrier is asked without it, and it follows on paper."""
    order.returns[-1].letter = NO_LETTER
    words = f"the letter of return could not be signed here ({why}); send it signed by hand"
    order.record(Cause("return_not_signed", "portolan", now), now, words)
    order.notify(NoticeKind.ACTION_NEEDED, why=words)


def give_up_at(order: Order, asked: Asked) -> datetime:
    """Until when a return is tried."""
    assert order.rollback_until is not None  # noqa: S101 - set on activation
    limit = order.rollback_until + timedelta(hours=order.policy.port_back_hours)
    return max(limit, asked.decided_at + INADVERTENT_PATIENCE) if asked.inadvertent else limit


def answered(order: Order, at_carrier: CarrierOrder, now: datetime) -> bool:
    """What the losing carrier says so far.

    Returns:
        Whether the numbers are back, so that what was set up for them can be taken down.
    """
    asked = order.returns[-1]
    asked.told_at = asked.told_at or now
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    if at_carrier.status is CarrierStatus.PORTED_BACK:
        asked.consent = Consent.CONSENTED
        return True
    consent = at_carrier.consent or Consent.REQUESTED
    if consent is Consent.REFUSED:
        refused(order, at_carrier.consent_why or "the losing carrier says no", now)
        return False
    if consent is not asked.consent:
        asked.consent = consent
        words = f"{asked.stage.replace('_', '-')} {consent} at {order.request.losing_carrier}"
        order.record(Cause("port_back", "portolan", now), now, words)
    _wait(order, asked, now)
    return False


def _wait(order: Order, asked: Asked, now: datetime) -> None:
    """Ask again later; when the snapback's time is over without an answer, the same decision asks for a win-back."""
    until = stage_until(order, ReturnStage.SNAPBACK)
    if asked.stage is ReturnStage.SNAPBACK and asked.consent is Consent.REQUESTED and until and now >= until:
        asked.consent, asked.why = Consent.REFUSED, "no answer in the time of a snapback"
        asked = asked.model_copy(update={"stage": ReturnStage.WIN_BACK, "consent": None, "told_at": None, "why": ""})
        order.returns.append(asked)
        words = "no answer in the time of a snapback: a win-back is asked for on the same decision"
        order.record(Cause("port_back", "portolan", now), now, words)
        order.tries = 0
        return
    if now >= give_up_at(order, asked):
        refused(order, "no answer in the time in which the numbers could be returned", now)
        return
    wait = next_wait(order)
    order.tries += 1
    ends = [give_up_at(order, asked)]
    if asked.stage is ReturnStage.SNAPBACK and until and now < until:
        ends.append(until)
    order.retry_at = min(now + wait, *ends)


def returned(order: Order, now: datetime) -> None:
    """The numbers are with the losing carrier again."""
    order.number_status = dict.fromkeys(order.request.numbers, NumberStatus.RETURNED)
    order.outcome = f"Ported back: {order.rollback_reason} (decided by {order.rollback_by})."
    order.move(State.ROLLED_BACK, Cause("ported_back", "portolan", now), now, order.outcome)
    order.notify(NoticeKind.ROLLED_BACK, why=order.outcome)


def refused(order: Order, why: str, now: datetime) -> None:
    """The losing carrier does not take the numbers back; nobody can make it. The next way is prepared."""
    order.returns[-1].consent, order.returns[-1].why = Consent.REFUSED, why
    order.move(_stands(order, now), Cause("port_back_refused", "portolan", now), now, why)
    inadvertent = order.returns[-1].inadvertent
    stage = next_stage(order, now, inadvertent)
    until = stage_until(order, stage)
    way = f"`portolan new-port {order.order_id}` prints the new port, prepared"
    if stage is not ReturnStage.NEW_PORT and until:
        limit = f" until {in_words(until)}" if now < until else ""
        way = f"a {stage.replace('_', '-')} can be ordered{limit}; {way}"
    order.open_task(TaskKind.PORT_BACK_REFUSED, f"{why}. Next: {way}.", now, order.rollback_until)
    if order.state is State.PARTIALLY_ACTIVE:
        words = f"{len(not_active(order))} of {len(order.request.numbers)} numbers did not move, and none goes back"
        order.open_task(TaskKind.FINISH_ACTIVATION, words, now, order.rollback_until)
    order.notify(NoticeKind.ROLLBACK_REFUSED, why=f"The port-back was refused: {why}. Next: {way}.")


def _stands(order: Order, now: datetime) -> State:
    """Where the order stands when the numbers stay."""
    if order.policy.independent and not_active(order):
        return State.PARTIALLY_ACTIVE
    if failing(order, now):
        order.proven_at, order.proof = None, []
    if order.proven_at is None:
        return State.VERIFYING
    over = order.rollback_until is not None and now >= order.rollback_until
    return State.SETTLING if over and (messaging_open(order) or bridge_open(order)) else State.ROLLBACK_WINDOW
