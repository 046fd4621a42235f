"""Twilio's calls, one method each: addresses, fields and answers; nothing of what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

import httpx2

from portolan.carriers.accounts import TwilioAccount
from portolan.carriers.http import Http, HttpRefused
from portolan.carriers.twilio import wire
from portolan.domain.carrier import Paper
from portolan.domain.errors import CarrierRefused

#: Calls at once where Twilio takes one number a call.
AT_ONCE = 8
PAGE = 100
#: So many pages of the list are read; beyond them nobody could say what is on the next.
PAGES = 100

Given = TypeVar("Given")
Found = TypeVar("Found")
Read = TypeVar("Read", bound=wire.Wire)


class Refused(HttpRefused):
    """A 4xx answer, of which only Twilio's code and words are kept: the rest may repeat what was sent, a PIN too.

    Attributes:
        call: What was refused.
        fault: The code and the words.
    """

    def __init__(self, carrier: str, call: str, answer: HttpRefused) -> None:
        self.call = call
        try:
            self.fault = wire.Fault.model_validate_json(answer.body)
        except (ValueError, RecursionError):
            self.fault = wire.Fault()
        super().__init__(carrier, call, answer.status, f"{self.fault.code} {self.fault.message}".strip())


class _Host(Http):
    """A host of Twilio's, whose refusals are `Refused`."""

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self._told("GET", path, lambda: super(_Host, self).get(path, **options))

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return self._told(method, path, lambda: super(_Host, self).send(method, path, **options))

    def _told(self, method: str, path: str, call: Callable[[], httpx2.Response]) -> httpx2.Response:
        try:
            return call()
        except HttpRefused as answer:
            raise Refused(self.carrier, f"{method} /{path}", answer) from None


