"""The certificate of an order: what moved, when, on whose authority, and what shows it.

A plain JSON document that stands for itself: its `digest` is the SHA-256 of all the rest in canonical form (keys
sorted, no spaces, UTF-8), so that whoever holds a copy can tell whether a character was changed. It has no secrets,
and of account numbers the last four characters.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from portolan.domain.carrier import Consent, MessagingStatus, NumberStatus
from portolan.domain.old_service import old_service
from portolan.domain.order import Order
from portolan.domain.port_backs import Asked
from portolan.domain.runbook import ITEMS
from portolan.domain.states import ENDED, State
from portolan.domain.testcalls import CallResult, slots

#: Changes when a reader of an older certificate would misread a newer one.
FORMAT = 1
SHOWN_OF_ACCOUNT = 4
_HIDDEN = "\u2026"


class Entry(Protocol):
    """A line of the audit trail, as `AuditEntry` and the records have it."""

    @property
    def kind(self) -> str:
        """What happened."""

    @property
    def by(self) -> str:
        """Who."""

    @property
    def occurred_at(self) -> datetime:
        """When."""

    @property
    def state_before(self) -> State:
        """Where the order stood."""

    @property
    def state_after(self) -> State:
        """Where it stood then."""

    @property
    def detail(self) -> str:
        """In words."""


class Filed(Protocol):
    """A document on record."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def sha256(self) -> str:
        """Of its content."""

    @property
    def filename(self) -> str:
        """What people call it."""

    @property
    def stored_at(self) -> datetime:
        """When it came."""

    @property
    def stored_by(self) -> str:
        """Who gave it."""


def certificate(
    order: Order, trail: Sequence[Entry], documents: Sequence[Filed], generated_at: datetime
) -> dict[str, Any]:
    """The certificate of an order, at any time of its life: what has not happened is null or empty.

    Args:
        order: As it stands.
        trail: Its audit trail, oldest first.
        documents: What is on record of it.
        generated_at: The moment for which it holds; it is part of it.
    """
    safe, why = old_service(order, generated_at)
    content = {
        "format": FORMAT,
        "generated_at": _at(generated_at),
        "order": _order(order),
        "parties": _parties(order),
        "numbers": [_number(order, number) for number in order.request.numbers],
        "when": _when(order, trail, generated_at),
        "authority": _authority(order, trail),
        "runbook": [_sign_off(order, item) for item in ITEMS if item in order.signoffs],
        "proofs": _proofs(order, generated_at),
        "undone": _undone(order, trail),
        "documents": [_document(one) for one in sorted(documents, key=lambda one: (one.stored_at, one.sha256))],
        "old_service": {"may_be_cancelled": safe, "why": why},
    }
    return seal(_masked(content, _account_numbers(order), order.request.numbers))


