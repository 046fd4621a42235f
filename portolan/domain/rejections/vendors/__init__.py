"""Vendors' rejection codes in canonical words: by the whole code, and by the text where a code leaves it open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType

from portolan.domain.rejections.free_text import from_text, numbers_in, suggestion_in
from portolan.domain.rejections.reasons import REASONS
from portolan.domain.rejections.rejection import PRINTED, Rejection
from portolan.domain.rejections.vendors.europe import PLI_CBD, UK_NPOR, WBCI
from portolan.domain.rejections.vendors.north_america import BANDWIDTH, LEVEL3, NPAC, SINCH, SOMOS, TELNYX, TWILIO
from portolan.domain.rejections.vendors.notation import Codes

#: The vocabularies Portolan reads.
VENDORS: MappingProxyType[str, Codes] = MappingProxyType(
    {
        "bandwidth": BANDWIDTH,
        "level3": LEVEL3,
        "npac": NPAC,
        "pli_cbd": PLI_CBD,
        "sinch": SINCH,
        "somos": SOMOS,
        "telnyx": TELNYX,
        "twilio": TWILIO,
        "uk_npor": UK_NPOR,
        "wbci": WBCI,
    }
)
_NONE = Codes({}, {}, {})


def from_vendor(vendor: str, code: str, text: str = "", numbers: Sequence[str] = ()) -> Rejection:
    """A vendor's code in canonical words.

    A code nobody knows, and one that its text does not settle, is OTHER with the vendor's code and words kept, and
    with the canonical codes it may be.

    Args:
        vendor: One of `VENDORS`; of any other no code is known.
        code: The vendor's code, whole; empty where the vendor gives words only.
        text: The vendor's own words.
        numbers: The numbers it is about (E.164), as the vendor names them apart from its words.
    """
    codes = VENDORS.get(vendor.strip().lower().replace("-", "_"), _NONE)
    found = _settled(codes, code.strip().upper(), text)
    settled = REASONS[found[0] if len(found) == 1 else "OTHER"]
    return Rejection(
        code=settled.code,
        text=text,
        suggestion=suggestion_in(text, settled.field) if settled.field in PRINTED else None,
        numbers=list(numbers) or (numbers_in(text) if settled.per_number else []),
        vendor_code=code.strip(),
        candidates=[each for each in found if each != "OTHER"] if len(found) > 1 else [],
    )


def meanings(vendor: str, code: str) -> tuple[str, ...]:
    """The canonical codes a vendor's code may stand for, before its text is read; none where nobody knows it."""
    codes = VENDORS[vendor]
    name = code.strip().upper()
    return tuple(dict.fromkeys((*codes.whole.get(name, ()), *codes.hinted.get(name, ()))))


def _settled(codes: Codes, code: str, text: str) -> tuple[str, ...]:
    """The canonical codes that code and text leave possible; one where they settle it."""
    if not code:
        return _said(text) or ("OTHER",)
    possible = codes.whole.get(code)
    if possible is None:
        return ("OTHER",)
    inner = _union(found for (outer, each), found in codes.inner.items() if outer == code and _names(text, each))
    if len(inner) == 1:
        return inner
    said = _said(text)
    hinted = set(codes.hinted.get(code, ()))
    if len(possible) == 1 and possible != ("OTHER",):
        return said if said and set(said) <= hinted and len(said) == 1 else possible
    fitting = said if "OTHER" in possible else tuple(each for each in said if each in possible)
    return fitting if len(fitting) == 1 else possible


def _said(text: str) -> tuple[str, ...]:
    """The canonical codes of what the words clearly say."""
    return _union([(rejection.code,) for rejection in from_text(text) if rejection.code != "OTHER"])


def _union(parts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in parts for each in part))


def _names(text: str, code: str) -> bool:
    """Whether a text carries a losing carrier's own code, as a word of its own."""
    return re.search(rf"(?<![A-Z0-9]){re.escape(code)}(?![A-Z0-9])", text.upper()) is not None