class Api:
    """Twilio's five hosts, with the account's credentials.

    Args:
        account: The account, with the addresses of the hosts.
        clock: What a simulator is told the time is.
        transport: Another way to send, for tests.
    """

    def __init__(
        self, account: TwilioAccount, clock: Callable[[], datetime], transport: httpx2.BaseTransport | None = None
    ) -> None:
        self.account = account

        def host(url: str) -> Http:
            return _Host(
                account.name,
                url,
                auth=(account.account_sid, account.auth_token.get_secret_value()),
                simulated_clock=clock if account.simulator else None,
                transport=transport,
            )

        self._numbers, self._main, self._upload = map(host, (account.numbers_url, account.api_url, account.upload_url))
        self._lookups, self._messaging = host(account.lookups_url), host(account.messaging_url)

    @property
    def owner(self) -> str:
        """The account whose inventory the numbers go to."""
        return self.account.target_account_sid or self.account.account_sid

    def portability(self, number: str) -> wire.Portable:
        """Whether a number can be moved."""
        params = {"TargetAccountSid": self.owner} if self.account.target_account_sid else {}
        path = f"v1/Porting/Portability/PhoneNumber/{_part(number)}"
        return _read(self._numbers, wire.Portable, self._numbers.get(path, params=params), "portability")

    def create(self, body: Mapping[str, Any]) -> wire.PortIn:
        """Create a port-in request."""
        answer = self._numbers.send("POST", "v1/Porting/PortIn", json=dict(body))
        return _read(self._numbers, wire.PortIn, answer, "the new request", changes=True)

    def request(self, sid: str) -> wire.PortIn:
        """A port-in request."""
        return _read(self._numbers, wire.PortIn, self._numbers.get(_request(sid)), "a port-in request")

    def cancel(self, sid: str) -> None:
        """Cancel a request."""
        self._numbers.send("DELETE", _request(sid))

    def leave_out(self, sid: str, number_sid: str) -> None:
        """Cancel one number of a request."""
        self._numbers.send("DELETE", f"{_request(sid)}/PhoneNumber/{_part(number_sid)}")

    def number(self, sid: str, number_sid: str) -> wire.NumberDetail:
        """One number of a request."""
        answer = self._numbers.get(f"{_request(sid)}/PhoneNumber/{_part(number_sid)}")
        return _read(self._numbers, wire.NumberDetail, answer, "a number of a request")

    def listed(self, since: date) -> Iterator[wire.Listed]:
        """Every request created from a day on.

        Raises:
            CarrierRefused: There are more than are read.
        """
        params: dict[str, Any] = {"Size": PAGE, "CreatedAfter": since.isoformat()}
        seen = {""}
        for _ in range(PAGES):
            answer = self._numbers.get("v1/Porting/PortIn/PortInRequests", params=params)
            page = _read(self._numbers, wire.Page, answer, "the list of requests")
            yield from page.requests
            if page.meta.next_token in seen:
                return
            seen.add(page.meta.next_token)
            params["Token"] = page.meta.next_token
        raise CarrierRefused(
            f"{self.account.name} has more than {PAGE * PAGES} port-in requests since {since}: not all were read.",
            "Look in Twilio's console whether the order is there already.",
        )

    def any_request(self) -> None:
        """Ask for one request of the list, to see whether that is allowed."""
        self._numbers.get("v1/Porting/PortIn/PortInRequests", params={"Size": 1})

    def hooks(self) -> wire.Hooks:
        """Where the messages go; nowhere, where nothing was set up."""
        try:
            answer = self._numbers.get("v1/Porting/Configuration/Webhook")
        except HttpRefused as refused:
            if refused.status == 404:
                return wire.Hooks()
            raise
        return _read(self._numbers, wire.Hooks, answer, "where messages go")

    def set_hooks(self, port_in: str, port_out: str, kinds: Sequence[str]) -> None:
        """Have the messages sent to these addresses: one setting for the account and its sub-accounts."""
        body: dict[str, Any] = {"port_in_target_url": port_in, "notifications_of": list(kinds)}
        if port_out:
            body["port_out_target_url"] = port_out
        self._numbers.send("POST", "v1/Porting/Configuration/Webhook", json=body)

    def upload(self, paper: Paper, name: str) -> str:
        """Upload a bill; Twilio's id of it."""
        answer = self._upload.send(
            "POST",
            "v1/Documents",
            data={"document_type": "utility_bill", "friendly_name": name},
            files={"File": (paper.filename, paper.content, paper.media_type)},
        )
        return _read(self._upload, wire.Document, answer, "the uploaded bill", changes=True).sid

    def account_state(self) -> None:
        """Look at the account itself, to see whether the credentials are good."""
        self._main.get(f"2010-04-01/Accounts/{self.account.account_sid}.json")

    def any_number(self) -> None:
        """Ask for one number of the inventory, to see whether that is allowed."""
        self._main.get(f"{self._inventory()}.json", params={"PageSize": 1})

    def incoming(self, number: str) -> wire.Incoming | None:
        """A number in the inventory; None where it is not there."""
        answer = self._main.get(f"{self._inventory()}.json", params={"PhoneNumber": number})
        found = _read(self._main, wire.Inventory, answer, "the inventory").numbers
        return next((one for one in found if one.phone_number == number), None)

    def update(self, sid: str, fields: Mapping[str, str]) -> None:
        """Change a number in the inventory."""
        self._main.send("POST", f"{self._inventory()}/{_part(sid)}.json", data=dict(fields))

    @property
    def reaches_services(self) -> bool:
        """Whether the numbers' messaging services are those of the credentials: their calls name no account."""
        return self.owner == self.account.account_sid

    def services(self) -> Iterator[str]:
        """The ids of the account's messaging services, page by page.

        Raises:
            CarrierRefused: There are more than are read.
        """
        params: dict[str, Any] = {"PageSize": PAGE}
        for _ in range(PAGES):
            answer = self._messaging.get("v1/Services", params=params)
            page = _read(self._messaging, wire.Services, answer, "messaging services")
            yield from (one.sid for one in page.services)
            with self._messaging.understanding("the next page of messaging services"):
                following = dict(parse_qsl(urlsplit(page.meta.url).query))
            if not following or following == params:
                return
            params = following
        raise CarrierRefused(f"{self.account.name} has more than {PAGE * PAGES} messaging services: not all were read.")

    def in_service(self, service: str, sid: str) -> bool:
        """Whether a number is in a messaging service."""
        try:
            self._messaging.get(_member(service, sid))
        except HttpRefused as refused:
            if refused.status == 404:
                return False
            raise
        return True

    def join(self, service: str, sid: str) -> None:
        """Put a number into a messaging service."""
        self._messaging.send("POST", f"v1/Services/{_part(service)}/PhoneNumbers", data={"PhoneNumberSid": sid})

    def leave(self, service: str, sid: str) -> None:
        """Take a number out of a messaging service."""
        self._messaging.send("DELETE", _member(service, sid))

    def lookup(self, number: str) -> wire.Lookup:
        """Who serves a number; each look-up is billed."""
        params = {"Fields": "line_type_intelligence"}
        answer = self._lookups.get(f"v2/PhoneNumbers/{_part(number)}", params=params)
        return _read(self._lookups, wire.Lookup, answer, "the look-up")

    def _inventory(self) -> str:
        return f"2010-04-01/Accounts/{self.owner}/IncomingPhoneNumbers"


def each(function: Callable[[Given], Found], items: Sequence[Given]) -> list[Found]:
    """The function's results for all items, in their order, a few at once; the first error is raised."""
    if len(items) < 2:
        return [function(item) for item in items]
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        return list(pool.map(function, items))
    finally:
        pool.shutdown(cancel_futures=True)


def _read(http: Http, model: type[Read], answer: httpx2.Response, what: str, changes: bool = False) -> Read:
    with http.understanding(what, changes):
        return model.model_validate(answer.json())


def _request(sid: str) -> str:
    return f"v1/Porting/PortIn/{_part(sid)}"


def _member(service: str, sid: str) -> str:
    return f"v1/Services/{_part(service)}/PhoneNumbers/{_part(sid)}"


def _part(text: str) -> str:
    """Text as one part of a path.

    Raises:
        CarrierRefused: It would lead to another place.
    """
    if not text.strip("."):
        raise CarrierRefused(f"{text!r} is nothing that Twilio has.", "Look at the order in Twilio's console.")
    return quote(text, safe="+")
