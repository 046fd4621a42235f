"""What the command line prints: tables and words for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from portolan.domain.foc import in_words
from portolan.domain.states import ENDED, State
from portolan.domain.tasks import TaskKind
from portolan.records.tables import AuditEvent, DocumentRow, OrderSummary, TaskRow

#: Where nobody watches, lines are not folded.
WIDE = 200
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False, soft_wrap=True, width=None if sys.stderr.isatty() else WIDE)

GOOD = {State.COMPLETED: "green", State.ROLLED_BACK: "yellow", State.CANCELLED: "yellow"}


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(plain(value), indent=2, ensure_ascii=False) + "\n")


def plain(value: Any) -> Any:
    """A value as JSON has it; times are ISO 8601 in UTC."""
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="python"))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def documents(rows: Sequence[DocumentRow]) -> Table:
    """The documents of an order."""
    made = table("KIND", "FILE", "SHA-256", "BYTES", "STORED", "BY", "KEPT UNTIL")
    for row in rows:
        until = f"{row.retain_until:%Y-%m-%d}" if row.retain_until else "the order ends"
        made.add_row(
            row.kind, row.filename, row.sha256[:12], f"{row.size:,}", in_words(row.stored_at), row.stored_by, until
        )
    return made


def styled(state: State) -> Text:
    """A state's name, in the colour of what it means."""
    colour = GOOD.get(state, "red" if state in ENDED or state is State.ACTION_REQUIRED else "cyan")
    return Text(state.replace("_", " "), style=colour)


def table(*columns: str) -> Table:
    """An empty table."""
    made = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def orders(rows: Iterable[OrderSummary]) -> Table:
    """Orders, a line each."""
    made = table("ORDER", "STATE", "WHOSE TURN", "NEXT DEADLINE", "FOC", "FROM")
    for row in rows:
        next_one = f"{in_words(row.deadline_at)}: {row.deadline_why}" if row.deadline_at else ""
        foc = in_words(row.foc_at) if row.foc_at else ""
        state = styled(row.state).append(" (on hold)" if row.on_hold else "")
        made.add_row(row.order_id, state, str(row.turn), next_one, foc, Text(row.losing_carrier))
    return made


#: The commands that settle a task, where that is not an answer to it.
COMMANDS = {
    TaskKind.SIGN_LOA: "portolan sign",
    TaskKind.APPROVE: "portolan approve",
    TaskKind.CORRECT_DATA: "portolan resubmit --set",
    TaskKind.FIX_REJECTION: "portolan resubmit",
    TaskKind.SIGN_OFF: "portolan sign-off",
    TaskKind.RED_GATES: "portolan override",
    TaskKind.CUT_OVER: "portolan cut-over",
    TaskKind.RELEASE_BRIDGE: "portolan release",
    TaskKind.TESTS_FAIL: "portolan rollback",
    TaskKind.SECOND_PERSON: "portolan confirm",
    TaskKind.REVIEW_HOLD: "portolan release",
}


def answers(row: TaskRow) -> str:
    """What settles a task."""
    if row.closed_at:
        return f"closed: {row.answer or 'settled'} ({row.closed_by})"
    return ", ".join(filter(None, (COMMANDS.get(row.kind, ""), *row.answers)))


def tasks(rows: Iterable[TaskRow]) -> Table:
    """Tasks, the most urgent first."""
    made = table("ORDER", "TASK", "WHO", "DUE", "WHAT", "ANSWERS")
    for row in rows:
        due = in_words(row.due_at) if row.due_at else ""
        made.add_row(row.order_id, row.task_id, str(row.turn), due, Text(row.detail), answers(row))
    return made


def event_line(entry: AuditEvent) -> Text:
    """One line of the audit trail."""
    line = Text(f"{entry.recorded_at.astimezone(UTC):%a %Y-%m-%d %H:%M}  ", style="dim")
    line.append(f"{entry.kind.replace('_', ' '):20} ", style="bold red" if "refused" in entry.kind else "bold")
    if entry.state_after is not entry.state_before:
        line.append("-> ", style="dim").append_text(styled(entry.state_after)).append("  ")
    if entry.detail:
        line.append(entry.detail[0].upper() + entry.detail[1:] + " ", style="")
    return line.append(f"[{entry.by}]", style="dim")


def print_markdown(text: str) -> None:
    """Markdown for whoever watches; where nobody does, its plain text."""
    if out.is_terminal:
        out.print(Markdown(text), soft_wrap=False)
    else:
        out.print(Text(text.replace("**", "").replace("\n\n", "\n")))
