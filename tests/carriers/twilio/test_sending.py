from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portolan.domain.carrier import CarrierStatus, SendKind, Submission
from portolan.domain.errors import (
    CarrierInvalid,
    CarrierRefused,
    CarrierRejected,
    CarrierUnavailable,
    OutcomeUnknown,
)
from tests.carriers.twilio.fake import (
    ACCOUNT,
    ACCOUNT_SID,
    BILL,
    DAY,
    FOC,
    HOUR,
    LETTER,
    NUMBERS,
    START,
    Scene,
    submission,
)

PIN = "0042-secret"


def supplement(held: str, attempt: int = 2, **fields: Any) -> Submission:
    return submission(attempt, carrier_order_id=held, **fields)


def test_a_request_carries_the_account_as_it_is_on_file_and_its_bill(scene: Scene) -> None:
    held = scene.sent(submission())
    (body,) = scene.twilio.bodies
    assert body == {
        "account_sid": ACCOUNT_SID,
        "documents": body["documents"],
        "phone_numbers": [{"phone_number": number} for number in NUMBERS],
        "losing_carrier_information": {
            "customer_type": "Business",
            "customer_name": "Acme Manufacturing Limited",
            "account_number": "0048-1937",
            "authorized_representative": "Ada Byron",
            "authorized_representative_email": "ada@customer.example",
            "address": {
                "street": "12 Harbor Street",
                "street_2": "Suite 4",
                "city": "Boston",
                "state": "MA",
                "zip": "02110",
                "country": "US",
            },
        },
        "notification_emails": ["ada@customer.example"],
    }
    (document,) = scene.twilio.documents
    assert BILL.content in document
    assert LETTER.content not in document
    assert (held.status, held.key, held.attempt) == (CarrierStatus.RECEIVED, "o1:1", 1)
    assert scene.ledger.ids_of("o1:1") == [held.carrier_order_id]


def test_one_who_signs_for_himself_is_an_individual_and_a_sub_account_is_named() -> None:
    sub = "AC" + "b" * 32
    scene = Scene(target_account_sid=sub)
    scene.sent(submission(account=ACCOUNT.model_copy(update={"entity_name": "Ada Byron", "btn": "+12125550001"})))
    (body,) = scene.twilio.bodies
    assert body["account_sid"] == sub
    assert body["losing_carrier_information"]["customer_type"] == "Individual"
    assert body["losing_carrier_information"]["account_telephone_number"] == "+12125550001"


