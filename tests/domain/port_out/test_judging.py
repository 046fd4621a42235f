"""What comparing brings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portolan.domain.port_out.case import CodeCheck, Lock, OnFile, Validation
from portolan.domain.port_out.grounds import Ground
from portolan.domain.port_out.judging import findings, standing
from tests.domain.port_out.builders import CLEAN, NOW, NUMBERS, ON_FILE, SECOND, awaiting, new, request, say

EQUAL = Validation(codes=dict.fromkeys(NUMBERS, CodeCheck.EQUAL))


def found(validation: Validation = CLEAN, **given: Any) -> list[Ground]:
    return [finding.ground for finding in findings(request(**given), validation)]


@pytest.mark.parametrize(
    ("given", "grounds"),
    [
        ({}, []),
        ({"account_number": "00481937"}, []),
        ({"account_number": " 0048 1937 "}, []),
        ({"account_number": "0048-1938"}, [Ground.ACCOUNT_NUMBER_WRONG]),
        ({"account_number": "48-1937"}, [Ground.ACCOUNT_NUMBER_WRONG]),
        ({"account_number": ""}, [Ground.ACCOUNT_NUMBER_MISSING]),
        ({"account_number": "--"}, [Ground.ACCOUNT_NUMBER_MISSING]),
        ({"postal_code": "02110-9999"}, []),
        ({"postal_code": "02111"}, [Ground.POSTAL_CODE_WRONG]),
        ({"postal_code": ""}, [Ground.POSTAL_CODE_MISSING]),
        ({"account_number": "", "postal_code": "1"}, [Ground.ACCOUNT_NUMBER_MISSING, Ground.POSTAL_CODE_WRONG]),
        ({"on_file": OnFile()}, []),
        ({"on_file": ON_FILE.model_copy(update={"not_ours": NUMBERS[:1]})}, [Ground.NUMBER_NOT_OURS]),
        ({"on_file": ON_FILE.model_copy(update={"inactive": NUMBERS[1:]})}, [Ground.NUMBER_NOT_ACTIVE]),
    ],
)
def test_all_that_is_wrong_is_found_at_once(given: dict[str, Any], grounds: list[Ground]) -> None:
    assert found(**given) == grounds


def test_what_the_rules_do_not_name_is_not_compared() -> None:
    assert found(playbook="US-TF", account_number="wrong", postal_code="wrong") == []
    assert found(playbook="UK-GEO", country="GB", account_number="wrong", postal_code="021101234") == []
    assert found(playbook="UK-GEO", country="GB", postal_code="02110") == [Ground.POSTAL_CODE_WRONG]
    wrong = Validation(codes=dict.fromkeys(NUMBERS, CodeCheck.DIFFERENT))
    assert found(wrong, playbook="UK-GEO", country="GB", postal_code="02110 1234") == []


@pytest.mark.parametrize(
    ("check", "ground"),
    [
        (CodeCheck.EQUAL, None),
        (CodeCheck.NOT_ON_FILE, None),
        (CodeCheck.DIFFERENT, Ground.CODE_WRONG),
        (CodeCheck.MISSING, Ground.CODE_MISSING),
    ],
)
def test_codes_are_judged_number_by_number(check: CodeCheck, ground: Ground | None) -> None:
    validation = Validation(codes={NUMBERS[0]: CodeCheck.EQUAL, NUMBERS[1]: check})
    told = findings(request(), validation)
    assert [(one.ground, one.numbers) for one in told] == ([(ground, NUMBERS[1:])] if ground else [])


@pytest.mark.parametrize(("before", "expired"), [(SECOND, False), (timedelta(), True), (-SECOND, True)])
def test_a_code_is_good_until_the_moment_it_expires(before: timedelta, expired: bool) -> None:
    on_file = ON_FILE.model_copy(update={"code_expires_at": NOW + before})
    assert found(EQUAL, on_file=on_file) == ([Ground.CODE_EXPIRED] if expired else [])
    assert found(Validation(codes=dict.fromkeys(NUMBERS, CodeCheck.DIFFERENT)), on_file=on_file) == [Ground.CODE_WRONG]


@pytest.mark.parametrize(("until", "locked"), [(None, True), (SECOND, True), (timedelta(), False), (-SECOND, False)])
def test_a_lock_stands_until_it_ends_or_is_lifted(until: timedelta | None, locked: bool) -> None:
    lock = Lock(until=None if until is None else NOW + until)
    case = awaiting(on_file=ON_FILE.model_copy(update={"lock": lock}))
    assert [one.ground for one in standing(case, NOW)] == ([Ground.LOCKED] if locked else [])
    if locked:
        say(case, "unlock", NOW)
        assert standing(case, NOW) == []


def test_a_lock_where_no_rule_knows_it_is_no_ground() -> None:
    case = new(playbook="UK-MOB", on_file=ON_FILE.model_copy(update={"lock": Lock()}))
    assert case.locked(NOW)
    assert standing(case, NOW) == []
    assert case.unsent[0].facts["by_itself"] == "released, your lock notwithstanding"
