"""Why carriers send orders back, in canonical words: what it means, and whether the LOA must be signed again."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, Field

from portolan.domain.text import Plain


class Reason(NamedTuple):
    """A canonical rejection reason.

    `field` is the LOA field it is about, if any; `new_loa` says that a printed field changes.
    """

    meaning: str
    cure: str
    field: str | None
    new_loa: bool


#: Canonical codes follow the practice of US carriers; the mapping of vendor codes belongs to each adapter.
REASONS: dict[str, Reason] = {
    "NAME_MISMATCH": Reason(
        "the company or customer name is not the one on the losing carrier's record",
        "copy the name from the customer service record, character for character",
        "entity_name",
        True,
    ),
    "AUTH_PERSON_MISMATCH": Reason(
        "the person who signed is not authorized on the account",
        "have the contact on the record sign, or add the signer with the losing carrier",
        "authorized_person",
        True,
    ),
    "ADDRESS_MISMATCH": Reason(
        "the service address is not the one on the losing carrier's record",
        "use the service address (not the billing address) from the customer service record",
        "service_address",
        True,
    ),
    "POSTCODE_MISMATCH": Reason(
        "the postal code is not the one on the record", "use the record's postal code", "postal_code", True
    ),
    "ACCOUNT_NUMBER_MISMATCH": Reason(
        "the account number is missing or not the one on the record",
        "take the account number from the latest bill or the losing carrier's portal",
        "account_number",
        True,
    ),
    "TN_INACTIVE": Reason(
        "a number is not in service at the losing carrier", "have it reinstated, then resubmit", None, False
    ),
    "PENDING_ORDER": Reason(
        "another order is open on the account", "have the losing carrier close it, then resubmit", None, False
    ),
    "PORT_LOCK": Reason(
        "the account or number is locked against porting",
        "lift the lock at the losing carrier, then resubmit",
        None,
        False,
    ),
    "LOA_STALE": Reason("the signature on the LOA is too old", "sign a new LOA", None, True),
    "OTHER": Reason(
        "the losing carrier gave a reason of its own",
        "read its words and decide; call its porting desk if unclear",
        None,
        False,
    ),
}


class Rejection(BaseModel):
    """One reason an order came back for.

    Attributes:
        code: The canonical code; codes nobody knows count as OTHER.
        text: The carrier's own words.
        suggestion: What the carrier says the right text is, where it says so.
        numbers: The numbers it is about (E.164); empty where it is about the whole order.
        vendor_code: The carrier's own code, whole.
    """

    code: Plain
    text: Plain = ""
    suggestion: Plain | None = None
    numbers: list[Plain] = Field(default_factory=list)
    vendor_code: Plain = ""

    @property
    def reason(self) -> Reason:
        """The canonical reason; codes nobody knows count as OTHER."""
        return REASONS.get(self.code, REASONS["OTHER"])

    def in_words(self) -> str:
        """What is wrong and what to do, for a person."""
        own = f' The carrier wrote: "{self.text}".' if self.text else ""
        suggested = f" The record says: {self.suggestion!r}." if self.suggestion else ""
        return f"{self.code}: {self.reason.meaning}. To do: {self.reason.cure}.{suggested}{own}"
