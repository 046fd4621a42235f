from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from portolan.carriers.telnyx import reading
from portolan.carriers.telnyx.standing import NUMBERS as WORDS
from portolan.carriers.telnyx.standing import STATUSES, aggregated, current
from portolan.domain.carrier import CarrierStatus, NumberStatus
from tests.carriers.scene import HOUR, START

FAR = START + 10 * 24 * HOUR


def part(name: str, raw: str, foc: datetime | None = None, **more: Any) -> reading.Held:
    number = f"1212555{ord(name):04}"
    row = {"phone_number": number, "activation_status": more.pop("activation", "New")}
    row["requirements_status"] = more.pop("requirements", "approved")
    body = {
        "id": name,
        "customer_reference": "o1:2",
        "status": {"value": raw, "details": more.pop("details", [])},
        "phone_numbers": [row],
        "activation_settings": {"foc_datetime_actual": foc and foc.isoformat()},
        "updated_at": START.isoformat(),
    }
    return reading.order(body | more)


def tn(name: str) -> str:
    return f"+1212555{ord(name):04}"


@pytest.mark.parametrize("raw", [*STATUSES, "brand-new-state"])
def test_a_single_order_stands_as_the_table_says(raw: str) -> None:
    told = aggregated([part("a", raw, FAR)], "o1:2", START)
    assert told.status is STATUSES.get(raw, CarrierStatus.UNKNOWN)
    assert (told.raw_status, told.key, told.attempt, told.parts) == (raw, "o1:2", 2, [])
    assert told.foc_at == (FAR if raw in {"foc-date-confirmed", "ported"} else None)
    assert (told.activated_at is not None) is (raw == "ported")


LATER = FAR + HOUR
DATED, PORTED, SENT = "foc-date-confirmed", "ported", "submitted"


@pytest.mark.parametrize(
    ("parts", "status", "split_off"),
    [
        ([("a", SENT, None), ("b", "in-process", None)], CarrierStatus.RECEIVED, ""),
        ([("a", DATED, FAR), ("b", DATED, FAR)], CarrierStatus.FOC_CONFIRMED, ""),
        ([("a", DATED, FAR), ("b", SENT, None)], CarrierStatus.RECEIVED, ""),
        ([("a", DATED, START + 72 * HOUR), ("b", SENT, None)], CarrierStatus.REJECTED, "b"),
        ([("a", DATED, START + 73 * HOUR), ("b", SENT, None)], CarrierStatus.RECEIVED, ""),
        ([("a", DATED, FAR), ("b", DATED, LATER), ("c", SENT, None)], CarrierStatus.REJECTED, "b"),
        ([("a", DATED, LATER), ("b", DATED, FAR)], CarrierStatus.REJECTED, "a"),
        ([("a", PORTED, FAR), ("b", DATED, FAR)], CarrierStatus.FOC_CONFIRMED, ""),
        ([("a", PORTED, FAR), ("b", DATED, LATER)], CarrierStatus.REJECTED, "b"),
        ([("a", PORTED, None), ("b", SENT, None)], CarrierStatus.REJECTED, "b"),
        ([("a", PORTED, FAR), ("b", PORTED, LATER)], CarrierStatus.PORTED, ""),
        ([("a", "cancelled", None), ("b", "cancelled", None)], CarrierStatus.CANCELLED, ""),
        ([("a", "cancelled", None), ("b", DATED, FAR)], CarrierStatus.UNKNOWN, ""),
        ([("a", "cancel-pending", None), ("b", DATED, FAR)], CarrierStatus.UNKNOWN, ""),
        ([("a", "who-knows", None), ("b", "exception", None)], CarrierStatus.UNKNOWN, ""),
        ([("a", "exception", None), ("b", DATED, FAR)], CarrierStatus.REJECTED, None),
    ],
)
def test_parts_stand_together(
    parts: list[tuple[str, str, datetime | None]], status: CarrierStatus, split_off: str | None
) -> None:
    told = aggregated([part(*one) for one in parts], "o1:2", START)
    assert told.status is status
    assert [one.carrier_order_id for one in told.parts] == [name for name, _, _ in parts]
    if split_off is not None:
        found = [number for reason in told.rejections for number in reason.numbers]
        assert found == [tn(name) for name in split_off]
        assert {reason.code for reason in told.rejections} == ({"SPLIT_REQUIRED"} if split_off else set())


def test_an_exception_is_about_the_numbers_of_its_part() -> None:
    details = [{"code": "ENTITY_NAME_MISMATCH", "description": "x"}, {"code": "NEVER_SEEN", "description": "y"}]
    told = aggregated([part("a", "exception", details=details), part("b", SENT)], "o1:2", START)
    assert [(one.code, one.vendor_code, one.numbers) for one in told.rejections] == [
        ("NAME_MISMATCH", "ENTITY_NAME_MISMATCH", [tn("a")]),
        ("OTHER", "NEVER_SEEN", [tn("a")]),
    ]
    alone = aggregated([part("a", "exception", details=details)], "o1:2", START)
    assert [one.numbers for one in alone.rejections] == [[], []]


def test_an_exception_without_a_reason_is_still_a_rejection() -> None:
    assert [one.code for one in aggregated([part("a", "exception")], "o1:2", START).rejections] == ["OTHER"]


@pytest.mark.parametrize("word", [*WORDS, "", "Unheard Of"])
def test_the_registry_says_where_a_number_is(word: str) -> None:
    ported = aggregated([part("a", PORTED, activation=word)], "o1:2", START).numbers[tn("a")]
    before = aggregated([part("a", DATED, FAR, activation=word)], "o1:2", START).numbers[tn("a")]
    expected = NumberStatus.ACTIVE if word == "" else WORDS.get(word, NumberStatus.PENDING)
    assert ported is expected
    moving = {"Active": NumberStatus.ACTIVE, "Failed": NumberStatus.FAILED, "Disconnect Pending": NumberStatus.ACTIVE}
    assert before is moving.get(word, NumberStatus.PENDING)


def test_open_requirements_are_what_telnyx_asks_for() -> None:
    told = aggregated([part("a", SENT, requirements="requirement-info-exception"), part("b", SENT)], "o1:2", START)
    assert told.asks == f"Telnyx waits for other documents or data than those it was given: {tn('a')}"
    assert aggregated([part("a", PORTED, requirements="requirement-info-pending")], "o1:2", START).asks == ""


def test_a_withdrawn_order_whose_numbers_another_has_is_no_part() -> None:
    gone, new = part("a", "cancelled"), part("a", SENT, id="z")
    assert current([gone, new]) == [new]
    assert current([gone, part("b", SENT)])[0] is gone
    assert current([part("a", "draft"), new]) == [new]
    assert current([part("a", "draft")])[0].raw == "draft"


def test_a_reference_that_is_not_ours_is_kept_as_it_is() -> None:
    told = aggregated([part("a", SENT)], "their own", START)
    assert (told.key, told.attempt) == ("their own", 0)


def test_a_moment_without_a_zone_is_utc() -> None:
    assert reading.moment("2026-03-09T12:00:00") == reading.moment("2026-03-09T07:00:00-05:00")
    assert reading.moment(None) is None
    assert reading.moment((START + timedelta(0)).isoformat()) == START
