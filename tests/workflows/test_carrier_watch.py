"""Looking after an account: one look an hour, several near an FOC; and the schedules that start it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import (
    Client,
    ScheduleActionStartWorkflow,
    ScheduleOverlapPolicy,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from portolan.domain.effects import Failure, carrier_queue
from portolan.domain.watching import EVERY, Reconciled, Watch, schedule_id
from portolan.settings import Settings
from starter.schedules import JITTER, ensure_schedules
from workflows.carrier_watch import CarrierWatch

MINUTE = timedelta(minutes=1)
RUNNER = SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules("portolan"))


class Looks:
    """An account on its own task queue, and each look at it by the workflow's clock."""

    def __init__(self, client: Client, answer: Callable[[int], Reconciled]) -> None:
        self.client, self.answer = client, answer
        self.queue, self.account = f"q-{uuid.uuid4().hex[:8]}", "telnyx-test"
        self.at: list[datetime] = []

    @activity.defn(name="reconcile_account")
    async def reconcile_account(self, account: str) -> Reconciled:
        assert account == self.account
        self.at.append(activity.info().started_time)
        return self.answer(len(self.at))

    @asynccontextmanager
    async def workers(self) -> AsyncIterator[None]:
        """Calls to the account come over a queue of its own."""
        queue = carrier_queue(self.queue, self.account)
        calls = Worker(self.client, task_queue=queue, activities=[self.reconcile_account])
        flows = Worker(
            self.client,
            task_queue=self.queue,
            workflows=[CarrierWatch],
            workflow_runner=RUNNER,
            max_cached_workflows=0,  # so that every task replays all before it
        )
        async with calls, flows:
            yield

    async def start(self) -> WorkflowHandle[CarrierWatch, list[Reconciled]]:
        """Start the workflow by hand: a schedule goes by the wall's clock."""
        watch = Watch(account=self.account)
        return await self.client.start_workflow(
            CarrierWatch.run, watch, id=f"watch-{self.queue}", task_queue=self.queue
        )

    async def result(self) -> list[Reconciled]:
        async with self.workers():
            handle = await self.start()
            for _ in range(20):
                await TimeSkipper(self.client).fast_forward(handle, 10 * MINUTE)
                if (await handle.describe()).close_time:
                    break
            return await handle.result()

    @property
    def minutes(self) -> list[int]:
        return [round((at - self.at[0]) / MINUTE) for at in self.at]


@pytest.fixture
async def plain_client(client: Client) -> Client:
    """A client without the plugin, whose workflows are only those that a test names."""
    address = client.service_client.config.target_host
    return await Client.connect(address, data_converter=pydantic_data_converter)


async def test_an_account_is_looked_through_once_where_no_foc_is_near(plain_client: Client) -> None:
    looks = Looks(plain_client, lambda count: Reconciled(changed=3, told=2, unknown=1))
    assert await looks.result() == [Reconciled(changed=3, told=2, unknown=1)]
    assert len(looks.at) == 1


async def test_near_an_foc_it_is_looked_through_every_ten_minutes_until_the_next_hours_begins(
    plain_client: Client,
) -> None:
    looks = Looks(plain_client, lambda count: Reconciled(near=True))
    assert len(await looks.result()) == 6
    assert looks.minutes == [0, 10, 20, 30, 40, 50]
    assert timedelta(minutes=looks.minutes[-1]) < EVERY - JITTER


async def test_it_ends_as_soon_as_no_foc_is_near_any_more(plain_client: Client) -> None:
    looks = Looks(plain_client, lambda count: Reconciled(near=count < 3))
    assert [look.near for look in await looks.result()] == [True, True, False]


async def test_an_outage_of_the_carrier_is_outlived(plain_client: Client) -> None:
    def answer(count: int) -> Reconciled:
        if count < 4:
            raise ApplicationError("away", type=Failure.UNAVAILABLE)
        return Reconciled(changed=1)

    looks = Looks(plain_client, answer)
    assert await looks.result() == [Reconciled(changed=1)]
    assert len(looks.at) == 4


