"""Grounds that are not lawful, and the letter that says so."""

from __future__ import annotations

from datetime import date

import pytest

from portolan.domain.playbooks.model import Policy
from portolan.domain.rejections import REASONS, Lawfulness, Rejection, dispute, lawfulness

RULE = "47 CFR 52.36: a simple port may ask for fourteen fields and a passcode"
DEBT = "FCC 03-237: a port may not be refused because of an unpaid balance"
US = Policy(playbook="US-LOCAL", time_zone="America/New_York", unlawful_refusals={"NAME_MISMATCH": RULE, "FEES": DEBT})
SILENT = Policy(playbook="X", time_zone="UTC")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("NAME_MISMATCH", Lawfulness(False, RULE)),
        ("END_USER_NAME", Lawfulness(False, RULE)),
        ("UNPAID", Lawfulness(False, DEBT)),
        ("CONTRACT_OR_DEBT", Lawfulness(False, DEBT)),
        ("CONTRACT_TERM", Lawfulness(None, "")),
        ("OTHER", Lawfulness(None, "")),
        ("NO_SUCH_CODE", Lawfulness(None, "")),
    ],
)
def test_the_playbook_says_which_grounds_are_unlawful(code: str, expected: Lawfulness) -> None:
    assert lawfulness(code, US) == expected
    assert lawfulness(code, SILENT) == (None, "")


def test_a_code_nobody_knows_is_not_taken_for_one_in_the_playbook_that_nobody_knows() -> None:
    odd = Policy(playbook="X", time_zone="UTC", unlawful_refusals={"TYPING_ERROR": RULE})
    assert lawfulness("NO_SUCH_CODE", odd) == (None, "")


@pytest.mark.parametrize("code", REASONS)
def test_nothing_is_called_lawful(code: str) -> None:
    assert lawfulness(code, US).lawful is not True


def letter(rejection: Rejection, policy: Policy = US) -> str:
    return dispute(
        rejection,
        policy,
        order_id="acme-boston-1",
        losing_carrier="Old Telco",
        gaining_carrier="New Telco",
        numbers=["+16175550101", "+16175550102"],
        received_on=date(2026, 11, 20),
    )


def test_a_dispute_cites_the_rule_and_asks_for_a_date_for_the_order_as_it_is() -> None:
    words = letter(Rejection(code="UNPAID", text="Balance of $12 due", vendor_code="LNP112J", numbers=["+16175550102"]))
    assert words.startswith("Subject: Port order acme-boston-1: please confirm a date\n")
    for part in (
        "To the porting desk of Old Telco",
        "on 2026-11-20 you refused port order acme-boston-1 (code LNP112J)",
        REASONS["UNPAID"].meaning,
        'Your answer reads: "Balance of $12 due"',
        "Your refusal names +16175550102.",
        DEBT,
        "for the order as it stands, unchanged",
        "  +16175550101\n  +16175550102\n",
        "New Telco, porting desk",
    ):
        assert part in words
    assert RULE not in words
    assert max(map(len, words.splitlines())) <= 200


def test_a_dispute_says_only_what_is_known() -> None:
    words = letter(Rejection(code="NAME_MISMATCH"))
    assert "Your answer reads" not in words
    assert "(code" not in words
    assert "Your refusal names" not in words
    assert "\n\n\n" not in words
    assert words.count(RULE) == 1


@pytest.mark.parametrize("code", ["CONTRACT_TERM", "OTHER", "INFO_ONLY", "NON_COMPLIANT_REJECT"])
def test_without_a_rule_there_is_no_dispute(code: str) -> None:
    assert letter(Rejection(code=code)) == ""
    assert letter(Rejection(code="UNPAID"), SILENT) == ""
