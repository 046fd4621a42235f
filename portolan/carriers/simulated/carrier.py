"""The simulated carrier itself: how an order stands is computed from its script and the clock, never by a process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from portolan.carriers.simulated import standing
from portolan.carriers.simulated.sayings import CarrierMessage, foc, messages
from portolan.carriers.simulated.script import Call
from portolan.carriers.simulated.scripted import Scripted
from portolan.carriers.simulated.store import AskedBack, HeldBridge, HeldOrder, Sending, unknown
from portolan.domain.carrier import (
    AccountData,
    BridgeAnswer,
    BridgeWanted,
    CarrierOrder,
    Changes,
    Check,
    Comment,
    CsrAnswer,
    CsrRecord,
    FocWindow,
    MessagingStatus,
    NumberConfiguration,
    Portability,
    PortBack,
    Routing,
    SendKind,
    Submission,
    root_id,
)
from portolan.domain.errors import CarrierRefused


class SimulatedCarrier(Scripted):
    """Implements `GainingCarrier`. Like most real ones, it would create a second order for a repeated request."""

    foc = staticmethod(foc)

    def give_account(self, order_id: str, account: AccountData) -> None:
        """What the losing carrier has on file; the script's `csr` is laid over it."""
        self.store.put_account(order_id, account)

    def messages(self, order_id: str) -> list[CarrierMessage]:
        """Every message about the order so far and to come, in the order of arrival."""
        return messages(self.store.orders(order_id), self.script(order_id))

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

    def find(self, key: str, numbers: Sequence[str] = ()) -> CarrierOrder | None:
        """The order that holds a sending with this key."""
        order_id = key.rsplit(":", 1)[0]
        self._call("find", order_id)
        held = next((held for held in self.store.orders(order_id) if any(s.key == key for s in held.sendings)), None)
        return self._view(held) if held else None

    def submit(self, submission: Submission) -> CarrierOrder:
        """Create an order, or add a sending to the one named."""
        sending = Sending(
            key=submission.key,
            attempt=submission.attempt,
            kind=submission.kind,
            at=self._clock(),
            loa_signed_on=submission.loa_signed_on,
        )
        if submission.kind is SendKind.NEW or submission.carrier_order_id is None:
            with self._effect("submit", submission.order_id):
                order_id, losing = submission.order_id, submission.losing_carrier
                return self._view(self.store.create(order_id, submission.numbers, sending, losing))
        with self._changing("submit", submission.carrier_order_id) as held:
            if held.cancelled_at or held.activated_at:
                raise CarrierRefused(f"order {held.carrier_order_id} can no longer be supplemented.")
            held.sendings.append(sending)
            held.numbers = submission.numbers
        return self._view(held)

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the order stands now."""
        held = self._held(carrier_order_id)
        self._call("get", held.order_id)
        return self._view(held)

    def cancel(self, carrier_order_id: str, reason: str) -> CarrierOrder:
        """Withdraw the order, unless the numbers have moved."""
        with self._changing("cancel", carrier_order_id) as held:
            if held.activated_at:
                raise CarrierRefused("the numbers have been activated; the order can no longer be cancelled.")
            held.cancelled_at = held.cancelled_at or self._clock()
        return self._view(held)

    def changes(self, cursor: str) -> Changes:
        """None: it is asked about each order."""
        return Changes(carrier_order_ids=[], cursor=cursor)

    def listen(self) -> None:
        """Its messages come without being asked for."""

    def foc_windows(self, carrier_order_id: str) -> list[FocWindow]:
        """It does not say."""
        return []

    def comment(self, carrier_order_id: str, text: str) -> None:
        """Nobody reads them."""
        raise CarrierRefused("the simulated carrier has no desk that reads comments.")

    def comments(self, carrier_order_id: str) -> list[Comment]:
        """Nobody writes any."""
        return []

    def verify(self) -> list[Check]:
        """There is nothing to verify but its file."""
        return [Check(name="state", passed=True, words=f"kept in {self.store.path}")]

    def configure(self, carrier_order_id: str, configuration: NumberConfiguration) -> bool:
        """Give the numbers this configuration, as long as they are to come or here."""
        with self._changing("configure", carrier_order_id) as held:
            if held.cancelled_at or held.returned_at:
                raise CarrierRefused(f"the numbers of order {held.carrier_order_id} are not coming here any more.")
            held.configured_times += held.configuration != configuration
            held.configuration = configuration
        return True

    def unconfigure(self, carrier_order_id: str) -> None:
        """Take configuration and campaign from the numbers."""
        with self._changing("unconfigure", carrier_order_id) as held:
            held.configuration, held.campaign = None, {}

    def activate(self, carrier_order_id: str) -> CarrierOrder:
        """Move the numbers."""
        with self._changing("activate", carrier_order_id) as held:
            if held.cancelled_at:
                raise CarrierRefused("the order was cancelled.")
            if held.returned_at:
                raise CarrierRefused("the numbers have gone back.")
            held.activated_at = held.activated_at or self._clock()
            held.activations += 1
        return self._view(held)

    def routing(self, carrier_order_id: str, numbers: Sequence[str]) -> list[Routing]:
        """Whom the look-up names for each number, by script."""
        held = self._current(carrier_order_id)
        self._call("routing", held.order_id)
        script, now = self.script(held.order_id), self._clock()
        return [standing.routing(held, script, now, number) for number in numbers]

    def messaging(self, carrier_order_id: str, campaign: str) -> dict[str, MessagingStatus]:
        """Where each number's messaging is: it settles by joining the campaign, or without one by itself."""
        script, now = self.script(self._held(carrier_order_id).order_id), self._clock()
        with self._changing("messaging", carrier_order_id) as held:
            found = standing.messaging(held, script, now)
            moved = [number for number, where in found.items() if where is MessagingStatus.PORTED]
            if campaign:
                joining = [number for number in moved if number not in held.campaign]
                held.campaign |= dict.fromkeys(joining, campaign)
                held.joins += len(joining)
        return found | dict.fromkeys(moved, MessagingStatus.SETTLED)

    def port_back(self, request: PortBack) -> CarrierOrder:
        """Ask for the return of numbers that were activated: each stage once, however often the call comes."""
        with self._changing("port_back", request.carrier_order_id) as held:
            if not held.activated_at:
                raise CarrierRefused("no number of the order has moved.")
            if not held.returned_at and request.stage not in {asked.stage for asked in held.asked_back}:
                held.asked_back.append(AskedBack(key=request.key, stage=request.stage, at=self._clock()))
                held.return_decided_at = request.decided_at
        return self._view(held)

    def build_bridge(self, wanted: BridgeWanted) -> BridgeAnswer:
        """Claim a number for each legacy one, once; where the bridge was removed since, nothing is claimed again."""
        with self._effect("build_bridge", wanted.order_id):
            return self._bridge(self.store.build_bridge(wanted.key, wanted.order_id, wanted.numbers, self._clock()))

    def bridge(self, key: str) -> BridgeAnswer | None:
        """The bridge with this key, unless it was removed."""
        held = self.store.bridge(key)
        self._call("bridge", held.order_id if held else key.partition(":")[0])
        return self._bridge(held) if held and not held.removed_at else None

    def remove_bridge(self, key: str) -> None:
        """Release what was claimed for the bridge with this key."""
        held = self.store.bridge(key)
        with self._effect("remove_bridge", held.order_id if held else key.partition(":")[0]):
            self.store.remove_bridge(key, self._clock())

    def _bridge(self, held: HeldBridge) -> BridgeAnswer:
        if held.removed_at:
            return BridgeAnswer(claimed={}, forward_to="")
        carries = standing.carries(held, self.script(held.order_id), self._clock())
        return BridgeAnswer(
            claimed=held.claimed, forward_to=f"sip:{held.order_id}@bridge.simulated.example", carries=carries
        )

    def _view(self, held: HeldOrder) -> CarrierOrder:
        """How the order stands, by its script and the clock."""
        held = self._current(held.carrier_order_id)
        return standing.order(held, self.script(held.order_id), self._clock())

    def _current(self, carrier_order_id: str) -> HeldOrder:
        """The order, with a return that the losing carrier has agreed to by now carried out."""
        held = self._held(carrier_order_id)
        returned_at = standing.returned_at(held, self.script(held.order_id), self._clock())
        if returned_at and not held.returned_at:
            with self.store.changing(carrier_order_id) as held:
                held.returned_at = held.returned_at or returned_at
        return held

    def _held(self, carrier_order_id: str) -> HeldOrder:
        held = self.store.order(carrier_order_id)
        if held is None:
            raise unknown(carrier_order_id)
        return held

    @contextmanager
    def _changing(self, call: Call, carrier_order_id: str) -> Iterator[HeldOrder]:
        """A call that changes an order; what the block does to it is kept, unless the block raises."""
        order_id = self._current(carrier_order_id).order_id
        with self._effect(call, order_id), self.store.changing(carrier_order_id) as held:
            yield held
