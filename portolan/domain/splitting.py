"""From a project to its port orders: one country, number class, losing carrier, account and service address each.

A port order has one letter of authorization, and a letter names one account at one carrier; what moves by another
playbook is another order. Nothing here looks at a clock: the same request gives the same orders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from portolan.domain.advice import advice
from portolan.domain.calendars import business_days_from, closed_reason
from portolan.domain.errors import ConfigurationError, Fault, RequestInvalid
from portolan.domain.foc import Freeze
from portolan.domain.messaging import MessagingWanted
from portolan.domain.order_request import OrderRequest
from portolan.domain.playbooks import PLAYBOOKS, Misfit, Playbook, Policy, breaks_rule, choose
from portolan.domain.request import AccountRequest, Request


class Rules(Protocol):
    """By which rules an account's numbers move: playbook, carriers' profiles, the operator's and the request's own."""

    def __call__(self, playbook: Playbook, account: AccountRequest, country: str, count: int) -> Policy:
        """The policy for `count` numbers of a country under a playbook.

        Raises:
            ConfigurationError: The values do not fit together.
        """
        ...


#: How numbers move where the playbook's code alone says too little.
_HOW = MappingProxyType({"US-TF": "a RespOrg change (US-TF)"})
_PLACES_NAMED = 5
#: What each number needs to be sent at all, and how to get it.
_INDISPENSABLE = MappingProxyType({"rio": "dial 3179 from the line, and write {number: ..., rio: ...}"})
#: How `portolan.numbering` notes a number written in letters.
_KEYPAD = "digits of a keypad"


@dataclass(frozen=True)
class ParsedNumber:
    """One number of a request, as recognised.

    Attributes:
        where: Its place, such as `accounts[0].numbers[2]`.
        line: Its line in the request file.
        note: What was changed while reading it.
        identifiers: What was given with it: `rio`, `pac`, `resp_org`.
    """

    e164: str
    country: str
    number_class: str
    where: str
    line: int | None = None
    note: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)

    @property
    def resp_org(self) -> str:
        """The RespOrg that controls a toll-free number, where it was given."""
        return self.identifiers.get("resp_org", "") if self.number_class == "toll_free" else ""

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
        notes: What was changed or assumed while reading numbers, and what was asked for and has no effect, a sentence
            each.
        accounts: For each order's id, the index of its entry in the request's `accounts`.
    """

    project_id: str
    orders: list[OrderRequest]
    reasons: list[str]
    notes: list[str]
    accounts: dict[str, int]


@dataclass
class _Group:
    """The numbers of one account, by playbook, country, class and RespOrg; entries alike but for numbers are one."""

    index: int
    account: AccountRequest
    kinds: dict[tuple[str, str, str, str], list[ParsedNumber]] = field(default_factory=dict)


def split(project: Request, numbers_by_account: Sequence[Sequence[ParsedNumber]], rules: Rules) -> Split:
    """Split a project into port orders.

    Args:
        project: What was asked for.
        numbers_by_account: The recognised numbers of each entry of `project.accounts`, in that order.
        rules: By which rules they move.

    Raises:
        RequestInvalid: `faults_in_split` has something to say.
    """
    faults = faults_in_split(project, numbers_by_account, rules)
    if faults:
        raise RequestInvalid(faults, project.reference)
    return split_as_it_is(project, numbers_by_account, rules)


def split_as_it_is(project: Request, numbers_by_account: Sequence[Sequence[ParsedNumber]], rules: Rules) -> Split:
    """Split a project whatever is wrong with it, as far as that goes; for a look at the orders it would become.

    Raises:
        ConfigurationError: The values of a policy do not fit together.
    """
    groups, reasons = _grouped(project, numbers_by_account)
    orders: list[OrderRequest] = []
    accounts: dict[str, int] = {}
    without_effect: list[str] = []
    for group in groups:
        for (code, *_), numbers in group.kinds.items():
            order_id = f"{project.project_id}-{len(orders) + 1}"
            policy = rules(PLAYBOOKS[code], group.account, numbers[0].country, len(numbers))
            everything = [one.e164 for few in group.kinds.values() for one in few]
            orders.append(_order(order_id, project, group.account, numbers, everything, policy))
            accounts[order_id] = group.index
            without_effect.extend(_without_effect(orders[-1], group.account))
        reasons.append(_reason(group))
    notes = [f"{number.place}: {number.note}" for numbers in numbers_by_account for number in numbers if number.note]
    return Split(project.project_id, orders, reasons, notes + without_effect, accounts)


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
    project: Request, numbers_by_account: Sequence[Sequence[ParsedNumber]], rules: Rules
) -> list[Fault]:
    """Everything that keeps a well-formed project from being split, each with its place.

    Numbers as in `number_faults`; values that replace a rule (provenance L or I) of a playbook; wishes for a day on
    which the losing carrier ports nothing.
    """
    faults = number_faults(numbers_by_account)
    for index, (account, numbers) in enumerate(zip(project.accounts, numbers_by_account, strict=True)):
        lines = account.service.lines_on_account
        if lines is not None and len(numbers) > lines:
            what = (
                f"{_count(len(numbers), 'number')} on {_count(lines, 'line')}: count the lines again, or leave it out"
            )
            faults.append(Fault(f"accounts[{index}].service.lines_on_account", what))
        kinds = Counter((book.code, number.country) for number in numbers if (book := _playbook(number, account)))
        rule_faults = [list(_policy_faults(index, account, PLAYBOOKS[code])) for code, _ in kinds]
        faults.extend(fault for few in rule_faults for fault in few)
        wish_faults: list[Fault] = []
        for (code, country), count in kinds.items() if not any(rule_faults) else ():
            try:
                policy = rules(PLAYBOOKS[code], account, country, count)
            except ConfigurationError as error:
                faults.append(Fault(_place(index, account, error), f"{error.message} {error.remedy}"))
            else:
                wish_faults.extend(_wish_faults(index, account, policy))
                moved = [one for one in numbers if one.country == country and _code(one, account) == code]
                faults.extend(_identifier_faults(moved, policy))
        faults.extend(wish_faults[:1])
    return faults