@pytest.mark.parametrize(("day", "sent"), [(date(2026, 3, 8), None), (date(2026, 3, 9), "2026-03-09"), (None, None)])
def test_a_date_goes_along_from_seven_days_ahead(scene: Scene, day: date | None, sent: str | None) -> None:
    scene.sent(submission(requested_foc_on=day))
    assert scene.twilio.bodies[0].get("target_port_in_date") == sent


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"numbers": []}, CarrierInvalid, "these are 0"),
        ({"numbers": [f"+1212556{n:04}" for n in range(1001)]}, CarrierInvalid, "these are 1001"),
        ({"country": "CA"}, CarrierInvalid, "Console"),
        ({"number_class": "toll_free"}, CarrierInvalid, "no US toll-free ones"),
        ({"numbers": ["+18005550100"]}, CarrierInvalid, "a US toll-free number"),
        ({"numbers": ["+14165550123"]}, CarrierInvalid, "a CA geographic number"),
        ({"numbers": ["2125550001"]}, CarrierInvalid, "2125550001 is no number in E.164"),
        ({"signer_email": ""}, CarrierInvalid, "Ada Byron"),
        ({"papers": [LETTER]}, CarrierRefused, "portolan evidence o1 --kind bill"),
        ({"papers": [BILL.model_copy(update={"media_type": "image/tiff"})]}, CarrierInvalid, "PDF, JPEG and PNG"),
        ({"papers": [BILL.model_copy(update={"content": b""})]}, CarrierInvalid, "0 bytes"),
        ({"papers": [BILL.model_copy(update={"content": b"x" * (10 * 1024 * 1024 + 1)})]}, CarrierInvalid, "10 MB"),
        ({"number_class": "mobile"}, CarrierRefused, "portolan secret o1 pin VALUE"),
        ({"number_class": "mobile", "secrets": {(NUMBERS[0], "pin"): PIN}}, CarrierRefused, NUMBERS[1]),
        (
            {
                "number_class": "mobile",
                "secrets": {("", "pin"): PIN},
                "account": ACCOUNT.model_copy(update={"account_number": ""}),
            },
            CarrierInvalid,
            "account number",
        ),
        ({"account": ACCOUNT.model_copy(update={"service_address": "somewhere"})}, CarrierInvalid, ""),
        ({"kind": SendKind.NEW_DATE, "requested_foc_on": date(2026, 3, 8)}, CarrierInvalid, "7 days ahead"),
    ],
)
def test_what_twilio_would_not_take_is_not_sent(
    scene: Scene, fields: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as raised:
        scene.carrier.submit(submission(**fields))
    assert words in str(raised.value)
    assert PIN not in str(raised.value)
    assert scene.twilio.calls == []


def test_a_thousand_numbers_and_a_bill_of_ten_megabytes_are_sent(scene: Scene) -> None:
    bill = BILL.model_copy(update={"content": b"x" * (10 * 1024 * 1024)})
    held = scene.carrier.submit(submission(numbers=[f"+1212556{n:04}" for n in range(1000)], papers=[bill]))
    assert len(held.numbers) == 1000


def test_each_mobile_number_has_its_pin_or_the_accounts(scene: Scene) -> None:
    secrets = {("", "pin"): "1111", (NUMBERS[1], "pin"): "2222"}
    scene.sent(submission(number_class="mobile", secrets=secrets))
    assert [number["pin"] for number in scene.twilio.bodies[0]["phone_numbers"]] == ["1111", "2222", "1111"]


@pytest.mark.parametrize("losses", [["upload"], ["create"], ["upload", "create"], ["list"], ["create", "list", "get"]])
def test_a_new_request_is_there_once_whatever_answer_is_lost(scene: Scene, losses: list[str]) -> None:
    scene.twilio.lost = list(losses)
    for _ in range(len(losses)):
        with pytest.raises((OutcomeUnknown, CarrierUnavailable)):
            scene.sent(submission())
    held = scene.sent(submission())
    assert [one["port_in_request_sid"] for one in scene.twilio.live()] == [held.carrier_order_id]
    assert (held.key, set(held.numbers)) == ("o1:1", set(NUMBERS))
    again = scene.sent(submission())
    assert (again.carrier_order_id, len(scene.twilio.requests)) == (held.carrier_order_id, 1)


@pytest.mark.parametrize("lost", ["get", "upload", "cancel", "create", "list"])
def test_a_request_is_made_anew_once_whatever_answer_is_lost(scene: Scene, lost: str) -> None:
    first = scene.sent(submission()).carrier_order_id
    other = ACCOUNT.model_copy(update={"account_number": "7"})
    scene.twilio.lost = [lost]
    with pytest.raises((OutcomeUnknown, CarrierUnavailable)):
        scene.sent(supplement(first, account=other))
    held = scene.sent(supplement(first, account=other))
    assert [one["port_in_request_sid"] for one in scene.twilio.live()] == [held.carrier_order_id]
    assert held.carrier_order_id != first
    assert (held.key, len(scene.twilio.requests)) == ("o1:2", 2)
    assert scene.carrier.get(first).status is CarrierStatus.CANCELLED


@pytest.mark.parametrize("lost", [[], ["leave_out"], ["leave_out", "leave_out"], ["get"]])
def test_numbers_left_out_are_cancelled_one_by_one_where_nothing_else_changed(scene: Scene, lost: list[str]) -> None:
    held = scene.sent(submission()).carrier_order_id
    scene.twilio.lost = list(lost)
    for _ in lost:
        with pytest.raises((OutcomeUnknown, CarrierUnavailable)):
            scene.sent(supplement(held, numbers=NUMBERS[:1]))
    found = scene.sent(supplement(held, numbers=NUMBERS[:1]))
    assert (found.carrier_order_id, found.key, list(found.numbers)) == (held, "o1:2", NUMBERS[:1])
    assert scene.twilio.states(held) == dict(zip(NUMBERS, ["in_review", "canceled", "canceled"], strict=True))
    assert (scene.twilio.calls.count("cancel"), scene.twilio.calls.count("create")) == (0, 1)
    assert scene.twilio.calls.count("leave_out") == 2


def test_a_sending_that_changes_nothing_keeps_the_request(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    again = scene.sent(supplement(held))
    assert (again.carrier_order_id, again.key) == (held, "o1:2")
    assert scene.twilio.calls.count("create") == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"account": ACCOUNT.model_copy(update={"entity_name": "Acme Manufacturing, Limited"})},
        {"account": ACCOUNT.model_copy(update={"postal_code": "02111"})},
        {"account": ACCOUNT.model_copy(update={"btn": "+12125550009"})},
        {"numbers": [*NUMBERS, "+12125550004"]},
        {"signer_email": "other@customer.example"},
        {"kind": SendKind.NEW_DATE, "requested_foc_on": date(2026, 4, 1)},
    ],
)
def test_anything_else_is_a_request_made_anew(scene: Scene, fields: dict[str, Any]) -> None:
    first = scene.sent(submission()).carrier_order_id
    held = scene.sent(supplement(first, **fields))
    assert held.carrier_order_id != first
    assert [one["port_in_request_sid"] for one in scene.twilio.live()] == [held.carrier_order_id]
    calls = scene.twilio.calls
    assert calls.index("cancel") < len(calls) - 1 - calls[::-1].index("create")


