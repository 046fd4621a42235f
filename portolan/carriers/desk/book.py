"""The book of the desks: cases that people carry on with a carrier, and what was said in each.

A carrier without an interface is asked by mail, by a support case or by telephone. What it says is entered by a person,
and the case as it is in the book is then the truth that `get` answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Annotated, Any, Protocol

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

from portolan.domain.carrier import CarrierStatus, Consent, MessagingStatus, NumberStatus, SendKind
from portolan.domain.rejections import Rejection
from portolan.domain.text import Plain


def storable(text: str) -> str:
    """The text as it is, but for what no database takes: NUL and lone surrogates."""
    return "".join(char for char in text if char != "\0" and not "\ud800" <= char <= "\udfff")


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


#: What somebody wrote, with its lines as they were.
Verbatim = Annotated[str, BeforeValidator(_storable)]


class CaseKind(StrEnum):
    """What a case is about."""

    PORT = "port"
    PORT_BACK = "port_back"
    BRIDGE = "bridge"


class Filed(BaseModel):
    """A document that belongs to a case; `uploaded` where a person said that the desk has it."""

    kind: str
    filename: str
    sha256: str
    uploaded: bool = False


class Sending(BaseModel):
    """One sending of an order in a case.

    Attributes:
        text: What the desk is told, without codes such as PINs.
        digest: Names text and documents: what is told apart when a sending of unknown fate was corrected meanwhile.
        begun_at: When it was put into the book, before anything left.
        sent_at: When it had left; None: nobody knows yet whether it has.
        tries: How many tries left or may have left; one that was refused before anything left is taken back.
    """

    key: str
    attempt: int
    kind: SendKind
    text: Verbatim
    digest: str = ""
    begun_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    tries: int = 1


class Entry(BaseModel):
    """Something that was said in a case.

    Attributes:
        entry_id: Names it once in its case.
        author: Who wrote it, or who entered it.
        waits: Of the carrier's: nobody has read it yet; of ours: nobody has handed it over yet.
    """

    entry_id: str
    at: AwareDatetime
    from_carrier: bool
    author: Plain = ""
    text: Verbatim
    waits: bool = False


class Case(BaseModel):
    """A case with a carrier's desk. All moments are aware UTC.

    Attributes:
        case_id: Names it: the key of its first sending, of the port-back, or of the bridge.
        carrier: The carrier account.
        numbers: E.164.
        about: Of a port-back: the carrier's order whose numbers are to go back; `stage` as it was asked for.
        external_id: What the carrier calls the case; `external_status` its own word for how it stands.
        by_hand: Why a person hands over what is to be said; empty: it goes by itself.
        raw_status: The desk's own words, as they were entered.
        number_status: Numbers of which somebody said where they are; others are as the status has it.
        moved_at: When the numbers moved.
        question: What the desk wants to know; empty: nothing.
        told_at: Of a port-back: when the desk was asked.
        withdrawn_at: When the withdrawal of the order was asked for.
        claimed: Of a bridge: for each legacy number the one chosen for it. Of a port: numbers seen claimed.
        configured: For each number the flow it was given.
        answered_at: When the desk gave its newest answer.
        spoke_at: When we, or the customer, last said or gave something to the desk.
        touched_at: When anything about the case changed last.
        last_answer: Names the newest answer, so that entering it again changes nothing.
    """

    case_id: str
    carrier: str
    order_id: str
    kind: CaseKind = CaseKind.PORT
    numbers: list[str] = Field(default_factory=list)
    losing_carrier: str = ""
    country: str = ""
    about: str = ""
    stage: str = ""
    opened_at: AwareDatetime
    touched_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    sendings: list[Sending] = Field(default_factory=list)
    papers: list[Filed] = Field(default_factory=list)
    external_id: Plain = ""
    external_status: Plain = ""
    by_hand: Plain = ""
    status: CarrierStatus = CarrierStatus.RECEIVED
    raw_status: Plain = ""
    rejections: list[Rejection] = Field(default_factory=list)
    foc_at: AwareDatetime | None = None
    number_status: dict[str, NumberStatus] = Field(default_factory=dict)
    moved_at: AwareDatetime | None = None
    messaging: dict[str, MessagingStatus] = Field(default_factory=dict)
    question: Plain = ""
    consent: Consent | None = None
    consent_why: Plain = ""
    told_at: AwareDatetime | None = None
    withdrawn_at: AwareDatetime | None = None
    claimed: dict[str, str] = Field(default_factory=dict)
    configured: dict[str, str] = Field(default_factory=dict)
    answered_at: AwareDatetime | None = None
    spoke_at: AwareDatetime | None = None
    last_answer: str = ""

    @property
    def sent(self) -> Sending | None:
        """The newest sending that has left."""
        return next((one for one in reversed(self.sendings) if one.sent_at), None)

    @property
    def at_desk(self) -> bool:
        """Whether anything of the case has left, or may have."""
        return bool(self.external_id) or any(one.sent_at or one.tries for one in self.sendings)

    def but(self, **changes: Any) -> Case:
        """The case with other values, checked like any from outside."""
        return Case.model_validate(self.model_dump() | changes)

    def sending(self, key: str) -> Sending | None:
        """The sending with this key."""
        return next((one for one in self.sendings if one.key == key), None)

    def settled(self, key: str) -> bool:
        """Whether nothing is to leave under this key any more: it has left, or the case is closed."""
        held = self.sending(key)
        return self.closed_at is not None or (held is not None and held.sent_at is not None)


class DeskBook(Protocol):
    """Where cases are kept. Each method happens entirely or not at all, and a second time changes nothing."""

    def open_desk_case(self, case: Case) -> Case:
        """Put a case into the book, unless one of its id is there; the one that is there."""
        ...

    def desk_case(self, case_id: str) -> Case | None:
        """The case of that id."""
        ...

    def desk_case_of(self, key: str) -> Case | None:
        """The case that holds the sending with this key, whether it has left or not."""
        ...

    def desk_cases(
        self,
        *,
        carrier: str = "",
        order_id: str = "",
        about: str = "",
        kind: CaseKind | None = None,
        live: bool | None = None,
    ) -> list[Case]:
        """Cases, the oldest first; each argument narrows them, `live` to those that are not closed, or are."""
        ...

    def change_desk_case(self, case_id: str, change: Callable[[Case], Case]) -> Case:
        """The case with a change applied to it as it is now; nobody else changes it meanwhile.

        Raises:
            NotFound: There is no such case.
        """
        ...

    def add_desk_entry(self, case_id: str, entry: Entry) -> bool:
        """Keep what was said; False where an entry of its id is in the case already."""
        ...

    def desk_entries(self, case_id: str) -> list[Entry]:
        """What was said in a case, oldest first."""
        ...

    def settle_desk_entries(self, case_id: str, entry_ids: Collection[str]) -> int:
        """These entries wait for nobody any more; how many had waited."""
        ...
