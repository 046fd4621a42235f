"""Calls to carriers under Temporal's activity environment: each looks before it acts, and reports failures by type."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from temporalio.api.failure.v1 import Failure as Converted
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from activities.carrier import CarrierActivities
from activities.failures import reported
from portolan.carriers.simulated import Saying, Script
from portolan.documents.letters.render import LetterUnprintable
from portolan.documents.sealing import SignatureRefused
from portolan.domain import errors
from portolan.domain.carrier import CarrierOrder, CarrierStatus, Consent, NumberStatus, PortBack
from portolan.domain.effects import CarrierCall, Failure
from portolan.domain.rejections import Rejection
from tests.activities.desk import NOW, NUMBER, SECOND, Desk, faulty, port_back, submission


def test_numbers_and_record_are_looked_up_together(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Script(not_portable={NUMBER: "no footprint"}, csr={"postal_code": "02111"}))
    call = CarrierCall(carrier="simulated", order_id="o1", numbers=[NUMBER], losing_carrier="Old", account_number="1")
    found = desk.run("look_up_numbers", call)
    assert [(p.number, p.portable) for p in found.portability] == [(NUMBER, False)]
    assert found.csr.record.postal_code == "02111"


def test_what_was_sent_already_is_found_and_not_sent_again(desk: Desk) -> None:
    first = desk.run("submit_order", "simulated", submission())
    again = desk.run("submit_order", "simulated", submission())
    assert again.carrier_order_id == first.carrier_order_id
    assert desk.calls("submit") == 1
    assert len(desk.carrier.store.orders("o1")) == 1


def test_an_unknown_outcome_is_settled_by_looking(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "submit", "lost_answer")
    failure = desk.failure("submit_order", "simulated", submission())
    assert (failure.type, failure.non_retryable) == (Failure.OUTCOME_UNKNOWN, False)
    desk.run("submit_order", "simulated", submission())
    assert len(desk.carrier.store.orders("o1")) == 1
    assert desk.calls("submit") == 1


def test_a_look_that_fails_sends_nothing(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "find", "outage")
    failure = desk.failure("submit_order", "simulated", submission())
    assert (failure.type, failure.non_retryable) == (Failure.UNAVAILABLE, False)
    assert desk.calls("submit") == 0


@pytest.mark.parametrize(("moment", "sent"), [(NOW - SECOND, True), (NOW, False), (NOW + SECOND, False)])
def test_an_loa_is_sent_up_to_the_second_before_it_is_too_old(moment: datetime, sent: bool, desk: Desk) -> None:
    if sent:
        desk.run("submit_order", "simulated", submission(not_after=NOW), at=moment)
    else:
        failure = desk.failure("submit_order", "simulated", submission(not_after=NOW), at=moment)
        assert (failure.type, failure.non_retryable) == (Failure.LOA_STALE, True)
    assert desk.calls("submit") == sent


def test_what_was_sent_in_time_is_found_even_when_the_loa_is_too_old_by_now(desk: Desk) -> None:
    desk.run("submit_order", "simulated", submission(not_after=NOW), at=NOW - SECOND)
    late = desk.run("submit_order", "simulated", submission(not_after=NOW), at=NOW + timedelta(days=1))
    assert late.carrier_order_id == "SIM-00001"
    assert desk.calls("submit") == 1


def test_a_sending_that_needs_no_loa_has_no_limit(desk: Desk) -> None:
    desk.run("submit_order", "simulated", submission(not_after=None), at=NOW + timedelta(days=999))
    assert desk.calls("submit") == 1


def test_the_order_is_fetched_as_the_carrier_has_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Script(sendings=[[Saying(says="approve", after_hours=1)]]))
    call = desk.submitted()
    assert desk.run("fetch_order", call).status is CarrierStatus.RECEIVED
    assert desk.run("fetch_order", call, at=NOW + timedelta(hours=1)).status is CarrierStatus.ACCEPTED


def test_cancel_finds_what_we_do_not_know_the_name_of(desk: Desk) -> None:
    call = desk.submitted().model_copy(update={"carrier_order_id": None})
    desk.run("cancel_order", call)
    assert desk.carrier.store.orders("o1")[0].cancelled_at == NOW


def test_cancel_of_nothing_and_of_what_is_cancelled_already_do_nothing(desk: Desk) -> None:
    nothing = CarrierCall(carrier="simulated", order_id="o1", key="o1:1")
    desk.run("cancel_order", nothing)
    assert desk.calls("cancel") == 0
    call = desk.submitted()
    for _ in range(2):
        desk.run("cancel_order", call)
    assert desk.calls("cancel") == 1


def test_a_refusal_to_cancel_is_final(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "cancel", "refuse")
    failure = desk.failure("cancel_order", desk.submitted())
    assert (failure.type, failure.non_retryable) == (Failure.REFUSED, True)


def test_numbers_that_have_moved_are_not_moved_again(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "activate", "lost_answer")
    call = desk.submitted()
    assert desk.failure("activate_order", call).type == Failure.OUTCOME_UNKNOWN
    moved = desk.run("activate_order", call)
    assert moved.numbers == {NUMBER: NumberStatus.ACTIVE}
    assert desk.carrier.store.orders("o1")[0].activations == 1


OTHER = "+12125550002"
IN_PART = {NUMBER: NumberStatus.FAILED, OTHER: NumberStatus.ACTIVE}


def in_part(folder: Path) -> tuple[Desk, CarrierCall]:
    """An order of two numbers that fared as scripted: the first one needs a second try."""
    desk = Desk(folder, Script(dead_numbers=1, activate_again=True))
    call = desk.submitted(numbers=[NUMBER, OTHER])
    assert desk.run("activate_order", call).numbers == IN_PART
    return desk, call


def test_an_order_that_has_moved_in_part_is_activated_again_until_all_of_it_has(tmp_path: Path) -> None:
    desk, call = in_part(tmp_path)
    for _ in range(2):
        assert set(desk.run("activate_order", call).numbers.values()) == {NumberStatus.ACTIVE}
    assert desk.calls("activate") == 2


@pytest.mark.parametrize(("moment", "again"), [(NOW - SECOND, True), (NOW, False)])
def test_the_rest_of_an_order_is_tried_in_the_time_for_it_and_told_as_it_is_afterwards(
    moment: datetime, again: bool, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, Script(dead_numbers=1, activate_again=True))
    call = desk.submitted(numbers=[NUMBER, OTHER])
    desk.run("activate_order", call, at=NOW - 2 * SECOND)
    late = desk.run("activate_order", call.model_copy(update={"not_after": NOW}), at=moment)
    assert (late.status, late.numbers == IN_PART) == (CarrierStatus.PORTED, not again)
    assert desk.calls("activate") == (2 if again else 1)


def test_a_late_repetition_does_not_move_numbers_that_went_back_in_part(tmp_path: Path) -> None:
    desk, call = in_part(tmp_path)
    desk.run("port_back_order", "simulated", port_back())
    assert desk.run("activate_order", call).status is CarrierStatus.PORTED_BACK
    assert desk.calls("activate") == 1


def test_a_late_repetition_does_not_move_numbers_that_went_back(desk: Desk) -> None:
    call = desk.submitted()
    desk.run("activate_order", call)
    desk.run("port_back_order", "simulated", port_back())
    assert desk.run("activate_order", call).status is CarrierStatus.PORTED_BACK
    assert desk.calls("activate") == 1


def test_numbers_go_back_once(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "port_back", "lost_answer")
    desk.run("activate_order", desk.submitted())
    assert desk.failure("port_back_order", "simulated", port_back()).type == Failure.OUTCOME_UNKNOWN
    assert desk.run("port_back_order", "simulated", port_back()).status is CarrierStatus.PORTED_BACK
    assert desk.calls("port_back") == 1


@pytest.mark.parametrize(("moment", "returned"), [(NOW - SECOND, True), (NOW, False), (NOW + SECOND, False)])
def test_numbers_go_back_up_to_the_last_second(moment: datetime, returned: bool, desk: Desk) -> None:
    desk.run("activate_order", desk.submitted())
    if returned:
        desk.run("port_back_order", "simulated", port_back(not_after=NOW), at=moment)
    else:
        failure = desk.failure("port_back_order", "simulated", port_back(not_after=NOW), at=moment)
        assert (failure.type, failure.non_retryable) == (Failure.TOO_LATE, True)
    assert desk.calls("port_back") == returned


def test_numbers_that_are_back_already_are_so_however_late_it_is_asked(desk: Desk) -> None:
    desk.run("activate_order", desk.submitted())
    desk.run("port_back_order", "simulated", port_back(not_after=NOW), at=NOW - SECOND)
    late = desk.run("port_back_order", "simulated", port_back(not_after=NOW), at=NOW + timedelta(days=1))
    assert late.status is CarrierStatus.PORTED_BACK


def asking(folder: Path, **script: object) -> Desk:
    """A desk whose order has moved, and whose losing carrier answers by script."""
    desk = Desk(folder, Script.model_validate(script))
    desk.run("activate_order", desk.submitted(), at=NOW - timedelta(hours=1))
    return desk


def ask(desk: Desk, at: datetime, request: PortBack | None = None) -> tuple[CarrierStatus, Consent | None]:
    told: CarrierOrder = desk.run("port_back_order", "simulated", request or port_back(not_after=NOW), at=at)
    return told.status, told.consent


def test_what_was_asked_for_in_time_is_told_as_it_is_after_it_and_not_asked_for_again(tmp_path: Path) -> None:
    desk = asking(tmp_path, consent_hours=2)
    asked_at = NOW - SECOND
    assert ask(desk, asked_at) == (CarrierStatus.PORTED, Consent.REQUESTED)
    answered_at = asked_at + timedelta(hours=2)
    for late in (NOW, answered_at - SECOND):
        assert ask(desk, late) == (CarrierStatus.PORTED, Consent.REQUESTED)
    assert ask(desk, answered_at) == (CarrierStatus.PORTED_BACK, Consent.CONSENTED)
    assert desk.calls("port_back") == 1


def test_in_time_it_is_asked_as_often_as_wanted_and_counts_once(tmp_path: Path) -> None:
    desk = asking(tmp_path, consent="silent")
    for seconds in (3, 2, 1):
        assert ask(desk, NOW - seconds * SECOND) == (CarrierStatus.PORTED, Consent.REQUESTED)
    (asked,) = desk.carrier.store.orders("o1")[0].asked_back
    assert asked.at == NOW - 3 * SECOND


def test_a_refusal_is_told_with_its_reason_and_the_next_stage_asked_for(tmp_path: Path) -> None:
    desk = asking(tmp_path, consent_by_stage={"snapback": "refused"})
    for moment in (NOW - SECOND, NOW, NOW + SECOND):
        told = desk.run("port_back_order", "simulated", port_back(not_after=NOW), at=moment)
        assert (told.status, told.consent) == (CarrierStatus.PORTED, Consent.REFUSED)
        assert told.consent_why
    later = port_back(not_after=NOW + timedelta(hours=48), stage="win_back")
    assert ask(desk, NOW + SECOND, later) == (CarrierStatus.PORTED_BACK, Consent.CONSENTED)


def test_a_stage_whose_time_has_passed_is_not_asked_for_because_an_earlier_one_was(tmp_path: Path) -> None:
    desk = asking(tmp_path, consent_by_stage={"snapback": "refused"})
    ask(desk, NOW - SECOND)
    assert ask(desk, NOW, port_back(not_after=NOW, stage="win_back")) == (CarrierStatus.PORTED, Consent.REFUSED)
    assert [asked.stage for asked in desk.carrier.store.orders("o1")[0].asked_back] == ["snapback"]


def test_a_carrier_that_will_not_ask_refuses_for_good(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "port_back", "refuse")
    desk.run("activate_order", desk.submitted())
    failure = desk.failure("port_back_order", "simulated", port_back())
    assert (failure.type, failure.non_retryable) == (Failure.REFUSED, True)


@pytest.mark.parametrize(
    "name",
    [
        "look_up_numbers",
        "fetch_order",
        "cancel_order",
        "activate_order",
        "unconfigure_numbers",
        "look_for_proof",
    ],
)
def test_a_carrier_that_is_not_set_up_is_a_refusal_that_names_those_that_are(name: str, desk: Desk) -> None:
    failure = desk.failure(name, CarrierCall(carrier="nobody", order_id="o1"))
    assert (failure.type, failure.non_retryable) == (Failure.REFUSED, True)
    assert "nobody" in failure.message
    assert "simulated" in failure.message


@pytest.mark.parametrize(
    ("error", "kind", "final", "wait"),
    [
        (errors.CarrierUnavailable("down"), Failure.UNAVAILABLE, False, None),
        (errors.CarrierRateLimited("slow", timedelta(seconds=7)), "carrier_rate_limited", False, timedelta(seconds=7)),
        (errors.OutcomeUnknown("?"), Failure.OUTCOME_UNKNOWN, False, None),
        (errors.CarrierRefused("no", "ask them"), Failure.REFUSED, True, None),
        (errors.CarrierUnauthorised("who?"), Failure.UNAUTHORISED, True, None),
        (errors.NumberTaken("+1", "o7"), Failure.NUMBER_TAKEN, None, None),
        (SignatureRefused("ink"), "signature_refused", True, None),
        (LetterUnprintable("no type"), "letter_unprintable", False, None),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_errors_are_reported_by_their_code(
    error: Exception, kind: str, final: bool | None, wait: timedelta | None
) -> None:
    with pytest.raises(ApplicationError) as caught, reported():
        raise error
    assert caught.value.type == kind
    assert caught.value.next_retry_delay == wait
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert str(error) in caught.value.message
    if final is not None:
        assert caught.value.non_retryable is final


def test_errors_that_nobody_meant_stay_what_they_are() -> None:
    with pytest.raises(KeyError), reported():
        raise KeyError("a defect")


class Line:
    """A line of orders at an account, as the records keep it."""

    def __init__(self, wait: str = "", following: str | None = None) -> None:
        self.wait, self.following = wait, following
        self.asked: list[str] = []
        self.linked: list[tuple[str, str, str]] = []

    def may_send(self, carrier: str, order_id: str, now: datetime) -> str:
        self.asked.append(f"may {order_id}")
        return self.wait

    def was_sent(self, carrier: str, order_id: str) -> str | None:
        self.asked.append(f"sent {order_id}")
        return self.following

    def link(self, carrier: str, carrier_order_id: str, key: str) -> None:
        self.linked.append((carrier, carrier_order_id, key))


def in_line(desk: Desk, line: Line) -> list[str]:
    """Have the activities keep to a line; who was told that the turn is theirs."""
    told: list[str] = []
    desk.activities = CarrierActivities({"simulated": desk.carrier}, gate=line, nudge=told.append)
    return told


def test_an_account_on_hold_gets_nothing_and_what_is_there_is_found(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Script())
    told = in_line(desk, line := Line("telnyx is on hold: freeze (Ada)"))
    failure = desk.failure("submit_order", "simulated", submission())
    assert (failure.type, failure.non_retryable) == (Failure.ON_HOLD, True)
    assert failure.message == "telnyx is on hold: freeze (Ada)."
    assert desk.calls("submit") == 0
    assert (line.asked, told) == (["may o1"], [])
    line.wait = ""
    desk.run("submit_order", "simulated", submission())
    line.wait = "telnyx is on hold again"
    assert desk.run("submit_order", "simulated", submission()).key == "o1:1"
    assert desk.calls("submit") == 1


def test_who_was_sent_is_known_by_the_carriers_id_and_tells_the_next(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Script())
    told = in_line(desk, line := Line(following="o2"))
    desk.run("submit_order", "simulated", submission())
    assert line.linked == [("simulated", "SIM-00001", "o1:1")]
    assert told == ["o2"]


@pytest.mark.parametrize("kind", ["outage", "lost_request", "lost_answer", "refuse"])
def test_an_order_that_cannot_be_sent_keeps_nobody_waiting(kind: str, tmp_path: Path) -> None:
    desk = faulty(tmp_path, "submit", kind)
    told = in_line(desk, line := Line(following="o2"))
    desk.failure("submit_order", "simulated", submission())
    assert line.asked == ["may o1", "sent o1"]
    assert told == ["o2"]


def test_an_order_that_cannot_be_looked_for_keeps_nobody_waiting(tmp_path: Path) -> None:
    desk = faulty(tmp_path, "find", "outage")
    told = in_line(desk, line := Line(following="o2"))
    desk.failure("submit_order", "simulated", submission())
    assert (line.asked, told) == (["sent o1"], ["o2"])


def test_canonical_reasons_go_with_the_failure_and_nothing_it_was_raised_from() -> None:
    reason = Rejection(code="INVALID_PIN", text="PIN does not match", vendor_code="7435")
    refusal = errors.CarrierRejected([reason])
    refusal.__cause__ = ValueError("Bearer S3CRET")
    with pytest.raises(ApplicationError) as caught, reported():
        raise refusal
    assert caught.value.type == Failure.REFUSED
    assert [Rejection.model_validate(one) for one in caught.value.details[0]] == [reason]
    converted = Converted()
    DataConverter.default.failure_converter.to_failure(caught.value, DataConverter.default.payload_converter, converted)
    assert "S3CRET" not in str(converted)