def test_a_number_that_was_refused_and_stays_is_sent_anew(scene: Scene) -> None:
    first = scene.sent(submission()).carrier_order_id
    said = {"port_in_phone_number_status": "port_rejected", "rejection_reason_code": "INVALID_PIN"}
    scene.twilio.say(first, "Action Required", {NUMBERS[0]: said})
    assert scene.sent(supplement(first)).carrier_order_id != first


def test_a_number_that_was_refused_and_leaves_lets_the_others_go_on(scene: Scene) -> None:
    first = scene.sent(submission()).carrier_order_id
    said = {"port_in_phone_number_status": "port_rejected", "rejection_reason_code": "INVALID_PIN"}
    scene.twilio.say(first, "Action Required", {NUMBERS[0]: said})
    assert scene.sent(supplement(first, numbers=NUMBERS[1:])).carrier_order_id == first


@pytest.mark.parametrize(("pin", "anew"), [("0123", False), ("4567", True), ("ab12", True)])
def test_another_pin_is_a_request_made_anew(scene: Scene, pin: str, anew: bool) -> None:
    first = scene.sent(submission(number_class="mobile", secrets={("", "pin"): "0123"})).carrier_order_id
    wanted = supplement(first, number_class="mobile", secrets={("", "pin"): pin}, numbers=NUMBERS[:2])
    assert (scene.sent(wanted).carrier_order_id != first) is anew


def test_an_expired_or_cancelled_request_is_not_cancelled_again(scene: Scene) -> None:
    for status, attempt in (("Expired", 2), ("Canceled", 3)):
        held = scene.carrier.find(f"o1:{attempt - 1}") or scene.sent(submission())
        scene.twilio.say(held.carrier_order_id, status)
        anew = scene.sent(supplement(held.carrier_order_id, attempt))
        assert anew.carrier_order_id != held.carrier_order_id
    assert "cancel" not in scene.twilio.calls


