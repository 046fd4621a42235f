"""Part of `refusals`: why a sign-off, an override, a test call or a rollback is not accepted."""

from __future__ import annotations

import re
from datetime import datetime

from portolan.domain import readiness, returning
from portolan.domain.calendars import closed_reason, local
from portolan.domain.foc import in_words
from portolan.domain.messages import Confirm, CutOver, OverrideGates, Reschedule, Rollback, SignOffItems, TestCalls
from portolan.domain.order import Order
from portolan.domain.port_backs import ReturnStage
from portolan.domain.proving import MOST_CALLS
from portolan.domain.runbook import BEFORE_CUTOVER, ITEMS
from portolan.domain.states import AFTER_ACTIVATION, State, Turn
from portolan.domain.telling import Contact

Why = tuple[str, str]
SHA256 = re.compile(r"[0-9a-f]{64}")
#: Where only what holds for any date can be signed off.
AHEAD = frozenset({State.AWAITING_SIGNATURE, State.AWAITING_APPROVAL, State.SUBMITTED, State.ACTION_REQUIRED})


def is_person(name: str, *contacts: Contact | None) -> bool:
    """Whether a name or address is that of one of these people."""
    said = name.strip().casefold()
    return any(contact and said in {contact.name.casefold(), contact.email.casefold()} for contact in contacts)


def deciders(order: Order) -> list[Contact]:
    """Who may decide about the numbers' way back, and over red gates."""
    return [one for one in (order.request.decision_maker, order.request.second_person) if one]


def check_sign_off(order: Order, event: SignOffItems, made_at: datetime) -> Why | None:
    """Known items of this order, of this side of the cutover, by whoever may sign them off."""
    if not event.by:
        return "A sign-off needs somebody who vouches for it.", "Say who signs it off (by)."
    known = readiness.items(order)
    unknown = [item for item in event.items if item not in known]
    if unknown:
        named = ", ".join(known) or "none"
        return f"{', '.join(unknown)} is not in the runbook of this order.", f"Its items: {named}."
    if event.document and not SHA256.fullmatch(event.document):
        return "The document is named by something that is no SHA-256.", "Give the 64 hexadecimal digits, or a note."
    request = order.request
    for item in event.items:
        if order.state in AHEAD and ITEMS[item].dated:
            return f"{item} is signed off for a date, and there is none yet.", "Sign it off once the FOC is confirmed."
        earliest = readiness.earliest(order, item)
        if earliest and made_at < earliest:
            return (
                f"{item} cannot be signed off before {in_words(earliest)}.",
                "Sign it off then.",
            )
        if (ITEMS[item].stage in BEFORE_CUTOVER) == (order.state in AFTER_ACTIVATION):
            when = "before the numbers move" if ITEMS[item].stage in BEFORE_CUTOVER else "after the numbers moved"
            return f"{item} is signed off {when}; the order is {order.state.replace('_', ' ')}.", ""
        if ITEMS[item].owner is Turn.DECISION_MAKER and not is_person(event.by, *deciders(order)):
            return f"{event.by} is not the decision-maker of this order.", f"Only {_named(order)} can sign off {item}."
        if ITEMS[item].owner is Turn.CUSTOMER:
            signer = order.account.authorized_person
            if not is_person(event.by, request.customer_contact) and event.by.casefold() != signer.casefold():
                who = f"{request.customer_contact.name} or {signer}"
                return f"{event.by} is not the legal-entity contact of this order.", f"{who} signs off {item}."
    return None


def _named(order: Order) -> str:
    return " or ".join(one.name for one in deciders(order))


def _check_decider(order: Order, name: str, what: str) -> Why | None:
    if not is_person(name, *deciders(order)):
        return f"{name} is not the decision-maker of this order.", f"Only {_named(order)} can {what}."
    return None


def check_override(order: Order, event: OverrideGates, made_at: datetime) -> Why | None:
    """By the decision-maker, where a gate is overdue."""
    if why := _check_decider(order, event.decided_by, "override a gate"):
        return why
    if not readiness.overdue(order, made_at):
        ahead = readiness.barred(order)
        due = f" Red, but not due yet: {', '.join(ahead)}." if ahead else ""
        return f"No gate is overdue.{due}", "Have the items signed off in their time."
    return None


def check_cut_over(order: Order, event: CutOver, made_at: datetime) -> Why | None:
    """On demand, inside the carrier's window, at green gates."""
    if not is_person(event.by, *deciders(order), order.request.coordinator):
        return (
            f"{event.by} is not one of this order's people.",
            f"{_named(order)}, or {order.request.coordinator.name}.",
        )
    if order.request.activation != "on_demand":
        return "The numbers of this order move at the FOC by themselves.", ""
    if order.hold:
        return f"The order is on hold: {order.hold.reason}.", "Release it first."
    assert order.foc_at is not None  # noqa: S101 - a ready order has one
    until = readiness.move_until(order)
    if made_at < order.foc_at:
        return f"The carrier's window opens at the FOC, {in_words(order.foc_at)}.", "Say so then."
    if made_at >= until:
        return f"The carrier's window closed on {in_words(until)}.", "Ask for a new date."
    if bar := readiness.barred(order):
        return f"Red gates: {', '.join(bar)}.", "Have them signed off, or overridden by the decision-maker."
    return None


