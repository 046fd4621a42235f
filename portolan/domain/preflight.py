"""The pre-flight of one port order: everything that would send it back, hold it up or surprise somebody, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel

from portolan.domain.calendars import add_business_days
from portolan.domain.foc import day_in_words, loa_plan, proposals
from portolan.domain.identifiers import check
from portolan.domain.loa import accepted_modes
from portolan.domain.order_request import OrderRequest
from portolan.domain.reconciliation import Difference, Severity


class Finding(BaseModel):
    """One thing to know before an order is started; `fix` says what to do about it."""

    severity: Severity
    what: str
    fix: str = ""


class Preflight(NamedTuple):
    """What a pre-flight looks at.

    Attributes:
        differences: Between the account and the record, where there is one.
        left: Numbers of the record that are not ported.
        main_number: The account's main number (E.164), where it is known.
        identifiers: The kinds of identifier given for each number (empty: for the account).
        names: The names of the closed days.
    """

    request: OrderRequest
    differences: list[Difference]
    left: list[str]
    main_number: str
    identifiers: Mapping[str, frozenset[str]]
    names: Mapping[date, str]
    now: datetime


class _Wanted(NamedTuple):
    """What an order is to know about each number or its account, how bad it is without, and how to get it."""

    name: str
    per_number: bool
    severity: Severity
    fix: str


#: By the names of `Policy.identifiers`. The account form's own are checked with it, a RIO when the request is split.
WANTED: Mapping[str, _Wanted] = MappingProxyType(
    {
        "pac": _Wanted(
            "The PAC", True, Severity.WARN, "Get it last: text PAC to 65075 from the number; it lasts 30 days."
        ),
        "pin": _Wanted(
            "The PIN or passcode",
            False,
            Severity.WARN,
            "Ask the losing carrier for it shortly before sending: it may expire.",
        ),
        "resp_org": _Wanted(
            "The RespOrg", True, Severity.WARN, "Look up the controlling RespOrg; one order holds one RespOrg only."
        ),
        "nif": _Wanted(
            "The holder's NIF or CIF", False, Severity.WARN, "Give the holder's NIF or CIF: the donor compares it."
        ),
        "migration_code": _Wanted(
            "The migration code", True, Severity.WARN, "It stands on the bill of the losing carrier."
        ),
    }
)


def findings(flight: Preflight) -> list[Finding]:
    """Everything there is to say about an order before it is started, the worst first."""
    found = [finding for look in _LOOKS for finding in look(flight)]
    order = list(reversed(Severity))
    return sorted(found, key=lambda finding: order.index(finding.severity))


def _portable(flight: Preflight) -> Iterator[Finding]:
    policy = flight.request.policy
    if not policy.portable:
        yield Finding(severity=Severity.BLOCKING, what="These numbers cannot be ported.", fix=policy.not_portable_why)


def _size(flight: Preflight) -> Iterator[Finding]:
    most, count = flight.request.policy.most_numbers, len(flight.request.numbers)
    if most is not None and count > most:
        yield Finding(
            severity=Severity.WARN,
            what=f"{count} numbers: {flight.request.gaining_carrier} takes at most {most} in one order.",
            fix="Ask its desk for a project, or give the numbers in several accounts of the request.",
        )


def _account(flight: Preflight) -> Iterator[Finding]:
    for one in flight.differences:
        # A main number that was left out, and numbers in another writing, are the record's in the letter anyway.
        settled = one.severity is Severity.INFO and one.field in {"btn", "numbers"}
        if one.category != "TN_MISSING" and not settled:
            # Another person's name on the letter makes nobody sign it.
            copied = one.suggestion and one.category != "SIGNER_NOT_ON_CSR"
            fix = f"Write {one.suggestion!r}." if copied else one.remedy
            yield Finding(severity=one.severity, what=f"{one.field}: {one.explanation}.", fix=fix)
    yield from _forms(flight.request)
    if flight.request.csr and flight.request.csr.features:
        yield Finding(
            severity=Severity.WARN,
            what=f"The record shows on the lines: {', '.join(flight.request.csr.features)}.",
            fix="Have them taken off before the port, or ask the losing carrier whether they may stay.",
        )
    if flight.request.csr is None:
        days = flight.request.policy.bill_max_age_days
        yield Finding(
            severity=Severity.INFO,
            what="The losing carrier's record (CSR) is not known yet; it is asked for when the order starts.",
            fix=f"Many carriers supply none: have a bill at hand that is at most {days} days old.",
        )


#: How a postal code is checked where its form is known.
_POSTAL: Mapping[str, str] = MappingProxyType({"US": "zip", "GB": "postcode"})


def _forms(request: OrderRequest) -> Iterator[Finding]:
    """What cannot be right by its form alone."""
    for field, kind in (("account_number", "account_number"), ("postal_code", _POSTAL.get(request.country, ""))):
        checked = check(kind, getattr(request.account, field)) if kind else None
        if checked and not checked.valid:
            yield Finding(severity=Severity.BLOCKING, what=f"{field}: {checked.reason}")


def _remaining(flight: Preflight) -> Iterator[Finding]:
    request = flight.request
    if not flight.left:
        return
    main = flight.main_number in request.numbers
    told = request.remaining and not (main and request.remaining == "keep" and not request.new_btn)
    what = f"A partial port leaves {_count(len(flight.left))} of the account behind."
    if main:
        what += f" The account's main number {flight.main_number} is among those that leave."
    fix = "Say `remaining_numbers: keep` or `cease`" + (", and `new_btn` where they are kept." if main else ".")
    yield Finding(
        severity=Severity.INFO if told else Severity.WARN,
        what=f"{what} They are to be {'kept' if request.remaining == 'keep' else 'ceased'}." if told else what,
        fix="" if told else fix,
    )


def _identifiers(flight: Preflight) -> Iterator[Finding]:
    numbers = flight.request.numbers
    for kind in flight.request.policy.identifiers:
        wanted = WANTED.get(kind)
        if wanted is None:
            continue
        given = flight.identifiers.get("", frozenset())
        lacking = [number for number in numbers if kind not in flight.identifiers.get(number, frozenset()) | given]
        if lacking:
            of = f" for {len(lacking)} of {_count(len(numbers))}, the first {lacking[0]}" if wanted.per_number else ""
            yield Finding(severity=wanted.severity, what=f"{wanted.name} is missing{of}.", fix=wanted.fix)


def _letter(flight: Preflight) -> Iterator[Finding]:
    request, policy = flight.request, flight.request.policy
    modes = accepted_modes(policy)
    if modes:
        ways = {"wet": "in ink, scanned", "electronic": "electronically"}
        yield Finding(
            severity=Severity.INFO,
            what=f"{request.account.authorized_person} signs the letter {' or '.join(ways[mode] for mode in modes)}; "
            f"it may be sent for {policy.loa_max_age_days} days.",
        )
    over = policy.loa_attachment_over
    if over is not None and len(request.numbers) > over:
        yield Finding(
            severity=Severity.INFO,
            what=f"More than {over} numbers: the letter says See Attached, and a spreadsheet goes with it.",
        )
    papers = [paper for paper in policy.documents if paper != "loa"]
    if papers:
        yield Finding(severity=Severity.INFO, what=f"Papers that go with the order: {', '.join(papers)}.")


def _dates(flight: Preflight) -> Iterator[Finding]:
    request, policy, now = flight.request, flight.request.policy, flight.now
    if not policy.portable:
        return
    wanted = request.requested_foc_on
    dates = proposals(now, policy, freezes=request.freezes, wanted=wanted, names=flight.names)
    yield Finding(
        severity=Severity.INFO,
        what=f"If it were sent today: earliest cutover {day_in_words(dates.earliest)}, recommended "
        f"{day_in_words(dates.recommended)}.",
        fix="; ".join(f"avoid {avoided.day}: {avoided.reason}" for avoided in dates.avoid),
    )
    if wanted and wanted != dates.recommended:
        yield Finding(
            severity=Severity.WARN,
            what=f"{day_in_words(wanted)} was asked for. " + " ".join(dates.reasons),
            fix=f"Ask for {day_in_words(dates.recommended)}.",
        )
    plan = loa_plan(policy, now, signed_on=now.date(), expected_foc=dates.recommended_at)
    if plan:
        yield Finding(severity=Severity.INFO, what=f"Signed today: {plan.reason}")


def _messaging(flight: Preflight) -> Iterator[Finding]:
    request, policy = flight.request, flight.request.policy
    if request.messaging is None:
        return
    if request.messaging.mode == "hosted_first":
        soonest = add_business_days(flight.now.date(), policy.hosted_messaging_days, policy.closed_days)
        wanted = request.requested_foc_on
        late = wanted is not None and wanted < soonest
        day = day_in_words(soonest)
        yield Finding(
            severity=Severity.WARN if late else Severity.INFO,
            what=f"Hosted messaging moves first: ordered today, the numbers may follow on {day} at the earliest.",
            fix=f"Ask for {day} or later." if late else "",
        )
    if request.country == "US" and request.number_class != "toll_free" and not request.messaging.campaign:
        yield Finding(
            severity=Severity.INFO,
            what="No 10DLC campaign is named; without one the numbers send no texts from applications.",
            fix="Register brand and campaign while the port is under way, and name it under `messaging`.",
        )


def _risks(flight: Preflight) -> Iterator[Finding]:
    for advice in flight.request.advice:
        yield Finding(severity=Severity.WARN, what=advice)


def _overridden(flight: Preflight) -> Iterator[Finding]:
    for one in flight.request.policy.overridden:
        where = f" ({one.source})" if one.source else ""
        what = f"{one.name} is {one.became}, not the playbook's {one.was}: overridden by {one.by}{where}."
        yield Finding(severity=Severity.INFO, what=what)


def _count(count: int) -> str:
    return f"{count} number{'' if count == 1 else 's'}"


_LOOKS: tuple[Callable[[Preflight], Iterator[Finding]], ...] = (
    _portable,
    _size,
    _account,
    _remaining,
    _identifiers,
    _letter,
    _dates,
    _messaging,
    _risks,
    _overridden,
)
