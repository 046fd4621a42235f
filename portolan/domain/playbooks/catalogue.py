"""The playbooks Portolan knows, and the choice among them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portolan.domain.playbooks import ca, de, eu, fr, ng, uk, us
from portolan.domain.playbooks.model import Playbook

#: By code, country by country.
PLAYBOOKS: Mapping[str, Playbook] = MappingProxyType(
    {playbook.code: playbook for country in (us, ca, uk, de, fr, ng, eu) for playbook in country.PLAYBOOKS}
)

EU_MEMBERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)


def choose(country: str, number_class: str, *, simple: bool = False, wireless: bool = False) -> Playbook | None:
    """The playbook for a number, or None where there is none.

    Args:
        country: ISO 3166, two letters.
        number_class: As `portolan.numbering` names it.
        simple: Whether `is_simple` says so of a US wireline port.
        wireless: Whether a US number is a wireless one, which the number itself does not show.
    """
    if number_class == "toll_free" and country in {"US", "CA"}:
        return PLAYBOOKS["US-TF"]
    if country == "US" and number_class == "geographic" and (wireless or simple):
        return PLAYBOOKS["US-WIRELESS" if wireless else "US-LOCAL-SIMPLE"]
    for playbook in PLAYBOOKS.values():
        if playbook.country == country and number_class in playbook.number_classes:
            return playbook
    return PLAYBOOKS["EU"] if country in EU_MEMBERS and number_class in PLAYBOOKS["EU"].number_classes else None
