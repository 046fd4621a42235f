"""The simulator as an application, and as a server."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portolan.carriers.simulated.scripted import wall_clock
from portolan.simulator.control import PREFIX, Control
from portolan.simulator.edge import Edge, Hanging
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Facade, Operation, ServerSettings
from portolan.simulator.facades import FACADES
from portolan.simulator.outbox import Sender

logger = logging.getLogger(__name__)
PORT = 8234
TICK_SECONDS = 1.0
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def app(
    settings: ServerSettings | None = None,
    *,
    path: Path | None = None,
    facades: Iterable[type[Facade]] = FACADES,
    tick_seconds: float = TICK_SECONDS,
    clock: Callable[[], datetime] = wall_clock,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """The simulator as an ASGI application; `state.simulator` is its engine.

    Args:
        path: A SQLite file for its state; None: memory.
        tick_seconds: How often it looks for what has become due in real time.
        clock: What its own clock starts from; messages are signed by the real one all the same.
        transport: Another way for messages to go out.
    """
    simulator = Simulator(facades, path, settings, clock)
    edge, sender = Edge(simulator), Sender(simulator, transport)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        ticking = asyncio.create_task(_tick(simulator, sender, tick_seconds))
        try:
            yield
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
            await sender.close()
            simulator.store.close()

    routes = Control(simulator, edge, sender).routes()
    for facade in simulator.facades.values():
        routes += [_route(edge, facade, operation) for operation in facade.operations()]
        routes.append(Route(f"{facade.prefix}/{{rest:path}}", _nothing(facade), methods=METHODS))
    routes.append(Route("/", _welcome(simulator)))
    made = Starlette(routes=routes, lifespan=lifespan)
    made.state.simulator = simulator
    return made


def serve(
    host: str = "127.0.0.1",
    port: int = PORT,
    made: Starlette | None = None,
    announce: Callable[[int], None] = lambda port: None,
) -> None:
    """Serve until the process is interrupted; messages still on their way stay in the state file.

    Args:
        port: 0 takes a free one.
        announce: Told the port once it is taken.

    Raises:
        OSError: The port is taken, or is not to be had.
    """
    ear = listening(host, port)
    announce(int(ear.getsockname()[1]))
    with suppress(KeyboardInterrupt):
        uvicorn.Server(configuration(made or app(), host, port)).run(sockets=[ear])


def configuration(made: Starlette, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """How uvicorn runs the application: quietly, and with connections that can be hung up."""
    return uvicorn.Config(
        made, host=host, port=port, http=Hanging, ws="none", log_level="warning", timeout_graceful_shutdown=2
    )


def listening(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A socket on a port; 0 takes a free one.

    Raises:
        OSError: Somebody else has that port.
    """
    # asyncio sends small answers at once only on sockets that say they are TCP; others wait for an acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


def _route(edge: Edge, facade: Facade, operation: Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        return await edge.answer(facade, operation, request)

    return Route(facade.prefix + operation.path, endpoint, methods=[operation.method])


def _nothing(facade: Facade) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return facade.refusal(404, f"There is no {request.method} {request.url.path} here.")

    return endpoint


def _welcome(simulator: Simulator) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        prefixes = {vendor: facade.prefix for vendor, facade in simulator.facades.items()}
        return JSONResponse({"simulator": "portolan", "protocols": prefixes, "control": PREFIX})

    return endpoint


async def _tick(simulator: Simulator, sender: Sender, seconds: float) -> None:
    """In real time: let happen and send what has become due, again and again; one that fails is not the last."""
    while True:
        await asyncio.sleep(seconds)
        try:
            with simulator.store.transaction():
                simulator.catch_up()
            await sender.deliver()
        except Exception:
            logger.exception("the simulator could not do what had become due")
