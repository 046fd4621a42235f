"""The documents that go out with an order: the letter that was signed for it, and the newest of what supports it."""

from __future__ import annotations

from portolan.documents.store import Documents
from portolan.domain.carrier import Paper, Submission, root_id
from portolan.records.papers import Papers
from portolan.records.tables import DocumentRow

#: What carriers call what was given as evidence.
_KINDS = {"bill": "bill", "csr": "csr", "portal_screenshot": "other"}


def enclosed(records: Papers, store: Documents, submission: Submission) -> list[Paper]:
    """The papers of a sending, with their content; those of an order it was split out of count, too.

    Raises:
        DocumentRefused: A document on record is not in the store.
    """
    rows = records.documents(submission.order_id)
    root = root_id(submission.order_id)
    if root != submission.order_id:
        rows = [*records.documents(root), *rows]
    wanted: dict[str, tuple[str, DocumentRow]] = {}
    for row in rows:
        if row.sha256 == submission.loa_document:
            wanted["loa"] = ("loa", row)
        if row.kind in _KINDS:
            wanted[row.kind] = (_KINDS[row.kind], row)
    return [
        Paper.model_validate(
            {
                "kind": kind,
                "filename": row.filename,
                "media_type": row.media_type,
                "sha256": row.sha256,
                "content": store.read(row.sha256),
            }
        )
        for kind, row in wanted.values()
    ]
