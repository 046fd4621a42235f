"""Faults on demand: requests that go wrong, and messages that arrive badly or not at all."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from portolan.simulator.store import Store

RequestFault = Literal[
    "rate_limited", "internal", "bad_gateway", "unavailable", "refused", "no_answer", "not_received", "reset"
]
MessageFault = Literal["dropped", "duplicated", "swapped", "late", "unsigned", "wrongly_signed"]


class Failing(NamedTuple):
    """How a request fails: with a status, or without any answer; `happens` tells whether it took effect."""

    status: int | None
    happens: bool = False


REQUESTS: dict[str, Failing] = {
    "rate_limited": Failing(429),
    "internal": Failing(500),
    "bad_gateway": Failing(502),
    "unavailable": Failing(503),
    "refused": Failing(422),
    "no_answer": Failing(None, happens=True),
    "not_received": Failing(None),
    "reset": Failing(None),
}
MESSAGES: frozenset[str] = frozenset({"dropped", "duplicated", "swapped", "late", "unsigned", "wrongly_signed"})
#: What the faults of a simulated carrier's script are here.
SCRIPTED: dict[str, RequestFault] = {
    "outage": "unavailable",
    "lost_request": "not_received",
    "lost_answer": "no_answer",
    "refuse": "refused",
}


class Fault(BaseModel):
    """Something to go wrong, a number of times; empty fields fit everything.

    Requests: `rate_limited`, `internal`, `bad_gateway`, `unavailable`, `refused` answer 429, 500, 502, 503, 422;
    nothing happened. `no_answer`: it happened, and the connection ends without an answer. `not_received`: nothing
    happened, no answer either. `reset`: the same, with the connection reset.

    Messages: `dropped`; `duplicated`: sent twice; `swapped`: each after the one that follows it; `late`: by `hours`;
    `unsigned`, `wrongly_signed`.

    Attributes:
        operation: The vendor's operation, as `GET /_simulator` lists them; or its kind of message.
        reference: The customer's reference, the order it names, or the vendor's id of the order.
        skip: How many that fit are let through first.
        retry_after: Seconds, for `rate_limited` and, where more than 0, for `unavailable`.
    """

    model_config = ConfigDict(extra="forbid")

    kind: RequestFault | MessageFault
    vendor: str = ""
    account: str = ""
    operation: str = ""
    reference: str = ""
    times: int = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    retry_after: int = Field(default=30, ge=0)
    hours: float = Field(default=24, ge=0)


class Met(NamedTuple):
    """What a fault has to fit."""

    vendor: str
    account: str
    operation: str
    references: frozenset[str]


def take(store: Store, met: Met, kinds: frozenset[str]) -> Fault | None:
    """The first fault of these kinds that strikes, used up by one; every one that fits and skips, skips one."""
    for number, fault in store.rows("faults", Fault):
        if fault.kind not in kinds or not _fits(fault, met):
            continue
        if fault.skip:
            store.put_row("faults", number, fault.model_copy(update={"skip": fault.skip - 1}))
            continue
        if fault.times > 1:
            store.put_row("faults", number, fault.model_copy(update={"times": fault.times - 1}))
        else:
            store.drop_row("faults", number)
        return fault
    return None


def _fits(fault: Fault, met: Met) -> bool:
    return (
        fault.vendor in {"", met.vendor}
        and fault.account in {"", met.account}
        and fault.operation in {"", met.operation}
        and (not fault.reference or fault.reference in met.references)
    )
