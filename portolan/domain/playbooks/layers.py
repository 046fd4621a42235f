"""Laying facts and decisions over a playbook's values: which holds, and what was set aside.

Two kinds of layer lie over a playbook, in this order:

- *Facts* of a carrier profile. A limit can only become stricter, whatever its provenance: the shorter age, the nearer
  horizon, the longer freeze, every document, gate and proof that either wants, only the signature modes that both
  take. Anything else that a profile says replaces a default (S, C, P, U) and never a rule (L, I, R).
- *Decisions* of an operator or a request. They replace what the facts came to, looser or stricter, and are recorded.
  Against a rule only a stricter limit is taken; a decision made for a whole carrier gives way there, because it was
  not made for that playbook, and every other one is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from portolan.domain.errors import ConfigurationError
from portolan.domain.playbooks.values import Change, Value, in_words


def _smaller(held: Any, wanted: Any) -> Any:
    return min((value for value in (held, wanted) if value is not None), default=None)


def _larger(held: Any, wanted: Any) -> Any:
    return max(held, wanted)


def _both(held: list[Any], wanted: list[Any]) -> list[Any]:
    return [item for item in held if item in wanted]


def _only_if_both(held: bool, wanted: bool) -> bool:
    return held and wanted


def _either(held: list[Any], wanted: list[Any]) -> list[Any]:
    return [*held, *(item for item in wanted if item not in held)]


#: How two limits come to the stricter one; fields that are not here are no limits.
STRICTER: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "loa_max_age_days": _smaller,
        "bill_max_age_days": _smaller,
        "foc_horizon_days": _smaller,
        "rollback_hours": _smaller,
        "snapback_hours": _smaller,
        "loa_attachment_over": _smaller,
        "most_numbers": _smaller,
        "freeze_hours": _larger,
        "foc_notice_hours": _larger,
        "lead_business_days": _larger,
        "retention_days": _larger,
        "hosted_messaging_days": _larger,
        "supplements": _only_if_both,
        "signature_modes": _both,
        "documents": _either,
        "identifiers": _either,
        "closed_days": _either,
        "runbook": _either,
        "gates": _either,
        "proof": _either,
    }
)


@dataclass(frozen=True)
class Layer:
    """What lies over a playbook: facts, or decisions, each by the name of a policy's field.

    Attributes:
        name: Whose they are, in words: `gaining carrier telnyx`, `operator`, `request`.
        carrier_wide: The decisions are for every playbook, and give way to the rules of any.
        adds_closed_days: Days that it decides on as closed come on top of the others, instead of replacing them.
    """

    name: str
    facts: Mapping[str, Value] = field(default_factory=dict)
    decisions: Mapping[str, Change] = field(default_factory=dict)
    carrier_wide: bool = False
    adds_closed_days: bool = False


class Step(NamedTuple):
    """What one layer said of a value, and whether it made a difference."""

    layer: str
    said: Value | Change
    taken: bool


class Decided(NamedTuple):
    """A decision that changed what would have held without it."""

    name: str
    was: Any
    change: Change


@dataclass(frozen=True)
class Settled:
    """One value after all layers: what holds, the fact it rests on, and how it came about."""

    value: Any
    fact: Value
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """What made it what it is."""
        return [step for step in self.steps if step.taken][-1]


def breaks_rule(name: str, fact: Value, wanted: Any) -> bool:
    """Whether a fact is a rule that this value would loosen or replace."""
    if not fact.is_rule or wanted == fact.value:
        return False
    stricter = STRICTER.get(name)
    return stricter is None or not _same(stricter(fact.value, wanted), wanted)


def settle(
    base: Mapping[str, Value], layers: Sequence[Layer], playbook: str
) -> tuple[dict[str, Settled], list[Decided]]:
    """Lay the layers over a playbook's values, facts before decisions, otherwise in the order given.

    Args:
        base: The playbook's own values.
        layers: What lies over them; a field that the playbook does not have is an error of the data.
        playbook: Its code, for the text of an error.

    Returns:
        The value of each field, and the decisions that changed something, in the order they were laid on.

    Raises:
        ConfigurationError: A decision would break a rule, or is about something that no policy has.
    """
    settled = {
        name: Settled(value.value, value, (Step(f"playbook {playbook}", value, True),)) for name, value in base.items()
    }
    decided: list[Decided] = []
    for layer in layers:
        for name, fact in layer.facts.items():
            settled[name] = _with_fact(settled[name], name, layer.name, fact)
    for layer in layers:
        for name, change in layer.decisions.items():
            if name not in settled:
                raise ConfigurationError(f"{name!r} is no value of a policy.", f"Take it out of {layer.name}.")
            before = settled[name]
            settled[name] = _with_decision(before, name, layer, change, playbook)
            if not _same(before.value, settled[name].value):
                decided.append(Decided(name, before.value, change))
    return settled, decided


def trail(steps: Iterable[Step]) -> Iterator[str]:
    """What each layer said of a value, and why, a line each."""
    for layer, said, taken in steps:
        why = (
            said.origin if isinstance(said, Value) else ", ".join(filter(None, (f"decided by {said.by}", said.source)))
        )
        yield f"{layer}: {in_words(said.value)} ({why}){'' if taken else '; not taken'}"


def _with_fact(before: Settled, name: str, layer: str, fact: Value) -> Settled:
    stricter = STRICTER.get(name)
    if stricter:
        value = stricter(before.value, fact.value)
        taken = not _same(value, before.value)
        # What binds decisions is the strictest rule, even where a default narrowed the limit further.
        rests_on = fact if taken and (fact.is_rule or not before.fact.is_rule) else before.fact
    else:
        taken = not before.fact.is_rule
        value, rests_on = (fact.value, fact) if taken else (before.value, before.fact)
    return Settled(value, rests_on, (*before.steps, Step(layer, fact, taken)))


def _with_decision(before: Settled, name: str, layer: Layer, change: Change, playbook: str) -> Settled:
    broken = breaks_rule(name, before.fact, change.value)
    if broken and not layer.carrier_wide:
        fact = before.fact
        raise ConfigurationError(
            f"{name} cannot be {in_words(change.value)}: {playbook} has {in_words(fact.value)} by rule "
            f"({fact.source}).",
            f"Take {name} out of {change.where or layer.name}.",
        )
    value = before.value if broken else change.value
    if name == "closed_days" and layer.adds_closed_days:
        value = _either(before.value, change.value)
    return Settled(value, before.fact, (*before.steps, Step(layer.name, change, not broken)))


def _same(one: Any, other: Any) -> bool:
    """Whether two values mean the same; the order of a list means nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(item in other for item in one)
    return bool(one == other)
