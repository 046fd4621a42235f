"""One vocabulary for all carriers: how the losing carrier is made to speak, time to pass, and what is true over there.

A `Stage` is one deployment with one account at one carrier, driven through the activities, so that what they look at
before they act is part of what is tried. Its clock stands still until it is moved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.carrier import CarrierActivities
from portolan.carriers.base import GainingCarrier
from portolan.carriers.desk.answers import ReturnKind, returned
from portolan.carriers.desk.book import CaseKind
from portolan.carriers.simulated import Saying, Script, SimulatedCarrier
from portolan.domain.carrier import (
    CarrierOrder,
    NumberConfiguration,
    Paper,
    PortBack,
    SendKind,
    Submission,
    send_key,
)
from portolan.domain.effects import CarrierCall, Configuring, Messaging
from portolan.domain.foc import in_words
from portolan.records.papers import Secret
from portolan.records.store import Records
from tests.carriers.lifecycle.points import LossyBook, LossyCarrier, Points
from tests.carriers.scene import HOUR, NUMBERS, START, Clock
from tests.world import ACCOUNT

ONE, TWO = NUMBERS
#: A Monday two weeks ahead, and the moment at which all carriers move numbers: 11:30 in New York.
DAY, FOC = date(2026, 3, 16), datetime.fromisoformat("2026-03-16T15:30:00+00:00")
LATER_DAY, LATER = date(2026, 3, 18), FOC + timedelta(days=2)
CORRECTED = ACCOUNT.model_copy(update={"account_number": "0048-1938"})
CHILD = "o1-split-1"
_NAMES = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(?:KW|RD|PU|PN|MG)[0-9a-f]{32}\b|\b(?:sr|pr)_[0-9a-f]{6}\b"
)


def paper(kind: str, content: bytes = b"") -> Paper:
    """A document as people attach one."""
    content = content or f"%PDF {kind}".encode()
    digest = sha256(content).hexdigest()
    fields = {"filename": f"{kind}.pdf", "media_type": "application/pdf", "sha256": digest, "content": content}
    return Paper.model_validate({"kind": kind, **fields})


class Stage:
    """What is common to all.

    Attributes:
        points: The calls that leave the adapter.
        papers: What goes out with a sending.
        sendings: How often each order was sent, and `ids` what the carrier calls it.
    """

    name: ClassVar[str]
    #: What numbers get, and what they join.
    CONFIGURATION: ClassVar[NumberConfiguration] = NumberConfiguration(contact_flow="flow-1")
    CAMPAIGN: ClassVar[str] = "campaign-1"
    #: Whether an order has to give numbers up before another order can take them.
    LETS_GO_FIRST: ClassVar[bool] = True
    #: Whether the carrier makes several orders of one.
    DIVIDES: ClassVar[bool] = False

    def __init__(self, records: Records) -> None:
        self.clock, self.points, self.records = Clock(), Points(), records
        self.book: Any = LossyBook(self.points, records)
        self.papers = [paper("loa"), paper("bill")]
        self.sendings: Counter[str] = Counter()
        self.ids: dict[str, str] = {}
        self.carrier = self.made()
        self.activities = CarrierActivities(
            {self.name: self.carrier},
            secrets=lambda order_id: [Secret(number="", kind="pin", value="4711")],
            papers=lambda submission: self.papers,
        )

    def made(self) -> GainingCarrier:
        """The adapter."""
        raise NotImplementedError

    # What the deployment does

    def run(self, activity: str, *args: Any) -> Any:
        env = ActivityEnvironment()
        env.info = replace(env.info, started_time=self.clock())
        return env.run(getattr(self.activities, activity), *args)

    def failure(self, activity: str, *args: Any) -> ApplicationError:
        with pytest.raises(ApplicationError) as caught:
            self.run(activity, *args)
        return caught.value

    def submission(self, kind: SendKind = SendKind.NEW, order_id: str = "o1", **given: Any) -> Submission:
        """The next sending of an order."""
        attempt = self.sendings[order_id] + 1
        fields: dict[str, Any] = {
            "key": send_key(order_id, attempt),
            "order_id": order_id,
            "attempt": attempt,
            "kind": kind,
            "carrier_order_id": None if kind is SendKind.NEW else self.ids.get(order_id),
            "numbers": NUMBERS,
            "account": ACCOUNT,
            "losing_carrier": "Old Telco",
            "country": "US",
            "number_class": "geographic",
            "customer": "Acme Manufacturing",
            "signer_email": "ada@customer.example",
            "loa_signed_on": START.date(),
            "requested_foc_on": DAY,
            "needs": ["pin"],
        }
        return Submission.model_validate({**fields, **given})

    def send(self, submission: Submission) -> CarrierOrder:
        held: CarrierOrder = self.run("submit_order", self.name, submission)
        self.sendings[submission.order_id] = submission.attempt
        self.ids[submission.order_id] = held.carrier_order_id
        return held

    def submitted(self, kind: SendKind = SendKind.NEW, order_id: str = "o1", **given: Any) -> CarrierOrder:
        return self.send(self.submission(kind, order_id, **given))

    def call(self, order_id: str = "o1", **more: Any) -> CarrierCall:
        key = send_key(order_id, self.sendings[order_id])
        fields = {"carrier": self.name, "order_id": order_id, "carrier_order_id": self.ids.get(order_id), "key": key}
        return CarrierCall.model_validate({**fields, "reason": "not wanted any more", **more})

    def configuring(self) -> Configuring:
        return Configuring(call=self.call(), configuration=self.CONFIGURATION)

    def messaging(self) -> Messaging:
        return Messaging(call=self.call(), campaign=self.CAMPAIGN)

    def port_back(self, stage: str = "snapback") -> PortBack:
        return PortBack(
            key=f"o1:port-back:{stage}",
            order_id="o1",
            carrier_order_id=self.ids["o1"],
            decided_by="Grace",
            reason="dead air",
            decided_at=self.clock(),
            stage=stage,
            not_after=self.clock() + 80 * HOUR,
        )

    def get(self, order_id: str = "o1") -> CarrierOrder:
        held: CarrierOrder = self.run("fetch_order", self.call(order_id))
        return held

    def ported(self, **given: Any) -> CarrierOrder:
        """An order whose numbers have arrived."""
        self.submitted(**given)
        self.confirms(FOC)
        self.moves_numbers()
        return self.get()

    # What happens at the carrier

    def move(self, to: datetime) -> None:
        """Time passes."""
        self.clock.now = to

    def wait(self, time: timedelta) -> None:
        self.move(self.clock() + time)

    def will_divide(self) -> None:
        """The carrier is going to make an order of each number, where it divides orders."""

    def accepts(self) -> None:
        raise NotImplementedError

    def rejects(self, reason: str, numbers: Sequence[str] = ()) -> None:
        raise NotImplementedError

    def confirms(self, foc_at: datetime) -> None:
        """The losing carrier names a date, or another one."""
        raise NotImplementedError

    def moves_apart(self, dates: Mapping[datetime, Sequence[str]]) -> None:
        """Some of the numbers get another date than the others."""
        raise NotImplementedError

    def moves_numbers(self) -> None:
        """The FOC comes, and the numbers move the way they do there."""
        raise NotImplementedError

    def writes(self, text: str) -> None:
        """The carrier's desk says something."""
        raise NotImplementedError

    def texts_move(self) -> None:
        """The messaging of the numbers has moved, too."""

    def withdraws(self) -> None:
        """What has to be done so that a withdrawal that was asked for counts."""

    def returned(self, kind: ReturnKind, stage: str = "snapback") -> None:
        """A person enters what came of a port-back."""
        self.records.change_desk_case(
            f"o1:port-back:{stage}", lambda case: returned(case, kind, f"they have {kind}", self.clock())
        )

    # What is true there

    def live_orders(self) -> dict[str, list[str]]:
        """Every order that is alive there, begun or sent, with its numbers."""
        raise NotImplementedError

    def holds(self) -> Any:
        """Everything else the carrier has of our orders, by its own account."""
        raise NotImplementedError

    def wiring(self) -> str:
        """What the numbers do, or will."""
        return repr(self.holds())

    def never_twice(self) -> None:
        """No number is in two orders that live."""
        live = self.live_orders()
        found = Counter(number for numbers in live.values() for number in numbers)
        assert not found or max(found.values()) == 1, live

    def state(self) -> Any:
        """What there is to be compared: orders by our names, what the carrier holds, port-backs; ids by their order."""
        orders = {order_id: self.carrier.get(name).model_dump() for order_id, name in sorted(self.ids.items())}
        backs = [
            case.model_dump(exclude={"touched_at"})
            for case in self.records.desk_cases(kind=CaseKind.PORT_BACK, live=None)
        ]
        return _named_by_order({"orders": orders, "backs": backs, "holds": self.holds()})


