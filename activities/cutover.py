"""What is asked of the gaining carrier around the cutover: configuration, proof, messaging, bridges, test calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from temporalio import activity

from activities.failures import reported
from portolan.carriers.base import CallTester, GainingCarrier
from portolan.domain.carrier import BridgeAnswer, BridgeWanted, CarrierStatus, MessagingStatus, Routing
from portolan.domain.effects import CarrierCall, Configuring, Look, Messaging
from portolan.domain.errors import CarrierRefused, CarrierUnauthorised, CarrierUnavailable, OutcomeUnknown
from portolan.domain.testcalls import CallResult, CallsWanted
from portolan.numbering import is_emergency, parse

#: Orders whose numbers are not with this carrier, and will not be.
GONE = frozenset({CarrierStatus.CANCELLED, CarrierStatus.PORTED_BACK})

T = TypeVar("T")


class CutoverActivities:
    """The carriers of this deployment and its dialers, by the names that requests and policies give them."""

    def __init__(self, carriers: Mapping[str, GainingCarrier], testers: Mapping[str, CallTester]) -> None:
        self._carriers, self._testers = carriers, testers

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [
            self.configure_numbers,
            self.unconfigure_numbers,
            self.look_for_proof,
            self.settle_messaging,
            self.build_bridge,
            self.remove_bridge,
            self.make_test_calls,
        ]

    def _carrier(self, name: str) -> GainingCarrier:
        return _named("gaining carrier", self._carriers, name)

    @activity.defn(name="configure_numbers")
    def configure_numbers(self, wanted: Configuring) -> bool:
        """Give the numbers their configuration; those of an order that was cancelled or went back since get none.

        Returns:
            False where it has to be asked again once the numbers have arrived.
        """
        with reported():
            gaining = self._carrier(wanted.call.carrier)
            held = gaining.get(wanted.call.carrier_order_id or "")
            return held.status in GONE or gaining.configure(held.carrier_order_id, wanted.configuration)

    @activity.defn(name="unconfigure_numbers")
    def unconfigure_numbers(self, call: CarrierCall) -> None:
        """Take the configuration from the numbers, of an order known by its id or found by our newest reference."""
        with reported():
            gaining = self._carrier(call.carrier)
            carrier_order_id = call.carrier_order_id
            if not carrier_order_id:
                held = gaining.find(call.key, call.numbers)
                carrier_order_id = held.carrier_order_id if held else None
            if carrier_order_id:
                gaining.unconfigure(carrier_order_id)

    @activity.defn(name="look_for_proof")
    def look_for_proof(self, call: CarrierCall) -> Look:
        """Where each number is by the carrier's word, and by an independent look-up where one answers."""
        with reported():
            gaining = self._carrier(call.carrier)
            held = gaining.get(call.carrier_order_id or "")
            routing: list[Routing] = []
            try:
                routing = gaining.routing(held.carrier_order_id, call.numbers or list(held.numbers))
            except (CarrierUnavailable, CarrierUnauthorised, OutcomeUnknown) as error:
                activity.logger.warning("no routing look-up for %s: %s", call.order_id, error)
            return Look(numbers=held.numbers, routing=routing)

    @activity.defn(name="settle_messaging")
    def settle_messaging(self, wanted: Messaging) -> dict[str, MessagingStatus]:
        """Where each number's messaging is; what has arrived joins its campaign."""
        with reported():
            gaining = self._carrier(wanted.call.carrier)
            return gaining.messaging(wanted.call.carrier_order_id or "", wanted.campaign)

    @activity.defn(name="build_bridge")
    def build_bridge(self, carrier: str, wanted: BridgeWanted) -> BridgeAnswer:
        """The bridge as it is, built if there is none under its key."""
        with reported():
            gaining = self._carrier(carrier)
            return gaining.bridge(wanted.key) or gaining.build_bridge(wanted)

    @activity.defn(name="remove_bridge")
    def remove_bridge(self, carrier: str, wanted: BridgeWanted) -> None:
        """Release what was claimed for the bridge."""
        with reported():
            self._carrier(carrier).remove_bridge(wanted.key)

    @activity.defn(name="make_test_calls")
    def make_test_calls(self, wanted: CallsWanted) -> list[CallResult]:
        """Make the calls of one slot. If one of the numbers must not be dialled, no call is made."""
        with reported():
            tester = _named("dialer", self._testers, wanted.tester)
            for number in wanted.calls.values():
                _refuse_to_dial(number)
            return tester.call(wanted)


def _named(what: str, there: Mapping[str, T], name: str) -> T:
    if name not in there:
        raise CarrierRefused(f"No {what} {name!r} is set up.", f"There is: {', '.join(there) or 'none'}.")
    return there[name]


def _refuse_to_dial(number: str) -> None:
    """Refuse whatever is not a whole number in E.164 that reaches nobody in an emergency."""
    try:
        read = parse(number)
    except ValueError as error:
        raise CarrierRefused(
            f"No test call: {error}.", "Give whole numbers in E.164; emergency numbers never."
        ) from error
    if read.e164 != number or is_emergency(number, read.country):
        raise CarrierRefused(
            f"No test call: {number!r} is an emergency number or not in E.164.", f"If it is meant, write {read.e164}."
        )
