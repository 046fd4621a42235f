"""By which rules requests are judged: every playbook has some, and none knows a ground that a rule speaks against."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.playbooks.values import PROVENANCE
from portolan.domain.port_out.grounds import GROUNDS, Finding, Ground, Refused, Released, UnlawfulRefusal
from portolan.domain.port_out.policy import CODES, EVERYWHERE, FOUND_IN, RULES, Compared, policy_for
from portolan.domain.rejections import lawfulness
from portolan.domain.rejections.reasons import REASONS
from tests.domain.port_out.builders import NOW

CODE_GROUNDS = {Ground.CODE_MISSING, Ground.CODE_WRONG, Ground.CODE_EXPIRED}


def test_the_table_names_playbooks_that_exist() -> None:
    assert set(RULES) <= set(PLAYBOOKS)


@pytest.mark.parametrize("code", PLAYBOOKS)
def test_no_ground_is_one_that_the_playbook_calls_unlawful(code: str) -> None:
    playbook = PLAYBOOKS[code]
    for ground in policy_for(playbook).grounds:
        assert lawfulness(GROUNDS[ground].code, playbook.policy()).lawful is None, ground


@pytest.mark.parametrize("code", PLAYBOOKS)
def test_grounds_follow_from_what_is_compared_and_each_has_a_source(code: str) -> None:
    policy = policy_for(PLAYBOOKS[code])
    found = {ground for field in policy.compared for ground in FOUND_IN[field]}
    by_comparing = {ground for grounds in FOUND_IN.values() for ground in grounds}
    assert {ground for ground in policy.grounds if ground in by_comparing} == found
    assert set(EVERYWHERE) <= set(policy.grounds)
    assert sum(field in CODES for field in policy.compared) <= 1
    for basis in policy.grounds.values():
        assert basis.provenance in PROVENANCE
        assert basis.source


def test_every_ground_is_a_canonical_reason_and_none_is_about_money() -> None:
    assert set(GROUNDS) == set(Ground)
    assert {facts.code for facts in GROUNDS.values()} <= set(REASONS)
    assert not {facts.code for facts in GROUNDS.values()} & {"UNPAID", "CONTRACT_TERM", "CUSTOMER_STAYS"}


@pytest.mark.parametrize(
    ("code", "compared"),
    [
        ("US-LOCAL-SIMPLE", ["account_number", "postal_code", "pin"]),
        ("US-TF", []),
        ("UK-GEO", ["postal_code"]),
        ("UK-MOB", ["pac"]),
        ("FR-MOB", ["rio"]),
        ("IT-FIX", ["migration_code"]),
        ("NG-MOB", []),
    ],
)
def test_only_what_the_rules_name_is_compared(code: str, compared: list[str]) -> None:
    assert policy_for(PLAYBOOKS[code]).compared == compared


@pytest.mark.parametrize(
    ("code", "holds"), [("US-WIRELESS", True), ("US-LOCAL", True), ("UK-MOB", False), ("FR-FIX", False)]
)
def test_a_lock_holds_only_where_a_rule_knows_it(code: str, holds: bool) -> None:
    assert policy_for(PLAYBOOKS[code]).locks_hold is holds


@pytest.mark.parametrize(
    ("code", "received", "due", "decided"),
    [
        # Friday 16:00 in New York; Thanksgiving is the day before, which is closed where it is said so.
        ("US-LOCAL", "2026-11-27T21:00", "2026-11-30T21:00", "2026-11-30T20:00"),
        ("US-LOCAL-SIMPLE", "2026-11-27T21:00", "2026-11-30T16:00", "2026-11-30T15:45"),
        ("US-WIRELESS", "2026-11-24T15:00", "2026-11-24T17:30", "2026-11-24T17:15"),
        ("US-WIRELESS", "2026-11-25T21:00", "2026-11-27T14:30", "2026-11-27T14:15"),
        ("UK-GEO", "2026-11-24T15:00", "2026-11-26T15:00", "2026-11-26T14:00"),
        ("UK-MOB", "2026-11-27T15:00", "2026-11-30T15:00", "2026-11-30T14:00"),
        ("FR-FIX", "2026-11-24T15:00", "2026-12-03T15:00", "2026-12-03T14:00"),
        ("NG-FIX", "2026-11-24T15:00", "2026-11-25T15:00", "2026-11-25T14:00"),
    ],
)
def test_when_the_answer_is_due(code: str, received: str, due: str, decided: str) -> None:
    policy = policy_for(PLAYBOOKS[code], [date(2026, 11, 26)] if code.startswith("US") else [])
    at = datetime.fromisoformat(received).replace(tzinfo=UTC)
    assert policy.answer_by(at) == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert policy.decide_by(at) == datetime.fromisoformat(decided).replace(tzinfo=UTC)


def test_calendar_days_count_every_day() -> None:
    policy = policy_for(PLAYBOOKS["US-LOCAL"]).model_copy(update={"answer_within": 3, "answer_unit": "calendar days"})
    assert policy.answer_by(NOW) == NOW + timedelta(days=3)


def test_a_margin_longer_than_the_time_leaves_half_of_it() -> None:
    policy = policy_for(PLAYBOOKS["US-WIRELESS"]).model_copy(update={"margin_minutes": 600})
    assert policy.decide_by(NOW) - NOW == (policy.answer_by(NOW) - NOW) / 2


def test_where_no_interval_is_known_the_policy_says_so() -> None:
    assert policy_for(PLAYBOOKS["NG-MOB"]).answer_source.startswith("U: no interval found")
    assert policy_for(PLAYBOOKS["US-LOCAL"]).answer_source.startswith("I: NANC")


def test_a_refusal_without_a_rule_cannot_be_made() -> None:
    policy = policy_for(PLAYBOOKS["UK-MOB"])
    with pytest.raises(UnlawfulRefusal, match="UK-MOB has no rule by which a port may be refused as locked"):
        Refused.of(policy, [Finding(ground=Ground.LOCKED)])
    with pytest.raises(ValueError, match="at least 1 item"):
        Refused.of(policy, [])
    with pytest.raises(ValueError, match="there is no rule for locked"):
        Refused(findings=[Finding(ground=Ground.LOCKED)], basis={})


@pytest.mark.parametrize("money", ["unpaid", "contract_term", "early_termination_fee", "customer_stays", "other"])
def test_other_grounds_do_not_exist(money: str) -> None:
    with pytest.raises(ValueError, match="Input should be"):
        Finding.model_validate({"ground": money})


def test_a_refusal_names_its_rules_and_its_numbers() -> None:
    policy = policy_for(PLAYBOOKS["US-LOCAL-SIMPLE"])
    refused = Refused.of(
        policy, [Finding(ground=Ground.NUMBER_NOT_ACTIVE, numbers=[f"+1617555016{n}" for n in range(4)])]
    )
    assert refused.in_words().startswith("the number is not in service (+16175550160, +16175550161, +16175550162 ...)")
    assert refused.basis[Ground.NUMBER_NOT_ACTIVE].rule
    assert Released().in_words() != Released(by_default=True).in_words()


def test_each_secret_may_be_missing_wrong_or_expired() -> None:
    assert all(set(FOUND_IN[field]) == CODE_GROUNDS for field in CODES)
    assert set(FOUND_IN) == set(Compared)
