"""The desk commands: what people enter, what it changes, what the order hears of it, and what is refused."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from portolan.carriers.accounts import AmazonConnectAccount
from portolan.carriers.amazon_connect import AmazonConnect
from portolan.carriers.desk.book import Case, Entry
from portolan.carriers.desk.returns import DeskReturns
from portolan.documents.store import Documents
from portolan.domain.carrier import CarrierStatus, CsrRecord, Paper, PortBack, SendKind, Submission
from portolan.domain.foc import in_words
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.records.engine import connect
from portolan.records.store import Records
from portolan.settings import Settings
from starter.orders import workflow_id
from starter.server import free_port
from tests.starter.commands import Home
from tests.world import ACCOUNT, SILENT, make_world

_numbers = (f"+1617557{number:04d}" for number in itertools.count(1))
ACCOUNTS = """\
accounts:
  amazon_connect:
    vendor: amazon_connect
    region: us-west-2
    instance_id: inst-1
    instance_arn: arn:aws:connect:us-west-2:1:instance/inst-1
"""
LETTER = Paper(kind="loa", filename="letter.pdf", media_type="application/pdf", sha256="a" * 64, content=b"%PDF-1")


class Desk:
    """An order that was started, and its case at AWS, which a person pastes."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.number = next(_numbers)
        started = home.told("start", home.request(f"r-{uuid.uuid4().hex[:8]}", self.number))
        self.order = str(started["orders"][0]["order_id"])
        (home.folder / "data" / "carriers.yaml").write_text(ACCOUNTS)
        self.records = Records(connect(Settings(data_dir=home.folder / "data").records_url))
        account = AmazonConnectAccount(
            name="amazon_connect",
            vendor="amazon_connect",
            region="us-west-2",
            instance_id="inst-1",
            instance_arn="arn:aws:connect:us-west-2:1:instance/inst-1",
        )
        self.carrier = AmazonConnect(account, book=self.records, clock=lambda: datetime.now(UTC))
        self.case_id = f"{self.order}:1"
        self.carrier.submit(
            Submission(
                key=self.case_id,
                order_id=self.order,
                attempt=1,
                kind=SendKind.NEW,
                numbers=[self.number],
                account=ACCOUNT,
                losing_carrier="Old Telco",
                country="US",
                papers=[LETTER],
            )
        )

    @property
    def case(self) -> Case:
        found = self.records.desk_case(self.case_id)
        assert found is not None
        return found

    def unread(self, text: str) -> None:
        """AWS wrote something that nobody has read."""
        entry = Entry(
            entry_id=f"aws-{uuid.uuid4().hex}",
            at=datetime.now(UTC),
            from_carrier=True,
            author="Amazon Web Services",
            text=text,
            waits=True,
        )
        self.records.add_desk_entry(self.case_id, entry)

    def port_back(self) -> None:
        """The numbers are to go back."""
        request = PortBack(
            key=f"{self.order}:port-back:snapback",
            order_id=self.order,
            carrier_order_id=self.case_id,
            decided_by="Grace",
            reason="dead air",
            decided_at=datetime.now(UTC),
            stage="snapback",
            not_after=datetime.now(UTC),
        )
        DeskReturns(self.records, "amazon_connect", lambda: datetime.now(UTC)).ask(request, lambda words: None)

    def say(self, *words: str) -> Any:
        return self.home.told("desk", words[0], self.order, *words[1:])


@pytest.fixture
def home(client: Client, tmp_path: Path) -> Iterator[Home]:
    """Commands that find the suite's server, on a task queue that nobody serves."""
    made = Home(tmp_path, client.service_client.config.target_host, f"q-{uuid.uuid4().hex[:8]}")
    made.ok("migrate")
    return made


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


async def hints(client: Client, order: str) -> list[str]:
    """The event ids of the hints that the order's workflow was sent."""
    found = []
    async for event in client.get_workflow_handle(workflow_id(order)).fetch_history_events():
        told = event.workflow_execution_signaled_event_attributes
        if told.signal_name == "carrier_activity":
            (payload,) = await client.data_converter.decode(told.input.payloads)
            found.append(payload["event_id"])
    return found


