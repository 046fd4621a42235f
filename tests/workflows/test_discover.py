"""Before anything is sent: portability, and the account data against the losing carrier's record."""

from __future__ import annotations

from portolan.carriers.simulated import Script
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.scenarios import LTD
from tests.world import FOC, World, fresh_number


async def test_data_that_differs_from_the_record_is_corrected_before_anything_is_sent(shared_world: World) -> None:
    port = await shared_world.port(LTD)
    order = await port.order()
    assert order.state is State.AWAITING_INFORMATION
    assert [(d.field, d.suggestion) for d in order.differences] == [("entity_name", "Acme Manufacturing Ltd")]
    assert "Limited" in (await port.task(TaskKind.CORRECT_DATA)).detail
    refused = await port.decide("approve", by="Charles")
    assert not refused.accepted
    assert (port.sent(), port.calls("submit")) == ([], 0)

    await port.decide("resubmit", by="Charles", corrections={"entity_name": "Acme Manufacturing Ltd"})
    assert await port.state() is State.AWAITING_SIGNATURE
    await port.activated()
    assert (await port.ended()).state is State.COMPLETED
    assert port.sent() == [1]


async def test_a_wrong_correction_is_stopped_again(shared_world: World) -> None:
    port = await shared_world.port(LTD)
    await port.decide("resubmit", by="Charles", corrections={"entity_name": "Acme Manufacturing Inc"})
    assert await port.state() is State.AWAITING_INFORMATION
    assert await port.tasks() == [TaskKind.CORRECT_DATA]
    assert port.calls("request_csr") == 1


async def test_without_a_record_a_person_gives_evidence(shared_world: World) -> None:
    port = await shared_world.port(FOC.model_copy(update={"csr": None}))
    assert await port.state() is State.AWAITING_INFORMATION
    assert await port.tasks() == [TaskKind.GIVE_EVIDENCE]
    await port.answer(TaskKind.GIVE_EVIDENCE, "attest", note="bill of October")
    assert (await port.order()).evidence == "bill of October"
    assert await port.state() is State.AWAITING_SIGNATURE
    await port.submitted()
    assert port.sent() == [1]


async def test_a_number_that_cannot_be_ported_ends_the_order(shared_world: World) -> None:
    good, bad = fresh_number(), fresh_number()
    port = await shared_world.port(Script(not_portable={bad: "not in our footprint"}), numbers=[good, bad])
    await port.result()
    order = port.recorded()
    assert order.state is State.NOT_PORTABLE
    assert order.outcome == f"{bad}: not in our footprint"
    assert port.mails()[-1] == "not_portable"
    assert port.sent() == []


async def test_a_customer_who_never_answers_lets_the_order_expire(shared_world: World) -> None:
    port = await shared_world.port()
    created = (await port.order()).created_at
    order = await port.ended()
    assert order.state is State.EXPIRED
    assert (order.since - created).days == order.policy.customer_silence_days
    assert "signature_needed" in port.mails()
    assert port.sent() == []
