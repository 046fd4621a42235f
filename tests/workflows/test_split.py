"""Numbers split out of an order: what comes meanwhile, what fails meanwhile, and what a new run still has to do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from portolan.carriers.simulated import Saying, Script
from portolan.domain import cures
from portolan.domain.carrier import SendKind, split_id
from portolan.domain.decisions import take
from portolan.domain.effects import Cure
from portolan.domain.messages import read
from portolan.domain.order import Order
from portolan.domain.rejections import Action, Plan
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.histories import failures
from tests.workflows.scenarios import inactive
from tests.world import DAY, SILENT, Port, World, fresh_number
from workflows.port_order import NAME


class Gate:
    """Stops the split on the records' side until it is let through."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        self.failing = 0

    def patched(self, split: Callable[..., None]) -> Callable[..., None]:
        def waiting(*args: Any) -> None:
            self.reached.set()
            assert self.opened.wait(20)
            if self.failing:
                self.failing -= 1
                raise ConnectionError("the database is away")
            split(*args)

        return waiting


@pytest.fixture
def gate(shared_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate()
    monkeypatch.setattr(shared_world.records, "split", made.patched(shared_world.records.split))
    yield made
    made.opened.set()


async def splitting(world: World, gate: Gate) -> tuple[Port, str, str]:
    """An order in the middle of splitting out its second number."""
    good, bad = fresh_number(), fresh_number()
    port = await world.port(inactive(bad).model_copy(update={"messages": "lost"}), numbers=[good, bad])
    await port.submitted()
    await port.handle.signal("carrier_rejected", {"reasons": [{"code": "TN_INACTIVE", "numbers": [bad]}]})
    assert await asyncio.to_thread(gate.reached.wait, 20)
    return port, good, bad


async def _cancel(port: Port) -> None:
    await port.handle.signal("cancel", {"by": "Charles", "reason": "campaign moved"})


async def _cancel_in_temporal(port: Port) -> None:
    await port.handle.cancel()


async def heard(port: Port, kind: str) -> None:
    """Wait until the order has heard what came while it is at work; it is not settled then."""
    for _ in range(500):
        if any(entry.kind in {kind, f"{kind}_kept"} for entry in (await port.clock.order()).unpublished):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"no {kind}")


@pytest.mark.parametrize("cancel", [_cancel, _cancel_in_temporal])
async def test_cancelled_in_the_middle_of_it_each_number_is_in_one_order_and_the_rest_is_withdrawn(
    cancel: Callable[[Port], Awaitable[None]], shared_world: World, gate: Gate
) -> None:
    port, good, bad = await splitting(shared_world, gate)
    await cancel(port)
    await heard(port, "cancel")
    gate.opened.set()
    await port.result()
    order, child = port.recorded(), Port(shared_world, split_id(port.order_id, 1))
    assert (order.state, order.request.numbers, order.splits) == (State.CANCELLED, [good], [child.order_id])
    assert port.held().cancelled_at is not None
    assert port.sent() == [1]
    assert (await child.order()).request.numbers == [bad]
    assert await child.tasks() == [TaskKind.CURE_NUMBERS]
    owner = shared_world.records.find_live_order(bad)
    assert (owner and owner.order_id, shared_world.records.find_live_order(good)) == (child.order_id, None)
    assert not failures(await port.handle.fetch_history())


@pytest.mark.parametrize(
    ("kind", "payload", "state", "sent"),
    [
        ("hold", {"by": "Charles", "reason": "in print"}, State.SUBMITTING, [1]),
        ("resubmit", {"by": "Charles"}, State.SUBMITTED, [1, 2]),
        ("carrier_rejected", {"reasons": ["NAME_MISMATCH"]}, State.ACTION_REQUIRED, [1, 2]),
    ],
)
async def test_what_comes_in_the_middle_of_it_counts_and_the_number_that_leaves_is_not_sent_again(
    kind: str, payload: dict[str, Any], state: State, sent: list[int], shared_world: World, gate: Gate
) -> None:
    port, good, _ = await splitting(shared_world, gate)
    await port.handle.signal(kind, payload)
    await heard(port, kind)
    gate.opened.set()
    order = await port.order()
    assert (order.state, port.sent(), order.request.numbers) == (state, sent, [good])
    if len(sent) > 1:
        assert port.held().numbers == [good]
    if kind == "hold":
        await port.decide("release", by="Charles")
        assert (port.sent(), port.held().numbers) == ([1, 2], [good])
    assert not failures(await port.handle.fetch_history())


