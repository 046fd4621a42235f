"""Whatever Twilio answers: only errors of the house come out, and what may have happened is never called undone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portolan.carriers.ledger import MemoryLedger
from portolan.carriers.twilio import Twilio, TwilioReceiver
from portolan.carriers.webhooks import Forged, Incoming, Unreadable
from portolan.domain.carrier import NumberConfiguration
from portolan.domain.errors import CarrierError, CarrierRefused, OutcomeUnknown
from tests.carriers.twilio.fake import MG, NUMBERS, START, TOKEN, Clock, NoReturns, account, submission
from tests.carriers.twilio.test_webhooks import as_json

NAMES = [
    "port_in_requests", "meta", "next_token", "port_in_request_sid", "port_in_request_status", "phone_numbers",
    "phone_number", "port_in_phone_number_status", "port_in_phone_number_sid", "port_date", "portable", "sid",
    "rejection_reason_code", "status_last_updated_timestamp", "losing_carrier_information", "date_created",
    "target_port_in_date", "signature_request_url", "incoming_phone_numbers", "capabilities", "services",
    "line_type_intelligence", "carrier_name", "port_in_target_url", "notifications_of", "not_portable_reason_code",
    "next_page_url", "code", "message", "status_last_time_updated_timestamp", "phone_numbers_requested",
]  # fmt: skip
WORDS = ["KW1", "..", "In Progress", "Completed", "Expired", "Waiting for Signature", "port_pending", "port_rejected",
         "completed", "canceled", NUMBERS[0], "2026-03-16T15:30:00Z", "0001-01-01T00:00:00+14:00",
         "9999-12-31T23:59:59-14:00", "2026-03-16", "https://[::1", "INVALID_PIN", "\ud800", "", "\x00"]  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=20)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8)
)
NUMBER = st.fixed_dictionaries({"phone_number": st.sampled_from(NUMBERS)} | dict.fromkeys(NAMES[7:15], LEAVES))
REQUEST = st.fixed_dictionaries(
    {"port_in_request_sid": st.just("KW1"), "phone_numbers": st.lists(NUMBER, max_size=3)}
    | dict.fromkeys(["port_in_request_status", "date_created", "target_port_in_date", "signature_request_url"], LEAVES)
    | {"losing_carrier_information": JSON}
)
CALLS: list[Callable[[Twilio], Any]] = [
    lambda c: c.check_portability("o1", NUMBERS),
    lambda c: c.find("o1:1", NUMBERS),
    lambda c: c.find("o7:1", NUMBERS),
    lambda c: c.submit(submission()),
    lambda c: c.submit(submission(2, carrier_order_id="KW1", numbers=NUMBERS[:1])),
    lambda c: c.submit(submission(order_id="o1-split-1", numbers=NUMBERS[:1])),
    lambda c: c.get("KW1"),
    lambda c: c.changes(""),
    lambda c: c.listen(),
    lambda c: c.verify(),
    lambda c: c.cancel("KW1", "enough"),
    lambda c: c.configure("KW1", NumberConfiguration(contact_flow="https://v.example", messaging_profile=MG)),
    lambda c: c.unconfigure("KW1"),
    lambda c: c.routing("KW1", NUMBERS),
    lambda c: c.messaging("KW1", MG),
]


def carrier(answers: Iterator[httpx2.Response]) -> Twilio:
    ledger = MemoryLedger()
    ledger.remember("o1:1", "KW1")
    one_at_a_time = threading.Lock()

    def answer(request: httpx2.Request) -> httpx2.Response:
        with one_at_a_time:
            return next(answers)

    transport = httpx2.MockTransport(answer)
    return Twilio(account(), ledger=ledger, returns=NoReturns(), clock=Clock(), transport=transport)


STATUSES = [200, 200, 200, 200, 202, 204, 302, 400, 404, 422, 429, 500]
ANSWERS = st.lists(
    st.tuples(st.sampled_from(STATUSES), REQUEST | JSON | st.binary(max_size=30)), min_size=1, max_size=9
)


@pytest.mark.parametrize("call", CALLS)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(answers=ANSWERS)
def test_no_answer_comes_out_as_anything_but_an_error_of_the_house(
    call: Callable[[Twilio], Any], answers: list[tuple[int, Any]]
) -> None:
    made = ((status, body if isinstance(body, bytes) else _encoded(body)) for status, body in answers)
    said = ""
    try:
        call(carrier(httpx2.Response(status, content=body) for status, body in cycle(list(made))))
    except CarrierError as error:
        said = str(error)
    assert TOKEN not in said


def _encoded(body: Any) -> bytes:
    return json.dumps(body).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'{"port_in_request_sid": ""}', b"\xff", b"[" * 9999])
def test_an_answer_to_a_creation_that_nobody_can_read_may_have_created_something(content: bytes) -> None:
    def answers() -> Iterator[httpx2.Response]:
        yield httpx2.Response(201, json={"sid": "RD1"})
        yield httpx2.Response(202, content=content)

    with pytest.raises(OutcomeUnknown):
        carrier(answers()).submit(submission())


@settings(max_examples=200, deadline=None, derandomize=True)
@given(body=JSON | st.binary(max_size=60))
def test_no_message_comes_out_as_anything_but_an_error_of_the_house(body: Any) -> None:
    sent = as_json(body if isinstance(body, bytes) else _encoded(body))
    for incoming in (sent, sent._replace(headers={**sent.headers, "content-type": "text/plain"})):
        try:
            message = TwilioReceiver(account()).receive(incoming, START)
        except (Forged, Unreadable):
            continue
        assert message.carrier_order_id


@settings(max_examples=200, deadline=None, derandomize=True)
@given(url=st.text(max_size=40), signature=st.text(max_size=40), body=st.binary(max_size=60))
def test_nothing_unsigned_comes_through(url: str, signature: str, body: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        with pytest.raises(Forged):
            TwilioReceiver(account(webhook_url="")).receive(
                Incoming(url, {"x-twilio-signature": signature, "content-type": kind}, body), START
            )


@pytest.mark.parametrize("carrier_order_id", ["", ".", ".."])
def test_no_id_leads_to_another_place(carrier_order_id: str) -> None:
    with pytest.raises(CarrierRefused, match="nothing that Twilio has"):
        carrier(iter(())).cancel(carrier_order_id, "enough")
