"""Test calls after the cutover: when they are due, what they try, and what their results amount to.

Slots every 15 minutes for two hours, then hourly for six (the founding migration playbook, S). In each, one call from
every kind of network, to the order's numbers in turn; a call tries every check.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from math import lcm
from typing import Literal, get_args

from pydantic import AwareDatetime, BaseModel, Field

#: Where a test call comes from; calls from the losing carrier's own network do not look at the number's new routing.
Origin = Literal["mobile", "landline", "voip", "losing_carrier", "long_distance"]
Check = Literal[
    "ringback",
    "ivr_audio",
    "dtmf",
    "agent_answer",
    "two_way_audio",
    "hang_up",
    "caller_id",
    "sms_in",
    "sms_out",
]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
CHECKS: tuple[Check, ...] = get_args(Check)
MESSAGING_CHECKS: frozenset[Check] = frozenset({"sms_in", "sms_out"})
#: How a check ended: passed, or what was heard instead.
Heard = Literal["passed", "not_in_service", "old_carrier", "silence", "busy", "wrong", "not_delivered"]
#: How long the only slot of a schedule lasts, where nothing comes before it.
LONE_SLOT = timedelta(minutes=15)


class CallResult(BaseModel):
    """One test call.

    Attributes:
        number: Which of the order's numbers was called (E.164).
        checks: What was tried, and how each check ended: one at least, for a call that tried nothing shows nothing.
        by: Who called: a person, or a dialer's name.
        reference: The call's id at whoever placed it.
    """

    number: str
    origin: Origin
    checks: dict[Check, Heard] = Field(min_length=1)
    at: AwareDatetime
    by: str = ""
    reference: str = ""
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether every check did."""
        return all(heard == "passed" for heard in self.checks.values())


class CallsWanted(BaseModel):
    """What a dialer is asked for in one slot: one call from each origin, each to its number, with every check."""

    key: str
    order_id: str
    tester: str
    calls: dict[Origin, str]
    checks: list[Check]


class SlotStatus(StrEnum):
    """What became of a slot; `due` is one whose time has come and not ended."""

    LATER = "later"
    DUE = "due"
    PASSED = "passed"
    FAILED = "failed"
    MISSED = "missed"


@dataclass(frozen=True)
class Slot:
    """A stretch of time in which test calls are wanted.

    Attributes:
        index: Its place in the schedule, 0 first.
        at: When it begins, UTC.
        until: When the next one begins; the last one is as long as the gap before it.
        results: The calls that count for it, as they came in.
    """

    index: int
    at: datetime
    until: datetime
    status: SlotStatus
    results: tuple[CallResult, ...]


