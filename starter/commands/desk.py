"""Desks: what people carry on with carriers by hand, what is still to be read or done, and what the desk said."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from rich.text import Text
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from portolan.carriers.desk.answers import (
    ANSWERS,
    RETURNS,
    Said,
    answered,
    handed_over,
    messaging,
    returned,
    uploaded,
)
from portolan.carriers.desk.book import Case, CaseKind, Entry
from portolan.carriers.desk.standing import asked_of_people
from portolan.carriers.registry import accounts, carrier
from portolan.domain.carrier import CarrierStatus, MessagingStatus
from portolan.domain.errors import NotFound, PortolanError
from portolan.domain.foc import in_words
from portolan.domain.messages import Moment, problem
from portolan.domain.rejections import Rejection, canonical, from_text
from portolan.records.store import Records
from portolan.settings import Settings
from starter import output
from starter.commands.base import AsJson, OrderId, app, command, settings
from starter.now import now_at_server
from starter.orders import workflow_id
from starter.output import out, print_json
from starter.up import existing_records
from worker.host import connect_temporal

desk_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", help="Carriers that are reached by mail, case or telephone."
)
app.add_typer(desk_app, name="desk")

By = Annotated[str, typer.Option("--by", help="Who enters it, or who said it.")]
Words = Annotated[str, typer.Option("--text", help="The desk's own words, kept as they are; '-' reads standard input.")]
Numbers = Annotated[list[str], typer.Option("--number", help="A number it is about, +E.164; may be repeated.")]
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_KINDS = {CaseKind.PORT: "port", CaseKind.PORT_BACK: "port-back", CaseKind.BRIDGE: "bridge"}


@desk_app.command("list")
@command
async def list_cases(
    everything: Annotated[bool, typer.Option("--all", help="Closed cases too.")] = False, as_json: AsJson = False
) -> None:
    """Open cases, and what is still to be read or handed over."""
    records = existing_records(settings())
    rows = [(case, _waiting(records, case)) for case in records.desk_cases()]
    shown = [(case, waits) for case, waits in rows if everything or case.closed_at is None or waits]
    if as_json:
        print_json([{**_told(case), "waiting": [entry.model_dump() for entry in waits]} for case, waits in shown])
        return
    if not shown:
        out.print("No open cases.")
        return
    made = output.table("ORDER", "CASE", "CARRIER", "KIND", "STANDS", "TO READ", "TO HAND OVER", "OPENED")
    for case, waits in shown:
        unread = sum(entry.from_carrier for entry in waits)
        cells = (case.order_id, case.external_id or case.case_id, case.carrier, _KINDS[case.kind], _stands(case))
        counts = (str(unread), str(len(waits) - unread), in_words(case.opened_at))
        made.add_row(*map(Text, map(_shown, (*cells, *counts))))
    out.print(made)


@desk_app.command()
@command
async def show(order: OrderId, as_json: AsJson = False) -> None:
    """The cases of ORDER: what is to be done, the text for the desk, the documents it needs, what was said."""
    records = existing_records(settings())
    records.order(order)
    cases = records.desk_cases(order_id=order)
    if not cases:
        raise _NoCase(order)
    told = [(case, records.desk_entries(case.case_id)) for case in cases]
    if as_json:
        print_json([{**_told(case), "entries": [entry.model_dump() for entry in entries]} for case, entries in told])
        return
    for case, entries in told:
        _print_case(case, entries)


@desk_app.command()
@command
async def answer(
    order: OrderId,
    kind: Annotated[str, typer.Argument(metavar="ANSWER", help=f"One of {', '.join(ANSWERS)}.")],
    by: By,
    text: Words = "",
    reasons: Annotated[
        list[str], typer.Option("--reason", help="Of a rejection: a canonical code; may be repeated.")
    ] = [],  # noqa: B006
    at: Annotated[str, typer.Option("--at", help="The FOC, or when they moved: 2026-12-01T09:00-05:00.")] = "",
    numbers: Numbers = [],  # noqa: B006
    failed: Annotated[
        list[str], typer.Option("--failed", help="Of a move: a number that did not move; may be repeated.")
    ] = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Enter what the desk said about ORDER. Without --text, what it wrote last and nobody has read counts as its words.

    `noted` is for what changes nothing. The same answer again changes nothing.
    """
    if kind not in ANSWERS:
        raise PortolanError(f"{kind!r} is no answer.", f"Give one of {', '.join(ANSWERS)}.")
    moment = _moment(at) if at else None
    if moment and kind not in {"foc", "ported"}:
        raise PortolanError(f"--at goes with foc or ported, not with {kind}.", "Leave it out.")
    if reasons and kind != "rejected":
        raise PortolanError(f"--reason goes with rejected, not with {kind}.", "Leave it out.")
    desk = await _Desk.of(order)
    case = desk.case(CaseKind.PORT)
    waits = [entry for entry in _waiting(desk.records, case) if entry.from_carrier]
    words = _read(text) or (waits[-1].text if waits else "")
    said = Said.model_validate(
        {
            "kind": kind,
            "by": by,
            "at": desk.now,
            "text": words,
            "reasons": _reasons(reasons, words, numbers) if kind == "rejected" else [],
            "foc_at": moment if kind == "foc" else None,
            "numbers": numbers if kind == "ported" else [],
            "failed": failed,
            "moved_at": moment if kind == "ported" else None,
        }
    )
    after, changed = desk.change(case, lambda it: answered(it, said))
    if words and not (waits and not text):
        name = f"entered-{after.last_answer or 'noted'}"
        entry = Entry(entry_id=name, at=desk.now, from_carrier=True, author=by, text=words)
        desk.records.add_desk_entry(case.case_id, entry)
    desk.records.settle_desk_entries(case.case_id, [entry.entry_id for entry in waits])
    await desk.hint(after, by)
    if as_json:
        print_json({"order": order, "changed": changed, "reasons": said.reasons, "case": _told(after)})
        return
    out.print(Text(f"{'Entered' if changed else 'Known already'}: {order} is {_stands(after)} at {after.carrier}."))
    for reason in said.reasons:
        out.print(Text(f"  taken for {_shown(reason.in_words())}"))


