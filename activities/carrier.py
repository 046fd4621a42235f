"""Calls to gaining carriers: each looks before it acts, so that repeating it is harmless."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.cutover import CutoverActivities
from activities.failures import reported, too_late
from portolan.carriers.base import CallTester, GainingCarrier
from portolan.domain.carrier import CarrierOrder, CarrierStatus, NumberStatus, Paper, PortBack, Submission
from portolan.domain.effects import CarrierCall, Failure, LookUp
from portolan.domain.errors import CarrierRefused
from portolan.domain.foc import in_words
from portolan.records.papers import Secret

#: Orders that the carrier itself would not move now.
NOT_READY = frozenset({CarrierStatus.REJECTED, CarrierStatus.CANCELLED, CarrierStatus.UNKNOWN})


def server_clock() -> datetime:
    """The moment this try began by Temporal's clock, which a rehearsal moves ahead of the wall's."""
    return activity.info().started_time if activity.in_activity() else datetime.now(UTC)


class Gate(Protocol):
    """Whether an account is on hold, whose turn it is afterwards, and which carrier order answers which sending."""

    def may_send(self, carrier: str, order_id: str, now: datetime) -> str:
        """Empty, or why the order has to wait; it then has its place among those that wait."""
        ...

    def was_sent(self, carrier: str, order_id: str) -> str | None:
        """The order waits no longer; the order whose turn it is, if one waits and may go."""
        ...

    def link(self, carrier: str, carrier_order_id: str, key: str) -> None:
        """Keep that an order of the carrier answers a sending."""
        ...


class OpenGate:
    """Where no account is ever on hold: a carrier on its own, in a test."""

    def may_send(self, carrier: str, order_id: str, now: datetime) -> str:
        """It may."""
        return ""

    def was_sent(self, carrier: str, order_id: str) -> str | None:
        """Nobody waits."""
        return None

    def link(self, carrier: str, carrier_order_id: str, key: str) -> None:
        """Nobody asks."""


class CarrierActivities(CutoverActivities):
    """The carriers of this deployment and its dialers, by the names that requests and policies give them.

    Args:
        carriers: By the name of their account.
        secrets: What is kept apart from an order, by its id.
        testers: The dialers.
        papers: The documents that go out with a sending, with their content.
        gate: Which accounts are on hold.
        nudge: Tells an order that its turn has come.
    """

    def __init__(
        self,
        carriers: Mapping[str, GainingCarrier],
        secrets: Callable[[str], Sequence[Secret]] = lambda order_id: (),
        testers: Mapping[str, CallTester] = MappingProxyType({}),
        papers: Callable[[Submission], list[Paper]] = lambda submission: [],
        gate: Gate | None = None,
        nudge: Callable[[str], None] = lambda order_id: None,
    ) -> None:
        super().__init__(carriers, testers)
        self._secrets, self._papers = secrets, papers
        self._gate, self._nudge = gate or OpenGate(), nudge

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [
            self.look_up_numbers,
            self.submit_order,
            self.fetch_order,
            self.cancel_order,
            self.activate_order,
            self.port_back_order,
            *super().all,
        ]

    @activity.defn(name="look_up_numbers")
    def look_up_numbers(self, call: CarrierCall) -> LookUp:
        """Whether each number can be taken, and the losing carrier's record."""
        with reported():
            gaining = self._carrier(call.carrier)
            return LookUp(
                portability=gaining.check_portability(call.order_id, call.numbers),
                csr=gaining.request_csr(call.order_id, call.losing_carrier, call.account_number),
            )

    @activity.defn(name="submit_order")
    def submit_order(self, carrier: str, submission: Submission) -> CarrierOrder:
        """Send once: what already went out under this key is found, and not sent again.

        Raises:
            ApplicationError: of type `carrier_on_hold` where nothing is sent to this account for now, or others that
                waited go first; of type `loa_stale` where nothing went out and the LOA has grown too old.
        """
        with reported():
            gaining = self._carrier(carrier)
            wait = ""
            try:
                at_carrier = gaining.find(submission.key, submission.numbers)
                if at_carrier is None:
                    wait = self._gate.may_send(carrier, submission.order_id, server_clock())
                if at_carrier is None and not wait:
                    at_carrier = self._send(gaining, submission)
            except Exception:  # whatever its reason, it keeps nobody waiting; where it is tried again, it goes last
                self._sent(carrier, submission.order_id)
                raise
            if at_carrier is None:
                raise ApplicationError(f"{wait}.", type=Failure.ON_HOLD, non_retryable=True)
            self._gate.link(carrier, at_carrier.carrier_order_id, submission.key)
            self._link_parts(carrier, at_carrier)
            self._sent(carrier, submission.order_id)
            return at_carrier

    def _link_parts(self, carrier: str, at_carrier: CarrierOrder) -> CarrierOrder:
        """Know what belongs together, whenever the carrier divided it."""
        for part in at_carrier.parts:
            self._gate.link(carrier, part.carrier_order_id, at_carrier.key)
        return at_carrier

    def _sent(self, carrier: str, order_id: str) -> None:
        following = self._gate.was_sent(carrier, order_id)
        if following:
            self._nudge(following)

    def _send(self, gaining: GainingCarrier, submission: Submission) -> CarrierOrder:
        """Send what nothing forbids."""
        if submission.not_after and server_clock() >= submission.not_after:
            raise too_late(Failure.LOA_STALE, "the LOA is too old to be sent")
        concerned = {"", *submission.numbers}
        secrets = [one for one in self._secrets(submission.order_id) if one.number in concerned]
        told = {(one.number, one.kind): one.value for one in secrets}
        whole = submission.model_copy(update={"secrets": told, "papers": self._papers(submission)})
        lacking = whole.lacking()
        if lacking:
            first = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")
            raise CarrierRefused(
                f"Nothing was sent: the losing carrier would send it back without {first}.",
                f"Give it with `portolan secret {submission.order_id}`, then answer retry.",
            )
        return gaining.submit(whole)

    @activity.defn(name="fetch_order")
    def fetch_order(self, call: CarrierCall) -> CarrierOrder:
        """How the order stands at the carrier."""
        with reported():
            return self._link_parts(call.carrier, self._carrier(call.carrier).get(call.carrier_order_id or ""))

    @activity.defn(name="cancel_order")
    def cancel_order(self, call: CarrierCall) -> None:
        """Withdraw what the carrier holds, known by its id or found by our newest reference; nothing there is fine."""
        with reported():
            gaining = self._carrier(call.carrier)
            self._sent(call.carrier, call.order_id)
            held = gaining.find(call.key, call.numbers) or gaining.find(call.key)
            carrier_order_id = held.carrier_order_id if held else call.carrier_order_id
            if carrier_order_id and gaining.get(carrier_order_id).status is not CarrierStatus.CANCELLED:
                gaining.cancel(carrier_order_id, call.reason)

    @activity.defn(name="activate_order")
    def activate_order(self, call: CarrierCall) -> CarrierOrder:
        """Move the numbers, unless all have moved, or the carrier itself does not have them ready to move now.

        Of an order that has moved in part the rest is tried again, in the same time. Numbers that went back since stay
        there.

        Raises:
            ApplicationError: of type `too_late` where the time after the FOC in which Portolan moves numbers by itself
                has passed.
        """
        with reported():
            gaining = self._carrier(call.carrier)
            held = gaining.get(call.carrier_order_id or "")
            now = server_clock()
            late = call.not_after is not None and now >= call.not_after
            moved = held.status is CarrierStatus.PORTED
            if held.status is CarrierStatus.PORTED_BACK or (moved and (late or _all_active(held))):
                return held
            if held.status in NOT_READY or (held.foc_at and held.foc_at > now):
                foc = f", FOC {in_words(held.foc_at)}" if held.foc_at else ""
                raise CarrierRefused(f"The carrier has the order as {held.raw_status or held.status}{foc}.")
            if late:
                raise too_late(Failure.TOO_LATE, "the FOC has passed unattended; find out whether the numbers moved")
            return gaining.activate(held.carrier_order_id)

    @activity.defn(name="port_back_order")
    def port_back_order(self, carrier: str, request: PortBack) -> CarrierOrder:
        """Ask for the numbers' return, or learn what was said to it, unless they are back already.

        After the time for it nothing is asked any more: what was said to an earlier request is told as it is.

        Raises:
            ApplicationError: of type `too_late` where nothing was asked for in time.
        """
        with reported():
            gaining = self._carrier(carrier)
            held = gaining.get(request.carrier_order_id)
            if held.status is CarrierStatus.PORTED_BACK:
                return held
            if server_clock() < request.not_after:
                return gaining.port_back(request)
            if held.consent is None:
                raise too_late(Failure.TOO_LATE, "the time in which the numbers could be returned has passed")
            return held


def _all_active(held: CarrierOrder) -> bool:
    """Whether every number is in service, as far as the carrier tells of single ones."""
    return all(status is NumberStatus.ACTIVE for status in held.numbers.values())
