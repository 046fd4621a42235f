"""Request files as people type them: what is accepted, and how faults are named."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.domain.carrier import NumberConfiguration
from portolan.domain.messaging import MessagingWanted
from portolan.domain.playbooks import Policy
from portolan.domain.request import NumberGiven, PolicyGiven, Request, faults_in, where
from portolan.domain.telling import Contact

GOOD: dict[str, Any] = {
    "reference": "ACME-2026",
    "customer": "Acme",
    "contacts": {
        "customer": {"name": "Ana Ortiz", "email": "ana@acme.example"},
        "coordinator": {"name": "Ben Cole", "email": "ben@acme.example"},
        "decision_maker": {"name": "Cy Dunn", "email": "cy@acme.example"},
    },
    "accounts": [
        {
            "losing_carrier": "Old Telco",
            "country": "US",
            "account": {
                "entity_name": "Acme Inc.",
                "authorized_person": "Ana Ortiz",
                "service_address": "12 Harbor Street",
                "postal_code": "02110",
                "account_number": "0048",
            },
            "numbers": ["2125550123"],
        }
    ],
}


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """The good request with one value replaced, or left out where the value is None."""
    data: Any = copy.deepcopy(GOOD)
    target = data
    for part in path[:-1]:
        target = target.setdefault(part, {}) if isinstance(target, dict) else target[part]
    if value is None:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    result: dict[str, Any] = data
    return result


def one_fault(path: tuple[str | int, ...], value: object) -> tuple[str, str]:
    """Place and text of the only fault of the changed request."""
    faults = faults_in(changed(path, value))
    assert len(faults) == 1, faults
    return faults[0].where, faults[0].what


def test_a_good_request_has_no_faults_and_its_defaults() -> None:
    assert faults_in(GOOD) == []
    request = Request.model_validate(GOOD)
    assert request.gaining_carrier == "simulated"
    assert request.project_id == "acme-2026"
    assert request.accounts[0].name == "Old Telco account 0048"
    assert request.accounts[0].policy.overrides() == {}
    assert request.accounts[0].account.as_account().account_number == "0048"


@pytest.mark.parametrize(
    ("path", "typed", "meant"),
    [
        (("custmer",), "x", "customer"),
        (("Reference",), "x", "reference"),
        (("contacts", "decision-maker"), {}, "decision_maker"),
        (("contacts", "customer", "e-mail"), "x", "email"),
        (("accounts", 0, "losing carrier"), "x", "losing_carrier"),
        (("accounts", 0, "account", "authorised_person"), "x", "authorized_person"),
        (("accounts", 0, "wishes", "requested_foc"), "x", "requested_foc_on"),
        (("accounts", 0, "policy", "rollback_hour"), "1", "rollback_hours"),
    ],
)
def test_an_unknown_key_is_named_with_what_was_meant(path: tuple[str | int, ...], typed: object, meant: str) -> None:
    place, what = one_fault(path, typed)
    assert place == where(path)
    assert what == f"{str(path[-1])!r} is not a known key: did you mean {meant!r}?"


def test_a_key_like_no_other_gets_the_list_of_those_there_are() -> None:
    assert one_fault(("contacts", "customer", "zzz"), "1")[1].endswith("known here: name, email")


@pytest.mark.parametrize(
    "path",
    [
        ("reference",),
        ("customer",),
        ("contacts",),
        ("contacts", "decision_maker"),
        ("contacts", "coordinator", "email"),
        ("accounts",),
        ("accounts", 0, "losing_carrier"),
        *[("accounts", 0, "account", key) for key in GOOD["accounts"][0]["account"]],
    ],
)
def test_what_is_required_is_missed(path: tuple[str | int, ...]) -> None:
    assert one_fault(path, None) == (where(path), "is missing or empty")


@pytest.mark.parametrize("reference", ["a", "A-b_c.9", "x" * 40])
def test_references_within_the_limits(reference: str) -> None:
    assert faults_in(changed(("reference",), reference)) == []


@pytest.mark.parametrize("reference", ["", " ", "x" * 41, "a b", "-a", ".", "é", "a/b", "a\n"])
def test_references_beyond_the_limits(reference: str) -> None:
    faults = faults_in(changed(("reference",), reference))
    assert [fault.where for fault in faults] == (["reference"] if reference != "a\n" else [])


@pytest.mark.parametrize(
    "email",
    ["ana@acme.example", "a.b+c@sub.acme-x.co", "o'neil@x.io", "a@xn--mller-kva.de", "a" * 64 + "@acme.example"],
)
def test_addresses_that_are_accepted(email: str) -> None:
    assert faults_in(changed(("contacts", "customer", "email"), email)) == []


@pytest.mark.parametrize(
    "email",
    [
        "ana",
        "ana@",
        "@acme.example",
        "ana@acme",
        "ana@localhost",
        "a@b@acme.example",
        ".ana@acme.example",
        "ana.@acme.example",
        "a..b@acme.example",
        "ana@-acme.example",
        "ana@acme-.example",
        "ana@acme..example",
        "ana@acme.example.",
        "ana @acme.example",
        "Ana <ana@acme.example>",
        "ana@acme.example,ben@acme.example",
        "ana@acme.example\nBcc: eve@evil.example",
        "ana@192.0.2.1",
        "a" * 65 + "@acme.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 130 + "example",
    ],
)
def test_addresses_that_are_refused(email: str) -> None:
    place, what = one_fault(("contacts", "customer", "email"), email)
    assert place == "contacts.customer.email"
    assert "is not an e-mail address" in what


@pytest.mark.parametrize(("typed", "code"), [("us", "US"), (" GB ", "GB"), ("NO", "NO")])
def test_countries(typed: str, code: str) -> None:
    assert Request.model_validate(changed(("accounts", 0, "country"), typed)).accounts[0].country == code


@pytest.mark.parametrize(("typed", "words"), [("UK", "did you mean 'GB'?"), ("USA", "two letters"), ("1", "two")])
def test_what_is_no_country(typed: str, words: str) -> None:
    assert words in one_fault(("accounts", 0, "country"), typed)[1]


def test_either_numbers_or_a_file() -> None:
    both = changed(("accounts", 0, "numbers_file"), "more.csv")
    neither = changed(("accounts", 0, "numbers"), [])
    missing = changed(("accounts", 0, "numbers"), None)
    for data in (both, neither, missing):
        assert ["give either `numbers`" in fault.what for fault in faults_in(data)] == [True]
    missing["accounts"][0]["numbers_file"] = "more.csv"
    assert faults_in(missing) == []


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("rollback_hours", "0", 0),
        ("rollback_hours", "8760", 8760),
        ("loa_max_age_days", "1", 1),
        ("loa_max_age_days", "365", 365),
        ("time_zone", "America/Chicago", "America/Chicago"),
        ("portable", "false", False),
        ("closed_days", ["2026-12-24"], [date(2026, 12, 24)]),
        ("closing_notice_hours", "24", [24]),
        ("closing_notice_hours", ["1", "24", "6", "6"], [24, 6, 1]),
        ("closing_notice_hours", [], []),
        ("closing_notice_hours", ["8760"], [8760]),
        ("runbook", ["go", "foc"], ["go", "foc"]),
        ("gates", [], []),
        ("proof", ["calls", "service"], ["calls", "service"]),
        ("test_slots", ["30", "15", "10080", "15"], [15, 30, 10080]),
        ("test_origins", ["losing_carrier"], ["losing_carrier"]),
        ("test_least_origins", "5", 5),
        ("test_checks", ["sms_in"], ["sms_in"]),
        ("test_pass_streak", "1", 1),
        ("test_fail_streak", "100", 100),
        ("configure_hours", "0", 0),
        ("supplements", "no", False),
        ("activates_itself", "yes", True),
        ("messaging_separate", "false", False),
        ("messaging_business_days", "1", 1),
        ("hosted_messaging_days", "0", 0),
        ("inadvertent_unlimited", "true", True),
        ("win_back_cost", "300 US dollars", "300 US dollars"),
    ],
)
def test_policy_values(key: str, typed: object, value: object) -> None:
    request = Request.model_validate(changed(("accounts", 0, "policy", key), typed))
    assert request.accounts[0].policy.overrides() == {key: value}


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("rollback_hours", "-1", "is less than 0"),
        ("rollback_hours", "8761", "is more than 8760"),
        ("rollback_hours", "soon", "'soon' is not a whole number"),
        ("rollback_hours", "1.5", "'1.5' is not a whole number"),
        ("loa_max_age_days", "0", "is less than 1"),
        ("loa_max_age_days", "366", "is more than 365"),
        ("time_zone", "Mars", "IANA"),
        ("time_zone", "../../etc/passwd", "IANA"),
        ("portable", "perhaps", "neither true nor false"),
        ("closing_notice_hours", ["24", "0"], "is less than 1"),
        ("closing_notice_hours", "0", "is less than 1"),
        ("closing_notice_hours", ["8761"], "is more than 8760"),
        ("closing_notice_hours", "late", "'late' is not a whole number"),
        ("runbook", ["prayer"], "'prayer' is not known here: write 'reconciliation', 'foc'"),
        ("gates", ["watchh"], "'watchh' is not known here"),
        ("gates", "go", "must be a list"),
        ("proof", [], "is empty: give at least 1"),
        ("proof", ["faith"], "'faith' is not known here: write 'service', 'independent' or 'calls'"),
        ("test_slots", ["0"], "is less than 1"),
        ("test_slots", ["10081"], "is more than 10080"),
        ("test_slots", "15", "must be a list"),
        ("test_origins", ["satellite"], "'satellite' is not known here: write 'mobile', 'landline'"),
        ("test_least_origins", "0", "is less than 1"),
        ("test_least_origins", "6", "is more than 5"),
        ("test_checks", [], "is empty: give at least 1"),
        ("test_checks", ["smell"], "'smell' is not known here"),
        ("test_pass_streak", "0", "is less than 1"),
        ("test_fail_streak", "101", "is more than 100"),
        ("supplements", "perhaps", "neither true nor false"),
        ("snapback_cost", "", "is empty"),
    ],
)
def test_policy_values_beyond_the_limits(key: str, typed: object, words: str) -> None:
    place, what = one_fault(("accounts", 0, "policy", key), typed)
    assert place.partition("[0].policy.")[2].partition("[")[0] == key
    assert words in what


def test_every_value_of_a_policy_can_be_replaced_but_its_playbook() -> None:
    assert set(PolicyGiven.model_fields) <= set(Policy.model_fields) - {"playbook", "overridden"}


def test_what_people_may_say_of_the_cutover_day_and_what_holds_where_they_do_not() -> None:
    account = Request.model_validate(GOOD).accounts[0]
    assert (account.strategy, account.activation, account.fallback, account.call_tester) == (
        "port",
        "scheduled",
        False,
        "",
    )
    assert account.configuration is account.messaging is Request.model_validate(GOOD).contacts.second_person is None
    data = changed(("contacts", "second_person"), {"name": "Di Fox", "email": "di@acme.example"})
    data["accounts"][0] |= {
        "strategy": "bridge_then_port",
        "activation": "on_demand",
        "configuration": {"contact_flow": "Main"},
        "messaging": {"mode": "hosted_first", "campaign": "C1", "toll_free_verified": "yes"},
        "fallback": "true",
        "call_tester": "dialer",
    }
    assert faults_in(data) == []
    request = Request.model_validate(data)
    account = request.accounts[0]
    assert request.contacts.second_person is not None
    assert request.contacts.second_person.as_contact() == Contact(name="Di Fox", email="di@acme.example")
    assert (account.strategy, account.activation, account.fallback, account.call_tester) == (
        "bridge_then_port",
        "on_demand",
        True,
        "dialer",
    )
    assert account.configuration is not None
    assert account.configuration.as_configuration() == NumberConfiguration(contact_flow="Main")
    assert account.messaging is not None
    assert account.messaging.as_wanted() == MessagingWanted(mode="hosted_first", campaign="C1", toll_free_verified=True)


@pytest.mark.parametrize(
    ("key", "typed", "place", "words"),
    [
        ("strategy", "bridge", "strategy", "'bridge' is not known here: write 'port' or 'bridge_then_port'"),
        ("activation", "now", "activation", "'now' is not known here: write 'scheduled' or 'on_demand'"),
        ("fallback", "perhaps", "fallback", "neither true nor false"),
        ("call_tester", "a\nb", "call_tester", "write it on one line"),
        ("configuration", {}, "configuration", "says nothing: give at least one of contact_flow, routing, emergency_a"),
        ("configuration", {"routing": " "}, "configuration", "says nothing"),
        ("configuration", {"flow": "x"}, "configuration.flow", "is not a known key"),
        ("messaging", {"mode": "hosted"}, "messaging.mode", "write 'port' or 'hosted_first'"),
        ("messaging", {"campain": "x"}, "messaging.campain", "did you mean 'campaign'?"),
        ("messaging", "yes", "messaging", "must be a group of"),
    ],
)
def test_what_nobody_can_mean_by_the_cutover_day(key: str, typed: object, place: str, words: str) -> None:
    where_it_is, what = one_fault(("accounts", 0, key), typed)
    assert where_it_is == f"accounts[0].{place}"
    assert words in what


@pytest.mark.parametrize("configured", ["contact_flow", "routing", "emergency_address", "messaging_profile"])
def test_one_thing_to_configure_is_enough(configured: str) -> None:
    assert faults_in(changed(("accounts", 0, "configuration"), {configured: "x"})) == []


@pytest.mark.parametrize(
    ("person", "same"),
    [
        ({"name": "Cy Dunn", "email": "other@acme.example"}, "name"),
        ({"name": "cy  DUNN", "email": "other@acme.example"}, "name"),
        ({"name": "Di Fox", "email": "CY@acme.example"}, "email"),
        ({"name": "Cy Dunne", "email": "cyd@acme.example"}, ""),
        ({"name": "Ana Ortiz", "email": "ana@acme.example"}, ""),
    ],
)
def test_the_second_person_is_another_one_than_the_first(person: dict[str, str], same: str) -> None:
    if same:
        place, what = one_fault(("contacts", "second_person"), person)
        assert place == "contacts.second_person"
        assert what.startswith(f"has the {same} of the decision-maker, {person[same]}: name somebody else")
    else:
        assert faults_in(changed(("contacts", "second_person"), person)) == []


def test_a_faulty_decision_maker_is_the_only_fault_told_of() -> None:
    data = changed(("contacts", "second_person"), {"name": "Cy Dunn", "email": "cy@acme.example"})
    data["contacts"]["decision_maker"]["email"] = "cy"
    assert [fault.where for fault in faults_in(data)] == ["contacts.decision_maker.email"]


@pytest.mark.parametrize("typed", ["12/15/2026", "2026-13-01", "2026-02-29", "soon"])
def test_what_is_no_date(typed: str) -> None:
    place, what = one_fault(("accounts", 0, "wishes", "requested_foc_on"), typed)
    assert place == "accounts[0].wishes.requested_foc_on"
    assert "is not a date: write it like" in what


@pytest.mark.parametrize(("text", "position"), [("12 Harbor\nBoston", 10), ("12\u00a0Harbor", 3), ("12\tHarbor", 3)])
def test_an_account_is_typed_on_one_line_with_plain_spaces(text: str, position: int) -> None:
    what = one_fault(("accounts", 0, "account", "service_address"), text)[1]
    assert f"at character {position}: write it on one line" in what


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2125550123", NumberGiven(number="2125550123")),
        (" 2125550123 ", NumberGiven(number="2125550123")),
        ({"number": "2125550123", "rio": " 44F ACME12 OZH "}, NumberGiven(number="2125550123", rio="44F ACME12 OZH")),
        (
            {"number": "0", "pac": "ABC123456", "resp_org": "ABC01"},
            NumberGiven(number="0", pac="ABC123456", resp_org="ABC01"),
        ),
    ],
)
def test_a_number_stands_alone_or_with_what_belongs_to_it(typed: object, read: NumberGiven) -> None:
    data = changed(("accounts", 0, "numbers"), [typed])
    assert faults_in(data) == []
    assert Request.model_validate(data).accounts[0].numbers == [read]


@pytest.mark.parametrize(
    ("typed", "place", "words"),
    [
        ({"rio": "44F"}, ".number", "is missing"),
        ({"number": "1", "rioo": "44F"}, ".rioo", "did you mean 'rio'?"),
        ({"number": ["1"]}, ".number", "must be text"),
        (None, "", "must be text"),
    ],
)
def test_what_is_no_number_with_what_belongs_to_it(typed: object, place: str, words: str) -> None:
    (fault,) = faults_in(changed(("accounts", 0, "numbers"), [typed]))
    assert fault.where == f"accounts[0].numbers[0]{place}"
    assert words in fault.what


def test_lengths() -> None:
    assert faults_in(changed(("customer",), "x" * 200)) == []
    assert one_fault(("customer",), "x" * 201) == ("customer", "is longer than 200 characters")
    assert one_fault(("accounts",), []) == ("accounts", "is empty: give at least 1")


def test_wrong_shapes_are_faults_in_words() -> None:
    assert one_fault(("contacts",), "Ana") == ("contacts", "must be a group of `key: value` lines")
    assert one_fault(("accounts", 0, "numbers"), "1")[1].startswith("must be a list")
    assert one_fault(("accounts", 0, "numbers", 0), ["1"]) == ("accounts[0].numbers[0]", "must be text")
    assert one_fault(("accounts", 0, "rehearsal"), "yes")[0] == "accounts[0].rehearsal"
    assert [str(fault) for fault in faults_in("hello")] == ["the request: must be a group of `key: value` lines"]


def test_the_rehearsal_is_kept_as_it_is() -> None:
    wanted = {"reject": ["name_mismatch", 2], "deep": {"on": True}}
    assert Request.model_validate(changed(("accounts", 0, "rehearsal"), wanted)).accounts[0].rehearsal == wanted


def test_all_faults_come_at_once() -> None:
    data = changed(("customer",), None)
    data["reference"] = "a b"
    data["accounts"][0]["numbers"] = []
    data["accounts"][0]["account"]["postal_code"] = ""
    assert {fault.where for fault in faults_in(data)} == {
        "customer",
        "reference",
        "accounts[0].numbers_file",
        "accounts[0].account.postal_code",
    }


ANYTHING = st.recursive(
    st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["accounts", "{x}", "US"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(list(GOOD)), st.text(max_size=5)), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(ANYTHING, st.sampled_from([(key,) for key in GOOD] + [("accounts", 0, "policy"), ("accounts", 0, "account")]))
def test_anything_else_is_faults_and_never_a_crash(data: Any, path: tuple[str | int, ...]) -> None:
    assert all(fault.what for fault in faults_in(data))
    if data is not None:
        assert all(fault.what for fault in faults_in(changed(path, data)))
