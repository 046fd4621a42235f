"""The cutover day: the runbook and its gates, the word to move the numbers, test calls, and what they prove."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from portolan.documents.store import Documents
from portolan.domain import proving
from portolan.domain.cutover_words import override_in_words
from portolan.domain.errors import DecisionRefused
from portolan.domain.foc import in_words
from portolan.domain.order import Order
from portolan.domain.runbook_status import ItemRow, ItemStatus, runbook_rows
from portolan.domain.states import AFTER_ACTIVATION
from portolan.domain.tasks import Task, TaskKind
from portolan.domain.testcalls import ORIGINS, Origin, Slot, SlotStatus, fail_streak, grid, pass_streak
from portolan.domain.undo import countdown
from starter import output
from starter.call_results import ResultUnreadable, as_told, read_checks, read_results
from starter.commands.base import AsJson, By, EventId, OrderId, Reason, app, command, settings
from starter.commands.deciding import decide_and_tell, foreseen
from starter.now import now_at_server, now_of
from starter.output import out, print_json
from starter.up import existing_records

Note = Annotated[str, typer.Option("--note", help="Kept with it.")]
Decider = Annotated[str, typer.Option("--by", help="The order's decision-maker.")]

STYLES = {
    ItemStatus.GREEN: "green",
    ItemStatus.RED_GATE: "bold red",
    ItemStatus.OVERRIDDEN: "yellow",
    ItemStatus.OPEN: "yellow",
    ItemStatus.NOT_DUE: "dim",
    ItemStatus.NOT_DONE: "dim",
    SlotStatus.PASSED: "green",
    SlotStatus.FAILED: "bold red",
    SlotStatus.MISSED: "yellow",
    SlotStatus.DUE: "bold",
    SlotStatus.LATER: "dim",
}
#: What people are asked for while the numbers are not proven.
_DIAGNOSIS = (TaskKind.TESTS_FAIL, TaskKind.HALF_PORTED, TaskKind.PROVE_NUMBERS, TaskKind.FINISH_ACTIVATION)


@app.command()
@command
async def runbook(order: OrderId, as_json: AsJson = False) -> None:
    """The cutover runbook of an order: what is to be done, by whom, until when, and which gates are red."""
    deployment = settings()
    found = existing_records(deployment).order(order)
    now = await now_of(deployment, found)
    rows = runbook_rows(found, now)
    if as_json:
        print_json(
            {
                "order": order,
                "now": now,
                "state": found.state,
                "foc_at": found.foc_at,
                "activated_at": found.activated_at,
                "items": rows,
                "override": found.override,
            }
        )
        return
    if not rows:
        out.print(f"{order} goes through no runbook.")
        return
    out.print(f"{order} at {in_words(now)}, by its own clock. FOC: {in_words(found.foc_at)}.")
    out.print(_runbook_table(rows, now))
    red = [row.item for row in rows if row.status is ItemStatus.RED_GATE]
    if red:
        out.print(
            f"[bold red]Red gates:[/] {', '.join(red)}. Next: `portolan sign-off {order} ITEM --by NAME`, "
            f"or `portolan override {order} --by NAME --reason TEXT` by the decision-maker."
        )


def _runbook_table(rows: Sequence[ItemRow], now: datetime) -> Table:
    made = output.table("STAGE", "ITEM", "WHAT", "WHO", "DUE", "LEFT", "STATUS", "SIGNED OFF", "NOTE", "DOCUMENT")
    for column in made.columns[4:7]:
        column.no_wrap = True
    for row in rows:
        status = Text(row.status.replace("_", " "), style=STYLES[row.status])
        done = f"{row.signed_by}, {in_words(row.signed_at)}" if row.signed_at else ""
        due = in_words(row.due_at) if row.due_at else ""
        texts = map(Text, (row.title, str(row.owner), due, _left(row, now)))
        made.add_row(str(row.stage), row.item, *texts, status, Text(done), Text(row.note), row.document[:12])
    return made


def _left(row: ItemRow, now: datetime) -> str:
    """How far off an item's time is, while the item is not done."""
    if row.due_at is None or row.status not in {ItemStatus.RED_GATE, ItemStatus.OPEN, ItemStatus.NOT_DUE}:
        return ""
    if now <= row.due_at:
        return "now" if now == row.due_at else countdown(row.due_at, now)
    return f"{countdown(now, row.due_at).removesuffix(' left')} overdue"


