"""How a case stands, in canonical words, and what it waits for from people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portolan.carriers.desk.book import Case, Entry, Sending
from portolan.domain.carrier import CarrierOrder, CarrierStatus, NumberStatus, read_key


def order_of(case: Case, asks: Sequence[str] = ()) -> CarrierOrder:
    """The case as a carrier's GET would tell it; `asks` are whole sentences."""
    sending = case.sent or (case.sendings[-1] if case.sendings else None)
    key, attempt = (sending.key, sending.attempt) if sending else _of_id(case)
    return CarrierOrder(
        carrier_order_id=case.case_id,
        key=key,
        attempt=attempt,
        status=case.status,
        raw_status=case.raw_status,
        rejections=case.rejections,
        foc_at=case.foc_at,
        numbers={number: case.number_status.get(number, NumberStatus.PENDING) for number in case.numbers},
        activated_at=case.moved_at,
        updated_at=case.answered_at or (sending.sent_at if sending else None),
        asks=" ".join(asks),
    )


def _of_id(case: Case) -> tuple[str, int]:
    known = read_key(case.case_id)
    return case.case_id, known[1] if known else 1


def begun(case: Case, sending: Sending) -> Case:
    """The case with one more try of a sending about to leave, unless nothing is to leave under its key any more."""
    if case.settled(sending.key):
        return case
    held = case.sending(sending.key)
    if held is None:
        return case.but(sendings=[*case.sendings, sending.model_copy(update={"tries": 1})])
    return _with(case, sending.model_copy(update={"tries": held.tries + 1}))


def taken_back(case: Case, key: str) -> Case:
    """The case after a try of which surely nothing left."""
    held = case.sending(key)
    return _with(case, held.model_copy(update={"tries": held.tries - 1})) if held else case


def _with(case: Case, sending: Sending) -> Case:
    return case.but(sendings=[sending if one.key == sending.key else one for one in case.sendings])


def never_sent(case: Case, now: datetime) -> Case:
    """The case closed as cancelled, if nothing of it can have left: nobody has to confirm that."""
    if case.at_desk or case.closed_at:
        return case
    return case.but(status=CarrierStatus.CANCELLED, raw_status="nothing was sent", closed_at=now, touched_at=now)


def sent_anew(case: Case, sending: Sending, numbers: Sequence[str], raw_status: str) -> Case:
    """The case once a sending has left: what was answered before answers it no longer.

    Where it was known already that it has, or the case is closed, what people entered since stays.
    """
    assert sending.sent_at is not None  # noqa: S101 - the caller says when it left
    if case.settled(sending.key):
        return case
    return _with(case, sending).but(
        numbers=list(numbers),
        status=CarrierStatus.RECEIVED,
        raw_status=raw_status,
        rejections=[],
        foc_at=None,
        number_status={},
        question="",
        answered_at=None,
        withdrawn_at=None,
        last_answer="",
        spoke_at=sending.sent_at,
        touched_at=sending.sent_at,
    )


def asked_of_people(case: Case, entries: Sequence[Entry], desk: str) -> list[str]:
    """What people have to do for a case, a sentence each; `desk` is what the carrier's desk is called.

    The words stay the same for as long as the same is to be done.
    """
    order_id = case.order_id
    asks = []
    if case.question:
        asks.append(f'{desk} asks: "{case.question}". Answer with `portolan desk say {order_id} TEXT`.')
    unread = [entry for entry in entries if entry.waits and entry.from_carrier]
    if unread:
        asks.append(
            f"{desk} wrote on {unread[-1].at:%Y-%m-%d %H:%M} UTC: read it with `portolan desk show {order_id}` and "
            f"enter what it comes to with `portolan desk answer {order_id}`."
        )
    if any(entry.waits and not entry.from_carrier for entry in entries):
        asks.append(hand_over(case, desk))
    missing = [f"{paper.filename} ({paper.kind})" for paper in case.papers if not paper.uploaded]
    if missing:
        asks.append(
            f"Upload {', '.join(missing)} at the link that {desk} sends in the case, then enter "
            f"`portolan desk uploaded {order_id}`."
        )
    return asks


def hand_over(case: Case, desk: str) -> str:
    """What a person does with a text that waits, in a sentence."""
    named = "" if case.external_id else " --case ID"
    return (
        f"Hand the text that `portolan desk show {case.order_id}` prints to {desk}, then enter "
        f"`portolan desk posted {case.order_id}{named}`."
    )