def test_a_request_whose_numbers_have_moved_is_not_changed(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    scene.completed(held, NUMBERS[0])
    with pytest.raises(CarrierRefused, match="have moved"):
        scene.sent(supplement(held, account=ACCOUNT.model_copy(update={"btn": "1"})))
    assert scene.sent(supplement(held, attempt=3, numbers=NUMBERS[1:])).carrier_order_id == held
    assert scene.twilio.states(held)[NUMBERS[0]] == "completed"


def test_no_number_is_left_out_in_the_last_48_hours(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    scene.dated(held)
    scene.clock.now = FOC - 48 * HOUR + HOUR / 60
    with pytest.raises(CarrierRefused, match="port them back"):
        scene.sent(supplement(held, numbers=NUMBERS[:1]))
    scene.clock.now = FOC - 48 * HOUR
    scene.sent(supplement(held, numbers=NUMBERS[:1]))
    assert scene.twilio.states(held)[NUMBERS[1]] == "canceled"


def test_a_number_without_an_id_is_not_left_out_by_chance(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    scene.twilio.requests[held]["phone_numbers"][1]["port_in_phone_number_sid"] = None
    with pytest.raises(CarrierRefused, match="no id"):
        scene.sent(supplement(held, numbers=NUMBERS[:1]))
    assert scene.twilio.calls.count("cancel") == 0


def test_a_request_of_another_order_or_of_other_numbers_is_never_taken_for_ours(scene: Scene) -> None:
    twilio, made = scene.twilio, scene.sent(submission())
    body = twilio.bodies[0]
    others = [
        twilio.create(body | {"phone_numbers": [{"phone_number": n} for n in NUMBERS[:2]]}),
        twilio.create(body | {"phone_numbers": [{"phone_number": n} for n in [*NUMBERS, "+12125550004"]]}),
        twilio.create(body, created=START - 15 * DAY),
    ]
    expired, cancelled = twilio.create(body), twilio.create(body)
    twilio.say(expired["port_in_request_sid"], "Expired")
    twilio.say(cancelled["port_in_request_sid"], "Canceled")
    assert scene.carrier.find("o2:1", NUMBERS) is None
    assert scene.carrier.find("o2:1") is None
    assert scene.ledger.key_of(made.carrier_order_id) == "o1:1"
    assert all(scene.ledger.key_of(one["port_in_request_sid"]) is None for one in others)


def test_of_several_that_fit_the_newest_is_taken_and_pages_are_read_to_the_end(scene: Scene) -> None:
    scene.sent(submission(order_id="o9", numbers=["+12125550009"]))
    body = scene.twilio.bodies[0] | {"phone_numbers": [{"phone_number": number} for number in NUMBERS]}
    for _ in range(120):
        scene.twilio.create(body | {"phone_numbers": [{"phone_number": "+12125550008"}]})
    scene.twilio.create(body, created=START - DAY)
    newest = scene.twilio.create(body)
    found = scene.carrier.find("o1:1", NUMBERS)
    assert found is not None
    assert found.carrier_order_id == newest["port_in_request_sid"]
    assert scene.ledger.key_of(newest["port_in_request_sid"]) == "o1:1"


def test_numbers_split_out_leave_the_request_they_came_from(scene: Scene) -> None:
    parent = scene.sent(submission()).carrier_order_id
    child = scene.sent(submission(order_id="o1-split-1", numbers=NUMBERS[2:]))
    assert scene.twilio.states(parent)[NUMBERS[2]] == "canceled"
    assert (child.key, list(child.numbers)) == ("o1-split-1:1", NUMBERS[2:])
    found = scene.sent(supplement(parent, numbers=NUMBERS[:2]))
    assert (found.carrier_order_id, scene.twilio.calls.count("leave_out")) == (parent, 1)


@pytest.mark.parametrize("lost", ["leave_out", "upload", "create"])
def test_numbers_split_out_are_in_one_request_whatever_answer_is_lost(scene: Scene, lost: str) -> None:
    scene.sent(submission())
    wanted = submission(order_id="o1-split-1", numbers=NUMBERS[2:])
    scene.twilio.lost = [lost]
    with pytest.raises(OutcomeUnknown):
        scene.sent(wanted)
    scene.sent(wanted)
    going = [
        number["phone_number"]
        for one in scene.twilio.live()
        for number in one["phone_numbers"]
        if number["port_in_phone_number_status"] != "canceled"
    ]
    assert sorted(going) == NUMBERS


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, {"code": 22172, "message": "Two countries"}, CarrierRejected, "SPLIT_REQUIRED: Two countries"),
        (422, {"code": 22137, "message": "Port in progress"}, CarrierRejected, "DUPLICATE_IN_PROGRESS"),
        (400, {"code": 20001, "message": f"Bad pin {PIN}"}, CarrierInvalid, "20001 Bad pin ***"),
        (404, {"code": 20404, "message": "No"}, CarrierRefused, "404"),
        (400, {"message": None}, CarrierInvalid, "nothing more"),
    ],
)
def test_a_refusal_is_told_in_canonical_words_and_without_secrets(
    scene: Scene, status: int, body: dict[str, Any], error: type[CarrierRefused], words: str
) -> None:
    scene.twilio.refusals["create"] = (status, body)
    with pytest.raises(error) as raised:
        scene.sent(submission(secrets={("", "pin"): PIN}))
    assert type(raised.value) is error
    assert words in str(raised.value)
    assert raised.value.__cause__ is None
    assert scene.ledger.ids_of("o1:1") == []


