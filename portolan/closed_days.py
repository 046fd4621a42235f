"""The days on which a losing carrier ports nothing: the public holidays of its country.

47 CFR 52.35(a) excludes the losing carrier's own company holidays, which nobody publishes; public holidays are the
default, and an account's `policy.closed_days` says better. Read once, when an order starts: the order carries the
list, so that a new release of the holiday data changes no order under way.
"""

from __future__ import annotations

from datetime import date, timedelta

import holidays

#: The part of a country whose holidays count where most are regional: the seat of the porting desks, as the
#: playbook's time zone has it.
_REGIONS = {"CA": "ON", "GB": "ENG"}

HORIZON_DAYS = 400


def closed_days(country: str, today: date, horizon_days: int = HORIZON_DAYS) -> list[date]:
    """The public holidays of a country from `today` to `horizon_days` later, both included, sorted.

    Substitute days for holidays on a weekend are in it. Islamic holidays (Nigeria) are estimates. A country without
    data, and `EU`, which has no holidays of its own, gives an empty list.
    """
    last = today + timedelta(days=horizon_days)
    try:
        known = holidays.country_holidays(country, subdiv=_REGIONS.get(country), years=range(today.year, last.year + 1))
    except NotImplementedError:
        return []
    return sorted(day for day in known if today <= day <= last)
