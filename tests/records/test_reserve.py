from __future__ import annotations

import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from portolan.domain.errors import NotFound, NumberTaken, RequestInvalid
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.states import State
from portolan.records.engine import connect
from portolan.records.store import Records, ReferenceTaken
from portolan.records.tables import OrderSummary
from tests.records.builders import BUILD, NOW, PROJECT, a_request, cancelled, elsewhere, publication

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all

NUMBER = "+12125550100"
MANY = tuple(f"+1212555{i:04}" for i in range(40))


def reserve(records: Records, name: str, numbers: tuple[str, ...]) -> list[OrderSummary]:
    project, request = elsewhere(name, numbers)
    return records.reserve(project, [request], {request.order_id: f"port-{request.order_id}"}, NOW)


def reserve_at(url: str, moment: float, name: str, numbers: tuple[str, ...]) -> str:
    """The order that was made, or what the error says about the winner."""
    engine = connect(url)
    time.sleep(max(0.0, moment - time.time()))
    try:
        return reserve(Records(engine), name, numbers)[0].order_id
    except NumberTaken as error:
        return f"{error.order_id} has {error.number}"
    finally:
        engine.dispose()


def two_orders() -> list[OrderRequest]:
    return [a_request("acme-1"), a_request("acme-2", ("+12125550199",))]


WORKFLOWS = {"acme-1": "port-acme-1", "acme-2": "port-acme-2"}


def test_orders_numbers_and_project_are_on_record(records: Records) -> None:
    made = records.reserve(PROJECT, two_orders(), WORKFLOWS, NOW)
    assert [(order.order_id, order.workflow_id, order.state) for order in made] == [
        ("acme-1", "port-acme-1", State.CHECKING),
        ("acme-2", "port-acme-2", State.CHECKING),
    ]
    assert made == sorted(records.list_orders(), key=lambda order: order.order_id)
    assert [(number.e164, number.status, number.live) for number in records.numbers("acme-1")] == [
        (NUMBER, "pending", True)
    ]
    assert [(row.project_id, row.reference, row.created_at) for row in records.projects()] == [
        ("acme", "ACME 2026", NOW)
    ]
    assert records.order("acme-1").request == two_orders()[0]
    assert records.timeline("acme-1") == []


def test_a_number_of_a_live_order_cannot_be_had_and_nothing_is_left_behind(records: Records) -> None:
    reserve(records, "first", ("+12125550101", NUMBER))
    with pytest.raises(NumberTaken) as caught:
        reserve(records, "second", ("+12125550109", NUMBER))
    assert (caught.value.number, caught.value.order_id) == (NUMBER, "first-1")
    assert [project.project_id for project in records.projects()] == ["first"]
    assert records.find_live_order("+12125550109") is None
    with pytest.raises(NotFound):
        records.order("second-1")


def test_a_number_is_free_again_when_its_order_has_ended(records: Records) -> None:
    reserve(records, "first", (NUMBER,))
    _, request = elsewhere("first", (NUMBER,))
    records.publish(publication(cancelled(Order.new(request, NOW))), BUILD)
    assert records.find_live_order(NUMBER) is None
    reserve(records, "second", (NUMBER,))
    assert records.find_live_order(NUMBER).order_id == "second-1"
    assert {order.order_id for order in records.list_orders(number=NUMBER)} == {"first-1", "second-1"}


def test_the_same_request_again_returns_the_first_orders(records: Records) -> None:
    first = records.reserve(PROJECT, two_orders(), WORKFLOWS, NOW)
    policy = two_orders()[0].policy.model_copy(update={"closed_days": [date(2027, 1, 1)]})
    again = [
        request.model_copy(update={"order_id": f"new-{request.order_id}", "project_id": "other", "policy": policy})
        for request in two_orders()
    ]
    later = NOW + timedelta(days=1)
    renamed = {request.order_id: "w" for request in again}
    assert records.reserve(PROJECT._replace(project_id="other"), again, renamed, later) == first
    assert len(records.list_orders()) == 2