@pytest.mark.parametrize("call", ["create", "upload", "cancel", "number"])
@pytest.mark.parametrize("pin", ["0042", "0000"])
def test_no_refusal_repeats_a_pin_in_any_spelling(scene: Scene, call: str, pin: str) -> None:
    wireless: dict[str, Any] = {"number_class": "mobile", "secrets": {("", "pin"): pin}}
    first = scene.sent(submission(**wireless)).carrier_order_id
    if call != "number":
        wireless["account"] = ACCOUNT.model_copy(update={"account_number": "7"})
    for before in ("", "x" * 293):
        said = f"{before} {pin}, {int(pin)} is bad".strip()
        scene.twilio.refusals[call] = (400, {"code": 1, "message": said, "pin": pin})
        with pytest.raises(CarrierRefused) as raised:
            scene.carrier.submit(supplement(first, **wireless))
        assert f"1 {before} ***, *** is bad".replace("  ", " ")[:298] in str(raised.value)
        assert f"{pin}," not in str(raised.value)


def test_a_known_code_stays_a_reason_where_a_pin_is_like_it(scene: Scene) -> None:
    scene.twilio.refusals["create"] = (400, {"code": 22137, "message": "Port in progress"})
    with pytest.raises(CarrierRejected, match="DUPLICATE_IN_PROGRESS"):
        scene.sent(submission(secrets={("", "pin"): "22137"}))


def test_a_request_is_made_anew_only_once_the_old_one_is_gone(scene: Scene) -> None:
    first = scene.sent(submission()).carrier_order_id
    scene.twilio.reviews = True
    wanted = supplement(first, account=ACCOUNT.model_copy(update={"account_number": "7"}))
    for _ in range(3):
        with pytest.raises(CarrierUnavailable, match=first):
            scene.sent(wanted)
    assert [scene.twilio.calls.count(call) for call in ("cancel", "upload", "create")] == [1, 2, 1]
    scene.twilio.decided(first)
    held = scene.sent(wanted)
    assert (held.key, len(scene.twilio.requests)) == ("o1:2", 2)
    assert scene.twilio.bodies[-1]["documents"]


def test_what_is_left_out_has_left_before_anything_goes_on(scene: Scene) -> None:
    parent = scene.sent(submission()).carrier_order_id
    scene.twilio.reviews = True
    child = submission(order_id="o1-split-1", numbers=NUMBERS[2:])
    for wanted in (child, supplement(parent, numbers=NUMBERS[:2])):
        for _ in range(2):
            with pytest.raises(CarrierUnavailable, match="not cancelled 1 numbers"):
                scene.sent(wanted)
    assert [scene.twilio.calls.count(call) for call in ("leave_out", "create")] == [1, 1]
    scene.twilio.decided(parent)
    assert scene.sent(supplement(parent, numbers=NUMBERS[:2])).carrier_order_id == parent
    assert scene.sent(child).carrier_order_id != parent


