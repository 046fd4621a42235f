"""Papers of an order at Telnyx: looked for by their digest before they are uploaded, and attached once.

An upload that is attached to nothing is deleted after 30 minutes there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from portolan.carriers.telnyx.calls import Calls, uploaded_name
from portolan.carriers.telnyx.fields import requirement_papers
from portolan.carriers.telnyx.reading import Document, Held
from portolan.domain.carrier import Paper, SendKind, Submission
from portolan.domain.errors import CarrierInvalid, CarrierRefused

#: The kinds Telnyx has a place of its own for, by our kind; every other paper is an additional document.
_PLACES = {"loa": "loa", "bill": "invoice"}
_TYPES = {"loa": "loa", "bill": "invoice", "csr": "csr", "other": "other"}
#: How many additional documents an order takes.
MOST_ADDITIONAL = 100
#: An upload older than this may be gone before it is attached.
FRESH = timedelta(minutes=20)


def check(submission: Submission) -> None:
    """Whether the papers can go out at all; nothing is sent for it.

    Raises:
        CarrierRefused: The signed letter is missing.
        CarrierInvalid: There are too many papers, or one of them is empty.
    """
    if submission.kind is not SendKind.NEW_DATE and not any(paper.kind == "loa" for paper in submission.papers):
        raise CarrierRefused(
            "Nothing was sent: Telnyx needs the signed letter of authorization as a file.",
            f"Attach it: `portolan sign {submission.order_id} --by NAME --on DATE --file SCAN`, then answer retry.",
        )
    if len(submission.papers) > MOST_ADDITIONAL:
        count = len(submission.papers)
        raise CarrierInvalid(f"Nothing was sent: {count} papers, and Telnyx takes {MOST_ADDITIONAL} with an order.")
    for paper in submission.papers:
        if not paper.content:
            raise CarrierInvalid(f"Nothing was sent: {paper.filename} is empty.", "Attach the paper again.")


class Papers:
    """The papers of one sending; each is uploaded once, for however many orders."""

    def __init__(self, calls: Calls, papers: Sequence[Paper], clock: Callable[[], datetime]) -> None:
        self._calls, self._clock = calls, clock
        self._papers = list(papers)
        self._known: dict[str, str] = {}

    def fields(self, held: Held) -> dict[str, Any]:
        """The letter and the bill, where the order does not have them as they are."""
        found: dict[str, str] = {}
        there = held.body.get("documents")
        for kind, place in _PLACES.items():
            paper = self.first(kind)
            if paper is None:
                continue
            attached = there.get(place) if isinstance(there, dict) else None
            if not (isinstance(attached, str) and attached and self._is(attached, paper)):
                found[place] = self.document_id(paper)
        return {"documents": found} if found else {}

    def attach_others(self, held: Held) -> None:
        """Attach the papers without a place of their own that the order does not have yet."""
        placed = [self.first(kind) for kind in _PLACES]
        others = [paper for paper in self._papers if not any(paper is one for one in placed)]
        if not others:
            return
        attached = self._calls.additional(held.carrier_order_id)
        new = [paper for paper in others if uploaded_name(paper) not in attached]
        if new:
            self._calls.add(held.carrier_order_id, [(self.document_id(paper), _TYPES[paper.kind]) for paper in new])

    def requirements(self, held: Held) -> dict[str, Any]:
        """The country's requirements that our papers satisfy.

        Raises:
            CarrierRefused: There are others, which a person has to see to; each is named.
        """
        known = self._calls.requirements(held.carrier_order_id)
        by_paper = requirement_papers(known)
        given = {type_id: paper for type_id, kind in by_paper.items() if (paper := self.first(kind))}
        left = [one.name or one.type_id for one in known if not one.value and one.type_id not in given]
        if left:
            raise CarrierRefused(
                f"The order was not handed in: Telnyx wants {', '.join(left)}.",
                f"Give it in Telnyx's portal for order {held.carrier_order_id}, then answer retry.",
            )
        filled = [
            {"requirement_type_id": type_id, "field_value": self.document_id(paper)} for type_id, paper in given.items()
        ]
        return {"requirements": filled} if filled else {}

    def first(self, kind: str) -> Paper | None:
        """The first paper of a kind."""
        return next((paper for paper in self._papers if paper.kind == kind), None)

    def document_id(self, paper: Paper) -> str:
        """The paper's document at Telnyx: what an earlier try uploaded a moment ago, else a new one."""
        if paper.sha256 not in self._known:
            oldest = self._clock() - FRESH
            fresh = [
                one
                for one in self._calls.documents(paper.sha256)
                if one.sha256 == paper.sha256 and one.created_at and one.created_at > oldest
            ]
            found = fresh[0] if fresh else self._calls.upload(paper)
            self._known[paper.sha256] = self._clean(found, paper).document_id
        return self._known[paper.sha256]

    def _is(self, document_id: str, paper: Paper) -> bool:
        if self._known.get(paper.sha256) == document_id:
            return True
        found = self._calls.document(document_id)
        return found is not None and found.sha256 == paper.sha256

    def _clean(self, document: Document, paper: Paper) -> Document:
        if document.infected:
            raise CarrierInvalid(f"Telnyx finds a virus in {paper.filename}.", "Attach a clean copy.")
        return document
