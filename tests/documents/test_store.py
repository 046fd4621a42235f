"""The document store: what is in it never changes, and is named by what it is."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from portolan.documents import store
from portolan.documents.store import MAGIC, OWN, XLSX, DocumentRefused, Documents

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


def test_bytes_are_kept_like_a_file(documents: Documents, tmp_path: Path) -> None:
    assert documents.put_bytes(PDF) == documents.put(write(tmp_path, PDF))
    assert documents.read(documents.put_bytes(PDF).sha256) == PDF
    assert len(kept(documents)) == 1


def test_bytes_that_are_refused_are_called_by_name(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentRefused, match=r"^The letter is none of application/pdf"):
        documents.put_bytes(b"MZ", "The letter")
    monkeypatch.setattr(store, "LARGEST", len(PDF))
    with pytest.raises(DocumentRefused, match=r"^The document is larger than"):
        documents.put_bytes(PDF + b".")


def test_a_spreadsheet_is_taken_from_us_and_from_nobody_else(documents: Documents, tmp_path: Path) -> None:
    sheet = b"PK\x03\x04 a workbook"
    with pytest.raises(DocumentRefused, match="is none of"):
        documents.put(write(tmp_path, sheet, "numbers.xlsx"))
    with pytest.raises(DocumentRefused, match="is none of"):
        documents.put_bytes(sheet)
    assert documents.put_bytes(sheet, kinds=OWN).media_type == XLSX
    assert documents.put_bytes(PDF, kinds=OWN).media_type == "application/pdf"
    with pytest.raises(DocumentRefused, match="is none of"):
        documents.put_bytes(b"PK\x05\x06", kinds=OWN)


def test_a_removed_document_is_gone_and_removing_it_again_is_no_error(documents: Documents) -> None:
    stays, goes = documents.put_bytes(PDF + b"1").sha256, documents.put_bytes(PDF + b"2").sha256
    assert documents.remove(goes) is True
    with pytest.raises(DocumentRefused, match="There is no document"):
        documents.read(goes)
    assert documents.remove(goes) is False
    assert documents.read(stays) == PDF + b"1"
    assert documents.put_bytes(PDF + b"2").sha256 == goes
    assert documents.read(goes) == PDF + b"2"


@pytest.mark.parametrize("digest", ["0" * 64, "", "..", "../kept", "AB" * 32])
def test_nothing_outside_the_store_is_removed(documents: Documents, tmp_path: Path, digest: str) -> None:
    documents.put_bytes(PDF)
    (tmp_path / "kept").write_bytes(b"")
    assert documents.remove(digest) is False
    assert (tmp_path / "kept").exists()
    assert len(kept(documents)) == 1


def test_a_document_that_cannot_be_removed_is_told(documents: Documents) -> None:
    digest = documents.put_bytes(PDF).sha256
    (path,) = kept(documents)
    path.unlink()
    path.mkdir()
    with pytest.raises(DocumentRefused, match=f"{digest} cannot be deleted: "):
        documents.remove(digest)


def test_documents_are_for_the_owner_alone_even_in_a_folder_that_was_open(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "documents"
    before = os.umask(0)
    try:
        Documents(folder).put_bytes(PDF)
        folder.chmod(0o755)
        digest = Documents(folder).put_bytes(PDF + b".").sha256
    finally:
        os.umask(before)
    paths = [folder, folder / digest[:2], folder / digest[:2] / digest]
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o700, 0o700, 0o600]


def test_many_may_give_the_same_document_at_once(documents: Documents, tmp_path: Path) -> None:
    path = write(tmp_path, PDF * 10_000)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: documents.put(path), range(32)))
    assert len(found) == 1
    assert [path.name for path in kept(documents)] == [found.pop().sha256]
