"""Our reference as Bandwidth's CustomerOrderId: letters, digits, dashes and spaces only, at most 40 characters.

Lower-case letters, digits and dashes stand for themselves, a space for the colon between order and attempt, and any
other character is a capital X and its number in hexadecimal, closed by a capital X. What would be too long is a digest,
which nobody can turn back: the ledger then says which sending an order is.
"""

from __future__ import annotations

import re
from hashlib import sha256

from portolan.domain.carrier import read_key, send_key

LONGEST = 40
_PLAIN = re.compile(r"[a-z0-9-]")
_OTHER = re.compile(r"X([0-9a-f]{1,6})X")
_DIGEST = "D "


def encoded(text: str) -> str:
    """An order's id as a CustomerOrderId."""
    written = "".join(char if _PLAIN.fullmatch(char) else f"X{ord(char):x}X" for char in text)
    return written if len(written) <= LONGEST else _digest(text)


def reference(key: str) -> str:
    """The CustomerOrderId of a sending."""
    known = read_key(key)
    if known is None or send_key(*known) != key:
        return _digest(key)
    written = f"{encoded(known[0])} {known[1]}"
    return _digest(key) if written.startswith(_DIGEST) or len(written) > LONGEST else written


def key(written: str) -> str | None:
    """The key of the sending that a CustomerOrderId names; None where it is none of ours, or a digest."""
    order_id, space, attempt = written.partition(" ")
    if not space or not order_id or len(written) > LONGEST:
        return None
    try:
        # Half a character, which nobody can have written, is none of ours: it cannot be encoded.
        read = _OTHER.sub(lambda found: chr(int(found[1], 16)), order_id)
        read.encode()
    except ValueError:
        return None
    found = f"{read}:{attempt}"
    return found if read_key(found) and reference(found) == written else None


def _digest(text: str) -> str:
    return f"{_DIGEST}{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[: LONGEST - len(_DIGEST)]}"
