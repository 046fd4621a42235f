"""What is known of a reason for which losing carriers send orders back: its shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Fixer(StrEnum):
    """Who can remove the reason."""

    CUSTOMER = "customer"
    LOSING_CARRIER = "losing carrier"
    GAINING_CARRIER = "gaining carrier"
    US = "us"
    NOBODY = "nobody"


class Disposition(StrEnum):
    """What becomes of an order that came back for one reason alone; `plan` judges several at once."""

    SUPPLEMENT = "supplement"  #: correct the field and send again
    NEW_LOA = "new LOA"  #: have the letter signed again, then send it
    SPLIT = "split"  #: the numbers go in orders of their own
    WAIT = "wait"  #: time cures it; send again afterwards
    AUTO_RETRY = "retry"  #: send again soon, and trouble nobody
    NEW_DATE = "new date"  #: ask for the next good date
    HUMAN = "a person acts"  #: somebody has to act or decide outside the order's data
    TERMINAL = "cannot be cured"  #: not with this gaining carrier, or not at all
    LOG = "nothing to do"  #: keep it in the audit trail


class Unit(StrEnum):
    """What a wait is counted in: business days at the losing carrier's desk, or hours by the clock."""

    BUSINESS_DAYS = "business day"
    HOURS = "hour"


class Wait(NamedTuple):
    """How long a cure usually takes: from `least` to `most`. (0, 0, BUSINESS_DAYS) is the same business day.

    Where the disposition is WAIT or AUTO_RETRY it is the pause before the order is sent again; elsewhere the time
    until the answer to what is sent again.
    """

    least: int
    most: int
    unit: Unit

    def in_words(self) -> str:
        """`3 to 5 business days`, `the same business day`, `within 1 hour`."""
        unit = f"{self.unit}{'' if self.most == 1 else 's'}"
        if self.most == 0:
            return f"the same {self.unit}"
        if self.least == self.most:
            return f"{self.most} {unit}"
        return f"{self.least} to {self.most} {unit}" if self.least else f"within {self.most} {unit}"


def days(least: int, most: int | None = None) -> Wait:
    """A wait in business days."""
    return Wait(least, least if most is None else most, Unit.BUSINESS_DAYS)


def hours(least: int, most: int | None = None) -> Wait:
    """A wait in hours by the clock."""
    return Wait(least, least if most is None else most, Unit.HOURS)


@dataclass(frozen=True)
class Reason:
    """A canonical rejection reason.

    Attributes:
        code: Its name in the taxonomy.
        meaning: What the losing carrier objects to, for the people who handle the order.
        cure: What they do about it.
        customer: The same for the customer: a sentence or two without terms of the trade.
        field: The field of the LOA or the request that it is about, if any.
        new_loa: A printed field changes, so that the letter has to be signed again.
        per_number: It can be about single numbers, which can be split out while the others go on.
        resend: Once it is cured the order is sent again; False where it stands at the carrier, which is asked instead.
        wait: How long the cure usually takes, where anybody has said.
        provenance: The letter of `source`, as in the playbooks: L and I are rules, the others defaults.
    """

    code: str
    meaning: str
    cure: str
    customer: str
    field: str | None
    fixer: Fixer
    disposition: Disposition
    provenance: str
    source: str
    wait: Wait | None = None
    new_loa: bool = False
    per_number: bool = False
    resend: bool = True
