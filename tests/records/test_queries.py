from __future__ import annotations

from datetime import timedelta

import pytest

from portolan.domain.errors import NotFound
from portolan.domain.states import State, Turn
from portolan.domain.tasks import TaskKind
from portolan.records.store import Records
from tests.records.builders import BUILD, MINUTE, NOW, PROJECT, a_request, an_order, by, elsewhere, publication

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all


@pytest.fixture(autouse=True)
def orders(records: Records) -> None:
    """Two orders of one project, one waiting for a signature, and a younger one of another project."""
    requests = [a_request("acme-1"), a_request("acme-2", ("+12125550102",))]
    records.reserve(PROJECT, requests, {"acme-1": "w-1", "acme-2": "w-2"}, NOW)
    order = an_order()
    order.move(State.AWAITING_SIGNATURE, by("checked"), NOW)
    order.open_task(TaskKind.SIGN_LOA, "later", NOW, NOW + timedelta(days=2))
    order.open_task(TaskKind.READ_MESSAGE, "whenever", NOW)
    order.tasks[-1].due_at = None
    order.open_task(TaskKind.REVIEW_HOLD, "soon", NOW, NOW + timedelta(days=1))
    records.publish(publication(order), BUILD)
    project, request = elsewhere("bell", ("+12125550103",))
    records.reserve(project, [request], {"bell-1": "w-3"}, NOW + MINUTE)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["bell-1", "acme-1", "acme-2"]),
        ({"limit": 2}, ["bell-1", "acme-1"]),
        ({"state": State.CHECKING}, ["bell-1", "acme-2"]),
        ({"turn": Turn.CUSTOMER}, ["acme-1"]),
        ({"project": "acme"}, ["acme-1", "acme-2"]),
        ({"project": "BELL"}, ["bell-1"]),
        ({"number": "+12125550102"}, ["acme-2"]),
        ({"number": "+12125559999"}, []),
        ({"live": False}, []),
        ({"live": True, "project": "acme", "state": State.CHECKING}, ["acme-2"]),
    ],
)
def test_orders_are_found_by(records: Records, wanted: dict[str, object], found: list[str]) -> None:
    assert [order.order_id for order in records.list_orders(**wanted)] == found


def test_a_list_carries_no_documents(records: Records) -> None:
    assert "document" not in records.list_orders()[0].model_dump()


def test_tasks_come_by_urgency(records: Records) -> None:
    assert [task.detail for task in records.tasks()] == ["soon", "later", "whenever"]
    assert records.tasks(order_id="acme-2") == []
    assert len(records.tasks(order_id="acme-1")) == 3


def test_projects_come_youngest_first(records: Records) -> None:
    assert [project.project_id for project in records.projects()] == ["bell", "acme"]


def test_a_live_number_leads_to_its_order(records: Records) -> None:
    found = records.find_live_order("+12125550103")
    assert found is not None
    assert found.order_id == "bell-1"
    assert records.find_live_order("+12125559999") is None


def test_an_unknown_order_is_not_found(records: Records) -> None:
    with pytest.raises(NotFound):
        records.order("nobody")
