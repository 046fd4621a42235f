"""One request to release numbers, and everything that has become of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from portolan.domain.foc import in_words
from portolan.domain.port_out.grounds import Finding, Refused, Released
from portolan.domain.port_out.messages import HoldForFraud
from portolan.domain.port_out.policy import PortOutPolicy
from portolan.domain.port_out.states import ENDED, MOVES, STATES, PortOutState
from portolan.domain.states import Turn
from portolan.domain.telling import Contact, Notice, NoticeKind


class Lock(BaseModel):
    """The customer's wish that their numbers stay, until they lift it or `until`."""

    until: AwareDatetime | None = None


class OnFile(BaseModel):
    """Our record of the account. PIN, PAC and the like are kept apart from it.

    Attributes:
        not_ours: Numbers of the request that we do not serve.
        inactive: Numbers of the request that are not in service.
        code_expires_at: When the transfer PIN or PAC on file stops being good; None: it does not.
        lock: The customer's lock on the account, if there is one.
    """

    account_number: str = ""
    postal_code: str = ""
    not_ours: list[str] = Field(default_factory=list)
    inactive: list[str] = Field(default_factory=list)
    code_expires_at: AwareDatetime | None = None
    lock: Lock | None = None


class PortOutRequest(BaseModel):
    """What another carrier asks for, and what we need to judge it.

    Attributes:
        port_out_id: Our name for it; names no number and nobody.
        carrier: We, the releasing carrier.
        requesting_carrier: Who asks; `carrier_reference` is their name for it.
        numbers: In E.164.
        account_number, postal_code: As the requester gave them; its code is kept apart.
        requested_at: When the request reached us: the answer is due so long after it.
        requested_foc: When they would like to port.
        customer: The account holder; `customer_contact` is told at once.
    """

    port_out_id: str
    carrier: str
    requesting_carrier: str
    carrier_reference: str
    numbers: list[str] = Field(min_length=1)
    country: str
    number_class: str
    account_number: str = ""
    postal_code: str = ""
    requested_at: AwareDatetime
    requested_foc: AwareDatetime | None = None
    customer: str
    customer_contact: Contact
    coordinator: Contact
    on_file: OnFile = Field(default_factory=OnFile)
    policy: PortOutPolicy


class CodeCheck(StrEnum):
    """What comparing a code brought; the code itself is nowhere here."""

    EQUAL = "equal"
    DIFFERENT = "different"
    MISSING = "missing"
    NOT_ON_FILE = "not_on_file"


class Validation(BaseModel):
    """What only the records can tell.

    Attributes:
        codes: By number; empty where no code is compared.
        notes: What the coordinator should know of these numbers; no ground to refuse.
    """

    codes: dict[str, CodeCheck] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)


class Denial(BaseModel):
    """Somebody said for the customer that they did not ask for it.

    Attributes:
        verified: How they were recognised as the account holder; empty: nobody has checked who they are.
        seconded_by: Another person who says the same.
    """

    by: str
    at: AwareDatetime
    verified: str = ""
    seconded_by: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is a ground; if one unrecognised voice were, one of our own people could keep every number."""
        return bool(self.verified or self.seconded_by)


class FraudHold(BaseModel):
    """A person's suspicion, and until when it holds the answer back."""

    said: HoldForFraud
    until: AwareDatetime


class PortOutEntry(BaseModel):
    """One line of the audit trail."""

    sequence: int
    kind: str
    by: str
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    state_before: PortOutState
    state_after: PortOutState
    detail: str = ""
    event_id: str = ""


class Cause(BaseModel):
    """Why something changed: for the audit trail."""

    kind: str
    by: str
    occurred_at: AwareDatetime
    event_id: str = ""


class IllegalMove(RuntimeError):
    """A defect: the transition table has no such move."""


