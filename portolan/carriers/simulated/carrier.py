"""The simulated carrier itself: how an order stands is computed from its script and the clock, never by a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from portolan.carriers.simulated.script import Call, Fault, Saying, Script
from portolan.carriers.simulated.store import HeldOrder, Sending, Store
from portolan.domain.calendars import add_business_days, at, local
from portolan.domain.carrier import (
    AccountData,
    CarrierOrder,
    CarrierStatus,
    CsrAnswer,
    CsrRecord,
    NumberStatus,
    Portability,
    PortBack,
    SendKind,
    Submission,
    root_id,
)
from portolan.domain.errors import CarrierRefused, CarrierUnavailable, OutcomeUnknown
from portolan.domain.rejections import Rejection

CUTOVER_HOUR = 11

_FAULTS = {"outage": CarrierUnavailable, "refuse": CarrierRefused, "lost_request": OutcomeUnknown}


def wall_clock() -> datetime:
    """The moment now."""
    return datetime.now(UTC)


class CarrierMessage(NamedTuple):
    """A message the carrier sends of its own accord; `event` is what it amounts to for the order."""

    message_id: str
    order_id: str
    due_at: datetime
    event: dict[str, Any]


class SimulatedCarrier:
    """Implements `GainingCarrier`. Like most real ones, it would create a second order for a repeated request.

    Args:
        path: A SQLite file, shared by the processes that use it.
        clock: What time it is; rehearsals give the clock of the order in hand.
        script_for: The script of an order that was not given one.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime] = wall_clock,
        script_for: Callable[[str], Script] = lambda order_id: Script(),
    ) -> None:
        self.store = Store(path)
        self._clock = clock
        self._script_for = script_for

    def give_script(self, order_id: str, script: Script) -> None:
        """Decide how an order will fare; it may be changed while the order lives."""
        self.store.put_script(order_id, script)

    def script(self, order_id: str) -> Script:
        """How the order will fare."""
        return self.store.script(order_id) or self._script_for(order_id)

    def give_account(self, order_id: str, account: AccountData) -> None:
        """What the losing carrier has on file; the script's `csr` is laid over it."""
        self.store.put_account(order_id, account)

    def check_portability(self, order_id: str, numbers: Sequence[str]) -> list[Portability]:
        """Portable, unless the script says otherwise."""
        self._call("check_portability", order_id)
        stuck = self.script(order_id).not_portable
        return [Portability(number=n, portable=n not in stuck, reason=stuck.get(n, "")) for n in numbers]

    def request_csr(self, order_id: str, losing_carrier: str, account_number: str) -> CsrAnswer:
        """The account on file with the script's differences, or none."""
        self._call("request_csr", order_id)
        script, account = self.script(order_id), self.store.account(root_id(order_id))
        if script.csr is None or account is None:
            return CsrAnswer(reason=f"{losing_carrier} does not supply records")
        return CsrAnswer(record=CsrRecord.model_validate(account.model_dump() | script.csr))

    def find(self, key: str) -> CarrierOrder | None:
        """The order that holds a sending with this key."""
        order_id = key.rsplit(":", 1)[0]
        self._call("find", order_id)
        held = next((held for held in self.store.orders(order_id) if any(s.key == key for s in held.sendings)), None)
        return self._view(held) if held else None

    def submit(self, submission: Submission) -> CarrierOrder:
        """Create an order, or add a sending to the one named."""
        with self._effect("submit", submission.order_id):
            sending = Sending(
                key=submission.key,
                attempt=submission.attempt,
                kind=submission.kind,
                at=self._clock(),
                loa_signed_on=submission.loa_signed_on,
            )
            if submission.kind is SendKind.NEW or submission.carrier_order_id is None:
                held = self.store.create(submission.order_id, submission.numbers, sending)
            else:
                held = self._held(submission.carrier_order_id)
                if held.cancelled_at or held.activated_at:
                    raise CarrierRefused(f"order {held.carrier_order_id} can no longer be supplemented.")
                held.sendings.append(sending)
                held.numbers = submission.numbers
                self.store.save(held)
            return self._view(held)

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the order stands now."""
        held = self._held(carrier_order_id)
        self._call("get", held.order_id)
        return self._view(held)

    def cancel(self, carrier_order_id: str, reason: str) -> CarrierOrder:
        """Withdraw the order, unless the numbers have moved."""
        held = self._held(carrier_order_id)
        with self._effect("cancel", held.order_id):
            if held.activated_at:
                raise CarrierRefused("the numbers have been activated; the order can no longer be cancelled.")
            held.cancelled_at = held.cancelled_at or self._clock()
            self.store.save(held)
            return self._view(held)

    def activate(self, carrier_order_id: str) -> CarrierOrder:
        """Move the numbers."""
        held = self._held(carrier_order_id)
        with self._effect("activate", held.order_id):
            if held.cancelled_at:
                raise CarrierRefused("the order was cancelled.")
            held.activated_at = held.activated_at or self._clock()
            held.activations += 1
            self.store.save(held)
            return self._view(held)

    def port_back(self, request: PortBack) -> CarrierOrder:
        """Return the numbers, if they were activated."""
        held = self._held(request.carrier_order_id)
        with self._effect("port_back", held.order_id):
            if not held.activated_at:
                raise CarrierRefused("no number of the order has moved.")
            held.returned_at = held.returned_at or self._clock()
            held.return_decided_at = request.decided_at
            self.store.save(held)
            return self._view(held)

    def messages(self, order_id: str) -> list[CarrierMessage]:
        """Every message about the order so far and to come, in the order of arrival.

        The newest sending silences what was still to be said to earlier ones.
        """
        script = self.script(order_id)
        if script.messages == "lost":
            return []
        found = [message for held in self.store.orders(order_id) for message in self._said(held, script)]
        if script.messages == "reversed":
            dues = [message.due_at for message in found]
            found = [m._replace(due_at=due) for m, due in zip(reversed(found), dues, strict=True)]
        if script.messages == "twice":
            found = [m._replace(message_id=f"{m.message_id}:{n}") for m in found for n in (1, 2)]
        return found

    def _said(self, held: HeldOrder, script: Script) -> Iterator[CarrierMessage]:
        for number, sending in enumerate(held.sendings, 1):
            following = held.sendings[number].at if number < len(held.sendings) else held.cancelled_at
            for index, saying in enumerate(self._sayings(script, sending.attempt)):
                due_at = sending.at + timedelta(hours=saying.after_hours)
                if following is None or due_at < following:
                    event = {
                        "attempt": sending.attempt,
                        "occurred_at": due_at.isoformat(),
                        **self._event(saying, due_at, script),
                    }
                    yield CarrierMessage(f"{sending.key}:{index}", held.order_id, due_at, event)

    @staticmethod
    def _sayings(script: Script, attempt: int) -> list[Saying]:
        return script.sendings[min(attempt, len(script.sendings)) - 1] if script.sendings else []

    @staticmethod
    def foc(saying: Saying, said_at: datetime, script: Script) -> datetime:
        """The date a saying names."""
        if saying.foc_hours is not None:
            return said_at + timedelta(hours=saying.foc_hours)
        day = add_business_days(local(said_at, script.time_zone).date(), saying.foc_business_days, script.closed_days)
        return at(day, CUTOVER_HOUR, script.time_zone)

    @staticmethod
    def _rejection(saying: Saying) -> Rejection:
        return Rejection(code=saying.reason, text=saying.text, suggestion=saying.suggestion, numbers=saying.numbers)

    def _event(self, saying: Saying, said_at: datetime, script: Script) -> dict[str, Any]:
        match saying.says:
            case "approve":
                return {"kind": "carrier_approved"}
            case "reject":
                return {"kind": "carrier_rejected", "reasons": [self._rejection(saying).model_dump()]}
            case "foc":
                return {"kind": "foc_confirmed", "foc_at": self.foc(saying, said_at, script).isoformat()}
            case _:
                return {"kind": "carrier_activity"}

    def _view(self, held: HeldOrder) -> CarrierOrder:
        """How the order stands, by its script and the clock."""
        now, script, newest = self._clock(), self.script(held.order_id), held.sendings[-1]
        status, said_at, raw = CarrierStatus.RECEIVED, newest.at, ""
        rejections: list[Rejection] = []
        foc_at: datetime | None = None
        for saying in self._sayings(script, newest.attempt):
            due_at = newest.at + timedelta(hours=saying.after_hours)
            if due_at > now:
                continue
            said_at, rejections, raw = due_at, [], ""
            if saying.says == "approve":
                status = CarrierStatus.ACCEPTED
            elif saying.says == "foc":
                status, foc_at = CarrierStatus.FOC_CONFIRMED, self.foc(saying, due_at, script)
            elif saying.says == "reject":
                status = CarrierStatus.REJECTED
                rejections = [self._rejection(saying)]
            else:
                status, raw = CarrierStatus.UNKNOWN, saying.raw
        for moment, later in (
            (held.cancelled_at, CarrierStatus.CANCELLED),
            (held.activated_at, CarrierStatus.PORTED),
            (held.returned_at, CarrierStatus.PORTED_BACK),
        ):
            if moment:
                status, said_at = later, moment
        return CarrierOrder(
            carrier_order_id=held.carrier_order_id,
            key=newest.key,
            attempt=newest.attempt,
            status=status,
            raw_status=raw or f"SIM-{status.upper()}",
            rejections=rejections,
            foc_at=foc_at,
            numbers=dict(self._numbers(held, script, now)),
            activated_at=held.activated_at,
            updated_at=said_at,
        )

    @staticmethod
    def _numbers(held: HeldOrder, script: Script, now: datetime) -> Iterator[tuple[str, NumberStatus]]:
        revived = held.activated_at and now >= held.activated_at + timedelta(hours=script.dead_hours)
        for index, number in enumerate(held.numbers):
            if held.returned_at:
                yield number, NumberStatus.RETURNED
            elif not held.activated_at:
                yield number, NumberStatus.PENDING
            else:
                dead = index < script.dead_numbers and not revived
                yield number, NumberStatus.FAILED if dead else NumberStatus.ACTIVE

    def _held(self, carrier_order_id: str) -> HeldOrder:
        held = self.store.order(carrier_order_id)
        if held is None:
            raise CarrierRefused(f"there is no order {carrier_order_id} here.")
        return held

    def _call(self, call: Call, order_id: str) -> Fault | None:
        """Log the call; an outage, a lost request or a refusal stops it here. A fault returned strikes afterwards."""
        fault = self.store.log_call(call, order_id, self._clock(), self.script(order_id).faults)
        if fault and fault.kind in _FAULTS:
            raise _FAULTS[fault.kind](fault.text)
        return fault

    @contextmanager
    def _effect(self, call: Call, order_id: str) -> Iterator[None]:
        """A call that changes something: after it has, the answer may still be lost."""
        fault = self._call(call, order_id)
        yield
        if fault:
            raise OutcomeUnknown(fault.text)
