"""Explaining: why carriers send orders back, by canonical code, by a vendor's code, or by a carrier's own words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.text import Text

from portolan.domain.errors import PortolanError
from portolan.domain.rejections import (
    REASONS,
    VENDORS,
    Reason,
    Rejection,
    canonical,
    from_text,
    from_vendor,
    meanings,
    reason,
)
from starter import output
from starter.commands.base import AsJson, app, command
from starter.output import err, out, print_json

Code = Annotated[str, typer.Argument(metavar="CODE", help="A canonical code, or with --vendor one of the vendor's.")]
Vendor = Annotated[str, typer.Option("--vendor", metavar="NAME", help=f"Whose code it is: {', '.join(VENDORS)}.")]
Words = Annotated[str, typer.Option("--text", help="What the carrier wrote.")]


@app.command()
@command
async def rejections(code: Code = "", vendor: Vendor = "", text: Words = "", as_json: AsJson = False) -> None:
    """Why carriers send orders back: what a code or a text means, who fixes it and how."""
    if vendor:
        name = vendor.strip().lower().replace("-", "_")
        if name not in VENDORS:
            raise PortolanError(f"Nobody knows the codes of {vendor!r}.", f"Vendors: {', '.join(VENDORS)}.")
        if code or text:
            if code and not meanings(name, code):
                err.print(Text(f"{code} is not among the known codes of {name}; whatever is unknown counts as OTHER."))
            _tell([from_vendor(name, code, text)], as_json)
        else:
            _list_codes(name, as_json)
    elif code:
        if text:
            raise PortolanError("A canonical code needs no text to be read by.", "Give one of both, or a --vendor.")
        _explain(code, as_json)
    elif text:
        _tell(from_text(text), as_json)
    else:
        _list_reasons(as_json)


def _explain(code: str, as_json: bool) -> None:
    name = canonical(code)
    if name is None:
        knowing = [vendor for vendor in VENDORS if meanings(vendor, code)]
        remedy = "`portolan rejections` lists the reasons."
        if knowing:
            remedy = f"It is a code of {', '.join(knowing)}: portolan rejections {code} --vendor {knowing[0]}"
        raise PortolanError(f"There is no reason {code!r}.", remedy)
    if as_json:
        print_json(_as_data(reason(name)))
    else:
        _print_reason(reason(name))


def _tell(found: list[Rejection], as_json: bool) -> None:
    """What a carrier's code or words come to."""
    if as_json:
        print_json([{"candidates": [], **each.model_dump(), "reason": _as_data(each.reason)} for each in found])
        return
    for place, each in enumerate(found):
        if place:
            out.print()
        _print_reason(each.reason)
        told = {
            "may be": " or ".join(each.candidates),
            "numbers": ", ".join(each.numbers),
            "record": each.suggestion or "",
            "their code": each.vendor_code,
        }
        _print_lines(told)


def _print_reason(found: Reason) -> None:
    out.print(Text(found.code, style="bold"))
    lines = {
        "meaning": found.meaning,
        "to do": found.cure,
        "customer": found.customer,
        "field": found.field or "",
        "who": found.fixer,
        "what": found.disposition + (", with a new signature" if found.new_loa else ""),
        "single": "it can be about single numbers; the others can go on" if found.per_number else "",
        "takes": found.wait.in_words() if found.wait else "",
        "source": f"{found.provenance}: {found.source}",
    }
    _print_lines(lines)


def _print_lines(lines: dict[str, str]) -> None:
    for name, words in lines.items():
        if words:
            out.print(Text(f"  {name:11}", style="dim").append(words, style="not dim"))


def _list_reasons(as_json: bool) -> None:
    if as_json:
        print_json([_as_data(found) for found in REASONS.values()])
        return
    made = output.table("CODE", "MEANING", "WHO", "WHAT HAPPENS")
    for found in REASONS.values():
        made.add_row(found.code, Text(found.meaning), found.fixer, found.disposition)
    out.print(made)


def _list_codes(vendor: str, as_json: bool) -> None:
    codes = {code: meanings(vendor, code) for code in sorted(VENDORS[vendor].whole)}
    if as_json:
        print_json(codes)
        return
    made = output.table(vendor.upper(), "STANDS FOR")
    for code, found in codes.items():
        made.add_row(code, " or ".join(found))
    out.print(made)


def _as_data(found: Reason) -> dict[str, Any]:
    return {**asdict(found), "wait": found.wait._asdict() if found.wait else None}
