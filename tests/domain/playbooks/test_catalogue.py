"""Playbooks: each value with its source, the choice among them, and the snapshot an order lives by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from datetime import date
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from portolan.domain.errors import ConfigurationError
from portolan.domain.playbooks import GAINING, LOSING, PLAYBOOKS, Playbook, Policy, Value, choose, fields, is_simple
from portolan.domain.playbooks.catalogue import EU_MEMBERS
from portolan.domain.playbooks.common import FACTS, overlay, playbook
from portolan.domain.playbooks.values import PROVENANCE, Interval, days, hours, in_words, unknown
from portolan.domain.request import PolicyGiven
from portolan.domain.runbook import BEFORE_CUTOVER, ITEMS
from portolan.domain.testcalls import Check, Origin

PLAYBOOK = pytest.mark.parametrize("one", PLAYBOOKS.values(), ids=list(PLAYBOOKS))
#: What is no value of a playbook: its name, the days of the calendar, and what was changed.
NOT_VALUES = {"playbook", "closed_days", "overridden"}


def facts_of_everything() -> Iterator[tuple[str, Value]]:
    """Every fact there is, with its place."""
    for one in PLAYBOOKS.values():
        for name, value in {**one.values, **one.facts}.items():
            yield f"{one.code}.{name}", value
    for profile in [*GAINING.values(), *LOSING.values()]:
        for part in (profile.values, profile.facts, *profile.by_playbook.values()):
            for name, value in part.items():
                yield f"{profile.name}.{name}", value


def test_every_value_anywhere_has_a_known_provenance_and_a_source() -> None:
    found = list(facts_of_everything())
    assert len(found) > 1000
    assert {value.provenance for _, value in found} == set(PROVENANCE)
    for place, value in found:
        assert type(value) is Value, place
        assert value.provenance in PROVENANCE, place
        assert re.search(r"\w{3}", value.source), place
        assert value.source == value.source.strip(), place


def test_where_nothing_was_found_it_is_said() -> None:
    for place, value in facts_of_everything():
        if value.value is None:
            assert re.search(r"none found|No |retrieved|takes the place", value.source), place


@PLAYBOOK
def test_a_playbook_has_every_value_of_a_policy_and_every_fact(one: Playbook) -> None:
    assert set(one.values) == set(Policy.model_fields) - NOT_VALUES
    assert list(one.facts) == list(FACTS)
    for needed in ("rules", "initiator", "steps", "complaint", "rollback_note", "calendar"):
        assert one.facts[needed].value, needed
    for name in ("csr_interval", "answer_interval", "activation_interval"):
        assert isinstance(one.facts[name].value, Interval | str | None), name


@PLAYBOOK
def test_its_values_are_those_of_its_policy_and_within_what_anybody_may_ask_for(one: Playbook) -> None:
    policy = one.policy(closed_days=[date(2026, 12, 25)])
    for name, value in one.values.items():
        assert getattr(policy, name) == value.value, name
    given = {
        name: value.value
        for name, value in one.values.items()
        if name in PolicyGiven.model_fields and value.value not in ("", None)
    }
    assert PolicyGiven.model_validate(given).overrides() == given
    assert (policy.playbook, policy.closed_days, policy.overridden) == (one.code, [date(2026, 12, 25)], [])
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


@PLAYBOOK
def test_each_playbook_makes_a_policy_that_can_be_lived_by(one: Playbook) -> None:
    policy = one.policy()
    assert ZoneInfo(one.time_zone).key == policy.time_zone
    assert 0 < policy.loa_warning_days < policy.loa_max_age_days
    assert policy.foc_notice_hours < policy.foc_horizon_days * 24
    assert policy.lead_business_days < policy.foc_horizon_days
    assert policy.reminder_days < policy.customer_silence_days
    assert policy.carrier_silence_days > 0
    assert policy.snapback_hours <= max(policy.rollback_hours, 24)
    assert policy.signature_modes
    assert policy.documents
    assert policy.identifiers
    assert policy.desk_opens < policy.desk_closes
    assert policy.retention_days >= 730
    assert bool(policy.not_portable_why) is not policy.portable
    assert one.regulator
    assert one.number_classes


@PLAYBOOK
def test_the_basis_of_a_return_fits_its_hours(one: Playbook) -> None:
    policy = one.policy()
    if policy.rollback_basis == "snapback":
        assert 0 < policy.snapback_hours <= policy.rollback_hours
    else:
        assert policy.snapback_hours == 0
    if policy.rollback_basis == "none":
        assert policy.rollback_hours == 0


@PLAYBOOK
def test_nothing_promises_what_a_carrier_may_refuse(one: Playbook) -> None:
    told = " ".join(in_words(fact.value) for fact in one.facts.values()).lower()
    assert not re.search(r"guarantee|always works|is certain|right to (a )?(return|roll)", told)
    assert not one.values["rollback_hours"].is_rule or one.values["rollback_hours"].value == 0


def test_the_vocabularies_are_those_of_the_runbook_and_the_test_calls() -> None:
    assert get_args(fields.RunbookItem) == tuple(ITEMS)
    assert (get_args(fields.Origin), get_args(fields.Check)) == (get_args(Origin), get_args(Check))


@PLAYBOOK
def test_its_runbook_and_gates_can_be_gone_through(one: Playbook) -> None:
    policy = one.policy()
    assert policy.runbook == [name for name in ITEMS if name in policy.runbook]
    assert set(policy.gates) <= set(policy.runbook)
    assert all(ITEMS[name].stage in BEFORE_CUTOVER for name in policy.gates)
    assert not {"campaign", "hosted_messaging", "watch", "volumes", "closing"} & set(policy.gates)
    assert {"go", "configuration", "legacy_test"} <= set(policy.gates)
    # What has to do with a return is only asked for where there is one.
    assert ("rollback_letter" in policy.gates) is ("closing" in policy.runbook) is (policy.rollback_hours > 0)
    assert ("hosted_messaging" in policy.runbook) is policy.messaging_separate
    assert ("campaign" in policy.runbook) is (policy.messaging_separate and one.code != "US-TF")


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("US-LOCAL", set()),
        ("US-WIRELESS", set()),
        ("US-TF", {"campaign"}),
        ("DE-FIX", {"campaign", "hosted_messaging"}),
        ("FR-SVA", {"campaign", "hosted_messaging", "rollback_letter", "closing"}),
        (
            "DE-MOB",
            {"campaign", "hosted_messaging", "rollback_letter", "closing", "emergency_desk", "desk_staffed"},
        ),
        (
            "NG-MOB",
            {
                "campaign",
                "hosted_messaging",
                "rollback_letter",
                "closing",
                "emergency_desk",
                "desk_staffed",
                "foc",
                "window_booked",
                "calendar",
            },
        ),
    ],
)
def test_what_a_jurisdiction_has_no_use_for_is_not_in_its_runbook(code: str, missing: set[str]) -> None:
    assert set(ITEMS) - set(PLAYBOOKS[code].policy().runbook) == missing


@PLAYBOOK
def test_proof_and_test_calls(one: Playbook) -> None:
    policy = one.policy()
    assert policy.proof == ["service", "independent"]
    assert policy.test_slots == [15, 30, 45, 60, 75, 90, 105, 120, 180, 240, 300, 360, 420, 480]
    assert policy.test_least_origins == 3
    assert policy.test_fail_streak < policy.test_pass_streak <= len(policy.test_slots)
    assert policy.closing_notice_hours == [24, 6, 1]
    assert policy.configure_hours == 24


@pytest.mark.parametrize(
    ("code", "apart", "days"),
    [("US-LOCAL", True, 3), ("US-WIRELESS", True, 3), ("CA", True, 3), ("US-TF", True, 5), ("UK-MOB", False, 3)],
)
def test_messaging_moves_apart_in_north_america_only(code: str, apart: bool, days: int) -> None:
    policy = PLAYBOOKS[code].policy()
    assert (policy.messaging_separate, policy.messaging_business_days) == (apart, days)
    assert policy.hosted_messaging_days == 4
    north = {one.code for one in PLAYBOOKS.values() if one.policy().messaging_separate}
    assert north == {"US-LOCAL", "US-LOCAL-SIMPLE", "US-WIRELESS", "US-TF", "CA"}


@pytest.mark.parametrize(
    ("code", "basis", "window", "snapback"),
    [
        ("US-LOCAL", "snapback", 72, 24),
        ("US-WIRELESS", "snapback", 72, 24),
        ("US-TF", "new_port", 72, 0),
        ("CA", "snapback", 72, 24),
        ("UK-GEO", "snapback", 72, 24),
        ("UK-NGN", "snapback", 72, 24),
        ("UK-MOB", "new_port", 0, 0),
        ("DE-FIX", "snapback", 120, 24),
        ("DE-MOB", "new_port", 0, 0),
        ("FR-FIX", "snapback", 120, 24),
        ("FR-MOB", "new_port", 0, 0),
        ("FR-SVA", "new_port", 0, 0),
        ("ES-FIX", "snapback", 120, 24),
        ("ES-MOB", "new_port", 0, 0),
        ("EU", "snapback", 120, 24),
        ("CH", "snapback", 72, 24),
        ("NG-FIX", "snapback", 48, 24),
        ("NG-MOB", "none", 0, 0),
    ],
)
def test_a_return_is_worth_what_it_is_worth_where_the_numbers_are(
    code: str, basis: str, window: int, snapback: int
) -> None:
    policy = PLAYBOOKS[code].policy()
    assert (policy.rollback_basis, policy.rollback_hours, policy.snapback_hours) == (basis, window, snapback)


@pytest.mark.parametrize(("code", "duty"), [("EU", "106(6)"), ("FR-FIX", "106(6)"), ("PT", "106(6)"), ("DE-FIX", "59")])
def test_a_failed_port_is_told_from_a_change_of_mind(code: str, duty: str) -> None:
    basis = PLAYBOOKS[code].values["rollback_basis"]
    assert "discretion" in basis.source
    assert duty in basis.source
    assert "a change of mind" in PLAYBOOKS[code].facts["rollback_note"].value


def test_a_port_that_nobody_wanted_has_no_limit_in_the_united_states() -> None:
    unlimited = {code for code, one in PLAYBOOKS.items() if one.policy().inadvertent_unlimited}
    assert unlimited == {"US-LOCAL", "US-LOCAL-SIMPLE", "US-WIRELESS", "CA"}
    assert PLAYBOOKS["US-LOCAL"].values["inadvertent_unlimited"].is_rule
    assert not PLAYBOOKS["CA"].values["inadvertent_unlimited"].is_rule


def test_what_a_win_back_costs_is_said_where_it_is_known() -> None:
    assert "300 US dollars" in PLAYBOOKS["US-LOCAL"].policy().win_back_cost
    assert PLAYBOOKS["CA"].policy().win_back_cost == PLAYBOOKS["US-LOCAL"].policy().snapback_cost == ""


def test_refusals_that_are_unlawful_by_rule() -> None:
    ground = {code: set(one.values["unlawful_refusals"].value) for code, one in PLAYBOOKS.items()}
    assert ground["US-LOCAL"] == ground["US-WIRELESS"] == {"UNPAID", "CONTRACT_TERM"}
    assert ground["US-LOCAL-SIMPLE"] == {
        "UNPAID",
        "CONTRACT_TERM",
        "NAME_MISMATCH",
        "ADDRESS_MISMATCH",
        "AUTH_PERSON_MISMATCH",
    }
    assert ground["FR-FIX"] == ground["UK-GEO"] == ground["EU"] == {"UNPAID", "CONTRACT_TERM"}
    assert ground["DE-FIX"] == {"UNPAID"}
    assert ground["US-TF"] == ground["CA"] == ground["NG-FIX"] == ground["NG-MOB"] == set()


@PLAYBOOK
def test_each_unlawful_refusal_cites_its_rule(one: Playbook) -> None:
    for code, rule in one.values["unlawful_refusals"].value.items():
        assert code.isupper()
        assert re.search(r"\d", rule), rule
    assert "POSTCODE_MISMATCH" not in one.values["unlawful_refusals"].value


@pytest.mark.parametrize(
    ("code", "compared"),
    [
        ("US-LOCAL-SIMPLE", {"postal_code", "account_number", "numbers", "pin"}),
        ("US-WIRELESS", {"postal_code", "account_number", "numbers", "pin"}),
        ("FR-FIX", {"entity_name", "numbers"}),
        ("EU", set()),
    ],
)
def test_what_losing_carriers_compare(code: str, compared: set[str]) -> None:
    assert set(PLAYBOOKS[code].policy().compared_fields) == compared


def test_the_founding_rules_hold_unless_a_playbook_says_otherwise() -> None:
    policy = PLAYBOOKS["US-LOCAL"].policy()
    assert (policy.loa_max_age_days, policy.loa_warning_days) == (30, 5)
    assert (policy.rollback_hours, policy.snapback_hours) == (72, 24)
    assert PLAYBOOKS["US-TF"].policy().loa_attachment_over == 15
    assert PLAYBOOKS["US-LOCAL-SIMPLE"].policy().cutoff == "13:00"
    assert PLAYBOOKS["US-LOCAL-SIMPLE"].values["cutoff"].is_rule


@pytest.mark.parametrize(
    ("country", "number_class", "code"),
    [
        ("US", "geographic", "US-LOCAL"),
        ("US", "mobile", "US-WIRELESS"),
        ("US", "toll_free", "US-TF"),
        ("CA", "toll_free", "US-TF"),
        ("CA", "geographic", "CA"),
        ("GB", "geographic", "UK-GEO"),
        ("GB", "toll_free", "UK-NGN"),
        ("GB", "special_rate", "UK-NGN"),
        ("GB", "mobile", "UK-MOB"),
        ("DE", "geographic", "DE-FIX"),
        ("DE", "mobile", "DE-MOB"),
        ("DE", "toll_free", "EU"),
        ("FR", "mobile", "FR-MOB"),
        ("FR", "non_geographic", "FR-FIX"),
        ("FR", "special_rate", "FR-SVA"),
        ("FR", "toll_free", "FR-SVA"),
        ("NG", "geographic", "NG-FIX"),
        ("NG", "mobile", "NG-MOB"),
        ("ES", "geographic", "ES-FIX"),
        ("ES", "mobile", "ES-MOB"),
        ("IT", "geographic", "IT-FIX"),
        ("IT", "mobile", "EU"),
        ("BE", "mobile", "BE"),
        ("PT", "geographic", "PT"),
        ("PL", "geographic", "PL"),
        ("AT", "geographic", "AT"),
        ("CH", "geographic", "CH"),
        ("NL", "geographic", "EU"),
        ("IE", "geographic", "EU"),
        ("SE", "mobile", "EU"),
        ("SE", "special_rate", None),
        ("CH", "special_rate", None),
        ("US", "premium", None),
        ("NG", "toll_free", None),
        ("EU", "unknown", None),
        ("", "", None),
    ],
)
def test_the_playbook_for_a_number(country: str, number_class: str, code: str | None) -> None:
    found = choose(country, number_class)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("country", "number_class", "hints", "code"),
    [
        ("US", "geographic", {"simple": True}, "US-LOCAL-SIMPLE"),
        ("US", "geographic", {"wireless": True}, "US-WIRELESS"),
        ("US", "geographic", {"wireless": True, "simple": True}, "US-WIRELESS"),
        ("US", "toll_free", {"simple": True, "wireless": True}, "US-TF"),
        ("US", "premium", {"simple": True, "wireless": True}, None),
        ("CA", "geographic", {"simple": True, "wireless": True}, "CA"),
        ("GB", "geographic", {"simple": True, "wireless": True}, "UK-GEO"),
    ],
)
def test_hints_choose_among_us_numbers_only(
    country: str, number_class: str, hints: dict[str, bool], code: str | None
) -> None:
    found = choose(country, number_class, **hints)
    assert (found.code if found else None) == code


SIMPLE: dict[str, Any] = {"une": False, "lines_on_account": 1, "complex_translations": False, "reseller": False}


@pytest.mark.parametrize(
    ("change", "simple"),
    [
        ({}, True),
        ({"lines_on_account": 2}, False),
        ({"une": True}, False),
        ({"complex_translations": True}, False),
        ({"reseller": True}, False),
    ],
)
def test_what_makes_a_us_port_simple(change: dict[str, Any], simple: bool) -> None:
    assert is_simple(**{**SIMPLE, **change}) is simple


def test_an_account_without_lines_is_no_account() -> None:
    with pytest.raises(ValueError, match="0 lines"):
        is_simple(**{**SIMPLE, "lines_on_account": 0})


def test_every_playbook_is_chosen_for_something() -> None:
    countries = {one.country for one in PLAYBOOKS.values()} | EU_MEMBERS
    classes = {name for one in PLAYBOOKS.values() for name in one.number_classes}
    found = [
        choose(country, name, simple=simple) for country in countries for name in classes for simple in (True, False)
    ]
    assert {one.code for one in found if one} == set(PLAYBOOKS)


@pytest.mark.parametrize("country", sorted(EU_MEMBERS))
def test_every_member_state_has_a_playbook_for_every_class_of_the_directive(country: str) -> None:
    assert len(EU_MEMBERS) == 27
    for number_class in PLAYBOOKS["EU"].number_classes:
        assert choose(country, number_class) is not None, (country, number_class)


def test_the_requests_own_values_lie_on_top_and_are_checked() -> None:
    policy = PLAYBOOKS["US-LOCAL"].policy(overrides={"rollback_hours": 48, "time_zone": "America/Chicago"})
    assert (policy.rollback_hours, policy.time_zone, policy.loa_max_age_days) == (48, "America/Chicago", 30)
    with pytest.raises(ValidationError, match="rollback_hours"):
        PLAYBOOKS["US-LOCAL"].policy(overrides={"rollback_hours": "long"})
    with pytest.raises(ConfigurationError, match="'rollback_hour' is no value of a policy"):
        PLAYBOOKS["US-LOCAL"].policy(overrides={"rollback_hour": 48})


@pytest.mark.parametrize("name", sorted(NOT_VALUES - {"closed_days"}))
def test_what_a_policy_says_about_itself_cannot_be_replaced(name: str) -> None:
    with pytest.raises(ConfigurationError, match="is no value of a policy"):
        PLAYBOOKS["US-LOCAL"].policy(overrides={name: "x"})


def test_a_playbook_cannot_be_changed() -> None:
    one: Any = PLAYBOOKS["CA"]
    with pytest.raises(FrozenInstanceError):
        one.code = "XX"
    with pytest.raises(TypeError):
        one.values["portable"] = Value(False, "U", "nobody")


def test_what_is_in_a_policy_is_its_own() -> None:
    PLAYBOOKS["US-LOCAL"].policy().documents.append("csr")
    PLAYBOOKS["US-LOCAL"].policy().unlawful_refusals.clear()
    assert PLAYBOOKS["US-LOCAL"].policy().documents == ["loa", "bill"]
    assert PLAYBOOKS["US-LOCAL"].policy().unlawful_refusals


@pytest.mark.parametrize(
    ("values", "facts", "words"),
    [
        ({"rollback_hour": Value(1, "U", "x")}, {}, "XX has rollback_hour, which no playbook has"),
        ({}, {"compensations": Value(1, "U", "x")}, "XX has compensations, which no playbook has"),
        ({}, {}, "XX has no time_zone"),
    ],
)
def test_a_playbook_written_wrongly_is_not_made(values: Any, facts: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        playbook("XX", "x", "XX", ("geographic",), "x", values, facts)


def test_an_overlay_says_only_what_differs() -> None:
    one = overlay(PLAYBOOKS["EU"], "XX", "x", "XX", ("mobile",), "x", {"cutoff": Value("12:00", "P", "desk")}, {})
    differing = {name for name, value in one.values.items() if value != PLAYBOOKS["EU"].values[name]}
    assert differing == {"cutoff"}
    assert one.facts == PLAYBOOKS["EU"].facts


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "-"),
        ("", "-"),
        ([], "-"),
        ({}, "-"),
        (0, "0"),
        (True, "yes"),
        (False, "no"),
        (["a", "b"], "a, b"),
        ({"a": ["b", "c"], "d": None}, "a: b, c; d: -"),
        (hours(4), "4 business hours"),
        (hours(1, "clock"), "1 clock hour"),
        (hours(2.5), "2.5 business hours"),
        (days(1), "1 business day"),
        (days(30, "calendar"), "30 calendar days"),
        (date(2026, 12, 24), "2026-12-24"),
    ],
)
def test_values_in_words(value: Any, words: str) -> None:
    assert in_words(value) == words


def test_an_interval_has_a_unit_that_rules_use() -> None:
    with pytest.raises(ValueError, match="'clock days' is no unit"):
        days(1, "clock")
    assert unknown("Amount") == Value(None, "U", "Amount: none found in public sources")
