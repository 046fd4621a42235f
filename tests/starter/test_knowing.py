"""`portolan playbook`: what it lists, prints, and refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from portolan.domain.playbooks import GAINING, PLAYBOOKS
from portolan.domain.playbooks.common import FACTS
from portolan.domain.playbooks.values import PROVENANCE
from starter.commands.knowing import GROUPS
from tests.starter.commands import Home

OVERRIDES = """\
playbooks:
  US-LOCAL:
    rollback_hours: {value: 48, by: Grace Hopper, reason: agreed}
losing:
  Old Telco:
    desk_contact: {value: "[Ann] +1 617 555 0199", by: Ada Byron, reason: by phone}
    closed_days: {value: [2026-12-24], by: Ada Byron, reason: by phone}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Commands that find neither server nor database: none is needed."""
    return Home(tmp_path, "127.0.0.1:1")


@pytest.fixture
def decided(home: Home) -> Home:
    """The same, with an operator's file."""
    path = home.folder / "overrides.yaml"
    path.write_text(OVERRIDES)
    home.environment["PORTOLAN_PLAYBOOK_OVERRIDES"] = str(path)
    return home


def test_all_are_listed_with_title_and_regulator(home: Home) -> None:
    listed = home.ok("playbook")
    for one in PLAYBOOKS.values():
        (line,) = [line for line in listed.splitlines() if line.split(" ", 1)[0] == one.code]
        assert one.title in line
        assert one.regulator in line
    assert "portolan playbook CODE" in listed
    told = home.told("playbook")
    assert [row["code"] for row in told] == list(PLAYBOOKS)
    assert told[0]["number_classes"] == ["geographic"]


def test_the_groups_have_every_value_once() -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) == set(PLAYBOOKS["EU"].values) | {"closed_days"}


@pytest.mark.parametrize("code", PLAYBOOKS)
def test_every_value_is_printed_with_provenance_spelled_out_and_source(home: Home, code: str) -> None:
    lines = home.ok("playbook", code).splitlines()
    one = PLAYBOOKS[code]
    for name, value in {**one.values, **one.facts}.items():
        (line,) = [line for line in lines if line.split(" ", 1)[0] == name]
        assert PROVENANCE[value.provenance] in line
    printed = " ".join(" ".join(lines).split())
    for fact in ("rules", "steps", "notes"):
        for words in one.facts[fact].value or []:
            assert words.split(" ")[0] in printed
    assert set(GROUPS) <= set(lines)


def test_the_runbook_is_printed_item_by_item_and_the_slots_on_one_line(home: Home) -> None:
    lines = home.ok("playbook", "US-LOCAL").splitlines()
    (first,) = [line for line in lines if line.startswith("runbook ")]
    at = lines.index(first)
    assert first.split()[1] == "reconciliation"
    assert [line.split()[0] for line in lines[at + 1 : at + 4]] == ["foc", "window_booked", "rollback_letter"]
    (slots,) = [line for line in lines if line.startswith("test_slots ")]
    assert "15, 30, 45" in slots
    (notices,) = [line for line in lines if line.startswith("closing_notice_hours ")]
    assert "24, 6, 1" in notices


def test_what_a_gaining_carrier_makes_of_the_cutover_day_is_shown(home: Home) -> None:
    printed = home.ok("playbook", "US-LOCAL", "--gaining", "telnyx")
    (line,) = [line for line in printed.splitlines() if line.startswith("activates_itself ")]
    assert " yes " in line
    told = home.told("playbook", "UK-GEO", "--gaining", "twilio")
    assert told["values"]["supplements"]["value"] is False
    assert told["values"]["test_slots"]["value"][:2] == [15, 30]


def test_codes_are_found_in_any_case(home: Home) -> None:
    assert home.ok("playbook", "uk-geo") == home.ok("playbook", "UK-GEO")


