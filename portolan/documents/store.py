"""The document store: files kept under the hash of their content, so that none is ever changed or kept twice.

They are for the process's own user alone (folders 0700, files 0600): whoever wants one asks the store.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from portolan.domain.errors import PortolanError

LARGEST = 20 * 1024 * 1024
#: A SHA-256 in hexadecimal; nothing else is looked for on disk.
NAME = re.compile(r"[0-9a-f]{64}")
#: The mode of the folders; files are made with 0600.
PRIVATE = 0o700

#: How each kind of file begins that anybody may give.
MAGIC: Mapping[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What Portolan itself makes, too: the spreadsheet of numbers that goes with a letter.
OWN: Mapping[str, tuple[bytes, ...]] = {**MAGIC, XLSX: (b"PK\x03\x04",)}


class DocumentRefused(PortolanError):
    """The file is not one the store takes."""

    code = "document_refused"


class Stored(NamedTuple):
    """A document in the store."""

    sha256: str
    size: int
    media_type: str


def kind_of(content: bytes, kinds: Mapping[str, tuple[bytes, ...]] = MAGIC) -> str | None:
    """The media type of a file by how it begins, or None where it is none of these."""
    return next((kind for kind, starts in kinds.items() if content.startswith(starts)), None)


def content_of(path: Path) -> bytes:
    """What a file holds, as far as it could be kept.

    Raises:
        DocumentRefused: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise DocumentRefused(f"{path} cannot be read: {error.strerror}.", "Name a file that exists.") from error


class Documents:
    """A folder of documents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: Path) -> Stored:
        """Keep a copy of a file; the same content again changes nothing.

        Raises:
            DocumentRefused: It cannot be read, is too large, or is neither a PDF nor a scan.
        """
        return self.put_bytes(content_of(path), str(path))

    def put_bytes(
        self, content: bytes, what: str = "The document", kinds: Mapping[str, tuple[bytes, ...]] = MAGIC
    ) -> Stored:
        """Keep a document; the same content again changes nothing.

        Args:
            what: What to call it in an error.
            kinds: `OWN` for what Portolan made itself.

        Raises:
            DocumentRefused: It is too large, is of no such kind, or cannot be kept.
        """
        if len(content) > LARGEST:
            raise DocumentRefused(f"{what} is larger than {LARGEST // 2**20} MB.", "Scan it at a lower resolution.")
        media_type = kind_of(content, kinds)
        if media_type is None:
            raise DocumentRefused(f"{what} is none of {', '.join(kinds)}.", "Give a PDF or a scan.")
        digest = sha256(content).hexdigest()
        try:
            self._write(digest, content)
        except OSError as error:
            raise DocumentRefused(f"{what} cannot be kept: {error.strerror}.", "See to the data folder.") from error
        return Stored(digest, len(content), media_type)

    def read(self, digest: str) -> bytes:
        """The content of a document.

        Raises:
            DocumentRefused: It is not in the store, or is no longer what it was.
        """
        try:
            content = self._path(digest).read_bytes() if NAME.fullmatch(digest) else None
        except OSError:
            content = None
        if content is None:
            raise DocumentRefused(f"There is no document {digest}.")
        if sha256(content).hexdigest() != digest:
            raise DocumentRefused(f"Document {digest} was changed on disk.", "Give it again, or restore a backup.")
        return content

    def remove(self, digest: str) -> bool:
        """Delete a document whose time is over; whether there was one. One that is not there is no error.

        Raises:
            DocumentRefused: It is there and cannot be deleted.
        """
        if not NAME.fullmatch(digest):
            return False
        try:
            self._path(digest).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise DocumentRefused(
                f"Document {digest} cannot be deleted: {error.strerror}.", "See to the data folder."
            ) from error
        return True

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, digest: str, content: bytes) -> None:
        path = self._path(digest)
        if path.exists() and path.read_bytes() == content:
            return
        for folder in (self._folder, path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
            if folder.stat().st_mode & ~PRIVATE & 0o777:
                # An earlier release left it open; where the folder is somebody else's, that is for them.
                with contextlib.suppress(PermissionError):
                    folder.chmod(PRIVATE)
        handle, unfinished = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        except BaseException:
            os.unlink(unfinished)
            raise
