"""Orders in any state, taken there by the domain's own functions, and one good message of every kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.knowledge import judge_account, judge_rejection
from portolan.domain import bridging, checking, cures, outcomes, proving, returning
from portolan.domain.carrier import (
    AccountData,
    BridgeAnswer,
    CarrierOrder,
    CarrierStatus,
    CsrAnswer,
    CsrRecord,
    MessagingStatus,
    NumberStatus,
    Portability,
    Routing,
)
from portolan.domain.clocks import Clock, Deadline, lapse, next_deadline
from portolan.domain.decisions import Answer, take
from portolan.domain.effects import Judging, Look, LookUp, Rejected
from portolan.domain.messages import Event, read
from portolan.domain.order import Order
from portolan.domain.port_backs import Proposal
from portolan.domain.states import AFTER_ACTIVATION, State
from portolan.domain.tasks import Task, TaskKind
from portolan.domain.telling import AuditEntry, NoticeKind
from tests.world import ACCOUNT, ADA, BOSS, COORDINATOR, request

#: A Monday, ten in the morning in New York.
NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
#: The Tuesday two weeks later.
FOC = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def new(now: datetime = NOW, **given: Any) -> Order:
    given.setdefault("numbers", ["+12125550143", "+12125550144"])
    return Order.new(request("order-1", **given), now)


def say(order: Order, kind: str, now: datetime = NOW, **fields: Any) -> Answer:
    """A message; it has to be accepted."""
    answer = take(order, read(kind, fields), now)
    assert answer.accepted, answer
    aside(order, now)
    return answer


def try_to_say(order: Order, kind: str, now: datetime = NOW, **fields: Any) -> Answer:
    return take(order, read(kind, fields), now)


def answer(order: Order, kind: TaskKind, reply: str, now: datetime = NOW, **fields: Any) -> Answer:
    """An answer to the open task of that kind."""
    return say(order, "complete_task", now, task_id=task(order, kind).task_id, answer=reply, by="Charles", **fields)


def task(order: Order, kind: TaskKind) -> Task:
    """The open task of that kind: there has to be exactly one."""
    (found,) = [task for task in order.open_tasks if task.kind is kind]
    return found


def open_kinds(order: Order) -> list[TaskKind]:
    return [task.kind for task in order.open_tasks]


def last(order: Order) -> AuditEntry:
    return order.unpublished[-1]


def notices(order: Order) -> list[NoticeKind]:
    return [notice.kind for notice in order.unsent]


def deadline(order: Order) -> Deadline:
    found = next_deadline(order)
    assert found is not None
    return found


def let_pass(order: Order, clock: Clock) -> datetime:
    """Let deadlines pass in their order, up to and including the first of that kind."""
    for _ in range(60):
        due = deadline(order)
        lapse(order, due, due.at)
        aside(order, due.at)
        if due.clock is clock:
            return due.at
    raise AssertionError(f"no {clock} in sight")


def held(order: Order, status: CarrierStatus = CarrierStatus.RECEIVED, **given: Any) -> CarrierOrder:
    """The carrier's view of the order."""
    fields: dict[str, Any] = {
        "carrier_order_id": order.carrier_order_id or "C-1",
        "key": f"{order.order_id}:{order.attempt}",
        "attempt": order.attempt,
        "status": status,
        "numbers": dict.fromkeys(order.request.numbers, NumberStatus.ACTIVE),
    }
    return CarrierOrder(**{**fields, **given})


def on_file(account: AccountData | None) -> CsrRecord | None:
    """The account as the losing carrier's record."""
    return CsrRecord.model_validate(account.model_dump()) if account else None


def check(order: Order, csr: AccountData | None = ACCOUNT, now: datetime = NOW, stuck: str = "") -> Order:
    """Look everything up and judge it."""
    found = [Portability(number=number, portable=not stuck, reason=stuck) for number in order.request.numbers]
    checking.looked_up(order, LookUp(portability=found, csr=CsrAnswer(record=on_file(csr))))
    return judge(order, now)


def judge(order: Order, now: datetime = NOW) -> Order:
    """As the workflow does: compare with the record, go on or ask."""
    checking.checked(order, judge_account(Judging.of(order)), now)
    return aside(order, now)


def aside(order: Order, now: datetime) -> Order:
    """As the workflow does, before anything else: cure a rejection, split numbers out, render a letter."""
    if order.unjudged:
        cures.judged(order, judge_rejection(Rejected.of(order, now)), now)
    if order.split_off:
        cures.split_done(order, now)
    if order.letter_wanted:
        outcomes.rendered(order, "ab" * 32, now)
    return order


