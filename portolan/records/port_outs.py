"""Port-outs on record: received once, published as their workflows say, and looked up."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, delete, select

from portolan.domain.errors import NotFound, PortolanError
from portolan.domain.port_out.case import Case, PortOutEntry, PortOutRequest
from portolan.domain.port_out.clocks import next_deadline
from portolan.domain.port_out.effects import PortOutPublication
from portolan.domain.port_out.grounds import Refused
from portolan.domain.port_out.states import ENDED, PortOutState
from portolan.records.audit import Standing, digest
from portolan.records.port_out_tables import (
    PortOutCodeRow,
    PortOutEvent,
    PortOutNumberRow,
    PortOutRow,
    PortOutSummary,
)
from portolan.records.session import Database, insert_if_absent

SUMMARY: list[Any] = [getattr(PortOutRow, name) for name in PortOutSummary.model_fields]


class Code(NamedTuple):
    """A PIN, PAC, RIO or codice di migrazione, on file with us or as the requester gave it.

    `number` is the one it belongs to (E.164), empty: the account.
    """

    on_file: bool
    number: str
    value: str


class ReferenceReused(PortolanError):
    """The requesting carrier's reference belongs to a different request."""

    code = "reference_reused"

    def __init__(self, carrier: str, reference: str, port_out_id: str) -> None:
        self.port_out_id = port_out_id
        super().__init__(
            f"{carrier} used the reference {reference!r} for a different request (port-out {port_out_id}).",
            "Ask them for a reference of its own, or send the earlier request unchanged.",
        )


class NoSuchPortOut(NotFound):
    """There is no port-out by that name."""

    def __init__(self, port_out_id: str) -> None:
        self.name = port_out_id
        PortolanError.__init__(
            self, f"There is no port-out {port_out_id!r}.", "`portolan port-out list` shows those there are."
        )


