from __future__ import annotations

from pathlib import Path

import pytest

from portolan.carriers.amazon_connect import AmazonConnect
from portolan.records.store import Records
from tests.carriers.amazon_connect.aws import FakeAws, account
from tests.carriers.desk.desks import Clock, new_book


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path) -> Records:
    return new_book(tmp_path)


@pytest.fixture
def aws(clock: Clock) -> FakeAws:
    return FakeAws(clock)


@pytest.fixture
def carrier(book: Records, clock: Clock, aws: FakeAws) -> AmazonConnect:
    """With the Support API."""
    return AmazonConnect(account(), book=book, clock=clock, clients=aws.clients)


@pytest.fixture
def by_hand(book: Records, clock: Clock, aws: FakeAws) -> AmazonConnect:
    """Without it."""
    return AmazonConnect(account(support_api=False), book=book, clock=clock, clients=aws.clients)
