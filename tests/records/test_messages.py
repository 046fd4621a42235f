"""The inbox as the ingress uses it."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from portolan.domain.errors import NotFound
from portolan.domain.states import State
from portolan.records.inbox import Addressee, Kept
from portolan.records.store import Records
from tests.records.builders import BUILD, NOW, an_order, cancelled, publication

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all

SECOND = timedelta(seconds=1)


def keep(records: Records, message_id: str, order_id: str | None = None, **fields: Any) -> Kept | None:
    return records.keep_message("telnyx", message_id, order_id, {}, NOW, **fields)


def test_what_is_kept_is_told_without_its_content(records: Records) -> None:
    fields = {"carrier_order_id": "C-1", "reference": "acme-1:1", "kind": "new_comment", "said": "call us"}
    kept = keep(records, "m-1", raw=b"{}", **fields)
    assert kept == Kept(kept.id if kept else 0, "telnyx", "m-1", None, *fields.values(), NOW)
    assert records.open_messages() == [kept]
    assert keep(records, "m-1") is None


@pytest.mark.parametrize(
    "odd",
    ["nul \0 within", "lone \ud800 surrogate", "\N{FLAG IN HOLE} \N{ZERO WIDTH JOINER}", "x" * 100_000],
    ids=["nul", "surrogate", "unicode", "long"],
)
def test_whatever_a_carrier_writes_can_be_kept(records: Records, odd: str) -> None:
    body = {"odd": odd, "deep": [{odd: math.nan}], "at": NOW}
    fields = dict.fromkeys(("carrier_order_id", "reference", "kind", "said"), odd)
    raw = odd.encode("utf-8", "surrogatepass") + b"\xff\x00"
    kept = records.keep_message("telnyx", odd, None, body, NOW, raw=raw, **fields)
    assert kept is not None
    assert records.keep_message("telnyx", odd, None, body, NOW) is None
    row = records.message(kept.id)
    assert (row.message_id, row.carrier_order_id) == (kept.message_id, kept.carrier_order_id)
    assert row.raw.endswith("\\xff\\x00")
    assert row.body["deep"][0].popitem()[1] == "NaN"


def test_two_long_names_are_two(records: Records) -> None:
    assert keep(records, "m" * 3000 + "1")
    assert keep(records, "m" * 3000 + "2")
    assert keep(records, "m" * 3000 + "1") is None


def test_which_messages_are_to_be_handed_on(records: Records) -> None:
    keep(records, "nameless")
    keep(records, "by id", carrier_order_id="C-1")
    keep(records, "by reference", reference="acme-1:1")
    found = keep(records, "found")
    assert found
    records.message_found_order(found.id, "acme-1")
    names = ["by id", "by reference", "found"]
    assert [row.message_id for row in records.messages_to_hand_on(NOW)] == names
    assert [row.message_id for row in records.messages_to_hand_on(NOW + SECOND)] == ["found"]
    records.message_handled(found.id, NOW)
    assert [row.message_id for row in records.messages_to_hand_on(NOW)] == names[:2]
    assert [row.message_id for row in records.open_messages(limit=2)] == ["nameless", "by id"]


def test_what_a_message_waits_for_has_arrived(records: Records) -> None:
    def arrived() -> list[bool]:
        return [row.arrived for row in records.open_messages()]

    order = an_order(gaining_carrier="telnyx")
    records.publish(publication(order), BUILD)
    for carrier in ("telnyx", "telnyx-2"):
        records.keep_message(carrier, "m-1", None, {}, NOW, carrier_order_id="C-1")
    found = keep(records, "m-2", reference="acme-1:1")
    assert found
    records.link("telnyx", "C-1", "acme-1:1")
    records.message_found_order(found.id, "acme-1")
    assert arrived() == [False, False, False]
    order.carrier_order_id = "C-1"
    records.publish(publication(order), BUILD)
    assert arrived() == [True, False, True]


def test_how_far_an_order_is(records: Records) -> None:
    order = an_order()
    assert records.addressee("acme-1") is None
    records.publish(publication(order), BUILD)
    assert records.addressee("acme-1") == Addressee(at_carrier=False, ended=False)
    order.carrier_order_id = "C-1"
    records.publish(publication(cancelled(order)), BUILD)
    assert records.addressee("acme-1") == Addressee(at_carrier=True, ended=True)


def test_a_message_that_is_not_there(records: Records) -> None:
    with pytest.raises(NotFound):
        records.message(7)


@pytest.mark.parametrize(
    ("foc_in", "state", "carrier", "near"),
    [
        (timedelta(hours=1), State.FOC_CONFIRMED, "telnyx", True),
        (timedelta(hours=-1), State.VERIFYING, "telnyx", True),
        (timedelta(hours=1), State.CANCELLED, "telnyx", False),
        (timedelta(hours=1), State.FOC_CONFIRMED, "telnyx-2", False),
        (timedelta(hours=25), State.FOC_CONFIRMED, "telnyx", False),
        (timedelta(hours=-25), State.VERIFYING, "telnyx", False),
        (None, State.SUBMITTED, "telnyx", False),
    ],
)
def test_whether_a_live_order_is_near_its_foc(
    records: Records, foc_in: timedelta | None, state: State, carrier: str, near: bool
) -> None:
    order = an_order(gaining_carrier=carrier)
    order.state, order.foc_at = state, NOW + foc_in if foc_in is not None else None
    records.publish(publication(order), BUILD)
    day = timedelta(hours=24)
    assert records.foc_between("telnyx", NOW - day, NOW + day) is near
