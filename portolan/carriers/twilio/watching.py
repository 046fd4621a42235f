"""Which requests changed: from the list of all of them, which shows when a request changed, and not its numbers.

A number may get its date while its request stands as it stood. So every few hours each request that is not over is
named too, whether it seems to have changed or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from portolan.carriers.twilio.mapping import REQUEST_STATES, folded
from portolan.carriers.twilio.wire import Listed, moment
from portolan.domain.carrier import CarrierStatus, Changes

#: A request that was created earlier is over.
LIFE = timedelta(days=180)
#: How often everything that is not over is named.
ALL_EVERY = timedelta(hours=6)
#: A change may come to be listed after one that came later.
OVERLAP = timedelta(minutes=10)
_OVER = frozenset({CarrierStatus.PORTED, CarrierStatus.CANCELLED})
_EVER = datetime.min.replace(tzinfo=UTC)


class _Cursor(NamedTuple):
    """The newest change that was seen, and when everything was named last."""

    newest: datetime
    all_at: datetime


def changes(listed: Callable[[date], Iterable[Listed]], cursor: str, now: datetime) -> Changes:
    """The requests that changed since the cursor.

    Twilio's example shows the moment of a change as a day without time: it counts as all of that day. The cursor never
    runs ahead of the clock: a moment yet to come would hide what changes until then.

    Args:
        listed: Lists the requests created from a day on.
        cursor: Of the last time; empty, or one that nobody can read, names all.
        now: Aware UTC.
    """
    last = _read(cursor)
    since = min(last.newest, now) - OVERLAP if last.newest > _EVER else _EVER
    everything = now - last.all_at >= ALL_EVERY
    found, newest = [], min(last.newest, now)
    for one in listed((now - LIFE).date()):
        at = moment(one.updated)
        is_over = REQUEST_STATES.get(folded(one.status)) in _OVER
        if at is None or _ends(one.updated, at) >= since or (everything and not is_over):
            found.append(one.sid)
        newest = max(newest, min(at or newest, now))
    told = _Cursor(newest, now if everything else last.all_at)
    return Changes(carrier_order_ids=list(dict.fromkeys(found)), cursor=" ".join(at.isoformat() for at in told))


def _ends(text: str, at: datetime) -> datetime:
    return at if ":" in text else at + timedelta(days=1)


def _read(cursor: str) -> _Cursor:
    try:
        newest, all_at = (datetime.fromisoformat(part).astimezone(UTC) for part in cursor.split(" "))
    except (ValueError, OverflowError):
        return _Cursor(_EVER, _EVER)
    return _Cursor(newest, all_at)
