"""The book of the desks, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portolan.carriers.desk.book import Case, CaseKind, Entry, Sending
from portolan.domain.carrier import CarrierStatus, SendKind
from portolan.domain.errors import NotFound
from portolan.records.store import Records

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def case(case_id: str = "o1:1", **given: Any) -> Case:
    fields: dict[str, Any] = {
        "case_id": case_id,
        "carrier": "otherco",
        "order_id": "o1",
        "numbers": ["+12125550001"],
        "opened_at": NOW,
        "touched_at": NOW,
        "sendings": [Sending(key=case_id, attempt=1, kind=SendKind.NEW, text="a\nb", begun_at=NOW)],
    }
    return Case(**{**fields, **given})


def entry(entry_id: str, at: datetime = NOW, **given: Any) -> Entry:
    return Entry(**{"entry_id": entry_id, "at": at, "from_carrier": True, "text": "words", "waits": True, **given})


def test_a_case_is_opened_once_and_comes_back_as_it_was(records: Records) -> None:
    first = records.open_desk_case(case())
    assert first == case()
    assert records.open_desk_case(case(losing_carrier="other")) == first
    assert records.desk_case("o1:1") == records.desk_case_of("o1:1") == first
    assert records.desk_case("o2:1") is None
    assert records.desk_case_of("o2:1") is None


def test_a_case_is_found_by_every_sending_it_holds(records: Records) -> None:
    records.open_desk_case(case())
    second = Sending(key="o1:2", attempt=2, kind=SendKind.SUPPLEMENT, text="", begun_at=NOW)
    changed = records.change_desk_case("o1:1", lambda it: it.but(sendings=[*it.sendings, second]))
    assert records.desk_case_of("o1:2") == records.desk_case_of("o1:1") == changed


def test_cases_are_listed_oldest_first_and_narrowed(records: Records) -> None:
    late = case("o1:9", opened_at=NOW + HOUR)
    back = case("o1:back", kind=CaseKind.PORT_BACK, about="V-1", opened_at=NOW - HOUR)
    other = case("o2:1", carrier="amazon_connect", order_id="o2", closed_at=NOW)
    for one in (late, case(), back, other):
        records.open_desk_case(one)

    def ids(**given: Any) -> list[str]:
        return [one.case_id for one in records.desk_cases(**given)]

    assert ids() == ["o1:back", "o1:1", "o2:1", "o1:9"]
    assert ids(carrier="amazon_connect") == ["o2:1"]
    assert ids(order_id="o1", kind=CaseKind.PORT) == ["o1:1", "o1:9"]
    assert ids(about="V-1") == ["o1:back"]
    assert ids(live=True) == ["o1:back", "o1:1", "o1:9"]
    assert ids(live=False) == ["o2:1"]


def test_a_change_that_raises_changes_nothing(records: Records) -> None:
    records.open_desk_case(case())

    def breaks(it: Case) -> Case:
        it.numbers.append("+1")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        records.change_desk_case("o1:1", breaks)
    assert records.desk_case("o1:1") == case()


def test_changes_of_one_instant_are_all_kept(records: Records) -> None:
    records.open_desk_case(case())

    def add(number: int) -> None:
        records.change_desk_case("o1:1", lambda it: it.but(claimed=it.claimed | {f"+{number}": "x"}))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(12)))
    held = records.desk_case("o1:1")
    assert held is not None
    assert len(held.claimed) == 12


def test_a_closed_case_is_closed_in_lists(records: Records) -> None:
    records.open_desk_case(case())
    records.change_desk_case("o1:1", lambda it: it.but(closed_at=NOW, status=CarrierStatus.CANCELLED))
    assert records.desk_cases(live=True) == []


def test_what_was_said_is_kept_once_in_order_and_as_it_was(records: Records) -> None:
    records.open_desk_case(case())
    text = 'Dear all,\n\n\t"quoted"  ü €\n-- \nAnn'
    assert records.add_desk_entry("o1:1", entry("b", NOW + HOUR, text=text))
    assert not records.add_desk_entry("o1:1", entry("b", text="other"))
    assert records.add_desk_entry("o1:1", entry("z", from_carrier=False, waits=False))
    assert records.add_desk_entry("o1:1", entry("a"))
    assert [(one.entry_id, one.at) for one in records.desk_entries("o1:1")] == [
        ("z", NOW),
        ("a", NOW),
        ("b", NOW + HOUR),
    ]
    assert records.desk_entries("o1:1")[2].text == text


def test_text_that_no_database_takes_loses_only_that(records: Records) -> None:
    records.open_desk_case(case(raw_status="a\0b", sendings=[]))
    records.add_desk_entry("o1:1", entry("a", text="a\0b\ud800c\n"))
    assert records.desk_entries("o1:1")[0].text == "abc\n"
    held = records.desk_case("o1:1")
    assert held is not None
    assert held.raw_status == "ab"


def test_entries_are_settled_once_and_only_those(records: Records) -> None:
    for case_id in ("o1:1", "o2:1"):
        records.open_desk_case(case(case_id))
        for name in ("a", "b"):
            records.add_desk_entry(case_id, entry(name))
    assert records.settle_desk_entries("o1:1", ["a", "none"]) == 1
    assert records.settle_desk_entries("o1:1", ["a"]) == 0
    assert records.settle_desk_entries("o1:1", []) == 0
    assert [one.waits for one in records.desk_entries("o1:1")] == [False, True]
    assert [one.waits for one in records.desk_entries("o2:1")] == [True, True]


def test_what_is_not_there_is_said_so(records: Records) -> None:
    with pytest.raises(NotFound, match=r"no case 'o9:1'. `portolan desk list`"):
        records.change_desk_case("o9:1", lambda it: it)
    with pytest.raises(NotFound, match="no case 'o9:1'"):
        records.add_desk_entry("o9:1", entry("a"))
    assert records.desk_entries("o9:1") == []
