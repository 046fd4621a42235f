"""What Twilio answers, as far as Portolan reads it. Fields it does not know are left out; missing ones have a default.

Source: the OpenAPI document of Twilio's Numbers API (v1, `Porting`); the pages of its Documents, IncomingPhoneNumbers,
Messaging Services and Lookup APIs for the rest.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from portolan.domain.text import Plain

#: Moments outside these years are no dates of a port.
_YEARS = range(2000, 2101)
#: An id of Twilio's.
Sid = Annotated[Plain, Field(min_length=1)]


def moment(text: object) -> datetime | None:
    """A moment as Twilio writes it, in UTC where it names no zone; None for what is none.

    A date alone is the beginning of that day.
    """
    try:
        read = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    if read.year not in _YEARS:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


class Wire(BaseModel):
    """An answer, or a part of one. Its errors never show what was in it."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, coerce_numbers_to_str=True)

    @field_validator("*", mode="before")
    @classmethod
    def _default_for_null(cls, given: Any, info: Any) -> Any:
        field = cls.model_fields[info.field_name]
        return field.get_default(call_default_factory=True) if given is None and not field.is_required() else given


class PortInNumber(Wire):
    """One number of a request. Twilio gives the reason of a rejection now as its code, now as its words."""

    sid: Plain = Field("", alias="port_in_phone_number_sid")
    phone_number: Plain
    status: Plain = Field("", alias="port_in_phone_number_status")
    portable: bool | None = None
    not_portable: Plain = Field("", alias="not_portability_reason")
    not_portable_code: Plain = Field("", alias="not_portability_reason_code")
    rejection: Plain = Field("", alias="rejection_reason")
    rejection_code: Plain = Field("", alias="rejection_reason_code")
    port_date: Plain = ""
    updated: Plain = Field("", alias="status_last_time_updated_timestamp")


class PortIn(Wire):
    """A port-in request."""

    sid: Sid = Field(alias="port_in_request_sid")
    status: Plain = Field("", alias="port_in_request_status")
    cancelled_because: Plain = Field("", alias="order_cancellation_reason")
    created: Plain = Field("", alias="date_created")
    target_date: Plain = Field("", alias="target_port_in_date")
    losing: dict[str, Any] = Field(default_factory=dict, alias="losing_carrier_information", repr=False)
    numbers: list[PortInNumber] = Field(default_factory=list, alias="phone_numbers")
    signature_url: Plain = Field("", alias="signature_request_url")


class Listed(Wire):
    """A request as the list of all of them has it: without its numbers."""

    sid: Sid = Field(alias="port_in_request_sid")
    status: Plain = Field("", alias="port_in_request_status")
    updated: Plain = Field("", alias="status_last_updated_timestamp")
    numbers: int | None = Field(None, alias="phone_numbers_requested")


class _Meta(Wire):
    next_token: Plain = ""


class Page(Wire):
    """A page of the list of requests."""

    requests: list[Listed] = Field(default_factory=list, alias="port_in_requests")
    meta: _Meta = Field(default_factory=_Meta)


class NumberDetail(Wire):
    """A number of a request, looked at by itself: the only place that shows its PIN, without leading zeros."""

    pin: Plain = Field("", alias="port_out_pin", repr=False)


class Portable(Wire):
    """Whether a number can be moved to Twilio by its API."""

    portable: bool | None = None
    reason: Plain = Field("", alias="not_portable_reason")
    code: Plain = Field("", alias="not_portable_reason_code")


class Hooks(Wire):
    """Where the account's messages about ports go; an empty filter is every kind."""

    port_in: Plain = Field("", alias="port_in_target_url")
    port_out: Plain = Field("", alias="port_out_target_url")
    kinds: list[Plain] = Field(default_factory=list, alias="notifications_of")


class Document(Wire):
    """A document that was uploaded."""

    sid: Sid = Field(validation_alias=AliasChoices("sid", "document_sid"))


class Incoming(Wire):
    """A number in the account's inventory."""

    sid: Sid
    phone_number: Plain
    voice_url: Plain = ""
    voice_application_sid: Plain = ""
    trunk_sid: Plain = ""
    emergency_address_sid: Plain = ""
    capabilities: dict[str, Any] = Field(default_factory=dict)

    @property
    def has_messaging(self) -> bool:
        """Whether messages reach it."""
        return any(self.capabilities.get(kind) is True for kind in ("sms", "SMS"))


class Inventory(Wire):
    """Numbers of the account's inventory."""

    numbers: list[Incoming] = Field(default_factory=list, alias="incoming_phone_numbers")


class _NextPage(Wire):
    url: Plain = Field("", alias="next_page_url")


class Service(Wire):
    """A messaging service."""

    sid: Sid


class Services(Wire):
    """A page of the account's messaging services."""

    services: list[Service] = Field(default_factory=list)
    meta: _NextPage = Field(default_factory=_NextPage)


class _LineType(Wire):
    carrier_name: Plain = ""


class Lookup(Wire):
    """Who serves a number, by Twilio's look-up."""

    line: _LineType = Field(default_factory=_LineType, alias="line_type_intelligence")


class Fault(Wire):
    """What Twilio says where it refuses something."""

    code: Plain = ""
    message: Plain = ""
