"""The cases handed over with the plan: each with its verdict and its differences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portolan.domain.reconciliation import report

CASES = Path(__file__).parents[3] / ".." / "shared" / "cases" / "reconciliation.jsonl"


def cases() -> list[Any]:
    if not CASES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="no folder with cases beside the repository"))]
    lines = map(json.loads, CASES.read_text(encoding="utf-8").splitlines())
    return [pytest.param(case, id=case["id"]) for case in lines]


@pytest.mark.parametrize("case", cases())
def test_a_case_is_judged_as_expected(case: dict[str, Any]) -> None:
    found = report(case["loa"], case["csr"])
    assert found.verdict == case["verdict"]
    assert [
        {"field": one.field, "category": one.category, "severity": one.severity} for one in found.differences
    ] == case["expect"]
    for one in found.differences:
        if one.field != "numbers":
            assert one.suggestion == case["csr"][one.field]
