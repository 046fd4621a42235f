from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portolan.carriers.twilio import mapping
from portolan.carriers.twilio.wire import PortIn
from portolan.domain.carrier import CarrierOrder, CarrierStatus, NumberStatus

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DATE = "2026-03-16T15:30:00Z"
N1, N2, N3 = "+12125550001", "+12125550002", "+12125550003"


def number(name: str = N1, status: str = "in_review", **fields: Any) -> dict[str, Any]:
    return {"phone_number": name, "port_in_phone_number_status": status} | fields


def order(status: str | None, *numbers: dict[str, Any], now: datetime = NOW, **fields: Any) -> CarrierOrder:
    given = {"port_in_request_sid": "KW1", "port_in_request_status": status, "phone_numbers": list(numbers)} | fields
    return mapping.order(PortIn.model_validate(given), "o1:2", now)


@pytest.mark.parametrize("status", ["In review", "in_review", "IN REVIEW", "pending", "Waiting for Signature"])
def test_states_are_read_however_they_are_spelt(status: str) -> None:
    found = order(status, number())
    assert found.status is CarrierStatus.RECEIVED
    assert found.raw_status == f"{status} (1 in_review)"
    assert (found.key, found.attempt) == ("o1:2", 2)


@pytest.mark.parametrize(
    ("status", "numbers", "canonical"),
    [
        ("In Progress", [number(status="port_submitted")], CarrierStatus.RECEIVED),
        ("In Progress", [number(status="port_pending")], CarrierStatus.ACCEPTED),
        ("In Progress", [number(status="Port Pending", port_date=DATE)], CarrierStatus.FOC_CONFIRMED),
        ("In Progress", [number(status="port_pending", port_date=DATE), number(N2)], CarrierStatus.RECEIVED),
        ("In Progress", [number(status="port_submitted", port_date=DATE)], CarrierStatus.RECEIVED),
        ("Completed", [number(status="completed")], CarrierStatus.PORTED),
        ("Completed", [], CarrierStatus.PORTED),
        ("Canceled", [number(status="canceled")], CarrierStatus.CANCELLED),
        ("cancelled", [number()], CarrierStatus.CANCELLED),
        ("In Progress", [number(status="canceling")], CarrierStatus.UNKNOWN),
        ("Canceled", [number(status="Cancelling"), number(N2, "canceled")], CarrierStatus.UNKNOWN),
        ("In Progress", [number(status="canceling"), number(N2, "port_pending")], CarrierStatus.ACCEPTED),
        ("In Progress", [number(status="canceled"), number(N2, "canceled")], CarrierStatus.CANCELLED),
        ("In Progress", [number(status="canceled"), number(N2, "port_pending")], CarrierStatus.ACCEPTED),
        ("Waiting for Donor", [number()], CarrierStatus.UNKNOWN),
        ("In Progress", [number(status="port_paused")], CarrierStatus.UNKNOWN),
        ("In Progress", [number(status="port_pending", port_date="soon")], CarrierStatus.UNKNOWN),
        (None, [number()], CarrierStatus.UNKNOWN),
    ],
)
def test_a_request_stands_as_its_numbers_do(
    status: str | None, numbers: list[dict[str, Any]], canonical: CarrierStatus
) -> None:
    assert order(status, *numbers).status is canonical


def test_what_nobody_knows_is_kept_in_its_own_words() -> None:
    assert order("In Progress", number(status="port_paused")).raw_status == "In Progress (1 port_paused)"
    soon = order("In Progress", number(status="port_pending", port_date="soon"))
    assert soon.raw_status == "In Progress (1 port_pending), port date 'soon'"


def test_the_date_of_all_numbers_is_the_foc() -> None:
    found = order("In Progress", *(number(n, "port_pending", port_date=DATE) for n in (N1, N2)))
    assert found.foc_at == datetime(2026, 3, 16, 15, 30, tzinfo=UTC)
    assert found.numbers == {N1: NumberStatus.PENDING, N2: NumberStatus.PENDING}


def test_a_date_without_a_time_is_on_that_day_everywhere_in_the_united_states() -> None:
    found = order("In Progress", number(status="port_pending", port_date="2026-03-16T00:00:00Z"))
    assert found.foc_at == datetime(2026, 3, 16, 12, 0, tzinfo=UTC)


def test_numbers_of_a_later_date_are_to_be_split_out() -> None:
    later = "2026-03-20T15:30:00Z"
    dates = {N1: DATE, N2: later, N3: DATE}
    found = order("In Progress", *(number(n, "port_pending", port_date=at) for n, at in dates.items()))
    assert (found.status, found.foc_at) == (CarrierStatus.REJECTED, None)
    assert [(one.code, one.numbers) for one in found.rejections] == [("SPLIT_REQUIRED", [N2])]


@pytest.mark.parametrize(("hours", "status"), [(72, CarrierStatus.RECEIVED), (71.9, CarrierStatus.REJECTED)])
def test_numbers_without_a_date_are_not_waited_for_once_others_move_within_three_days(
    hours: float, status: CarrierStatus
) -> None:
    now = datetime(2026, 3, 16, 15, 30, tzinfo=UTC) - timedelta(hours=hours)
    found = order("In Progress", number(N1, "port_pending", port_date=DATE), number(N2, "port_submitted"), now=now)
    assert found.status is status
    assert [one.numbers for one in found.rejections] == ([[N2]] if status is CarrierStatus.REJECTED else [])


