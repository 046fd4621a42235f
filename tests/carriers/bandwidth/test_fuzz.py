"""Whatever Bandwidth answers, at whatever call: a result, or an error of the house."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portolan.carriers.bandwidth import Bandwidth
from portolan.carriers.bandwidth.xml import read
from portolan.domain.carrier import SendKind
from portolan.domain.errors import CarrierError
from tests.carriers.bandwidth.fake import NUMBERS, Desk, configured, submission

NAMES = [
    "LnpOrderResponse",
    "LNPResponseWrapper",
    "lnpPortInfoForGivenStatus",
    "Links",
    "next",
    "OrderId",
    "CustomerOrderId",
    "ProcessingStatus",
    "ActualFocDate",
    "LastModifiedDate",
    "lastModifiedDate",
    "PortType",
    "VendorName",
    "Triggered",
    "ListOfPhoneNumbers",
    "PhoneNumber",
    "BulkPortinOrderId",
    "Errors",
    "Code",
    "Description",
    "TelephoneNumbers",
    "Tn",
    "Status",
    "TnListResponse",
    "ChildPortinOrder",
    "TnList",
    "PortinList",
    "PortinOrderId",
    "Note",
    "LastDateModifier",
    "UserId",
    "Subscription",
    "SubscriptionId",
    "CallbackSubscription",
    "URL",
    "Expiry",
    "OrderType",
    "CsrResponse",
    "CsrData",
    "ServiceAddress",
    "ActivationStatus",
    "ActivatedTelephoneNumbersList",
    "TelephoneNumber",
    "filename",
    "DocumentName",
    "RateCenterGroup",
    "SupportedRateCenters",
    "LosingCarrierTnList",
    "PartnerSupportedRateCenters",
]
TEXTS = st.one_of(
    st.sampled_from(
        [
            "FOC",
            "DRAFT",
            "COMPLETE",
            "EXCEPTION",
            "true",
            "2125550101",
            "7402",
            "COMPLETE",
            "portins",
            "1",
            "2026-03-13T15:30:00Z",
            "2026-13-99",
            "order-1",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "VALID_DRAFT_TNS",
            "VALIDATE_DRAFT_TFNS",
            "bulk-1",
            "https://hooks.example/carriers/bandwidth",
            "acme-1 1",
            "9" * 5000,
        ]
    ),
    st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="<&"), max_size=20),
)
ELEMENTS = st.recursive(
    st.builds(lambda name, text: f"<{name}>{text}</{name}>", st.sampled_from(NAMES), TEXTS),
    lambda inner: st.builds(
        lambda name, within: f"<{name}>{''.join(within)}</{name}>", st.sampled_from(NAMES), st.lists(inner, max_size=6)
    ),
    max_leaves=25,
)
BODIES = st.one_of(ELEMENTS.map(str.encode), st.binary(max_size=60))
CALLS: dict[str, Callable[[Bandwidth], object]] = {
    "check_portability": lambda c: c.check_portability("acme-1", NUMBERS),
    "request_csr": lambda c: (c._asked_about.update({"acme-1": NUMBERS[0]}), c.request_csr("acme-1", "x", "1")),
    "find": lambda c: c.find("acme-1:1", NUMBERS),
    "submit": lambda c: c.submit(submission()),
    "toll_free": lambda c: c.submit(submission(numbers=["+18665550123"])),
    "split": lambda c: c.submit(submission("acme-1-split-1", numbers=NUMBERS[1:])),
    "supplement": lambda c: c.submit(
        submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id="order-1", papers=[])
    ),
    "get": lambda c: c.get("order-1"),
    "changes": lambda c: c.changes(""),
    "listen": lambda c: c.listen(),
    "foc_windows": lambda c: c.foc_windows("order-1"),
    "comment": lambda c: c.comment("order-1", "hello"),
    "comments": lambda c: c.comments("order-1"),
    "verify": lambda c: c.verify(),
    "cancel": lambda c: c.cancel("order-1", ""),
    "configure": lambda c: c.configure("order-1", configured(contact_flow="7")),
    "unconfigure": lambda c: c.unconfigure("order-1"),
    "activate": lambda c: c.activate("order-1"),
    "messaging": lambda c: c.messaging("order-1", ""),
}


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from([200, 200, 200, 201, 204, 302, 400, 404, 418, 500]), BODIES), min_size=1, max_size=5
    )
)
def test_no_answer_does_more_than_fail_properly(name: str, answers: list[tuple[int, bytes]]) -> None:
    desk, count = Desk(), 0

    def handle(request: httpx2.Request) -> httpx2.Response:
        nonlocal count
        status, body = answers[count % len(answers)]
        count += 1
        return httpx2.Response(status, content=body, headers={"content-type": "application/xml"})

    desk.fake.handle = handle  # type: ignore[method-assign]
    with contextlib.suppress(CarrierError):
        CALLS[name](desk.carrier())
    assert count < 2500


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><x>&j;</x>"
)


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        BOMB.replace(b"<x>&j;</x>", b'<x at="&j;"/>'),
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]><x/>',
        b"<!DOCTYPE x><x/>",
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16"),
        b"<x>" * 100_000,
        b"<x/><x/>",
        b"<x>" + b"y" * 8_000_001 + b"</x>",
    ],
    ids=["bomb", "bomb in attribute", "dtd", "parameter", "doctype", "utf-16", "deep", "two roots", "large"],
)
def test_documents_that_do_harm_are_not_read(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"XML|bytes"):
        read(body)
