"""The whole form: each field of the LOA against the record's, in the order of the form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from portolan.domain.reconciliation.addresses import compare_addresses, po_box
from portolan.domain.reconciliation.codes import compare_codes, compare_postal_codes
from portolan.domain.reconciliation.fields import ASIDE, FORM, REQUIRED, Kind, kind_of
from portolan.domain.reconciliation.findings import Finding, composed, difference, storable
from portolan.domain.reconciliation.lexing import visible
from portolan.domain.reconciliation.model import Category, Difference, Report, Severity
from portolan.domain.reconciliation.number_lists import compare_lists
from portolan.domain.reconciliation.people import compare_signers
from portolan.domain.reconciliation.telephones import Reader, compare_numbers, digits_only
from portolan.domain.reconciliation.wording import COMPANY_NAME, PLAIN_TEXT, compare

Form = BaseModel | Mapping[str, Any]

LOA_MAX_AGE_DAYS = 30
_LIST = re.compile(r"[,;\n]")
_NAMES = re.compile(r"\s*[;\n]\s*")
_KIND_OF = lru_cache(maxsize=1024)(kind_of)


def reconcile(
    loa: Form,
    csr: Form,
    *,
    compared: Collection[str] = (),
    e164: Reader = digits_only,
    loa_signed_on: date | None = None,
    sending_on: date | None = None,
    loa_max_age_days: int = LOA_MAX_AGE_DAYS,
) -> list[Difference]:
    """Every field in which the LOA differs from the losing carrier's record, in the order of the form.

    Args:
        loa: What the letter says: flat fields of text, `numbers` a list. Numbers and dates in a mapping are taken as
            the text Python writes for them; None as nothing.
        csr: What the record says; also `billing_address` and `authorized_persons`. What it leaves out or empty cannot
            be compared.
        compared: The fields the losing carrier compares; what differs in others is at most a `warn` then, boxes at a
            post office aside. Empty: all of them.
        e164: Reads a telephone number into E.164, or None. By default numbers are their digits, and a national
            writing is the end of the international one.
        loa_signed_on: The date on the letter, and
        sending_on: the day it is to be sent: with both, its age is checked.
        loa_max_age_days: How old it may be on that day.

    Returns:
        One difference a field; up to three for `numbers`.
    """
    ours, theirs = _fields(loa), _fields(csr)
    found = [one for field in _order(ours, theirs) for one in _compare_field(field, ours, theirs, e164)]
    if loa_signed_on and sending_on and (sending_on - loa_signed_on).days > loa_max_age_days:
        found.append(_stale(loa_signed_on, sending_on, loa_max_age_days))
    return [_weighed(one, compared) for one in found] if compared else found


def report(loa: Form, csr: Form, **options: Any) -> Report:
    """All differences with their verdict; the options are those of `reconcile`."""
    return Report(differences=reconcile(loa, csr, **options))


def _fields(form: Form) -> Mapping[str, Any]:
    return {**vars(form), **(form.model_extra or {})} if isinstance(form, BaseModel) else form


def _order(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """The fields to compare: the form's, then the others of both sides; of secrets those of the record."""
    yield from FORM
    for field in theirs:
        if field in FORM or field in ASIDE:
            continue
        if field in ours or _KIND_OF(field) is Kind.SECRET:
            yield field


def _compare_field(
    field: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], e164: Reader
) -> Sequence[Difference]:
    mine, its, kind = ours.get(field), theirs.get(field), _KIND_OF(field)
    if mine == its and mine and kind is not Kind.ADDRESS:
        return ()
    if kind is Kind.NUMBERS:
        listed = _entries(its)
        return compare_lists(_entries(mine), listed, e164) if mine is not None and listed else ()
    if isinstance(mine, list | tuple | set | dict) or isinstance(its, list | tuple | set | dict):
        return ()
    return _compare_texts(field, kind, _text(mine), _text(its), theirs, e164)


def _compare_texts(
    field: str, kind: Kind, loa: str, csr: str, record: Mapping[str, Any], e164: Reader
) -> Sequence[Difference]:
    if kind is Kind.SECRET:
        return _compare_secrets(field, loa, csr)
    if kind is Kind.PERSON:
        names = [name for name in (csr, *_names(record.get("authorized_persons"))) if not _empty(name)]
        if names and not _empty(loa):
            return _compare_signers(field, loa, names)
        csr = names[0] if names else ""
    if _empty(csr) or (field not in FORM and _empty(loa)):
        return ()
    if _empty(loa):
        return (_left_out(field, loa, csr),)
    billing = _text(record.get("billing_address")) if kind is Kind.ADDRESS else ""
    ours, theirs, found = composed(loa, csr)
    found += _COMPARE[kind](ours, theirs, "" if _empty(billing) else unicodedata.normalize("NFC", billing), e164)
    if not found:
        return ()
    # A box at a post office is nothing to copy, even where the record has it.
    suggestion = None if kind is Kind.ADDRESS and po_box(theirs) else csr
    return (difference(field, ours, theirs, found, suggestion),)


