"""A gaining carrier in memory that notes whatever must never be asked of it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from portolan.domain.carrier import (
    AccountData,
    BridgeAnswer,
    CarrierOrder,
    CarrierStatus,
    Consent,
    NumberStatus,
    SendKind,
    send_key,
)
from portolan.domain.order import Order
from portolan.domain.readiness import activate_until, barred
from portolan.domain.rejections import Rejection
from portolan.domain.returning import give_up_at, stage_until
from tests.domain.builders import DAY


class Unreachable(Exception):
    """The call came to nothing, or nobody knows to what."""


class Refused(Exception):
    """The carrier will not."""


class Sending(NamedTuple):
    """What went out under one key."""

    key: str
    kind: SendKind
    account: AccountData


class Carrier:
    """Calls end by `way`: "" well, "down" or "lost_request" without effect, "lost_answer" after it, or "refuse"."""

    def __init__(self, numbers: list[str]) -> None:
        self.numbers = numbers
        self.orders: dict[str, list[Sending]] = {}
        self.status = CarrierStatus.RECEIVED
        self.updated_at: datetime | None = None
        self.foc_at: datetime | None = None
        self.rejections: list[Rejection] = []
        self.activated_at: datetime | None = None
        self.cancelled = self.returned = False
        self.configured = self.bridged = False
        self.asked: set[str] = set()
        self.stuck: set[str] = set()
        self.broken: list[str] = []

    def configure(self, way: str) -> None:
        if way in {"down", "lost_request"}:
            raise Unreachable("no answer")
        if way == "refuse":
            raise Refused("no such contact flow")
        self._note(self.returned, "configured after the return")
        self.configured = True
        if way == "lost_answer":
            raise Unreachable("no answer in time")

    def unconfigure(self, way: str) -> None:
        if way in {"down", "lost_request"}:
            raise Unreachable("no answer")
        self.configured = False

    def build_bridge(self, order: Order, way: str) -> BridgeAnswer:
        if way in {"down", "lost_request"}:
            raise Unreachable("no answer")
        if way == "refuse" and not self.bridged:
            raise Refused("no numbers left")
        carries, self.bridged = self.bridged, True
        if way == "lost_answer":
            raise Unreachable("no answer in time")
        claimed = {number: f"+999{index}" for index, number in enumerate(order.request.numbers)}
        return BridgeAnswer(claimed=claimed, forward_to="sip:x@bridge.example", carries=carries)

    def remove_bridge(self, way: str) -> None:
        if way in {"down", "lost_request"}:
            raise Unreachable("no answer")
        self.bridged = False

    def submit(self, order: Order, now: datetime, way: str) -> CarrierOrder:
        """As the activity: look under the key first, then send."""
        if way in {"down", "lost_request"}:
            raise Unreachable("no answer")
        sending = Sending(send_key(order.order_id, order.attempt), order.send, order.account)
        earlier = next((s for sent in self.orders.values() for s in sent if s.key == sending.key), None)
        if earlier:
            self._note(earlier != sending, f"{sending.key} again with other content: {earlier} and {sending}")
            return self._view()
        renewed = order.send is SendKind.NEW or order.carrier_order_id is None
        if way == "refuse" or (self.cancelled and not renewed):
            raise Refused("not like this")
        self._note(order.send is not SendKind.NEW_DATE and not order.loa_valid_at(now), f"{sending.key}: stale LOA")
        self._note(not order.approved_by, f"{sending.key}: nobody approved")
        self._note(bool(self.activated_at), f"{sending.key} after the cutover")
        if renewed:
            self._note(bool(self.orders) and not self.cancelled, f"{sending.key} made a second order")
            self._note(order.send is SendKind.NEW_DATE, f"{sending.key}: a new date for no order")
            self.orders[f"C-{len(self.orders) + 1}"] = [sending]
            self.cancelled = False
        else:
            assert order.carrier_order_id
            self.orders[order.carrier_order_id].append(sending)
        self.status, self.updated_at, self.foc_at, self.rejections = CarrierStatus.RECEIVED, now, None, []
        if way == "lost_answer":
            raise Unreachable("no answer in time")
        return self._view()

    def get(self, way: str) -> CarrierOrder:
        if way in {"down", "lost_request", "lost_answer"}:
            raise Unreachable("no answer")
        return self._view()

    def cancel(self, order: Order, way: str) -> None:
        if way in {"down", "lost_request"}:
            raise Unreachable("no answer")
        if not self.orders or self.cancelled:
            return
        if way == "refuse":
            raise Refused("too late to cancel")
        self._note(bool(self.activated_at), "cancelled after the cutover")
        self.cancelled = True
        if way == "lost_answer":
            raise Unreachable("no answer in time")

    def activate(self, order: Order, now: datetime, way: str) -> CarrierOrder:
        if way in {"down", "lost_request"}:
            raise Unreachable("no answer")
        if not self.activated_at:
            if way == "refuse" or self.cancelled or self.status is CarrierStatus.REJECTED:
                raise Refused("the losing carrier holds the numbers")
            if self.foc_at and self.foc_at > now:
                raise Refused("the FOC has not come")
            assert order.foc_at is not None
            if now >= activate_until(order):
                raise Refused("the FOC has passed unattended")
            self._note(now < order.foc_at, "activated before the FOC")
            self._note(bool(barred(order)), f"activated at red gates: {barred(order)}")
            self.activated_at = now
            self.stuck = set(order.request.numbers[:1]) if len(self.orders) > 1 or way == "lost_answer" else set()
        elif way == "":
            self.stuck = set()
        if way == "lost_answer":
            raise Unreachable("no answer in time")
        return self._view()

    def port_back(self, order: Order, now: datetime, way: str) -> CarrierOrder:
        """As the activity: numbers that are back stay so; else not after its time. It answers at the second asking."""
        asked = order.returns[-1]
        until = stage_until(order, asked.stage)
        self._note(not self.activated_at, "ported back what had not moved")
        self._note(
            not (asked.inadvertent or (until and asked.decided_at < until)),
            f"ported back, decided {asked.decided_at}, {asked.stage} until {until}",
        )
        self._note(order.policy.rollback_hours == 0 and not asked.inadvertent, "ported back where there is no return")
        if way in {"down", "lost_request"}:
            raise Unreachable("no answer")
        if now >= give_up_at(order, asked) and not self.returned and asked.stage not in self.asked:
            raise Refused("too late")
        first = asked.stage not in self.asked
        self.asked.add(asked.stage)
        if way == "refuse" and not self.returned:
            return self._view().model_copy(update={"consent": Consent.REFUSED, "consent_why": "reassigned"})
        if first and not self.returned and way != "lost_answer":
            return self._view().model_copy(update={"consent": Consent.REQUESTED})
        self.returned = True
        if way == "lost_answer":
            raise Unreachable("no answer in time")
        return self._view()

    def decide(self, status: CarrierStatus, now: datetime, code: str = "PORT_LOCK") -> None:
        """The losing carrier answers, or the gaining one withdraws the order by itself."""
        self.cancelled |= status is CarrierStatus.CANCELLED
        self.status, self.updated_at = status, now
        self.foc_at = now + 3 * DAY if status is CarrierStatus.FOC_CONFIRMED else None
        self.rejections = [Rejection(code=code)] if status is CarrierStatus.REJECTED else []

    def _note(self, broken: bool, what: str) -> None:
        if broken:
            self.broken.append(what)

    def _view(self) -> CarrierOrder:
        carrier_order_id, sendings = list(self.orders.items())[-1]
        where, status = NumberStatus.PENDING, CarrierStatus.CANCELLED if self.cancelled else self.status
        if self.returned:
            where, status = NumberStatus.RETURNED, CarrierStatus.PORTED_BACK
        elif self.activated_at:
            where, status = NumberStatus.ACTIVE, CarrierStatus.PORTED
        numbers = {number: NumberStatus.FAILED if number in self.stuck else where for number in self.numbers}
        return CarrierOrder(
            carrier_order_id=carrier_order_id,
            key=sendings[-1].key,
            attempt=int(sendings[-1].key.rsplit(":", 1)[1]),
            status=status,
            rejections=self.rejections,
            foc_at=self.foc_at,
            numbers=numbers,
            activated_at=self.activated_at,
            updated_at=self.updated_at,
        )
