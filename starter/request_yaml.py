"""A request as YAML, with remarks beside the values that somebody has to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_STEP = "  "


def request_yaml(data: Mapping[str, Any], remarks: Mapping[str, str], heading: str = "") -> str:
    """The content of a request file.

    Args:
        data: Mappings, lists, text and truth values.
        remarks: By path, such as `accounts[0].account.btn`, what to say beside a value.
        heading: Lines to begin with, as comments.
    """
    lines = [f"# {line}".rstrip() for line in heading.splitlines()]
    return "\n".join([*lines, *_mapping(data, remarks, "", "")]) + "\n"


def _mapping(data: Mapping[str, Any], remarks: Mapping[str, str], path: str, indent: str) -> Iterator[str]:
    for key, value in data.items():
        where = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _mapping(value, remarks, where, indent + _STEP)
        elif isinstance(value, list):
            yield f"{indent}{key}:"
            for index, item in enumerate(value):
                yield from _item(item, remarks, f"{where}[{index}]", indent + _STEP)
        else:
            yield f"{indent}{key}: {_scalar(value)}{_remark(remarks, where)}"


def _item(item: Any, remarks: Mapping[str, str], path: str, indent: str) -> Iterator[str]:
    if not isinstance(item, Mapping):
        yield f"{indent}- {_scalar(item)}{_remark(remarks, path)}"
        return
    first, *rest = _mapping(item, remarks, path, indent + _STEP)
    yield f"{indent}- {first.lstrip()}"
    yield from rest


def _scalar(value: Any) -> str:
    """JSON's way of quoting is one of YAML's; what could be taken for a line break is written as its code."""
    return json.dumps(value, ensure_ascii=not str(value).isprintable())


def _remark(remarks: Mapping[str, str], path: str) -> str:
    return f"  # {remarks[path]}" if path in remarks else ""
