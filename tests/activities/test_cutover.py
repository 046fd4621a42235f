"""What is asked of carriers and dialers around the cutover: each looks before it acts, and repeating it is harmless."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.carrier import CarrierActivities
from portolan.carriers.simulated import CallFailure, Script
from portolan.domain.carrier import (
    BridgeAnswer,
    BridgeWanted,
    MessagingStatus,
    NumberConfiguration,
    NumberStatus,
    Routing,
)
from portolan.domain.effects import EFFECTS, CarrierCall, Configuring, Failure, Messaging
from portolan.domain.testcalls import CallsWanted
from tests.activities.desk import NOW, NUMBER, SECOND, Desk, faulty, port_back

HOUR = timedelta(hours=1)
FLOW = NumberConfiguration(contact_flow="reception")
BRIDGE = BridgeWanted(key="o1:bridge", order_id="o1", numbers=[NUMBER])
BUILT = BridgeAnswer(claimed={NUMBER: "+99900000001"}, forward_to="sip:o1@bridge.simulated.example", carries=True)
GONE = BridgeAnswer(claimed={}, forward_to="")


def calls(number: str = NUMBER, **given: Any) -> CallsWanted:
    wanted = {
        "key": "o1:slot:1",
        "order_id": "o1",
        "tester": "simulated",
        "calls": {"mobile": NUMBER, "voip": number},
        "checks": ["ringback", "two_way_audio"],
    }
    return CallsWanted.model_validate({**wanted, **given})


def configuration(desk: Desk) -> tuple[NumberConfiguration | None, int]:
    held = desk.carrier.store.orders("o1")[0]
    return held.configuration, held.configured_times


def test_every_effect_at_carriers_and_dialers_is_registered_once(desk: Desk) -> None:
    names = [each.__name__ for each in desk.activities.all]
    assert len(names) == len(set(names)) == 13
    assert set(names) <= set(EFFECTS)


@pytest.mark.parametrize("kind", ["outage", "lost_request", "lost_answer"])
def test_numbers_are_configured_once_however_often_it_is_tried(kind: str, tmp_path: Path) -> None:
    desk = faulty(tmp_path, "configure", kind)
    wanted = Configuring(call=desk.submitted(), configuration=FLOW)
    failure = desk.failure("configure_numbers", wanted)
    assert failure.type == (Failure.UNAVAILABLE if kind == "outage" else Failure.OUTCOME_UNKNOWN)
    assert not failure.non_retryable
    for _ in range(2):
        assert desk.run("configure_numbers", wanted) is True
    assert configuration(desk) == (FLOW, 1)


@pytest.mark.parametrize("end", ["cancelled", "returned"])
def test_a_late_repetition_configures_nothing_that_is_not_coming(end: str, desk: Desk) -> None:
    call = desk.submitted()
    wanted = Configuring(call=call, configuration=FLOW)
    desk.run("configure_numbers", wanted)
    if end == "cancelled":
        desk.run("cancel_order", call)
    else:
        desk.run("activate_order", call)
        desk.run("port_back_order", "simulated", port_back())
    for _ in range(2):
        desk.run("unconfigure_numbers", call)
    desk.run("configure_numbers", wanted)
    assert configuration(desk) == (None, 1)


def test_what_we_do_not_know_the_name_of_is_found_to_take_its_configuration(desk: Desk) -> None:
    call = desk.submitted()
    desk.run("configure_numbers", Configuring(call=call, configuration=FLOW))
    desk.run("unconfigure_numbers", call.model_copy(update={"carrier_order_id": None}))
    assert configuration(desk) == (None, 1)


def test_where_the_carrier_holds_nothing_there_is_no_configuration_to_take(desk: Desk) -> None:
    desk.run("unconfigure_numbers", CarrierCall(carrier="simulated", order_id="o1", key="o1:1"))
    assert desk.calls("unconfigure") == 0


def test_a_refusal_to_configure_is_final(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "configure", "refuse")
    failure = desk.failure("configure_numbers", Configuring(call=desk.submitted(), configuration=FLOW))
    assert (failure.type, failure.non_retryable) == (Failure.REFUSED, True)


@pytest.mark.parametrize("named", [[], [NUMBER]])
def test_proof_is_the_carriers_word_and_an_independent_look(named: list[str], desk: Desk) -> None:
    call = desk.submitted().model_copy(update={"numbers": named})
    before = desk.run("look_for_proof", call)
    assert before.numbers == {NUMBER: NumberStatus.PENDING}
    assert [(one.number, one.at_gaining, one.carrier) for one in before.routing] == [(NUMBER, False, "Old Telco")]
    desk.run("activate_order", call)
    look = desk.run("look_for_proof", call)
    assert look.numbers == {NUMBER: NumberStatus.ACTIVE}
    assert look.routing == [Routing(number=NUMBER, at_gaining=True, carrier="simulated", spid="SIMG")]


@pytest.mark.parametrize("kind", ["outage", "lost_request"])
def test_without_a_look_up_there_is_still_the_carriers_word(kind: str, tmp_path: Path) -> None:
    desk = faulty(tmp_path, "routing", kind)
    call = desk.submitted()
    desk.run("activate_order", call)
    look = desk.run("look_for_proof", call)
    assert (look.numbers, look.routing) == ({NUMBER: NumberStatus.ACTIVE}, [])
    assert len(desk.run("look_for_proof", call).routing) == 1


def test_without_the_carriers_word_there_is_no_proof(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "get", "outage")
    assert desk.failure("look_for_proof", desk.submitted()).type == Failure.UNAVAILABLE
    assert desk.calls("routing") == 0


def test_a_look_up_that_is_refused_is_told(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "routing", "refuse")
    failure = desk.failure("look_for_proof", desk.submitted())
    assert (failure.type, failure.non_retryable) == (Failure.REFUSED, True)


def test_messaging_is_told_as_it_is_and_each_number_joins_its_campaign_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Script(messaging_hours=1))
    call = desk.submitted()
    wanted = Messaging(call=call, campaign="C1")
    desk.run("activate_order", call)
    moments = (NOW, NOW + HOUR - SECOND, NOW + HOUR, NOW + 2 * HOUR)
    found = [desk.run("settle_messaging", wanted, at=moment)[NUMBER] for moment in moments]
    assert found == [MessagingStatus.ACTIVATING] * 2 + [MessagingStatus.SETTLED] * 2
    assert desk.carrier.store.orders("o1")[0].joins == 1


def test_a_lost_answer_does_not_make_a_number_join_twice(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "messaging", "lost_answer")
    call = desk.submitted()
    desk.run("activate_order", call)
    wanted = Messaging(call=call, campaign="C1")
    assert desk.failure("settle_messaging", wanted).type == Failure.OUTCOME_UNKNOWN
    assert desk.run("settle_messaging", wanted) == {NUMBER: MessagingStatus.SETTLED}
    assert desk.carrier.store.orders("o1")[0].joins == 1


@pytest.mark.parametrize("kind", ["outage", "lost_request", "lost_answer"])
def test_a_bridge_is_looked_for_and_built_once(kind: str, tmp_path: Path) -> None:
    desk = faulty(tmp_path, "build_bridge", kind)
    assert not desk.failure("build_bridge", "simulated", BRIDGE).non_retryable
    for _ in range(2):
        assert desk.run("build_bridge", "simulated", BRIDGE) == BUILT
    assert desk.calls("build_bridge") == (1 if kind == "lost_answer" else 2)


def test_a_look_for_a_bridge_that_fails_builds_none(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "bridge", "outage")
    assert desk.failure("build_bridge", "simulated", BRIDGE).type == Failure.UNAVAILABLE
    assert desk.calls("build_bridge") == 0


def test_a_bridge_is_told_as_it_is_now(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Script(bridge_hours=1))
    for moment, carries in ((NOW, False), (NOW + HOUR - SECOND, False), (NOW + HOUR, True)):
        assert desk.run("build_bridge", "simulated", BRIDGE, at=moment).carries is carries


@pytest.mark.parametrize("kind", ["outage", "lost_request", "lost_answer"])
def test_a_bridge_is_removed_once_and_not_built_again_by_a_late_repetition(kind: str, tmp_path: Path) -> None:
    desk = faulty(tmp_path, "remove_bridge", kind)
    desk.run("build_bridge", "simulated", BRIDGE)
    assert not desk.failure("remove_bridge", "simulated", BRIDGE).non_retryable
    for _ in range(2):
        desk.run("remove_bridge", "simulated", BRIDGE)
    assert desk.run("build_bridge", "simulated", BRIDGE) == GONE
    assert desk.carrier.bridge(BRIDGE.key) is None


def test_no_bridge_is_removed_where_there_is_none(desk: Desk) -> None:
    desk.run("remove_bridge", "simulated", BRIDGE)
    assert desk.carrier.bridge(BRIDGE.key) is None
    assert desk.run("build_bridge", "simulated", BRIDGE).claimed


@pytest.mark.parametrize("name", ["build_bridge", "remove_bridge"])
def test_a_bridge_at_a_carrier_that_is_not_set_up_is_refused(name: str, desk: Desk) -> None:
    failure = desk.failure(name, "nobody", BRIDGE)
    assert (failure.type, failure.non_retryable) == (Failure.REFUSED, True)
    assert "There is: simulated." in failure.message


def test_calls_are_made_once_however_often_the_slot_is_asked_for(tmp_path: Path) -> None:
    fault = {"call": "call", "kind": "lost_answer"}
    script = Script.model_validate({"call_failures": [CallFailure(origin="voip", until_hours=1)], "faults": [fault]})
    desk = Desk(tmp_path, script)
    desk.run("activate_order", desk.submitted())
    assert desk.failure("make_test_calls", calls()).type == Failure.OUTCOME_UNKNOWN
    for moment in (NOW, NOW + HOUR):
        results = desk.run("make_test_calls", calls(), at=moment)
        assert [(one.origin, one.number, one.passed, one.at) for one in results] == [
            ("mobile", NUMBER, True, NOW),
            ("voip", NUMBER, False, NOW),
        ]
    assert all(one.passed for one in desk.run("make_test_calls", calls(key="o1:slot:2"), at=NOW + HOUR))


def test_a_dialer_that_is_away_is_tried_again(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "call", "outage")
    failure = desk.failure("make_test_calls", calls())
    assert (failure.type, failure.non_retryable) == (Failure.UNAVAILABLE, False)
    assert len(desk.run("make_test_calls", calls())) == 2


def test_a_dialer_that_is_not_set_up_is_a_refusal_that_names_those_that_are(desk: Desk) -> None:
    failure = desk.failure("make_test_calls", calls(tester="robot"))
    assert (failure.type, failure.non_retryable) == (Failure.REFUSED, True)
    assert "No dialer 'robot' is set up. There is: simulated." in failure.message
    desk.activities = CarrierActivities({"simulated": desk.carrier})
    assert "There is: none." in desk.failure("make_test_calls", calls()).message


@pytest.mark.parametrize(
    "number",
    ["911", "112", "999", "933", "+1911", "+1933", "+44999", "+49112", "9112125550", "", "reception", "+12125"],
)
def test_nothing_but_whole_numbers_is_ever_dialled(number: str, desk: Desk) -> None:
    failure = desk.failure("make_test_calls", calls(number))
    assert (failure.type, failure.non_retryable) == (Failure.REFUSED, True)
    assert "emergency" in failure.message
    assert desk.calls("call") == 0


@pytest.mark.parametrize("number", ["+1 212 555 0001", "tel:+12125550001", "0012125550001"])
def test_a_number_in_another_writing_is_not_dialled_but_told(number: str, desk: Desk) -> None:
    failure = desk.failure("make_test_calls", calls(number))
    assert NUMBER in failure.message
    assert desk.calls("call") == 0


@pytest.mark.parametrize("number", ["+442079460958", "+4930231251", "+33199001210", "+18005550199", "+447700900123"])
def test_whole_numbers_of_any_country_are_dialled(number: str, desk: Desk) -> None:
    desk.run("make_test_calls", calls(number))
    assert desk.calls("call") == 1
