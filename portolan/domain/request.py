"""A request file: one port project as a person writes it. Unknown keys are faults, because a typing error is one.

The wire models of an order ignore what they do not know; these here must not. Everything typed by a person is kept as
typed, apart from white space around it: an LOA repeats the customer service record character for character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from inspect import isclass
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from portolan.domain.bridge import Strategy
from portolan.domain.carrier import AccountData, CsrRecord, NumberConfiguration
from portolan.domain.errors import Fault
from portolan.domain.messaging import MessagingWanted
from portolan.domain.playbooks import fields, is_simple
from portolan.domain.telling import Contact
from portolan.domain.typed import (
    Country,
    Days,
    Email,
    Hours,
    OptionalWords,
    Pin,
    Reference,
    ShortWords,
    Streak,
    TaxId,
    Typed,
    Words,
    alike,
)


class ContactGiven(Typed):
    """A person to be told things."""

    name: Words
    email: Email

    def as_contact(self) -> Contact:
        """The same, as an order carries it."""
        return Contact(name=self.name, email=self.email)


class ContactsGiven(Typed):
    """The people of a project; the decision-maker is the one who may order a rollback.

    Attributes:
        second_person: Who has to confirm such a decision, where one person's word shall not do.
    """

    customer: ContactGiven
    coordinator: ContactGiven
    decision_maker: ContactGiven
    second_person: ContactGiven | None = None

    @field_validator("second_person")
    @classmethod
    def _somebody_else(cls, second: ContactGiven | None, info: ValidationInfo) -> ContactGiven | None:
        first: ContactGiven | None = info.data.get("decision_maker")
        if first and second:
            for key in ("name", "email"):
                if alike(getattr(first, key)) == alike(getattr(second, key)):
                    same = f"has the {key} of the decision-maker, {getattr(second, key)}"
                    raise ValueError(f"{same}: name somebody else, or leave it out")
        return second


class AccountGiven(Typed):
    """The account at the losing carrier, as its bill has it."""

    entity_name: Words
    authorized_person: Words
    service_address: Words
    postal_code: Words
    account_number: Words
    btn: OptionalWords = ""

    def as_account(self) -> AccountData:
        """The same, as an order carries it."""
        return AccountData(**self.model_dump())


class CsrGiven(AccountGiven):
    """The losing carrier's record of the account, typed off from a copy of it."""

    billing_address: OptionalWords = ""
    authorized_persons: list[Words] = Field(default_factory=list)
    numbers: list[Words] = Field(default_factory=list)
    features: list[Words] = Field(default_factory=list)

    def as_record(self) -> CsrRecord:
        """The same, as an order carries it."""
        return CsrRecord(**self.model_dump())


class ServiceGiven(Typed):
    """What the numbers hang on at the losing carrier; it decides by which rules US numbers move.

    Attributes:
        lines_on_account: How many lines the account has; unknown counts as several.
        une: The losing carrier rents parts of another one's network for it.
        complex_translations: Centrex, ISDN, remote call forwarding and the like.
        reseller: The account is with a reseller.
        wireless: The numbers are mobile, which US numbers do not tell by themselves.
    """

    lines_on_account: Annotated[int, Field(ge=1)] | None = None
    une: bool = False
    complex_translations: bool = False
    reseller: bool = False
    wireless: bool = False

    @property
    def simple(self) -> bool:
        """Whether US rules call a port of it simple; never where the lines were not counted."""
        return self.lines_on_account is not None and is_simple(
            une=self.une,
            lines_on_account=self.lines_on_account,
            complex_translations=self.complex_translations,
            reseller=self.reseller,
        )


class ConfigurationGiven(Typed):
    """What the numbers get at the gaining carrier before they arrive; see `NumberConfiguration`."""

    contact_flow: OptionalWords = ""
    routing: OptionalWords = ""
    emergency_address: OptionalWords = ""
    messaging_profile: OptionalWords = ""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError(f"says nothing: give at least one of {', '.join(type(self).model_fields)}")
        return self

    def as_configuration(self) -> NumberConfiguration:
        """The same, as an order carries it."""
        return NumberConfiguration(**self.model_dump())


class MessagingGiven(Typed):
    """What becomes of the numbers' messaging; see `MessagingWanted`."""

    mode: Literal["port", "hosted_first"] = "port"
    campaign: OptionalWords = ""
    toll_free_verified: bool = False

    def as_wanted(self) -> MessagingWanted:
        """The same, as an order carries it."""
        return MessagingWanted(**self.model_dump())


class FreezeGiven(Typed):
    """Days on which the customer wants nothing to move, both included."""

    first: date
    last: date
    reason: Words


class Wishes(Typed):
    """What the customer would like; no carrier promises it."""

    requested_foc_on: date | None = None
    freezes: list[FreezeGiven] = Field(default_factory=list)


