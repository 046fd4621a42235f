"""Carriers that people move numbers with: what the desk says is entered by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from portolan.carriers.accounts import EmailAccount
from portolan.carriers.amazon_connect import AmazonConnect
from portolan.carriers.base import GainingCarrier
from portolan.carriers.desk import EmailDesk
from portolan.carriers.desk.answers import Said, answered, messaging
from portolan.carriers.desk.book import CaseKind, Entry
from portolan.domain.carrier import CarrierStatus, MessagingStatus
from portolan.records.store import Records
from tests.carriers.amazon_connect.aws import FakeAws, account
from tests.carriers.desk.desks import Post
from tests.carriers.lifecycle.points import LossyClients, lossy_post
from tests.carriers.lifecycle.stages import FOC, Stage


class DeskStage(Stage):
    """What all of them have in common: the case is the order."""

    def _enter(self, kind: str, **given: Any) -> None:
        said = Said.model_validate({"kind": kind, "by": "Ann", "at": self.clock(), "text": f"they say {kind}", **given})
        self.records.change_desk_case(self.ids["o1"], lambda case: answered(case, said))

    def accepts(self) -> None:
        self._enter("accepted")

    def rejects(self, reason: str, numbers: Sequence[str] = ()) -> None:
        self._enter("rejected", reasons=[{"code": reason, "numbers": list(numbers)}])

    def confirms(self, foc_at: datetime) -> None:
        self._enter("foc", foc_at=foc_at)

    def moves_apart(self, dates: Mapping[datetime, Sequence[str]]) -> None:
        """The desk says that it cannot move them together."""
        self.rejects("SPLIT_REQUIRED", dates[max(dates)])

    def moves_numbers(self) -> None:
        self.move(FOC)
        self._enter("ported")

    def texts_move(self) -> None:
        self.records.change_desk_case(
            self.ids["o1"], lambda case: messaging(case, MessagingStatus.PORTED, [], self.clock())
        )

    def withdraws(self) -> None:
        for case in self.records.desk_cases(carrier=self.name, kind=CaseKind.PORT, live=True):
            if case.withdrawn_at:
                said = Said(kind="cancelled", by="Ann", at=self.clock(), text="withdrawn")
                self.records.change_desk_case(case.case_id, partial(answered, said=said))

    def live_orders(self) -> dict[str, list[str]]:
        return {
            case.case_id: case.numbers
            for case in self.records.desk_cases(carrier=self.name, kind=CaseKind.PORT)
            if case.status is not CarrierStatus.CANCELLED and case.case_id in self.opened()
        }

    def opened(self) -> set[str]:
        """The cases that the desk knows of, by our reference."""
        raise NotImplementedError

    def _book(self) -> Any:
        cases = self.records.desk_cases(carrier=self.name)
        entries = [self.records.desk_entries(case.case_id) for case in cases]
        return [
            [
                case.model_dump(exclude={"sendings": {"__all__": {"tries"}}}),
                sorted(entry.model_dump_json() for entry in found),
            ]
            for case, found in zip(cases, entries, strict=True)
        ]


class EmailStage(DeskStage):
    """Any carrier, by mail."""

    name = "otherco"

    def __init__(self, records: Records) -> None:
        self.post = Post()
        super().__init__(records)

    def made(self) -> GainingCarrier:
        account = EmailAccount(name=self.name, vendor="email", carrier="Other Co", desk="lnp@other.example")
        return EmailDesk(account, book=self.book, clock=self.clock, mail=lossy_post(self.points, self.post))

    def writes(self, text: str) -> None:
        """A person puts the desk's mail into the book."""
        entry = Entry(entry_id="mail-1", at=self.clock(), from_carrier=True, author="the desk", text=text)
        self.records.add_desk_entry(self.ids["o1"], entry)

    def opened(self) -> set[str]:
        return {mail.mail_id.partition("/")[0] for mail in self.post.mails if not mail.follows}

    def holds(self) -> Any:
        """Mails are known by their Message-ID: the same one twice is one, and says the same."""
        mails = {(mail.mail_id, mail.subject, mail.text, mail.follows, mail.at.isoformat()) for mail in self.post.mails}
        assert len(mails) == len({mail.mail_id for mail in self.post.mails})
        return [self._book(), sorted(mails)]


class ConnectStage(DeskStage):
    """Amazon Connect, with the Support API."""

    name = "amazon_connect"

    def __init__(self, records: Records) -> None:
        self.aws = FakeAws(lambda: self.clock())
        super().__init__(records)

    def made(self) -> GainingCarrier:
        clients = LossyClients(self.points, self.aws.clients)
        return AmazonConnect(account(), book=self.book, clock=self.clock, clients=clients)

    def moves_numbers(self) -> None:
        """They turn up in the instance, and AWS says so."""
        self.move(FOC)
        for number in self.records.desk_cases(carrier=self.name, kind=CaseKind.PORT)[0].numbers:
            self.aws.arrive(number)
        self._enter("ported")

    def writes(self, text: str) -> None:
        """AWS writes in the case, which is looked at now and then."""
        self.aws.write("case-1", text)
        self.carrier.changes("")

    def opened(self) -> set[str]:
        return {case["subject"].rpartition("[")[2].rstrip("]") for case in self.aws.cases.values()}

    def holds(self) -> Any:
        cases = [{name: case[name] for name in ("subject", "status")} for case in self.aws.cases.values()]
        said = {case: [one["body"] for one in written] for case, written in self.aws.said.items()}
        return [self._book(), cases, said, self.aws.flows, sorted(self.aws.numbers)]
