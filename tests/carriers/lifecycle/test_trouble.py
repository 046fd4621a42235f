"""What a try to send comes to while the carrier is away, wants less, or does not know us; and what no message told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from pydantic import SecretStr

from portolan.domain.carrier import CarrierStatus, SendKind
from portolan.domain.effects import Failure
from portolan.notifications.errors import DeliveryFailed
from portolan.simulator.testing import Running
from tests.carriers.amazon_connect.aws import failure
from tests.carriers.lifecycle.conftest import OVER_HTTP, SetUp
from tests.carriers.lifecycle.desks import ConnectStage, EmailStage
from tests.carriers.lifecycle.expected import EXPECTED, Expected
from tests.carriers.lifecycle.over_http import HttpStage
from tests.carriers.lifecycle.stages import FOC, SimulatedStage, Stage
from tests.carriers.scene import HOUR

WAIT = 42
#: The call that makes an order, as the simulator names it.
CREATES = {"telnyx": "CreatePortingOrder", "twilio": "CreatePortingPortIn", "bandwidth": "CreatePortin"}
#: The call that hands a draft in, where there is one.
HANDS_IN = {"telnyx": "ConfirmPortingOrder", "bandwidth": "UpdatePortin"}
WRONG = {"telnyx": "api_key", "twilio": "auth_token", "bandwidth": "password"}


@pytest.fixture
def expected(request: pytest.FixtureRequest) -> Expected:
    return EXPECTED[request.node.callspec.params["stage"]]


def away(stage: Stage) -> None:
    """The next try meets a carrier that is out of service."""
    match stage:
        case HttpStage():
            stage.world.fault("unavailable", vendor=stage.name, retry_after=0)
        case SimulatedStage():
            stage.scripted(faults=[{"call": "submit", "kind": "outage"}])
        case EmailStage():
            stage.post.failing.append(DeliveryFailed("no connection"))
        case ConnectStage():
            stage.aws.fail("describe_cases", EndpointConnectionError(endpoint_url="https://support"))


def test_an_outage_is_waited_out(stage: Stage, expected: Expected) -> None:
    away(stage)
    submission = stage.submission()
    failed = stage.failure("submit_order", stage.name, submission)
    assert (failed.type, failed.non_retryable, failed.next_retry_delay) == (expected.outage, False, None)
    assert stage.live_orders() == {}
    assert stage.send(submission).status is CarrierStatus.RECEIVED
    assert len(stage.live_orders()) == 1
    stage.never_twice()


def test_a_carrier_that_asks_to_slow_down_is_given_its_time(stage: Stage, expected: Expected) -> None:
    if isinstance(stage, HttpStage):
        stage.world.fault("rate_limited", vendor=stage.name, retry_after=WAIT)
    elif isinstance(stage, ConnectStage):
        stage.aws.fail("describe_cases", failure("ThrottlingException"))
    submission = stage.submission()
    if not expected.slows:
        assert stage.send(submission).status is CarrierStatus.RECEIVED
        return
    failed = stage.failure("submit_order", stage.name, submission)
    assert (failed.type, failed.non_retryable) == ("carrier_rate_limited", False)
    assert failed.next_retry_delay is not None
    assert failed.next_retry_delay == timedelta(seconds=WAIT) or isinstance(stage, ConnectStage)
    assert stage.live_orders() == {}
    stage.send(submission)
    assert len(stage.live_orders()) == 1


@pytest.mark.parametrize("name", OVER_HTTP)
def test_wrong_credentials_are_an_operators_matter(name: str, set_up: SetUp, strict_world: Running) -> None:
    stage = set_up(name, world=strict_world, **{WRONG[name]: SecretStr("not-the-secret")})
    failed = stage.failure("submit_order", stage.name, stage.submission())
    assert (failed.type, failed.non_retryable) == (Failure.UNAUTHORISED, True)
    assert "not-the-secret" not in f"{failed}{failed.__cause__}"
    assert stage.live_orders() == {}
    assert any(check.passed is False for check in stage.carrier.verify())
    right = set_up(name, world=strict_world, webhook_url="https://in.example/hooks")
    right.submitted()
    assert len(right.live_orders()) == 1
    assert all(check.passed is not False for check in right.carrier.verify())


def test_permissions_at_aws_are_an_operators_matter(set_up: SetUp) -> None:
    stage = set_up("amazon_connect")
    assert isinstance(stage, ConnectStage)
    stage.aws.fail("describe_cases", failure("AccessDeniedException", 403))
    failed = stage.failure("submit_order", stage.name, stage.submission())
    assert (failed.type, failed.non_retryable) == (Failure.UNAUTHORISED, True)
    assert stage.live_orders() == {}


def test_who_turns_credentials_away_is_told_in_the_table() -> None:
    assert {name for name, row in EXPECTED.items() if row.locks} == {*OVER_HTTP, "amazon_connect"}


@pytest.mark.parametrize("kind", ["no_answer", "reset", "internal", "bad_gateway"])
@pytest.mark.parametrize(("name", "operation"), [*CREATES.items(), *HANDS_IN.items()], ids=lambda value: str(value))
def test_an_order_of_unknown_fate_is_looked_for(name: str, operation: str, kind: str, set_up: SetUp) -> None:
    stage = set_up(name)
    assert isinstance(stage, HttpStage)
    stage.world.fault(kind, vendor=name, operation=operation)
    submission = stage.submission()
    failed = stage.failure("submit_order", stage.name, submission)
    assert (failed.type, failed.non_retryable) == (Failure.OUTCOME_UNKNOWN, False)
    assert len(stage.live_orders()) <= 1
    held = stage.send(submission)
    assert (held.key, held.status) == ("o1:1", CarrierStatus.RECEIVED)
    assert len(stage.live_orders()) == 1
    # Another process, with nothing in memory, finds it and sends nothing.
    stage.points.arm()
    stage.carrier = stage.made()
    assert stage.send(submission).carrier_order_id == held.carrier_order_id
    assert all(met.startswith(("GET ", "records ")) for met in stage.points.met)


def changed(stage: Stage) -> Callable[[], list[str]]:
    """Asks for what changed, going on from the last answer."""
    cursor = ""

    def ask() -> list[str]:
        nonlocal cursor
        found = stage.carrier.changes(cursor)
        cursor = found.cursor
        return found.carrier_order_ids

    return ask


def test_what_no_message_told_is_listed(stage: Stage, expected: Expected) -> None:
    stage.submitted()
    ask = changed(stage)
    ask()
    for _ in range(3):
        stage.wait(timedelta(hours=13))
        ask()
    stage.confirms(FOC)
    stage.wait(timedelta(minutes=1))
    found = ask()
    if not expected.lists:
        assert found == []
        return
    assert found
    mine = {stage.ids["o1"], *(part.carrier_order_id for part in stage.get().parts)}
    assert set(found) <= mine
    # The same is named again at most: nothing that is not ours, and each once.
    again = ask()
    assert set(again) <= set(found)
    assert len(found) == len(set(found))
    assert stage.get().status is CarrierStatus.FOC_CONFIRMED


def test_a_cursor_that_nobody_can_read_reaches_back(stage: Stage, expected: Expected) -> None:
    stage.submitted()
    stage.wait(HOUR)
    found = stage.carrier.changes("\x00 not a cursor")
    assert (stage.ids["o1"] in found.carrier_order_ids) is expected.lists
    assert set(stage.carrier.changes(found.cursor).carrier_order_ids) <= {stage.ids["o1"]}


def test_a_loss_between_two_sendings_leaves_one_order(stage: Stage) -> None:
    """A correction whose answer is lost, a date that was said meanwhile, and the same correction once more."""
    stage.submitted()
    stage.rejects("ACCOUNT_NUMBER_MISMATCH")
    stage.wait(HOUR)
    submission = stage.submission(SendKind.SUPPLEMENT)
    stage.send(submission)
    stage.wait(HOUR)
    stage.confirms(FOC)
    held = stage.send(submission)
    assert (held.key, held.status, held.foc_at) == ("o1:2", CarrierStatus.FOC_CONFIRMED, FOC)
    assert len(stage.live_orders()) == 1
