"""`make bench`: what a clean port costs in Temporal, and how many fit in a second."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from temporalio.client import Client
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker

from portolan.domain.effects import Publication
from portolan.domain.order_request import OrderRequest
from portolan.domain.readiness import barred
from portolan.domain.runbook import ITEMS
from portolan.domain.states import Turn
from portolan.settings import Settings
from starter.orders import start_order, workflow_id
from starter.server import embedded, free_port
from tests.bench import bare, ingress, letters, numbers, preflight, reconciliation
from tests.bench.bare import MESSAGES, Bare, bare_activity
from tests.bench.history import Cost, cost
from tests.bench.stubs import stubs
from tests.world import ADA, BOSS, COORDINATOR, DAY, World, fresh_number, request, world

TOGETHER = 8
ROUNDS = 5
GOALS = Cost(30, 120, 40_000)
RATIO = 0.8


class Marks:
    """Lets the benchmark wait, without asking anybody, until a workflow has got somewhere."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], asyncio.Event] = {}
        self._loop = asyncio.get_running_loop()

    def _event(self, name: str, mark: str) -> asyncio.Event:
        return self._events.setdefault((name, mark), asyncio.Event())

    def reached(self, name: str, mark: str) -> None:
        """Called in an activity's thread."""
        self._loop.call_soon_threadsafe(lambda: self._event(name, str(mark)).set())

    async def wait(self, name: str, mark: str) -> None:
        """Until it has got there."""
        await self._event(name, mark).wait()


async def clean_port(made: World, count: int, **asked: Any) -> Cost:
    """What one whole clean port costs: signature, approval and FOC by signal, and sign-offs where it has a runbook."""
    port = await made.port(numbers=[fresh_number() for _ in range(count)], **asked)
    today = (await port.clock.now()).date()
    await port.handle.signal("loa_signed", {"signed_by": "Ada Byron", "signed_on": str(today)})
    await port.clock.settled()
    await port.handle.signal("approve", {"by": "Charles"})
    await port.clock.settled()
    await port.clock.past(3 * DAY)
    foc_at = (await port.order()).foc_at
    await port.clock.to((foc_at or await port.clock.now()) - 2 * DAY)
    for by, owner in ((ADA, Turn.CUSTOMER), (BOSS, Turn.DECISION_MAKER), (COORDINATOR, Turn.COORDINATOR)):
        if mine := [item for item in barred(await port.order()) if ITEMS[item].owner is owner]:
            await port.handle.signal("sign_off", {"by": by.name, "items": mine})
            await port.clock.settled()
    order = await port.ended()
    if order.state != "completed":
        raise RuntimeError(order.outcome)
    return cost([event async for event in port.handle.fetch_history_events()])


async def port_once(client: Client, queue: str, asked: OrderRequest, marks: Marks) -> None:
    """A clean port as fast as it goes: each message as soon as the order waits for it."""
    await start_order(client, queue, asked)
    handle = client.get_workflow_handle(workflow_id(asked.order_id))
    now = datetime.now(UTC)
    day = now + timedelta(days=7 - now.weekday() if now.weekday() > 3 else 1)
    for state, kind, fields in (
        ("awaiting_signature", "loa_signed", {"signed_by": "Ada Byron", "signed_on": str(now.date())}),
        ("awaiting_approval", "approve", {"by": "Charles"}),
        ("submitted", "foc_confirmed", {"foc_at": day.isoformat()}),
    ):
        await marks.wait(asked.order_id, state)
        await handle.signal(kind, fields)
    await marks.wait(asked.order_id, "foc_confirmed")
    await TimeSkipper(client).fast_forward(handle)


async def bare_once(client: Client, queue: str, marks: Marks) -> None:
    """The yardstick's life, message by message too."""
    handle = await client.start_workflow(Bare.run, id=f"bare-{uuid.uuid4().hex}", task_queue=queue)
    for message in range(1, MESSAGES + 1):
        await marks.wait(handle.id, str(message))
        await handle.signal(Bare.say)
    await marks.wait(handle.id, str(MESSAGES + 1))
    await TimeSkipper(client).fast_forward(handle)


async def rate(once: Callable[[], Awaitable[None]]) -> float:
    """Lives per second, `TOGETHER` at a time."""
    began = time.perf_counter()
    await asyncio.gather(*(once() for _ in range(TOGETHER)))
    return TOGETHER / (time.perf_counter() - began)


