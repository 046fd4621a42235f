"""Looking before ordering: portability number by number, and the losing carrier's record."""

from __future__ import annotations

import httpx2
import pytest
from lxml import etree

from portolan.domain.carrier import CsrRecord
from portolan.domain.errors import CarrierInvalid, CarrierRejected, CarrierUnavailable, OutcomeUnknown
from tests.carriers.bandwidth.fake import NUMBERS, Desk, ok

GROUP = "<RateCenterGroup><TnList><Tn>2125550101</Tn></TnList></RateCenterGroup>"
COVERED = f"<SupportedRateCenters>{GROUP}</SupportedRateCenters>"


def _answer(*parts: str) -> str:
    return f"<NumberPortabilityResponse>{''.join(parts)}</NumberPortabilityResponse>"


def test_every_number_gets_its_own_answer(desk: Desk) -> None:
    numbers = ["+12125550101", "+12125550102", "+12125550103", "+12125550104", "+442079460123", "+18665550123"]
    desk.fake.checker = _answer(
        COVERED,
        "<UnsupportedRateCenters><RateCenterGroup><RateCenter>ALSEN</RateCenter><State>SD</State>"
        "<TnList><Tn>2125550102</Tn></TnList></RateCenterGroup></UnsupportedRateCenters>",
        "<UnsupportedLosingCarriers><LosingCarrierTnList><LosingCarrierName>Hermit Tel</LosingCarrierName>"
        "<TnList><Tn>2125550103</Tn></TnList></LosingCarrierTnList></UnsupportedLosingCarriers>",
    )
    found = {one.number: (one.portable, one.reason) for one in desk.carrier().check_portability("acme-1", numbers)}
    assert list(found) == numbers
    assert found["+12125550101"] == (True, "")
    assert found["+12125550102"] == (False, "Bandwidth has no coverage in ALSEN SD")
    assert found["+12125550103"] == (False, "Bandwidth ports nothing from Hermit Tel")
    assert found["+12125550104"] == (False, "Bandwidth does not have it among the portable numbers")
    assert found["+442079460123"][0] is False
    assert found["+18665550123"][0] is True
    assert "when the order is made" in found["+18665550123"][1]
    (body,) = desk.fake.sent("POST lnpchecker")
    assert [one.text for one in body.iter("Tn")] == [number[2:] for number in numbers[:4]]


def test_the_list_of_portable_numbers_counts_where_there_is_one(desk: Desk) -> None:
    desk.fake.checker = _answer("<PortableNumbers><Tn>2125550102</Tn></PortableNumbers>", COVERED)
    assert [one.portable for one in desk.carrier().check_portability("acme-1", NUMBERS)] == [False, True]


def test_many_numbers_are_asked_about_in_batches(desk: Desk) -> None:
    numbers = [f"+1212{n:07d}" for n in range(2_000_000, 2_001_001)]
    found = desk.carrier().check_portability("acme-1", numbers)
    assert [len(list(body.iter("Tn"))) for body in desk.fake.sent("POST lnpchecker")] == [500, 500, 1]
    assert [one.number for one in found] == numbers
    assert all(one.portable for one in found)


@pytest.mark.parametrize(
    "said",
    [
        "<Errors><Code>7201</Code><Description>2125550101 is not a valid NANP telephone number.</Description></Errors>",
        "<Errors><Code>7205</Code><Description>is on another order</Description>"
        "<TelephoneNumbers><Tn>2125550101</Tn></TelephoneNumbers></Errors>",
    ],
)
def test_numbers_bandwidth_refuses_to_look_at_are_left_out_of_a_second_question(desk: Desk, said: str) -> None:
    real = desk.fake.handle

    def picky(request: httpx2.Request) -> httpx2.Response:
        answer = real(request)
        refused = request.url.path.endswith("lnpchecker") and b"2125550101" in request.content
        return ok(_answer(said), 400) if refused else answer

    desk.fake.handle = picky  # type: ignore[method-assign]
    found = desk.carrier().check_portability("acme-1", NUMBERS)
    assert [one.portable for one in found] == [False, True]
    assert found[0].reason


@pytest.mark.parametrize(
    ("asking", "state", "portable"),
    [
        ("acme-1", "EXCEPTION", True),
        ("acme-1-split-1", "FOC", True),
        ("acme-1", "CANCELLED", False),
        ("zenith-1", "FOC", False),
    ],
)
def test_numbers_on_an_order_of_the_same_origin_are_portable(
    desk: Desk, asking: str, state: str, portable: bool
) -> None:
    carrier, _, held = desk.submitted()
    held.state = state
    tns = "".join(f"<Tn>{number[2:]}</Tn>" for number in NUMBERS)
    desk.fake.answers["POST lnpchecker"] = ok(
        _answer(f"<Errors><Code>7205</Code><Description>on another order</Description>{tns}</Errors>"), 400
    )
    found = carrier.check_portability(asking, NUMBERS)
    assert [one.portable for one in found] == [portable, portable]


