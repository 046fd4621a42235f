"""The simulated dialer: what its calls find follows from the script and from how the order stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portolan.carriers import registry
from portolan.carriers.base import CallTester
from portolan.carriers.simulated import CallFailure, Script, SimulatedCarrier, SimulatedTester
from portolan.domain.errors import CarrierRefused, CarrierUnavailable, OutcomeUnknown
from portolan.domain.testcalls import CallResult, CallsWanted, Check, Heard, Origin
from portolan.settings import Settings
from tests.carriers.scene import HOUR, NUMBERS, SECOND, START, Clock, back, moved, submission

Make = Callable[..., SimulatedCarrier]
ORIGINS: tuple[Origin, ...] = ("mobile", "landline", "voip", "losing_carrier", "long_distance")
CHECKS: list[Check] = ["ringback", "two_way_audio", "sms_in", "sms_out"]


class Dialer:
    """The dialer beside the carrier; every slot of it is another one."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.tester = SimulatedTester(path, clock)
        self.slots = 0

    def slot(self, *origins: Origin, key: str = "", number: str = NUMBERS[0]) -> list[CallResult]:
        self.slots += 1
        wanted = CallsWanted(
            key=key or f"o1:slot:{self.slots}",
            order_id="o1",
            tester="simulated",
            calls=dict.fromkeys(origins or ORIGINS, number),
            checks=CHECKS,
        )
        return self.tester.call(wanted)

    def heard(self, *origins: Origin, number: str = NUMBERS[0]) -> dict[Origin, list[Heard]]:
        """By origin, what came of each check."""
        return {one.origin: list(one.checks.values()) for one in self.slot(*origins, number=number)}


@pytest.fixture
def dialer(tmp_path: Path, clock: Clock) -> Dialer:
    return Dialer(tmp_path / "carrier.db", clock)


def alike(*heard: Heard) -> dict[Origin, list[Heard]]:
    return {origin: list(heard) for origin in ORIGINS}


PASSED = alike("passed", "passed", "passed", "passed")
OLD = alike("old_carrier", "old_carrier", "old_carrier", "old_carrier")


def test_it_is_a_call_tester_by_its_name(tmp_path: Path, clock: Clock) -> None:
    there = registry.testers(Settings(data_dir=tmp_path), clock)
    tester: CallTester = there["simulated"]
    wanted = CallsWanted(key="k", order_id="o1", tester="simulated", calls={"voip": NUMBERS[0]}, checks=["ringback"])
    (result,) = tester.call(wanted)
    assert list(there) == ["simulated"]
    assert result.at == START
    registry.simulated(Settings(data_dir=tmp_path), clock).give_script(
        "o1", Script.model_validate({"faults": [{"call": "call", "kind": "outage"}]})
    )
    with pytest.raises(CarrierUnavailable):
        tester.call(wanted)


def test_a_slot_has_a_call_from_each_origin_with_every_check(make: Make, dialer: Dialer, clock: Clock) -> None:
    moved(make())
    clock.now += HOUR
    results = dialer.slot("mobile", "voip", key="o1:slot:7")
    assert results == [
        CallResult(
            number=NUMBERS[0],
            origin=origin,
            checks=dict.fromkeys(CHECKS, "passed"),
            at=START + HOUR,
            by="simulated",
            reference=f"o1:slot:7:{origin}",
        )
        for origin in ("mobile", "voip")
    ]


def test_calls_reach_the_old_carrier_before_the_activation_and_after_a_return(make: Make, dialer: Dialer) -> None:
    carrier = make()
    assert dialer.heard() == OLD
    held = carrier.submit(submission()).carrier_order_id
    assert dialer.heard() == OLD
    carrier.activate(held)
    assert dialer.heard() == PASSED
    assert dialer.heard(number="+12125559999") == OLD
    carrier.port_back(back(held))
    assert dialer.heard() == OLD


def test_the_newest_order_that_has_the_number_counts(make: Make, dialer: Dialer) -> None:
    carrier = make()
    carrier.cancel(carrier.submit(submission()).carrier_order_id, "sent as new again")
    moved(carrier)
    assert dialer.heard() == PASSED


def test_a_dead_number_is_not_in_service_until_it_comes_to_life(make: Make, dialer: Dialer, clock: Clock) -> None:
    moved(make(dead_numbers=1, dead_hours=2))
    clock.now += 2 * HOUR - SECOND
    assert dialer.heard() == alike("not_in_service", "not_in_service", "not_delivered", "not_delivered")
    assert dialer.heard(number=NUMBERS[1]) == PASSED
    clock.now += SECOND
    assert dialer.heard() == PASSED


@pytest.mark.parametrize("script", [{"routing": "losing"}, {"routing_hours": 2}])
def test_the_losing_carriers_own_customers_stay_there_while_the_look_up_names_it(
    script: dict[str, object], make: Make, dialer: Dialer, clock: Clock
) -> None:
    moved(make(**script))
    clock.now += 2 * HOUR - SECOND
    assert dialer.heard() == {**PASSED, "losing_carrier": OLD["losing_carrier"]}
    clock.now += SECOND
    assert (dialer.heard() == PASSED) is ("routing_hours" in script)


