"""Looking a carrier account through, started every hour by a schedule; its cost grows with accounts, not with orders.

Near an FOC it looks again every few minutes, and ends before the next hour's begins.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from portolan.domain.effects import Failure, carrier_queue
from portolan.domain.watching import EVERY, Reconciled, Watch

#: So long before the hour is over nothing is begun any more: the next one begins up to five minutes early, by jitter.
MARGIN = timedelta(minutes=6)
LISTING_TIME = timedelta(minutes=5)
LISTING_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=10),
    maximum_interval=timedelta(minutes=5),
    non_retryable_error_types=[Failure.REFUSED, Failure.UNAUTHORISED],
)


@workflow.defn(name="CarrierWatch")
class CarrierWatch:
    """One hour of looking after one account."""

    @workflow.run
    async def run(self, watch: Watch) -> list[Reconciled]:
        """Look through the account, again and again while an order of it is near its FOC.

        Returns:
            What each look brought.
        """
        until, pause = workflow.now() + EVERY - MARGIN, timedelta(minutes=max(watch.near_minutes, 1))
        found: list[Reconciled] = []
        while True:
            left = max(until - workflow.now(), LISTING_TIME)
            found.append(await _reconcile(watch.account, left))
            if not found[-1].near or workflow.now() + pause > until:
                return found
            await workflow.sleep(pause, summary="until the next look, near an FOC")


async def _reconcile(account: str, within: timedelta) -> Reconciled:
    reconciled: Reconciled = await workflow.execute_activity(
        "reconcile_account",
        account,
        result_type=Reconciled,
        task_queue=carrier_queue(workflow.info().task_queue, account),
        start_to_close_timeout=LISTING_TIME,
        schedule_to_close_timeout=within,
        retry_policy=LISTING_RETRIES,
        summary=f"what changed at {account}",
    )
    return reconciled
