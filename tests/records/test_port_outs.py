"""Port-outs on record, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from portolan.domain.errors import NotFound
from portolan.domain.port_out.case import Case
from portolan.domain.port_out.effects import PortOutPublication
from portolan.domain.port_out.states import PortOutState
from portolan.domain.states import Turn
from portolan.records.port_outs import Code, ReferenceReused, port_out_id
from portolan.records.store import Records
from tests.domain.port_out.builders import HOUR, NOW, NUMBERS, awaiting, in_state, request, say

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all

BUILD = "test-build"
CODES = [Code(False, "", "4711"), Code(True, "", "4711"), Code(True, NUMBERS[0], "0815")]


def told(case: Case) -> PortOutPublication:
    """All of a case."""
    return PortOutPublication(case=case.model_copy(deep=True), entries=list(case.unpublished))


def test_a_request_is_received_once(records: Records) -> None:
    first = records.receive_port_out(request(), CODES, "w", NOW)
    again = records.receive_port_out(request(requested_at=NOW + HOUR), [], "w", NOW + HOUR)
    assert again == first
    assert (first.state, first.turn, first.sequence) == (PortOutState.VALIDATING, Turn.PORTOLAN, 0)
    assert first.answer_by == NOW + 24 * HOUR
    assert (first.deadline_at, first.deadline_why) == (NOW + 23 * HOUR, "the answer goes out by itself")
    assert records.port_out_codes("p1") == CODES
    assert records.port_out_trail("p1") == []


def test_another_request_under_the_same_reference_is_refused(records: Records) -> None:
    records.receive_port_out(request(), [], "w", NOW)
    other = request(numbers=NUMBERS[:1], port_out_id="p2")
    with pytest.raises(ReferenceReused, match="used the reference 'OT-1' for a different request"):
        records.receive_port_out(other, [], "w2", NOW)
    assert [row.port_out_id for row in records.list_port_outs()] == ["p1"]


def test_the_row_says_what_the_workflow_says_and_codes_are_wiped_at_the_end(records: Records) -> None:
    records.receive_port_out(request(), CODES, "w", NOW)
    records.publish_port_out(told(awaiting()), BUILD)
    (row,) = records.list_port_outs(state=PortOutState.AWAITING_CUSTOMER)
    assert (row.turn, row.answer, row.workflow_id, row.sequence) == (Turn.CUSTOMER, "", "w", 2)
    assert records.port_out_codes("p1") == CODES

    refused = in_state(PortOutState.REFUSED)
    records.publish_port_out(told(refused), BUILD)
    (row,) = records.list_port_outs()
    assert (row.state, row.answer, row.grounds) == (PortOutState.REFUSED, "refused", ["code_wrong"])
    assert (row.deadline_at, row.outcome) == (None, refused.outcome)
    assert records.port_out_codes("p1") == []
    assert records.port_out("p1").answer == refused.answer


def test_a_request_that_nobody_received_is_put_on_record(records: Records) -> None:
    records.publish_port_out(told(awaiting()), BUILD, "by-hand")
    records.publish_port_out(told(awaiting()), BUILD, "by-hand")
    (row,) = records.list_port_outs(number=NUMBERS[1])
    assert (row.workflow_id, row.request_digest) == ("by-hand", "")
    assert records.receive_port_out(request(), [], "w", NOW).workflow_id == "by-hand"


def test_what_is_older_changes_nothing(records: Records) -> None:
    earlier = told(awaiting())
    records.publish_port_out(told(in_state(PortOutState.RELEASED)), BUILD)
    records.publish_port_out(earlier, BUILD)
    assert records.port_out("p1").state is PortOutState.RELEASED
    assert [entry.sequence for entry in records.port_out_trail("p1")] == [1, 2, 3, 4]


def test_what_was_decided_anew_counts_and_what_was_overruled_is_kept(records: Records) -> None:
    case = awaiting()
    records.publish_port_out(told(case), BUILD)
    lost, anew = case.model_copy(deep=True), case.model_copy(deep=True)
    say(lost, "confirm", NOW)
    say(anew, "deny", NOW)
    for one in (lost, anew, lost):  # the dead worker's activity is tried once more
        records.publish_port_out(told(one), BUILD)
    assert records.port_out("p1").state is PortOutState.ON_FRAUD_HOLD
    assert [entry.kind for entry in records.port_out_trail("p1")] == ["received", "validated", "deny"]
    every = records.port_out_trail("p1", every_revision=True)
    assert [(entry.sequence, entry.revision, entry.kind) for entry in every][2:] == [(3, 1, "confirm"), (3, 2, "deny")]


@pytest.mark.parametrize("change", ["UPDATE port_out_events SET detail = 'x'", "DELETE FROM port_out_events"])
def test_the_audit_trail_cannot_be_changed(records: Records, engine: Engine, change: str) -> None:
    records.publish_port_out(told(awaiting()), BUILD)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(change))
    assert len(records.port_out_trail("p1")) == 2


def test_an_audit_entry_cannot_be_replaced(records: Records, engine: Engine) -> None:
    records.publish_port_out(told(awaiting()), BUILD)
    verb = "INSERT OR REPLACE" if engine.dialect.name == "sqlite" else "INSERT"
    copy = text(f"{verb} INTO port_out_events SELECT * FROM port_out_events")  # noqa: S608 - our own words
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(copy)


def test_lists_are_by_urgency_and_can_be_narrowed(records: Records) -> None:
    urgent = Case.new(request("US-WIRELESS", port_out_id="p2", carrier_reference="OT-2", numbers=NUMBERS[:1]), NOW)
    ended = in_state(PortOutState.WITHDRAWN, port_out_id="p3", carrier_reference="OT-3")
    for case in (awaiting(), urgent, ended):
        records.publish_port_out(told(case), BUILD)
    assert [row.port_out_id for row in records.list_port_outs()] == ["p2", "p1", "p3"]
    assert [row.port_out_id for row in records.list_port_outs(live=True)] == ["p2", "p1"]
    assert [row.port_out_id for row in records.list_port_outs(live=False)] == ["p3"]
    assert [row.port_out_id for row in records.list_port_outs(number=NUMBERS[1])] == ["p1", "p3"]
    assert records.list_port_outs(since=NOW + timedelta(seconds=1)) == []
    assert [row.port_out_id for row in records.list_port_outs(limit=1)] == ["p2"]


def test_what_is_not_there_is_said_so(records: Records) -> None:
    for look in (records.port_out, records.port_out_trail):
        with pytest.raises(NotFound, match=r"There is no port-out 'p9'. `portolan port-out list`"):
            look("p9")
    assert records.port_out_codes("p9") == []


def test_a_name_is_the_same_for_the_same_reference_and_shows_nothing() -> None:
    name = port_out_id("Other Telco", "+16175550160")
    assert name == port_out_id("Other Telco", "+16175550160")
    assert name != port_out_id("Other", "Telco+16175550160")
    assert name.startswith("p")
