"""One reason an order came back for, as an order keeps it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from portolan.domain.rejections import reasons
from portolan.domain.rejections.model import Reason
from portolan.domain.text import Plain

#: The fields printed on an LOA, which a carrier may quote from its record. A PIN, PAC or RIO is never kept as text.
PRINTED = frozenset(
    {"entity_name", "authorized_person", "service_address", "postal_code", "account_number", "btn"},
)


class Rejection(BaseModel):
    """One reason an order came back for.

    Attributes:
        code: The canonical code; codes nobody knows count as OTHER.
        text: The carrier's own words.
        suggestion: What the carrier says the right text is, where it says so.
        numbers: The numbers it is about (E.164); empty where it is about the whole order.
        vendor_code: The carrier's own code, whole.
        candidates: The canonical codes it may be, where the carrier's code and words leave that open.
    """

    code: Plain
    text: Plain = ""
    suggestion: Plain | None = None
    numbers: list[Plain] = Field(default_factory=list)
    vendor_code: Plain = ""
    candidates: list[Plain] = Field(default_factory=list, exclude_if=lambda codes: not codes)

    @property
    def reason(self) -> Reason:
        """The canonical reason; codes nobody knows count as OTHER."""
        return reasons.reason(self.code)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it is about; where it is open what it is, those of all it may be."""
        found = (reasons.reason(code).field for code in (self.code, *self.candidates))
        return tuple(dict.fromkeys(field for field in found if field))

    def in_words(self) -> str:
        """What is wrong and what to do, for a person."""
        own = f' The carrier wrote: "{self.text}".' if self.text else ""
        suggested = f" The record says: {self.suggestion!r}." if self.suggestion else ""
        open_still = f" It may be {' or '.join(self.candidates)}." if self.candidates else ""
        coded = f" Its code: {self.vendor_code}." if self.vendor_code and not self.text else ""
        return f"{self.code}: {self.reason.meaning}. To do: {self.reason.cure}.{suggested}{open_still}{own}{coded}"

    def for_customer(self) -> str:
        """The same for the customer: no codes, no terms of the trade, nothing of what the carrier wrote."""
        about = f" This is about {', '.join(self.numbers)}." if self.numbers else ""
        shown = self.suggestion if self.reason.field in PRINTED else None
        suggested = f' They have it as "{shown}".' if shown else ""
        return f"{self.reason.customer}{suggested}{about}"
