"""Electronic signatures: the letter with its signature block filled in, a page of evidence, and a seal over all of it.

The seal is a PAdES baseline signature (SHA-256) of this deployment's own key. It proves that nothing was changed since
the letter was signed, not who signed: that is what the page of evidence and the audit trail say. Nothing here needs a
network: no timestamp service is asked, and the time in the seal is the time of the signature.

pyHanko runs an event loop of its own, so `sign_electronically` may not be called from a coroutine; give it a thread.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from asn1crypto import cms  # type: ignore[import-untyped]  # it has no type information
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from portolan.documents.letters.render import render
from portolan.domain.errors import ConfigurationError, PortolanError
from portolan.domain.loa import ElectronicSignature, LoaForm, SignatureMode

#: File of the key that `SealingKey.generate` makes.
KEY_FILE = "seal.p12"
_FIELD = "Seal"
#: The certificate outlives every paper: its dates are never what decides whether a seal is good.
_VALID_FROM, _VALID_UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class SignatureRefused(PortolanError):
    """The letter cannot be signed this way."""

    code = "signature_refused"


class SealState(NamedTuple):
    """What a check of a sealed PDF found.

    Attributes:
        intact: The sealed part is what it was when it was sealed.
        covers_whole_document: Nothing was added after sealing. Both have to hold.
        signer_name: Who signed, as the seal has it; empty where there is no seal.
        signed_at: When, as the seal has it.
        key_sha256: Fingerprint of the sealing certificate, to compare with `SealingKey.sha256`: anybody can make a key.
        problem: What is wrong, in words; empty where nothing is.
    """

    intact: bool
    covers_whole_document: bool
    signer_name: str = ""
    signed_at: datetime | None = None
    key_sha256: str = ""
    problem: str = ""


class SealingKey:
    """The key and certificate that letters are sealed with."""

    def __init__(self, signer: Any) -> None:
        self._signer = signer

    @property
    def sha256(self) -> str:
        """Fingerprint of the certificate, in hexadecimal."""
        return sha256(self._signer.signing_cert.dump()).hexdigest()

    @classmethod
    def load(cls, path: Path, password: str | None = None) -> SealingKey:
        """The key in a PKCS#12 file.

        Raises:
            ConfigurationError: It cannot be read, the password is wrong, or it lacks the key or its certificate.
        """
        secret = password.encode() if password is not None else None
        try:
            content = path.read_bytes()
            key, certificate, _ = pkcs12.load_key_and_certificates(content, secret)
        except OSError as error:
            raise ConfigurationError(
                f"The sealing key {path} cannot be read: {error.strerror}.", "Name a PKCS#12 file that can be."
            ) from error
        except (ValueError, TypeError) as error:
            raise ConfigurationError(
                f"The sealing key {path} is not a PKCS#12 file, or this is not its password.",
                "Check both; letters sealed before carry their own certificate and do not need the file.",
            ) from error
        if key is None or certificate is None:
            raise ConfigurationError(
                f"The sealing key {path} lacks its {'private key' if key is None else 'certificate'}.",
                "Export it again with both.",
            )
        return cls(signers.SimpleSigner.load_pkcs12_data(content, (), secret))

    @classmethod
    def generate(cls, folder: Path) -> SealingKey:
        """The key of this deployment: made the first time, self-signed, and found again ever after.

        Raises:
            ConfigurationError: The folder cannot be written, or the key in it cannot be read.
        """
        path = folder / KEY_FILE
        try:
            if not path.exists():
                _keep(path, _new_key())
        except OSError as error:
            raise ConfigurationError(
                f"No sealing key can be kept in {folder}: {error.strerror}.", "See to the data folder."
            ) from error
        return cls.load(path)


def _new_key() -> bytes:
    """A self-signed certificate and its key, as PKCS#12; what guards it is the mode of its file."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Portolan seal")])
    usage = dict.fromkeys(("data_encipherment", "key_encipherment", "key_agreement", "key_cert_sign"), False)
    usage |= dict.fromkeys(("crl_sign", "encipher_only", "decipher_only"), False)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(private, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"Portolan seal", private, certificate, None, NoEncryption())