def check_reschedule(order: Order, event: Reschedule, made_at: datetime) -> Why | None:
    """Another day, that the carrier can still be asked for."""
    if not order.policy.supplements:
        carrier = order.request.gaining_carrier
        return f"{carrier} takes no other date for an order that it holds.", "Cancel the order and start it again."
    if event.foc_on is None:
        return None
    today = local(made_at, order.policy.time_zone).date()
    if event.foc_on <= today:
        return (
            f"{event.foc_on} has passed or is today.",
            "Name a later day, or none: then the next good one is asked for.",
        )
    if closed := closed_reason(event.foc_on, order.policy.closed_days):
        return f"The losing carrier ports nothing that day: {closed}.", "Name another day."
    return None


def check_test_calls(order: Order, event: TestCalls, made_at: datetime) -> Why | None:
    """Calls to numbers of this order, made after it was activated, by somebody."""
    if not event.by:
        return "Test calls need somebody who made them.", "Say who called (by)."
    strange = [call.number for call in event.results if call.number not in order.request.numbers]
    if strange:
        named = ", ".join(dict.fromkeys(strange))
        return f"{named} is not a number of this order.", "Only its own numbers are called, as +E.164."
    times = [call.at or made_at for call in event.results]
    early = [at for at in times if order.activated_at and at < order.activated_at]
    if early:
        return f"A call at {in_words(early[0])} was made before the numbers moved ({in_words(order.activated_at)}).", ""
    late = [at for at in times if at > made_at]
    if late:
        return f"A call at {in_words(late[0])} lies in the future.", "Correct the clock."
    if len(order.calls) + len(event.results) > MOST_CALLS:
        return f"The order has {len(order.calls)} results of test calls; it keeps at most {MOST_CALLS}.", ""
    return None


def check_rollback(order: Order, event: Rollback, made_at: datetime) -> Why | None:
    """By the decision-maker, at a stage that is open and was not refused."""
    if order.state is State.BRIDGED:
        return _check_decider(order, event.decided_by, "have the bridge removed")
    if why := check_stage(order, made_at, event.inadvertent):
        return why
    return _check_decider(order, event.decided_by, "order a rollback")


def check_stage(order: Order, made_at: datetime, inadvertent: bool) -> Why | None:
    """Whether a return can be asked for at that moment."""
    unlimited = inadvertent and order.policy.inadvertent_unlimited
    over = window_shut(order, made_at) or order.state is State.SETTLING
    if over and not unlimited:
        return after_window(order)
    if returning.next_stage(order, made_at, inadvertent) is ReturnStage.NEW_PORT and order.activated_at:
        return f"{order.request.losing_carrier} has refused to take the numbers back.", new_port(order)
    return None


def check_confirm(order: Order, event: Confirm, made_at: datetime) -> Why | None:
    """By the other of the two, while the decision can still be taken."""
    proposal = order.proposal
    if proposal is None:
        return "No decision waits for a second person.", ""
    if why := _check_decider(order, event.by, "confirm it"):
        return why
    first = next((one for one in deciders(order) if is_person(proposal.by, one)), None)
    if is_person(event.by, first):
        return f"{event.by} made this decision; the second person has to be another one.", f"One of {_named(order)}."
    if proposal.kind == "rollback":
        return check_stage(order, made_at, proposal.inadvertent)
    if order.state in AFTER_ACTIVATION or not readiness.overdue(order, proposal.at):
        return f"None of the gates that were overdue on {in_words(proposal.at)} is red any more.", ""
    return None


def new_port(order: Order) -> str:
    """What to do where the numbers do not come back otherwise."""
    return (
        f"Order a new port of the numbers to {order.request.losing_carrier}; it takes the usual time "
        f"(`portolan new-port {order.order_id}` prepares it)."
    )


def after_window(order: Order) -> Why:
    """There is no return, or none any more."""
    way = new_port(order)
    if order.policy.inadvertent_unlimited:
        way += f" If nobody wanted this port: `portolan new-port {order.order_id} --inadvertent`."
    if order.policy.rollback_hours == 0:
        return "There is no return in this jurisdiction once the numbers have moved.", way
    return f"The rollback window closed on {in_words(order.rollback_until)}.", way


def window_shut(order: Order, made_at: datetime) -> bool:
    """Whether the rollback window has closed at that moment, or there is none."""
    if order.policy.rollback_hours == 0:
        return True
    return order.rollback_until is not None and made_at >= order.rollback_until