class Case(BaseModel):
    """The whole state of one port-out. All times are UTC.

    Attributes:
        answer_by: When the answer is due at the requesting carrier. `decide_by`: when it is decided at the latest.
        confirmed_by: Who of the customer's side wants the port. `unlocked_at`: when the lock was lifted.
        answer: What was decided; it goes out once, and does not change any more.
        answered_at: When the requesting carrier had it.
        trouble: Why something that Portolan does itself has not been done yet; `retry_at`: when it is tried again.
        closes_at: When a release without word of a port is closed.
        seen: The ids of messages already taken. `unpublished`: what the read model has not been told. `unsent`: what
            people have not.
    """

    request: PortOutRequest
    created_at: AwareDatetime
    state: PortOutState = PortOutState.VALIDATING
    since: AwareDatetime
    sequence: int = 0
    answer_by: AwareDatetime
    decide_by: AwareDatetime

    validation: Validation | None = None
    findings: list[Finding] = Field(default_factory=list)
    confirmed_by: str = ""
    denied: Denial | None = None
    unlocked_at: AwareDatetime | None = None
    hold: FraudHold | None = None

    answer: Annotated[Released | Refused, Field(discriminator="kind")] | None = None
    decided_at: AwareDatetime | None = None
    decided_by: str = ""
    answered_at: AwareDatetime | None = None
    ported_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    trouble: str = ""
    tries: int = 0
    retry_at: AwareDatetime | None = None

    outcome: str = ""
    last_refusal: str = ""
    seen: dict[str, str] = Field(default_factory=dict)
    unpublished: list[PortOutEntry] = Field(default_factory=list)
    unsent: list[Notice] = Field(default_factory=list)

    @classmethod
    def new(cls, request: PortOutRequest, now: datetime) -> Case:
        """A request as it comes in; the customer is told at once."""
        policy, received = request.policy, request.requested_at
        case = cls(
            request=request,
            created_at=now,
            since=now,
            answer_by=policy.answer_by(received),
            decide_by=policy.decide_by(received),
        )
        due = f"the answer is due {in_words(case.answer_by)}"
        case.record(
            Cause(kind="received", by=request.requesting_carrier, occurred_at=received),
            now,
            f"{len(request.numbers)} number(s), {due}",
        )
        case.notify(NoticeKind.PORT_OUT_REQUESTED, until=in_words(case.decide_by), by_itself=case.by_itself(now))
        return case

    @property
    def port_out_id(self) -> str:
        """Its name."""
        return self.request.port_out_id

    @property
    def policy(self) -> PortOutPolicy:
        """The rules it is judged by."""
        return self.request.policy

    @property
    def ended(self) -> bool:
        """Nothing more will happen."""
        return self.state in ENDED

    @property
    def turn(self) -> Turn:
        """Whose turn it is; what Portolan cannot get done by itself is the coordinator's."""
        return Turn.COORDINATOR if self.trouble and not self.ended else STATES[self.state].turn

    @property
    def late(self) -> bool:
        """Whether the answer arrived after it was due."""
        return self.answered_at is not None and self.answered_at > self.answer_by

    def locked(self, now: datetime) -> bool:
        """Whether the customer's lock is on the numbers at that moment."""
        lock = self.request.on_file.lock
        return lock is not None and self.unlocked_at is None and (lock.until is None or now < lock.until)

    def by_itself(self, now: datetime) -> str:
        """What happens at the deadline if nobody says anything, in words for the customer."""
        if self.denied and self.denied.counts:
            return "refused for what the customer said"
        if not self.locked(now):
            return "released"
        return "refused because of your lock" if self.policy.locks_hold else "released, your lock notwithstanding"

    def record(self, cause: Cause, now: datetime, detail: str = "", before: PortOutState | None = None) -> None:
        """Add a line to the audit trail."""
        self.sequence += 1
        self.unpublished.append(
            PortOutEntry(
                sequence=self.sequence,
                recorded_at=now,
                state_before=before or self.state,
                state_after=self.state,
                detail=detail,
                **cause.model_dump(),
            )
        )

    def move(self, to: PortOutState, cause: Cause, now: datetime, detail: str = "") -> None:
        """Change state, and record it.

        Raises:
            IllegalMove: The table has no such move.
        """
        before = self.state
        if (before, to) not in MOVES:
            raise IllegalMove(f"{self.port_out_id}: {before} to {to} because of {cause.kind}")
        self.state, self.since = to, now
        self.trouble, self.tries, self.retry_at = "", 0, None
        if to is not PortOutState.ON_FRAUD_HOLD:
            self.hold = None
        self.record(cause, now, detail, before)

    def end_hold_by(self, hours: int, now: datetime) -> datetime:
        """Until when a hold that begins now lasts: never past the moment at which the answer is decided."""
        return min(now + timedelta(hours=hours), self.decide_by)

    def notify(self, kind: NoticeKind, **facts: str) -> None:
        """Tell people something, right after the change that caused it is recorded."""
        request = self.request
        self.unsent.append(
            Notice(
                order_id=self.port_out_id,
                sequence=self.sequence,
                kind=kind,
                facts={
                    "customer": request.customer,
                    "reference": request.carrier_reference,
                    "losing_carrier": request.carrier,
                    "gaining_carrier": request.requesting_carrier,
                    "count": str(len(request.numbers)),
                    **facts,
                },
                contacts={"customer": request.customer_contact, "coordinator": request.coordinator},
            )
        )
