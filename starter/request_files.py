"""Request files: read, judged as a whole, and split into port orders. Every fault is told at once, with its line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from portolan.closed_days import closed_days
from portolan.domain import identifiers
from portolan.domain.errors import ConfigurationError, Fault, RequestInvalid
from portolan.domain.playbooks import Operator, Playbook, Policy, at_home, resolve
from portolan.domain.request import AccountRequest, NumberGiven, Request, faults_in
from portolan.domain.splitting import ParsedNumber, Split, faults_in_split, number_faults, split
from portolan.numbering import COUNTRIES, parse
from portolan.records.papers import Secret
from starter import number_lists, typed_yaml
from starter.text_files import read_text
from starter.typed_yaml import Document

#: What may stand beside a number, and which of it nobody else may know.
BESIDE = ("rio", "pac", "resp_org", "migration_code")
SECRET = ("rio", "pac", "migration_code")

Progress = Callable[[int], None]
Splitter = Callable[[Request, Sequence[Sequence[ParsedNumber]], "Rules"], Split]


@dataclass(frozen=True)
class Prepared:
    """A request that is ready to be started.

    Attributes:
        request: As written, with the numbers of its lists in place.
        split: Its port orders.
        digest: SHA-256 of what was asked for, numbers in E.164: the same for every writing of the same request, on
            every day, so that starting it twice can be told from starting something else by the same name.
        secrets: By order id, what is kept apart from the order.
        numbers: As they were read, for each entry of the request's accounts.
    """

    request: Request
    split: Split
    digest: str
    secrets: Mapping[str, list[Secret]]
    numbers: Sequence[Sequence[ParsedNumber]]


@dataclass(frozen=True)
class _Written:
    """A number as it stands in a file, with what stands beside it."""

    text: str
    where: str
    line: int | None
    beside: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """A request and everything wrong with it; without a request nothing could be made of the file."""

    request: Request | None
    numbers: list[list[ParsedNumber]]
    faults: list[Fault]


class Rules:
    """By which rules numbers move: today's public holidays, the carriers' profiles, the operator's decisions.

    Args:
        gaining: The gaining carrier's name.
        operator: What the operator of the deployment decided.
        today: The day from which public holidays count; by default today, UTC.
    """

    def __init__(self, gaining: str = "", operator: Operator | None = None, today: date | None = None) -> None:
        self._gaining, self._operator = gaining, operator
        self.today = today or datetime.now(UTC).date()
        self._closed: dict[tuple[str, str], list[date]] = {}

    def __call__(self, playbook: Playbook, account: AccountRequest, country: str, count: int) -> Policy:
        """As `splitting.Rules`."""
        place = (country, account.subdivision)
        if place not in self._closed:
            try:
                self._closed[place] = closed_days(country, self.today, subdivision=account.subdivision or None)
            except ValueError as error:
                raise ConfigurationError(f"{error}.", "Correct the account's `subdivision`.") from None
        return resolve(
            at_home(playbook, country),
            gaining=self._gaining,
            losing=account.losing_carrier,
            closed_days=self._closed[place],
            overrides=account.policy.overrides(),
            operator=self._operator,
            numbers=count,
        )


def load(path: Path, today: date | None = None) -> Request:
    """Read a request file (YAML, or JSON where it is called `.json`) and the number lists it names.

    Args:
        path: The file; number lists are relative to it.
        today: The day from which public holidays count; by default today, UTC.

    Raises:
        RequestInvalid: With every fault of the whole file.
    """
    return prepare(path, today).request


def prepare(
    path: Path,
    today: date | None = None,
    operator: Operator | None = None,
    progress: Progress | None = None,
    gaining: str = "",
) -> Prepared:
    """Read a request file and split it into port orders.

    Args:
        path: The file; number lists are relative to it.
        today: The day from which public holidays count; by default today, UTC.
        operator: What the operator of the deployment decided.
        progress: Called with the number of rows read so far of a number list.
        gaining: The gaining carrier in place of the file's; empty: as the file says.

    Raises:
        RequestInvalid: With every fault of the whole file.
    """
    judged = judge(path, today, operator, progress, gaining)
    if judged.faults or judged.request is None:
        raise RequestInvalid(judged.faults, str(path))
    return made(judged.request, judged.numbers, Rules(judged.request.gaining_carrier, operator, today))


def made(request: Request, numbers: list[list[ParsedNumber]], rules: Rules, splitter: Splitter = split) -> Prepared:
    """A request, split."""
    orders = splitter(request, numbers, rules)
    return Prepared(request, orders, _digest(request, numbers), _secrets(request, numbers, orders), numbers)


def judge(
    path: Path,
    today: date | None = None,
    operator: Operator | None = None,
    progress: Progress | None = None,
    gaining: str = "",
) -> Judged:
    """Read a request file and find every fault of it; arguments as for `prepare`."""
    try:
        document = _document(path)
    except RequestInvalid as error:
        return Judged(None, [], list(error.faults))
    if gaining and isinstance(document.data, dict):
        document.data["gaining_carrier"] = gaining
    faults = document.faults + faults_in(document.data)
    well_formed = not faults
    numbers: list[list[ParsedNumber]] = []
    written_as: list[list[NumberGiven]] = []
    for index, account in enumerate(_accounts(document.data)):
        written = list(_numbers_of(account, index, document, path.parent, faults, progress))
        written_as.append([NumberGiven(number=one.text, **one.beside) for one in written] if well_formed else [])
        numbers.append(_recognised(written, account, index, faults))
        _judge_new_btn(account, index, numbers[-1], faults)
    request = None
    if well_formed:
        request = _with_numbers(Request.model_validate(document.data), written_as)
        faults += faults_in_split(request, numbers, Rules(request.gaining_carrier, operator, today))
    else:
        faults += number_faults(numbers)
    located = [fault if fault.line else replace(fault, line=document.line_of(fault.where)) for fault in faults]
    return Judged(request, numbers, sorted(located, key=lambda fault: fault.line or 0))


def _document(path: Path) -> Document:
    """The file as typed; raises where it cannot be read at all."""
    try:
        text = read_text(path)
    except ValueError as error:
        raise RequestInvalid([Fault("the file", str(error))], str(path)) from None
    document = typed_yaml.read(
        text,
        is_json=path.suffix.lower() == ".json",
        free=lambda place: len(place) == 3 and place[0] == "accounts" and place[2] == "rehearsal",
    )
    if document.data is None:
        faults = document.faults or [Fault("the file", "is empty")]
        raise RequestInvalid(faults, str(path))
    return document


def _accounts(data: object) -> Sequence[object]:
    accounts = data.get("accounts") if isinstance(data, dict) else None
    return accounts if isinstance(accounts, list) else []


def _numbers_of(
    account: object,
    index: int,
    document: Document,
    folder: Path,
    faults: list[Fault],
    progress: Progress | None,
) -> Iterator[_Written]:
    """The numbers of one account as written, here and in its number list."""
    if not isinstance(account, dict):
        return
    typed = account.get("numbers")
    for position, entry in enumerate(typed if isinstance(typed, list) else []):
        given = {"number": entry} if isinstance(entry, str) else entry
        text = given.get("number") if isinstance(given, dict) else None
        if isinstance(text, str):
            place = f"accounts[{index}].numbers[{position}]"
            beside = {kind: given[kind] for kind in BESIDE if isinstance(given.get(kind), str)}
            yield _Written(text, place, document.line_of(place), beside)
    name = account.get("numbers_file")
    if not (isinstance(name, str) and name.strip()):
        return
    place = f"accounts[{index}].numbers_file"
    line = document.line_of(place)
    try:
        for cell in number_lists.stream(folder / name.strip(), progress):
            beside = {kind: text for kind, text in cell.extras.items() if kind in BESIDE}
            yield _Written(cell.text, f"{place} ({name}, {cell.place})", line, beside, cell.fault, cell.note)
    except ValueError as error:
        faults.append(Fault(place, f"{name} {error}"))


def _recognised(written: Sequence[_Written], account: object, index: int, faults: list[Fault]) -> list[ParsedNumber]:
    """The numbers of one account; where its country does not exist, those that do not need one."""
    typed = account.get("country") if isinstance(account, dict) else None
    country = typed.strip().upper() if isinstance(typed, str) else None
    if country is not None and country not in COUNTRIES:
        place = f"accounts[{index}].country"
        if all(fault.where != place for fault in faults):
            faults.append(Fault(place, f"{typed!r} is not the ISO 3166 code of a country"))
        country = None
        written = [one for one in written if one.text.lstrip().startswith("+")]
    numbers = []
    for one in written:
        if one.fault:
            faults.append(Fault(one.where, one.fault, one.line))
            continue
        try:
            number = parse(one.text, country)
        except ValueError as error:
            faults.append(Fault(one.where, str(error), one.line))
            continue
        beside = _checked(one, number.e164, faults) if one.beside else {}
        note = "; ".join(filter(None, (number.note, one.note)))
        numbers.append(
            ParsedNumber(number.e164, number.country, number.number_class, one.where, one.line, note, beside)
        )
    return numbers


def _judge_new_btn(account: object, index: int, numbers: Sequence[ParsedNumber], faults: list[Fault]) -> None:
    """The account's new main number has to be one that stays."""
    given = account if isinstance(account, dict) else {}
    text, country = given.get("new_btn"), given.get("country")
    if not (isinstance(text, str) and text.strip()):
        return
    try:
        e164 = parse(text, country.strip().upper() if isinstance(country, str) else None).e164
    except ValueError as error:
        faults.append(Fault(f"accounts[{index}].new_btn", str(error)))
        return
    if any(number.e164 == e164 for number in numbers):
        words = f"{e164} is ported itself: name a number that stays on the account"
        faults.append(Fault(f"accounts[{index}].new_btn", words))


