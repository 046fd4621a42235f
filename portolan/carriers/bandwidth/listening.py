"""What changes at Bandwidth without our doing: its messages, subscribed to, and the list of what was modified.

Messages are never sent again, and a subscription ends after a day unless it asks for longer: both are looked after.
Source: Bandwidth's OpenAPI document (`subscriptions`, `portins`) and its guide to subscriptions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import xml
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.states import moment
from portolan.carriers.http import HttpRefused
from portolan.domain.carrier import Changes

#: How long a subscription is asked to last; renewed when half of it is over.
LASTS = timedelta(days=365)
ORDER_TYPE = "portins"
#: How far the first list reaches back, and each list behind the last change seen.
FIRST_LOOK = timedelta(days=30)
OVERLAP = timedelta(minutes=15)
_CONFLICT = 409
_SECONDS = re.compile(r"[0-9]{1,12}")


class Listening:
    """Messages and changes of one account."""

    def __init__(self, calls: Calls, account: BandwidthAccount, clock: Callable[[], datetime]) -> None:
        self._calls, self._account, self._clock = calls, account, clock
        self._told = False

    def subscribe(self) -> None:
        """See to it that there is a subscription to port-ins with our address, and that it does not end soon.

        It is renewed at the first look of a process, too: it tells nobody the password it has, which may be an old one.
        """
        if not self._account.webhook_url:
            return
        ours = self._ours()
        seconds = int(LASTS.total_seconds())
        if self._told and any(left >= seconds // 2 for _, left in ours):
            return
        values: dict[str, xml.Value] = {"OrderType": ORDER_TYPE, "CallbackSubscription": self._callback(seconds)}
        try:
            if ours:
                self._calls.send("PUT", f"subscriptions/{quote(ours[0][0], safe='')}", "Subscription", values)
            else:
                self._calls.send("POST", "subscriptions", "Subscription", values)
        except HttpRefused as error:
            if error.status != _CONFLICT:
                raise
        self._told = True

    def changes(self, cursor: str) -> Changes:
        """The orders modified since; dates are whole days there, so that each is looked at by its own moment."""
        now = self._clock().astimezone(UTC)
        since = self._since(cursor, now)
        params = {
            "startdate": (since - timedelta(days=1)).date().isoformat(),
            "enddate": (now + timedelta(days=1)).date().isoformat(),
        }
        newest = since
        found: dict[str, None] = {}
        for element in self._calls.listed("portins", "lnpPortInfoForGivenStatus", params):
            try:
                at = moment(xml.words(element, "lastModifiedDate"))
            except ValueError:
                at = None
            if (at is None or at >= since - OVERLAP) and (order_id := xml.words(element, "OrderId")):
                found[order_id] = None
            newest = max(newest, at or newest)
        return Changes(carrier_order_ids=list(found), cursor=min(newest, now).astimezone(UTC).isoformat())

    def _since(self, cursor: str, now: datetime) -> datetime:
        try:
            return moment(cursor) or now - FIRST_LOOK
        except ValueError:
            return now - FIRST_LOOK

    def _ours(self) -> list[tuple[str, int]]:
        """The ids of our subscriptions and the seconds left to them, the longest first."""
        answer = self._calls.get("subscriptions")
        found = []
        for one in xml.everywhere(answer, "Subscription") if answer is not None else ():
            url = xml.words(one, "CallbackSubscription", "URL").strip('"')
            subscription_id = xml.words(one, "SubscriptionId")
            to_all = xml.words(one, "OrderType") == ORDER_TYPE and not xml.words(one, "OrderId")
            if to_all and url == self._account.webhook_url and subscription_id:
                left = xml.words(one, "CallbackSubscription", "Expiry")
                found.append((subscription_id, int(left) if _SECONDS.fullmatch(left) else 0))
        return sorted(found, key=lambda each: -each[1])

    def _callback(self, seconds: int) -> dict[str, xml.Value]:
        values: dict[str, xml.Value] = {"URL": self._account.webhook_url, "Expiry": seconds}
        if self._account.webhook_username and self._account.webhook_password:
            values["CallbackCredentials"] = {
                "BasicAuthentication": {
                    "Username": self._account.webhook_username,
                    "Password": self._account.webhook_password.get_secret_value(),
                }
            }
        return values
