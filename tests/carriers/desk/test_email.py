"""A carrier that is reached by mail: what leaves, how often, and how the case stands for it."""

from __future__ import annotations

from typing import Any

import pytest

from portolan.carriers.desk import Case, EmailDesk, Sending
from portolan.carriers.desk.answers import DoesNotFit
from portolan.carriers.desk.email import MOST_ATTACHED, DeskMail
from portolan.domain.carrier import (
    BridgeWanted,
    CarrierStatus,
    Consent,
    MessagingStatus,
    NumberConfiguration,
    NumberStatus,
    SendKind,
)
from portolan.domain.errors import CarrierError, CarrierInvalid, CarrierRefused, OutcomeUnknown, PortolanError
from portolan.domain.rejections import Rejection
from portolan.notifications.errors import DeliveryFailed, DeliveryRefused
from portolan.records.store import Records
from tests.carriers.desk.desks import (
    BILL,
    DAY,
    LETTER,
    NUMBERS,
    START,
    Clock,
    Post,
    back,
    broken_off,
    desk,
    enter,
    raising,
    submission,
)


def test_a_request_is_mailed_with_its_papers_and_is_the_order_from_then_on(carrier: EmailDesk, post: Post) -> None:
    assert carrier.find("o1:1", NUMBERS) is None
    order = carrier.submit(submission())
    (mail,) = post.mails
    assert (mail.to, mail.follows) == ("lnp@other.example", "")
    assert mail.subject == "Porting request o1:1: 2 number(s)"
    assert list(mail.papers) == [LETTER, BILL]
    for words in ("Our reference: o1:1", "Old Telco", "Acme Manufacturing Limited", "0048-1937", *NUMBERS):
        assert words in mail.text
    assert (order.carrier_order_id, order.key, order.attempt) == ("o1:1", "o1:1", 1)
    assert (order.status, order.raw_status) == (CarrierStatus.RECEIVED, "mailed to lnp@other.example")
    assert order.numbers == dict.fromkeys(NUMBERS, NumberStatus.PENDING)
    assert order.asks == ""
    assert carrier.find("o1:1") == carrier.get("o1:1") == order


def test_sent_again_nothing_leaves(carrier: EmailDesk, post: Post) -> None:
    first = carrier.submit(submission())
    assert carrier.submit(submission()) == first
    assert len(post.mails) == 1


@pytest.mark.parametrize("lost", [True, False], ids=["with effect", "without"])
def test_a_mail_of_unknown_fate_is_repeated_as_the_same_mail_in_the_same_case(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post, lost: bool
) -> None:
    post.failing, post.lost = [DeliveryFailed("no answer in time")], lost
    with raising(OutcomeUnknown, "may not have left"):
        carrier.submit(submission())
    assert carrier.find("o1:1", NUMBERS) is None
    clock.now += DAY
    again = desk(book, clock, post)
    order = again.submit(submission())
    assert len({mail.mail_id for mail in post.mails}) == 1
    assert {mail.at for mail in post.mails} == {START}
    assert [case.case_id for case in book.desk_cases()] == ["o1:1"]
    assert len(again.comments("o1:1")) == 1
    assert again.find("o1:1") == order


def test_what_was_corrected_before_it_surely_left_is_another_mail_in_the_same_case(
    carrier: EmailDesk, book: Records, post: Post
) -> None:
    post.failing, post.lost = [DeliveryFailed("no answer in time")], True
    with raising(OutcomeUnknown, "may not have left"):
        carrier.submit(submission())
    carrier.submit(submission(papers=[LETTER.model_copy(update={"sha256": "d" * 64}), BILL]))
    assert len({mail.mail_id for mail in post.mails}) == 2
    assert len(book.desk_cases()) == 1
    carrier.comment("o1:1", "Thanks")
    assert post.mails[2].follows == post.mails[1].mail_id


def test_a_desk_whose_mailbox_refuses_is_for_a_person(carrier: EmailDesk, post: Post) -> None:
    post.failing = [DeliveryRefused("SMTP 550")]
    with raising(CarrierRefused, "Correct `desk` of the account"):
        carrier.submit(submission())
    assert carrier.find("o1:1", NUMBERS) is None


def test_codes_are_mailed_and_not_kept(carrier: EmailDesk, book: Records, post: Post) -> None:
    carrier.submit(submission(secrets={("", "pin"): "4711", (NUMBERS[0], "rio"): "RIO-SECRET"}))
    assert "PIN: 4711" in post.mails[0].text
    assert f"RIO of {NUMBERS[0]}: RIO-SECRET" in post.mails[0].text
    kept = repr((book.desk_cases(), book.desk_entries("o1:1")))
    assert "4711" not in kept
    assert "RIO-SECRET" not in kept
    assert "kept apart" in kept


