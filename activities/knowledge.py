"""What Portolan knows, asked for in activities: an order replays as it was judged, whatever later releases know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from portolan.domain.effects import Cure, Judgement, Judging, Rejected
from portolan.domain.reconciliation import reconcile
from portolan.domain.rejections import Action, Rejection, dispute, from_text, plan
from portolan.numbering import parse


def judge_account(judging: Judging) -> Judgement:
    """Compare an account with the record, and the numbers of the order with those on it."""
    e164 = reader(judging.country)
    if judging.csr is None:
        return Judgement(main_number=e164(judging.account.btn) or "")
    on_record = {e164(number) or number: number for number in judging.csr.numbers}
    differences = reconcile(
        {**judging.account.model_dump(), "numbers": judging.numbers + judging.siblings},
        judging.csr.model_dump(exclude={"numbers"} if not on_record else set()),
        compared=judging.compared,
        e164=e164,
    )
    return Judgement(
        differences=differences,
        left=[number for number in on_record if number not in {*judging.numbers, *judging.siblings}],
        main_number=e164(judging.account.btn or judging.csr.btn) or "",
        unknown=[number for number in judging.numbers if on_record and number not in on_record],
    )


def judge_rejection(case: Rejected) -> Cure:
    """What a rejection calls for, with a drafted dispute where its ground is no lawful one."""
    reasons = [reason for told in case.rejections for reason in _read(told)]
    found = plan(reasons, case.policy, case.numbers, case.btn)
    if found.action is not Action.DISPUTE:
        return Cure(rejections=reasons, plan=found)
    letters = [
        dispute(
            rejection,
            case.policy,
            order_id=case.order_id,
            losing_carrier=case.losing_carrier,
            gaining_carrier=case.gaining_carrier,
            numbers=case.numbers,
            received_on=case.rejected_on,
        )
        for rejection in reasons
    ]
    return Cure(rejections=reasons, plan=found, dispute="\n\n".join(filter(None, letters)))


def _read(told: Rejection) -> list[Rejection]:
    """What words without a code mean, where that is clear; numbers and suggestion stay as they were given."""
    if told.code != "OTHER" or told.vendor_code or not told.text:
        return [told]
    given = {"numbers": told.numbers, "suggestion": told.suggestion}
    kept = {name: value for name, value in given.items() if value}
    return [reason.model_copy(update=kept) for reason in from_text(told.text)]


def reader(country: str) -> Callable[[str], str | None]:
    """What reads a number written as in that country; None for what is no number."""

    def e164(text: str) -> str | None:
        try:
            return parse(text, country).e164
        except ValueError:
            return None

    return e164


class KnowledgeActivities:
    """Pure judgements; they fail only for a defect."""

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [self.judge_account, self.judge_rejection]

    @activity.defn(name="judge_account")
    def judge_account(self, judging: Judging) -> Judgement:
        """Compare an account with the losing carrier's record."""
        return judge_account(judging)

    @activity.defn(name="judge_rejection")
    def judge_rejection(self, case: Rejected) -> Cure:
        """What a rejection calls for."""
        return judge_rejection(case)
