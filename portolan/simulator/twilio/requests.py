"""What Twilio takes: the bodies of its requests, as far as its document describes them."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from portolan.simulator.facade import Call
from portolan.simulator.twilio.words import MISSING, refuse

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
AccountSid = Annotated[str, StringConstraints(pattern="^AC[0-9a-fA-F]{32}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


Body = TypeVar("Body", bound=_Body)


class Address(_Body):
    """Where the bill of the losing carrier goes."""

    street: Text
    street_2: str | None = None
    city: Text
    state: Text
    zip: Text
    country: Text


class Losing(_Body):
    """The account at the losing carrier, and who signs for it."""

    customer_type: Literal["Business", "Individual"] | None = None
    customer_name: Text
    account_number: str | None = None
    account_telephone_number: str | None = None
    authorized_representative: Text
    authorized_representative_email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
    address: Address | None = None
    address_sid: str | None = None
    authorized_representative_katakana: str | None = None
    building: str | None = None
    katakana_name: str | None = None
    sub_municipality: str | None = None


class Number(_Body):
    """A number to port."""

    phone_number: str
    pin: str | None = Field(default=None, repr=False)


class Create(_Body):
    """A new port-in request."""

    account_sid: AccountSid
    documents: list[str]
    phone_numbers: list[Number] = Field(min_length=1)
    losing_carrier_information: Losing
    notification_emails: list[str] | None = None
    target_port_in_date: date | None = None
    target_port_in_time_range_start: time | None = None
    target_port_in_time_range_end: time | None = None
    bundle_sid: str | None = None
    portability_advance_carrier: str | None = None
    auto_cancel_approval_numbers: str | None = None


class Hooks(_Body):
    """Where messages go, and which: no list, or an empty one, is every kind."""

    port_in_target_url: Url | None = None
    port_out_target_url: Url | None = None
    notifications_of: list[str] | None = None


class Signing(_Body):
    """How the letter that is mailed looks."""

    logo_sid: Annotated[str, StringConstraints(pattern="^RD[0-9a-fA-F]{32}$")] | None = None
    friendly_name: str | None = None
    product: Text
    country: Text
    email_subject: Annotated[str, StringConstraints(max_length=255)] | None = None
    email_message: Annotated[str, StringConstraints(max_length=5000)] | None = None
    url_redirection: Url | None = None


def read(call: Call, model: type[Body]) -> Body:
    """The body, as a request of this shape.

    Raises:
        Refused: It has another: 400, with 22171 where something is missing.
    """
    try:
        return model.model_validate_json(call.body or b"{}")
    except ValidationError as invalid:
        faults = [(".".join(map(str, fault["loc"])), fault) for fault in invalid.errors(include_input=False)]
        lacking = [where for where, fault in faults if fault["type"] in {"missing", "string_too_short", "too_short"}]
        if lacking:
            raise refuse(f"Missing required fields: {', '.join(lacking)}", MISSING) from None
        raise refuse("; ".join(f"{where}: {fault['msg']}".lstrip(": ") for where, fault in faults)) from None
