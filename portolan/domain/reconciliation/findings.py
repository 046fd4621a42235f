"""One thing that differs, and how the things that differ in a field become its difference."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from portolan.domain.reconciliation.characters import quoted
from portolan.domain.reconciliation.model import (
    RULES,
    Also,
    Category,
    Difference,
    Severity,
    Span,
    characters,
    gravest,
    rank,
    severity_rank,
)

#: So many of the other differences of a field are told.
_TOLD = 6


class Finding(NamedTuple):
    """One thing that differs in a field.

    Attributes:
        loa_span, csr_span: What differs, in the texts in composed form; empty where one side lacks it.
        severity: Where it is not that of the category's rule.
        note: What more can be said.
    """

    category: Category
    loa_span: Span
    csr_span: Span
    severity: Severity | None = None
    note: str = ""

    @property
    def weight(self) -> Severity:
        """How much it matters."""
        return self.severity or RULES[self.category].severity


#: What leaves the meaning of a text as it is.
SAME_MEANING = frozenset(
    {
        Category.CASE_ONLY,
        Category.WHITESPACE_ONLY,
        Category.INVISIBLE_CHAR,
        Category.UNICODE_NORMALISATION,
        Category.CONFUSABLE,
        Category.DIACRITIC,
        Category.PUNCTUATION,
        Category.SEPARATOR,
        Category.AMPERSAND_AND,
        Category.COMPANY_SUFFIX_FORM,
        Category.ABBREVIATION_STREET,
        Category.ABBREVIATION_DIRECTIONAL,
        Category.ABBREVIATION_UNIT,
        Category.TOKEN_ORDER,
    }
)


def same_meaning(findings: Sequence[Finding]) -> bool:
    """Whether two texts that differ so still say the same."""
    return all(finding.category in SAME_MEANING for finding in findings)


def first_named(findings: Sequence[Finding]) -> Finding:
    """Of the differences in a field, the one that is named."""
    return min(findings, key=lambda finding: rank(finding.category))


def difference(field: str, loa: str, csr: str, findings: Sequence[Finding], suggestion: str | None) -> Difference:
    """The difference of a field: what is named first with its own spans, everything else beside it, worst severity."""
    named, *others = sorted(findings, key=_place) if len(findings) > 1 else findings
    severity = gravest([finding.weight for finding in findings])
    sentences = [explained(named, loa, csr), *(explained(other, loa, csr) for other in others[:_TOLD])]
    return Difference(
        field=storable(field),
        category=named.category,
        severity=severity,
        loa_value=storable(loa),
        csr_value=storable(csr),
        loa_span=named.loa_span,
        csr_span=named.csr_span,
        also=[
            Also(category=one.category, severity=one.weight, loa_span=one.loa_span, csr_span=one.csr_span)
            for one in others
        ],
        explanation=". Also ".join(sentences) + (". And more" if len(others) > _TOLD else ""),
        suggestion=suggestion if suggestion is not None and storable(suggestion) == suggestion else None,
    )


def _place(finding: Finding) -> tuple[int, int, Span, Span]:
    """By rank; of one category the gravest first, then from left to right."""
    return rank(finding.category), -severity_rank(finding.weight), finding.loa_span, finding.csr_span


def hull(spans: Sequence[Span]) -> Span:
    """From where the first begins to where the last ends."""
    return min(start for start, _ in spans), max(end for _, end in spans)


def explained(finding: Finding, loa: str, csr: str) -> str:
    """What differs and what it means, in words."""
    sides = f"{_side(loa, finding.loa_span)} on the LOA, {_side(csr, finding.csr_span)} on the record"
    if finding.category is Category.PO_BOX and loa == csr:
        sides = _side(loa, finding.loa_span)
    note = f" ({finding.note})" if finding.note else ""
    return f"{sides}: {RULES[finding.category].meaning}{note}"


def _side(text: str, span: Span) -> str:
    start, end = span
    return f"{quoted(text[start:end]) if end > start else 'nothing'} ({characters(span)})"


def storable(text: str) -> str:
    """The text with a replacement character for each half of a character, which no database and no JSON can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _has_half(text) else text


def _has_half(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)


def composed(loa: str, csr: str) -> tuple[str, str, list[Finding]]:
    """Both texts in composed form (NFC), to which all spans refer, with a finding where only one was stored so."""
    if loa.isascii() and csr.isascii():
        return loa, csr, []
    ours, theirs = unicodedata.normalize("NFC", loa), unicodedata.normalize("NFC", csr)
    otherwise = loa != csr if ours == theirs else (ours == loa) != (theirs == csr)
    if not otherwise:
        return ours, theirs, []
    # Of equal texts the places are the same; those of others are not told apart.
    mine, its = _marked(ours), _marked(theirs)
    pairs = zip(mine, its, strict=True) if ours == theirs else [(hull(mine), hull(its))]
    return ours, theirs, [Finding(Category.UNICODE_NORMALISATION, *spans) for spans in pairs]


def _marked(text: str) -> list[Span]:
    """The runs of characters that may be stored in several ways; the whole text where none is one."""
    spans: list[Span] = []
    for place, char in enumerate(text):
        if unicodedata.normalize("NFD", char) != char:
            start = spans.pop()[0] if spans and spans[-1][1] == place else place
            spans.append((start, place + 1))
    return spans or [(0, len(text))]
