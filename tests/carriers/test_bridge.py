"""A bridge at the simulated carrier: claimed once, carrying after a while, released at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portolan.carriers.simulated import SimulatedCarrier
from portolan.domain.carrier import BridgeAnswer, BridgeWanted
from portolan.domain.errors import CarrierRefused, CarrierUnavailable, OutcomeUnknown
from tests.carriers.scene import HOUR, NUMBERS, SECOND, Clock

Make = Callable[..., SimulatedCarrier]
KEY = "o1:bridge"
WANTED = BridgeWanted(key=KEY, order_id="o1", numbers=NUMBERS)
CLAIMED = {NUMBERS[0]: "+99900000001", NUMBERS[1]: "+99900000002"}
GONE = BridgeAnswer(claimed={}, forward_to="")


def test_a_number_is_claimed_for_each_legacy_one_once_for_each_key(make: Make) -> None:
    carrier = make()
    assert carrier.bridge(KEY) is None
    built = carrier.build_bridge(WANTED)
    assert built == BridgeAnswer(claimed=CLAIMED, forward_to="sip:o1@bridge.simulated.example", carries=True)
    assert carrier.build_bridge(WANTED) == built
    assert make().build_bridge(WANTED) == make().bridge(KEY) == built
    other = carrier.build_bridge(BridgeWanted(key="o2:bridge", order_id="o2", numbers=["+12125550003"]))
    assert (other.claimed, other.forward_to) == (
        {"+12125550003": "+99900000003"},
        "sip:o2@bridge.simulated.example",
    )


def test_a_number_that_is_named_twice_gets_one_claim(make: Make) -> None:
    twice = WANTED.model_copy(update={"numbers": [NUMBERS[0], *NUMBERS]})
    assert make().build_bridge(twice).claimed == CLAIMED


def test_a_bridge_of_nothing_is_refused(make: Make) -> None:
    carrier = make()
    with pytest.raises(CarrierRefused, match="at least one number"):
        carrier.build_bridge(WANTED.model_copy(update={"numbers": []}))
    assert carrier.bridge(KEY) is None


def test_calls_come_through_so_long_after_it_was_built(make: Make, clock: Clock) -> None:
    carrier = make(bridge_hours=2)
    assert not carrier.build_bridge(WANTED).carries

    def carries() -> bool:
        found = make().bridge(KEY)
        assert found
        assert found.carries is carrier.build_bridge(WANTED).carries
        return found.carries

    clock.now += 2 * HOUR - SECOND
    assert not carries()
    clock.now += SECOND
    assert carries()


def test_what_is_released_stays_so_and_is_not_claimed_again(make: Make) -> None:
    carrier = make()
    carrier.remove_bridge(KEY)
    carrier.build_bridge(WANTED)
    for _ in range(2):
        make().remove_bridge(KEY)
        assert carrier.bridge(KEY) is None
    assert carrier.build_bridge(WANTED) == GONE
    assert carrier.bridge(KEY) is None
    again = carrier.build_bridge(WANTED.model_copy(update={"key": "o1:bridge:2"}))
    assert list(again.claimed.values()) == ["+99900000003", "+99900000004"]


def test_the_moment_of_the_first_release_counts(make: Make, clock: Clock) -> None:
    carrier = make()
    carrier.build_bridge(WANTED)
    clock.now += HOUR
    first = clock.now
    carrier.remove_bridge(KEY)
    clock.now += HOUR
    carrier.remove_bridge(KEY)
    held = carrier.store.bridge(KEY)
    assert held
    assert held.removed_at == first


NOT_DONE = [("outage", CarrierUnavailable), ("lost_request", OutcomeUnknown), ("refuse", CarrierRefused)]


@pytest.mark.parametrize(("kind", "error"), NOT_DONE)
@pytest.mark.parametrize("call", ["build_bridge", "bridge", "remove_bridge"])
def test_a_call_that_goes_wrong_does_nothing(call: str, kind: str, error: type[Exception], make: Make) -> None:
    carrier = make(faults=[{"call": call, "kind": kind, "text": "as scripted"}])
    if call != "build_bridge":
        carrier.build_bridge(WANTED)
    before = carrier.store.bridge(KEY)
    with pytest.raises(error, match="as scripted"):
        ask(carrier, call)
    assert carrier.store.bridge(KEY) == before
    ask(carrier, call)
    assert (carrier.store.bridge(KEY) == before) is (call == "bridge")


@pytest.mark.parametrize("call", ["build_bridge", "remove_bridge"])
def test_an_answer_that_is_lost_leaves_what_was_done(call: str, make: Make) -> None:
    carrier = make(faults=[{"call": call, "kind": "lost_answer", "text": "as scripted"}])
    if call != "build_bridge":
        carrier.build_bridge(WANTED)
    with pytest.raises(OutcomeUnknown, match="as scripted"):
        ask(carrier, call)
    assert (carrier.bridge(KEY) is not None) is (call == "build_bridge")
    held = carrier.store.bridge(KEY)
    ask(carrier, call)
    assert carrier.store.bridge(KEY) == held


def ask(carrier: SimulatedCarrier, call: str) -> None:
    match call:
        case "build_bridge":
            carrier.build_bridge(WANTED)
        case "bridge":
            carrier.bridge(KEY)
        case _:
            carrier.remove_bridge(KEY)


def test_looking_for_a_bridge_that_never_was_counts_for_its_order(make: Make) -> None:
    carrier = make(faults=[{"call": "bridge", "kind": "outage"}, {"call": "remove_bridge", "kind": "outage"}])
    with pytest.raises(CarrierUnavailable):
        carrier.bridge(KEY)
    with pytest.raises(CarrierUnavailable):
        carrier.remove_bridge(KEY)
    assert carrier.bridge(KEY) is None
