"""YAML and JSON read as the characters typed, with the line of every value.

The usual loaders turn `0048` into 48 or 38, `+12125550123` into a number without its plus, `NO` (Norway) into false and
`12:30` into 750. Here every value is the text that was typed; the models decide what it means. JSON is read as the
YAML it is, after its own parser has checked its syntax.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import yaml

from portolan.domain.errors import Fault
from portolan.domain.request import where

Path = tuple[str | int, ...]

#: Aliases can make a small file an endless one: more values than this are refused.
MOST_VALUES = 100_000

_NULL = frozenset({"", "~", "null"})
_MERGE = "tag:yaml.org,2002:merge"
_JSON_VALUE = re.compile(r"true|false|-?(0|[1-9][0-9]{0,17})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")


class _TooMuch(Exception):
    """More values than any request has."""


@dataclass
class Document:
    """What a file holds.

    Attributes:
        data: Mappings, lists and text; None for an empty document. Keys without a value are left out.
        lines: For the path of each value, in the form `accounts[1].numbers[0]`, its line.
        faults: What cannot be read.
    """

    data: object = None
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, place: str) -> int | None:
        """The line of a path, or of the nearest thing around it."""
        while place not in self.lines and place:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return self.lines.get(place or where(()))


def read(text: str, *, is_json: bool = False, free: Callable[[Path], bool] = lambda path: False) -> Document:
    """Read a text; what is wrong with it is in the document's `faults`.

    Args:
        text: The whole file.
        is_json: Whether it claims to be JSON, and is to be judged as such.
        free: Paths below which values have the types of JSON (true, 12, 1.5) instead of being text.
    """
    language = "JSON" if is_json else "YAML"
    try:
        if is_json:
            json.loads(text, parse_int=str, parse_float=str)
            text = text.replace("\t", " ")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return _Reader(free).document(node)
    except json.JSONDecodeError as error:
        return _unreadable(f"cannot be read as JSON: {error.msg} at character {error.colno}", error.lineno)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(filter(None, (error.context, error.problem)))
        hint = ": indent with spaces, not tabs" if r"'\t'" in what else ""
        column = f" at character {mark.column + 1}" if mark else ""
        return _unreadable(f"cannot be read as YAML: {what}{column}{hint}", mark.line + 1 if mark else None)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _unreadable(f"has the character {chr(error.character)!r}, which no {language} may have", line)
    except (RecursionError, _TooMuch):
        return _unreadable("is nested too deeply, or an alias in it (*name) refers to itself", None)
    except (ValueError, OverflowError, yaml.YAMLError) as error:
        return _unreadable(f"cannot be read as {language}: {error}", None)


def _unreadable(what: str, line: int | None) -> Document:
    return Document(faults=[Fault("the file", what, line)])


class _Reader:
    """Walks a node tree once."""

    def __init__(self, free: Callable[[Path], bool]) -> None:
        self._free = free
        self._read = Document()
        self._left = MOST_VALUES

    def document(self, node: yaml.Node | None) -> Document:
        if node is not None:
            self._read.lines[where(())] = node.start_mark.line + 1
            self._read.data = self._value(node, (), typed=False)
        return self._read

    def _value(self, node: yaml.Node, path: Path, *, typed: bool) -> object:
        self._left -= 1
        if self._left < 0:
            raise _TooMuch
        self._read.lines.setdefault(where(path), node.start_mark.line + 1)
        typed = typed or self._free(path)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, typed=typed)
        if isinstance(node, yaml.SequenceNode):
            items = [self._value(item, (*path, index), typed=typed) for index, item in enumerate(node.value)]
            return items if typed else ["" if item is None else item for item in items]
        return _scalar(node, typed=typed) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, path: Path, *, typed: bool) -> dict[str, object]:
        own: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._read.faults.append(Fault(where(path), "has a key that is not plain text", line))
            elif key.value in own and key.tag != _MERGE:
                self._read.faults.append(Fault(where((*path, key.value)), "is given twice: keep one", line))
            else:
                own.add(key.value)
        if any(key.tag == _MERGE for key, _ in node.value):
            yaml.constructor.SafeConstructor().flatten_mapping(node)
        values: dict[str, object] = {}
        for key, child in node.value:
            if isinstance(key, yaml.ScalarNode):
                self._read.lines[where((*path, key.value))] = key.start_mark.line + 1
                value = self._value(child, (*path, key.value), typed=typed)
                if typed or value is not None:
                    values[key.value] = value
        return values


def _scalar(node: yaml.ScalarNode, *, typed: bool) -> object:
    text: str = node.value
    if node.style is None:
        if text in _NULL:
            return None
        if typed and _JSON_VALUE.fullmatch(text):
            value: object = json.loads(text)
            return value
    # JSON writes characters beyond 16 bits as two escapes, which YAML reads as two characters.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
