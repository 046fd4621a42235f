"""What Portolan knows, asked for in activities: an order replays as it was judged, whatever later releases know."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from temporalio import activity

from portolan.domain.carrier import CsrRecord
from portolan.domain.effects import Cure, Judgement, Judging, Rejected
from portolan.domain.reconciliation import Difference, reconcile
from portolan.domain.rejections import Action, Rejection, dispute, from_text, plan
from portolan.numbering import parse

#: So many digits of a number name it.
SHORTEST = 7


def judge_account(judging: Judging) -> Judgement:
    """Compare an account with the record, and the numbers of the order with those on it.

    Where there are two records, what differs from either counts; the carrier's own is told first.
    """
    e164 = reader(judging.country)
    records = [record for record in (judging.csr, judging.given) if record]
    listed = [{e164(number) or number: None for number in record.numbers} for record in records if record.numbers]
    differences: list[Difference] = []
    for record in records:
        told = {one.field for one in differences}
        differences += [one for one in _differences(judging, record, e164) if one.field not in told]
    ours = {*judging.numbers, *judging.siblings}
    left = [number for number in dict.fromkeys(chain(*listed)) if number not in ours]
    main = next(filter(None, [judging.account.btn, *(record.btn for record in records)]), "")
    return Judgement(
        differences=[one for one in differences if left or one.category != "TN_MISSING"],
        left=left,
        unknown=[number for number in judging.numbers if listed and not any(number in numbers for numbers in listed)],
        main_number=e164(main) or "",
    )


def _differences(judging: Judging, record: CsrRecord, e164: Callable[[str], str | None]) -> list[Difference]:
    return reconcile(
        {**judging.account.model_dump(), "numbers": judging.numbers},
        record.model_dump(exclude=set() if record.numbers else {"numbers"}),
        compared=judging.compared,
        e164=e164,
    )


def judge_rejection(case: Rejected) -> Cure:
    """What a rejection calls for, with a drafted dispute where its ground is no lawful one."""
    reasons = [reason for told in case.rejections for reason in _read(told, case.numbers)]
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


def _read(told: Rejection, numbers: Sequence[str]) -> list[Rejection]:
    """What words without a code mean, where that is clear; numbers and suggestion stay as they were given.

    Where the words give one reason only, it is about the order's numbers that they name, in any writing.
    """
    if told.code != "OTHER" or told.vendor_code or not told.text:
        return [told]
    given = {"numbers": told.numbers, "suggestion": told.suggestion}
    kept: dict[str, object] = {name: value for name, value in given.items() if value}
    found = from_text(told.text)
    if len(found) == 1 and found[0].reason.per_number:
        kept = {"numbers": _named(told.text, numbers)} | kept
    return [reason.model_copy(update=kept) for reason in found]


def _named(text: str, numbers: Sequence[str]) -> list[str]:
    """The numbers (E.164) that a text names, with or without country code and area's zero."""
    runs = [run.lstrip("0") for run in re.findall(r"[0-9]{7,}", re.sub(r"(?<=[0-9])[ ().\-/]+(?=[0-9])", "", text))]
    return [number for number in numbers if any(len(run) >= SHORTEST and number.endswith(run) for run in runs)]


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
