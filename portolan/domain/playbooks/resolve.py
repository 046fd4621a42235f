"""From a playbook to the policy of one order: carrier profiles and an operator's decisions gathered as layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portolan.domain.playbooks.layers import Layer
from portolan.domain.playbooks.lead_times import for_count
from portolan.domain.playbooks.model import Playbook, Policy
from portolan.domain.playbooks.profile import Profile, canonical, find, vendor_of
from portolan.domain.playbooks.profiles import GAINING, LOSING
from portolan.domain.playbooks.values import Change

Changes = Mapping[str, Change]


@dataclass(frozen=True)
class Operator:
    """What the operator of a deployment decided, by the name of a policy's field.

    Attributes:
        playbooks: By a playbook's code.
        gaining, losing: By a carrier's plain name (`profile.canonical`), for every playbook.
    """

    playbooks: Mapping[str, Changes] = field(default_factory=dict)
    gaining: Mapping[str, Changes] = field(default_factory=dict)
    losing: Mapping[str, Changes] = field(default_factory=dict)


def layers_over(
    playbook: Playbook,
    gaining: str = "",
    losing: str = "",
    operator: Operator | None = None,
) -> list[Layer]:
    """What lies over a playbook for an order from one carrier to another.

    Args:
        playbook: The order's.
        gaining, losing: Names of the carriers; nothing need be known of them.
        operator: The operator's decisions; what concerns one carrier counts for more than what concerns a playbook,
            and the losing carrier for more than the gaining one.
    """
    decided = operator or Operator()
    layers = [
        _profiled("gaining", vendor_of(GAINING, gaining), GAINING, playbook.code),
        _profiled("losing", losing, LOSING, playbook.code),
        _decided(f"operator, for {playbook.code}", decided.playbooks.get(playbook.code, {}), carrier_wide=False),
        _decided(
            f"operator, for gaining carrier {gaining}",
            decided.gaining.get(canonical(GAINING, vendor_of(GAINING, gaining)), {}),
            carrier_wide=True,
        ),
        _decided(
            f"operator, for losing carrier {losing}",
            decided.losing.get(canonical(LOSING, losing), {}),
            carrier_wide=True,
        ),
    ]
    return [layer for layer in layers if layer.facts or layer.decisions]


def resolve(
    playbook: Playbook,
    *,
    gaining: str = "",
    losing: str = "",
    closed_days: Sequence[date] = (),
    overrides: Mapping[str, Any] | None = None,
    operator: Operator | None = None,
    numbers: int | None = None,
) -> Policy:
    """The policy of one order, with every layer on it.

    Args:
        playbook: The order's, `gaining`, `losing`, `operator`: as in `layers_over`.
        closed_days: The public holidays of the losing carrier's country.
        overrides: The request's own values.
        numbers: How many are ported: a table of lead times is read for so many; None: the playbook's own value holds.

    `overridden` of the policy names each value that the operator or the request changed, with who, was, became and why.

    Raises:
        ConfigurationError, ValidationError: As `Playbook.policy`.
    """
    counted = playbook if numbers is None else for_count(playbook, numbers)
    return counted.policy(closed_days, overrides, layers_over(counted, gaining, losing, operator))


def _profiled(role: str, name: str, profiles: Mapping[str, Profile], code: str) -> Layer:
    profile = find(profiles, name)
    return Layer(f"{role} carrier {name}", facts=profile.over(code) if profile else {})


def _decided(name: str, changes: Changes, *, carrier_wide: bool) -> Layer:
    return Layer(name, decisions=changes, carrier_wide=carrier_wide, adds_closed_days=True)
