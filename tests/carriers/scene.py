"""An order for the simulated carrier, and a clock that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portolan.carriers.simulated import SimulatedCarrier
from portolan.domain.carrier import PortBack, SendKind, Submission
from tests.world import ACCOUNT

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday
NUMBERS = ["+12125550001", "+12125550002"]
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def submission(attempt: int = 1, kind: SendKind = SendKind.NEW, carrier_order_id: str | None = None) -> Submission:
    return Submission(
        key=f"o1:{attempt}",
        order_id="o1",
        attempt=attempt,
        kind=kind,
        carrier_order_id=carrier_order_id,
        numbers=NUMBERS,
        account=ACCOUNT,
        losing_carrier="Old Telco",
    )


def back(carrier_order_id: str, stage: str = "snapback") -> PortBack:
    return PortBack(
        key=f"o1:port-back:{stage}",
        order_id="o1",
        carrier_order_id=carrier_order_id,
        decided_by="Grace",
        reason="dead air",
        decided_at=START,
        stage=stage,
        not_after=START + 80 * HOUR,
    )


def moved(carrier: SimulatedCarrier) -> str:
    """The carrier's name of an order that was activated just now."""
    return carrier.activate(carrier.submit(submission()).carrier_order_id).carrier_order_id
