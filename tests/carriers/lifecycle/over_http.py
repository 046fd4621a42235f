"""Carriers with an interface: the real adapter over real HTTP, against the simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

import httpx2

from portolan.carriers.accounts import Account, BandwidthAccount, TelnyxAccount, TwilioAccount
from portolan.carriers.bandwidth import Bandwidth, xml
from portolan.carriers.base import GainingCarrier
from portolan.carriers.desk.returns import DeskReturns
from portolan.carriers.registry import AccountLedger
from portolan.carriers.telnyx import Telnyx
from portolan.carriers.twilio import Twilio
from portolan.domain.carrier import NumberConfiguration
from portolan.records.store import Records
from portolan.simulator.testing import Running
from tests.carriers.lifecycle.points import LossyTransport
from tests.carriers.lifecycle.stages import FOC, ONE, TWO, Stage

MINUTE = timedelta(minutes=1)
_WIRE = httpx2.HTTPTransport()


class HttpStage(Stage):
    """What the simulator knows of all of them.

    Args:
        webhook_url: Where messages go; empty: nowhere.
    """

    ACCOUNT: ClassVar[type[Account]]
    ADAPTER: ClassVar[Any]
    LETS_GO_FIRST = False

    def __init__(self, records: Records, world: Running, webhook_url: str = "", **credentials: Any) -> None:
        self.world = world
        fields = {"name": self.name, "vendor": self.name, "simulator": world.url, "webhook_url": webhook_url}
        # At a simulator credentials are its own: others are put in their place afterwards.
        self.account: Any = self.ACCOUNT.model_validate(fields).model_copy(update=credentials)
        world.forget()
        self.behave()
        super().__init__(records)

    def made(self) -> GainingCarrier:
        carrier: GainingCarrier = self.ADAPTER(
            self.account,
            ledger=AccountLedger(self.book, self.name),
            returns=DeskReturns(self.book, self.name, self.clock),
            clock=self.clock,
            transport=LossyTransport(self.points, _WIRE),
        )
        return carrier

    def behave(self, **behaviour: Any) -> None:
        """How orders fare; nothing is said to them unless it is said by name."""
        self.world.script("o1", {"sendings": [[]], "signs_after_hours": None, **behaviour})

    def move(self, to: datetime) -> None:
        super().move(to)
        self.world.move(to)

    def _sent(self, numbers: Sequence[str] = ()) -> list[str]:
        return [
            one["id"]
            for one in self._orders()
            if one["status"] != "draft" and (not numbers or set(numbers) & set(one["numbers"]))
        ]

    def _orders(self) -> list[dict[str, Any]]:
        return [
            one
            for one in self.world.orders()
            if one["vendor"] == self.name and one["status"] not in {"cancelled", "deleted"}
        ]

    def accepts(self) -> None:
        for one in self._sent():
            self.world.say(one, "approve")

    def rejects(self, reason: str, numbers: Sequence[str] = ()) -> None:
        for one in self._sent(numbers):
            self.world.say(one, "reject", reason=reason, numbers=list(numbers))

    def confirms(self, foc_at: datetime) -> None:
        for one in self._sent():
            self.world.say(one, "foc", foc_at=foc_at.isoformat())

    def moves_numbers(self) -> None:
        """They move by themselves."""
        self.move(FOC + MINUTE)

    def live_orders(self) -> dict[str, list[str]]:
        return {one["id"]: one["numbers"] for one in self._orders()}

    def ask(self, path: str, **params: str) -> Any:
        """What the vendor answers to somebody who only looks."""
        answer = self.looking.get(path, params=params)
        return answer.json() if answer.is_success else answer.status_code

    @cached_property
    def looking(self) -> httpx2.Client:
        """A client of somebody who only looks."""
        return httpx2.Client(transport=_WIRE, **self._credentials())

    def _credentials(self) -> dict[str, Any]:
        raise NotImplementedError


class TelnyxStage(HttpStage):
    """Telnyx."""

    name = "telnyx"
    ACCOUNT = TelnyxAccount
    ADAPTER = Telnyx
    CONFIGURATION = NumberConfiguration(
        contact_flow="1494404757140276705", routing="sales", messaging_profile="7d14a1a6-5d6a-4d5f-a6b1-2a2c3f1f2c11"
    )
    CAMPAIGN = "7d14a1a6-5d6a-4d5f-a6b1-2a2c3f1f2c12"

    DIVIDES = True

    def will_divide(self) -> None:
        self.behave(split=[[ONE], [TWO]])

    def moves_apart(self, dates: Mapping[datetime, Sequence[str]]) -> None:
        """The order is divided, if it was not from the beginning, and each part gets a date."""
        if len(self._sent()) == 1:
            self.world.say(self._sent()[0], "split", numbers=list(dates[max(dates)]))
        for foc_at, numbers in dates.items():
            for one in self._sent(numbers):
                self.world.say(one, "foc", foc_at=foc_at.isoformat())

    def writes(self, text: str) -> None:
        self.world.say(self._sent()[0], "comment", text=text)

    def holds(self) -> Any:
        orders = []
        for one in self.live_orders():
            path = f"porting_orders/{one}"
            body = self.ask(path)["data"]
            said = [(each["user_type"], each["body"]) for each in self.ask(f"{path}/comments")["data"]]
            more = [each["filename"] for each in self.ask(f"{path}/additional_documents")["data"]]
            orders.append([body, said, more])
        return {"orders": sorted(orders, key=lambda found: str(found[0]["phone_numbers"])), "lines": self._lines()}

    def wiring(self) -> str:
        """What was on the order stays there as it was once the numbers have arrived."""
        return repr(self._lines() or self.holds())

    def _lines(self) -> Any:
        return self.ask("phone_numbers")["data"]

    def _credentials(self) -> dict[str, Any]:
        key = self.account.api_key.get_secret_value()
        return {"base_url": f"{self.account.base_url}/", "headers": {"authorization": f"Bearer {key}"}}


class TwilioStage(HttpStage):
    """Twilio: it follows each number by itself, and mails a letter to be signed first."""

    name = "twilio"
    ACCOUNT = TwilioAccount
    ADAPTER = Twilio
    CONFIGURATION = NumberConfiguration(
        contact_flow="https://voice.example/answer",
        messaging_profile="MG" + "1" * 32,
        emergency_address="AD" + "2" * 32,
    )
    CAMPAIGN = "MG" + "3" * 32

    def moves_apart(self, dates: Mapping[datetime, Sequence[str]]) -> None:
        for foc_at, numbers in dates.items():
            self.world.say(self._sent()[0], "foc", foc_at=foc_at.isoformat(), numbers=list(numbers))

    def holds(self) -> Any:
        requests = [self.ask(f"numbers/v1/Porting/PortIn/{one}") for one in self.live_orders()]
        lines = self.ask(f"api/2010-04-01/Accounts/{self.account.account_sid}/IncomingPhoneNumbers.json")
        members = [
            sorted(
                self.ask(f"messaging/v1/Services/{one}/PhoneNumbers")["phone_numbers"],
                key=lambda member: str(member["phone_number"]),
            )
            for one in (self.CONFIGURATION.messaging_profile, self.CAMPAIGN)
        ]
        return [requests, lines["incoming_phone_numbers"], members]

    def _credentials(self) -> dict[str, Any]:
        auth = (self.account.account_sid, self.account.auth_token.get_secret_value())
        return {"base_url": f"{self.world.url}/twilio/", "auth": auth}


class BandwidthStage(HttpStage):
    """Bandwidth: numbers that cannot go together are port-ins of a bulk order from the beginning."""

    name = "bandwidth"
    ACCOUNT = BandwidthAccount
    ADAPTER = Bandwidth
    CONFIGURATION = NumberConfiguration(contact_flow="7007", routing="9009")
    DIVIDES = True

    def will_divide(self) -> None:
        self.behave(split=[[ONE], [TWO]])

    def moves_apart(self, dates: Mapping[datetime, Sequence[str]]) -> None:
        for foc_at, numbers in dates.items():
            for one in self._sent(numbers):
                self.world.say(one, "foc", foc_at=foc_at.isoformat())

    def writes(self, text: str) -> None:
        self.world.say(self._sent()[0], "comment", text=text)

    def holds(self) -> Any:
        """Papers are known by their names: one whose upload was not answered may be there once more without one."""
        found = []
        for one in self.live_orders():
            base = f"accounts/{self.account.account_id}/portins/{one}"
            papers = self._texts(f"{base}/loas", "DocumentName", metadata="true")
            notes = self._texts(f"{base}/notes", "Description")
            found.append([self._plain(self._xml(base)), sorted(set(papers)), notes])
        return sorted(found, key=str)

    def _xml(self, path: str) -> xml.Element:
        return xml.read(self.looking.get(path).content)

    def _texts(self, path: str, name: str, **params: str) -> list[str]:
        answer = self.looking.get(path, params=params)
        return xml.texts(xml.read(answer.content), name) if answer.content else []

    def _plain(self, element: xml.Element) -> Any:
        children = [[xml.name_of(one), self._plain(one)] for one in element if isinstance(one.tag, str)]
        return children or (element.text or "").strip()

    def _credentials(self) -> dict[str, Any]:
        auth = (self.account.username, self.account.password.get_secret_value())
        return {"base_url": f"{self.account.base_url}/", "auth": auth}