class NumberGiven(Typed):
    """A number as typed, alone or with what belongs to it.

    Attributes:
        rio: France: the line's operator identity statement.
        pac: United Kingdom, mobile: the porting authorisation code.
        resp_org: Toll-free: the RespOrg that controls it now.
        migration_code: Italy: the codice di migrazione.
    """

    number: str
    rio: str = ""
    pac: str = ""
    resp_org: str = ""
    migration_code: str = ""

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, typed: Any) -> Any:
        if isinstance(typed, dict | NumberGiven):
            return typed
        if not isinstance(typed, str):
            raise ValueError("must be text")
        return {"number": typed}


#: What makes a number one that nobody wants to lose for an hour.
Risk = Literal["vanity", "campaign", "regulated"]


class PolicyGiven(Typed):
    """Values that replace the playbook's for these orders; see `Policy` for their meaning."""

    time_zone: fields.Zone | None = None
    loa_max_age_days: Days | None = None
    loa_warning_days: Days | None = None
    customer_silence_days: Days | None = None
    reminder_days: Days | None = None
    carrier_silence_days: Days | None = None
    foc_notice_hours: Hours | None = None
    foc_horizon_days: Days | None = None
    freeze_hours: Hours | None = None
    rollback_hours: Hours | None = None
    snapback_hours: Hours | None = None
    closing_notice_hours: fields.NoticeHours | None = None
    cutover_hours: Hours | None = None
    port_back_hours: Hours | None = None
    retry_minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    closed_days: list[date] | None = None
    portable: bool | None = None
    not_portable_why: Words | None = None
    rollback_basis: fields.RollbackBasis | None = None
    bill_max_age_days: Days | None = None
    documents: list[fields.Document] | None = None
    identifiers: list[fields.Identifier] | None = None
    compared_fields: list[fields.ComparedField] | None = None
    signature_modes: Annotated[list[fields.SignatureMode], Field(min_length=1)] | None = None
    loa_template: fields.LoaTemplate | None = None
    loa_attachment_over: Annotated[int, Field(ge=1)] | None = None
    most_numbers: Annotated[int, Field(ge=1)] | None = None
    lead_business_days: Annotated[int, Field(ge=0, le=365)] | None = None
    cutoff: fields.ClockTime | None = None
    desk_opens: fields.ClockTime | None = None
    desk_closes: fields.ClockTime | None = None
    desk_contact: Words | None = None
    activation_from: fields.ClockTime | None = None
    activation_until: fields.ClockTime | None = None
    activation_zone: fields.Zone | None = None
    retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    runbook: list[fields.RunbookItem] | None = None
    gates: list[fields.RunbookItem] | None = None
    configure_hours: Hours | None = None
    supplements: bool | None = None
    activates_itself: bool | None = None
    proof: Annotated[list[fields.Proof], Field(min_length=1)] | None = None
    test_slots: fields.Slots | None = None
    test_origins: list[fields.Origin] | None = None
    test_least_origins: Annotated[int, Field(ge=1, le=len(get_args(fields.Origin)))] | None = None
    test_checks: Annotated[list[fields.Check], Field(min_length=1)] | None = None
    test_pass_streak: Streak | None = None
    test_fail_streak: Streak | None = None
    messaging_separate: bool | None = None
    messaging_business_days: Days | None = None
    hosted_messaging_days: Annotated[int, Field(ge=0, le=365)] | None = None
    inadvertent_unlimited: bool | None = None
    snapback_cost: Words | None = None
    win_back_cost: Words | None = None

    def overrides(self) -> dict[str, Any]:
        """The values that were given."""
        return self.model_dump(exclude_none=True)


