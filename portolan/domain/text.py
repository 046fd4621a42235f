"""Text from outside: nothing that a database, a terminal or a log cannot take."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator

LONGEST = 2000


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, line ends as spaces, at most `LONGEST` long."""
    kept = (" " if char in "\r\n\t" else char for char in text if char in "\r\n\t" or _harmless(char))
    return "".join(kept)[:LONGEST]


def _harmless(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs"}


#: A string as it may be kept.
Plain = Annotated[str, AfterValidator(clean)]
