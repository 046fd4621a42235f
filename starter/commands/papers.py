"""Papers: letters to sign, signed copies, evidence, drafted disputes, and what is forgotten when its time is over."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from portolan.documents.registry import letters
from portolan.documents.store import Documents
from portolan.domain import identifiers
from portolan.domain.carrier import SECRETS
from portolan.domain.effects import LetterWanted
from portolan.domain.errors import DecisionRefused, PortolanError
from portolan.domain.messages import EvidenceKind
from portolan.domain.order import Order
from portolan.domain.request import CsrGiven
from portolan.records.papers import Secret
from starter import output, typed_yaml
from starter.commands.base import AsJson, By, EventId, OrderId, app, command, settings
from starter.commands.deciding import decide_and_tell, foreseen
from starter.output import out, print_json
from starter.text_files import read_text
from starter.up import existing_records


@app.command()
@command
async def letter(
    order: OrderId,
    rollback: Annotated[bool, typer.Option("--rollback", help="The letter that would return the numbers.")] = False,
    folder: Annotated[Path, typer.Option("--to", help="Folder to write it into.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the letter of authorization of an order as a PDF, unsigned, with its attachment if it has one."""
    deployment = settings()
    records = existing_records(deployment)
    wanted = LetterWanted.of(records.order(order), "rollback" if rollback else "port")
    made, digest = letters(deployment, records).rendered(wanted)
    files = [_written(folder / f"{order}-{wanted.kind}.pdf", made.pdf)]
    if made.attachment:
        files.append(_written(folder / made.attachment_name, made.attachment))
    if as_json:
        print_json({"order": order, "kind": wanted.kind, "sha256": digest, "files": list(map(str, files))})
        return
    for file in files:
        out.print(escape(str(file)))
    if not rollback:
        signer = escape(wanted.account.authorized_person)
        out.print(f'Next: {signer} signs it; then `portolan sign {order} --by "{signer}" --on DATE --file SCAN`.')


def _written(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise PortolanError(f"{path} cannot be written: {error.strerror}.", "Name another folder with --to.") from error
    return path


@app.command()
@command
async def documents(
    order: OrderId,
    folder: Annotated[Path | None, typer.Option("--save-to", help="Write them into this folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """The documents of an order: letters, signed copies, evidence; each is named by the SHA-256 of its content."""
    deployment = settings()
    records = existing_records(deployment)
    records.order(order)
    rows = records.documents(order)
    for row in rows if folder else ():
        _written(
            (folder or Path()) / f"{row.sha256[:8]}-{Path(row.filename).name}",
            Documents(deployment.documents).read(row.sha256),
        )
    if as_json:
        print_json(rows)
    elif rows:
        out.print(output.documents(rows))
    else:
        out.print("No documents.")


@app.command()
@command
async def evidence(
    order: OrderId,
    kind: Annotated[EvidenceKind, typer.Option(help="What it is.")],
    by: By,
    dated: Annotated[str, typer.Option(help="The date on it, YYYY-MM-DD; a bill needs it.")] = "",
    record: Annotated[Path | None, typer.Option(help="What it says, typed off: YAML or JSON. A csr needs it.")] = None,
    file: Annotated[Path | None, typer.Option(help="A copy of it: PDF or scan.")] = None,
    note: Annotated[str, typer.Option(help="Kept in the audit trail.")] = "",
    event_id: EventId = "",
    as_json: AsJson = False,
) -> None:
    """Show that the account data is right, where the carrier supplies no record: csr, bill, screenshot, attestation."""
    deployment = settings()
    records = existing_records(deployment)
    event = {
        "kind": "give_evidence",
        "evidence": kind,
        "by": by,
        "dated_on": dated,
        "record": _record(record) if record else None,
        "note": note,
        "event_id": event_id,
    }
    found, now = records.order(order), datetime.now(UTC)
    if why := foreseen(found, event, now):
        raise DecisionRefused(why)
    if file:
        stored = Documents(deployment.documents).put(file)
        event["document"] = stored.sha256
        records.add_document(order, stored.sha256, kind, file.name, stored.size, stored.media_type, now, by)
    await decide_and_tell(order, as_json, event)


def _record(path: Path) -> dict[str, Any]:
    try:
        document = typed_yaml.read(read_text(path), is_json=path.suffix.lower() == ".json")
        if document.faults:
            raise ValueError("; ".join(map(str, document.faults)))
        return CsrGiven.model_validate(document.data).as_record().model_dump()
    except ValueError as error:
        raise PortolanError(
            f"{path} is not a customer service record: {error}", "See the README for its keys."
        ) from None


@app.command()
@command
async def secret(
    order: OrderId,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(SECRETS)}.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="'-' reads it from standard input.")],
    number: Annotated[str, typer.Argument(metavar="[NUMBER]", help="The number it belongs to, as +E.164.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give a PIN, RIO or PAC that was missing or wrong: it goes with the next sending, kept apart from the order."""
    records = existing_records(settings())
    found = records.order(order)
    if kind not in SECRETS:
        raise PortolanError(
            f"{kind!r} is none of {', '.join(SECRETS)}.", "Correct other data with `portolan resubmit`."
        )
    if number and number not in found.request.numbers:
        raise PortolanError(
            f"{number} is no number of {order}.", f"Its numbers: {', '.join(found.request.numbers[:5])}."
        )
    if found.ended:
        raise PortolanError(f"{order} has ended; nothing more is sent for it.")
    value = sys.stdin.readline().strip() if value == "-" else value
    checked = identifiers.check(kind, value, number or None)
    if not checked.valid:
        raise PortolanError(checked.reason)
    records.give_secret(order, Secret(number, kind, checked.normalized or value))
    if as_json:
        print_json({"order": order, "kind": kind, "number": number})
    else:
        out.print(f"Kept. Next: `portolan resubmit {order} --by NAME`, if the order was sent back for it.")


@app.command()
@command
async def dispute(order: OrderId, as_json: AsJson = False) -> None:
    """The drafted letter that disputes a rejection whose ground is no lawful one."""
    found: Order = existing_records(settings()).order(order)
    if not found.dispute:
        raise PortolanError(f"{order} has no rejection to dispute.", f"`portolan show {order}` tells how it stands.")
    if as_json:
        print_json({"order": order, "letter": found.dispute})
    else:
        out.print(found.dispute, markup=False)


@app.command()
@command
async def forget(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove documents whose time is over: so long after their orders ended as the playbook has them kept."""
    deployment = settings()
    records, store, now = existing_records(deployment), Documents(deployment.documents), datetime.now(UTC)
    rows = records.documents_to_forget(now)
    for digest in () if dry_run else dict.fromkeys(row.sha256 for row in rows):
        if records.forget_document(digest, now):
            store.remove(digest)
    if as_json:
        print_json({"removed": not dry_run, "documents": rows})
    else:
        verb = "would be removed" if dry_run else "removed"
        out.print(f"{len(rows)} document(s) {verb}.")
