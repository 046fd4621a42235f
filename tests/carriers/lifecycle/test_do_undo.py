"""Every operation of every adapter, with the answer to each of its calls lost, is repeated and taken back.

Never are there two orders, and however a run was disturbed, it ends as one that was not.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import pytest
from temporalio.exceptions import ApplicationError

from portolan.domain.carrier import BridgeWanted, CarrierStatus, NumberStatus, SendKind
from portolan.domain.effects import EFFECTS, Failure
from portolan.domain.errors import CarrierRefused, PortolanError
from tests.carriers.lifecycle.conftest import ADAPTERS, SetUp
from tests.carriers.lifecycle.points import Died
from tests.carriers.lifecycle.stages import CHILD, CORRECTED, FOC, LATER, LATER_DAY, ONE, TWO, Stage
from tests.carriers.scene import NUMBERS

#: So often an operation is tried before something must be wrong.
TRIES = 3
#: No operation makes so many calls.
MOST_CALLS = 100
#: Calls that only look: losing the answers of one after the other says as much as losing each in a run of its own.
LOOKS = ("GET ", "support describe", "connect describe", "connect list", "connect search", "find", "get")
RETRIED = {Failure.OUTCOME_UNKNOWN, Failure.UNAVAILABLE}
BRIDGE = BridgeWanted(key="o1:bridge", order_id="o1", numbers=NUMBERS)


class Operation(NamedTuple):
    """An operation.

    Attributes:
        effect: The activity; `comment` is none yet, and is asked of the carrier itself.
        prepare: Brings an order to where it makes sense.
        given: What the activity is given, made once.
        done: Checks that it came about.
        undone: Checks that its undo came about, where it has one.
    """

    effect: str
    prepare: Callable[[Stage], object]
    given: Callable[[Stage], tuple[Any, ...]]
    done: Callable[[Stage], object]
    undone: Callable[[Stage], object] | None = None


def nothing(stage: Stage) -> None:
    """Nothing is there yet."""


def rejected(stage: Stage) -> None:
    stage.submitted()
    stage.rejects("ACCOUNT_NUMBER_MISMATCH")


def dated(stage: Stage) -> None:
    stage.submitted()
    stage.confirms(FOC)


def divided(stage: Stage) -> None:
    """The carrier moves the numbers apart, and one of them goes on in an order of its own."""
    will_divide(stage)
    stage.submitted()
    stage.moves_apart({FOC: [ONE], LATER: [TWO]})
    if stage.LETS_GO_FIRST:
        stage.submitted(SendKind.SUPPLEMENT, numbers=[ONE])


def will_divide(stage: Stage) -> None:
    stage.will_divide()


def at_foc(stage: Stage) -> None:
    stage.submitted(activation="on_demand")
    stage.confirms(FOC)
    stage.move(FOC)


def sent(stage: Stage) -> None:
    stage.submitted()


def configured(stage: Stage) -> None:
    sent(stage)
    stage.run("configure_numbers", stage.configuring())


def configured_on_arrival(stage: Stage) -> None:
    stage.ported()
    stage.run("configure_numbers", stage.configuring())


def with_texts(stage: Stage) -> None:
    stage.ported(configuration=stage.CONFIGURATION)
    stage.texts_move()


def bridged(stage: Stage) -> None:
    stage.run("build_bridge", stage.name, BRIDGE)


def stands(attempt: int, status: CarrierStatus | None = None) -> Callable[[Stage], None]:
    """The order stands for this sending, and lives once."""

    def check(stage: Stage) -> None:
        held = stage.get()
        assert (held.attempt, held.key) == (attempt, f"o1:{attempt}")
        assert status in {None, held.status}
        assert sorted(number for numbers in stage.live_orders().values() for number in numbers) == NUMBERS

    return check


def in_parts(stage: Stage) -> None:
    held = stage.get()
    assert sorted(held.numbers) == NUMBERS
    assert [part.numbers for part in held.parts] == ([[ONE], [TWO]] if stage.DIVIDES else [])
    assert len(stage.live_orders()) == (2 if stage.DIVIDES else 1)


def cancelled(stage: Stage) -> None:
    assert stage.get().status is CarrierStatus.CANCELLED
    assert stage.live_orders() == {}


def each_apart(stage: Stage) -> None:
    assert list(stage.get(CHILD).numbers) == [TWO]
    assert stage.get(CHILD).key == f"{CHILD}:1"


def only_parent(stage: Stage) -> None:
    assert stage.get(CHILD).status is CarrierStatus.CANCELLED
    assert ONE in [number for numbers in stage.live_orders().values() for number in numbers]


def has(what: Callable[[Stage], str], there: bool = True) -> Callable[[Stage], None]:
    def check(stage: Stage) -> None:
        assert (what(stage) in repr(stage.holds())) is there

    return check


def flow(stage: Stage) -> str:
    return stage.CONFIGURATION.contact_flow


def campaign(stage: Stage) -> str:
    return stage.CAMPAIGN


def moved(stage: Stage) -> None:
    """What is told to move has moved; what moves by itself stands as it stood."""
    held = stage.get()
    told = {"simulated", "telnyx", "twilio", "bandwidth"}
    assert (set(held.numbers.values()) == {NumberStatus.ACTIVE}) is (stage.name in told)


def asked_back(stage: Stage) -> None:
    assert stage.get().consent is not None


def back(stage: Stage) -> None:
    assert stage.get().status is CarrierStatus.PORTED_BACK
    assert set(stage.get().numbers.values()) == {NumberStatus.RETURNED}


def said(stage: Stage) -> None:
    assert [one.text for one in stage.carrier.comments(stage.ids["o1"]) if not one.from_carrier].count("Any news?") == 1


def bridge(there: bool) -> Callable[[Stage], None]:
    def check(stage: Stage) -> None:
        answer = stage.carrier.bridge(BRIDGE.key)
        assert (sorted(answer.claimed) if answer else []) == (NUMBERS if there else [])

    return check


def sending(kind: SendKind = SendKind.NEW, order_id: str = "o1", **given: Any) -> Callable[[Stage], tuple[Any, ...]]:
    return lambda stage: (stage.name, stage.submission(kind, order_id, **given))


OPERATIONS: dict[str, Operation] = {
    "submit": Operation("submit_order", nothing, sending(), stands(1, CarrierStatus.RECEIVED), cancelled),
    "submit on demand": Operation("submit_order", nothing, sending(activation="on_demand"), stands(1), cancelled),
    "submit in parts": Operation("submit_order", will_divide, sending(), in_parts, cancelled),
    "supplement": Operation(
        "submit_order",
        rejected,
        sending(SendKind.SUPPLEMENT, account=CORRECTED),
        stands(2, CarrierStatus.RECEIVED),
        cancelled,
    ),
    "new date": Operation(
        "submit_order", dated, sending(SendKind.NEW_DATE, requested_foc_on=LATER_DAY), stands(2), cancelled
    ),
    "split out": Operation("submit_order", divided, sending(order_id=CHILD, numbers=[TWO]), each_apart, only_parent),
    "cancel": Operation("cancel_order", rejected, lambda stage: (stage.call(),), cancelled),
    "configure": Operation(
        "configure_numbers", sent, lambda stage: (stage.configuring(),), nothing, has(flow, there=False)
    ),
    "configure on arrival": Operation(
        "configure_numbers", Stage.ported, lambda stage: (stage.configuring(),), nothing, has(flow, there=False)
    ),
    "unconfigure": Operation("unconfigure_numbers", configured, lambda stage: (stage.call(),), has(flow, there=False)),
    "unconfigure on arrival": Operation(
        "unconfigure_numbers", configured_on_arrival, lambda stage: (stage.call(),), has(flow, there=False)
    ),
    "activate": Operation("activate_order", at_foc, lambda stage: (stage.call(),), moved, back),
    "port back": Operation("port_back_order", Stage.ported, lambda stage: (stage.name, stage.port_back()), asked_back),
    "settle messaging": Operation(
        "settle_messaging", with_texts, lambda stage: (stage.messaging(),), nothing, has(campaign, there=False)
    ),
    "comment": Operation("comment", dated, lambda stage: (stage.ids["o1"], "Any news?"), said),
    "build a bridge": Operation(
        "build_bridge", nothing, lambda stage: (stage.name, BRIDGE), bridge(True), bridge(False)
    ),
    "remove a bridge": Operation("remove_bridge", bridged, lambda stage: (stage.name, BRIDGE), bridge(False)),
}
_BRIDGELESS = ("telnyx", "twilio", "bandwidth", "email")
#: What an adapter refuses, and where: nothing has changed then.
REFUSED = {
    **{("comment", name): "takes no comment|no desk" for name in ("simulated", "twilio")},
    **{("build a bridge", name): "bridge|claiming numbers" for name in _BRIDGELESS},
    ("configure on arrival", "bandwidth"): "by its Dashboard only",
}
#: Where what is refused cannot have been done before: taking it back finds nothing to take back.
NOT_DONE: dict[tuple[str, str], Callable[[Stage], object]] = {
    **{("remove a bridge", name): nothing for name in _BRIDGELESS},
    ("unconfigure on arrival", "bandwidth"): Stage.ported,
}


#: What is an operation of its own at these only; at others it is `submit` once more.
ONLY_AT = {"submit on demand": {"telnyx", "bandwidth"}, "submit in parts": {"telnyx", "bandwidth"}}
CASES = [(adapter, name) for adapter in ADAPTERS for name in OPERATIONS if adapter in ONLY_AT.get(name, ADAPTERS)]


def act(stage: Stage, operation: Operation, given: tuple[Any, ...]) -> None:
    if operation.effect == "comment":
        stage.carrier.comment(*given)
        return
    answer = stage.run(operation.effect, *given)
    if operation.effect == "submit_order":
        stage.sendings[given[1].order_id] = given[1].attempt
        stage.ids[given[1].order_id] = answer.carrier_order_id


def persist(stage: Stage, operation: Operation, given: tuple[Any, ...]) -> None:
    """Until it ends well, as the workflow does; meanwhile a person does what the carrier waits for."""
    for _ in range(TRIES):
        try:
            act(stage, operation, given)
            return
        except (ApplicationError, PortolanError) as error:
            if (error.type if isinstance(error, ApplicationError) else error.code) not in RETRIED:
                raise
            stage.never_twice()
            stage.withdraws()
    raise AssertionError(f"{operation.effect} did not end well in {TRIES} tries")


def undo(stage: Stage, operation: Operation, repeat: bool) -> None:
    name = EFFECTS[operation.effect].undo if operation.effect in EFFECTS else None
    assert (name is None) == (operation.undone is None)
    if name is None or operation.undone is None:
        return
    order_id = CHILD if CHILD in stage.ids else "o1"
    if name == "port_back_order":
        if stage.get().status is not CarrierStatus.PORTED:
            stage.moves_numbers()
        given: tuple[Any, ...] = (stage.name, stage.port_back())
    elif name == "remove_bridge":
        given = (stage.name, BRIDGE)
    else:
        given = (stage.call(order_id),)
    taking_back = Operation(name, nothing, lambda stage: given, nothing)
    persist(stage, taking_back, given)
    if name == "port_back_order" and stage.get().status is not CarrierStatus.PORTED_BACK:
        stage.returned("consented")
        stage.returned("returned")
    if repeat:
        persist(stage, taking_back, given)
    operation.undone(stage)


def run(stage: Stage, operation: Operation, at: int | None) -> tuple[list[str], Any, Any]:
    """Do it with the answer to the call at this place lost, again, and take it back.

    Args:
        at: 0: none is lost; None: in each try another one is, the first, then the second, as long as there are so many.
            Elsewhere it is not taken back: where everything stands as in the undisturbed run, so does its undo.

    Returns:
        The calls that the first try made, how everything stands when it is done, and when it is taken back.
    """
    operation.prepare(stage)
    given = operation.given(stage)
    first: list[str] = []
    for place in [at] if at is not None else range(1, MOST_CALLS):
        stage.points.arm(place)
        with suppress(ApplicationError, PortolanError, Died):
            act(stage, operation, given)
        first = first or stage.points.met
        stage.never_twice()
        if at is None and len(stage.points.met) < place:
            break
    stage.points.arm()
    persist(stage, operation, given)
    if at == 0:
        persist(stage, operation, given)
    stage.never_twice()
    operation.done(stage)
    state = stage.state()
    if not at:
        undo(stage, operation, repeat=at == 0)
    return first, state, stage.state()


@pytest.mark.parametrize(("adapter", "name"), CASES)
def test_a_lost_answer_changes_nothing(adapter: str, name: str, set_up: SetUp) -> None:
    operation = OPERATIONS[name]
    if (name, adapter) in REFUSED:
        stage = set_up(adapter)
        operation.prepare(stage)
        before = stage.state()
        with pytest.raises((ApplicationError, CarrierRefused), match=REFUSED[name, adapter]):
            act(stage, operation, operation.given(stage))
        assert stage.state() == before
        return
    if (name, adapter) in NOT_DONE:
        operation = operation._replace(prepare=NOT_DONE[name, adapter])
    calls, done, undone = run(set_up(adapter), operation, 0)
    for at in [None, *(place for place, call in enumerate(calls, 1) if not call.startswith(LOOKS))]:
        _, state, after = run(set_up(adapter), operation, at)
        lost = calls[at - 1] if at else "each in turn"
        assert state == done, f"lost: {lost}"
        assert at or after == undone, f"lost: {lost}; taken back"


def test_every_effect_at_a_carrier_is_tried() -> None:
    elsewhere = {"make_test_calls", "sign_return", "render_letter", "split_order", "publish_order", "send_notice"}
    changing = {name for name, effect in EFFECTS.items() if effect.changes} - elsewhere
    assert {operation.effect for operation in OPERATIONS.values()} - {"comment"} == changing
