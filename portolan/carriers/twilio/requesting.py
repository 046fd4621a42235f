"""What a port-in request is made of, and what Twilio would not take: looked at before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from portolan.carriers.addresses import read_address
from portolan.carriers.twilio.wire import PortIn, moment
from portolan.domain.carrier import Paper, SendKind, Submission
from portolan.domain.errors import CarrierInvalid, CarrierRefused
from portolan.numbering import parse

COUNTRY = "US"
MOST_NUMBERS = 1000
#: Classes of numbers its Porting API takes; the playbooks know landline numbers as geographic.
CLASSES = frozenset({"geographic", "mobile", "wireless", ""})
WIRELESS = frozenset({"mobile", "wireless"})
#: Twilio takes no date sooner than this for the United States.
DATE_AHEAD = timedelta(days=7)
#: Of a bill. The size is what users of the Documents API report; Twilio's pages name none.
LARGEST = 10 * 1024 * 1024
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
_BY_HAND = "Have Twilio move it by hand: Console, Phone Numbers, Port & Host, or a support ticket."


def check(submission: Submission) -> None:
    """Look for what Twilio would refuse.

    Raises:
        CarrierInvalid: A limit of Twilio's is passed, or something it needs is missing: the data have to change.
        CarrierRefused: A bill or a PIN is missing: a person gives it.
    """
    numbers, order_id = submission.numbers, submission.order_id
    if not 0 < len(numbers) <= MOST_NUMBERS:
        raise CarrierInvalid(
            f"Nothing was sent: Twilio takes 1 to {MOST_NUMBERS} numbers in a request, and these are {len(numbers)}.",
            "Split the order.",
        )
    if submission.country not in {"", COUNTRY} or submission.number_class not in CLASSES:
        kind = f"{submission.country} {submission.number_class}".strip().replace("_", "-")
        raise CarrierInvalid(
            f"Nothing was sent: Twilio's Porting API takes US landline and mobile numbers, no {kind} ones.", _BY_HAND
        )
    for number in numbers:
        if strange := _strange(number):
            raise CarrierInvalid(f"Nothing was sent: {number} is {strange}; Twilio's API does not take it.", _BY_HAND)
    if not submission.signer_email:
        raise CarrierInvalid(
            f"Nothing was sent: Twilio e-mails its letter to {submission.account.authorized_person}, whose address "
            "the order does not have.",
            "Give the e-mail address of the person who signs in the request.",
        )
    _check_wireless(submission)
    if not bills(submission):
        raise CarrierRefused(
            "Nothing was sent: Twilio takes no request without a bill of the last 30 days.",
            f"Give it with `portolan evidence {order_id} --kind bill --dated DATE --by NAME --file BILL`, then answer "
            "retry.",
        )
    for bill in bills(submission):
        _check_bill(bill)


def bills(submission: Submission) -> list[Paper]:
    """The bills among the papers. The letter stays here: Twilio makes its own, and has it signed by e-mail."""
    return [paper for paper in submission.papers if paper.kind == "bill"]


def body(submission: Submission, owner: str, now: datetime) -> dict[str, Any]:
    """A request, still without its documents.

    The date asked for goes along where Twilio takes it: seven days ahead or more.

    Args:
        submission: What is sent.
        owner: The Twilio account whose inventory the numbers go to.
        now: Aware UTC.

    Raises:
        CarrierInvalid: The address cannot be divided into the fields of a request, or another date that is asked for
            is too near.
    """
    account = submission.account
    address = read_address(account.service_address, account.postal_code, COUNTRY)
    losing = {
        "customer_type": "Individual" if account.entity_name == account.authorized_person else "Business",
        "customer_name": account.entity_name,
        "account_number": account.account_number,
        "account_telephone_number": account.btn,
        "authorized_representative": account.authorized_person,
        "authorized_representative_email": submission.signer_email,
    }
    where = {
        "street": address.street,
        "street_2": address.extended,
        "city": address.locality,
        "state": address.region,
        "zip": address.postal_code,
        "country": COUNTRY,
    }
    made: dict[str, Any] = {
        "account_sid": owner,
        "phone_numbers": [
            {"phone_number": number} | ({"pin": pin} if (pin := submission.secret("pin", number)) else {})
            for number in submission.numbers
        ],
        "losing_carrier_information": _filled(losing) | {"address": _filled(where)},
        "notification_emails": [submission.signer_email],
    }
    day = submission.requested_foc_on
    if day and day - now.date() >= DATE_AHEAD:
        made["target_port_in_date"] = day.isoformat()
    elif submission.kind is SendKind.NEW_DATE:
        raise CarrierInvalid(
            f"Nothing was sent: Twilio takes a date {DATE_AHEAD.days} days ahead or more, not {day or 'none'}.",
            "Ask for a later day.",
        )
    return made


def says_the_same(made: Mapping[str, Any], request: PortIn, submission: Submission) -> bool:
    """Whether a request at Twilio holds the account, and the date where one is asked for, as they would be sent now."""
    wanted, held = dict(made["losing_carrier_information"]), dict(request.losing)
    address, theirs = dict(wanted.pop("address")), held.pop("address", None)
    if not isinstance(theirs, dict):
        return False
    address.pop("country")  # written out in several ways
    same = all(_plain(held.get(name)) == _plain(text) for name, text in wanted.items())
    same = same and all(_plain(theirs.get(name)) == _plain(text) for name, text in address.items())
    target = made.get("target_port_in_date")
    if target and (submission.kind is SendKind.NEW_DATE or request.target_date):
        at = moment(request.target_date)
        same = same and at is not None and at.date() == date.fromisoformat(target)
    return same


def without_secrets(text: str, submission: Submission) -> str:
    """What Twilio says, without any secret that was sent to it, be it repeated as a number, without leading zeros."""
    for value in sorted(filter(None, set(submission.secrets.values())), key=len, reverse=True):
        text = text.replace(value, "***")
        if value.isdecimal():
            text = re.sub(rf"(?<!\d)0*{value.lstrip('0') or '0'}(?!\d)", "***", text)
    return " ".join(text.split())[:300]


def _strange(number: str) -> str:
    """What a number is that the API does not take; empty for one that it may take."""
    try:
        read = parse(number)
    except ValueError:
        return "no number in E.164"
    if read.e164 != number:
        return "not in E.164"
    if read.country == COUNTRY and read.number_class in CLASSES:
        return ""
    return f"a {read.country} {read.number_class.replace('_', '-')} number"


def _check_wireless(submission: Submission) -> None:
    if submission.number_class not in WIRELESS:
        return
    if not submission.account.account_number:
        raise CarrierInvalid(
            "Nothing was sent: a US mobile number needs the account number at the losing carrier.",
            f"Correct `account_number` with `portolan resubmit {submission.order_id}`.",
        )
    lacking = [number for number in submission.numbers if not submission.secret("pin", number)]
    if lacking:
        raise CarrierRefused(
            f"Nothing was sent: US mobile numbers need a transfer PIN, and {_some(lacking)} has none.",
            f"Give it with `portolan secret {submission.order_id} pin VALUE [NUMBER]`, then answer retry.",
        )


def _check_bill(bill: Paper) -> None:
    if bill.media_type not in MEDIA_TYPES:
        raise CarrierInvalid(
            f"Nothing was sent: the bill {bill.filename} is {bill.media_type}; Twilio takes PDF, JPEG and PNG.",
            "Give it in one of these.",
        )
    if not 0 < len(bill.content) <= LARGEST:
        raise CarrierInvalid(
            f"Nothing was sent: the bill {bill.filename} has {len(bill.content)} bytes; "
            f"Twilio takes up to {LARGEST // 1024 // 1024} MB, and none that is empty.",
            "Give a smaller copy of it.",
        )


def _some(numbers: Sequence[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"each of {', '.join(numbers[:3])}{' ...' if len(numbers) > 3 else ''}"


def _filled(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: text for name, text in fields.items() if text}


def _plain(text: object) -> str:
    return str(text or "").strip()
