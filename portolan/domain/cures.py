"""What Portolan does about a rejection: by itself where nobody is needed, else as a task that says what to change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from portolan.domain.carrier import SECRETS, SendKind
from portolan.domain.effects import Cure
from portolan.domain.foc import in_words
from portolan.domain.moves import (
    business_days_later,
    good_day,
    need_signature,
    rejected_in_words,
    restart_chase,
    send,
    send_next,
    split_out,
)
from portolan.domain.order import Cause, Order, SplitOff
from portolan.domain.order_request import OrderRequest
from portolan.domain.refusals import separable, suggestions
from portolan.domain.rejections import Action, Disposition
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind

#: So often in a row Portolan sends again, or asks for another date, by itself; then a person looks.
MOST_CURES = 3


def judged(order: Order, cure: Cure | None, now: datetime) -> None:
    """Act on a rejection; one that could not be judged is a person's."""
    order.unjudged, order.cure_at = False, None
    if cure:
        order.rejections = cure.rejections
        if "loa" in cure.plan.fields and cure.plan.new_loa:
            order.loa = None
    action = cure.plan.action if cure else Action.PERSON
    if action is Action.SPLIT_OUT and not separable(order):
        action = Action.PERSON
    by_itself = action in {Action.WAIT, Action.RETRY, Action.NEW_DATE}
    if by_itself and order.cures >= MOST_CURES:
        action = Action.PERSON
    _CURES[action](order, cure or Cure(), Cause("judged", "portolan", now), now)


def _tell(order: Order, why: str) -> None:
    """Tell why an order came back, to the customer in words without jargon."""
    plain = " ".join(reason.for_customer() for reason in order.rejections)
    order.notify(NoticeKind.REJECTED, why=why, plain=plain or "The provider gave no reason; it is being asked.")


def _ask_person(order: Order, cure: Cure, cause: Cause, now: datetime) -> None:
    words = rejected_in_words(order.rejections)
    told = {reason.reason.field for reason in order.rejections if reason.suggestion}
    known = "; ".join(
        f"The record says {text!r} ({field})." for field, text in suggestions(order).items() if field not in told
    )
    if any(reason.reason.field in SECRETS for reason in order.rejections):
        known += f" Give it with `portolan secret {order.order_id}`, then resubmit."
    order.open_task(TaskKind.FIX_REJECTION, f"{words} {known}".strip(), now)
    _tell(order, words)


def _sign_again(order: Order, cure: Cure, cause: Cause, now: datetime) -> None:
    send_next(order)
    need_signature(order, cause, now, rejected_in_words(order.rejections))


def _split(order: Order, cure: Cure, cause: Cause, now: datetime) -> None:
    split_out(order, cure.plan.numbers, order.rejections, cause, now)


def _wait(order: Order, cure: Cure, cause: Cause, now: datetime) -> None:
    days = cure.plan.wait_business_days
    later = business_days_later(order, now, days) if days else now
    order.cure_at = later + timedelta(hours=cure.plan.wait_hours)
    words = rejected_in_words(order.rejections)
    detail = f"{words} It is taken up again by itself on {in_words(order.cure_at)}, unless somebody does so before."
    order.record(cause, now, f"waiting until {in_words(order.cure_at)}")
    order.open_task(TaskKind.FIX_REJECTION, detail, now, order.cure_at)
    if cure.plan.action is Action.WAIT:
        _tell(order, detail)


def _new_date(order: Order, cure: Cure, cause: Cause, now: datetime) -> None:
    order.cures += 1
    too_far = any(reason.reason.code == "FOC_TOO_FAR" for reason in order.rejections)
    order.requested_foc_on = good_day(order, now, None if too_far else order.requested_foc_on)
    send(order, SendKind.NEW_DATE, cause, now, f"the date was refused: asking for {order.requested_foc_on}")


def _dispute(order: Order, cure: Cure, cause: Cause, now: datetime) -> None:
    words = rejected_in_words(order.rejections)
    order.dispute = cure.dispute
    order.open_task(TaskKind.DISPUTE_REJECTION, f"{words} {' '.join(cure.plan.reasons)}".strip(), now)
    order.record(cause, now, "no lawful ground: a dispute is drafted")
    order.notify(NoticeKind.ACTION_NEEDED, why=f"{words} A dispute is drafted")


