"""Sending: what goes out, what is refused before, and that no try ever makes a second order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx2
import pytest

from portolan.carriers.bandwidth.references import reference
from portolan.carriers.base import GainingCarrier
from portolan.carriers.ledger import MemoryLedger
from portolan.domain.carrier import CarrierOrder, CarrierStatus, Paper, SendKind, Submission
from portolan.domain.errors import (
    CarrierInvalid,
    CarrierRefused,
    CarrierRejected,
    CarrierUnavailable,
    OutcomeUnknown,
    PortolanError,
)
from tests.carriers.bandwidth.fake import BILL, CUSTOMER, LETTER, NUMBERS, Desk, configured, ok, submission

DIGITS = ["2125550101", "2125550102"]
PICTURE = LETTER.model_copy(update={"media_type": "image/png"})


def sent(carrier: GainingCarrier, one: Submission, tries: int = 9) -> CarrierOrder:
    """As the activity does it: look first, then send, until there is an answer."""
    for _ in range(tries):
        try:
            return carrier.find(one.key, one.numbers) or carrier.submit(one)
        except (OutcomeUnknown, CarrierUnavailable):
            continue
    raise AssertionError("no end to it")


def test_an_order_goes_out_with_its_papers_and_our_reference(desk: Desk) -> None:
    carrier: GainingCarrier = desk.carrier()
    assert carrier.find("acme-1:1") is None
    order = carrier.submit(submission(secrets={("", "pin"): "9917"}, remaining="keep", new_btn="+12125550199"))
    held = desk.fake.portins[order.carrier_order_id]
    assert (order.status, order.raw_status, order.key, order.attempt) == (
        CarrierStatus.RECEIVED,
        "SUBMITTED",
        "acme-1:1",
        1,
    )
    assert list(order.numbers) == NUMBERS
    assert [(paper["type"], paper["name"]) for paper in held.papers] == [
        ("INVOICE", "cdcdcdcdcdcd bill.png"),
        ("LOA", "abababababab letter.pdf"),
    ]
    (body,) = desk.fake.sent("POST portins")
    assert body.tag == "LnpOrder"
    told = {one.tag: one.text for one in body if not len(one)}
    assert told == {
        "CustomerOrderId": "acme-1 1",
        "LoaAuthorizingPerson": "Ada Byron",
        "SiteId": "743",
        "PeerId": "500709",
        "BillingTelephoneNumber": DIGITS[0],
        "NewBillingTelephoneNumber": "2125550199",
        "PartialPort": "true",
        "ProcessingStatus": "DRAFT",
    }
    assert [one.text for one in body.iter("PhoneNumber")] == DIGITS
    assert body.findtext("WirelessInfo/AccountNumber") == "0048-1937"
    assert body.findtext("WirelessInfo/PinNumber") == "9917"
    assert body.findtext("Subscriber/BusinessName") == "Harbor Tool and Die Incor"  # 25 characters
    address = {one.tag: one.text for one in body.iterfind("Subscriber/ServiceAddress/*")}
    assert address == {
        "HouseNumber": "12",
        "StreetName": "Harbor Street",
        "AddressLine2": "Suite 4",
        "City": "Boston",
        "StateCode": "MA",
        "Zip": "02110",
    }
    found = carrier.find("acme-1:1")
    assert found == order
    assert desk.ledger.key_of(order.carrier_order_id) == "acme-1:1"


def test_a_private_person_is_residential_and_long_signers_are_cut_at_the_field(desk: Desk) -> None:
    person = CUSTOMER.model_copy(
        update={"entity_name": "Augusta Ada Lovelace", "authorized_person": "Augusta Ada Lovelace"}
    )
    desk.carrier().submit(submission(account=person))
    body = desk.fake.sent("POST portins")[0]
    assert body.findtext("Subscriber/SubscriberType") == "RESIDENTIAL"
    assert (body.findtext("Subscriber/FirstName"), body.findtext("Subscriber/LastName")) == ("Augusta Ada", "Lovelace")
    assert body.findtext("LoaAuthorizingPerson") == "Augusta Ada Lov"


def test_a_scheduled_order_asks_for_a_day_and_one_on_demand_for_the_end_of_its_window(desk: Desk) -> None:
    day = date(2026, 3, 13)
    desk.carrier().submit(submission(requested_foc_on=day))
    desk.carrier().submit(submission("acme-2", requested_foc_on=day, activation="on_demand", numbers=["+12125550103"]))
    scheduled, on_demand = desk.fake.sent("POST portins")
    assert (scheduled.findtext("RequestedFocDate"), scheduled.findtext("Triggered")) == ("2026-03-13", None)
    # Summer time has begun by then in New York.
    assert (on_demand.findtext("RequestedFocDate"), on_demand.findtext("Triggered")) == (
        "2026-03-13T22:00:00-04:00",
        "true",
    )


def test_toll_free_orders_name_a_resporg_and_no_subscriber(desk: Desk) -> None:
    desk.carrier().submit(submission(numbers=["+18665550123", "+18775550123"], number_class="toll_free"))
    body = desk.fake.sent("POST portins")[0]
    assert body.findtext("TargetRespOrgId") == "JYT01"
    assert {"Subscriber", "WirelessInfo", "BillingTelephoneNumber"} & {one.tag for one in body} == set()
    assert "POST lnpchecker" not in desk.fake.calls


def test_toll_free_numbers_are_waited_for_and_their_faults_are_the_answer(desk: Desk) -> None:
    carrier, one = desk.carrier(), submission(numbers=["+18665550123"], number_class="toll_free")
    with pytest.raises(CarrierUnavailable, match="still checking"):
        _begun(desk, one, "VALIDATE_DRAFT_TFNS")
    held = desk.fake.portins["order-1"]
    held.state, held.errors = "INVALID_DRAFT_TFNS", [("7642", "spare", ["8665550123"])]
    assert carrier.find(one.key, one.numbers) is None
    with pytest.raises(CarrierRejected) as refused:
        carrier.submit(one)
    assert [(reason.code, reason.numbers) for reason in refused.value.reasons] == [("TFN_SPARE", ["+18665550123"])]
    assert desk.fake.portins == {}


def _begun(desk: Desk, one: Submission, state: str) -> None:
    """Send it, with a draft that is in another state by the time it is looked at."""
    create = desk.fake._create

    def created(body: Any) -> str:
        said = create(body)
        desk.fake.portins["order-1"].state = state
        return said

    desk.fake._create = created  # type: ignore[method-assign]
    desk.carrier().submit(one)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"numbers": ["+442079460123"]}, "numbers of North America"),
        ({"numbers": [f"+1212{n:07d}" for n in range(2_000_000, 2_005_001)]}, "5001 numbers"),
        ({"requested_foc_on": date(2026, 4, 2)}, "more than 30 days ahead"),
        ({"activation": "on_demand"}, "needs its day"),
        ({"activation": "on_demand", "numbers": ["+18665550123"]}, "never on demand"),
        ({"papers": [LETTER.model_copy(update={"content": b"x" * 3_000_001})]}, "3.0 MB"),
        ({"papers": [LETTER.model_copy(update={"media_type": "image/heic"})]}, "image/heic"),
        (
            {"papers": [LETTER.model_copy(update={"media_type": "image/png"})], "numbers": ["+18665550123"]},
            "PDF or TIFF",
        ),
        ({"account": CUSTOMER.model_copy(update={"btn": "ABC-12"})}, "billing telephone number"),
        ({"account": CUSTOMER.model_copy(update={"service_address": "Harbor House, Boston, MA"})}, "house number"),
        ({"account": CUSTOMER.model_copy(update={"service_address": "somewhere"})}, "Nothing was sent"),
    ],
)
def test_what_bandwidth_would_not_take_is_refused_before_anything_is_made(
    desk: Desk, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(CarrierInvalid, match=said):
        desk.carrier().submit(submission(**changed))
    assert {call for call in desk.fake.calls if not call.startswith("GET ")} <= {"POST lnpchecker"}


def test_the_limits_themselves_are_taken(desk: Desk) -> None:
    paper = LETTER.model_copy(update={"content": b"x" * 3_000_000})
    order = desk.carrier().submit(submission(papers=[paper], requested_foc_on=date(2026, 4, 1)))
    assert order.status is CarrierStatus.RECEIVED


def test_nothing_goes_out_without_the_signed_letter(desk: Desk) -> None:
    with pytest.raises(CarrierRefused, match=r"needs the signed letter.*portolan sign acme-1 --file"):
        desk.carrier().submit(submission(papers=[BILL]))
    assert desk.fake.calls == []


def test_more_than_999_numbers_on_its_own_network_are_refused(desk: Desk) -> None:
    numbers = [f"+1212{n:07d}" for n in range(2_000_000, 2_001_000)]
    tns = "".join(f"<Tn>{number[2:]}</Tn>" for number in numbers)
    group = f"<RateCenterGroup><TnList>{tns}</TnList></RateCenterGroup>"
    rest = f"<SupportedRateCenters>{group}</SupportedRateCenters></NumberPortabilityResponse>"
    desk.fake.checker = f"<NumberPortabilityResponse><PortType>AUTOMATED</PortType>{rest}"
    with pytest.raises(CarrierInvalid, match="takes 999"):
        desk.carrier().submit(submission(numbers=numbers))
    desk.fake.checker = f"<NumberPortabilityResponse><PortType>MANUALONNET</PortType>{rest}"
    assert desk.carrier().submit(submission(numbers=numbers)).status is CarrierStatus.RECEIVED


def test_what_full_validation_finds_is_the_answer_and_no_draft_stays(desk: Desk) -> None:
    desk.fake.refuse = [("7402", "E1 address does not match"), ("7205", "Telephone number is on another order")]
    with pytest.raises(CarrierRejected) as refused:
        desk.carrier().submit(submission())
    assert [reason.code for reason in refused.value.reasons] == ["ADDRESS_MISMATCH", "DUPLICATE_IN_PROGRESS"]
    assert desk.fake.portins == {}


def test_a_refused_creation_is_reasons_or_invalid(desk: Desk) -> None:
    said = "<LnpOrderResponse><Status><Code>400</Code></Status><Errors><Code>7309</Code></Errors></LnpOrderResponse>"
    desk.fake.answers["POST ^portins$"] = ok(said, 400)
    with pytest.raises(CarrierRejected) as refused:
        desk.carrier().submit(submission())
    assert [(reason.code, reason.vendor_code) for reason in refused.value.reasons] == [("OTHER", "7309")]
    desk.fake.answers["POST ^portins$"] = httpx2.Response(400, text="what?")
    with pytest.raises(CarrierInvalid):
        desk.carrier().submit(submission())


def test_an_order_that_came_back_at_once_is_held_and_rejected(desk: Desk) -> None:
    one = submission()
    _begun(desk, one, "EXCEPTION")
    desk.fake.portins["order-1"].errors = [("7401", "E17A account number", [])]
    order = desk.carrier().find(one.key)
    assert order is not None
    assert (order.status, order.raw_status) == (CarrierStatus.REJECTED, "EXCEPTION")
    assert [reason.code for reason in order.rejections] == ["ACCOUNT_NUMBER_MISMATCH"]
    assert len(desk.fake.portins["order-1"].papers) == 2


CALLS_OF_A_NEW_ORDER = 6  # draft, two papers and their names, sending


@pytest.mark.parametrize("lost", range(1, CALLS_OF_A_NEW_ORDER + 1))
def test_an_answer_lost_at_any_call_never_makes_a_second_order(desk: Desk, lost: int) -> None:
    desk.fake.lose = lost
    order = sent(desk.carrier(), submission())
    assert desk.fake.changes >= CALLS_OF_A_NEW_ORDER
    assert list(desk.fake.portins) == [order.carrier_order_id]
    held = desk.fake.portins[order.carrier_order_id]
    assert held.state == "SUBMITTED"
    assert {paper["type"] for paper in held.papers if "name" in paper} == {"LOA", "INVOICE"}


@pytest.mark.parametrize("lost", range(1, 15))
def test_nor_does_one_lost_at_any_call_of_a_bulk_order(desk: Desk, lost: int) -> None:
    """Bulk draft, numbers, for each of two port-ins two papers with names and its fields, sending: 13 calls."""
    desk.fake.groups, desk.fake.lose = [DIGITS[:1], DIGITS[1:]], lost
    order = sent(desk.carrier(), submission())
    assert desk.fake.changes >= 13
    live = desk.fake.live()
    assert [held.numbers for held in live] == [DIGITS[:1], DIGITS[1:]]
    assert len(desk.fake.portins) == 2
    assert all(held.state == "SUBMITTED" for held in live)
    assert all({p["type"] for p in held.papers if "name" in p} == {"LOA", "INVOICE"} for held in live)
    assert list(order.numbers) == NUMBERS
    assert [bulk["state"] for bulk in desk.fake.bulks.values()].count("IN_PROGRESS") == 1


def test_numbers_of_several_groups_go_as_a_bulk_order(desk: Desk) -> None:
    desk.fake.groups, desk.fake.slow_bulk = [DIGITS[:1], DIGITS[1:]], 2
    one = submission()
    with pytest.raises(CarrierUnavailable, match="still dividing"):
        desk.carrier().submit(one)
    order = sent(desk.carrier(), one)
    assert len(desk.fake.bulks) == 1
    assert (order.status, order.key, len(order.parts)) == (CarrierStatus.RECEIVED, one.key, 2)
    assert [part.numbers for part in order.parts] == [NUMBERS[:1], NUMBERS[1:]]
    for body in desk.fake.sent("PUT portins/order-[0-9]+"):
        assert body.findtext("CustomerOrderId") == "acme-1 1"
        assert body.findtext("PartialPort") == "true"
        assert body.find("ListOfPhoneNumbers") is None
    for part in order.parts:
        assert desk.ledger.key_of(part.carrier_order_id) == one.key
        assert desk.carrier().get(part.carrier_order_id) == order


@pytest.mark.parametrize("at", ["dividing", "sending"])
def test_a_bulk_order_that_is_refused_leaves_nothing_behind(desk: Desk, at: str) -> None:
    desk.fake.groups = [DIGITS[:1], DIGITS[1:]]
    if at == "dividing":
        desk.fake.unfit = [("7331", "Rate Center Not Present", DIGITS[1:])]
    else:
        desk.fake.refuse = [("7331", "Rate Center Not Present")]
    with pytest.raises(CarrierRejected) as refused:
        desk.carrier().submit(submission())
    assert [reason.code for reason in refused.value.reasons] == ["RATE_CENTER"]
    assert (desk.fake.portins, desk.fake.bulks) == ({}, {})


def test_a_supplement_repeats_what_it_does_not_change_and_takes_the_new_key(desk: Desk) -> None:
    carrier, order, held = desk.submitted(submission(secrets={("", "pin"): "9917"}, requested_foc_on=date(2026, 3, 13)))
    held.state = "EXCEPTION"
    better = CUSTOMER.model_copy(update={"service_address": "14 Harbor Street, Boston, MA"})
    again = submission(
        attempt=2,
        kind=SendKind.SUPPLEMENT,
        carrier_order_id=order.carrier_order_id,
        account=better,
        secrets={("", "pin"): "9918"},
    )
    assert carrier.find(again.key, again.numbers) is None
    after = carrier.submit(again)
    assert (after.key, after.attempt, after.raw_status) == ("acme-1:2", 2, "REQUESTED_SUPP")
    assert carrier.find("acme-1:1") is None
    body = desk.fake.sent("PUT portins/order-1")[-1]
    assert body.tag == "LnpOrderSupp"
    assert body.findtext("CustomerOrderId") == "acme-1 2"
    assert body.findtext("RequestedFocDate") == "2026-03-13"
    assert body.findtext("Subscriber/ServiceAddress/HouseNumber") == "14"
    assert body.findtext("Subscriber/ServiceAddress/ResetAddressFields") == "true"
    assert body.findtext("WirelessInfo/PinNumber") == "9918"
    assert body.find("ListOfPhoneNumbers") is None  # most orders' numbers cannot be changed, even to the same
    assert body.find("ProcessingStatus") is None
    assert len(held.papers) == 2  # the same papers are there already


def test_a_new_date_changes_nothing_else(desk: Desk) -> None:
    carrier, order, held = desk.submitted(submission(secrets={("", "pin"): "9917"}))
    later = submission(
        attempt=2,
        kind=SendKind.NEW_DATE,
        carrier_order_id=order.carrier_order_id,
        requested_foc_on=date(2026, 3, 20),
        papers=[],
    )
    carrier.submit(later)
    body = desk.fake.sent("PUT portins/order-1")[-1]
    assert body.findtext("RequestedFocDate") == "2026-03-20"
    assert body.findtext("WirelessInfo/PinNumber") == "9917"
    assert body.findtext("Subscriber/ServiceAddress/HouseNumber") == "12"
    assert body.findtext("PeerId") == "500709"
    assert held.fields["CustomerOrderId"] == "acme-1 2"


def test_numbers_left_out_of_a_supplement_leave_the_order(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    carrier.submit(
        submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order.carrier_order_id, numbers=NUMBERS[1:])
    )
    assert held.numbers == DIGITS[1:]


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_an_answer_lost_in_a_supplement_changes_nothing_twice(desk: Desk, lost: int) -> None:
    carrier, order, held = desk.submitted()
    paper = Paper(kind="loa", filename="again.pdf", media_type="application/pdf", sha256="ef" * 32, content=b"new")
    again = submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order.carrier_order_id, papers=[paper])
    desk.fake.lose = desk.fake.changes + lost
    after = sent(carrier, again)
    assert (after.carrier_order_id, after.key) == (order.carrier_order_id, "acme-1:2")
    assert len(desk.fake.portins) == 1
    assert held.papers[-1]["name"] == "efefefefefef again.pdf"


@pytest.mark.parametrize("lost", range(1, 7))
def test_a_supplement_reaches_every_part_whatever_is_lost(desk: Desk, lost: int) -> None:
    desk.fake.groups = [DIGITS[:1], DIGITS[1:]]
    carrier, order, _ = desk.submitted()
    desk.fake.lose = desk.fake.changes + lost
    paper = LETTER.model_copy(update={"sha256": "ef" * 32})
    again = submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order.carrier_order_id, papers=[paper])
    after = sent(carrier, again)
    assert after.key == "acme-1:2"
    assert {held.fields["CustomerOrderId"] for held in desk.fake.portins.values()} == {"acme-1 2"}
    assert list(after.numbers) == NUMBERS


@pytest.mark.parametrize(
    ("state", "foc", "said"),
    [
        ("FOC", "2026-03-03T14:29:00Z", "less than 24 h"),
        ("COMPLETE", "", "complete"),
        ("CANCELLED", "", "cancelled"),
        ("REQUESTED_CANCEL", "", "cancelled"),
    ],
)
def test_what_can_no_longer_be_changed_is_not_asked_for(desk: Desk, state: str, foc: str, said: str) -> None:
    carrier, order, held = desk.submitted()
    held.state, held.fields["ActualFocDate"] = state, foc
    before = desk.fake.changes
    with pytest.raises(CarrierRefused, match=said):
        carrier.submit(submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order.carrier_order_id))
    assert desk.fake.changes == before


def test_a_refused_supplement_gives_its_reasons(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    desk.fake.refuse = [("7300", "awaiting a response from the losing carrier")]
    with pytest.raises(CarrierRejected) as refused:
        carrier.submit(submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order.carrier_order_id))
    assert [reason.code for reason in refused.value.reasons] == ["TOO_LATE_TO_CHANGE"]
    assert held.fields["CustomerOrderId"] == "acme-1 1"


@pytest.mark.parametrize("lost", [0, 1, 2])
@pytest.mark.parametrize("days", [("13", "17"), ("17", "13")])
def test_an_order_that_was_split_out_takes_over_the_part_with_its_numbers(
    desk: Desk, lost: int, days: tuple[str, str]
) -> None:
    desk.fake.groups = [DIGITS[:1], DIGITS[1:]]
    carrier, order, first = desk.submitted()
    late, stays = (1, NUMBERS[:1]) if days[1] == "17" else (0, NUMBERS[1:])
    moving = [NUMBERS[late]]
    other = desk.fake.portins[order.parts[1].carrier_order_id]
    for held, day in ((first, days[0]), (other, days[1])):
        held.state, held.fields["ActualFocDate"] = "FOC", f"2026-03-{day}T15:30:00Z"
    both = carrier.get(order.carrier_order_id)
    assert both.status is CarrierStatus.REJECTED
    assert [(reason.code, reason.numbers) for reason in both.rejections] == [("SPLIT_REQUIRED", moving)]
    desk.fake.lose = desk.fake.changes + lost if lost else 0
    child = sent(carrier, submission("acme-1-split-1", numbers=moving))
    assert (child.carrier_order_id, child.key) == (order.parts[late].carrier_order_id, "acme-1-split-1:1")
    assert len(desk.fake.portins) == 2
    taken = desk.fake.portins[child.carrier_order_id]
    assert taken.fields["ActualFocDate"] == "2026-03-17T15:30:00Z"
    mine = carrier.get(order.carrier_order_id)
    assert (mine.carrier_order_id, mine.key) == (order.carrier_order_id, "acme-1:1")
    assert (mine.status, list(mine.numbers), mine.parts) == (CarrierStatus.FOC_CONFIRMED, stays, [])
    later = submission(attempt=2, kind=SendKind.NEW_DATE, carrier_order_id=mine.carrier_order_id, numbers=stays)
    assert list(sent(carrier, later).numbers) == stays
    assert taken.fields["CustomerOrderId"] == "acme-1-split-1 1"


def test_a_part_that_came_back_is_taken_over_with_the_new_data(desk: Desk) -> None:
    desk.fake.groups = [DIGITS[:1], DIGITS[1:]]
    carrier, order, _ = desk.submitted()
    other = desk.fake.portins[order.parts[1].carrier_order_id]
    other.state, other.errors = "EXCEPTION", [("7429", "E10 name", [])]
    both = carrier.get(order.carrier_order_id)
    assert [(reason.code, reason.numbers) for reason in both.rejections] == [("NAME_MISMATCH", NUMBERS[1:])]
    better = CUSTOMER.model_copy(update={"entity_name": "Harbor Tools"})
    carrier.submit(submission("acme-1-split-1", numbers=NUMBERS[1:], account=better))
    assert other.fields["Subscriber"].findtext("BusinessName") == "Harbor Tools"


def test_a_strangers_order_for_the_same_numbers_is_not_taken_over(desk: Desk) -> None:
    carrier, _, held = desk.submitted(submission("zenith-1", numbers=NUMBERS[1:]))
    order = carrier.submit(submission("acme-1-split-1", numbers=NUMBERS[1:]))
    assert order.carrier_order_id != "order-1"
    assert held.fields["CustomerOrderId"] == "zenith-1 1"


def test_a_reference_too_long_to_be_read_back_is_known_by_the_ledger(desk: Desk) -> None:
    one = submission("a-project-with-a-reference-of-forty-chars-12")
    carrier, order, _ = desk.submitted(one)
    assert order.key == one.key
    found = carrier.find(one.key)
    assert found is not None
    assert found.carrier_order_id == order.carrier_order_id


def test_a_long_reference_is_known_even_where_nobody_came_to_remember_it(desk: Desk) -> None:
    name = "a-project-with-a-reference-of-forty-chars-12"
    carrier, order, held = desk.submitted(submission(name))
    held.fields["CustomerOrderId"] = reference(f"{name}:2")
    assert desk.ledger.key_of(order.carrier_order_id) == f"{name}:1"
    found = carrier.get(order.carrier_order_id)
    assert (found.key, found.attempt) == (f"{name}:2", 2)
    assert carrier.find(f"{name}:2") == found
    assert desk.ledger.key_of(order.carrier_order_id) == f"{name}:2"
    desk.ledger = MemoryLedger()
    again = desk.carrier().find(f"{name}:2")
    assert again == found


def test_a_bulk_order_that_stays_whole_is_no_partial_port(desk: Desk) -> None:
    desk.fake.groups = [DIGITS[:1], DIGITS[1:]]
    divide = desk.fake._divide

    def whole(bulk_id: str, digits: list[str]) -> None:
        desk.fake.groups = [DIGITS]
        divide(bulk_id, digits)

    desk.fake._divide = whole  # type: ignore[method-assign]
    order = desk.carrier().submit(submission())
    assert (list(order.numbers), order.parts) == (NUMBERS, [])
    assert desk.fake.sent("PUT portins/order-[0-9]+")[0].find("PartialPort") is None


def test_a_draft_that_is_gone_already_hides_no_reason(desk: Desk) -> None:
    desk.fake.refuse = [("7402", "E1 address does not match")]
    desk.fake.answers["DELETE ."] = httpx2.Response(404)
    with pytest.raises(CarrierRejected, match="ADDRESS_MISMATCH"):
        desk.carrier().submit(submission())


def test_what_a_refusal_repeats_of_a_pin_is_not_told(desk: Desk) -> None:
    desk.fake.answers["POST ^portins$"] = ok(
        "<LnpOrderResponse><WirelessInfo><PinNumber>9917</PinNumber></WirelessInfo></LnpOrderResponse>", 400
    )
    with pytest.raises(CarrierInvalid) as refused:
        desk.carrier().submit(submission(secrets={("", "pin"): "9917"}))
    told: BaseException | None = refused.value
    while told is not None:
        assert "9917" not in f"{told} {vars(told)}"
        told = told.__cause__


def test_configured_numbers_go_to_their_location_at_once(desk: Desk) -> None:
    desk.carrier().submit(submission(configuration=configured(contact_flow="600001", routing="800")))
    body = desk.fake.sent("POST portins")[0]
    assert (body.findtext("SiteId"), body.findtext("PeerId")) == ("800", "600001")


@pytest.mark.parametrize(
    "call",
    [lambda c: c.submit(submission()), lambda c: c.get("order-1"), lambda c: c.find("acme-1:1")],
    ids=["submit", "get", "find"],
)
def test_no_error_shows_password_or_pin(desk: Desk, call: Callable[[Any], object]) -> None:
    desk.fake.answers["GET ."] = httpx2.Response(400, text="no")
    with pytest.raises(PortolanError) as raised:
        call(desk.carrier())
    assert "hunter2" not in f"{raised.value!r} {raised.value} {vars(raised.value)}"


@pytest.mark.parametrize("state", ["EXCEPTION", "FOC", "REQUESTED_CANCEL"])
def test_an_order_that_was_split_out_waits_until_its_numbers_are_let_go(desk: Desk, state: str) -> None:
    carrier, order, held = desk.submitted()
    held.state = state
    child = submission("acme-1-split-1", numbers=NUMBERS[1:])
    with pytest.raises(CarrierUnavailable, match=r"order-1, which has to let go"):
        carrier.submit(child)
    assert len(desk.fake.portins) == 1
    held.state = "EXCEPTION"
    carrier.submit(
        submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order.carrier_order_id, numbers=NUMBERS[:1])
    )
    assert list(carrier.submit(child).numbers) == NUMBERS[1:]
    assert [one.numbers for one in desk.fake.portins.values()] == [DIGITS[:1], DIGITS[1:]]


def test_several_parts_are_not_taken_over_by_one_order(desk: Desk) -> None:
    numbers = [*NUMBERS, "+12125550103"]
    desk.fake.groups = [[number[2:]] for number in numbers]
    carrier, _, _ = desk.submitted(submission(numbers=numbers))
    before = desk.fake.changes
    with pytest.raises(CarrierRefused, match="Split the order by its port-ins"):
        carrier.submit(submission("acme-1-split-1", numbers=numbers[1:]))
    assert desk.fake.changes == before


@pytest.mark.parametrize("groups", [[], [DIGITS[:1], DIGITS[1:]]])
def test_an_order_that_went_out_in_spite_of_a_refusal_stays(desk: Desk, groups: list[list[str]]) -> None:
    desk.fake.groups = groups
    answer = desk.fake._answer
    refused: list[list[str]] = []

    def refusing(method: str, path: list[str], request: httpx2.Request) -> httpx2.Response:
        response = answer(method, path, request)
        last = method == "PATCH" if groups else method == "PUT" and len(path) == 2
        if last and not refused:
            refused.append(path)
            return httpx2.Response(409)
        return response

    desk.fake._answer = refusing  # type: ignore[method-assign]
    order = sent(desk.carrier(), submission())
    assert refused
    assert (list(order.numbers), order.raw_status) == (NUMBERS, "SUBMITTED")
    assert len(desk.fake.portins) == max(len(groups), 1)


@pytest.mark.parametrize("echo", ["PIN 0042 is wrong", "pin (42) is wrong"])
@pytest.mark.parametrize("call", ["PUT ^portins/[^/]+$", "POST loas$", "POST ^lnpchecker", "GET ^portins$", "stands"])
def test_no_answer_repeats_a_pin_in_words(desk: Desk, echo: str, call: str) -> None:
    one = submission(secrets={("", "pin"): "0042"})
    carrier = desk.carrier()
    said = f"<R><Errors><Code>7443</Code><Description>{echo}, call 4200421</Description></Errors></R>"
    if call == "stands":
        order = carrier.submit(one)
        held = desk.fake.portins[order.carrier_order_id]
        held.state, held.errors = "EXCEPTION", [("7443", f"{echo}, call 4200421", [])]
        told = repr(carrier.get(order.carrier_order_id))
    else:
        desk.fake.answers[call] = ok(said, 400)
        with pytest.raises(CarrierRefused) as refused:
            carrier.submit(one)
        found, told = refused.value, ""
        while found is not None:
            told += f"{found} {vars(found)}"
            found = found.__cause__  # type: ignore[assignment]
    assert "4200421" in told
    assert "***" in told
    assert "7443" in told
    assert "0042 " not in told
    assert "(42)" not in told


def test_a_pin_that_is_an_errors_code_leaves_the_code(desk: Desk) -> None:
    desk.fake.refuse = [("7443", "PIN 7443 does not match")]
    with pytest.raises(CarrierRejected) as refused:
        desk.carrier().submit(submission(secrets={("", "pin"): "7443"}))
    (reason,) = refused.value.reasons
    assert (reason.vendor_code, reason.text) == ("7443", "PIN *** does not match")


def test_a_pin_of_the_numbers_goes_out_if_it_is_one(desk: Desk) -> None:
    same = {(number, "pin"): "9917" for number in NUMBERS}
    with pytest.raises(CarrierRefused, match=r"one PIN.*portolan secret acme-1 pin"):
        desk.carrier().submit(submission(secrets={**same, (NUMBERS[1], "pin"): "9918"}))
    assert desk.fake.portins == {}
    desk.carrier().submit(submission(secrets=same))
    assert desk.fake.sent("POST portins")[0].findtext("WirelessInfo/PinNumber") == "9917"


def test_each_part_has_the_pin_of_its_numbers(desk: Desk) -> None:
    desk.fake.groups = [DIGITS[:1], DIGITS[1:]]
    pins = {(NUMBERS[0], "pin"): "9917", (NUMBERS[1], "pin"): "9918"}
    carrier, order, _ = desk.submitted(submission(secrets=pins))
    parts = [held.fields["WirelessInfo"].findtext("PinNumber") for held in desk.fake.portins.values()]
    assert parts == ["9917", "9918"]
    pins[(NUMBERS[1], "pin")] = "9919"
    carrier.submit(
        submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order.carrier_order_id, secrets=pins)
    )
    parts = [held.fields["WirelessInfo"].findtext("PinNumber") for held in desk.fake.portins.values()]
    assert parts == ["9917", "9919"]
