"""Twilio, by the protocol that all gaining carriers have; see `docs/carriers/twilio.md` for what it can and cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import httpx2

from portolan.carriers.accounts import TwilioAccount
from portolan.carriers.base import Returns
from portolan.carriers.by_hand import BridgesByHand
from portolan.carriers.ledger import Ledger
from portolan.carriers.twilio import listening, mapping, watching
from portolan.carriers.twilio.api import Api, Refused, each
from portolan.carriers.twilio.inventory import Numbers
from portolan.carriers.twilio.sending import Sending
from portolan.carriers.twilio.wire import Portable, PortIn
from portolan.domain.carrier import (
    CarrierOrder,
    Changes,
    Check,
    Comment,
    CsrAnswer,
    FocWindow,
    MessagingStatus,
    NumberConfiguration,
    NumberStatus,
    Portability,
    PortBack,
    Routing,
    Submission,
)
from portolan.domain.errors import CarrierRefused
from portolan.domain.rejections import reason
from portolan.domain.rejections.vendors import meanings

#: Twilio's code for a number that is in a request of one of its accounts already.
IN_PROGRESS = "22137"


class Twilio(BridgesByHand):
    """Implements `GainingCarrier` on Twilio's Porting API.

    Args:
        account: Credentials and addresses.
        ledger: Which request answers which sending of ours: Twilio keeps no reference.
        returns: Port-backs, which Twilio has no call for.
        clock: Aware UTC.
        transport: Another way to send, for tests.
    """

    NO_BRIDGE = (
        "Portolan builds no bridge at Twilio.",
        "Buy a number in the console for each legacy one, forward them, and go on without a bridge here.",
    )

    def __init__(
        self,
        account: TwilioAccount,
        *,
        ledger: Ledger,
        returns: Returns,
        clock: Callable[[], datetime],
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._api = Api(account, clock, transport)
        self._sending = Sending(self._api, ledger, clock)
        self._numbers = Numbers(self._api)
        self._ledger, self._returns, self._clock = ledger, returns, clock

    def check_portability(self, order_id: str, numbers: Sequence[str]) -> list[Portability]:
        """Whether its API can move each number; one that is in the order's own request already can be."""
        found = each(self._portable, numbers)
        own: set[str] = set()
        if any(answer.code == IN_PROGRESS for answer in found):
            own = {n.phone_number for request in self._sending.ours(order_id) for n in mapping.live(request)}
        return [_portability(number, answer, number in own) for number, answer in zip(numbers, found, strict=True)]

    def request_csr(self, order_id: str, losing_carrier: str, account_number: str) -> CsrAnswer:
        """It supplies none."""
        return CsrAnswer(reason="Twilio has no call for customer service records")

    def find(self, key: str, numbers: Sequence[str] = ()) -> CarrierOrder | None:
        """The request of this sending: the ledger's, or a live one of nobody's that has exactly these numbers.

        One of nobody's that may be of an earlier attempt is not answered where numbers are named: it may hold other
        data, which `submit` compares. Without numbers it is: that is what is withdrawn.
        """
        found = self._sending.find(key, numbers)
        return self._seen(found) if found else None

    def submit(self, submission: Submission) -> CarrierOrder:
        """Upload the bill and create a request; where one is named, leave numbers out of it or make it anew."""
        return self._seen(self._sending.send(submission))

    def get(self, carrier_order_id: str) -> CarrierOrder:
        """How the request stands."""
        return self._seen(self._api.request(carrier_order_id))

    def changes(self, cursor: str) -> Changes:
        """Which requests changed since the cursor; every few hours also those that may have changed unseen."""
        return watching.changes(self._api.listed, cursor, self._clock())

    def listen(self) -> None:
        """Have messages sent to the account's `webhook_url`; nothing is asked for where there is none."""
        listening.listen(self._api)

    def foc_windows(self, carrier_order_id: str) -> list[FocWindow]:
        """It does not say."""
        return []

    def comment(self, carrier_order_id: str, text: str) -> None:
        """It takes none by its API."""
        raise CarrierRefused(
            f"Twilio takes no comment on the request {carrier_order_id} by its API.",
            "Write to its support: the ticket of the request is in Twilio's console.",
        )

    def comments(self, carrier_order_id: str) -> list[Comment]:
        """It shows none."""
        return []

    def verify(self) -> list[Check]:
        """Credentials, and what the account may look at; nothing that is billed or makes something."""
        return listening.verify(self._api)

    def cancel(self, carrier_order_id: str, reason: str) -> CarrierOrder:
        """Withdraw the request, unless its numbers move in less than 48 hours.

        Raises:
            CarrierUnavailable: Twilio is cancelling it still; whether it is withdrawn shows later.
        """
        return self._seen(self._sending.cancel(carrier_order_id))

    def configure(self, carrier_order_id: str, configuration: NumberConfiguration) -> bool:
        """Configure the numbers that are in the inventory; False while others of the request are still to come.

        `contact_flow` is a voice URL, a TwiML application (AP...) or a SIP trunk (TK...), `messaging_profile` a
        messaging service (MG...), `emergency_address` an address (AD...).
        """
        self._numbers.check(configuration)
        status = self.get(carrier_order_id).numbers
        here = _with(status, NumberStatus.ACTIVE)
        done = self._numbers.configure(here, configuration)
        return bool(here) and done and not _with(status, NumberStatus.PENDING)

    def unconfigure(self, carrier_order_id: str) -> None:
        """Empty the configuration of the numbers that are in the inventory, and take them out of their services."""
        request = self._api.request(carrier_order_id)
        self._numbers.unconfigure([number.phone_number for number in mapping.moved(request)])

    def activate(self, carrier_order_id: str) -> CarrierOrder:
        """It moves the numbers by itself at the port date: the order as it stands."""
        return self.get(carrier_order_id)

    def routing(self, carrier_order_id: str, numbers: Sequence[str]) -> list[Routing]:
        """Who serves each number by Twilio's Lookup, which bills each.

        It names carriers and no LRN. Twilio's numbers may be on the networks of others, so another name than Twilio's
        proves nothing.
        """

        def look(number: str) -> Routing:
            carrier = self._api.lookup(number).line.carrier_name
            return Routing(number=number, at_gaining=True if "twilio" in carrier.casefold() else None, carrier=carrier)

        return each(look, numbers)

    def messaging(self, carrier_order_id: str, campaign: str) -> dict[str, MessagingStatus]:
        """Where each number's messaging is; `campaign` is the messaging service (MG...) that numbers join.

        Twilio tells nothing of messaging apart from voice: a number that is in the inventory and can take messages is
        settled once it is in the service, or at once where none is named.
        """
        status = self.get(carrier_order_id).numbers
        found = dict.fromkeys(status, MessagingStatus.PENDING)
        return found | self._numbers.messaging(_with(status, NumberStatus.ACTIVE), campaign)

    def port_back(self, request: PortBack) -> CarrierOrder:
        """Have a person ask for the return: Twilio has no call for it, and no desk that can be written to."""
        self._returns.ask(request, lambda words: None)
        return self.get(request.carrier_order_id)

    def _seen(self, request: PortIn) -> CarrierOrder:
        key = self._ledger.key_of(request.sid) or ""
        return self._returns.seen(mapping.order(request, key, self._clock()))

    def _portable(self, number: str) -> Portable:
        """What it says of one number; where it refuses to say anything by a code that is known, that."""
        try:
            return self._api.portability(number)
        except Refused as refused:
            fault = refused.fault
            if not fault.code or not meanings(mapping.VENDOR, fault.code):
                raise
            return Portable(portable=False, not_portable_reason=fault.message, not_portable_reason_code=fault.code)


def _portability(number: str, answer: Portable, own: bool) -> Portability:
    if answer.portable is True or (own and answer.code == IN_PROGRESS):
        return Portability(number=number, portable=True)
    if answer.portable is None:
        return Portability(number=number, portable=False, reason="Twilio has not found out whether it can be moved")
    codes = meanings(mapping.VENDOR, answer.code) if answer.code else ()
    known = f": {' or '.join(reason(code).meaning for code in codes)}" if codes else ""
    return Portability(number=number, portable=False, reason=f"Twilio {answer.code} {answer.reason}{known}".strip())


def _with(status: dict[str, NumberStatus], wanted: NumberStatus) -> list[str]:
    return [number for number, where in status.items() if where is wanted]
