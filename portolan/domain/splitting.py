"""From a project to its port orders: one country, number class, losing carrier, account and service address each.

A port order has one letter of authorization, and a letter names one account at one carrier; what moves by another
playbook is another order. Nothing here looks at a clock: the same request gives the same orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from portolan.domain.calendars import business_days_from, closed_reason
from portolan.domain.errors import Fault, RequestInvalid
from portolan.domain.order import OrderRequest
from portolan.domain.playbooks import PLAYBOOKS, Playbook, Policy, choose
from portolan.domain.request import AccountRequest, Request

ClosedDays = Callable[[Playbook], Sequence[date]]

#: Provenances that make a playbook's value a rule, which nobody may replace.
_RULES = frozenset({"L", "I"})
#: How numbers move where the playbook's code alone says too little.
_HOW = MappingProxyType({"US-TF": "a RespOrg change (US-TF)"})
_PLACES_NAMED = 5


@dataclass(frozen=True)
class ParsedNumber:
    """One number of a request, as recognised.

    Attributes:
        where: Its place, such as `accounts[0].numbers[2]`.
        line: Its line in the request file.
        note: What was changed while reading it.
    """

    e164: str
    country: str
    number_class: str
    where: str
    line: int | None = None
    note: str = ""

    @property
    def kind(self) -> str:
        """Country and class in words: `US toll-free`."""
        return f"{self.country} {self.number_class.replace('_', '-')}"

    @property
    def place(self) -> str:
        """Where it stands, with the line."""
        return f"{self.where} (line {self.line})" if self.line else self.where


@dataclass(frozen=True)
class Split:
    """A project's port orders.

    Attributes:
        orders: Account by account, and within one by the first number of each kind, as the file has them.
        reasons: Why there are this many, a sentence each.
        notes: What was changed or assumed while reading numbers, a sentence each.
        accounts: For each order's id, the index of its entry in the request's `accounts`.
    """

    project_id: str
    orders: list[OrderRequest]
    reasons: list[str]
    notes: list[str]
    accounts: dict[str, int]


@dataclass
class _Group:
    """The numbers of one account, by playbook, country and class; entries that differ only in numbers are one."""

    index: int
    account: AccountRequest
    kinds: dict[tuple[str, str, str], list[ParsedNumber]] = field(default_factory=dict)


def split(project: Request, numbers_by_account: Sequence[Sequence[ParsedNumber]], closed_days_for: ClosedDays) -> Split:
    """Split a project into port orders.

    Args:
        project: What was asked for.
        numbers_by_account: The recognised numbers of each entry of `project.accounts`, in that order.
        closed_days_for: The days on which a losing carrier under a playbook ports nothing.

    Raises:
        RequestInvalid: `faults_in_split` has something to say.
    """
    faults = faults_in_split(project, numbers_by_account, closed_days_for)
    if faults:
        raise RequestInvalid(faults, project.reference)
    groups, reasons = _grouped(project, numbers_by_account)
    orders: list[OrderRequest] = []
    accounts: dict[str, int] = {}
    for group in groups:
        for (code, *_), numbers in group.kinds.items():
            order_id = f"{project.project_id}-{len(orders) + 1}"
            policy = _policy(group.account, PLAYBOOKS[code], closed_days_for)
            orders.append(_order(order_id, project, group.account, numbers, policy))
            accounts[order_id] = group.index
        reasons.append(_reason(group))
    notes = [f"{number.place}: {number.note}" for numbers in numbers_by_account for number in numbers if number.note]
    return Split(project.project_id, orders, reasons, notes, accounts)


def number_faults(numbers_by_account: Sequence[Sequence[ParsedNumber]]) -> list[Fault]:
    """Numbers given twice, and numbers of a kind that no playbook covers."""
    faults: list[Fault] = []
    first: dict[str, ParsedNumber] = {}
    unknown: dict[str, list[ParsedNumber]] = {}
    for number in (number for numbers in numbers_by_account for number in numbers):
        seen = first.setdefault(number.e164, number)
        if seen is not number:
            what = f"{number.e164} is also at {seen.place}: give each number once"
            faults.append(Fault(number.where, what, number.line))
        elif choose(number.country, number.number_class) is None:
            unknown.setdefault(number.kind, []).append(number)
    for kind, numbers in unknown.items():
        others = [number.place for number in numbers[1:_PLACES_NAMED]]
        more = len(numbers) - 1 - len(others)
        places = ", ".join(others + ([f"{more} more"] if more else []))
        also = f" (also {places})" if places else ""
        what = f"{numbers[0].e164} is a {kind} number{also}, for which there is no playbook. Known: {_known_kinds()}"
        faults.append(Fault(numbers[0].where, what, numbers[0].line))
    return faults


def faults_in_split(
    project: Request, numbers_by_account: Sequence[Sequence[ParsedNumber]], closed_days_for: ClosedDays
) -> list[Fault]:
    """Everything that keeps a well-formed project from being split, each with its place.

    Numbers as in `number_faults`; values that replace a rule (provenance L or I) of a playbook; wishes for a day on
    which the losing carrier ports nothing.
    """
    faults = number_faults(numbers_by_account)
    for index, (account, numbers) in enumerate(zip(project.accounts, numbers_by_account, strict=True)):
        playbooks = {playbook.code: playbook for number in numbers if (playbook := _playbook(number))}
        for playbook in playbooks.values():
            faults.extend(_policy_faults(index, account, playbook))
        wish_faults = (
            fault
            for playbook in playbooks.values()
            for fault in _wish_faults(index, account, playbook, closed_days_for)
        )
        faults.extend(list(wish_faults)[:1])
    return faults


def _playbook(number: ParsedNumber) -> Playbook | None:
    return choose(number.country, number.number_class)


def _known_kinds() -> str:
    return ", ".join(
        f"{playbook.country} {' / '.join(playbook.number_classes).replace('_', '-')}" for playbook in PLAYBOOKS.values()
    )


def _policy_faults(index: int, account: AccountRequest, playbook: Playbook) -> Iterator[Fault]:
    for key, wanted in account.policy.overrides().items():
        rule = playbook.values.get(key)
        if rule and rule.provenance in _RULES and rule.value != wanted:
            what = f"cannot be {wanted!r}: {playbook.code} has {rule.value!r} by rule ({rule.source})"
            yield Fault(f"accounts[{index}].policy.{key}", what)


def _wish_faults(
    index: int, account: AccountRequest, playbook: Playbook, closed_days_for: ClosedDays
) -> Iterator[Fault]:
    wanted = account.wishes.requested_foc_on
    if wanted is None:
        return
    closed_days = _policy(account, playbook, closed_days_for).closed_days
    closed = closed_reason(wanted, closed_days)
    if closed:
        better = next(business_days_from(wanted, closed_days))
        yield Fault(f"accounts[{index}].wishes.requested_foc_on", f"{closed}: ask for {better} or another business day")


def _grouped(project: Request, numbers_by_account: Sequence[Sequence[ParsedNumber]]) -> tuple[list[_Group], list[str]]:
    groups: dict[str, _Group] = {}
    reasons: list[str] = []
    for index, (account, numbers) in enumerate(zip(project.accounts, numbers_by_account, strict=True)):
        key = account.model_dump_json(exclude={"numbers", "numbers_file", "country"})
        group = groups.setdefault(key, _Group(index, account))
        if group.index != index:
            reasons.append(f"accounts[{index}] is the same account as accounts[{group.index}]: they share port orders")
        for number in numbers:
            playbook = _playbook(number)
            if playbook:
                kind = (playbook.code, number.country, number.number_class)
                group.kinds.setdefault(kind, []).append(number)
    if len(groups) > 1:
        each = "each losing carrier, account and service address needs a letter of authorization of its own"
        reasons.insert(0, f"{len(groups)} accounts: {each}")
    return list(groups.values()), reasons


def _policy(account: AccountRequest, playbook: Playbook, closed_days_for: ClosedDays) -> Policy:
    return playbook.policy(closed_days_for(playbook), account.policy.overrides())


def _order(
    order_id: str, project: Request, account: AccountRequest, numbers: Sequence[ParsedNumber], policy: Policy
) -> OrderRequest:
    return OrderRequest(
        order_id=order_id,
        project_id=project.project_id,
        reference=project.reference,
        customer=project.customer,
        account=account.account.as_account(),
        numbers=[number.e164 for number in numbers],
        country=numbers[0].country,
        number_class=numbers[0].number_class,
        losing_carrier=account.losing_carrier,
        gaining_carrier=project.gaining_carrier,
        customer_contact=project.contacts.customer.as_contact(),
        coordinator=project.contacts.coordinator.as_contact(),
        decision_maker=project.contacts.decision_maker.as_contact(),
        requested_foc_on=account.wishes.requested_foc_on,
        policy=policy,
    )


def _reason(group: _Group) -> str:
    """Why an account has as many orders as it has."""
    how = [f"{numbers[0].kind} numbers move by {_HOW.get(code, code)}" for (code, *_), numbers in group.kinds.items()]
    count = sum(map(len, group.kinds.values()))
    numbers, orders = _count(count, "number"), _count(len(how), "port order")
    return f"{group.account.name}: {numbers} in {orders}{', because ' if len(how) > 1 else ': '}{' and '.join(how)}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
