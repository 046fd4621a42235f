from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from portolan.carriers.http import SIMULATED_NOW
from portolan.carriers.ledger import MemoryLedger
from portolan.carriers.telnyx import Telnyx
from portolan.domain.carrier import CarrierStatus, NumberStatus
from portolan.domain.errors import (
    CarrierRateLimited,
    CarrierRefused,
    CarrierUnauthorised,
    CarrierUnavailable,
    OutcomeUnknown,
)
from tests.carriers.scene import HOUR, NUMBERS, SECOND, START, Clock
from tests.carriers.telnyx.conftest import FOC, adapter, changed, submission
from tests.carriers.telnyx.fake import FakeTelnyx, Refusal

ONE, TWO = NUMBERS


# -- looking ----------------------------------------------------------------------------------------------------------


def test_portability_is_asked_in_batches_and_every_number_answered(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    numbers = [f"+1212555{n:04}" for n in range(250)]
    told = telnyx.check_portability("o1", numbers)
    assert [one.number for one in told] == numbers
    assert [len(body["phone_numbers"]) for body in fake.bodies] == [100, 100, 50]
    assert {(one.portable, one.reason) for one in told} == {(True, ""), (False, "no coverage")}


def test_a_number_the_check_leaves_out_is_not_portable_and_says_so(clock: Clock) -> None:
    silent = httpx2.MockTransport(lambda request: httpx2.Response(201, json={"data": []}))
    (told,) = adapter(clock, silent).check_portability("o1", [ONE])
    assert not told.portable
    assert "does not mention it" in told.reason


def test_there_is_no_record_of_the_account(telnyx: Telnyx) -> None:
    told = telnyx.request_csr("o1", "Old Telco", "1")
    assert told.record is None
    assert told.reason


def test_numbers_that_an_answer_leaves_out_are_looked_up_whatever_the_order_becomes_meanwhile(
    telnyx: Telnyx, fake: FakeTelnyx, sent: str
) -> None:
    fake.orders[sent]["phone_numbers"] = fake.orders[sent]["phone_numbers"][:1]
    real = fake.answer

    def moving_on(method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any] | None:
        if path == "porting_phone_numbers":
            assert "filter[porting_order_status]" not in query
        return real(method, path, query, body)

    fake.answer = moving_on  # type: ignore[method-assign]
    assert set(telnyx.get(sent).numbers) == set(NUMBERS)


def test_an_order_whose_numbers_are_not_all_told_is_not_judged(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    fake.orders[sent]["phone_numbers"] = fake.orders[sent]["all_numbers"] = fake.orders[sent]["phone_numbers"][:1]
    for look in (lambda: telnyx.get(sent), lambda: telnyx.find("o1:1", NUMBERS), lambda: telnyx.submit(submission())):
        with pytest.raises(CarrierUnavailable, match="1 of the 2 numbers"):
            look()
    assert len(fake.orders) == 1


def test_nothing_is_found_by_a_part_of_a_reference(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    (order,) = fake.orders.values()
    order["customer_reference"] = "o1:11"
    real = fake.answer

    def loose(method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any] | None:
        return real(method, path, {k: v for k, v in query.items() if "filter" not in k}, body)

    fake.answer = loose  # type: ignore[method-assign]
    assert telnyx.find("o1:1", NUMBERS) is None
    assert telnyx.find("o1:11", NUMBERS) is not None


def test_numbers_left_out_of_a_large_order_are_looked_up(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    order = fake.orders[sent]
    order["phone_numbers"] = order["all_numbers"][:1]
    assert telnyx.get(sent).numbers == dict.fromkeys(NUMBERS, NumberStatus.PENDING)


def test_pages_are_turned(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    fake.comments[sent] = [fake.said("admin", f"words {n}") for n in range(260)]
    assert len(telnyx.comments(sent)) == 260


def test_pages_without_end_are_no_answer(clock: Clock) -> None:
    row = {"id": "x", "body": "y", "user_type": "user", "created_at": START.isoformat()}
    order = {"id": "a", "status": {"value": "submitted"}, "phone_numbers": []}

    def endless(request: httpx2.Request) -> httpx2.Response:
        is_list = "comments" in request.url.path
        meta = {"total_pages": 10**9}
        return httpx2.Response(200, json={"data": [row], "meta": meta} if is_list else {"data": order})

    with pytest.raises(CarrierUnavailable, match="more than 100 pages"):
        adapter(clock, httpx2.MockTransport(endless)).comments("a")


def test_an_order_that_is_not_there_is_refused_with_its_likely_cause(telnyx: Telnyx) -> None:
    with pytest.raises(CarrierRefused, match="30 days"):
        telnyx.get("00000000-0000-0000-0000-000000000000")


def test_an_order_without_our_reference_is_known_from_the_ledger(
    telnyx: Telnyx, fake: FakeTelnyx, ledger: MemoryLedger, sent: str
) -> None:
    fake.orders[sent]["customer_reference"] = None
    assert telnyx.get(sent).key == "o1:1"


def test_changes_name_every_order_of_every_event_once(telnyx: Telnyx, fake: FakeTelnyx, clock: Clock) -> None:
    ends = {"from": {"id": "p1"}, "to": {"id": "p2"}}
    fake.events = [
        {"porting_order_id": "p1", "payload": {"id": "p1"}},
        {"porting_order_id": "p1", "payload": ends},
        {"porting_order_id": "p3", "payload": None},
    ]
    told = telnyx.changes("")
    assert told.carrier_order_ids == ["p1", "p2", "p3"]
    assert told.cursor == (START - timedelta(minutes=5)).isoformat()
    assert telnyx.changes("no moment").cursor == told.cursor


def test_changes_are_asked_from_the_cursor_to_now(clock: Clock) -> None:
    asked: list[httpx2.QueryParams] = []

    def events(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.params)
        return httpx2.Response(200, json={"data": [], "meta": {"total_pages": 0}})

    carrier = adapter(clock, httpx2.MockTransport(events))
    first = carrier.changes("")
    clock.now += HOUR
    carrier.changes(first.cursor)
    spans = [(one["filter[created_at][gte]"], one["filter[created_at][lte]"]) for one in asked]
    assert spans == [
        ((START - timedelta(days=30)).isoformat(), START.isoformat()),
        (first.cursor, (START + HOUR).isoformat()),
    ]


def test_windows_are_those_that_suit_every_part(telnyx: Telnyx, fake: FakeTelnyx, parted: list[str]) -> None:
    one = [(FOC, FOC + 4 * HOUR), (FOC + 24 * HOUR, FOC + 25 * HOUR)]
    other = [(FOC + 2 * HOUR, FOC + 6 * HOUR), (FOC + 48 * HOUR, FOC + 49 * HOUR)]
    real, by_order = fake.answer, dict(zip(parted, (one, other), strict=True))

    def each(method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any] | None:
        if path.endswith("allowed_foc_windows"):
            # Guides and older answers call the ends by other names.
            return {"data": [{"start_time": str(a), "end_time": str(b)} for a, b in by_order[path.split("/")[1]]]}
        return real(method, path, query, body)

    fake.answer = each  # type: ignore[method-assign]
    assert [(w.starts_at, w.ends_at) for w in telnyx.foc_windows(parted[0])] == [(FOC + 2 * HOUR, FOC + 4 * HOUR)]


def test_a_comment_is_made_once_on_every_part(telnyx: Telnyx, fake: FakeTelnyx, parted: list[str]) -> None:
    for _ in range(2):
        telnyx.comment(parted[0], "Please\nhurry")
    assert [len(fake.comments[one]) for one in parted] == [1, 1]
    fake.comments[parted[1]].append(fake.said("admin", "We do"))
    told = telnyx.comments(parted[0])
    assert [(one.from_carrier, one.author) for one in told].count((True, "admin")) == 1
    assert len(told) == 3


def test_a_comment_of_the_desk_with_the_same_words_is_not_ours(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    fake.comments[sent] = [fake.said("admin", "Hello")]
    telnyx.comment(sent, "Hello")
    assert [one["user_type"] for one in fake.comments[sent]] == ["admin", "user"]


def test_routing_is_looked_up_apart_from_the_orders(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    fake.arrive(ONE)
    fake.refuse[r"GET number_lookup/\+12125550009"] = Refusal(404, title="not found")
    told = telnyx.routing(sent, [*NUMBERS, "+12125550009"])
    assert [(one.at_gaining, one.carrier) for one in told] == [(True, "Telnyx/4"), (False, "Old Telco/2"), (None, "")]
    assert (told[0].spid, told[0].lrn) == ("073H", "2125550000")


def test_an_account_is_verified_by_looking_only(telnyx: Telnyx, fake: FakeTelnyx, clock: Clock) -> None:
    fake.refuse["GET documents"] = Refusal(403, title="forbidden")
    keyed = adapter(clock, fake.transport(), webhook_url="")
    keyed._account.public_key = base64.b64encode(b"k" * 32).decode()
    told = {check.name: check.passed for check in keyed.verify()}
    assert told == {
        "porting orders": True,
        "porting events": True,
        "documents": False,
        "phone numbers": True,
        "webhook key": True,
        "webhook address": False,
        "handing in an order": None,
        "number look-up": None,
    }
    assert {check.name for check in telnyx.verify() if check.passed is False} == {"documents", "webhook key"}
    assert all(call.startswith("GET") for call in fake.calls)


# -- withdrawing ------------------------------------------------------------------------------------------------------


def test_every_part_is_withdrawn_once(telnyx: Telnyx, fake: FakeTelnyx, parted: list[str]) -> None:
    told = telnyx.cancel(parted[0], "changed our mind")
    assert told.status is CarrierStatus.CANCELLED
    assert fake.live() == []
    assert changed(fake, lambda: telnyx.cancel(parted[0], "again")) == []


@pytest.mark.parametrize(("before", "frozen"), [(48 * HOUR, False), (48 * HOUR - SECOND, True), (-HOUR, True)])
def test_within_48_hours_of_its_date_nothing_is_withdrawn(
    telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, parted: list[str], before: timedelta, frozen: bool
) -> None:
    fake.stand(parted[1], "foc-date-confirmed", FOC)
    clock.now = FOC - before
    if not frozen:
        assert telnyx.cancel(parted[0], "x").status is CarrierStatus.CANCELLED
        return
    before = fake.changes
    with pytest.raises(CarrierRefused, match="within 48 hours"):
        telnyx.cancel(parted[0], "x")
    assert fake.changes == before


def test_numbers_that_have_moved_are_not_withdrawn(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    fake.stand(sent, "ported", FOC)
    with pytest.raises(CarrierRefused, match="have moved"):
        telnyx.cancel(sent, "x")


def test_a_withdrawal_under_review_is_not_told_as_done(telnyx: Telnyx, fake: FakeTelnyx, sent: str) -> None:
    fake.cancels_to = "cancel-pending"
    for _ in range(2):
        with pytest.raises(CarrierUnavailable, match="under review"):
            telnyx.cancel(sent, "x")
    assert fake.calls.count(f"POST porting_orders/{sent}/actions/cancel") == 1
    assert telnyx.get(sent).status is CarrierStatus.UNKNOWN
    fake.stand(sent, "cancelled")
    assert telnyx.cancel(sent, "x").status is CarrierStatus.CANCELLED


def test_a_draft_is_deleted(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    fake.refuse["POST .*confirm"] = Refusal(409, title="no")
    with pytest.raises(CarrierRefused):
        telnyx.submit(submission())
    (draft,) = fake.orders
    told = telnyx.cancel(draft, "x")
    assert (told.status, told.key, fake.orders) == (CarrierStatus.CANCELLED, "o1:1", {})


# -- moving -----------------------------------------------------------------------------------------------------------


def dated(fake: FakeTelnyx, clock: Clock, order_id: str, kind: str | None) -> None:
    fake.stand(order_id, "foc-date-confirmed", FOC)
    if kind:
        fake.orders[order_id]["activation_settings"]["activation_type"] = kind
    clock.now = FOC + SECOND


def test_an_order_on_demand_is_activated_once(telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, sent: str) -> None:
    dated(fake, clock, sent, "on-demand")
    fake.jobs[sent] = [
        {"status": "created", "activation_type": "on-demand", "created_at": (FOC - 24 * HOUR).isoformat()}
    ]
    assert telnyx.activate(sent).status is CarrierStatus.FOC_CONFIRMED
    assert len(fake.jobs[sent]) == 2
    for state in ("created", "in-process", "completed"):
        fake.jobs[sent][-1]["status"] = state
        assert changed(fake, lambda: telnyx.activate(sent)) == []
    fake.stand(sent, "ported", FOC)
    told = telnyx.activate(sent)
    assert (told.status, set(told.numbers.values())) == (CarrierStatus.PORTED, {NumberStatus.ACTIVE})


@pytest.mark.parametrize("state", ["failed", "completed"])
def test_numbers_that_failed_are_tried_again(
    telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, sent: str, state: str
) -> None:
    dated(fake, clock, sent, "on-demand")
    telnyx.activate(sent)
    fake.jobs[sent][-1]["status"] = state
    fake.activation(sent, "Active", ONE)
    fake.activation(sent, "Failed", TWO)
    told = telnyx.activate(sent)
    assert told.numbers == {ONE: NumberStatus.ACTIVE, TWO: NumberStatus.FAILED}
    assert len(fake.jobs[sent]) == 2


def test_a_scheduled_order_moves_by_itself(telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, sent: str) -> None:
    dated(fake, clock, sent, "scheduled")
    assert changed(fake, lambda: telnyx.activate(sent)) == []


@pytest.mark.parametrize(("job", "asked"), [("on-demand", 1), ("scheduled", 0), ("", 1)])
def test_where_the_order_does_not_say_its_jobs_do(
    telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, sent: str, job: str, asked: int
) -> None:
    dated(fake, clock, sent, None)
    fake.jobs[sent] = [{"status": "created", "activation_type": job, "created_at": START.isoformat()}] if job else []
    assert len(changed(fake, lambda: telnyx.activate(sent))) == asked


def test_one_job_on_demand_tells_whatever_other_jobs_there_are(
    telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, sent: str
) -> None:
    dated(fake, clock, sent, None)
    fake.jobs[sent] = [
        {"status": "created", "activation_type": kind, "created_at": (START + wait).isoformat()}
        for kind, wait in (("on-demand", HOUR), ("scheduled", 2 * HOUR))
    ]
    told = telnyx.activate(sent)
    assert (told.status, set(told.numbers.values())) == (CarrierStatus.FOC_CONFIRMED, {NumberStatus.PENDING})
    assert len(fake.jobs[sent]) == 3
    fake.jobs[sent].append({"status": "created", "activation_type": "scheduled", "created_at": str(FOC + HOUR)})
    assert changed(fake, lambda: telnyx.activate(sent)) == []


def test_a_refusal_counts_only_where_it_is_known_to_be_on_demand(
    telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, sent: str
) -> None:
    fake.refuse["POST .*activate"] = Refusal(422, title="not in its window")
    dated(fake, clock, sent, None)
    assert telnyx.activate(sent).status is CarrierStatus.FOC_CONFIRMED
    dated(fake, clock, sent, "on-demand")
    with pytest.raises(CarrierRefused, match="not in its window"):
        telnyx.activate(sent)


def test_an_order_that_is_no_fastport_is_not_told_to_move(
    telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, sent: str
) -> None:
    dated(fake, clock, sent, None)
    fake.orders[sent]["activation_settings"]["fast_port_eligible"] = False
    assert changed(fake, lambda: telnyx.activate(sent)) == []


# -- the wire ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "changes", "error"),
    [
        (401, False, CarrierUnauthorised),
        (403, True, CarrierUnauthorised),
        (429, True, CarrierRateLimited),
        (500, False, CarrierUnavailable),
        (502, True, OutcomeUnknown),
    ],
)
def test_ways_of_failing_are_told_apart(
    clock: Clock, fake: FakeTelnyx, status: int, changes: bool, error: type[Exception]
) -> None:
    def failing(request: httpx2.Request) -> httpx2.Response:
        fails = (request.method != "GET") is changes
        return httpx2.Response(status, headers={"retry-after": "7"}) if fails else fake.handle(request)

    with pytest.raises(error) as raised:
        adapter(clock, httpx2.MockTransport(failing)).submit(submission())
    if isinstance(raised.value, CarrierRateLimited):
        assert raised.value.retry_after == timedelta(seconds=7)


def test_the_key_is_sent_and_never_shown(clock: Clock, fake: FakeTelnyx) -> None:
    seen: list[httpx2.Headers] = []

    def watched(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers)
        return fake.handle(request)

    carrier = adapter(clock, httpx2.MockTransport(watched))
    carrier.submit(submission())
    assert {headers["authorization"] for headers in seen} == {"Bearer KEY-very-secret"}
    assert not any(SIMULATED_NOW in headers for headers in seen)
    assert "secret" not in f"{carrier!r}{vars(carrier)!r}"


def test_the_desk_can_be_told_something_about_an_order_that_is_over(
    telnyx: Telnyx, fake: FakeTelnyx, sent: str
) -> None:
    fake.stand(sent, "ported", FOC)
    telnyx.comment(sent, "Calls from one network do not arrive")
    assert len(telnyx.comments(sent)) == 1
