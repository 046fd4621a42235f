"""Every request is accepted by a mock made from Twilio's document, and every answer it documents is read."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from portolan.carriers.ledger import MemoryLedger
from portolan.carriers.twilio import Twilio
from portolan.domain.carrier import CarrierStatus
from portolan.domain.errors import CarrierRefused
from tests.carriers.prism import Mock, Violation, _violations, prism
from tests.carriers.twilio.fake import START, Clock, NoReturns, account, submission

SID = "KW" + "a" * 32
NUMBER = "+16175551212"
#: The operations of the document that the adapter calls, and what for.
USED = {
    "CreatePortingPortIn": "submit",
    "FetchPortingPortIn": "get, find, submit, cancel",
    "DeletePortingPortIn": "cancel, submit",
    "ListPortInRequests": "find, changes, verify",
    "FetchPortingPortInPhoneNumber": "submit: whether a PIN changed",
    "DeletePortingPortInPhoneNumber": "submit: numbers left out",
    "FetchPortingPortability": "check_portability",
    "CreatePortingWebhookConfiguration": "listen",
    "FetchPortingWebhookConfigurationFetch": "listen, verify",
}
#: The others, and why they are not.
UNUSED = {
    "CreateEligibility": "hosted messaging, no port",
    "CreateBulkEligibility": "hosted messaging, no port",
    "FetchBulkEligibility": "hosted messaging, no port",
    "CreateSigningRequestConfiguration": "how the e-mailed letter looks is set up in the account once",
    "ListSigningRequestConfiguration": "as above",
    "DeletePortingWebhookConfigurationDelete": "messages are never turned off by Portolan",
}


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with prism("twilio") as running:
        yield running


#: The document's own example has nothing in these fields of a request, where its schema has text.
FLAWED = frozenset({"sub_municipality", "building", "katakana_name"})


class _Watched(httpx2.BaseTransport):
    """Reaches the mock, and answers for the hosts that the document does not have."""

    def __init__(self, mock: Mock) -> None:
        self._mock, self._inner = mock, httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/v1/Documents":
            return httpx2.Response(201, json={"sid": "RD" + "d" * 32})
        if request.url.path.startswith("/2010-04-01"):
            return httpx2.Response(200, json={})
        operation = self._mock.operation(request.method, request.url.path)
        assert operation, f"the document knows no {request.method} {request.url}"
        request.headers["prefer"] = self._mock.prefer
        response = self._inner.handle_request(request)
        response.read()
        wrong = [one for one in _violations(response) if not (isinstance(one, dict) and one["location"][-1] in FLAWED)]
        if wrong:
            raise Violation(f"{operation}: {response.status_code} {wrong}")
        self._mock.called.add(operation)
        return response


def adapter(mock: Mock, ledger: MemoryLedger, **fields: str) -> Twilio:
    urls = dict.fromkeys(("numbers_url", "api_url", "upload_url", "lookups_url"), mock.url)
    return Twilio(
        account(**urls, **fields),
        ledger=ledger,
        returns=NoReturns(),
        clock=Clock(),
        transport=_Watched(mock),
    )


def everything(mock: Mock) -> None:
    """Call whatever calls an operation of the document."""
    ledger = MemoryLedger()
    twilio = adapter(mock, ledger, target_account_sid="AC" + "b" * 32)
    plain = adapter(mock, ledger)
    for carrier in (twilio, plain):
        carrier.check_portability("o1", [NUMBER])
        carrier.submit(submission(numbers=[NUMBER], number_class="mobile", secrets={("", "pin"): "1234"}))
    twilio.submit(submission(numbers=[NUMBER], requested_foc_on=START.date().replace(month=4)))
    twilio.find("o9:1", [NUMBER])
    twilio.get(SID)
    twilio.changes("")
    twilio.verify()
    adapter(mock, ledger, webhook_url="https://www.example.com/port-in").listen()
    api = twilio._api
    api.set_hooks("https://www.example.com/port-in", "https://www.example.com/out", ["PortInCompleted"])
    api.set_hooks("https://www.example.com/port-in", "", [])
    api.number(SID, "PU" + "a" * 32)
    api.cancel(SID)
    api.leave_out(SID, "PU" + "a" * 32)


@pytest.mark.xdist_group("prism-twilio")
def test_every_request_is_accepted_and_every_documented_answer_is_read(mock: Mock) -> None:
    assert {*USED, *UNUSED} == mock.operations
    mock.called.clear()
    for prefer in ("dynamic=false", "dynamic=true"):
        mock.prefer = prefer
        if prefer == "dynamic=false":
            everything(mock)
        else:
            carrier = adapter(mock, MemoryLedger())
            carrier.check_portability("o1", [NUMBER])
            carrier.get(SID)
            carrier.submit(submission(numbers=[NUMBER]))
            carrier.changes("")
            carrier._api.hooks()
            carrier._api.number(SID, "PU" + "a" * 32)
    for operation in USED:
        for status, example in mock.examples(operation):
            mock.prefer = f"code={status}, example={example}"
            _CALLS[operation](adapter(mock, MemoryLedger()))
    assert mock.called == set(USED)
    print(f"\nTwilio: {len(mock.called)} of {len(mock.operations)} operations in use: {', '.join(sorted(mock.called))}")


_CALLS = {
    "CreatePortingPortIn": lambda c: c.submit(submission(numbers=[NUMBER])),
    "FetchPortingPortIn": lambda c: c.get(SID),
    "ListPortInRequests": lambda c: c.changes(""),
    "FetchPortingPortInPhoneNumber": lambda c: c._api.number(SID, "PU" + "a" * 32),
    "FetchPortingPortability": lambda c: c.check_portability("o1", [NUMBER]),
    "CreatePortingWebhookConfiguration": lambda c: c._api.set_hooks("https://x.example", "", []),
    "FetchPortingWebhookConfigurationFetch": lambda c: c._api.hooks(),
}


@pytest.mark.xdist_group("prism-twilio")
def test_the_documents_example_of_a_request_is_read(mock: Mock) -> None:
    mock.prefer = "dynamic=false"
    found = adapter(mock, MemoryLedger()).get(SID)
    assert (found.carrier_order_id, found.status) == (SID, CarrierStatus.RECEIVED)
    assert found.raw_status == "pending (1 In Review)"
    assert list(found.numbers) == [NUMBER]


@pytest.mark.xdist_group("prism-twilio")
def test_messages_that_go_to_the_documents_example_stay_there(mock: Mock) -> None:
    mock.prefer = "dynamic=false"
    with pytest.raises(CarrierRefused, match=r"https://www\.example\.com/port-in"):
        adapter(mock, MemoryLedger()).listen()
