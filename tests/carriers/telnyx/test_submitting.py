from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from portolan.carriers.ledger import MemoryLedger
from portolan.carriers.telnyx import Telnyx
from portolan.domain.carrier import CarrierOrder, CarrierStatus, NumberConfiguration, NumberStatus, SendKind, Submission
from portolan.domain.errors import (
    CarrierError,
    CarrierInvalid,
    CarrierRefused,
    CarrierRejected,
    CarrierUnavailable,
    OutcomeUnknown,
)
from tests.carriers.scene import NUMBERS, Clock
from tests.carriers.telnyx.conftest import FOC, PIN, adapter, paper, submission
from tests.carriers.telnyx.fake import FakeTelnyx, Refusal

ONE, TWO = NUMBERS
MORE = [*NUMBERS, "+12125550003"]
CHILD = "o1-split-1:1"


def each_its_own(numbers: list[str]) -> list[list[str]]:
    return [[number] for number in numbers]


def test_an_order_is_drafted_filled_in_and_handed_in(telnyx: Telnyx, fake: FakeTelnyx, ledger: MemoryLedger) -> None:
    wanted = submission(
        papers=[paper(), paper("bill", b"bill"), paper("other", b"more"), paper("csr", b"csr")],
        configuration=NumberConfiguration(contact_flow="c-1", routing="desk", messaging_profile="m-1"),
        remaining="keep",
        new_btn="+12125550009",
        activation="on_demand",
    )
    told = telnyx.submit(wanted)
    (order,) = fake.live()
    assert (told.status, told.raw_status, told.key, told.attempt) == (CarrierStatus.RECEIVED, "in-process", "o1:1", 1)
    assert told.numbers == dict.fromkeys(NUMBERS, NumberStatus.PENDING)
    assert ledger.ids_of("o1:1") == [told.carrier_order_id] == [order["id"]]
    assert (order["customer_reference"], order["customer_group_reference"]) == ("o1:1", "o1")
    assert order["webhook_url"] == "https://in.example/telnyx"
    assert order["end_user"]["admin"] == {
        "entity_name": "Acme Manufacturing Limited",
        "auth_person_name": "Ada Byron",
        "account_number": "0048-1937",
        "pin_passcode": PIN,
    }
    assert order["end_user"]["location"] == {
        "street_address": "12 Harbor Street",
        "locality": "Boston",
        "administrative_area": "MA",
        "postal_code": "02110",
        "country_code": "US",
    }
    assert order["misc"] == {
        "type": "partial",
        "remaining_numbers_action": "keep",
        "new_billing_phone_number": "+12125550009",
    }
    assert order["phone_number_configuration"] == {
        "connection_id": "c-1",
        "messaging_profile_id": "m-1",
        "tags": ["desk"],
    }
    assert order["messaging"]["enable_messaging"] is True
    settings = order["activation_settings"]
    assert settings["activation_type"] == "on-demand"
    assert settings["foc_datetime_requested"] == "2026-03-09T14:00:00+00:00"
    kinds = {fake.documents[order["documents"][place]]["filename"].partition("-")[2] for place in ("loa", "invoice")}
    assert kinds == {"loa.pdf", "bill.pdf"}
    assert [one["document_type"] for one in fake.additional[order["id"]]] == ["other", "csr"]
    assert len(fake.documents) == 4


def lost_everywhere(
    clock: Clock, make: Callable[[], tuple[FakeTelnyx, Submission]]
) -> list[tuple[FakeTelnyx, CarrierOrder]]:
    """For every changing call of a sending: its answer is lost once, and we look and send again as Temporal would."""
    found = []
    for lost in range(40):
        fake, wanted = make()
        fake.changes, fake.lose = 0, lost
        carrier = adapter(clock, fake.transport())
        tries, told = 0, None
        while told is None and tries < 3:
            tries += 1
            told = carrier.find(wanted.key, wanted.numbers)
            if told is None:
                try:
                    told = carrier.submit(wanted)
                except OutcomeUnknown:
                    continue
        assert told is not None, f"call {lost}: {fake.calls}"
        found.append((fake, told))
        if fake.changes <= lost:
            return found
    raise AssertionError("it never ends")


def rich(key: str = "o1:1", **more: Any) -> Submission:
    return submission(key, papers=[paper(), paper("bill", b"b"), paper("other", b"c")], **more)


