"""An operator's own values for playbooks and carriers, from one YAML file, read strictly.

    playbooks:
      US-LOCAL:
        rollback_hours: {value: 48, by: Grace Hopper, reason: agreed with the Boston desk}
    losing:
      Old Telco:
        desk_contact: {value: "+1 617 555 0199, Ann", by: Ada Byron, reason: verified by phone}

Every value is read as the text that was typed, so that `13:00` stays a time and `0048` keeps its zeros. What may be
decided, and within which limits, is what a request may decide too: `PolicyGiven`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from portolan.domain.errors import ConfigurationError, Fault
from portolan.domain.playbooks import GAINING, LOSING, PLAYBOOKS, Change, Operator, Value
from portolan.domain.playbooks.layers import breaks_rule
from portolan.domain.playbooks.profile import Profile, canonical, find
from portolan.domain.playbooks.values import in_words
from portolan.domain.request import PolicyGiven

#: What a change has to say, and how to ask for it.
_KEYS = {"value": "what it shall be", "by": "who decided", "reason": "why, in a few words"}
_LARGEST_BYTES = 1_000_000
_NOTHING = frozenset({"", "~", "null"})


class _Subject(NamedTuple):
    """Whom decisions are about: the name they are found by later, and the facts they lie over."""

    name: str
    facts: Mapping[str, Value]


def _playbook(code: str) -> _Subject | None:
    return _Subject(code, PLAYBOOKS[code].values) if code in PLAYBOOKS else None


def _gaining(name: str) -> _Subject | None:
    profile = find(GAINING, name)
    return _Subject(canonical(GAINING, name), profile.values) if profile else None


def _losing(name: str) -> _Subject | None:
    profile = find(LOSING, name) or Profile(name, name)
    return _Subject(canonical(LOSING, name), profile.values) if name.strip() else None


#: The parts of the file: how a subject of each is found, and the names to choose from.
_PARTS: Mapping[str, tuple[Callable[[str], _Subject | None], Sequence[str]]] = {
    "playbooks": (_playbook, list(PLAYBOOKS)),
    "gaining": (_gaining, list(dict.fromkeys(profile.name for profile in GAINING.values()))),
    "losing": (_losing, ["any name that requests use"]),
}


@dataclass(frozen=True)
class _Entry:
    """One key of a mapping, with what is under it, and where it stands."""

    key: str
    node: yaml.Node | None
    path: tuple[str, ...]
    line: int

    def fault(self, what: str) -> Fault:
        return Fault(".".join(self.path) or "the file", what, self.line)


def load(path: Path | None) -> Operator:
    """What the operator decided; nothing where no file is named.

    Raises:
        ConfigurationError: The file cannot be read, or something in it is unknown, incomplete, of the wrong kind or
            against a rule. All of it is told, each with its line and place.
    """
    if path is None:
        return Operator()
    reader = _Reader(path.name)
    try:
        decided = reader.read(_root(path))
    except _Unreadable as error:
        reader.faults.append(error.fault)
    if reader.faults:
        listed = "\n".join(f"  - {fault}" for fault in sorted(reader.faults, key=lambda fault: fault.line or 0))
        raise ConfigurationError(
            f"{path} (PORTOLAN_PLAYBOOK_OVERRIDES) cannot be used:\n{listed}\n",
            "`portolan playbook` lists the codes, `portolan playbook CODE` the values and which of them are rules.",
        )
    return decided


class _Unreadable(Exception):
    """The file is no YAML at all."""

    def __init__(self, what: str, line: int | None = None) -> None:
        self.fault = Fault("the file", what, line)
        super().__init__(what)


def _root(path: Path) -> yaml.Node | None:
    try:
        raw = path.read_bytes()
        if len(raw) > _LARGEST_BYTES:
            raise _Unreadable(f"is larger than {_LARGEST_BYTES // 1_000_000} MB")
        node: yaml.Node | None = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    except OSError as error:
        raise _Unreadable(f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise _Unreadable("is not UTF-8 text: save it as UTF-8") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "it is nested too deeply or has a character that no YAML may have"
        raise _Unreadable(f"is not YAML: {what}", mark.line + 1 if mark else None) from None
    return node


class _Reader:
    """Reads the tree once and collects every fault."""

    def __init__(self, file: str) -> None:
        self.faults: list[Fault] = []
        self._file = file

    def read(self, root: yaml.Node | None) -> Operator:
        decided: dict[str, dict[str, dict[str, Change]]] = {part: {} for part in _PARTS}
        for part in self._known(_Entry("", root, (), 1), list(_PARTS)):
            find_subject, names = _PARTS[part.key]
            for entry in self._entries(part):
                subject = find_subject(entry.key)
                if subject is None:
                    self._unknown(entry, names)
                elif subject.name in decided[part.key]:
                    self.faults.append(entry.fault("is here already under another name: put both together"))
                else:
                    decided[part.key][subject.name] = dict(self._changes(entry, subject))
        return Operator(**decided)

    def _changes(self, of: _Entry, subject: _Subject) -> Iterator[tuple[str, Change]]:
        for field in self._known(of, list(PolicyGiven.model_fields)):
            before = len(self.faults)
            given = {entry.key: _typed(entry.node) for entry in self._known(field, list(_KEYS))}
            for key, what in _KEYS.items():
                if given.get(key, "") == "":
                    self.faults.append(
                        field.fault(f"lacks `{key}`: write {what}, {{value: ..., by: ..., reason: ...}}")
                    )
                elif key != "value" and not isinstance(given[key], str):
                    self.faults.append(field.fault(f"has a `{key}` that is not text"))
            if len(self.faults) > before:
                continue
            try:
                value = _value(field.key, given["value"], subject, of.key)
            except ValueError as error:
                self.faults.append(field.fault(f"cannot be {in_words(given['value'])}: {error}"))
            else:
                where = f"{self._file}, line {field.line}"
                yield field.key, Change(value, str(given["by"]), str(given["reason"]), where)

    def _known(self, of: _Entry, names: Sequence[str]) -> Iterator[_Entry]:
        for entry in self._entries(of):
            if entry.key in names:
                yield entry
            else:
                self._unknown(entry, names)

    def _unknown(self, entry: _Entry, names: Sequence[str]) -> None:
        by_folded = {name.casefold(): name for name in names}
        close = get_close_matches(entry.key.casefold(), by_folded, n=1)
        hint = f"did you mean {by_folded[close[0]]!r}?" if close else f"there is {', '.join(names)}"
        self.faults.append(entry.fault(f"is not known: {hint}"))

    def _entries(self, of: _Entry) -> Iterator[_Entry]:
        """What is under a key, each thing once; nothing at all is nothing."""
        node = of.node
        if node is None or (isinstance(node, yaml.ScalarNode) and _typed(node) == ""):
            return
        if not isinstance(node, yaml.MappingNode):
            self.faults.append(of.fault("has to be a group of `key: value` lines"))
            return
        seen: set[str] = set()
        for key, child in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            entry = _Entry(name, child, (*of.path, name), key.start_mark.line + 1)
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(entry.fault("is a key that is not plain text"))
            elif name in seen:
                self.faults.append(entry.fault("is given twice: keep one"))
            else:
                seen.add(name)
                yield entry


def _typed(node: yaml.Node | None) -> object:
    """A value as typed: text, or a list of texts; a group of lines is an empty one, which no field takes."""
    if isinstance(node, yaml.SequenceNode):
        return [_typed(item) if isinstance(item, yaml.ScalarNode) else {} for item in node.value]
    if not isinstance(node, yaml.ScalarNode):
        return {}
    return "" if node.style is None and node.value in _NOTHING else node.value.strip()


def _value(name: str, typed: object, subject: _Subject, called: str) -> Any:
    """The value in its type; a ValueError says why it cannot be."""
    try:
        value = PolicyGiven.model_validate({name: typed}).overrides()[name]
    except ValidationError as error:
        words = (detail["msg"].removeprefix("Value error, ") for detail in error.errors(include_url=False))
        raise ValueError("; ".join(words)) from None
    fact = subject.facts.get(name)
    if fact and breaks_rule(name, fact, value):
        raise ValueError(f"{called} has {in_words(fact.value)} by rule ({fact.origin})")
    return value
