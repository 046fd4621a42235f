"""Letters for tests: one form of each template, and what a PDF says."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from portolan.documents.letters.render import render
from portolan.domain.carrier import AccountData
from portolan.domain.loa import ElectronicSignature, LoaForm, SignatureMethod
from portolan.domain.loa_wording import WORDINGS

TEMPLATES = sorted(WORDINGS)
ACCOUNT = AccountData(
    entity_name="Acme Manufacturing Limited",
    authorized_person="Ada Byron",
    service_address="12 Harbor Street, Boston, MA",
    postal_code="02110",
    account_number="0048-1937",
)
NUMBERS = tuple(f"+1212555{index:04d}" for index in range(100, 108))
CONSENT = "I have read this letter and sign it by typing my name, which binds me as a signature by hand would."


def form(template: str = "us_local", *, account: dict[str, str] | None = None, **given: Any) -> LoaForm:
    """A form; `account` replaces fields of the account."""
    fields = {
        "template": template,
        "order_id": "acme-boston-1",
        "reference": "acme-boston",
        "account": ACCOUNT.model_copy(update=account or {}),
        "numbers": NUMBERS,
        "losing_carrier": "Old Telco",
        "gaining_carrier": "Bright Voice",
        "country": "US",
    }
    return LoaForm(**{**fields, **given})


def every_form() -> dict[str, LoaForm]:
    """One of each template and kind, with what only that template has, and one with an attachment."""
    particulars: dict[str, dict[str, Any]] = {
        "us_toll_free": {"gaining_resp_org": "QIT02", "losing_resp_org": "JYT01"},
        "uk_cloa": {"kept_numbers": ("+442079460001",), "ceased_numbers": ("+442079460002",)},
        "de_auftrag": {"cancels_contract": True, "porting_code": "D124"},
        "fr_mandat": {"identifiers": {NUMBERS[0]: "01PEROY4P4TR"}},
    }
    forms = {
        f"{template}-{kind}": form(template, kind=kind, **particulars.get(template, {}))
        for template in TEMPLATES
        for kind in ("port", "rollback")
    }
    return forms | {"attached": form("us_toll_free", attach_over=len(NUMBERS) - 1)}


def signature_for(asked: LoaForm, **given: Any) -> ElectronicSignature:
    """Ada signs that form."""
    fields = {
        "signer": "Ada Byron",
        "signed_on": date(2026, 11, 22),
        "signed_at": datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC),
        "consent": CONSENT,
        "address": "203.0.113.7",
        "method": SignatureMethod.TYPED,
        "form_sha256": sha256(render(asked).pdf).hexdigest(),
    }
    return ElectronicSignature(**{**fields, **given})


def text_of(pdf: bytes) -> str:
    """All text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def squeezed(text: str) -> str:
    """Without white space: lines of a PDF break where they do."""
    return re.sub(r"\s+", "", text)


def png(width: int = 40, height: int = 12) -> bytes:
    """A small black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height)))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
