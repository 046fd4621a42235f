"""Splitting a project into port orders."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.bridge import TRADE_OFFS
from portolan.domain.carrier import AccountData, NumberConfiguration
from portolan.domain.errors import ConfigurationError, RequestInvalid
from portolan.domain.foc import Freeze
from portolan.domain.messaging import MessagingWanted
from portolan.domain.playbooks import Playbook, Policy, resolve
from portolan.domain.request import AccountRequest, Request
from portolan.domain.splitting import ParsedNumber, Split, number_faults, split
from portolan.domain.telling import Contact

CHRISTMAS = date(2026, 12, 25)
ACCOUNT = {
    "entity_name": "Acme Inc.",
    "authorized_person": "Ana Ortiz",
    "service_address": "12 Harbor Street",
    "postal_code": "02110",
    "account_number": "0048",
}
PERSON = {"name": "Ana Ortiz", "email": "ana@acme.example"}
KINDS = [("US", "geographic"), ("US", "toll_free"), ("GB", "geographic"), ("GB", "toll_free"), ("GB", "special_rate")]


def project(*accounts: dict[str, Any]) -> Request:
    """A request with these account entries, on top of the usual account."""
    entries = [{"losing_carrier": "Old Telco", "account": ACCOUNT, "numbers": ["x"], **entry} for entry in accounts]
    return Request.model_validate(
        {
            "reference": "ACME-2026",
            "customer": "Acme",
            "contacts": {"customer": PERSON, "coordinator": PERSON, "decision_maker": PERSON},
            "accounts": entries,
        }
    )


def number(tail: int, country: str = "US", number_class: str = "geographic", account: int = 0) -> ParsedNumber:
    """A number as recognised; its last digits tell it from others."""
    return ParsedNumber(f"+1212555{tail:04}", country, number_class, f"accounts[{account}].numbers[{tail}]", tail + 10)


def closed(playbook: Playbook, account: AccountRequest, country: str, count: int) -> Policy:
    """The rules, with one closed day in the United States."""
    return resolve(playbook, closed_days=[CHRISTMAS] if country == "US" else [], overrides=account.policy.overrides())


def faults_of(request: Request, numbers: list[list[ParsedNumber]]) -> list[str]:
    with pytest.raises(RequestInvalid) as caught:
        split(request, numbers, closed)
    return [str(fault) for fault in caught.value.faults]


def test_one_kind_at_one_account_is_one_order_with_everything_it_needs() -> None:
    result = split(project({"wishes": {"requested_foc_on": "2026-12-15"}}), [[number(1), number(2)]], closed)
    (order,) = result.orders
    assert (order.order_id, order.project_id, order.reference) == ("acme-2026-1", "acme-2026", "ACME-2026")
    assert order.numbers == ["+12125550001", "+12125550002"]
    assert (order.country, order.number_class, order.losing_carrier) == ("US", "geographic", "Old Telco")
    assert type(order.account) is AccountData
    assert order.account.account_number == "0048"
    assert order.requested_foc_on == date(2026, 12, 15)
    assert order.policy.playbook == "US-LOCAL"
    assert order.policy.closed_days == [CHRISTMAS]
    assert result.reasons == [
        "Old Telco account 0048: 2 numbers in 1 port order: US geographic numbers move by US-LOCAL"
    ]
    assert result.accounts == {"acme-2026-1": 0}
    assert type(order).model_validate_json(order.model_dump_json()) == order


def test_toll_free_and_local_numbers_of_one_account_part_and_it_is_said_why() -> None:
    numbers = [[number(1, number_class="toll_free"), number(2), number(3)]]
    result = split(project({}), numbers, closed)
    assert [order.policy.playbook for order in result.orders] == ["US-TF", "US-LOCAL"]
    assert result.reasons == [
        "Old Telco account 0048: 3 numbers in 2 port orders, because US toll-free numbers move by a RespOrg change "
        "(US-TF) and US geographic numbers move by US-LOCAL"
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"losing_carrier": "Other Telco"},
        {"account": ACCOUNT | {"account_number": "0049"}},
        {"account": ACCOUNT | {"service_address": "1 Pier Road"}},
        {"account": ACCOUNT | {"entity_name": "ACME Inc."}},
        {"wishes": {"requested_foc_on": "2026-12-15"}},
        {"policy": {"rollback_hours": "48"}},
        {"rehearsal": {"reject": ["x"]}},
        {"strategy": "bridge_then_port"},
        {"messaging": {}},
    ],
)
def test_whatever_differs_between_entries_makes_orders_of_their_own(other: dict[str, Any]) -> None:
    result = split(project({}, other), [[number(1)], [number(2, account=1)]], closed)
    assert [order.numbers for order in result.orders] == [["+12125550001"], ["+12125550002"]]
    assert result.accounts == {"acme-2026-1": 0, "acme-2026-2": 1}
    assert result.reasons[0].startswith("2 accounts: each losing carrier")


def test_entries_that_differ_in_nothing_but_numbers_are_one_account() -> None:
    result = split(project({"country": "US"}, {"country": "CA"}), [[number(1)], [number(2, account=1)]], closed)
    assert [order.numbers for order in result.orders] == [["+12125550001", "+12125550002"]]
    assert "accounts[1] is the same account as accounts[0]: they share port orders" in result.reasons


def test_countries_and_classes_part_even_under_one_playbook() -> None:
    numbers = [[number(1, "GB", "toll_free"), number(2, "GB", "special_rate"), number(3, "SE"), number(4, "NL")]]
    result = split(project({}), numbers, closed)
    assert [order.policy.playbook for order in result.orders] == ["UK-NGN", "UK-NGN", "EU", "EU"]


def test_a_label_names_the_account_in_the_reasons() -> None:
    result = split(project({"label": "Head office"}), [[number(1)]], closed)
    assert result.reasons[0].startswith("Head office: 1 number in 1 port order")


def test_notes_on_numbers_are_handed_on_with_their_place() -> None:
    noted = ParsedNumber("+2342012345678", "NG", "geographic", "accounts[0].numbers[0]", 7, "renewed")
    assert split(project({}), [[noted]], closed).notes == ["accounts[0].numbers[0] (line 7): renewed"]


def test_a_number_given_twice_is_a_fault_that_names_both_places() -> None:
    numbers = [[number(1)], [ParsedNumber("+12125550001", "US", "geographic", "accounts[1].numbers[4]", 40)]]
    assert faults_of(project({}, {"losing_carrier": "Other"}), numbers) == [
        "line 40, accounts[1].numbers[4]: +12125550001 is also at accounts[0].numbers[1] (line 11): "
        "give each number once"
    ]


def test_a_kind_without_playbook_is_one_fault_with_its_places_and_what_is_known() -> None:
    (fault,) = faults_of(project({}), [[number(tail, "GG", "mobile") for tail in range(8)]])
    assert fault.startswith("line 10, accounts[0].numbers[0]: +12125550000 is a GG mobile number (also accounts[0]")
    assert "accounts[0].numbers[4] (line 14), 3 more)" in fault
    assert "Known: US geographic / toll-free" in fault


def test_a_rule_cannot_be_replaced_but_a_default_can() -> None:
    mobile = number(1, "NG", "mobile")
    assert faults_of(project({"policy": {"rollback_hours": "24"}}), [[mobile]]) == [
        "accounts[0].policy.rollback_hours: cannot be 24: NG-MOB has 0 by rule (NCC Business Rules: no return; "
        "90 days before the number may be ported again)"
    ]
    assert split(project({"policy": {"rollback_hours": "0"}}), [[mobile]], closed).orders[0].policy.rollback_hours == 0
    local = split(project({"policy": {"rollback_hours": "24"}}), [[number(1)]], closed)
    assert local.orders[0].policy.rollback_hours == 24


@pytest.mark.parametrize(
    ("wanted", "better"), [("2026-12-25", "2026-12-28"), ("2026-12-05", "2026-12-07"), ("2026-12-06", "2026-12-07")]
)
def test_a_wish_for_a_closed_day_is_a_fault_with_a_better_day(wanted: str, better: str) -> None:
    wish = {"wishes": {"requested_foc_on": wanted}}
    numbers = [[number(1), number(2, number_class="toll_free")]]
    (fault,) = faults_of(project(wish), numbers)
    assert fault.startswith("accounts[0].wishes.requested_foc_on: ")
    assert fault.endswith(f"ask for {better} or another business day")
    assert split(project({"wishes": {"requested_foc_on": better}}), numbers, closed).orders


def test_closed_days_given_by_hand_replace_the_public_ones() -> None:
    given_by_hand = {"policy": {"closed_days": ["2026-12-24"]}, "wishes": {"requested_foc_on": "2026-12-25"}}
    result = split(project(given_by_hand), [[number(1)]], closed)
    assert result.orders[0].policy.closed_days == [date(2026, 12, 24)]


def test_all_faults_come_at_once() -> None:
    numbers = [[number(1), number(1), number(2, "US", "premium")]]
    assert len(faults_of(project({"wishes": {"requested_foc_on": "2026-12-25"}}), numbers)) == 3


def test_no_numbers_no_faults() -> None:
    assert number_faults([[], []]) == []


@st.composite
def projects(draw: st.DrawFn) -> tuple[Request, list[list[ParsedNumber]]]:
    carriers = draw(st.lists(st.sampled_from(["Old Telco", "Other"]), min_size=1, max_size=4))
    tails = draw(st.lists(st.integers(0, 9999), unique=True, min_size=1, max_size=30))
    numbers: list[list[ParsedNumber]] = [[] for _ in carriers]
    for tail in tails:
        account = draw(st.integers(0, len(carriers) - 1))
        numbers[account].append(number(tail, *draw(st.sampled_from(KINDS)), account))
    return project(*({"losing_carrier": carrier} for carrier in carriers)), numbers


@settings(deadline=None)
@given(projects())
def test_every_number_lands_in_exactly_one_order_and_always_the_same(
    asked: tuple[Request, list[list[ParsedNumber]]],
) -> None:
    request, numbers = asked
    result: Split = split(request, numbers, closed)
    assert split(request, numbers, closed) == result
    everything = [one for account in numbers for one in account]
    assert sorted(e164 for order in result.orders for e164 in order.numbers) == sorted(one.e164 for one in everything)
    assert [order.order_id for order in result.orders] == [f"acme-2026-{n + 1}" for n in range(len(result.orders))]
    order_of = {e164: order for order in result.orders for e164 in order.numbers}
    for index, account in enumerate(numbers):
        for one in account:
            order = order_of[one.e164]
            assert (order.country, order.number_class) == (one.country, one.number_class)
            assert order.losing_carrier == request.accounts[index].losing_carrier
    keys = [(order.losing_carrier, order.country, order.number_class) for order in result.orders]
    assert len(keys) == len(set(keys))


def toll_free(tail: int, resp_org: str = "", **given: Any) -> ParsedNumber:
    identifiers = {"resp_org": resp_org} if resp_org else {}
    return dataclasses.replace(number(tail, number_class="toll_free"), identifiers=identifiers, **given)


@pytest.mark.parametrize(
    ("resp_orgs", "orders"),
    [
        (["ABC01", "ABC01"], {"ABC01": 2}),
        (["ABC01", "XYZ99"], {"ABC01": 1, "XYZ99": 1}),
        (["ABC01", "", "XYZ99", "ABC01"], {"ABC01": 2, "": 1, "XYZ99": 1}),
        (["", ""], {"": 2}),
    ],
)
def test_toll_free_numbers_part_by_the_resp_org_that_controls_them(
    resp_orgs: list[str], orders: dict[str, int]
) -> None:
    numbers = [toll_free(tail, resp_org) for tail, resp_org in enumerate(resp_orgs)]
    result = split(project({}), [numbers], closed)
    assert {order.resp_org: len(order.numbers) for order in result.orders} == orders
    (reason,) = result.reasons
    assert all(f"of RespOrg {name} move" in reason for name in orders if name)
    assert reason.count("of RespOrg") == len([name for name in orders if name])


def test_a_resp_org_of_a_number_that_is_not_toll_free_says_nothing() -> None:
    local = dataclasses.replace(number(1), identifiers={"resp_org": "ABC01"})
    (order,) = split(project({}), [[local, number(2)]], closed).orders
    assert order.resp_org == ""


def test_orders_of_one_account_know_each_others_numbers() -> None:
    numbers = [[number(1), toll_free(2, "ABC01"), number(3), toll_free(4)], [number(5, account=1)]]
    result = split(project({}, {"losing_carrier": "Other Telco"}), numbers, closed)
    first = {"+12125550001", "+12125550002", "+12125550003", "+12125550004"}
    for order in result.orders:
        account = {"+12125550005"} if order.losing_carrier == "Other Telco" else first
        assert set(order.siblings) == account - set(order.numbers)
    assert [len(order.siblings) for order in result.orders] == [2, 3, 3, 0]


_BRIDGE = "claim a number at the gaining carrier, send the calls of the old number to it over a SIP trunk"


@pytest.mark.parametrize(
    ("risks", "spelled", "told"),
    [
        ([], False, []),
        (["campaign"], False, ["these stand in a campaign"]),
        (["regulated"], False, ["these are numbers that a regulator requires to answer"]),
        ([], True, ["these are vanity numbers"]),
        (["vanity"], True, ["these are vanity numbers"]),
        (
            ["campaign", "regulated", "campaign"],
            True,
            [
                "these are vanity numbers",
                "these stand in a campaign",
                "these are numbers that a regulator requires to answer",
            ],
        ),
    ],
)
def test_numbers_nobody_wants_to_lose_for_an_hour_come_with_advice(
    risks: list[str], spelled: bool, told: list[str]
) -> None:
    note = "+18005550001 from 1-800-FLOWERS by the digits of a keypad" if spelled else "renewed"
    result = split(project({"risks": risks}), [[toll_free(1, note=note)]], closed)
    (order,) = result.orders
    assert [line.removeprefix("High risk: ").split(".")[0] for line in order.advice] == told
    assert all(line.startswith("High risk: these ") and _BRIDGE in line for line in order.advice)


def test_only_the_order_that_has_the_spelled_number_is_of_high_risk() -> None:
    numbers = [[number(1), toll_free(2, note="by the digits of a keypad")]]
    assert [bool(order.advice) for order in split(project({}), numbers, closed).orders] == [False, True]


def test_record_remaining_numbers_and_blackout_dates_go_with_every_order_of_the_account() -> None:
    csr = {**ACCOUNT, "numbers": ["(212) 555-0001"], "authorized_persons": ["Bo Li"]}
    freezes = [{"first": "2026-11-20", "last": "2026-11-30", "reason": "Black Friday"}]
    given = {"csr": csr, "remaining_numbers": "keep", "new_btn": "+12125550009", "wishes": {"freezes": freezes}}
    result = split(project(given), [[number(1), toll_free(2)]], closed)
    assert len(result.orders) == 2
    for order in result.orders:
        assert order.csr is not None
        assert (order.csr.entity_name, order.csr.authorized_persons) == ("Acme Inc.", ["Bo Li"])
        assert (order.remaining, order.new_btn) == ("keep", "+12125550009")
        assert order.freezes == [Freeze(date(2026, 11, 20), date(2026, 11, 30), "Black Friday")]


def test_what_was_not_said_is_left_open() -> None:
    (order,) = split(project({}), [[number(1)]], closed).orders
    assert (order.csr, order.remaining, order.new_btn, order.freezes) == (None, "", "", [])
    assert (order.siblings, order.advice, order.split_from, order.because) == ([], [], "", [])


def test_what_was_said_of_the_cutover_day_goes_with_every_order_of_the_account() -> None:
    given = {
        "strategy": "bridge_then_port",
        "activation": "on_demand",
        "configuration": {"contact_flow": "Main", "emergency_address": "12 Harbor Street"},
        "messaging": {"mode": "hosted_first", "campaign": "C1"},
        "fallback": True,
        "call_tester": "dialer",
    }
    request = project(given)
    second = {"name": "Di Fox", "email": "di@acme.example"}
    request = Request.model_validate(
        request.model_dump() | {"contacts": request.contacts.model_dump() | {"second_person": second}}
    )
    local, free = split(request, [[number(1), toll_free(2)]], closed).orders
    for order in (local, free):
        assert order.second_person == Contact(**second)
        assert (order.strategy, order.activation, order.fallback, order.call_tester) == (
            "bridge_then_port",
            "on_demand",
            True,
            "dialer",
        )
        assert order.configuration == NumberConfiguration(contact_flow="Main", emergency_address="12 Harbor Street")
    assert local.messaging == MessagingWanted(mode="hosted_first", campaign="C1")
    assert free.messaging == MessagingWanted(mode="hosted_first")


def test_what_was_not_said_of_the_cutover_day_is_left_open() -> None:
    result = split(project({}), [[number(1)]], closed)
    (order,) = result.orders
    assert (order.second_person, order.configuration, order.messaging) == (None, None, None)
    assert (order.strategy, order.activation, order.fallback, order.call_tester) == ("port", "scheduled", False, "")
    assert (order.advice, result.notes) == ([], [])


def test_messaging_that_moves_with_voice_is_left_to_it_and_that_is_said() -> None:
    mixed = [[number(1, "GB"), number(2)]]
    result = split(project({"messaging": {"campaign": "C1"}}), mixed, closed)
    british, american = result.orders
    assert british.messaging is None
    assert american.messaging == MessagingWanted(campaign="C1")
    assert result.notes == ["acme-2026-1: by UK-GEO messaging moves with voice; nothing is done for it apart"]


def test_whether_messaging_moves_apart_is_for_the_policy_to_say() -> None:
    given = {"messaging": {}, "policy": {"messaging_separate": "false"}}
    result = split(project(given), [[number(1)]], closed)
    assert result.orders[0].messaging is None
    assert result.notes == ["acme-2026-1: by US-LOCAL messaging moves with voice; nothing is done for it apart"]


def test_toll_free_numbers_join_no_campaign_and_that_is_said() -> None:
    result = split(project({"messaging": {"campaign": "C1", "toll_free_verified": True}}), [[toll_free(1)]], closed)
    assert result.orders[0].messaging == MessagingWanted(toll_free_verified=True)
    assert result.notes == ["acme-2026-1: toll-free numbers join no 10DLC campaign; C1 is left out"]


@pytest.mark.parametrize(
    ("messaging", "free", "told"),
    [
        (None, True, []),
        ({}, False, ["iMessage"]),
        ({}, True, ["is not verified", "iMessage"]),
        ({"toll_free_verified": True}, True, ["iMessage"]),
    ],
)
def test_what_messaging_needs_is_advised(messaging: dict[str, Any] | None, free: bool, told: list[str]) -> None:
    entry = {} if messaging is None else {"messaging": messaging}
    (order,) = split(project(entry), [[toll_free(1) if free else number(1)]], closed).orders
    assert len(order.advice) == len(told)
    assert all(words in line for words, line in zip(told, order.advice, strict=True))
    if "is not verified" in told:
        assert "once the port has completed" in order.advice[0]
        assert "one to two weeks" in order.advice[0]


def test_the_trade_offs_of_a_bridge_are_shown_when_it_is_chosen() -> None:
    given = {"strategy": "bridge_then_port", "risks": ["campaign"]}
    (order,) = split(project(given), [[number(1)]], closed).orders
    risk, bridge = order.advice
    assert risk == "High risk: these stand in a campaign. They are bridged first."
    assert bridge.startswith("A bridge comes first")
    assert all(words in bridge for words in TRADE_OFFS)


@pytest.mark.parametrize(
    ("policy", "place", "words"),
    [
        ({"gates": ["watch"]}, "", ""),
        ({"runbook": ["go"], "gates": ["go", "foc"]}, ".gates", "gates has foc, which the runbook does not have"),
        ({"runbook": ["go"]}, "", "which the runbook does not have. Add it to `runbook`, or take it out of `gates`."),
        ({"proof": ["calls"], "test_slots": []}, ".proof", "proof asks for test calls, and test_slots has none"),
        ({"proof": ["calls"], "test_slots": ["5"]}, "", ""),
        ({"test_origins": ["voip"]}, "", "test_least_origins is 3, and test_origins has 1"),
        ({"desk_opens": "17:00"}, ".desk_opens", "desk_opens 17:00 is not before desk_closes 17:00"),
    ],
)
def test_values_of_a_policy_fit_together_or_are_told_at_their_place(
    policy: dict[str, Any], place: str, words: str
) -> None:
    if not words:
        (order,) = split(project({"policy": policy}), [[number(1)]], closed).orders
        assert {one.name for one in order.policy.overridden} == set(policy)
        return
    (fault,) = faults_of(project({"policy": policy}), [[number(1)]])
    assert fault.startswith(f"accounts[0].policy{place}: ")
    assert words in fault


def test_values_that_do_not_fit_together_are_a_fault_of_the_account_and_all_others_still_come() -> None:
    def clashing(playbook: Playbook, account: AccountRequest, country: str, count: int) -> Policy:
        if account.losing_carrier == "Old Telco":
            raise ConfigurationError("The desk closes before it opens.", "Mend desk_opens.")
        return closed(playbook, account, country, count)

    wish = {"losing_carrier": "Other", "wishes": {"requested_foc_on": "2026-12-25"}}
    with pytest.raises(RequestInvalid) as caught:
        split(project({}, wish), [[number(1), toll_free(2)], [number(3, account=1)]], clashing)
    faults = [str(fault) for fault in caught.value.faults]
    assert faults[:2] == ["accounts[0].policy: The desk closes before it opens. Mend desk_opens."] * 2
    assert faults[2].startswith("accounts[1].wishes.requested_foc_on: ")
    assert len(faults) == 3
