"""Looking an account through, with a carrier and a Temporal that do what a test says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.reconcile import ReconcileActivities
from portolan.carriers.base import GainingCarrier
from portolan.domain.carrier import Changes, send_key
from portolan.domain.effects import Publication
from portolan.domain.errors import CarrierUnauthorised, CarrierUnavailable
from portolan.domain.states import State
from portolan.domain.watching import Reconciled
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.store import NewProject, Records
from tests.world import request

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ACCOUNT = "telnyx"


class Carrier:
    """Names what changed: one list after the other, the last one again and again."""

    def __init__(self) -> None:
        self.lists: list[Changes] = []
        self.asked: list[str] = []
        self.listens = 0
        self.error: Exception | None = None

    def listen(self) -> None:
        self.listens += 1

    def changes(self, cursor: str) -> Changes:
        if self.error:
            raise self.error
        self.asked.append(cursor)
        return self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]


class Temporal:
    """Takes signals; refuses those to some workflows."""

    def __init__(self) -> None:
        self.signals: list[tuple[str, str]] = []
        self.refuses: dict[str, RPCStatusCode] = {}

    def get_workflow_handle(self, workflow: str) -> Any:
        async def signal(name: str, payload: dict[str, Any], rpc_timeout: timedelta) -> None:
            assert name == "carrier_activity"
            if workflow in self.refuses:
                raise RPCError("refused", self.refuses[workflow], b"")
            self.signals.append((workflow, payload["event_id"]))

        return SimpleNamespace(signal=signal)


class Desk:
    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'records.db'}"
        upgrade(url)
        self.records, self.carrier, self.temporal = Records(connect(url)), Carrier(), Temporal()
        self.now = NOW
        self.activities = self.worker()

    def worker(self) -> ReconcileActivities:
        carriers = {ACCOUNT: cast(GainingCarrier, self.carrier)}
        return ReconcileActivities(carriers, self.records, cast(Client, self.temporal), lambda: self.now)

    async def reconcile(self, account: str = ACCOUNT) -> Reconciled:
        found: Reconciled = await ActivityEnvironment().run(self.activities.reconcile_account, account)
        return found

    def order(self, carrier_order_id: str = "", state: State = State.SUBMITTED, foc_at: datetime | None = None) -> str:
        """An order on record, linked with the carrier's; its workflow."""
        asked = request(gaining_carrier=ACCOUNT)
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        workflow = f"port-{asked.order_id}"
        self.records.reserve(project, [asked], {asked.order_id: workflow}, NOW)
        changed = {"state": state, "foc_at": foc_at}
        order = self.records.order(asked.order_id).model_copy(update=changed)
        self.records.publish(Publication(order=order, entries=[]), "test")
        if carrier_order_id:
            self.records.link(ACCOUNT, carrier_order_id, send_key(asked.order_id, 1))
        return workflow


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def changes(cursor: str, *carrier_order_ids: str) -> Changes:
    return Changes(carrier_order_ids=list(carrier_order_ids), cursor=cursor)


async def test_orders_that_changed_are_told_and_the_cursor_moves(desk: Desk) -> None:
    workflow = desk.order("C-1")
    desk.carrier.lists = [changes("monday", "C-1", "C-other"), changes("tuesday")]
    assert await desk.reconcile() == Reconciled(changed=2, told=1, unknown=1)
    assert desk.temporal.signals == [(workflow, "telnyx:changes:C-1:monday")]
    assert await desk.reconcile() == Reconciled()
    assert desk.carrier.asked == ["", "monday"]
    assert desk.records.cursor(ACCOUNT) == "tuesday"
    assert desk.carrier.listens == 2


async def test_an_order_that_changes_again_is_told_again(desk: Desk) -> None:
    desk.order("C-1")
    desk.carrier.lists = [changes("monday", "C-1"), changes("tuesday", "C-1")]
    for _ in range(2):
        await desk.reconcile()
    assert [event for _, event in desk.temporal.signals] == [
        f"telnyx:changes:C-1:{day}" for day in ("monday", "tuesday")
    ]


async def test_what_is_named_again_under_the_same_cursor_is_told_once(desk: Desk) -> None:
    """Carriers list with an overlap, and name the newest change as long as there is no newer one."""
    first, late = desk.order("C-1"), desk.order("C-2")
    desk.carrier.lists = [changes("monday", "C-1"), changes("monday", "C-1", "C-2"), changes("monday", "C-1", "C-2")]
    for _ in range(3):
        await desk.reconcile()
    expected = [(first, "telnyx:changes:C-1:monday"), (late, "telnyx:changes:C-2:monday")]
    assert desk.temporal.signals == expected
    desk.activities = desk.worker()  # another process tells it under the same name, so that the order takes it once
    await desk.reconcile()
    assert desk.temporal.signals[2:] == expected


