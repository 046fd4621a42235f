"""Deciding: each decision a person can take about an order."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from portolan.documents.keeping import CONSENT, RETURN_CONSENT
from portolan.documents.registry import letters
from portolan.domain.bridge import TRADE_OFFS
from portolan.domain.calendars import local
from portolan.domain.cutover_words import rollback_in_words
from portolan.domain.decisions import Answer, take
from portolan.domain.effects import LetterWanted
from portolan.domain.errors import DecisionRefused, PortolanError
from portolan.domain.messages import Event, problem, read
from portolan.domain.order import Order
from portolan.domain.refusals import Refusal, refusal
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from starter.commands.base import AsJson, By, EventId, OrderId, Reason, app, command, settings, with_progress
from starter.now import now_at_server
from starter.orders import Unreadable, decide
from starter.output import err, out, print_json
from starter.up import existing_records
from worker.host import connect_temporal


async def decide_and_tell(order: str, as_json: bool, event: dict[str, Any]) -> None:
    """Put a decision to an order and print the answer; exit code 1 where it does not count."""
    deployment = settings()
    records = existing_records(deployment)
    records.order(order)
    client = await connect_temporal(deployment)
    answer = await with_progress("Waiting for the answer", decide(client, records, order, _given(event)), as_json)
    _print_answer(order, answer, as_json)
    if not answer.accepted:
        raise typer.Exit(1)


def _given(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if value not in (None, "")}


def understood(event: dict[str, Any], now: datetime) -> Event:
    """A decision made at that moment, as the order would read it.

    Raises:
        Unreadable: It lacks something or has it in the wrong form.
    """
    try:
        return read(event["kind"], {"occurred_at": now, **_given(event)})
    except ValueError as error:
        raise Unreadable(f"{event['kind']}: {problem(error)}") from error


def foreseen(found: Order, event: dict[str, Any], now: datetime) -> Refusal | None:
    """Why an order, as it is on record, would not take a decision; asked before anything is kept or told for it.

    Raises:
        Unreadable: The decision lacks something or has it in the wrong form.
    """
    return refusal(found, understood(event, now), now)


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
    now = await now_at_server(deployment, found)
    today = local(now, found.policy.time_zone).date()
    event = {"kind": "loa_signed", "signed_by": by, "signed_on": on or str(today), "event_id": event_id, "by": by}
    if file or electronic:
        mode = "wet" if file else "electronic"
        if why := foreseen(found, {**event, "mode": mode}, now):
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
    inadvertent: Annotated[bool, typer.Option("--inadvertent", help="Nobody wanted this port at all.")] = False,
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Return the numbers to the losing carrier, inside the rollback window; of a bridged order, remove the bridge."""
    event = {
        "kind": "rollback",
        "decided_by": by,
        "by": by,
        "reason": reason,
        "inadvertent": inadvertent,
        "event_id": event_id,
    }
    deployment = settings()
    found = existing_records(deployment).order(order)
    now = await now_at_server(deployment, found)
    if not as_json and foreseen(found, event, now) is None:
        out.print(escape(rollback_in_words(found, by, now, inadvertent)))
        if found.state is not State.BRIDGED and "rollback_letter" in found.policy.runbook:
            out.print(f"[dim]{RETURN_CONSENT}[/]")
    await decide_and_tell(order, as_json, event)


@app.command()
@command
async def cancel(order: OrderId, by: By, reason: Reason, event_id: EventId = "", as_json: AsJson = False) -> None:
    """Give up a port before the numbers move."""
    await decide_and_tell(order, as_json, {"kind": "cancel", "by": by, "reason": reason, "event_id": event_id})


@app.command()
@command
async def reschedule(
    order: OrderId,
    by: By,
    reason: Reason,
    on: Annotated[str, typer.Option("--on", help="The day wanted, YYYY-MM-DD; left out: the next good one.")] = "",
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Ask the carrier for another cutover day, while it still takes one (supplement 2)."""
    event = {"kind": "reschedule", "by": by, "reason": reason, "foc_on": on, "event_id": event_id}
    await decide_and_tell(order, as_json, event)


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
    deployment = settings()
    found = existing_records(deployment).order(order)
    now = await now_at_server(deployment, found)
    said = understood(event, now)
    await decide_and_tell(order, as_json, event)
    if not as_json:
        _offer_bridge(found, said, now)


def _offer_bridge(found: Order, said: Event, now: datetime) -> None:
    """Where the carrier cannot pause the order, say what the bridge would mean.

    The record follows an answer with some delay; what the decision opens is told by the same rules as it does.
    """
    take(found, said, now)
    for task in found.open_tasks:
        if task.kind is TaskKind.CHOOSE_BRIDGE:
            out.print(f"{found.request.gaining_carrier} cannot pause this order. What a bridge would mean:")
            for line in TRADE_OFFS:
                out.print(f"  {line}")
            answers = " or ".join(task.facts.answers)
            out.print(f"Next: `portolan complete {found.order_id} {task.task_id} ANSWER --by NAME`, {answers}.")


@app.command()
@command
async def release(order: OrderId, by: By, event_id: EventId = "", as_json: AsJson = False) -> None:
    """End a hold; of a bridged order, begin the port."""
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
