"""What is done about all the reasons an order came back for, taken together."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.playbooks.model import Policy
from portolan.domain.rejections import AUTOMATIC, REASONS, Action, Disposition, Plan, Rejection, plan

ONE, TWO, THREE, MAIN = "+16175550101", "+16175550102", "+16175550103", "+16175550100"
NUMBERS = [MAIN, ONE, TWO, THREE]
DEBT = "FCC 03-237: a port may not be refused because of an unpaid balance"
US = Policy(
    playbook="US",
    time_zone="UTC",
    unlawful_refusals={"UNPAID": DEBT, "CONTRACT_TERM": DEBT, "RATE_CENTER": "x", "NAME_MISMATCH": "x"},
)
SILENT = Policy(playbook="X", time_zone="UTC")


def of(*given: str | Rejection, policy: Policy = US, numbers: list[str] = NUMBERS, btn: str = MAIN) -> Plan:
    rejections = [each if isinstance(each, Rejection) else Rejection(code=each) for each in given]
    return plan(rejections, policy, numbers, btn)


def about(code: str, *numbers: str) -> Rejection:
    return Rejection(code=code, numbers=list(numbers))


@pytest.mark.parametrize(
    ("given", "action"),
    [
        ((), Action.PERSON),
        (("INFO_ONLY",), Action.LOG),
        (("INFO_ONLY", "VENDOR_ERROR"), Action.RETRY),
        (("VENDOR_ERROR",), Action.RETRY),
        (("VENDOR_WORKING",), Action.WAIT),
        (("VENDOR_ERROR", "VENDOR_WORKING"), Action.WAIT),
        (("PENDING_ORDER",), Action.WAIT),
        (("FOC_TOO_SOON",), Action.NEW_DATE),
        (("FOC_TOO_SOON", "FOC_REJECTED", "INFO_ONLY"), Action.NEW_DATE),
        (("FOC_TOO_SOON", "VENDOR_ERROR"), Action.NEW_DATE),
        (("FOC_TOO_SOON", "PENDING_ORDER"), Action.WAIT),
        (("LOA_STALE",), Action.NEW_LOA),
        (("LOA_STALE", "BAD_SIGNATURE"), Action.NEW_LOA),
        (("LOA_STALE", "FOC_EXPIRED"), Action.NEW_LOA),
        (("LOA_STALE", "ADDRESS_MISMATCH"), Action.SUPPLEMENT),
        (("ADDRESS_MISMATCH",), Action.SUPPLEMENT),
        (("ADDRESS_MISMATCH", "PENDING_ORDER"), Action.SUPPLEMENT),
        (("ADDRESS_MISMATCH", "PORT_LOCK"), Action.PERSON),
        (("OTHER",), Action.PERSON),
        (("NO_SUCH_CODE",), Action.PERSON),
        (("SPLIT_REQUIRED",), Action.PERSON),
        (("TN_NOT_PORTABLE",), Action.GIVE_UP),
        (("TN_NOT_PORTABLE", "ADDRESS_MISMATCH"), Action.GIVE_UP),
        (("TN_NOT_PORTABLE", "OTHER"), Action.GIVE_UP),
        (("NOT_AUTHORISED",), Action.GIVE_UP),
        (("UNPAID",), Action.DISPUTE),
        (("UNPAID", "CONTRACT_TERM", "INFO_ONLY"), Action.DISPUTE),
        (("UNPAID", "ADDRESS_MISMATCH"), Action.PERSON),
        (("UNPAID", "VENDOR_ERROR"), Action.PERSON),
        (("NAME_MISMATCH", "ADDRESS_MISMATCH"), Action.PERSON),
        (("UNPAID", "TN_NOT_PORTABLE"), Action.GIVE_UP),
        (("RATE_CENTER",), Action.DISPUTE),
        (("RATE_CENTER", "ADDRESS_MISMATCH"), Action.PERSON),
        ((about("TN_INACTIVE", ONE),), Action.SPLIT_OUT),
        ((about("TN_INACTIVE", ONE), about("TN_NOT_PORTABLE", TWO)), Action.SPLIT_OUT),
        ((about("TN_INACTIVE", ONE), "INFO_ONLY"), Action.SPLIT_OUT),
        ((about("PENDING_ORDER", ONE),), Action.SPLIT_OUT),
        ((about("TN_INACTIVE", *NUMBERS),), Action.PERSON),
        ((about("TN_INACTIVE", ONE, MAIN),), Action.PERSON),
        ((about("TN_INACTIVE", ONE, "+16175559999"),), Action.PERSON),
        ((about("TN_INACTIVE", ONE), "TN_INACTIVE"), Action.PERSON),
        ((about("TN_INACTIVE", ONE), "ADDRESS_MISMATCH"), Action.PERSON),
        ((about("ADDRESS_MISMATCH", ONE),), Action.SUPPLEMENT),
        ((about("TN_NOT_PORTABLE", *NUMBERS),), Action.GIVE_UP),
        ((about("TN_NOT_PORTABLE", MAIN, ONE), about("RATE_CENTER", TWO, THREE)), Action.PERSON),
        ((about("TN_NOT_PORTABLE", MAIN, ONE), about("NO_INTERCONNECT", TWO, THREE)), Action.GIVE_UP),
        ((about("TN_NOT_PORTABLE", ONE), "ADDRESS_MISMATCH"), Action.PERSON),
        ((about("TN_NOT_PORTABLE", MAIN),), Action.PERSON),
    ],
)
def test_what_is_done(given: tuple[str | Rejection, ...], action: Action) -> None:
    assert of(*given).action is action


def test_only_time_dates_and_notices_need_nobody() -> None:
    assert sorted(AUTOMATIC) == ["log", "new_date", "retry", "wait"]


def test_without_a_rule_a_debt_is_a_matter_for_people() -> None:
    assert of("UNPAID", policy=SILENT).action is Action.PERSON


def test_every_field_is_corrected_in_one_round() -> None:
    found = of("PIN_INVALID", "ADDRESS_MISMATCH", "PORT_LOCK", "INFO_ONLY", "LOA_STALE")
    assert (found.action, found.fields, found.new_loa) == (Action.PERSON, ("loa", "pin", "service_address"), True)
    assert of("PIN_INVALID").new_loa is False
    unclear = Rejection(code="OTHER", candidates=["ADDRESS_MISMATCH", "POSTCODE_MISMATCH"])
    assert of(unclear).fields == ("postal_code", "service_address")


def test_numbers_are_split_out_in_the_orders_own_order() -> None:
    assert of(about("TN_INACTIVE", THREE), about("PORT_LOCK", ONE, THREE)).numbers == (ONE, THREE)
    assert of(about("TN_INACTIVE", ONE), "ADDRESS_MISMATCH").numbers == ()
    assert of(about("TN_INACTIVE", MAIN), btn="").numbers == (MAIN,)
    assert of(about("TN_INACTIVE", *NUMBERS), btn="").action is Action.PERSON, "nothing would stay"


@pytest.mark.parametrize(
    ("given", "days", "hours"),
    [
        (("VENDOR_ERROR",), 0, 1),
        (("VENDOR_WORKING",), 2, 0),
        (("PENDING_ORDER",), 1, 0),
        (("PENDING_ORDER", "VENDOR_WORKING", "VENDOR_ERROR"), 2, 0),
        (("PENDING_ORDER", "ADDRESS_MISMATCH"), 1, 0),
        (("ADDRESS_MISMATCH",), 0, 0),
        (("UNPAID",), 0, 0),
        (("TN_NOT_PORTABLE", "PENDING_ORDER"), 0, 0),
        ((about("PENDING_ORDER", ONE),), 0, 0),
    ],
)
def test_the_slowest_wait_counts(given: tuple[str | Rejection, ...], days: int, hours: int) -> None:
    found = of(*given)
    assert (found.wait_business_days, found.wait_hours) == (days, hours)


@pytest.mark.parametrize(
    ("rejection", "words"),
    [
        (Rejection(code="ADDRESS_MISMATCH"), "ADDRESS_MISMATCH: correct service_address and send again."),
        (Rejection(code="PENDING_ORDER"), "PENDING_ORDER: wait 1 business day, then send again."),
        (Rejection(code="VENDOR_WORKING"), "VENDOR_WORKING: wait 2 business days, then ask the carrier."),
        (Rejection(code="VENDOR_ERROR"), "VENDOR_ERROR: send again after 1 hour."),
        (about("PORT_LOCK", ONE, TWO), f"PORT_LOCK ({ONE}, {TWO}): the customer has to act first."),
        (Rejection(code="OTHER"), "OTHER: somebody here has to act first."),
        (Rejection(code="UNPAID"), f"UNPAID: no lawful ground here: {DEBT}."),
    ],
)
def test_a_plan_says_what_each_reason_asks_for(rejection: Rejection, words: str) -> None:
    assert of(rejection).reasons == (words,)


def test_a_plan_is_kept_and_read_again() -> None:
    found = of(about("TN_INACTIVE", ONE), about("PORT_LOCK", TWO))
    assert Plan.model_validate_json(found.model_dump_json()) == found
    assert Plan().action is Action.PERSON, "what nobody judged is a person's"


def forms(code: str) -> list[Rejection]:
    """A reason about the whole order, and about one number."""
    return [Rejection(code=code), about(code, ONE)]


EVERY = [form for code in REASONS for form in forms(code)]
HUMAN = [form for code, reason in REASONS.items() if reason.disposition is Disposition.HUMAN for form in forms(code)]


@pytest.mark.parametrize("policy", [US, SILENT], ids=["rules", "no rules"])
def test_of_every_two_reasons_none_is_dropped_and_their_order_is_nothing(policy: Policy) -> None:
    for one, other in itertools.combinations_with_replacement(EVERY, 2):
        found = plan([one, other], policy, NUMBERS, MAIN)
        assert found == plan([other, one], policy, NUMBERS, MAIN)
        for each in (one, other):
            assert any(words.startswith((f"{each.code}:", f"{each.code} (")) for words in found.reasons)
            if each.reason.disposition is not Disposition.LOG:
                assert set(each.fields) <= set(found.fields)
                assert found.new_loa or not each.reason.new_loa
        assert set(found.numbers) < set(NUMBERS)
        assert bool(found.numbers) is (found.action is Action.SPLIT_OUT)


@pytest.mark.parametrize("policy", [US, SILENT], ids=["rules", "no rules"])
def test_whatever_needs_a_person_is_never_done_by_itself(policy: Policy) -> None:
    for human, other in itertools.product(HUMAN, EVERY):
        found = plan([human, other], policy, NUMBERS, MAIN)
        assert found.action not in AUTOMATIC, (human, other)
        if not human.numbers or not other.numbers:
            assert found.action is not Action.SPLIT_OUT or other.reason.disposition is Disposition.LOG


#: How much a person has to do with it: adding a reason never takes people out of it again.
CAREFUL = {Action.LOG: 0, Action.RETRY: 1, Action.NEW_DATE: 2, Action.WAIT: 3}


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(rejections=st.lists(st.sampled_from(EVERY), min_size=1, max_size=5), more=st.sampled_from(EVERY))
def test_one_more_reason_never_makes_a_plan_less_careful(rejections: list[Rejection], more: Rejection) -> None:
    before = plan(rejections, US, NUMBERS, MAIN)
    after = plan([*rejections, more], US, NUMBERS, MAIN)
    assert CAREFUL.get(after.action, 9) >= CAREFUL.get(before.action, 9)
    assert set(before.fields) <= set(after.fields)
    assert set(before.reasons) <= set(after.reasons)
    assert plan(rejections[::-1], US, NUMBERS, MAIN) == before
    assert plan(rejections * 2, US, NUMBERS, MAIN) == before
