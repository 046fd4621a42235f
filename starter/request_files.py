"""Request files: read, judged as a whole, and split into port orders. Every fault is told at once, with its line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from portolan.closed_days import closed_days
from portolan.domain.errors import Fault, RequestInvalid
from portolan.domain.playbooks import Playbook
from portolan.domain.request import Request, faults_in
from portolan.domain.splitting import ParsedNumber, Split, faults_in_split, number_faults, split
from portolan.numbering import COUNTRIES, parse
from starter import number_lists, typed_yaml
from starter.text_files import read_text
from starter.typed_yaml import Document


@dataclass(frozen=True)
class Prepared:
    """A request that is ready to be started.

    Attributes:
        request: As written, with the numbers of its CSV files in place.
        split: Its port orders.
        digest: SHA-256 of what was asked for, numbers in E.164: the same for every writing of the same request, on
            every day, so that starting it twice can be told from starting something else by the same name.
    """

    request: Request
    split: Split
    digest: str


@dataclass(frozen=True)
class _Written:
    """A number as it stands in a file."""

    text: str
    where: str
    line: int | None


@dataclass(frozen=True)
class _Judged:
    request: Request
    numbers: list[list[ParsedNumber]]


def load(path: Path, today: date | None = None) -> Request:
    """Read a request file (YAML, or JSON where it is called `.json`) and the number lists it names.

    Args:
        path: The file; number lists are relative to it.
        today: The day from which public holidays count; by default today, UTC.

    Raises:
        RequestInvalid: With every fault of the whole file.
    """
    return _judged(path, _Calendar(today)).request


def prepare(path: Path, today: date | None = None) -> Prepared:
    """Read a request file and split it into port orders; arguments and errors as for `load`."""
    calendar = _Calendar(today)
    judged = _judged(path, calendar)
    return Prepared(judged.request, split(judged.request, judged.numbers, calendar), _digest(judged))


class _Calendar:
    """The closed days of a playbook's country from one day on, worked out once a country."""

    def __init__(self, today: date | None) -> None:
        self._today = today or datetime.now(UTC).date()
        self._known: dict[str, list[date]] = {}

    def __call__(self, playbook: Playbook) -> list[date]:
        if playbook.country not in self._known:
            self._known[playbook.country] = closed_days(playbook.country, self._today)
        return self._known[playbook.country]


def _judged(path: Path, calendar: _Calendar) -> _Judged:
    document = _document(path)
    faults = document.faults + faults_in(document.data)
    well_formed = not faults
    numbers: list[list[ParsedNumber]] = []
    texts: list[list[str]] = []
    for index, account in enumerate(_accounts(document.data)):
        written = list(_numbers_of(account, index, document, path.parent, faults))
        texts.append([one.text for one in written])
        numbers.append(_recognised(written, account, index, faults))
    if well_formed:
        request = _with_numbers(Request.model_validate(document.data), texts)
        faults += faults_in_split(request, numbers, calendar)
    else:
        faults += number_faults(numbers)
    if faults:
        located = [fault if fault.line else replace(fault, line=document.line_of(fault.where)) for fault in faults]
        raise RequestInvalid(sorted(located, key=lambda fault: fault.line or 0), str(path))
    return _Judged(request, numbers)


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
    account: object, index: int, document: Document, folder: Path, faults: list[Fault]
) -> Iterator[_Written]:
    """The numbers of one account as written, here and in its number list."""
    if not isinstance(account, dict):
        return
    typed = account.get("numbers")
    for position, text in enumerate(typed if isinstance(typed, list) else []):
        if isinstance(text, str):
            place = f"accounts[{index}].numbers[{position}]"
            yield _Written(text, place, document.line_of(place))
    name = account.get("numbers_file")
    if not (isinstance(name, str) and name.strip()):
        return
    place = f"accounts[{index}].numbers_file"
    try:
        cells = number_lists.read(folder / name.strip())
    except ValueError as error:
        faults.append(Fault(place, f"{name} {error}"))
        return
    for cell in cells:
        yield _Written(cell.text, f"{place} ({name}, {cell.place})", document.line_of(place))


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
        try:
            number = parse(one.text, country)
        except ValueError as error:
            faults.append(Fault(one.where, str(error), one.line))
        else:
            numbers.append(
                ParsedNumber(number.e164, number.country, number.number_class, one.where, one.line, number.note)
            )
    return numbers


def _with_numbers(request: Request, texts: Sequence[list[str]]) -> Request:
    """The request with all its numbers in place and no files to look them up in."""
    accounts = [
        account.model_copy(update={"numbers": numbers, "numbers_file": ""})
        for account, numbers in zip(request.accounts, texts, strict=True)
    ]
    return request.model_copy(update={"accounts": accounts})


def _digest(judged: _Judged) -> str:
    # Without defaults, so that a later release with more keys gives the same digest.
    asked = judged.request.model_dump(mode="json", exclude_defaults=True)
    for account, numbers in zip(asked["accounts"], judged.numbers, strict=True):
        account.pop("country", None)
        account["numbers"] = [number.e164 for number in numbers]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
