"""Where no record is to be had: bill, screenshot, attestation, or a record typed off, which is compared like any."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.world import ACCOUNT, DAY, FOC, Port, World

UNSUPPLIED = FOC.model_copy(update={"csr": None})
RECORD = ACCOUNT.model_dump()
DIGEST = "ab" * 32


async def give(port: Port, evidence: str, days_old: int | None = None, **fields: Any) -> bool:
    """Give evidence dated so many days before the order's own today; whether it was taken."""
    if days_old is not None:
        fields["dated_on"] = str(((await port.clock.now()) - timedelta(days=days_old)).date())
    return (await port.decide("give_evidence", by="Charles", evidence=evidence, **fields)).accepted


@pytest.mark.parametrize(
    ("evidence", "given"),
    [
        ("bill", {"days_old": 29, "document": DIGEST}),
        ("portal_screenshot", {"document": DIGEST}),
        ("attestation", {"note": "by telephone"}),
        ("csr", {"record": RECORD}),
    ],
)
async def test_each_kind_of_evidence_lets_the_order_go_on_and_is_kept(
    evidence: str, given: dict[str, Any], shared_world: World
) -> None:
    port = await shared_world.port(UNSUPPLIED)
    assert await port.tasks() == [TaskKind.GIVE_EVIDENCE]
    assert "does not supply records" in (await port.task(TaskKind.GIVE_EVIDENCE)).detail
    assert await give(port, evidence, **given)
    assert await port.state() is State.AWAITING_SIGNATURE
    (kept,) = port.recorded().evidences
    assert (kept.kind, kept.by, kept.document or "") == (evidence, "Charles", given.get("document", ""))
    (told,) = [entry.detail for entry in port.trail() if entry.kind == "give_evidence"]
    assert (DIGEST in told) is ("document" in given)
    await port.submitted()
    assert port.sent() == [1]


async def test_a_bill_too_old_is_refused_and_asked_for_again(shared_world: World) -> None:
    port = await shared_world.port(UNSUPPLIED)
    assert not await give(port, "bill", days_old=32)
    assert (await port.state(), await port.tasks()) == (State.AWAITING_INFORMATION, [TaskKind.GIVE_EVIDENCE])
    assert not await give(port, "bill")
    assert await give(port, "bill", days_old=1)
    assert await port.state() is State.AWAITING_SIGNATURE


async def test_a_record_typed_off_that_differs_is_corrected_before_anything_is_signed(shared_world: World) -> None:
    port = await shared_world.port(UNSUPPLIED)
    assert await give(port, "csr", record={**RECORD, "entity_name": "Acme Manufacturing Ltd"})
    assert (await port.state(), await port.tasks()) == (State.AWAITING_INFORMATION, [TaskKind.CORRECT_DATA])
    assert "Limited" in (await port.task(TaskKind.CORRECT_DATA)).detail
    await port.answer(TaskKind.CORRECT_DATA, "accept_suggestions")
    order = await port.order()
    assert (order.state, order.account.entity_name) == (State.AWAITING_SIGNATURE, "Acme Manufacturing Ltd")
    assert port.calls("request_csr") == 1


async def test_a_record_that_came_with_the_request_stands_in_and_is_known_as_such(shared_world: World) -> None:
    record = {**RECORD, "postal_code": "02111"}
    port = await shared_world.port(UNSUPPLIED, csr=record)
    assert await port.tasks() == [TaskKind.CORRECT_DATA]
    (kept,) = (await port.order()).evidences
    assert (kept.kind, kept.note) == ("csr", "with the request")


async def test_evidence_by_signal_counts_like_the_update_and_nobody_s_counts_for_nothing(shared_world: World) -> None:
    port = await shared_world.port(UNSUPPLIED)
    order = await port.signal("give_evidence", {"evidence": "attestation"})
    assert (order.state, order.evidences) == (State.AWAITING_INFORMATION, [])
    assert "vouches" in order.last_refusal
    order = await port.signal("give_evidence", {"evidence": "attestation", "by": "Charles"})
    assert order.state is State.AWAITING_SIGNATURE


async def test_nobody_who_gives_any_lets_the_order_expire(shared_world: World) -> None:
    port = await shared_world.port(UNSUPPLIED, policy={"customer_silence_days": 10})
    await port.clock.past(9 * DAY)
    assert await port.state() is State.AWAITING_INFORMATION
    assert (await port.ended()).state is State.EXPIRED
