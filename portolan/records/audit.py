"""The audit trail: appended to, never changed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from portolan.domain.order import AuditEntry
from portolan.records.tables import AuditEvent


def digest(content: Any) -> str:
    """SHA-256 (hexadecimal) of JSON-ready content, whatever the order of its keys."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def append(session: Session, order_id: str, entries: Sequence[AuditEntry], build: str) -> None:
    """Put entries on record, idempotently by order, sequence and content.

    An entry that is on record in any revision is left alone, so that a late repetition of what was overruled does not
    count again. Other content under the same sequence becomes the next revision: `AuditEvent` says how that happens.
    The caller holds the lock on the order's row.
    """
    on_record = _revisions(session, order_id, [entry.sequence for entry in entries])
    for entry in entries:
        earlier = on_record[entry.sequence]
        own = digest(entry.model_dump(mode="json"))
        if any(event.digest == own for event in earlier):
            continue
        event = AuditEvent(
            order_id=order_id,
            revision=len(earlier) + 1,
            build=build,
            digest=own,
            **{name: getattr(entry, name) for name in AuditEntry.model_fields},
        )
        session.add(event)
        earlier.append(event)


def timeline(session: Session, order_id: str, every_revision: bool = False) -> list[AuditEvent]:
    """The entries of an order by sequence, each in its newest revision, or in every one."""
    events = session.exec(
        select(AuditEvent)
        .where(AuditEvent.order_id == order_id)
        .order_by(col(AuditEvent.sequence), col(AuditEvent.revision))
    ).all()
    return list(events) if every_revision else list({event.sequence: event for event in events}.values())


def _revisions(session: Session, order_id: str, sequences: Sequence[int]) -> defaultdict[int, list[AuditEvent]]:
    found: defaultdict[int, list[AuditEvent]] = defaultdict(list)
    for event in session.exec(
        select(AuditEvent).where(AuditEvent.order_id == order_id, col(AuditEvent.sequence).in_(sequences))
    ):
        found[event.sequence].append(event)
    return found
