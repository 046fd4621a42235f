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
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from portolan.domain.carrier import AccountData
from portolan.domain.errors import Fault
from portolan.domain.order import Contact

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


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is not an IANA time zone: write it like America/Chicago") from None


#: Words on one line, 1 to 200 characters.
Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Email = Annotated[str, AfterValidator(_email)]
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

    def as_account(self) -> AccountData:
        """The same, as an order carries it."""
        return AccountData(**self.model_dump())


class Wishes(_Typed):
    """What the customer would like; no carrier promises it."""

    requested_foc_on: date | None = None


class PolicyGiven(_Typed):
    """Values that replace the playbook's for these orders; see `Policy` for their meaning."""

    time_zone: Annotated[str, AfterValidator(_time_zone)] | None = None
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

    def overrides(self) -> dict[str, Any]:
        """The values that were given."""
        return self.model_dump(exclude_none=True)


class AccountRequest(_Typed):
    """One account at one losing carrier, and the numbers on it.

    Attributes:
        country: ISO 3166; how numbers without a country code are read.
        numbers: As typed. Either these or `numbers_file`.
        numbers_file: A CSV file, relative to the request file.
        label: What people call this account; names it in the reasons for the split.
        rehearsal: What the simulated carrier is to do; read by the rehearsal alone.
    """

    losing_carrier: Words
    account: AccountGiven
    country: Annotated[str, AfterValidator(_country)] | None = None
    numbers: list[str] = Field(default_factory=list)
    numbers_file: str = Field(default="", validate_default=True)
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
