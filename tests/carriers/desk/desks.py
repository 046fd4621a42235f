"""A book on a database of its own, a desk that mails land at, and what is sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portolan.carriers.accounts import EmailAccount
from portolan.carriers.desk import EmailDesk
from portolan.carriers.desk.answers import Said, answered
from portolan.carriers.desk.book import Case
from portolan.carriers.desk.email import DeskMail
from portolan.domain.carrier import Paper, PortBack, SendKind, Submission
from portolan.domain.errors import PortolanError
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.store import Records
from tests.world import ACCOUNT

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NUMBERS = ["+12125550001", "+12125550002"]
DAY = timedelta(days=1)
LETTER = Paper(kind="loa", filename="letter.pdf", media_type="application/pdf", sha256="a" * 64, content=b"%PDF-1")
BILL = Paper(kind="bill", filename="bill.png", media_type="image/png", sha256="b" * 64, content=b"\x89PNG")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Post:
    """Mails as they left; `failing` are raised one after the other, after the mail left where `lost` says so."""

    def __init__(self) -> None:
        self.mails: list[DeskMail] = []
        self.failing: list[PortolanError] = []
        self.lost = False

    def __call__(self, mail: DeskMail) -> None:
        if not self.failing or self.lost:
            self.mails.append(mail)
        if self.failing:
            raise self.failing.pop()


def new_book(folder: Path) -> Records:
    url = f"sqlite:///{folder / 'book.db'}"
    upgrade(url)
    return Records(connect(url))


def desk(book: Records, clock: Clock, post: Any) -> EmailDesk:
    account = EmailAccount(name="otherco", vendor="email", carrier="Other Co", desk="lnp@other.example")
    return EmailDesk(account, book=book, clock=clock, mail=post)


def submission(attempt: int = 1, kind: SendKind = SendKind.NEW, **given: Any) -> Submission:
    fields: dict[str, Any] = {
        "key": f"o1:{attempt}",
        "order_id": "o1",
        "attempt": attempt,
        "kind": kind,
        "numbers": NUMBERS,
        "account": ACCOUNT,
        "losing_carrier": "Old Telco",
        "country": "US",
        "loa_signed_on": date(2026, 3, 1),
        "papers": [LETTER, BILL],
    }
    return Submission(**{**fields, **given})


def back(stage: str = "snapback", carrier_order_id: str = "o1:1") -> PortBack:
    return PortBack(
        key=f"o1:port-back:{stage}",
        order_id="o1",
        carrier_order_id=carrier_order_id,
        decided_by="Grace",
        reason="dead air",
        decided_at=START,
        stage=stage,
        not_after=START + 3 * DAY,
    )


def enter(book: Records, clock: Clock, kind: str, case_id: str = "o1:1", **given: Any) -> Case:
    """What a person enters."""
    said = Said.model_validate({"kind": kind, "by": "Ann", "at": clock.now, **given})
    return book.change_desk_case(case_id, lambda case: answered(case, said))


def broken_off(*given: Any) -> Case:
    """The book is gone in the middle of a change, which then has not happened."""
    raise ConnectionError


@contextmanager
def raising(kind: type[PortolanError], words: str) -> Iterator[None]:
    """The block raises this, with these words in message or remedy."""
    with pytest.raises(kind) as caught:
        yield
    assert words in f"{caught.value.message} {caught.value.remedy}"
