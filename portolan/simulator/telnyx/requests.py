"""What Telnyx takes: the bodies of its requests, as far as its document describes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from portolan.simulator.telnyx.words import E164

E164Number = Annotated[str, StringConstraints(pattern=f"^{E164.pattern}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class Check(_Body):
    """A portability check."""

    phone_numbers: list[E164Number] = Field(min_length=1)


class Create(_Body):
    """A new porting order, or several."""

    phone_numbers: list[E164Number] = Field(min_length=1)
    customer_reference: str | None = None
    customer_group_reference: str | None = None


class Admin(_Body):
    """Who has the account."""

    account_number: str | None = None
    auth_person_name: str | None = None
    billing_phone_number: str | None = None
    business_identifier: str | None = None
    entity_name: str | None = None
    pin_passcode: str | None = None
    tax_identifier: str | None = None


class Location(_Body):
    """Where the service is."""

    administrative_area: str | None = None
    country_code: str | None = None
    extended_address: str | None = None
    locality: str | None = None
    postal_code: str | None = None
    street_address: str | None = None


class EndUser(_Body):
    """The end user."""

    admin: Admin | None = None
    location: Location | None = None


class Activation(_Body):
    """When and how the numbers move; the type is in its guide, and not in its document."""

    foc_datetime_requested: AwareDatetime | None = None
    activation_type: Literal["scheduled", "on-demand"] | None = None


class Documents(_Body):
    """Ids of uploaded documents."""

    loa: str | None = None
    invoice: str | None = None


class Misc(_Body):
    """What becomes of the account."""

    type: Literal["full", "partial"] | None = None
    remaining_numbers_action: Literal["keep", "disconnect"] | None = None
    new_billing_phone_number: str | None = None


class Configuration(_Body):
    """What the numbers get on arrival."""

    billing_group_id: str | None = None
    connection_id: str | None = None
    emergency_address_id: str | None = None
    messaging_profile_id: str | None = None
    tags: list[str] | None = None


class Messaging(_Body):
    """Whether messaging moves along."""

    enable_messaging: bool | None = None


class Feedback(_Body):
    """How the customer liked it."""

    user_comment: str | None = None
    user_rating: int | None = None


class Requirement(_Body):
    """What satisfies a requirement."""

    requirement_type_id: str
    field_value: str


class Update(_Body):
    """Changes to an order; what is left out stays."""

    activation_settings: Activation | None = None
    customer_group_reference: str | None = None
    customer_reference: str | None = None
    documents: Documents | None = None
    end_user: EndUser | None = None
    messaging: Messaging | None = None
    misc: Misc | None = None
    phone_number_configuration: Configuration | None = None
    requirement_group_id: str | None = None
    requirements: list[Requirement] | None = None
    user_feedback: Feedback | None = None
    webhook_url: Annotated[str, StringConstraints(pattern="^https?://")] | None = None


class Words(_Body):
    """A comment."""

    body: Annotated[str, StringConstraints(min_length=1)]


class Upload(_Body):
    """A document, as base64 or by address."""

    file: str | None = None
    url: str | None = None
    filename: str | None = None
    customer_reference: str | None = None


class FurtherDocument(_Body):
    """A document to attach."""

    document_id: str
    document_type: Literal["loa", "invoice", "csr", "other"]


class FurtherDocuments(_Body):
    """Documents to attach."""

    additional_documents: list[FurtherDocument] = Field(min_length=1)


class Line(_Body):
    """Changes to a number of the inventory."""

    address_id: str | None = None
    billing_group_id: str | None = None
    connection_id: str | None = None
    customer_reference: str | None = None
    external_pin: str | None = None
    hd_voice_enabled: bool | None = None
    tags: list[str] | None = None


class LineMessaging(_Body):
    """Changes to a number's messaging."""

    messaging_product: str | None = None
    messaging_profile_id: str | None = None
    tags: list[str] | None = None


class Emergency(_Body):
    """Emergency calling, on or off."""

    emergency_enabled: bool
    emergency_address_id: str


class Bundle(_Body):
    """What a number to come is bundled with."""

    porting_phone_number_id: str
    user_bundle_id: str


class Bundles(_Body):
    """The same for several."""

    phone_number_configurations: list[Bundle] = Field(min_length=1)
