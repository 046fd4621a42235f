"""The days on which a losing carrier ports nothing: the public holidays of its country.

47 CFR 52.35(a) excludes the losing carrier's own company holidays, which nobody publishes; public holidays are the
default, and an account's `policy.closed_days` says better. Read once, when an order starts: the order carries the
list, so that a new release of the holiday data changes no order under way.
"""

from __future__ import annotations

from datetime import date, timedelta

import holidays

#: The part of a country whose holidays count where most are regional and none is named: the seat of the porting desks,
#: as the playbook's time zone has it. Of any other country the holidays of the whole country count.
DEFAULT_SUBDIVISIONS = {"CA": "ON", "GB": "ENG"}

HORIZON_DAYS = 400


def closed_days(
    country: str, today: date, horizon_days: int = HORIZON_DAYS, subdivision: str | None = None
) -> list[date]:
    """The public holidays of a country from `today` to `horizon_days` later, both included, sorted.

    Substitute days for holidays on a weekend are in it. Islamic holidays (Nigeria) are estimates. A country without
    data, and `EU`, which has no holidays of its own, gives an empty list. Arguments and errors as for
    `closed_day_names`.
    """
    return list(closed_day_names(country, today, horizon_days, subdivision))


def closed_day_names(
    country: str, today: date, horizon_days: int = HORIZON_DAYS, subdivision: str | None = None
) -> dict[date, str]:
    """The same days in the same order, each with its name in English.

    A day that depends on the moon is called `Eid al-Fitr (estimated)` until it is proclaimed; one in place of a
    holiday on a weekend, `Christmas Day (observed)`.

    Args:
        country: ISO 3166, two letters.
        today: The first day that counts.
        horizon_days: How far to look.
        subdivision: ISO 3166-2 without the country: `QC`, `BY`, `SCT`. By default `DEFAULT_SUBDIVISIONS`.

    Raises:
        ValueError: The country is known, but has no such subdivision.
    """
    last = today + timedelta(days=horizon_days)
    part = subdivision or DEFAULT_SUBDIVISIONS.get(country)
    try:
        known = holidays.country_holidays(
            country, subdiv=part, years=range(today.year, last.year + 1), language="en_US"
        )
    except NotImplementedError:
        parts = holidays.list_supported_countries().get(country)
        if subdivision is None or parts is None:
            return {}
        instead = f"write one of {', '.join(parts)}" if parts else "leave it out"
        raise ValueError(f"{country} has no subdivision {subdivision!r}: {instead}") from None
    return {day: known[day] for day in sorted(known) if today <= day <= last}
