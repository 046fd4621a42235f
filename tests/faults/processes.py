"""Real processes that can be killed: forked from one that has imported everything, so that each starts at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(["starter.cli", "tests.faults.gated"])


def _run(run: Callable[[], None], words: list[str], environment: dict[str, str], output: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("PORTOLAN_", "BUILD_ID"))]:
        del os.environ[name]
    os.environ.update(environment)
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.argv = ["portolan", *words]
    run()


def portolan() -> None:
    """What the console script runs."""
    from starter.cli import main

    main()


class Child:
    """A running process; `output` is what it has said so far, on both streams."""

    def __init__(self, environment: Mapping[str, str], output: Path, *words: str, run: Callable[[], None] = portolan):
        self._output = output
        self.process: BaseProcess = _fork.Process(
            target=_run, args=(run, list(words), dict(environment), output), daemon=True
        )
        self.process.start()

    @property
    def output(self) -> str:
        return self._output.read_text() if self._output.exists() else ""

    async def says(self, words: str, within: float = 40) -> None:
        """Wait until it has said something."""
        await until(lambda: words in self.output or self.process.exitcode is not None, within)
        assert words in self.output, f"ended with {self.process.exitcode}: {self.output}"

    async def ends(self, within: float = 40) -> int:
        """Wait for its end; its exit code, negative where a signal ended it."""
        await until(lambda: self.process.exitcode is not None, within)
        assert self.process.exitcode is not None
        return self.process.exitcode

    async def killed(self) -> None:
        """kill -9, now."""
        self.process.kill()
        assert await self.ends() == -signal.SIGKILL

    async def asked_to_stop(self) -> int:
        """SIGTERM; its exit code."""
        self.process.terminate()
        return await self.ends()


async def until(condition: Callable[[], bool], within: float = 40) -> None:
    """Wait until something is so."""
    give_up_at = monotonic() + within
    while not condition():
        if monotonic() > give_up_at:
            raise TimeoutError("it did not come about")
        await asyncio.sleep(0.02)