def test_a_lost_answer_at_any_call_never_makes_two_orders(clock: Clock) -> None:
    outcomes = lost_everywhere(clock, lambda: (FakeTelnyx(clock), rich()))
    assert len(outcomes) > 6
    for fake, told in outcomes:
        (order,) = fake.orders.values()
        assert order["status"]["value"] == "in-process"
        assert (order["id"], told.key) == (told.carrier_order_id, "o1:1")
        assert len(fake.documents) == 3
        assert len(fake.additional[order["id"]]) == 1


def test_a_lost_answer_never_leaves_a_part_of_a_divided_order_behind(clock: Clock) -> None:
    def divided() -> tuple[FakeTelnyx, Submission]:
        fake = FakeTelnyx(clock)
        fake.divide = each_its_own
        return fake, rich()

    for fake, told in lost_everywhere(clock, divided):
        assert [order["status"]["value"] for order in fake.orders.values()] == ["in-process", "in-process"]
        assert len(told.parts) == 2
        assert set(told.numbers) == set(NUMBERS)
        assert len(fake.documents) == 3


def test_a_lost_answer_to_a_supplement_never_leaves_it_half_done(clock: Clock) -> None:
    def rejected() -> tuple[FakeTelnyx, Submission]:
        fake = FakeTelnyx(clock)
        carrier = adapter(clock, fake.transport())
        first = carrier.submit(rich())
        fake.stand(first.carrier_order_id, "exception", None, ("ENTITY_NAME_MISMATCH", "name differs"))
        account = rich().account.model_copy(update={"entity_name": "Acme Ltd"})
        fields = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first.carrier_order_id, "account": account}
        return fake, submission("o1:2", papers=[paper(content=b"second letter")], **fields)

    for fake, told in lost_everywhere(clock, rejected):
        (order,) = fake.orders.values()
        assert (told.key, told.status) == ("o1:2", CarrierStatus.RECEIVED)
        assert order["end_user"]["admin"]["entity_name"] == "Acme Ltd"
        assert order["customer_reference"] == "o1:2"
        assert len(fake.documents) == 4
    assert adapter(clock, fake.transport()).find("o1:1", NUMBERS) is None


def test_a_lost_answer_while_numbers_are_taken_out_never_makes_two_orders(clock: Clock) -> None:
    def mixed() -> tuple[FakeTelnyx, Submission]:
        fake = FakeTelnyx(clock)
        first = adapter(clock, fake.transport()).submit(rich(numbers=MORE))
        fake.stand(first.carrier_order_id, "exception", None, ("PHONE_NUMBER_MISMATCH", "not on the account"))
        fields = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first.carrier_order_id, "numbers": NUMBERS}
        return fake, submission("o1:2", **fields)

    for fake, told in lost_everywhere(clock, mixed):
        (order,) = fake.live()
        assert [each["phone_number"] for each in order["phone_numbers"]] == NUMBERS
        assert (told.carrier_order_id, told.key) == (order["id"], "o1:2")
        assert adapter(clock, fake.transport()).get(told.carrier_order_id).status is CarrierStatus.RECEIVED


def test_what_was_only_begun_is_not_found_and_is_gone_on_with(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    fake.windows = []
    fake.refuse["POST .*confirm"] = Refusal(422, code="10015", title="Bad request", detail="not now")
    with pytest.raises(CarrierInvalid, match="not now"):
        telnyx.submit(submission())
    assert telnyx.find("o1:1", NUMBERS) is None
    fake.refuse.clear()
    told = telnyx.submit(submission("o1:2"))
    assert [order["id"] for order in fake.orders.values()] == [told.carrier_order_id]
    assert told.key == "o1:2"


def test_part_of_an_order_that_was_handed_in_is_found_where_it_is_to_be_withdrawn(
    telnyx: Telnyx, fake: FakeTelnyx
) -> None:
    fake.divide = each_its_own
    fake.lose = 3  # the first part's handing in
    with pytest.raises(OutcomeUnknown):
        telnyx.submit(submission())
    (begun,) = fake.live()
    assert telnyx.find("o1:1", NUMBERS) is None
    found = telnyx.find("o1:1")
    assert found is not None
    telnyx.cancel(found.carrier_order_id, "changed our mind")
    assert fake.live() == []
    assert begun["status"]["value"] == "cancelled"
    assert len(fake.orders) == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"papers": []}, "signed letter"),
        ({"papers": [paper("bill")]}, "signed letter"),
        ({"papers": [paper(content=b"")]}, "empty"),
        ({"papers": [paper(), *[paper("other", bytes([n])) for n in range(120)]]}, "takes 100"),
    ],
)
def test_papers_that_cannot_go_out_are_told_before_anything_is_sent(
    telnyx: Telnyx, fake: FakeTelnyx, fields: dict[str, Any], why: str
) -> None:
    with pytest.raises(CarrierRefused, match=why):
        telnyx.submit(submission(**fields))
    assert fake.calls == []


