"""What all carriers with a desk have in common: the case in the book is the order, and people say how it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from portolan.carriers.desk.book import Case, CaseKind, DeskBook, Entry, Filed, Sending
from portolan.carriers.desk.returns import DeskReturns
from portolan.carriers.desk.standing import (
    asked_of_people,
    begun,
    hand_over,
    never_sent,
    order_of,
    sent_anew,
    taken_back,
)
from portolan.carriers.desk.texts import needs_letter, withdrawal_text
from portolan.domain.carrier import (
    BridgeAnswer,
    BridgeWanted,
    CarrierOrder,
    CarrierStatus,
    Changes,
    Comment,
    CsrAnswer,
    FocWindow,
    MessagingStatus,
    NumberConfiguration,
    Portability,
    PortBack,
    Routing,
    SendKind,
    Submission,
)
from portolan.domain.errors import CarrierError, CarrierRefused, OutcomeUnknown

#: What was written in the same instants as the last listing is listed once more.
OVERLAP = timedelta(minutes=1)
_OVER = frozenset({CarrierStatus.PORTED, CarrierStatus.PORTED_BACK})


class DeskCarrier:
    """Most of `GainingCarrier`; what is left is how something gets to the desk.

    Args:
        name: The carrier account.
        desk: What its desk is called, in words for people.
        book: Where cases are kept.
        clock: The time, aware UTC.
    """

    #: Whether documents go with what is sent; else a person gives them to the desk.
    ATTACHES: ClassVar[bool] = False

    def __init__(self, name: str, desk: str, *, book: DeskBook, clock: Callable[[], datetime]) -> None:
        self._name, self._desk, self._book, self._clock = name, desk, book, clock
        self._returns = DeskReturns(book, name, clock)

    def _text(self, submission: Submission, first: str) -> str:
        """What goes into the book of a sending: no codes."""
        raise NotImplementedError

    def _send(self, case: Case, sending: Sending, submission: Submission) -> str:
        """Let a sending leave, once; what the order is said to be then."""
        raise NotImplementedError

    def _say(self, case: Case, entry: Entry) -> Entry:
        """Let words leave; the entry as it is kept."""
        raise NotImplementedError

    def _check(self, submission: Submission) -> None:
        """Refuse what this desk would not take, before anything is kept or sent."""
        needs_letter(submission)

    def check_portability(self, order_id: str, numbers: Sequence[str]) -> list[Portability]:
        """Nobody can say before the desk is asked: none is ruled out."""
        why = f"{self._desk} says so only in answer to the request"
        return [Portability(number=number, portable=True, reason=why) for number in numbers]

    def request_csr(self, order_id: str, losing_carrier: str, account_number: str) -> CsrAnswer:
        """A desk supplies no records."""
        return CsrAnswer(reason=f"{self._desk} supplies no records of {losing_carrier}")

    def find(self, key: str, numbers: Sequence[str] = ()) -> CarrierOrder | None:
        """The case that holds a sending with this key that has left; one only begun counts without numbers."""
        case = self._book.desk_case_of(key)
        sending = case.sending(key) if case and case.carrier == self._name else None
        return self.get(case.case_id) if case and sending and (sending.sent_at or not numbers) else None

    def submit(self, submission: Submission) -> CarrierOrder:
        """Open a case, or go on in the one there is: an order has one open case, whatever is sent for it.

        Raises:
            CarrierRefused: A letter is missing, or the numbers have moved.
            CarrierInvalid: A limit is passed.
            OutcomeUnknown: It may have left; sending the same again does no harm.
        """
        self._check(submission)
        case = self._case_for(submission)
        held = case.sending(submission.key)
        if held is None or held.sent_at is None:
            self._leave(case.case_id, self._begun(submission, case.case_id, held), submission)
        return self.get(case.case_id)

    def _leave(self, case_id: str, sending: Sending, submission: Submission) -> None:
        """Let a sending leave, unless another try was faster; one that surely did not leave is taken back."""
        case = self._book.change_desk_case(case_id, lambda it: begun(it, sending))
        if case.settled(sending.key):
            return
        try:
            raw_status = self._send(case, sending, submission)
        except OutcomeUnknown:
            raise
        except CarrierError:
            self._book.change_desk_case(case_id, lambda it: taken_back(it, sending.key))
            raise
        sent = sending.model_copy(update={"sent_at": self._clock()})
        self._book.change_desk_case(
            case_id,
            lambda it: sent_anew(it, sent, submission.numbers, raw_status).but(
                papers=_papers(it, submission, self.ATTACHES)
            ),
        )

    def _case_for(self, submission: Submission) -> Case:
        known = self._book.desk_case_of(submission.key)
        if known is None and submission.carrier_order_id:
            known = self._book.desk_case(submission.carrier_order_id)
        over = known is not None and known.status is CarrierStatus.CANCELLED and known.case_id != submission.key
        if known is None or (over and submission.kind is SendKind.NEW):
            open_ones = self._book.desk_cases(
                carrier=self._name, order_id=submission.order_id, kind=CaseKind.PORT, live=True
            )
            known = open_ones[-1] if open_ones else None
        if known is not None:
            if known.status in _OVER or known.status is CarrierStatus.CANCELLED:
                raise CarrierRefused(
                    f"{self._desk} has case {known.case_id} as {known.status.replace('_', ' ')}: nothing was sent."
                )
            return known
        now = self._clock()
        return self._book.open_desk_case(
            Case(
                case_id=submission.key,
                carrier=self._name,
                order_id=submission.order_id,
                numbers=submission.numbers,
                losing_carrier=submission.losing_carrier,
                country=submission.country,
                opened_at=now,
                touched_at=now,
                sendings=[self._begun(submission, submission.key, None)],
            )
        )

    def _begun(self, submission: Submission, first: str, earlier: Sending | None) -> Sending:
        """The sending as it is to leave; what was begun earlier under its key may have been corrected since."""
        text = self._text(submission, first)
        told = "\n".join([text, *(paper.sha256 for paper in submission.papers)])
        return Sending(
            key=submission.key,
            attempt=submission.attempt,
            kind=submission.kind,
            text=text,
            digest=sha256(told.encode(errors="replace")).hexdigest()[:10],
            begun_at=earlier.begun_at if earlier else self._clock(),
            tries=earlier.tries if earlier else 0,
        )

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the case stands."""
        return self._seen(self._case(carrier_order_id))

    def _seen(self, case: Case) -> CarrierOrder:
        entries = self._book.desk_entries(case.case_id)
        return self._returns.seen(order_of(case, self._asks(case, entries)))

    def _asks(self, case: Case, entries: Sequence[Entry]) -> list[str]:
        """What people have to do."""
        return [] if case.closed_at else asked_of_people(case, entries, self._desk)

    def changes(self, cursor: str) -> Changes:
        """The cases that were touched since; the cursor is a moment."""
        now = self._clock()
        since = moment_of(cursor)
        cases = self._book.desk_cases(carrier=self._name, live=None if since else True)
        ids = [
            case.about or case.case_id
            for case in cases
            if case.kind is not CaseKind.BRIDGE and (since is None or case.touched_at >= since - OVERLAP)
        ]
        return Changes(carrier_order_ids=list(dict.fromkeys(ids)), cursor=now.isoformat())

    def listen(self) -> None:
        """Nobody can be asked to call back."""

    def foc_windows(self, carrier_order_id: str) -> list[FocWindow]:
        """A desk names the date."""
        return []

    def comment(self, carrier_order_id: str, text: str) -> None:
        """Say something to the desk, once; what it wanted to know is answered by that."""
        case = self._case(carrier_order_id)
        self._tell(case, f"said-{sha256(text.strip().encode()).hexdigest()[:16]}", text)
        self._book.change_desk_case(case.case_id, lambda it: it.but(question="") if it.question else it)

    def comments(self, carrier_order_id: str) -> list[Comment]:
        """What was said in the case."""
        return [
            Comment(
                comment_id=entry.entry_id,
                at=entry.at,
                from_carrier=entry.from_carrier,
                author=entry.author,
                text=entry.text,
            )
            for entry in self._book.desk_entries(self._case(carrier_order_id).case_id)
        ]

    def cancel(self, carrier_order_id: str, reason: str) -> CarrierOrder:
        """Ask the desk to withdraw the order, once; it is cancelled when a person enters that the desk has.

        One of which nothing can have left is cancelled without asking anybody.

        Raises:
            OutcomeUnknown: The desk was asked, or a person has to, and nobody has entered yet what it said.
            CarrierRefused: The numbers have moved.
        """
        case = self._case(carrier_order_id)
        if case.status is CarrierStatus.CANCELLED:
            return self._seen(case)
        if case.status in _OVER:
            raise CarrierRefused(f"The numbers of {case.case_id} have moved: the order can no longer be withdrawn.")
        now = self._clock()
        case = self._book.change_desk_case(case.case_id, lambda it: never_sent(it, now))
        if case.status is CarrierStatus.CANCELLED:
            return self._seen(case)
        name = f"withdraw-{case.sent.attempt if case.sent else 0}"
        self._tell(case, name, withdrawal_text(case.case_id, reason))
        self._book.change_desk_case(case.case_id, lambda it: it.but(withdrawn_at=it.withdrawn_at or now))
        enter = f"`portolan desk answer {case.order_id} cancelled`"
        if any(entry.entry_id == name and entry.waits for entry in self._book.desk_entries(case.case_id)):
            raise OutcomeUnknown(
                f"{self._desk} was not asked yet to withdraw {case.case_id}: the text waits for a person.",
                f"{hand_over(case, self._desk)} Once it is withdrawn, enter {enter}.",
            )
        raise OutcomeUnknown(
            f"{self._desk} was asked to withdraw {case.case_id}, and nobody has entered yet that it has.",
            f"Ask, and enter it: {enter}.",
        )

    def configure(self, carrier_order_id: str, configuration: NumberConfiguration) -> bool:
        """People configure the numbers there: the request named what they get."""
        self._case(carrier_order_id)
        return True

    def unconfigure(self, carrier_order_id: str) -> None:
        """People do that, too."""
        self._case(carrier_order_id)

    def activate(self, carrier_order_id: str) -> CarrierOrder:
        """The desk moves the numbers by itself: the order as it stands."""
        return self.get(carrier_order_id)

    def routing(self, carrier_order_id: str, numbers: Sequence[str]) -> list[Routing]:
        """There is no look-up."""
        return []

    def messaging(self, carrier_order_id: str, campaign: str) -> dict[str, MessagingStatus]:
        """Where the messaging of each number is, as it was entered; people see to the campaign."""
        case = self._case(carrier_order_id)
        return {number: case.messaging.get(number, MessagingStatus.PENDING) for number in case.numbers}

    def port_back(self, request: PortBack) -> CarrierOrder:
        """Have the desk asked, once for each key; what it says is entered by a person."""
        self._returns.ask(request, lambda words: self.comment(request.carrier_order_id, words))
        return self.get(request.carrier_order_id)

    def build_bridge(self, wanted: BridgeWanted) -> BridgeAnswer:
        """A person arranges one."""
        raise CarrierRefused(
            f"{self._desk} has no call for claiming numbers.",
            "Arrange numbers with it by hand and have the old carrier forward to them, or port without a bridge.",
        )

    def bridge(self, key: str) -> BridgeAnswer | None:
        """There is none."""
        return None

    def remove_bridge(self, key: str) -> None:
        """There is none."""

    def _case(self, carrier_order_id: str) -> Case:
        case = self._book.desk_case(carrier_order_id)
        if case is None or case.carrier != self._name:
            raise CarrierRefused(f"There is no case {carrier_order_id} with {self._desk}.")
        return case

    def _tell(self, case: Case, entry_id: str, text: str) -> None:
        """Say words in a case, once under this id; the entry, which says that it was done, comes last."""
        if any(entry.entry_id == entry_id for entry in self._book.desk_entries(case.case_id)):
            return
        now = self._clock()
        entry = self._say(case, Entry(entry_id=entry_id, at=now, from_carrier=False, author="portolan", text=text))
        spoke = {} if entry.waits else {"spoke_at": now}
        self._book.change_desk_case(case.case_id, lambda it: it.but(touched_at=now, **spoke))
        self._book.add_desk_entry(case.case_id, entry)

    def _keep(self, case: Case, sending: Sending, text: str, waits: bool = False) -> None:
        """Keep what a sending said, once; corrected under the same key, the newest text alone waits for people."""
        name = f"sending-{sending.attempt}"
        told = [one for one in self._book.desk_entries(case.case_id) if one.entry_id.partition(".")[0] == name]
        if told and told[-1].text == text:
            return
        entry = Entry(
            entry_id=f"{name}.{len(told) + 1}" if told else name,
            at=self._clock(),
            from_carrier=False,
            author="portolan",
            text=text,
            waits=waits,
        )
        self._book.settle_desk_entries(case.case_id, [one.entry_id for one in told])
        self._book.add_desk_entry(case.case_id, entry)


def _papers(case: Case, submission: Submission, attached: bool) -> list[Filed]:
    """The case's documents and those of a sending; what the desk has stays with it."""
    known = {paper.sha256 for paper in case.papers}
    return [
        *case.papers,
        *(
            Filed(kind=paper.kind, filename=paper.filename, sha256=paper.sha256, uploaded=attached)
            for paper in submission.papers
            if paper.sha256 not in known
        ),
    ]


def moment_of(cursor: str) -> datetime | None:
    """The moment a cursor names; None for an empty one, and for one that nobody can read."""
    try:
        moment = datetime.fromisoformat(cursor) if cursor else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
