"""Whatever Telnyx answers, only errors of ours come out of the adapter."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portolan.carriers.telnyx import Telnyx
from portolan.domain.carrier import NumberConfiguration, SendKind
from portolan.domain.errors import CarrierError
from tests.carriers.scene import NUMBERS, Clock, back
from tests.carriers.telnyx.conftest import FOC, adapter, submission
from tests.carriers.telnyx.fake import FakeTelnyx

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([float("inf"), float("nan"), 1e400, -1, 10**30]),
    st.text(max_size=6),
    st.sampled_from(
        ["\ud800", "\x00", "draft", "exception", "ported", "0001-01-01T00:00:00+14:00", "9999-12-31", "o1:1"]
    ),
)
_NAMES = """
data meta id status value details code phone_numbers phone_number total_pages customer_reference created_at
activation_settings foc_datetime_actual documents loa parent_support_key started_at
"""
KEYS = st.sampled_from(_NAMES.split())
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4))
CONFIGURATION = NumberConfiguration(contact_flow="c", routing="r", emergency_address="e", messaging_profile="m")

#: Every call of the protocol that asks Telnyx something, on an order with this id.
ACTS: dict[str, Callable[[Telnyx, str], object]] = {
    "check_portability": lambda carrier, name: carrier.check_portability("o1", NUMBERS),
    "find": lambda carrier, name: carrier.find("o1:1", NUMBERS),
    "submit": lambda carrier, name: carrier.submit(submission("o1:9")),
    "supplement": lambda carrier, name: carrier.submit(
        submission("o1:2", kind=SendKind.SUPPLEMENT, carrier_order_id=name)
    ),
    "take over": lambda carrier, name: carrier.submit(submission("o1-split-1:1", numbers=NUMBERS[1:])),
    "get": lambda carrier, name: carrier.get(name),
    "changes": lambda carrier, name: carrier.changes(""),
    "foc_windows": lambda carrier, name: carrier.foc_windows(name),
    "comment": lambda carrier, name: carrier.comment(name, "words"),
    "comments": lambda carrier, name: carrier.comments(name),
    "verify": lambda carrier, name: carrier.verify(),
    "cancel": lambda carrier, name: carrier.cancel(name, "x"),
    "configure": lambda carrier, name: carrier.configure(name, CONFIGURATION),
    "unconfigure": lambda carrier, name: carrier.unconfigure(name),
    "activate": lambda carrier, name: carrier.activate(name),
    "routing": lambda carrier, name: carrier.routing(name, NUMBERS),
    "messaging": lambda carrier, name: carrier.messaging(name, "camp"),
    "port_back": lambda carrier, name: carrier.port_back(back(name)),
}
FUZZED = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def answered(status: int, body: object) -> httpx2.Response:
    return httpx2.Response(status, content=json.dumps(body).encode(), headers={"content-type": "application/json"})


@pytest.mark.parametrize("act", ACTS)
@FUZZED
@given(
    bodies=st.lists(TREES | st.binary(max_size=8), min_size=1, max_size=4), status=st.sampled_from([200, 201, 404, 422])
)
def test_any_answer_at_all(clock: Clock, act: str, bodies: list[Any], status: int) -> None:
    count = 0

    def anything(request: httpx2.Request) -> httpx2.Response:
        nonlocal count
        count += 1
        body = bodies[count % len(bodies)]
        return httpx2.Response(status, content=body) if isinstance(body, bytes) else answered(status, body)

    with suppress(CarrierError):
        ACTS[act](adapter(clock, httpx2.MockTransport(anything)), "p1")


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in an answer."""
    inner = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def spoiled(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    node[path[0]] = spoiled(node[path[0]], path[1:], value)
    return node


@pytest.mark.parametrize("raw", ["submitted", "exception", "foc-date-confirmed", "ported"])
@pytest.mark.parametrize("act", ACTS)
@FUZZED
@given(data=st.data())
def test_an_answer_with_one_thing_wrong(clock: Clock, act: str, raw: str, data: st.DataObject) -> None:
    fake = FakeTelnyx(clock)
    fake.divide = lambda numbers: [[number] for number in numbers]
    name = adapter(clock, fake.transport()).submit(submission()).carrier_order_id
    for order_id in fake.orders:
        fake.stand(order_id, raw, FOC, ("OTHER", "words"))
    for number in NUMBERS:
        fake.arrive(number)
    fake.comments[name] = [fake.said("admin", "words")]
    fake.events = [{"porting_order_id": name, "payload": {"from": {"id": name}, "to": {"id": name}}}]
    at, place, value = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 200)), data.draw(TREES)
    count = 0

    def mostly(request: httpx2.Request) -> httpx2.Response:
        nonlocal count
        try:
            answer = fake.handle(request)
        except (AssertionError, LookupError, StopIteration, TypeError, AttributeError):
            answer = answered(404, {"errors": []})
        count += 1
        if count != at + 1 or not answer.content:
            return answer
        body = answer.json()
        found = places(body)
        return answered(answer.status_code, spoiled(body, found[place % len(found)], value))

    with suppress(CarrierError):
        ACTS[act](adapter(clock, httpx2.MockTransport(mostly)), name)
