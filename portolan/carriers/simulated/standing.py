"""How an order stands, its numbers and what was asked about them: computed from script, store and clock alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from portolan.carriers.simulated.sayings import foc, rejection, sayings
from portolan.carriers.simulated.script import Script
from portolan.carriers.simulated.store import AskedBack, HeldBridge, HeldOrder
from portolan.domain.carrier import (
    CarrierOrder,
    CarrierStatus,
    Consent,
    MessagingStatus,
    NumberStatus,
    Routing,
)
from portolan.domain.rejections import Rejection
from portolan.domain.testcalls import MESSAGING_CHECKS, Check, Heard, Origin

NAME = "simulated"
SPID_GAINING, SPID_LOSING = "SIMG", "SIML"


class Answer(NamedTuple):
    """What the losing carrier has said by now to one stage of return, and when."""

    consent: Consent
    why: str
    at: datetime


def order(held: HeldOrder, script: Script, now: datetime) -> CarrierOrder:
    """The carrier's own account of an order."""
    newest = held.sendings[-1]
    status, said_at, raw = CarrierStatus.RECEIVED, newest.at, ""
    rejections: list[Rejection] = []
    foc_at: datetime | None = None
    for saying in sayings(script, newest.attempt):
        due_at = newest.at + timedelta(hours=saying.after_hours)
        if due_at > now:
            continue
        said_at, rejections, raw = due_at, [], ""
        if saying.says == "approve":
            status = CarrierStatus.ACCEPTED
        elif saying.says == "foc":
            status, foc_at = CarrierStatus.FOC_CONFIRMED, foc(saying, due_at, script)
        elif saying.says == "reject":
            status = CarrierStatus.REJECTED
            rejections = [rejection(saying)]
        else:
            status, raw = CarrierStatus.UNKNOWN, saying.raw
    for moment, later in (
        (held.cancelled_at, CarrierStatus.CANCELLED),
        (held.activated_at, CarrierStatus.PORTED),
        (held.returned_at, CarrierStatus.PORTED_BACK),
    ):
        if moment:
            status, said_at = later, moment
    said = answer(held.asked_back[-1], script, now) if held.asked_back else None
    consent, why = (said.consent, said.why) if said else (None, "")
    if held.returned_at and said:
        consent, why = Consent.CONSENTED, ""
    elif said:
        said_at = max(said_at, said.at)
    return CarrierOrder(
        carrier_order_id=held.carrier_order_id,
        key=newest.key,
        attempt=newest.attempt,
        status=status,
        raw_status=raw or f"SIM-{status.upper()}",
        rejections=rejections,
        foc_at=foc_at,
        numbers=dict(numbers(held, script, now)),
        activated_at=held.activated_at,
        updated_at=said_at,
        consent=consent,
        consent_why=why,
    )


def numbers(held: HeldOrder, script: Script, now: datetime) -> Iterator[tuple[str, NumberStatus]]:
    """Where each number is. The first `dead_numbers` fail at the activation."""
    if script.activate_again:
        revived = held.activations > 1
    else:
        revived = held.activated_at is not None and now >= held.activated_at + timedelta(hours=script.dead_hours)
    for index, number in enumerate(held.numbers):
        if held.returned_at:
            yield number, NumberStatus.RETURNED
        elif not held.activated_at:
            yield number, NumberStatus.PENDING
        else:
            dead = index < script.dead_numbers and not revived
            yield number, NumberStatus.FAILED if dead else NumberStatus.ACTIVE


def answer(asked: AskedBack, script: Script, now: datetime) -> Answer:
    """What the losing carrier says to a stage of return."""
    says = script.consent_by_stage.get(asked.stage, script.consent)
    due_at = asked.at + timedelta(hours=script.consent_hours)
    if says == "silent" or now < due_at:
        return Answer(Consent.REQUESTED, "", asked.at)
    if says == "refused":
        return Answer(
            Consent.REFUSED, f"The losing carrier does not agree to a {asked.stage.replace('_', '-')}.", due_at
        )
    return Answer(Consent.CONSENTED, "", due_at)


def returned_at(held: HeldOrder, script: Script, now: datetime) -> datetime | None:
    """When the numbers go back, if they do by now: with the first consent to any of the stages asked for."""
    answers = [answer(asked, script, now) for asked in held.asked_back]
    return min((a.at for a in answers if a.consent is Consent.CONSENTED), default=None)


def routing(held: HeldOrder, script: Script, now: datetime, number: str) -> Routing:
    """Whom the independent look-up names; for a number that the order does not have, and by script, nobody."""
    if script.routing == "unknown" or number not in held.numbers:
        return Routing(number=number)
    if _here_since(held, now, script.routing_hours) and script.routing == "gaining":
        return Routing(number=number, at_gaining=True, carrier=NAME, spid=SPID_GAINING)
    return Routing(number=number, at_gaining=False, carrier=held.losing_carrier, spid=SPID_LOSING)


def messaging(held: HeldOrder, script: Script, now: datetime) -> dict[str, MessagingStatus]:
    """Where each number's messaging is, as far as the carriers see to it; joining a campaign settles it."""
    if not _here_since(held, now, script.messaging_hours):
        moved = MessagingStatus.ACTIVATING
    elif script.messaging_fails:
        moved = MessagingStatus.FAILED
    else:
        moved = MessagingStatus.PORTED
    return {
        number: moved if where is NumberStatus.ACTIVE else MessagingStatus.PENDING
        for number, where in numbers(held, script, now)
    }


def heard(held: HeldOrder | None, script: Script, now: datetime, number: str, origin: Origin, check: Check) -> Heard:
    """What a check of a test call finds.

    In this order: numbers that are not here, or not any more, are answered by the old carrier; the script's failures;
    a dead number is not in service; while the look-up does not name the gaining carrier, calls from the losing
    carrier's own network end there; messages come through when the messaging has moved; everything else passes.
    """
    if held is None or not held.activated_at or held.returned_at:
        return "old_carrier"
    hours = (now - held.activated_at) / timedelta(hours=1)
    for failure in script.call_failures:
        lasts = failure.after_hours <= hours and (failure.until_hours is None or hours < failure.until_hours)
        if lasts and failure.origin in {None, origin} and failure.check in {None, check}:
            return failure.heard
    if dict(numbers(held, script, now))[number] is not NumberStatus.ACTIVE:
        return "not_delivered" if check in MESSAGING_CHECKS else "not_in_service"
    if origin == "losing_carrier" and routing(held, script, now, number).at_gaining is False:
        return "old_carrier"
    if check in MESSAGING_CHECKS and messaging(held, script, now)[number] is not MessagingStatus.PORTED:
        return "not_delivered"
    return "passed"


def carries(held: HeldBridge, script: Script, now: datetime) -> bool:
    """Whether calls come through a bridge by now."""
    return held.removed_at is None and now >= held.built_at + timedelta(hours=script.bridge_hours)


def _here_since(held: HeldOrder, now: datetime, hours: float) -> bool:
    """Whether the numbers have been here for so long."""
    return bool(held.activated_at and not held.returned_at and now >= held.activated_at + timedelta(hours=hours))
