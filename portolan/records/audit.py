"""The audit trail: appended to, never changed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any

from sqlmodel import Session, col, select

from portolan.domain.telling import AuditEntry
from portolan.records.tables import AuditEvent, OrderRow


def digest(content: Any) -> str:
    """SHA-256 (hexadecimal) of JSON-ready content, whatever the order of its keys."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Standing(Enum):
    """Whether a publication only adds to the record, corrects what a dead worker wrote, or is what was corrected."""

    PLAIN = auto()
    OVERRULES = auto()
    OVERRULED = auto()


def append(session: Session, order_id: str, entries: Sequence[AuditEntry], build: str) -> Standing:
    """Put entries on record, idempotently by order, sequence and content.

    An entry that is on record in any revision is left alone, so that a late repetition of what was overruled does not
    count again. Other content under the same sequence becomes the next revision: `AuditEvent` says how that happens.
    The caller holds the lock on the order's row.

    Returns:
        How the publication they came with stands to what is on record.
    """
    standing = Standing.PLAIN
    on_record = _revisions(session, order_id, [entry.sequence for entry in entries])
    for entry in entries:
        earlier = on_record[entry.sequence]
        own = digest(entry.model_dump(mode="json"))
        if any(event.digest == own for event in earlier):
            if earlier[-1].digest != own:
                return Standing.OVERRULED
            continue
        event = AuditEvent(
            order_id=order_id,
            revision=len(earlier) + 1,
            build=build,
            digest=own,
            **{name: getattr(entry, name) for name in AuditEntry.model_fields},
        )
        session.add(event)
        if earlier:
            standing = Standing.OVERRULES
        earlier.append(event)
    return standing


def timeline(session: Session, order_id: str, every_revision: bool = False) -> list[AuditEvent]:
    """The entries of an order by sequence, each in its newest revision, or in every one.

    Entries past the order's own sequence were written by a worker whose task was decided otherwise; they do not count.
    """
    events = session.exec(
        select(AuditEvent)
        .where(AuditEvent.order_id == order_id)
        .order_by(col(AuditEvent.sequence), col(AuditEvent.revision))
    ).all()
    if every_revision:
        return list(events)
    reached = session.get_one(OrderRow, order_id).sequence
    return list({event.sequence: event for event in events if event.sequence <= reached}.values())


def _revisions(session: Session, order_id: str, sequences: Sequence[int]) -> defaultdict[int, list[AuditEvent]]:
    found: defaultdict[int, list[AuditEvent]] = defaultdict(list)
    for event in session.exec(
        select(AuditEvent)
        .where(AuditEvent.order_id == order_id, col(AuditEvent.sequence).in_(sequences))
        .order_by(col(AuditEvent.revision))
    ):
        found[event.sequence].append(event)
    return found
