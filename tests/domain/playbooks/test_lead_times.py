"""The earliest date by kind and count of numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.playbooks import PLAYBOOKS, lead_days, resolve
from portolan.domain.playbooks.lead_times import LINES, for_count

UK = PLAYBOOKS["UK-GEO"]


@pytest.mark.parametrize(
    ("lines", "numbers", "first", "again"),
    [
        ("single", 1, 4, 7),
        ("single", 10, 4, 7),
        ("single", 11, 14, 17),
        ("multi", 1, 7, 10),
        ("multi", 29, 7, 10),
        ("multi", 30, 10, 13),
        ("multi", 150, 10, 13),
        ("multi", 151, 17, 20),
        ("range", 1, 10, 13),
        ("range", 150, 10, 13),
        ("range", 151, 17, 20),
        ("part_of_range", 1, 22, 25),
        ("part_of_range", 1000, 22, 25),
    ],
)
def test_the_table_of_the_united_kingdom(lines: str, numbers: int, first: int, again: int) -> None:
    assert lead_days(UK, numbers, lines=lines, ported_before=False) == first
    assert lead_days(UK, numbers, lines=lines, ported_before=True) == again
    assert lead_days(UK, numbers, lines=lines) == again


@pytest.mark.parametrize(("numbers", "taken"), [(1, "single"), (2, "multi"), (200, "multi")])
def test_lines_that_are_not_known_are_taken_by_their_count(numbers: int, taken: str) -> None:
    assert lead_days(UK, numbers) == lead_days(UK, numbers, lines=taken)


@pytest.mark.parametrize("lines", ["", *LINES])
def test_non_geographic_numbers_have_one_lead_time(lines: str) -> None:
    for numbers in (1, 5000):
        assert lead_days(PLAYBOOKS["UK-NGN"], numbers, lines=lines, ported_before=False) == 7
        assert lead_days(PLAYBOOKS["UK-NGN"], numbers, lines=lines) == 10


def test_without_a_table_the_playbooks_own_value_holds() -> None:
    assert lead_days(PLAYBOOKS["DE-FIX"], 3) == 15
    assert lead_days(PLAYBOOKS["UK-MOB"], 300, lines="range") == 1
    assert for_count(PLAYBOOKS["DE-FIX"], 3) is PLAYBOOKS["DE-FIX"]


def test_what_makes_no_sense_is_told() -> None:
    with pytest.raises(ValueError, match="0 numbers cannot be ported"):
        lead_days(UK, 0)
    with pytest.raises(ValueError, match="'isdn' is none of the kinds of lines: single, multi"):
        lead_days(UK, 2, lines="isdn")


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.integers(1, 2000), st.integers(0, 200), st.sampled_from(LINES), st.booleans())
def test_more_numbers_never_take_less_time(numbers: int, more: int, lines: str, ported_before: bool) -> None:
    fewer = lead_days(UK, numbers, lines=lines, ported_before=ported_before)
    assert fewer <= lead_days(UK, numbers + more, lines=lines, ported_before=ported_before)
    assert fewer <= lead_days(UK, numbers, lines=lines)


@pytest.mark.parametrize(("numbers", "days"), [(1, 7), (2, 10), (30, 13), (151, 20), (None, 10)])
def test_a_policy_takes_the_lead_time_of_its_count(numbers: int | None, days: int) -> None:
    policy = resolve(UK, numbers=numbers)
    assert policy.lead_business_days == days
    assert policy.overridden == []
