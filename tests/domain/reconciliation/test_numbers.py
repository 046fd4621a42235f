"""The numbers to be ported against those on the account."""

from __future__ import annotations

from typing import Any

import pytest

from portolan.domain.reconciliation import Difference, reconcile
from tests.domain.reconciliation.forms import NUMBERS

FIRST, SECOND, THIRD = NUMBERS
OTHER = "+12175550199"
EXTRA, MISSING, FORMAT = ("TN_EXTRA", "blocking"), ("TN_MISSING", "warn"), ("TN_FORMAT", "info")


def compared(loa: Any, csr: Any, **options: Any) -> list[Difference]:
    found = reconcile({"numbers": loa}, {"numbers": csr}, **options)
    assert {one.field for one in found} <= {"numbers"}
    return found


@pytest.mark.parametrize(
    ("loa", "csr", "expected"),
    [
        (NUMBERS, NUMBERS, []),
        ([THIRD, FIRST, SECOND], NUMBERS, []),
        (tuple(NUMBERS), NUMBERS, []),
        ([*NUMBERS, OTHER], NUMBERS, [EXTRA]),
        ([FIRST, SECOND], NUMBERS, [MISSING]),
        ([], NUMBERS, [MISSING]),
        ([FIRST, SECOND, OTHER], NUMBERS, [EXTRA, MISSING]),
        (["(217) 555-0100", "217-555-0101", "217.555.0102"], NUMBERS, [FORMAT]),
        (["12175550100", "0012175550101", "+1 217 555 0102"], NUMBERS, [FORMAT]),
        (NUMBERS, ["(217) 555-0100", "2175550101", "12175550102"], [FORMAT]),
        (["2175550100", "2175550101"], ["217-555-0100", "217-555-0101"], [FORMAT]),
        (["(217) 555-0100", SECOND, OTHER], NUMBERS, [EXTRA, MISSING, FORMAT]),
        ([*NUMBERS, FIRST], NUMBERS, [FORMAT]),
        (NUMBERS, [*NUMBERS, FIRST], []),
        ([*NUMBERS, FIRST], [*NUMBERS, "217-555-0100"], []),
        (["+442175550100"], ["+12175550100"], [EXTRA, MISSING]),
        (["555-0100"], ["+12175550100"], [EXTRA, MISSING]),
        (["junk", *NUMBERS], NUMBERS, [EXTRA]),
        (["See Attached"], ["see  attached"], [FORMAT]),
        (["0117 496 0123"], ["+441174960123"], [FORMAT]),
        (f"{FIRST}, {SECOND}\n{THIRD}", NUMBERS, []),
        (None, NUMBERS, []),
        (NUMBERS, [], []),
        (NUMBERS, [" "], []),
        (NUMBERS, None, []),
    ],
)
def test_lists_are_compared_number_by_number(loa: Any, csr: Any, expected: list[tuple[str, str]]) -> None:
    assert [(one.category, one.severity) for one in compared(loa, csr)] == expected


def test_numbers_that_are_not_on_the_form_are_not_compared() -> None:
    assert reconcile({}, {"numbers": NUMBERS, "btn": ""}) == []


def test_a_wrong_digit_is_told_from_a_strange_number() -> None:
    extra, missing = compared([FIRST, SECOND, "+12175550120", "+12175559999"], NUMBERS)
    assert f"+12175550120 looks like a typing error for {THIRD}" in extra.explanation
    assert "+12175559999 looks" not in extra.explanation
    assert (extra.loa_value, extra.csr_value, extra.suggestion) == ("+12175550120, +12175559999", THIRD, THIRD)
    assert (missing.loa_value, missing.csr_value, missing.suggestion) == ("", THIRD, THIRD)


@pytest.mark.parametrize("typed", ["+12175550103", "+12175550120", "+1217555012", "+121755501002", "217-555-0120"])
def test_one_digit_more_less_or_other_is_a_typing_error(typed: str) -> None:
    (extra, _) = compared([typed], [THIRD])
    assert f"{typed} looks like a typing error for {THIRD}" in extra.explanation


def test_the_span_is_the_first_entry_it_is_about() -> None:
    extra, missing = compared([FIRST, "+1217555010", OTHER], NUMBERS)
    assert (extra.loa_value, extra.loa_span, extra.csr_span) == (f"+1217555010, {OTHER}", (0, 11), (0, 12))
    assert (missing.loa_span, missing.csr_span) == ((0, 0), (0, 12))
    (alone,) = compared([*NUMBERS, "+12175558888"], NUMBERS)
    assert (alone.csr_value, alone.csr_span, alone.suggestion) == ("", (0, 0), None)


def test_many_numbers_are_counted_not_listed() -> None:
    (found,) = compared([FIRST], [FIRST, *(f"+1217555{line:04d}" for line in range(2000, 3000))])
    assert "and 995 more" in found.explanation


def test_duplicates_are_told() -> None:
    (found,) = compared([*NUMBERS, FIRST], NUMBERS)
    assert found.explanation == f"{FIRST}: the LOA has it more than once"
    (found,) = compared([*NUMBERS, "217-555-0100"], NUMBERS)
    assert f"{FIRST} is listed more than once" in found.explanation


def test_the_caller_reads_the_numbers() -> None:
    def french(text: str) -> str | None:
        return f"+33{text[1:]}" if text.startswith("0") else None

    assert [one.category for one in compared(["0123456789"], ["+33123456789"], e164=french)] == ["TN_FORMAT"]
    assert [one.category for one in compared(["0123456789"], ["+44123456789"], e164=french)] == [
        "TN_EXTRA",
        "TN_MISSING",
    ]
    assert [one.category for one in compared(["0123456789"], ["+44123456789"])] == ["TN_FORMAT"]
