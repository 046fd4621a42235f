"""Telephone numbers: read, not spelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from portolan.domain.reconciliation.codes import compare_codes, judge_digits
from portolan.domain.reconciliation.findings import Finding
from portolan.domain.reconciliation.model import Category

#: Reads a number into E.164; None for what it cannot read.
Reader = Callable[[str], str | None]

#: ITU-T E.164, assigned country codes: one digit, two, and three for all others.
_COUNTRY_CODE = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{1,3}")
_NANP_LENGTH = 11
_SHORTEST = 5
#: What a number has whatever is read from it.
_NOT_READ = frozenset({Category.INVISIBLE_CHAR, Category.WHITESPACE_ONLY})


def digits_only(text: str) -> str | None:
    """A number as its digits, with `+` where it is written internationally (`+` or `00`); None where it has too few."""
    text = text.strip().replace("(0)", "") if "+" in text else text.strip()
    digits = "".join(str(unicodedata.digit(char)) for char in text if unicodedata.digit(char, None) is not None)
    if len(digits) < _SHORTEST or any(map(str.isalpha, text)):
        return None
    if text.lstrip(" (").startswith(("+", "＋")):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    # North American numbers are written with their country code and without a plus.
    return f"+{digits}" if len(digits) == _NANP_LENGTH and digits.startswith("1") else digits


class Number(NamedTuple):
    """A number: international digits where they are known, and the national writings it may be met in."""

    digits: str
    international: bool
    national: frozenset[str]

    def same(self, other: Number) -> bool:
        """Whether both may be one number: a national writing is the end of the international one."""
        if self.international and other.international:
            return self.digits == other.digits
        return bool(self.national & other.national)


def read(text: str, e164: Reader) -> Number | None:
    """A number as `e164` reads it, else as its digits; None where it is no number."""
    written = e164(text) or digits_only(text)
    if written is None:
        return None
    if not written.startswith("+"):
        return Number(written, False, frozenset({written, written.removeprefix("0")}))
    digits = written[1:]
    return Number(digits, True, frozenset({_COUNTRY_CODE.sub("", digits, count=1)}))


def compare_numbers(loa: str, csr: str, e164: Reader) -> list[Finding]:
    """Everything that differs between two billing numbers in composed form; how they are written matters little."""
    found = compare_codes(loa, csr)
    mine, its = read(loa, e164), read(csr, e164)
    if mine is None or its is None or not found:
        return found
    kept = [finding for finding in found if finding.category in _NOT_READ]
    if len(kept) == len(found):
        return found
    spans = found[-1].loa_span, found[-1].csr_span
    if mine.same(its):
        return [*kept, Finding(Category.TN_FORMAT, *spans)]
    both = mine.international and its.international
    one, other = (number.digits if both else min(number.national, key=len) for number in (mine, its))
    judged = judge_digits(one, other)
    return [*kept, Finding(judged.category, *spans, note=judged.note)]
