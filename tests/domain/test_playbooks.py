"""Playbooks: each value with its source, the choice among them, and the snapshot an order lives by."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from portolan.domain.playbooks import PLAYBOOKS, Playbook, Policy, choose
from portolan.domain.playbooks.catalogue import EU_MEMBERS

PROVENANCE = set("LICSPU")
VALUES = [
    pytest.param(playbook, name, id=f"{code}-{name}")
    for code, playbook in PLAYBOOKS.items()
    for name in playbook.values
]


@pytest.mark.parametrize(("playbook", "name"), VALUES)
def test_each_value_has_a_provenance_and_a_source(playbook: Playbook, name: str) -> None:
    value = playbook.values[name]
    assert value.provenance in PROVENANCE
    assert len(value.source) > 3
    assert name in Policy.model_fields
    assert getattr(playbook.policy(), name) == value.value


@pytest.mark.parametrize("playbook", PLAYBOOKS.values(), ids=PLAYBOOKS)
def test_each_playbook_makes_a_policy_that_can_be_lived_by(playbook: Playbook) -> None:
    policy = playbook.policy(closed_days=[date(2026, 12, 25)])
    assert ZoneInfo(playbook.time_zone).key == policy.time_zone
    assert (policy.playbook, policy.closed_days) == (playbook.code, [date(2026, 12, 25)])
    assert 0 < policy.loa_warning_days < policy.loa_max_age_days
    assert policy.foc_notice_hours < policy.foc_horizon_days * 24
    assert policy.reminder_days < policy.customer_silence_days
    assert policy.carrier_silence_days > 0
    assert policy.portable or policy.not_portable_why
    assert playbook.regulator
    assert playbook.number_classes
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_the_founding_rules_hold_unless_a_playbook_says_otherwise() -> None:
    policy = PLAYBOOKS["US-LOCAL"].policy()
    assert (policy.loa_max_age_days, policy.loa_warning_days) == (30, 5)
    assert (policy.rollback_hours, policy.snapback_hours) == (72, 24)


@pytest.mark.parametrize(
    ("country", "number_class", "code"),
    [
        ("US", "geographic", "US-LOCAL"),
        ("US", "toll_free", "US-TF"),
        ("CA", "toll_free", "US-TF"),
        ("CA", "geographic", "CA"),
        ("GB", "geographic", "UK-GEO"),
        ("GB", "toll_free", "UK-NGN"),
        ("GB", "special_rate", "UK-NGN"),
        ("DE", "geographic", "DE-FIX"),
        ("DE", "mobile", "EU"),
        ("FR", "mobile", "EU"),
        ("FR", "non_geographic", "FR-FIX"),
        ("NG", "geographic", "NG-FIX"),
        ("NG", "mobile", "NG-MOB"),
        ("SE", "mobile", "EU"),
        ("SE", "special_rate", None),
        ("US", "mobile", None),
        ("CH", "geographic", None),
        ("", "", None),
    ],
)
def test_the_playbook_for_a_number(country: str, number_class: str, code: str | None) -> None:
    found = choose(country, number_class)
    assert (found.code if found else None) == code


def test_every_playbook_is_chosen_for_something() -> None:
    countries = {playbook.country for playbook in PLAYBOOKS.values()} | EU_MEMBERS
    classes = {name for playbook in PLAYBOOKS.values() for name in playbook.number_classes}
    found = [choose(country, name) for country in countries for name in classes]
    assert {playbook.code for playbook in found if playbook} == set(PLAYBOOKS)


def test_the_european_union_has_27_members_two_with_playbooks_of_their_own_for_some_classes() -> None:
    assert len(EU_MEMBERS) == 27
    assert EU_MEMBERS & {playbook.country for playbook in PLAYBOOKS.values()} == {"DE", "FR"}


@pytest.mark.parametrize("country", sorted(EU_MEMBERS))
def test_every_member_state_has_a_playbook_for_every_class_of_the_directive(country: str) -> None:
    for number_class in PLAYBOOKS["EU"].number_classes:
        assert choose(country, number_class) is not None, (country, number_class)


def test_an_operators_own_values_lie_on_top_and_are_checked() -> None:
    policy = PLAYBOOKS["US-LOCAL"].policy(overrides={"rollback_hours": 48, "time_zone": "America/Chicago"})
    assert (policy.rollback_hours, policy.time_zone, policy.loa_max_age_days) == (48, "America/Chicago", 30)
    with pytest.raises(ValidationError, match="rollback_hours"):
        PLAYBOOKS["US-LOCAL"].policy(overrides={"rollback_hours": "long"})


def test_a_playbook_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAYBOOKS["CA"].code = "XX"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("window", "hours", "stage"),
    [
        (72, 0, "snapback"),
        (72, 24 - 1e-6, "snapback"),
        (72, 24, "win_back"),
        (72, 72 - 1e-6, "win_back"),
        (72, 72, "new_port"),
        (12, 12 - 1e-6, "snapback"),
        (12, 12, "new_port"),
        (24, 24, "new_port"),
        (0, 0, "new_port"),
    ],
)
def test_the_stage_of_a_return(window: int, hours: float, stage: str) -> None:
    policy = PLAYBOOKS["US-LOCAL"].policy(overrides={"rollback_hours": window})
    assert policy.rollback_stage(timedelta(hours=hours)) == stage
