"""The ingress: taking in what carriers send, and looking at what found no order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from portolan.carriers.registry import accounts
from portolan.domain.errors import PortolanError
from portolan.domain.foc import in_words
from portolan.records.inbox import GIVE_UP, UNREADABLE, Kept
from starter import output
from starter.commands.base import AsJson, app, command, settings
from starter.output import out, print_json
from starter.up import existing_records, open_records


@app.command()
@command
async def ingress(
    host: Annotated[str, typer.Option(help="Address to listen on; what stands in front of it does TLS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8400,
    as_json: AsJson = False,
) -> None:
    """Take in what carriers send: verify it, keep it, answer, and hand it on to the order it is about."""
    from starter.ingress.receivers import doors  # a web server: for this command only
    from starter.ingress.serve import listening, serve

    deployment = settings()
    opened = doors(accounts(deployment))
    records = open_records(deployment)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    urls = {name: f"{address}/carriers/{name}" for name in opened}

    def announce() -> None:
        if as_json:
            print_json({"address": address, "accounts": urls})
            return
        out.print(f"The ingress listens on {address}. End it with Ctrl-C.\n")
        for name, url in urls.items():
            out.print(f"  {escape(name)}   {escape(url)}")
        if not urls:
            out.print("No carrier account is set up whose vendor sends messages.")

    await serve(deployment, records, opened, listening(host, port), announce)
    if not as_json:
        out.print("Stopped.")


@app.command()
@command
async def messages(
    message: Annotated[
        int | None, typer.Argument(metavar="[MESSAGE]", help="All of this one, by its number in the list.")
    ] = None,
    done: Annotated[bool, typer.Option("--done", help="It has been seen to: it is kept, and listed no more.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Messages of carriers that wait for their order, that name none of ours, or that nobody can read."""
    records, now = existing_records(settings()), datetime.now(UTC)
    if message is None and done:
        raise PortolanError("Which message has been seen to?", "Name it: portolan messages MESSAGE --done.")
    if message is None:
        _list(records.open_messages(limit), now, as_json)
        return
    row = records.message(message)
    if done:
        records.message_handled(message, now)
        row = records.message(message)
    if as_json:
        print_json(row)
    elif done:
        out.print(f"Message {message} has been seen to.")
    else:
        out.print(f"{in_words(row.received_at)}, {escape(row.carrier)}: {escape(row.kind or 'no kind')}")
        out.print(Text(row.raw))


def _list(rows: list[Kept], now: datetime, as_json: bool) -> None:
    if as_json:
        print_json([{**row._asdict(), "stands": stands(row, now)} for row in rows])
    elif rows:
        made = output.table("MESSAGE", "ACCOUNT", "RECEIVED", "KIND", "CARRIER'S ORDER", "HOW IT STANDS")
        for row in rows:
            made.add_row(
                str(row.id),
                row.carrier,
                in_words(row.received_at),
                Text(row.kind),
                Text(row.carrier_order_id or row.reference),
                stands(row, now),
            )
        out.print(made)
    else:
        out.print("No message waits.")


def stands(message: Kept, now: datetime) -> str:
    """Why a message has not been handed on."""
    if message.kind == UNREADABLE:
        return "unreadable: look at it with `portolan messages MESSAGE`"
    if message.order_id:
        return f"waits for {message.order_id}"
    if not message.addressed:
        return "unknown: it names no order"
    if message.received_at < now - GIVE_UP:
        return f"unknown: no order of ours in {GIVE_UP.days} days"
    return "waits for its order"
