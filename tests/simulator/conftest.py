from __future__ import annotations

from collections.abc import Iterator

import pytest

from portolan.simulator.testing import Running, running
from tests.simulator.customer import Customer
from tests.simulator.inbox import Inbox, receiving


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with receiving() as made:
        yield made


@pytest.fixture
def simulator(inbox: Inbox) -> Iterator[Running]:
    with running(webhooks=inbox.url) as made:
        yield made


@pytest.fixture
def customer(simulator: Running) -> Customer:
    return Customer(simulator.url)