async def test_a_split_that_failed_is_repeated_and_makes_one_order(shared_world: World, gate: Gate) -> None:
    gate.failing = 2
    gate.opened.set()
    port, good, bad = await splitting(shared_world, gate)
    order = await port.order()
    assert (order.state, order.request.numbers) == (State.SUBMITTED, [good])
    ours = {one.order_id for one in shared_world.records.list_orders() if one.order_id.startswith(port.order_id)}
    assert ours == {port.order_id, split_id(port.order_id, 1)}
    assert (await Port(shared_world, split_id(port.order_id, 1)).order()).request.numbers == [bad]


async def test_numbers_split_out_one_after_the_other_get_an_order_each(shared_world: World) -> None:
    first, second, third = fresh_number(), fresh_number(), fresh_number()
    sendings = [
        [Saying(says="reject", after_hours=4, reason="TN_INACTIVE", numbers=[second])],
        [Saying(says="reject", after_hours=4, reason="PORT_LOCK", numbers=[third])],
        [],
    ]
    port = await shared_world.port(Script(sendings=sendings), numbers=[first, second, third])
    await port.submitted()
    await port.clock.past(DAY)
    order = await port.order()
    assert order.splits == [split_id(port.order_id, 1), split_id(port.order_id, 2)]
    assert (order.request.numbers, port.held().numbers, port.sent()) == ([first], [first], [1, 2, 3])
    for child_id, number in zip(order.splits, [second, third], strict=True):
        assert (await Port(shared_world, child_id).order()).request.numbers == [number]


async def test_what_was_split_out_can_be_split_again(shared_world: World) -> None:
    """The new order's own carrier record does not list one of its numbers."""
    good, bad, worse = fresh_number(), fresh_number(), fresh_number()
    port = await shared_world.port(inactive(bad, worse), numbers=[good, bad, worse])
    child = Port(shared_world, split_id(port.order_id, 1))
    shared_world.carrier.give_script(child.order_id, Script(sendings=[[]], csr={"numbers": [good, bad]}))
    await port.submitted()
    await port.clock.past(DAY)
    assert set(await child.tasks()) == {TaskKind.CORRECT_DATA, TaskKind.CURE_NUMBERS}
    await child.answer(TaskKind.CORRECT_DATA, "split_out")
    await child.answer(TaskKind.CURE_NUMBERS, "cured")
    grandchild = Port(shared_world, split_id(child.order_id, 1))
    assert (await child.order()).request.numbers == [bad]
    assert (await grandchild.order()).request.numbers == [worse]
    await child.submitted()
    assert (child.held().numbers, port.held().numbers) == ([bad], [good])


# -- what a new run still has to do --------------------------------------------------------------------------------


def _rejected(order: Order, port: Port, reasons: list[Any]) -> None:
    assert take(order, read("carrier_rejected", {"reasons": reasons}), order.since).accepted


def _unjudged(order: Order, port: Port) -> None:
    _rejected(order, port, ["FOC_TOO_SOON"])


def _split_off(order: Order, port: Port) -> None:
    bad = order.request.numbers[1]
    _rejected(order, port, [{"code": "TN_INACTIVE", "numbers": [bad]}])
    cure = Cure(rejections=order.rejections, plan=Plan(action=Action.SPLIT_OUT, numbers=(bad,)))
    cures.judged(order, cure, order.since)
    assert order.split_off


def _letter_wanted(order: Order, port: Port) -> None:
    order.letter_wanted = "rollback"


@pytest.mark.parametrize(
    ("pending", "sent", "holds"),
    [
        (_unjudged, [SendKind.NEW, SendKind.NEW_DATE], lambda order: order.cures == 1),
        (_split_off, [SendKind.NEW, SendKind.SUPPLEMENT], lambda order: len(order.request.numbers) == 1),
        (_letter_wanted, [SendKind.NEW], lambda order: "rollback" in order.letters),
    ],
)
async def test_a_new_run_does_what_the_one_before_left_undone(
    pending: Callable[[Order, Port], None],
    sent: list[SendKind],
    holds: Callable[[Order], bool],
    shared_world: World,
) -> None:
    """As after continue-as-new, which takes place between any two steps."""
    port = await shared_world.port(SILENT, numbers=[fresh_number(), fresh_number()])
    order = await port.submitted()
    await port.handle.terminate("goes on as a new run")
    pending(order, port)
    await shared_world.client.start_workflow(
        NAME,
        {"request": order.request, "order": order},
        id=port.handle.id,
        task_queue=shared_world.settings.task_queue,
    )
    after = await port.order()
    assert holds(after)
    assert (after.state, [sending.kind for sending in port.held().sendings]) == (State.SUBMITTED, sent)
    assert (after.unjudged, after.split_off, after.letter_wanted) == (False, None, "")
    for child in after.splits:
        assert await Port(shared_world, child).tasks() == [TaskKind.CURE_NUMBERS]
    assert not failures(await port.handle.fetch_history())
