"""The command line. Every command takes `--json`; errors are one clear line and a non-zero exit."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer
from pydantic import ValidationError
from temporalio.service import RPCError

from portolan.carriers.registry import simulated
from portolan.documents.store import Documents
from portolan.domain.decisions import Answer
from portolan.domain.errors import ConfigurationError, PortolanError
from portolan.domain.foc import in_words
from portolan.domain.messages import problem
from portolan.domain.states import State
from portolan.domain.words import details
from portolan.records.store import Records
from portolan.settings import Settings
from starter import output
from starter.clock import OrderClock
from starter.orders import decide, workflow_id
from starter.output import err, out, print_json
from starter.projects import start_project
from starter.rehearsal import rehearse
from starter.request_files import Prepared, prepare
from starter.server import free_port
from starter.up import open_records, running, speak
from starter.up import up as run_up
from worker.host import connect_temporal, leave, serve
from worker.logs import configure, runtime

#: In characters; more would lead beyond the last year a date can hold.
LONGEST_DURATION = 6
EXAMPLE = Path(__file__).parent.parent / "examples" / "migration.yaml"

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Move telephone numbers between carriers, durably. Start with `portolan demo`, then `portolan up`.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="As `portolan list` shows it.")]
By = Annotated[str, typer.Option("--by", help="Who decides.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit trail.")]
EventId = Annotated[str, typer.Option("--event-id", help="Names the decision: the same one again changes nothing.")]

P = ParamSpec("P")
T = TypeVar("T")


def _settings(**given: Any) -> Settings:
    """The settings of the environment, with some laid over them.

    Raises:
        ConfigurationError: One is not what it should be; its value is not repeated.
    """
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise ConfigurationError(f"A setting cannot be used: {problem(error)}.", "Correct or unset it.") from error
    configure(settings)
    return settings


def command(run: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async command; tell an error in one line, as JSON where JSON was asked for."""

    @wraps(run)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            asyncio.run(run(*args, **kwargs))
        except PortolanError as error:
            _fail(error, bool(kwargs.get("as_json")))
        except RPCError as error:
            _fail(TemporalFailed(f"Temporal: {error.message}"), bool(kwargs.get("as_json")))

    return wrapped


class TemporalFailed(PortolanError):
    """The Temporal server answered with an error of its own."""

    code = "temporal"


def _fail(error: PortolanError, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"error": {"code": error.code, "message": error.message, "remedy": error.remedy}})
    else:
        err.print(f"[bold red]error:[/] {_plain(str(error))}")
    raise typer.Exit(1) from None


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


async def _with_progress(words: str, work: Awaitable[T], quiet: bool) -> T:
    if quiet or not err.is_terminal:
        return await work
    with err.status(words):
        return await work


@app.command()
@command
async def up(
    port: Annotated[int, typer.Option(help="Port of the Temporal server.")] = 7233,
    ui_port: Annotated[int, typer.Option(help="Port of the Temporal UI.")] = 8233,
) -> None:
    """Run everything: Temporal server, worker, simulated carrier. State is kept between runs."""
    settings = _settings().model_copy(update={"temporal_address": f"127.0.0.1:{port}"})
    elsewhere = f"PORTOLAN_TEMPORAL_ADDRESS=127.0.0.1:{port} " if port != 7233 else ""

    def announce() -> None:
        out.print(f"Portolan is up; it keeps its state in {settings.data_dir.resolve()}. End it with Ctrl-C.\n")
        out.print(f"  Temporal UI   http://127.0.0.1:{ui_port}")
        out.print(f"  Mails         {settings.mailbox.resolve()}" if not settings.smtp_host else "")
        out.print("\nIn another terminal, in this folder:\n")
        out.print(f"  {elsewhere}portolan start examples/order.yaml")
        out.print(f"  {elsewhere}portolan list")

    await run_up(settings, ui_port, announce)
    out.print("Stopped.")


