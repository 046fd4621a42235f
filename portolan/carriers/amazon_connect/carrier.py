"""Amazon Connect as a gaining carrier: a case at AWS Support for each order, and the instance's own numbers.

There is no interface for porting. A case is opened by the AWS Support API where the account's plan has it, else a
person pastes the text; documents go through a link that AWS sends, and people enter what AWS writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from portolan.carriers.accounts import AmazonConnectAccount
from portolan.carriers.amazon_connect.aws import NO_PLAN, Aws, NotAllowed
from portolan.carriers.amazon_connect.bridging import Bridges
from portolan.carriers.amazon_connect.instance import InInstance, Instance
from portolan.carriers.amazon_connect.support import Support, mark, parts, said_already
from portolan.carriers.amazon_connect.verifying import checks
from portolan.carriers.desk.book import Case, CaseKind, DeskBook, Entry, Sending
from portolan.carriers.desk.carrier import OVERLAP, DeskCarrier, moment_of
from portolan.carriers.desk.texts import request_text
from portolan.domain.carrier import (
    BridgeAnswer,
    BridgeWanted,
    CarrierOrder,
    CarrierStatus,
    Changes,
    Check,
    NumberConfiguration,
    NumberStatus,
    Portability,
    Routing,
    SendKind,
    Submission,
)
from portolan.domain.errors import CarrierInvalid, CarrierRefused

#: After so long without a word of the customer AWS may close the case (AWS re:Post); people are told a while before.
SILENCE = timedelta(days=30)
WARNING = timedelta(days=5)
#: AWS's words for a case, and what they ask of people; a word that is not here is a puzzle for a person.
_ASKED = {
    "opened": "",
    "unassigned": "",
    "work-in-progress": "",
    "customer-action-completed": "",
    "reopened": "",
    "pending-customer-action": "AWS waits for an answer in the case.",
    "resolved": "AWS has closed the case: enter what came of it with `portolan desk answer {order_id}`, or reopen it.",
}
_NO_PLAN = "the AWS account's support plan does not have the Support API"


class AmazonConnect(DeskCarrier):
    """Implements `GainingCarrier`.

    Args:
        account: Which instance, and whether the Support API can be used.
        book: Where cases are kept.
        clock: The time, aware UTC.
        clients: boto3 clients by the name of their service, in place of the account's own.
    """

    def __init__(
        self,
        account: AmazonConnectAccount,
        *,
        book: DeskBook,
        clock: Callable[[], datetime],
        clients: Callable[[str], Any] | None = None,
    ) -> None:
        super().__init__(account.name, "AWS", book=book, clock=clock)
        self._account = account
        self._aws = Aws(account, clients)
        self._support, self._instance = Support(self._aws), Instance(account, self._aws)
        self._bridges = Bridges(account.name, self._instance, book, clock)

    def check_portability(self, order_id: str, numbers: Sequence[str]) -> list[Portability]:
        """AWS says so in the case, within five business days."""
        why = "AWS says so in the case, within five business days"
        return [Portability(number=number, portable=True, reason=why) for number in numbers]

    def _check(self, submission: Submission) -> None:
        super()._check(submission)
        for paper in submission.papers:
            if paper.kind == "loa" and paper.media_type != "application/pdf":
                raise CarrierInvalid(
                    f"Nothing was sent: AWS takes a letter as PDF only, and {paper.filename} is {paper.media_type}.",
                    f"Attach it as PDF with `portolan sign {submission.order_id} --file`.",
                )

    def _text(self, submission: Submission, first: str) -> str:
        flow = submission.configuration.contact_flow if submission.configuration else ""
        own = [
            f"Amazon Connect instance: {self._account.instance_arn}",
            f"Contact flow for every number on arrival: {flow}" if flow else "",
            "Please send the link for uploading the documents; they come that way, and not as attachments.",
        ]
        return request_text(submission, to="Amazon Connect", first=first, own=filter(None, own), codes=False)

    def _send(self, case: Case, sending: Sending, submission: Submission) -> str:
        """Open the case or add to it, piece by piece; what is in it already is not said again."""
        why = case.by_hand or ("" if self._account.support_api else "the account has no Support API")
        if not why:
            try:
                why = self._sent_by_api(case, sending)
            except NotAllowed as error:
                if error.aws_code != NO_PLAN:
                    raise
                why = _NO_PLAN
        text = f"{mark(case.case_id)}\n\n{sending.text}" if why else sending.text
        self._keep(case, sending, text, waits=bool(why))
        if not why:
            return "case opened" if sending.kind is SendKind.NEW else "sent in the case"
        self._book.change_desk_case(case.case_id, lambda it: it.but(by_hand=why))
        return f"case text written for a person to hand over: {why}"

    def _sent_by_api(self, case: Case, sending: Sending) -> str:
        """Send by the Support API; why that cannot be, where it cannot."""
        pieces = parts(sending.text, sending.key, sending.digest)
        external_id = case.external_id or self._support.find(case.case_id, case.opened_at)
        there = self._support.correspondence(external_id) if external_id else []
        if external_id is None:
            place = self._support.place(north_america=case.numbers[0].startswith("+1"))
            if place is None:
                return "AWS names no service and category for number porting"
            subject = f"Port {len(case.numbers)} number(s) from {case.losing_carrier}, {case.country}"[:150]
            external_id = self._support.create(f"{subject} {mark(case.case_id)}", pieces[0], place)
            pieces = pieces[1:]
        named = external_id
        self._book.change_desk_case(case.case_id, lambda it: it.but(external_id=named))
        self._add(external_id, pieces, there)
        return ""

    def _add(self, external_id: str, pieces: Sequence[str], there: Sequence[Entry]) -> None:
        for piece in pieces:
            if not said_already(piece, there):
                self._support.say(external_id, piece)

    def _say(self, case: Case, entry: Entry) -> Entry:
        """Add words to the case; without the Support API a person hands them over."""
        if self._account.support_api and not case.by_hand and case.external_id:
            try:
                there = self._support.correspondence(case.external_id)
                self._add(case.external_id, parts(entry.text, f"{case.case_id}/{entry.entry_id}"), there)
            except NotAllowed as error:
                if error.aws_code != NO_PLAN:
                    raise
            else:
                return entry
        return entry.model_copy(update={"waits": True})

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the case stands; from the FOC on, numbers that are in the instance are in service."""
        case = self._case(carrier_order_id)
        if case.status is CarrierStatus.FOC_CONFIRMED and self._foc_passed(case):
            there = dict.fromkeys(self._claimed(case), NumberStatus.ACTIVE)
            case = case.but(number_status=there | case.number_status)
        if case.external_status not in {"", *_ASKED} and case.status is CarrierStatus.RECEIVED:
            case = case.but(status=CarrierStatus.UNKNOWN, raw_status=case.external_status)
        return self._seen(case)

    def _foc_passed(self, case: Case) -> bool:
        """Numbers appear in the instance about a day before they move (AWS administrator guide)."""
        return case.foc_at is not None and case.foc_at <= self._clock()

    def _asks(self, case: Case, entries: Sequence[Entry]) -> list[str]:
        asks = super()._asks(case, entries)
        if case.closed_at:
            return asks
        if case.external_status:
            asked = _ASKED.get(case.external_status, 'AWS has the case as "{status}": look at it there.')
            asks += filter(None, [asked.format(order_id=case.order_id, status=case.external_status)])
        due = _warned_at(case)
        if due and due <= self._clock() and case.spoke_at:
            asks.append(
                f"Nothing was said to AWS since {case.spoke_at:%Y-%m-%d}, and after {SILENCE.days} days of silence it "
                f"may close the case: say something with `portolan desk say {case.order_id} TEXT`."
            )
        return asks

    def changes(self, cursor: str) -> Changes:
        """The cases that were touched since, with what AWS wrote meanwhile put into the book first."""
        if self._account.support_api:
            for case in self._open_at_aws():
                try:
                    self._mirror(case)
                except CarrierRefused as error:
                    self._unseen(case, error)
        since, found = moment_of(cursor), super().changes(cursor)
        silent = [
            case.case_id
            for case in self._book.desk_cases(carrier=self._name, kind=CaseKind.PORT, live=True)
            if (due := _warned_at(case)) and since and since - OVERLAP <= due <= self._clock()
        ]
        ids = dict.fromkeys([*found.carrier_order_ids, *silent])
        return Changes(carrier_order_ids=list(ids), cursor=found.cursor)

    def _open_at_aws(self) -> list[Case]:
        """Cases that AWS may write in: open ones, and those whose numbers are to go back."""
        cases = self._book.desk_cases(carrier=self._name, kind=CaseKind.PORT)
        backs = self._book.desk_cases(carrier=self._name, kind=CaseKind.PORT_BACK, live=True)
        about = {case.about for case in backs}
        return [case for case in cases if case.external_id and (not case.closed_at or case.case_id in about)]

    def _mirror(self, case: Case) -> None:
        """Put what was written in the case since into the book, and how AWS has it."""
        at_aws = self._support.case(case.external_id)
        entries = [entry for entry in self._support.correspondence(case.external_id) if not _ours(entry, case)]
        new = [entry for entry in entries if self._book.add_desk_entry(case.case_id, entry)]
        spoke = [entry.at for entry in entries if not entry.from_carrier]
        spoke_at = max([*spoke, *([case.spoke_at] if case.spoke_at else [])], default=None)
        if new or at_aws.status != case.external_status or spoke_at != case.spoke_at:
            now = self._clock()
            self._book.change_desk_case(
                case.case_id,
                lambda it: it.but(external_status=at_aws.status, spoke_at=spoke_at, touched_at=now),
            )

    def _unseen(self, case: Case, error: CarrierRefused) -> None:
        """A case that AWS does not show keeps nobody from seeing the others: people are told."""
        now, words = self._clock(), f"not shown by AWS: {error.message}"
        self._book.change_desk_case(
            case.case_id,
            lambda it: it if it.external_status == words else it.but(external_status=words, touched_at=now),
        )

    def _claimed(self, case: Case) -> dict[str, InInstance]:
        """The case's numbers that are in the instance for good; what was seen claimed is not asked for again."""
        there = self._instance.numbers()
        found = {}
        for number in case.numbers:
            held = there.get(number)
            if held is None:
                continue
            if case.claimed.get(number) != held.phone_number_id:
                if not self._instance.is_claimed(held.phone_number_id):
                    continue
                case = self._noted(case, claimed={number: held.phone_number_id})
            found[number] = held
        return found

    def _noted(self, case: Case, **told: dict[str, str]) -> Case:
        """Keep at once what was found or done for a number, so that a call that breaks off need not begin again."""
        return self._book.change_desk_case(
            case.case_id, lambda it: it.but(**{name: getattr(it, name) | value for name, value in told.items()})
        )

    def configure(self, carrier_order_id: str, configuration: NumberConfiguration) -> bool:
        """Send the calls of each number that has arrived to its flow.

        Returns:
            False as long as a number is missing in the instance.

        Raises:
            CarrierRefused: No contact flow is named, and Connect takes nothing else.
        """
        case = self._case(carrier_order_id)
        flow = configuration.contact_flow
        if not flow:
            raise CarrierRefused(
                "Amazon Connect sends calls to a contact flow, and none is named.",
                "Name it as `contact_flow` in the request, or map the numbers by hand.",
            )
        there = self._claimed(case)
        for number, held in there.items():
            if case.configured.get(number) != flow:
                self._instance.give_flow(held.phone_number_id, flow)
                case = self._noted(case, configured={number: flow})
        failed = {number for number, status in case.number_status.items() if status is NumberStatus.FAILED}
        return set(case.numbers) - failed <= set(there)

    def unconfigure(self, carrier_order_id: str) -> None:
        """Take the flow from the numbers that were given one."""
        case = self._case(carrier_order_id)
        if not case.configured:
            return
        there = self._instance.numbers()
        for number in list(case.configured):
            if number in there:
                self._instance.take_flow(there[number].phone_number_id)
            self._book.change_desk_case(case.case_id, lambda it, gone=number: _without_flow(it, gone))  # type: ignore[misc]

    def routing(self, carrier_order_id: str, numbers: Sequence[str]) -> list[Routing]:
        """Whether each number is in the instance: no look into the network, which nobody offers here.

        A number appears there about a day before it moves: until the FOC, being there says nothing.
        """
        case = self._case(carrier_order_id)
        there, passed = self._claimed(case), self._foc_passed(case) or case.moved_at is not None
        return [
            Routing(
                number=number,
                at_gaining=(True if passed else None) if number in there else False,
                carrier="Amazon Connect" if number in there else "",
            )
            for number in numbers
        ]

    def build_bridge(self, wanted: BridgeWanted) -> BridgeAnswer:
        """Claim a number of the instance for each legacy one, once."""
        return self._bridges.build(wanted)

    def bridge(self, key: str) -> BridgeAnswer | None:
        """The bridge, once every number of it is claimed."""
        return self._bridges.bridge(key)

    def remove_bridge(self, key: str) -> None:
        """Release what was claimed."""
        self._bridges.remove(key)

    def verify(self) -> list[Check]:
        """Whether instance and cases can be looked at; nothing is created or changed."""
        return checks(self._account, self._aws, self._instance, self._support)


def _ours(entry: Entry, case: Case) -> bool:
    """Whether an entry is the copy of something Portolan said there."""
    return not entry.from_carrier and entry.text.lstrip().startswith(f"[{case.order_id}:")


def _warned_at(case: Case) -> datetime | None:
    """When people are told that the case has been silent; None where nothing is waited for."""
    waiting = case.kind is CaseKind.PORT and case.closed_at is None and case.moved_at is None
    return case.spoke_at + SILENCE - WARNING if waiting and case.spoke_at else None


def _without_flow(case: Case, number: str) -> Case:
    return case.but(configured={one: flow for one, flow in case.configured.items() if one != number})