def _cannot_port(order: Order, cure: Cure, cause: Cause, now: datetime) -> None:
    words = rejected_in_words(order.rejections)
    order.open_task(TaskKind.GIVE_UP, words, now)
    _tell(order, words)


def _nothing(order: Order, cure: Cure, cause: Cause, now: datetime) -> None:
    words = rejected_in_words(order.rejections)
    order.rejections = []
    order.move(State.SUBMITTED, cause, now, f"nothing to do: {words}")
    restart_chase(order, now)


_CURES: dict[Action, Callable[[Order, Cure, Cause, datetime], None]] = {
    Action.PERSON: _ask_person,
    Action.SUPPLEMENT: _ask_person,
    Action.NEW_LOA: _sign_again,
    Action.SPLIT_OUT: _split,
    Action.WAIT: _wait,
    Action.RETRY: _wait,
    Action.NEW_DATE: _new_date,
    Action.DISPUTE: _dispute,
    Action.GIVE_UP: _cannot_port,
    Action.LOG: _nothing,
}


def split_request(order: Order, split: SplitOff) -> OrderRequest:
    """What the order of the numbers that are split out is asked for: the same account, as it was corrected."""
    rest = [number for number in order.request.numbers if number not in split.numbers]
    return order.request.model_copy(
        update={
            "order_id": split.order_id,
            "numbers": split.numbers,
            "siblings": [*order.request.siblings, *rest],
            "account": order.account,
            "csr": order.csr,
            "remaining": order.remaining,
            "new_btn": order.new_btn,
            "strategy": "port",  # a bridge of the account stands already, or none was wanted by now
            "split_from": order.order_id,
            "because": split.because,
        }
    )


def split_failed(order: Order, why: str, now: datetime) -> None:
    """The numbers could not be reserved for an order of their own: they stay, and a person looks."""
    order.split_off = None
    order.record(Cause("split_failed", "portolan", now), now, why)
    if order.state is State.ACTION_REQUIRED:
        order.open_task(TaskKind.FIX_REJECTION, f"{rejected_in_words(order.rejections)} Not split out: {why}", now)
        order.notify(NoticeKind.ACTION_NEEDED, why=f"Numbers could not be split out: {why}")
    elif order.state is State.AWAITING_INFORMATION:
        order.move(State.CHECKING, Cause("split_failed", "portolan", now), now, why)


def split_done(order: Order, now: datetime) -> None:
    """The numbers have an order of their own: this one goes on with the others."""
    split, order.split_off = order.split_off, None
    if split is None:
        return
    gone, cause = set(split.numbers), Cause("split_out", "portolan", now)
    rest = [number for number in order.request.numbers if number not in gone]
    siblings = [*order.request.siblings, *split.numbers]
    order.request = order.request.model_copy(update={"numbers": rest, "siblings": siblings})
    order.number_status = {number: status for number, status in order.number_status.items() if number not in gone}
    order.messaging = {number: status for number, status in order.messaging.items() if number not in gone}
    order.splits.append(split.order_id)
    order.rejections = [
        reason
        for reason in order.rejections
        if reason.reason.disposition is not Disposition.LOG and (not reason.numbers or set(reason.numbers) - gone)
    ]
    words = f"split into {split.order_id} ({len(gone)}) and what stays here ({len(rest)})"
    # The letter that was rendered names numbers that have left.
    order.letters.clear()
    order.notify(NoticeKind.SPLIT_OUT, child=split.order_id, why=split.why)
    if order.state is State.AWAITING_INFORMATION:
        order.move(State.CHECKING, cause, now, words)
    elif order.state is State.PARTIALLY_ACTIVE:
        order.move(State.VERIFYING, cause, now, words)
    elif order.state is not State.ACTION_REQUIRED:
        order.record(cause, now, words)
    elif order.rejections:
        order.record(cause, now, words)
        _ask_person(order, Cure(), cause, now)
    elif order.loa_valid_at(now):
        send_next(order)
        send(order, order.send, cause, now, words)
    else:
        send_next(order)
        need_signature(order, cause, now, f"{words}; the signature is missing or too old to send the order again")
