"""Knowing: the playbooks, each value with where it comes from, and what carriers and the operator lay over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated, Any

import typer
from rich.text import Text

from portolan.domain.errors import PortolanError
from portolan.domain.playbooks import (
    EU_MEMBERS,
    GAINING,
    LOSING,
    PLAYBOOKS,
    Change,
    Operator,
    Playbook,
    Value,
    at_home,
    layers_over,
)
from portolan.domain.playbooks.common import FACTS
from portolan.domain.playbooks.layers import Settled, trail
from portolan.domain.playbooks.profile import Profile, find
from portolan.domain.playbooks.values import PROVENANCE, Interval, in_words
from portolan.playbook_overrides import load
from starter import output
from starter.commands.base import AsJson, app, command, settings
from starter.output import out, print_json

#: The values of a policy as people look for them.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Whether it can be done": ("portable", "not_portable_why", "most_numbers"),
    "Letter, documents, identifiers": (
        "documents",
        "identifiers",
        "compared_fields",
        "signature_modes",
        "loa_template",
        "loa_attachment_over",
        "loa_max_age_days",
        "loa_warning_days",
        "bill_max_age_days",
        "retention_days",
    ),
    "The losing carrier": (
        "time_zone",
        "closed_days",
        "desk_opens",
        "desk_closes",
        "desk_contact",
        "cutoff",
        "carrier_silence_days",
        "unlawful_refusals",
    ),
    "The date": ("lead_business_days", "foc_notice_hours", "foc_horizon_days", "freeze_hours", "supplements"),
    "Runbook and gates": ("runbook", "gates", "configure_hours"),
    "Cutover": ("activation_from", "activation_until", "activation_zone", "activates_itself", "cutover_hours"),
    "Proof and test calls": (
        "proof",
        "test_slots",
        "test_origins",
        "test_least_origins",
        "test_checks",
        "test_pass_streak",
        "test_fail_streak",
    ),
    "Messaging": ("messaging_separate", "messaging_business_days", "hosted_messaging_days"),
    "Return": (
        "rollback_basis",
        "rollback_hours",
        "snapback_hours",
        "snapback_cost",
        "win_back_cost",
        "inadvertent_unlimited",
        "closing_notice_hours",
        "port_back_hours",
    ),
    "Patience": ("customer_silence_days", "reminder_days", "retry_minutes"),
}


class Unknown(PortolanError):
    """No playbook or carrier is called that."""

    code = "not_found"


@app.command("playbook")
@command
async def show_playbook(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="Such as US-LOCAL; none: all are listed.")
    ] = None,
    gaining: Annotated[str, typer.Option(help="Lay what is known of this gaining carrier over it.")] = "",
    losing: Annotated[str, typer.Option(help="Lay what is known of this losing carrier over it.")] = "",
    as_json: AsJson = False,
) -> None:
    """The rules that orders live by: every value with its source, and what carriers and the operator change in it."""
    operator = load(settings().playbook_overrides)
    if code is None:
        if gaining or losing:
            raise Unknown("A carrier lies over a playbook.", "Name one too: `portolan playbook` lists them.")
        _list(as_json)
        return
    playbook = _playbook(code)
    if gaining and find(GAINING, gaining) is None:
        raise _unknown("profile of a gaining carrier", gaining, [profile.name for profile in GAINING.values()])
    layers = layers_over(playbook, gaining, losing, operator)
    playbook.policy(layers=layers)  # says so where they do not fit together
    settled, _ = playbook.settle(layers=layers)
    carriers = {"gaining": find(GAINING, gaining), "losing": find(LOSING, losing)}
    if as_json:
        print_json(_as_json(playbook, settled, carriers))
        return
    _head(playbook, gaining, losing, carriers, operator)
    for title, names in GROUPS.items():
        _table(title, (row for name in names for row in _rows(name, settled[name])))
    _table("Beyond the values", (_row(name, fact) for name, fact in playbook.facts.items()))
    for role, profile in carriers.items():
        if profile and profile.facts:
            _table(f"{profile.title}, {role} carrier", (_row(name, fact) for name, fact in profile.facts.items()))


def _playbook(code: str) -> Playbook:
    country = code.upper()
    known = PLAYBOOKS.get(country)
    if country in EU_MEMBERS and not any(one.country == country for one in PLAYBOOKS.values()):
        title = f"{country}, by the European Union's playbook: no facts of its own are known"
        known = replace(at_home(PLAYBOOKS["EU"], country), title=title)
    if known is None:
        raise _unknown("playbook", code, list(PLAYBOOKS))
    return known


def _unknown(what: str, name: str, names: list[str]) -> Unknown:
    near = get_close_matches(name.upper(), [one.upper() for one in names], n=3)
    close = dict.fromkeys(one for one in names if one.upper() in near)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"There is: {', '.join(dict.fromkeys(names))}."
    return Unknown(f"There is no {what} {name!r}.", hint)


def _list(as_json: bool) -> None:
    if as_json:
        print_json([_head_as_json(playbook) for playbook in PLAYBOOKS.values()])
        return
    listed = output.table("CODE", "TITLE", "REGULATOR")
    for playbook in PLAYBOOKS.values():
        listed.add_row(playbook.code, Text(playbook.title), Text(playbook.regulator))
    out.print(listed)
    out.print("\nNext: portolan playbook CODE")


def _head(
    playbook: Playbook, gaining: str, losing: str, carriers: Mapping[str, Profile | None], operator: Operator
) -> None:
    out.print(Text(f"{playbook.code}: {playbook.title}", style="bold"))
    classes = ", ".join(playbook.number_classes).replace("_", "-")
    out.print(Text(f"For {playbook.country} numbers: {classes}. Regulator: {playbook.regulator}."))
    for role, name in (("gaining", gaining), ("losing", losing)):
        if name:
            known = "" if carriers[role] else "; nothing is known of it"
            out.print(Text(f"With {role} carrier {name}{known}."))
    if operator != Operator():
        out.print("With the operator's decisions of PORTOLAN_PLAYBOOK_OVERRIDES.")


def _table(title: str, rows: Iterator[tuple[str, str, str, str]]) -> None:
    table = output.table("NAME", "VALUE", "PROVENANCE", "SOURCE")
    for row in rows:
        table.add_row(*map(Text, row))
    if table.row_count:
        out.print(Text(f"\n{title}", style="bold underline"))
        out.print(table)


def _rows(name: str, settled: Settled) -> Iterator[tuple[str, str, str, str]]:
    """A value with what it rests on; below it what the other layers said, where there are any."""
    if name == "closed_days" and not settled.value:
        return
    last = settled.last
    said = last.said
    from_whom = PROVENANCE[said.provenance] if isinstance(said, Value) else f"decided by {said.by}"
    layer = "" if len(settled.steps) == 1 else f"{last.layer}: "
    yield name, _lines(settled.value), from_whom, f"{layer}{said.source}"
    for words in trail(step for step in settled.steps if step is not last):
        yield "", "", "", f"- {words}"


def _row(name: str, value: Value) -> tuple[str, str, str, str]:
    return name, _lines(value.value), PROVENANCE[value.provenance], value.source


def _lines(value: Any) -> str:
    """A value with each of its parts on a line of its own, but for numbers, which are short."""
    if value and isinstance(value, Mapping):
        return "\n".join(f"{key}: {in_words(item)}" for key, item in value.items())
    if value and type(value) in (list, tuple) and not isinstance(value[0], int):
        return "\n".join(map(in_words, value))
    return in_words(value)


def _head_as_json(playbook: Playbook) -> dict[str, Any]:
    return {
        "code": playbook.code,
        "title": playbook.title,
        "country": playbook.country,
        "number_classes": playbook.number_classes,
        "regulator": playbook.regulator,
    }


def _as_json(
    playbook: Playbook, settled: Mapping[str, Settled], carriers: Mapping[str, Profile | None]
) -> dict[str, Any]:
    return {
        **_head_as_json(playbook),
        "values": {name: _settled_as_json(one) for name, one in settled.items()},
        "facts": {name: {"about": FACTS[name], **_fact(fact)} for name, fact in playbook.facts.items()},
        "carriers": {
            role: {"name": profile.name, "facts": {name: _fact(fact) for name, fact in profile.facts.items()}}
            for role, profile in carriers.items()
            if profile
        },
    }


def _settled_as_json(settled: Settled) -> dict[str, Any]:
    """A value, who made it what it is, and what everybody said."""
    said = [{"layer": step.layer, "taken": step.taken, **_said(step.said)} for step in settled.steps]
    return {**_said(settled.last.said), "value": _told(settled.value), "said": said}


def _said(said: Value | Change) -> dict[str, Any]:
    return _fact(said) if isinstance(said, Value) else {**said._asdict(), "value": _told(said.value)}


def _fact(fact: Value) -> dict[str, Any]:
    return {
        "value": _told(fact.value),
        "provenance": fact.provenance,
        "provenance_means": PROVENANCE[fact.provenance],
        "source": fact.source,
    }


def _told(value: Any) -> Any:
    """A value for JSON; named tuples with their names."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {**value._asdict(), **({"words": str(value)} if isinstance(value, Interval) else {})}
    return [_told(item) for item in value] if isinstance(value, list | tuple) else value
