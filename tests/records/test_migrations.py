from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Integer, inspect, text

from portolan.records.engine import connect, is_newest
from portolan.records.migrate import configuration, differences, upgrade
from portolan.records.migrations import NEWEST
from portolan.records.schema import TABLES

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all


def upgrade_at(url: str, moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))
    upgrade(url)


def test_the_migrations_build_what_the_tables_say(engine: Engine) -> None:
    with engine.connect() as connection:
        assert differences(connection) == []


def test_only_a_database_of_this_release_counts_as_newest(engine: Engine, new_database: Callable[..., str]) -> None:
    assert is_newest(engine)
    assert not is_newest(connect(new_database()))
    with engine.connect() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_current_head() == NEWEST


def test_a_difference_would_be_found(new_database: Callable[..., str], template: str) -> None:
    engine = connect(new_database(template))
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_orders_state"))
        connection.execute(text("ALTER TABLE orders ADD COLUMN surplus TEXT"))
    with engine.connect() as connection:
        assert {change[0] for change in differences(connection)} == {"add_index", "remove_column"}
    engine.dispose()


def test_moments_keep_their_zone_and_enums_are_text(engine: Engine) -> None:
    columns = {column["name"]: column for column in inspect(engine).get_columns("orders")}
    if engine.dialect.name == "postgresql":
        assert columns["foc_at"]["type"].timezone  # type: ignore[attr-defined]  # a TIMESTAMP
    assert str(columns["state"]["type"]) == "VARCHAR(32)"
    assert isinstance(columns["sequence"]["type"], Integer)


def test_upgrading_again_changes_nothing(url: str) -> None:
    upgrade(url)
    engine = connect(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST
    engine.dispose()


def test_two_processes_upgrade_at_the_same_instant(
    new_database: Callable[..., str], two_processes: ProcessPoolExecutor
) -> None:
    for _ in range(3):
        url = new_database()
        moment = time.time() + 0.4
        for done in [two_processes.submit(upgrade_at, url, moment) for _ in range(2)]:
            done.result()
        _is_complete(url)


def test_threads_upgrade_at_the_same_instant(new_database: Callable[..., str]) -> None:
    urls = [new_database() for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(upgrade, urls * 2))
    for url in urls:
        _is_complete(url)


def test_a_migration_that_fails_leaves_nothing(
    new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database()
    monkeypatch.setattr("alembic.operations.Operations.execute", _fail)  # the triggers, after all tables
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(url)
    engine = connect(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def _fail(*args: object) -> None:
    raise RuntimeError("power cut")


def _is_complete(url: str) -> None:
    engine = connect(url)
    assert set(inspect(engine).get_table_names()) == {*TABLES.tables, "alembic_version"}
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()
