"""An order's letters, as they are kept: with the secrets that belong on them, once, and named in the records."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from portolan.documents.keeping import CONSENT, Letters
from portolan.documents.letters.render import LetterUnprintable
from portolan.documents.sealing import SealingKey, SealState, SignatureRefused, verify
from portolan.documents.store import XLSX, DocumentRefused, Documents
from portolan.domain.effects import LetterWanted
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.papers import Secret
from portolan.records.store import NewProject, Records
from tests.documents.letters import squeezed, text_of
from tests.world import request

NOW = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
NUMBERS = ["+12125550100", "+12125550101"]
PARIS = ["+33199001210", "+33199001211"]
RIO, GONE = "44FACME12OZH", "44FACME99ABC"
PERSON = "Whether it is signed and dated, a person has to see."


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SealingKey:
    return SealingKey.generate(tmp_path_factory.mktemp("keys"))


class Desk:
    """A document store with records, and one order in them."""

    def __init__(self, folder: Path, key: SealingKey) -> None:
        url = f"sqlite:///{folder / 'records.db'}"
        upgrade(url)
        self.folder = folder
        self.records, self.documents = Records(connect(url)), Documents(folder / "documents")
        self.letters = Letters(self.documents, self.records, lambda: key)

    def reserve(self, *secrets: Secret, **given: Any) -> OrderRequest:
        """An order on record."""
        asked = request("acme-1", **{"numbers": NUMBERS, **given})
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        self.records.reserve(project, [asked], {"acme-1": "port-acme-1"}, NOW, secrets={"acme-1": secrets})
        return asked

    def wanted(self, *secrets: Secret, kind: str = "port", **given: Any) -> LetterWanted:
        """A letter of an order on record."""
        asked = self.reserve(*secrets, **given)
        return LetterWanted(kind=kind, request=asked, account=asked.account)

    def signed_copy(self, letter: LetterWanted, name: str = "scan.pdf") -> Path:
        """The letter as it comes back from another program."""
        made = BytesIO()
        PdfWriter(clone_from=PdfReader(BytesIO(self.letters.rendered(letter)[0].pdf))).write(made)
        return self.file(made.getvalue(), name)

    def file(self, content: bytes, name: str = "scan.pdf") -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def on_record(self) -> list[tuple[str, str, str, str]]:
        """Kind, name, media type and giver of each document of the order."""
        rows = self.records.documents("acme-1")
        return [(row.kind, row.filename, row.media_type, row.stored_by) for row in rows]

    def kinds(self) -> list[str]:
        return sorted(row[0] for row in self.on_record())


@pytest.fixture
def desk(tmp_path: Path, key: SealingKey) -> Desk:
    return Desk(tmp_path, key)


def french(**given: Any) -> dict[str, Any]:
    return {"playbook": "FR-FIX", "country": "FR", "numbers": PARIS, **given}


UNSIGNED = ("port_letter", "acme-1-port.pdf", "application/pdf", "portolan")


def test_the_letter_has_the_rio_of_its_numbers_and_no_other_secret(desk: Desk) -> None:
    secrets = [Secret("", "pin", "4711"), Secret(PARIS[0], "rio", RIO), Secret(PARIS[1], "pac", "ABC123456")]
    wanted = desk.wanted(*secrets, Secret("+33199001299", "rio", GONE), **french())
    assert desk.letters.form(wanted).identifiers == {PARIS[0]: RIO}
    printed = squeezed(text_of(desk.letters.rendered(wanted)[0].pdf))
    found = {secret: secret in printed for secret in (RIO, GONE, "4711", "ABC123456")}
    assert found == {RIO: True, GONE: False, "4711": False, "ABC123456": False}


@pytest.mark.parametrize(
    ("remaining", "kept", "ceased"),
    [("keep", ["+442079460009"], []), ("cease", [], ["+442079460009"]), ("", [], [])],
)
def test_the_numbers_that_stay_are_on_it_where_it_is_said_what_becomes_of_them(
    desk: Desk, remaining: str, kept: list[str], ceased: list[str]
) -> None:
    wanted = desk.wanted(playbook="UK-GEO", country="GB", numbers=["+442079460001"])
    unreadable = "extension 12"
    form = desk.letters.form(wanted.model_copy(update={"left": ["+442079460009", unreadable], "remaining": remaining}))
    assert (list(form.kept_numbers), list(form.ceased_numbers)) == (kept, ceased)


def test_the_account_counts_as_it_stands_now(desk: Desk) -> None:
    order = Order.new(desk.reserve(resp_org="ABC01"), NOW)
    order.account = order.account.model_copy(update={"entity_name": "Acme Manufacturing Incorporated"})
    form = desk.letters.form(LetterWanted.of(order, "port"))
    assert (form.account.entity_name, form.losing_resp_org) == ("Acme Manufacturing Incorporated", "ABC01")


@pytest.mark.parametrize("kind", ["port", "rollback"])
def test_a_letter_is_kept_once_however_often_it_is_wanted(desk: Desk, kind: str) -> None:
    wanted = desk.wanted(kind=kind)
    letter, digest = desk.letters.rendered(wanted)
    assert desk.letters.rendered(wanted) == (letter, digest)
    assert digest == sha256(letter.pdf).hexdigest()
    assert desk.documents.read(digest) == letter.pdf
    assert desk.on_record() == [(f"{kind}_letter", f"acme-1-{kind}.pdf", "application/pdf", "portolan")]


def test_the_spreadsheet_goes_with_its_letter(desk: Desk) -> None:
    letter, _ = desk.letters.rendered(desk.wanted(policy={"loa_attachment_over": 1}))
    assert letter.attachment is not None
    assert sorted(desk.on_record()) == [UNSIGNED, ("port_letter_numbers", letter.attachment_name, XLSX, "portolan")]
    assert desk.documents.read(sha256(letter.attachment).hexdigest()) == letter.attachment


def test_what_cannot_be_printed_is_told_and_not_kept(desk: Desk) -> None:
    wanted = desk.wanted()
    account = wanted.account.model_copy(update={"entity_name": "東京 Ltd"})
    with pytest.raises(LetterUnprintable, match="東"):
        desk.letters.rendered(wanted.model_copy(update={"account": account}))
    assert desk.on_record() == []


def test_an_order_that_is_not_on_record_yet_has_its_letter_all_the_same(desk: Desk) -> None:
    asked = request("stranger-1")
    letter, digest = desk.letters.rendered(LetterWanted(kind="port", request=asked, account=asked.account))
    assert desk.documents.read(digest) == letter.pdf
    assert desk.records.documents("stranger-1") == []


def test_a_signed_copy_is_kept_and_named(desk: Desk) -> None:
    wanted = desk.wanted()
    scan = desk.signed_copy(wanted)
    kept = desk.letters.taken_back(wanted, scan, "Ada Byron")
    assert kept == (sha256(scan.read_bytes()).hexdigest(), [PERSON])
    assert sorted(desk.on_record()) == [("loa", "scan.pdf", "application/pdf", "Ada Byron"), UNSIGNED]
    assert desk.documents.read(kept.sha256) == scan.read_bytes()


def test_a_copy_of_another_letter_is_refused_for_every_reason(desk: Desk) -> None:
    wanted = desk.wanted()
    scan = desk.signed_copy(wanted)
    moved = wanted.request.model_copy(update={"numbers": ["+12125550199"]})
    account = wanted.account.model_copy(update={"entity_name": "Bell Works"})
    with pytest.raises(DocumentRefused) as caught:
        desk.letters.taken_back(wanted.model_copy(update={"request": moved, "account": account}), scan, "Ada Byron")
    for words in ("scan.pdf cannot be taken as the signed letter", "'Bell Works'", "+12125550199"):
        assert words in caught.value.message
    assert desk.kinds() == ["port_letter"]
    with pytest.raises(DocumentRefused, match="There is no document"):
        desk.documents.read(sha256(scan.read_bytes()).hexdigest())


@pytest.mark.parametrize("changed", [False, True])
def test_the_form_given_back_unsigned_is_refused_also_where_it_says_something_else_by_now(
    desk: Desk, changed: bool
) -> None:
    wanted = desk.wanted()
    unsigned = desk.file(desk.letters.rendered(wanted)[0].pdf)
    if changed:
        account = wanted.account.model_copy(update={"postal_code": "02111"})
        wanted = wanted.model_copy(update={"account": account})
    with pytest.raises(DocumentRefused, match="This is the form itself, unsigned"):
        desk.letters.taken_back(wanted, unsigned, "Ada Byron")
    assert desk.kinds() == ["port_letter"]
    assert desk.documents.read(sha256(unsigned.read_bytes()).hexdigest()) == unsigned.read_bytes()


def test_a_file_that_is_not_there_is_named(desk: Desk) -> None:
    with pytest.raises(DocumentRefused, match=r"none\.pdf cannot be read"):
        desk.letters.taken_back(desk.wanted(), desk.folder / "none.pdf", "Ada Byron")


def test_what_is_no_document_is_not_even_stored(desk: Desk) -> None:
    with pytest.raises(DocumentRefused, match=r"letter\.exe cannot be taken .* neither a PDF nor a PNG"):
        desk.letters.taken_back(desk.wanted(), desk.file(b"MZ", "letter.exe"), "Ada Byron")
    assert not (desk.folder / "documents").exists()


def test_a_letter_signed_on_a_screen_is_sealed_and_says_what_was_agreed(desk: Desk, key: SealingKey) -> None:
    wanted = desk.wanted()
    kept = desk.letters.signed_on_screen(wanted, "Ada Byron", NOW.date(), NOW, "203.0.113.7")
    sealed = desk.documents.read(kept.sha256)
    state = verify(sealed)
    assert state == SealState(True, True, "Ada Byron", NOW, key.sha256)
    shown = desk.letters.rendered(wanted)[1]
    printed = squeezed(text_of(sealed))
    for words in ("Ada Byron", CONSENT, "203.0.113.7", shown, *NUMBERS):
        assert squeezed(words) in printed
    assert kept.notes == []
    assert sorted(desk.on_record()) == [("loa", "acme-1-signed.pdf", "application/pdf", "Ada Byron"), UNSIGNED]


def test_a_letter_that_wants_ink_is_not_signed_on_a_screen(desk: Desk) -> None:
    wanted = desk.wanted(policy={"signature_modes": ["wet"]})
    with pytest.raises(SignatureRefused):
        desk.letters.signed_on_screen(wanted, "Ada Byron", NOW.date(), NOW)
    assert "loa" not in desk.kinds()


def test_letters_without_a_key_seal_nothing(desk: Desk) -> None:
    wanted = desk.wanted()
    with pytest.raises(ValueError, match="no key to seal with"):
        Letters(desk.documents, desk.records).signed_on_screen(wanted, "Ada Byron", NOW.date(), NOW)
    assert desk.kinds() == []
