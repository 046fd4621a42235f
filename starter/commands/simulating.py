"""Simulating carriers: a server that speaks their porting protocols, for adapters and for integrations of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from portolan.carriers.accounts import Account, BandwidthAccount, TelnyxAccount, TwilioAccount
from portolan.domain.errors import ConfigurationError
from starter.commands.base import AsJson, fail
from starter.commands.base import app as cli
from starter.output import out, print_json
from starter.simulating import PORT, SPOKEN

HOST = "127.0.0.1"
ACCOUNTS: dict[str, type[Account]] = {
    "telnyx": TelnyxAccount,
    "twilio": TwilioAccount,
    "bandwidth": BandwidthAccount,
}


@cli.command()
def simulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to serve on; 0: a free one.")] = PORT,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = HOST,
    seed: Annotated[str, typer.Option(help="Orders without a script fare by it; left out: all goes well.")] = "",
    state: Annotated[Path | None, typer.Option(help="A file that keeps the state; left out: memory.")] = None,
    webhooks: Annotated[
        str, typer.Option(help="Where messages go that no order names an address for; {vendor} is filled in.")
    ] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Take the simulator's own credentials only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Simulate carriers: serve their porting protocols, with webhooks, a clock that can be moved, and faults."""
    from portolan.simulator import PUBLIC_KEY, ServerSettings, app, serve  # a web server: for this command only
    from portolan.simulator.control import PREFIX

    given = ServerSettings(seed=seed, webhooks=webhooks, strict=strict)

    def announce(taken: int) -> None:
        base = f"http://{f'[{host}]' if ':' in host else host}:{taken}"
        if as_json:
            print_json({"url": base, "control": base + PREFIX, "accounts": addresses(base), "public_key": PUBLIC_KEY})
            return
        kept = f"in {state.resolve()}" if state else "in memory"
        out.print(f"The simulator is up; it keeps its state {escape(kept)}. End it with Ctrl-C.\n")
        for vendor, fields in addresses(base).items():
            out.print(f"[bold]{vendor}[/]")
            for name, value in fields.items():
                out.print(f"  {name:<18}{escape(value)}")
        out.print(f"\nClock, scripts, faults: {base}{PREFIX}")
        out.print(f"An account that uses it has `simulator: {base}` in the file of carrier accounts.")

    try:
        serve(host, port, app(given, path=state), announce)
    except OSError as error:
        fail(
            ConfigurationError(f"{host}:{port} cannot be served on: {error.strerror}.", "Choose another --port."),
            as_json,
        )
    if not as_json:
        out.print("Stopped.")


def addresses(base: str) -> dict[str, dict[str, str]]:
    """What an account of each vendor that is spoken here is given: addresses and the simulator's own credentials."""
    found = {}
    for vendor in SPOKEN:
        found[vendor] = {name: _plain(value, base) for name, value in ACCOUNTS[vendor].AT_SIMULATOR.items()}
    return found


def _plain(value: object, base: str) -> str:
    if hasattr(value, "get_secret_value"):
        return str(value.get_secret_value())
    return str(value).format(simulator=base)
