"""The way back when no return is to be had: a new port, prepared as a request file, with the carriers swapped.

What the order knows is filled in. What only the present carrier or the customer knows is left empty and marked, so
that the file cannot be sent before somebody has looked: an account number of the old account would be rejected.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from portolan.domain.carrier import NumberStatus
from portolan.domain.foc import in_words
from portolan.domain.order import Order
from portolan.domain.text import clean

#: The longest reference that a request may have.
_LONGEST_REFERENCE = 40
_BACK = "-back"
#: Identifiers that go with each number, and with the account; what a new one is and who gives it.
_OF_NUMBER: Mapping[str, str] = MappingProxyType(
    {
        "rio": "the RIO of this number at {present}",
        "pac": "the PAC that {present} gives for this number",
        "migration_code": "the codice di migrazione of this number at {present}",
        "resp_org": "the RespOrg that controls this number now",
    }
)
_OF_ACCOUNT: Mapping[str, str] = MappingProxyType(
    {
        "pin": "the port-out PIN or passcode at {present}",
        "nif": "the NIF or CIF of the holder, as {present} has it",
    }
)
_CHECK: Mapping[str, str] = MappingProxyType(
    {
        "entity_name": "check: as {present} has it on file",
        "authorized_person": "check: who may sign for the account at {present}",
        "service_address": "check: as {present} has it on file",
        "postal_code": "check: as {present} has it on file",
    }
)
_ACCOUNT_NUMBER = "fill in: the account number at {present}, not the old one"
#: The rule for a port that nobody wanted, as the industry of North America has it.
BEST_PRACTICE = (
    "LNPA Best Practice 42 (PIM 53) on inadvertent ports: both service providers work to restore service as quickly "
    "as possible, regardless of the time that has passed since the port."
)


def new_port(order: Order, inadvertent: bool = False) -> dict[str, Any]:
    """The content of a request file for the numbers' way back; `marks` says what has to be filled in or checked.

    Args:
        order: An order whose numbers moved. Those that did not, or are back, are left out.
        inadvertent: Nobody wanted the port; `demand` goes with it.
    """
    request = order.request
    wanted = [name for name in _OF_NUMBER if name in order.policy.identifiers]
    account: dict[str, Any] = {
        "label": f"{'inadvertent port' if inadvertent else 'way back'} of {order.order_id}",
        "losing_carrier": request.gaining_carrier,
        "country": request.country,
        "account": {
            "entity_name": order.account.entity_name,
            "authorized_person": order.account.authorized_person,
            "service_address": order.account.service_address,
            "postal_code": order.account.postal_code,
            "account_number": "",
        },
        "numbers": [{"number": number, **dict.fromkeys(wanted, "")} if wanted else number for number in moved(order)],
    }
    account |= {name: "" for name in _OF_ACCOUNT if name in order.policy.identifiers}
    if order.policy.playbook == "US-WIRELESS":
        account["service"] = {"wireless": True}
    people = {
        "customer": request.customer_contact,
        "coordinator": request.coordinator,
        "decision_maker": request.decision_maker,
    }
    return {
        "reference": order.order_id[: _LONGEST_REFERENCE - len(_BACK)] + _BACK,
        "customer": request.customer,
        "gaining_carrier": request.losing_carrier,
        "contacts": {role: {"name": person.name, "email": person.email} for role, person in people.items()},
        "accounts": [account],
    }


def marks(order: Order) -> dict[str, str]:
    """What of `new_port` has to be filled in or checked, by its path such as `accounts[0].account.account_number`."""
    present, wanted = order.request.gaining_carrier, order.policy.identifiers
    found = {f"accounts[0].account.{field}": words for field, words in _CHECK.items()}
    found["accounts[0].account.account_number"] = _ACCOUNT_NUMBER
    for index, _ in enumerate(moved(order)):
        found |= {
            f"accounts[0].numbers[{index}].{name}": f"fill in: {words}"
            for name, words in _OF_NUMBER.items()
            if name in wanted
        }
    found |= {f"accounts[0].{name}": f"fill in: {words}" for name, words in _OF_ACCOUNT.items() if name in wanted}
    return {path: words.format(present=present) for path, words in found.items()}


def moved(order: Order) -> list[str]:
    """The numbers that are at the gaining carrier, as far as anybody knows; all of them where nobody does."""
    there = [number for number in order.request.numbers if order.number_status.get(number) is NumberStatus.ACTIVE]
    return there or list(order.request.numbers)


def demand(order: Order) -> str:
    """What to write to both carriers about a port that nobody wanted, as plain text to be signed by a person."""
    request, numbers = order.request, moved(order)
    losing, gaining, customer = map(clean, (request.losing_carrier, request.gaining_carrier, request.customer))
    signer = request.decision_maker
    rule = (
        f"We refer to {BEST_PRACTICE}"
        if order.policy.inadvertent_unlimited
        else "We ask for this although no rule known to us sets a time for it here; please tell us what you need."
    )
    paragraphs = [
        f"To {losing} and {gaining}, porting desks",
        f"Inadvertent port of {len(numbers)} number{'' if len(numbers) == 1 else 's'}: please restore service",
        f"The numbers below moved from {losing} to {gaining} on {in_words(order.activated_at)} "
        f"(order {clean(order.carrier_order_id or order.order_id)}). {customer} did not intend this port.",
        "\n".join(numbers),
        rule,
        f"Please work together to restore service at {losing}, tell us who does what and by when, and leave the "
        "numbers in service where they are until then.",
        f"{clean(signer.name)}\n{customer}\n{clean(signer.email)}",
    ]
    return "\n\n".join(paragraphs) + "\n"
