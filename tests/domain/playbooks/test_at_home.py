"""The playbook that stands in for several countries, on the clocks of one of them."""

from __future__ import annotations

import pytest

from portolan.domain.playbooks import PLAYBOOKS, at_home


@pytest.mark.parametrize(
    ("country", "zone"),
    [("IE", "Europe/Dublin"), ("GR", "Europe/Athens"), ("FI", "Europe/Helsinki"), ("NL", "Europe/Brussels")],
)
def test_a_member_state_has_its_own_clocks(country: str, zone: str) -> None:
    playbook = at_home(PLAYBOOKS["EU"], country)
    assert playbook.policy().time_zone == zone
    assert playbook.values["time_zone"].source
    assert playbook.code == "EU"


def test_a_country_with_a_playbook_keeps_it() -> None:
    assert at_home(PLAYBOOKS["FR-FIX"], "GR") is PLAYBOOKS["FR-FIX"]
