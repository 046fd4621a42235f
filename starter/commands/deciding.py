"""Deciding: each decision a person can take about an order."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from temporalio.service import RPCError

from portolan.carriers.registry import simulated
from portolan.documents.keeping import CONSENT
from portolan.documents.registry import letters
from portolan.domain.calendars import local
from portolan.domain.decisions import Answer
from portolan.domain.effects import LetterWanted
from portolan.domain.errors import DecisionRefused, PortolanError
from portolan.domain.messages import read
from portolan.domain.order import Order
from portolan.domain.refusals import refusal
from portolan.settings import Settings
from starter.clock import OrderClock
from starter.commands.base import AsJson, By, EventId, OrderId, Reason, app, command, settings, with_progress
from starter.orders import decide
from starter.output import err, out, print_json
from starter.up import existing_records
from worker.host import connect_temporal


async def decide_and_tell(order: str, as_json: bool, event: dict[str, Any]) -> None:
    """Put a decision to an order and print the answer; exit code 1 where it does not count."""
    deployment = settings()
    records = existing_records(deployment)
    records.order(order)
    client = await connect_temporal(deployment)
    given = {name: value for name, value in event.items() if value not in (None, "")}
    answer = await with_progress("Waiting for the answer", decide(client, records, order, given), as_json)
    _print_answer(order, answer, as_json)
    if not answer.accepted:
        raise typer.Exit(1)


def _print_answer(order: str, answer: Answer, as_json: bool) -> None:
    if as_json:
        print_json({"order": order, **answer.model_dump()})
    elif answer.accepted:
        state = f"; the order is now [bold]{answer.state.replace('_', ' ')}[/]" if answer.state else ""
        out.print(f"{answer.status}{state}. {escape(answer.reason)}".strip())
    else:
        err.print(f"[bold red]refused:[/] {escape(answer.reason)} {escape(answer.instead)}".strip())


@app.command()
@command
async def sign(
    order: OrderId,
    by: Annotated[str, typer.Option("--by", help="Who signed the letter of authorization.")],
    on: Annotated[
        str, typer.Option("--on", help="The date written on it, YYYY-MM-DD; with --file it is asked for.")
    ] = "",
    file: Annotated[Path | None, typer.Option("--file", help="The signed letter: PDF or scan.")] = None,
    electronic: Annotated[
        bool, typer.Option("--electronic", help="Sign here: the letter is filled in and sealed.")
    ] = False,
    agree: Annotated[bool, typer.Option("--agree", help="With --electronic: the signer agrees to its text.")] = False,
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """The letter of authorization is signed: in ink, with the scan as --file, or here with --electronic."""
    deployment = settings()
    records = existing_records(deployment)
    found = records.order(order)
    if file and electronic:
        raise PortolanError("--file and --electronic are two ways of signing.", "Give one of them.")
    if electronic and on:
        raise PortolanError("A letter signed here has today's date.", "Leave --on out.")
    if electronic and not agree and not (sys.stdin.isatty() and typer.confirm(f"{CONSENT}\n{by} agrees?")):
        raise PortolanError(f"An electronic signature needs the signer's consent: {CONSENT}", "If so: --agree.")
    if file and not on:
        on = _ask(
            "Which date is written on the letter (YYYY-MM-DD)?", "Give the date written on the letter: --on DATE."
        )
    now = await _now(deployment, found)
    today = local(now, found.policy.time_zone).date()
    event = {"kind": "loa_signed", "signed_by": by, "signed_on": on or str(today), "event_id": event_id, "by": by}
    if file or electronic:
        mode = "wet" if file else "electronic"
        why = refusal(found, read("loa_signed", {**event, "mode": mode, "occurred_at": now}), now)
        if why:
            raise DecisionRefused(why)
        papers, wanted = letters(deployment, records), LetterWanted.of(found, "port")
        kept = (
            papers.taken_back(wanted, file, by)
            if file
            else await asyncio.to_thread(papers.signed_on_screen, wanted, by, today, now)
        )
        event |= {"document": kept.sha256, "mode": mode}
        for note in kept.notes if not as_json else ():
            out.print(f"[yellow]look:[/] {escape(note)}")
        if electronic and not as_json:
            out.print(f"{escape(by)} agreed: {CONSENT}")
    await decide_and_tell(order, as_json, event)


def _ask(question: str, otherwise: str) -> str:
    if not sys.stdin.isatty():
        raise PortolanError("The date on the letter is missing.", otherwise)
    answer: str = typer.prompt(question)
    return answer.strip()


async def _now(deployment: Settings, order: Order) -> datetime:
    """Now, by the order's own clock, which `skip` may have moved."""
    clock = OrderClock(await connect_temporal(deployment), simulated(deployment), order.order_id)
    try:
        return await clock.now()
    except RPCError:
        return datetime.now(UTC)


