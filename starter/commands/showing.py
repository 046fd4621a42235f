"""Showing: what can still be undone, what an order comes to, and the papers for whoever asks later."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from portolan.documents.store import Documents
from portolan.domain import certificate as certificates
from portolan.domain import new_port as ports
from portolan.domain.errors import PortolanError
from portolan.domain.foc import in_words
from portolan.domain.old_service import old_service
from portolan.domain.undo import Undo, countdown, ledger
from starter import output
from starter.commands.base import AsJson, OrderId, app, command, settings
from starter.now import now_of
from starter.output import out, print_json
from starter.request_yaml import request_yaml
from starter.up import existing_records


class NothingMoved(PortolanError):
    """There is nothing to bring back."""

    code = "nothing_moved"


@app.command()
@command
async def undo(order: OrderId, as_json: AsJson = False) -> None:
    """What of an order can be taken back now, until when, at what cost, and who has to agree."""
    deployment = settings()
    found = existing_records(deployment).order(order)
    now = await now_of(deployment, found)
    rows = ledger(found, now)
    safe, why = old_service(found, now)
    if as_json:
        told = [{**row.model_dump(), "left": countdown(row.until, now) if row.available else None} for row in rows]
        print_json({"order": order, "now": now, "undo": told, "old_service": {"may_be_cancelled": safe, "why": why}})
        return
    out.print(f"{order} at {in_words(now)}, by its own clock")
    out.print(_table(rows, now))
    out.print(Text(why, style="green" if safe else "bold"))


def _table(rows: Sequence[Undo], now: datetime) -> Table:
    made = output.table("UNDO", "NOW", "UNTIL", "LEFT", "COST", "WHO HAS TO AGREE", "NOTE")
    for row in rows:
        until = in_words(row.until) if row.until else ""
        left = countdown(row.until, now) if row.available else ""
        possible = Text("yes", style="green") if row.available else Text("no", style="dim")
        agree = (row.cost, row.who) if row.available else ("", "")
        made.add_row(row.title, possible, until, left, *map(Text, agree), Text(row.note))
    return made


@app.command()
@command
async def certificate(
    order: OrderId,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write it as PDF into this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """The certificate of an order: what moved, when, on whose authority, proofs and hashes of documents."""
    from portolan.documents.certificate import render

    deployment = settings()
    records = existing_records(deployment)
    found = records.order(order)
    now = await now_of(deployment, found)
    issued = certificates.certificate(found, records.timeline(order), records.documents(order), now)
    if pdf:
        _write(pdf, await asyncio.to_thread(render, issued))
    if as_json:
        print_json(issued)
        return
    if pdf:
        out.print(escape(str(pdf)))
        return
    for moment, label in sorted((moment, label) for label, moment in issued["when"].items() if moment):
        out.print(f"{label.replace('_', ' '):16} {moment}")
    out.print(escape(issued["old_service"]["why"]))
    out.print(f"sha256 {issued['digest']}. --json prints all of it, --pdf FILE writes it on paper.")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise PortolanError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from error


@app.command("case-file")
@command
async def case_file(
    order: OrderId,
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="Where to write it.")],
    as_json: AsJson = False,
) -> None:
    """Write everything on record of an order into one ZIP: messages, documents, clocks, timeline, certificate."""
    from portolan.documents.case_file import write

    deployment = settings()
    records = existing_records(deployment)
    found = records.order(order)
    now = await now_of(deployment, found)
    made = await asyncio.to_thread(write, file, found, records, Documents(deployment.documents), now)
    if as_json:
        missing = [one._asdict() for one in made.missing]
        print_json({"order": order, "file": str(file), "entries": made.entries, "missing": missing})
        return
    out.print(f"{escape(str(file))}: {len(made.entries)} entries")
    for one in made.missing:
        out.print(f"[yellow]missing:[/] {escape(f'{one.kind} {one.sha256[:12]}'.strip())}: {escape(one.why)}")


@app.command("new-port")
@command
async def new_port(
    order: OrderId,
    inadvertent: Annotated[bool, typer.Option("--inadvertent", help="Nobody wanted the port.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the request file for a new port of the numbers back to the losing carrier, to be completed."""
    deployment = settings()
    found = existing_records(deployment).order(order)
    (row,) = [one for one in ledger(found, await now_of(deployment, found)) if one.kind == "new_port"]
    if not row.available:
        raise NothingMoved(f"{order} has nothing to port back. {row.note}", f"See `portolan undo {order}`.")
    data, marks = ports.new_port(found, inadvertent), ports.marks(found)
    demand = ports.demand(found) if inadvertent else ""
    if as_json:
        print_json({"order": order, "request": data, "marks": marks, "demand": demand or None})
        return
    losing = found.request.losing_carrier
    heading = (
        f"A new port of the numbers of {order} back to {losing}: usual time and paperwork; {losing} decides.\n"
        f"Fill in and check what is marked. `portolan start` takes it where {losing} is set up as a gaining carrier;\n"
        f"otherwise it is what the order form of {losing} asks for."
    )
    heading += f"\n\nTo both carriers, signed by {found.request.decision_maker.name}:\n\n{demand}" if demand else ""
    typer.echo(request_yaml(data, marks, heading), nl=False)
