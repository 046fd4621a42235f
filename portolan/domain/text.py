"""Text from outside: nothing that a database, a terminal or a log cannot take."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import BeforeValidator

LONGEST = 2000


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, line ends as spaces, at most `LONGEST` long."""
    kept = (" " if char in "\r\n\t" else char for char in text if char in "\r\n\t" or _harmless(char))
    return "".join(kept)[:LONGEST]


def _harmless(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs"}


def _cleaned(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


#: A string as it may be kept; cleaned before it is judged, because pydantic takes no lone surrogate for a string.
Plain = Annotated[str, BeforeValidator(_cleaned)]