def sign(order: Order, now: datetime = NOW, **fields: Any) -> Order:
    say(order, "loa_signed", now, **{"signed_by": ADA.name, "signed_on": str(now.date()), **fields})
    return order


def differs(order: Order) -> Order:
    return check(order, ACCOUNT.model_copy(update={"entity_name": "Acme Manufacturing Ltd"}))


def approvable(order: Order) -> Order:
    return sign(check(order))


def submitting(order: Order) -> Order:
    say(approvable(order), "approve", by="Charles")
    return order


def submitted(order: Order) -> Order:
    outcomes.sent(submitting(order), held(order), NOW)
    return order


def rejected(order: Order, **rejection: Any) -> Order:
    say(submitted(order), "carrier_rejected", reasons=[{"code": "NAME_MISMATCH", **rejection}])
    return order


def confirmed(order: Order) -> Order:
    say(submitted(order), "foc_confirmed", foc_at=FOC)
    return order


def ready(order: Order) -> Order:
    let_pass(confirmed(order), Clock.FREEZE)
    return order


def cutting_over(order: Order) -> Order:
    let_pass(confirmed(order), Clock.CUTOVER)
    return order


def verifying(order: Order) -> Order:
    outcomes.activated(cutting_over(order), held(order, CarrierStatus.PORTED), FOC)
    return order


def looked(order: Order, numbers: dict[str, NumberStatus], now: datetime, routing: Sequence[Routing] = ()) -> None:
    """Proof was looked for, and this was found."""
    proving.looked(order, Look(numbers=numbers, routing=list(routing)), now)


def in_window(order: Order) -> Order:
    looked(verifying(order), dict.fromkeys(order.request.numbers, NumberStatus.ACTIVE), FOC)
    return order


def roll_back(order: Order, now: datetime = FOC + HOUR, **fields: Any) -> Order:
    say(order, "rollback", now, **{"decided_by": BOSS.name, "reason": "no inbound calls", **fields})
    return order


def rolling_back(order: Order) -> Order:
    return roll_back(in_window(order))


def cancelling(order: Order) -> Order:
    say(submitted(order), "cancel", reason="campaign moved", by="Charles")
    return order


def completed(order: Order) -> Order:
    let_pass(in_window(order), Clock.WINDOW_CLOSES)
    return order


def cancelled(order: Order) -> Order:
    outcomes.cancelled(cancelling(order), NOW)
    return order


def rolled_back(order: Order) -> Order:
    returning.returned(rolling_back(order), FOC + HOUR)
    return order


def expired(order: Order) -> Order:
    let_pass(check(order), Clock.CUSTOMER_SILENCE)
    return order


def bridging_order(order: Order) -> Order:
    order.bridge_first = True
    return check(order)


def bridged(order: Order) -> Order:
    claimed = {number: f"+9990000000{index}" for index, number in enumerate(order.request.numbers)}
    answer = BridgeAnswer(claimed=claimed, forward_to="sip:order-1@bridge.example", carries=True)
    bridging.built(bridging_order(order), answer, NOW)
    return order


def independently(order: Order) -> Order:
    """The order's policy asks for more than the carrier's word."""
    order.request.policy = order.policy.model_copy(update={"proof": ["service", "independent"]})
    return order


def partially_active(order: Order) -> Order:
    cutting_over(independently(order))
    first, *rest = order.request.numbers
    numbers = {first: NumberStatus.FAILED, **dict.fromkeys(rest, NumberStatus.ACTIVE)}
    outcomes.activated(order, held(order, CarrierStatus.PORTED, numbers=numbers), FOC)
    return order


def settling(order: Order) -> Order:
    in_window(order)
    order.messaging = dict.fromkeys(order.request.numbers, MessagingStatus.PENDING)
    order.messaging_at = FOC + 80 * HOUR
    let_pass(order, Clock.WINDOW_CLOSES)
    return order