@app.command("sign-off")
@command
async def sign_off(
    order: OrderId,
    items: Annotated[list[str], typer.Argument(metavar="ITEM...", help="As `portolan runbook` shows them.")],
    by: Annotated[str, typer.Option("--by", help="Who vouches for it.")],
    note: Note = "",
    file: Annotated[Path | None, typer.Option("--file", help="What shows it: PDF or scan.")] = None,
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Items of the runbook are done; who signs vouches for it."""
    named = [item.replace("-", "_") for item in items]
    event = {"kind": "sign_off", "items": named, "by": by, "note": note, "event_id": event_id}
    if file:
        deployment = settings()
        records = existing_records(deployment)
        found = records.order(order)
        now = await now_at_server(deployment, found)
        if why := foreseen(found, event, now):
            raise DecisionRefused(why)
        kept = Documents(deployment.documents).put(file)
        records.add_document(order, kept.sha256, "evidence", file.name, kept.size, kept.media_type, now, by)
        event["document"] = kept.sha256
    await decide_and_tell(order, as_json, event)


@app.command()
@command
async def override(
    order: OrderId, by: Decider, reason: Reason, event_id: EventId = "", as_json: AsJson = False
) -> None:
    """Let the numbers move at this FOC although gates are red; only the decision-maker can."""
    event = {"kind": "override_gates", "decided_by": by, "by": by, "reason": reason, "event_id": event_id}
    deployment = settings()
    found = existing_records(deployment).order(order)
    now = await now_at_server(deployment, found)
    if not as_json and foreseen(found, event, now) is None:
        out.print(escape(override_in_words(found, by, now)))
    await decide_and_tell(order, as_json, event)


@app.command("cut-over")
@command
async def cut_over(order: OrderId, by: By, event_id: EventId = "", as_json: AsJson = False) -> None:
    """Move the numbers now: for orders on demand, inside the carrier's window, at green gates."""
    await decide_and_tell(order, as_json, {"kind": "cut_over", "by": by, "event_id": event_id})


@app.command()
@command
async def confirm(
    order: OrderId,
    by: Annotated[str, typer.Option("--by", help="The second person, another one than who decided.")],
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Agree, as the second person, to a rollback or an override that waits for one."""
    await decide_and_tell(order, as_json, {"kind": "confirm", "by": by, "event_id": event_id})


@app.command("test-call")
@command
async def made_test_call(
    order: OrderId,
    by: Annotated[str, typer.Option("--by", help="Who called: a person, or a dialer.")],
    origin: Annotated[Origin | None, typer.Option("--from", help="The network it came from.")] = None,
    number: Annotated[str, typer.Option("--number", help="Which number was called, where the order has several.")] = "",
    passed: Annotated[list[str], typer.Option("--passed", help="Checks that passed: ringback,ivr_audio.")] = [],  # noqa: B006
    failed: Annotated[list[str], typer.Option("--failed", help="Checks that did not: dtmf=silence.")] = [],  # noqa: B006
    at: Annotated[str, typer.Option("--at", help="When it was made; left out: now.")] = "",
    reference: Annotated[str, typer.Option("--reference", help="The call's id at whoever placed it.")] = "",
    note: Note = "",
    file: Annotated[Path | None, typer.Option("--file", help="A dialer's results instead, as JSON.")] = None,
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """A test call was made: what was tried, and how each check ended. Or several, from a file of results."""
    found = existing_records(settings()).order(order)
    if file:
        given = {"--number": number, "--from": origin, "--passed": passed, "--failed": failed, "--at": at}
        results = read_results(file, found.request, also=[*given.items(), ("--reference", reference)])
    elif origin is None:
        raise ResultUnreadable("--from is missing.", f"Say which network it came from: {', '.join(ORIGINS)}.")
    else:
        told: dict[str, Any] = {"number": number, "origin": origin, "checks": read_checks(passed, failed)}
        results = [as_told({**told, "at": at, "reference": reference, "note": note}, found.request)]
    event: dict[str, Any] = {"kind": "test_calls", "by": by, "results": results, "event_id": event_id}
    await decide_and_tell(order, as_json, {**event, "note": note if file else ""})


@app.command("test-calls")
@command
async def show_test_calls(order: OrderId, as_json: AsJson = False) -> None:
    """The test calls of an order, slot by slot; what they prove, and what is still missing."""
    deployment = settings()
    found = existing_records(deployment).order(order)
    now = await now_of(deployment, found)
    slots = proving.slots_of(found, now)
    missing = proving.missing(found, now) if found.state in AFTER_ACTIVATION and not found.proven_at else []
    tasks = [task for task in found.open_tasks if task.kind in _DIAGNOSIS]
    if as_json:
        print_json(_as_json(found, now, slots, missing, tasks))
        return
    if found.activated_at is None:
        out.print(f"The numbers of {order} have not moved yet; test calls begin when they have.")
        return
    out.print(f"{order} at {in_words(now)}, by its own clock. The numbers moved on {in_words(found.activated_at)}.")
    if slots:
        out.print(_slots_table(found, slots))
        _print_streak(found, slots, now)
    else:
        out.print(f"No test calls are asked for; {len(found.calls)} were made.")
    if found.proven_at:
        out.print(Text(f"Proven in service on {in_words(found.proven_at)}: {'; '.join(found.proof)}.", style="green"))
    elif missing:
        out.print(Text(f"Not proven: {'; '.join(missing)}.", style="bold"))
    for task in tasks:
        out.print(Text(f"{task.task_id}: {task.detail}"))


def _as_json(
    order: Order, now: datetime, slots: Sequence[Slot], missing: list[str], tasks: Sequence[Task]
) -> dict[str, Any]:
    policy = order.policy
    return {
        "order": order.order_id,
        "now": now,
        "activated_at": order.activated_at,
        "slots": [
            {
                "slot": slot.index,
                "at": slot.at,
                "until": slot.until,
                "status": slot.status,
                "calls": [{**call.model_dump(), "passed": call.passed} for call in slot.results],
            }
            for slot in slots
        ],
        "passed_in_a_row": pass_streak(slots),
        "failed_in_a_row": fail_streak(slots),
        "pass_streak_wanted": policy.test_pass_streak,
        "fail_streak_allowed": policy.test_fail_streak - 1,
        "calls_lack": proving.calls_missing(order, now) if slots else [],
        "proven_at": order.proven_at,
        "proof": order.proof,
        "missing": missing,
        "tasks": [{"task": task.task_id, "kind": task.kind, "detail": task.detail} for task in tasks],
    }


def _slots_table(order: Order, slots: Sequence[Slot]) -> Table:
    called = {call.origin for call in order.calls}
    origins = [*order.policy.test_origins, *sorted(called.difference(order.policy.test_origins))]
    made = output.table("SLOT (UTC)", "STATUS", *(origin.replace("_", " ").upper() for origin in origins))
    for slot, (when, status, *cells) in zip(slots, grid(slots, origins), strict=True):
        made.add_row(when, Text(status, style=STYLES[slot.status]), *map(_cell, cells))
    return made


def _cell(text: str) -> Text:
    styles = {"passed": "green", "-": "dim"}
    return Text(text, style=styles.get(text, "red"))


def _print_streak(order: Order, slots: Sequence[Slot], now: datetime) -> None:
    policy = order.policy
    told = f"Passed in a row: {pass_streak(slots)} of {policy.test_pass_streak} slots."
    if lost := fail_streak(slots):
        told = f"Failed in a row: {lost}; from {policy.test_fail_streak} on the decision-maker is asked."
    if missed := sum(slot.status is SlotStatus.MISSED for slot in slots):
        told += f" Missed: {missed}."
    due = next((slot for slot in slots if slot.status is SlotStatus.DUE), None)
    ahead = next((slot for slot in slots if slot.status is SlotStatus.LATER), None)
    if due:
        told += f" Due now, until {in_words(due.until)} ({countdown(due.until, now)})."
    elif ahead:
        told += f" Next: {in_words(ahead.at)} ({countdown(ahead.at, now)})."
    out.print(told)