@desk_app.command()
@command
async def posted(
    order: OrderId,
    by: By = "",
    case_id: Annotated[str, typer.Option("--case", help="What the desk calls the case, such as AWS's case id.")] = "",
    as_json: AsJson = False,
) -> None:
    """What was waiting for ORDER has been handed to the desk: the case was opened, the text pasted."""
    desk = await _Desk.of(order)
    case = desk.case(CaseKind.PORT)
    waits = [entry.entry_id for entry in _waiting(desk.records, case) if not entry.from_carrier]
    if not waits and not case_id:
        await _say_done(desk, case, False, by, "Nothing waits to be handed over", as_json)
        return
    after, changed = desk.change(case, lambda it: handed_over(it, case_id, desk.now))
    desk.records.settle_desk_entries(case.case_id, waits)
    await _say_done(desk, after, changed, by, f"{len(waits)} text(s) handed over", as_json)


@desk_app.command("uploaded")
@command
async def upload_done(order: OrderId, by: By = "", as_json: AsJson = False) -> None:
    """The desk has the documents of ORDER: they were uploaded at its link, or given to it otherwise."""
    desk = await _Desk.of(order)
    after, changed = desk.change(desk.case(CaseKind.PORT), lambda it: uploaded(it, desk.now))
    await _say_done(desk, after, changed, by, "The desk has the documents", as_json)


