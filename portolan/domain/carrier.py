"""What carriers and Portolan say to each other, in canonical words; the carrier's own words are kept beside them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from portolan.domain.rejections import Rejection
from portolan.domain.text import Plain


class AccountData(BaseModel):
    """The account as printed on an LOA.

    Attributes:
        btn: The billing telephone number (ATN, pilot or main number of the account), where there is one.
    """

    entity_name: str
    authorized_person: str
    service_address: str
    postal_code: str
    account_number: str
    btn: str = ""


class CsrRecord(AccountData):
    """The account as the losing carrier has it on file: the customer service record (CSR).

    Attributes:
        billing_address: Where the bill goes; never what an LOA wants.
        authorized_persons: Others who may sign for the account.
        numbers: Every number on the account; empty where the record does not list them.
        features: What hangs on the lines (DSL, hunt group, alarm ...), as the record words it.
    """

    billing_address: str = ""
    authorized_persons: list[str] = Field(default_factory=list)
    numbers: list[str] = Field(default_factory=list)
    features: list[str] = Field(default_factory=list)


#: What is kept apart from an order and its history: by number, or for the whole account.
SECRETS = ("pin", "nif", "rio", "pac", "migration_code")
_OF_NUMBERS = frozenset({"rio", "pac", "migration_code"})


class CarrierStatus(StrEnum):
    """Where the gaining carrier says an order stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FOC_CONFIRMED = "foc_confirmed"
    PORTED = "ported"
    CANCELLED = "cancelled"
    PORTED_BACK = "ported_back"
    UNKNOWN = "unknown"


class NumberStatus(StrEnum):
    """Where one number is, by an independent look or the carrier's word."""

    PENDING = "pending"
    ACTIVE = "active"
    FAILED = "failed"
    RETURNED = "returned"


class MessagingStatus(StrEnum):
    """Where the messaging of one number is; it moves apart from voice."""

    PENDING = "pending"
    ACTIVATING = "activating"
    PORTED = "ported"
    SETTLED = "settled"
    FAILED = "failed"


class Consent(StrEnum):
    """What the losing carrier says to a port-back that was asked for."""

    REQUESTED = "requested"
    CONSENTED = "consented"
    REFUSED = "refused"


class NumberConfiguration(BaseModel):
    """What a number gets at the gaining carrier before it arrives.

    Attributes:
        contact_flow: Where calls go: a contact flow, trunk or connection, as the carrier names it.
        routing: Which group, queue or route plan it belongs to.
        emergency_address: The address for emergency calls, or the carrier's id of it.
        messaging_profile: What handles its messages.
    """

    contact_flow: str = ""
    routing: str = ""
    emergency_address: str = ""
    messaging_profile: str = ""


class Routing(BaseModel):
    """An independent look at where the network sends calls to a number (LRN and SPID in North America).

    Attributes:
        at_gaining: Whether that is the gaining carrier; None where nobody can say.
        carrier: Who serves the number, as the look-up names it.
    """

    number: str
    at_gaining: bool | None = None
    carrier: str = ""
    spid: str = ""
    lrn: str = ""


class SendKind(StrEnum):
    """What is sent: a new order, a supplement with other data (SUP 3), or one with a new date (SUP 2)."""

    NEW = "new"
    SUPPLEMENT = "supplement"
    NEW_DATE = "new_date"


class Portability(BaseModel):
    """Whether the gaining carrier can take a number."""

    number: str
    portable: bool
    reason: str = ""


class CsrAnswer(BaseModel):
    """The customer service record; `record` is None where the losing carrier does not supply one."""

    record: CsrRecord | None = None
    reason: str = ""


class Paper(BaseModel):
    """A document that goes out with an order; its content is read where the call is made, and is in no history."""

    kind: Literal["loa", "bill", "csr", "other"]
    filename: str
    media_type: str
    sha256: str
    content: bytes = Field(default=b"", exclude=True, repr=False)


