"""The case at AWS Support: opened once, added to, mirrored; or written for a person to paste."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from portolan.carriers.amazon_connect import AmazonConnect
from portolan.carriers.amazon_connect.carrier import SILENCE, WARNING
from portolan.carriers.amazon_connect.support import MOST_CHARACTERS, parts
from portolan.carriers.desk.answers import handed_over, uploaded
from portolan.domain.carrier import CarrierStatus, Consent, NumberConfiguration, SendKind
from portolan.domain.errors import (
    CarrierInvalid,
    CarrierRateLimited,
    CarrierRefused,
    CarrierUnauthorised,
    CarrierUnavailable,
    OutcomeUnknown,
    PortolanError,
)
from portolan.records.store import Records
from tests.carriers.amazon_connect.aws import ARN, FakeAws, failure
from tests.carriers.desk.desks import (
    BILL,
    DAY,
    LETTER,
    NUMBERS,
    START,
    Clock,
    back,
    broken_off,
    enter,
    raising,
    submission,
)

LOST = ReadTimeoutError(endpoint_url="https://support")


def settled(carrier: AmazonConnect, clock: Clock, cursor: str) -> list[str]:
    """What is listed once the instants around the last listing are past."""
    clock.now += timedelta(hours=1)
    cursor = carrier.changes(cursor).cursor
    clock.now += timedelta(hours=1)
    return carrier.changes(cursor).carrier_order_ids


def test_a_case_is_opened_where_aws_says_porting_belongs(carrier: AmazonConnect, aws: FakeAws) -> None:
    order = carrier.submit(submission(configuration=NumberConfiguration(contact_flow="flow-1")))
    (case,) = aws.cases.values()
    assert case["subject"] == "Port 2 number(s) from Old Telco, US [o1:1]"
    assert (case["serviceCode"], case["categoryCode"]) == ("connect-numbers", "port-na")
    ((_, given),) = [call for call in aws.calls if call[0] == "create_case"]
    assert (given["issueType"], given["severityCode"], given["language"]) == ("customer-service", "normal", "en")
    body = aws.said["case-1"][0]["body"]
    for words in ("[o1:1]", ARN, "Contact flow for every number on arrival: flow-1", "0048-1937", *NUMBERS):
        assert words in body
    assert (order.carrier_order_id, order.status, order.raw_status) == ("o1:1", CarrierStatus.RECEIVED, "case opened")
    assert "Upload letter.pdf (loa), bill.png (bill) at the link that AWS sends" in order.asks
    assert carrier.find("o1:1") == order


def test_numbers_elsewhere_have_another_category(carrier: AmazonConnect, aws: FakeAws) -> None:
    carrier.submit(submission(numbers=["+442079460958"], country="GB"))
    assert aws.cases["case-1"]["categoryCode"] == "port-abroad"


def test_codes_are_not_written_into_a_case(carrier: AmazonConnect, aws: FakeAws, book: Records) -> None:
    carrier.submit(submission(secrets={("", "pin"): "SECRET-4711"}))
    assert "SECRET-4711" not in repr((aws.calls, book.desk_cases(), book.desk_entries("o1:1")))


@pytest.mark.parametrize("call", ["create_case", "add_communication_to_case", "describe_cases", "describe_services"])
@pytest.mark.parametrize("after_effect", [True, False], ids=["with effect", "without"])
def test_a_time_out_anywhere_ends_with_one_whole_case(
    carrier: AmazonConnect, aws: FakeAws, book: Records, call: str, after_effect: bool
) -> None:
    many = [f"+1212555{number:04d}" for number in range(2000)]
    aws.fail(call, LOST, after_effect=after_effect)
    changes = call in {"create_case", "add_communication_to_case"}
    with raising(OutcomeUnknown if changes else CarrierUnavailable, "no proper answer"):
        carrier.submit(submission(numbers=many))
    assert carrier.find("o1:1", many) is None
    carrier.submit(submission(numbers=many))
    assert list(aws.cases) == ["case-1"]
    pieces = [one["body"].split("\n")[0] for one in aws.said["case-1"]]
    named = pieces[0].split(" part ")[0]
    assert pieces == [f"{named} part {place} of {len(pieces)}" for place in range(1, len(pieces) + 1)]
    assert named.startswith("[o1:1] ")
    assert len(pieces) > 3
    told = "\n".join(one["body"] for one in aws.said["case-1"])
    assert all(number in told for number in many)
    assert len(book.desk_cases()) == 1


def test_a_case_is_found_by_the_whole_reference_on_any_page(carrier: AmazonConnect, aws: FakeAws) -> None:
    aws.page = 2
    for other in ("o1:10", "xo1:1", "o1:1 without marks", "another"):
        aws.create_case(subject=f"[{other}]", serviceCode="s", categoryCode="c", communicationBody="b")
    aws.fail("create_case", LOST, after_effect=True)
    with raising(OutcomeUnknown, "may have happened"):
        carrier.submit(submission())
    carrier.submit(submission())
    assert len(aws.cases) == 5


def test_a_supplement_and_words_go_into_the_same_case_once(carrier: AmazonConnect, aws: FakeAws) -> None:
    carrier.submit(submission())
    aws.fail("add_communication_to_case", LOST, after_effect=True)
    with raising(OutcomeUnknown, "may have happened"):
        carrier.submit(submission(2, SendKind.SUPPLEMENT, carrier_order_id="o1:1"))
    order = carrier.submit(submission(2, SendKind.SUPPLEMENT, carrier_order_id="o1:1"))
    assert (order.carrier_order_id, order.key, order.raw_status) == ("o1:1", "o1:2", "sent in the case")
    aws.fail("add_communication_to_case", LOST, after_effect=True)
    with raising(OutcomeUnknown, "may have happened"):
        carrier.comment("o1:1", "Any news?")
    carrier.comment("o1:1", "Any news?")
    assert [one["body"].split("]")[0].split("-")[0] for one in aws.said["case-1"]] == ["[o1:1", "[o1:2", "[o1:1/said"]


def test_what_was_corrected_before_it_surely_left_is_said_in_the_same_case(
    carrier: AmazonConnect, aws: FakeAws
) -> None:
    aws.fail("create_case", LOST, after_effect=True)
    with raising(OutcomeUnknown, "may have happened"):
        carrier.submit(submission())
    account = submission().account.model_copy(update={"account_number": "CORRECTED"})
    carrier.submit(submission(account=account))
    assert list(aws.cases) == ["case-1"]
    assert ["CORRECTED" in one["body"] for one in aws.said["case-1"]] == [False, True]


def test_without_the_api_the_text_waits_for_a_person(by_hand: AmazonConnect, aws: FakeAws, book: Records) -> None:
    order = by_hand.submit(submission())
    assert aws.calls == []
    assert "the account has no Support API" in order.raw_status
    assert "portolan desk posted o1 --case ID" in order.asks
    (entry,) = book.desk_entries("o1:1")
    assert entry.waits
    assert entry.text.startswith("[o1:1]")
    assert ARN in entry.text
    assert by_hand.submit(submission()) == order
    book.change_desk_case("o1:1", lambda case: handed_over(case, "17000001", START))
    book.settle_desk_entries("o1:1", [entry.entry_id])
    assert "posted" not in by_hand.get("o1:1").asks
    by_hand.comment("o1:1", "Any news?")
    assert "portolan desk posted o1`" in by_hand.get("o1:1").asks


def test_a_text_that_was_corrected_before_it_was_kept_as_sent_is_the_one_to_hand_over(
    by_hand: AmazonConnect, book: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("portolan.carriers.desk.carrier.sent_anew", broken_off)
        with pytest.raises(ConnectionError):
            by_hand.submit(submission())
    account = submission().account.model_copy(update={"account_number": "CORRECTED"})
    by_hand.submit(submission(account=account))
    assert [("CORRECTED" in entry.text, entry.waits) for entry in book.desk_entries("o1:1")] == [
        (False, False),
        (True, True),
    ]


def test_without_the_api_a_person_is_told_to_hand_the_withdrawal_over(
    by_hand: AmazonConnect, book: Records, clock: Clock
) -> None:
    by_hand.submit(submission())
    for words in ("AWS was not asked yet", "portolan desk show o1", "portolan desk posted o1 --case ID", "cancelled`"):
        with raising(OutcomeUnknown, words):
            by_hand.cancel("o1:1", "moved")
    book.change_desk_case("o1:1", lambda case: handed_over(case, "17000001", START))
    book.settle_desk_entries("o1:1", [entry.entry_id for entry in book.desk_entries("o1:1")])
    with raising(OutcomeUnknown, "AWS was asked to withdraw"):
        by_hand.cancel("o1:1", "moved")


def test_a_case_that_aws_surely_never_opened_is_withdrawn_without_asking(carrier: AmazonConnect, aws: FakeAws) -> None:
    aws.fail("create_case", failure("CaseCreationLimitExceeded"))
    with raising(CarrierRefused, "CaseCreationLimitExceeded"):
        carrier.submit(submission())
    assert carrier.cancel("o1:1", "moved").status is CarrierStatus.CANCELLED
    assert aws.cases == {}


def test_a_plan_without_the_api_falls_back_to_a_person_and_says_so(
    carrier: AmazonConnect, aws: FakeAws, book: Records
) -> None:
    aws.fails["describe_cases"] = [failure("SubscriptionRequiredException")] * 9
    order = carrier.submit(submission())
    assert "support plan does not have the Support API" in order.raw_status
    assert aws.cases == {}
    (entry,) = book.desk_entries("o1:1")
    assert entry.waits
    calls = len(aws.calls)
    carrier.submit(submission(2, SendKind.SUPPLEMENT, carrier_order_id="o1:1"))
    assert len(aws.calls) == calls


def test_where_aws_names_no_category_a_person_opens_the_case(carrier: AmazonConnect, aws: FakeAws) -> None:
    aws.services = aws.services[:1]
    assert "names no service and category" in carrier.submit(submission()).raw_status
    assert aws.count("create_case") == 0


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (failure("ThrottlingException"), CarrierRateLimited),
        (failure("Odd", 429), CarrierRateLimited),
        (failure("AccessDeniedException"), CarrierUnauthorised),
        (failure("UnrecognizedClientException"), CarrierUnauthorised),
        (NoCredentialsError(), CarrierUnauthorised),
        (failure("CaseCreationLimitExceeded"), CarrierRefused),
        (failure("ValidationException"), CarrierInvalid),
        (failure("InternalServerError", 500), OutcomeUnknown),
        (failure("", 400), OutcomeUnknown),
        (LOST, OutcomeUnknown),
        (ConnectTimeoutError(endpoint_url="https://support"), CarrierUnavailable),
        (EndpointConnectionError(endpoint_url="https://support"), CarrierUnavailable),
        (RuntimeError("anything"), OutcomeUnknown),
    ],
    ids=str,
)
def test_each_way_of_failing_has_its_error(
    carrier: AmazonConnect, aws: FakeAws, error: Exception, kind: type[PortolanError]
) -> None:
    aws.fail("create_case", error)
    with pytest.raises(PortolanError) as caught:
        carrier.submit(submission())
    assert type(caught.value) is kind or (kind is not CarrierUnavailable and isinstance(caught.value, kind))
    assert carrier.find("o1:1", NUMBERS) is None


def test_what_aws_wrote_is_mirrored_and_waits_to_be_read(
    carrier: AmazonConnect, aws: FakeAws, book: Records, clock: Clock
) -> None:
    carrier.submit(submission())
    clock.now += DAY
    cursor = carrier.changes("").cursor
    clock.now += DAY
    aws.write("case-1", "Please upload here:\nhttps://s3.example/x")
    aws.write("case-1", "Done.", "ann@acme.example")
    aws.cases["case-1"]["status"] = "pending-customer-action"
    found = carrier.changes(cursor)
    assert found.carrier_order_ids == ["o1:1"]
    entries = book.desk_entries("o1:1")
    assert [(one.from_carrier, one.waits, one.text) for one in entries[1:]] == [
        (True, True, "Please upload here:\nhttps://s3.example/x"),
        (False, False, "Done."),
    ]
    asks = carrier.get("o1:1").asks
    assert "AWS wrote on 2026-03-04" in asks
    assert "AWS waits for an answer" in asks
    assert settled(carrier, clock, found.cursor) == []
    assert len(book.desk_entries("o1:1")) == 3


def test_a_listing_that_breaks_off_leaves_the_rest_for_the_next(
    carrier: AmazonConnect, aws: FakeAws, book: Records, clock: Clock
) -> None:
    carrier.submit(submission())
    clock.now += DAY
    cursor = carrier.changes("").cursor
    clock.now += DAY
    aws.write("case-1", "News")
    aws.fail("describe_communications", failure("ThrottlingException"))
    with raising(CarrierRateLimited, "slow down"):
        carrier.changes(cursor)
    assert carrier.changes(cursor).carrier_order_ids == ["o1:1"]


def test_a_case_aws_no_longer_shows_keeps_no_other_from_being_seen(
    carrier: AmazonConnect, aws: FakeAws, clock: Clock
) -> None:
    carrier.submit(submission())
    carrier.submit(submission(order_id="o2", key="o2:1"))
    clock.now += DAY
    cursor = carrier.changes("").cursor
    clock.now += DAY
    del aws.cases["case-1"]
    aws.write("case-2", "News")
    found = carrier.changes(cursor)
    assert found.carrier_order_ids == ["o1:1", "o2:1"]
    order = carrier.get("o1:1")
    assert order.status is CarrierStatus.UNKNOWN
    assert "CaseIdNotFound" in order.raw_status
    assert settled(carrier, clock, found.cursor) == []


def test_a_word_for_the_case_that_nobody_knows_is_a_puzzle(
    carrier: AmazonConnect, aws: FakeAws, book: Records, clock: Clock
) -> None:
    carrier.submit(submission())
    aws.cases["case-1"]["status"] = "on-the-moon"
    carrier.changes("")
    order = carrier.get("o1:1")
    assert (order.status, order.raw_status) == (CarrierStatus.UNKNOWN, "on-the-moon")
    enter(book, clock, "accepted")
    order = carrier.get("o1:1")
    assert order.status is CarrierStatus.ACCEPTED
    assert 'AWS has the case as "on-the-moon"' in order.asks


def test_a_case_that_aws_closed_is_asked_about(carrier: AmazonConnect, aws: FakeAws) -> None:
    carrier.submit(submission())
    aws.cases["case-1"]["status"] = "resolved"
    carrier.changes("")
    order = carrier.get("o1:1")
    assert order.status is CarrierStatus.RECEIVED
    assert "AWS has closed the case" in order.asks


def test_silence_is_warned_of_in_time_once_and_ended_by_a_word(
    carrier: AmazonConnect, aws: FakeAws, book: Records, clock: Clock
) -> None:
    carrier.submit(submission())
    due = START + SILENCE - WARNING
    clock.now = due - timedelta(hours=1)
    before = carrier.changes("")
    assert "Nothing was said" not in carrier.get("o1:1").asks
    clock.now = due
    found = carrier.changes(before.cursor)
    assert found.carrier_order_ids == ["o1:1"]
    assert "Nothing was said to AWS since 2026-03-02" in carrier.get("o1:1").asks
    assert settled(carrier, clock, found.cursor) == []
    carrier.comment("o1:1", "We are still here.")
    assert "Nothing was said" not in carrier.get("o1:1").asks


def test_what_the_customer_wrote_to_aws_by_himself_ends_the_silence(
    carrier: AmazonConnect, aws: FakeAws, clock: Clock
) -> None:
    carrier.submit(submission())
    clock.now += 20 * DAY
    aws.write("case-1", "Still waiting.", "ann@acme.example")
    carrier.changes("")
    clock.now += 20 * DAY
    assert "Nothing was said" not in carrier.get("o1:1").asks
    clock.now += 6 * DAY
    assert "since 2026-03-22" in carrier.get("o1:1").asks


def test_a_letter_that_is_no_pdf_or_is_missing_opens_nothing(carrier: AmazonConnect, aws: FakeAws) -> None:
    with raising(CarrierInvalid, "as PDF only"):
        carrier.submit(submission(papers=[LETTER.model_copy(update={"media_type": "image/png"})]))
    with raising(CarrierRefused, "portolan sign o1"):
        carrier.submit(submission(papers=[BILL]))
    assert aws.calls == []


def test_documents_are_asked_for_until_a_person_says_they_are_uploaded_and_new_ones_again(
    carrier: AmazonConnect, book: Records
) -> None:
    carrier.submit(submission())
    book.change_desk_case("o1:1", lambda case: uploaded(case, START))
    assert carrier.get("o1:1").asks == ""
    newer = LETTER.model_copy(update={"sha256": "c" * 64, "filename": "letter-2.pdf"})
    order = carrier.submit(submission(2, SendKind.SUPPLEMENT, carrier_order_id="o1:1", papers=[newer, BILL]))
    assert "Upload letter-2.pdf (loa) at" in order.asks


def test_withdrawal_and_port_back_are_asked_for_in_the_case(
    carrier: AmazonConnect, aws: FakeAws, book: Records, clock: Clock
) -> None:
    carrier.submit(submission())
    for _ in range(2):
        with raising(OutcomeUnknown, "portolan desk answer o1 cancelled"):
            carrier.cancel("o1:1", "moved")
    assert len(aws.said["case-1"]) == 2
    enter(book, clock, "ported")
    for _ in range(2):
        assert carrier.port_back(back()).consent is Consent.REQUESTED
    assert len(aws.said["case-1"]) == 3
    clock.now += DAY
    aws.write("case-1", "They say no.")
    assert carrier.changes(START.isoformat()).carrier_order_ids == ["o1:1"]


@pytest.mark.parametrize("body", ["", "x" * 30_000, "\n".join(["+12125550001"] * 3000), "a\n\nb", "é" * 9000])
def test_pieces_are_taken_by_aws_and_lose_nothing(body: str) -> None:
    pieces = parts(body, "o1:1")
    assert all(len(piece) <= MOST_CHARACTERS for piece in pieces)
    together = "".join(piece.split("\n\n", 1)[1] for piece in pieces)
    assert together.replace("\n", "") == body.replace("\n", "")
    assert len({piece.split("\n")[0] for piece in pieces}) == len(pieces)


def test_credentials_are_in_no_words(clock: Clock, book: Records, aws: FakeAws, caplog: Any) -> None:
    from pydantic import SecretStr

    from tests.carriers.amazon_connect.aws import account

    held = account().model_copy(update={"access_key_id": "AKIATEST", "secret_access_key": SecretStr("SECRET-KEY")})
    carrier = AmazonConnect(held, book=book, clock=clock, clients=aws.clients)
    aws.fail("create_case", failure("AccessDenied"))
    with pytest.raises(CarrierUnauthorised) as caught:
        carrier.submit(submission())
    assert "SECRET-KEY" not in f"{caught.value} {held!r} {carrier!r} {caplog.text}"