def _named_by_order(found: Any, names: dict[str, str] | None = None) -> Any:
    """The same with every id replaced by its place among those met, as two runs give different ones."""
    names = {} if names is None else names
    if isinstance(found, dict):
        return {_named_by_order(key, names): _named_by_order(value, names) for key, value in found.items()}
    if isinstance(found, (list, tuple)):
        return [_named_by_order(one, names) for one in found]
    if isinstance(found, str):
        return _NAMES.sub(lambda match: names.setdefault(match[0], f"<{len(names)}>"), found)
    return found


class SimulatedStage(Stage):
    """The simulated carrier: it is called without any protocol, and speaks by its script."""

    name = "simulated"

    def __init__(self, records: Records, folder: Path) -> None:
        self._folder, self._script, self._said = folder, Script(sendings=[[]]), dict[int, list[Saying]]()
        super().__init__(records)

    def made(self) -> GainingCarrier:
        self.simulated = SimulatedCarrier(self._folder / "carrier.db", self.clock)
        self.simulated.give_account("o1", ACCOUNT)
        self.scripted()
        carrier: Any = LossyCarrier(self.points, self.simulated)
        return carrier

    def scripted(self, **fields: Any) -> None:
        said = [self._said.get(attempt, []) for attempt in range(1, max(self._said, default=0) + 2)]
        self._script = Script.model_validate(self._script.model_dump() | {"sendings": said} | fields)
        self.simulated.give_script("o1", self._script)

    def _says(self, says: str, **words: Any) -> None:
        sent_at = self.simulated.store.orders("o1")[-1].sendings[-1].at
        hours = (self.clock() - sent_at) / HOUR
        saying = Saying.model_validate({"says": says, "after_hours": hours, **words})
        self._said.setdefault(self.sendings["o1"], []).append(saying)
        self.scripted()

    def accepts(self) -> None:
        self._says("approve")

    def rejects(self, reason: str, numbers: Sequence[str] = ()) -> None:
        self._says("reject", reason=reason, numbers=list(numbers))

    def confirms(self, foc_at: datetime) -> None:
        self._says("foc", foc_hours=(foc_at - self.clock()) / HOUR)

    def moves_apart(self, dates: Mapping[datetime, Sequence[str]]) -> None:
        """It sends the order back, as there is one date for it only."""
        self._says("reject", reason="SPLIT_REQUIRED", numbers=list(dates[max(dates)]), text=f"not on {in_words(FOC)}")

    def moves_numbers(self) -> None:
        """It moves them when it is told to."""
        self.move(FOC)
        self.run("activate_order", self.call())

    def live_orders(self) -> dict[str, list[str]]:
        return {held.carrier_order_id: held.numbers for held in self.simulated.store.orders() if not held.cancelled_at}

    def holds(self) -> Any:
        bridge = self.simulated.store.bridge("o1:bridge")
        claimed = bridge.claimed if bridge and not bridge.removed_at else {}
        return [[held.model_dump() for held in self.simulated.store.orders()], claimed]
