"""A return at the simulated carrier: asked for once a stage, answered by the losing carrier in its own time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portolan.carriers.simulated import Script, SimulatedCarrier
from portolan.domain.carrier import CarrierOrder, CarrierStatus, Consent, NumberStatus
from portolan.domain.errors import CarrierRefused, CarrierUnavailable, OutcomeUnknown
from tests.carriers.scene import HOUR, SECOND, START, Clock, back, moved, submission

Make = Callable[..., SimulatedCarrier]
ASKED = (CarrierStatus.PORTED, Consent.REQUESTED)
RETURNED = (CarrierStatus.PORTED_BACK, Consent.CONSENTED)
REFUSED = (CarrierStatus.PORTED, Consent.REFUSED)


def stands(at_carrier: CarrierOrder) -> tuple[CarrierStatus, Consent | None]:
    return at_carrier.status, at_carrier.consent


def asked(carrier: SimulatedCarrier) -> list[tuple[str, str, timedelta]]:
    """What the carrier has noted of each stage asked for: key, stage, since the start."""
    return [(one.key, one.stage, one.at - START) for one in carrier.store.orders("o1")[0].asked_back]


def test_by_default_numbers_go_back_at_once(make: Make) -> None:
    carrier = make()
    held = moved(carrier)
    assert carrier.get(held).consent is None
    returned = carrier.port_back(back(held))
    assert (stands(returned), returned.updated_at, returned.consent_why) == (RETURNED, START, "")
    assert set(returned.numbers.values()) == {NumberStatus.RETURNED}
    assert make().get(held) == returned


@pytest.mark.parametrize("call", ["get", "find", "port_back"])
def test_the_answer_comes_so_long_after_the_stage_was_asked_for_first(call: str, make: Make, clock: Clock) -> None:
    carrier = make(consent_hours=6)
    held = moved(carrier)

    def look() -> CarrierOrder:
        match call:
            case "get":
                return make().get(held)
            case "find":
                found = make().find("o1:1")
                assert found
                return found
            case _:
                return make().port_back(back(held))

    clock.now += HOUR
    assert stands(carrier.port_back(back(held))) == ASKED
    clock.now += 6 * HOUR - SECOND
    waiting = look()
    assert stands(waiting) == ASKED
    assert set(waiting.numbers.values()) == {NumberStatus.ACTIVE}
    assert carrier.store.orders("o1")[0].returned_at is None
    clock.now += SECOND
    returned = look()
    assert (stands(returned), returned.updated_at) == (RETURNED, START + 7 * HOUR)
    assert set(returned.numbers.values()) == {NumberStatus.RETURNED}
    assert asked(carrier) == [("o1:port-back:snapback", "snapback", HOUR)]
    assert carrier.store.orders("o1")[0].returned_at == START + 7 * HOUR


def test_a_refusal_is_an_answer_with_a_reason_and_changes_nothing(make: Make, clock: Clock) -> None:
    carrier = make(consent="refused", consent_hours=2)
    held = moved(carrier)
    assert stands(carrier.port_back(back(held))) == ASKED
    clock.now += 2 * HOUR - SECOND
    assert (stands(carrier.get(held)), carrier.get(held).consent_why) == (ASKED, "")
    clock.now += SECOND
    for answer in (make().get(held), make().port_back(back(held))):
        assert (stands(answer), answer.updated_at) == (REFUSED, START + 2 * HOUR)
        assert answer.consent_why == "The losing carrier does not agree to a snapback."
        assert set(answer.numbers.values()) == {NumberStatus.ACTIVE}
    assert len(asked(carrier)) == 1


def test_silence_lasts(make: Make, clock: Clock) -> None:
    carrier = make(consent="silent")
    held = moved(carrier)
    carrier.port_back(back(held))
    clock.now += 10_000 * HOUR
    assert stands(carrier.get(held)) == ASKED


def test_each_stage_is_asked_for_once_and_has_its_own_answer_and_time(make: Make, clock: Clock) -> None:
    carrier = make(consent_hours=1, consent_by_stage={"snapback": "refused"})
    held = moved(carrier)
    carrier.port_back(back(held))
    clock.now += HOUR
    assert stands(carrier.get(held)) == REFUSED
    for _ in range(2):
        assert stands(carrier.port_back(back(held, "win_back"))) == ASKED
    clock.now += HOUR - SECOND
    assert stands(carrier.get(held)) == ASKED
    clock.now += SECOND
    assert stands(carrier.get(held)) == RETURNED
    assert asked(carrier) == [
        ("o1:port-back:snapback", "snapback", timedelta(0)),
        ("o1:port-back:win_back", "win_back", HOUR),
    ]


def test_one_stage_can_be_left_without_an_answer(make: Make, clock: Clock) -> None:
    carrier = make(consent_by_stage={"win_back": "silent"})
    held = moved(carrier)
    assert stands(carrier.port_back(back(held, "win_back"))) == ASKED
    assert stands(carrier.port_back(back(held))) == RETURNED


def test_a_late_consent_to_an_earlier_stage_returns_the_numbers(make: Make, clock: Clock) -> None:
    carrier = make(consent_hours=5, consent_by_stage={"win_back": "refused"})
    held = moved(carrier)
    carrier.port_back(back(held))
    clock.now += 4 * HOUR
    assert stands(carrier.port_back(back(held, "win_back"))) == ASKED
    clock.now += HOUR
    assert stands(carrier.get(held)) == RETURNED
    clock.now += 100 * HOUR
    returned = carrier.get(held)
    assert (stands(returned), returned.updated_at, returned.consent_why) == (RETURNED, START + 5 * HOUR, "")


def test_what_was_returned_stays_so_though_the_script_changes(make: Make) -> None:
    carrier = make()
    held = moved(carrier)
    carrier.port_back(back(held))
    carrier.give_script("o1", Script(consent="refused"))
    assert stands(carrier.get(held)) == RETURNED
    assert stands(carrier.port_back(back(held, "win_back"))) == RETURNED
    assert len(asked(carrier)) == 1


def test_what_has_not_moved_is_not_asked_for(make: Make) -> None:
    carrier = make()
    held = carrier.submit(submission()).carrier_order_id
    with pytest.raises(CarrierRefused, match="no number of the order has moved"):
        carrier.port_back(back(held))
    assert asked(carrier) == []
    assert carrier.get(held).consent is None


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        ("outage", CarrierUnavailable, None),
        ("lost_request", OutcomeUnknown, None),
        ("refuse", CarrierRefused, None),
        ("lost_answer", OutcomeUnknown, Consent.CONSENTED),
    ],
)
def test_a_request_goes_wrong_with_or_without_effect(
    kind: str, error: type[Exception], told: Consent | None, make: Make
) -> None:
    carrier = make(faults=[{"call": "port_back", "kind": kind, "text": "as scripted"}])
    held = moved(carrier)
    with pytest.raises(error, match="as scripted"):
        carrier.port_back(back(held))
    assert carrier.get(held).consent is told
    assert stands(carrier.port_back(back(held))) == RETURNED
    assert len(asked(carrier)) == 1
