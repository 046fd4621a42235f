"""The case file: everything on record, each entry by its hash, without secrets, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest

from portolan.documents import case_file
from portolan.documents.case_file import CaseFileUnwritable, write
from portolan.documents.certificate import CertificateUnprintable, render
from portolan.documents.store import Documents
from portolan.domain.certificate import holds
from portolan.domain.effects import Publication
from portolan.domain.order import Cause, Evidence, Loa, Order
from portolan.domain.states import State
from portolan.domain.telling import NoticeKind
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.papers import Secret
from portolan.records.store import NewProject, Records
from tests.world import request

NOW = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
PDF, SCAN = b"%PDF-1.7 the letter", b"\x89PNG\r\n\x1a\n a bill"
PIN, PAC = "98761234", "QZX654321"
ALWAYS = [
    "order.json",
    "timeline.json",
    "timeline.csv",
    "carrier-messages.json",
    "notices.json",
    "clocks.json",
    "ledger.json",
    "certificate.json",
    "certificate.pdf",
]


class Desk:
    """Records and documents with one order in them."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'records.db'}"
        upgrade(url)
        self.folder, self.target = folder, folder / "case.zip"
        self.records, self.documents = Records(connect(url)), Documents(folder / "documents")
        asked = request("acme-1", numbers=["+12125550100"])
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        secrets = [Secret("", "pin", PIN), Secret("+12125550100", "pac", PAC), Secret("", "nif", "12")]
        self.records.reserve(project, [asked], {"acme-1": "port-acme-1"}, NOW, secrets={"acme-1": secrets})
        self.order = Order.new(asked, NOW)
        self.publish()

    def publish(self) -> None:
        self.records.publish(Publication(order=self.order, entries=self.order.unpublished), "test")
        self.order.unpublished = []

    def note(self, kind: str, detail: str) -> None:
        self.order.record(Cause(kind, "Ada", NOW), NOW, detail)
        self.publish()

    def give(self, content: bytes, kind: str, name: str) -> str:
        stored = self.documents.put_bytes(content)
        self.records.add_document("acme-1", stored.sha256, kind, name, stored.size, stored.media_type, NOW, "Ada")
        return stored.sha256

    def write(self) -> case_file.CaseFile:
        return write(self.target, self.order, self.records, self.documents, NOW)

    def content(self) -> dict[str, bytes]:
        self.write()
        with ZipFile(self.target) as archive:
            assert archive.testzip() is None
            return {name: archive.read(name) for name in archive.namelist()}

    def json(self, name: str) -> Any:
        return json.loads(self.content()[name])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_it_has_everything_in_a_fixed_order_and_says_so(desk: Desk) -> None:
    letter, bill = desk.give(PDF, "loa", "signed.pdf"), desk.give(SCAN, "bill", "../../bill.png")
    made, content = desk.write(), desk.content()
    named = sorted([(letter, f"documents/loa-{letter[:12]}.pdf"), (bill, f"documents/bill-{bill[:12]}.png")])
    assert list(content) == [*ALWAYS, *(name for _, name in named), "MANIFEST.json"]
    assert (made.path, made.entries, made.missing) == (desk.target, list(content), [])
    for digest, name in named:
        assert sha256(content[name]).hexdigest() == digest


def test_the_manifest_has_the_hash_of_each_entry(desk: Desk) -> None:
    desk.give(PDF, "loa", "signed.pdf")
    content = desk.content()
    manifest = json.loads(content.pop("MANIFEST.json"))
    assert manifest["entries"] == [
        {"name": name, "sha256": sha256(held).hexdigest(), "size": len(held)} for name, held in content.items()
    ]
    assert (manifest["order_id"], manifest["generated_at"], manifest["missing"]) == (
        "acme-1",
        "2026-11-22T15:04:05+00:00",
        [],
    )


def test_the_same_records_give_the_same_bytes(desk: Desk) -> None:
    desk.give(PDF, "loa", "signed.pdf")
    desk.write()
    first = desk.target.read_bytes()
    desk.write()
    assert desk.target.read_bytes() == first
    with ZipFile(desk.target) as archive:
        assert {(one.date_time, one.compress_type, one.create_system) for one in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), ZIP_STORED, 3)
        }


def test_the_order_is_there_without_what_the_workflow_keeps_for_itself(desk: Desk) -> None:
    order = desk.json("order.json")
    assert order["request"]["account"]["account_number"] == "0048-1937"
    assert not {"seen", "unpublished", "unsent"} & set(order)


