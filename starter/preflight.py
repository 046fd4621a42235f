"""The pre-flight of a request: what would come back, before anything is sent and without any server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from activities.knowledge import judge_account
from portolan.closed_days import closed_day_names
from portolan.domain.carrier import CsrRecord
from portolan.domain.effects import Judging
from portolan.domain.errors import ConfigurationError, Fault
from portolan.domain.order_request import OrderRequest
from portolan.domain.playbooks import Operator
from portolan.domain.preflight import Finding, Preflight, findings
from portolan.domain.reconciliation import Severity, Verdict
from portolan.domain.splitting import ParsedNumber, split_as_it_is
from starter.request_files import Prepared, Progress, Rules, judge, made


class OrderReport(BaseModel):
    """What is to be said of one order."""

    order_id: str
    summary: str
    playbook: str
    numbers: int
    findings: list[Finding]


class Report(BaseModel):
    """What is to be said of a request.

    Attributes:
        faults: What keeps the request from being started at all.
        reasons: Why it is split as it is.
        notes: What was changed or assumed while reading numbers.
    """

    faults: list[str]
    reasons: list[str] = []
    notes: list[str] = []
    orders: list[OrderReport] = []

    @property
    def verdict(self) -> Verdict:
        """The worst of it."""
        found = {finding.severity for order in self.orders for finding in order.findings}
        if self.faults or Severity.BLOCKING in found:
            return Verdict.BLOCKED
        return Verdict.REVIEW if Severity.WARN in found else Verdict.CLEAN


def examine(
    path: Path,
    operator: Operator | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Report:
    """Judge a request file as a whole: the faults of the file, and of each order it would become.

    What has no fault is looked at even where something else has one.

    Args:
        path: A request file, as `portolan start` takes it.
        operator: What the operator of the deployment decided.
        now: The moment from which is reckoned; by default now.
        progress: Called with the number of rows read so far of a number list.
    """
    now = now or datetime.now(UTC)
    judged = judge(path, now.date(), operator, progress)
    faults = [str(fault) for fault in judged.faults]
    if judged.request is None:
        return Report(faults=faults)
    numbers = _without_faults(judged.numbers, judged.faults) if judged.faults else judged.numbers
    rules = Rules(judged.request.gaining_carrier, operator, now.date())
    try:
        prepared = made(judged.request, numbers, rules, split_as_it_is)
    except ConfigurationError:
        # A fault says so already; without it no order can be made of the request.
        return Report(faults=faults)
    orders = [_order(prepared, request, now) for request in prepared.split.orders]
    return Report(faults=faults, reasons=prepared.split.reasons, notes=prepared.split.notes, orders=orders)


def _without_faults(numbers: list[list[ParsedNumber]], faults: list[Fault]) -> list[list[ParsedNumber]]:
    places = {fault.where for fault in faults}
    return [[number for number in few if number.where not in places] for few in numbers]


def _order(prepared: Prepared, request: OrderRequest, now: datetime) -> OrderReport:
    record = request.csr or CsrRecord.model_validate(request.account.model_dump())
    judging = Judging(
        account=request.account,
        numbers=request.numbers,
        country=request.country,
        csr=record,
        compared=request.policy.compared_fields,
        siblings=request.siblings,
    )
    judgement = judge_account(judging)
    subdivision = prepared.request.accounts[prepared.split.accounts[request.order_id]].subdivision
    flight = Preflight(
        request=request,
        differences=judgement.differences,
        left=judgement.left,
        main_number=judgement.main_number,
        identifiers=_given(prepared, request),
        names=closed_day_names(request.country, now.date(), subdivision=subdivision or None),
        now=now,
    )
    count = len(request.numbers)
    what = f"{count} {request.country} {request.number_class.replace('_', '-')} number{'' if count == 1 else 's'}"
    return OrderReport(
        order_id=request.order_id,
        summary=f"{what}, {request.losing_carrier} to {request.gaining_carrier}",
        playbook=request.policy.playbook,
        numbers=count,
        findings=findings(flight),
    )


def _given(prepared: Prepared, request: OrderRequest) -> Mapping[str, frozenset[str]]:
    """The kinds of identifier given for each number (empty: for the account)."""
    found: dict[str, set[str]] = defaultdict(set)
    for secret in prepared.secrets.get(request.order_id, []):
        found[secret.number].add(secret.kind)
    if request.resp_org:
        found[""].add("resp_org")
    return {number: frozenset(kinds) for number, kinds in found.items()}
