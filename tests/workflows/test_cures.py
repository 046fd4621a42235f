"""What becomes of a rejected order: each thing Portolan does by itself, and each that it asks a person for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from temporalio.exceptions import ApplicationError

from portolan.carriers.simulated import Saying, Script
from portolan.domain.carrier import NumberStatus, SendKind, split_id
from portolan.domain.cures import MOST_CURES
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.histories import failures
from tests.workflows.scenarios import UNWILLING, inactive
from tests.world import ACCOUNT, DAY, FOC, HOUR, SILENT, Port, World, fresh_number

NEW, SUPPLEMENT, NEW_DATE = SendKind.NEW, SendKind.SUPPLEMENT, SendKind.NEW_DATE


def sent_back(reason: str, **said: Any) -> Script:
    """Rejected once, then given a date."""
    rejection = Saying(says="reject", after_hours=20, reason=reason, **said)
    return Script(sendings=[[rejection], *FOC.sendings])


async def came_back(world: World, script: Script, **given: Any) -> Port:
    """An order a day after it was sent: the carrier has answered."""
    port = await world.port(script, **given)
    await port.submitted()
    await port.clock.past(DAY)
    return port


def kinds(port: Port) -> list[SendKind]:
    return [sending.kind for sending in port.held().sendings]


async def test_a_wrong_field_is_corrected_to_what_the_record_says(shared_world: World) -> None:
    script = sent_back("NAME_MISMATCH").model_copy(update={"csr": {"entity_name": "Acme Manufacturing Ltd"}})
    port = await shared_world.port(script)
    await port.answer(TaskKind.CORRECT_DATA, "attest", note="the bill says so")
    await port.submitted()
    await port.clock.past(DAY)
    detail = (await port.task(TaskKind.FIX_REJECTION)).detail
    assert "The record says 'Acme Manufacturing Ltd' (entity_name)." in detail
    await port.answer(TaskKind.FIX_REJECTION, "accept_suggestions")
    order = await port.order()
    assert (order.state, order.account.entity_name) == (State.AWAITING_SIGNATURE, "Acme Manufacturing Ltd")
    await port.sign()
    assert kinds(port) == [NEW, SUPPLEMENT]


async def test_a_letter_that_cannot_be_read_is_signed_again(shared_world: World) -> None:
    port = await came_back(shared_world, sent_back("LOA_ILLEGIBLE"))
    order = await port.order()
    assert (order.state, order.loa, port.mails()[-1]) == (State.AWAITING_SIGNATURE, None, "signature_needed")
    assert port.sent() == [1]
    await port.sign()
    assert await port.state() is State.SUBMITTED
    first, second = port.held().sendings
    assert (first.kind, second.kind) == (NEW, SUPPLEMENT)
    assert first.loa_signed_on is not None
    assert second.loa_signed_on == first.loa_signed_on + DAY


async def test_one_bad_number_is_split_out_and_the_rest_keep_their_date(shared_world: World) -> None:
    good, bad, other = fresh_number(), fresh_number(), fresh_number()
    port = await came_back(shared_world, inactive(bad), numbers=[good, bad, other])
    order = await port.order()
    assert (order.state, order.request.numbers, order.attempt) == (State.SUBMITTED, [good, other], 2)
    assert (port.held().numbers, kinds(port)) == ([good, other], [NEW, SUPPLEMENT])
    assert "split_out" in port.mails()

    child = Port(shared_world, split_id(port.order_id, 1))
    waiting = await child.order()
    assert (waiting.state, await child.tasks()) == (State.AWAITING_INFORMATION, [TaskKind.CURE_NUMBERS])
    assert (waiting.request.numbers, waiting.request.split_from) == ([bad], port.order_id)
    assert "TN_INACTIVE" in (await child.task(TaskKind.CURE_NUMBERS)).detail
    assert not (await child.sign()).accepted
    assert child.sent() == []

    await port.clock.past(2 * DAY)
    foc_at = (await port.order()).foc_at
    assert foc_at is not None
    await port.clock.to(foc_at)
    assert (await port.order()).number_status == {good: NumberStatus.ACTIVE, other: NumberStatus.ACTIVE}

    await child.answer(TaskKind.CURE_NUMBERS, "cured", note="reinstated")
    signed = await child.order()
    assert signed.state is State.AWAITING_SIGNATURE
    await child.submitted()
    assert await child.state() is State.SUBMITTED
    assert (child.held().numbers, kinds(child), child.sent()) == ([bad], [NEW], [1])
    owners = {number: shared_world.records.find_live_order(number) for number in (good, bad, other)}
    assert {number: order.order_id for number, order in owners.items() if order} == {
        good: port.order_id,
        other: port.order_id,
        bad: child.order_id,
    }
    assert not failures(await port.handle.fetch_history())
    assert not failures(await child.handle.fetch_history())


async def test_a_number_that_was_split_out_can_be_given_up_alone(shared_world: World) -> None:
    good, bad = fresh_number(), fresh_number()
    port = await came_back(shared_world, inactive(bad), numbers=[good, bad])
    child = Port(shared_world, split_id(port.order_id, 1))
    await child.answer(TaskKind.CURE_NUMBERS, "give_up", note="nobody needs it")
    await child.result()
    assert (child.recorded().state, child.recorded().outcome) == (
        State.NOT_PORTABLE,
        "Cannot be ported: nobody needs it",
    )
    assert (child.sent(), child.calls("cancel"), child.mails()[-1]) == ([], 0, "not_portable")
    assert await port.state() is State.SUBMITTED
    again = await shared_world.port(SILENT, numbers=[bad])
    assert await again.state() is State.AWAITING_SIGNATURE


@pytest.mark.parametrize(
    ("reason", "wait", "told"), [("PENDING_ORDER", DAY, True), ("VENDOR_ERROR", HOUR, False)], ids=["wait", "retry"]
)
async def test_what_only_needs_time_goes_out_again_by_itself(
    reason: str, wait: timedelta, told: bool, shared_world: World
) -> None:
    port = await shared_world.port(sent_back(reason))
    await port.submitted()
    await port.clock.past(20 * HOUR + timedelta(minutes=1))
    order = await port.order()
    assert order.cure_at is not None
    assert (order.state, order.cures) == (State.ACTION_REQUIRED, 0)
    assert ("rejected" in port.mails()) is told
    await port.clock.to(order.cure_at - timedelta(minutes=1))
    assert port.sent() == [1]
    await port.clock.to(order.cure_at)
    assert (await port.state(), port.sent()) == (State.SUBMITTED, [1, 2])
    assert order.cure_at - order.since >= wait
    assert (port.audit().count("cure"), await port.tasks()) == (1, [])


async def test_a_date_is_asked_for_anew_so_often_and_then_a_person_looks(shared_world: World) -> None:
    refusal = Saying(says="reject", after_hours=20, reason="FOC_REJECTED")
    port = await shared_world.port(Script(sendings=[[refusal]]))
    await port.submitted()
    await port.clock.past((MOST_CURES + 2) * DAY)
    order = await port.order()
    assert (order.state, order.cures) == (State.ACTION_REQUIRED, MOST_CURES)
    assert await port.tasks() == [TaskKind.FIX_REJECTION]
    assert kinds(port) == [NEW, *[NEW_DATE] * MOST_CURES]
    assert [sending.loa_signed_on for sending in port.held().sendings[1:]] == [None] * MOST_CURES
    assert port.mails().count("rejected") == 1
    await port.clock.past(5 * DAY)
    assert len(port.sent()) == MOST_CURES + 1


async def test_an_unlawful_ground_is_disputed_with_a_drafted_letter(shared_world: World) -> None:
    port = await shared_world.port(UNWILLING)
    await port.submitted()
    await port.clock.past(2 * DAY)
    order = await port.order()
    assert (order.state, await port.tasks()) == (State.ACTION_REQUIRED, [TaskKind.DISPUTE_REJECTION])
    assert "FCC 03-237" in port.recorded().dispute
    assert order.request.numbers[0] in port.recorded().dispute
    assert kinds(port) == [NEW, NEW_DATE]
    await port.clock.past(3 * DAY)
    assert port.sent() == [1, 2]
    await port.answer(TaskKind.DISPUTE_REJECTION, "disputed")
    assert (await port.state(), kinds(port)) == (State.SUBMITTED, [NEW, NEW_DATE, SUPPLEMENT])


async def test_where_a_person_is_needed_nothing_happens_by_itself(shared_world: World) -> None:
    port = await came_back(shared_world, sent_back("PORT_LOCK"))
    assert await port.tasks() == [TaskKind.FIX_REJECTION]
    await port.clock.past(10 * DAY)
    order = await port.order()
    assert (order.state, order.attempt, port.sent()) == (State.ACTION_REQUIRED, 1, [1])
    assert "reminder" in port.audit()


async def test_what_cannot_be_ported_is_given_up_at_the_carrier_first(shared_world: World) -> None:
    port = await came_back(shared_world, sent_back("TN_NOT_PORTABLE"))
    assert await port.tasks() == [TaskKind.GIVE_UP]
    await port.answer(TaskKind.GIVE_UP, "give_up")
    await port.result()
    order = port.recorded()
    assert (order.state, port.mails()[-1]) == (State.NOT_PORTABLE, "not_portable")
    assert order.outcome.startswith("Cannot be ported: a number of this kind")
    assert port.held().cancelled_at is not None


async def test_a_mere_notice_leaves_the_order_with_the_carrier(shared_world: World) -> None:
    said = [Saying(says="reject", after_hours=20, reason="INFO_ONLY"), *FOC.sendings[0]]
    port = await came_back(shared_world, Script(sendings=[said]))
    order = await port.order()
    assert (order.state, order.rejections, await port.tasks()) == (State.SUBMITTED, [], [])
    await port.clock.past(DAY + HOUR)
    assert (await port.state(), port.sent()) == (State.FOC_CONFIRMED, [1])
    assert "rejected" not in port.mails()
    assert not failures(await port.handle.fetch_history())


async def test_words_of_a_desk_are_acted_on_like_a_code(shared_world: World) -> None:
    port = await came_back(shared_world, sent_back("OTHER", text="The LOA is illegible, please send a clearer copy."))
    order = await port.order()
    assert [reason.code for reason in order.rejections] == ["LOA_ILLEGIBLE"]
    assert order.state is State.AWAITING_SIGNATURE


# -- what Portolan knows cannot be asked -------------------------------------------------------------------------


def _defect(*args: object) -> None:
    raise ApplicationError("a defect", non_retryable=True)


async def test_a_rejection_that_cannot_be_judged_is_a_persons(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.knowledge.judge_rejection", _defect)
    port = await came_back(shared_world, sent_back("FOC_TOO_SOON"))
    assert (await port.state(), await port.tasks()) == (State.ACTION_REQUIRED, [TaskKind.FIX_REJECTION])
    assert "FOC_TOO_SOON" in (await port.task(TaskKind.FIX_REJECTION)).detail
    assert port.sent() == [1]


async def test_an_account_that_cannot_be_judged_is_judged_later_and_people_are_told(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("activities.knowledge.judge_account", _defect)
        port = await shared_world.port()
        assert (await port.state(), await port.tasks()) == (State.CHECKING, [TaskKind.CARRIER_UNREACHABLE])
    await port.clock.past(HOUR)
    assert await port.state() is State.AWAITING_SIGNATURE
    assert port.calls("request_csr") == 1
    assert not failures(await port.handle.fetch_history())


# -- what arrives together with a rejection ----------------------------------------------------------------------


class Together(NamedTuple):
    """A message in the same workflow task as a rejection, and what has become of the order."""

    kind: str
    payload: Mapping[str, Any]
    state: State
    kinds: list[SendKind]
    holds: Callable[[Order], bool] = lambda order: True


#: With a rejection for which Portolan asks for another date by itself.
TOGETHER = [
    Together("cancel", {"reason": "moved"}, State.CANCELLED, [NEW]),
    Together("hold", {"reason": "in print"}, State.SUBMITTING, [NEW], lambda order: order.attempt == 2),
    Together("resubmit", {}, State.SUBMITTED, [NEW, SUPPLEMENT], lambda order: order.cures == 0),
    Together("resubmit", {"corrections": {"postal_code": "02111"}}, State.AWAITING_INFORMATION, [NEW]),
    Together("carrier_rejected", {"reasons": ["LOA_ILLEGIBLE"]}, State.AWAITING_SIGNATURE, [NEW]),
    Together("carrier_rejected", {"reasons": ["PORT_LOCK"]}, State.ACTION_REQUIRED, [NEW]),
    Together("carrier_approved", {}, State.SUBMITTED, [NEW, NEW_DATE]),
]


async def test_a_message_that_comes_with_a_rejection_counts_before_it_is_judged(idle_world: World) -> None:
    async with idle_world.worker():
        ports = [await idle_world.port(SILENT) for _ in TOGETHER]
        for port in ports:
            await port.submitted()
    for port, case in zip(ports, TOGETHER, strict=True):
        await port.handle.signal("carrier_rejected", {"reasons": ["FOC_TOO_SOON"]})
        await port.handle.signal(case.kind, dict(case.payload))
    async with idle_world.worker():
        for port, case in zip(ports, TOGETHER, strict=True):
            if case.state is State.CANCELLED:
                await port.result()
            else:
                await port.order()
            order = port.recorded()
            assert (order.state, kinds(port)) == (case.state, case.kinds), case
            assert not order.unjudged
            assert case.holds(order), case
            assert not failures(await port.handle.fetch_history())
            if case.kind == "hold":
                await port.decide("release", by="Charles")
                assert (await port.state(), kinds(port)) == (State.SUBMITTED, [NEW, NEW_DATE])


async def test_a_second_rejection_takes_the_place_of_one_that_waits(shared_world: World) -> None:
    """Or else what a person has to correct would be sent again unchanged, when the first one's time has come."""
    said = [
        Saying(says="reject", after_hours=4, reason="PENDING_ORDER"),
        Saying(says="reject", after_hours=8, reason="ADDRESS_MISMATCH", suggestion="13 Harbor Street"),
    ]
    port = await came_back(shared_world, Script(sendings=[said]))
    order = await port.order()
    assert ([reason.code for reason in order.rejections], order.cure_at) == (["ADDRESS_MISMATCH"], None)
    await port.clock.past(4 * DAY)
    assert (await port.state(), port.sent()) == (State.ACTION_REQUIRED, [1])
    assert (await port.order()).account == ACCOUNT
