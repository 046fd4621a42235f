"""Secrets of an order and of its account, kept out of all that is said of an answer: Bandwidth repeats them in errors.

They are known by the elements that hold them, and by their values wherever else those stand, also without the zeros
they begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from xml.sax.saxutils import escape, unescape

#: Elements whose whole text is secret.
ELEMENTS = ("PinNumber", "EndUserPIN", "EndUserPassword", "Password")
MASK = "***"
#: A PIN may happen to be an error's code, which says what is wrong and has to stay.
_CODES = frozenset({"Code", "ErrorCode"})
_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"<(?:\w+:)?(\w+)")
_known: ContextVar[frozenset[str]] = ContextVar("known", default=frozenset())


@contextmanager
def keeping(secrets: Iterable[str]) -> Iterator[None]:
    """Know these values as secrets for as long as it lasts."""
    token = _known.set(_known.get() | frozenset(secrets))
    try:
        yield
    finally:
        _known.reset(token)


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without the values of secrets that stand in it as words of their own."""
    values = {value.strip().lstrip("0") or value.strip() for value in {*secrets, *_known.get()}} - {""}
    if not values:
        return text
    written = {re.escape(way) for value in values for way in (value, escape(value))}
    words = "|".join(sorted(written, key=len, reverse=True))
    return re.sub(rf"(?<![^\W_])0*(?:{words})(?![^\W_])", MASK, text, flags=re.IGNORECASE)


def masked_body(body: str, secrets: Iterable[str] = ()) -> str:
    """A body, in XML or not, without its secrets; tags and codes of errors stay."""
    pieces = _TAG.split(body)
    tags = ["", *(found[1] if (found := _NAME.match(tag)) else "" for tag in pieces[1::2])]
    held = {unescape(text) for tag, text in zip(tags, pieces[::2], strict=True) if tag in ELEMENTS}
    for place, tag in enumerate(tags):
        text = pieces[2 * place]
        if tag in ELEMENTS:
            pieces[2 * place] = ""
        elif tag not in _CODES:
            pieces[2 * place] = masked(text, {*secrets, *held})
    return "".join(pieces)
