"""Letters as PDF: the same form gives the same bytes on every machine and every day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from hashlib import sha256
from typing import Any, NamedTuple

import typst

from portolan.documents.letters.spreadsheet import spreadsheet
from portolan.documents.typesetting import lacking, typeset
from portolan.domain.errors import PortolanError
from portolan.domain.loa import ElectronicSignature, LoaForm, LoaKind

#: A letter has no date of its own before it is signed, and a PDF must have one: the beginning of Unix time.
_NO_DATE = 0
_PARTIES = ("losing_carrier", "losing_resp_org", "gaining_carrier", "gaining_resp_org", "porting_code")
_ACCOUNT = (
    "entity_name",
    "authorized_person",
    "service_address",
    "postal_code",
    "billing_address",
    "account_number",
    "btn",
)


class LetterUnprintable(PortolanError):
    """The letter has characters for which there is no type."""

    code = "letter_unprintable"


class Letter(NamedTuple):
    """A letter ready to sign.

    Attributes:
        attachment: The spreadsheet with the numbers, where the letter says "See Attached"; the letter has its hash.
        attachment_name: Its file name, as the letter gives it; empty where there is none.
    """

    pdf: bytes
    attachment: bytes | None
    attachment_name: str


def render(form: LoaForm, signature: ElectronicSignature | None = None) -> Letter:
    """Set a letter; with a signature, the block is filled in and a page of evidence follows.

    Raises:
        LetterUnprintable: The fonts lack a character; the error says which and in which field.
    """
    attachment = spreadsheet(form) if form.attached else None
    name = f"{form.order_id}-numbers.xlsx" if attachment else ""
    sheet = _sheet(form, name, attachment) | {"signed": _signed(form, signature) if signature else None}
    written_at = int(signature.signed_at.timestamp()) if signature else _NO_DATE
    try:
        pdf = typeset(__package__, form.template, sheet, written_at)
    except typst.TypstError as error:
        raise _explained(sheet, error) from error
    return Letter(pdf, attachment, name)


def _sheet(form: LoaForm, name: str, attachment: bytes | None) -> dict[str, Any]:
    """What the templates print: finished words and values, apart from their places."""
    labels, blanks = form.labels, form.wording.blanks
    known = {key: getattr(form, key) for key in _PARTIES} | form.account.model_dump()
    known["billing_address"] = "" if form.billing_address == form.account.service_address else form.billing_address
    attached = None
    if attachment is not None:
        facts = {"count": str(len(form.numbers)), "first": form.first, "last": form.last, "file": name}
        attached = _rows(labels, facts | {"sha256": sha256(attachment).hexdigest()})
    return {
        "language": form.wording.language,
        "title": form.title,
        "void": form.void,
        "opening": form.opening,
        "gaining_carrier": form.gaining_carrier,
        "parties": _rows(labels, {key: known[key] for key in _PARTIES if known[key] or key in blanks}),
        "account": _rows(labels, {key: known[key] for key in _ACCOUNT if known[key]}),
        "numbers": [] if attached else [[number, form.identifiers.get(number, "")] for number in form.numbers],
        "identified": bool(form.identifiers) or "identifier" in blanks,
        "attached": attached,
        "associated": [
            [labels[key], list(getattr(form, key))]
            for key in ("kept_numbers", "ceased_numbers")
            if getattr(form, key) or (key in blanks and form.kind is LoaKind.PORT)
        ],
        "statements": form.statements,
        "question": form.contract_question,
        "cancels": form.cancels_contract,
        "rule": form.signature_rule,
        "holders": form.wording.holders,
        "reference": [labels["reference"], f"{form.reference}, {form.order_id}"],
        "labels": dict(labels),
    }


def _signed(form: LoaForm, signature: ElectronicSignature) -> dict[str, Any]:
    facts = {
        "signer": signature.signer,
        "signed_on": signature.signed_on.isoformat(),
        "signed_at": signature.signed_at.astimezone(UTC).isoformat(timespec="seconds"),
        "method": form.labels[signature.method],
        "address": signature.address,
        "form_sha256": signature.form_sha256,
        "consent": signature.consent,
    }
    return {
        "signer": signature.signer,
        "signed_on": facts["signed_on"],
        "drawing": list(signature.drawing) if signature.drawing else None,
        "evidence": _rows(form.labels, facts),
    }


def _rows(labels: Any, values: dict[str, str]) -> list[list[str]]:
    return [[labels[key], value] for key, value in values.items()]


def _explained(sheet: dict[str, Any], error: typst.TypstError) -> LetterUnprintable:
    """Which characters of which field the fonts lack: found by setting each text alone, then each of its characters."""
    found = [
        f"{where} has {', '.join(map(_named, dict.fromkeys(filter(lacking, text)))) or 'a sequence of characters'}"
        for where, text in _texts("the letter", sheet)
        if lacking(text)
    ]
    if not found:
        return LetterUnprintable(f"The letter cannot be set: {error.message}.", "Report it: the template is at fault.")
    return LetterUnprintable(
        f"The letter cannot be printed: {'; '.join(dict.fromkeys(found))}, for which there is no type.",
        "Write it in the letters that the losing carrier's record has, or use the carrier's own form.",
    )


def _named(char: str) -> str:
    return f"{char} (U+{ord(char):04X})" if char.isprintable() else f"U+{ord(char):04X}"


def _texts(where: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text of a sheet, and where it stands: beside a label, or under a key."""
    match value:
        case str():
            yield where, value
        case dict():
            for key, part in value.items():
                yield from _texts(key, part)
        case [str(label), str(text)]:
            yield label, text
        case list():
            for part in value:
                yield from _texts(where, part)
