"""The cutover at the simulated carrier: configuration, activation in part, look-ups, messaging."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from portolan.carriers.simulated import Script, SimulatedCarrier
from portolan.domain.carrier import CarrierStatus, MessagingStatus, NumberConfiguration, NumberStatus, Routing, SendKind
from portolan.domain.errors import CarrierRefused, CarrierUnavailable, OutcomeUnknown
from tests.carriers.scene import HOUR, NUMBERS, SECOND, START, Clock, back, moved, submission

Make = Callable[..., SimulatedCarrier]
FLOW = NumberConfiguration(contact_flow="reception", emergency_address="12 Harbor Street")


def test_numbers_are_configured_before_they_arrive_and_a_second_time_changes_nothing(make: Make) -> None:
    carrier = make()
    held = carrier.submit(submission()).carrier_order_id
    for _ in range(2):
        carrier.configure(held, FLOW)
    kept = make().store.orders("o1")[0]
    assert (kept.configuration, kept.configured_times) == (FLOW, 1)
    carrier.activate(held)
    carrier.configure(held, NumberConfiguration(contact_flow="night"))
    kept = carrier.store.orders("o1")[0]
    assert kept.configuration == NumberConfiguration(contact_flow="night")
    assert kept.configured_times == 2


def test_a_configuration_is_taken_away_and_numbers_without_one_stay_so(make: Make) -> None:
    carrier = make()
    held = carrier.submit(submission()).carrier_order_id
    carrier.unconfigure(held)
    carrier.configure(held, FLOW)
    for _ in range(2):
        make().unconfigure(held)
    assert carrier.store.orders("o1")[0].configuration is None


@pytest.mark.parametrize("end", ["cancelled", "returned"])
def test_numbers_that_are_not_coming_get_no_configuration_but_lose_theirs(end: str, make: Make) -> None:
    carrier = make()
    held = carrier.submit(submission()).carrier_order_id
    carrier.configure(held, FLOW)
    if end == "cancelled":
        carrier.cancel(held, "moved house")
    else:
        carrier.activate(held)
        carrier.port_back(back(held))
    with pytest.raises(CarrierRefused, match="not coming here any more"):
        carrier.configure(held, NumberConfiguration(contact_flow="night"))
    assert carrier.store.orders("o1")[0].configuration == FLOW
    carrier.unconfigure(held)
    assert carrier.store.orders("o1")[0].configuration is None


@pytest.mark.parametrize(("after", "status"), [(-SECOND, NumberStatus.FAILED), (0 * SECOND, NumberStatus.ACTIVE)])
def test_dead_numbers_come_to_life_with_the_hours_and_not_by_activating_again(
    after: timedelta, status: NumberStatus, make: Make, clock: Clock
) -> None:
    carrier = make(dead_numbers=1, dead_hours=2)
    held = moved(carrier)
    clock.now = START + 2 * HOUR + after
    assert carrier.activate(held).numbers == {NUMBERS[0]: status, NUMBERS[1]: NumberStatus.ACTIVE}


def test_dead_numbers_come_to_life_by_activating_again_and_not_with_the_hours(make: Make, clock: Clock) -> None:
    carrier = make(dead_numbers=1, activate_again=True)
    held = moved(carrier)
    first = {NUMBERS[0]: NumberStatus.FAILED, NUMBERS[1]: NumberStatus.ACTIVE}
    assert carrier.get(held).numbers == first
    clock.now += 1000 * HOUR
    assert carrier.get(held).numbers == first
    again = make().activate(held)
    assert again.numbers == dict.fromkeys(NUMBERS, NumberStatus.ACTIVE)
    assert again.activated_at == START


OLD, NEW = (False, "Old Telco"), (True, "simulated")


def named(carrier: SimulatedCarrier, held: str) -> tuple[bool | None, str]:
    """What the look-up says, alike of every number."""
    (found,) = {(one.at_gaining, one.carrier) for one in carrier.routing(held, NUMBERS)}
    return found


@pytest.mark.parametrize(
    ("script", "seconds", "found"),
    [
        ({}, 0, NEW),
        ({"routing_hours": 3}, 3 * 3600 - 1, OLD),
        ({"routing_hours": 3}, 3 * 3600, NEW),
        ({"routing": "losing"}, 10**7, OLD),
        ({"routing": "unknown"}, 10**7, (None, "")),
    ],
)
def test_the_look_up_names_the_gaining_carrier_when_the_script_says(
    script: dict[str, object], seconds: int, found: tuple[bool | None, str], make: Make, clock: Clock
) -> None:
    carrier = make(**script)
    held = moved(carrier)
    clock.now += seconds * SECOND
    assert named(carrier, held) == found
    assert named(make(), held) == found


def test_the_look_up_names_the_losing_carrier_before_the_activation_and_after_a_return(make: Make) -> None:
    carrier = make()
    held = carrier.submit(submission()).carrier_order_id
    assert named(carrier, held) == OLD
    carrier.activate(held)
    assert named(carrier, held) == NEW
    carrier.port_back(back(held))
    assert named(carrier, held) == OLD


def test_the_look_up_knows_who_by_their_ids_and_nothing_of_other_numbers(make: Make) -> None:
    carrier = make()
    held = moved(carrier)
    stranger = "+12125559999"
    known, unknown = carrier.routing(held, [NUMBERS[1], stranger])
    assert (known.number, known.spid) == (NUMBERS[1], "SIMG")
    assert unknown == Routing(number=stranger)
    assert carrier.routing(held, []) == []


def messaging(carrier: SimulatedCarrier, held: str, campaign: str = "") -> list[MessagingStatus]:
    found = carrier.messaging(held, campaign)
    assert list(found) == NUMBERS
    return list(found.values())


@pytest.mark.parametrize("fails", [False, True])
def test_messaging_moves_so_long_after_the_activation(fails: bool, make: Make, clock: Clock) -> None:
    carrier = make(messaging_hours=4, messaging_fails=fails)
    held = carrier.submit(submission()).carrier_order_id
    assert messaging(carrier, held) == [MessagingStatus.PENDING] * 2
    carrier.activate(held)
    clock.now += 4 * HOUR - SECOND
    assert messaging(carrier, held, "C1") == [MessagingStatus.ACTIVATING] * 2
    clock.now += SECOND
    assert messaging(carrier, held) == [MessagingStatus.FAILED if fails else MessagingStatus.SETTLED] * 2
    carrier.port_back(back(held))
    assert messaging(carrier, held) == [MessagingStatus.PENDING] * 2
    assert carrier.store.orders("o1")[0].joins == 0


def test_each_number_joins_its_campaign_once_and_only_when_it_has_arrived(make: Make) -> None:
    carrier = make(dead_numbers=1, activate_again=True)
    held = moved(carrier)

    def joined() -> tuple[dict[str, str], int]:
        kept = carrier.store.orders("o1")[0]
        return kept.campaign, kept.joins

    for _ in range(2):
        assert messaging(carrier, held, "C1") == [MessagingStatus.PENDING, MessagingStatus.SETTLED]
        assert joined() == ({NUMBERS[1]: "C1"}, 1)
    carrier.activate(held)
    for each in (carrier, make(), carrier):
        assert messaging(each, held, "C1") == [MessagingStatus.SETTLED] * 2
        assert joined() == (dict.fromkeys(NUMBERS, "C1"), 2)


def test_without_a_campaign_none_is_joined(make: Make) -> None:
    carrier = make()
    held = moved(carrier)
    assert messaging(carrier, held) == [MessagingStatus.SETTLED] * 2
    assert carrier.store.orders("o1")[0].campaign == {}


@pytest.mark.parametrize("call", ["configure", "unconfigure", "messaging"])
@pytest.mark.parametrize(
    ("kind", "error", "happened"),
    [
        ("outage", CarrierUnavailable, False),
        ("lost_request", OutcomeUnknown, False),
        ("refuse", CarrierRefused, False),
        ("lost_answer", OutcomeUnknown, True),
    ],
)
def test_calls_go_wrong_with_or_without_effect(
    call: str, kind: str, error: type[Exception], happened: bool, make: Make
) -> None:
    carrier = make()
    held = moved(carrier)
    if call == "unconfigure":
        carrier.configure(held, FLOW)
    carrier.give_script("o1", Script.model_validate({"faults": [{"call": call, "kind": kind, "text": "as scripted"}]}))
    before = carrier.store.orders("o1")
    asked = {
        "configure": lambda: carrier.configure(held, FLOW),
        "unconfigure": lambda: carrier.unconfigure(held),
        "messaging": lambda: carrier.messaging(held, "C1"),
    }
    with pytest.raises(error, match="as scripted"):
        asked[call]()
    assert (carrier.store.orders("o1") != before) is happened
    asked[call]()
    assert carrier.store.orders("o1") != before


def test_a_look_up_can_be_away(make: Make) -> None:
    carrier = make(faults=[{"call": "routing", "kind": "outage"}])
    held = moved(carrier)
    with pytest.raises(CarrierUnavailable):
        carrier.routing(held, NUMBERS)
    assert named(carrier, held) == NEW


def test_an_order_of_an_older_store_is_read_as_it_was(make: Make) -> None:
    """What it remembers of a sending from before it noted the losing carrier, configuration, campaign and returns."""
    carrier = make()
    held = carrier.submit(submission())
    later = {"losing_carrier", "configuration", "configured_times", "campaign", "joins", "asked_back"}
    old = carrier.store.orders("o1")[0].model_dump_json(exclude=later)
    with sqlite3.connect(carrier.store.path) as db:
        db.execute("UPDATE orders SET body = ?", (old,))
    assert carrier.get(held.carrier_order_id) == held
    carrier.submit(submission(2, SendKind.SUPPLEMENT, held.carrier_order_id))
    assert carrier.activate(held.carrier_order_id).status is CarrierStatus.PORTED