class PortOuts(Database):
    """Requests of other carriers for our numbers."""

    def receive_port_out(
        self, request: PortOutRequest, codes: Iterable[Code], workflow_id: str, now: datetime
    ) -> PortOutSummary:
        """Put a request on record before its workflow is started; the same one again changes nothing.

        Args:
            request: What is asked for.
            codes: Kept with it, apart from the document.
            workflow_id: The workflow that will carry it.
            now: Timezone-aware.

        Returns:
            The request as it is on record.

        Raises:
            ReferenceReused: The reference is used for a different request.
        """
        case = _as_received(request, now)
        asked = request_digest(request)
        with self.writing() as session:
            row = _row(case, workflow_id, now, asked)
            if insert_if_absent(session, PortOutRow, **row.model_dump()):
                session.add_all(_numbers(request))
                session.add_all(PortOutCodeRow(port_out_id=case.port_out_id, **code._asdict()) for code in codes)
            query = select(*SUMMARY).where(
                PortOutRow.requesting_carrier == request.requesting_carrier,
                PortOutRow.carrier_reference == request.carrier_reference,
            )
            known = PortOutSummary.model_validate(session.exec(query).one())
        if known.request_digest not in {"", asked}:
            raise ReferenceReused(request.requesting_carrier, request.carrier_reference, known.port_out_id)
        return known

    def publish_port_out(self, publication: PortOutPublication, build: str, workflow_id: str = "") -> None:
        """Make the row say what the workflow says, and append the audit entries; idempotent, as `Records.publish`."""
        case, entries = publication.case, publication.entries
        updated_at = entries[-1].recorded_at if entries else case.since
        with self.writing() as session:
            started_by_hand = _row(_as_received(case.request, case.created_at), workflow_id, case.created_at, "")
            if insert_if_absent(session, PortOutRow, **started_by_hand.model_dump()):
                session.add_all(_numbers(case.request))
            known = session.get_one(PortOutRow, case.port_out_id, with_for_update=True)
            standing = _append(session, case.port_out_id, entries, build)
            newer = known.sequence <= case.sequence and standing is not Standing.OVERRULED
            if newer or standing is Standing.OVERRULES:
                session.merge(_row(case, known.workflow_id, updated_at, known.request_digest))
                if case.ended:
                    session.exec(delete(PortOutCodeRow).where(col(PortOutCodeRow.port_out_id) == case.port_out_id))

    def port_out(self, port_out_id: str) -> Case:
        """A port-out as it was last published.

        Raises:
            NoSuchPortOut: There is none.
        """
        with self.reading() as session:
            return Case.model_validate(_found(session, port_out_id).document)

    def list_port_outs(
        self,
        state: PortOutState | None = None,
        live: bool | None = None,
        number: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[PortOutSummary]:
        """Port-outs that match everything given, the most urgent first, then the youngest.

        Args:
            state: Where they stand.
            live: True for those that have not ended, False for those that have.
            number: Among whose numbers this one is (E.164).
            since: Received at or after this moment.
            limit: The most to return.
        """
        query = select(*SUMMARY)
        if state is not None:
            query = query.where(PortOutRow.state == state)
        if live is not None:
            ended = col(PortOutRow.state).in_(ENDED)
            query = query.where(~ended if live else ended)
        if number is not None:
            among = select(PortOutNumberRow.port_out_id).where(PortOutNumberRow.e164 == number)
            query = query.where(col(PortOutRow.port_out_id).in_(among))
        if since is not None:
            query = query.where(PortOutRow.created_at >= since)
        query = query.order_by(
            col(PortOutRow.deadline_at).asc().nulls_last(),
            col(PortOutRow.created_at).desc(),
            col(PortOutRow.port_out_id),
        )
        with self.reading() as session:
            return [PortOutSummary.model_validate(row) for row in session.exec(query.limit(limit))]

    def port_out_codes(self, port_out_id: str) -> list[Code]:
        """The codes of a port-out; none once it has ended."""
        query = select(PortOutCodeRow).where(PortOutCodeRow.port_out_id == port_out_id)
        query = query.order_by(col(PortOutCodeRow.on_file), col(PortOutCodeRow.number))
        with self.reading() as session:
            return [Code(row.on_file, row.number, row.value) for row in session.exec(query)]

    def port_out_trail(self, port_out_id: str, every_revision: bool = False) -> list[PortOutEvent]:
        """The audit trail of a port-out, oldest first: each entry as it counts, or with what was overruled.

        Raises:
            NoSuchPortOut: There is none.
        """
        with self.reading() as session:
            reached = _found(session, port_out_id).sequence
            events = session.exec(
                select(PortOutEvent)
                .where(PortOutEvent.port_out_id == port_out_id)
                .order_by(col(PortOutEvent.sequence), col(PortOutEvent.revision))
            ).all()
        if every_revision:
            return list(events)
        return list({event.sequence: event for event in events if event.sequence <= reached}.values())


def request_digest(request: PortOutRequest) -> str:
    """Names what was asked for, apart from when it came in and what was looked up for it."""
    told = request.model_dump(mode="json", exclude={"port_out_id", "requested_at", "policy"})
    return digest(told)


def port_out_id(requesting_carrier: str, carrier_reference: str) -> str:
    """The name of a request: the same for the same carrier and reference, and telling nothing of either.

    It begins with a letter, so that nothing takes it for a telephone number.
    """
    told = "\n".join((requesting_carrier, carrier_reference))
    return f"p{hashlib.sha256(told.encode()).hexdigest()[:10]}"


def _found(session: Session, port_out_id: str) -> PortOutRow:
    row = session.get(PortOutRow, port_out_id)
    if row is None:
        raise NoSuchPortOut(port_out_id)
    return row


def _as_received(request: PortOutRequest, now: datetime) -> Case:
    """The port-out before its workflow has spoken: anything it says is newer."""
    case = Case.new(request, now)
    case.sequence, case.unpublished, case.unsent = 0, [], []
    return case


def _row(case: Case, workflow_id: str, updated_at: datetime, asked: str) -> PortOutRow:
    request, deadline = case.request, next_deadline(case)
    return PortOutRow(
        port_out_id=case.port_out_id,
        workflow_id=workflow_id,
        requesting_carrier=request.requesting_carrier,
        carrier_reference=request.carrier_reference,
        request_digest=asked,
        customer=request.customer,
        state=case.state,
        turn=case.turn,
        deadline_at=deadline.at if deadline else None,
        deadline_why=deadline.clock if deadline else "",
        answer_by=case.answer_by,
        country=request.country,
        number_class=request.number_class,
        answer=case.answer.kind if case.answer else "",
        grounds=[str(ground) for ground in case.answer.basis] if isinstance(case.answer, Refused) else [],
        outcome=case.outcome,
        sequence=case.sequence,
        created_at=case.created_at,
        updated_at=updated_at,
        document=case.model_dump(mode="json", exclude={"unpublished", "unsent"}),
    )


def _numbers(request: PortOutRequest) -> list[PortOutNumberRow]:
    return [PortOutNumberRow(port_out_id=request.port_out_id, e164=number) for number in dict.fromkeys(request.numbers)]


def _append(session: Session, port_out_id: str, entries: Sequence[PortOutEntry], build: str) -> Standing:
    """As `audit.append`: idempotent by sequence and content; other content becomes the next revision."""
    standing = Standing.PLAIN
    on_record: defaultdict[int, list[PortOutEvent]] = defaultdict(list)
    for event in session.exec(
        select(PortOutEvent)
        .where(
            PortOutEvent.port_out_id == port_out_id,
            col(PortOutEvent.sequence).in_([entry.sequence for entry in entries]),
        )
        .order_by(col(PortOutEvent.revision))
    ):
        on_record[event.sequence].append(event)
    for entry in entries:
        earlier, own = on_record[entry.sequence], digest(entry.model_dump(mode="json"))
        if any(event.digest == own for event in earlier):
            if earlier[-1].digest != own:
                return Standing.OVERRULED
            continue
        revision = len(earlier) + 1
        session.add(
            PortOutEvent(port_out_id=port_out_id, revision=revision, build=build, digest=own, **entry.model_dump())
        )
        if earlier:
            standing = Standing.OVERRULES
    return standing
