"""Bulk orders: numbers that cannot go in one port-in, which Bandwidth divides and keeps to one day as far as it can.

A bulk order cannot be looked up by our reference as port-ins can. One that is begun is found among the drafts, and one
that was begun and is not found does no harm: until it is sent it is no order, and Bandwidth deletes it after 48 hours.
"""

from __future__ import annotations

from urllib.parse import quote

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import papers, reading, xml
from portolan.carriers.bandwidth import submission as sending
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.reading import Portin, e164
from portolan.carriers.http import HttpRefused
from portolan.domain.carrier import Submission
from portolan.domain.errors import CarrierRejected, CarrierUnavailable, OutcomeUnknown

_EMPTY, _CHECKING, _UNFIT, _FIT = "DRAFT", "VALIDATE_DRAFT_TNS", "INVALID_DRAFT_TNS", "VALID_DRAFT_TNS"
_DRAFTS = frozenset({_EMPTY, _CHECKING, _UNFIT, _FIT})


class Bulk:
    """Bulk orders of one account."""

    def __init__(self, calls: Calls, account: BandwidthAccount) -> None:
        self._calls, self._account = calls, account

    def begun(self, reference: str) -> str | None:
        """A draft of a bulk order with this reference."""
        entries = self._calls.listed("bulkPortins", "BulkPortinResponse", {"status": "draft", "orderDetails": "true"})
        for entry in entries:
            if reference in xml.texts(entry, "CustomerOrderId") and (found := xml.texts(entry, "OrderId")):
                return found[0]
        return None

    def begin(self, submission: Submission) -> str:
        """An empty draft."""
        try:
            answer = self._calls.send("POST", "bulkPortins", "BulkPortin", sending.bulk(submission, self._account))
        except HttpRefused as error:
            raise self._calls.refusal(error) from error
        with self._calls.http.understanding("a new bulk order", changes=True):
            found = xml.texts(answer, "OrderId") if answer is not None else []
            return found[0]

    def go_on(self, submission: Submission, bulk_id: str) -> str:
        """Bring a draft to an end: numbers, papers and fields of each port-in, and send it; the id of one of them.

        Raises:
            CarrierUnavailable: Bandwidth is still dividing the numbers; ask again.
            CarrierRejected: It does not take them; the draft is gone.
        """
        path = f"bulkPortins/{quote(bulk_id, safe='')}"
        answer = self._calls.look(f"{path}/tnList")
        if reading.state_after(answer) == _EMPTY:
            numbers: xml.Value = [sending.national(number) or number for number in submission.numbers]
            try:
                self._calls.send("PUT", f"{path}/tnList", "TnList", {"Tn": numbers})
            except HttpRefused as error:
                raise self._given_up(path, error) from error
            answer = self._calls.look(f"{path}/tnList")
        state = reading.state_after(answer)
        if state == _UNFIT:
            self._calls.delete(path)
            raise CarrierRejected(list(reading.errors(answer)) or [reading.rejection("", state, [])])
        if state in {_CHECKING, _EMPTY}:
            raise CarrierUnavailable(f"Bandwidth is still dividing the numbers of {bulk_id}; nothing has gone out yet.")
        if state != _FIT:
            return self.members(bulk_id)[0]
        return self._send(submission, bulk_id, answer)

    def members(self, bulk_id: str) -> list[str]:
        """The ids of its port-ins; there is at least one."""
        answer = self._calls.look(f"bulkPortins/{quote(bulk_id, safe='')}/portinList")
        found = [text for one in xml.children(answer, "PortinList") for text in xml.texts(one, "PortinOrderId")]
        with self._calls.http.understanding(f"the port-ins of {bulk_id}"):
            if not found:
                raise ValueError("a bulk order without port-ins")
        return found

    def let_go(self, held: Portin) -> None:
        """Take a port-in out of its bulk order, so that its day no longer hangs on the others'."""
        if not held.bulk:
            return
        staying: xml.Value = [one for one in self.members(held.bulk) if one != held.order_id]
        path = f"bulkPortins/{quote(held.bulk, safe='')}/portinList"
        try:
            self._calls.send("PUT", path, "PortinList", {"PortinOrderId": staying})
        except HttpRefused as error:
            raise self._calls.refusal(error) from error

    def _send(self, submission: Submission, bulk_id: str, answer: xml.Element) -> str:
        path = f"bulkPortins/{quote(bulk_id, safe='')}"
        parts: dict[str, list[str]] = {}
        with self._calls.http.understanding(f"the port-ins of {bulk_id}"):
            for one in xml.everywhere(answer, "ChildPortinOrder"):
                parts[xml.words(one, "OrderId")] = [e164(text) for text in xml.texts(one, "Tn", "TN")]
            if not all(parts) or not parts:
                raise ValueError("a bulk order without port-ins")
        for order_id, numbers in parts.items():
            papers.upload(self._calls, order_id, submission.papers)
            values = sending.part(submission, numbers, self._account, several=len(parts) > 1)
            try:
                self._calls.send("PUT", f"portins/{quote(order_id, safe='')}", "LnpOrderSupp", values)
            except HttpRefused as error:
                raise self._given_up(path, error) from error
        try:
            self._calls.send("PATCH", path, "BulkPortin", {"ProcessingStatus": "IN_PROGRESS"})
        except HttpRefused as error:
            raise self._given_up(path, error) from error
        return next(iter(parts))

    def _given_up(self, path: str, error: HttpRefused) -> Exception:
        """What a refusal amounts to, with the draft taken away; an order that has gone out all the same stays."""
        state = reading.state_after(self._calls.look(f"{path}/tnList"))
        if state not in _DRAFTS:
            return OutcomeUnknown(f"{error.message} It has gone out all the same: Bandwidth has it as {state}.")
        self._calls.delete(path)
        return self._calls.refusal(error)
