"""Looking: orders, tasks, the audit trail."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from portolan.domain.old_service import old_service
from portolan.domain.states import State
from portolan.domain.undo import ledger
from portolan.domain.words import details
from starter import output
from starter.commands.base import AsJson, OrderId, app, command, settings
from starter.now import now_of
from starter.orders import workflow_id
from starter.output import out, print_json
from starter.up import existing_records


@app.command("list")
@command
async def list_orders(
    state: Annotated[State | None, typer.Option(help="Only orders in this state.")] = None,
    project: Annotated[str | None, typer.Option(help="Only orders of this project.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Only orders that have not ended.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the youngest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Orders: where they stand, whose turn it is, what happens next."""
    rows = existing_records(settings()).list_orders(state=state, project=project, live=live or None, limit=limit)
    if as_json:
        print_json(rows)
    elif rows:
        out.print(output.orders(rows))
    else:
        out.print("No orders. Start some: portolan start FILE")


@app.command()
@command
async def show(order: OrderId, as_json: AsJson = False) -> None:
    """One order: where it stands, whose turn it is, until when, and what a person can do."""
    deployment = settings()
    found = existing_records(deployment).order(order)
    if as_json:
        print_json(found.model_dump(exclude={"seen", "unpublished", "unsent"}))
        return
    request = found.request
    out.print(
        f"[bold]{order}[/]: {escape(request.customer)}, {escape(request.losing_carrier)} to {request.gaining_carrier}"
    )
    out.print(f"Numbers: {', '.join(request.numbers[:6])}" + (" ..." if len(request.numbers) > 6 else ""))
    if found.carrier_order_id:
        word = f", there called {found.carrier_raw_status!r}" if found.carrier_raw_status else ""
        out.print(escape(f"At the carrier: {found.carrier_order_id}, sending {found.attempt}{word}"))
    output.print_markdown(details(found))
    now = await now_of(deployment, found)
    for row in ledger(found, now):
        if row.available:
            out.print(f"Undo: {escape(row.in_words(now))}")
    out.print(escape(old_service(found, now)[1]))
    out.print(f"\n{deployment.temporal_ui}/namespaces/{deployment.temporal_namespace}/workflows/{workflow_id(order)}")


@app.command()
@command
async def timeline(order: OrderId, as_json: AsJson = False) -> None:
    """The audit trail of an order: who did what, when, and what it changed."""
    entries = existing_records(settings()).timeline(order)
    if as_json:
        print_json(entries)
    else:
        for entry in entries:
            out.print(output.event_line(entry))


@app.command()
@command
async def tasks(
    order: Annotated[str | None, typer.Argument(metavar="[ORDER]", help="Only of this order.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Closed tasks too.")] = False,
    as_json: AsJson = False,
) -> None:
    """What people have to do, the most urgent first."""
    records = existing_records(settings())
    if order:
        records.order(order)
    rows = records.tasks(open_only=not everything, order_id=order)
    if as_json:
        print_json(rows)
    elif rows:
        out.print(output.tasks(rows))
    else:
        out.print("Nothing to do.")
