"""A port order as the workflow carries it: what was asked, where it stands, and what is still to be told.

Everything a deployment, a continue-as-new or a replay must not lose is a field here. Fields added later need a
default, and unknown ones are ignored, so that an order outlives the code that started it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, Field

from portolan.domain.bridge import Bridge
from portolan.domain.calendars import end_of
from portolan.domain.carrier import (
    AccountData,
    CarrierStatus,
    CsrRecord,
    MessagingStatus,
    NumberStatus,
    Routing,
    SendKind,
)
from portolan.domain.messages import Event
from portolan.domain.order_request import OrderRequest
from portolan.domain.playbooks.model import Policy
from portolan.domain.port_backs import Asked, Proposal
from portolan.domain.reconciliation import Difference
from portolan.domain.rejections import Rejection
from portolan.domain.runbook import Override, SignOff
from portolan.domain.states import ENDED, MOVES, STATES, WAITS_FOR_PEOPLE, State, Turn
from portolan.domain.tasks import TASK_STATES, Task, TaskKind
from portolan.domain.telling import AuditEntry, Notice, NoticeKind
from portolan.domain.testcalls import CallResult


class Evidence(BaseModel):
    """What was given to show that the account data is right; `document` is its SHA-256 in the document store."""

    kind: str
    by: str
    given_at: AwareDatetime
    dated_on: date | None = None
    document: str | None = None
    note: str = ""


class SplitOff(BaseModel):
    """Numbers that go on in an order of their own, so that the others need not wait for them."""

    order_id: str
    numbers: list[str]
    why: str
    because: list[Rejection] = Field(default_factory=list)


class Loa(BaseModel):
    """A signed letter of authorization; it may be sent until `expires_at`. `advice`: when to have it signed again."""

    signed_by: str
    signed_on: date
    expires_at: AwareDatetime
    document: str | None = None
    warned: bool = False
    advice: str = ""


class OnHold(BaseModel):
    """Who put the order on hold, why and until when; without `until` it is reviewed at `review_at`.

    `supplements`: the carrier is asked for another date because of it, which a hold does not hold up; `asked`: it was.
    """

    by: str
    reason: str
    since: AwareDatetime
    until: AwareDatetime | None = None
    review_at: AwareDatetime
    supplements: bool = False
    asked: bool = False


class Cause(NamedTuple):
    """Why something changes: the kind of event, who, when it happened, and the message that said so."""

    kind: str
    by: str
    occurred_at: datetime
    event_id: str = ""


class IllegalMove(Exception):
    """A move that the transition table does not know: a defect, never a user's fault."""


