"""What the simulated carrier remembers, in one SQLite file that several processes may share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel

from portolan.carriers.simulated.script import Fault, Script
from portolan.domain.carrier import AccountData, SendKind

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, order_id TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS orders_by_order_id ON orders (order_id);
CREATE TABLE IF NOT EXISTS scripts (order_id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (order_id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY, call TEXT, order_id TEXT, at TEXT, fault INTEGER);
CREATE TABLE IF NOT EXISTS delivered (message_id TEXT PRIMARY KEY);
"""


class Sending(BaseModel):
    """One thing received from Portolan."""

    key: str
    attempt: int
    kind: SendKind
    at: AwareDatetime
    loa_signed_on: date | None = None


class HeldOrder(BaseModel):
    """An order as the carrier holds it."""

    carrier_order_id: str
    order_id: str
    numbers: list[str]
    sendings: list[Sending]
    cancelled_at: AwareDatetime | None = None
    activated_at: AwareDatetime | None = None
    activations: int = 0
    returned_at: AwareDatetime | None = None
    return_decided_at: AwareDatetime | None = None


class Store:
    """Every method is one transaction; a connection is opened for each, so threads and processes need no lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._transaction() as db:
            db.executescript(SCHEMA)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("BEGIN IMMEDIATE")
            yield db
            if db.in_transaction:
                db.execute("COMMIT")
        finally:
            db.close()

    def create(self, order_id: str, numbers: Sequence[str], sending: Sending) -> HeldOrder:
        """A new order, numbered in the order of arrival."""
        with self._transaction() as db:
            number = db.execute("INSERT INTO orders (order_id, body) VALUES (?, '')", (order_id,)).lastrowid
            held = HeldOrder(
                carrier_order_id=f"SIM-{number:05d}", order_id=order_id, numbers=list(numbers), sendings=[sending]
            )
            db.execute("UPDATE orders SET body = ? WHERE number = ?", (held.model_dump_json(), number))
        return held

    def save(self, held: HeldOrder) -> None:
        """Keep a changed order."""
        with self._transaction() as db:
            number = int(held.carrier_order_id.removeprefix("SIM-"))
            db.execute("UPDATE orders SET body = ? WHERE number = ?", (held.model_dump_json(), number))

    def order(self, carrier_order_id: str) -> HeldOrder | None:
        """The order of that name."""
        text = carrier_order_id.removeprefix("SIM-")
        return next(self._orders("number = ?", int(text)), None) if text.isdecimal() else None

    def orders(self, order_id: str | None = None) -> list[HeldOrder]:
        """All orders, or those that came for one of ours: more than one only where it was sent as new again."""
        return list(self._orders("order_id = ?", order_id) if order_id else self._orders("1 = ?", 1))

    def _orders(self, condition: str, value: str | int) -> Iterator[HeldOrder]:
        with self._transaction() as db:
            rows = db.execute(f"SELECT body FROM orders WHERE {condition} ORDER BY number", (value,)).fetchall()  # noqa: S608
        return (HeldOrder.model_validate_json(body) for (body,) in rows)

    def put_script(self, order_id: str, script: Script) -> None:
        """Keep the script of an order."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO scripts VALUES (?, ?)", (order_id, script.model_dump_json()))

    def script(self, order_id: str) -> Script | None:
        """The script given for an order."""
        with self._transaction() as db:
            row = db.execute("SELECT body FROM scripts WHERE order_id = ?", (order_id,)).fetchone()
        return Script.model_validate_json(row[0]) if row else None

    def put_account(self, order_id: str, account: AccountData) -> None:
        """Keep what the losing carrier has on file."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?)", (order_id, account.model_dump_json()))

    def account(self, order_id: str) -> AccountData | None:
        """What the losing carrier has on file."""
        with self._transaction() as db:
            row = db.execute("SELECT body FROM accounts WHERE order_id = ?", (order_id,)).fetchone()
        return AccountData.model_validate_json(row[0]) if row else None

    def log_call(self, call: str, order_id: str, at: datetime, faults: Sequence[Fault]) -> Fault | None:
        """Keep a line of the call, and the fault that is due for it, if any."""
        with self._transaction() as db:
            hit = None
            for index, fault in enumerate(faults):
                used = db.execute(
                    "SELECT count(*) FROM calls WHERE order_id = ? AND fault = ?", (order_id, index)
                ).fetchone()[0]
                if fault.call == call and used < fault.times:
                    hit = index
                    break
            db.execute(
                "INSERT INTO calls (call, order_id, at, fault) VALUES (?, ?, ?, ?)",
                (call, order_id, at.isoformat(), hit),
            )
        return None if hit is None else faults[hit]

    def calls(self, call: str, order_id: str) -> int:
        """How often a call came for an order."""
        with self._transaction() as db:
            row = db.execute("SELECT count(*) FROM calls WHERE call = ? AND order_id = ?", (call, order_id)).fetchone()
        return int(row[0])

    def mark_delivered(self, message_id: str) -> None:
        """The message reached its order."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO delivered VALUES (?)", (message_id,))

    def delivered(self) -> set[str]:
        """The ids of all messages that reached their orders."""
        with self._transaction() as db:
            return {row[0] for row in db.execute("SELECT message_id FROM delivered")}
