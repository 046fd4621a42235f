from __future__ import annotations

from pathlib import Path

import pytest

from portolan.carriers.desk import EmailDesk
from portolan.records.store import Records
from tests.carriers.desk.desks import Clock, Post, desk, new_book


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path) -> Records:
    return new_book(tmp_path)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def carrier(book: Records, clock: Clock, post: Post) -> EmailDesk:
    return desk(book, clock, post)
