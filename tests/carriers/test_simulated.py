"""The simulated carrier: a script and a clock decide everything, and nothing else does."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from portolan.carriers.base import GainingCarrier
from portolan.carriers.simulated import Fault, Saying, Script, SimulatedCarrier, seeded
from portolan.domain.carrier import (
    CarrierOrder,
    CarrierStatus,
    CsrRecord,
    NumberStatus,
    SendKind,
)
from portolan.domain.errors import CarrierRefused, CarrierUnavailable, OutcomeUnknown
from portolan.domain.messages import read
from tests.carriers.scene import HOUR, NUMBERS, START, Clock, back, submission
from tests.world import ACCOUNT

SAYINGS = [
    Saying(says="approve", after_hours=10),
    Saying(says="foc", after_hours=20, foc_business_days=2),
    Saying(says="reject", after_hours=30, reason="NAME_MISMATCH", text="no such name", suggestion="Acme Ltd"),
    Saying(says="puzzle", after_hours=40, raw="LIMBO"),
]


def test_it_is_a_gaining_carrier(make: Callable[..., SimulatedCarrier]) -> None:
    carrier: GainingCarrier = make()
    assert carrier.find("o1:1") is None


def test_how_an_order_stands_follows_the_script_and_the_clock(
    make: Callable[..., SimulatedCarrier], clock: Clock
) -> None:
    carrier = make(sendings=[SAYINGS])
    held = carrier.submit(submission())
    assert (held.status, held.carrier_order_id) == (CarrierStatus.RECEIVED, "SIM-00001")

    def later(hours: float) -> CarrierOrder:
        clock.now = START + hours * HOUR
        return carrier.get(held.carrier_order_id)

    assert later(9.99).status is CarrierStatus.RECEIVED
    assert later(10).status is CarrierStatus.ACCEPTED
    confirmed = later(20)
    assert (confirmed.status, confirmed.updated_at) == (CarrierStatus.FOC_CONFIRMED, START + 20 * HOUR)
    assert confirmed.foc_at == datetime(2026, 3, 5, 11, tzinfo=UTC)  # said on Tuesday: two business days later
    rejected = later(30)
    assert rejected.status is CarrierStatus.REJECTED
    assert [(r.code, r.text, r.suggestion) for r in rejected.rejections] == [
        ("NAME_MISMATCH", "no such name", "Acme Ltd")
    ]
    puzzled = later(40)
    assert (puzzled.status, puzzled.raw_status) == (CarrierStatus.UNKNOWN, "LIMBO")
    assert puzzled.numbers == dict.fromkeys(NUMBERS, NumberStatus.PENDING)


def test_a_named_date_skips_weekends_and_closed_days_at_its_desk(
    make: Callable[..., SimulatedCarrier], clock: Clock
) -> None:
    script = Script(time_zone="Europe/Berlin", closed_days=[date(2026, 3, 9)])
    friday = datetime(2026, 3, 6, 12, tzinfo=UTC)
    foc_at = SimulatedCarrier.foc(Saying(says="foc", foc_business_days=1), friday, script)
    assert foc_at == datetime(2026, 3, 10, 10, tzinfo=UTC)
    assert SimulatedCarrier.foc(Saying(says="foc", foc_hours=-5), friday, script) == friday - 5 * HOUR


def test_its_messages_say_what_its_get_says_and_orders_can_read_them(
    make: Callable[..., SimulatedCarrier], clock: Clock
) -> None:
    carrier = make(sendings=[SAYINGS])
    held = carrier.submit(submission())
    messages = carrier.messages("o1")
    assert [(m.message_id, m.due_at - START) for m in messages] == [
        ("o1:1:0", 10 * HOUR),
        ("o1:1:1", 20 * HOUR),
        ("o1:1:2", 30 * HOUR),
        ("o1:1:3", 40 * HOUR),
    ]
    events = [read(m.event["kind"], m.event) for m in messages]
    assert [event.kind for event in events] == [
        "carrier_approved",
        "foc_confirmed",
        "carrier_rejected",
        "carrier_activity",
    ]
    clock.now = START + 20 * HOUR
    confirmed = events[1]
    assert confirmed.kind == "foc_confirmed"
    assert confirmed.foc_at == carrier.get(held.carrier_order_id).foc_at
    assert (confirmed.attempt, confirmed.occurred_at) == (1, START + 20 * HOUR)


def test_messages_come_twice_reversed_or_not_at_all(make: Callable[..., SimulatedCarrier]) -> None:
    carrier = make(sendings=[SAYINGS])
    carrier.submit(submission())
    once = carrier.messages("o1")

    def as_told(messages: str) -> list[tuple[str, datetime]]:
        carrier.give_script("o1", Script.model_validate({"sendings": [SAYINGS], "messages": messages}))
        return [(m.event["kind"], m.due_at) for m in carrier.messages("o1")]

    plain = [(m.event["kind"], m.due_at) for m in once]
    assert as_told("twice") == [pair for pair in plain for _ in range(2)]
    assert len({m.message_id for m in carrier.messages("o1")}) == 2 * len(once)
    assert as_told("reversed") == list(zip([kind for kind, _ in plain][::-1], [due for _, due in plain], strict=True))
    assert as_told("lost") == []


def test_a_new_sending_silences_what_was_still_to_be_said(make: Callable[..., SimulatedCarrier], clock: Clock) -> None:
    carrier = make(sendings=[SAYINGS, [Saying(says="foc", after_hours=5)]])
    held = carrier.submit(submission())
    clock.now = START + 15 * HOUR
    carrier.submit(submission(2, SendKind.SUPPLEMENT, held.carrier_order_id))
    assert [m.message_id for m in carrier.messages("o1")] == ["o1:1:0", "o1:2:0"]
    carrier.cancel(held.carrier_order_id, "enough")
    assert [m.message_id for m in carrier.messages("o1")] == ["o1:1:0"]


def test_the_last_answers_serve_all_later_sendings(make: Callable[..., SimulatedCarrier], clock: Clock) -> None:
    carrier = make(sendings=[[], [Saying(says="approve", after_hours=1)]])
    held = carrier.submit(submission())
    for attempt in (2, 3):
        carrier.submit(submission(attempt, SendKind.SUPPLEMENT, held.carrier_order_id))
    clock.now += 2 * HOUR
    assert carrier.get(held.carrier_order_id).status is CarrierStatus.ACCEPTED


def test_what_is_sent_is_found_by_its_key_and_a_repeated_new_order_is_a_second_one(
    make: Callable[..., SimulatedCarrier],
) -> None:
    """Like most carriers it does not deduplicate: that is why Portolan looks first."""
    carrier = make()
    first = carrier.submit(submission())
    carrier.submit(submission(2, SendKind.SUPPLEMENT, first.carrier_order_id))
    for key in ("o1:1", "o1:2"):
        found = carrier.find(key)
        assert found is not None
        assert found.carrier_order_id == first.carrier_order_id
    assert carrier.find("o1:3") is None
    assert carrier.find("o2:1") is None
    assert carrier.submit(submission()).carrier_order_id != first.carrier_order_id


def test_portability_and_record(make: Callable[..., SimulatedCarrier]) -> None:
    carrier = make(not_portable={NUMBERS[1]: "wrong rate centre"}, csr={"entity_name": "Acme Ltd"})
    assert [(p.portable, p.reason) for p in carrier.check_portability("o1", NUMBERS)] == [
        (True, ""),
        (False, "wrong rate centre"),
    ]
    record = carrier.request_csr("o1", "Old Telco", "0048").record
    assert record == CsrRecord(**{**ACCOUNT.model_dump(), "entity_name": "Acme Ltd"})
    carrier.give_script("o1", Script(csr=None))
    none = carrier.request_csr("o1", "Old Telco", "0048")
    assert (none.record, "Old Telco" in none.reason) == (None, True)


def test_cancelled_activated_and_returned_orders_stay_so(make: Callable[..., SimulatedCarrier], clock: Clock) -> None:
    carrier = make()
    moved = carrier.submit(submission()).carrier_order_id
    with pytest.raises(CarrierRefused):
        carrier.port_back(back(moved))
    assert carrier.activate(moved).numbers == dict.fromkeys(NUMBERS, NumberStatus.ACTIVE)
    activated_at = carrier.get(moved).updated_at
    clock.now += HOUR
    assert carrier.activate(moved).updated_at == activated_at
    with pytest.raises(CarrierRefused):
        carrier.cancel(moved, "too late")
    with pytest.raises(CarrierRefused):
        carrier.submit(submission(2, SendKind.SUPPLEMENT, moved))
    assert [sending.attempt for sending in carrier.store.orders("o1")[0].sendings] == [1]
    returned = carrier.port_back(back(moved))
    assert returned.status is CarrierStatus.PORTED_BACK
    assert set(returned.numbers.values()) == {NumberStatus.RETURNED}
    clock.now += HOUR
    assert carrier.port_back(back(moved)).updated_at == returned.updated_at
    with pytest.raises(CarrierRefused, match="gone back"):
        carrier.activate(moved)

    other = carrier.submit(submission()).carrier_order_id
    assert carrier.cancel(other, "moved").status is CarrierStatus.CANCELLED
    clock.now += HOUR
    assert carrier.cancel(other, "moved").updated_at == clock.now - HOUR
    with pytest.raises(CarrierRefused):
        carrier.activate(other)


def test_some_numbers_can_be_dead_for_a_while(make: Callable[..., SimulatedCarrier], clock: Clock) -> None:
    carrier = make(dead_numbers=1, dead_hours=2)
    held = carrier.submit(submission()).carrier_order_id
    carrier.activate(held)
    assert list(carrier.get(held).numbers.values()) == [NumberStatus.FAILED, NumberStatus.ACTIVE]
    clock.now += 2 * HOUR
    assert set(carrier.get(held).numbers.values()) == {NumberStatus.ACTIVE}


@pytest.mark.parametrize("unknown", ["SIM-99999", "SIM-x", "SIM-0", "SIM-²", "SIM-" + "9" * 40, "", "else"])
def test_an_order_it_does_not_know_is_refused(unknown: str, make: Callable[..., SimulatedCarrier]) -> None:
    carrier = make()
    for call in (carrier.get, carrier.activate, carrier.unconfigure):
        with pytest.raises(CarrierRefused, match="there is no order"):
            call(unknown)


@pytest.mark.parametrize(
    ("kind", "error", "held"),
    [
        ("outage", CarrierUnavailable, 0),
        ("lost_request", OutcomeUnknown, 0),
        ("lost_answer", OutcomeUnknown, 1),
        ("refuse", CarrierRefused, 0),
    ],
)
def test_a_call_goes_wrong_as_often_as_it_should(
    kind: str, error: type[Exception], held: int, make: Callable[..., SimulatedCarrier]
) -> None:
    carrier = make(faults=[{"call": "submit", "kind": kind, "times": 2, "text": "as scripted"}])
    for _ in range(2):
        with pytest.raises(error, match="as scripted"):
            carrier.submit(submission())
    assert len(carrier.store.orders("o1")) == 2 * held
    carrier.submit(submission())
    assert len(carrier.store.orders("o1")) == 2 * held + 1
    assert carrier.store.calls("submit", "o1") == 3


def test_faults_strike_only_their_call_and_order(make: Callable[..., SimulatedCarrier]) -> None:
    carrier = make(faults=[{"call": "get", "kind": "outage"}, {"call": "cancel", "kind": "lost_answer"}])
    held = carrier.submit(submission()).carrier_order_id
    other = carrier.submit(submission().model_copy(update={"order_id": "o2", "key": "o2:1"})).carrier_order_id
    assert carrier.get(other).status is CarrierStatus.RECEIVED
    with pytest.raises(CarrierUnavailable):
        carrier.get(held)
    with pytest.raises(OutcomeUnknown):
        carrier.cancel(held, "x")
    assert carrier.get(held).status is CarrierStatus.CANCELLED


def test_it_remembers_everything_when_opened_again(make: Callable[..., SimulatedCarrier], clock: Clock) -> None:
    script = {"sendings": [[Saying(says="foc", after_hours=1)]], "faults": [Fault(call="get", kind="outage", times=2)]}
    carrier = make(**script)
    held = carrier.submit(submission()).carrier_order_id
    with pytest.raises(CarrierUnavailable):
        carrier.get(held)
    carrier.store.mark_delivered("o1:1:0")

    again = make()
    assert again.script("o1") == carrier.script("o1") == Script.model_validate(script)
    with pytest.raises(CarrierUnavailable):
        again.get(held)
    clock.now += HOUR
    assert again.get(held).status is CarrierStatus.FOC_CONFIRMED
    assert again.store.delivered() == {"o1:1:0"}
    assert again.store.account("o1") == ACCOUNT


def test_the_same_seed_gives_the_same_script_in_any_process() -> None:
    ids = [f"order-{number}" for number in range(60)]
    here = [seeded("demo", order_id) for order_id in ids]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.starmap(seeded, [("demo", order_id) for order_id in ids])
    assert here == there
    assert here != [seeded("other", order_id) for order_id in ids]
    fates = {(script.sendings[0][0].says, len(script.sendings), len(script.sendings[0])) for script in here}
    assert fates == {("foc", 1, 1), ("foc", 1, 2), ("reject", 2, 1)}


def test_an_order_without_a_script_fares_by_the_seed(tmp_path: Path, clock: Clock) -> None:
    carrier = SimulatedCarrier(tmp_path / "c.db", clock, lambda order_id: seeded("demo", order_id))
    assert carrier.script("o9") == seeded("demo", "o9")
    carrier.give_script("o9", Script(sendings=[[]]))
    assert carrier.script("o9").sendings == [[]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sending": []},
        {"sendings": [[{"says": "shrug"}]]},
        {"faults": [{"call": "phone", "kind": "outage"}]},
        {"messages": "thrice"},
        {"routing": "elsewhere"},
        {"routing_hours": -1},
        {"messaging_hours": -1},
        {"consent": "perhaps"},
        {"consent_hours": -1},
        {"consent_by_stage": {"new_port": "refused"}},
        {"bridge_hours": -1},
        {"call_failures": [{"origin": "fax"}]},
        {"call_failures": [{"check": "smell"}]},
        {"call_failures": [{"heard": "music"}]},
        {"call_failures": [{"after_hours": 2, "until_hours": 2}]},
    ],
)
def test_a_script_with_a_mistake_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Script.model_validate(wrong)
