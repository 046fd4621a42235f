from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from portolan.carriers.accounts import TelnyxAccount
from portolan.carriers.ledger import MemoryLedger
from portolan.carriers.telnyx import Telnyx
from portolan.domain.carrier import CarrierOrder, Paper, PortBack, SendKind, Submission, read_key
from tests.carriers.scene import NUMBERS, START, Clock
from tests.carriers.telnyx.fake import FakeTelnyx
from tests.world import ACCOUNT

PIN = "4711-secret"


class AskedBack:
    """Port-backs that a person would see to."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, request: PortBack, tell: Callable[[str], None]) -> None:
        if request.key not in self.asked:
            self.asked.append(request.key)
        tell(f"Please return the numbers: {request.reason}")

    def seen(self, order: CarrierOrder) -> CarrierOrder:
        return order


def account(**more: Any) -> TelnyxAccount:
    fields = {"base_url": "http://telnyx.example/v2", "webhook_url": "https://in.example/telnyx", **more}
    return TelnyxAccount.model_construct(
        name="telnyx", vendor="telnyx", simulator="", api_key=SecretStr("KEY-very-secret"), public_key="", **fields
    )


def adapter(clock: Clock, transport: httpx2.BaseTransport, ledger: MemoryLedger | None = None, **more: Any) -> Telnyx:
    return Telnyx(
        account(**more), ledger=ledger or MemoryLedger(), returns=AskedBack(), clock=clock, transport=transport
    )


def paper(kind: str = "loa", content: bytes = b"%PDF signed") -> Paper:
    digest = hashlib.sha256(content).hexdigest()
    return Paper.model_validate(
        {
            "kind": kind,
            "filename": f"{kind}.pdf",
            "media_type": "application/pdf",
            "sha256": digest,
            "content": content,
        }
    )


def submission(key: str = "o1:1", **more: Any) -> Submission:
    order_id, attempt = read_key(key) or ("", 0)
    fields: dict[str, Any] = {
        "key": key,
        "order_id": order_id,
        "attempt": attempt,
        "kind": SendKind.NEW,
        "numbers": NUMBERS,
        "account": ACCOUNT,
        "losing_carrier": "Old Telco",
        "country": "US",
        "requested_foc_on": date(2026, 3, 9),
        "papers": [paper()],
        "secrets": {("", "pin"): PIN},
        **more,
    }
    return Submission.model_validate(fields)


FOC = START + timedelta(days=7, hours=5)


@pytest.fixture
def fake(clock: Clock) -> FakeTelnyx:
    return FakeTelnyx(clock)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def telnyx(fake: FakeTelnyx, clock: Clock, ledger: MemoryLedger) -> Telnyx:
    return adapter(clock, fake.transport(), ledger)


@pytest.fixture
def sent(telnyx: Telnyx) -> str:
    """An order that was handed in."""
    return telnyx.submit(submission()).carrier_order_id


@pytest.fixture
def parted(telnyx: Telnyx, fake: FakeTelnyx) -> list[str]:
    """An order that Telnyx divided."""
    fake.divide = lambda numbers: [[number] for number in numbers]
    return [part.carrier_order_id for part in telnyx.submit(submission()).parts]


def changed(fake: FakeTelnyx, act: Callable[[], object]) -> list[str]:
    """The changing calls that something makes."""
    before = len(fake.calls)
    act()
    return [call for call in fake.calls[before:] if not call.startswith("GET")]
