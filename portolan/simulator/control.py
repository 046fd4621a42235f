"""What the simulator is told about itself: time, scripts, faults, and words put into the carrier's mouth."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portolan.carriers.simulated import Saying
from portolan.domain.messages import problem
from portolan.simulator.behaviour import Behaviour
from portolan.simulator.edge import Edge
from portolan.simulator.engine import Simulator
from portolan.simulator.facade import Outgoing
from portolan.simulator.faults import Fault
from portolan.simulator.keys import PUBLIC_KEY
from portolan.simulator.orders import PortOrder
from portolan.simulator.outbox import Sender

PREFIX = "/_simulator"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClockMove(_Strict):
    """Where the clock goes: to a moment, or ahead; with a reference, that order's own clock only."""

    to: AwareDatetime | None = None
    advance_hours: float | None = Field(default=None, ge=0)
    reference: str = ""


class SayLosing(Saying):
    """Something the losing carrier says now."""

    says: Literal["approve", "reject", "foc", "puzzle"]
    after_hours: float = 0
    foc_at: AwareDatetime | None = None


class SaySplit(_Strict):
    """The vendor divides the order: these numbers get one of their own."""

    says: Literal["split"]
    numbers: list[str] = Field(min_length=1)


class SayComment(_Strict):
    """The vendor's desk writes."""

    says: Literal["comment"]
    text: str = Field(min_length=1)


class SayReturned(_Strict):
    """The numbers went back to the losing carrier."""

    says: Literal["returned"]


class SaySigned(_Strict):
    """The signer signs the letter that the vendor mailed."""

    says: Literal["signed"]


SAID: TypeAdapter[SayLosing | SaySplit | SayComment | SayReturned | SaySigned] = TypeAdapter(
    Annotated[SayLosing | SaySplit | SayComment | SayReturned | SaySigned, Field(discriminator="says")]
)
FAULTS: TypeAdapter[Fault | list[Fault]] = TypeAdapter(Fault | list[Fault])


