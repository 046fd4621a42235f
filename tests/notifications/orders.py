"""Real notices: orders taken through the domain's own functions, so that facts are what production gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from portolan.domain import bridging, checking, outcomes, returning
from portolan.domain.carrier import (
    AccountData,
    BridgeAnswer,
    CarrierOrder,
    CarrierStatus,
    CsrAnswer,
    NumberStatus,
    Portability,
    Routing,
)
from portolan.domain.clocks import Clock, lapse, next_deadline
from portolan.domain.decisions import take
from portolan.domain.effects import LookUp
from portolan.domain.messages import (
    Approve,
    Cancel,
    CarrierPuzzle,
    CarrierRejected,
    CompleteTask,
    Event,
    FocConfirmed,
    Hold,
    LoaSigned,
    Resubmit,
    Rollback,
)
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.rejections import Rejection
from portolan.domain.telling import Contact, Notice, NoticeKind
from tests.domain.builders import aside, judge, looked, on_file
from tests.world import PLAIN

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
FOC = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
NUMBERS = ["+12025550143", "+12025550144", "+12025550187"]
ACCOUNT = AccountData(
    entity_name="Acme Ltd",
    authorized_person="Zoë Åkesson",
    service_address="1 Main Street, Springfield",
    postal_code="12345",
    account_number="9876543210",
)
CUSTOMER = Contact(name="Zoë Åkesson", email="zoe@customer.example")
COORDINATOR = Contact(name="Cora Dean", email="cora@porting.example")
DECIDER = Contact(name="Dieter Größ", email="dieter@customer.example")


def new_order(order_id: str = "acme-1", **changes: object) -> Order:
    """An order as it starts."""
    playbook = PLAYBOOKS["US-LOCAL"]
    request = OrderRequest(
        order_id=order_id,
        project_id="acme",
        reference="Head office",
        customer="Acme Ltd",
        account=ACCOUNT,
        numbers=NUMBERS,
        country="US",
        number_class="geographic",
        losing_carrier="Old Telco",
        gaining_carrier="simulated",
        customer_contact=CUSTOMER,
        coordinator=COORDINATOR,
        decision_maker=DECIDER,
        policy=playbook.policy().model_copy(update={**PLAIN, "closing_notice_hours": [24]}),
    )
    return Order.new(request.model_copy(update=changes), NOW)


def say(order: Order, event: Event, at: datetime = NOW) -> None:
    answer = take(order, event, at)
    assert answer.accepted, answer
    aside(order, at)


def pass_until(order: Order, clock: Clock) -> datetime:
    """Let deadlines pass, in their order, up to and including the first of that kind."""
    for _ in range(50):
        deadline = next_deadline(order)
        assert deadline is not None
        lapse(order, deadline, deadline.at)
        aside(order, deadline.at)
        if deadline.clock is clock:
            return deadline.at
    raise AssertionError(f"no {clock} in sight")


def at_carrier(status: CarrierStatus = CarrierStatus.RECEIVED) -> CarrierOrder:
    return CarrierOrder(
        carrier_order_id="SIM-1234567",
        key="acme-1:1",
        attempt=1,
        status=status,
        numbers=dict.fromkeys(NUMBERS, NumberStatus.ACTIVE),
    )


def checked(order: Order, csr: AccountData | None = ACCOUNT, stuck: str = "") -> Order:
    found = [Portability(number=number, portable=not stuck, reason=stuck) for number in order.request.numbers]
    checking.looked_up(order, LookUp(portability=found, csr=CsrAnswer(record=on_file(csr))))
    return judge(order, NOW)


def signed(order: Order) -> Order:
    say(checked(order), LoaSigned(signed_by=ACCOUNT.authorized_person, signed_on=NOW.date()))
    return order


def submitting(order: Order) -> Order:
    say(signed(order), Approve(by="Ann"))
    return order


def submitted(order: Order) -> Order:
    outcomes.sent(submitting(order), at_carrier(), NOW)
    return order


def rejected(order: Order) -> Order:
    reason = Rejection(
        code="NAME_MISMATCH", text="Name is not ours. Call (202) 555-0199 or 202.555.0143", suggestion="ACME Limited"
    )
    say(submitted(order), CarrierRejected(reasons=[reason]))
    return order


def confirmed(order: Order) -> Order:
    say(submitted(order), FocConfirmed(foc_at=FOC))
    return order


def cutting_over(order: Order) -> Order:
    pass_until(confirmed(order), Clock.CUTOVER)
    return order


def in_window(order: Order) -> Order:
    outcomes.activated(cutting_over(order), at_carrier(CarrierStatus.PORTED), FOC)
    looked(order, dict.fromkeys(order.request.numbers, NumberStatus.ACTIVE), FOC)
    return order


def rolling_back(order: Order) -> Order:
    at = FOC + timedelta(hours=1)
    say(in_window(order), Rollback(decided_by=DECIDER.name, reason="no inbound calls on 2025550143"), at)
    return order


def _not_portable(order: Order) -> None:
    checked(order, stuck="rate centre is closed")


def _loa_expiring(order: Order) -> None:
    pass_until(signed(order), Clock.LOA_WARNING)


def _signature_after_expiry(order: Order) -> None:
    pass_until(rejected(order), Clock.LOA_EXPIRY)


def _data_differs(order: Order) -> None:
    checked(order, ACCOUNT.model_copy(update={"account_number": "1234567890", "entity_name": "Acme Limited"}))


def _no_record(order: Order) -> None:
    checked(order, None)


def _reminder(order: Order) -> None:
    pass_until(checked(order), Clock.REMINDER)


def _reminder_to_correct(order: Order) -> None:
    _data_differs(order)
    pass_until(order, Clock.REMINDER)


def _expired(order: Order) -> None:
    pass_until(checked(order), Clock.CUSTOMER_SILENCE)


def _bad_date(order: Order) -> None:
    say(submitted(order), FocConfirmed(foc_at=datetime(2026, 11, 15, 15, tzinfo=UTC)))


def _date_accepted(order: Order) -> None:
    _bad_date(order)
    say(order, CompleteTask(task_id="choose-date-1", answer="accept"))


def _puzzle(order: Order) -> None:
    say(submitted(order), CarrierPuzzle(raw="JEOPARDY +1 202 555 0143\r\nBcc: all@evil.example"))


def _sent_again(order: Order) -> None:
    say(rejected(order), Resubmit(corrections={"entity_name": "ACME Limited"}))
    checked(order, ACCOUNT.model_copy(update={"entity_name": "ACME Limited"}))


def _refused(order: Order) -> None:
    outcomes.refused(submitting(order), "number 12025550143 is in another order", NOW)


def _unreachable(order: Order) -> None:
    outcomes.unreachable(submitting(order), "HTTP 503", NOW)


def _not_activated(order: Order) -> None:
    outcomes.not_activated(cutting_over(order), "the losing carrier holds the numbers", FOC)


def _cancelled(order: Order) -> None:
    say(submitted(order), Cancel(reason="moved house"))
    outcomes.cancelled(order, NOW)


def _not_cancelled(order: Order) -> None:
    say(submitted(order), Cancel(reason="moved house"))
    outcomes.not_cancelled(order, "too late", NOW)


def _chase(order: Order) -> None:
    pass_until(submitted(order), Clock.CHASE)


def _foc_changed(order: Order) -> None:
    say(confirmed(order), FocConfirmed(foc_at=FOC + timedelta(days=1)))


def _foc_missed(order: Order) -> None:
    say(confirmed(order), Hold(by="Cora", reason="customer asked"))
    pass_until(order, Clock.FOC_MISSED)


def _hold_review(order: Order) -> None:
    say(confirmed(order), Hold(by="Cora", reason="customer asked"))
    pass_until(order, Clock.HOLD_REVIEW)


def _unproven(order: Order) -> None:
    outcomes.activated(cutting_over(order), at_carrier(CarrierStatus.PORTED), FOC)
    looked(order, dict.fromkeys(order.request.numbers[1:], NumberStatus.ACTIVE), FOC)


def _closing(order: Order) -> None:
    pass_until(in_window(order), Clock.CLOSING_NOTICE)


def _completed(order: Order) -> None:
    pass_until(in_window(order), Clock.WINDOW_CLOSES)


def _completed_without_window(order: Order) -> None:
    policy = order.policy.model_copy(update={"rollback_hours": 0})
    order.request = order.request.model_copy(update={"policy": policy})
    in_window(order)


def _port_back_refused(order: Order) -> None:
    returning.refused(rolling_back(order), "Old Telco says no", FOC)


def _port_back_too_late(order: Order) -> None:
    late = FOC + timedelta(hours=76)
    returning.refused(rolling_back(order), "the time in which numbers could be returned has passed", late)


def _completed_after_a_refused_port_back(order: Order) -> None:
    _port_back_too_late(order)
    pass_until(order, Clock.WINDOW_CLOSES)


def _closing_unproven(order: Order) -> None:
    _unproven(order)
    pass_until(order, Clock.CLOSING_NOTICE)


def _cutover_missed(order: Order) -> None:
    pass_until(confirmed(order), Clock.FREEZE)
    deadline = next_deadline(order)
    assert deadline is not None
    assert deadline.clock is Clock.CUTOVER
    lapse(order, deadline, FOC + timedelta(hours=5))


def _rolled_back(order: Order) -> None:
    returning.returned(rolling_back(order), FOC + timedelta(hours=2))


def _stale(order: Order) -> None:
    outcomes.too_stale_to_send(submitting(order), NOW)


def wanting(order: Order, **policy: object) -> Order:
    """The same order, by a policy that asks for more."""
    order.request = order.request.model_copy(update={"policy": order.policy.model_copy(update=policy)})
    return order


def _red_gates(order: Order) -> None:
    pass_until(confirmed(wanting(order, runbook=["desk_staffed", "go"], gates=["desk_staffed", "go"])), Clock.RED_GATES)


def _red_at_the_date(order: Order) -> None:
    pass_until(confirmed(wanting(order, runbook=["go"], gates=["go"])), Clock.CUTOVER)


def _half_ported(order: Order) -> None:
    """The look-up is late: first a number is missing at the carrier, then the routing still points to the old one."""
    outcomes.activated(
        cutting_over(wanting(order, proof=["service", "independent"])), at_carrier(CarrierStatus.PORTED), FOC
    )
    active = dict.fromkeys(order.request.numbers, NumberStatus.ACTIVE)
    looked(order, active, FOC)
    astray = [Routing(number=number, at_gaining=False, carrier="Old Telco") for number in order.request.numbers]
    looked(order, active, FOC, astray)


def _rollback_ordered(order: Order) -> None:
    rolling_back(wanting(order, runbook=["volumes"]))


def _bridged(order: Order) -> None:
    order.bridge_first = True
    claimed = {number: f"+1202555990{index}" for index, number in enumerate(order.request.numbers)}
    answer = BridgeAnswer(claimed=claimed, forward_to="sip:acme-1@bridge.example", carries=True)
    bridging.built(checked(order), answer, NOW)


#: Every way the domain gives a notice, by name, and the kind each ends with.
def _came_back(code: str, **given: object) -> Callable[[Order], Order]:
    """An order that was sent back for that reason."""

    def tell(order: Order) -> Order:
        reason = Rejection.model_validate({"code": code, **given})
        say(submitted(order), CarrierRejected(reasons=[reason]))
        return order

    return tell


STORIES: dict[str, tuple[Callable[[Order], object], NoticeKind]] = {
    "signature needed": (checked, NoticeKind.SIGNATURE_NEEDED),
    "signature needed, LOA expired": (_signature_after_expiry, NoticeKind.SIGNATURE_NEEDED),
    "signature needed, data corrected": (_sent_again, NoticeKind.SIGNATURE_NEEDED),
    "signature needed, too stale to send": (_stale, NoticeKind.SIGNATURE_NEEDED),
    "LOA expiring": (_loa_expiring, NoticeKind.LOA_EXPIRING),
    "data differs": (_data_differs, NoticeKind.ACTION_NEEDED),
    "no record": (_no_record, NoticeKind.ACTION_NEEDED),
    "reminder to sign": (_reminder, NoticeKind.SIGNATURE_NEEDED),
    "reminder to correct": (_reminder_to_correct, NoticeKind.ACTION_NEEDED),
    "bad date": (_bad_date, NoticeKind.ACTION_NEEDED),
    "puzzle": (_puzzle, NoticeKind.ACTION_NEEDED),
    "refused": (_refused, NoticeKind.ACTION_NEEDED),
    "unreachable": (_unreachable, NoticeKind.ACTION_NEEDED),
    "not activated": (_not_activated, NoticeKind.ACTION_NEEDED),
    "not cancelled": (_not_cancelled, NoticeKind.ACTION_NEEDED),
    "chase": (_chase, NoticeKind.ACTION_NEEDED),
    "FOC missed": (_foc_missed, NoticeKind.ACTION_NEEDED),
    "cutover missed": (_cutover_missed, NoticeKind.ACTION_NEEDED),
    "hold review": (_hold_review, NoticeKind.ACTION_NEEDED),
    "red gates": (_red_gates, NoticeKind.RED_GATES),
    "red gates at the date": (_red_at_the_date, NoticeKind.RED_GATES),
    "half ported": (_half_ported, NoticeKind.HALF_PORTED),
    "rollback ordered": (_rollback_ordered, NoticeKind.ROLLBACK_ORDERED),
    "bridged": (_bridged, NoticeKind.BRIDGED),
    "unproven": (_unproven, NoticeKind.UNPROVEN),
    "port-back refused": (_port_back_refused, NoticeKind.ROLLBACK_REFUSED),
    "port-back too late": (_port_back_too_late, NoticeKind.ROLLBACK_REFUSED),
    "submitted": (submitted, NoticeKind.SUBMITTED),
    "rejected": (rejected, NoticeKind.REJECTED),
    "rejected, waits by itself": (_came_back("PENDING_ORDER"), NoticeKind.REJECTED),
    "rejected for good": (_came_back("TN_NOT_PORTABLE"), NoticeKind.REJECTED),
    "rejected without a lawful ground": (_came_back("UNPAID"), NoticeKind.ACTION_NEEDED),
    "rejected for its letter": (_came_back("LOA_STALE"), NoticeKind.SIGNATURE_NEEDED),
    "split out": (_came_back("TN_INACTIVE", numbers=NUMBERS[:1]), NoticeKind.SPLIT_OUT),
    "FOC confirmed": (confirmed, NoticeKind.FOC_CONFIRMED),
    "FOC accepted": (_date_accepted, NoticeKind.FOC_CONFIRMED),
    "FOC changed": (_foc_changed, NoticeKind.FOC_CHANGED),
    "cutover done": (in_window, NoticeKind.CUTOVER_DONE),
    "window closing": (_closing, NoticeKind.WINDOW_CLOSING),
    "window closing, numbers unproven": (_closing_unproven, NoticeKind.WINDOW_CLOSING),
    "completed": (_completed, NoticeKind.COMPLETED),
    "completed without window": (_completed_without_window, NoticeKind.COMPLETED),
    "completed, port-back refused": (_completed_after_a_refused_port_back, NoticeKind.COMPLETED),
    "cancelled": (_cancelled, NoticeKind.CANCELLED),
    "rolled back": (_rolled_back, NoticeKind.ROLLED_BACK),
    "not portable": (_not_portable, NoticeKind.NOT_PORTABLE),
    "expired": (_expired, NoticeKind.EXPIRED),
}


def notice_of(story: str, order: Order | None = None) -> Notice:
    """The last notice of a story."""
    order = order or new_order()
    tell, kind = STORIES[story]
    tell(order)
    notice = order.unsent[-1]
    assert notice.kind is kind, (story, notice.kind)
    return notice


def a_notice(kind: NoticeKind, order: Order | None = None) -> Notice:
    """A real notice of that kind."""
    return notice_of(next(story for story, (_, ends_with) in STORIES.items() if ends_with is kind), order)