def test_where_nobody_can_look_up_calls_still_come_through(make: Make, dialer: Dialer) -> None:
    moved(make(routing="unknown"))
    assert dialer.heard() == PASSED


@pytest.mark.parametrize("fails", [False, True])
def test_messages_come_through_when_the_messaging_has_moved(
    fails: bool, make: Make, dialer: Dialer, clock: Clock
) -> None:
    moved(make(messaging_hours=3, messaging_fails=fails))
    undelivered = alike("passed", "passed", "not_delivered", "not_delivered")
    clock.now += 3 * HOUR - SECOND
    assert dialer.heard() == undelivered
    clock.now += SECOND
    assert dialer.heard() == (undelivered if fails else PASSED)


@pytest.mark.parametrize(
    ("seconds", "fails"), [(3599, False), (3600, True), (2 * 3600 - 1, True), (2 * 3600, False), (10**7, False)]
)
def test_a_failure_lasts_from_its_first_to_before_its_last_moment(
    seconds: int, fails: bool, make: Make, dialer: Dialer, clock: Clock
) -> None:
    moved(make(call_failures=[CallFailure(after_hours=1, until_hours=2)]))
    clock.now += seconds * SECOND
    assert dialer.heard() == (alike("silence", "silence", "silence", "silence") if fails else PASSED)


def test_a_failure_without_an_end_lasts(make: Make, dialer: Dialer, clock: Clock) -> None:
    moved(make(call_failures=[CallFailure(heard="busy")]))
    assert dialer.heard("voip") == {"voip": ["busy"] * 4}
    clock.now += 10_000 * HOUR
    assert dialer.heard("voip") == {"voip": ["busy"] * 4}


def test_a_failure_can_be_of_one_origin_or_one_check_and_the_first_that_fits_counts(make: Make, dialer: Dialer) -> None:
    failures = [
        CallFailure(origin="voip", check="two_way_audio", heard="silence"),
        CallFailure(origin="voip", heard="busy"),
        CallFailure(check="sms_out", heard="not_delivered"),
    ]
    moved(make(call_failures=failures))
    others = alike("passed", "passed", "passed", "not_delivered")
    assert dialer.heard() == {**others, "voip": ["busy", "silence", "busy", "busy"]}


def test_a_failure_goes_before_what_else_would_be_heard_but_not_before_the_activation(
    make: Make, dialer: Dialer
) -> None:
    carrier = make(call_failures=[CallFailure(heard="wrong")], dead_numbers=1, activate_again=True, routing="losing")
    held = carrier.submit(submission()).carrier_order_id
    assert dialer.heard() == OLD
    carrier.activate(held)
    assert dialer.heard() == alike("wrong", "wrong", "wrong", "wrong")


def test_a_call_is_made_once_and_told_as_it_was_found(make: Make, dialer: Dialer, clock: Clock, tmp_path: Path) -> None:
    moved(make(call_failures=[CallFailure(until_hours=1)]))
    first = dialer.slot("mobile", key="o1:slot:1")
    clock.now += HOUR
    assert Dialer(tmp_path / "carrier.db", clock).slot("mobile", key="o1:slot:1") == first
    both = dialer.slot("mobile", "voip", key="o1:slot:1")
    assert both[0] == first[0]
    assert (both[1].passed, both[1].at) == (True, START + HOUR)
    assert dialer.slot("mobile", key="o1:slot:2")[0].passed


def test_of_two_processes_that_made_a_call_the_first_counts(make: Make, dialer: Dialer) -> None:
    store = make().store
    (first,) = dialer.slot("mobile", key="o1:slot:1")
    assert first.reference == "o1:slot:1:mobile"
    store.keep_test_call(first.reference, first.model_copy(update={"note": "made meanwhile"}))
    assert store.test_call(first.reference) == first
    assert dialer.slot("mobile", key="o1:slot:1") == [first]


@pytest.mark.parametrize(
    ("kind", "error", "made"),
    [
        ("outage", CarrierUnavailable, False),
        ("lost_request", OutcomeUnknown, False),
        ("refuse", CarrierRefused, False),
        ("lost_answer", OutcomeUnknown, True),
    ],
)
def test_a_slot_goes_wrong_with_or_without_calls(
    kind: str, error: type[Exception], made: bool, make: Make, dialer: Dialer, clock: Clock
) -> None:
    carrier = make(faults=[{"call": "call", "kind": kind, "text": "as scripted"}])
    moved(carrier)
    with pytest.raises(error, match="as scripted"):
        dialer.slot("mobile", key="o1:slot:1")
    clock.now += HOUR
    (result,) = dialer.slot("mobile", key="o1:slot:1")
    assert result.at == (START if made else START + HOUR)
    assert carrier.store.calls("call", "o1") == 2
