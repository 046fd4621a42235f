"""Telling what has become of a workflow's state, and waiting for more: shared by port orders and port-outs.

The two belong together. The wait ends where something has changed since the last telling; what could not be told
counts as told until it is tried again, or the wait would end at once, and for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from temporalio import workflow
from temporalio.common import TypedSearchAttributes
from temporalio.exceptions import FailureError, is_cancelled_exception

from portolan.domain.telling import Notice
from workflows import calls

#: After a telling that failed; each further failure doubles it, `MOST_DOUBLINGS` times at most.
REPUBLISH_AFTER = timedelta(minutes=1)
MOST_DOUBLINGS = 6


class Subject(Protocol):
    """The state of a workflow.

    Attributes:
        sequence: Counts its changes.
        unpublished: The entries of the audit trail that are not on record yet; each has its `sequence`.
        unsent: The notices nobody has had yet.
    """

    sequence: int
    unpublished: list[Any]
    unsent: list[Notice]

    @property
    def ended(self) -> bool:
        """Nothing more will happen."""


class Telling:
    """Keeps the read model, the search attributes and people up to date with one state."""

    def __init__(self, subject: Subject, shown: TypedSearchAttributes, *, continued: bool) -> None:
        """`shown` is what whoever starts a workflow sets as its search attributes; `continued`: from an earlier run."""
        self._subject = subject
        # Whoever starts a workflow by hand, and the order it was split out of, set no search attributes.
        told = bool(workflow.info().typed_search_attributes.search_attributes) and not continued
        self._shown = shown if told else None
        self._upto = subject.sequence if continued else 0
        self._again_at: datetime | None = None
        self._failures = 0
        self._notices: list[asyncio.Task[None]] = []

    @property
    def changed(self) -> bool:
        """Whether something has happened since the last telling, be it that that succeeded or not."""
        return self._subject.sequence != self._upto

    @property
    def everybody_answered(self) -> bool:
        """Whether no message is being taken, and no notice is on its way."""
        return workflow.all_handlers_finished() and all(task.done() for task in self._notices)

    @property
    def may_continue_as_new(self) -> bool:
        """Whether the history is long enough to begin a new one, and nothing would be cut off."""
        return workflow.info().is_continue_as_new_suggested() and self.everybody_answered and not self._subject.ended

    async def finished(self) -> bool:
        """Whether it has ended and is on record; waits for what is still on its way to people."""
        subject = self._subject
        if not subject.ended or subject.unpublished:
            return False
        await workflow.wait_condition(lambda: bool(subject.unpublished) or self.everybody_answered)
        return not subject.unpublished

    async def tell(
        self, details: str, shown: TypedSearchAttributes, publish: Callable[[], Awaitable[list[str]]]
    ) -> FailureError | None:
        """Bring the details in the UI, the search attributes, the read model and the people up to date.

        Args:
            details: For the UI, as Markdown.
            shown: The search attributes.
            publish: Writes the row and the audit entries and tries the notices; returns the keys of those left over.

        Returns:
            Why nothing was published; it stays in the state, and is told with what comes next or after a while.

        Raises:
            asyncio.CancelledError: Temporal cancelled the workflow meanwhile.
        """
        subject = self._subject
        workflow.set_current_details(details)
        if shown != self._shown:
            kept = {pair.key.name for pair in shown}
            gone = [pair.key.value_unset() for pair in self._shown or () if pair.key.name not in kept]
            workflow.upsert_search_attributes([*(pair.key.value_set(pair.value) for pair in shown), *gone])
            self._shown = shown
        upto, notices = subject.sequence, list(subject.unsent)
        self._upto = upto
        try:
            undelivered = await publish()
        except FailureError as error:  # a local activity's failure arrives without an ActivityError around it
            if is_cancelled_exception(error):
                raise asyncio.CancelledError from error
            self._again_at = workflow.now() + REPUBLISH_AFTER * 2 ** min(self._failures, MOST_DOUBLINGS)
            self._failures += 1
            return error
        self._again_at, self._failures = None, 0
        subject.unpublished = [entry for entry in subject.unpublished if entry.sequence > upto]
        subject.unsent = [notice for notice in subject.unsent if notice not in notices]
        self._notices = [task for task in self._notices if not task.done()]
        self._notices += [asyncio.create_task(calls.send_notice(n)) for n in notices if n.key in undelivered]
        return None

    async def wait(self, until: datetime, why: str, moved: Callable[[], bool]) -> None:
        """Wait with one durable timer: for a change, for `moved`, for `until`, or to tell again what could not be told.

        Args:
            until: With a time zone; in the past, it does not wait.
            why: What the timer is for, in the UI.
            moved: Whether there is something to do that no change of the state shows.
        """
        left = min(until, self._again_at or until) - workflow.now()
        if left > timedelta(0):
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.changed or moved(), timeout=left, timeout_summary=why)
