"""Results of test calls as people type them and dialers export them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portolan.domain.testcalls import CHECKS
from starter.call_results import HEARD, MOST, ResultUnreadable, as_told, read_checks, read_results
from tests.world import request

ONE, TWO = "+12125550143", "+12125550144"
CALL = {"number": ONE, "origin": "mobile", "checks": {"ringback": "passed"}}
SEVERAL = request("acme-1", numbers=[ONE, TWO])
SINGLE = request("acme-1", numbers=[ONE])


def refused(given: dict[str, Any], asked: Any = SEVERAL) -> str:
    with pytest.raises(ResultUnreadable) as error:
        as_told(given, asked)
    return str(error.value)


def test_checks_are_read_in_any_number_of_pieces() -> None:
    assert read_checks(["ringback,ivr_audio", "caller_id"], ["dtmf=silence, sms_in = not_delivered"]) == {
        "ringback": "passed",
        "ivr_audio": "passed",
        "caller_id": "passed",
        "dtmf": "silence",
        "sms_in": "not_delivered",
    }
    assert read_checks([], ["dtmf=busy"]) == {"dtmf": "busy"}


@pytest.mark.parametrize(
    ("passed", "failed", "said"),
    [
        ([], [], "A call that tried nothing shows nothing."),
        ([" , "], [""], "A call that tried nothing shows nothing."),
        (["ringing"], [], f"'ringing' is no check. Checks: {', '.join(CHECKS)}."),
        ([], ["ringing=busy"], "'ringing' is no check."),
        ([], ["dtmf"], f"--failed 'dtmf' does not say what was heard. Write CHECK=HEARD; heard: {', '.join(HEARD)}."),
        ([], ["dtmf="], "--failed 'dtmf=' does not say what was heard."),
        ([], ["dtmf=loud"], "--failed 'dtmf=loud' does not say what was heard."),
        ([], ["dtmf=passed"], "--failed 'dtmf=passed' does not say what was heard."),
        (["dtmf"], ["dtmf=busy"], "dtmf is told twice."),
        (["dtmf,dtmf"], [], "dtmf is told twice."),
    ],
)
def test_checks_that_make_no_sense_are_refused(passed: list[str], failed: list[str], said: str) -> None:
    with pytest.raises(ResultUnreadable) as error:
        read_checks(passed, failed)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "written", [ONE, "(212) 555-0143", "1 212 555 0143", "00 1 212 555 0143", "tel:+1-212-555-0143"]
)
def test_a_number_is_read_in_its_country_s_writing(written: str) -> None:
    assert as_told({**CALL, "number": written}, SEVERAL)["number"] == ONE


def test_the_country_is_the_order_s() -> None:
    british = request("acme-1", playbook="UK-GEO", country="GB", numbers=["+442079460958"])
    assert as_told({**CALL, "number": "020 7946 0958"}, british)["number"] == "+442079460958"


@pytest.mark.parametrize("nothing", [{}, {"number": ""}, {"number": None}])
def test_the_only_number_of_an_order_needs_no_naming(nothing: dict[str, Any]) -> None:
    given = {"origin": "mobile", "checks": {"ringback": "passed"}, **nothing}
    assert as_told(given, SINGLE)["number"] == ONE
    assert refused(given) == (
        f"The test call does not say which number was called; acme-1 has 2. Name it, such as {ONE}."
    )


@pytest.mark.parametrize("number", ["911", "112", "999", "0", "abc"])
def test_what_is_no_number_of_an_order_is_refused_before_it_is_sent(number: str) -> None:
    assert "Only numbers of the order are called." in refused({**CALL, "number": number})


def test_everything_told_of_a_call_is_kept_and_nothing_else() -> None:
    told = {**CALL, "at": "2026-11-17T16:20:00+00:00", "reference": "call-7", "note": "clear"}
    assert as_told({**told, "trunk": "7"}, SEVERAL) == {**told, "at": "2026-11-17T16:20:00Z"}
    assert as_told({**CALL, "at": "", "note": None}, SEVERAL) == CALL


def test_a_time_without_a_zone_is_read_as_utc() -> None:
    assert as_told({**CALL, "at": "2026-11-17 16:20"}, SEVERAL)["at"] == "2026-11-17T16:20:00Z"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"origin": ""}, "The test call: origin is missing."),
        ({"origin": "satellite"}, "The test call: origin "),
        ({"checks": {}}, "The test call: checks "),
        ({"checks": {"ringback": "loud"}}, "The test call: checks.ringback "),
        ({"at": "noon"}, "The test call: at has to be a moment, written like 2026-12-01T09:00Z."),
    ],
)
def test_what_a_call_lacks_is_named(change: dict[str, Any], said: str) -> None:
    assert said in refused({**CALL, **change})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "results.json"


def test_a_dialer_s_export_is_read_whole(file: Path) -> None:
    other = {"number": "(212) 555-0144", "origin": "voip", "checks": {"dtmf": "silence"}, "at": "2026-11-17T16:20:00Z"}
    file.write_text(json.dumps([CALL, other]))
    assert read_results(file, SEVERAL) == [CALL, {**other, "number": TWO}]
    file.write_text(json.dumps([{**CALL, "number": 12125550143}]))
    assert read_results(file, SEVERAL) == [CALL]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "results.json is empty."),
        ("[", "results.json: line 1, the file: cannot be read as JSON"),
        ("{}", "results.json is no list of results."),
        ("[1]", "results.json is no list of results."),
        ("[]", f"results.json has 0 results. Give 1 to {MOST} at once."),
        (json.dumps([CALL] * (MOST + 1)), f"results.json has {MOST + 1} results."),
        (json.dumps([CALL, {**CALL, "origin": "satellite"}]), "results.json, result 2: origin "),
        (json.dumps([{**CALL, "number": "911"}]), "results.json, result 1: '911'"),
    ],
)
def test_an_export_that_cannot_be_read_is_told_with_its_place(file: Path, content: str, said: str) -> None:
    file.write_text(content)
    with pytest.raises(ResultUnreadable) as error:
        read_results(file, SEVERAL)
    assert said in str(error.value)


def test_as_many_results_as_a_message_takes_are_read(file: Path) -> None:
    file.write_text(json.dumps([CALL] * MOST))
    assert len(read_results(file, SEVERAL)) == MOST == 200


def test_a_file_that_is_missing_is_named(file: Path) -> None:
    with pytest.raises(ResultUnreadable, match=r"results\.json does not exist"):
        read_results(file, SEVERAL)


def test_a_file_and_a_single_call_are_two_ways_of_telling(file: Path) -> None:
    file.write_text(json.dumps([CALL]))
    assert read_results(file, SEVERAL, also=[("--at", ""), ("--passed", [])]) == [CALL]
    with pytest.raises(ResultUnreadable, match=r"^--from, --at and --file are two ways of telling\."):
        read_results(file, SEVERAL, also=[("--from", "mobile"), ("--passed", []), ("--at", "noon")])