class Submission(BaseModel):
    """One sending of an order.

    Attributes:
        key: Order and attempt: sent once, however often the call is repeated.
        country: ISO 3166 alpha-2; `number_class` as the playbooks have it.
        signer_email: Where a carrier that has letters signed itself sends its own.
        loa_document: SHA-256 of the signed letter in the document store, where it is there.
        papers: The letter and what supports it; filled in where the call is made.
        remaining: What becomes of the numbers that stay on the account: `keep`, `cease` or nothing to say.
        needs: The kinds of secret without which the losing carrier would send the order back.
        secrets: PIN, RIO, PAC ... by number (empty: the account's) and kind; filled in where the call is made, so
            that they are in no history.
    """

    key: str
    order_id: str
    attempt: int
    kind: SendKind
    carrier_order_id: str | None = None
    numbers: list[str]
    account: AccountData
    losing_carrier: str
    country: str = ""
    number_class: str = ""
    customer: str = ""
    signer_email: str = ""
    loa_signed_on: date | None = None
    loa_document: str | None = None
    requested_foc_on: date | None = None
    activation: Literal["scheduled", "on_demand"] = "scheduled"
    configuration: NumberConfiguration | None = None
    not_after: AwareDatetime | None = None
    remaining: str = ""
    new_btn: str = ""
    resp_org: str = ""
    needs: list[str] = Field(default_factory=list)
    secrets: dict[tuple[str, str], str] = Field(default_factory=dict, exclude=True, repr=False)
    papers: list[Paper] = Field(default_factory=list, exclude=True, repr=False)

    def secret(self, kind: str, number: str = "") -> str:
        """The secret of a number, or the account's; empty where there is none."""
        return self.secrets.get((number, kind)) or self.secrets.get(("", kind), "")

    def lacking(self) -> list[str]:
        """What is needed and not there: `pin`, `pac of +447700900123` ..."""
        found = []
        for kind in self.needs:
            wanting = self.numbers if kind in _OF_NUMBERS else [""]
            for number in wanting:
                if (number, kind) not in self.secrets and ("", kind) not in self.secrets:
                    found.append(f"{kind} of {number}" if number else kind)
        return found


class CarrierPart(BaseModel):
    """One of the orders into which a carrier has divided one of ours."""

    carrier_order_id: str
    status: CarrierStatus
    raw_status: Plain = ""
    numbers: list[str] = Field(default_factory=list)
    foc_at: AwareDatetime | None = None


class FocWindow(BaseModel):
    """A span in which the carrier lets numbers move."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Comment(BaseModel):
    """What was said about an order between us and the carrier's desk."""

    comment_id: str
    at: AwareDatetime
    from_carrier: bool
    author: Plain = ""
    text: Plain


class Changes(BaseModel):
    """Which orders changed at a carrier since a cursor, and the cursor for the next time."""

    carrier_order_ids: list[str]
    cursor: str


class Check(BaseModel):
    """One thing looked at when an account is verified; `passed` is None where only a real order could show it."""

    name: str
    passed: bool | None
    words: str


class CarrierOrder(BaseModel):
    """The carrier's own account of an order, as its GET tells it.

    Attributes:
        asks: What the carrier waits for from the customer or from us, in words; empty: nothing.
        parts: The orders into which it divided ours, where it did.
    """

    carrier_order_id: str
    key: str
    attempt: int
    status: CarrierStatus
    raw_status: Plain = ""
    rejections: list[Rejection] = Field(default_factory=list)
    foc_at: AwareDatetime | None = None
    numbers: dict[str, NumberStatus] = Field(default_factory=dict)
    activated_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    consent: Consent | None = None
    consent_why: Plain = ""
    asks: Plain = ""
    parts: list[CarrierPart] = Field(default_factory=list)


class PortBack(BaseModel):
    """An order to return the numbers to the losing carrier, on a named person's authority.

    Attributes:
        stage: `snapback` or `win_back`: each is asked for once.
        evidence: What shows that it is needed: failing test calls, diagnoses.
        letter: SHA-256 of the signed letter of return in the document store.
    """

    key: str
    order_id: str
    carrier_order_id: str
    decided_by: str
    reason: str
    decided_at: AwareDatetime
    stage: str
    not_after: AwareDatetime
    evidence: list[str] = Field(default_factory=list)
    letter: str = ""


class BridgeWanted(BaseModel):
    """A bridge: numbers claimed at the gaining carrier, to which the legacy ones are forwarded; `key` names it once."""

    key: str
    order_id: str
    numbers: list[str]


class BridgeAnswer(BaseModel):
    """A bridge as the gaining carrier has it.

    Attributes:
        claimed: For each legacy number (E.164) the number claimed for it.
        forward_to: Where the legacy side sends the calls: a SIP address.
        carries: Whether a call to every legacy number has come through.
    """

    claimed: dict[str, str]
    forward_to: str
    carries: bool = False


def send_key(order_id: str, attempt: int) -> str:
    """Our reference at the carrier for one attempt: what is looked for before anything is created."""
    return f"{order_id}:{attempt}"


def split_id(order_id: str, count: int) -> str:
    """The id of the order that takes the numbers split out of another one for the `count`th time."""
    return f"{order_id}{_SPLIT}{count}"


def root_id(order_id: str) -> str:
    """The order that an order was split out of in the first place; itself where it was not."""
    return order_id.partition(_SPLIT)[0]


_SPLIT = "-split-"


def read_key(key: str) -> tuple[str, int] | None:
    """Order and attempt of a reference of ours; None for what is none."""
    order_id, _, attempt = key.rpartition(":")
    return (order_id, int(attempt)) if order_id and attempt.isascii() and attempt.isdecimal() else None
