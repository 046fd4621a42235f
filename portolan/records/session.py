"""Transactions: one for each method of the records, and the few statements both databases spell differently."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from portolan.records.engine import for_writing


class Database:
    """An engine, and the two kinds of transaction on it. Objects read in one stay readable after its end."""

    def __init__(self, engine: Engine) -> None:
        self._reader = engine
        self._writer = for_writing(engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that changes nothing."""
        with Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is committed at the end of the block, or not at all if the block raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session


def insert_if_absent(session: Session, table: type[SQLModel], **values: Any) -> bool:
    """Insert a row unless one with the same unique key is there; whether it was inserted."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    keys = inspect(table).primary_key
    # The keys come back for an inserted row only; PostgreSQL's driver has no row count to offer here.
    query = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(*keys)
    return session.exec(query).first() is not None