#: How an order gets into each state; `order.since` is the moment it got there.
WAYS: dict[State, Callable[[Order], Order]] = {
    State.CHECKING: lambda order: order,
    State.AWAITING_INFORMATION: differs,
    State.BRIDGING: bridging_order,
    State.BRIDGED: bridged,
    State.AWAITING_SIGNATURE: check,
    State.AWAITING_APPROVAL: approvable,
    State.SUBMITTING: submitting,
    State.SUBMITTED: submitted,
    State.ACTION_REQUIRED: rejected,
    State.FOC_CONFIRMED: confirmed,
    State.READY: ready,
    State.CUTTING_OVER: cutting_over,
    State.PARTIALLY_ACTIVE: partially_active,
    State.VERIFYING: verifying,
    State.ROLLBACK_WINDOW: in_window,
    State.ROLLING_BACK: rolling_back,
    State.SETTLING: settling,
    State.CANCELLING: cancelling,
    State.COMPLETED: completed,
    State.CANCELLED: cancelled,
    State.ROLLED_BACK: rolled_back,
    State.NOT_PORTABLE: lambda order: check(order, stuck="rate centre closed"),
    State.EXPIRED: expired,
}


def order_in(state: State, **given: Any) -> Order:
    order = WAYS[state](new(**given))
    assert order.state is state
    return order


#: One good message of each kind. Where it is not accepted, the state is why.
GOOD: dict[str, Callable[[Order, datetime], dict[str, Any]]] = {
    "loa_signed": lambda order, now: {"signed_by": ADA.name, "signed_on": str(now.date())},
    "carrier_approved": lambda order, now: {"attempt": order.attempt},
    "carrier_rejected": lambda order, now: {"reasons": ["ADDRESS_MISMATCH"]},
    "foc_confirmed": lambda order, now: {"foc_at": FOC + 7 * DAY},
    "carrier_activity": lambda order, now: {},
    "carrier_puzzle": lambda order, now: {"raw": "JEOPARDY"},
    "give_evidence": lambda order, now: {"by": "Charles", "evidence": "portal_screenshot"},
    "approve": lambda order, now: {"by": "Charles"},
    "sign_off": lambda order, now: {
        "by": "Charles",
        "items": ["volumes" if order.state in AFTER_ACTIVATION else "desk_staffed"],
    },
    "override_gates": lambda order, now: {"decided_by": BOSS.email, "reason": "tested by hand"},
    "cut_over": lambda order, now: {"by": COORDINATOR.name},
    "reschedule": lambda order, now: {"by": "Charles", "reason": "in print", "foc_on": FOC.date() + 7 * DAY},
    "test_calls": lambda order, now: {
        "by": "Charles",
        "results": [{"number": order.request.numbers[0], "origin": "mobile", "checks": {"ringback": "passed"}}],
    },
    "confirm": lambda order, now: {"by": COORDINATOR.email},
    "resubmit": lambda order, now: {"by": "Charles", "corrections": {"postal_code": "02111"}},
    "rollback": lambda order, now: {
        "decided_by": BOSS.email,
        "reason": "no inbound calls",
        "inadvertent": order.state is State.SETTLING,
    },
    "cancel": lambda order, now: {"by": "Charles", "reason": "campaign moved"},
    "hold": lambda order, now: {"by": "Charles", "reason": "in print", "until": now + DAY},
    "release": lambda order, now: {"by": "Charles"},
    "complete_task": lambda order, now: {"by": "Charles", "task_id": "read-message-1", "answer": "acknowledged"},
}


def fit(kind: str, order: Order) -> Order:
    """What a good message of that kind needs beside the state."""
    if kind in {"sign_off", "override_gates"}:
        order.request.policy = order.policy.model_copy(
            update={"runbook": ["desk_staffed", "volumes"], "gates": ["desk_staffed"]}
        )
        order.foc_settled_at = None
    if kind in {"override_gates", "cut_over"} and order.state in {State.FOC_CONFIRMED, State.READY}:
        order.foc_at = order.since
    if kind == "sign_off" and order.foc_at:
        order.foc_at = order.since + DAY
    if kind == "reschedule":
        order.request.policy = order.policy.model_copy(update={"supplements": True})
    if kind == "cut_over":
        order.request.activation = "on_demand"
        order.held_since = order.since
    if kind == "confirm":
        order.request.second_person = COORDINATOR
        overriding = order.state in {State.FOC_CONFIRMED, State.READY}
        fit("override_gates", order) if overriding else None
        order.proposal = Proposal(
            kind="override_gates" if overriding else "rollback", by=BOSS.name, reason="no calls", at=order.since
        )
    if kind == "rollback" and order.state is State.SETTLING:
        order.request.policy = order.policy.model_copy(update={"inadvertent_unlimited": True})
    return order


def good(kind: str, order: Order, now: datetime, **fields: Any) -> Event:
    return read(kind, {"event_id": f"e-{kind}", **GOOD[kind](order, now), **fields})


__all__ = ["ACCOUNT", "ADA", "BOSS", "COORDINATOR"]
