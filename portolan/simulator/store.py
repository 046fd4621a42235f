"""What the simulator remembers: one SQLite database, in a file or in memory, used by one process."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from portolan.carriers.simulated.script import Fault as ScriptFault
from portolan.simulator.behaviour import Behaviour
from portolan.simulator.orders import PortOrder

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, vendor TEXT, account TEXT, reference TEXT, script TEXT,
    next_at TEXT, body TEXT
);
CREATE INDEX IF NOT EXISTS orders_by_next ON orders (next_at);
CREATE TABLE IF NOT EXISTS scripts (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kept (
    number INTEGER PRIMARY KEY, kind TEXT, id TEXT, account TEXT, body TEXT, UNIQUE (kind, id, account)
);
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY, order_id TEXT, due_at TEXT, sent INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""
TABLES = ("orders", "scripts", "faults", "kept", "outbox", "meta")
#: Ids of the same kind and count are the same in every run with the same seed.
NAMES = uuid.UUID("8f0a3c1e-5d42-5b7e-9c3a-6b1d2e4f7a90")

Model = TypeVar("Model", bound=BaseModel)


class Store:
    """Everything kept; only the thread that made it may use it.

    Args:
        path: A file; None: memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._db.executescript(SCHEMA)
        if path:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done in the block, or nothing of it; blocks within blocks belong to the outermost."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def forget(self) -> None:
        """All of it."""
        with self.transaction():
            for table in TABLES:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant

    def meta(self, name: str, default: str = "") -> str:
        """A single value."""
        row = self._db.execute("SELECT body FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else default

    def put_meta(self, name: str, value: str) -> None:
        """Keep a single value."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def count(self, name: str) -> int:
        """The next number of a series, from 1."""
        number = int(self.meta(f"count:{name}", "0")) + 1
        self.put_meta(f"count:{name}", str(number))
        return number

    def new_id(self, kind: str, seed: str = "") -> str:
        """A UUID nothing else has; the same for the same seed, kind and count."""
        return str(uuid.uuid5(NAMES, f"{seed}:{kind}:{self.count(kind)}"))

    def put_order(self, order: PortOrder, script: str, next_at: datetime | None) -> None:
        """Keep an order; one without a number is new, and gets the next."""
        if not order.number:
            order.number = self.count("orders")
        self._db.execute(
            "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                order.number,
                order.id,
                order.vendor,
                order.account,
                order.reference,
                script,
                next_at.isoformat() if next_at else None,
                order.model_dump_json(),
            ),
        )

    def order(self, order_id: str) -> PortOrder | None:
        """The order of that id, whoever's it is."""
        return next(self._orders("id = ?", order_id), None)

    def orders(self, vendor: str | None = None, account: str | None = None) -> list[PortOrder]:
        """All orders, or those of a vendor or of an account there, oldest first."""
        if vendor is None:
            return list(self._orders("1"))
        if account is None:
            return list(self._orders("vendor = ?", vendor))
        return list(self._orders("vendor = ? AND account = ?", vendor, account))

    def due(self, now: datetime) -> list[PortOrder]:
        """Orders to which something happens by then."""
        return list(self._orders("next_at IS NOT NULL AND next_at <= ?", now.isoformat()))

    def referring(self, reference: str) -> list[PortOrder]:
        """Orders with that reference, of the order it names, or with that id."""
        return list(self._orders("reference = ? OR script = ? OR id = ?", reference, reference, reference))

    def _orders(self, condition: str, *values: str) -> Iterator[PortOrder]:
        rows = self._db.execute(f"SELECT body FROM orders WHERE {condition} ORDER BY number", values).fetchall()  # noqa: S608
        return (PortOrder.model_validate_json(body) for (body,) in rows)

    def log_scripted(self, call: str, name: str, scripted: Sequence[ScriptFault]) -> ScriptFault | None:
        """The fault of an order's script that is due for a call, used up by one."""
        for index, fault in enumerate(scripted):
            series = f"fault:{name}:{index}"
            if fault.call == call and int(self.meta(f"count:{series}", "0")) < fault.times:
                self.count(series)
                return fault
        return None

    def put_script(self, name: str, script: Behaviour) -> None:
        """Keep the behaviour of an order."""
        self._db.execute("INSERT OR REPLACE INTO scripts VALUES (?, ?)", (name, script.model_dump_json()))

    def script(self, name: str) -> Behaviour | None:
        """The behaviour given for an order."""
        row = self._db.execute("SELECT body FROM scripts WHERE name = ?", (name,)).fetchone()
        return Behaviour.model_validate_json(row[0]) if row else None

    def scripts(self) -> dict[str, Behaviour]:
        """Every behaviour that was given."""
        rows = self._db.execute("SELECT name, body FROM scripts ORDER BY name").fetchall()
        return {name: Behaviour.model_validate_json(body) for name, body in rows}

    def keep(self, kind: str, key: str, body: Any, account: str = "") -> None:
        """Keep something of a façade's own: JSON, by kind and key."""
        self._db.execute(
            "INSERT INTO kept (kind, id, account, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, id, account) DO UPDATE SET body = excluded.body",
            (kind, key, account, json.dumps(body)),
        )

    def kept(self, kind: str, key: str, account: str = "") -> Any:
        """What was kept under kind and key; None if nothing was."""
        query = "SELECT body FROM kept WHERE kind = ? AND id = ? AND account = ?"
        row = self._db.execute(query, (kind, key, account)).fetchone()
        return json.loads(row[0]) if row else None

    def all_kept(self, kind: str, account: str | None = None) -> list[Any]:
        """Everything kept of a kind, of one account or of all, oldest first."""
        query = "SELECT body FROM kept WHERE kind = ? AND (? IS NULL OR account = ?) ORDER BY number"
        return [json.loads(body) for (body,) in self._db.execute(query, (kind, account, account))]

    def drop(self, kind: str, key: str, account: str = "") -> bool:
        """Forget what was kept; whether there was anything."""
        query = "DELETE FROM kept WHERE kind = ? AND id = ? AND account = ?"
        return self._db.execute(query, (kind, key, account)).rowcount > 0

    def add_row(self, table: str, body: BaseModel, **columns: str) -> int:
        """Put a row into `faults` or `outbox`; its number."""
        names = ["body", *columns]
        marks = ", ".join("?" * len(names))
        query = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of ours
        return int(self._db.execute(query, [body.model_dump_json(), *columns.values()]).lastrowid or 0)

    def put_row(self, table: str, number: int, body: BaseModel, **columns: str) -> None:
        """Change a row of `faults` or `outbox`."""
        sets = ", ".join(f"{name} = ?" for name in ("body", *columns))
        query = f"UPDATE {table} SET {sets} WHERE number = ?"  # noqa: S608 - names of ours
        self._db.execute(query, [body.model_dump_json(), *columns.values(), number])

    def drop_row(self, table: str, number: int) -> None:
        """Take a row away."""
        self._db.execute(f"DELETE FROM {table} WHERE number = ?", (number,))  # noqa: S608 - a name of ours

    def rows(self, table: str, model: type[Model], condition: str = "1", *values: str) -> list[tuple[int, Model]]:
        """Rows of `faults` or `outbox` with their numbers, oldest first."""
        query = f"SELECT number, body FROM {table} WHERE {condition} ORDER BY number"  # noqa: S608 - names of ours
        return [(number, model.model_validate_json(body)) for number, body in self._db.execute(query, values)]
