"""The yardstick: a workflow with as many activities, messages, timers and upserts as a clean port, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import SearchAttributeKey

STATE = SearchAttributeKey.for_keyword("PortState")
SHORT = timedelta(seconds=10)
MESSAGES = 3
WAITS = 4


def reached(workflow_id: str, mark: str) -> None:
    """Replaced by the benchmark, which sends the next message when a workflow has got there."""


@activity.defn
def bare_activity(number: int) -> int:
    """Do nothing, and say where the workflow is."""
    reached(activity.info().workflow_id or "", str(number))
    return number


@workflow.defn
class Bare:
    """Three messages, four timed waits, five activities, seven local ones, seven upserts."""

    def __init__(self) -> None:
        self.heard = 0

    @workflow.run
    async def run(self) -> int:
        """Live."""
        await self._work()
        for message in range(1, MESSAGES + 1):
            await self._tell(message)
            await workflow.wait_condition(lambda wanted=message: self.heard >= wanted, timeout=timedelta(days=7))
        await self._work()
        for wait in range(WAITS):
            await self._tell(MESSAGES + 1 + wait)
            await workflow.sleep(timedelta(days=1))
            if wait > 0:
                await self._work()
        return self.heard

    async def _work(self) -> None:
        await workflow.execute_activity(bare_activity, 1, start_to_close_timeout=SHORT)

    async def _tell(self, number: int) -> None:
        await workflow.execute_local_activity(bare_activity, number, start_to_close_timeout=SHORT)
        workflow.upsert_search_attributes([STATE.value_set(str(number))])

    @workflow.signal
    def say(self) -> None:
        """One message."""
        self.heard += 1
