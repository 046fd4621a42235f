"""Judging an order before anything is sent: every fault and every question at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portolan.domain import bridging
from portolan.domain.carrier import NumberStatus
from portolan.domain.effects import Judgement, LookUp
from portolan.domain.moves import give_up, go_on_signed, need_signature
from portolan.domain.order import Cause, Evidence, Order
from portolan.domain.reconciliation import Severity
from portolan.domain.refusals import main_ports
from portolan.domain.settling import bridge_open
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind

#: So many numbers are named in a text; the others are in the read model.
NAMED = 5


def looked_up(order: Order, found: LookUp) -> None:
    """Keep what portability check and CSR request brought; `checked` judges it.

    Where the losing carrier supplies no record, the one that came with the request stands in; where it does, both
    count. A billing number that was left out is the record's.
    """
    portability, csr = found.portability, found.csr
    order.csr, order.csr_unavailable = (
        csr.record,
        "" if csr.record else csr.reason or "the losing carrier supplies none",
    )
    request = order.request
    if order.csr is None and request.csr:
        order.csr = request.csr
        given = Evidence(kind="csr", by=request.coordinator.name, given_at=order.created_at, note="with the request")
        order.evidences.append(given)
    elif order.csr != request.csr:
        order.csr_given = request.csr
    if order.csr and order.csr.btn and not order.account.btn:
        order.account = order.account.model_copy(update={"btn": order.csr.btn})
    order.number_status = {
        number.number: NumberStatus.PENDING if number.portable else NumberStatus.FAILED for number in portability
    }
    stuck = [f"{number.number}: {number.reason or 'not portable'}" for number in portability if not number.portable]
    order.outcome = "; ".join(stuck[:NAMED])
    if len(stuck) > NAMED:
        order.outcome = f"{len(stuck)} of {len(portability)} numbers, the first being {order.outcome}"


def checked(order: Order, judgement: Judgement, now: datetime) -> None:
    """Go on to the signature, or ask people for everything that stands in the way."""
    cause = Cause("checked", "portolan", now)
    if not order.policy.portable or order.outcome:
        order.outcome = order.policy.not_portable_why or order.outcome
        if order.attempt or bridge_open(order):
            give_up(order, order.outcome, cause, now)
            return
        order.move(State.NOT_PORTABLE, cause, now, order.outcome)
        order.notify(NoticeKind.NOT_PORTABLE, why=order.outcome)
        return
    # Whoever vouches for the data vouches for its writing, not for a box to be a place where lines end.
    vouched = bool(order.evidence)
    order.differences = [one for one in judgement.differences if not vouched or one.category == "PO_BOX"]
    order.left, order.unknown, order.main_number = judgement.left, judgement.unknown, judgement.main_number
    asked = list(_questions(order))
    if asked:
        words = " ".join(text for _, text in asked)
        order.move(State.AWAITING_INFORMATION, cause, now, words)
        for kind, text in asked:
            order.open_task(kind, text, now)
        order.notify(NoticeKind.ACTION_NEEDED, why=words.rstrip("."))
    elif order.bridge_first:
        bridging.begin(order, cause, now, "the bridge comes first, the port is a second step")
    elif order.loa_valid_at(now):
        go_on_signed(order, cause, now, "the signed LOA still covers the order")
    else:
        matches = "portable, and the account data matches the record"
        detail = f"portable; {order.evidence}" if order.evidence else matches
        need_signature(order, cause, now, detail)


def _questions(order: Order) -> Iterator[tuple[TaskKind, str]]:
    """What a person has to settle, each with the task that asks for it."""
    found = [difference for difference in order.differences if difference.severity is not Severity.INFO]
    # Numbers that stay on the account are asked about below: they are a decision, not a mistake.
    found = [difference for difference in found if difference.category != "TN_MISSING"]
    if found:
        verdict = "Would be rejected as it stands." if any(one.blocking for one in found) else "May be rejected."
        yield TaskKind.CORRECT_DATA, f"{verdict} {'; '.join(one.in_words() for one in found)}"
    if order.csr is None and not order.evidence:
        yield TaskKind.GIVE_EVIDENCE, f"No customer service record: {order.csr_unavailable}"
    unsaid = not order.remaining or (order.remaining == "keep" and main_ports(order) and not order.new_btn)
    if order.left and unsaid:
        yield TaskKind.CONFIRM_REMAINING, _what_stays(order)
    if order.request.because and not order.cured:
        words = "; ".join(reason.in_words() for reason in order.request.because)
        yield TaskKind.CURE_NUMBERS, f"Split out of {order.request.split_from}. {words}"


def _what_stays(order: Order) -> str:
    named = ", ".join(order.left[:NAMED]) + (", ..." if len(order.left) > NAMED else "")
    words = f"A partial port: {len(order.left)} more on the account ({named}). Are they kept or do they cease?"
    if main_ports(order):
        words += f" {order.main_number} is the account's main number: name the new one in the note if they are kept."
    return words
