"""Writing what an order has become to the read model and the audit trail."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from temporalio import activity
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.failures import reported
from portolan.domain.effects import Publication, Split
from portolan.domain.telling import Notice
from portolan.records.store import Records


class Teller(Protocol):
    """Sends a notice, or says that it could not."""

    def try_notice(self, notice: Notice) -> bool:
        """Whether everybody has it now."""
        ...


class RecordActivities:
    """The deployment's records; `build` is kept with each audit entry."""

    def __init__(self, records: Records, build: str, teller: Teller) -> None:
        self._records, self._build, self._teller = records, build, teller

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [self.publish_order, self.split_order]

    @activity.defn(name="split_order")
    async def split_order(self, split: Split) -> None:
        """Move numbers from an order to a new one of their own, and start that; a second time changes nothing."""
        with reported():
            now = datetime.now(UTC)
            await asyncio.to_thread(self._records.split, split.parent, split.request, split.workflow_id, now)
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await activity.client().start_workflow(
                activity.info().workflow_type or "",
                {"request": split.request},
                id=split.workflow_id,
                task_queue=activity.info().task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=split.summary or None,
            )

    @activity.defn(name="publish_order")
    def publish_order(self, publication: Publication) -> list[str]:
        """Bring the rows of an order up to date, append its audit entries, then try its notices.

        Returns:
            The keys of the notices that somebody still has to get.
        """
        with reported():
            self._records.publish(publication, self._build, activity.info().workflow_id or "")
        late: list[str] = []
        for notice in publication.notices:
            # One that does not go out at once is a sign that the others would not either, and nobody may wait here.
            if late or not self._teller.try_notice(notice):
                late.append(notice.key)
        return late
