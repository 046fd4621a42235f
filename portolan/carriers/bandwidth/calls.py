"""Calls to one account at Bandwidth: paths, XML in and out, pages, refusals in canonical words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx2

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import reading, secrecy, xml
from portolan.carriers.bandwidth.reading import Portin
from portolan.carriers.http import Http, HttpRefused
from portolan.domain.errors import CarrierInvalid, CarrierRefused, CarrierRejected
from portolan.domain.rejections import Rejection

#: Orders a page; Bandwidth gives at most 1,000.
PAGE = 300
#: Further pages are not read: nobody has so many orders, and a link that leads back would never end.
MOST_PAGES = 200
_NEXT = re.compile(r"[?&]page=([^&;>\s]+)")


class Calls:
    """One account."""

    def __init__(
        self,
        account: BandwidthAccount,
        clock: Callable[[], datetime],
        transport: httpx2.BaseTransport | None,
    ) -> None:
        self.http = Http(
            account.name,
            f"{account.base_url.rstrip('/')}/accounts/{quote(account.account_id, safe='')}",
            auth=(account.username, account.password.get_secret_value()),
            headers={"accept": "application/xml"},
            simulated_clock=clock if account.simulator else None,
            transport=transport,
        )
        own = (account.password, account.webhook_password)
        self._own = [secret.get_secret_value() for secret in own if secret]

    def get(self, path: str, params: Mapping[str, str] | None = None) -> xml.Element | None:
        """What a GET answers; None where that is nothing."""
        with self.discreet(f"GET /{path}"):
            response = self.http.get(path, params=dict(params or {}))
        return self._read(path, response, changes=False)

    def look(self, path: str, params: Mapping[str, str] | None = None) -> xml.Element:
        """What a GET answers, which must be something."""
        found = self.get(path, params)
        with self.http.understanding(f"GET /{path}"):
            if found is None:
                raise ValueError("an empty answer")
            return found

    def send(self, method: str, path: str, root: str, values: Mapping[str, xml.Value]) -> xml.Element | None:
        """Change something by an XML body; what is answered, where that is something.

        Raises:
            CarrierInvalid: A value cannot be written in XML.
        """
        try:
            body = xml.write(root, values)
        except ValueError as error:
            raise CarrierInvalid(f"{self.http.carrier} cannot be sent {root}: {error}.") from error
        response = self.change(method, path, content=body, headers={"content-type": xml.MEDIA_TYPE})
        return self._read(path, response, changes=True)

    def change(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Change something, by a body as it is or none; the options of `Http.send`."""
        with self.discreet(f"{method} /{path}"):
            return self.http.send(method, path, **options)

    def portin(self, order_id: str) -> Portin:
        """A port-in as it stands.

        Raises:
            CarrierRefused: There is none with this id.
        """
        try:
            answer = self.look(f"portins/{quote(order_id, safe='')}")
        except HttpRefused as error:
            if error.status not in {400, 404}:
                raise
            raise CarrierRefused(
                f"{self.http.carrier} knows no order {order_id}.",
                "A draft is deleted after 48 hours without a change; send the order again.",
            ) from error
        with self.http.understanding(f"order {order_id}"):
            return reading.portin(order_id, answer)

    def listed(self, path: str, entry: str, params: Mapping[str, str]) -> Iterator[xml.Element]:
        """Every entry of a list, page after page."""
        page, seen = "1", {"1"}
        for _ in range(MOST_PAGES):
            answer = self.get(path, {"page": page, "size": str(PAGE), **params})
            if answer is None:
                return
            yield from xml.children(answer, entry)
            found = _NEXT.search(xml.words(answer, "Links", "next"))
            if found is None or found[1] in seen:
                return
            page = found[1]
            seen.add(page)

    def reasons(self, error: HttpRefused) -> list[Rejection]:
        """The errors in a refusal, in canonical words; none where its body cannot be read."""
        try:
            return list(reading.errors(xml.read(error.body.encode("utf-8", "replace"))))
        except ValueError:
            return []

    def refusal(self, error: HttpRefused, remedy: str = "") -> CarrierRefused:
        """The error that a refused order amounts to: rejected where Bandwidth names reasons, else invalid."""
        found = self.reasons(error)
        return CarrierRejected(found, remedy) if found else CarrierInvalid(error.message, remedy)

    def delete(self, path: str) -> None:
        """Take away a draft; one that is not there, or is none any more, is left as it is."""
        with contextlib.suppress(HttpRefused):
            self.change("DELETE", path)

    @contextlib.contextmanager
    def discreet(self, call: str) -> Iterator[None]:
        """Keep what Bandwidth repeats of secrets out of what is said of a refusal."""
        try:
            yield
        except HttpRefused as error:
            body = secrecy.masked_body(error.body, self._own)
            if body == error.body:
                raise
            raise HttpRefused(self.http.carrier, call, error.status, body) from None

    def _read(self, path: str, response: httpx2.Response, changes: bool) -> xml.Element | None:
        if not response.content.strip():
            return None
        with self.http.understanding(f"/{path}", changes):
            return xml.read(response.content)
