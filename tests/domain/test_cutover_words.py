"""What is told of the cutover day: only what applies, with the moments people need."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portolan.domain.bridge import Bridge
from portolan.domain.carrier import Consent, MessagingStatus, NumberStatus
from portolan.domain.cutover_words import cutover_lines, override_in_words, rollback_in_words
from portolan.domain.order import Order
from portolan.domain.port_backs import Asked, Proposal, ReturnStage
from portolan.domain.runbook import Override, SignOff
from portolan.domain.states import ENDED, State
from portolan.domain.testcalls import CallResult
from portolan.domain.words import details
from tests.domain.builders import BOSS, COORDINATOR, DAY, FOC, HOUR, NOW, new, order_in
from tests.domain.standing import eventful, proven, refused, standing

GATED = {"runbook": ["reconciliation", "desk_staffed", "go"], "gates": ["reconciliation", "desk_staffed", "go"]}
CALLED = {"test_slots": [0, 15, 30], "test_checks": ["ringback"], "test_least_origins": 1}
WINDOW_END = "2026-11-20 16:00 UTC"


def told(order: Order) -> str:
    return "\n".join(cutover_lines(order))


def overridden(order: Order, *items: str) -> Order:
    order.override = Override(items=[*items], by="Grace Hopper", reason="line is dead.", at=NOW, foc_at=FOC)
    return order


def call(minutes: int, heard: str = "passed") -> CallResult:
    at = FOC + timedelta(minutes=minutes)
    return CallResult.model_validate(
        {"number": "+12125550143", "origin": "mobile", "checks": {"ringback": heard}, "at": at}
    )


@pytest.mark.parametrize("state", State)
def test_an_order_that_asks_for_nothing_special_has_little_to_tell(state: State) -> None:
    lines = cutover_lines(order_in(state))
    assert all(line in details(order_in(state)) for line in lines)
    if state in {State.CHECKING, State.SUBMITTED, State.FOC_CONFIRMED, State.READY, State.CUTTING_OVER} | ENDED:
        assert [line for line in lines if "Snapback" not in line] == []


def test_the_details_end_up_with_everything_that_applies() -> None:
    order = eventful()
    assert set(cutover_lines(order)) <= set(details(order).split("\n\n"))
    assert "Snapback, decided by Grace Hopper" in details(order)


def test_red_gates_are_told_with_their_time_said_once() -> None:
    order = standing(State.FOC_CONFIRMED, policy=GATED)
    assert cutover_lines(order) == [
        "Red gates: reconciliation (due 2026-11-10 16:00 UTC); desk_staffed, go (due 2026-11-16 16:00 UTC)."
    ]
    order.signoffs = {item: SignOff(item=item, by="Grace Hopper", at=NOW, foc_at=FOC) for item in GATED["gates"]}
    assert cutover_lines(order) == []


def test_numbers_that_wait_at_red_gates_are_told_until_when_they_can_move() -> None:
    order = standing(State.READY, policy=GATED | {"cutover_hours": 4})
    assert "wait" not in told(order)
    order.held_since = FOC
    assert "The numbers wait for them; until 2026-11-17 20:00 UTC they can still move." in told(order)


def test_an_override_is_told_for_its_date() -> None:
    order = overridden(standing(State.READY, policy=GATED), "desk_staffed", "go")
    assert cutover_lines(order) == [
        "Red gates: reconciliation (due 2026-11-10 16:00 UTC).",
        "Red gates overridden by Grace Hopper: desk_staffed, go. Reason: line is dead.",
    ]
    order.set_foc(FOC + DAY, NOW)
    assert "overridden" not in told(order)


def test_an_override_is_still_told_while_the_numbers_move() -> None:
    order = overridden(standing(State.CUTTING_OVER, policy=GATED), "go")
    assert cutover_lines(order) == ["Red gates overridden by Grace Hopper: go. Reason: line is dead."]


def test_whose_word_moves_the_numbers_is_told() -> None:
    order = standing(State.READY, request={"activation": "on_demand"})
    window = "from 2026-11-17 16:00 UTC until 2026-11-18 04:59 UTC"
    assert cutover_lines(order) == [f"The numbers move on somebody's word, {window} (`portolan cut-over order-1`)."]
    order.go_by = "Grace Hopper"
    assert cutover_lines(order) == [f"Grace Hopper said that the numbers move, {window}."]


def test_proof_is_told_or_that_there_is_none() -> None:
    assert cutover_lines(standing(State.VERIFYING)) == ["Not proven in service yet."]
    assert cutover_lines(proven()) == [
        "Proven in service on 2026-11-17 17:00 UTC: the carrier has all 2 in service; routing look-up: all 2 at "
        "simulated."
    ]


@pytest.mark.parametrize("count", [6, 5])
def test_numbers_that_did_not_move_are_named_up_to_five(count: int) -> None:
    numbers = [f"+1212555014{last}" for last in range(7)]
    order = standing(State.PARTIALLY_ACTIVE, request={"numbers": numbers})
    order.number_status |= dict.fromkeys(numbers[:count], NumberStatus.FAILED)
    named = ", ".join(numbers[:5]) + (" ..." if count > 5 else "")
    assert cutover_lines(order)[0] == f"Not moved yet: {count} of 7 numbers ({named})."


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        (
            [call(1)],
            "Test calls: 1 made, none failed; 1 slot in a row passed. Proof by calls still lacks: 2 more slots ",
        ),
        (
            [call(1), call(16)],
            "Test calls: 2 made, none failed; 2 slots in a row passed. Proof by calls still lacks: 1 ",
        ),
        ([call(1), call(16), call(31)], "Test calls: 3 made, none failed; 3 slots in a row passed."),
        ([call(1), call(16, "silence")], "Test calls: 2 made, 1 failed; 1 slot in a row failed. Proof by calls still"),
        ([call(1, "busy"), call(31, "silence")], "Test calls: 2 made, 2 failed; 2 slots in a row failed. Proof by"),
    ],
)
def test_test_calls_are_told_with_their_streak_and_what_they_lack(calls: list[CallResult], words: str) -> None:
    order = standing(State.VERIFYING, policy=CALLED, calls=calls)
    line = cutover_lines(order)[-1]
    assert line.startswith(words)
    later = order.model_copy(update={"since": FOC + 60 * HOUR})
    assert cutover_lines(later)[-1] == line, "it is the same at every moment"


def test_calls_that_nobody_asked_for_are_counted_only() -> None:
    order = standing(State.VERIFYING, calls=[call(1)])
    assert cutover_lines(order)[-1] == "Test calls: 1 made, none failed."


def test_messaging_is_told_with_its_own_time() -> None:
    settled, pending = MessagingStatus.SETTLED, MessagingStatus.PENDING
    order = proven(messaging={"+12125550143": settled, "+12125550144": pending}, messaging_until=FOC + 72 * HOUR)
    counts = "Messaging of 2 numbers: 1 settled, 1 pending"
    assert cutover_lines(order)[-1] == (
        f"{counts}; it should have settled by {WINDOW_END}. Voice does not wait for it."
    )
    late = order.model_copy(update={"messaging_until": None})
    assert cutover_lines(late)[-1] == f"{counts}."
    left = order.model_copy(update={"without_messaging": "not waited for, says Ada."})
    assert cutover_lines(left)[-1] == f"{counts}. It is not waited for: not waited for, says Ada."
    done = order.model_copy(update={"messaging": dict.fromkeys(order.request.numbers, settled)})
    assert cutover_lines(done)[-1] == "Messaging of 2 numbers: 2 settled."


def test_a_bridge_is_told_while_it_stands() -> None:
    bridge = Bridge(reason="in print")
    order = standing(State.BRIDGING, bridge=bridge)
    assert cutover_lines(order) == ["The bridge is not built yet."]
    bridge.claimed, bridge.forward_to = {"+12125550143": "+12125550199"}, "sip:order-1@bridge.example"
    assert cutover_lines(order) == [
        "Bridge: forward the legacy numbers to sip:order-1@bridge.example; calls do not come through yet."
    ]
    bridge.carries_since = NOW
    assert cutover_lines(order) == [
        "Bridge: calls forwarded to sip:order-1@bridge.example come through since 2026-11-02 15:00 UTC."
    ]
    bridge.removed_at = NOW
    assert cutover_lines(order) == []


def test_returns_are_told_one_by_one_with_what_the_carrier_said() -> None:
    asked = Asked(
        stage=ReturnStage.WIN_BACK,
        by="Grace Hopper",
        second="Charles Babbage",
        reason="no calls",
        decided_at=FOC + 30 * HOUR,
        inadvertent=True,
    )
    order = standing(State.ROLLING_BACK, returns=[refused(ReturnStage.SNAPBACK, why="too late."), asked])
    assert cutover_lines(order) == [
        "Snapback, decided by Grace Hopper on 2026-11-17 17:00 UTC: refused (too late).",
        "Win-back of a port that nobody wanted, decided by Grace Hopper and Charles Babbage on 2026-11-18 22:00 UTC: "
        "not asked for yet.",
    ]
    asked.consent = Consent.REQUESTED
    assert cutover_lines(order)[-1].endswith(": requested.")


def test_a_decision_that_waits_is_told_with_whom_it_waits_for() -> None:
    order = proven(request={"second_person": COORDINATOR})
    order.proposal = Proposal(kind="rollback", by=BOSS.email, reason="no calls.", at=FOC + HOUR)
    assert cutover_lines(order)[-1] == (
        f"A rollback, decided by {BOSS.email} on 2026-11-17 17:00 UTC, waits for Charles Babbage: no calls."
    )
    order.proposal.kind, order.proposal.by = "override_gates", "Charles Babbage"
    assert cutover_lines(order)[-1].startswith("An override of red gates, decided by Charles Babbage on")
    assert "waits for Grace Hopper" in cutover_lines(order)[-1]


def test_an_override_says_first_what_it_covers() -> None:
    order = standing(State.READY, policy=GATED)
    desk = "The losing carrier's porting desk confirmed by phone the FOC and that somebody is on duty"
    letter = "The legal-entity contact signs off that the letter says what the record says"
    assert override_in_words(order, "Grace Hopper", FOC - 2 * DAY) == (
        f"This lets the numbers move at the FOC 2026-11-17 16:00 UTC without: {letter}. "
        "It does not cover what is not due yet: desk_staffed, go (due 2026-11-16 16:00 UTC)."
    )
    at_foc = override_in_words(order, "Grace Hopper", FOC)
    assert at_foc.endswith(f"without: {letter}; {desk}; Go, by the decision-maker.")


@pytest.mark.parametrize(
    ("after", "asked"),
    [
        (timedelta(0), "a snapback, which can be asked for until 2026-11-18 16:00 UTC"),
        (24 * HOUR - timedelta(seconds=1), "a snapback, which can be asked for until 2026-11-18 16:00 UTC"),
        (24 * HOUR, f"a win-back, which can be asked for until {WINDOW_END}"),
        (72 * HOUR - timedelta(seconds=1), f"a win-back, which can be asked for until {WINDOW_END}"),
    ],
)
def test_a_rollback_says_first_which_stage_it_would_be(after: timedelta, asked: str) -> None:
    order = proven()
    assert rollback_in_words(order, "Grace Hopper", FOC + after) == (
        f"This asks Old Telco for {asked}; Old Telco may refuse."
    )


def test_a_port_that_nobody_wanted_is_asked_back_without_an_end() -> None:
    order = proven(State.SETTLING, policy={"inadvertent_unlimited": True})
    assert rollback_in_words(order, "Grace Hopper", FOC + 200 * HOUR, inadvertent=True) == (
        "This asks Old Telco for a win-back; Old Telco may refuse."
    )


def test_a_rollback_says_first_whose_name_the_letter_gets_and_who_has_to_agree() -> None:
    order = proven(policy={"runbook": ["rollback_letter"], "gates": []}, request={"second_person": COORDINATOR})
    assert rollback_in_words(order, "grace hopper", FOC).endswith(
        "Old Telco may refuse. It counts from the moment at which Charles Babbage confirms it. "
        "With it grace hopper signs the letter of return that was prepared."
    )
    assert "at which Grace Hopper confirms it" in rollback_in_words(order, COORDINATOR.email, FOC)


def test_a_bridge_is_removed_and_nobody_is_asked() -> None:
    order = standing(State.BRIDGED, bridge=Bridge(reason="in print"))
    assert rollback_in_words(order, "Grace Hopper", NOW) == (
        "The bridge is removed at once: the numbers never left Old Telco. The forwarding there has to end, too."
    )


def test_nothing_is_told_of_an_order_that_has_just_begun() -> None:
    assert cutover_lines(new()) == []