class Order(BaseModel):
    """The whole state of one port order. All times are UTC.

    Attributes:
        evidences: What was given for the account data; `evidence` is set where it takes the place of a record.
        csr_given: The record as the requester has it, where the carrier supplied one, too: both count.
        left: Numbers that stay on the account. `unknown`: numbers of the order that its record does not list.
        main_number: The account's, in E.164, where it is known.
        letter_wanted: The letter about to be rendered. `letters`: the SHA-256 of those that are, by kind.
        send_again: The newest attempt may or may not have reached the carrier: the next sending keeps its number and
            looks there first.
        unjudged: It is not settled yet what a rejection calls for.
        cure_at: When a rejection that only needs time is taken up again. `cures`: how often in a row that happened.
        dispute: A drafted letter against the newest rejection.
        split_off: Numbers about to get an order of their own. `splits`: the orders that have.
        bridge: The bridge, where one was built or is about to be. `bridge_first`: it comes before anything is sent.
            `bridge_next`: the order is withdrawn at the carrier in order to be bridged.
        foc_settled_at: When the present FOC was settled. `foc_before`: the newest that there was; `foc_round`: how
            many different ones in a row. `foc_kept`: the date that still stands while another one is asked for.
        signoffs: The newest sign-off of each item of the runbook.
        override: The decision-maker's word that gates may be red.
        red_told: The stages whose red gates people were told of, for the present FOC.
        held_since: The FOC has come, and the numbers wait for a gate or for a person's word.
        go_by: Who said that the numbers are to move.
        configure: The numbers are to be configured now. `configured`: they are. `configured_for`: for which FOC that
            was tried. `configure_on_arrival`: the carrier takes it only once they are there.
        calls: Test calls, as they came in. `slots_called`: the slots that were the dialer's turn. `call_slot`: the
            one that is due now.
        routing: The newest independent look at each number.
        proven_at: When every number was proven in service, by `proof`; None while that does not hold.
        messaging: Where each number's messaging is. `messaging_at`: when the carrier is asked next. `messaging_until`:
            when it should have settled. `ask_messaging`: it is asked now.
        without_messaging: Somebody decided not to wait for it.
        returns: The returns that were ordered, the newest last.
        proposal: A decision that waits for its second person.
        hint_ends_wait: Portolan waits for something at the carrier, and asks again at once when it hears from there.
            `heard`: it heard while a call to the carrier ran, whose answer may be older.
        seen: The ids of messages already taken. `deferred`: messages that wait for a running effect to end.
        unpublished: What the read model has not been told yet. `unsent`: what people have not.
    """

    request: OrderRequest
    created_at: AwareDatetime
    state: State = State.CHECKING
    since: AwareDatetime
    sequence: int = 0

    account: AccountData
    csr: CsrRecord | None = None
    csr_given: CsrRecord | None = None
    csr_unavailable: str = ""
    evidence: str = ""
    evidences: list[Evidence] = Field(default_factory=list)
    differences: list[Difference] = Field(default_factory=list)
    left: list[str] = Field(default_factory=list)
    unknown: list[str] = Field(default_factory=list)
    main_number: str = ""
    remaining: str = ""
    new_btn: str = ""
    cured: bool = False

    letter_wanted: str = ""
    letters: dict[str, str] = Field(default_factory=dict)
    loa: Loa | None = None
    approved_by: str = ""

    attempt: int = 0
    send: SendKind = SendKind.NEW
    send_again: bool = False
    carrier_order_id: str | None = None
    carrier_status: CarrierStatus | None = None
    carrier_raw_status: str = ""
    carrier_said: str = ""
    carrier_said_at: AwareDatetime | None = None
    carrier_approved_at: AwareDatetime | None = None
    rejections: list[Rejection] = Field(default_factory=list)
    unjudged: bool = False
    cure_at: AwareDatetime | None = None
    cures: int = 0
    dispute: str = ""
    split_off: SplitOff | None = None
    splits: list[str] = Field(default_factory=list)
    requested_foc_on: date | None = None
    foc_at: AwareDatetime | None = None
    foc_moves: int = 0

    activated_at: AwareDatetime | None = None
    rollback_until: AwareDatetime | None = None
    closing_notices: int = 0
    number_status: dict[str, NumberStatus] = Field(default_factory=dict)
    rollback_by: str = ""
    rollback_reason: str = ""
    rollback_decided_at: AwareDatetime | None = None
    cancel_reason: str = ""
    cancelled_in: State | None = None
    gave_up: bool = False

    bridge: Bridge | None = None
    bridge_first: bool = False
    bridge_next: bool = False

    foc_settled_at: AwareDatetime | None = None
    foc_before: AwareDatetime | None = None
    foc_round: int = 0
    foc_kept: AwareDatetime | None = None
    signoffs: dict[str, SignOff] = Field(default_factory=dict)
    override: Override | None = None
    red_told: list[str] = Field(default_factory=list)
    held_since: AwareDatetime | None = None
    go_by: str = ""
    configure: bool = False
    configured: bool = False
    configured_for: AwareDatetime | None = None
    configure_on_arrival: bool = False

    calls: list[CallResult] = Field(default_factory=list)
    slots_called: int = 0
    call_slot: int | None = None
    routing: dict[str, Routing] = Field(default_factory=dict)
    proven_at: AwareDatetime | None = None
    proof: list[str] = Field(default_factory=list)
    messaging: dict[str, MessagingStatus] = Field(default_factory=dict)
    messaging_at: AwareDatetime | None = None
    messaging_until: AwareDatetime | None = None
    ask_messaging: bool = False
    without_messaging: str = ""
    returns: list[Asked] = Field(default_factory=list)
    proposal: Proposal | None = None

    hold: OnHold | None = None
    tasks: list[Task] = Field(default_factory=list)
    remind_at: AwareDatetime | None = None
    silence_ends_at: AwareDatetime | None = None
    chase_at: AwareDatetime | None = None
    retry_at: AwareDatetime | None = None
    tries: int = 0
    in_flight: bool = False
    refetch: bool = False
    hint_ends_wait: bool = False
    heard: bool = False

    outcome: str = ""
    last_refusal: str = ""
    seen: dict[str, str] = Field(default_factory=dict)
    deferred: list[Event] = Field(default_factory=list)
    unpublished: list[AuditEntry] = Field(default_factory=list)
    unsent: list[Notice] = Field(default_factory=list)

    @classmethod
    def new(cls, request: OrderRequest, now: datetime) -> Order:
        """An order as it starts: being checked."""
        order = cls(
            request=request,
            created_at=now,
            since=now,
            account=request.account,
            requested_foc_on=request.requested_foc_on,
            remaining=request.remaining,
            new_btn=request.new_btn,
            bridge_first=request.strategy == "bridge_then_port",
        )
        detail = f"{len(request.numbers)} number(s)"
        detail += f", split out of {request.split_from}" if request.split_from else ""
        order.record(Cause("requested", request.coordinator.name, now), now, detail)
        return order

    @property
    def order_id(self) -> str:
        """The order's name."""
        return self.request.order_id

    @property
    def policy(self) -> Policy:
        """The rules this order started with."""
        return self.request.policy

    @property
    def ended(self) -> bool:
        """Nothing more will happen."""
        return self.state in ENDED

    @property
    def open_tasks(self) -> list[Task]:
        """What people have to do now."""
        return [task for task in self.tasks if task.closed_at is None]

    @property
    def turn(self) -> Turn:
        """Whose turn it is: the state's, unless a hold or a task says otherwise."""
        if self.ended:
            return Turn.NOBODY
        if self.hold:
            return Turn.COORDINATOR
        for task in self.open_tasks:
            if task.kind is not TaskKind.READ_MESSAGE:
                return task.turn
        return STATES[self.state].turn

    def loa_valid_at(self, moment: datetime) -> bool:
        """Whether there is a signed LOA young enough to be sent at that moment."""
        return self.loa is not None and moment < self.loa.expires_at

    def loa_expiry(self, signed_on: date) -> datetime:
        """When an LOA of that date becomes too old: the end of its last day at the losing carrier's desk."""
        return end_of(signed_on + timedelta(days=self.policy.loa_max_age_days), self.policy.time_zone)

    def set_foc(self, foc_at: datetime | None, now: datetime) -> None:
        """Take another date, or none: what was settled for the one before is void."""
        if foc_at and foc_at != self.foc_before:
            self.foc_before = foc_at
            self.foc_round += 1
        self.foc_at = foc_at
        self.foc_settled_at = now if foc_at else None
        self.red_told = []
        self.held_since = None
        self.go_by = ""
        for kind in (TaskKind.CHECK_DATE, TaskKind.RED_GATES, TaskKind.CUT_OVER):
            self.close_tasks(kind, "superseded", now)

    def take_status(self, numbers: Mapping[str, NumberStatus]) -> None:
        """Keep where the carrier says the order's own numbers are; it may still name those that were split out."""
        own = {number: numbers[number] for number in self.request.numbers if number in numbers}
        self.number_status = {**self.number_status, **own}

    def record(self, cause: Cause, now: datetime, detail: str = "", before: State | None = None) -> None:
        """Add a line to the audit trail."""
        self.sequence += 1
        self.unpublished.append(
            AuditEntry(
                sequence=self.sequence,
                kind=cause.kind,
                by=cause.by,
                occurred_at=cause.occurred_at,
                recorded_at=now,
                state_before=before or self.state,
                state_after=self.state,
                detail=detail,
                event_id=cause.event_id,
            )
        )

    def move(self, to: State, cause: Cause, now: datetime, detail: str = "") -> None:
        """Change state: close the tasks that no longer apply, restart the clocks of waiting, and record it."""
        before = self.state
        if (before, to) not in MOVES:
            raise IllegalMove(f"{self.order_id}: {before} to {to} because of {cause.kind}")
        self.state = to
        self.since = now
        self.retry_at = None
        self.hint_ends_wait = False
        self.tries = 0
        for task in self.open_tasks:
            if to not in TASK_STATES[task.kind]:
                self.close_task(task, cause.by, now)
        self.cure_at = None
        self.unjudged = False
        self.remind_at = None
        self.silence_ends_at = None
        if to in WAITS_FOR_PEOPLE:
            self.remind_at = now + timedelta(days=self.policy.reminder_days)
            if self.attempt == 0:
                self.silence_ends_at = now + timedelta(days=self.policy.customer_silence_days)
        if to in ENDED:
            self.hold = None
            self.refetch = False
        self.record(cause, now, detail, before)

    def open_task(
        self, kind: TaskKind, detail: str, now: datetime, due_at: datetime | None = None, item: str = ""
    ) -> Task:
        """Ask a person for something; an open task about the same is replaced, so that the newest words count."""
        self.close_tasks(kind, "superseded", now, item)
        count = sum((task.kind, task.item) == (kind, item) for task in self.tasks) + 1
        task = Task(
            task_id=f"{(item or kind).replace('_', '-')}-{count}",
            kind=kind,
            detail=detail,
            opened_at=now,
            due_at=due_at or self.remind_at,
            item=item,
        )
        self.tasks.append(task)
        return task

    def has_task(self, kind: TaskKind, item: str = "") -> bool:
        """Whether a task of that kind, about that, is open."""
        return any((task.kind, task.item) == (kind, item) for task in self.open_tasks)

    def close_task(self, task: Task, by: str, now: datetime, answer: str = "") -> None:
        """Mark a task as done."""
        task.closed_at, task.closed_by, task.answer = now, by, answer

    def close_tasks(self, kind: TaskKind, by: str, now: datetime, item: str | None = None) -> None:
        """Mark all open tasks of a kind as done, or those about one item."""
        for task in self.open_tasks:
            if task.kind is kind and item in {None, task.item}:
                self.close_task(task, by, now)

    def notify(self, kind: NoticeKind, **facts: str) -> None:
        """Tell the order's people something, right after the change that caused it is recorded."""
        request = self.request
        self.unsent.append(
            Notice(
                order_id=self.order_id,
                sequence=self.sequence,
                kind=kind,
                facts={
                    "customer": request.customer,
                    "reference": request.reference,
                    "losing_carrier": request.losing_carrier,
                    "gaining_carrier": request.gaining_carrier,
                    "count": str(len(request.numbers)),
                    **facts,
                },
                contacts={
                    "customer": request.customer_contact,
                    "coordinator": request.coordinator,
                    "decision_maker": request.decision_maker,
                },
            )
        )
