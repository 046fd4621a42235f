"""Whether an account of Amazon Connect can do its work, without creating or changing anything."""

from __future__ import annotations

from collections.abc import Callable

from portolan.carriers.accounts import AmazonConnectAccount
from portolan.carriers.amazon_connect.aws import NO_PLAN, Aws, NotAllowed
from portolan.carriers.amazon_connect.instance import Instance
from portolan.carriers.amazon_connect.support import Support
from portolan.domain.carrier import Check
from portolan.domain.errors import CarrierError

#: What only a real order does.
_CHANGES = (
    "connect:AssociatePhoneNumberContactFlow, DisassociatePhoneNumberContactFlow, ClaimPhoneNumber, ReleasePhoneNumber"
)


def checks(account: AmazonConnectAccount, aws: Aws, instance: Instance, support: Support) -> list[Check]:
    """What was looked at: the instance, its numbers, and where porting cases belong."""
    found = [
        _check("instance", lambda: f"{account.instance_id} is {instance.check()}"),
        _check("numbers", lambda: f"{len(instance.numbers())} in the instance"),
    ]
    if account.support_api:
        found += [_place(support, north_america) for north_america in (True, False)]
    else:
        found.append(
            Check(name="support", passed=None, words="cases are opened by hand: support_api of the account is off")
        )
    return [*found, Check(name="permissions to change", passed=None, words=f"only an order shows these: {_CHANGES}")]


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name=name, passed=True, words=look())
    except CarrierError as error:
        return Check(name=name, passed=False, words=str(error))


def _place(support: Support, north_america: bool) -> Check:
    name = f"cases {'in' if north_america else 'outside'} North America"
    try:
        place = support.place(north_america)
    except NotAllowed as error:
        why = "the plan has no Support API: set support_api to false" if error.aws_code == NO_PLAN else str(error)
        return Check(name=name, passed=False, words=why)
    except CarrierError as error:
        return Check(name=name, passed=False, words=str(error))
    if place is None:
        return Check(name=name, passed=False, words="AWS names no category for them: cases are written for a person")
    return Check(name=name, passed=True, words=f"service {place.service}, category {place.category}")