def _keep(path: Path, content: bytes) -> None:
    """Write the file whole and for the owner only; if another process was first, its key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent)  # has mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        os.unlink(unfinished)


class _Signer(signers.PdfSigner):
    """Seals as of the moment of the signature, which a simulated clock may have put anywhere."""

    def __init__(self, metadata: Any, signer: Any, moment: datetime) -> None:
        super().__init__(metadata, signer)
        self._moment = moment

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._moment
        return session


def sign_electronically(form: LoaForm, signature: ElectronicSignature, key: SealingKey) -> bytes:
    """The signed and sealed letter as a PDF.

    Raises:
        SignatureRefused: The letter wants ink, or is not the one the signer saw.
        LetterUnprintable: The fonts lack a character of the signer's name or of the text agreed to.
    """
    if SignatureMode.ELECTRONIC not in form.signature_modes:
        raise SignatureRefused(
            f"The letter of {form.order_id} is not accepted with an electronic signature.",
            "Print it, have it signed by hand, and give the scan.",
        )
    if sha256(render(form).pdf).hexdigest() != signature.form_sha256:
        raise SignatureRefused(
            f"The letter of {form.order_id} is no longer the one that {signature.signer} saw.",
            "Show the letter as it is now and have it signed again.",
        )
    metadata = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=signature.signer,
        reason=f"{form.title} {form.order_id}",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    letter = IncrementalPdfFileWriter(BytesIO(render(form, signature).pdf))
    sealed = _Signer(metadata, key._signer, signature.signed_at).sign_pdf(letter)
    return bytes(sealed.getbuffer())


def verify(pdf: bytes) -> SealState:
    """Whether a PDF that `sign_electronically` sealed is as it was; a single changed byte shows.

    Any bytes can be given; what is no sealed PDF is not intact. Of a chain of certificates in a key that was loaded
    only the first is looked at: whether the key is trusted is for the caller, who knows `SealingKey.sha256`.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_verified, pdf).result()


def _verified(pdf: bytes) -> SealState:
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
        if not found:
            return SealState(False, False, problem="There is no seal on it.")
        seal = found[0]
        # Trust is the caller's; without a root of its own here, pyHanko would log that there is none.
        context = ValidationContext(trust_roots=[seal.signer_cert], moment=seal.self_reported_timestamp)
        status = validate_pdf_signature(seal, context)
        state = SealState(
            intact=bool(status.intact and status.valid and _canonical(pdf, seal)),
            covers_whole_document=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
            signer_name=str(seal.sig_object.get("/Name", "")),
            signed_at=seal.self_reported_timestamp,
            key_sha256=sha256(seal.signer_cert.dump()).hexdigest(),
        )
    except Exception as error:  # the bytes are anybody's, and pyHanko's parsers raise what comes
        return SealState(False, False, problem=f"It cannot be read as a sealed PDF: {error}")
    if not state.intact:
        return state._replace(problem="It was changed after it was sealed.")
    if not state.covers_whole_document:
        return state._replace(problem="Something was added after it was sealed.")
    return state


def _canonical(pdf: bytes, seal: Any) -> bool:
    """Whether the gap a seal leaves for itself holds what the seal must be, then zeros, and nothing else.

    No digest covers the gap, and readers pass over most of what could be changed in it. So the signature is built
    again from its covered parts (certificate, signed attributes, signature value) and compared byte for byte.
    """
    info, certificate = seal.signer_info, seal.signer_cert
    issued = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer_info = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(issued)}),
        "digest_algorithm": {"algorithm": "sha256"},
        "signature_algorithm": {"algorithm": info["signature_algorithm"]["algorithm"].native},
        "signed_attrs": info["signed_attrs"],
        "signature": info["signature"],
    }
    signed_data = {
        "version": "v1",
        "digest_algorithms": [cms.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": {"content_type": "data"},
        "certificates": seal.signed_data["certificates"],
        "signer_infos": [cms.SignerInfo(signer_info)],
    }
    rebuilt = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed_data)}).dump()
    _, end, start, _ = seal.byte_range
    digits: bytes = rebuilt.hex().upper().encode()
    return pdf[end:start] == b"<" + digits.ljust(start - end - 2, b"0") + b">"
