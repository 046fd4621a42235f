"""Orders, requests and publications, as small as they can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from portolan.domain.carrier import AccountData
from portolan.domain.effects import Publication
from portolan.domain.order import Cause, Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.states import State
from portolan.domain.telling import Contact
from portolan.records.store import NewProject

NOW = datetime(2026, 11, 2, 9, 30, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROJECT = NewProject("acme", "ACME 2026", "Acme Inc.")
BUILD = "test-build"


def a_request(order_id: str = "acme-1", numbers: tuple[str, ...] = ("+12125550100",), **given: Any) -> OrderRequest:
    contact = Contact(name="Ada", email="ada@acme.example")
    return OrderRequest.model_validate(
        {
            "order_id": order_id,
            "project_id": PROJECT.project_id,
            "reference": PROJECT.reference,
            "customer": PROJECT.customer,
            "account": AccountData(
                entity_name="Acme Inc.",
                authorized_person="Ada Ace",
                service_address="1 Main St",
                postal_code="10001",
                account_number="A-1",
            ),
            "numbers": list(numbers),
            "country": "US",
            "number_class": "geographic",
            "losing_carrier": "Oldtel",
            "gaining_carrier": "simulated",
            "customer_contact": contact,
            "coordinator": contact,
            "decision_maker": contact,
            "policy": PLAYBOOKS["US-LOCAL"].policy(),
            **given,
        }
    )


def elsewhere(name: str, numbers: tuple[str, ...]) -> tuple[NewProject, OrderRequest]:
    """A project of its own with one order."""
    project = NewProject(name, name.upper(), "Bell")
    return project, a_request(f"{name}-1", numbers, project_id=name, reference=project.reference)


def an_order(order_id: str = "acme-1", numbers: tuple[str, ...] = ("+12125550100",), **given: Any) -> Order:
    return Order.new(a_request(order_id, numbers, **given), NOW)


def publication(order: Order) -> Publication:
    """What the workflow would tell now, as the converter would hand it over; it counts as told."""
    told = Publication(order=order, entries=order.unpublished)
    copy = Publication.model_validate_json(told.model_dump_json())
    order.unpublished = []
    return copy


def by(kind: str, at: datetime = NOW) -> Cause:
    return Cause(kind, "Ada", at, f"event-{kind}")


def cancelled(order: Order, at: datetime = NOW) -> Order:
    order.move(State.CANCELLING, by("cancel", at), at)
    order.move(State.CANCELLED, by("cancelled", at), at)
    return order