def test_an_address_that_cannot_be_read_is_told_before_anything_is_sent(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    account = submission().account.model_copy(update={"service_address": "somewhere"})
    with pytest.raises(CarrierInvalid, match="service address"):
        telnyx.submit(submission(account=account))
    assert fake.calls == []


def test_a_day_without_a_window_is_refused_with_the_windows_there_are(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    with pytest.raises(CarrierInvalid, match=r"2026-03-10.*2026-03-09 14:00 UTC to 2026-03-09 23:30 UTC"):
        telnyx.submit(submission(requested_foc_on=date(2026, 3, 10)))
    assert fake.live() == []


def test_the_day_is_that_of_central_time_in_north_america(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    late = FOC.replace(hour=3)  # the evening before, in Chicago
    fake.windows = [(late, late + timedelta(hours=1))]
    telnyx.submit(submission(requested_foc_on=date(2026, 3, 8)))
    assert fake.live()[0]["activation_settings"]["foc_datetime_requested"] == late.isoformat()


def test_the_first_window_is_taken_where_no_day_is_asked_for(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    telnyx.submit(submission(requested_foc_on=None))
    assert fake.live()[0]["activation_settings"]["foc_datetime_requested"] == fake.windows[0][0].isoformat()


def test_another_day_is_asked_for_without_letter_and_data(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    first = telnyx.submit(submission())
    fake.stand(first.carrier_order_id, "foc-date-confirmed", FOC)
    fake.windows = [(FOC + timedelta(days=2), FOC + timedelta(days=2, hours=5))]
    fields: dict[str, Any] = {"kind": SendKind.NEW_DATE, "carrier_order_id": first.carrier_order_id, "papers": []}
    before = len(fake.bodies)
    told = telnyx.submit(submission("o1:2", requested_foc_on=date(2026, 3, 11), **fields))
    sent = [body for body in fake.bodies[before:] if body]
    assert sent == [
        {"activation_settings": {"foc_datetime_requested": (FOC + timedelta(days=2)).isoformat()}},
        {"customer_reference": "o1:2"},
    ]
    assert (told.key, told.carrier_order_id) == ("o1:2", first.carrier_order_id)


def test_parts_with_other_dates_are_split_off_and_taken_over(
    telnyx: Telnyx, fake: FakeTelnyx, ledger: MemoryLedger
) -> None:
    fake.divide = each_its_own
    first = telnyx.submit(submission())
    early, late = (part.carrier_order_id for part in first.parts)
    fake.stand(early, "foc-date-confirmed", FOC)
    assert telnyx.get(first.carrier_order_id).status is CarrierStatus.RECEIVED
    fake.stand(late, "foc-date-confirmed", FOC + timedelta(days=1))

    apart = telnyx.get(first.carrier_order_id)
    assert apart.status is CarrierStatus.REJECTED
    assert [(reason.code, reason.numbers) for reason in apart.rejections] == [("SPLIT_REQUIRED", [TWO])]

    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first.carrier_order_id}
    kept = telnyx.submit(submission("o1:2", numbers=[ONE], **fields))
    assert (kept.carrier_order_id, kept.status, kept.foc_at) == (early, CarrierStatus.FOC_CONFIRMED, FOC)
    before, letters = len(fake.orders), set(fake.documents)
    own = telnyx.submit(submission(CHILD, numbers=[TWO], papers=[paper(content=b"child's letter")]))
    assert (own.carrier_order_id, own.status, own.key) == (late, CarrierStatus.FOC_CONFIRMED, CHILD)
    assert len(fake.orders) == before
    assert set(fake.documents) == letters, "the losing carrier has agreed to the letter it has"
    assert telnyx.get(early).parts == []
    assert ledger.key_of(late) == CHILD


def test_the_part_that_is_split_off_may_be_the_one_the_order_is_known_by(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    fake.divide = each_its_own
    first = telnyx.submit(submission())
    known, other = (part.carrier_order_id for part in first.parts)
    fake.stand(known, "foc-date-confirmed", FOC + timedelta(days=1))
    fake.stand(other, "foc-date-confirmed", FOC)
    assert telnyx.get(known).rejections[0].numbers == [ONE]
    own = telnyx.submit(submission(CHILD, numbers=[ONE]))
    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": known}
    kept = telnyx.submit(submission("o1:2", numbers=[TWO], **fields))
    assert (own.carrier_order_id, kept.carrier_order_id) == (known, other)
    assert [telnyx.get(one).key for one in (known, other)] == [CHILD, "o1:2"]


def test_a_lost_answer_while_a_part_is_taken_over_never_makes_two_orders(clock: Clock) -> None:
    def parted() -> tuple[FakeTelnyx, Submission]:
        fake = FakeTelnyx(clock)
        fake.divide = each_its_own
        first = adapter(clock, fake.transport()).submit(submission())
        fake.stand(first.parts[1].carrier_order_id, "exception", None, ("OTHER", "no"))
        return fake, submission(CHILD, numbers=[TWO])

    for fake, told in lost_everywhere(clock, parted):
        assert len(fake.orders) == 2
        assert told.key == CHILD
        assert list(told.numbers) == [TWO]
        assert [order["status"]["value"] for order in fake.orders.values()] == ["in-process", "in-process"]


def test_an_order_that_telnyx_divides_later_stays_one(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    first = telnyx.submit(submission())
    other = fake.split(first.carrier_order_id, [TWO], keeps_reference=False)
    told = telnyx.get(first.carrier_order_id)
    assert [part.carrier_order_id for part in told.parts] == [first.carrier_order_id, other]
    assert telnyx.find("o1:1", NUMBERS) == told
    fake.stand(other, "exception", None, ("LOA_ILLEGIBLE", "blurred"))
    again = telnyx.get(first.carrier_order_id)
    assert [(reason.code, reason.numbers) for reason in again.rejections] == [("LOA_ILLEGIBLE", [TWO])]
    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first.carrier_order_id}
    telnyx.submit(submission("o1:2", **fields))
    assert {order["customer_reference"] for order in fake.orders.values()} == {"o1:2"}
    assert len(fake.orders) == 2


def test_numbers_of_a_dated_order_are_parted_by_the_desk(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    first = telnyx.submit(submission(numbers=MORE))
    fake.stand(first.carrier_order_id, "foc-date-confirmed", FOC)
    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first.carrier_order_id}
    for _ in range(2):
        with pytest.raises(CarrierRefused, match="its desk was asked"):
            telnyx.submit(submission("o1:2", numbers=NUMBERS, **fields))
    (asked,) = fake.comments[first.carrier_order_id]
    assert MORE[2] in asked["body"]
    with pytest.raises(CarrierUnavailable, match="let go"):
        telnyx.submit(submission(CHILD, numbers=MORE[2:]))
    fake.split(first.carrier_order_id, MORE[2:])
    assert telnyx.submit(submission("o1:2", numbers=NUMBERS, **fields)).status is CarrierStatus.FOC_CONFIRMED
    assert telnyx.submit(submission(CHILD, numbers=MORE[2:])).key == CHILD
    assert len(fake.orders) == 2


def test_while_a_withdrawal_is_under_review_nothing_is_sent_beside_it(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    first = telnyx.submit(submission(numbers=MORE))
    fake.stand(first.carrier_order_id, "exception", None, ("OTHER", "no"))
    fake.cancels_to = "cancel-pending"
    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first.carrier_order_id}
    for _ in range(2):
        with pytest.raises(CarrierUnavailable, match="under review"):
            telnyx.submit(submission("o1:2", numbers=NUMBERS, **fields))
    assert fake.calls.count(f"POST porting_orders/{first.carrier_order_id}/actions/cancel") == 1
    fake.stand(first.carrier_order_id, "cancelled")
    assert list(telnyx.submit(submission("o1:2", numbers=NUMBERS, **fields)).numbers) == NUMBERS


def test_numbers_that_have_moved_are_not_ordered_again_by_a_supplement(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    first = telnyx.submit(submission())
    fake.stand(first.carrier_order_id, "ported", FOC)
    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first.carrier_order_id}
    assert telnyx.submit(submission("o1:2", **fields)).status is CarrierStatus.PORTED
    assert len(fake.orders) == 1


def test_a_number_left_out_of_the_draft_is_told(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    fake.divide = lambda numbers: [numbers[:1]]
    with pytest.raises(CarrierRefused, match=rf"left \{TWO} out"):
        telnyx.submit(submission())


def test_requirements_that_papers_satisfy_are_given_and_others_named(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    def requirement(type_id: str, name: str) -> dict[str, Any]:
        kind = {"id": type_id, "name": name}
        return {"field_type": "document", "field_value": None, "requirement_type": kind}

    fake.requirements = [requirement("r1", "Recent Invoice"), requirement("r2", "Passport copy")]
    real = fake.answer

    def never_met(method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any] | None:
        answer = real(method, path, query, body)
        if method == "PATCH" and answer:
            answer["data"]["requirements_met"] = not any(not one["field_value"] for one in fake.requirements)
        return answer

    fake.answer = never_met  # type: ignore[method-assign]
    with pytest.raises(CarrierRefused, match=r"Telnyx wants Passport copy\."):
        telnyx.submit(submission(papers=[paper(), paper("bill", b"bill")]))
    fake.requirements = fake.requirements[:1]
    telnyx.submit(submission(papers=[paper(), paper("bill", b"bill")]))
    (order,) = fake.live()
    assert order["requirements"] == [{"requirement_type_id": "r1", "field_value": order["documents"]["invoice"]}]


def test_further_steps_are_told_where_the_handing_in_is_refused(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    fake.steps = ["phone_number_verification_codes"]
    fake.refuse["POST .*confirm"] = Refusal(422, code="10015", title="Not yet")
    with pytest.raises(CarrierRefused, match=r"Not yet.*phone number verification codes"):
        telnyx.submit(submission())


def test_an_infected_paper_is_refused(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    made = fake._document
    fake._document = lambda body: made(body) | {"av_scan_status": "infected"}  # type: ignore[method-assign]
    with pytest.raises(CarrierInvalid, match=r"virus in loa\.pdf"):
        telnyx.submit(submission())


def test_an_upload_that_may_be_gone_is_not_used_again(telnyx: Telnyx, fake: FakeTelnyx, clock: Clock) -> None:
    fake.lose = 1
    with pytest.raises(OutcomeUnknown):
        telnyx.submit(submission())
    assert len(fake.documents) == 1
    clock.now += timedelta(minutes=25)
    telnyx.submit(submission())
    assert len(fake.documents) == 2


@pytest.mark.parametrize(
    ("status", "error", "kind", "words"),
    [
        (
            422,
            {"code": "10015", "title": "Bad", "detail": f"pin {PIN} is wrong"},
            CarrierInvalid,
            r"pin \*\*\* is wrong",
        ),
        (422, {"code": "PASSCODE_PIN_INVALID", "title": f"no {PIN}"}, CarrierRejected, "PIN_INVALID"),
        (409, {"title": "busy"}, CarrierRefused, "busy"),
    ],
)
def test_a_refusal_is_told_in_our_words_without_the_pin(
    telnyx: Telnyx, fake: FakeTelnyx, status: int, error: dict[str, Any], kind: type[CarrierError], words: str
) -> None:
    fake.refuse["PATCH .*"] = Refusal(status, **error)
    with pytest.raises(kind, match=words) as refused:
        telnyx.submit(submission())
    assert type(refused.value) is kind
    chain: BaseException | None = refused.value
    while chain:
        assert PIN not in f"{chain}{chain!r}"
        chain = chain.__cause__


def test_a_letter_that_is_there_in_no_shape_we_know_is_attached_anew(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    first = telnyx.submit(submission())
    fake.stand(first.carrier_order_id, "exception", None, ("OTHER", "no"))
    for strange in ({"id": 1}, "not-a-document"):
        fake.orders[first.carrier_order_id]["documents"]["loa"] = strange
        fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first.carrier_order_id}
        telnyx.submit(submission("o1:2", **fields))
        assert fake.orders[first.carrier_order_id]["documents"]["loa"] in fake.documents
        fake.orders[first.carrier_order_id]["customer_reference"] = "o1:1"
        fake.stand(first.carrier_order_id, "exception", None, ("OTHER", "no"))
