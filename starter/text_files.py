"""Text files that people hand in: read whole, or refused in one clear sentence."""

from __future__ import annotations

import codecs
from pathlib import Path

LARGEST_BYTES = 5_000_000
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path, fallback: str | None = None) -> str:
    """The text of a file in UTF-8 (with or without a byte order mark) or UTF-16 with one.

    Args:
        path: The file.
        fallback: An 8-bit encoding to try where it is not UTF-8: old spreadsheets write `cp1252`.

    Raises:
        ValueError: It cannot be read, is empty, too large or no text; the message says which and what to do.
    """
    try:
        if path.is_dir():
            raise ValueError("is a folder: name a file in it")
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise ValueError("does not exist: check the path") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from None
    if len(raw) > LARGEST_BYTES:
        raise ValueError(f"is larger than {LARGEST_BYTES // 1_000_000} MB: split it into several projects")
    text = _decoded(raw, fallback)
    if not text.strip():
        raise ValueError("is empty")
    return text


def _decoded(raw: bytes, fallback: str | None) -> str:
    encoding = "utf-16" if raw.startswith(_UTF_16) else "utf-8-sig"
    if encoding != "utf-16" and b"\0" in raw:
        raise ValueError("is not a text file: export it as text first")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if fallback and encoding != "utf-16":
            try:
                return raw.decode(fallback)
            except UnicodeDecodeError:
                pass
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(f"is not UTF-8 text (byte {raw[error.start]:#04x} in line {line}): save it as UTF-8") from None