def _checked(one: _Written, e164: str, faults: list[Fault]) -> dict[str, str]:
    """What stands beside a number, in its usual form; what cannot be right is a fault."""
    found = {}
    for kind, text in one.beside.items():
        if text.strip():
            checked = identifiers.check(kind, text, e164)
            found[kind] = checked.normalized
            if not checked.valid:
                faults.append(Fault(f"{one.where}, {kind.replace('_', ' ')}", checked.reason, one.line))
    return found


def _with_numbers(request: Request, written: Sequence[list[NumberGiven]]) -> Request:
    """The request with all its numbers in place and no files to look them up in."""
    accounts = [
        account.model_copy(update={"numbers": numbers, "numbers_file": ""})
        for account, numbers in zip(request.accounts, written, strict=True)
    ]
    return request.model_copy(update={"accounts": accounts})


def _digest(request: Request, numbers: Sequence[Sequence[ParsedNumber]]) -> str:
    # Without defaults, so that a later release with more keys gives the same digest.
    asked = request.model_dump(mode="json", exclude_defaults=True)
    for account, read in zip(asked["accounts"], numbers, strict=True):
        # What is kept apart from the order must not be guessed from here, where it outlives its wiping.
        for name in ("country", "pin", "nif"):
            account.pop(name, None)
        account["numbers"] = [f"{number.e164} {number.resp_org}".strip() for number in read]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _secrets(request: Request, numbers: Sequence[Sequence[ParsedNumber]], orders: Split) -> dict[str, list[Secret]]:
    """What is kept apart from each order: the PIN of its account, the RIO and PAC of its numbers."""
    beside = {number.e164: number.identifiers for few in numbers for number in few}
    found: dict[str, list[Secret]] = {}
    for order in orders.orders:
        account = request.accounts[orders.accounts[order.order_id]]
        kept = [Secret("", kind, text) for kind, text in (("pin", account.pin), ("nif", account.nif)) if text]
        kept += [
            Secret(number, kind, beside[number][kind])
            for number in order.numbers
            for kind in SECRET
            if kind in beside[number]
        ]
        if kept:
            found[order.order_id] = kept
    return found
