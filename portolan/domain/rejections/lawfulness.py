"""Whether a ground for refusing a port is a lawful one, and the letter that disputes one that is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from portolan.domain.rejections.reasons import canonical
from portolan.domain.rejections.rejection import Rejection

if TYPE_CHECKING:
    from portolan.domain.playbooks.model import Policy


class Lawfulness(NamedTuple):
    """What is known of a ground: `lawful` is False where `rule` says so, and None where no rule is known.

    It is never True: that a playbook names no rule against a refusal does not make it a lawful one.
    """

    lawful: bool | None
    rule: str


def lawfulness(code: str, policy: Policy) -> Lawfulness:
    """Whether a carrier may refuse an order of this policy on this ground, by `Policy.unlawful_refusals`."""
    name = canonical(code)
    for ground, rule in policy.unlawful_refusals.items():
        if name is not None and canonical(ground) == name:
            return Lawfulness(False, rule)
    return Lawfulness(None, "")


def dispute(
    rejection: Rejection,
    policy: Policy,
    *,
    order_id: str,
    losing_carrier: str,
    gaining_carrier: str,
    numbers: Sequence[str],
    received_on: date,
) -> str:
    """A letter to the losing carrier that disputes a refusal, ready to be sent; empty where no rule speaks against it.

    It cites the rule as the policy has it and claims nothing beyond.

    Args:
        rejection: The refusal.
        policy: The order's policy, whose `unlawful_refusals` has the rule.
        order_id: Our name for the order.
        losing_carrier: To whom the letter goes.
        gaining_carrier: On whose behalf.
        numbers: The numbers of the order (E.164), all of which are named.
        received_on: The date of the refusal.
    """
    rule = lawfulness(rejection.code, policy).rule
    if not rule:
        return ""
    words = f'\nYour answer reads: "{rejection.text}"' if rejection.text else ""
    coded = f" (code {rejection.vendor_code})" if rejection.vendor_code else ""
    partly = f"\nYour refusal names {', '.join(rejection.numbers)}." if rejection.numbers else ""
    listed = "\n".join(f"  {number}" for number in numbers)
    return f"""\
Subject: Port order {order_id}: please confirm a date

To the porting desk of {losing_carrier}

Dear colleagues,

on {received_on.isoformat()} you refused port order {order_id}{coded}. We understand your ground to be this: \
{rejection.reason.meaning}.{words}{partly}

As we read the rule that applies to this order, a port may not be refused on that ground:

  {rule}

We therefore ask you to confirm a firm order commitment (FOC) for the order as it stands, unchanged, for:

{listed}

If you rely on another ground, please name it, and the rule that allows it, so that we can put things right in one step.
This letter takes no side in any matter between you and your customer. Thank you for looking into it.

Kind regards,
{gaining_carrier}, porting desk
"""
