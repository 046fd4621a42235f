"""What a port-out needs from outside: comparing codes, answering the requesting carrier, and being on record."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio import activity

from activities.carrier import server_clock
from activities.failures import reported
from activities.records import Teller
from portolan.carriers.port_out_desk import PortOutDesk
from portolan.domain import identifiers
from portolan.domain.foc import in_words
from portolan.domain.port_out.case import CodeCheck, Validation
from portolan.domain.port_out.effects import DeskAnswer, PortOutPublication, Validating
from portolan.domain.port_out.grounds import Ground
from portolan.domain.port_out.policy import Compared
from portolan.domain.states import MOVED
from portolan.numbering import mask
from portolan.records.port_outs import Code
from portolan.records.store import Records

#: Refusals for a wrong code are told to the coordinator for so long.
REMEMBERED = timedelta(days=30)


class PortOutActivities:
    """The deployment's records and its way to the requesting carriers; `build` is kept with each audit entry."""

    def __init__(
        self,
        records: Records,
        desk: PortOutDesk,
        build: str,
        teller: Teller,
        clock: Callable[[], datetime] = server_clock,
    ) -> None:
        self._records, self._desk, self._build, self._teller = records, desk, build, teller
        self._clock = clock

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [self.validate_port_out, self.answer_port_out, self.publish_port_out]

    @activity.defn(name="validate_port_out")
    def validate_port_out(self, wanted: Validating) -> Validation:
        """Compare the codes, and look for what the coordinator should know of the numbers."""
        with reported():
            codes = self._records.port_out_codes(wanted.port_out_id)
            field = wanted.code
            checks = {number: compare(field, codes, number) for number in wanted.numbers} if field else {}
            unknown = [number for number, check in checks.items() if check is CodeCheck.NOT_ON_FILE]
            notes = [note for number in wanted.numbers for note in self._notes(wanted.port_out_id, number)]
            if field is not None and field is not Compared.PIN and unknown:
                few = ", ".join(map(mask, unknown[:3]))
                notes.append(f"we have no {field.replace('_', ' ')} on file for {few}, so none was compared")
            return Validation(codes=checks, notes=notes)

    def _notes(self, port_out_id: str, number: str) -> list[str]:
        notes = []
        shown, order = mask(number), self._records.find_live_order(number)
        if order and order.state in MOVED:
            until = f" until {in_words(order.rollback_until)}" if order.rollback_until else ""
            notes.append(f"{shown} was ported in by order {order.order_id}, whose rollback window is open{until}")
        elif order:
            notes.append(f"{shown} is in the live port order {order.order_id}")
        since = self._clock() - REMEMBERED
        others = self._records.list_port_outs(number=number, since=since)
        others = [other for other in others if other.port_out_id != port_out_id]
        notes += [
            f"{other.requesting_carrier} asks for {shown}, too ({other.port_out_id})"
            for other in others
            if not other.outcome
        ]
        wrong = sum(Ground.CODE_WRONG in other.grounds for other in others)
        if wrong:
            notes.append(f"{wrong} request(s) for {shown} had a wrong code in the last {REMEMBERED.days} days")
        return notes

    @activity.defn(name="answer_port_out")
    def answer_port_out(self, answer: DeskAnswer) -> None:
        """Give the requesting carrier its answer, unless it has it."""
        with reported():
            if self._desk.find(answer.key) != answer:
                self._desk.answer(answer)

    @activity.defn(name="publish_port_out")
    def publish_port_out(self, publication: PortOutPublication) -> list[str]:
        """Bring the row up to date, append the audit entries, then try the notices.

        Returns:
            The keys of the notices that somebody still has to get.
        """
        with reported():
            self._records.publish_port_out(publication, self._build, activity.info().workflow_id or "")
        late: list[str] = []
        for notice in publication.notices:
            if late or not self._teller.try_notice(notice):
                late.append(notice.key)
        return late


def compare(field: Compared, codes: Sequence[Code], number: str) -> CodeCheck:
    """How the code given for a number stands to the one on file, its own or the account's.

    A PIN protects only where the customer has one. A RIO that is not on file is judged by its key, which ties it to the
    number.
    """
    given = _of(codes, number, on_file=False)
    ours = _of(codes, number, on_file=True)
    if field is Compared.PIN and not ours:
        return CodeCheck.NOT_ON_FILE
    if not given:
        return CodeCheck.MISSING
    if not ours:
        if field is not Compared.RIO:
            return CodeCheck.NOT_ON_FILE
        fits = any(identifiers.check("rio", value, number).valid for value in given)
        return CodeCheck.EQUAL if fits else CodeCheck.DIFFERENT
    same = [hmac.compare_digest(_bare(one), _bare(other)) for one in given for other in ours]
    return CodeCheck.EQUAL if any(same) else CodeCheck.DIFFERENT


def _of(codes: Sequence[Code], number: str, *, on_file: bool) -> list[str]:
    """The number's own codes, or else the account's."""
    own = [code.value for code in codes if code.on_file is on_file and code.number == number]
    return own or [code.value for code in codes if code.on_file is on_file and not code.number]


def _bare(code: str) -> bytes:
    """Without what people put between the characters of a code."""
    return re.sub(r"[\s.-]", "", code.casefold()).encode()
