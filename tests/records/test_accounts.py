"""Whose order is whose at a carrier, how far its changes were listed, and who goes first after a hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from portolan.domain.order import Order
from portolan.records.store import NewProject, Records
from portolan.records.tables import OrderRow
from tests.records.builders import BUILD, MINUTE, NOW, PROJECT, a_request, an_order, cancelled, publication

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all


def on_record(records: Records, *orders: str, carrier: str = "telnyx") -> None:
    """Orders that are reserved, each of a project of its own."""
    for count, order_id in enumerate(orders):
        asked = a_request(
            order_id, (f"+1212555010{count}",), project_id=order_id, reference=order_id, gaining_carrier=carrier
        )
        project = NewProject(order_id, order_id, PROJECT.customer)
        records.reserve(project, [asked], {order_id: f"port-{order_id}"}, NOW)


def tell(records: Records, order: Order) -> None:
    records.publish(publication(order), BUILD, f"port-{order.order_id}")


def test_the_newest_key_of_a_carriers_order_counts(records: Records) -> None:
    records.link("telnyx", "T-1", "a:1")
    records.link("telnyx", "T-2", "a:1")
    records.link("twilio", "T-1", "b:1")
    assert (records.linked_key("telnyx", "T-1"), records.linked_ids("telnyx", "a:1")) == ("a:1", ["T-1", "T-2"])
    records.link("telnyx", "T-1", "a:2")
    assert (records.linked_key("telnyx", "T-1"), records.linked_ids("telnyx", "a:1")) == ("a:2", ["T-2"])
    assert records.linked_key("twilio", "T-1") == "b:1"
    assert records.linked_key("telnyx", "T-9") is None


def test_an_order_is_found_by_its_reference_its_link_or_the_carriers_id_on_record(records: Records) -> None:
    on_record(records, "a", "b")
    records.link("telnyx", "T-1", "a:1")
    assert records.order_for("telnyx", reference="b:3") == "b"
    assert records.order_for("telnyx", "T-1") == "a"
    assert records.order_for("telnyx", "T-1", reference="b:1") == "b"
    assert records.order_for("telnyx", "T-1", reference="of-somebody-else") == "a"
    assert records.order_for("twilio", reference="b:1") is None
    assert records.order_for("twilio", "T-1", reference="b:1") is None
    assert records.order_for("twilio", "T-1") is None
    order = an_order("b", ("+12125550101",), project_id="b", reference="b")
    order.carrier_order_id = "S-1"
    tell(records, order)
    assert records.order_for("simulated", "S-1") == "b"
    assert records.order_for("telnyx", "S-1") is None
    assert records.order_for("telnyx") is None


def test_an_account_is_in_use_while_a_live_order_names_it(records: Records) -> None:
    assert records.accounts_in_use() == set()
    on_record(records, "a", "b")
    tell(records, cancelled(an_order("a", ("+12125550100",), project_id="a", reference="a")))
    assert records.accounts_in_use() == {"telnyx"}


def test_a_cursor_stays_where_it_was_moved(records: Records) -> None:
    assert records.cursor("telnyx") == ""
    records.move_cursor("telnyx", "page-1", NOW)
    records.move_cursor("telnyx", "page-2", NOW + MINUTE)
    assert (records.cursor("telnyx"), records.cursor("twilio")) == ("page-2", "")


def test_without_a_hold_nobody_waits(records: Records) -> None:
    on_record(records, "a", "b")
    assert records.may_send("telnyx", "a", NOW) == ""
    assert records.may_send("telnyx", "b", NOW) == ""
    assert records.was_sent("telnyx", "a") is None
    assert list(records.waiting("telnyx")) == []


def test_a_hold_is_put_once_and_keeps_its_first_reason(records: Records) -> None:
    assert records.hold_carrier("telnyx", "Ada", "freeze", NOW)
    assert not records.hold_carrier("telnyx", "Bob", "other", NOW + MINUTE)
    assert [(hold.by, hold.reason, hold.since) for hold in records.carrier_holds()] == [("Ada", "freeze", NOW)]
    assert records.release_carrier("telnyx")
    assert not records.release_carrier("telnyx")
    assert records.carrier_holds() == []


def test_after_a_hold_orders_go_in_the_order_in_which_they_became_ready(records: Records) -> None:
    on_record(records, "a", "b", "c")
    records.hold_carrier("telnyx", "Ada", "freeze", NOW)
    for order_id in ("b", "a", "b"):
        assert records.may_send("telnyx", order_id, NOW) == "telnyx is on hold: freeze (Ada)"
    assert records.may_send("twilio", "c", NOW) == ""
    assert records.was_sent("telnyx", "none") is None
    records.release_carrier("telnyx")
    assert list(records.waiting("telnyx")) == ["b", "a"]
    assert records.may_send("telnyx", "a", NOW) == "b was ready for telnyx before it, and goes first"
    assert records.may_send("telnyx", "c", NOW) == "b was ready for telnyx before it, and goes first"
    assert records.may_send("telnyx", "b", NOW) == ""
    assert records.was_sent("telnyx", "b") == "a"
    assert records.may_send("telnyx", "a", NOW) == ""
    assert records.was_sent("telnyx", "a") == "c"
    assert records.was_sent("telnyx", "c") is None
    assert records.may_send("telnyx", "b", NOW) == ""


def test_an_order_that_is_gone_keeps_nobody_waiting(records: Records) -> None:
    on_record(records, "a", "b")
    records.hold_carrier("telnyx", "Ada", "freeze", NOW)
    records.may_send("telnyx", "a", NOW)
    records.may_send("telnyx", "b", NOW)
    records.release_carrier("telnyx")
    tell(records, cancelled(an_order("a", ("+12125550100",), project_id="a", reference="a")))
    assert records.may_send("telnyx", "b", NOW) == ""


def test_an_order_on_hold_itself_keeps_nobody_waiting(records: Records) -> None:
    on_record(records, "a", "b")
    records.hold_carrier("telnyx", "Ada", "freeze", NOW)
    records.may_send("telnyx", "a", NOW)
    records.release_carrier("telnyx")
    with records.writing() as session:
        session.get_one(OrderRow, "a").on_hold = "in print"
    assert records.may_send("telnyx", "b", NOW) == ""


def test_of_orders_that_become_ready_at_once_each_has_its_own_turn(records: Records) -> None:
    names = [f"o{count}" for count in range(8)]
    on_record(records, *names)
    records.hold_carrier("telnyx", "Ada", "freeze", NOW)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: records.may_send("telnyx", name, NOW), names))
    records.release_carrier("telnyx")
    turns = list(records.waiting("telnyx"))
    assert sorted(turns) == names
    for count, name in enumerate(turns):
        assert records.may_send("telnyx", name, NOW) == ""
        assert records.was_sent("telnyx", name) == (turns[count + 1] if count < 7 else None)