@desk_app.command("return")
@command
async def return_said(
    order: OrderId,
    kind: Annotated[str, typer.Argument(metavar="ANSWER", help=f"One of {', '.join(RETURNS)}.")],
    by: By,
    text: Words = "",
    as_json: AsJson = False,
) -> None:
    """Enter what the losing carrier said to the port-back of ORDER, or that the numbers are back."""
    if kind not in RETURNS:
        raise PortolanError(f"{kind!r} is no answer to a port-back.", f"Give one of {', '.join(RETURNS)}.")
    words = _read(text)
    desk = await _Desk.of(order)
    before = desk.case(CaseKind.PORT_BACK)
    after, changed = desk.change(before, lambda it: returned(it, kind, words, desk.now))
    if changed:
        name = f"entered-{kind}-{after.touched_at.isoformat()}"
        said = Entry(entry_id=name, at=desk.now, from_carrier=True, author=by, text=words or kind)
        desk.records.add_desk_entry(after.case_id, said)
    await _say_done(desk, after, changed, by, f"The port-back of {order} is {kind}", as_json)


@desk_app.command("messaging")
@command
async def messaging_said(
    order: OrderId,
    status: Annotated[MessagingStatus, typer.Argument(metavar="STATUS", help="Where it is now.")],
    by: By = "",
    numbers: Numbers = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Enter where the messaging of ORDER's numbers is, or of some of them."""
    desk = await _Desk.of(order)
    after, changed = desk.change(desk.case(CaseKind.PORT), lambda it: messaging(it, status, numbers, desk.now))
    await _say_done(desk, after, changed, by, f"Messaging is {status}", as_json)


@desk_app.command()
@command
async def say(
    order: OrderId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="'-' reads it from standard input.")],
    as_json: AsJson = False,
) -> None:
    """Say something to the desk of ORDER: by mail, in its case, or as a text to hand over; the same text once."""
    words = sys.stdin.read().strip() if text == "-" else text.strip()
    if not words:
        raise PortolanError("There is nothing to say.", "Give the text, or '-' to read it from standard input.")
    desk = await _Desk.of(order)
    case = desk.case(CaseKind.PORT)
    account = accounts(desk.settings).get(case.carrier)
    if account is None:
        raise PortolanError(
            f"The account {case.carrier} of this case is not set up here.", "Set it up again, or write to it yourself."
        )
    gaining = carrier(account, desk.settings, desk.records, lambda: desk.now)
    await asyncio.to_thread(gaining.comment, case.case_id, words)
    after = desk.records.desk_case(case.case_id) or case
    by_hand = any(not entry.from_carrier for entry in _waiting(desk.records, after))
    told = f"Hand it over: `portolan desk show {order}` prints it" if by_hand else "Said"
    await _say_done(desk, after, True, "", told, as_json)


class _Desk:
    """What a command works with; a server answers, so that the order can be told."""

    def __init__(self, deployment: Settings, records: Records, client: Client, order: str, now: datetime) -> None:
        self.settings, self.records, self.order, self.now = deployment, records, order, now
        self._client = client

    @classmethod
    async def of(cls, order: str) -> _Desk:
        deployment = settings()
        records = existing_records(deployment)
        found = records.order(order)
        client = await connect_temporal(deployment)
        return cls(deployment, records, client, order, await now_at_server(deployment, found))

    def case(self, kind: CaseKind) -> Case:
        """The newest case of a kind, an open one first."""
        for live in (True, False):
            if cases := self.records.desk_cases(order_id=self.order, kind=kind, live=live):
                return cases[-1]
        raise _NoCase(self.order, kind)

    def change(self, case: Case, change: Callable[[Case], Case]) -> tuple[Case, bool]:
        """The case after a change, and whether there was one."""
        before: list[Case] = []

        def noted(it: Case) -> Case:
            before.append(it.model_copy(deep=True))
            return change(it)

        after = self.records.change_desk_case(case.case_id, noted)
        return after, after != before[-1]

    async def hint(self, case: Case, by: str) -> None:
        """Have the order ask how its case stands; one that has ended needs to know no more."""
        event = {"event_id": f"desk:{case.case_id}:{case.touched_at.isoformat()}", "by": by}
        try:
            await self._client.get_workflow_handle(workflow_id(self.order)).signal("carrier_activity", event)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


