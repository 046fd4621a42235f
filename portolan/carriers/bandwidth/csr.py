"""The losing carrier's record of an account, fetched by Bandwidth: asked for once, and there some time later.

Source: Bandwidth's OpenAPI document (`csrs`); its guide says that about four of ten requests are answered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote

from portolan.carriers.bandwidth import references, xml
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.reading import e164
from portolan.carriers.bandwidth.submission import is_toll_free, national
from portolan.carriers.http import HttpRefused
from portolan.domain.carrier import CsrAnswer, CsrRecord
from portolan.domain.errors import CarrierUnauthorised

#: A record older than this is asked for again.
AGE = timedelta(days=30)
_COMPLETE = "COMPLETE"
_WHY = MappingProxyType(
    {
        "RECEIVED": "the record is being fetched by Bandwidth",
        "PROCESSING": "the record is being fetched by Bandwidth",
        "ACTION_REQUIRED": "the losing carrier wants more before it gives the record: see the order in the Dashboard",
        "FAILED": "the losing carrier gave Bandwidth no record",
        "REQUESTED_CANCEL": "the request for the record was withdrawn",
        "CANCELLED": "the request for the record was withdrawn",
    }
)
_LONGEST_ACCOUNT = 20


class Records:
    """Customer service records, asked for once for each order of ours."""

    def __init__(self, calls: Calls, clock: Callable[[], datetime]) -> None:
        self._calls, self._clock = calls, clock

    def request(self, order_id: str, number: str, account_number: str) -> CsrAnswer:
        """The record of the account a number is on, or why it is not there (yet)."""
        if is_toll_free(number) or national(number) is None:
            return CsrAnswer(reason="Bandwidth fetches records of local numbers only")
        reference = references.encoded(order_id)
        try:
            found = self._begun(reference) or self._begin(reference, number, account_number)
            answer = self._calls.look(f"csrs/{quote(found, safe='')}")
        except CarrierUnauthorised as error:
            return CsrAnswer(reason=f"this account may not ask for records: {error.message}")
        except HttpRefused as error:
            said = "; ".join(reason.text or reason.vendor_code for reason in self._calls.reasons(error))
            return CsrAnswer(reason=f"Bandwidth could not ask for the record: {said or error.message}")
        with self._calls.http.understanding("a customer service record"):
            return _answer(answer)

    def _begun(self, reference: str) -> str | None:
        since = self._clock() - AGE
        params = {"modifiedDateFrom": since.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
        ours = [
            one
            for one in self._calls.listed("csrs", "CsrResponse", params)
            if xml.words(one, "CustomerOrderId") == reference and xml.words(one, "OrderId")
        ]
        newest = max(ours, key=lambda one: xml.words(one, "OrderCreateDate"), default=None)
        return xml.words(newest, "OrderId") if newest is not None else None

    def _begin(self, reference: str, number: str, account_number: str) -> str:
        values: dict[str, xml.Value] = {
            "CustomerOrderId": reference,
            "WorkingOrBillingTelephoneNumber": national(number) or number,
            "AccountNumber": account_number if len(account_number) <= _LONGEST_ACCOUNT else "",
        }
        answer = self._calls.send("POST", "csrs", "Csr", values)
        with self._calls.http.understanding("a new request for a record", changes=True):
            if answer is None or not xml.words(answer, "OrderId"):
                raise ValueError("a request without an id")
            return xml.words(answer, "OrderId")


def _answer(answer: xml.Element) -> CsrAnswer:
    state = xml.words(answer, "Status").upper()
    data = xml.child(answer, "CsrData")
    if state != _COMPLETE:
        return CsrAnswer(reason=_WHY.get(state, f"Bandwidth has the request for the record as {state or 'nothing'}"))
    if data is None:
        return CsrAnswer(reason="Bandwidth has the record as complete, and shows none of it")
    listed = xml.child(data, "WorkingTelephoneNumbersOnAccount")
    working, billing = (xml.words(data, name) for name in ("WorkingTelephoneNumber", "BillingTelephoneNumber"))
    record = CsrRecord(
        entity_name=xml.words(data, "CustomerName"),
        authorized_person=xml.words(data, "AuthorizingUserName"),
        service_address=_line(data, "ServiceAddress"),
        postal_code=xml.words(data, "ServiceAddress", "Zip"),
        account_number=xml.words(data, "AccountNumber"),
        btn=e164(billing or working),
        billing_address=_line(data, "BillingAddress"),
        numbers=[e164(text) for text in xml.texts(listed, "TelephoneNumber")] if listed is not None else [],
    )
    return CsrAnswer(record=record)


def _line(data: xml.Element, name: str) -> str:
    """An address as one line: street, town, state."""
    street = xml.words(data, name, "UnparsedAddress") or " ".join(
        text for part in ("HouseNumber", "StreetName") if (text := xml.words(data, name, part))
    )
    place = (street, *(xml.words(data, name, part) for part in ("AddressLine2", "City", "State")))
    return ", ".join(filter(None, place))
