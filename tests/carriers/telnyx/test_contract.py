"""Telnyx's own document: every request is one it allows, every answer it gives is read.

The mock keeps nothing, so a request goes to both: to the mock, which judges it, and to the fake, which answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from portolan.carriers.http import Http
from portolan.carriers.telnyx import Telnyx
from portolan.carriers.telnyx.calls import Calls
from portolan.carriers.telnyx.refusing import Missing
from portolan.domain.carrier import NumberConfiguration, SendKind
from portolan.domain.errors import CarrierError, CarrierInvalid, CarrierUnauthorised, CarrierUnavailable, OutcomeUnknown
from tests.carriers.prism import Mock, Violation, prism
from tests.carriers.scene import HOUR, NUMBERS, START, Clock, back
from tests.carriers.telnyx.conftest import FOC, adapter, paper, submission
from tests.carriers.telnyx.fake import FakeTelnyx, Refusal

pytestmark = pytest.mark.xdist_group("prism-telnyx")

#: Operations of the document that the adapter uses.
USED = {
    "ActivatePortingOrder",
    "CancelPortingOrder",
    "ConfirmPortingOrder",
    "CreateAdditionalDocuments",
    "CreateDocument",
    "CreatePortingOrder",
    "CreatePortingOrderComment",
    "DeletePortingOrder",
    "EnablePhoneNumberEmergency",
    "GetPortingOrder",
    "ListAdditionalDocuments",
    "ListAllowedFocWindows",
    "ListDocuments",
    "ListPhoneNumbers",
    "ListPortingOrderActivationJobs",
    "ListPortingOrderComments",
    "ListPortingOrderRequirements",
    "ListPortingOrders",
    "ListPortingPhoneNumbers",
    "LookupNumber",
    "PostPortabilityCheck",
    "RetrieveDocument",
    "UpdatePhoneNumber",
    "UpdatePhoneNumberMessagingSettings",
    "UpdatePortingOrder",
    "listPortingEvents",
}
ID = str(UUID(int=77))
CONFIGURATION = NumberConfiguration(
    contact_flow="c-1", routing="desk", emergency_address="e-1", messaging_profile="m-1"
)


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with prism("telnyx") as running:
        yield running


@pytest.fixture
def judged(mock: Mock, fake: FakeTelnyx, clock: Clock) -> Telnyx:
    """The adapter, whose every request the mock judges and the fake answers."""
    mock.prefer = "dynamic=false"
    mock.called.clear()
    inner = mock.transport()

    def both(request: httpx2.Request) -> httpx2.Response:
        sent = httpx2.Request(
            request.method,
            f"{mock.url}{request.url.raw_path.decode()}",
            headers={name: value for name, value in request.headers.items() if name != "host"},
            content=request.content,
        )
        answer = inner.handle_request(sent)
        assert answer.status_code < 300, (request.url, answer.status_code, answer.text)
        return fake.handle(request)

    return adapter(clock, httpx2.MockTransport(both))


def test_every_request_is_one_the_document_allows(judged: Telnyx, mock: Mock, fake: FakeTelnyx, clock: Clock) -> None:
    kind = {"id": "r1", "name": "Latest Invoice"}
    fake.requirements = [{"field_type": "document", "field_value": None, "requirement_type": kind}]
    real = fake.answer

    def open_until_given(method: str, path: str, query: dict[str, str], body: Any) -> Any:
        answer = real(method, path, query, body)
        if method == "PATCH" and answer and path.startswith("porting_orders"):
            answer["data"]["requirements_met"] = bool(fake.requirements[0]["field_value"])
        return answer

    fake.answer = open_until_given  # type: ignore[method-assign]
    more = {"service_address": "1 A St, Suite 4, Boston, MA", "btn": NUMBERS[0]}
    account = submission().account.model_copy(update=more)
    papers = [paper(), paper("bill", b"bill"), paper("csr", b"csr"), paper("other", b"other")]
    full: dict[str, Any] = {
        "account": account,
        "papers": papers,
        "configuration": CONFIGURATION,
        "remaining": "cease",
        "new_btn": NUMBERS[1],
        "activation": "on_demand",
    }
    judged.check_portability("o1", NUMBERS)
    first = judged.submit(submission(**full)).carrier_order_id
    assert judged.find("o1:1", NUMBERS) is not None
    fake.stand(first, "exception", None, ("ENTITY_NAME_MISMATCH", "differs"))
    supplement: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first}
    judged.submit(submission("o1:2", **{**full, **supplement, "papers": [*papers[1:], paper(content=b"new")]}))
    other = fake.split(first, [NUMBERS[1]])
    judged.submit(submission("o1-split-1:1", numbers=[NUMBERS[1]]))
    judged.comment(first, "Hello")
    judged.comments(first)
    judged.foc_windows(first)
    judged.configure(first, NumberConfiguration(contact_flow="c-2"))
    judged.unconfigure(first)
    judged.changes("")
    judged.verify()
    fake.stand(first, "foc-date-confirmed", FOC)
    clock.now = FOC + timedelta(minutes=1)
    judged.activate(first)
    fake.stand(first, "ported", FOC)
    fake.orders[first]["phone_numbers"] = []  # as if there were too many of them
    fake.orders[first]["messaging"]["messaging_port_status"] = "ported"
    fake.arrive(NUMBERS[0])
    judged.configure(first, CONFIGURATION)
    judged.messaging(first, "camp")
    judged.unconfigure(first)
    judged.routing(first, [NUMBERS[0]])
    judged.port_back(back(first))
    judged.cancel(other, "x")
    fake.refuse["POST .*confirm"] = Refusal(409, title="no")
    with pytest.raises(CarrierError):
        judged.submit(submission("o2:1", numbers=["+12125550077"]))
    judged.cancel(list(fake.orders)[-1], "x")
    assert mock.called == USED
    assert mock.operations >= USED


def test_a_request_the_document_does_not_allow_fails_here(judged: Telnyx) -> None:
    with pytest.raises(Violation, match="phone_numbers"):
        judged._calls.create([1], "a", "b")  # type: ignore[list-item]
    with pytest.raises(Violation, match="uuid"):
        judged.get("no-uuid")


def steps(calls: Calls) -> dict[str, Callable[[], object]]:
    """A call for each operation, by its name in the document."""
    return {
        "ActivatePortingOrder": lambda: calls.activate(ID),
        "CancelPortingOrder": lambda: calls.cancel(ID),
        "ConfirmPortingOrder": lambda: calls.confirm(ID),
        "CreateAdditionalDocuments": lambda: calls.add(ID, [(ID, "other")]),
        "CreateDocument": lambda: calls.upload(paper()),
        "CreatePortingOrder": lambda: calls.create(NUMBERS, "o1:1", "o1"),
        "CreatePortingOrderComment": lambda: calls.comment(ID, "words that nobody has said yet"),
        "DeletePortingOrder": lambda: calls.delete(ID),
        "EnablePhoneNumberEmergency": lambda: calls.change_emergency(line(), "a", True),
        "GetPortingOrder": lambda: calls.order(ID),
        "ListAdditionalDocuments": lambda: calls.additional(ID),
        "ListAllowedFocWindows": lambda: calls.windows(ID),
        "ListDocuments": lambda: calls.documents("a"),
        "ListPhoneNumbers": lambda: calls.line("+12125550001"),
        "ListPortingOrderActivationJobs": lambda: calls.jobs(ID),
        "ListPortingOrderComments": lambda: calls.comments(ID),
        "ListPortingOrderRequirements": lambda: calls.requirements(ID),
        "ListPortingOrders": lambda: calls.orders("customer_reference", "o1:1"),
        "ListPortingPhoneNumbers": lambda: list(calls.numbers(ID)),
        "LookupNumber": lambda: calls.look_up("+12125550001"),
        "PostPortabilityCheck": lambda: calls.portability(NUMBERS),
        "RetrieveDocument": lambda: calls.document(ID),
        "UpdatePhoneNumber": lambda: calls.change_line(line(), {"connection_id": "c"}),
        "UpdatePhoneNumberMessagingSettings": lambda: calls.change_messaging(line(), "m"),
        "UpdatePortingOrder": lambda: calls.change(ID, {"customer_reference": "o1:2"}),
        "listPortingEvents": lambda: list(calls.events(START, START + HOUR)),
    }


def line() -> Any:
    from portolan.carriers.telnyx.reading import Line

    return Line("1293384261075731499", NUMBERS[0], "", "", "", False, ())


class Plausible(httpx2.BaseTransport):
    """Mends what the document leaves open: it gives telephone numbers that are none, and counts that are not theirs."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        if not answer.content:
            return answer
        return httpx2.Response(answer.status_code, json=mended(answer.json()))


