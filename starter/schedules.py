"""The schedules by which carrier accounts are looked through: one for each, as the settings have them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from portolan.carriers.registry import SIMULATED
from portolan.domain.watching import EVERY, Watch, schedule_id
from portolan.settings import Settings
from workflows.carrier_watch import CarrierWatch

#: Accounts are not all looked through at the same minute.
JITTER = timedelta(minutes=5)
#: Hours missed while Temporal was away are not made up for: one look covers them all.
CATCH_UP = timedelta(minutes=10)

log = structlog.get_logger(__name__)


def schedule(account: str, task_queue: str) -> Schedule:
    """Every hour, never two at once."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            CarrierWatch.run,
            Watch(account=account),
            id=schedule_id(account),
            task_queue=task_queue,
            static_summary=f"look through {account}",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)], jitter=JITTER),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )


async def ensure_schedules(
    client: Client, settings: Settings, accounts: Collection[str], needed: Collection[str] = ()
) -> None:
    """Have a schedule for each of these accounts, as it should be, and none for any other of this task queue.

    The simulated carrier is part of the worker, and says by itself what changes. One that somebody paused stays
    paused. Several workers may do this at once. An account that fails does not keep the others from theirs.

    Args:
        needed: Accounts that live orders name: a schedule that one of them has is not removed.

    Raises:
        RPCError: Temporal does not answer, or does not let this worker make schedules: the last account's error.
    """
    failed: RPCError | None = None
    wanted = sorted(set(accounts) - {SIMULATED})
    for account in wanted:
        made = schedule(account, settings.task_queue)
        try:
            await _ensure(client, account, made)
        except RPCError as error:
            log.warning("account has no schedule as it should be", account=account, error=str(error))
            failed = error
    wanted_ids, needed_ids = ({schedule_id(account) for account in names} for names in (wanted, needed))
    await _remove_others(client, settings.task_queue, wanted_ids, needed_ids)
    if failed:
        raise failed


async def _ensure(client: Client, account: str, made: Schedule) -> None:
    try:
        await client.create_schedule(schedule_id(account), made)
    except ScheduleAlreadyRunningError:
        try:
            await _bring_up_to_date(client, account, made)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            with suppress(ScheduleAlreadyRunningError):  # another worker was faster
                await client.create_schedule(schedule_id(account), made)


async def _bring_up_to_date(client: Client, account: str, made: Schedule) -> None:
    def updated(given: ScheduleUpdateInput) -> ScheduleUpdate:
        made.state = given.description.schedule.state
        return ScheduleUpdate(schedule=made)

    await client.get_schedule_handle(schedule_id(account)).update(updated)


async def _remove_others(client: Client, task_queue: str, wanted: Collection[str], needed: Collection[str]) -> None:
    """What another deployment has in the same namespace is its own: only schedules for this task queue are removed."""
    async for listed in await client.list_schedules():
        if listed.id in wanted or not listed.id.startswith(schedule_id("")):
            continue
        handle = client.get_schedule_handle(listed.id)
        try:
            action = (await handle.describe()).schedule.action
            if not isinstance(action, ScheduleActionStartWorkflow) or action.task_queue != task_queue:
                continue
            if listed.id in needed:
                log.warning("schedule kept: live orders name its account, which is not set up", schedule=listed.id)
                continue
            await handle.delete()
            log.info("schedule removed", schedule=listed.id)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
