"""What an order does to the world outside: each effect, what names it once, and how it is undone.

The workflow calls these by name; activities/ carries them out; one parametrised test fails, repeats and undoes each.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from portolan.domain.calendars import local
from portolan.domain.carrier import (
    AccountData,
    CsrAnswer,
    CsrRecord,
    NumberConfiguration,
    NumberStatus,
    Portability,
    Routing,
)
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.playbooks.model import Policy
from portolan.domain.reconciliation import Difference
from portolan.domain.rejections import Plan, Rejection
from portolan.domain.telling import AuditEntry, Notice


class Effect(NamedTuple):
    """An external effect.

    Attributes:
        name: The activity's name.
        changes: Whether it changes anything outside; the others only look.
        key: What makes repeating it harmless.
        undo: The effect that takes it back, where one exists.
    """

    name: str
    changes: bool
    key: str
    undo: str | None = None


EFFECTS: dict[str, Effect] = {
    effect.name: effect
    for effect in (
        Effect("look_up_numbers", False, "read only"),
        Effect("judge_account", False, "reads nothing but what it is given"),
        Effect("judge_rejection", False, "reads nothing but what it is given"),
        Effect("fetch_order", False, "read only"),
        Effect("submit_order", True, "order and attempt, looked for before sending", "cancel_order"),
        Effect("cancel_order", True, "the carrier's order; a cancelled one stays cancelled"),
        Effect("configure_numbers", True, "the carrier's order; the same configuration again", "unconfigure_numbers"),
        Effect("unconfigure_numbers", True, "the carrier's order; what is not configured stays so"),
        Effect("activate_order", True, "the carrier's order; an active one stays active", "port_back_order"),
        Effect("port_back_order", True, "the carrier's order; a returned one stays returned"),
        Effect("build_bridge", True, "the order's bridge, looked for before it is built", "remove_bridge"),
        Effect("remove_bridge", True, "the order's bridge; what is gone stays gone"),
        Effect("look_for_proof", False, "read only"),
        Effect("make_test_calls", True, "order and slot, and each call's origin"),
        Effect(
            "settle_messaging", True, "the carrier's order; a number joins its campaign once", "unconfigure_numbers"
        ),
        Effect("sign_return", True, "the letter's own bytes: the same decision gives the same letter"),
        Effect("render_letter", True, "the letter's own bytes: the same order gives the same letter"),
        Effect("split_order", True, "the id of the new order"),
        Effect("publish_order", True, "order and sequence of each audit entry"),
        Effect("send_notice", True, "order, sequence and kind of the notice, for each recipient"),
    )
}


class Failure(StrEnum):
    """The types under which activities report what went wrong; the workflow acts on these, never on texts."""

    REFUSED = "carrier_refused"
    UNAUTHORISED = "carrier_unauthorised"
    UNAVAILABLE = "carrier_unavailable"
    OUTCOME_UNKNOWN = "outcome_unknown"
    LOA_STALE = "loa_stale"
    TOO_LATE = "too_late"
    NUMBER_TAKEN = "number_taken"
    ON_HOLD = "carrier_on_hold"


def workflow_id(order_id: str) -> str:
    """The workflow of an order; ids carry no personal data."""
    return f"port-{order_id}"


def carrier_queue(task_queue: str, carrier: str) -> str:
    """The task queue of calls to a carrier account, so that the server can limit how fast they come."""
    return f"{task_queue}.{carrier}"


class CarrierCall(BaseModel):
    """Which order at which carrier; `key` is our newest reference, for where the carrier's id is not known."""

    carrier: str
    order_id: str
    carrier_order_id: str | None = None
    key: str = ""
    numbers: list[str] = []
    losing_carrier: str = ""
    account_number: str = ""
    reason: str = ""
    not_after: AwareDatetime | None = None


class Configuring(BaseModel):
    """Numbers of an order, and what they are to get at the carrier."""

    call: CarrierCall
    configuration: NumberConfiguration


