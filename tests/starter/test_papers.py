"""Papers on the command line: letters, documents, evidence, disputes, and what is forgotten in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from portolan.carriers.simulated import Script
from portolan.documents.store import Documents
from portolan.domain.effects import Publication
from portolan.domain.order import Cause, Order
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.records.papers import Secret
from portolan.records.store import NewProject, Records
from portolan.settings import Settings
from starter.up import open_records
from tests.documents.letters import squeezed, text_of
from tests.starter.commands import Home, Said
from tests.world import DAY, Port, World, request

NOW = datetime.now(UTC)
PDF, OTHER_PDF = b"%PDF-1.7 a bill", b"%PDF-1.7 another"
NUMBERS = ["+12125550100", "+12125550101", "+12125550102"]


class Office:
    """A deployment with its records and documents; no server runs."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder, "127.0.0.1:1")
        settings = Settings(data_dir=folder / "data")
        self.records: Records = open_records(settings)
        self.documents = Documents(settings.documents)
        self.folder = settings.documents

    def order(self, order_id: str = "acme-1", *secrets: Secret, **given: Any) -> Order:
        """An order on record."""
        asked = request(order_id, **given)
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        kept = {order_id: secrets}
        self.records.reserve(project, [asked], {order_id: f"port-{order_id}"}, NOW, secrets=kept)
        return Order.new(asked, NOW)

    def ended(self, order: Order, ago: timedelta) -> None:
        """It was cancelled so long ago."""
        at = NOW - ago
        for state in (State.CANCELLING, State.CANCELLED):
            order.move(state, Cause("cancel", "Ada", at), at)
        self.publish(order)

    def publish(self, order: Order) -> None:
        self.records.publish(Publication(order=order, entries=order.unpublished), "test")
        order.unpublished = []

    def give(self, order_id: str, content: bytes, name: str = "bill.pdf", kind: str = "bill") -> str:
        """Put a document into the store, for an order."""
        stored = self.documents.put_bytes(content)
        self.records.add_document(order_id, stored.sha256, kind, name, stored.size, stored.media_type, NOW, "Ada")
        return stored.sha256

    def kept(self) -> set[str]:
        """What is on disk."""
        return {path.name for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_letter_is_written_and_it_is_said_what_to_do_with_it(office: Office) -> None:
    office.order(numbers=NUMBERS[:1])
    said = office.home.ok("letter", "acme-1", "--to", office.home.folder / "letters" / "new")
    path = office.home.folder / "letters" / "new" / "acme-1-port.pdf"
    assert said.splitlines()[0] == str(path)
    assert 'portolan sign acme-1 --by "Ada Byron" --on DATE --file SCAN' in said
    printed = squeezed(text_of(path.read_bytes()))
    for words in ("Acme Manufacturing Limited", "Ada Byron", NUMBERS[0]):
        assert squeezed(words) in printed
    again = office.home.told("letter", "acme-1", "--to", office.home.folder)
    assert again == {
        "order": "acme-1",
        "kind": "port",
        "sha256": sha256(path.read_bytes()).hexdigest(),
        "files": [str(office.home.folder / "acme-1-port.pdf")],
    }
    assert office.kept() == {again["sha256"]}


def test_the_letter_of_return_names_no_signature_to_give_now(office: Office) -> None:
    office.order()
    said = office.home.ok("letter", "acme-1", "--rollback", "--to", office.home.folder)
    assert said == f"{office.home.folder / 'acme-1-rollback.pdf'}\n"


def test_the_attachment_is_written_beside_its_letter(office: Office) -> None:
    office.order(numbers=NUMBERS, policy={"loa_attachment_over": 2})
    told = office.home.told("letter", "acme-1", "--to", office.home.folder)
    letter, attachment = map(Path, told["files"])
    assert attachment.read_bytes().startswith(b"PK")
    assert "See Attached" in text_of(letter.read_bytes())
    assert {row["kind"] for row in office.home.told("documents", "acme-1")} == {"port_letter", "port_letter_numbers"}


def test_the_rio_is_on_the_letter_and_the_pin_is_not(office: Office) -> None:
    number = "+33199001210"
    secrets = Secret(number, "rio", "44FACME12OZH"), Secret("", "pin", "98761234")
    office.order("acme-1", *secrets, playbook="FR-FIX", country="FR", numbers=[number])
    office.home.ok("letter", "acme-1", "--to", office.home.folder)
    printed = squeezed(text_of((office.home.folder / "acme-1-port.pdf").read_bytes()))
    assert ("44FACME12OZH" in printed, "98761234" in printed) == (True, False)


def test_a_folder_that_cannot_be_written_into_is_told(office: Office) -> None:
    office.order()
    file = office.home.folder / "file"
    file.write_text("")
    assert "Name another folder with --to." in office.home.refused("letter", "acme-1", "--to", file / "below")


def test_a_letter_that_cannot_be_printed_is_told_in_one_line(office: Office) -> None:
    account = request("x").account.model_copy(update={"entity_name": "東京 Ltd"})
    office.order(account=account)
    assert "東" in office.home.refused("letter", "acme-1", "--to", office.home.folder)


def test_documents_are_listed_and_written_out(office: Office) -> None:
    office.order()
    assert office.home.ok("documents", "acme-1") == "No documents.\n"
    bill, other = office.give("acme-1", PDF), office.give("acme-1", OTHER_PDF, "../../bill.pdf", "screenshot")
    listed = office.home.ok("documents", "acme-1")
    for words in ("bill", "screenshot", bill[:8], other[:8]):
        assert words in listed
    rows = office.home.told("documents", "acme-1", "--save-to", office.home.folder / "out")
    assert {row["sha256"]: row["kind"] for row in rows} == {bill: "bill", other: "screenshot"}
    written = {path.name: path.read_bytes() for path in (office.home.folder / "out").iterdir()}
    assert written == {f"{bill[:8]}-bill.pdf": PDF, f"{other[:8]}-bill.pdf": OTHER_PDF}


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"%PDF-1.7 forged")])
def test_a_document_that_is_gone_or_forged_is_not_given_out(office: Office, damage: Callable[[Path], object]) -> None:
    office.order()
    digest = office.give("acme-1", PDF)
    damage(office.folder / digest[:2] / digest)
    assert digest in office.home.refused("documents", "acme-1", "--save-to", office.home.folder / "out")
    assert not list((office.home.folder / "out").glob("*"))


