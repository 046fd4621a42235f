from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portolan.domain.errors import NotFound
from portolan.domain.telling import NoticeKind
from portolan.records.notices import CLAIM_LASTS, NoticeInFlight
from portolan.records.store import Records
from portolan.records.tables import NotificationRow
from tests.records.builders import BUILD, MINUTE, NOW, an_order, publication

pytestmark = pytest.mark.xdist_group("records")  # one server and one pair of processes for all

NOTICE = ("acme-1:4:submitted", "ada@acme.example")


def claim(records: Records, minutes: float = 0, recipient: str = NOTICE[1]) -> bool:
    return records.claim_notice(NOTICE[0], recipient, "acme-1", NoticeKind.SUBMITTED, NOW + minutes * MINUTE)


def stored(records: Records) -> NotificationRow:
    with records.reading() as session:
        return session.get_one(NotificationRow, NOTICE)


def test_a_notice_is_sent_once(records: Records) -> None:
    assert claim(records)
    records.notice_sent(*NOTICE, NOW + MINUTE)
    assert not claim(records, 60)
    row = stored(records)
    assert (row.status, row.attempts, row.first_tried_at, row.sent_at) == ("sent", 1, NOW, NOW + MINUTE)


def test_each_recipient_is_told(records: Records) -> None:
    assert claim(records)
    assert claim(records, recipient="bob@acme.example")


def test_a_failed_notice_may_be_claimed_at_once(records: Records) -> None:
    assert claim(records)
    records.notice_failed(*NOTICE, "mailbox full")
    assert (stored(records).status, stored(records).last_error) == ("failed", "mailbox full")
    assert claim(records, 0.1)
    assert stored(records).attempts == 2
    records.notice_sent(*NOTICE, NOW + MINUTE)
    records.notice_failed(*NOTICE, "a late complaint")
    assert (stored(records).status, stored(records).last_error) == ("sent", "")


def test_a_claim_of_a_dead_worker_lapses(records: Records) -> None:
    assert claim(records)
    with pytest.raises(NoticeInFlight):
        claim(records, 1.99)
    assert claim(records, CLAIM_LASTS / MINUTE)
    with pytest.raises(NoticeInFlight):  # the new claim counts from its own start
        claim(records, 3)


def test_one_of_many_claimants_wins(records: Records) -> None:
    start = threading.Barrier(4)

    def race(_: int) -> str:
        start.wait(10)
        try:
            return str(claim(records))
        except NoticeInFlight as error:
            return error.key

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(race, range(4))) == ["True", *[NOTICE[0]] * 3]


def test_a_carriers_message_is_kept_once(records: Records) -> None:
    assert records.keep_message("telnyx", "m-1", "acme-1", {"event": "foc"}, NOW + MINUTE)
    assert not records.keep_message("telnyx", "m-1", "acme-1", {"event": "changed"}, NOW + 2 * MINUTE)
    assert records.keep_message("bandwidth", "m-1", None, {"event": "other"}, NOW)
    assert [(message.carrier, message.order_id, message.body) for message in records.unhandled_messages()] == [
        ("bandwidth", None, {"event": "other"}),
        ("telnyx", "acme-1", {"event": "foc"}),
    ]


def test_a_handled_message_is_done_with(records: Records) -> None:
    records.keep_message("telnyx", "m-1", None, {}, NOW)
    [message] = records.unhandled_messages()
    assert message.received_at == NOW
    records.message_handled(message.id, NOW + MINUTE)
    records.message_handled(message.id, NOW + 5 * MINUTE)
    assert records.unhandled_messages() == []
    assert not records.keep_message("telnyx", "m-1", None, {}, NOW)
    with records.reading() as session:
        assert session.get_one(type(message), message.id).handled_at == NOW + MINUTE
    with pytest.raises(NotFound):
        records.message_handled(message.id + 1, NOW)


def test_documents_belong_to_an_order(records: Records) -> None:
    loa = {"kind": "loa", "filename": "loa.pdf", "size": 812, "media_type": "application/pdf", "stored_by": "Ada"}
    with pytest.raises(NotFound):
        records.add_document("acme-1", "ab" * 32, stored_at=NOW, **loa)
    records.publish(publication(an_order()), BUILD)
    assert records.add_document("acme-1", "ab" * 32, stored_at=NOW + MINUTE, **loa)
    assert not records.add_document("acme-1", "ab" * 32, stored_at=NOW, **loa)
    assert records.add_document("acme-1", "cd" * 32, stored_at=NOW, **loa)
    assert [(row.sha256[:2], row.size, row.stored_at) for row in records.documents("acme-1")] == [
        ("cd", 812, NOW),
        ("ab", 812, NOW + MINUTE),
    ]
    assert records.documents("bell-1") == []