def test_another_request_under_the_same_reference_is_refused(records: Records) -> None:
    records.reserve(PROJECT, two_orders(), WORKFLOWS, NOW)
    changed = [*two_orders()[:1], a_request("acme-2", ("+12125550198",))]
    with pytest.raises(ReferenceTaken, match="ACME 2026") as caught:
        records.reserve(PROJECT, changed, WORKFLOWS, NOW)
    assert caught.value.project_id == "acme"
    assert records.find_live_order("+12125550198") is None


@pytest.mark.parametrize(("project_id", "order_id"), [("acme", "fresh-1"), ("fresh", "acme-1")])
def test_ids_of_another_request_are_refused(records: Records, project_id: str, order_id: str) -> None:
    records.reserve(PROJECT, two_orders(), WORKFLOWS, NOW)
    project = PROJECT._replace(project_id=project_id, reference="acme-2026")
    request = a_request(order_id, ("+12125550198",), project_id=project_id, reference="acme-2026")
    with pytest.raises(ReferenceTaken):
        records.reserve(project, [request], {order_id: "w"}, NOW)


def test_a_number_twice_in_one_request_is_a_fault_of_the_request(records: Records) -> None:
    requests = [a_request("acme-1"), a_request("acme-2", ("+12125550199", NUMBER))]
    with pytest.raises(RequestInvalid) as caught:
        records.reserve(PROJECT, requests, WORKFLOWS, NOW)
    assert [fault.where for fault in caught.value.faults] == ["orders[1].numbers[1]"]
    assert records.list_orders() == []


def test_two_processes_want_the_same_number(url: str, two_processes: ProcessPoolExecutor) -> None:
    for i in range(6):
        moment = time.time() + 0.15
        numbers = (f"+121255501{i:02}",)
        done = [two_processes.submit(reserve_at, url, moment, f"{name}{i}", numbers) for name in "ab"]
        assert sorted(one.result() for one in done) in (
            [f"a{i}-1", f"a{i}-1 has {numbers[0]}"],
            [f"b{i}-1", f"b{i}-1 has {numbers[0]}"],
        )


def test_threads_want_the_same_numbers_in_opposite_orders(records: Records, engine: Engine) -> None:
    racers = 4
    for i in range(4):
        start = threading.Barrier(racers)

        def race(name: str, start: threading.Barrier = start) -> str:
            numbers = MANY if name[0] in "ac" else MANY[::-1]
            start.wait(10)
            try:
                return reserve(records, name, numbers)[0].order_id
            except NumberTaken as error:
                return f"taken by {error.order_id}"

        with ThreadPoolExecutor(racers) as pool:
            said = list(pool.map(race, [f"{name}{i}" for name in "abcd"]))
        winner = records.find_live_order(MANY[0]).order_id
        assert sorted(said) == sorted([winner, *[f"taken by {winner}"] * (racers - 1)])
        assert [order.order_id for order in records.list_orders(live=True)] == [winner]
        records.publish(publication(cancelled(Order.new(records.order(winner).request, NOW))), BUILD)


def test_numbers_are_taken_in_one_order_so_that_rivals_never_deadlock(records: Records) -> None:
    reserve(records, "first", MANY[::-1])
    assert [row.e164 for row in sorted(records.numbers("first-1"), key=lambda row: row.id)] == list(MANY)
    assert records.order("first-1").request.numbers == list(MANY[::-1])


def test_threads_send_the_same_request_at_the_same_instant(records: Records) -> None:
    start = threading.Barrier(4)

    def send(_: int) -> list[OrderSummary]:
        start.wait(10)
        return records.reserve(PROJECT, two_orders(), WORKFLOWS, NOW)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert answers == [answers[0]] * 4
    assert len(records.list_orders()) == 2
