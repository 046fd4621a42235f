"""What people should hear before numbers are ported: of risks, of the bridge, of messaging."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from portolan.domain.bridge import TRADE_OFFS
from portolan.domain.request import AccountRequest

#: What makes numbers precious, in words.
_RISKS = MappingProxyType(
    {
        "vanity": "are vanity numbers",
        "campaign": "stand in a campaign",
        "regulated": "are numbers that a regulator requires to answer",
    }
)
_BRIDGE = (
    "Do not let the port be the first test: claim a number at the gaining carrier, send the calls of the old number "
    "to it over a SIP trunk, prove it, and port as a second step"
)
#: Carriers' documents (C): before the port the number is not the gaining carrier's, and the review fails.
_VERIFICATION = (
    "Toll-free messaging is not verified: submit the verification once the port has completed, not before; the review "
    "takes one to two weeks."
)
#: Talkroute's porting guide (S).
_IMESSAGE = (
    "Remove these numbers from iMessage before they move, or texts from Apple devices may not arrive afterwards."
)


def advice(account: AccountRequest, number_class: str, *, spelled: bool) -> list[str]:
    """A sentence or more each, for one order.

    Args:
        account: What was asked for.
        number_class: The order's, as `portolan.numbering` names it.
        spelled: Whether a number was given in letters.
    """
    return [*_of_risks(account, spelled=spelled), *_of_bridge(account), *_of_messaging(account, number_class)]


def _of_risks(account: AccountRequest, *, spelled: bool) -> Iterator[str]:
    risks: list[str] = list(dict.fromkeys(account.risks))
    if spelled and "vanity" not in risks:
        risks.insert(0, "vanity")
    bridged = account.strategy == "bridge_then_port"
    for risk in risks:
        yield f"High risk: these {_RISKS[risk]}. {'They are bridged first' if bridged else _BRIDGE}."


def _of_bridge(account: AccountRequest) -> Iterator[str]:
    if account.strategy == "bridge_then_port":
        yield " ".join(("A bridge comes first, and the port when it is released.", *TRADE_OFFS))


def _of_messaging(account: AccountRequest, number_class: str) -> Iterator[str]:
    if account.messaging is None:
        return
    if number_class == "toll_free" and not account.messaging.toll_free_verified:
        yield _VERIFICATION
    yield _IMESSAGE
