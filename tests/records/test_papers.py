"""Documents and secrets on record: kept with their order, and forgotten when its time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from portolan.domain.errors import NotFound, NumberTaken
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.records.engine import connect, for_writing
from portolan.records.migrate import differences, upgrade
from portolan.records.papers import Secret
from portolan.records.projection import order_row
from portolan.records.store import Records
from portolan.records.tables import TABLES, DocumentRow
from tests.records.builders import (
    BUILD,
    MINUTE,
    NOW,
    PROJECT,
    a_request,
    an_order,
    by,
    cancelled,
    elsewhere,
    publication,
)

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all

NUMBER, OTHER = "+12125550100", "+12125550101"
PIN = Secret("", "pin", "4711-geheim")
RIO = Secret(NUMBER, "rio", "44FACME12OZH")
PAC = Secret(OTHER, "pac", "ABC123456")
DAY = timedelta(days=1)
KEPT = timedelta(days=730)
LETTER, BILL = "a1" * 32, "b2" * 32


def reserved(records: Records, *secrets: Secret, **given: Any) -> Order:
    """An order on record, with these secrets."""
    request = a_request(numbers=(NUMBER, OTHER), **given)
    records.reserve(PROJECT, [request], {"acme-1": "port-acme-1"}, NOW, secrets={"acme-1": secrets})
    return Order.new(request, NOW)


def reserved_elsewhere(records: Records) -> Order:
    """The order of another project."""
    project, request = elsewhere("bell", ("+12125550190",))
    records.reserve(project, [request], {request.order_id: "port-bell-1"}, NOW)
    return Order.new(request, NOW)


def give(records: Records, order_id: str, sha256: str, kind: str = "loa", at: datetime = NOW) -> bool:
    return records.add_document(order_id, sha256, kind, f"{kind}.pdf", 7, "application/pdf", at, "Ada")


def end(records: Records, order: Order, at: datetime = NOW) -> None:
    records.publish(publication(cancelled(order, at)), BUILD)


def not_portable(order: Order) -> Order:
    order.move(State.NOT_PORTABLE, by("checked"), NOW)
    return order


def expired(order: Order) -> Order:
    order.move(State.AWAITING_SIGNATURE, by("checked"), NOW)
    order.move(State.EXPIRED, by("customer_silence"), NOW)
    return order


def rows(documents: list[DocumentRow]) -> list[tuple[str, str, str]]:
    return [(row.order_id, row.sha256, row.kind) for row in documents]


def test_a_document_is_on_record_once_for_each_order(records: Records) -> None:
    reserved(records)
    reserved_elsewhere(records)
    assert give(records, "acme-1", LETTER)
    assert not give(records, "acme-1", LETTER, at=NOW + DAY)
    assert give(records, "bell-1", LETTER)
    (row,) = records.documents("acme-1")
    assert (row.filename, row.size, row.media_type) == ("loa.pdf", 7, "application/pdf")
    assert (row.stored_at, row.stored_by, row.retain_until) == (NOW, "Ada", None)


def test_the_documents_of_an_order_are_listed_oldest_first(records: Records) -> None:
    reserved(records)
    give(records, "acme-1", LETTER, "loa", NOW + DAY)
    give(records, "acme-1", BILL, "bill", NOW)
    assert rows(records.documents("acme-1")) == [("acme-1", BILL, "bill"), ("acme-1", LETTER, "loa")]
    assert records.documents("nobody-1") == []


def test_a_document_of_nobody_is_not_taken(records: Records) -> None:
    with pytest.raises(NotFound):
        give(records, "nobody-1", LETTER)


def test_secrets_are_kept_with_their_order_alone(records: Records) -> None:
    reserved(records, PAC, RIO, PIN)
    reserved_elsewhere(records)
    assert records.secrets("acme-1") == [PIN, RIO, PAC]
    assert records.secrets("bell-1") == records.secrets("nobody-1") == []


def test_secrets_are_in_their_table_and_nowhere_else(records: Records, engine: Engine) -> None:
    order = reserved(records, PIN, RIO, PAC)
    records.publish(publication(order), BUILD)
    with engine.connect() as connection:
        for name, table in TABLES.tables.items():
            told = repr(connection.execute(select(table)).all())
            assert [secret.value in told for secret in (PIN, RIO, PAC)] == [name == "secrets"] * 3, name


def test_a_reservation_that_fails_keeps_no_secrets(records: Records) -> None:
    reserved_elsewhere(records)
    thief = a_request(numbers=(NUMBER, "+12125550190"))
    with pytest.raises(NumberTaken):
        records.reserve(PROJECT, [thief], {"acme-1": "w"}, NOW, secrets={"acme-1": [PIN]})
    assert records.secrets("acme-1") == []


def test_the_same_request_again_keeps_the_secrets_of_the_first_time(records: Records) -> None:
    reserved(records, PIN)
    reserved(records, PIN._replace(value="0000"), RIO)
    assert records.secrets("acme-1") == [PIN]


def test_a_retry_after_the_end_does_not_bring_secrets_back(records: Records) -> None:
    end(records, reserved(records, PIN))
    reserved(records, PIN)
    assert records.secrets("acme-1") == []


@pytest.mark.parametrize("ending", [cancelled, not_portable, expired])
@pytest.mark.parametrize("days", [1, 730])
def test_at_the_end_secrets_are_wiped_and_documents_get_their_date(
    records: Records, ending: Callable[[Order], Order], days: int
) -> None:
    policy = a_request().policy.model_copy(update={"retention_days": days})
    order = reserved(records, PIN, RIO, policy=policy)
    give(records, "acme-1", LETTER)
    records.publish(publication(order), BUILD)
    assert records.secrets("acme-1") == [PIN, RIO]
    assert [row.retain_until for row in records.documents("acme-1")] == [None]
    records.publish(publication(ending(order)), BUILD)
    assert records.secrets("acme-1") == []
    assert [row.retain_until for row in records.documents("acme-1")] == [NOW + timedelta(days=days)]


def test_the_end_of_an_order_touches_no_other(records: Records) -> None:
    order = reserved(records, PIN)
    project, request = elsewhere("bell", ("+12125550190",))
    records.reserve(project, [request], {"bell-1": "port-bell-1"}, NOW, secrets={"bell-1": [PIN]})
    give(records, "bell-1", LETTER)
    end(records, order)
    assert records.secrets("bell-1") == [PIN]
    assert [row.retain_until for row in records.documents("bell-1")] == [None]


def test_publishing_the_end_again_moves_no_date(records: Records) -> None:
    order = cancelled(reserved(records))
    give(records, "acme-1", LETTER)
    told = publication(order)
    records.publish(told, BUILD)
    order.policy.retention_days = 1
    again = told.model_copy(update={"order": order})
    records.publish(again, BUILD)
    assert [row.retain_until for row in records.documents("acme-1")] == [NOW + KEPT]


@pytest.mark.parametrize(
    ("after", "due"),
    [(-MINUTE, False), (timedelta(microseconds=-1), False), (timedelta(0), True), (MINUTE, True)],
)
def test_a_document_is_due_when_its_time_is_over(records: Records, after: timedelta, due: bool) -> None:
    order = reserved(records)
    give(records, "acme-1", LETTER)
    end(records, order)
    moment = NOW + KEPT + after
    assert rows(records.documents_to_forget(moment)) == ([("acme-1", LETTER, "loa")] if due else [])
    assert records.forget_document(LETTER, moment) is due
    assert len(records.documents("acme-1")) == (0 if due else 1)


def test_nothing_of_a_live_order_is_ever_due(records: Records) -> None:
    reserved(records)
    give(records, "acme-1", LETTER)
    assert records.documents_to_forget(NOW + 100 * KEPT) == []
    assert not records.forget_document(LETTER, NOW + 100 * KEPT)
    assert rows(records.documents("acme-1")) == [("acme-1", LETTER, "loa")]


@pytest.mark.parametrize("other_ends", [None, NOW + DAY])
def test_a_document_of_two_orders_stays_until_the_last_may_forget_it(
    records: Records, other_ends: datetime | None
) -> None:
    first, second = reserved(records), reserved_elsewhere(records)
    for order_id in ("acme-1", "bell-1"):
        give(records, order_id, LETTER)
    give(records, "acme-1", BILL, "bill")
    end(records, first)
    if other_ends:
        end(records, second, other_ends)
    moment = NOW + KEPT + MINUTE
    assert rows(records.documents_to_forget(moment)) == [("acme-1", BILL, "bill")]
    assert not records.forget_document(LETTER, moment)
    assert rows(records.documents("acme-1")) == [("acme-1", LETTER, "loa"), ("acme-1", BILL, "bill")]
    if other_ends:
        assert len(records.documents_to_forget(moment + DAY)) == 3
        assert records.forget_document(LETTER, moment + DAY)
        assert records.documents("bell-1") == []


def test_records_of_the_first_release_are_kept(new_database: Callable[..., str]) -> None:
    url = new_database()
    upgrade(url, "0001")
    engine, order = connect(url), an_order()
    document = {"order_id": "acme-1", "sha256": LETTER, "kind": "loa", "filename": "loa.pdf", "size": 7}
    document |= {"media_type": "application/pdf", "stored_at": NOW, "stored_by": "Ada"}
    project = {**PROJECT._asdict(), "request_digest": "", "created_at": NOW}
    with for_writing(engine).begin() as connection:
        for table, values in (
            ("projects", project),
            ("orders", order_row(order, "acme", "port-acme-1", NOW).model_dump()),
            ("documents", document),
        ):
            connection.execute(TABLES.tables[table].insert().values(**values))
    upgrade(url)
    with engine.connect() as connection:
        assert differences(connection) == []
    records = Records(engine)
    assert rows(records.documents("acme-1")) == [("acme-1", LETTER, "loa")]
    assert records.secrets("acme-1") == []
    end(records, order)
    assert [row.retain_until for row in records.documents("acme-1")] == [NOW + KEPT]
    engine.dispose()
