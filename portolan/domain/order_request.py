"""What one port order is asked for; it never changes but for numbers that are split out."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from portolan.domain.bridge import Strategy
from portolan.domain.carrier import AccountData, CsrRecord, NumberConfiguration
from portolan.domain.foc import Freeze
from portolan.domain.messaging import MessagingWanted
from portolan.domain.playbooks.model import Policy
from portolan.domain.rejections import Rejection
from portolan.domain.telling import Contact


class OrderRequest(BaseModel):
    """What was asked for: one LOA, country, number class, losing carrier, account and address.

    Attributes:
        order_id: Names the order everywhere; holds no personal data.
        reference: The requester's own name for the project it belongs to.
        numbers: E.164, in the order given.
        decision_maker: The one person who may order a rollback, and let the numbers move at red gates.
        second_person: Where there is one, such a decision counts only when the other of the two confirms it.
        strategy: `bridge_then_port`: the numbers are bridged first, and ported when that is released.
        activation: `on_demand`: the numbers move when a person says so, inside the carrier's window.
        configuration: What the numbers get at the gaining carrier before they arrive; None: people see to it.
        messaging: What becomes of their messaging; None: nobody asked.
        fallback: Whether a SIP fallback is in scope, which then has to be tested.
        call_tester: The dialer that makes the test calls; empty: people do.
        csr: The losing carrier's record as the requester has it; the carrier's own answer counts for more.
        siblings: Numbers of the same account that other orders of the project port.
        resp_org: The RespOrg that controls the toll-free numbers now, where it is known.
        remaining: What becomes of the numbers that stay on the account: `keep` or `cease`; empty: not said.
        new_btn: The account's billing telephone number afterwards, where the present one is ported.
        freezes: The customer's own blackout dates.
        advice: What people should know before they port these numbers.
        own_queue: Whether calls to the gaining carrier have a task queue of their own: those to a real account have.
        split_from: The order these numbers were split out of, and `because` of what.
    """

    order_id: str
    project_id: str
    reference: str
    customer: str
    account: AccountData
    numbers: list[str]
    country: str
    number_class: str
    losing_carrier: str
    gaining_carrier: str
    customer_contact: Contact
    coordinator: Contact
    decision_maker: Contact
    requested_foc_on: date | None = None
    policy: Policy
    csr: CsrRecord | None = None
    resp_org: str = ""
    siblings: list[str] = Field(default_factory=list)
    remaining: str = ""
    new_btn: str = ""
    freezes: list[Freeze] = Field(default_factory=list)
    advice: list[str] = Field(default_factory=list)
    split_from: str = ""
    because: list[Rejection] = Field(default_factory=list)
    second_person: Contact | None = None
    strategy: Strategy = "port"
    activation: Literal["scheduled", "on_demand"] = "scheduled"
    configuration: NumberConfiguration | None = None
    messaging: MessagingWanted | None = None
    fallback: bool = False
    call_tester: str = ""
    own_queue: bool = False