def test_numbers_refused_with_a_date_that_has_passed_are_sent_anew(scene: Scene) -> None:
    first = scene.sent(submission()).carrier_order_id
    said = {"port_in_phone_number_status": "port_rejected", "port_date": (START - DAY).isoformat()}
    scene.twilio.say(first, "Action Required", dict.fromkeys(NUMBERS, said))
    assert scene.sent(supplement(first)).carrier_order_id != first


def test_what_has_moved_by_a_cancelled_request_is_not_sent_again(scene: Scene) -> None:
    first = scene.sent(submission()).carrier_order_id
    scene.completed(first, NUMBERS[0])
    scene.twilio.say(first, "Canceled")
    with pytest.raises(CarrierRefused, match="have moved"):
        scene.sent(supplement(first))
    with pytest.raises(CarrierRefused, match="Port the numbers back"):
        scene.carrier.cancel(first, "enough")
    rest = scene.sent(supplement(first, numbers=NUMBERS[1:]))
    assert (list(rest.numbers), "cancel" in scene.twilio.calls) == (NUMBERS[1:], False)


def test_a_number_that_has_moved_with_its_first_order_is_not_sent_by_the_one_split_out(scene: Scene) -> None:
    parent = scene.sent(submission()).carrier_order_id
    scene.completed(parent, NUMBERS[2])
    with pytest.raises(CarrierRefused, match="have moved"):
        scene.sent(submission(order_id="o1-split-1", numbers=NUMBERS[2:]))
    assert len(scene.twilio.requests) == 1


LATER: dict[str, Any] = {"number_class": "mobile", "secrets": {("", "pin"): "0123"}}


@pytest.mark.parametrize(
    ("change", "anew"),
    [
        ({}, False),
        ({"account": ACCOUNT.model_copy(update={"account_number": "7"})}, True),
        ({"secrets": {("", "pin"): "4567"}}, True),
    ],
)
@pytest.mark.parametrize("lost", ["get", "cancel", "create", ""])
def test_a_later_attempt_goes_on_with_an_earlier_ones_request_only_if_it_says_the_same(
    scene: Scene, change: dict[str, Any], anew: bool, lost: str
) -> None:
    scene.twilio.lost = ["create"]
    with pytest.raises(OutcomeUnknown):
        scene.sent(submission(**LATER))
    (old,) = scene.twilio.requests
    wanted = submission(2, **{**LATER, **change})
    scene.twilio.lost = [lost] if lost == "get" or (lost and anew) else []
    for _ in list(scene.twilio.lost):
        with pytest.raises((OutcomeUnknown, CarrierUnavailable)):
            scene.sent(wanted)
    held = scene.sent(wanted)
    assert [one["port_in_request_sid"] for one in scene.twilio.live()] == [held.carrier_order_id]
    assert (held.carrier_order_id != old, held.key, len(scene.twilio.requests)) == (anew, "o1:2", 1 + anew)


def test_what_an_earlier_attempt_left_behind_is_gone_before_another_is_made(scene: Scene) -> None:
    scene.twilio.lost = ["create"]
    with pytest.raises(OutcomeUnknown):
        scene.sent(submission())
    (old,) = scene.twilio.requests
    scene.twilio.reviews = True
    wanted = submission(2, account=ACCOUNT.model_copy(update={"account_number": "7"}))
    for _ in range(2):
        with pytest.raises(CarrierUnavailable, match=old):
            scene.sent(wanted)
    scene.twilio.decided(old)
    assert (scene.sent(wanted).key, len(scene.twilio.requests)) == ("o1:2", 2)


def test_what_an_earlier_attempt_left_behind_is_withdrawn(scene: Scene) -> None:
    scene.twilio.lost = ["create"]
    with pytest.raises(OutcomeUnknown):
        scene.sent(submission())
    assert scene.carrier.find("o1:2", NUMBERS) is None
    left = scene.carrier.find("o1:2")
    assert left is not None
    assert (left.key, left.attempt) == ("o1:0", 0)
    scene.carrier.cancel(left.carrier_order_id, "enough")
    assert scene.carrier.find("o1:2") is None
    assert scene.twilio.live() == []
