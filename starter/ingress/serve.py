"""The ingress as a process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from portolan.domain.errors import ConfigurationError
from portolan.records.store import Records
from portolan.settings import Settings
from starter.ingress.app import Ingress
from starter.ingress.hand_on import HandingOn
from starter.ingress.metrics import Metrics
from starter.ingress.receivers import Door
from worker.host import connect_temporal, stop_on_signals

#: Requests at once; beyond that carriers are told to come again.
AT_ONCE = 200
#: In seconds; for answers that are being written when the process is asked to end.
GRACE = 10


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever started it, and says when it listens."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()


def listening(host: str, port: int) -> socket.socket:
    """A socket for the ingress.

    Raises:
        ConfigurationError: The address cannot be used, or somebody uses it.
    """
    # With the protocol named, asyncio turns Nagle's algorithm off: a kept-open connection would wait 40 ms otherwise.
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(200)
        return made
    except OSError as error:
        made.close()
        raise ConfigurationError(
            f"The ingress cannot listen on {host} port {port}: {error.strerror}.", "Choose others: --host, --port."
        ) from error


def _server(
    settings: Settings, records: Records, doors: Mapping[str, Door], announce: Callable[[], None]
) -> uvicorn.Server:
    metrics = Metrics()
    handing_on = HandingOn(records, lambda: connect_temporal(settings), metrics)
    config = uvicorn.Config(
        Ingress(doors, records, handing_on, metrics).app(),
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=AT_ONCE,
        timeout_graceful_shutdown=GRACE,
        lifespan="on",
    )
    return _Server(config, announce)


@asynccontextmanager
async def beside(
    settings: Settings, records: Records, doors: Mapping[str, Door], listener: socket.socket
) -> AsyncIterator[None]:
    """The ingress as part of another process, for as long as the block lasts."""
    listens = asyncio.Event()
    server = _server(settings, records, doors, listens.set)
    serving = asyncio.create_task(server.serve([listener]))
    waiting = asyncio.create_task(listens.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def serve(
    settings: Settings,
    records: Records,
    doors: Mapping[str, Door],
    listener: socket.socket,
    announce: Callable[[], None],
) -> None:
    """Take messages in and hand them on until asked to stop; Temporal may come and go meanwhile."""
    server = _server(settings, records, doors, announce)
    stop = asyncio.Event()
    stop_on_signals(stop)

    async def stop_when_asked() -> None:
        await stop.wait()
        server.should_exit = True

    asked = asyncio.create_task(stop_when_asked())
    try:
        await server.serve([listener])
    finally:
        asked.cancel()
        listener.close()
