"""What each call to a carrier came to, applied to the order. The counterpart of `decisions`, for effects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from portolan.domain import bridging, proving, readiness, settling
from portolan.domain.carrier import CarrierOrder, CarrierStatus, NumberStatus
from portolan.domain.decisions import take
from portolan.domain.foc import in_words
from portolan.domain.messages import CarrierApproved, CarrierPuzzle, CarrierRejected, Event, FocConfirmed, problem
from portolan.domain.moves import need_signature, rejected_in_words, restart_chase
from portolan.domain.order import Cause, Order
from portolan.domain.refusals import CLOCK_SKEW, refusal
from portolan.domain.rejections import Rejection
from portolan.domain.states import AFTER_ACTIVATION, State
from portolan.domain.tasks import TASK_STATES, TaskKind
from portolan.domain.telling import NoticeKind

#: While a carrier cannot be reached, the waits between bursts of tries; after them, the policy's `retry_minutes`.
RETRY_WAITS = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 30))


#: Where a carrier that moves numbers by itself may surprise an order.
MOVED_UNASKED = frozenset({State.SUBMITTED, State.ACTION_REQUIRED, State.FOC_CONFIRMED, State.READY})


#: So many looks, a quarter of an hour apart, numbers that are still moving are waited for.
PATIENT_LOOKS = 4
#: How long an order waits before it looks by itself whether its account is still on hold.
WAIT_AT_HOLD = timedelta(hours=1)
#: When numbers that have moved and are not in the carrier's inventory yet are configured next.
ARRIVES_SOON = timedelta(minutes=2)
#: How often a carrier that moves numbers by itself is asked whether it has.
LOOK_FOR_MOVE = timedelta(minutes=15)


def _portolan(kind: str, now: datetime) -> Cause:
    return Cause(kind, "portolan", now)


def sent(order: Order, at_carrier: CarrierOrder, now: datetime) -> None:
    """The carrier holds the order."""
    order.carrier_order_id = at_carrier.carrier_order_id
    order.carrier_status, order.carrier_raw_status = at_carrier.status, at_carrier.raw_status
    order.carrier_approved_at = None
    order.rejections = []
    order.foc_kept = None
    if order.hold:
        order.hold.supplements = False
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


def _wait_for_word(order: Order, until: datetime) -> None:
    """Wait until a moment, or until something is heard from the carrier; what was heard meanwhile counts."""
    order.retry_at = None if order.heard else until
    order.hint_ends_wait, order.heard = not order.heard, False


def on_hold_there(order: Order, why: str, now: datetime) -> None:
    """Nothing is sent to the account for now, or others go first; the order keeps its place, and is told its turn."""
    _wait_for_word(order, now + WAIT_AT_HOLD)
    if not order.has_task(TaskKind.CARRIER_ON_HOLD):
        order.record(_portolan("carrier_on_hold", now), now, why)
        order.open_task(TaskKind.CARRIER_ON_HOLD, why, now)


def rejected_at_once(order: Order, reasons: list[Rejection], now: datetime) -> None:
    """The carrier took nothing, for reasons of the taxonomy: they are cured as if it had sent the order back."""
    order.send_again = True
    order.rejections = reasons
    order.move(State.ACTION_REQUIRED, _portolan("carrier_refused", now), now, rejected_in_words(reasons))
    order.unjudged = True


def refused(order: Order, why: str, now: datetime) -> None:
    """The carrier does not take the order; a person settles it.

    An earlier try may have landed all the same, so the next sending keeps the number of this one and looks for it.
    """
    order.send_again = True
    order.move(State.ACTION_REQUIRED, _portolan("carrier_refused", now), now, why)
    order.open_task(TaskKind.CARRIER_REFUSED, why, now)
    order.notify(NoticeKind.ACTION_NEEDED, why=why)
    if order.foc_kept and order.foc_kept > now:
        order.set_foc(order.foc_kept, now)
        words = f"Another date was refused ({why}): {in_words(order.foc_kept)} still stands at the carrier."
        order.open_task(TaskKind.CHOOSE_DATE, words, now, order.foc_kept)
    order.foc_kept = None
    if order.hold and order.hold.supplements:
        order.hold.supplements = False
        bridging.propose(order, now, f"The date after the hold was refused: {why}.")


def not_activated(order: Order, why: str, now: datetime) -> None:
    """The carrier does not move the numbers at the FOC: another date has to be found.

    Where some have moved already, the others are looked after.
    """
    if order.activated_at:
        order.move(State.PARTIALLY_ACTIVE, _portolan("activation_refused", now), now, why)
        order.open_task(TaskKind.FINISH_ACTIVATION, why, now, order.rollback_until)
        return
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
        stands, order.send_again = State.SUBMITTING, False
        order.set_foc(None, now)
    passed = order.foc_at is not None and order.foc_at <= now and stands in {State.FOC_CONFIRMED, State.READY}
    stands = State.ACTION_REQUIRED if passed else stands
    order.gave_up = False
    if order.bridge_next:
        order.bridge_first = order.bridge_next = False
        if order.bridge and not order.bridge.claimed:
            order.bridge = None
    order.move(stands, _portolan("cancel_refused", now), now, why)
    order.open_task(TaskKind.CANCEL_REFUSED, why, now)
    if stands is State.FOC_CONFIRMED:
        readiness.date_stands(order, now)
    elif stands is State.READY:
        readiness.ask(order, now)
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
    # What is withdrawn by people is done when they say so. Orders of before have no queue of their own.
    order.hint_ends_wait = order.state is State.CANCELLING and order.request.own_queue
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
        order.close_tasks(TaskKind.SIGN_OFF, "portolan", now, f"{kind}_letter")


def not_rendered(order: Order, why: str, now: datetime) -> None:
    """The letter could not be made now; it is made when somebody asks for it."""
    kind, order.letter_wanted = order.letter_wanted, ""
    order.record(_portolan("letter_not_rendered", now), now, f"the {kind} letter could not be rendered: {why}")
    if "rollback_letter" in order.policy.runbook and kind == "rollback" and order.foc_at:
        readiness.ask_for(order, "rollback_letter", now, f"It could not be rendered: {why}")


def cancelled(order: Order, now: datetime) -> None:
    """The carrier no longer holds an order of ours."""
    order.configured = order.configure = False
    if order.bridge_next:
        bridging.withdrawn(order, _portolan("withdrawn", now), now)
        return
    if order.gave_up:
        order.outcome = f"Cannot be ported: {order.cancel_reason}"
        order.move(State.NOT_PORTABLE, _portolan("given_up", now), now, order.outcome)
        order.notify(NoticeKind.NOT_PORTABLE, why=order.cancel_reason)
        return
    order.outcome = f"Cancelled: {order.cancel_reason}"
    order.move(State.CANCELLED, _portolan("cancelled", now), now, order.outcome)
    order.notify(NoticeKind.CANCELLED, why=order.cancel_reason)


def activated(order: Order, at_carrier: CarrierOrder, now: datetime) -> None:
    """The pivot is passed: the rollback clock runs from the moment the carrier names, if that can be.

    Where some numbers did not move, that is a state of its own.
    """
    order.number_status = dict.fromkeys(order.request.numbers, NumberStatus.PENDING)
    order.take_status(at_carrier.numbers)
    if order.activated_at is None:
        moved_at = at_carrier.activated_at or now
        order.activated_at = moved_at if order.since - CLOCK_SKEW <= moved_at <= now else now
        order.rollback_until = order.activated_at + timedelta(hours=order.policy.rollback_hours)
    until = in_words(order.rollback_until) if order.policy.rollback_hours else "none in this jurisdiction"
    _moved(order, _portolan("activated", now), now, f"rollback window: {until}")


def has_moved(at_carrier: CarrierOrder) -> bool:
    """Whether the carrier has begun to move the numbers."""
    settled = {NumberStatus.ACTIVE, NumberStatus.FAILED} & set(at_carrier.numbers.values())
    return at_carrier.status in {CarrierStatus.PORTED, CarrierStatus.PORTED_BACK} or bool(settled)


def not_moved_yet(order: Order, at_carrier: CarrierOrder, now: datetime) -> None:
    """The FOC has come at a carrier that moves the numbers by itself, and it has not yet: it is asked again.

    One that no longer has a date for them will not.
    """
    if at_carrier.status is not CarrierStatus.FOC_CONFIRMED:
        not_activated(order, f"the carrier has the order as {at_carrier.raw_status or at_carrier.status}", now)
        return
    if not order.hint_ends_wait:
        words = f"{order.request.gaining_carrier} moves the numbers by itself, and has not yet"
        order.record(_portolan("not_moved_yet", now), now, words)
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    order.tries = 0
    _wait_for_word(order, now + LOOK_FOR_MOVE)


def _moved(order: Order, cause: Cause, now: datetime, words: str) -> None:
    stuck = proving.not_active(order)
    partial = bool(stuck) and order.policy.independent
    if partial:
        words = f"{len(stuck)} of {len(order.request.numbers)} numbers did not move; {words}"
    order.move(State.PARTIALLY_ACTIVE if partial else State.VERIFYING, cause, now, words)
    readiness.close_before(order, cause.by, now)
    if order.configure and not order.configure_on_arrival:
        unsure = "the numbers moved, and nobody knows whether their configuration is applied"
        order.record(_portolan("not_configured", now), now, unsure)
        order.notify(NoticeKind.ACTION_NEEDED, why=unsure)
    # Of a try whose answer was lost nobody knows: a return takes the configuration down all the same.
    order.configured, order.configure = order.configured or order.configure, order.configure_on_arrival
    if order.proposal and order.proposal.kind == "override_gates":
        order.proposal = None
        order.close_tasks(TaskKind.SECOND_PERSON, cause.by, now)
    settling.begin_messaging(order, now)
    readiness.ask(order, now)
    if partial and NumberStatus.FAILED in order.number_status.values():
        _ask_to_finish(order, words, now)


def _ask_to_finish(order: Order, words: str, now: datetime) -> None:
    order.open_task(TaskKind.FINISH_ACTIVATION, words, now, order.rollback_until)
    proving.diagnose(order, now)
    order.notify(NoticeKind.ACTION_NEEDED, why=words)


def looked_at_rest(order: Order, numbers: Mapping[str, NumberStatus], now: datetime) -> None:
    """Whether the numbers that had not moved have followed."""
    order.take_status(numbers)
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    stuck = proving.not_active(order)
    if not stuck:
        order.move(State.VERIFYING, _portolan("activated", now), now, "every number has moved")
        return
    # A carrier may take a while over numbers that it has not failed.
    patient = order.tries < PATIENT_LOOKS and NumberStatus.FAILED not in order.number_status.values()
    if not patient and not order.has_task(TaskKind.FINISH_ACTIVATION):
        words = f"{len(stuck)} of {len(order.request.numbers)} numbers did not move"
        order.record(_portolan("partially_active", now), now, words)
        _ask_to_finish(order, words, now)
    order.retry_at = now + proving.next_wait(order)
    order.tries += 1


def moved_by_carrier(order: Order, at_carrier: CarrierOrder, now: datetime) -> None:
    """The carrier moved the numbers without being told to; the rollback clock runs all the same."""
    order.take_status(at_carrier.numbers)
    order.activated_at = min(at_carrier.activated_at or now, now)
    order.rollback_until = order.activated_at + timedelta(hours=order.policy.rollback_hours)
    words = f"{order.request.gaining_carrier} moved the numbers by itself on {in_words(order.activated_at)}"
    order.hold = None
    order.close_tasks(TaskKind.REVIEW_HOLD, "portolan", now)
    _moved(order, Cause("activated", "carrier", order.activated_at), now, words)
    if order.state is State.VERIFYING:
        order.notify(NoticeKind.ACTION_NEEDED, why=words)


def left_behind(order: Order, what: str, why: str, now: datetime) -> None:
    """The carrier does not take down what was set up for the order: it stays there, and a person is told."""
    words = f"{what} was left at {order.request.gaining_carrier}: {why}. Have its desk take it down"
    order.record(_portolan("left_behind", now), now, words)
    order.notify(NoticeKind.ACTION_NEEDED, why=words)


def configures_on_arrival(order: Order, now: datetime) -> None:
    """The carrier configures numbers only once they are there: it is asked again when they have moved."""
    order.configure, order.configure_on_arrival = False, True
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    words = f"{order.request.gaining_carrier} configures numbers only when they have arrived"
    if order.state in AFTER_ACTIVATION:
        order.tries += 1
        if order.tries > PATIENT_LOOKS:
            order.configure_on_arrival = False
            not_configured(order, f"{order.request.gaining_carrier} does not have the numbers yet", now)
            return
        order.configure, order.retry_at = True, now + ARRIVES_SOON
        return
    order.configured_for = order.foc_at
    if order.foc_at and "configuration" in order.policy.runbook:
        readiness.sign(order, "configuration", "portolan", now, words)
    readiness.try_to_go(order, _portolan("configured", now), now, words)


def configured(order: Order, now: datetime) -> None:
    """The numbers have what they need at the gaining carrier, before they arrive."""
    arrived, order.configure_on_arrival = order.configure_on_arrival, False
    order.configure, order.configured = False, True
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    wanted = order.request.configuration
    told = {name: value for name, value in wanted.model_dump().items() if value} if wanted else {}
    words = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())
    if arrived:
        order.record(_portolan("configured", now), now, words)
        return
    if order.foc_at and "configuration" in order.policy.runbook:
        readiness.sign(order, "configuration", "portolan", now, words)
    readiness.try_to_go(order, _portolan("configured", now), now, words)


def not_configured(order: Order, why: str, now: datetime) -> None:
    """The carrier does not take the configuration: a person does it, or has it mended."""
    order.configure = False
    order.record(_portolan("configuration_refused", now), now, why)
    if order.state in {State.FOC_CONFIRMED, State.READY}:
        if "configuration" in order.policy.runbook:
            readiness.ask_for(order, "configuration", now, f"Portolan could not: {why}")
        order.notify(NoticeKind.ACTION_NEEDED, why=f"The numbers could not be configured: {why}")


def observed(order: Order, at_carrier: CarrierOrder, now: datetime) -> None:
    """Take what the carrier's GET says, as the messages it amounts to. What is known already changes nothing."""
    order.carrier_status, order.carrier_raw_status = at_carrier.status, at_carrier.raw_status
    order.close_tasks(TaskKind.CARRIER_UNREACHABLE, "portolan", now)
    _asked(order, at_carrier.asks, now)
    if order.state not in AFTER_ACTIVATION:
        order.tries = 0
    if at_carrier.status is CarrierStatus.PORTED and order.state in MOVED_UNASKED:
        moved_by_carrier(order, at_carrier, now)
        return
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


def _asked(order: Order, asks: str, now: datetime) -> None:
    """What the carrier waits for is a task as long as it waits; what it no longer asks is done."""
    known = next((task for task in order.tasks if task.kind is TaskKind.CARRIER_ASKS and task.closed_at is None), None)
    if known and known.detail != asks:
        order.close_tasks(TaskKind.CARRIER_ASKS, "carrier", now)
        known = None
    if asks and known is None and order.state in TASK_STATES[TaskKind.CARRIER_ASKS]:
        order.open_task(TaskKind.CARRIER_ASKS, asks, now)
        order.notify(NoticeKind.ACTION_NEEDED, why=asks)


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
