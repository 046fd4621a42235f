"""From a request to an answer: who asks, what is to go wrong, and the façade's handler in one transaction."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from datetime import UTC, datetime
from typing import Any, NamedTuple

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from portolan.carriers.http import SIMULATED_NOW
from portolan.simulator import faults
from portolan.simulator.behaviour import script_name
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Call, Facade, Operation, Refused, Uploaded

LARGEST_BODY = 30_000_000
LINGER_NOT = struct.pack("ii", 1, 0)


class Seen(NamedTuple):
    """A request that came; `outcome` is the status, or how it was left without one."""

    vendor: str
    operation: str
    account: str
    reference: str
    outcome: str


class Edge:
    """Answers the calls of every protocol.

    Attributes:
        seen: The newest requests.
    """

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.seen: deque[Seen] = deque(maxlen=2000)

    async def answer(self, facade: Facade, operation: Operation, request: Request) -> Response:
        """Answer a request, or leave it without an answer."""
        body = await _bounded(request)
        if body is None:
            return facade.refusal(413, "The request is too large.")
        call = Call(
            method=request.method,
            path=request.path_params,
            query=request.query_params.multi_items(),
            headers=request.headers,
            body=body,
            now=self._now(request.headers.get(SIMULATED_NOW, "")),
            form=await _form(request),
        )
        credential = facade.credential(call)
        if not credential or not self._let_in(facade, credential):
            return facade.refusal(401)
        call.account = facade.account(credential, call)
        response = Response()
        with self.simulator.store.transaction():
            reference = facade.reference(call)
            fault = self._fault(facade, operation, call, reference)
            failing = faults.REQUESTS[fault.kind] if fault else None
            if failing is None or failing.happens:
                response = self._handled(operation, call)
            elif failing.status is not None and fault:
                response = facade.refusal(failing.status, "A fault on demand.")
                if failing.status == 429 or (failing.status == 503 and fault.retry_after):
                    response.headers["retry-after"] = str(fault.retry_after)
        dropped = failing is not None and failing.status is None
        outcome = fault.kind if fault and dropped else str(response.status_code)
        self.seen.append(Seen(facade.vendor, operation.name, call.account, reference, outcome))
        if dropped:
            await _hang_up(request, reset=bool(fault and fault.kind == "reset"))
        return response

    @staticmethod
    def _handled(operation: Operation, call: Call) -> Response:
        try:
            return operation.handler(call)
        except Refused as refused:
            return refused.response

    def _let_in(self, facade: Facade, credential: str) -> bool:
        settings = self.simulator.settings
        return not settings.strict or credential in facade.well_known | settings.credentials

    def _now(self, said: str) -> datetime:
        try:
            moment = datetime.fromisoformat(said).astimezone(UTC).replace(microsecond=0)
        except (ValueError, OverflowError):
            return self.simulator.now()
        return max(moment, self.simulator.now())

    def _fault(self, facade: Facade, operation: Operation, call: Call, reference: str) -> faults.Fault | None:
        """What is to go wrong: by command, or else by the script of the order."""
        store = self.simulator.store
        order = store.order(reference)
        known = order.reference if order else reference
        names = frozenset({known, script_name(known), *([order.id] if order else [])})
        met = faults.Met(facade.vendor, call.account, operation.name, names)
        fault = faults.take(store, met, frozenset(faults.REQUESTS))
        if fault or operation.call is None or not known:
            return fault
        script = self.simulator.behaviour(order) if order else self.simulator.planned(known)
        due = store.log_scripted(operation.call, script_name(known), script.faults)
        return faults.Fault(kind=faults.SCRIPTED[due.kind]) if due else None


async def _bounded(request: Request) -> bytes | None:
    """The body; None if it is too large."""
    whole = bytearray()
    async for chunk in request.stream():
        whole += chunk
        if len(whole) > LARGEST_BODY:
            return None
    request._body = bytes(whole)
    return bytes(whole)


async def _form(request: Request) -> dict[str, str | Uploaded]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        return {}
    found: dict[str, str | Uploaded] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found[name] = Uploaded(value.filename or "", value.content_type or "", await value.read())
            else:
                found[name] = value
    return found


class Hanging(H11Protocol):
    """HTTP of uvicorn, with a line that an answer can hang up."""

    def connection_made(self, transport: Any) -> None:
        """Let requests know their connection."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


async def _hang_up(request: Request, reset: bool) -> None:
    """End the connection without an answer.

    Raises:
        ConnectionError: It is not one of this server's; whoever runs the app in its process sees this.
    """
    transport = request.scope.get("state", {}).get("transport")
    if transport is None:
        raise ConnectionResetError("the simulator gives no answer")
    if reset:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()
    await asyncio.sleep(0.01)
