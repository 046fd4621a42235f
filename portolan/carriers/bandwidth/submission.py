"""What is sent to Bandwidth for a sending of ours, and what of it cannot be sent at all.

Sources: Bandwidth's OpenAPI document of the numbers API (`LnpOrder`, `LnpOrderSupp`, `BulkPortin`); its guides to
stand-alone port-ins and to updating them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.addresses import read_address
from portolan.carriers.bandwidth import references, xml
from portolan.carriers.bandwidth.reading import Portin
from portolan.carriers.bandwidth.states import CLOSES, ZONE, eastern
from portolan.domain.carrier import AccountData, Paper, SendKind, Submission
from portolan.domain.errors import CarrierInvalid, CarrierRefused

MOST_NUMBERS = 5_000
#: Of an automatic port on Bandwidth's own network; it rejects more.
MOST_ON_NET = 999
LONGEST_WAIT = timedelta(days=30)
LARGEST_PAPER = 3_000_000
#: Fields of an order to a losing carrier have these lengths. Longer names are cut there, by us as by Bandwidth: what
#: decides is the letter, which has them whole, and a name that may not be shortened could never be ported.
NAME, AUTHORIZED = 25, 15
#: Bandwidth's own RespOrg, to which toll-free numbers go.
RESP_ORG = "JYT01"
TOLL_FREE_LETTERS = frozenset({"application/pdf", "image/tiff"})
PAPERS = TOLL_FREE_LETTERS | {
    "text/plain",
    "text/csv",
    "image/jpeg",
    "image/png",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
PAPER_KINDS = MappingProxyType({"loa": "LOA", "bill": "INVOICE", "csr": "CSR", "other": "OTHER"})
#: What a change has to repeat, as Bandwidth may drop what it leaves out. Numbers are given only where they change.
REPEATED = (
    "RequestedFocDate",
    "LoaAuthorizingPerson",
    "Subscriber",
    "WirelessInfo",
    "TnAttributes",
    "BillingTelephoneNumber",
    "NewBillingTelephoneNumber",
    "SiteId",
    "PeerId",
    "Triggered",
    "PartialPort",
)
_NANP = re.compile(r"\+1([2-9][0-9]{2}[2-9][0-9]{6})")
_TOLL_FREE = re.compile(r"\+18(?:00|88|77|66|55|44|33)[2-9][0-9]{6}")


def is_toll_free(number: str) -> bool:
    """Whether a number in E.164 is a toll-free one of North America."""
    return _TOLL_FREE.fullmatch(number) is not None


def national(number: str) -> str | None:
    """The ten digits of a number in E.164; None outside North America."""
    found = _NANP.fullmatch(number)
    return found[1] if found else None


def faults(submission: Submission, now: datetime) -> None:
    """Refuse what Bandwidth would not take, before anything is sent.

    Raises:
        CarrierInvalid: A limit of Bandwidth's is passed; the words say which.
        CarrierRefused: The signed letter is missing.
    """
    foreign = [number for number in submission.numbers if national(number) is None]
    if foreign:
        raise CarrierInvalid(
            f"Nothing was sent: Bandwidth takes ten-digit numbers of North America here, and {foreign[0]} is none.",
            "Take it out of the order.",
        )
    if len(submission.numbers) > MOST_NUMBERS:
        raise CarrierInvalid(
            f"Nothing was sent: {len(submission.numbers)} numbers in one order, and Bandwidth takes {MOST_NUMBERS}.",
            "Split some of them out.",
        )
    wished = submission.requested_foc_on
    if wished and wished - now.astimezone(ZONE).date() > LONGEST_WAIT:
        raise CarrierInvalid(
            f"Nothing was sent: {wished} is more than {LONGEST_WAIT.days} days ahead, which Bandwidth does not take.",
            "Ask for an earlier day, or send the order later.",
        )
    if submission.activation == "on_demand" and submission.kind is SendKind.NEW:
        if _free(submission):
            raise CarrierInvalid(
                "Nothing was sent: Bandwidth moves toll-free numbers at 11:30 New York and never on demand.",
                "Make it a scheduled order.",
            )
        if not wished:
            raise CarrierInvalid(
                "Nothing was sent: an order that is activated on demand needs its day at Bandwidth.",
                "Ask for a day; without one the numbers would move by themselves at 11:30 New York.",
            )
    _paper_faults(submission)


def _paper_faults(submission: Submission) -> None:
    has_letter = any(paper.kind == "loa" for paper in submission.papers)
    if submission.kind is SendKind.NEW and not has_letter:
        raise CarrierRefused(
            "Nothing was sent: Bandwidth needs the signed letter.",
            f"Attach it with `portolan sign {submission.order_id} --file`, or answer the task.",
        )
    for paper in submission.papers:
        letter = paper.kind == "loa" and _free(submission)
        allowed = TOLL_FREE_LETTERS if letter else PAPERS
        if paper.media_type not in allowed:
            raise CarrierInvalid(
                f"Nothing was sent: {paper.filename} is {paper.media_type}, and Bandwidth takes "
                f"{'toll-free letters as PDF or TIFF' if letter else 'PDF, TIFF, JPEG, PNG, text, Word, Excel'} only.",
                "Attach it in another format.",
            )
        if len(paper.content) > LARGEST_PAPER:
            raise CarrierInvalid(
                f"Nothing was sent: {paper.filename} has {len(paper.content) / 1e6:.1f} MB, and Bandwidth takes 3 MB.",
                "Scan it with fewer dots per inch.",
            )


def order(submission: Submission, account: BandwidthAccount) -> dict[str, xml.Value]:
    """The content of an `LnpOrder` or, but for its numbers, of an `LnpOrderSupp`.

    Raises:
        CarrierInvalid: Address or billing telephone number cannot be read.
        CarrierRefused: Its numbers have several PINs.
    """
    given, numbers = submission.account, [national(number) or number for number in submission.numbers]
    site, peer = places(submission, account)
    values: dict[str, xml.Value] = {
        "CustomerOrderId": references.reference(submission.key),
        "RequestedFocDate": foc_wish(submission),
        "LoaAuthorizingPerson": given.authorized_person[:AUTHORIZED].strip(),
        "SiteId": site,
        "PeerId": peer,
        "ListOfPhoneNumbers": {"PhoneNumber": numbers},
    }
    if _free(submission):
        return values | {"TargetRespOrgId": RESP_ORG}
    btn = _billing(given.btn) if given.btn else numbers[0]
    new_btn = _billing(submission.new_btn) if submission.new_btn else ""
    values |= {
        "BillingTelephoneNumber": btn,
        "Subscriber": subscriber(given, submission.country, submission.kind is not SendKind.NEW),
        "WirelessInfo": {"AccountNumber": given.account_number, "PinNumber": _pin(submission)},
    }
    if new_btn and new_btn != btn and new_btn not in numbers:
        values["NewBillingTelephoneNumber"] = new_btn
    if submission.remaining:
        values["PartialPort"] = True
    if submission.activation == "on_demand":
        values["Triggered"] = True
    return values


def bulk(submission: Submission, account: BandwidthAccount) -> dict[str, xml.Value]:
    """The content of a `BulkPortin`: what it hands down to its port-ins when they are made."""
    site, peer = places(submission, account)
    return {
        "CustomerOrderId": references.reference(submission.key),
        "RequestedFocDate": foc_wish(submission),
        "SiteId": site,
        "PeerId": peer,
    }


def part(
    submission: Submission, numbers: Sequence[str], account: BandwidthAccount, several: bool
) -> dict[str, xml.Value]:
    """The content of a port-in of a bulk order; one of several never has all numbers of the account."""
    values = order(submission.model_copy(update={"numbers": list(numbers)}), account)
    del values["ListOfPhoneNumbers"]
    return values | ({"PartialPort": True} if several else {})


def supplement(submission: Submission, held: Portin, account: BandwidthAccount) -> dict[str, xml.Value]:
    """The content of an `LnpOrderSupp`: all of the order, with what has changed in its place.

    A new date changes nothing else. Whether an order may be triggered is settled when it is made.
    """
    values = repeated(held)
    reference = references.reference(submission.key)
    wish: dict[str, xml.Value] = {"RequestedFocDate": foc_wish(submission)} if submission.requested_foc_on else {}
    if submission.kind is SendKind.NEW_DATE:
        return values | wish | {"CustomerOrderId": reference}
    # The losing carrier may have numbers of the order that have meanwhile gone on in another one.
    kept = [number for number in held.numbers if number in set(submission.numbers)]
    added = [] if held.bulk else [number for number in submission.numbers if number not in set(held.numbers)]
    here = [number for number in submission.numbers if number in {*kept, *added}]
    changed = order(submission.model_copy(update={"numbers": here}), account)
    changed.pop("Triggered", None)
    if held.bulk and not set(submission.numbers) <= set(held.numbers):
        changed["PartialPort"] = True
    del changed["ListOfPhoneNumbers"]
    if len(kept) != len(held.numbers) or added:
        changed["ListOfPhoneNumbers"] = {"PhoneNumber": [national(number) or number for number in [*kept, *added]]}
    if not changed["RequestedFocDate"]:
        del changed["RequestedFocDate"]
    return values | changed


def repeated(held: Portin) -> dict[str, xml.Value]:
    """What an order has now, for a change that leaves it so; its reference is removed unless it is repeated."""
    values: dict[str, xml.Value] = {"CustomerOrderId": held.reference}
    for name in REPEATED:
        found = xml.child(held.source, name) if held.source is not None else None
        if found is not None and (len(found) or (found.text or "").strip()):
            values[name] = copy.deepcopy(found)
    return values


def foc_wish(submission: Submission) -> str:
    """The day asked for; where numbers are moved on demand, with the last moment of that day's window."""
    day = submission.requested_foc_on
    if day is None:
        return ""
    return eastern(day, CLOSES).isoformat() if submission.activation == "on_demand" else day.isoformat()


