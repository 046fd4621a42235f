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
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from portolan.domain.carrier import AccountData, CsrRecord
from portolan.domain.errors import Fault
from portolan.domain.identifiers import check
from portolan.domain.playbooks import fields, is_simple
from portolan.domain.telling import Contact

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_ISO = MappingProxyType({"UK": "GB", "EL": "GR", "EN": "GB", "SP": "ES"})
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MAIL_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])")


def _one_line(text: str) -> str:
    for position, character in enumerate(text, 1):
        if not character.isprintable():
            raise ValueError(f"has {character!r} at character {position}: write it on one line, with plain spaces")
    return text


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise ValueError("may hold A-Z, a-z, 0-9, '-', '_' and '.', and starts with a letter or digit")
    return text


def _country(text: str) -> str:
    code = text.upper()
    if code in _NOT_ISO:
        raise ValueError(f"{text!r} is not an ISO 3166 code: did you mean {_NOT_ISO[code]!r}?")
    if not _COUNTRY.fullmatch(code):
        raise ValueError(f"{text!r} is not an ISO 3166 code: write two letters such as US")
    return code


def _email(text: str) -> str:
    mailbox, _, domain = text.rpartition("@")
    if not (_MAILBOX.fullmatch(mailbox) and _MAIL_DOMAIN.fullmatch(domain) and len(mailbox) <= 64 and len(text) <= 254):
        raise ValueError(f"{text!r} is not an e-mail address: write it like ana@example.com")
    return text


def _pin(text: str) -> str:
    checked = check("pin", text) if text else None
    if checked and not checked.valid:
        raise ValueError(checked.reason)
    return text


def _tax_id(text: str) -> str:
    checked = [check(kind, text) for kind in ("nif", "cif")] if text else []
    if checked and not any(one.valid for one in checked):
        raise ValueError(checked[0].reason)
    return text


#: Words on one line, 1 to 200 characters.
Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Email = Annotated[str, AfterValidator(_email)]
Pin = Annotated[str, Field(max_length=40), AfterValidator(_pin)]
TaxId = Annotated[str, Field(max_length=20), AfterValidator(_tax_id)]
Days = Annotated[int, Field(ge=1, le=365)]
Hours = Annotated[int, Field(ge=0, le=24 * 365)]


class _Typed(BaseModel):
    """What a person typed: unknown keys are faults, white space around a value means nothing."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class ContactGiven(_Typed):
    """A person to be told things."""

    name: Words
    email: Email

    def as_contact(self) -> Contact:
        """The same, as an order carries it."""
        return Contact(name=self.name, email=self.email)


class ContactsGiven(_Typed):
    """The three people of a project; the decision-maker is the one who may order a rollback."""

    customer: ContactGiven
    coordinator: ContactGiven
    decision_maker: ContactGiven


class AccountGiven(_Typed):
    """The account at the losing carrier, as its bill has it."""

    entity_name: Words
    authorized_person: Words
    service_address: Words
    postal_code: Words
    account_number: Words
    btn: Annotated[str, Field(max_length=200), AfterValidator(_one_line)] = ""

    def as_account(self) -> AccountData:
        """The same, as an order carries it."""
        return AccountData(**self.model_dump())


class CsrGiven(AccountGiven):
    """The losing carrier's record of the account, typed off from a copy of it."""

    billing_address: Annotated[str, Field(max_length=200), AfterValidator(_one_line)] = ""
    authorized_persons: list[Words] = Field(default_factory=list)
    numbers: list[Words] = Field(default_factory=list)
    features: list[Words] = Field(default_factory=list)

    def as_record(self) -> CsrRecord:
        """The same, as an order carries it."""
        return CsrRecord(**self.model_dump())


class ServiceGiven(_Typed):
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


class FreezeGiven(_Typed):
    """Days on which the customer wants nothing to move, both included."""

    first: date
    last: date
    reason: Words


class Wishes(_Typed):
    """What the customer would like; no carrier promises it."""

    requested_foc_on: date | None = None
    freezes: list[FreezeGiven] = Field(default_factory=list)


class NumberGiven(_Typed):
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


class PolicyGiven(_Typed):
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
    closing_notice_hours: Hours | None = None
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

    def overrides(self) -> dict[str, Any]:
        """The values that were given."""
        return self.model_dump(exclude_none=True)


class AccountRequest(_Typed):
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
        label: What people call this account; names it in the reasons for the split.
        rehearsal: What the simulated carrier is to do; read by the rehearsal alone.
    """

    losing_carrier: Words
    account: AccountGiven
    country: Annotated[str, AfterValidator(_country)] | None = None
    subdivision: Annotated[str, Field(max_length=3)] = ""
    numbers: list[NumberGiven] = Field(default_factory=list)
    numbers_file: str = Field(default="", validate_default=True)
    csr: CsrGiven | None = None
    service: ServiceGiven = ServiceGiven()
    remaining_numbers: Literal["keep", "cease"] | None = None
    new_btn: Annotated[str, Field(max_length=40), AfterValidator(_one_line)] = ""
    pin: Pin = Field(default="", repr=False)
    nif: TaxId = ""
    risks: list[Risk] = Field(default_factory=list)
    wishes: Wishes = Wishes()
    policy: PolicyGiven = PolicyGiven()
    label: Annotated[str, Field(max_length=200), AfterValidator(_one_line)] = ""
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


class Request(_Typed):
    """A port project as asked for: any number of accounts.

    Attributes:
        reference: The requester's name for it; in lower case it names the project and its orders, so it must be
            unique and should hold no personal data.
    """

    reference: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_reference)]
    customer: Words
    contacts: ContactsGiven
    gaining_carrier: Words = "simulated"
    accounts: list[AccountRequest] = Field(min_length=1)

    @property
    def project_id(self) -> str:
        """Names the project everywhere."""
        return self.reference.lower()


def faults_in(data: object) -> list[Fault]:
    """Everything wrong with a request, each fault with its path; empty where `Request` would take it."""
    try:
        Request.model_validate(data)
    except ValidationError as error:
        return [Fault(where(detail["loc"]), _in_words(detail)) for detail in error.errors(include_url=False)]
    return []


def where(path: Sequence[str | int]) -> str:
    """A path for people: `accounts[1].numbers[0]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the request"


_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing or empty",
        "string_type": "must be text",
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


def _in_words(detail: ErrorDetails) -> str:
    path, context = detail["loc"], detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        known = _model_at(path[:-1]).model_fields
        hint = _did_you_mean(str(path[-1]), known) or f"; known here: {', '.join(known)}"
        return f"{str(path[-1])!r} is not a known key{hint}"
    if detail["type"] == "value_error":
        return str(context["error"])
    words = _WORDS.get(detail["type"])
    return words.format(input=detail["input"], **context) if words else detail["msg"]


def _model_at(path: Sequence[str | int]) -> type[BaseModel]:
    """The model at a path of a request."""
    model: type[BaseModel] = Request
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
