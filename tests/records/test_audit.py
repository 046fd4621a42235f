from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from portolan.domain.errors import NotFound
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.records.audit import digest
from portolan.records.store import Records
from tests.records.builders import BUILD, MINUTE, NOW, an_order, by, publication

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all


@pytest.fixture
def order(records: Records) -> Order:
    order = an_order()
    records.publish(publication(order), BUILD)
    return order


def decided(order: Order, state: State, minutes: int) -> Order:
    """The order after a decision of that minute; the order itself stays as it was."""
    copy = order.model_copy(deep=True)
    at = NOW + minutes * MINUTE
    copy.move(state, by("checked", at), at, f"to {state}")
    return copy


def test_an_entry_keeps_all_it_was_told(records: Records, order: Order) -> None:
    records.publish(publication(decided(order, State.AWAITING_SIGNATURE, 1)), "build-2")
    first, second = records.timeline("acme-1")
    assert (first.sequence, first.revision, first.kind, first.build) == (1, 1, "requested", BUILD)
    assert (second.kind, second.by, second.event_id, second.build) == ("checked", "Ada", "event-checked", "build-2")
    assert (second.state_before, second.state_after) == (State.CHECKING, State.AWAITING_SIGNATURE)
    assert (second.occurred_at, second.recorded_at, second.detail) == (
        NOW + MINUTE,
        NOW + MINUTE,
        "to awaiting_signature",
    )


def test_what_was_decided_anew_counts_and_what_was_overruled_is_kept(records: Records, order: Order) -> None:
    lost = publication(decided(order, State.AWAITING_SIGNATURE, 1))
    anew = publication(decided(order, State.AWAITING_INFORMATION, 2))
    records.publish(lost, BUILD)
    records.publish(anew, BUILD)
    records.publish(lost, BUILD)  # the dead worker's activity is tried once more

    counted = records.timeline("acme-1")
    assert [(event.sequence, event.revision, event.state_after) for event in counted] == [
        (1, 1, State.CHECKING),
        (2, 2, State.AWAITING_INFORMATION),
    ]
    every = records.timeline("acme-1", every_revision=True)
    assert [(event.sequence, event.revision) for event in every] == [(1, 1), (2, 1), (2, 2)]
    assert every[1].state_after is State.AWAITING_SIGNATURE


def test_the_same_entry_twice_in_one_publication_is_one(records: Records, order: Order) -> None:
    published = publication(decided(order, State.AWAITING_SIGNATURE, 1))
    published.entries *= 2
    records.publish(published, BUILD)
    assert len(records.timeline("acme-1", every_revision=True)) == 2


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE audit_events SET detail = 'nothing happened'", "append-only"),
        ("DELETE FROM audit_events", "append-only"),
        ("DELETE FROM orders", "(?i)foreign key"),
        ("INSERT INTO audit_events SELECT * FROM audit_events", "append-only|unique constraint"),
    ],
)
def test_the_database_refuses_to_change_the_past(
    records: Records, order: Order, engine: Engine, statement: str, says: str
) -> None:
    before = records.timeline("acme-1", every_revision=True)
    with pytest.raises(DBAPIError, match=says), engine.begin() as connection:
        connection.execute(text(statement))
    assert records.timeline("acme-1", every_revision=True) == before


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [
        ("sqlite", "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events"),
        ("postgresql", "TRUNCATE orders CASCADE"),
    ],
)
def test_nor_by_the_back_door(records: Records, order: Order, engine: Engine, dialect: str, statement: str) -> None:
    if engine.dialect.name == dialect:
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    assert len(records.timeline("acme-1")) == 1


def test_an_unknown_order_has_no_timeline(records: Records) -> None:
    with pytest.raises(NotFound) as caught:
        records.timeline("nobody")
    assert caught.value.name == "nobody"


def test_a_digest_depends_on_content_and_not_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": "é"}) == digest({"b": "é", "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert len(digest({})) == 64


def test_what_a_dead_worker_wrote_too_far_does_not_count(records: Records, order: Order) -> None:
    far = decided(order, State.AWAITING_SIGNATURE, 1)
    far.move(State.AWAITING_APPROVAL, by("loa_signed"), NOW + 2 * MINUTE, "to awaiting_approval")
    lost = publication(far)
    records.publish(lost, BUILD)
    records.publish(publication(decided(order, State.AWAITING_INFORMATION, 3)), BUILD)
    records.publish(lost, BUILD)  # the dead worker's activity is tried once more

    assert [event.state_after for event in records.timeline("acme-1")] == [State.CHECKING, State.AWAITING_INFORMATION]
    assert records.order("acme-1").state is State.AWAITING_INFORMATION
    assert len(records.timeline("acme-1", every_revision=True)) == 4
