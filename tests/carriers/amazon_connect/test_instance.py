"""The numbers of the instance: arrival, flows, what routing says, bridges; and what `verify` looks at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from botocore.exceptions import ReadTimeoutError

from portolan.carriers.amazon_connect import AmazonConnect
from portolan.carriers.amazon_connect.aws import Aws
from portolan.domain.carrier import BridgeWanted, CarrierStatus, NumberConfiguration, NumberStatus
from portolan.domain.errors import (
    CarrierInvalid,
    CarrierRateLimited,
    CarrierRefused,
    CarrierUnavailable,
    OutcomeUnknown,
)
from portolan.records.store import Records
from tests.carriers.amazon_connect.aws import FakeAws, account, failure
from tests.carriers.desk.desks import DAY, NUMBERS, START, Clock, enter, raising, submission

FLOW = NumberConfiguration(contact_flow="flow-1")
FOC = START + 5 * DAY
WANTED = BridgeWanted(key="o1:bridge", order_id="o1", numbers=NUMBERS)
LOST = ReadTimeoutError(endpoint_url="https://connect")


@pytest.fixture
def dated(by_hand: AmazonConnect, book: Records, clock: Clock) -> AmazonConnect:
    """A carrier with an order that has its FOC."""
    by_hand.submit(submission())
    enter(book, clock, "foc", foc_at=FOC)
    return by_hand


def test_before_they_arrive_numbers_are_not_configured_and_then_each_is_once(
    dated: AmazonConnect, aws: FakeAws
) -> None:
    assert dated.configure("o1:1", FLOW) is False
    aws.arrive(NUMBERS[0])
    assert dated.configure("o1:1", FLOW) is False
    assert aws.flows == {NUMBERS[0]: "flow-1"}
    aws.arrive(NUMBERS[1], "IN_PROGRESS")
    assert dated.configure("o1:1", FLOW) is False
    aws.arrive(NUMBERS[1])
    assert dated.configure("o1:1", FLOW) is True
    assert aws.flows == dict.fromkeys(NUMBERS, "flow-1")
    assert dated.configure("o1:1", FLOW) is True
    assert aws.count("associate_phone_number_contact_flow") == 2
    assert dated.configure("o1:1", NumberConfiguration(contact_flow="flow-2")) is True
    assert aws.flows == dict.fromkeys(NUMBERS, "flow-2")


def test_a_number_that_did_not_move_is_not_waited_for(
    dated: AmazonConnect, aws: FakeAws, book: Records, clock: Clock
) -> None:
    enter(book, clock, "ported", failed=NUMBERS[1:])
    aws.arrive(NUMBERS[0])
    assert dated.configure("o1:1", FLOW) is True


def test_a_call_that_is_slowed_down_goes_on_where_it_was(dated: AmazonConnect, aws: FakeAws) -> None:
    for number in NUMBERS:
        aws.arrive(number)
    aws.fail("associate_phone_number_contact_flow", failure("ThrottlingException"), after_effect=True)
    with raising(CarrierRateLimited, "slow down"):
        dated.configure("o1:1", FLOW)
    described = aws.count("describe_phone_number")
    assert dated.configure("o1:1", FLOW) is True
    assert (described, aws.count("describe_phone_number")) == (2, 2)


def test_without_a_flow_a_person_maps_them(dated: AmazonConnect, aws: FakeAws) -> None:
    with raising(CarrierRefused, "contact_flow"):
        dated.configure("o1:1", NumberConfiguration(emergency_address="A1"))
    assert aws.calls == []


def test_configuration_is_taken_away_once(dated: AmazonConnect, aws: FakeAws) -> None:
    dated.unconfigure("o1:1")
    assert aws.calls == []
    for number in NUMBERS:
        aws.arrive(number)
    dated.configure("o1:1", FLOW)
    aws.fail("disassociate_phone_number_contact_flow", LOST, after_effect=True)
    with raising(OutcomeUnknown, "may have happened"):
        dated.unconfigure("o1:1")
    aws.fail("disassociate_phone_number_contact_flow", failure("ResourceNotFoundException", 404))
    dated.unconfigure("o1:1")
    calls = len(aws.calls)
    dated.unconfigure("o1:1")
    assert len(aws.calls) == calls


def test_a_number_that_is_there_before_the_foc_proves_nothing(dated: AmazonConnect, aws: FakeAws, clock: Clock) -> None:
    aws.arrive(NUMBERS[0])
    clock.now = FOC - timedelta(seconds=1)
    assert [one.at_gaining for one in dated.routing("o1:1", NUMBERS)] == [None, False]
    assert set(dated.get("o1:1").numbers.values()) == {NumberStatus.PENDING}
    clock.now = FOC
    assert [one.at_gaining for one in dated.routing("o1:1", NUMBERS)] == [True, False]
    order = dated.activate("o1:1")
    assert order.numbers == {NUMBERS[0]: NumberStatus.ACTIVE, NUMBERS[1]: NumberStatus.PENDING}
    assert order.status is CarrierStatus.FOC_CONFIRMED


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILED", "whatever"])
def test_a_number_that_is_not_claimed_is_not_there(
    dated: AmazonConnect, aws: FakeAws, clock: Clock, status: str
) -> None:
    clock.now = FOC
    aws.arrive(NUMBERS[0], status)
    assert [one.at_gaining for one in dated.routing("o1:1", NUMBERS[:1])] == [False]
    assert set(dated.get("o1:1").numbers.values()) == {NumberStatus.PENDING}


def test_a_number_that_left_the_instance_is_not_there(dated: AmazonConnect, aws: FakeAws, clock: Clock) -> None:
    clock.now = FOC
    aws.arrive(NUMBERS[0])
    assert dated.routing("o1:1", NUMBERS[:1])[0].at_gaining is True
    del aws.numbers[NUMBERS[0]]
    assert dated.routing("o1:1", NUMBERS[:1])[0].at_gaining is False


def test_before_a_date_is_near_nobody_asks_connect(by_hand: AmazonConnect, aws: FakeAws) -> None:
    by_hand.submit(submission())
    by_hand.get("o1:1")
    assert aws.calls == []


def test_a_bridge_is_claimed_once_number_by_number(by_hand: AmazonConnect, aws: FakeAws) -> None:
    assert by_hand.bridge("o1:bridge") is None
    bridge = by_hand.build_bridge(WANTED)
    assert list(bridge.claimed) == NUMBERS
    assert bridge.forward_to == ", ".join(bridge.claimed.values())
    assert sorted(aws.numbers) == sorted(bridge.claimed.values())
    assert by_hand.build_bridge(WANTED) == by_hand.bridge("o1:bridge") == bridge
    assert aws.count("claim_phone_number") == 2
    described = [held["PhoneNumberDescription"] for held in aws.numbers.values()]
    assert described == [f"Portolan bridge o1:bridge for {number}" for number in NUMBERS]


@pytest.mark.parametrize("after_effect", [True, False], ids=["with effect", "without"])
@pytest.mark.parametrize("call", ["claim_phone_number", "search_available_phone_numbers", "list_phone_numbers_v2"])
def test_a_time_out_claims_nothing_twice(by_hand: AmazonConnect, aws: FakeAws, call: str, after_effect: bool) -> None:
    aws.fail(call, LOST, after_effect=after_effect)
    with raising(OutcomeUnknown if call == "claim_phone_number" else CarrierUnavailable, "no proper answer"):
        by_hand.build_bridge(WANTED)
    assert by_hand.bridge("o1:bridge") is None
    bridge = by_hand.build_bridge(WANTED)
    assert sorted(aws.numbers) == sorted(bridge.claimed.values())
    assert len(aws.numbers) == 2


def test_a_list_that_lags_behind_claims_nothing_twice(by_hand: AmazonConnect, aws: FakeAws) -> None:
    bridge = by_hand.build_bridge(WANTED)
    hidden, aws.numbers = aws.numbers, {}
    assert by_hand.build_bridge(WANTED) == bridge
    assert (aws.numbers, len(hidden)) == ({}, 2)


def test_a_number_somebody_else_took_is_replaced(by_hand: AmazonConnect, aws: FakeAws) -> None:
    aws.fail("claim_phone_number", failure("ResourceNotFoundException", 404))
    with raising(CarrierUnavailable, "another one is chosen"):
        by_hand.build_bridge(WANTED)
    assert len(by_hand.build_bridge(WANTED).claimed) == 2


def test_a_claim_that_aws_does_not_take_is_for_a_person_and_the_next_try_chooses_anew(
    by_hand: AmazonConnect, aws: FakeAws, book: Records
) -> None:
    aws.fail("claim_phone_number", failure("InvalidParameterException"))
    with raising(CarrierInvalid, "InvalidParameterException"):
        by_hand.build_bridge(WANTED)
    held = book.desk_case("o1:bridge")
    assert held is not None
    assert held.claimed == {}


def test_where_nothing_can_be_claimed_a_person_is_told(by_hand: AmazonConnect, aws: FakeAws) -> None:
    aws.free = []
    with raising(CarrierRefused, "no DID number of US"):
        by_hand.build_bridge(WANTED)
    with raising(CarrierRefused, "no TOLL_FREE number of US"):
        by_hand.build_bridge(WANTED.model_copy(update={"key": "k2", "numbers": ["+18005550199"]}))
    with raising(CarrierInvalid, "no number to build a bridge for"):
        by_hand.build_bridge(WANTED.model_copy(update={"key": "k3", "numbers": ["nonsense"]}))


def test_a_bridge_is_removed_once_and_not_built_again(by_hand: AmazonConnect, aws: FakeAws) -> None:
    by_hand.remove_bridge("o1:bridge")
    by_hand.build_bridge(WANTED)
    aws.arrive("+12125550777")
    aws.fail("release_phone_number", LOST, after_effect=True)
    with raising(OutcomeUnknown, "may have happened"):
        by_hand.remove_bridge("o1:bridge")
    by_hand.remove_bridge("o1:bridge")
    by_hand.remove_bridge("o1:bridge")
    assert list(aws.numbers) == ["+12125550777"]
    assert by_hand.bridge("o1:bridge") is None
    assert by_hand.build_bridge(WANTED).claimed == {}
    assert list(aws.numbers) == ["+12125550777"]


def test_what_was_half_built_is_removed_too(by_hand: AmazonConnect, aws: FakeAws) -> None:
    aws.free = aws.free[:1]
    with raising(CarrierRefused, "to claim"):
        by_hand.build_bridge(WANTED)
    assert len(aws.numbers) == 1
    by_hand.remove_bridge("o1:bridge")
    assert aws.numbers == {}


def test_verify_changes_nothing_and_says_what_only_an_order_shows(carrier: AmazonConnect, aws: FakeAws) -> None:
    assert [(one.name, one.passed) for one in carrier.verify()] == [
        ("instance", True),
        ("numbers", True),
        ("cases in North America", True),
        ("cases outside North America", True),
        ("permissions to change", None),
    ]
    assert {call.split("_")[0] for call, _ in aws.calls} == {"describe", "list"}


def test_verify_tells_each_thing_that_is_wrong(carrier: AmazonConnect, aws: FakeAws) -> None:
    aws.fail("describe_instance", failure("ResourceNotFoundException", 404))
    aws.fails["list_phone_numbers_v2"] = [failure("AccessDeniedException", 403)]
    aws.fails["describe_services"] = [failure("SubscriptionRequiredException")]
    found = carrier.verify()
    assert [one.passed for one in found] == [False, False, False, True, None]
    assert "set support_api to false" in found[2].words


def test_without_the_api_verify_does_not_ask_for_it(by_hand: AmazonConnect, aws: FakeAws) -> None:
    assert [one.passed for one in by_hand.verify()] == [True, True, None, None]
    assert aws.count("describe_services") == 0


def test_real_clients_try_once_in_their_own_regions() -> None:
    aws = Aws(account(access_key_id="AKIATEST"))
    for service, region in (("support", "us-east-1"), ("connect", "us-west-2")):
        client = aws._client(service)
        assert client.meta.region_name == region
        assert client.meta.config.retries["total_max_attempts"] == 1
        assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (10, 30)