async def test_each_answer_tells_the_order_and_the_same_again_is_the_same_hint(client: Client, home: Home) -> None:
    desk = await asyncio.to_thread(Desk, home)
    assert await asyncio.to_thread(desk.say, "answer", "accepted", "--by", "Ann")
    assert len(await hints(client, desk.order)) == 1
    again = await asyncio.to_thread(desk.say, "answer", "accepted", "--by", "Bob")
    assert again["changed"] is False
    assert len(set(await hints(client, desk.order))) == 1
    await asyncio.to_thread(desk.say, "uploaded", "--by", "Ann")
    assert len(set(await hints(client, desk.order))) == 2


def test_a_rejection_in_words_says_what_it_was_taken_for(desk: Desk) -> None:
    words = "The account number does not match."
    line = desk.home.ok("desk", "answer", desk.order, "rejected", "--text", words, "--by", "Ann")
    assert f"Entered: {desk.order} is rejected at amazon_connect." in line
    assert "taken for ACCOUNT_NUMBER" in line
    assert words in line
    assert [one.code for one in desk.case.rejections] == ["ACCOUNT_NUMBER_MISMATCH"]
    order = desk.carrier.get(desk.case_id)
    assert (order.status, order.raw_status) == (CarrierStatus.REJECTED, words)
    assert [one.text for one in desk.records.desk_entries(desk.case_id)][-1] == words


def test_a_rejection_by_code_keeps_the_words(desk: Desk) -> None:
    told = desk.say("answer", "rejected", "--reason", "pin", "--text", "wibble", "--by", "Ann")
    (reason,) = told["reasons"]
    assert reason["text"] == "wibble"
    assert desk.case.rejections[0].code == reason["code"]
    assert reason["code"] != "OTHER"


def test_one_click_takes_what_aws_wrote_last(desk: Desk) -> None:
    desk.unread("Hello, we look into it.")
    desk.unread("Your ZIP code does not match\nthe record.")
    desk.say("answer", "rejected", "--by", "Ann")
    assert desk.case.raw_status == "Your ZIP code does not match the record."
    assert desk.case.rejections[0].code != "OTHER"
    entries = desk.records.desk_entries(desk.case_id)
    assert not any(entry.waits for entry in entries if entry.from_carrier)
    assert len(entries) == 3


def test_noted_reads_what_was_written_and_changes_nothing_else(desk: Desk) -> None:
    desk.unread("We are on it.")
    before = desk.case
    desk.say("answer", "noted", "--by", "Ann")
    assert desk.case.model_dump(exclude={"touched_at"}) == before.model_dump(exclude={"touched_at"})
    assert not any(one.waits for one in desk.records.desk_entries(desk.case_id) if one.from_carrier)


