"""The document store: files kept under the hash of their content, so that none is ever changed or kept twice."""

from __future__ import annotations

import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from portolan.domain.errors import PortolanError

LARGEST = 20 * 1024 * 1024
#: A SHA-256 in hexadecimal; nothing else is looked for on disk.
NAME = re.compile(r"[0-9a-f]{64}")

#: How each accepted kind of file begins.
MAGIC = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
}


class DocumentRefused(PortolanError):
    """The file is not one the store takes."""

    code = "document_refused"


class Stored(NamedTuple):
    """A document in the store."""

    sha256: str
    size: int
    media_type: str


class Documents:
    """A folder of documents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: Path) -> Stored:
        """Keep a copy of a file; the same content again changes nothing.

        Raises:
            DocumentRefused: It cannot be read, is too large, or is neither a PDF nor a scan.
        """
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)
        except OSError as error:
            raise DocumentRefused(f"{path} cannot be read: {error.strerror}.", "Name a file that exists.") from error
        if len(content) > LARGEST:
            raise DocumentRefused(f"{path} is larger than {LARGEST // 2**20} MB.", "Scan it at a lower resolution.")
        media_type = next((kind for kind, starts in MAGIC.items() if content.startswith(starts)), None)
        if media_type is None:
            raise DocumentRefused(f"{path} is none of {', '.join(MAGIC)}.", "Give a PDF or a scan.")
        digest = sha256(content).hexdigest()
        try:
            self._write(digest, content)
        except OSError as error:
            raise DocumentRefused(f"{path} cannot be kept: {error.strerror}.", "See to the data folder.") from error
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

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, digest: str, content: bytes) -> None:
        path = self._path(digest)
        if path.exists() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
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
