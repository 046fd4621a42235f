"""The demo: a migration, and requests of other carriers, lived through in skipped time."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from portolan.domain.order_request import OrderRequest
from portolan.domain.port_out.case import PortOutRequest
from portolan.records.port_out_tables import PortOutEvent
from portolan.records.tables import AuditEvent
from starter import output
from starter.commands import port_outs as port_out_commands
from starter.commands.base import AsJson, app, command, settings
from starter.output import out, print_json
from starter.port_out_files import load
from starter.port_out_rehearsal import PortOutEnding, port_out_scripts, rehearse_port_outs
from starter.rehearsal import Ending, rehearse, scripts
from starter.request_files import Prepared, prepare
from starter.server import free_port
from starter.up import running

_EXAMPLES = Path(__file__).parent.parent.parent / "examples"
EXAMPLE, PORT_OUTS = _EXAMPLES / "migration.yaml", _EXAMPLES / "port-outs.yaml"


@app.command()
@command
async def demo(
    file: Annotated[Path, typer.Argument(help="A request file with a rehearsal for each account.")] = EXAMPLE,
    port_outs: Annotated[
        Path | None,
        typer.Option(help="Port-outs to rehearse as well; left out: those of the examples, if FILE is left out, too."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rehearse a migration in skipped time: every order of FILE lives its whole life, in seconds."""
    prepared = prepare(file)
    scripts(prepared)
    port_outs = PORT_OUTS if port_outs is None and file == EXAMPLE else port_outs
    if port_outs:
        port_out_scripts(load(port_outs))
    released: list[PortOutEnding] = []
    with tempfile.TemporaryDirectory(prefix="portolan-demo-") as folder:
        address = f"127.0.0.1:{free_port()}"
        deployment = settings(data_dir=Path(folder), temporal_address=address, database_url="", smtp_host="")
        if not as_json:
            _announce(prepared)
        async with running(deployment, None, keep=False) as (client, records):
            found = await rehearse(client, deployment, records, prepared, _silent if as_json else _tell)
            if port_outs:
                listener = _silent if as_json else _tell_port_out
                released = await rehearse_port_outs(client, deployment, records, port_outs, listener)
            mails = len(list(deployment.mailbox.glob("*.eml")))
    if as_json:
        print_json({"orders": _plain(found), "port_outs": _plain(released)})
    else:
        _print_endings(found, released, mails)
    told: list[Ending | PortOutEnding] = [*found, *released]
    if not all(ending.as_scripted for ending in told):
        raise typer.Exit(1)


def _announce(prepared: Prepared) -> None:
    out.print("A real Temporal server, a worker and a simulated carrier; the weeks between events are skipped.\n")
    for reason in prepared.split.reasons:
        out.print(f"- {escape(reason)}")


def _silent(*_: Any) -> None:
    """Tell nobody."""


def _tell(request: OrderRequest, entry: AuditEvent) -> None:
    """One event of an order, as it happens."""
    if entry.sequence == 1:
        title = f"\n{request.order_id}: {len(request.numbers)} {request.country} {request.number_class} number(s)"
        _title(f"{title}, {request.losing_carrier} to {request.gaining_carrier}")
    out.print(output.event_line(entry))


def _tell_port_out(request: PortOutRequest, entry: PortOutEvent) -> None:
    """One event of a port-out, as it happens."""
    if entry.sequence == 1:
        title = f"\n{request.port_out_id}: {len(request.numbers)} {request.country} number(s) of ours"
        _title(f"{title}, asked for by {request.requesting_carrier}")
    out.print(port_out_commands.event_line(entry))


def _title(text: str) -> None:
    out.print(Text(text, style="bold underline"))


def _plain(found: Sequence[Ending | PortOutEnding]) -> list[dict[str, Any]]:
    return [{**ending.model_dump(), "as_scripted": ending.as_scripted} for ending in found]


def _print_endings(found: Sequence[Ending], released: Sequence[PortOutEnding], mails: int) -> None:
    out.print()
    out.print(_orders(found))
    out.print(f"\n{_count(found)} orders ended as their scripts say.")
    if released:
        out.print()
        out.print(_port_outs(released))
        out.print(f"\n{_count(released)} port-outs ended as their scripts say.")
    out.print(f"{mails} mails were written to a folder; none left this machine.")
    out.print("Next: `portolan up` (or `make up`) runs it in real time; then open the Temporal UI it names.")


def _count(found: Sequence[Ending | PortOutEnding]) -> str:
    return f"{sum(ending.as_scripted for ending in found)} of {len(found)}"


def _orders(found: Sequence[Ending]) -> Table:
    made = output.table("ORDER", "STORY", "ENDED AS", "DAYS", "AS SCRIPTED")
    for ending in found:
        state = output.styled(ending.state)
        made.add_row(ending.order_id, Text(ending.label), state, f"{ending.days:.0f}", _verdict(ending))
    return made


def _port_outs(found: Sequence[PortOutEnding]) -> Table:
    made = output.table("PORT-OUT", "STORY", "ENDED AS", "HOURS", "AS SCRIPTED")
    for ending in found:
        state = port_out_commands.styled(ending.state)
        made.add_row(ending.port_out_id, Text(ending.label), state, f"{ending.hours:.0f}", _verdict(ending))
    return made


def _verdict(ending: Ending | PortOutEnding) -> Text:
    """Whether it ended as its script says, and what went otherwise."""
    verdict = Text("yes", style="green") if ending.as_scripted else Text("NO", style="bold red")
    if ending.state != ending.expected:
        verdict.append(f", expected {ending.expected}")
    if isinstance(ending, PortOutEnding) and not ending.answered_in_time:
        verdict.append("; not answered in time")
    for surprise in ending.surprises:
        verdict.append(f"; {surprise}")
    return verdict
