"""Numbers that leave an order for one of their own: they are live in one order at a time, and their secrets follow."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portolan.domain.errors import NotFound, NumberTaken
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.states import State
from portolan.records.papers import Secret
from portolan.records.store import Records
from tests.records.builders import BUILD, MINUTE, NOW, PROJECT, a_request, by, cancelled, elsewhere, publication

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all

NUMBERS = ("+12125550100", "+12125550101", "+12125550102")
STAYS, LEAVES = NUMBERS[:2], NUMBERS[2:]
PIN = Secret("", "pin", "4711")
RIOS = [Secret(number, "rio", f"44FACME{index}") for index, number in enumerate(NUMBERS)]
CHILD = "acme-1-split-1"


@pytest.fixture
def parent(records: Records) -> Order:
    """An order of three numbers that has spoken once."""
    request = a_request(numbers=NUMBERS)
    kept = {"acme-1": [PIN, *RIOS]}
    records.reserve(PROJECT, [request], {"acme-1": "port-acme-1"}, NOW, secrets=kept)
    order = Order.new(request, NOW)
    records.publish(publication(order), BUILD)
    return order


def child_request(numbers: tuple[str, ...] = LEAVES) -> OrderRequest:
    return a_request(CHILD, numbers, split_from="acme-1")


def split(records: Records, request: OrderRequest | None = None) -> None:
    records.split("acme-1", request or child_request(), f"port-{CHILD}", NOW + MINUTE)


def give_up(order: Order) -> Order:
    """The parent without what left, as it tells the records then."""
    order.request = order.request.model_copy(update={"numbers": list(STAYS)})
    order.record(by("split_out"), NOW + MINUTE)
    return order


def live(records: Records, order_id: str) -> list[str]:
    return sorted(row.e164 for row in records.numbers(order_id) if row.live)


def owners(records: Records) -> list[str]:
    """Who has each number, in their order."""
    found = [records.find_live_order(number) for number in NUMBERS]
    return [order.order_id if order else "" for order in found]


def test_the_new_order_has_what_the_other_gave_up(records: Records, parent: Order) -> None:
    split(records)
    assert owners(records) == ["acme-1", "acme-1", CHILD]
    assert (live(records, "acme-1"), live(records, CHILD)) == (sorted(STAYS), sorted(LEAVES))
    new = records.order(CHILD)
    assert (new.state, new.sequence, new.request) == (State.CHECKING, 0, child_request())
    (row,) = [row for row in records.list_orders() if row.order_id == CHILD]
    assert (row.workflow_id, row.project_id, row.created_at) == (f"port-{CHILD}", "acme", NOW + MINUTE)
    assert records.timeline(CHILD) == []


def test_secrets_follow_their_numbers_and_the_accounts_own_are_known_to_both(records: Records, parent: Order) -> None:
    split(records)
    assert records.secrets(CHILD) == [PIN, RIOS[2]]
    assert {PIN, *RIOS[:2]} <= set(records.secrets("acme-1"))


def test_each_order_wipes_its_own_secrets(records: Records, parent: Order) -> None:
    split(records)
    records.publish(publication(cancelled(give_up(parent))), BUILD)
    assert records.secrets("acme-1") == []
    assert records.secrets(CHILD) == [PIN, RIOS[2]]


def test_documents_stay_with_the_order_they_belong_to(records: Records, parent: Order) -> None:
    records.add_document("acme-1", "a1" * 32, "loa", "loa.pdf", 7, "application/pdf", NOW, "Ada")
    split(records)
    assert records.documents(CHILD) == []
    assert len(records.documents("acme-1")) == 1


def test_a_second_time_changes_nothing(records: Records, parent: Order) -> None:
    split(records)
    born = Order.new(child_request(), NOW + MINUTE)
    records.publish(publication(born), BUILD)
    before = (records.order(CHILD), records.list_orders(), records.secrets(CHILD), owners(records))
    split(records)
    assert (records.order(CHILD), records.list_orders(), records.secrets(CHILD), owners(records)) == before


def test_a_late_repetition_does_not_wake_an_order_that_has_ended(records: Records, parent: Order) -> None:
    split(records)
    records.publish(publication(cancelled(Order.new(child_request(), NOW))), BUILD)
    split(records)
    assert owners(records) == ["acme-1", "acme-1", ""]
    assert records.secrets(CHILD) == []


def test_at_the_same_instant_it_happens_once(records: Records, parent: Order) -> None:
    start = threading.Barrier(4)

    def race(_: int) -> None:
        start.wait(10)
        split(records)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(race, range(4)))
    assert owners(records) == ["acme-1", "acme-1", CHILD]
    assert len(records.list_orders()) == 2


def test_a_number_of_yet_another_order_is_refused_and_nothing_has_moved(records: Records, parent: Order) -> None:
    project, request = elsewhere("bell", ("+12125550190",))
    records.reserve(project, [request], {"bell-1": "port-bell-1"}, NOW)
    with pytest.raises(NumberTaken) as caught:
        split(records, child_request((*LEAVES, "+12125550190")))
    assert (caught.value.number, caught.value.order_id) == ("+12125550190", "bell-1")
    assert owners(records) == ["acme-1"] * 3
    with pytest.raises(NotFound):
        records.order(CHILD)
    assert records.secrets(CHILD) == []


def test_an_order_that_nobody_reserved_can_be_split_too(records: Records) -> None:
    split(records)
    assert owners(records) == ["", "", CHILD]
    assert [row.project_id for row in records.projects()] == ["acme"]


@pytest.mark.parametrize("ended", [False, True])
def test_what_the_other_order_says_later_takes_nothing_back(records: Records, parent: Order, ended: bool) -> None:
    split(records)
    told = give_up(parent)
    records.publish(publication(cancelled(told) if ended else told), BUILD)
    assert owners(records) == [*([""] * 2 if ended else ["acme-1"] * 2), CHILD]
    assert records.order("acme-1").request.numbers == list(STAYS)


def test_what_the_other_order_said_before_and_is_heard_late_takes_nothing_back(records: Records, parent: Order) -> None:
    parent.record(by("judged"), NOW)
    late = publication(parent)
    split(records)
    records.publish(publication(give_up(parent)), BUILD)
    records.publish(late, BUILD)
    assert owners(records) == ["acme-1", "acme-1", CHILD]
    assert records.order("acme-1").request.numbers == list(STAYS)


def test_numbers_that_left_are_free_again_when_their_own_order_ends(records: Records, parent: Order) -> None:
    split(records)
    records.publish(publication(give_up(parent)), BUILD)
    records.publish(publication(cancelled(Order.new(child_request(), NOW))), BUILD)
    project, request = elsewhere("bell", LEAVES)
    records.reserve(project, [request], {"bell-1": "port-bell-1"}, NOW)
    assert owners(records) == ["acme-1", "acme-1", "bell-1"]


def test_without_a_split_the_records_follow_what_the_order_says_of_its_numbers(records: Records, parent: Order) -> None:
    records.publish(publication(give_up(parent)), BUILD)
    assert live(records, "acme-1") == sorted(STAYS)
    parent.request = parent.request.model_copy(update={"numbers": [*STAYS, "+12125550109"]})
    parent.record(by("corrected"), NOW + MINUTE)
    records.publish(publication(parent), BUILD)
    assert live(records, "acme-1") == sorted([*STAYS, "+12125550109"])
