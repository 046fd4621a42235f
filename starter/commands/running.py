"""Running: everything in one process, or a worker; starting requests, and moving an order's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from portolan.domain.errors import PortolanError
from portolan.domain.foc import in_words
from portolan.playbook_overrides import load
from starter.clock import OrderClock
from starter.commands.base import AsJson, OrderId, app, command, counted, settings, with_progress
from starter.output import out, print_json
from starter.projects import start_project
from starter.request_files import prepare
from starter.simulating import PORT, SPOKEN, clock_of
from starter.up import Simulating, alongside, open_records
from starter.up import up as run_up
from worker.host import connect_temporal, serve
from worker.logs import runtime

#: In characters; more would lead beyond the last year a date can hold.
LONGEST_DURATION = 6
TO_FOC = "foc"


@app.command()
@command
async def up(
    port: Annotated[int, typer.Option(help="Port of the Temporal server.")] = 7233,
    ui_port: Annotated[int, typer.Option(help="Port of the Temporal UI.")] = 8233,
    carrier: Annotated[str, typer.Option(help=f"With --simulated: {', '.join(SPOKEN)}.")] = "",
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Set up an account at --carrier, played by the simulator.")
    ] = False,
    simulator_port: Annotated[int, typer.Option(help="Port of the simulator.")] = PORT,
    ingress_port: Annotated[int, typer.Option(help="Port for messages of carriers, if any account has them.")] = 8400,
    as_json: AsJson = False,
) -> None:
    """Run everything: Temporal server, workers, ingress, simulated carrier. State is kept between runs."""
    if bool(carrier) != simulated:
        raise PortolanError(
            "--carrier and --simulated go together.",
            "Real accounts need neither: they are in the file of carrier accounts (docs/carriers/README.md).",
        )
    ui = f"http://127.0.0.1:{ui_port}"
    deployment = settings().model_copy(update={"temporal_address": f"127.0.0.1:{port}", "temporal_ui": ui})
    elsewhere = f"PORTOLAN_TEMPORAL_ADDRESS=127.0.0.1:{port} " if port != 7233 else ""
    elsewhere += f"PORTOLAN_TEMPORAL_UI={ui} " if ui_port != 8233 else ""
    elsewhere += f"PORTOLAN_DATA_DIR={deployment.data_dir} " if str(deployment.data_dir) != ".portolan" else ""

    def announce() -> None:
        if as_json:
            print_json(
                {"temporal": deployment.temporal_address, "ui": ui, "data_dir": str(deployment.data_dir.resolve())}
            )
            return
        out.print(f"Portolan is up; it keeps its state in {deployment.data_dir.resolve()}. End it with Ctrl-C.\n")
        out.print(f"  Temporal UI   {ui}")
        out.print(f"  Mails         {deployment.smtp_host or deployment.mailbox.resolve()}")
        if simulated:
            out.print(f"  Simulator     http://127.0.0.1:{simulator_port}, which plays {carrier}")
        out.print("\nIn another terminal, in this folder:\n")
        out.print(f"  {elsewhere}portolan start examples/order.yaml{f' --carrier {carrier}' if carrier else ''}")
        out.print(f"  {elsewhere}portolan list")

    if not as_json:
        out.print("Starting the Temporal server and a worker ...")
    await run_up(
        deployment, ui_port, announce, ingress_port, Simulating(carrier, simulator_port) if simulated else None
    )
    if not as_json:
        out.print("Stopped.")


@app.command()
@command
async def start(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A request file: YAML or JSON.")],
    carrier: Annotated[str, typer.Option(help="The gaining carrier account, in place of the file's.")] = "",
    as_json: AsJson = False,
) -> None:
    """Start the port orders of a request. Everything is checked first; starting it again changes nothing."""
    deployment = settings()
    with counted("rows of numbers read", as_json) as progress:
        operator = load(deployment.playbook_overrides)
        prepared = prepare(file, operator=operator, progress=progress, gaining=carrier)
    client = await connect_temporal(deployment)
    records = open_records(deployment)
    work = start_project(client, deployment, records, prepared)
    started = await with_progress(f"Starting {len(prepared.split.orders)} order(s)", work, as_json)
    if as_json:
        orders = [{"order_id": request.order_id, "numbers": request.numbers, "new": new} for request, new in started]
        print_json({"project": prepared.split.project_id, "orders": orders, "reasons": prepared.split.reasons})
        return
    for words in (*prepared.split.reasons, *prepared.split.notes):
        out.print(f"- {escape(words)}")
    for request, new in started:
        order = records.order(request.order_id)
        known = f"known already, {order.state.replace('_', ' ')}"
        known += "; to port again, use another reference" if order.ended else ""
        out.print(f"{'started' if new else known}: [bold]{request.order_id}[/], {len(request.numbers)} number(s)")
    out.print(f"\nNext: portolan show {started[0].request.order_id}")


@app.command()
@command
async def skip(
    order: OrderId,
    duration: Annotated[str, typer.Argument(metavar="DURATION", help="Such as 90m, 36h or 5d; or foc: to the FOC.")],
    as_json: AsJson = False,
) -> None:
    """Move one order's clock ahead, on a server started by `portolan up`. The simulated carrier speaks on the way."""
    span = _span(duration)
    deployment = settings()
    records = open_records(deployment)
    client = await connect_temporal(deployment)
    clock = clock_of(client, deployment, records, records.order(order))
    if not await clock.running():
        raise PortolanError(f"{order} has ended; its clock stands still.")
    work = clock.to(await _foc_ahead(clock)) if span is None else clock.past(span)
    await with_progress("Skipping to the FOC" if span is None else f"Skipping {duration}", work, as_json)
    now = await clock.now()
    state = (await clock.settled()).state if await clock.running() else records.order(order).state
    if as_json:
        print_json({"order": order, "now": now, "state": state})
    else:
        out.print(f"It is {in_words(now)} for {order}; the order is [bold]{state.replace('_', ' ')}[/].")


def _span(duration: str) -> timedelta | None:
    """A duration as typed; None for the time until the FOC."""
    units = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
    if duration == TO_FOC:
        return None
    if not (duration[:-1].isdecimal() and duration[-1:] in units and len(duration) <= LONGEST_DURATION):
        raise PortolanError(f"{duration!r} is no duration.", "Write for example 90m, 36h or 5d; or foc.")
    return int(duration[:-1]) * units[duration[-1]]


async def _foc_ahead(clock: OrderClock) -> datetime:
    """The FOC of an order that is waited for."""
    order, now = await clock.settled(), await clock.now()
    if order.foc_at is None:
        raise PortolanError(f"{order.order_id} has no FOC yet.", "Skip a duration, such as 2d.")
    if order.foc_at <= now:
        raise PortolanError(f"The FOC of {order.order_id} has passed: {in_words(order.foc_at)}.", "Skip a duration.")
    return order.foc_at


@app.command()
@command
async def worker() -> None:
    """Host workflows and activities, against the Temporal server and database of the deployment."""
    deployment = settings()
    await serve(deployment, open_records(deployment), runtime(), alongside)


@app.command()
@command
async def migrate(as_json: AsJson = False) -> None:
    """Bring the database up to date."""
    open_records(settings())
    if as_json:
        print_json({"up_to_date": True})
    else:
        out.print("The database is up to date.")