def test_a_drafted_dispute_is_printed_as_it_is(office: Office) -> None:
    order = office.order()
    assert "acme-1 has no rejection to dispute." in office.home.refused("dispute", "acme-1")
    order.dispute = "Dear colleagues,\n\n[47 CFR 52.35] is the rule.\n"
    office.publish(order)
    assert office.home.ok("dispute", "acme-1").strip() == order.dispute.strip()
    assert office.home.told("dispute", "acme-1") == {"order": "acme-1", "letter": order.dispute}


def test_what_has_had_its_time_is_forgotten_and_nothing_else(office: Office) -> None:
    over, young, alive = (
        office.order(name, policy={"retention_days": 30}) for name in ("over-1", "young-1", "alive-1")
    )
    gone = office.give("over-1", PDF)
    shared = office.give("over-1", OTHER_PDF)
    office.give("young-1", OTHER_PDF)
    recent = office.give("young-1", b"%PDF-1.7 recent")
    kept = office.give("alive-1", b"%PDF-1.7 kept")
    office.ended(over, 31 * DAY)
    office.ended(young, 29 * DAY)

    told = office.home.told("forget", "--dry-run")
    assert (told["removed"], [row["sha256"] for row in told["documents"]]) == (False, [gone])
    assert office.home.ok("forget", "--dry-run") == "1 document(s) would be removed.\n"
    assert office.kept() == {gone, shared, recent, kept}

    assert office.home.ok("forget") == "1 document(s) removed.\n"
    assert office.kept() == {shared, recent, kept}
    assert [row["sha256"] for row in office.home.told("documents", "over-1")] == [shared]
    assert office.home.ok("forget") == "0 document(s) removed.\n"
    assert alive.state is State.CHECKING


def test_a_file_that_somebody_deleted_already_does_not_stop_the_others(office: Office) -> None:
    order = office.order(policy={"retention_days": 30})
    digests = [office.give("acme-1", PDF), office.give("acme-1", OTHER_PDF)]
    office.ended(order, 31 * DAY)
    (office.folder / digests[0][:2] / digests[0]).unlink()
    told = office.home.told("forget")
    assert {row["sha256"] for row in told["documents"]} == set(digests)
    assert office.kept() == set()
    assert office.home.told("documents", "acme-1") == []


