"""Files of requests to release numbers: read and judged as a whole. Every fault is told at once, with its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portolan.closed_days import closed_days
from portolan.domain.errors import Fault, RequestInvalid
from portolan.domain.playbooks import at_home, choose
from portolan.domain.port_out.case import Lock, OnFile, PortOutRequest
from portolan.domain.port_out.given import PortOutGiven, PortOutsGiven
from portolan.domain.port_out.policy import PortOutPolicy, policy_for
from portolan.domain.request import faults_in
from portolan.numbering import COUNTRIES, Number, parse
from portolan.records.port_outs import Code, port_out_id
from starter import typed_yaml
from starter.text_files import read_text

#: A request that lay around longer than this before it was entered is a typing error.
OLDEST = timedelta(days=30)


@dataclass(frozen=True)
class Received:
    """A request ready to be started, with its codes apart, and as it was given."""

    request: PortOutRequest
    codes: Sequence[Code]
    given: PortOutGiven


def load(path: Path, now: datetime | None = None) -> list[Received]:
    """Read a file of requests (YAML, or JSON where it is called `.json`).

    Args:
        path: The file.
        now: When requests without a time of their own came in; by default now.

    Raises:
        RequestInvalid: With every fault of the whole file.
    """
    received_at = now or datetime.now(UTC)
    try:
        text = read_text(path)
    except ValueError as error:
        raise RequestInvalid([Fault("the file", str(error))], str(path)) from None
    document = typed_yaml.read(
        text,
        is_json=path.suffix.lower() == ".json",
        free=lambda place: len(place) == 3 and place[0] == "port_outs" and place[2] == "rehearsal",
    )
    faults = document.faults + faults_in(document.data, PortOutsGiven) if document.data else document.faults
    found: list[Received] = []
    if not faults and document.data is None:
        faults = [Fault("the file", "is empty")]
    if not faults:
        file = PortOutsGiven.model_validate(document.data)
        for index, given in enumerate(file.port_outs):
            found += _received(file.carrier, given, f"port_outs[{index}]", received_at, faults)
        faults += _repeated(found)
    if faults:
        located = [fault if fault.line else replace(fault, line=document.line_of(fault.where)) for fault in faults]
        raise RequestInvalid(sorted(located, key=lambda fault: fault.line or 0), str(path))
    return found


def _received(carrier: str, given: PortOutGiven, where: str, now: datetime, faults: list[Fault]) -> Iterator[Received]:
    before = len(faults)
    if given.country not in COUNTRIES:
        faults.append(Fault(f"{where}.country", f"{given.country!r} is not the ISO 3166 code of a country"))
        return
    numbers = [_number(text, given.country, f"{where}.numbers[{i}]", faults) for i, text in enumerate(given.numbers)]
    known = [number for number in numbers if number]
    e164s = [number.e164 for number in known]
    faults += [
        Fault(f"{where}.numbers[{position}]", f"{number.e164} is there already: keep one")
        for position, number in enumerate(numbers)
        if number and number in numbers[:position]
    ]
    policy = _policy(given, known, where, faults)
    requested_at = given.requested_at or now
    if not now - OLDEST <= requested_at <= now + timedelta(minutes=5):
        days = OLDEST.days
        faults.append(Fault(f"{where}.requested_at", f"has to be a moment of the last {days} days, not in the future"))
    lists = {
        name: _among(getattr(given.on_file, name), given.country, e164s, f"{where}.on_file.{name}", faults)
        for name in ("inactive", "not_ours")
    }
    codes = [
        code
        for on_file, account in ((False, given.account), (True, given.on_file))
        for code in _codes(given, account.code, account.codes, on_file, e164s, where, faults)
    ]
    if codes and policy and policy.code is None:
        faults.append(Fault(f"{where}.account", f"{policy.playbook} compares no code: leave `code` and `codes` out"))
    if len(faults) > before or policy is None:
        return
    lock = given.on_file.lock
    request = PortOutRequest(
        port_out_id=port_out_id(given.requesting_carrier, given.reference),
        carrier=carrier,
        requesting_carrier=given.requesting_carrier,
        carrier_reference=given.reference,
        numbers=e164s,
        country=known[0].country,
        number_class=known[0].number_class,
        account_number=given.account.account_number,
        postal_code=given.account.postal_code,
        requested_at=requested_at,
        requested_foc=given.requested_foc,
        customer=given.customer,
        customer_contact=given.contacts.customer.as_contact(),
        coordinator=given.contacts.coordinator.as_contact(),
        on_file=OnFile(
            account_number=given.on_file.account_number,
            postal_code=given.on_file.postal_code,
            code_expires_at=given.on_file.code_expires_at,
            lock=Lock(until=lock.until) if lock else None,
            **lists,
        ),
        policy=policy,
    )
    yield Received(request, codes, given)


def _number(text: str, country: str, where: str, faults: list[Fault]) -> Number | None:
    try:
        return parse(text, country)
    except ValueError as error:
        faults.append(Fault(where, str(error)))
        return None


def _policy(given: PortOutGiven, numbers: Sequence[Number], where: str, faults: list[Fault]) -> PortOutPolicy | None:
    """One request is judged by one set of rules."""
    kinds = sorted({(number.country, number.number_class) for number in numbers})
    if len(kinds) > 1:
        told = ", ".join(f"{country} {kind.replace('_', '-')}" for country, kind in kinds)
        faults.append(Fault(f"{where}.numbers", f"are of several kinds ({told}): make a request of each"))
    if len(kinds) != 1:
        return None
    ((country, kind),) = kinds
    playbook = choose(country, kind, simple=given.service.simple, wireless=given.service.wireless)
    if playbook is None:
        faults.append(Fault(f"{where}.numbers", f"there is no playbook for {country} {kind.replace('_', '-')} numbers"))
        return None
    return policy_for(at_home(playbook, country), closed_days(country, datetime.now(UTC).date() - OLDEST))


def _among(texts: Sequence[str], country: str, numbers: Sequence[str], where: str, faults: list[Fault]) -> list[str]:
    found = []
    for index, text in enumerate(texts):
        number = _number(text, country, f"{where}[{index}]", faults)
        if number and number.e164 not in numbers:
            faults.append(Fault(f"{where}[{index}]", f"{number.e164} is no number of the request"))
        elif number:
            found.append(number.e164)
    return found


def _codes(
    given: PortOutGiven,
    whole: str,
    single: dict[str, str],
    on_file: bool,
    numbers: Sequence[str],
    where: str,
    faults: list[Fault],
) -> Iterator[Code]:
    """The codes of one side; their values are repeated nowhere."""
    if whole:
        yield Code(on_file, "", whole)
    place = f"{where}.{'on_file' if on_file else 'account'}.codes"
    for text, value in single.items():
        for number in _among([text], given.country, numbers, place, faults):
            yield Code(on_file, number, value)


def _repeated(found: Sequence[Received]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, one in enumerate(found):
        if one.request.port_out_id in seen:
            words = f"{one.given.requesting_carrier} has used {one.given.reference!r} above: keep one"
            yield Fault(f"port_outs[{index}].reference", words)
        seen.add(one.request.port_out_id)
