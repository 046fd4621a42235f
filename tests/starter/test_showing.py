"""What an order can show on the command line. No server runs, unless a test says so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from portolan.carriers.simulated import Script
from portolan.documents.store import Documents
from portolan.domain.certificate import holds
from portolan.domain.effects import Publication
from portolan.domain.order import Order
from portolan.domain.states import State
from portolan.records.store import NewProject, Records
from portolan.settings import Settings
from starter.request_files import judge
from starter.request_yaml import request_yaml
from starter.up import open_records
from tests.starter.commands import Home
from tests.world import DAY, World, request

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


class Office:
    """A deployment with its records; no server runs."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder, "127.0.0.1:1")
        settings = Settings(data_dir=folder / "data")
        self.records: Records = open_records(settings)
        self.documents = Documents(settings.documents)

    def order(self, state: State = State.CHECKING, **fields: Any) -> Order:
        """An order on record, put into a state."""
        asked = request("acme-1", numbers=["+12125550100", "+12125550101"])
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        self.records.reserve(project, [asked], {"acme-1": "port-acme-1"}, NOW)
        order = Order.new(asked, NOW - 10 * DAY).model_copy(update={"state": state, **fields})
        self.records.publish(Publication(order=order, entries=order.unpublished), "test")
        return order

    def moved(self, ago: timedelta, state: State = State.ROLLBACK_WINDOW, **fields: Any) -> Order:
        """An order whose numbers moved so long ago."""
        at = NOW - ago
        return self.order(
            state, foc_at=at, activated_at=at, rollback_until=at + 3 * DAY, carrier_order_id="C-1", attempt=1, **fields
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_the_ledger_has_six_rows_with_countdowns(office: Office) -> None:
    office.moved(HOUR)
    told = office.home.told("undo", "acme-1")
    assert [row["kind"] for row in told["undo"]] == [
        "cancel",
        "supplement",
        "remove_bridge",
        "snapback",
        "win_back",
        "new_port",
    ]
    rows = {row["kind"]: row for row in told["undo"]}
    assert rows["snapback"]["left"] in {"23 h left", *(f"22 h {left} min left" for left in range(50, 60))}
    assert rows["cancel"]["left"] is None
    assert told["old_service"]["may_be_cancelled"] is False
    said = office.home.ok("undo", "acme-1")
    for words in ("snapback", "win-back", "new port back", "losing carrier, which may refuse", "2 d 22 h left"):
        assert words in said
    assert "Do not cancel the old service: " in said


def test_show_names_what_can_be_undone_now_and_the_old_service(office: Office) -> None:
    office.moved(25 * HOUR, proven_at=NOW - 24 * HOUR)
    said = office.home.ok("show", "acme-1")
    undo = [line for line in said.splitlines() if line.startswith("Undo: ")]
    assert [line.split(":")[1].strip() for line in undo] == ["win-back", "new port back"]
    assert "Do not cancel the old service: the numbers may have to go back until" in said


def test_show_says_that_the_old_service_may_go_when_it_may(office: Office) -> None:
    office.moved(4 * DAY, State.COMPLETED, proven_at=NOW - 4 * DAY, since=NOW - DAY)
    assert "The old service of these numbers at Old Telco may be cancelled: " in office.home.ok("show", "acme-1")


def test_an_order_is_never_looked_at_before_its_newest_change(office: Office) -> None:
    office.moved(HOUR, since=NOW + 5 * DAY)
    rows = {row["kind"]: row for row in office.home.told("undo", "acme-1")["undo"]}
    assert not rows["win_back"]["available"]


def test_a_certificate_is_told_and_written(office: Office) -> None:
    office.moved(4 * DAY, State.COMPLETED, proven_at=NOW - 4 * DAY)
    stored = office.documents.put_bytes(b"%PDF-1.7 letter")
    office.records.add_document("acme-1", stored.sha256, "loa", "l.pdf", 1, stored.media_type, NOW, "Ada")
    issued = office.home.told("certificate", "acme-1")
    assert holds(issued)
    assert [one["sha256"] for one in issued["documents"]] == [stored.sha256]
    said = office.home.ok("certificate", "acme-1")
    assert "may be cancelled" in said
    assert "sha256 " in said
    path = office.home.folder / "certificate.pdf"
    assert office.home.ok("certificate", "acme-1", "--pdf", path) == f"{path}\n"
    assert path.read_bytes().startswith(b"%PDF-")
    path.unlink()
    assert holds(office.home.told("certificate", "acme-1", "--pdf", path))
    assert path.exists()


@pytest.mark.parametrize("words", [("certificate", "acme-1", "--pdf"), ("case-file", "acme-1")])
def test_a_file_that_cannot_be_written_is_told_in_one_line(office: Office, words: tuple[str, ...]) -> None:
    office.order()
    path = office.home.folder / "none" / "x.bin"
    assert f"{path} cannot be written: No such file or directory. Name another file." in office.home.refused(
        *words, path
    )


def test_a_case_file_is_written_and_what_is_missing_is_told(office: Office) -> None:
    office.order(letters={"port": "ab" * 32})
    path = office.home.folder / "case.zip"
    said = office.home.ok("case-file", "acme-1", path)
    assert said.splitlines()[0] == f"{path}: 10 entries"
    assert f"missing: port_letter {'ab' * 6}" in said
    with ZipFile(path) as archive:
        assert "MANIFEST.json" in archive.namelist()
    told = office.home.told("case-file", "acme-1", path)
    assert (told["file"], len(told["entries"]), told["missing"][0]["sha256"]) == (str(path), 10, "ab" * 32)


def test_an_order_nobody_knows_has_no_case_file(office: Office) -> None:
    path = office.home.folder / "case.zip"
    assert "There is no order 'nobody-1'" in office.home.refused("case-file", "nobody-1", path)
    assert not path.exists()


def faults(office: Office, text: str) -> dict[str, int | None]:
    path = office.home.folder / "back.yaml"
    path.write_text(text)
    return {fault.where: fault.line for fault in judge(path).faults}


def test_the_new_port_is_a_request_file_that_lacks_only_what_is_marked(office: Office) -> None:
    office.moved(4 * DAY, State.COMPLETED)
    text = office.home.ok("new-port", "acme-1")
    marked = [number for number, line in enumerate(text.splitlines(), 1) if "# fill in: " in line]
    assert faults(office, text) == {"accounts[0].account.account_number": marked[0]}
    filled = text.replace('account_number: ""', 'account_number: "0077"')
    assert faults(office, filled) == {}
    assert "Inadvertent" not in text
    assert "Best Practice" not in text
    told = office.home.told("new-port", "acme-1")
    assert yaml.safe_load(text) == told["request"]
    assert told["demand"] is None


def test_a_port_nobody_wanted_comes_with_what_to_write_to_the_carriers(office: Office) -> None:
    office.moved(4 * DAY, State.COMPLETED)
    text = office.home.ok("new-port", "acme-1", "--inadvertent")
    assert "# We refer to LNPA Best Practice 42" in text
    assert set(faults(office, text)) == {"accounts[0].account.account_number"}
    assert "Best Practice 42" in office.home.told("new-port", "acme-1", "--inadvertent")["demand"]


def test_nothing_to_port_back_is_told(office: Office) -> None:
    office.order(State.SUBMITTED)
    said = office.home.refused("new-port", "acme-1")
    assert "acme-1 has nothing to port back. From the cutover. See `portolan undo acme-1`." in said


async def test_time_is_the_orders_own_where_a_server_keeps_it(shared_world: World, tmp_path: Path) -> None:
    port = await shared_world.port(Script())
    await port.clock.past(3 * DAY)
    home = Home(tmp_path, shared_world.client.service_client.config.target_host, shared_world.settings.task_queue)
    home.environment["PORTOLAN_DATA_DIR"] = str(shared_world.settings.data_dir)
    done = await asyncio.to_thread(home.run, "undo", port.order_id, "--json")
    told = datetime.fromisoformat(done.json["now"])
    assert told > NOW + 2 * DAY


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "0048",
        "yes",
        "null",
        "~",
        "a: b",
        "# no",
        "- x",
        'say "hi"',
        "back\\slash",
        "东京 é",
        "1\u20282",
        "",
        "[x]",
    ],
)
def test_yaml_is_read_as_it_was_meant(text: str) -> None:
    data = {"a": text, "b": [text, {"c": text, "d": True}], "e": {"f": text}}
    written = request_yaml(data, {"a": "first", "b[0]": "item", "b[1].c": "inner", "e.f": "last"}, "one\n\ntwo")
    assert yaml.safe_load(written) == data
    assert written.startswith("# one\n#\n# two\na: ")
    for remark in ("first", "item", "inner", "last"):
        assert sum(line.endswith(f"  # {remark}") for line in written.splitlines()) == 1