class Desk:
    """An order of which the carrier supplies no record, and the command line of its deployment."""

    def __init__(self, port: Port, folder: Path) -> None:
        self.port, self.folder = port, folder
        world = port.world
        self.home = Home(folder, world.client.service_client.config.target_host, world.settings.task_queue)
        self.home.environment["PORTOLAN_DATA_DIR"] = str(world.settings.data_dir)

    async def evidence(self, kind: str, *words: object) -> Said:
        asked = ("evidence", self.port.order_id, "--kind", kind, "--by", "Charles", *words)
        return await asyncio.to_thread(self.home.run, *asked)

    def file(self, content: str | bytes, name: str) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    async def today(self) -> date:
        return (await self.port.clock.now()).date()

    def kinds(self) -> list[str]:
        rows = self.port.world.records.documents(self.port.order_id)
        return [row.kind for row in rows if not row.kind.endswith("_letter")]


async def desk(world: World, folder: Path) -> Desk:
    port = await world.port(Script(csr=None))
    assert await port.tasks() == [TaskKind.GIVE_EVIDENCE]
    return Desk(port, folder)


RECORD = """\
entity_name: Acme Manufacturing Limited
authorized_person: Ada Byron
service_address: 12 Harbor Street, Boston, MA
postal_code: 02110
account_number: 0048-1937
"""


async def test_a_bill_of_this_month_stands_in_for_the_record(shared_world: World, tmp_path: Path) -> None:
    at = await desk(shared_world, tmp_path)
    dated = await at.today() - 3 * DAY
    bill = at.file(PDF, "bill.pdf")
    done = await at.evidence("bill", "--dated", dated, "--file", bill, "--note", "page one")
    assert (done.code, done.err) == (0, "")
    order = await at.port.order()
    assert order.state is State.AWAITING_SIGNATURE
    (given,) = order.evidences
    assert (given.kind, given.by, given.dated_on, given.note) == ("bill", "Charles", dated, "page one")
    assert given.document == sha256(PDF).hexdigest()
    assert at.kinds() == ["bill"]


@pytest.mark.parametrize(
    ("name", "content"), [("csr.yaml", RECORD), ("csr.json", '{"entity_name": "Acme Manufacturing Limited",')]
)
async def test_a_record_typed_off_is_compared(shared_world: World, tmp_path: Path, name: str, content: str) -> None:
    at = await desk(shared_world, tmp_path)
    rest = RECORD.splitlines()[1:]
    if name.endswith("json"):
        content += ", ".join(f'"{key}": "{value}"' for key, value in (line.split(": ") for line in rest)) + "}"
    changed = content.replace("Limited", "Ltd")
    done = await at.evidence("csr", "--record", at.file(changed, name), "--json")
    assert (done.code, done.json["accepted"]) == (0, True)
    order = await at.port.order()
    assert [(one.field, one.suggestion) for one in order.differences] == [("entity_name", "Acme Manufacturing Ltd")]
    assert order.csr is not None
    assert order.csr.postal_code == "02110"


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("csr", (), "A customer service record was named, and not what it says."),
        ("bill", (), "A bill counts by its date, and none was given."),
        ("bill", ("--dated", "2020-01-01"), "it may be at most 30 days old"),
        ("bill", ("--dated", "2099-01-01"), "which lies in the future"),
    ],
)
async def test_evidence_that_shows_nothing_is_refused(
    shared_world: World, tmp_path: Path, kind: str, words: tuple[str, ...], said: str
) -> None:
    at = await desk(shared_world, tmp_path)
    done = await at.evidence(kind, *words)
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert (await at.port.order()).evidences == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (RECORD.replace("postal_code", "zip"), "zip"),
        (RECORD.replace("postal_code: 02110\n", ""), "postal_code"),
        ("- a\n", "is not a customer service record"),
        ("", "is not a customer service record"),
        ("a: [\n", "is not a customer service record"),
    ],
)
def test_a_record_that_is_none_is_told_in_one_line(office: Office, content: str, said: str) -> None:
    office.order()
    path = office.home.folder / "csr.yaml"
    path.write_text(content)
    done = office.home.run("evidence", "acme-1", "--kind", "csr", "--by", "Charles", "--record", path, "--json")
    assert done.code == 1
    message = done.json["error"]["message"]
    assert "csr.yaml is not a customer service record" in message
    assert said in message