@app.command()
@command
async def approve(order: OrderId, by: By, event_id: EventId = "", as_json: AsJson = False) -> None:
    """Approve sending a signed order to the carrier."""
    await decide_and_tell(order, as_json, {"kind": "approve", "by": by, "event_id": event_id})


@app.command()
@command
async def resubmit(
    order: OrderId,
    by: By,
    corrections: Annotated[list[str], typer.Option("--set", help="A correction, FIELD=TEXT; may be repeated.")] = [],  # noqa: B006
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Send again after a rejection, or check again before sending, with corrections."""
    pairs = [text.partition("=") for text in corrections]
    wrong = [field for field, sign, _ in pairs if not sign]
    if wrong:
        raise PortolanError(f"--set {wrong[0]!r} has no '='.", "Write --set FIELD=TEXT.")
    given = {field.strip(): text.strip() for field, _, text in pairs}
    event = {"kind": "resubmit", "by": by, "corrections": given, "event_id": event_id}
    await decide_and_tell(order, as_json, event)


@app.command()
@command
async def rollback(
    order: OrderId,
    by: Annotated[str, typer.Option("--by", help="The order's decision-maker.")],
    reason: Reason,
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Return the numbers to the losing carrier, inside the rollback window."""
    event = {"kind": "rollback", "decided_by": by, "by": by, "reason": reason, "event_id": event_id}
    await decide_and_tell(order, as_json, event)


@app.command()
@command
async def cancel(order: OrderId, by: By, reason: Reason, event_id: EventId = "", as_json: AsJson = False) -> None:
    """Give up a port before the numbers move."""
    await decide_and_tell(order, as_json, {"kind": "cancel", "by": by, "reason": reason, "event_id": event_id})


@app.command()
@command
async def hold(
    order: OrderId,
    by: By,
    reason: Reason,
    until: Annotated[str, typer.Option(help="When it ends by itself, for example 2026-12-01T09:00+01:00.")] = "",
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Let nothing be sent and nothing be moved for now."""
    event = {"kind": "hold", "by": by, "reason": reason, "until": until, "event_id": event_id}
    await decide_and_tell(order, as_json, event)


@app.command()
@command
async def release(order: OrderId, by: By, event_id: EventId = "", as_json: AsJson = False) -> None:
    """End a hold."""
    await decide_and_tell(order, as_json, {"kind": "release", "by": by, "event_id": event_id})


@app.command()
@command
async def complete(
    order: OrderId,
    task: Annotated[str, typer.Argument(metavar="TASK", help="As `portolan tasks` shows it.")],
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="One of the answers the task allows.")],
    by: By,
    foc: Annotated[str, typer.Option(help="With request_new_date: the date wanted.")] = "",
    note: Annotated[str, typer.Option(help="Kept in the audit trail.")] = "",
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Answer a task."""
    event = {"kind": "complete_task", "task_id": task, "answer": answer, "by": by, "foc_at": foc, "note": note}
    await decide_and_tell(order, as_json, {**event, "event_id": event_id})