async def _say_done(desk: _Desk, case: Case, changed: bool, by: str, words: str, as_json: bool) -> None:
    await desk.hint(case, by)
    if as_json:
        print_json({"order": desk.order, "changed": changed, "case": _told(case)})
    else:
        out.print(Text(_shown(f"{words}." if changed else f"Known already, nothing changed: {words}.")))


class _NoCase(NotFound):
    def __init__(self, order: str, kind: CaseKind = CaseKind.PORT) -> None:
        words = f"There is no {_KINDS[kind]} case of a desk for {order}."
        PortolanError.__init__(self, words, "`portolan desk list --all` shows the cases there are.")
        self.name = order


def _waiting(records: Records, case: Case) -> list[Entry]:
    return [entry for entry in records.desk_entries(case.case_id) if entry.waits]


def _moment(written: str) -> datetime:
    try:
        named = datetime.fromisoformat(written.strip().replace("Z", "+00:00"))
        if named.tzinfo is None:
            raise PortolanError(
                f"{written!r} names no time zone, and nobody's is guessed.", "Write it as 2026-12-01T09:00-05:00."
            )
        return _MOMENT.validate_python(named)
    except ValidationError as error:
        raise PortolanError(f"{written!r}: {problem(error)}.") from None
    except ValueError:
        raise PortolanError(f"{written!r} is no moment.", "Write it as 2026-12-01T09:00-05:00.") from None


def _reasons(codes: Sequence[str], words: str, numbers: Sequence[str]) -> list[Rejection]:
    """The reasons of a rejection: the codes that were given, else what the desk's words say."""
    found = []
    for code in codes:
        name = canonical(code)
        if name is None:
            raise PortolanError(f"There is no reason {code!r}.", "`portolan rejections` lists the reasons.")
        found.append(Rejection(code=name, text=words, numbers=list(numbers)))
    if found or not words.strip():
        return found
    read = from_text(words)
    return [one.model_copy(update={"numbers": list(numbers)}) for one in read] if numbers else read


def _read(text: str) -> str:
    return (sys.stdin.read() if text == "-" else text).strip()


def _stands(case: Case) -> str:
    if case.kind is CaseKind.PORT_BACK:
        return "returned" if case.status is CarrierStatus.PORTED_BACK else str(case.consent or "asked")
    foc = f", {in_words(case.foc_at)}" if case.foc_at and case.status is CarrierStatus.FOC_CONFIRMED else ""
    return f"{case.status.replace('_', ' ')}{foc}"


def _told(case: Case) -> dict[str, Any]:
    return case.model_dump(exclude={"last_answer"})


def _shown(text: str) -> str:
    """Words from outside, without what could steer a terminal; lines stay."""
    return "".join(char for char in text if char == "\n" or char.isprintable())


def _print_case(case: Case, entries: Sequence[Entry]) -> None:
    named = f" ({case.external_id})" if case.external_id else ""
    out.print(Text(_shown(f"{case.case_id}{named}: {_KINDS[case.kind]} at {case.carrier}, {_stands(case)}"), "bold"))
    if case.raw_status:
        out.print(Text(_shown(f"The desk's words: {case.raw_status}")))
    for asked in [] if case.closed_at else asked_of_people(case, entries, case.carrier):
        out.print(Text(_shown(f"To do: {asked}"), "yellow"))
    for paper in case.papers:
        out.print(
            Text(_shown(f"[{'x' if paper.uploaded else ' '}] {paper.kind}: {paper.filename} {paper.sha256[:12]}"))
        )
    for entry in entries:
        side = "they" if entry.from_carrier else "we"
        unread = "to read" if entry.from_carrier else "to hand over"
        mark = f" [{unread}]" if entry.waits else ""
        out.print(Text(_shown(f"\n{in_words(entry.at)} {side} ({entry.author}){mark}"), "dim"))
        out.print(Text(_shown(entry.text)))
    out.print()
