"""Port-outs: what other carriers ask of us, and what people say to it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from portolan.domain.foc import in_words
from portolan.domain.port_out.case import Case
from portolan.domain.port_out.grounds import Ground
from portolan.domain.port_out.messages import FraudSign
from portolan.domain.port_out.states import PortOutState
from portolan.domain.port_out.words import details
from portolan.records.port_out_tables import PortOutEvent
from starter import output
from starter.commands.base import AsJson, By, EventId, Reason, app, command, settings, with_progress
from starter.output import err, out, print_json
from starter.port_out_files import load
from starter.port_outs import receive, tell, workflow_id
from starter.up import existing_records, open_records
from worker.host import connect_temporal

port_out_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", help="Requests of other carriers for numbers of ours."
)
app.add_typer(port_out_app, name="port-out")

PortOutId = Annotated[str, typer.Argument(metavar="PORT-OUT", help="As `portolan port-out list` shows it.")]
Verified = Annotated[str, typer.Option("--verified", help="How they were recognised as the account holder.")]


async def _tell(port_out: str, as_json: bool, event: dict[str, Any]) -> None:
    """Put a message to a port-out and print the reply; exit code 1 where it does not count."""
    deployment = settings()
    records = existing_records(deployment)
    records.port_out(port_out)
    client = await connect_temporal(deployment)
    given = {name: value for name, value in event.items() if value not in (None, "")}
    reply = await with_progress("Waiting for the answer", tell(client, records, port_out, given), as_json)
    if as_json:
        print_json({"port_out": port_out, **reply.model_dump()})
    elif reply.accepted:
        state = f"; it is now [bold]{reply.state.replace('_', ' ')}[/]" if reply.state else ""
        out.print(f"{reply.status}{state}. {escape(reply.reason)}".strip())
    else:
        err.print(f"[bold red]refused:[/] {escape(reply.reason)} {escape(reply.instead)}".strip())
    if not reply.accepted:
        raise typer.Exit(1)


@port_out_app.command("receive")
@command
async def receive_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of requests: YAML or JSON.")],
    as_json: AsJson = False,
) -> None:
    """Take in the requests of FILE. Everything is checked first; taking them in again changes nothing."""
    found = load(file)
    deployment = settings()
    client = await connect_temporal(deployment)
    records = open_records(deployment)
    started = [await receive(client, deployment.task_queue, records, one.request, one.codes) for one in found]
    if as_json:
        print_json({"port_outs": [{"port_out": row.port_out_id, "new": new, **_row(row)} for row, new in started]})
        return
    for row, new in started:
        known = "received" if new else f"known already, {row.state.replace('_', ' ')}"
        due = f"answer due {in_words(row.answer_by)}"
        out.print(f"{known}: [bold]{row.port_out_id}[/], {escape(row.carrier_reference)} of ", end="")
        out.print(f"{escape(row.requesting_carrier)}, {due}")
    out.print(f"\nNext: portolan port-out show {started[0].row.port_out_id}")


def _row(row: Any) -> dict[str, Any]:
    names = ("requesting_carrier", "carrier_reference", "state", "answer_by", "deadline_at")
    return {name: getattr(row, name) for name in names}


@port_out_app.command("list")
@command
async def list_port_outs(
    state: Annotated[PortOutState | None, typer.Option(help="Only those in this state.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Only those that have not ended.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the most urgent first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Port-outs: where they stand, whose turn it is, and by when the answer is due."""
    rows = existing_records(settings()).list_port_outs(state=state, live=live or None, limit=limit)
    if as_json:
        print_json(rows)
        return
    if not rows:
        out.print("No port-outs. Take some in: portolan port-out receive FILE")
        return
    made = output.table("PORT-OUT", "STATE", "WHOSE TURN", "NEXT DEADLINE", "ANSWER DUE", "ASKED FOR BY")
    for row in rows:
        next_one = f"{in_words(row.deadline_at)}: {row.deadline_why}" if row.deadline_at else ""
        made.add_row(
            row.port_out_id,
            styled(row.state),
            str(row.turn),
            next_one,
            in_words(row.answer_by),
            Text(f"{row.requesting_carrier}, {row.carrier_reference}"),
        )
    out.print(made)


@port_out_app.command()
@command
async def show(port_out: PortOutId, as_json: AsJson = False) -> None:
    """One port-out: where it stands, what goes out by itself and when, what people can do, and what happened."""
    deployment = settings()
    records = existing_records(deployment)
    found, trail = records.port_out(port_out), records.port_out_trail(port_out)
    if as_json:
        told = found.model_dump(exclude={"seen", "unpublished", "unsent"})
        print_json({**told, "timeline": [entry.model_dump() for entry in trail]})
        return
    request = found.request
    out.print(f"[bold]{port_out}[/]: {escape(request.customer)}, asked for by {escape(request.requesting_carrier)}")
    out.print(f"Numbers: {', '.join(request.numbers[:6])}" + (" ..." if len(request.numbers) > 6 else ""))
    output.print_markdown(details(found, _seen_at(found)))
    out.print()
    for entry in trail:
        out.print(event_line(entry))
    ui, namespace = deployment.temporal_ui, deployment.temporal_namespace
    out.print(f"\n{ui}/namespaces/{namespace}/workflows/{workflow_id(port_out)}")