def seal(content: Mapping[str, Any]) -> dict[str, Any]:
    """A certificate with its digest, in place of an earlier one; keys sorted."""
    sealed: dict[str, Any] = _sorted({**content, "digest": digest(content)})
    return sealed


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) of a certificate, apart from its digest."""
    rest = {key: value for key, value in content.items() if key != "digest"}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def holds(content: Mapping[str, Any]) -> bool:
    """Whether a certificate is as it was issued."""
    return content.get("digest") == digest(content)


def masked(text: str) -> str:
    """An account number as it may be shown: its last four characters, or none where it is no longer than that."""
    return _HIDDEN + text[-SHOWN_OF_ACCOUNT:] if len(text) > SHOWN_OF_ACCOUNT else _HIDDEN


def _account_numbers(order: Order) -> re.Pattern[str] | None:
    """What finds the account numbers that the order knows, standing alone; very short ones look like anything."""
    accounts = (order.account, order.request.account, order.csr, order.csr_given, order.request.csr)
    known = {account.account_number for account in accounts if account}
    telling = sorted((one for one in known if len(one) > SHOWN_OF_ACCOUNT), key=lambda one: (-len(one), one))
    return re.compile(rf"(?<![\w+])(?:{'|'.join(map(re.escape, telling))})(?!\w)") if telling else None


def _order(order: Order) -> dict[str, Any]:
    request = order.request
    return {
        "order_id": order.order_id,
        "project_id": request.project_id,
        "reference": request.reference,
        "carrier_order_id": order.carrier_order_id,
        "attempts": order.attempt,
        "state": order.state,
        "outcome": order.outcome,
        "country": request.country,
        "number_class": request.number_class,
        "playbook": order.policy.playbook,
        "strategy": request.strategy,
        "activation": request.activation,
        "split_from": request.split_from or None,
        "splits": list(order.splits),
    }


def _parties(order: Order) -> dict[str, Any]:
    request = order.request
    return {
        "customer": request.customer,
        "losing_carrier": request.losing_carrier,
        "gaining_carrier": request.gaining_carrier,
        "customer_contact": request.customer_contact.name,
        "coordinator": request.coordinator.name,
        "decision_maker": request.decision_maker.name,
        "second_person": request.second_person.name if request.second_person else None,
        "account": {
            "entity_name": order.account.entity_name,
            "service_address": order.account.service_address,
            "postal_code": order.account.postal_code,
            "account_number": masked(order.account.account_number),
        },
    }


def _number(order: Order, number: str) -> dict[str, Any]:
    look = order.routing.get(number)
    return {
        "number": number,
        "status": order.number_status.get(number, NumberStatus.PENDING),
        "at_gaining": look.at_gaining if look else None,
        "routed_to": look.carrier or None if look else None,
        "spid": look.spid or None if look else None,
        "lrn": look.lrn or None if look else None,
        "messaging": order.messaging.get(number),
    }


def _when(order: Order, trail: Sequence[Entry], now: datetime) -> dict[str, Any]:
    window_closed = order.rollback_until if order.policy.rollback_hours else None
    closed = window_closed if window_closed and now >= window_closed and order.state is not State.ROLLED_BACK else None
    return {
        "requested": _at(order.created_at),
        "loa_dated": str(order.loa.signed_on) if order.loa else None,
        "approved": _at(_last(trail, "approve")),
        "sent": _at(next((one.occurred_at for one in trail if _sent(one)), None)),
        "foc_settled": _at(order.foc_settled_at),
        "foc": _at(order.foc_at),
        "activated": _at(order.activated_at),
        "proven": _at(order.proven_at),
        "window_closed": _at(closed),
        "ended": _at(order.since) if order.state in ENDED else None,
    }


def _sent(entry: Entry) -> bool:
    """The first sending counts; what followed were supplements, or the same order again."""
    return entry.state_before is State.SUBMITTING and entry.state_after is State.SUBMITTED


def _last(trail: Iterable[Entry], kind: str) -> datetime | None:
    return max((one.occurred_at for one in trail if one.kind == kind), default=None)


def _authority(order: Order, trail: Sequence[Entry]) -> dict[str, Any]:
    loa, go = order.loa, order.signoffs.get("go")
    return {
        "letter": {"signed_by": loa.signed_by, "signed_on": str(loa.signed_on), "document": loa.document}
        if loa
        else None,
        "approval": {"by": order.approved_by, "at": _at(_last(trail, "approve"))} if order.approved_by else None,
        "cutover": {"by": order.go_by or (go.by if go else None), "how": order.request.activation},
        "override": _override(order),
        "returns": [_return(one) for one in order.returns],
    }


def _override(order: Order) -> dict[str, Any] | None:
    """The newest word that gates may be red, with the date it was given for."""
    given = order.override
    if given is None:
        return None
    return {
        "by": given.by,
        "at": _at(given.at),
        "items": list(given.items),
        "reason": given.reason,
        "foc": _at(given.foc_at),
    }


def _return(asked: Asked) -> dict[str, Any]:
    return {
        "stage": asked.stage,
        "by": asked.by,
        "second": asked.second or None,
        "reason": asked.reason,
        "decided_at": _at(asked.decided_at),
        "inadvertent": asked.inadvertent,
        "evidence": list(asked.evidence),
        "letter": asked.letter or None,
        "told_at": _at(asked.told_at),
        "consent": asked.consent,
        "why": asked.why or None,
    }


def _sign_off(order: Order, item: str) -> dict[str, Any]:
    signed = order.signoffs[item]
    return {
        "item": item,
        "title": ITEMS[item].title,
        "stage": ITEMS[item].stage,
        "gate": item in order.policy.gates,
        "by": signed.by,
        "at": _at(signed.at),
        "note": signed.note or None,
        "document": signed.document or None,
        "foc": _at(signed.foc_at),
    }


def _proofs(order: Order, now: datetime) -> dict[str, Any]:
    settled = all(one is MessagingStatus.SETTLED for one in order.messaging.values())
    return {
        "wanted": list(order.policy.proof),
        "found": list(order.proof),
        "routing": [look.model_dump(mode="json") for _, look in sorted(order.routing.items())],
        "test_slots": _slots(order, now),
        "test_calls": [_call(call) for call in sorted(order.calls, key=lambda call: call.at)],
        "messaging_settled": settled if order.messaging else None,
        "without_messaging": order.without_messaging or None,
    }


def _slots(order: Order, now: datetime) -> list[dict[str, Any]]:
    if order.activated_at is None:
        return []
    found = slots(order.activated_at, order.policy.test_slots, order.calls, now)
    return [
        {"slot": slot.index, "at": _at(slot.at), "status": slot.status, "calls": len(slot.results)} for slot in found
    ]


def _call(call: CallResult) -> dict[str, Any]:
    return {
        "number": call.number,
        "origin": call.origin,
        "at": _at(call.at),
        "by": call.by or None,
        "passed": call.passed,
        "checks": dict(call.checks),
        "reference": call.reference or None,
        "note": call.note or None,
    }


def _undone(order: Order, trail: Sequence[Entry]) -> list[dict[str, Any]]:
    """What was taken back, oldest first."""
    found: list[dict[str, Any]] = []
    for entry in trail:
        if entry.state_after is State.CANCELLED and entry.state_before is not State.CANCELLED:
            found.append({"what": "order cancelled", "at": _at(entry.occurred_at), "why": order.cancel_reason or None})
        elif entry.state_after is State.ROLLED_BACK and entry.state_before is not State.ROLLED_BACK:
            found.append(
                {"what": "numbers returned", "at": _at(entry.occurred_at), "why": order.rollback_reason or None}
            )
    if order.bridge and order.bridge.removed_at:
        found.append({"what": "bridge removed", "at": _at(order.bridge.removed_at), "why": order.bridge.reason})
    refused = [one for one in order.returns if one.consent is Consent.REFUSED]
    found += [
        {"what": f"{one.stage.replace('_', '-')} refused", "at": _at(one.told_at or one.decided_at), "why": one.why}
        for one in refused
    ]
    return sorted(found, key=lambda one: one["at"])


def _document(filed: Filed) -> dict[str, Any]:
    return {
        "kind": filed.kind,
        "sha256": filed.sha256,
        "filename": filed.filename,
        "stored_at": _at(filed.stored_at),
        "stored_by": filed.stored_by,
    }


def _at(moment: datetime | None) -> str | None:
    """A moment as ISO 8601, UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None


def _masked(value: Any, hidden: re.Pattern[str] | None, numbers: Collection[str]) -> Any:
    """The value with account numbers shortened wherever somebody wrote one; the order's own numbers stay."""
    if isinstance(value, str):
        if hidden is None or value in numbers:
            return str(value)
        return hidden.sub(lambda found: masked(found[0]), value)
    if isinstance(value, Mapping):
        return {key: _masked(part, hidden, numbers) for key, part in value.items()}
    return [_masked(part, hidden, numbers) for part in value] if isinstance(value, list) else value


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(part) for part in value] if isinstance(value, list) else value
