"""What a person enters and what it makes of a case; what it makes of a port-back of any carrier."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.carriers.desk import Case, DeskReturns, EmailDesk, Sending
from portolan.carriers.desk.answers import (
    ANSWERS,
    FITS,
    DoesNotFit,
    Said,
    answered,
    handed_over,
    messaging,
    returned,
    uploaded,
)
from portolan.carriers.desk.book import CaseKind, Filed
from portolan.carriers.desk.standing import order_of
from portolan.domain.carrier import CarrierOrder, CarrierStatus, Consent, MessagingStatus, NumberStatus, SendKind
from portolan.domain.rejections import Rejection, from_text
from portolan.records.store import Records
from tests.carriers.desk.desks import DAY, NUMBERS, START, Clock, Post, back, enter, raising, submission

FOC = START + 5 * DAY
#: What an answer of each kind needs beside its kind.
NEEDS: dict[str, dict[str, Any]] = {
    "foc": {"foc_at": FOC},
    "rejected": {"reasons": [Rejection(code="PIN")]},
    "question": {"text": "Which?"},
}


def case(**given: Any) -> Case:
    sent = Sending(key="o1:1", attempt=1, kind=SendKind.NEW, text="t", begun_at=START, sent_at=START)
    fields: dict[str, Any] = {
        "case_id": "o1:1",
        "carrier": "otherco",
        "order_id": "o1",
        "numbers": NUMBERS,
        "opened_at": START,
        "touched_at": START,
        "sendings": [sent],
    }
    return Case(**{**fields, **given})


def said(kind: str, **given: Any) -> Said:
    return Said.model_validate({"kind": kind, "by": "Ann", "at": START + DAY, **NEEDS.get(kind, {}), **given})


def test_a_date_is_the_firm_order_commitment() -> None:
    order = order_of(answered(case(), said("foc", text="We port on the 7th.")))
    assert (order.status, order.foc_at) == (CarrierStatus.FOC_CONFIRMED, FOC)
    assert (order.raw_status, order.updated_at) == ("We port on the 7th.", START + DAY)


def test_a_rejection_has_its_reasons_and_takes_the_date_away() -> None:
    dated = answered(case(), said("foc"))
    words = "Account number does not match."
    order = order_of(answered(dated, said("rejected", text=words, reasons=from_text(words))))
    assert order.status is CarrierStatus.REJECTED
    assert [one.code for one in order.rejections] == [one.code for one in from_text(words)]
    assert order.foc_at is None


def test_words_nobody_can_read_are_kept_as_other() -> None:
    words = "Wibble wobble."
    order = order_of(answered(case(), said("rejected", text=words, reasons=from_text(words))))
    assert [(one.code, one.text) for one in order.rejections] == [("OTHER", words)]


def test_a_move_of_all_closes_the_case_and_one_of_some_does_not() -> None:
    whole = answered(case(), said("ported", moved_at=START + timedelta(hours=3)))
    order = order_of(whole)
    assert (order.status, order.activated_at) == (CarrierStatus.PORTED, START + timedelta(hours=3))
    assert set(order.numbers.values()) == {NumberStatus.ACTIVE}
    assert whole.closed_at == START + DAY

    some = answered(case(), said("ported", failed=NUMBERS[1:]))
    assert order_of(some).numbers == {NUMBERS[0]: NumberStatus.ACTIVE, NUMBERS[1]: NumberStatus.FAILED}
    assert some.closed_at is None
    rest = answered(some, said("ported", numbers=NUMBERS[1:]))
    assert set(order_of(rest).numbers.values()) == {NumberStatus.ACTIVE}
    assert rest.moved_at == some.moved_at
    assert rest.closed_at


def test_of_named_numbers_the_others_are_still_to_come() -> None:
    order = order_of(answered(case(), said("ported", numbers=NUMBERS[:1])))
    assert order.numbers == {NUMBERS[0]: NumberStatus.ACTIVE, NUMBERS[1]: NumberStatus.PENDING}


def test_a_question_is_asked_and_an_answer_ends_it() -> None:
    asked = answered(case(), said("question"))
    assert (asked.question, asked.status) == ("Which?", CarrierStatus.RECEIVED)
    assert answered(asked, said("accepted")).question == ""


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_same_answer_again_changes_nothing_whoever_enters_it_whenever(kind: str) -> None:
    once = answered(case(), said(kind))
    later = said(kind, by="Bob", at=START + 9 * DAY)
    if kind == "noted":
        assert answered(once, later).model_dump(exclude={"touched_at"}) == case().model_dump(exclude={"touched_at"})
    else:
        assert answered(once, later) == once


def test_the_same_rejection_of_another_sending_is_another_one() -> None:
    once = answered(case(), said("rejected"))
    second = once.sendings[0].model_copy(update={"key": "o1:2", "attempt": 2})
    resent = once.but(sendings=[*once.sendings, second], status=CarrierStatus.RECEIVED)
    assert order_of(answered(resent, said("rejected"))).status is CarrierStatus.REJECTED


@pytest.mark.parametrize("status", CarrierStatus)
@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_fits_where_the_table_says_and_nowhere_else(kind: str, status: CarrierStatus) -> None:
    stands = case(status=status)
    if status in FITS[kind]:  # type: ignore[index]  # every answer is a key of it
        answered(stands, said(kind))
    else:
        with raising(DoesNotFit, f"{kind} does not fit"):
            answered(stands, said(kind))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kind": "foc", "foc_at": None}, "--at"),
        ({"kind": "rejected", "reasons": []}, "--reason"),
        ({"kind": "question", "text": " "}, "--text"),
        ({"kind": "ported", "moved_at": START + 2 * DAY}, "yet to come"),
        ({"kind": "ported", "numbers": ["+12125559999"]}, "+12125559999 is no number of o1"),
        ({"kind": "ported", "failed": ["+12125559999"]}, "Its numbers: +12125550001, +12125550002."),
    ],
)
def test_what_is_missing_or_wrong_is_said(given: dict[str, Any], told: str) -> None:
    with raising(DoesNotFit, told):
        answered(case(), said(**given))


def test_nobody_answers_what_was_not_sent() -> None:
    unsent = case().sendings[0].model_copy(update={"sent_at": None})
    with raising(DoesNotFit, "Nothing was sent"):
        answered(case(sendings=[unsent]), said("accepted"))


def test_a_port_back_is_no_order_and_an_order_no_port_back() -> None:
    with raising(DoesNotFit, "desk return"):
        answered(case(kind=CaseKind.PORT_BACK), said("accepted"))
    with raising(DoesNotFit, "no port-back"):
        returned(case(), "consented", "", START)


@given(st.lists(st.sampled_from(ANSWERS), max_size=8), st.text(max_size=30))
def test_any_row_of_answers_leaves_an_order_that_can_be_told(kinds: list[str], text: str) -> None:
    stands = case()
    for kind in kinds:
        try:
            stands = answered(stands, said(kind, **({"text": text} if text.strip() else {})))
        except DoesNotFit:
            continue
    order = order_of(Case.model_validate_json(stands.model_dump_json()))
    assert (order.status is CarrierStatus.FOC_CONFIRMED) <= (order.foc_at is not None)
    assert (order.status is CarrierStatus.REJECTED) == bool(order.rejections)
    assert list(order.numbers) == NUMBERS


def test_documents_and_texts_count_as_handed_over_once() -> None:
    stands = case(papers=[Filed(kind="loa", filename="l.pdf", sha256="a")], spoke_at=START)
    done = uploaded(stands, START + DAY)
    assert (done.papers[0].uploaded, done.spoke_at) == (True, START + DAY)
    assert uploaded(done, START + 2 * DAY) == done
    named = handed_over(stands, " 1234 ", START + DAY)
    assert (named.external_id, handed_over(named, "", START + DAY).external_id) == ("1234", "1234")


def test_messaging_is_as_it_was_entered() -> None:
    settled = messaging(case(), MessagingStatus.SETTLED, NUMBERS[:1], START + DAY)
    assert settled.messaging == {NUMBERS[0]: MessagingStatus.SETTLED}
    assert messaging(settled, MessagingStatus.SETTLED, NUMBERS[:1], START + 2 * DAY) == settled
    assert len(messaging(settled, MessagingStatus.FAILED, [], START).messaging) == 2
    with raising(DoesNotFit, "is no number"):
        messaging(case(), MessagingStatus.FAILED, ["+1"], START)


def vendor_order() -> CarrierOrder:
    return CarrierOrder(
        carrier_order_id="V-1",
        key="o1:1",
        attempt=1,
        status=CarrierStatus.PORTED,
        raw_status="ported",
        numbers=dict.fromkeys(NUMBERS, NumberStatus.ACTIVE),
    )


@pytest.fixture
def returns(book: Records, clock: Clock) -> DeskReturns:
    return DeskReturns(book, "telnyx", clock)


def test_an_order_nobody_wants_back_is_as_it_was(returns: DeskReturns) -> None:
    assert returns.seen(vendor_order()) == vendor_order()


def test_each_port_back_is_told_once_even_where_telling_broke_off(returns: DeskReturns) -> None:
    told: list[str] = []

    def breaks(words: str) -> None:
        told.append(words)
        raise ConnectionError

    request = back(carrier_order_id="V-1")
    with pytest.raises(ConnectionError):
        returns.ask(request, breaks)
    for _ in range(2):
        returns.ask(request, told.append)
    assert len(told) == 2
    assert told[0] == told[1]
    assert returns.seen(vendor_order()).consent is Consent.REQUESTED


@pytest.mark.parametrize(
    ("kind", "status", "consent"),
    [
        ("consented", CarrierStatus.PORTED, Consent.CONSENTED),
        ("refused", CarrierStatus.PORTED, Consent.REFUSED),
        ("returned", CarrierStatus.PORTED_BACK, Consent.CONSENTED),
    ],
)
def test_what_was_entered_is_laid_over_the_order(
    returns: DeskReturns, book: Records, kind: Any, status: CarrierStatus, consent: Consent
) -> None:
    returns.ask(back(carrier_order_id="V-1"), lambda words: None)
    for _ in range(2):
        book.change_desk_case("o1:port-back:snapback", lambda it: returned(it, kind, "so they said", START + DAY))
    order = returns.seen(vendor_order())
    assert (order.status, order.consent, order.consent_why) == (status, consent, "so they said")
    moved = NumberStatus.RETURNED if kind == "returned" else NumberStatus.ACTIVE
    assert set(order.numbers.values()) == {moved}
    assert order.asks == ""


def test_the_newest_stage_counts_but_what_is_back_is_back(returns: DeskReturns, book: Records, clock: Clock) -> None:
    returns.ask(back(carrier_order_id="V-1"), lambda words: None)
    book.change_desk_case("o1:port-back:snapback", lambda it: returned(it, "refused", "no", START))
    clock.now += DAY
    returns.ask(back("win_back", "V-1"), lambda words: None)
    assert returns.seen(vendor_order()).consent is Consent.REQUESTED
    book.change_desk_case("o1:port-back:snapback", lambda it: returned(it, "returned", "after all", START))
    assert returns.seen(vendor_order()).status is CarrierStatus.PORTED_BACK
    with raising(DoesNotFit, "already"):
        book.change_desk_case("o1:port-back:snapback", lambda it: returned(it, "refused", "", START))


def test_a_port_back_at_another_account_is_none_of_this_one(book: Records, clock: Clock) -> None:
    DeskReturns(book, "bandwidth", clock).ask(back(carrier_order_id="V-1"), lambda words: None)
    assert DeskReturns(book, "telnyx", clock).seen(vendor_order()).consent is None


def test_a_returned_order_of_a_mail_desk_is_ported_back(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post
) -> None:
    carrier.submit(submission())
    enter(book, clock, "ported")
    carrier.port_back(back())
    book.change_desk_case("o1:port-back:snapback", lambda it: returned(it, "returned", "", clock.now))
    order = carrier.port_back(back())
    assert order.status is CarrierStatus.PORTED_BACK
    assert set(order.numbers.values()) == {NumberStatus.RETURNED}
    assert len(post.mails) == 2
