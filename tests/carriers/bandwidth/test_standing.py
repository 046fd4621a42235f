"""How an order stands: every state, errors by whole code, days in New York, parts as one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from portolan.carriers.bandwidth.orders import together
from portolan.carriers.bandwidth.reading import Portin, rejection
from portolan.carriers.bandwidth.states import DRAFTS, STATES, foc
from portolan.domain.carrier import CarrierStatus, NumberStatus
from portolan.domain.errors import CarrierError, CarrierRefused, CarrierUnavailable
from portolan.domain.rejections import REASONS
from tests.carriers.bandwidth.fake import NOW, NUMBERS, Desk, ok

STATUS = CarrierStatus
FOC_AT = datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("DRAFT", STATUS.RECEIVED),
        ("VALIDATE_TFNS", STATUS.RECEIVED),
        ("INVALID_TFNS", STATUS.REJECTED),
        ("PENDING_DOCUMENTS", STATUS.RECEIVED),
        ("SUBMITTED", STATUS.RECEIVED),
        ("EXCEPTION", STATUS.REJECTED),
        ("REQUESTED_SUPP", STATUS.RECEIVED),
        ("FOC", STATUS.FOC_CONFIRMED),
        ("REQUESTED_CANCEL", STATUS.UNKNOWN),
        ("CANCELLED", STATUS.CANCELLED),
        ("COMPLETE", STATUS.PORTED),
        ("SNAPBACK", STATUS.UNKNOWN),
    ],
)
def test_every_state_has_its_canonical_word_beside_it(desk: Desk, state: str, status: CarrierStatus) -> None:
    carrier, order, held = desk.submitted()
    held.state, held.fields["ActualFocDate"] = state, "2026-03-13T15:30:00.000Z"
    now = carrier.get(order.carrier_order_id)
    assert (now.status, now.raw_status) == (status, state)
    assert now.foc_at == FOC_AT
    assert bool(now.asks) == (state == "PENDING_DOCUMENTS")
    assert set(now.numbers.values()) == {NumberStatus.ACTIVE if state == "COMPLETE" else NumberStatus.PENDING}
    assert bool(now.rejections) == (status is STATUS.REJECTED)


def test_states_that_are_drafts_are_no_orders_yet(desk: Desk) -> None:
    carrier, _, held = desk.submitted()
    for state in DRAFTS & set(STATES):
        held.state = state
        assert carrier.find("acme-1:1") is None


@pytest.mark.parametrize(
    ("written", "port_type", "at"),
    [
        ("2026-03-13T15:30:00.000Z", "AUTOMATED", "2026-03-13T15:30:00+00:00"),
        ("2026-03-13T13:00:00-04:00", "AUTOMATED", "2026-03-13T17:00:00+00:00"),
        ("2026-03-06", "AUTOMATED", "2026-03-06T16:30:00+00:00"),  # 11:30 in New York, before summer time
        ("2026-03-13", "AUTOMATED", "2026-03-13T15:30:00+00:00"),  # and after
        ("2026-03-13Z", "AUTOMATED", "2026-03-13T15:30:00+00:00"),
        ("2026-03-13T00:00:00Z", "AUTOMATED", "2026-03-13T15:30:00+00:00"),
        ("2026-03-13T20:00:00Z", "MANUALOFFNET", "2026-03-13T15:30:00+00:00"),
        ("2026-03-14T01:00:00Z", "MANUAL_TOLLFREE", "2026-03-13T15:30:00+00:00"),
    ],
)
def test_a_foc_is_a_moment_in_new_york(written: str, port_type: str, at: str) -> None:
    found = foc(written, port_type)
    assert found is not None
    assert found.astimezone(UTC).isoformat() == at


def test_no_foc_is_none() -> None:
    assert foc("", "AUTOMATED") is None


@pytest.mark.parametrize(
    ("code", "text", "canonical", "kept"),
    [
        ("7402", "E1 Address mismatch", "ADDRESS_MISMATCH", "7402"),
        ("7435", "E42PWA PIN required", "PIN_MISSING", "7435"),
        ("7999", "LNP110J: name does not match", "NAME_MISMATCH", "LNP110J"),
        ("7999", "LNP997J", "SV_CONFLICT", "LNP997J"),
        ("7999", "LNP997W", "INTERNAL_PORT", "LNP997W"),
        ("7999", "E37 TN not found in PPS", "VENDOR_ERROR", "7999"),
        ("7401", "LNP110J", "ACCOUNT_NUMBER_MISMATCH", "7401"),
        ("LNP126J", "", "AUTH_PERSON_MISMATCH", "LNP126J"),
        ("8888", "quite new", "OTHER", "8888"),
        ("7999", "LNP555J", "VENDOR_ERROR", "7999"),
    ],
)
def test_errors_are_read_by_their_whole_code(code: str, text: str, canonical: str, kept: str) -> None:
    found = rejection(code, text, [])
    assert (found.code, found.vendor_code) == (canonical, kept)
    assert found.code in REASONS


def test_errors_name_their_numbers(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    held.state, held.errors = "EXCEPTION", [("7331", "Rate Center Not Present", ["2125550102"])]
    (reason,) = carrier.get(order.carrier_order_id).rejections
    assert (reason.code, reason.numbers) == ("RATE_CENTER", NUMBERS[1:])


def test_an_order_that_came_back_without_a_reason_still_has_one(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    held.state = "EXCEPTION"
    (reason,) = carrier.get(order.carrier_order_id).rejections
    assert (reason.code, "no reason" in reason.text) == ("OTHER", True)


def test_a_cancelled_order_says_why_it_was_given_up(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    held.state, held.errors = "CANCELLED", [("7205", "is on another order", [])]
    now = carrier.get(order.carrier_order_id)
    assert (now.status, now.raw_status) == (STATUS.CANCELLED, "CANCELLED: 7205 is on another order")
    assert [reason.code for reason in now.rejections] == ["DUPLICATE_IN_PROGRESS"]


def test_a_change_that_was_taken_and_lost_is_told(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    held.state, held.errors = "FOC", [("7300", "The order cannot be modified", [])]
    held.fields["ActualFocDate"] = "2026-03-13T15:30:00Z"
    now = carrier.get(order.carrier_order_id)
    assert (now.status, now.raw_status) == (STATUS.REJECTED, "FOC")
    assert [reason.code for reason in now.rejections] == ["TOO_LATE_TO_CHANGE"]


def test_numbers_moved_on_demand_are_active_before_the_order_is_complete(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    held.state, held.activated = "FOC", ["2125550101"]
    held.fields |= {"Triggered": "true", "ActualFocDate": "2026-03-13T15:30:00Z"}
    assert carrier.get(order.carrier_order_id).status is STATUS.FOC_CONFIRMED
    assert not [call for call in desk.fake.calls if "activationStatus" in call]  # not before the day
    desk.now = FOC_AT
    now = carrier.get(order.carrier_order_id)
    assert now.status is STATUS.PORTED
    assert list(now.numbers.values()) == [NumberStatus.ACTIVE, NumberStatus.PENDING]
    desk.fake.answers["GET activationStatus$"] = ok("<A><ErrorCode>7342</ErrorCode></A>", 400)
    assert carrier.get(order.carrier_order_id).status is STATUS.FOC_CONFIRMED


@pytest.mark.parametrize(
    ("triggered", "changed", "activated_at"),
    [
        ("false", "2026-03-13T16:02:11Z", FOC_AT),
        ("true", "2026-03-13T16:02:11Z", datetime(2026, 3, 13, 16, 2, 11, tzinfo=UTC)),
        ("false", "2026-03-13T14:00:00Z", datetime(2026, 3, 13, 14, tzinfo=UTC)),
    ],
)
def test_when_the_numbers_moved(desk: Desk, triggered: str, changed: str, activated_at: datetime) -> None:
    carrier, order, held = desk.submitted()
    held.state = "COMPLETE"
    held.fields |= {"Triggered": triggered, "ActualFocDate": "2026-03-13T15:30:00Z", "LastModifiedDate": changed}
    assert carrier.get(order.carrier_order_id).activated_at == activated_at


def _part(order_id: str, state: str, number: int = 0, **fields: Any) -> Portin:
    return Portin(order_id, state, "acme-1 1", (f"+1212555010{number or order_id[-1]}",), bulk="b1", **fields)


def _one(*parts: Portin, now: datetime = NOW) -> Any:
    return together(parts, "acme-1:1", 1, now)


def test_parts_that_meet_on_one_day_are_one_order() -> None:
    order = _one(_part("p1", "FOC", foc_at=FOC_AT), _part("p2", "FOC", foc_at=FOC_AT))
    assert (order.status, order.foc_at, order.raw_status) == (STATUS.FOC_CONFIRMED, FOC_AT, "FOC")
    assert [part.carrier_order_id for part in order.parts] == ["p1", "p2"]
    assert (order.carrier_order_id, list(order.numbers)) == ("bulk:b1", ["+12125550101", "+12125550102"])


def test_parts_with_different_days_are_told_apart_and_the_earliest_stays() -> None:
    early, late = _part("p1", "FOC", foc_at=FOC_AT), _part("p2", "FOC", foc_at=FOC_AT + DAY)
    for both in ((early, late), (late, early)):
        order = _one(*both)
        assert order.status is STATUS.REJECTED
        (reason,) = order.rejections
        assert (reason.code, reason.numbers) == ("SPLIT_REQUIRED", list(late.numbers))


def test_a_part_without_a_day_is_waited_for_until_the_other_is_near() -> None:
    ready, slow = _part("p1", "FOC", foc_at=FOC_AT), _part("p2", "SUBMITTED")
    waiting = _one(ready, slow, now=FOC_AT - 2 * DAY)
    assert (waiting.status, waiting.foc_at, waiting.raw_status) == (STATUS.RECEIVED, None, "FOC, SUBMITTED")
    near = _one(ready, slow, now=FOC_AT - 2 * DAY + timedelta(seconds=1))
    assert (near.status, [reason.numbers for reason in near.rejections]) == (STATUS.REJECTED, [list(slow.numbers)])


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (("CANCELLED", "CANCELLED"), STATUS.CANCELLED),
        (("COMPLETE", "COMPLETE"), STATUS.PORTED),
        (("COMPLETE", "SUBMITTED"), STATUS.PORTED),
        (("SUBMITTED", "EXCEPTION"), STATUS.REJECTED),
        (("SUBMITTED", "CANCELLED"), STATUS.REJECTED),
        (("SUBMITTED", "LIMBO"), STATUS.UNKNOWN),
        (("SUBMITTED", "REQUESTED_SUPP"), STATUS.RECEIVED),
    ],
)
def test_how_several_states_count_as_one(states: tuple[str, str], status: CarrierStatus) -> None:
    order = _one(*(_part(f"p{n}", state) for n, state in enumerate(states, 1)))
    assert order.status is status
    if status is STATUS.REJECTED:
        assert [reason.numbers for reason in order.rejections] == [["+12125550102"]]


def test_an_order_nobody_knows_is_refused_with_the_likely_reason(desk: Desk) -> None:
    with pytest.raises(CarrierRefused, match="48 hours"):
        desk.carrier().get("gone")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no xml",
        "{}",
        "<LnpOrderResponse/>",
        "<LnpOrderResponse><ProcessingStatus>FOC</ProcessingStatus><ActualFocDate>soon</ActualFocDate></LnpOrderResponse>",
        "<R><ProcessingStatus>FOC</ProcessingStatus><ActualFocDate>0001-01-01T00:00:00+14:00</ActualFocDate></R>",
        "<R><ProcessingStatus>FOC</ProcessingStatus><ActualFocDate>9999-12-31</ActualFocDate></R>",
        "<LnpOrderResponse><ProcessingStatus>FOC</ProcessingStatus>"
        "<LastModifiedDate>2026-03-02T10:00:00</LastModifiedDate></LnpOrderResponse>",
        '<!DOCTYPE x [<!ENTITY a "b">]><LnpOrderResponse><ProcessingStatus>&a;</ProcessingStatus></LnpOrderResponse>',
    ],
)
def test_an_answer_nobody_can_read_is_no_answer(desk: Desk, body: str) -> None:
    carrier, order, _ = desk.submitted()
    desk.fake.answers["GET ^portins/order-1$"] = ok(body)
    with pytest.raises(CarrierUnavailable, match="no proper answer"):
        carrier.get(order.carrier_order_id)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
def test_bad_statuses_are_errors_of_the_house(desk: Desk, status: int) -> None:
    desk.fake.answers["GET ."] = httpx2.Response(status)
    with pytest.raises(CarrierError):
        desk.carrier().get("order-1")