@app.command()
@command
async def demo(
    file: Annotated[Path, typer.Argument(help="A request file with a rehearsal for each account.")] = EXAMPLE,
    as_json: AsJson = False,
) -> None:
    """Rehearse a migration in skipped time: every order of FILE lives its whole life, in seconds."""
    prepared = prepare(file)
    with tempfile.TemporaryDirectory(prefix="portolan-demo-") as folder:
        settings = _settings(data_dir=Path(folder), temporal_address=f"127.0.0.1:{free_port()}", database_url="")
        if not as_json:
            _announce_demo(prepared)
        async with running(settings, None, keep=False) as (client, records):
            listener = (lambda *_: None) if as_json else output.story_line
            found = await rehearse(client, settings, records, prepared, listener)
            mails = len(list(settings.mailbox.glob("*.eml")))
    failed = [ending for ending in found if not ending.as_scripted]
    if as_json:
        print_json({"orders": [{**ending.model_dump(), "as_scripted": ending.as_scripted} for ending in found]})
    else:
        out.print()
        out.print(output.endings(found))
        out.print(
            f"\n{len(found) - len(failed)} of {len(found)} orders ended as their scripts say; {mails} mails were sent."
        )
        out.print("Next: `portolan up` (or `make up`) runs it in real time; then open the Temporal UI it names.")
    if failed:
        raise typer.Exit(1)


def _announce_demo(prepared: Prepared) -> None:
    out.print("A real Temporal server, a worker and a simulated carrier; the weeks between events are skipped.\n")
    for reason in prepared.split.reasons:
        out.print(f"- {_plain(reason)}")


@app.command()
@command
async def start(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A request file: YAML or JSON.")],
    as_json: AsJson = False,
) -> None:
    """Start the port orders of a request. Everything is checked first; starting it again changes nothing."""
    settings = _settings()
    prepared = prepare(file)
    client = await connect_temporal(settings)
    records = open_records(settings)
    work = start_project(client, settings, records, prepared)
    started = await _with_progress(f"Starting {len(prepared.split.orders)} order(s)", work, as_json)
    if as_json:
        orders = [{"order_id": request.order_id, "numbers": request.numbers, "new": new} for request, new in started]
        print_json({"project": prepared.split.project_id, "orders": orders, "reasons": prepared.split.reasons})
        return
    for words in (*prepared.split.reasons, *prepared.split.notes):
        out.print(f"- {_plain(words)}")
    for request, new in started:
        out.print(
            f"{'started' if new else 'known already'}: [bold]{request.order_id}[/], {len(request.numbers)} number(s)"
        )
    out.print(f"\nNext: portolan show {started[0].request.order_id}")


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
    rows = open_records(_settings()).list_orders(state=state, project=project, live=live or None, limit=limit)
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
    settings = _settings()
    found = open_records(settings).order(order)
    if as_json:
        print_json(found.model_dump(exclude={"seen", "unpublished", "unsent"}))
        return
    request = found.request
    out.print(f"[bold]{order}[/]: {_plain(request.customer)}, {request.losing_carrier} to {request.gaining_carrier}")
    out.print(f"Numbers: {', '.join(request.numbers[:6])}" + (" ..." if len(request.numbers) > 6 else ""))
    if found.carrier_order_id:
        out.print(f"At the carrier: {found.carrier_order_id} ({found.carrier_raw_status}), sending {found.attempt}")
    out.print(output.markdown(details(found)))
    out.print(f"\n{settings.temporal_ui}/namespaces/{settings.temporal_namespace}/workflows/{workflow_id(order)}")


@app.command()
@command
async def timeline(order: OrderId, as_json: AsJson = False) -> None:
    """The audit trail of an order: who did what, when, and what it changed."""
    entries = open_records(_settings()).timeline(order)
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
    records = open_records(_settings())
    if order:
        records.order(order)
    rows = records.tasks(open_only=not everything, order_id=order)
    if as_json:
        print_json(rows)
    elif rows:
        out.print(output.tasks(rows))
    else:
        out.print("Nothing to do.")


async def _decide(order: str, as_json: bool, event: dict[str, Any]) -> None:
    settings = _settings()
    records = open_records(settings)
    records.order(order)
    client = await connect_temporal(settings)
    given = {name: value for name, value in event.items() if value not in (None, "")}
    answer = await _with_progress("Waiting for the answer", decide(client, records, order, given), as_json)
    _print_answer(order, answer, as_json)
    if not answer.accepted:
        raise typer.Exit(1)


