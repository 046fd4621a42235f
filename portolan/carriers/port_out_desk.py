"""Where answers to requests for our numbers go: the porting desk of the carrier that asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from portolan.domain.errors import CarrierRefused
from portolan.domain.port_out.effects import DeskAnswer


class PortOutDesk(Protocol):
    """The way to the requesting carriers. Raises the errors of `portolan.domain.errors`, and never retries."""

    def find(self, key: str) -> DeskAnswer | None:
        """The answer that was given under this key: what is looked for before anything is said."""
        ...

    def answer(self, answer: DeskAnswer) -> None:
        """Give an answer; the same one again changes nothing.

        Raises:
            CarrierRefused: Another answer was given under this key, or the carrier does not take it.
        """
        ...


_SCHEMA = "CREATE TABLE IF NOT EXISTS port_out_answers (key TEXT PRIMARY KEY, body TEXT NOT NULL)"


class SimulatedDesk:
    """Keeps the answers in a SQLite file, where tests and rehearsals read them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            db.execute("BEGIN IMMEDIATE")
            db.execute(_SCHEMA)
            yield db
            db.execute("COMMIT")
        finally:
            db.close()

    def find(self, key: str) -> DeskAnswer | None:
        """The answer under this key."""
        with self._transaction() as db:
            row = db.execute("SELECT body FROM port_out_answers WHERE key = ?", (key,)).fetchone()
        return DeskAnswer.model_validate_json(row[0]) if row else None

    def answer(self, answer: DeskAnswer) -> None:
        """Keep an answer, once."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO port_out_answers VALUES (?, ?)", (answer.key, answer.model_dump_json()))
        if self.find(answer.key) != answer:
            raise CarrierRefused(f"Another answer was given to {answer.carrier_reference} before.")