def slots(activated_at: datetime, minutes: Sequence[int], calls: Sequence[CallResult], now: datetime) -> list[Slot]:
    """The schedule with what has been called so far.

    A slot passes when all its calls did, and fails when one did not; it is missed when its time ended without any.
    Calls before the first slot count for the first. After the end of the last one, every further stretch of its length
    in which somebody called is a slot more: nothing that was heard is lost, and what was put right can be proven.

    Args:
        activated_at: When the numbers moved.
        minutes: When each slot begins, counted from then; in any order, and each moment once.
        calls: All test calls of the order.
        now: The moment of asking: a slot begins at its `at`, and at its `until` it has ended.
    """
    moved = activated_at.astimezone(UTC)
    starts = [moved + timedelta(minutes=minute) for minute in sorted(set(minutes))]
    if not starts:
        return []
    last = starts[-1] - (starts[-2] if len(starts) > 1 else moved)
    length = last or LONE_SLOT
    further = {(call.at - starts[-1]) // length for call in calls if call.at >= starts[-1] + length}
    later = [starts[-1] + length * count for count in sorted(further)]
    ends = [*starts[1:], *(begin + length for begin in (starts[-1], *later))]
    starts += later
    results: list[list[CallResult]] = [[] for _ in starts]
    for call in calls:
        results[max(bisect_right(starts, call.at) - 1, 0)].append(call)
    return [
        Slot(index, at, until, _status(at, until, found, now), tuple(found))
        for index, (at, until, found) in enumerate(zip(starts, ends, results, strict=True))
    ]


def _status(at: datetime, until: datetime, results: Sequence[CallResult], now: datetime) -> SlotStatus:
    if results:
        return SlotStatus.PASSED if all(call.passed for call in results) else SlotStatus.FAILED
    if now < at:
        return SlotStatus.LATER
    return SlotStatus.DUE if now < until else SlotStatus.MISSED


def pass_streak(slots: Sequence[Slot]) -> int:
    """How many slots passed in a row up to the newest with a call; those without one neither count nor break it."""
    return len(_streak(slots, SlotStatus.PASSED))


def fail_streak(slots: Sequence[Slot]) -> int:
    """How many slots failed in a row up to the newest with a call; those without one neither count nor break it."""
    return len(_streak(slots, SlotStatus.FAILED))


def _streak(slots: Sequence[Slot], status: SlotStatus) -> list[Slot]:
    called = (slot for slot in reversed(slots) if slot.results)
    return list(takewhile(lambda slot: slot.status is status, called))


def calls_prove(slots: Sequence[Slot], *, streak: int, origins: int, checks: Collection[Check]) -> list[str]:
    """What is missing before the calls prove that the numbers are in service; empty when they do.

    Only the present row of passed slots counts: a failure sends everything back to the start.

    Args:
        slots: The schedule with its results.
        streak: So many slots in a row have to pass.
        origins: From so many kinds of network there has to be a call.
        checks: Each of these has to have been tried.
    """
    row = _streak(slots, SlotStatus.PASSED)
    calls = [call for slot in row for call in slot.results]
    missing = []
    if (short := streak - len(row)) > 0:
        missing.append(f"{short} more slot{'s' if short > 1 else ''} in a row")
    if (short := origins - len({call.origin for call in calls})) > 0:
        missing.append(f"calls from {short} more networks" if short > 1 else "a call from 1 more network")
    tried = {check for call in calls for check in call.checks}
    missing += [f"no call has tried {check}" for check in checks if check not in tried]
    return missing


def checks_for(checks: Collection[str], messaging: bool) -> list[Check]:
    """What a call tries: those of a policy's checks, in their usual order, that suit the order.

    The ones of messaging are left out where none was asked for, and names that are no check's.
    """
    return [check for check in CHECKS if check in checks and (messaging or check not in MESSAGING_CHECKS)]


def calls_wanted(
    order_id: str,
    tester: str,
    index: int,
    numbers: Sequence[str],
    origins: Collection[str],
    checks: Sequence[Check],
) -> CallsWanted:
    """What a dialer is asked for in a slot.

    The numbers come in turn, from one slot to the next. Once all have met the networks they meet in that order, the
    turn moves on by one: every number is called from every network before long, where plain turns would let five
    numbers meet the same of five networks forever.

    Args:
        order_id: The order, which with the slot names the calls once.
        tester: The dialer.
        index: The slot's.
        numbers: The order's (E.164), one at least.
        origins: Networks to call from, as a policy has them; names that are no network's are left out.
        checks: What each call tries.
    """
    networks = [origin for origin in ORIGINS if origin in origins]
    around = lcm(len(numbers), len(networks))
    calls = {}
    for place, origin in enumerate(networks, index * len(networks)):
        calls[origin] = numbers[(place + place // around) % len(numbers)]
    key = f"{order_id}:calls:{index}"
    return CallsWanted(key=key, order_id=order_id, tester=tester, calls=calls, checks=list(checks))


def grid(slots: Sequence[Slot], origins: Sequence[str]) -> list[list[str]]:
    """The schedule as rows of text: when (UTC), the slot's status, and for each network `-`, `passed` or what failed.

    What failed is such as `dtmf: silence`; several calls from a network in one slot share a cell.
    """
    return [[f"{slot.at:%Y-%m-%d %H:%M}", slot.status.value, *(_cell(slot, one) for one in origins)] for slot in slots]


def _cell(slot: Slot, origin: str) -> str:
    calls = [call for call in slot.results if call.origin == origin]
    failed = [f"{check}: {heard}" for call in calls for check, heard in call.checks.items() if heard != "passed"]
    return ", ".join(dict.fromkeys(failed)) or ("passed" if calls else "-")
