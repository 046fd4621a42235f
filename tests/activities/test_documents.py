"""Letters under Temporal's activity environment: rendered again they are the same, and failures have a type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.documents import DocumentActivities
from portolan.documents.keeping import RETURN_CONSENT, RETURN_LOA, Letters
from portolan.documents.registry import letters
from portolan.documents.sealing import SealingKey, verify
from portolan.documents.store import Documents
from portolan.domain.effects import LetterWanted, SignReturn
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.papers import Secret
from portolan.records.store import NewProject, Records
from portolan.settings import Settings
from tests.documents.letters import squeezed, text_of
from tests.world import request

NOW = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
NUMBER, RIO = "+33199001210", "44FACME12OZH"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SealingKey:
    return SealingKey.generate(tmp_path_factory.mktemp("keys"))


class Office:
    """A document store with records, one French order in them, and the activities."""

    def __init__(self, folder: Path, key: SealingKey | None = None, **policy: Any) -> None:
        url = f"sqlite:///{folder / 'records.db'}"
        upgrade(url)
        self.records, self.documents = Records(connect(url)), Documents(folder / "documents")
        self.activities = DocumentActivities(Letters(self.documents, self.records, (lambda: key) if key else None))
        self.request = request("acme-1", playbook="FR-FIX", country="FR", numbers=[NUMBER], policy=policy)
        project = NewProject(self.request.project_id, self.request.reference, self.request.customer)
        kept = {"acme-1": [Secret(NUMBER, "rio", RIO)]}
        self.records.reserve(project, [self.request], {"acme-1": "port-acme-1"}, NOW, secrets=kept)

    def render(self, kind: str = "port", **account: str) -> str:
        wanted = LetterWanted(kind=kind, request=self.request, account=self.request.account.model_copy(update=account))
        digest: str = ActivityEnvironment().run(self.activities.render_letter, wanted)
        return digest

    def sign(self, by: str = "Grace Hopper", at: datetime = NOW, **account: str) -> str:
        wanted = LetterWanted(
            kind="rollback", request=self.request, account=self.request.account.model_copy(update=account)
        )
        signing = SignReturn(wanted=wanted, signed_by=by, signed_at=at)
        digest: str = ActivityEnvironment().run(self.activities.sign_return, signing)
        return digest

    def signed(self) -> list[tuple[str, str]]:
        """Digest and signer of each signed letter of return on record."""
        rows = self.records.documents("acme-1")
        return [(row.sha256, row.stored_by) for row in rows if row.kind == RETURN_LOA]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_what_is_registered_is_what_the_workflow_calls(office: Office) -> None:
    assert [each.__name__ for each in office.activities.all] == ["render_letter", "sign_return"]


def test_the_letter_is_in_the_store_under_its_own_hash_once(office: Office) -> None:
    digests = {office.render() for _ in range(3)}
    (digest,) = digests
    content = office.documents.read(digest)
    assert sha256(content).hexdigest() == digest
    assert RIO in squeezed(text_of(content))
    assert [(row.sha256, row.kind) for row in office.records.documents("acme-1")] == [(digest, "port_letter")]


def test_other_words_or_the_way_back_are_another_letter(office: Office) -> None:
    digests = [office.render(), office.render(postal_code="02111"), office.render("rollback")]
    assert len(set(digests)) == 3
    assert {row.sha256 for row in office.records.documents("acme-1")} == set(digests)
    assert RIO not in squeezed(text_of(office.documents.read(digests[2])))


def test_a_letter_that_cannot_be_printed_is_reported_by_its_code(office: Office) -> None:
    with pytest.raises(ApplicationError) as caught:
        office.render(entity_name="東京 Ltd")
    assert caught.value.type == "letter_unprintable"
    assert office.records.documents("acme-1") == []


def test_a_letter_of_return_is_sealed_in_the_name_of_who_decided(tmp_path: Path, key: SealingKey) -> None:
    office = Office(tmp_path, key)
    digest = office.sign()
    content = office.documents.read(digest)
    assert sha256(content).hexdigest() == digest
    state = verify(content)
    assert (state.intact, state.covers_whole_document, state.problem) == (True, True, "")
    assert (state.signer_name, state.signed_at, state.key_sha256) == ("Grace Hopper", NOW, key.sha256)
    printed = squeezed(text_of(content))
    for words in ("Grace Hopper", RETURN_CONSENT, NUMBER, office.render("rollback")):
        assert squeezed(words) in printed
    assert office.signed() == [(digest, "Grace Hopper")]
    names = [row.filename for row in office.records.documents("acme-1") if row.kind == RETURN_LOA]
    assert names == ["acme-1-rollback-signed-20261122T150405Z.pdf"]


def test_the_same_decision_is_signed_once_and_another_one_again(tmp_path: Path, key: SealingKey) -> None:
    office = Office(tmp_path, key)
    first = office.sign()
    assert {office.sign() for _ in range(2)} == {first}
    assert office.sign(at=NOW.astimezone(tz=None)) == first
    other, later = office.sign(by="Charles Babbage"), office.sign(at=NOW + timedelta(seconds=1))
    assert len({first, other, later}) == 3
    assert sorted(office.signed()) == sorted(
        [(first, "Grace Hopper"), (other, "Charles Babbage"), (later, "Grace Hopper")]
    )


def test_the_letter_has_the_date_where_the_order_is(tmp_path: Path, key: SealingKey) -> None:
    office = Office(tmp_path, key)
    before_midnight = datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC)
    for moment, day in ((before_midnight, "22"), (before_midnight + timedelta(seconds=1), "23")):
        printed = text_of(office.documents.read(office.sign(at=moment)))
        assert f"(écrite par le signataire) 2026-11-{day}" in printed


def test_a_letter_that_wants_ink_is_refused_for_good(tmp_path: Path, key: SealingKey) -> None:
    office = Office(tmp_path, key, signature_modes=["wet"])
    with pytest.raises(ApplicationError) as caught:
        office.sign()
    assert (caught.value.type, caught.value.non_retryable) == ("signature_refused", True)
    assert office.signed() == []


def test_the_deployments_letters_are_sealed_with_its_own_key(tmp_path: Path) -> None:
    office = Office(tmp_path)
    settings = Settings(data_dir=tmp_path / "data")
    office.activities = DocumentActivities(letters(settings, office.records))
    office.documents = Documents(settings.documents)
    sealed = verify(office.documents.read(office.sign()))
    assert sealed.key_sha256 == SealingKey.generate(settings.data_dir).sha256
