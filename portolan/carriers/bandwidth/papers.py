"""Documents at Bandwidth: uploaded once each, however often that is tried."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from portolan.carriers.bandwidth import xml
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.submission import PAPER_KINDS, letters_first
from portolan.domain.carrier import Paper

#: So much of a paper's hash begins its name at Bandwidth, by which it is known again.
_MARK = 12


def upload(calls: Calls, order_id: str, papers: Sequence[Paper]) -> None:
    """Give a port-in the papers that it does not have yet.

    A paper whose upload was not answered is not named yet, and is uploaded once more: the newest of a kind counts.
    """
    if not papers:
        return
    path = f"portins/{quote(order_id, safe='')}/loas"
    listed = calls.get(path, {"metadata": "true"})
    there = {name[:_MARK] for name in xml.texts(listed, "DocumentName")} if listed is not None else set()
    for paper in letters_first(papers):
        if paper.sha256[:_MARK] not in there:
            _upload(calls, path, paper)


def _upload(calls: Calls, path: str, paper: Paper) -> None:
    kind = PAPER_KINDS[paper.kind]
    response = calls.change(
        "POST",
        path,
        params={"documentType": kind},
        content=paper.content,
        headers={"content-type": paper.media_type, "documentType": kind},
    )
    with calls.http.understanding(f"POST /{path}", changes=True):
        file = xml.words(xml.read(response.content), "filename")
        if not file:
            raise ValueError("an upload without a name")
    name = f"{paper.sha256[:_MARK]} {paper.filename}"
    values: dict[str, xml.Value] = {"DocumentName": name, "DocumentType": kind}
    calls.send("PUT", f"{path}/{quote(file, safe='')}/metadata", "FileMetaData", values)
