"""What each call to a carrier came to, applied to the order. The counterpart of `decisions`, for effects."""

from __future__ import annotations

from datetime import datetime, timedelta

from portolan.domain.carrier import CarrierOrder, CarrierStatus, NumberStatus
from portolan.domain.decisions import take
from portolan.domain.foc import in_words
from portolan.domain.messages import CarrierApproved, CarrierPuzzle, CarrierRejected, Event, FocConfirmed, problem
from portolan.domain.moves import need_signature, restart_chase
from portolan.domain.order import Cause, Order
from portolan.domain.refusals import CLOCK_SKEW, refusal
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind

#: While a carrier cannot be reached, the waits between bursts of tries; after them, the policy's `retry_minutes`.
RETRY_WAITS = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 30))

#: Proof that a number is in service is looked for after these waits: closely first, then hourly.
PROOF_WAITS = (timedelta(minutes=15),) * 8 + (timedelta(hours=1),) * 6
PROOF_WAIT_LATER = timedelta(hours=6)


def _portolan(kind: str, now: datetime) -> Cause:
    return Cause(kind, "portolan", now)


def sent(order: Order, at_carrier: CarrierOrder, now: datetime) -> None:
    """The carrier holds the order."""
    order.carrier_order_id = at_carrier.carrier_order_id
    order.carrier_status, order.carrier_raw_status = at_carrier.status, at_carrier.raw_status
    order.carrier_approved_at = None
    order.rejections = []
    restart_chase(order, now)
    detail = f"{order.send.replace('_', ' ')}, sending {order.attempt}, carrier order {order.carrier_order_id}"
    order.move(State.SUBMITTED, _portolan("submitted", now), now, detail)
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    order.notify(NoticeKind.SUBMITTED, carrier_order=at_carrier.carrier_order_id)
    observed(order, at_carrier, now)


def too_stale_to_send(order: Order, now: datetime) -> None:
    """The LOA grew too old before the order could be sent; the sending did not happen."""
    order.send_again = True
    max_age = order.policy.loa_max_age_days
    need_signature(order, _portolan("loa_stale", now), now, f"the LOA is more than {max_age} days old and was not sent")


def refused(order: Order, why: str, now: datetime) -> None:
    """The carrier does not take the order; a person settles it.

    An earlier try may have landed all the same, so the next sending keeps the number of this one and looks for it.
    """
    order.send_again = True
    order.move(State.ACTION_REQUIRED, _portolan("carrier_refused", now), now, why)
    order.open_task(TaskKind.CARRIER_REFUSED, why, now)
    order.notify(NoticeKind.ACTION_NEEDED, why=why)


def not_activated(order: Order, why: str, now: datetime) -> None:
    """The carrier does not move the numbers at the FOC: another date has to be found."""
    order.move(State.ACTION_REQUIRED, _portolan("activation_refused", now), now, why)
    order.open_task(TaskKind.CHOOSE_DATE, why, now)
    order.notify(NoticeKind.ACTION_NEEDED, why=f"The numbers did not move: {why}.")
    order.refetch = True


def not_cancelled(order: Order, why: str, now: datetime) -> None:
    """The carrier does not withdraw the order; it stands as it stood.

    Where the newest sending may or may not have landed, that is found out first, under the same attempt number.
    """
    back = order.cancelled_in if order.carrier_order_id else None
    stands: State = back if back in {State.SUBMITTED, State.FOC_CONFIRMED, State.READY} else State.ACTION_REQUIRED
    if order.cancelled_in is State.SUBMITTING or (order.send_again and stands is State.ACTION_REQUIRED):
        stands, order.send_again, order.foc_at = State.SUBMITTING, False, None
    passed = order.foc_at is not None and order.foc_at <= now and stands in {State.FOC_CONFIRMED, State.READY}
    stands = State.ACTION_REQUIRED if passed else stands
    order.gave_up = False
    order.move(stands, _portolan("cancel_refused", now), now, why)
    order.open_task(TaskKind.CANCEL_REFUSED, why, now)
    if passed:
        words = f"The FOC {in_words(order.foc_at)} passed while the order was to be cancelled."
        order.open_task(TaskKind.CHOOSE_DATE, words, now)
    elif stands is State.ACTION_REQUIRED and order.rejections:
        order.unjudged = True
    elif stands is State.ACTION_REQUIRED and order.foc_at:
        order.open_task(TaskKind.CHOOSE_DATE, f"The date {in_words(order.foc_at)} is still to be settled.", now)
    order.refetch = order.carrier_order_id is not None and stands is not State.SUBMITTING
    order.notify(NoticeKind.ACTION_NEEDED, why=f"The order could not be cancelled: {why}.")


