"""Building the database and bringing it up to date, from any number of processes at once.

To change a table: change `tables.py`, write the next module under `migrations/versions`, and let
`tests/records/test_migrations.py` say whether the two agree. SQLite rebuilds a table that is altered (batch mode) and
loses its triggers: a migration that alters `audit_events` there has to create them again.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from portolan.records.engine import connect, for_writing
from portolan.records.schema import TABLES

#: The PostgreSQL advisory lock that upgrades take, unlike any other number used for one.
UPGRADE_LOCK = 0x506F72746F6C
#: Alembic's environment is one object per process.
_one_at_a_time = Lock()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`; one that is there already is left as it is.

    All or nothing, and one process after the other: the others wait, and then find nothing left to do.

    Raises:
        ConfigurationError: See `connect`.
        sqlalchemy.exc.OperationalError: The database cannot be reached, or a table stayed locked for 10 s.
    """
    engine = connect(url)
    try:
        with _one_at_a_time, for_writing(engine).begin() as connection:
            _take_turns(connection)
            command.upgrade(configuration(connection), revision)
    finally:
        engine.dispose()


def differences(connection: Connection) -> list[Any]:
    """What alembic would change to make the database match the tables: nothing, where it is up to date."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, TABLES))


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, working on this connection and inside its transaction."""
    config = Config()
    config.set_main_option("script_location", "portolan.records:migrations")
    config.attributes["connection"] = connection
    return config


def _take_turns(connection: Connection) -> None:
    """SQLite's transaction is exclusive from its start; PostgreSQL needs a lock of our own.

    Waiting for another upgrade may take a while, but for a busy table only briefly: everything that comes to the table
    meanwhile queues up behind the waiting upgrade.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '5min'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
