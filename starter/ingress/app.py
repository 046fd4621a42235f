"""The ingress as a web application: one address for each carrier account.

In this order: the account is known, the body is not too large, the message is genuine, it is kept, the carrier has its
answer; and only then anything is done about it. What is not genuine leaves nothing behind but a count.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portolan.carriers.webhooks import Forged, Incoming, Message, Unreadable
from portolan.records.inbox import UNREADABLE
from portolan.records.store import Records
from starter.ingress.hand_on import HandingOn
from starter.ingress.metrics import Metrics
from starter.ingress.receivers import Door

#: In bytes; the longest message of a carrier has a few thousand.
BODY_LIMIT = 256 * 1024
#: In seconds: how long a carrier may take to say what it has to say, and the database to keep it.
BODY_WITHIN, KEPT_WITHIN = 10.0, 10.0
#: In seconds: when a carrier is to come again with what could not be kept.
COME_AGAIN = "30"

log = structlog.get_logger(__name__)


class _TooLarge(Exception):
    """The body goes on past the limit."""


class Ingress:
    """Takes messages in.

    Args:
        doors: The accounts that get messages, by name.
        records: Where they are kept.
        handing_on: What is done about them afterwards.
        metrics: What is counted.
        clock: Aware UTC; what is too old is judged by it.
        body_limit: In bytes.
    """

    def __init__(
        self,
        doors: Mapping[str, Door],
        records: Records,
        handing_on: HandingOn,
        metrics: Metrics,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._doors, self._records, self._handing_on, self._metrics = doors, records, handing_on, metrics
        self._clock, self._body_limit = clock, body_limit

    def app(self) -> Starlette:
        """The application; messages are handed on for as long as it runs."""

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with self._handing_on.running():
                yield

        return Starlette(
            routes=[
                Route("/carriers/{account}", self._take, methods=["POST"]),
                Route("/healthz", _alive),
                Route("/metrics", self._figures),
            ],
            lifespan=lifespan,
        )

    async def _figures(self, _: Request) -> Response:
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def _take(self, request: Request) -> Response:
        with self._metrics.answered.time():
            door = self._doors.get(request.path_params["account"])
            if door is None:
                return self._refused("", "unknown_account", 404)
            try:
                async with asyncio.timeout(BODY_WITHIN):
                    body = await self._body(request)
            except _TooLarge:
                return self._refused(door.account, "too_large", 413)
            except (TimeoutError, ClientDisconnect):
                return self._refused(door.account, "too_slow", 408)
            return await self._judge(door, request, body)

    async def _body(self, request: Request) -> bytes:
        """The whole body, or as little of it as shows that it is too large."""
        said = request.headers.get("content-length", "")
        if said.isdecimal() and int(said[:20]) > self._body_limit:
            raise _TooLarge
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._body_limit:
                raise _TooLarge
        return bytes(body)

    async def _judge(self, door: Door, request: Request, body: bytes) -> Response:
        headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
        try:
            message = door.receiver.receive(Incoming(door.address(str(request.url)), headers, body), self._clock())
        except Forged as error:
            challenged = bool(error.challenge) and "authorization" not in headers
            reason = "challenged" if challenged else "forged"
            return self._refused(door.account, reason, 401, error.challenge, error.message)
        except Unreadable:
            message = Message(message_id=f"{UNREADABLE}:{sha256(body).hexdigest()}", kind=UNREADABLE)
        except Exception as error:
            log.error("a message could not be judged", account=door.account, error=type(error).__name__)
            return self._not_kept(door)
        return await self._keep(door, message, body)

    async def _keep(self, door: Door, message: Message, body: bytes) -> Response:
        """Answer well only what is kept, or was before."""
        now = self._clock()
        try:
            async with asyncio.timeout(KEPT_WITHIN):
                kept = await asyncio.to_thread(
                    self._records.keep_message,
                    door.account,
                    message.message_id,
                    None,
                    message.body,
                    now,
                    carrier_order_id=message.carrier_order_id,
                    reference=message.reference,
                    kind=message.kind,
                    said=message.said,
                    raw=body,
                )
        except Exception as error:
            log.error("a message could not be kept", account=door.account, error=type(error).__name__)
            return self._not_kept(door)
        outcome = "duplicate" if kept is None else UNREADABLE if message.kind == UNREADABLE else "new"
        self._metrics.kept.labels(door.account, outcome).inc()
        if kept is not None:
            self._handing_on.soon(kept)
        return Response(status_code=door.answer)

    def _refused(self, account: str, reason: str, status: int, challenge: str = "", why: str = "") -> Response:
        self._metrics.refused.labels(account, reason).inc()
        if reason != "challenged":
            log.warning("a message was not let in", account=account, reason=reason, why=why)
        return Response(status_code=status, headers={"www-authenticate": challenge} if challenge else None)

    def _not_kept(self, door: Door) -> Response:
        self._metrics.failed.labels(door.account).inc()
        return Response(status_code=503, headers={"retry-after": COME_AGAIN})


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")
