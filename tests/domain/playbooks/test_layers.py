"""What lies over a playbook: profiles, operator, request; what holds, and what is recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.errors import ConfigurationError
from portolan.domain.playbooks import (
    GAINING,
    LOSING,
    PLAYBOOKS,
    Change,
    Misfit,
    Operator,
    Override,
    Policy,
    Value,
    layers_over,
    resolve,
)
from portolan.domain.playbooks.layers import STRICTER, Layer, breaks_rule, settle, trail
from portolan.domain.playbooks.profile import canonical, find, plain
from portolan.domain.request import PolicyGiven

US, TF, SIMPLE = PLAYBOOKS["US-LOCAL"], PLAYBOOKS["US-TF"], PLAYBOOKS["US-LOCAL-SIMPLE"]
LETTERS = "LICSPUR"


def by(value: Any, who: str = "Grace Hopper", reason: str = "agreed", where: str = "o.yaml, line 3") -> Change:
    return Change(value, who, reason, where)


def over(name: str, base: Value, fact: Value) -> Any:
    """What a profile's fact makes of a playbook's value."""
    settled, decided = settle({name: base}, [Layer("gaining carrier x", facts={name: fact})], "XX")
    assert decided == []
    return settled[name].value


@pytest.mark.parametrize("rule", LETTERS)
@pytest.mark.parametrize(
    ("name", "own", "said", "holds"),
    [
        ("loa_max_age_days", 30, 90, 30),
        ("loa_max_age_days", 30, 15, 15),
        ("bill_max_age_days", 90, 30, 30),
        ("foc_horizon_days", 180, 30, 30),
        ("foc_horizon_days", 30, 180, 30),
        ("freeze_hours", 24, 48, 48),
        ("freeze_hours", 48, 24, 48),
        ("lead_business_days", 4, 10, 10),
        ("rollback_hours", 72, 24, 24),
        ("rollback_hours", 0, 24, 0),
        ("loa_attachment_over", None, 10, 10),
        ("loa_attachment_over", 15, 10, 10),
        ("loa_attachment_over", 15, None, 15),
        ("most_numbers", None, 1000, 1000),
        ("retention_days", 730, 365, 730),
        ("signature_modes", ["wet", "electronic"], ["electronic"], ["electronic"]),
        ("signature_modes", ["wet"], ["electronic"], []),
        ("documents", ["cloa"], ["loa", "bill"], ["cloa", "loa", "bill"]),
        ("identifiers", ["account_number"], ["account_number", "pin"], ["account_number", "pin"]),
        ("runbook", ["foc"], ["go", "foc"], ["foc", "go"]),
        ("gates", ["foc"], ["go"], ["foc", "go"]),
        ("proof", ["service"], ["calls"], ["service", "calls"]),
        ("supplements", True, False, False),
        ("supplements", False, True, False),
        ("supplements", True, True, True),
        ("hosted_messaging_days", 4, 6, 6),
        ("hosted_messaging_days", 4, 2, 4),
    ],
)
def test_of_two_limits_the_stricter_holds_whatever_they_rest_on(
    name: str, own: Any, said: Any, holds: Any, rule: str
) -> None:
    for letter in LETTERS:
        assert over(name, Value(own, rule, "own"), Value(said, letter, "said")) == holds


@pytest.mark.parametrize("letter", "CSPULIR")
@pytest.mark.parametrize(
    ("own", "replaced"), [("S", True), ("C", True), ("P", True), ("U", True)] + [(r, False) for r in "LIR"]
)
def test_anything_else_replaces_a_default_and_never_a_rule(own: str, replaced: bool, letter: str) -> None:
    assert "cutoff" not in STRICTER
    found = over("cutoff", Value("17:00", own, "own"), Value("12:00", letter, "said"))
    assert found == ("12:00" if replaced else "17:00")


def test_a_rule_that_a_profile_brings_binds_what_comes_after() -> None:
    base = {"cutoff": Value("17:00", "U", "own")}
    layers = [
        Layer("gaining carrier a", facts={"cutoff": Value("12:00", "I", "industry")}),
        Layer("losing carrier b", facts={"cutoff": Value("15:00", "C", "desk")}),
    ]
    assert settle(base, layers, "XX")[0]["cutoff"].value == "12:00"
    with pytest.raises(ConfigurationError, match="cutoff cannot be 15:00: XX has 12:00 by rule"):
        settle(base, [*layers, Layer("the request", decisions={"cutoff": by("15:00")})], "XX")


@pytest.mark.parametrize(
    ("said", "wanted", "broken"),
    [
        (Value(20, "I", "industry"), 21, True),
        (Value(20, "I", "industry"), 20, False),
        (Value(20, "C", "carrier"), 21, False),
        (Value(20, "C", "carrier"), 31, True),
        (Value(40, "I", "industry"), 31, True),
        (Value(40, "I", "industry"), 30, False),
    ],
)
def test_of_two_rules_the_stricter_binds_and_a_default_between_does_not(said: Value, wanted: int, broken: bool) -> None:
    base = {"loa_max_age_days": Value(30, "I", "own")}
    layers = [
        Layer("gaining carrier a", facts={"loa_max_age_days": said}),
        Layer("the request", decisions={"loa_max_age_days": by(wanted)}),
    ]
    if broken:
        with pytest.raises(ConfigurationError, match="by rule"):
            settle(base, layers, "XX")
    else:
        assert settle(base, layers, "XX")[0]["loa_max_age_days"].value == wanted


def test_how_a_value_came_about_is_kept() -> None:
    settled, _ = TF.settle(layers=layers_over(TF, "amazon_connect"))
    assert list(trail(settled["loa_attachment_over"].steps)) == [
        f"playbook US-TF: 15 (industry body: {TF.values['loa_attachment_over'].source})",
        "gaining carrier amazon_connect: 10 (founding material: Amazon Connect administrator guide: more than 10 "
        "toll-free numbers go in a spreadsheet)",
    ]
    assert settled["loa_attachment_over"].last.layer == "gaining carrier amazon_connect"
    aged = US.settle(layers=layers_over(US, "telnyx"))[0]["loa_max_age_days"]
    assert list(trail(aged.steps))[1].endswith(
        "(carrier's own document: Telnyx: a letter up to 90 days old); not taken"
    )
    assert aged.last.layer == "playbook US-LOCAL"


@pytest.mark.parametrize(
    ("playbook", "gaining", "name", "value"),
    [
        ("US-LOCAL", "simulated", "loa_max_age_days", 30),
        ("US-LOCAL", "telnyx", "loa_max_age_days", 30),
        ("US-LOCAL", "amazon_connect", "loa_max_age_days", 30),
        ("US-LOCAL", "telnyx", "freeze_hours", 48),
        ("US-LOCAL", "bandwidth", "freeze_hours", 24),
        ("DE-FIX", "bandwidth", "foc_horizon_days", 30),
        ("US-TF", "simulated", "loa_attachment_over", 15),
        ("US-TF", "amazon_connect", "loa_attachment_over", 10),
        ("US-LOCAL", "amazon_connect", "loa_attachment_over", None),
        ("US-TF", "telnyx", "bill_max_age_days", 30),
        ("US-LOCAL", "telnyx", "activation_until", "20:00"),
        ("US-LOCAL", "telnyx", "activation_zone", "America/Chicago"),
        ("CA", "telnyx", "activation_until", "15:00"),
        ("UK-GEO", "telnyx", "activation_until", "23:59"),
        ("US-LOCAL", "twilio", "signature_modes", ["electronic"]),
        ("US-LOCAL", "amazon_connect", "signature_modes", ["wet"]),
        ("US-LOCAL", "twilio", "most_numbers", 1000),
        ("US-LOCAL-SIMPLE", "twilio", "documents", ["loa", "bill"]),
        ("US-LOCAL-SIMPLE", "twilio", "lead_business_days", 5),
        ("UK-GEO", "amazon_connect", "documents", ["cloa", "bill", "loa"]),
        ("US-LOCAL", "nobody knows", "freeze_hours", 24),
        ("US-LOCAL", "twilio", "freeze_hours", 48),
        ("US-LOCAL", "simulated", "supplements", True),
        ("DE-FIX", "twilio", "supplements", False),
        ("UK-GEO", "amazon_connect", "supplements", False),
        ("UK-GEO", "amazon_connect", "configure_hours", 24),
        ("US-LOCAL", "telnyx", "activates_itself", True),
        ("US-LOCAL-SIMPLE", "telnyx", "activates_itself", True),
        ("CA", "telnyx", "activates_itself", True),
        ("UK-GEO", "telnyx", "activates_itself", False),
        ("US-LOCAL", "bandwidth", "activates_itself", False),
    ],
)
def test_what_gaining_carriers_make_of_a_playbook(playbook: str, gaining: str, name: str, value: Any) -> None:
    policy = resolve(PLAYBOOKS[playbook], gaining=gaining)
    assert getattr(policy, name) == value
    assert policy.overridden == []


def test_what_losing_carriers_make_of_a_playbook() -> None:
    assert resolve(US, losing="Talkroute").identifiers == ["account_number", "pin"]
    assert resolve(US, losing="telnyx").carrier_silence_days == 2
    assert resolve(US, losing="Old Telco") == US.policy()
    assert resolve(TF, losing="Telnyx").carrier_silence_days == 2
    french = resolve(PLAYBOOKS["FR-FIX"], losing="Telnyx")
    assert french.carrier_silence_days == 7


def test_who_can_sign_for_nobody_is_told() -> None:
    operator = Operator(losing={"old telco": {"signature_modes": by(["wet"])}})
    assert resolve(US, gaining="telnyx", losing="Old Telco", operator=operator).signature_modes == ["wet"]
    layers = [
        *layers_over(US, "twilio"),
        Layer("losing carrier Old Telco", facts={"signature_modes": Value(["wet"], "C", "its form")}),
    ]
    with pytest.raises(ConfigurationError) as caught:
        US.policy(layers=layers)
    assert "No way of signing suits everybody concerned" in caught.value.message
    for words in (
        "playbook US-LOCAL: wet, electronic",
        "gaining carrier twilio: electronic",
        "Old Telco: wet (carrier",
    ):
        assert words in caught.value.message
    assert "another gaining carrier" in caught.value.remedy


@pytest.mark.parametrize(("first", "second"), [("desk_opens", "desk_closes"), ("activation_from", "activation_until")])
def test_hours_that_end_before_they_begin_are_refused(first: str, second: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{first} 12:00 is not before {second} 12:00"):
        US.policy(overrides={first: "12:00", second: "12:00"})
    assert US.policy(overrides={first: "11:59", second: "12:00"})


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        ({"runbook": ["go"], "gates": ["go", "foc"]}, "gates", "gates has foc, which the runbook does not have"),
        ({"runbook": ["go"]}, "gates", "gates has reconciliation, foc, window_booked"),
        ({"gates": ["go", "volumes"]}, "gates", "gates has volumes, which is done after the numbers have moved"),
        ({"proof": ["calls"], "test_slots": []}, "proof", "proof asks for test calls, and test_slots has none"),
        (
            {"test_origins": ["mobile", "voip"]},
            "test_least_origins",
            "test_least_origins is 3, and test_origins has 2",
        ),
    ],
)
def test_gates_proof_and_test_calls_fit_together(given: dict[str, Any], name: str, words: str) -> None:
    with pytest.raises(Misfit, match=words) as caught:
        US.policy(overrides=given)
    assert caught.value.name == name
    assert caught.value.remedy


@pytest.mark.parametrize(
    "given",
    [
        {"runbook": ["foc", "go"], "gates": ["go"]},
        {"runbook": [], "gates": []},
        {"proof": ["calls"], "test_slots": [15]},
        {"proof": ["service"], "test_slots": []},
        {"test_origins": ["mobile", "voip", "landline"]},
        {"test_origins": [], "test_slots": []},
    ],
)
def test_what_does_fit_together(given: dict[str, Any]) -> None:
    policy = US.policy(overrides=given)
    assert {name: getattr(policy, name) for name in given} == given


def test_what_an_operator_and_a_request_say_is_looked_at_together() -> None:
    operator = Operator(playbooks={"US-LOCAL": {"test_slots": by([])}})
    assert resolve(US, operator=operator).test_slots == []
    with pytest.raises(Misfit, match="test_slots has none"):
        resolve(US, operator=operator, overrides={"proof": ["calls"]})


def test_decisions_replace_defaults_in_order_and_each_is_recorded() -> None:
    operator = Operator(
        playbooks={"US-LOCAL": {"rollback_hours": by(48), "cutoff": by("17:00")}, "CA": {"rollback_hours": by(1)}},
        gaining={"telnyx": {"loa_max_age_days": by(60, "Ada", "their guide", "o.yaml, line 9")}},
        losing={"old telco": {"rollback_hours": by(36, "Charles")}},
    )
    policy = resolve(US, gaining="Telnyx", losing=" OLD  telco ", operator=operator, overrides={"rollback_hours": 24})
    assert (policy.rollback_hours, policy.loa_max_age_days) == (24, 60)
    assert policy.overridden == [
        Override(name="rollback_hours", was="72", became="48", by="Grace Hopper", source="agreed (o.yaml, line 3)"),
        Override(name="loa_max_age_days", was="30", became="60", by="Ada", source="their guide (o.yaml, line 9)"),
        Override(name="rollback_hours", was="48", became="36", by="Charles", source="agreed (o.yaml, line 3)"),
        Override(name="rollback_hours", was="36", became="24", by="the request", source=""),
    ]
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_a_decision_that_changes_nothing_is_not_recorded() -> None:
    assert US.policy(overrides={"rollback_hours": 72, "documents": ["bill", "loa"]}).overridden == []


def test_a_decision_undoes_what_a_profile_tightened() -> None:
    operator = Operator(gaining={"amazon connect": {"signature_modes": by(["wet", "electronic"])}})
    policy = resolve(US, gaining="AWS", operator=operator)
    assert policy.signature_modes == ["wet", "electronic"]
    assert [(one.was, one.became) for one in policy.overridden] == [("wet", "wet, electronic")]


@pytest.mark.parametrize(
    ("playbook", "name", "loose", "strict"),
    [
        ("NG-MOB", "rollback_hours", 24, 0),
        ("US-TF", "loa_max_age_days", 31, 20),
        ("US-TF", "foc_horizon_days", 31, 29),
        ("US-LOCAL-SIMPLE", "lead_business_days", 0, 2),
        ("FR-FIX", "identifiers", ["account_number"], ["account_number", "rio"]),
        ("FR-FIX", "carrier_silence_days", 8, 7),
        ("US-LOCAL-SIMPLE", "cutoff", "12:59", "13:00"),
        ("US-LOCAL", "inadvertent_unlimited", False, True),
    ],
)
def test_a_rule_is_tightened_at_most(playbook: str, name: str, loose: Any, strict: Any) -> None:
    one = PLAYBOOKS[playbook]
    assert breaks_rule(name, one.values[name], loose)
    assert not breaks_rule(name, one.values[name], strict)
    assert getattr(one.policy(overrides={name: strict}), name) == strict
    for operator, overrides in (
        (None, {name: loose}),
        (Operator(playbooks={playbook: {name: by(loose)}}), {}),
    ):
        with pytest.raises(ConfigurationError, match=f"{name} cannot be .* by rule") as caught:
            resolve(one, operator=operator, overrides=overrides)
        assert caught.value.remedy.startswith(f"Take {name} out of ")


def test_a_decision_for_a_carrier_gives_way_to_rules_but_not_to_defaults() -> None:
    operator = Operator(gaining={"telnyx": {"loa_max_age_days": by(60)}}, losing={"old": {"cutoff": by("16:00")}})
    assert resolve(TF, gaining="telnyx", operator=operator).loa_max_age_days == 30
    assert resolve(TF, gaining="telnyx", operator=operator).overridden == []
    assert resolve(US, gaining="telnyx", operator=operator).loa_max_age_days == 60
    assert resolve(SIMPLE, losing="old", operator=operator).cutoff == "13:00"
    assert resolve(US, losing="old", operator=operator).cutoff == "16:00"


def test_closed_days_of_an_operator_come_on_top_and_those_of_a_request_replace_all() -> None:
    christmas, eve, inventory = date(2026, 12, 25), date(2026, 12, 24), date(2026, 12, 30)
    operator = Operator(
        playbooks={"US-LOCAL": {"closed_days": by([eve])}}, losing={"old": {"closed_days": by([inventory, christmas])}}
    )
    policy = resolve(US, losing="Old", closed_days=[christmas], operator=operator)
    assert policy.closed_days == [eve, christmas, inventory]
    assert [(one.was, one.became) for one in policy.overridden] == [
        ("the public holidays", "2026-12-24"),
        ("the public holidays", "2026-12-30, 2026-12-25"),
    ]
    # The record is the same on any day, so that the same request stays the same.
    later = resolve(US, losing="Old", closed_days=[christmas, date(2027, 1, 1)], operator=operator)
    assert later.overridden == policy.overridden
    asked = resolve(US, losing="Old", closed_days=[christmas], operator=operator, overrides={"closed_days": [eve]})
    assert asked.closed_days == [eve]


@pytest.mark.parametrize("name", ["amazon_connect", "Amazon Connect", "AMAZON  connect", "aws", "AWS Connect"])
def test_a_carrier_is_found_by_any_of_its_names(name: str) -> None:
    profile = find(GAINING, name)
    assert profile is not None
    assert profile.name == "amazon_connect"
    assert canonical(GAINING, name) == "amazon connect"


def test_a_carrier_that_nobody_knows_is_called_what_it_is_called() -> None:
    assert find(LOSING, "Old Telco") is None
    assert canonical(LOSING, " Old   Telco ") == plain("old_telco") == "old telco"
    assert find(LOSING, "") is None


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("gaining", sorted({profile.name for profile in GAINING.values()}))
def test_every_carrier_can_lie_over_every_playbook(playbook: str, gaining: str) -> None:
    policy = resolve(PLAYBOOKS[playbook], gaining=gaining, numbers=3)
    assert policy.loa_warning_days < policy.loa_max_age_days
    assert policy.lead_business_days < policy.foc_horizon_days


@pytest.mark.parametrize("profile", [*GAINING.values(), *LOSING.values()], ids=lambda profile: profile.name)
def test_profiles_say_what_a_policy_can_hold(profile: Any) -> None:
    assert profile.values or profile.by_playbook or profile.facts
    assert set(profile.by_playbook) <= set(PLAYBOOKS)
    for values in (profile.values, *profile.by_playbook.values()):
        given = {name: value.value for name, value in values.items()}
        assert PolicyGiven.model_validate(given).overrides() == given


LIMITS = st.sampled_from(
    ["loa_max_age_days", "foc_horizon_days", "freeze_hours", "lead_business_days", "rollback_hours"]
)


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(
    LIMITS,
    st.sampled_from(LETTERS),
    st.integers(0, 100),
    st.lists(st.tuples(st.sampled_from(LETTERS), st.integers(0, 100)), max_size=4),
)
def test_profiles_never_loosen_a_limit_in_any_order(
    name: str, letter: str, own: int, said: list[tuple[str, int]]
) -> None:
    layers = [Layer(f"carrier {n}", facts={name: Value(value, of, "said")}) for n, (of, value) in enumerate(said)]
    base = {name: Value(own, letter, "own")}
    found = settle(base, layers, "XX")[0][name].value
    assert STRICTER[name](own, found) == found
    assert settle(base, layers[::-1], "XX")[0][name].value == found


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(LIMITS, st.sampled_from(LETTERS), st.integers(0, 100), st.integers(0, 100))
def test_a_decision_holds_or_is_refused_and_only_rules_refuse(name: str, letter: str, own: int, wanted: int) -> None:
    base = {name: Value(own, letter, "own")}
    try:
        settled, decided = settle(base, [Layer("the request", decisions={name: by(wanted)})], "XX")
    except ConfigurationError:
        assert letter in "LIR"
        assert STRICTER[name](own, wanted) != wanted
    else:
        assert settled[name].value == wanted
        assert [one.name for one in decided] == ([name] if wanted != own else [])


@pytest.mark.parametrize("account", ["telnyx", "telnyx-eu", "Telnyx-second_account"])
def test_every_account_of_a_vendor_has_its_profile(account: str) -> None:
    policy = resolve(PLAYBOOKS["US-LOCAL"], gaining=account)
    assert policy.freeze_hours == 48
    assert policy.activation_zone == "America/Chicago"


@pytest.mark.parametrize("name", ["unheard-of", "vodafone-ziggo", ""])
def test_a_name_that_begins_with_no_known_gaining_carrier_has_none(name: str) -> None:
    assert resolve(PLAYBOOKS["US-LOCAL"], gaining=name) == resolve(PLAYBOOKS["US-LOCAL"])
