"""What the worker's log lines say, and what they never say."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from pydantic import BaseModel, SecretStr
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

from portolan.notifications.errors import DeliveryFailed
from portolan.settings import Settings
from tests.world import make_world
from worker import host
from worker.logs import configure, runtime

NUMBER = "+16175550110"
log = structlog.get_logger("tests")
TEN_SECONDS = timedelta(seconds=10)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Turns logging on, as JSON; the lines so far, each parsed."""
    root, said = logging.getLogger(), io.StringIO()
    before, level, configuration = root.handlers[:], root.level, structlog.get_config()
    monkeypatch.setattr(sys, "stderr", said)
    configure(Settings(log_format="json", log_level="info"))
    yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.configure(**configuration)


def test_every_line_is_json_with_its_level_and_time(lines: Callable[[], list[dict[str, Any]]]) -> None:
    log.info("one", count=3, nothing=None)
    logging.getLogger("library").warning("two of %s", "them")
    structlog.contextvars.bind_contextvars(order_id="o-1")
    try:
        log.warning("three")
    finally:
        structlog.contextvars.clear_contextvars()
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("four")
        logging.getLogger("library").exception("five")
    one, two, three, four, five = lines()
    assert [line["event"] for line in lines()] == ["one", "two of them", "three", "four", "five"]
    assert one["count"] == 3
    assert one["level"] == "info"
    assert two["level"] == "warning"
    assert three["order_id"] == "o-1"
    assert "ValueError: no" in four["exception"]
    assert "ValueError: no" in five["exception"]
    assert all(line["timestamp"].endswith("Z") for line in lines())


def test_quieter_levels_are_left_out(lines: Callable[[], list[dict[str, Any]]]) -> None:
    log.debug("not this")
    logging.getLogger("library").debug("nor this")
    assert lines() == []


class Account(BaseModel):
    number: str
    pin: str


@pytest.mark.parametrize(
    "values",
    [
        {"number": NUMBER},
        {"numbers": [NUMBER]},
        {"numbers": (NUMBER,)},
        {"numbers": {NUMBER}},
        {"deep": {"deeper": [{"numbers": [NUMBER]}]}},
        {NUMBER: "as a key"},
        {"error": ValueError(f"{NUMBER} is taken")},
        {"account": Account(number=NUMBER, pin="9")},
    ],
    ids=str,
)
def test_numbers_are_masked_wherever_they_stand(lines: Callable[[], list[dict[str, Any]]], values: Any) -> None:
    log.info(f"about {NUMBER}", **values)
    logging.getLogger("library").warning("about %s", NUMBER, extra={"extra": values})
    assert len(lines()) == 2
    text = json.dumps(lines(), ensure_ascii=False)
    assert "6175550110" not in text
    assert "+1617" in text


def test_a_number_in_a_traceback_is_masked(lines: Callable[[], list[dict[str, Any]]]) -> None:
    try:
        raise ValueError(NUMBER)
    except ValueError:
        log.exception("failed")
    (line,) = lines()
    assert "ValueError: +1617" in line["exception"]
    assert "6175550110" not in json.dumps(line)


@pytest.mark.parametrize(
    "values",
    [
        {"pin": "hush"},
        {"smtp_password": "hush"},
        {"API_TOKEN": "hush"},
        {"account_number": "hush"},
        {"account": {"pin": "hush", "secrets": ["hush"]}},
        {"accounts": [{"pin": "hush"}]},
        {"account": Account(number="1", pin="hush")},
        {"database": "postgresql://portolan:hush@db:5432/portolan"},
        {"value": SecretStr("hush")},
    ],
    ids=str,
)
def test_secrets_are_dropped_however_deep(lines: Callable[[], list[dict[str, Any]]], values: Any) -> None:
    log.info("known", **values)
    logging.getLogger("library").warning("known", extra=values)
    assert len(lines()) == 2
    assert "hush" not in json.dumps(lines())
    assert "***" in json.dumps(lines())


@activity.defn
def say_something() -> None:
    log.info("in activity", by="structlog")
    activity.logger.info("in activity", extra={"by": "temporal"})
    logging.getLogger("library").info("in activity", extra={"by": "library"})


@workflow.defn(sandboxed=False)
class Talkative:
    @workflow.run
    async def run(self) -> None:
        for part in range(3):
            log.info("in workflow", by="structlog", part=part)
            workflow.logger.info("in workflow", extra={"by": "temporal", "part": part})
            await workflow.sleep(0.01)
        await workflow.execute_activity(say_something, start_to_close_timeout=TEN_SECONDS)
        await workflow.execute_local_activity(say_something, start_to_close_timeout=TEN_SECONDS)


async def test_lines_of_workflows_and_activities_name_their_order_once(
    client: Client, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    queue, order_id = f"q-{uuid.uuid4().hex[:8]}", f"o-{uuid.uuid4().hex[:8]}"
    pool = host.ThreadPoolExecutor(2)
    # Without a cache every workflow task replays the workflow from its beginning.
    async with Worker(
        client,
        task_queue=queue,
        workflows=[Talkative],
        activities=[say_something],
        activity_executor=pool,
        max_cached_workflows=0,
    ):
        async with asyncio.timeout(20):
            await client.execute_workflow(Talkative.run, id=f"port-{order_id}", task_queue=queue)
    found = [line for line in lines() if line["event"].startswith("in ")]
    assert {(line["order_id"], line["workflow_id"]) for line in found} == {(order_id, f"port-{order_id}")}
    inside = [(line["by"], line["part"]) for line in found if line["event"] == "in workflow"]
    assert sorted(inside) == sorted((by, part) for by in ("structlog", "temporal") for part in range(3))
    outside = [line for line in found if line["event"] == "in activity"]
    assert sorted(line["by"] for line in outside) == sorted(["structlog", "temporal", "library"] * 2)
    assert {(line["activity"], line["attempt"]) for line in outside} == {("say_something", 1)}


async def test_a_mail_that_does_not_go_out_is_logged_with_its_order(
    client: Client,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    class Broken:
        def deliver(self, message: Any) -> None:
            raise DeliveryFailed(f"No connection for {NUMBER}.")

    monkeypatch.setattr(host, "channel", lambda settings: Broken())
    world = make_world(client, tmp_path)
    async with world.worker():
        port = await world.port()
        await port.decide("cancel", by="Charles", reason="enough")
        found = [line for line in lines() if line["event"] == "notice not sent at once"]
        await port.handle.terminate()
    assert found
    assert {line["order_id"] for line in found} == {port.order_id}
    assert {line["workflow_id"] for line in found} == {f"port-{port.order_id}"}
    assert NUMBER not in json.dumps(lines(), ensure_ascii=False)


def test_temporals_own_warnings_are_lines_like_ours() -> None:
    """The SDK's core writes to standard output unless it is told otherwise, which would spoil `--json`."""
    program = (
        "import asyncio\n"
        "from portolan.settings import Settings\n"
        "from worker import host, logs\n"
        "settings = Settings(log_format='json', temporal_address='127.0.0.1:1')\n"
        "logs.configure(settings)\n"
        "import logging; logging.getLogger('temporal.core').warning('core says +16175550110')\n"
        "logs.runtime()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    (line,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert line["event"].startswith("core says +1617")


def test_a_runtime_can_be_made() -> None:
    assert runtime() is not None
