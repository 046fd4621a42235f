"""HTTP as all adapters use it: one try, bounded in time, every way of failing told in the words of the house.

Temporal retries; a client that retried by itself would send an order twice, as carriers have no idempotency keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from portolan.domain.errors import (
    CarrierRateLimited,
    CarrierRefused,
    CarrierUnauthorised,
    CarrierUnavailable,
    OutcomeUnknown,
)

TIMEOUT = httpx2.Timeout(30, connect=10)
#: Where a carrier asks to slow down and does not say for how long.
DEFAULT_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
#: Nothing was sent in these cases, so nothing can have happened.
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
#: Whoever answered did not wait for the end: it may have happened all the same.
_GIVEN_UP = frozenset({408, 499})
#: Tells a simulator what time it is for the order, so that it moves through time with it.
SIMULATED_NOW = "x-simulated-now"


class HttpRefused(CarrierRefused):
    """The carrier answered with a status of the 4xx kind; adapters turn it into reasons where they can.

    Attributes:
        status: The status code.
        body: What it said, as text.
    """

    def __init__(self, carrier: str, call: str, status: int, body: str) -> None:
        self.status, self.body = status, body
        said = " ".join(body.split())[:300]
        super().__init__(f"{carrier} answered {call} with {status}{f': {said}' if said else ''}.")


class Http:
    """Calls to one account at one carrier.

    Args:
        carrier: The account's name, for messages.
        base_url: What every path is appended to.
        auth: As httpx2 takes it.
        headers: Sent with every call.
        simulated_clock: For a simulator: what time it is for the order.
        transport: Another way to send, for tests.
    """

    def __init__(
        self,
        carrier: str,
        base_url: str,
        *,
        auth: httpx2.Auth | tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        simulated_clock: Callable[[], datetime] | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.carrier = carrier
        self._clock = simulated_clock
        self._client = httpx2.Client(
            base_url=base_url.rstrip("/") + "/",
            auth=auth,
            headers=dict(headers or {}),
            timeout=TIMEOUT,
            transport=transport,
            follow_redirects=False,
        )

    def get(self, path: str, **options: Any) -> httpx2.Response:
        """Look at something: whatever goes wrong, nothing happened.

        Raises:
            HttpRefused: A 4xx answer.
            CarrierRateLimited, CarrierUnauthorised, CarrierUnavailable: As their names say.
        """
        return self._call("GET", path, False, options)

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Change something: once it was sent and no proper answer came back, nobody knows whether it happened.

        Raises:
            HttpRefused: A 4xx answer: it did not happen.
            OutcomeUnknown: It may have happened.
            CarrierRateLimited, CarrierUnauthorised, CarrierUnavailable: It did not happen.
        """
        return self._call(method, path, True, options)

    def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Look at something by a method other than GET, as portability checks do; raises what `get` does."""
        return self._call(method, path, False, options)

    def _call(self, method: str, path: str, changes: bool, options: dict[str, Any]) -> httpx2.Response:
        call = f"{method} /{path.lstrip('/').split('?')[0]}"
        if self._clock:
            options["headers"] = {**options.get("headers", {}), SIMULATED_NOW: self._clock().isoformat()}
        try:
            response = self._client.request(method, path.lstrip("/"), **options)
        except _NOT_SENT as error:
            raise CarrierUnavailable(f"{self.carrier} cannot be reached: {type(error).__name__}.") from error
        except httpx2.HTTPError as error:
            raise self.lost(changes, f"{call}: {type(error).__name__}") from error
        return self._judged(call, changes, response)

    def _judged(self, call: str, changes: bool, response: httpx2.Response) -> httpx2.Response:
        status = response.status_code
        if status == 429:
            raise CarrierRateLimited(f"{self.carrier} asks to slow down.", retry_after(response, datetime.now(UTC)))
        if status in {401, 403}:
            raise CarrierUnauthorised(
                f"{self.carrier} does not let this account do {call} ({status}).",
                "Check the account's credentials and permissions: portolan carrier verify.",
            )
        if status == 503 and "retry-after" in response.headers:
            raise CarrierRateLimited(f"{self.carrier} is not in service.", retry_after(response, datetime.now(UTC)))
        if status >= 500 or 300 <= status < 400 or status < 200 or status in _GIVEN_UP:
            raise self.lost(changes, f"{call}: status {status}")
        if status >= 400:
            raise HttpRefused(self.carrier, call, status, response.content.decode("utf-8", "replace"))
        return response

    def lost(self, changes: bool, why: str) -> CarrierUnavailable | OutcomeUnknown:
        """What it means that no proper answer came back."""
        if changes:
            return OutcomeUnknown(f"{self.carrier} gave no proper answer to {why}: it may have happened.")
        return CarrierUnavailable(f"{self.carrier} gave no proper answer to {why}.")

    @contextmanager
    def understanding(self, what: str, changes: bool = False) -> Iterator[None]:
        """Turn whatever goes wrong in reading an answer into the error that fits; wrap parsing in it, nothing else."""
        try:
            yield
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise self.lost(changes, f"{what}: an answer nobody can read ({type(error).__name__})") from error


def retry_after(response: httpx2.Response, now: datetime) -> timedelta:
    """How long the carrier asks to wait: `Retry-After` in seconds or as a date, else a reset header, else a default."""
    for header in ("retry-after", "x-ratelimit-reset"):
        said = response.headers.get(header, "").strip()
        if not said:
            continue
        try:
            seconds = float(said)
            wait = timedelta(seconds=seconds - now.timestamp() if seconds > 1e9 else seconds)
        except (ValueError, OverflowError):
            try:
                at = parsedate_to_datetime(said)
                wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
            except (ValueError, OverflowError):
                continue
        return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)
    return DEFAULT_WAIT