def _print_answer(order: str, answer: Answer, as_json: bool) -> None:
    if as_json:
        print_json({"order": order, **answer.model_dump()})
    elif answer.accepted:
        state = f"; the order is now [bold]{answer.state.replace('_', ' ')}[/]" if answer.state else ""
        out.print(f"{answer.status}{state}. {_plain(answer.reason)}".strip())
    else:
        err.print(f"[bold red]refused:[/] {_plain(answer.reason)} {_plain(answer.instead)}".strip())


@app.command()
@command
async def sign(
    order: OrderId,
    by: Annotated[str, typer.Option("--by", help="Who signed the letter of authorization.")],
    on: Annotated[str, typer.Option("--on", help="The date written on it, YYYY-MM-DD; today if left out.")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="The signed letter: PDF or scan.")] = None,
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """The letter of authorization is signed."""
    settings = _settings()
    digest = _keep(settings, open_records(settings), order, file, by) if file else None
    on = on or str(await _today(settings, order))
    event = {"kind": "loa_signed", "signed_by": by, "signed_on": on, "document": digest, "event_id": event_id, "by": by}
    await _decide(order, as_json, event)


async def _today(settings: Settings, order: str) -> date:
    """Today by the order's own clock, which `skip` may have moved."""
    clock = OrderClock(await connect_temporal(settings), simulated(settings), order)
    try:
        return (await clock.now()).date()
    except RPCError:
        return datetime.now(UTC).date()


def _keep(settings: Settings, records: Records, order: str, file: Path, by: str) -> str:
    records.order(order)
    stored = Documents(settings.documents).put(file)
    records.add_document(order, stored.sha256, "loa", file.name, stored.size, stored.media_type, datetime.now(UTC), by)
    return stored.sha256


@app.command()
@command
async def approve(order: OrderId, by: By, event_id: EventId = "", as_json: AsJson = False) -> None:
    """Approve sending a signed order to the carrier."""
    await _decide(order, as_json, {"kind": "approve", "by": by, "event_id": event_id})


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
    await _decide(order, as_json, event)


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
    await _decide(order, as_json, event)


@app.command()
@command
async def cancel(order: OrderId, by: By, reason: Reason, event_id: EventId = "", as_json: AsJson = False) -> None:
    """Give up a port before the numbers move."""
    await _decide(order, as_json, {"kind": "cancel", "by": by, "reason": reason, "event_id": event_id})


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
    await _decide(order, as_json, event)


@app.command()
@command
async def release(order: OrderId, by: By, event_id: EventId = "", as_json: AsJson = False) -> None:
    """End a hold."""
    await _decide(order, as_json, {"kind": "release", "by": by, "event_id": event_id})


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
    await _decide(order, as_json, {**event, "event_id": event_id})


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
    settings = _settings()
    records = open_records(settings)
    records.order(order)
    clock = OrderClock(await connect_temporal(settings), simulated(settings), order)
    if not await clock.running():
        raise PortolanError(f"{order} has ended; its clock stands still.")
    work = clock.past(int(duration[:-1]) * units[duration[-1]])
    await _with_progress(f"Skipping {duration}", work, as_json)
    now = await clock.now()
    state = (await clock.settled()).state if await clock.running() else records.order(order).state
    if as_json:
        print_json({"order": order, "now": now, "state": state})
    else:
        out.print(f"It is {in_words(now)} for {order}; the order is [bold]{state.replace('_', ' ')}[/].")


@app.command()
@command
async def worker() -> None:
    """Host workflows and activities, against the Temporal server and database of the settings."""
    settings = _settings()
    await serve(settings, open_records(settings), runtime(), speak)


@app.command()
@command
async def migrate() -> None:
    """Bring the database up to date."""
    open_records(_settings())
    out.print("The database is up to date.")


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    try:
        app()
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else 1)
    except KeyboardInterrupt:
        leave(130)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        leave(1)
    leave(0)