def test_without_the_letter_nothing_is_kept_or_sent(carrier: EmailDesk, book: Records, post: Post) -> None:
    with raising(CarrierRefused, "portolan sign o1"):
        carrier.submit(submission(papers=[BILL]))
    assert (post.mails, book.desk_cases()) == ([], [])


@pytest.mark.parametrize(("size", "fine"), [(MOST_ATTACHED - len(b"\x89PNG"), True), (MOST_ATTACHED, False)])
def test_a_mail_takes_so_much(carrier: EmailDesk, post: Post, size: int, fine: bool) -> None:
    papers = [LETTER.model_copy(update={"content": bytes(size)}), BILL]
    if fine:
        carrier.submit(submission(papers=papers))
    else:
        with raising(CarrierInvalid, "18.0 MB"):
            carrier.submit(submission(papers=papers))
    assert len(post.mails) == fine


def test_a_supplement_goes_into_the_thread_and_what_was_answered_before_counts_no_longer(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post
) -> None:
    carrier.submit(submission())
    enter(book, clock, "rejected", text="wrong zip", reasons=[Rejection(code="POSTAL_CODE", text="wrong zip")])
    rejected = carrier.get("o1:1")
    assert (rejected.status, rejected.raw_status) == (CarrierStatus.REJECTED, "wrong zip")
    clock.now += DAY
    order = carrier.submit(submission(2, SendKind.SUPPLEMENT, carrier_order_id="o1:1", numbers=NUMBERS[:1]))
    assert (post.mails[1].follows, post.mails[1].subject) == (
        post.mails[0].mail_id,
        "Supplement to porting request o1:1: 1 number(s)",
    )
    assert (order.carrier_order_id, order.key, order.attempt) == ("o1:1", "o1:2", 2)
    assert (order.status, order.rejections, order.foc_at) == (CarrierStatus.RECEIVED, [], None)
    assert (list(order.numbers), order.updated_at) == (NUMBERS[:1], clock.now)
    assert carrier.find("o1:1") == carrier.find("o1:2") == order


def test_a_new_sending_of_an_order_with_an_open_case_goes_on_in_it(carrier: EmailDesk, book: Records) -> None:
    carrier.submit(submission())
    order = carrier.submit(submission(2))
    assert (order.carrier_order_id, order.key) == ("o1:1", "o1:2")
    assert len(book.desk_cases()) == 1


def test_after_a_cancellation_a_new_sending_opens_a_case_of_its_own(
    carrier: EmailDesk, book: Records, clock: Clock
) -> None:
    carrier.submit(submission())
    enter(book, clock, "cancelled")
    clock.now += DAY
    assert carrier.submit(submission(2)).carrier_order_id == "o1:2"
    assert carrier.get("o1:1").status is CarrierStatus.CANCELLED


def test_a_new_date_needs_no_letter(carrier: EmailDesk, post: Post) -> None:
    carrier.submit(submission())
    carrier.submit(submission(2, SendKind.NEW_DATE, carrier_order_id="o1:1", papers=[], requested_foc_on="2026-04-01"))
    assert "Date wanted: 2026-04-01" in post.mails[1].text


def test_numbers_that_have_moved_are_neither_supplemented_nor_withdrawn(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post
) -> None:
    carrier.submit(submission())
    enter(book, clock, "ported")
    with raising(CarrierRefused, "ported"):
        carrier.submit(submission(2, SendKind.SUPPLEMENT, carrier_order_id="o1:1"))
    with raising(CarrierRefused, "no longer be withdrawn"):
        carrier.cancel("o1:1", "no more")
    assert len(post.mails) == 1


def test_withdrawal_is_asked_for_once_and_counts_when_a_person_has_entered_it(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post
) -> None:
    carrier.submit(submission())
    for _ in range(3):
        with raising(OutcomeUnknown, "portolan desk answer o1 cancelled"):
            carrier.cancel("o1:1", "moved office")
    assert [mail.mail_id for mail in post.mails][1:] == ["o1:1/withdraw-1"]
    assert "moved office" in post.mails[1].text
    assert carrier.get("o1:1").status is CarrierStatus.RECEIVED
    enter(book, clock, "cancelled", text="done, withdrawn")
    order = carrier.cancel("o1:1", "moved office")
    assert (order.status, order.raw_status) == (CarrierStatus.CANCELLED, "done, withdrawn")
    assert len(post.mails) == 2