def test_a_date_is_a_moment_with_its_zone(desk: Desk) -> None:
    line = desk.home.ok("desk", "answer", desk.order, "foc", "--at", "2027-03-01T09:00-05:00", "--by", "Ann")
    assert "foc confirmed, 2027-03-01 14:00 UTC" in line
    assert in_words(desk.case.foc_at) == "2027-03-01 14:00 UTC"
    assert desk.say("answer", "foc", "--at", "2027-03-01T14:00Z", "--by", "Ann")["changed"] is False


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("maybe",), "error: 'maybe' is no answer. Give one of accepted, rejected, foc,"),
        (("foc",), "error: A date needs its moment. Give --at"),
        (("foc", "--at", "2027-03-01T09:00"), "names no time zone"),
        (("foc", "--at", "tomorrow"), "'tomorrow' is no moment"),
        (("foc", "--at", "9999-12-31T23:59Z"), "the year has to lie between 1990 and 2200"),
        (("accepted", "--at", "2027-03-01T09:00Z"), "--at goes with foc or ported"),
        (("accepted", "--reason", "pin"), "--reason goes with rejected"),
        (("rejected",), "error: A rejection needs a reason."),
        (("rejected", "--reason", "NONSENSE"), "There is no reason 'NONSENSE'"),
        (("question",), "A question needs its words"),
        (("ported", "--at", "2199-03-01T09:00Z"), "is yet to come"),
        (("ported", "--number", "+12"), "+12 is no number of"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_entered(desk: Desk, words: tuple[str, ...], told: str) -> None:
    before = desk.case
    assert told in desk.home.refused("desk", "answer", desk.order, *words, "--by", "Ann")
    assert desk.case == before
    assert len(desk.records.desk_entries(desk.case_id)) == 1


def test_what_does_not_fit_is_refused_with_how_it_stands(desk: Desk) -> None:
    desk.say("answer", "ported", "--by", "Ann")
    line = desk.home.refused("desk", "answer", desk.order, "accepted", "--by", "Ann")
    assert f"{desk.order} stands as ported at the desk: accepted does not fit." in line


def test_the_text_to_paste_and_what_is_to_be_done_are_shown_until_they_are_done(desk: Desk) -> None:
    shown = desk.home.ok("desk", "show", desk.order)
    for words in (f"[{desk.case_id}]", "Old Telco", desk.number, "[to hand over]", "[ ] loa: letter.pdf", "--case ID"):
        assert words in shown
    assert desk.say("posted", "--case", "17000042", "--by", "Ann")["case"]["external_id"] == "17000042"
    desk.say("uploaded", "--by", "Ann")
    shown = desk.home.ok("desk", "show", desk.order)
    assert "[x] loa: letter.pdf" in shown
    assert "17000042" in shown
    assert "To do" not in shown
    assert desk.say("uploaded")["changed"] is False
    assert "nothing changed" in desk.home.ok("desk", "posted", desk.order)


def test_what_is_said_waits_to_be_handed_over_and_is_said_once(desk: Desk) -> None:
    desk.say("posted", "--case", "17000042")
    for _ in range(2):
        assert "Hand it over" in desk.home.ok("desk", "say", desk.order, "Any news?")
    assert [one.text for one in desk.records.desk_entries(desk.case_id)][1:] == ["Any news?"]
    assert "nothing to say" in desk.home.refused("desk", "say", desk.order, "  ")
    (desk.home.folder / "data" / "carriers.yaml").unlink()
    assert "is not set up here" in desk.home.refused("desk", "say", desk.order, "Hello?")


def test_cases_are_listed_with_what_waits(desk: Desk) -> None:
    desk.unread("News")
    (row,) = desk.home.told("desk", "list")
    assert (row["case_id"], row["status"]) == (desk.case_id, "received")
    assert [one["from_carrier"] for one in row["waiting"]] == [False, True]
    assert "last_answer" not in row
    assert desk.order in desk.home.ok("desk", "list")
    desk.say("answer", "cancelled", "--by", "Ann")
    desk.say("posted")
    assert "No open cases" in desk.home.ok("desk", "list")
    assert desk.order in desk.home.ok("desk", "list", "--all")


def test_a_port_back_is_entered_once(desk: Desk) -> None:
    assert "port-back case" in desk.home.refused("desk", "return", desk.order, "consented", "--by", "Ann")
    desk.port_back()
    assert "'no' is no answer to a port-back" in desk.home.refused("desk", "return", desk.order, "no", "--by", "Ann")
    for changed in (True, False):
        told = desk.say("return", "consented", "--text", "they agree", "--by", "Ann")
        assert (told["changed"], told["case"]["consent"]) == (changed, "consented")
    assert desk.say("return", "returned", "--by", "Ann")["case"]["status"] == "ported_back"
    assert desk.carrier.get(desk.case_id).status is CarrierStatus.PORTED_BACK
    assert "already" in desk.home.refused("desk", "return", desk.order, "refused", "--by", "Ann")
    assert len(desk.records.desk_entries(f"{desk.order}:port-back:snapback")) == 2


def test_messaging_is_entered_for_all_or_some(desk: Desk) -> None:
    told = desk.say("messaging", "settled", "--number", desk.number)
    assert told["case"]["messaging"] == {desk.number: "settled"}
    assert desk.say("messaging", "settled")["changed"] is False
    assert "is no number" in desk.home.refused("desk", "messaging", desk.order, "settled", "--number", "+1")


def test_words_that_would_steer_a_terminal_do_not(desk: Desk) -> None:
    desk.unread("fine\x1b[2J\x1b]0;owned\x07\nsecond line")
    shown = desk.home.ok("desk", "show", desk.order)
    assert "\x1b" not in shown
    assert "second line" in shown


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("answer", "accepted", "--by", "A"),
        ("posted",),
        ("uploaded",),
        ("say", "x"),
        ("messaging", "settled"),
    ],
    ids=lambda words: words[0],
)
def test_an_order_that_is_not_there_or_has_no_case_is_said_so(home: Home, words: tuple[str, ...]) -> None:
    assert "no order 'none-1'" in home.refused("desk", words[0], "none-1", *words[1:])
    started = home.told("start", home.request(f"r-{uuid.uuid4().hex[:8]}", next(_numbers)))
    order = str(started["orders"][0]["order_id"])
    assert "There is no port case of a desk for" in home.refused("desk", words[0], order, *words[1:])