def places(submission: Submission, account: BandwidthAccount) -> tuple[str, str]:
    """The site and the location (peer) the numbers go to: those configured, else the account's."""
    wanted = submission.configuration
    site = wanted.routing if wanted and is_place(wanted.routing) else account.site_id
    peer = wanted.contact_flow if wanted and is_place(wanted.contact_flow) else account.peer_id
    return site, peer


def is_place(text: str) -> bool:
    """Whether a text is the number of a site or a location."""
    return text.isascii() and text.isdecimal()


def subscriber(account: AccountData, country: str, again: bool = False) -> dict[str, xml.Value]:
    """The account as its record has it; who signs for himself is a private person."""
    address = read_address(account.service_address, account.postal_code, country or "US")
    if not address.house_number:
        raise CarrierInvalid(
            f"Nothing was sent: Bandwidth needs a house number, and {account.service_address!r} has none.",
            "Correct `service_address` as the record has it, in the form '1 Main Street, Suite 4, Denver, CO'.",
        )
    name, signer = account.entity_name.strip(), account.authorized_person.strip()
    first, _, last = name.rpartition(" ")
    who: dict[str, xml.Value]
    if first and name.casefold() == signer.casefold():
        who = {"SubscriberType": "RESIDENTIAL", "FirstName": first[:NAME].strip(), "LastName": last[:NAME]}
    else:
        who = {"SubscriberType": "BUSINESS", "BusinessName": name[:NAME].strip()}
    zip_code, _, plus_four = address.postal_code.partition("-")
    return who | {
        "ServiceAddress": {
            # In a change: what is left out of the address goes, and does not stay as it was.
            **({"ResetAddressFields": True} if again else {}),
            "HouseNumber": address.house_number,
            "StreetName": address.street_name,
            "AddressLine2": address.extended,
            "City": address.locality,
            "StateCode": address.region,
            "Zip": zip_code,
            "PlusFour": plus_four,
        }
    }


def letters_first(papers: Sequence[Paper]) -> list[Paper]:
    """The papers in the order in which they are uploaded: the newest letter counts, so that it is the last."""
    return sorted(papers, key=lambda paper: paper.kind == "loa")


def _pin(submission: Submission) -> str:
    """The PIN of all the numbers; Bandwidth takes one an order."""
    found = {submission.secret("pin", number) for number in submission.numbers}
    if len(found) > 1:
        raise CarrierRefused(
            "Nothing was sent: Bandwidth takes one PIN for all numbers of an order, and these have not all the same.",
            f"Give each the same with `portolan secret {submission.order_id} pin VALUE NUMBER`, or split some out.",
        )
    return found.pop()


def _billing(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    found = national(f"+1{digits[-10:]}") if len(digits) in {10, 11} else None
    if found is None:
        raise CarrierInvalid(
            f"Nothing was sent: Bandwidth takes a billing telephone number of ten digits, and {text!r} is none.",
            "Correct the billing telephone number of the account.",
        )
    return found


def _free(submission: Submission) -> bool:
    return any(map(is_toll_free, submission.numbers))
