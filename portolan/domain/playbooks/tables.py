"""The playbooks and profiles as Markdown, for docs/playbooks.md: `python -m portolan.domain.playbooks.tables`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from portolan.domain.playbooks.catalogue import PLAYBOOKS
from portolan.domain.playbooks.model import Playbook
from portolan.domain.playbooks.profile import Profile
from portolan.domain.playbooks.profiles import GAINING, LOSING
from portolan.domain.playbooks.values import Interval, days, hours, in_words
from portolan.domain.runbook import ITEMS, Stage


def playbooks() -> str:
    """A row for each playbook; values of rules are followed by their letter."""
    head = ("code", "for", "regulator", "identifiers", "lead time", "LOA age", "normal silence", "return")
    return _table(head, map(_playbook, PLAYBOOKS.values()))


def runbook() -> str:
    """A row for each item of the cutover runbook; a gate is one in every playbook that has the item."""
    gates = {name for one in PLAYBOOKS.values() for name in one.values["gates"].value}
    rows = [
        (
            f"`{name}`",
            "end of the window" if item.stage is Stage.WINDOW_END else item.stage.value,
            item.owner.value,
            item.title,
            "yes" if name in gates else "no",
            _where(name),
        )
        for name, item in ITEMS.items()
    ]
    return _table(("item", "due", "who", "what", "gate", "in"), rows)


def _where(item: str) -> str:
    """The playbooks whose runbook has an item, in the fewest words."""
    having = [f"`{one.code}`" for one in PLAYBOOKS.values() if item in one.values["runbook"].value]
    lacking = [f"`{one.code}`" for one in PLAYBOOKS.values() if item not in one.values["runbook"].value]
    if not lacking:
        return "all"
    return f"all but {in_words(lacking)}" if len(lacking) < len(having) else in_words(having)


def carriers() -> str:
    """A row for each carrier that anything is known of, with the values it lays over playbooks."""
    rows = [
        (profile.title, role, _said(profile), in_words(list(profile.facts)))
        for role, profiles in (("gaining", GAINING), ("losing", LOSING))
        for profile in {profile.name: profile for profile in profiles.values()}.values()
    ]
    return _table(("carrier", "as", "values", "facts for people"), rows)


def _playbook(one: Playbook) -> Sequence[str]:
    classes = in_words(list(one.number_classes)).replace("_", "-")
    return (
        f"`{one.code}`",
        f"{one.country} {classes}",
        one.regulator,
        _value(one, "identifiers"),
        _value(one, "lead_business_days", days),
        _value(one, "loa_max_age_days", partial(days, of="calendar")),
        _value(one, "carrier_silence_days", days),
        f"{_value(one, 'rollback_basis')}, {_value(one, 'rollback_hours', partial(hours, of='clock'))}",
    )


def _value(one: Playbook, name: str, unit: Callable[[Any], Interval] | None = None) -> str:
    value = one.values[name]
    shown = unit(value.value) if unit else in_words(value.value).replace("_", " ")
    return f"{shown}{f' ({value.provenance})' if value.is_rule else ''}"


def _said(profile: Profile) -> str:
    layers: Mapping[str, Mapping[str, object]] = {"": profile.values, **profile.by_playbook}
    names = dict.fromkeys(name for values in layers.values() for name in values)
    return ", ".join(f"`{name}`" for name in names) or "-"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print("\n\n".join((playbooks(), runbook(), carriers())))
