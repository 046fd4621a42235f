from __future__ import annotations

import pytest

from portolan.carriers.telnyx import Telnyx
from portolan.domain.carrier import BridgeWanted, MessagingStatus, NumberConfiguration
from portolan.domain.errors import CarrierRefused
from tests.carriers.scene import NUMBERS, back
from tests.carriers.telnyx.conftest import FOC, changed
from tests.carriers.telnyx.fake import FakeTelnyx

ONE, TWO = NUMBERS
CONFIGURATION = NumberConfiguration(
    contact_flow="c-1", routing="desk", emergency_address="e-1", messaging_profile="m-1"
)


def test_numbers_to_come_are_configured_on_the_order_once(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    assert telnyx.configure(sent, CONFIGURATION)
    assert fake.orders[sent]["phone_number_configuration"] == {
        "connection_id": "c-1",
        "emergency_address_id": "e-1",
        "messaging_profile_id": "m-1",
        "tags": ["desk"],
    }
    assert changed(fake, lambda: telnyx.configure(sent, CONFIGURATION)) == []
    telnyx.unconfigure(sent)
    assert not any(fake.orders[sent]["phone_number_configuration"].values())
    assert changed(fake, lambda: telnyx.unconfigure(sent)) == []


def test_numbers_that_arrived_are_configured_one_by_one_and_once(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    telnyx.configure(sent, NumberConfiguration(routing="desk"))
    fake.stand(sent, "ported", FOC)
    fake.arrive(ONE)
    assert not telnyx.configure(sent, CONFIGURATION)
    fake.arrive(TWO)
    assert telnyx.configure(sent, CONFIGURATION)
    for line in fake.lines.values():
        assert line["connection_id"] == "c-1"
        assert line["messaging_profile_id"] == "m-1"
        assert (line["emergency_enabled"], line["emergency_address_id"]) == (True, "e-1")
        assert line["tags"] == ["desk"]
    assert changed(fake, lambda: telnyx.configure(sent, CONFIGURATION)) == []
    telnyx.unconfigure(sent)
    for line in fake.lines.values():
        assert not any((line["connection_id"], line["messaging_profile_id"], line["emergency_enabled"], line["tags"]))
    assert changed(fake, lambda: telnyx.unconfigure(sent)) == []


@pytest.mark.parametrize(("word", "done"), [("Sending", False), ("Failed", False), ("Old", True), ("", True)])
def test_a_number_that_is_not_here_yet_is_still_to_be_configured(
    telnyx: Telnyx, fake: FakeTelnyx, sent: str, word: str, done: bool
) -> None:
    fake.stand(sent, "ported", FOC)
    for number in NUMBERS:
        fake.arrive(number)
    fake.activation(sent, word, TWO)
    assert telnyx.configure(sent, NumberConfiguration(contact_flow="c-1")) is done
    assert fake.lines[ONE]["connection_id"] == "c-1"


@pytest.mark.parametrize("given", ["desk", ""])
def test_tags_of_others_stay(telnyx: Telnyx, fake: FakeTelnyx, sent: str, given: str) -> None:
    telnyx.configure(sent, NumberConfiguration(contact_flow="c-1", routing=given))
    fake.stand(sent, "ported", FOC)
    fake.arrive(ONE)["tags"] = ["vip", *filter(None, [given])]
    fake.arrive(TWO)
    telnyx.unconfigure(sent)
    assert [fake.lines[number]["tags"] for number in NUMBERS] == [["vip"], []]


def test_a_cancelled_order_gets_no_configuration(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    telnyx.cancel(sent, "x")
    with pytest.raises(CarrierRefused, match="not coming here"):
        telnyx.configure(sent, CONFIGURATION)
    assert changed(fake, lambda: telnyx.unconfigure(sent)) == []


@pytest.mark.parametrize(
    ("word", "where"),
    [
        ("pending", MessagingStatus.PENDING),
        ("activating", MessagingStatus.ACTIVATING),
        ("partial_port_complete", MessagingStatus.ACTIVATING),
        ("exception", MessagingStatus.FAILED),
        ("canceled", MessagingStatus.FAILED),
        ("not_applicable", MessagingStatus.SETTLED),
        ("ported", MessagingStatus.SETTLED),
        ("never heard", MessagingStatus.PENDING),
    ],
)
def test_messaging_is_told_apart_from_voice(
    telnyx: Telnyx, fake: FakeTelnyx, sent: str, word: str, where: MessagingStatus
) -> None:
    fake.orders[sent]["messaging"]["messaging_port_status"] = word
    assert set(telnyx.messaging(sent, "").values()) == {MessagingStatus.PENDING}
    fake.stand(sent, "ported", FOC)
    assert telnyx.messaging(sent, "") == dict.fromkeys(NUMBERS, where)


def test_messaging_settles_by_joining_the_campaign_once(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    fake.stand(sent, "ported", FOC)
    fake.orders[sent]["messaging"]["messaging_port_status"] = "ported"
    fake.arrive(ONE)
    assert telnyx.messaging(sent, "camp") == {ONE: MessagingStatus.SETTLED, TWO: MessagingStatus.PORTED}
    assert fake.lines[ONE]["messaging_profile_id"] == "camp"
    assert changed(fake, lambda: telnyx.messaging(sent, "camp")) == []


def test_a_port_back_is_asked_of_the_desk(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    fake.stand(sent, "ported", FOC)
    for _ in range(2):
        telnyx.port_back(back(sent))
    assert [one["body"] for one in fake.comments[sent]] == ["Please return the numbers: dead air"]


def test_bridges_are_for_people(telnyx: Telnyx) -> None:
    with pytest.raises(CarrierRefused, match="forwards nothing"):
        telnyx.build_bridge(BridgeWanted(key="k", order_id="o1", numbers=NUMBERS))
    assert telnyx.bridge("k") is None
    telnyx.remove_bridge("k")
