"""What the simulated carrier remembers, in one SQLite file that several processes may share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, Field

from portolan.carriers.simulated.script import Fault, Script
from portolan.domain.carrier import AccountData, NumberConfiguration, SendKind
from portolan.domain.errors import CarrierRefused
from portolan.domain.testcalls import CallResult

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, order_id TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS orders_by_order_id ON orders (order_id);
CREATE TABLE IF NOT EXISTS scripts (order_id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (order_id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY, call TEXT, order_id TEXT, at TEXT, fault INTEGER);
CREATE TABLE IF NOT EXISTS delivered (message_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS bridges (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, order_id TEXT, legacy TEXT, built_at TEXT, removed_at TEXT,
    UNIQUE (key, legacy)
);
CREATE TABLE IF NOT EXISTS test_calls (key TEXT PRIMARY KEY, body TEXT NOT NULL);
"""
#: A country code that nobody has: what is claimed for a bridge can never be somebody's number.
CLAIMED = "+999{:08d}"


class Sending(BaseModel):
    """One thing received from Portolan."""

    key: str
    attempt: int
    kind: SendKind
    at: AwareDatetime
    loa_signed_on: date | None = None


class AskedBack(BaseModel):
    """A stage of return that the losing carrier was asked for."""

    key: str
    stage: str
    at: AwareDatetime


class HeldBridge(BaseModel):
    """A bridge: for each legacy number the one claimed for it."""

    key: str
    order_id: str
    claimed: dict[str, str]
    built_at: AwareDatetime
    removed_at: AwareDatetime | None = None


class HeldOrder(BaseModel):
    """An order as the carrier holds it.

    Attributes:
        configured_times: How often its numbers were given a configuration other than the one they had.
        activated_at: When the numbers moved first; `activations` counts every time.
        campaign: Which campaign each number joined; `joins` counts every time one did.
        asked_back: The stages of return asked for, oldest first, each once.
        return_decided_at: The decision behind the newest of them.
    """

    carrier_order_id: str
    order_id: str
    numbers: list[str]
    sendings: list[Sending]
    losing_carrier: str = ""
    configuration: NumberConfiguration | None = None
    configured_times: int = 0
    cancelled_at: AwareDatetime | None = None
    activated_at: AwareDatetime | None = None
    activations: int = 0
    campaign: dict[str, str] = Field(default_factory=dict)
    joins: int = 0
    asked_back: list[AskedBack] = Field(default_factory=list)
    returned_at: AwareDatetime | None = None
    return_decided_at: AwareDatetime | None = None


def unknown(carrier_order_id: str) -> CarrierRefused:
    """What is said of an order that is not held."""
    return CarrierRefused(f"there is no order {carrier_order_id} here.")


def _number(carrier_order_id: str) -> int:
    """The row of an order; 0, which none has, for what is no order's name."""
    text = carrier_order_id.removeprefix("SIM-")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


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

    def create(self, order_id: str, numbers: Sequence[str], sending: Sending, losing_carrier: str = "") -> HeldOrder:
        """A new order, numbered in the order of arrival."""
        with self._transaction() as db:
            number = db.execute("INSERT INTO orders (order_id, body) VALUES (?, '')", (order_id,)).lastrowid
            held = HeldOrder(
                carrier_order_id=f"SIM-{number:05d}",
                order_id=order_id,
                numbers=list(numbers),
                sendings=[sending],
                losing_carrier=losing_carrier,
            )
            db.execute("UPDATE orders SET body = ? WHERE number = ?", (held.model_dump_json(), number))
        return held

    @contextmanager
    def changing(self, carrier_order_id: str) -> Iterator[HeldOrder]:
        """The order of that name, kept as it is at the end of the block; nothing else may be asked of the store in it.

        Raises:
            CarrierRefused: There is no such order.
        """
        number = _number(carrier_order_id)
        with self._transaction() as db:
            row = db.execute("SELECT body FROM orders WHERE number = ?", (number,)).fetchone()
            if row is None:
                raise unknown(carrier_order_id)
            held = HeldOrder.model_validate_json(row[0])
            yield held
            db.execute("UPDATE orders SET body = ? WHERE number = ?", (held.model_dump_json(), number))

    def order(self, carrier_order_id: str) -> HeldOrder | None:
        """The order of that name."""
        return next(self._orders("number = ?", _number(carrier_order_id)), None)

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

    def build_bridge(self, key: str, order_id: str, numbers: Sequence[str], at: datetime) -> HeldBridge:
        """The bridge with this key; its numbers are claimed, in the order of arrival, if there never was one."""
        with self._transaction() as db:
            if not self._bridge(db, key):
                rows = [(key, order_id, legacy, at.isoformat()) for legacy in dict.fromkeys(numbers)]
                db.executemany("INSERT INTO bridges (key, order_id, legacy, built_at) VALUES (?, ?, ?, ?)", rows)
            held = self._bridge(db, key)
        if held is None:
            raise CarrierRefused("a bridge needs at least one number.")
        return held

    def bridge(self, key: str) -> HeldBridge | None:
        """The bridge with this key, removed or not."""
        with self._transaction() as db:
            return self._bridge(db, key)

    def remove_bridge(self, key: str, at: datetime) -> None:
        """Release what was claimed for a bridge, if it is not released yet."""
        with self._transaction() as db:
            db.execute("UPDATE bridges SET removed_at = ? WHERE key = ? AND removed_at IS NULL", (at.isoformat(), key))

    @staticmethod
    def _bridge(db: sqlite3.Connection, key: str) -> HeldBridge | None:
        query = "SELECT number, order_id, legacy, built_at, removed_at FROM bridges WHERE key = ? ORDER BY number"
        rows = db.execute(query, (key,)).fetchall()
        if not rows:
            return None
        return HeldBridge(
            key=key,
            order_id=rows[0][1],
            claimed={legacy: CLAIMED.format(number) for number, _, legacy, _, _ in rows},
            built_at=rows[0][3],
            removed_at=rows[0][4],
        )

    def test_call(self, key: str) -> CallResult | None:
        """The call that was made under this key."""
        with self._transaction() as db:
            row = db.execute("SELECT body FROM test_calls WHERE key = ?", (key,)).fetchone()
        return CallResult.model_validate_json(row[0]) if row else None

    def keep_test_call(self, key: str, result: CallResult) -> None:
        """Keep what came of a call; the first one under a key stays."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO test_calls VALUES (?, ?)", (key, result.model_dump_json()))

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
