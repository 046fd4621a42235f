"""The document store: what is in it never changes, and is named by what it is."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from portolan.documents import store
from portolan.documents.store import MAGIC, DocumentRefused, Documents

PDF = b"%PDF-1.7 a letter of authorization"


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents(tmp_path / "documents")


def write(folder: Path, content: bytes, name: str = "loa.pdf") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def kept(documents: Documents) -> list[Path]:
    return [path for path in documents._folder.rglob("*") if path.is_file()]


def test_a_document_is_named_by_its_content(documents: Documents, tmp_path: Path) -> None:
    stored = documents.put(write(tmp_path, PDF))
    assert stored == (sha256(PDF).hexdigest(), len(PDF), "application/pdf")
    assert documents.read(stored.sha256) == PDF
    (path,) = kept(documents)
    assert path.name == stored.sha256


@pytest.mark.parametrize(("kind", "start"), [(kind, start) for kind, starts in MAGIC.items() for start in starts])
def test_the_kind_is_told_from_the_content_not_from_the_name(
    documents: Documents, tmp_path: Path, kind: str, start: bytes
) -> None:
    assert documents.put(write(tmp_path, start + b"...", "letter.txt")).media_type == kind


def test_the_same_content_again_changes_nothing(documents: Documents, tmp_path: Path) -> None:
    first = documents.put(write(tmp_path, PDF))
    (path,) = kept(documents)
    before = path.stat()
    assert documents.put(write(tmp_path, PDF, "another-name.pdf")) == first
    assert kept(documents) == [path]
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_original_may_change_or_go(documents: Documents, tmp_path: Path) -> None:
    original = write(tmp_path, PDF)
    stored = documents.put(original)
    original.write_bytes(b"%PDF- something else")
    assert documents.read(stored.sha256) == PDF
    original.unlink()
    assert documents.read(stored.sha256) == PDF


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is none of application/pdf"),
        (b"MZ\x90\x00", "is none of application/pdf"),
        (b"<script>alert(1)</script>%PDF-", "is none of application/pdf"),
    ],
)
def test_what_is_no_pdf_or_scan_is_refused(documents: Documents, tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(DocumentRefused, match=words):
        documents.put(write(tmp_path, content))
    assert kept(documents) == []


def test_the_largest_document_is_taken_and_a_larger_one_refused(
    documents: Documents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LARGEST", len(PDF))
    documents.put(write(tmp_path, PDF))
    with pytest.raises(DocumentRefused, match="larger than"):
        documents.put(write(tmp_path, PDF + b"."))
    assert len(kept(documents)) == 1


@pytest.mark.parametrize("name", ["missing.pdf", "."])
def test_a_file_that_cannot_be_read_is_refused_by_name(documents: Documents, tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentRefused, match=r"cannot be read: (No such file|Is a directory)"):
        documents.put(tmp_path / name)


def test_a_document_that_was_changed_on_disk_is_never_given_out(documents: Documents, tmp_path: Path) -> None:
    stored = documents.put(write(tmp_path, PDF))
    (path,) = kept(documents)
    path.write_bytes(PDF + b" and more")
    with pytest.raises(DocumentRefused, match="changed on disk"):
        documents.read(stored.sha256)


def test_a_damaged_document_is_mended_by_giving_it_again(documents: Documents, tmp_path: Path) -> None:
    stored = documents.put(write(tmp_path, PDF))
    (path,) = kept(documents)
    path.write_bytes(b"")
    documents.put(write(tmp_path, PDF))
    assert documents.read(stored.sha256) == PDF


@pytest.mark.parametrize("digest", ["0" * 64, "", "..", "../../etc/passwd", "/etc/passwd", "ab"])
def test_what_is_not_there_is_refused(documents: Documents, tmp_path: Path, digest: str) -> None:
    documents.put(write(tmp_path, PDF))
    with pytest.raises(DocumentRefused, match="There is no document"):
        documents.read(digest)


def test_a_write_that_fails_leaves_nothing_behind(
    documents: Documents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DocumentRefused, match="No space left"):
        documents.put(write(tmp_path, PDF))
    assert kept(documents) == []
    monkeypatch.undo()
    assert documents.read(documents.put(write(tmp_path, PDF)).sha256) == PDF


def test_many_may_give_the_same_document_at_once(documents: Documents, tmp_path: Path) -> None:
    path = write(tmp_path, PDF * 10_000)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: documents.put(path), range(32)))
    assert len(found) == 1
    assert [path.name for path in kept(documents)] == [found.pop().sha256]
