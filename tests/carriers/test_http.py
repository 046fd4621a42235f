"""Calls over HTTP: one try each, and what every way of failing means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from portolan.carriers.http import DEFAULT_WAIT, LONGEST_WAIT, SIMULATED_NOW, Http, HttpRefused, retry_after
from portolan.domain.errors import (
    CarrierError,
    CarrierRateLimited,
    CarrierUnauthorised,
    CarrierUnavailable,
    OutcomeUnknown,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Far:
    """The other end: answers what it is told to, and counts."""

    def __init__(self, answer: httpx2.Response | Exception | None = None) -> None:
        self.answer, self.requests = answer or httpx2.Response(200, json={}), []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def http(far: Far, clock: Callable[[], datetime] | None = None) -> Http:
    return Http(
        "telnyx",
        "https://far.example/v2/",
        auth=("user", "S3CRET"),
        headers={"authorization": "Bearer S3CRET"} if clock is None else {},
        simulated_clock=clock,
        transport=httpx2.MockTransport(far),
    )


@pytest.mark.parametrize(
    ("answer", "looking", "changing"),
    [
        (httpx2.ConnectError("S3CRET"), CarrierUnavailable, CarrierUnavailable),
        (httpx2.ConnectTimeout("S3CRET"), CarrierUnavailable, CarrierUnavailable),
        (httpx2.PoolTimeout("S3CRET"), CarrierUnavailable, CarrierUnavailable),
        (httpx2.ReadTimeout("S3CRET"), CarrierUnavailable, OutcomeUnknown),
        (httpx2.WriteTimeout("S3CRET"), CarrierUnavailable, OutcomeUnknown),
        (httpx2.ReadError("S3CRET"), CarrierUnavailable, OutcomeUnknown),
        (httpx2.RemoteProtocolError("S3CRET"), CarrierUnavailable, OutcomeUnknown),
        (httpx2.Response(500), CarrierUnavailable, OutcomeUnknown),
        (httpx2.Response(503), CarrierUnavailable, OutcomeUnknown),
        (httpx2.Response(302, headers={"location": "https://else.example"}), CarrierUnavailable, OutcomeUnknown),
        (httpx2.Response(429), CarrierRateLimited, CarrierRateLimited),
        (httpx2.Response(503, headers={"retry-after": "7"}), CarrierRateLimited, CarrierRateLimited),
        (httpx2.Response(401), CarrierUnauthorised, CarrierUnauthorised),
        (httpx2.Response(403), CarrierUnauthorised, CarrierUnauthorised),
        (httpx2.Response(408), CarrierUnavailable, OutcomeUnknown),
        (httpx2.Response(499), CarrierUnavailable, OutcomeUnknown),
        (httpx2.Response(400, headers={"content-type": "text/plain; charset=base64"}), HttpRefused, HttpRefused),
        (httpx2.Response(400, headers={"content-type": "text/plain; charset=idna"}), HttpRefused, HttpRefused),
        (httpx2.Response(404), HttpRefused, HttpRefused),
        (httpx2.Response(422, text="no  such\nnumber"), HttpRefused, HttpRefused),
    ],
)
def test_a_way_of_failing(
    answer: httpx2.Response | Exception, looking: type[CarrierError], changing: type[CarrierError]
) -> None:
    for call, kind in (
        (lambda far: http(far).get("orders"), looking),
        (lambda far: http(far).ask("POST", "check"), looking),
        (lambda far: http(far).send("POST", "orders"), changing),
    ):
        far = Far(answer)
        with pytest.raises(CarrierError) as caught:
            call(far)
        assert type(caught.value) is kind
        assert len(far.requests) == 1
        assert "S3CRET" not in str(caught.value)


def test_what_was_refused_is_told_on_one_line_and_kept_whole() -> None:
    with pytest.raises(HttpRefused) as caught:
        http(Far(httpx2.Response(422, text="no  such\nnumber"))).send("POST", "orders?page=1")
    assert caught.value.message == "telnyx answered POST /orders with 422: no such number."
    assert (caught.value.status, caught.value.body) == (422, "no  such\nnumber")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, DEFAULT_WAIT),
        ({"retry-after": "12"}, timedelta(seconds=12)),
        ({"retry-after": "0"}, timedelta(seconds=1)),
        ({"retry-after": "-5"}, timedelta(seconds=1)),
        ({"retry-after": "1e300"}, DEFAULT_WAIT),
        ({"retry-after": "nan"}, DEFAULT_WAIT),
        ({"retry-after": "inf"}, DEFAULT_WAIT),
        ({"retry-after": "99999"}, LONGEST_WAIT),
        ({"retry-after": "soon"}, DEFAULT_WAIT),
        ({"retry-after": "1 Jan 999999999999 00:00:00 GMT"}, DEFAULT_WAIT),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:40 GMT"}, timedelta(seconds=40)),
        ({"x-ratelimit-reset": "9"}, timedelta(seconds=9)),
        ({"x-ratelimit-reset": str(NOW.timestamp() + 30)}, timedelta(seconds=30)),
        ({"retry-after": "soon", "x-ratelimit-reset": "9"}, timedelta(seconds=9)),
    ],
)
def test_how_long_a_carrier_asks_to_wait(headers: dict[str, str], wait: timedelta) -> None:
    assert retry_after(httpx2.Response(429, headers=headers), NOW) == wait


def test_only_a_simulator_is_told_what_time_it_is() -> None:
    plain, simulated = Far(), Far()
    http(plain).get("orders")
    http(simulated, lambda: NOW).get("orders", headers={"x-else": "1"})
    assert SIMULATED_NOW not in plain.requests[0].headers
    assert simulated.requests[0].headers[SIMULATED_NOW] == NOW.isoformat()
    assert simulated.requests[0].headers["x-else"] == "1"
    assert str(plain.requests[0].url) == "https://far.example/v2/orders"


@pytest.mark.parametrize(("changes", "kind"), [(False, CarrierUnavailable), (True, OutcomeUnknown)])
@pytest.mark.parametrize("error", [KeyError("a"), IndexError(), TypeError(), ValueError(), AttributeError()])
def test_an_answer_nobody_can_read(error: Exception, changes: bool, kind: type[CarrierError]) -> None:
    with pytest.raises(kind, match="an answer nobody can read"), http(Far()).understanding("an order", changes):
        raise error
