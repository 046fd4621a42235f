"""Letters under Temporal's activity environment: rendered again they are the same, and failures have a type."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.documents import DocumentActivities
from portolan.documents.keeping import Letters
from portolan.documents.store import Documents
from portolan.domain.effects import LetterWanted
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.papers import Secret
from portolan.records.store import NewProject, Records
from tests.documents.letters import squeezed, text_of
from tests.world import request

NOW = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
NUMBER, RIO = "+33199001210", "44FACME12OZH"


class Office:
    """A document store with records, one French order in them, and the activities."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'records.db'}"
        upgrade(url)
        self.records, self.documents = Records(connect(url)), Documents(folder / "documents")
        self.activities = DocumentActivities(Letters(self.documents, self.records))
        self.request = request("acme-1", playbook="FR-FIX", country="FR", numbers=[NUMBER])
        project = NewProject(self.request.project_id, self.request.reference, self.request.customer)
        kept = {"acme-1": [Secret(NUMBER, "rio", RIO)]}
        self.records.reserve(project, [self.request], {"acme-1": "port-acme-1"}, NOW, secrets=kept)

    def render(self, kind: str = "port", **account: str) -> str:
        wanted = LetterWanted(kind=kind, request=self.request, account=self.request.account.model_copy(update=account))
        digest: str = ActivityEnvironment().run(self.activities.render_letter, wanted)
        return digest


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_what_is_registered_is_what_the_workflow_calls(office: Office) -> None:
    assert [each.__name__ for each in office.activities.all] == ["render_letter"]


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
