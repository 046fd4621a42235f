"""What becomes of an order: the script of the simulated carrier, and what only a vendor's protocol can show."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from portolan.carriers.simulated import Saying, Script, seeded
from portolan.carriers.simulated.sayings import foc, sayings
from portolan.domain.carrier import read_key, root_id
from portolan.domain.rejections import REASONS, Rejection
from portolan.domain.rejections.vendors import VENDORS
from portolan.simulator.orders import PortOrder


class DeskWords(BaseModel):
    """Something the carrier's desk writes by itself, some hours after it received the first sending."""

    model_config = ConfigDict(extra="forbid")

    text: str
    after_hours: float = Field(default=24, ge=0)


class Behaviour(Script):
    """A script with what a carrier's protocol adds.

    A saying that names numbers is said only to orders that have one of them; so the parts of a split fare apart.

    Attributes:
        split: Groups of numbers (E.164) that get an order each where the vendor divides orders; numbers that no group
            names go with the first.
        split_after_hours: When that happens, since the first sending; None: when the order is created.
        foc_as_requested: A FOC names the moment that was asked for, if one was and it is still to come.
        cancel_hours: How long a cancellation is under review.
        desk: What the desk writes.
        documents: Without which an order cannot be confirmed, where the vendor wants documents.
        signs_after_hours: When the signer signs a letter that the vendor mails; None: never. What is said to that
            sending is said so many hours after the signature.
        wireless: Numbers (E.164) of mobile phones, where the vendor wants more of those: a PIN and an account number.
        frozen_hours: Before the FOC the vendor takes no cancellation and no change; None: as the vendor has it.
    """

    split: list[list[str]] = Field(default_factory=list)
    split_after_hours: float | None = Field(default=None, ge=0)
    foc_as_requested: bool = False
    cancel_hours: float = Field(default=0, ge=0)
    desk: list[DeskWords] = Field(default_factory=list)
    documents: list[Literal["loa", "invoice"]] = Field(default=["loa"])
    signs_after_hours: float | None = Field(default=1, ge=0)
    wireless: list[str] = Field(default_factory=list)
    frozen_hours: float | None = Field(default=None, ge=0)


def drawn(seed: str, order_id: str) -> Behaviour:
    """The behaviour of an order that was given none: drawn from the seed; without one, everything goes well."""
    if not seed:
        return Behaviour(foc_as_requested=True)
    return Behaviour.model_validate(seeded(seed, order_id).model_dump())


def script_name(reference: str) -> str:
    """Under which name the script of an order is looked for: the order id of a reference of Portolan's, else all."""
    key = read_key(reference)
    return key[0] if key else reference


def script_names(reference: str, first: str) -> list[str]:
    """The names a script may have been given under, best first: of the reference, of the order it was split out of,
    of the order as it was sent first.
    """
    name = script_name(reference)
    return list(dict.fromkeys(filter(None, (name, root_id(name), first))))


def narrowed(behaviour: Behaviour, order: PortOrder, numbers: list[str] | None = None) -> Behaviour:
    """The behaviour with what is said to the newest sending of an order, and nothing else.

    What was said by command counts like what the script says. Moments are hours after the newest sending.

    Args:
        numbers: Those it is about; left out: all of the order's.
    """
    newest = order.held.sendings[-1]
    about = set(order.held.numbers if numbers is None else numbers)
    said = [*sayings(behaviour, newest.attempt)]
    said += [
        each.saying.model_copy(update={"after_hours": (each.at - newest.at) / timedelta(hours=1)})
        for each in order.said
        if each.sending == len(order.held.sendings)
    ]
    fitting = [saying for saying in said if not saying.numbers or about & set(saying.numbers)]
    for index, saying in enumerate(fitting):
        if behaviour.foc_as_requested and saying.says == "foc" and saying.foc_hours is None and order.requested_foc:
            wait = (order.requested_foc - due(order, saying)) / timedelta(hours=1)
            if wait > 0:
                fitting[index] = saying.model_copy(update={"foc_hours": wait})
        if order.foc_clock and fitting[index].says == "foc":
            at = on_the_clock(order.foc_clock, foc(fitting[index], due(order, saying), behaviour), due(order, saying))
            hours = (at - due(order, saying)) / timedelta(hours=1)
            fitting[index] = fitting[index].model_copy(update={"foc_hours": hours})
    fitting.sort(key=lambda saying: saying.after_hours)
    return behaviour.model_copy(update={"sendings": [fitting]})


def on_the_clock(clock: str, at: datetime, after: datetime) -> datetime:
    """A moment's day, at the time the clock says; a day later where that was before `after`.

    Args:
        clock: `11:30 America/New_York`.
    """
    said, _, zone = clock.partition(" ")
    found = datetime.combine(at.astimezone(ZoneInfo(zone)).date(), time.fromisoformat(said), ZoneInfo(zone))
    return found if found > after else found + timedelta(days=1)


def alike(behaviour: Behaviour, order: PortOrder) -> list[list[str]]:
    """An order's numbers in groups to which the same is said."""
    named = [saying.numbers for saying in [*sayings(behaviour, order.held.sendings[-1].attempt)]]
    named += [each.saying.numbers for each in order.said if each.sending == len(order.held.sendings)]
    found: dict[tuple[bool, ...], list[str]] = {}
    for number in order.numbers:
        found.setdefault(tuple(number in numbers for numbers in named), []).append(number)
    return list(found.values())


def due(order: PortOrder, saying: Saying) -> datetime:
    """When the newest sending is told so."""
    return order.held.sendings[-1].at + timedelta(hours=saying.after_hours)


@cache
def vendor_code(vendor: str, reason: str) -> str:
    """The vendor's own code for a canonical reason: one that means nothing else if there is one; empty: it has none."""
    meant = [
        (len(reasons), index, code)
        for index, (code, reasons) in enumerate(VENDORS[vendor].whole.items())
        if reason in reasons
    ]
    return min(meant)[2] if meant else ""


def worded(reason: Rejection) -> str:
    """How the losing carrier words a rejection: as the script has it, else what the reason means, with the numbers."""
    known = REASONS.get(reason.code)
    about = f" ({', '.join(reason.numbers)})" if reason.numbers else ""
    return reason.text or f"{known.meaning if known else reason.code}{about}"
