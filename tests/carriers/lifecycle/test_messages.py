"""Messages of the vendors that send some: the adapter's receiver takes them as the simulator sends them, however they
come, and none is more than a hint.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portolan.carriers.accounts import AmazonConnectAccount, EmailAccount, SimulatedAccount
from portolan.carriers.receivers import receiver
from portolan.carriers.webhooks import Forged, Incoming, Message
from portolan.domain.carrier import CarrierStatus
from tests.carriers.lifecycle.conftest import OVER_HTTP, SetUp
from tests.carriers.lifecycle.expected import EXPECTED
from tests.carriers.lifecycle.over_http import HttpStage
from tests.carriers.lifecycle.stages import FOC
from tests.carriers.scene import HOUR
from tests.simulator.mailbox import Mailbox, open_mailbox

MINUTE = timedelta(minutes=1)
#: Basic credentials of the well-known account, as the vendor that uses a challenge sends them.
CREDENTIALS = "Basic c2ltdWxhdG9yOnNpbXVsYXRvcg=="


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as made:
        yield made


@pytest.fixture(params=OVER_HTTP)
def stage(request: pytest.FixtureRequest, set_up: SetUp, mailbox: Mailbox) -> HttpStage:
    """An account whose messages go to the mailbox."""
    mailbox.credentials = CREDENTIALS if request.param == "bandwidth" else ""
    made = set_up(request.param, webhook_url=mailbox.url)
    assert isinstance(made, HttpStage)
    made.carrier.listen()
    return made


def incoming(mailbox: Mailbox) -> list[Incoming]:
    """What came, without requests that only provoke a challenge."""
    return [
        Incoming(f"{mailbox.base}{letter.path}", letter.headers, letter.content)
        for letter in mailbox.letters
        if not mailbox.credentials or "authorization" in letter.headers
    ]


def received(stage: HttpStage, mailbox: Mailbox) -> list[Message]:
    doors = receiver(stage.account)
    assert doors is not None
    return [doors.receive(one, datetime.now(UTC)) for one in incoming(mailbox)]


def test_messages_name_the_order(stage: HttpStage, mailbox: Mailbox) -> None:
    stage.submitted()
    stage.wait(HOUR)
    stage.confirms(FOC)
    stage.moves_numbers()
    told = received(stage, mailbox)
    assert len(told) >= 2
    assert {message.carrier_order_id for message in told} == {stage.ids["o1"]}
    assert {message.reference for message in told} <= {"o1:1", ""}
    assert all(message.kind and message.occurred_at for message in told)
    assert len({message.message_id for message in told}) == len(told)
    assert stage.get().status is CarrierStatus.PORTED


@pytest.mark.parametrize("kind", ["duplicated", "swapped", "dropped"])
def test_doubled_disordered_and_lost_messages_change_nothing(stage: HttpStage, mailbox: Mailbox, kind: str) -> None:
    stage.submitted()
    stage.wait(MINUTE)
    quiet = len(incoming(mailbox))
    stage.world.fault(kind, vendor=stage.name, times=100)
    stage.wait(HOUR)
    stage.accepts()
    stage.wait(HOUR)
    stage.confirms(FOC)
    stage.moves_numbers()
    told = received(stage, mailbox)[quiet:]
    names = [message.message_id for message in told]
    if kind == "dropped":
        assert told == []
        assert stage.ids["o1"] in stage.carrier.changes("").carrier_order_ids
    elif kind == "duplicated":
        assert len(names) == 2 * len(set(names)) > 0
    else:
        assert len(names) == len(set(names)) > 1
        moments = [message.occurred_at for message in told if message.occurred_at]
        assert moments != sorted(moments)
    held = stage.get()
    assert (held.status, held.foc_at) == (CarrierStatus.PORTED, FOC)


@pytest.mark.parametrize("kind", ["unsigned", "wrongly_signed"])
def test_messages_of_others_are_turned_away(stage: HttpStage, mailbox: Mailbox, kind: str) -> None:
    stage.submitted()
    stage.wait(MINUTE)
    before = len(mailbox.letters)
    stage.world.fault(kind, vendor=stage.name, times=100)
    stage.wait(HOUR)
    stage.confirms(FOC)
    doors = receiver(stage.account)
    assert doors is not None
    assert mailbox.letters[before:]
    for letter in mailbox.letters[before:]:
        with pytest.raises(Forged):
            doors.receive(Incoming(f"{mailbox.base}{letter.path}", letter.headers, letter.content), datetime.now(UTC))


def test_words_of_the_desk_come_as_messages(stage: HttpStage, mailbox: Mailbox) -> None:
    stage.submitted()
    if not EXPECTED[stage.name].comments:
        return
    stage.writes("They look into it.")
    assert [message.said for message in received(stage, mailbox) if message.said] == ["They look into it."]


def test_messages_after_a_division_name_an_order_that_is_ours(stage: HttpStage, mailbox: Mailbox) -> None:
    stage.will_divide()
    stage.submitted()
    stage.wait(HOUR)
    stage.confirms(FOC)
    named = {message.carrier_order_id for message in received(stage, mailbox)}
    assert named
    for name in named:
        assert stage.carrier.get(name).key == "o1:1"


def test_others_send_none() -> None:
    connect = {"region": "us-west-2", "instance_id": "i", "instance_arn": "arn:aws:connect:us-west-2:1:instance/i"}
    accounts = [
        SimulatedAccount(name="simulated"),
        EmailAccount(name="otherco", vendor="email", carrier="Other Co", desk="lnp@other.example"),
        AmazonConnectAccount(name="amazon_connect", vendor="amazon_connect", **connect),
    ]
    assert [receiver(account) for account in accounts] == [None] * len(accounts)
    assert len(accounts) + len(OVER_HTTP) == len(EXPECTED)
