"""One way to open the database, so that SQLite and PostgreSQL keep the same promises."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from portolan.domain.errors import ConfigurationError
from portolan.records.migrations import NEWEST

#: How long SQLite waits for another writer before it gives up.
BUSY_SECONDS = 10
REMEDY = "Use sqlite:///path/to/file.db or postgresql://user:password@host/name."
#: Execution option of an engine or connection that is going to write.
WRITES = "portolan_writes"


def connect(url: str) -> Engine:
    """An engine for the records; nothing is read or written yet, except that SQLite's folder is created.

    SQLite keeps a write-ahead log, checks foreign keys and waits up to `BUSY_SECONDS` for another writer. PostgreSQL is
    reached through psycopg, and a connection that died in the pool is replaced without anyone noticing.

    Raises:
        ConfigurationError: The URL cannot be read, names another database, or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The URL is not repeated: what cannot be read may hold a password anywhere.
        raise ConfigurationError("The database URL cannot be read.", REMEDY) from None
    match parsed.drivername.partition("+")[0]:
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql" | "postgres":
            if not parsed.database:
                raise ConfigurationError(f"{parsed!r} names no database.", REMEDY)
            return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
        case other:
            raise ConfigurationError(f"Portolan keeps no records in {other}.", REMEDY)


def is_newest(engine: Engine) -> bool:
    """Whether the database has the tables of this release; one that cannot tell has not."""
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST)
    except DBAPIError:
        return False


def for_writing(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions are going to write.

    SQLite must be told at the start: a transaction that reads first and writes later fails at once, without waiting,
    when another one wrote in between.
    """
    return engine.execution_options(**{WRITES: True})


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ConfigurationError("The records need a file that outlives the process.", REMEDY)
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"The folder {folder} cannot be made: {error.strerror}.", REMEDY) from error
    engine = create_engine(url.set(drivername="sqlite"), hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own idea of when a transaction begins leaves out DDL and reads; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    _use_write_ahead_log(connection)


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """SQLite does not wait when two processes switch a new file at the same instant, so the waiting is done here."""
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