async def rates(client: Client, made: World) -> dict[str, list[float]]:
    """Of the yardstick, of the workflow alone, and of the whole with records, carrier and mails; in turn."""
    marks = Marks()
    bare.reached = marks.reached
    publish = made.records.publish

    def publish_and_mark(publication: Publication, *args: Any) -> None:
        publish(publication, *args)
        marks.reached(publication.order.order_id, publication.order.state)

    made.records.publish = publish_and_mark  # type: ignore[method-assign]
    found: dict[str, list[float]] = {"bare": [], "workflow": [], "whole": []}
    whole = made.settings.task_queue
    given = {"policy": {"foc_notice_hours": 0}}
    with ThreadPoolExecutor(20) as threads:
        options = {"activity_executor": threads}
        yardstick = Worker(client, task_queue="bare", workflows=[Bare], activities=[bare_activity], **options)
        alone = Worker(client, task_queue="alone", activities=stubs(marks.reached), **options)
        async with yardstick, alone:
            for _ in range(ROUNDS + 1):
                found["bare"].append(await rate(lambda: bare_once(client, "bare", marks)))
                found["workflow"].append(await rate(lambda: port_once(client, "alone", request(**given), marks)))
                found["whole"].append(await rate(lambda: port_once(client, whole, made.reserve(**given), marks)))
    return {name: values[1:] for name, values in found.items()}


class Goal(NamedTuple):
    """What a figure has to reach: at least, or at most where `most` says so."""

    measure: Callable[[], list[tuple[str, float, str]]]
    value: float
    most: bool = False


#: Each module's first figure is the one that has a goal; letters have their first call before it.
KNOWLEDGE: dict[str, Goal] = {
    "reconciliation, one form in three differs": Goal(reconciliation.measure, reconciliation.GOAL),
    "csv of 100000 numbers, read and parsed": Goal(numbers.measure, 15_000),
    "letters of 10 numbers": Goal(letters.measure, 10),
    "pre-flight of 1000 numbers": Goal(preflight.measure, preflight.GOAL, most=True),
    "ingress at 100 messages a second, p95": Goal(ingress.measure, ingress.GOAL, most=True),
}


def knowledge() -> bool:
    """Measure what needs no server, print it, and say whether the goals are met."""
    met = True
    print(f"\n{'what Portolan knows, on one core':<44} {'':>10}")
    for wanted, goal in KNOWLEDGE.items():
        for name, value, unit in goal.measure():
            words = ""
            if name == wanted:
                good = value <= goal.value if goal.most else value >= goal.value
                met = met and good
                words = f"  goal {goal.value:,.0f}: {'met' if good else 'NOT met'}"
            print(f"  {name:<44} {value:>10,.1f} {unit}{words}")
    return met


async def orders() -> bool:
    """Measure whole orders on a server, print it, and say whether the goals are met."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), temporal_address=f"127.0.0.1:{free_port()}")
        async with embedded(settings) as client, world(client, Path(folder)) as made:
            costs = {count: await clean_port(made, count) for count in (1, 100)}
            book = await clean_port(made, 1, by_the_book=True)
            called = await clean_port(made, 1, by_the_book=True, call_tester="simulated")
            found = await rates(client, made)
            await asyncio.sleep(0.2)
    print(f"{'a clean port of':>22} {'Actions':>8} {'events':>7} {'bytes':>8}")
    for count, spent in costs.items():
        print(f"{count:>15} number(s) {spent.actions:>8} {spent.events:>7} {spent.size:>8}")
    for words, spent in (("1, with runbook and proof", book), ("1, and a dialer's calls", called)):
        print(f"{words:>25} {spent.actions:>8} {spent.events:>7} {spent.size:>8}")
    ratios = {
        name: statistics.median(mine / bare for mine, bare in zip(found[name], found["bare"], strict=True))
        for name in found
    }
    print(f"\nlives per second, {TOGETHER} at a time, median of {ROUNDS}      rate   of bare")
    for name, words in (
        ("bare", "a bare workflow of as many activities and messages"),
        ("workflow", "PortOrder, activities that do nothing"),
        ("whole", "PortOrder with records, carrier and mails"),
    ):
        print(f"  {words:<52} {statistics.median(found[name]):>5.1f} {ratios[name]:>8.2f}")
    met = all(spent <= goal for spent, goal in zip(costs[1], GOALS, strict=True))
    met = met and costs[100].actions == costs[1].actions and ratios["workflow"] >= RATIO
    goals = f"{GOALS.actions} Actions, {GOALS.events} events, {GOALS.size} bytes, none more for 100, {RATIO} of bare"
    print(f"\ngoals ({goals}): {'met' if met else 'NOT met'}")
    return met


if __name__ == "__main__":
    sys.exit(0 if all([asyncio.run(orders()), knowledge()]) else 1)
