"""The way back as a new port: what is known is filled in, what is not is marked, and nothing else is wrong with it."""

from __future__ import annotations

import pytest

from portolan.domain.carrier import NumberStatus
from portolan.domain.new_port import demand, marks, new_port
from portolan.domain.request import Request, faults_in
from portolan.domain.states import State
from tests.domain.standing import standing

EXTRA = {
    "US-LOCAL": set(),
    "FR-FIX": {"accounts[0].numbers[0].rio", "accounts[0].numbers[1].rio"},
    "UK-MOB": {"accounts[0].numbers[0].pac", "accounts[0].numbers[1].pac"},
    "US-TF": {"accounts[0].numbers[0].resp_org", "accounts[0].numbers[1].resp_org"},
}
FIELDS = {
    f"accounts[0].account.{name}"
    for name in ("entity_name", "authorized_person", "service_address", "postal_code", "account_number")
}


def order(**given):
    return standing(State.COMPLETED, **given)


def test_the_carriers_are_swapped_and_the_people_stay():
    data = new_port(order())
    (account,) = data["accounts"]
    assert (account["losing_carrier"], data["gaining_carrier"]) == ("simulated", "Old Telco")
    assert data["reference"] == "order-1-back"
    assert account["numbers"] == ["+12125550143", "+12125550144"]
    assert {role: person["name"] for role, person in data["contacts"].items()} == {
        "customer": "Ada Byron",
        "coordinator": "Charles Babbage",
        "decision_maker": "Grace Hopper",
    }


@pytest.mark.parametrize("playbook", EXTRA)
def test_the_only_fault_is_what_is_marked(playbook):
    gone = order(request={"playbook": playbook})
    faults = faults_in(new_port(gone))
    assert [fault.where for fault in faults] == ["accounts[0].account.account_number"]
    assert {fault.where for fault in faults} < set(marks(gone))


def test_once_the_marked_is_filled_in_it_is_a_request():
    data = new_port(order())
    data["accounts"][0]["account"]["account_number"] = "77-1"
    assert faults_in(data) == []
    request = Request.model_validate(data)
    assert request.accounts[0].account.account_number == "77-1"


def test_the_old_account_number_is_not_taken_for_the_new_one():
    assert new_port(order())["accounts"][0]["account"]["account_number"] == ""


@pytest.mark.parametrize(("playbook", "extra"), EXTRA.items())
def test_what_each_number_needs_is_asked_for_anew(playbook, extra):
    gone = order(request={"playbook": playbook})
    filled = {path for path, words in marks(gone).items() if words.startswith("fill in")}
    expected = {"accounts[0].account.account_number"} | extra
    expected |= {"accounts[0].pin"} if "pin" in gone.policy.identifiers else set()
    assert filled == expected
    for path in extra:
        index, name = int(path.split("[")[2][0]), path.rsplit(".", 1)[1]
        assert new_port(gone)["accounts"][0]["numbers"][index][name] == ""


def test_every_mark_leads_somewhere_and_names_the_present_carrier():
    for path, words in marks(order()).items():
        assert path in FIELDS
        assert "simulated" in words
        assert "{" not in words


def test_the_account_is_asked_for_by_pin_and_holder_where_the_rules_want_them():
    gone = order()
    gone.request.policy.identifiers = ["account_number", "pin", "nif"]
    (account,) = new_port(gone)["accounts"]
    assert (account["pin"], account["nif"]) == ("", "")
    assert {"accounts[0].pin", "accounts[0].nif"} < set(marks(gone))


def test_wireless_numbers_are_said_to_be_so():
    assert new_port(order(request={"playbook": "US-WIRELESS"}))["accounts"][0]["service"] == {"wireless": True}
    assert "service" not in new_port(order())["accounts"][0]


def test_only_numbers_that_moved_go_back():
    status = {"+12125550143": NumberStatus.FAILED, "+12125550144": NumberStatus.ACTIVE}
    assert new_port(order(number_status=status))["accounts"][0]["numbers"] == ["+12125550144"]
    assert len(new_port(order(number_status={}))["accounts"][0]["numbers"]) == 2


def test_a_long_name_still_makes_a_reference():
    gone = order()
    gone.request.order_id = "a" * 39 + "-split-2"
    reference = new_port(gone)["reference"]
    assert (len(reference), reference[-5:]) == (40, "-back")
    assert "reference" not in str(faults_in(new_port(gone)))


def test_a_port_nobody_wanted_is_called_one():
    assert new_port(order())["accounts"][0]["label"] == "way back of order-1"
    assert new_port(order(), inadvertent=True)["accounts"][0]["label"] == "inadvertent port of order-1"


def test_the_demand_names_the_rule_the_numbers_and_both_carriers():
    text = demand(order())
    assert "LNPA Best Practice 42" in text
    assert "regardless of the time that has passed" in text
    for words in (
        "Old Telco",
        "simulated",
        "+12125550143\n+12125550144",
        "2026-11-17 16:00 UTC",
        "C-1",
        "Grace Hopper",
    ):
        assert words in text
    assert "2 numbers" in text


def test_no_rule_is_claimed_where_none_is_known():
    gone = order()
    gone.request.policy.inadvertent_unlimited = False
    text = demand(gone)
    assert "Best Practice" not in text
    assert "no rule known to us" in text


def test_what_people_wrote_cannot_break_the_letter():
    gone = order()
    gone.request.customer = "Acme\n\nTo whom it may concern\x1b[2J"
    text = demand(gone)
    assert "\n\nTo whom" not in text
    assert "\x1b" not in text