@pytest.mark.parametrize("state", [State.COMPLETED, State.CANCELLED])
async def test_an_order_that_has_ended_is_ours_and_not_told(desk: Desk, state: State) -> None:
    desk.order("C-1", state)
    desk.carrier.lists = [changes("monday", "C-1")]
    assert await desk.reconcile() == Reconciled(changed=1)
    assert desk.temporal.signals == []


async def test_a_workflow_that_is_gone_holds_nobody_up(desk: Desk) -> None:
    gone, there = desk.order("C-1"), desk.order("C-2")
    desk.temporal.refuses[gone] = RPCStatusCode.NOT_FOUND
    desk.carrier.lists = [changes("monday", "C-1", "C-2")]
    assert await desk.reconcile() == Reconciled(changed=2, told=1)
    assert [workflow for workflow, _ in desk.temporal.signals] == [there]
    assert desk.records.cursor(ACCOUNT) == "monday"


async def test_the_cursor_stays_where_an_order_could_not_be_told(desk: Desk) -> None:
    """Also what changed between two tries is told: the carrier lists from the old cursor."""
    told, missed = desk.order("C-1"), desk.order("C-2")
    desk.records.move_cursor(ACCOUNT, "sunday", NOW)
    desk.temporal.refuses[missed] = RPCStatusCode.UNAVAILABLE
    desk.carrier.lists = [changes("monday", "C-1", "C-2"), changes("later", "C-1", "C-2")]
    with pytest.raises(RPCError):
        await desk.reconcile()
    assert desk.records.cursor(ACCOUNT) == "sunday"
    desk.temporal.refuses.clear()
    assert (await desk.reconcile()).told == 2
    assert desk.carrier.asked == ["sunday", "sunday"]
    assert desk.temporal.signals[-2:] == [(told, "telnyx:changes:C-1:later"), (missed, "telnyx:changes:C-2:later")]
    assert desk.records.cursor(ACCOUNT) == "later"


@pytest.mark.parametrize(
    ("error", "kind", "final"),
    [
        (CarrierUnavailable("away"), "carrier_unavailable", False),
        (CarrierUnauthorised("no"), "carrier_unauthorised", True),
    ],
)
async def test_what_the_carrier_answers_ill_is_told_by_type(
    desk: Desk, error: Exception, kind: str, final: bool
) -> None:
    desk.carrier.error = error
    with pytest.raises(ApplicationError) as failed:
        await desk.reconcile()
    assert (failed.value.type, failed.value.non_retryable) == (kind, final)
    assert desk.records.cursor(ACCOUNT) == ""


async def test_an_account_that_no_worker_has_is_refused(desk: Desk) -> None:
    with pytest.raises(ApplicationError) as failed:
        await desk.reconcile("twilio")
    assert failed.value.non_retryable


@pytest.mark.parametrize(("hours", "near"), [(23, True), (-23, True), (25, False), (-25, False), (None, False)])
async def test_whether_an_foc_is_near(desk: Desk, hours: int | None, near: bool) -> None:
    desk.order(foc_at=NOW + timedelta(hours=hours) if hours else None, state=State.FOC_CONFIRMED)
    desk.carrier.lists = [changes("monday")]
    assert (await desk.reconcile()).near is near


async def test_the_first_that_waits_is_told_its_turn_unless_the_account_is_on_hold(desk: Desk) -> None:
    first, second = desk.order(state=State.SUBMITTING), desk.order(state=State.SUBMITTING)
    desk.carrier.lists = [changes("monday")]
    desk.records.hold_carrier(ACCOUNT, "Ana", "maintenance", NOW)
    for workflow in (first, second):
        assert desk.records.may_send(ACCOUNT, workflow.removeprefix("port-"), NOW)
    await desk.reconcile()
    assert desk.temporal.signals == []
    desk.records.release_carrier(ACCOUNT)
    desk.records.hold_carrier("twilio", "Ana", "another account", NOW)
    await desk.reconcile()
    desk.now += timedelta(hours=1)
    await desk.reconcile()
    assert [workflow for workflow, _ in desk.temporal.signals] == [first, first]
    assert len({event for _, event in desk.temporal.signals}) == 2  # the order takes the second one, too


async def test_of_those_that_wait_one_whose_workflow_is_gone_holds_nobody_up(desk: Desk) -> None:
    gone, there = desk.order(state=State.SUBMITTING), desk.order(state=State.SUBMITTING)
    desk.carrier.lists = [changes("monday")]
    desk.records.hold_carrier(ACCOUNT, "Ana", "maintenance", NOW)
    for workflow in (gone, there):
        assert desk.records.may_send(ACCOUNT, workflow.removeprefix("port-"), NOW)
    desk.records.release_carrier(ACCOUNT)
    desk.temporal.refuses[gone] = RPCStatusCode.NOT_FOUND
    await desk.reconcile()
    assert [workflow for workflow, _ in desk.temporal.signals] == [there]
    assert list(desk.records.waiting(ACCOUNT)) == [there.removeprefix("port-")]
