"""Losing answers: every call that leaves an adapter is counted, and the answer to one of them does not come back."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import httpx2
from botocore.exceptions import ReadTimeoutError

from portolan.carriers.desk.email import DeskMail
from portolan.domain.errors import OutcomeUnknown
from portolan.notifications.errors import DeliveryFailed
from portolan.records.store import Records

#: What of the records an adapter changes.
BOOK = frozenset({"link", "open_desk_case", "change_desk_case", "add_desk_entry", "settle_desk_entries"})


class Died(Exception):
    """The process ended after something was put on record."""


class Points:
    """The calls that left since it was armed, by name; after the one at `at` (from 1) an error is raised."""

    def __init__(self) -> None:
        self.met: list[str] = []
        self._at = 0
        self._one_at_a_time = Lock()

    def arm(self, at: int = 0) -> None:
        self.met, self._at = [], at

    def passed(self, what: str, error: Exception) -> None:
        """A call has taken effect."""
        with self._one_at_a_time:
            self.met.append(what)
            lost = len(self.met) == self._at
        if lost:
            raise error


class LossyTransport(httpx2.BaseTransport):
    """Real HTTP."""

    def __init__(self, points: Points, inner: httpx2.BaseTransport) -> None:
        self._points, self._inner = points, inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self._inner.handle_request(request)
        response.read()
        self._points.passed(f"{request.method} {request.url.path}", httpx2.ReadTimeout("no answer", request=request))
        return response


class LossyBook:
    """Records that a process may die after having written to."""

    def __init__(self, points: Points, records: Records) -> None:
        self._points, self._records = points, records

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._records, name)
        return _lossy(self._points, f"records {name}", found, Died(name)) if name in BOOK else found


class LossyClients:
    """AWS."""

    def __init__(self, points: Points, clients: Callable[[str], Any]) -> None:
        self._points, self._clients = points, clients

    def __call__(self, service: str) -> Any:
        return _LossyClient(self._points, service, self._clients(service))


class _LossyClient:
    def __init__(self, points: Points, service: str, client: Any) -> None:
        self._points, self._service, self._client = points, service, client

    def __getattr__(self, call: str) -> Any:
        lost = ReadTimeoutError(endpoint_url=f"https://{self._service}.example")
        return _lossy(self._points, f"{self._service} {call}", getattr(self._client, call), lost)


class LossyCarrier:
    """A carrier that is called without a protocol in between."""

    def __init__(self, points: Points, carrier: Any) -> None:
        self._points, self._carrier = points, carrier

    def __getattr__(self, call: str) -> Any:
        return _lossy(self._points, call, getattr(self._carrier, call), OutcomeUnknown(f"no answer to {call}"))


def lossy_post(points: Points, post: Callable[[DeskMail], None]) -> Callable[[DeskMail], None]:
    """A way for mails."""

    def deliver(mail: DeskMail) -> None:
        post(mail)
        points.passed("mail", DeliveryFailed("the mail server hung up"))

    return deliver


def _lossy(points: Points, what: str, call: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    def run(*args: Any, **given: Any) -> Any:
        answer = call(*args, **given)
        points.passed(what, error)
        return answer

    return run