@pytest.mark.parametrize(
    ("said", "code", "vendor_code"),
    [
        ({"rejection_reason_code": "INVALID_PIN"}, "PIN_INVALID", "INVALID_PIN"),
        ({"rejection_reason_code": 7, "rejection_reason": "INVALID_PIN"}, "PIN_INVALID", "INVALID_PIN"),
        ({"rejection_reason": "Invalid account number"}, "ACCOUNT_NUMBER_MISMATCH", "INVALID_ACCOUNT_NUMBER"),
        ({"rejection_reason_code": "MOON_PHASE", "rejection_reason": "Wrong moon"}, "OTHER", "MOON_PHASE"),
        ({}, "OTHER", ""),
    ],
)
def test_rejections_are_canonical_and_keep_the_vendors_code(said: dict[str, Any], code: str, vendor_code: str) -> None:
    found = order("Action Required", number(status="port_rejected", **said), number(N2, "port_pending"))
    assert found.status is CarrierStatus.REJECTED
    assert [(one.code, one.vendor_code, one.numbers) for one in found.rejections] == [(code, vendor_code, [N1])]


def test_the_same_reason_of_several_numbers_is_one() -> None:
    refused = [number(n, "port_rejected", rejection_reason_code="INVALID_PIN") for n in (N1, N3)]
    found = order("Action Required", *refused, number(N2, "port_rejected", rejection_reason_code="INVALID_ADDRESS"))
    assert [(one.vendor_code, one.numbers) for one in found.rejections] == [
        ("INVALID_PIN", [N1, N3]),
        ("INVALID_ADDRESS", [N2]),
    ]
    assert found.rejections[1].candidates == ["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"]


def test_numbers_that_cannot_be_moved_are_a_rejection_before_the_losing_carrier_is_asked() -> None:
    told = {"portable": False, "not_portability_reason": "UNSUPPORTED", "not_portability_reason_code": 22137}
    found = order("In Review", number(N1, **told), number(N2, not_portability_reason_code=0, portable=True))
    assert [(one.code, one.numbers) for one in found.rejections] == [("DUPLICATE_IN_PROGRESS", [N1])]


def test_action_without_a_reason_is_a_reason_nobody_knows() -> None:
    found = order("Action Required", number())
    assert [(one.code, one.text) for one in found.rejections] == [("OTHER", "Action Required")]


def test_an_expired_request_wants_a_new_signature() -> None:
    found = order("Expired", number(status="waiting_for_signature"))
    (reason,) = found.rejections
    assert found.status is CarrierStatus.REJECTED
    assert (reason.reason.new_loa, reason.vendor_code) == (True, "Expired")
    assert found.asks == ""


def test_it_says_who_has_to_sign_and_where() -> None:
    who = {"authorized_representative": "Ada Byron", "authorized_representative_email": "ada@customer.example"}
    fields = {"losing_carrier_information": who, "signature_request_url": "https://sign.example/1"}
    found = order("Waiting for Signature", number(status="waiting_for_signature"), **fields)
    assert "Ada Byron has to sign" in found.asks
    assert "ada@customer.example: https://sign.example/1" in found.asks
    assert order("In Progress", number(status="port_submitted"), **fields).asks == ""


def test_once_a_number_has_moved_the_request_has_and_the_numbers_say_which() -> None:
    moved = number(status="completed", status_last_time_updated_timestamp="2026-03-16T15:40:00Z", port_date=DATE)
    others = [number(N2, "port_rejected", port_date=DATE), number(N3, "port_pending", port_date=DATE)]
    found = order("Action Required", moved, *others, number("+12125550004", "canceled"))
    assert (found.status, found.rejections) == (CarrierStatus.PORTED, [])
    assert found.activated_at == datetime(2026, 3, 16, 15, 40, tzinfo=UTC)
    assert found.numbers == {
        N1: NumberStatus.ACTIVE,
        N2: NumberStatus.FAILED,
        N3: NumberStatus.PENDING,
        "+12125550004": NumberStatus.FAILED,
    }


@pytest.mark.parametrize("status", ["Canceled", "Expired"])
def test_what_has_moved_has_moved_whatever_became_of_the_others(status: str) -> None:
    found = order(status, number(status="completed"), number(N2, "canceled"), number(N3, "port_pending"))
    assert found.status is CarrierStatus.PORTED
    assert found.numbers == {N1: NumberStatus.ACTIVE, N2: NumberStatus.FAILED, N3: NumberStatus.FAILED}
    assert order(status, number(status="completed"), number(N2, "canceling")).numbers[N2] is NumberStatus.PENDING


def test_the_losing_carriers_agreement_has_no_word_of_its_own() -> None:
    """What Portolan calls approved is `port_pending` without a date; Twilio may go to the date at once."""
    before, agreed = (order("In Progress", number(status=status)) for status in ("port_submitted", "port_pending"))
    assert (before.status, agreed.status) == (CarrierStatus.RECEIVED, CarrierStatus.ACCEPTED)
    assert order("Approved", number(status="approved")).status is CarrierStatus.UNKNOWN


def test_before_any_number_has_moved_none_has_failed_to() -> None:
    found = order("Action Required", number(N1, "canceled"), number(N2, "port_rejected"), number(N3, "port_pending"))
    assert found.numbers == {N2: NumberStatus.PENDING, N3: NumberStatus.PENDING}


def test_it_was_updated_when_its_newest_number_was() -> None:
    times = {N1: "2026-03-03T10:00:00Z", N2: "2026-03-04T10:00:00+02:00", N3: "yesterday"}
    numbers = [number(n, status_last_time_updated_timestamp=at) for n, at in times.items()]
    assert order("In Review", *numbers).updated_at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
    assert order("In Review", date_created="2026-03-01T00:00:00").updated_at == datetime(2026, 3, 1, tzinfo=UTC)
