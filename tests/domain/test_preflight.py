"""The pre-flight of one order: what each thing that would send it back says, how bad it is, and what to do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from portolan.domain.foc import Freeze
from portolan.domain.messaging import MessagingWanted
from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.playbooks.fields import Identifier
from portolan.domain.playbooks.model import Override
from portolan.domain.preflight import WANTED, Finding, Preflight, findings
from portolan.domain.reconciliation import Severity, reconcile
from tests.world import request

#: A Monday, ten in the morning in New York.
NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
NUMBERS = ["+12125550143", "+12125550144"]
BLOCKING, WARN, INFO = Severity.BLOCKING, Severity.WARN, Severity.INFO


def looked_at(
    left: list[str] | None = None,
    main_number: str = "",
    identifiers: dict[str, set[str]] | None = None,
    names: dict[date, str] | None = None,
    csr: dict[str, str] | None = None,
    **given: Any,
) -> list[Finding]:
    """What there is to say about an order; `csr` is how the record differs from the account."""
    asked = request("acme-1", **{"numbers": NUMBERS, **given})
    account = asked.account.model_dump()
    found = reconcile(account, account | csr) if csr is not None else []
    kinds = {number: frozenset(kinds) for number, kinds in (identifiers or {}).items()}
    return findings(Preflight(asked, found, left or [], main_number, kinds, names or {}, NOW))


def saying(found: list[Finding], words: str) -> Finding:
    """The one finding with these words."""
    (one,) = [finding for finding in found if words in finding.what]
    return one


def silent(found: list[Finding], words: str) -> bool:
    return not any(words in finding.what for finding in found)


def test_of_a_good_order_there_are_only_notes() -> None:
    found = looked_at()
    assert {finding.severity for finding in found} == {INFO}
    assert "Ada Byron signs the letter in ink, scanned or electronically" in saying(found, "signs the letter").what
    assert "Papers that go with the order: bill." in [finding.what for finding in found]
    assert "CSR) is not known yet" in saying(found, "CSR").what
    assert "at most 30 days old" in saying(found, "CSR").fix


def test_the_worst_comes_first() -> None:
    found = looked_at(left=["+12125550199"], csr={"entity_name": "Bell Works"}, advice=["High risk."])
    order = [BLOCKING, WARN, INFO]
    ranks = [order.index(finding.severity) for finding in found]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


def test_numbers_that_cannot_move_are_the_end_of_it_and_get_no_dates() -> None:
    found = looked_at(policy={"portable": False, "not_portable_why": "No rollback of a landline here."})
    one = saying(found, "cannot be ported")
    assert (one.severity, one.fix) == (BLOCKING, "No rollback of a landline here.")
    assert silent(found, "earliest cutover")
    assert not silent(looked_at(), "earliest cutover")


@pytest.mark.parametrize(("most", "told"), [(1, True), (2, False), (None, False)])
def test_more_numbers_than_the_carrier_takes_at_once(most: int | None, told: bool) -> None:
    found = looked_at(policy={"most_numbers": most} if most else {})
    assert silent(found, "takes at most") is not told
    if told:
        assert saying(found, "2 numbers: simulated takes at most 1").severity is WARN


def test_a_difference_is_told_in_words_with_the_records_own_characters_as_the_fix() -> None:
    found = looked_at(csr={"entity_name": "Acme Manufacturing Ltd", "postal_code": ""})
    one = saying(found, "entity_name: ")
    assert (one.severity, one.fix) == (BLOCKING, "Write 'Acme Manufacturing Ltd'.")
    assert "Limited" in one.what


@pytest.mark.parametrize(
    ("left", "btn", "remaining", "new_btn", "severity"),
    [
        ([], "", "", "", None),
        (["+12125550199"], "", "", "", WARN),
        (["+12125550199"], "", "keep", "", INFO),
        (["+12125550199"], "", "cease", "", INFO),
        (["+12125550199"], "+12125550199", "keep", "", INFO),
        (["+12125550199"], NUMBERS[0], "", "", WARN),
        (["+12125550199"], NUMBERS[0], "", "+12125550199", WARN),
        (["+12125550199"], NUMBERS[0], "keep", "", WARN),
        (["+12125550199"], NUMBERS[0], "keep", "+12125550199", INFO),
        (["+12125550199"], NUMBERS[0], "cease", "", INFO),
    ],
)
def test_a_partial_port_asks_what_becomes_of_the_rest_and_of_the_main_number(
    left: list[str], btn: str, remaining: str, new_btn: str, severity: Severity | None
) -> None:
    found = looked_at(left=left, main_number=btn, remaining=remaining, new_btn=new_btn)
    if severity is None:
        assert silent(found, "A partial port")
        return
    one = saying(found, "A partial port leaves 1 number of the account behind.")
    main = btn in NUMBERS
    assert one.severity is severity
    assert (f"main number {btn}" in one.what) is main
    if severity is WARN:
        assert "`remaining_numbers: keep` or `cease`" in one.fix
        assert ("`new_btn`" in one.fix) is main
    else:
        assert ("kept" if remaining == "keep" else "ceased") in one.what
        assert one.fix == ""


FIRST, SECOND = "+447700900110", "+447700900111"


@pytest.mark.parametrize(
    ("identifiers", "missing"),
    [
        ({}, "The PAC is missing for 2 of 2 numbers, the first +447700900110."),
        ({FIRST: {"pac"}}, "The PAC is missing for 1 of 2 numbers, the first +447700900111."),
        ({FIRST: {"rio"}, SECOND: {"pac"}}, "The PAC is missing for 1 of 2 numbers, the first +447700900110."),
        ({FIRST: {"pac"}, SECOND: {"rio", "pac"}}, ""),
    ],
)
def test_a_pac_is_wanted_for_each_number(identifiers: dict[str, set[str]], missing: str) -> None:
    found = looked_at(identifiers=identifiers, playbook="UK-MOB", country="GB", numbers=[FIRST, SECOND])
    if missing:
        one = saying(found, missing)
        assert (one.severity, "65075" in one.fix) == (WARN, True)
    else:
        assert silent(found, "PAC is missing")


@pytest.mark.parametrize("kind", WANTED)
@pytest.mark.parametrize("given", [False, True])
def test_each_identifier_that_a_playbook_wants_is_missed(kind: str, given: bool) -> None:
    found = looked_at(identifiers={"": {kind}} if given else {}, policy={"identifiers": [kind]})
    told = [finding for finding in found if "is missing" in finding.what]
    expected = [] if given else [(WANTED[kind].severity, WANTED[kind].fix)]
    assert [(finding.severity, finding.fix) for finding in told] == expected
    assert all(("for 2 of 2 numbers" in finding.what) is WANTED[kind].per_number for finding in told)


def test_every_identifier_of_every_playbook_is_looked_for_here_or_elsewhere() -> None:
    asked = {kind for book in PLAYBOOKS.values() for kind in book.policy().identifiers}
    elsewhere = {"account_number", "postal_code", "btn", "rio"}
    assert asked - elsewhere <= set(WANTED) <= set(get_args(Identifier))


@pytest.mark.parametrize(
    ("modes", "words"),
    [
        (["wet"], "in ink, scanned;"),
        (["electronic"], "electronically;"),
        (["electronic", "wet"], "in ink, scanned or electronically;"),
    ],
)
def test_how_the_letter_may_be_signed(modes: list[str], words: str) -> None:
    found = looked_at(policy={"signature_modes": modes, "loa_max_age_days": 14})
    one = saying(found, "signs the letter")
    assert words in one.what
    assert "14 days" in one.what


@pytest.mark.parametrize(("over", "told"), [(1, True), (2, False)])
def test_long_lists_go_beside_the_letter(over: int, told: bool) -> None:
    assert silent(looked_at(policy={"loa_attachment_over": over}), "See Attached") is not told


@pytest.mark.parametrize(
    ("names", "what"),
    [({}, "a closed day of the losing carrier"), ({date(2026, 11, 11): "Veterans Day"}, "Veterans Day")],
)
def test_days_to_avoid_are_told_with_the_reason(names: dict[date, str], what: str) -> None:
    one = saying(looked_at(policy={"closed_days": [date(2026, 11, 11)]}, names=names), "If it were sent today")
    assert one.what.endswith("earliest cutover Friday 2026-11-06, recommended Thursday 2026-11-12.")
    assert f"avoid 2026-11-10: Tuesday 2026-11-10 is the eve of {what}" in one.fix
    assert f"avoid 2026-11-11: Wednesday 2026-11-11 is {what}" in one.fix


def test_no_day_of_a_freeze_is_recommended() -> None:
    freeze = Freeze(date(2026, 11, 6), date(2026, 11, 20), "autumn campaign")
    one = saying(looked_at(freezes=[freeze]), "If it were sent today")
    assert date.fromisoformat(one.what.rstrip(".").rsplit(" ", 1)[1]) > freeze.last
    assert "autumn campaign" in one.fix


def test_a_wish_that_is_the_recommended_day_needs_no_words() -> None:
    told = saying(looked_at(), "recommended").what
    recommended = date.fromisoformat(told.rstrip(".").rsplit(" ", 1)[1])
    assert silent(looked_at(requested_foc_on=recommended), "was asked for")


def test_a_wish_that_is_too_early_is_reviewed_with_the_day_to_ask_for() -> None:
    one = saying(looked_at(requested_foc_on=date(2026, 11, 3)), "was asked for")
    assert one.severity is WARN
    assert one.what.startswith("Tuesday 2026-11-03 was asked for. ")
    assert one.fix.startswith("Ask for ")


def test_a_letter_that_would_not_live_until_the_cutover_is_told() -> None:
    assert silent(looked_at(), "Signed today")
    found = looked_at(policy={"loa_max_age_days": 3, "lead_business_days": 10})
    assert "sign" in saying(found, "Signed today").what


@pytest.mark.parametrize(("wanted", "severity"), [(None, INFO), (date(2026, 11, 6), INFO), (date(2026, 11, 5), WARN)])
def test_hosted_messaging_comes_four_business_days_before_the_numbers(wanted: date | None, severity: Severity) -> None:
    hosted = MessagingWanted(mode="hosted_first", campaign="C1")
    found = looked_at(messaging=hosted, requested_foc_on=wanted)
    one = saying(found, "Hosted messaging moves first: ordered today, the numbers may follow on Friday 2026-11-06")
    assert one.severity is severity
    assert bool(one.fix) is (severity is WARN)
    assert silent(looked_at(messaging=MessagingWanted(campaign="C1"), requested_foc_on=wanted), "Hosted messaging")


@pytest.mark.parametrize(
    ("wanted", "given", "told"),
    [
        (MessagingWanted(), {}, True),
        (MessagingWanted(campaign="C1"), {}, False),
        (MessagingWanted(), {"number_class": "toll_free"}, False),
        (MessagingWanted(), {"country": "CA"}, False),
        (None, {}, False),
    ],
)
def test_local_numbers_need_a_campaign_for_texts(
    wanted: MessagingWanted | None, given: dict[str, Any], told: bool
) -> None:
    found = looked_at(messaging=wanted, **given)
    assert silent(found, "No 10DLC campaign") is not told
    if told:
        one = saying(found, "No 10DLC campaign")
        assert (one.severity, "name it under `messaging`" in one.fix) == (INFO, True)


def test_advice_is_for_review() -> None:
    found = looked_at(advice=["High risk: one.", "High risk: two."])
    risky = [(finding.severity, finding.what) for finding in found if "High risk" in finding.what]
    assert risky == [(WARN, "High risk: one."), (WARN, "High risk: two.")]


def test_what_an_operator_overrode_is_told_with_who_and_where() -> None:
    policy = PLAYBOOKS["US-LOCAL"].policy()
    policy.overridden = [
        Override(name="rollback_hours", was="72", became="48", by="Grace Hopper", source="o.yaml, line 4"),
        Override(name="portable", was="True", became="False", by="Ada"),
    ]
    asked = request("acme-1", numbers=NUMBERS).model_copy(update={"policy": policy})
    found = findings(Preflight(asked, [], [], "", {}, {}, NOW))
    found = [finding for finding in found if "overridden by" in finding.what]
    assert [(finding.severity, finding.what) for finding in found] == [
        (INFO, "rollback_hours is 48, not the playbook's 72: overridden by Grace Hopper (o.yaml, line 4)."),
        (INFO, "portable is False, not the playbook's True: overridden by Ada."),
    ]
