"""The contract: a mock of Bandwidth's own document takes every request of the adapter; every answer in it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import pytest

from portolan.carriers.bandwidth import Bandwidth
from portolan.carriers.ledger import MemoryLedger
from portolan.domain.carrier import SendKind
from portolan.domain.errors import CarrierRefused, CarrierUnavailable, PortolanError
from tests.carriers.bandwidth.fake import (
    ACCOUNT_ID,
    LETTER,
    NOW,
    NUMBERS,
    Asking,
    Desk,
    account,
    configured,
    submission,
)
from tests.carriers.prism import Mock, prism

#: The operations of the document that the adapter uses, and what for.
USED = {
    "RequestPortabilityInfo": "check_portability, submit",
    "ReadCsrOrders": "request_csr, verify",
    "CreateCsrOrder": "request_csr",
    "ReadCsrOrder": "request_csr",
    "ListPortins": "find, submit, changes, verify",
    "CreatePortin": "submit",
    "RetrievePortin": "get and most others",
    "UpdatePortin": "submit, configure, unconfigure",
    "DeletePortin": "cancel, submit",
    "ListPortinLoas": "submit",
    "UploadPortinLoaFile": "submit",
    "UpdatePortinLoadMetadata": "submit",
    "GetPortinNotes": "comments, comment",
    "CreatePortinNote": "comment, port_back",
    "retrievePortinActivationStatus": "get",
    "UpdatePortinActivationStatus": "activate",
    "ListBulkPortins": "submit",
    "CreateBulkPortin": "submit",
    "PatchBulkOrder": "submit",
    "DeleteBulkOrder": "submit",
    "ListBulkTns": "submit",
    "UpdateBulkTnList": "submit",
    "ListBulkChildOrders": "get, submit",
    "UpdateBulkChildList": "submit",
    "GetSubscriptions": "listen, verify",
    "CreateSubscriptions": "listen",
    "UpdateSubscription": "listen",
    "RetrieveSitePortins": "verify",
}


def _record(carrier: Bandwidth) -> object:
    carrier.check_portability("acme-1", NUMBERS)
    return carrier.request_csr("acme-1", "Old Telco", "0048-1937")


def _send(carrier: Bandwidth) -> object:
    return carrier.submit(submission(papers=[LETTER]))


#: Which call of the adapter reads the answers of an operation.
READERS: dict[str, Callable[[Bandwidth], object]] = {
    "RequestPortabilityInfo": lambda c: c.check_portability("acme-1", ["+14109255199", "+12174101103"]),
    "ReadCsrOrders": _record,
    "CreateCsrOrder": _record,
    "ReadCsrOrder": _record,
    "ListPortins": lambda c: (c.changes(""), c.find("acme-1:1")),
    "CreatePortin": _send,
    "RetrievePortin": lambda c: c.get("order-1"),
    "UpdatePortin": lambda c: c.configure("order-1", configured(contact_flow="1")),
    "DeletePortin": lambda c: c.cancel("order-1", ""),
    "ListPortinLoas": _send,
    "UploadPortinLoaFile": _send,
    "UpdatePortinLoadMetadata": _send,
    "GetPortinNotes": lambda c: c.comments("order-1"),
    "CreatePortinNote": lambda c: c.comment("order-1", "hello"),
    "retrievePortinActivationStatus": lambda c: c.get("order-1"),
    "UpdatePortinActivationStatus": lambda c: c.activate("order-1"),
    "ListBulkPortins": _send,
    "CreateBulkPortin": _send,
    "PatchBulkOrder": _send,
    "DeleteBulkOrder": _send,
    "ListBulkTns": _send,
    "UpdateBulkTnList": _send,
    "ListBulkChildOrders": _send,
    "UpdateBulkChildList": lambda c: c.submit(submission("acme-1-split-1", numbers=NUMBERS[1:], papers=[LETTER])),
    "GetSubscriptions": lambda c: c.listen(),
    "CreateSubscriptions": lambda c: c.listen(),
    "UpdateSubscription": lambda c: c.listen(),
    "RetrieveSitePortins": lambda c: c.verify(),
}


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with prism("bandwidth") as running:
        yield running


class Both(httpx2.BaseTransport):
    """Every request goes to the mock, which judges it, and to the fake, which knows what was before.

    Attributes:
        wanted: The operation whose documented answer is given, in place of the fake's.
    """

    def __init__(self, mock: Mock, desk: Desk, wanted: str = "") -> None:
        self._mock, self._desk, self._judge = mock, desk, mock.transport()
        self.wanted, self.given = wanted, 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        asked = httpx2.Request(
            request.method,
            self._mock.url + request.url.raw_path.decode().removeprefix("/api"),
            headers=request.headers,
            content=request.content,
        )
        operation = self._mock.operation(asked.method, asked.url.path)
        ours = operation == self.wanted and self.given < 1
        preferred = self._mock.prefer
        if not ours:
            self._mock.prefer = "dynamic=false"
        judged = self._judge.handle_request(asked)
        self._mock.prefer = preferred
        if ours:
            self.given += 1
            return httpx2.Response(
                judged.status_code, content=judged.content, headers={"content-type": "application/xml"}
            )
        return self._desk.fake.handle(request)


def _carrier(desk: Desk, transport: httpx2.BaseTransport) -> Bandwidth:
    return Bandwidth(account(), ledger=MemoryLedger(), returns=Asking(), clock=lambda: desk.now, transport=transport)


def test_every_request_is_taken(mock: Mock, desk: Desk) -> None:
    """A port from the first look to the last note, whole and in parts; then what was called is what is said above."""
    mock.prefer = "dynamic=false"
    mock.called.clear()
    carrier = _carrier(desk, Both(mock, desk))
    _record(carrier)
    carrier.verify()
    carrier.listen()
    desk.fake.subscriptions["subscriptions-1"]["xml"] = desk.fake.subscriptions["subscriptions-1"]["xml"].replace(
        "<Expiry>31536000</Expiry>", "<Expiry>9</Expiry>"
    )
    carrier.listen()
    day = date(2026, 3, 13)
    order = carrier.submit(
        submission(
            secrets={("", "pin"): "9917"},
            remaining="keep",
            new_btn="+12125550199",
            activation="on_demand",
            requested_foc_on=day,
            papers=[LETTER],  # the document knows uploads of PDF only
        )
    )
    order_id = order.carrier_order_id
    carrier.submit(
        submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order_id, papers=[], activation="on_demand")
    )
    carrier.submit(
        submission(attempt=3, kind=SendKind.NEW_DATE, carrier_order_id=order_id, requested_foc_on=day, papers=[])
    )
    carrier.configure(order_id, configured(contact_flow="600001"))
    carrier.unconfigure(order_id)
    carrier.comment(order_id, "Where does it stand?")
    carrier.comments(order_id)
    carrier.changes("")
    held = desk.fake.portins[order_id]
    held.state = "FOC"
    held.fields |= {"Triggered": "true", "ActualFocDate": "2026-03-13T15:30:00Z"}
    desk.now = datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
    carrier.foc_windows(order_id)
    carrier.activate(order_id)
    desk.now = NOW
    desk.fake.groups = [["2125550103"], ["2125550104"]]
    numbers = ["+12125550103", "+12125550104"]
    carrier.submit(submission("acme-2", numbers=numbers, papers=[LETTER]))
    parts = carrier.submit(submission("acme-2-split-1", numbers=numbers[1:], papers=[LETTER]))
    with pytest.raises(CarrierUnavailable):
        carrier.cancel(parts.carrier_order_id, "")
    desk.fake.unfit = [("7331", "Rate Center Not Present", ["2125550104"])]
    with pytest.raises(CarrierRefused):
        carrier.submit(submission("acme-3", numbers=numbers, papers=[LETTER]))
    carrier.submit(submission("acme-4", numbers=["+18665550123"], papers=[LETTER]))
    assert mock.called == set(USED), f"{len(mock.called)} of {len(mock.operations)} operations"
    assert set(USED) <= mock.operations
    assert set(READERS) == set(USED)


@pytest.mark.parametrize("operation", sorted(USED))
def test_every_documented_answer_is_read(mock: Mock, operation: str) -> None:
    """Each example, each status, and an answer made up: what comes is a result or an error of the house."""
    reached = 0
    said: list[tuple[str, str]] = []
    for prefer in _documented(mock, operation):
        desk = Desk()
        mock.prefer = prefer
        transport = Both(mock, desk, operation)
        carrier = _carrier(desk, transport)
        _ready(desk, operation)
        try:
            READERS[operation](carrier)
        except PortolanError as error:
            said.append((prefer, error.message))
        reached += transport.given
    assert reached
    # What the document gives as an example of success can be read.
    assert not [one for one in said if "code=2" in one[0] and "example" in one[0] and "nobody can read" in one[1]]


def _documented(mock: Mock, operation: str) -> list[str]:
    (answers,) = [
        one["responses"]
        for item in mock.document["paths"].values()
        for one in item.values()
        if isinstance(one, dict) and one.get("operationId") == operation
    ]
    examples = [f"code={status}, example={name}" for status, name in mock.examples(operation) if "," not in name]
    # The mock makes up an answer only where the document has a shape for it, and gives none where it has nothing.
    made_up = [
        f"code={status}, dynamic=true"
        for status, answer in answers.items()
        if all(content.get("schema") for content in answer.get("content", {}).values())
    ]
    given = [f"code={status}" for status, answer in answers.items() if not answer.get("content")]
    return [*examples, *made_up, *given]


def _ready(desk: Desk, operation: str) -> None:
    """Bring the fake to where the operation is called."""
    if operation in {"ListPortins", "CreatePortin", "RequestPortabilityInfo"} or "Csr" in operation:
        return
    if operation == "UpdateSubscription":
        url = "<CallbackSubscription><URL>https://hooks.example/carriers/bandwidth</URL></CallbackSubscription>"
        desk.fake.subscriptions["s"] = {"id": "s", "xml": f"<OrderType>portins</OrderType>{url}"}
    elif "Bulk" in operation:
        desk.fake.groups = [["2125550101"], ["2125550102"]]
        if operation == "DeleteBulkOrder":
            desk.fake.unfit = [("7331", "Rate Center Not Present", ["2125550102"])]
        if operation == "UpdateBulkChildList":
            desk.submitted()
    elif not {"Loa", "Load"} & {operation[i : i + 3] for i in range(len(operation))}:
        _, _, held = desk.submitted()
        if "Activation" in operation:
            held.state = "FOC"
            held.fields |= {"Triggered": "true", "ActualFocDate": "2026-03-02T16:30:00Z"}


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ("Port-in in CANCELLED state", ("cancelled", ["DUPLICATE_IN_PROGRESS"], ["+19194809871"])),
        ("Toll Free VALID_DRAFT_TFNS state", ("received", [], ["+18336532112", "+18336532113", "+18336532114"])),
        ("Toll Free INVALID_DRAFT_TFNS state, vendor error", ("received", [], ["+18336000001"])),
    ],
)
def test_the_documents_orders_mean_what_they_say(
    mock: Mock, desk: Desk, example: str, expected: tuple[str, list[str], list[str]]
) -> None:
    (text,) = [
        answer["value"]
        for content in mock.document["paths"]["/accounts/{accountId}/portins/{orderId}"]["get"]["responses"]["200"][
            "content"
        ].values()
        for name, answer in content["examples"].items()
        if name == example
    ]
    # The document's bulk order is not there to be asked.
    desk.fake.answers["GET ^portins/x$"] = _xml(text.replace("BulkPortinOrderId", "NoBulk"))
    order = desk.carrier().get("x")
    assert (order.status, [reason.code for reason in order.rejections], list(order.numbers)) == expected
    assert order.updated_at is not None


def _xml(text: str) -> httpx2.Response:
    return httpx2.Response(200, content=text.strip(), headers={"content-type": "application/xml"})


def test_the_account_is_part_of_every_path(mock: Mock) -> None:
    parts: dict[str, Any] = mock.document["paths"]
    used = [path for path, item in parts.items() for one in item.values() if one.get("operationId") in USED]
    assert len(used) == len(USED)
    assert all(path.startswith("/accounts/{accountId}/") for path in used)
    assert ACCOUNT_ID
