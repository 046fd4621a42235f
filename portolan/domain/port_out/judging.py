"""What stands against a release: found by comparing, said by the customer, or set by them beforehand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from portolan.domain.port_out.case import Case, CodeCheck, PortOutRequest, Validation
from portolan.domain.port_out.grounds import Finding, Ground
from portolan.domain.port_out.policy import FOUND_IN, Compared

#: A US ZIP code may come with or without its last four digits.
ZIP_LENGTH = 5

_CODE_FOUND = {CodeCheck.DIFFERENT: Ground.CODE_WRONG, CodeCheck.MISSING: Ground.CODE_MISSING}


def findings(request: PortOutRequest, validation: Validation) -> list[Finding]:
    """Everything that comparing brought, all at once; only fields that the policy names are compared.

    Separators, spaces and case mean nothing, because they would only turn away what is plainly the same.
    """
    on_file, compared = request.on_file, request.policy.compared
    found: list[Finding] = []
    if on_file.not_ours:
        found.append(Finding(ground=Ground.NUMBER_NOT_OURS, numbers=on_file.not_ours))
    if on_file.inactive:
        found.append(Finding(ground=Ground.NUMBER_NOT_ACTIVE, numbers=on_file.inactive))
    if Compared.ACCOUNT_NUMBER in compared:
        found += _compared(
            plain(request.account_number), plain(on_file.account_number), FOUND_IN[Compared.ACCOUNT_NUMBER]
        )
    if Compared.POSTAL_CODE in compared:
        given, ours = (_postal(text, request.country) for text in (request.postal_code, on_file.postal_code))
        found += _compared(given, ours, FOUND_IN[Compared.POSTAL_CODE])
    if request.policy.code:
        found += _codes(request, validation)
    return found


def standing(case: Case, now: datetime) -> list[Finding]:
    """Every ground that stands against a release at that moment."""
    found = list(case.findings)
    if case.denied and case.denied.counts:
        found.append(Finding(ground=Ground.CUSTOMER_DENIES))
    if case.locked(now) and case.policy.locks_hold:
        found.append(Finding(ground=Ground.LOCKED))
    return found


def plain(text: str) -> str:
    """Letters and digits alone, in one case."""
    return "".join(filter(str.isalnum, text.casefold()))


def _postal(text: str, country: str) -> str:
    return plain(text)[:ZIP_LENGTH] if country == "US" else plain(text)


def _compared(given: str, ours: str, grounds: Sequence[Ground]) -> Iterator[Finding]:
    """Nothing on file is nothing to compare with."""
    missing, wrong = grounds
    if ours and given != ours:
        yield Finding(ground=wrong if given else missing)


def _codes(request: PortOutRequest, validation: Validation) -> Iterator[Finding]:
    expires_at = request.on_file.code_expires_at
    expired = expires_at is not None and request.requested_at >= expires_at
    by_ground: dict[Ground, list[str]] = defaultdict(list)
    for number in request.numbers:
        check = validation.codes.get(number)
        if check is CodeCheck.EQUAL and expired:
            by_ground[Ground.CODE_EXPIRED].append(number)
        elif check in _CODE_FOUND:
            by_ground[_CODE_FOUND[check]].append(number)
    for ground, numbers in by_ground.items():
        yield Finding(ground=ground, numbers=numbers)
