"""The steps that messages, clocks and the outcomes of calls share: each moves an order on and tells people why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from portolan.domain.calendars import add_business_days, local
from portolan.domain.carrier import CarrierStatus, SendKind, split_id
from portolan.domain.foc import day_in_words, proposals
from portolan.domain.order import Cause, Order, SplitOff
from portolan.domain.rejections import Rejection
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind


def go_on_signed(order: Order, cause: Cause, now: datetime, detail: str) -> None:
    """With a good signature: send, if a person approved before; else ask for approval."""
    if order.approved_by:
        send(order, order.send, cause, now, detail)
    else:
        order.move(State.AWAITING_APPROVAL, cause, now, detail)
        assert order.loa is not None  # noqa: S101 - the caller has just seen it
        order.open_task(TaskKind.APPROVE, f"Approve sending the order{_not_on_file(order)}", now, order.loa.expires_at)


def _not_on_file(order: Order) -> str:
    """What should go with the order and nobody has given."""
    given = {evidence.kind for evidence in order.evidences}
    if "bill" not in order.policy.documents or "bill" in given:
        return ""
    return f". Its bill is not on file; `portolan evidence {order.order_id} --kind bill` adds it"


def need_signature(order: Order, cause: Cause, now: datetime, detail: str) -> None:
    """Ask for a (new) signature; nothing is sent until it is there."""
    order.loa = None
    order.letter_wanted = "port"
    order.move(State.AWAITING_SIGNATURE, cause, now, detail)
    order.open_task(TaskKind.SIGN_LOA, f"Sign the letter of authorization: {detail}", now)
    order.notify(NoticeKind.SIGNATURE_NEEDED, why=detail, signer=order.account.authorized_person)


def send(order: Order, kind: SendKind, cause: Cause, now: datetime, detail: str = "") -> None:
    """Start one more sending; each has an attempt number of its own, which is our reference at the carrier."""
    if not order.send_again:
        order.attempt += 1
    order.send_again = False
    order.send = kind
    order.foc_kept = order.foc_at if kind is SendKind.NEW_DATE else None
    order.set_foc(None, now)
    order.move(State.SUBMITTING, cause, now, detail)


def restart_chase(order: Order, now: datetime) -> None:
    """Silence counts from now, in business days at the losing carrier's desk."""
    order.chase_at = business_days_later(order, now, order.policy.carrier_silence_days)


def business_days_later(order: Order, now: datetime, days: int) -> datetime:
    """So many business days from now, at the same time of day at the losing carrier's desk."""
    here = local(now, order.policy.time_zone)
    day = add_business_days(here.date(), days, order.policy.closed_days)
    return datetime.combine(day, here.time(), here.tzinfo).astimezone(UTC)


def rejected_in_words(reasons: Sequence[Rejection]) -> str:
    """Why the order came back and what to do, for a person; what the carrier wrote about several is told once."""
    told: list[str] = []
    written: set[str] = set()
    for reason in reasons:
        told.append((reason.model_copy(update={"text": ""}) if reason.text in written else reason).in_words())
        written.add(reason.text)
    return " ".join(told) or "The carrier gave no reason; call its desk."


def ask_for_date(order: Order, cause: Cause, now: datetime, problem: str) -> None:
    """A date that nobody can honour: a person settles another one with the carrier."""
    if order.state is State.ACTION_REQUIRED:
        order.record(cause, now, problem)
    else:
        order.move(State.ACTION_REQUIRED, cause, now, problem)
    order.cure_at = None
    order.close_tasks(TaskKind.FIX_REJECTION, "superseded", now)
    order.open_task(TaskKind.CHOOSE_DATE, f"{problem} A good day to ask for: {day_in_words(good_day(order, now))}", now)
    order.notify(NoticeKind.ACTION_NEEDED, why=problem)


def correct_and_go_on(order: Order, corrections: dict[str, str], cause: Cause, now: datetime, why: str = "") -> None:
    """Take corrections; changed data is checked again and needs a new signature, unchanged data is sent again.

    `why` says what makes unchanged data worth sending again.
    """
    changed = {field: text for field, text in corrections.items() if getattr(order.account, field) != text}
    words = "; ".join(f"{field}: {getattr(order.account, field)!r} becomes {text!r}" for field, text in changed.items())
    if changed:
        order.account = order.account.model_copy(update=changed)
        order.letters.pop("rollback", None)
        order.signoffs.pop("reconciliation", None)
        order.loa = None
        order.evidence = ""
    send_next(order)
    if changed or order.state is State.AWAITING_INFORMATION:
        order.move(State.CHECKING, cause, now, words or why or "checked again as it is")
    elif order.loa_valid_at(now):
        send(order, order.send, cause, now, why or "sent again as it is")
    else:
        stale = "the signature on the LOA is missing or too old to send the order again"
        need_signature(order, cause, now, f"{why}; {stale}" if why else stale)


def good_day(order: Order, now: datetime, after: date | None = None) -> date:
    """The cutover day to ask for: outside the customer's blackout dates, and while the LOA lasts, if that can be.

    `after` is a day that was refused: a later one is asked for.
    """
    return proposals(
        now,
        order.policy,
        freezes=order.request.freezes,
        loa_expires_at=order.loa.expires_at if order.loa else None,
        wanted=after + timedelta(days=1) if after else None,
    ).recommended


def send_next(order: Order) -> None:
    """What the next sending will be: a supplement where the carrier still holds an order of ours."""
    if order.attempt:
        held = order.carrier_order_id and order.carrier_status is not CarrierStatus.CANCELLED
        order.send = SendKind.SUPPLEMENT if held else SendKind.NEW


def split_out(order: Order, numbers: Sequence[str], because: Sequence[Rejection], cause: Cause, now: datetime) -> None:
    """Let some numbers go on in an order of their own, so that the others need not wait for them."""
    about = [reason for reason in because if not reason.numbers or set(reason.numbers) & set(numbers)]
    why = "; ".join(f"{reason.code}: {reason.reason.meaning}" for reason in about)
    why = why or ("did not move" if order.activated_at else "not on the record")
    child = split_id(order.order_id, len(order.splits) + 1)
    order.retry_at = None
    order.split_off = SplitOff(order_id=child, numbers=list(numbers), why=why, because=about)
    order.record(cause, now, f"of {len(order.request.numbers)} numbers {len(numbers)} to go on as {child}: {why}")


def give_up(order: Order, note: str, cause: Cause, now: datetime) -> None:
    """End an order whose numbers cannot be ported, at the carrier first."""
    reasons = order.rejections or order.request.because
    order.cancel_reason = note or "; ".join(reason.reason.meaning for reason in reasons) or "it cannot be ported"
    order.cancelled_in, order.gave_up = order.state, True
    order.move(State.CANCELLING, cause, now, order.cancel_reason)


def release(order: Order, cause: Cause, now: datetime) -> None:
    """End the hold; the time it lasted does not count as a person's silence."""
    if order.hold:
        stood_still = now - max(order.hold.since, order.since)
        order.remind_at = order.remind_at and order.remind_at + stood_still
        order.silence_ends_at = order.silence_ends_at and order.silence_ends_at + stood_still
    order.hold = None
    order.close_tasks(TaskKind.REVIEW_HOLD, cause.by, now)
    order.close_tasks(TaskKind.CHOOSE_BRIDGE, cause.by, now)
    order.record(cause, now, "no longer on hold")
