from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from portolan.domain.errors import ConfigurationError
from portolan.records import engine as module
from portolan.records.engine import connect, for_writing

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "cannot be read"),
        ("just words", "cannot be read"),
        ("postgresql://u:p@host:notaport/name", "cannot be read"),
        ("mysql://u:p@host/name", "mysql"),
        ("postgresql://u:hunter2@host", "names no database"),
        ("sqlite://", "a file that outlives"),
        ("sqlite:///:memory:", "a file that outlives"),
        ("sqlite:///file:x.db?uri=true", "a file that outlives"),
        ("sqlite:////proc/no/such/folder/x.db", "cannot be made"),
    ],
)
def test_an_unusable_url_is_a_configuration_error(url: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        connect(url)
    assert caught.value.remedy
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_postgresql_is_reached_through_psycopg(scheme: str) -> None:
    engine = connect(f"{scheme}://someone:secret@localhost/name")
    assert engine.url.drivername == "postgresql+psycopg"
    assert engine.url.password == "secret"


def test_sqlite_is_opened_safely(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/a/new/folder/records.db")
    with engine.connect() as connection:
        found = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000, "synchronous": 1}
    engine.dispose()


def test_threads_open_a_new_sqlite_file_at_the_same_instant(tmp_path: Path) -> None:
    racers, files = 6, 50  # SQLite refuses about one file in ten where nobody waits
    start = threading.Barrier(racers)

    def race(_: int) -> None:
        for i in range(files):
            engine = connect(f"sqlite:///{tmp_path}/{i}.db")
            start.wait(10)
            engine.connect().close()
            engine.dispose()

    with ThreadPoolExecutor(racers) as pool:
        list(pool.map(race, range(racers)))


def test_a_writer_keeps_others_from_writing_but_not_from_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    engine = connect(f"sqlite:///{tmp_path}/records.db")
    with for_writing(engine).begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    with for_writing(engine).begin() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        with engine.connect() as reader:
            assert reader.scalar(text("SELECT count(*) FROM t")) == 0
        with pytest.raises(OperationalError, match="locked"), for_writing(engine).begin():
            pass
    engine.dispose()


def test_a_connection_that_died_is_replaced(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
        other = connect(engine.url.render_as_string(hide_password=False))
        with other.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        other.dispose()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