class Control:
    """The endpoints below `/_simulator`."""

    def __init__(self, simulator: Simulator, edge: Edge, sender: Sender) -> None:
        self._simulator, self._edge, self._sender = simulator, edge, sender

    def routes(self) -> list[Route]:
        """All of them."""
        table: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", "", self.overview),
            ("DELETE", "", self.forget),
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.move),
            ("GET", "/due", self.due),
            ("GET", "/keys", self.keys),
            ("GET", "/calls", self.calls),
            ("GET", "/messages", self.messages),
            ("GET", "/scripts", self.scripts),
            ("GET", "/scripts/{name:path}", self.script),
            ("PUT", "/scripts/{name:path}", self.give_script),
            ("GET", "/faults", self.faults),
            ("POST", "/faults", self.give_faults),
            ("DELETE", "/faults", self.drop_faults),
            ("GET", "/orders", self.orders),
            ("GET", "/orders/{id}", self.order),
            ("POST", "/orders/{id}/say", self.say),
        ]
        return [Route(PREFIX + path, _guarded(endpoint), methods=[method]) for method, path, endpoint in table]

    async def overview(self, request: Request) -> Response:
        """What there is."""
        simulator = self._simulator
        return JSONResponse(
            {
                "now": simulator.now().isoformat(),
                "seed": simulator.settings.seed,
                "orders": len(simulator.store.orders()),
                "operations": {
                    vendor: {each.name: f"{each.method} {facade.prefix}{each.path}" for each in facade.operations()}
                    for vendor, facade in simulator.facades.items()
                },
            }
        )

    async def forget(self, request: Request) -> Response:
        """Forget all of it; the clock goes back to the real one."""
        self._simulator.forget()
        self._edge.seen.clear()
        return Response(status_code=204)

    async def clock(self, request: Request) -> Response:
        """What time it is."""
        return JSONResponse({"now": self._simulator.now().isoformat()})

    async def move(self, request: Request) -> Response:
        """Move time; every message due by then has been sent when this answers."""
        wanted = ClockMove.model_validate(await _json(request))
        if (wanted.to is None) == (wanted.advance_hours is None):
            raise ValueError("name either `to` or `advance_hours`")
        simulator = self._simulator
        ids: set[str] | None = None
        with simulator.store.transaction():
            if wanted.reference:
                referring = simulator.store.referring(wanted.reference)
                start = max((simulator.time_of(order) for order in referring), default=simulator.now())
                to = _target(wanted, start)
                for order in referring:
                    simulator.settle(order, to)
                ids = {order.id for order in simulator.store.referring(wanted.reference)}
            else:
                to = _target(wanted, simulator.now())
                simulator.move(to)
        sent = await self._sender.deliver(ids)
        return JSONResponse({"now": max(to, simulator.now()).isoformat(), "messages": sent})

    async def due(self, request: Request) -> Response:
        """When the next message about an order leaves; null: none."""
        reference = request.query_params.get("reference", "")
        moment = self._simulator.next_due(reference)
        return JSONResponse({"reference": reference, "due": moment.isoformat() if moment else None})

    async def keys(self, request: Request) -> Response:
        """What its messages are verified with."""
        return JSONResponse({"telnyx": {"public_key": PUBLIC_KEY, "scheme": "Ed25519"}})

    async def calls(self, request: Request) -> Response:
        """The newest requests, oldest first."""
        return JSONResponse([seen._asdict() for seen in self._edge.seen])

    async def messages(self, request: Request) -> Response:
        """Messages sent, given up and to be sent."""
        rows = self._simulator.store.rows("outbox", Outgoing)
        return JSONResponse([message.model_dump(mode="json", exclude={"rank", "waits"}) for _, message in rows])

    async def scripts(self, request: Request) -> Response:
        """Every script that was given."""
        given = self._simulator.store.scripts()
        return JSONResponse({name: script.model_dump(mode="json") for name, script in given.items()})

    async def script(self, request: Request) -> Response:
        """How an order fares, or will: its script, or what the seed gives it."""
        found = self._simulator.planned(request.path_params["name"])
        return JSONResponse(found.model_dump(mode="json"))

    async def give_script(self, request: Request) -> Response:
        """Decide how an order fares, by its order id or reference."""
        script = Behaviour.model_validate(await _json(request))
        simulator = self._simulator
        with simulator.store.transaction():
            simulator.store.put_script(request.path_params["name"], script)
            for order in simulator.store.orders():
                simulator.save(order)
        return JSONResponse(script.model_dump(mode="json"))

    async def faults(self, request: Request) -> Response:
        """The faults still to come."""
        return JSONResponse([fault.model_dump(mode="json") for _, fault in self._simulator.store.rows("faults", Fault)])

    async def give_faults(self, request: Request) -> Response:
        """Something is to go wrong: one fault, or a list of them."""
        given = FAULTS.validate_python(await _json(request))
        with self._simulator.store.transaction():
            for fault in given if isinstance(given, list) else [given]:
                self._simulator.store.add_row("faults", fault)
        return await self.faults(request)

    async def drop_faults(self, request: Request) -> Response:
        """Nothing is to go wrong any more."""
        with self._simulator.store.transaction():
            for number, _ in self._simulator.store.rows("faults", Fault):
                self._simulator.store.drop_row("faults", number)
        return Response(status_code=204)

    async def orders(self, request: Request) -> Response:
        """Every order, of every account."""
        reference = request.query_params.get("reference", "")
        store = self._simulator.store
        found = store.referring(reference) if reference else store.orders()
        with store.transaction():
            return JSONResponse([self._shown(self._simulator.settle(order)) for order in found])

    async def order(self, request: Request) -> Response:
        """One order."""
        with self._simulator.store.transaction():
            return JSONResponse(self._shown(self._found(request)))

    async def say(self, request: Request) -> Response:
        """Something is said or done now, and the messages about it are sent."""
        said = SAID.validate_python(await _json(request))
        simulator = self._simulator
        with simulator.store.transaction():
            order = self._found(request)
            if order.draft or order.over:
                raise ValueError("the order was not sent, or has ended: nobody speaks about it")
            now = simulator.time_of(order)
            if isinstance(said, SaySplit):
                if simulator.split(order, said.numbers, now) is None:
                    raise ValueError(
                        "a split needs some of the order's numbers, not all, at a vendor that divides orders"
                    )
            elif isinstance(said, SayComment):
                simulator.remark(order, said.text, True, now)
            elif isinstance(said, SaySigned):
                if not simulator.sign(order, now):
                    raise ValueError("no letter that the vendor mailed waits for a signature")
            elif isinstance(said, SayReturned):
                simulator.give_back(order, now)
            else:
                words = said.model_dump(exclude={"foc_at", "after_hours"})
                if said.foc_at:
                    words["foc_hours"] = (said.foc_at - now) / timedelta(hours=1)
                simulator.say(order, Saying(after_hours=0, **words), now)
        await self._sender.deliver()
        with simulator.store.transaction():
            return JSONResponse(self._shown(self._found(request)))

    def _found(self, request: Request) -> PortOrder:
        """The order that is named, by the vendor's id or, where it is the only one, by reference."""
        store = self._simulator.store
        name = request.path_params["id"]
        order = store.order(name) or next(iter(store.referring(name)), None)
        if order is None:
            raise LookupError(f"there is no order {name} here")
        return self._simulator.settle(order)

    def _shown(self, order: PortOrder) -> dict[str, Any]:
        simulator = self._simulator
        stands = None if order.draft else simulator.standing(order)
        status = "deleted" if order.deleted_at else stands.status if stands else "draft"
        coming = simulator.coming(order)
        return {
            "id": order.id,
            "vendor": order.vendor,
            "account": order.account,
            "reference": order.reference,
            "numbers": order.numbers,
            "status": status,
            "foc_at": stands.foc_at.isoformat() if stands and stands.foc_at else None,
            "sendings": len(order.held.sendings),
            "activated_at": order.held.activated_at.isoformat() if order.held.activated_at else None,
            "now": simulator.time_of(order).isoformat(),
            "next": {"at": coming[0].at.isoformat(), "what": coming[0].kind} if coming else None,
            "parent": order.parent,
        }


def _target(wanted: ClockMove, start: datetime) -> datetime:
    return wanted.to if wanted.to is not None else start + timedelta(hours=wanted.advance_hours or 0)


async def _json(request: Request) -> Any:
    return json.loads(await request.body() or b"null")


def _guarded(endpoint: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """What cannot be understood is told, and changes nothing."""

    async def guarded(request: Request) -> Response:
        try:
            response: Response = await endpoint(request)
        except ValidationError as error:
            return JSONResponse({"error": problem(error)}, 422)
        except LookupError as error:
            return JSONResponse({"error": str(error).strip("'")}, 404)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 422)
        return response

    return guarded
