"""The page on port-outs says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.port_out.messages import KINDS
from portolan.domain.port_out.policy import policy_for
from portolan.domain.port_out.states import diagram

PAGE = (Path(__file__).parents[2] / "docs" / "port-out.md").read_text()


def test_the_state_diagram_is_the_transition_table() -> None:
    drawn = re.search(r"```mermaid\n(stateDiagram.*?)\n```", PAGE, re.DOTALL)
    assert drawn
    assert drawn.group(1) == diagram()


def test_every_message_is_in_the_table() -> None:
    rows = re.findall(r"^\| (`.*?`) \|", PAGE, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(KINDS)


def test_it_names_the_playbooks_whose_rules_know_a_lock() -> None:
    locking = [code for code, playbook in PLAYBOOKS.items() if policy_for(playbook).locks_hold]
    sentence = re.search(r"only where a rule knows one\s+\((.*?)\)", PAGE, re.DOTALL)
    assert sentence
    assert sorted(re.findall(r"`([A-Z-]+)`", sentence.group(1))) == sorted(locking)
