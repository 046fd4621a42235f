"""The taxonomy: whole, of one piece, and the same in the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portolan.domain.rejections import (
    ALIASES,
    PRINTED,
    REASONS,
    VENDORS,
    Disposition,
    Fixer,
    Unit,
    Wait,
    alias_table,
    canonical,
    reason,
    table,
    vendor_table,
)
from tests.domain.rejections import sources

PAGE = Path(__file__).parents[3] / "docs" / "rejections.md"
FIELDS = PRINTED | {
    "bill", "customer_type", "foc", "loa", "numbers", "pac", "pin", "remaining_numbers", "resp_org", "rio", "tax_id",
}  # fmt: skip
#: The letter of a source counts for the line; these two are only parts of a name in the collected table.
PARTS_OF_NAMES = {"99": "RESPORG_99", "FREEZE": "PORT_LOCK"}


@pytest.mark.parametrize("found", REASONS.values(), ids=REASONS)
def test_a_reason_says_everything_about_itself(found) -> None:  # type: ignore[no-untyped-def]
    assert REASONS[found.code] is found
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", found.code)
    for words in (found.meaning, found.cure):
        assert words == words.strip()
        assert not words.endswith(".")
    assert found.field is None or found.field in FIELDS
    assert found.provenance in set("LICRSPU")
    assert found.source
    assert len(found.customer) > 15
    assert found.customer.endswith((".", "!"))


@pytest.mark.parametrize("found", REASONS.values(), ids=REASONS)
def test_a_customer_reads_no_terms_of_the_trade(found) -> None:  # type: ignore[no-untyped-def]
    jargon = r"\b(?:LOA|FOC|BTN|CSR|NPAC|RespOrg|TN|DID|port(?:ed|ing)?|losing|gaining|carrier'?s? desk|LSR|SUPP?)\b"
    assert not re.search(jargon, found.customer)


@pytest.mark.parametrize("found", REASONS.values(), ids=REASONS)
def test_a_disposition_fits_what_else_is_said(found) -> None:  # type: ignore[no-untyped-def]
    match found.disposition:
        case Disposition.SUPPLEMENT:
            assert found.field, "what is corrected has a name"
        case Disposition.NEW_LOA:
            assert found.new_loa
            assert found.field == "loa"
        case Disposition.NEW_DATE:
            assert (found.field, found.fixer, found.new_loa) == ("foc", Fixer.US, False)
        case Disposition.WAIT | Disposition.AUTO_RETRY:
            assert found.wait is not None
            assert found.wait.most > 0
            assert found.fixer in {Fixer.NOBODY, Fixer.LOSING_CARRIER}
        case Disposition.LOG:
            assert (found.fixer, found.field, found.resend) == (Fixer.NOBODY, None, False)
        case _:
            assert found.fixer is not Fixer.NOBODY, "somebody has to act"
    if found.wait:
        assert 0 <= found.wait.least <= found.wait.most


def test_a_changed_printed_field_needs_a_new_signature() -> None:
    assert {found.code for found in REASONS.values() if found.field in PRINTED and not found.new_loa} == set()


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (Wait(3, 5, Unit.BUSINESS_DAYS), "3 to 5 business days"),
        (Wait(1, 1, Unit.BUSINESS_DAYS), "1 business day"),
        (Wait(2, 2, Unit.BUSINESS_DAYS), "2 business days"),
        (Wait(0, 0, Unit.BUSINESS_DAYS), "the same business day"),
        (Wait(0, 1, Unit.HOURS), "within 1 hour"),
        (Wait(0, 6, Unit.HOURS), "within 6 hours"),
    ],
)
def test_waits_in_words(wait: Wait, words: str) -> None:
    assert wait.in_words() == words


def test_aliases_lead_to_reasons_and_hide_none() -> None:
    assert set(ALIASES.values()) <= set(REASONS)
    assert not set(ALIASES) & set(REASONS)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NAME_MISMATCH", "NAME_MISMATCH"),
        ("name_mismatch", "NAME_MISMATCH"),
        (" END_USER_NAME ", "NAME_MISMATCH"),
        ("CONTRACT_OR_DEBT", "UNPAID"),
        ("NAME_MISMATCHES", None),
        ("NAME", None),
        ("", None),
    ],
)
def test_names_resolve_whole(name: str, code: str | None) -> None:
    assert canonical(name) == code
    assert reason(name).code == (code or "OTHER")


def test_every_canonical_name_of_the_collected_codes_resolves() -> None:
    names = [row["canonical"] for row in sources.rows()]
    assert len(names) == 46
    assert [name for name in names if canonical(name) is None] == []


def test_every_line_of_the_collected_taxonomy_resolves() -> None:
    names = [PARTS_OF_NAMES.get(name, name) for name in sources.taxonomy()]
    assert len(names) > 45
    assert [name for name in names if canonical(name) is None] == []


def test_the_page_says_what_the_code_says() -> None:
    page = PAGE.read_text()
    message = "The reasons changed: write docs/rejections.md anew with `python -m tests.domain.rejections.page`"
    for part in (table(), alias_table(), *map(vendor_table, VENDORS)):
        assert part in page, message


def test_a_table_of_vendor_codes_shortens_runs_only() -> None:
    rows = vendor_table("bandwidth")
    assert "| `TOO_LATE_TO_CHANGE` | 01701 01703 01907 7300-7304 7390 7432 7433 7635 E33 E34 |" in rows
    assert "(7401)" in rows
