"""The pre-flight: what would send a request back, told before anything is started."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from portolan.domain.reconciliation import Severity, Verdict
from portolan.playbook_overrides import load
from starter.commands.base import AsJson, app, command, counted, settings
from starter.output import out, print_json
from starter.preflight import Report, examine

EXIT_CODES = {Verdict.CLEAN: 0, Verdict.REVIEW: 1, Verdict.BLOCKED: 2}
_MARKS = {
    Severity.BLOCKING: "[bold red]blocked[/]",
    Severity.WARN: "[yellow]review[/] ",
    Severity.INFO: "[dim]note[/]   ",
}


@app.command()
@command
async def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A request file: YAML or JSON.")],
    as_json: AsJson = False,
) -> None:
    """Pre-flight: everything that would send FILE's orders back, at once. Exit code 0 clean, 1 review, 2 blocked."""
    with counted("rows of numbers read", as_json) as progress:
        report = examine(file, load(settings().playbook_overrides), progress=progress)
    if as_json:
        print_json({"verdict": report.verdict, **report.model_dump()})
    else:
        _tell(report)
    raise typer.Exit(EXIT_CODES[report.verdict])


def _tell(report: Report) -> None:
    for fault in report.faults:
        out.print(f"{_MARKS[Severity.BLOCKING]} {escape(fault)}")
    for words in (*report.reasons, *report.notes):
        out.print(f"- {escape(words)}")
    for order in report.orders:
        out.print(f"\n[bold]{order.order_id}[/]: {escape(order.summary)} ({order.playbook})")
        for finding in order.findings:
            out.print(f"  {_MARKS[finding.severity]} {escape(finding.what)}")
            if finding.fix:
                out.print(f"          {escape(finding.fix)}")
    ending = {
        Verdict.CLEAN: "Nothing stands in the way.",
        Verdict.REVIEW: "Nothing is wrong for certain; a person should look at what is marked review.",
        Verdict.BLOCKED: "This would be rejected as it stands: mend what is marked blocked first.",
    }
    out.print(f"\n{ending[report.verdict]}")
