"""Requests and cases to play with: a Tuesday morning in November, New York time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.port_out.case import Case, CodeCheck, Lock, OnFile, PortOutRequest, Validation
from portolan.domain.port_out.clocks import lapse, next_deadline
from portolan.domain.port_out.decisions import Reply, take
from portolan.domain.port_out.grounds import Ground
from portolan.domain.port_out.messages import PortOutEvent, read
from portolan.domain.port_out.outcomes import answered, validated
from portolan.domain.port_out.policy import policy_for
from portolan.domain.port_out.states import PortOutState
from portolan.domain.telling import Contact, NoticeKind

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
NUMBERS = ["+16175550160", "+16175550161"]
ADA = Contact(name="Ada Byron", email="ada@customer.example")
COORDINATOR = Contact(name="Charles Babbage", email="charles@coordinator.example")
ON_FILE = OnFile(account_number="0048-1937", postal_code="02110-1234")
LOCKED = ON_FILE.model_copy(update={"lock": Lock()})
CLEAN = Validation()

#: A denial of somebody whom nobody recognised.
UNRECOGNISED = {"verified": ""}
SAID: dict[str, dict[str, Any]] = {
    "confirm": {"by": "Ada Byron", "verified": "called back"},
    "deny": {"by": "Ada Byron", "verified": "called back"},
    "unlock": {"by": "Ada Byron", "verified": "called back"},
    "hold_for_fraud": {
        "by": "Cora Dean",
        "sign": "recent_sim_change",
        "reason": "an hour ago",
        "evidence": "ticket 4711",
    },
    "release_hold": {"by": "Cora Dean", "reason": "explained"},
    "refuse": {"by": "Dee Ess", "ground": "fraud_confirmed"},
    "withdrawn": {"reason": "the customer stays"},
    "ported": {},
}


def request(playbook: str = "US-LOCAL", **given: Any) -> PortOutRequest:
    """A request that nothing stands against; keywords replace its fields, `policy` values of its policy."""
    policy = policy_for(PLAYBOOKS[playbook]).model_copy(update=given.pop("policy", {}))
    fields: dict[str, Any] = {
        "port_out_id": "p1",
        "carrier": "Our Telco",
        "requesting_carrier": "Other Telco",
        "carrier_reference": "OT-1",
        "numbers": NUMBERS,
        "country": "US",
        "number_class": "geographic",
        "account_number": "0048-1937",
        "postal_code": "02110",
        "requested_at": NOW,
        "customer": "Acme Manufacturing",
        "customer_contact": ADA,
        "coordinator": COORDINATOR,
        "on_file": ON_FILE,
        "policy": policy,
    }
    return PortOutRequest(**{**fields, **given})


def message(kind: str, **fields: Any) -> PortOutEvent:
    """A message that is whole."""
    return read(kind, {**SAID[kind], **fields})


def say(case: Case, kind: str, now: datetime, **fields: Any) -> Reply:
    """A message taken."""
    return take(case, message(kind, **fields), now)


def new(**given: Any) -> Case:
    """A case as it comes in."""
    return Case.new(request(**given), NOW)


def awaiting(**given: Any) -> Case:
    """A case that waits for the customer."""
    case = new(**given)
    validated(case, CLEAN, NOW)
    assert case.state is PortOutState.AWAITING_CUSTOMER
    return case


def in_state(state: PortOutState, **given: Any) -> Case:
    """A case in that state, by the shortest way."""
    case = new(**given)
    if state is PortOutState.VALIDATING:
        return case
    if state is PortOutState.REFUSED:
        validated(case, Validation(codes=dict.fromkeys(NUMBERS, CodeCheck.DIFFERENT)), NOW)
        answered(case, NOW)
        return case
    validated(case, CLEAN, NOW)
    if state is PortOutState.ON_FRAUD_HOLD:
        say(case, "hold_for_fraud", NOW)
    elif state is PortOutState.WITHDRAWN:
        say(case, "withdrawn", NOW)
    elif state is not PortOutState.AWAITING_CUSTOMER:
        say(case, "confirm", NOW)
        if state is not PortOutState.ANSWERING:
            answered(case, NOW)
        if state is PortOutState.PORTED:
            say(case, "ported", NOW)
        elif state is PortOutState.LAPSED:
            deadline = next_deadline(case)
            assert deadline
            lapse(case, deadline, deadline.at)
    assert case.state is state
    return case


def grounds(case: Case) -> list[Ground]:
    """On what a case was refused; none where it was released."""
    assert case.answer is not None
    return [finding.ground for finding in case.answer.findings] if case.answer.kind == "refused" else []


def told(case: Case) -> list[NoticeKind]:
    """What people were told, in order."""
    return [notice.kind for notice in case.unsent]
