"""Test calls after the cutover: when they are due, what they try, and what their results amount to.

Slots every 15 minutes for two hours, then hourly for six (the founding migration playbook, S). In each, one call from
every kind of network, to the order's numbers in turn; a call tries every check.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel

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
MESSAGING_CHECKS: frozenset[Check] = frozenset({"sms_in", "sms_out"})
#: How a check ended: passed, or what was heard instead.
Heard = Literal["passed", "not_in_service", "old_carrier", "silence", "busy", "wrong", "not_delivered"]


class CallResult(BaseModel):
    """One test call.

    Attributes:
        number: Which of the order's numbers was called (E.164).
        by: Who called: a person, or a dialer's name.
        reference: The call's id at whoever placed it.
    """

    number: str
    origin: Origin
    checks: dict[Check, Heard]
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