async def test_a_port_by_mail_lives_by_what_people_enter(client: Client, tmp_path: Path) -> None:
    made = make_world(client, tmp_path / "data")
    desk_of = "accounts:\n  otherco: {vendor: email, carrier: Other Co, desk: lnp@other.example}\n"
    (tmp_path / "data" / "carriers.yaml").write_text(desk_of)
    home = Home(tmp_path, client.service_client.config.target_host, made.settings.task_queue)
    scan = tmp_path / "letter.pdf"
    scan.write_bytes(b"%PDF-1.4 signed")
    stored = Documents(made.settings.documents).put(scan)

    async with made.worker():
        port = await made.port(SILENT, gaining_carrier="otherco", csr=CsrRecord.model_validate(ACCOUNT.model_dump()))

        async def desk(*words: str) -> Order:
            await asyncio.to_thread(home.ok, "desk", words[0], port.order_id, *words[1:])
            return await port.clock.settled()

        made.records.add_document(
            port.order_id, stored.sha256, "loa", scan.name, stored.size, stored.media_type, datetime.now(UTC), "Ada"
        )
        await port.sign(document=stored.sha256)
        await port.decide("approve", by="Charles")
        assert await port.state() is State.SUBMITTED
        await desk("answer", "question", "--text", "Which floor?", "--by", "Ann")
        assert "Which floor?" in (await port.task(TaskKind.CARRIER_ASKS)).detail
        await desk("say", "The third.")
        assert TaskKind.CARRIER_ASKS not in await port.tasks()
        order = await desk("answer", "rejected", "--text", "Account number does not match.", "--by", "Ann")
        assert [one.code for one in order.rejections] == ["ACCOUNT_NUMBER_MISMATCH"]
        await port.decide("resubmit", by="Charles")
        order = await desk("answer", "foc", "--at", in_a_fortnight(), "--by", "Ann")
        assert (order.state, order.attempt, order.carrier_order_id) == (
            State.FOC_CONFIRMED,
            2,
            f"{port.order_id}:1",
        )
        await port.decide("cancel", by="Charles", reason="the office stays")
        assert await port.state() is State.CANCELLING
        await desk("answer", "cancelled", "--by", "Ann")
        await port.clock.past(timedelta(hours=3))
        assert port.recorded().state is State.CANCELLED
    assert len(list(made.settings.mailbox.glob(f"*-{port.order_id}-*-desk_mail-*.eml"))) == 4


def in_a_fortnight() -> str:
    """A Wednesday noon at the desk, two to three weeks from now."""
    day = datetime.now(UTC).date() + timedelta(days=14)
    return f"{day + timedelta(days=(2 - day.weekday()) % 7)}T12:00-05:00"


def test_without_a_server_nothing_is_entered(desk: Desk) -> None:
    nowhere = Home(desk.home.folder, f"127.0.0.1:{free_port()}")
    assert "No Temporal server" in nowhere.refused("desk", "answer", desk.order, "accepted", "--by", "Ann")
    assert desk.case.status is CarrierStatus.RECEIVED
    assert desk.order in nowhere.ok("desk", "list")