class Messaging(BaseModel):
    """Numbers of an order whose messaging is to settle; `campaign` is the one they join, empty: none."""

    call: CarrierCall
    campaign: str = ""


class Look(BaseModel):
    """What was found where proof was looked for."""

    numbers: dict[str, NumberStatus]
    routing: list[Routing] = []


class LookUp(BaseModel):
    """What is known of the numbers before anything is sent."""

    portability: list[Portability]
    csr: CsrAnswer


class Judging(BaseModel):
    """An account to be compared with the losing carrier's record, and with the requester's copy of it.

    `compared` as in `Policy.compared_fields`.

    `siblings` are numbers of the account that other orders port.
    """

    account: AccountData
    numbers: list[str]
    country: str
    csr: CsrRecord | None
    given: CsrRecord | None = None
    compared: list[str] = []
    siblings: list[str] = []

    @classmethod
    def of(cls, order: Order) -> Judging:
        """The account of an order, as it stands."""
        return cls(
            account=order.account,
            numbers=order.request.numbers,
            country=order.request.country,
            csr=order.csr,
            given=order.csr_given,
            compared=order.policy.compared_fields,
            siblings=order.request.siblings,
        )


class Judgement(BaseModel):
    """What comparing brought.

    Knowledge grows with every release: it is asked for in an activity, so that an order replays as it was judged.

    Attributes:
        differences: Between the account and the record.
        left: Numbers of the record that are not ported, in E.164 where they can be read.
        unknown: Numbers of the order that the record does not list.
        main_number: The account's main number in E.164, where it is known and can be read.
    """

    differences: list[Difference] = []
    left: list[str] = []
    unknown: list[str] = []
    main_number: str = ""


class LetterWanted(BaseModel):
    """A letter to be rendered: `port`, or `rollback` for the return of the numbers. `left` stay on the account."""

    kind: str
    request: OrderRequest
    account: AccountData
    billing_address: str = ""
    left: list[str] = []
    remaining: str = ""

    @classmethod
    def of(cls, order: Order, kind: str) -> LetterWanted:
        """A letter of an order, as it stands."""
        return cls(
            kind=kind,
            request=order.request,
            account=order.account,
            billing_address=order.csr.billing_address if order.csr else "",
            left=order.left,
            remaining=order.remaining,
        )


class SignReturn(BaseModel):
    """A letter of return that the decision-maker signs with the decision to port back."""

    wanted: LetterWanted
    signed_by: str
    signed_at: AwareDatetime


class Rejected(BaseModel):
    """An order that came back: why, and what bears on the cure."""

    rejections: list[Rejection]
    policy: Policy
    order_id: str
    losing_carrier: str
    gaining_carrier: str
    numbers: list[str]
    btn: str
    rejected_on: date

    @classmethod
    def of(cls, order: Order, now: datetime) -> Rejected:
        """The newest rejection of an order."""
        return cls(
            rejections=order.rejections,
            policy=order.policy,
            order_id=order.order_id,
            losing_carrier=order.request.losing_carrier,
            gaining_carrier=order.request.gaining_carrier,
            numbers=order.request.numbers,
            btn=order.main_number,
            rejected_on=local(now, order.policy.time_zone).date(),
        )


class Cure(BaseModel):
    """What a rejection calls for.

    Attributes:
        rejections: The reasons, those told in words alone read as canonical ones where they are clear.
        dispute: A drafted letter, where the ground is no lawful one.
    """

    rejections: list[Rejection] = []
    plan: Plan = Plan()
    dispute: str = ""


class Split(BaseModel):
    """The new order for numbers split out of another one, which gives them up; `summary` is its workflow's."""

    parent: str
    request: OrderRequest
    workflow_id: str
    summary: str = ""


class Publication(BaseModel):
    """The order as it stands, the audit entries not yet on record, and the notices nobody has yet."""

    order: Order
    entries: list[AuditEntry]
    notices: list[Notice] = []


class Delivery(BaseModel):
    """One notice to be sent."""

    notice: Notice
