"""Carrier accounts: which there are, whether they work, whether anything is sent, and words with their desks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from activities.turns import tell_first
from portolan.carriers.accounts import Account
from portolan.carriers.base import GainingCarrier
from portolan.carriers.registry import accounts, carrier
from portolan.domain.errors import PortolanError
from portolan.domain.foc import in_words
from portolan.records.store import Records
from portolan.settings import Settings
from starter import output
from starter.commands.base import AsJson, By, OrderId, Reason, app, command, settings
from starter.output import out, print_json
from starter.up import existing_records, open_records
from worker.host import connect_temporal

carrier_app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help="Carrier accounts.")
app.add_typer(carrier_app, name="carrier")

AccountName = Annotated[str, typer.Argument(metavar="ACCOUNT", help="As `portolan carrier list` shows it.")]
SHOWN = {True: "passed", False: "FAILED", None: "only a live order shows"}


def _account(deployment: Settings, name: str) -> Account:
    known = accounts(deployment)
    if name not in known:
        raise PortolanError(f"There is no carrier account {name!r}.", f"There is: {', '.join(known)}.")
    return known[name]


def _asked(deployment: Settings, records: Records, order: str) -> tuple[GainingCarrier, str]:
    """The carrier of an order, and the carrier's name of it."""
    row = records.order(order)
    if not row.carrier_order_id:
        raise PortolanError(f"{order} is not at its carrier yet.", f"Look at it with `portolan show {order}`.")
    return carrier(_account(deployment, row.request.gaining_carrier), deployment, records), row.carrier_order_id


@carrier_app.command("list")
@command
async def list_accounts(as_json: AsJson = False) -> None:
    """The accounts there are, what waits for each, and which are on hold."""
    deployment = settings()
    records = open_records(deployment)
    held = {hold.carrier: hold for hold in records.carrier_holds()}
    known = accounts(deployment)
    waiting = {name: records.waiting(name) for name in known}
    if as_json:
        print_json(
            [
                {
                    "account": name,
                    "vendor": account.model_dump()["vendor"],
                    "simulator": account.simulator or None,
                    "per_second": account.per_second,
                    "hold": held.get(name),
                    "waiting": waiting[name],
                }
                for name, account in known.items()
            ]
        )
        return
    table = output.table("ACCOUNT", "VENDOR", "CALLS/S", "STANDS")
    for name, account in known.items():
        hold = held.get(name)
        stands = f"on hold since {in_words(hold.since)}: {hold.reason} ({hold.by})" if hold else "open"
        stands += f"; {len(waiting[name])} order(s) wait" if waiting[name] else ""
        vendor = account.model_dump()["vendor"] + (f" at {account.simulator}" if account.simulator else "")
        table.add_row(name, vendor, f"{account.per_second:g}", Text(stands))
    out.print(table)


@carrier_app.command()
@command
async def verify(name: AccountName, as_json: AsJson = False) -> None:
    """Check an account's credentials and permissions at the carrier; nothing is created or changed there."""
    deployment = settings()
    account = _account(deployment, name)
    checks = await asyncio.to_thread(carrier(account, deployment, open_records(deployment)).verify)
    failed = [check for check in checks if check.passed is False]
    if as_json:
        print_json({"account": name, "passed": not failed, "checks": checks})
    else:
        table = output.table("CHECK", "RESULT", "WHAT WAS FOUND")
        for check in checks:
            table.add_row(check.name, SHOWN[check.passed], Text(check.words))
        out.print(table)
    if failed:
        raise typer.Exit(1)


@carrier_app.command()
@command
async def hold(name: AccountName, by: By, reason: Reason, as_json: AsJson = False) -> None:
    """Send nothing to an account for now. Orders that are ready wait in their order; those it holds go on."""
    deployment = settings()
    _account(deployment, name)
    new = open_records(deployment).hold_carrier(name, by, reason, datetime.now(UTC))
    if as_json:
        print_json({"account": name, "on_hold": True, "new": new})
    else:
        out.print(f"{name} is on hold{'' if new else ' already'}. Release it: portolan carrier release {name}")


@carrier_app.command()
@command
async def release(name: AccountName, as_json: AsJson = False) -> None:
    """Send again: the orders that waited go one after the other, in the order in which they became ready."""
    deployment = settings()
    records = open_records(deployment)
    if all(held.carrier != name for held in records.carrier_holds()):
        _account(deployment, name)
    was = records.release_carrier(name)
    waiting = await tell_first(await connect_temporal(deployment), records, name) if records.waiting(name) else []
    if as_json:
        print_json({"account": name, "on_hold": False, "was_on_hold": was, "waiting": waiting})
    else:
        going = f" {len(waiting)} order(s) go out, {waiting[0]} first." if waiting else ""
        out.print(f"{name} {'is released' if was else 'was not on hold'}.{going}")


@carrier_app.command()
@command
async def windows(order: OrderId, as_json: AsJson = False) -> None:
    """When the carrier lets the numbers of an order move, as far as it says."""
    deployment = settings()
    records = existing_records(deployment)
    gaining, carrier_order_id = _asked(deployment, records, order)
    found = await asyncio.to_thread(gaining.foc_windows, carrier_order_id)
    if as_json:
        print_json({"order": order, "windows": found})
        return
    for window in found:
        out.print(f"{in_words(window.starts_at)} to {in_words(window.ends_at)}")
    if not found:
        out.print("The carrier names no windows.")


@carrier_app.command()
@command
async def comments(order: OrderId, as_json: AsJson = False) -> None:
    """What was said about an order between us and the carrier's desk, as the carrier has it."""
    deployment = settings()
    records = existing_records(deployment)
    gaining, carrier_order_id = _asked(deployment, records, order)
    found = await asyncio.to_thread(gaining.comments, carrier_order_id)
    if as_json:
        print_json({"order": order, "comments": found})
        return
    desk = records.order(order).request.gaining_carrier
    for said in found:
        who = (said.author or desk) if said.from_carrier else "we"
        out.print(Text(f"{in_words(said.at)}  {who}: {said.text}"))
    if not found:
        out.print("Nothing was said.")


@carrier_app.command()
@command
async def comment(
    order: OrderId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What the carrier's desk is told.")],
    as_json: AsJson = False,
) -> None:
    """Say something to the carrier's desk about an order."""
    deployment = settings()
    records = existing_records(deployment)
    gaining, carrier_order_id = _asked(deployment, records, order)
    await asyncio.to_thread(gaining.comment, carrier_order_id, text)
    if as_json:
        print_json({"order": order, "said": text})
    else:
        out.print("Said.")
