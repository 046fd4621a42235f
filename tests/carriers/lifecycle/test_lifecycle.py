"""The life of an order, told once for every adapter; where carriers differ, `EXPECTED` says how."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portolan.carriers.desk.answers import ReturnKind
from portolan.domain.carrier import CarrierStatus, Consent, MessagingStatus, NumberStatus, SendKind
from portolan.domain.effects import Failure
from portolan.domain.errors import CarrierRefused
from tests.carriers.lifecycle.conftest import ADAPTERS
from tests.carriers.lifecycle.expected import EXPECTED, Expected
from tests.carriers.lifecycle.stages import (
    CHILD,
    CORRECTED,
    FOC,
    LATER,
    LATER_DAY,
    ONE,
    TWO,
    SimulatedStage,
    Stage,
    paper,
)
from tests.carriers.scene import HOUR, NUMBERS

MINUTE = timedelta(minutes=1)


@pytest.fixture
def expected(request: pytest.FixtureRequest) -> Expected:
    return EXPECTED[request.node.callspec.params["stage"]]


def test_there_is_a_row_for_every_adapter() -> None:
    assert tuple(EXPECTED) == ADAPTERS


def test_accepted_dated_and_moved(stage: Stage, expected: Expected) -> None:
    stage.submitted()
    told = [stage.get()]
    for happens in (stage.accepts, lambda: stage.confirms(FOC), stage.moves_numbers):
        stage.wait(MINUTE)
        happens()
        told.append(stage.get())
    assert tuple(held.raw_status for held in told) == expected.raw
    assert [held.status for held in told] == [
        CarrierStatus.RECEIVED,
        expected.accepted,
        CarrierStatus.FOC_CONFIRMED,
        CarrierStatus.PORTED,
    ]
    assert {(held.key, held.attempt, held.carrier_order_id) for held in told} == {("o1:1", 1, stage.ids["o1"])}
    assert [held.foc_at for held in told] == [None, None, FOC, FOC]
    waits, moved = NumberStatus.PENDING, NumberStatus.ACTIVE
    assert [set(held.numbers.values()) for held in told] == [{waits}, {waits}, {waits}, {moved}]
    assert all(sorted(held.numbers) == NUMBERS for held in told)
    moved_at = told[-1].activated_at
    assert moved_at is not None
    assert FOC <= moved_at <= stage.clock()
    # What is told to move once it has moved is told to move no more.
    assert stage.run("activate_order", stage.call()).status is CarrierStatus.PORTED
    assert stage.get() == told[-1]


def test_rejected_and_sent_again_with_corrections(stage: Stage, expected: Expected) -> None:
    first = stage.submitted()
    stage.wait(HOUR)
    stage.rejects("ACCOUNT_NUMBER_MISMATCH")
    held = stage.get()
    assert (held.status, held.attempt) == (CarrierStatus.REJECTED, 1)
    assert [reason.code for reason in held.rejections] == ["ACCOUNT_NUMBER_MISMATCH"]
    assert held.raw_status
    stage.wait(HOUR)
    again = stage.submitted(SendKind.SUPPLEMENT, account=CORRECTED)
    assert (again.key, again.attempt, again.status) == ("o1:2", 2, CarrierStatus.RECEIVED)
    assert again.rejections == []
    assert (again.carrier_order_id == first.carrier_order_id) is expected.supplements
    stage.never_twice()
    assert len(stage.live_orders()) == 1
    if stage.name != "simulated":  # which does not keep what it is told of the account
        assert CORRECTED.account_number in repr(stage.holds())
    stage.wait(HOUR)
    stage.confirms(FOC)
    stage.moves_numbers()
    assert stage.get().status is CarrierStatus.PORTED


def test_numbers_are_named_by_a_rejection_about_some(stage: Stage) -> None:
    stage.submitted()
    stage.rejects("TN_INACTIVE", [TWO])
    (reason,) = stage.get().rejections
    assert reason.code == "TN_INACTIVE"
    assert reason.numbers == [TWO] or TWO in reason.text


def test_the_date_slips(stage: Stage) -> None:
    stage.submitted()
    stage.confirms(FOC)
    stage.wait(HOUR)
    stage.confirms(LATER)
    held = stage.get()
    assert (held.status, held.foc_at, held.attempt) == (CarrierStatus.FOC_CONFIRMED, LATER, 1)
    # The first date passes, and nothing moves.
    stage.move(FOC + HOUR)
    assert stage.get().status is CarrierStatus.FOC_CONFIRMED
    assert stage.failure("activate_order", stage.call()).type == Failure.REFUSED
    assert set(stage.get().numbers.values()) == {NumberStatus.PENDING}


def test_another_date_is_asked_for(stage: Stage) -> None:
    stage.submitted()
    stage.confirms(FOC)
    stage.wait(HOUR)
    held = stage.submitted(SendKind.NEW_DATE, requested_foc_on=LATER_DAY)
    assert (held.key, len(stage.live_orders())) == ("o1:2", 1)
    stage.wait(HOUR)
    stage.confirms(LATER)
    assert (stage.get().status, stage.get().foc_at) == (CarrierStatus.FOC_CONFIRMED, LATER)


def test_numbers_that_cannot_go_together_are_one_order_of_ours(stage: Stage, expected: Expected) -> None:
    stage.will_divide()
    held = stage.submitted()
    assert sorted(held.numbers) == NUMBERS
    assert len(held.parts) == (expected.parts if expected.parts > 1 else 0)
    assert len(stage.live_orders()) == expected.parts
    stage.confirms(FOC)
    held = stage.get()
    assert (held.status, held.foc_at, sorted(held.numbers)) == (CarrierStatus.FOC_CONFIRMED, FOC, NUMBERS)
    for part in held.parts:
        assert (part.status, part.foc_at, part.raw_status) == (CarrierStatus.FOC_CONFIRMED, FOC, expected.raw[2])
        # Whatever part a message is about, it is the same order.
        assert sorted(stage.carrier.get(part.carrier_order_id).numbers) == NUMBERS


@pytest.mark.parametrize("child_first", [True, False], ids=["child first", "parent first"])
def test_numbers_that_move_apart_go_on_apart(stage: Stage, expected: Expected, child_first: bool) -> None:
    stage.will_divide()
    stage.submitted()
    stage.wait(HOUR)
    stage.moves_apart({FOC: [ONE], LATER: [TWO]})
    held = stage.get()
    assert (held.status, [reason.code for reason in held.rejections]) == (CarrierStatus.REJECTED, ["SPLIT_REQUIRED"])
    assert held.rejections[0].numbers == [TWO]
    before = {tuple(numbers): name for name, numbers in stage.live_orders().items()}
    stage.wait(HOUR)
    if child_first and not stage.LETS_GO_FIRST:
        stage.submitted(order_id=CHILD, numbers=[TWO])
        stage.never_twice()
        stage.submitted(SendKind.SUPPLEMENT, numbers=[ONE])
    else:
        stage.submitted(SendKind.SUPPLEMENT, numbers=[ONE])
        stage.submitted(order_id=CHILD, numbers=[TWO])
    stage.never_twice()
    assert sorted(stage.live_orders().values()) == [[ONE], [TWO]]
    assert (list(stage.get().numbers), list(stage.get(CHILD).numbers)) == ([ONE], [TWO])
    assert (stage.get().key, stage.get(CHILD).key) == ("o1:2", f"{CHILD}:1")
    assert stage.get().rejections == stage.get(CHILD).rejections == []
    if expected.parts > 1:
        # The part is taken over as it is, with its date.
        assert stage.ids[CHILD] == before[TWO,]
        assert stage.get(CHILD).foc_at == LATER


def test_cancelled_at_once(stage: Stage) -> None:
    stage.submitted()
    stage.wait(HOUR)
    cancel(stage)
    assert stage.get().status is CarrierStatus.CANCELLED
    assert stage.live_orders() == {}
    # A second time, and with the id unknown, it stays so.
    stage.run("cancel_order", stage.call())
    stage.run("cancel_order", stage.call(carrier_order_id=None, numbers=NUMBERS))
    assert stage.get().status is CarrierStatus.CANCELLED


def test_nothing_is_withdrawn_in_the_last_hours(stage: Stage, expected: Expected) -> None:
    freeze = expected.freeze_hours
    stage.submitted()
    stage.confirms(FOC)
    stage.move(FOC - (freeze or 0) * HOUR + MINUTE if freeze else FOC - MINUTE)
    before = stage.state()
    if freeze:
        assert stage.failure("cancel_order", stage.call()).type == Failure.REFUSED
        assert stage.state() == before
        assert stage.get().status is CarrierStatus.FOC_CONFIRMED
    else:
        cancel(stage)
        assert stage.get().status is CarrierStatus.CANCELLED


def test_until_then_it_is(stage: Stage, expected: Expected) -> None:
    stage.submitted()
    stage.confirms(FOC)
    stage.move(FOC - (expected.freeze_hours or 0) * HOUR - MINUTE)
    cancel(stage)
    assert stage.get().status is CarrierStatus.CANCELLED
    assert stage.live_orders() == {}


def test_numbers_that_have_moved_are_not_withdrawn(stage: Stage) -> None:
    stage.ported()
    assert stage.failure("cancel_order", stage.call()).type == Failure.REFUSED
    assert stage.get().status is CarrierStatus.PORTED


def cancel(stage: Stage) -> None:
    """At a desk a person enters that it has."""
    if EXPECTED.get(stage.name, EXPECTED["email"]).freeze_hours is None:
        assert stage.failure("cancel_order", stage.call()).type == Failure.OUTCOME_UNKNOWN
        assert stage.get().status is not CarrierStatus.CANCELLED
        stage.withdraws()
    stage.run("cancel_order", stage.call())


def test_numbers_on_demand_move_when_they_are_told_to(stage: Stage, expected: Expected) -> None:
    stage.submitted(activation="on_demand")
    stage.confirms(FOC)
    stage.move(FOC - 36 * HOUR)
    # Before the FOC nobody is told, and where the carrier itself is asked it refuses, or it stands as it stood.
    assert stage.failure("activate_order", stage.call()).type == Failure.REFUSED
    if expected.told_to_move and stage.name != "simulated":
        with pytest.raises(CarrierRefused):
            stage.carrier.activate(stage.ids["o1"])
    assert set(stage.get().numbers.values()) == {NumberStatus.PENDING}
    stage.move(FOC + MINUTE)
    waits = stage.get().status
    assert waits is (CarrierStatus.PORTED if stage.name == "twilio" else CarrierStatus.FOC_CONFIRMED)
    held = stage.run("activate_order", stage.call())
    moves = expected.told_to_move or stage.name == "twilio"
    assert (set(stage.get().numbers.values()) == {NumberStatus.ACTIVE}) is moves
    assert (stage.get().status is CarrierStatus.PORTED) is moves
    assert held.carrier_order_id == stage.ids["o1"]


def test_scheduled_numbers_move_by_themselves(stage: Stage) -> None:
    """But for the simulated carrier, which has to be told; at a desk a person says that they have."""
    stage.submitted()
    stage.confirms(FOC)
    stage.moves_numbers()
    before = stage.get()
    assert before.status is CarrierStatus.PORTED
    assert stage.run("activate_order", stage.call()) == before


def test_configured_before_and_on_arrival(stage: Stage, expected: Expected) -> None:
    stage.submitted()
    stage.confirms(FOC)
    flow = stage.CONFIGURATION.contact_flow
    assert stage.run("configure_numbers", stage.configuring()) is (expected.configures_first is not False)
    assert (flow in stage.wiring()) is bool(expected.configures_first)
    stage.moves_numbers()
    if not expected.configures_arrived:
        assert stage.failure("configure_numbers", stage.configuring()).type == Failure.REFUSED
        return
    assert stage.run("configure_numbers", stage.configuring()) is True
    assert (flow in stage.wiring()) is (expected.configures_first is not None)
    stage.run("unconfigure_numbers", stage.call())
    assert flow not in stage.wiring()


def test_configuration_goes_along_with_the_order(stage: Stage, expected: Expected) -> None:
    stage.submitted(configuration=stage.CONFIGURATION)
    assert (stage.CONFIGURATION.contact_flow in stage.wiring()) is expected.takes_configuration
    stage.confirms(FOC)
    settled = stage.run("configure_numbers", stage.configuring())
    # Amazon Connect is told in the case what it has to map, and the numbers are mapped once they are there.
    assert settled is (expected.configures_first is not False or stage.name == "bandwidth")


def test_configuration_is_taken_down_before_arrival(stage: Stage) -> None:
    stage.submitted()
    stage.run("configure_numbers", stage.configuring())
    stage.run("unconfigure_numbers", stage.call())
    assert stage.CONFIGURATION.contact_flow not in stage.wiring()


@pytest.mark.parametrize("ends", ["returned", "refused"])
def test_numbers_go_back(stage: Stage, expected: Expected, ends: ReturnKind) -> None:
    stage.ported()
    stage.wait(HOUR)
    if isinstance(stage, SimulatedStage):
        stage.scripted(consent="consented" if ends == "returned" else "refused", consent_hours=1)
    asked = stage.run("port_back_order", stage.name, stage.port_back())
    assert (asked.status, asked.consent) == (CarrierStatus.PORTED, Consent.REQUESTED)
    assert stage.run("port_back_order", stage.name, stage.port_back()) == asked
    assert ("portolan desk return o1" in asked.asks) is not expected.returns
    stage.wait(2 * HOUR)
    if not expected.returns:
        assert stage.get().consent is Consent.REQUESTED
        if ends == "returned":
            stage.returned("consented")
            assert (stage.get().status, stage.get().consent) == (CarrierStatus.PORTED, Consent.CONSENTED)
        stage.returned(ends)
    held = stage.get()
    if ends == "refused":
        assert (held.status, held.consent) == (CarrierStatus.PORTED, Consent.REFUSED)
        assert held.consent_why
        # The next stage asks anew.
        later = stage.run("port_back_order", stage.name, stage.port_back("win_back"))
        assert later.consent is Consent.REQUESTED
        return
    assert (held.status, held.consent) == (CarrierStatus.PORTED_BACK, Consent.CONSENTED)
    assert set(held.numbers.values()) == {NumberStatus.RETURNED}
    assert stage.run("port_back_order", stage.name, stage.port_back()) == held


def test_words_go_both_ways(stage: Stage, expected: Expected) -> None:
    stage.submitted()
    name = stage.ids["o1"]
    before = [one.text for one in stage.carrier.comments(name)]
    if not expected.comments:
        with pytest.raises(CarrierRefused):
            stage.carrier.comment(name, "Any news?")
        assert before == []
        return
    stage.carrier.comment(name, "Any news?")
    stage.carrier.comment(name, "Any news?")
    stage.wait(HOUR)
    stage.writes("They look into it.")
    said = [(one.text, one.from_carrier) for one in stage.carrier.comments(name) if one.text not in before]
    assert [(text.splitlines()[-1], theirs) for text, theirs in said] == [
        ("Any news?", False),
        ("They look into it.", True),
    ]


def test_messaging_follows(stage: Stage, expected: Expected) -> None:
    stage.submitted(configuration=stage.CONFIGURATION)
    stage.confirms(FOC)
    assert set(stage.run("settle_messaging", stage.messaging()).values()) == {MessagingStatus.PENDING}
    stage.moves_numbers()
    stage.texts_move()
    for _ in range(2):
        assert stage.run("settle_messaging", stage.messaging()) == dict.fromkeys(NUMBERS, expected.messaging)
    joins = expected.messaging is MessagingStatus.SETTLED
    assert (stage.CAMPAIGN in repr(stage.holds())) is joins


def test_nothing_is_sent_without_its_documents(stage: Stage, expected: Expected) -> None:
    everything = stage.papers
    stage.papers = []
    if not expected.lacks:
        stage.submitted()
        return
    submission = stage.submission()
    failed = stage.failure("submit_order", stage.name, submission)
    assert failed.type == Failure.REFUSED
    assert f"{expected.lacks}" in str(failed)
    assert "portolan " in str(failed)
    assert stage.live_orders() == {}
    stage.papers = everything
    assert stage.send(submission).status is CarrierStatus.RECEIVED
    assert len(stage.live_orders()) == 1


def test_a_new_letter_replaces_the_old_one(stage: Stage) -> None:
    stage.submitted()
    stage.rejects("BAD_SIGNATURE")
    assert stage.get().status is CarrierStatus.REJECTED
    stage.papers = [paper("loa", b"%PDF signed anew"), paper("bill")]
    held = stage.submitted(SendKind.SUPPLEMENT)
    assert (held.status, held.attempt, held.rejections) == (CarrierStatus.RECEIVED, 2, [])
    assert len(stage.live_orders()) == 1