def test_a_refusal_that_names_no_number_is_one(desk: Desk) -> None:
    desk.fake.answers["POST lnpchecker"] = ok(
        _answer("<Errors><Code>7333</Code><Description>Account not enabled for LNP.</Description></Errors>"), 400
    )
    with pytest.raises(CarrierRejected, match="not enabled"):
        desk.carrier().check_portability("acme-1", NUMBERS)
    desk.fake.answers["POST lnpchecker"] = httpx2.Response(400)
    with pytest.raises(CarrierInvalid):
        desk.carrier().check_portability("acme-1", NUMBERS)


def test_a_question_without_an_answer_did_nothing(desk: Desk) -> None:
    desk.fake.answers["POST lnpchecker"] = httpx2.Response(502)
    with pytest.raises(CarrierUnavailable):
        desk.carrier().check_portability("acme-1", NUMBERS)


DATA = """<CsrData><AccountNumber>0048-1937</AccountNumber><CustomerName>HARBOR TOOL</CustomerName>
<ServiceAddress><UnparsedAddress>12 HARBOR ST</UnparsedAddress><City>BOSTON</City><State>MA</State><Zip>02110</Zip>
</ServiceAddress><WorkingTelephoneNumber>2125550101</WorkingTelephoneNumber><WorkingTelephoneNumbersOnAccount>
<TelephoneNumber>2125550101</TelephoneNumber><TelephoneNumber>2125550109</TelephoneNumber>
</WorkingTelephoneNumbersOnAccount></CsrData>"""


def test_a_record_is_asked_for_once_and_fetched_when_it_is_there(desk: Desk) -> None:
    carrier = desk.carrier()
    assert "check portability first" in carrier.request_csr("acme-1", "Old Telco", "0048-1937").reason
    carrier.check_portability("acme-1", NUMBERS)
    for _ in range(3):
        answer = carrier.request_csr("acme-1", "Old Telco", "0048-1937")
        assert (answer.record, answer.reason) == (None, "the record is being fetched by Bandwidth")
    (body,) = desk.fake.sent("POST csrs")
    assert {one.tag: one.text for one in body} == {
        "CustomerOrderId": "acme-1",
        "WorkingOrBillingTelephoneNumber": "2125550101",
        "AccountNumber": "0048-1937",
    }
    desk.fake.csrs["csrs-1"] |= {"state": "COMPLETE", "data": DATA}
    assert carrier.request_csr("acme-1", "Old Telco", "0048-1937").record == CsrRecord(
        entity_name="HARBOR TOOL",
        authorized_person="",
        service_address="12 HARBOR ST, BOSTON, MA",
        postal_code="02110",
        account_number="0048-1937",
        btn="+12125550101",
        numbers=["+12125550101", "+12125550109"],
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("PROCESSING", "being fetched"),
        ("ACTION_REQUIRED", "wants more"),
        ("FAILED", "no record"),
        ("REQUESTED_CANCEL", "withdrawn"),
        ("LIMBO", "LIMBO"),
        ("COMPLETE", "shows none"),
    ],
)
def test_why_there_is_no_record(desk: Desk, state: str, said: str) -> None:
    carrier = desk.carrier()
    carrier.check_portability("acme-1", NUMBERS)
    carrier.request_csr("acme-1", "Old Telco", "1")
    desk.fake.csrs["csrs-1"]["state"] = state
    answer = carrier.request_csr("acme-1", "Old Telco", "1")
    assert answer.record is None
    assert said in answer.reason


def test_a_request_that_was_not_answered_is_found_again(desk: Desk) -> None:
    carrier = desk.carrier()
    carrier.check_portability("acme-1", NUMBERS)
    desk.fake.lose = 1
    with pytest.raises(OutcomeUnknown):
        carrier.request_csr("acme-1", "Old Telco", "1")
    carrier.request_csr("acme-1", "Old Telco", "1")
    assert len(desk.fake.csrs) == 1


@pytest.mark.parametrize(
    ("call", "answer", "said"),
    [
        ("GET ^csrs$", httpx2.Response(403), "may not ask"),
        (
            "POST ^csrs$",
            ok("<R><Errors><Error><Code>7</Code><Description>bad number</Description></Error></Errors></R>", 400),
            "bad number",
        ),
    ],
)
def test_a_record_that_cannot_be_had_holds_nothing_up(
    desk: Desk, call: str, answer: httpx2.Response, said: str
) -> None:
    carrier = desk.carrier()
    carrier.check_portability("acme-1", NUMBERS)
    desk.fake.answers[call] = answer
    assert said in carrier.request_csr("acme-1", "Old Telco", "1").reason


def test_toll_free_numbers_have_no_record(desk: Desk) -> None:
    carrier = desk.carrier()
    carrier.check_portability("acme-1", ["+18665550123"])
    assert "local numbers" in carrier.request_csr("acme-1", "Old Telco", "1").reason
    assert desk.fake.csrs == {}


def test_what_is_sent_is_xml_whatever_is_in_it(desk: Desk) -> None:
    carrier = desk.carrier()
    carrier.check_portability("acme-1", NUMBERS)
    carrier.request_csr("acme-1", "Old Telco", "<&\x00]]>\ud800")
    (body,) = desk.fake.sent("POST csrs")
    assert body.findtext("AccountNumber") == "<&]]>"
    assert isinstance(body, etree._Element)
