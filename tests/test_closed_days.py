"""Public holidays of losing carriers' countries and regions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portolan.closed_days import HORIZON_DAYS, closed_day_names, closed_days

TODAY = date(2026, 11, 22)


def test_closed_days_are_sorted_and_cover_both_ends() -> None:
    assert closed_days("US", date(2026, 12, 25), 7) == [date(2026, 12, 25), date(2027, 1, 1)]
    assert closed_days("US", date(2026, 12, 26), 5) == []
    whole = closed_days("US", TODAY)
    assert whole == sorted(whole)
    assert whole[0] == date(2026, 11, 26)
    assert whole[-1] - TODAY <= timedelta(days=HORIZON_DAYS)


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("GB", date(2027, 3, 29)),  # Easter Monday: not in Scotland, so not in the United Kingdom's own list
        ("CA", date(2027, 5, 24)),  # Victoria Day, provincial
        ("DE", date(2027, 5, 17)),
        ("FR", date(2027, 7, 14)),
        ("NG", date(2027, 10, 1)),
    ],
)
def test_closed_days_of_the_playbooks_countries(country: str, day: date) -> None:
    assert day in closed_days(country, TODAY)


@pytest.mark.parametrize("subdivision", [None, "BY"])
@pytest.mark.parametrize("country", ["EU", "XX", "us", ""])
def test_a_country_without_holidays_of_its_own_has_none(country: str, subdivision: str | None) -> None:
    assert closed_days(country, TODAY, subdivision=subdivision) == []


@pytest.mark.parametrize(
    ("country", "subdivision", "other", "day"),
    [
        ("DE", "BY", None, date(2027, 1, 6)),
        ("DE", "BE", "BY", date(2027, 3, 8)),
        ("FR", "57", None, date(2027, 3, 26)),  # Alsace-Moselle
        ("FR", "6AE", None, date(2027, 12, 26)),
        ("CA", "QC", "ON", date(2027, 6, 24)),
        ("CA", "ON", "QC", date(2027, 2, 15)),
        ("GB", "SCT", "ENG", date(2027, 11, 30)),
        ("IT", "MI", None, date(2026, 12, 7)),
        ("ES", "MD", None, date(2027, 3, 25)),
    ],
)
def test_regions_have_holidays_of_their_own(country: str, subdivision: str, other: str | None, day: date) -> None:
    assert day in closed_days(country, TODAY, subdivision=subdivision)
    assert day not in closed_days(country, TODAY, subdivision=other)


@pytest.mark.parametrize(("country", "subdivision"), [("CA", "ON"), ("GB", "ENG")])
def test_where_holidays_are_regional_the_desks_region_counts_by_default(country: str, subdivision: str) -> None:
    assert closed_days(country, TODAY) == closed_days(country, TODAY, subdivision=subdivision)
    assert closed_days(country, TODAY) != closed_days(country, TODAY, subdivision="PE" if country == "CA" else "SCT")


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("US", date(2026, 11, 26), "Thanksgiving Day"),
        ("DE", date(2027, 10, 3), "German Unity Day"),
        ("FR", date(2027, 7, 14), "National Day"),
        ("ES", date(2027, 1, 6), "Epiphany"),
        ("NG", date(2027, 3, 10), "Eid al-Fitr (estimated)"),
        ("NG", date(2027, 8, 16), "Prophet's Birthday (observed, estimated)"),
        ("GB", date(2026, 12, 28), "Boxing Day (observed)"),
    ],
)
def test_names_are_english_and_say_what_is_an_estimate(country: str, day: date, name: str) -> None:
    assert closed_day_names(country, TODAY)[day] == name


@pytest.mark.parametrize("country", ["US", "CA", "GB", "DE", "FR", "NG", "ES", "IT", "NL", "IE", "EU"])
def test_names_and_days_are_of_the_same_days(country: str) -> None:
    named = closed_day_names(country, TODAY)
    assert list(named) == closed_days(country, TODAY)
    assert all(named.values())


@pytest.mark.parametrize(
    ("country", "words"), [("DE", "DE has no subdivision 'ZZ': write one of BB, BE"), ("NG", "leave it out")]
)
def test_a_region_that_a_country_has_not_is_refused(country: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        closed_days(country, TODAY, subdivision="ZZ")