def _seen_at(case: Case) -> datetime:
    """Now, but never before the newest change, which may have happened in skipped time."""
    return max(datetime.now(UTC), case.since)


@port_out_app.command()
@command
async def confirm(
    port_out: PortOutId, by: By, verified: Verified, event_id: EventId = "", as_json: AsJson = False
) -> None:
    """The customer wants the port: it is released now instead of at the deadline."""
    await _tell(port_out, as_json, {"kind": "confirm", "by": by, "verified": verified, "event_id": event_id})


@port_out_app.command()
@command
async def deny(
    port_out: PortOutId, by: By, verified: Verified = "", event_id: EventId = "", as_json: AsJson = False
) -> None:
    """The customer did not ask for this: a person looks into it. By itself it is refused if they were recognised.

    A second person who says the same counts as much; one who is not recognised keeps no number here.
    """
    await _tell(port_out, as_json, {"kind": "deny", "by": by, "verified": verified, "event_id": event_id})


@port_out_app.command()
@command
async def unlock(
    port_out: PortOutId, by: By, verified: Verified, event_id: EventId = "", as_json: AsJson = False
) -> None:
    """The customer lifts the lock on their numbers."""
    await _tell(port_out, as_json, {"kind": "unlock", "by": by, "verified": verified, "event_id": event_id})


@port_out_app.command()
@command
async def hold(
    port_out: PortOutId,
    by: By,
    sign: Annotated[FraudSign, typer.Option(help="What gave rise to the suspicion.")],
    reason: Reason,
    evidence: Annotated[str, typer.Option(help="Where it can be looked up: a ticket, a log, a document's SHA-256.")],
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Hold the answer back for fraud, never past the deadline; a second person confirms it, or it ends."""
    event = {"kind": "hold_for_fraud", "by": by, "sign": sign, "reason": reason, "evidence": evidence}
    await _tell(port_out, as_json, {**event, "event_id": event_id})


@port_out_app.command()
@command
async def release(port_out: PortOutId, by: By, reason: Reason, event_id: EventId = "", as_json: AsJson = False) -> None:
    """End a fraud hold: the suspicion did not hold."""
    await _tell(port_out, as_json, {"kind": "release_hold", "by": by, "reason": reason, "event_id": event_id})


@port_out_app.command()
@command
async def refuse(
    port_out: PortOutId,
    by: By,
    ground: Annotated[Ground, typer.Option(help="It has to be on record: found, said by the customer, or held for.")],
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Refuse on a lawful ground that is on record; other grounds do not exist."""
    await _tell(port_out, as_json, {"kind": "refuse", "by": by, "ground": ground, "event_id": event_id})


@port_out_app.command()
@command
async def withdraw(
    port_out: PortOutId,
    by: Annotated[str, typer.Option("--by", help="Who says so; by default the requesting carrier.")] = "",
    reason: Reason = "",
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """The requesting carrier took its request back."""
    await _tell(port_out, as_json, {"kind": "withdrawn", "by": by, "reason": reason, "event_id": event_id})


@port_out_app.command()
@command
async def done(
    port_out: PortOutId,
    by: Annotated[str, typer.Option("--by", help="Who says so; by default the requesting carrier.")] = "",
    at: Annotated[
        str, typer.Option("--at", help="When they moved, such as 2026-12-01T09:00+01:00; by default now.")
    ] = "",
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """The numbers moved to the requesting carrier."""
    await _tell(port_out, as_json, {"kind": "ported", "by": by, "ported_at": at, "event_id": event_id})


_COLOURS = {
    PortOutState.RELEASED: "green",
    PortOutState.PORTED: "green",
    PortOutState.REFUSED: "yellow",
    PortOutState.WITHDRAWN: "yellow",
    PortOutState.ON_FRAUD_HOLD: "red",
    PortOutState.LAPSED: "red",
}


def styled(state: PortOutState) -> Text:
    """A state's name, in the colour of what it means."""
    return Text(state.replace("_", " "), style=_COLOURS.get(state, "cyan"))


def event_line(entry: PortOutEvent) -> Text:
    """One line of the audit trail."""
    line = Text(f"{entry.recorded_at.astimezone(UTC):%a %Y-%m-%d %H:%M}  ", style="dim")
    line.append(f"{entry.kind.replace('_', ' '):20} ", style="bold red" if entry.kind == "refused" else "bold")
    if entry.state_after is not entry.state_before:
        line.append("-> ", style="dim").append_text(styled(entry.state_after)).append("  ")
    if entry.detail:
        line.append(entry.detail[0].upper() + entry.detail[1:] + " ")
    return line.append(f"[{entry.by}]", style="dim")
