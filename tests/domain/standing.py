"""Orders in any state and at any moment of their life, put there by hand: what they show depends on fields alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from portolan.domain.carrier import Consent, MessagingStatus, NumberStatus, Routing
from portolan.domain.order import Loa, Order
from portolan.domain.port_backs import Asked, ReturnStage
from portolan.domain.runbook import Override, SignOff
from portolan.domain.states import BEFORE_CUTOVER, State
from portolan.domain.telling import AuditEntry
from portolan.domain.testcalls import CallResult
from tests.domain.builders import FOC, HOUR, NOW, new

MINUTE = timedelta(minutes=1)
#: States in which no carrier has heard of the order.
UNSENT = frozenset(
    {
        State.CHECKING,
        State.AWAITING_INFORMATION,
        State.BRIDGING,
        State.BRIDGED,
        State.AWAITING_SIGNATURE,
        State.AWAITING_APPROVAL,
        State.NOT_PORTABLE,
        State.EXPIRED,
    }
)
MOVED = frozenset(State) - BEFORE_CUTOVER - {State.CUTTING_OVER, State.CANCELLED, State.NOT_PORTABLE, State.EXPIRED}
DATED = MOVED | {State.FOC_CONFIRMED, State.READY, State.CUTTING_OVER}


def standing(
    state: State, policy: dict[str, Any] | None = None, request: dict[str, Any] | None = None, **given: Any
) -> Order:
    """An order in a state, with what an order in it has; `given` replaces its fields."""
    order = new(policy=policy or {}, **(request or {}))
    fields: dict[str, Any] = {"state": state}
    if state not in UNSENT:
        fields |= {"attempt": 1, "carrier_order_id": "C-1", "approved_by": "Charles"}
        fields["loa"] = Loa(signed_by="Ada Byron", signed_on=NOW.date(), expires_at=NOW + timedelta(days=30))
    if state in DATED:
        fields |= {"foc_at": FOC, "foc_settled_at": NOW}
    if state in MOVED:
        fields["activated_at"] = FOC
        fields["rollback_until"] = FOC + timedelta(hours=order.policy.rollback_hours)
        fields["number_status"] = dict.fromkeys(order.request.numbers, NumberStatus.ACTIVE)
    return order.model_copy(update=fields | given)


def proven(state: State = State.ROLLBACK_WINDOW, **given: Any) -> Order:
    """An order whose numbers were proven an hour after they moved."""
    return standing(
        state,
        **{
            "proven_at": FOC + HOUR,
            "proof": ["the carrier has all 2 in service", "routing look-up: all 2 at simulated"],
            **given,
        },
    )


def refused(stage: ReturnStage, **given: Any) -> Asked:
    """A return that the losing carrier refused."""
    fields: dict[str, Any] = {
        "stage": stage,
        "by": "Grace Hopper",
        "reason": "no inbound calls",
        "decided_at": FOC + HOUR,
        "told_at": FOC + 2 * HOUR,
        "consent": Consent.REFUSED,
        "why": "the number was given to somebody else",
    }
    return Asked(**{**fields, **given})


class Filed(NamedTuple):
    kind: str
    sha256: str
    filename: str
    stored_at: datetime
    stored_by: str = "Cora"


def filed(kind: str, letter: str, at: datetime, name: str = "paper.pdf") -> Filed:
    """A document on record whose hash is that letter 64 times."""
    return Filed(kind, letter * 64, name, at)


def eventful() -> Order:
    """A completed order in whose life everything happened that a certificate shows."""
    first, second = "+12125550143", "+12125550144"
    routing = {
        number: Routing(number=number, at_gaining=True, carrier="Bright Voice", spid="6214", lrn="+12125550000")
        for number in (first, second)
    }
    return proven(
        State.COMPLETED,
        policy={
            "test_slots": [0, 15],
            "test_checks": ["ringback", "two_way_audio"],
            "gates": ["go", "legacy_test"],
            "runbook": ["go", "legacy_test"],
        },
        since=FOC + 73 * HOUR,
        outcome="Ported; the rollback window closed.",
        routing=routing,
        messaging=dict.fromkeys(routing, MessagingStatus.SETTLED),
        calls=[
            CallResult(
                number=first, origin="mobile", checks={"ringback": "passed"}, at=FOC + MINUTE, by="Cora", note="clear"
            ),
            CallResult(number=second, origin="voip", checks={"ringback": "busy"}, at=FOC + 16 * MINUTE, by="dialer"),
        ],
        signoffs={"go": SignOff(item="go", by="Grace Hopper", at=FOC - 20 * HOUR, note="go", foc_at=FOC)},
        override=Override(items=["legacy_test"], by="Grace Hopper", reason="line is dead", at=FOC - HOUR, foc_at=FOC),
        go_by="Grace Hopper",
        returns=[refused(ReturnStage.SNAPBACK)],
    )


def trail() -> list[AuditEntry]:
    """A few lines of an audit trail, as `eventful` would have left them."""
    steps = (
        ("approve", "Charles", NOW + HOUR, State.AWAITING_APPROVAL, State.SUBMITTING),
        ("submitted", "portolan", NOW + 2 * HOUR, State.SUBMITTING, State.SUBMITTED),
        ("submitted", "portolan", NOW + 9 * HOUR, State.SUBMITTING, State.SUBMITTED),
        ("foc_confirmed", "carrier", NOW + 20 * HOUR, State.SUBMITTED, State.FOC_CONFIRMED),
    )
    return [
        AuditEntry(
            sequence=number,
            kind=kind,
            by=by,
            occurred_at=at,
            recorded_at=at + MINUTE,
            state_before=before,
            state_after=after,
            detail="",
        )
        for number, (kind, by, at, before, after) in enumerate(steps, 1)
    ]


#: When certificates of these orders are issued.
ISSUED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
