"""The engine behind every protocol: orders live by their behaviour and a clock that can be moved, and tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portolan.carriers.simulated import Saying, standing
from portolan.carriers.simulated.scripted import wall_clock
from portolan.carriers.simulated.store import HeldOrder, Sending
from portolan.domain.carrier import CarrierOrder, CarrierStatus, SendKind, read_key
from portolan.simulator import faults
from portolan.simulator.behaviour import Behaviour, drawn, narrowed, script_name, script_names
from portolan.simulator.facade import Change, ChangeKind, Facade, Note, Outgoing, ServerSettings
from portolan.simulator.orders import PortOrder, Remark, Said
from portolan.simulator.steps import SIGNED, Rules, Step, Window, steps
from portolan.simulator.store import Store

#: How long a message waits for the one that is to overtake it.
LONGEST_SWAP = timedelta(hours=24)


class Simulator:
    """Orders of all vendors, and the time.

    Args:
        facades: The protocols spoken.
        path: Where the state is kept; None: in memory.
        clock: What its clock starts from; aware UTC.
    """

    def __init__(
        self,
        facades: Iterable[type[Facade]],
        path: Path | None = None,
        settings: ServerSettings | None = None,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self.settings = settings or ServerSettings()
        self.store = Store(path)
        self.wall = clock
        self.facades: dict[str, Facade] = {facade.vendor: facade(self) for facade in facades}

    # The time

    def now(self) -> datetime:
        """What time it is, in whole seconds, so that what is told of a moment is the moment."""
        return self._moved().replace(microsecond=0)

    def _moved(self) -> datetime:
        return self.wall() + timedelta(seconds=float(self.store.meta("ahead", "0")))

    def time_of(self, order: PortOrder) -> datetime:
        """What time it is for an order, which may be ahead."""
        return max(self.now(), order.ahead).replace(microsecond=0)

    def move(self, to: datetime) -> None:
        """Move the clock ahead; a moment that has passed changes nothing. What is due by then happens."""
        seconds = (to - self._moved()).total_seconds()
        if seconds > 0:
            self.store.put_meta("ahead", str(float(self.store.meta("ahead", "0")) + seconds))
        self.catch_up()

    def catch_up(self) -> None:
        """Let happen what is due by now, to each order in turn."""
        for order in self.store.due(self.now()):
            self.settle(order)

    # Orders

    def behaviour(self, order: PortOrder) -> Behaviour:
        """How the order fares: by its script, or by that of the order it came from, or by the seed."""
        names = script_names(order.reference, order.first_name)
        given = (self.store.script(name) for name in names)
        return next((found for found in given if found), None) or drawn(self.settings.seed, names[-1] if names else "")

    def planned(self, reference: str) -> Behaviour:
        """The behaviour an order with this reference will have."""
        return self.store.script(script_name(reference)) or drawn(self.settings.seed, script_name(reference))

    def new_id(self, kind: str) -> str:
        """A UUID nothing else has; the same in every run with the same seed."""
        return self.store.new_id(kind, self.settings.seed)

    def draft(self, vendor: str, account: str, reference: str, numbers: Sequence[str], now: datetime) -> PortOrder:
        """A new order that has not been sent; the façade fills in its fields and saves it."""
        order_id = self.facades[vendor].order_id()
        held = HeldOrder(carrier_order_id=order_id, order_id=script_name(reference), numbers=list(numbers), sendings=[])
        return PortOrder(
            id=order_id,
            vendor=vendor,
            account=account,
            reference=reference,
            first_name=script_name(reference),
            held=held,
            created_at=now,
            updated_at=now,
            ahead=now,
        )

    def save(self, order: PortOrder) -> None:
        """Keep an order as it is now."""
        coming = self.coming(order)
        next_at = coming[0].at.astimezone(UTC) if coming else None
        self.store.put_order(order, script_name(order.reference), next_at)

    def order(self, order_id: str, now: datetime | None = None, account: str | None = None) -> PortOrder | None:
        """An order, moved ahead to `now` if it is given, with all that is due by then done; None: no such order.

        Args:
            account: Whose it has to be.
        """
        found = self.store.order(order_id)
        if found is None or (account is not None and found.account != account):
            return None
        return self.settle(found, now)

    def orders(self, vendor: str, account: str, now: datetime | None = None, reference: str = "") -> list[PortOrder]:
        """An account's orders, oldest first, those thrown away left out; with a reference only those with it, and
        moved ahead to `now`.
        """
        found = []
        for order in self.store.orders(vendor, account):
            if reference and order.reference != reference:
                continue
            settled = self.settle(order, now if reference else None)
            if settled.deleted_at is None:
                found.append(settled)
        return found

    def settle(self, order: PortOrder, now: datetime | None = None) -> PortOrder:
        """Move an order's clock ahead, and let happen what is due by then, in order."""
        if now is not None and now > order.ahead:
            order.ahead = now
        until = self.time_of(order)
        while (coming := self.coming(order)) and coming[0].at <= until:
            step = coming[0]
            order.told.append(step.name)
            self._happen(order, step)
        self.save(order)
        return order

    def coming(self, order: PortOrder) -> list[Step]:
        """What is still to happen to an order by itself."""
        facade = self.facades[order.vendor]

        def window(foc_at: datetime) -> Window | None:
            return facade.window(order, foc_at)

        rules = Rules(window, facade.draft_hours, facade.letter_hours, facade.by_number, facade.holds(order))
        return steps(order, self.behaviour(order), rules)

    def standing(self, order: PortOrder, at: datetime | None = None, numbers: list[str] | None = None) -> CarrierOrder:
        """How an order that was sent stands, in canonical words, now or at a moment.

        Args:
            numbers: For the order as it is for these alone: only what is said to them counts.
        """
        script = narrowed(self.behaviour(order), order, numbers)
        return standing.order(order.held, script, at or self.time_of(order))

    def script(self, order: PortOrder) -> Behaviour:
        """The behaviour with what is said to the newest sending only, as the functions of `standing` take it."""
        behaviour = self.behaviour(order)
        return behaviour if order.draft else narrowed(behaviour, order)

    # What is done to them

    def send(self, order: PortOrder, now: datetime, kind: SendKind | None = None) -> None:
        """The order goes to the losing carrier: for the first time, or as a supplement."""
        key = read_key(order.reference)
        newest = order.held.sendings[-1] if order.held.sendings else None
        # A supplement whose reference is still the old one is the next attempt all the same.
        attempt = max(key[1] if key else 1, newest.attempt + 1 if newest else 1)
        fallback = SendKind.SUPPLEMENT if newest else SendKind.NEW
        order.held.sendings.append(
            Sending(key=order.reference or order.id, attempt=attempt, kind=kind or fallback, at=now)
        )
        self.changed(order, "sent", now)

    def refer(self, order: PortOrder, reference: str) -> None:
        """Give an order another reference; a sending that went out before its reference did gets it, too."""
        order.reference = reference
        newest = order.held.sendings[-1] if order.held.sendings else None
        was, now = read_key(newest.key) if newest else None, read_key(reference)
        if newest and was and now and was[0] == now[0] and newest.attempt > was[1]:
            newest.key, newest.attempt = reference, now[1]

    def say(self, order: PortOrder, saying: Saying, now: datetime) -> None:
        """The losing carrier says something now."""
        self.sign(order, now)
        order.said.append(Said(saying=saying, at=now, sending=len(order.held.sendings)))
        self.settle(order, now)

    def sign(self, order: PortOrder, now: datetime) -> bool:
        """The letter that the vendor mailed is signed; False where none waits for that."""
        if self.facades[order.vendor].letter_hours is None or SIGNED in order.told:
            return False
        order.told.append(SIGNED)
        order.held.sendings[-1].at = now
        self.changed(order, "signed", now)
        return True

    def cancel(self, order: PortOrder, now: datetime) -> None:
        """Withdraw an order: at once, or after a review."""
        if self.behaviour(order).cancel_hours > 0:
            order.cancel_asked = now
            self.changed(order, "cancel_asked", now)
        else:
            order.held.cancelled_at = now
            self.changed(order, "cancelled", now)

    def frozen(self, order: PortOrder, now: datetime) -> bool:
        """Whether the FOC is too near for a cancellation."""
        hours = self.behaviour(order).frozen_hours
        hours = self.facades[order.vendor].frozen_hours if hours is None else hours
        now_is = None if order.draft else self.standing(order, now)
        foc_at = now_is.foc_at if now_is and now_is.status is CarrierStatus.FOC_CONFIRMED else None
        return foc_at is not None and now > foc_at - timedelta(hours=hours)

    def activate(self, order: PortOrder, now: datetime) -> None:
        """The numbers move; numbers that failed are tried again."""
        order.held.activations += 1
        if order.held.activated_at is None:
            order.held.activated_at = now
            self.changed(order, "moved", now)
        else:
            self.save(order)

    def give_back(self, order: PortOrder, now: datetime) -> None:
        """The numbers return to the losing carrier."""
        order.held.returned_at = now
        self.changed(order, "returned", now)

    def delete(self, order: PortOrder, now: datetime) -> None:
        """Throw a draft away."""
        order.deleted_at = now
        self.changed(order, "deleted", now)

    def remark(self, order: PortOrder, text: str, from_carrier: bool, now: datetime) -> Remark:
        """Somebody writes something to an order."""
        remark = Remark(id=self.new_id("remark"), at=now, from_carrier=from_carrier, text=text)
        order.remarks.append(remark)
        self.changed(order, "remark", now, remark=remark)
        return remark

    def split(self, order: PortOrder, numbers: Sequence[str], now: datetime) -> PortOrder | None:
        """Some of an order's numbers get an order of their own, which has been through all the first has; None where
        that leaves either without numbers, or the vendor divides no orders.
        """
        if self.facades[order.vendor].by_number:
            return None
        leaving = [number for number in order.numbers if number in numbers]
        if not leaving or len(leaving) == len(order.numbers):
            return None
        part = order.model_copy(deep=True)
        part.id, part.number, part.parent = self.facades[order.vendor].order_id(), 0, order.id
        part.held.carrier_order_id, part.held.numbers = part.id, leaving
        order.held.numbers = [number for number in order.numbers if number not in leaving]
        part.created_at = now
        self.save(part)
        self.changed(order, "split", now, into=part)
        return self.settle(part)

    def _happen(self, order: PortOrder, step: Step) -> None:
        if step.kind == "split":
            for group in self.groups(order)[1:]:
                self.split(order, group, step.at)
        elif step.kind == "remark":
            self.remark(order, step.text, True, step.at)
        else:
            if step.kind == "moved":
                order.held.activated_at, order.held.activations = step.at, order.held.activations + 1
            elif step.kind == "signed":
                order.held.sendings[-1].at = step.at
            elif step.kind == "cancelled":
                order.held.cancelled_at = step.at
            elif step.kind == "expired":
                order.deleted_at = step.at
            self.changed(order, step.kind, step.at)

    def groups(self, order: PortOrder) -> list[list[str]]:
        """How an order's numbers fall apart by its script; the first group takes what no group names."""
        return grouped(self.behaviour(order).split, order.numbers)

    def changed(
        self,
        order: PortOrder,
        kind: ChangeKind,
        at: datetime,
        *,
        remark: Remark | None = None,
        into: PortOrder | None = None,
    ) -> None:
        """Something happened to an order: it is kept, and what the vendor says about it goes out."""
        if kind not in {"remark", "messaging"}:
            order.updated_at = max(order.updated_at, at)
        self.save(order)
        for note in self.facades[order.vendor].notes(order, Change(kind, at, remark, into)):
            self.post(order, note, at)

    # Messages

    def post(self, order: PortOrder, note: Note, at: datetime) -> None:
        """A message goes into the outbox, once, twice, in the wrong order, late or not at all."""
        url = note.url or order.webhook_url or self.settings.webhooks.replace("{vendor}", order.vendor)
        habit = self.behaviour(order).messages
        if not url or habit == "lost":
            return
        names = frozenset({order.reference, script_name(order.reference), order.id})
        fault = faults.take(self.store, faults.Met(order.vendor, order.account, note.kind, names), faults.MESSAGES)
        kind = fault.kind if fault else {"twice": "duplicated", "reversed": "swapped"}.get(habit, "")
        if kind == "dropped":
            return
        waiting = [(n, m) for n, m in self.pending(order.id) if m.waits]
        message = Outgoing(
            vendor=order.vendor,
            account=order.account,
            order_id=order.id,
            reference=order.reference,
            kind=note.kind,
            url=url,
            body=note.body,
            occurred_at=at,
            due_at=at,
        )
        if kind == "late" and fault:
            message.due_at = at + timedelta(hours=fault.hours)
        if kind == "swapped" and not waiting:
            message.waits, message.due_at = True, at + LONGEST_SWAP
        if fault and fault.kind in {"unsigned", "wrongly_signed"}:
            message.flaw = fault.kind
        for _ in range(2 if kind == "duplicated" else 1):
            self.store.add_row("outbox", message, order_id=order.id)
        for number, earlier in waiting:
            earlier.waits, earlier.due_at, earlier.rank = False, message.due_at, 1
            self.store.put_row("outbox", number, earlier)

    def pending(self, order_id: str | None = None) -> list[tuple[int, Outgoing]]:
        """Messages not yet sent, of an order or of all, in the order they leave in."""
        of = ("", ()) if order_id is None else (" AND order_id = ?", (order_id,))
        rows = self.store.rows("outbox", Outgoing, f"sent IS NULL{of[0]}", *of[1])
        return sorted(rows, key=lambda row: (row[1].due_at, row[1].rank, row[0]))

    def next_due(self, reference: str) -> datetime | None:
        """When the next message about an order leaves, as things stand; None: nothing more is to come."""
        moments: list[datetime] = []
        for order in self.store.referring(reference):
            moments += [message.due_at for _, message in self.pending(order.id)]
            if self.behaviour(order).messages != "lost":
                moments += [step.at for step in self.coming(order)[:1]]
        return min(moments, default=None)

    def forget(self) -> None:
        """Everything, the moved clock too."""
        self.store.forget()


def grouped(split: Sequence[Sequence[str]], numbers: Sequence[str]) -> list[list[str]]:
    """Numbers in the groups of a script, each in its own order; the first takes what no group names."""
    found = [[number for number in numbers if number in group] for group in split]
    named = {number for group in found for number in group}
    rest = [number for number in numbers if number not in named]
    if rest:
        found = [[n for n in numbers if n in {*found[0], *rest}], *found[1:]] if found else [rest]
    return [group for group in found if group]
