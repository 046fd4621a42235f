"""Running: everything in one process, a worker, a rehearsal; and starting requests."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from portolan.carriers.registry import simulated
from portolan.domain.errors import PortolanError
from portolan.domain.foc import in_words
from portolan.playbook_overrides import load
from starter import output
from starter.clock import OrderClock
from starter.commands.base import AsJson, OrderId, app, command, counted, settings, with_progress
from starter.output import out, print_json
from starter.port_out_files import load as load_port_outs
from starter.port_out_rehearsal import PortOutEnding, port_out_scripts, rehearse_port_outs
from starter.projects import start_project
from starter.rehearsal import Ending, rehearse, scripts
from starter.request_files import Prepared, prepare
from starter.server import free_port
from starter.up import open_records, running, speak
from starter.up import up as run_up
from worker.host import connect_temporal, serve
from worker.logs import runtime

#: In characters; more would lead beyond the last year a date can hold.
LONGEST_DURATION = 6
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
EXAMPLE, PORT_OUTS = EXAMPLES / "migration.yaml", EXAMPLES / "port-outs.yaml"


@app.command()
@command
async def up(
    port: Annotated[int, typer.Option(help="Port of the Temporal server.")] = 7233,
    ui_port: Annotated[int, typer.Option(help="Port of the Temporal UI.")] = 8233,
    as_json: AsJson = False,
) -> None:
    """Run everything: Temporal server, worker, simulated carrier. State is kept between runs."""
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
        out.print("\nIn another terminal, in this folder:\n")
        out.print(f"  {elsewhere}portolan start examples/order.yaml")
        out.print(f"  {elsewhere}portolan list")

    if not as_json:
        out.print("Starting the Temporal server and a worker ...")
    await run_up(deployment, ui_port, announce)
    if not as_json:
        out.print("Stopped.")


@app.command()
@command
async def demo(
    file: Annotated[Path, typer.Argument(help="A request file with a rehearsal for each account.")] = EXAMPLE,
    port_outs: Annotated[
        Path | None,
        typer.Option(help="Port-outs to rehearse as well, with a rehearsal each; left out: the example's, with its."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rehearse a migration in skipped time: every order of FILE lives its whole life, in seconds."""
    prepared = prepare(file)
    scripts(prepared)
    port_outs = PORT_OUTS if port_outs is None and file == EXAMPLE else port_outs
    if port_outs:
        port_out_scripts(load_port_outs(port_outs))
    with tempfile.TemporaryDirectory(prefix="portolan-demo-") as folder:
        address = f"127.0.0.1:{free_port()}"
        deployment = settings(data_dir=Path(folder), temporal_address=address, database_url="", smtp_host="")
        if not as_json:
            _announce_demo(prepared)
        async with running(deployment, None, keep=False) as (client, records):
            tell, tell_port_out = (_silent, _silent) if as_json else (output.story_line, output.port_out_line)
            found = await rehearse(client, deployment, records, prepared, tell)
            released: list[PortOutEnding] = []
            if port_outs:
                released = await rehearse_port_outs(client, deployment, records, port_outs, tell_port_out)
            mails = len(list(deployment.mailbox.glob("*.eml")))
    if as_json:
        print_json({"orders": _told(found), "port_outs": _told(released)})
    else:
        _print_endings(found, released, mails)
    if not all(ending.as_scripted for ending in (*found, *released)):
        raise typer.Exit(1)


def _silent(*_: Any) -> None:
    """Tell nobody."""


def _told(found: Sequence[Ending | PortOutEnding]) -> list[dict[str, Any]]:
    return [{**ending.model_dump(), "as_scripted": ending.as_scripted} for ending in found]


def _print_endings(found: Sequence[Ending], released: Sequence[PortOutEnding], mails: int) -> None:
    out.print()
    out.print(output.endings(found))
    out.print(f"\n{_as_scripted(found)} orders ended as their scripts say.")
    if released:
        out.print()
        out.print(output.port_out_endings(released))
        out.print(f"\n{_as_scripted(released)} port-outs ended as their scripts say.")
    out.print(f"{mails} mails were written to a folder; none left this machine.")
    out.print("Next: `portolan up` (or `make up`) runs it in real time; then open the Temporal UI it names.")


def _as_scripted(found: Sequence[Ending | PortOutEnding]) -> str:
    return f"{sum(ending.as_scripted for ending in found)} of {len(found)}"


def _announce_demo(prepared: Prepared) -> None:
    out.print("A real Temporal server, a worker and a simulated carrier; the weeks between events are skipped.\n")
    for reason in prepared.split.reasons:
        out.print(f"- {escape(reason)}")


@app.command()
@command
async def start(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A request file: YAML or JSON.")],
    as_json: AsJson = False,
) -> None:
    """Start the port orders of a request. Everything is checked first; starting it again changes nothing."""
    deployment = settings()
    with counted("rows of numbers read", as_json) as progress:
        prepared = prepare(file, operator=load(deployment.playbook_overrides), progress=progress)
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
    duration: Annotated[str, typer.Argument(metavar="DURATION", help="Such as 90m, 36h or 5d.")],
    as_json: AsJson = False,
) -> None:
    """Move one order's clock ahead, on a server started by `portolan up`. The simulated carrier speaks on the way."""
    units = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
    if not (duration[:-1].isdecimal() and duration[-1:] in units and len(duration) <= LONGEST_DURATION):
        raise PortolanError(f"{duration!r} is no duration.", "Write for example 90m, 36h or 5d.")
    deployment = settings()
    records = open_records(deployment)
    records.order(order)
    clock = OrderClock(await connect_temporal(deployment), simulated(deployment), order)
    if not await clock.running():
        raise PortolanError(f"{order} has ended; its clock stands still.")
    work = clock.past(int(duration[:-1]) * units[duration[-1]])
    await with_progress(f"Skipping {duration}", work, as_json)
    now = await clock.now()
    state = (await clock.settled()).state if await clock.running() else records.order(order).state
    if as_json:
        print_json({"order": order, "now": now, "state": state})
    else:
        out.print(f"It is {in_words(now)} for {order}; the order is [bold]{state.replace('_', ' ')}[/].")


@app.command()
@command
async def worker() -> None:
    """Host workflows and activities, against the Temporal server and database of the deployment."""
    deployment = settings()
    await serve(deployment, open_records(deployment), runtime(), speak)


@app.command()
@command
async def migrate(as_json: AsJson = False) -> None:
    """Bring the database up to date."""
    open_records(settings())
    if as_json:
        print_json({"up_to_date": True})
    else:
        out.print("The database is up to date.")
