"""The command line, run in this process, which is fast, or in one of its own, for what only that shows."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import structlog
from typer.testing import CliRunner

from starter.cli import app
from starter.server import free_port

PORTOLAN = Path(sys.executable).with_name("portolan")

REQUEST = """\
reference: {reference}
customer: Acme Manufacturing
gaining_carrier: simulated
contacts:
  customer: {{name: Ada Byron, email: ada@acme.example}}
  coordinator: {{name: Charles Babbage, email: charles@acme.example}}
  decision_maker: {{name: Grace Hopper, email: grace@acme.example}}
accounts:
  - losing_carrier: Old Telco
    country: US
    account:
      entity_name: Acme Manufacturing Limited
      authorized_person: Ada Byron
      service_address: 12 Harbor Street, Boston, MA
      postal_code: 02110
      account_number: 0048-1937
    numbers: [{number}]
"""


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Home:
    """A folder to work in, and the environment of its commands."""

    def __init__(self, folder: Path, temporal_address: str, task_queue: str = "portolan") -> None:
        self.folder = folder
        self.environment = {
            "PORTOLAN_DATA_DIR": str(folder / "data"),
            "PORTOLAN_TEMPORAL_ADDRESS": temporal_address,
            "PORTOLAN_TASK_QUEUE": task_queue,
            "COLUMNS": "200",
        }

    def run(self, *words: object, **environment: str) -> Said:
        """A command, in this process."""
        with _logging_restored():
            done = CliRunner().invoke(app, [str(word) for word in words], env={**self.environment, **environment})
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    def ok(self, *words: object) -> str:
        """What a command prints that has to succeed."""
        done = self.run(*words)
        assert done.code == 0, done
        return done.out

    def told(self, *words: object) -> Any:
        """What a command prints as JSON, that has to succeed."""
        return json.loads(self.ok(*words, "--json"))

    def refused(self, *words: object, **environment: str) -> str:
        """The one line on standard error of a command that has to fail."""
        done = self.run(*words, **environment)
        assert done.code == 1, done
        assert done.out == ""
        assert done.err.startswith(("error: ", "refused: ")), done.err
        assert done.err.count("\n") == 1, done.err
        return done.err

    def process(self, *words: object, **environment: str) -> subprocess.Popen[str]:
        """A command, in a process of its own."""
        return subprocess.Popen(
            [PORTOLAN, *map(str, words)],
            env={**os.environ, **self.environment, **environment},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def request(self, reference: str, number: str, name: str = "request.yaml", **changes: str) -> Path:
        """A request file for one number."""
        text = REQUEST.format(reference=reference, number=number)
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        path = self.folder / name
        path.write_text(text)
        return path


@contextmanager
def _logging_restored() -> Iterator[None]:
    """A command configures logging for its process, which here is everybody's."""
    root, configuration = logging.getLogger(), structlog.get_config()
    before, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.configure(**configuration)


class Up:
    """`portolan up` on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self.ui_port = free_port(), free_port()
        self.home = Home(folder, f"127.0.0.1:{self.port}")
        self._running: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._running = self.home.process("up", "--port", self.port, "--ui-port", self.ui_port, PYTHONUNBUFFERED="1")
        assert self._running.stdout is not None
        for line in self._running.stdout:
            if line.startswith("Portolan is up"):
                return
        raise AssertionError(self._running.communicate())

    def stop(self, how: int = signal.SIGTERM, whole_group: bool = False) -> int:
        """Ask it to end; its exit code."""
        assert self._running is not None
        if whole_group:  # what Ctrl-C in a terminal does
            os.killpg(self._running.pid, how)
        else:
            self._running.send_signal(how)
        self._running.communicate(timeout=30)
        return self._running.returncode

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self._running and self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.communicate()


def until(condition: Any, within: float = 30) -> Any:
    """Wait until something is so."""
    give_up_at = monotonic() + within
    while not (found := condition()):
        if monotonic() > give_up_at:
            raise TimeoutError
        sleep(0.05)
    return found
