"""What is on record of one order: its carriers' messages and its notices."""

from __future__ import annotations

from portolan.domain.telling import NoticeKind
from portolan.records.store import Records
from tests.records.builders import MINUTE, NOW


def test_the_messages_of_an_order_come_in_the_order_of_their_arrival(records: Records) -> None:
    for name, order, at in (
        ("m-2", "acme-1", NOW + MINUTE),
        ("m-1", "acme-1", NOW),
        ("m-3", "other-1", NOW),
        ("m-4", None, NOW),
    ):
        records.keep_message("telnyx", name, order, {"id": name}, at)
    records.message_handled(records.messages("acme-1")[0].id, NOW)
    assert [row.message_id for row in records.messages("acme-1")] == ["m-1", "m-2"]
    assert records.messages("nobody-1") == []


def test_the_notices_of_an_order_come_in_the_order_of_their_first_tries(records: Records) -> None:
    said = (("acme-1:9:submitted", "b@x", "acme-1", NOW), ("acme-1:1:rejected", "a@x", "acme-1", NOW + MINUTE))
    for key, recipient, order, at in (*said, ("other-1:1:rejected", "a@x", "other-1", NOW)):
        records.claim_notice(key, recipient, order, NoticeKind.SUBMITTED, at)
    assert [row.key for row in records.notices("acme-1")] == [key for key, *_ in said]
    assert records.notices("nobody-1") == []