def mended(node: Any, name: str = "") -> Any:
    if isinstance(node, dict):
        return {key: mended(value, key) for key, value in node.items()}
    if isinstance(node, list):
        return [mended(each) for each in node]
    if name == "phone_number" and not str(node).strip("+").isdecimal():
        return NUMBERS[0]
    return {"total_pages": 1, "porting_phone_numbers_count": 0}.get(name, node)


@pytest.fixture
def calls(mock: Mock) -> Calls:
    mock.called.clear()
    bearer = {"authorization": "Bearer K"}
    return Calls(Http("telnyx", f"{mock.url}/v2", headers=bearer, transport=Plausible(mock.transport())))


def test_there_is_a_step_for_every_operation(calls: Calls) -> None:
    assert set(steps(calls)) == USED


@pytest.mark.parametrize("operation", sorted(USED))
@pytest.mark.parametrize("how", ["dynamic=false", "dynamic=true"])
def test_every_answer_of_the_document_is_read(mock: Mock, calls: Calls, operation: str, how: str) -> None:
    mock.prefer = how
    steps(calls)[operation]()
    assert operation in mock.called


#: Which error each documented refusal is, for what looks and for what changes.
REFUSED: dict[str, tuple[type[CarrierError], type[CarrierError]]] = {
    "400": (CarrierInvalid, CarrierInvalid),
    "401": (CarrierUnauthorised, CarrierUnauthorised),
    "404": (Missing, Missing),
    "422": (CarrierInvalid, CarrierInvalid),
    "500": (CarrierUnavailable, OutcomeUnknown),
}
#: Where having nothing is an answer.
ABSENT = {("RetrieveDocument", "404"), ("LookupNumber", "404")}


@pytest.mark.parametrize("operation", sorted(USED))
def test_every_refusal_of_the_document_is_told_in_our_words(mock: Mock, calls: Calls, operation: str) -> None:
    methods = {
        each["operationId"]: (method, each)
        for item in mock.document["paths"].values()
        for method, each in item.items()
        if isinstance(each, dict) and "operationId" in each
    }
    method, described = methods[operation]
    looks = method == "get" or operation == "PostPortabilityCheck"
    tried = [status for status in REFUSED if status in described["responses"]]
    for status in tried:
        mock.prefer = f"code={status}"
        if (operation, status) in ABSENT:
            steps(calls)[operation]()
            continue
        with pytest.raises(REFUSED[status][0 if looks else 1]):
            steps(calls)[operation]()
    assert tried or operation == "UpdatePhoneNumberMessagingSettings"
