"""What goes with an order and is not on file: told to whoever approves, and taken until the order is sent."""

from __future__ import annotations

import pytest

from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.domain.builders import ACCOUNT, NOW, approvable, check, new, say, sign, task, try_to_say

BILL = {"by": "Charles", "evidence": "bill", "dated_on": str(NOW.date())}


def wanting(*documents: str) -> Order:
    return new(policy={"documents": list(documents)})


@pytest.mark.parametrize(
    ("documents", "told"), [(("loa", "bill"), True), (("loa",), False), (("bill",), True), ((), False)]
)
def test_whoever_approves_hears_that_the_bill_is_missing(documents: tuple[str, ...], told: bool) -> None:
    detail = task(approvable(wanting(*documents)), TaskKind.APPROVE).detail
    assert ("Its bill is not on file" in detail) is told
    assert detail.startswith("Approve sending the order")


def test_a_bill_given_before_the_signature_is_on_file() -> None:
    order = check(wanting("loa", "bill"))
    say(order, "give_evidence", **BILL)
    assert order.state is State.AWAITING_SIGNATURE
    assert task(sign(order), TaskKind.APPROVE).detail == "Approve sending the order"


@pytest.mark.parametrize("build", [check, approvable])
def test_what_is_only_on_file_vouches_for_nothing(build) -> None:
    order = build(wanting("loa", "bill"))
    say(order, "give_evidence", **BILL)
    assert order.evidence == ""
    assert [given.kind for given in order.evidences] == ["bill"]


@pytest.mark.parametrize("build", [check, approvable])
def test_another_record_comes_too_late_for_the_letter(build) -> None:
    order = build(new())
    answer = try_to_say(order, "give_evidence", by="Charles", evidence="csr", record=ACCOUNT.model_dump())
    assert not answer.accepted
    assert "too late" in answer.reason
    assert order.evidences == []