def test_what_surely_never_left_is_withdrawn_without_asking_anybody(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post
) -> None:
    post.failing = [DeliveryRefused("SMTP 550")]
    with raising(CarrierRefused, "was refused"):
        carrier.submit(submission())
    with raising(DoesNotFit, "Nothing was sent"):
        enter(book, clock, "cancelled")
    held = carrier.find("o1:1")
    assert held is not None
    order = carrier.cancel(held.carrier_order_id, "moved office")
    assert (order.status, order.raw_status) == (CarrierStatus.CANCELLED, "nothing was sent")
    assert carrier.cancel("o1:1", "moved office") == order
    assert (post.mails, book.desk_cases(live=True)) == ([], [])
    with raising(CarrierRefused, "cancelled: nothing was sent"):
        carrier.submit(submission())
    assert carrier.submit(submission(2)).carrier_order_id == "o1:2"


def test_a_refused_mail_that_is_corrected_leaves_and_is_then_withdrawn_by_the_desk(
    carrier: EmailDesk, book: Records, post: Post
) -> None:
    post.failing = [DeliveryRefused("SMTP 550")]
    with raising(CarrierRefused, "was refused"):
        carrier.submit(submission())
    assert carrier.submit(submission()).status is CarrierStatus.RECEIVED
    with raising(OutcomeUnknown, "was asked to withdraw"):
        carrier.cancel("o1:1", "moved office")
    assert len(post.mails) == 2


@pytest.mark.parametrize("then", [[], [DeliveryRefused("SMTP 550")]], ids=["alone", "then refused"])
def test_what_may_have_left_is_withdrawn_once_a_person_has_entered_it(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post, then: list[PortolanError]
) -> None:
    for failure in (DeliveryFailed("no answer in time"), *then):
        post.failing = [failure]
        with raising(CarrierError, "the desk of Other Co"):
            carrier.submit(submission())
    with raising(OutcomeUnknown, "portolan desk answer o1 cancelled"):
        carrier.cancel("o1:1", "moved office")
    assert [mail.mail_id for mail in post.mails] == ["o1:1/withdraw-0"]
    with raising(DoesNotFit, "Nothing was sent"):
        enter(book, clock, "accepted")
    enter(book, clock, "cancelled", text="We never had it.")
    order = carrier.cancel("o1:1", "moved office")
    assert (order.status, order.raw_status) == (CarrierStatus.CANCELLED, "We never had it.")


@pytest.mark.parametrize(("fate", "kind"), [("sent", "foc"), ("sent", "cancelled"), ("unknown", "cancelled")])
def test_a_late_first_try_wipes_out_nothing_that_a_person_entered(
    book: Records, clock: Clock, post: Post, kind: str, fate: str
) -> None:
    given: dict[str, Any] = {"foc_at": START + 9 * DAY} if kind == "foc" else {}

    def slow(mail: DeskMail) -> None:
        if fate == "sent":
            desk(book, clock, post).submit(submission())
        enter(book, clock, kind, **given)

    order = desk(book, clock, slow).submit(submission())
    wanted = {"foc": CarrierStatus.FOC_CONFIRMED, "cancelled": CarrierStatus.CANCELLED}[kind]
    assert (order.status, order.foc_at) == (wanted, given.get("foc_at"))