class AccountRequest(Typed):
    """One account at one losing carrier, and the numbers on it.

    Attributes:
        country: ISO 3166; how numbers without a country code are read.
        subdivision: The part of the country whose public holidays count, as ISO 3166-2 has it: `QC`, `BY`, `SCT`.
        numbers: As typed, each alone or with its RIO, PAC or RespOrg. Either these or `numbers_file`.
        numbers_file: A CSV or XLSX file, relative to the request file.
        csr: The losing carrier's record, where the requester has it.
        service: What the numbers hang on there.
        remaining_numbers: What becomes of the numbers that stay on the account.
        new_btn: The account's billing telephone number afterwards, where the present one is ported.
        pin: The account's port-out PIN or passcode; kept apart from the order, and wiped at its end.
        nif: Spain: the holder's NIF or CIF, which the donor compares.
        risks: What makes the numbers precious.
        strategy: `bridge_then_port`: the numbers are forwarded to the gaining carrier first, and ported later.
        activation: `on_demand`: the numbers move when a person says so, inside the carrier's window.
        configuration: What the numbers get at the gaining carrier before they arrive.
        messaging: What becomes of their messaging; not given: nobody looks after it.
        fallback: Whether a SIP fallback is in scope, which then has to be tested.
        call_tester: The dialer that makes the test calls; empty: people do.
        label: What people call this account; names it in the reasons for the split.
        rehearsal: What the simulated carrier is to do; read by the rehearsal alone.
    """

    losing_carrier: Words
    account: AccountGiven
    country: Country | None = None
    subdivision: Annotated[str, Field(max_length=3)] = ""
    numbers: list[NumberGiven] = Field(default_factory=list)
    numbers_file: str = Field(default="", validate_default=True)
    csr: CsrGiven | None = None
    service: ServiceGiven = ServiceGiven()
    remaining_numbers: Literal["keep", "cease"] | None = None
    new_btn: ShortWords = ""
    pin: Pin = Field(default="", repr=False)
    nif: TaxId = ""
    risks: list[Risk] = Field(default_factory=list)
    strategy: Strategy = "port"
    activation: Literal["scheduled", "on_demand"] = "scheduled"
    configuration: ConfigurationGiven | None = None
    messaging: MessagingGiven | None = None
    fallback: bool = False
    call_tester: OptionalWords = ""
    wishes: Wishes = Wishes()
    policy: PolicyGiven = PolicyGiven()
    label: OptionalWords = ""
    rehearsal: dict[str, Any] = Field(default_factory=dict)

    @field_validator("numbers_file")
    @classmethod
    def _numbers_once(cls, path: str, info: ValidationInfo) -> str:
        if "numbers" in info.data and bool(info.data["numbers"]) == bool(path):
            raise ValueError("give either `numbers` or `numbers_file`, with at least one number")
        return path

    @property
    def name(self) -> str:
        """What to call the account in a sentence."""
        return self.label or f"{self.losing_carrier} account {self.account.account_number}"


class Request(Typed):
    """A port project as asked for: any number of accounts.

    Attributes:
        reference: The requester's name for it; in lower case it names the project and its orders, so it must be
            unique and should hold no personal data.
    """

    reference: Reference
    customer: Words
    contacts: ContactsGiven
    gaining_carrier: Words = "simulated"
    accounts: list[AccountRequest] = Field(min_length=1)

    @property
    def project_id(self) -> str:
        """Names the project everywhere."""
        return self.reference.lower()


def faults_in(data: object, model: type[BaseModel] | None = None) -> list[Fault]:
    """Everything wrong with a file, each fault with its path; empty where the model (`Request`) would take it."""
    read = model or Request
    try:
        read.model_validate(data)
    except ValidationError as error:
        return [Fault(where(detail["loc"]), _in_words(detail, read)) for detail in error.errors(include_url=False)]
    return []


def where(path: Sequence[str | int]) -> str:
    """A path for people: `accounts[1].numbers[0]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the request"


_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing or empty",
        "string_type": "must be text",
        "literal_error": "{input!r} is not known here: write {expected}",
        "string_too_short": "is empty",
        "string_too_long": "is longer than {max_length} characters",
        "list_type": "must be a list: write each entry on a line of its own, after '- '",
        "too_short": "is empty: give at least {min_length}",
        "model_type": "must be a group of `key: value` lines",
        "model_attributes_type": "must be a group of `key: value` lines",
        "dict_type": "must be a group of `key: value` lines",
        "int_parsing": "{input!r} is not a whole number",
        "int_from_float": "{input!r} is not a whole number",
        "bool_parsing": "{input!r} is neither true nor false",
        "date_from_datetime_parsing": "{input!r} is not a date: write it like 2026-12-31",
        "date_parsing": "{input!r} is not a date: write it like 2026-12-31",
        "date_from_datetime_inexact": "{input!r} is not a date: write it like 2026-12-31",
        "greater_than_equal": "is less than {ge}",
        "less_than_equal": "is more than {le}",
    }
)


def _in_words(detail: ErrorDetails, model: type[BaseModel]) -> str:
    path, context = detail["loc"], detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        known = _model_at(path[:-1], model).model_fields
        hint = _did_you_mean(str(path[-1]), known) or f"; known here: {', '.join(known)}"
        return f"{str(path[-1])!r} is not a known key{hint}"
    if detail["type"] == "value_error":
        return str(context["error"])
    words = _WORDS.get(detail["type"])
    return words.format(input=detail["input"], **context) if words else detail["msg"]


def _model_at(path: Sequence[str | int], model: type[BaseModel]) -> type[BaseModel]:
    """The model at a path below another one."""
    for part in path:
        if isinstance(part, str):
            annotation = model.model_fields[part].annotation
            model = next(
                kind for kind in (annotation, *get_args(annotation)) if isclass(kind) and issubclass(kind, BaseModel)
            )
    return model


def _did_you_mean(typed: str, known: Iterable[str]) -> str:
    close = get_close_matches(re.sub(r"[- ]", "_", typed.lower()), known, n=1)
    return f": did you mean {close[0]!r}?" if close else ""