def test_json_has_values_with_who_said_what(home: Home) -> None:
    told = home.told("playbook", "UK-GEO")
    assert (told["code"], told["country"], told["regulator"]) == ("UK-GEO", "GB", "Ofcom (General Condition C7)")
    assert list(told["facts"]) == list(FACTS)
    assert told["facts"]["lead_times"]["value"][0] == {
        "lines": "single",
        "over": 0,
        "days": 4,
        "days_again": 7,
        "acknowledged_hours": 24,
    }
    assert told["facts"]["answer_interval"]["value"] == {
        "amount": 48,
        "unit": "clock hours",
        "words": "48 clock hours",
    }
    silence = told["values"]["carrier_silence_days"]
    assert (silence["value"], silence["provenance"], silence["provenance_means"]) == (2, "C", PROVENANCE["C"])
    assert told["carriers"] == {}


def test_profiles_lie_over_it_and_say_so(home: Home) -> None:
    printed = home.ok("playbook", "US-TF", "--gaining", "amazon_connect", "--losing", "Telnyx")
    assert "With gaining carrier amazon_connect." in printed
    assert "With losing carrier Telnyx." in printed
    (line,) = [line for line in printed.splitlines() if line.startswith("loa_attachment_over")]
    assert " 10 " in line
    assert "gaining carrier amazon_connect: Amazon Connect administrator guide" in line
    assert "- playbook US-TF: 15 (industry body" in printed
    assert "- losing carrier Telnyx: 2" in printed
    assert "not taken" in " ".join(printed.split())
    assert "Amazon Connect, gaining carrier" in printed
    told = home.told("playbook", "US-TF", "--gaining", "amazon_connect")
    over = told["values"]["loa_attachment_over"]
    assert (over["value"], over["provenance"]) == (10, "S")
    assert [(said["layer"], said["value"], said["taken"]) for said in over["said"]] == [
        ("playbook US-TF", 15, True),
        ("gaining carrier amazon_connect", 10, True),
    ]
    assert told["carriers"]["gaining"]["name"] == "amazon_connect"


def test_a_losing_carrier_that_nobody_knows_is_no_fault(home: Home) -> None:
    assert "With losing carrier Old Telco; nothing is known of it." in home.ok(
        "playbook", "US-LOCAL", "--losing", "Old Telco"
    )


def test_decisions_of_the_operator_are_shown_with_who_and_why(decided: Home) -> None:
    printed = decided.ok("playbook", "US-LOCAL", "--losing", "old telco")
    assert "PORTOLAN_PLAYBOOK_OVERRIDES" in printed
    assert "decided by Grace Hopper" in printed
    assert "operator, for US-LOCAL: agreed (overrides.yaml, line 3)" in printed
    assert "[Ann] +1 617 555 0199" in printed
    assert "2026-12-24" in printed
    told = decided.told("playbook", "US-LOCAL")
    assert told["values"]["rollback_hours"]["value"] == 48
    assert told["values"]["rollback_hours"]["by"] == "Grace Hopper"
    assert told["values"]["desk_contact"]["value"] == ""
    assert decided.told("playbook", "CA")["values"]["rollback_hours"]["value"] == 72


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("UKGEO",), "There is no playbook 'UKGEO'. Did you mean UK-GEO?"),
        (("zzz",), "There is no playbook 'zzz'. There is: US-LOCAL, US-TF"),
        (("US-TF", "--gaining", "telnix"), "no profile of a gaining carrier 'telnix'. Did you mean telnyx?"),
        (("US-TF", "--gaining", "zzz"), ", ".join(dict.fromkeys(profile.name for profile in GAINING.values()))),
        (("--gaining", "telnyx"), "Name one too"),
        (("--losing", "Old Telco"), "Name one too"),
    ],
)
def test_what_is_refused(home: Home, words: tuple[str, ...], told: str) -> None:
    assert told in home.refused("playbook", *words)


def test_an_error_is_json_where_that_was_asked_for(home: Home) -> None:
    done = home.run("playbook", "UKGEO", "--json")
    assert done.code == 1
    assert done.json["error"]["code"] == "not_found"


def test_a_faulty_operators_file_is_told_with_its_place(decided: Home) -> None:
    path = decided.folder / "overrides.yaml"
    path.write_text(OVERRIDES.replace("rollback_hours", "rollback_hour"))
    done = decided.run("playbook")
    assert done.code == 1
    assert "line 3, playbooks.US-LOCAL.rollback_hour: is not known: did you mean 'rollback_hours'?" in done.err
    assert "Traceback" not in done.err
