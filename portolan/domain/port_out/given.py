"""A file of requests to release numbers, as a person writes it. Unknown keys are faults, as in a request file."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from portolan.domain.messages import Moment
from portolan.domain.request import ContactGiven, ServiceGiven
from portolan.domain.typed import Country, ShortWords, Typed, Words


class PeopleGiven(Typed):
    """Who is told."""

    customer: ContactGiven
    coordinator: ContactGiven


class AccountAsked(Typed):
    """The account as the requesting carrier gave it.

    Attributes:
        code: The PIN or transfer PIN, PAC, RIO or codice di migrazione of the account; `codes` of single numbers.
    """

    account_number: ShortWords = ""
    postal_code: ShortWords = ""
    code: ShortWords = ""
    codes: dict[Words, ShortWords] = Field(default_factory=dict)


class LockGiven(Typed):
    """A lock that the customer has set; without `until` it holds until they lift it."""

    until: Moment | None = None


class OnFileGiven(AccountAsked):
    """What our own record says.

    Attributes:
        code_expires_at: When the code stops being good.
        inactive: Numbers of the request that are not in service.
        not_ours: Numbers of the request that we do not serve.
    """

    code_expires_at: Moment | None = None
    lock: LockGiven | None = None
    inactive: list[Words] = Field(default_factory=list)
    not_ours: list[Words] = Field(default_factory=list)


class PortOutGiven(Typed):
    """One request.

    Attributes:
        reference: The requesting carrier's name for it.
        requested_at: When it reached us; now, where it is left out.
        service: Decides by which rules US numbers move.
        rehearsal: What people do in a rehearsal; `starter.port_out_rehearsal` reads it.
    """

    label: Annotated[str, Field(max_length=200)] = ""
    requesting_carrier: Words
    reference: Words
    country: Country
    numbers: list[Words] = Field(min_length=1, max_length=1000)
    account: AccountAsked = AccountAsked()
    requested_at: Moment | None = None
    requested_foc: Moment | None = None
    service: ServiceGiven = ServiceGiven()
    customer: Words
    contacts: PeopleGiven
    on_file: OnFileGiven = OnFileGiven()
    rehearsal: dict[str, Any] = Field(default_factory=dict)


class PortOutsGiven(Typed):
    """The file; `carrier` is us."""

    carrier: Words
    port_outs: list[PortOutGiven] = Field(min_length=1)
