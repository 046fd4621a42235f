"""docs/playbooks.md says what the data says; its example of an operator's file works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portolan.domain.playbooks import GAINING, LOSING, PLAYBOOKS, resolve, tables
from portolan.domain.runbook import ITEMS
from portolan.playbook_overrides import load

PAGE = (Path(__file__).parents[3] / "docs" / "playbooks.md").read_text()


@pytest.mark.parametrize("table", [tables.playbooks, tables.runbook, tables.carriers])
def test_the_tables_of_the_page_are_those_of_the_data(table: object) -> None:
    assert callable(table)
    message = "Playbooks changed: put the output of `python -m portolan.domain.playbooks.tables` into docs/playbooks.md"
    assert f"\n\n{table()}\n\n" in PAGE, message


def test_every_playbook_and_carrier_has_one_row() -> None:
    codes = re.findall(r"^\| `([A-Z-]+)` \|", tables.playbooks(), re.MULTILINE)
    assert codes == list(PLAYBOOKS)
    names = re.findall(r"^\| (.*?) \| (gaining|losing) \|", tables.carriers(), re.MULTILINE)
    profiles = [(profile, "gaining") for profile in GAINING.values()]
    profiles += [(profile, "losing") for profile in LOSING.values()]
    assert set(names) == {(profile.title, role) for profile, role in profiles}
    assert len(names) == len(set(names))


def test_each_item_of_the_runbook_has_a_row_that_says_where_it_is() -> None:
    rows = {line.split("`")[1]: line for line in tables.runbook().splitlines()[2:]}
    assert list(rows) == list(ITEMS)
    assert rows["go"].endswith("| yes | all |")
    assert rows["watch"].endswith("| no | all |")
    assert rows["foc"].endswith("| yes | all but `NG-MOB` |")
    assert rows["campaign"].endswith("| no | `US-LOCAL`, `US-LOCAL-SIMPLE`, `US-WIRELESS`, `CA` |")
    assert "| end of the window |" in rows["closing"]
    assert "| T+2 h |" in rows["volumes"]


def test_rules_show_their_letter() -> None:
    rows = {line.split("`")[1]: line for line in tables.playbooks().splitlines()[2:]}
    assert "| resp org (I) |" in rows["US-TF"]
    assert "| 1 business day (L) |" in rows["US-LOCAL-SIMPLE"]
    assert "| none (L), 0 clock hours (L) |" in rows["NG-MOB"]
    assert "(S)" not in tables.playbooks()


def test_the_example_of_an_operators_file_works(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    path = tmp_path / "overrides.yaml"
    path.write_text(example[1])
    policy = resolve(PLAYBOOKS["US-LOCAL"], gaining="amazon_connect", losing="OLD TELCO", operator=load(path))
    assert (policy.desk_opens, policy.desk_closes, policy.desk_contact) == ("07:30", "15:30", "Ann, +1 617 555 0199")
    assert policy.signature_modes == ["wet", "electronic"]
    assert len(policy.closed_days) == 2
    assert {one.name for one in policy.overridden} == {
        "rollback_hours",
        "signature_modes",
        "desk_opens",
        "desk_closes",
        "desk_contact",
        "closed_days",
    }