def test_a_try_that_comes_after_another_has_sent_sends_nothing(
    book: Records, clock: Clock, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, begin = desk(book, clock, post), EmailDesk._begun

    def overtaken(self: EmailDesk, *given: Any) -> Sending:
        monkeypatch.setattr(EmailDesk, "_begun", begin)
        sending = begin(self, *given)
        desk(book, clock, post).submit(submission())
        return sending

    book.open_desk_case(Case(case_id="o1:1", carrier="otherco", order_id="o1", opened_at=START, touched_at=START))
    monkeypatch.setattr(EmailDesk, "_begun", overtaken)
    assert late.submit(submission()).status is CarrierStatus.RECEIVED
    assert len(post.mails) == 1


def test_texts_that_may_have_left_are_all_kept_the_newest_last(carrier: EmailDesk, book: Records, post: Post) -> None:
    old = submission()
    new = submission(account=old.account.model_copy(update={"account_number": "CORRECTED"}))
    for sent in (old, new, old):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("portolan.carriers.desk.carrier.sent_anew", broken_off)
            with pytest.raises(ConnectionError):
                carrier.submit(sent)
    carrier.submit(new)
    kept = ["CORRECTED" in entry.text for entry in book.desk_entries("o1:1")]
    assert kept == [False, True, False, True]


def test_the_same_words_are_said_once_and_answer_what_was_asked(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post
) -> None:
    carrier.submit(submission())
    enter(book, clock, "question", text="Which floor?")
    assert 'asks: "Which floor?"' in carrier.get("o1:1").asks
    carrier.comment("o1:1", "The third.\n\nBest, Ann")
    carrier.comment("o1:1", "The third.\n\nBest, Ann")
    assert len(post.mails) == 2
    assert (post.mails[1].follows, post.mails[1].text) == (post.mails[0].mail_id, "The third.\n\nBest, Ann")
    assert carrier.get("o1:1").asks == ""
    assert [one.from_carrier for one in carrier.comments("o1:1")] == [False, False]
    assert book.desk_entries("o1:1")[1].text == "The third.\n\nBest, Ann"


def test_words_that_may_have_left_are_said_again_as_the_same_mail(carrier: EmailDesk, post: Post) -> None:
    carrier.submit(submission())
    post.failing, post.lost = [DeliveryFailed("gone quiet")], True
    with raising(OutcomeUnknown, "gone quiet"):
        carrier.comment("o1:1", "Hello")
    carrier.comment("o1:1", "Hello")
    assert post.mails[1].mail_id == post.mails[2].mail_id
    assert len(carrier.comments("o1:1")) == 2


def test_a_port_back_is_asked_for_by_mail_once_and_stands_as_it_was_entered(
    carrier: EmailDesk, book: Records, clock: Clock, post: Post
) -> None:
    carrier.submit(submission())
    enter(book, clock, "ported")
    for _ in range(2):
        order = carrier.port_back(back())
        assert (order.status, order.consent) == (CarrierStatus.PORTED, Consent.REQUESTED)
        assert "portolan desk return o1 consented" in order.asks
    assert len(post.mails) == 2
    assert "dead air" in post.mails[1].text


def test_changes_are_the_cases_touched_since_and_nothing_twice_for_long(
    carrier: EmailDesk, book: Records, clock: Clock
) -> None:
    carrier.submit(submission())
    clock.now += DAY
    first = carrier.changes("")
    assert first.carrier_order_ids == ["o1:1"]
    clock.now += DAY
    second = carrier.changes(first.cursor)
    assert second.carrier_order_ids == []
    enter(book, clock, "cancelled")
    third = carrier.changes(second.cursor)
    assert third.carrier_order_ids == ["o1:1"]
    assert carrier.changes(third.cursor).carrier_order_ids == ["o1:1"]  # written in the same instant as the listing
    clock.now += DAY
    third = carrier.changes(third.cursor)
    clock.now += DAY
    assert carrier.changes(third.cursor).carrier_order_ids == []
    assert carrier.changes("not a moment").carrier_order_ids == []  # as the first time: what is open


def test_what_only_people_can_do_is_left_to_them(carrier: EmailDesk, book: Records) -> None:
    carrier.submit(submission())
    assert carrier.configure("o1:1", NumberConfiguration(contact_flow="trunk")) is True
    carrier.unconfigure("o1:1")
    assert carrier.routing("o1:1", NUMBERS) == []
    assert carrier.foc_windows("o1:1") == []
    assert carrier.messaging("o1:1", "C1") == dict.fromkeys(NUMBERS, MessagingStatus.PENDING)
    assert [one.portable for one in carrier.check_portability("o1", NUMBERS)] == [True, True]
    assert carrier.request_csr("o1", "Old Telco", "1").record is None
    with raising(CarrierRefused, "by hand"):
        carrier.build_bridge(BridgeWanted(key="b", order_id="o1", numbers=NUMBERS))
    assert carrier.bridge("b") is None
    carrier.remove_bridge("b")
    (check,) = carrier.verify()
    assert check.passed is None


def test_what_the_numbers_are_to_get_is_in_the_mail(carrier: EmailDesk, post: Post) -> None:
    carrier.submit(submission(configuration=NumberConfiguration(contact_flow="trunk-7", emergency_address="A9")))
    assert "Contact flow of the numbers: trunk-7" in post.mails[0].text
    assert "Emergency address of the numbers: A9" in post.mails[0].text


def test_a_case_of_another_account_is_none_of_this_one(carrier: EmailDesk, book: Records) -> None:
    carrier.submit(submission())
    book.change_desk_case("o1:1", lambda case: case.but(carrier="somebody else"))
    assert carrier.find("o1:1", NUMBERS) is None
    with raising(CarrierRefused, "There is no case o1:1"):
        carrier.get("o1:1")