def _compare_signers(field: str, loa: str, names: Sequence[str]) -> Sequence[Difference]:
    by_form = {unicodedata.normalize("NFC", name): name for name in reversed(names)}
    forms = [unicodedata.normalize("NFC", name) for name in names]
    signer = compare_signers(unicodedata.normalize("NFC", loa), forms)
    ours, theirs, found = composed(loa, by_form[signer.name])
    found += signer.findings
    return (difference(field, ours, theirs, found, by_form[signer.name]),) if found else ()


def _compare_secrets(field: str, loa: str, csr: str) -> Sequence[Difference]:
    """Whether a secret is the record's, and nothing else of it: no value, no length, no place."""
    loa, csr = (unicodedata.normalize("NFC", text).strip() for text in (loa, csr))
    if not csr or loa == csr:
        return ()
    category = Category.DIFFERENT if loa else Category.TOKEN_MISSING
    said = "it is not what the record has" if loa else "the record has one, the LOA does not"
    explanation = f"{said}; ask the customer for it, it is shown nowhere"
    kept = storable(field)
    return (Difference(field=kept, category=category, severity=Severity.BLOCKING, explanation=explanation),)


def _left_out(field: str, loa: str, csr: str) -> Difference:
    """A field of the form that the LOA leaves empty. Only what every LOA needs stops it."""
    severity = None if field in REQUIRED else Severity.INFO
    loa, theirs, _ = composed(loa, csr)
    finding = Finding(Category.TOKEN_MISSING, (0, 0), (0, len(theirs)), severity)
    return difference(field, loa, theirs, [finding], csr)


def _stale(signed_on: date, sending_on: date, max_age_days: int) -> Difference:
    age = (sending_on - signed_on).days
    return Difference(
        field="loa_signed_on",
        category=Category.LOA_STALE,
        severity=Severity.BLOCKING,
        loa_value=signed_on.isoformat(),
        loa_span=(0, len(signed_on.isoformat())),
        explanation=f"signed on {signed_on}, {age} days before it is sent; at most {max_age_days} are allowed",
    )


def _weighed(one: Difference, compared: Collection[str]) -> Difference:
    """A difference in a field that the losing carrier does not compare stops nothing."""
    secret = _KIND_OF(one.field) is Kind.SECRET and any(_KIND_OF(field) is Kind.SECRET for field in compared)
    always = one.category in {Category.PO_BOX, Category.LOA_STALE}
    if one.field in compared or secret or always or one.severity is not Severity.BLOCKING:
        return one
    explanation = f"{one.explanation}; this losing carrier is not known to compare this field"
    also = [
        other.model_copy(update={"severity": Severity.WARN}) if other.severity is Severity.BLOCKING else other
        for other in one.also
    ]
    return one.model_copy(update={"severity": Severity.WARN, "explanation": explanation, "also": also})


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _entries(value: object) -> list[str]:
    if isinstance(value, list | tuple | set | frozenset):
        texts = [_text(one) for one in value]
    else:
        texts = [text.strip() for text in _LIST.split(_text(value))]
    return [text for text in texts if not _empty(text)]


def _names(value: object) -> list[str]:
    return [_text(name) for name in value] if isinstance(value, list | tuple) else _NAMES.split(_text(value))


def _empty(text: str) -> bool:
    return not (text.strip() if text.isascii() and text.isprintable() else visible(text).text.strip())


_COMPARE: dict[Kind, Callable[[str, str, str, Reader], list[Finding]]] = {
    Kind.COMPANY: lambda loa, csr, billing, e164: compare(loa, csr, COMPANY_NAME),
    Kind.ADDRESS: lambda loa, csr, billing, e164: compare_addresses(loa, csr, billing),
    Kind.POSTAL_CODE: lambda loa, csr, billing, e164: compare_postal_codes(loa, csr),
    Kind.CODE: lambda loa, csr, billing, e164: compare_codes(loa, csr),
    Kind.TELEPHONE: lambda loa, csr, billing, e164: compare_numbers(loa, csr, e164),
    Kind.TEXT: lambda loa, csr, billing, e164: compare(loa, csr, PLAIN_TEXT),
}
