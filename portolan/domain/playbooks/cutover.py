"""What playbooks say of the cutover day: runbook, gates, proof, test calls, messaging, stages of a return.

Jurisdictions differ in few of these values; those that do name them with the helpers below.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from portolan.domain.playbooks.values import Value
from portolan.domain.runbook import ITEMS
from portolan.domain.testcalls import Check, Origin

#: Items that show how it went and hold nothing up.
_NO_GATES = frozenset({"campaign", "hosted_messaging", "watch", "volumes", "closing"})
#: Items that only make sense where messaging moves apart from voice.
_OF_MESSAGING = frozenset({"campaign", "hosted_messaging"})
#: Items that only make sense where a return within hours can be asked for.
OF_A_RETURN = frozenset({"rollback_letter", "closing"})
#: Items that take a person at the losing carrier's porting desk.
OF_A_DESK = frozenset({"emergency_desk", "desk_staffed"})
#: Items that take a date agreed beforehand.
OF_A_DATE = frozenset({"foc", "window_booked", "calendar"})

_EVERY_QUARTER_HOUR = range(15, 121, 15)
_EVERY_HOUR = range(180, 481, 60)
_PLAYBOOK = "Amazon Connect migration practice"


def runbook(without: frozenset[str] = _OF_MESSAGING, why: str = "") -> dict[str, Value]:
    """The runbook without these items, and its gates.

    Args:
        without: Names of `runbook.ITEMS`; by default those of messaging that moves apart from voice.
        why: For the source, why they are left out.
    """
    items = [name for name in ITEMS if name not in without]
    gates = [name for name in items if name not in _NO_GATES]
    source = f"{_PLAYBOOK}: what its runbook asks for a week, a day and hours around the cutover"
    return {
        "runbook": Value(items, "S", f"{source}; {why}" if why else source),
        "gates": Value(gates, "S", f"{_PLAYBOOK}: a gate each, of what is due before the numbers move"),
    }


def without_a_return(why: str, items: frozenset[str] = frozenset()) -> dict[str, Value]:
    """The runbook where no return within hours can be asked for, and without these items beside."""
    return runbook(_OF_MESSAGING | OF_A_RETURN | items, why)


def messaging_apart(business_days: int, source: str, without: frozenset[str] = frozenset()) -> dict[str, Value]:
    """Messaging moves apart from voice, and should have settled within so many business days.

    Args:
        business_days: By when a carrier treats it as an exception.
        source: Whose document says so.
        without: Names of `runbook.ITEMS` that such numbers have no use for.
    """
    return {
        **runbook(without),
        "messaging_separate": Value(True, "C", "Telnyx: in the United States and Canada messaging moves by itself"),
        "messaging_business_days": Value(business_days, "C", source),
    }


#: Where a jurisdiction says nothing.
DEFAULTS: Mapping[str, Value] = MappingProxyType(
    {
        **runbook(why="items of messaging only where it moves apart from voice"),
        "configure_hours": Value(24, "S", "Amazon Connect administrator guide: numbers are added about a day before"),
        "supplements": Value(True, "U", "A supplement is usual; gaining carriers without one say so"),
        "activates_itself": Value(False, "U", "Portolan activates; gaining carriers that do it themselves say so"),
        "proof": Value(
            ["service", "independent"],
            "U",
            "The carrier's word for each number, and a look of one's own: carriers say ported and stop there",
        ),
        "test_slots": Value(
            [*_EVERY_QUARTER_HOUR, *_EVERY_HOUR],
            "S",
            f"{_PLAYBOOK}: every fifteen minutes for two hours, every hour for the next six",
        ),
        "test_origins": Value(
            list(get_args(Origin)),
            "U",
            "Three networks foreign to both carriers, the losing carrier's own, and a long-distance one: each looks "
            "a number up in its own way",
        ),
        "test_least_origins": Value(3, "U", "One failing network is then told from a failing number"),
        "test_checks": Value(
            list(get_args(Check)),
            "S",
            f"{_PLAYBOOK}: ringback, announcement, agent, hang-up; the others, messages among them, are Portolan's",
        ),
        "test_pass_streak": Value(3, "U", "Three quarters of an hour in which nothing failed"),
        "test_fail_streak": Value(2, "U", "Once may be the caller's fault"),
        "closing_notice_hours": Value(
            [24, 6, 1], "U", "One more night, one more shift, and the last hour to decide in"
        ),
        "messaging_separate": Value(False, "C", "Telnyx: outside the United States and Canada it moves with voice"),
        "messaging_business_days": Value(3, "S", "Talkroute: up to three business days after the port"),
        "hosted_messaging_days": Value(4, "C", "Telnyx: ordered at least four business days ahead of the FOC"),
        "inadvertent_unlimited": Value(False, "U", "No rule found for a port that nobody wanted"),
        "snapback_cost": Value("", "U", "Amount: none found in public sources"),
        "win_back_cost": Value("", "U", "Amount: none found in public sources"),
    }
)
