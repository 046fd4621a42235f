"""What a vendor's protocol has to say, for the one engine behind all of them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from portolan.carriers.simulated.script import Call as ScriptCall
from portolan.simulator.orders import PortOrder, Remark
from portolan.simulator.steps import Window

if TYPE_CHECKING:
    from portolan.simulator.engine import Simulator

ChangeKind = Literal[
    "sent", "said", "moved", "cancel_asked", "cancelled", "split", "remark", "messaging", "signed", "expired",
    "deleted", "returned",
]  # fmt: skip


class Change(NamedTuple):
    """Something that happened to an order.

    Attributes:
        remark: What was written, for `remark`.
        into: The order that took the numbers, for `split`; its numbers say which.
    """

    kind: ChangeKind
    at: datetime
    remark: Remark | None = None
    into: PortOrder | None = None


class Note(NamedTuple):
    """A message to send: `kind` in the vendor's words, `body` as the façade will put it on the wire.

    `url` is where to, if not where the order's messages go.
    """

    kind: str
    body: dict[str, Any]
    url: str = ""


class Outgoing(BaseModel):
    """A message on its way.

    Attributes:
        due_at: When it leaves, by the order's clock; among those due together the lower `rank` goes first.
        attempt: How often it was sent, counting the next time.
        waits: Until the next message of the order, which it follows.
        outcome: What came of it: empty until it is settled.
    """

    vendor: str
    account: str
    order_id: str
    reference: str = ""
    kind: str
    url: str
    body: dict[str, Any]
    occurred_at: AwareDatetime
    due_at: AwareDatetime
    rank: int = 0
    attempt: int = 1
    waits: bool = False
    flaw: Literal["", "unsigned", "wrongly_signed"] = ""
    outcome: str = ""


class Wire(NamedTuple):
    """A message as it goes out.

    Attributes:
        url: The address with what the vendor adds to it; empty where that is nothing.
        opens_empty: Whether a first request goes out with nothing in it, and the message only if it is challenged.
    """

    headers: dict[str, str]
    content: bytes
    url: str = ""
    opens_empty: bool = False


class Uploaded(NamedTuple):
    """A file of a form."""

    filename: str
    media_type: str
    content: bytes


class Refused(Exception):
    """The vendor's answer is no; what was done before stays done."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(f"refused with {response.status_code}")


@dataclass
class Call:
    """A request, read.

    Attributes:
        path: The parameters of its path.
        query: Its query, in order.
        headers: Names in lower case.
        form: Fields of a form, if it is one; files as `Uploaded`.
        now: What time it is for the request: the simulator's clock, or the moment in `x-simulated-now` if that is
            later. An order taken with `Simulator.order(..., now)` is moved there.
    """

    method: str
    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    now: datetime
    form: Mapping[str, str | Uploaded] = field(default_factory=dict)
    account: str = ""

    def json(self) -> Any:
        """The body.

        Raises:
            ValueError: It is no JSON.
        """
        return json.loads(self.body) if self.body.strip() else None

    def asked(self, name: str, default: str = "") -> str:
        """A parameter of the query; the last of several."""
        return dict(self.query).get(name, default)


class Operation(NamedTuple):
    """One call of a protocol.

    Attributes:
        name: As the vendor's document names it, where it does.
        path: In Starlette's notation, below the façade's prefix; more particular ones come first.
        handler: Answers it; may raise `Refused`.
        call: Which call of a scripted carrier it is, so that a script's faults strike it.
    """

    name: str
    method: str
    path: str
    handler: Callable[[Call], Response]
    call: ScriptCall | None = None


class Facade(ABC):
    """A vendor's protocol; one for each simulator. Everything that is not overridden does nothing.

    Attributes:
        vendor: As `VENDORS` of the rejections and `accounts` name it.
        prefix: Under which its paths are.
        well_known: The credentials that are taken even by a strict simulator.
        draft_hours: How long an untouched draft lives; None: for ever.
        frozen_hours: How long before the FOC cancellations are refused.
        letter_hours: How long a letter that the vendor mails waits for its signature, and the order with it; None: it
            mails none.
        by_number: Whether it follows each number of an order by itself, with a date of its own, and never divides
            orders.
        retry_hours: After how long a message that was not taken is sent again, each time; empty: never.
    """

    vendor: ClassVar[str]
    prefix: ClassVar[str]
    well_known: ClassVar[frozenset[str]] = frozenset()
    draft_hours: ClassVar[float | None] = None
    frozen_hours: ClassVar[float] = 0
    letter_hours: ClassVar[float | None] = None
    by_number: ClassVar[bool] = False
    retry_hours: ClassVar[tuple[float, ...]] = ()

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    @abstractmethod
    def operations(self) -> Sequence[Operation]:
        """Every call it answers."""

    @abstractmethod
    def credential(self, call: Call) -> str:
        """What the request authenticates with; empty if with nothing, or not as the vendor wants it."""

    @abstractmethod
    def account(self, credential: str, call: Call) -> str:
        """The name of the account: the same for the same account, and no secret."""

    @abstractmethod
    def refusal(self, status: int, detail: str = "") -> Response:
        """An error answer in the vendor's form: 401, 404, 422, 429, or one of the 5xx kind."""

    def reference(self, call: Call) -> str:
        """Which order a request is about, by reference or id, before it is answered; empty: none that can be told."""
        return call.path.get("id", "")

    def order_id(self) -> str:
        """An id for a new order."""
        return self.simulator.new_id(f"{self.vendor}.order")

    def window(self, order: PortOrder, foc_at: datetime) -> Window | None:
        """In which span numbers on demand may move, given the FOC; None: they move at the FOC."""
        return None

    def holds(self, order: PortOrder) -> bool:
        """Whether an order that was sent waits at the vendor, so that nothing is said to it yet."""
        return False

    def notes(self, order: PortOrder, change: Change) -> Iterator[Note]:
        """What the vendor sends about a change; also the place to keep what else follows from it."""
        yield from ()

    @abstractmethod
    def wire(self, message: Outgoing, moment: datetime) -> Wire:
        """A message as it goes out at that moment (of the real clock), signed or not as `flaw` says."""

    def challenged(self, message: Outgoing, status: int, headers: Mapping[str, str]) -> dict[str, str] | None:
        """The headers with which the message is sent once more where the receiver asks for credentials; None: never."""
        return None


class ServerSettings(BaseModel):
    """How a simulator behaves as a whole.

    Attributes:
        seed: Orders without a script fare by it; empty: well.
        webhooks: Where messages go that no order and no account names an address for; `{vendor}` is filled in.
        strict: Only well-known credentials, and those in `credentials`, are taken.
        forms: Messages that may be JSON or a form go out as forms.
    """

    seed: str = ""
    webhooks: str = ""
    strict: bool = False
    forms: bool = False
    credentials: frozenset[str] = Field(default_factory=frozenset)