def unreachable(order: Order, why: str, now: datetime) -> None:
    """A burst of tries failed: tell people, and try again later. The step is not given up."""
    later = timedelta(minutes=order.policy.retry_minutes)
    order.retry_at = now + (RETRY_WAITS[order.tries] if order.tries < len(RETRY_WAITS) else later)
    order.tries += 1
    order.record(_portolan("carrier_unreachable", now), now, f"{why}; next try {in_words(order.retry_at)}")
    if not order.has_task(TaskKind.CARRIER_UNREACHABLE):
        order.open_task(TaskKind.CARRIER_UNREACHABLE, f"{order.request.gaining_carrier}: {why}", now, order.retry_at)
        order.notify(NoticeKind.ACTION_NEEDED, why=f"{order.request.gaining_carrier} cannot be reached: {why}.")


def rendered(order: Order, digest: str, now: datetime) -> None:
    """The letter is in the document store; without a digest none was wanted."""
    kind, order.letter_wanted = order.letter_wanted, ""
    if digest and order.letters.get(kind) != digest:
        order.letters[kind] = digest
        order.record(_portolan("letter_rendered", now), now, f"{kind} letter, unsigned, document sha256 {digest}")


def not_rendered(order: Order, why: str, now: datetime) -> None:
    """The letter could not be made now; it is made when somebody asks for it."""
    kind, order.letter_wanted = order.letter_wanted, ""
    order.record(_portolan("letter_not_rendered", now), now, f"the {kind} letter could not be rendered: {why}")


def cancelled(order: Order, now: datetime) -> None:
    """The carrier no longer holds an order of ours."""
    if order.gave_up:
        order.outcome = f"Cannot be ported: {order.cancel_reason}"
        order.move(State.NOT_PORTABLE, _portolan("given_up", now), now, order.outcome)
        order.notify(NoticeKind.NOT_PORTABLE, why=order.cancel_reason)
        return
    order.outcome = f"Cancelled: {order.cancel_reason}"
    order.move(State.CANCELLED, _portolan("cancelled", now), now, order.outcome)
    order.notify(NoticeKind.CANCELLED, why=order.cancel_reason)


def activated(order: Order, at_carrier: CarrierOrder, now: datetime) -> None:
    """The pivot is passed: the rollback clock runs from the moment the carrier names, if that can be."""
    moved_at = at_carrier.activated_at or now
    order.number_status = dict(at_carrier.numbers)
    order.activated_at = moved_at if order.since - CLOCK_SKEW <= moved_at <= now else now
    order.rollback_until = order.activated_at + timedelta(hours=order.policy.rollback_hours)
    until = in_words(order.rollback_until) if order.policy.rollback_hours else "none in this jurisdiction"
    order.move(State.VERIFYING, _portolan("activated", now), now, f"rollback window: {until}")


def looked_for_proof(order: Order, numbers: dict[str, NumberStatus], now: datetime) -> None:
    """Whether each number is in service, by the carrier's GET; if not, a person is told and it is looked at again."""
    order.number_status = dict(numbers)
    dead = [number for number in order.request.numbers if numbers.get(number) is not NumberStatus.ACTIVE]
    if not dead:
        _proven(order, now)
        return
    wait = PROOF_WAITS[order.tries] if order.tries < len(PROOF_WAITS) else PROOF_WAIT_LATER
    order.tries += 1
    order.retry_at = now + wait
    words = f"{len(dead)} of {len(order.request.numbers)} numbers are not proven in service"
    order.record(_portolan("unproven", now), now, words)
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    if not order.has_task(TaskKind.PROVE_NUMBERS):
        order.open_task(TaskKind.PROVE_NUMBERS, words, now, order.rollback_until)
        if order.rollback_until and now < order.rollback_until:
            order.notify(NoticeKind.UNPROVEN, why=words, until=in_words(order.rollback_until))
        else:
            order.notify(NoticeKind.ACTION_NEEDED, why=words + ".")


