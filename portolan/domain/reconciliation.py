"""Comparing what the LOA would say with the losing carrier's record, field by field and character by character."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

from pydantic import BaseModel

from portolan.domain.carrier import AccountData


class Difference(BaseModel):
    """One field that differs.

    Attributes:
        category: CASE_ONLY and WHITESPACE_ONLY are told but do not stop an order; DIFFERENT does.
        span: Code-point offsets [start, end) of the differing part of the LOA's text (NFC).
        suggestion: The record's own characters.
    """

    field: str
    category: str
    blocking: bool
    loa_value: str
    csr_value: str
    span: tuple[int, int]

    @property
    def suggestion(self) -> str:
        """What to write instead: the record's own characters."""
        return self.csr_value

    def in_words(self) -> str:
        """Where the texts part, for a person."""
        start, end = self.span
        return (
            f"{self.field}: the LOA would say {self.loa_value!r}, the record says {self.csr_value!r} "
            f"(characters {start + 1} to {max(end, start + 1)})"
        )


def reconcile(loa: AccountData, csr: AccountData) -> list[Difference]:
    """Every field in which the two differ, in the order of the form."""
    found = []
    for field in AccountData.model_fields:
        ours, theirs = (unicodedata.normalize("NFC", getattr(side, field)) for side in (loa, csr))
        if ours != theirs:
            category = _category(ours, theirs)
            found.append(
                Difference(
                    field=field,
                    category=category,
                    blocking=category == "DIFFERENT",
                    loa_value=ours,
                    csr_value=theirs,
                    span=_span(ours, theirs),
                )
            )
    return found


def _category(ours: str, theirs: str) -> str:
    if ours.split() == theirs.split():
        return "WHITESPACE_ONLY"
    return "CASE_ONLY" if " ".join(ours.split()).upper() == " ".join(theirs.split()).upper() else "DIFFERENT"


def _span(ours: str, theirs: str) -> tuple[int, int]:
    """The differing part of our text, widened to whole words."""
    changes = [code for code in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes() if code[0] != "equal"]
    start, end = changes[0][1], changes[-1][2]
    while start > 0 and not ours[start - 1].isspace():
        start -= 1
    while end < len(ours) and not ours[end].isspace():
        end += 1
    return start, end
