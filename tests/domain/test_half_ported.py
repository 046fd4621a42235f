"""From who gets through and who does not to what is probably wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.carrier import NumberStatus, Routing
from portolan.domain.half_ported import DIAGNOSES, NANP, Observation, diagnose, observe
from portolan.domain.playbooks.values import PROVENANCE
from portolan.domain.testcalls import ORIGINS, CallResult, Heard, Origin

ONE, TWO, THREE = "+12125550143", "+12125550144", "+12125550145"
AT = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
ACTIVE = dict.fromkeys((ONE, TWO, THREE), NumberStatus.ACTIVE)
FOREIGN = [origin for origin in ORIGINS if origin != "losing_carrier"]


def call(origin: Origin, heard: Heard = "passed", number: str = ONE, minutes: int = 0, **checks: Heard) -> CallResult:
    """A call of which one check, or those named, found something."""
    given: dict[Any, Heard] = dict(checks) or {"ringback": heard, "dtmf": heard}
    return CallResult(number=number, origin=origin, checks=given, at=AT + timedelta(minutes=minutes))


def from_all(heard: Heard = "passed", number: str = ONE, **others: Heard) -> list[CallResult]:
    """A call from every network; `others` names those that found something else."""
    return [call(origin, others.get(origin, heard), number) for origin in ORIGINS]


def look(at_gaining: bool | None, *numbers: str) -> dict[str, Routing]:
    return {number: Routing(number=number, at_gaining=at_gaining) for number in numbers or (ONE, TWO, THREE)}


def seen(
    calls: list[CallResult],
    status: Mapping[str, NumberStatus] = ACTIVE,
    routing: Mapping[str, Routing] | None = None,
    country: str = "US",
    numbers: tuple[str, ...] = (ONE, TWO, THREE),
) -> set[str]:
    found = observe(numbers, status, look(True) if routing is None else routing, calls, country)
    assert len(set(found)) == len(found)
    return {one.value for one in found}


# -- without a call -------------------------------------------------------------------------------------------------


def test_where_all_is_well_nothing_is_seen() -> None:
    assert seen([]) == set()
    assert seen([*from_all(), *from_all(number=TWO)]) == set()
    assert seen(from_all(), {}, {}) == set()


@pytest.mark.parametrize(
    ("at_gaining", "found"), [(False, {"routed_to_losing"}), (True, set()), (None, set())]
)  # nobody can say
def test_routing(at_gaining: bool | None, found: set[str]) -> None:
    assert seen([], routing=look(at_gaining, TWO)) == found


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (NumberStatus.PENDING, {"not_active"}),
        (NumberStatus.FAILED, {"not_active"}),
        (NumberStatus.ACTIVE, set()),
        (NumberStatus.RETURNED, set()),
    ],
)
def test_status(status: NumberStatus, found: set[str]) -> None:
    assert seen([], {**ACTIVE, TWO: status}) == found


def test_returned_numbers_are_where_they_belong() -> None:
    returned = dict.fromkeys(ACTIVE, NumberStatus.RETURNED)
    assert seen(from_all("old_carrier"), returned, look(False)) == set()


# -- who gets through -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", FOREIGN)
@pytest.mark.parametrize("heard", ["silence", "not_in_service", "old_carrier", "busy", "wrong"])
def test_one_network_fails(failing: Origin, heard: Heard) -> None:
    assert seen(from_all(**{failing: heard})) == {"one_network_fails"}


@pytest.mark.parametrize("heard", ["silence", "not_in_service", "old_carrier", "busy"])
def test_only_the_losing_carriers_subscribers_fail(heard: Heard) -> None:
    assert seen(from_all(losing_carrier=heard)) == {"losing_subscribers_fail"}


def test_one_network_and_the_losing_carriers_own() -> None:
    found = seen(from_all(losing_carrier="old_carrier", voip="silence"))
    assert found == {"one_network_fails", "losing_subscribers_fail"}


def test_two_networks_that_fail_are_no_pattern_unless_they_end_at_the_old_carrier() -> None:
    assert seen(from_all(voip="silence", mobile="silence")) == set()
    assert seen(from_all(voip="silence", mobile="old_carrier")) == {"reaches_old_carrier"}
    assert seen(from_all(voip="not_in_service", mobile="not_in_service")) == set()


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ("not_in_service", {"not_in_service"}),
        ("silence", {"silence"}),
        ("old_carrier", {"reaches_old_carrier"}),
        ("busy", set()),
        ("wrong", set()),
    ],
)
def test_everything_fails_alike(heard: Heard, found: set[str]) -> None:
    assert seen(from_all(heard)) == found
    assert seen([call("voip", heard)]) == found
    # The losing carrier's own network has an answer of its own, and is no reason to think otherwise.
    assert seen(from_all(heard, losing_carrier="old_carrier")) == found
    # That it gets through is one: the number is in service somewhere.
    through = seen(from_all(heard, losing_carrier="passed"))
    assert through == (found if heard == "old_carrier" else set())


def test_everything_fails_in_different_ways() -> None:
    assert seen(from_all("silence", voip="not_in_service")) == set()
    assert seen(from_all("not_in_service", voip="old_carrier")) == {"reaches_old_carrier"}


def test_the_losing_carriers_own_network_alone_proves_nothing() -> None:
    for heard in ("silence", "not_in_service", "old_carrier"):
        assert seen([call("losing_carrier", heard)]) == set()


@pytest.mark.parametrize(
    ("checks", "through"),
    [
        ({"ringback": "passed", "dtmf": "silence"}, True),
        ({"ringback": "passed", "two_way_audio": "wrong"}, True),
        ({"ringback": "passed", "ivr_audio": "old_carrier"}, False),  # it rang, at the wrong place
        ({"ringback": "passed", "ivr_audio": "not_in_service"}, False),
        ({"ringback": "silence", "dtmf": "wrong"}, False),
    ],
)
def test_whether_a_call_got_through(checks: dict[str, Heard], through: bool) -> None:
    found = seen([call("voip", **checks), call("mobile")])
    assert found == (set() if through else {"one_network_fails"})


def test_silence_means_that_nothing_was_heard_at_all() -> None:
    assert seen([call("voip", ringback="silence", dtmf="silence")]) == {"silence"}
    for first, second in (("silence", "busy"), ("busy", "silence")):
        assert seen([call("voip", ringback=first, dtmf=second)]) == set()


def test_the_newest_call_counts_in_whatever_order_they_come() -> None:
    repaired = [call("voip", "silence", minutes=0), call("voip", minutes=15), call("mobile")]
    assert seen(repaired) == seen(repaired[::-1]) == set()
    broken = [call("voip", minutes=0), call("voip", "silence", minutes=15), call("mobile")]
    assert seen(broken) == seen(broken[::-1]) == {"one_network_fails"}
    at_once = [call("voip", "silence"), call("voip"), call("mobile")]
    assert seen(at_once) == set()


def test_calls_to_other_numbers_are_not_looked_at() -> None:
    assert seen([*from_all("silence", "+12125550199")]) == set()


# -- several numbers ------------------------------------------------------------------------------------------------


def test_one_network_fails_for_every_number_it_calls() -> None:
    calls = [call("mobile"), call("voip", "silence", TWO), call("landline", number=THREE)]
    calls += [call("voip", "silence", THREE), call("mobile", number=TWO)]
    assert seen(calls) == {"one_network_fails"}


def test_a_number_that_only_the_failing_network_called_may_be_the_cause_itself() -> None:
    calls = [call("mobile"), call("voip", "not_in_service", TWO)]
    assert seen(calls) == {"one_network_fails", "not_in_service"}
    # A second number tells them apart, and so does another network.
    assert seen([*calls, call("voip", "not_in_service", THREE)]) == {"one_network_fails"}
    assert seen([*calls, call("voip", number=THREE)]) == {"not_in_service"}
    assert seen([*calls, call("landline", number=TWO)]) == {"one_network_fails"}


def test_one_number_fails_from_everywhere() -> None:
    assert seen([*from_all(), *from_all("not_in_service", TWO)]) == {"not_in_service"}
    assert seen([*from_all(), *from_all("silence", TWO), *from_all("not_in_service", THREE)]) == {
        "silence",
        "not_in_service",
    }


def test_one_network_fails_for_one_number_only() -> None:
    for heard in ("silence", "not_in_service", "old_carrier"):
        assert seen([*from_all(voip=heard), *from_all(number=TWO)]) == {"one_network_fails"}
    assert seen([*from_all(losing_carrier="old_carrier"), *from_all(number=TWO)]) == {"losing_subscribers_fail"}


# -- what explains the calls ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("heard", ["silence", "not_in_service", "old_carrier"])
def test_a_number_that_is_not_active_or_astray_explains_its_calls(heard: Heard) -> None:
    assert seen(from_all(heard), {**ACTIVE, ONE: NumberStatus.FAILED}) == {"not_active"}
    assert seen(from_all(heard), routing=look(False, ONE)) == {"routed_to_losing"}
    assert seen(from_all(voip=heard), routing=look(False, ONE)) == {"routed_to_losing"}
    both = seen(from_all(heard), {**ACTIVE, ONE: NumberStatus.PENDING}, look(False, ONE))
    assert both == {"not_active", "routed_to_losing"}


def test_its_calls_say_nothing_of_the_other_numbers() -> None:
    calls = [*from_all("silence"), *from_all(number=TWO, voip="silence")]
    assert seen(calls, routing=look(False, ONE)) == {"routed_to_losing", "one_network_fails"}


@pytest.mark.parametrize(("country", "told"), [("GB", True), ("DE", True), ("FR", True), ("US", False), ("CA", False)])
def test_without_a_common_number_database_the_old_carrier_at_the_other_end_tells_more(country: str, told: bool) -> None:
    found = seen(from_all("old_carrier"), routing=look(False, ONE), country=country)
    assert found == {"routed_to_losing"} | ({"reaches_old_carrier"} if told else set())
    own = seen([call("losing_carrier", "old_carrier")], routing=look(False, ONE), country=country)
    assert own == {"routed_to_losing"}


# -- messages -------------------------------------------------------------------------------------------------------


def sms(heard: Heard, number: str = ONE, minutes: int = 1) -> CallResult:
    return call("mobile", number=number, minutes=minutes, sms_in=heard)


def test_messages_fail_where_calls_get_through() -> None:
    assert seen([call("mobile"), sms("not_delivered")]) == {"messaging_fails"}
    assert seen([call("mobile", ringback="passed", sms_out="not_delivered")]) == {"messaging_fails"}
    assert seen([call("mobile"), sms("not_delivered"), sms("passed", minutes=2)]) == set()
    assert seen([call("mobile"), sms("passed"), sms("not_delivered", minutes=2)]) == {"messaging_fails"}


def test_where_calls_fail_too_or_were_not_made_messages_say_nothing() -> None:
    assert seen([sms("not_delivered")]) == set()
    assert seen([*from_all("silence"), sms("not_delivered")]) == {"silence"}
    assert seen([call("mobile"), sms("not_delivered", TWO)]) == set()
    assert seen([call("mobile"), sms("not_delivered")], {ONE: NumberStatus.FAILED}) == {"not_active"}


def test_a_message_hides_no_call() -> None:
    """A message from the same network, and newer, is no call that got through."""
    assert seen([call("mobile", "silence"), sms("passed")]) == {"silence"}


# -- what it points to ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("observation", "country", "keys"),
    [
        ("routed_to_losing", "US", ["version_not_active"]),
        ("routed_to_losing", "CA", ["version_not_active"]),
        ("routed_to_losing", "GB", ["still_routed_to_losing"]),
        ("one_network_fails", "US", ["network_missed_update"]),
        ("one_network_fails", "DE", ["network_not_updated"]),
        ("losing_subscribers_fail", "US", ["losing_switch"]),
        ("losing_subscribers_fail", "NG", ["losing_switch"]),
        ("not_in_service", "FR", ["not_assigned", "not_provisioned"]),
        ("reaches_old_carrier", "GB", ["range_holder_prefix"]),
        ("reaches_old_carrier", "DE", ["porting_code"]),
        ("reaches_old_carrier", "US", ["old_routing"]),
        ("messaging_fails", "CA", ["nnid_at_losing"]),
        ("messaging_fails", "FR", ["messaging_not_set_up"]),
        ("silence", "US", ["transit_record"]),
        ("not_active", "GB", ["not_activated"]),
    ],
)
def test_what_it_points_to(observation: str, country: str, keys: list[str]) -> None:
    assert [one.key for one in diagnose([Observation(observation)], country)] == keys


def test_a_silent_transit_network_takes_both_carriers_and_one_to_three_days() -> None:
    (found,) = diagnose([Observation.SILENCE], "US")
    assert (found.owner, found.expected) == ("both carriers", "1 to 3 business days")
    assert found.origin.startswith("founding material: ")


def test_who_acts() -> None:
    owners = {row.key: row.owner for row in DIAGNOSES}
    assert owners["network_missed_update"] == "gaining carrier, then the NPAC"
    assert owners["losing_switch"] == "losing carrier"
    assert owners["not_assigned"] == "us"


def test_the_most_specific_causes_come_first() -> None:
    found = diagnose([Observation.NOT_IN_SERVICE, Observation.NOT_ACTIVE, Observation.ROUTED_TO_LOSING], "US")
    assert [one.key for one in found] == ["version_not_active", "not_activated", "not_assigned", "not_provisioned"]


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(Observation), max_size=10), st.sampled_from(["US", "CA", "GB", "DE", "FR", "NG", "PT"]))
def test_everything_seen_has_a_cause_that_fits_the_country(observations: list[Observation], country: str) -> None:
    found = diagnose(observations, country)
    assert {one.observation for one in found} == set(observations)
    assert len({one.key for one in found}) == len(found)
    assert found == diagnose(observations[::-1], country)
    for one in found:
        assert not one.countries or country in one.countries
        if country not in NANP:
            words = f"{one.cause} {one.action} {one.owner}"
            assert not any(term in words for term in ("LRN", "SPID", "NPAC", "NNID", "RespOrg"))


def test_the_table_is_whole() -> None:
    assert len({row.key for row in DIAGNOSES}) == len(DIAGNOSES)
    for row in DIAGNOSES:
        assert row.provenance in PROVENANCE
        assert row.action.endswith(".")
        assert not any(text.endswith(".") for text in (row.cause, row.owner, row.expected, row.source))
        assert all((row.key, row.cause, row.owner, row.expected, row.source))
    general = [row.observation for row in DIAGNOSES if not row.countries]
    assert set(general) == set(Observation)


CALLS = st.lists(
    st.builds(
        call,
        st.sampled_from(ORIGINS),
        st.sampled_from(["passed", "silence", "not_in_service", "old_carrier", "busy"]),
        st.sampled_from([ONE, TWO, THREE]),
        st.integers(0, 90),
    ),
    max_size=20,
    unique_by=lambda one: (one.origin, one.number, one.at),
)


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(st.data(), CALLS, st.sampled_from(["US", "GB", "FR"]))
def test_neither_the_order_of_calls_nor_that_of_numbers_matters(
    data: st.DataObject, calls: list[CallResult], country: str
) -> None:
    shuffled = data.draw(st.permutations(calls))
    found = seen(calls, country=country)
    assert seen(shuffled, country=country, numbers=(THREE, ONE, TWO)) == found
    if all(one.passed for one in calls):
        assert found == set()
    assert "messaging_fails" not in found
