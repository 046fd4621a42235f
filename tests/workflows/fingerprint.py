"""Every durable command of the workflow code, in source order: what a replay must find again in the same places."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASELINE = Path(__file__).with_name("fingerprint.txt")
#: Calls of `temporalio.workflow` that leave a command in the history, or decide which commands follow.
COMMANDS = frozenset(
    {
        "continue_as_new",
        "deprecate_patch",
        "execute_activity",
        "execute_activity_method",
        "execute_child_workflow",
        "execute_local_activity",
        "execute_local_activity_method",
        "get_external_workflow_handle",
        "patched",
        "random",
        "sleep",
        "start_activity",
        "start_activity_method",
        "start_child_workflow",
        "start_local_activity",
        "start_local_activity_method",
        "upsert_memo",
        "upsert_search_attributes",
        "uuid4",
        "wait_condition",
    }
)
#: Local helpers that stand for a command: their first argument names it.
HELPERS = frozenset({"_carrier"})
#: Keywords worth a line: a changed time-out or retry policy changes what a running order does next.
KEYWORDS = (
    "start_to_close_timeout",
    "schedule_to_start_timeout",
    "schedule_to_close_timeout",
    "heartbeat_timeout",
    "retry_policy",
    "timeout",
)


def fingerprint(root: Path = ROOT) -> str:
    """One line for each command, such as `workflows/calls.py publish: execute_activity 'publish_order' ...`."""
    lines = []
    for path in sorted((root / "workflows").rglob("*.py")):
        lines += [f"{path.relative_to(root)} {line}" for line in commands(ast.parse(path.read_text()))]
    return "\n".join(lines) + "\n"


def commands(node: ast.AST, inside: str = "") -> Iterator[str]:
    """The commands below a node; evaluated in the order of the source."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from commands(child, f"{inside}.{child.name}".lstrip("."))
            continue
        if isinstance(child, ast.Call) and (name := _command(child.func)):
            yield f"{inside or 'module'}: {' '.join([name, *_arguments(child, name)])}"
        if isinstance(child, ast.Assign) and not inside and _is_policy(child.value):
            yield f"constant {ast.unparse(child.targets[0])} = {ast.unparse(child.value)}"
        yield from commands(child, inside)


def _is_policy(value: ast.expr) -> bool:
    """Retry policies and durations, to which commands refer by name."""
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in {"RetryPolicy", "timedelta"}


def _command(func: ast.expr) -> str | None:
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "workflow":
        return func.attr if func.attr in COMMANDS else None
    return func.id if isinstance(func, ast.Name) and func.id in HELPERS else None


def _arguments(call: ast.Call, name: str) -> Iterator[str]:
    if call.args and name not in {"continue_as_new", "upsert_search_attributes", "wait_condition"}:
        yield ast.unparse(call.args[0])
    for keyword in call.keywords:
        if keyword.arg in KEYWORDS:
            yield f"{keyword.arg}={ast.unparse(keyword.value)}"


if __name__ == "__main__":
    BASELINE.write_text(fingerprint())
    print(f"written: {BASELINE.relative_to(ROOT)}")
