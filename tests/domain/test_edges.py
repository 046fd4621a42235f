"""Small turns of the rules that a changed operator, bound or word would slip through: what mutation testing found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from portolan.domain import outcomes
from portolan.domain.carrier import CsrRecord, NumberStatus, root_id
from portolan.domain.clocks import Clock
from portolan.domain.cures import split_done, split_request
from portolan.domain.effects import LetterWanted
from portolan.domain.errors import ConfigurationError, NotFound, NumberTaken, RequestInvalid
from portolan.domain.identifiers import check as check_identifier
from portolan.domain.identifiers.model import did_you_mean
from portolan.domain.loa import form_for
from portolan.domain.moves import good_day, split_out
from portolan.domain.order import Cause, Order, SplitOff
from portolan.domain.playbooks import PLAYBOOKS, Operator
from portolan.domain.playbooks.layers import STRICTER, Layer, settle, trail
from portolan.domain.playbooks.lead_times import for_count
from portolan.domain.playbooks.resolve import layers_over
from portolan.domain.playbooks.values import Change
from portolan.domain.preflight import Preflight, findings
from portolan.domain.reconciliation import Severity
from portolan.domain.reconciliation.model import characters
from portolan.domain.reconciliation.telephones import digits_only
from portolan.domain.rejections import Rejection, dispute
from portolan.domain.request import PolicyGiven
from portolan.domain.splitting import ParsedNumber, number_faults
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.words import details
from tests.domain.builders import (
    ACCOUNT,
    DAY,
    FOC,
    HOUR,
    NOW,
    answer,
    cancelling,
    check,
    confirmed,
    last,
    let_pass,
    looked,
    new,
    order_in,
    rejected,
    rolled_back,
    say,
    sign,
    submitted,
    try_to_say,
    verifying,
)
from tests.world import request

ONE, TWO = "+12125550143", "+12125550144"


# -- what the audit trail, notices and letters are told ------------------------------------------------------------


def moved_foc(order: Order) -> Order:
    say(confirmed(order), "foc_confirmed", foc_at=FOC + 7 * DAY)
    return order


def warned_of_the_loa(order: Order) -> Order:
    let_pass(sign(check(order)), Clock.LOA_WARNING)
    return order


def not_rendered(order: Order) -> Order:
    order.letter_wanted = "port"
    outcomes.not_rendered(order, "no font", NOW)
    return order


@pytest.mark.parametrize(
    ("build", "kind", "detail"),
    [
        (lambda order: order, "requested", "2 number(s)"),
        (lambda order: check(order, stuck="closed"), "checked", f"{ONE}: closed; {TWO}: closed"),
        (moved_foc, "foc_confirmed", "FOC 2026-11-24 16:00 UTC, before 2026-11-17 16:00 UTC"),
        (warned_of_the_loa, "loa_warning", "the LOA may be sent only until 2026-12-03 05:00 UTC"),
        (not_rendered, "letter_not_rendered", "the port letter could not be rendered: no font"),
    ],
)  # fmt: skip
def test_the_audit_trail_says(build: Callable[[Order], Order], kind: str, detail: str) -> None:
    entry = last(build(new()))
    assert (entry.kind, entry.detail) == (kind, detail)


def test_an_order_that_was_split_out_says_of_which() -> None:
    assert last(new(split_from="acme-1")).detail == "2 number(s), split out of acme-1"


@pytest.mark.parametrize(
    ("build", "kind", "by", "contains"),
    [
        (check, "letter_rendered", "portolan", "port letter, unsigned, document sha256 abab"),
        (check, "checked", "portolan", "portable, and the account data matches the record"),
        (rejected, "carrier_rejected", "carrier", "NAME_MISMATCH"),
    ],
)
def test_on_the_way_it_said(build: Callable[[Order], Order], kind: str, by: str, contains: str) -> None:
    (entry,) = [entry for entry in build(new()).unpublished if entry.kind == kind]
    assert entry.by == by
    assert entry.detail.startswith(contains)


def test_people_learn_whose_order_it_is_and_why_it_went_back() -> None:
    told = rolled_back(new()).unsent[-1]
    assert told.facts["customer"] == "Acme Manufacturing"
    assert told.facts["why"] == "Ported back: no inbound calls (decided by Grace Hopper)."


@pytest.mark.parametrize(
    ("kind", "command"),
    [("port", "`portolan letter order-1` "), ("rollback", "`portolan letter order-1 --rollback` ")],
)
def test_each_letter_is_named_with_the_command_that_prints_it(kind: str, command: str) -> None:
    order = new()
    order.letters = {kind: "ab" * 32}
    assert command in details(order)


def test_a_letter_is_wanted_of_the_account_as_it_was_corrected() -> None:
    order = check(new())
    order.account = order.account.model_copy(update={"entity_name": "Acme Ltd"})
    order.left, order.remaining = ["+12125550145"], "keep"
    wanted = LetterWanted.of(order, "port")
    assert (wanted.kind, wanted.account.entity_name) == ("port", "Acme Ltd")
    assert (wanted.left, wanted.remaining) == (["+12125550145"], "keep")


@pytest.mark.parametrize("kind", ["port", "rollback"])
def test_the_form_is_of_the_letter_that_was_asked_for(kind: str) -> None:
    form = form_for(request("acme-1"), request().account, kind=kind)
    assert (form.kind, form.billing_address) == (kind, "")


# -- answers and dates ---------------------------------------------------------------------------------------------


def test_an_answer_says_how_the_order_stands() -> None:
    under_way = order_in(State.SUBMITTING)
    under_way.in_flight = True
    deferred = try_to_say(under_way, "foc_confirmed", foc_at=FOC)
    assert (deferred.status, deferred.state) == ("deferred", State.SUBMITTING)
    refused = try_to_say(cancelling(new()), "approve", by="Charles")
    assert (refused.status, refused.state) == ("refused", State.CANCELLING)


@pytest.mark.parametrize(("loa_days", "day"), [(7, date(2026, 11, 6)), (8, date(2026, 11, 10))])
def test_a_good_day_while_the_letter_lasts_is_worth_more_than_a_better_weekday(loa_days: int, day: date) -> None:
    assert good_day(submitted(new(policy={"loa_max_age_days": loa_days})), NOW) == day


def test_a_later_wish_is_what_is_recommended() -> None:
    asked = request("acme-1", numbers=[ONE], requested_foc_on=date(2026, 11, 18))
    found = findings(Preflight(asked, [], [], "", {}, {}, NOW))
    assert any("recommended Wednesday 2026-11-18" in finding.what for finding in found)
    assert Severity.WARN not in [finding.severity for finding in found]


def test_what_is_sent_again_by_the_hour_does_not_wait_for_the_desk_to_open() -> None:
    saturday = datetime(2026, 11, 7, 15, tzinfo=UTC)
    order = submitted(new())
    say(order, "carrier_rejected", saturday, reasons=["VENDOR_ERROR"])
    assert order.cure_at == saturday + HOUR


def test_an_order_of_its_own_keeps_what_was_said_of_the_other_numbers() -> None:
    order = submitted(new())
    order.remaining, order.new_btn = "keep", "+12125550199"
    asked = split_request(order, SplitOff(order_id="order-1-split-1", numbers=[TWO], why="", because=[]))
    assert (asked.remaining, asked.new_btn) == ("keep", "+12125550199")


@pytest.mark.parametrize(
    ("name", "root"),
    [("acme-1", "acme-1"), ("acme-1-split-2", "acme-1"), ("acme-1-split-2-split-1", "acme-1")],
)
def test_an_order_goes_back_to_the_one_that_was_asked_for(name: str, root: str) -> None:
    assert root_id(name) == root


def test_what_becomes_of_the_numbers_that_stay_is_put_on_record() -> None:
    order = check(new(), CsrRecord.model_validate(ACCOUNT.model_dump() | {"numbers": [ONE, TWO, "+12125550145"]}))
    answer(order, TaskKind.CONFIRM_REMAINING, "cease_remaining")
    (entry,) = [entry for entry in order.unpublished if entry.kind == "complete_task"]
    assert entry.detail == "the numbers that stay on the account: cease"


def test_numbers_that_leave_are_put_on_record_with_every_reason() -> None:
    order = submitted(new())
    reasons = [Rejection(code="TN_INACTIVE", numbers=[TWO]), Rejection(code="TN_NOT_PORTABLE", numbers=[TWO])]
    split_out(order, [TWO], reasons, Cause("complete_task", "Charles", NOW), NOW)
    told = last(order).detail
    assert told.startswith("of 2 numbers 1 to go on as order-1-split-1: TN_INACTIVE: ")
    assert "; TN_NOT_PORTABLE: " in told
    assert order.split_off is not None
    assert told.endswith(f": {order.split_off.why}")
    split_done(order, NOW)
    assert [entry.kind for entry in order.unpublished[-1:]] == ["split_out"]


def test_a_date_too_near_by_the_time_a_puzzle_is_dealt_with_is_told_in_a_sentence() -> None:
    order = confirmed(new())
    say(order, "carrier_puzzle", FOC - 2 * DAY, raw="JEOPARDY")
    answer(order, TaskKind.READ_CARRIER, "dealt_with", FOC - HOUR)
    assert last(order).detail == "The confirmed date 2026-11-17 16:00 UTC is less than 4 h away."


def test_a_task_that_is_not_there_names_those_that_are() -> None:
    order = check(new(), None)
    order.left = ["+12125550145"]
    order.open_task(TaskKind.CONFIRM_REMAINING, "some stay", NOW)
    refused = try_to_say(order, "complete_task", by="Charles", task_id="gone-1", answer="attest")
    assert refused.instead == "Open tasks: give-evidence-1, confirm-remaining-1."


def test_a_carrier_reached_again_ends_the_task_without_a_person() -> None:
    order = verifying(new())
    order.open_task(TaskKind.CARRIER_UNREACHABLE, "no answer", FOC)
    looked(order, dict.fromkeys([ONE, TWO], NumberStatus.FAILED), FOC + 100 * DAY)
    (reached,) = [task for task in order.tasks if task.kind is TaskKind.CARRIER_UNREACHABLE]
    assert (reached.closed_by, reached.closed_at) == ("portolan", FOC + 100 * DAY)
    assert order.unsent[-1].facts["why"] == "2 of 2 numbers are not proven in service."


# -- identifiers, numbers and texts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "warned"),
    [
        ("pac", "ABI123456", False),  # only a letter can stand there
        ("resporg", "ZAO01", True),
        ("account_number", "48O1937", True),
    ],
)
def test_only_where_a_digit_could_stand_a_letter_is_asked_about(kind: str, value: str, warned: bool) -> None:
    checked = check_identifier(kind, value)
    assert checked.valid is True
    assert bool(checked.warnings) is warned


@pytest.mark.parametrize(
    ("fitting", "hint"),
    [({"01"}, "Did you mean 01?"), ({"01", "OI"}, ""), ({"O1"}, ""), ({"0I"}, "Did you mean 0I?"), (set(), "")],
)
def test_only_one_reading_is_suggested_and_never_the_value_itself(fitting: set[str], hint: str) -> None:
    assert did_you_mean("O1", fitting.__contains__) == hint


@pytest.mark.parametrize("kind", ["rio", "postcode", "zip", "pac"])
def test_what_is_wrong_is_false_and_shown_as_it_was_read(kind: str) -> None:
    checked = check_identifier(kind, "a-1")
    assert (checked.valid, checked.normalized) == (False, "A1")


def test_a_rio_of_another_line_is_shown_as_it_was_read() -> None:
    checked = check_identifier("rio", "44p abc123 key", "0612345678")
    assert (checked.valid, checked.normalized) == (False, "44PABC123KEY")


@pytest.mark.parametrize(
    ("text", "digits"),
    [("12345", "12345"), ("1234", None), ("1 800 FLOWERS", None), ("main line 2125550143", None)],
)
def test_what_has_letters_or_too_few_digits_is_no_number(text: str, digits: str | None) -> None:
    assert digits_only(text) == digits


@pytest.mark.parametrize(
    ("span", "words"),
    [((4, 5), "character 5"), ((4, 6), "characters 5 to 6"), ((4, 4), "before character 5")],
)
def test_people_count_characters_from_one(span: tuple[int, int], words: str) -> None:
    assert characters(span) == words


@pytest.mark.parametrize(
    ("count", "places"),
    [(1, ""), (2, " (also numbers.csv (line 2))"), (3, " (also numbers.csv (line 2), numbers.csv (line 3))")],
)
def test_numbers_without_a_playbook_are_told_with_their_places(count: int, places: str) -> None:
    numbers = [
        ParsedNumber(f"+8612345678{line}", "CN", "mobile", where="numbers.csv", line=line)
        for line in range(1, count + 1)
    ]
    (fault,) = number_faults([numbers])
    assert f"number{places}, for which there is no playbook" in fault.what


# -- rules laid over rules -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "wanted", "smaller"),
    [(None, None, None), (None, 5, 5), (5, None, 5), (7, 5, 5)],
)
def test_no_limit_is_looser_than_any(held: int | None, wanted: int | None, smaller: int | None) -> None:
    assert STRICTER["most_numbers"](held, wanted) == smaller


def test_a_value_says_which_layers_made_it() -> None:
    change = Change(48, by="Grace Hopper", where="o.yaml, line 4")
    operator = Operator(playbooks={"US-LOCAL": {"rollback_hours": change}})
    settled, _ = settle(PLAYBOOKS["US-LOCAL"].values, layers_over(PLAYBOOKS["US-LOCAL"], operator=operator), "US-LOCAL")
    *_, told = trail(settled["rollback_hours"].steps)
    assert told.startswith("operator, for US-LOCAL: 48")
    assert "decided by Grace Hopper, o.yaml, line 4" in told


def test_a_decision_about_nothing_says_where_it_stands() -> None:
    with pytest.raises(ConfigurationError) as raised:
        settle(PLAYBOOKS["US-LOCAL"].values, [Layer("request", decisions={"colour": Change("red", by="Ada")})], "x")
    assert (raised.value.message, raised.value.remedy) == (
        "'colour' is no value of a policy.",
        "Take it out of request.",
    )


def test_a_lead_time_read_from_a_table_has_the_tables_source() -> None:
    book = PLAYBOOKS["UK-GEO"]
    days = for_count(book, 3).values["lead_business_days"]
    assert (days.value, days.source) == (10, book.facts["lead_times"].source)
    told = [str(row) for row in book.facts["lead_times"].value]
    assert told[:2] == ["single 4 (7 if ported before)", "single over 10 14 (17 if ported before)"]
    assert told[-1] == "part of range 22 (25 if ported before)"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("desk_opens", "8:30", "'8:30' is not a time of day: write it like 08:30"),
        ("activation_zone", "Mars/Olympus", "'Mars/Olympus' is not an IANA time zone: write it like America/Chicago"),
    ],
)
def test_times_and_zones_say_how_they_are_written(field: str, value: str, words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        PolicyGiven.model_validate({field: value})
    assert words in str(raised.value)


# -- letters of dispute, and errors --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, "on 2026-11-02 you refused port order acme-1. "),
        ({"vendor_code": "7412"}, "on 2026-11-02 you refused port order acme-1 (code 7412). "),
        ({"numbers": [ONE, TWO]}, f"\nYour refusal names {ONE}, {TWO}.\n"),
        ({"text": "owes us"}, '\nYour answer reads: "owes us"\n'),
    ],
)
def test_a_dispute_repeats_what_was_said_and_adds_nothing(given: dict[str, Any], line: str) -> None:
    letter = dispute(
        Rejection(code="UNPAID", **given),
        PLAYBOOKS["US-LOCAL"].policy(),
        order_id="acme-1",
        losing_carrier="Old Telco",
        gaining_carrier="simulated",
        numbers=[ONE, TWO],
        received_on=date(2026, 11, 2),
    )
    assert line in letter
    assert ("Your answer reads" in letter, "Your refusal names" in letter) == ("text" in given, "numbers" in given)
    ground = letter.split("We understand your ground to be this: ")[1].splitlines()[0]
    assert ground == Rejection(code="UNPAID").reason.meaning + "."


@pytest.mark.parametrize(
    ("kind", "given", "message", "remedy"),
    [
        (
            NumberTaken,
            (ONE, "acme-1"),
            f"{ONE} is already in the live order acme-1.",
            "Finish or cancel acme-1 first, or leave the number out.",
        ),
        (NotFound, ("order", "acme-9"), "There is no order 'acme-9'.", "`portolan list` shows the orders there are."),
        (
            RequestInvalid,
            (["one", "two"], "o.yaml"),
            "o.yaml has 2 fault(s):\n  - one\n  - two\n",
            "Nothing was started.",
        ),
    ],
)
def test_errors_say_what_is_wrong_and_what_to_do(kind: Any, given: Any, message: str, remedy: str) -> None:
    error = kind(*given)
    assert (error.message, error.remedy) == (message, remedy)


def test_evidence_from_the_future_asks_for_the_date_on_it() -> None:
    tomorrow_but_one = NOW + timedelta(days=2)
    order = order_in(State.AWAITING_INFORMATION)
    refused = try_to_say(order, "give_evidence", by="Charles", evidence="bill", dated_on=str(tomorrow_but_one.date()))
    assert refused.reason == "The bill is dated 2026-11-04, which lies in the future."
    assert refused.instead == "Give the date on it."
