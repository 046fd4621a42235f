"""The seal: what it proves, that every changed byte shows, and the key's life on disk."""

from __future__ import annotations

import re
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pypdf import PdfReader

from portolan.documents.letters.render import render
from portolan.documents.sealing import KEY_FILE, SealingKey, SealState, SignatureRefused, sign_electronically, verify
from portolan.domain.errors import ConfigurationError
from tests.documents.letters import CONSENT, form, png, signature_for, squeezed, text_of

ASKED = form("us_toll_free", attach_over=2)
SIGNED_AT = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SealingKey:
    return SealingKey.generate(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def sealed(key: SealingKey) -> bytes:
    return sign_electronically(ASKED, signature_for(ASKED), key)


@pytest.fixture(scope="module")
def container() -> bytes:
    """A PKCS#12 file with another kind of key, under a password."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Company seal")])
    builder = x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(SIGNED_AT).not_valid_after(SIGNED_AT + timedelta(days=1))
    certificate = builder.sign(private, hashes.SHA256())
    secret = BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"seal", private, certificate, None, secret)


def test_a_sealed_letter_says_who_signed_when_and_under_which_key(sealed: bytes, key: SealingKey) -> None:
    assert verify(sealed) == SealState(True, True, "Ada Byron", SIGNED_AT, key.sha256)
    text = squeezed(text_of(sealed))
    for fact in ("Ada Byron", "2026-11-22", CONSENT, sha256(render(ASKED).pdf).hexdigest(), ASKED.order_id):
        assert squeezed(fact) in text


def test_the_time_in_the_seal_is_the_signers_own_whatever_the_clock_says(key: SealingKey) -> None:
    at = datetime(2031, 1, 1, 3, 0, tzinfo=timezone(timedelta(hours=9)))
    signature = signature_for(ASKED, signed_at=at, signed_on=at.date(), method="drawn", drawing=png())
    assert verify(sign_electronically(ASKED, signature, key)).signed_at == at


def test_nothing_is_asked_of_the_network(key: SealingKey, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object) -> NoReturn:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", offline)
    monkeypatch.setattr(socket, "getaddrinfo", offline)
    assert verify(sign_electronically(ASKED, signature_for(ASKED), key)).intact


def positions(pdf: bytes) -> dict[str, int]:
    """One place in every part of a sealed file: what the digest covers, the gap's own structure, its filling."""
    gap = re.search(rb"/Contents <([0-9A-F]+)>", pdf)
    assert gap
    start, end = gap.span(1)
    length = len(gap[1].rstrip(b"0"))
    covered = {f"covered {part}/12": len(pdf) * part // 12 for part in range(12) if part < 10}
    inside = {f"signature {part}/16": start + length * part // 16 for part in range(16)}
    heads = {f"head, digit {digit}": start + digit for digit in (5, 51, 53, 57, 66, 69)}
    # The version of the signer's part stands right before the issuer of the certificate, named there a second time.
    heads["version of the signer's part"] = start + gap[1].rindex(b"02010130") + 5
    return {
        **covered,
        **inside,
        **heads,
        "opening of the gap": start - 1,
        "first of the filling": start + length + 2,
        "last of the filling": end - 1,
        "closing of the gap": end,
        "after the gap": end + 5,
        "last byte": len(pdf) - 1,
    }


def test_every_single_changed_byte_shows(sealed: bytes) -> None:
    unnoticed = []
    for where, position in positions(sealed).items():
        changed = bytearray(sealed)
        changed[position] = ord("1") if changed[position] == ord("0") else ord("0")
        state = verify(bytes(changed))
        if (state.intact and state.covers_whole_document) or not state.problem:
            unnoticed.append(where)
    assert unnoticed == []


def test_letters_of_the_gap_in_another_case_show(sealed: bytes) -> None:
    gap = re.search(rb"/Contents <([0-9A-F]+)>", sealed)
    assert gap
    position = gap.start(1) + gap[1].index(b"A")
    assert not verify(sealed[:position] + b"a" + sealed[position + 1 :]).intact


@pytest.mark.parametrize("more", [b"\n", b" ", b"\n%%EOF\n", b"1 0 obj\n<<>>\nendobj\n"])
def test_what_is_added_shows(sealed: bytes, more: bytes) -> None:
    state = verify(sealed + more)
    assert not (state.intact and state.covers_whole_document)
    assert state.problem


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_sealed_pdf_is_not_intact(content: bytes, sealed: bytes) -> None:
    for given in (content, sealed[: len(sealed) // 2], render(ASKED).pdf):
        state = verify(given)
        assert (state.intact, state.covers_whole_document, state.signer_name, state.signed_at) == (
            False,
            False,
            "",
            None,
        )
        assert state.problem


def test_another_key_seals_as_well_but_is_told_apart(sealed: bytes, container: bytes, tmp_path: Path) -> None:
    path = tmp_path / "company.p12"
    path.write_bytes(container)
    company = SealingKey.load(path, PASSWORD)
    state = verify(sign_electronically(ASKED, signature_for(ASKED), company))
    assert (state.intact, state.covers_whole_document) == (True, True)
    assert state.key_sha256 == company.sha256 != verify(sealed).key_sha256


def test_a_letter_that_wants_ink_is_not_signed_on_a_screen(key: SealingKey) -> None:
    for modes in (("wet",), ()):
        asked = form(signature_modes=modes)
        with pytest.raises(SignatureRefused, match="not accepted with an electronic signature"):
            sign_electronically(asked, signature_for(asked), key)


def test_a_signature_is_for_the_letter_that_was_seen_and_no_other(key: SealingKey) -> None:
    corrected = form("us_toll_free", attach_over=2, account={"postal_code": "02111"})
    with pytest.raises(SignatureRefused, match="no longer the one that Ada Byron saw"):
        sign_electronically(corrected, signature_for(ASKED), key)


def test_the_key_is_made_once_and_found_again_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = SealingKey.generate(folder)
    (path,) = folder.iterdir()
    assert path.name == KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert SealingKey.generate(folder).sha256 == first.sha256
    assert path.read_bytes() == before


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        found = set(pool.map(lambda _: SealingKey.generate(tmp_path).sha256, range(3)))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_cannot_be_read_says_what_to_do(tmp_path: Path, container: bytes) -> None:
    path = tmp_path / KEY_FILE
    with pytest.raises(ConfigurationError, match=r"cannot be read: No such file.* Name a PKCS#12 file"):
        SealingKey.load(path)
    path.write_bytes(b"garbage")
    with pytest.raises(ConfigurationError, match=r"is not a PKCS#12 file, or this is not its password.* Check both"):
        SealingKey.generate(tmp_path)
    path.write_bytes(container)
    for wrong in (None, "", "wrong"):
        with pytest.raises(ConfigurationError, match="is not its password"):
            SealingKey.load(path, wrong)
    _, certificate, _ = pkcs12.load_key_and_certificates(container, PASSWORD.encode())
    secret = BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(None, None, None, [certificate], secret))
    with pytest.raises(ConfigurationError, match="lacks its private key"):
        SealingKey.load(path, PASSWORD)


def test_a_folder_that_cannot_hold_a_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"No sealing key can be kept in .*file: .* See to the data folder"):
        SealingKey.generate(tmp_path / "file")


def test_a_sealed_letter_is_still_one_document_of_two_pages(sealed: bytes) -> None:
    reader = PdfReader(BytesIO(sealed))
    assert len(reader.pages) == 2
    assert not reader.is_encrypted
    assert "/DocMDP" in reader.root_object["/Perms"], "PDF readers would offer to change it"
