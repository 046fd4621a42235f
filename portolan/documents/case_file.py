"""The case file of an order: one ZIP with everything on record of it, for whoever has to judge what happened.

The same records give the same bytes: entries have a fixed date and order and are stored, not deflated. Rows and
documents go into the file one by one. It is written under another name and takes its own when it is whole.

Secrets are not part of it: PINs and the like are taken out wherever they stand in what people and carriers wrote.
Documents are as they were signed, so that their hashes hold.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from pydantic import BaseModel

from portolan.documents.certificate import CertificateUnprintable, render
from portolan.documents.store import XLSX, DocumentRefused, Documents
from portolan.domain.carrier import SECRETS
from portolan.domain.certificate import certificate, seal
from portolan.domain.errors import PortolanError
from portolan.domain.moments import moments, policy_clocks
from portolan.domain.order import Order
from portolan.domain.undo import Undo, countdown, ledger
from portolan.records.store import Records
from portolan.records.tables import DocumentRow

#: What the workflow keeps for itself.
_INTERNAL = {"seen", "unpublished", "unsent"}
#: ZIP entries want a date: this one stands for "not recorded".
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_HIDDEN = "[secret]"
#: Shorter ones are found in any text.
_SHORTEST_SECRET = 4
#: Keys of carriers' messages under which secrets come.
_NAMES = "|".join([*map(re.escape, SECRETS), "passcode", "password", "secret", "token", "api[_-]?key", "authorization"])
_SECRET_KEYS = re.compile(
    rf"(^|[_.-])({_NAMES})($|[_.-])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ][0-9:.]+(Z|[+-]\d{2}:\d{2})?)?")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_-]")
_COLUMNS = (
    "sequence",
    "occurred_at",
    "recorded_at",
    "kind",
    "by",
    "state_before",
    "state_after",
    "detail",
    "event_id",
    "build",
)
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/tiff": "tif", XLSX: "xlsx"}


class CaseFileUnwritable(PortolanError):
    """The file cannot be written."""

    code = "case_file_unwritable"


class Missing(NamedTuple):
    """A document that belongs into the file and is not there."""

    kind: str
    sha256: str
    why: str


class CaseFile(NamedTuple):
    """A file that was written; its entries' names in their order."""

    path: Path
    entries: list[str]
    missing: list[Missing]


def write(target: Path, order: Order, records: Records, documents: Documents, generated_at: datetime) -> CaseFile:
    """Write the case file of an order, in place of an earlier one of that name.

    Args:
        target: Where; its folder has to exist.
        order: As it is on record.
        records: What is on record of it.
        documents: Where its documents are; one that is not there any more is listed and stops nothing.
        generated_at: The moment for which it holds, by the order's clock.

    Raises:
        CaseFileUnwritable: It cannot be written; what was there before is as it was.
    """
    try:
        handle, unfinished = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            with ZipFile(file, "w", ZIP_STORED) as archive:
                made = _fill(_Writer(archive), order, records, documents, generated_at)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
    except OSError as error:
        os.unlink(unfinished)
        raise _unwritable(target, error) from error
    except BaseException:
        os.unlink(unfinished)
        raise
    return CaseFile(target, *made)


def _unwritable(target: Path, error: OSError) -> CaseFileUnwritable:
    return CaseFileUnwritable(f"{target} cannot be written: {error.strerror}.", "Name another file.")


