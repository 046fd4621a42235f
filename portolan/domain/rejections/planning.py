"""What to do about all the reasons an order came back for, taken together.

Carriers often stop at the first fault and tell the next one only after the next sending, so a plan names every field
at once. It never does less than one of the reasons asks for: whatever needs a person goes to a person, and of what
needs none, the slowest comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel

from portolan.domain.rejections.lawfulness import lawfulness
from portolan.domain.rejections.model import Disposition, Fixer, Unit
from portolan.domain.rejections.rejection import Rejection

if TYPE_CHECKING:
    from portolan.domain.playbooks.model import Policy


class Action(StrEnum):
    """What happens to the order."""

    SUPPLEMENT = "supplement"  #: correct `fields`, then send again
    NEW_LOA = "new_loa"  #: have the letter signed again, then send it
    SPLIT_OUT = "split_out"  #: `numbers` go on in an order of their own, the others stay in this one
    WAIT = "wait"  #: wait, then send again, or ask the carrier where the order stands (`Reason.resend`)
    RETRY = "retry"  #: wait a little, then send again; trouble nobody
    NEW_DATE = "new_date"  #: ask for the next good date
    DISPUTE = "dispute"  #: no lawful ground: somebody sends the drafted letter
    PERSON = "person"  #: somebody acts and corrects `fields`
    GIVE_UP = "give_up"  #: it cannot be ported; somebody confirms that
    LOG = "log"  #: nothing to do


#: What Portolan does without asking anybody.
AUTOMATIC = frozenset({Action.WAIT, Action.RETRY, Action.NEW_DATE, Action.LOG})


class Plan(BaseModel):
    """What a rejection calls for.

    Attributes:
        fields: The fields of the LOA or the request to be corrected, all in one round.
        numbers: The numbers to be split out (E.164, in the order's own order); SPLIT_OUT only.
        wait_business_days: Business days at the losing carrier's desk before the order is sent again.
        wait_hours: Hours, likewise; one of the two is 0.
        new_loa: What is sent next needs a new signature.
        reasons: A sentence for each rejection, sorted: what it asks for.
    """

    action: Action = Action.PERSON
    fields: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    wait_business_days: int = 0
    wait_hours: int = 0
    new_loa: bool = False
    reasons: tuple[str, ...] = ()


#: What each disposition asks for, in words.
_ASKS: dict[Disposition, str] = {
    Disposition.SUPPLEMENT: "correct {fields} and send again",
    Disposition.NEW_LOA: "a new signature is needed",
    Disposition.SPLIT: "the numbers go in orders of their own",
    Disposition.WAIT: "wait {wait}, then {again}",
    Disposition.AUTO_RETRY: "send again after {wait}",
    Disposition.NEW_DATE: "ask for another date",
    Disposition.HUMAN: "{fixer} has to act first",
    Disposition.TERMINAL: "it cannot be cured here",
    Disposition.LOG: "nothing to do",
}
#: What dispositions that need no judgement call for, the most careful first: of several, the first counts.
_CAREFUL: tuple[tuple[Disposition, Action], ...] = (
    (Disposition.SUPPLEMENT, Action.SUPPLEMENT),
    (Disposition.NEW_LOA, Action.NEW_LOA),
    (Disposition.WAIT, Action.WAIT),
    (Disposition.NEW_DATE, Action.NEW_DATE),
    (Disposition.AUTO_RETRY, Action.RETRY),
)
_PAUSES = frozenset({Disposition.WAIT, Disposition.AUTO_RETRY})


def plan(rejections: Sequence[Rejection], policy: Policy, order_numbers: Sequence[str], btn: str = "") -> Plan:
    """What to do about an order that came back; in whatever order the reasons are given.

    Args:
        rejections: Why it came back; none means that the carrier gave no reason, which a person finds out.
        policy: The order's policy, which knows the grounds that are not lawful.
        order_numbers: The numbers of the order (E.164).
        btn: The account's main number (E.164), where it is known; it is never split out.
    """
    counting = [each for each in rejections if each.reason.disposition is not Disposition.LOG]
    action = _action(counting, policy, order_numbers, btn) if counting or not rejections else Action.LOG
    waits = [each.reason.wait for each in counting if each.reason.disposition in _PAUSES and each.reason.wait]
    slowest = {unit: max((wait.most for wait in waits if wait.unit is unit), default=0) for unit in Unit}
    pausing = action not in {Action.DISPUTE, Action.GIVE_UP, Action.SPLIT_OUT}
    split_out = action is Action.SPLIT_OUT
    named = {number for each in counting for number in each.numbers}
    return Plan(
        action=action,
        fields=tuple(sorted({field for each in counting for field in each.fields})),
        numbers=tuple(number for number in order_numbers if number in named) if split_out else (),
        wait_business_days=slowest[Unit.BUSINESS_DAYS] if pausing else 0,
        wait_hours=slowest[Unit.HOURS] if pausing and not slowest[Unit.BUSINESS_DAYS] else 0,
        new_loa=any(each.reason.new_loa for each in counting),
        reasons=tuple(sorted({_in_words(each, policy) for each in rejections})),
    )


def _action(counting: Sequence[Rejection], policy: Policy, order_numbers: Sequence[str], btn: str) -> Action:
    unlawful = [lawfulness(each.code, policy).lawful is False for each in counting]
    asked = {each.reason.disposition for each in counting}
    if not counting:
        return Action.PERSON
    if all(unlawful):
        return Action.DISPUTE
    if all(_separable(each) for each in counting) and _some_of(counting, order_numbers, btn):
        return Action.SPLIT_OUT
    hopeless = [
        each
        for each, disputed in zip(counting, unlawful, strict=True)
        if each.reason.disposition is Disposition.TERMINAL and not disputed
    ]
    if hopeless and _concern_all(hopeless, order_numbers):
        return Action.GIVE_UP
    if any(unlawful) or asked & {Disposition.HUMAN, Disposition.SPLIT, Disposition.TERMINAL}:
        return Action.PERSON
    return next(action for disposition, action in _CAREFUL if disposition in asked)


def _separable(rejection: Rejection) -> bool:
    return rejection.reason.per_number and bool(rejection.numbers)


def _some_of(rejections: Sequence[Rejection], order_numbers: Sequence[str], btn: str) -> bool:
    """Whether they name some of the order's numbers, not all, and not the account's main number."""
    named = {number for each in rejections for number in each.numbers}
    return named < set(order_numbers) and btn not in named


def _concern_all(rejections: Sequence[Rejection], order_numbers: Sequence[str]) -> bool:
    named = {number for each in rejections for number in each.numbers}
    return named >= set(order_numbers) or not all(each.numbers for each in rejections)


def _in_words(rejection: Rejection, policy: Policy) -> str:
    reason, rule = rejection.reason, lawfulness(rejection.code, policy).rule
    asks = _ASKS[reason.disposition].format(
        fields=" and ".join(rejection.fields),
        wait=reason.wait.in_words() if reason.wait else "",
        again="send again" if reason.resend else "ask the carrier",
        fixer="somebody here" if reason.fixer is Fixer.US else f"the {reason.fixer}",
    )
    about = f" ({', '.join(rejection.numbers)})" if rejection.numbers else ""
    return f"{rejection.code}{about}: {f'no lawful ground here: {rule}' if rule else asks}."
