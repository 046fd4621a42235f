"""Checking an identifier before it is sent: nothing is looked up, nothing is kept."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from portolan.domain.identifiers import KINDS, check
from portolan.domain.text import clean
from starter.commands.base import AsJson, app
from starter.output import out, print_json

Kind = Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(KINDS)}.")]
Value = Annotated[str, typer.Argument(metavar="VALUE", help="The identifier; `-` reads it from standard input.")]
Number = Annotated[str | None, typer.Argument(metavar="NUMBER", help="The number a RIO belongs to.")]


@app.command("check-id")
def check_id(kind: Kind, value: Value, number: Number = None, as_json: AsJson = False) -> None:
    """Check a RIO, PAC, Resp Org ID ...: its form, and its key or check digit where it has one.

    Ends with 0 if it is valid and with 1 if it is not.
    """
    written = sys.stdin.readline() if value == "-" else value
    try:
        checked = check(kind, written, number)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="KIND") from None
    if as_json:
        print_json(asdict(checked))
    else:
        lines = [("valid", "yes" if checked.valid else "no"), ("reason", checked.reason)]
        lines += [("normalized", checked.normalized)] if checked.normalized else []
        lines += [("warning", warning) for warning in checked.warnings]
        for name, words in lines:
            out.print(f"{name + ':':<12}{clean(words)}", markup=False)
    raise typer.Exit(0 if checked.valid else 1)