class _Writer:
    """The entries of an archive, with what the manifest says of each."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.entries: list[dict[str, Any]] = []

    def add(self, name: str, parts: Iterable[bytes]) -> None:
        """An entry, written part by part."""
        info = ZipInfo(name, _NO_DATE)
        info.create_system, info.external_attr = 3, 0o600 << 16
        digest, size = sha256(), 0
        with self._archive.open(info, "w") as entry:
            for part in parts:
                digest.update(part)
                size += len(part)
                entry.write(part)
        self.entries.append({"name": name, "sha256": digest.hexdigest(), "size": size})

    def add_json(self, name: str, value: Any) -> None:
        """A JSON document."""
        self.add(name, [_json(value)])

    def add_rows(self, name: str, rows: Iterable[Any]) -> None:
        """A JSON list, row by row."""

        def parts() -> Iterator[bytes]:
            yield b"["
            for index, row in enumerate(rows):
                yield (b",\n" if index else b"\n") + _json(row).rstrip(b"\n")
            yield b"\n]\n"

        self.add(name, parts())


def _fill(
    writer: _Writer, order: Order, records: Records, documents: Documents, now: datetime
) -> tuple[list[str], list[Missing]]:
    clean = _Cleaner(records, order.order_id)
    order_id, filed = order.order_id, records.documents(order.order_id)
    trail = records.timeline(order_id)
    counted = {(entry.sequence, entry.revision) for entry in trail}
    every = records.timeline(order_id, every_revision=True)
    writer.add_json("order.json", clean(order.model_dump(mode="json", exclude=_INTERNAL)))
    writer.add_rows(
        "timeline.json",
        (clean(_row(entry) | {"counts": (entry.sequence, entry.revision) in counted}) for entry in every),
    )
    writer.add("timeline.csv", _csv(clean(_row(entry)) for entry in trail))
    writer.add_rows("carrier-messages.json", (clean(_row(row)) for row in records.messages(order_id)))
    writer.add_rows("notices.json", (clean(_row(row)) for row in records.notices(order_id)))
    writer.add_json("clocks.json", clean(_clocks(order, now)))
    writer.add_json("ledger.json", [_undo(row, now) for row in ledger(order, now)])
    issued = seal(clean(certificate(order, trail, filed, now)))
    writer.add_json("certificate.json", issued)
    missing = []
    try:
        writer.add("certificate.pdf", [render(issued)])
    except CertificateUnprintable as error:
        missing.append(Missing("certificate.pdf", "", error.message))
    missing += _add_documents(writer, order, filed, documents)
    manifest = {
        "order_id": order_id,
        "generated_at": now.astimezone(UTC).isoformat(),
        "entries": list(writer.entries),
        "missing": [one._asdict() for one in missing],
    }
    writer.add_json("MANIFEST.json", manifest)
    return [entry["name"] for entry in writer.entries], missing


def _add_documents(writer: _Writer, order: Order, filed: Sequence[DocumentRow], documents: Documents) -> list[Missing]:
    """Put in each document on record, and each that the order refers to."""
    missing = []
    on_record = {row.sha256 for row in filed}
    wanted = [(row.kind, row.sha256, _ENDINGS.get(row.media_type, "bin")) for row in filed]
    wanted += [(kind, digest, "pdf") for kind, digest in _referred(order) if digest not in on_record]
    for kind, digest, ending in wanted:
        try:
            content = documents.read(digest)
        except DocumentRefused as error:
            why = error.message if digest in on_record else "It is not on record: forgotten, or never kept."
            missing.append(Missing(kind, digest, why))
        else:
            writer.add(f"documents/{_NOT_IN_NAMES.sub('_', kind)}-{digest[:12]}.{ending}", [content])
    return missing


def _referred(order: Order) -> list[tuple[str, str]]:
    """The documents that the order names by their SHA-256, each once, with what it takes them for."""
    found = [("loa", order.loa.document if order.loa else None)]
    found += [(f"{kind}_letter", digest) for kind, digest in order.letters.items()]
    found += [(given.kind, given.document) for given in order.evidences]
    found += [(f"sign_off_{item}", done.document) for item, done in order.signoffs.items()]
    found += [("letter_of_return", asked.letter) for asked in order.returns]
    return list({digest: (kind, digest) for kind, digest in reversed(found) if digest}.values())[::-1]


def _clocks(order: Order, now: datetime) -> dict[str, Any]:
    return {
        "policy": policy_clocks(order.policy),
        "deadlines": [
            {"what": one.what, "at": one.at.astimezone(UTC), "rule": one.rule, "passed": one.at <= now}
            for one in moments(order)
        ],
    }


def _undo(row: Undo, now: datetime) -> dict[str, Any]:
    left = countdown(row.until, now) if row.available else None
    return row.model_dump(mode="json") | {"left": left}


class _Cleaner:
    """Takes secrets out of a value: what stands under a secret's name, and the order's own wherever they stand."""

    def __init__(self, records: Records, order_id: str) -> None:
        values = {one.value for one in records.secrets(order_id) if len(one.value) >= _SHORTEST_SECRET}
        longest_first = sorted(values, key=lambda value: (-len(value), value))
        known = "|".join(map(re.escape, longest_first))
        self._known = re.compile(rf"(?<![\w+])(?:{known})(?!\w)") if known else None

    def __call__(self, value: Any) -> Any:
        """The value without them."""
        if isinstance(value, Mapping):
            return {key: _HIDDEN if self._hides(key, part) else self(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self(part) for part in value]
        if self._known is None or isinstance(value, bool | None) or _MOMENT.fullmatch(str(value)):
            return value
        if isinstance(value, str):
            return self._known.sub(_HIDDEN, value)
        return _HIDDEN if self._known.fullmatch(str(value)) else value

    @staticmethod
    def _hides(key: str, value: Any) -> bool:
        secret = _SECRET_KEYS.search(_CAMEL.sub("_", key))
        return bool(secret) and not isinstance(value, bool | None) and value not in ("", [], {})


def _row(row: BaseModel) -> dict[str, Any]:
    return row.model_dump(mode="json")


def _json(value: Any) -> bytes:
    """JSON for people to read and programs to compare; moments in ISO 8601."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, default=lambda moment: moment.isoformat())
    return f"{text}\n".encode()


def _csv(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A table for a spreadsheet, which must take nothing in it for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([_harmless(str(row[column])) for column in _COLUMNS])
        yield _drained(text)
    yield _drained(text)


def _drained(text: io.StringIO) -> bytes:
    content = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return content


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
