"""What is done about a rejection: by Portolan itself where nobody is needed, else by a person who is told what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from portolan.domain import cures, outcomes
from portolan.domain.carrier import SendKind
from portolan.domain.clocks import Clock, acts, next_deadline
from portolan.domain.cures import MOST_CURES, split_request
from portolan.domain.effects import Cure
from portolan.domain.order import Order
from portolan.domain.rejections import Action, Plan
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.domain.builders import (
    ACCOUNT,
    DAY,
    HOUR,
    NOW,
    answer,
    aside,
    check,
    deadline,
    held,
    last,
    let_pass,
    new,
    notices,
    on_file,
    open_kinds,
    say,
    sign,
    submitted,
    task,
    try_to_say,
)

ONE, TWO, THREE = "+12125550143", "+12125550144", "+12125550145"
FIX, DISPUTE, GIVE_UP, SIGN = (
    TaskKind.FIX_REJECTION,
    TaskKind.DISPUTE_REJECTION,
    TaskKind.GIVE_UP,
    TaskKind.SIGN_LOA,
)
#: A reason that only needs time, one that is retried, one that wants another date.
BY_ITSELF = {"PENDING_ORDER": DAY, "VENDOR_ERROR": HOUR, "FOC_TOO_SOON": None}


def sent_back(*reasons: Any, now: datetime = NOW, order: Order | None = None, **given: Any) -> Order:
    """An order that came back for these reasons."""
    order = order or submitted(new(numbers=[ONE, TWO, THREE], **given))
    say(order, "carrier_rejected", now, reasons=list(reasons))
    return order


def sent_again(order: Order, now: datetime) -> Order:
    """The carrier takes what is under way to it."""
    outcomes.sent(order, held(order), now)
    return order


def about(code: str, *numbers: str) -> dict[str, Any]:
    return {"code": code, "numbers": list(numbers)}


@pytest.mark.parametrize(
    ("reasons", "state", "tasks", "told"),
    [
        (["NAME_MISMATCH"], State.ACTION_REQUIRED, [FIX], "rejected"),
        (["PORT_LOCK"], State.ACTION_REQUIRED, [FIX], "rejected"),
        (["NAME_MISMATCH", "VENDOR_ERROR"], State.ACTION_REQUIRED, [FIX], "rejected"),
        (["NO_SUCH_CODE"], State.ACTION_REQUIRED, [FIX], "rejected"),
        ([], State.ACTION_REQUIRED, [FIX], "rejected"),
        ([{"code": "OTHER", "text": "Name does not match CSR"}], State.ACTION_REQUIRED, [FIX], "rejected"),
        ([{"code": "OTHER", "text": "see our letter of last week"}], State.ACTION_REQUIRED, [FIX], "rejected"),
        (["LOA_ILLEGIBLE"], State.AWAITING_SIGNATURE, [SIGN], "signature_needed"),
        (["LOA_STALE"], State.AWAITING_SIGNATURE, [SIGN], "signature_needed"),
        ([about("TN_INACTIVE", TWO)], State.SUBMITTING, [], "split_out"),
        ([about("TN_INACTIVE", ONE, TWO, THREE)], State.ACTION_REQUIRED, [FIX], "rejected"),
        ([about("TN_INACTIVE", TWO), "NAME_MISMATCH"], State.ACTION_REQUIRED, [FIX], "rejected"),
        (["PENDING_ORDER"], State.ACTION_REQUIRED, [FIX], "rejected"),
        (["VENDOR_ERROR"], State.ACTION_REQUIRED, [FIX], "submitted"),
        (["FOC_TOO_SOON"], State.SUBMITTING, [], "submitted"),
        (["UNPAID"], State.ACTION_REQUIRED, [DISPUTE], "action_needed"),
        (["UNPAID", "NAME_MISMATCH"], State.ACTION_REQUIRED, [FIX], "rejected"),
        (["TN_NOT_PORTABLE"], State.ACTION_REQUIRED, [GIVE_UP], "rejected"),
        (["INFO_ONLY"], State.SUBMITTED, [], "submitted"),
    ],
)
def test_each_reason_has_its_cure(reasons: list[Any], state: State, tasks: list[TaskKind], told: str) -> None:
    order = sent_back(*reasons)
    assert (order.state, open_kinds(order), notices(order)[-1]) == (state, tasks, told)
    assert not order.unjudged
    assert not order.split_off
    assert not order.letter_wanted


def test_every_action_is_known() -> None:
    for action in Action:
        order = sent_back("NAME_MISMATCH")
        order.unjudged = True
        plan = Plan(action=action, numbers=(TWO,) if action is Action.SPLIT_OUT else ())
        cures.judged(order, Cure(rejections=order.rejections, plan=plan), NOW)
        assert not order.unjudged
        aside(order, NOW)
        assert next_deadline(order) or acts(order)


def test_what_could_not_be_judged_is_a_persons() -> None:
    order = submitted(new())
    before = order.loa
    say_nothing = {"reasons": ["FOC_TOO_SOON"]}
    assert try_to_say(order, "carrier_rejected", NOW, **say_nothing).accepted
    cures.judged(order, None, NOW)
    assert (order.state, open_kinds(order), order.cures) == (State.ACTION_REQUIRED, [FIX], 0)
    assert "FOC_TOO_SOON" in task(order, FIX).detail
    assert (order.loa, order.unjudged) == (before, False)


def test_a_wrong_field_becomes_a_task_with_the_field_and_the_records_value() -> None:
    order = sent_back("NAME_MISMATCH")
    order.account = order.account.model_copy(update={"entity_name": "Acme Ltd"})
    order = sent_back("NAME_MISMATCH", "POSTCODE_MISMATCH", order=order, now=NOW + HOUR)
    assert task(order, FIX).detail.endswith("The record says 'Acme Manufacturing Limited' (entity_name).")
    answer(order, FIX, "accept_suggestions")
    assert order.account == ACCOUNT
    assert order.state is State.CHECKING


def test_what_the_carrier_suggests_is_not_told_twice() -> None:
    order = sent_back({"code": "NAME_MISMATCH", "suggestion": "Acme Mfg Ltd"})
    assert task(order, FIX).detail.count("Acme Mfg Ltd") == 1
    assert "(entity_name)" not in task(order, FIX).detail
    answer(order, FIX, "accept_suggestions")
    assert order.account.entity_name == "Acme Mfg Ltd"


def test_the_customer_is_told_in_words_without_codes() -> None:
    order = sent_back("PIN_MISSING")
    plain = order.unsent[-1].facts["plain"]
    assert "PIN_MISSING" not in plain
    assert plain == order.rejections[0].for_customer()
    assert sent_back().unsent[-1].facts["plain"] == "The provider gave no reason; it is being asked."


def test_words_of_a_desk_are_kept_beside_what_they_mean() -> None:
    order = sent_back({"code": "OTHER", "text": "Name does not match CSR", "numbers": [TWO]})
    (reason,) = order.rejections
    assert (reason.code, reason.text, reason.numbers) == ("NAME_MISMATCH", "Name does not match CSR", [TWO])


def test_a_letter_that_was_rejected_is_signed_again_and_goes_out_as_a_supplement() -> None:
    order = sent_back("BAD_SIGNATURE")
    assert (order.loa, order.letters["port"]) == (None, "ab" * 32)
    assert not try_to_say(order, "approve", by="Charles").accepted
    sign(order, NOW + DAY)
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.SUPPLEMENT, 2)


@pytest.mark.parametrize(("code", "wait"), [(code, wait) for code, wait in BY_ITSELF.items() if wait])
def test_what_only_needs_time_is_sent_again_by_itself_then(code: str, wait: timedelta) -> None:
    order = sent_back(code)
    assert (order.cure_at, order.cures) == (NOW + wait, 0)
    assert task(order, FIX).due_at == NOW + wait
    assert "It is taken up again by itself on" in task(order, FIX).detail
    assert not acts(order)
    assert let_pass(order, Clock.CURE) == NOW + wait
    assert (order.state, order.send, order.attempt, order.cures) == (State.SUBMITTING, SendKind.SUPPLEMENT, 2, 1)
    assert (order.cure_at, open_kinds(order)) == (None, [])


@pytest.mark.parametrize(
    ("now", "cure_at"),
    [
        ("2026-11-05T15:00Z", "2026-11-06T15:00Z"),
        ("2026-11-06T15:00Z", "2026-11-09T15:00Z"),  # over the weekend
        ("2026-10-30T15:00Z", "2026-11-02T16:00Z"),  # and out of daylight-saving time: 11:00 there
        ("2026-11-03T02:00Z", "2026-11-04T02:00Z"),  # still Monday evening there
    ],
)
def test_business_days_are_counted_at_the_losing_carriers_desk(now: str, cure_at: str) -> None:
    order = sent_back("PENDING_ORDER", now=datetime.fromisoformat(now))
    assert order.cure_at == datetime.fromisoformat(cure_at)


def test_closed_days_of_the_losing_carrier_are_not_waited_out_as_business_days() -> None:
    closed = {"closed_days": [(NOW + DAY).date()]}
    assert sent_back("PENDING_ORDER", policy=closed).cure_at == NOW + 2 * DAY


def test_of_several_reasons_that_need_time_the_slowest_counts() -> None:
    assert sent_back("VENDOR_ERROR", "CARRIER_DELAY").cure_at == NOW + 2 * DAY


def test_where_the_order_stands_at_the_carrier_it_is_asked_instead_of_sent_again() -> None:
    order = sent_back("CARRIER_DELAY")
    let_pass(order, Clock.CURE)
    assert (order.state, order.attempt, order.refetch) == (State.ACTION_REQUIRED, 1, True)
    assert last(order).detail == "the carrier said it would settle this; it is asked"


def test_a_date_that_was_refused_is_asked_for_anew_without_a_letter() -> None:
    order = sent_back("FOC_REJECTED")
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.NEW_DATE, 2)
    assert order.requested_foc_on is not None
    assert order.requested_foc_on > NOW.date()
    assert order.requested_foc_on not in order.policy.closed_days
    assert str(order.requested_foc_on) in last(order).detail


@pytest.mark.parametrize("code", BY_ITSELF)
def test_after_so_many_cures_in_a_row_a_person_looks(code: str) -> None:
    order, now = sent_back(code), NOW
    for count in range(1, MOST_CURES + 1):
        if order.cure_at:
            now = let_pass(order, Clock.CURE)
        assert (order.state, order.cures) == (State.SUBMITTING, count)
        sent_again(order, now)
        now += HOUR
        sent_back(code, now=now, order=order)
    assert (order.state, open_kinds(order), order.cure_at) == (State.ACTION_REQUIRED, [FIX], None)
    assert "by itself on" not in task(order, FIX).detail
    assert (notices(order)[-1], order.attempt) == ("rejected", MOST_CURES + 1)
    assert not acts(order)
    assert deadline(order).clock is Clock.REMINDER


def test_a_date_ends_the_row_of_cures() -> None:
    order = sent_again(sent_back("FOC_TOO_SOON"), NOW)
    say(order, "foc_confirmed", NOW + HOUR, foc_at=NOW + 15 * DAY)
    assert order.cures == 0


def test_a_dispute_is_drafted_and_cites_the_rule() -> None:
    order = sent_back({"code": "UNPAID", "text": "balance due of 12 USD"})
    detail = task(order, DISPUTE).detail
    assert "FCC 03-237" in detail
    assert "FCC 03-237" in order.dispute
    assert all(words in order.dispute for words in ("balance due of 12 USD", ONE, TWO, THREE, "Old Telco", "order-1"))
    assert last(order).detail == "no lawful ground: a dispute is drafted"
    assert not acts(order)
    answer(order, DISPUTE, "disputed", NOW + DAY)
    assert (order.state, order.attempt, order.send) == (State.SUBMITTING, 2, SendKind.SUPPLEMENT)
    assert order.dispute


@pytest.mark.parametrize(
    ("playbook", "code", "kind"),
    [
        ("CA", "UNPAID", FIX),
        ("US-LOCAL", "UNPAID", DISPUTE),
        ("US-LOCAL", "CONTRACT_TERM", DISPUTE),
        ("US-LOCAL", "NAME_MISMATCH", FIX),
        ("US-LOCAL-SIMPLE", "NAME_MISMATCH", DISPUTE),
    ],
)
def test_whether_a_ground_is_disputed_depends_on_the_rules_of_the_order(
    playbook: str, code: str, kind: TaskKind
) -> None:
    order = sent_back(code, playbook=playbook)
    assert open_kinds(order) == [kind]
    assert bool(order.dispute) is (kind is DISPUTE)


@pytest.mark.parametrize(("refused", "state"), [(False, State.NOT_PORTABLE), (True, State.ACTION_REQUIRED)])
def test_giving_up_tells_the_carrier_first(refused: bool, state: State) -> None:
    order = sent_back("TN_NOT_PORTABLE")
    assert order.state is State.ACTION_REQUIRED
    answer(order, GIVE_UP, "give_up", NOW + DAY)
    assert (order.state, order.gave_up) == (State.CANCELLING, True)
    if refused:
        outcomes.not_cancelled(order, "too late", NOW + DAY)
        aside(order, NOW + DAY)
        assert (order.gave_up, open_kinds(order)) == (False, [TaskKind.CANCEL_REFUSED, GIVE_UP])
    else:
        outcomes.cancelled(order, NOW + DAY)
        meaning = "a number of this kind, or with this carrier, cannot be ported"
        assert order.outcome == f"Cannot be ported: {meaning}"
        assert notices(order)[-1] == "not_portable"
    assert order.state is state


def test_a_cancelled_order_was_not_given_up() -> None:
    order = sent_back("TN_NOT_PORTABLE")
    answer(order, GIVE_UP, "give_up", NOW + DAY)
    outcomes.not_cancelled(order, "busy", NOW + DAY)
    aside(order, NOW + DAY)
    say(order, "cancel", NOW + DAY, by="Charles", reason="campaign moved")
    outcomes.cancelled(order, NOW + DAY)
    assert (order.state, order.outcome) == (State.CANCELLED, "Cancelled: campaign moved")


def test_a_notice_of_the_carrier_changes_nothing_but_who_moves_next() -> None:
    order = sent_back("INFO_ONLY")
    assert (order.state, order.attempt, order.rejections, order.refetch) == (State.SUBMITTED, 1, [], False)
    assert last(order).detail.startswith("nothing to do: INFO_ONLY")
    assert "rejected" not in notices(order)


# -- numbers that are split out ----------------------------------------------------------------------------------


def test_the_numbers_that_are_split_out_get_an_order_with_the_account_as_it_was_corrected() -> None:
    order = submitted(new(numbers=[ONE, TWO, THREE], siblings=["+18005550143"]))
    order.account = order.account.model_copy(update={"entity_name": "Acme Ltd"})
    say_nothing = {"reasons": [about("TN_INACTIVE", TWO)]}
    assert try_to_say(order, "carrier_rejected", NOW, **say_nothing).accepted
    cures.judged(order, Cure(rejections=order.rejections, plan=Plan(action=Action.SPLIT_OUT, numbers=(TWO,))), NOW)
    assert order.split_off is not None
    assert acts(order)
    asked = split_request(order, order.split_off)
    assert (asked.order_id, asked.numbers, asked.split_from) == ("order-1-split-1", [TWO], "order-1")
    assert (asked.project_id, asked.policy) == (order.request.project_id, order.policy)
    assert (asked.account.entity_name, asked.csr) == ("Acme Ltd", on_file(ACCOUNT))
    assert [reason.code for reason in asked.because] == ["TN_INACTIVE"]
    assert set(asked.siblings) == {"+18005550143", ONE, THREE}
    cures.split_done(order, NOW)
    assert order.request.numbers == [ONE, THREE]
    assert set(order.request.siblings) == {"+18005550143", TWO}
    assert (order.splits, order.split_off, order.rejections) == (["order-1-split-1"], None, [])
    assert TWO not in order.number_status
    assert order.unsent[-1].facts["child"] == "order-1-split-1"
    assert "TN_INACTIVE" in order.unsent[-1].facts["why"]


def test_the_others_go_out_again_under_the_signature_they_have() -> None:
    order = sent_back(about("TN_INACTIVE", TWO))
    assert (order.state, order.send, order.attempt) == (State.SUBMITTING, SendKind.SUPPLEMENT, 2)
    assert order.loa is not None


def test_the_others_go_out_again_once_they_are_signed_where_the_signature_grew_old() -> None:
    order = submitted(new(numbers=[ONE, TWO]))
    assert order.loa is not None
    late = order.loa.expires_at
    order = sent_back(about("PORT_LOCK", TWO), order=order, now=late)
    assert (order.state, open_kinds(order)) == (State.AWAITING_SIGNATURE, [SIGN])
    sign(order, late + HOUR)
    assert (order.state, order.request.numbers, order.send) == (State.SUBMITTING, [ONE], SendKind.SUPPLEMENT)


def test_each_split_has_a_name_of_its_own() -> None:
    order = sent_again(sent_back(about("TN_INACTIVE", TWO)), NOW)
    sent_back(about("PORT_LOCK", THREE), order=order, now=NOW + DAY)
    assert order.splits == ["order-1-split-1", "order-1-split-2"]
    assert order.request.numbers == [ONE]


def test_the_last_number_is_never_split_out() -> None:
    order = sent_again(sent_back(about("TN_INACTIVE", TWO, THREE)), NOW)
    sent_back(about("TN_INACTIVE", ONE), order=order, now=NOW + DAY)
    assert (order.request.numbers, order.state, open_kinds(order)) == ([ONE], State.ACTION_REQUIRED, [FIX])


def test_the_main_number_is_never_split_out() -> None:
    order = sent_back(about("TN_INACTIVE", ONE), account=ACCOUNT.model_copy(update={"btn": "212-555-0143"}))
    assert (order.splits, open_kinds(order)) == ([], [FIX])
    assert order.main_number == ONE


def test_a_person_splits_out_what_a_rejection_names_and_deals_with_the_rest() -> None:
    order = sent_back(about("TN_INACTIVE", TWO), "NAME_MISMATCH")
    answer(order, FIX, "split_out")
    assert (order.request.numbers, order.splits) == ([ONE, THREE], ["order-1-split-1"])
    assert (order.state, open_kinds(order)) == (State.ACTION_REQUIRED, [FIX])
    assert [reason.code for reason in order.rejections] == ["NAME_MISMATCH"]
    assert "TN_INACTIVE" not in task(order, FIX).detail


def test_numbers_that_the_record_does_not_know_are_split_out_before_anything_is_sent() -> None:
    csr = on_file(ACCOUNT)
    assert csr is not None
    order = check(new(numbers=[ONE, TWO]), csr.model_copy(update={"numbers": [ONE]}))
    answer(order, TaskKind.CORRECT_DATA, "split_out")
    assert (order.state, order.request.numbers, order.attempt) == (State.CHECKING, [ONE], 0)
    assert "not on the record" in order.unsent[-1].facts["why"]


def test_a_split_that_was_called_off_before_it_began_does_not_happen() -> None:
    order = submitted(new(numbers=[ONE, TWO]))
    assert try_to_say(order, "carrier_rejected", NOW, reasons=[about("TN_INACTIVE", TWO)]).accepted
    cures.judged(order, Cure(rejections=order.rejections, plan=Plan(action=Action.SPLIT_OUT, numbers=(TWO,))), NOW)
    assert try_to_say(order, "cancel", NOW, by="Charles", reason="campaign moved").accepted
    assert (order.state, order.request.numbers, order.split_off) == (State.CANCELLING, [ONE, TWO], None)
    before = order.model_copy(deep=True)
    cures.split_done(order, NOW)
    assert order == before


@pytest.mark.parametrize("state", [State.ACTION_REQUIRED, State.AWAITING_INFORMATION])
def test_a_split_that_fails_leaves_the_numbers_and_asks_a_person(state: State) -> None:
    order = submitted(new(numbers=[ONE, TWO]))
    assert try_to_say(order, "carrier_rejected", NOW, reasons=[about("TN_INACTIVE", TWO)]).accepted
    cures.judged(order, Cure(rejections=order.rejections, plan=Plan(action=Action.SPLIT_OUT, numbers=(TWO,))), NOW)
    assert order.split_off
    order.state = state
    cures.split_failed(order, f"{TWO} is already in the live order other-1", NOW)
    assert (order.split_off, order.request.numbers, order.splits) == (None, [ONE, TWO], [])
    if state is State.ACTION_REQUIRED:
        assert "other-1" in task(order, TaskKind.FIX_REJECTION).detail
    else:
        assert order.state is State.CHECKING


def test_a_refused_date_is_not_asked_for_again() -> None:
    order = sent_back("FOC_REJECTED")
    first = order.requested_foc_on
    sent_back({"code": "FOC_REJECTED", "text": "again"}, order=sent_again(order, NOW))
    assert first is not None
    assert order.requested_foc_on is not None
    assert order.requested_foc_on > first


def test_numbers_without_a_main_number_on_the_account_are_not_split_out_by_themselves() -> None:
    order = submitted(new(numbers=[ONE, TWO]))
    order.main_number = ONE
    assert try_to_say(order, "carrier_rejected", NOW, reasons=[about("TN_INACTIVE", TWO)]).accepted
    cures.judged(order, Cure(rejections=order.rejections, plan=Plan(action=Action.SPLIT_OUT, numbers=(TWO,))), NOW)
    assert order.split_off is None
    assert task(order, TaskKind.FIX_REJECTION)