async def test_what_an_operator_has_to_mend_fails_the_hour(plain_client: Client) -> None:
    def answer(count: int) -> Reconciled:
        raise ApplicationError("wrong key", type=Failure.UNAUTHORISED)

    looks = Looks(plain_client, answer)
    with pytest.raises(WorkflowFailureError) as failed:
        await looks.result()
    assert isinstance(failed.value.cause, ActivityError)
    assert len(looks.at) == 1


class Schedules:
    """A deployment's schedules, for accounts of names that nobody else uses."""

    def __init__(self, client: Client, folder: Path) -> None:
        self.client, self.settings = client, Settings(data_dir=folder, task_queue=f"q-{uuid.uuid4().hex[:8]}")
        mark = uuid.uuid4().hex[:6]
        self.one, self.two = f"telnyx-{mark}", f"twilio-{mark}"

    async def ensure(self, *accounts: str) -> None:
        await ensure_schedules(self.client, self.settings, accounts)

    async def there(self, account: str) -> bool:
        try:
            await self.client.get_schedule_handle(schedule_id(account)).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True

    async def listed(self, *accounts: str) -> None:
        """Wait until the server lists them, which it does a moment after it made them."""
        wanted = {schedule_id(account) for account in accounts}
        while not wanted <= {one.id async for one in await self.client.list_schedules()}:
            pass


@pytest.fixture
async def schedules(plain_client: Client, tmp_path: Path) -> AsyncIterator[Schedules]:
    made = Schedules(plain_client, tmp_path)
    yield made
    for account in (made.one, made.two):
        if await made.there(account):
            await made.client.get_schedule_handle(schedule_id(account)).delete()


async def test_each_account_has_a_schedule(schedules: Schedules) -> None:
    for _ in range(2):
        await schedules.ensure("simulated", schedules.one, schedules.two)
    assert not await schedules.there("simulated")
    found = await schedules.client.get_schedule_handle(f"watch-{schedules.one}").describe()
    (interval,) = found.schedule.spec.intervals
    assert (interval.every, found.schedule.spec.jitter) == (timedelta(hours=1), JITTER)
    assert found.schedule.policy.overlap is ScheduleOverlapPolicy.SKIP
    action = found.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert (action.workflow, action.task_queue) == ("CarrierWatch", schedules.settings.task_queue)
    (given,) = await schedules.client.data_converter.decode(action.args, [Watch])
    assert given == Watch(account=schedules.one, near_minutes=10)


async def test_a_schedule_is_brought_up_to_date_and_stays_paused(schedules: Schedules) -> None:
    await schedules.ensure(schedules.one)
    handle = schedules.client.get_schedule_handle(schedule_id(schedules.one))
    await handle.pause(note="the carrier asked us to")
    old = schedules.settings.task_queue
    schedules.settings = schedules.settings.model_copy(update={"task_queue": f"{old}-new"})
    await schedules.ensure(schedules.one)
    found = await handle.describe()
    assert isinstance(found.schedule.action, ScheduleActionStartWorkflow)
    assert found.schedule.action.task_queue == f"{old}-new"
    assert (found.schedule.state.paused, found.schedule.state.note) == (True, "the carrier asked us to")


async def test_the_schedule_of_an_account_that_is_gone_is_removed(schedules: Schedules, tmp_path: Path) -> None:
    other = Schedules(schedules.client, tmp_path)
    await other.ensure(other.one)
    await schedules.ensure(schedules.one, schedules.two)
    await schedules.listed(schedules.one, schedules.two, other.one)
    await schedules.ensure(schedules.two)
    assert [await schedules.there(account) for account in (schedules.one, schedules.two)] == [False, True]
    assert await schedules.there(other.one)  # another deployment's
    await other.ensure()
    assert not await schedules.there(other.one)


async def test_what_a_schedule_starts_looks_through_its_account(schedules: Schedules) -> None:
    looks = Looks(schedules.client, lambda count: Reconciled())
    looks.queue, looks.account = schedules.settings.task_queue, schedules.one
    await schedules.ensure(schedules.one)
    async with looks.workers(), asyncio.timeout(20):
        await schedules.client.get_schedule_handle(schedule_id(schedules.one)).trigger()
        while not looks.at:
            await asyncio.sleep(0.02)
    assert len(looks.at) == 1