def _identifier_faults(numbers: Sequence[ParsedNumber], policy: Policy) -> Iterator[Fault]:
    """Numbers without what the losing carrier finds them by: such an order would come back for certain."""
    for kind, how in _INDISPENSABLE.items():
        for number in numbers if kind in policy.identifiers else ():
            if kind not in number.identifiers:
                yield Fault(number.where, f"{number.e164} has no {kind.upper()}: {how}", number.line)


def _code(number: ParsedNumber, account: AccountRequest) -> str:
    playbook = _playbook(number, account)
    return playbook.code if playbook else ""


def _playbook(number: ParsedNumber, account: AccountRequest) -> Playbook | None:
    return choose(number.country, number.number_class, simple=account.service.simple, wireless=account.service.wireless)


def _known_kinds() -> str:
    kinds: dict[str, dict[str, None]] = {}
    for playbook in PLAYBOOKS.values():
        kinds.setdefault(playbook.country, {}).update(dict.fromkeys(playbook.number_classes))
    return ", ".join(f"{country} {' / '.join(classes).replace('_', '-')}" for country, classes in kinds.items())


def _policy_faults(index: int, account: AccountRequest, playbook: Playbook) -> Iterator[Fault]:
    for key, wanted in account.policy.overrides().items():
        rule = playbook.values.get(key)
        if rule and breaks_rule(key, rule, wanted):
            what = f"cannot be {wanted!r}: {playbook.code} has {rule.value!r} by rule ({rule.source})"
            yield Fault(f"accounts[{index}].policy.{key}", what)


def _place(index: int, account: AccountRequest, error: ConfigurationError) -> str:
    """Where values of a policy do not fit: at the one to correct, if the request gives it."""
    name = error.name if isinstance(error, Misfit) else ""
    return f"accounts[{index}].policy{f'.{name}' if name in account.policy.overrides() else ''}"


def _wish_faults(index: int, account: AccountRequest, policy: Policy) -> Iterator[Fault]:
    wanted = account.wishes.requested_foc_on
    if wanted is None:
        return
    closed = closed_reason(wanted, policy.closed_days)
    if closed:
        better = next(business_days_from(wanted, policy.closed_days))
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
            playbook = _playbook(number, account)
            if playbook:
                kind = (playbook.code, number.country, number.number_class, number.resp_org)
                group.kinds.setdefault(kind, []).append(number)
    if len(groups) > 1:
        each = "each losing carrier, account and service address needs a letter of authorization of its own"
        reasons.insert(0, f"{len(groups)} accounts: {each}")
    return list(groups.values()), reasons


def _order(
    order_id: str,
    project: Request,
    account: AccountRequest,
    numbers: Sequence[ParsedNumber],
    everything: Sequence[str],
    policy: Policy,
) -> OrderRequest:
    own = {number.e164 for number in numbers}
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
        second_person=second.as_contact() if (second := project.contacts.second_person) else None,
        requested_foc_on=account.wishes.requested_foc_on,
        policy=policy,
        csr=account.csr.as_record() if account.csr else None,
        resp_org=numbers[0].resp_org,
        siblings=[number for number in everything if number not in own],
        remaining=account.remaining_numbers or "",
        new_btn=account.new_btn,
        freezes=[Freeze(given.first, given.last, given.reason) for given in account.wishes.freezes],
        advice=advice(account, numbers[0].number_class, spelled=any(_KEYPAD in one.note for one in numbers)),
        strategy=account.strategy,
        activation=account.activation,
        configuration=account.configuration.as_configuration() if account.configuration else None,
        messaging=_messaging(account, numbers[0].number_class, policy),
        fallback=account.fallback,
        call_tester=account.call_tester,
    )


def _messaging(account: AccountRequest, number_class: str, policy: Policy) -> MessagingWanted | None:
    """What Portolan looks after; nothing where messaging moves with voice. Toll-free numbers join no 10DLC campaign."""
    if account.messaging is None or not policy.messaging_separate:
        return None
    wanted = account.messaging.as_wanted()
    return wanted.model_copy(update={"campaign": ""}) if number_class == "toll_free" else wanted


def _without_effect(order: OrderRequest, account: AccountRequest) -> Iterator[str]:
    """What was asked for and comes to nothing for this order."""
    if account.messaging is None:
        return
    if order.messaging is None:
        yield f"{order.order_id}: by {order.policy.playbook} messaging moves with voice; nothing is done for it apart"
    elif account.messaging.campaign and not order.messaging.campaign:
        yield f"{order.order_id}: toll-free numbers join no 10DLC campaign; {account.messaging.campaign} is left out"


def _reason(group: _Group) -> str:
    """Why an account has as many orders as it has."""
    how = [
        f"{numbers[0].kind} numbers{f' of RespOrg {resp_org}' if resp_org else ''} move by {_HOW.get(code, code)}"
        for (code, *_, resp_org), numbers in group.kinds.items()
    ]
    count = sum(map(len, group.kinds.values()))
    numbers, orders = _count(count, "number"), _count(len(how), "port order")
    return f"{group.account.name}: {numbers} in {orders}{', because ' if len(how) > 1 else ': '}{' and '.join(how)}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
