"""Any carrier that is reached by mail: requests go out with their letters, and people enter what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from portolan.carriers.accounts import EmailAccount
from portolan.carriers.desk.book import Case, DeskBook, Entry, Sending
from portolan.carriers.desk.carrier import DeskCarrier
from portolan.carriers.desk.texts import request_text
from portolan.domain.carrier import Check, Paper, SendKind, Submission
from portolan.domain.errors import CarrierInvalid, CarrierRefused, OutcomeUnknown
from portolan.notifications.errors import DeliveryFailed, DeliveryRefused

#: All attachments of one mail, in bytes; they grow by a third on the way, and many servers take 25 MB.
MOST_ATTACHED = 18 * 1024 * 1024
_SUBJECTS = {
    SendKind.NEW: "Porting request",
    SendKind.SUPPLEMENT: "Supplement to porting request",
    SendKind.NEW_DATE: "New date for porting request",
}


class DeskMail(NamedTuple):
    """A mail to a desk.

    Attributes:
        mail_id: Names it: sent again under the same name, it is the same mail.
        follows: The `mail_id` of the mail whose thread it belongs to; empty: it begins one.
        at: The date in its header, aware UTC.
    """

    mail_id: str
    order_id: str
    to: str
    subject: str
    text: str
    at: datetime
    follows: str = ""
    papers: Sequence[Paper] = ()


class EmailDesk(DeskCarrier):
    """Implements `GainingCarrier`.

    Args:
        account: Which desk.
        book: Where cases are kept.
        clock: The time, aware UTC.
        mail: Sends a mail; `desk.mail.post` makes one of the deployment's channel.
    """

    ATTACHES = True

    def __init__(
        self,
        account: EmailAccount,
        *,
        book: DeskBook,
        clock: Callable[[], datetime],
        mail: Callable[[DeskMail], None],
    ) -> None:
        super().__init__(account.name, f"the desk of {account.carrier}", book=book, clock=clock)
        self._account, self._mail = account, mail

    def verify(self) -> list[Check]:
        """Whether the desk reads its mail only an answer can show."""
        return [Check(name="desk", passed=None, words=f"mails go to {self._account.desk}; only an answer shows more")]

    def _check(self, submission: Submission) -> None:
        super()._check(submission)
        size = sum(len(paper.content) for paper in submission.papers)
        if size > MOST_ATTACHED:
            raise CarrierInvalid(
                f"Nothing was sent: the documents have {size / 2**20:.1f} MB, and a mail takes {MOST_ATTACHED >> 20}.",
                "Attach smaller scans.",
            )

    def _text(self, submission: Submission, first: str) -> str:
        return self._request(submission, first, codes=False)

    def _request(self, submission: Submission, first: str, codes: bool) -> str:
        return request_text(
            submission, to=self._account.carrier, first=first, own=_configuration(submission), codes=codes
        )

    def _send(self, case: Case, sending: Sending, submission: Submission) -> str:
        """Mail the request with its documents; codes are in the mail, and not in the book."""
        subject = f"{_SUBJECTS[submission.kind]} {case.case_id}: {len(submission.numbers)} number(s)"
        self._deliver(
            case,
            DeskMail(
                mail_id=_mail_id(sending),
                order_id=case.order_id,
                to=self._account.desk,
                subject=subject,
                text=self._request(submission, case.case_id, codes=True),
                at=sending.begun_at,
                papers=submission.papers,
            ),
        )
        self._keep(case, sending, sending.text)
        return f"mailed to {self._account.desk}"

    def _say(self, case: Case, entry: Entry) -> Entry:
        self._deliver(
            case,
            DeskMail(
                mail_id=f"{case.case_id}/{entry.entry_id}",
                order_id=case.order_id,
                to=self._account.desk,
                subject=f"Re: {_SUBJECTS[SendKind.NEW]} {case.case_id}",
                text=entry.text,
                at=entry.at,
            ),
        )
        return entry

    def _deliver(self, case: Case, mail: DeskMail) -> None:
        first = _mail_id(case.sendings[0]) if case.sendings else ""
        try:
            self._mail(mail._replace(follows=first if first != mail.mail_id else ""))
        except DeliveryRefused as error:
            raise CarrierRefused(
                f"The mail to the desk of {self._account.carrier} was refused: {error.message}",
                "Correct `desk` of the account in the file of carrier accounts, then answer retry.",
            ) from error
        except DeliveryFailed as error:
            raise OutcomeUnknown(
                f"The mail to the desk of {self._account.carrier} may not have left: {error.message}"
            ) from error


def _mail_id(sending: Sending) -> str:
    """The same for as long as the same is sent under the same key."""
    return f"{sending.key}/{sending.digest}"


def _configuration(submission: Submission) -> Iterable[str]:
    """What the numbers are to get, for the desk to set up."""
    wanted = submission.configuration.model_dump() if submission.configuration else {}
    return [f"{name.replace('_', ' ').capitalize()} of the numbers: {value}" for name, value in wanted.items() if value]
