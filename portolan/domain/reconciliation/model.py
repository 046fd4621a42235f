"""What a comparison says: categories with their severity and order of priority, one difference a field, a verdict."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, model_validator

#: Code-point offsets [start, end) into a text in Unicode's composed form (NFC).
Span = tuple[int, int]


class Severity(StrEnum):
    """How much a difference matters: to be shown, to be looked at, to be corrected before anything is sent."""

    INFO = "info"
    WARN = "warn"
    BLOCKING = "blocking"


class Verdict(StrEnum):
    """Of a whole form: nothing above `info`; at worst a `warn`; at least one `blocking`."""

    CLEAN = "clean"
    REVIEW = "review"
    BLOCKED = "blocked"


class Category(StrEnum):
    """What kind of difference it is."""

    EXACT = "EXACT"
    CASE_ONLY = "CASE_ONLY"
    WHITESPACE_ONLY = "WHITESPACE_ONLY"
    INVISIBLE_CHAR = "INVISIBLE_CHAR"
    UNICODE_NORMALISATION = "UNICODE_NORMALISATION"
    CONFUSABLE = "CONFUSABLE"
    DIACRITIC = "DIACRITIC"
    PUNCTUATION = "PUNCTUATION"
    AMPERSAND_AND = "AMPERSAND_AND"
    COMPANY_SUFFIX_FORM = "COMPANY_SUFFIX_FORM"
    COMPANY_SUFFIX_DIFFERENT = "COMPANY_SUFFIX_DIFFERENT"
    COMPANY_SUFFIX_MISSING = "COMPANY_SUFFIX_MISSING"
    TOKEN_ORDER = "TOKEN_ORDER"  # noqa: S105 - a word of a text, no credential
    TOKEN_MISSING = "TOKEN_MISSING"  # noqa: S105
    TOKEN_EXTRA = "TOKEN_EXTRA"  # noqa: S105
    ABBREVIATION_STREET = "ABBREVIATION_STREET"
    ABBREVIATION_DIRECTIONAL = "ABBREVIATION_DIRECTIONAL"
    ABBREVIATION_UNIT = "ABBREVIATION_UNIT"
    UNIT_MISSING = "UNIT_MISSING"
    HOUSE_NUMBER = "HOUSE_NUMBER"
    POSTCODE_FORMAT = "POSTCODE_FORMAT"
    POSTCODE_DIFFERENT = "POSTCODE_DIFFERENT"
    TRANSPOSITION = "TRANSPOSITION"
    DIGIT_SUBSTITUTION = "DIGIT_SUBSTITUTION"
    LEADING_ZERO = "LEADING_ZERO"
    SEPARATOR = "SEPARATOR"
    BILLING_VS_SERVICE_ADDRESS = "BILLING_VS_SERVICE_ADDRESS"
    PO_BOX = "PO_BOX"
    SIGNER_NOT_ON_CSR = "SIGNER_NOT_ON_CSR"
    TN_EXTRA = "TN_EXTRA"
    TN_MISSING = "TN_MISSING"
    TN_FORMAT = "TN_FORMAT"
    LOA_STALE = "LOA_STALE"
    DIFFERENT = "DIFFERENT"


class Rule(NamedTuple):
    """What is said and done about a category; `severity` is what it has where nothing milder or graver is known."""

    severity: Severity
    meaning: str
    remedy: str = ""


_INFO, _WARN, _BLOCKING = Severity.INFO, Severity.WARN, Severity.BLOCKING
_COPY = "Write it exactly as the record has it."
_REJECTED = "some carriers reject it"

#: Every category, the one that is named first where several apply to one field. That look-alikes and invisible
#: characters come first, then another company, then everything unexplained, and letter case last, is how the field
#: ranks them. Info is only what carriers' systems do not tell apart; everything else they may reject (seeds of the
#: migration playbook: "Ltd" for "Limited" cost two weeks).
RULES: dict[Category, Rule] = {
    Category.PO_BOX: Rule(
        _BLOCKING, "a box at a post office is no place where a line ends", "Give the street address of the lines."
    ),
    Category.CONFUSABLE: Rule(
        _BLOCKING, "it looks the same, but is a character of another alphabet or form", "Copy the text of the record."
    ),
    Category.INVISIBLE_CHAR: Rule(
        _WARN, "a character nobody sees; systems may stumble over it", "Copy the text of the record."
    ),
    Category.BILLING_VS_SERVICE_ADDRESS: Rule(
        _BLOCKING, "this is where the bill goes; the LOA needs the address of the lines", _COPY
    ),
    Category.SIGNER_NOT_ON_CSR: Rule(
        _BLOCKING,
        "the record names nobody of that name as authorized",
        "Let a person the record names sign, or have the losing carrier add this one.",
    ),
    Category.COMPANY_SUFFIX_DIFFERENT: Rule(_BLOCKING, "another form of company, so another company", _COPY),
    Category.DIFFERENT: Rule(_BLOCKING, "not the same", _COPY),
    Category.POSTCODE_DIFFERENT: Rule(_BLOCKING, "another postal code", _COPY),
    Category.TRANSPOSITION: Rule(_BLOCKING, "two neighbouring characters have changed places", _COPY),
    Category.HOUSE_NUMBER: Rule(_BLOCKING, "another house number", _COPY),
    Category.DIGIT_SUBSTITUTION: Rule(_BLOCKING, "a character is another", _COPY),
    Category.LEADING_ZERO: Rule(
        _BLOCKING, "zeros at the start differ; spreadsheets drop them, carriers count them", _COPY
    ),
    Category.UNIT_MISSING: Rule(_BLOCKING, "the LOA does not say which unit of the building", _COPY),
    Category.COMPANY_SUFFIX_MISSING: Rule(_BLOCKING, "the LOA leaves out the form of company", _COPY),
    Category.TOKEN_ORDER: Rule(_BLOCKING, f"the same words in another order; {_REJECTED}", _COPY),
    Category.TOKEN_MISSING: Rule(_BLOCKING, "the LOA leaves this out", _COPY),
    Category.TOKEN_EXTRA: Rule(_BLOCKING, "the record does not have this", _COPY),
    Category.COMPANY_SUFFIX_FORM: Rule(_BLOCKING, f"the same company form written otherwise; {_REJECTED}", _COPY),
    Category.ABBREVIATION_STREET: Rule(_BLOCKING, f"the same word of an address abbreviated; {_REJECTED}", _COPY),
    Category.ABBREVIATION_UNIT: Rule(_BLOCKING, f"the unit is called otherwise; {_REJECTED}", _COPY),
    Category.ABBREVIATION_DIRECTIONAL: Rule(
        _BLOCKING, f"the same point of the compass abbreviated; {_REJECTED}", _COPY
    ),
    Category.DIACRITIC: Rule(_BLOCKING, f"the same letters but for their accents; {_REJECTED}", _COPY),
    Category.AMPERSAND_AND: Rule(_BLOCKING, f'a sign for "and" on one side, the word on the other; {_REJECTED}', _COPY),
    Category.PUNCTUATION: Rule(_BLOCKING, f"punctuation differs; {_REJECTED}", _COPY),
    Category.SEPARATOR: Rule(_BLOCKING, f"the same characters, divided otherwise; {_REJECTED}", _COPY),
    Category.POSTCODE_FORMAT: Rule(_WARN, "the same postal code written otherwise", _COPY),
    Category.LOA_STALE: Rule(_BLOCKING, "the LOA is too old to be sent", "Have a new one signed."),
    Category.TN_EXTRA: Rule(
        _BLOCKING, "the record does not list this", "Correct it, or take it off: it is on another account."
    ),
    Category.TN_MISSING: Rule(
        _WARN,
        "on the account, but not on the LOA: a partial port",
        "Confirm that they stay behind, and say what becomes of them.",
    ),
    Category.TN_FORMAT: Rule(_INFO, "the same number written otherwise"),
    Category.UNICODE_NORMALISATION: Rule(_INFO, "the same letters, stored otherwise"),
    Category.WHITESPACE_ONLY: Rule(_INFO, "only the spaces differ"),
    Category.CASE_ONLY: Rule(_INFO, "only capital and small letters differ"),
    Category.EXACT: Rule(_INFO, "the same"),
}
_RANKS = {category: rank for rank, category in enumerate(RULES)}
_GRAVITY = {severity: gravity for gravity, severity in enumerate(Severity)}


def rank(category: Category) -> int:
    """Where a category stands among those that apply to one field: 0 is named before all others."""
    return _RANKS[category]


def severity_rank(severity: Severity) -> int:
    """How grave a severity is; `info` is 0."""
    return _GRAVITY[severity]


def gravest(severities: list[Severity]) -> Severity:
    """The worst of some severities; `info` of none."""
    return max(severities, key=_GRAVITY.__getitem__, default=_INFO)


class Also(BaseModel):
    """Something else that differs in a field.

    Attributes:
        category: The kind of the difference.
        severity: Its own.
        loa_span: The characters of the field's `loa_value` that differ, and
        csr_span: those of its `csr_value`, as in `Difference`.
    """

    category: Category
    severity: Severity
    loa_span: Span
    csr_span: Span


class Difference(BaseModel):
    """One field in which LOA and record differ.

    Attributes:
        field: The name of the field.
        category: The kind of the difference; of several in one field, the first of `RULES`.
        severity: The worst of all differences in the field.
        loa_value: The LOA's text in composed form (NFC); of `numbers`, those entries it is about, separated by `, `.
            Empty for secrets.
        csr_value: The record's, likewise.
        loa_span: The characters of `loa_value` that differ in this way, the first place where they do: whole words in
            names and addresses; exact characters in codes, and where one is invisible, a look-alike or a mere sign.
            Empty where the LOA lacks something: the place where it is missing. Of `numbers`, the first entry.
        csr_span: The same for `csr_value`.
        explanation: What differs, in words, with the other differences of the field.
        suggestion: What to write instead: the record's own characters, as they are. None where the record has nothing
            to copy, and always for secrets.
        also: Everything else that differs in the field, each with its own spans, first in rank first. None for
            `numbers`, whose values hold nothing but what differs.
    """

    field: str
    category: Category
    severity: Severity
    loa_value: str = ""
    csr_value: str = ""
    loa_span: Span = (0, 0)
    csr_span: Span = (0, 0)
    explanation: str = ""
    suggestion: str | None = None
    also: list[Also] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _as_kept_earlier(cls, given: Any) -> Any:
        """Read what earlier releases kept: a flag for the severity, one span, the record's text as suggestion."""
        if not isinstance(given, dict) or "severity" in given or "blocking" not in given:
            return given
        severity = _BLOCKING if given["blocking"] else _INFO
        csr_value = str(given.get("csr_value", ""))
        return {
            **given,
            "severity": severity,
            "loa_span": given.get("span", (0, 0)),
            "csr_span": (0, len(csr_value)),
            "suggestion": csr_value,
        }

    @property
    def blocking(self) -> bool:
        """Whether it has to be settled before anything is sent."""
        return self.severity is Severity.BLOCKING

    @property
    def span(self) -> Span:
        """The differing part of the LOA's text."""
        return self.loa_span

    @property
    def remedy(self) -> str:
        """What to do about it; empty where nothing has to be done."""
        remedy = RULES[self.category].remedy if self.severity is not _INFO else ""
        return "" if remedy == _COPY and self.suggestion is None else remedy

    def in_words(self) -> str:
        """What differs, where, and what to do, for a person. Of a secret only that it differs."""
        if not (self.loa_value or self.csr_value):
            return f"{self.field}: {self.explanation}"
        if self.category is Category.PO_BOX and self.loa_value == self.csr_value:
            return f"{self.field}: {self.explanation}. {self.remedy}"
        said = f"the LOA would say {self.loa_value!r}, the record says {self.csr_value!r}"
        what = self.explanation or f"{RULES[self.category].meaning} ({characters(self.loa_span)})"
        return f"{self.field}: {said}: {what}. {self.remedy}".strip()


class Report(BaseModel):
    """All differences of a form, in its order."""

    differences: list[Difference] = Field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """Whether the form can go out as it is, wants a look, or would come back."""
        worst = gravest([difference.severity for difference in self.differences])
        return {_INFO: Verdict.CLEAN, _WARN: Verdict.REVIEW, _BLOCKING: Verdict.BLOCKED}[worst]


def characters(span: Span) -> str:
    """A span as people count: from 1, both ends included."""
    start, end = span
    if end <= start:
        return f"before character {start + 1}"
    return f"character {end}" if end == start + 1 else f"characters {start + 1} to {end}"