def test_the_timeline_has_every_revision_and_the_table_those_that_count(desk: Desk) -> None:
    desk.note("approve", "first words")
    desk.order.sequence -= 1
    desk.note("approve", "other words")
    told = desk.json("timeline.json")
    assert [(row["sequence"], row["revision"], row["counts"]) for row in told] == [
        (1, 1, True),
        (2, 1, False),
        (2, 2, True),
    ]
    rows = list(csv.DictReader(io.StringIO(desk.content()["timeline.csv"].decode())))
    assert [(row["sequence"], row["detail"]) for row in rows] == [("1", "1 number(s)"), ("2", "other words")]


def test_a_spreadsheet_takes_nothing_for_a_formula(desk: Desk) -> None:
    hostile = ["=1+1", "+12125550100 is out", "-2", "@cmd", "fine = fine"]
    for detail in hostile:
        desk.note("note", detail)
    rows = list(csv.DictReader(io.StringIO(desk.content()["timeline.csv"].decode())))[1:]
    assert [row["detail"] for row in rows] == [f"'{text}" for text in hostile[:4]] + ["fine = fine"]
    assert [row["detail"] for row in desk.json("timeline.json")][1:] == hostile


def test_messages_and_notices_of_this_order_and_no_other_are_there(desk: Desk) -> None:
    desk.records.keep_message("telnyx", "m-2", "acme-1", {"status": "ported"}, NOW)
    desk.records.keep_message("telnyx", "m-3", "other-1", {"status": "ported"}, NOW)
    desk.records.claim_notice("acme-1:2:submitted", "ada@acme.example", "acme-1", NoticeKind.SUBMITTED, NOW)
    desk.records.claim_notice("other-1:2:submitted", "ada@acme.example", "other-1", NoticeKind.SUBMITTED, NOW)
    (message,) = desk.json("carrier-messages.json")
    assert (message["message_id"], message["body"]) == ("m-2", {"status": "ported"})
    (notice,) = desk.json("notices.json")
    assert (notice["key"], notice["status"]) == ("acme-1:2:submitted", "sending")


def test_clocks_are_there_with_their_rules_and_whether_they_have_passed(desk: Desk) -> None:
    desk.order.loa = Loa(signed_by="Ada", signed_on=NOW.date(), expires_at=NOW)
    desk.order.chase_at = NOW.replace(microsecond=1)
    clocks = desk.json("clocks.json")
    assert clocks["policy"]["loa_max_age_days"] == 30
    told = {one["what"]: (one["at"], one["passed"]) for one in clocks["deadlines"]}
    assert told["the LOA is too old to be sent"] == ("2026-11-22T15:04:05+00:00", True)
    assert told["the losing carrier is chased"] == ("2026-11-22T15:04:05.000001+00:00", False)


def test_the_ledger_and_the_certificate_are_those_of_the_moment(desk: Desk) -> None:
    ledger = desk.json("ledger.json")
    assert [(row["kind"], row["available"], row["left"]) for row in ledger][:2] == [
        ("cancel", True, "no limit"),
        ("supplement", False, None),
    ]
    content = desk.content()
    issued = json.loads(content["certificate.json"])
    assert holds(issued)
    assert issued["generated_at"] == "2026-11-22T15:04:05Z"
    assert content["certificate.pdf"] == render(issued)


def test_no_secret_is_in_it_wherever_somebody_wrote_it(desk: Desk) -> None:
    desk.order.outcome = f"the PIN is {PIN}"
    desk.order.cancel_reason = f"{PAC}; {PIN}."
    desk.note("note", f"PIN {PIN} was given by phone")
    body = {
        "status": "rejected",
        "pin": "sesame-1",
        "data": {"portOutPin": "sesame-2", "passcode": 7654321987, "accountPassword": {"value": "sesame-3"}},
        "notes": [f"tried {PIN}", int(PIN)],
        "api-key": "sesame-4",
        "pin_required": True,
        "pin_length": None,
        "shipping": "6666",
    }
    desk.records.keep_message("telnyx", "m-1", "acme-1", body, NOW)
    content = desk.content()
    for name, held in content.items():
        for secret in (PIN, PAC, "sesame", "7654321987"):
            assert secret.encode() not in held, (name, secret)
    (message,) = json.loads(content["carrier-messages.json"])
    assert message["body"]["shipping"] == "6666"
    assert (message["body"]["pin_required"], message["body"]["pin_length"]) == (True, None)
    assert message["body"]["notes"] == ["tried [secret]", "[secret]"]
    issued = json.loads(content["certificate.json"])
    assert issued["order"]["outcome"] == "the PIN is [secret]"
    assert holds(issued)