def _proven(order: Order, now: datetime) -> None:
    assert order.rollback_until is not None  # noqa: S101 - set on activation
    cause = _portolan("proven", now)
    if now >= order.rollback_until:
        order.outcome = f"Ported on {in_words(order.activated_at)} and proven in service; no rollback window is left."
        order.move(State.COMPLETED, cause, now, order.outcome)
        order.notify(NoticeKind.COMPLETED, why=order.outcome)
        return
    order.move(State.ROLLBACK_WINDOW, cause, now, "every number is in service")
    order.notify(
        NoticeKind.CUTOVER_DONE,
        activated=in_words(order.activated_at),
        until=in_words(order.rollback_until),
        snapback=in_words(min(order.rollback_until, _snapback_until(order))),
    )


def _snapback_until(order: Order) -> datetime:
    assert order.activated_at is not None  # noqa: S101 - set on activation
    return order.activated_at + timedelta(hours=order.policy.snapback_hours)


def ported_back(order: Order, now: datetime) -> None:
    """The numbers are with the losing carrier again."""
    order.number_status = dict.fromkeys(order.request.numbers, NumberStatus.RETURNED)
    order.outcome = f"Ported back: {order.rollback_reason} (decided by {order.rollback_by})."
    order.move(State.ROLLED_BACK, _portolan("ported_back", now), now, order.outcome)
    order.notify(NoticeKind.ROLLED_BACK, why=order.outcome)


def port_back_refused(order: Order, why: str, now: datetime) -> None:
    """The losing carrier does not take the numbers back; nobody can make it."""
    order.move(State.ROLLBACK_WINDOW, _portolan("port_back_refused", now), now, why)
    order.open_task(TaskKind.PORT_BACK_REFUSED, why, now, order.rollback_until)
    order.notify(NoticeKind.ROLLBACK_REFUSED, why=f"The port-back was refused: {why}.")


def observed(order: Order, at_carrier: CarrierOrder, now: datetime) -> None:
    """Take what the carrier's GET says, as the messages it amounts to. What is known already changes nothing."""
    order.carrier_status, order.carrier_raw_status = at_carrier.status, at_carrier.raw_status
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    if order.state is not State.VERIFYING:
        order.tries = 0
    try:
        event = _as_event(at_carrier, now)
    except ValueError as error:
        raw = f"{at_carrier.raw_status or at_carrier.status}: {problem(error)}"
        event = CarrierPuzzle(event_id=_said(at_carrier), by="carrier", attempt=at_carrier.attempt, raw=raw)
    if event is None:
        return
    if event.event_id not in order.seen and refusal(order, event, now):
        # What does not fit now is not remembered: the carrier still says it when it is asked again.
        event = event.model_copy(update={"event_id": ""})
    take(order, event, now, from_carrier=True)


def _said(at_carrier: CarrierOrder) -> str:
    """The name of what the carrier says: the same for the same answer."""
    said = (at_carrier.attempt, at_carrier.status, at_carrier.updated_at, at_carrier.foc_at)
    codes = [rejection.code for rejection in at_carrier.rejections]
    return ":".join(["get", at_carrier.carrier_order_id, *map(str, said), *codes])


def _as_event(at_carrier: CarrierOrder, now: datetime) -> Event | None:
    common = {
        "event_id": _said(at_carrier),
        "by": "carrier",
        "occurred_at": min(at_carrier.updated_at, now) if at_carrier.updated_at else None,
        "attempt": at_carrier.attempt,
    }
    match at_carrier.status:
        case CarrierStatus.ACCEPTED:
            return CarrierApproved.model_validate(common)
        case CarrierStatus.REJECTED:
            return CarrierRejected.model_validate(common | {"reasons": at_carrier.rejections})
        case CarrierStatus.FOC_CONFIRMED:
            return FocConfirmed.model_validate(common | {"foc_at": at_carrier.foc_at})
        case CarrierStatus.UNKNOWN | CarrierStatus.CANCELLED:
            return CarrierPuzzle.model_validate(common | {"raw": at_carrier.raw_status or at_carrier.status})
        case _:
            return None
