"""The book of the desks on record: cases, the sendings they hold, and what was said in them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlmodel import Session, col, select, update

from portolan.carriers.desk.book import Case, CaseKind, Entry
from portolan.domain.errors import NotFound, PortolanError
from portolan.records.desk_tables import DeskCaseRow, DeskEntryRow, DeskSendingRow
from portolan.records.session import Database, insert_if_absent


class NoSuchCase(NotFound):
    """There is no case by that name."""

    def __init__(self, case_id: str) -> None:
        PortolanError.__init__(self, f"There is no case {case_id!r}.", "`portolan desk list` shows those there are.")
        self.name = case_id


class Desk(Database):
    """Implements `DeskBook`."""

    def open_desk_case(self, case: Case) -> Case:
        """Put a case into the book, unless one of its id is there; the one that is there."""
        with self.writing() as session:
            if insert_if_absent(session, DeskCaseRow, **_columns(case)):
                _hold(session, case)
            return _case(session, case.case_id)

    def desk_case(self, case_id: str) -> Case | None:
        """The case of that id."""
        with self.reading() as session:
            row = session.get(DeskCaseRow, case_id)
            return Case.model_validate(row.document) if row else None

    def desk_case_of(self, key: str) -> Case | None:
        """The case that holds the sending with this key."""
        with self.reading() as session:
            held = session.get(DeskSendingRow, key)
            return _case(session, held.case_id) if held else None

    def desk_cases(
        self,
        *,
        carrier: str = "",
        order_id: str = "",
        about: str = "",
        kind: CaseKind | None = None,
        live: bool | None = None,
    ) -> list[Case]:
        """Cases, the oldest first; each argument narrows them."""
        query = select(DeskCaseRow)
        wanted = {DeskCaseRow.carrier: carrier, DeskCaseRow.order_id: order_id, DeskCaseRow.about: about}
        for column, value in wanted.items():
            if value:
                query = query.where(column == value)
        if kind:
            query = query.where(DeskCaseRow.kind == kind.value)
        if live is not None:
            closed = col(DeskCaseRow.closed_at)
            query = query.where(closed.is_(None) if live else closed.is_not(None))
        with self.reading() as session:
            rows = session.exec(query.order_by(col(DeskCaseRow.opened_at), col(DeskCaseRow.case_id)))
            return [Case.model_validate(row.document) for row in rows]

    def change_desk_case(self, case_id: str, change: Callable[[Case], Case]) -> Case:
        """The case with a change applied to it as it is now.

        Raises:
            NoSuchCase: There is none.
        """
        with self.writing() as session:
            row = session.get(DeskCaseRow, case_id, with_for_update=True)
            if row is None:
                raise NoSuchCase(case_id)
            before = Case.model_validate(row.document)
            after = change(before.model_copy(deep=True))
            if after != before:
                session.merge(DeskCaseRow(**_columns(after)))
                _hold(session, after)
            return after

    def add_desk_entry(self, case_id: str, entry: Entry) -> bool:
        """Keep what was said, once.

        Raises:
            NoSuchCase: There is no such case.
        """
        with self.writing() as session:
            if session.get(DeskCaseRow, case_id) is None:
                raise NoSuchCase(case_id)
            return insert_if_absent(session, DeskEntryRow, case_id=case_id, **entry.model_dump())

    def desk_entries(self, case_id: str) -> list[Entry]:
        """What was said in a case, oldest first."""
        query = select(DeskEntryRow).where(DeskEntryRow.case_id == case_id)
        with self.reading() as session:
            rows = session.exec(query.order_by(col(DeskEntryRow.at), col(DeskEntryRow.number)))
            return [Entry.model_validate(row.model_dump()) for row in rows]

    def settle_desk_entries(self, case_id: str, entry_ids: Collection[str]) -> int:
        """These entries wait for nobody any more; how many had waited."""
        settled = (
            update(DeskEntryRow)
            .where(col(DeskEntryRow.case_id) == case_id, col(DeskEntryRow.waits))
            .where(col(DeskEntryRow.entry_id).in_(entry_ids))
            .values(waits=False)
            .returning(col(DeskEntryRow.number))
        )
        with self.writing() as session:
            return len(session.exec(settled).all())


def _columns(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "carrier": case.carrier,
        "order_id": case.order_id,
        "kind": case.kind.value,
        "about": case.about,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "document": case.model_dump(mode="json"),
    }


def _hold(session: Session, case: Case) -> None:
    """Find the case by each of its sendings from now on."""
    for sending in case.sendings:
        session.merge(DeskSendingRow(key=sending.key, case_id=case.case_id))


def _case(session: Session, case_id: str) -> Case:
    row = session.get(DeskCaseRow, case_id)
    if row is None:
        raise NoSuchCase(case_id)
    return Case.model_validate(row.document)
