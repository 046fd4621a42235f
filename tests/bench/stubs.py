"""Portolan's activities doing nothing, so that the workflow alone is measured, as the yardstick's is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from portolan.domain.carrier import (
    CarrierOrder,
    CarrierStatus,
    CsrAnswer,
    CsrRecord,
    NumberStatus,
    Portability,
    Submission,
)
from portolan.domain.effects import CarrierCall, Judgement, Judging, LetterWanted, LookUp, Publication
from tests.world import ACCOUNT


def stubs(reached: Callable[[str, str], None]) -> list[Callable[..., Any]]:
    """One for each activity of a clean port; `reached` is told each state on record."""

    def order(key: str, status: CarrierStatus, numbers: list[str]) -> CarrierOrder:
        statuses = dict.fromkeys(numbers, NumberStatus.ACTIVE)
        return CarrierOrder(carrier_order_id="B-1", key=key, attempt=1, status=status, numbers=statuses)

    @activity.defn
    def look_up_numbers(call: CarrierCall) -> LookUp:
        portability = [Portability(number=number, portable=True) for number in call.numbers]
        return LookUp(portability=portability, csr=CsrAnswer(record=CsrRecord(**ACCOUNT.model_dump())))

    @activity.defn
    def submit_order(carrier: str, submission: Submission) -> CarrierOrder:
        return order(submission.key, CarrierStatus.RECEIVED, submission.numbers)

    @activity.defn
    def activate_order(call: CarrierCall) -> CarrierOrder:
        return order(call.key, CarrierStatus.PORTED, call.numbers)

    @activity.defn
    def fetch_order(call: CarrierCall) -> CarrierOrder:
        return order(call.key, CarrierStatus.PORTED, call.numbers)

    @activity.defn
    def publish_order(publication: Publication) -> list[str]:
        reached(publication.order.order_id, publication.order.state)
        return []

    @activity.defn
    def judge_account(judging: Judging) -> Judgement:
        return Judgement()

    @activity.defn
    def render_letter(wanted: LetterWanted) -> str:
        return "0" * 64

    return [
        look_up_numbers,
        judge_account,
        render_letter,
        submit_order,
        activate_order,
        fetch_order,
        publish_order,
    ]
