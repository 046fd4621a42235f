"""Telling the people of an order what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from temporalio import activity

from activities.failures import reported
from portolan.domain.effects import Delivery
from portolan.domain.telling import Notice
from portolan.notifications.channels import Channel
from portolan.notifications.sender import send
from portolan.records.store import Records

log = structlog.get_logger(__name__)


class NotificationActivities:
    """One channel for all notices; the records see to it that nothing is sent twice."""

    def __init__(self, records: Records, channel: Channel, sender: str) -> None:
        self._records, self._channel, self._sender = records, channel, sender

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [self.send_notice]

    def try_notice(self, notice: Notice) -> bool:
        """Send a notice now, if that is possible."""
        try:
            send(notice, self._records, self._channel, self._sender, datetime.now(UTC))
        except Exception as error:
            log.warning("notice not sent at once", notice=notice.key, error=str(error))
            return False
        return True

    @activity.defn(name="send_notice")
    def send_notice(self, delivery: Delivery) -> None:
        """Send a notice to each of its recipients who does not have it yet."""
        with reported():
            send(delivery.notice, self._records, self._channel, self._sender, datetime.now(UTC))