def test_a_secret_that_looks_like_a_year_spoils_no_moment_and_a_short_one_nothing(desk: Desk) -> None:
    desk.records.give_secret("acme-1", Secret("", "pin", "2026"))
    assert desk.json("timeline.json")[0]["occurred_at"].startswith("2026-11-22T15:04:05")
    assert desk.json("order.json")["request"]["account"]["service_address"] == "12 Harbor Street, Boston, MA"


def test_documents_that_are_gone_are_listed_and_stop_nothing(desk: Desk) -> None:
    gone, forged, kept = (desk.give(content, "bill", "bill.pdf") for content in (PDF, PDF + b"1", PDF + b"2"))
    desk.documents.remove(gone)
    (desk.folder / "documents" / forged[:2] / forged).write_bytes(b"%PDF-1.7 forged")
    forgotten = sha256(b"forgotten").hexdigest()
    desk.order.evidences = [Evidence(kind="bill", by="Ada", given_at=NOW, document=forgotten)]
    made = desk.write()
    told = {one.sha256: one.why for one in made.missing}
    assert set(told) == {gone, forged, forgotten}
    assert "There is no document" in told[gone]
    assert "was changed on disk" in told[forged]
    assert "not on record: forgotten, or never kept" in told[forgotten]
    assert [name for name in made.entries if name.startswith("documents/")] == [f"documents/bill-{kept[:12]}.pdf"]
    assert {one["sha256"] for one in desk.json("MANIFEST.json")["missing"]} == set(told)


def test_a_document_that_only_the_order_names_is_there_once(desk: Desk) -> None:
    letter = desk.documents.put_bytes(PDF).sha256
    desk.order.letters = {"port": letter}
    desk.order.loa = Loa(signed_by="Ada", signed_on=NOW.date(), expires_at=NOW, document=letter)
    names = [name for name in desk.write().entries if name.startswith("documents/")]
    assert names == [f"documents/loa-{letter[:12]}.pdf"]


def test_a_kind_cannot_lead_out_of_its_folder(desk: Desk) -> None:
    digest = desk.give(PDF, "../../x", "x.pdf")
    assert f"documents/______x-{digest[:12]}.pdf" in desk.write().entries


def test_a_certificate_that_cannot_be_printed_is_listed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(issued: dict[str, Any]) -> bytes:
        raise CertificateUnprintable("no type")

    monkeypatch.setattr(case_file, "render", refuse)
    made = desk.write()
    assert [(one.kind, one.why) for one in made.missing] == [("certificate.pdf", "no type")]
    assert "certificate.pdf" not in made.entries
    assert "certificate.json" in made.entries


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_was_there_stays_when_it_cannot_be_finished(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    desk.target.write_bytes(b"earlier")

    def fail(issued: dict[str, Any]) -> bytes:
        raise trouble

    monkeypatch.setattr(case_file, "render", fail)
    with pytest.raises((CaseFileUnwritable, KeyboardInterrupt)):
        desk.write()
    assert desk.target.read_bytes() == b"earlier"
    assert [path.name for path in desk.folder.iterdir() if "case.zip" in path.name] == ["case.zip"]


def test_a_folder_that_is_not_there_is_told(desk: Desk) -> None:
    desk.target = desk.folder / "none" / "case.zip"
    with pytest.raises(CaseFileUnwritable, match=r"case.zip cannot be written: No such file .* Name another file"):
        desk.write()


def test_a_target_that_is_a_folder_is_told_and_left_alone(desk: Desk) -> None:
    desk.target.mkdir()
    with pytest.raises(CaseFileUnwritable):
        desk.write()
    assert desk.target.is_dir()
    assert not list(desk.folder.glob(".case*"))


def test_the_file_is_for_its_owner_alone(desk: Desk) -> None:
    desk.write()
    assert desk.target.stat().st_mode & 0o777 == 0o600


def test_an_order_that_has_ended_has_one_too(desk: Desk) -> None:
    for state in (State.CANCELLING, State.CANCELLED):
        desk.order.move(state, Cause("cancel", "Ada", NOW), NOW)
    desk.publish()
    assert desk.json("certificate.json")["order"]["state"] == "cancelled"
